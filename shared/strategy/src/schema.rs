//! A JSON Schema of the document, small enough for a tool's description. The checker, not this, decides what is valid.

use crate::check::{DISTANCES, FILTER_KEYS, SIZES, TOP_KEYS};
use crate::costs::COST_KEYS;
use market::Timeframe;
use serde_json::{Map, Value, json};

/// The schema of a strategy document: keys, types and one line each. Numbers may be `"$key"` of a parameter.
#[must_use]
pub fn document_schema() -> Value {
    let timeframes: Vec<&str> = Timeframe::ALL.iter().map(|timeframe| timeframe.label()).collect();
    let mut properties = Map::new();
    for key in TOP_KEYS {
        properties.insert(key.to_owned(), property(key, &timeframes));
    }
    json!({
        "type": "object",
        "description": "A strategy in the rules language; get_rules_guide explains it with examples. Any number may be \"$key\" of a parameter.",
        "additionalProperties": false,
        "required": ["market", "timeframe", "entry"],
        "properties": properties,
    })
}

fn property(key: &str, timeframes: &[&str]) -> Value {
    let expression = json!({"type": "string", "description": "condition, e.g. ema(close, 9) crosses above ema(close, 21) and rsi(14) < 70"});
    let distance = format!("exactly one of {}; atr needs period", DISTANCES.join(", "));
    match key {
        "language" => json!({"const": 1}),
        "market" => json!({"type": "string", "description": "symbol, e.g. ES"}),
        "timeframe" => json!({"enum": timeframes}),
        "session" => json!({"enum": ["full", "regular"]}),
        "time_zone" => json!({"type": "string", "description": "IANA zone of clock times"}),
        "parameters" => {
            json!({"type": "array", "items": {"type": "object", "required": ["key", "value"], "properties": {
            "key": {"type": "string"}, "label": {"type": "string"}, "value": {"type": ["number", "string"]}, "category": {"enum": ["entry", "exit", "filter", "sizing"]}}}})
        }
        "entry" => {
            json!({"type": "object", "description": "long and/or short: a condition (market order), or {when, order: stop|limit, price: expression, expires_bars}",
            "properties": {"long": {"type": ["string", "object"]}, "short": {"type": ["string", "object"]}}, "additionalProperties": false})
        }
        "exit" => json!({"type": "object", "additionalProperties": false, "properties": {
            "long": expression, "short": {"type": "string"},
            "stop_loss": {"type": "object", "description": distance},
            "take_profit": {"type": ["object", "array"], "description": "a distance, or a list of distances with fraction"},
            "trailing_stop": {"type": "object", "description": "a distance with activate_after (distance) and basis high_low|close"},
            "break_even": {"type": "object", "description": "{after: distance, offset: distance}"},
            "max_minutes": {"type": ["integer", "string"]}, "max_bars": {"type": ["integer", "string"]},
            "flatten": {"type": "string", "description": "HH:MM"}, "before_close_minutes": {"type": ["integer", "string"]}}}),
        "filters" => {
            json!({"type": "object", "description": format!("any of {}; windows like 09:30-11:00", FILTER_KEYS.join(", "))})
        }
        "sizing" => {
            json!({"type": "object", "description": format!("exactly one of {}; and max_quantity", SIZES.join(", "))})
        }
        "capital" => json!({"type": "number"}),
        "leverage" => json!({"type": "number", "description": "cap of stocks, ETFs, crypto"}),
        "costs" => json!({"type": "object", "description": format!("any of {}", COST_KEYS.join(", "))}),
        "fills" => json!({"type": "object", "description": "{limit_through_ticks}"}),
        "window" => json!({"type": "object", "description": "{last: 2y} or {from, to} as YYYY-MM-DD"}),
        _ => json!({"type": "string"}),
    }
}
