//! Costs: what a document or a run states, completed by the instrument's defaults, as values and as a sentence.

use crate::value::{decimal_to_f64, json_decimal};
use engine::plan::{Costs, Slippage};
use market::Instrument;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Keys of `costs`.
pub(crate) const COST_KEYS: [&str; 5] =
    ["slippage_ticks", "slippage_bps", "commission_per_side", "commission_bps", "commission_minimum"];
/// Largest slippage in ticks or basis points: beyond it a fill is no longer a fill of that bar.
const LARGEST_SLIPPAGE: u32 = 10_000;

/// Stated costs, in the instrument's currency. Stating any slippage replaces the default slippage, stating any
/// commission replaces the whole default commission.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostOverrides {
    /// Whole ticks a market or stop fill is moved against the trader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slippage_ticks: Option<Decimal>,
    /// Basis points of the raw price instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slippage_bps: Option<Decimal>,
    /// Money per contract or share and fill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commission_per_side: Option<Decimal>,
    /// Basis points of the fill's raw notional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commission_bps: Option<Decimal>,
    /// Least commission of an order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commission_minimum: Option<Decimal>,
}

/// What a run charges.
#[derive(Debug, Clone, PartialEq)]
pub struct CostTerms {
    /// Slippage and commission for the engine, in the instrument's currency.
    pub costs: Costs,
    /// The same in words.
    pub text: String,
    /// True where nothing was stated, so all are the instrument's defaults.
    pub defaults_only: bool,
}

impl CostOverrides {
    /// Reads `{"slippage_ticks": 1, …}`.
    ///
    /// # Errors
    /// Every wrong key with what is wrong.
    pub fn parse(value: &Value) -> Result<Self, Vec<(String, String)>> {
        let empty = Map::new();
        let map = value.as_object().unwrap_or(&empty);
        let mut problems = Vec::new();
        let mut costs = Self::default();
        for (key, value) in map.iter().filter(|(_, value)| !value.is_null()) {
            let slot = match key.as_str() {
                "slippage_ticks" => &mut costs.slippage_ticks,
                "slippage_bps" => &mut costs.slippage_bps,
                "commission_per_side" => &mut costs.commission_per_side,
                "commission_bps" => &mut costs.commission_bps,
                "commission_minimum" => &mut costs.commission_minimum,
                _ => {
                    problems.push((key.clone(), format!("costs has no such key; known: {}", COST_KEYS.join(", "))));
                    continue;
                }
            };
            match json_decimal(value).filter(|number| !number.is_sign_negative() || number.is_zero()) {
                Some(number) => *slot = Some(number),
                None => problems.push((key.clone(), format!("`{key}` must be a number of at least 0, not {value}"))),
            }
        }
        problems.extend(costs.problem());
        if problems.is_empty() { Ok(costs) } else { Err(problems) }
    }

    /// What is wrong with these costs together, if anything.
    fn problem(&self) -> Option<(String, String)> {
        if self.slippage_ticks.is_some() && self.slippage_bps.is_some() {
            return Some((
                "slippage_bps".to_owned(),
                "state slippage in ticks or in basis points, not both".to_owned(),
            ));
        }
        if self.slippage_ticks.is_some_and(|ticks| !ticks.is_integer()) {
            return Some((
                "slippage_ticks".to_owned(),
                "slippage_ticks must be whole ticks; use slippage_bps for a finer one".to_owned(),
            ));
        }
        let most = Decimal::from(LARGEST_SLIPPAGE);
        let key = if self.slippage_ticks > Some(most) { "slippage_ticks" } else { "slippage_bps" };
        (self.slippage_ticks > Some(most) || self.slippage_bps > Some(most))
            .then(|| (key.to_owned(), format!("slippage is at most {most}")))
    }

    const fn states_slippage(&self) -> bool {
        self.slippage_ticks.is_some() || self.slippage_bps.is_some()
    }

    const fn states_commission(&self) -> bool {
        self.commission_per_side.is_some() || self.commission_bps.is_some() || self.commission_minimum.is_some()
    }

    /// These costs, with what they leave out taken from `under`.
    #[must_use]
    pub fn over(&self, under: &Self) -> Self {
        let (slippage, commission) =
            (if self.states_slippage() { self } else { under }, if self.states_commission() { self } else { under });
        Self {
            slippage_ticks: slippage.slippage_ticks,
            slippage_bps: slippage.slippage_bps,
            commission_per_side: commission.commission_per_side,
            commission_bps: commission.commission_bps,
            commission_minimum: commission.commission_minimum,
        }
    }

    /// The instrument's defaults as overrides.
    fn defaults(instrument: &Instrument) -> Self {
        let defaults = &instrument.default_costs;
        Self {
            slippage_ticks: defaults.slippage_ticks,
            slippage_bps: defaults.slippage_bps,
            commission_per_side: defaults.commission_per_side,
            commission_bps: defaults.commission_bps,
            commission_minimum: defaults.commission_minimum,
        }
    }

    /// What a run of `instrument` charges; a series with a spread pays half of it unless a slippage is stated.
    #[must_use]
    pub fn resolve(&self, instrument: &Instrument, has_spread: bool) -> CostTerms {
        let all = self.over(&Self::defaults(instrument));
        let number = |value: Option<Decimal>| value.map_or(0.0, decimal_to_f64);
        let slippage = match (all.slippage_ticks, all.slippage_bps) {
            _ if has_spread && !self.states_slippage() => Slippage::HalfSpread,
            (Some(ticks), _) => Slippage::Ticks(ticks.to_i64().unwrap_or(0)),
            (None, Some(bps)) => Slippage::Bps(decimal_to_f64(bps)),
            (None, None) => Slippage::Ticks(0),
        };
        let costs = Costs {
            slippage,
            commission_per_unit: number(all.commission_per_side),
            commission_bps: number(all.commission_bps),
            commission_minimum: number(all.commission_minimum),
        };
        let text = format!("{}; {}", slippage_text(slippage), all.commission_text(&instrument.currency));
        CostTerms { costs, text, defaults_only: !self.states_slippage() && !self.states_commission() }
    }

    fn commission_text(&self, currency: &str) -> String {
        let mut parts = Vec::new();
        if let Some(money) = self.commission_per_side.filter(|money| !money.is_zero()) {
            parts.push(format!("{} {currency} per unit and fill", money.normalize()));
        }
        if let Some(bps) = self.commission_bps.filter(|bps| !bps.is_zero()) {
            parts.push(format!("{} bps of notional per fill", bps.normalize()));
        }
        if let Some(least) = self.commission_minimum.filter(|least| !least.is_zero()) {
            parts.push(format!("at least {} {currency} per order", least.normalize()));
        }
        if parts.is_empty() { "no commission".to_owned() } else { format!("commission {}", parts.join(", ")) }
    }
}

fn slippage_text(slippage: Slippage) -> String {
    match slippage {
        Slippage::Ticks(0) => "no slippage".to_owned(),
        Slippage::Ticks(ticks) => format!("slippage {ticks} tick(s) on market and stop fills"),
        Slippage::Bps(bps) => format!("slippage {bps} bps on market and stop fills"),
        Slippage::HalfSpread => "slippage half the bar's spread on market and stop fills".to_owned(),
    }
}
