//! Entries of a change that are put in place of the known ones, or beside them: `new long entry:`, `also long when`.

use super::assemble::{Assembly, index};
use super::editor::Editor;
use super::edits;
use super::pieces::{Item, Piece};
use super::rule::Rule;
use super::scene::Side;
use super::token::Token;
use ports::drafter::DraftFailure;

impl Assembly<'_> {
    pub(crate) fn renewed(&mut self, side: Side, piece: &Piece, at: usize) {
        let words = self.words(piece.from, piece.to).to_lowercase();
        let before = piece.from.checked_sub(1).and_then(|before| self.reading.tokens.get(before));
        let spoken = self.reading.tokens.get(piece.from..piece.to).unwrap_or_default();
        let mut spoken = spoken.iter().filter_map(Token::word);
        let new = spoken.clone().next() == Some("new") || before.and_then(Token::word) == Some("new");
        if new && spoken.any(|word| matches!(word, "entry" | "entries")) {
            self.new_entries.push(side);
        }
        let before = self.reading.pieces.get(..at).and_then(|before| before.last());
        let or = before.is_some_and(|before| before.item == Item::Or) && self.pending.is_empty();
        let also = or || self.fresh || words.starts_with("also") || words.starts_with("or ");
        let plain = !["for ", "on ", "longs", "shorts", "only", "also only", "also for", "also longs", "also shorts"]
            .iter()
            .any(|start| words.starts_with(start));
        let next = self.reading.pieces.get(at + 1..).unwrap_or_default();
        let demand =
            next.iter().find(|next| !matches!(next.item, Item::Filler | Item::Known | Item::And | Item::Comma));
        if also && plain && demand.is_some_and(|next| matches!(next.item, Item::Condition(_))) {
            self.more_entries.push(side);
            if !self.entries.get(index(side)).is_some_and(Rule::is_empty) {
                // Something else was said of this entry: two changes of one.
                self.more_entries.push(side);
            }
        }
    }
}

/// What is said of one side's entry: beside the known one, in its place, or demanded with it.
pub(crate) fn entered(
    gathered: &Assembly<'_>,
    editor: &mut Editor<'_>,
    side: Side,
    rule: &Rule,
    phrase: &str,
) -> Result<(), DraftFailure> {
    let text = rule.text();
    if gathered.new_entries.contains(&side) {
        return editor.set_entry(side, text, phrase);
    }
    if gathered.more_entries.iter().filter(|more| **more == side).count() > 1 {
        return Err(DraftFailure::new(
            format!("\"{phrase}\" says two things of the {} entry", side.key()),
            "say one change to a sentence",
        )
        .about(phrase));
    }
    match editor.entry(side).filter(|_| gathered.more_entries.contains(&side)) {
        Some(known) => {
            editor.scene.assume(format!("\"{phrase}\" is read as a further {} entry beside the known one", side.key()));
            editor.set_entry(side, format!("{known} or {text}"), phrase)
        }
        None => join_entry(editor, side, &text, phrase),
    }
}

/// Adds a condition to an entry: in place of one that says the same of the same value.
pub(crate) fn join_entry(editor: &mut Editor<'_>, side: Side, text: &str, phrase: &str) -> Result<(), DraftFailure> {
    let Some(known) = editor.entry(side) else { return editor.set_entry(side, text.to_owned(), phrase) };
    let joined = edits::joined(&known, text);
    if joined == known {
        return Ok(());
    }
    let extreme = |rule: &str| rule.contains("highest(") || rule.contains("lowest(") || rule.contains("donchian(");
    if extreme(&known) && extreme(text) && joined.len() > known.len() && joined.starts_with(&known) {
        editor.scene.assume(format!("\"{phrase}\" is demanded beside what the {} entry has", side.key()));
    }
    if let Some(lost) = edits::event_lost(&known, &joined) {
        editor.scene.assume(format!("\"{phrase}\" is read as a state, in place of the event {lost}"));
    }
    editor.set_entry(side, joined, phrase)
}
