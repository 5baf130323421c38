//! Words that point at something said before: "that candle's high", "these only after 11". Where that was not read, or nobody
//! says what they point at, neither are they.

use super::pieces::{Item, Piece};
use super::token::Token;
use std::ops::Range;

/// Calls that bars named by their shape are known by.
const SHAPES: [(&str, &str); 5] = [
    ("inside", "inside_bar"),
    ("outside", "outside_bar"),
    ("engulfing", "cdlengulfing"),
    ("doji", "cdldoji"),
    ("hammer", "cdlhammer"),
];

/// Makes pieces unread that point at what was not read.
pub(crate) fn pointing(pieces: &mut [Piece], tokens: &[Token]) {
    for at in 0..pieces.len() {
        let Some(piece) = pieces.get(at) else { continue };
        let before = pieces.get(..at).unwrap_or_default();
        // "stop at the low of that candle": what is passed over behind a level says whose it is.
        let behind = pieces.get(at + 1..).unwrap_or_default().iter().take_while(|piece| piece.item == Item::Filler);
        let end = behind.last().map_or(piece.to, |piece| piece.to);
        let words: Vec<&str> = tokens.get(piece.from..end).unwrap_or_default().iter().filter_map(Token::word).collect();
        let lost = at_unread_bar(piece, &words, before)
            || at_other_shape(piece, &words, pieces)
            || excepted_from_exit(piece, &words, before)
            || of_another_day(piece, tokens, before)
            || of_each_bar(piece, tokens, pieces, at)
            || of_a_part(pieces, at)
            || of_the_last_bar(pieces, at);
        if lost && let Some(piece) = pieces.get_mut(at) {
            piece.item = Item::Unknown;
        }
    }
    for at in 0..pieces.len() {
        if side_of_unread(pieces, at) {
            unread(pieces, at..at + 1);
        }
        if let Some((from, to)) = either_side(pieces, tokens, at) {
            unread(pieces, from..to);
        }
        if of_one_side(pieces, tokens, at) {
            let (_, to) = clause(pieces, at);
            unread(pieces, at..to);
        }
        if at_nothing(pieces, tokens, at) {
            let (from, to) = clause(pieces, at);
            unread(pieces, from..to);
        }
    }
}

/// A level of "that candle", "its low", where words of the rule before it were not read: it may be theirs.
fn at_unread_bar(piece: &Piece, words: &[&str], before: &[Piece]) -> bool {
    let Item::Settings(settings) = &piece.item else { return false };
    let of_bar = settings.iter().any(|setting| {
        let price = |level: &serde_json::Value| {
            let text = level.as_str().unwrap_or_default();
            let bases = ["high", "low", "open", "close", "session.high", "session.low"];
            text.split([' ', '[']).next().is_some_and(|base| bases.contains(&base))
        };
        let value = &setting.value;
        let legs = value.as_array().into_iter().flatten();
        legs.chain([value]).filter_map(|leg| leg.get("price")).any(price)
    });
    let points = words.iter().any(|word| matches!(*word, "that" | "its" | "their" | "this"));
    let rule = || {
        let rule = |item: &Item| matches!(item, Item::Entry(_) | Item::Sell | Item::Condition(_) | Item::Order(_));
        before.iter().skip_while(move |piece| !rule(&piece.item))
    };
    // "the break of the first 5 min high, stop at that candle's low": of the break or of the range?
    let spans = ["opening_range", "previous_day", "previous_week", "previous_month", "session."];
    let spans = if words.iter().any(|word| is_bar(word)) { spans.get(..1) } else { spans.get(..) }.unwrap_or_default();
    let other = words.contains(&"that")
        && rule().any(|piece| match &piece.item {
            Item::Condition(condition) => spans.iter().any(|span| condition.text.contains(span)),
            _ => false,
        });
    of_bar && points && (other || rule().any(|piece| piece.item == Item::Unknown))
}

/// "with volume rising each bar": on how many?
fn of_each_bar(piece: &Piece, tokens: &[Token], pieces: &[Piece], at: usize) -> bool {
    let Item::Condition(condition) = &piece.item else { return false };
    let trend = condition.text.ends_with(" rising") || condition.text.ends_with(" falling");
    let behind = pieces.get(at + 1).filter(|next| next.item == Item::Filler);
    let words = behind.and_then(|next| tokens.get(piece.from..next.to)).unwrap_or_default();
    trend && words.iter().any(|token| matches!(token.word(), Some("each" | "every")))
}

/// "[unread] buy RSI > 75 sell": the side's rule is among the words before it.
fn side_of_unread(pieces: &[Piece], at: usize) -> bool {
    let item = |place: Option<usize>| place.and_then(|place| pieces.get(place)).map(|piece| &piece.item);
    let side = |item: Option<&Item>| matches!(item, Some(Item::Entry(Some(_)) | Item::Sell));
    side(item(Some(at)))
        && matches!(item(at.checked_sub(1)), Some(Item::Unknown))
        && matches!(item(Some(at + 1)), Some(Item::Condition(_)))
        && side(item(Some(at + 2)))
}

/// "friday closed red": the color of what was not read.
fn of_another_day(piece: &Piece, tokens: &[Token], before: &[Piece]) -> bool {
    let Item::Condition(condition) = &piece.item else { return false };
    let first = tokens.get(piece.from).and_then(Token::word);
    let color = matches!(condition.text.as_str(), "close > open" | "close < open");
    color
        && matches!(first, Some("closed" | "closes" | "closing" | "finishes"))
        && before.last().is_some_and(|piece| piece.item == Item::Unknown)
}

/// "hold 3 days then sell at the close": that of the third day, not of every one.
fn of_the_last_bar(pieces: &[Piece], at: usize) -> bool {
    let exits = |piece: &Piece, pointers: &[&str]| match &piece.item {
        Item::Settings(settings) => settings.iter().any(|one| pointers.contains(&one.pointer.as_str())),
        _ => false,
    };
    let clock = pieces.get(at).is_some_and(|piece| exits(piece, &["/exit/before_close_minutes", "/exit/flatten"]));
    let before = pieces.get(..at).unwrap_or_default().iter().rev();
    let last = before.into_iter().find(|piece| !matches!(piece.item, Item::Filler | Item::And));
    clock && last.is_some_and(|piece| exits(piece, &["/exit/max_bars", "/exit/max_minutes"]))
}

/// "longs only for that part": of words that were not read, not of the strategy.
fn of_a_part(pieces: &[Piece], at: usize) -> bool {
    let side = pieces.get(at).is_some_and(|piece| matches!(piece.item, Item::OnlySide(_)));
    let mut behind = pieces.get(at + 1..).unwrap_or_default().iter().filter(|piece| piece.item != Item::Filler);
    side && behind.next().is_some_and(|piece| piece.item == Item::Unknown)
}

/// "flat at 15:30, except fridays": another exit on Fridays, not no trades.
fn excepted_from_exit(piece: &Piece, words: &[&str], before: &[Piece]) -> bool {
    let Item::Settings(settings) = &piece.item else { return false };
    let days = settings.iter().all(|one| one.pointer == "/filters/weekdays");
    let excepts = words.first().is_some_and(|word| matches!(*word, "except" | "excluding" | "excl" | "apart" | "but"));
    let silent = |piece: &&Piece| matches!(piece.item, Item::Comma | Item::Filler | Item::Known | Item::And);
    let last = before.iter().rev().find(|piece| !silent(piece));
    days && excepts
        && last.is_some_and(|piece| match &piece.item {
            Item::Unknown => true,
            Item::Settings(settings) => {
                settings.iter().any(|one| one.pointer.starts_with("/exit") || one.pointer == "/sizing")
            }
            // "exit when RSI > 70 except on fridays".
            Item::Condition(_) => {
                let sided = |piece: &&Piece| matches!(piece.item, Item::Entry(_) | Item::Exit(_));
                before.iter().rev().find(sided).is_some_and(|piece| matches!(piece.item, Item::Exit(_)))
            }
            _ => false,
        })
}

/// "the inside bar's high" where no inside bar is demanded.
fn at_other_shape(piece: &Piece, words: &[&str], pieces: &[Piece]) -> bool {
    if !matches!(piece.item, Item::Settings(_) | Item::Order(_)) {
        return false;
    }
    SHAPES.iter().any(|(shape, call)| {
        let named =
            words.windows(2).any(|pair| pair.first() == Some(shape) && pair.last().is_some_and(|word| is_bar(word)));
        let demanded = pieces.iter().any(|other| match &other.item {
            Item::Condition(condition) => condition.text.contains(call),
            _ => false,
        });
        named && !demanded
    })
}

fn is_bar(word: &str) -> bool {
    ["bar", "bars", "candle", "candles", "candlestick"].contains(&word.trim_end_matches("'s").trim_end_matches('s'))
        || ["bar", "bars", "candle", "candles"].contains(&word)
}

/// "these only after 11", "only shorts there": settings and sides of something that is not named.
fn at_nothing(pieces: &[Piece], tokens: &[Token], at: usize) -> bool {
    let Some(piece) = pieces.get(at) else { return false };
    let is = |at: usize, words: &[&str]| tokens.get(at).and_then(Token::word).is_some_and(|word| words.contains(&word));
    // "there is a 20 point target" points nowhere.
    let exists = |at: usize| is(at, &["there"]) && is(at + 1, &["is", "are", "should", "will", "must", "isnt", "be"]);
    let said = |piece: &Piece, words: &[&str]| (piece.from..piece.to).any(|at| is(at, words) && !exists(at));
    let (from, to) = clause(pieces, at);
    let limits = matches!(piece.item, Item::Settings(_) | Item::OnlySide(_) | Item::Only | Item::Entry(_));
    let others = pieces.get(from..to).unwrap_or_default();
    let pointed = others.iter().any(|piece| {
        matches!(piece.item, Item::Settings(_) | Item::OnlySide(_) | Item::Filler | Item::Entry(_) | Item::Unknown)
            && said(piece, &["these", "those", "there", "them"])
    });
    limits && pointed && !others.iter().any(|piece| matches!(piece.item, Item::Condition(_)))
}

/// "move to breakeven when price goes 1R but on the longs only" of which the move was not read.
fn of_one_side(pieces: &[Piece], tokens: &[Token], at: usize) -> bool {
    let noun = pieces.get(at).is_some_and(|piece| {
        let words = tokens.get(piece.from..piece.to).unwrap_or_default();
        let named = words.iter().any(|token| matches!(token.word(), Some("longs" | "shorts")));
        named && matches!(piece.item, Item::Entry(Some(_)) | Item::OnlySide(_))
    });
    let (from, _) = clause(pieces, at);
    let before = pieces.get(from..at).unwrap_or_default().iter().rev();
    let mut before = before.skip_while(|piece| matches!(piece.item, Item::Filler | Item::And | Item::Only));
    noun && before.next().is_some_and(|piece| piece.item == Item::Unknown)
}

/// "above vwap, or below it for the shorts": the first is for the longs, not another way in for both.
fn either_side(pieces: &[Piece], tokens: &[Token], at: usize) -> Option<(usize, usize)> {
    let side = pieces.get(at).filter(|piece| matches!(piece.item, Item::Entry(Some(_))))?;
    let is_for = |at: usize| tokens.get(at).and_then(Token::word).is_some_and(|word| matches!(word, "for" | "on"));
    let noun = is_for(side.from) || side.from.checked_sub(1).is_some_and(is_for);
    let before = pieces.get(..at)?;
    let said = |piece: &Piece| !matches!(piece.item, Item::Filler | Item::Comma);
    let mut back = before.iter().enumerate().rev().filter(|(_, piece)| said(piece));
    let condition = |piece: &Piece| matches!(piece.item, Item::Condition(_));
    let second = back.next().filter(|(_, piece)| condition(piece))?;
    let both = |piece: &Piece| match &piece.item {
        Item::Condition(condition) => condition.text.contains(" or "),
        _ => false,
    };
    if noun && both(second.1) {
        return Some((second.0, at + 1));
    }
    back.next().filter(|(_, piece)| piece.item == Item::Or)?;
    let (first, _) = back.next().filter(|(_, piece)| condition(piece))?;
    (noun && second.0 < at).then_some((first, at + 1))
}

fn unread(pieces: &mut [Piece], range: Range<usize>) {
    for piece in pieces.get_mut(range).into_iter().flatten() {
        piece.item = Item::Unknown;
    }
}

/// The clause of a piece, without what ends it.
fn clause(pieces: &[Piece], at: usize) -> (usize, usize) {
    let ends = |piece: &Piece| matches!(piece.item, Item::Comma | Item::End);
    let from = pieces.get(..at).unwrap_or_default().iter().rposition(ends).map_or(0, |end| end + 1);
    let rest = pieces.get(at..).unwrap_or_default();
    (from, at + rest.iter().position(ends).unwrap_or(rest.len()))
}
