//! What the loop remembers between minutes: orders, the position, the day, and what is handed back.
//!
//! Plain data; no rule is applied here.

use engine::plan::Side;
use engine::{ExitReason, RunCounts, Trade};

/// Stop or limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RestingKind {
    Stop,
    Limit,
}

/// An entry order, its size decided with it.
#[derive(Debug, Clone, Copy)]
pub struct EntryOrder {
    pub side: Side,
    /// Decision bar that placed it.
    pub decision: usize,
    /// Counts of the quantity step.
    pub quantity: i64,
    /// The leverage cap made it smaller.
    pub reduced: bool,
    /// `None` at the market; else the kind and the level in adjusted counts, on the grid.
    pub rests: Option<(RestingKind, i64)>,
    /// Decision bars it rests.
    pub expires_bars: u32,
}

/// A take-profit leg that still rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    pub level: i64,
    pub quantity: i64,
}

/// A trailing stop.
#[derive(Debug, Clone, Copy)]
pub struct Trail {
    /// Counts behind the best price.
    pub distance: f64,
    /// Favourable move that starts it, counts; `None` at once.
    pub waits_for: Option<f64>,
    pub level: Option<i64>,
}

/// A break-even stop.
#[derive(Debug, Clone, Copy)]
pub struct BreakEvenStop {
    pub waits_for: f64,
    /// Where it stands once moved, placed on the grid with the entry.
    pub moves_to: i64,
    pub level: Option<i64>,
}

/// Where a market that moves along a path stands: the last price, or the level of a fill since on the side that filled.
#[derive(Debug, Clone, Copy)]
pub struct Quotes {
    pub bid: i64,
    pub ask: i64,
    pub last: i64,
}

impl Quotes {
    /// The price a market order meets.
    pub const fn met_by(self, buying: Side) -> i64 {
        match buying {
            Side::Long => self.ask,
            Side::Short => self.bid,
        }
    }

    /// A fill of an order on the `bought` side leaves that side of the market, and the last price, at its level.
    pub const fn left_at(&mut self, bought: Side, level: i64) {
        match bought {
            Side::Long => self.ask = level,
            Side::Short => self.bid = level,
        }
        self.last = level;
    }
}

/// Something a comparison with a peer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    GappedStop,
    GappedTarget,
    BothTouched,
    Reversal,
    RestingEntryAtOpen,
    RestingEntryInside,
    ExitInEntryMinute,
    DueWithLevelTouched,
    TimeExit,
    TrailingStop,
}

/// The exit levels of a position, in adjusted counts.
#[derive(Debug, Clone, Default)]
pub struct Protection {
    pub stop: Option<i64>,
    pub legs: Vec<Leg>,
    pub trail: Option<Trail>,
    pub break_even: Option<BreakEvenStop>,
}

/// Costs not yet assigned to a trade, millionths of the account currency.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unassigned {
    pub commission: i64,
    pub roll_slippage: i64,
}

/// The open position.
#[derive(Debug, Clone)]
pub struct Position {
    pub side: Side,
    pub entry_minute: usize,
    /// Entry fill with slippage, adjusted counts.
    pub fill: i64,
    /// Entry price before slippage.
    pub price: i64,
    /// Filled at its level inside a minute.
    pub inside: bool,
    /// Filled at the close of a minute, after its range.
    pub at_close: bool,
    pub quantity: i64,
    pub protection: Protection,
    /// First minute in which stops and targets may fill.
    pub protected_from: usize,
    /// Last decision bar of the bracket, under `Expiry::WholeBracket`.
    pub bracket_last_bar: Option<usize>,
    /// Best high or low, and best close, of completed minutes; both start at the fill.
    pub best_extreme: i64,
    pub best_close: i64,
    pub bars: u32,
    pub rolls: u32,
    pub unassigned: Unassigned,
    /// Extremes of completed minutes since the fill, adjusted counts.
    pub highest: i64,
    pub lowest: i64,
    pub ambiguous: bool,
    pub events: Vec<Event>,
}

/// What the trading day has seen.
#[derive(Debug, Clone, Copy, Default)]
pub struct DayState {
    pub day: u32,
    pub entries: u32,
    /// Mark the day started from, millionths.
    pub base: i64,
    /// A daily limit was reached.
    pub limited: bool,
    pub losing_streak: u32,
}

/// What the loop hands back.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    pub trades: Vec<Trade>,
    /// Events per trade, parallel to `trades`.
    pub events: Vec<Vec<Event>>,
    /// Entry orders that expired unfilled, and brackets that did.
    pub expired: u32,
    pub expired_brackets: u32,
    pub counts: RunCounts,
    /// Mark of every minute, millionths.
    pub equity: Vec<i64>,
}

impl Outcome {
    /// Number of trades on which `event` happened.
    pub fn count(&self, event: Event) -> usize {
        self.events.iter().filter(|events| events.contains(&event)).count()
    }

    /// Number of trades that ended for `reason`.
    pub fn ended(&self, reason: ExitReason) -> usize {
        self.trades.iter().filter(|trade| trade.reason == reason).count()
    }
}
