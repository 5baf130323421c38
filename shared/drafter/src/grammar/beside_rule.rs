//! What a piece means right behind a rule: a hollow word may change it, and bars it comes after are the ones before.

use super::condition::Condition;
use super::pieces::{Item, Piece};
use super::scene::Scene;
use super::token::Token;
use rust_decimal::Decimal;

/// Words that say nothing elsewhere and change the rule before them.
const CHANGES: [&str; 6] = ["breakout", "breakouts", "pullback", "pullbacks", "cross", "crossover"];

/// A piece as it is meant behind the ones before it.
pub(crate) fn beside_rule(item: Item, tokens: &[Token], at: usize, pieces: &[Piece]) -> Item {
    let before = pieces.last().filter(|piece| piece.to == at).and_then(|piece| match &piece.item {
        Item::Condition(found) => Some(found.text.as_str()),
        _ => None,
    });
    let rule = before.is_some();
    // "a new 20-bar high breakout" says twice that it breaks.
    let breaks = before.is_some_and(|text| ["cross", "highest", "lowest"].iter().any(|part| text.contains(part)));
    let word = tokens.get(at).and_then(Token::word);
    let last = pieces.last().filter(|piece| piece.to == at);
    let exits = last.is_some_and(|piece| {
        matches!(&piece.item, Item::Settings(settings) if settings.iter().any(|one| one.pointer.starts_with("/exit")))
    });
    let mut sides: Vec<&Item> =
        pieces.iter().map(|piece| &piece.item).filter(|item| matches!(item, Item::Entry(Some(_)))).collect();
    sides.dedup();
    match item {
        // "inside bar breakout".
        Item::Filler if rule && !breaks && word.is_some_and(|word| CHANGES.contains(&word)) => Item::Unknown,
        // "a green candle after 4 down closes".
        Item::Condition(found) if rule && word == Some("after") && !found.text.ends_with(")[1]") => {
            let bars = before.map_or(1, lasted);
            Item::Condition(Condition::new(format!("({})[{bars}]", found.text)))
        }
        // "20 point stop and 40 point target both ways", where both sides have words of their own: each side's.
        Item::BothSides if exits && sides.len() > 1 => Item::Filler,
        other => other,
    }
}

/// The bars a rule looks at: three for "green for 3 bars".
fn lasted(rule: &str) -> u32 {
    let bars = rule.strip_suffix(" bars").and_then(|rule| rule.rsplit_once(" for ")).map(|(_, bars)| bars);
    let moved = [" rising ", " falling "].iter().find_map(|way| rule.rsplit_once(way)).map(|(_, bars)| bars);
    bars.or(moved).and_then(|bars| bars.parse().ok()).unwrap_or(1)
}

/// "[RSI makes it above 75] and then closes under 70": a plain number of what was not read is none of the price.
pub(crate) fn of_unread(item: Item, words: &[Token], scene: &Scene<'_>) -> Item {
    let number = |condition: &str| {
        let level = ["close crosses above ", "close crosses below ", "close > ", "close < "];
        let level = level.iter().find_map(|way| condition.strip_prefix(way)).and_then(|rest| rest.split(' ').next());
        level.is_some_and(|level| level.parse::<Decimal>().is_ok())
    };
    let plain = |condition: &str| {
        let color = condition.split(" for ").next().unwrap_or(condition);
        matches!(color, "close > open" | "close < open" | "(close > open)[1]" | "(close < open)[1]")
    };
    let smoothed = || {
        scene.text.to_lowercase().contains("heikin")
            && !words
                .iter()
                .any(|token| matches!(token.word(), Some("normal" | "ordinary" | "regular" | "plain" | "real")))
    };
    let priced = words.iter().any(|token| matches!(token.word(), Some("price" | "market" | "stock" | "shares")));
    match &item {
        // "Heikin Ashi goes from red to green": no colour of plain candles.
        Item::Condition(condition) if plain(&condition.text) && smoothed() => Item::Unknown,
        Item::Condition(condition) if scene.lost.get() && !priced && number(&condition.text) => Item::Unknown,
        _ => item,
    }
}
