//! Parts of a position in everyday words, put into those the grammar reads: "take half the position off at 1R. The other half
//! goes at 3R", "first target 40 take half, second target 80", "let the rest run with a 25 point trail".

use super::change_phrases::{
    Part::{Kept, Mark, Run, Said},
    put_words,
};
use super::chat_wordings::UNITS;
use super::cursor::Cursor;
use super::rephrased::{Saying, put_said, replace};
use super::said_plainly::{is_number, number_and_unit};
use super::token::{Kind, Token};
use std::ops::Range;

/// What is left of a position.
const LEFT: &str = "the? other|second|remaining|final|last half|part|portion";

const TO_BREAK_EVEN: &[&str] = &["move", "to", "break", "even"];
const HALF: &[&str] = &["take", "half", "off"];

/// Parts and what becomes of the rest, in other words.
const SAID: [Saying; 8] = [
    ("move|bring|put? the? stop|sl to break even on|for the rest|remainder|runner|other", TO_BREAK_EVEN),
    ("move|bring|put? the? stop|sl to be|entry|breakeven|cost on|for the rest|remainder|runner|other", TO_BREAK_EVEN),
    ("trail|move|bring|put the? stop|sl to cost", TO_BREAK_EVEN),
    ("the? runner|rest|remainder out|exits|off at", &["the", "rest", "at"]),
    ("let|leave the? rest|remainder|runner|remaining run|ride|go to|for|until|till", &["the", "rest", "at"]),
    ("hold|keep the? rest|remainder|runner until|till|til|to", &["the", "rest", "at"]),
    ("hold|keep the? other half until|till|til|to", &["the", "rest", "at"]),
    ("book half of? the? qty|quantity|position?", HALF),
];

/// Puts what stands at `at` into words that the grammar reads.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize) {
    half_in_percent(tokens, at);
    put_said(tokens, at, &SAID, |cursor, words| {
        words.last() != Some(&"at")
            || matches!(cursor.peek().map(|token| &token.kind), Some(Kind::Number(_) | Kind::Clock(_)))
    });
    for rule in [contracts_apart, of_the_position, first_and_second, rest_trailed, rest_behind] {
        rule(tokens, at);
    }
}

/// `take 50% profit at 1R`: half of it.
fn half_in_percent(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let share = cursor
        .one("take|book|bank # % profit|profits|partial|partials at")
        .or_else(|| cursor.one("take|book|bank a? partial profit? of # % at"))
        .or_else(|| cursor.one("partial profit|exit of # % at"));
    if share == Some(50.into()) {
        let at_word = cursor.at - 1;
        replace(tokens, at, at_word, HALF);
    }
}

/// `2 contracts, first one off at +20 points, second at +60`: half off, and the rest.
fn contracts_apart(tokens: &mut Vec<Token>, at: usize) {
    const ONE: &str = "one|contract|car|lot|micro";
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("take|sell|scale|bring");
    cursor.eat("the");
    if !cursor.eat("first|one|1") {
        return;
    }
    cursor.eat(ONE);
    cursor.eat("comes|goes|is");
    if !cursor.eat("off|out") || !cursor.eat("at|after") {
        return;
    }
    cursor.eat("+");
    let Some(first) = amount(&mut cursor) else { return };
    cursor.eat(",|;|and");
    cursor.eat("and|then");
    cursor.eat("let|leave");
    cursor.eat("the");
    if !cursor.eat("second|other|last|rest") {
        return;
    }
    cursor.eat(ONE);
    let trails = cursor.eat("trails|trailed|trailing|trail by?");
    if !trails {
        cursor.eat("comes|goes|go|is|run|runs|stays|out|off");
        cursor.eat("out|off");
        if !cursor.eat("at|for|to|till|until") {
            return;
        }
        cursor.eat("the");
    }
    cursor.eat("+");
    let Some(last) = amount(&mut cursor) else { return };
    let two = |place: usize| {
        let mut two = Cursor::new(tokens, place);
        two.one("# contracts|cars|lots|micros|minis|mnq|mes|nq|es") == Some(2.into())
    };
    if !(0..at).any(two) {
        return;
    }
    let end = cursor.at;
    let rest = Said(if trails { "trail the rest by" } else { "the rest at" });
    put_words(tokens, at, end, &[Said("take half off at"), Run(first), Mark(','), rest, Run(last)]);
}

/// `20 points`, `40`: the tokens of an amount.
fn amount(cursor: &mut Cursor<'_>) -> Option<Range<usize>> {
    let from = cursor.at;
    if !is_number(cursor.tokens, from) {
        return None;
    }
    cursor.at += 1;
    cursor.eat(UNITS);
    Some(from..cursor.at)
}

/// `take half the position off at 1R`: half off.
fn of_the_position(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("take|sell|close|scale|peel|cut half") {
        return;
    }
    let from = cursor.at;
    if cursor.eat("of? the|my|your position|trade|contracts|size off|out?") && cursor.sees("at|when|once #") {
        let end = cursor.at;
        replace(tokens, from, end, &["off"]);
    }
}

/// `first target 40 take half, second target 80 take the rest`: half off at 40, the rest at 80.
fn first_and_second(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let Some((first, half)) = leg(&mut cursor, "first target", "half off|out?").filter(|(_, share)| *share) else {
        return;
    };
    let _ = cursor.eat(",|.|;") && cursor.eat("and|then");
    let Some((last, _)) = leg(&mut cursor, "second target", "the? rest|remainder|half").filter(|_| half) else {
        return;
    };
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("take half off at"), Run(first), Mark(','), Said("the rest at"), Run(last)]);
}

/// A target by its name, and whether its share stands behind it.
fn leg(cursor: &mut Cursor<'_>, lead: &'static str, share: &'static str) -> Option<(Range<usize>, bool)> {
    let led = cursor.eat(lead);
    cursor.eat("at|is|:|=");
    let distance = amount(cursor).filter(|_| led)?;
    let mut behind = *cursor;
    behind.eat(",|(|-|:");
    let _ = behind.eat("take|for|sell|close|exit off?");
    let shared = behind.eat(share);
    if shared {
        behind.eat(")");
        *cursor = behind;
    }
    Some((distance, shared))
}

/// `let the other half run with a 25 point trail`: the rest is trailed.
fn rest_trailed(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("let|leave");
    if !(cursor.eat(LEFT) || cursor.eat("the? rest|remainder|runner")) {
        return;
    }
    if !(cursor.eat("runs|run|rides|ride with|on|behind") || cursor.eat("with|on|has|gets")) {
        return;
    }
    cursor.eat("a|an");
    let Some((number, unit)) = number_and_unit(&mut cursor) else { return };
    if cursor.eat(UNITS) && cursor.eat("trail|trailer") || cursor.eat("trailing stop?") {
        let end = cursor.at;
        put_words(tokens, at, end, &[Said("trail the rest by"), Kept(number), Kept(unit)]);
    }
}

/// `Take half off at 1R. The other half goes at 3R`: the rest of what was taken.
fn rest_behind(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat(".|;|,|and") {
        return;
    }
    let _ = cursor.eat("and|then");
    let let_go = cursor.eat("leave|let") && cursor.sees("it run|go|ride");
    let _ = let_go || cursor.eat("take|sell|close|exit");
    if !(let_go && cursor.eat("it") || cursor.eat(LEFT) || cursor.eat("the? rest|remainder")) {
        return;
    }
    cursor.eat("off|out|goes|go|runs|run|rides|ride|exits|comes");
    cursor.eat("off|out|on");
    let reached = cursor.eat("at|for|to|until|till");
    let taken = (at.saturating_sub(12)..at).any(|place| {
        Cursor::new(tokens, place).sees("half|third|quarter off|out|at|for|of")
            || Cursor::new(tokens, place).sees("take|sell|bank half")
    });
    if reached && taken && is_number(tokens, cursor.at) {
        let end = cursor.at;
        put_words(tokens, at, end, &[Mark(','), Said("the rest at")]);
    }
}
