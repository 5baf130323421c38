//! A part of the document that a phrase states: where it goes and what goes there.

use super::cursor::Cursor;
use super::scene::{Scene, Side};
use serde_json::{Map, Value as Json};

/// How a setting joins what is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    /// Stating it twice with different values is a contradiction.
    Only,
    /// One more of a list: windows.
    List,
    /// Keys of an object: costs.
    Keys,
    /// One end of the trading window: all of them hold.
    Bound,
    /// A list of windows of which every one traded must be part: what is left when hours are taken out.
    Except,
}

/// A part of the document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Setting {
    /// JSON pointer; of an exit without its side.
    pub(crate) pointer: String,
    pub(crate) value: Json,
    /// The side it is said for.
    pub(crate) side: Option<Side>,
    pub(crate) join: Join,
}

impl Setting {
    pub(crate) fn value(pointer: &str, value: Json) -> Self {
        Self { pointer: pointer.to_owned(), value, side: None, join: Join::Only }
    }

    pub(crate) fn listed(pointer: &str, value: Json) -> Self {
        Self { join: Join::List, ..Self::value(pointer, value) }
    }

    pub(crate) fn keys(pointer: &str, value: Json) -> Self {
        Self { join: Join::Keys, ..Self::value(pointer, value) }
    }

    pub(crate) fn distance(key: &str, side: Option<Side>, distance: Map<String, Json>) -> Self {
        Self { side, ..Self::value(&format!("/exit/{key}"), Json::Object(distance)) }
    }
}

/// Reads settings at a place, or nothing.
pub(crate) type SettingReader = fn(&mut Cursor<'_>, &Scene<'_>) -> Option<Vec<Setting>>;
