//! Entries by stop and limit orders, and how long they rest.

use super::clock::{self, Unit};
use super::cursor::Cursor;
use super::names::Class;
use super::scene::{Scene, Side, Value};
use super::value;

/// An order that opens a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) side: Option<Side>,
    /// `stop` or `limit`.
    pub(crate) kind: &'static str,
    pub(crate) price: String,
    pub(crate) expires_bars: Option<u32>,
}

/// `place a buy stop 1 tick above the high, good for 3 bars`; `with a limit order at the 20 EMA`.
pub(crate) fn order(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Order> {
    let mut probe = *cursor;
    for _ in 0..7 {
        if !probe.eat("place|places|put|puts|use|using|set|with|enter|enters|entry|entries|get|in|on|by|via|a|an|then|the|order|resting|bid|to|submit|we|i|leave|switch|go|long|short|working|my|is|orders") {
            break;
        }
    }
    let read = cursor.tokens.get(cursor.at..probe.at).unwrap_or_default();
    let beside = read.iter().rev().find_map(|token| match token.word() {
        Some("long") => Some(Side::Long),
        Some("short") => Some(Side::Short),
        _ => None,
    });
    let mut side = buy_or_sell(&mut probe);
    let kind = if probe.eat("stop") {
        if probe.eat("loss|limit") {
            return None;
        }
        "stop"
    // "limit it to 2 trades a day" orders nothing.
    } else if !probe.sees("limit|limits it|them|this|that|entries|trades|trading|me|us|to") && probe.eat("limit|limits")
    {
        "limit"
    } else {
        return None;
    };
    let buys = buy_or_sell(&mut probe);
    let named = probe.eat("order|orders|entry|entries");
    if kind == "stop" && side.is_none() && buys.is_none() && !named {
        return None;
    }
    side = side.or(buys).or(beside);
    if probe.eat("to|for buy|go|enter|sell|short|long|a?") {
        let word = probe.tokens.get(probe.at.saturating_sub(1)).and_then(|token| token.word());
        side = side.or(match word {
            Some("buy" | "long") => Some(Side::Long),
            Some("sell" | "short") => Some(Side::Short),
            _ => None,
        });
        let _ = probe.eat("long|short");
    }
    let before = scene.side.get();
    if side.is_some() {
        scene.side.set(side);
    }
    let price = price(&mut probe, scene);
    scene.side.set(before);
    let price = price?;
    let expires_bars = {
        let mut rest = probe;
        let _ = rest.eat(",") || rest.eat("and|,|(");
        rest.eat("and");
        let found = expiry(&mut rest, scene);
        if found.is_some() {
            rest.eat(")");
            probe = rest;
        }
        found
    };
    *cursor = probe;
    Some(Order { side, kind, price, expires_bars })
}

fn buy_or_sell(cursor: &mut Cursor<'_>) -> Option<Side> {
    if cursor.eat("buy|long") {
        Some(Side::Long)
    } else if cursor.eat("sell short") || cursor.eat("sell|short") {
        Some(Side::Short)
    } else {
        None
    }
}

fn price(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<String> {
    let mut probe = *cursor;
    let _ = probe.eat("at|is|to|just|,|on|of|placed|set");
    probe.eat("at|just|right|the");
    probe.eat("opening");
    if probe.tokens.get(probe.at.saturating_sub(1)).and_then(|token| token.word()) == Some("opening") {
        probe.at -= 1;
    }
    // "above it": above the level that was spoken of.
    *scene.subject.borrow_mut() = Some(Value::new("close", Class::Price));
    let found = value::value(&mut probe, scene);
    *scene.subject.borrow_mut() = None;
    let found = found?;
    let unit = probe.sees("points|point|pts|pt|ticks|tick|%|percent|atr|x|pips|r|handles|dollars|hours|hour|hrs|hr|minutes|minute|min|mins|bars|bar|days|day|candles|trades");
    if unit || !matches!(found.class, Class::Price | Class::Level(_) | Class::Average | Class::Number) {
        return None;
    }
    *cursor = probe;
    Some(found.text)
}

/// `good for 3 bars`, `valid 2 days`, `cancel after 5 bars`, `keep it for 2 days`.
pub(crate) fn expiry(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<u32> {
    let mut probe = *cursor;
    probe.eat("and|the|is|it|,|order");
    probe.eat("limit|stop order?");
    probe.eat("order|orders|it|is|are");
    let named = probe.eat("is|which|that? good|valid|active|live|working|rests|rest|expires|expiring|expire|cancel|cancelled|canceled|leave|keep|kept|alive|resting|lasts|stays|open|pull|pulled|cancels");
    if !named {
        return None;
    }
    for _ in 0..4 {
        if !probe.eat("it|the|order|in|open|working|if|not|filled|for|after|within|up|to|unfilled|alive|active|valid|there|is|isnt|live|orders|resting") {
            break;
        }
    }
    probe.eat("for|after|within|next");
    probe.eat("the");
    probe.eat("next");
    let (count, unit) = clock::length(&mut probe)?;
    let _ = probe.eat("if|unless not|isnt? filled|triggered") || probe.eat("only");
    let own = clock::minutes_of(scene.timeframe);
    // The days of most markets are shorter than twenty-four hours.
    let days = unit.minutes().is_some_and(|minutes| minutes >= 1_440) && own < 1_440;
    if days && scene.class() != Some(market::AssetClass::Crypto) {
        return None;
    }
    let bars = match unit {
        Unit::Bar => count,
        other => count.checked_mul(other.minutes()?)?.div_ceil(own),
    };
    *cursor = probe;
    Some(bars.max(1))
}

/// `at the next bar's open`: where an order to the market is filled.
pub(crate) fn at_next_open(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> bool {
    let mut probe = *cursor;
    let _ = probe.eat("at|on") && probe.eat("the");
    let daily = scene.timeframe == "1d";
    let found = probe.eat("next bar|bars|candle|candles? open")
        || probe.eat("open of the? next bar|candle")
        || daily && probe.at > cursor.at && probe.eat("open")
        || daily && (probe.eat("next day|days|morning? open") || probe.eat("open of the? next day"));
    let ends = probe.is_pause() || probe.sees("when|if|whenever|with|after|stop|target|and|)");
    if found && ends {
        *cursor = probe;
    }
    found && ends
}

/// `enter on a stop 1 point above the high`: the stop at `cursor` is an order, no exit.
pub(crate) fn entered_on(cursor: &Cursor<'_>) -> bool {
    (1..4).filter_map(|back| cursor.at.checked_sub(back)).any(|at| {
        let mut probe = Cursor::new(cursor.tokens, at);
        probe.eat("enter|entry|entries|buy|sell|in on a?")
            && (cursor.at..=cursor.at + 2).contains(&probe.at)
            && probe.sees("stop|stops")
    })
}
