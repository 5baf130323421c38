//! Price moves weighted by volume over a window or smoothed, and volume against its own average.

use super::bar_columns::{BarColumns, Column};
use super::definition::{Agreement, Argument, Definition, Family, Reach};
use super::exact_ratio::ratio;
use super::exponential::{EXPONENTIAL_BARS_PER_PERIOD, exponential_average};
use super::momentum::first_argument;
use super::volume::{accumulation, money_share};
use super::window_averages::full_window;
use super::window_sums::{after_look_back, integer_sums, weighted_sums};

pub(super) const ADOSC: Definition = Definition {
    name: "adosc",
    summary: "Chaikin oscillator: fast ema − slow ema of accumulation/distribution, both seeded with its first value.",
    arguments: &[Argument::period("fast", 3.0, 2.0), Argument::period("slow", 10.0, 2.0)],
    family: Family::Volume,
    agreement: Agreement::EqualsTaLib { function: "ADOSC" },
    needs_volume: true,
    reach: Reach::Recursion(|arguments| EXPONENTIAL_BARS_PER_PERIOD * arguments.count(0).max(arguments.count(1))),
    look_back: |arguments| arguments.count(0).max(arguments.count(1)) - 1,
    calculation: |input, arguments| {
        let totals = accumulation(input.bars);
        let seed = totals.first().copied().unwrap_or(0.0);
        let smoothing = |position: usize| 2.0 / (arguments.count(position) as f64 + 1.0);
        let (fast_smoothing, slow_smoothing) = (smoothing(0), smoothing(1));
        let (mut fast, mut slow) = (seed, seed);
        let values = totals.iter().map(|total| {
            fast += (total - fast) * fast_smoothing;
            slow += (total - slow) * slow_smoothing;
            fast - slow
        });
        let look_back = arguments.count(0).max(arguments.count(1)) - 1;
        vec![Column::computed(after_look_back(look_back, input.bars.len(), values.skip(look_back)))]
    },
    ..Definition::ROW
};

pub(super) const CMF: Definition = Definition {
    name: "cmf",
    summary: "Chaikin money flow: volume by where the bar closed in its range, as a share of the volume of `period` bars.",
    arguments: &[Argument::period("period", 20.0, 2.0)],
    family: Family::Volume,
    agreement: Agreement::EqualsTaLib { function: "CMF" },
    needs_volume: true,
    look_back: full_window,
    calculation: |input, arguments| vec![Column::computed(money_flow(input.bars, arguments.count(0)))],
    ..Definition::ROW
};

pub(super) const EFI: Definition = Definition {
    name: "efi",
    summary: "Elder's force index: ema over `period` bars of the change of the close × volume.",
    arguments: &[Argument::period("period", 13.0, 1.0)],
    family: Family::Volume,
    agreement: Agreement::EqualsTaLib { function: "EFI" },
    needs_volume: true,
    reach: Reach::Recursion(|arguments| EXPONENTIAL_BARS_PER_PERIOD * arguments.count(0) + 1),
    look_back: first_argument,
    calculation: |input, arguments| {
        let (closes, volumes) = (input.bars.closes().values, input.bars.volumes().values);
        let pairs = closes.iter().zip(closes.iter().skip(1)).zip(volumes.iter().skip(1));
        let forces: Vec<f64> = pairs.map(|((before, now), volume)| (now - before) * volume).collect();
        let average = exponential_average(&forces, 0, arguments.count(0));
        vec![Column::computed(after_look_back(1, input.bars.len(), average))]
    },
    ..Definition::ROW
};

pub(super) const MARKETFI: Definition = Definition {
    name: "marketfi",
    summary: "Market facilitation index: (high − low) ÷ volume of the bar; 0 without volume.",
    family: Family::Volume,
    agreement: Agreement::EqualsTaLib { function: "MARKETFI" },
    needs_volume: true,
    calculation: |input, _| {
        let (scale, volumes) = (input.bars.price_scale, input.bars.volumes().values);
        let ranges = input.bars.per_bar(|[_, high, low, _]| scale.to_f64(high.saturating_sub(low)));
        let values = ranges.iter().zip(volumes).map(|(range, volume)| if volume == 0.0 { 0.0 } else { range / volume });
        vec![Column::computed(values.collect())]
    },
    ..Definition::ROW
};

pub(super) const RVOL: Definition = Definition {
    name: "rvol",
    summary: "Relative volume: the bar's volume ÷ the mean of the `period` bars before; undefined where that is 0.",
    arguments: &[Argument::period("period", 20.0, 1.0)],
    family: Family::Volume,
    agreement: Agreement::EqualsTaLib { function: "RVOL" },
    needs_volume: true,
    look_back: first_argument,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        let sums = integer_sums(input.bars.volume, period).zip(input.bars.volume.iter().skip(period));
        let values = sums.map(|(before, now)| ratio(i128::from(*now) * period as i128, before));
        vec![Column::computed(after_look_back(period, input.bars.len(), values))]
    },
    ..Definition::ROW
};

/// Marc Chaikin; 0 where nothing traded.
fn money_flow(bars: &BarColumns<'_>, period: usize) -> Vec<f64> {
    let flows: Vec<f64> = money_share(bars).zip(bars.volumes().values).map(|(share, volume)| share * volume).collect();
    let sums = weighted_sums(&flows, &vec![1.0; period]).into_iter().zip(integer_sums(bars.volume, period));
    let per_unit = i128::from(bars.volume_scale.per_unit());
    let values = sums.map(|(flow, volume)| if volume == 0 { 0.0 } else { flow / ratio(volume, per_unit) });
    after_look_back(period.saturating_sub(1), bars.len(), values)
}
