//! Volume, its averages, and the average that it weights.

use super::clock;
use super::cursor::Cursor;
use super::names::{Class, Lean};
use super::scene::{Scene, Value};
use rust_decimal::Decimal;

/// Volume and its averages.
pub(crate) fn volume(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    probe.eat("the|its|a");
    let first = probe.number();
    let counted = first.is_some();
    if counted {
        probe.eat("bar|period|day|bars|candle");
    }
    let average = probe.eat("average|avg|mean|normal|usual|typical|sma|ma average?");
    if counted && !average {
        return None;
    }
    if probe.eat("volume|vol|volumes") {
        let _ = probe.eat("on|of the|that|this cross|signal|entry|breakout|trigger? bar|candle");
        let mut period = first;
        if average || probe.sees("sma|ma|average|avg|moving") {
            probe.eat("sma|ma|average|avg|moving average?");
            if period.is_none() {
                period = bracket_number(&mut probe).or_else(|| over_bars(&mut probe));
            }
            *cursor = probe;
            return Some(average_volume(scene, period));
        }
        *cursor = probe;
        return Some(Value { row: "volume", ..Value::new("volume", Class::Volume) });
    }
    // "its 20-bar average", after volume was spoken of.
    let of_volume = scene.subject.borrow().as_ref().is_some_and(|left| left.class == Class::Volume);
    if average && of_volume {
        let period = first.or_else(|| over_bars(&mut probe));
        *cursor = probe;
        return Some(average_volume(scene, period));
    }
    None
}

pub(crate) fn over_bars(cursor: &mut Cursor<'_>) -> Option<Decimal> {
    cursor.one("over|of|for the? last|past|previous|prior? # bars|bar|periods|days|candles?")
}

pub(crate) fn bracket_number(cursor: &mut Cursor<'_>) -> Option<Decimal> {
    cursor.one("( # )")
}

pub(crate) fn average_volume(scene: &Scene<'_>, period: Option<Decimal>) -> Value {
    let period = period.unwrap_or_else(|| {
        scene.assume("average volume is the mean of 20 bars, as no number was given");
        Decimal::from(20)
    });
    Value::new(format!("sma(volume, {period})"), Class::Volume)
}

/// The volume-weighted average of the session, the week, or since a time.
pub(crate) fn vwap(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    let anchored = probe.eat("anchored");
    let weekly = probe.eat("weekly");
    let monthly = probe.eat("monthly");
    probe.eat("session|daily|intraday|rth");
    if !(probe.eat("vwap") || probe.eat("volume weighted average price")) {
        return None;
    }
    probe.eat("line");
    let mut text = "vwap".to_owned();
    if weekly {
        text = "vwap('week')".to_owned();
    } else if monthly {
        text = "vwap('month')".to_owned();
    }
    let mut since = probe;
    // "above vwap at 10:00" says when.
    let led = since.eat("anchored at|from|since|to") || since.eat("from|since") || anchored && since.eat("at|to");
    // "has been above vwap since 10:00" lasts since then.
    let before = cursor.tokens.get(cursor.at.saturating_sub(4)..cursor.at).unwrap_or_default();
    let mut before = before.iter().filter_map(|token| token.word());
    let lasts = !anchored && before.any(|word| matches!(word, "been" | "stayed" | "be" | "stay" | "held"));
    if led && lasts {
        return None;
    }
    if led
        && let Some(time) = clock::time(&mut since, false)
        && !since.sees("to|-|until|till|through|thru")
    {
        text = format!("vwap('{}')", time.text());
        probe = since;
    } else if anchored {
        return None;
    }
    *cursor = probe;
    Some(Value::new(text, Class::Level(Lean::Either)))
}
