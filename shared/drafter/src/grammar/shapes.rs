//! Conditions that are named as a whole: candles in a row, patterns, gaps, new highs, golden crosses.

use super::bars::{few_bars, in_a_row, one_candle};
use super::clock;
use super::condition::Condition;
use super::cursor::{Cursor, whole};
use super::levels;
use super::names::{CANDLESTICKS, Class, Lean, Name, first_words};
use super::plain_shapes::{channel_breakout, closes_beyond, staircase, trend_color};
use super::scene::{Scene, Side, Value};
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// A shape here, if one is named.
pub(crate) fn shape(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let readers: [fn(&mut Cursor<'_>, &Scene<'_>) -> Option<Condition>; 21] = [
        named_cross,
        closes_beyond,
        channel_breakout,
        staircase,
        trend_color,
        candlestick,
        in_a_row,
        one_candle,
        few_bars,
        gap,
        new_extreme,
        super::said_extremes::is_extreme,
        moved_over,
        opened,
        line_cross,
        flip,
        ratio,
        super::bars_ago::bars_before,
        super::bars_ago::than_ago,
        super::bars_ago::extreme_of,
        super::bars_ago::part_of_range,
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
        let dated =
            ["close > open", "close < open", "close rising", "close falling", "inside_bar", "outside_bar", "roc"]
                .iter()
                .any(|start| found.text.starts_with(start));
        if dated && days_of_other_bars(scene, *cursor, probe) && !found.text.contains("'1d'") {
            return None;
        }
        *cursor = probe;
        Some(found)
    })
}

/// True where the words count days and the strategy's bars are shorter or longer.
pub(crate) fn days_of_other_bars(scene: &Scene<'_>, from: Cursor<'_>, to: Cursor<'_>) -> bool {
    let words = from.tokens.get(from.at..to.at).unwrap_or_default();
    scene.timeframe != "1d" && words.iter().any(|token| matches!(token.word(), Some("day" | "days")))
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
    let mut plain = *cursor;
    if let Some([fast, slow]) = plain.numbers("# /|and|over|- #").as_deref()
        && plain.is_pause_or_joint()
        && let (Some(fast), Some(slow)) = (whole(*fast), whole(*slow))
    {
        *cursor = plain;
        let (fast, slow) = (average(fast), average(slow));
        scene.assume("a golden cross is of simple averages");
        return Some(super::condition::compared(
            scene,
            &fast,
            if up { "crosses above" } else { "crosses below" },
            &slow,
        ));
    }
    let (fast, slow) = match super::pairs::pair(&mut probe, scene) {
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
pub(crate) fn candlestick(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
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
    static FIRST: LazyLock<BTreeSet<&'static str>> =
        LazyLock::new(|| first_words(CANDLESTICKS.iter().map(|candle| candle.pattern)));
    if !cursor.peek_word().is_some_and(|word| FIRST.contains(word)) && cursor.peek_word().is_some() {
        return None;
    }
    let found = CANDLESTICKS.iter().find(|known| cursor.eat(known.pattern))?;
    let mut said = way(cursor);
    cursor.eat("candle|candles|candlestick|pattern|patterns|bar|bars|one|ones");
    cursor.eat("candle|candlestick|pattern|patterns|bar");
    said = said.or_else(|| way(cursor));
    let _ = cursor.eat("forms|prints|appears|completes|occurs|shows") && cursor.eat("up");
    let call = format!("{}({})", found.row, frame.map_or_else(String::new, |frame| format!("'{frame}'")));
    let bullish = match (found.sign, said) {
        (1, None | Some(true)) => true,
        (-1, None | Some(false)) => false,
        (2, said) => said.unwrap_or_else(|| scene.side() == Side::Long),
        (0, None) => return Some(Condition::new(format!("{call} != 0"))),
        // A bearish hammer is not what the pattern's name says.
        (_, _) => return None,
    };
    Some(Condition::new(format!("{call} {} 0", if bullish { '>' } else { '<' })))
}

/// `engulfing bearish`: the way behind the name.
fn way(cursor: &mut Cursor<'_>) -> Option<bool> {
    if cursor.eat("is|being? bullish") {
        return Some(true);
    }
    cursor.eat("is|being? bearish").then_some(false)
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
    let least = probe.eat("by? at least");
    let _ = probe.eat("more|greater|bigger|larger than") || probe.eat("over|>|above");
    let sized = probe.eat("$");
    let Some(size) = probe.number() else {
        // "gap size" alone is a distance.
        let way = matches!(cursor.tokens.get(cursor.at - 1).and_then(|token| token.word()), Some("up" | "down"));
        if noun && !way {
            return None;
        }
        cursor.eat("today");
        return Some(Condition::new(if up { "gap > 0" } else { "gap < 0" }));
    };
    let percent = probe.eat("%|percent");
    if !percent && !probe.eat("points|point|pts|pt|handles") && !sized {
        return None;
    }
    let more = probe.eat("or more");
    probe.eat("at the open");
    let least = least || more || probe.eat("or more");
    *cursor = probe;
    let name = if percent { "gap.percent" } else { "gap" };
    let size = size.normalize();
    let equal = if least { "=" } else { "" };
    Some(Condition::new(if up { format!("{name} >{equal} {size}") } else { format!("{name} <{equal} -{size}") }))
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

/// `we opened below yesterday's close`: the open of the session.
fn opened(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let of_bar = of_a_bar(*cursor);
    let _ = cursor.eat("we|it|price|market|stock|the");
    let _ = cursor.eat("price|market|stock");
    let we = cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at)).and_then(|token| token.word()) == Some("we");
    if !(cursor.eat("opened|opens") || we && cursor.eat("open") || cursor.eat("open is|was already")) {
        return None;
    }
    cursor.eat("already");
    let (relation, false) = super::relation::relation(cursor)? else { return None };
    let super::relation::Relation::Compare(operator) = relation else { return None };
    let spoken = scene.last.borrow().as_ref().and_then(|(_, right)| right.clone());
    let level = if cursor.eat("it|that") { spoken? } else { levels::level(cursor, scene)? };
    let regular = scene.regular();
    let open = match (of_bar, regular) {
        (true, _) => "open".to_owned(),
        (false, "") => "session.open".to_owned(),
        (false, regular) => format!("session.open({regular})"),
    };
    *scene.last.borrow_mut() = Some((Value::new("close", Class::Price), Some(level.clone())));
    Some(Condition::new(format!("{open} {operator} {}", level.text)))
}

/// `a green bar that opens below`: the bar's own open.
fn of_a_bar(cursor: Cursor<'_>) -> bool {
    let word =
        |back: usize| cursor.at.checked_sub(back).and_then(|at| cursor.tokens.get(at)).and_then(|token| token.word());
    let back = if matches!(word(1), Some("that" | "which" | "who")) { 2 } else { 1 };
    matches!(word(back), Some("bar" | "candle" | "candlestick"))
}

/// `makes a new 20-bar high`, `new high of the day`, `52-week high`.
fn new_extreme(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let _ = cursor.eat("price|it|the|stock|close|candle") && cursor.eat("stock|market|price|close");
    let makes = cursor.eat("makes|make|sets|prints|hits|reaches|is|at|on|making|hitting|posts|closes at|closes");
    let _ = cursor.eat("at|a|an|the");
    let is_new = cursor.eat("a|the? new") || cursor.eat("fresh");
    if !(is_new || makes && cursor.sees("#")) {
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
    let line = super::indicator::indicator(cursor, scene)?;
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
    if cursor.sees("above|below|signal|the|its|zero|#|%|d|k") && !cursor.is_pause_or_joint() {
        return None;
    }
    let open = up.is_none();
    let up = up.unwrap_or_else(|| scene.side() == Side::Long);
    let right = Value { text: other, ..line.clone() };
    let left = Value { text: base, ..line };
    let found = super::condition::compared(scene, &left, if up { "crosses above" } else { "crosses below" }, &right);
    if open {
        // "exit on a MACD cross": against the trade.
        scene.undirected.borrow_mut().push(found.text.clone());
    }
    Some(found)
}

/// `parabolic SAR flips`, `supertrend flip`, `SAR flips below price`, `cloud`: which side the trend is on.
fn flip(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    cursor.eat("a|the|on");
    if let Some(found) = cloud(cursor, scene) {
        return Some(found);
    }
    let line = super::indicator::indicator(cursor, scene)?;
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
    let mut open = false;
    let up = if cursor.eat("below|under the? price|candle|bar|close?") {
        true
    } else if cursor.eat("above|over the? price|candle|bar|close?") {
        false
    } else if event && cursor.is_pause_or_joint() {
        open = true;
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
    if open {
        scene.undirected.borrow_mut().push(text.clone());
    }
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
    let name = Name { pattern: "", row: "ichimoku", output: "", class: Class::Level(Lean::Either) };
    let cloud = super::indicator::spoken_of(scene, &name).map_or_else(|| "ichimoku()".to_owned(), |line| line.text);
    let both = |word: &str| format!("close {word} {cloud}.span_a and close {word} {cloud}.span_b");
    Some(Condition::new(if word.starts_with("crosses") {
        format!("{} and (close {word} {cloud}.span_a or close {word} {cloud}.span_b)", both(state))
    } else {
        both(word)
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
    if cursor.sees("at? least? #")
        && cursor.tokens.get(cursor.at.wrapping_sub(1)).is_some_and(|token| token.word() == Some("on"))
        || cursor.at > 0 && cursor.sees("at? least? # x|times the|its? # bar|day|period average|avg volume")
    {
        let mut counted = *cursor;
        let least = counted.eat("at least");
        counted.eat("over");
        if let Some(factor) = counted.one("# x|times the|its?")
            && let Some(average) = super::volume::volume(&mut counted, scene)
            && average.text.starts_with("sma(")
        {
            *cursor = counted;
            return Some(Condition::new(format!(
                "volume {} {factor} * {}",
                if least { ">=" } else { ">" },
                average.text
            )));
        }
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
