//! Numbers and times as they are dictated: "stop twenty five points", "between nine thirty and noon", "from three am", "after
//! ten in the morning".

use super::cursor::{Cursor, in_words};
use super::token::{Kind, Token};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Words a time follows.
const TIMED: &str = "at|by|before|after|until|till|til|from|between|past|til|since";

/// Units that make a number anything but a time.
const COUNTED: &str = "points|point|pts|ticks|tick|pips|pip|percent|%|bars|bar|candles|candle|minutes|minute|min|ema|sma|day|days|period|periods|contracts|shares|dollars|cents|atr|r|hundred|thousand|trades|times|x";

/// Puts words of one number together, at their place in the text.
pub(crate) fn put_together(tokens: &mut Vec<Token>) {
    let mut at = 0;
    while at < tokens.len() {
        half_of_day(tokens, at);
        if !time(tokens, at) {
            tens_and_ones(tokens, at);
        }
        at += 1;
    }
}

fn number_word(tokens: &[Token], at: usize) -> Option<u32> {
    in_words(tokens.get(at)?.word()?)?.to_u32()
}

/// `twenty five`: one number, where no chart of five minutes is meant.
fn tens_and_ones(tokens: &mut Vec<Token>, at: usize) {
    let Some(tens) = number_word(tokens, at).filter(|tens| *tens >= 20 && tens % 10 == 0) else { return };
    let Some(ones) = number_word(tokens, at + 1).filter(|ones| (1..10).contains(ones)) else { return };
    let glued = tokens.get(at + 1).is_some_and(|next| next.glued);
    let mut behind = Cursor::new(tokens, at + 2);
    let chart = behind.eat("minute|min|hour|day") && behind.sees("chart|bars|candles|timeframe");
    if !glued && !chart {
        put(tokens, at, at + 2, Kind::Number(Decimal::from(tens + ones)));
    }
}

/// `nine thirty`, `three fifty five` behind a word of time.
fn time(tokens: &mut Vec<Token>, at: usize) -> bool {
    let Some(hour) = number_word(tokens, at).filter(|hour| (1..=12).contains(hour)) else { return false };
    let Some(led) = at.checked_sub(1).map(|before| Cursor::new(tokens, before)) else { return false };
    let ranged =
        led.sees("and|to") && (at.saturating_sub(7)..at).any(|place| Cursor::new(tokens, place).sees("between|from"));
    let mut end = at + 1;
    let Some(mut minute) = number_word(tokens, end).filter(|minute| (10..60).contains(minute)) else { return false };
    end += 1;
    if let Some(ones) =
        number_word(tokens, end).filter(|ones| (1..10).contains(ones) && minute % 10 == 0 && minute > 10)
    {
        minute += ones;
        end += 1;
    }
    if !(led.sees(TIMED) || ranged) || Cursor::new(tokens, end).sees(COUNTED) {
        return false;
    }
    put(tokens, at, end, Kind::Clock(hour as u16 * 60 + minute as u16));
    true
}

/// `nine a m`, `three am`, `ten in the morning`: the hour as a number.
fn half_of_day(tokens: &mut Vec<Token>, at: usize) {
    let numbered = number_word(tokens, at).is_some()
        || tokens.get(at).is_some_and(|token| matches!(token.kind, Kind::Number(_) | Kind::Clock(_)));
    if !numbered {
        return;
    }
    if Cursor::new(tokens, at + 1).sees("a|p m")
        && let (Some(letter), Some(end)) =
            (tokens.get(at + 1).and_then(Token::word), tokens.get(at + 2).map(|it| it.end))
    {
        let half = format!("{letter}m");
        tokens.remove(at + 2);
        if let Some(token) = tokens.get_mut(at + 1) {
            token.end = end;
            token.turned_into(Kind::Word(half));
        }
    }
    let halved = Cursor::new(tokens, at + 1).sees("am|pm|oclock|o'clock")
        || Cursor::new(tokens, at + 1).sees("in the morning|afternoon|evening");
    if let Some(hour) = number_word(tokens, at).filter(|hour| halved && (1..=12).contains(hour)) {
        put(tokens, at, at + 1, Kind::Clock(hour as u16 * 60));
    }
}

fn put(tokens: &mut Vec<Token>, from: usize, to: usize, kind: Kind) {
    let Some(end) = tokens.get(to - 1).map(|last| last.end) else { return };
    tokens.drain(from + 1..to);
    if let Some(token) = tokens.get_mut(from) {
        token.end = end;
        token.turned_into(kind);
    }
}
