//! The plain reference loop: one minute after the other, every rule spelled out, nothing shared with the engine.
//!
//! Written from the engine document alone and slow on purpose. The rules on which peers differ are read from [`Rules`].

use crate::exact::{Ratio, money_per_count, opposite};
use crate::rules::{DueOrder, EndOfDataExit, MarketFill, Rules, WithinMinute};
use crate::state::{DayState, EntryOrder, Event, Outcome, Position, Quotes};
use engine::ExitReason;
use engine::plan::{Plan, Side};

/// One simulation under way.
pub struct Loop<'a> {
    pub plan: &'a Plan<'a>,
    pub rules: Rules,
    /// Millionths of the instrument's currency per price count and quantity count.
    pub value: Ratio,
    /// Price counts per quoted unit.
    pub per_unit: f64,
    pub minute: usize,
    pub position: Option<Position>,
    pub market_entry: Option<EntryOrder>,
    /// Exits decided at an earlier close.
    pub market_exit: Option<ExitReason>,
    /// At most one per side.
    pub resting: Vec<EntryOrder>,
    /// Capital plus everything realised, less the entry and roll costs of the open position; millionths.
    pub cash: i64,
    pub day: DayState,
    /// Decision bars completed since the last exit that ended a position.
    pub bars_since_exit: Option<u32>,
    pub liquidated: bool,
    /// The exit just filled and the entry about to fill are one order of a peer.
    pub shared_order: bool,
    /// Minute whose range closed the position.
    pub range_exit: Option<usize>,
    /// Where the market stands on a path; `None` before its first price.
    pub quotes: Option<Quotes>,
    pub outcome: Outcome,
}

/// Simulates `plan` under `rules`.
pub fn simulate(plan: &Plan<'_>, rules: Rules) -> Outcome {
    let mut run = Loop {
        plan,
        rules,
        value: money_per_count(&plan.terms, plan.tape.price_scale.per_unit()),
        per_unit: plan.tape.price_scale.per_unit() as f64,
        minute: plan.window.0 as usize,
        position: None,
        market_entry: None,
        market_exit: None,
        resting: Vec::new(),
        cash: plan.capital.0,
        day: DayState { day: u32::MAX, ..DayState::default() },
        bars_since_exit: None,
        liquidated: false,
        shared_order: false,
        range_exit: None,
        quotes: None,
        outcome: Outcome::default(),
    };
    for minute in plan.window.0 as usize..plan.window.1 as usize {
        run.minute = minute;
        run.begin_day();
        match rules.within_minute {
            WithinMinute::AdverseFirst => {
                run.at_open();
                run.within_range();
            }
            WithinMinute::Path => run.along_path(),
        }
        run.at_close();
    }
    run.outcome
}

impl Loop<'_> {
    pub fn open(&self) -> i64 {
        self.plan.tape.open[self.minute]
    }

    pub fn high(&self) -> i64 {
        self.plan.tape.high[self.minute]
    }

    pub fn low(&self) -> i64 {
        self.plan.tape.low[self.minute]
    }

    pub fn close(&self) -> i64 {
        self.plan.tape.close[self.minute]
    }

    pub fn ts(&self) -> i64 {
        self.plan.tape.ts[self.minute]
    }

    pub fn offset(&self) -> i64 {
        self.plan.tape.offset_at(self.minute)
    }

    pub fn last_minute(&self) -> bool {
        self.minute + 1 == self.plan.window.1 as usize
    }

    pub fn side(&self) -> Option<Side> {
        self.position.as_ref().map(|position| position.side)
    }

    /// A new trading day clears what its limits count.
    fn begin_day(&mut self) {
        let day = self.plan.tape.day[self.minute];
        if day != self.day.day {
            let base = self.outcome.equity.last().copied().unwrap_or(self.plan.capital.0);
            self.day = DayState { day, base, ..DayState::default() };
        }
    }

    /// Roll; (a) exits due, (b) stops and targets passed by the open, (c) market entries, (d) resting entries passed by the open.
    fn at_open(&mut self) {
        self.roll();
        if self.rules.due_order == DueOrder::StopWins && self.protection_wins() {
            return;
        }
        self.clock();
        self.exits_due();
        self.protection_passed_by_open();
        self.enter_at_market();
        self.resting_passed_by_open();
    }

    /// A touched stop or target takes this minute and every market order due in it is lost.
    fn protection_wins(&mut self) -> bool {
        let due = self.market_exit.is_some() || self.market_entry.is_some();
        let before = self.outcome.trades.len();
        if let Some(side) = self.side() {
            self.range_in_position(side);
        }
        let closed = self.outcome.trades.len() > before;
        if closed {
            self.market_exit = None;
            self.market_entry = None;
            if due {
                self.outcome.events[before].push(Event::DueWithLevelTouched);
            }
        }
        closed
    }

    /// Mark, limits, levels, and what a completed strategy bar decides.
    fn at_close(&mut self) {
        if self.last_minute() {
            self.end_of_data();
            return;
        }
        self.extend_extremes();
        let mark = self.mark();
        self.outcome.equity.push(mark);
        self.liquidate(mark);
        self.daily_limits(mark);
        if self.rules.within_minute == WithinMinute::AdverseFirst {
            self.move_stops();
        }
        self.decide(mark);
        if self.rules.market_fill == MarketFill::SameClose {
            self.fill_at_close();
        }
    }

    /// What was just decided fills at the price it was decided on.
    fn fill_at_close(&mut self) {
        if let Some(reason) = self.due_reason() {
            let price = self.market_at_close(opposite(self.position_side()));
            if reason == ExitReason::Time {
                self.note(Event::TimeExit);
            }
            self.exit_at_market(price, reason);
        }
        self.market_exit = None;
        if let Some(order) = self.market_entry.take() {
            let price = self.market_at_close(order.side);
            let fill = self.slipped_market(price, order.side);
            self.enter(order, price, fill, false);
            if let Some(position) = &mut self.position {
                position.at_close = true;
                position.protected_from = self.minute + 1;
            }
            if self.rules.within_minute == WithinMinute::Path {
                self.place_exits();
                self.trail_from(price);
            }
        }
    }

    /// The price a market order meets after the close: the close, or where a path has left the market on its side.
    fn market_at_close(&mut self, buying: Side) -> i64 {
        let close = self.close();
        self.quotes.as_mut().map_or(close, |quotes| {
            quotes.last = quotes.met_by(buying);
            quotes.last
        })
    }

    fn end_of_data(&mut self) {
        if self.position.is_some() {
            self.extend_extremes();
            match self.rules.end_of_data {
                EndOfDataExit::LastClose => {
                    let close = self.close();
                    self.exit_at_market(close, ExitReason::EndOfData);
                }
                EndOfDataExit::LastOpen => {
                    let open = self.open();
                    self.exit_at_market(open, ExitReason::EndOfData);
                }
                EndOfDataExit::StaysOpen => {}
            }
        }
        let mark = self.mark();
        self.outcome.equity.push(mark);
    }
}
