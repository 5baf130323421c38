//! How conditions are joined: "and", "then", commas between them.

use super::assemble::Assembly;
use super::calls::sides;
use super::cursor::Cursor;
use super::pieces::{Item, Piece};
use super::reading::{Reading, words};
use super::rule::Joint;
use super::token::Token;

impl Assembly<'_> {
    pub(crate) fn and(&mut self, piece: &Piece) {
        let word = self.reading.tokens.get(piece.from).and_then(Token::word).unwrap_or_default();
        if word == "and" && self.comma && self.either && self.groups.last().is_some_and(|(_, rule)| rule.has_or()) {
            // "either A or B, and C".
            self.close_group();
        }
        self.joint = match word {
            // "A or B, and C": the comma ends what "or" joins.
            "and" if self.comma && self.groups.is_empty() => Joint::With,
            // "A with B, or C": what it stands beside.
            "with" if self.joint == Joint::Implicit && !self.is_open_or() => Joint::And,
            "and" | "plus" | "also" | "then" | "but" | "additionally" | "together" | "combined"
                if self.joint != Joint::Or =>
            {
                Joint::And
            }
            "and" | "plus" | "also" | "then" | "but" => self.joint,
            _ if self.joint == Joint::Or => Joint::Or,
            _ => Joint::With,
        };
        self.fresh |= word == "also";
    }

    /// True where "or" joins what was read of the rule so far.
    fn is_open_or(&self) -> bool {
        match self.groups.last() {
            Some((_, rule)) => rule.has_or(),
            None => {
                let waits = self.pending.iter().any(|(joint, _, _)| *joint == Joint::Or);
                waits || self.entries.iter().any(super::rule::Rule::has_or)
            }
        }
    }

    /// "two closes above X after a close below it": what went before stood on the bar before the first of them.
    pub(crate) fn before_it_lasted(&self, text: String, at: usize) -> String {
        let quiet = |piece: &&Piece| !matches!(piece.item, Item::Filler | Item::Known);
        let before = self.reading.pieces.get(..at).unwrap_or_default();
        let mut back = before.iter().rev().filter(quiet);
        let after = back.next().is_some_and(|piece| {
            piece.item == Item::And && self.reading.tokens.get(piece.from).and_then(Token::word) == Some("after")
        });
        let Some(Item::Condition(lasting)) = back.next().filter(|_| after).map(|piece| &piece.item) else {
            return text;
        };
        let Some((held, bars)) = lasting.text.strip_suffix(" bars").and_then(|held| held.rsplit_once(" for ")) else {
            return text;
        };
        let (Some((left, one, right)), Some((same, other, level))) = (sides(held), sides(&text)) else { return text };
        let opposite = matches!(
            (one.trim(), other.trim()),
            (">" | ">=", "<" | "<=" | "crosses below") | ("<" | "<=", ">" | ">=" | "crosses above")
        );
        if (left, right) != (same, level) || !opposite {
            // "two green candles after a touch of the 20 SMA".
            return if bars == "1" { text } else { format!("({text})[{bars}]") };
        }
        let state = text.replace(" crosses above ", " > ").replace(" crosses below ", " < ");
        format!("({state})[{bars}]")
    }

    /// "A, then B" of two conditions: rules look at one bar, which is said.
    pub(crate) fn then(&mut self, piece: &Piece, at: usize) {
        let said = self.words(piece.from, piece.to).to_lowercase();
        let is_condition = |piece: Option<&Piece>| piece.is_some_and(|piece| matches!(piece.item, Item::Condition(_)));
        let quiet = |piece: &&Piece| !matches!(piece.item, Item::Filler | Item::Comma | Item::And);
        let pieces = &self.reading.pieces;
        let before = pieces.get(..at).unwrap_or_default().iter().rev().find(quiet);
        let behind = pieces.get(at + 1..).unwrap_or_default().iter().find(quiet);
        let lasted = before.is_some_and(|piece| match &piece.item {
            Item::Condition(condition) => condition.text.ends_with(" bars"),
            _ => false,
        });
        let text = |piece: Option<&Piece>| match piece.map(|piece| &piece.item) {
            Some(Item::Condition(condition)) => condition.text.clone(),
            Some(_) | None => String::new(),
        };
        let (one, two) = (text(before), text(behind));
        let again = match (sides(&one), sides(&two)) {
            (Some((left, _, level)), Some((right, _, same))) => {
                (left, level) == (right, same) && one.contains(" crosses ")
            }
            _ => false,
        };
        if again {
            self.reading.scene.followed.borrow_mut().push((one.clone(), two.clone()));
        }
        self.earlier = again && said == "after" && super::possible::opposed(&one, &two);
        if again {
            // "falls under 30, then crosses back above 30": two crosses of one level follow each other.
            return;
        }
        if matches!(said.as_str(), "then" | "after") && is_condition(before) && is_condition(behind) && !lasted {
            self.reading.scene.assume(format!(
                "\"{said}\" between two conditions is read as both on the same bar; say \"… within 5 bars\" for what came before"
            ));
        }
    }
}

/// "after A, buy when B": rules look at one bar, which is said.
pub(crate) fn after(reading: &Reading<'_>) {
    let pieces = &reading.pieces;
    let cursor = |at: usize| Cursor::new(&reading.tokens, at);
    for (at, piece) in pieces.iter().enumerate() {
        let Item::Condition(found) = &piece.item else { continue };
        let led = piece.from.checked_sub(1).is_some_and(|before| cursor(before).sees("after|following|once"));
        if !led || found.text.contains(" within ") || found.text.ends_with(" bars") {
            continue;
        }
        let once = piece.from.checked_sub(1).is_some_and(|before| cursor(before).sees("once"));
        let rest = pieces.get(at + 1..).unwrap_or_default();
        let other = rest.iter().take_while(|one| one.item != Item::End).any(|one| {
            let begins = one.from.checked_sub(1).is_some_and(|before| cursor(before).sees("when|if|whenever|after"));
            matches!(&one.item, Item::Condition(_)) && (!once || begins)
        });
        if other {
            let said = words(reading, piece.from, piece.to);
            reading.scene.assume(format!(
                "\"{said}\" is demanded of the bar that enters; say \"… within 5 bars\" for what came before"
            ));
        }
    }
}
