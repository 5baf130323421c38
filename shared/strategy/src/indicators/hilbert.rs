//! John Ehlers' measurement of the dominant cycle by a Hilbert transform ("Rocket Science for Traders", 2001).
//!
//! One bar after another; what is drawn from it is in `cycles.rs` and `cycle_averages.rs`.

/// Shortest and longest cycle in bars.
const SHORTEST_CYCLE: f64 = 6.0;
const LONGEST_CYCLE: f64 = 50.0;

/// Bars of the weighted average that smooths prices before the transform.
const SMOOTHING_BARS: usize = 4;

/// The transform of one series: its last values, seven bars back.
#[derive(Default)]
struct Transform {
    past: [f64; 6],
}

impl Transform {
    /// Takes a value and returns its part a quarter of a cycle ahead.
    fn next(&mut self, value: f64, adjustment: f64) -> f64 {
        let [_, second, _, fourth, _, sixth] = self.past;
        // In TA-Lib's order of additions.
        let part = 0.0962 * value - 0.0962 * sixth - 0.5769 * fourth + 0.5769 * second;
        self.past.rotate_right(1);
        if let Some(newest) = self.past.first_mut() {
            *newest = value;
        }
        part * adjustment
    }
}

/// What the transform knows of a bar.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bar {
    /// Smoothed price.
    pub(super) smooth: f64,
    /// Component in phase.
    pub(super) in_phase: f64,
    /// Component a quarter of a cycle ahead.
    pub(super) quadrature: f64,
    /// Smoothed length of the dominant cycle in bars.
    pub(super) period: f64,
}

/// The recursion from bar to bar.
#[derive(Default)]
pub(super) struct Cycle {
    detrender: Transform,
    quadrature: Transform,
    ahead_in_phase: Transform,
    ahead_quadrature: Transform,
    /// The last three values without trend: the component in phase is the oldest.
    delayed: [f64; 3],
    phasor: (f64, f64),
    product: (f64, f64),
    period: f64,
    smooth_period: f64,
}

impl Cycle {
    /// Takes the smoothed price of the next bar.
    pub(super) fn next(&mut self, smooth: f64) -> Bar {
        let adjustment = 0.075 * self.period + 0.54;
        let [newer, middle, in_phase] = self.delayed;
        let detrended = self.detrender.next(smooth, adjustment);
        let quadrature = self.quadrature.next(detrended, adjustment);
        let ahead_in_phase = self.ahead_in_phase.next(in_phase, adjustment);
        let ahead_quadrature = self.ahead_quadrature.next(quadrature, adjustment);
        self.delayed = [detrended, newer, middle];
        self.measure(in_phase - ahead_quadrature, quadrature + ahead_in_phase);
        Bar { smooth, in_phase, quadrature, period: self.smooth_period }
    }

    /// Homodyne discriminator: the angle by which the phasor turned since the bar before gives the period.
    fn measure(&mut self, in_phase: f64, quadrature: f64) {
        let before = self.phasor;
        let now = (0.2 * in_phase + 0.8 * before.0, 0.2 * quadrature + 0.8 * before.1);
        self.phasor = now;
        let (real, imaginary) = (now.0 * before.0 + now.1 * before.1, now.0 * before.1 - now.1 * before.0);
        self.product = (0.2 * real + 0.8 * self.product.0, 0.2 * imaginary + 0.8 * self.product.1);
        let known = self.period;
        let mut period = known;
        if self.product.0 != 0.0 && self.product.1 != 0.0 {
            period = 360.0 / libm::atan(self.product.1 / self.product.0).to_degrees();
        }
        // In this order: the bounds may lie across each other.
        period = if period > 1.5 * known { 1.5 * known } else { period };
        period = if period < 0.67 * known { 0.67 * known } else { period };
        period = period.clamp(SHORTEST_CYCLE, LONGEST_CYCLE);
        self.period = 0.2 * period + 0.8 * known;
        self.smooth_period = 0.33 * self.period + 0.67 * self.smooth_period;
    }
}

/// The weighted average of the last four prices at every bar, kept as running sums in bar order: in a flat market its
/// last bits are all the transform has to go by, and they are TA-Lib's.
fn smoothed(values: &[f64]) -> impl Iterator<Item = f64> {
    let (mut total, mut weighted, mut leaving) = (0.0, 0.0, 0.0);
    values.iter().enumerate().map(move |(index, value)| {
        total += value;
        if index + 1 < SMOOTHING_BARS {
            weighted += value * (index + 1) as f64;
            return 0.0;
        }
        total -= leaving;
        weighted += value * SMOOTHING_BARS as f64;
        leaving = values.get(index + 1 - SMOOTHING_BARS).copied().unwrap_or(0.0);
        let smooth = weighted * 0.1;
        weighted -= total;
        smooth
    })
}

/// Every bar of a run from `first` on; those before only smooth prices, as TA-Lib starts.
pub(super) fn bars(values: &[f64], first: usize) -> impl Iterator<Item = Bar> {
    let mut cycle = Cycle::default();
    smoothed(values).skip(first).map(move |smooth| cycle.next(smooth))
}
