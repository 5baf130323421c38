//! Changes of numbers inside rules: periods, thresholds, kinds of averages, lengths of ranges.

use super::calls::{Call, calls, spliced, thresholds};
use super::cursor::Cursor;
use super::editor::Editor;
use super::edits::{Outcome, missing, said};
use super::names::{self, Class};
use super::reading::Reading;
use super::token::Token;
use ports::drafter::{DraftFailure, Question};
use rust_decimal::Decimal;

/// `use SMAs instead of EMAs`.
pub(crate) fn kinds(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let verb = cursor.eat("use|switch|change|make|replace|with|turn|swap|convert");
    let all = cursor.eat("them|both|it");
    let _ = cursor.eat("to|the|all|it|them|from|into");
    let _ = cursor.eat("the|all");
    let first = names::indicator(cursor).filter(|name| name.class == Class::Average)?;
    let known = averages(editor);
    let one_kind = known.iter().all(|(name, _)| known.first().is_some_and(|(first, _)| first == name));
    let (new, old) = if cursor.eat("instead of|") || cursor.eat("rather than") || cursor.eat(",? not") {
        cursor.eat("of");
        cursor.eat("the");
        (first, Some(names::indicator(cursor)?))
    } else if cursor.eat("to|with|into|for") {
        cursor.eat("a|an|the");
        let second = names::indicator(cursor)?;
        (second, Some(first))
    } else if let Some(second) = names::indicator(cursor).filter(|_| verb && !all) {
        // "make the EMAs SMAs".
        (second, Some(first))
    } else if verb && all && one_kind && cursor.is_pause() {
        (first, None)
    } else {
        return None;
    };
    let averages = new.class == Class::Average && old.as_ref().is_none_or(|old| old.class == Class::Average);
    let from_row = old.map_or_else(|| known.first().map(|(name, _)| name.clone()), |old| Some(old.row.to_owned()))?;
    if !averages || new.row == from_row {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let to_row = new.row;
    let any = editor.rewrite(&phrase, &|text| {
        let edits = calls(text)
            .into_iter()
            .filter(|call| call.name == from_row)
            .map(|call| (call.start, call.start + call.name.len(), to_row.to_owned()))
            .collect();
        spliced(text, edits)
    });
    if any { Some(Ok(())) } else { missing(&from_row.to_uppercase()) }
}

pub(crate) fn averages(editor: &Editor<'_>) -> Vec<(String, u32)> {
    let mut found: Vec<(String, u32)> = Vec::new();
    for (_, text) in editor.expressions() {
        for call in calls(&text).into_iter().filter(is_average) {
            if let Some((period, _, _)) = call.period()
                && !found.contains(&(call.name.clone(), period))
            {
                found.push((call.name, period));
            }
        }
    }
    found.sort_by_key(|(_, period)| *period);
    found
}

pub(crate) fn is_average(call: &Call) -> bool {
    strategy::indicators::find(&call.name).is_some_and(|row| row.family == strategy::indicators::Family::MovingAverage)
        && call.arguments.first().is_none_or(|(first, _, _)| first != "volume")
}

/// Sets the period of calls of `row` (any average where empty) that have `old`.
pub(crate) fn set_period(
    editor: &mut Editor<'_>,
    row: &str,
    old: Option<u32>,
    new: u32,
    name: Option<&str>,
    phrase: &str,
) -> bool {
    editor.rewrite(phrase, &|text| {
        let mut edits = Vec::new();
        for call in calls(text) {
            let concerned = if row.is_empty() { is_average(&call) } else { call.name == row };
            let Some((period, start, end)) = call.period().filter(|_| concerned) else { continue };
            if old.is_none_or(|old| old == period) {
                edits.push((start, end, new.to_string()));
                if let Some(name) = name {
                    edits.push((call.start, call.start + call.name.len(), name.to_owned()));
                }
            }
        }
        spliced(text, edits)
    })
}

/// `8/34 emas instead`, `20/100 ma cross`.
pub(crate) fn pair_periods(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let _ = cursor.eat("use|make|change|switch|try");
    let _ = cursor.eat("the|it|to|a");
    let _ = cursor.eat("a|to");
    let numbers = cursor.numbers("# /|and|& #")?;
    let row = match names::indicator(cursor) {
        Some(name) => Some(name).filter(|name| name.class == Class::Average)?.row,
        None => cursor.eat("averages|mas").then_some("sma")?,
    };
    cursor.eat("cross|crossover|crosses|pair");
    let _ = !cursor.sees("instead of|") && cursor.eat("instead|please|pls");
    let (Some(fast), Some(slow)) = (
        numbers.iter().min().copied().and_then(super::cursor::whole),
        numbers.iter().max().copied().and_then(super::cursor::whole),
    ) else {
        return None;
    };
    let end = cursor.at;
    let phrase = said(reading, from, end);
    let known = averages(editor);
    let generic = matches!(reading.tokens.get(cursor.at - 1).and_then(Token::word), Some("ma" | "mas")) || row == "sma";
    // "20/50 SMAs" are simple ones, whatever the known are; "20/50 averages" are of the known kind.
    let simple = reading.tokens.get(from..cursor.at).unwrap_or_default().iter();
    let simple = simple.filter_map(Token::word).any(|word| matches!(word, "sma" | "smas" | "simple"));
    let same: Vec<&(String, u32)> = known.iter().filter(|(known, _)| *known == row || generic).collect();
    let [(first, old_fast), (second, old_slow)] = same.as_slice() else {
        return Some(Err(DraftFailure::new(
            "the strategy has not two such averages",
            "say which average changes, for example \"change the 21 EMA to 34\"",
        )));
    };
    let (first, second, old_fast, old_slow) = (first.clone(), second.clone(), *old_fast, *old_slow);
    super::everyday_rules::pair_replaced(cursor, old_fast, old_slow)?;
    let phrase = if cursor.at > end { said(reading, from, cursor.at) } else { phrase };
    let kind = simple.then_some("sma").filter(|kind| first != *kind || second != *kind);
    if kind.is_some() && (old_fast, old_slow) == (fast, slow) {
        set_period(editor, &first, Some(fast), fast, kind, &phrase);
        set_period(editor, &second, Some(slow), slow, kind, &phrase);
        return Some(Ok(()));
    }
    // Over a number no average has, so that 9/21 to 21/50 does not change the first one twice.
    set_period(editor, &first, Some(old_fast), 4_999, None, &phrase);
    set_period(editor, &second, Some(old_slow), slow, kind, &phrase);
    set_period(editor, &first, Some(4_999), fast, kind, &phrase);
    let before = editor.plan.len();
    editor.plan.retain(|item| !item.became.contains("4999"));
    if editor.plan.len() < before {
        editor.plan.push(domain::artifact::PlanItem {
            phrase,
            became: match kind {
                Some(kind) => format!("averages: {first} {old_fast}/{old_slow} → {kind} {fast}/{slow}"),
                None => format!("periods: {old_fast}/{old_slow} → {fast}/{slow}"),
            },
        });
    }
    Some(Ok(()))
}

/// `macd 8/17/9`, `supertrend 10/2`, `bollinger 20, 2.5`.
pub(crate) fn numbers_of(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let _ = cursor.eat("use|make|change|set|switch") && cursor.eat("to|it");
    let _ = cursor.eat("the|a");
    let name = names::indicator(cursor)?;
    let row = name.row;
    let _ = cursor.eat("to|of|with|:|settings");
    let bracket = cursor.eat("(");
    let mut numbers = vec![cursor.number()?];
    while cursor.eat("/") || (bracket && cursor.eat(",")) {
        numbers.push(cursor.number()?);
    }
    if bracket {
        cursor.eat(")");
    }
    if numbers.len() < 2 || name.class == Class::Average || matches!(row, "rsi" | "mfi" | "cci" | "willr" | "adx") {
        return None;
    }
    cursor.eat("instead|please");
    let phrase = said(reading, from, cursor.at);
    let texts: Vec<String> = numbers.iter().map(Decimal::to_string).collect();
    let any = editor.rewrite(&phrase, &|text| {
        let edits = calls(text).into_iter().filter(|call| call.name == row).map(|call| {
            let mut arguments: Vec<String> = call
                .arguments
                .iter()
                .map(|(text, _, _)| text.clone())
                .filter(|text| text.parse::<f64>().is_err() && !text.starts_with('\''))
                .collect();
            arguments.extend(texts.clone());
            arguments
                .extend(call.arguments.iter().map(|(text, _, _)| text.clone()).filter(|text| text.starts_with('\'')));
            (call.start, call.end, format!("{row}({})", arguments.join(", ")))
        });
        spliced(text, edits.collect())
    });
    // "use stochastic (14,3,3) below 20 instead of RSI": a rule of its own.
    if !any && cursor.sees("below|above|under|over|<|>|crosses|cross|instead|rather") {
        return None;
    }
    if any { Some(Ok(())) } else { missing(row) }
}

/// `make the fast EMA 12`, `change the 21 EMA to 34`, `rsi length 7`, `trend ema 100 instead of 50`.
pub(crate) fn period_of(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let verb = cursor.eat("make|change|set|use|switch|move|bump|raise|lower|increase|reduce|drop|turn");
    let _ = cursor.eat("the|a|an|my");
    let which = if cursor.eat("fast|faster|short|shorter") {
        Some(false)
    } else if cursor.eat("slow|slower|long|longer|trend") {
        Some(true)
    } else {
        None
    };
    let mut probe = *cursor;
    let first = probe.number().and_then(super::cursor::whole);
    if first.is_some() {
        *cursor = probe;
        cursor.eat("period|bar|day|length");
    }
    // "2x ATR with period 10" names what the period is of.
    let attached = cursor.tokens.get(cursor.at.wrapping_sub(1)).and_then(super::token::Token::word);
    let attached = attached.is_some_and(|word| matches!(word, "with" | "using" | "of" | "and" | "a"));
    let unnamed = first.is_none() && which.is_none() && !attached && cursor.eat("period|length|lookback");
    let name = names::indicator(cursor);
    if name.is_none() && which.is_none() && !unnamed {
        return None;
    }
    let row = name.as_ref().map_or("", |name| name.row);
    let average = name.as_ref().is_none_or(|name| name.class == Class::Average);
    if row == "atr" {
        return None;
    }
    if name.is_none() && which.is_some() {
        cursor.eat("one|line|average");
    }
    let length = cursor.eat("length|period|periods|lookback|setting");
    let to = cursor.eat("to|be|=|of|:|into|with");
    cursor.eat("a|an|be|the");
    let second = {
        let mut probe = *cursor;
        let found = probe.number().and_then(super::cursor::whole);
        if found.is_some() && !probe.sees("points|ticks|r|%|percent|minutes|contracts|bars in") && !probe.eat("x|atr") {
            *cursor = probe;
            found
        } else {
            None
        }
    };
    cursor.eat("period|bar|day");
    let new_name = names::indicator(cursor).filter(|name| name.class == Class::Average);
    let mut instead = None;
    let mut says_instead = false;
    if cursor.eat("instead|not|rather") {
        says_instead = true;
        cursor.eat("of|than");
        cursor.eat("the");
        instead = cursor.number().and_then(super::cursor::whole);
    }
    let (old, new) = match (first, second) {
        (Some(old), Some(new)) if to || verb => (Some(old), new),
        (Some(new), None) if instead.is_some() || verb && (says_instead || !average) => (instead, new),
        (None, Some(new)) if average && (verb || to || which.is_some() || says_instead) || length || unnamed => {
            (instead, new)
        }
        _ => return None,
    };
    if !average && !length && first.is_none() {
        return None;
    }
    if cursor.sees(", for entry and exit") || cursor.sees("for entry and exit") {
        cursor.eat(",");
        cursor.eat("for entry and exit");
    }
    let phrase = said(reading, from, cursor.at);
    period_change(editor, (row, which, unnamed), old, new, new_name.as_ref().map(|name| name.row), &phrase)
}

pub(crate) fn period_change(
    editor: &mut Editor<'_>,
    (row, which, unnamed): (&str, Option<bool>, bool),
    old: Option<u32>,
    new: u32,
    name: Option<&str>,
    phrase: &str,
) -> Outcome {
    let known = averages(editor);
    let old = match (which, old) {
        (_, Some(old)) => Some(old),
        (Some(slow), None) => {
            let of_kind: Vec<u32> = known
                .iter()
                .filter(|(known, _)| row.is_empty() || known == row || row == "sma")
                .map(|(_, period)| *period)
                .collect();
            if slow { of_kind.last().copied() } else { of_kind.first().copied() }
        }
        (None, None) => None,
    };
    let row = if row == "sma" && !known.iter().any(|(known, _)| known == "sma") { "" } else { row };
    let mut periods: Vec<u32> = Vec::new();
    for (_, text) in editor.expressions() {
        for call in calls(&text) {
            let concerned = if unnamed || row.is_empty() {
                strategy::indicators::find(&call.name).is_some()
            } else {
                call.name == row
            };
            if let Some((period, _, _)) = call.period().filter(|_| concerned)
                && !periods.contains(&period)
            {
                periods.push(period);
            }
        }
    }
    if old.is_none() && periods.len() > 1 {
        let choices: Vec<String> = periods.iter().map(|period| format!("the {period}")).collect();
        return Some(Err(DraftFailure::asking(
            format!(
                "which period: the strategy has {}",
                periods.iter().map(u32::to_string).collect::<Vec<_>>().join(" and ")
            ),
            Question::new(phrase, choices),
            "name the one that changes, for example \"change the 21 EMA to 34\"",
        )));
    }
    let row = if unnamed { "" } else { row };
    if set_period(editor, row, old, new, name, phrase) || unnamed && set_any_period(editor, old, new, phrase) {
        return Some(Ok(()));
    }
    if old.is_none() && periods.contains(&new) {
        return Some(Err(DraftFailure::new(
            format!("\"{phrase}\" would change nothing: the period is {new} already"),
            "say the period it gets, for example \"change the 21 EMA to 34\"",
        )));
    }
    missing(&old.map_or_else(|| row.to_uppercase(), |old| format!("{old} {}", row.to_uppercase())))
}

pub(crate) fn set_any_period(editor: &mut Editor<'_>, old: Option<u32>, new: u32, phrase: &str) -> bool {
    editor.rewrite(phrase, &|text| {
        let edits = calls(text)
            .into_iter()
            .filter(|call| strategy::indicators::find(&call.name).is_some())
            .filter_map(|call| call.period())
            .filter(|(period, _, _)| old.is_none_or(|old| old == *period))
            .map(|(_, start, end)| (start, end, new.to_string()));
        spliced(text, edits.collect())
    })
}

/// `20 bar breakout instead of 48`, `55 bar breakout`.
pub(crate) fn breakout_bars(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if of_an_exit(reading, from) {
        return None;
    }
    let _ = cursor.eat("use|make|change|switch");
    let _ = cursor.eat("it|to|the|a");
    let _ = cursor.eat("a");
    let new = cursor
        .one("# bar|bars|period|day breakout|breakouts|channel|high|lookback|highs")
        .and_then(super::cursor::whole)?;
    cursor.eat("breakout");
    let mut old = None;
    if cursor.eat("instead|not|rather") {
        cursor.eat("of|than");
        old = cursor.number().and_then(super::cursor::whole);
    }
    let phrase = said(reading, from, cursor.at);
    let mut any = false;
    for row in ["highest", "lowest", "donchian"] {
        any |= set_period(editor, row, old, new, None, &phrase);
    }
    if any { Some(Ok(())) } else { missing("breakout of so many bars") }
}

/// True where the sentence speaks of leaving: "exit at the 20 bar low" changes no entry.
fn of_an_exit(reading: &Reading<'_>, at: usize) -> bool {
    let before = reading.tokens.get(..at).unwrap_or_default().iter().rev();
    let sentence = before.take_while(|token| !['.', ';', '\n'].iter().any(|mark| token.is_mark(*mark)));
    sentence.filter_map(super::token::Token::word).any(|word| {
        matches!(word, "exit" | "exits" | "cover" | "close" | "closes" | "out" | "stop" | "target" | "trail" | "leave")
    })
}

/// `first 15 minutes instead of 30`.
pub(crate) fn range_minutes(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let label = cursor.eat("the? opening range length? :|=") || cursor.eat("or|orb length? :|=");
    let moved = !label && cursor.eat("move|shorten|lengthen|change|set|make the|my? opening? range to|be|=?");
    let _ = !label && !moved && cursor.eat("use|make|change|the");
    let _ = !label && cursor.eat("the|a|it");
    let new = if label {
        let new = cursor.number()?;
        cursor.eat("first|minutes|minute|min|mins|m");
        new
    } else {
        let first = if super::range_length::of_trading(&reading.tokens, cursor) {
            None
        } else {
            cursor.one("first # minutes|min|mins")
        };
        let first = first.or_else(|| cursor.one("# minute|minutes|min|mins opening|orb range?"));
        first.or_else(|| if moved { cursor.one("# minutes|minute|min|mins|m") } else { None })?
    };
    let mut old = None;
    if cursor.eat("instead|not") {
        cursor.eat("of");
        old = cursor.number();
        let _ = label && cursor.eat("minutes|minute|min|mins|m");
    }
    if label && !super::everyday::ends(cursor) {
        return None;
    }
    let new = super::cursor::whole(new)?;
    let known = editor
        .expressions()
        .iter()
        .flat_map(|(_, text)| calls(text))
        .find(|call| call.name == "opening_range")
        .and_then(|call| call.period());
    let (current, _, _) = known?;
    if old.is_some_and(|old| old != Decimal::from(current)) {
        return missing("opening range of that length");
    }
    let phrase = said(reading, from, cursor.at);
    set_period(editor, "opening_range", Some(current), new, None, &phrase);
    editor.rewrite(&phrase, &|text| {
        let edits = thresholds(text, "minutes_since_open")
            .into_iter()
            .filter(|(value, _, _)| *value == current.to_string())
            .map(|(_, start, end)| (start, end, new.to_string()));
        spliced(text, edits.collect())
    });
    Some(Ok(()))
}

/// `2.5 std devs on the bands`.
pub(crate) fn deviations(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let bands = cursor.eat("widen|narrow|tighten|change|set|make|use|move the? bollinger|bb? bands|band")
        || super::everyday::begins(reading, from) && cursor.eat("bollinger|bb? bands");
    if bands {
        cursor.eat("to|at|be|out");
    } else {
        let _ = cursor.eat("use|make|set");
    }
    let mut alone = *cursor;
    let bare = alone.number().filter(|wide| bands && *wide > Decimal::ZERO && *wide < Decimal::TEN);
    if let Some(wide) = bare.filter(|_| super::everyday::ends(&alone)) {
        *cursor = alone;
        return set_deviations(editor, wide, &said(reading, from, cursor.at));
    }
    let wide = cursor
        .one("# standard|std|st deviation|deviations|dev|devs")
        .or_else(|| cursor.one("# sd|stdev|stdevs|std|stds|sigma|sigmas|deviations"))?;
    let _ = cursor.eat("on|for|the");
    let _ = cursor.eat("the");
    let _ = cursor.eat("bollinger|bb|bands");
    cursor.eat("bands");
    let phrase = said(reading, from, cursor.at);
    set_deviations(editor, wide, &phrase)
}

fn set_deviations(editor: &mut Editor<'_>, wide: Decimal, phrase: &str) -> Outcome {
    let any = editor.rewrite(phrase, &|text| {
        let edits = calls(text)
            .into_iter()
            .filter(|call| call.name == "bbands")
            .filter_map(|call| call.numbers().get(1).cloned())
            .map(|(_, start, end)| (start, end, wide.to_string()));
        spliced(text, edits.collect())
    });
    if any { Some(Ok(())) } else { missing("Bollinger bands") }
}
