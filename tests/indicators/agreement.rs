//! Every row that claims TA-Lib's definition against TA-Lib on the same bars.
//!
//! Rule: NaN in the same places, `|a − b| ≤ 1e-9 × largest |b| of the call` (over all its outputs: a histogram of zeros
//! is rounding, and is measured by its lines).

use crate::oracle::{Call, Operands, ask, names};
use crate::real_series;
use crate::series::{Series, edge_series, random_walk};
use std::path::Path;
use strategy::indicators::{Agreement, Argument, ArgumentKind, Column, Definition, find, find_talib, talib_rows};

const TOLERANCE: f64 = 1e-9;

/// Outputs that nowhere exceed this share of the inputs are rounding of zero (differences of averages of a flat series).
const ALL_ROUNDING: f64 = 1e-9;

/// Rounding of the inputs themselves: some hundred units of their last place.
const INPUT_ROUNDING: f64 = 1e-13;

/// TA-Lib centres the running sums of these anew only when they have lost six digits: its own error.
const ILL_CONDITIONED: [&str; 2] = ["BETA", "CORREL"];
const ILL_CONDITIONED_TOLERANCE: f64 = 1e-8;

/// Rows whose values equal TA-Lib's although the call is written differently.
const SAME_VALUES: [(&str, &str); 2] = [("highest", "MAX"), ("lowest", "MIN")];

/// Functions that only pick or add up whole numbers: equal to the last bit where volumes are whole.
const EXACT: [&str; 3] = ["MAX", "MIN", "OBV"];

/// Calls that only rounding decides on these series: the phase of a cycle where nothing moves (TA-Lib's sine differs from ours
/// in the last bit), and closes that lie on a band.
const DECIDED_BY_ROUNDING: [(&str, &str); 8] = [
    ("constant", "HT_DCPHASE"),
    ("constant", "HT_SINE"),
    ("constant", "HT_TRENDMODE"),
    ("steps", "HT_DCPHASE"),
    ("steps", "HT_SINE"),
    ("steps", "HT_TRENDMODE"),
    ("falling", "SUPERTREND"),
    ("rising", "SUPERTREND"),
];

/// Numbers of the averages that adapt to their input. Of a series that stands still at times (an oscillator at its bound)
/// they make much of its last bits: there TA-Lib is asked for the average of our series.
const ADAPTIVE: [f64; 2] = [6.0, 7.0];

/// A row of [`AVERAGED`].
type Averaged = (&'static [f64], &'static str, &'static [f64], usize, &'static [f64], usize, f64);

/// The kinds tried; the call whose output is averaged, that output, the call with the average and its output, the average's period. The kind
/// is the last argument of both calls.
const AVERAGED: [Averaged; 3] = [
    (&ADAPTIVE, "STOCHF", &[5.0, 1.0, 10.0], 0, &[5.0, 3.0], 1, 3.0),
    // Where a strength index stands still, its stochastic is rounding, and so is the path Kaufman's average divides by.
    (&[7.0], "STOCHRSI", &[14.0, 5.0, 1.0, 10.0], 0, &[14.0, 5.0, 3.0], 1, 3.0),
    (&ADAPTIVE, "MACDEXT", &[12.0, 0.0, 26.0, 0.0, 1.0, 10.0], 0, &[12.0, 0.0, 26.0, 0.0, 9.0], 1, 9.0),
];

/// Lengths tried for every period argument beside its default.
const PERIODS: [f64; 5] = [1.0, 2.0, 7.0, 20.0, 55.0];

#[test]
fn every_function_of_the_library_is_there() {
    let Some(python) = tests::python() else { return };
    let names = names(&python);
    assert!(names.len() > 170, "{} functions", names.len());
    let missing: Vec<&String> = names.iter().filter(|name| find_talib(name).is_none()).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
}

#[test]
fn rows_equal_talib_on_real_minutes() {
    check(real_series::all().into_iter().map(with_closes));
}

#[test]
fn rows_equal_talib_on_random_walks() {
    let walks = [(1, 1), (2, 3), (3, 40), (4, 400)].map(|(seed, step)| random_walk(seed, 2500, step));
    check(walks.into_iter().map(with_closes));
}

#[test]
fn rows_equal_talib_on_sources_that_are_no_integers() {
    check([(5, 0), (6, 11)].into_iter().map(|(seed, undefined)| {
        let series = random_walk(seed, 1500, 25);
        let mut values: Vec<f64> = series.close.iter().map(|count| libm::log(*count as f64)).collect();
        values[..undefined].fill(f64::NAN);
        (series, Column::computed(values))
    }));
}

#[test]
fn rows_equal_talib_on_edges() {
    check(edge_series().into_iter().map(with_closes));
}

#[test]
fn adaptive_averages_of_oscillators_are_talibs() {
    let Some(python) = tests::python() else { return };
    let walks = [(1, 1), (3, 40)].map(|(seed, step)| random_walk(seed, 2500, step));
    for series in real_series::all().into_iter().chain(walks) {
        for (kinds, function, averaged, output, arguments, averages, period) in AVERAGED {
            let row = find_talib(function).unwrap();
            let compute =
                |arguments: &[f64], output: usize| row.compute(None, &series.columns(), arguments)[output].clone();
            let source = compute(averaged, output);
            for &kind in kinds {
                let average = Call { function: "MA", definition: find("ma").unwrap(), arguments: vec![period, kind] };
                let theirs = ask(&python, &series, &operands(&series, &source), &[average]).remove(0).remove(0);
                let ours = compute(&[arguments, &[kind]].concat(), averages);
                let largest = theirs.iter().filter(|value| !value.is_nan()).fold(0.0_f64, |a, b| a.max(b.abs()));
                let difference = first_difference(&ours.values, &theirs, TOLERANCE * largest);
                assert!(difference.is_none(), "{} {function} {kind}: {}", series.name, difference.unwrap());
            }
        }
    }
}

fn with_closes(series: Series) -> (Series, Column) {
    let closes = series.closes();
    (series, closes)
}

fn check(cases: impl Iterator<Item = (Series, Column)>) {
    let Some(python) = tests::python() else { return };
    let failures: Vec<String> = cases.flat_map(|(series, source)| differences(&python, &series, &source)).collect();
    assert!(failures.is_empty(), "{} differences\n{}", failures.len(), failures.join("\n"));
}

/// What differs between every call over the series and TA-Lib's.
fn differences(python: &Path, series: &Series, source: &Column) -> Vec<String> {
    let calls = calls();
    let operands = operands(series, source);
    let inputs = source.values.iter().chain(&operands.second.values).filter(|value| !value.is_nan());
    let input = inputs.fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let answers = ask(python, series, &operands, &calls);
    assert!(calls.len() > 100, "{} calls prove nothing", calls.len());
    let mut failures = Vec::new();
    let decided = |call: &&Call| !DECIDED_BY_ROUNDING.contains(&(series.name.as_str(), call.function));
    for (call, theirs) in calls.iter().zip(&answers).filter(|(call, _)| decided(call)) {
        let second = if call.function == "MAVP" { &operands.periods } else { &operands.second };
        let ours = call.definition.compute_pair((Some(source), Some(second)), &series.columns(), &call.arguments);
        let largest = theirs.iter().flatten().filter(|value| !value.is_nan());
        let largest = largest.fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let allowed = allowed(call, series, largest, input);
        for (output, theirs) in talib_order(call.definition).into_iter().zip(theirs) {
            let name = call.definition.outputs[output];
            if let Some(difference) = first_difference(&ours[output].values, theirs, allowed) {
                let call = format!("{} {:?} {name}", call.function, call.arguments);
                failures.push(format!("{}: {call}: {difference}", series.name));
            }
        }
    }
    failures
}

/// How far a value may lie from TA-Lib's, by the largest of the call's outputs and of the inputs.
fn allowed(call: &Call, series: &Series, largest: f64, input: f64) -> f64 {
    if EXACT.contains(&call.function) && series.volume_scale.places() == 0 {
        return 0.0;
    }
    if largest < ALL_ROUNDING * input {
        return ALL_ROUNDING * input;
    }
    let tolerance = if ILL_CONDITIONED.contains(&call.function) { ILL_CONDITIONED_TOLERANCE } else { TOLERANCE };
    (tolerance * largest).max(INPUT_ROUNDING * input)
}

/// The source, the highs, and periods that change from bar to bar and leave both bounds.
fn operands(series: &Series, source: &Column) -> Operands {
    let second = Column::prices(&series.high, series.price_scale);
    let periods = (0..series.len()).map(|bar| (bar * 7 % 41) as f64 + 0.75);
    Operands { source: source.clone(), second, periods: Column::computed(periods.collect()) }
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
    calls.filter(is_allowed).collect()
}

/// TA-Lib refuses extremes of one value, and averages whose bounds lie across each other; adaptive averages of oscillators
/// have a test of their own.
fn is_allowed(call: &Call) -> bool {
    let series_of_its_own = AVERAGED.iter().any(|(_, function, ..)| *function == call.function)
        || ["STOCH", "KDJ"].contains(&call.function);
    let kinds = call.definition.arguments.iter().zip(&call.arguments);
    let adaptive =
        kinds.filter(|(argument, _)| argument.name.ends_with("average")).any(|(_, kind)| ADAPTIVE.contains(kind));
    let extreme = EXACT.contains(&call.function) && call.arguments.first() == Some(&1.0);
    let across = call.function == "MAVP" && call.arguments.first() > call.arguments.get(1);
    !(extreme || across || series_of_its_own && adaptive)
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
        ArgumentKind::Integer if argument.name.ends_with("average") => (0..14).map(f64::from).filter(fits).collect(),
        ArgumentKind::Integer => PERIODS.into_iter().filter(fits).collect(),
        ArgumentKind::Decimal => [0.0, 0.5, 1.0, 2.5].into_iter().filter(fits).collect(),
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
