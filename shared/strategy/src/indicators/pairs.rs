//! Statistics of two series together.

use super::bar_columns::Column;
use super::definition::{Agreement, Argument, Definition, Family, SourceKind};
use super::input::{Input, Run, per_joint_run};
use super::momentum::first_argument;
use super::window_averages::full_window;
use super::window_sums::after_look_back;

pub(super) const CORREL: Definition = Definition {
    name: "correl",
    summary: "Pearson's correlation of two series over `period` bars; 0 where one of them does not move.",
    source: SourceKind::Pair { first: "high", second: Some("low") },
    arguments: &[Argument::period("period", 30.0, 1.0)],
    family: Family::Statistics,
    agreement: Agreement::EqualsTaLib { function: "CORREL" },
    look_back: full_window,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        let values = per_joint_run(input, |run, second| {
            let pairs = windows(run.values, second, period);
            let values = pairs.map(|spread| {
                let scale = (spread.first * spread.second).sqrt();
                if scale > 0.0 { spread.both / scale } else { 0.0 }
            });
            after_look_back(period.saturating_sub(1), run.values.len(), values)
        });
        vec![Column::computed(values)]
    },
    ..Definition::ROW
};

pub(super) const BETA: Definition = Definition {
    name: "beta",
    summary: "Slope of the changes in percent of the second series against those of the first, over `period` changes.",
    arguments: &[Argument::period("period", 5.0, 1.0)],
    agreement: Agreement::EqualsTaLib { function: "BETA" },
    look_back: first_argument,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        let values = per_joint_run(input, |run, second| {
            let market = returns(input, input.source.is_price, run.values, run);
            let own = returns(input, input.second.is_price, second, run);
            let slopes = windows(&market, &own, period);
            let slopes = slopes.map(|spread| if spread.first > 0.0 { spread.both / spread.first } else { 0.0 });
            after_look_back(period, run.values.len(), slopes)
        });
        vec![Column::computed(values)]
    },
    ..CORREL
};

/// Σ of squared distances of both series from their means, and of the products of the distances.
struct Spread {
    first: f64,
    second: f64,
    both: f64,
}

/// Every window of both series, measured from its first values: equal values have no spread at all.
fn windows(first: &[f64], second: &[f64], period: usize) -> impl Iterator<Item = Spread> {
    first.windows(period.max(1)).zip(second.windows(period.max(1))).map(|(first, second)| {
        let mean = |values: &[f64]| {
            let origin = values.first().copied().unwrap_or(0.0);
            origin + values.iter().map(|value| value - origin).sum::<f64>() / values.len() as f64
        };
        let (first_mean, second_mean) = (mean(first), mean(second));
        let start = Spread { first: 0.0, second: 0.0, both: 0.0 };
        first.iter().zip(second).fold(start, |spread, (first, second)| {
            let (first, second) = (first - first_mean, second - second_mean);
            Spread {
                first: spread.first + first * first,
                second: spread.second + second * second,
                both: spread.both + first * second,
            }
        })
    })
}

/// Changes as fractions of the value before (of its raw price on adjusted futures); 0 where that is 0.
fn returns(input: &Input<'_>, is_price: bool, values: &[f64], run: &Run<'_>) -> Vec<f64> {
    let pairs = values.iter().zip(values.iter().skip(1)).zip(run.start..);
    let changes = pairs.map(|((before, now), bar)| {
        let base = before - if is_price { input.bars.raw_offset(bar) } else { 0.0 };
        if base == 0.0 { 0.0 } else { (now - before) / base }
    });
    changes.collect()
}
