//! Whose a rule is that stands before its side: "long when A, when B I short" gives B to the short.

use super::assemble::{Assembly, Role, index};
use super::calls::{conjuncts, exchanged};
use super::document::opposite;
use super::pieces::{Item, Piece};
use super::reading::Reading;
use super::rule::{Joint, Rule};
use super::scene::Side;
use super::token::Token;
use ports::drafter::{DraftFailure, Question};
use serde_json::Value as Json;

/// Where a side's words end, because the rule that follows stands before the side it belongs to.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    /// Pieces before which nothing said so far reaches further.
    pub(crate) at: Vec<usize>,
    /// Sides whose rule stands before them.
    pub(crate) closing: Vec<usize>,
    /// Sides before which two rules stand that nothing divides.
    pub(crate) undivided: Vec<usize>,
}

/// Finds them.
pub(crate) fn turns(pieces: &[Piece], tokens: &[Token]) -> Turns {
    let text = Text { pieces, tokens };
    let mut found = Turns::default();
    // "words that were not read = buy, A = get out": A is not what buys.
    found.at.extend((0..pieces.len()).filter(|at| text.follows_unread(*at)).map(|at| at + 1));
    for at in (0..pieces.len()).filter(|at| text.closes(*at)) {
        found.closing.push(at);
        let Some(before) = text.opener_before(at) else {
            found.at.extend(text.demanded_before(at));
            continue;
        };
        if text.closes(before) {
            found.at.push(before + 1);
            continue;
        }
        // "words that were not read -> long. A and B -> short".
        if let Some(end) = text.unread_sentence(before, at) {
            found.at.push(end + 1);
            continue;
        }
        // "enter when A, go long", "buy when A, when B buy": one side's.
        let same = text.item(before) == Some(&Item::Entry(None)) || text.item(before) == text.item(at);
        if same || text.conditions(before + 1, at) < 2 {
            continue;
        }
        match text.divided(before + 1, at) {
            Some(turn) => found.at.push(turn),
            None if text.stands_behind(at) => found.undivided.push(at),
            None => {}
        }
    }
    found
}

struct Text<'p> {
    pieces: &'p [Piece],
    tokens: &'p [Token],
}

impl Text<'_> {
    fn item(&self, at: usize) -> Option<&Item> {
        self.pieces.get(at).map(|piece| &piece.item)
    }

    fn word(&self, at: usize) -> &str {
        let token = self.pieces.get(at).and_then(|piece| self.tokens.get(piece.from));
        token.and_then(Token::word).unwrap_or_default()
    }

    fn mark(&self, at: usize, all: &[char]) -> bool {
        let token = self.pieces.get(at).and_then(|piece| self.tokens.get(piece.from));
        token.is_some_and(|token| all.iter().any(|mark| token.is_mark(*mark)))
    }

    fn is_condition(&self, at: usize) -> bool {
        matches!(self.item(at), Some(Item::Condition(_)))
    }

    fn conditions(&self, from: usize, to: usize) -> usize {
        (from..to).filter(|at| self.is_condition(*at)).count()
    }

    /// A side behind "=" or an arrow, what led to it unread.
    fn follows_unread(&self, at: usize) -> bool {
        let side = matches!(self.item(at), Some(Item::Entry(Some(_)) | Item::Exit(_)));
        let from = self.pieces.get(at).map_or(0, |piece| piece.from);
        let signs = self.tokens.get(from.saturating_sub(1)..=from).unwrap_or_default();
        let led = signs.iter().any(|token| token.is_mark('=') || token.is_mark('>') && token.glued);
        let quiet = |at: &usize| matches!(self.item(*at), Some(Item::Filler | Item::Known | Item::Comma));
        side && led && (0..at).rev().find(|at| !quiet(at)).is_some_and(|at| self.item(at) == Some(&Item::Unknown))
    }

    /// `when`, `if`: begins a rule.
    fn begins(&self, at: usize) -> bool {
        matches!(self.item(at), Some(Item::And | Item::Filler))
            && matches!(self.word(at), "when" | "if" | "once" | "whenever" | "as" | "where" | "every" | "each")
    }

    /// A joint right before a rule that does not only list it: `when`, `every time`, `on`.
    fn leads(&self, at: usize) -> bool {
        let joint = matches!(self.item(at), Some(Item::And))
            && !matches!(self.word(at), "and" | "plus" | "also" | "" | "then" | "but");
        let filler = |at: &usize| matches!(self.item(*at), Some(Item::Filler | Item::Known | Item::And));
        let next = (at + 1..self.pieces.len()).find(|at| !filler(at));
        self.begins(at)
            || joint
                && next.is_some_and(|next| self.is_condition(next) || matches!(self.item(next), Some(Item::Unknown)))
    }

    /// A side at `at` whose rule stands before it, in the same sentence, and none behind.
    fn closes(&self, at: usize) -> bool {
        if !matches!(self.item(at), Some(Item::Entry(Some(_)) | Item::Exit(_) | Item::Sell)) {
            return false;
        }
        let sentence = (0..at).rev().take_while(|at| !matches!(self.item(*at), Some(Item::End)));
        let own = sentence.take_while(|at| !self.opens(*at)).any(|at| self.is_condition(at));
        let mut next = at + 1;
        while matches!(self.item(next), Some(Item::Filler | Item::Known | Item::Settings(_))) && !self.begins(next) {
            next += 1;
        }
        let led = self.leads(next) || matches!(self.item(next), Some(Item::Only | Item::Open | Item::Unless(_)));
        let label = self.mark(next, &[':'])
            || self.pieces.get(at).is_some_and(|piece| {
                piece.to.checked_sub(1).and_then(|last| self.tokens.get(last)).is_some_and(|last| last.is_mark(':'))
            });
        // "/ for shorts, A" leads, "A for shorts" closes.
        let tokens = self.pieces.get(at).and_then(|piece| self.tokens.get(piece.from..piece.to)).unwrap_or_default();
        let named = tokens.iter().any(|token| token.word() == Some("for"));
        let behind = at.checked_sub(1).is_some_and(|before| matches!(self.item(before), Some(Item::Comma | Item::End)));
        let named = named && (behind || matches!(self.word(at), "and" | "but"));
        let ruled = led
            || label
            || named && matches!(self.item(next), Some(Item::Comma))
            || matches!(self.item(next), Some(Item::Condition(_) | Item::Order(_) | Item::Unknown));
        own && !ruled
    }

    /// The end of the sentence of the side at `before`, where that has a rule before it that nobody could read.
    fn unread_sentence(&self, before: usize, at: usize) -> Option<usize> {
        let end = (before..at).find(|end| matches!(self.item(*end), Some(Item::End)))?;
        let start = (0..before).rev().find(|end| matches!(self.item(*end), Some(Item::End))).map_or(0, |end| end + 1);
        let unread = (start..before).any(|at| matches!(self.item(at), Some(Item::Unknown)));
        (unread && self.conditions(start, end) == 0).then_some(end)
    }

    fn opens(&self, at: usize) -> bool {
        matches!(self.item(at), Some(Item::Entry(_) | Item::Exit(_) | Item::Sell))
    }

    /// The side before the rule of the one at `at`.
    fn opener_before(&self, at: usize) -> Option<usize> {
        (0..at).rev().find(|at| self.opens(*at))
    }

    /// "only trade when A\nwhen B, go long": where what is demanded of every entry ends.
    fn demanded_before(&self, at: usize) -> Option<usize> {
        if let Some(end) = (0..at).rev().find(|end| matches!(self.item(*end), Some(Item::End))) {
            return Some(end + 1);
        }
        let demand = (0..at).rev().find(|demand| matches!(self.item(*demand), Some(Item::Only | Item::Unless(_))))?;
        self.divided(demand + 1, at)
    }

    /// A rule, or an arrow behind one, stands right before the side.
    fn stands_behind(&self, at: usize) -> bool {
        let arrow = |at: usize| self.mark(at, &['=', '>']) || self.mark(at, &['-', ',']) && self.mark(at + 1, &['>']);
        let quiet = |at: &usize| matches!(self.item(*at), Some(Item::Filler | Item::Known)) || arrow(*at);
        let before = (0..at).rev().find(|at| !quiet(at));
        before.is_some_and(|before| self.is_condition(before))
    }

    /// The piece that divides two rules between `from` and `to`.
    fn divided(&self, from: usize, to: usize) -> Option<usize> {
        let both = |turn: &usize| self.conditions(from, *turn) > 0 && self.conditions(*turn, to) > 0;
        let over = |at: usize| matches!(self.item(at), Some(Item::End | Item::Settings(_) | Item::Order(_)));
        if let Some(turn) = (from..to).rev().filter(|at| over(*at)).map(|at| at + 1).find(both) {
            // "long entry: A; B; C, once D, short": C is still of the list.
            let led = (turn..to).find(|at| !matches!(self.item(*at), Some(Item::Filler | Item::Comma)));
            let listed = turn.checked_sub(1).is_some_and(|end| self.mark(end, &[';']))
                && !led.is_some_and(|led| self.begins(led));
            let later = (turn + 1..to)
                .find(|at| self.begins(*at) && self.conditions(turn, *at) > 0 && self.conditions(*at, to) > 0);
            let several = (from..to).filter(|end| self.mark(*end, &[';'])).count() > 1;
            // Behind more than two parts nobody can say where the list ends.
            return later.filter(|_| listed).or(Some(turn).filter(|_| !(listed && several)));
        }
        if let Some(turn) = (from + 1..to).rev().filter(|at| self.begins(*at)).find(both) {
            return Some(turn);
        }
        let commas: Vec<usize> =
            (from..to).filter(|at| matches!(self.item(*at), Some(Item::Comma))).map(|at| at + 1).filter(both).collect();
        // "long on A, B -> short"; of three conditions nobody can say.
        match commas.as_slice() {
            [comma] if self.conditions(from, to) == 2 => Some(*comma),
            _ => None,
        }
    }
}

impl Assembly<'_> {
    /// "when A, but only if B, go long": what stands at `at` belongs to a side still to come.
    pub(crate) fn before_its_side(&self, at: usize) -> bool {
        let rest = self.reading.pieces.get(at + 1..).unwrap_or_default();
        let next = rest.iter().position(|piece| {
            matches!(piece.item, Item::Entry(_) | Item::Exit(_) | Item::Sell | Item::End | Item::Settings(_))
        });
        !self.pending.is_empty() && next.is_some_and(|next| self.turns.closing.contains(&(at + 1 + next)))
    }

    /// What follows is another side's.
    pub(crate) fn turn(&mut self) {
        while !self.groups.is_empty() {
            self.close_group();
        }
        self.flush_sentence();
        self.role = Role::None;
        self.joint = Joint::With;
        self.postfix = false;
    }

    /// "long when A and B and C -> short": nobody can say which of them open the short.
    pub(crate) fn undivided(&self, side: &Piece) -> DraftFailure {
        let words = self.words(side.from, side.to);
        DraftFailure::asking(
            format!("which of the conditions before \"{words}\" are its own is not clear"),
            Question::new(words.clone(), []),
            "put each side with its conditions into a sentence of its own",
        )
    }
}

/// "if C and A, buy, if B, short": what only one of two opposite rules of a sentence demands is said.
pub(crate) fn one_sided(gathered: &Assembly<'_>, reading: &Reading<'_>) {
    let pieces = &reading.pieces;
    // A bare "sell" opens the short where both sides are traded.
    let sold = |piece: &Piece, side: Side| gathered.both && side == Side::Short && piece.item == Item::Sell;
    let opened =
        |side: Side| pieces.iter().position(|piece| piece.item == Item::Entry(Some(side)) || sold(piece, side));
    let (Some(long), Some(short)) = (opened(Side::Long), opened(Side::Short)) else { return };
    let (first, second) = (long.min(short), long.max(short));
    if gathered.mirror.is_some()
        || pieces.get(first..second).unwrap_or_default().iter().any(|one| one.item == Item::End)
    {
        return;
    }
    let rule = |side: Side| gathered.entries.get(index(side)).map(Rule::text).unwrap_or_default();
    for side in [Side::Long, Side::Short] {
        let (own, other) = (conjuncts(&rule(side)), conjuncts(&opposite(&rule(side.other()))));
        // "-DI crosses over +DI" is "+DI crosses under -DI".
        let same = |one: &String, two: &String| one == two || exchanged(one).as_ref() == Some(two);
        let held = |part: &String, by: &[String]| by.iter().any(|one| same(part, one));
        let less = !other.is_empty() && other.len() < own.len() && other.iter().all(|part| held(part, &own));
        for part in own.iter().filter(|part| less && !held(part, &other)) {
            reading.scene.assume(format!("\"{part}\" is demanded of the {} entry alone", side.key()));
        }
    }
}

/// A side that is named and never given a rule is handed out: "flip long, flip short".
pub(crate) fn unruled_sides(gathered: &mut Assembly<'_>, reading: &Reading<'_>, sides: &[Side]) {
    for piece in &reading.pieces {
        let Item::Entry(Some(side)) = piece.item else { continue };
        let phrase = gathered.words(piece.from, piece.to);
        let said = gathered.unhandled.iter().any(|words| words.contains(&phrase));
        let exits = gathered.exits.get(index(side)).is_some_and(|rule| !rule.is_empty());
        if !sides.contains(&side) && !said && !exits {
            gathered.unhandled.push(phrase);
        }
    }
}

/// "both ways: A buy / sell", "always in the market": a side without a rule is the other's mirror, which is said where it was not
/// asked for.
pub(crate) fn mirrored_unasked(gathered: &Assembly<'_>, reading: &Reading<'_>, target: Side) {
    if gathered.mirror.is_some() {
        return;
    }
    let (own, other) = (target.key(), target.other().key());
    let named = reading.pieces.iter().any(|piece| match piece.item {
        Item::Entry(side) => side == Some(target),
        Item::Sell => target == Side::Short,
        _ => false,
    });
    if reading.scene.text.to_lowercase().contains("always in") {
        reading
            .scene
            .assume(format!("always in the market: the {own} entry is read as the opposite of the {other} entry"));
    } else if gathered.both && named {
        reading.scene.assume(format!("the {own} entry has no rule of its own: it is the mirror of the {other} entry"));
    }
}

/// One cross that opens longs and shorts alike is said: each side has its own way as a rule.
pub(crate) fn same_cross(entries: &[Option<Json>; 2], reading: &Reading<'_>) {
    let rules = entries.each_ref().map(|entry| {
        let when = entry.as_ref().and_then(|entry| entry.as_str().or_else(|| entry.get("when")?.as_str()));
        conjuncts(when.unwrap_or_default())
    });
    let [long, short] = &rules;
    for part in long.iter().filter(|part| part.contains(" crosses ") && short.contains(part)) {
        reading.scene.assume(format!("\"{part}\" is demanded of longs and shorts alike"));
    }
}

impl Assembly<'_> {
    /// `exit when RSI > 70, only when price is above the 200 SMA`: demanded of the entries, and said so.
    pub(crate) fn demanded_behind_exit(&mut self, piece: &Piece, at: usize) {
        let words = self.words(piece.from, piece.to).to_lowercase();
        let starts = |with: &[&str]| with.iter().any(|start| words.starts_with(start));
        let (demands, narrows) = (starts(&["only", "as long as", "provided", "assuming"]), starts(&["while", "with"]));
        let entered = self.entries.iter().any(|rule| !rule.is_empty());
        if !(self.comma && entered && matches!(self.role, Role::Exit(_))) {
            return;
        }
        let next = self.reading.pieces.get(at + 1).filter(|next| matches!(next.item, Item::Condition(_)));
        let Some(next) = next.filter(|_| demands || narrows) else { return };
        let phrase = self.words(next.from, next.to);
        let of = if demands { "a further condition of the entries" } else { "a condition of the exit" };
        self.reading.scene.assume(format!("\"{phrase}\" is read as {of}"));
        if demands {
            self.role = Role::Entries;
            self.joint = Joint::With;
        }
    }
}
