//! Names the language does not know, and what is meant by those that other tools use.

use super::Checker;
use super::expression::Site;
use crate::diagnostic::suggestion;
use crate::indicators;
use crate::rules::Series;
use crate::syntax::Expression;

/// Names that are not indicators but may be called or named.
pub(super) const SESSION_NAMES: [&str; 7] =
    ["session", "previous_day", "previous_week", "previous_month", "opening_range", "pivots", "gap"];
/// Names that take a period or a time of day in quotes.
pub(super) const ANCHORED_NAMES: [&str; 2] = ["pivots", "vwap"];
const PLAIN_NAMES: [&str; 7] =
    ["tick", "minutes_since_open", "days_to_roll", "days_to_expiration", "entry_price", "bars_in_trade", "open_profit"];

/// What other tools call things, and how they are written here.
const FOREIGN_NAMES: &[(&str, &str)] = &[
    ("crossover", "Write `a crosses above b`."),
    ("crossunder", "Write `a crosses below b`."),
    ("cross", "Write `a crosses above b` or `a crosses below b`."),
    ("ta", "Write the indicator's bare name, for example `rsi(14)`."),
    ("price", "Write `close` (or open, high, low)."),
    ("last", "Write `close`."),
    ("bb", "Write `bbands(close, 20).upper`."),
    ("bollinger", "Write `bbands(close, 20).upper`."),
    ("max", "Write `highest(high, 20)` for an extreme over bars."),
    ("min", "Write `lowest(low, 20)` for an extreme over bars."),
    ("stdev", "Write `stddev(close, 20)`."),
    ("prev_close", "Write `close[1]`, or `previous_day.close`."),
    ("prior_day", "Write `previous_day.high`, `.low` or `.close`."),
    ("yesterday", "Write `previous_day.high`, `.low` or `.close`."),
    ("pivot", "Write `pivots.pivot`, or `.r1` to `.r3` and `.s1` to `.s3`."),
    ("keltner_channel", "Write `keltner(close, 20).upper`."),
    ("ichimoku_cloud", "Write `ichimoku().span_a` and `.span_b`."),
    ("hammer", "Candlestick patterns have TA-Lib's names: `cdlhammer() > 0`."),
    ("engulfing", "Candlestick patterns have TA-Lib's names: `cdlengulfing() > 0`."),
    ("doji", "Candlestick patterns have TA-Lib's names: `cdldoji() > 0`."),
    ("hour", "Clock times are filters: \"filters\": {\"windows\": [\"09:30-11:00\"]}."),
    ("minute", "Clock times are filters: \"filters\": {\"windows\": [\"09:30-11:00\"]}, or use minutes_since_open."),
    ("time", "Clock times are filters: \"filters\": {\"windows\": [\"09:30-11:00\"]}."),
    ("weekday", "Weekdays are a filter: \"filters\": {\"weekdays\": [\"mon\", \"tue\"]}."),
    ("true", "Write a condition that holds, for example `close > 0`."),
    ("false", "Leave the rule out instead."),
    ("abs", "There is no abs: compare both sides, for example `x > 5 or x < -5`."),
];

impl Checker<'_> {
    /// Refuses a name, with the nearest known one.
    pub(super) fn unknown_name<T>(&mut self, site: Site<'_>, tree: &Expression, name: &str) -> Option<T> {
        if let Some((_, help)) = FOREIGN_NAMES.iter().find(|(foreign, _)| *foreign == name) {
            return self.refuse(
                site,
                tree.span,
                "unknown_name",
                format!("`{name}` is not part of the language"),
                *help,
            );
        }
        if let Some(function) = name.strip_prefix("talib.") {
            let known: Vec<&str> = indicators::talib_names().collect();
            return self.refuse(
                site,
                tree.span,
                "unknown_name",
                format!("TA-Lib's `{}` is not available here", function.to_ascii_uppercase()),
                suggestion(function, &known),
            );
        }
        let mut known: Vec<&str> = Series::ALL.iter().map(|(name, _)| *name).collect();
        known.extend(SESSION_NAMES);
        known.extend(PLAIN_NAMES);
        known.extend(indicators::table().map(|row| row.name));
        let declared: Vec<String> = self.declared.iter().map(|declared| declared.key.clone()).collect();
        let help = if declared.iter().any(|key| key == name) {
            format!("Parameters are written with a dollar sign: ${name}.")
        } else {
            suggestion(name, &known)
        };
        self.refuse(site, tree.span, "unknown_name", format!("there is no value or indicator named `{name}`"), help)
    }
}
