//! Patterns of four and five candles, and those that later candles confirm.

use super::candles::{Candle, Measure, Window};
use super::{colored, when};

/// Bars within which a hikkake may be confirmed.
const CONFIRMATION_BARS: usize = 3;

pub(super) fn three_black_crows(window: Window<'_>, _: f64) -> i32 {
    let [before, first, second, third] = window.last();
    let colors = before.white() && first.black() && second.black() && third.black();
    let flat = window.flat_bottom(2) && window.flat_bottom(1) && window.flat_bottom(0);
    let opens_inside = |now: Candle, before: Candle| now.open < before.open && now.open > before.close;
    let opens = opens_inside(second, first) && opens_inside(third, second);
    let lower = before.high > first.close && first.close > second.close && second.close > third.close;
    when(colors && flat && opens && lower, -100)
}

pub(super) fn three_line_strike(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third, strike] = window.last();
    let alike = first.color() == second.color() && second.color() == third.color() && strike.color() != third.color();
    let opens = |now: Candle, before: Candle, ago: usize| {
        window.lies_around(now.open, (before.bottom(), before.top()), Measure::Near, ago)
    };
    let strikes = if third.white() {
        let rises = third.close > second.close && second.close > first.close;
        rises && strike.open > third.close && strike.close < first.open
    } else {
        let falls = third.close < second.close && second.close < first.close;
        falls && strike.open < third.close && strike.close > first.open
    };
    colored(alike && opens(second, first, 3) && opens(third, second, 2) && strikes, third)
}

pub(super) fn concealing_baby_swallow(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third, fourth] = window.last();
    let black = first.black() && second.black() && third.black() && fourth.black();
    let bare = |ago: usize| window.flat_top(ago) && window.flat_bottom(ago);
    let head = third.upper_shadow() > window.than(Measure::ShadowVeryShort, 1) && third.high > second.close;
    let engulfs = fourth.high > third.high && fourth.low < third.low;
    when(black && bare(3) && bare(2) && third.body_below(second) && head && engulfs, 100)
}

pub(super) fn breakaway(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third, fourth, last] = window.last();
    let colors = first.color() == second.color() && second.color() == fourth.color() && fourth.color() != last.color();
    let down = |now: Candle, before: Candle| now.high < before.high && now.low < before.low;
    let breaks = if first.black() {
        let falls = second.body_below(first) && down(third, second) && down(fourth, third);
        falls && last.close > second.open && last.close < first.close
    } else {
        let up = |now: Candle, before: Candle| now.high > before.high && now.low > before.low;
        let rises = second.body_above(first) && up(third, second) && up(fourth, third);
        rises && last.close < second.open && last.close > first.close
    };
    colored(window.long_body(4) && colors && breaks, last)
}

pub(super) fn ladder_bottom(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third, fourth, last] = window.last();
    let black = first.black() && second.black() && third.black() && fourth.black();
    let opens = first.open > second.open && second.open > third.open;
    let closes = first.close > second.close && second.close > third.close;
    let head = fourth.upper_shadow() > window.than(Measure::ShadowVeryShort, 1);
    let turns = last.white() && last.open > fourth.open && last.close > fourth.high;
    when(black && opens && closes && head && turns, 100)
}

pub(super) fn mat_hold(window: Window<'_>, penetration: f64) -> i32 {
    let [first, second, third, fourth, last] = window.last();
    let sizes = window.long_body(4) && window.short_body(3) && window.short_body(2) && window.short_body(1);
    let colors = first.white() && second.black() && last.white() && second.body_above(first);
    let floor = first.close - first.body() * penetration;
    let dips = |candle: Candle| candle.bottom() < first.close && candle.bottom() > floor;
    let falls = third.top() < second.open && fourth.top() < third.top();
    let highest = second.high.max(third.high).max(fourth.high);
    let resumes = last.open > fourth.close && last.close > highest;
    when(sizes && colors && dips(third) && dips(fourth) && falls && resumes, 100)
}

pub(super) fn rising_falling_three_methods(window: Window<'_>, _: f64) -> i32 {
    let [first, second, third, fourth, last] = window.last();
    let small = window.short_body(3) && window.short_body(2) && window.short_body(1);
    let colors = [second, third, fourth].iter().all(|candle| candle.color() != first.color());
    let within = [second, third, fourth].iter().all(|candle| candle.bottom() < first.high && candle.top() > first.low);
    let side = f64::from(first.color());
    let drifts = third.close * side < second.close * side && fourth.close * side < third.close * side;
    let resumes = last.open * side > fourth.close * side && last.close * side > first.close * side;
    let methods = window.long_body(4) && small && window.long_body(0) && colors && last.color() == first.color();
    colored(methods && within && drifts && resumes, first)
}

pub(super) fn hikkake(window: Window<'_>, _: f64) -> i32 {
    confirmed(window, |window| {
        let [first, second, third] = window.last();
        breaks_out(third, second, inside_bar(second, first))
    })
}

pub(super) fn modified_hikkake(window: Window<'_>, _: f64) -> i32 {
    confirmed(window, |window| {
        let [first, second, third, fourth] = window.last();
        let near = window.than(Measure::Near, 2);
        let side = breaks_out(fourth, third, inside_bar(second, first) && inside_bar(third, second));
        let closes = if side > 0 { second.close <= second.low + near } else { second.close >= second.high - near };
        when(closes, side)
    })
}

fn inside_bar(now: Candle, before: Candle) -> bool {
    now.high < before.high && now.low > before.low
}

/// 100 where a candle leaves the inside bar downwards (a false break that should turn up), −100 upwards.
fn breaks_out(candle: Candle, inside: Candle, is_inside: bool) -> i32 {
    let down = candle.high < inside.high && candle.low < inside.low;
    let up = candle.high > inside.high && candle.low > inside.low;
    when(is_inside && (down || up), if down { 100 } else { -100 })
}

/// The pattern where there is one; its double at the first close within [`CONFIRMATION_BARS`] beyond the candle before its
/// last. Only the newest pattern counts.
fn confirmed(window: Window<'_>, pattern: impl Fn(Window<'_>) -> i32) -> i32 {
    let now = pattern(window);
    if now != 0 {
        return now;
    }
    let newest = (1..=CONFIRMATION_BARS).map(|ago| (ago, pattern(window.earlier(ago)))).find(|(_, side)| *side != 0);
    let Some((ago, side)) = newest else { return 0 };
    let inside = window.candle(ago + 1);
    let beyond = |candle: Candle| if side > 0 { candle.close > inside.high } else { candle.close < inside.low };
    let already = (1..ago).any(|ago| beyond(window.candle(ago)));
    when(beyond(window.candle(0)) && !already, 2 * side)
}
