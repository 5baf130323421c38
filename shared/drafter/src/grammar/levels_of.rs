//! Changes of the levels that oscillators are compared with.

use super::calls::{spliced, thresholds};
use super::cursor::Cursor;
use super::editor::Editor;
use super::edits::{Outcome, missing, said};
use super::names::{self, Class};
use super::numbers::set_period;
use super::reading::Reading;
use ports::drafter::{DraftFailure, Question};

/// `25/75 on the rsi instead of 30/70`.
pub(crate) fn threshold_pair(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let _ = cursor.eat("use|make|change|set|switch|move|widen|tighten|loosen to?");
    let before = {
        let mut probe = *cursor;
        probe.eat("the");
        let found = names::indicator(&mut probe);
        if found.is_some() {
            probe.eat("levels|thresholds|limits|zones|bands");
            probe.eat("to|at|=|be|:|of");
            *cursor = probe;
        }
        found
    };
    let numbers = cursor.numbers("# /|and #")?;
    let name = match before {
        Some(name) => name,
        None => {
            cursor.eat("levels|thresholds");
            if !cursor.eat("on|for") {
                return None;
            }
            cursor.eat("the");
            names::indicator(cursor)?
        }
    };
    if cursor.eat("instead") {
        cursor.eat("of");
        let _ = cursor.numbers("# /|and #");
    }
    if !matches!(name.class, Class::Oscillator(..)) || name.row == "macd" {
        return None;
    }
    let (low, high) = (*numbers.iter().min()?, *numbers.iter().max()?);
    let phrase = said(reading, from, cursor.at);
    super::passing_edits::paired_levels(editor, name.row, (low, high), &phrase)
}

/// `use RSI 25 instead of 30`, `raise adx to 25`, `rsi 10 instead of 15`.
pub(crate) fn threshold(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let verb = cursor.eat("use|make|change|set|raise|lower|increase|reduce|bump|move|drop");
    cursor.eat("the");
    let name = names::indicator(cursor)?;
    if matches!(name.class, Class::Average | Class::Level(_)) {
        return None;
    }
    cursor.eat("threshold|level|limit|filter");
    cursor.eat("from");
    let old_first = {
        let mut probe = *cursor;
        probe.one("# to").inspect(|_| {
            *cursor = probe;
            cursor.at -= 1;
        })
    };
    let to = cursor.eat("to|at|above|below|of|=");
    let new = cursor.number()?;
    let mut old = old_first;
    let mut says = false;
    if cursor.eat("instead|not|rather") {
        says = true;
        cursor.eat("of|than");
        // "RSI below 5 instead of RSI below 10".
        let mut named = *cursor;
        if names::indicator(&mut named).is_some_and(|other| other.row == name.row) {
            named.eat("at|above|below|over|under|of|=");
            *cursor = named;
        }
        old = cursor.number().or(old);
    }
    if !(says || verb && to) || cursor.sees("period|bars|/") {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let row = name.row;
    let values: Vec<String> =
        editor.expressions().iter().flat_map(|(_, text)| thresholds(text, row)).map(|(value, _, _)| value).collect();
    let mut distinct = values.clone();
    distinct.sort();
    distinct.dedup();
    let old = match old {
        Some(old) => old.to_string(),
        None if distinct.len() == 1 => distinct.first()?.clone(),
        // "use RSI below 30 instead of the MACD cross": a rule in place of a rule.
        None if distinct.is_empty() && says => return None,
        None if distinct.is_empty() => return missing(&format!("{} level", row.to_uppercase())),
        None => {
            return Some(Err(DraftFailure::asking(
                format!("which level of {}: the strategy has {}", row.to_uppercase(), distinct.join(" and ")),
                Question::new(phrase, distinct.clone()),
                format!("say \"{new} instead of {}\"", distinct.first().cloned().unwrap_or_default()),
            )));
        }
    };
    let any = editor.rewrite(&phrase, &|text| {
        let edits = thresholds(text, row)
            .into_iter()
            .filter(|(value, _, _)| *value == old)
            .map(|(_, start, end)| (start, end, new.to_string()));
        spliced(text, edits.collect())
    });
    if any {
        return Some(Ok(()));
    }
    // "use RSI 7 instead of 14" names a period.
    if let (Ok(old), Some(new)) = (old.parse(), super::cursor::whole(new))
        && set_period(editor, row, Some(old), new, None, &phrase)
    {
        return Some(Ok(()));
    }
    missing(&format!("{} of {old}", row.to_uppercase()))
}
