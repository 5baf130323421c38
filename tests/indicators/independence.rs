//! A value depends on its call and the bars before it: not on later bars, nor (finite windows) on where the bars start.

use crate::real_series;
use crate::series::{Series, edge_series, random_walk};
use strategy::indicators::{Column, Definition, WarmUp, table, talib_only};

/// Bars of each real series looked at: enough for every start and warm-up below.
const REAL_BARS: usize = 4000;

/// Warm-up of rows that remember the path behind them: most bars do not know where it began.
const PATH: WarmUp = WarmUp::Bars(1000);
const PATH_SHARE: f64 = 0.99;

/// What is left of a recursion's seed after its warm-up, relative to the largest value.
const SEED_LEFT: f64 = 1e-5;

#[test]
fn values_need_no_more_than_their_warm_up() {
    let real = real_series::all().into_iter().map(|series| series.first_bars(REAL_BARS));
    for series in real.chain([random_walk(31, 3000, 15), random_walk(32, 3000, 1)]) {
        for row in rows() {
            check_starts(row, &series, &series.closes());
            check_starts(row, &series, &no_integers(&series));
        }
    }
}

#[test]
fn values_do_not_see_later_bars() {
    for series in edge_series().into_iter().chain([random_walk(33, 900, 15), random_walk(34, 900, 1)]) {
        for row in rows() {
            check_ends(row, &series, &series.closes());
            check_ends(row, &series, &no_integers(&series));
        }
    }
}

fn rows() -> impl Iterator<Item = &'static Definition> {
    table().chain(talib_only())
}

fn no_integers(series: &Series) -> Column {
    Column::computed(series.close.iter().map(|count| libm::sqrt(*count as f64)).collect())
}

fn defaults(row: &Definition) -> Vec<f64> {
    row.arguments.iter().map(|argument| argument.default.unwrap()).collect()
}

/// Values and bits of all outputs.
fn compute(row: &Definition, series: &Series, source: &Column, start: usize) -> Vec<Vec<f64>> {
    let source = match &source.exact {
        Some(exact) => Column::exact(exact.counts[start..].to_vec(), exact.per_unit, 0),
        None => Column::computed(source.values[start..].to_vec()),
    };
    let columns = row.compute(Some(&source), &series.columns_from(start), &defaults(row));
    columns.into_iter().map(|column| column.values).collect()
}

/// Cuts the front off so that exactly the warm-up is left before the bars compared.
fn check_starts(row: &Definition, series: &Series, source: &Column) {
    let WarmUp::Bars(warm_up) = row.warm_up(&defaults(row)) else { return };
    let finite = warm_up == row.look_back(&defaults(row));
    let whole = compute(row, series, source, 0);
    for start in [1, 17, 500, 1024, 1777].into_iter().filter(|start| start + warm_up < series.len()) {
        let cut = compute(row, series, source, start);
        for (output, (whole, cut)) in row.outputs.iter().zip(whole.iter().zip(&cut)) {
            let mut far = 0;
            let largest =
                whole.iter().filter(|value| !value.is_nan()).fold(0.0_f64, |most, value| most.max(value.abs()));
            for bar in start + warm_up..series.len() {
                let (expected, found) = (whole[bar], cut[bar - start]);
                let near = (expected - found).abs() <= SEED_LEFT * largest;
                let agrees = if finite { expected.to_bits() == found.to_bits() } else { near };
                if row.warm_up(&defaults(row)) == PATH {
                    far += usize::from(!near);
                    continue;
                }
                let place = format!("{} {output} on {}, from bar {start}, at bar {bar}", row.name, series.name);
                assert!(agrees, "{place}: {expected} became {found}");
            }
            let bars = series.len() - start - warm_up;
            let share = 1.0 - far as f64 / bars as f64;
            assert!(share >= PATH_SHARE, "{} {output} on {}, from bar {start}: {share}", row.name, series.name);
        }
    }
}

/// Cuts the end off: what is left has the same bits.
fn check_ends(row: &Definition, series: &Series, source: &Column) {
    let whole = compute(row, series, source, 0);
    for end in [0, 1, 2, 3, 20, 29, 150, 257].into_iter().filter(|end| *end <= series.len()) {
        let short = series.first_bars(end);
        let source = match &source.exact {
            Some(_) => short.closes(),
            None => no_integers(&short),
        };
        for (whole, found) in whole.iter().zip(compute(row, &short, &source, 0)) {
            let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&whole[..end]), bits(&found), "{} on {}, {end} bars", row.name, series.name);
        }
    }
}
