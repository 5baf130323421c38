//! Values: prices, levels, indicators, volume and arithmetic with them, as traders name them, into expressions.

use super::clock::{self, Unit};
use super::cursor::Cursor;
use super::levels;
use super::names::{self, Class, Lean, Name};
use super::scene::{Scene, Value};
use super::symbols;
use rust_decimal::Decimal;
use strategy::indicators::{self, SourceKind};

/// Parentheses inside each other: trying to read them takes longer with each.
const DEPTH_MAX: u8 = 3;

/// A value with arithmetic around it: `2 ticks above the high`, `1.5 times its average`, `the 20 EMA minus 2 ATR`.
pub(crate) fn value(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    let mut found = if let Some(found) = scene.attempt(|| offset_before(&mut probe, scene)) {
        found
    } else if let Some(found) = scene.attempt(|| multiple(&mut probe, scene)) {
        found
    } else {
        term(&mut probe, scene)?
    };
    while let Some(next) = scene.attempt(|| arithmetic_after(&mut probe, scene, &found)) {
        found = next;
    }
    *cursor = probe;
    Some(found)
}

/// `2 ticks above X`, `5 points below X`, `1 ATR above X`, `2% below X`.
fn offset_before(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    let offset = offset(&mut probe, scene)?;
    let up = if probe.eat("above|over|from") && !probe.sees("below") {
        true
    } else if probe.eat("below|under|beneath") {
        false
    } else {
        return None;
    };
    probe.eat("the|a");
    let base = term(&mut probe, scene)?;
    *cursor = probe;
    Some(offset.on(&base, up))
}

/// A distance on the price's axis.
pub(crate) enum Offset {
    /// Text to add or subtract.
    Add(String),
    /// A percentage of the base.
    Percent(Decimal),
}

impl Offset {
    /// The base moved by it.
    pub(crate) fn on(&self, base: &Value, up: bool) -> Value {
        let class = match base.class {
            Class::Price => Class::Level(Lean::Either),
            other => other,
        };
        let sign = if up { '+' } else { '-' };
        let text = match self {
            Self::Add(text) => format!("{} {sign} {text}", base.text),
            Self::Percent(percent) => {
                let part = percent / Decimal::ONE_HUNDRED;
                let factor = if up { Decimal::ONE + part } else { Decimal::ONE - part };
                format!("{} * {}", base.factor(), factor.normalize())
            }
        };
        Value::new(text, class)
    }
}

/// `2 ticks`, `a tick`, `5 points`, `10 pips`, `0.5 ATR`, `2%`, `2 standard deviations`.
pub(crate) fn offset(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Offset> {
    let mut probe = *cursor;
    let number = if probe.eat("half an?") {
        Decimal::new(5, 1)
    } else if let Some(number) = probe.number() {
        number
    } else {
        probe.eat("a|an|one").then_some(Decimal::ONE)?
    };
    probe.eat("x|times|*");
    let found = if probe.eat("tick|ticks") {
        Offset::Add(if number == Decimal::ONE { "tick".to_owned() } else { format!("{number} * tick") })
    } else if probe.eat("point|points|pt|pts|handle|handles|dollar|dollars|cents") && !probe.sees("cents") {
        Offset::Add(number.to_string())
    } else if probe.eat("pip|pips") {
        Offset::Add((number * scene.pip()).normalize().to_string())
    } else if probe.eat("%|percent|pct") {
        Offset::Percent(number)
    } else if probe.eat("the|an?") || true {
        let measure = scene.attempt(|| range_measure(&mut probe, scene))?;
        Offset::Add(if number == Decimal::ONE { measure.text } else { format!("{number} * {}", measure.text) })
    } else {
        return None;
    };
    *cursor = probe;
    Some(found)
}

/// ATR, standard deviation and the like.
fn range_measure(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    let found = if probe.eat("standard|std deviation|deviations|dev|devs") || probe.eat("stdev|stdevs|sd|sds|sigma") {
        Value::new("stddev(close, 20)", Class::Measure)
    } else {
        term(&mut probe, scene)?
    };
    let fits = found.class == Class::Measure && ["atr", "stddev", "adr", "true_range", ""].contains(&found.row);
    if !fits {
        return None;
    }
    *cursor = probe;
    Some(found)
}

/// `1.5 times X`, `2x X`, `twice X`, `half of X`, `80% of X`.
fn multiple(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    let factor = if probe.eat("twice|double") {
        Decimal::TWO
    } else if probe.eat("triple") {
        Decimal::from(3)
    } else if probe.eat("half of?") {
        Decimal::new(5, 1)
    } else {
        let number = probe.number()?;
        if probe.eat("%|percent of") {
            number / Decimal::ONE_HUNDRED
        } else if probe.eat("x|times|*") {
            number
        } else {
            return None;
        }
    };
    probe.eat("the|of|its|a|an");
    probe.eat("the");
    let base = term(&mut probe, scene)?;
    *cursor = probe;
    Some(Value { text: format!("{} * {}", factor.normalize(), base.factor()), ..base })
}

/// `X plus 2 ticks`, `X + 5`, `X minus 2 ATR`, `X / Y`.
fn arithmetic_after(cursor: &mut Cursor<'_>, scene: &Scene<'_>, base: &Value) -> Option<Value> {
    let mut probe = *cursor;
    let sign = if probe.eat("+|plus") {
        '+'
    } else if probe.eat("-|minus|less") && !probe.sees("than") {
        '-'
    } else if probe.eat("/") {
        '/'
    } else if probe.eat("*") {
        '*'
    } else {
        return None;
    };
    if matches!(sign, '+' | '-')
        && let Some(offset) = offset(&mut probe, scene)
    {
        *cursor = probe;
        return Some(offset.on(base, sign == '+'));
    }
    let right = multiple(&mut probe, scene).or_else(|| term(&mut probe, scene))?;
    if matches!(sign, '/') && base.class == Class::Average {
        return None;
    }
    *cursor = probe;
    let left = if matches!(sign, '*' | '/') { base.factor() } else { base.text.clone() };
    let class = if sign == '/' { Class::Measure } else { base.class };
    Some(Value::new(format!("{left} {sign} {}", right.factor()), class))
}

/// A value without arithmetic, with its timeframe, symbol and look-back.
pub(crate) fn term(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    if let Some(found) = scene.attempt(|| bracketed(&mut probe, scene)) {
        *cursor = probe;
        return Some(found);
    }
    probe.eat("the|a|an|its|this|that");
    probe.eat("current|today");
    let mut symbol = symbols::other(&mut probe, scene);
    if symbol.is_some() {
        probe.eat("the|its|own");
    }
    let mut found = None;
    if let Some(level) = levels::level(&mut probe, scene) {
        found = Some(level);
    } else if let Some(line) = remembered(&mut probe, scene) {
        found = Some(line);
    } else if let Some(value) = scene.attempt(|| indicator(&mut probe, scene)) {
        found = Some(value);
    } else if let Some(value) = volume(&mut probe, scene) {
        found = Some(value);
    } else if let Some(price) = price(&mut probe, scene, symbol.is_some()) {
        found = Some(price);
    } else if symbol.is_none()
        && let Some(number) = plain_number(&mut probe)
    {
        found = Some(number);
    }
    let mut found = found.or_else(|| symbol.as_ref().map(|_| Value::new("close", Class::Price)))?;
    look_back(&mut probe, &mut found);
    if symbol.is_none() && found.class != Class::Number {
        let mut after = probe;
        if after.eat("of|on|for the?") {
            symbol = symbols::other(&mut after, scene);
            if symbol.is_some() {
                probe = after;
            }
        }
    }
    if let Some(Some(symbol)) = symbol {
        found.text = format!("{} of {symbol}", found.text);
    }
    *cursor = probe;
    Some(found)
}

fn bracketed(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    if !probe.eat("(") {
        return None;
    }
    let depth = scene.depth.get();
    if depth >= DEPTH_MAX {
        return None;
    }
    scene.depth.set(depth + 1);
    let inner = value(&mut probe, scene);
    scene.depth.set(depth);
    let mut inner = inner?;
    if !probe.eat(")") {
        return None;
    }
    *cursor = probe;
    inner.text = format!("({})", inner.text);
    Some(inner)
}

/// `… of the previous bar`, `… 3 bars ago`, `[1]`.
fn look_back(cursor: &mut Cursor<'_>, value: &mut Value) {
    if value.class == Class::Number || value.text.ends_with(']') {
        return;
    }
    let mut probe = *cursor;
    let bars = if probe
        .eat("of|on|from the|that|this|its|our current|signal|entry|trigger|setup|breakout|same|inside|engulfing|outside|doji|hammer bar|candle|candlestick")
    {
        Some(0)
    } else if probe.eat("of|on|from|off the bar|candle|candlestick") {
        Some(0)
    } else if probe.eat("of|on|from|in the|a previous|prior|last|preceding bar|candle|candlestick")
        || probe.eat("of|on|from the bar|candle before")
        || probe.eat("one|1|a bar|candle ago|before|earlier|back")
        || probe.eat("the bar|candle before")
    {
        Some(1)
    } else if let Some(count) = probe.one("of|from? # bars|candles|days|periods|day ago|back|earlier|before") {
        super::cursor::whole(count)
    } else {
        None
    };
    let Some(bars) = bars else { return };
    *cursor = probe;
    if bars > 0 {
        value.text = format!(
            "{}[{bars}]",
            if value.text.contains(' ') && !value.text.ends_with(')') {
                format!("({})", value.text)
            } else {
                value.text.clone()
            }
        );
    }
}

/// "the fast EMA", "the slow line", "that average", "the band": lines spoken of before.
fn remembered(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    if let Some(band) = bare_band(cursor, scene) {
        return Some(band);
    }
    let mut probe = *cursor;
    let longest = if probe.eat("fast|faster|quick|quicker|short|shorter") {
        false
    } else if probe.eat("slow|slower|long|longer") {
        true
    } else {
        return None;
    };
    let row = names::indicator(&mut probe);
    if row.is_none() && !probe.eat("one|line|average|mavg") {
        return None;
    }
    if row.as_ref().is_some_and(|row| row.class != Class::Average) {
        return None;
    }
    if probe.peek().is_some_and(|next| matches!(next.kind, super::token::Kind::Number(_)) || next.is_mark('(')) {
        return None;
    }
    let lines = scene.lines.borrow();
    let mut averages: Vec<&Value> = lines.iter().filter(|line| line.class == Class::Average).collect();
    averages.sort_by_key(|line| line.period);
    averages.dedup();
    if averages.len() < 2 {
        return None;
    }
    let found = if longest { averages.last() } else { averages.first() }.map(|line| (*line).clone());
    *cursor = probe;
    found
}

/// "the upper band": of the bands spoken of before, else Bollinger's.
fn bare_band(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    let (output, lean) = if probe.eat("upper|top|high band|bands|channel|line|boundary") {
        ("upper", Lean::Above)
    } else if probe.eat("lower|bottom|low band|bands|channel|line|boundary") {
        ("lower", Lean::Below)
    } else if probe.eat("middle|mid|center|centre|basis band|bands|line") || probe.eat("midline|basis") {
        ("middle", Lean::Either)
    } else {
        return None;
    };
    let mut of = probe;
    if of.eat("of the? bollinger|bb") {
        of.eat("band|bands");
        probe = of;
        let numbers = probe.numbers("( # ,|/ # )").unwrap_or_else(|| vec![Decimal::from(20), Decimal::TWO]);
        *cursor = probe;
        let text = format!(
            "bbands(close, {}).{output}",
            numbers.iter().map(Decimal::to_string).collect::<Vec<_>>().join(", ")
        );
        let found = Value { row: "bbands", ..Value::new(text, Class::Level(lean)) };
        scene.lines.borrow_mut().push(found.clone());
        return Some(found);
    }
    for (pattern, row) in [("keltner", "keltner"), ("donchian", "donchian")] {
        let mut of = probe;
        if of.eat("of the|a?") && of.eat(pattern) {
            of.eat("channel|channels|band|bands");
            let name = Name { pattern: "", row, output, class: Class::Level(lean) };
            let mut numbers = Vec::new();
            arguments(&mut of, &mut numbers, &name);
            let found = call(scene, &name, &numbers, None, None)?;
            *cursor = of;
            return Some(found);
        }
    }
    let mut stated = probe;
    if let Some(numbers) = stated.numbers("( # ,|/ # )") {
        *cursor = stated;
        let text = format!(
            "bbands(close, {}).{output}",
            numbers.iter().map(Decimal::to_string).collect::<Vec<_>>().join(", ")
        );
        let found = Value { row: "bbands", ..Value::new(text, Class::Level(lean)) };
        scene.lines.borrow_mut().push(found.clone());
        return Some(found);
    }
    let lines = scene.lines.borrow();
    let known = lines.iter().rev().find(|line| matches!(line.row, "bbands" | "keltner" | "donchian" | "accbands"));
    let call = known.and_then(|line| line.text.rsplit_once('.')).map(|(call, _)| call.to_owned());
    let row = known.map_or("bbands", |line| line.row);
    let call = call.unwrap_or_else(|| {
        scene.assume("bands are read as Bollinger bands of 20 bars and 2 deviations");
        "bbands(close, 20, 2)".to_owned()
    });
    *cursor = probe;
    Some(Value { row, ..Value::new(format!("{call}.{output}"), Class::Level(lean)) })
}

fn plain_number(cursor: &mut Cursor<'_>) -> Option<Value> {
    let mut probe = *cursor;
    probe.eat("$");
    let number = probe.number()?;
    let unit = probe.sees("ema|sma|ma|bar|bars|minute|minutes|min|day|days|contracts|contract|shares|r|atr|tick|ticks");
    if unit {
        return None;
    }
    probe.eat("%|percent");
    probe.eat("level|line|mark|threshold");
    *cursor = probe;
    Some(Value::number(number))
}

/// The price and the prices of bars.
fn price(cursor: &mut Cursor<'_>, scene: &Scene<'_>, of_symbol: bool) -> Option<Value> {
    let mut probe = *cursor;
    let mut framed = probe;
    if let Some(frame) = frame_before(&mut framed)
        && let Some(series) = [("close|closing price?", "close"), ("open", "open"), ("high", "high"), ("low", "low")]
            .into_iter()
            .find(|(pattern, _)| framed.eat(pattern))
            .map(|(_, series)| series)
    {
        *cursor = framed;
        let class = match series {
            "high" => Class::Level(Lean::Above),
            "low" => Class::Level(Lean::Below),
            _ => Class::Price,
        };
        return Some(Value::new(
            if frame == scene.timeframe { series.to_owned() } else { format!("{series}('{frame}')") },
            class,
        ));
    }
    let before = probe.eat("previous|prior|last|preceding bar|bars|candle|candles|candlestick")
        || probe.eat("previous|prior|preceding");
    if !before {
        let _ = probe.eat("current|signal|entry|trigger|this|setup|breakout bar|candle")
            || probe.eat("bar|candle|candlestick");
    }
    let mut class = Class::Price;
    let text = if probe.eat("closing price|prices")
        || !probe.sees("closes above|below|over|under|back|green|red|up|down|higher|lower|inside")
            && probe.eat("close|closes")
    {
        "close"
    } else if probe.eat("opening price") || probe.eat("open") {
        "open"
    } else if probe.eat("high|highs|top wick?") {
        class = Class::Level(Lean::Above);
        "high"
    } else if probe.eat("low|lows|bottom") {
        class = Class::Level(Lean::Below);
        "low"
    } else if probe.eat("midpoint|hl2|median price?") {
        class = Class::Level(Lean::Either);
        "hl2"
    } else if probe.eat("typical price") || probe.eat("hlc3") {
        class = Class::Level(Lean::Either);
        "hlc3"
    } else if probe.eat("ohlc4") {
        class = Class::Level(Lean::Either);
        "ohlc4"
    } else if !of_symbol && probe.eat("range") && {
        probe.eat("of the bar|candle");
        true
    } {
        class = Class::Measure;
        "range"
    } else {
        return price_itself(cursor, scene);
    };
    let mut found = Value::new(text, class);
    if before {
        found.text.push_str("[1]");
    }
    if let Some(frame) = frame_after(&mut probe, scene) {
        found.text = format!("{text}('{frame}')");
    }
    *cursor = probe;
    Some(found)
}

/// "price", "the market", "it": the close, or what was spoken of last.
fn price_itself(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    if probe.eat("it|they|that|this") {
        let on_the_right = scene.subject.borrow().is_some();
        let last = scene.last.borrow().as_ref().and_then(|(left, right)| {
            if on_the_right {
                right.clone().or_else(|| (left.class != Class::Price).then(|| left.clone()))
            } else {
                Some(left.clone())
            }
        });
        if on_the_right && last.is_none() {
            return None;
        }
        *cursor = probe;
        return match last {
            Some(last) if last.class != Class::Number => {
                scene.assume(format!("\"it\" is read as {}", last.text));
                Some(last)
            }
            Some(_) | None => Some(Value::new("close", Class::Price)),
        };
    }
    let named = probe.eat("price action?")
        || probe.eat("prices|market|candle|bar|stock|stocks|shares|etf|pair|contract|instrument|ticker|coin|future|futures|index");
    if !named {
        return None;
    }
    probe.eat("price");
    *cursor = probe;
    Some(Value::new("close", Class::Price))
}

/// `on the 1h chart`, `(daily)`, `from the 4 hour`.
pub(crate) fn frame_after(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<&'static str> {
    let mut probe = *cursor;
    let bracket = probe.eat("(");
    if !bracket && !probe.eat("on|from|of|at the|a|an?") {
        return None;
    }
    let frame = clock::timeframe(&mut probe)?;
    let chart = probe.eat("chart|charts|timeframe|time|tf|bars|candles|bar frame?");
    if bracket && !probe.eat(")") {
        return None;
    }
    if !bracket
        && !chart
        && !probe.is_pause()
        && !probe.sees("is|are|and|or|crosses|above|below|>|<|rising|falling|with|stays")
    {
        return None;
    }
    *cursor = probe;
    (frame != scene.timeframe).then_some(frame).or(Some(scene.timeframe)).filter(|frame| *frame != scene.timeframe)
}

/// Volume and its averages.
fn volume(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    let first = probe.number();
    let counted = first.is_some();
    if counted {
        probe.eat("bar|period|day|bars|candle");
    }
    let average = probe.eat("average|avg|mean|normal|usual|typical|sma|ma average?");
    if counted && !average {
        return None;
    }
    if probe.eat("volume|vol|volumes") {
        let mut period = first;
        if average || probe.sees("sma|ma|average|avg|moving") {
            probe.eat("sma|ma|average|avg|moving average?");
            if period.is_none() {
                period = bracket_number(&mut probe).or_else(|| over_bars(&mut probe));
            }
            *cursor = probe;
            return Some(average_volume(scene, period));
        }
        *cursor = probe;
        return Some(Value { row: "volume", ..Value::new("volume", Class::Volume) });
    }
    // "its 20-bar average", after volume was spoken of.
    let of_volume = scene.subject.borrow().as_ref().is_some_and(|left| left.class == Class::Volume);
    if average && of_volume {
        let period = first.or_else(|| over_bars(&mut probe));
        *cursor = probe;
        return Some(average_volume(scene, period));
    }
    None
}

fn over_bars(cursor: &mut Cursor<'_>) -> Option<Decimal> {
    cursor.one("over|of|for the? last|past|previous|prior? # bars|bar|periods|days|candles?")
}

fn bracket_number(cursor: &mut Cursor<'_>) -> Option<Decimal> {
    cursor.one("( # )")
}

fn average_volume(scene: &Scene<'_>, period: Option<Decimal>) -> Value {
    let period = period.unwrap_or_else(|| {
        scene.assume("average volume is the mean of 20 bars, as no number was given");
        Decimal::from(20)
    });
    Value::new(format!("sma(volume, {period})"), Class::Volume)
}

/// An indicator with the numbers before and behind its name.
pub(crate) fn indicator(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    let mut frame = None;
    let mut numbers: Vec<Decimal> = Vec::new();
    let mut before = probe;
    if let Some(found) = frame_before(&mut before) {
        frame = Some(found);
        probe = before;
    }
    let mut counted = probe;
    if let Some(number) = counted.number() {
        probe = counted;
        numbers.push(number);
        let mut list = probe;
        while list.eat(",") && list.peek().is_some_and(|next| next.glued) {
            let Some(further) = list.number() else { break };
            numbers.push(further);
            probe = list;
        }
        let mut with_unit = probe;
        match clock::unit(&mut with_unit) {
            Some(Unit::Bar) => probe = with_unit,
            Some(unit @ (Unit::Day | Unit::Week | Unit::Hour)) => {
                frame = frame.or(unit.minutes().and_then(clock::named));
                probe = with_unit;
            }
            Some(Unit::Minute | Unit::Month | Unit::Year) | None => {
                probe.eat("x");
            }
        }
        deviations(&mut probe, &mut numbers);
    }
    probe.eat("rolling|standard|classic|regular|anchored|period");
    if frame.is_none() {
        let mut between = probe;
        if let Some(found) = frame_before(&mut between) {
            frame = Some(found);
            probe = between;
        }
    }
    let name = names::indicator(&mut probe)?;
    // "2 ATR" is two of them; "14 ATR" has 14 bars.
    let few = numbers
        .first()
        .copied()
        .filter(|number| name.row == "atr" && (*number < Decimal::from(7) || !number.is_integer()));
    if few.is_some() {
        numbers.clear();
    }
    arguments(&mut probe, &mut numbers, &name);
    let source = source(&mut probe, &name);
    if let Some(found) = frame_after(&mut probe, scene) {
        frame = Some(found);
    }
    let frame = frame.filter(|frame| *frame != scene.timeframe);
    if name.row != "atr"
        && numbers.is_empty()
        && frame.is_none()
        && source.is_none()
        && let Some(known) = spoken_of(scene, &name)
    {
        *cursor = probe;
        return Some(known);
    }
    let found = call(scene, &name, &numbers, source, frame)?;
    *cursor = probe;
    if let Some(few) = few {
        return Some(Value { text: format!("{few} * {}", found.text), ..found });
    }
    scene.lines.borrow_mut().push(found.clone());
    Some(found)
}

/// "the RSI" after "RSI(2)": the one spoken of before, where there is only one.
fn spoken_of(scene: &Scene<'_>, name: &Name) -> Option<Value> {
    let lines = scene.lines.borrow();
    let output = if name.output.is_empty() { String::new() } else { format!(".{}", name.output) };
    let mut known: Vec<&Value> = lines.iter().filter(|line| line.row == name.row && line.period.is_some()).collect();
    known.dedup_by(|one, two| one.period == two.period);
    let [only] = known.as_slice() else { return None };
    let call = only.text.get(..=only.text.find(')')?)?;
    // A timeframe inside a call has a parenthesis of its own.
    let call = if call.contains('\'') {
        only.text.rsplit_once('.').map_or(only.text.as_str(), |(call, _)| call)
    } else {
        call
    };
    let found = Value { text: format!("{call}{output}"), class: name.class, ..(*only).clone() };
    Some(found)
}

/// `hourly`, `daily`, `15-minute`, `4h` before a name: not a number of days, which is a period.
fn frame_before(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    let mut probe = *cursor;
    if let Some(count) = probe.count() {
        let unit = clock::unit(&mut probe)?;
        if !matches!(unit, Unit::Minute | Unit::Hour) && count > 1 {
            return None;
        }
        probe = *cursor;
    }
    let frame = clock::timeframe(&mut probe)?;
    probe.eat("chart|timeframe");
    *cursor = probe;
    Some(frame)
}

/// `, 2 standard deviation` before a band's name, and behind it.
fn deviations(cursor: &mut Cursor<'_>, numbers: &mut Vec<Decimal>) {
    let mut probe = *cursor;
    probe.eat(",|and|with");
    let wide = probe
        .one("# standard|std|st deviation|deviations|dev|devs|d")
        .or_else(|| probe.one("# sd|stdev|sigma|std|stds|deviations|devs"));
    if let Some(wide) = wide {
        numbers.push(wide);
        *cursor = probe;
    }
}

/// Numbers behind a name: `(12, 26, 9)`, `20 2`, `20/2`, `of 14`, `with a period of 9`.
fn arguments(cursor: &mut Cursor<'_>, numbers: &mut Vec<Decimal>, name: &Name) {
    let most = indicators::find(name.row).map_or(0, |row| row.arguments.len());
    let mut probe = *cursor;
    if probe.eat("(") {
        let mut inside = Vec::new();
        probe.eat("length|period|of");
        while let Some(number) = probe.number() {
            inside.push(number);
            probe.eat("period|periods|bars|bar|std|sd|day|dev");
            let _ = probe.eat(",") || probe.eat("/") || probe.eat(";");
        }
        if !inside.is_empty() && probe.eat(")") {
            numbers.extend(inside);
            *cursor = probe;
        }
    } else if numbers.is_empty() {
        let mut spaced = *cursor;
        let phrase = spaced.eat("with|using? a|the? period|length|lookback|setting|settings of?")
            || spaced.eat("of")
            || spaced.eat("period|length");
        let mut inside = Vec::new();
        let mut end = spaced;
        while inside.len() < most.max(1) {
            let mut next = end;
            if !inside.is_empty() {
                let _ = next.eat("/") || next.eat(",");
            }
            let Some(number) = next.number() else { break };
            inside.push(number);
            end = next;
        }
        let mut after = end;
        let ends = !after
            .sees("r|points|ticks|pts|%|percent|x|minutes|minute|bars|candles|contracts|shares|days|consecutive")
            && clock::time(&mut after, false).is_none();
        let level =
            matches!(name.class, Class::Oscillator(..)) && !phrase && inside.len() == 1 && !follows_relation(end);
        if !inside.is_empty() && ends && !level && most > 0 {
            numbers.extend(inside);
            end.eat("period|periods");
            *cursor = end;
        }
    }
    let mut after = *cursor;
    deviations(&mut after, numbers);
    if matches!(name.row, "bbands") {
        *cursor = after;
    }
}

/// True where something is said of the value in front.
fn follows_relation(cursor: Cursor<'_>) -> bool {
    cursor.is_pause()
        || cursor.sees(
            "is|are|crosses|cross|crossing|crossed|above|below|over|under|>|<|≥|≤|rises|falls|drops|dips|goes|moves|closes|gets|and|rising|falling|turns|on|hits|reaches|between|comes|of|stays|less|greater|must|should|was|breaks|in|has|pops|while|or|to",
        )
}

/// `EMA of the highs`, `SMA of volume`.
fn source(cursor: &mut Cursor<'_>, name: &Name) -> Option<&'static str> {
    if name.class != Class::Average {
        return None;
    }
    let mut probe = *cursor;
    if !probe.eat("of|on the|its?") {
        return None;
    }
    let sources = [
        ("highs|high", "high"),
        ("lows|low", "low"),
        ("opens|open", "open"),
        ("volume|vol", "volume"),
        ("closes|close|closing prices?", "close"),
        ("typical price", "hlc3"),
        ("hlc3", "hlc3"),
        ("hl2", "hl2"),
    ];
    let found = sources.into_iter().find(|(pattern, _)| probe.eat(pattern)).map(|(_, series)| series);
    if found.is_some() && !probe.sees("of") {
        *cursor = probe;
        return found;
    }
    None
}

/// The call of the language: numbers given, the first default where none was, the timeframe where it differs.
pub(crate) fn call(
    scene: &Scene<'_>,
    name: &Name,
    numbers: &[Decimal],
    series: Option<&str>,
    frame: Option<&str>,
) -> Option<Value> {
    let row = indicators::find(name.row)?;
    if numbers.len() > row.arguments.len() {
        return None;
    }
    let mut numbers = numbers.to_vec();
    if numbers.is_empty() && name.class == Class::Average && !row.arguments.is_empty() && row.name != "mama" {
        let name = row.name.to_uppercase();
        scene.open.borrow_mut().push((name.clone(), format!("the {name} has no number of bars")));
        numbers.push(Decimal::from(20));
    }
    let period = numbers.first().copied();
    // A single number and the numbers of bands are written out; others only where they were given.
    let written = match row.name {
        "bbands" | "keltner" | "supertrend" => 2,
        _ if row.arguments.len() == 1 => 1,
        _ => 0,
    };
    for argument in row.arguments.iter().take(written).skip(numbers.len()) {
        numbers.push(Decimal::try_from(argument.default?).ok()?.normalize());
    }
    let mut parts: Vec<String> = Vec::new();
    let is_series = matches!(row.source, SourceKind::Series { .. });
    let series = series.unwrap_or("close");
    let writes_series = is_series && (name.class == Class::Average || row.arguments.len() != 1 || series != "close");
    let plain = matches!(
        row.name,
        "rsi" | "roc" | "mom" | "cmo" | "stochrsi" | "keltner" | "tsi" | "ppo" | "apo" | "trix" | "coppock"
    );
    match frame {
        Some(frame) if is_series => parts.push(format!("{series}('{frame}')")),
        Some(_) => {}
        None if (writes_series || is_series) && !plain => parts.push(series.to_owned()),
        None => {}
    }
    parts.extend(numbers.iter().map(|number| number.normalize().to_string()));
    if let Some(frame) = frame.filter(|_| !is_series) {
        parts.push(format!("'{frame}'"));
    }
    let output = if name.output.is_empty() { String::new() } else { format!(".{}", name.output) };
    let text = format!("{}({}){output}", row.name, parts.join(", "));
    let class = if series == "volume" { Class::Volume } else { name.class };
    Some(Value { text, class, row: row.name, period })
}
