//! Clock times, time zones, lengths of time and timeframes.

use super::cursor::{Cursor, whole};
use super::said_plainly::taken;
use super::token::{Kind, Token};
use rust_decimal::Decimal;
use std::ops::Range;

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time {
    /// Minutes since midnight.
    pub(crate) minute: u16,
    /// Morning or afternoon follows from what was written: am, pm, or an hour after noon.
    pub(crate) certain: bool,
}

impl Time {
    pub(crate) fn text(self) -> String {
        format!("{:02}:{:02}", self.minute / 60, self.minute % 60)
    }

    /// The same clock in the afternoon, where it may be meant.
    pub(crate) const fn afternoon(self) -> Option<Self> {
        if self.certain || self.minute >= DAY / 2 {
            return None;
        }
        Some(Self { minute: self.minute + DAY / 2, certain: false })
    }
}

/// A time: `9:30`, `3:55pm`, `10 am`, `noon`; a bare hour or `0930` where `bare` allows it.
pub(crate) fn time(cursor: &mut Cursor<'_>, bare: bool) -> Option<Time> {
    let mut probe = *cursor;
    let mut twelve = probe;
    let said = twelve.one("# noon") == Some(12.into());
    if said {
        probe = twelve;
    }
    if said || probe.eat("noon|midday") {
        *cursor = probe;
        return Some(Time { minute: DAY / 2, certain: true });
    }
    if probe.eat("midnight") {
        *cursor = probe;
        return Some(Time { minute: 0, certain: true });
    }
    let token = probe.peek()?;
    let (minute, clock, leading_zero) = match &token.kind {
        Kind::Clock(minute) => (*minute, true, *minute < 600 && token.end - token.start == 5),
        Kind::Number(number) => (of_number(*number, token.end - token.start)?, false, token.end - token.start == 4),
        Kind::Word(_) | Kind::Mark(_) => return None,
    };
    probe.at += 1;
    let half = if probe.eat("am") {
        Some(false)
    } else if probe.eat("pm") {
        Some(true)
    } else {
        probe.eat("oclock");
        half_in_words(&mut probe)
    };
    let minute = match half {
        None if !clock && (!bare || is_year(cursor)) => return None,
        None => return finish(cursor, probe, minute, !(60..13 * 60).contains(&minute) || leading_zero),
        Some(_) if minute >= 13 * 60 => minute,
        Some(true) if minute < DAY / 2 => minute + DAY / 2,
        Some(false) if minute >= DAY / 2 => minute - DAY / 2,
        Some(_) => minute,
    };
    finish(cursor, probe, minute, true)
}

/// `after 2019`: a year, unless it is named as a clock or makes a range with one.
fn is_year(cursor: &Cursor<'_>) -> bool {
    let number = |at: Option<usize>| match cursor.tokens.get(at?)?.kind {
        Kind::Number(number) => Some(number),
        Kind::Word(_) | Kind::Mark(_) | Kind::Clock(_) => None,
    };
    let year = |number: Decimal| number > Decimal::from(2000) && number < Decimal::from(2036);
    let ranged = |far: Option<usize>| match far.and_then(|at| cursor.tokens.get(at)).map(|token| &token.kind) {
        Some(Kind::Clock(_)) => true,
        Some(Kind::Number(_)) => number(far).is_some_and(|number| !year(number)),
        Some(Kind::Word(_) | Kind::Mark(_)) | None => false,
    };
    let beside = |at: Option<usize>| at.is_some_and(|at| Cursor { at, ..*cursor }.sees("-|to|until|till|til|and"));
    let before = beside(cursor.at.checked_sub(1)) && ranged(cursor.at.checked_sub(2));
    let after = beside(Some(cursor.at + 1)) && ranged(Some(cursor.at + 2));
    let named = Cursor { at: cursor.at + 1, ..*cursor }.sees("hrs|hours|hour|h|et|est|edt|ny|ct|cst|utc|gmt|oclock");
    number(Some(cursor.at)).is_some_and(year) && !before && !after && !named
}

/// `9:30 in the morning`: which half of the day a time is of.
fn half_in_words(cursor: &mut Cursor<'_>) -> Option<bool> {
    let mut probe = *cursor;
    let half = if probe.eat("in the morning") {
        false
    } else if probe.eat("in the afternoon|evening") {
        true
    } else {
        return None;
    };
    if probe.sees("session|window|hours|too|only when|if") {
        return None;
    }
    *cursor = probe;
    Some(half)
}

fn finish<'t>(cursor: &mut Cursor<'t>, probe: Cursor<'t>, minute: u16, certain: bool) -> Option<Time> {
    *cursor = probe;
    (minute <= DAY).then_some(Time { minute: minute % DAY, certain })
}

/// The places of the tokens of a time.
pub(crate) fn places(cursor: &mut Cursor<'_>) -> Option<Range<usize>> {
    taken(cursor, |cursor| time(cursor, true))
}

/// `9`, `930`, `1530`, `9.30`.
fn of_number(number: Decimal, characters: usize) -> Option<u16> {
    let hundred = Decimal::ONE_HUNDRED;
    let (hour, minute) = if !number.is_integer() && number < Decimal::from(24) && characters >= 4 {
        (number.trunc(), number.fract() * hundred)
    } else if number >= hundred || characters >= 3 {
        ((number / hundred).trunc(), number % hundred)
    } else {
        (number, Decimal::ZERO)
    };
    let (hour, minute) = (u16::try_from(hour).ok()?, u16::try_from(minute).ok()?);
    (hour <= 24 && minute < 60).then(|| hour * 60 + minute)
}

/// True where a text tells its times in a zone of another continent: the market's trading day is not told in it.
pub(crate) fn abroad(tokens: &[Token]) -> bool {
    (0..tokens.len()).any(|at| {
        let zone = zone(&mut Cursor::new(tokens, at));
        zone.is_some_and(|zone| !zone.starts_with("America/"))
    })
}

/// A zone named after a time; its IANA name.
pub(crate) fn zone(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    const ZONES: [(&str, &str); 19] = [
        ("eastern standard|daylight time", "America/New_York"),
        ("eastern|et|est|edt time?", "America/New_York"),
        ("new york|nyc time|clock", "America/New_York"),
        ("ny time|clock", "America/New_York"),
        ("central time?", "America/Chicago"),
        ("ct|cst|cdt time?", "America/Chicago"),
        ("chicago time?", "America/Chicago"),
        ("mountain|mst|mdt time?", "America/Denver"),
        ("pacific|pt|pst|pdt time?", "America/Los_Angeles"),
        ("utc|gmt|zulu time?", "UTC"),
        ("london|uk|bst time", "Europe/London"),
        ("bst", "Europe/London"),
        ("cet|cest time?", "Europe/Berlin"),
        ("frankfurt|berlin|german time", "Europe/Berlin"),
        ("tokyo|japan|jst time?", "Asia/Tokyo"),
        ("ist|india|indian time?", "Asia/Kolkata"),
        ("sgt|singapore time?", "Asia/Singapore"),
        ("hkt|hong kong time?", "Asia/Hong_Kong"),
        ("aest|aedt|sydney time?", "Australia/Sydney"),
    ];
    let mut probe = *cursor;
    let bracket = probe.eat("(");
    let zone = match ZONES.iter().find(|(pattern, _)| probe.eat(pattern)) {
        Some((_, zone)) => zone,
        None => place(&mut probe)?,
    };
    if bracket && !probe.eat(")") {
        return None;
    }
    *cursor = probe;
    Some(zone)
}

/// True behind what may be a time: `3:55`, `4 pm`, `noon`, a bare hour.
pub(crate) fn ends_before(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|before| {
        matches!(before.kind, Kind::Clock(_) | Kind::Number(_))
            || matches!(before.word(), Some("am" | "pm" | "noon" | "midnight" | "oclock"))
    })
}

/// `New York`, `London` behind a time, where its session is not meant.
fn place(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    const PLACES: [(&str, &str); 5] = [
        ("new york", "America/New_York"),
        ("ny|nyc", "America/New_York"),
        ("london", "Europe/London"),
        ("frankfurt|berlin", "Europe/Berlin"),
        ("tokyo", "Asia/Tokyo"),
    ];
    let bracket =
        cursor.at.checked_sub(1).and_then(|before| cursor.tokens.get(before)).is_some_and(|it| it.is_mark('('));
    let timed = bracket || ends_before(cursor.tokens, cursor.at);
    let (_, zone) = PLACES.iter().filter(|_| timed).find(|(pattern, _)| cursor.eat(pattern))?;
    let ends =
        cursor.is_pause() || cursor.sees(")|(|only|and|with|max|stop|target|every|each|-|to|until|till|through|or");
    ends.then_some(*zone)
}

/// A unit of time or of bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Bar,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

impl Unit {
    /// Minutes of one, for units that are a timeframe's.
    pub(crate) const fn minutes(self) -> Option<u32> {
        match self {
            Self::Minute => Some(1),
            Self::Hour => Some(60),
            Self::Day => Some(1440),
            Self::Week => Some(10_080),
            Self::Bar | Self::Month | Self::Year => None,
        }
    }
}

/// A unit's word; single letters only where they are glued to a number.
pub(crate) fn unit(cursor: &mut Cursor<'_>) -> Option<Unit> {
    let glued = cursor.peek().is_some_and(|token| token.glued);
    let patterns: [(&str, Unit, bool); 13] = [
        ("bar|bars|candle|candles|candlestick|candlesticks|period|periods|per", Unit::Bar, false),
        ("minute|minutes|min|mins|minuet|minuets", Unit::Minute, false),
        ("hour|hours|hr|hrs", Unit::Hour, false),
        ("day|days|session|sessions|daily", Unit::Day, false),
        ("week|weeks|wk|wks", Unit::Week, false),
        ("month|months|mo|mos", Unit::Month, false),
        ("year|years|yr|yrs", Unit::Year, false),
        ("m", Unit::Minute, true),
        ("h", Unit::Hour, true),
        ("d", Unit::Day, true),
        ("w|wk", Unit::Week, true),
        ("y|yr", Unit::Year, true),
        ("b", Unit::Bar, true),
    ];
    patterns.into_iter().find(|(pattern, _, letter)| (glued || !letter) && cursor.eat(pattern)).map(|(_, unit, _)| unit)
}

/// A count and its unit: `10 bars`, `two hours`, `an hour`, `half an hour`.
pub(crate) fn length(cursor: &mut Cursor<'_>) -> Option<(u32, Unit)> {
    let mut probe = *cursor;
    if probe.eat("half an? hour") || probe.eat("1/2 hour") {
        *cursor = probe;
        return Some((30, Unit::Minute));
    }
    if probe.eat("an hour and a half") || probe.eat("one and a half hours") {
        *cursor = probe;
        return Some((90, Unit::Minute));
    }
    let number = if probe.eat("a|an couple of?") {
        Decimal::TWO
    } else if let Some(number) = probe.number() {
        number
    } else {
        probe.eat("a|an").then_some(Decimal::ONE)?
    };
    probe.eat("full|whole|trading|consecutive|more|completed|complete|calendar|straight");
    let unit = unit(&mut probe)?;
    let found = match (whole(number), unit) {
        (Some(count), unit) => (count, unit),
        (None, Unit::Hour) => (whole(number * Decimal::from(60))?, Unit::Minute),
        (None, _) => return None,
    };
    *cursor = probe;
    Some(found)
}

/// A timeframe of the language: `5m`, `15-minute`, `1 hour`, `hourly`, `daily`, `H4`, `M15`. Bars have none.
pub(crate) fn timeframe(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    let mut probe = *cursor;
    let words: [(&str, u32); 8] = [
        ("daily|eod", 1440),
        ("weekly", 10_080),
        ("hourly", 60),
        ("half hour", 30),
        ("half hourly", 30),
        ("one minute", 1),
        ("minute|minutely", 1),
        ("hour", 60),
    ];
    let worded = probe.sees("daily|eod|weekly|hourly|half|one|minute|minutely|hour");
    if worded && let Some((_, minutes)) = words.iter().find(|(pattern, _)| probe.eat(pattern)) {
        *cursor = probe;
        return named(*minutes);
    }
    let mut letters = *cursor;
    let lettered = letters.sees("h|m|d");
    for (letter, minutes) in [("h", 60), ("m", 1), ("d", 1440)].into_iter().filter(|_| lettered) {
        if letters.eat(letter) && letters.peek().is_some_and(|token| token.glued) {
            let count = letters.count()?;
            let found = named(count.checked_mul(minutes)?)?;
            *cursor = letters;
            return Some(found);
        }
        letters = *cursor;
    }
    let count = probe.count()?;
    let unit = unit(&mut probe)?;
    let found = named(count.checked_mul(unit.minutes()?)?)?;
    *cursor = probe;
    Some(found)
}

/// The language's name of a timeframe.
pub(crate) fn named(minutes: u32) -> Option<&'static str> {
    const NAMES: [(u32, &str); 12] = [
        (1, "1m"),
        (2, "2m"),
        (3, "3m"),
        (5, "5m"),
        (10, "10m"),
        (15, "15m"),
        (30, "30m"),
        (60, "1h"),
        (120, "2h"),
        (240, "4h"),
        (1440, "1d"),
        (10_080, "1w"),
    ];
    NAMES.iter().find(|(length, _)| *length == minutes).map(|(_, name)| *name)
}

/// Minutes of a timeframe's name.
pub(crate) fn minutes_of(name: &str) -> u32 {
    market::Timeframe::parse(name).map_or(1, market::Timeframe::minutes)
}

/// `0930`: a time by its leading zero.
pub(crate) fn four_digits(token: &Token, text: &str) -> bool {
    let said = text.get(token.start..token.end).unwrap_or_default();
    said.len() == 4 && said.starts_with('0') && said.bytes().all(|byte| byte.is_ascii_digit())
}

/// `the 9 and 21`: no hours without a word that says so.
pub(crate) fn two_numbers(from: &Cursor<'_>, to: &Cursor<'_>) -> bool {
    let read = from.tokens.get(from.at..to.at).unwrap_or_default();
    let before = |at: usize| from.at.checked_sub(at).map(|at| Cursor::new(from.tokens, at));
    let said =
        (1..8).filter_map(before).any(|cursor| cursor.sees("between|from|hours|window|time|session|trading|trade"));
    let number = |token: &Token| matches!(token.kind, Kind::Number(_));
    let joined = |token: &Token| token.word() == Some("and") || token.is_mark('&');
    !said && read.len() == 3 && matches!(read, [first, joint, last] if number(first) && joined(joint) && number(last))
}
