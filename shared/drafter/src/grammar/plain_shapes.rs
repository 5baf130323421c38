//! Conditions in the words of the chart: `two consecutive closes above the band`, `higher highs and higher lows for 3 bars`,
//! `supertrend flips green`.

use super::condition::Condition;
use super::cursor::{Cursor, whole};
use super::names::Class;
use super::scene::{Scene, Side, Value};
use super::value;

/// `two consecutive closes above the upper band`, `3 closes in a row below vwap`.
pub(crate) fn closes_beyond(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let after = cursor.eat("after");
    let _ = cursor.eat("at least") || cursor.eat("the|at");
    let count = cursor.number().and_then(whole).filter(|count| (2..100).contains(count))?;
    let before = cursor.eat("consecutive|straight|successive|back") && {
        cursor.eat("to back");
        true
    };
    if !cursor.eat("closes|close|candles|bars") {
        return None;
    }
    let behind = cursor.eat("in a row") || cursor.eat("straight|consecutively");
    if !before && !behind && !after {
        return None;
    }
    cursor.eat("close|closed|closing|closes");
    let up = cursor.eat("above|over");
    if !up && !cursor.eat("below|under|beneath") {
        return None;
    }
    cursor.eat("the|its");
    let level = value::value(cursor, scene)?;
    if !matches!(level.class, Class::Level(_) | Class::Average) {
        return None;
    }
    let sign = if up { '>' } else { '<' };
    *scene.last.borrow_mut() = Some((Value::new("close", Class::Price), Some(level.clone())));
    Some(Condition::new(format!("close {sign} {} for {count} bars", level.text)))
}

/// `donchian 20 breakout`, `new 20 bar high breakouts`: the channel is passed on the side that trades.
pub(crate) fn channel_breakout(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    const PASSED: &str = "breakout|breakouts|break|breaks";
    let led = cursor.eat("a|an|the|on") || {
        let before = cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at)).and_then(|token| token.word());
        matches!(before, Some("a" | "an" | "the" | "on" | "buy" | "long" | "short" | "when" | "if"))
    };
    let mut probe = *cursor;
    if let Some(bars) = probe.one("new # bar|period|candle high|highs").and_then(whole)
        && probe.eat(PASSED)
        && !probe.sees("(")
    {
        *cursor = probe;
        return Some(Condition::new(format!("close crosses above highest(high, {bars})[1]")));
    }
    let mut probe = *cursor;
    if let Some(bars) = probe.one("new # bar|period|candle low|lows").and_then(whole)
        && probe.eat("breakdown|breakdowns|breakout|breakouts|break|breaks")
    {
        *cursor = probe;
        return Some(Condition::new(format!("close crosses below lowest(low, {bars})[1]")));
    }
    let mut probe = *cursor;
    let bars = probe
        .one("donchian channel? ( # )")
        .or_else(|| probe.one("donchian channel? #"))
        .or_else(|| probe.one("# bar|period? donchian channel?"))
        .and_then(whole)?;
    if !probe.eat(PASSED) || probe.sees("above|below|of|over|under|up|down|to|failure|fails|strategy|system|:") {
        return None;
    }
    // "donchian 55 breakout on GC, long above …": a name, the rules follow.
    let sided = {
        let mut side = probe;
        side.eat("long|longs and|&|/|or short|shorts")
            || side.eat("both")
            || side.eat("long|short only?") && side.is_pause()
    };
    let alone = declared_later(probe);
    if !(led || sided || alone.is_some()) {
        return None;
    }
    *cursor = probe;
    let up = alone.unwrap_or(scene.side()) == Side::Long;
    let (word, end) = if up { ("above", "upper") } else { ("below", "lower") };
    Some(Condition::new(format!("close crosses {word} donchian({bars}).{end}[1]")))
}

/// "donchian 55 breakout, bitcoin, daily, long only": the side stands further behind, and no rule does.
fn declared_later(mut rest: Cursor<'_>) -> Option<Side> {
    let mut side = None;
    while !rest.is_end() {
        if rest.sees("when|if|above|below|over|under|crosses|cross|closes|breaks|buy|once|whenever") {
            return None;
        }
        if rest.sees("long|longs only")
            || rest.sees("both ways|sides|directions")
            || rest.sees("long|longs and|&|or|/ short|shorts")
        {
            side = side.or(Some(Side::Long));
        } else if rest.sees("short|shorts only") {
            side = side.or(Some(Side::Short));
        }
        rest.at += 1;
    }
    side
}

/// `higher highs and higher lows for 3 bars`.
pub(crate) fn staircase(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Condition> {
    cursor.eat("on|makes|making|of");
    let mut series = Vec::new();
    let up = cursor.sees("higher");
    loop {
        if !(if up { cursor.eat("higher") } else { cursor.eat("lower") }) {
            return None;
        }
        if cursor.eat("highs|high") {
            series.push("high");
        } else if cursor.eat("lows|low") {
            series.push("low");
        } else {
            return None;
        }
        if series.len() == 2 {
            break;
        }
        if !cursor.eat("and|&") {
            return None;
        }
    }
    if series.first() == series.last() {
        return None;
    }
    let bars = cursor
        .one("for at? least? the? last|past? # bars|candles in? a? row?")
        .or_else(|| cursor.one("over|in the last|past # bars|candles"))
        .or_else(|| cursor.one("# bars|candles in a row"))
        .and_then(whole)
        .filter(|bars| *bars > 1)?;
    let word = if up { "rising" } else { "falling" };
    Some(Condition::new(format!("high {word} {bars} and low {word} {bars}")))
}

/// `supertrend flips green`, `it flips red` after it: its trend turns.
pub(crate) fn trend_color(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    cursor.eat("the");
    let known = scene.last.borrow().as_ref().map(|(left, _)| left.clone());
    let pronoun = cursor.eat("it");
    let line = if pronoun {
        // "supertrend 10,3: long when it turns green".
        let named = || scene.lines.borrow().iter().rev().find(|line| line.row == "supertrend").cloned();
        known.or_else(named)?
    } else if cursor.sees("supertrend|super|#") {
        value::term(cursor, scene)?
    } else if cursor.sees("flips|turns green|red|up|down|bullish|bearish") {
        // "supertrend flips green = long, flips red = short".
        known?
    } else {
        return None;
    };
    if line.row != "supertrend" {
        return None;
    }
    cursor.eat("line|indicator");
    let turns = cursor.eat("flips|flip|turns|turn|goes|changes|switches|flipped|turned");
    if !turns && !cursor.eat("is") {
        return None;
    }
    cursor.eat("to");
    let green = cursor.eat("green|up|bullish|long");
    if !green && !cursor.eat("red|down|bearish|short") {
        return None;
    }
    if pronoun {
        scene.assume("\"it\" is read as the supertrend");
    }
    if !cursor.is_pause_or_joint() && !cursor.sees("again|only|=|-|>|:") {
        return None;
    }
    let call = line.text.rsplit_once(").").map_or(line.text.clone(), |(call, _)| format!("{call})"));
    let trend = Value { text: format!("{call}.trend"), ..line };
    let text = match (turns, green) {
        (true, true) => "crosses above",
        (true, false) => "crosses below",
        (false, true) => ">",
        (false, false) => "<",
    };
    let found = Condition::new(format!("{} {text} 0", trend.text));
    *scene.last.borrow_mut() = Some((trend, None));
    Some(found)
}
