//! What is said of a value alone: rising, positive, overbought, bullish.

use super::condition::Condition;
use super::cursor::Cursor;
use super::names::Class;
use super::relation::Said;
use super::scene::{Scene, Value};
use rust_decimal::Decimal;

/// What is said of a value alone.
pub(crate) fn alone(scene: &Scene<'_>, left: &Value, said: Said, cursor: &mut Cursor<'_>) -> Option<Condition> {
    let text = &left.text;
    let limits =
        if let Class::Oscillator(high, low) = left.class { (high != low).then_some((high, low)) } else { None };
    let sided = |bullish: bool, event: bool| of_a_side(left, bullish, event);
    let found = match said {
        Said::Rising => format!("{text} rising"),
        Said::Falling => format!("{text} falling"),
        Said::TurnsUp if left.row == "supertrend" || left.row == "sar" => sided(true, true)?,
        Said::TurnsDown if left.row == "supertrend" || left.row == "sar" => sided(false, true)?,
        Said::TurnsUp | Said::TurnsDown if left.row == "linearreg_slope" && !lasts(*cursor) => {
            let (way, sign) = if said == Said::TurnsUp { ("above", "positive") } else { ("below", "negative") };
            scene.assume(format!("a slope that turns is read as turning {sign}"));
            format!("{text} crosses {way} 0")
        }
        // "ticks up for 3 bars" lasts: how long is read behind it.
        Said::TurnsUp if lasts(*cursor) => format!("{text} rising"),
        Said::TurnsDown if lasts(*cursor) => format!("{text} falling"),
        Said::TurnsUp => format!("{text} rising and not {text}[1] rising"),
        Said::TurnsDown => format!("{text} falling and not {text}[1] falling"),
        // A price is never negative: these words are said of something else.
        Said::Positive | Said::Negative | Said::TurnsPositive | Said::TurnsNegative
            if matches!(left.class, Class::Price | Class::Level(_) | Class::Average | Class::Volume) =>
        {
            return None;
        }
        Said::Positive => format!("{text} > 0"),
        Said::Negative => format!("{text} < 0"),
        Said::TurnsPositive => format!("{text} crosses above 0"),
        Said::TurnsNegative => format!("{text} crosses below 0"),
        Said::Overbought
        | Said::Oversold
        | Said::LeavesOverbought
        | Said::LeavesOversold
        | Said::EntersOverbought
        | Said::EntersOversold => {
            let stated = cursor
                .one("( < # )")
                .or_else(|| cursor.one("( > # )"))
                .or_else(|| cursor.one("( below|under|above|over # )"))
                .or_else(|| cursor.one("( # )"));
            over_limits(scene, left, said, limits, stated)?
        }
        Said::Bullish | Said::Green => sided(true, false)?,
        Said::Bearish | Said::Red => sided(false, false)?,
        Said::TurnsBullish => sided(true, true)?,
        Said::TurnsBearish => sided(false, true)?,
    };
    *scene.last.borrow_mut() = Some((left.clone(), None));
    Some(Condition::new(found))
}

/// True before a number of bars.
fn lasts(cursor: Cursor<'_>) -> bool {
    cursor.sees("for|over? at? least? the? last? # straight|consecutive? bars|bar|candles|candle|days")
}

fn over_limits(
    scene: &Scene<'_>,
    left: &Value,
    said: Said,
    limits: Option<(i32, i32)>,
    stated: Option<Decimal>,
) -> Option<String> {
    let rsi = Value { row: "rsi", ..Value::new("rsi(14)", Class::Oscillator(70, 30)) };
    let (left, (high, low)) = match limits {
        Some(limits) => (left, limits),
        None if left.class == Class::Price => {
            scene.assume("overbought and oversold are read as RSI(14) above 70 and below 30");
            (&rsi, (70, 30))
        }
        None => return None,
    };
    let (high, low) = (stated.unwrap_or(high.into()), stated.unwrap_or(low.into()));
    if stated.is_none() {
        scene.assume(format!("{} is overbought above {high} and oversold below {low}", left.text));
    }
    let text = &left.text;
    Some(match said {
        Said::Overbought => format!("{text} > {high}"),
        Said::Oversold => format!("{text} < {low}"),
        Said::LeavesOverbought => format!("{text} crosses below {high}"),
        Said::LeavesOversold => format!("{text} crosses above {low}"),
        Said::EntersOverbought => format!("{text} crosses above {high}"),
        _ => format!("{text} crosses below {low}"),
    })
}

/// Bullish or bearish, by the kind of value.
fn of_a_side(left: &Value, bullish: bool, event: bool) -> Option<String> {
    let text = &left.text;
    match left.row {
        "supertrend" => {
            let trend = text.replace(".line", ".trend");
            let sign = if bullish { '>' } else { '<' };
            if event {
                let word = if bullish { "above" } else { "below" };
                return Some(format!("{trend} crosses {word} 0"));
            }
            Some(format!("{trend} {sign} 0"))
        }
        "sar" if event => Some(format!("close crosses {} {text}", if bullish { "above" } else { "below" })),
        "sar" => Some(format!("close {} {text}", if bullish { '>' } else { '<' })),
        "macd" => {
            let (line, signal) =
                (text.replace(".histogram", ".line"), text.replace(".histogram", ".line").replace(".line", ".signal"));
            let word = match (event, bullish) {
                (true, true) => "crosses above",
                (true, false) => "crosses below",
                (false, true) => ">",
                (false, false) => "<",
            };
            Some(format!("{line} {word} {signal}"))
        }
        _ if left.class == Class::Price && !event => Some(format!("close {} open", if bullish { '>' } else { '<' })),
        _ => None,
    }
}
