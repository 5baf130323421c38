//! Windows are kept warm within a bound and loaded once, also by callers at the same time.

use crate::folder::{Lake, run};
use crate::series::{DAY_US, YEAR_2020_US, around_the_clock};
use lake::LakeBars;
use market::BarSeries;
use ports::bars::Bars;
use std::sync::Arc;

/// Bytes of a window of `rows` bars: six columns of eight bytes and the structure.
fn window_bytes(rows: usize) -> usize {
    rows * 6 * 8 + size_of::<BarSeries>()
}

#[test]
fn a_second_load_reads_nothing_and_shares_the_bars() {
    run(async {
        let lake = Lake::new();
        let manifest = lake.write(&around_the_clock("X", 5_000, 1)).await;
        let first = lake.load(&manifest, YEAR_2020_US, i64::MAX).await;
        lake.store.take_reads();
        // The same window in other words.
        let second = lake.load(&manifest, i64::MIN, YEAR_2020_US + 400 * DAY_US).await;
        assert!(Arc::ptr_eq(&first, &second));
        assert_eq!(lake.store.take_reads(), vec![]);
    });
}

#[test]
fn loads_at_the_same_time_do_the_work_once() {
    run(async {
        let lake = Lake::new();
        let manifest = lake.write(&around_the_clock("X", 60_000, 1)).await;
        lake.store.take_reads();
        let alone = LakeBars::new(lake.store.clone());
        alone.load(&manifest, i64::MIN, i64::MAX).await.unwrap();
        let reads_of_one = lake.store.take_reads();
        let together = futures::future::join_all((0..16).map(|_| lake.bars.load(&manifest, i64::MIN, i64::MAX))).await;
        assert!(together.iter().all(|load| Arc::ptr_eq(load.as_ref().unwrap(), together[0].as_ref().unwrap())));
        assert_eq!(lake.store.take_reads(), reads_of_one);
    });
}

/// Loads days in order; after them exactly `warm` are warm, asked in that order.
async fn check(bytes_max: usize, days: &[i64], warm: &[i64], cold: &[i64]) {
    let lake = Lake::new();
    let manifest = lake.write(&around_the_clock("X", 10 * 1_440, 1)).await;
    let bars = LakeBars::with_warm_bytes(lake.store.clone(), bytes_max);
    let load = async |day: i64| {
        let from_us = YEAR_2020_US + day * DAY_US;
        assert_eq!(bars.load(&manifest, from_us, from_us + DAY_US).await.unwrap().len(), 1_440);
    };
    for &day in days {
        load(day).await;
    }
    for &day in warm {
        lake.store.take_reads();
        load(day).await;
        assert_eq!(lake.store.take_reads(), vec![], "day {day} is warm");
    }
    for &day in cold {
        lake.store.take_reads();
        load(day).await;
        assert_ne!(lake.store.take_reads(), vec![], "day {day} is cold");
    }
}

#[test]
fn the_least_recently_used_goes_first() {
    // Vectors grow by doubling: a day takes at most twice its bars.
    let two_days = 2 * window_bytes(2 * 1_440);
    run(check(two_days, &[0, 1], &[0, 1], &[2]));
    let bound = window_bytes(1_440) * 3 - 1;
    run(check(bound, &[0, 1, 0, 2], &[2, 0], &[1]));
}

#[test]
fn without_room_nothing_is_kept() {
    run(check(0, &[0], &[], &[0, 0]));
}

#[test]
fn a_failed_load_is_not_kept() {
    run(async {
        let lake = Lake::new();
        let manifest = lake.write(&around_the_clock("X", 100, 1)).await;
        lake.store.set_unreachable(true);
        assert!(lake.bars.load(&manifest, i64::MIN, i64::MAX).await.unwrap_err().is_retryable());
        lake.store.set_unreachable(false);
        assert_eq!(lake.load(&manifest, i64::MIN, i64::MAX).await.len(), 100);
    });
}
