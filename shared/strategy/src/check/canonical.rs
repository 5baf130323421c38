//! The canonical document: literals replaced by `$keys`, parameters listed, keys in one order. Defaults stay out.

use super::TOP_KEYS;
use super::parameters::Settled;
use super::place::{Place, Slot, Written};
use crate::syntax::Span;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// `document` with its lifted literals as parameters and its market by symbol; checking it again changes nothing.
pub(super) fn canonical(document: &Value, symbol: &str, settled: &Settled) -> Value {
    let mut lifted = document.clone();
    let mut by_pointer: BTreeMap<&str, Vec<(&Place, &str)>> = BTreeMap::new();
    for (place, key) in settled.places.iter().zip(&settled.keys) {
        by_pointer.entry(&place.pointer).or_default().push((place, key));
    }
    for (pointer, places) in &by_pointer {
        if let Some(value) = lifted.pointer_mut(pointer) {
            *value = rewritten(value, places);
        }
    }
    let mut ordered = Map::new();
    for key in TOP_KEYS {
        let value = match key {
            "language" => Some(json!(1)),
            "market" => Some(json!(symbol)),
            "parameters" => parameters(settled),
            _ => lifted.get(key).filter(|value| !value.is_null()).cloned(),
        };
        if let Some(value) = value {
            ordered.insert(key.to_owned(), value);
        }
    }
    Value::Object(ordered)
}

fn parameters(settled: &Settled) -> Option<Value> {
    let list: Vec<Value> = settled
        .parameters
        .iter()
        .map(|parameter| json!({"key": parameter.key, "label": parameter.label, "value": parameter.value.to_json(), "category": parameter.category}))
        .collect();
    (!list.is_empty()).then_some(Value::Array(list))
}

fn rewritten(value: &Value, places: &[(&Place, &str)]) -> Value {
    let mut edits: Vec<(Span, &str)> = Vec::new();
    let mut ends = (None, None);
    for (place, key) in places {
        match place.slot {
            Slot::Whole => return json!(format!("${key}")),
            Slot::Expression(span) => {
                if matches!(place.written, Written::Literal(_)) && !edits.contains(&(span, *key)) {
                    edits.push((span, *key));
                }
            }
            Slot::WindowStart => ends.0 = Some(*key),
            Slot::WindowEnd => ends.1 = Some(*key),
        }
    }
    if let (Some(start), Some(end)) = ends {
        return json!(format!("${start}-${end}"));
    }
    let Some(text) = value.as_str() else { return value.clone() };
    edits.sort_by_key(|(span, _)| *span);
    let characters: Vec<char> = text.chars().collect();
    let mut written = String::new();
    let mut position = 0;
    for (span, key) in edits {
        written.extend(characters.get(position..span.start as usize).unwrap_or_default());
        written.push('$');
        written.push_str(key);
        position = span.end as usize;
    }
    written.extend(characters.get(position..).unwrap_or_default());
    json!(written)
}
