//! The known instruments: a compiled-in table, an operator's file merged over it, and default terms for symbols that
//! need no table. Plain names are looked up in `lookup`.

use crate::calendar::{Calendar, CalendarError};
use crate::contracts::month_of_letter;
pub use crate::default_terms::MAX_SYMBOL_CHARACTERS;
use crate::default_terms::{canonical, class_of, class_terms, default_terms, object};
use crate::instrument::{AssetClass, Instrument};
use crate::zone::{Zone, ZoneError};
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The compiled-in table: one object per instrument; what it leaves out comes from the class's default terms.
const BUILTIN: &str = include_str!("../data/instruments.json");

/// Most instruments in an operator's file.
pub const MAX_OPERATOR_INSTRUMENTS: usize = 10_000;

/// Every key an instrument may have, sorted.
const KEYS: &[&str] = &[
    "aliases",
    "asset_class",
    "calendar",
    "contract_months",
    "contract_rule",
    "currency",
    "default_costs",
    "default_session",
    "name",
    "point_value",
    "quantity_step",
    "symbol",
    "synthetic",
    "tick_size",
    "time_zone",
];
/// Every key of `default_costs`, sorted.
const COST_KEYS: &[&str] =
    &["commission_bps", "commission_minimum", "commission_per_side", "slippage_bps", "slippage_ticks"];

/// Why an operator's instruments cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstrumentError {
    /// The text is not JSON.
    #[error("the instruments file is not valid JSON: {reason}")]
    NotJson {
        /// The parser's message with line and column.
        reason: String,
    },
    /// The text is JSON of another shape.
    #[error("the instruments file must be a list of objects, or {{\"instruments\": [...]}}, each with a \"symbol\"")]
    NotAList,
    /// Too many instruments.
    #[error("the instruments file has {count} instruments; the limit is {MAX_OPERATOR_INSTRUMENTS}: split or trim it")]
    TooMany {
        /// How many it has.
        count: usize,
    },
    /// An entry without a usable symbol.
    #[error(
        "instrument {position} of the file needs a \"symbol\" of 1 to {MAX_SYMBOL_CHARACTERS} letters, digits, `.`, `-` or `_`"
    )]
    Symbol {
        /// Position in the list, from 1.
        position: usize,
    },
    /// A symbol that occurs twice.
    #[error("{symbol} occurs twice in the instruments file: keep one entry")]
    Twice {
        /// The symbol.
        symbol: String,
    },
    /// A key no instrument has.
    #[error("{symbol}: unknown key `{key}`; did you mean `{nearest}`?")]
    UnknownKey {
        /// The symbol.
        symbol: String,
        /// The key as written.
        key: String,
        /// The most similar known key.
        nearest: String,
    },
    /// A missing or mistyped value.
    #[error("{symbol}: {reason}")]
    Invalid {
        /// The symbol.
        symbol: String,
        /// What is wrong and what is expected.
        reason: String,
    },
    /// A calendar that does not exist.
    #[error("{symbol}: {source}")]
    Calendar {
        /// The symbol.
        symbol: String,
        /// Which names exist.
        source: CalendarError,
    },
    /// A zone that does not exist.
    #[error("{symbol}: {source}")]
    Zone {
        /// The symbol.
        symbol: String,
        /// What to write instead.
        source: ZoneError,
    },
}

/// The known instruments by symbol.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalogue {
    pub(crate) by_symbol: BTreeMap<String, Instrument>,
}

impl Catalogue {
    /// The compiled-in table. (A test reads every entry; a table that could not be read would be empty.)
    #[must_use]
    pub fn builtin() -> Self {
        static TABLE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::default().merged(BUILTIN).unwrap_or_default());
        TABLE.clone()
    }

    /// This catalogue with an operator's file merged over it by symbol: a known symbol keeps what its object leaves
    /// out, an unknown one starts from the default terms of its class. `null` removes an optional value. Another
    /// `asset_class` than the known one replaces the instrument instead of changing it.
    ///
    /// # Errors
    /// [`InstrumentError`] naming the entry and what to write; nothing is merged then.
    pub fn merged(&self, operator_json: &str) -> Result<Self, InstrumentError> {
        let document: Value = serde_json::from_str(operator_json)
            .map_err(|error| InstrumentError::NotJson { reason: error.to_string() })?;
        let entries = match document {
            Value::Array(entries) => entries,
            Value::Object(mut object) => match object.remove("instruments") {
                Some(Value::Array(entries)) if object.is_empty() => entries,
                Some(_) | None => return Err(InstrumentError::NotAList),
            },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                return Err(InstrumentError::NotAList);
            }
        };
        if entries.len() > MAX_OPERATOR_INSTRUMENTS {
            return Err(InstrumentError::TooMany { count: entries.len() });
        }
        let mut seen: BTreeMap<String, Instrument> = BTreeMap::new();
        for (index, entry) in entries.into_iter().enumerate() {
            let instrument = self.overlaid(index + 1, entry)?;
            if let Some(earlier) = seen.insert(instrument.symbol.clone(), instrument) {
                return Err(InstrumentError::Twice { symbol: earlier.symbol });
            }
        }
        let mut merged = self.clone();
        merged.by_symbol.append(&mut seen);
        Ok(merged)
    }

    /// The instrument of a symbol in the table, whatever its case.
    #[must_use]
    pub fn get(&self, symbol: &str) -> Option<Instrument> {
        self.by_symbol.get(&canonical(symbol)?).cloned()
    }

    /// The instrument of a symbol in the table, else default terms where they follow from the symbol and `class`: an
    /// ISO currency pair is foreign exchange, a pair in USD, USDT or USDC crypto, a plain ticker a stock. A future has
    /// no default terms. With a `class`, a known symbol of another class (the stock `ES`) gets default terms too.
    #[must_use]
    pub fn get_or_default(&self, symbol: &str, class: Option<AssetClass>) -> Option<Instrument> {
        let known = self.get(symbol);
        if let Some(known) = known.filter(|known| class.is_none_or(|class| class == known.asset_class)) {
            return Some(known);
        }
        let symbol = canonical(symbol)?;
        let class = class.or_else(|| class_of(&symbol))?;
        let terms = default_terms(&symbol, class)?;
        serde_json::from_value(Value::Object(terms)).ok()
    }

    /// The instruments of a class whose symbol, name or an alias contains `query` (any case), sorted by symbol.
    #[must_use]
    pub fn search(&self, query: Option<&str>, class: Option<AssetClass>) -> Vec<Instrument> {
        let wanted = query.map(|query| query.trim().to_lowercase()).unwrap_or_default();
        let matches = |instrument: &Instrument| {
            let texts = [&instrument.symbol, &instrument.name].into_iter().chain(&instrument.aliases);
            class.is_none_or(|class| class == instrument.asset_class)
                && texts.into_iter().any(|text| text.to_lowercase().contains(&wanted))
        };
        self.by_symbol.values().filter(|instrument| matches(instrument)).cloned().collect()
    }

    /// Every instrument, by symbol.
    pub fn all(&self) -> impl Iterator<Item = &Instrument> {
        self.by_symbol.values()
    }

    /// One entry of an operator's file over what is known of its symbol.
    fn overlaid(&self, position: usize, entry: Value) -> Result<Instrument, InstrumentError> {
        let Value::Object(entry) = entry else { return Err(InstrumentError::NotAList) };
        let symbol = entry.get("symbol").and_then(Value::as_str).and_then(canonical);
        let symbol = symbol.ok_or(InstrumentError::Symbol { position })?;
        check_keys(&symbol, &entry, KEYS)?;
        let invalid = |reason: String| InstrumentError::Invalid { symbol: symbol.clone(), reason };
        let class: Option<AssetClass> = match entry.get("asset_class") {
            Some(value) => Some(serde_json::from_value(value.clone()).map_err(|error| invalid(error.to_string()))?),
            None => None,
        };
        let known = self.get(&symbol).filter(|known| class.is_none_or(|class| class == known.asset_class));
        let mut terms = match known {
            Some(known) => object(serde_json::to_value(known)),
            None => class
                .or_else(|| class_of(&symbol))
                .map(|class| default_terms(&symbol, class).unwrap_or_else(|| class_terms(class)))
                .unwrap_or_default(),
        };
        for (key, value) in entry {
            overlay(&symbol, &mut terms, key, value)?;
        }
        terms.insert("symbol".to_owned(), Value::String(symbol.clone()));
        let instrument: Instrument =
            serde_json::from_value(Value::Object(terms)).map_err(|error| invalid(error.to_string()))?;
        validate(&instrument)?;
        Ok(instrument)
    }
}

fn check_keys(symbol: &str, entry: &Map<String, Value>, known: &[&str]) -> Result<(), InstrumentError> {
    let unknown = entry.keys().find(|key| !known.contains(&key.as_str()));
    let Some(key) = unknown else { return Ok(()) };
    // A key that contains the other (`tick` in `tick_size`) is nearer than one of similar letters.
    let distance = |known: &&&str| {
        let contained = known.contains(key.as_str()) || key.contains(**known);
        (!contained, crate::lookup::edit_distance(key, known))
    };
    let nearest = known.iter().min_by_key(distance).copied().unwrap_or_default();
    Err(InstrumentError::UnknownKey { symbol: symbol.to_owned(), key: key.clone(), nearest: nearest.to_owned() })
}

/// Sets one key; costs are set key by key, and stating one kind of slippage removes the other.
fn overlay(symbol: &str, terms: &mut Map<String, Value>, key: String, value: Value) -> Result<(), InstrumentError> {
    match (key.as_str(), value) {
        ("default_costs", Value::Object(stated)) => {
            check_keys(symbol, &stated, COST_KEYS)?;
            let mut costs = object(Ok(terms.remove("default_costs").unwrap_or_default()));
            for (one, other) in [("slippage_ticks", "slippage_bps"), ("slippage_bps", "slippage_ticks")] {
                if stated.contains_key(one) && !stated.contains_key(other) {
                    costs.remove(other);
                }
            }
            for (key, value) in stated {
                set_or_remove(&mut costs, key, value);
            }
            terms.insert(key, Value::Object(costs));
        }
        (_, value) => set_or_remove(terms, key, value),
    }
    Ok(())
}

fn set_or_remove(terms: &mut Map<String, Value>, key: String, value: Value) {
    if value.is_null() {
        terms.remove(&key);
    } else {
        terms.insert(key, value);
    }
}

/// Checks what types cannot: signs, months, calendar and zone.
fn validate(instrument: &Instrument) -> Result<(), InstrumentError> {
    let symbol = instrument.symbol.clone();
    let invalid = |reason: String| Err(InstrumentError::Invalid { symbol: symbol.clone(), reason });
    let positive = [
        ("tick_size", instrument.tick_size),
        ("point_value", instrument.point_value),
        ("quantity_step", instrument.quantity_step),
    ];
    if let Some((key, value)) = positive.into_iter().find(|(_, value)| *value <= Decimal::ZERO) {
        return invalid(format!("`{key}` is {value}; it must be above zero"));
    }
    let costs = &instrument.default_costs;
    let amounts = [
        ("slippage_ticks", costs.slippage_ticks),
        ("slippage_bps", costs.slippage_bps),
        ("commission_per_side", costs.commission_per_side),
        ("commission_bps", costs.commission_bps),
        ("commission_minimum", costs.commission_minimum),
    ];
    if let Some((key, _)) = amounts.into_iter().find(|(_, value)| value.is_some_and(|value| value < Decimal::ZERO)) {
        return invalid(format!("`default_costs.{key}` is negative; write 0 for no cost"));
    }
    if costs.slippage_ticks.is_some() && costs.slippage_bps.is_some() {
        return invalid("state `slippage_ticks` or `slippage_bps`, not both".to_owned());
    }
    let months = instrument.contract_months.as_deref();
    if months.is_some_and(|months| months.is_empty() || months.chars().any(|letter| month_of_letter(letter).is_none()))
    {
        return invalid("`contract_months` must be month letters out of FGHJKMNQUVXZ".to_owned());
    }
    Calendar::of(instrument).map_err(|source| InstrumentError::Calendar { symbol: symbol.clone(), source })?;
    Zone::get(&instrument.time_zone).map_err(|source| InstrumentError::Zone { symbol, source })?;
    Ok(())
}
