//! The terms of a symbol that is in no table: what its class and shape imply. It knows no instrument by name.

use crate::instrument::AssetClass;
use serde_json::{Map, Value};

/// ISO 4217 codes of the currencies quoted in foreign-exchange pairs.
const CURRENCIES: &[&str] = &[
    "AUD", "BRL", "CAD", "CHF", "CNH", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "INR", "JPY", "KRW",
    "MXN", "NOK", "NZD", "PLN", "RON", "RUB", "SEK", "SGD", "THB", "TRY", "TWD", "USD", "XAG", "XAU", "ZAR",
];
/// Quote currencies of crypto pairs, the longer ones first so that `BTCUSDT` is not a pair of `USD`.
const CRYPTO_QUOTES: &[&str] = &["USDT", "USDC", "USD"];
/// Quote currencies of crypto pairs that are recognised only where the class is stated.
const CRYPTO_QUOTES_STATED: &[&str] = &["USDT", "USDC", "USD", "EUR", "GBP", "JPY", "BTC", "ETH"];
/// Longest symbol, characters.
pub const MAX_SYMBOL_CHARACTERS: usize = 24;

/// A symbol in capitals, or `None` if it is empty, too long or has other characters than letters, digits, `.`, `-`, `_`.
pub(crate) fn canonical(symbol: &str) -> Option<String> {
    let symbol = symbol.trim();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let valid = !symbol.is_empty() && symbol.len() <= MAX_SYMBOL_CHARACTERS && symbol.bytes().all(allowed);
    (valid && symbol.bytes().any(|byte| byte.is_ascii_alphanumeric())).then(|| symbol.to_ascii_uppercase())
}

/// The class a symbol's shape implies.
pub(crate) fn class_of(symbol: &str) -> Option<AssetClass> {
    if currency_pair(symbol).is_some() {
        Some(AssetClass::Fx)
    } else if crypto_pair(symbol, CRYPTO_QUOTES).is_some() {
        Some(AssetClass::Crypto)
    } else if is_ticker(symbol) {
        Some(AssetClass::Stock)
    } else {
        None
    }
}

/// Base and quote of two ISO codes written together.
fn currency_pair(symbol: &str) -> Option<(&str, &str)> {
    let (base, quote) = symbol.split_at_checked(3)?;
    (base != quote && CURRENCIES.contains(&base) && CURRENCIES.contains(&quote)).then_some((base, quote))
}

/// Base and quote of a crypto pair, written together or with a dash.
fn crypto_pair<'symbol>(symbol: &'symbol str, quotes: &[&'symbol str]) -> Option<(&'symbol str, &'symbol str)> {
    quotes.iter().find_map(|quote| {
        let base = symbol.strip_suffix(quote)?;
        let base = base.strip_suffix(['-', '_']).unwrap_or(base);
        let plain = base.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (plain && (2..=10).contains(&base.len())).then_some((base, *quote))
    })
}

/// One to five letters, with a share class of one or two letters after a dot or dash.
fn is_ticker(symbol: &str) -> bool {
    let (root, class) = symbol.split_once(['.', '-']).unwrap_or((symbol, "A"));
    let letters = |text: &str, longest: usize| {
        (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase())
    };
    letters(root, 5) && letters(class, 2)
}

/// The terms of an unknown symbol of a class, or `None` where they cannot be guessed.
pub(crate) fn default_terms(symbol: &str, class: AssetClass) -> Option<Map<String, Value>> {
    let mut terms = class_terms(class);
    let (name, currency, tick_size) = match class {
        AssetClass::Future => return None,
        AssetClass::Fx => {
            let (base, quote) = currency_pair(symbol)?;
            (format!("{base}/{quote}"), quote, if quote == "JPY" { "0.001" } else { "0.00001" })
        }
        AssetClass::Crypto => {
            let (base, quote) = crypto_pair(symbol, CRYPTO_QUOTES_STATED)?;
            (format!("{base}/{quote}"), quote, "0.00000001")
        }
        AssetClass::Stock | AssetClass::Etf => (symbol.to_owned(), "USD", "0.01"),
    };
    for (key, value) in [("symbol", symbol), ("name", &name), ("currency", currency), ("tick_size", tick_size)] {
        terms.insert(key.to_owned(), Value::String(value.to_owned()));
    }
    Some(terms)
}

/// The terms every instrument of a class starts from. Costs are those of the simulation document, section 3.
pub(crate) fn class_terms(class: AssetClass) -> Map<String, Value> {
    let new_york = "America/New_York";
    object(Ok(match class {
        AssetClass::Future => serde_json::json!({
            "asset_class": class, "currency": "USD", "quantity_step": "1", "time_zone": new_york,
            "default_session": "full", "default_costs": {"slippage_ticks": "1", "commission_per_side": "2.50"},
        }),
        AssetClass::Crypto => serde_json::json!({
            "asset_class": class, "point_value": "1", "quantity_step": "0.000001", "time_zone": "UTC",
            "calendar": "crypto", "default_session": "full",
            "default_costs": {"slippage_bps": "2", "commission_bps": "10"},
        }),
        AssetClass::Fx => serde_json::json!({
            "asset_class": class, "point_value": "1", "quantity_step": "1", "time_zone": new_york,
            "calendar": "fx", "default_session": "full",
            "default_costs": {"slippage_bps": "0.5", "commission_bps": "0.2"},
        }),
        AssetClass::Stock | AssetClass::Etf => serde_json::json!({
            "asset_class": class, "point_value": "1", "quantity_step": "1", "time_zone": new_york,
            "calendar": "us_stocks", "default_session": "regular", "currency": "USD", "tick_size": "0.01",
            "default_costs": {"slippage_bps": "1", "commission_per_side": "0.005", "commission_minimum": "1"},
        }),
    }))
}

/// The object of a value known to be one.
pub(crate) fn object(value: serde_json::Result<Value>) -> Map<String, Value> {
    match value {
        Ok(Value::Object(object)) => object,
        Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) | Err(_) => Map::new(),
    }
}
