//! Conditions that are named as a whole: candles in a row, patterns, gaps, new highs, golden crosses.

use super::clock;
use super::condition::Condition;
use super::cursor::{Cursor, whole};
use super::levels;
use super::names::{CANDLESTICKS, Class};
use super::scene::{Scene, Side, Value};
use rust_decimal::Decimal;

/// A shape here, if one is named.
pub(crate) fn shape(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let readers: [fn(&mut Cursor<'_>, &Scene<'_>) -> Option<Condition>; 11] = [
        named_cross,
        candlestick,
        in_a_row,
        one_candle,
        few_bars,
        gap,
        new_extreme,
        moved_over,
        line_cross,
        flip,
        ratio,
    ];
    readers.iter().find_map(|reader| {
        let mut probe = *cursor;
        probe.eat("there is|are");
        let mut own = probe;
        if matches!(super::symbols::other(&mut own, scene), Some(None)) && own.eat("makes|forms|prints|has|made") {
            probe = own;
        }
        let _ = probe.eat("we get|see|have")
            || probe.eat("price makes|forms|prints|has|made")
            || probe.eat("it makes|forms|prints|has|is");
        let found = scene.attempt(|| reader(&mut probe, scene))?;
        *cursor = probe;
        Some(found)
    })
}

/// Golden and death crosses.
fn named_cross(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    cursor.eat("a|the|on");
    let up = if cursor.eat("golden cross|crosses|crossover") {
        true
    } else if cursor.eat("death cross|crosses|crossover") {
        false
    } else {
        return None;
    };
    let mut probe = *cursor;
    let bracket = probe.eat("(");
    let (fast, slow) = match super::condition::pair(&mut probe, scene) {
        Some(found) => {
            if bracket {
                probe.eat(")");
            }
            *cursor = probe;
            found
        }
        None => {
            let mut numbers = *cursor;
            if numbers.numbers("( # / # )").is_some() {
                *cursor = numbers;
            }
            (average(50), average(200))
        }
    };
    scene.assume("a golden cross is the 50-bar SMA crossing above the 200-bar SMA, a death cross the reverse");
    Some(super::condition::compared(scene, &fast, if up { "crosses above" } else { "crosses below" }, &slow))
}

fn average(period: u32) -> Value {
    Value { row: "sma", period: Some(period.into()), ..Value::new(format!("sma(close, {period})"), Class::Average) }
}

/// A candlestick pattern by name.
fn candlestick(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let frame = {
        let mut probe = *cursor;
        probe.eat("a|an|the");
        let found = clock::timeframe(&mut probe);
        if found.is_some() {
            *cursor = probe;
        }
        found.filter(|frame| *frame != scene.timeframe)
    };
    cursor.eat("a|an|the|any");
    let found = CANDLESTICKS.iter().find(|known| cursor.eat(known.pattern))?;
    cursor.eat("candle|candles|candlestick|pattern|patterns|bar|bars");
    cursor.eat("candle|candlestick|pattern|patterns|bar");
    let _ = cursor.eat("forms|prints|appears|completes|occurs|shows") && cursor.eat("up");
    let call = format!("{}({})", found.row, frame.map_or_else(String::new, |frame| format!("'{frame}'")));
    let bullish = match found.sign {
        1 => true,
        -1 => false,
        2 => scene.side() == Side::Long,
        _ => return Some(Condition::new(format!("{call} != 0"))),
    };
    Some(Condition::new(format!("{call} {} 0", if bullish { '>' } else { '<' })))
}

const GREEN: &str = "green|white|bullish|up|positive";
const RED: &str = "red|black|bearish|down|negative";
const BARS: &str = "candle|candles|bar|bars|candlestick|candlesticks|day|days|close|closes|minute|hour";

/// `two green candles in a row`, `3 consecutive up closes`, `2 higher lows`, `down 3 days in a row`.
fn in_a_row(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    let _ = probe.eat("at least") || probe.eat("after|the|last|previous");
    let _ = probe.eat("the|last|previous");
    probe.eat("last|previous");
    let Some(count) = probe.number().and_then(whole).filter(|count| *count < 100) else {
        return closes_in_a_row(cursor);
    };
    let straight = probe.eat("consecutive|straight|successive") || probe.eat("or more consecutive|straight?");
    let text = if let Some(green) = color(&mut probe) {
        let _ = probe.eat("consecutive|straight");
        let bars = probe.peek_word();
        if !probe.eat(BARS) {
            return None;
        }
        let closes = bars.is_some_and(|word| word.starts_with("close") || word.starts_with("day"));
        let word = cursor.tokens.get(probe.at - 2).and_then(|token| token.word()).unwrap_or_default();
        if closes && matches!(word, "up" | "down") {
            trend("close", green, count)
        } else {
            repeat(if green { "close > open" } else { "close < open" }, count)
        }
    } else {
        let up = if probe.eat("higher|rising") {
            true
        } else if probe.eat("lower|falling") {
            false
        } else {
            return None;
        };
        let series = if probe.eat("close|closes|closing prices?") {
            "close"
        } else if probe.eat("high|highs") {
            "high"
        } else if probe.eat("low|lows") {
            "low"
        } else {
            return None;
        };
        trend(series, up, count)
    };
    let _ = straight;
    let _ = probe.eat("in a row") || probe.eat("consecutively") || probe.eat("back to back");
    *cursor = probe;
    Some(Condition::new(text))
}

/// `closes up 3 days in a row`, `it closes lower for 3 days`, `down 3 days in a row`.
fn closes_in_a_row(cursor: &mut Cursor<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    probe.eat("it|price|has|is|the|stock|market");
    probe.eat("has|is|price");
    probe.eat("closed|closes|close|been|is|finishes|finished|falls|fallen|rises|risen");
    let before = cursor.tokens.get(probe.at.checked_sub(1)?).and_then(|token| token.word()).unwrap_or_default();
    let up = if probe.eat("up|higher|green") || matches!(before, "rises" | "risen") {
        true
    } else if probe.eat("down|lower|red") || matches!(before, "falls" | "fallen") {
        false
    } else {
        return None;
    };
    let _ = probe.eat("for|on");
    let count = probe.number().and_then(whole)?;
    let straight = probe.eat("straight|consecutive");
    if !probe.eat("days|bars|candles|sessions|times|day|closes") {
        return None;
    }
    if !(probe.eat("in a row") || probe.eat("straight|running|consecutively") || straight) {
        return None;
    }
    *cursor = probe;
    Some(Condition::new(trend("close", up, count)))
}

fn color(cursor: &mut Cursor<'_>) -> Option<bool> {
    if cursor.eat(GREEN) {
        Some(true)
    } else if cursor.eat(RED) {
        Some(false)
    } else {
        None
    }
}

fn repeat(text: &str, count: u32) -> String {
    if count > 1 { format!("{text} for {count} bars") } else { text.to_owned() }
}

fn trend(series: &str, up: bool, count: u32) -> String {
    let word = if up { "rising" } else { "falling" };
    if count > 1 { format!("{series} {word} {count}") } else { format!("{series} {word}") }
}

/// `a green candle`, `the candle is red`, `candle closes green`, `an up close`, `a higher low`.
fn one_candle(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    probe.eat("a|an|the|on|any|first");
    if probe.eat("heikin ashi|aishi candle|candles|bar|bars?") || probe.eat("ha candle|candles|bar") {
        probe.eat("is|closes|turns|are");
        let green = color(&mut probe)?;
        probe.eat("candle|candles|bar|bars");
        *cursor = probe;
        return Some(Condition::new(if green { "ha().close > ha().open" } else { "ha().close < ha().open" }));
    }
    if probe.eat("closes|close|closed|closing")
        && let Some(green) = color(&mut probe)
        && probe.is_pause_or_joint()
    {
        *cursor = probe;
        return Some(Condition::new(if green { "close > open" } else { "close < open" }));
    }
    probe = *cursor;
    probe.eat("a|an|the|on|any|first");
    let previous = probe.eat("previous|prior|last");
    probe.eat("big|strong|current|next|this|daily");
    if let Some(green) = color(&mut probe) {
        if !probe.eat("candle|bar|candlestick|close|day|candles|bars") {
            return None;
        }
        let close = probe.tokens.get(probe.at.saturating_sub(1)).and_then(|token| token.word()) == Some("close");
        let way = probe.tokens.get(probe.at.saturating_sub(2)).and_then(|token| token.word());
        probe.eat("prints|forms|closes|close");
        *cursor = probe;
        let text = match (close && matches!(way, Some("up" | "down")), green) {
            (true, true) => "close rising",
            (true, false) => "close falling",
            (false, true) => "close > open",
            (false, false) => "close < open",
        };
        return Some(Condition::new(if previous { format!("({text})[1]") } else { text.to_owned() }));
    }
    if probe.eat("candle|bar|candlestick|day") {
        probe.eat("is|closes|close|was|closed|prints|must");
        probe.eat("be|close");
        let green = if probe.eat("green|bullish|up|white|positive") {
            true
        } else if probe.eat("red|bearish|down|black|negative") {
            false
        } else {
            return None;
        };
        if !probe.is_pause_or_joint() {
            return None;
        }
        *cursor = probe;
        let text = if green { "close > open" } else { "close < open" };
        return Some(Condition::new(if previous { format!("({text})[1]") } else { text.to_owned() }));
    }
    let mut probe = *cursor;
    probe.eat("a|an|the|makes|forms|prints");
    probe.eat("a|an");
    let up = if probe.eat("higher") {
        true
    } else if probe.eat("lower") {
        false
    } else {
        return None;
    };
    let series = if probe.eat("close") {
        "close"
    } else if probe.eat("high") {
        "high"
    } else if probe.eat("low") {
        "low"
    } else {
        return None;
    };
    probe.eat("than the? previous|prior|last bar|candle|one");
    *cursor = probe;
    Some(Condition::new(trend(series, up, 1)))
}

/// Inside and outside bars, NR7, fractals.
fn few_bars(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Condition> {
    cursor.eat("a|an|the|on");

    if cursor.eat("double inside bar|bars|candle|candles") {
        return Some(Condition::new("inside_bar() > 0 for 2 bars"));
    }
    let text = if cursor.eat("inside bar|bars|candle|candles|day") {
        "inside_bar() > 0".to_owned()
    } else if cursor.eat("outside bar|bars|candle|candles|day") {
        "outside_bar() > 0".to_owned()
    } else if cursor.eat("nr") {
        let bars = cursor.count().filter(|bars| *bars > 1)?;
        cursor.eat("bar|bars|day|candle");
        let mut bracket = *cursor;
        // "NR7 bar (narrowest range of the last 7 bars)" says it twice.
        if bracket.eat("( narrowest range of the last # bars|days )")
            || bracket.numbers("( narrowest range of|in the? last? # bars|days )").is_some()
        {
            *cursor = bracket;
        }
        format!("narrow_range({bars}) > 0")
    } else if let Some(bars) = cursor
        .one("narrowest range|bar of|in the? last? # bars|days|candles")
        .or_else(|| cursor.one("narrow range # bar|day?"))
    {
        format!("narrow_range({bars}) > 0")
    } else if cursor.eat("bullish fractal") || cursor.eat("fractal low") {
        "fractal().low > 0".to_owned()
    } else if cursor.eat("bearish fractal") || cursor.eat("fractal high") {
        "fractal().high > 0".to_owned()
    } else {
        return None;
    };
    Some(Condition::new(text))
}

/// `gaps up`, `gap down of more than 0.5%`, `opens 10 points above yesterday's close`.
fn gap(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Condition> {
    cursor.eat("a|an|the|on|it|price|market|stock|there");
    let _ = cursor.eat("is a") || cursor.eat("a|stock|market|is|has");
    let noun = cursor.sees("gap is|of|size");
    let up = if cursor.eat("gaps|gapped|gap|gapping up|higher") || cursor.eat("opens|open with a gap up") {
        true
    } else if cursor.eat("gaps|gapped|gap|gapping down|lower") || cursor.eat("opens|open with a gap down") {
        false
    } else if noun && cursor.eat("gap is|of|size? greater|more|bigger|larger|over|above|up? than?") {
        true
    } else {
        return None;
    };
    cursor.eat("at the open|today");
    cursor.eat("at the open");
    cursor.eat("by|of|is|on");
    let mut probe = *cursor;
    let _ = probe.eat("more|greater|bigger|larger than")
        || probe.eat("at least")
        || probe.eat("over|>|above")
        || probe.eat("by? at least");
    let sized = probe.eat("$");
    let Some(size) = probe.number() else {
        cursor.eat("today");
        return Some(Condition::new(if up { "gap > 0" } else { "gap < 0" }));
    };
    let percent = probe.eat("%|percent");
    if !percent && !probe.eat("points|point|pts|pt|handles") && !sized {
        return None;
    }
    let _ = probe.eat("or more") || probe.eat("at the open");
    probe.eat("or more");
    *cursor = probe;
    let name = if percent { "gap.percent" } else { "gap" };
    let size = size.normalize();
    Some(Condition::new(if up { format!("{name} > {size}") } else { format!("{name} < -{size}") }))
}

/// `down 5% or more over the last 10 days`, `up at least 3% in 5 bars`.
fn moved_over(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Condition> {
    let _ = cursor.eat("it|price|stock|market|has|is|the");
    let _ = cursor.eat("is|has|price|stock|market");
    let _ = cursor.eat("is|has|been");
    let up = if cursor.eat("up|gained|risen|rallied|rises|gains") {
        true
    } else if cursor.eat("down|fallen|lost|dropped|falls|drops|declined") {
        false
    } else {
        return None;
    };
    let _ = cursor.eat("by|more|at|over");
    let _ = cursor.eat("than|least|more");
    cursor.eat("than");
    let percent = cursor.one("# %|percent")?;
    let _ = cursor.eat("or more|greater");
    if !cursor.eat("over|in|within|for|during the? last|past|previous?") {
        return None;
    }
    let bars = cursor.one("# bars|days|candles|sessions|periods|weeks").and_then(whole)?;
    Some(Condition::new(if up { format!("roc({bars}) >= {percent}") } else { format!("roc({bars}) <= -{percent}") }))
}

/// `makes a new 20-bar high`, `new high of the day`, `52-week high`.
fn new_extreme(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let _ = cursor.eat("price|it|the|stock") && cursor.eat("stock|market|price");
    let makes = cursor.eat("makes|make|sets|prints|hits|reaches|is|at|on|making|hitting|posts|closes at|closes");
    let _ = cursor.eat("at|a|an|the");
    let is_new = cursor.eat("a|the? new") || cursor.eat("fresh");
    if !is_new && !(makes && cursor.sees("#")) {
        return None;
    }
    cursor.eat("a|an");
    let level = levels::level(cursor, scene)?;
    let high = level.text.contains("high") && !level.text.contains("low(");
    let text = if level.text.starts_with("session.") { format!("{}[1]", level.text) } else { level.text.clone() };
    let closing = cursor.eat("close") || level.text.contains("(close");
    let _ = closing;
    *scene.last.borrow_mut() = Some((Value::new("close", Class::Price), Some(level)));
    Some(Condition::new(format!("close {} {text}", if high { '>' } else { '<' })))
}

/// `MACD cross`, `bullish MACD crossover`, `stochastic cross`, `DI cross`.
fn line_cross(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    cursor.eat("a|the|on|when");
    let mut up = None;
    if cursor.eat("bullish") {
        up = Some(true);
    } else if cursor.eat("bearish") {
        up = Some(false);
    }
    let line = super::value::indicator(cursor, scene)?;
    let other = match line.row {
        "macd" => line.text.replace(".histogram", ".line").replace(".line", ".signal"),
        "stoch" | "stochrsi" | "stochf" | "kdj" => line.text.replace(".k", ".d"),
        _ => return None,
    };
    let base = line.text.replace(".histogram", ".line");
    cursor.eat("line|lines|signal|bullish|bearish");
    if !cursor.eat("cross|crossover|crosses|crossovers|crossing") {
        return None;
    }
    if cursor.eat("over|up|upward|upwards|bullish|bullishly") || cursor.eat("to the upside") {
        up = Some(true);
    } else if cursor.eat("down|downward|downwards|bearish|bearishly|under") || cursor.eat("to the downside") {
        up = Some(false);
    }
    if cursor.sees("above|below|signal|the|its|zero|#") && !cursor.is_pause_or_joint() {
        return None;
    }
    let up = up.unwrap_or_else(|| scene.side() == Side::Long);
    let right = Value { text: other, ..line.clone() };
    let left = Value { text: base, ..line };
    Some(super::condition::compared(scene, &left, if up { "crosses above" } else { "crosses below" }, &right))
}

/// `parabolic SAR flips`, `supertrend flip`, `SAR flips below price`, `cloud`: which side the trend is on.
fn flip(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    cursor.eat("a|the|on");
    if let Some(found) = cloud(cursor, scene) {
        return Some(found);
    }
    let line = super::value::indicator(cursor, scene)?;
    if !matches!(line.row, "sar" | "supertrend") {
        return None;
    }
    cursor.eat("dot|dots");
    let event = cursor.eat("flips|flip|switches|turns|moves|changes");
    let state = !event && cursor.eat("is|are|stays");
    if !event && !state {
        return None;
    }
    cursor.eat("to|over");
    let up = if cursor.eat("below|under the? price|candle|bar|close?") {
        true
    } else if cursor.eat("above|over the? price|candle|bar|close?") {
        false
    } else if event && cursor.is_pause_or_joint() {
        scene.side() == Side::Long
    } else {
        return None;
    };
    let text = match (event, up) {
        (true, true) => format!("close crosses above {}", line.text),
        (true, false) => format!("close crosses below {}", line.text),
        (false, true) => format!("close > {}", line.text),
        (false, false) => format!("close < {}", line.text),
    };
    Some(Condition::new(text))
}

/// `price is above the cloud`, `breaks above the Ichimoku cloud`.
fn cloud(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    probe.eat("price|it|close|candle|stock");
    let (relation, not) = super::relation::relation(&mut probe)?;
    probe.eat("the|its");
    probe.eat("ichimoku|kumo");
    if not || !probe.eat("cloud|kumo") {
        return None;
    }
    *cursor = probe;
    let side = scene.side() == Side::Long;
    let (word, up) = match relation {
        super::relation::Relation::Compare(operator) => (operator, operator.starts_with('>')),
        super::relation::Relation::Cross(super::relation::Way::Up) => ("crosses above", true),
        super::relation::Relation::Cross(super::relation::Way::Down) => ("crosses below", false),
        super::relation::Relation::Cross(super::relation::Way::Open) if side => ("crosses above", true),
        super::relation::Relation::Cross(super::relation::Way::Open) => ("crosses below", false),
        _ => return None,
    };
    let state = if up { ">" } else { "<" };
    Some(Condition::new(if word.starts_with("crosses") {
        format!(
            "close {state} ichimoku().span_a and close {state} ichimoku().span_b and (close {word} ichimoku().span_a or close {word} ichimoku().span_b)"
        )
    } else {
        format!("close {word} ichimoku().span_a and close {word} ichimoku().span_b")
    }))
}

/// `relative volume above 2`, `volume spike`, `high volume`, `2x average volume`, `volume at least 1.5x average`.
fn ratio(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    cursor.eat("on|with|a|an");
    let mut probe = *cursor;
    if probe.eat("above|over average|normal|avg volume")
        || probe.eat("high|higher|strong|heavy than? average|normal? volume")
        || probe.eat("volume spike")
    {
        scene.assume("high volume is volume above its 20-bar average");
        *cursor = probe;
        return Some(Condition::new("volume > sma(volume, 20)"));
    }
    let factor = probe
        .one("# x|times average|avg|normal volume|vol")
        .or_else(|| probe.eat("twice|double the? average|avg|normal volume").then_some(Decimal::TWO));
    if let Some(factor) = factor {
        scene.assume("average volume is the mean of 20 bars, as no number was given");
        *cursor = probe;
        return Some(Condition::new(format!("volume > {factor} * sma(volume, 20)")));
    }
    None
}
