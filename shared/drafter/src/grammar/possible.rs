//! Rules that can hold: what excludes itself is a contradiction, what follows itself is one thing said twice.

use super::calls::{conjuncts, sides as sides_of};
use super::scene::Scene;
use ports::drafter::{DraftFailure, Question};

/// A rule that can hold: "below for 10 bars, then crosses above" looks a bar back, and two sides of one level are a
/// contradiction.
pub(crate) fn possible(text: &str, place: &str, scene: &Scene<'_>) -> Result<String, DraftFailure> {
    let mut parts = conjuncts(text);
    for first in 0..parts.len() {
        for second in 0..parts.len() {
            let (Some(one), Some(two)) = (parts.get(first).cloned(), parts.get(second).cloned()) else { continue };
            if first != second
                && let Some(state) = back_from(&one, &two)
            {
                scene.assume(format!("\"{two}\" is read as the close of the bar that touches: {state}"));
                parts.remove(second);
                if !parts.contains(&state) {
                    parts.insert(second, state);
                }
                return possible(&parts.join(" and "), place, scene);
            }
            if first != second
                && let Some(earlier) = lasted_since(&one, &two)
            {
                if let Some(slot) = parts.get_mut(first) {
                    *slot = earlier;
                }
                return possible(&parts.join(" and "), place, scene);
            }
            if first == second || !opposed(&one, &two) {
                continue;
            }
            if one.ends_with(" bars") && two.contains(" crosses ") {
                if let Some(slot) = parts.get_mut(first) {
                    *slot = format!("({one})[1]");
                }
                continue;
            }
            if two.ends_with(" bars") && one.contains(" crosses ") {
                continue;
            }
            if second > first
                && let (Some((left, before, level)), Some((right, after, same))) = (sides_of(&one), sides_of(&two))
                && (left, level) == (right, same)
                && before.contains("crosses")
                && after.contains("crosses")
                && (scene.changing.get()
                    || scene.followed.borrow().iter().any(|(first, then)| *first == one && *then == two))
            {
                // "falls under 30, then crosses back above 30": the second says the first.
                scene.assume(format!("\"{two}\" is read as coming after \"{one}\""));
                parts.remove(first);
                return possible(&parts.join(" and "), place, scene);
            }
            if ["high", "low"].iter().any(|extreme| one.starts_with(extreme)) && two.starts_with("close crosses") {
                // "the high takes out X but the bar closes back below it": where it closes is a state.
                if let Some(slot) = parts.get_mut(second) {
                    *slot = two.replace(" crosses above ", " > ").replace(" crosses below ", " < ");
                }
                continue;
            }
            return Err(DraftFailure::asking(
                format!("{place} can never hold: \"{one}\" and \"{two}\" exclude each other"),
                Question::new(format!("{one} and {two}"), [one.clone(), two.clone()]),
                "say which of them is meant, or on which bars each is looked for",
            ));
        }
    }
    Ok(parts.join(" and "))
}

/// What was named without what it needs.
///
/// # Errors
/// Then it is asked for; a cross without a direction only where `directed`.
pub(crate) fn complete(scene: &Scene<'_>, directed: bool) -> Result<(), DraftFailure> {
    let open = scene.open.borrow();
    let Some((phrase, what)) = open.iter().find(|(phrase, _)| phrase != "crosses" || directed) else { return Ok(()) };
    let direction = what.contains("direction");
    let choices: &[&str] = if direction {
        &["go long when it crosses above", "go short when it crosses below"]
    } else {
        &["20 bars", "50 bars", "200 bars"]
    };
    Err(DraftFailure::asking(
        what.clone(),
        Question::new(phrase.clone(), choices.iter().map(|choice| (*choice).to_owned())),
        if direction {
            "say \"go long when … crosses above …\""
        } else {
            "write it with its number, for example \"the 20 EMA\""
        },
    ))
}

/// True where one condition says above and the other below the same level.
pub(crate) fn opposed(one: &str, two: &str) -> bool {
    let plain = |text: &str| text.split(" for ").next().unwrap_or(text).to_owned();
    if one.contains(" within ") || two.contains(" within ") || one.contains(" or ") || two.contains(" or ") {
        return false;
    }
    let (one, two) = (plain(one), plain(two));
    if one == "inside_bar() > 0" && leaves_the_bar_before(&two) || beyond_the_day(&one) && back_in_the_bar_before(&two)
    {
        return true;
    }
    // Both look at the bar that closes.
    let moved = |text: &str, way: &str| text.split_once(way).map(|(value, _)| value.to_owned());
    if let (Some(up), Some(down)) = (moved(&one, " rising"), moved(&two, " falling")) {
        return up == down && !one.contains("not ") && !two.contains("not ");
    }
    match (sides_of(&one), sides_of(&two)) {
        (Some((left, operator, right)), Some((other, reverse, level))) => {
            let up = |operator: &str| matches!(operator, " > " | " crosses above ");
            let down = |operator: &str| matches!(operator, " < " | " crosses below ");
            let apart = match (right.parse::<f64>(), level.parse::<f64>()) {
                (Ok(above), Ok(below)) => above >= below,
                _ => right == level || ends_of_one(right, level),
            };
            // Above the upper band, and at the lower one.
            let both_ends =
                left == "close" && other == "low" && up(operator) && reverse == " <= " && ends_of_one(right, level)
                    || left == "close"
                        && other == "high"
                        && down(operator)
                        && reverse == " >= "
                        && ends_of_one(level, right);
            let back = matches!(left, "high" | "low") && other == "close" && two.contains(" crosses ");
            both_ends
                || left == other && up(operator) && down(reverse) && apart
                || back
                    && right == level
                    && (left == "high" && up(operator) && down(reverse)
                        || left == "low" && down(operator) && up(reverse))
                || left == other && down(operator) && up(reverse) && right == level
        }
        _ => false,
    }
}

/// True for a close beyond what the day had reached.
fn beyond_the_day(condition: &str) -> bool {
    [
        "close < session.low[1]",
        "close crosses below session.low[1]",
        "close > session.high[1]",
        "close crosses above session.high[1]",
    ]
    .contains(&condition)
}

/// True for a close back inside the bar before, which no close beyond the day's extremes is.
fn back_in_the_bar_before(condition: &str) -> bool {
    ["close > low[1]", "close crosses above low[1]", "close < high[1]", "close crosses below high[1]"]
        .contains(&condition)
}

/// True for a close beyond the bar before, which no inside bar has.
fn leaves_the_bar_before(condition: &str) -> bool {
    sides_of(condition).is_some_and(|(left, operator, level)| {
        let up = matches!(operator, " > " | " crosses above ");
        let down = matches!(operator, " < " | " crosses below ");
        left == "close" && (up && level == "high[1]" || down && level == "low[1]")
    })
}

/// True for the upper and the lower end of one thing: no price is beyond both.
fn ends_of_one(upper: &str, lower: &str) -> bool {
    let named = [(".upper", ".lower"), (".high", ".low")].iter().any(|(above, below)| {
        upper.strip_suffix(above).zip(lower.strip_suffix(below)).is_some_and(|(one, other)| one == other)
    });
    let last = |text: &str, call: &str| text.starts_with(call) && text.ends_with("[1]");
    named || last(upper, "highest(high,") && last(lower, "lowest(low,")
}

/// "touches X and closes back above it": the close is beyond the level again, wherever the one before it was.
fn back_from(touch: &str, cross: &str) -> Option<String> {
    let (extreme, reached, level) = sides_of(touch)?;
    let (close, crosses, same) = sides_of(cross)?;
    let state = match (extreme, reached.trim(), crosses.trim()) {
        ("low", "<=", "crosses above") => '>',
        ("high", ">=", "crosses below") => '<',
        _ => return None,
    };
    (close == "close" && level == same).then(|| format!("close {state} {level}"))
}

/// "A crosses above B" beside "A > B for 2 bars": it crossed where those bars began.
fn lasted_since(cross: &str, lasting: &str) -> Option<String> {
    let (state, bars) = lasting.strip_suffix(" bars")?.rsplit_once(" for ")?;
    let (left, operator, right) = sides_of(cross)?;
    let way = if operator == " crosses above " { " > " } else { " < " };
    let bars: u32 = bars.parse().ok().filter(|bars| *bars > 1)?;
    let same = operator.contains("crosses") && state == format!("{left}{way}{right}");
    same.then(|| format!("({cross})[{}]", bars - 1))
}
