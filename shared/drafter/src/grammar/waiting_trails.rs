//! What a trail waits for, said before it or as its start: `after 1.5R trail 3 ATR`, `start trailing at 2R`, `trail 30 after
//! 60`.

use super::cursor::Cursor;
use super::distance::distance;
use super::editor::Editor;
use super::edits::{Outcome, missing, said};
use super::everyday::{begins, ends};
use super::reading::Reading;
use super::scene::Scene;
use serde_json::{Map, Value as Json};

/// `after +1.5R start trailing 3 ATR`: the distance, where a trail follows.
pub(crate) fn early(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Map<String, Json>> {
    let mut probe = *cursor;
    let _ = probe.eat("and|then|but");
    if !probe.eat("after|once|when|at|from|upon") {
        return None;
    }
    profit_lead(&mut probe);
    let found = scene.attempt(|| distance(&mut probe, scene))?;
    profit_tail(&mut probe);
    probe.eat(",");
    let _ = probe.eat("then|i|we|the");
    let _ = probe.eat("start|begin|activate|switch|change|go|use|put|set|move|turn|i|we on|to|in|the|a|stop?");
    let _ = probe.eat("to|on|the|a");
    let mut trail = probe;
    let named = trail.sees("trail|trailing|trails")
        || trail.sees("the|my|a stop trails|trail")
        || scene.attempt(|| distance(&mut trail, scene)).is_some() && trail.sees("trail|trailing");
    if !named {
        return None;
    }
    *cursor = probe;
    Some(found)
}

/// `once we are up`, before an amount.
fn profit_lead(probe: &mut Cursor<'_>) {
    let _ = probe.eat("we|it|its|i|price|trade|reaching|the|position|being|a|profit|hitting");
    let _ = probe.eat("are|is|am|reaches|trade|hits|gets|moves|goes|profit|price|position|of");
    let _ = probe.eat("up|is|reaches|hits|in|by|at|to|of");
    let _ = probe.eat("by|to|at|a");
    probe.eat("+");
}

fn profit_tail(probe: &mut Cursor<'_>) {
    let _ = probe.eat("of|in profit|gain|my|our|the? favor|favour|green?")
        || probe.eat("profit|gain|up|reached|hit|is hit|reached?")
        || probe.eat("to the good");
}

/// `start trailing at 1R`: the number is where it starts, not how far it trails.
pub(crate) fn starts(cursor: &Cursor<'_>) -> bool {
    let mut probe = *cursor;
    let _ = probe.eat("and|then|also|only");
    let _ = probe.eat("start|begin|activate|starting|beginning|activating the|my|a?");
    let led = probe.at > cursor.at
        && cursor.tokens.get(cursor.at..probe.at).unwrap_or_default().iter().any(|token| {
            token.word().is_some_and(|word| ["start", "begin", "activ"].iter().any(|stem| word.starts_with(stem)))
        });
    led && probe.eat("trailing|trail stop? loss?") && probe.sees("at|after|once|when|from")
}

/// `trail 30 after 60`: both in points where neither has a unit.
pub(crate) fn bare_after(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Map<String, Json>> {
    let mut probe = *cursor;
    let trail = probe.number()?;
    if !probe.eat("after|once|when we|it|im|i|price? is|are|am? up|reaches|hits? a|by|+?") {
        return None;
    }
    let mut told = probe;
    if let Some(after) = scene.attempt(|| distance(&mut told, scene)) {
        // "trail 70 after 100 points": one unit for both.
        let unit = ["points", "ticks", "percent"].into_iter().find(|unit| after.contains_key(*unit))?;
        profit_tail(&mut told);
        if !told.is_pause_or_joint() {
            return None;
        }
        *cursor = told;
        let mut found = super::plain_exits::in_unit(trail, unit, scene);
        found.insert("activate_after".to_owned(), Json::Object(after));
        return Some(found);
    }
    let after = probe.number()?;
    if !probe.is_pause_or_joint() {
        return None;
    }
    *cursor = probe;
    let mut found = super::plain_exits::points(trail, scene);
    found.insert("activate_after".to_owned(), Json::Object(super::plain_exits::points(after, scene)));
    Some(found)
}

/// `after +35 BE`: points, right before the word.
pub(crate) fn bare_even(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Map<String, Json>> {
    let mut probe = *cursor;
    let after = probe.number()?;
    let mut even = probe;
    even.eat(",");
    if !(even.sees("be|breakeven") || even.sees("break even") || even.sees("move|go|stop|sl to|the|stop|be|sl")) {
        return None;
    }
    *cursor = probe;
    Some(super::plain_exits::points(after, scene))
}

/// `start the trail at 2R`, `start it at 2R` behind a trail: when the known trail begins.
pub(crate) fn trail_start(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) {
        return None;
    }
    let _ = cursor.eat("have|make|let|only|but|dont");
    let verb = cursor.eat("start|begin|activate|starting|activating|kick|starts|begins|activates");
    let named = named_trail(cursor) || verb && cursor.eat("it|that") && trail_before(reading, from);
    let verb =
        verb || cursor.eat("start|starts|begin|begins|activate|activates|kick|kicks|should start|begin|activate?");
    let _ = cursor.eat("in|only|to|it");
    if !named || !(verb && cursor.eat("at|after|once|when|from|until|till") || cursor.eat("after|once")) {
        return None;
    }
    profit_lead(cursor);
    let found = reading.scene.attempt(|| distance(cursor, &reading.scene))?;
    profit_tail(cursor);
    let old = cursor.eat("instead|rather of|than") || cursor.eat("not");
    if old {
        let known = editor.at("/exit/trailing_stop/activate_after").and_then(Json::as_object).cloned();
        let was = reading.scene.attempt(|| distance(cursor, &reading.scene))?;
        if known.as_ref() != Some(&was) {
            return missing("trailing stop that starts there");
        }
    }
    cursor.eat("instead");
    if !ends(cursor) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    if editor.at("/exit/trailing_stop").is_none() {
        return missing("trailing stop");
    }
    Some(editor.set("/exit/trailing_stop/activate_after", Json::Object(found), &phrase))
}

fn named_trail(cursor: &mut Cursor<'_>) -> bool {
    cursor.eat("the|my|a? trailing|trail stop|exit? loss?")
}

/// True where the words before speak of the trail.
fn trail_before(reading: &Reading<'_>, from: usize) -> bool {
    let before = reading.tokens.get(..from).unwrap_or_default().iter().rev();
    let mut sentence = before.take_while(|token| !['.', ';', '\n'].iter().any(|mark| token.is_mark(*mark)));
    sentence.any(|token| matches!(token.word(), Some("trail" | "trailing")))
}

/// Puts what was said before the trail into it; nothing where the trail names another start.
pub(crate) fn waiting(found: Option<Map<String, Json>>, trail: &mut Map<String, Json>) -> Option<()> {
    let Some(after) = found else { return Some(()) };
    if trail.contains_key("activate_after") {
        return None;
    }
    trail.insert("activate_after".to_owned(), Json::Object(after));
    Some(())
}
