//! Changes that are said for one side: `double the stop for shorts`, `use the 20 bar breakout for longs only`.

use super::assemble::{Assembly, index};
use super::cursor::Cursor;
use super::editor::Editor;
use super::edits::said;
use super::exits::{for_side, for_side_only};
use super::reading::Reading;
use super::scene::Side;
use super::settings::SIDED;
use super::token::Token;
use ports::drafter::DraftFailure;
use serde_json::{Value as Json, json};

/// The side that is named right behind a change; the cursor moves behind it.
pub(crate) fn side_behind(cursor: &mut Cursor<'_>) -> Option<Side> {
    let mut probe = *cursor;
    if !probe.sees("for|on") {
        return None;
    }
    let side = for_side_only(&mut probe).or_else(|| for_side(&mut probe))?;
    probe.eat("only");
    *cursor = probe;
    Some(side)
}

/// The side that closes what is joined to an exit's change: `the stop to 15 and the target to 30 for shorts`.
pub(crate) fn side_joined(cursor: &Cursor<'_>) -> Option<Side> {
    if !cursor.sees("and") {
        return None;
    }
    let mut probe = *cursor;
    while !probe.is_pause() && !probe.sees("for|on") {
        probe.at += 1;
    }
    let side = for_side(&mut probe)?;
    probe.is_pause().then_some(side)
}

/// Takes a change back for the other side.
///
/// # Errors
/// Where the document has one value for both sides.
pub(crate) fn only_for(
    side: Side,
    before: &Json,
    plan: usize,
    editor: &mut Editor<'_>,
    reading: &Reading<'_>,
    (from, to): (usize, usize),
) -> Result<(), DraftFailure> {
    let phrase = said(reading, from, to);
    let after = std::mem::replace(&mut editor.document, before.clone());
    editor.plan.truncate(plan);
    let mut other = after.clone();
    for place in ["entry", "exit"] {
        let pointer = format!("/{place}/{}", side.key());
        if let Some(value) = after.pointer(&pointer).filter(|value| Some(*value) != before.pointer(&pointer)) {
            put_again(editor, &pointer, value.clone(), &phrase)?;
        }
        // What the change did to the other side's rule is left out.
        let left = format!("/{place}/{}", side.other().key());
        for pointer in [&pointer, &left] {
            if let (Some(slot), Some(known)) = (other.pointer_mut(pointer), before.pointer(pointer)) {
                *slot = known.clone();
            }
        }
    }
    for pointer in SIDED {
        let (Some(new), Some(old)) = (after.pointer(pointer), before.pointer(pointer)) else { continue };
        if new == old {
            continue;
        }
        let of = |value: &Json, side: Side| value.get(side.key()).unwrap_or(value).clone();
        let (own, kept) = (of(new, side), of(old, side.other()));
        let value = match side {
            Side::Long => json!({ "long": own, "short": kept }),
            Side::Short => json!({ "long": kept, "short": own }),
        };
        put_again(editor, pointer, value, &phrase)?;
        if let Some(slot) = other.pointer_mut(pointer) {
            *slot = old.clone();
        }
    }
    if other == *before && editor.document != *before {
        return Ok(());
    }
    Err(DraftFailure::new(
        format!("\"{phrase}\" cannot be done for one side: the strategy has one value for both"),
        "change it for both sides, or make a strategy for each side",
    )
    .about(phrase))
}

/// Sets a part that the change itself has set already.
fn put_again(editor: &mut Editor<'_>, pointer: &str, value: Json, phrase: &str) -> Result<(), DraftFailure> {
    editor.touched.retain(|(touched, _, _)| !touched.starts_with(pointer) && !pointer.starts_with(touched.as_str()));
    editor.set(pointer, value, phrase)
}

/// The change describes the entry of a side that is not traded yet.
pub(crate) fn adds_side(gathered: &Assembly<'_>, editor: &Editor<'_>) -> bool {
    [Side::Long, Side::Short].into_iter().any(|side| {
        let ruled = gathered.entries.get(index(side)).is_some_and(|rule| !rule.is_empty());
        let ordered = gathered.orders.get(index(side)).is_some_and(Option::is_some);
        editor.entry(side).is_none() && (ruled || ordered)
    })
}

/// A change that speaks of one side, and whose conditions reached only the other.
///
/// # Errors
/// Then nobody can tell what was meant.
pub(crate) fn side_kept(tokens: &[Token], before: &Json, editor: &Editor<'_>) -> Result<(), DraftFailure> {
    let says = |words: &'static str| (0..tokens.len()).any(|at| Cursor::new(tokens, at).sees(words));
    let both = says("both|opposite|mirror|reverse|either|flip|sides|otherwise|instead");
    for (side, spoken, other) in [
        (Side::Short, "shorts|shorting|short", says("longs|long|buy|buys|longing")),
        (Side::Long, "longs|longing|long", says("shorts|short|shorting|sell")),
    ] {
        let changed = |side: Side| {
            let pointer = format!("/entry/{}", side.key());
            let now = editor.at(&pointer);
            now.is_some() && before.pointer(&pointer).is_some() && now != before.pointer(&pointer)
        };
        if says(spoken) && !other && !both && changed(side.other()) && !changed(side) && editor.entry(side).is_some() {
            return Err(DraftFailure::new(
                format!(
                    "the change speaks of {}s, and what was read of it is the {} entry's",
                    side.key(),
                    side.other().key()
                ),
                format!("say it whole, for example \"no {}s when …\"", side.key()),
            ));
        }
    }
    Ok(())
}

/// What is said of one side, where that side is traded.
///
/// # Errors
/// Where it is not: the other side's would change.
pub(crate) fn traded(sided: &[(Side, String)], before: &Json, editor: &Editor<'_>) -> Result<(), DraftFailure> {
    let sides = editor.sides();
    let never = |side: &Side| !sides.contains(side) && before.pointer(&format!("/entry/{}", side.key())).is_none();
    match sided.iter().find(|(side, _)| never(side)) {
        None => Ok(()),
        Some((side, phrase)) => Err(DraftFailure::new(
            format!("\"{phrase}\" is said of {}s, and the strategy has no {} entry", side.key(), side.key()),
            format!("leave the side out, or describe it, for example \"go {} when …\"", side.key()),
        )
        .about(phrase)),
    }
}
