//! The stop as what is risked: "risk 10 points", "risking 8 ticks to make 16".

use super::cursor::Cursor;
use super::distance::{distance, number};
use super::scene::Scene;
use super::setting::Setting;
use super::token::Token;
use rust_decimal::Decimal;
use serde_json::Map;

/// `risk 10 points`, `risking 8 ticks to make 16`.
pub(crate) fn risked(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let mut probe = *cursor;
    if !probe.eat("risk|risking a|an|about?") {
        return None;
    }
    let risk = distance(&mut probe, scene)?;
    let pips = probe
        .at
        .checked_sub(1)
        .and_then(|at| probe.tokens.get(at))
        .and_then(Token::word)
        .is_some_and(|word| word.starts_with("pip"));
    let key = ["points", "ticks", "atr"].into_iter().find(|key| risk.contains_key(*key))?;
    let mut found = vec![Setting::distance("stop_loss", None, risk)];
    probe.eat("per|a|each|on trade|contract|every? trade?");
    let mut gain = probe;
    if gain.eat("to|and make|get|win|gain|earn|target") || gain.eat("for a?") {
        let mut bare = gain;
        let plain = bare.number().filter(|_| bare.is_pause_or_joint());
        let made = match plain {
            // "10 pips to make 20".
            Some(_) if key == "atr" || pips => return None,
            Some(amount) => Map::from_iter([(key.to_owned(), number(amount))]),
            None => distance(&mut gain, scene)?,
        };
        if plain.is_some() {
            gain = bare;
        }
        found.push(Setting::distance("take_profit", None, made));
        probe = gain;
    }
    *cursor = probe;
    Some(found)
}

/// `TP/SL 40/20 pts`, `stop/target: 12/24 ticks`: both named, then both distances.
pub(crate) fn both_named(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let _ = cursor.eat("with|use");
    let stop_first = if cursor.eat("stop|sl|stoploss loss? /|and target|tp|tgt") {
        true
    } else if cursor.eat("target|tp|tgt /|and stop|sl|stoploss loss?") {
        false
    } else {
        return None;
    };
    let _ = cursor.eat("of|at|is|:|=");
    let numbers = cursor.numbers("# /|and #")?;
    let (first, second) = (*numbers.first()?, *numbers.get(1)?);
    let unit = if cursor.eat("ticks|tick") {
        Some("ticks")
    } else if cursor.eat("%|percent") {
        Some("percent")
    } else if cursor.eat("points|point|pts|pt") {
        Some("points")
    } else {
        None
    };
    if !cursor.is_pause_or_joint() || first <= Decimal::ZERO || second <= Decimal::ZERO {
        return None;
    }
    let of = |amount: Decimal| match unit {
        Some(unit) => Map::from_iter([(unit.to_owned(), number(amount))]),
        None => super::plain_exits::points(amount, scene),
    };
    let (stop, target) = if stop_first { (first, second) } else { (second, first) };
    Some(vec![Setting::distance("stop_loss", None, of(stop)), Setting::distance("take_profit", None, of(target))])
}
