//! One row of the table of indicators: its name, arguments, outputs, agreement and how far back it reads.
//!
//! The arithmetic itself lives in the files named after families; a row points to it.

use super::bar_columns::{BarColumns, Column};
use super::input::{Arguments, Input};
use super::moving_mean::Flow;

/// Widest band in multiples of its measure: far beyond any use, and products stay finite.
pub(super) const MAXIMUM_WIDTH: f64 = 1000.0;

/// The `source` of indicators that read the close unless told otherwise.
pub(super) const CLOSE: SourceKind = SourceKind::Series { default: "close" };

/// Longest period an indicator accepts, in bars of its timeframe: a year of hourly bars, and sums that stay exact.
pub const MAXIMUM_PERIOD_BARS: f64 = 5000.0;

/// Largest of TA-Lib's numbers of averages.
const LAST_AVERAGE: f64 = 13.0;

/// Warm-up of values that depend on the whole path behind them (stop and reverse, supertrend, cycles): nearly always the
/// last turn lies nearer.
pub(super) const PATH_BARS: usize = 1000;

/// What an indicator is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// A series given as the first operand, `sma(close, 20)`; when left out, the named series of the bars.
    Series {
        /// Name of the series taken when the call gives none.
        default: &'static str,
    },
    /// Two series given as the first operands, `talib.CORREL(close, high, 30)`; when left out, the named ones.
    Pair {
        /// Name of the first series taken when the call gives none.
        first: &'static str,
        /// Name of the second; `None` when it must be given.
        second: Option<&'static str>,
    },
    /// The bars themselves, `atr(14)`.
    Bars,
}

/// Which numbers an argument takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgumentKind {
    /// Whole numbers only (periods).
    Integer,
    /// Any decimal (widths, factors).
    Decimal,
}

/// One numeric argument, in call order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Argument {
    /// Name, also the stem of a lifted parameter's key.
    pub name: &'static str,
    /// Which numbers it takes.
    pub kind: ArgumentKind,
    /// Value when the call leaves it out; `None` when it must be given.
    pub default: Option<f64>,
    /// Smallest value, inclusive.
    pub min: f64,
    /// Largest value, inclusive.
    pub max: f64,
}

impl Argument {
    /// A period in bars from `min` to [`MAXIMUM_PERIOD_BARS`].
    pub(super) const fn period(name: &'static str, default: f64, min: f64) -> Self {
        Self { name, kind: ArgumentKind::Integer, default: Some(default), min, max: MAXIMUM_PERIOD_BARS }
    }

    /// A factor between `min` and `max`.
    pub(super) const fn factor(name: &'static str, default: f64, min: f64, max: f64) -> Self {
        Self { name, kind: ArgumentKind::Decimal, default: Some(default), min, max }
    }

    /// TA-Lib's choice of average by its number (`average_kinds.rs`).
    pub(super) const fn average(name: &'static str, default: f64) -> Self {
        Self { name, kind: ArgumentKind::Integer, default: Some(default), min: 0.0, max: LAST_AVERAGE }
    }
}

/// Shelf of the guide the indicator stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Averages of a series, in its units.
    MovingAverage,
    /// Speed and oscillators.
    Momentum,
    /// Strength and direction of a trend.
    Trend,
    /// Ranges, deviations, bands.
    Volatility,
    /// Price weighted or signed by volume.
    Volume,
    /// Extremes, regression and other statistics of a window.
    Statistics,
    /// Averages of the prices of one bar.
    PriceTransform,
    /// Ehlers' dominant cycle.
    Cycle,
    /// Shapes of a few bars by their extremes and closes.
    BarShape,
    /// TA-Lib's candlestick patterns: 100 or −100 where one ends, 0 elsewhere.
    Candlestick,
}

/// Whose definition a row follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// The definition, the defaults and the argument order of TA-Lib's `function`; `talib.function` means this row.
    EqualsTaLib {
        /// TA-Lib's function.
        function: &'static str,
    },
    /// Related to TA-Lib's `function` but not the same call.
    DiffersFromTaLib {
        /// TA-Lib's function.
        function: &'static str,
        /// The difference in a sentence.
        why: &'static str,
    },
    /// Not a TA-Lib function.
    OurOwn {
        /// Whose definition it is.
        source: &'static str,
    },
}

/// Bars an indicator needs before the first bar whose value is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarmUp {
    /// This many bars (fewer if the data start later).
    Bars(usize),
    /// None: a cumulative value that starts at the first bar of the window.
    FromWindow,
}

/// How far an indicator's value reaches back, for the warm-up rule.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reach {
    /// Exactly the look-back: a finite window.
    Window,
    /// A recursion: this many bars, computed from the arguments.
    Recursion(fn(&Arguments<'_>) -> usize),
    /// Everything since the first bar of the window.
    Cumulative,
}

/// Computes every output; each column has the length of the bars.
pub(super) type Calculation = fn(&Input<'_>, &Arguments<'_>) -> Vec<Column>;

/// One indicator.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// Name in the language.
    pub name: &'static str,
    /// One sentence for the guide.
    pub summary: &'static str,
    /// What it is computed from.
    pub source: SourceKind,
    /// Numeric arguments in call order, after the source.
    pub arguments: &'static [Argument],
    /// Names of the outputs; the first is meant when none is named. `["value"]` for a single output.
    pub outputs: &'static [&'static str],
    /// Shelf of the guide.
    pub family: Family,
    /// Whose definition it follows.
    pub agreement: Agreement,
    /// True when it means nothing on a series without volume.
    pub needs_volume: bool,
    /// True for window extremes, which include the bar being evaluated: its own high never exceeds them.
    pub includes_current_extreme: bool,
    pub(super) reach: Reach,
    pub(super) look_back: fn(&Arguments<'_>) -> usize,
    pub(super) calculation: Calculation,
    /// Its first output over one series a part at a time, where that is cheaper than keeping the column.
    pub(super) flow: Option<Flowing>,
}

/// The flow over a series from a bar on; `None` where the series does not allow it.
type Flowing = fn(&Column, usize, &Arguments<'_>) -> Option<Box<dyn Flow>>;

impl Definition {
    /// What most rows have in common; every row names the rest.
    pub(super) const ROW: Self = Self {
        name: "",
        summary: "",
        source: SourceKind::Bars,
        arguments: &[],
        outputs: &["value"],
        family: Family::MovingAverage,
        agreement: Agreement::OurOwn { source: "" },
        needs_volume: false,
        includes_current_extreme: false,
        reach: Reach::Window,
        look_back: |_| 0,
        calculation: |_, _| Vec::new(),
        flow: None,
    };

    /// Number of bars before the first used one that must be handed in so that its value is what it should be:
    /// the look-back for finite windows, 10 × period for exponential averages, 20 × period for Wilder's averages and
    /// other recursions (periods of chained recursions add up), never less than the look-back.
    #[must_use]
    pub fn warm_up(&self, args: &[f64]) -> WarmUp {
        let arguments = Arguments::new(self.arguments, args);
        let look_back = (self.look_back)(&arguments);
        match self.reach {
            Reach::Window => WarmUp::Bars(look_back),
            Reach::Recursion(bars) => WarmUp::Bars(bars(&arguments).max(look_back)),
            Reach::Cumulative => WarmUp::FromWindow,
        }
    }

    /// The first output over `source` from bar `start` on, a part at a time: the values [`Definition::compute`] has on the
    /// bars from there. `None` for what is only computed whole.
    pub(crate) fn flow(&self, source: &Column, start: usize, args: &[f64]) -> Option<Box<dyn Flow>> {
        self.flow?(source, start, &Arguments::new(self.arguments, args))
    }

    /// Number of leading undefined values of every output on a source defined from its first bar.
    #[must_use]
    pub fn look_back(&self, args: &[f64]) -> usize {
        (self.look_back)(&Arguments::new(self.arguments, args))
    }

    /// One column per output, each as long as the bars, `NaN` where undefined.
    ///
    /// `source` is the series operand (the default series when `None`; ignored by indicators over bars) and has the
    /// bars' length. `args` are in order and within their bounds (a missing one is its default, one out of bounds the
    /// bound). An undefined value inside the source makes every window holding it undefined and starts a recursion
    /// anew after it.
    #[must_use]
    pub fn compute(&self, source: Option<&Column>, bars: &BarColumns<'_>, args: &[f64]) -> Vec<Column> {
        self.compute_pair((source, None), bars, args)
    }

    /// [`Definition::compute`] with both operands of a [`SourceKind::Pair`].
    #[must_use]
    pub fn compute_pair(
        &self,
        sources: (Option<&Column>, Option<&Column>),
        bars: &BarColumns<'_>,
        args: &[f64],
    ) -> Vec<Column> {
        (self.calculation)(&Input::new(self.source, sources, bars), &Arguments::new(self.arguments, args))
    }
}
