//! What words behind a condition, or its two sides together, make of it once it is read.

use super::calls::sides;
use super::cursor::{Cursor, whole};
use super::names::Class;
use super::scene::{Scene, Value};
use super::token::Token;
use rust_decimal::Decimal;

/// `was below the VWAP 10 bars ago`: both sides as they stood then.
pub(crate) fn in_the_past(cursor: &mut Cursor<'_>, text: String) -> String {
    let Some((left, operator, right)) = sides(&text) else { return text };
    if left.ends_with(']') || left.contains(' ') || right.contains(' ') {
        return text;
    }
    if let Some(bars) = right.strip_suffix(']').and_then(|right| right.rsplit_once('[')).map(|(_, bars)| bars) {
        return format!("{left}[{bars}]{operator}{right}");
    }
    match cursor.one("# bars|candles|days|periods ago|back|earlier|before").and_then(whole) {
        Some(bars) => format!("{left}[{bars}]{operator}{right}"),
        None => text,
    }
}

/// `aroon up crosses above aroon down (25 period)`: the numbers behind the second output are the first one's too.
pub(crate) fn one_call(text: String) -> String {
    let Some((left, operator, right)) = sides(&text).filter(|_| !text.contains(" and ")) else {
        return text;
    };
    let parts = |side: &str| {
        let (call, output) = side.rsplit_once('.')?;
        let (name, _) = call.strip_suffix(')')?.split_once('(')?;
        Some((name.to_owned(), call.to_owned(), output.to_owned()))
    };
    match (parts(left), parts(right)) {
        (Some((name, call, output)), Some((other, stated, _))) if name == other && call != stated => {
            format!("{stated}.{output}{operator}{right}")
        }
        _ => text,
    }
}

/// `the opening range is under 20 points`: its height, where it is compared with a number.
pub(crate) fn of_the_range(text: String) -> Option<String> {
    // "between 5 and 15 points".
    let parts = super::calls::conjuncts(&text);
    if parts.len() > 1 {
        let parts: Option<Vec<String>> = parts.into_iter().map(of_the_range).collect();
        return parts.map(|parts| parts.join(" and "));
    }
    let Some((left, operator, right)) = sides(&text) else { return Some(text) };
    let measure = right.parse::<f64>().is_ok() || right.contains("atr(");
    if !measure {
        return Some(text);
    }
    let (call, _) = left.rsplit_once('.')?;
    let operator = operator.replace(" crosses above ", " > ").replace(" crosses below ", " < ");
    Some(format!("{call}.high - {call}.low{operator}{right}"))
}

/// `%K crosses %D below 20`: a cross, and where.
pub(crate) fn level_of_the_cross(cursor: &mut Cursor<'_>, text: &str) -> Option<String> {
    let (left, operator, right) = sides(text)?;
    if !operator.contains("crosses") || text.contains(" and ") || right.parse::<f64>().is_ok() || left == "close" {
        return None;
    }
    let mut probe = *cursor;
    let _ = probe.eat("while|when|both|from|and? both? at|are|is");
    let said = cursor.tokens.get(cursor.at..probe.at).unwrap_or_default();
    let both = said.iter().any(|token| token.word() == Some("both"));
    let operator = beyond(&mut probe)?;
    let number = if probe.eat("zero line?") { Decimal::ZERO } else { probe.number()? };
    if !probe.is_pause_or_joint() {
        return None;
    }
    *cursor = probe;
    let other = if both { format!(" and {right} {operator} {number}") } else { String::new() };
    Some(format!("{text} and {left} {operator} {number}{other}"))
}

/// True for a comparison that says nothing or never holds: a value with itself, the close beyond its own bar.
pub(crate) fn is_void(text: &str) -> bool {
    let alone = |part: &str| sides(part).is_some_and(|(left, _, right)| left == right);
    if !text.contains(" or ")
        && text
            .split(" and ")
            .any(|part| text.contains(" and ") && alone(part) || of_two_scales(part) || out_of_scale(part))
    {
        return true;
    }
    let Some((left, operator, right)) = sides(text) else { return false };
    // "under 1% of price", of which what is under it was not read.
    let scaled = right.split_once(" * ").is_some_and(|(one, other)| {
        one == left && other.parse::<f64>().is_ok() || other == left && one.parse::<f64>().is_ok()
    });
    if scaled {
        return true;
    }
    let beyond = left == "close"
        && (right == "high" && operator.contains(['>', 'a']) || right == "low" && operator.contains(['<', 'b']));
    // A price compared with a volume says nothing.
    let volume = |side: &str| side.contains("volume");
    let mixed = volume(left) != volume(right) && (is_price(left) || is_price(right));
    let size = is_price(left)
        && (right.starts_with("atr(")
            || right.split_once(" * ").is_some_and(|(factor, measure)| {
                factor.parse::<f64>().is_ok() && measure.starts_with("atr(") && !measure.contains(['+', '-'])
            }));
    !text.contains(" and ") && (left == right || beyond || mixed || size || of_one_channel(left, right))
}

/// Two lines of one channel: they never cross.
fn of_one_channel(left: &str, right: &str) -> bool {
    let channel = |line: &str| {
        let (call, _) = line.split_once(").")?;
        ["bbands(", "keltner(", "donchian("].iter().any(|row| call.starts_with(row)).then(|| call.to_owned())
    };
    channel(left).is_some_and(|call| channel(right) == Some(call))
}

/// `ema 9 over 21 cross`: an event, though the words between are a state's.
pub(crate) fn crossed(cursor: &mut Cursor<'_>, text: &str) -> Option<String> {
    let (_, operator, _) = sides(text).filter(|_| !text.contains(" and "))?;
    let word = match operator {
        " > " => " crosses above ",
        " < " => " crosses below ",
        _ => return None,
    };
    if !cursor.eat("cross|crossover|crossing|crossovers") {
        return None;
    }
    Some(text.replacen(operator, word, 1))
}

/// `pokes above yesterday's high`: the high does, not the close.
pub(crate) fn of_the_wick(text: &str) -> String {
    let beyond = [("close crosses above ", "high crosses above "), ("close crosses below ", "low crosses below ")];
    let found = beyond.into_iter().find_map(|(close, wick)| Some(format!("{wick}{}", text.strip_prefix(close)?)));
    found.unwrap_or_else(|| text.to_owned())
}

/// `cci turns up under -100`: the turn, and where.
pub(crate) fn turn_beyond(cursor: &mut Cursor<'_>, text: &str) -> Option<String> {
    let (left, rest) = text.split_once(" rising").or_else(|| text.split_once(" falling"))?;
    if !rest.starts_with(" and not ") {
        return None;
    }
    let mut probe = *cursor;
    // "curls up from below 30": where it came from.
    let from = probe.eat("from");
    let _ = probe.eat("while|when|but");
    let operator = beyond(&mut probe)?;
    let minus = probe.eat("-|minus");
    let number = if probe.eat("zero line?") { Decimal::ZERO } else { probe.number()? };
    if !probe.is_pause_or_joint() {
        return None;
    }
    *cursor = probe;
    let sign = if minus && !number.is_zero() { "-" } else { "" };
    let then = if from { "[1]" } else { "" };
    Some(format!("{text} and {left}{then} {operator} {sign}{}", number.normalize()))
}

/// "the candle is bigger than 40 points" is said of its range, "the range" of the opening range where one was spoken of.
pub(crate) fn sized(cursor: Cursor<'_>, scene: &Scene<'_>, words: &[Token], left: Value) -> Value {
    let bar = words.iter().all(|token| {
        matches!(
            token.word(),
            Some(
                "the" | "a" | "this" | "that" | "current" | "signal" | "entry" | "trigger" | "setup" | "candle" | "bar"
            )
        )
    });
    if bar && left.text == "close" && measured(cursor) {
        return Value::new("range", Class::Measure);
    }
    let named = |word: &str| words.iter().any(|token| token.word() == Some(word));
    if left.text == "range" && named("range") && !named("bar") && !named("candle") {
        let line = scene.lines.borrow().iter().rev().find(|line| line.row == "opening_range").cloned();
        if let Some(line) = line {
            scene.assume("\"the range\" is read as the opening range");
            return line;
        }
    }
    left
}

/// True before a comparison with a size: `is bigger than`, `is over 40 points`.
fn measured(mut cursor: Cursor<'_>) -> bool {
    let _ = cursor.eat("is|isnt|was");
    let _ = cursor.eat("not");
    if cursor.eat("bigger|larger|smaller|taller|wider than") {
        return true;
    }
    let compared = cursor.eat("more|less|greater|fewer than")
        || cursor.eat("over|under|above|below|>|<|≥|≤")
        || cursor.eat("at least|most");
    compared && cursor.number().is_some() && cursor.sees("points|point|pts|ticks|tick|handles|x|times|atr|*")
}

/// A price compared with what is no price: a stochastic's line, the range of a bar.
fn of_two_scales(part: &str) -> bool {
    const NO_PRICES: [&str; 12] = [
        "stoch(",
        "stochf(",
        "stochrsi(",
        "rsi(",
        "adx(",
        "mfi(",
        "cci(",
        "willr(",
        "roc(",
        "plus_di(",
        "minus_di(",
        "macd(",
    ];
    let Some((left, _, right)) = sides(part) else { return false };
    let base = left.split_once('(').map_or(left, |(base, _)| base);
    let price = is_price(base) && !left.contains([' ', '-', '/']);
    price && (right == "range" || NO_PRICES.iter().any(|row| right.starts_with(row)))
}

/// A number that what is compared never reaches, or that is no price: "RSI below 200", "back to 4".
fn out_of_scale(part: &str) -> bool {
    /// A whole number under this is a count, a length or an hour: prices that low are said with their decimals.
    const PRICE_LEAST: f64 = 20.0;
    /// What prices and levels begin with.
    const LEVELS: [&str; 12] = [
        "close",
        "open",
        "high",
        "low",
        "vwap",
        "session.",
        "previous_",
        "ema(close",
        "sma(close",
        "bbands(",
        "keltner(",
        "donchian(",
    ];
    let percents = ["rsi(", "stoch(", "stochf(", "stochrsi(", "mfi(", "adx(", "plus_di(", "minus_di("];
    let Some((left, _, right)) = sides(part) else { return false };
    // "2 below the low".
    if left.parse::<u8>().is_ok_and(|count| f64::from(count) <= PRICE_LEAST) {
        return LEVELS.iter().any(|level| right.starts_with(level)) && !right.contains(" - ");
    }
    let Ok(number) = right.parse::<f64>() else { return false };
    if percents.iter().any(|row| left.starts_with(row)) && !left.contains([' ', '-', '/', '*']) {
        return !(0.0..=100.0).contains(&number);
    }
    is_price(left) && number < PRICE_LEAST && !right.contains('.')
}

fn is_price(text: &str) -> bool {
    matches!(text, "close" | "open" | "high" | "low")
}

/// `above the`, `under`: on which side of a level.
fn beyond(cursor: &mut Cursor<'_>) -> Option<char> {
    let operator = if cursor.eat("above|over|>") { '>' } else { cursor.eat("below|under|<").then_some('<')? };
    cursor.eat("the");
    Some(operator)
}
