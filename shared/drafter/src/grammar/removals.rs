//! Changes that take something away: exits, filters, days, sides, conditions.

use super::calls::{calls, conjuncts};
use super::change::drop_side;
use super::cursor::Cursor;
use super::editor::Editor;
use super::edits::{Outcome, missing, said};
use super::names::{self};
use super::reading::Reading;
use super::scene::Side;
use super::token::{Kind, Token};
use ports::drafter::DraftFailure;
use serde_json::Value as Json;

/// Words that take something away.
pub(crate) fn removal(cursor: &mut Cursor<'_>) -> bool {
    let _ = cursor.eat("and|also|please|then|just");
    let found = cursor
        .eat("remove|drop|undo|delete|ditch|kill|lose|scrap|disable|eliminate|forget|cancel|cut|removing|axe")
        || cursor.eat("get rid of")
        || cursor.eat("turn|take|switch off|out|away")
        || cursor.eat("no|without more?")
        || cursor.eat("dont|stop use|using|need|want");
    if found {
        let _ = cursor.eat("the|my|any|that|all|a");
    }
    found
}

pub(crate) const THINGS: [(&str, &[&str], &str); 23] = [
    ("trailing|trail stop|exit loss?", &["/exit/trailing_stop"], "trailing stop"),
    ("trail|trailing", &["/exit/trailing_stop"], "trailing stop"),
    ("stop loss|losses", &["/exit/stop_loss"], "stop loss"),
    ("stoploss|sl", &["/exit/stop_loss"], "stop loss"),
    ("break even stop|move?", &["/exit/break_even"], "break-even stop"),
    ("breakeven|be stop|move?", &["/exit/break_even"], "break-even stop"),
    ("take|profit profit|target|targets", &["/exit/take_profit"], "target"),
    ("target|targets|tp", &["/exit/take_profit"], "target"),
    ("time stop|exit|limit", &["/exit/max_bars", "/exit/max_minutes"], "time exit"),
    ("max|maximum hold|holding|bars|duration time|period?", &["/exit/max_bars", "/exit/max_minutes"], "time exit"),
    ("bar limit|stop", &["/exit/max_bars", "/exit/max_minutes"], "time exit"),
    (
        "time|hours|session|clock filter|window|windows|restriction|restrictions|limits",
        &["/filters/windows"],
        "time window",
    ),
    ("window|windows|trading hours?", &["/filters/windows"], "time window"),
    ("hours limit|limits|restriction|thing?", &["/filters/windows"], "time window"),
    (
        "flatten|eod|end of? day? exit|flatten|close|time?",
        &["/exit/flatten", "/exit/before_close_minutes"],
        "flatten time",
    ),
    ("daily? trade|trades limit|cap", &["/filters/max_trades_per_day"], "limit on trades per day"),
    ("flat time|exit|rule", &["/exit/flatten", "/exit/before_close_minutes"], "flatten time"),
    ("weekday|weekdays|day|days filter|restriction|filters", &["/filters/weekdays"], "weekday filter"),
    ("max|maximum? daily loss|stop limit|cap?", &["/filters/max_daily_loss"], "daily loss limit"),
    ("max|maximum? daily profit|target|goal limit|cap|target?", &["/filters/max_daily_profit"], "daily profit target"),
    (
        "max|maximum|limit|cap on? number|trade|trades of|limit|cap|max|per? trades|day|a? per? day?",
        &["/filters/max_trades_per_day"],
        "limit on trades per day",
    ),
    ("cooldown|cooloff period?", &["/filters/cooldown_bars"], "cooldown"),
    (
        "max|maximum? consecutive losses|loss|losing limit|cap|trades?",
        &["/filters/max_consecutive_losses"],
        "limit on consecutive losses",
    ),
];

/// `remove the target`, `no break even`, `drop the time filter`, `drop thursdays`.
pub(crate) fn remove(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let take_off = {
        let mut probe = *cursor;
        let thing = probe.eat("take the|my|that?")
            && (probe.eat("stop|target|trail") || THINGS.iter().any(|(pattern, _, _)| probe.eat(pattern)));
        thing && probe.eat("off|out|away")
    };
    if take_off {
        cursor.eat("take");
        cursor.eat("the|my|that");
    } else if !removal(cursor) {
        return None;
    }
    if let Some(outcome) = remove_days(cursor, reading, editor, from) {
        return Some(outcome);
    }
    let plain_stop = cursor.sees("# point|pt|pts|tick|ticks|points|dollar|%|percent|pip|pips|r stop|target")
        || cursor.sees("$ # stop|target");
    if plain_stop {
        // "ditch the 20 pt stop, use 1.5 atr": what follows may set another.
        let _ = super::distance::distance(cursor, &reading.scene);
    }
    if cursor.eat("partials|partial|scaling scale|exits|targets|out?") {
        return Some(one_target(editor, &said(reading, from, cursor.at)));
    }
    let mut found =
        THINGS.iter().find(|(pattern, _, _)| cursor.eat(pattern)).map(|(_, pointers, name)| (*pointers, *name));
    if found.is_none() && cursor.sees("stop|stops") && !cursor.sees("stop trading|taking|order|orders|entry") {
        cursor.eat("stop|stops");
        found = Some((&["/exit/stop_loss"], "stop loss"));
    }
    let (pointers, name) = found?;
    if cursor.sees("in half") || cursor.sees("to|by|down|back to? $? #") {
        // "cut the target in half" takes nothing away.
        return None;
    }
    // "no trading in the first 15 minutes" says when it does not trade.
    let trading = cursor.tokens.get(cursor.at - 1).and_then(Token::word) == Some("trading");
    if cursor.sees("until|unless|before|after # r") || trading && !cursor.is_pause() {
        return None;
    }
    let _ = cursor
        .eat("off|out|away|completely|entirely|altogether|too|please|for|rule|filter|condition|exit|thing|stuff|bit");
    let _ = cursor.eat("completely|entirely|now|altogether");
    if cursor.sees("after|until|unless|when|if|once|before") {
        return Some(Err(for_a_time(said(reading, from, cursor.at))));
    }
    if cursor.eat("(") {
        while !cursor.is_end() && !cursor.eat(")") {
            cursor.at += 1;
        }
    }
    let phrase = said(reading, from, cursor.at);
    let mut any = false;
    for pointer in pointers {
        any |= editor.remove(pointer, &phrase);
    }
    if !any && name == "time exit" {
        // Where no other exit waits for a time.
        any = editor.remove("/exit/flatten", &phrase) || editor.remove("/exit/before_close_minutes", &phrase);
    }
    if !any {
        return missing(name);
    }
    // "ditch the 20 pt stop, use 1.5 ATR": the new one follows.
    let mut rest = *cursor;
    let _ = rest.eat(",|;|.");
    if let [pointer @ ("/exit/stop_loss" | "/exit/take_profit" | "/exit/trailing_stop")] = pointers
        && rest.eat("and|then? use|put|with|do|go")
        && let Some(distance) = super::distance::distance(&mut rest, &reading.scene)
        && (rest.is_pause() || rest.sees("and|instead"))
    {
        *cursor = rest;
        return Some(editor.set(pointer, Json::Object(distance), &said(reading, from, cursor.at)));
    }
    Some(Ok(()))
}

/// `remove the stop when …`: a part is there or is not.
fn for_a_time(phrase: String) -> DraftFailure {
    DraftFailure::new(
        format!("\"{phrase}\" with what follows it could not be read: a part is there always or never"),
        "say what is removed, without a condition",
    )
    .about(phrase)
}

/// `… instead of the ATR one`: what is replaced.
pub(crate) fn replaced(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !(cursor.eat("instead of") || cursor.eat("rather than") || cursor.eat("in place of")) {
        return None;
    }
    if let Some(outcome) = super::named_parts::exit_given_up(from, cursor, reading, editor) {
        return Some(outcome);
    }
    let mut named = *cursor;
    named.eat("the|a|my|any");
    let _ = named.eat("fixed|old|plain|hard|current|regular profit?")
        || super::distance::distance(&mut named, &reading.scene).is_some();
    if let Some((_, pointers, _)) = THINGS.iter().find(|(pattern, _, _)| named.eat(pattern)) {
        named.eat("stop|it");
        let phrase = said(reading, from, named.at);
        // A new one of the same kind takes its place by itself.
        let mut before = Cursor::new(&reading.tokens, 0);
        let mut same = false;
        while before.at < from {
            same |= THINGS.iter().any(|(pattern, others, _)| others == pointers && before.sees(pattern));
            before.at += 1;
        }
        let ended = named.is_pause() || named.sees("trail|use|put|have|and");
        if !same && ended {
            for pointer in *pointers {
                if let Some(Err(failure)) = super::swapped_exits::given_up(editor, reading, from, pointer, &phrase) {
                    return Some(Err(failure));
                }
            }
        }
        if ended {
            *cursor = named;
            return Some(Ok(()));
        }
    }
    let mut stop = *cursor;
    let _ = stop.eat("the|a|my|fixed|hard|regular|normal|initial|plain");
    let _ = stop.eat("fixed|hard|regular|normal|initial|plain");
    if stop.eat("stop loss?") && (stop.is_pause() || stop.is_pause_or_joint()) {
        // "a trail instead of the stop"; another stop takes its place by itself.
        let before = reading.tokens.get(..from).unwrap_or_default();
        let trails = before.iter().filter_map(Token::word).any(|word| matches!(word, "trail" | "trailing" | "trails"));
        let phrase = said(reading, from, stop.at);
        if trails && !editor.remove("/exit/stop_loss", &phrase) {
            return missing("stop loss");
        }
        *cursor = stop;
        return Some(Ok(()));
    }
    if named_in_entry(*cursor, editor) {
        return None;
    }
    if let Some(found) = distance_given_up(from, cursor, reading, editor) {
        return Some(found);
    }
    let mut words = 0;
    // What was before and is replaced: a market or limit order, say, is no such thing.
    if cursor.sees("a|the limit|market|stop order|orders?") {
        return None;
    }
    while !cursor.is_pause()
        && words < 6
        && !cursor.sees("and|but|only|when|if|with|stop|target|exit|flat|max|risk|make|use|set|put")
    {
        if !was_there(cursor, editor) {
            return None;
        }
        cursor.at += 1;
        words += 1;
    }
    Some(Ok(()))
}

/// `instead of 2R just cover when …`: the exit at that distance.
fn distance_given_up(from: usize, cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let mut probe = *cursor;
    probe.eat("the|a|my|fixed");
    let distance = Json::Object(super::distance::distance(&mut probe, &reading.scene)?);
    probe.eat("profit? target|stop|objective");
    let phrase = said(reading, from, probe.at);
    probe.eat("just|simply|,");
    const EXITS: &str = "cover|exit|sell|get|close|leave|out|bail";
    let before = |words: &'static str| (0..from).any(|at| Cursor::new(&reading.tokens, at).sees(words));
    let said_before = probe.is_pause() && before(EXITS) && !before("target|targets|tp|profit|stop|trail|trailing");
    let leaves = probe.sees(EXITS) || said_before;
    let known = ["/exit/take_profit", "/exit/stop_loss", "/exit/trailing_stop"];
    let place = known.into_iter().find(|place| editor.at(place) == Some(&distance)).filter(|_| leaves)?;
    *cursor = probe;
    super::swapped_exits::given_up(editor, reading, from, place, &phrase)
}

/// True for a word of what the strategy had: its numbers, and words that only name a kind.
fn was_there(cursor: &Cursor<'_>, editor: &Editor<'_>) -> bool {
    const KINDS: &str = "the|a|an|my|of|just|only|fixed|plain|old|current|it|to|on|at|in|-|/|x|%|points|point|pts|pt|ticks|tick|pips|pip|percent|atr|r|dollars|bars|bar|candles|chart|charts|minute|minutes|min|m|hour|hourly|h|daily|day|days|ema|emas|sma|smas|wma|ma|mas|hma|dema|tema|average|averages|moving|simple|exponential|rsi|macd|adx|stochastic|cross|crossover|crosses|price|close|line|level|period|length|one|two|both|all|every|market|symbol|contract|contracts|share|shares|year|years|month|months|band|bands|middle|mid|upper|lower|low|lows|high|highs|after|before|waiting|for|size|sizing|sized|while|its|is|under|below|above|over|open";
    let token = cursor.peek();
    let Some(Kind::Number(number)) = token.map(|token| &token.kind) else {
        return cursor.sees(KINDS) || token.is_some_and(|token| matches!(token.kind, Kind::Clock(_)));
    };
    let number = number.normalize().to_string();
    let document = editor.document.to_string();
    let texts = editor.plan.iter().map(|item| item.became.as_str()).chain([document.as_str()]);
    let digits = |one: char| one.is_ascii_digit() || one == '.';
    texts.flat_map(|text| text.split(move |one| !digits(one))).any(|known| known == number)
}

/// True where what is given up is a line that the entries still name: it was not taken out.
fn named_in_entry(mut cursor: Cursor<'_>, editor: &Editor<'_>) -> bool {
    cursor.eat("the|a|my");
    let row =
        if cursor.sees("vwap") { "vwap" } else { super::names::indicator(&mut cursor).map_or("", |name| name.row) };
    let names = |text: &String| row == "vwap" && text.contains(row) || calls(text).iter().any(|call| call.name == row);
    let entries: Vec<String> = editor.sides().into_iter().filter_map(|side| editor.entry(side)).collect();
    !row.is_empty() && entries.iter().any(names)
}

pub(crate) fn one_target(editor: &mut Editor<'_>, phrase: &str) -> Result<(), DraftFailure> {
    let last = editor.at("/exit/take_profit").and_then(Json::as_array).and_then(|legs| legs.last().cloned());
    let Some(mut last) = last else {
        return Err(DraftFailure::new("there are no partial exits to remove", "the strategy has one target or none"));
    };
    if let Some(map) = last.as_object_mut() {
        map.remove("fraction");
    }
    editor.scene.assume("without partial exits the last target closes the whole position");
    super::document::put(&mut editor.document, "/exit/take_profit", last);
    let _ = phrase;
    Ok(())
}

pub(crate) fn remove_days(
    cursor: &mut Cursor<'_>,
    reading: &Reading<'_>,
    editor: &mut Editor<'_>,
    from: usize,
) -> Outcome {
    let mut probe = *cursor;
    for _ in 0..3 {
        if !probe.eat("trades|trading|trade|entries|on|new") {
            break;
        }
    }
    let dropped = super::weekdays::days(&mut probe)?;
    *cursor = probe;
    let phrase = said(reading, from, cursor.at);
    if part_of_day(cursor) {
        return Some(Err(for_a_time(phrase)));
    }
    let mut allowed = weekdays(editor);
    // "forget the fridays thing": what kept them out.
    let ruled = cursor.eat(super::removal_lists::RULE);
    for (slot, gone) in allowed.iter_mut().zip(dropped) {
        *slot = if ruled { *slot | gone } else { *slot & !gone };
    }
    let phrase = if ruled { said(reading, from, cursor.at) } else { phrase };
    Some(set_days(editor, allowed, &phrase))
}

/// `friday afternoons`, `fridays after 10`: a part of a day is neither taken out nor added.
fn part_of_day(cursor: &Cursor<'_>) -> bool {
    const PARTS: &str = "afternoon|afternoons|morning|mornings|night|nights|evening|evenings|after|before|from|between|until|till|if|when|unless|at|#";
    cursor.sees(PARTS)
}

const KEYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Days taken out or added beside those of the same change: "add Fridays, no Mondays".
///
/// # Errors
/// A day that the change adds and takes out.
pub(crate) fn set_days(editor: &mut Editor<'_>, allowed: [bool; 7], phrase: &str) -> Result<(), DraftFailure> {
    const DAYS: &str = "/filters/weekdays";
    let changed = KEYS.iter().zip(weekdays(editor).into_iter().zip(allowed)).filter(|(_, (was, now))| was != now);
    for (key, (_, now)) in changed {
        editor.touch(&format!("{DAYS}/{key}"), Json::from(now), phrase)?;
    }
    editor.touched.retain(|(touched, _, _)| touched != DAYS);
    editor.set(DAYS, super::weekdays::day_keys(allowed), phrase)
}

pub(crate) fn weekdays(editor: &Editor<'_>) -> [bool; 7] {
    let mut allowed = [true, true, true, true, true, false, false];
    if let Some(list) = editor.at("/filters/weekdays").and_then(Json::as_array) {
        for (slot, key) in allowed.iter_mut().zip(KEYS) {
            *slot = list.iter().any(|day| day.as_str() == Some(key));
        }
    }
    allowed
}

/// `add monday`, `trade every day of the week`.
pub(crate) fn add_day(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let whole = cursor.eat("trade|run|enter|go? all day") || cursor.eat("trade|run|enter|go? the whole day");
    if (whole || cursor.eat("trade|run|enter|go? around the clock")) && cursor.is_pause_or_joint() {
        let phrase = said(reading, from, cursor.at);
        return if editor.remove("/filters/windows", &phrase) { Some(Ok(())) } else { missing("time window") };
    }
    cursor.at = from;
    if cursor.eat("trade? on? every|each|all days of? the? week?")
        || cursor.eat("trade? on? every|each day of? the? week?")
    {
        let phrase = said(reading, from, cursor.at);
        return if editor.remove("/filters/weekdays", &phrase) { Some(Ok(())) } else { missing("weekday filter") };
    }
    if !cursor.eat("also? add|include|allow|trade") || cursor.sees("only") {
        return None;
    }
    cursor.eat("back");
    let added = super::weekdays::days(cursor)?;
    if cursor.tokens.get(from).and_then(Token::word) == Some("trade") {
        return None;
    }
    let _ = cursor.eat("back in|on?") || cursor.eat("again");
    let phrase = said(reading, from, cursor.at);
    if part_of_day(cursor) {
        return Some(Err(for_a_time(phrase)));
    }
    let mut allowed = weekdays(editor);
    for (slot, new) in allowed.iter_mut().zip(added) {
        *slot |= new;
    }
    Some(set_days(editor, allowed, &phrase))
}

/// `get rid of the long side`.
pub(crate) fn remove_side(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !removal(cursor) {
        return None;
    }
    let side = if cursor.eat("longs|long side|entries|trades|entry?") {
        Side::Long
    } else if cursor.eat("shorts|short side|entries|trades|entry?") {
        Side::Short
    } else {
        return None;
    };
    if !cursor.is_pause() && !cursor.sees("and|please|completely|entirely|for|now|altogether|too|,|use|keep|add") {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    if editor.entry(side).is_none() {
        return missing(&format!("{} side", side.key()));
    }
    if editor.entry(side.other()).is_none() {
        return Some(Err(DraftFailure::new(
            format!("no entry would be left: the strategy is {} only", side.key()),
            "add the other side first, or describe a new entry",
        )));
    }
    drop_side(editor, side, &phrase);
    Some(Ok(()))
}

/// `drop the adx filter`, `remove the 200 ema filter`, `get rid of the 200 day filter`.
pub(crate) fn remove_condition(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !removal(cursor) {
        return None;
    }
    let mut period = cursor.number();
    cursor.eat("day|period|bar|hour|minute");
    cursor.eat("daily|hourly|trend");
    let name = names::indicator(cursor);
    let vwap = name.is_none() && cursor.eat("vwap");
    let volume = name.is_none() && !vwap && cursor.eat("volume");
    if name.is_none() && period.is_none() && !vwap && !volume {
        return None;
    }
    if period.is_none() {
        period = cursor.number();
    }
    if !cursor.eat("filter|condition|rule|requirement|part|confirmation|check|filters|conditions|thing|stuff|bit") {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let row = name.as_ref().map_or(
        if vwap {
            "vwap"
        } else if volume {
            "volume"
        } else {
            ""
        },
        |name| name.row,
    );
    let what = said(reading, from + 1, cursor.at);
    let mut any = false;
    for side in [Side::Long, Side::Short] {
        let Some(text) = editor.entry(side) else { continue };
        let parts = conjuncts(&text);
        let concerns = |part: &String| {
            let named = row.is_empty() || part.contains(row);
            let counted = period.is_none_or(|period| {
                calls(part).iter().any(|call| call.numbers().iter().any(|(text, _, _)| text.parse() == Ok(period)))
            });
            named && counted
        };
        let kept: Vec<String> = parts.iter().filter(|part| !concerns(part)).cloned().collect();
        if kept.len() == parts.len() {
            continue;
        }
        if kept.is_empty() {
            return Some(Err(DraftFailure::new(
                format!("without \"{what}\" the {} entry would have no rule", side.key()),
                "say what the entry is instead",
            )));
        }
        any = true;
        if let Err(failure) = editor.set_entry(side, kept.join(" and "), &phrase) {
            return Some(Err(failure));
        }
    }
    if any { Some(Ok(())) } else { missing(&what.replace("the ", "")) }
}
