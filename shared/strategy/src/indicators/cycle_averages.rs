//! Ehlers' averages that follow the measured cycle: MAMA and its follower, and the instantaneous trend line.

use super::definition::{Agreement, Argument, ArgumentKind, CLOSE, Definition, Family, PATH_BARS, Reach};
use super::hilbert;
use super::input::{Run, per_run, per_run_single};
use super::window_sums::after_look_back;

/// Bars before the first value of the adaptive averages and of the cycle's length.
pub(super) const MESA_LOOK_BACK: usize = 32;

/// First bar whose smoothed price enters the transform there.
pub(super) const SHORT_START: usize = 12;

/// Bars before the first value of everything that needs the cycle's phase.
pub(super) const PHASE_LOOK_BACK: usize = 63;

/// First bar whose smoothed price enters the transform there.
pub(super) const LONG_START: usize = 37;

/// A limit of the adaptive smoothing.
const fn limit(name: &'static str, default: f64) -> Argument {
    Argument { name, kind: ArgumentKind::Decimal, default: Some(default), min: 0.01, max: 0.99 }
}

pub(super) const MAMA: Definition = Definition {
    name: "mama",
    summary: "MESA adaptive moving average: fast while the cycle's phase runs, slow otherwise; fama follows it.",
    source: CLOSE,
    arguments: &[limit("fast_limit", 0.5), limit("slow_limit", 0.05)],
    outputs: &["mama", "fama"],
    agreement: Agreement::EqualsTaLib { function: "MAMA" },
    reach: Reach::Recursion(|_| PATH_BARS),
    look_back: |_| MESA_LOOK_BACK,
    calculation: |input, arguments| {
        let limits = (arguments.number(0), arguments.number(1));
        let outputs = per_run(&input.source, 2, |run| {
            let (mama, fama) = mesa_averages(run, limits);
            vec![mama, fama]
        });
        outputs.into_iter().map(|values| input.level(values)).collect()
    },
    ..Definition::ROW
};

pub(super) const HT_TRENDLINE: Definition = Definition {
    name: "ht_trendline",
    summary: "Instantaneous trend line: the mean over the dominant cycle, smoothed over four bars.",
    source: CLOSE,
    family: Family::Cycle,
    agreement: Agreement::EqualsTaLib { function: "HT_TRENDLINE" },
    reach: Reach::Recursion(|_| PATH_BARS),
    look_back: |_| PHASE_LOOK_BACK,
    calculation: |input, _| {
        vec![input.level(per_run_single(&input.source, |run| {
            let line = trend_lines(run.values).skip(PHASE_LOOK_BACK - LONG_START);
            after_look_back(PHASE_LOOK_BACK, run.values.len(), line)
        }))]
    },
    ..Definition::ROW
};

/// Both lines of John Ehlers' "MESA adaptive moving averages", 2001: smoothing = fast limit ÷ degrees the phase fell.
pub(super) fn mesa_averages(run: &Run<'_>, (fast_limit, slow_limit): (f64, f64)) -> (Vec<f64>, Vec<f64>) {
    let (mut phase_before, mut mama, mut fama) = (0.0, 0.0, 0.0);
    let prices = run.values.iter().skip(SHORT_START);
    let lines = hilbert::bars(run.values, SHORT_START).zip(prices).map(|(bar, price)| {
        let angle = if bar.in_phase == 0.0 { 0.0 } else { libm::atan(bar.quadrature / bar.in_phase).to_degrees() };
        let fallen = phase_before - angle;
        phase_before = angle;
        let smoothing = if fallen > 1.0 { (fast_limit / fallen).max(slow_limit) } else { fast_limit };
        mama = smoothing * price + (1.0 - smoothing) * mama;
        fama = 0.5 * smoothing * mama + (1.0 - 0.5 * smoothing) * fama;
        (mama, fama)
    });
    let (mama, fama): (Vec<f64>, Vec<f64>) = lines.skip(MESA_LOOK_BACK - SHORT_START).unzip();
    let length = run.values.len();
    (after_look_back(MESA_LOOK_BACK, length, mama), after_look_back(MESA_LOOK_BACK, length, fama))
}

/// The trend line of every bar from [`LONG_START`] on: prices averaged over the cycle, weighted 4, 3, 2, 1 over four bars.
pub(super) fn trend_lines(values: &[f64]) -> impl Iterator<Item = f64> {
    let mut means = [0.0; 3];
    hilbert::bars(values, LONG_START).enumerate().map(move |(index, bar)| {
        let length = whole_cycle(bar.period);
        let end = LONG_START + index + 1;
        let window = values.get(end.saturating_sub(length)..end).unwrap_or_default();
        let mean = if length == 0 { 0.0 } else { window.iter().rev().sum::<f64>() / length as f64 };
        let [newest, middle, oldest] = means;
        means = [mean, newest, middle];
        (4.0 * mean + 3.0 * newest + 2.0 * middle + oldest) / 10.0
    })
}

/// Whole bars of a cycle, to nearest.
pub(super) fn whole_cycle(period: f64) -> usize {
    (period + 0.5) as usize
}
