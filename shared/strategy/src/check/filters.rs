//! The `filters` object.

use super::Checker;
use super::fields::{Fields, child};
use super::place::Demand;
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::rules::{Amount, Filters};
use market::{TradingDate, Weekday};
use serde_json::Value;
use std::collections::BTreeSet;

/// Keys of `filters`.
pub(crate) const FILTER_KEYS: [&str; 8] = [
    "windows",
    "weekdays",
    "skip_dates",
    "max_trades_per_day",
    "cooldown_bars",
    "max_daily_loss",
    "max_daily_profit",
    "max_consecutive_losses",
];
/// Largest count in a filter.
const LARGEST_COUNT: u32 = 10_000;

impl Checker<'_> {
    /// Reads `filters`.
    pub(super) fn filters(&mut self, value: Option<&Value>) -> Filters {
        let Some(fields) =
            value.and_then(|value| Fields::read(value, "/filters", "filters", &FILTER_KEYS, &mut self.problems))
        else {
            return Filters::default();
        };
        let windows = self.windows(&fields);
        let weekdays = self.weekdays(&fields);
        let skip_dates = self.skip_dates(&fields);
        let mut read = |key: &str, demand: Demand| {
            fields.get(key).and_then(|(value, pointer)| self.amount(value, &pointer, demand))
        };
        Filters {
            windows,
            weekdays,
            skip_dates,
            max_trades_per_day: read(
                "max_trades_per_day",
                Demand::integer("max_trades_per_day", 1, LARGEST_COUNT, "filter"),
            ),
            cooldown_bars: read("cooldown_bars", Demand::integer("cooldown_bars", 0, LARGEST_COUNT, "filter")),
            max_daily_loss: read("max_daily_loss", Demand::positive("max_daily_loss", "filter")),
            max_daily_profit: read("max_daily_profit", Demand::positive("max_daily_profit", "filter")),
            max_consecutive_losses: read(
                "max_consecutive_losses",
                Demand::integer("max_consecutive_losses", 1, LARGEST_COUNT, "filter"),
            ),
        }
    }

    fn texts<'v>(&mut self, fields: &Fields<'v>, key: &str, most: usize) -> Vec<(&'v str, String)> {
        let Some((value, pointer)) = fields.get(key) else { return Vec::new() };
        let Some(list) = value.as_array() else {
            self.problems.push(
                Diagnostic::new("wrong_type", &pointer, format!("`{key}` must be a list of texts"))
                    .quoting(&value.to_string()),
            );
            return Vec::new();
        };
        if list.len() > most {
            self.problems.push(Diagnostic::new(
                "limit",
                &pointer,
                format!("`{key}` has {} entries; the limit is {most}", list.len()),
            ));
            return Vec::new();
        }
        let mut texts = Vec::new();
        for (position, entry) in list.iter().enumerate() {
            let place = format!("{pointer}/{position}");
            match entry.as_str() {
                Some(text) => texts.push((text, place)),
                None => self
                    .problems
                    .push(Diagnostic::new("wrong_type", &place, "this must be text").quoting(&entry.to_string())),
            }
        }
        texts
    }

    fn windows(&mut self, fields: &Fields<'_>) -> Vec<(Amount, Amount)> {
        let mut windows = Vec::new();
        for (position, (text, pointer)) in self.texts(fields, "windows", limits::WINDOWS).into_iter().enumerate() {
            let stem = if position == 0 { "window".to_owned() } else { format!("window_{}", position + 1) };
            windows.extend(self.window(text, &pointer, &stem));
        }
        windows
    }

    fn weekdays(&mut self, fields: &Fields<'_>) -> Option<[bool; 7]> {
        fields.get("weekdays")?;
        let mut allowed = [false; 7];
        for (text, pointer) in self.texts(fields, "weekdays", 7) {
            match Weekday::parse(text) {
                Some(day) => {
                    if let Some(slot) = allowed.get_mut(day.days_from_monday() as usize) {
                        *slot = true;
                    }
                }
                None => self.problems.push(
                    Diagnostic::new("wrong_type", &pointer, "this is not a weekday")
                        .quoting(text)
                        .help("Use mon tue wed thu fri sat sun."),
                ),
            }
        }
        if !allowed.contains(&true) {
            self.problems.push(
                Diagnostic::new(
                    "value_range",
                    &child(&fields.pointer, "weekdays"),
                    "no weekday is allowed, so nothing would ever trade",
                )
                .help("Leave `weekdays` out to allow all."),
            );
        }
        Some(allowed)
    }

    fn skip_dates(&mut self, fields: &Fields<'_>) -> BTreeSet<TradingDate> {
        let mut dates = BTreeSet::new();
        for (text, pointer) in self.texts(fields, "skip_dates", limits::SKIP_DATES) {
            match TradingDate::parse(text) {
                Some(date) => {
                    dates.insert(date);
                }
                None => self.problems.push(
                    Diagnostic::new("wrong_type", &pointer, "this is not a date")
                        .quoting(text)
                        .help("Write YYYY-MM-DD."),
                ),
            }
        }
        dates
    }
}
