//! Changes behind a leading verb: "switch to a 1% stop", "limit it to two trades a day", "change the window to 9:30-11".

use super::cursor::Cursor;
use super::token::{Kind, Token};

/// A leading verb, what must follow it, and the words that say the same.
const LEADS: [(&str, &str, &[&str]); 6] = [
    (
        "switch|change|go|swap|move over? to|with a|an|the?",
        "# %|percent|pct|point|points|pt|pts|tick|ticks|atr|x|pip|pips|r",
        &[],
    ),
    ("switch|change|go|move over? to a|an?", "atr|trailing", &[]),
    (
        "limit|cap|keep|hold it|this|that|me|trades|trading|entries? to|at a|an?",
        "# trades|trade|entries|entry|a|per",
        &["max"],
    ),
    ("go|get|move to", "breakeven|be|break", &["move", "the", "stop", "to"]),
    ("go", "breakeven|be|break", &["move", "the", "stop", "to"]),
    ("change|set|make|move|shift|put the|my|trading|time? window|windows|hours to|be|from|:?", "#", &["only"]),
];

/// `add an ADX above 25 filter`: what is added is demanded.
pub(crate) fn added_filter(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("add|include|apply|use|with a|an|the") {
        return;
    }
    let from = cursor.at;
    let mut compared = false;
    while !cursor.is_pause() && !cursor.sees("filter|condition|requirement|and|only") && cursor.at < from + 10 {
        compared |= cursor.sees("above|below|over|under|>|<|rising|falling");
        cursor.at += 1;
    }
    if !compared || !cursor.sees("filter|condition|requirement") {
        return;
    }
    let end = cursor.at;
    let mut behind = Cursor::new(tokens, end + 1);
    behind.eat("please|pls|too");
    if !behind.is_pause_or_joint() {
        return;
    }
    tokens.remove(end);
    super::rephrased::replace(tokens, at, from, &["require"]);
}

/// Puts the change at `at` without its leading verb.
pub(crate) fn led(tokens: &mut Vec<Token>, at: usize) {
    for (lead, next, words) in LEADS {
        let mut cursor = Cursor::new(tokens, at);
        if !cursor.eat(lead) {
            continue;
        }
        let clock = next == "#" && cursor.peek().is_some_and(|token| matches!(token.kind, Kind::Clock(_)));
        if !clock && !cursor.sees(next) {
            continue;
        }
        let end = cursor.at;
        return super::rephrased::replace(tokens, at, end, words);
    }
}
