//! Values worked out by hand.

use crate::series::Series;
use market::Scale;
use strategy::indicators::{BarColumns, Column, find};

const NONE: f64 = f64::NAN;

/// `name(args)` over bars `[open, high, low, close, volume]` in whole units; one row of expected values per output.
fn check(name: &str, args: &[f64], bars: &[[i64; 5]], expected: &[&[f64]]) {
    check_columns(name, args, &Series::new(name, bars, 0, 0).columns(), expected);
}

fn check_columns(name: &str, args: &[f64], bars: &BarColumns<'_>, expected: &[&[f64]]) {
    let row = find(name).unwrap();
    let found = row.compute(None, bars, args);
    assert_eq!(found.len(), expected.len(), "{name}");
    for (output, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(found.values.len(), expected.len(), "{name}");
        for (bar, (found, expected)) in found.values.iter().zip(*expected).enumerate() {
            let agrees = found.is_nan() == expected.is_nan() && (found.is_nan() || (found - expected).abs() < 1e-12);
            assert!(agrees, "{name} {} at bar {bar}: {found} instead of {expected}", row.outputs[output]);
        }
    }
}

fn closes(closes: &[i64]) -> Vec<[i64; 5]> {
    closes.iter().map(|close| [*close, *close, *close, *close, 1]).collect()
}

#[test]
fn hull_average() {
    // wma(2): 20/3, 40/3, 80/3; wma(4): 4.9, 9.8, 19.6; 2 × fast − slow: 253/30, 506/30, 1012/30; wma(2) of those.
    let bars = closes(&[1, 2, 4, 8, 16, 32]);
    check("hma", &[4.0], &bars, &[&[NONE, NONE, NONE, NONE, 1265.0 / 90.0, 2530.0 / 90.0]]);
    // It follows a straight line without lag.
    check(
        "hma",
        &[9.0],
        &closes(&(0..12).collect::<Vec<_>>())[..],
        &[&[NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, 10.0, 11.0]],
    );
}

#[test]
fn volume_weighted_average() {
    let bars = [[0, 0, 0, 10, 1], [0, 0, 0, 20, 3], [0, 0, 0, 40, 0], [0, 0, 0, 50, 0], [0, 0, 0, 60, 2]];
    check("vwma", &[2.0], &bars, &[&[NONE, 17.5, 20.0, NONE, 60.0]]);
}

#[test]
fn session_average_starts_anew_and_weighs_minutes() {
    let places = Scale::new(2).unwrap();
    let bars = BarColumns {
        open: &[0; 5],
        high: &[0; 5],
        low: &[0; 5],
        close: &[0; 5],
        offset: &[],
        volume: &[0, 20, 10, 0, 4],
        // Minutes in counts (high + low + close) × volume: 3 × 1000 × 20; 3 × 1300 × 10; 0; 3 × 5050 × 4.
        hlc_volume: &[0, 60_000, 39_000, 0, 60_600],
        session_start: &[true, false, false, true, false],
        price_scale: places,
        volume_scale: places,
    };
    check_columns("vwap", &[], &bars, &[&[NONE, 10.0, 11.0, NONE, 50.5]]);
}

#[test]
fn keltner_channel() {
    // True range 3 each bar; ema(2): 11, 13, 15; atr(2): 3 from bar 2.
    let bars: Vec<_> = [10, 12, 14, 16].iter().map(|close| [*close, close + 1, close - 1, *close, 1]).collect();
    check(
        "keltner",
        &[2.0, 2.0, 2.0],
        &bars,
        &[&[NONE, NONE, 13.0, 15.0], &[NONE, NONE, 19.0, 21.0], &[NONE, NONE, 7.0, 9.0]],
    );
}

#[test]
fn extremes_include_the_current_bar() {
    let bars = [[0, 5, 1, 3, 1], [0, 7, 2, 3, 1], [0, 6, 3, 4, 1], [0, 4, 0, 2, 1]];
    check("donchian", &[2.0], &bars, &[&[NONE, 4.0, 4.5, 3.0], &[NONE, 7.0, 7.0, 6.0], &[NONE, 1.0, 2.0, 0.0]]);
    check("highest", &[3.0], &bars, &[&[NONE, NONE, 7.0, 7.0]]);
    check("lowest", &[3.0], &bars, &[&[NONE, NONE, 1.0, 0.0]]);
    check("highest", &[1.0], &bars, &[&[5.0, 7.0, 6.0, 4.0]]);
}

#[test]
fn ichimoku_cloud_stands_where_it_is_drawn() {
    // Middles of one bar: 3 4.5 4.5 2 5; of two: 4 4.5 3 4; of three: 4 3.5 4. The cloud is one bar old.
    let bars = [[0, 5, 1, 3, 1], [0, 7, 2, 3, 1], [0, 6, 3, 4, 1], [0, 4, 0, 2, 1], [0, 8, 2, 5, 1]];
    let line = |first: f64, second: f64| [NONE, NONE, NONE, first, second];
    let expected = [line(2.0, 5.0), line(3.0, 4.0), line(4.5, 2.5), line(4.0, 3.5)];
    check("ichimoku", &[1.0, 2.0, 3.0, 2.0], &bars, &expected.each_ref().map(|line| line.as_slice()));
}

#[test]
fn shapes_of_a_few_bars() {
    check("streak", &[3.0], &closes(&[1, 2, 3, 4, 5, 5, 4, 3]), &[&[NONE, NONE, NONE, 3.0, 3.0, 0.0, -1.0, -2.0]]);
    let bars = [[5, 10, 0, 5, 1], [5, 9, 1, 5, 1], [5, 9, 2, 5, 1], [5, 12, 0, 5, 1], [5, 12, -1, 5, 1]];
    check("inside_bar", &[], &bars, &[&[NONE, 1.0, 0.0, 0.0, 0.0]]);
    check("outside_bar", &[], &bars, &[&[NONE, 0.0, 0.0, 1.0, 0.0]]);
    check("narrow_range", &[3.0], &bars, &[&[NONE, NONE, 1.0, 0.0, 0.0]]);
}

#[test]
fn bands_and_deviation() {
    let bars = closes(&[2, 4, 4, 4, 5, 5, 7, 9]);
    let only_last = |value: f64| [NONE, NONE, NONE, NONE, NONE, NONE, NONE, value];
    check("stddev", &[8.0, 1.0], &bars, &[&only_last(2.0)]);
    check("bbands", &[8.0, 1.5], &bars, &[&only_last(5.0), &only_last(8.0), &only_last(2.0)]);
}

#[test]
fn percentages_of_adjusted_futures_take_the_raw_base() {
    // Raw closes 100, 105, 110 with a roll of +10 before the last bar; adjusted 90, 95, 110.
    let prices = [90, 95, 110];
    let bars = BarColumns {
        open: &prices,
        high: &prices,
        low: &prices,
        close: &prices,
        offset: &[-10, -10, 0],
        volume: &[1; 3],
        hlc_volume: &[0; 3],
        session_start: &[false; 3],
        price_scale: Scale::new(0).unwrap(),
        volume_scale: Scale::new(0).unwrap(),
    };
    check_columns("roc", &[2.0], &bars, &[&[NONE, NONE, 20.0]]);
    check_columns("roc", &[1.0], &bars, &[&[NONE, 5.0, 1500.0 / 105.0]]);
    check_columns("rocp", &[2.0], &bars, &[&[NONE, NONE, 0.2]]);
    check_columns("rocr100", &[2.0], &bars, &[&[NONE, NONE, 120.0]]);
    // Changes of 5 in 100 and of 15 in 105, added up with a volume of 1 each.
    check_columns("pvt", &[], &bars, &[&[0.0, 0.05, 0.05 + 15.0 / 105.0]]);
    // True ranges 5 and 15, mean 10, of a raw close of 110.
    check_columns("natr", &[2.0], &bars, &[&[NONE, NONE, 1000.0 / 110.0]]);
    // A series that is no price has no raw side.
    let numbers = Column::computed(vec![90.0, 95.0, 110.0]);
    let found = &find("roc").unwrap().compute(Some(&numbers), &bars, &[2.0])[0].values;
    assert!((found[2] - 2000.0 / 90.0).abs() < 1e-12);
}

#[test]
fn undefined_ratios_have_a_stated_value() {
    let flat = closes(&[5, 5, 5, 5]);
    check("rsi", &[2.0], &flat, &[&[NONE, NONE, 0.0, 0.0]]);
    check("willr", &[2.0], &flat, &[&[NONE, 0.0, 0.0, 0.0]]);
    check("cci", &[2.0], &flat, &[&[NONE, 0.0, 0.0, 0.0]]);
    check("stddev", &[2.0, 1.0], &flat, &[&[NONE, 0.0, 0.0, 0.0]]);
    check("aroon", &[2.0], &flat, &[&[NONE, NONE, 100.0, 100.0], &[NONE, NONE, 100.0, 100.0]]);
}
