//! Everything the simulation remembers between minutes, and the checks on a plan before the first.

use super::minute::{Minute, window};
use super::recorder::Recorder;
use super::reverse::Reversing;
use crate::brackets::Target;
use crate::contract::Contract;
use crate::error::EngineError;
use crate::exact::Ratio;
use crate::orders::Orders;
use crate::outcome::RunCounts;
use crate::plan::{Money, Plan};
use crate::position::Position;
use crate::sizing;
use crate::statistics::Statistics;

/// No clock exit on this day.
pub(crate) const NEVER: i64 = i64::MAX;

/// Why a position leaves at the next open; several may be due, the least is the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    /// Equity reached zero.
    Liquidation,
    /// Flatten time or the session's close.
    SessionClose,
    /// A daily limit.
    DailyLimit,
    /// `max_minutes` or `max_bars`.
    Time,
    /// An exit rule.
    Signal,
}

/// What is counted per trading day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day {
    /// Index on the tape; `None` before the first minute.
    pub(crate) index: Option<u32>,
    /// Instant of the clock exit, or [`NEVER`].
    pub(crate) flatten_at: i64,
    /// Scheduled end of the session.
    pub(crate) closes_at: i64,
    /// One past its last minute.
    pub(crate) end: usize,
    /// Its first minute at or after the clock exit; `end` without one.
    pub(crate) flatten_minute: usize,
    /// Last mark of the trading day before (capital before the first).
    pub(crate) base: Money,
    /// Entry fills.
    pub(crate) entries: u32,
    /// Losing trades in a row.
    pub(crate) losing_streak: u32,
    /// A daily limit was reached.
    pub(crate) limited: bool,
}

/// Daily limits in fixed point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DailyLimits {
    /// Change of equity at or below which the day is over (negative).
    pub(crate) loss: Option<i64>,
    /// Change of equity at or above which the day is over.
    pub(crate) profit: Option<i64>,
}

/// A run in progress.
pub(crate) struct Simulation<'p, R> {
    pub(super) plan: &'p Plan<'p>,
    pub(super) contract: Contract,
    /// Steps of every entry, where they depend on nothing that happens.
    pub(super) constant_quantity: Option<i64>,
    /// Set for a plan that only reverses.
    pub(super) reversing: Option<Reversing<'p>>,
    /// Counts a limit must be traded through by.
    pub(super) through: i64,
    pub(super) daily_limits: DailyLimits,
    /// Tape index of the window's last minute.
    pub(super) last_index: usize,
    /// Capital plus everything realised and paid.
    pub(super) cash: Money,
    /// The last mark.
    pub(super) equity: Money,
    pub(super) position: Option<Position>,
    /// Legs of the open position, nearest first; kept between positions to save allocations.
    pub(super) targets: Vec<Target>,
    /// Legs of an entry being prepared.
    pub(super) prepared_targets: Vec<Target>,
    pub(super) orders: Orders,
    pub(super) due: Option<Due>,
    pub(super) day: Day,
    /// Strategy bars completed since the account last became flat by an exit.
    pub(super) bars_since_exit: Option<u32>,
    /// Liquidated: nothing trades again.
    pub(super) halted: bool,
    /// The next minute to take.
    pub(super) next_minute: usize,
    /// Next decision bar and the minute it completes with.
    pub(super) decision: usize,
    pub(super) decides_after: usize,
    pub(super) counts: RunCounts,
    pub(super) statistics: Statistics,
    pub(super) recorder: R,
}

/// A finished run.
pub(crate) struct Finished<R> {
    /// Accumulated statistics.
    pub(crate) statistics: Statistics,
    /// Counted events.
    pub(crate) counts: RunCounts,
    /// What the recorder kept.
    pub(crate) recorder: R,
}

impl<'p, R: Recorder> Simulation<'p, R> {
    /// A run before its first minute.
    pub(super) fn new(plan: &'p Plan<'p>, recorder: R) -> Result<Self, EngineError> {
        check(plan)?;
        let contract = Contract::new(plan)?;
        let constant_quantity = sizing::constant(plan, &contract);
        let through = plan
            .limit_through_ticks
            .checked_mul(plan.terms.tick)
            .ok_or(EngineError::Overflow("limit_through_ticks"))?;
        let statistics = Statistics::new(plan);
        let first = plan.window.0;
        let reversing = Reversing::of(plan, &contract, constant_quantity);
        let mut simulation = Self {
            plan,
            reversing,
            contract,
            constant_quantity,
            through,
            daily_limits: DailyLimits::new(plan)?,
            last_index: window(plan).end - 1,
            cash: plan.capital,
            equity: plan.capital,
            position: None,
            targets: Vec::new(),
            prepared_targets: Vec::new(),
            orders: Orders::default(),
            due: None,
            day: Day::before_first(plan.capital),
            bars_since_exit: None,
            halted: false,
            next_minute: window(plan).start,
            decision: plan.decisions.last.partition_point(|last| *last < first),
            decides_after: 0,
            counts: RunCounts::default(),
            statistics,
            recorder,
        };
        simulation.decides_after = simulation.decision_minute();
        Ok(simulation)
    }

    /// The minute with which the next decision bar completes; past every minute when there is none.
    pub(super) fn decision_minute(&self) -> usize {
        self.plan.decisions.last.get(self.decision).map_or(usize::MAX, |last| *last as usize)
    }

    /// The simulated minute before `minute`.
    pub(super) fn previous(&self, minute: &Minute) -> Option<Minute> {
        let index = minute.index.checked_sub(1).filter(|index| *index >= self.plan.window.0 as usize)?;
        Minute::at(self.plan.tape, index)
    }

    /// Account currency per unit of the instrument's currency at a minute's close; `None` when they are the same.
    pub(super) fn rate(&self, index: usize) -> Option<f64> {
        self.plan.conversion.as_ref().and_then(|rates| rates.get(index).copied())
    }

    /// Ask minus bid at a minute's close.
    pub(super) fn spread(&self, index: usize) -> i64 {
        self.plan.tape.spread.get(index).copied().unwrap_or(0)
    }

    /// Marks `due`, keeping the stronger reason.
    pub(super) fn make_due(&mut self, reason: Due) {
        self.due = Some(self.due.map_or(reason, |held| held.min(reason)));
    }

    /// Ends the run.
    pub(super) fn finish(mut self) -> Finished<R> {
        self.close_day();
        Finished { statistics: self.statistics, counts: self.counts, recorder: self.recorder }
    }

    /// Hands the day's last mark to the statistics.
    pub(super) fn close_day(&mut self) {
        if let Some(day) = self.day.index.and_then(|index| self.plan.tape.days.get(index as usize)) {
            self.statistics.day_end(day.date, self.equity);
        }
    }
}

impl Day {
    const fn before_first(capital: Money) -> Self {
        Self {
            index: None,
            flatten_at: NEVER,
            closes_at: NEVER,
            end: 0,
            flatten_minute: 0,
            base: capital,
            entries: 0,
            losing_streak: 0,
            limited: false,
        }
    }

    /// True when one of marks from `low` to `high` reaches a daily limit that has not been reached yet.
    #[inline]
    pub(super) fn would_limit(&self, limits: &DailyLimits, low: Money, high: Money) -> bool {
        let change = |equity: Money| equity.0.saturating_sub(self.base.0);
        !self.limited
            && (limits.loss.is_some_and(|loss| change(low) <= loss)
                || limits.profit.is_some_and(|profit| change(high) >= profit))
    }
}

impl DailyLimits {
    fn new(plan: &Plan<'_>) -> Result<Self, EngineError> {
        let money = |limit: Option<f64>| {
            limit
                .map(|amount| {
                    Ratio::from_decimal_text(amount, "daily limits must be zero or more")?
                        .scale(i128::from(Money::PER_UNIT))
                })
                .transpose()
        };
        Ok(Self {
            loss: money(plan.limits.max_daily_loss)?.map(|loss| -loss),
            profit: money(plan.limits.max_daily_profit)?,
        })
    }
}

/// Refuses a plan whose parts do not fit together.
fn check(plan: &Plan<'_>) -> Result<(), EngineError> {
    let invalid = |text| Err(EngineError::InvalidPlan(text));
    let tape = plan.tape;
    let length = tape.len();
    let columns = [&tape.open, &tape.high, &tape.low, &tape.close];
    if columns.iter().any(|column| column.len() != length) || tape.day.len() != length {
        return invalid("the tape's columns differ in length");
    }
    if !tape.offset.is_empty() && tape.offset.len() != length {
        return invalid("the offset column does not cover the tape");
    }
    if window(plan).is_empty() || window(plan).end > length {
        return invalid("the window holds no minutes of the tape");
    }
    if !plan.index.covers(tape) {
        return invalid("the price index is not of this tape");
    }
    if !plan.index.within_limits() {
        return Err(EngineError::Overflow("a price of the tape"));
    }
    if plan.decisions.completes_at.len() != plan.decisions.last.len() {
        return invalid("the decision bars' columns differ in length");
    }
    if plan.capital.0 <= 0 {
        return invalid("capital must be above zero");
    }
    if plan.limit_through_ticks < 0 {
        return invalid("limit_through_ticks must be zero or more");
    }
    if let Some(rates) = &plan.conversion
        && (rates.len() != length || rates.iter().any(|rate| !rate.is_finite() || *rate <= 0.0))
    {
        return invalid("conversion needs a rate above zero for every minute");
    }
    Ok(())
}
