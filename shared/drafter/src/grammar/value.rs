//! Values: prices, levels, indicators, volume and arithmetic with them, as traders name them, into expressions.

use super::bars::bar_strength;
use super::clock::{self};
use super::cursor::Cursor;
use super::indicator::{frame_before, indicator};
use super::levels;
use super::names::{Class, Lean};
use super::scene::{Scene, Value};
use super::spoken::remembered;
use super::symbols;
use super::token::Kind;
use super::volume::volume;
use rust_decimal::Decimal;

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
    Some(super::indicator::of_the_same_bars(offset, &base, scene).on(&base, up))
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
    let number = if probe.eat("half a|an?") {
        Decimal::new(5, 1)
    } else if probe.eat("a? quarter of? a|an?") {
        Decimal::new(25, 2)
    } else if let Some(number) = probe.number() {
        number
    } else {
        probe.eat("a|an|one").then_some(Decimal::ONE)?
    };
    probe.eat("x|times|*");
    let found = if probe.eat("tick|ticks") {
        Offset::Add(if number == Decimal::ONE { "tick".to_owned() } else { format!("{number} * tick") })
    } else if probe.eat("cents|cent") {
        Offset::Add((number / Decimal::ONE_HUNDRED).normalize().to_string())
    } else if probe.eat("point|points|pt|pts|handle|handles|dollar|dollars") && !probe.sees("cents") {
        Offset::Add(number.to_string())
    } else if probe.eat("pip|pips") {
        Offset::Add((number * scene.pip()).normalize().to_string())
    } else if probe.eat("%|percent|pct") {
        Offset::Percent(number)
    } else {
        let measure = scene.attempt(|| range_measure(&mut probe, scene))?;
        Offset::Add(if number == Decimal::ONE { measure.text } else { format!("{number} * {}", measure.text) })
    };
    *cursor = probe;
    Some(found)
}

/// ATR, standard deviation and the like.
fn range_measure(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    let found = if probe.eat("standard|std|st deviation|deviations|dev|devs")
        || probe.eat("stdev|stdevs|sd|sds|sigma|sigmas|std|stds|stddev")
    {
        scene.assume("a standard deviation is that of 20 closes, as no number was given");
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
    if probe.sees("it|that|this") {
        // "the target should be half of it": of no price.
        return None;
    }
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
    if sign == '+' && scene.depth.get() == 0 && !adds(base, &right, probe, scene) {
        return None;
    }
    if sign == '/' && !divides(base, &right, probe, scene) {
        return None;
    }
    *cursor = probe;
    let left = if matches!(sign, '*' | '/') { base.factor() } else { base.text.clone() };
    let class = if sign == '/' { Class::Measure } else { base.class };
    Some(Value::new(format!("{left} {sign} {}", right.factor()), class))
}

/// A plus between two values adds a distance; "EMA 9 over EMA 21 + RSI over 50" lists two rules.
fn adds(base: &Value, right: &Value, behind: Cursor<'_>, scene: &Scene<'_>) -> bool {
    let listed = scene.subject.borrow().is_some() && !behind.is_pause_or_joint();
    let distance = right.class == Class::Number
        || right.class == Class::Measure && ["atr", "stddev", "adr", "true_range", ""].contains(&right.row);
    !matches!(base.class, Class::Number | Class::Volume) && distance && !listed
}

/// A slash between two values divides where a comparison or a pause follows: "RSI over 10 / 20 point stop" is a list.
fn divides(base: &Value, right: &Value, behind: Cursor<'_>, scene: &Scene<'_>) -> bool {
    let left = scene.subject.borrow().is_none();
    let compared = behind.sees(")") || left && behind.sees(">|<|≥|≤|is|above|below|over|under|crosses|rising|falling");
    let whole = right.class == Class::Number && behind.is_pause();
    !matches!(base.class, Class::Average | Class::Number) && (compared || whole)
}

/// A value without arithmetic, with its timeframe, symbol and look-back.
pub(crate) fn term(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    if let Some(found) = scene.attempt(|| bracketed(&mut probe, scene)) {
        *cursor = probe;
        return Some(found);
    }
    probe.eat("the|a|an|its|this|that");
    if probe.eat("today|day|session range so? far?") {
        *cursor = probe;
        return Some(Value::new("session.high - session.low", Class::Measure));
    }
    if !probe.sees("today open|opening|high|highs|low|lows") {
        probe.eat("current|today");
    }
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
    } else if let Some(value) = volume(&mut probe, scene).or_else(|| bar_strength(&mut probe, scene)) {
        found = Some(value);
    } else if let Some(price) = price(&mut probe, scene, symbol.is_some()) {
        found = Some(price);
    } else if let Some(line) = super::spoken::by_period(cursor, &mut probe, scene) {
        found = Some(line);
    } else if symbol.is_none()
        && let Some(number) = plain_number(&mut probe)
    {
        found = Some(number);
    }
    let mut found = found.or_else(|| symbol.as_ref().map(|_| Value::new("close", Class::Price)))?;
    let end = probe;
    look_back(&mut probe, &mut found);
    if super::shapes::days_of_other_bars(scene, end, probe) && !found.text.contains("'1d'") {
        return None;
    }
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
        .eat("of|on|from the|that|this|its|our? current|signal|entry|trigger|setup|breakout|same|inside|engulfing|outside|doji|hammer bar|candle|candlestick")
        || probe.eat("of|on|from|off the bar|candle|candlestick")
    {
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
        value.text =
            format!("{}[{bars}]", if value.is_joined() { format!("({})", value.text) } else { value.text.clone() });
    }
}

fn plain_number(cursor: &mut Cursor<'_>) -> Option<Value> {
    let mut probe = *cursor;
    probe.eat("$");
    let signed =
        cursor.tokens.get(cursor.at + 1).is_some_and(|next| next.glued && matches!(next.kind, Kind::Number(_)));
    let _ = signed && probe.eat("+");
    let number = probe.number()?;
    let unit = probe.sees("ema|sma|ma|bar|bars|minute|minutes|min|day|days|contracts|contract|shares|r|atr|tick|ticks");
    if unit {
        return None;
    }
    probe.eat("%|percent|points|pts|handles");
    probe.eat("level|line|mark|threshold");
    *cursor = probe;
    Some(Value::number(number))
}

/// The price and the prices of bars.
pub(crate) fn price(cursor: &mut Cursor<'_>, scene: &Scene<'_>, of_symbol: bool) -> Option<Value> {
    let mut probe = *cursor;
    let mut framed = probe;
    if let Some(frame) = frame_before(&mut framed)
        && let Some(series) = [("close|closing price?", "close"), ("open", "open"), ("high", "high"), ("low", "low")]
            .into_iter()
            .find(|(pattern, _)| framed.eat(pattern))
            .map(|(_, series)| series)
    {
        // "the weekly open" is that of the week that goes on, which no rule can name.
        if series == "open" && frame != scene.timeframe && frame != "1d" {
            return None;
        }
        *cursor = framed;
        let class = match series {
            "high" => Class::Level(Lean::Above),
            "low" => Class::Level(Lean::Below),
            _ => Class::Price,
        };
        if matches!(series, "high" | "low") && matches!(frame, "1w" | "1M") && frame != scene.timeframe {
            scene.assume(format!(
                "{series}('{frame}') is that of the last whole {}",
                if frame == "1w" { "week" } else { "month" }
            ));
        }
        return Some(Value::new(
            if frame == scene.timeframe { series.to_owned() } else { format!("{series}('{frame}')") },
            class,
        ));
    }
    let mut day_before = probe;
    if !matches!(scene.timeframe, "1d" | "1w" | "1M")
        && day_before.eat("previous|prior close|closing price?")
        && !day_before.sees("above|below|over|under|of|[")
    {
        if of_symbol {
            return None;
        }
        scene.assume("the previous close is read as the close of the day before");
        *cursor = day_before;
        return Some(Value::new("previous_day.close", Class::Level(Lean::Either)));
    }
    let before = probe.eat("previous|prior|last|preceding bar|bars|candle|candles|candlestick")
        || probe.eat("previous|prior|preceding");
    if !before {
        let _ = probe
            .eat("current|signal|entry|trigger|this|setup|breakout|engulfing|hammer|doji|inside|outside bar|candle")
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
        // "2 points below it" is beside a level.
        let beside = cursor.at > 0 && Cursor::new(cursor.tokens, cursor.at - 1).sees("above|below|over|under|beneath");
        let on_the_right = beside || scene.subject.borrow().is_some();
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
        let closes = !on_the_right && probe.sees("closes|closed");
        return match last {
            // Only a price closes.
            Some(last) if closes && last.text != "close" && !last.text.contains(" of ") => {
                scene.assume("\"it closes\" is read as the price");
                Some(Value::new("close", Class::Price))
            }
            Some(last) if last.class != Class::Number || on_the_right && super::spoken::number_of_before(scene) => {
                scene.assume(last.as_pronoun());
                Some(last)
            }
            // Of what was meant nothing is known any more.
            None if scene.lost.get() && !closes => None,
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
        && !probe.sees("is|are|and|or|crosses|above|below|>|<|rising|falling|with|stays|goes|drops|dips|falls|rises|gets|turns|hits|moves|was|if|when|while|once")
    {
        return None;
    }
    *cursor = probe;
    (frame != scene.timeframe).then_some(frame).or(Some(scene.timeframe)).filter(|frame| *frame != scene.timeframe)
}
