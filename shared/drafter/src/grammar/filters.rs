//! When entries are allowed: clock windows, sessions, weekdays, daily limits, into the `filters` object.

use super::clock::{self, Time};
use super::cursor::Cursor;
use super::daily_limits::{daily, trades};
use super::plain_limits::{one_trade, without_ends};
use super::scene::Scene;
use super::setting::{Join, Setting, SettingReader};
use super::weekdays::{weekday, weekdays};
use market::AssetClass;
use serde_json::Value as Json;

/// True for the US stock index futures, whose day ends with the stock exchange's.
pub(crate) fn is_us_index(scene: &Scene<'_>) -> bool {
    const ROOTS: [&str; 10] = ["ES", "MES", "NQ", "MNQ", "RTY", "M2K", "YM", "MYM", "EMD", "DEMO"];
    scene.market.as_ref().is_some_and(|market| ROOTS.contains(&market.symbol.as_str()))
}

/// When the trading day begins and ends on the clock.
pub(crate) fn day(scene: &Scene<'_>) -> (&'static str, &'static str) {
    match scene.class() {
        Some(AssetClass::Future) => ("18:00", "17:00"),
        Some(AssetClass::Stock | AssetClass::Etf) => ("09:30", "16:00"),
        Some(AssetClass::Crypto | AssetClass::Fx) | None => ("00:00", "00:00"),
    }
}

/// A time as a trader of the market means it: small hours without am are the afternoon where trading is in the day.
pub(crate) fn of_day(scene: &Scene<'_>, time: Time, after: Option<Time>) -> Time {
    let daytime = scene.is_stock() || scene.is_future();
    let small = time.minute < 7 * 60 && time.minute >= 60;
    let turned = time.afternoon().filter(|_| {
        daytime && small || after.is_some_and(|start| time.minute <= start.minute && start.minute < 12 * 60)
    });
    if let Some(afternoon) = turned {
        scene.assume(format!("{} without am or pm is read as {}", time.text(), afternoon.text()));
        return afternoon;
    }
    time
}

/// A zone named behind a time goes into the document.
pub(crate) fn zone_after(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Setting> {
    let zone = clock::zone(cursor)?;
    scene.assume(format!("every clock time is one of {zone}"));
    Some(Setting::value("/time_zone", Json::from(zone)))
}

/// A filter here.
pub(crate) fn filter(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let readers: [SettingReader; 11] =
        [session, without_ends, skipped, part_of_day, windows, one_sided, weekdays, trades, one_trade, daily, zone];
    readers.iter().find_map(|reader| {
        let mut probe = *cursor;
        let found = scene.attempt(|| reader(&mut probe, scene))?;
        *cursor = probe;
        Some(found)
    })
}

fn zone(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Vec<Setting>> {
    let led = cursor.eat("all? times|clock|hours are? in|is?") || cursor.eat("in|use|using|timezone|zone|time|on");
    cursor.eat("zone|is|:|in");
    let zone = clock::zone(cursor)?;
    led.then(|| vec![Setting::value("/time_zone", Json::from(zone))])
}

pub(crate) fn only_lead(cursor: &mut Cursor<'_>) {
    for _ in 0..6 {
        if cursor.eat("any time") {
            continue;
        }
        if !cursor.eat("only|just|and|windows|trade|trades|trading|enter|entry|entries|take|taking|allowed|active|during|in|within|on|inside|at|between|from|the|hours|window|time|times|signals|setups|limit|restrict|restricted|run|use|with|for|be|are|is|to|it|filter|:|positions") {
            break;
        }
    }
}

/// `RTH only`, `regular hours`, `full session`.
pub(crate) fn session(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Vec<Setting>> {
    only_lead(cursor);
    let both =
        "both? rth|regular trading? session|hours? and|&|plus overnight|eth|globex|extended|night session|hours?";
    if cursor.eat(both) {
        return Some(vec![Setting::value("/session", Json::from("full"))]);
    }
    let regular = cursor.eat("rth") || cursor.eat("regular|cash|normal trading? session|sessions|hours|market");
    if regular {
        if cursor.sees("open|high|low|close") {
            return None;
        }
        cursor.eat("session|hours");
        cursor.eat("trading");
        cursor.eat("hours|only");
        cursor.eat("only");
        return Some(vec![Setting::value("/session", Json::from("regular"))]);
    }
    let full = cursor.eat("full|whole|entire|extended|electronic|globex trading? session|hours")
        || cursor.eat("eth only|session|hours")
        || cursor.eat("24|twenty hours|hour|h|/ trading?|7?");
    if full {
        cursor.eat("only|session");
        return Some(vec![Setting::value("/session", Json::from("full"))]);
    }
    None
}

const SKIP: &str =
    "skip|skips|avoid|avoids|avoiding|skipping|no|not|except|excluding|exclude|never|dont|without|ignore|nothing|but";

/// `skip 12 to 1`, `no trades between 12 and 13:30`, `avoid lunch`.
fn skipped(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let mut behind = *cursor;
    let excluded = behind.eat("lunch|lunchtime|midday hour|hours|time? is? excluded|off|skipped|out|avoided");
    if excluded {
        *cursor = behind;
    } else if !skip_lead(cursor) {
        return None;
    }
    let (from, to) = if excluded {
        lunch(cursor, scene)
    } else if cursor.eat("lunch|lunchtime|midday|noon") {
        cursor.eat("hour|hours|time|chop|session|trading|trades|trade|entries");
        lunch(cursor, scene)
    } else {
        cursor.eat("between|from");
        range(cursor, scene)?
    };
    let zone = zone_after(cursor, scene);
    let mut on = *cursor;
    if on.eat("on") && weekday(&mut on).is_some() {
        return None;
    }
    let (open, close) = day(scene);
    let windows = if scene.is_stock() {
        vec![format!("{open}-{}", from.text()), format!("{}-{close}", to.text())]
    } else {
        vec![format!("{}-{}", to.text(), from.text())]
    };
    let mut settings = vec![Setting { join: Join::Except, ..Setting::value("/filters/windows", Json::from(windows)) }];
    settings.extend(zone);
    Some(settings)
}

/// The hours of lunch, as given behind the word or as usual.
fn lunch(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> (Time, Time) {
    let mut stated = *cursor;
    let opened = stated.eat("(");
    stated.eat("from|between|,");
    if let Some(found) = range(&mut stated, scene)
        && (!opened || stated.eat(")"))
    {
        *cursor = stated;
        return found;
    }
    scene.assume("lunch is read as 12:00 to 13:30");
    (fixed(12 * 60), fixed(13 * 60 + 30))
}

const fn fixed(minute: u16) -> Time {
    Time { minute, certain: true }
}

pub(crate) fn skip_lead(cursor: &mut Cursor<'_>) -> bool {
    if !cursor.eat("all|any|every days|day|weekday|weekdays except|but|excluding")
        && !cursor.eat("sit|stay|staying|keep out of? the? market?")
        && !cursor.eat("stay flat")
        && !cursor.eat("pause|blackout trading?")
        && !cursor.eat("do not")
        && !cursor.eat(SKIP)
    {
        return false;
    }
    for _ in 0..5 {
        if !cursor.eat("new|trades|trade|trading|entries|entry|entering|enter|take|taking|positions|any|the|on|during|in|for|at|all|signals|setups|to|opening") {
            break;
        }
    }
    true
}

/// Two times: `9:30 to 11`, `9:30-11:00`, `between 2pm and 3:30`.
fn range(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<(Time, Time)> {
    let mut probe = *cursor;
    let years = |at: Cursor<'_>| {
        matches!(at.peek().map(|token| &token.kind), Some(super::token::Kind::Number(number))
            if (1970..2100).contains(&number.trunc().try_into().unwrap_or(0)))
    };
    let year = years(probe);
    // "skip 2024-11-05" names a date.
    if year && cursor.tokens.get(cursor.at + 1).is_some_and(|dash| dash.is_mark('-')) {
        return None;
    }
    let from = clock::time(&mut probe, true)?;
    let zone = clock::zone(&mut probe);
    if !probe.eat("to|and|until|till|through|thru|-|til|&|up") {
        return None;
    }
    probe.eat("to|till");
    if year && years(probe) {
        return None;
    }
    let to = clock::time(&mut probe, true)?;
    if clock::two_numbers(cursor, &probe) {
        return None;
    }
    // "the 9:30-10:00 candle closes green" says which bars, not when it trades.
    if probe.sees("candle|bar|candles|bars|high|low|box|range|body|move") {
        return None;
    }
    // "8:30 CT to 3 ET": two clocks at once.
    if zone.is_some() && clock::zone(&mut { probe }) != zone {
        return None;
    }
    if probe.sees("minutes|bars|days|points|ticks|%|ema|sma|ma|years|months|period|r|contracts|rsi|level|atr|shares|min|mins|trades") {
        return None;
    }
    *cursor = probe;
    // One half of the day serves both: "2 to 3:30pm".
    let from = match (from.certain, to.certain) {
        (false, true) if to.minute >= 12 * 60 => {
            from.afternoon().filter(|later| later.minute < to.minute && from.minute < 8 * 60).unwrap_or(from)
        }
        // "between 2 and 4 am", "10 to 2am".
        (false, true) if from.minute < to.minute => Time { certain: true, ..from },
        (false, true) => from.afternoon().unwrap_or(from),
        _ => from,
    };
    // "between 3:00 and 8:00": the morning, as no afternoon ends at eight.
    let early = !from.certain && !to.certain && from.minute < to.minute && (7 * 60..=9 * 60).contains(&to.minute);
    let from = if early { from } else { of_day(scene, from, None) };
    let to = of_day(scene, to, Some(from));
    Some((from, to))
}

/// `9:30 to 11 only`, `between 9:30 and 11:00 and 2 to 3:30`, `from 10am until 2pm`.
fn windows(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    if super::range_length::behind_range(cursor) {
        return None;
    }
    let start = cursor.at;
    let mut named = *cursor;
    if named.eat("trading? session|sessions :|is|of|from?") && scene.attempt(|| range(&mut { named }, scene)).is_some()
    {
        *cursor = named;
    }
    only_lead(cursor);
    let led = cursor.at > start;
    let mut settings = Vec::new();
    let mut zone = None;
    loop {
        let mut probe = *cursor;
        if !settings.is_empty() {
            let _ = probe.eat(",");
            let _ = probe.eat("and|or|plus|,");
            probe.eat("again|also|from|between|then");
            probe.eat("from|between");
        }
        let before = probe;
        let Some((from, to)) = range(&mut probe, scene) else { break };
        let clocked = probe.tokens.get(before.at..probe.at).is_some_and(|read| {
            read.iter().any(|token| {
                matches!(token.kind, super::token::Kind::Clock(_))
                    || token.word().is_some_and(|word| super::token::is_half_day(word) || word == "noon")
                    || clock::four_digits(token, scene.text)
            })
        });
        if !(clocked || led || probe.sees("only")) {
            break;
        }
        zone = zone.or(zone_after(&mut probe, scene));
        let _ = led && probe.eat("trading|time|entry? window|windows");
        settings.push(Setting::listed("/filters/windows", Json::from(format!("{}-{}", from.text(), to.text()))));
        *cursor = probe;
    }
    if settings.is_empty() {
        return None;
    }
    let _ = cursor.eat("only|each|every day?");
    settings.extend(zone);
    Some(settings)
}

/// `after 10am`, `before 11`, `no entries after 15:00`, `start at 9:45`, `until noon`.
fn one_sided(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let exits = |back: usize| {
        cursor.at.checked_sub(back).and_then(|at| cursor.tokens.get(at)).and_then(|token| token.word()).is_some_and(
            |word| matches!(word, "exit" | "exits" | "close" | "sell" | "out" | "hold" | "cover" | "unless" | "except"),
        )
    };
    if exits(1) || super::weekdays::hours_of_a_day(cursor, scene) {
        return None;
    }
    let not = skip_lead(cursor);
    let start = cursor.at;
    if !not {
        only_lead(cursor);
    }
    let led = not || cursor.at > start;
    let (open, close) = if clock::abroad(cursor.tokens) { ("00:00", "00:00") } else { day(scene) };
    let stops = !not && cursor.eat("stop taking|trading|entering|new|opening trades|entries|positions?");
    let after = if stops {
        cursor.eat("at|after");
        false
    } else if cursor.eat("after|past|later|starting|start|begin|beginning") {
        cursor.eat("than|at|from|past");
        true
    } else if cursor.eat("before|until|till|til|prior|up") {
        cursor.eat("to|until");
        false
    } else {
        return None;
    };
    if after && let Some(settings) = since_open(cursor, scene, not) {
        return Some(settings);
    }
    let bare = matches!(cursor.peek().map(|token| &token.kind), Some(super::token::Kind::Number(_)));
    let time = clock::time(cursor, led || stops || after)?;
    // "not after 13 hours".
    let oclock = bare && led && time.certain && time.minute >= 13 * 60 && cursor.eat("hours|hour|hrs|h|hs");
    let half = cursor
        .tokens
        .get(cursor.at.saturating_sub(1))
        .and_then(|token| token.word())
        .is_some_and(super::token::is_half_day);
    let apart = half || oclock || cursor.is_pause_or_joint();
    if bare && !apart && !cursor.sees("instead|et|est|ct|only|utc|ny|new|(|please|or|oclock") {
        return None;
    }
    let time = of_day(scene, time, None);
    let zone = zone_after(cursor, scene);
    if !cursor.sees("only long|longs|short|shorts|go|take|buy|sell") {
        cursor.eat("only");
    }
    let text = time.text();
    let window = if after != not { format!("{text}-{close}") } else { format!("{open}-{text}") };
    scene.assume(format!("the trading day is read as {open} to {close}"));
    let mut settings = vec![Setting { join: Join::Bound, ..Setting::value("/filters/windows", Json::from(window)) }];
    // "not before 10 and not after 2", "after 10:30 and before 2".
    let mut more = *cursor;
    if more.eat("and|or|,")
        && {
            more.eat("and|or");
            true
        }
        && let Some(further) = scene.attempt(|| one_sided_again(&mut more, scene, not))
    {
        *cursor = more;
        settings.extend(further);
    }
    settings.extend(zone);
    Some(settings)
}

/// The other end of a window, denied like the first where it has no denial of its own.
fn one_sided_again(cursor: &mut Cursor<'_>, scene: &Scene<'_>, not: bool) -> Option<Vec<Setting>> {
    let own = cursor.sees("no|not|dont|never");
    if not && !own {
        let after = cursor.eat("after|past");
        if !after && !cursor.eat("before|until") {
            return None;
        }
        let time = clock::time(cursor, true)?;
        let time = of_day(scene, time, None);
        let (open, close) = day(scene);
        let window = if after { format!("{open}-{}", time.text()) } else { format!("{}-{close}", time.text()) };
        let window = Setting { join: Join::Bound, ..Setting::value("/filters/windows", Json::from(window)) };
        return Some([window].into_iter().chain(zone_after(cursor, scene)).collect());
    }
    one_sided(cursor, scene)
}

/// `after the first 30 minutes`, `after the opening range`.
fn since_open(cursor: &mut Cursor<'_>, scene: &Scene<'_>, not: bool) -> Option<Vec<Setting>> {
    let mut probe = *cursor;
    probe.eat("the");
    let minutes = if probe.eat("first") {
        let minutes = if probe.eat("hour") {
            60
        } else {
            let (count, unit) = clock::length(&mut probe)?;
            count * unit.minutes()?
        };
        let _ = probe.eat("of") && probe.eat("the");
        probe.eat("session|day|trading|rth");
        minutes
    } else if probe.eat("opening range is? complete|completes|over|formed|forms|set?") {
        30
    } else {
        return None;
    };
    if not || minutes > 600 || !(scene.is_stock() || scene.is_future()) {
        return None;
    }
    *cursor = probe;
    let (_, close) = day(scene);
    let start = 9 * 60 + 30 + minutes;
    scene.assume("the day's open is read as 09:30");
    Some(vec![Setting::listed("/filters/windows", Json::from(format!("{:02}:{:02}-{close}", start / 60, start % 60)))])
}

/// Parts of the day by name: words, hours, what they are called.
const PARTS: [(&str, &str, &str); 18] = [
    (
        "asian|asia|tokyo|sydney +|and|&|/ london|european|europe session|sessions|hours",
        "19:00-12:00",
        "Tokyo and London",
    ),
    (
        "london|european|europe +|and|&|/ new|us|ny|nyc|american york? session|sessions|hours",
        "03:00-16:00",
        "London and New York",
    ),
    ("new york|ny|nyc morning|mornings", "09:30-12:00", "the New York morning"),
    ("new york|nyc|us|american afternoon", "12:00-16:00", "the New York afternoon"),
    ("ny afternoon", "12:00-16:00", "the New York afternoon"),
    ("new york|us|american session|hours|open", "09:30-16:00", "the New York session"),
    ("new york session|hours", "09:30-16:00", "the New York session"),
    ("ny|nyc session|hours", "09:30-16:00", "the New York session"),
    ("london|european|europe|eu session|hours|open|morning", "03:00-12:00", "the London session"),
    ("asian|asia|tokyo|sydney session|hours", "19:00-04:00", "the Asian session"),
    ("first hour of|after? the? trading|day|session|market|rth|open?", "09:30-10:30", "the first hour"),
    ("opening hour", "09:30-10:30", "the first hour"),
    ("last|final hour of? the? trading|day|session|market|rth?", "15:00-16:00", "the last hour"),
    ("power hour", "15:00-16:00", "the power hour"),
    ("morning|mornings session|hours?", "09:30-12:00", "the morning"),
    ("afternoon|afternoons session|hours?", "12:00-16:00", "the afternoon"),
    ("overnight|globex|night session|hours|only?", "18:00-09:30", "overnight"),
    ("premarket|pre market|session? only|hours?", "04:00-09:30", "the premarket"),
];

/// `the New York morning`, `London session`, `first hour`, `power hour`, `overnight`.
fn part_of_day(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let start = cursor.at;
    // "after the first hour" is another time of the day.
    let behind = |back: usize, words| start >= back && Cursor::new(cursor.tokens, start - back).sees(words);
    if behind(1, "after|before|until|till|past|that|this|same|next") || behind(2, "after|before|until|till|past the") {
        return None;
    }
    only_lead(cursor);
    let led = cursor.at > start;
    let mut probe = *cursor;
    if probe.eat("first")
        && let Some((count, clock::Unit::Minute | clock::Unit::Hour)) = clock::length(&mut { probe })
    {
        let (_, unit) = clock::length(&mut probe)?;
        // "opening range breakout, first 15 minutes" is the range's.
        let ranged = !led && unit.minutes().is_some_and(|unit| scene.opens_with(count * unit));
        if count < 400 && !ranged && !probe.sees("high|low|range|opening|candle|bar|orb") {
            let _ = probe.eat("of|after the? trading|day|session|market|rth|open?");
            let end = 9 * 60 + 30 + count * unit.minutes()?;
            if end < 24 * 60 && probe.is_pause_or_joint_or("only") {
                *cursor = probe;
                cursor.eat("only");
                scene.assume("the day's open is read as 09:30");
                return Some(vec![Setting::listed(
                    "/filters/windows",
                    Json::from(format!("09:30-{:02}:{:02}", end / 60, end % 60)),
                )]);
            }
        }
    }
    let (_, window, name) = PARTS.into_iter().find(|(pattern, _, _)| cursor.eat(pattern))?;
    if cursor.sees("high|low|range|open|close|star|doji|closed|closes|is|was|were|has|had|made|candle|bar|ended|ends") {
        return None;
    }
    cursor.eat("only");
    // "the afternoon, 1 to 3:30": the times say what the name means.
    let mut exact = *cursor;
    let _ = exact.eat("instead|session|hours|only");
    let _ = exact.eat(",|(|:|-");
    exact.eat("from|between");
    if let Some(found) = scene.attempt(|| hours_of_part(&mut exact, scene)) {
        *cursor = exact;
        return Some(found);
    }
    scene.assume(format!("{name} is read as {window}"));
    Some(vec![Setting::listed("/filters/windows", Json::from(window))])
}

/// The times that a named part of the day is given, with their zone.
fn hours_of_part(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let (from, to) = range(cursor, scene)?;
    let zone = zone_after(cursor, scene);
    if !cursor.eat(")") && !cursor.is_pause_or_joint() && !cursor.sees("only") {
        return None;
    }
    cursor.eat("only");
    let window = Setting::listed("/filters/windows", Json::from(format!("{}-{}", from.text(), to.text())));
    Some([window].into_iter().chain(zone).collect())
}

impl Cursor<'_> {
    fn is_pause_or_joint_or(&self, words: &'static str) -> bool {
        self.is_pause() || self.sees(words) || self.sees("and|with|stop|target|exit")
    }
}
