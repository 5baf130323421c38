//! Demands and exits of words that say nothing elsewhere: handed out, never dropped.

use super::assemble::Assembly;
use super::pieces::{Item, Piece};
use super::token::Token;

/// Words that a demand begins with.
const CONDITIONAL: [&str; 7] = ["when", "if", "whenever", "once", "while", "after", "upon"];

/// What a sentence of its own says something of, which is a rule's.
const STATES: [&str; 9] = ["trend", "momentum", "pullback", "breakout", "signal", "setup", "cross", "price", "market"];

/// Words that demand nothing, whatever stands beside them.
const SAYS_NOTHING: [&str; 46] = [
    "a", "an", "the", "i", "we", "you", "me", "my", "and", "with", "then", "so", "just", "that", "this", "it", "is",
    "its", "are", "be", "to", "do", "please", "pls", "plz", "thanks", "thank", "thx", "cheers", "here", "there",
    "when", "if", "while", "also", "either", "buy", "enter", "entry", "go", "trade", "get", "in", "take", "can",
    "would",
];

impl Assembly<'_> {
    /// `when the trend is good`, `and there is a signal` behind a rule: a demand that nobody can tell is handed out.
    pub(crate) fn idle_demand(&mut self, piece: &Piece, at: usize) {
        let pieces = &self.reading.pieces;
        let word = self.reading.tokens.get(piece.from).and_then(Token::word);
        let asks = piece.item == Item::Or || word.is_some_and(|word| CONDITIONAL.contains(&word));
        let rest = pieces.get(at + 1..).unwrap_or_default();
        // Whole phrases that say nothing are known: "no stop".
        let hollow = |next: &&Piece| next.item == Item::Filler && next.to == next.from + 1;
        let said = rest.iter().take_while(hollow).count();
        let Some(last) = said.checked_sub(1).and_then(|last| rest.get(last)) else { return };
        let ended = match rest.get(said).map(|next| &next.item) {
            None | Some(Item::End | Item::Comma) => true,
            Some(Item::Condition(_) | Item::Unknown | Item::Open | Item::Known | Item::Filler) => false,
            Some(_) => asks,
        };
        let label = self.reading.tokens.get(last.to).is_some_and(|next| next.is_mark('=') || next.is_mark(':'));
        let behind = at.checked_sub(1).and_then(|before| pieces.get(before));
        let rule = |piece: &Piece| matches!(piece.item, Item::Condition(_));
        let words = self.reading.tokens.get(piece.from..last.to).unwrap_or_default();
        let mut words = words.iter().filter_map(Token::word);
        let demands = if asks || behind.is_some_and(rule) {
            words.any(|word| !SAYS_NOTHING.contains(&word))
        } else {
            // A sentence or an aside of its own, once rules were spoken of; "on a pullback, buy …" before them.
            let spoken = self.reading.scene.changing.get() || pieces.iter().take(at).any(rule);
            let spoken = spoken || matches!(word, Some("with" | "on"));
            spoken && words.any(|word| STATES.contains(&word))
        };
        // "its under": compared with what was spoken of.
        let compares = words.any(|word| matches!(word, "above" | "below" | "over" | "under"));
        let words = self.words(piece.from, last.to);
        let known = self.unhandled.iter().any(|known| known.contains(&words));
        if ended && !label && demands && !compares && !known {
            self.unhandled.push(words);
        }
    }

    /// `… in a bullish trend` right behind a rule, `on a pullback, buy …`: a demand in passing.
    pub(crate) fn demand_in_passing(&mut self, piece: &Piece, at: usize) {
        let pieces = &self.reading.pieces;
        let before = at.checked_sub(1).and_then(|before| pieces.get(before)).map(|piece| &piece.item);
        let word = self.reading.tokens.get(piece.from).and_then(Token::word);
        let leads = word.is_some_and(|word| matches!(word, "in" | "with" | "on" | "for" | "during" | "at" | "under"));
        let opens = matches!(before, None | Some(Item::End | Item::Comma | Item::Known)) && leads;
        let rest = pieces.get(at..).unwrap_or_default();
        let said = rest.iter().take_while(|next| next.item == Item::Filler && next.to == next.from + 1).count();
        let Some(last) = said.checked_sub(1).and_then(|last| rest.get(last)) else { return };
        let ended = match rest.get(said).map(|next| &next.item) {
            None | Some(Item::Comma | Item::Entry(_)) => true,
            Some(Item::End) => !opens && !self.reading.tokens.get(last.to).is_some_and(|next| next.is_mark(':')),
            Some(_) => false,
        };
        let words = self.reading.tokens.get(piece.from..last.to).unwrap_or_default();
        let states = |word: &str| STATES.contains(&word) || matches!(word, "bullish" | "bearish" | "swing");
        let demands = words.iter().filter_map(Token::word).any(states);
        if ended && demands && (opens || matches!(before, Some(Item::Condition(_)))) {
            let words = self.words(piece.from, last.to);
            self.unhandled.push(words);
        }
    }

    /// An exit that says nothing of when is handed out: "exit at the mean".
    pub(crate) fn idle_exit(&mut self, piece: &Piece, at: usize) {
        let rest = self.reading.pieces.get(at + 1..).unwrap_or_default();
        let quiet = rest.iter().take_while(|next| !matches!(next.item, Item::End)).all(|next| {
            matches!(next.item, Item::Filler | Item::Comma | Item::And | Item::Or | Item::Known | Item::Close)
        });
        let header = rest.first().is_some_and(|next| {
            self.reading.tokens.get(next.from).is_some_and(|token| token.is_mark('\n') || token.is_mark(':'))
        });
        if !quiet || header || !self.pending.is_empty() || self.postfix {
            return;
        }
        let length = rest.iter().position(|next| matches!(next.item, Item::Comma | Item::End)).unwrap_or(rest.len());
        let to = length.checked_sub(1).and_then(|last| rest.get(last)).map_or(piece.to, |last| last.to);
        let words = self.words(piece.from, to);
        self.unhandled.push(words);
    }
}
