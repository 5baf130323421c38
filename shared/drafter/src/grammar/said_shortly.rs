//! Wordings that leave a word out or use a shorter one, put into those the grammar reads: "2yr test", "upper band 20,2",
//! "the 21 (EMA)", "35 tick stop 70 target", "yesterday's high gets taken out".

use super::cursor::Cursor;
use super::said_plainly::{opens, word};
use super::scene::Scene;
use super::token::{Kind, Token};
use rust_decimal::Decimal;
use std::ops::Range;

/// Puts them into the words the grammar reads, at their place in the text.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, scene: &Scene<'_>) {
    let mut at = 0;
    while at < tokens.len() {
        you(tokens, at);
        for rule in [crossover, kind_in_brackets, numbers_behind_band, bars_of, still, taken_out, city, tested, share] {
            rule(tokens, at);
        }
        super::everyday_exits::put(tokens, at, scene);
        at += 1;
    }
}

/// Gives targets the unit of the stop beside them, where they have none.
pub(crate) fn units_of_stops(tokens: &mut Vec<Token>, scene: &Scene<'_>) {
    let mut at = 0;
    while at < tokens.len() {
        unit_of_stop(tokens, at, scene);
        at += 1;
    }
}

fn said(tokens: &mut [Token], at: usize, word: &str) {
    if let Some(token) = tokens.get_mut(at) {
        token.turned_into(Kind::Word(word.to_owned()));
    }
}

/// `can u`: the letter is the word.
fn you(tokens: &mut [Token], at: usize) {
    if Cursor::new(tokens, at).sees("can|could|would|will u") {
        said(tokens, at + 1, "you");
    }
}

/// `x-over`, `cross-over`: one word.
fn crossover(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("x|cross - over|overs") {
        return;
    }
    let end = cursor.at;
    let glued = tokens.get(at + 1..end).unwrap_or_default().iter().all(|token| token.glued);
    if glued {
        tokens.drain(at + 1..end);
        said(tokens, at, "crossover");
    }
}

/// `the 9 (EMA)`, `the 21 (EMAs)`: the kind stands behind its number.
fn kind_in_brackets(tokens: &mut Vec<Token>, at: usize) {
    const KINDS: &str = "( ema|emas|sma|smas|wma|wmas|hma|hmas|dema|tema )";
    let number = at.checked_sub(1).and_then(|before| tokens.get(before));
    if number.is_some_and(|token| matches!(token.kind, Kind::Number(_))) && Cursor::new(tokens, at).sees(KINDS) {
        tokens.remove(at + 2);
        tokens.remove(at);
    }
}

/// `the upper band 20,2`: its numbers in brackets.
fn numbers_behind_band(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("upper|lower|middle|top|bottom bollinger|bb|keltner? band|channel") {
        return;
    }
    let from = cursor.at;
    let numbers = cursor.eat("# ,|/ #");
    let end = cursor.at;
    let glued = numbers && tokens.get(from + 1..end).unwrap_or_default().iter().all(|token| token.glued);
    let Some(place) = tokens.get(from).map(|token| (token.start, token.end)) else { return };
    if glued && cursor.is_pause_or_joint() {
        let bracket = |mark: char| Token::new(Kind::Mark(mark), place, false);
        tokens.insert(end, bracket(')'));
        tokens.insert(from, bracket('('));
    }
}

/// `six bars of lower closes`: as many of them.
fn bars_of(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.number().is_none() {
        return;
    }
    let from = cursor.at;
    let straight = cursor.eat("straight|consecutive");
    if !cursor.eat("bars|candles|days|sessions") {
        return;
    }
    let led = cursor.eat("of|with|making");
    let end = cursor.at;
    if cursor.eat("consecutive|straight? lower|higher|falling|rising closes|highs|lows")
        && (led || straight || cursor.sees("in a row") || cursor.sees("consecutively|straight"))
    {
        tokens.drain(from..end);
    }
}

/// `and still above`: where it is.
fn still(tokens: &mut Vec<Token>, at: usize) {
    let joined = at.checked_sub(1).is_some_and(|before| Cursor::new(tokens, before).sees("and|but|while|with|&"));
    if joined && Cursor::new(tokens, at).sees("still above|below|over|under|>|<") {
        tokens.remove(at);
    }
}

/// `the high gets taken out`, `is broken`: it breaks.
fn taken_out(tokens: &mut Vec<Token>, at: usize) {
    let level = at.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|before| {
        let word = before.word().unwrap_or_default();
        before.is_mark(')')
            || matches!(
                word,
                "high"
                    | "highs"
                    | "low"
                    | "lows"
                    | "upper"
                    | "lower"
                    | "band"
                    | "vwap"
                    | "channel"
                    | "bars"
                    | "candles"
                    | "days"
            )
    });
    let mut cursor = Cursor::new(tokens, at);
    if !level || !cursor.eat("gets|get|is|are|got|has|been been|being?") {
        return;
    }
    let passed = cursor.eat("taken out") || cursor.eat("broken|breached|cleared|surpassed");
    if passed && (cursor.is_pause_or_joint() || cursor.sees("to the upside|downside")) {
        let end = cursor.at;
        tokens.drain(at + 1..end);
        said(tokens, at, "breaks");
    }
}

/// `london 3am to 11am ET`, `new york 8am to noon`: the times say what the city means, or it says whose they are.
fn city(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let own = cursor.eat("new york") || cursor.eat("ny|nyc");
    if !own && !cursor.eat("london|europe|asia|asian|tokyo|european") {
        return;
    }
    let named = cursor.at;
    cursor.eat("from|between");
    let start = cursor.at;
    let timed = |cursor: &mut Cursor<'_>| super::clock::time(cursor, true).is_some();
    let clocked = timed(&mut cursor) && cursor.eat("to|and|until|till|through|thru|-") && timed(&mut cursor);
    let read = tokens.get(start..cursor.at).unwrap_or_default();
    let certain = read.iter().any(|token| {
        matches!(token.kind, Kind::Clock(_)) || token.word().is_some_and(|word| matches!(word, "am" | "pm" | "noon"))
    });
    if !clocked || !certain {
        return;
    }
    let end = cursor.at;
    let zoned = super::clock::zone(&mut cursor).is_some();
    let words: Vec<Token> = tokens.get(at..named).unwrap_or_default().to_vec();
    if zoned {
        tokens.drain(at..named);
    } else if own {
        tokens.splice(end..end, words);
        tokens.drain(at..named);
    }
}

/// `2yr test`, `3 year backtest`, `test 2 years`: the last ones.
fn tested(tokens: &mut Vec<Token>, at: usize) {
    const SPAN: &str = "# years|year|yrs|yr|y|months|month|mo";
    if !opens(tokens, at) {
        return;
    }
    let mut cursor = Cursor::new(tokens, at);
    let led = cursor.eat("test|backtest") && {
        let _ = cursor.eat("over|on|for|it") && cursor.eat("over|on|for");
        true
    };
    let from = cursor.at;
    if led {
        if cursor.eat(SPAN) && cursor.is_pause() {
            tokens.drain(at + 1..from);
            let last = ["the", "last"].map(|said| word(tokens, at, said));
            tokens.splice(at + 1..at + 1, last);
        }
        return;
    }
    let mut behind = Cursor::new(tokens, at);
    if !behind.eat("# -?") || !behind.eat("years|year|yrs|yr|y|months|month|mo") {
        return;
    }
    let unit = behind.at - 1;
    if behind.eat("test|backtest|lookback") && behind.is_pause() {
        let end = behind.at;
        tokens.drain(unit + 1..end);
        tokens.drain(at + 1..unit);
        let last = ["the", "last"].map(|said| word(tokens, at, said));
        tokens.splice(at..at, last);
    }
}

/// `equity 25% per position`: so much of the equity.
fn share(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !opens(tokens, at) || !cursor.eat("equity|capital :|=? # %|percent per|a|each position|trade") {
        return;
    }
    let part = tokens.get(cursor.at - 4).map(|token| &token.kind);
    // "capital 1% per trade" may be what is risked.
    let large = matches!(part, Some(Kind::Number(part)) if *part >= Decimal::TEN);
    if large && cursor.is_pause() {
        let end = cursor.at;
        let percent = end - 3;
        let words = ["of", "equity"].map(|said| word(tokens, at, said));
        tokens.splice(percent + 1..end, words);
        let named = tokens.iter().skip(at + 1).take(1).any(|token| token.is_mark(':') || token.is_mark('='));
        tokens.drain(at..at + 1 + usize::from(named));
    }
}

const STOPS: &str = "stop|sl|stoploss";

/// `35 tick stop 70 target`, `stop 35 ticks, target 70`: the number beside a stop is in the stop's unit.
fn unit_of_stop(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) {
    let Some((number, units)) = beside_stop(tokens, at) else { return };
    let units = tokens.get(units).unwrap_or_default().to_vec();
    let (Some(amount), Some(unit)) = (tokens.get(number).cloned(), units.first()) else { return };
    let Kind::Number(said) = amount.kind else { return };
    let name = match unit.word() {
        Some("tick" | "ticks") => "ticks",
        Some("pip" | "pips") => "pips",
        Some("atr" | "atrs") => "ATR",
        Some("dollars" | "dollar" | "bucks") => "dollars",
        Some(_) | None => "percent",
    };
    scene.assume(format!("{} without a unit is read as {name}, like the stop beside it", said.normalize()));
    let units = units.into_iter().map(|unit| Token::new(unit.kind, (amount.start, amount.end), false));
    tokens.splice(number + 1..number + 1, units);
}

/// Where the target's number and the stop's unit are: `atr ( 14 )`.
fn beside_stop(tokens: &[Token], at: usize) -> Option<(usize, Range<usize>)> {
    const UNITS: &str = "ticks|tick|pips|pip|%|percent|atr|atrs|dollars|dollar|bucks";
    let number = |at: usize| tokens.get(at).filter(|token| matches!(token.kind, Kind::Number(_)));
    let mut cursor = Cursor::new(tokens, at);
    let led = cursor.eat(STOPS) && {
        let _ = cursor.eat("loss");
        let _ = cursor.eat("of|at|is|:|=");
        true
    };
    let stop = cursor.number()?;
    cursor.eat("-|x");
    let unit = cursor.at;
    if !cursor.eat(UNITS) {
        return None;
    }
    cursor.eat("( # )");
    let unit = unit..cursor.at;
    if !led && !cursor.eat("stop|sl|stoploss loss?") {
        return None;
    }
    let _ = cursor.eat("for|on both|each|all sides|directions|trades|longs?");
    let _ = cursor.eat(",|/|&|.|;") || cursor.eat("and|with");
    let _ = cursor.eat("a|and|the");
    let named = cursor.eat("target|tp|tgt") || cursor.eat("take profit|profits");
    if named {
        cursor.eat("of|at|is|:|=");
    }
    let place = cursor.at;
    // "1% stop, 400 target" is another unit.
    let near =
        number(place).is_some_and(|token| matches!(token.kind, Kind::Number(said) if said <= stop * Decimal::TEN && said * Decimal::from(5) >= stop));
    if !near {
        return None;
    }
    cursor.at += 1;
    let closed = if named {
        cursor.is_pause() || cursor.sees("and|with|)")
    } else {
        (cursor.eat("target|tp|tgt") || cursor.eat("profit target") || cursor.eat("take profit"))
            && (cursor.is_pause() || cursor.sees("and|with|)|on|for"))
    };
    closed.then_some((place, unit))
}
