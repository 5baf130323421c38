//! `only trade with the 200 ema`: the side of an average that each entry is on.

use super::cursor::Cursor;
use super::editor::Editor;
use super::edits::{Outcome, said};
use super::everyday::{begins, ends};
use super::names::Class;
use super::reading::Reading;
use super::scene::Side;

/// Longs above it, shorts below it, of the sides that are traded.
pub(crate) fn with_average(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) {
        return None;
    }
    let only = cursor.eat("only|just trade|take|enter trades|entries|signals?")
        || cursor.eat("trade|take|enter trades|entries|signals? only|just?");
    if !only || !(cursor.eat("with the? trend of") || cursor.eat("with") || cursor.eat("in the? direction of")) {
        return None;
    }
    cursor.eat("the|a");
    let average = reading.scene.attempt(|| super::value::value(cursor, &reading.scene))?;
    if average.class != Class::Average || !ends(cursor) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    for side in editor.sides() {
        let way = if side == Side::Long { '>' } else { '<' };
        let known = editor.entry(side)?;
        let known = if known.contains(" or ") { format!("({known})") } else { known };
        if let Err(failure) = editor.set_entry(side, format!("{known} and close {way} {}", average.text), &phrase) {
            return Some(Err(failure));
        }
    }
    Some(Ok(()))
}
