//! Targets that take even parts: `profit taking in thirds at 1R, 2R, 3R`, `sell a third each at 10, 20 and 30 points`.

use super::cursor::Cursor;
use super::distance::{distance, number};
use super::scene::Scene;
use super::setting::Setting;
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};

/// A part each, as many as make the whole.
pub(crate) fn even_parts(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let mut probe = *cursor;
    let _ = probe.eat("and|then|with|use|i");
    let _ = probe.eat("take|taking|profit|profits|scale|scaling|sell|selling|exit|exiting|book|bank|close|closing|peel|tp|target|targets|cover|trim");
    let _ = probe.eat("profit|profits|taking|out|off|target|targets|it|position|:|the");
    let _ = probe.eat("taking|out|off|position|:|is");
    probe.eat("in|by|of");
    let parts = parts(&mut probe)?;
    let _ = probe.eat("off|out|each|of|apiece")
        && probe.eat("the|each|off|out|at")
        && probe.eat("position|size|at|trade|of");
    let _ = probe.eat("at|each|:");
    let _ = probe.eat("each|at") && probe.eat("of");
    let mut legs: Vec<Map<String, Json>> = Vec::new();
    loop {
        let mut leg = probe;
        if !legs.is_empty() {
            let _ = leg.eat(",") || leg.eat("/") || leg.eat("&");
            let _ = leg.eat("and|then|at");
            leg.eat("at");
        }
        leg.eat("+");
        let Some(found) = scene.attempt(|| distance(&mut leg, scene)) else { break };
        legs.push(found);
        probe = leg;
    }
    if legs.len() != parts || !probe.is_pause_or_joint() {
        return None;
    }
    *cursor = probe;
    let share = (Decimal::ONE / Decimal::from(parts)).round_dp(4);
    let last = legs.len().checked_sub(1)?;
    for leg in legs.iter_mut().take(last) {
        leg.insert("fraction".to_owned(), number(share));
    }
    let legs: Vec<Json> = legs.into_iter().map(Json::Object).collect();
    Some(vec![Setting::value("/exit/take_profit", Json::from(legs))])
}

/// `thirds`, `a third each`: how many make the whole.
fn parts(cursor: &mut Cursor<'_>) -> Option<usize> {
    let each = |cursor: &Cursor<'_>| {
        cursor.sees("each|apiece") || cursor.sees("off|out|of|at each") || cursor.sees("of the position at? each")
    };
    for (several, one, count) in
        [("halves", "half", 2), ("thirds", "a|one|1? third", 3), ("quarters|fourths", "a|one|1? quarter|fourth", 4)]
    {
        if cursor.eat(several) {
            return Some(count);
        }
        let mut probe = *cursor;
        if probe.eat(one) && each(&probe) {
            *cursor = probe;
            return Some(count);
        }
    }
    let mut probe = *cursor;
    let of = probe.numbers("# / #")?;
    let [one, of] = of.as_slice() else { return None };
    let count = super::cursor::whole(*of).filter(|count| (3..=5).contains(count))?;
    if *one != Decimal::ONE || !each(&probe) {
        return None;
    }
    *cursor = probe;
    usize::try_from(count).ok()
}
