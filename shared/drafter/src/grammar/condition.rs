//! Conditions: a value and what is said of it, into an expression of the language.

use super::cursor::{Cursor, whole};
use super::names::{self, Class, Lean};
use super::relation::{self, Relation, Said, Way};
use super::scene::{Scene, Side, Value};
use super::shapes;
use super::value::{self, Offset};
use rust_decimal::Decimal;

/// A condition read from words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    pub(crate) text: String,
}

impl Condition {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

/// A condition here; the cursor moves behind it.
pub(crate) fn condition(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    let not = probe.eat("not") || probe.eat("its? not the case that");
    let mut found = shapes::shape(&mut probe, scene)
        .or_else(|| scene.attempt(|| crossing_pair(&mut probe, scene)))
        .or_else(|| scene.attempt(|| said_of_value(&mut probe, scene)))
        .or_else(|| scene.attempt(|| noun(&mut probe, scene)))?;
    if is_void(&found.text) {
        return None;
    }
    repeated(&mut probe, &mut found);
    if not {
        found.text = format!("not ({})", found.text);
    }
    *cursor = probe;
    Some(found)
}

/// True for a comparison that says nothing or never holds: a value with itself, the close beyond its own bar.
fn is_void(text: &str) -> bool {
    let Some((left, operator, right)) = super::calls::sides(text) else { return false };
    let beyond = left == "close"
        && (right == "high" && operator.contains(['>', 'a']) || right == "low" && operator.contains(['<', 'b']));
    !text.contains(" and ") && (left == right || beyond)
}

/// `… for 3 bars`, `… within the last 5 bars`, `… 3 bars in a row`.
fn repeated(cursor: &mut Cursor<'_>, found: &mut Condition) {
    let mut probe = *cursor;
    probe.eat(",");
    let group = |text: &str| {
        if text.contains(" and ") || text.contains(" or ") { format!("({text})") } else { text.to_owned() }
    };
    let counted = probe
        .one("for at? least? the? last|past? # consecutive|straight? bars|candles|closes|days|bar|candle in? a? row?")
        .or_else(|| probe.one("on # consecutive|straight bars|candles|closes|days"))
        .or_else(|| probe.one("# bars|candles|days|closes in a row"))
        .or_else(|| probe.one("# consecutive|straight bars|candles|closes|days"));
    if let Some(bars) = counted.and_then(whole) {
        if found.text.ends_with(" rising") || found.text.ends_with(" falling") {
            found.text = format!("{} {bars}", found.text);
        } else if bars > 1 {
            // A cross happens once: what lasts is being beyond.
            found.text = found.text.replace(" crosses above ", " > ").replace(" crosses below ", " < ");
            found.text = format!("{} for {bars} bars", group(&found.text));
        }
        *cursor = probe;
        return;
    }
    let within = probe
        .one("within|in|during|inside|over the? last|past|previous|prior # bars|candles|days|bar|periods")
        .or_else(|| probe.one("within # bars|candles|days"))
        .or_else(|| probe.one("at some point in the last # bars|candles"));
    if let Some(bars) = within.and_then(whole) {
        found.text = format!("{} within {bars} bars", group(&found.text));
        *cursor = probe;
    }
}

/// `9/21 EMA cross`, `the 9 and 21 EMAs cross up`, `EMA 9 crosses EMA 21`.
fn crossing_pair(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    probe.eat("the|a|an|on");
    probe.eat("bullish|bearish");
    let said = cursor.tokens.get(cursor.at..probe.at).unwrap_or_default();
    let mut way = if said.iter().any(|token| token.word() == Some("bullish")) {
        Way::Up
    } else if said.iter().any(|token| token.word() == Some("bearish")) {
        Way::Down
    } else {
        Way::Open
    };
    let (fast, slow) = pair(&mut probe, scene)?;
    probe.eat("bullish|bullishly|bearish|bearishly");
    if !probe.eat("cross|crosses|crossover|crossovers|crossing|crossed|x") {
        return None;
    }
    probe.eat("over");
    if probe.eat("up|upward|upwards|above|bullish|bullishly|long") || probe.eat("to the upside") {
        way = Way::Up;
    } else if probe.eat("down|downward|downwards|below|under|bearish|bearishly") || probe.eat("to the downside") {
        way = Way::Down;
    }
    let up = resolve(scene, way, None);
    *cursor = probe;
    Some(compared(scene, &fast, if up { "crosses above" } else { "crosses below" }, &slow))
}

/// Two averages of one kind: `9/21 EMA`, `9 and 21 EMAs`, `EMA 9/21`, `EMA(9) and EMA(21)`.
pub(crate) fn pair(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<(Value, Value)> {
    let mut probe = *cursor;
    let (name, first, second) = if let Some(first) = probe.number() {
        probe.eat("period|day|bar|ema|sma|ma");
        if !(probe.eat("/") || probe.eat("and|&|vs|x|by|-")) {
            return None;
        }
        probe.eat("the");
        let second = probe.number()?;
        let days = probe.eat("day");
        let _ = days || probe.eat("period|bar");
        let name = names::indicator(&mut probe)?;
        (name, first, second)
    } else {
        let name = names::indicator(&mut probe)?;
        probe.eat("(");
        let first = probe.number()?;
        if !(probe.eat("/") || probe.eat("and|&|vs|x|,")) {
            return None;
        }
        let second = probe.number()?;
        probe.eat(")");
        (name, first, second)
    };
    if name.class != Class::Average {
        return None;
    }
    let frame = value::frame_after(&mut probe, scene);
    let (fast, slow) = (first.min(second), first.max(second));
    let make = |period: Decimal| value::call(scene, &name, &[period], None, frame);
    let found = (make(fast)?, make(slow)?);
    scene.lines.borrow_mut().extend([found.0.clone(), found.1.clone()]);
    *cursor = probe;
    Some(found)
}

/// The direction: as said, else as the level lies, else as the side trades.
pub(crate) fn resolve(scene: &Scene<'_>, way: Way, right: Option<&Value>) -> bool {
    match (way, right.map(|right| right.class)) {
        (Way::Up, _) => true,
        (Way::Down, _) => false,
        (Way::Open, Some(Class::Level(Lean::Above))) => true,
        (Way::Open, Some(Class::Level(Lean::Below))) => false,
        (Way::Open, _) => {
            if scene.side.get().is_none() {
                let question =
                    ("crosses".to_owned(), "neither the direction of the cross nor the side is said".to_owned());
                scene.open.borrow_mut().push(question);
            }
            scene.side() == Side::Long
        }
    }
}

/// The condition of two values, remembered for what follows.
pub(crate) fn compared(scene: &Scene<'_>, left: &Value, operator: &str, right: &Value) -> Condition {
    let right = shifted(left, right, operator);
    *scene.last.borrow_mut() = Some((left.clone(), Some(right.clone())));
    Condition::new(format!("{} {operator} {}", left.text, right.text))
}

/// A price can only pass the session's extreme or a window's as it stood on the bar before.
fn shifted(left: &Value, right: &Value, operator: &str) -> Value {
    let extremes = ["session.high", "session.low"];
    let window =
        right.text.starts_with("donchian(") || right.text.starts_with("highest(") || right.text.starts_with("lowest(");
    let lower = right.text.ends_with(".lower") || right.text.starts_with("lowest(") || right.text == "session.low";
    let beyond = if lower {
        operator.contains('<') || operator.ends_with("below")
    } else {
        operator.contains('>') || operator.ends_with("above")
    };
    let whole = extremes.contains(&right.text.as_str())
        || window && !right.text.ends_with(']') && !right.text.contains('\'') && !right.text.ends_with(".middle");
    if whole && beyond && matches!(left.class, Class::Price | Class::Level(_)) {
        return Value { text: format!("{}[1]", right.text), ..right.clone() };
    }
    right.clone()
}

/// A value and what is said of it.
fn said_of_value(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    if let Some((first, second)) = scene.attempt(|| both(&mut probe, scene)) {
        let found = of_both(&mut probe, scene, &first, &second)?;
        *cursor = probe;
        return Some(found);
    }
    let lines = scene.lines.borrow().len();
    let left = value::value(&mut probe, scene)?;
    if left.class == Class::Number && !average_follows(probe) {
        scene.lines.borrow_mut().truncate(lines);
        return None;
    }
    let _ = probe.eat("that|which") || (probe.sees(", is|are") && probe.eat(","));
    let found = said_after(&mut probe, scene, left)?;
    *cursor = probe;
    Some(found)
}

/// `the 9 crosses above the 21 EMA`: a number that takes its kind from the other side.
fn average_follows(cursor: Cursor<'_>) -> bool {
    cursor.sees("crosses|cross|crossing|above|below|is|>|<|over|under|crossed")
}

fn both(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<(Value, Value)> {
    let mut probe = *cursor;
    if !probe.eat("both|the") && probe.peek_word().is_some() {
        return None;
    }
    let found = pair(&mut probe, scene)?;
    if probe.sees("cross|crosses|crossover|crossing") {
        return None;
    }
    probe.eat("are|is|both");
    *cursor = probe;
    Some(found)
}

fn of_both(cursor: &mut Cursor<'_>, scene: &Scene<'_>, first: &Value, second: &Value) -> Option<Condition> {
    let mut other = *cursor;
    let one = said_after(cursor, scene, first.clone())?;
    let two = said_after(&mut other, scene, second.clone())?;
    Some(Condition::new(format!("{} and {}", one.text, two.text)))
}

/// What is said of `left`, with the value it is compared with.
pub(crate) fn said_after(cursor: &mut Cursor<'_>, scene: &Scene<'_>, left: Value) -> Option<Condition> {
    let mut probe = *cursor;
    if let Some(found) = scene.attempt(|| moved(&mut probe, scene, &left)) {
        *cursor = probe;
        return Some(found);
    }
    let related = scene.attempt(|| {
        let (relation, not) = relation::relation(&mut probe)?;
        let found = related(&mut probe, scene, left.clone(), relation)?;
        Some(if not { Condition::new(negated(&found.text)) } else { found })
    });
    if related.is_some() {
        *cursor = probe;
        return related;
    }
    probe = *cursor;
    let (said, not) = relation::said(&mut probe)?;
    let found = alone(scene, &left, said, &mut probe)?;
    *cursor = probe;
    Some(if not { Condition::new(format!("not {}", grouped(&found.text))) } else { found })
}

fn grouped(text: &str) -> String {
    if text.contains(' ') { format!("({text})") } else { text.to_owned() }
}

/// A comparison the other way round, else `not (…)`.
pub(crate) fn negated(text: &str) -> String {
    let swaps = [(" >= ", " < "), (" <= ", " > "), (" > ", " <= "), (" < ", " >= ")];
    let simple = !text.contains(" and ") && !text.contains(" or ") && !text.contains(" bars");
    match swaps.iter().find(|(from, _)| simple && text.contains(from)) {
        Some((from, to)) => text.replacen(from, to, 1),
        None => format!("not ({text})"),
    }
}

/// `is 5 points above X`, `is up 1% from X`, `closes 2 ticks below X`.
fn moved(cursor: &mut Cursor<'_>, scene: &Scene<'_>, left: &Value) -> Option<Condition> {
    let mut probe = *cursor;
    let event = probe.sees("closes|crosses|breaks|trades|goes|moves|gets|drops|falls");
    probe.eat("is|are|trades|closes|trading|crosses|breaks|goes|moves|gets|has|drops|falls|rises");
    let more = probe.eat("more than") || probe.eat("at least") || probe.eat("over");
    let direction = if probe.eat("up|risen") {
        Some(true)
    } else if probe.eat("down|fallen|dropped") {
        Some(false)
    } else {
        None
    };
    let _ = more || probe.eat("more than") || probe.eat("at least") || probe.eat("by? at? least?");
    let offset: Offset = value::offset(&mut probe, scene)?;
    let _ = probe.eat("or more");
    let up = match direction {
        Some(up) => {
            if !(probe.eat("from|since|on|vs|versus|relative")) {
                return None;
            }
            up
        }
        None if probe.eat("above|over|higher than?") => true,
        None if probe.eat("below|under|beneath|lower than?") => false,
        None => return None,
    };
    probe.eat("than|to");
    probe.eat("the|its");
    let base = value::term(&mut probe, scene).or_else(|| {
        let mut open = probe;
        let found = open.eat("open").then(|| Value::new("session.open", Class::Level(Lean::Either)));
        if found.is_some() {
            probe = open;
        }
        found
    })?;
    let level = offset.on(&base, up);
    *cursor = probe;
    let event = event && direction.is_none();
    let operator = match (event, up) {
        (true, true) => "crosses above",
        (true, false) => "crosses below",
        (false, true) => ">",
        (false, false) => "<",
    };
    Some(compared(scene, left, operator, &level))
}

/// What is said of a value alone.
fn alone(scene: &Scene<'_>, left: &Value, said: Said, cursor: &mut Cursor<'_>) -> Option<Condition> {
    let text = &left.text;
    let limits =
        if let Class::Oscillator(high, low) = left.class { (high != low).then_some((high, low)) } else { None };
    let sided = |bullish: bool, event: bool| match left.row {
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
    };
    let found = match said {
        Said::Rising => format!("{text} rising"),
        Said::Falling => format!("{text} falling"),
        Said::TurnsUp if left.row == "supertrend" || left.row == "sar" => sided(true, true)?,
        Said::TurnsDown if left.row == "supertrend" || left.row == "sar" => sided(false, true)?,
        Said::TurnsUp => format!("{text} rising and not {text}[1] rising"),
        Said::TurnsDown => format!("{text} falling and not {text}[1] falling"),
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

/// The value on the right of a relation: kinds are taken over from the left ("the 9 EMA crosses the 21").
fn right_value(cursor: &mut Cursor<'_>, scene: &Scene<'_>, left: &Value) -> Option<Value> {
    let mut probe = *cursor;
    probe.eat("the|its|that|a|an|of|to");
    if probe.eat("zero|0 line?")
        || probe.eat("midline|centerline|center line?") && matches!(left.class, Class::Oscillator(0, 0))
    {
        *cursor = probe;
        return Some(Value::number(Decimal::ZERO));
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
    if left.row == "plus_di" && probe.eat("- di|") || left.row == "plus_di" && (probe.eat("-") || probe.eat("minus")) {
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
    let mut probe = *cursor;
    *scene.subject.borrow_mut() = Some(left.clone());
    let right = scene.attempt(|| value::value(&mut probe, scene));
    *scene.subject.borrow_mut() = None;
    let mut right = right?;
    let own = cursor.sees("its") || cursor.sees("the its");
    if own
        && right.class != Class::Number
        && !right.text.contains(" of ")
        && let Some((_, symbol)) = left.text.rsplit_once(" of ")
    {
        right.text = format!("{} of {symbol}", right.text);
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
        if in_words || further {
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

/// `its 20-bar average`, `its average over 20 bars`, `its SMA(14)`, `1.5 times its average`: of the value on the left.
fn own_average(cursor: &mut Cursor<'_>, scene: &Scene<'_>, left: &Value) -> Option<Value> {
    if !matches!(left.class, Class::Measure | Class::Oscillator(..) | Class::Volume) {
        return None;
    }
    let mut probe = *cursor;
    let factor = probe
        .one("# x|times|*")
        .or_else(|| probe.eat("twice|double").then_some(Decimal::TWO))
        .or_else(|| probe.one("# %|percent of").map(|percent| percent / Decimal::ONE_HUNDRED));
    if !probe.eat("its|the|own") && factor.is_none() {
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

impl Cursor<'_> {
    /// True at a pause and before a word that joins conditions.
    pub(crate) fn is_pause_or_joint(&self) -> bool {
        self.is_pause()
            || self.sees("and|or|but|with|while|when|if|then|for|on|,|)|stop|exit|go|buy|short|sell|in|plus")
    }
}

/// The condition of a relation whose right side follows.
fn related(cursor: &mut Cursor<'_>, scene: &Scene<'_>, left: Value, relation: Relation) -> Option<Condition> {
    match relation {
        Relation::Between => between(cursor, scene, &left),
        Relation::Near => near(cursor, scene, &left),
        Relation::BackInside => back_inside(cursor, scene),
        Relation::Touch | Relation::Pullback | Relation::Bounce | Relation::Reject => {
            touched(cursor, scene, &left, relation)
        }
        Relation::Cross(way) => {
            let mut probe = *cursor;
            let averages = scene.attempt(|| {
                let word = if resolve(scene, way, None) { "crosses above" } else { "crosses below" };
                several_averages(&mut probe, scene, &left, word)
            });
            if let Some(found) = averages {
                *cursor = probe;
                return Some(found);
            }
            let right = right_value(&mut probe, scene, &left).or_else(|| left_out(&probe, scene, &left, way))?;
            hint(scene, &left, &right);
            let left = of_price(scene, same_kind(left, &right), &right);
            let up = resolve(scene, way, Some(&right));
            *cursor = probe;
            let word = if up { "crosses above" } else { "crosses below" };
            Some(several(cursor, scene, &left, word, &right))
        }
        Relation::Compare(operator) => {
            let mut probe = *cursor;
            probe.eat("both|all|either");
            let level_like = matches!(left.class, Class::Price | Class::Average | Class::Level(_));
            if level_like
                && let Some((first, second)) = pair(&mut { probe }, scene)
                && {
                    let _ = pair(&mut probe, scene);
                    probe.is_pause_or_joint() && !probe.sees("crosses|is|cross")
                }
            {
                *cursor = probe;
                let one = compared(scene, &left, operator, &first);
                let two = compared(scene, &left, operator, &second);
                return Some(Condition::new(format!("{} and {}", one.text, two.text)));
            }
            if let Some(found) = scene.attempt(|| several_averages(&mut probe, scene, &left, operator)) {
                *cursor = probe;
                return Some(found);
            }
            let right = right_value(&mut probe, scene, &left)?;
            hint(scene, &left, &right);
            let left = of_price(scene, same_kind(left, &right), &right);
            *cursor = probe;
            Some(several(cursor, scene, &left, operator, &right))
        }
    }
}

/// Remembers a price that the market is compared with.
fn hint(scene: &Scene<'_>, left: &Value, right: &Value) {
    if left.class == Class::Price && right.class == Class::Number {
        scene.price.set(right.text.parse().ok());
    }
}

/// `above the 20, 50 and 200 sma`, `above all of the 9, 21 and 50 EMA`.
fn several_averages(cursor: &mut Cursor<'_>, scene: &Scene<'_>, left: &Value, operator: &str) -> Option<Condition> {
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
        let line = value::call(scene, &name, &[number], None, None)?;
        parts.push(compared(scene, left, operator, &line).text);
        scene.lines.borrow_mut().push(line);
    }
    *cursor = probe;
    Some(Condition::new(if joint == " or " { format!("({})", parts.join(joint)) } else { parts.join(joint) }))
}

/// "it" before a level is the price, whatever was spoken of last.
fn of_price(scene: &Scene<'_>, left: Value, right: &Value) -> Value {
    let mismatch = matches!(left.class, Class::Volume | Class::Oscillator(..) | Class::Measure)
        && matches!(right.class, Class::Level(_) | Class::Average | Class::Price);
    let pronoun = scene.last.borrow().as_ref().is_some_and(|(last, _)| last.text == left.text);
    if mismatch && pronoun && left.row != "stddev" { Value::new("close", Class::Price) } else { left }
}

/// `the 9 crosses above the 21 EMA`.
fn same_kind(left: Value, right: &Value) -> Value {
    if left.class != Class::Number || right.class != Class::Average {
        return left;
    }
    let text = right.text.replacen(&format!(", {}", right.period.unwrap_or_default()), &format!(", {}", left.text), 1);
    let period = left.text.parse().ok();
    Value { text, period, ..right.clone() }
}

/// `above vwap and the 20 EMA`, `8 EMA > 21 EMA > 55 EMA`.
fn several(cursor: &mut Cursor<'_>, scene: &Scene<'_>, left: &Value, operator: &str, right: &Value) -> Condition {
    let first = compared(scene, left, operator, right);
    let mut text = first.text;
    let mut chain = right.clone();
    loop {
        let mut probe = *cursor;
        if let Some((Relation::Compare(next), false)) = relation::relation(&mut probe)
            && (next == operator || operator.starts_with("crosses"))
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

/// `crosses below` with nothing behind it: the level spoken of last.
fn left_out(cursor: &Cursor<'_>, scene: &Scene<'_>, left: &Value, way: Way) -> Option<Value> {
    if way == Way::Open || !cursor.is_pause_or_joint() && !cursor.sees("it|again|back") {
        return None;
    }
    let last = scene.last.borrow();
    let (before, right) = last.as_ref()?;
    let right = right.clone()?;
    if before.text != left.text && left.class != before.class {
        return None;
    }
    scene.assume(format!("the level that is left out is read as {}", right.text));
    Some(right)
}

fn between(cursor: &mut Cursor<'_>, scene: &Scene<'_>, left: &Value) -> Option<Condition> {
    let mut probe = *cursor;
    probe.eat("the");
    if let Some((one, two)) = scene.attempt(|| pair(&mut probe, scene)) {
        *cursor = probe;
        return Some(Condition::new(format!(
            "({0} > {1} and {0} < {2} or {0} > {2} and {0} < {1})",
            left.text, one.text, two.text
        )));
    }
    probe = *cursor;
    let low = value::value(&mut probe, scene)?;
    if !(probe.eat("and|to") || probe.eat("-")) {
        return None;
    }
    let high = value::value(&mut probe, scene)?;
    *cursor = probe;
    *scene.last.borrow_mut() = Some((left.clone(), None));
    Some(Condition::new(format!("{0} > {1} and {0} < {2}", left.text, low.text, high.text)))
}

fn near(cursor: &mut Cursor<'_>, scene: &Scene<'_>, left: &Value) -> Option<Condition> {
    let mut probe = *cursor;
    let offset = value::offset(&mut probe, scene)?;
    if !probe.eat("of|from") {
        return None;
    }
    let base = value::value(&mut probe, scene)?;
    *cursor = probe;
    let (upper, lower) = (offset.on(&base, true), offset.on(&base, false));
    Some(Condition::new(format!("{0} < {1} and {0} > {2}", left.text, upper.text, lower.text)))
}

/// `closes back inside the bands`: over the lower one for a long, under the upper one for a short.
fn back_inside(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    probe.eat("the|of");
    if let Some(band) = value::term(&mut probe, scene).filter(|band| matches!(band.class, Class::Level(_))) {
        let up = band.class == Class::Level(Lean::Below) && !band.text.starts_with("opening_range");
        let up = up || band.text.starts_with("opening_range") && scene.side() == Side::Long;
        let band = if band.text.starts_with("opening_range") {
            Value {
                text: if up { band.text.replace(".high", ".low") } else { band.text.replace(".low", ".high") },
                ..band
            }
        } else {
            band
        };
        *cursor = probe;
        let left = Value::new("close", Class::Price);
        return Some(compared(scene, &left, if up { "crosses above" } else { "crosses below" }, &band));
    }
    let rows = [
        ("bollinger|bb|bbs bands|band?", "bbands(close, 20, 2)"),
        ("keltner channel|channels|bands?", "keltner(close, 20, 2)"),
        ("bands|band", "bbands(close, 20, 2)"),
    ];
    let (_, call) = rows.into_iter().find(|(pattern, _)| probe.eat(pattern))?;
    let known = {
        let lines = scene.lines.borrow();
        lines
            .iter()
            .rev()
            .find(|line| line.row == "bbands" || line.row == "keltner")
            .and_then(|line| line.text.split('.').next().map(str::to_owned))
    };
    let call = known.unwrap_or_else(|| call.to_owned());
    let up = scene.side() == Side::Long;
    *cursor = probe;
    let band = if up {
        Value::new(format!("{call}.lower"), Class::Level(Lean::Below))
    } else {
        Value::new(format!("{call}.upper"), Class::Level(Lean::Above))
    };
    Some(compared(scene, &Value::new("close", Class::Price), if up { "crosses above" } else { "crosses below" }, &band))
}

/// Touches, pullbacks, bounces and rejections of a level.
fn touched(cursor: &mut Cursor<'_>, scene: &Scene<'_>, left: &Value, relation: Relation) -> Option<Condition> {
    let mut probe = *cursor;
    let right = right_value(&mut probe, scene, left)?;
    let text = &right.text;
    if !matches!(left.class, Class::Price | Class::Level(_))
        || right.class == Class::Number && !matches!(left.class, Class::Price)
    {
        // An oscillator that touches 30 is at or beyond it.
        let number = text.parse::<Decimal>().ok()?;
        let low = match left.class {
            Class::Oscillator(high, low) => number <= Decimal::from(high + low) / Decimal::TWO,
            _ => scene.side() == Side::Short,
        };
        *cursor = probe;
        return Some(compared(scene, left, if low { "<=" } else { ">=" }, &right));
    }
    let below = match (relation, right.class) {
        (Relation::Bounce, _) => true,
        (Relation::Reject, _) => scene.side() == Side::Long && right.class == Class::Level(Lean::Below),
        (Relation::Touch, Class::Level(Lean::Below)) => true,
        (Relation::Touch, Class::Level(Lean::Above)) => false,
        _ => scene.side() == Side::Long,
    };
    let below = if relation == Relation::Bounce
        && scene.side.get() == Some(Side::Short)
        && right.class != Class::Level(Lean::Below)
    {
        false
    } else {
        below
    };
    *cursor = probe;
    let touch = if below { format!("low <= {text}") } else { format!("high >= {text}") };
    *scene.last.borrow_mut() = Some((Value::new("close", Class::Price), Some(right.clone())));
    Some(Condition::new(match relation {
        Relation::Bounce | Relation::Reject => {
            format!("{touch} and close {} {text}", if below { '>' } else { '<' })
        }
        _ => touch,
    }))
}

/// Without a value in front: `a close above X`, `crosses below 30`, `breakout of X`, `bounce off X`, `above X`.
fn noun(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    probe.eat("a|an|the|any|on");
    probe.eat("clean|first|strong|candle|bar|price|daily|confirmed|second");
    if let Some(found) = scene.attempt(|| cross_of(&mut probe, scene)) {
        *cursor = probe;
        return Some(found);
    }
    if let Some(found) = scene.attempt(|| reclaim(&mut probe, scene)) {
        *cursor = probe;
        return Some(found);
    }
    let joined = cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at)).is_some_and(|token| {
        token.word().is_some_and(|word| matches!(word, "and" | "or" | "but" | "then" | "also" | "when" | "if" | "it"))
            || token.is_mark(',')
    });
    let last = scene.last.borrow().as_ref().map(|(left, _)| left.clone());
    let left = last.filter(|_| joined).unwrap_or_else(|| Value::new("close", Class::Price));
    let verbless = probe.sees("rising|falling|green|red|positive|negative|oversold|overbought|turning|sloping|pointing|trending|increasing|decreasing|at|breakout|breakouts|break|close|closing|cross|bounce|pullback|touch|tag|rejection|retest|move|push|dip|rally|crosses|breaks|closes|crossing|crossover|goes|gets|drops|rises|falls|moves|turns|comes|bounces|reclaims|loses|touches|hits|pulls|is|above|below|over|under|>|<|stays|holds|dips|crossed|between|pops|rejects|tags|has|trades|back|breaking|crossing|bouncing|closing|retraces|rejected|hit");
    if !verbless {
        return None;
    }
    let mut level = probe;
    let mut left = left;
    let mut found = scene.attempt(|| said_after(&mut level, scene, left.clone()));
    if found.is_none() {
        // "cross up" alone: of what crossed before.
        level = probe;
        left = scene.last.borrow().as_ref().map(|(left, _)| left.clone())?;
        found = said_after(&mut level, scene, left.clone());
    }
    let found = found?;
    // Of numbers nothing is known of the price: "crosses above 30" needs what it is said of.
    let small = found
        .text
        .split(' ')
        .next_back()
        .is_some_and(|word| word.parse::<f64>().is_ok_and(|number| number.abs() <= 100.0));
    if left.text == "close" && !joined && small {
        return None;
    }
    *cursor = level;
    Some(found)
}

/// `cross of the 9 EMA above the 21 EMA`.
fn cross_of(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    if !probe.eat("cross|crossover|crossing of") {
        return None;
    }
    probe.eat("the");
    if let Some((fast, slow)) = pair(&mut probe, scene) {
        let up = resolve(scene, Way::Open, None);
        *cursor = probe;
        return Some(compared(scene, &fast, if up { "crosses above" } else { "crosses below" }, &slow));
    }
    let left = value::value(&mut probe, scene)?;
    let way = if probe.eat("above|over|up through?") {
        Way::Up
    } else if probe.eat("below|under|down through?") {
        Way::Down
    } else {
        Way::Open
    };
    if way == Way::Open && !probe.eat("and|with|through|of|to") {
        return None;
    }
    let right = right_value(&mut probe, scene, &left)?;
    let left = same_kind(left, &right);
    *cursor = probe;
    let up = resolve(scene, way, Some(&right));
    Some(compared(scene, &left, if up { "crosses above" } else { "crosses below" }, &right))
}

/// `VWAP reclaim`, `opening range breakout`, `20 EMA bounce`, `PDH break`.
fn reclaim(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    let level = value::term(&mut probe, scene)?;
    if !matches!(level.class, Class::Level(_) | Class::Average) {
        return None;
    }
    let close = Value::new("close", Class::Price);
    let nouns = [
        ("reclaim|reclaims", Some(Relation::Cross(Way::Up))),
        ("loss|breakdown", Some(Relation::Cross(Way::Down))),
        ("breakout|breakouts|break|breaks|cross", Some(Relation::Cross(Way::Open))),
        ("bounce|bounces", Some(Relation::Bounce)),
        ("rejection|reject", Some(Relation::Reject)),
        ("touch|tag", Some(Relation::Touch)),
        ("pullback|retest", Some(Relation::Pullback)),
    ];
    let (_, relation) = nouns.into_iter().find(|(pattern, _)| probe.eat(pattern))?;
    let mut way = None;
    if matches!(relation, Some(Relation::Cross(Way::Open))) {
        if probe.eat("up|upward|upwards|higher|long") || probe.eat("to the upside") {
            way = Some(true);
        } else if probe.eat("down|downward|downwards|lower") || probe.eat("to the downside") {
            way = Some(false);
        }
    }
    if probe.sees("above|below|over|under") && level.row == "opening_range" {
        // "opening range breakout above the high": the rest says it.
        return None;
    }
    *cursor = probe;
    match relation? {
        Relation::Cross(direction) => {
            let up = way.unwrap_or_else(|| resolve(scene, direction, Some(&level)));
            Some(compared(scene, &close, if up { "crosses above" } else { "crosses below" }, &level))
        }
        other => touched_level(scene, &level, other),
    }
}

fn touched_level(scene: &Scene<'_>, level: &Value, relation: Relation) -> Option<Condition> {
    let below = scene.side() == Side::Long;
    let touch = if below { format!("low <= {}", level.text) } else { format!("high >= {}", level.text) };
    *scene.last.borrow_mut() = Some((Value::new("close", Class::Price), Some(level.clone())));
    Some(Condition::new(match relation {
        Relation::Bounce | Relation::Reject => {
            format!("{touch} and close {} {}", if below { '>' } else { '<' }, level.text)
        }
        _ => touch,
    }))
}
