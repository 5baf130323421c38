//! Stops, targets and clock exits as sentences; one sentence where both sides are alike.

use super::Subject;
use super::expressions::Speaker;
use crate::rules::{DistanceRule, ExitRules};
use crate::strategy::Strategy;

pub(crate) fn exit_rules(strategy: &Strategy) -> Vec<String> {
    let subject = Subject::new(strategy);
    let speaker = subject.speaker();
    let rules = strategy.rules();
    let (long, short) = (side(&speaker, &rules.exit_long), side(&speaker, &rules.exit_short));
    let mut sentences = Vec::new();
    let both = rules.entry_long.is_some() && rules.entry_short.is_some();
    if long == short || !both {
        sentences.extend(if rules.entry_long.is_some() { long } else { short });
    } else {
        sentences.extend(long.into_iter().map(|sentence| format!("Long positions: {sentence}")));
        sentences.extend(short.into_iter().map(|sentence| format!("Short positions: {sentence}")));
    }
    let clock = &rules.clock;
    let mut say = |amount: Option<_>, sentence: &dyn Fn(String) -> String| {
        sentences.extend(amount.map(|amount| sentence(speaker.amount(amount))))
    };
    say(clock.max_minutes, &|minutes| format!("Exit at the market {minutes} minutes after the entry."));
    say(clock.max_bars, &|bars| format!("Exit at the market after {bars} completed bars."));
    say(clock.flatten, &|time| {
        format!(
            "Flatten at {time} {} (or the session's last minute, if earlier): orders are cancelled and nothing is entered until the next session.",
            strategy.time_zone()
        )
    });
    say(clock.before_close_minutes, &|minutes| format!("Flatten {minutes} minutes before the session closes."));
    sentences
}

fn side(speaker: &Speaker<'_>, rules: &ExitRules) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(stop) = &rules.stop_loss {
        sentences.push(format!("Stop-loss {}.", distance(speaker, stop, "from the entry")));
    }
    for (position, target) in rules.take_profit.iter().enumerate() {
        let share = match target.fraction {
            Some(fraction) => format!(" for a share of {}", speaker.amount(fraction)),
            None if position > 0 => " for the rest".to_owned(),
            None => String::new(),
        };
        sentences.push(format!("Take-profit {}{share}.", distance(speaker, &target.distance, "from the entry")));
    }
    if let Some(trailing) = &rules.trailing {
        let behind = if trailing.closes_only { "behind the best close" } else { "behind the best price" };
        let after = trailing.activate_after.as_ref().map_or_else(String::new, |after| {
            format!(", once the trade is {} in profit", distance(speaker, after, ""))
        });
        sentences.push(format!("Trailing stop {}{after}.", distance(speaker, &trailing.distance, behind)));
    }
    if let Some(rule) = &rules.break_even {
        let offset =
            rule.offset.as_ref().map_or_else(String::new, |offset| format!(" plus {}", distance(speaker, offset, "")));
        sentences.push(format!(
            "Once the trade is {} in profit, the stop moves to the entry{offset}.",
            distance(speaker, &rule.after, "")
        ));
    }
    sentences
}

fn distance(speaker: &Speaker<'_>, rule: &DistanceRule, relative: &str) -> String {
    let amount = |amount| speaker.amount(amount);
    let text = match rule {
        DistanceRule::Points(value) => format!("{} points", amount(*value)),
        DistanceRule::Ticks(value) => format!("{} ticks", amount(*value)),
        DistanceRule::Percent(value) => format!("{} % of the entry price", amount(*value)),
        DistanceRule::Money(value) => format!("{} of account money on the whole position", amount(*value)),
        DistanceRule::Atr { multiple, value } => format!("{} × {}", amount(*multiple), speaker.number(*value)),
        DistanceRule::R(value) => format!("{} × the stop distance", amount(*value)),
        DistanceRule::Price(price) => return format!("at {}", speaker.number(*price)),
    };
    format!("{text} {relative}").trim_end().to_owned()
}
