//! `under 20 for longs or over 80 for shorts`: two conditions in one breath, each with the side it is said for.

use super::assemble::{Assembly, Role};
use super::calls::sides;
use super::condition::{Condition, negated};
use super::pieces::{Item, Piece};
use super::rule::Joint;
use super::scene::{Scene, Side};
use super::token::Token;

impl Assembly<'_> {
    /// Reads both conditions that begin at piece `at`; the piece behind them.
    pub(crate) fn each_side(&mut self, at: usize) -> Option<usize> {
        let (first, side, next) = self.said_for(at)?;
        let pieces = &self.reading.pieces;
        let quiet = |piece: &&Piece| matches!(piece.item, Item::And | Item::Or | Item::Comma | Item::Filler);
        let joint = pieces.get(next..)?.iter().take_while(quiet).count();
        let (second, other, end) = self.said_for(next + joint).filter(|(_, other, _)| *other != side)?;
        if joint == 0 || self.joint == Joint::Or || !self.groups.is_empty() {
            return None;
        }
        let phrases = [at, next + joint].map(|at| pieces.get(at).map(|piece| self.words(piece.from, piece.to)));
        let second = self.same_event(&first, second, next + joint);
        let negate = std::mem::take(&mut self.negate);
        let exits = matches!(self.role, Role::Exit(_));
        if matches!(self.role, Role::None) && self.hand_over(Role::Entries) {
            self.reading.scene.assume("what is demanded before both sides is demanded of longs and shorts alike");
        }
        for ((text, side), phrase) in [(first.text, side), (second, other)].into_iter().zip(phrases) {
            let text = if negate { negated(&text) } else { text };
            let role = if exits { Role::Exit(Some(side)) } else { Role::Entry(side) };
            let joint = if exits { Joint::Or } else { Joint::With };
            self.put(role, joint, text, phrase.unwrap_or_default());
        }
        self.role = if exits { Role::Exit(None) } else { Role::Entries };
        self.joint = Joint::With;
        self.postfix = false;
        Some(end)
    }

    /// `no trades if A for longs or B for shorts`: each denied for its side; the piece behind them.
    pub(crate) fn denied_each(&mut self, at: usize) -> Option<usize> {
        let pieces = &self.reading.pieces;
        let quiet = |piece: &&Piece| matches!(piece.item, Item::And | Item::Or | Item::Comma | Item::Filler);
        let behind = |at: usize| at + pieces.get(at..).unwrap_or_default().iter().take_while(quiet).count();
        let start = behind(at + 1);
        let (first, side, next) = self.said_for(start)?;
        let then = behind(next);
        let second = self.said_for(then).filter(|(_, other, _)| *other != side && then > next);
        let mut denied = vec![(first.text.clone(), side, start)];
        let mut end = next;
        if let Some((second, other, last)) = second {
            denied.push((self.same_event(&first, second, then), other, then));
            end = last;
        }
        self.double();
        for (text, side, place) in denied {
            let from = pieces.get(at).map_or(0, |piece| piece.from);
            let own = pieces.get(place).map_or(from, |piece| if place == start { from } else { piece.from });
            let phrase = self.words(own, pieces.get(place + 1).map_or(own, |piece| piece.to));
            self.put(Role::Entry(side), Joint::With, negated(&text), phrase);
        }
        self.joint = Joint::With;
        Some(end)
    }

    /// The condition at `at` with the side named right behind it by "for", and the piece behind both.
    fn said_for(&self, at: usize) -> Option<(Condition, Side, usize)> {
        let Item::Condition(condition) = &self.reading.pieces.get(at)?.item else { return None };
        let next = self.reading.pieces.get(at + 1)?;
        let Item::Entry(Some(side)) = next.item else { return None };
        let led = self.reading.tokens.get(next.from).and_then(Token::word) == Some("for");
        led.then(|| (condition.clone(), side, at + 2))
    }

    /// "goes under 20 for longs or over 80 for shorts": the verb of the first is the second's too.
    fn same_event(&self, first: &Condition, second: Condition, at: usize) -> String {
        let Some((left, event, _)) = sides(&first.text) else { return second.text };
        let Some((value, operator, level)) = sides(&second.text) else { return second.text };
        let from = self.reading.pieces.get(at).map(|piece| piece.from).unwrap_or_default();
        let word = self.reading.tokens.get(from).and_then(Token::word).unwrap_or_default();
        let bare = matches!(word, "over" | "above" | "under" | "below");
        match operator {
            " > " if bare && left == value && event.contains("crosses") => format!("{value} crosses above {level}"),
            " < " if bare && left == value && event.contains("crosses") => format!("{value} crosses below {level}"),
            _ => second.text,
        }
    }
}

/// `enter on a pullback to the 9 EMA` of both sides: from above for longs, from below for shorts.
pub(crate) fn touch_turned(text: String, scene: &Scene<'_>) -> String {
    if !(text.starts_with("low <= ") || text.starts_with("high >= ")) {
        return text;
    }
    scene.assume(format!("\"{text}\" is turned round for shorts"));
    super::document::opposite(&text)
}
