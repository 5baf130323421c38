//! Phrases that hold for one side, one day or one time only: as said where the document can hold that, else unread.

use super::pieces::{Item, Piece};
use super::scene::{Scene, Side};
use super::setting::{Join, Setting};
use super::settings::SIDED;
use super::token::Token;

/// Words behind which a day or a time narrows what stands before it.
const NARROWING: [&str; 14] = [
    "on",
    "only",
    "except",
    "but",
    "before",
    "after",
    "during",
    "until",
    "not",
    "no",
    "skip",
    "excluding",
    "till",
    "in",
];

/// The pieces of a text with its tokens.
struct Text<'p> {
    pieces: &'p mut [Piece],
    tokens: &'p [Token],
    /// Longs and shorts are traded.
    both: bool,
    /// The text changes a strategy that has its entries.
    changing: bool,
}

/// Takes what is said for one side, day or time only as it is said, or makes it unread.
pub(crate) fn scoped(pieces: &mut [Piece], tokens: &[Token], scene: &Scene<'_>) {
    let names = |side| pieces.iter().any(|piece| piece.item == Item::Entry(Some(side)));
    let both = scene.both.get()
        || names(Side::Long) && names(Side::Short)
        || pieces.iter().any(|piece| matches!(piece.item, Item::BothSides | Item::Mirror(_)));
    let mut text = Text { pieces, tokens, both, changing: scene.changing.get() };
    for at in 0..text.pieces.len() {
        text.side(at);
        text.behind_condition(at, scene);
        text.day(at);
        text.conditional(at);
        text.named_side(at);
        text.dated_alternative(at, scene);
        text.words(at);
    }
}

impl Text<'_> {
    fn item(&self, at: Option<usize>) -> Option<&Item> {
        at.and_then(|at| self.pieces.get(at)).map(|piece| &piece.item)
    }

    fn words_of(&self, at: usize) -> Vec<&str> {
        let Some(piece) = self.pieces.get(at) else { return Vec::new() };
        self.tokens.get(piece.from..piece.to).unwrap_or_default().iter().filter_map(Token::word).collect()
    }

    fn starts(&self, at: usize, words: &[&str]) -> bool {
        self.words_of(at).first().is_some_and(|first| words.contains(first))
    }

    fn ends(&self, at: usize, words: &[&str]) -> bool {
        self.words_of(at).last().is_some_and(|last| words.contains(last))
    }

    /// The piece right behind `at`, over words that say nothing.
    fn after(&self, at: usize) -> Option<usize> {
        let rest = self.pieces.get(at + 1..)?;
        rest.iter().position(|piece| !matches!(piece.item, Item::Filler | Item::Known)).map(|offset| at + 1 + offset)
    }

    /// The piece right before `at`, over words that say nothing.
    fn before(&self, at: usize) -> Option<usize> {
        self.pieces.get(..at)?.iter().rposition(|piece| !matches!(piece.item, Item::Filler | Item::Known))
    }

    /// The end of the clause of `at`.
    fn clause_end(&self, at: usize) -> usize {
        let rest = self.pieces.get(at..).unwrap_or_default();
        at + rest.iter().position(|piece| matches!(piece.item, Item::Comma | Item::End)).unwrap_or(rest.len())
    }

    fn clause_start(&self, at: usize) -> usize {
        let rest = self.pieces.get(..at).unwrap_or_default();
        rest.iter().rposition(|piece| matches!(piece.item, Item::Comma | Item::End)).map_or(0, |found| found + 1)
    }

    /// Nothing of these pieces is read.
    fn unread(&mut self, from: usize, to: usize) {
        for piece in self.pieces.get_mut(from..to).into_iter().flatten() {
            if !matches!(piece.item, Item::Comma | Item::End) {
                piece.item = Item::Unknown;
            }
        }
    }

    fn settings(&self, at: Option<usize>) -> Option<&[Setting]> {
        match self.item(at) {
            Some(Item::Settings(settings)) => Some(settings),
            _ => None,
        }
    }

    /// `shorts only on mondays`, `for shorts use a 30 point stop`, `no trades after 2 for shorts`.
    fn side(&mut self, at: usize) {
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
        let noun = self.starts(at, &["for", "on", "longs", "shorts"]);
        let before = self.before(at);
        if noun && matches!(self.item(before), Some(Item::Unknown)) {
            let end = self.clause_end(at);
            return self.unread(at, end);
        }
        if !self.both {
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
    fn named_side(&mut self, at: usize) {
        let Some(settings) = self.settings(Some(at)).filter(|_| self.both) else { return };
        let words = self.words_of(at);
        let named = words.iter().any(|word| matches!(*word, "longs" | "shorts" | "short"));
        let one = words.contains(&"shorts") != words.contains(&"longs") || !words.contains(&"shorts");
        if named && one && settings.iter().any(|setting| setting.side.is_none()) {
            let end = self.clause_end(at);
            self.unread(at, end);
        }
    }

    /// `A, but B on mondays`, `except mondays when B`, `A or, on mondays, B`.
    fn dated_alternative(&mut self, at: usize, scene: &Scene<'_>) {
        let Some(settings) = self.settings(Some(at)) else { return };
        let dated = settings.iter().any(|one| matches!(one.pointer.as_str(), "/filters/windows" | "/filters/weekdays"));
        if !dated {
            return;
        }
        let (before, next) = (self.before(at), self.after(at));
        let excludes = self.starts(at, &["except", "but", "excluding"]);
        let when = matches!(self.item(next), Some(Item::And))
            && next.is_some_and(|next| self.starts(next, &["when", "if", "while"]));
        if excludes && when {
            let end = self.clause_end(at);
            return self.unread(at, end);
        }
        let condition = before.filter(|before| matches!(self.item(Some(*before)), Some(Item::Condition(_))));
        let but =
            condition.and_then(|condition| self.before(condition)).is_some_and(|joint| self.starts(joint, &["but"]));
        if let Some(condition) = condition.filter(|_| but) {
            return self.unread(condition, at + 1);
        }
        let ends = |piece: &&Piece| !matches!(piece.item, Item::End);
        let or = self
            .pieces
            .get(..at)
            .unwrap_or_default()
            .iter()
            .rev()
            .take_while(ends)
            .any(|piece| piece.item == Item::Or)
            || self.pieces.get(at..).unwrap_or_default().iter().take_while(ends).any(|piece| piece.item == Item::Or);
        let condition = |piece: &Piece| matches!(piece.item, Item::Condition(_));
        let rule = self.pieces.get(..at).unwrap_or_default().iter().rev().take_while(ends).any(condition);
        if or && rule {
            scene.assume(format!("\"{}\" holds for the whole entry", self.said(at, scene)));
        }
    }

    /// Exits of one side, as many as follow each other.
    fn give(&mut self, from: usize, side: Side) {
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
    fn behind_condition(&self, at: usize, scene: &Scene<'_>) {
        let Some(settings) = self.settings(Some(at)).filter(|_| self.both) else { return };
        let whole = settings.iter().any(|one| matches!(one.pointer.as_str(), "/filters/windows" | "/filters/weekdays"));
        let from = self.clause_start(at);
        let clause = self.pieces.get(from..at).unwrap_or_default();
        let sided = clause.iter().any(|piece| matches!(piece.item, Item::Entry(Some(_))));
        let behind = matches!(self.item(self.before(at)), Some(Item::Condition(_)));
        let again =
            self.pieces.iter().filter(|piece| matches!(&piece.item, Item::Settings(other) if other == settings));
        if whole && sided && behind && again.count() < 2 {
            scene.assume(format!("\"{}\" holds for longs and shorts alike", self.said(at, scene)));
        }
    }

    fn said(&self, at: usize, scene: &Scene<'_>) -> String {
        let bounds = self.pieces.get(at).and_then(|piece| {
            let last = self.tokens.get(piece.to.checked_sub(1)?)?;
            Some((self.tokens.get(piece.from)?.start, last.end))
        });
        bounds.and_then(|(from, to)| scene.text.get(from..to)).unwrap_or_default().to_owned()
    }

    /// `flat by 3:45 on fridays`, `2 contracts before noon`, `exit on friday`.
    fn day(&mut self, at: usize) {
        let Some(settings) = self.settings(Some(at)) else { return };
        let has = |pointer: &str| settings.iter().any(|one| one.pointer == pointer);
        let (days, hours) = (has("/filters/weekdays"), has("/filters/windows"));
        // "… and only trade between 9:30 and 11" is a setting of its own.
        let own = {
            let words = self.words_of(at);
            let apart = words.iter().any(|word| matches!(*word, "and" | "also" | "then" | "plus"));
            apart && !words.contains(&"between")
                || words.iter().take(2).any(|word| matches!(*word, "and" | "also" | "trade"))
        };
        if !days && !hours || own {
            return;
        }
        let bound = settings.iter().any(|one| one.join == Join::Bound);
        let before = self.before(at);
        let handed = before.is_some_and(|before| self.ends(before, &["on", "only", "for", "except"]));
        let led = self.starts(at, &NARROWING) || handed;
        let narrow = self.starts(at, &["only", "except", "during", "excluding"]) || bound;
        let narrowed = match self.item(before) {
            Some(Item::Exit(_)) => true,
            Some(Item::Settings(first)) => {
                let exits = first.iter().any(|one| one.pointer.starts_with("/exit"));
                let windows = first.iter().any(|one| one.pointer == "/filters/windows");
                let own = windows || first.iter().any(|one| one.pointer == "/filters/weekdays");
                let denied = before.is_some_and(|before| self.starts(before, &NARROWING[8..12]));
                exits && (days && led || hours) || !own && (days && led || narrow) || windows && days && led && denied
            }
            _ => false,
        };
        if let (true, Some(before)) = (narrowed, before) {
            return self.unread(before, at + 1);
        }
        self.day_first(at, days);
    }

    /// `on fridays exit at 2pm`, `fridays: flat by 2`, `trade 9:30 to 11, on wednesdays only 9:30 to 10`.
    fn day_first(&mut self, at: usize, days: bool) {
        let before = self.before(at);
        let opens = before.is_none() || matches!(self.item(before), Some(Item::End | Item::Comma));
        let on = self.starts(at, &["on", "after", "before"]);
        let mut next = self.after(at);
        let colon = next.and_then(|next| self.pieces.get(next)).and_then(|piece| self.tokens.get(piece.from));
        let colon = colon.is_some_and(|token| token.is_mark(':'));
        if days && (on || colon) && matches!(self.item(next), Some(Item::Comma)) {
            next = next.and_then(|next| self.after(next));
        }
        let hours = |item: &Item| matches!(item, Item::Settings(settings) if settings.iter().any(|one| one.pointer == "/filters/windows"));
        let several = self.pieces.iter().filter(|piece| hours(&piece.item)).count() > 1;
        let follows = self.settings(next).is_some_and(|next| {
            next.iter().any(|one| {
                one.pointer.starts_with("/exit")
                    || one.pointer == "/sizing"
                    || one.join == Join::Bound
                    || several && one.pointer == "/filters/windows"
            })
        });
        if let (true, Some(next)) = (opens && follows && (on || days), next) {
            self.unread(at, next + 1);
        }
    }

    /// `stop 10 points when adx is over 30`: a setting that holds only then.
    fn conditional(&mut self, at: usize) {
        let Some(settings) = self.settings(Some(at)) else { return };
        let placed = settings.iter().all(|one| SIDED.contains(&one.pointer.as_str()) || one.pointer == "/sizing");
        let from = self.clause_start(at);
        let clause = self.pieces.get(from..at).unwrap_or_default();
        let opened = clause.iter().any(|piece| {
            matches!(piece.item, Item::Entry(_) | Item::Exit(_) | Item::Condition(_) | Item::Order(_) | Item::Sell)
        });
        let buys = self.starts(at, &["buy", "trade", "trading"]) && !self.changing;
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
        let Some(joint) = self.after(at).filter(|next| {
            matches!(self.item(Some(*next)), Some(Item::And))
                && self.starts(*next, &["when", "if", "while", "once", "whenever"])
        }) else {
            return;
        };
        if matches!(self.item(self.after(joint)), Some(Item::Condition(_) | Item::Unknown)) {
            let end = self.clause_end(at);
            self.unread(at, end);
        }
    }

    /// Words that nobody reads and that reach beyond their own clause.
    fn words(&mut self, at: usize) {
        match self.item(Some(at)) {
            Some(Item::Unknown) => {
                let words = self.words_of(at);
                let says = |word: &str| words.contains(&word);
                let number = self.pieces.get(at).and_then(|piece| self.tokens.get(piece.from));
                let number = number.is_some_and(|token| matches!(token.kind, super::token::Kind::Number(_)));
                let some =
                    number || ["two", "three", "four", "most", "some", "any", "half"].iter().any(|word| says(word));
                let of = self
                    .pieces
                    .get(at + 1)
                    .is_some_and(|next| matches!(next.item, Item::Filler) && self.starts(at + 1, &["of"]))
                    && matches!(self.item(self.after(at)), Some(Item::Condition(_) | Item::Unknown | Item::Comma));
                let counts = says("none") || says("neither") || says("nor") || some && of;
                let otherwise = says("otherwise") || says("else") || says("elsewhere");
                if counts {
                    let rest = self.pieces.get(at..).unwrap_or_default();
                    let end = rest.iter().position(|piece| matches!(piece.item, Item::End)).unwrap_or(rest.len());
                    self.unread(at, at + end);
                }
                if otherwise {
                    self.otherwise(at);
                }
            }
            // "add 1 contract", "another 2 contracts": more than the size.
            Some(Item::Settings(settings)) if settings.iter().any(|one| one.pointer == "/sizing") => {
                let added =
                    self.before_word(at).is_some_and(|word| matches!(word, "add" | "adding" | "another" | "extra"));
                if added {
                    let end = self.clause_end(at);
                    self.unread(at, end);
                }
            }
            // "after 5 bars" right behind a condition counts from something else than the entry, perhaps.
            Some(Item::Settings(settings))
                if settings.iter().any(|one| one.pointer == "/exit/max_bars" || one.pointer == "/exit/max_minutes") =>
            {
                let behind =
                    self.before(at).filter(|before| matches!(self.item(Some(*before)), Some(Item::Condition(_))));
                if let Some(before) = behind.filter(|_| self.starts(at, &["after", "for", "within"])) {
                    self.unread(before, at + 1);
                }
            }
            // "NQ and RTY are both above VWAP" of which one was not read.
            Some(Item::Condition(_)) if self.words_of(at).contains(&"both") => {
                let joint = self.before(at).filter(|joint| matches!(self.item(Some(*joint)), Some(Item::And)));
                let other = joint.and_then(|joint| self.before(joint));
                if let Some(other) = other.filter(|other| matches!(self.item(Some(*other)), Some(Item::Unknown))) {
                    self.unread(other, at + 1);
                }
            }
            Some(Item::Filler) => self.filler(at),
            // "A in the first hour and B after": a word that leads nowhere.
            Some(Item::And) if self.starts(at, &["after", "while", "once", "where", "upon"]) => {
                if matches!(self.item(self.after(at)), None | Some(Item::End | Item::Comma)) {
                    self.unread(at, at + 1);
                }
            }
            // "stop 10 points except on shorts".
            Some(Item::Unless(_)) => {
                let setting = self.before(at).filter(|before| {
                    self.settings(Some(*before)).is_some_and(|settings| {
                        settings.iter().any(|one| one.pointer.starts_with("/exit") || one.pointer == "/sizing")
                    })
                });
                if let Some(setting) = setting {
                    let end = self.clause_end(at);
                    self.unread(setting, end);
                }
            }
            // "stop 6 points on close": an exit word that says nothing of its own.
            Some(Item::Exit(None)) if self.words_of(at) == ["close"] => {
                let on = self.before(at).filter(|joint| self.starts(*joint, &["on", "at", "by", "as"]));
                let of = on.and_then(|on| self.before(on));
                if let Some(of) = of.filter(|of| self.settings(Some(*of)).is_some()) {
                    self.unread(of, at + 1);
                }
            }
            _ => {}
        }
    }

    /// Words that say nothing alone, and much beside a rule: "each has higher volume", "short cross with RSI under 50".
    fn filler(&mut self, at: usize) {
        let words = self.words_of(at);
        let next = self.after(at);
        let rule = matches!(self.item(next), Some(Item::Condition(_)));
        let each = words.iter().any(|word| matches!(*word, "each" | "every"));
        let cross = words.iter().any(|word| matches!(*word, "cross" | "crossover" | "up"));
        let before = self.before(at);
        let side = matches!(self.item(before), Some(Item::Entry(_)));
        let behind = matches!(self.item(before), Some(Item::Condition(_)));
        let with = matches!(self.item(next), Some(Item::And));
        if let Some(next) = next.filter(|_| each && rule) {
            self.unread(at, next + 1);
        } else if cross && behind {
            self.unread(at, at + 1);
        } else if let Some(before) = before.filter(|_| cross && side && with) {
            let end = self.clause_end(at);
            self.unread(before, end);
        }
    }

    fn before_word(&self, at: usize) -> Option<&str> {
        let from = self.pieces.get(at)?.from;
        self.tokens.get(from.checked_sub(1)?)?.word()
    }

    /// `stop 6 points on mondays, 10 otherwise`: what stands before holds only sometimes.
    fn otherwise(&mut self, at: usize) {
        let own = self.clause_start(at);
        let start = own.checked_sub(1).map_or(0, |comma| self.clause_start(comma));
        for piece in self.pieces.get_mut(start..at).into_iter().flatten() {
            let placed = matches!(&piece.item, Item::Settings(settings)
                if settings.iter().any(|one| one.pointer.starts_with("/exit") || one.pointer == "/sizing"));
            if placed {
                piece.item = Item::Unknown;
            }
        }
    }
}
