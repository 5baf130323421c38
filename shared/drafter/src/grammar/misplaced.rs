//! A side or an exit that nothing was read for, with a rule beside it: whose that rule is cannot be told.

use super::assemble::Assembly;
use super::pieces::{Item, Piece};
use super::reading::Reading;
use ports::drafter::DraftFailure;

/// "A turning up go long turning down go short", where "go short" got nothing: what it belongs to was read of another.
///
/// # Errors
/// Then it is asked.
pub(crate) fn told(gathered: &Assembly<'_>, reading: &Reading<'_>) -> Result<(), DraftFailure> {
    let pieces = &reading.pieces;
    let rule = |piece: &&Piece| matches!(piece.item, Item::Condition(_) | Item::Mirror(_));
    let quiet = |piece: &&Piece| matches!(piece.item, Item::Filler | Item::Known | Item::Comma | Item::And);
    for (at, piece) in pieces.iter().enumerate() {
        let words = gathered.words(piece.from, piece.to);
        let leads = matches!(piece.item, Item::Entry(Some(_)) | Item::Exit(_) | Item::Sell);
        if !leads || !gathered.unhandled.contains(&words) {
            continue;
        }
        let before = pieces.get(..at).unwrap_or_default().iter().rev().find(|piece| !quiet(piece)).filter(rule);
        let same = |piece: &&Piece| quiet(piece) && piece.item != Item::Comma;
        let behind = pieces.get(at + 1..).unwrap_or_default().iter().find(|piece| !same(piece)).filter(rule);
        if let Some(other) = before.or(behind) {
            let beside = gathered.words(other.from, other.to);
            return Err(DraftFailure::new(
                format!("\"{words}\" could not be read together with \"{beside}\""),
                "say the side or the exit first, then its rule, for example \"short when …; exit when …\"",
            )
            .about(words));
        }
    }
    Ok(())
}
