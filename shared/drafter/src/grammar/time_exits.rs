//! Exits by the clock and by time in the trade.

use super::clock::{self, Unit};
use super::cursor::Cursor;
use super::distance::number;
use super::filters;
use super::scene::Scene;
use super::setting::Setting;
use rust_decimal::Decimal;
use serde_json::Value as Json;

/// `flat by 3:55`, `exit at 15:50`, `close everything at end of day`, `out by the close`.
pub(crate) fn flatten(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let mut past = *cursor;
    let _ = past.eat("and|but|i|we");
    if (past.eat("dont|never|no hold|holding|stay|carry|keep") || past.eat("do not hold"))
        && {
            let _ = past.eat("it|anything|positions|trades|on|any");
            past.eat("past|beyond|after")
        }
        && let Some(time) = clock::time(&mut past, true)
        && past.is_pause_or_joint()
    {
        let time = filters::of_day(scene, time, None);
        *cursor = past;
        return Some(vec![Setting::value("/exit/flatten", Json::from(time.text()))]);
    }
    if let Some(found) = or_at_time(cursor, scene) {
        return Some(found);
    }
    let mut ended = *cursor;
    if ended.eat("or at|by? the? end|eod|moc") && {
        let _ = ended.eat("of the? day|session");
        ended.is_pause_or_joint()
    } {
        *cursor = ended;
        return Some(end_of_day(scene));
    }
    let mut rest = *cursor;
    if rest.eat("and? the? rest|remainder|remaining|runner at|by|into|on the? close|eod|moc|end") && {
        let _ = rest.eat("of the? day|session");
        rest.is_pause()
    } {
        *cursor = rest;
        return Some(end_of_day(scene));
    }
    if let Some(found) = rest_at(cursor, scene).or_else(|| held_until(cursor, scene)) {
        return Some(found);
    }
    if named_exit(cursor) {
        return Some(end_of_day(scene));
    }
    let _ = cursor.eat("also|always|and|then|must|i|want|we|or");
    let _ = cursor.eat("to|be|go|get|want|always|is");
    let _ = cursor.eat("be|to|force|hard|auto|time");
    let verb =
        cursor.eat("flat|flatten|out|exit|exits|close|closed|sell|cover|liquidate|done|square|eod|everything|all");
    if !verb {
        return None;
    }
    let _ = cursor.eat(
        "out|everything|all|any|the|my|position|positions|trade|trades|flat|it|open|of|exit|close|closed|shut|hold|up|remaining",
    );
    let _ = cursor.eat("of|positions|position|trades|trade|open|remaining|everything|is|stop");
    let _ = cursor.eat("trades|trade|positions|position|out|is");
    let said_at = cursor.eat("at");
    let _ = said_at || cursor.eat("positions|by");
    // "close at 1550".
    let hhmm = cursor.sees("#") && cursor.peek().is_some_and(|token| token.end - token.start == 4);
    let by = cursor.eat("by|at|before|until|till") || said_at && hhmm;
    let _ = by || cursor.eat("for|on|,|no");
    let mut probe = *cursor;
    let _ = probe.eat("later than");
    if let Some(minutes) = minutes_before(&mut probe) {
        *cursor = probe;
        return Some(vec![Setting::value("/exit/before_close_minutes", number(minutes))]);
    }
    if let Some(time) = clock::time(&mut probe, by) {
        let time = filters::of_day(scene, time, None);
        let zone = filters::zone_after(&mut probe, scene);
        let _ = probe.eat("every|each day") || probe.eat("at the latest") || probe.eat("no matter what");
        *cursor = probe;
        let flatten = Setting::value("/exit/flatten", Json::from(time.text()));
        return Some([flatten].into_iter().chain(zone).collect());
    }
    let end = cursor.eat("the|market|session's? end of the|each|every|trading? day|session|rth")
        || cursor.eat("end of the? day|session|rth")
        || cursor.eat("eod|moc")
        || cursor.eat("the|market|session|closing|day|rth? close|bell bell?")
            && !cursor.sees("above|below|under|over|back|crosses|inside|of|is");
    if !end && cursor.tokens.get(cursor.at.checked_sub(1)?).is_none_or(|token| token.word() != Some("eod")) {
        return None;
    }
    Some(end_of_day(scene))
}

/// `exit rsi > 50 or 3:55pm`: a time beside another way out.
fn or_at_time(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let mut probe = *cursor;
    if !probe.eat("or at|by|when? its|it|the? is|time|clock? hits?") || probe.peek().is_none() {
        return None;
    }
    let bare = matches!(probe.peek().map(|token| &token.kind), Some(super::token::Kind::Number(_)));
    let time = clock::time(&mut probe, true)?;
    let half = probe.tokens.get(probe.at.checked_sub(1)?).and_then(super::token::Token::word);
    if bare && !half.is_some_and(super::token::is_half_day) {
        return None;
    }
    let _ = probe.eat("whichever|whatever is|comes? first|sooner|earlier");
    if !probe.is_pause() || !leaves(cursor) {
        return None;
    }
    *cursor = probe;
    let time = filters::of_day(scene, time, None);
    Some(vec![Setting::value("/exit/flatten", Json::from(time.text()))])
}

/// True where the sentence before speaks of leaving last, not of entering or of hours.
fn leaves(cursor: &Cursor<'_>) -> bool {
    let before = cursor.tokens.get(..cursor.at).unwrap_or_default().iter().rev();
    let sentence = before.take_while(|token| !['.', ';', '\n'].iter().any(|mark| token.is_mark(*mark)));
    let mut told = sentence.filter_map(|token| match token.word()? {
        "exit" | "exits" | "out" | "close" | "cover" | "flat" | "flatten" | "sell" | "leave" => Some(true),
        "buy" | "long" | "short" | "enter" | "entry" | "entries" | "between" | "trade" | "trades" | "window"
        | "only" | "no" | "not" | "dont" | "skip" | "after" | "before" | "from" | "closes" => Some(false),
        _ => None,
    });
    told.next() == Some(true)
}

/// `EOD exit`.
fn named_exit(cursor: &mut Cursor<'_>) -> bool {
    let mut probe = *cursor;
    let _ = probe.eat("and|with|an");
    let named = probe.eat("eod|moc") || probe.eat("end of the? day");
    let found = named && probe.eat("exit|exits|flatten|close") && probe.is_pause_or_joint();
    if found {
        *cursor = probe;
    }
    found
}

/// `5 minutes before the close`, `5 mins before the bell`.
fn minutes_before(cursor: &mut Cursor<'_>) -> Option<Decimal> {
    cursor
        .one("# minutes|min|mins|minute before the? session|market|bell|day? close|end|bell of? the? session|day?")
        .or_else(|| cursor.one("# minutes|min|mins|minute before the? closing? bell"))
}

/// `the rest at 15:55`, `remainder at the end of the day, 15:55`: what is left is closed then.
fn rest_at(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let mut probe = *cursor;
    let _ = probe.eat("and|then|exit|close|sell");
    let _ = probe.eat("exit|close|sell");
    if !probe.eat("the? rest|remainder|remaining|runner|balance half? is|goes|out|off|closed? at|by") {
        return None;
    }
    let ended = probe.eat("the? end of the? day|session ,?") || probe.eat("eod ,?");
    let bracket = probe.eat("(");
    let bare = matches!(probe.peek().map(|token| &token.kind), Some(super::token::Kind::Number(_)));
    let time = clock::time(&mut probe, true)?;
    let half = probe.tokens.get(probe.at.checked_sub(1)?).and_then(super::token::Token::word);
    let timed = !bare || half.is_some_and(super::token::is_half_day);
    if !timed || bracket && !(ended && probe.eat(")")) || !probe.is_pause() {
        return None;
    }
    *cursor = probe;
    let time = filters::of_day(scene, time, None);
    Some(vec![Setting::value("/exit/flatten", Json::from(time.text()))])
}

/// `hold till 15:55`: a time with its minutes or its half of the day.
fn held_until(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let mut probe = *cursor;
    let _ = probe.eat("and|then");
    let held = probe.eat("hold|holding|keep|ride it|them|position? until|till|til|to")
        || probe.eat("let it|them|the|my? winner|winners|trade|trades|rest|profits? run|ride|go until|till|til|to");
    if !(held && probe.peek().is_some()) {
        return None;
    }
    let bare = matches!(probe.peek().map(|token| &token.kind), Some(super::token::Kind::Number(_)));
    let time = clock::time(&mut probe, true)?;
    let half = probe.tokens.get(probe.at.checked_sub(1)?).and_then(super::token::Token::word);
    // "let it run til 3": "to 3" may be three times the risk.
    let until = cursor.sees("let") && {
        let before = probe.at.checked_sub(2).map(|at| Cursor::new(probe.tokens, at));
        before.is_some_and(|before| before.sees("until|till|til"))
    };
    if bare && !until && !half.is_some_and(super::token::is_half_day) || !probe.is_pause_or_joint() {
        return None;
    }
    *cursor = probe;
    let time = filters::of_day(scene, time, None);
    Some(vec![Setting::value("/exit/flatten", Json::from(time.text()))])
}

/// The end of the trading day: five minutes before the close.
pub(crate) fn end_of_day(scene: &Scene<'_>) -> Vec<Setting> {
    if filters::is_us_index(scene) {
        scene.assume("the end of the day is read as 15:55, five minutes before the regular session's close");
        return vec![Setting::value("/exit/flatten", Json::from("15:55"))];
    }
    scene.assume("the end of the day is read as five minutes before the session's close");
    vec![Setting::value("/exit/before_close_minutes", Json::from(5))]
}

/// `no overnight`, `never hold overnight`, `day trades only`, `intraday only`.
pub(crate) fn nothing_overnight(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let found = cursor.eat("no|nothing|never|dont|not hold|holding|holds|overnights|carry|carrying|keep|holdings? anything|positions|position|it|trades|any? overnight")
        || cursor.eat("day trade|trades|trading only")
        || cursor.eat("intraday only")
        || cursor.eat("flat overnight")
        || cursor.eat("no|never|not overnight|overnights holds|holding|positions|hold|trades|risk?");
    if !found {
        return None;
    }
    cursor.eat("holds|holding|positions|hold|trades|risk");
    Some(end_of_day(scene))
}

/// `exit the next day`, `sell on the next bar`.
pub(crate) fn next_bar(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let _ = cursor.eat("and|then");
    if !cursor.eat("exit|sell|close|cover|out") {
        return None;
    }
    let _ = cursor.eat("it|the|position|trade|on|at");
    let _ = cursor.eat("trade|position|on|at");
    let _ = cursor.eat("the|at|on");
    let day = cursor.sees("next|following day|morning|session") || cursor.sees("one|1 day later");
    if !(cursor.eat("next|following day|bar|candle|session") || cursor.eat("one|1 day|bar|candle later")) {
        return None;
    }
    if cursor.sees("open|close|high|low") && !cursor.eat("open|close") {
        return None;
    }
    if day && scene.timeframe != "1d" {
        return None;
    }
    Some(vec![Setting::value("/exit/max_bars", Json::from(1))])
}

/// `exit after 10 bars`, `hold for 30 minutes`, `max 2 hours in the trade`, `time stop of 20 bars`.
pub(crate) fn held(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let before = cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at)).and_then(super::token::Token::word);
    if cursor.sees("after") && matches!(before, Some("be" | "breakeven" | "even" | "trail" | "trailing")) {
        // "BE after half an hour" moves a stop and closes nothing.
        return None;
    }
    let subject = |token: &super::token::Token| {
        matches!(
            token.word(),
            Some("cross" | "crossover" | "signal" | "break" | "breakout" | "level" | "price" | "trend")
        )
    };
    let earlier = cursor.tokens.get(cursor.at.saturating_sub(4)..cursor.at).unwrap_or_default();
    let clause = (0..earlier.len()).rev().take_while(|at| !Cursor::new(earlier, *at).is_pause());
    let lasts = clause.filter_map(|at| earlier.get(at)).any(subject);
    if cursor.sees("hold|holds|stay|stays") && lasts {
        // "require the cross to hold for 2 bars" is no time in the trade.
        return None;
    }
    let mut probe = *cursor;
    let _ = probe.eat("and|or|then|also|but");
    if let Some((count, unit)) = clock::length(&mut { probe })
        && clock::length(&mut probe).is_some()
        && begins(cursor)
        && (probe.eat("max|maximum|tops|later") || probe.eat("at most") || in_trade(&mut probe))
        && (probe.is_pause() || probe.sees("or|and"))
    {
        *cursor = probe;
        return Some(vec![longest(scene, count, unit)?]);
    }
    probe = *cursor;
    let _ = probe.eat("and|or|then|also|but");
    let start = probe;
    let verb = probe.eat("not|exit|close|sell|get|hold|holding|max|maximum|time|cover|out|bail|longest|cap|timeout|keep|stay|sit|no|never|dont")
        && {
            let _ = probe.eat("the|it|out|all|position|trade|positions|stop|limit|hold|holding|exit|in|more|longer|time|anyway|long|at|for|everything|period|a");
            let _ = probe.eat("trade|position|of|hold|is|after|trades|time|for|out|than|longest|at|the|in|more|long|period|most");
            let _ = probe.eat("of|is|:|than|the|for|trade|at");
            true
        };
    let after = probe.eat("after|for|within|at|of|in|than|once|most|is|to");
    let _ = verb && probe.eat("no more|longer than");
    let _ = probe.eat("at|a|maximum|max|most|is|the|up|in");
    let _ = probe.eat("most|max|of|maximum|to|trade");
    probe.eat("of");
    // "not 1h" takes a chart back.
    let denied = start.sees("not|no|never|dont #");
    if !verb && !after || denied {
        return None;
    }
    let (count, unit) = clock::length(&mut probe)?;
    if probe.tokens.get(probe.at.checked_sub(1)?).is_some_and(|last| last.word() == Some("per")) {
        // "max 2 per side" counts no bars.
        return None;
    }
    let tail = probe.eat("later|hold|in|max|maximum|at|time|old|regardless|have|after|if|no|long|from|of holding|the|trade|most|latest|least|matter|stop|exit|passed|entry|entering|nothing|position?");
    if tail {
        let _ = probe.eat("trade|latest|most|position|what|entry|profit|in|the|position");
        let _ = probe.eat("trade|trades");
    }
    if !verb && !tail && !start.sees("after") {
        return None;
    }
    // "exit: the 14-period RSI crosses 50" is a rule.
    let named = super::names::indicator(&mut { probe }).is_some();
    let ruled =
        probe.sees("crosses|crossing|cross|crossed|crossover|closing|closes|above|below|over|under|rising|falling|breaks|breaking|rolls|turns|average|is");
    let other = probe.sees("in a row")
        || probe.sees("of the session")
        || probe.sees("high|low|cooldown|before|between|rest|opening|range|orb");
    if named || ruled || other {
        return None;
    }
    *cursor = probe;
    Some(vec![longest(scene, count, unit)?])
}

/// `3h in the trade`, `20 bars in trade max`.
fn in_trade(cursor: &mut Cursor<'_>) -> bool {
    let found = cursor.eat("in|into|inside the|a|my|any? trade|position");
    let _ = found && (cursor.eat("max|maximum|tops|at most?") || cursor.eat("whichever comes first"));
    found
}

/// True behind a pause or a joint: "15 days max" says it all.
fn begins(cursor: &Cursor<'_>) -> bool {
    let before = cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at));
    before.is_none_or(|before| {
        [',', '.', ';', '\n', '/'].iter().any(|mark| before.is_mark(*mark)) || cursor.sees("or|and")
    })
}

/// The longest time in a trade.
pub(crate) fn longest(scene: &Scene<'_>, count: u32, unit: Unit) -> Option<Setting> {
    let own = clock::minutes_of(scene.timeframe);
    Some(match unit {
        Unit::Bar => Setting::value("/exit/max_bars", Json::from(count)),
        Unit::Day if own == 1440 => Setting::value("/exit/max_bars", Json::from(count)),
        Unit::Week if own == 10_080 => Setting::value("/exit/max_bars", Json::from(count)),
        Unit::Week if own == 1440 => Setting::value("/exit/max_bars", Json::from(count.checked_mul(5)?)),
        Unit::Month if own == 1440 => Setting::value("/exit/max_bars", Json::from(count.checked_mul(21)?)),
        Unit::Minute | Unit::Hour | Unit::Day | Unit::Week => {
            if matches!(unit, Unit::Day | Unit::Week) {
                scene.assume("days in a trade are read as days of the calendar, in minutes");
            }
            Setting::value("/exit/max_minutes", Json::from(count.checked_mul(unit.minutes()?)?))
        }
        Unit::Month | Unit::Year => return None,
    })
}
