//! Targets: distances, prices, ratios of reward to risk, partial exits.

use super::cursor::Cursor;
use super::distance::{distance, number};
use super::exits::{Place, TARGET, for_side, lead, place_or_distance, price_level};
use super::scene::Scene;
use super::setting::Setting;
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};

pub(crate) fn target_word(cursor: &mut Cursor<'_>) -> bool {
    cursor.eat("profit target|targets")
        || cursor.eat("take profit|profits")
        || cursor.eat("price target")
        || cursor.eat(TARGET)
        || cursor.eat("profit|gain|winner")
}

/// `40 point target`, `TP 2R`, `target the upper band`, `take profit at 3%`.
pub(crate) fn target(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    lead(cursor);
    let mut probe = *cursor;
    if let Some(mut found) = scene.attempt(|| distance(&mut probe, scene))
        && {
            let _ = probe.eat("for|as") && probe.eat("the|my|a|your");
            true
        }
        && (target_word(&mut probe) && !probe.sees("lock") || cursor.sees("# r") && probe.eat("exit"))
    {
        if probe.sees("per day|for the day|in a day|a day|today") {
            return None;
        }
        if cursor.sees("a|an|the? atr") {
            super::exits::multiple_behind(cursor, &mut probe, scene, &mut found)?;
        }
        *cursor = probe;
        let side = for_side(cursor);
        return Some(vec![Setting::distance("take_profit", side, found)]);
    }
    let mut probe = *cursor;
    let taken = probe
        .eat("exit|sell|close|cover|take|book|cash|get|profit|bail|out out? at|for|with|after|on a|an|my?")
        || probe.eat("or at|after a?")
        || probe.eat("just take");
    let aimed = probe.eat("aim|aiming|shoot|shooting|go|going|look|looking|play|playing for|at a|an|about?");
    let taken = taken || aimed;
    if taken
        && let Some(found) = distance(&mut probe, scene)
        && (target_word(&mut probe)
            || found.contains_key("r")
            || aimed && probe.is_pause_or_joint()
            || cursor.sees("just take|book")
            || probe.eat("above|over the? entry"))
        && !probe.sees("per day|for the day|in a day|a day|loss")
    {
        *cursor = probe;
        return Some(vec![Setting::distance("take_profit", None, found)]);
    }
    let mut probe = *cursor;
    if let Some(r) = probe.one("# r")
        && (probe.is_pause() || probe.sees("and|with"))
        && cursor
            .at
            .checked_sub(1)
            .and_then(|at| cursor.tokens.get(at))
            .is_none_or(|before| before.word().is_none_or(|word| word == "and"))
    {
        scene.assume(format!("{r}R alone is read as the target"));
        *cursor = probe;
        return Some(vec![Setting::distance("take_profit", None, Map::from_iter([("r".to_owned(), number(r))]))]);
    }
    let side = for_side(cursor);
    if !target_word(cursor) {
        return None;
    }
    let side = side.or_else(|| for_side(cursor));
    cursor.eat("is|of|:|=|at|will|should|must|set|-|to|on|when");
    cursor.eat("be|is|at|price|set|to|of");
    cursor.eat("reaches|hits|touches|at|the");
    place_or_distance(cursor, scene, side, Place::Target)
}

/// `2:1 reward to risk`, `1:2 RR`, `risk reward of 1:3`, `1 to 2 risk/reward`.
pub(crate) fn risk_reward(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Vec<Setting>> {
    lead(cursor);
    cursor.eat("target|tp|with|of|take|profit");
    cursor.eat("profit|at|of|a|is");
    cursor.eat("at|of|a");
    const NAMES: [&str; 9] = [
        "risk / reward ratio?",
        "reward / risk ratio?",
        "risk to? reward ratio?",
        "reward to|: risk ratio?",
        "risk : reward ratio?",
        "r / r ratio?",
        "rr ratio?",
        "r : r ratio?",
        "rrr",
    ];
    let named = NAMES.iter().any(|name| cursor.eat(name));
    cursor.eat("of|is|:|=|at");
    cursor.eat("at|least");
    let (first, second) = if let Some(numbers) = cursor.numbers("# :|to|/ #") {
        (*numbers.first()?, *numbers.get(1)?)
    } else if named {
        (cursor.number()?, Decimal::ONE)
    } else if let crate::grammar::token::Kind::Clock(minutes) = cursor.peek()?.kind {
        cursor.at += 1;
        (Decimal::from(minutes / 60), Decimal::from(minutes % 60))
    } else {
        return None;
    };
    let after = NAMES.iter().any(|name| cursor.eat(name)) || cursor.eat("ratio|target|tp");
    if !named && !after || first.is_zero() || second.is_zero() {
        return None;
    }
    cursor.eat("target|tp|ratio");
    let r = first.max(second) / first.min(second);
    let distance = Map::from_iter([("r".to_owned(), number(r))]);
    Some(vec![Setting::distance("take_profit", None, distance)])
}

/// `take half at 1R and the rest at 3R`, `TP1 15 pts for half, TP2 45 pts for the rest`.
pub(crate) fn partials(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    lead(cursor);
    let mut legs: Vec<Json> = Vec::new();
    let mut probe = *cursor;
    let mut even = None;
    loop {
        let mut leg = probe;
        if legs.len() == 1 && even.is_none() {
            // "half at 1R then be, rest at 3R".
            let _ = leg.eat(",");
            even = scene.attempt(|| super::trailing::break_even(&mut leg, scene));
            probe = if even.is_some() { leg } else { probe };
            leg = probe;
        }
        if !legs.is_empty() {
            let _ = leg.eat(",") || leg.eat(";") || next_line(&mut leg);
            let _ = leg.eat("and|then|with");
            leg.eat("then|let|leave|take|exit|the");
        }
        let first = leg;
        let noted = scene.assumptions.borrow().len();
        let Some(found) = partial(&mut leg, scene, !legs.is_empty()) else { break };
        let Some(found) = in_the_unit_before(found, legs.last(), scene, (first, leg), noted) else { break };
        legs.push(found);
        probe = leg;
    }
    if legs.len() == 1 && said_of_the_rest(*cursor) {
        return None;
    }
    if legs.len() == 1 && even.is_none() && cursor.sees("# %|percent") {
        // "50% at 1R" without a verb is a part only where another follows.
        return None;
    }
    let fractions = legs.iter().filter(|leg| leg.get("fraction").is_some()).count();
    if fractions == 0 {
        return None;
    }
    if fractions == legs.len() {
        // Everything is taken: the last leg closes what is left.
        let total: f64 = legs.iter().filter_map(|leg| leg.get("fraction").and_then(Json::as_f64)).sum();
        if total >= 0.999
            && let Some(last) = legs.last_mut().and_then(Json::as_object_mut)
        {
            last.remove("fraction");
        }
    }
    *cursor = probe;
    let mut settings = vec![Setting::value("/exit/take_profit", Json::from(legs))];
    settings.extend(even.unwrap_or_default());
    Some(settings)
}

/// `the second half at 3R` alone: what the first half does was not read.
fn said_of_the_rest(mut cursor: Cursor<'_>) -> bool {
    cursor.eat("take|sell|close|exit|let|leave");
    cursor.eat("the");
    cursor.sees("other|second|remaining|final|last half|third|quarter|part")
}

/// A target of its own line, with its label.
fn next_line(cursor: &mut Cursor<'_>) -> bool {
    let mut probe = *cursor;
    let line = probe.eat("\n");
    probe.eat("-");
    let found = line && probe.sees("tp|target|t #");
    if found {
        *cursor = probe;
    }
    found
}

/// `1:1 half`, `runner to 3:1`: the reward for one of risk.
fn ratio(cursor: &mut Cursor<'_>) -> Option<Map<String, Json>> {
    let mut probe = *cursor;
    let numbers = probe.numbers("# : #")?;
    let [first, second] = numbers.as_slice() else { return None };
    let small = |amount: &Decimal| *amount > Decimal::ZERO && *amount <= Decimal::TEN;
    if !(small(first) && small(second) && (*first == Decimal::ONE || *second == Decimal::ONE)) {
        return None;
    }
    probe.eat("rr|r|reward");
    *cursor = probe;
    let r = (*first.max(second) / *first.min(second)).round_dp(4);
    Some(Map::from_iter([("r".to_owned(), number(r))]))
}

/// `half at 30 ticks, half at 60`: a number alone is measured like the leg before.
fn in_the_unit_before(
    leg: Json,
    before: Option<&Json>,
    scene: &Scene<'_>,
    (from, to): (Cursor<'_>, Cursor<'_>),
    noted: usize,
) -> Option<Json> {
    let said = from.tokens.get(from.at..to.at).unwrap_or_default();
    let unit = said.iter().any(|token| {
        token.word().is_some_and(|word| matches!(word, "point" | "points" | "pt" | "pts" | "handle" | "handles"))
    });
    let known = before.and_then(Json::as_object);
    let unit_before = known.and_then(|known| known.keys().find(|key| !matches!(key.as_str(), "fraction" | "period")));
    let (Some(points), Some(unit_before)) = (leg.get("points").filter(|_| !unit).cloned(), unit_before) else {
        return Some(leg);
    };
    if unit_before == "points" || scene.assumptions.borrow().len() == noted {
        return Some(leg);
    }
    // "half at 2 ATR, half at 60": 60 of what?
    if !matches!(unit_before.as_str(), "ticks" | "percent" | "money") {
        return None;
    }
    scene.assumptions.borrow_mut().truncate(noted);
    let mut map = leg.as_object().cloned()?;
    map.remove("points");
    scene.assume(format!("{points} without a unit is read as {unit_before}, like the target before it"));
    map.insert(unit_before.clone(), points);
    Some(Json::Object(map))
}

pub(crate) fn fraction(cursor: &mut Cursor<'_>) -> Option<Option<Decimal>> {
    let mut probe = *cursor;
    // "buy the second half under 5, half at 10 and half at 5": parts of an entry.
    let sentence = (0..cursor.at).rev().take_while(|at| !Cursor::new(cursor.tokens, *at).sees(".|;|\n"));
    if sentence
        .into_iter()
        .any(|at| Cursor::new(cursor.tokens, at).sees("buy|add|enter|short the|a second|other|another half"))
    {
        return None;
    }
    let bracket = probe.eat("(");
    probe.eat("for|on|the|off|a|out");
    probe.eat("the|another|other|a|remaining|first|second|final|last");
    let found = if probe.eat("rest|remainder|remaining|runner|balance") {
        probe.eat("half|position");
        None
    } else if probe.eat("half|1/2") || probe.numbers("# half").is_some() {
        Some(Decimal::new(5, 1))
    } else if probe.eat("a? third") || probe.eat("1/3") {
        Some((Decimal::ONE / Decimal::from(3)).round_dp(4))
    } else if probe.eat("two thirds") {
        Some((Decimal::TWO / Decimal::from(3)).round_dp(4))
    } else if probe.eat("quarter|fourth") {
        Some(Decimal::new(25, 2))
    } else if let Some(part) = quotient(&mut probe) {
        Some(part)
    } else if let Some(percent) = probe.one("# %|percent") {
        (percent < Decimal::ONE_HUNDRED).then(|| percent / Decimal::ONE_HUNDRED)
    } else {
        return None;
    };
    let _ = probe.eat("of|off the?") && probe.eat("position|it|trade|size|contracts|off|table");
    probe.eat("position|off|it");
    let _ = probe.eat("the table");
    if bracket && !probe.eat(")") {
        return None;
    }
    *cursor = probe;
    Some(found)
}

/// `1/3`, `2/3`, `1/2` of the position.
fn quotient(cursor: &mut Cursor<'_>) -> Option<Decimal> {
    let mut probe = *cursor;
    let first = probe.number()?;
    let part = if first == Decimal::new(5, 1) {
        first
    } else {
        if !probe.eat("/") {
            return None;
        }
        let whole = probe.number().filter(|whole| *whole > first && *whole <= Decimal::TEN)?;
        (first / whole).round_dp(4)
    };
    if first <= Decimal::ZERO || !probe.sees("at|off|of|on|out|position") {
        return None;
    }
    *cursor = probe;
    Some(part)
}

/// One leg, its share before or behind the distance.
pub(crate) fn partial(cursor: &mut Cursor<'_>, scene: &Scene<'_>, further: bool) -> Option<Json> {
    let mut probe = *cursor;
    let verb = probe.eat("take|sell|close|exit|scale|peel|cover|bank|cut|book|let");
    let _ = verb && probe.eat("out|off|profit|profits");
    let before = probe;
    let mut share = fraction(&mut probe);
    if share.is_some() && !verb && !further && before.sees("# %|percent") && !probe.sees("at # r|points|pts|ticks|atr")
    {
        return None;
    }
    if share.is_some() {
        let run = probe.eat("run|runs|go|at|to");
        let _ = run;
        probe.eat("at|to|for|target|with|is|a|off|out");
        probe.eat("at|to|the|a");
        probe.eat("target|tp|second|a");
    } else {
        let label = probe.eat("tp|target|t");
        if label && Cursor::new(probe.tokens, probe.at + 1).sees(":|=|at") && probe.sees("#") {
            probe.at += 1;
        }
        let _ = label || (further && probe.eat("the|second|next"));
        let numbered = probe
            .peek()
            .is_some_and(|token| token.glued && matches!(token.kind, crate::grammar::token::Kind::Number(_)));
        if numbered {
            probe.at += 1;
        }
        probe.eat("at|:|=|is|of");
    }
    let labelled = verb || further || share.is_some() || before.sees("tp|target");
    probe.eat("+");
    let mut found = ratio(&mut probe).or_else(|| distance(&mut probe, scene)).or_else(|| {
        if !labelled {
            return None;
        }
        if let Some((text, _)) = scene.attempt(|| price_level(&mut probe, scene, Place::Target)) {
            return Some(Map::from_iter([("price".to_owned(), Json::from(text))]));
        }
        super::exits::bare(&mut probe, scene).filter(|_| share.is_some())
    })?;
    probe.eat("target|tp|profit");
    if share.is_none() {
        share = fraction(&mut probe);
    }
    let numbered = further && before.sees("tp|target|t #");
    let share = if numbered { share.unwrap_or_default() } else { share? };
    if share.is_none() && !further {
        return None;
    }
    if let Some(share) = share {
        found.insert("fraction".to_owned(), number(share));
    }
    *cursor = probe;
    Some(Json::Object(found))
}

/// `0.4% profit or 0.4% loss`, `exit after 20 bars or 2% stop` is left to its parts.
pub(crate) fn either_way(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let _ = cursor.eat("cover|exit|close|sell|take|out|get at|on|with|out?") || cursor.eat("at|with|for");
    cursor.eat("a|an|at");
    let profit = distance(cursor, scene)?;
    if !cursor.eat("profit|gain|up|win") {
        return None;
    }
    if !cursor.eat("or|and|/|,") {
        return None;
    }
    cursor.eat("a|an|at|or");
    let loss = distance(cursor, scene)?;
    if !cursor.eat("loss|down|stop") {
        return None;
    }
    Some(vec![Setting::distance("take_profit", None, profit), Setting::distance("stop_loss", None, loss)])
}
