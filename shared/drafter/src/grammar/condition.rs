//! Conditions: a value and what is said of it, into an expression of the language.

use super::afterthoughts::{
    crossed, in_the_past, is_void, level_of_the_cross, of_the_range, of_the_wick, one_call, sized, turn_beyond,
};
use super::crossings;
use super::cursor::{Cursor, whole};
use super::names::{Class, Lean};
use super::nouns::{back_inside, near, noun, touched};
use super::pairs::{crossing_pair, pair};
use super::relation::{self, Relation, Said, Way};
use super::right_side::{hint, note_undirected, of_price, same_kind, several, several_averages};
use super::said_alone::alone;
use super::scene::{Scene, Side, Value};
use super::shapes;
use super::token::Kind;
use super::value::{self, Offset};

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
    let mut found = scene
        .attempt(|| super::either_of::either_of(&mut probe, scene))
        .or_else(|| scene.attempt(|| super::named_days::of_two(&mut probe, scene)))
        .or_else(|| scene.attempt(|| super::rising_noun::rising_noun(&mut probe, scene)))
        .or_else(|| shapes::shape(&mut probe, scene))
        .or_else(|| scene.attempt(|| crossing_pair(&mut probe, scene)))
        .or_else(|| scene.attempt(|| super::sided_pairs::sided_pair(&mut probe, scene)))
        .or_else(|| scene.attempt(|| super::bare_averages::lengths_cross(&mut probe, scene)))
        .or_else(|| scene.attempt(|| super::sweeps::sweep(&mut probe, scene)))
        .or_else(|| scene.attempt(|| said_of_value(&mut probe, scene)))
        .or_else(|| scene.attempt(|| noun(&mut probe, scene)))?;
    let words = cursor.tokens.get(cursor.at..probe.at).unwrap_or_default();
    if is_void(&found.text) || crossings::of_no_price(scene, &found.text, words) {
        return None;
    }
    found.text = crossings::passed(found.text);
    crossings::noted(scene, &found.text);
    let (plain, end) = (found.clone(), probe);
    repeated(&mut probe, &mut found);
    if shapes::days_of_other_bars(scene, end, probe) {
        (found, probe) = (plain, end);
    }
    crossings::before_another(scene, &found.text, probe);
    if not {
        found.text = format!("not ({})", found.text);
    }
    *cursor = probe;
    Some(found)
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
        .or_else(|| probe.one("# bars|candles|days|closes straight|running|consecutively"))
        .or_else(|| probe.one("# consecutive|straight bars|candles|closes|days"))
        .or_else(|| {
            // "rising over the last 10 bars" lasts that long; an event happens once in them.
            let trends = found.text.ends_with(" rising") || found.text.ends_with(" falling");
            let lasts = !found.text.contains(" crosses ");
            let over = "over|across|throughout the? last|past|previous|prior # bars|candles|days|periods";
            let in_them = "in|during the? last|past|previous|prior # bars|candles|days|periods";
            (lasts.then(|| probe.one(over)).flatten())
                .or_else(|| trends.then(|| probe.one(in_them).or_else(|| probe.one("# bars|candles"))).flatten())
        });
    if let Some(bars) = counted.and_then(whole) {
        let _ = probe.eat("straight|running|consecutively");
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

/// The direction: as said, else as the level lies, else as the side trades.
pub(crate) fn resolve(scene: &Scene<'_>, way: Way, right: Option<&Value>) -> bool {
    match (way, right.map(|right| right.class)) {
        (Way::Up, _) => true,
        (Way::Down, _) => false,
        (Way::Open, Some(Class::Level(Lean::Above))) => true,
        (Way::Open, Some(Class::Level(Lean::Below))) => false,
        (Way::Open, _) => {
            if scene.side.get().is_none() {
                scene.ask_for_direction("crosses");
            }
            scene.side() == Side::Long
        }
    }
}

/// The condition of two values, remembered for what follows.
pub(crate) fn compared(scene: &Scene<'_>, left: &Value, operator: &str, right: &Value) -> Condition {
    let price = Value::new("close", Class::Price);
    let left = if super::right_side::no_price(left, right) {
        scene.assume(format!("what is compared with {} is read as the price", right.text));
        &price
    } else {
        left
    };
    let right = shifted(left, right, operator);
    if left.text.contains("('")
        && !left.text.contains('.')
        && right.class == Class::Average
        && !right.text.contains('\'')
    {
        scene.assume(format!("{} is of the strategy's own bars", right.text));
    }
    super::crossings::remember(scene, left, operator, &right);
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
    let words = cursor.tokens.get(cursor.at..probe.at).unwrap_or_default();
    scene.pronoun.set(words.iter().any(|token| matches!(token.word(), Some("it" | "they"))));
    let plain = !cursor.tokens.get(cursor.at..probe.at)?.iter().any(|token| matches!(token.kind, Kind::Number(_)));
    let _ = probe.eat("that|which") || (probe.sees(", is|are") && probe.eat(","));
    let past = probe.sees("was|were");
    let wick = probe.sees("pokes|poke|poked|pierces|pierced|wicks|wicked");
    let range = left.row == "opening_range"
        && !words
            .iter()
            .any(|token| matches!(token.word(), Some("high" | "highs" | "low" | "lows" | "top" | "bottom")));
    let left = sized(probe, scene, words, left);
    let range = range || left.row == "opening_range" && words.iter().any(|token| token.word() == Some("range"));
    let said = crossings::said_fitting(&mut probe, scene, left, scene.pronoun.get());
    scene.pronoun.set(false);
    let mut found = said?;
    if range {
        found.text = of_the_range(found.text)?;
    }
    if wick {
        // What pokes above a level is the high.
        found.text = of_the_wick(&found.text);
    }
    if let Some(cross) = crossed(&mut probe, &found.text) {
        found.text = cross;
    }
    if let Some(turn) = turn_beyond(&mut probe, &found.text) {
        found.text = turn;
    }
    if let Some(where_it_crosses) = level_of_the_cross(&mut probe, &found.text) {
        found.text = where_it_crosses;
    }
    if past {
        found.text = in_the_past(&mut probe, found.text);
    }
    if plain {
        found.text = one_call(found.text);
    }
    *cursor = probe;
    Some(found)
}

/// `the 9 crosses above the 21 EMA`: a number that takes its kind from the other side.
fn average_follows(cursor: Cursor<'_>) -> bool {
    // "the 15 is above its 50 EMA": the 15 is a chart.
    !cursor.sees("is|closes|crosses|trades? above|below|over|under its")
        && cursor.sees("crosses|cross|crossing|above|below|is|>|<|over|under|crossed")
}

pub(crate) fn both(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<(Value, Value)> {
    let mut probe = *cursor;
    let last = scene.last.borrow().clone();
    if let Some((first, Some(second))) = last
        && first.class != Class::Number
        && second.class != Class::Number
        && (probe.eat("both of? them|these?")
            || probe.eat("they|these are? both")
            || probe.eat("the? both lines?")
            || probe.eat("the two lines?"))
        && probe.sees("are|is|both|above|below|over|under|>|<|were|stay|remain|must|being|rising|falling")
    {
        probe.eat("are|is");
        probe.eat("both");
        *cursor = probe;
        scene.assume(format!("\"both\" is read as {} and {}", first.text, second.text));
        return Some((first, second));
    }
    probe = *cursor;
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
    let mut area = *cursor;
    if let Some((said @ (Said::LeavesOverbought | Said::LeavesOversold), false)) = relation::said(&mut area)
        && let Some(found) = scene.attempt(|| alone(scene, &left, said, &mut area))
    {
        *cursor = area;
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
    let less = probe.eat("<") || probe.eat("less|under|fewer than");
    let more = less
        || probe.eat(">")
        || probe.eat("more|greater|bigger|higher than")
        || probe.eat("at least")
        || probe.eat("over");
    let verb = Cursor::new(probe.tokens, probe.at.wrapping_sub(1));
    let (fell, rose) = (verb.sees("drops|falls"), verb.sees("rises"));
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
        None if (fell || rose) && probe.eat("from|off|since|vs|versus") => rose,
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
    // What another market moved from is not a price of this one.
    if left.text.contains(" of ") && base.class != Class::Number && !base.text.contains(" of ") {
        return None;
    }
    let level = super::indicator::of_the_same_bars(offset, &base, scene).on(&base, up);
    *cursor = probe;
    let event = event && direction.is_none() && !less;
    if less {
        scene.assume(format!(
            "{} is read as no further than {}, on either side of {}",
            left.text, level.text, base.text
        ));
    }
    let operator = match (event, up != less) {
        (true, true) => "crosses above",
        (true, false) => "crosses below",
        (false, true) => ">",
        (false, false) => "<",
    };
    Some(compared(scene, left, operator, &level))
}

impl Cursor<'_> {
    /// True at a pause and before a word that joins conditions.
    pub(crate) fn is_pause_or_joint(&self) -> bool {
        // A spaced slash lists, "->" leads to what is done.
        let mark = self.peek().is_some_and(|token| {
            token.is_mark('&') || token.is_mark('+') && !token.glued || token.is_mark('/') && !token.glued
        });
        self.is_pause()
            || mark
            || self.sees("provided|unless|whenever|once|means")
            || self.sees("as long|soon")
            || self.sees("i|im|we am|are|will|would|want? to? go|long|short|buy|sell|enter|get")
            || self.sees("every time")
            || self.sees("and|or|but|with|while|when|if|then|for|on|,|)|stop|exit|go|buy|short|sell|in|plus|long")
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
            let (left, right) = crossings::both(&mut probe, scene, left, way)?;
            hint(scene, &left, &right);
            let left = of_price(scene, same_kind(left, &right), &right);
            let way = crossings::way_behind(&mut probe, way);
            *cursor = probe;
            let up = resolve(scene, way, Some(&right));
            // A bar that closes above its own open is a bar that rose.
            let own = left.text == "close" && right.text == "open";
            let word = match (own, up) {
                (true, true) => ">",
                (true, false) => "<",
                (false, true) => "crosses above",
                (false, false) => "crosses below",
            };
            let found = several(cursor, scene, &left, word, &right);
            note_undirected(scene, way, &right, &found.text);
            Some(found)
        }
        Relation::Compare(operator) => {
            let mut probe = *cursor;
            probe.eat("both|all|either");
            let level_like = matches!(left.class, Class::Price | Class::Average | Class::Level(_));
            let mut paired = probe;
            if level_like
                && let Some((first, second)) = scene.attempt(|| pair(&mut paired, scene))
                && paired.is_pause_or_joint()
                && !paired.sees("crosses|is|cross")
            {
                *cursor = paired;
                let one = compared(scene, &left, operator, &first);
                let two = compared(scene, &left, operator, &second);
                return Some(Condition::new(format!("{} and {}", one.text, two.text)));
            }
            if let Some(found) = scene.attempt(|| several_averages(&mut probe, scene, &left, operator)) {
                *cursor = probe;
                return Some(found);
            }
            if let Some((right, operator)) = super::elided::elided(cursor, scene, &left, operator) {
                return Some(compared(scene, &left, operator, &right));
            }
            let outside =
                cursor.at.checked_sub(1).is_some_and(|at| Cursor::new(cursor.tokens, at).sees("outside|beyond"));
            let right = super::right_side::of_state(cursor, &mut probe, scene, &left)?;
            let (left, right) = crossings::averages_alone(scene, left, right);
            let operator = match right.class {
                Class::Level(Lean::Below) if outside => "<",
                Class::Level(Lean::Either) if outside => return None,
                _ => operator,
            };
            hint(scene, &left, &right);
            let left = of_price(scene, same_kind(left, &right), &right);
            *cursor = probe;
            Some(several(cursor, scene, &left, operator, &right))
        }
    }
}

pub(crate) fn between(cursor: &mut Cursor<'_>, scene: &Scene<'_>, left: &Value) -> Option<Condition> {
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
