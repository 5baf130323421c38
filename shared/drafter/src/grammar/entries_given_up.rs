//! Entries given up for others: "use a MACD cross instead of the EMA cross" is put into the words of new entries; a new rule
//! that could only be added to the old one is asked about.

use super::change_phrases::{
    Part::{self, Mark, Said},
    put_words,
};
use super::cursor::Cursor;
use super::editor::Editor;
use super::scene::Side;
use super::token::Token;
use ports::drafter::{DraftFailure, Question};

/// Words for the rule by which a strategy enters.
const RULE: &str = "cross|crosses|crossover|crossovers|entry|entries|signal|signals|trigger|rule|rules";
const NAMES: &str = "ema|emas|sma|smas|ma|mas|average|averages|moving|macd|rsi|stochastic|supertrend|entry|current";

/// `use a MACD cross instead of the EMA cross`, `swap the EMA cross for a MACD cross`: both entries anew.
pub(crate) fn put(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let mut given_up = false;
    if cursor.eat("swap|replace|change|switch the|my?") {
        if !rule_named(&mut cursor) || !cursor.eat("for|with|to|by a|an|the?") {
            return;
        }
        given_up = true;
    } else if !cursor.eat("use|try|enter|trade|go on|with? a|an|the?") {
        return;
    }
    let Some([up, down]) = turning(&mut cursor) else { return };
    if !(given_up || cursor.eat("instead|rather of|than the|my?") && rule_named(&mut cursor)) {
        let mut alone = cursor;
        if !alone.eat("instead") || !alone.is_pause() {
            return;
        }
        cursor = alone;
    }
    cursor.eat("instead|please");
    if !cursor.is_pause_or_joint() {
        return;
    }
    let end = cursor.at;
    let entry = |side: &'static str, rule: &[&'static str]| -> Vec<Part<'static>> {
        let head = [Said("new"), Said(side), Said("entry"), Mark(':')];
        head.into_iter().chain(rule.iter().map(|word| Said(word))).collect()
    };
    let mut words = entry("long", up);
    words.push(Mark(';'));
    words.extend(entry("short", down));
    put_words(tokens, at, end, &words);
}

/// The rule of an entry by its name: `EMA cross`, `entry`, `crossover`.
fn rule_named(cursor: &mut Cursor<'_>) -> bool {
    let mut probe = *cursor;
    let _ = probe.eat("# /|and # ");
    while probe.eat(NAMES) {}
    if probe.eat(RULE) || probe.at > cursor.at {
        probe.eat("rule|rules|signal|signals");
        *cursor = probe;
        return true;
    }
    false
}

/// Words of a rule.
type Words = &'static [&'static str];

/// What turns up for longs and down for shorts.
fn turning(cursor: &mut Cursor<'_>) -> Option<[Words; 2]> {
    const MACD: [Words; 2] =
        [&["macd", "crosses", "above", "its", "signal"], &["macd", "crosses", "below", "its", "signal"]];
    const VWAP: [Words; 2] = [&["close", "crosses", "above", "vwap"], &["close", "crosses", "below", "vwap"]];
    const TREND: [Words; 2] = [&["supertrend", "flips", "green"], &["supertrend", "flips", "red"]];
    let named = [("macd signal? line? cross|crossover|crosses", MACD), ("vwap cross|crossover|crosses", VWAP)];
    let found = named.into_iter().find(|(pattern, _)| cursor.eat(pattern)).map(|(_, words)| words);
    found.or_else(|| cursor.eat("supertrend flip|flips|change|signal").then_some(TREND))
}

/// An entry asked for in place of the known one, that was only added to it.
///
/// # Errors
/// Then it is asked which is meant.
pub(crate) fn only_added(
    tokens: &[Token],
    before: [Option<String>; 2],
    editor: &Editor<'_>,
) -> Result<(), DraftFailure> {
    let Some(words) = (0..tokens.len()).find_map(|at| given_up(tokens, at)) else { return Ok(()) };
    for (side, known) in [Side::Long, Side::Short].into_iter().zip(before) {
        let (Some(known), Some(now)) = (known, editor.entry(side)) else { continue };
        let Some(added) = now.strip_prefix(&known).and_then(|rest| rest.strip_prefix(" and ")) else { continue };
        return Err(DraftFailure::asking(
            format!("\"{words}\" gives up the entry rule, but what is to stand in its place could only be added to it"),
            Question::new(words.clone(), [format!("{added} in place of {known}"), now.clone()]),
            "say the new rule of each side, for example \"new long entry: MACD crosses above its signal; new short entry: MACD crosses below its signal\"",
        ).about(words));
    }
    Ok(())
}

/// The words that give up the rule of the entry, where they begin at `at`.
fn given_up(tokens: &[Token], at: usize) -> Option<String> {
    let mut cursor = Cursor::new(tokens, at);
    let said = cursor.eat("instead|rather|place of|than") || cursor.eat("replace|swap|change|switch|ditch|drop|scrap");
    if said {
        cursor.eat("the|my|that|this");
        let from = cursor.at;
        let mut named = cursor;
        let ruled = rule_named(&mut named) && Cursor::new(tokens, named.at - 1).sees(RULE);
        // "replace the entry filter" is of something else.
        const OTHER: &str =
            "filter|filters|window|hours|time|price|order|orders|bar|candle|day|condition|session|limit|stop|size";
        return (ruled && !named.sees(OTHER) && named.at > from).then(|| spoken(tokens, at, named.at));
    }
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("enter|entry|entries|trigger|signal|buy") {
        return None;
    }
    let from = cursor.at;
    while !cursor.is_pause() && cursor.at < from + 12 {
        if cursor.sees("instead") && Cursor::new(tokens, cursor.at + 1).is_pause() {
            return Some(spoken(tokens, at, cursor.at + 1));
        }
        cursor.at += 1;
    }
    None
}

fn spoken(tokens: &[Token], from: usize, to: usize) -> String {
    let words = tokens.get(from..to).unwrap_or_default();
    words.iter().filter_map(Token::word).collect::<Vec<_>>().join(" ")
}
