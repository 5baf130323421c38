//! Times and dates as they are typed in a hurry, put into the words the grammar reads: "930-1030", "3a-12p", "3:55 flat",
//! "8:30am-noon", "Q1 2024", "Jan-Jun 2023".

use super::cursor::Cursor;
use super::rephrased::replace;
use super::said_plainly::{opens, word};
use super::scene::Scene;
use super::token::{Kind, Token};
use rust_decimal::Decimal;

const MONTHS: &str = "january|jan|february|feb|march|mar|april|apr|may|june|jun|july|jul|august|aug|september|sep|sept|october|oct|november|nov|december|dec";

/// Puts them into the words the grammar reads, at their place in the text.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, scene: &Scene<'_>) {
    let mut at = 0;
    while at < tokens.len() {
        without_colon(tokens, at, scene);
        half_letter(tokens, at, scene);
        noon(tokens, at, scene);
        months(tokens, at, scene);
        flat_behind(tokens, at);
        quarter(tokens, at);
        spoken_clock(tokens, at);
        dozens(tokens, at);
        trades_daily(tokens, at);
        at += 1;
    }
}

/// True where a dash was typed before the token `at`, whatever became of it; and how many tokens it is.
fn dash_before(tokens: &[Token], at: usize, scene: &Scene<'_>) -> Option<usize> {
    const DASHES: [char; 3] = ['-', '–', '—'];
    let token = tokens.get(at.checked_sub(1)?)?;
    let typed = scene.text.get(token.start..token.end)?;
    if matches!(token.kind, Kind::Mark('-' | ',')) && typed.chars().all(|letter| DASHES.contains(&letter)) {
        return Some(1);
    }
    let between = scene.text.get(token.end..tokens.get(at)?.start)?;
    DASHES.iter().any(|dash| between == dash.to_string()).then_some(0)
}

/// Puts `to` in place of the dash before the token `at`.
fn to_for_dash(tokens: &mut Vec<Token>, at: usize, marks: usize) {
    let place = tokens.get(at - 1).map_or((0, 0), |token| (token.end.saturating_sub(1), token.end));
    tokens.splice(at - marks..at, [Token::new(Kind::Word("to".to_owned()), place, false)]);
}

/// A clock time in three or four digits, and true where it may be a year.
fn digits(tokens: &[Token], at: usize) -> Option<(u16, bool)> {
    let token = tokens.get(at)?;
    let Kind::Number(number) = token.kind else { return None };
    let length = token.end - token.start;
    let number = u16::try_from(number).ok().filter(|_| number.is_integer() && (3..=4).contains(&length))?;
    let (hour, minute) = (number / 100, number % 100);
    let fits = hour < 24 && minute < 60 && minute.is_multiple_of(5);
    fits.then_some((hour * 60 + minute, (1_900..2_100).contains(&number)))
}

/// `930-1030` alone between pauses: two times of day.
fn without_colon(tokens: &mut [Token], at: usize, scene: &Scene<'_>) {
    let only = at.checked_sub(1).is_some_and(|before| Cursor::new(tokens, before).sees("only|from|between|time|hours"));
    if !(opens(tokens, at) || only) || !Cursor::new(tokens, at + 1).sees("-|to") {
        return;
    }
    let (Some((first, year)), Some((second, other))) = (digits(tokens, at), digits(tokens, at + 2)) else { return };
    let behind = Cursor::new(tokens, at + 3);
    let ends = behind.is_pause() || behind.sees("only|et|est|edt|ct|cst|eastern|central|ny|window|and|&");
    // Four digits on both sides are read as they stand.
    let short = [at, at + 2].iter().any(|place| tokens.get(*place).is_some_and(|token| token.end - token.start == 3));
    if !short || year || other || first >= second || !ends || first < 60 {
        return;
    }
    let typed = tokens.get(at).zip(tokens.get(at + 2));
    let typed = typed.and_then(|(one, two)| scene.text.get(one.start..two.end)).unwrap_or_default();
    scene.assume(format!("\"{typed}\" is read as two times of day"));
    for (place, minute) in [(at, first), (at + 2, second)] {
        if let Some(token) = tokens.get_mut(place) {
            token.turned_into(Kind::Clock(minute));
        }
    }
}

/// `3a-12p est`: am and pm.
fn half_letter(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) {
    let Some(token) = tokens.get(at).filter(|token| token.glued) else { return };
    let half = match token.word() {
        Some("a") => "am",
        Some("p") => "pm",
        Some(_) | None => return,
    };
    let timed = at.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|before| match before.kind {
        Kind::Clock(_) => true,
        Kind::Number(number) => number.is_integer() && number >= Decimal::ONE && number <= Decimal::from(12),
        Kind::Word(_) | Kind::Mark(_) => false,
    });
    let behind = Cursor::new(tokens, at + 1);
    let ends =
        behind.is_pause() || behind.sees("-|to|til|till|until|and|)|only|et|est|edt|ct|cst|eastern|central|ny|pst|pt");
    let dash = (1..3).find_map(|ahead| Some((ahead, dash_before(tokens, at + ahead, scene)?)));
    let dash = dash.filter(|(ahead, marks)| *ahead == marks + 1);
    if !timed || !ends && dash.is_none() {
        return;
    }
    let timely = dash.is_some_and(|(ahead, _)| {
        tokens.get(at + ahead).is_some_and(|next| matches!(next.kind, Kind::Number(_) | Kind::Clock(_)))
    });
    if let Some((ahead, marks)) = dash.filter(|_| timely) {
        to_for_dash(tokens, at + ahead, marks);
    }
    replace(tokens, at, at + 1, &[half]);
}

/// `3:55 flat`: flat then.
fn flat_behind(tokens: &mut Vec<Token>, at: usize) {
    let clock = tokens.get(at).is_some_and(|token| matches!(token.kind, Kind::Clock(_)));
    let number = tokens.get(at).is_some_and(|token| matches!(token.kind, Kind::Number(_)));
    let mut cursor = Cursor::new(tokens, at + 1);
    let half = cursor.eat("am|pm");
    if !opens(tokens, at) || !(clock || number && half) {
        return;
    }
    let end = cursor.at;
    if (cursor.eat("everything|all|go|get? flat|out") && !Cursor::new(tokens, end).sees("out")
        || cursor.eat("flatten everything?"))
        && cursor.is_pause()
    {
        let last = cursor.at;
        tokens.drain(end..last);
        let words = ["flat", "at"].map(|said| word(tokens, at, said));
        tokens.splice(at..at, words);
    }
}

/// `8:30am-noon`: until then.
fn noon(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) {
    if !Cursor::new(tokens, at).sees("noon|midday|midnight") {
        return;
    }
    let Some(marks) = dash_before(tokens, at, scene) else { return };
    let before = at.checked_sub(marks + 1).and_then(|before| tokens.get(before));
    let timed =
        before.is_some_and(|token| matches!(token.kind, Kind::Clock(_)) || matches!(token.word(), Some("am" | "pm")));
    if timed {
        to_for_dash(tokens, at, marks);
    }
}

/// `Q1 2024`, `the first half of 2023`: its months.
fn quarter(tokens: &mut Vec<Token>, at: usize) {
    const QUARTERS: [[&str; 3]; 4] =
        [["jan", "to", "mar"], ["apr", "to", "jun"], ["jul", "to", "sep"], ["oct", "to", "dec"]];
    const HALVES: [[&str; 3]; 2] = [["jan", "to", "jun"], ["jul", "to", "dec"]];
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("the");
    let ordinal = |cursor: &mut Cursor<'_>| {
        ["first|1st", "second|2nd", "third|3rd", "fourth|last|4th"].iter().position(|pattern| cursor.eat(pattern))
    };
    let letter = cursor.peek_word();
    let named = if matches!(letter, Some("q" | "h")) {
        cursor.at += 1;
        cursor.count().map(|count| (count as usize, letter == Some("h")))
    } else {
        let count = ordinal(&mut cursor);
        let half = cursor.sees("half");
        count.filter(|_| cursor.eat("quarter|half")).map(|count| (count + 1, half))
    };
    let Some((count, half)) = named else { return };
    cursor.eat("of|,");
    let year = cursor.at;
    let fits = matches!(tokens.get(year).map(|token| &token.kind), Some(Kind::Number(number))
        if *number >= 1_970.into() && *number < 2_100.into());
    let months = if half { HALVES.get(count.wrapping_sub(1)) } else { QUARTERS.get(count.wrapping_sub(1)) };
    // "Q1 2023 to Q2 2024" spans more than one.
    let behind = Cursor::new(tokens, year + 1);
    let spans = behind.sees("to|-|through|until|thru|and")
        || at > 0 && Cursor::new(tokens, at - 1).sees("to|-|through|until|from|since|and|thru");
    let Some(months) = months.filter(|_| fits && !spans) else { return };
    replace(tokens, at, year, months);
}

/// `Jan-Jun 2023`, `Jan 2022 - Jun 2023`: from the one to the other.
fn months(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) {
    let year = |at: usize| {
        matches!(tokens.get(at).map(|token| &token.kind), Some(Kind::Number(number))
            if *number >= 1_970.into() && *number < 2_100.into())
    };
    let month = |at: usize| Cursor::new(tokens, at).sees(MONTHS);
    if !month(at) || !year(at + 1) {
        return;
    }
    let Some(marks) = dash_before(tokens, at, scene) else { return };
    let Some(before) = at.checked_sub(marks + 1) else { return };
    if month(before) || before > 0 && year(before) && month(before - 1) {
        to_for_dash(tokens, at, marks);
    }
}

/// `quarter to ten`, `half past nine`, `half nine`: a clock time, in the morning's half unless more is said.
fn spoken_clock(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("a");
    let minutes = if cursor.eat("quarter to") {
        -15
    } else if cursor.eat("quarter past|after") {
        15
    } else if cursor.eat("half past") || cursor.sees("half six|seven|eight|nine|ten|eleven") && cursor.eat("half") {
        30
    } else {
        return;
    };
    let hour = cursor.number().and_then(super::cursor::whole).filter(|hour| (1..=12).contains(hour));
    let (Some(hour), false) = (hour, cursor.sees("r|atr|%|point|points|percent|tick|ticks|minutes|minute")) else {
        return;
    };
    let Ok(time) = u16::try_from(i64::from(hour) * 60 + minutes) else { return };
    let (start, end) =
        (tokens.get(at).map_or(0, |token| token.start), tokens.get(cursor.at - 1).map_or(0, |token| token.end));
    let until = cursor.at;
    tokens.splice(at..until, [Token::new(Kind::Clock(time), (start, end), false)]);
}

/// `half a dozen`, `two dozen`: a number.
fn dozens(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let half = cursor.eat("half a") || cursor.eat("a? half");
    let count = if half || cursor.eat("a") { None } else { cursor.number().and_then(super::cursor::whole) };
    let said = half || count.is_some() || cursor.at > at;
    if !said || !cursor.eat("dozen") {
        return;
    }
    let number = Decimal::from(if half { 6 } else { 12 * count.unwrap_or(1) });
    let (start, end) =
        (tokens.get(at).map_or(0, |token| token.start), tokens.get(cursor.at - 1).map_or(0, |token| token.end));
    let until = cursor.at;
    tokens.splice(at..until, [Token::new(Kind::Number(number), (start, end), false)]);
}

/// `one trade daily`: a day.
fn trades_daily(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("# trade|trades daily") && cursor.is_pause_or_joint() {
        let end = cursor.at;
        replace(tokens, end - 1, end, &["a", "day"]);
    }
}
