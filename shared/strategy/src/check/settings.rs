//! The remaining objects: entries, sizing, costs, fills, window, capital.

use super::Checker;
use super::fields::{Fields, child};
use super::place::Demand;
use crate::costs::{COST_KEYS, CostOverrides};
use crate::diagnostic::{Diagnostic, suggestion};
use crate::limits;
use crate::rules::{Amount, DistanceRule, EntryRule, ExitRules, OrderRule, SizingRule};
use crate::value::{ParameterKind, json_decimal};
use crate::window::WindowSpec;
use market::AssetClass;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;

/// The ways to state a size.
pub(crate) const SIZES: [&str; 6] = ["contracts", "shares", "units", "risk_money", "risk_percent", "equity_percent"];
/// Longest life of a resting order, strategy bars.
const LONGEST_ORDER_BARS: u32 = limits::LOOK_BACK_BARS;
/// Largest whole quantity of one entry.
const LARGEST_QUANTITY: u32 = 1_000_000_000;
/// Largest `leverage`.
const LARGEST_LEVERAGE: u32 = 100;

impl Checker<'_> {
    /// Reads `entry`.
    pub(super) fn entries(&mut self, value: Option<&Value>) {
        let Some(value) = value else {
            self.problems.push(
                Diagnostic::new("missing_key", "/entry", "a strategy needs an entry")
                    .help("For example {\"long\": \"close crosses above sma(close, 20)\"}."),
            );
            return;
        };
        let Some(fields) = Fields::read(value, "/entry", "entry", &["long", "short"], &mut self.problems) else {
            return;
        };
        if !fields.has("long") && !fields.has("short") {
            self.problems.push(
                Diagnostic::new("missing_key", "/entry", "entry has neither `long` nor `short`")
                    .help("Give at least one rule."),
            );
        }
        self.entry_long = fields.get("long").and_then(|(value, pointer)| self.entry(value, &pointer, "long"));
        self.entry_short = fields.get("short").and_then(|(value, pointer)| self.entry(value, &pointer, "short"));
    }

    fn entry(&mut self, value: &Value, pointer: &str, side: &str) -> Option<EntryRule> {
        if value.is_string() {
            return self
                .condition_at(value, pointer, "entry", false)
                .map(|when| EntryRule { when, order: OrderRule::Market });
        }
        let fields = Fields::read(
            value,
            pointer,
            &format!("entry.{side}"),
            &["when", "order", "price", "expires_bars"],
            &mut self.problems,
        )?;
        let when = match fields.get("when") {
            Some((value, pointer)) => self.condition_at(value, &pointer, "entry", false),
            None => {
                self.problems.push(Diagnostic::new(
                    "missing_key",
                    pointer,
                    "the entry needs `when`: the condition that places the order",
                ));
                None
            }
        };
        let order = self.order(&fields, side);
        Some(EntryRule { when: when?, order: order? })
    }

    fn order(&mut self, fields: &Fields<'_>, side: &str) -> Option<OrderRule> {
        let kind = fields.text("order", &mut self.problems).map_or("market", |(text, _)| text);
        if kind == "market" {
            for key in ["price", "expires_bars"] {
                if let Some((_, pointer)) = fields.get(key) {
                    self.problems.push(
                        Diagnostic::new("conflict", &pointer, format!("a market order has no `{key}`"))
                            .help("Add \"order\": \"stop\" or \"limit\", or remove it."),
                    );
                }
            }
            return Some(OrderRule::Market);
        }
        if kind != "stop" && kind != "limit" {
            self.problems.push(
                Diagnostic::new(
                    "wrong_type",
                    &child(&fields.pointer, "order"),
                    format!("there is no order of kind \"{kind}\""),
                )
                .help(suggestion(kind, &["market", "stop", "limit"])),
            );
            return None;
        }
        let expires_bars = match fields.get("expires_bars") {
            None => Some(Amount::Fixed(1.0)),
            Some((value, pointer)) => self.amount(
                value,
                &pointer,
                Demand::integer(&format!("{side}_expires_bars"), 1, LONGEST_ORDER_BARS, "entry"),
            ),
        };
        let Some((price, pointer)) = fields.get("price") else {
            self.problems.push(
                Diagnostic::new("missing_key", &fields.pointer, format!("a {kind} order needs its `price`"))
                    .help("An expression, for example \"high + tick\"."),
            );
            return None;
        };
        let price = self.number_at(price, &pointer, "entry")?;
        let expires_bars = expires_bars?;
        Some(if kind == "stop" {
            OrderRule::Stop { price, expires_bars }
        } else {
            OrderRule::Limit { price, expires_bars }
        })
    }

    /// Reads `sizing`; without it one contract, or all of the equity for shares and coins.
    pub(super) fn sizing(&mut self, value: Option<&Value>) -> (SizingRule, Option<Amount>) {
        let (class, step) = self.instrument().map_or((AssetClass::Future, Decimal::ONE), |instrument| {
            (instrument.asset_class, instrument.quantity_step)
        });
        let default = match class {
            AssetClass::Future => (SizingRule::Fixed(Amount::Fixed(1.0)), "Size: 1 contract (default)."),
            AssetClass::Crypto | AssetClass::Fx | AssetClass::Stock | AssetClass::Etf => {
                (SizingRule::EquityPercent(Amount::Fixed(100.0)), "Size: 100 % of equity (default).")
            }
        };
        let Some(value) = value else {
            self.assume(default.1.to_owned());
            return (default.0, None);
        };
        let known: Vec<&str> = SIZES.iter().copied().chain(["max_quantity"]).collect();
        let Some(fields) = Fields::read(value, "/sizing", "sizing", &known, &mut self.problems) else {
            return (default.0, None);
        };
        let quantity_kind = if step.fract().is_zero() { ParameterKind::Integer } else { ParameterKind::Decimal };
        let quantity = |role: &str| match quantity_kind {
            ParameterKind::Integer => Demand::integer(role, 1, LARGEST_QUANTITY, "sizing"),
            ParameterKind::Decimal | ParameterKind::TimeOfDay => Demand::positive(role, "sizing"),
        };
        let max_quantity = fields
            .get("max_quantity")
            .and_then(|(value, pointer)| self.amount(value, &pointer, quantity("max_quantity")));
        let Some(choice) = fields.exactly_one(&SIZES, "the size", true, &mut self.problems) else {
            return (default.0, max_quantity);
        };
        self.check_unit(choice, class);
        let Some((value, pointer)) = fields.get(choice) else { return (default.0, max_quantity) };
        if choice.starts_with("risk_") {
            self.require_stop(choice, &pointer);
        }
        let demand = if ["contracts", "shares", "units"].contains(&choice) {
            quantity(choice)
        } else {
            Demand::positive(choice, "sizing")
        };
        let demand = if choice == "risk_percent" { demand.at_most(100) } else { demand };
        let Some(amount) = self.amount(value, &pointer, demand) else { return (default.0, max_quantity) };
        let rule = match choice {
            "risk_money" => SizingRule::RiskMoney(amount),
            "risk_percent" => SizingRule::RiskPercent(amount),
            "equity_percent" => SizingRule::EquityPercent(amount),
            _ => SizingRule::Fixed(amount),
        };
        (rule, max_quantity)
    }

    fn check_unit(&mut self, choice: &str, class: AssetClass) {
        let unit = match class {
            AssetClass::Future => "contracts",
            AssetClass::Stock | AssetClass::Etf => "shares",
            AssetClass::Crypto | AssetClass::Fx => "units",
        };
        if ["contracts", "shares"].contains(&choice) && choice != unit {
            self.problems.push(
                Diagnostic::new(
                    "conflict",
                    &format!("/sizing/{choice}"),
                    format!("this market is sized in {unit}, not {choice}"),
                )
                .help(format!("Write {{\"{unit}\": …}}.")),
            );
        }
    }

    fn require_stop(&mut self, choice: &str, pointer: &str) {
        let without = (self.entry_long.is_some() && !self.stop_given.long)
            || (self.entry_short.is_some() && !self.stop_given.short);
        if without {
            self.problems.push(
                Diagnostic::new("conflict", pointer, format!("{choice} needs a stop-loss on every side that enters"))
                    .help("Add exit.stop_loss, or size by contracts, shares, units or equity_percent."),
            );
        }
        let in_money = |rules: &ExitRules| matches!(rules.stop_loss, Some(DistanceRule::Money(_)));
        if in_money(&self.exit_long) || in_money(&self.exit_short) {
            self.problems.push(
                Diagnostic::new(
                    "conflict",
                    pointer,
                    format!("{choice} needs a stop at a distance in price; a `money` stop depends on the size itself"),
                )
                .help("State the stop in points, ticks, percent, atr or price."),
            );
        }
    }

    /// Reads `costs`.
    pub(super) fn costs(&mut self, value: Option<&Value>) -> CostOverrides {
        let Some(value) = value else { return CostOverrides::default() };
        if Fields::read(value, "/costs", "costs", &COST_KEYS, &mut self.problems).is_none() {
            return CostOverrides::default();
        }
        CostOverrides::parse(value).unwrap_or_else(|problems| {
            problems.into_iter().for_each(|(key, message)| {
                self.problems.push(Diagnostic::new("value_range", &child("/costs", &key), message))
            });
            CostOverrides::default()
        })
    }

    /// Reads `fills`: ticks a limit must be traded through by.
    pub(super) fn fills(&mut self, value: Option<&Value>) -> i64 {
        let Some(fields) = value
            .and_then(|value| Fields::read(value, "/fills", "fills", &["limit_through_ticks"], &mut self.problems))
        else {
            return 0;
        };
        self.whole(fields.get("limit_through_ticks"), 0, 100).unwrap_or(0)
    }

    fn whole(&mut self, given: Option<(&Value, String)>, least: i64, most: i64) -> Option<i64> {
        let (value, pointer) = given?;
        let number = json_decimal(value)
            .filter(Decimal::is_integer)
            .and_then(|value| value.to_i64())
            .filter(|value| (least..=most).contains(value));
        if number.is_none() {
            self.problems.push(
                Diagnostic::new("value_range", &pointer, format!("this must be a whole number from {least} to {most}"))
                    .quoting(&value.to_string()),
            );
        }
        number
    }

    /// A positive decimal at a top-level key.
    pub(super) fn positive(&mut self, value: Option<&Value>, key: &str) -> Option<Decimal> {
        let value = value?;
        let number = json_decimal(value).filter(|value| *value > Decimal::ZERO);
        if number.is_none() {
            self.problems.push(
                Diagnostic::new("value_range", &child("", key), format!("`{key}` must be a number above 0"))
                    .quoting(&value.to_string()),
            );
        }
        number
    }

    /// Reads `leverage`.
    pub(super) fn leverage(&mut self, value: Option<&Value>) -> Option<Decimal> {
        let leverage = self.positive(value, "leverage")?;
        let capped = self.instrument().is_some_and(|instrument| instrument.asset_class.notional_capped());
        if !capped {
            self.problems.push(
                Diagnostic::new(
                    "conflict",
                    "/leverage",
                    "leverage caps stocks, ETFs and crypto only; futures and FX are not capped",
                )
                .help("Remove it; peakLeverage is reported."),
            );
        }
        if leverage > Decimal::from(LARGEST_LEVERAGE) {
            self.problems.push(Diagnostic::new(
                "limit",
                "/leverage",
                format!("leverage is at most {LARGEST_LEVERAGE}"),
            ));
        }
        Some(leverage)
    }

    /// Reads `window`.
    pub(super) fn window_spec(&mut self, value: Option<&Value>) -> WindowSpec {
        let Some(value) = value else { return WindowSpec::default() };
        if Fields::read(value, "/window", "window", &["last", "from", "to"], &mut self.problems).is_none() {
            return WindowSpec::default();
        }
        WindowSpec::parse(value).unwrap_or_else(|message| {
            self.problems.push(
                Diagnostic::new("value_range", "/window", message)
                    .help("For example {\"last\": \"2y\"} or {\"from\": \"2023-01-01\", \"to\": \"2023-12-31\"}."),
            );
            WindowSpec::default()
        })
    }
}
