//! What is spelled out in steps or by other names, put into words the grammar reads: "(1) … (2) …", "we open more than 0.5% above
//! yesterday's close", "target either 24 pips or the 5 crossing back under the 13".

use super::change_phrases::{
    Part::{Kept, Run, Said},
    put_words,
};
use super::cursor::Cursor;
use super::rephrased::replace;
use super::said_plainly::{clause_start, is_number};
use super::token::{Kind, Token};
use rust_decimal::Decimal;

/// Puts what stands at `at` into words that the grammar reads.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize) {
    numbered(tokens, at);
    for rule in [opens_away, its_own_open, then_within, mother_bar, either_target, exit_crossing] {
        rule(tokens, at);
    }
}

/// `(1) long only when A (2) enter when B`: sentences.
fn numbered(tokens: &mut [Token], at: usize) {
    let listed = |count: usize| {
        let number = Kind::Number(Decimal::from(count));
        (at..tokens.len()).find(|place| {
            let open = tokens.get(*place).is_some_and(|token| token.is_mark('(') && !token.glued);
            open && tokens.get(place + 1).is_some_and(|token| token.kind == number)
                && tokens.get(place + 2).is_some_and(|token| token.is_mark(')'))
        })
    };
    if !Cursor::new(tokens, at).sees("( # )") || listed(1) != Some(at) {
        return;
    }
    let places: Vec<usize> = (1..tokens.len()).map_while(listed).collect();
    if places.len() < 2 || !places.is_sorted() {
        return;
    }
    for place in places {
        for token in tokens.get_mut(place..place + 3).into_iter().flatten() {
            token.turned_into(Kind::Mark(';'));
        }
    }
}

/// `we open more than 0.5% above yesterday's close`, `gaps up 2% over the prior close`: a gap.
fn opens_away(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let _ = cursor.eat("the? market|stock|price|index") || cursor.eat("we|it");
    let gaps = cursor.eat("gap|gaps|gapped|gapping");
    if !gaps && !cursor.eat("open|opens|opened") {
        return;
    }
    let said = cursor;
    let named = cursor.eat("up|down");
    let least = cursor.eat("at least");
    let _ = least || cursor.eat("more than") || cursor.eat("over|by");
    let number = cursor.at;
    if !is_number(tokens, number) {
        return;
    }
    cursor.at += 1;
    if !cursor.eat("%|percent|points|pts|point|pt") {
        return;
    }
    let unit = cursor.at - 1;
    let more = cursor.eat("or more") || cursor.eat("+");
    let up = if named { said.sees("up") } else { cursor.sees("above|over") };
    let away = cursor.eat("above|over|below|under") || named && cursor.eat("from|versus|vs|off");
    let close = "the? prior|previous|last day|days? close";
    if away && (cursor.eat("the? yesterday|yesterdays close") || cursor.eat(close)) {
        let end = cursor.at;
        let way = Said(if up { "gaps up" } else { "gaps down" });
        let than = Said(if least || more { "at least" } else { "more than" });
        put_words(tokens, at, end, &[way, than, Kept(number), Kept(unit)]);
    }
}

/// `A and then B within 6 bars`: A within 6 bars, and then B.
fn then_within(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let led = cursor.eat(",") | cursor.eat("and");
    if at == 0 || !led && tokens.get(at - 1).is_some_and(|token| token.is_mark(',') || token.word() == Some("and")) {
        return;
    }
    if !cursor.eat("then") || Cursor::new(tokens, at - 1).sees("bar|bars|candle|candles") {
        return;
    }
    let clause = |place: usize| !Cursor::new(tokens, place).is_pause();
    let before = (0..at).rev().take_while(|place| clause(*place));
    let known = |place: usize| Cursor::new(tokens, place).sees("within|then|after");
    if before.into_iter().any(known) {
        return;
    }
    while clause(cursor.at) && !cursor.sees("within|buy|sell|short|long|enter|go|exit|then|and") {
        cursor.at += 1;
    }
    let from = cursor.at;
    if !cursor.eat("within") {
        return;
    }
    let _ = cursor.eat("the? next") || cursor.eat("the");
    let bars = cursor.at;
    if cursor.eat("# bars|candles") && cursor.is_pause_or_joint() {
        let end = cursor.at;
        put_words(tokens, at, end, &[Said("within"), Run(bars..end), Run(at..from)]);
    }
}

/// `it's trading below its open`: the day's, where no candle is spoken of.
fn its_own_open(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let traded = cursor.eat("trading|trades");
    let priced = cursor.eat("the? price|stock|market|shares|index is|are|trades") || cursor.eat("its|it is");
    cursor.eat("still|now|currently|already");
    let _ = cursor.eat("trading");
    if (traded || priced) && cursor.eat("above|below|over|under") && cursor.sees("its|their open") && {
        cursor.at += 2;
        cursor.is_pause_or_joint()
    } {
        replace(tokens, cursor.at - 2, cursor.at, &["the", "session", "open"]);
    }
}

/// `above the mother bar's high … below its low`: the low of the same bar, which no rule can name.
fn mother_bar(tokens: &mut Vec<Token>, at: usize) {
    if !Cursor::new(tokens, at).sees("mother bar|bars|candle|candles") {
        return;
    }
    let rest = (at..tokens.len()).take_while(|place| !Cursor::new(tokens, *place).sees(".|\n"));
    let its: Vec<usize> = rest.filter(|place| Cursor::new(tokens, *place).sees("its high|low")).collect();
    for place in its.into_iter().rev() {
        replace(tokens, place, place + 1, &["mother", "bar"]);
    }
}

/// `target either 24 pips or …`: 24 pips, or.
fn either_target(tokens: &mut Vec<Token>, at: usize) {
    let led = at > 0 && Cursor::new(tokens, at - 1).sees("target|tp|exit|at|profit|is|:");
    if led && Cursor::new(tokens, at).sees("either") && is_number(tokens, at + 1) {
        tokens.remove(at);
    }
}

/// `target 24 pips or the 5 crossing back under the 13`: out when it crosses.
fn exit_crossing(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("or the # ema|sma?") {
        return;
    }
    let verb = cursor.at;
    let start = clause_start(tokens, at);
    let leaves = (start..at).any(|place| Cursor::new(tokens, place).sees("target|tp|exit|out|sell|cover|close"));
    if leaves && cursor.eat("crossing") {
        replace(tokens, verb, verb + 1, &["crosses"]);
        replace(tokens, at, at + 1, &["or", "when"]);
    }
}
