//! Code-like shorthand put into the words the grammar reads: "crossover(ema(12), ema(26))", "L: …", "TP none", "TP = 2*SL",
//! "price > vwap by more than 15 points".

use super::change_phrases::{
    Part::{Kept, Run, Said},
    put_words,
};
use super::chat_wordings::UNITS;
use super::cursor::Cursor;
use super::rephrased::{Saying, put_said, replace};
use super::said_plainly::{is_number, opens};
use super::token::{Kind, Token};

/// Labels and settings in the fewest signs.
const SAID: [Saying; 7] = [
    ("tp|target|targets :|=|is? none", &["no", "target"]),
    ("sl|stop :|=|is? none", &["no", "stop"]),
    ("stop loss :|=|is? none", &["no", "stop"]),
    ("trail|trailing stop? :|=|is? none", &["no", "trailing", "stop"]),
    ("tp|target|targets :|=|is|are? double|twice that|it", &["target", "twice", "the", "stop"]),
    ("tp|target|targets :|=|is|are? double|twice the? stop|sl|risk", &["target", "twice", "the", "stop"]),
    ("futs", &["futures"]),
];

/// Puts what stands at `at` into words that the grammar reads.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize) {
    if !put_said(tokens, at, &SAID, |cursor, words| words == ["futures"] || cursor.is_pause_or_joint()) {
        bar_between(tokens, at);
        for rule in [crossover, side_letter, multiple_of_stop, beyond_by, bare_distance] {
            rule(tokens, at);
        }
    }
}

/// `rsi < 30 | close < vwap`: either; `ES 15m | L: … | SL 8`: parts of a list.
fn bar_between(tokens: &mut [Token], at: usize) {
    let is_bar = |at: usize| tokens.get(at).is_some_and(|token| token.is_mark('|'));
    if !is_bar(at) {
        return;
    }
    let ends = |place: usize| is_bar(place) || Cursor::new(tokens, place).is_pause();
    let start = (0..at).rev().find(|place| ends(*place)).map_or(0, |place| place + 1);
    let end = (at + 1..tokens.len()).find(|place| ends(*place)).unwrap_or(tokens.len());
    let compares = |from: usize, to: usize| {
        let signs = ['<', '>', '≤', '≥'];
        (from..to).any(|place| {
            tokens.get(place).is_some_and(|token| signs.iter().any(|sign| token.is_mark(*sign)))
                || Cursor::new(tokens, place).sees("above|below|over|under|crosses")
        })
    };
    let labelled = (at + 1..at + 4).any(|place| tokens.get(place).is_some_and(|token| token.is_mark(':')))
        || Cursor::new(tokens, at + 1)
            .sees("l|s|long|longs|short|shorts|buy|sell|exit|stop|target|sl|tp|cover|x|only|max");
    let either = compares(start, at) && compares(at + 1, end) && !labelled;
    if let Some(token) = tokens.get_mut(at) {
        token.turned_into(if either { Kind::Word("or".to_owned()) } else { Kind::Mark(';') });
    }
}

/// `crossover(ema(12), ema(26))`: the first crosses above the second.
fn crossover(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("ta .");
    let way = if cursor.eat("crossover (") {
        "above"
    } else if cursor.eat("crossunder (") {
        "below"
    } else {
        return;
    };
    let (first, mut depth, mut comma, mut close) = (cursor.at, 1_usize, None, None);
    for place in first..tokens.len().min(first + 24) {
        let is = |mark: char| tokens.get(place).is_some_and(|token| token.is_mark(mark));
        if is('(') {
            depth += 1;
        } else if is(')') {
            depth -= 1;
        }
        if is(',') && depth == 1 {
            comma = comma.or(Some(place));
        }
        if depth == 0 {
            close = Some(place);
            break;
        }
    }
    let (Some(comma), Some(close)) = (comma, close) else { return };
    let words = [Run(first..comma), Said("crosses"), Said(way), Run(comma + 1..close)];
    put_words(tokens, at, close + 1, &words);
}

/// `L: …`, `S: …` at the head of a clause.
fn side_letter(tokens: &mut Vec<Token>, at: usize) {
    let headed = opens(tokens, at);
    if headed && Cursor::new(tokens, at).sees("l :") {
        replace(tokens, at, at + 1, &["long"]);
    } else if headed && Cursor::new(tokens, at).sees("s :") {
        replace(tokens, at, at + 1, &["short"]);
    }
}

/// `TP = 2*SL`, `target is 2 times the stop`.
fn multiple_of_stop(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("tp|target|targets =|:|is|are|of|at?") {
        return;
    }
    let number = cursor.at;
    if is_number(tokens, number) {
        cursor.at += 1;
        if cursor.eat("*|x|times the? sl|stop|risk|stops loss|distance?") && cursor.is_pause_or_joint() {
            let end = cursor.at;
            put_words(tokens, at, end, &[Said("target"), Kept(number), Said("r")]);
        }
    }
}

/// `price > vwap by more than 15 points`: more than 15 points above VWAP.
fn beyond_by(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("price|close is?") {
        return;
    }
    let above = cursor.sees(">|above|over");
    if !cursor.eat(">|<|above|below|over|under") {
        return;
    }
    let level = cursor.at;
    let Some(by) = (level + 1..level + 5).find(|place| Cursor::new(tokens, *place).sees("by more|at than|least #"))
    else {
        return;
    };
    let whole = tokens
        .get(level..by)
        .is_some_and(|run| run.iter().all(|token| token.word().is_some() || matches!(token.kind, Kind::Number(_))));
    let number = by + 3;
    let mut behind = Cursor::new(tokens, number + 1);
    let measured = behind.eat(UNITS);
    if !whole {
        return;
    }
    let end = behind.at;
    put_words(
        tokens,
        at,
        end,
        &[
            Said("price is more than"),
            Kept(number),
            if measured { Kept(number + 1) } else { Said("points") },
            Said(if above { "above" } else { "below" }),
            Run(level..by),
        ],
    );
}

/// `it is more than 5 over VWAP`: 5 points.
fn bare_distance(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("more|at than|least") || !is_number(tokens, cursor.at) {
        return;
    }
    let number = cursor.at;
    let beyond = Cursor::new(tokens, number + 1);
    if beyond.sees("over|above|under|below the? vwap")
        || beyond.sees("over|above|under|below the # day|bar|period? ema|sma|ma")
    {
        put_words(tokens, number, number + 1, &[Kept(number), Said("points")]);
    }
}
