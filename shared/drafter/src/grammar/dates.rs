//! Test windows: `last 2 years`, `since 2020`, `January to June 2023`, `year to date`.

use super::clock::{self, Unit};
use super::cursor::{Cursor, whole};
use super::setting::Setting;
use market::TradingDate;
use serde_json::{Map, Value as Json, json};

/// What is known of the data: their last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First day with data.
    pub first: TradingDate,
    /// Last day with data.
    pub last: TradingDate,
}

const MONTHS: [&str; 12] = [
    "january|jan",
    "february|feb",
    "march|mar",
    "april|apr",
    "may",
    "june|jun",
    "july|jul",
    "august|aug",
    "september|sep|sept",
    "october|oct",
    "november|nov",
    "december|dec",
];

/// A day, month or year as written.
#[derive(Debug, Clone, Copy)]
struct Date {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
}

impl Date {
    fn first(self, year: i32) -> Option<TradingDate> {
        TradingDate::from_ymd(year, self.month.unwrap_or(1), self.day.unwrap_or(1))
    }

    fn last(self, year: i32) -> Option<TradingDate> {
        let month = self.month.unwrap_or(12);
        match self.day {
            Some(day) => TradingDate::from_ymd(year, month, day),
            None => (28..=31).rev().find_map(|day| TradingDate::from_ymd(year, month, day)),
        }
    }
}

fn year(cursor: &mut Cursor<'_>) -> Option<i32> {
    let mut probe = *cursor;
    let found = probe
        .number()
        .and_then(whole)
        .and_then(|year| i32::try_from(year).ok())
        .filter(|year| (1970..2100).contains(year))?;
    *cursor = probe;
    Some(found)
}

fn date(cursor: &mut Cursor<'_>) -> Option<Date> {
    let mut probe = *cursor;
    probe.eat("the");
    if probe.eat("start|beginning|end of") {
        probe.eat("the|year");
    }
    // 2023-01-15, 2023/01/15
    if let Some(year) = year(&mut probe) {
        let mut rest = probe;
        let separated = rest.eat("-") || rest.eat("/");
        if separated
            && let Some(month) = rest.count().filter(|month| *month <= 12)
            && (rest.eat("-") || rest.eat("/"))
            && let Some(day) = rest.count().filter(|day| *day <= 31)
        {
            *cursor = rest;
            return Some(Date { year: Some(year), month: Some(month), day: Some(day) });
        }
        *cursor = probe;
        return Some(Date { year: Some(year), month: None, day: None });
    }
    // 1/15/2023
    if let Some(numbers) = probe.numbers("# / # / #") {
        let part = |index: usize| numbers.get(index).copied().and_then(whole);
        let year = part(2).and_then(|year| i32::try_from(year).ok()).filter(|year| *year >= 1970)?;
        *cursor = probe;
        return Some(Date { year: Some(year), month: part(0).filter(|month| *month <= 12), day: part(1) });
    }
    let mut day = None;
    let mut ahead = probe;
    if let Some(found) = ahead.count().filter(|day| *day <= 31) {
        ahead.eat("st|nd|rd|th");
        ahead.eat("of");
        if MONTHS.iter().any(|month| ahead.sees(month)) {
            day = Some(found);
            probe = ahead;
        }
    }
    let month = MONTHS.iter().position(|month| probe.eat(month))?;
    if probe.peek().is_some_and(|token| token.is_mark('.'))
        && probe.tokens.get(probe.at + 1).is_some_and(|next| !next.glued)
    {
        let mut dot = probe;
        dot.at += 1;
        if year(&mut { dot }).is_some() {
            probe = dot;
        }
    }
    if day.is_none() {
        let mut ahead = probe;
        if let Some(found) = ahead.count().filter(|day| *day <= 31) {
            ahead.eat("st|nd|rd|th");
            day = Some(found);
            probe = ahead;
        }
    }
    let mut comma = probe;
    comma.eat(",|of");
    let found = year(&mut comma);
    if found.is_some() {
        probe = comma;
    }
    *cursor = probe;
    Some(Date { year: found, month: u32::try_from(month + 1).ok(), day })
}

/// A test window here.
pub(crate) fn window(cursor: &mut Cursor<'_>, data: Option<Span>, today: TradingDate) -> Option<Vec<Setting>> {
    let mut probe = *cursor;
    let found = stated(&mut probe, data, today)?;
    *cursor = probe;
    Some(found)
}

fn stated(cursor: &mut Cursor<'_>, data: Option<Span>, today: TradingDate) -> Option<Vec<Setting>> {
    let start = cursor.at;
    for _ in 0..6 {
        if !cursor.eat("test|tested|testing|backtest|backtested|backtesting|run|over|on|using|use|for|it|data|window|period|the|with|from|in|historical|history|please|:|check|try|show|me|results|only|this|during|and|date|dates|range") {
            break;
        }
        if cursor.tokens.get(cursor.at - 1).and_then(|token| token.word()) == Some("from") {
            cursor.at -= 1;
            break;
        }
    }
    // "of the last 10 days" is no window of a test.
    let before = start.checked_sub(1).and_then(|at| cursor.tokens.get(at)).and_then(super::token::Token::word);
    let stated = cursor.tokens.get(start..cursor.at).is_some_and(|read| {
        read.iter().any(|token| {
            token.word().is_some_and(|word| {
                matches!(
                    word,
                    "test"
                        | "tested"
                        | "testing"
                        | "backtest"
                        | "backtested"
                        | "backtesting"
                        | "run"
                        | "data"
                        | "window"
                        | "period"
                        | "historical"
                        | "history"
                        | "over"
                        | "using"
                        | "use"
                        | "on"
                        | "only"
                        | "for"
                        | "date"
                        | "dates"
                )
            })
        })
    });
    let years = cursor.sees("from|between # to|and|until|through|till|-|thru #");
    if !stated
        && !years
        && before.is_some_and(|word| {
            !matches!(word, "and" | "test" | "backtest" | "data" | "please" | "daily" | "bars" | "then")
        })
    {
        return None;
    }
    let found = relative(cursor, data, today).or_else(|| range(cursor, data, today))?;
    let _ = cursor.eat("of? data|history|only|inclusive|please");
    Some(vec![Setting::value("/window", found)])
}

fn last_date(data: Option<Span>, today: TradingDate) -> TradingDate {
    data.map_or(today, |span| span.last)
}

fn relative(cursor: &mut Cursor<'_>, data: Option<Span>, today: TradingDate) -> Option<Json> {
    let mut probe = *cursor;
    if probe.eat("ytd") || probe.eat("year to date") || probe.eat("this year so? far?") {
        let (year, _, _) = last_date(data, today).to_ymd();
        *cursor = probe;
        return Some(json!({ "from": TradingDate::from_ymd(year, 1, 1)?.to_string() }));
    }
    if probe.eat("all|full|entire|whole|maximum|max of? the? available? data|history|everything") {
        *cursor = probe;
        return data.map(|span| json!({ "from": span.first.to_string() }));
    }
    let led = probe.eat("last|past|previous|trailing|most|recent|latest");
    // "backtest 2 years".
    let before = cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at)).and_then(super::token::Token::word);
    let tested = before.is_some_and(|word| matches!(word, "test" | "backtest" | "testing" | "backtesting"));
    let counted = tested && probe.sees("# years|year|months|weeks");
    if !led && !counted {
        return None;
    }
    probe.eat("recent");
    if probe.eat("year") {
        *cursor = probe;
        return Some(json!({ "last": "1y" }));
    }
    if probe.eat("quarter") {
        *cursor = probe;
        return Some(json!({ "last": "3m" }));
    }
    let length = if probe.eat("half a|of? year") {
        (6, Unit::Month)
    } else if probe.eat("month|months") {
        (1, Unit::Month)
    } else if probe.eat("decade") {
        (10, Unit::Year)
    } else {
        let half = rust_decimal::Decimal::new(5, 1);
        let mut counted = probe;
        let years = counted.one("# years").filter(|years| years.fract() == half);
        match years.and_then(|years| whole(years.trunc())) {
            Some(years) => {
                probe = counted;
                (years * 12 + 6, Unit::Month)
            }
            None => clock::length(&mut probe)?,
        }
    };
    let letter = match length.1 {
        Unit::Day => 'd',
        Unit::Week => 'w',
        Unit::Month => 'm',
        Unit::Year => 'y',
        Unit::Bar | Unit::Minute | Unit::Hour => return None,
    };
    if probe.sees("high|low|close|bars|candles|highs|lows|average") || probe.sees("in a row") {
        return None;
    }
    *cursor = probe;
    Some(json!({ "last": format!("{}{letter}", length.0) }))
}

fn range(cursor: &mut Cursor<'_>, data: Option<Span>, today: TradingDate) -> Option<Json> {
    let mut probe = *cursor;
    let since = probe.eat("since");
    let from_word = !since
        && (probe.eat("from|starting|start|between|beginning") && {
            probe.eat("in|on|from|with");
            true
        });
    let before = !since && !from_word && probe.eat("before");
    let until = before || !since && !from_word && probe.eat("until|till|through|to|up");
    if until {
        probe.eat("to|the");
        probe.eat("end of");
    }
    let first = date(&mut probe)?;
    let plain_year = first.month.is_none();
    let (this_year, _, _) = last_date(data, today).to_ymd();
    let mut second = None;
    let mut open = false;
    if !until {
        let mut rest = probe;
        // "jan 1 2021 – dec 31 2023": a dash apart is a pause.
        let mut apart = probe;
        let dash = first.year.is_some()
            && apart.eat(",")
            && date(&mut { apart }).is_some_and(|second| second.year.is_some() && second.month.is_some());
        if dash {
            rest = apart;
        }
        if dash
            || rest.eat("to|-|through|until|thru|and|till|up|til")
            || rest.eat(",") && rest.eat("through|to|end|ending|until")
        {
            rest.eat("to|till|until|including|the");
            let _ = rest.eat("end|of") && rest.eat("of|the");
            rest.eat("the|most?");
            if rest.eat("now|today|present|date|current|latest|recent|data|end") {
                rest.eat("day|date|time|of|data|available|bar");
                rest.eat("day|date|time|data");
                open = true;
                probe = rest;
            } else if let Some(found) = date(&mut rest) {
                second = Some(found);
                probe = rest;
            } else if probe.sees("to|until|through|thru|till|til") {
                // An end that says nothing: the beginning alone is not what was asked.
                return None;
            }
        } else if rest.eat("and? onwards|onward|forward|forwards")
            || rest.eat("and? on") && (rest.is_pause() || rest.sees("please"))
            || rest.eat("and later|after")
            || rest.eat("+") && rest.is_pause()
        {
            probe = rest;
            *cursor = probe;
            return Some(json!({ "from": first.first(first.year.unwrap_or(this_year))?.to_string() }));
        }
    }
    // A number alone is a year only where words lead to it.
    let lead =
        cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at)).and_then(|token| token.word()).is_some_and(
            |word| {
                matches!(
                    word,
                    "in" | "over"
                        | "for"
                        | "test"
                        | "tested"
                        | "backtest"
                        | "on"
                        | "data"
                        | "run"
                        | "during"
                        | "period"
                        | "only"
                        | "history"
                        | "range"
                        | "using"
                        | "the"
                        | "it"
                        | "dates"
                )
            },
        );
    if plain_year
        && second.is_none()
        && !since
        && !from_word
        && !until
        && !lead
        && !open
        && !probe.is_pause()
        && !probe.sees("only|data")
    {
        return None;
    }
    if !plain_year && first.year.is_none() && second.is_none() && !since && !from_word && !until && !lead {
        return None;
    }
    *cursor = probe;
    let mut window = Map::new();
    if until {
        let year = first.year.unwrap_or(this_year);
        let end = if before { first.first(year)?.plus_days(-1) } else { first.last(year)? };
        window.insert("to".to_owned(), Json::from(end.to_string()));
        return Some(Json::Object(window));
    }
    let year = first.year.or(second.and_then(|second| second.year)).unwrap_or(this_year);
    window.insert("from".to_owned(), Json::from(first.first(year)?.to_string()));
    match second {
        Some(second) => {
            let end = second.last(second.year.unwrap_or(year))?;
            window.insert("to".to_owned(), Json::from(end.to_string()));
        }
        None if !since && !from_word && !open => {
            window.insert("to".to_owned(), Json::from(first.last(year)?.to_string()));
        }
        None => {}
    }
    Some(Json::Object(window))
}
