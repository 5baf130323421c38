//! The stop as what is risked: "risk 10 points", "risking 8 ticks to make 16".

use super::cursor::Cursor;
use super::distance::{distance, number};
use super::scene::Scene;
use super::setting::Setting;
use super::token::Token;
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
