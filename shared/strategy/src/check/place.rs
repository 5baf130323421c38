//! The places of a document that hold a tunable number: a literal or a `$key`, with what the place demands of it.

use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::rules::Amount;
use crate::syntax::Span;
use crate::value::{ParameterKind, ParameterValue, json_decimal, parse_time};
use rust_decimal::Decimal;
use serde_json::Value;

use super::Checker;

/// Where inside the value at a place's pointer its number stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Characters of an expression.
    Expression(Span),
    /// The whole JSON value.
    Whole,
    /// The start of a `"HH:MM-HH:MM"` window.
    WindowStart,
    /// Its end.
    WindowEnd,
}

/// What a place holds as written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Written {
    Literal(ParameterValue),
    Key(String),
}

/// What a place demands and how its parameter is named.
#[derive(Debug, Clone)]
pub(crate) struct Demand {
    pub(crate) kind: ParameterKind,
    pub(crate) least: Option<Decimal>,
    pub(crate) most: Option<Decimal>,
    /// Stem of a lifted parameter's key, for example `rsi_period`.
    pub(crate) role: String,
    pub(crate) category: &'static str,
}

impl Demand {
    pub(crate) fn integer(role: &str, least: u32, most: u32, category: &'static str) -> Self {
        Self {
            kind: ParameterKind::Integer,
            least: Some(least.into()),
            most: Some(most.into()),
            role: role.to_owned(),
            category,
        }
    }

    pub(crate) fn decimal(role: &str, category: &'static str) -> Self {
        Self { kind: ParameterKind::Decimal, least: None, most: None, role: role.to_owned(), category }
    }

    /// A decimal above zero; the bound is the smallest number a document can hold.
    pub(crate) fn positive(role: &str, category: &'static str) -> Self {
        Self { least: Some(Decimal::new(1, 9)), ..Self::decimal(role, category) }
    }

    pub(crate) fn time(role: &str, category: &'static str) -> Self {
        Self { kind: ParameterKind::TimeOfDay, ..Self::decimal(role, category) }
    }

    pub(crate) fn at_most(mut self, most: i64) -> Self {
        self.most = Some(most.into());
        self
    }

    /// A sentence when `value` lies outside the bounds.
    pub(crate) fn refuses(&self, value: &ParameterValue) -> Option<String> {
        out_of_bounds(value, self.least, self.most)
    }
}

/// A sentence when `value` lies outside `least` … `most`.
pub(crate) fn out_of_bounds(value: &ParameterValue, least: Option<Decimal>, most: Option<Decimal>) -> Option<String> {
    let number = value.to_decimal();
    let tiny = Decimal::new(1, 9);
    if let Some(least) = least.filter(|least| number < *least) {
        return Some(if least == tiny {
            format!("{value} must be above 0")
        } else {
            format!("{value} is below the least value {}", least.normalize())
        });
    }
    most.filter(|most| number > *most).map(|most| format!("{value} is above the limit of {}", most.normalize()))
}

/// One place.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) pointer: String,
    pub(crate) slot: Slot,
    pub(crate) demand: Demand,
    /// The call it belongs to, literals as values and parameters as keys: equal text shares a key.
    pub(crate) shared: String,
    /// The same with every value filled in: how a later version recognises it.
    pub(crate) matched: String,
    pub(crate) written: Written,
}

impl Checker<'_> {
    /// Records a place and returns its amount.
    pub(super) fn place(&mut self, place: Place) -> Amount {
        self.places.push(place);
        Amount::Place(self.places.len() - 1)
    }

    /// The number at a JSON place: a literal, or `"$key"`.
    pub(super) fn amount(&mut self, value: &Value, pointer: &str, demand: Demand) -> Option<Amount> {
        self.amount_of_call(value, pointer, demand, None)
    }

    /// The same as part of a call written as keys: `call` is what stands before and after it (`atr(` and `)`).
    pub(super) fn amount_of_call(
        &mut self,
        value: &Value,
        pointer: &str,
        demand: Demand,
        call: Option<(&str, &str)>,
    ) -> Option<Amount> {
        let written = self.written(value, pointer, demand.kind)?;
        if let Written::Literal(literal) = &written
            && let Some(message) = demand.refuses(literal)
        {
            self.problems.push(Diagnostic::new("value_range", pointer, message).quoting(&value.to_string()));
            return None;
        }
        let signature = |parameter: String| match call {
            Some((before, after)) => format!("{before}{parameter}{after} @{}", demand.role),
            None => format!("{pointer} {parameter}"),
        };
        let (shared, matched) = match &written {
            Written::Literal(literal) => (signature(literal.to_string()), signature(literal.to_string())),
            Written::Key(key) => (signature(format!("${key}")), signature(self.declared_text(key))),
        };
        Some(self.place(Place { pointer: pointer.to_owned(), slot: Slot::Whole, demand, shared, matched, written }))
    }

    fn written(&mut self, value: &Value, pointer: &str, kind: ParameterKind) -> Option<Written> {
        if let Some(key) = value.as_str().and_then(|text| text.strip_prefix('$')) {
            return Some(Written::Key(key.to_owned()));
        }
        match ParameterValue::parse(value, kind) {
            Ok(literal) => Some(Written::Literal(literal)),
            Err(message) => {
                let help = match kind {
                    ParameterKind::TimeOfDay => {
                        "Write \"HH:MM\" in the strategy's time zone, or \"$key\" of a parameter."
                    }
                    ParameterKind::Integer | ParameterKind::Decimal => {
                        "Write a number without quotes, or \"$key\" of a parameter."
                    }
                };
                self.problems.push(Diagnostic::new("wrong_type", pointer, message).help(help));
                None
            }
        }
    }

    /// A `"HH:MM-HH:MM"` window; each end may be `$key`.
    pub(super) fn window(&mut self, text: &str, pointer: &str, stem: &str) -> Option<(Amount, Amount)> {
        let ends: Vec<&str> = text.split('-').map(str::trim).collect();
        let [start, end] = ends.as_slice() else {
            self.problems.push(
                Diagnostic::new("wrong_type", pointer, "a window is two times joined by `-`")
                    .quoting(text)
                    .help("For example \"09:30-11:00\"."),
            );
            return None;
        };
        if start == end {
            self.problems.push(
                Diagnostic::new("value_range", pointer, "the window is empty: it ends when it starts")
                    .quoting(text)
                    .help("For a whole day write \"00:00-24:00\"."),
            );
            return None;
        }
        let from = self.window_end(start, pointer, stem, Slot::WindowStart);
        let to = self.window_end(end, pointer, stem, Slot::WindowEnd);
        Some((from?, to?))
    }

    fn window_end(&mut self, text: &str, pointer: &str, stem: &str, slot: Slot) -> Option<Amount> {
        let role = if slot == Slot::WindowStart { format!("{stem}_start") } else { format!("{stem}_end") };
        let written = match (text.strip_prefix('$'), parse_time(text)) {
            (Some(key), _) => Written::Key(key.to_owned()),
            (None, Some(minutes)) => Written::Literal(ParameterValue::TimeOfDay(minutes)),
            (None, None) => {
                self.problems.push(
                    Diagnostic::new("wrong_type", pointer, "this is not a time of day")
                        .quoting(text)
                        .help("Write \"HH:MM\", for example \"09:30-11:00\"."),
                );
                return None;
            }
        };
        let signature = format!("{pointer} {role}");
        let demand = Demand::time(&role, "filter");
        Some(self.place(Place {
            pointer: pointer.to_owned(),
            slot,
            demand,
            shared: signature.clone(),
            matched: signature,
            written,
        }))
    }

    /// The declared value of `key` as text, for recognising calls.
    pub(super) fn declared_text(&self, key: &str) -> String {
        self.declared.iter().find(|declared| declared.key == key).map_or_else(String::new, |declared| {
            let value = &declared.value;
            let number = || json_decimal(value).map_or_else(|| value.to_string(), |value| value.to_string());
            value.as_str().map_or_else(number, str::to_owned)
        })
    }
}

/// True for a well-formed parameter key.
pub(super) fn is_key(text: &str) -> bool {
    text.len() <= limits::KEY_CHARACTERS
        && text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}
