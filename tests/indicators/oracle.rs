//! TA-Lib itself, asked through a Python process.

use crate::series::Series;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use strategy::indicators::{ArgumentKind, Column, Definition};

/// One call of a TA-Lib function with the definition's arguments.
pub struct Call {
    pub function: &'static str,
    pub definition: &'static Definition,
    pub arguments: Vec<f64>,
}

impl Call {
    fn text(&self) -> String {
        let arguments =
            self.definition.arguments.iter().zip(&self.arguments).map(|(declared, value)| match declared.kind {
                ArgumentKind::Integer => format!(" {}", *value as i64),
                ArgumentKind::Decimal => format!(" {value:?}"),
            });
        format!("{}{}\n", self.function, arguments.collect::<String>())
    }
}

/// Operands of the calls: the series, a second one, and periods of averages.
pub struct Operands {
    pub source: Column,
    pub second: Column,
    pub periods: Column,
}

/// The names of TA-Lib's functions outside plain mathematics.
pub fn names(python: &Path) -> Vec<String> {
    let answer = Command::new(python).arg(script()).arg("names").output().expect("Python starts");
    assert!(answer.status.success(), "the TA-Lib oracle lists no functions");
    String::from_utf8(answer.stdout).unwrap().split_whitespace().map(str::to_owned).collect()
}

fn script() -> PathBuf {
    tests::repository().join("tests/indicators/talib_oracle.py")
}

/// TA-Lib's outputs of every call, in its own order.
pub fn ask(python: &Path, series: &Series, operands: &Operands, calls: &[Call]) -> Vec<Vec<Vec<f64>>> {
    let mut request = format!("{} {}\n", series.len(), series.price_scale.per_unit()).into_bytes();
    calls.iter().for_each(|call| request.extend(call.text().into_bytes()));
    request.push(b'\n');
    for column in [&operands.source, &operands.second] {
        request.extend(column.values.iter().flat_map(|value| value.to_le_bytes()));
    }
    for prices in [&series.open, &series.high, &series.low, &series.close] {
        request.extend(prices.iter().flat_map(|count| series.price_scale.to_f64(*count).to_le_bytes()));
    }
    request.extend(series.volume.iter().flat_map(|count| series.volume_scale.to_f64(*count).to_le_bytes()));
    request.extend(operands.periods.values.iter().flat_map(|value| value.to_le_bytes()));

    let mut process =
        Command::new(python).arg(script()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python starts");
    process.stdin.take().unwrap().write_all(&request).expect("the oracle reads its request");
    let answer = process.wait_with_output().unwrap();
    assert!(answer.status.success(), "the TA-Lib oracle failed on {}", series.name);

    let mut values = answer.stdout.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap()));
    let answers = calls.iter().map(|call| {
        let output = || values.by_ref().take(series.len()).collect::<Vec<_>>();
        std::iter::repeat_with(output).take(call.definition.outputs.len()).collect()
    });
    let answers = answers.collect::<Vec<Vec<Vec<f64>>>>();
    assert!(values.next().is_none(), "TA-Lib gave more outputs than the table names");
    answers
}
