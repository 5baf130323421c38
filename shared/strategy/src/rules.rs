//! A checked strategy as data: numbers and conditions in two arenas, orders, exits, filters, sizing.
//!
//! Nothing here has a value yet: numbers a person may tune are [`Amount::Place`]s, filled when a study evaluates it.

use crate::indicators::Definition;
use crate::syntax::{ArithmeticOperator, CompareOperator, Direction};
use market::{Instrument, SessionKind, Timeframe, TradingDate};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Index into [`Rules::numbers`].
pub(crate) type NumberId = usize;
/// Index into [`Rules::conditions`].
pub(crate) type ConditionId = usize;
/// Index into [`Rules::frames`]; 0 is the strategy's own.
pub(crate) type FrameId = usize;

/// A number of the document.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Amount {
    /// Never tuned.
    Fixed(f64),
    /// The parameter of this place: index into [`Rules::place_parameters`].
    Place(usize),
}

/// Whose bars a value is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Index into [`Rules::symbols`]; 0 is the traded one.
    pub(crate) symbol: usize,
    pub(crate) timeframe: Timeframe,
}

/// A column of bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Series {
    Open,
    High,
    Low,
    Close,
    Volume,
    Range,
    Hl2,
    Hlc3,
    Ohlc4,
}

impl Series {
    pub(crate) const ALL: [(&'static str, Self); 9] = [
        ("open", Self::Open),
        ("high", Self::High),
        ("low", Self::Low),
        ("close", Self::Close),
        ("volume", Self::Volume),
        ("range", Self::Range),
        ("hl2", Self::Hl2),
        ("hlc3", Self::Hlc3),
        ("ohlc4", Self::Ohlc4),
    ];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, series)| *series)
    }

    /// True for a price that lies between the bar's low and high.
    pub(crate) const fn is_price(self) -> bool {
        match self {
            Self::Open | Self::High | Self::Low | Self::Close | Self::Hl2 | Self::Hlc3 | Self::Ohlc4 => true,
            Self::Volume | Self::Range => false,
        }
    }
}

/// A value of a trading day's session, as known at the end of a bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum SessionValue {
    Open,
    High,
    Low,
    /// A price of the period before.
    Previous(Period, PeriodPrice),
    /// A floor-trader pivot of the period before.
    Pivot(Period, PivotLine),
    /// The session's open less the close of the day before.
    GapPoints,
    /// The same in percent of that close.
    GapPercent,
    /// High of the first minutes.
    OpeningHigh(Amount),
    /// Low of the first minutes.
    OpeningLow(Amount),
    MinutesSinceOpen,
    Vwap(Anchor),
}

/// Trading days that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    Day,
    /// From Monday's trading day.
    Week,
    /// Of one calendar month.
    Month,
}

impl Period {
    /// What the days of one period have in common.
    pub(crate) fn key(self, date: TradingDate) -> i32 {
        let (year, month, _) = date.to_ymd();
        match self {
            Self::Day => date.0,
            Self::Week => date.monday().0,
            Self::Month => year * 12 + month as i32,
        }
    }

    /// Trading days before a day that hold the whole period before it in every market, and one of the period before that.
    pub(crate) const fn days_before(self) -> u32 {
        match self {
            Self::Day => 1,
            Self::Week => 14,
            Self::Month => 63,
        }
    }
}

/// A price of a whole period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PeriodPrice {
    Open,
    High,
    Low,
    Close,
}

/// A line of the pivots: the pivot, three resistances above and three supports below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PivotLine {
    Pivot,
    R1,
    R2,
    R3,
    S1,
    S2,
    S3,
}

impl PivotLine {
    pub(crate) const ALL: [(&'static str, Self); 7] = [
        ("pivot", Self::Pivot),
        ("r1", Self::R1),
        ("r2", Self::R2),
        ("r3", Self::R3),
        ("s1", Self::S1),
        ("s2", Self::S2),
        ("s3", Self::S3),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }
}

/// Where a volume-weighted average starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// With each period.
    Period(Period),
    /// At this local minute of each trading day.
    Clock(u16),
}

impl SessionValue {
    /// The period it is read from, beside the day.
    pub(crate) const fn period(self) -> Period {
        match self {
            Self::Previous(period, _) | Self::Pivot(period, _) | Self::Vwap(Anchor::Period(period)) => period,
            Self::Open
            | Self::High
            | Self::Low
            | Self::GapPoints
            | Self::GapPercent
            | Self::OpeningHigh(_)
            | Self::OpeningLow(_)
            | Self::MinutesSinceOpen
            | Self::Vwap(Anchor::Clock(_)) => Period::Day,
        }
    }
}

/// A value of the contract calendar on the bar's trading date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CalendarValue {
    DaysToRoll,
    DaysToExpiration,
}

/// A value of the open position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PositionValue {
    EntryPrice,
    BarsInTrade,
    OpenProfit,
}

/// A number per bar.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Number {
    Amount(Amount),
    Tick,
    Series { frame: FrameId, series: Series },
    Indicator { frame: FrameId, definition: Row, operands: Operands, arguments: Vec<Amount>, output: usize },
    Session { frame: FrameId, value: SessionValue, session: SessionKind },
    Calendar { frame: FrameId, value: CalendarValue },
    Position(PositionValue),
    Arithmetic { operator: ArithmeticOperator, left: NumberId, right: NumberId },
    Negate(NumberId),
    Shift { base: NumberId, bars: Amount },
}

/// The series an indicator is computed from: none, one, or two on the same bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Operands {
    pub(crate) first: Option<NumberId>,
    pub(crate) second: Option<NumberId>,
}

impl Operands {
    /// Those there are.
    pub(crate) fn iter(self) -> impl Iterator<Item = NumberId> {
        self.first.into_iter().chain(self.second)
    }
}

/// A row of the indicator table, compared by identity.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row(pub(crate) &'static Definition);

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

/// A number with where it lives.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NumberNode {
    pub(crate) number: Number,
    /// Its bars; `None` for constants.
    pub(crate) frame: Option<FrameId>,
    /// It depends on the open position.
    pub(crate) positional: bool,
}

/// True, false or unknown per strategy bar.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    Compare { operator: CompareOperator, left: NumberId, right: NumberId },
    Cross { direction: Direction, left: NumberId, right: NumberId },
    Trend { direction: Direction, base: NumberId, bars: Amount },
    And(ConditionId, ConditionId),
    Or(ConditionId, ConditionId),
    Not(ConditionId),
    For { base: ConditionId, bars: Amount },
    Within { base: ConditionId, bars: Amount },
    Shift { base: ConditionId, bars: Amount },
}

/// A condition with whether it depends on the open position.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ConditionNode {
    pub(crate) condition: Condition,
    pub(crate) positional: bool,
}

/// How an entry reaches the market.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum OrderRule {
    Market,
    Stop { price: NumberId, expires_bars: Amount },
    Limit { price: NumberId, expires_bars: Amount },
}

/// One side's entry.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EntryRule {
    pub(crate) when: ConditionId,
    pub(crate) order: OrderRule,
}

/// A distance from the entry fill.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum DistanceRule {
    Points(Amount),
    Ticks(Amount),
    Percent(Amount),
    Money(Amount),
    Atr { multiple: Amount, value: NumberId },
    R(Amount),
    Price(NumberId),
}

/// A take-profit leg; without a fraction it closes what is left.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TargetRule {
    pub(crate) distance: DistanceRule,
    pub(crate) fraction: Option<Amount>,
}

/// A trailing stop.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TrailingRule {
    pub(crate) distance: DistanceRule,
    pub(crate) activate_after: Option<DistanceRule>,
    pub(crate) closes_only: bool,
}

/// A break-even stop.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BreakEvenRule {
    pub(crate) after: DistanceRule,
    pub(crate) offset: Option<DistanceRule>,
}

/// One side's exits.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct ExitRules {
    pub(crate) signal: Option<ConditionId>,
    pub(crate) stop_loss: Option<DistanceRule>,
    pub(crate) take_profit: Vec<TargetRule>,
    pub(crate) trailing: Option<TrailingRule>,
    pub(crate) break_even: Option<BreakEvenRule>,
}

/// Exits by the clock, for both sides.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct ClockExits {
    pub(crate) max_minutes: Option<Amount>,
    pub(crate) max_bars: Option<Amount>,
    pub(crate) flatten: Option<Amount>,
    pub(crate) before_close_minutes: Option<Amount>,
}

/// When entries may be decided, and how many.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Filters {
    pub(crate) windows: Vec<(Amount, Amount)>,
    /// Monday first; `None` allows all.
    pub(crate) weekdays: Option<[bool; 7]>,
    pub(crate) skip_dates: BTreeSet<TradingDate>,
    pub(crate) max_trades_per_day: Option<Amount>,
    pub(crate) cooldown_bars: Option<Amount>,
    pub(crate) max_daily_loss: Option<Amount>,
    pub(crate) max_daily_profit: Option<Amount>,
    pub(crate) max_consecutive_losses: Option<Amount>,
}

/// How large an entry is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum SizingRule {
    Fixed(Amount),
    RiskMoney(Amount),
    RiskPercent(Amount),
    EquityPercent(Amount),
}

/// A symbol the rules read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SymbolRead {
    pub(crate) instrument: Instrument,
}

/// Everything a study evaluates.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub(crate) symbols: Vec<SymbolRead>,
    pub(crate) session: SessionKind,
    pub(crate) time_zone: String,
    pub(crate) frames: Vec<Frame>,
    pub(crate) numbers: Vec<NumberNode>,
    pub(crate) conditions: Vec<ConditionNode>,
    /// Parameter index of each place.
    pub(crate) place_parameters: Vec<usize>,
    pub(crate) entry_long: Option<EntryRule>,
    pub(crate) entry_short: Option<EntryRule>,
    pub(crate) exit_long: ExitRules,
    pub(crate) exit_short: ExitRules,
    pub(crate) clock: ClockExits,
    pub(crate) filters: Filters,
    pub(crate) sizing: SizingRule,
    pub(crate) max_quantity: Option<Amount>,
    pub(crate) leverage: Option<Decimal>,
    pub(crate) limit_through_ticks: i64,
}
