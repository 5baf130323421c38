//! Parameters: declared ones are read, literals are lifted to new ones, kinds are inferred from places.

use super::Checker;
use super::fields::{Fields, child};
use super::names::label;
use super::place::{Place, Slot, Written, is_key, out_of_bounds};
use crate::diagnostic::{Diagnostic, suggestion};
use crate::limits;
use crate::strategy::Parameter;
use crate::syntax::Span;
use crate::value::ParameterValue;
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;

/// A parameter as the document declares it.
#[derive(Debug, Clone)]
pub(crate) struct Declared {
    pub(crate) key: String,
    pub(crate) label: Option<String>,
    pub(crate) value: Value,
    pub(crate) category: Option<String>,
    pub(crate) pointer: String,
}

/// What a version remembers of a place, so that the next one keeps its key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Remembered {
    pointer: String,
    role: String,
    /// How many places of the same pointer and role came before.
    ordinal: usize,
    matched: String,
    key: String,
}

/// Categories a parameter may have.
const CATEGORIES: [&str; 4] = ["entry", "exit", "filter", "sizing"];

impl Checker<'_> {
    /// Reads `parameters`.
    pub(super) fn declared(&mut self, value: Option<&Value>) {
        let Some(value) = value else { return };
        let Some(list) = value.as_array() else {
            self.problems.push(
                Diagnostic::new("wrong_type", "/parameters", "parameters must be a list")
                    .help("For example [{\"key\": \"fast\", \"value\": 9}]."),
            );
            return;
        };
        if list.len() > limits::PARAMETERS {
            self.problems.push(Diagnostic::new(
                "limit",
                "/parameters",
                format!("{} parameters are declared; the limit is {}", list.len(), limits::PARAMETERS),
            ));
            return;
        }
        for (position, entry) in list.iter().enumerate() {
            self.declare(entry, format!("/parameters/{position}"));
        }
    }

    fn declare(&mut self, entry: &Value, pointer: String) {
        let Some(fields) =
            Fields::read(entry, &pointer, "a parameter", &["key", "label", "value", "category"], &mut self.problems)
        else {
            return;
        };
        let Some((key, place)) = fields.text("key", &mut self.problems) else {
            if !fields.has("key") {
                self.problems.push(Diagnostic::new("missing_key", &pointer, "a parameter needs a `key`"));
            }
            return;
        };
        if !is_key(key) {
            self.problems.push(
                Diagnostic::new(
                    "wrong_type",
                    &place,
                    format!("a key is letters, digits and `_`, at most {} characters", limits::KEY_CHARACTERS),
                )
                .quoting(key),
            );
            return;
        }
        if self.declared.iter().any(|declared| declared.key == key) {
            self.problems.push(Diagnostic::new("conflict", &place, format!("the key \"{key}\" is declared twice")));
            return;
        }
        let Some((value, _)) = fields.get("value") else {
            self.problems.push(Diagnostic::new(
                "missing_key",
                &pointer,
                format!("the parameter \"{key}\" needs a `value`"),
            ));
            return;
        };
        let label = self.short_text(&fields, "label");
        let category = fields.text("category", &mut self.problems).map(|(text, place)| {
            if !CATEGORIES.contains(&text) {
                self.problems.push(
                    Diagnostic::new("wrong_type", &place, "unknown category")
                        .quoting(text)
                        .help(suggestion(text, &CATEGORIES)),
                );
            }
            text.to_owned()
        });
        self.declared.push(Declared { key: key.to_owned(), label, value: value.clone(), category, pointer });
    }

    /// Text of at most [`limits::LABEL_CHARACTERS`].
    pub(super) fn short_text(&mut self, fields: &Fields<'_>, key: &str) -> Option<String> {
        let (text, pointer) = fields.text(key, &mut self.problems)?;
        let length = text.chars().count();
        if length > limits::LABEL_CHARACTERS {
            self.problems.push(
                Diagnostic::new(
                    "limit",
                    &pointer,
                    format!("`{key}` has {length} characters; the limit is {}", limits::LABEL_CHARACTERS),
                )
                .quoting(text),
            );
            return None;
        }
        Some(text.to_owned())
    }

    /// Gives every place its parameter.
    pub(super) fn settle(&mut self) -> Settled {
        let places = std::mem::take(&mut self.places);
        let keys = self.keys(&places);
        let mut order: Vec<String> = self.declared.iter().map(|declared| declared.key.clone()).collect();
        for key in &keys {
            if !order.contains(key) {
                order.push(key.clone());
            }
        }
        let mut parameters = Vec::new();
        for key in &order {
            let of_key: Vec<&Place> =
                places.iter().zip(&keys).filter(|(_, place_key)| *place_key == key).map(|(place, _)| place).collect();
            parameters.extend(self.parameter(key, &of_key));
        }
        if parameters.len() > limits::PARAMETERS {
            self.problems.push(
                Diagnostic::new(
                    "limit",
                    "",
                    format!(
                        "the strategy has {} tunable numbers; the limit is {}",
                        parameters.len(),
                        limits::PARAMETERS
                    ),
                )
                .help("Share parameters between places by writing \"$key\"."),
            );
        }
        let place_parameters = keys
            .iter()
            .map(|key| parameters.iter().position(|parameter| parameter.key == *key).unwrap_or(usize::MAX))
            .collect();
        let remembered = remembered(&places, &keys);
        Settled { places, keys, parameters, place_parameters, remembered }
    }

    /// The key of every place: as written, or lifted.
    fn keys(&mut self, places: &[Place]) -> Vec<String> {
        let mut shared: BTreeMap<&str, String> = BTreeMap::new();
        let mut taken: Vec<String> = self.declared.iter().map(|declared| declared.key.clone()).collect();
        for exact in [true, false] {
            for (index, place) in places.iter().enumerate() {
                if matches!(place.written, Written::Key(_)) || shared.contains_key(place.shared.as_str()) {
                    continue;
                }
                let ordinal = ordinal(places, index);
                let kept = self.previous.iter().find(|old| {
                    let same = if exact {
                        old.matched == place.matched
                    } else {
                        old.pointer == place.pointer && old.ordinal == ordinal
                    };
                    same && old.role == place.demand.role && !taken.contains(&old.key)
                });
                if let Some(old) = kept {
                    taken.push(old.key.clone());
                    shared.insert(&place.shared, old.key.clone());
                }
            }
        }
        let mut keys = Vec::new();
        for place in places {
            if let Written::Key(key) = &place.written {
                keys.push(key.clone());
                continue;
            }
            let key = shared.entry(&place.shared).or_insert_with(|| {
                let key = fresh_key(&place.demand.role, &taken);
                taken.push(key.clone());
                key
            });
            keys.push(key.clone());
        }
        keys
    }

    /// One parameter from its places; mixed kinds, unknown and unused keys are problems.
    fn parameter(&mut self, key: &str, places: &[&Place]) -> Option<Parameter> {
        let declared = self.declared.iter().find(|declared| declared.key == key).cloned();
        let Some(first) = places.first() else {
            let pointer = declared.map_or_else(String::new, |declared| declared.pointer);
            self.problems.push(
                Diagnostic::new("unused_parameter", &pointer, format!("the parameter \"{key}\" is not used"))
                    .help(format!("Write ${key} where it belongs, or remove it.")),
            );
            return None;
        };
        if let Some(other) = places.iter().find(|place| place.demand.kind != first.demand.kind) {
            self.problems.push(self.place_problem(
                other,
                "mixed_parameter_use",
                format!(
                    "${key} is {} here, but {} at {}",
                    other.demand.kind.in_words(),
                    first.demand.kind.in_words(),
                    first.pointer
                ),
                "Use two parameters.",
            ));
            return None;
        }
        let value = self.value(key, declared.as_ref(), places)?;
        let mut pointers: Vec<String> = Vec::new();
        for place in places {
            if !pointers.contains(&place.pointer) {
                pointers.push(place.pointer.clone());
            }
        }
        let (least, most) = bounds(places);
        let place_label = self.previous_labels.get(key).cloned().unwrap_or_else(|| label(key));
        let category = declared
            .as_ref()
            .and_then(|declared| declared.category.clone())
            .unwrap_or_else(|| first.demand.category.to_owned());
        let label = declared.and_then(|declared| declared.label).unwrap_or(place_label);
        Some(Parameter {
            key: key.to_owned(),
            label,
            value,
            category,
            kind: first.demand.kind,
            least,
            most,
            places: pointers,
        })
    }

    fn value(&mut self, key: &str, declared: Option<&Declared>, places: &[&Place]) -> Option<ParameterValue> {
        let first = places.first()?;
        let Some(declared) = declared else {
            if let Written::Literal(value) = &first.written {
                return Some(*value);
            }
            let known: Vec<&str> = self.declared.iter().map(|declared| declared.key.as_str()).collect();
            let help = if known.is_empty() {
                format!("Declare it: \"parameters\": [{{\"key\": \"{key}\", \"value\": 14}}].")
            } else {
                suggestion(key, &known)
            };
            self.problems.push(self.place_problem(
                first,
                "unknown_parameter",
                format!("there is no parameter \"{key}\""),
                &help,
            ));
            return None;
        };
        let pointer = child(&declared.pointer, "value");
        match ParameterValue::parse(&declared.value, first.demand.kind) {
            Ok(value) => {
                let (least, most) = bounds(places);
                if let Some(message) = out_of_bounds(&value, least, most) {
                    self.problems.push(Diagnostic::new(
                        "value_range",
                        &pointer,
                        format!("{message}, as {} demands", first.pointer),
                    ));
                    return None;
                }
                Some(value)
            }
            Err(message) => {
                self.problems.push(Diagnostic::new(
                    "wrong_type",
                    &pointer,
                    format!("{message}, as {} demands", first.pointer),
                ));
                None
            }
        }
    }

    fn place_problem(&self, place: &Place, code: &'static str, message: String, help: &str) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(code, &place.pointer, message).help(help);
        if let Slot::Expression(Span { start, end }) = place.slot {
            diagnostic.span = Some((start as usize, end as usize));
        }
        if let Written::Key(key) = &place.written {
            diagnostic.excerpt = format!("${key}");
        }
        diagnostic
    }
}

/// The result of [`Checker::settle`].
pub(super) struct Settled {
    pub(super) places: Vec<Place>,
    pub(super) keys: Vec<String>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) place_parameters: Vec<usize>,
    pub(super) remembered: Vec<Remembered>,
}

fn bounds(places: &[&Place]) -> (Option<Decimal>, Option<Decimal>) {
    let least = places.iter().filter_map(|place| place.demand.least).max();
    let most = places.iter().filter_map(|place| place.demand.most).min();
    (least, most)
}

fn ordinal(places: &[Place], index: usize) -> usize {
    let Some(place) = places.get(index) else { return 0 };
    places
        .iter()
        .take(index)
        .filter(|other| other.pointer == place.pointer && other.demand.role == place.demand.role)
        .count()
}

fn remembered(places: &[Place], keys: &[String]) -> Vec<Remembered> {
    let remember = |(index, (place, key)): (usize, (&Place, &String))| Remembered {
        pointer: place.pointer.clone(),
        role: place.demand.role.clone(),
        ordinal: ordinal(places, index),
        matched: place.matched.clone(),
        key: key.clone(),
    };
    places.iter().zip(keys).enumerate().map(remember).collect()
}

/// `role`, or `role_2`, `role_3`, … whichever is free first.
fn fresh_key(role: &str, taken: &[String]) -> String {
    let mut stem: String =
        role.chars().filter(|character| character.is_ascii_alphanumeric() || *character == '_').collect();
    if !stem.starts_with(|first: char| first.is_ascii_alphabetic()) {
        stem.insert_str(0, "value_");
    }
    stem.truncate(limits::KEY_CHARACTERS - 4);
    let mut key = stem.clone();
    let mut number = 2_usize;
    while taken.contains(&key) {
        key = format!("{stem}_{number}");
        number += 1;
    }
    key
}
