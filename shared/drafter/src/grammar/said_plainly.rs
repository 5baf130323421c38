//! Everyday wordings put into those the grammar reads: "Contracts: 2", "the lower 20/2 bollinger", "twice the risk".

use super::cursor::Cursor;
use super::said_of_exits;
use super::scene::Scene;
use super::token::{Kind, Token};
use rust_decimal::Decimal;
use std::ops::Range;

/// Puts them into the words the grammar reads, at their place in the text.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>) {
    let mut at = 0;
    while at < tokens.len() {
        for rule in [counted, emphasis, trades_a_day, band_numbers, twice_the_risk, been, anyway, of_data] {
            rule(tokens, at);
        }
        for rule in said_of_exits::RULES {
            rule(tokens, at);
        }
        at += 1;
    }
    said_of_exits::sides_behind(tokens);
}

pub(crate) fn opens(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| Cursor::new(tokens, before).is_pause())
}

/// The words of tokens as typed.
pub(crate) fn typed<'t>(tokens: &[Token], places: Range<usize>, scene: &Scene<'t>) -> &'t str {
    let words = tokens.get(places).unwrap_or_default();
    let ends = words.first().zip(words.last());
    ends.and_then(|(first, last)| scene.text.get(first.start..last.end)).unwrap_or_default()
}

/// Leaves out words that change nothing, and says what they are taken for.
pub(crate) fn noted(tokens: &mut Vec<Token>, places: Range<usize>, scene: &Scene<'_>, meaning: &str) {
    scene.assume(format!("\"{}\"{meaning}", typed(tokens, places.clone(), scene)));
    tokens.drain(places);
}

/// True where a clause begins, or a part of one behind "and".
pub(crate) fn begins(tokens: &[Token], at: usize) -> bool {
    opens(tokens, at) || at > 0 && Cursor::new(tokens, at - 1).sees("and|then|but")
}

/// Where the clause begins in which `at` stands.
pub(crate) fn clause_start(tokens: &[Token], at: usize) -> usize {
    (0..at).rev().find(|back| Cursor::new(tokens, *back).is_pause()).map_or(0, |pause| pause + 1)
}

/// True for a number at `at`.
pub(crate) fn is_number(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| matches!(token.kind, Kind::Number(_)))
}

/// The number at the cursor and what follows it, `20 points`, `20-day`: their places; the cursor stands at the second.
pub(crate) fn number_and_unit(cursor: &mut Cursor<'_>) -> Option<(usize, usize)> {
    let number = cursor.at;
    if !is_number(cursor.tokens, number) {
        return None;
    }
    cursor.at += 1;
    cursor.eat("-");
    Some((number, cursor.at))
}

/// The places of the tokens that `read` takes.
pub(crate) fn taken<'t, T>(
    cursor: &mut Cursor<'t>,
    read: impl FnOnce(&mut Cursor<'t>) -> Option<T>,
) -> Option<Range<usize>> {
    let from = cursor.at;
    read(cursor).map(|_| from..cursor.at)
}

/// A token of these words where `at` stands.
pub(crate) fn word(tokens: &[Token], at: usize, word: &str) -> Token {
    let place = tokens.get(at).map_or((0, 0), |token| (token.start, token.end));
    Token::new(Kind::Word(word.to_owned()), place, false)
}

/// `Contracts: 2`: the number stands first.
fn counted(tokens: &mut Vec<Token>, at: usize) {
    let cursor = Cursor::new(tokens, at);
    let number = tokens.get(at + 2).is_some_and(|token| matches!(token.kind, Kind::Number(_)));
    if opens(tokens, at)
        && cursor.sees("contracts|shares|units|lots :|=")
        && number
        && Cursor::new(tokens, at + 3).is_pause()
    {
        tokens.remove(at + 1);
        tokens.swap(at, at + 1);
    }
}

/// `while the 20 EMA is itself below`: the word only stresses what it stands beside.
fn emphasis(tokens: &mut Vec<Token>, at: usize) {
    let behind = at > 0 && Cursor::new(tokens, at - 1).sees("is|are|was|price|sma|ema|average");
    if Cursor::new(tokens, at).sees("itself|themselves") && (behind || Cursor::new(tokens, at + 1).sees("is|are|was")) {
        tokens.remove(at);
    }
}

/// `Max trades: 4/day`.
fn trades_a_day(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("max|maximum trades :|= # /|per|a day") || !cursor.is_pause() {
        return;
    }
    let Some(number) = tokens.get(at + 3).cloned() else { return };
    let words = ["trades", "per", "day"].map(|said| word(tokens, at + 3, said));
    tokens.splice(at + 1..cursor.at, std::iter::once(number).chain(words));
}

/// `the lower 20/2 bollinger`: the numbers stand behind the name.
fn band_numbers(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("lower|upper|middle # /|, # bollinger|bb|bollingers|keltner|bbands") {
        return;
    }
    let name = cursor.at - 1;
    cursor.eat("band|bands|channel");
    let end = cursor.at;
    let numbers: Vec<Token> = tokens.drain(at + 1..name).collect();
    let end = end - numbers.len();
    let place = tokens.get(end - 1).map_or((0, 0), |token| (token.start, token.end));
    let bracket = |mark: char| Token::new(Kind::Mark(mark), place, false);
    let all = std::iter::once(bracket('(')).chain(numbers).chain([bracket(')')]);
    tokens.splice(end..end, all.collect::<Vec<_>>());
}

/// `target twice the risk`: two of it.
fn twice_the_risk(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let led = (1..4).any(|back| {
        at.checked_sub(back).is_some_and(|before| Cursor::new(tokens, before).sees("target|tp|profit|targets"))
    });
    if !led || !cursor.eat("twice|double|2x the|my|what|that? risk|stop|distance|risked") {
        return;
    }
    cursor.eat("distance|size|taken|amount");
    if !cursor.is_pause_or_joint() {
        return;
    }
    let place = tokens.get(at).map_or((0, 0), |token| (token.start, token.end));
    let two = Token::new(Kind::Number(Decimal::TWO), place, false);
    let words = ["x", "risk"].map(|said| word(tokens, at, said));
    tokens.splice(at..cursor.at, std::iter::once(two).chain(words));
}

/// `get out if it's been 20 bars`: after them.
fn been(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !(cursor.eat("if|when|once|whenever|after it|its|weve|we|ive|i is|has|have? been")) {
        return;
    }
    let from = cursor.at;
    let length = cursor.eat("# bars|bar|candles|days|day|minutes|hours|hour");
    let ends = cursor.is_pause() || cursor.sees("in the trade") || cursor.sees("and|or");
    let clause = (0..at).rev().take_while(|at| !Cursor::new(tokens, *at).is_pause());
    let leaves = clause.into_iter().any(|at| Cursor::new(tokens, at).sees("exit|out|close|cover|leave|sell|flatten"));
    if length && ends && leaves {
        let after = word(tokens, at, "after");
        tokens.splice(at..from, [after]);
    }
}

/// `cover by the close regardless`: whatever else happens, as it stands.
fn anyway(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let said = cursor.eat("regardless|nonetheless") || cursor.eat("whatever happens");
    let clock = at > 0 && {
        let before = Cursor::new(tokens, at - 1);
        before.sees("close|bell|day|session|eod|am|pm")
            || tokens.get(at - 1).is_some_and(|token| matches!(token.kind, Kind::Clock(_)))
    };
    if said && clock && cursor.is_pause() {
        let end = cursor.at;
        tokens.drain(at..end);
    }
}

/// `10 years of data`: the last ones.
fn of_data(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !opens(tokens, at) || !cursor.eat("# years|year|months|month") {
        return;
    }
    let length = cursor.at;
    if cursor.eat("of data|history") && cursor.is_pause() {
        let end = cursor.at;
        tokens.drain(length..end);
        let last = word(tokens, at, "last");
        tokens.insert(at, last);
    }
}
