//! Lines that follow a trend and turn when it breaks them: Wilder's stop and reverse, and supertrend.

use super::bar_columns::{BarColumns, Column};
use super::definition::{Agreement, Argument, Definition, Family, MAXIMUM_WIDTH, PATH_BARS, Reach};
use super::input::Arguments;
use super::momentum::{WILDER_BARS_PER_PERIOD, first_argument};
use super::volatility::average_true_range;
use super::window_sums::after_look_back;

/// Largest acceleration and offset, far beyond any use.
const MAXIMUM_ACCELERATION: f64 = 1000.0;

/// Largest size of a start value.
const MAXIMUM_START: f64 = 1e12;

/// An acceleration factor.
const fn acceleration(name: &'static str, default: f64) -> Argument {
    Argument::factor(name, default, 0.0, MAXIMUM_ACCELERATION)
}

pub(super) const SAR: Definition = Definition {
    name: "sar",
    summary: "Parabolic stop and reverse: below the lows of a rising trend, above the highs of a falling one.",
    arguments: &[acceleration("acceleration", 0.02), acceleration("maximum", 0.2)],
    family: Family::Trend,
    agreement: Agreement::EqualsTaLib { function: "SAR" },
    reach: Reach::Recursion(|_| PATH_BARS),
    look_back: |_| 1,
    calculation: |input, arguments| {
        let (step, most) = (arguments.number(0), arguments.number(1));
        let pace = Pace { first: step, step, most };
        let terms = Terms { start: 0.0, offset: 0.0, long: pace, short: pace };
        let values = stops(input.bars, &terms);
        vec![level(input.bars, values.map(|stop| stop.price))]
    },
    ..Definition::ROW
};

pub(super) const SAREXT: Definition = Definition {
    name: "sarext",
    summary: "Parabolic stop and reverse with its own terms per side; negative while the trend falls.",
    arguments: &[
        Argument::factor("start", 0.0, -MAXIMUM_START, MAXIMUM_START),
        acceleration("offset_on_reverse", 0.0),
        acceleration("first_long", 0.02),
        acceleration("step_long", 0.02),
        acceleration("maximum_long", 0.2),
        acceleration("first_short", 0.02),
        acceleration("step_short", 0.02),
        acceleration("maximum_short", 0.2),
    ],
    agreement: Agreement::EqualsTaLib { function: "SAREXT" },
    calculation: |input, arguments| {
        let pace = |first: usize| {
            let number = |ahead: usize| arguments.number(first + ahead);
            Pace { first: number(0), step: number(1), most: number(2) }
        };
        let terms = Terms { start: arguments.number(0), offset: arguments.number(1), long: pace(2), short: pace(5) };
        let values = stops(input.bars, &terms).map(|stop| if stop.falls { -stop.price } else { stop.price });
        vec![Column { is_price: false, ..level(input.bars, values) }]
    },
    ..SAR
};

pub(super) const SUPERTREND: Definition = Definition {
    name: "supertrend",
    summary: "Supertrend: hl2 ± `multiplier` average true ranges, drawn towards the price until it closes beyond; trend 1 or −1.",
    arguments: &[Argument::period("period", 10.0, 2.0), Argument::factor("multiplier", 3.0, 0.0, MAXIMUM_WIDTH)],
    outputs: &["line", "trend"],
    family: Family::Trend,
    agreement: Agreement::EqualsTaLib { function: "SUPERTREND" },
    reach: Reach::Recursion(|arguments| PATH_BARS.max(WILDER_BARS_PER_PERIOD * arguments.count(0))),
    look_back: first_argument,
    calculation: |input, arguments| supertrend(input.bars, arguments),
    ..Definition::ROW
};

fn level(bars: &BarColumns<'_>, values: impl Iterator<Item = f64>) -> Column {
    Column { is_price: true, ..Column::computed(after_look_back(1, bars.len(), values)) }
}

/// Acceleration of one side: at first, per new extreme, at most.
#[derive(Clone, Copy)]
struct Pace {
    first: f64,
    step: f64,
    most: f64,
}

impl Pace {
    fn start(self) -> f64 {
        self.first.min(self.most)
    }

    fn next(self, now: f64) -> f64 {
        (now + self.step.min(self.most)).min(self.most)
    }
}

/// What a stop and reverse is told.
struct Terms {
    /// First stop: long at a positive one, short at the size of a negative one; 0 finds its own.
    start: f64,
    /// Share by which a stop moves away when it reverses.
    offset: f64,
    long: Pace,
    short: Pace,
}

/// The stop of a bar.
struct Stop {
    price: f64,
    falls: bool,
}

/// A trend under way.
struct Trend {
    falls: bool,
    /// Stop of the next bar.
    stop: f64,
    /// Highest high or lowest low since it began.
    extreme: f64,
    acceleration: f64,
}

/// High and low of a bar in quoted units.
type Edges = (f64, f64);

/// The stop of every bar from the second on.
///
/// J. Welles Wilder, "New Concepts in Technical Trading Systems", 1978; the first bar gives the first stop and the
/// direction, as TA-Lib starts it.
fn stops(bars: &BarColumns<'_>, terms: &Terms) -> impl Iterator<Item = Stop> {
    let scale = bars.price_scale;
    let edges: Vec<Edges> =
        bars.high.iter().zip(bars.low).map(|(high, low)| (scale.to_f64(*high), scale.to_f64(*low))).collect();
    let mut trend = first_trend(&edges, terms);
    let mut before = edges.get(1).copied().unwrap_or_default();
    let mut next = 1;
    std::iter::from_fn(move || {
        let now = *edges.get(next)?;
        next += 1;
        let stop = trend.step(before, now, terms);
        before = now;
        Some(stop)
    })
}

/// Down where only the low moved out, or further than the high.
fn first_trend(edges: &[Edges], terms: &Terms) -> Trend {
    let first = edges.first().copied().unwrap_or_default();
    let second = edges.get(1).copied().unwrap_or_default();
    let (up, down) = (second.0 - first.0, first.1 - second.1);
    let falls = if terms.start == 0.0 { down > 0.0 && down > up } else { terms.start < 0.0 };
    let own = if falls { first.0 } else { first.1 };
    Trend {
        falls,
        stop: if terms.start == 0.0 { own } else { terms.start.abs() },
        extreme: if falls { second.1 } else { second.0 },
        acceleration: if falls { terms.short.start() } else { terms.long.start() },
    }
}

impl Trend {
    /// The stop of bar `now`; moves the trend on, or turns it round.
    fn step(&mut self, before: Edges, now: Edges, terms: &Terms) -> Stop {
        let pace = |falls: bool| if falls { terms.short } else { terms.long };
        // The furthest a stop of either direction may stand.
        let bound = |falls: bool, stop: f64| {
            if falls { stop.max(before.0).max(now.0) } else { stop.min(before.1).min(now.1) }
        };
        let broken = if self.falls { now.0 >= self.stop } else { now.1 <= self.stop };
        if broken {
            self.falls = !self.falls;
            let away = if self.falls { 1.0 + terms.offset } else { 1.0 - terms.offset };
            self.stop = bound(self.falls, self.extreme) * away;
            self.acceleration = pace(self.falls).start();
            self.extreme = if self.falls { now.1 } else { now.0 };
        }
        let shown = Stop { price: self.stop, falls: self.falls };
        let newer = if self.falls { now.1 < self.extreme } else { now.0 > self.extreme };
        if !broken && newer {
            self.extreme = if self.falls { now.1 } else { now.0 };
            self.acceleration = pace(self.falls).next(self.acceleration);
        }
        let moved = self.stop + self.acceleration * (self.extreme - self.stop);
        self.stop = bound(self.falls, moved);
        shown
    }
}

/// Olivier Seban's supertrend; it begins with a rising trend, as TA-Lib starts it.
fn supertrend(bars: &BarColumns<'_>, arguments: &Arguments<'_>) -> Vec<Column> {
    let (period, multiplier) = (arguments.count(0), arguments.number(1));
    let ranges = average_true_range(bars, period);
    let scale = bars.price_scale;
    let middles = bars.per_bar(|[_, high, low, _]| (scale.to_f64(high) + scale.to_f64(low)) / 2.0);
    let closes = bars.close.iter().map(|close| scale.to_f64(*close));
    let mut bands: Option<(f64, f64, f64)> = None;
    let mut rises = true;
    let lines = ranges.iter().zip(middles).zip(closes).skip(period).map(|((range, middle), close)| {
        let (mut upper, mut lower) = (middle + multiplier * range, middle - multiplier * range);
        if let Some((upper_before, lower_before, close_before)) = bands {
            upper = if upper < upper_before || close_before > upper_before { upper } else { upper_before };
            lower = if lower > lower_before || close_before < lower_before { lower } else { lower_before };
            rises = if rises { close >= lower } else { close > upper };
        }
        bands = Some((upper, lower, close));
        if rises { (lower, 1.0) } else { (upper, -1.0) }
    });
    let (line, trend): (Vec<f64>, Vec<f64>) = lines.unzip();
    let column = |values| Column::computed(after_look_back(period, bars.len(), values));
    vec![Column { is_price: true, ..column(line) }, column(trend)]
}
