//! Bars by their color and order: in a row, inside and outside, narrow.

use super::condition::Condition;
use super::cursor::{Cursor, whole};
use super::names::Class;
use super::scene::{Scene, Value};
pub(crate) const GREEN: &str = "green|white|bullish|up|positive";

pub(crate) const RED: &str = "red|black|bearish|down|negative";

pub(crate) const BARS: &str = "candle|candles|bar|bars|candlestick|candlesticks|day|days|close|closes|minute|hour";

/// `IBS`: where the close stands in the range of its bar, 0 to 1.
pub(crate) fn bar_strength(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    // "the day's IBS" on a finer chart is none of its bars.
    let of_day = cursor.at > 0 && Cursor::new(cursor.tokens, cursor.at - 1).sees("days|daily|todays|day");
    if of_day && scene.timeframe != "1d" || !cursor.eat("ibs") {
        return None;
    }
    Some(Value::new("(close - low) / (high - low)", Class::Measure))
}

/// `two green candles in a row`, `3 consecutive up closes`, `2 higher lows`, `down 3 days in a row`.
pub(crate) fn in_a_row(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    let _ = probe.eat("at least") || probe.eat("after|the|last|previous");
    let _ = probe.eat("the|last|previous");
    probe.eat("last|previous");
    let Some(count) = probe.number().and_then(whole).filter(|count| *count < 100) else {
        return closes_in_a_row(cursor);
    };
    // "the last 3 candles are red".
    let mut named = probe;
    if named.eat(BARS)
        && named.eat("are|were|closed|close|have been? closed?")
        && let Some(green) = color(&mut named)
    {
        *cursor = named;
        return Some(Condition::new(repeat(if green { "close > open" } else { "close < open" }, count)));
    }
    let straight = probe.eat("consecutive|straight|successive") || probe.eat("or more consecutive|straight?");
    let text = if let Some(green) = color(&mut probe) {
        let _ = probe.eat("consecutive|straight");
        own_length(&mut probe, scene);
        let bars = probe.peek_word().filter(|_| !probe.sees("in a row"));
        let bars = bars.or(Some("bars"));
        if !probe.sees("in a row") && !probe.eat(BARS) {
            return None;
        }
        let closes = bars.is_some_and(|word| word.starts_with("close") || word.starts_with("day"));
        let word = cursor.tokens.get(probe.at - 2).and_then(|token| token.word()).unwrap_or_default();
        if closes && matches!(word, "up" | "down") {
            trend("close", green, count)
        } else {
            repeat(if green { "close > open" } else { "close < open" }, count)
        }
    } else {
        let up = if probe.eat("higher|rising") {
            true
        } else if probe.eat("lower|falling") {
            false
        } else {
            return None;
        };
        let series = if probe.eat("close|closes|closing prices?") {
            "close"
        } else if probe.eat("high|highs") {
            "high"
        } else if probe.eat("low|lows") {
            "low"
        } else {
            return None;
        };
        trend(series, up, count)
    };
    let _ = straight;
    let _ = probe.eat("in a row") || probe.eat("consecutively") || probe.eat("back to back");
    *cursor = probe;
    Some(Condition::new(text))
}

/// `closes up 3 days in a row`, `it closes lower for 3 days`, `down 3 days in a row`.
pub(crate) fn closes_in_a_row(cursor: &mut Cursor<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    probe.eat("it|price|has|is|the|stock|market");
    probe.eat("has|is|price");
    probe.eat("closed|closes|close|been|is|finishes|finished|falls|fallen|rises|risen");
    let before = cursor.tokens.get(probe.at.checked_sub(1)?).and_then(|token| token.word()).unwrap_or_default();
    let up = if probe.eat("up|higher|green") || matches!(before, "rises" | "risen") {
        true
    } else if probe.eat("down|lower|red") || matches!(before, "falls" | "fallen") {
        false
    } else {
        return None;
    };
    let _ = probe.eat("for|on");
    let count = probe.number().and_then(whole)?;
    let straight = probe.eat("straight|consecutive");
    if !probe.eat("days|bars|candles|sessions|times|day|closes") {
        return None;
    }
    if !(probe.eat("in a row") || probe.eat("straight|running|consecutively") || straight) {
        return None;
    }
    *cursor = probe;
    Some(Condition::new(trend("close", up, count)))
}

/// `three red 15 minute candles` on a chart of those bars.
fn own_length(cursor: &mut Cursor<'_>, scene: &Scene<'_>) {
    let mut probe = *cursor;
    if super::clock::timeframe(&mut probe) == Some(scene.timeframe) && probe.sees("candles|bars|candlesticks") {
        *cursor = probe;
    }
}

pub(crate) fn color(cursor: &mut Cursor<'_>) -> Option<bool> {
    if cursor.eat(GREEN) {
        Some(true)
    } else if cursor.eat(RED) {
        Some(false)
    } else {
        None
    }
}

pub(crate) fn repeat(text: &str, count: u32) -> String {
    if count > 1 { format!("{text} for {count} bars") } else { text.to_owned() }
}

pub(crate) fn trend(series: &str, up: bool, count: u32) -> String {
    let word = if up { "rising" } else { "falling" };
    if count > 1 { format!("{series} {word} {count}") } else { format!("{series} {word}") }
}

/// `a green candle`, `the candle is red`, `candle closes green`, `an up close`, `a higher low`.
pub(crate) fn one_candle(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    probe.eat("a|an|the|on|any|first");
    if probe.eat("heikin ashi|aishi candle|candles|bar|bars?") || probe.eat("ha candle|candles|bar") {
        probe.eat("is|closes|turns|are");
        let green = color(&mut probe)?;
        probe.eat("candle|candles|bar|bars");
        *cursor = probe;
        return Some(Condition::new(if green { "ha().close > ha().open" } else { "ha().close < ha().open" }));
    }
    if probe.eat("closes|close|closed|closing|finishes")
        && let Some(green) = color(&mut probe)
        && probe.is_pause_or_joint()
    {
        *cursor = probe;
        return Some(Condition::new(if green { "close > open" } else { "close < open" }));
    }
    probe = *cursor;
    let first = probe.sees("first");
    probe.eat("a|an|the|on|any|first");
    let previous = probe.eat("previous|prior|last");
    probe.eat("big|strong|current|this|daily");
    if let Some(green) = color(&mut probe) {
        if !probe.eat("candle|bar|candlestick|close|day|candles|bars") {
            return None;
        }
        let close = probe.tokens.get(probe.at.saturating_sub(1)).and_then(|token| token.word()) == Some("close");
        let way = probe.tokens.get(probe.at.saturating_sub(2)).and_then(|token| token.word());
        probe.eat("prints|forms|closes|close");
        if of_day(cursor, probe, scene) {
            *cursor = probe;
            return previous.then(|| Condition::new(day_color(green)));
        }
        *cursor = probe;
        let text = match (close && matches!(way, Some("up" | "down")), green) {
            (true, true) => "close rising",
            (true, false) => "close falling",
            (false, true) => "close > open",
            (false, false) => "close < open",
        };
        return Some(Condition::new(if previous { format!("({text})[1]") } else { text.to_owned() }));
    }
    if !first && probe.eat("candle|bar|candlestick|day") {
        probe.eat("is|closes|close|was|closed|prints|must");
        probe.eat("be|close");
        let green = if probe.eat("green|bullish|up|white|positive") {
            true
        } else if probe.eat("red|bearish|down|black|negative") {
            false
        } else {
            return None;
        };
        if !probe.is_pause_or_joint() {
            return None;
        }
        if of_day(cursor, probe, scene) {
            *cursor = probe;
            return previous.then(|| Condition::new(day_color(green)));
        }
        *cursor = probe;
        let text = if green { "close > open" } else { "close < open" };
        return Some(Condition::new(if previous { format!("({text})[1]") } else { text.to_owned() }));
    }
    let mut probe = *cursor;
    probe.eat("a|an|the|makes|forms|prints");
    probe.eat("a|an");
    let up = if probe.eat("higher") {
        true
    } else if probe.eat("lower") {
        false
    } else {
        return None;
    };
    let series = if probe.eat("close") {
        "close"
    } else if probe.eat("high") {
        "high"
    } else if probe.eat("low") {
        "low"
    } else {
        return None;
    };
    probe.eat("than the? previous|prior|last bar|candle|one");
    *cursor = probe;
    Some(Condition::new(trend(series, up, 1)))
}

/// True where the words say a day on a chart of shorter bars.
fn of_day(start: &Cursor<'_>, end: Cursor<'_>, scene: &Scene<'_>) -> bool {
    let words = start.tokens.get(start.at..end.at).unwrap_or_default();
    let day = words.iter().any(|token| matches!(token.word(), Some("day" | "daily")));
    day && !matches!(scene.timeframe, "1d" | "1w")
}

/// The color of the day before.
fn day_color(green: bool) -> &'static str {
    if green { "previous_day.close > previous_day.open" } else { "previous_day.close < previous_day.open" }
}

/// Inside and outside bars, NR7, fractals.
pub(crate) fn few_bars(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Condition> {
    cursor.eat("a|an|the|on");

    if cursor.eat("double inside bar|bars|candle|candles") {
        return Some(Condition::new("inside_bar() > 0 for 2 bars"));
    }
    let text = if cursor.eat("inside bar|bars|candle|candles|day") {
        "inside_bar() > 0".to_owned()
    } else if cursor.eat("outside bar|bars|candle|candles|day") {
        if cursor.eat("up") {
            "outside_bar() > 0 and close > open".to_owned()
        } else if cursor.eat("down") {
            "outside_bar() > 0 and close < open".to_owned()
        } else {
            "outside_bar() > 0".to_owned()
        }
    } else if cursor.eat("nr") {
        let bars = cursor.count().filter(|bars| *bars > 1)?;
        cursor.eat("bar|bars|day|candle");
        let mut bracket = *cursor;
        // "NR7 bar (narrowest range of the last 7 bars)" says it twice.
        if bracket.eat("( narrowest range of the last # bars|days )")
            || bracket.numbers("( narrowest range of|in the? last? # bars|days )").is_some()
        {
            *cursor = bracket;
        }
        format!("narrow_range({bars}) > 0")
    } else if let Some(bars) = cursor
        .one("narrowest range|bar of|in the? last? # bars|days|candles")
        .or_else(|| cursor.one("narrow range # bar|day?"))
    {
        format!("narrow_range({bars}) > 0")
    } else if cursor.eat("bullish fractal") || cursor.eat("fractal low") {
        "fractal().low > 0".to_owned()
    } else if cursor.eat("bearish fractal") || cursor.eat("fractal high") {
        "fractal().high > 0".to_owned()
    } else {
        return None;
    };
    Some(Condition::new(text))
}
