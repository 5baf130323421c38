//! Changes as they are said in passing: `trail 3 ATR not 4`, `friday is ok too`, `exit at 70`, `stop stays`.

use super::calls::sides;
use super::change::keep;
use super::cursor::Cursor;
use super::distance::number;
use super::editor::Editor;
use super::edits::{Outcome, missing, said};
use super::names::{self, Class};
use super::opposite_crosses::crossed_back;
use super::reading::Reading;
use super::removals::{set_days, weekdays};
use super::token::{Kind, Token};
use ports::drafter::DraftFailure;
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

/// What a share of an exit is measured in.
const UNITS: [&str; 6] = ["points", "ticks", "percent", "money", "atr", "r"];

/// True where a change begins: the start, a pause, a joint.
pub(crate) fn begins(reading: &Reading<'_>, at: usize) -> bool {
    at.checked_sub(1).and_then(|before| reading.tokens.get(before)).is_none_or(|before| match &before.kind {
        Kind::Mark(mark) => matches!(mark, ',' | '.' | ';' | '\n' | ':' | '&' | '!'),
        Kind::Word(word) => matches!(word.as_str(), "and" | "also" | "please" | "but" | "then" | "just" | "now"),
        Kind::Number(_) | Kind::Clock(_) => false,
    })
}

/// True where a change ends and nothing behind it narrows it.
pub(crate) fn ends(cursor: &Cursor<'_>) -> bool {
    let mut probe = *cursor;
    if !probe.is_pause() && !probe.sees("and|please|pls|then") {
        return false;
    }
    let _ = probe.eat(",|and|then");
    let _ = probe.eat("and|then");
    !probe.sees("but|only|except|unless|if|when|while|before|after|until|from|between|for|on|with|as|during|once|in")
}

/// `trail 3 ATR not 4`, `stop 15 points rather than 20`: the new distance beside the one it replaces.
pub(crate) fn corrected(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) {
        return None;
    }
    let assumed = reading.scene.assumptions.borrow().len();
    let found = super::exits::exit(cursor, &reading.scene);
    reading.scene.assumptions.borrow_mut().truncate(assumed);
    let settings = found?;
    let [setting] = settings.as_slice() else { return None };
    let pointer = setting.pointer.clone();
    let amount = |value: &Json| value.get("after").unwrap_or(value).clone();
    let key = UNITS.into_iter().find(|key| amount(&setting.value).get(*key).is_some())?;
    if setting.side.is_some()
        || !["/exit/stop_loss", "/exit/take_profit", "/exit/trailing_stop", "/exit/break_even"]
            .contains(&pointer.as_str())
    {
        return None;
    }
    let _ = cursor.eat(",");
    if !(cursor.eat("not") || cursor.eat("instead|rather of|than") || cursor.eat("down|up from")) {
        return None;
    }
    cursor.eat("the|a|$");
    let old = cursor.number()?;
    cursor.eat("x");
    let measured = cursor.eat("points|point|pts|pt|ticks|tick|atr|atrs|r|%|percent|dollars");
    if !ends(cursor) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let known = editor.at(&pointer).and_then(|value| amount(value).get(key).cloned());
    // "3R, not 40 points": in another unit.
    let was = editor
        .at(&pointer)
        .is_some_and(|value| UNITS.iter().any(|unit| amount(value).get(*unit) == Some(&number(old))));
    if known.as_ref() != Some(&number(old)) && !(measured && known.is_none() && was) {
        return missing(&format!("{} of {old}", pointer.trim_start_matches("/exit/").replace('_', " ")));
    }
    let mut value = setting.value.clone();
    if pointer == "/exit/trailing_stop" {
        keep(editor, &mut value, &["activate_after", "basis"]);
    }
    if let (Some(offset), Some(map)) = (editor.at("/exit/break_even/offset").cloned(), value.as_object_mut())
        && pointer == "/exit/break_even"
    {
        map.entry("offset").or_insert(offset);
    }
    Some(editor.set(&pointer, value, &phrase))
}

/// `just 2R for the whole thing`: one target in place of those there were.
pub(crate) fn whole_target(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) {
        return None;
    }
    for _ in 0..3 {
        cursor.eat("just|only|simply|use|make|take|it|a|one|single|go|with|have");
    }
    let distance = reading.scene.attempt(|| {
        let distance = super::distance::distance(cursor, &reading.scene)?;
        let target = cursor.eat("profit? target|tp|exit") || distance.contains_key("r");
        let whole = cursor.eat("for|on the|my? whole|entire|full thing|position|trade|size|lot|amount");
        (target && whole && ends(cursor)).then_some(distance)
    })?;
    let phrase = said(reading, from, cursor.at);
    let gone = "without partial exits the last target closes the whole position";
    reading.scene.assumptions.borrow_mut().retain(|sentence| sentence != gone);
    Some(editor.set("/exit/take_profit", Json::Object(distance), &phrase))
}

/// `exit at 70` where the exit is an oscillator at another number.
pub(crate) fn exit_level(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from)
        || !(cursor.eat("exit|exits|sell|out at|above|over|below|under") || cursor.eat("get out at"))
    {
        return None;
    }
    let way = cursor.tokens.get(cursor.at - 1).and_then(Token::word).unwrap_or_default();
    let new = cursor.number()?;
    let instead = cursor.eat("instead of|");
    let old = if instead { Some(cursor.number()?) } else { None };
    cursor.eat("instead");
    // Up to 24 it may be an hour.
    if !ends(cursor) || new <= Decimal::from(24) || new > Decimal::ONE_HUNDRED {
        return None;
    }
    let mut found: Vec<(String, String, String, String)> = Vec::new();
    for pointer in ["/exit/long", "/exit/short"] {
        let Some(text) = editor.at(pointer).and_then(Json::as_str) else { continue };
        let (left, operator, right) = sides(text)?;
        let plain = right.parse::<Decimal>().is_ok() && !left.contains(" and ") && !left.contains(" or ");
        let bounded = ["rsi(", "stoch", "mfi("].iter().any(|row| left.starts_with(row));
        if !plain || !bounded || old.is_some_and(|old| right.parse() != Ok(old)) {
            return None;
        }
        found.push((pointer.to_owned(), left.to_owned(), operator.to_owned(), right.to_owned()));
    }
    let (_, left, operator, right) = found.first()?.clone();
    let up = operator.contains('>') || operator.contains("above");
    let other_way = matches!(way, "above" | "over") && !up || matches!(way, "below" | "under") && up;
    if found.iter().any(|(_, other, same, level)| (other, same, level) != (&left, &operator, &right)) || other_way {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let renamed = |left: &str| renumbered_before(reading, from, left).unwrap_or_else(|| left.to_owned());
    reading.scene.assume(format!("\"{phrase}\" is read as the level of {}", renamed(&left)));
    for (pointer, left, operator, _) in found {
        let left = renamed(&left);
        if let Err(failure) = editor.set(&pointer, Json::from(format!("{left}{operator}{new}")), &phrase) {
            return Some(Err(failure));
        }
    }
    Some(Ok(()))
}

/// "RSI 2 under 10 instead, exit over 70": the number that the same text gives the oscillator.
fn renumbered_before(reading: &Reading<'_>, from: usize, left: &str) -> Option<String> {
    let (row, old) = left.strip_suffix(')')?.split_once('(')?;
    old.parse::<Decimal>().ok()?;
    let named = (0..from).rev().find(|at| reading.tokens.get(*at).and_then(Token::word) == Some(row))?;
    let mut cursor = Cursor::new(&reading.tokens, named + 1);
    let number = cursor.one("( # )").or_else(|| cursor.number())?;
    let compared = cursor.sees("under|below|over|above|<|>|crosses|is|drops|falls|rises|instead|dips|at|≤|≥");
    compared.then(|| format!("{row}({})", number.normalize()))
}

/// `friday is ok too`, `mondays are fine`: days added to those allowed.
pub(crate) fn days_allowed(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) {
        return None;
    }
    let _ = cursor.eat("trading|trades on?");
    let added = super::weekdays::days(cursor)?;
    if !(cursor.eat("is|are ok|okay|fine|allowed|good|alright|in|back") || cursor.eat("ok|okay|fine|allowed|alright")) {
        return None;
    }
    let _ = cursor.eat("to trade");
    let _ = cursor.eat("too|also|again|now|in|on|as|back");
    let _ = cursor.eat("well|too|again|now");
    if !ends(cursor) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let mut allowed = weekdays(editor);
    for (slot, new) in allowed.iter_mut().zip(added) {
        *slot |= new;
    }
    Some(set_days(editor, allowed, &phrase))
}

/// `get out when macd crosses back`: the cross of the entry the other way round.
pub(crate) fn cross_back(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) {
        return None;
    }
    let _ = cursor.eat("add|also : an? exit?") || cursor.eat("add an? exit?");
    if !(cursor.eat("exit|close|sell|cover the|my? trade|position|it?") || cursor.eat("get|bail out"))
        && cursor.at == from
    {
        return None;
    }
    if !cursor.eat("when|if|once|whenever|on") {
        return None;
    }
    cursor.eat("the");
    let row = names::indicator(cursor).map(|name| name.row);
    if row.is_none() && !cursor.eat("it|they|price|lines") {
        return None;
    }
    let _ = cursor.eat("line|lines");
    if !cursor.eat("crosses|cross back") {
        return None;
    }
    let _ = cursor.eat("the other way|direction")
        || cursor.eat("in the other|opposite direction")
        || cursor.eat("again|over");
    if !ends(cursor) {
        return None;
    }
    crossed_back(&said(reading, from, cursor.at), row, editor)
}

/// `stop stays`, `everything else as is`: said so, and so it must be.
pub(crate) fn stays(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) {
        return None;
    }
    let verb = cursor.eat("keep|leave");
    cursor.eat("the|my|all");
    let pointer = if cursor.eat("everything|all|rest else?") || cursor.eat("other|others settings|rules|things?") {
        None
    } else {
        Some(super::exit_edits::exit_named(cursor)?)
    };
    const SAME: [&str; 4] =
        ["as it? is|was|are|they|before are?", "the same", "unchanged|alone|put|same|intact|untouched", "where it is"];
    let same = if verb {
        let _ = SAME.iter().any(|words| cursor.eat(words));
        true
    } else if cursor.eat("stays|stay|remains|remain") {
        let _ = SAME.iter().any(|words| cursor.eat(words));
        true
    } else {
        let _ = cursor.eat("is|are");
        SAME.iter().any(|words| cursor.eat(words))
    };
    if !same
        || !ends(cursor)
        || cursor.sees("and|,")
            && !cursor.sees(",|and and|change|set|use|add|no|move|stop|target|trail|only|drop|remove|make")
    {
        return None;
    }
    let Some((pointer, name)) = pointer else { return Some(Ok(())) };
    let phrase = said(reading, from, cursor.at);
    let Some(known) = editor.at(pointer).cloned() else { return missing(name) };
    if editor.touched.iter().any(|(touched, _, _)| touched.starts_with(pointer)) {
        return Some(Err(DraftFailure::new(
            format!("the {name} is changed, and \"{phrase}\" is asked for"),
            "say which one holds",
        )));
    }
    editor.touched.push((pointer.to_owned(), known, phrase));
    Some(Ok(()))
}

/// `make the stop half of what it is`, `make the stop half as wide`, `the target should be half of it`.
pub(crate) fn halved(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let led = cursor.eat("make|set|widen|want|need the|my?");
    let _ = cursor.eat("the|my");
    let (pointer, name) = super::exit_edits::exit_named(cursor)?;
    let _ = cursor.eat("so that? it|its is|be?");
    if !cursor.eat("should|must|to? be") && !led {
        return None;
    }
    let factor = if cursor.eat("half") {
        Decimal::new(5, 1)
    } else if cursor.eat("twice|double") {
        Decimal::TWO
    } else {
        return None;
    };
    let told = cursor.eat("of? what it is|was now?")
        || cursor.eat("of? it|that")
        || cursor.eat("as wide|big|large|far|tight|much")
        || cursor.eat("the size");
    let _ = told && (cursor.eat("as it is|was now?") || cursor.eat("as now|before"));
    if !told || !ends(cursor) || cursor.tokens.get(cursor.at - 1).and_then(Token::word) == Some("tight") {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let Some(before) = editor.at(pointer).cloned() else { return missing(name) };
    let after = super::exit_edits::scaled(&before, factor)?;
    Some(editor.set(pointer, after, &phrase))
}

/// `swap the stop and the target`: each at the other's distance.
pub(crate) fn exchanged(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let either = |cursor: &mut Cursor<'_>| {
        cursor.eat("stop loss? and|& the? target|tp") || cursor.eat("target|tp and|& the? stop loss?")
    };
    if !cursor.eat("swap|exchange|switch the?") || !either(cursor) {
        return None;
    }
    let _ = cursor.eat("around|distances|sizes|values");
    if !ends(cursor) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let plain = |value: &Json| {
        UNITS.iter().any(|key| *key != "r" && value.get(*key).is_some()) && value.get("fraction").is_none()
    };
    let (stop, target) = (editor.at("/exit/stop_loss").cloned(), editor.at("/exit/take_profit").cloned());
    let (Some(stop), Some(target)) = (stop.filter(plain), target.filter(plain)) else {
        return missing("stop and target at distances of their own");
    };
    if let Err(failure) = editor.set("/exit/stop_loss", json!(target), &phrase) {
        return Some(Err(failure));
    }
    Some(editor.set("/exit/take_profit", json!(stop), &phrase))
}

/// True for an average.
pub(crate) fn is_average(name: &names::Name) -> bool {
    name.class == Class::Average
}
