//! Phrases of changes that a description has none of: remove, double, instead of, move to, flip, undo.

use super::assemble::{Reading, strength, words};
use super::calls::{Call, calls, conjuncts, sides, spliced, thresholds};
use super::change::{Editor, drop_side};
use super::cursor::Cursor;
use super::exits::{self, number};
use super::names::{self, Class};
use super::scene::Side;
use super::token::{Kind, Token};
use super::{clock, filters, orders};
use market::{AssetClass, Instrument};
use ports::drafter::{DraftFailure, Question};
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

/// `undo the last change`, `go back to the previous version`.
pub(crate) fn undoes(tokens: &[Token]) -> bool {
    let mut cursor = Cursor::new(tokens, 0);
    while cursor.eat("please|pls|can|you|could|actually|ok|just|,") {}
    let undo = cursor.eat("undo|revert|rollback") || cursor.eat("roll|go|change|switch|put it? back");
    if !undo {
        return false;
    }
    let _ = cursor.eat("back|it|that|this|to|my|the|all|everything");
    let _ = cursor.eat("to|my|the|last|previous|that");
    let _ = cursor.eat("the|last|previous|version|most");
    let _ = cursor.eat("last|previous|version|recent");
    let _ = cursor.eat("change|changes|edit|edits|version|one|modification|step");
    cursor.eat("please|pls");
    cursor.eat(".|!");
    cursor.is_end()
}

type Outcome = Option<Result<(), DraftFailure>>;
type Reader = fn(&mut Cursor<'_>, &Reading<'_>, &mut Editor<'_>) -> Outcome;

/// Carries out the phrases of changes; hands out the tokens they took.
pub(crate) fn apply(
    reading: &Reading<'_>,
    editor: &mut Editor<'_>,
    market: &Instrument,
) -> Result<Vec<(usize, usize)>, DraftFailure> {
    let mut handled = Vec::new();
    move_market(reading, editor, market, &mut handled)?;
    const READERS: [Reader; 23] = [
        swap_exit,
        hold_overnight,
        remove,
        remove_side,
        remove_condition,
        scale,
        amount,
        trail_now,
        runner,
        kinds,
        pair_periods,
        numbers_of,
        period_of,
        threshold_pair,
        threshold,
        breakout_bars,
        range_minutes,
        deviations,
        window,
        add_day,
        flip,
        order,
        replaced,
    ];
    let mut at = 0;
    while at < reading.tokens.len() {
        if handled.iter().any(|(from, to)| (*from..*to).contains(&at)) {
            at += 1;
            continue;
        }
        let mut end = at;
        for reader in READERS {
            let mut cursor = Cursor::new(&reading.tokens, at);
            if let Some(outcome) = reader(&mut cursor, reading, editor) {
                outcome?;
                end = cursor.at;
                break;
            }
        }
        if end == at
            && let Some(to) = chart(reading, editor, at)?
        {
            end = to;
        }
        if end > at {
            handled.push((at, end));
            at = end;
        } else {
            at += 1;
        }
    }
    Ok(handled)
}

fn said(reading: &Reading<'_>, from: usize, to: usize) -> String {
    words(reading, from, to)
}

fn missing(what: &str) -> Outcome {
    Some(Err(DraftFailure::new(
        format!("there is no {what} to change"),
        "list what the strategy has with inspect_strategy, or describe what to add",
    )))
}

/// `move it to MES`, `run it on ethereum`, `SPY` alone.
fn move_market(
    reading: &Reading<'_>,
    editor: &mut Editor<'_>,
    market: &Instrument,
    handled: &mut Vec<(usize, usize)>,
) -> Result<(), DraftFailure> {
    let mut named: Vec<(Instrument, usize, usize)> = Vec::new();
    for mention in &reading.mentions {
        let mut from = mention.from;
        while from > 0 && Cursor::new(&reading.tokens, from - 1).sees("move|switch|change|port|run|use|trade|apply|put|go|make|try|test|it|this|the|strategy|to|on|with|over|instrument|market|symbol|swich|same|thing|but|for") {
            from -= 1;
        }
        let led = from < mention.from;
        let pause_before = from == 0
            || reading
                .tokens
                .get(from - 1)
                .is_some_and(|token| matches!(token.kind, Kind::Mark(_)) || token.word() == Some("and"));
        let after = Cursor::new(&reading.tokens, mention.to);
        let pause_after = after.is_pause() || after.sees("and|instead|please|with|(|too|,");
        if pause_before
            && pause_after
            && (led || mention.to == reading.tokens.len() || after.is_pause() || after.sees("and|instead"))
        {
            let mut to = mention.to;
            if Cursor::new(&reading.tokens, to).sees("instead|please") {
                to += 1;
            }
            named.push((mention.instrument.clone(), from, to));
        }
    }
    if let [first, second, ..] = named.as_slice()
        && first.0.symbol != second.0.symbol
    {
        let (one, two) = (first.0.symbol.clone(), second.0.symbol.clone());
        return Err(DraftFailure::asking(
            format!("two markets are named, {one} and {two}; a strategy trades one"),
            Question::new(format!("{one}, {two}"), [one, two]),
            "name one of them; make another version for the other",
        ));
    }
    for (instrument, from, to) in named {
        let phrase = said(reading, from, to);
        handled.push((from, to));
        if instrument.symbol == market.symbol {
            continue;
        }
        editor.set("/market", Json::from(instrument.symbol.clone()), &phrase)?;
        resize(editor, market, &instrument, &phrase);
    }
    Ok(())
}

/// A fixed quantity in the unit of the new market.
fn resize(editor: &mut Editor<'_>, old: &Instrument, new: &Instrument, phrase: &str) {
    let unit = |class: AssetClass| match class {
        AssetClass::Future => "contracts",
        AssetClass::Stock | AssetClass::Etf => "shares",
        AssetClass::Fx | AssetClass::Crypto => "units",
    };
    let (from, to) = (unit(old.asset_class), unit(new.asset_class));
    if from != to
        && let Some(count) = editor.at(&format!("/sizing/{from}")).cloned()
    {
        editor.remove(&format!("/sizing/{from}"), phrase);
        super::document::put(&mut editor.document, &format!("/sizing/{to}"), count);
        editor.scene.assume(format!("the size stays the same number, now of {to}"));
    }
}

/// `use 5-minute bars`, `make it 1h`.
fn chart(reading: &Reading<'_>, editor: &mut Editor<'_>, at: usize) -> Result<Option<usize>, DraftFailure> {
    let mut from = at;
    let mut cursor = Cursor::new(&reading.tokens, at);
    while cursor.eat(
        "use|switch|make|on|to|go|it|change|move|run|the|a|chart|timeframe|bars|with|try|trade|using|time|frame|tf|of",
    ) {}
    let start = cursor.at;
    let Some(frame) = clock::timeframe(&mut cursor) else { return Ok(None) };
    let strong = strength(&reading.tokens, start, cursor, &reading.scene, true).is_some_and(|strength| strength >= 3);
    let stated = reading.frame == Some(frame);
    if !strong || !stated {
        return Ok(None);
    }
    while cursor.eat("chart|charts|timeframe|tf|bars|bar|candles|candle|frame|instead|please") {}
    from = from.min(start);
    let phrase = said(reading, from, cursor.at);
    editor.set("/timeframe", Json::from(frame), &phrase)?;
    Ok(Some(cursor.at))
}

/// Words that take something away.
fn removal(cursor: &mut Cursor<'_>) -> bool {
    let _ = cursor.eat("and|also|please|then|just");
    let found = cursor.eat("remove|drop|delete|ditch|kill|lose|scrap|disable|eliminate|forget|cancel|cut|removing|axe")
        || cursor.eat("get rid of")
        || cursor.eat("turn|take|switch off|out|away")
        || cursor.eat("no|without more?")
        || cursor.eat("dont|stop use|using|need|want");
    if found {
        let _ = cursor.eat("the|my|any|that|all|a");
    }
    found
}

const THINGS: [(&str, &[&str], &str); 20] = [
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
    (
        "flatten|eod|end of? day? exit|flatten|close|time?",
        &["/exit/flatten", "/exit/before_close_minutes"],
        "flatten time",
    ),
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
fn remove(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let take_off = {
        let mut probe = *cursor;
        let found = probe.eat("take the|my stop|target|trail") && probe.eat("off|out");
        found
    };
    if take_off {
        cursor.eat("take");
        cursor.eat("the|my");
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
        let _ = exits::distance(cursor, &reading.scene);
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
    if cursor.sees("until|unless|before|after # r") {
        return None;
    }
    let _ = cursor.eat("off|out|completely|entirely|altogether|too|please|for|rule|filter|condition|exit");
    let _ = cursor.eat("completely|entirely|now|altogether");
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
    if !any {
        return missing(name);
    }
    // "ditch the 20 pt stop, use 1.5 ATR": the new one follows.
    let mut rest = *cursor;
    let _ = rest.eat(",|;|.");
    if let [pointer @ ("/exit/stop_loss" | "/exit/take_profit" | "/exit/trailing_stop")] = pointers
        && rest.eat("and|then? use|put|with|do|go")
        && let Some(distance) = exits::distance(&mut rest, &reading.scene)
        && (rest.is_pause() || rest.sees("and|instead"))
    {
        *cursor = rest;
        return Some(editor.set(pointer, Json::Object(distance), &said(reading, from, cursor.at)));
    }
    Some(Ok(()))
}

/// `… instead of the ATR one`: what is replaced.
fn replaced(cursor: &mut Cursor<'_>, _: &Reading<'_>, _: &mut Editor<'_>) -> Outcome {
    if !(cursor.eat("instead of") || cursor.eat("rather than")) {
        return None;
    }
    let mut words = 0;
    while !cursor.is_pause() && words < 6 && !cursor.sees("and|but|only|when|if|with|stop|target|exit|flat|max|risk") {
        cursor.at += 1;
        words += 1;
    }
    Some(Ok(()))
}

fn one_target(editor: &mut Editor<'_>, phrase: &str) -> Result<(), DraftFailure> {
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

fn remove_days(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>, from: usize) -> Outcome {
    let mut probe = *cursor;
    for _ in 0..3 {
        if !probe.eat("trades|trading|trade|entries|on|new") {
            break;
        }
    }
    let dropped = filters::days(&mut probe)?;
    *cursor = probe;
    let phrase = said(reading, from, cursor.at);
    let mut allowed = weekdays(editor);
    for (slot, gone) in allowed.iter_mut().zip(dropped) {
        *slot &= !gone;
    }
    Some(editor.set("/filters/weekdays", filters::day_keys(allowed), &phrase))
}

fn weekdays(editor: &Editor<'_>) -> [bool; 7] {
    const KEYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let mut allowed = [true, true, true, true, true, false, false];
    if let Some(list) = editor.at("/filters/weekdays").and_then(Json::as_array) {
        for (slot, key) in allowed.iter_mut().zip(KEYS) {
            *slot = list.iter().any(|day| day.as_str() == Some(key));
        }
    }
    allowed
}

/// `add monday`, `trade every day of the week`.
fn add_day(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if cursor.eat("trade? on? every|each|all day|days of? the? week?") {
        let phrase = said(reading, from, cursor.at);
        return if editor.remove("/filters/weekdays", &phrase) { Some(Ok(())) } else { missing("weekday filter") };
    }
    if !cursor.eat("also? add|include|allow|trade") || cursor.sees("only") {
        return None;
    }
    cursor.eat("back");
    let added = filters::days(cursor)?;
    if cursor.tokens.get(from).and_then(Token::word) == Some("trade") {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let mut allowed = weekdays(editor);
    for (slot, new) in allowed.iter_mut().zip(added) {
        *slot |= new;
    }
    Some(editor.set("/filters/weekdays", filters::day_keys(allowed), &phrase))
}

/// `get rid of the long side`.
fn remove_side(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
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
fn remove_condition(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
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
    if !cursor.eat("filter|condition|rule|requirement|part|confirmation|check|filters|conditions") {
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

/// `swap the stop for a 2x ATR trail`, `replace the target with 3R`.
fn swap_exit(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let _ = cursor.eat("and|also|please");
    if !cursor.eat("swap|replace|exchange|trade|switch") {
        return None;
    }
    cursor.eat("out|the|my");
    cursor.eat("the|my");
    let _ = exits::distance(cursor, &reading.scene);
    let pointer = if cursor.eat("trailing? trail") || cursor.eat("trailing stop") {
        "/exit/trailing_stop"
    } else if cursor.eat("stop|sl loss?") {
        "/exit/stop_loss"
    } else if cursor.eat("target|tp|take profit?") {
        "/exit/take_profit"
    } else {
        return None;
    };
    if !cursor.eat("for|with|to|by") {
        return None;
    }
    let settings = exits::exit(cursor, &reading.scene).or_else(|| {
        let distance = exits::distance(cursor, &reading.scene)?;
        Some(vec![super::setting::Setting::value(pointer, Json::Object(distance))])
    })?;
    let phrase = said(reading, from, cursor.at);
    if editor.at(pointer).is_none() {
        return missing(pointer.trim_start_matches("/exit/").replace('_', " ").as_str());
    }
    if !settings.iter().any(|setting| setting.pointer == pointer) {
        editor.remove(pointer, &phrase);
    }
    for setting in settings {
        if let Err(failure) = editor.set(&setting.pointer, setting.value, &phrase) {
            return Some(Err(failure));
        }
    }
    Some(Ok(()))
}

/// `hold overnight`: nothing is flattened.
fn hold_overnight(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let _ = cursor.eat("and|also|let|it|can|allow|ok|to");
    if !(cursor.eat("hold|holding|keep|carry it|positions? overnight") || cursor.eat("hold|holding overnight")) {
        return None;
    }
    if cursor
        .tokens
        .get(from.wrapping_sub(1))
        .and_then(Token::word)
        .is_some_and(|word| matches!(word, "no" | "dont" | "never" | "not"))
    {
        return None;
    }
    if cursor.eat("(") {
        while !cursor.is_end() && !cursor.eat(")") {
            cursor.at += 1;
        }
    }
    let phrase = said(reading, from, cursor.at);
    let any = editor.remove("/exit/flatten", &phrase) | editor.remove("/exit/before_close_minutes", &phrase);
    if any { Some(Ok(())) } else { missing("flatten time: it holds overnight already") }
}

fn exit_named(cursor: &mut Cursor<'_>) -> Option<(&'static str, &'static str)> {
    if cursor.eat("trailing stop") || cursor.eat("trail|trailing stop?") {
        Some(("/exit/trailing_stop", "trailing stop"))
    } else if cursor.eat("stop|stops|sl loss?") {
        Some(("/exit/stop_loss", "stop"))
    } else if cursor.eat("profit target|targets") || cursor.eat("take profit") || cursor.eat("target|targets|tp") {
        Some(("/exit/take_profit", "target"))
    } else if cursor.eat("position|trade? size|sizing") || cursor.eat("size|contracts|shares|quantity") {
        Some(("/sizing", "size"))
    } else if cursor.eat("daily loss limit?") || cursor.eat("max|maximum daily loss limit?") {
        Some(("/filters/max_daily_loss", "daily loss limit"))
    } else {
        None
    }
}

fn scaled(value: &Json, factor: Decimal) -> Option<Json> {
    match value {
        Json::Number(written) => written.to_string().parse::<Decimal>().ok().map(|value| number(value * factor)),
        Json::Object(map) => {
            let mut scaled_map = map.clone();
            for key in [
                "points",
                "ticks",
                "percent",
                "money",
                "atr",
                "r",
                "contracts",
                "shares",
                "units",
                "risk_money",
                "risk_percent",
                "equity_percent",
            ] {
                if let Some(value) = map.get(key).and_then(|value| scaled(value, factor)) {
                    scaled_map.insert(key.to_owned(), value);
                }
            }
            (scaled_map != *map).then_some(Json::Object(scaled_map))
        }
        Json::Array(_) | Json::Null | Json::Bool(_) | Json::String(_) => None,
    }
}

/// `double the stop`, `halve the size`, `widen the target by 50%`.
fn scale(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let mut factor = if cursor.eat("double|twice") {
        Some(Decimal::TWO)
    } else if cursor.eat("halve|half") {
        Some(Decimal::new(5, 1))
    } else if cursor.eat("triple") {
        Some(Decimal::from(3))
    } else {
        None
    };
    let mut grows = true;
    if factor.is_none() {
        if cursor.eat("widen|increase|raise|bump|loosen|extend|expand") {
        } else if cursor.eat("tighten|reduce|lower|decrease|cut|shrink|trim") {
            grows = false;
        } else {
            return None;
        }
    }
    cursor.eat("up|down");
    cursor.eat("the|my");
    let (pointer, name) = exit_named(cursor)?;
    if cursor.sees("after|when|if") {
        return None;
    }
    let mut add = None;
    if factor.is_none() {
        if !cursor.eat("by") {
            return None;
        }
        let amount = cursor.number()?;
        if cursor.eat("%|percent") {
            let part = amount / Decimal::ONE_HUNDRED;
            factor = Some(if grows { Decimal::ONE + part } else { Decimal::ONE - part });
        } else {
            cursor.eat("points|point|pts|ticks|dollars|contracts|r|atr|contract|shares");
            add = Some(if grows { amount } else { -amount });
        }
    }
    let phrase = said(reading, from, cursor.at);
    let Some(before) = editor.at(pointer).cloned() else { return missing(name) };
    let after = match (factor, add) {
        (Some(factor), _) => scaled(&before, factor),
        (None, Some(add)) => {
            let main = before
                .as_object()
                .and_then(|map| map.iter().find(|(key, value)| value.is_number() && *key != "period"))
                .map(|(key, value)| (key.clone(), value.clone()));
            main.and_then(|(key, value)| {
                let value: Decimal = value.to_string().parse().ok()?;
                let mut map = before.as_object()?.clone();
                map.insert(key, number(value + add));
                Some(Json::Object(map))
            })
        }
        (None, None) => None,
    };
    let after = after?;
    Some(editor.set(pointer, after, &phrase))
}

/// `widen the stop to 30`, `stop 15 instead`, `bump the daily loss to 1000`: the unit stays where none is given.
fn amount(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let _ = cursor.eat("and|also|please");
    let verb =
        cursor.eat("set|make|change|widen|tighten|move|raise|lower|increase|reduce|bump|put|use|cut|drop|extend");
    cursor.eat("up|down");
    cursor.eat("the|my|a");
    let (pointer, name) = exit_named(cursor)?;
    if pointer == "/sizing" {
        return None;
    }
    let led = cursor.eat("to|at|of|=|be|is|:");
    cursor.eat("be|to|a");
    let money = cursor.eat("$");
    let value = cursor.number()?;
    let instead = cursor.eat("instead");
    let _ = instead && cursor.eat("of") && cursor.number().is_some();
    if !(verb || led || instead) || !(cursor.is_pause() || cursor.sees("and|please|,")) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    if pointer.starts_with("/filters") {
        return Some(editor.set(pointer, number(value), &phrase));
    }
    let Some(before) = editor.at(pointer).cloned() else {
        let unit = if money { "money" } else { "points" };
        editor.scene.assume(format!("{value} without a unit is read as {unit}"));
        return Some(editor.set(pointer, json!({ unit: number(value) }), &phrase));
    };
    let keys = ["points", "ticks", "percent", "money", "atr", "r"];
    let key = keys.iter().find(|key| before.get(**key).is_some());
    let Some(key) = key else {
        let _ = name;
        return Some(editor.set(pointer, json!({ "points": number(value) }), &phrase));
    };
    let mut after = before.clone();
    if let Some(map) = after.as_object_mut() {
        if money && *key != "money" {
            return Some(editor.set(pointer, json!({ "money": number(value) }), &phrase));
        }
        map.insert((*key).to_owned(), number(value));
    }
    Some(editor.set(pointer, after, &phrase))
}

/// `start trailing right away`, `don't wait for 1R`.
fn trail_now(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !(cursor.eat("start|begin|trail trailing|it? right|straight|immediately away?")
        || cursor.eat("activate the? trail|trailing stop? right|immediately away?"))
    {
        return None;
    }
    let mut rest = *cursor;
    let _ = rest.eat(",");
    if rest.eat("dont|no|without wait|waiting for? # r|points|pts|ticks|atr?") {
        *cursor = rest;
    }
    let phrase = said(reading, from, cursor.at);
    let any = editor.remove("/exit/trailing_stop/activate_after", &phrase);
    if any { Some(Ok(())) } else { missing("activation of the trailing stop") }
}

/// `make the runner 4R instead of 3R`.
fn runner(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let verb = cursor.eat("make|set|change|move|let");
    let rest = verb && cursor.eat("the rest|remainder");
    if !rest && !cursor.eat("the? runner") && !cursor.eat("the? second|last|final target") {
        return None;
    }
    cursor.eat("to|be|at|run|go");
    cursor.eat("to|at");
    let distance = exits::distance(cursor, &reading.scene)?;
    if cursor.eat("instead|not") {
        cursor.eat("of");
        let _ = exits::distance(cursor, &reading.scene);
    }
    let phrase = said(reading, from, cursor.at);
    let Some(mut legs) = editor.at("/exit/take_profit").and_then(Json::as_array).cloned() else {
        return missing("second target");
    };
    if let Some(last) = legs.last_mut() {
        *last = Json::Object(distance);
    }
    Some(editor.set("/exit/take_profit", Json::from(legs), &phrase))
}

/// `use SMAs instead of EMAs`.
fn kinds(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let _ = cursor.eat("use|switch|change|make|replace|with");
    let _ = cursor.eat("to|the|all|it|them|from");
    let _ = cursor.eat("the|all");
    let first = names::indicator(cursor).filter(|name| name.class == Class::Average)?;
    let (new, old) = if cursor.eat("instead of|") || cursor.eat("rather than") {
        cursor.eat("of");
        cursor.eat("the");
        (first, names::indicator(cursor)?)
    } else if cursor.eat("to|with|into|for") {
        let second = names::indicator(cursor)?;
        (second, first)
    } else {
        return None;
    };
    if new.class != Class::Average || old.class != Class::Average || new.row == old.row {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let (from_row, to_row) = (old.row, new.row);
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

fn averages(editor: &Editor<'_>) -> Vec<(String, u32)> {
    let mut found: Vec<(String, u32)> = Vec::new();
    for (_, text) in editor.expressions() {
        for call in calls(&text).into_iter().filter(|call| is_average(call)) {
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

fn is_average(call: &Call) -> bool {
    strategy::indicators::find(&call.name).is_some_and(|row| row.family == strategy::indicators::Family::MovingAverage)
        && !call.arguments.first().is_some_and(|(first, _, _)| first == "volume")
}

/// Sets the period of calls of `row` (any average where empty) that have `old`.
fn set_period(
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
fn pair_periods(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let _ = cursor.eat("use|make|change|switch|try");
    let _ = cursor.eat("the|it|to|a");
    let _ = cursor.eat("a|to");
    let numbers = cursor.numbers("# /|and|& #")?;
    let name = names::indicator(cursor).filter(|name| name.class == Class::Average)?;
    cursor.eat("cross|crossover|crosses|pair");
    cursor.eat("instead|please|pls");
    let (Some(fast), Some(slow)) = (
        numbers.iter().min().copied().and_then(super::cursor::whole),
        numbers.iter().max().copied().and_then(super::cursor::whole),
    ) else {
        return None;
    };
    let phrase = said(reading, from, cursor.at);
    let known = averages(editor);
    let generic =
        matches!(reading.tokens.get(cursor.at - 1).and_then(Token::word), Some("ma" | "mas")) || name.row == "sma";
    let same: Vec<&(String, u32)> = known.iter().filter(|(row, _)| *row == name.row || generic).collect();
    let [(first, old_fast), (second, old_slow)] = same.as_slice() else {
        return Some(Err(DraftFailure::new(
            "the strategy has not two such averages",
            "say which average changes, for example \"change the 21 EMA to 34\"",
        )));
    };
    let (first, second, old_fast, old_slow) = (first.clone(), second.clone(), *old_fast, *old_slow);
    // Over a number no average has, so that 9/21 to 21/50 does not change the first one twice.
    set_period(editor, &first, Some(old_fast), 4_999, None, &phrase);
    set_period(editor, &second, Some(old_slow), slow, None, &phrase);
    set_period(editor, &first, Some(4_999), fast, None, &phrase);
    let before = editor.plan.len();
    editor.plan.retain(|item| !item.became.contains("4999"));
    if editor.plan.len() < before {
        editor.plan.push(domain::artifact::PlanItem {
            phrase,
            became: format!("periods: {old_fast}/{old_slow} → {fast}/{slow}"),
        });
    }
    Some(Ok(()))
}

/// `macd 8/17/9`, `supertrend 10/2`, `bollinger 20, 2.5`.
fn numbers_of(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let _ = cursor.eat("use|make|change|set|switch");
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
    if numbers.len() < 2 || name.class == Class::Average {
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
    if any { Some(Ok(())) } else { missing(row) }
}

/// `make the fast EMA 12`, `change the 21 EMA to 34`, `rsi length 7`, `trend ema 100 instead of 50`.
fn period_of(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
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
    let unnamed = first.is_none() && which.is_none() && cursor.eat("period|length|lookback");
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

fn period_change(
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
    let row = if unnamed { periods.first().and_then(|_| None).unwrap_or("") } else { row };
    if set_period(editor, row, old, new, name, phrase) || unnamed && set_any_period(editor, old, new, phrase) {
        return Some(Ok(()));
    }
    missing(&old.map_or_else(|| row.to_uppercase(), |old| format!("{old} {}", row.to_uppercase())))
}

fn set_any_period(editor: &mut Editor<'_>, old: Option<u32>, new: u32, phrase: &str) -> bool {
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

/// `25/75 on the rsi instead of 30/70`.
fn threshold_pair(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let _ = cursor.eat("use|make|change|set");
    let before = {
        let mut probe = *cursor;
        probe.eat("the");
        let found = names::indicator(&mut probe);
        if found.is_some() {
            probe.eat("to|levels|thresholds|at");
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
    let (low, high) = (numbers.iter().min()?.to_string(), numbers.iter().max()?.to_string());
    let phrase = said(reading, from, cursor.at);
    let row = name.row;
    let any = editor.rewrite(&phrase, &|text| {
        let edits = thresholds(text, row).into_iter().map(|(_, start, end)| {
            let head = text.get(..start).unwrap_or_default();
            let lower =
                head.trim_end().ends_with('<') || head.trim_end().ends_with("<=") || head.trim_end().ends_with("below");
            (start, end, if lower { low.clone() } else { high.clone() })
        });
        spliced(text, edits.collect())
    });
    if any { Some(Ok(())) } else { missing(&format!("{} level", row.to_uppercase())) }
}

/// `use RSI 25 instead of 30`, `raise adx to 25`, `rsi 10 instead of 15`.
fn threshold(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let verb = cursor.eat("use|make|change|set|raise|lower|increase|reduce|bump|move|drop");
    cursor.eat("the");
    let name = names::indicator(cursor)?;
    if matches!(name.class, Class::Average | Class::Level(_)) {
        return None;
    }
    cursor.eat("threshold|level|limit|filter|from");
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

/// `20 bar breakout instead of 48`, `55 bar breakout`.
fn breakout_bars(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let _ = cursor.eat("use|make|change|switch");
    let _ = cursor.eat("it|to|the|a");
    let _ = cursor.eat("a");
    let new = cursor
        .one("# bar|bars|period|day breakout|breakouts|channel|high|lookback|highs")
        .and_then(super::cursor::whole)?;
    cursor.eat("breakout");
    let mut old = None;
    if cursor.eat("instead|not") {
        cursor.eat("of");
        old = cursor.number().and_then(super::cursor::whole);
    }
    let phrase = said(reading, from, cursor.at);
    let mut any = false;
    for row in ["highest", "lowest", "donchian"] {
        any |= set_period(editor, row, old, new, None, &phrase);
    }
    if any { Some(Ok(())) } else { missing("breakout of so many bars") }
}

/// `first 15 minutes instead of 30`.
fn range_minutes(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let _ = cursor.eat("use|make|change|the");
    let _ = cursor.eat("the|a|it");
    let new = cursor.one("first # minutes|min|mins").or_else(|| cursor.one("# minute|min opening|orb range?"))?;
    let mut old = None;
    if cursor.eat("instead|not") {
        cursor.eat("of");
        old = cursor.number();
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
fn deviations(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let _ = cursor.eat("use|make|set");
    let wide = cursor
        .one("# standard|std|st deviation|deviations|dev|devs")
        .or_else(|| cursor.one("# sd|stdev|stdevs|sigma|deviations"))?;
    let _ = cursor.eat("on|for|the");
    let _ = cursor.eat("the");
    let _ = cursor.eat("bollinger|bb|bands");
    cursor.eat("bands");
    let phrase = said(reading, from, cursor.at);
    let any = editor.rewrite(&phrase, &|text| {
        let edits = calls(text)
            .into_iter()
            .filter(|call| call.name == "bbands")
            .filter_map(|call| call.numbers().get(1).cloned())
            .map(|(_, start, end)| (start, end, wide.to_string()));
        spliced(text, edits.collect())
    });
    if any { Some(Ok(())) } else { missing("Bollinger bands") }
}

/// `extend the window to 2pm`, `start at 9:45`, `stop taking trades at 2 instead of 3`, `add an afternoon window, 1:30 to 3:30`.
fn window(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let scene = &reading.scene;
    let known: Vec<String> = editor
        .at("/filters/windows")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .map(str::to_owned)
        .collect();
    let add = cursor.eat("also? add|include a|an|another? second|afternoon|morning|evening? window|session|block");
    if add {
        let _ = cursor.eat("too|as|also");
        let _ = cursor.eat("well");
        let _ = cursor.eat(",|:|of|from");
        let _ = cursor.eat("from");
        let settings = filters::filter(cursor, scene)?;
        let mut list: Vec<Json> = known.iter().cloned().map(Json::from).collect();
        list.extend(
            settings.into_iter().filter(|setting| setting.pointer == "/filters/windows").map(|setting| setting.value),
        );
        let phrase = said(reading, from, cursor.at);
        return Some(editor.set("/filters/windows", Json::from(list), &phrase));
    }
    let end = if cursor.eat(
        "extend|shorten|lengthen|push|move|widen the? window|session|trading|end hours|time|window? to|until|till|out",
    ) || cursor
        .eat("stop|quit|finish|end taking|trading|entering|entries|new? trades|entries|trading? at|by")
        || cursor.eat("trade|trading|run until|till|to")
    {
        cursor.eat("to|at");
        true
    } else if cursor.eat("start|begin|open trading|the|taking? window|trades? at|from") {
        false
    } else {
        return None;
    };
    let [only] = known.as_slice() else { return None };
    let time = clock::time(cursor, true)?;
    let time = filters::of_day(scene, time, None);
    if cursor.eat("instead") {
        cursor.eat("of");
        let _ = clock::time(cursor, true);
    }
    let (open, close) = only.split_once('-')?;
    let text = if end { format!("{open}-{}", time.text()) } else { format!("{}-{close}", time.text()) };
    let phrase = said(reading, from, cursor.at);
    Some(editor.set("/filters/windows", json!([text]), &phrase))
}

/// `flip it`: longs become shorts.
fn flip(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !cursor.eat("flip|invert|reverse it|the|everything strategy|signals|rules|entries|around?")
        && !cursor.eat("fade the signals|entries")
    {
        return None;
    }
    let mut rest = *cursor;
    let _ = rest.eat(",|:");
    if rest.eat("buy|long when|where it? shorts|sells now? and short|sell when|where it? buys|longs now?") {
        *cursor = rest;
    }
    let phrase = said(reading, from, cursor.at);
    let (long, short) = (editor.at("/entry/long").cloned(), editor.at("/entry/short").cloned());
    let mut entry = serde_json::Map::new();
    if let Some(short) = &short {
        entry.insert("long".to_owned(), short.clone());
    }
    if let Some(long) = &long {
        entry.insert("short".to_owned(), long.clone());
    }
    let exits = (editor.at("/exit/long").cloned(), editor.at("/exit/short").cloned());
    for (key, value) in [("/exit/long", exits.1), ("/exit/short", exits.0)] {
        editor.remove(key, &phrase);
        if let Some(value) = value {
            super::document::put(&mut editor.document, key, value);
        }
    }
    Some(editor.set("/entry", Json::Object(entry), &phrase))
}

/// `market orders instead of the limit`, `leave the order in for 5 bars`, `put the limit at vwap`.
fn order(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let ordered: Vec<Side> = editor
        .sides()
        .into_iter()
        .filter(|side| editor.at(&format!("/entry/{}", side.key())).is_some_and(Json::is_object))
        .collect();
    let mut probe = *cursor;
    let _ = probe.eat("use|switch|enter|change");
    let _ = probe.eat("to|with|at|a|on");
    if probe.eat("market order|orders|entries|entry") {
        if probe.eat("instead") {
            let _ = probe.eat("of") && probe.eat("the|a") && probe.eat("limit|stop|limits|stops|order|orders");
            let _ = probe.eat("limit|stop|limits|stops|orders|order");
            probe.eat("orders|order");
        }
        *cursor = probe;
        let phrase = said(reading, from, cursor.at);
        if ordered.is_empty() {
            return missing("stop or limit order");
        }
        for side in ordered {
            let when = editor.entry(side).unwrap_or_default();
            if let Err(failure) = editor.set(&format!("/entry/{}", side.key()), Json::from(when), &phrase) {
                return Some(Err(failure));
            }
        }
        return Some(Ok(()));
    }
    if ordered.is_empty() {
        return None;
    }
    let mut probe = *cursor;
    if let Some(bars) = orders::expiry(&mut probe, &reading.scene) {
        *cursor = probe;
        let phrase = said(reading, from, cursor.at);
        for side in ordered {
            if let Err(failure) = editor.set(&format!("/entry/{}/expires_bars", side.key()), Json::from(bars), &phrase)
            {
                return Some(Err(failure));
            }
        }
        return Some(Ok(()));
    }
    let mut probe = *cursor;
    let _ = probe.eat("put|move|set|place|change");
    if probe.eat("the limit|order|stop price|order?") && !probe.sees("loss") {
        let _ = probe.eat("at|to|on");
        let price = super::value::value(&mut probe, &reading.scene)?;
        if !matches!(price.class, Class::Price | Class::Level(_) | Class::Average) {
            return None;
        }
        *cursor = probe;
        let phrase = said(reading, from, cursor.at);
        for side in ordered {
            if let Err(failure) =
                editor.set(&format!("/entry/{}/price", side.key()), Json::from(price.text.clone()), &phrase)
            {
                return Some(Err(failure));
            }
        }
        return Some(Ok(()));
    }
    None
}

/// A condition joined to others: in place of one that compares the same value the same way.
pub(crate) fn joined(known: &str, text: &str) -> String {
    let mut parts = conjuncts(known);
    for new in conjuncts(text) {
        if parts.contains(&new) {
            continue;
        }
        let twin = sides(&new).and_then(|(left, operator, right)| {
            parts.iter().position(|part| {
                sides(part).is_some_and(|(known, before, other)| {
                    let level = right.parse::<f64>().is_ok()
                        && other.split(' ').next().is_some_and(|word| word.parse::<f64>().is_ok());
                    let close = left == "close";
                    known == left
                        && level
                        && !close
                        && (before == operator || before.contains("crosses") != operator.contains("crosses"))
                })
            })
        });
        match twin.and_then(|at| parts.get_mut(at)) {
            Some(slot) => {
                // "within 3 bars" stays where only the number changes.
                let kept = [" within ", " for "]
                    .iter()
                    .find_map(|word| slot.find(word).and_then(|at| slot.get(at..)).map(str::to_owned));
                *slot = match kept.filter(|_| !new.contains(" within ") && !new.contains(" for ")) {
                    Some(kept) => format!("{new}{kept}"),
                    None => new,
                };
            }
            None => parts.push(if new.contains(" or ") && !new.starts_with('(') { format!("({new})") } else { new }),
        }
    }
    parts.join(" and ")
}

/// True where both conditions are about the same value.
pub(crate) fn same_value(known: &str, text: &str) -> bool {
    match (sides(known), sides(text)) {
        (Some((known, _, _)), Some((text, _, _))) => known == text && known != "close",
        _ => false,
    }
}
