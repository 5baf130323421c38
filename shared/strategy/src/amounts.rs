//! The numbers of one combination: amounts and indicator arguments with their values filled in.

use crate::indicators::WarmUp;
use crate::rules::{Amount, Condition, FrameId, Number, NumberId, Rules};
use crate::value::{DAY_MINUTES, ParameterValue};

/// Rules with the values of one combination.
#[derive(Clone, Copy)]
pub(crate) struct Bound<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) values: &'a [ParameterValue],
}

impl Bound<'_> {
    /// The number at `amount`; a time of day is its minutes.
    pub(crate) fn number(&self, amount: Amount) -> f64 {
        match amount {
            Amount::Fixed(value) => value,
            Amount::Place(place) => self
                .rules
                .place_parameters
                .get(place)
                .and_then(|parameter| self.values.get(*parameter))
                .map_or(f64::NAN, ParameterValue::to_f64),
        }
    }

    /// The whole number at `amount`, at least 0.
    pub(crate) fn count(&self, amount: Amount) -> usize {
        self.number(amount).max(0.0) as usize
    }

    /// The numbers of a call.
    pub(crate) fn arguments(&self, amounts: &[Amount]) -> Vec<f64> {
        amounts.iter().map(|amount| self.number(*amount)).collect()
    }

    /// Bars before the first wanted one that `id` reads directly: look-backs, and the warm-up of indicators in it.
    pub(crate) fn reach(&self, id: NumberId) -> usize {
        match self.rules.numbers.get(id).map(|node| &node.number) {
            None => 0,
            Some(Number::Amount(_) | Number::Tick | Number::Position(_) | Number::Series { .. }) => 0,
            Some(Number::Session { frame, .. } | Number::Calendar { frame, .. }) => self.bars_of_a_day(*frame),
            Some(Number::Arithmetic { left, right, .. }) => self.reach(*left).max(self.reach(*right)),
            Some(Number::Negate(base)) => self.reach(*base),
            Some(Number::Shift { base, bars }) => self.reach(*base) + self.count(*bars),
            Some(Number::Indicator { definition, operands, arguments, .. }) => {
                let bars = match definition.0.warm_up(&self.arguments(arguments)) {
                    WarmUp::Bars(bars) => bars,
                    WarmUp::FromWindow => 0,
                };
                bars + operands.iter().map(|operand| self.reach(operand)).max().unwrap_or(0)
            }
        }
    }

    /// At least as many bars as a trading day of the frame has, and one more.
    fn bars_of_a_day(&self, frame: FrameId) -> usize {
        self.rules
            .frames
            .get(frame)
            .map_or(0, |frame| (u32::from(DAY_MINUTES) / frame.timeframe.minutes()) as usize + 1)
    }

    /// Strategy bars before the window that the conditions together may read.
    pub(crate) fn bars_before(&self) -> usize {
        self.rules.conditions.iter().map(|node| self.condition_bars(&node.condition)).sum()
    }

    /// The look-backs `[n]` of an operand: how many bars before the first wanted one its calls must be defined.
    pub(crate) fn look_back(&self, id: NumberId) -> usize {
        match self.rules.numbers.get(id).map(|node| &node.number) {
            Some(Number::Arithmetic { left, right, .. }) => self.look_back(*left).max(self.look_back(*right)),
            Some(Number::Negate(base)) => self.look_back(*base),
            Some(Number::Shift { base, bars }) => self.look_back(*base) + self.count(*bars),
            Some(
                Number::Amount(_)
                | Number::Tick
                | Number::Position(_)
                | Number::Series { .. }
                | Number::Indicator { .. }
                | Number::Session { .. }
                | Number::Calendar { .. },
            )
            | None => 0,
        }
    }

    /// Strategy bars before the window that a condition reads.
    fn condition_bars(&self, condition: &Condition) -> usize {
        match condition {
            Condition::Cross { .. } => 1,
            Condition::Trend { bars, .. }
            | Condition::For { bars, .. }
            | Condition::Within { bars, .. }
            | Condition::Shift { bars, .. } => self.count(*bars),
            Condition::Compare { .. } | Condition::And(..) | Condition::Or(..) | Condition::Not(_) => 0,
        }
    }
}
