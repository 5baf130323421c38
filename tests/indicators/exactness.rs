//! Window sums are integers: ties are ties, order is kept, and each value is the correctly rounded quotient.

use crate::real_series;
use crate::series::{Random, Series, random_walk};
use std::cmp::Ordering;
use strategy::indicators::{Column, find};

const PERIODS: [usize; 9] = [2, 3, 5, 9, 12, 20, 21, 50, 200];

#[test]
fn averages_cross_where_rationals_do_on_real_minutes() {
    for series in real_series::all().iter().filter(|series| series.name == "6E" || series.name == "USDJPY") {
        let (pairs, ties) = check_order(series);
        assert!(pairs > 30 && ties > 100, "{}: {pairs} pairs, {ties} ties prove nothing", series.name);
    }
}

#[test]
fn averages_cross_where_rationals_do_on_random_walks() {
    for seed in 1..4 {
        let (_, ties) = check_order(&random_walk(seed, 3000, 2));
        assert!(ties > 100, "seed {seed}: {ties} ties prove nothing");
    }
}

/// Compares the order of every pair of averages (and of the close) with cross-multiplied integer sums.
fn check_order(series: &Series) -> (usize, usize) {
    let (mut pairs, mut ties) = (0, 0);
    for (index, fast) in PERIODS.iter().enumerate() {
        check_pair(series, 1, *fast, &mut ties);
        for slow in &PERIODS[index + 1..] {
            check_pair(series, *fast, *slow, &mut ties);
            pairs += 1;
        }
    }
    (pairs, ties)
}

fn check_pair(series: &Series, fast: usize, slow: usize, ties: &mut usize) {
    let average = |period: usize| {
        let columns = find("sma").unwrap().compute(Some(&series.closes()), &series.columns(), &[period as f64]);
        columns[0].values.clone()
    };
    let (fast_values, slow_values) = (average(fast), average(slow));
    let prefix: Vec<i128> = std::iter::once(0)
        .chain(series.close.iter().scan(0, |sum, count| {
            *sum += i128::from(*count);
            Some(*sum)
        }))
        .collect();
    for bar in slow - 1..series.len() {
        let sum = |period: usize| prefix[bar + 1] - prefix[bar + 1 - period];
        let expected = (sum(fast) * slow as i128).cmp(&(sum(slow) * fast as i128));
        let found = fast_values[bar].partial_cmp(&slow_values[bar]).expect("defined");
        assert_eq!(found, expected, "{}: sma {fast} against sma {slow} at bar {bar}", series.name);
        *ties += usize::from(expected == Ordering::Equal);
    }
}

#[test]
fn window_sums_are_correctly_rounded_quotients() {
    for (seed, largest) in [(11, 1000), (12, 2_000_000), (13, 1_000_000_000_000), (14, 4_000_000_000_000_000_000)] {
        let mut random = Random(seed);
        let counts: Vec<i64> = (0..400).map(|_| random.below(largest) - largest as i64 / 8).collect();
        for (places, period) in [(0, 1), (2, 3), (5, 7), (9, 20), (8, 365)] {
            check_quotients(&counts, places, period, seed);
        }
    }
}

/// Name, sum of the weights, weight of a value by its age in bars.
type Weights<'a> = (&'a str, i128, &'a dyn Fn(i128) -> i128);

fn check_quotients(counts: &[i64], places: u32, period: usize, seed: u64) {
    let (size, per_unit) = (period as i128, 10_i128.pow(places));
    let column = Column::exact(counts.to_vec(), per_unit as i64, 0);
    let bars = Series::of_closes("quotients", counts);
    let rows: [Weights<'_>; 3] = [
        ("sma", size, &|_| 1),
        ("wma", size * (size + 1) / 2, &|age| size - age),
        ("linreg", size * (size + 1), &|age| 6 * (size - age) - 2 * (size + 1)),
    ];
    for (name, weights_total, weight) in rows.into_iter().filter(|row| row.0 != "linreg" || period > 1) {
        let found = &find(name).unwrap().compute(Some(&column), &bars.columns(), &[period as f64])[0].values;
        for bar in period - 1..counts.len() {
            let sum: i128 = (0..period).map(|age| i128::from(counts[bar - age]) * weight(age as i128)).sum();
            let expected = rounded(sum, weights_total * per_unit);
            assert_eq!(found[bar].to_bits(), expected.to_bits(), "{name}({period}), seed {seed}, bar {bar}");
        }
    }
}

/// The nearest float, by way of 60 decimal digits and the standard library's correctly rounded parser.
fn rounded(numerator: i128, denominator: i128) -> f64 {
    let (top, bottom) = (numerator.unsigned_abs(), denominator.unsigned_abs());
    let mut text = format!("{}{}.", if numerator < 0 { "-" } else { "" }, top / bottom);
    let mut remainder = top % bottom;
    for _ in 0..60 {
        remainder *= 10;
        text.push(char::from(b'0' + (remainder / bottom) as u8));
        remainder %= bottom;
    }
    let value: f64 = text.parse().unwrap();
    if value == 0.0 { 0.0 } else { value }
}

#[test]
fn deviation_does_not_see_the_level() {
    let mut random = Random(21);
    let counts: Vec<i64> = (0..300).map(|_| random.below(1000)).collect();
    let deviation = |shift: i64, period: f64| {
        let shifted: Vec<i64> = counts.iter().map(|count| count + shift).collect();
        let column = Column::exact(shifted, 100, 0);
        let bars = Series::of_closes("level", &counts);
        find("stddev").unwrap().compute(Some(&column), &bars.columns(), &[period, 1.0])[0].clone()
    };
    for period in [2.0, 5.0, 20.0, 299.0] {
        let near = deviation(0, period);
        for shift in [1, 5_000_000, 1_000_000_000_000_000, 9_000_000_000_000_000_000] {
            let far = deviation(shift, period);
            let bits = |column: &Column| column.values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&near), bits(&far), "period {period}, shift {shift}");
        }
    }
}

#[test]
fn a_wild_value_changes_only_the_windows_that_hold_it() {
    let mut random = Random(22);
    let counts: Vec<i64> = (0..200).map(|_| random.below(1000)).collect();
    let mut wild = counts.clone();
    wild[0] = i64::MAX;
    for name in ["sma", "wma", "linreg", "stddev", "cci", "bbands"] {
        let row = find(name).unwrap();
        let compute = |counts: &[i64]| {
            let bars = Series::of_closes("wild", counts);
            let columns = row.compute(Some(&bars.closes()), &bars.columns(), &[20.0, 2.0]);
            columns
                .iter()
                .flat_map(|column| column.values[20..].iter().map(|value| value.to_bits()))
                .collect::<Vec<_>>()
        };
        assert_eq!(compute(&counts), compute(&wild), "{name}");
    }
}

#[test]
fn extremes_and_differences_stay_exact() {
    let series = random_walk(23, 500, 30);
    let nested = |name: &str, args: &[f64]| {
        let column = find(name).unwrap().compute(Some(&series.closes()), &series.columns(), args)[0].clone();
        let exact = column.exact.as_ref().unwrap_or_else(|| panic!("{name} is not exact"));
        let from_counts = exact.counts.iter().map(|count| *count as f64 / exact.per_unit as f64);
        for (bar, (value, count)) in column.values.iter().zip(from_counts).enumerate() {
            assert!(if bar < exact.first { value.is_nan() } else { *value == count }, "{name}, bar {bar}");
        }
        let average = find("sma").unwrap().compute(Some(&column), &series.columns(), &[7.0])[0].values.clone();
        assert_eq!(average.iter().take_while(|value| value.is_nan()).count(), exact.first + 6, "{name}");
    };
    nested("highest", &[20.0]);
    nested("lowest", &[20.0]);
    nested("mom", &[10.0]);
    nested("true_range", &[]);
    nested("donchian", &[20.0]);
}
