//! Phrases that hold for one side, one day or one time only: as said where the document can hold that, else unread.

use super::pieces::{Item, Piece};
use super::scene::{Scene, Side};
use super::setting::Setting;
use super::settings::SIDED;
use super::token::Token;

/// The pieces of a text with its tokens.
pub(crate) struct Text<'p> {
    pub(crate) pieces: &'p mut [Piece],
    pub(crate) tokens: &'p [Token],
    /// Longs and shorts are traded.
    pub(crate) both: bool,
    /// The text changes a strategy that has its entries.
    pub(crate) changing: bool,
}

/// Takes what is said for one side, day or time only as it is said, or makes it unread.
pub(crate) fn scoped(pieces: &mut [Piece], tokens: &[Token], scene: &Scene<'_>) {
    let names = |side| pieces.iter().any(|piece| piece.item == Item::Entry(Some(side)));
    let both = scene.both.get()
        || names(Side::Long) && names(Side::Short)
        || pieces.iter().any(|piece| matches!(piece.item, Item::BothSides | Item::Mirror(_)));
    super::lists::label_of_sides(pieces, tokens);
    super::lists::headings(pieces, tokens);
    super::lists::same_events(pieces, tokens);
    super::lists::restated(pieces, scene);
    let mut text = Text { pieces, tokens, both, changing: scene.changing.get() };
    for at in 0..text.pieces.len() {
        text.headed_exits(at);
        text.joined_exits(at);
        text.side(at);
        text.shared_exits(at, scene);
        text.behind_condition(at, scene);
        text.of_some_trades(at);
        text.day(at);
        text.conditional(at);
        text.conditioned(at);
        text.reason(at);
        text.narrowed(at);
        text.narrowed_before(at);
        text.named_side(at);
        text.dated_alternative(at, scene);
        text.reaching(at);
    }
}

/// A setting of trades, which holds for all of them.
fn held(one: &Setting) -> bool {
    ["/exit", "/filters", "/sizing"].iter().any(|part| one.pointer.starts_with(part))
}

/// Hours and days of entries.
fn narrows(one: &Setting) -> bool {
    matches!(one.pointer.as_str(), "/filters/windows" | "/filters/weekdays")
}

/// How long a trade lasts.
fn lasts(one: &Setting) -> bool {
    matches!(one.pointer.as_str(), "/exit/max_bars" | "/exit/max_minutes")
}

impl Text<'_> {
    pub(crate) fn item(&self, at: Option<usize>) -> Option<&Item> {
        at.and_then(|at| self.pieces.get(at)).map(|piece| &piece.item)
    }

    pub(crate) fn words_of(&self, at: usize) -> Vec<&str> {
        let Some(piece) = self.pieces.get(at) else { return Vec::new() };
        self.tokens.get(piece.from..piece.to).unwrap_or_default().iter().filter_map(Token::word).collect()
    }

    pub(crate) fn starts(&self, at: usize, words: &[&str]) -> bool {
        self.words_of(at).first().is_some_and(|first| words.contains(first))
    }

    pub(crate) fn ends(&self, at: usize, words: &[&str]) -> bool {
        self.words_of(at).last().is_some_and(|last| words.contains(last))
    }

    /// The piece right behind `at`, over words that say nothing.
    pub(crate) fn after(&self, at: usize) -> Option<usize> {
        let rest = self.pieces.get(at + 1..)?;
        rest.iter().position(|piece| !matches!(piece.item, Item::Filler | Item::Known)).map(|offset| at + 1 + offset)
    }

    /// The piece right before `at`, over words that say nothing.
    pub(crate) fn before(&self, at: usize) -> Option<usize> {
        self.pieces.get(..at)?.iter().rposition(|piece| !matches!(piece.item, Item::Filler | Item::Known))
    }

    /// The end of the clause of `at`.
    pub(crate) fn clause_end(&self, at: usize) -> usize {
        let rest = self.pieces.get(at..).unwrap_or_default();
        at + rest.iter().position(|piece| matches!(piece.item, Item::Comma | Item::End)).unwrap_or(rest.len())
    }

    pub(crate) fn clause_start(&self, at: usize) -> usize {
        let rest = self.pieces.get(..at).unwrap_or_default();
        rest.iter().rposition(|piece| matches!(piece.item, Item::Comma | Item::End)).map_or(0, |found| found + 1)
    }

    /// Nothing of these pieces is read.
    pub(crate) fn unread(&mut self, from: usize, to: usize) {
        for piece in self.pieces.get_mut(from..to).into_iter().flatten() {
            if !matches!(piece.item, Item::Comma | Item::End) {
                piece.item = Item::Unknown;
            }
        }
    }

    pub(crate) fn settings(&self, at: Option<usize>) -> Option<&[Setting]> {
        match self.item(at) {
            Some(Item::Settings(settings)) => Some(settings),
            _ => None,
        }
    }

    /// `shorts only on mondays`, `for shorts use a 30 point stop`, `no trades after 2 for shorts`.
    pub(crate) fn side(&mut self, at: usize) {
        if let (Some(Item::Exit(Some(_))), true) = (self.item(Some(at)), self.both) {
            // "close longs after 10 bars".
            let next = self.after(at).filter(|next| {
                self.settings(Some(*next)).is_some_and(|next| next.iter().all(|one| one.side.is_none()))
            });
            if let Some(next) = next {
                self.unread(at, next + 1);
            }
            return;
        }
        let Some(Item::Entry(Some(side))) = self.item(Some(at)) else { return };
        let side = *side;
        let noun = self.starts(at, &["for", "on"]) || self.ends(at, &["longs", "shorts"]);
        let before = self.before(at);
        if noun && matches!(self.item(before), Some(Item::Unknown)) {
            let end = self.clause_end(at);
            return self.unread(at, end);
        }
        if !self.both {
            return;
        }
        // "over 65 for shorts, stop at 2 ATR": the side closes its rule.
        let closes = self.starts(at, &["for"]) && matches!(self.item(before), Some(Item::Condition(_)));
        if closes && matches!(self.item(Some(at + 1)), Some(Item::Comma | Item::End)) {
            return;
        }
        let mut next = self.after(at);
        while matches!(self.item(next), Some(Item::Only)) || noun && matches!(self.item(next), Some(Item::Comma)) {
            next = next.and_then(|next| self.after(next));
        }
        if let (Some(settings), Some(found)) = (self.settings(next), next) {
            let sided = settings.iter().all(|one| SIDED.contains(&one.pointer.as_str()));
            let filter = settings.iter().any(|one| one.pointer.starts_with("/filters"));
            if sided && noun {
                self.give(found, side);
                if let Some(piece) = self.pieces.get_mut(at) {
                    piece.item = Item::Filler;
                }
            } else if noun {
                let end = self.clause_end(found);
                self.unread(at, end);
            } else if filter {
                self.unread(found, found + 1);
            }
            return;
        }
        let led =
            self.starts(at, &["for", "on"]) || before.is_some_and(|before| self.ends(before, &["for", "on", "of"]));
        let stated = self.settings(before).filter(|_| noun && led);
        if let (Some(settings), Some(stated)) = (stated, before) {
            if settings.iter().all(|one| SIDED.contains(&one.pointer.as_str()) && one.side.is_none()) {
                self.give(stated, side);
                self.unread(at, at + 1);
            }
            let end = self.clause_end(at);
            self.unread(stated, end);
        }
    }

    /// `close longs after 10 bars`: a side in the words of a setting that knows none.
    pub(crate) fn named_side(&mut self, at: usize) {
        let Some(settings) = self.settings(Some(at)).filter(|_| self.both) else { return };
        let words = self.words_of(at);
        let named = words.iter().any(|word| matches!(*word, "longs" | "shorts" | "short"));
        let one = words.contains(&"shorts") != words.contains(&"longs") || !words.contains(&"shorts");
        if named && one && settings.iter().any(|setting| setting.side.is_none()) {
            let end = self.clause_end(at);
            self.unread(at, end);
        }
    }

    /// Exits of one side, as many as follow each other.
    pub(crate) fn give(&mut self, from: usize, side: Side) {
        for piece in self.pieces.get_mut(from..).into_iter().flatten() {
            match &mut piece.item {
                Item::Settings(settings) => {
                    for one in settings.iter_mut() {
                        if SIDED.contains(&one.pointer.as_str()) {
                            one.side = one.side.or(Some(side));
                        }
                    }
                }
                Item::Comma | Item::And | Item::Filler | Item::Known => {}
                _ => return,
            }
        }
    }

    /// `buy when A on mondays, short when B`: filters hold for both sides, which is said.
    pub(crate) fn behind_condition(&self, at: usize, scene: &Scene<'_>) {
        let Some(settings) = self.settings(Some(at)).filter(|_| self.both) else { return };
        let whole = settings.iter().any(|one| matches!(one.pointer.as_str(), "/filters/windows" | "/filters/weekdays"));
        let from = self.clause_start(at);
        let clause = self.pieces.get(from..at).unwrap_or_default();
        let sided = clause.iter().any(|piece| matches!(piece.item, Item::Entry(Some(_))));
        let behind = clause.iter().any(|piece| matches!(piece.item, Item::Condition(_)));
        let again =
            self.pieces.iter().filter(|piece| matches!(&piece.item, Item::Settings(other) if other == settings));
        if whole && sided && behind && again.count() < 2 {
            scene.assume(format!("\"{}\" holds for longs and shorts alike", self.said(at, scene)));
        }
    }

    pub(crate) fn said(&self, at: usize, scene: &Scene<'_>) -> String {
        let bounds = self.pieces.get(at).and_then(|piece| {
            let last = self.tokens.get(piece.to.checked_sub(1)?)?;
            Some((self.tokens.get(piece.from)?.start, last.end))
        });
        bounds.and_then(|(from, to)| scene.text.get(from..to)).unwrap_or_default().to_owned()
    }

    /// `stop 10 points when adx is over 30`: a setting that holds only then.
    pub(crate) fn conditional(&mut self, at: usize) {
        let Some(settings) = self.settings(Some(at)) else { return };
        // Hours and days narrow the entries as the demand does.
        let placed = settings.iter().all(|one| held(one) && !narrows(one));
        let from = self.clause_start(at);
        let clause = self.pieces.get(from..at).unwrap_or_default();
        let opened = clause.iter().any(|piece| {
            matches!(piece.item, Item::Entry(_) | Item::Exit(_) | Item::Condition(_) | Item::Order(_) | Item::Sell)
        });
        let ended = self.pieces.get(..at).unwrap_or_default().iter().rposition(|piece| piece.item == Item::End);
        let ruled = self.pieces.get(..ended.unwrap_or(0)).unwrap_or_default();
        let ruled = ruled.iter().any(|piece| matches!(piece.item, Item::Condition(_)));
        let buys = self.starts(at, &["buy", "trade", "trading"]) && !self.changing && !ruled;
        let elsewhere = self.changing
            || self
                .pieces
                .get(..at)
                .unwrap_or_default()
                .iter()
                .any(|piece| matches!(piece.item, Item::Entry(_) | Item::Order(_) | Item::Condition(_)));
        if !placed || opened || buys || !elsewhere {
            return;
        }
        let next = self.after(at);
        let joint = next.filter(|next| match self.item(Some(*next)) {
            Some(Item::And) => self.starts(*next, &["when", "if", "while", "once", "whenever", "with"]),
            Some(Item::Only) => self.starts(*next, &["as", "so", "provided", "providing", "assuming"]),
            _ => false,
        });
        let unread = matches!(self.item(joint.and_then(|joint| self.after(joint))), Some(Item::Unknown));
        let demanded = joint.map_or(next, |joint| self.after(joint));
        // "trail 1% once <a profit of> 2%": when the first begins, not a setting of its own.
        let begins = joint.is_some_and(|joint| self.starts(joint, &["once", "when", "if", "whenever"]))
            && self.settings(demanded).is_some_and(|one| one.iter().all(|one| one.pointer.starts_with("/exit")));
        if unread || begins || matches!(self.item(demanded), Some(Item::Condition(_))) {
            let end = self.clause_end(at);
            self.unread(at, end);
        }
    }

    /// `flat by noon only for longs`, `trail 10 points after 10 bars`: a side or a time that the document does not tell apart.
    pub(crate) fn narrowed(&mut self, at: usize) {
        if !self.settings(Some(at)).is_some_and(|settings| settings.iter().all(|one| held(one) && !narrows(one))) {
            return;
        }
        let next = self.after(at);
        let only = next.filter(|next| self.item(Some(*next)) == Some(&Item::Only));
        let side = only.map_or(next, |only| self.after(only));
        let last = matches!(self.item(side.and_then(|side| self.after(side))), None | Some(Item::Comma | Item::End));
        let sided = self.both && last && matches!(self.item(side), Some(Item::Entry(Some(_)) | Item::OnlySide(_)));
        let timed = next.is_some_and(|next| {
            let all = |of: fn(&Setting) -> bool| self.settings(Some(next)).is_some_and(|one| one.iter().all(of));
            self.starts(next, &["after"]) && all(lasts) || self.starts(next, &["in", "for", "during"]) && all(narrows)
        });
        if sided || timed {
            let end = self.clause_end(at);
            self.unread(at, end);
        }
    }

    /// `shorts have been terrible when the trend is up, so …`: why, no rule.
    pub(crate) fn reason(&mut self, at: usize) {
        const JUDGED: [&str; 24] = [
            "terrible",
            "awful",
            "bad",
            "badly",
            "poor",
            "poorly",
            "worse",
            "worst",
            "horrible",
            "losing",
            "loses",
            "lost",
            "lose",
            "losers",
            "suck",
            "sucks",
            "hurt",
            "hurts",
            "fail",
            "fails",
            "struggle",
            "struggles",
            "killed",
            "chopped",
        ];
        if !matches!(self.item(Some(at)), Some(Item::Condition(_))) {
            return;
        }
        let (from, to) = (self.clause_start(at), self.clause_end(at));
        let judged = |place: usize| {
            self.item(Some(place)) == Some(&Item::Unknown)
                && self.words_of(place).iter().any(|word| JUDGED.contains(word))
        };
        if self.changing && (from..at).any(judged) {
            // "…, so only take them when …": without the reason nobody can tell what "them" are.
            let rest = self.pieces.get(to..).unwrap_or_default();
            let end = rest.iter().position(|piece| piece.item == Item::End).map_or(self.pieces.len(), |end| to + end);
            let refers = (to..end)
                .any(|place| self.words_of(place).iter().any(|word| matches!(*word, "them" | "those" | "these")));
            self.unread(from, if refers { end } else { to });
        }
    }

    /// `in the afternoon use a 10 point stop`: the same, its span first.
    pub(crate) fn narrowed_before(&mut self, at: usize) {
        let all = |at: usize, of: fn(&Setting) -> bool| self.settings(Some(at)).is_some_and(|one| one.iter().all(of));
        let opens =
            self.before(at).is_none_or(|before| matches!(self.item(Some(before)), Some(Item::Comma | Item::End)));
        let span = opens && all(at, narrows) && self.starts(at, &["in", "during"]);
        let comma = |next: &usize| self.changing && self.item(Some(*next)) == Some(&Item::Comma);
        let next = self.after(at).and_then(|next| if comma(&next) { self.after(next) } else { Some(next) });
        let next = next.filter(|next| span && !self.starts(*next, &["with"]));
        if let Some(next) = next.filter(|next| all(*next, |one| held(one) && !narrows(one))) {
            let end = self.clause_end(next);
            self.unread(at, end);
        }
    }

    /// `if adx is over 30 use a 10 point stop`, `when we gap up, no stop`: the same, its demand first.
    pub(crate) fn conditioned(&mut self, at: usize) {
        let denied = self.item(Some(at)) == Some(&Item::Filler) && self.starts(at, &["no", "without"]);
        if !denied && !self.settings(Some(at)).is_some_and(|settings| settings.iter().all(held)) {
            return;
        }
        let before = self.pieces.get(..at).unwrap_or_default();
        let start = before.iter().rposition(|piece| matches!(piece.item, Item::End)).map_or(0, |end| end + 1);
        let sentence = before.get(start..).unwrap_or_default();
        let demand = |piece: &Piece| matches!(piece.item, Item::Condition(_));
        // "if A then buy 50 shares, otherwise 100".
        let behind =
            self.pieces.get(at..).unwrap_or_default().iter().take_while(|piece| piece.item != Item::End).count();
        let otherwise =
            (at..at + behind).any(|at| self.words_of(at).iter().any(|word| matches!(*word, "otherwise" | "else")));
        let quiet = |piece: &Piece| {
            demand(piece)
                || otherwise && matches!(piece.item, Item::Entry(_))
                || matches!(piece.item, Item::And | Item::Or | Item::Comma | Item::Filler | Item::Known)
        };
        let first = sentence.iter().position(|piece| !matches!(piece.item, Item::Filler | Item::Known));
        let asks = first.is_some_and(|first| self.starts(start + first, &["when", "if", "while", "once", "whenever"]));
        // Before any rule "when A, 10 point stop" enters.
        let elsewhere = self.changing
            || before.iter().take(start).any(|piece| demand(piece) || matches!(piece.item, Item::Order(_)));
        if asks && elsewhere && sentence.iter().any(demand) && sentence.iter().all(quiet) {
            let end = self.clause_end(at);
            self.unread(start, end);
        }
    }
}
