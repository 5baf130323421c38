//! Undefined values inside a source: windows that hold one are undefined, recursions start anew after it.

use crate::series::{Series, random_walk};
use strategy::indicators::{Column, SourceKind, WarmUp, table};

const GAP: usize = 200;

/// Rows that read two values, not the window between them.
const READ_TWO_VALUES: [&str; 5] = ["mom", "roc", "rocp", "rocr", "rocr100"];

fn with_gap(series: &Series, undefined: f64) -> (Column, Column) {
    let values: Vec<f64> = series.close.iter().map(|count| *count as f64 / 7.0).collect();
    let mut holed = values.clone();
    holed[GAP] = undefined;
    (Column { values: holed, exact: None, is_price: false }, Column::computed(values))
}

#[test]
fn a_gap_undefines_its_windows_and_restarts_recursions() {
    let series = random_walk(51, 1200, 12);
    for undefined in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let (holed, whole) = with_gap(&series, undefined);
        for row in table().filter(|row| matches!(row.source, SourceKind::Series { .. })) {
            let args: Vec<f64> = row.arguments.iter().map(|argument| argument.default.unwrap()).collect();
            let look_back = row.look_back(&args);
            let finite = row.warm_up(&args) == WarmUp::Bars(look_back);
            let found = row.compute(Some(&holed), &series.columns(), &args);
            let before = row.compute(Some(&whole), &series.columns(), &args);
            let after = Column::computed(whole.values[GAP + 1..].to_vec());
            let after = row.compute(Some(&after), &series.columns_from(GAP + 1), &args);
            for (output, column) in found.iter().enumerate() {
                let place = format!("{} {}", row.name, row.outputs[output]);
                let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(&column.values[..GAP]), bits(&before[output].values[..GAP]), "{place}: before the gap");
                if READ_TWO_VALUES.contains(&row.name) {
                    let undefined: Vec<usize> = (GAP..1200).filter(|bar| column.values[*bar].is_nan()).collect();
                    assert_eq!(undefined, [GAP, GAP + look_back], "{place}");
                } else if row.name == "keltner" {
                    assert!(column.values[GAP..GAP + 20].iter().all(|value| value.is_nan()), "{place}");
                    assert!(column.values[GAP + 20].is_finite(), "{place}");
                } else {
                    assert!(column.values[GAP].is_nan(), "{place}: at the gap");
                    assert_eq!(bits(&column.values[GAP + 1..]), bits(&after[output].values), "{place}: after the gap");
                }
                let canonical = column.values.iter().filter(|value| value.is_nan());
                assert!(canonical.into_iter().all(|value| value.to_bits() == f64::NAN.to_bits()), "{place}: NaN bits");
                assert!(!finite || column.values[GAP + look_back + 1].is_finite(), "{place}: defined again");
            }
        }
    }
}

#[test]
fn a_source_without_values_gives_none() {
    let series = random_walk(52, 300, 12);
    let nothing = Column::computed(vec![f64::NAN; 300]);
    for row in table().filter(|row| matches!(row.source, SourceKind::Series { .. })) {
        for column in row.compute(Some(&nothing), &series.columns(), &[]) {
            assert!(column.values.iter().all(|value| value.to_bits() == f64::NAN.to_bits()), "{}", row.name);
        }
    }
}

#[test]
fn leading_undefined_values_only_delay() {
    let series = random_walk(53, 400, 12);
    let highest = &strategy::indicators::find("highest").unwrap().compute(None, &series.columns(), &[20.0])[0];
    let floats = Column { exact: None, ..highest.clone() };
    for row in table().filter(|row| matches!(row.source, SourceKind::Series { .. }) && row.name != "keltner") {
        let exact = row.compute(Some(highest), &series.columns(), &[]);
        for (output, (exact, float)) in exact.iter().zip(row.compute(Some(&floats), &series.columns(), &[])).enumerate()
        {
            let place = format!("{} {}", row.name, row.outputs[output]);
            for (bar, (exact, float)) in exact.values.iter().zip(&float.values).enumerate() {
                assert_eq!(exact.is_nan(), float.is_nan(), "{place}, bar {bar}");
                let near = exact.is_nan() || (exact - float).abs() <= 1e-9 * exact.abs().max(1.0);
                // A range of rounding noise has no place to compare.
                assert!(near || row.name == "stochrsi", "{place}, bar {bar}: {exact} and {float}");
            }
        }
    }
}
