//! Every row that claims TA-Lib's definition against TA-Lib on the same bars.
//!
//! Rule: NaN in the same places, `|a − b| ≤ 1e-9 × largest |b| of the call` (over all its outputs: a histogram of zeros
//! is rounding, and is measured by its lines).

use crate::oracle::{Call, ask};
use crate::real_series;
use crate::series::{Series, edge_series, random_walk};
use strategy::indicators::{Agreement, Argument, Column, Definition, find, talib_rows};

const TOLERANCE: f64 = 1e-9;

/// Rows whose values equal TA-Lib's although the call is written differently.
const SAME_VALUES: [(&str, &str); 2] = [("highest", "MAX"), ("lowest", "MIN")];

/// Functions that only pick or add up whole numbers: equal to the last bit where volumes are whole.
const EXACT: [&str; 3] = ["MAX", "MIN", "OBV"];

/// Lengths tried for every period argument beside its default.
const PERIODS: [f64; 5] = [1.0, 2.0, 7.0, 20.0, 55.0];

#[test]
fn rows_equal_talib_on_real_minutes() {
    for series in real_series::all() {
        let closes = series.closes();
        check(&series, &closes);
    }
}

#[test]
fn rows_equal_talib_on_random_walks() {
    for (seed, step) in [(1, 1), (2, 3), (3, 40), (4, 400)] {
        let series = random_walk(seed, 2500, step);
        let closes = series.closes();
        check(&series, &closes);
    }
}

#[test]
fn rows_equal_talib_on_sources_that_are_no_integers() {
    for (seed, undefined) in [(5, 0), (6, 11)] {
        let series = random_walk(seed, 1500, 25);
        let mut values: Vec<f64> = series.close.iter().map(|count| libm::log(*count as f64)).collect();
        values[..undefined].fill(f64::NAN);
        check(&series, &Column::computed(values));
    }
}

#[test]
fn rows_equal_talib_on_edges() {
    for series in edge_series() {
        let closes = series.closes();
        check(&series, &closes);
    }
}

/// Compares every call over the series.
fn check(series: &Series, source: &Column) {
    let Some(python) = tests::python() else { return };
    let calls = calls();
    let answers = ask(&python, series, source, &calls);
    assert!(calls.len() > 100, "{} calls prove nothing", calls.len());
    let mut failures = Vec::new();
    for (call, theirs) in calls.iter().zip(&answers) {
        let ours = call.definition.compute(Some(source), &series.columns(), &call.arguments);
        let largest = theirs.iter().flatten().filter(|value| !value.is_nan());
        let largest = largest.fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let exact = EXACT.contains(&call.function) && series.volume_scale.places() == 0;
        let allowed = if exact { 0.0 } else { TOLERANCE * largest };
        for (output, theirs) in talib_order(call.definition).into_iter().zip(theirs) {
            let name = call.definition.outputs[output];
            if let Some(difference) = first_difference(&ours[output].values, theirs, allowed) {
                failures.push(format!("{} {:?} {name}: {difference}", call.function, call.arguments));
            }
        }
    }
    assert!(failures.is_empty(), "{}: {} differences\n{}", series.name, failures.len(), failures.join("\n"));
}

fn calls() -> Vec<Call> {
    let named = talib_rows().filter_map(|row| match row.agreement {
        Agreement::EqualsTaLib { function } => Some((function, row)),
        Agreement::DiffersFromTaLib { .. } | Agreement::OurOwn { .. } => None,
    });
    let same = SAME_VALUES.iter().map(|(name, function)| (*function, find(name).unwrap()));
    let rows: Vec<(&'static str, &'static Definition)> = named.chain(same).collect();
    let calls = rows.into_iter().flat_map(|(function, definition)| {
        let mut arguments = argument_lists(definition);
        if !SAME_VALUES.iter().any(|(name, _)| *name == definition.name) {
            // TA-Lib's own defaults.
            arguments.push(Vec::new());
        }
        arguments.into_iter().map(move |arguments| Call { function, definition, arguments })
    });
    calls.filter(|call| !EXACT.contains(&call.function) || call.arguments.first() != Some(&1.0)).collect()
}

/// The defaults; then each argument replaced by the trial values within its bounds.
fn argument_lists(definition: &Definition) -> Vec<Vec<f64>> {
    let defaults: Vec<f64> = definition.arguments.iter().map(|argument| argument.default.unwrap()).collect();
    let mut lists = vec![defaults.clone()];
    for (position, argument) in definition.arguments.iter().enumerate() {
        for value in trial_values(argument) {
            let mut list = defaults.clone();
            list[position] = value;
            lists.push(list);
        }
    }
    lists
}

fn trial_values(argument: &Argument) -> Vec<f64> {
    let fits = |value: &f64| *value >= argument.min && *value <= argument.max && Some(*value) != argument.default;
    match argument.kind {
        strategy::indicators::ArgumentKind::Integer => PERIODS.into_iter().filter(fits).collect(),
        strategy::indicators::ArgumentKind::Decimal => [0.0, 0.5, 1.0, 2.5].into_iter().filter(fits).collect(),
    }
}

/// Our output for each of TA-Lib's, which returns Aroon's lower line first.
fn talib_order(definition: &Definition) -> Vec<usize> {
    if definition.name == "aroon" { vec![1, 0] } else { (0..definition.outputs.len()).collect() }
}

fn first_difference(ours: &[f64], theirs: &[f64], allowed: f64) -> Option<String> {
    assert_eq!(ours.len(), theirs.len());
    let agrees = |a: f64, b: f64| a.is_nan() == b.is_nan() && (a.is_nan() || (a - b).abs() <= allowed);
    let differing: Vec<usize> = (0..ours.len()).filter(|bar| !agrees(ours[*bar], theirs[*bar])).collect();
    let worst = differing.iter().map(|bar| (ours[*bar] - theirs[*bar]).abs()).fold(0.0, f64::max);
    let bar = *differing.first()?;
    let count = differing.len();
    Some(format!("{count} bars, worst {worst:e}; first at bar {bar}: ours {}, TA-Lib {}", ours[bar], theirs[bar]))
}
