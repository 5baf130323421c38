//! How long the opening range of a text is, wherever the text says it.

use super::clock;
use super::cursor::Cursor;
use super::levels::{minutes_of, opening_minutes, range_value};
use super::names::{Class, Lean};
use super::reading::ends_with_market;
use super::scene::{Scene, Value};
use super::token::{Kind, Token};
use market::{Calendar, SessionKind};
use rust_decimal::Decimal;

/// Minutes of the longest opening range that is meant by clock times.
const LONGEST: u16 = 180;

/// Every length that is given, with its place.
fn lengths(tokens: &[Token]) -> Vec<(usize, u32)> {
    let given = |at: usize| {
        let mut cursor = Cursor::new(tokens, at);
        let stated = opening_minutes(&mut cursor)?;
        // "first hour only", "no trades in the first 15 minutes" say when it trades.
        let before = tokens.get(at.saturating_sub(2)..at).unwrap_or_default();
        let led = before.iter().rev().filter_map(Token::word).find(|word| *word != "the");
        let range = tokens.get(at..cursor.at).unwrap_or_default().iter().filter_map(Token::word);
        let named = range.into_iter().any(|word| matches!(word, "range" | "ranges" | "orb" | "orbs"));
        let timed = matches!(
            led,
            Some("in" | "during" | "within" | "after" | "skip" | "avoid" | "only" | "trade" | "trading" | "past")
        );
        if !named && (timed || cursor.sees("only")) {
            return None;
        }
        let minutes = stated.or_else(|| {
            // "the opening range high (15 min)".
            let bracket = cursor.eat("high|low|highs|lows|top|bottom") && cursor.eat("(");
            cursor.eat("first");
            if bracket { clock::length(&mut cursor).and_then(minutes_of).filter(|_| cursor.eat(")")) } else { None }
        });
        minutes.map(|minutes| (at, minutes))
    };
    (0..tokens.len()).filter_map(given).collect()
}

/// "MES 5min ORB: first 15 min range": the length beside the market is the chart's where the range has its own.
fn of_chart(tokens: &[Token], scene: &Scene<'_>) -> Option<(usize, u32)> {
    let symbol = &scene.market.as_ref()?.symbol;
    let all = lengths(tokens);
    let (at, minutes) = all.first().copied()?;
    let orb = Cursor::new(tokens, at).number().is_some()
        && (ends_with_market(tokens, at, scene, symbol) || on_market(tokens, at, scene));
    (orb && all.iter().any(|(_, other)| *other != minutes)).then_some((at, minutes))
}

/// `5-minute opening range breakout on MNQ`: the market stands behind.
fn on_market(tokens: &[Token], at: usize, scene: &Scene<'_>) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if opening_minutes(&mut cursor).is_none() {
        return false;
    }
    cursor.eat("breakout|breakouts|break|strategy|trade");
    cursor.eat("on|for|in") && super::symbols::instrument(&mut cursor, &scene.names, scene.text).is_some()
}

/// The chart that stands where the length of the opening range usually does.
pub(crate) fn chart(tokens: &[Token], scene: &Scene<'_>) -> Option<&'static str> {
    of_chart(tokens, scene).and_then(|(_, minutes)| clock::named(minutes))
}

/// Notes the length of an opening range wherever the text gives it, before anything is read.
pub(crate) fn announce(tokens: &[Token], scene: &Scene<'_>) {
    let chart = of_chart(tokens, scene);
    if let Some((_, minutes)) =
        lengths(tokens).into_iter().find(|(_, minutes)| chart.is_none_or(|(_, of)| of != *minutes))
    {
        let line = range_value(scene, minutes, "high", Class::Level(Lean::Above));
        scene.lines.borrow_mut().push(line);
    }
}

/// The opening range of an expression, so that "the range" means it.
pub(crate) fn range_in(text: &str) -> Option<Value> {
    let (_, rest) = text.split_once("opening_range(")?;
    let (arguments, _) = rest.split_once(')')?;
    let minutes: u32 = arguments.split(',').next()?.trim().parse().ok()?;
    let written = format!("opening_range({arguments}).high");
    Some(Value { row: "opening_range", period: Some(minutes.into()), ..Value::new(written, Class::Level(Lean::Above)) })
}

/// Puts opening ranges that are told by clock times into minutes; true where there are any.
pub(crate) fn of_times(tokens: &mut Vec<Token>, scene: &Scene<'_>) -> bool {
    let mut any = false;
    for at in 0..tokens.len() {
        any |= times_behind_end(tokens, at, scene);
    }
    let mut at = 0;
    while at < tokens.len() {
        any |= range_of_times(tokens, at, scene) || marked(tokens, at) || said_twice(tokens, at, scene);
        at += 1;
    }
    let ranges = !lengths(tokens).is_empty();
    at = 0;
    while ranges && at < tokens.len() {
        any |= beyond_range(tokens, at);
        at += 1;
    }
    any
}

/// `mark the high and low of the first 15 minutes`: the opening range.
fn marked(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let verb = cursor.eat("mark|note|draw|take|use|get|plot");
    cursor.eat("out|off|up|the");
    cursor.eat("the");
    if !verb || !cursor.eat("high|highs and|/|& low|lows of|from? the? first|opening") {
        return false;
    }
    let number = cursor.at;
    if !cursor.eat("# minutes|minute|min|mins candle|bar?") || !cursor.is_pause_or_joint() {
        return false;
    }
    let (start, end) = (tokens.get(at).map_or(0, |one| one.start), tokens.get(cursor.at - 1).map_or(0, |one| one.end));
    let word = |word: &str| Token::new(Kind::Word(word.to_owned()), (start, end), false);
    let minutes = tokens.get(number..number + 2).unwrap_or_default().to_vec();
    let words: Vec<Token> = minutes.into_iter().chain([word("opening"), word("range")]).collect();
    tokens.splice(at..cursor.at, words);
    true
}

/// `long on a break above`, `short below it` beside an opening range: beyond its end.
fn beyond_range(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let first = at == 0 || Cursor::new(tokens, at - 1).is_pause() || Cursor::new(tokens, at - 1).sees("and|go|,|:");
    let side = cursor.eat("go? long|buy|short") || cursor.eat("sell short");
    let _ = cursor.eat("if|when|on a|the|price|it?");
    cursor.eat("a|the|price|it");
    let broken = cursor.eat("break|breaks|breakout|breakdown|close|closes");
    let above = cursor.sees("above|over");
    // "with a vwap filter: long above it": not of the range.
    let words = tokens.get(at.saturating_sub(9)..at).unwrap_or_default();
    let words = words.iter().filter_map(Token::word);
    let of = |word: &str| matches!(word, "range" | "orb" | "opening");
    let other = |word: &str| matches!(word, "filter" | "vwap" | "ema" | "sma" | "ma" | "rsi" | "close" | "pivot");
    let spoken = words.rev().find(|word| of(word) || other(word)).is_some_and(of);
    if !first || !spoken || !(side || broken) || !cursor.eat("above|below|over|under") {
        return false;
    }
    let place = cursor.at;
    let mut range = cursor;
    range.eat("it|that|them");
    let _ = range.eat("the|that range");
    if !(range.is_pause() || range.sees("=|->|and|go|-")) {
        return false;
    }
    let (start, end) = tokens.get(place - 1).map_or((0, 0), |one| (one.start, one.end));
    let words = ["the", "opening", "range", if above { "high" } else { "low" }];
    let words = words.map(|word| Token::new(Kind::Word(word.to_owned()), (start, end), false));
    tokens.splice(place..range.at, words);
    true
}

/// `the 9:30-9:45 range`, `orb 9:30-10:00`: an opening range of so many minutes, where its first minute is the open.
fn range_of_times(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    // "time range 9:30-11:00" says when it trades.
    let hours =
        at > 0 && Cursor::new(tokens, at - 1).sees("time|trading|trade|hours|session|date|only|in|within|during");
    // "OR is 9:30 to 9:45", as a sentence of its own.
    let short = (at == 0 || Cursor::new(tokens, at - 1).is_pause()) && cursor.eat("or is|=|:|from");
    let named = short || cursor.eat("orb") || cursor.eat("opening range breakout?") || !hours && cursor.eat("range");
    let name = at..cursor.at;
    if named {
        let _ = cursor.eat("using|with|between") && cursor.eat("the");
        cursor.eat("of|from|is|=|:|(");
    }
    let first = cursor.at;
    let Some((from, to, end)) = times(tokens, first, scene) else { return false };
    let bracket = tokens.get(end).is_some_and(|token| token.is_mark(')')) && named;
    let behind = Cursor::new(tokens, end + usize::from(bracket));
    let range = behind.sees("opening? range|orb|box|high|low") && !named;
    if open_of(scene) != Some(from) || to <= from || to > from + LONGEST || !(named || range) {
        return false;
    }
    let place = tokens.get(first).map_or((0, 0), |token| (token.start, token.end));
    let last = tokens.get(end - 1).map_or(place.1, |token| token.end);
    let minutes = Token::new(Kind::Number(Decimal::from(to - from)), (place.0, last), false);
    let unit = Token::new(Kind::Word("minute".to_owned()), (place.0, last), false);
    let word = |word: &str| Token::new(Kind::Word(word.to_owned()), (place.0, last), false);
    let mut words = vec![minutes, unit];
    let mut stop = end + usize::from(bracket);
    if named {
        let mut own: Vec<Token> = tokens.get(name.clone()).unwrap_or_default().to_vec();
        let begin = own.first().map_or(place.0, |token| token.start);
        for token in own.iter_mut().chain(&mut words) {
            (token.start, token.end) = (begin, last);
        }
        if short || own.iter().all(|token| matches!(token.word(), Some("range"))) {
            words.extend([word("opening"), word("range")]);
        } else {
            words.extend(own);
        }
    } else if behind.sees("range|box") {
        words.extend([word("opening"), word("range")]);
        stop += 1;
    } else if behind.sees("high|low") {
        words.extend([word("opening"), word("range")]);
    }
    let end = tokens.get(stop - 1).map_or(last, |token| token.end);
    words.iter_mut().for_each(|word| word.end = end);
    tokens.splice(at..stop, words);
    true
}

/// `the first hour (9:30 until 10:30)`: the same once more, which is dropped.
fn said_twice(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) -> bool {
    let bracket = tokens.get(at).is_some_and(|token| token.is_mark('('));
    let Some((from, to, end)) =
        times(tokens, at + 1, scene).filter(|_| bracket && behind_range(&Cursor::new(tokens, at + 1)))
    else {
        return false;
    };
    let closed = tokens.get(end).is_some_and(|token| token.is_mark(')'));
    let known = lengths(tokens).iter().any(|(start, minutes)| *start < at && Some(*minutes) == length(from, to));
    let twice = closed && known && open_of(scene) == Some(from);
    if twice {
        tokens.drain(at..=end);
    }
    twice
}

/// `the opening range high (9:30-9:45)`: the times are the range's, not its end's, and are put behind its name, or
/// dropped where they say its length again.
fn times_behind_end(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) -> bool {
    if !behind_end(&Cursor::new(tokens, at + 2)) {
        return false;
    }
    let Some((from, to, end)) = times(tokens, at + 2, scene) else { return false };
    let closed = tokens.get(end).is_some_and(|token| token.is_mark(')'));
    let known = lengths(tokens).iter().rfind(|(start, _)| *start < at).map(|(_, minutes)| *minutes);
    if !closed || open_of(scene) != Some(from) || known.is_some_and(|known| Some(known) != length(from, to)) {
        return false;
    }
    if known.is_some() {
        let behind = tokens.drain(at + 1..=end).map(|token| token.end).max();
        if let (Some(word), Some(behind)) = (tokens.get_mut(at), behind) {
            word.end = behind;
        }
        return true;
    }
    let Some(words) = tokens.get_mut(at..=end) else { return false };
    words.rotate_left(1);
    let span = (words.iter().map(|word| word.start).min(), words.iter().map(|word| word.end).max());
    if let (Some(start), Some(end)) = span {
        words.iter_mut().for_each(|word| (word.start, word.end) = (start, end));
    }
    true
}

/// True for minutes in which is traded or not: "no trades in the first 30 minutes", "first 30 minutes only".
pub(crate) fn of_trading(tokens: &[Token], cursor: &Cursor<'_>) -> bool {
    let head = tokens.get(..cursor.at).unwrap_or_default().iter().rev();
    let clause = head.take_while(|token| ![',', '.', ';', '\n'].iter().any(|mark| token.is_mark(*mark)));
    let traded = clause.filter_map(Token::word).any(|word| {
        matches!(
            word,
            "no" | "not"
                | "dont"
                | "never"
                | "skip"
                | "avoid"
                | "trade"
                | "trades"
                | "trading"
                | "entries"
                | "enter"
                | "in"
                | "during"
                | "after"
                | "until"
                | "only"
                | "wait"
                | "within"
        )
    });
    let mut behind = *cursor;
    traded || behind.eat("first # minutes|min|mins") && behind.sees("only|after|are|is|no")
}

/// Minutes between two times of a day.
fn length(from: u16, to: u16) -> Option<u32> {
    to.checked_sub(from).map(u32::from)
}

/// The first minute of the market's regular session, where that is told in New York's time.
pub(crate) fn open_of(scene: &Scene<'_>) -> Option<u16> {
    let hours = Calendar::of(scene.market.as_ref()?).ok()?.hours(SessionKind::Regular);
    strategy::parse_time(hours.strip_suffix("America/New_York")?.get(..5)?)
}

/// `9:30-10`, `9:30 to 9:45`, `930-945`, `(until 10:00`: minutes of the day, and the place behind them.
fn times(tokens: &[Token], at: usize, scene: &Scene<'_>) -> Option<(u16, u16, usize)> {
    let mut cursor = Cursor::new(tokens, at);
    let bracket = at.checked_sub(1).and_then(|at| tokens.get(at)).is_some_and(|token| token.is_mark('('));
    let from = if bracket && cursor.sees("until|till|through|to") {
        open_of(scene)?
    } else {
        clock::time(&mut cursor, true)?.minute
    };
    if !cursor.eat("-|to|until|till|through") {
        return None;
    }
    let to = clock::time(&mut cursor, true)?.minute;
    cursor.eat("am|est|et|ny");
    Some((from, to, cursor.at))
}

/// `the high of the first hour (9:00 until 10:00)`, `the first hour high (`: when the range is made, not when it is traded.
pub(crate) fn behind_range(cursor: &Cursor<'_>) -> bool {
    let from = |back: usize| cursor.at.checked_sub(back).map(|at| Cursor::new(cursor.tokens, at));
    from(2).is_some_and(|words| words.sees("hour|minutes|min|range|candle (")) || behind_end(cursor)
}

/// Behind `opening range high (`, `first hour low (`.
fn behind_end(cursor: &Cursor<'_>) -> bool {
    let from = |back: usize| cursor.at.checked_sub(back).map(|at| Cursor::new(cursor.tokens, at));
    from(3).is_some_and(|words| {
        words.sees("hour|hour's|minutes|min|range|range's|orb|candle|balance high|low|highs|lows (")
    })
}
