//! Reading JSON objects with places: unknown keys and wrong types become diagnostics.

use crate::diagnostic::{Diagnostic, Problems, nearest};
use serde_json::{Map, Value};

/// An object of the document with its JSON pointer.
#[derive(Clone)]
pub(super) struct Fields<'a> {
    pub(super) pointer: String,
    map: &'a Map<String, Value>,
}

/// `pointer/key`, escaped as JSON pointers are.
pub(super) fn child(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

impl<'a> Fields<'a> {
    /// `value` as an object whose keys are all in `known`; `what` names it in messages.
    pub(super) fn read(
        value: &'a Value,
        pointer: &str,
        what: &str,
        known: &[&str],
        problems: &mut Problems,
    ) -> Option<Self> {
        let Some(map) = value.as_object() else {
            problems.push(
                Diagnostic::new("wrong_type", pointer, format!("{what} must be an object"))
                    .quoting(&value.to_string())
                    .help(format!("Its keys: {}.", known.join(", "))),
            );
            return None;
        };
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            let help = nearest(key, known.iter().copied()).map_or_else(
                || format!("Known keys: {}.", known.join(", ")),
                |near| format!("Did you mean \"{near}\"? Known keys: {}.", known.join(", ")),
            );
            problems.push(
                Diagnostic::new("unknown_key", &child(pointer, key), format!("{what} has no key of this name"))
                    .quoting(key)
                    .help(help),
            );
        }
        Some(Self { pointer: pointer.to_owned(), map })
    }

    /// The value at `key` with its pointer; null counts as absent.
    pub(super) fn get(&self, key: &str) -> Option<(&'a Value, String)> {
        self.map.get(key).filter(|value| !value.is_null()).map(|value| (value, child(&self.pointer, key)))
    }

    /// True when `key` has a value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The text at `key`; another type is a problem.
    pub(super) fn text(&self, key: &str, problems: &mut Problems) -> Option<(&'a str, String)> {
        let (value, pointer) = self.get(key)?;
        let Some(text) = value.as_str() else {
            problems.push(
                Diagnostic::new("wrong_type", &pointer, format!("`{key}` must be text")).quoting(&value.to_string()),
            );
            return None;
        };
        Some((text, pointer))
    }

    /// The one key of `choices` that is given; none or several is a problem (`required` decides about none).
    pub(super) fn exactly_one(
        &self,
        choices: &[&'static str],
        what: &str,
        required: bool,
        problems: &mut Problems,
    ) -> Option<&'static str> {
        let given: Vec<&'static str> = choices.iter().copied().filter(|key| self.has(key)).collect();
        match given.as_slice() {
            [one] => Some(one),
            [] if !required => None,
            [] => {
                problems.push(
                    Diagnostic::new("exactly_one", &self.pointer, format!("{what} is missing"))
                        .help(format!("Give exactly one of {}.", choices.join(", "))),
                );
                None
            }
            several => {
                problems.push(
                    Diagnostic::new(
                        "exactly_one",
                        &self.pointer,
                        format!("{what} is given {} ways: {}", several.len(), several.join(", ")),
                    )
                    .help(format!("Keep exactly one of {}.", choices.join(", "))),
                );
                None
            }
        }
    }
}
