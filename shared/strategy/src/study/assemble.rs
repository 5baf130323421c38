//! One combination as a plan of the engine.

use super::numbers::Evaluator;
use crate::amounts::Bound;
use crate::rules::{Amount, DistanceRule, EntryRule, ExitRules, OrderRule, SizingRule};
use engine::Plan;
use engine::plan::{
    BreakEven, Distance, Entry, Exits, OrderKind, PerSide, Sizing, TargetLeg, TradeLimits, TrailBasis, Trailing,
};
use std::sync::Arc;

impl<'a> Evaluator<'a> {
    /// The plan of the combination, which needs the evaluator no more.
    pub(super) fn plan(&self) -> Plan<'a> {
        let (evaluator, bound, study) = (self, &self.bound, self.study);
        let rules = bound.rules;
        let entry = |rule: &Option<EntryRule>| rule.as_ref().map(|rule| evaluator.entry(rule));
        Plan {
            tape: study.tape(),
            index: Arc::clone(&study.index),
            decisions: study.decisions(),
            window: study.window,
            terms: study.terms,
            costs: study.costs.costs,
            capital: study.capital,
            entry: PerSide { long: entry(&rules.entry_long), short: entry(&rules.entry_short) },
            exits: PerSide { long: evaluator.exits(&rules.exit_long), short: evaluator.exits(&rules.exit_short) },
            allowed: evaluator.allowed(),
            flatten_at: evaluator.flatten_at(),
            sizing: match rules.sizing {
                SizingRule::Fixed(units) => Sizing::Fixed(bound.number(units)),
                SizingRule::RiskMoney(money) => Sizing::RiskMoney(bound.number(money)),
                SizingRule::RiskPercent(percent) => Sizing::RiskPercent(bound.number(percent)),
                SizingRule::EquityPercent(percent) => Sizing::EquityPercent(bound.number(percent)),
            },
            max_quantity: rules.max_quantity.map(|units| bound.number(units)),
            limits: limits(bound),
            limit_through_ticks: rules.limit_through_ticks,
            conversion: study.conversion.rates.clone(),
        }
    }
}

fn limits(bound: &Bound<'_>) -> TradeLimits {
    let filters = &bound.rules.filters;
    let count = |amount: Option<Amount>| amount.map(|amount| bound.count(amount) as u32);
    TradeLimits {
        max_trades_per_day: count(filters.max_trades_per_day),
        cooldown_bars: count(filters.cooldown_bars),
        max_daily_loss: filters.max_daily_loss.map(|amount| bound.number(amount)),
        max_daily_profit: filters.max_daily_profit.map(|amount| bound.number(amount)),
        max_consecutive_losses: count(filters.max_consecutive_losses),
    }
}

impl Evaluator<'_> {
    fn entry(&self, rule: &EntryRule) -> Entry {
        let order = match &rule.order {
            OrderRule::Market => OrderKind::Market,
            OrderRule::Stop { price, expires_bars } => {
                OrderKind::Stop { price: self.levels(*price), expires_bars: self.bound.count(*expires_bars) as u32 }
            }
            OrderRule::Limit { price, expires_bars } => {
                OrderKind::Limit { price: self.levels(*price), expires_bars: self.bound.count(*expires_bars) as u32 }
            }
        };
        Entry { when: self.mask(rule.when), order }
    }

    fn exits(&self, rules: &ExitRules) -> Exits {
        let clock = &self.bound.rules.clock;
        let count = |amount: Option<Amount>| amount.map(|amount| self.bound.count(amount) as u32);
        Exits {
            signal: rules.signal.map(|condition| self.exit_signal(condition)),
            stop_loss: rules.stop_loss.as_ref().map(|distance| self.distance(distance)),
            take_profit: self.targets(rules),
            trailing: rules.trailing.as_ref().map(|trailing| Trailing {
                distance: self.distance(&trailing.distance),
                activate_after: trailing.activate_after.as_ref().map(|after| self.distance(after)),
                basis: if trailing.closes_only { TrailBasis::Close } else { TrailBasis::HighLow },
            }),
            break_even: rules.break_even.as_ref().map(|rule| BreakEven {
                after: self.distance(&rule.after),
                offset: rule.offset.as_ref().map(|offset| self.distance(offset)),
            }),
            max_minutes: count(clock.max_minutes),
            max_bars: count(clock.max_bars),
        }
    }

    /// Legs with their shares; the last one without a fraction closes what is left.
    fn targets(&self, rules: &ExitRules) -> Vec<TargetLeg> {
        let mut rest = 1.0_f64;
        let mut legs = Vec::new();
        for target in &rules.take_profit {
            let fraction = target.fraction.map_or(rest, |fraction| self.bound.number(fraction));
            rest = (rest - fraction).max(0.0);
            legs.push(TargetLeg { distance: self.distance(&target.distance), fraction });
        }
        legs
    }

    fn distance(&self, rule: &DistanceRule) -> Distance {
        match rule {
            DistanceRule::Points(amount) => Distance::Points(self.bound.number(*amount)),
            DistanceRule::Ticks(amount) => Distance::Ticks(self.bound.number(*amount)),
            DistanceRule::Percent(amount) => Distance::Percent(self.bound.number(*amount)),
            DistanceRule::Money(amount) => Distance::Money(self.bound.number(*amount)),
            DistanceRule::R(amount) => Distance::R(self.bound.number(*amount)),
            DistanceRule::Atr { multiple, value } => {
                Distance::Atr { multiple: self.bound.number(*multiple), value: self.levels(*value) }
            }
            DistanceRule::Price(price) => Distance::Price(self.levels(*price)),
        }
    }
}
