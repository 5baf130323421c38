//! The other half of a rule, said by its way alone: `closes above the kama go long, below go short`.

use super::cursor::Cursor;
use super::names::Class;
use super::scene::{Scene, Value};
use super::token::Token;
use rust_decimal::Decimal;

/// The level and the operator of a bare `below` before its side: those of the rule before, turned.
pub(crate) fn elided(
    cursor: &Cursor<'_>,
    scene: &Scene<'_>,
    left: &Value,
    operator: &'static str,
) -> Option<(Value, &'static str)> {
    let word = |back: usize| cursor.at.checked_sub(back).and_then(|at| cursor.tokens.get(at));
    let way = matches!(word(1).and_then(Token::word), Some("above" | "below" | "over" | "under" | "beneath"));
    let alone = word(2).is_some_and(|before| before.is_mark(',') || matches!(before.word(), Some("and")));
    let arrow = cursor.sees("- >") || cursor.sees("=|:");
    let side = cursor.sees("go|goes|sell|short|shorts|long|longs|buy|exit|cover");
    if !way || !alone || !(arrow || side) || !scene.pronoun.get() {
        return None;
    }
    let (before, right) = scene.last.borrow().clone()?;
    let right = right.filter(|_| before.text == left.text)?;
    // "over 70 short, under long": under 70 or under 30?
    let number = right.text.parse::<Decimal>().ok();
    if right.class == Class::Number && number.is_none_or(|number| !number.is_zero() && number != Decimal::from(50)) {
        return None;
    }
    let crossed = scene.crosses.borrow().last().is_some_and(|(value, level)| *value == before && *level == right);
    scene.assume(format!("the level that is left out is read as {}", right.text));
    let operator = match (crossed, operator) {
        (true, ">") => "crosses above",
        (true, "<") => "crosses below",
        (_, operator) => operator,
    };
    Some((right, operator))
}
