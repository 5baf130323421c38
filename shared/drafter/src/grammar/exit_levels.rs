//! Exits at a level: reached from the side of it on which the entry leaves the price.

use super::calls::{conjuncts, sides};
use super::cursor::Cursor;
use super::names::Class;
use super::pieces::{Item, is_bar};
use super::rule::Rule;
use super::scene::{Scene, Side};
use super::value;
use domain::artifact::PlanItem;
use ports::drafter::DraftFailure;
use std::cmp::Ordering;

/// Turns exits at `levels` round that the entry would make true at once; where the entry leaves that open, it is said.
pub(crate) fn reached(exit: &mut Rule, entry: &str, levels: &[String], side: Side, scene: &Scene<'_>) {
    for level in levels {
        if !exit.text().ends_with(level) && !exit.text().contains(&format!("{level} ")) {
            continue;
        }
        let (from_below, from_above) = (format!("close >= {level}"), format!("close <= {level}"));
        match above(entry, level) {
            Some(true) => exit.replace(&from_below, &from_above),
            Some(false) => exit.replace(&from_above, &from_below),
            None if follows(entry, side) && !ahead(level, side) => scene.assume(format!(
                "the exit of {}s at {level} is read as a target: {}",
                side.key(),
                if side == Side::Long { from_below } else { from_above }
            )),
            None => {}
        }
    }
    reached_back(exit, entry, side, scene);
}

/// "exit if RSI comes to 50" of a short that enters above 75: it comes there from above, and would be there at once.
fn reached_back(exit: &mut Rule, entry: &str, side: Side, scene: &Scene<'_>) {
    let text = exit.text();
    if entry.contains(" or ") {
        return;
    }
    for part in text.split(" or ") {
        let Some((line, operator, level)) = sides(part) else { continue };
        let (up, Ok(number)) = (operator.contains(">="), level.parse::<f64>()) else { continue };
        if !up && !operator.contains("<=") {
            continue;
        }
        let there = conjuncts(entry).iter().any(|condition| {
            sides(condition).is_some_and(|(other, way, from)| {
                let above = way.contains('>') || way.contains("above");
                let beyond = from.parse::<f64>().is_ok_and(|from| if up { from >= number } else { from <= number });
                other == line && above == up && beyond
            })
        });
        if there {
            let turned = format!("{line} {} {level}", if up { "<=" } else { ">=" });
            scene.assume(format!("the exit of {}s at {level} is read as reached from its entry: {turned}", side.key()));
            exit.replace(part, &turned);
        }
    }
}

/// A level that lies before the trade by its name: the upper band for a long.
fn ahead(level: &str, side: Side) -> bool {
    let line = level.rsplit('.').next().unwrap_or_default();
    matches!((line, side), ("upper" | "high", Side::Long) | ("lower" | "low", Side::Short))
}

/// True where the entry goes with the price: then a level may as well lie behind it.
fn follows(entry: &str, side: Side) -> bool {
    conjuncts(entry).iter().filter_map(|part| sides(part)).any(|(left, operator, _)| {
        let up = operator.contains('>') || operator.contains("above");
        left == "close" && up == (side == Side::Long)
    })
}

/// A cross whose direction the text left open, as an exit: from the side of the level on which the entry stands, else
/// against the trade.
pub(crate) fn crossed(text: &str, side: Side, entry: &str) -> String {
    let upwards = stands_above(entry, text).map_or(side == Side::Short, |above| !above);
    if upwards {
        text.replace("crosses below", "crosses above")
    } else {
        text.replace("crosses above", "crosses below")
    }
}

/// The same for an exit of both sides, with the plan's line of it.
pub(crate) fn turned(text: &str, side: Side, entry: &str, plan: &mut [PlanItem]) -> String {
    let found = crossed(text, side, entry);
    let line = plan.iter_mut().rev().find(|item| item.became.starts_with(&format!("exit: {text}")));
    if let Some(item) = line.filter(|_| found != text && text.contains(" crosses ")) {
        item.became = format!("{} ({}s: {found})", item.became, side.key());
    }
    found
}

/// The crosses of a side's own exit whose direction the text left open.
pub(crate) fn against(rule: &mut Rule, plan: &mut [PlanItem], entry: &str, side: Side, scene: &Scene<'_>) {
    let said = rule.clone();
    for (joint, text) in rule.take() {
        let open = text.contains(" crosses ") && scene.undirected.borrow().contains(&text);
        rule.add(joint, if open { crossed(&text, side, entry) } else { text });
    }
    replanned(plan, side, said, rule.clone());
}

/// A level that a value returns to, as an exit: at or beyond it, from where the entry was. `None`: the entry does not say.
pub(crate) fn returned(text: &str, entry: &str, side: Side, scene: &Scene<'_>) -> Option<String> {
    let reached = sides(text).is_some_and(|(_, operator, _)| matches!(operator, " >= " | " <= "));
    if !reached || !scene.undirected.borrow().iter().any(|open| open == text) {
        return Some(text.to_owned());
    }
    let (value, _, level) = sides(text)?;
    if matches!(value, "low" | "high") {
        return Some(match above(entry, level).or_else(|| came_from(entry, level)) {
            Some(true) => format!("low <= {level}"),
            Some(false) => format!("high >= {level}"),
            None => behind(level, side, scene),
        });
    }
    let operator = if stands_above(entry, text)? { "<=" } else { ">=" };
    Some(format!("{value} {operator} {level}"))
}

/// A level that the price comes back to, where the entry does not say from which side: behind the trade, which is said.
fn behind(level: &str, side: Side, scene: &Scene<'_>) -> String {
    let text = if side == Side::Long { format!("low <= {level}") } else { format!("high >= {level}") };
    scene.assume(format!("the exit of {}s at {level} is read as coming back to it: {text}", side.key()));
    text
}

/// A cross of the price short of the level comes from this side of it: true from above.
fn came_from(entry: &str, level: &str) -> Option<bool> {
    if entry.contains(" or ") {
        return None;
    }
    conjuncts(entry).iter().find_map(|part| match sides(part)? {
        ("close", " crosses above ", line) if order(line, level)? == Ordering::Less => Some(false),
        ("close", " crosses below ", line) if order(line, level)? == Ordering::Greater => Some(true),
        _ => None,
    })
}

/// The rule of an exit with such levels as the entry has them.
///
/// # Errors
/// Where the entry does not say from which side a level is reached.
pub(crate) fn returning(rule: &mut Rule, entry: &str, side: Side, scene: &Scene<'_>) -> Result<(), DraftFailure> {
    let mut turned = Rule::default();
    for (joint, text) in rule.take() {
        let Some(found) = returned(&text, entry, side, scene) else {
            return Err(DraftFailure::new(
                format!("the {} entry does not say from which side \"{text}\" is reached", side.key()),
                "say \"rises above\" or \"falls below\" for each side",
            ));
        };
        turned.add(joint, found);
    }
    *rule = turned;
    Ok(())
}

/// The plan's line of an exit whose level is reached from another side than it says.
pub(crate) fn replanned(plan: &mut [PlanItem], side: Side, before: Rule, after: Rule) {
    let (mut before, mut after) = (before, after);
    for ((_, old), (_, new)) in before.take().into_iter().zip(after.take()) {
        let line =
            plan.iter().rposition(|item| item.became.starts_with("exit") && item.became.ends_with(&format!(": {old}")));
        if let Some(item) = line.and_then(|at| plan.get_mut(at)).filter(|_| old != new) {
            item.became = format!("{} ({}s: {new})", item.became, side.key());
        }
    }
}

/// True where the entry leaves the crossing value above its level: "RSI under 30" is below 50.
fn stands_above(entry: &str, text: &str) -> Option<bool> {
    let (value, _, level) = sides(text)?;
    let level: f64 = level.parse().ok()?;
    if entry.contains(" or ") {
        return None;
    }
    conjuncts(entry).iter().filter(|part| !part.contains(" within ")).find_map(|part| {
        let (left, operator, right) = sides(part.split(" for ").next()?)?;
        let right: f64 = right.parse().ok()?;
        let up = operator.contains('>') || operator.contains("above");
        let known = left == value && if up { right >= level } else { right <= level };
        // A cross short of the level comes from this side of it.
        let short_of = left == value && operator.contains("crosses") && !known;
        if short_of { Some(!up) } else { known.then_some(up) }
    })
}

/// Where the price is at the entry: true above the level, false below, `None` where the entry does not say.
fn above(entry: &str, level: &str) -> Option<bool> {
    if entry.contains(" or ") {
        return None;
    }
    conjuncts(entry).iter().filter(|part| !part.contains(" within ")).find_map(|part| {
        let lasting = part.split(" for ").next()?;
        let (left, operator, right) = sides(lasting)?;
        let up = operator.contains('>') || operator.contains("above");
        let price = left.starts_with("session.open") || matches!(left, "close" | "open");
        let extreme = left == if up { "low" } else { "high" };
        let (price, right) = match left {
            "gap" | "gap.percent"
                if right.parse::<f64>().is_ok_and(|size| if up { size >= 0.0 } else { size <= 0.0 }) =>
            {
                (true, "previous_day.close")
            }
            _ => (price || extreme, right),
        };
        match (order(right, level)?, up) {
            _ if !price => None,
            (Ordering::Greater | Ordering::Equal, true) => Some(true),
            (Ordering::Less | Ordering::Equal, false) => Some(false),
            (Ordering::Greater, false) | (Ordering::Less, true) => None,
        }
    })
}

/// True for an exit that the entry leaves true at once: "close < 50" of an entry below 30.
pub(crate) fn at_once(entry: &str, exit: &str) -> bool {
    let Some((value, operator, level)) = sides(exit) else { return false };
    let there = match operator.trim() {
        ">" | ">=" => Some(true),
        "<" | "<=" => Some(false),
        _ => None,
    };
    let known = if matches!(value, "close" | "low" | "high") { above(entry, level) } else { stands_above(entry, exit) };
    there.is_some() && known == there
}

/// How a level lies to another, where their words alone tell.
fn order(one: &str, other: &str) -> Option<Ordering> {
    let one = one.strip_suffix("[1]").unwrap_or(one);
    if one == other {
        return Some(Ordering::Equal);
    }
    if let Some(moved) = one.strip_prefix(other) {
        let up = moved.starts_with(" + ") || moved.starts_with(" * 1.");
        let down = moved.starts_with(" - ") || moved.starts_with(" * 0.");
        return if up { Some(Ordering::Greater) } else { down.then_some(Ordering::Less) };
    }
    if let Some(found) = of_a_band(one, other).or_else(|| of_a_band(other, one).map(Ordering::reverse)) {
        return Some(found);
    }
    let (head, line) = one.rsplit_once('.')?;
    let (same, against) = other.rsplit_once('.')?;
    let place = |line: &str| match line {
        "lower" | "low" => Some(0),
        "middle" | "open" | "close" => Some(1),
        "upper" | "high" => Some(2),
        _ => None,
    };
    let (line, against) = (place(line)?, place(against)?);
    (head == same && line != against).then(|| line.cmp(&against))
}

/// How a band lies to the average in its middle: `bbands(close, 20, 2).lower` is under `sma(close, 20)`.
fn of_a_band(band: &str, average: &str) -> Option<Ordering> {
    let (call, line) = band.rsplit_once('.')?;
    let period = call.strip_prefix("bbands(close, ")?.split(',').next()?;
    if average != format!("sma(close, {period})") {
        return None;
    }
    match line {
        "lower" => Some(Ordering::Less),
        "middle" => Some(Ordering::Equal),
        "upper" => Some(Ordering::Greater),
        _ => None,
    }
}

/// A touch as an exit is of no direction, unless the entry says on which side of the level it leaves the price.
pub(crate) fn touched(exit: &mut Rule, entry: &str, side: Side, scene: &Scene<'_>) {
    let said = scene.touches.borrow().clone();
    // The exit of a side that is the mirror of the other touches the mirror of its level.
    let mirrored = said.iter().map(|(touch, _)| super::document::opposite(touch));
    let mirrored =
        mirrored.filter_map(|touch| sides(&touch).map(|(_, _, level)| level.to_owned()).map(|level| (touch, level)));
    for (touch, level) in said.iter().cloned().chain(mirrored) {
        let (from_above, from_below) = (format!("low <= {level}"), format!("high >= {level}"));
        let (touch, level) = (touch.as_str(), level.as_str());
        let text = match above(entry, level) {
            Some(true) => from_above,
            Some(false) => from_below,
            None if ahead(level, side) && !follows(entry, side) => continue,
            None => format!("{from_above} and {from_below}"),
        };
        exit.replace(touch, &text);
    }
}

/// `close at the middle band`, `exit at VWAP`: a level that moves, so a rule rather than a price.
pub(crate) fn exit_at(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Item> {
    let mut probe = *cursor;
    let _ = probe.eat("then|and");
    if !(probe.eat("exit|close|sell|cover|out|take") && {
        let _ = probe.eat("profit|profits|the|it|out|trade|position|longs|shorts|long|short");
        let _ = probe.eat("trade|position|it");
        true
    } || probe.eat("get out"))
    {
        return None;
    }
    if !probe.eat("back? at|near") || probe.sees("a|an") {
        return None;
    }
    let level = value::term(&mut probe, scene)?;
    if !matches!(level.class, Class::Level(_) | Class::Average) || is_bar(&level.text) {
        return None;
    }
    // "exit longs at the 10 bar low" is a loss, not a target.
    let words = cursor.tokens.get(cursor.at..probe.at).unwrap_or_default();
    let names = |sides: [&str; 2]| words.iter().any(|token| token.word().is_some_and(|word| sides.contains(&word)));
    let side = match (names(["long", "longs"]), names(["short", "shorts"])) {
        (true, false) => Some(Side::Long),
        (false, true) => Some(Side::Short),
        _ => None,
    };
    if side.is_some() {
        return None;
    }
    let (sells, covers) = (cursor.sees("then|and? sell"), cursor.sees("then|and? cover"));
    *cursor = probe;
    let of = |side: bool, text: String| if side { text } else { String::new() };
    let (long, short) = (format!("close >= {}", level.text), format!("close <= {}", level.text));
    Some(Item::ExitAt(of(!covers, long), of(!sells, short)))
}

/// `exit at the 10 bar low` where both sides are traded: the low of longs, of shorts the high.
pub(crate) fn extreme_of(text: String, side: Side, both: bool, scene: &Scene<'_>) -> String {
    let beyond = |way: &str, of: &str| {
        [format!("close {way} {of}("), format!("close crosses {} {of}(", if way == "<" { "below" } else { "above" })]
            .iter()
            .any(|start| text.starts_with(start.as_str()))
    };
    let other = match side {
        Side::Long => beyond(">", "highest"),
        Side::Short => beyond("<", "lowest"),
    };
    if !both || !other {
        return text;
    }
    scene.assume(
        "an exit at a low of the bars is that of longs; that of shorts is at the high, and the other way round",
    );
    super::document::opposite(&text)
}
