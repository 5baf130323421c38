//! Which line of an indicator is meant where it is said behind the numbers: `macd(5,35,5) histogram`, `bb(20,2) lower band`.

use super::cursor::Cursor;
use super::names::{Class, Lean, Name};

/// An output behind the numbers: the words, the output, what it is. None keeps what the name is.
type Output = (&'static str, &'static str, Option<Class>);

const BANDS: [Output; 3] = [
    ("upper|top band|line|channel?", "upper", Some(Class::Level(Lean::Above))),
    ("lower|bottom band|line|channel?", "lower", Some(Class::Level(Lean::Below))),
    ("middle|mid|midline|basis band|line?", "middle", Some(Class::Level(Lean::Either))),
];

const MACD: [Output; 3] =
    [("histogram|hist|histo", "histogram", None), ("signal line?", "signal", None), ("line", "line", None)];

const STOCHASTIC: [Output; 4] =
    [("% k line?", "k", None), ("% d line?", "d", None), ("k line?", "k", None), ("d line?", "d", None)];

/// Names that are a line only with the word behind their numbers.
const HEADS: [(&str, &str); 6] = [
    ("bollinger|boll band|bands", "bbands"),
    ("bollinger|bollingers|bb|bbs|bbands|boll", "bbands"),
    ("keltner channel|channels|band|bands", "keltner"),
    ("keltner|kc", "keltner"),
    ("donchian channel|channels|band|bands", "donchian"),
    ("donchian", "donchian"),
];

fn outputs(row: &str) -> &'static [Output] {
    match row {
        "bbands" | "keltner" | "donchian" => &BANDS,
        "macd" => &MACD,
        "stoch" | "stochrsi" => &STOCHASTIC,
        _ => &[],
    }
}

/// The output named here, behind numbers in parentheses.
fn output(cursor: &mut Cursor<'_>, row: &str) -> Option<(&'static str, Option<Class>)> {
    let closed = cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at)).is_some_and(|token| token.is_mark(')'));
    // "macd(12,26,9) signal cross" is a cross of two lines.
    if !closed || cursor.sees("signal line? cross|crossover|crossing") {
        return None;
    }
    outputs(row).iter().find(|(words, _, _)| cursor.eat(words)).map(|(_, output, class)| (*output, *class))
}

/// `bb(20,2) lower`: a name whose line is said behind its numbers; the cursor moves behind the name alone.
pub(crate) fn head(cursor: &mut Cursor<'_>) -> Option<Name> {
    let mut probe = *cursor;
    let (_, row) = HEADS.into_iter().find(|(words, _)| probe.eat(words))?;
    let named = probe;
    if !probe.eat("(") {
        return None;
    }
    while probe.number().is_some() {
        let _ = probe.eat(",|/");
    }
    if !probe.eat(")") {
        return None;
    }
    let (output, class) = output(&mut probe, row)?;
    *cursor = named;
    Some(Name { pattern: "", row, output, class: class? })
}

/// The name with the output that is said behind its numbers.
pub(crate) fn with_output(cursor: &mut Cursor<'_>, name: Name) -> Name {
    match output(cursor, name.row) {
        Some((output, class)) => Name { output, class: class.unwrap_or(name.class), ..name },
        None => name,
    }
}
