//! Exits said with one side: under its heading, behind its rule, or joined by "and" to what is said for it.

use super::pieces::{Item, Piece};
use super::scene::{Scene, Side};
use super::scopes::Text;
use super::settings::SIDED;
use super::token::Token;

/// `Long when A. Exit when B. Short when C. Exit when D.`: each exit is of the side before it.
pub(crate) fn each_behind_its_side(pieces: &mut [Piece]) {
    let mut exits: Vec<(usize, Side)> = Vec::new();
    let mut last = None;
    for (at, piece) in pieces.iter().enumerate() {
        match piece.item {
            Item::Entry(Some(side)) => last = Some(side),
            Item::Exit(None) => match last {
                Some(side) if exits.last().is_none_or(|(_, before)| *before != side) => exits.push((at, side)),
                _ => return,
            },
            Item::Exit(Some(_)) | Item::Sell | Item::Mirror(_) => return,
            _ => {}
        }
    }
    let [(_, first), (_, second)] = exits.as_slice() else { return };
    if first != second {
        for (at, side) in exits {
            if let Some(piece) = pieces.get_mut(at) {
                piece.item = Item::Exit(Some(side));
            }
        }
    }
}

/// `exit when it crosses back, but only if the close is under the 200 EMA`: the opposite signal holds by itself, so a demand
/// on it is not read as one of the entries.
pub(crate) fn demanded_of_opposites(pieces: &mut [Piece], tokens: &[Token]) {
    let mut behind = false;
    let mut demands = false;
    for piece in pieces {
        match piece.item {
            Item::ExitOpposite => (behind, demands) = (true, false),
            Item::Comma | Item::Filler | Item::Known | Item::Only => {}
            Item::And if behind => {
                let word = tokens.get(piece.from).and_then(Token::word);
                demands |= matches!(word, Some("and" | "but" | "if" | "while" | "with"));
            }
            Item::Condition(_) if behind && demands => {
                piece.item = Item::Unknown;
                behind = false;
            }
            _ => behind = false,
        }
    }
}

impl Text<'_> {
    /// `shorts: rsi above 75 and target 10 points`: what is said under a heading is of its side.
    pub(crate) fn headed_exits(&mut self, at: usize) {
        let Some(Item::Entry(Some(side))) = self.item(Some(at)) else { return };
        let side = *side;
        if !self.changing || !self.both || !self.heads(at) {
            return;
        }
        let mut ruled = false;
        for place in at + 1..self.pieces.len() {
            match self.item(Some(place)) {
                Some(Item::Condition(_)) => ruled = true,
                Some(Item::Settings(_)) if ruled => self.of_side(place, side),
                Some(Item::Settings(_) | Item::And | Item::Comma | Item::Filler | Item::Known | Item::Unknown) => {}
                _ => return,
            }
        }
    }

    /// `longs: A. shorts: B, target 12 points`: said under one heading alone it holds for both sides, which is said.
    pub(crate) fn shared_exits(&self, at: usize, scene: &Scene<'_>) {
        let headed = matches!(self.item(Some(at)), Some(Item::Entry(Some(_)))) && self.heads(at);
        if !headed || self.changing || !self.both {
            return;
        }
        let rest = self.pieces.get(at + 1..).unwrap_or_default();
        let end = at + 1 + rest.iter().position(|piece| piece.item == Item::End).unwrap_or(rest.len());
        let before = self.pieces.get(..at).unwrap_or_default();
        let start = before.iter().rposition(|piece| piece.item == Item::End).map_or(0, |end| end + 1);
        let other = |place: usize| place != at && matches!(self.item(Some(place)), Some(Item::Entry(Some(_))));
        if (start..end).any(other) {
            return;
        }
        for place in at + 1..end {
            let Some([one]) = self.settings(Some(place)) else { continue };
            let again = (0..self.pieces.len()).filter(|place| !(start..end).contains(place)).any(|place| {
                self.settings(Some(place)).is_some_and(|other| other.iter().any(|other| other.pointer == one.pointer))
            });
            if one.side.is_none() && SIDED.contains(&one.pointer.as_str()) && !again {
                scene.assume(format!("\"{}\" holds for longs and shorts alike", self.said(place, scene)));
            }
        }
    }

    /// The side opens what follows: `shorts:`, `for shorts`, `on the short side`.
    fn heads(&self, at: usize) -> bool {
        if self.starts(at, &["for", "on"]) {
            return true;
        }
        let Some(piece) = self.pieces.get(at) else { return false };
        let next = self.after(at).and_then(|next| self.pieces.get(next)).map_or(piece.to, |next| next.from);
        let marks = self.tokens.get(piece.from..=next.max(piece.to)).unwrap_or_default();
        marks.iter().any(|token| token.is_mark(':'))
    }

    /// A setting of one side; what the document cannot tell apart is unread.
    fn of_side(&mut self, at: usize, side: Side) {
        let Some(settings) = self.settings(Some(at)) else { return };
        if settings.iter().any(|one| one.side.is_some()) {
            return;
        }
        if settings.iter().all(|one| SIDED.contains(&one.pointer.as_str())) {
            self.give_one(at, side);
        } else {
            self.unread(at, at + 1);
        }
    }

    /// The side was said before the rest, and was put behind it.
    fn said_first(&self, at: usize) -> bool {
        let Some(piece) = self.pieces.get(at) else { return false };
        let words = self.tokens.get(piece.from..piece.to).unwrap_or_default();
        words.first().zip(words.last()).is_some_and(|(first, last)| last.start < first.start)
    }

    fn give_one(&mut self, at: usize, side: Side) {
        if let Some(Item::Settings(settings)) = self.pieces.get_mut(at).map(|piece| &mut piece.item) {
            for one in settings.iter_mut() {
                one.side = Some(side);
            }
        }
    }

    /// `for longs use a 30 point stop and a 60 point target`, `a 30 point stop and a 60 point target for longs`.
    pub(crate) fn joined_exits(&mut self, at: usize) {
        let side = self.settings(Some(at)).and_then(|settings| settings.iter().find_map(|one| one.side));
        let Some(side) = side.filter(|_| self.changing && self.both) else { return };
        if self.starts(at, &["for", "on"]) || self.said_first(at) {
            return self.give(at + 1, side);
        }
        let led = self.words_of(at).iter().any(|word| matches!(*word, "for" | "on"));
        let ends = matches!(self.item(self.after(at)), None | Some(Item::End));
        let before = self.before(at);
        let joint = before.filter(|joint| self.item(Some(*joint)) == Some(&Item::And));
        let first = if self.starts(at, &["and"]) { before } else { joint.and_then(|joint| self.before(joint)) };
        let first = first.filter(|_| led && ends);
        let plain = |at: usize| {
            self.settings(Some(at)).is_some_and(|settings| {
                settings.iter().all(|one| one.side.is_none() && SIDED.contains(&one.pointer.as_str()))
            })
        };
        if let Some(first) = first.filter(|first| plain(*first)) {
            self.give_one(first, side);
        }
    }
}
