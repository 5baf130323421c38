//! The level of the ADX by its number alone: `adx 25`.

use super::calls::{conjuncts, sides};
use super::cursor::Cursor;
use super::editor::Editor;
use super::edits::{Outcome, said};
use super::everyday::{begins, ends};
use super::reading::Reading;
use rust_decimal::Decimal;

/// Levels an ADX is compared with; a number below is rather its period.
const LEVELS: (i64, i64) = (15, 60);

/// `adx 25`, `adx level of 25`: in place of the one level it is compared with.
pub(crate) fn level_alone(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) || !cursor.eat("the|make|set|use|with? adx level|threshold|minimum|min?") {
        return None;
    }
    cursor.eat("to|at|of|:|=");
    let new = cursor.number()?;
    let fits = new >= Decimal::from(LEVELS.0) && new <= Decimal::from(LEVELS.1);
    cursor.eat("instead");
    if !fits || !ends(cursor) {
        return None;
    }
    let mut levels: Vec<(String, String)> = Vec::new();
    for (_, text) in editor.expressions() {
        for part in conjuncts(&text) {
            let part = part.split(" within ").next().unwrap_or_default();
            let part = part.trim_start_matches('(').trim_end_matches(')');
            let Some((left, operator, right)) = sides(part) else { continue };
            let plain = left.starts_with("adx(") && !left.contains(' ') && right.parse::<Decimal>().is_ok();
            if plain && [">", ">=", "<", "<="].contains(&operator.trim()) {
                levels.push((format!("{left}{operator}"), right.to_owned()));
            }
        }
    }
    levels.sort();
    levels.dedup();
    let [(left, old)] = levels.as_slice() else { return None };
    let phrase = said(reading, from, cursor.at);
    let (was, now) = (format!("{left}{old}"), format!("{left}{new}"));
    reading.scene.assume(format!("\"{phrase}\" is read as {now}"));
    editor.rewrite(&phrase, &|text| text.replace(&was, &now)).then_some(Ok(()))
}
