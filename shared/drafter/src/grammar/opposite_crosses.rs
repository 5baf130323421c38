//! Exits at the cross of the entry the other way round: `exit on the opposite MACD cross`.

use super::calls::{calls, conjuncts, sides};
use super::cursor::Cursor;
use super::document::opposite;
use super::editor::Editor;
use super::edits::{Outcome, missing, said};
use super::everyday::{begins, ends};
use super::names;
use super::numbers::is_average;
use super::reading::Reading;
use super::scene::Side;
use serde_json::Value as Json;

/// `exit on opposite MACD cross`, `close at the reverse cross of the EMAs`.
pub(crate) fn opposite_cross(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) || !(cursor.eat("exit|exits|close|leave|sell|cover") || cursor.eat("get|bail out")) {
        return None;
    }
    cursor.eat(":");
    let _ = cursor.eat("the|my|it|all|trade|position|trades");
    cursor.eat("trade|position|trades");
    if !cursor.eat("on|at|upon|with|when|if the|an|a?") {
        return None;
    }
    let before = names::indicator(cursor).map(|name| name.row);
    if !cursor.eat("opposite|opposing|reverse|contrary|inverse|other way?") {
        return None;
    }
    let row = before.or_else(|| names::indicator(cursor).map(|name| name.row));
    if !cursor.eat("line? cross|crossover|crosses|crossovers") {
        return None;
    }
    let of = cursor.eat("of|in the?");
    let row = if of { Some(names::indicator(cursor)?.row) } else { row };
    if !ends(cursor) {
        return None;
    }
    // Without a name it is the entry's cross.
    row?;
    crossed_back(&said(reading, from, cursor.at), row, editor)
}

/// The crosses of an entry, or the one comparison of two averages where it has none; nothing where there are more.
pub(crate) fn held(text: &str) -> String {
    let parts = conjuncts(text);
    let crosses: Vec<String> = parts.iter().filter(|part| part.contains(" crosses ")).cloned().collect();
    if !crosses.is_empty() {
        return crosses.join(" and ");
    }
    let average = |side: &str| calls(side).first().is_some_and(|call| call.start == 0 && is_average(call));
    let of_averages = |part: &&String| {
        sides(part).is_some_and(|(left, _, right)| average(left) && average(right)) && !part.contains(" or ")
    };
    let found: Vec<&String> = parts.iter().filter(of_averages).collect();
    match (parts.as_slice(), found.as_slice()) {
        ([only], _) => only.clone(),
        (_, [one]) => (*one).clone(),
        _ => String::new(),
    }
}

/// The cross of the entry, of `row` where it is named, the other way round as an exit.
pub(crate) fn crossed_back(phrase: &str, row: Option<&'static str>, editor: &mut Editor<'_>) -> Outcome {
    let traded = editor.sides();
    let mut rules = Vec::new();
    for side in traded {
        let text = editor.entry(side)?;
        let of_row = |part: &String| {
            part.contains(" crosses ")
                && !part.contains(" or ")
                && row.is_none_or(|row| part.contains(&format!("{row}(")))
        };
        let crosses: Vec<String> = conjuncts(&text).into_iter().filter(of_row).collect();
        let [cross] = crosses.as_slice() else { return missing("such cross in the entry") };
        let cross =
            [" within ", " for "].iter().fold(cross.as_str(), |text, word| text.split(word).next().unwrap_or(text));
        rules.push((side, opposite(cross)));
    }
    for (side, text) in rules {
        let pointer = format!("/exit/{}", side.key());
        let joined = match editor.at(&pointer).and_then(Json::as_str) {
            Some(known) if known == text => continue,
            Some(known) => format!("{known} or {text}"),
            None => text,
        };
        if let Err(failure) = editor.set(&pointer, Json::from(joined), phrase) {
            return Some(Err(failure));
        }
    }
    Some(Ok(()))
}

/// True for a cross without its direction that another side's words decided: "9/20 EMA cross, shorts get a 6 point stop" of a
/// text that buys.
pub(crate) fn against(text: &str, phrase: &str, side: Side) -> bool {
    let (other, words) = match side {
        Side::Long => (" crosses below ", ["below", "under", "down", "dn"]),
        Side::Short => (" crosses above ", ["above", "over", "up", "thru"]),
    };
    let phrase = phrase.to_lowercase();
    let said = |word: &str| phrase.split(|letter: char| !letter.is_alphabetic()).any(|known| known == word);
    let bare = said("cross") || said("crosses") || said("crossover");
    let length = phrase.split_whitespace().count();
    text.contains(other) && bare && length <= WORDS_OF_A_BARE_CROSS && !words.into_iter().any(said)
}

/// "a 9/20 EMA cross" has so many words at most.
const WORDS_OF_A_BARE_CROSS: usize = 6;
