//! What the simulation is asked to do: minutes, decision bars, orders, exits, filters, sizing, costs.
//!
//! Everything here is resolved: no expressions, no names, no calendars. Prices and distances named *counts* are
//! integers on the tape's price scale; *price units* are `f64` quoted prices (count ÷ `10^places`) on the adjusted series.

use crate::price_index::PriceIndex;
use market::{Tape, TimeframeBars};
use std::sync::Arc;

/// Money in millionths of the account currency, fixed point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Money(pub i64);

impl Money {
    /// Counts per currency unit.
    pub const PER_UNIT: i64 = 1_000_000;

    /// The amount in currency units: one correctly rounded division.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / Self::PER_UNIT as f64
    }
}

/// Quantity in counts of the instrument's quantity step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Quantity(pub i64);

/// Long or short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Profits when the price rises.
    Long,
    /// Profits when the price falls.
    Short,
}

impl Side {
    /// `+1` for long, `−1` for short: the sign of the profit of a rising price.
    #[must_use]
    pub const fn sign(self) -> i64 {
        match self {
            Self::Long => 1,
            Self::Short => -1,
        }
    }

    /// The other side.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Long => Self::Short,
            Self::Short => Self::Long,
        }
    }
}

/// A value per side.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PerSide<T> {
    /// For long positions.
    pub long: T,
    /// For short positions.
    pub short: T,
}

impl<T> PerSide<T> {
    /// The value for `side`.
    pub const fn get(&self, side: Side) -> &T {
        match side {
            Side::Long => &self.long,
            Side::Short => &self.short,
        }
    }

    /// The value for `side`, to change.
    pub const fn get_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Long => &mut self.long,
            Side::Short => &mut self.short,
        }
    }
}

/// One bit per decision bar: set where a condition is true (unknown counts as not true).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mask {
    words: Vec<u64>,
    len: usize,
}

impl Mask {
    /// `len` clear bits.
    #[must_use]
    pub fn new(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)], len }
    }

    /// Number of bits.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// True without bits.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bit `index`; false past the end.
    #[must_use]
    pub fn get(&self, index: usize) -> bool {
        self.words.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    /// Sets bit `index`; past the end nothing happens.
    pub fn set(&mut self, index: usize) {
        if index < self.len
            && let Some(word) = self.words.get_mut(index / 64)
        {
            *word |= 1 << (index % 64);
        }
    }

    /// The bits, 64 to a word, lowest first; bits past `len` are clear.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// A mask of `len` bits from its words; bits past `len` are cleared.
    #[must_use]
    pub fn from_words(mut words: Vec<u64>, len: usize) -> Self {
        words.resize(len.div_ceil(64), 0);
        if !len.is_multiple_of(64)
            && let Some(last) = words.last_mut()
        {
            *last &= (1 << (len % 64)) - 1;
        }
        Self { words, len }
    }
}

/// What an exit condition may look at while a position is open, at the close of a decision bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PositionView {
    /// Side of the position.
    pub side: Side,
    /// Entry fill, adjusted, price units.
    pub entry_price: f64,
    /// Completed strategy bars since the entry fill (the bar of the fill counts as 1 when it completes).
    pub bars_in_trade: u32,
    /// Open profit at this bar's close before exit costs, account currency units.
    pub open_profit: f64,
}

/// An exit condition that depends on the open position; evaluated by the rules language.
pub trait PositionCondition: Send + Sync {
    /// True when the position should be closed at the market after decision bar `decision`.
    fn holds(&self, decision: usize, position: &PositionView) -> bool;
}

/// When a position is closed by its rules.
#[derive(Clone)]
pub enum ExitSignal {
    /// True at these decision bars, whatever the position.
    Mask(Arc<Mask>),
    /// Depends on the position.
    Position(Arc<dyn PositionCondition>),
}

impl std::fmt::Debug for ExitSignal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Mask(mask) => formatter.debug_tuple("Mask").field(mask).finish(),
            // A condition is code; there is nothing to show.
            Self::Position(_) => formatter.write_str("Position(..)"),
        }
    }
}

/// How an entry reaches the market. Prices are per decision bar, adjusted price units; NaN means no order at that bar.
#[derive(Debug, Clone)]
pub enum OrderKind {
    /// At the next minute's open.
    Market,
    /// A resting stop.
    Stop {
        /// Level per decision bar.
        price: Arc<[f64]>,
        /// Strategy bars the order rests; it is cancelled when that many further decision bars have completed.
        expires_bars: u32,
    },
    /// A resting limit.
    Limit {
        /// Level per decision bar.
        price: Arc<[f64]>,
        /// Strategy bars the order rests.
        expires_bars: u32,
    },
}

/// An entry rule of one side.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Decision bars at which the rule is true, before `Plan::allowed`.
    pub when: Arc<Mask>,
    /// The order it places.
    pub order: OrderKind,
}

/// A distance from the entry fill (slippage included); always ends at least one tick away.
#[derive(Debug, Clone)]
pub enum Distance {
    /// Quoted price units.
    Points(f64),
    /// Ticks.
    Ticks(f64),
    /// Percent of the raw fill price.
    Percent(f64),
    /// Account currency for the whole position.
    Money(f64),
    /// `multiple × value` at the decision bar, frozen; NaN there refuses the entry.
    Atr {
        /// Multiple.
        multiple: f64,
        /// Indicator value per decision bar, price units.
        value: Arc<[f64]>,
    },
    /// Multiples of the initial stop distance.
    R(f64),
    /// An absolute adjusted price per decision bar, price units, frozen at the decision; on the wrong side of the fill the entry is refused.
    Price(Arc<[f64]>),
}

/// One leg of a take-profit list.
#[derive(Debug, Clone)]
pub struct TargetLeg {
    /// Where.
    pub distance: Distance,
    /// Share of the initial position closed here, 0–1. Where the legs add up to the whole, the last closes what is left; where
    /// they do not, the rest has no target.
    pub fraction: f64,
}

impl TargetLeg {
    /// Whole steps it closes of a position of `steps`, where it does not close the rest.
    pub(crate) fn steps_of(&self, steps: f64) -> f64 {
        /// What may lack of a whole step: a third of three, written `0.33`, is one.
        const TOLERANCE_STEPS: f64 = 0.02;
        (steps * self.fraction + TOLERANCE_STEPS).floor()
    }
}

/// Which price a trailing stop follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrailBasis {
    /// The best high (long) or low (short) of completed minutes.
    HighLow,
    /// The best close of completed minutes.
    Close,
}

/// A stop that follows the price and only tightens.
#[derive(Debug, Clone)]
pub struct Trailing {
    /// Distance behind the best price.
    pub distance: Distance,
    /// Open profit (best price so far, measured as a distance from the fill) that starts it; at once when absent.
    pub activate_after: Option<Distance>,
    /// Price it follows.
    pub basis: TrailBasis,
}

/// A stop moved to the entry fill once the price has gone far enough.
#[derive(Debug, Clone)]
pub struct BreakEven {
    /// Distance from the fill that must be reached.
    pub after: Distance,
    /// Distance beyond the fill in the trade's favour where the stop then stands; the fill itself when absent.
    pub offset: Option<Distance>,
}

/// The exits of one side.
#[derive(Debug, Clone, Default)]
pub struct Exits {
    /// Rule exit, at the market.
    pub signal: Option<ExitSignal>,
    /// Stop-loss.
    pub stop_loss: Option<Distance>,
    /// Take-profit legs, nearest first; empty without.
    pub take_profit: Vec<TargetLeg>,
    /// Trailing stop.
    pub trailing: Option<Trailing>,
    /// Break-even stop.
    pub break_even: Option<BreakEven>,
    /// Minutes after the entry fill at which the position exits at the market.
    pub max_minutes: Option<u32>,
    /// Completed strategy bars after which the position exits at the market.
    pub max_bars: Option<u32>,
}

impl Exits {
    /// True when the target legs together are the whole position: then the last closes the rest.
    pub(crate) fn targets_close_all(&self) -> bool {
        /// Thirds may be written `0.33`.
        const WHOLE: f64 = 0.98;
        self.take_profit.iter().map(|leg| leg.fraction).sum::<f64>() >= WHOLE
    }

    /// Shares of the target legs that close nothing of a position of `steps`, being less than one.
    #[must_use]
    pub fn empty_legs(&self, steps: f64) -> Vec<f64> {
        let rest = if self.targets_close_all() { self.take_profit.len() - 1 } else { self.take_profit.len() };
        let shares = self.take_profit.iter().take(rest).filter(|leg| leg.steps_of(steps) < 1.0);
        shares.map(|leg| leg.fraction).collect()
    }
}

/// Sizing of an entry.
#[derive(Debug, Clone)]
pub enum Sizing {
    /// Units (contracts, shares, coins).
    Fixed(f64),
    /// Account currency at risk: risk ÷ (stop distance × point value + round-trip costs).
    RiskMoney(f64),
    /// Percent of equity at risk.
    RiskPercent(f64),
    /// Notional as percent of equity, at the decision bar's raw close.
    EquityPercent(f64),
}

/// Slippage of market and stop fills, against the trader.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Slippage {
    /// Whole ticks.
    Ticks(i64),
    /// Basis points of the raw price, not rounded to the tick (rounded to the nearest count).
    Bps(f64),
    /// Half of the minute's `spread` column (default of bid/ask series).
    HalfSpread,
}

/// Costs of a run, in the instrument's currency (converted like profit when the account's differs).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Costs {
    /// Slippage of market and stop fills; limit fills have none.
    pub slippage: Slippage,
    /// Commission per unit (contract, share) and fill.
    pub commission_per_unit: f64,
    /// Commission in basis points of the fill's raw notional.
    pub commission_bps: f64,
    /// Least commission of an order.
    pub commission_minimum: f64,
}

/// Contract terms in the tape's counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// Counts of the price scale per tick.
    pub tick: i64,
    /// Currency units per 1.0 of price for one whole unit of quantity.
    pub point_value: f64,
    /// Units per quantity count (the quantity step).
    pub quantity_step: f64,
    /// Notional cap as a multiple of equity (stocks, ETFs, crypto); `None` is uncapped (futures, FX).
    pub leverage: Option<f64>,
    /// Trading days a year for annualisation: 252, or 365 for 24/7 markets.
    pub days_per_year: f64,
}

/// Clock exits of one trading day: at this instant orders are cancelled, the position exits, and nothing fills until the next session.
pub type FlattenAt = Option<i64>;

/// Limits on trading, evaluated by the simulation because they depend on what has happened.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TradeLimits {
    /// Entry fills per trading day.
    pub max_trades_per_day: Option<u32>,
    /// Strategy bars that must complete after an exit fill before the next entry decision.
    pub cooldown_bars: Option<u32>,
    /// Realised plus open loss of the trading day (positive money) that closes the position and blocks until the next day.
    pub max_daily_loss: Option<f64>,
    /// Realised plus open profit of the trading day that closes the position and blocks until the next day.
    pub max_daily_profit: Option<f64>,
    /// Losing trades in a row after which no entry is made for the rest of that trading day.
    pub max_consecutive_losses: Option<u32>,
}

/// One simulation, fully resolved.
#[derive(Clone)]
pub struct Plan<'a> {
    /// Minutes of the run's symbol and session (window and more; only `window` is simulated).
    pub tape: &'a Tape,
    /// Summaries of that tape.
    pub index: Arc<PriceIndex>,
    /// Decision bars: the strategy timeframe over the same tape. Masks and levels are indexed like these.
    pub decisions: &'a TimeframeBars,
    /// Minutes `[first, end)` of the tape that are simulated; the window starts and ends on trading-day boundaries.
    pub window: (u32, u32),
    /// Contract terms.
    pub terms: Terms,
    /// Costs.
    pub costs: Costs,
    /// Starting capital, account currency.
    pub capital: Money,
    /// Entry rules.
    pub entry: PerSide<Option<Entry>>,
    /// Exit rules.
    pub exits: PerSide<Exits>,
    /// Decision bars at which entries may be decided (windows, weekdays, skip dates); `None` allows all.
    pub allowed: Option<Arc<Mask>>,
    /// Per trading day of the tape: the clock exit.
    pub flatten_at: Arc<[FlattenAt]>,
    /// Sizing.
    pub sizing: Sizing,
    /// Largest position, units.
    pub max_quantity: Option<f64>,
    /// Trade limits.
    pub limits: TradeLimits,
    /// Ticks a limit must be traded through by to fill; 0 fills on touch.
    pub limit_through_ticks: i64,
    /// Account currency per unit of the instrument's currency at each minute's close; `None` when they are the same.
    pub conversion: Option<Arc<[f64]>>,
}
