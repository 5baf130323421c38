//! Changes that name what was: "use 3R instead of 2R", "risk half a percent not one", "take the ADX thing out".

use super::clock;
use super::cursor::Cursor;
use super::distance::number;
use super::editor::Editor;
use super::edits::{Outcome, missing, said};
use super::filters::of_day;
use super::reading::Reading;
use super::token::{Kind, Token};
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

/// Puts them into the words the grammar of changes reads.
pub(crate) fn rephrase(tokens: &mut Vec<Token>) {
    let mut at = 0;
    while at < tokens.len() {
        if at.checked_sub(1).is_none_or(|before| Cursor::new(tokens, before).is_pause()) {
            led_by_use(tokens, at);
            taken_out(tokens, at);
            restricted(tokens, at);
        }
        at += 1;
    }
}

/// Leaves out what an amount was where it becomes one of another kind: it says nothing more.
pub(crate) fn without_known(tokens: &mut Vec<Token>) {
    let mut at = 0;
    while at < tokens.len() {
        known_first(tokens, at);
        known_behind(tokens, at);
        known_time(tokens, at);
        at += 1;
    }
}

const UNITS: &str = "points|point|pts|pt|ticks|tick|pips|pip|%|percent";

/// `instead of fixed 20 points use 1.5 ATR for the stop`.
fn known_first(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("instead|rather of|than") {
        return;
    }
    cursor.eat("the|a|my");
    cursor.eat("fixed|flat");
    if cursor.number().is_none() || !cursor.eat(UNITS) {
        return;
    }
    cursor.eat("stop|target");
    cursor.eat(",");
    let behind = |pattern| (cursor.at..cursor.at + 10).any(|place| Cursor::new(tokens, place).sees(pattern));
    let other = behind("atr|%|percent") && behind("stop|sl|target|tp");
    if other && (cursor.sees("use|make|put|have") || cursor.sees("i want")) {
        tokens.drain(at..cursor.at);
    }
}

/// `flat at 15:45 not 15:55`.
fn known_time(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("flat|out|close|exit|done at|by") || clock::time(&mut cursor, true).is_none() {
        return;
    }
    let from = cursor.at;
    cursor.eat(",");
    let corrects = cursor.eat("not|instead|rather of|than?");
    if corrects && clock::time(&mut cursor, true).is_some() && cursor.is_pause() {
        let end = cursor.at;
        tokens.drain(from..end);
    }
}

/// `use 2 ATR for the stop instead of 20 points`: the same behind.
fn known_behind(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let named = cursor.eat("for the? stop|sl|target|tp instead|rather of|than");
    let before = tokens.get(..at).unwrap_or_default().iter().rev().take(8);
    let said = |words: &[&str]| before.clone().any(|token| token.word().is_some_and(|word| words.contains(&word)));
    let named = named || said(&["stop", "sl", "target", "tp"]) && cursor.eat("instead|rather of|than");
    if !named {
        return;
    }
    let measured = said(&["atr"]);
    cursor.eat("the|a|my");
    cursor.eat("fixed|flat");
    if cursor.number().is_none() || !cursor.eat(UNITS) || !measured || !cursor.is_pause() {
        return;
    }
    let end = cursor.at;
    let from = (at..end).find(|place| Cursor::new(tokens, *place).sees("instead|rather")).unwrap_or(end);
    tokens.drain(from..end);
}

/// `use 3R instead of 2R`: the verb says nothing.
fn led_by_use(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("use|try|go|take for|with?") && cursor.sees("# r instead|rather of|than # r") {
        tokens.drain(at..cursor.at);
    }
}

/// `restrict it to the long side`: the other is given up.
fn restricted(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("restrict|limit|confine the? it|this|them|trades|entries|trading|strategy? to the? only?") {
        return;
    }
    let side = if cursor.eat("longs") || cursor.eat("long side|trades|entries|positions|only") {
        "longs"
    } else if cursor.eat("shorts") || cursor.eat("short side|trades|entries|positions|only") {
        "shorts"
    } else {
        return;
    };
    cursor.eat("only");
    if !cursor.is_pause() {
        return;
    }
    let Some(place) = tokens.get(at).map(|token| (token.start, token.end)) else { return };
    let end = cursor.at;
    let words = [side, "only"].map(|word| Token::new(Kind::Word(word.to_owned()), place, false));
    tokens.splice(at..end, words);
}

/// `take the ADX thing out altogether`: what is removed stands behind the verb.
fn taken_out(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("take|throw|leave|cut the|that|my") {
        return;
    }
    let named = cursor.at;
    while cursor.at < named + 4 && !cursor.is_pause() && !cursor.sees("out|off|profit|profits|half|at|when|if|on") {
        cursor.at += 1;
    }
    let end = cursor.at;
    if end == named || !cursor.eat("out") {
        return;
    }
    cursor.eat("altogether|completely|entirely|please");
    if !cursor.is_pause() {
        return;
    }
    let last = cursor.at;
    tokens.drain(end..last);
    if let Some(verb) = tokens.get_mut(at) {
        verb.turned_into(Kind::Word("remove".to_owned()));
    }
}

fn begins(reading: &Reading<'_>, at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| {
        let before = Cursor::new(&reading.tokens, before);
        before.is_pause() || before.sees("and|but|also|please|then")
    })
}

/// `risk half a percent not one`: the risk that was named is the one there is.
pub(crate) fn risk_corrected(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) || !cursor.eat("risk") {
        return None;
    }
    let new = percent(cursor)?;
    cursor.eat(",");
    if !(cursor.eat("not") || cursor.eat("instead|rather of|than")) {
        return None;
    }
    let old = percent(cursor)?;
    if !(cursor.is_pause() || cursor.sees("and")) {
        return None;
    }
    if editor.at("/sizing/risk_percent") != Some(&number(old)) {
        return missing(&format!("risk of {old} percent"));
    }
    let phrase = said(reading, from, cursor.at);
    let most = editor.at("/sizing/max_quantity").cloned();
    let mut value = json!({ "risk_percent": number(new) });
    if let (Some(most), Some(map)) = (most, value.as_object_mut()) {
        map.insert("max_quantity".to_owned(), most);
    }
    Some(editor.set("/sizing", value, &phrase))
}

/// `half a percent`, `0.5%`, `one`.
fn percent(cursor: &mut Cursor<'_>) -> Option<Decimal> {
    let half = cursor.eat("half a|of? a?");
    let amount = if half || cursor.eat("half") { Decimal::new(5, 1) } else { cursor.number()? };
    cursor.eat("%|percent|pct");
    (amount > Decimal::ZERO).then_some(amount)
}

/// `let it trade till 15:59`: the time it is flat, where it only has that.
pub(crate) fn trade_until(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from)
        || !cursor.eat("let|allow|have it|them|trades|this to? trade|run|go|trading on? till|til|until|to")
    {
        return None;
    }
    let time = clock::time(cursor, true)?;
    let time = of_day(&reading.scene, time, None);
    let flat = editor.at("/exit/flatten").and_then(Json::as_str).unwrap_or("24:00");
    // Before it is flat, the hours of the entries are meant.
    if editor.at("/filters/windows").is_some() || time.text().as_str() <= flat {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    Some(editor.set("/exit/flatten", Json::from(time.text()), &phrase))
}
