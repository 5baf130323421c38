//! Words that no rule reads, and denials: what is handed out as unhandled instead of being dropped.

use super::assemble::{Assembly, Role};
use super::pieces::{Item, Piece};
use super::rule::{Joint, Rule};
use super::scene::Side;
use super::token::Token;
/// Words that turn round what follows them.
const DENIALS: [&str; 16] = [
    "not",
    "never",
    "dont",
    "no",
    "without",
    "unless",
    "except",
    "avoid",
    "isnt",
    "hasnt",
    "neither",
    "nor",
    "ignore",
    "exclude",
    "excluding",
    "skip",
];

impl Assembly<'_> {
    /// A run of pieces nobody can act on, beginning at `at`: its end.
    pub(crate) fn unread(&mut self, at: usize) -> Option<usize> {
        let pieces = &self.reading.pieces;
        let soft = |piece: &Piece| {
            matches!(piece.item, Item::Filler | Item::And | Item::Known | Item::Only | Item::Unless(_) | Item::Or)
        };
        let opener = |piece: &Piece| soft(piece) || matches!(piece.item, Item::Exit(_) | Item::Entry(_) | Item::Sell);
        let first = pieces.get(at)?;
        if !matches!(first.item, Item::Unknown) && !(opener(first)) {
            return None;
        }
        // From an opener, everything up to the unknown must be an opener too.
        let mut unknown = at;
        while pieces.get(unknown).is_some_and(&opener) {
            unknown += 1;
        }
        if !pieces.get(unknown).is_some_and(|piece| matches!(piece.item, Item::Unknown)) {
            return None;
        }
        let starts_here =
            at == unknown || !matches!(first.item, Item::Or | Item::Known) && !self.marker_is_used(at, unknown);
        if !starts_here {
            return None;
        }
        let mut end = unknown;
        let mut last = unknown;
        while let Some(piece) = pieces.get(end) {
            match piece.item {
                Item::Unknown => {
                    last = end;
                    end += 1;
                }
                Item::Comma
                | Item::End
                | Item::Settings(_)
                | Item::Condition(_)
                | Item::Order(_)
                | Item::Entry(_)
                | Item::Exit(_)
                | Item::Sell => {
                    break;
                }
                _ => end += 1,
            }
        }
        let denies = pieces.get(at..=last).is_some_and(|run| {
            run.iter().any(|piece| {
                let words = self.reading.tokens.get(piece.from..piece.to).unwrap_or_default();
                matches!(piece.item, Item::Unknown)
                    && words.iter().any(|token| token.word().is_some_and(|word| DENIALS.contains(&word)))
            })
        });
        if denies {
            // A denial turns its clause round: none of it is read.
            end = self.clause_end(at);
            last = end.saturating_sub(1).max(last);
        }
        while last + 1 < end
            && pieces
                .get(last + 1..end)
                .is_some_and(|rest| !rest.iter().all(|piece| matches!(piece.item, Item::And | Item::Or | Item::Only)))
            && pieces.get(end).is_none_or(|next| matches!(next.item, Item::End | Item::Comma))
        {
            last += 1;
        }
        let tail = last + 1;
        self.forget(at, tail);
        let from = pieces.get(at)?.from;
        let to = pieces.get(last)?.to;
        let phrase = self.words(from, to);
        if phrase.chars().any(char::is_alphanumeric) {
            self.unhandled.push(phrase);
        }
        Some(tail)
    }

    /// What was assumed for pieces that are handed out is not said.
    fn forget(&self, from: usize, to: usize) {
        for piece in self.reading.pieces.get(from..to).into_iter().flatten() {
            self.reading.scene.forget(piece.noted);
        }
    }

    /// A marker at `at` that leads to a condition elsewhere stays a marker.
    pub(crate) fn marker_is_used(&self, at: usize, unknown: usize) -> bool {
        let pieces = &self.reading.pieces;
        let marker = pieces
            .get(at..unknown)
            .unwrap_or_default()
            .iter()
            .any(|piece| matches!(piece.item, Item::Entry(_) | Item::Exit(_) | Item::Sell));
        if !marker {
            return false;
        }
        let rest = pieces.get(unknown..).unwrap_or_default();
        let used_after = rest
            .iter()
            .take_while(|piece| !matches!(piece.item, Item::End | Item::Entry(_) | Item::Exit(_) | Item::Sell))
            .any(|piece| matches!(piece.item, Item::Condition(_) | Item::Order(_)));
        used_after || !self.pending.is_empty()
    }

    /// `unless A or B`: the conditions that follow are denied together; whatever else follows is not understood.
    pub(crate) fn denied(&mut self, at: usize, side: Option<Side>) -> usize {
        if let Some(end) = side.is_none().then(|| self.denied_each(at)).flatten() {
            return end;
        }
        let pieces = &self.reading.pieces;
        let mut rule = Rule::default();
        let mut joint = Joint::Implicit;
        let mut end = at + 1;
        let mut last = at;
        while let Some(piece) = pieces.get(end) {
            match &piece.item {
                Item::Condition(condition) => {
                    rule.add(joint, condition.text.clone());
                    joint = Joint::And;
                    last = end;
                }
                Item::And => {
                    let word = self.reading.tokens.get(piece.from).and_then(Token::word).unwrap_or_default();
                    if !rule.is_empty()
                        && matches!(word, "when" | "if" | "while" | "once" | "whenever" | "as" | "every" | "each")
                    {
                        break;
                    }
                    joint = Joint::And;
                }
                Item::Or => joint = Joint::Or,
                Item::Filler | Item::Known => {}
                _ => break,
            }
            end += 1;
        }
        let from = pieces.get(at).map_or(0, |piece| piece.from);
        // "or between 12 and 1": the denial reaches further than the conditions.
        let further = joint == Joint::Or && last + 1 < end;
        // "exit at 3pm unless …": what is stated there has no condition.
        let of_setting = pieces
            .get(..at)
            .unwrap_or_default()
            .iter()
            .rev()
            .find(|piece| !matches!(piece.item, Item::Filler | Item::Known | Item::And))
            .is_some_and(|piece| matches!(piece.item, Item::Settings(_)));
        if rule.is_empty() || further || of_setting || self.excepted(at) {
            let stop = self.with_alternatives(self.clause_end(at));
            let to = pieces.get(stop.saturating_sub(1)).map_or(from, |piece| piece.to);
            let phrase = self.words(from, to);
            self.unhandled.push(phrase);
            self.forget(at, stop.max(at + 1));
            return stop.max(at + 1);
        }
        let to = pieces.get(last).map_or(from, |piece| piece.to);
        let phrase = self.words(from, to);
        if side.is_some() {
            self.double();
        }
        let role = match (side, self.role) {
            (Some(side), _) => Role::Entry(side),
            (None, Role::None) => Role::Entries,
            (None, _) if self.of_trades(at) || self.of_both(at) || self.after_two(at) => Role::Entries,
            (None, role) => role,
        };
        let text = super::condition::negated(&rule.text());
        if side.is_none() && self.role == Role::None && self.before_its_side(last) {
            self.pending.push((Joint::With, text, phrase));
        } else {
            self.put(role, Joint::With, text, phrase);
        }
        self.joint = Joint::With;
        last + 1
    }

    /// "only longs above X unless A", "don't short below it, unless A": an exception to a demand, or to words not read.
    fn excepted(&self, at: usize) -> bool {
        let before = self.reading.pieces.get(..at).unwrap_or_default();
        let unless = self.reading.pieces.get(at).is_some_and(|piece| {
            let words = self.reading.tokens.get(piece.from..piece.to).unwrap_or_default();
            matches!(words.first().and_then(Token::word), Some("unless" | "except"))
        });
        let sentence = || before.iter().rev().take_while(|piece| !matches!(piece.item, Item::End));
        let comma = matches!(before.last().map(|piece| &piece.item), Some(Item::Comma));
        let mut own = sentence().skip(usize::from(comma)).take_while(|piece| !matches!(piece.item, Item::Comma));
        let unread = own.any(|piece| matches!(piece.item, Item::Unknown));
        let clause = sentence().skip(usize::from(comma)).take_while(|piece| !matches!(piece.item, Item::Comma));
        let demand = clause.into_iter().any(|piece| {
            let words = self.reading.tokens.get(piece.from..piece.to).unwrap_or_default();
            let only = words.iter().any(|token| token.word() == Some("only"));
            matches!(piece.item, Item::Only | Item::Unless(_)) || matches!(piece.item, Item::Entry(_)) && only
        });
        unless && (unread || demand)
    }

    /// "unless A, or it is before 10": what "or" adds to a denial that was not read, to its end.
    fn with_alternatives(&self, stop: usize) -> usize {
        let pieces = &self.reading.pieces;
        let comma = pieces.get(stop).is_some_and(|piece| piece.item == Item::Comma);
        let or = pieces.get(stop + 1).is_some_and(|piece| piece.item == Item::Or);
        if comma && or { self.with_alternatives(self.clause_end(stop + 1)) } else { stop }
    }

    /// The piece that ends the clause of `at`.
    pub(crate) fn clause_end(&self, at: usize) -> usize {
        let rest = self.reading.pieces.get(at + 1..).unwrap_or_default();
        let length = rest.iter().position(|piece| matches!(piece.item, Item::Comma | Item::End)).unwrap_or(rest.len());
        at + 1 + length
    }
}
