//! Patterns of a single candle.

use super::candles::{Measure, Window};
use super::{colored, when};

pub(super) fn belt_hold(window: Window<'_>, _: f64) -> i32 {
    let candle = window.candle(0);
    let opens_at_its_end = if candle.white() { window.flat_bottom(0) } else { window.flat_top(0) };
    colored(window.long_body(0) && opens_at_its_end, candle)
}

pub(super) fn closing_marubozu(window: Window<'_>, _: f64) -> i32 {
    let candle = window.candle(0);
    let closes_at_its_end = if candle.white() { window.flat_top(0) } else { window.flat_bottom(0) };
    colored(window.long_body(0) && closes_at_its_end, candle)
}

pub(super) fn marubozu(window: Window<'_>, _: f64) -> i32 {
    colored(window.long_body(0) && window.flat_top(0) && window.flat_bottom(0), window.candle(0))
}

pub(super) fn doji(window: Window<'_>, _: f64) -> i32 {
    when(window.doji(0), 100)
}

pub(super) fn dragonfly_doji(window: Window<'_>, _: f64) -> i32 {
    let foot = window.candle(0).lower_shadow() > window.than(Measure::ShadowVeryShort, 0);
    when(window.doji(0) && window.flat_top(0) && foot, 100)
}

pub(super) fn gravestone_doji(window: Window<'_>, _: f64) -> i32 {
    let head = window.candle(0).upper_shadow() > window.than(Measure::ShadowVeryShort, 0);
    when(window.doji(0) && window.flat_bottom(0) && head, 100)
}

pub(super) fn long_legged_doji(window: Window<'_>, _: f64) -> i32 {
    when(window.doji(0) && (window.long_lower_shadow(0) || window.long_upper_shadow(0)), 100)
}

pub(super) fn rickshaw_man(window: Window<'_>, _: f64) -> i32 {
    let candle = window.candle(0);
    let (middle, near) = (candle.low + (candle.high - candle.low) / 2.0, window.than(Measure::Near, 0));
    let central = candle.bottom() <= middle + near && candle.top() >= middle - near;
    when(window.doji(0) && window.long_lower_shadow(0) && window.long_upper_shadow(0) && central, 100)
}

pub(super) fn takuri(window: Window<'_>, _: f64) -> i32 {
    let foot = window.candle(0).lower_shadow() > window.than(Measure::ShadowVeryLong, 0);
    when(window.doji(0) && window.flat_top(0) && foot, 100)
}

pub(super) fn high_wave(window: Window<'_>, _: f64) -> i32 {
    let (candle, long) = (window.candle(0), window.than(Measure::ShadowVeryLong, 0));
    colored(window.short_body(0) && candle.upper_shadow() > long && candle.lower_shadow() > long, candle)
}

pub(super) fn spinning_top(window: Window<'_>, _: f64) -> i32 {
    let candle = window.candle(0);
    let legs = candle.upper_shadow() > candle.body() && candle.lower_shadow() > candle.body();
    colored(window.short_body(0) && legs, candle)
}

pub(super) fn long_line(window: Window<'_>, _: f64) -> i32 {
    colored(window.long_body(0) && short_shadows(window), window.candle(0))
}

pub(super) fn short_line(window: Window<'_>, _: f64) -> i32 {
    colored(window.short_body(0) && short_shadows(window), window.candle(0))
}

/// Both shadows shorter than the average one.
fn short_shadows(window: Window<'_>) -> bool {
    let (candle, short) = (window.candle(0), window.than(Measure::ShadowShort, 0));
    candle.upper_shadow() < short && candle.lower_shadow() < short
}
