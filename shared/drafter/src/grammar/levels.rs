//! Levels on the price's axis: yesterday's high, the opening range, pivots, highs of n bars, VWAP.

use super::clock::{self, Unit};
use super::cursor::{Cursor, whole};
use super::names::{Class, Lean};
use super::range_middle::middle_of_range;
use super::scene::{Scene, Value};
use super::token::Token;
const ABOVE: Class = Class::Level(Lean::Above);
const BELOW: Class = Class::Level(Lean::Below);
const LEVEL: Class = Class::Level(Lean::Either);

/// Minutes of an opening range that nobody gave.
const OPENING_MINUTES: u32 = 30;

/// Bars of a swing that nobody gave.
const SWING_BARS: u32 = 10;

/// A level here, if one is named.
pub(crate) fn level(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let readers: [fn(&mut Cursor<'_>, &Scene<'_>) -> Option<Value>; 8] =
        [middle_of_range, period, opening_range, session, extreme, super::volume::vwap, pivot, position];
    readers.iter().find_map(|reader| {
        let mut probe = *cursor;
        let found = scene.attempt(|| reader(&mut probe, scene))?;
        *cursor = probe;
        Some(found)
    })
}

/// A price of a whole bar or period: which, and on which side of the price it usually lies.
fn price_word(cursor: &mut Cursor<'_>) -> Option<(&'static str, Class)> {
    let words = [
        ("high|highs|top", "high", ABOVE),
        ("low|lows|bottom", "low", BELOW),
        ("close|closing price?", "close", LEVEL),
        ("settle|settlement", "close", LEVEL),
        ("open|opening price?", "open", LEVEL),
    ];
    words.into_iter().find(|(pattern, _, _)| cursor.eat(pattern)).map(|(_, price, class)| (price, class))
}

/// `yesterday's high`, `PDH`, `last week's low`, `high of the previous day`.
fn period(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Value> {
    let short = [
        ("pdh", "previous_day.high", ABOVE),
        ("pdl", "previous_day.low", BELOW),
        ("pdc", "previous_day.close", LEVEL),
        ("pdo", "previous_day.open", LEVEL),
        ("pwh", "previous_week.high", ABOVE),
        ("pwl", "previous_week.low", BELOW),
        ("pmh", "previous_month.high", ABOVE),
        ("pml", "previous_month.low", BELOW),
    ];
    if let Some((_, text, class)) = short.into_iter().find(|(pattern, _, _)| cursor.eat(pattern)) {
        return Some(Value::new(text, class));
    }
    let mut probe = *cursor;
    if let Some((price, class)) = price_word(&mut probe)
        && probe.eat("of|from")
    {
        probe.eat("the");
        if let Some(name) = period_name(&mut probe) {
            *cursor = probe;
            return Some(Value::new(format!("{name}.{price}"), class));
        }
    }
    let name = period_name(cursor)?;
    cursor.eat("session");
    let (price, class) = price_word(cursor)?;
    Some(Value::new(format!("{name}.{price}"), class))
}

fn period_name(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    let names = [
        ("yesterday|yesterdays", "previous_day"),
        ("previous|prior|prev|preceding day|days|daily|session|sessions|trading day?", "previous_day"),
        ("last day|days|session|sessions", "previous_day"),
        ("the day before", "previous_day"),
        ("previous|prior|prev|preceding|last week|weeks|weekly", "previous_week"),
        ("previous|prior|prev|preceding|last month|months|monthly", "previous_month"),
    ];
    names.into_iter().find(|(pattern, _)| cursor.eat(pattern)).map(|(_, name)| name)
}

/// `opening range high`, `15-minute ORB low`, `high of the first 30 minutes`.
fn opening_range(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    if let Some((price, _)) = price_word(&mut probe)
        && probe.eat("of|from the?")
        && let Some(minutes) = opening_minutes(&mut probe)
    {
        *cursor = probe;
        return range_line(scene, minutes, price);
    }
    let mut probe = *cursor;
    if scene.lines.borrow().iter().any(|line| line.row == "opening_range") {
        // "the range high", and "the high" where a range was spoken of.
        let mut short = *cursor;
        let named = short.eat("range|ranges|or");
        let article = cursor
            .at
            .checked_sub(1)
            .and_then(|at| cursor.tokens.get(at))
            .and_then(|token| token.word())
            .is_some_and(|word| matches!(word, "the" | "that" | "its" | "below" | "above"));
        if (named || article)
            && let Some((price @ ("high" | "low"), _)) = price_word(&mut short)
            && (named || short.is_pause_or_joint() && !short.sees("on the"))
        {
            *cursor = short;
            return range_line(scene, None, price);
        }
    }
    let mut minutes = opening_minutes(&mut probe)?;
    if let Some((price, _)) = price_word(&mut probe) {
        if minutes.is_none() {
            // "the opening range high (15 min)".
            let mut bracket = probe;
            let stated = if bracket.eat("(") {
                bracket.eat("the? first");
                clock::length(&mut bracket).and_then(minutes_of)
            } else {
                None
            };
            if stated.is_some() && bracket.eat(")") {
                minutes = stated;
                probe = bracket;
            }
        }
        *cursor = probe;
        return range_line(scene, minutes, price);
    }
    let end = end_of_range(*cursor, scene);
    *cursor = probe;
    range_line(scene, minutes, end)
}

/// Which end of the range itself is meant: "above" and "below" say it, else the side does.
pub(crate) fn end_of_range(range: Cursor<'_>, scene: &Scene<'_>) -> &'static str {
    let before = range.tokens.get(range.at.saturating_sub(3)..range.at).unwrap_or_default();
    let way = before.iter().rev().filter_map(Token::word).find_map(|word| match word {
        "above" | "over" => Some("high"),
        "below" | "under" | "beneath" => Some("low"),
        _ => None,
    });
    way.unwrap_or(match scene.side() {
        super::scene::Side::Long => "high",
        super::scene::Side::Short => "low",
    })
}

pub(crate) fn range_line(scene: &Scene<'_>, minutes: Option<u32>, price: &str) -> Option<Value> {
    let known = || {
        let lines = scene.lines.borrow();
        lines.iter().find(|line| line.row == "opening_range").and_then(|line| line.period).and_then(whole)
    };
    let minutes = minutes.or_else(known).unwrap_or_else(|| {
        scene.assume(format!("the opening range is the first {OPENING_MINUTES} minutes, as no length was given"));
        OPENING_MINUTES
    });
    let session = scene.regular();
    if !session.is_empty() {
        scene.assume("the opening range is that of the regular session");
    }
    let class = match price {
        "high" => ABOVE,
        "low" => BELOW,
        _ => return None,
    };
    let found = range_value(scene, minutes, price, class);
    scene.lines.borrow_mut().push(found.clone());
    Some(found)
}

pub(crate) fn range_value(scene: &Scene<'_>, minutes: u32, price: &str, class: Class) -> Value {
    let session = scene.regular();
    let session = if session.is_empty() { String::new() } else { format!(", {session}") };
    Value {
        row: "opening_range",
        period: Some(minutes.into()),
        ..Value::new(format!("opening_range({minutes}{session}).{price}"), class)
    }
}
/// The words for the opening range with its length, where it is given.
pub(crate) fn opening_minutes(cursor: &mut Cursor<'_>) -> Option<Option<u32>> {
    let mut probe = *cursor;
    probe.eat("the");
    if probe.eat("first|opening") {
        if let Some(minutes) = clock::length(&mut probe).and_then(minutes_of)
            && !probe.sees("close|closes|closing|chart")
        {
            probe.eat("of the? trading|session|day|market?");
            probe.eat("opening? range");
            *cursor = probe;
            return Some(Some(minutes));
        }
        probe = *cursor;
        probe.eat("the");
    }
    let mut counted = probe;
    let mut minutes = clock::length(&mut counted).and_then(minutes_of);
    if minutes.is_some() {
        probe = counted;
    }
    // The market profile's name for the first hour.
    if minutes.is_none() && (probe.eat("first hour") || probe.eat("initial balance range?")) {
        *cursor = probe;
        return Some(Some(60));
    }
    let named = probe.eat("opening range|ranges") || probe.eat("orb|orbs") || (minutes.is_some() && probe.eat("range"));
    if !named {
        return None;
    }
    if probe.sees("or") {
        return None;
    }
    if minutes.is_none() {
        let mut bracket = probe;
        let opened = bracket.eat("(") || bracket.eat(",") || bracket.sees("first|of");
        bracket.eat("the|first|of");
        bracket.eat("first");
        if let Some(found) = clock::length(&mut bracket).and_then(minutes_of)
            && opened
        {
            let closed = bracket.eat(")");
            if closed || bracket.is_pause() {
                minutes = Some(found);
                probe = bracket;
            }
        }
    }
    *cursor = probe;
    Some(minutes)
}

/// `15 min ORB` alone: says which range the rest means.
pub(crate) fn definition(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> bool {
    let mut probe = *cursor;
    probe.eat("the|a|an|use|using|with|mark|take");
    probe.eat("the|a");
    let found = opening_minutes(&mut probe).is_some();
    let uses = scene.lines.borrow().iter().any(|line| line.row == "opening_range");
    let _ = probe.eat("breakout|breakouts|break") && probe.is_pause();
    if found && uses && (probe.is_pause() || probe.sees(":|on|for|strategy|long|with|in")) {
        *cursor = probe;
        return true;
    }
    false
}

pub(crate) fn minutes_of((count, unit): (u32, Unit)) -> Option<u32> {
    match unit {
        Unit::Minute => Some(count),
        Unit::Hour => count.checked_mul(60),
        Unit::Bar | Unit::Day | Unit::Week | Unit::Month | Unit::Year => None,
    }
}

/// `high of day`, `HOD`, `the session low`, `today's open`.
fn session(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let regular = scene.regular();
    let open = if regular.is_empty() { "session.open".to_owned() } else { format!("session.open({regular})") };
    if super::said_extremes::of_a_part(*cursor) {
        return None;
    }
    if cursor.eat("hod")
        || cursor.eat("high of the? day|session")
        || cursor.eat("today|todays|day|days|session|sessions|intraday|daily high|highs")
    {
        return Some(Value::new("session.high", ABOVE));
    }
    if cursor.eat("lod")
        || cursor.eat("low of the? day|session")
        || cursor.eat("today|todays|day|days|session|sessions|intraday|daily low|lows")
    {
        return Some(Value::new("session.low", BELOW));
    }
    let is_open = cursor.eat("today|todays|day|session|sessions|daily|market|rth|regular open|opening price?")
        || cursor.eat("opening|open price of the? day|session")
        || cursor.eat("open of the? day|session")
        || cursor.eat("cash|ny|rth open");
    if !is_open {
        return None;
    }
    if !regular.is_empty() {
        scene.assume("the open of the day is that of the regular session");
    }
    Some(Value::new(open, LEVEL))
}

/// `the 20-bar high`, `highest high of the last 20 bars`, `20-day low`, `swing low`, `52-week high`.
fn extreme(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    if probe.eat("recent|last|latest|prior|previous? swing high|highs") {
        *cursor = probe;
        return Some(swing(scene, true));
    }
    if probe.eat("recent|last|latest|prior|previous? swing low|lows") {
        *cursor = probe;
        return Some(swing(scene, false));
    }
    if probe.eat("highest|lowest") {
        let high = cursor.sees("highest");
        let series = if probe.eat("high|highs") {
            "high"
        } else if probe.eat("low|lows") {
            "low"
        } else if probe.eat("close|closes|price|closing price?") {
            "close"
        } else if high {
            "high"
        } else {
            "low"
        };
        let _ = probe.eat("of|in|over|for the|that? last|past|previous|prior|preceding?") || probe.eat("in|over|for");
        let (count, unit) = bars(&mut probe).or_else(|| super::said_extremes::count_alone(&mut probe))?;
        let _ = probe.eat("before it|that|this");
        *cursor = probe;
        return window(scene, high, series, count, unit);
    }
    if let Some(found) = super::said_extremes::extreme(cursor, scene) {
        return Some(found);
    }
    let (count, unit) = bars(&mut probe)?;
    probe.eat("rolling|range|closing|channel|donchian|breakout");
    let high = if probe.eat("high|highs") {
        true
    } else if probe.eat("low|lows") {
        false
    } else {
        return None;
    };
    let closing = cursor
        .tokens
        .get(cursor.at..probe.at)
        .is_some_and(|read| read.iter().any(|token| token.word() == Some("closing")));
    *cursor = probe;
    let series = if closing {
        "close"
    } else if high {
        "high"
    } else {
        "low"
    };
    window(scene, high, series, count, unit)
}

fn bars(cursor: &mut Cursor<'_>) -> Option<(u32, Unit)> {
    let mut probe = *cursor;
    let found = clock::length(&mut probe)?;
    *cursor = probe;
    Some(found)
}

fn swing(scene: &Scene<'_>, high: bool) -> Value {
    scene.assume(format!("a swing is read as the extreme of the last {SWING_BARS} bars"));
    if high {
        Value::new(format!("highest(high, {SWING_BARS})"), ABOVE)
    } else {
        Value::new(format!("lowest(low, {SWING_BARS})"), BELOW)
    }
}

/// The extreme of the bars before: the bar itself would always be part of its own window.
pub(crate) fn window(scene: &Scene<'_>, high: bool, series: &str, count: u32, unit: Unit) -> Option<Value> {
    let (name, class) = if high { ("highest", ABOVE) } else { ("lowest", BELOW) };
    let own = clock::minutes_of(scene.timeframe);
    let text = match unit {
        Unit::Bar => format!("{name}({series}, {count})[1]"),
        Unit::Week if own == 1440 => format!("{name}({series}, {})[1]", count.checked_mul(5)?),
        Unit::Month if own == 1440 => format!("{name}({series}, {})[1]", count.checked_mul(21)?),
        Unit::Year if own == 1440 => format!("{name}({series}, {})[1]", count.checked_mul(252)?),
        Unit::Minute => {
            let bars = count.is_multiple_of(own).then(|| count / own).filter(|bars| *bars > 0)?;
            let last = if high { "highest" } else { "lowest" };
            scene.assume(format!("the {last} of {count} minutes is that of the last {count}, wherever the day stands"));
            format!("{name}({series}, {bars})[1]")
        }
        Unit::Hour | Unit::Day | Unit::Week => {
            let frame = unit.minutes().and_then(clock::named)?;
            if frame == scene.timeframe {
                format!("{name}({series}, {count})[1]")
            } else {
                format!("{name}({series}('{frame}'), {count})")
            }
        }
        Unit::Month | Unit::Year => return None,
    };
    Some(Value { row: name, period: Some(count.into()), ..Value::new(text, class) })
}

/// Floor-trader pivots.
fn pivot(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    let period = if probe.eat("weekly") {
        "('week')"
    } else if probe.eat("monthly") {
        "('month')"
    } else {
        let _ = probe.eat("daily|floor|classic") || probe.eat("trader s?");
        ""
    };
    let named = probe.eat("pivot|pivots level|line|resistance|support?");
    let letter = probe.peek_word();
    let line = match letter {
        Some(letter @ ("r" | "s")) => {
            probe.at += 1;
            let number = probe.count().filter(|number| *number <= 3)?;
            Some((letter, number))
        }
        Some(_) | None => None,
    };
    if let Some((letter, number)) = line {
        let class = if letter == "r" { ABOVE } else { BELOW };
        *cursor = probe;
        return Some(Value::new(format!("pivots{period}.{letter}{number}"), class));
    }
    if !named {
        return None;
    }
    probe.eat("point|points|level|line|price");
    *cursor = probe;
    Some(Value::new(format!("pivots{period}.pivot"), LEVEL))
}

/// Values of the open position and of the clock.
fn position(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let words = [
        ("entry price", "entry_price", LEVEL),
        ("bars in trade|the|position", "bars_in_trade", Class::Measure),
        ("open|unrealized|unrealised|floating profit|pnl|gain|p", "open_profit", Class::Measure),
        ("minutes since the? open", "minutes_since_open", Class::Measure),
        ("gap size", "gap", Class::Measure),
    ];
    if let Some((_, text, class)) = words.into_iter().find(|(pattern, _, _)| cursor.eat(pattern)) {
        return Some(Value::new(text, class));
    }
    if cursor.eat("days|sessions to|until|till|before the? next? roll|rollover") {
        return Some(Value::new("days_to_roll", Class::Measure));
    }
    if cursor.eat("days|sessions to|until|till|before the? expiration|expiry") {
        return Some(Value::new("days_to_expiration", Class::Measure));
    }
    open_of_day(cursor, scene)
}

/// `the open`: the session's, unless a bar's is spoken of; "open" alone is the bar's.
fn open_of_day(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    let word =
        |back: usize| cursor.at.checked_sub(back).and_then(|at| cursor.tokens.get(at)).and_then(|token| token.word());
    let article = word(1) == Some("the");
    let of_bar = scene.timeframe == "1d"
        || (2..6).any(|back| matches!(word(back), Some("candle" | "candles" | "bar" | "bars" | "candlestick")));
    if !article
        || of_bar
        || !probe.eat("open price?")
        || probe.sees("of|range|interest|position|positions|trade|trades|order|orders|profit|bar|candle")
    {
        return None;
    }
    *cursor = probe;
    let regular = scene.regular();
    scene.assume("\"the open\" is read as the open of the day's regular session");
    Some(Value::new(
        if regular.is_empty() { "session.open".to_owned() } else { format!("session.open({regular})") },
        LEVEL,
    ))
}
