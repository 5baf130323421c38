//! What a piece means right behind a rule: a hollow word may change it, and bars it comes after are the ones before.

use super::condition::Condition;
use super::pieces::{Item, Piece};
use super::token::Token;

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
    match item {
        // "inside bar breakout".
        Item::Filler if rule && !breaks && word.is_some_and(|word| CHANGES.contains(&word)) => Item::Unknown,
        // "a green candle after 4 down closes".
        Item::Condition(found) if rule && word == Some("after") => {
            Item::Condition(Condition::new(format!("({})[1]", found.text)))
        }
        other => other,
    }
}
