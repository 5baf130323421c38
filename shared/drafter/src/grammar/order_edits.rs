//! Changes of the entry order: to the market, its price, how long it waits.

use super::cursor::Cursor;
use super::editor::Editor;
use super::edits::{Outcome, missing, said};
use super::names::Class;
use super::orders;
use super::reading::Reading;
use super::removals::removal;
use super::scene::Side;
use ports::drafter::DraftFailure;
use serde_json::Value as Json;

/// `market orders instead of the limit`, `leave the order in for 5 bars`, `put the limit at vwap`.
pub(crate) fn order(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if market(cursor) || given_up(cursor, reading, editor) {
        return to_market(&said(reading, from, cursor.at), editor);
    }
    if ordered(editor).is_empty() {
        return None;
    }
    let mut probe = *cursor;
    if let Some(bars) = orders::expiry(&mut probe, &reading.scene) {
        *cursor = probe;
        return Some(set_all(editor, "expires_bars", &Json::from(bars), &said(reading, from, cursor.at)));
    }
    let mut probe = *cursor;
    let _ = probe.eat("put|move|set|place|change");
    // "put the stop at the 50 EMA" speaks of the stop loss.
    if probe.eat("the limit|order price|order?") || probe.eat("the stop price|order|entry") {
        let _ = probe.eat("at|to|on");
        let price = super::value::value(&mut probe, &reading.scene)?;
        if !matches!(price.class, Class::Price | Class::Level(_) | Class::Average) {
            return None;
        }
        *cursor = probe;
        return Some(set_all(editor, "price", &Json::from(price.text), &said(reading, from, cursor.at)));
    }
    None
}

/// Sides whose entry is an order at a price.
fn ordered(editor: &Editor<'_>) -> Vec<Side> {
    let is_order = |side: &Side| editor.at(&format!("/entry/{}", side.key())).is_some_and(Json::is_object);
    editor.sides().into_iter().filter(is_order).collect()
}

fn set_all(editor: &mut Editor<'_>, key: &str, value: &Json, phrase: &str) -> Result<(), DraftFailure> {
    for side in ordered(editor) {
        editor.set(&format!("/entry/{}/{key}", side.key()), value.clone(), phrase)?;
    }
    Ok(())
}

/// `market orders`, `at market`, `at the market instead of the limit`.
fn market(cursor: &mut Cursor<'_>) -> bool {
    let mut probe = *cursor;
    let _ = probe.eat("use|switch|enter|change|buy|go|make");
    let _ = probe.eat("it|in|the|entry|entries|them|orders");
    let _ = probe.eat("to|with|at|a|on");
    let mut at = *cursor;
    let found = probe.eat("the? market order|orders|entries|entry|price")
        || at.eat("at the? market") && !at.sees("open|close|hours|is|opens|closes") && {
            probe = at;
            true
        };
    if !found {
        return false;
    }
    let mut rest = probe;
    if rest.eat("instead|rather") || rest.eat("not") {
        let of = rest.eat("of|than");
        let _ = rest.eat("the|a|at|with|my|any");
        let _ = rest.eat("limit|stop|limits|stops|order|orders") && rest.eat("orders|order|entry|entries|price");
        if of || rest.at > probe.at {
            probe = rest;
        }
    }
    *cursor = probe;
    true
}

/// `forget the limit`, `no more stop orders`: of a kind that is there.
fn given_up(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &Editor<'_>) -> bool {
    let mut probe = *cursor;
    if !super::everyday::begins(reading, probe.at) || !(removal(&mut probe) || probe.eat("skip|without|never the|a?")) {
        return false;
    }
    let kind = if probe.eat("limit|limits orders|order|entry|entries|price?") {
        "limit"
    } else if probe.eat("stop order|orders|entry|entries") {
        "stop"
    } else {
        return false;
    };
    let known = ordered(editor)
        .iter()
        .any(|side| editor.at(&format!("/entry/{}/order", side.key())).and_then(Json::as_str) == Some(kind));
    if !(known || turned(editor)) || !super::everyday::ends(&probe) {
        return false;
    }
    *cursor = probe;
    true
}

/// True where this change made the entries market orders already.
fn turned(editor: &Editor<'_>) -> bool {
    editor
        .touched
        .iter()
        .any(|(pointer, value, _)| matches!(pointer.as_str(), "/entry/long" | "/entry/short") && value.is_string())
}

fn to_market(phrase: &str, editor: &mut Editor<'_>) -> Outcome {
    let sides = ordered(editor);
    if sides.is_empty() {
        return if turned(editor) { Some(Ok(())) } else { missing("stop or limit order") };
    }
    for side in sides {
        let when = editor.entry(side).unwrap_or_default();
        if editor.at(&format!("/entry/{}/order", side.key())).and_then(Json::as_str) == Some("stop") {
            // What breaks out is the order: without it the rule only says where the price is before.
            return Some(Err(DraftFailure::new(
                format!("\"{phrase}\": without its stop order the {} entry has no break", side.key()),
                "describe the entry at the market whole, for example \"new long entry: close crosses above …\"",
            )));
        }
        if let Err(failure) = editor.set(&format!("/entry/{}", side.key()), Json::from(when), phrase) {
            return Some(Err(failure));
        }
    }
    Some(Ok(()))
}
