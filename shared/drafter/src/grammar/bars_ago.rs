//! What earlier bars did, and where a bar stands among them: "the prior bar also closed above VWAP", "higher than it was 5 bars
//! ago", "volume is the highest of the last 50 bars", "closes in the top quarter of its range".

use super::condition::Condition;
use super::cursor::{Cursor, whole};
use super::names::Class;
use super::scene::{Scene, Value};
use super::value;
use rust_decimal::Decimal;

/// Tokens among which a condition of this kind says so.
const AHEAD: usize = 12;

/// Most bars that are looked back over.
const BARS_MOST: u32 = 500;

/// `the prior bar also closed above vwap`, `the two candles before were both under it`: what was so a bar ago.
pub(crate) fn bars_before(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    cursor.eat("after");
    cursor.eat("the");
    let led = cursor.eat("prior|previous|last|preceding");
    let count = cursor.number().and_then(whole).unwrap_or(1);
    if !(1..BARS_MOST).contains(&count)
        || !cursor.eat("bar|bars|candle|candles")
        || !led && !cursor.eat("before|earlier")
    {
        return None;
    }
    cursor.eat("has|have|had");
    cursor.eat("also|both|all|each");
    if !cursor.eat("close|closed|closes|was|were|is|are") {
        return None;
    }
    cursor.eat("also|both|all|each|still");
    cursor.eat("closed|closing|close");
    let up = cursor.eat("above|over");
    if !up && !cursor.eat("below|under|beneath") {
        return None;
    }
    cursor.eat("the|its");
    // "closed below its open".
    if cursor.eat("open") {
        let color = if up { "close > open" } else { "close < open" };
        return Some(Condition::new(ago(color, count)));
    }
    let level = value::value(cursor, scene).filter(|level| matches!(level.class, Class::Level(_) | Class::Average))?;
    let sign = if up { '>' } else { '<' };
    Some(Condition::new(ago(&format!("close {sign} {}", level.text), count)))
}

/// A condition that held on each of so many bars before this one.
fn ago(condition: &str, bars: u32) -> String {
    if bars == 1 { format!("({condition})[1]") } else { format!("({condition} for {bars} bars)[1]") }
}

/// True where one of these words stands a few tokens ahead in the clause.
fn ahead(cursor: &Cursor<'_>, words: &'static str) -> bool {
    let mut probe = *cursor;
    while !probe.is_pause() && probe.at < cursor.at + AHEAD {
        if probe.sees(words) {
            return true;
        }
        probe.at += 1;
    }
    false
}

/// `the 20 ema is higher than it was 5 bars ago`: now and then.
pub(crate) fn than_ago(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    if !ahead(cursor, "ago|earlier") {
        return None;
    }
    cursor.eat("the");
    let left = value::value(cursor, scene)?;
    cursor.eat("is|are");
    let up = cursor.eat("higher|greater|above|larger|more|bigger");
    if !up && !cursor.eat("lower|less|below|smaller") {
        return None;
    }
    cursor.eat("than");
    cursor.eat("it|they|what|where");
    cursor.eat("it|they");
    cursor.eat("was|were");
    cursor.eat("its|the|their");
    cursor.eat("own|value|reading|level");
    let bars = cursor.one("# bars|bar|candles|candle|periods ago|earlier").and_then(whole)?;
    if !(1..BARS_MOST).contains(&bars) {
        return None;
    }
    let sign = if up { '>' } else { '<' };
    Some(Condition::new(format!("{0} {sign} {0}[{bars}]", left.text)))
}

/// `volume is the highest of the last 50 bars`, `ATR(14) is at its lowest in 100 bars`.
pub(crate) fn extreme_of(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    if !ahead(cursor, "highest|lowest") {
        return None;
    }
    cursor.eat("the");
    let left = value::value(cursor, scene).filter(is_measured)?;
    cursor.eat("is|are");
    cursor.eat("at");
    cursor.eat("the|its");
    let up = cursor.eat("highest");
    if !up && !cursor.eat("lowest") {
        return None;
    }
    cursor.eat("value|level|reading|volume|point");
    if !cursor.eat("of|in|for|over|since") {
        return None;
    }
    cursor.eat("the|at");
    cursor.eat("last|past|previous|least");
    let bars = cursor.one("# bars|bar|candles|candle|periods").and_then(whole)?;
    if !(2..BARS_MOST).contains(&bars) {
        return None;
    }
    let (sign, name) = if up { (">=", "highest") } else { ("<=", "lowest") };
    Some(Condition::new(format!("{0} {sign} {name}({0}, {bars})", left.text)))
}

/// What is measured rather than a price: its extremes are named by itself.
fn is_measured(value: &Value) -> bool {
    matches!(value.class, Class::Volume | Class::Oscillator(..)) || value.row == "atr" || value.row == "stddev"
}

/// `closes in the top quarter of its range`, `the close is in the bottom third of the day's range`.
pub(crate) fn part_of_range(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let led = cursor.at.checked_sub(1).map(|before| Cursor::new(cursor.tokens, before));
    if led.is_some_and(|led| led.sees("session|week|month|yesterday|day")) {
        return None;
    }
    cursor.eat("the|it|price|and");
    let mut day = cursor.eat("day");
    let _ = day || cursor.eat("bar|candle|price");
    if !cursor.eat("close|closes|closed|closing") {
        return None;
    }
    cursor.eat("is|was");
    if !cursor.eat("in|within|near|inside") {
        return None;
    }
    cursor.eat("the|its");
    let top = cursor.eat("top|upper|highest");
    if !top && !cursor.eat("bottom|lower|lowest") {
        return None;
    }
    let percent = if cursor.eat("quarter|fourth") {
        Some(Decimal::from(25))
    } else if cursor.eat("half") {
        Some(Decimal::from(50))
    } else if cursor.eat("third") {
        None
    } else {
        let percent = cursor.one("# %|percent")?;
        Some(percent).filter(|percent| *percent > Decimal::ZERO && *percent <= Decimal::ONE_HUNDRED)
    };
    if cursor.eat("of the|its|this?") {
        day |= cursor.eat("days|daily") || cursor.eat("day");
        let named = day || cursor.eat("bars|bar|candle|candles|own");
        let range = cursor.eat("range");
        // "of that range" may be another's.
        let its = cursor.tokens.get(cursor.at.checked_sub(2)?).and_then(super::token::Token::word) == Some("its");
        if !(named || range && its) {
            return None;
        }
    }
    let (high, low, range) = if day && !matches!(scene.timeframe, "1d" | "1w") {
        ("session.high", "session.low", "(session.high - session.low)")
    } else {
        ("high", "low", "range")
    };
    let part = match percent {
        Some(percent) => format!("{} * {range}", (percent / Decimal::ONE_HUNDRED).normalize()),
        None => format!("{range} / 3"),
    };
    Some(Condition::new(if top { format!("close >= {high} - {part}") } else { format!("close <= {low} + {part}") }))
}
