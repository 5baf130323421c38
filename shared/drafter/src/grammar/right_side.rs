//! The right side of a relation: what a value is compared with, where words are left out or several are listed.

use super::condition::{Condition, compared};
use super::cursor::Cursor;
use super::names::{self, Class, Lean};
use super::relation::{self, Relation, Way};
use super::scene::{Scene, Value};
use super::value::{self};
use rust_decimal::Decimal;

/// The value on the right of a relation: kinds are taken over from the left ("the 9 EMA crosses the 21").
pub(crate) fn right_value(cursor: &mut Cursor<'_>, scene: &Scene<'_>, left: &Value) -> Option<Value> {
    let mut probe = *cursor;
    probe.eat("the|its|that|a|an|of|to");
    if probe.eat("zero|0 line?")
        || probe.eat("midline|centerline|center line?") && matches!(left.class, Class::Oscillator(0, 0))
    {
        *cursor = probe;
        return Some(Value::number(Decimal::ZERO));
    }
    if let Some(open) = own_open(cursor, left) {
        return Some(open);
    }
    if left.row == "macd" && left.text.ends_with(".line") && probe.eat("signal line|one?") {
        *cursor = probe;
        return Some(Value { text: left.text.replace(".line", ".signal"), ..left.clone() });
    }
    if left.row.starts_with("stoch")
        && (probe.eat("% d|the? line?") || probe.eat("d line?") || probe.eat("signal line?"))
    {
        *cursor = probe;
        return Some(Value { text: left.text.replace(".k", ".d"), ..left.clone() });
    }
    let numbered = probe.sees("- di #|(") || probe.sees("minus di #|(");
    if left.row == "plus_di" && !numbered && (probe.eat("- di") || probe.eat("-") || probe.eat("minus di?")) {
        *cursor = probe;
        return Some(Value { text: left.text.replace("plus_di", "minus_di"), row: "minus_di", ..left.clone() });
    }
    if probe.eat("average|avg|normal|usual") && probe.is_pause_or_joint() && left.class == Class::Volume {
        *cursor = probe;
        scene.assume("average volume is the mean of 20 bars, as no number was given");
        return Some(Value::new("sma(volume, 20)", Class::Volume));
    }
    if let Some(found) = scene.attempt(|| own_average(cursor, scene, left)) {
        return Some(found);
    }
    if let Some(found) = scene.attempt(|| super::named_days::of_the_price(cursor, scene, left)) {
        return Some(found);
    }
    if let Some(found) = scene.attempt(|| of_days(cursor, scene, left)) {
        return Some(found);
    }
    let mut probe = *cursor;
    *scene.subject.borrow_mut() = Some(left.clone());
    let right = scene.attempt(|| value::value(&mut probe, scene));
    *scene.subject.borrow_mut() = None;
    let mut right = right?;
    if right.text == "range"
        && left.class == Class::Price
        && scene.lines.borrow().iter().any(|line| line.row == "opening_range")
    {
        // "closes above the range": of the opening range that was spoken of.
        scene.assume("\"the range\" is read as the opening range");
        right = super::levels::range_line(scene, None, super::levels::end_of_range(*cursor, scene))?;
    }
    // "NQ is above vwap" is its own.
    let one = left.text.split(' ').count() == 3;
    let own =
        cursor.sees("its") || cursor.sees("the its") || one && matches!(right.class, Class::Level(_) | Class::Average);
    if own
        && right.class != Class::Number
        && !right.text.contains(" of ")
        && let Some((_, symbol)) = left.text.rsplit_once(" of ")
    {
        right.text = format!("{} of {symbol}", right.text);
    }
    if is_part(probe, left, &right) {
        return None;
    }
    let takes_kind = left.class == Class::Average && right.class == Class::Number && !right.text.contains(['.', '-']);
    let in_words =
        cursor.peek_word().is_some_and(|word| !matches!(word, "zero" | "the" | "a")) && right.class == Class::Number;
    let further = probe.sees("and|,|/|& the? # ema|sma|ma|day|period|wma");
    if right.class == Class::Number && left.class == Class::Price {
        // "below the 21" after "the 21 EMA".
        let line = scene
            .lines
            .borrow()
            .iter()
            .find(|line| {
                line.class == Class::Average && line.period.is_some_and(|period| period.to_string() == right.text)
            })
            .cloned();
        if let Some(line) = line {
            *cursor = probe;
            return Some(line);
        }
        // "over the 50": a line that was not named.
        if in_words || further || cursor.sees("the #") {
            return None;
        }
    }
    let price_like = right.text.parse::<u32>().is_ok_and(|number| number <= 500);
    let right = if takes_kind && price_like {
        probe.eat("period|day|bar|one");
        let text =
            left.text.replacen(&format!(", {}", left.period.unwrap_or_default()), &format!(", {}", right.text), 1);
        let period = right.text.parse().ok();
        Value { text, period, ..left.clone() }
    } else {
        right
    };
    if right.class == Class::Average {
        scene.lines.borrow_mut().push(right.clone());
    }
    *cursor = probe;
    Some(right)
}

/// `above the 200 day`: its moving average, said without the word.
fn of_days(cursor: &mut Cursor<'_>, scene: &Scene<'_>, left: &Value) -> Option<Value> {
    let mut probe = *cursor;
    let days = probe.one("the # day|dma")?;
    let usual = [5, 10, 20, 50, 100, 150, 200].iter().any(|usual| Decimal::from(*usual) == days);
    let priced = matches!(left.class, Class::Price | Class::Average) || scene.pronoun.get();
    if !usual || !priced || !probe.is_pause_or_joint() {
        return None;
    }
    let name = names::Name { pattern: "", row: "sma", output: "", class: Class::Average };
    let frame = Some("1d").filter(|frame| *frame != scene.timeframe);
    let found = super::indicator::call(scene, &name, &[days], None, frame)?;
    scene.assume(format!("\"the {days} day\" is read as its simple moving average"));
    *cursor = probe;
    scene.lines.borrow_mut().push(found.clone());
    Some(found)
}

/// "last week's close was above its open": of the same period.
fn own_open(cursor: &mut Cursor<'_>, left: &Value) -> Option<Value> {
    let (period, _) = left.text.split_once('.').filter(|(period, _)| period.starts_with("previous_"))?;
    cursor.eat("its open").then(|| Value::new(format!("{period}.open"), Class::Level(Lean::Either)))
}

/// A percentage is no price.
fn is_part(behind: Cursor<'_>, left: &Value, right: &Value) -> bool {
    let last = behind.at.checked_sub(1).and_then(|at| behind.tokens.get(at));
    last.is_some_and(|token| token.is_mark('%'))
        && right.class == Class::Number
        && matches!(left.class, Class::Price | Class::Average | Class::Level(_))
}

/// `its 20-bar average`, `its average over 20 bars`, `its SMA(14)`, `1.5 times its average`: of the value on the left.
pub(crate) fn own_average(cursor: &mut Cursor<'_>, scene: &Scene<'_>, left: &Value) -> Option<Value> {
    if !matches!(left.class, Class::Measure | Class::Oscillator(..) | Class::Volume) {
        return None;
    }
    let mut probe = *cursor;
    let factor = probe
        .one("# x|times|*")
        .or_else(|| probe.eat("twice|double").then_some(Decimal::TWO))
        .or_else(|| probe.one("# %|percent of").map(|percent| percent / Decimal::ONE_HUNDRED));
    // "it is above the 20 EMA" is said of the price.
    let of_price = scene.pronoun.get() && !probe.sees("its|own");
    if of_price || !probe.eat("its|the|own") && factor.is_none() {
        return None;
    }
    probe.eat("own|the|recent");
    let mut period = probe.number();
    probe.eat("bar|period|day|bars|candle");
    let kind = if probe.eat("ema") || probe.eat("exponential moving? average") {
        "ema"
    } else if probe.eat("moving|simple? average|avg|mean|sma|ma moving? average?") {
        "sma"
    } else {
        return None;
    };
    if left.class == Class::Volume {
        probe.eat("volume|vol");
    }
    period = period
        .or_else(|| probe.one("( # )"))
        .or_else(|| probe.one("over|of|for the? last|past|previous? # bars|bar|periods|days|candles?"));
    let period = period.unwrap_or_else(|| {
        scene.assume("an average is of 20 bars, as no number was given");
        Decimal::from(20)
    });
    let text = format!("{kind}({}, {period})", left.text);
    *cursor = probe;
    let text = match factor {
        Some(factor) => format!("{} * {text}", factor.normalize()),
        None => text,
    };
    Some(Value::new(text, left.class))
}

/// Remembers a cross whose direction was left to the side.
pub(crate) fn note_undirected(scene: &Scene<'_>, way: Way, right: &Value, text: &str) {
    let leans = matches!(right.class, Class::Level(Lean::Above | Lean::Below));
    if way == Way::Open && !leans {
        scene.undirected.borrow_mut().push(text.to_owned());
    }
}

/// Remembers a price that the market is compared with.
pub(crate) fn hint(scene: &Scene<'_>, left: &Value, right: &Value) {
    if left.class == Class::Price && right.class == Class::Number {
        scene.price.set(right.text.parse().ok());
    }
}

/// `above the 20, 50 and 200 sma`, `above all of the 9, 21 and 50 EMA`.
pub(crate) fn several_averages(
    cursor: &mut Cursor<'_>,
    scene: &Scene<'_>,
    left: &Value,
    operator: &str,
) -> Option<Condition> {
    if !matches!(left.class, Class::Price | Class::Average | Class::Level(_)) {
        return None;
    }
    let mut probe = *cursor;
    let either = probe.eat("either|any of?");
    let _ = probe.eat("both|all of?");
    probe.eat("of|the");
    probe.eat("the");
    let mut numbers = vec![probe.number()?];
    probe.eat("day|period|bar");
    while probe.eat(",|/|&") || probe.eat("and|or") {
        let _ = probe.eat("and|or");
        probe.eat("the");
        numbers.push(probe.number()?);
        probe.eat("day|period|bar");
    }
    let name = names::indicator(&mut probe).filter(|name| name.class == Class::Average)?;
    if numbers.len() < 2 || !probe.is_pause_or_joint() || probe.sees("crosses|is|cross") {
        return None;
    }
    let joint = if either || cursor.tokens.get(cursor.at..probe.at)?.iter().any(|token| token.word() == Some("or")) {
        " or "
    } else {
        " and "
    };
    let mut parts = Vec::new();
    for number in numbers {
        let line = super::indicator::call(scene, &name, &[number], None, None)?;
        parts.push(compared(scene, left, operator, &line).text);
        scene.lines.borrow_mut().push(line);
    }
    *cursor = probe;
    Some(Condition::new(if joint == " or " { format!("({})", parts.join(joint)) } else { parts.join(joint) }))
}

/// True for an oscillator or a volume beside a level of prices: they have no axis in common.
pub(crate) fn no_price(left: &Value, right: &Value) -> bool {
    let strength =
        matches!(left.row, "plus_di" | "minus_di" | "adx" | "adxr" | "dx" | "roc" | "aroon" | "obv" | "macd");
    (strength || matches!(left.class, Class::Volume | Class::Oscillator(..)))
        && matches!(right.class, Class::Level(_) | Class::Average | Class::Price)
        && !right.text.contains(left.text.split(['(', '.']).next().unwrap_or_default())
}

/// "it" before a level is the price, whatever was spoken of last.
pub(crate) fn of_price(scene: &Scene<'_>, left: Value, right: &Value) -> Value {
    let mismatch = matches!(left.class, Class::Volume | Class::Oscillator(..) | Class::Measure)
        && matches!(right.class, Class::Level(_) | Class::Average | Class::Price);
    let pronoun = scene.pronoun.get() || scene.last.borrow().as_ref().is_some_and(|(last, _)| last.text == left.text);
    let elided = scene.pronoun.get() && left.class == Class::Average && of_a_pair(scene, &left, right);
    if elided && right.class == Class::Average && left.text != right.text {
        scene.assume(format!("what is compared with {} is read as {}", right.text, left.text));
    }
    // "9 EMA crosses above 21 EMA, only above vwap": the price is meant.
    if elided && matches!(right.class, Class::Level(_)) {
        scene.forget_pronoun(&left);
        scene.assume(format!("what is compared with {} is read as the price", right.text));
        return Value::new("close", Class::Price);
    }
    if !mismatch || !pronoun || left.row == "stddev" {
        return left;
    }
    if scene.pronoun.get() {
        scene.forget_pronoun(&left);
    }
    Value::new("close", Class::Price)
}

/// True for an average that was compared last with another one than `right`.
fn of_a_pair(scene: &Scene<'_>, left: &Value, right: &Value) -> bool {
    let last = scene.last.borrow();
    last.as_ref().is_some_and(|(before, other)| {
        let other = other.as_ref().filter(|other| other.class == Class::Average);
        before.text == left.text && other.is_some_and(|other| other.text != right.text)
    })
}

/// `the 9 crosses above the 21 EMA`.
pub(crate) fn same_kind(left: Value, right: &Value) -> Value {
    if left.class != Class::Number || right.class != Class::Average {
        return left;
    }
    let text = right.text.replacen(&format!(", {}", right.period.unwrap_or_default()), &format!(", {}", left.text), 1);
    let period = left.text.parse().ok();
    Value { text, period, ..right.clone() }
}

/// `above vwap and the 20 EMA`, `8 EMA > 21 EMA > 55 EMA`.
pub(crate) fn several(
    cursor: &mut Cursor<'_>,
    scene: &Scene<'_>,
    left: &Value,
    operator: &str,
    right: &Value,
) -> Condition {
    let first = compared(scene, left, operator, right);
    let mut text = first.text;
    let mut chain = right.clone();
    loop {
        let mut probe = *cursor;
        if let Some((Relation::Compare(next), false)) = relation::relation(&mut probe)
            && (next == operator || operator.starts_with("crosses"))
            && chain.class != Class::Number
            && let Some(further) = right_value(&mut probe, scene, &chain)
            && further.class != Class::Number
        {
            text = format!("{text} and {}", compared(scene, &chain, next, &further).text);
            chain = further;
            *cursor = probe;
            continue;
        }
        let mut probe = *cursor;
        if probe.eat("and|&")
            && let Some(further) = scene.attempt(|| value::term(&mut probe, scene))
            && matches!(further.class, Class::Average | Class::Level(_))
            && matches!(right.class, Class::Average | Class::Level(_))
            && probe.is_pause_or_joint()
            && !probe.sees("crosses|is")
        {
            text = format!("{text} and {}", compared(scene, left, operator, &further).text);
            *cursor = probe;
            continue;
        }
        break;
    }
    Condition::new(text)
}

/// The right side of a state; `its 50 EMA` is of the bars on the left.
pub(crate) fn of_state<'t>(
    cursor: &Cursor<'t>,
    probe: &mut Cursor<'t>,
    scene: &Scene<'_>,
    left: &Value,
) -> Option<Value> {
    let right = right_value(probe, scene, left).or_else(|| left_out_of_state(cursor, scene, left))?;
    Some(super::crossings::of_its_bars(cursor, left, right))
}

/// `short when it's below`: the level that the same value was compared with last.
fn left_out_of_state(cursor: &Cursor<'_>, scene: &Scene<'_>, left: &Value) -> Option<Value> {
    let word = cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at)).and_then(|token| token.word());
    let beyond = matches!(word, Some("above" | "below" | "over" | "under" | "beneath"));
    let ends = cursor.peek().is_none_or(|token| ['.', ';', '\n', ',', ')'].iter().any(|mark| token.is_mark(*mark)));
    let (before, right) = scene.last.borrow().clone()?;
    let right = right.filter(|_| beyond && ends && scene.pronoun.get() && before.text == left.text)?;
    scene.assume(format!("the level that is left out is read as {}", right.text));
    Some(right)
}

/// `crosses below` with nothing behind it: the level spoken of last.
pub(crate) fn left_out(cursor: &Cursor<'_>, scene: &Scene<'_>, left: &Value, way: Way) -> Option<Value> {
    if way == Way::Open || !cursor.is_pause_or_joint() && !cursor.sees("it|again|back") {
        return None;
    }
    let last = scene.last.borrow();
    let (before, right) = last.as_ref()?;
    let right = right.clone()?;
    // A number that another value, or the width of a range, was compared with is no level of this one.
    let number = right.text.parse::<f64>().is_ok();
    if number && matches!(left.class, Class::Level(_)) {
        return None;
    }
    if before.text != left.text && (left.class != before.class || number) {
        return None;
    }
    scene.assume(format!("the level that is left out is read as {}", right.text));
    Some(right)
}
