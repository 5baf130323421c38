//! Changes in English to an existing document: what is mentioned changes, what is not stays.

use super::assemble::{Assembly, Stated, index};
use super::carried_out::{half_read, other_market, without};
use super::change_scene::{read_change, seed_lines};
use super::document::{checked, naming, opposite, put};
use super::editor::Editor;
use super::edits;
use super::orders::Order;
use super::pieces::Item;
use super::reading::{Reading, Surroundings};
use super::resolved::resolved;
use super::scene::Side;
use super::setting::Join;
use super::settings::{overlap, windows_of};
use domain::artifact::PlanItem;
use market::Instrument;
use ports::drafter::{Draft, DraftFailure};
use serde_json::{Map, Value as Json, json};

/// Changes a document as the text says.
///
/// # Errors
/// What is ambiguous, contradictory or not there, with the choices.
pub fn change(
    text: &str,
    document: &Json,
    before: Option<&Json>,
    around: &Surroundings<'_>,
) -> Result<Draft, DraftFailure> {
    let plain = resolved(document);
    let broken = || DraftFailure::new("the strategy to change cannot be read", "create it again");
    let market = plain
        .get("market")
        .and_then(Json::as_str)
        .and_then(|symbol| around.catalogue.get_or_default(symbol, None))
        .ok_or_else(broken)?;
    let mut reading = read_change(text, &plain, around, &market)?;
    if let Some(other) = market_after(&reading, &plain, &market) {
        // "put it on EURUSD, 20 pip stop": of its pips.
        reading.scene.market = around.catalogue.get_or_default(&other, None);
    }
    let mut editor = Editor { document: plain.clone(), plan: Vec::new(), touched: Vec::new(), scene: &reading.scene };
    let said = reading.scene.lines.borrow().len();
    seed_lines(&reading, &editor);
    if edits::undoes(&reading.tokens) {
        return undone(text, &plain, before);
    }
    let known = [Side::Long, Side::Short].map(|side| editor.entry(side));
    let handled = edits::apply(&reading, &mut editor, &market)?;
    super::change_scene::seeded_anew(&reading, &editor, said);
    let tokens = without(&reading.tokens, &handled);
    reading.scene.changing.set(true);
    reading.scene.both.set(editor.sides().len() == 2);
    // What was open in words carried out since is none of these.
    reading.scene.open.borrow_mut().clear();
    let mut pieces = super::pieces::pieces(&tokens, &reading.scene, reading.days);
    super::carried_out::as_meant(&mut pieces, &tokens);
    let rest = Reading {
        pieces,
        scene: reading.scene.beside(),
        tokens,
        mentions: Vec::new(),
        frame: None,
        title: None,
        days: reading.days,
    };
    if let Some(words) = half_read(&rest, editor.sides().len() == 2) {
        return Err(half(words));
    }
    super::possible::complete(&reading.scene, false)?;
    let mut gathered = Assembly::new(&rest);
    gathered.run()?;
    rest.scene.assumed().into_iter().for_each(|sentence| reading.scene.assume(sentence));
    unused_sides(&mut gathered, &rest, &editor)?;
    let sided: Vec<_> = gathered
        .settings
        .iter()
        .filter_map(|one| Some((one.setting.side.or(one.context)?, one.phrase.clone())))
        .collect();
    settle(&mut gathered, &mut editor)?;
    super::sided_edits::traded(&sided, &plain, &editor)?;
    super::swapped_exits::order_kept(&gathered.unhandled, &editor)?;
    super::entries_given_up::only_added(&reading.tokens, known, &editor)?;
    if let Some(words) = other_market(&rest, &market.symbol).filter(|_| !editor.plan.is_empty()) {
        return Err(half(words));
    }
    finish(gathered, editor, &reading, &plain, around)
}

/// Words that nobody could read, on which the rest of the change may depend.
fn half(words: String) -> DraftFailure {
    DraftFailure::new(
        format!("\"{words}\" could not be read, and what stands beside it may mean something else without it"),
        "say that change in other words, one change to a sentence",
    )
    .about(words)
}

/// The other market that a change moves to.
fn market_after(reading: &Reading<'_>, plain: &Json, market: &Instrument) -> Option<String> {
    let mut after = None;
    let _ = reading.scene.attempt(|| -> Option<()> {
        let mut trial =
            Editor { document: plain.clone(), plan: Vec::new(), touched: Vec::new(), scene: &reading.scene };
        edits::apply(reading, &mut trial, market).ok()?;
        after = trial.at("/market").and_then(Json::as_str).map(str::to_owned);
        None
    });
    after.filter(|after| *after != market.symbol)
}

/// "for longs only" behind a change that knows no side: said, but nothing stands for it.
///
/// # Errors
/// Where that side is not traded: what is said of it would be read of the other.
fn unused_sides(gathered: &mut Assembly<'_>, rest: &Reading<'_>, editor: &Editor<'_>) -> Result<(), DraftFailure> {
    for piece in &rest.pieces {
        if let Item::Entry(Some(side)) = piece.item {
            let used = gathered.entries.get(index(side)).is_some_and(|rule| !rule.is_empty())
                || gathered.orders.get(index(side)).is_some_and(Option::is_some)
                || gathered.settings.iter().any(|one| one.context == Some(side));
            if !used {
                let words = gathered.words(piece.from, piece.to);
                gathered.unhandled.push(words);
            }
        }
    }
    let ruled = !gathered.filters.is_empty()
        || !gathered.pending.is_empty()
        || gathered.entries.iter().any(|rule| !rule.is_empty());
    let names = |words: &str, side: Side| {
        let own = [side.key().to_owned(), format!("{}s", side.key())];
        words.to_lowercase().split_whitespace().any(|word| own.iter().any(|own| word == own))
    };
    for side in [Side::Long, Side::Short].into_iter().filter(|side| ruled && editor.entry(*side).is_none()) {
        if let Some(words) = gathered.unhandled.iter().find(|words| names(words, side)).cloned() {
            return Err(DraftFailure::new(
                format!("\"{words}\" could not be read, and the strategy has no {} entry", side.key()),
                format!("describe it whole, for example \"{} when …\"", side.key()),
            )
            .about(words));
        }
    }
    Ok(())
}

fn undone(text: &str, plain: &Json, before: Option<&Json>) -> Result<Draft, DraftFailure> {
    let Some(before) = before else {
        return Err(DraftFailure::new(
            "there is no earlier version to go back to",
            "this is the first version of the strategy; say what to change instead",
        ));
    };
    let back = resolved(before);
    let mut plan = Vec::new();
    for key in ["market", "timeframe", "session", "entry", "exit", "filters", "sizing", "capital", "costs", "window"] {
        if plain.get(key) != back.get(key) {
            let written = |value: Option<&Json>| value.map_or_else(|| "nothing".to_owned(), Json::to_string);
            plan.push(PlanItem {
                phrase: text.trim().to_owned(),
                became: format!("{key}: {} → {}", written(plain.get(key)), written(back.get(key))),
            });
        }
    }
    Ok(Draft {
        document: back,
        plan,
        assumptions: vec!["the version before the last change is restored as a new version".to_owned()],
        unhandled: Vec::new(),
        tokens: None,
    })
}

/// Settings and conditions that read like a description.
fn settle(gathered: &mut Assembly<'_>, editor: &mut Editor<'_>) -> Result<(), DraftFailure> {
    let mut stated = std::mem::take(&mut gathered.settings);
    // "no lunch: 9:30 to 11:30 and 13:30 to 15:00": hours are taken out of those that are named.
    if stated.iter().any(|one| one.setting.join == Join::List && one.setting.pointer == "/filters/windows") {
        stated.sort_by_key(|one| matches!(one.setting.join, Join::Bound | Join::Except));
    }
    super::zones::zone_kept(&stated, editor)?;
    let mut lists: Vec<String> = Vec::new();
    for one in &stated {
        let pointer = one.setting.pointer.clone();
        match one.setting.join {
            Join::Keys => {
                for (key, value) in one.setting.value.as_object().into_iter().flatten() {
                    cost(editor, key, value, &one.phrase)?;
                }
            }
            Join::Bound | Join::Except => narrowed(editor, one)?,
            Join::List if lists.contains(&pointer) => {
                let mut list = editor.at(&pointer).and_then(Json::as_array).cloned().unwrap_or_default();
                list.push(one.setting.value.clone());
                editor.lengthened(&pointer, Json::from(list));
            }
            Join::List => {
                lists.push(pointer.clone());
                editor.set(&pointer, json!([one.setting.value]), &one.phrase)?;
            }
            Join::Only if pointer == "/sizing" => {
                let most = editor.at("/sizing/max_quantity").cloned();
                editor.set(&pointer, one.setting.value.clone(), &one.phrase)?;
                if let Some(most) = most {
                    put(&mut editor.document, "/sizing/max_quantity", most);
                }
            }
            Join::Only => {
                super::carried_out::one_limit(editor, &pointer, &one.phrase);
                let both = editor.sides().len() == 2 || super::sided_edits::adds_side(gathered, editor);
                let sided = one.setting.side.filter(|_| both);
                match sided {
                    Some(side) => {
                        let known = editor.at(&pointer).cloned();
                        let per_side = known
                            .as_ref()
                            .is_some_and(|known| known.get("long").is_some() || known.get("short").is_some());
                        if !per_side {
                            if known.is_none() {
                                let name = pointer.rsplit('/').next().unwrap_or_default().replace('_', " ");
                                let said = "of the other side is read as the mirror of the stated one";
                                editor.scene.assume(format!("the {name} {said}"));
                            }
                            let other =
                                known.unwrap_or_else(|| match one.setting.value.get("price").and_then(Json::as_str) {
                                    Some(price) => json!({ "price": opposite(price) }),
                                    None => one.setting.value.clone(),
                                });
                            put(&mut editor.document, &pointer, json!({ side.other().key(): other }));
                        }
                        editor.set(&format!("{pointer}/{}", side.key()), one.setting.value.clone(), &one.phrase)?;
                        order_sides(editor, &pointer);
                    }
                    None => {
                        let mut value = one.setting.value.clone();
                        if pointer == "/exit/trailing_stop" {
                            let at_once = super::trailing::at_once(&one.phrase);
                            let from_extreme = super::trailing::from_extreme(&one.phrase);
                            keep(editor, &mut value, if at_once { &[] } else { &["activate_after"] });
                            keep(editor, &mut value, if from_extreme { &[] } else { &["basis"] });
                        }
                        if pointer == "/exit/take_profit" {
                            keep_rest(editor, &mut value);
                        }
                        editor.set(&pointer, value, &one.phrase)?;
                    }
                }
            }
        }
    }
    if !super::plain_exits::settle_first_target(&mut editor.document) {
        return missing("first target");
    }
    sides(gathered, editor)?;
    super::change_rules::conditions(gathered, editor)
}

/// What a change is about is not there.
fn missing(what: &str) -> Result<(), DraftFailure> {
    Err(DraftFailure::new(
        format!("there is no {what} to wait for"),
        "say the distance, for example \"break even after 1R\"",
    ))
}

/// A bound of the window, or hours taken out of it.
fn narrowed(editor: &mut Editor<'_>, one: &Stated) -> Result<(), DraftFailure> {
    let pointer = &one.setting.pointer;
    let allowed = windows_of(&one.setting.value);
    let known = editor.at(pointer).cloned().unwrap_or_default();
    let known = windows_of(&known);
    let left =
        if known.is_empty() { allowed.into_iter().map(str::to_owned).collect() } else { overlap(&known, &allowed) };
    if left.is_empty() {
        return Err(DraftFailure::new(
            format!("\"{}\" leaves nothing of {} to trade in", one.phrase, known.join(", ")),
            "say the hours it trades, for example \"only trade 9:30 to 12 and 13:30 to 15:00\"",
        ));
    }
    if left == known {
        editor.scene.assume(format!("\"{}\" leaves the hours as they are: {}", one.phrase, known.join(", ")));
    }
    let windows = Json::from(left);
    if one.setting.join == Join::Except {
        editor.touched.retain(|(touched, _, _)| touched != pointer);
        return editor.set(pointer, windows, &one.phrase);
    }
    put(&mut editor.document, pointer, windows.clone());
    editor.plan.push(PlanItem { phrase: one.phrase.clone(), became: format!("filters.windows: {windows}") });
    Ok(())
}

/// What a trailing stop says beside its distance stays.
pub(crate) fn keep(editor: &Editor<'_>, value: &mut Json, keys: &[&str]) {
    for key in keys {
        let known = editor.at(&format!("/exit/trailing_stop/{key}")).cloned();
        if let (Some(known), Some(map)) = (known, value.as_object_mut())
            && !map.contains_key(*key)
        {
            map.insert((*key).to_owned(), known);
        }
    }
}

/// `take half off at 2R`: the targets of the rest stay.
fn keep_rest(editor: &Editor<'_>, value: &mut Json) {
    let Some([part]) = value.as_array().map(Vec::as_slice) else { return };
    let known = editor.at("/exit/take_profit").cloned();
    let rest: Vec<Json> = match known {
        Some(Json::Array(known)) => known.into_iter().filter(|leg| leg.get("fraction").is_none()).collect(),
        Some(known @ Json::Object(_)) if known.get("long").is_none() && known.get("short").is_none() => vec![known],
        Some(_) | None => Vec::new(),
    };
    if part.get("fraction").is_some() && rest.len() == 1 {
        let mut legs = vec![part.clone()];
        legs.extend(rest);
        *value = Json::from(legs);
    }
}

/// Long before short.
fn order_sides(editor: &mut Editor<'_>, pointer: &str) {
    if let Some(value) = editor.at(pointer).cloned()
        && let (Some(long), Some(short)) = (value.get("long"), value.get("short"))
    {
        put(&mut editor.document, pointer, json!({ "long": long, "short": short }));
    }
}

/// One cost: another unit of the same cost is replaced; "no costs" keeps the units there are.
fn cost(editor: &mut Editor<'_>, key: &str, value: &Json, phrase: &str) -> Result<(), DraftFailure> {
    let twin = match key {
        "slippage_ticks" => "slippage_bps",
        "slippage_bps" => "slippage_ticks",
        "commission_per_side" => "commission_bps",
        _ => "commission_per_side",
    };
    let twin = format!("/costs/{twin}");
    if editor.at(&twin).is_some() {
        if value.as_f64() == Some(0.0) {
            return editor.set(&twin, json!(0), phrase);
        }
        editor.remove(&twin, phrase);
    }
    editor.set(&format!("/costs/{key}"), value.clone(), phrase)
}

/// One side only, both sides, the opposite.
pub(crate) fn sides(gathered: &mut Assembly<'_>, editor: &mut Editor<'_>) -> Result<(), DraftFailure> {
    let phrase = |gathered: &Assembly<'_>, start: &str| {
        gathered
            .plan
            .iter()
            .find(|item| item.became.starts_with(start))
            .map(|item| item.phrase.clone())
            .unwrap_or_default()
    };
    if let Some(only) = gathered.only {
        let words = phrase(gathered, "entry: ");
        if editor.entry(only).is_none() {
            return Err(DraftFailure::new(
                format!("no entry would be left: the strategy has no {} side", only.key()),
                format!("describe a {} entry first, for example \"also {} the opposite\"", only.key(), only.key()),
            ));
        }
        drop_side(editor, only.other(), &words);
    }
    let wants_both = gathered.both || gathered.mirror.is_some();
    if wants_both {
        let words = phrase(gathered, "entry: ");
        let known = editor.sides();
        if known.len() == 2 {
            if gathered.mirror.is_none() {
                editor.scene.assume("both sides are traded already");
            }
            return Ok(());
        }
        let Some(side) = known.first().copied() else { return Ok(()) };
        add_opposite(editor, side, &words)?;
        gathered.mirror = None;
    }
    Ok(())
}

/// Takes a side out, with its exits.
pub(crate) fn drop_side(editor: &mut Editor<'_>, side: Side, phrase: &str) {
    editor.remove(&format!("/entry/{}", side.key()), phrase);
    editor.remove(&format!("/exit/{}", side.key()), phrase);
    for key in ["stop_loss", "take_profit", "trailing_stop", "break_even"] {
        let pointer = format!("/exit/{key}");
        if let Some(own) = editor.at(&format!("{pointer}/{}", side.other().key())).cloned() {
            put(&mut editor.document, &pointer, own);
        }
    }
}

fn add_opposite(editor: &mut Editor<'_>, side: Side, phrase: &str) -> Result<(), DraftFailure> {
    let other = side.other();
    let entry = editor.at(&format!("/entry/{}", side.key())).cloned().unwrap_or_default();
    editor.set(&format!("/entry/{}", other.key()), turned(&entry), phrase)?;
    if let Some(exit) = editor.at(&format!("/exit/{}", side.key())).and_then(Json::as_str).map(opposite) {
        editor.set(&format!("/exit/{}", other.key()), Json::from(exit), phrase)?;
    }
    for key in ["stop_loss", "take_profit"] {
        let pointer = format!("/exit/{key}");
        if let Some(own) = editor.at(&pointer).filter(|value| value.get("price").is_some()).cloned() {
            put(&mut editor.document, &pointer, json!({ side.key(): own.clone(), other.key(): turned(&own) }));
            order_sides(editor, &pointer);
        }
    }
    Ok(())
}

/// An entry or a price for the other side.
pub(crate) fn turned(value: &Json) -> Json {
    match value {
        Json::String(text) => Json::from(opposite(text)),
        Json::Object(map) => Json::Object(
            map.iter()
                .map(|(key, value)| {
                    let text = matches!(key.as_str(), "when" | "price");
                    (key.clone(), if text { turned(value) } else { value.clone() })
                })
                .collect::<Map<_, _>>(),
        ),
        other => other.clone(),
    }
}

pub(crate) fn orders(gathered: &mut Assembly<'_>, editor: &mut Editor<'_>, side: Side) -> Result<(), DraftFailure> {
    let Some(order) = gathered.orders.get(index(side)).cloned().flatten() else { return Ok(()) };
    let phrase = gathered
        .plan
        .iter()
        .find(|item| item.became.contains("order "))
        .map(|item| item.phrase.clone())
        .unwrap_or_default();
    let sides = if order.side.is_some() { vec![side] } else { editor.sides() };
    for side in sides {
        let when = editor.entry(side).unwrap_or_default();
        let Order { kind, expires_bars, .. } = &order;
        let price =
            if order.side.is_none() && side == Side::Short { opposite(&order.price) } else { order.price.clone() };
        let mut value = json!({ "when": when, "order": kind, "price": price });
        let known = editor.at(&format!("/entry/{}/expires_bars", side.key())).cloned();
        if let Some(map) = value.as_object_mut()
            && let Some(bars) = expires_bars.map(Json::from).or(known)
        {
            map.insert("expires_bars".to_owned(), bars);
        }
        editor.set(&format!("/entry/{}", side.key()), value, &phrase)?;
    }
    Ok(())
}

fn finish(
    gathered: Assembly<'_>,
    mut editor: Editor<'_>,
    reading: &Reading<'_>,
    plain: &Json,
    around: &Surroundings<'_>,
) -> Result<Draft, DraftFailure> {
    if editor.sides().is_empty() {
        return Err(DraftFailure::new("no entry would be left", "keep one side, or describe a new entry"));
    }
    if editor.document == *plain {
        let mut failure = DraftFailure::new(
            "nothing in the strategy would change",
            "say what to change, for example \"widen the stop to 30 points\" or \"long only\"",
        );
        failure.unhandled = gathered.unhandled;
        if let Some(first) = failure.unhandled.first() {
            failure.message = format!("\"{first}\" could not be read as a change");
        }
        return Err(failure);
    }
    for side in editor.sides() {
        let (entry, pointer) = (editor.entry(side).unwrap_or_default(), format!("/entry/{}", side.key()));
        if editor.document.pointer(&pointer) != plain.pointer(&pointer) {
            let held = super::possible::possible(&entry, &format!("entry.{}", side.key()), &reading.scene)?;
            editor.settled(side, &entry, &held);
        }
    }
    if editor.document.pointer("/exit").and_then(Json::as_object).is_some_and(Map::is_empty) {
        editor.document.as_object_mut().map(|all| all.shift_remove("exit"));
    }
    super::misplaced::of_change(&reading.scene, plain, &editor, &gathered.unhandled)?;
    super::carried_out::replaced_something(&reading.tokens, &editor)?;
    super::sided_edits::side_kept(&reading.tokens, plain, &editor)?;
    checked(&editor.document, around, None).map_err(|failure| naming(failure, &gathered.unhandled))?;
    let assumptions = reading.scene.assumed();
    let (document, plan, unhandled) = (editor.document, editor.plan, gathered.unhandled);
    Ok(super::accounted::handed_back(
        Draft { document, plan, assumptions, unhandled, tokens: None },
        reading,
        Some(plain),
    ))
}
