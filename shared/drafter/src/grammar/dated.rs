//! Days and times that narrow what stands beside them: taken as the strategy's own, or not at all.

use super::cursor::Cursor;
use super::pieces::{Item, Piece};
use super::scene::Scene;
use super::scopes::Text;
use super::setting::{Join, Setting};
use super::token::Token;
use super::weekdays::weekday;

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

/// Words before a day or a time that is left out.
const DENYING: [&str; 9] = ["not", "no", "skip", "excluding", "avoid", "dont", "never", "without", "nothing"];

impl Text<'_> {
    /// `A, but B on mondays`, `except mondays when B`, `A or, on mondays, B`.
    pub(crate) fn dated_alternative(&mut self, at: usize, scene: &Scene<'_>) {
        let Some(settings) = self.settings(Some(at)) else { return };
        let dated = settings.iter().any(|one| matches!(one.pointer.as_str(), "/filters/windows" | "/filters/weekdays"));
        if !dated {
            return;
        }
        let (before, next) = (self.before(at), self.after(at));
        let excludes = self.starts(at, &["except", "but", "excluding"]);
        // "except on Fridays, when I only want longs".
        let relative = next.filter(|_| excludes && matches!(self.item(next), Some(Item::Comma)));
        let relative = relative.and_then(|comma| self.after(comma));
        if let Some(led) = relative.filter(|led| self.starts(*led, &["when", "where"])) {
            let end = self.clause_end(led);
            return self.unread(at, end);
        }
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

    /// `target 10 points if I enter before 10:30`, `no trades 10:25 to 10:45, on Wednesdays only`: of some trades, or of what
    /// was not read.
    pub(crate) fn of_some_trades(&mut self, at: usize) {
        let settings = self.settings(Some(at)).unwrap_or_default();
        let dated = |pointer: &str| settings.iter().any(|one| one.pointer == pointer);
        let (hours, days) = (dated("/filters/windows"), dated("/filters/weekdays"));
        if !hours && !days {
            return;
        }
        let joins = |piece: &Piece| matches!(piece.item, Item::Filler | Item::Known | Item::And | Item::Entry(None));
        let head = self.pieces.get(..at).unwrap_or_default();
        let Some(before) = head.iter().rposition(|piece| !joins(piece)) else { return };
        let asked = (before + 1..at).any(|piece| self.starts(piece, &["if", "when", "unless"]));
        let exits = |one: &Setting| one.pointer.starts_with("/exit") || one.pointer.starts_with("/sizing");
        if asked && self.settings(Some(before)).is_some_and(|all| all.iter().any(exits)) {
            return self.unread(before, at + 1);
        }
        // "no trading Wednesday 10:25 to 10:45", "Wednesday: 10:00-14:00 only": hours of one day.
        let own_day = |all: &[Setting]| all.iter().any(|one| one.pointer == "/filters/weekdays");
        let colon = self.pieces.get(before).is_some_and(|piece| {
            self.tokens.get(piece.from).is_some_and(|token| token.is_mark(':')) && piece.item == Item::Comma
        });
        let day = if colon { self.before(before).unwrap_or(before) } else { before };
        let between = |tokens: &[Token]| tokens.iter().any(|token| token.is_mark(':'));
        let own = self.starts(at, &["and", "never", "no", "not", "but", "skip"])
            || (day + 1..at).any(|piece| self.item(Some(piece)) == Some(&Item::And));
        if hours && !own && self.settings(Some(day)).is_some_and(own_day) {
            let denied = self.starts(day, &DENYING);
            let ends = self.pieces.get(day).zip(self.pieces.get(at)).map(|(day, hours)| day.to..hours.from);
            if denied || ends.and_then(|ends| self.tokens.get(ends)).is_some_and(between) {
                return self.unread(day, at + 1);
            }
        }
        // "monday to thursday 9:30-15:00, friday 9:30-12:00", of which the first was not read.
        let start = head.iter().rposition(|piece| piece.item == Item::End).map_or(0, |end| end + 1);
        let other_days = head.get(start..).unwrap_or_default().iter().any(|piece| {
            let named = (piece.from..piece.to).any(|at| weekday(&mut Cursor::new(self.tokens, at)).is_some());
            piece.item == Item::Unknown && named
        });
        if other_days {
            return self.unread(at, at + 1);
        }
        let comma = matches!(self.item(Some(before)), Some(Item::Comma));
        let lost = self.before(before).is_some_and(|before| matches!(self.item(Some(before)), Some(Item::Unknown)));
        if days && comma && lost && self.starts(at, &["on"]) && self.ends(at, &["only"]) {
            self.unread(at, at + 1);
        }
    }

    /// `flat by 3:45 on fridays`, `2 contracts before noon`, `exit on friday`.
    pub(crate) fn day(&mut self, at: usize) {
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
                let denied = before.is_some_and(|before| self.starts(before, &DENYING));
                // "out by 4pm Friday", "no trades after 2pm Friday".
                let timed = first.iter().any(|one| one.pointer == "/exit/flatten");
                let beside = before.and_then(|before| self.pieces.get(before)).map(|piece| piece.to)
                    == self.pieces.get(at).map(|piece| piece.from);
                exits && (days && (led || timed && beside) || hours)
                    || !own && (days && led || narrow)
                    || windows && days && (led || beside) && denied
            }
            _ => false,
        };
        if let (true, Some(before)) = (narrowed, before) {
            return self.unread(before, at + 1);
        }
        self.day_first(at, days);
    }

    /// `on fridays exit at 2pm`, `fridays: flat by 2`, `trade 9:30 to 11, on wednesdays only 9:30 to 10`.
    pub(crate) fn day_first(&mut self, at: usize, days: bool) {
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
        // "only Tuesdays and use a 30 point stop": two settings.
        let two = self.words_of(at).contains(&"only")
            && next.is_some_and(|next| self.starts(next, &["and"]) || self.ends(next - 1, &["and"]));
        // "on mondays only trade the shorts": the other side on the other days.
        let side = next.is_some_and(|next| {
            matches!(self.item(Some(next)), Some(Item::Entry(Some(_)) | Item::OnlySide(_)))
                && matches!(self.item(self.after(next)), None | Some(Item::Comma | Item::End))
        });
        let sided = days && self.both && side;
        if let (true, Some(next)) = (opens && (follows && (on || days) || sided) && !two, next) {
            self.unread(at, next + 1);
        }
    }
}
