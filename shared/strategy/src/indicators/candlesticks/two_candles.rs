//! Patterns of two candles.

use super::candles::{Candle, Measure, Window};
use super::{colored, when};

pub(super) fn counterattack(window: Window<'_>, _: f64) -> i32 {
    let [first, second] = window.last();
    let turns = first.color() != second.color() && window.long_body(1) && window.long_body(0);
    colored(turns && window.equal(second.close, first.close, 1), second)
}

pub(super) fn dark_cloud_cover(window: Window<'_>, penetration: f64) -> i32 {
    let [first, second] = window.last();
    let turns = first.white() && window.long_body(1) && second.black() && second.open > first.high;
    let covers = second.close > first.open && second.close < first.close - first.body() * penetration;
    when(turns && covers, -100)
}

pub(super) fn piercing(window: Window<'_>, _: f64) -> i32 {
    let [first, second] = window.last();
    let turns = first.black() && window.long_body(1) && second.white() && window.long_body(0);
    let pierces = second.open < first.low && second.close < first.open;
    when(turns && pierces && second.close > first.close + first.body() * 0.5, 100)
}

pub(super) fn doji_star(window: Window<'_>, _: f64) -> i32 {
    let [first, second] = window.last();
    let gap = if first.white() { second.body_above(first) } else { second.body_below(first) };
    when(window.long_body(1) && window.doji(0) && gap, -100 * first.color())
}

/// 80 where the bodies share an end.
pub(super) fn engulfing(window: Window<'_>, _: f64) -> i32 {
    let [first, second] = window.last();
    let covers = second.top() >= first.top() && second.bottom() <= first.bottom();
    let longer = second.top() > first.top() || second.bottom() < first.bottom();
    let apart = second.open != first.close && second.close != first.open;
    let strength = if apart { 100 } else { 80 };
    when(first.color() != second.color() && covers && longer, strength * second.color())
}

pub(super) fn harami(window: Window<'_>, _: f64) -> i32 {
    inside(window, window.small_body(0))
}

pub(super) fn harami_cross(window: Window<'_>, _: f64) -> i32 {
    inside(window, window.doji(0))
}

/// A long body and one within it; 80 where they share an end.
fn inside(window: Window<'_>, small: bool) -> i32 {
    let [first, second] = window.last();
    let touches = second.top() <= first.top() && second.bottom() >= first.bottom();
    let strength = if second.body_within(first) { 100 } else { 80 };
    when(window.long_body(1) && small && touches, -strength * first.color())
}

pub(super) fn hammer(window: Window<'_>, _: f64) -> i32 {
    let [before, candle] = window.last();
    when(hammer_shape(window) && candle.bottom() <= before.low + window.than(Measure::Near, 1), 100)
}

pub(super) fn hanging_man(window: Window<'_>, _: f64) -> i32 {
    let [before, candle] = window.last();
    when(hammer_shape(window) && candle.bottom() >= before.high - window.than(Measure::Near, 1), -100)
}

pub(super) fn inverted_hammer(window: Window<'_>, _: f64) -> i32 {
    let [before, candle] = window.last();
    when(star_shape(window) && candle.body_below(before), 100)
}

pub(super) fn shooting_star(window: Window<'_>, _: f64) -> i32 {
    let [before, candle] = window.last();
    when(star_shape(window) && candle.body_above(before), -100)
}

/// A short body above a long lower shadow.
fn hammer_shape(window: Window<'_>) -> bool {
    window.short_body(0) && window.long_lower_shadow(0) && window.flat_top(0)
}

/// A short body below a long upper shadow.
fn star_shape(window: Window<'_>) -> bool {
    window.short_body(0) && window.long_upper_shadow(0) && window.flat_bottom(0)
}

pub(super) fn homing_pigeon(window: Window<'_>, _: f64) -> i32 {
    let [first, second] = window.last();
    let black = first.black() && second.black() && window.long_body(1) && window.small_body(0);
    when(black && second.open < first.open && second.close > first.close, 100)
}

pub(super) fn matching_low(window: Window<'_>, _: f64) -> i32 {
    let [first, second] = window.last();
    when(first.black() && second.black() && window.equal(second.close, first.close, 1), 100)
}

/// A long black body and a white one that opens below its low.
fn rebound(window: Window<'_>, first: Candle, second: Candle) -> bool {
    first.black() && window.long_body(1) && second.white() && second.open < first.low
}

pub(super) fn in_neck(window: Window<'_>, _: f64) -> i32 {
    let [first, second] = window.last();
    let at_close = second.close <= first.close + window.than(Measure::Equal, 1) && second.close >= first.close;
    when(rebound(window, first, second) && at_close, -100)
}

pub(super) fn on_neck(window: Window<'_>, _: f64) -> i32 {
    let [first, second] = window.last();
    when(rebound(window, first, second) && window.equal(second.close, first.low, 1), -100)
}

pub(super) fn thrusting(window: Window<'_>, _: f64) -> i32 {
    let [first, second] = window.last();
    let above_close = second.close > first.close + window.than(Measure::Equal, 1);
    let below_middle = second.close <= first.close + first.body() * 0.5;
    when(rebound(window, first, second) && above_close && below_middle, -100)
}

pub(super) fn kicking(window: Window<'_>, _: f64) -> i32 {
    colored(kicks(window), window.candle(0))
}

pub(super) fn kicking_by_length(window: Window<'_>, _: f64) -> i32 {
    let [first, second] = window.last();
    colored(kicks(window), if second.body() > first.body() { second } else { first })
}

/// Two long bodies without shadows, of opposite colors, with a gap between their ranges.
fn kicks(window: Window<'_>) -> bool {
    let [first, second] = window.last();
    let bare = |ago: usize| window.long_body(ago) && window.flat_top(ago) && window.flat_bottom(ago);
    let gap = if first.black() { second.range_above(first) } else { second.range_below(first) };
    first.color() != second.color() && bare(1) && bare(0) && gap
}

pub(super) fn separating_lines(window: Window<'_>, _: f64) -> i32 {
    let [first, second] = window.last();
    let bare_open = if second.white() { window.flat_bottom(0) } else { window.flat_top(0) };
    let same_open = first.color() != second.color() && window.equal(second.open, first.open, 1);
    colored(same_open && window.long_body(0) && bare_open, second)
}
