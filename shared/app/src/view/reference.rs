//! What there is to trade and how to say it: instruments, contract terms, the rules guide.

use super::Pagination;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// An instrument and what is stored of it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct InstrumentSummary {
    /// Symbol to write as `market`.
    pub symbol: String,
    /// Full name; says synthetic for the built-in DEMO market.
    pub name: String,
    /// Kind.
    pub asset_class: String,
    /// True for generated data.
    pub synthetic: bool,
    /// Stored series; empty when there is no data.
    pub coverage: Vec<Coverage>,
}

/// A stored series.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Coverage {
    /// Length of a bar in minutes.
    pub resolution_minutes: u32,
    /// First bar, ISO 8601 UTC.
    pub first: String,
    /// Last bar.
    pub last: String,
    /// Bars.
    pub bars: u64,
    /// Content digest of the data.
    pub snapshot_id: String,
    /// Side of the market.
    pub price_side: String,
    /// Where it came from.
    pub source: String,
}

/// Instruments.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct InstrumentList {
    /// Those with data first, then by symbol.
    pub instruments: Vec<InstrumentSummary>,
    /// Matches in all.
    pub total: usize,
    /// Cursor.
    pub pagination: Pagination,
}

/// Contract terms.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ContractSpec {
    /// Symbol.
    pub symbol: String,
    /// Full name.
    pub name: String,
    /// Kind.
    pub asset_class: String,
    /// Smallest price step.
    pub tick_size: f64,
    /// Money per tick and unit.
    pub tick_value: f64,
    /// Money per 1.0 of price and unit.
    pub point_value: f64,
    /// Currency.
    pub currency: String,
    /// Smallest quantity step.
    pub quantity_step: f64,
    /// Sessions in words, with the zone.
    #[schemars(with = "Map<String, Value>")]
    pub session: Value,
    /// How the continuous series rolls; absent for what does not roll.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roll: Option<String>,
    /// Costs charged unless stated.
    #[schemars(with = "Map<String, Value>")]
    pub default_costs: Value,
    /// True for generated data.
    pub synthetic: bool,
}

/// A page of the rules guide.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RulesGuide {
    /// Topic shown.
    pub topic: String,
    /// Every topic: `{topic, about}`.
    pub topics: Vec<Value>,
    /// The text, Markdown.
    pub text: String,
}
