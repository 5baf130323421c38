//! Demands behind two sides: "long above X, short below Y, only when Z" demands Z of both.

use super::assemble::{Assembly, Role};
use super::cursor::Cursor;
use super::pieces::{Item, Piece};
use super::rule::{Joint, Rule};
use super::scene::Side;
use super::token::Token;

const DEMANDED_OF_BOTH: &str = "what is demanded behind both sides is demanded of longs and shorts alike";

impl Assembly<'_> {
    /// The other side was opened before the one whose words are read, in the same sentence, and nothing was demanded of
    /// it alone.
    fn second_of_two(&self, at: usize) -> bool {
        let (Role::Entry(side), false) = (self.role, self.postfix) else { return false };
        let pieces = self.reading.pieces.get(..at).unwrap_or_default();
        let start = pieces.iter().rposition(|piece| piece.item == Item::End).map_or(0, |end| end + 1);
        let sentence = pieces.get(start..).unwrap_or_default();
        let opened = |side: Side| sentence.iter().position(|piece| piece.item == Item::Entry(Some(side)));
        let (Some(first), Some(second)) = (opened(side.other()), opened(side)) else { return false };
        let own = sentence.get(first..second).unwrap_or_default();
        first < second && !own.iter().any(|piece| self.demands(piece))
    }

    /// "long when A, short when B, exit when C": C closes both.
    pub(crate) fn behind_both(&self, at: usize) -> bool {
        let pieces = self.reading.pieces.get(..at).unwrap_or_default();
        let start = pieces.iter().rposition(|piece| piece.item == Item::End).map_or(0, |end| end + 1);
        let sentence = pieces.get(start..).unwrap_or_default();
        let opened = |side: Side| sentence.iter().any(|piece| piece.item == Item::Entry(Some(side)));
        let left = sentence.iter().any(|piece| matches!(piece.item, Item::Exit(_) | Item::Sell));
        opened(Side::Long) && opened(Side::Short) && !left && self.behind_comma(at)
    }

    /// `only if`, `if`, `when` behind a rule, `must`.
    fn demands(&self, piece: &Piece) -> bool {
        let words = self.reading.tokens.get(piece.from..piece.to).unwrap_or_default();
        let says = |all: &[&str]| words.iter().any(|token| token.word().is_some_and(|word| all.contains(&word)));
        match piece.item {
            Item::Only | Item::Unless(_) => true,
            Item::Condition(_) => {
                says(&["must", "needs", "has"])
                    || Cursor::new(&self.reading.tokens, piece.to).sees("filter|required|needed|mandatory")
            }
            _ => false,
        }
    }

    /// A comma stands right before the piece at `at`, over joints.
    fn behind_comma(&self, at: usize) -> bool {
        let before = self.reading.pieces.get(..at).unwrap_or_default();
        let quiet = |piece: &&Piece| !matches!(piece.item, Item::Filler | Item::Known | Item::And);
        before.iter().rev().find(quiet).is_some_and(|piece| piece.item == Item::Comma)
    }

    /// "…, only take the trade when": what follows is demanded of both sides; without a comma that is said.
    pub(crate) fn of_both(&self, at: usize) -> bool {
        if !self.second_of_two(at) {
            return false;
        }
        let trades = self.reading.pieces.get(at).is_some_and(|piece| {
            let words = self.reading.tokens.get(piece.from..piece.to).unwrap_or_default();
            words.iter().filter_map(Token::word).any(|word| {
                matches!(word, "trade" | "trades" | "entries" | "signals" | "setups" | "filter" | "filters")
            })
        });
        let behind = self.behind_comma(at);
        if !trades && behind {
            self.reading.scene.assume(DEMANDED_OF_BOTH);
        } else if !trades {
            self.said_of_one(at);
        }
        trades || behind
    }

    /// "…, volume must be above average": demanded of both sides.
    pub(crate) fn must(&self, piece: &Piece, at: usize) -> bool {
        self.demands_of_two(piece, at) && self.behind_comma(at) || self.demands(piece) && self.after_two(at)
    }

    /// "The range must be under 150 points." before the sides: demanded of both.
    pub(crate) fn demanded_alone(&self, piece: &Piece, at: usize) -> bool {
        let pieces = &self.reading.pieces;
        let start = pieces.get(..at).unwrap_or_default().iter().rposition(|piece| piece.item == Item::End);
        let sentence = pieces.get(start.map_or(0, |end| end + 1)..).unwrap_or_default();
        let opens = |piece: &Piece| matches!(piece.item, Item::Entry(_) | Item::Exit(_) | Item::Sell | Item::Mirror(_));
        let own = !sentence.iter().take_while(|piece| piece.item != Item::End).any(opens);
        own && self.role == Role::None && self.has_both() && self.demands(piece)
    }

    /// "A long, B short, unless C": C stands behind the rules of both sides, which stand before their names.
    pub(crate) fn after_two(&self, at: usize) -> bool {
        let pieces = self.reading.pieces.get(..at).unwrap_or_default();
        let start = pieces.iter().rposition(|piece| piece.item == Item::End).map_or(0, |end| end + 1);
        let opened = |side: Side| {
            pieces.get(start..).unwrap_or_default().iter().any(|piece| piece.item == Item::Entry(Some(side)))
        };
        let ruled = !self.entries.iter().any(Rule::is_empty);
        ruled && self.postfix && opened(Side::Long) && opened(Side::Short) && self.behind_comma(at)
    }

    /// "only trade when", "filter:", "skip it if" behind an exit, or on a line of its own: demanded of every entry.
    pub(crate) fn of_trades(&self, at: usize) -> bool {
        let pieces = &self.reading.pieces;
        let names = pieces.get(at).is_some_and(|piece| {
            let words = self.reading.tokens.get(piece.from..piece.to).unwrap_or_default();
            words.iter().filter_map(Token::word).any(|word| {
                matches!(
                    word,
                    "trade"
                        | "trades"
                        | "trading"
                        | "enter"
                        | "entries"
                        | "signals"
                        | "setups"
                        | "filter"
                        | "filters"
                        | "skip"
                        | "require"
                        | "requires"
                )
            })
        });
        let quiet = |piece: &&Piece| !matches!(piece.item, Item::Filler | Item::Known | Item::And);
        let before = pieces.get(..at).unwrap_or_default().iter().rev().find(quiet);
        let alone = before.is_some_and(|before| matches!(before.item, Item::End | Item::Settings(_) | Item::Comma));
        let filter = self.reading.pieces.get(at).is_some_and(|piece| {
            let words = self.reading.tokens.get(piece.from..piece.to).unwrap_or_default();
            words
                .iter()
                .filter_map(Token::word)
                .any(|word| matches!(word, "filter" | "filters" | "require" | "requires"))
        });
        names && (matches!(self.role, Role::Exit(_)) || alone || filter && self.reading.scene.changing.get())
    }

    pub(crate) fn demands_of_two(&self, piece: &Piece, at: usize) -> bool {
        self.demands(piece) && self.second_of_two(at)
    }

    /// "buy above X, short below Y if Z": Z is the nearer side's, which is said.
    pub(crate) fn demanded_behind(&mut self, piece: &Piece, at: usize) {
        let word = self.reading.tokens.get(piece.from).and_then(Token::word).unwrap_or_default();
        let ruled = match self.role {
            Role::Entry(side) => self.entries.get(super::assemble::index(side)).is_some_and(|rule| !rule.is_empty()),
            Role::None | Role::Entries | Role::Exit(_) => false,
        };
        let demand = matches!(word, "if" | "when" | "while" | "with") && ruled;
        if !demand || !self.second_of_two(at) {
            return;
        }
        let first_too = self.first_demands(at, word);
        if !first_too && self.behind_comma(at) {
            self.role = Role::Entries;
            self.reading.scene.assume(DEMANDED_OF_BOTH);
        } else if !first_too {
            self.said_of_one(at);
        }
    }

    /// "long when A if B, short when C if D": the first side has a demand of its own that `word` opens.
    fn first_demands(&self, at: usize, word: &str) -> bool {
        let pieces = self.reading.pieces.get(..at).unwrap_or_default();
        let start = pieces.iter().rposition(|piece| piece.item == Item::End).map_or(0, |end| end + 1);
        let mut ruled = false;
        pieces.get(start..).unwrap_or_default().iter().any(|piece| {
            ruled |= matches!(piece.item, Item::Condition(_));
            ruled &= !matches!(piece.item, Item::Entry(_));
            let words = self.reading.tokens.get(piece.from..piece.to).unwrap_or_default();
            ruled && piece.item == Item::And && words.first().and_then(Token::word) == Some(word)
        })
    }

    /// "buy when A, short when B, C": C is the nearer side's, which is said where the other side has nothing like it.
    pub(crate) fn further_behind(&self, at: usize) {
        if !self.second_of_two(at) || !self.behind_comma(at) {
            return;
        }
        let Role::Entry(side) = self.role else { return };
        let pieces = self.reading.pieces.get(..at).unwrap_or_default();
        let start = pieces.iter().rposition(|piece| piece.item == Item::End).map_or(0, |end| end + 1);
        let sentence = pieces.get(start..).unwrap_or_default();
        let opened = |side: Side| sentence.iter().position(|piece| piece.item == Item::Entry(Some(side)));
        let conditions =
            |pieces: &[Piece]| pieces.iter().filter(|piece| matches!(piece.item, Item::Condition(_))).count();
        let (Some(first), Some(second)) = (opened(side.other()), opened(side)) else { return };
        let own = conditions(sentence.get(first..second).unwrap_or_default());
        let ruled = conditions(sentence.get(second..).unwrap_or_default());
        if ruled > 0 && own == 1 {
            self.said_of_one(at.saturating_sub(1));
        }
    }

    /// "A buy, B sell, 20 pip stop, C": C is no part of the exit before the stop. True where it is the entries', which is
    /// said, false where it may be either's and is handed back.
    pub(crate) fn behind_settings_of_an_exit(&mut self, piece: &Piece, at: usize, joint: Joint) -> Option<bool> {
        let entered = self.entries.iter().any(|rule| !rule.is_empty());
        if !(entered && matches!(self.role, Role::Exit(_)) && joint != Joint::Or) {
            return None;
        }
        let head = self.reading.pieces.get(..at)?;
        let start = head.iter().rposition(|piece| piece.item == Item::End).map_or(0, |end| end + 1);
        let sentence = head.get(start..)?;
        let rule = sentence.iter().rposition(|piece| matches!(piece.item, Item::Condition(_)))?;
        let marker = sentence.iter().rposition(|piece| matches!(piece.item, Item::Exit(_) | Item::Sell))?;
        let exits = |piece: &Piece| matches!(&piece.item, Item::Settings(all) if all.iter().any(|one| one.pointer.starts_with("/exit")));
        if !sentence.get(rule.max(marker)..)?.iter().any(exits) {
            return None;
        }
        let words = self.words(piece.from, piece.to);
        let must = words.split_whitespace().any(|word| matches!(word, "must" | "needs" | "should"));
        let sold = rule < marker;
        if must || sold {
            self.reading.scene.assume(format!("\"{words}\" is read as a further condition of the entries"));
        } else {
            self.unhandled.push(words);
        }
        Some(must || sold)
    }

    fn said_of_one(&self, at: usize) {
        let condition = |piece: &&Piece| matches!(piece.item, Item::Condition(_));
        let next = self.reading.pieces.get(at + 1..).unwrap_or_default().iter().find(condition);
        let of = match self.role {
            Role::Entry(side) => format!("the {} entry alone", side.key()),
            Role::Exit(_) => "the exit".to_owned(),
            Role::None | Role::Entries => return,
        };
        if let Some(next) = next {
            let words = self.words(next.from, next.to);
            self.reading.scene.assume(format!("\"{words}\" is read as a condition of {of}"));
        }
    }

    /// A demand behind the rule of a side, or of an exit, in a change of both sides: whose it is read as is said.
    pub(crate) fn said_whose(&self, at: usize) {
        let ruled = match self.role {
            Role::Entry(side) => {
                self.reading.scene.both.get()
                    && !self.entries.get(super::assemble::index(side)).is_none_or(Rule::is_empty)
            }
            Role::Exit(_) => !self.exits.iter().chain([&self.any_exit]).all(Rule::is_empty),
            Role::None | Role::Entries => false,
        };
        if ruled && self.reading.scene.changing.get() {
            self.said_of_one(at);
        }
    }
}
