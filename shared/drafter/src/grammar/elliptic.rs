//! Rules that leave out what they share: `A and close breaks X → long; breaks Y → short`.

use super::cursor::Cursor;
use super::pieces::{Item, Piece};
use super::reading::{Reading, words};
use super::scene::Side;

const LEFT_OUT: &str =
    "crosses|breaks|closes|drops|falls|rises|goes|turns|moves|crossing|breaking|closing|above|below|over|under";

/// Says that a second rule that begins with its verb is read without the other demands of the first.
pub(crate) fn announce(reading: &Reading<'_>) {
    let pieces = &reading.pieces;
    let mut from = 0;
    let mut known: Option<(Side, usize)> = None;
    for (at, piece) in pieces.iter().enumerate() {
        let Item::Entry(Some(side)) = &piece.item else { continue };
        let own: Vec<&Piece> = conditions(pieces.get(from..at).unwrap_or_default());
        from = at + 1;
        if !closes(pieces, at) {
            known = None;
            continue;
        }
        if let (Some((other, demands)), [rule]) = (known, own.as_slice())
            && other != *side
            && demands > 1
            && Cursor::new(&reading.tokens, rule.from).sees(LEFT_OUT)
        {
            let (rule, side) = (words(reading, rule.from, rule.to), side.key());
            reading.scene.assume(format!("\"{rule}\" is read as the whole rule of the {side} entry"));
        }
        known = Some((*side, own.len()));
    }
}

fn conditions(pieces: &[Piece]) -> Vec<&Piece> {
    pieces.iter().filter(|piece| matches!(piece.item, Item::Condition(_))).collect()
}

/// True for a side right behind its rule: nothing follows it in its clause.
fn closes(pieces: &[Piece], at: usize) -> bool {
    let quiet = |piece: &&Piece| !matches!(piece.item, Item::Filler | Item::Known | Item::Comma | Item::End);
    let before = pieces.get(..at).unwrap_or_default().iter().rev().find(quiet);
    let behind = pieces.get(at + 1).is_none_or(|next| matches!(next.item, Item::Comma | Item::End));
    behind && before.is_some_and(|piece| matches!(piece.item, Item::Condition(_)))
}
