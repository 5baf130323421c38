//! Amounts of stops and targets, put into the words the grammar reads: "stop 2% for longs, 1.5% for shorts"; in changes by how
//! much they grow or shrink: "stop 5 points wider", "add 5 points to the stop", "stop twice as wide".

use super::change_phrases::{
    Part::{Kept, Mark, Said},
    put_words,
};
use super::chat_wordings::UNITS;
use super::cursor::Cursor;
use super::rephrased::replace;
use super::said_plainly::opens;
use super::token::{Kind, Token};

/// Puts what stands at `at` into words that the grammar reads.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize, change: bool) {
    if change && opens(tokens, at) {
        doubled(tokens, at);
        resized(tokens, at);
    }
    per_side(tokens, at);
}

/// `stop twice as wide`, `make the target half as far`.
fn doubled(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let Some(name) = of_exit(&mut cursor) else { return };
    let twice = cursor.eat("twice|double as wide|far|big|large");
    if (twice || cursor.eat("half as wide|far|big|large")) && cursor.is_pause_or_joint() {
        let end = cursor.at;
        replace(tokens, at, end, &[if twice { "double" } else { "halve" }, "the", name]);
    }
}

/// `stop 5 points wider`, `add 5 points to the stop`, `take 5 points off the stop`, `5 more points on the stop`.
fn resized(tokens: &mut Vec<Token>, at: usize) {
    let cursor = Cursor::new(tokens, at);
    let found = wider(cursor).or_else(|| added(cursor)).or_else(|| more(cursor));
    let Some(change) = found.filter(|change| change.end.is_pause_or_joint()) else { return };
    let end = change.end.at;
    let verb = if change.grows { "widen" } else { "tighten" };
    let mut words = vec![Said(verb), Said("the"), Said(change.name), Said("by"), Kept(change.number)];
    words.extend(change.unit.map(Kept));
    put_words(tokens, at, end, &words);
}

/// An exit that grows or shrinks: the tokens of by how much, and what stands behind.
struct Resized<'t> {
    name: &'static str,
    number: usize,
    unit: Option<usize>,
    grows: bool,
    end: Cursor<'t>,
}

/// `make the stop`, `the target should be`.
fn of_exit(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    cursor.eat("make|move|put|set");
    cursor.eat("the|my");
    let name = kind(cursor)?;
    cursor.eat("should|to be");
    cursor.eat("is|be");
    Some(name)
}

/// A number and its unit; true where "more" stands between them.
fn measured(cursor: &mut Cursor<'_>) -> Option<(usize, bool, Option<usize>)> {
    let number = cursor.at;
    cursor.number()?;
    let more = cursor.eat("more");
    let unit = cursor.at;
    let unit = cursor.eat(UNITS).then_some(unit);
    Some((number, more, unit))
}

/// `stop 5 points wider`.
fn wider(mut cursor: Cursor<'_>) -> Option<Resized<'_>> {
    let name = of_exit(&mut cursor)?;
    let (number, false, unit) = measured(&mut cursor)? else { return None };
    let grows = cursor.eat("wider|further|farther|bigger|larger|higher|more|looser");
    if !grows && !cursor.eat("tighter|closer|nearer|smaller|lower|less|narrower") {
        return None;
    }
    cursor.eat("away|out|in");
    Some(Resized { name, number, unit, grows, end: cursor })
}

/// `add 5 points to the stop`, `take 5 points off the stop`.
fn added(mut cursor: Cursor<'_>) -> Option<Resized<'_>> {
    let grows = cursor.eat("add");
    if !grows && !cursor.eat("take|shave|cut|knock") {
        return None;
    }
    let (number, _, unit) = measured(&mut cursor)?;
    if !(if grows { cursor.eat("to") } else { cursor.eat("off|from of?") }) {
        return None;
    }
    cursor.eat("the|my");
    Some(Resized { name: kind(&mut cursor)?, number, unit, grows, end: cursor })
}

/// `5 more points on the stop`.
fn more(mut cursor: Cursor<'_>) -> Option<Resized<'_>> {
    let (number, true, unit) = measured(&mut cursor)? else { return None };
    if !cursor.eat("on|for|to the|my?") {
        return None;
    }
    Some(Resized { name: kind(&mut cursor)?, number, unit, grows: true, end: cursor })
}

/// What is said of each side: the tokens of an amount and of the side it is for.
struct Sided {
    amount: std::ops::Range<usize>,
    /// Without one it is in the unit of the other.
    unit: Option<usize>,
    side: &'static str,
}

/// `stop 2% for longs 1.5% for shorts`, `stops 1.5 ATR long, 2 ATR short`, `4% stop on longs, 3% on shorts`, `stop loss 30 points
/// (20 for shorts)`: one setting for each side.
fn per_side(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let head = kind(&mut cursor);
    if head.is_some() {
        cursor.eat("is|are|of|at|:|=");
    }
    let mut first = match amount(&mut cursor, tokens) {
        Some(first) if first.unit.is_some() || head.is_some() => first,
        _ => return,
    };
    let Some(kind) = head.or_else(|| kind(&mut cursor)) else { return };
    let bracket = cursor.sees("( #");
    if let Some(side) = side(&mut cursor) {
        first.side = side;
    } else if !bracket {
        return;
    }
    let _ = cursor.eat(",|/|&|;|(") || cursor.eat("and|but|vs");
    cursor.eat("and|a|with");
    let Some(mut second) = amount(&mut cursor, tokens) else { return };
    let again = self::kind(&mut cursor);
    let Some(other) = side(&mut cursor).filter(|_| again.is_none_or(|again| again == kind)) else { return };
    second.side = other;
    if bracket {
        first.side = if other == "longs" { "shorts" } else { "longs" };
        if !cursor.eat(")") {
            return;
        }
    }
    let closed = cursor.is_pause_or_joint() || cursor.sees(")|target|tp|stop|sl|#");
    if first.side == second.side || !closed {
        return;
    }
    second.unit = second.unit.or(first.unit);
    let end = cursor.at;
    let mut words = Vec::new();
    for (place, one) in [first, second].into_iter().enumerate() {
        if place > 0 {
            words.push(Mark(','));
        }
        words.push(Said(kind));
        words.extend(one.amount.clone().map(Kept));
        if let Some(unit) = one.unit.filter(|unit| !one.amount.contains(unit)) {
            words.push(Kept(unit));
        }
        words.extend([Said("for"), Said(one.side)]);
    }
    put_words(tokens, at, end, &words);
}

fn kind(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    if cursor.eat("stop loss") || cursor.eat("stop|stops|sl|stoploss") {
        return Some("stop");
    }
    (cursor.eat("profit target|targets") || cursor.eat("take profit|profits") || cursor.eat("target|targets|tp"))
        .then_some("target")
}

fn amount(cursor: &mut Cursor<'_>, tokens: &[Token]) -> Option<Sided> {
    let from = cursor.at;
    cursor.eat("$");
    if !tokens.get(cursor.at).is_some_and(|token| matches!(token.kind, Kind::Number(_))) {
        return None;
    }
    cursor.at += 1;
    cursor.eat("x");
    let unit = cursor.at;
    let unit = cursor.eat(UNITS).then_some(unit);
    if unit.is_some() {
        cursor.eat("( # )");
    }
    Some(Sided { amount: from..cursor.at, unit, side: "" })
}

fn side(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    let mut probe = *cursor;
    probe.eat("for|on|of");
    probe.eat("the|my");
    let side = if probe.eat("long|longs|buys") {
        "longs"
    } else if probe.eat("short|shorts|sells") {
        "shorts"
    } else {
        return None;
    };
    probe.eat("side|trades|entries|positions|ones");
    // "20 point stop, short when …" begins a rule.
    if probe.sees("when|if|on|at|once|whenever|as") {
        return None;
    }
    *cursor = probe;
    Some(side)
}
