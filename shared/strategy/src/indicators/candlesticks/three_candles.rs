//! Patterns of three candles.

use super::candles::{Candle, Measure, Window};
use super::{colored, when};

pub(super) fn two_crows(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third] = window.last();
    let rises = first.white() && window.long_body(2) && second.black() && second.body_above(first);
    let opens_inside = third.open < second.open && third.open > second.close;
    let closes_inside = third.close > first.open && third.close < first.close;
    when(rises && third.black() && opens_inside && closes_inside, -100)
}

pub(super) fn upside_gap_two_crows(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third] = window.last();
    let rises = first.white() && window.long_body(2) && second.black() && window.small_body(1);
    let engulfs = third.black() && third.open > second.open && third.close < second.close;
    when(rises && second.body_above(first) && engulfs && third.close > first.close, -100)
}

pub(super) fn three_inside(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third] = window.last();
    let inside = window.long_body(2) && window.small_body(1) && second.body_within(first);
    let turned = if first.white() {
        third.black() && third.close < first.open
    } else {
        third.white() && third.close > first.open
    };
    when(inside && turned, -100 * first.color())
}

pub(super) fn three_outside(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third] = window.last();
    let engulfs = if second.white() {
        first.black() && second.close > first.open && second.open < first.close && third.close > second.close
    } else {
        first.white() && second.open > first.close && second.close < first.open && third.close < second.close
    };
    colored(engulfs, second)
}

pub(super) fn three_stars_in_the_south(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third] = window.last();
    let falls = first.black() && second.black() && third.black() && window.long_body(2) && window.long_lower_shadow(2);
    let slows = second.body() < first.body() && second.open > first.close && second.open <= first.high;
    let holds = second.low < first.close && second.low >= first.low;
    let foot = second.lower_shadow() > window.than(Measure::ShadowVeryShort, 1);
    let rests = window.short_body(0) && window.flat_bottom(0) && window.flat_top(0);
    when(falls && slows && holds && foot && rests && third.low > second.low && third.high < second.high, 100)
}

/// Three white candles with higher closes, each opening within or near the body before.
fn advances(window: Window<'_>, [first, second, third]: [Candle; 3]) -> bool {
    let white = first.white() && second.white() && third.white();
    let opens = |now: Candle, before: Candle, ago: usize| {
        now.open > before.open && now.open <= before.close + window.than(Measure::Near, ago)
    };
    let higher = third.close > second.close && second.close > first.close;
    white && higher && opens(second, first, 2) && opens(third, second, 1)
}

pub(super) fn three_white_soldiers(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third] = window.last();
    let flat = window.flat_top(2) && window.flat_top(1) && window.flat_top(0);
    let not_far_shorter = second.body() > first.body() - window.than(Measure::Far, 2)
        && third.body() > second.body() - window.than(Measure::Far, 1);
    let solid = third.body() > window.than(Measure::BodyShort, 0);
    when(advances(window, [first, second, third]) && flat && not_far_shorter && solid, 100)
}

/// An advance that weakens: bodies shrink, or upper shadows grow.
pub(super) fn advance_block(window: Window<'_>, _: f64) -> i32 {
    let candles @ [first, second, third] = window.last();
    let begins = window.long_body(2) && first.upper_shadow() < window.than(Measure::ShadowShort, 2);
    let (shrinks, shrank) = (third.body() < second.body(), second.body() < first.body());
    let shadow = |candle: Candle, ago: usize| candle.upper_shadow() > window.than(Measure::ShadowShort, ago);
    let second_blocked = second.body() < first.body() - window.than(Measure::Far, 2)
        && third.body() < second.body() + window.than(Measure::Near, 1);
    let third_blocked = third.body() < second.body() - window.than(Measure::Far, 1);
    let fades = shrinks && shrank && (shadow(third, 0) || shadow(second, 1));
    let rejected = shrinks && window.long_upper_shadow(0);
    when(advances(window, candles) && begins && (second_blocked || third_blocked || fades || rejected), -100)
}

pub(super) fn stalled_pattern(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third] = window.last();
    let white = first.white() && second.white() && third.white();
    let higher = third.close > second.close && second.close > first.close;
    let long = window.long_body(2) && window.long_body(1) && window.flat_top(1);
    let opens = second.open > first.open && second.open <= first.close + window.than(Measure::Near, 2);
    let rides = third.open >= second.close - third.body() - window.than(Measure::Near, 1);
    when(white && higher && long && opens && window.short_body(0) && rides, -100)
}

pub(super) fn identical_three_crows(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third] = window.last();
    let black = first.black() && second.black() && third.black();
    let flat = window.flat_bottom(2) && window.flat_bottom(1) && window.flat_bottom(0);
    let lower = first.close > second.close && second.close > third.close;
    let opens = window.equal(second.open, first.close, 2) && window.equal(third.open, second.close, 1);
    when(black && flat && lower && opens, -100)
}

pub(super) fn abandoned_baby(window: Window<'_>, penetration: f64) -> i32 {
    let [first, second, third] = window.last();
    let sizes = window.long_body(2) && window.doji(1) && third.body() > window.than(Measure::BodyShort, 0);
    let reach = first.body() * penetration;
    let turns = if first.white() {
        third.black() && third.close < first.close - reach && second.range_above(first) && third.range_below(second)
    } else {
        third.white() && third.close > first.close + reach && second.range_below(first) && third.range_above(second)
    };
    colored(sizes && turns, third)
}

pub(super) fn evening_star(window: Window<'_>, penetration: f64) -> i32 {
    evening(window, penetration, window.small_body(1))
}

pub(super) fn evening_doji_star(window: Window<'_>, penetration: f64) -> i32 {
    evening(window, penetration, window.doji(1))
}

/// A long white body, a small one above it, and a black one that reaches down into the first.
fn evening(window: Window<'_>, penetration: f64, star: bool) -> i32 {
    let [first, second, third] = window.last();
    let rises = window.long_body(2) && first.white() && star && second.body_above(first);
    let falls = third.black() && third.body() > window.than(Measure::BodyShort, 0);
    when(rises && falls && third.close < first.close - first.body() * penetration, -100)
}

pub(super) fn morning_star(window: Window<'_>, penetration: f64) -> i32 {
    morning(window, penetration, window.small_body(1))
}

pub(super) fn morning_doji_star(window: Window<'_>, penetration: f64) -> i32 {
    morning(window, penetration, window.doji(1))
}

/// A long black body, a small one below it, and a white one that reaches up into the first.
fn morning(window: Window<'_>, penetration: f64, star: bool) -> i32 {
    let [first, second, third] = window.last();
    let falls = window.long_body(2) && first.black() && star && second.body_below(first);
    let rises = third.white() && third.body() > window.than(Measure::BodyShort, 0);
    when(falls && rises && third.close > first.close + first.body() * penetration, 100)
}

pub(super) fn gap_side_by_side_white(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third] = window.last();
    let up = second.body_above(first) && third.body_above(first);
    let down = second.body_below(first) && third.body_below(first);
    let size = (second.body(), second.body());
    let alike = window.lies_around(third.body(), size, Measure::Near, 1) && window.equal(third.open, second.open, 1);
    when((up || down) && second.white() && third.white() && alike, if up { 100 } else { -100 })
}

pub(super) fn stick_sandwich(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third] = window.last();
    let colors = first.black() && second.white() && third.black();
    when(colors && second.low > first.close && window.equal(third.close, first.close, 2), 100)
}

pub(super) fn tasuki_gap(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third] = window.last();
    let opens_inside = third.open < second.top() && third.open > second.bottom();
    let into_gap = if second.white() {
        second.body_above(first) && third.black() && third.close < second.open && third.close > first.top()
    } else {
        second.body_below(first) && third.white() && third.close > second.open && third.close < first.bottom()
    };
    let alike = (second.body() - third.body()).abs() < window.than(Measure::Near, 1);
    colored(into_gap && opens_inside && alike, second)
}

/// Three doji, all measured beside the first.
pub(super) fn tristar(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third] = window.last();
    let most = window.than(Measure::BodyDoji, 2);
    let doji = first.body() <= most && second.body() <= most && third.body() <= most;
    let top = second.body_above(first) && third.top() < second.top();
    let bottom = second.body_below(first) && third.bottom() > second.bottom();
    when(doji && (top || bottom), if top { -100 } else { 100 })
}

pub(super) fn unique_three_river(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third] = window.last();
    let falls = window.long_body(2) && first.black() && second.black();
    let harami = second.close > first.close && second.open <= first.open && second.low < first.low;
    when(falls && harami && window.short_body(0) && third.white() && third.open > second.low, 100)
}

pub(super) fn gap_three_methods(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third] = window.last();
    let colors = first.color() == second.color() && second.color() != third.color();
    let opens_inside = third.open < second.top() && third.open > second.bottom();
    let closes_inside = third.close < first.top() && third.close > first.bottom();
    let gap = if first.white() { second.body_above(first) } else { second.body_below(first) };
    colored(colors && opens_inside && closes_inside && gap, first)
}
