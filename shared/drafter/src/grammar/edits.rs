//! Phrases of changes that a description has none of: remove, double, instead of, move to, flip, undo.

use super::added_times::more_times;
use super::adx_level::level_alone;
use super::calls::{conjuncts, sides};
use super::corrected_amounts::{risk_corrected, trade_until};
use super::cursor::Cursor;
use super::editor::Editor;
use super::everyday::{corrected, cross_back, days_allowed, exchanged, exit_level, halved, stays, whole_target};
use super::everyday_rules::{call_named, multiplier, period_instead, trend_filter};
use super::exit_edits::{amount, hold_overnight, only_exit, runner, scale, swap_exit, trail_now};
use super::levels_of::{threshold, threshold_pair};
use super::named_parts::named_part;
use super::numbers::{breakout_bars, deviations, kinds, numbers_of, pair_periods, period_of, range_minutes};
use super::opposite_crosses::opposite_cross;
use super::order_edits::order;
use super::passing_edits::in_passing;
use super::reading::{Reading, strength, words};
use super::removals::{add_day, remove, remove_condition, remove_side, replaced};
use super::short_forms::{all_off, both_scaled, exit_moved, far_band, size_corrected};
use super::sided_edits::{only_for, side_behind, side_joined};
use super::swapped_numbers::{length_swapped, levels_alone, renumbered};
use super::swapped_pairs::pair_swapped;
use super::token::{Kind, Token};
use super::waiting_trails::trail_start;
use super::with_average::with_average;
use super::{clock, filters};
use market::{AssetClass, Instrument};
use ports::drafter::{DraftFailure, Question};
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

pub(crate) type Outcome = Option<Result<(), DraftFailure>>;

type Reader = fn(&mut Cursor<'_>, &Reading<'_>, &mut Editor<'_>) -> Outcome;

/// What changes are made of, in the order in which they are tried.
const READERS: [Reader; 56] = [
    named_part,
    in_passing,
    risk_corrected,
    trail_start,
    with_average,
    level_alone,
    trade_until,
    pair_swapped,
    renumbered,
    length_swapped,
    exit_moved,
    both_scaled,
    levels_alone,
    size_corrected,
    all_off,
    far_band,
    corrected,
    whole_target,
    exit_level,
    super::level_pairs::entry_levels,
    super::level_pairs::exit_levels,
    days_allowed,
    cross_back,
    opposite_cross,
    stays,
    halved,
    exchanged,
    call_named,
    period_instead,
    trend_filter,
    multiplier,
    only_exit,
    swap_exit,
    hold_overnight,
    more_times,
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

/// Carries out the phrases of changes; hands out the tokens they took.
pub(crate) fn apply(
    reading: &Reading<'_>,
    editor: &mut Editor<'_>,
    market: &Instrument,
) -> Result<Vec<(usize, usize)>, DraftFailure> {
    let mut handled = Vec::new();
    move_market(reading, editor, market, &mut handled)?;
    let mut at = 0;
    while at < reading.tokens.len() {
        if handled.iter().any(|(from, to)| (*from..*to).contains(&at)) {
            at += 1;
            continue;
        }
        let mut end = carried(reading, editor, at)?;
        if end == at
            && super::labels::named(&reading.tokens, at).is_none()
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

/// Carries out the phrase at `at`, for the side named behind it: its end.
fn carried(reading: &Reading<'_>, editor: &mut Editor<'_>, at: usize) -> Result<usize, DraftFailure> {
    let known = editor.document.clone();
    let (plan, touched) = (editor.plan.len(), editor.touched.len());
    let label = super::labels::named(&reading.tokens, at);
    for reader in READERS {
        let mut cursor = Cursor::new(&reading.tokens, at);
        let assumed = reading.scene.assumptions.borrow().len();
        let Some(outcome) = reader(&mut cursor, reading, editor) else {
            reading.scene.assumptions.borrow_mut().truncate(assumed);
            continue;
        };
        outcome?;
        if label.is_some_and(|places| !super::labels::within(&known, &editor.document, places)) {
            editor.document = known;
            editor.plan.truncate(plan);
            editor.touched.truncate(touched);
            return Ok(at);
        }
        let exit = editor.plan.get(plan..).is_some_and(|new| new.iter().all(|one| one.became.starts_with("exit.")));
        if editor.sides().len() == 2
            && let Some(side) = side_behind(&mut cursor).or_else(|| side_joined(&cursor).filter(|_| exit))
        {
            only_for(side, &known, plan, editor, reading, (at, cursor.at))?;
        }
        return Ok(cursor.at);
    }
    Ok(at)
}

pub(crate) fn said(reading: &Reading<'_>, from: usize, to: usize) -> String {
    words(reading, from, to)
}

pub(crate) fn missing(what: &str) -> Outcome {
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
        while from > 0 && Cursor::new(&reading.tokens, from - 1).sees("move|switch|swap|change|port|run|use|trade|apply|put|go|make|try|test|do|ticker|it|this|the|strategy|to|on|with|over|instrument|market|symbol|swich|same|thing|but|for|lets|maybe|both") {
            from -= 1;
        }
        let led = from < mention.from;
        let pause_before = from == 0
            || reading.tokens.get(from - 1).is_some_and(|token| {
                matches!(token.kind, Kind::Mark(_))
                    || matches!(token.word(), Some("and" | "please" | "now" | "ok" | "also" | "just" | "then"))
            });
        let listed = |at: usize| {
            reading.tokens.get(at).is_some_and(|token| (token.is_mark('+') || token.is_mark('/')) && !token.glued)
        };
        let after = Cursor::new(&reading.tokens, mention.to);
        // "test on QQQ over the last 5 years".
        let mut rest = Cursor::new(reading.tokens.get(mention.to..).unwrap_or_default(), 0);
        let dated = led && super::dates::window(&mut rest, reading.days.data, reading.days.today).is_some();
        // "QQQ not SPY".
        let mut given_up = after;
        given_up.eat(",");
        let given_up = (given_up.eat("not") || given_up.eat("instead of") || given_up.eat("rather than"))
            .then(|| reading.mentions.iter().find(|other| other.from == given_up.at))
            .flatten()
            .filter(|other| other.instrument.symbol == market.symbol);
        let alone = from == 0 && after.sees("please|pls|with");
        let pause_after = given_up.is_some()
            || alone
            || after.is_pause()
            || listed(mention.to)
            || after.sees("and|instead|please|with|(|too|,")
            || dated;
        if pause_before
            && pause_after
            && (led
                || mention.to == reading.tokens.len()
                || after.is_pause()
                || after.sees("and|instead")
                || dated
                || alone
                || given_up.is_some())
        {
            let mut to = given_up.map_or(mention.to, |other| other.to);
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
        "use|switch|make|on|to|go|it|change|move|run|the|a|chart|timeframe|bars|with|try|trade|using|time|frame|tf|of|put",
    ) || cursor.at > at && cursor.eat(":")
    {}
    let start = cursor.at;
    let Some(frame) = clock::timeframe(&mut cursor) else { return Ok(None) };
    let strong = strength(&reading.tokens, start, cursor, &reading.scene, true).is_some_and(|strength| strength >= 3);
    let stated = reading.frame == Some(frame);
    if !strong || !stated {
        return Ok(None);
    }
    while !cursor.sees("instead of")
        && cursor.eat("chart|charts|timeframe|tf|bars|bar|candles|candle|frame|instead|please")
    {}
    // "the daily chart has to be under its 50 SMA" is a demand.
    if cursor.sees("has|have|is|needs|must|should|agrees|shows|above|below|over|under|closes|goes") {
        return Ok(None);
    }
    from = from.min(start);
    let phrase = said(reading, from, cursor.at);
    editor.set("/timeframe", Json::from(frame), &phrase)?;
    Ok(Some(cursor.at))
}

/// `extend the window to 2pm`, `start at 9:45`, `stop taking trades at 2 instead of 3`, `add an afternoon window, 1:30 to 3:30`.
pub(crate) fn window(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
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
            settings
                .into_iter()
                .filter(|setting| setting.pointer == "/filters/windows" && setting.value.is_string())
                .map(|setting| setting.value),
        );
        let phrase = said(reading, from, cursor.at);
        return Some(editor.set("/filters/windows", Json::from(list), &phrase));
    }
    let end = if cursor.eat(
        "extend|shorten|lengthen|push|move|widen the? window|session|trading|end hours|time|window? to|until|till|til|out",
    ) || cursor
        .eat("stop|quit|finish|end taking|trading|entering|entries|new? trades|entries|trading? at|by")
        || cursor.eat("trade|trading|run until|till|to")
        || cursor.eat("make|have it|this trade until|till|til|to")
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
    if rest.eat("buy|long when|where it? shorts|sells now? short? and sell? short when|where it? buys|longs now?")
        || rest.eat("buy|long when|where it? shorts|sells now? and sell when|where it? buys|longs now?")
    {
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

/// A condition joined to others: in place of one that compares the same value the same way.
///
/// Where it is `beside` what there is, one of the same indicator with another period stays.
pub(crate) fn joined(known: &str, text: &str, beside: bool) -> String {
    let mut parts = conjuncts(known);
    for new in conjuncts(text) {
        if parts.contains(&new) {
            continue;
        }
        if new.contains(" or ") && new.split(" or ").all(|part| sides(part).is_some()) {
            // "rsi(3) < 15 or rsi(2) < 5": what was said of these values before is said anew.
            let named: Vec<&str> = new.split(" or ").filter_map(|part| sides(part).map(|(left, _, _)| left)).collect();
            parts.retain(|part| sides(part).is_none_or(|(left, _, _)| left == "close" || !named.contains(&left)));
        }
        let twin = sides(&new).and_then(|(left, operator, right)| {
            parts.iter().position(|part| {
                sides(part).is_some_and(|(known, before, other)| {
                    let level = right.split(' ').next().is_some_and(|word| word.parse::<f64>().is_ok())
                        && other.split(' ').next().is_some_and(|word| word.parse::<f64>().is_ok());
                    let close = left == "close";
                    let downwards = |operator: &str| operator.contains(['<', 'b']) && !operator.contains("above");
                    let same_way = downwards(before) == downwards(operator);
                    (known == left || !beside && other_period(known, left) && same_way)
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

/// The cross that a state took the place of: "RSI under 10" where the entry was the cross below 15.
pub(crate) fn event_lost(known: &str, joined: &str) -> Option<String> {
    let parts = conjuncts(joined);
    let lost = conjuncts(known).into_iter().find(|part| part.contains(" crosses ") && !parts.contains(part))?;
    let crosses = |text: &str| text.matches(" crosses ").count();
    (crosses(joined) < crosses(known)).then_some(lost)
}

/// `rsi(2)` beside `rsi(3)`: one indicator with another number.
fn other_period(known: &str, new: &str) -> bool {
    let parts = |text: &str| {
        let (name, rest) = text.split_once('(')?;
        let (arguments, output) = rest.rsplit_once(')')?;
        let plain = !name.is_empty() && !arguments.contains('(') && !arguments.contains('\'');
        plain.then(|| (name.to_owned(), output.to_owned()))
    };
    parts(known).is_some_and(|found| Some(found) == parts(new))
}

/// True where both conditions are about the same value.
pub(crate) fn same_value(known: &str, text: &str) -> bool {
    match (sides(known), sides(text)) {
        (Some((known, _, _)), Some((text, _, _))) => known == text && known != "close",
        _ => false,
    }
}
