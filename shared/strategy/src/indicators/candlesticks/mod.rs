//! TA-Lib's candlestick patterns with its default settings, as data: a name, a rule, how far back it looks, a sentence.

mod candles;
mod more_candles;
mod one_candle;
mod three_candles;
mod two_candles;

use super::bar_columns::Column;
use super::definition::{Agreement, Argument, Definition, Family};
use super::input::{Arguments, Input};
use super::window_sums::after_look_back;
use candles::{Candle, Candles, Window};

/// Candles over which bodies, shadows and ranges are averaged for most settings.
const AVERAGED: usize = 10;

/// Candles over which ranges are averaged for what is near, far and equal.
const AVERAGED_NEAR: usize = 5;

/// Largest share of a body that a later one may have to reach into it.
const MAXIMUM_PENETRATION: f64 = 1000.0;

/// What a pattern says of the newest candle: 100, −100 and the like, 0 without one. The number is the penetration.
type Rule = fn(Window<'_>, f64) -> i32;

/// A row: name, TA-Lib's function, candles it looks back, rule, sentence.
macro_rules! pattern {
    ($name:literal, $function:literal, $look_back:expr, $rule:path, $summary:literal) => {
        Definition {
            name: $name,
            summary: $summary,
            family: Family::Candlestick,
            agreement: Agreement::EqualsTaLib { function: $function },
            look_back: |_| $look_back,
            calculation: |input, arguments| signals(input, arguments, $look_back, $rule),
            ..Definition::ROW
        }
    };
    ($name:literal, $function:literal, $look_back:expr, $rule:path, $summary:literal, penetration $penetration:literal) => {
        Definition {
            arguments: &[Argument::factor("penetration", $penetration, 0.0, MAXIMUM_PENETRATION)],
            ..pattern!($name, $function, $look_back, $rule, $summary)
        }
    };
}

/// Every pattern, by TA-Lib's names.
#[rustfmt::skip]
pub(super) static ROWS: [Definition; 61] = [
    pattern!("cdl2crows", "CDL2CROWS", AVERAGED + 2, three_candles::two_crows, "Two crows: a long white body, a black one above it, a black one that closes inside the first; bearish."),
    pattern!("cdl3blackcrows", "CDL3BLACKCROWS", AVERAGED + 3, more_candles::three_black_crows, "Three black crows: three falling black bodies without lower shadows after a white one; bearish."),
    pattern!("cdl3inside", "CDL3INSIDE", AVERAGED + 2, three_candles::three_inside, "Three inside up or down: a harami and a close beyond the first candle's open."),
    pattern!("cdl3linestrike", "CDL3LINESTRIKE", AVERAGED_NEAR + 3, more_candles::three_line_strike, "Three-line strike: three candles of one color and one that takes them all back."),
    pattern!("cdl3outside", "CDL3OUTSIDE", 3, three_candles::three_outside, "Three outside up or down: an engulfing pattern and a close further on."),
    pattern!("cdl3starsinsouth", "CDL3STARSINSOUTH", AVERAGED + 2, three_candles::three_stars_in_the_south, "Three stars in the south: three ever smaller black candles, the last without shadows; bullish."),
    pattern!("cdl3whitesoldiers", "CDL3WHITESOLDIERS", AVERAGED + 2, three_candles::three_white_soldiers, "Three white soldiers: three rising white bodies without upper shadows; bullish."),
    pattern!("cdlabandonedbaby", "CDLABANDONEDBABY", AVERAGED + 2, three_candles::abandoned_baby, "Abandoned baby: a long body, a doji with gaps on both sides, a body back into the first.", penetration 0.3),
    pattern!("cdladvanceblock", "CDLADVANCEBLOCK", AVERAGED + 2, three_candles::advance_block, "Advance block: three rising white candles that weaken; bearish."),
    pattern!("cdlbelthold", "CDLBELTHOLD", AVERAGED, one_candle::belt_hold, "Belt hold: a long body that opens at its extreme."),
    pattern!("cdlbreakaway", "CDLBREAKAWAY", AVERAGED + 4, more_candles::breakaway, "Breakaway: a long body, a gap, two more in its direction, and a close back into the gap."),
    pattern!("cdlclosingmarubozu", "CDLCLOSINGMARUBOZU", AVERAGED, one_candle::closing_marubozu, "Closing marubozu: a long body that closes at its extreme."),
    pattern!("cdlconcealbabyswall", "CDLCONCEALBABYSWALL", AVERAGED + 3, more_candles::concealing_baby_swallow, "Concealing baby swallow: two black marubozu, a gap down, and a black candle that engulfs it; bullish."),
    pattern!("cdlcounterattack", "CDLCOUNTERATTACK", AVERAGED + 1, two_candles::counterattack, "Counterattack: two long bodies of opposite color with equal closes."),
    pattern!("cdldarkcloudcover", "CDLDARKCLOUDCOVER", AVERAGED + 1, two_candles::dark_cloud_cover, "Dark cloud cover: a black body from above a long white one into it; bearish.", penetration 0.5),
    pattern!("cdldoji", "CDLDOJI", AVERAGED, one_candle::doji, "Doji: a body of at most a tenth of the average range."),
    pattern!("cdldojistar", "CDLDOJISTAR", AVERAGED + 1, two_candles::doji_star, "Doji star: a doji beyond a long body."),
    pattern!("cdldragonflydoji", "CDLDRAGONFLYDOJI", AVERAGED, one_candle::dragonfly_doji, "Dragonfly doji: a doji with a lower shadow only."),
    pattern!("cdlengulfing", "CDLENGULFING", 2, two_candles::engulfing, "Engulfing: a body that covers one of the opposite color; 80 where they share an end."),
    pattern!("cdleveningdojistar", "CDLEVENINGDOJISTAR", AVERAGED + 2, three_candles::evening_doji_star, "Evening doji star: a long white body, a doji above it, a black body back into the first; bearish.", penetration 0.3),
    pattern!("cdleveningstar", "CDLEVENINGSTAR", AVERAGED + 2, three_candles::evening_star, "Evening star: a long white body, a small one above it, a black body back into the first; bearish.", penetration 0.3),
    pattern!("cdlgapsidesidewhite", "CDLGAPSIDESIDEWHITE", AVERAGED_NEAR + 2, three_candles::gap_side_by_side_white, "Side-by-side white lines: two alike white bodies beyond a gap."),
    pattern!("cdlgravestonedoji", "CDLGRAVESTONEDOJI", AVERAGED, one_candle::gravestone_doji, "Gravestone doji: a doji with an upper shadow only."),
    pattern!("cdlhammer", "CDLHAMMER", AVERAGED + 1, two_candles::hammer, "Hammer: a short body above a long lower shadow, near the low before; bullish."),
    pattern!("cdlhangingman", "CDLHANGINGMAN", AVERAGED + 1, two_candles::hanging_man, "Hanging man: the hammer's shape near the high before; bearish."),
    pattern!("cdlharami", "CDLHARAMI", AVERAGED + 1, two_candles::harami, "Harami: a small body inside a long one; 80 where they share an end."),
    pattern!("cdlharamicross", "CDLHARAMICROSS", AVERAGED + 1, two_candles::harami_cross, "Harami cross: a doji inside a long body; 80 where they share an end."),
    pattern!("cdlhighwave", "CDLHIGHWAVE", AVERAGED, one_candle::high_wave, "High wave: a short body between two very long shadows."),
    pattern!("cdlhikkake", "CDLHIKKAKE", 5, more_candles::hikkake, "Hikkake: an inside bar left on the wrong side; 200 where a close confirms it within three bars."),
    pattern!("cdlhikkakemod", "CDLHIKKAKEMOD", AVERAGED_NEAR + 5, more_candles::modified_hikkake, "Modified hikkake: two inside bars left on the wrong side; 200 where a close confirms it within three bars."),
    pattern!("cdlhomingpigeon", "CDLHOMINGPIGEON", AVERAGED + 1, two_candles::homing_pigeon, "Homing pigeon: a small black body inside a long black one; bullish."),
    pattern!("cdlidentical3crows", "CDLIDENTICAL3CROWS", AVERAGED + 2, three_candles::identical_three_crows, "Identical three crows: three falling black bodies, each opening at the close before; bearish."),
    pattern!("cdlinneck", "CDLINNECK", AVERAGED + 1, two_candles::in_neck, "In-neck: a white body from below a long black one up to its close; bearish."),
    pattern!("cdlinvertedhammer", "CDLINVERTEDHAMMER", AVERAGED + 1, two_candles::inverted_hammer, "Inverted hammer: a short body below a long upper shadow, under the body before; bullish."),
    pattern!("cdlkicking", "CDLKICKING", AVERAGED + 1, two_candles::kicking, "Kicking: two marubozu of opposite color with a gap between them."),
    pattern!("cdlkickingbylength", "CDLKICKINGBYLENGTH", AVERAGED + 1, two_candles::kicking_by_length, "Kicking by length: the longer marubozu gives the side."),
    pattern!("cdlladderbottom", "CDLLADDERBOTTOM", AVERAGED + 4, more_candles::ladder_bottom, "Ladder bottom: three falling black bodies, one with an upper shadow, a white one above it; bullish."),
    pattern!("cdllongleggeddoji", "CDLLONGLEGGEDDOJI", AVERAGED, one_candle::long_legged_doji, "Long-legged doji: a doji with a long shadow."),
    pattern!("cdllongline", "CDLLONGLINE", AVERAGED, one_candle::long_line, "Long line: a long body with short shadows."),
    pattern!("cdlmarubozu", "CDLMARUBOZU", AVERAGED, one_candle::marubozu, "Marubozu: a long body without shadows."),
    pattern!("cdlmatchinglow", "CDLMATCHINGLOW", AVERAGED_NEAR + 1, two_candles::matching_low, "Matching low: two black candles with equal closes; bullish."),
    pattern!("cdlmathold", "CDLMATHOLD", AVERAGED + 4, more_candles::mat_hold, "Mat hold: a long white body, three small ones that dip into it, a new high; bullish.", penetration 0.5),
    pattern!("cdlmorningdojistar", "CDLMORNINGDOJISTAR", AVERAGED + 2, three_candles::morning_doji_star, "Morning doji star: a long black body, a doji below it, a white body back into the first; bullish.", penetration 0.3),
    pattern!("cdlmorningstar", "CDLMORNINGSTAR", AVERAGED + 2, three_candles::morning_star, "Morning star: a long black body, a small one below it, a white body back into the first; bullish.", penetration 0.3),
    pattern!("cdlonneck", "CDLONNECK", AVERAGED + 1, two_candles::on_neck, "On-neck: a white body from below a long black one up to its low; bearish."),
    pattern!("cdlpiercing", "CDLPIERCING", AVERAGED + 1, two_candles::piercing, "Piercing: a long white body from below a long black one to above its middle; bullish."),
    pattern!("cdlrickshawman", "CDLRICKSHAWMAN", AVERAGED, one_candle::rickshaw_man, "Rickshaw man: a long-legged doji with its body in the middle."),
    pattern!("cdlrisefall3methods", "CDLRISEFALL3METHODS", AVERAGED + 4, more_candles::rising_falling_three_methods, "Rising or falling three methods: three small candles against a long one, then a long one in its direction."),
    pattern!("cdlseparatinglines", "CDLSEPARATINGLINES", AVERAGED + 1, two_candles::separating_lines, "Separating lines: a long body of opposite color from the open before."),
    pattern!("cdlshootingstar", "CDLSHOOTINGSTAR", AVERAGED + 1, two_candles::shooting_star, "Shooting star: a short body below a long upper shadow, above the body before; bearish."),
    pattern!("cdlshortline", "CDLSHORTLINE", AVERAGED, one_candle::short_line, "Short line: a short body with short shadows."),
    pattern!("cdlspinningtop", "CDLSPINNINGTOP", AVERAGED, one_candle::spinning_top, "Spinning top: a short body between longer shadows."),
    pattern!("cdlstalledpattern", "CDLSTALLEDPATTERN", AVERAGED + 2, three_candles::stalled_pattern, "Stalled pattern: two long white bodies and a small one at the second's end; bearish."),
    pattern!("cdlsticksandwich", "CDLSTICKSANDWICH", AVERAGED_NEAR + 2, three_candles::stick_sandwich, "Stick sandwich: a white candle between two black ones with equal closes; bullish."),
    pattern!("cdltakuri", "CDLTAKURI", AVERAGED, one_candle::takuri, "Takuri: a dragonfly doji with a very long lower shadow."),
    pattern!("cdltasukigap", "CDLTASUKIGAP", AVERAGED_NEAR + 2, three_candles::tasuki_gap, "Tasuki gap: a gap, and a candle of opposite color that closes into it."),
    pattern!("cdlthrusting", "CDLTHRUSTING", AVERAGED + 1, two_candles::thrusting, "Thrusting: a white body from below a long black one up to its middle; bearish."),
    pattern!("cdltristar", "CDLTRISTAR", AVERAGED + 2, three_candles::tristar, "Tristar: three doji, the second beyond the others."),
    pattern!("cdlunique3river", "CDLUNIQUE3RIVER", AVERAGED + 2, three_candles::unique_three_river, "Unique three river: a long black body, a black one with a lower low inside it, a small white one; bullish."),
    pattern!("cdlupsidegap2crows", "CDLUPSIDEGAP2CROWS", AVERAGED + 2, three_candles::upside_gap_two_crows, "Upside gap two crows: two black bodies above a long white one, the second covers the first; bearish."),
    pattern!("cdlxsidegap3methods", "CDLXSIDEGAP3METHODS", 2, three_candles::gap_three_methods, "Gap three methods: a gap between two candles of one color that a third one closes."),
];

/// What a rule says of every bar.
fn signals(input: &Input<'_>, arguments: &Arguments<'_>, look_back: usize, rule: Rule) -> Vec<Column> {
    let (candles, penetration) = (Candles::new(input.bars), arguments.number(0));
    let values = (look_back..input.bars.len()).map(|bar| f64::from(rule(candles.up_to(bar), penetration)));
    vec![Column::computed(after_look_back(look_back, input.bars.len(), values))]
}

/// `signal` where a pattern is there, else 0.
const fn when(holds: bool, signal: i32) -> i32 {
    if holds { signal } else { 0 }
}

/// 100 in the color of a candle.
fn colored(holds: bool, candle: Candle) -> i32 {
    when(holds, 100 * candle.color())
}
