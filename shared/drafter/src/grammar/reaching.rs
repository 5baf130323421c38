//! Words that reach beyond their own phrase: "none of", "otherwise", "add", "each".

use super::pieces::{Item, Piece};
use super::scopes::Text;
use super::token::Kind;

/// What a setting is of.
fn is_of(item: Option<&Item>, pointers: &[&str]) -> bool {
    matches!(item, Some(Item::Settings(settings))
        if settings.iter().any(|one| pointers.iter().any(|pointer| one.pointer.starts_with(pointer))))
}

impl Text<'_> {
    /// What words at `at` make of those beside them.
    pub(crate) fn reaching(&mut self, at: usize) {
        let found = match self.item(Some(at)) {
            Some(Item::Unknown) => return self.unknown(at),
            Some(Item::Filler) => return self.filler(at),
            item if is_of(item, &["/sizing"]) => self.added(at),
            item if is_of(item, &["/exit/max_bars", "/exit/max_minutes"]) => self.after_condition(at),
            // "NQ and RTY are both above VWAP" of which one was not read.
            Some(Item::Condition(_)) if self.words_of(at).contains(&"both") => {
                let joint = self.before(at).filter(|joint| matches!(self.item(Some(*joint)), Some(Item::And)));
                let other = joint.and_then(|joint| self.before(joint));
                other
                    .filter(|other| matches!(self.item(Some(*other)), Some(Item::Unknown)))
                    .map(|other| (other, at + 1))
            }
            // "momentum is bullish" of which the subject was not read.
            Some(Item::Condition(_)) if self.starts(at, &["is", "are", "was", "has", "turns", "goes"]) => {
                let subject = self.before(at).filter(|before| matches!(self.item(Some(*before)), Some(Item::Unknown)));
                subject.map(|_| (at, at + 1))
            }
            // "RSI isn't above 70 or below 30": the denial is of both.
            Some(Item::Condition(_))
                if self.words_of(at).iter().any(|word| matches!(*word, "not" | "isnt" | "hasnt" | "never")) =>
            {
                let or = matches!(self.item(self.after(at)), Some(Item::Or));
                or.then(|| (at, self.clause_end(at)))
            }
            // "take it off when A" of which the taking off was not read.
            Some(Item::And) if self.of_unread_head(at) => Some((at, self.clause_end(at))),
            // "A in the first hour and B after": a word that leads nowhere.
            Some(Item::And) if self.starts(at, &["after", "while", "once", "where", "upon"]) => {
                let nowhere = matches!(self.item(self.after(at)), None | Some(Item::End | Item::Comma));
                nowhere.then_some((at, at + 1))
            }
            // "stop 10 points except on shorts".
            Some(Item::Unless(_)) => {
                let setting = self.before(at).filter(|before| is_of(self.item(Some(*before)), &["/exit", "/sizing"]));
                setting.map(|setting| (setting, self.clause_end(at)))
            }
            // "A long, B short" of which A was not read: B is not the long's.
            Some(Item::Entry(Some(_))) if self.closes_unread(at) => Some((at, at + 1)),
            // "stop 6 points on close": an exit word that says nothing of its own.
            Some(Item::Exit(None)) if self.words_of(at) == ["close"] => {
                let on = self.before(at).filter(|joint| self.starts(*joint, &["on", "at", "by", "as"]));
                let of = on.and_then(|on| self.before(on));
                of.filter(|of| self.settings(Some(*of)).is_some()).map(|of| (of, at + 1))
            }
            Some(_) | None => self.half_of(at),
        };
        if let Some((from, to)) = found {
            self.unread(from, to);
        }
    }

    /// "… when" behind nothing but unread words of its clause, where the entries were opened before.
    fn of_unread_head(&self, at: usize) -> bool {
        let (start, end) = (self.clause_start(at), self.clause_end(at));
        let head = self.pieces.get(start..at).unwrap_or_default();
        let hollow = |piece: &&Piece| !matches!(piece.item, Item::Filler | Item::Known | Item::And);
        let unread = head.iter().any(|piece| matches!(piece.item, Item::Unknown))
            && head.iter().filter(hollow).all(|piece| matches!(piece.item, Item::Unknown));
        let opens = |piece: &Piece| matches!(piece.item, Item::Entry(_) | Item::Order(_) | Item::Exit(_) | Item::Sell);
        let opened = self.pieces.get(..start).unwrap_or_default().iter().any(opens);
        let own = self.pieces.get(at..end).unwrap_or_default().iter().any(opens);
        let ends = matches!(self.item(Some(end)), None | Some(Item::End | Item::Comma));
        self.starts(at, &["when", "if", "once", "whenever"]) && unread && opened && !own && ends
    }

    /// A side right behind unread words and before a comma, behind whose rule the other side stands alike.
    fn closes_unread(&self, at: usize) -> bool {
        let before = at.checked_sub(1);
        let unread = matches!(self.item(before), Some(Item::Unknown));
        let comma = matches!(self.item(Some(at + 1)), Some(Item::Comma | Item::End));
        let rest = self.pieces.get(at + 2..).unwrap_or_default();
        let rule =
            rest.iter().take_while(|piece| matches!(piece.item, Item::Condition(_) | Item::And | Item::Or)).count();
        let other = matches!(rest.get(rule).map(|piece| &piece.item), Some(Item::Entry(Some(_))));
        let ends = matches!(rest.get(rule + 1).map(|piece| &piece.item), None | Some(Item::Comma | Item::End));
        unread && comma && rule > 0 && other && ends
    }

    /// Settings that are said of something else beside them, or only together with it.
    fn half_of(&self, at: usize) -> Option<(usize, usize)> {
        match self.item(Some(at)) {
            // "tighten it to 5 points after 20 points profit" of which the tightening was not read.
            item if is_of(item, &["/exit/take_profit"]) => {
                let joint = self.before(at).filter(|joint| self.starts(*joint, &["after", "once", "when", "if"]));
                let of = joint.and_then(|joint| self.before(joint));
                of.filter(|of| matches!(self.item(Some(*of)), Some(Item::Unknown))).map(|of| (of, at + 1))
            }
            // "don't trade when A except on fridays": the denial is not of the days.
            item if is_of(item, &["/filters/weekdays"]) && self.starts(at, &["except", "excluding"]) => {
                let start = self.clause_start(at);
                let clause = self.pieces.get(start..at).unwrap_or_default();
                let denial = clause.iter().position(|piece| matches!(piece.item, Item::Unless(_)));
                denial.map(|denial| (start + denial, at + 1))
            }
            // "after 2pm only shorts": neither holds without the other.
            Some(Item::OnlySide(_)) => {
                let filter = self.before(at).filter(|before| {
                    is_of(self.item(Some(*before)), &["/filters/weekdays", "/filters/windows"])
                        && self.starts(*before, &["after", "before", "on", "until", "from"])
                });
                filter.map(|filter| (filter, at + 1))
            }
            Some(_) | None => None,
        }
    }

    /// "add 1 contract", "another 2 contracts": more than the size.
    fn added(&self, at: usize) -> Option<(usize, usize)> {
        let added = self.before_word(at).is_some_and(|word| matches!(word, "add" | "adding" | "another" | "extra"));
        added.then(|| (at, self.clause_end(at)))
    }

    /// "after 5 bars" right behind a condition counts from something else than the entry, perhaps.
    fn after_condition(&self, at: usize) -> Option<(usize, usize)> {
        let behind = self.before(at).filter(|before| matches!(self.item(Some(*before)), Some(Item::Condition(_))));
        behind.filter(|_| self.starts(at, &["after", "for", "within"])).map(|before| (before, at + 1))
    }

    /// "none of A, B", "two of A, B, C", "10 otherwise".
    fn unknown(&mut self, at: usize) {
        let words = self.words_of(at);
        let says = |all: &[&str]| words.iter().any(|word| all.contains(word));
        let token = self.pieces.get(at).and_then(|piece| self.tokens.get(piece.from));
        let number = token.is_some_and(|token| matches!(token.kind, Kind::Number(_)));
        let some = number || says(&["two", "three", "four", "most", "some", "any", "half"]);
        let of = matches!(self.pieces.get(at + 1).map(|next| &next.item), Some(Item::Filler))
            && self.starts(at + 1, &["of"])
            && matches!(self.item(self.after(at)), Some(Item::Condition(_) | Item::Unknown | Item::Comma));
        // "no idea of targets, so none: …" counts nothing that follows.
        let alone = matches!(self.item(Some(at + 1)), Some(Item::Comma | Item::End));
        let counts = says(&["neither", "nor"]) || says(&["none"]) && !alone || some && of;
        let otherwise = says(&["otherwise", "else", "elsewhere", "whichever"]);
        // "exit half when A" is no exit of all.
        let part = says(&["half", "third", "quarter", "some", "part", "most", "partial"]);
        let leaves = self
            .before(at)
            .filter(|before| part && matches!(self.item(Some(*before)), Some(Item::Exit(_) | Item::Sell)));
        if let Some(leaves) = leaves {
            let end = self.clause_end(at);
            return self.unread(leaves, end);
        }
        if counts {
            let rest = self.pieces.get(at..).unwrap_or_default();
            let end = rest.iter().position(|piece| matches!(piece.item, Item::End)).unwrap_or(rest.len());
            self.unread(at, at + end);
        }
        if otherwise {
            self.otherwise(at);
        }
    }

    /// Words that say nothing alone, and much beside a rule: "each has higher volume", "short cross with RSI under 50".
    fn filler(&mut self, at: usize) {
        let words = self.words_of(at);
        let next = self.after(at);
        let rule = matches!(self.item(next), Some(Item::Condition(_)));
        let time = self.pieces.get(at + 1).is_some_and(|_| self.starts(at + 1, &["time"]));
        let each = !time && words.iter().any(|word| matches!(*word, "each" | "every"));
        let meant = words.iter().any(|word| {
            matches!(*word, "trend" | "bullish" | "bearish" | "momentum" | "pullback" | "breakout" | "reversion")
        });
        let clause = self.pieces.get(self.clause_start(at)..self.clause_end(at)).unwrap_or_default();
        let opened = clause.iter().any(|piece| matches!(piece.item, Item::Entry(_)));
        if meant && opened && matches!(self.item(next), Some(Item::And | Item::Condition(_))) {
            return self.unread(at, at + 1);
        }
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
