//! Conditions without a value in front, and what touches, bounces off or stays near a level.

use super::condition::{Condition, compared, resolve, said_after};
use super::crossings::said_fitting;
use super::cursor::Cursor;
use super::names::{Class, Lean};
use super::pairs::pair;
use super::relation::{Relation, Way};
use super::right_side::{right_value, same_kind};
use super::scene::{Scene, Side, Value};
use super::token::{Kind, Token};
use super::value::{self};
use rust_decimal::Decimal;

pub(crate) fn near(cursor: &mut Cursor<'_>, scene: &Scene<'_>, left: &Value) -> Option<Condition> {
    let mut probe = *cursor;
    let offset = value::offset(&mut probe, scene)?;
    if !probe.eat("of|from") {
        return None;
    }
    // "it" that was not read is no price near itself.
    let base = value::value(&mut probe, scene).filter(|base| base.text != left.text)?;
    *cursor = probe;
    let left = &super::right_side::of_price(scene, left.clone(), &base);
    let (upper, lower) = (offset.on(&base, true), offset.on(&base, false));
    Some(Condition::new(format!("{0} < {1} and {0} > {2}", left.text, upper.text, lower.text)))
}

/// `closes back inside the bands`: over the lower one for a long, under the upper one for a short.
pub(crate) fn back_inside(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
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

/// `dips to`, `rallies to` right before the level: from which side the words say it is reached.
fn comes_from_above(behind: &Cursor<'_>) -> Option<bool> {
    let before = behind.tokens.get(behind.at.saturating_sub(4)..behind.at)?;
    before.iter().rev().filter_map(Token::word).find_map(|word| match word {
        "dips" | "dip" | "drops" | "drop" | "falls" | "fall" => Some(true),
        "rallies" | "rally" | "pops" | "pop" | "rises" | "rise" | "up" => Some(false),
        _ => None,
    })
}

/// Touches, pullbacks, bounces and rejections of a level.
pub(crate) fn touched(
    cursor: &mut Cursor<'_>,
    scene: &Scene<'_>,
    left: &Value,
    relation: Relation,
) -> Option<Condition> {
    let mut probe = *cursor;
    let from_above = comes_from_above(cursor);
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
        let found = compared(scene, left, if low { "<=" } else { ">=" }, &right);
        let middle =
            matches!(left.class, Class::Oscillator(high, low) if number * Decimal::TWO == Decimal::from(high + low));
        if middle || relation == Relation::Pullback {
            // From which side depends on where the entry was.
            scene.undirected.borrow_mut().push(found.text.clone());
        }
        return Some(found);
    }
    let below = match (relation, right.class) {
        (Relation::Bounce, _) => true,
        (Relation::Reject, _) => scene.side() == Side::Long && right.class == Class::Level(Lean::Below),
        (Relation::Touch, Class::Level(Lean::Below)) => true,
        (Relation::Touch, Class::Level(Lean::Above)) => false,
        (Relation::Pullback, _) => from_above.unwrap_or(scene.side() == Side::Long),
        _ => scene.side() == Side::Long,
    };
    let below = if relation == Relation::Bounce
        && scene.side.get() == Some(Side::Short)
        && right.class != Class::Level(Lean::Below)
    {
        scene.assume(format!("a bounce off {text} in the words of shorts is read as one from below it"));
        false
    } else {
        below
    };
    *cursor = probe;
    let touch = if below { format!("low <= {text}") } else { format!("high >= {text}") };
    if relation == Relation::Pullback && from_above.is_none() {
        scene.undirected.borrow_mut().push(touch.clone());
    }
    *scene.last.borrow_mut() = Some((Value::new("close", Class::Price), Some(right.clone())));
    if relation == Relation::Touch {
        scene.touches.borrow_mut().push((touch.clone(), text.clone()));
    }
    Some(Condition::new(match relation {
        Relation::Bounce | Relation::Reject => {
            format!("{touch} and close {} {text}", if below { '>' } else { '<' })
        }
        _ => touch,
    }))
}

/// Without a value in front: `a close above X`, `crosses below 30`, `breakout of X`, `bounce off X`, `above X`.
pub(crate) fn noun(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    probe.eat("a|an|the|any|on");
    // The first close beyond a level is its cross; the first pullback is one of several.
    let other = probe.sees("first hour")
        || probe.sees("first #")
        || probe.sees("first pullback|touch|tag|retest|bounce|test|dip|rejection");
    let _ = !other && probe.eat("first");
    probe.eat("clean|strong|candle|bar|price|confirmed");
    let _ = probe.sees("new # bar|day|period high|highs|low|lows breakout|breakouts|breakdown|breakdowns|break")
        && probe.eat("new");
    let named = scene.attempt(|| cross_of(&mut probe, scene)).or_else(|| scene.attempt(|| reclaim(&mut probe, scene)));
    if named.is_some() {
        *cursor = probe;
        return named;
    }
    if cursor.at.checked_sub(2).is_some_and(|at| Cursor::new(cursor.tokens, at).sees("above|over|below|under or")) {
        // "I look if it is over or under the close of yesterday": either way.
        return None;
    }
    let joined = cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at)).is_some_and(|token| {
        token
            .word()
            .is_some_and(|word| matches!(word, "and" | "or" | "but" | "then" | "also" | "when" | "if" | "it" | "its"))
            || token.is_mark(',')
            || token.is_mark('/')
    });
    let touched = scene.last.borrow().as_ref().and_then(|(left, right)| {
        right.clone().filter(|right| right.class == Class::Average && left.class != Class::Average)
    });
    // "above the 20 EMA, which is above the 50": what was named last is.
    let before = cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at)).and_then(Token::word);
    let last = match (before, scene.last.borrow().as_ref()) {
        (Some("which"), Some((_, Some(right)))) if right.class != Class::Number => Some(right.clone()),
        (_, last) => last.map(|(left, _)| left.clone()),
    };
    if last.is_none() && of_the_lost(cursor, scene) {
        return None;
    }
    let joined = joined || before == Some("which") || before == Some("on") && probe.sees("crossing|crosses");
    // Only the price pulls back.
    let pulls = probe.sees("pullback|pullbacks|retracement|retest|retests|rallies|rally to|into|of");
    let allowed = side_allowed(cursor, probe);
    let left = last.filter(|_| joined && !pulls && !allowed).unwrap_or_else(|| Value::new("close", Class::Price));
    let verbless = probe.sees("rising|falling|green|red|positive|negative|oversold|overbought|turning|sloping|pointing|trending|increasing|decreasing|at|breakout|breakouts|breakdown|breakdowns|break|close|closing|cross|bounce|pullback|pullbacks|retracement|rallies|retests|touch|tag|rejection|retest|move|push|dip|rally|crosses|breaks|closes|crossing|crossover|goes|gets|drops|rises|falls|moves|turns|comes|bounces|reclaims|loses|touches|hits|pulls|is|above|below|over|under|>|<|stays|holds|dips|crossed|between|pops|rejects|tags|has|trades|flips|flip|back|breaking|crossing|bouncing|closing|retraces|rejected|hit");
    if !verbless && !probe.sees("up|down through|thru") {
        return None;
    }
    let mut level = probe;
    let mut left = left;
    // "RSI under 30, and above the 200 EMA": the average is the price's.
    let named = cursor.tokens.get(cursor.at..probe.at).unwrap_or_default();
    let named = named.iter().any(|token| matches!(token.word(), Some("price" | "candle" | "bar")));
    let unnamed = joined && !named && !probe.sees("close|closes|closed|closing");
    scene.pronoun.set(left.text != "close" || unnamed);
    let mut found = scene.attempt(|| said_fitting(&mut level, scene, left.clone(), unnamed));
    scene.pronoun.set(false);
    if found.is_none() {
        // "cross up" alone: of what crossed before.
        level = probe;
        left = scene.last.borrow().as_ref().map(|(left, _)| left.clone())?;
        found = said_after(&mut level, scene, left.clone());
    }
    let mut found = found?;
    // Of numbers nothing is known of the price: "crosses above 30" needs what it is said of.
    let small = found
        .text
        .split(' ')
        .next_back()
        .is_some_and(|word| word.parse::<f64>().is_ok_and(|number| number.abs() <= 100.0));
    if left.text == "close" && !joined && small {
        return None;
    }
    // "RSI crosses above 30. only above the 50": an average that was not spoken of, or a level of the RSI?
    if left.text != "close" && number_with_article(cursor.tokens.get(cursor.at..level.at).unwrap_or_default()) {
        return None;
    }
    let slope = |text: &str| text.starts_with("close rising") || text.starts_with("close falling");
    if let Some(level) = touched.filter(|_| slope(&found.text)) {
        // "buy the touch of the 21 EMA when it is rising": the average is.
        found.text = found.text.replace("close", &level.text);
        scene.assume(format!("what rises or falls is read as {}", level.text));
    }
    if found.text == "close rising" || found.text == "close falling" {
        // "swap it for the 50 EMA, it has to be rising": not said of the close.
        let told = scene.lines.borrow().iter().any(|line| line.class == Class::Average);
        if scene.changing.get() || told {
            return None;
        }
        scene.assume("what rises or falls without a name is read as the close");
    }
    *cursor = level;
    Some(found)
}

/// "9 EMA crossing 30 EMA, longs if above the 200 EMA": the price is, where a side is allowed.
fn side_allowed(cursor: &Cursor<'_>, mut probe: Cursor<'_>) -> bool {
    let led = cursor.at.checked_sub(2).is_some_and(|at| {
        Cursor::new(cursor.tokens, at).sees("longs|shorts|buys if|when")
            || at.checked_sub(1).is_some_and(|at| Cursor::new(cursor.tokens, at).sees("longs|shorts only if|when"))
    });
    led && probe.eat("above|over|below|under|>|<") && !probe.is_pause_or_joint()
}

/// True for words that end with `the 50`.
fn number_with_article(words: &[Token]) -> bool {
    let [.., article, number] = words else { return false };
    article.word() == Some("the") && matches!(number.kind, Kind::Number(_))
}

/// True behind an "it" of which nothing is known any more.
fn of_the_lost(cursor: &Cursor<'_>, scene: &Scene<'_>) -> bool {
    let before = cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at)).and_then(Token::word);
    scene.lost.get() && matches!(before, Some("it" | "they"))
}

/// `cross of the 9 EMA above the 21 EMA`.
pub(crate) fn cross_of(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    if !probe.eat("cross|crossover|crossing of") {
        return None;
    }
    probe.eat("the");
    if let Some((fast, slow)) = pair(&mut probe, scene) {
        *cursor = probe;
        return Some(crossing(scene, &fast, Way::Open, &slow));
    }
    let left = value::value(&mut probe, scene)?;
    let way = if probe.eat("above|over|up through?") {
        Way::Up
    } else if probe.eat("below|under|down through?") {
        Way::Down
    } else {
        Way::Open
    };
    let alone = probe;
    if way == Way::Open && !probe.eat("and|with|through|of|to") {
        return None;
    }
    let Some(right) = scene.attempt(|| right_value(&mut probe, scene, &left)).filter(|right| {
        way != Way::Open || right.class == left.class || !matches!(left.class, Class::Average | Class::Level(_))
    }) else {
        // "cross of ema 20 with rsi > 50": of the price and one line.
        if way != Way::Open || !matches!(left.class, Class::Average | Class::Level(_)) || !alone.sees("with|and") {
            return None;
        }
        *cursor = alone;
        let close = Value::new("close", Class::Price);
        return Some(crossing(scene, &close, way, &left));
    };
    let left = same_kind(left, &right);
    *cursor = probe;
    Some(crossing(scene, &left, way, &right))
}

/// One value crossing another; a way that is left open is remembered: "exit on a VWAP cross" is against the trade.
pub(crate) fn crossing(scene: &Scene<'_>, left: &Value, way: Way, right: &Value) -> Condition {
    let up = resolve(scene, way, Some(right));
    let found = compared(scene, left, if up { "crosses above" } else { "crosses below" }, right);
    super::right_side::note_undirected(scene, way, right, &found.text);
    found
}

/// `VWAP reclaim`, `opening range breakout`, `20 EMA bounce`, `PDH break`.
pub(crate) fn reclaim(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
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
        if probe.eat("up|upward|upwards|higher") || probe.eat("to the upside") {
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
            let direction = way.map_or(direction, |up| if up { Way::Up } else { Way::Down });
            Some(crossing(scene, &close, direction, &level))
        }
        other => touched_level(scene, &level, other),
    }
}

pub(crate) fn touched_level(scene: &Scene<'_>, level: &Value, relation: Relation) -> Option<Condition> {
    let below = scene.side() == Side::Long;
    let touch = if below { format!("low <= {}", level.text) } else { format!("high >= {}", level.text) };
    *scene.last.borrow_mut() = Some((Value::new("close", Class::Price), Some(level.clone())));
    if relation == Relation::Touch {
        scene.touches.borrow_mut().push((touch.clone(), level.text.clone()));
    }
    Some(Condition::new(match relation {
        Relation::Bounce | Relation::Reject => {
            format!("{touch} and close {} {}", if below { '>' } else { '<' }, level.text)
        }
        _ => touch,
    }))
}
