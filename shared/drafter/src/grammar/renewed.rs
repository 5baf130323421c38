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
    if editor.entry(side).is_none() && narrows(gathered, side) {
        return Err(not_traded(side, phrase));
    }
    match editor.entry(side).filter(|_| gathered.more_entries.contains(&side)) {
        Some(known) => {
            editor.scene.assume(format!("\"{phrase}\" is read as a further {} entry beside the known one", side.key()));
            editor.set_entry(side, format!("{known} or {text}"), phrase)
        }
        None => join_entry(editor, side, &text, phrase),
    }
}

/// `shorts only when …`, `require … for shorts`: said of an entry that is there.
fn narrows(gathered: &Assembly<'_>, side: Side) -> bool {
    let pieces = &gathered.reading.pieces;
    let named = pieces.iter().enumerate().filter(|(_, piece)| piece.item == Item::Entry(Some(side)));
    let mut named = named.peekable();
    named.peek().is_some()
        && named.all(|(at, piece)| {
            let words = gathered.words(piece.from, piece.to).to_lowercase();
            let beside =
                |at: Option<usize>| at.and_then(|at| pieces.get(at)).is_some_and(|piece| piece.item == Item::Only);
            let led = ["for ", "on ", "only "].iter().any(|start| words.starts_with(start)) || words.contains("only");
            led || beside(at.checked_sub(1)) || beside(Some(at + 1))
        })
}

fn not_traded(side: Side, phrase: &str) -> DraftFailure {
    DraftFailure::new(
        format!("\"{phrase}\" narrows the {0} entry, and the strategy has no {0} entry", side.key()),
        format!("leave it out, or describe it, for example \"go {} when …\"", side.key()),
    )
    .about(phrase)
}

/// `only if RSI(14) < 50`, `add a filter: …`: the words before the condition demand it beside the others.
fn demanded_too(text: &str, phrase: &str) -> bool {
    const DEMANDS: [&str; 19] = [
        "only", "no", "not", "skip", "avoid", "require", "requires", "need", "needs", "filter", "add", "also", "don't",
        "dont", "never", "unless", "plus", "too", "demand",
    ];
    let at = text.find(phrase).unwrap_or(0);
    let head = text.get(..at).unwrap_or_default();
    let sentence = head.rsplit(['.', ';', '\n']).next().unwrap_or_default();
    let words = sentence.split_whitespace().chain(phrase.split_whitespace().take(2));
    let plain = |word: &str| word.trim_matches(|one: char| !one.is_alphanumeric()).to_lowercase();
    words.map(plain).any(|word| DEMANDS.contains(&word.as_str()))
}

/// Adds a condition to an entry: in place of one that says the same of the same value.
pub(crate) fn join_entry(editor: &mut Editor<'_>, side: Side, text: &str, phrase: &str) -> Result<(), DraftFailure> {
    let Some(known) = editor.entry(side) else {
        let first = phrase.split_whitespace().next().unwrap_or_default().to_lowercase().replace('\'', "");
        if ["no", "not", "dont", "never", "skip", "avoid", "unless", "block", "forbid"].contains(&first.as_str()) {
            return Err(not_traded(side, phrase));
        }
        return editor.set_entry(side, text.to_owned(), phrase);
    };
    let joined = edits::joined(&known, text, demanded_too(editor.scene.text, phrase));
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
