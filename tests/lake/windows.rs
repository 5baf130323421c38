//! What is stored is what is read, whole and in any window.

use crate::folder::{Lake, run};
use crate::series::{DAY_US, MINUTE_US, Shape, YEAR_2020_US, around_the_clock, slice, walk};
use market::BarSeries;
use proptest::prelude::*;

/// Each window reads as the slice in memory.
async fn check(series: &BarSeries, windows: &[(i64, i64)]) {
    let lake = Lake::new();
    let manifest = lake.write(series).await;
    assert_eq!((manifest.first_ts, manifest.last_ts), (series.ts[0], *series.ts.last().unwrap()));
    assert_eq!(manifest.rows, series.len() as u64);
    for &(from_us, to_us) in windows {
        let loaded = lake.load(&manifest, from_us, to_us).await;
        assert!(*loaded == slice(series, from_us, to_us), "window {from_us}..{to_us}: {} bars", loaded.len());
    }
}

#[test]
fn a_leap_year_of_minutes() {
    let series = around_the_clock("BTC-USD", 366 * 1_440, 7);
    let months: Vec<i64> =
        [0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366].map(|day| YEAR_2020_US + day * DAY_US).to_vec();
    let mut windows: Vec<(i64, i64)> = months.windows(2).map(|pair| (pair[0], pair[1])).collect();
    windows.push((i64::MIN, i64::MAX));
    run(check(&series, &windows));
}

#[test]
fn edges_of_windows() {
    let shape = Shape {
        rows: 3_000,
        seed: 11,
        start_us: YEAR_2020_US - 20 * DAY_US,
        step_minutes_max: 30,
        has_offset: true,
        has_spread: true,
    };
    let series = walk("ES", shape);
    let (first, last) = (series.ts[0], *series.ts.last().unwrap());
    run(check(
        &series,
        &[
            (first, last),
            (first, last + 1),
            (first + 1, last + 1),
            (first, first),
            (last, last + 1),
            (YEAR_2020_US, YEAR_2020_US + DAY_US),
            (YEAR_2020_US - 1, YEAR_2020_US + 1),
            (last + 1, i64::MAX),
            (i64::MIN, first),
            (last, first),
            (series.ts[1_000], series.ts[1_001]),
            (series.ts[1_000] + MINUTE_US / 2, series.ts[1_002]),
        ],
    ));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_series(
        rows in 1_usize..4_000,
        seed: u64,
        start_day in -20_000_i64..20_000,
        step_minutes_max in prop::sample::select(vec![1_u64, 3, 300, 20_000]),
        has_offset: bool,
        has_spread: bool,
        cuts in prop::collection::vec((0_usize..4_000, 0_usize..4_000), 1..4),
    ) {
        let shape = Shape { rows, seed, start_us: start_day * DAY_US, step_minutes_max, has_offset, has_spread };
        let series = walk("X.1", shape);
        let mut windows = vec![(i64::MIN, i64::MAX)];
        windows.extend(cuts.iter().map(|(from, to)| (series.ts[from % rows], series.ts[to % rows])));
        run(check(&series, &windows));
    }

    #[test]
    fn extreme_values(values in prop::collection::vec(any::<[i64; 5]>(), 1..60)) {
        let mut series = walk("X", Shape { rows: values.len(), seed: 1, start_us: 0, step_minutes_max: 9, has_offset: true, has_spread: false });
        for (row, [open, high, low, close, offset]) in values.into_iter().enumerate() {
            series.open[row] = open;
            series.high[row] = high;
            series.low[row] = low;
            series.close[row] = close;
            series.offset[row] = offset;
        }
        run(check(&series, &[(i64::MIN, i64::MAX)]));
    }
}
