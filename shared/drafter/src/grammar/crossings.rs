//! What crossed before: the value and the level of "it crosses down", of "crosses below -20" on the other side.

use super::calls::sides;
use super::condition::{Condition, said_after};
use super::cursor::Cursor;
use super::names::Class;
use super::relation::{Relation, Way, relation};
use super::right_side::{left_out, right_value};
use super::scene::{Scene, Value};
use super::token::Token;
use rust_decimal::Decimal;

/// Remembers a cross.
pub(crate) fn remember(scene: &Scene<'_>, left: &Value, operator: &str, right: &Value) {
    if operator.starts_with("crosses") {
        scene.crosses.borrow_mut().push((left.clone(), right.clone()));
    }
}

/// `it crosses down`, `crosses under` without a level: the cross of before, turned.
fn again(cursor: &Cursor<'_>, scene: &Scene<'_>, left: &Value, way: Way) -> Option<(Value, Value)> {
    let mut beyond = *cursor;
    let placed = beyond.eat("above|over|below|under|>|<") && beyond.number().is_some();
    if way == Way::Open || !cursor.is_pause_or_joint() && !cursor.sees("it|again|back") && !placed {
        return None;
    }
    let crosses = scene.crosses.borrow();
    // "on the cross back down" names no line.
    let bare = (cursor.at.saturating_sub(5)..cursor.at)
        .any(|at| Cursor::new(cursor.tokens, at).sees("on|at|upon|with the|a cross|crossover"));
    let unnamed = scene.pronoun.get() || bare;
    if touched_last(scene, left) {
        return None;
    }
    let turned = crosses.iter().rev().find(|(value, level)| level.text == left.text && value.class != Class::Price);
    if let Some((value, level)) = turned.filter(|_| !unnamed) {
        // "+DI crosses above -DI, exit when -DI crosses back over".
        scene.assume(format!("the level that is left out is read as {}", value.text));
        return Some((level.clone(), value.clone()));
    }
    let (value, level) = crosses.iter().rev().find(|(value, _)| unnamed || value.text == left.text)?;
    if value.text != left.text {
        scene.forget_pronoun(left);
        scene.assume(format!("what crosses is read as {}", value.text));
    }
    scene.assume(format!("the level that is left out is read as {}", level.text));
    Some((value.clone(), level.clone()))
}

/// "It touches R1 and closes back below": the level it touched, whatever crossed before.
fn touched_last(scene: &Scene<'_>, left: &Value) -> bool {
    let last = scene.last.borrow();
    let level = last.as_ref().and_then(|(value, level)| level.as_ref().filter(|_| value.text == left.text));
    let touches = scene.touches.borrow();
    level.zip(touches.last()).is_some_and(|(level, (_, touched))| level.text == *touched)
}

/// A bar takes out the high of the one before or does not: there is no bar before from which to cross a level that is new
/// with every bar.
pub(crate) fn passed(text: String) -> String {
    let bar = |text: &str| matches!(text, "close" | "open" | "high" | "low");
    let moving = |right: &str| right.split_once("[").is_some_and(|(base, bars)| bar(base) && bars == "1]");
    match sides(&text) {
        Some((left, operator, right)) if bar(left) && moving(right) && operator.contains("crosses") => {
            format!("{left} {} {right}", if operator.contains("above") { '>' } else { '<' })
        }
        Some(_) | None => text,
    }
}

/// Remembers a cross that was read from words without its level: "macd crosses up".
pub(crate) fn noted(scene: &Scene<'_>, text: &str) {
    let Some((left, _, right)) = sides(text).filter(|(_, operator, _)| operator.contains("crosses")) else { return };
    let known = scene.crosses.borrow().iter().any(|(value, level)| value.text == left && level.text == right);
    if known || text.contains(" and ") || text.contains(" or ") || text.ends_with(" bars") {
        return;
    }
    let class = |text: &str| match text {
        "close" => Class::Price,
        text if text.parse::<Decimal>().is_ok() => Class::Number,
        _ => Class::Measure,
    };
    let value = |text: &str| Value::new(text, class(text));
    scene.crosses.borrow_mut().push((value(left), value(right)));
}

/// True where an unnamed price is compared with a plain number, though prices were not spoken of in numbers; and where an
/// unnamed value crosses a number, though another value did before.
pub(crate) fn misfit(scene: &Scene<'_>, text: &str, before: Option<&(Value, Option<Value>)>) -> bool {
    let crosses = scene.crosses.borrow();
    // The cross that is being read is remembered already.
    let own = crosses.last().is_some_and(|(value, level)| {
        sides(text).is_some_and(|(left, operator, right)| {
            operator.contains("crosses") && value.text == left && level.text == right
        })
    });
    let earlier = crosses.get(..crosses.len() - usize::from(own)).unwrap_or_default();
    let crossed = before.is_some_and(|(value, level)| {
        earlier.iter().any(|(left, right)| left == value && level.as_ref() == Some(right))
    });
    let other = sides(text).is_some_and(|(left, operator, right)| {
        let numbered = earlier.iter().any(|(value, level)| value.text != left && level.class == Class::Number);
        operator.contains("crosses") && right.parse::<Decimal>().is_ok() && numbered
    });
    if other && !crossed {
        return true;
    }
    let priced = before.is_some_and(|(value, level)| {
        value.class == Class::Price && level.as_ref().is_some_and(|level| level.class == Class::Number)
    });
    sides(text).is_some_and(|(left, _, right)| !priced && left == "close" && right.parse::<Decimal>().is_ok())
}

/// What is said of an unnamed price and a number of an indicator's scale is said of the indicator that crossed before.
pub(crate) fn said_fitting(
    cursor: &mut Cursor<'_>,
    scene: &Scene<'_>,
    left: Value,
    unnamed: bool,
) -> Option<Condition> {
    let before = scene.last.borrow().clone();
    if let Some(subject) = by_number(cursor, scene).filter(|subject| unnamed && subject.text != left.text) {
        scene.forget_pronoun(&left);
        scene.assume(format!("what crosses is read as {}", subject.text));
        return said_after(cursor, scene, subject);
    }
    let mut probe = *cursor;
    let found = scene.attempt(|| said_after(&mut probe, scene, left.clone()))?;
    if unnamed && scene.changing.get() && of_the_price(&left, &found.text) {
        // "add shorts when it loses vwap": nothing was spoken of before but the strategy's own rules.
        scene.forget_pronoun(&left);
        scene.assume("\"it\" is read as the price");
        return said_after(cursor, scene, Value::new("close", Class::Price));
    }
    if !unnamed || !misfit(scene, &found.text, before.as_ref()) {
        *cursor = probe;
        return Some(found);
    }
    let Some(subject) = subject(scene, &found.text) else {
        *cursor = probe;
        let oscillates = scene.lines.borrow().iter().any(|line| matches!(line.class, Class::Oscillator(..)));
        return Some(found).filter(|found| before.is_none() && !oscillates || !no_price(&found.text));
    };
    let said = said_after(cursor, scene, subject.clone())?;
    scene.forget_pronoun(&left);
    scene.assume(format!("what is meant without its name is read as {}", subject.text));
    Some(said)
}

/// "rsi crosses above 50 with price over the 50 ema … crosses below 50": what crosses a plain number is what crossed one before.
fn by_number(cursor: &Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    let (Relation::Cross(_), false) = relation(&mut probe)? else { return None };
    probe.number()?;
    let crosses = scene.crosses.borrow();
    let numbered = crosses.iter().rev().find(|(_, level)| level.class == Class::Number);
    numbered.filter(|_| probe.is_pause_or_joint()).map(|(value, _)| value.clone())
}

/// The value that crossed a number before, where the number of `text` lies on its scale.
pub(crate) fn subject(scene: &Scene<'_>, text: &str) -> Option<Value> {
    let (left, _, right) = sides(text)?;
    let number = right.parse::<Decimal>().ok()?.abs();
    let crosses = scene.crosses.borrow();
    let (value, _) = crosses.iter().find(|(value, level)| {
        let Ok(level) = level.text.parse::<Decimal>().map(|level| level.abs()) else { return false };
        let scale = level * Decimal::TWO;
        if value.text == left {
            return false;
        }
        if value.class == Class::Price {
            number <= scale && number >= level / Decimal::TWO
        } else {
            number <= scale.max(Decimal::ONE_HUNDRED)
        }
    })?;
    Some(value.clone())
}

/// True where no price has that size: a number of an indicator's scale.
pub(crate) fn no_price(text: &str) -> bool {
    let number = sides(text).and_then(|(_, _, right)| right.parse::<Decimal>().ok());
    number.is_some_and(|number| number.abs() <= Decimal::ONE_HUNDRED)
}

/// True for an unnamed value compared with a number of an indicator's scale, where an oscillator was spoken of.
pub(crate) fn of_no_price(scene: &Scene<'_>, text: &str, words: &[Token]) -> bool {
    let named = words.iter().any(|token| {
        matches!(token.word(), Some("price" | "close" | "closes" | "closed" | "candle" | "bar" | "stock" | "market"))
    });
    let oscillates = || scene.lines.borrow().iter().any(|line| matches!(line.class, Class::Oscillator(..)));
    let lost = scene.unread.get() || oscillates();
    // "hull ma 55, short when it turns down" of which the average was not read.
    let turns = ["close rising and", "close falling and"].iter().any(|turn| text.starts_with(turn));
    !named && (turns || lost && sides(text).is_some_and(|(left, _, _)| left == "close") && no_price(text))
}

/// True for an average against a level that prices are held against: VWAP, a band, an earlier day's extreme.
pub(crate) fn of_the_price(left: &Value, text: &str) -> bool {
    let levels = ["vwap", "previous_", "session.", "opening_range(", "bbands(", "keltner(", "donchian("];
    let right = sides(text).map(|(_, _, right)| right).unwrap_or_default();
    left.class == Class::Average && levels.iter().any(|level| right.starts_with(level))
}

/// `A within 3 bars of B`: A first, and said so.
pub(crate) fn before_another(scene: &Scene<'_>, text: &str, behind: Cursor<'_>) {
    if text.ends_with(" bars") && text.contains(" within ") && behind.sees("of") {
        scene.assume(format!("\"{text}\" looks back from what it is said of, not ahead"));
    }
}

/// `the 9 crosses below the 20` after both were named: the averages of those bars; two plain numbers say nothing.
fn averages(scene: &Scene<'_>, left: Value, right: Value) -> Option<(Value, Value)> {
    if left.class != Class::Number || right.class != Class::Number {
        return Some((left, right));
    }
    let lines = scene.lines.borrow();
    let of = |number: &Value| {
        let period = number.text.parse::<Decimal>().ok()?;
        lines.iter().rev().find(|line| line.class == Class::Average && line.period == Some(period)).cloned()
    };
    Some((of(&left)?, of(&right)?))
}

/// `the 9 EMA is above the 21 and the 21 above the 50`: averages of the kind that was named with the first number.
pub(crate) fn averages_alone(scene: &Scene<'_>, left: Value, right: Value) -> (Value, Value) {
    let plain = left.class == Class::Number && right.class == Class::Number;
    let (Some(one), Some(other)) = (left.text.parse::<Decimal>().ok(), right.text.parse::<Decimal>().ok()) else {
        return (left, right);
    };
    let known = scene
        .lines
        .borrow()
        .iter()
        .rev()
        .find(|line| line.class == Class::Average && line.period == Some(one))
        .cloned();
    let Some(line) = known.filter(|_| plain && other.is_integer() && other > Decimal::ONE && other != one) else {
        return (left, right);
    };
    let text = line.text.replacen(&format!(", {one})"), &format!(", {other})"), 1);
    let second = Value { text, period: Some(other), ..line.clone() };
    scene.lines.borrow_mut().push(second.clone());
    (line, second)
}

/// `the 15 min close is above its 50 EMA`: the average of those bars.
pub(crate) fn of_its_bars(cursor: &Cursor<'_>, left: &Value, right: Value) -> Value {
    let framed = left.text.starts_with("close('") && left.text.ends_with("')");
    let plain = right.class == Class::Average && right.text.contains("(close,") && !right.text.contains('\'');
    if !framed || !plain || !cursor.sees("its") {
        return right;
    }
    Value { text: right.text.replacen("(close,", &format!("({},", left.text), 1), ..right }
}

/// `crosses X to the upside`, `crosses X from below`: which way it goes, said behind the level.
pub(crate) fn way_behind(cursor: &mut Cursor<'_>, way: Way) -> Way {
    let way = match way {
        Way::Open if cursor.eat("up|upward|upwards|higher") || cursor.eat("to the upside") => Way::Up,
        Way::Open if cursor.eat("down|downward|downwards|lower") || cursor.eat("to the downside") => Way::Down,
        way => way,
    };
    let mut probe = *cursor;
    let from = if probe.eat("coming? from below|underneath|beneath|under") {
        Way::Up
    } else if probe.eat("coming? from above|over") {
        Way::Down
    } else {
        return way;
    };
    if way != Way::Open && way != from || !probe.is_pause_or_joint() {
        return way;
    }
    *cursor = probe;
    from
}

/// What crosses and its level: as said, as it crossed before, as the level that was spoken of last.
pub(crate) fn both(cursor: &mut Cursor<'_>, scene: &Scene<'_>, left: Value, way: Way) -> Option<(Value, Value)> {
    let (left, right) = match right_value(cursor, scene, &left) {
        Some(right) => (left, right),
        None => again(cursor, scene, &left, way)
            .or_else(|| left_out(cursor, scene, &left, way).map(|right| (left, right)))?,
    };
    averages(scene, left, right)
}

/// "falls 20 points from the high": of the day, of the trade, but hardly of the bar that closes there.
pub(crate) fn holds(condition: &Condition) -> bool {
    let Some(("close", operator, right)) = sides(&condition.text) else { return true };
    !(right.starts_with("high - ") && operator.contains(['<', 'b']) && !operator.contains("above")
        || right.starts_with("low + ") && operator.contains(['>', 'b']) && !operator.contains("below"))
}
