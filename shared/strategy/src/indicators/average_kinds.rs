//! The kinds of average that a call chooses by TA-Lib's number, and the two averages that are nothing but such a choice.

use super::cycle_averages::mesa_averages;
use super::definition::{Agreement, Argument, CLOSE, Definition, PATH_BARS, Reach, SourceKind};
use super::exponential::{
    DOUBLE_FACTORS, EXPONENTIAL_BARS_PER_PERIOD, TRIPLE_FACTORS, combined, exponential_average, tillson_factors,
};
use super::input::{Arguments, Input, Run, per_joint_run, per_run_single};
use super::momentum::{WILDER_BARS_PER_PERIOD, adaptive_average};
use super::smoothed_averages::{triangular_average, wilder_average, zero_lag_average};
use super::window_averages::{hull_average, simple_average, weighted_average};
use super::window_sums::after_look_back;

/// Limits of the MESA average when it is chosen by number.
pub(super) const MESA_LIMITS: (f64, f64) = (0.5, 0.05);

/// Volume factor of Tillson's average when it is chosen by number.
const TILLSON_VOLUME_FACTOR: f64 = 0.7;

/// Longest window of an average whose period changes from bar to bar: one average is computed per period that occurs.
const LARGEST_VARIABLE_PERIOD: f64 = 200.0;

/// TA-Lib's number for "the kind this function uses by default".
const OWN_DEFAULT: usize = 11;

pub(super) const MA: Definition = Definition {
    name: "ma",
    summary: "Moving average of the kind `average`: one of TA-Lib's numbers.",
    source: CLOSE,
    arguments: &[Argument::period("period", 30.0, 1.0), Argument::average("average", 0.0)],
    agreement: Agreement::EqualsTaLib { function: "MA" },
    reach: Reach::Recursion(|arguments| Average::of(arguments, 0, 1).reach()),
    look_back: |arguments| Average::of(arguments, 0, 1).look_back(),
    calculation: |input, arguments| {
        let average = Average::of(arguments, 0, 1);
        vec![input.level(per_run_single(&input.source, |run| average.over(run)))]
    },
    ..Definition::ROW
};

pub(super) const MAVP: Definition = Definition {
    name: "mavp",
    summary: "Moving average whose period is a series: its whole part, kept between both bounds.",
    source: SourceKind::Pair { first: "close", second: None },
    arguments: &[
        Argument { max: LARGEST_VARIABLE_PERIOD, ..Argument::period("min_period", 2.0, 1.0) },
        Argument { max: LARGEST_VARIABLE_PERIOD, ..Argument::period("max_period", 30.0, 2.0) },
        Argument::average("average", 0.0),
    ],
    agreement: Agreement::EqualsTaLib { function: "MAVP" },
    reach: Reach::Recursion(|arguments| longest(arguments).reach()),
    look_back: |arguments| longest(arguments).look_back(),
    calculation: |input, arguments| vec![input.level(variable_average(input, arguments))],
    ..Definition::ROW
};

/// A kind of average.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AverageKind {
    Simple,
    Exponential,
    Weighted,
    DoubleExponential,
    TripleExponential,
    Triangular,
    KaufmanAdaptive,
    MesaAdaptive,
    Tillson,
    Hull,
    /// The values themselves.
    None,
    ZeroLag,
    Wilder,
}

impl AverageKind {
    /// By TA-Lib's number, [`OWN_DEFAULT`] taken out; the simple one for a number that is none.
    fn numbered(number: usize) -> Self {
        const NUMBERED: [AverageKind; 14] = [
            AverageKind::Simple,
            AverageKind::Exponential,
            AverageKind::Weighted,
            AverageKind::DoubleExponential,
            AverageKind::TripleExponential,
            AverageKind::Triangular,
            AverageKind::KaufmanAdaptive,
            AverageKind::MesaAdaptive,
            AverageKind::Tillson,
            AverageKind::Hull,
            AverageKind::None,
            AverageKind::Simple,
            AverageKind::ZeroLag,
            AverageKind::Wilder,
        ];
        NUMBERED.get(number).copied().unwrap_or(Self::Simple)
    }
}

/// An average of a kind over a period.
#[derive(Debug, Clone, Copy)]
pub(super) struct Average {
    pub(super) kind: AverageKind,
    pub(super) period: usize,
}

impl Average {
    /// The average whose period and kind are the arguments at these positions.
    pub(super) fn of(arguments: &Arguments<'_>, period: usize, kind: usize) -> Self {
        let number = arguments.count(kind);
        let number = if number == OWN_DEFAULT { arguments.default_count(kind) } else { number };
        Self { kind: AverageKind::numbered(number), period: arguments.count(period) }
    }

    /// True where it is the values themselves.
    fn is_identity(self) -> bool {
        self.period <= 1 || self.kind == AverageKind::None
    }

    /// Undefined values before the first defined one.
    pub(super) fn look_back(self) -> usize {
        if self.is_identity() {
            return 0;
        }
        let window = self.period.saturating_sub(1);
        match self.kind {
            AverageKind::Simple
            | AverageKind::Exponential
            | AverageKind::Weighted
            | AverageKind::Triangular
            | AverageKind::Wilder => window,
            AverageKind::DoubleExponential => 2 * window,
            AverageKind::TripleExponential => 3 * window,
            AverageKind::KaufmanAdaptive => self.period,
            AverageKind::MesaAdaptive => super::cycle_averages::MESA_LOOK_BACK,
            AverageKind::Tillson => 6 * window,
            AverageKind::Hull => window + self.period.isqrt() - 1,
            AverageKind::None => 0,
            AverageKind::ZeroLag => window + window / 2,
        }
    }

    /// Bars of warm-up: the look-back of finite windows, more for recursions.
    pub(super) fn reach(self) -> usize {
        if self.is_identity() {
            return 0;
        }
        let exponential = EXPONENTIAL_BARS_PER_PERIOD * self.period;
        match self.kind {
            AverageKind::Simple
            | AverageKind::Weighted
            | AverageKind::Triangular
            | AverageKind::Hull
            | AverageKind::None => self.look_back(),
            AverageKind::Exponential => exponential,
            AverageKind::DoubleExponential => 2 * exponential,
            AverageKind::TripleExponential => 3 * exponential,
            AverageKind::Tillson => 6 * exponential,
            AverageKind::ZeroLag => exponential + self.period / 2,
            AverageKind::KaufmanAdaptive | AverageKind::Wilder => WILDER_BARS_PER_PERIOD * self.period,
            AverageKind::MesaAdaptive => PATH_BARS,
        }
    }

    /// The average of a run, undefined during its look-back.
    pub(super) fn over(self, run: &Run<'_>) -> Vec<f64> {
        if self.is_identity() {
            return run.values.to_vec();
        }
        let period = self.period;
        match self.kind {
            AverageKind::Simple => simple_average(run, period),
            AverageKind::Exponential => exponential_average(run.values, 0, period),
            AverageKind::Weighted => weighted_average(run, period),
            AverageKind::DoubleExponential => combined(run, period, &DOUBLE_FACTORS),
            AverageKind::TripleExponential => combined(run, period, &TRIPLE_FACTORS),
            AverageKind::Triangular => triangular_average(run, period),
            AverageKind::KaufmanAdaptive => adaptive_average(run, period),
            AverageKind::MesaAdaptive => mesa_averages(run, MESA_LIMITS).0,
            AverageKind::Tillson => combined(run, period, &tillson_factors(TILLSON_VOLUME_FACTOR)),
            AverageKind::Hull => hull_average(run, period),
            AverageKind::None => run.values.to_vec(),
            AverageKind::ZeroLag => zero_lag_average(run.values, period),
            AverageKind::Wilder => wilder_average(run.values, period),
        }
    }

    /// The average of a run without its first `skip` values, in the places of the whole run.
    pub(super) fn after(self, run: &Run<'_>, skip: usize) -> Vec<f64> {
        after_look_back(skip, run.values.len(), self.over(&run.after(skip)))
    }

    /// The average of plain values.
    pub(super) fn of_values(self, values: &[f64]) -> Vec<f64> {
        self.over(&Run { start: 0, values, exact: None })
    }
}

/// The bounds of a variable period, in order.
fn variable_bounds(arguments: &Arguments<'_>) -> (usize, usize) {
    (arguments.count(0).min(arguments.count(1)), arguments.count(0).max(arguments.count(1)))
}

fn longest(arguments: &Arguments<'_>) -> Average {
    Average { period: variable_bounds(arguments).1, ..Average::of(arguments, 1, 2) }
}

/// Every period that occurs has its average over the whole run; each bar takes its own. All start where the longest may.
fn variable_average(input: &Input<'_>, arguments: &Arguments<'_>) -> Vec<f64> {
    let (least, most) = variable_bounds(arguments);
    let longest = longest(arguments);
    per_joint_run(input, |run, periods| {
        let periods: Vec<usize> = periods.iter().map(|period| (*period as usize).clamp(least, most)).collect();
        let mut occurring = periods.clone();
        occurring.sort_unstable();
        occurring.dedup();
        let mut column = vec![f64::NAN; run.values.len()];
        for period in occurring {
            let average = Average { period, ..longest };
            let values = average.after(run, longest.look_back().saturating_sub(average.look_back()));
            let places = column.iter_mut().zip(&values).zip(&periods).skip(longest.look_back());
            places.filter(|(_, own)| **own == period).for_each(|((place, value), _)| *place = *value);
        }
        column
    })
}

/// An exchanged pair of averages in order: the one with the shorter period first.
pub(super) fn in_order(first: Average, second: Average) -> (Average, Average) {
    if second.period < first.period { (second, first) } else { (first, second) }
}

/// A fast and a slow average whose recursions start so that both are first defined at the same bar.
pub(super) fn from_one_bar(run: &Run<'_>, fast: Average, slow: Average) -> (Vec<f64>, Vec<f64>) {
    let look_back = fast.look_back().max(slow.look_back());
    let from = |average: Average| {
        let mut values = average.after(run, look_back - average.look_back());
        values.iter_mut().take(look_back).for_each(|value| *value = f64::NAN);
        values
    };
    (from(fast), from(slow))
}

/// An average of a column that is defined from `undefined` on.
pub(super) fn average_from(average: Average, values: &[f64], undefined: usize) -> Vec<f64> {
    average.after(&Run { start: 0, values, exact: None }, undefined)
}
