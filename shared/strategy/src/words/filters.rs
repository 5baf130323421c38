//! Filters and sizing as sentences.

use super::Subject;
use super::expressions::Speaker;
use crate::rules::{Amount, SizingRule};
use crate::strategy::Strategy;
use market::{AssetClass, Weekday};

pub(crate) fn filters(strategy: &Strategy) -> Vec<String> {
    let subject = Subject::new(strategy);
    let speaker = subject.speaker();
    let rules = strategy.rules();
    let filters = &rules.filters;
    let mut sentences = Vec::new();
    if !filters.windows.is_empty() {
        let windows: Vec<String> = filters
            .windows
            .iter()
            .map(|(from, to)| format!("{}–{}", speaker.amount(*from), speaker.amount(*to)))
            .collect();
        sentences.push(format!("Entries are decided only {} {}.", windows.join(", "), strategy.time_zone()));
    }
    if let Some(days) = filters.weekdays {
        let names: Vec<&str> = Weekday::ALL
            .into_iter()
            .filter(|day| days.get(day.days_from_monday() as usize) == Some(&true))
            .map(Weekday::label)
            .collect();
        sentences.push(format!("Entries only on trading days {}.", names.join(", ")));
    }
    if !filters.skip_dates.is_empty() {
        sentences.push(format!("No entries on {} listed dates.", filters.skip_dates.len()));
    }
    let mut say = |amount: Option<Amount>, sentence: &dyn Fn(String) -> String| {
        sentences.extend(amount.map(|amount| sentence(speaker.amount(amount))))
    };
    say(filters.max_trades_per_day, &|count| format!("At most {count} entries per trading day."));
    say(filters.cooldown_bars, &|bars| format!("No entry until {bars} bars after an exit."));
    say(filters.max_daily_loss, &|money| {
        format!("A daily loss of {money} closes the position and stops trading for the day.")
    });
    say(filters.max_daily_profit, &|money| {
        format!("A daily profit of {money} closes the position and stops trading for the day.")
    });
    say(filters.max_consecutive_losses, &|count| {
        format!("After {count} losing trades in a row, no entry for the rest of the day.")
    });
    sentences.push(size(strategy, &speaker));
    sentences
}

fn size(strategy: &Strategy, speaker: &Speaker<'_>) -> String {
    let rules = strategy.rules();
    let unit = match strategy.market().asset_class {
        AssetClass::Future => "contracts",
        AssetClass::Stock | AssetClass::Etf => "shares",
        AssetClass::Crypto | AssetClass::Fx => "units",
    };
    let most = rules.max_quantity.map_or_else(String::new, |most| format!(", at most {} {unit}", speaker.amount(most)));
    let size = match rules.sizing {
        SizingRule::Fixed(units) => format!("{} {unit}", speaker.amount(units)),
        SizingRule::RiskMoney(money) => {
            format!("{} {} at risk between entry and stop", speaker.amount(money), strategy.account_currency())
        }
        SizingRule::RiskPercent(percent) => {
            format!("{} % of equity at risk between entry and stop", speaker.amount(percent))
        }
        SizingRule::EquityPercent(percent) => format!("{} % of equity", speaker.amount(percent)),
    };
    format!("Size: {size}{most}.")
}
