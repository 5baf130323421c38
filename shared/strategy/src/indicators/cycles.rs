//! Ehlers' dominant cycle: its length, its phase and what is read from them (TA-Lib's `HT_` functions).

use super::bar_columns::Column;
use super::cycle_averages::{LONG_START, MESA_LOOK_BACK, PHASE_LOOK_BACK, SHORT_START, trend_lines, whole_cycle};
use super::definition::{Agreement, CLOSE, Definition, Family, PATH_BARS, Reach};
use super::hilbert::{self, Bar};
use super::input::{Input, Run, per_run};
use super::window_sums::after_look_back;

/// Share of the trend line by which a price must leave it to count as a trend.
const TREND_DISTANCE: f64 = 0.015;

pub(super) const HT_DCPERIOD: Definition = Definition {
    name: "ht_dcperiod",
    summary: "Length of the dominant cycle in bars, 6 to 50.",
    source: CLOSE,
    family: Family::Cycle,
    agreement: Agreement::EqualsTaLib { function: "HT_DCPERIOD" },
    reach: Reach::Recursion(|_| PATH_BARS),
    look_back: |_| MESA_LOOK_BACK,
    calculation: |input, _| columns(input, 1, |run| short(run, |bar| [bar.period])),
    ..Definition::ROW
};

pub(super) const HT_PHASOR: Definition = Definition {
    name: "ht_phasor",
    summary: "Components of the dominant cycle: in phase, and a quarter of a cycle ahead.",
    outputs: &["inphase", "quadrature"],
    agreement: Agreement::EqualsTaLib { function: "HT_PHASOR" },
    calculation: |input, _| columns(input, 2, |run| short(run, |bar| [bar.in_phase, bar.quadrature])),
    ..HT_DCPERIOD
};

pub(super) const HT_DCPHASE: Definition = Definition {
    name: "ht_dcphase",
    summary: "Phase of the dominant cycle in degrees, −45 to 315.",
    agreement: Agreement::EqualsTaLib { function: "HT_DCPHASE" },
    look_back: |_| PHASE_LOOK_BACK,
    calculation: |input, _| columns(input, 1, |run| long(run, |phase| [phase.degrees])),
    ..HT_DCPERIOD
};

pub(super) const HT_SINE: Definition = Definition {
    name: "ht_sine",
    summary: "Sine of the dominant cycle's phase, and of the phase 45 degrees ahead.",
    outputs: &["sine", "leadsine"],
    agreement: Agreement::EqualsTaLib { function: "HT_SINE" },
    calculation: |input, _| columns(input, 2, |run| long(run, |phase| [phase.sine, phase.lead_sine])),
    ..HT_DCPHASE
};

pub(super) const HT_TRENDMODE: Definition = Definition {
    name: "ht_trendmode",
    summary: "1 while the market trends, 0 while it cycles.",
    agreement: Agreement::EqualsTaLib { function: "HT_TRENDMODE" },
    calculation: |input, _| columns(input, 1, |run| vec![trend_modes(run, input)]),
    ..HT_DCPHASE
};

fn columns(input: &Input<'_>, outputs: usize, calculate: impl Fn(&Run<'_>) -> Vec<Vec<f64>>) -> Vec<Column> {
    per_run(&input.source, outputs, calculate).into_iter().map(Column::computed).collect()
}

/// One column per value that `read` takes from a bar.
fn short<const N: usize>(run: &Run<'_>, read: impl Fn(Bar) -> [f64; N]) -> Vec<Vec<f64>> {
    let values = hilbert::bars(run.values, SHORT_START).skip(MESA_LOOK_BACK - SHORT_START).map(read);
    unzipped(values, MESA_LOOK_BACK, run.values.len())
}

/// One column per value that `read` takes from a bar's phase.
fn long<const N: usize>(run: &Run<'_>, read: impl Fn(Phase) -> [f64; N]) -> Vec<Vec<f64>> {
    let values = phases(run.values).skip(PHASE_LOOK_BACK - LONG_START).map(|(_, phase)| read(phase));
    unzipped(values, PHASE_LOOK_BACK, run.values.len())
}

fn unzipped<const N: usize>(values: impl Iterator<Item = [f64; N]>, look_back: usize, length: usize) -> Vec<Vec<f64>> {
    let rows: Vec<[f64; N]> = values.collect();
    let column = |output: usize| rows.iter().map(move |row| row.get(output).copied().unwrap_or(f64::NAN));
    (0..N).map(|output| after_look_back(look_back, length, column(output))).collect()
}

/// Phase of the dominant cycle at a bar.
#[derive(Debug, Clone, Copy, Default)]
struct Phase {
    degrees: f64,
    sine: f64,
    lead_sine: f64,
}

/// Every bar from [`LONG_START`] on with its phase.
fn phases(values: &[f64]) -> impl Iterator<Item = (Bar, Phase)> {
    let mut smooth: Vec<f64> = Vec::with_capacity(values.len());
    let mut degrees = 0.0;
    hilbert::bars(values, LONG_START).map(move |bar| {
        smooth.push(bar.smooth);
        degrees = phase(&smooth, bar.period, degrees);
        let radians = |degrees: f64| libm::sin(degrees.to_radians());
        (bar, Phase { degrees, sine: radians(degrees), lead_sine: radians(degrees + 45.0) })
    })
}

/// Correlates the smoothed prices of one cycle (before the first bar: 0) with a sine and a cosine of its length.
fn phase(smooth: &[f64], period: f64, before: f64) -> f64 {
    let length = whole_cycle(period);
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (age, price) in smooth.iter().rev().take(length).enumerate() {
        let angle = age as f64 * (2.0 * std::f64::consts::PI) / length as f64;
        real += libm::sin(angle) * price;
        imaginary += libm::cos(angle) * price;
    }
    let mut degrees = before;
    if imaginary != 0.0 {
        degrees = libm::atan(real / imaginary).to_degrees();
    } else if real < 0.0 {
        degrees -= 90.0;
    } else if real > 0.0 {
        degrees += 90.0;
    }
    // The smoothing lags one bar.
    degrees += 90.0 + 360.0 / period;
    if imaginary < 0.0 {
        degrees += 180.0;
    }
    if degrees > 315.0 { degrees - 360.0 } else { degrees }
}

/// A trend unless the sine lines crossed within half a cycle or the phase turns at the cycle's rate; always one far from
/// the trend line, in parts of its raw price.
fn trend_modes(run: &Run<'_>, input: &Input<'_>) -> Vec<f64> {
    let mut before = Phase::default();
    let mut bars_since_crossing = 0.0;
    let lines = trend_lines(run.values).zip(run.start + LONG_START..);
    let modes = phases(run.values).zip(lines).map(|((bar, phase), (line, index))| {
        let mut trends = true;
        let rose = phase.sine > phase.lead_sine && before.sine <= before.lead_sine;
        let fell = phase.sine < phase.lead_sine && before.sine >= before.lead_sine;
        if rose || fell {
            bars_since_crossing = 0.0;
            trends = false;
        }
        bars_since_crossing += 1.0;
        if bars_since_crossing < 0.5 * bar.period {
            trends = false;
        }
        let (turned, rate) = (phase.degrees - before.degrees, 360.0 / bar.period);
        if bar.period != 0.0 && turned > 0.67 * rate && turned < 1.5 * rate {
            trends = false;
        }
        before = phase;
        let base = line - input.price_offset(index);
        let far = base != 0.0 && ((bar.smooth - line) / base).abs() >= TREND_DISTANCE;
        if trends || far { 1.0 } else { 0.0 }
    });
    after_look_back(PHASE_LOOK_BACK, run.values.len(), modes.skip(PHASE_LOOK_BACK - LONG_START))
}
