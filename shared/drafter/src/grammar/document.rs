//! What was gathered into a document: sides completed, exits per side, contradictions named, the checker asked.

use super::assemble::{Assembly, index};
use super::orders::Order;
use super::pieces::Item;
use super::possible::possible;
use super::reading::{Reading, Surroundings};
use super::rule::{Joint, Rule};
use super::scene::{Scene, Side};
use super::settings::settings;
use domain::artifact::PlanItem;
use ports::drafter::{Draft, DraftFailure, Question};
use serde_json::{Map, Value as Json, json};

/// The plan's line of an exit on the opposite of the entry.
pub(crate) const ON_THE_OPPOSITE: &str = "exit: on the opposite of the entry";

/// The opposite of a rule without parameters.
pub(crate) fn opposite(text: &str) -> String {
    strategy::mirrored(text, &|_| None).unwrap_or_else(|| text.to_owned())
}

/// The draft of a description.
pub(crate) fn finish(
    mut gathered: Assembly<'_>,
    reading: &Reading<'_>,
    around: &Surroundings<'_>,
) -> Result<Draft, DraftFailure> {
    let Some(market) = &reading.scene.market else { return Err(no_market(gathered, around)) };
    // A cross without a direction is the long's, where nothing else is traded.
    let longs = reading.pieces.iter().any(|piece| {
        matches!(piece.item, Item::Entry(Some(Side::Long)) | Item::OnlySide(Side::Long) | Item::BothSides)
    });
    super::possible::complete(&reading.scene, !longs)?;
    let conditions = entries(&mut gathered, reading)?;
    let mut document = Map::new();
    document.insert("language".to_owned(), Json::from(1));
    if let Some((from, to)) = reading.title {
        let name = gathered.words(from, to);
        reading.scene.assume(format!("\"{name}\" is read as the strategy's name"));
        gathered.plan.insert(0, PlanItem { phrase: name.clone(), became: format!("name: {name}") });
        document.insert("name".to_owned(), Json::from(name));
    }
    document.insert("market".to_owned(), Json::from(market.symbol.clone()));
    document.insert("timeframe".to_owned(), Json::from(reading.scene.timeframe));
    plan_chart(&mut gathered, reading);
    let sides: Vec<Side> = [Side::Long, Side::Short]
        .into_iter()
        .filter(|side| conditions.get(index(*side)).is_some_and(Option::is_some))
        .collect();
    super::whose::unruled_sides(&mut gathered, reading, &sides);
    let mut entry = Map::new();
    for side in &sides {
        if let Some(Some(rule)) = conditions.get(index(*side)) {
            entry.insert(side.key().to_owned(), rule.clone());
        }
    }
    let mut document = Json::Object(document);
    put(&mut document, "/entry", Json::Object(entry));
    exit_rules(&mut gathered, reading, &sides, &conditions, &mut document)?;
    settings(&mut gathered, reading, &sides, &mut document)?;
    check(document, gathered, reading, around)
}

fn plan_chart(gathered: &mut Assembly<'_>, reading: &Reading<'_>) {
    if let Some(mention) =
        reading.mentions.iter().find(|mention| Some(&mention.instrument) == reading.scene.market.as_ref())
    {
        let phrase = gathered.words(mention.from, mention.to);
        let market = &mention.instrument;
        gathered.plan.insert(0, PlanItem { phrase, became: format!("market: {} ({})", market.symbol, market.name) });
    }
    if let Some(frame) = reading.frame {
        let known = reading.pieces.iter().find(|piece| {
            matches!(piece.item, Item::Known)
                && !reading.mentions.iter().any(|mention| mention.from == piece.from)
                && gathered
                    .words(piece.from, piece.to)
                    .chars()
                    .any(|letter| letter.is_ascii_digit() || "dhwm".contains(letter))
        });
        let phrase = known.map_or_else(|| frame.to_owned(), |piece| gathered.words(piece.from, piece.to));
        gathered.plan.insert(1.min(gathered.plan.len()), PlanItem { phrase, became: format!("timeframe: {frame}") });
    }
}

fn no_market(gathered: Assembly<'_>, around: &Surroundings<'_>) -> DraftFailure {
    let mut choices: Vec<String> = around.with_data.iter().take(6).cloned().collect();
    if choices.is_empty() {
        choices = ["MNQ", "MES", "SPY", "EURUSD", "BTCUSD"].map(str::to_owned).to_vec();
    }
    let mut failure = DraftFailure::asking(
        "no market is named",
        Question::new("market", choices),
        "say what it trades, for example \"on MNQ\"; list_instruments shows what has data",
    );
    failure.unhandled = gathered.unhandled;
    failure
}

/// Refuses "long only" beside a short entry, or beside both sides.
fn one_side_only(gathered: &Assembly<'_>) -> Result<(), DraftFailure> {
    for side in [Side::Long, Side::Short] {
        let only_other = gathered.only.is_some_and(|only| only != side);
        let described = gathered.entries.get(index(side)).is_some_and(|rule| !rule.is_empty())
            || gathered.orders.get(index(side)).is_some_and(Option::is_some);
        if only_other && described {
            return Err(DraftFailure::asking(
                format!("it is to trade one side only, but a {} entry is described", side.key()),
                Question::new(side.key(), [format!("drop the {} entry", side.key()), "trade both sides".to_owned()]),
                "say which side it trades",
            ));
        }
    }
    if let (true, Some(only)) = (gathered.both || gathered.mirror.is_some(), gathered.only) {
        return Err(DraftFailure::asking(
            format!("\"{} only\" contradicts that both sides are traded", only.key()),
            Question::new(format!("{} only", only.key()), [format!("{} only", only.key()), "both sides".to_owned()]),
            "say which side it trades",
        ));
    }
    Ok(())
}

/// The entry of each side, mirrored where one side is the opposite of the other.
fn entries(gathered: &mut Assembly<'_>, reading: &Reading<'_>) -> Result<[Option<Json>; 2], DraftFailure> {
    adopt_pending(gathered, reading);
    super::named_breakout::named_breakout(gathered, reading);
    one_side_only(gathered)?;
    super::demanded_only::demanded_only(gathered)?;
    complete_sides(gathered, reading)?;
    shared_expiry(gathered, reading);
    let mut found: [Option<Json>; 2] = [None, None];
    for side in [Side::Long, Side::Short] {
        let rule = gathered.entries.get(index(side)).cloned().unwrap_or_default();
        let order = gathered.orders.get(index(side)).cloned().flatten();
        let rule = super::named_breakout::of_the_order(gathered, side, rule, order.as_ref());
        if rule.is_empty() && order.is_none() {
            continue;
        }
        let mut filters = gathered.filters.clone();
        let turned_side = gathered.mirror.is_some_and(|target| target.unwrap_or(Side::Short) == side);
        let said = filters.text();
        if turned_side && opposite(&said) != said {
            reading.scene.assume(format!("\"{said}\", demanded of every entry, is turned round for {}s", side.key()));
        }
        if gathered.shared_entry && side == Side::Short || turned_side {
            let turned = filters
                .take()
                .into_iter()
                .map(|(joint, text)| {
                    // A cross without a direction takes the side's by itself.
                    let open = reading.scene.undirected.borrow().contains(&text);
                    (joint, if open { super::each_side::touch_turned(text, &reading.scene) } else { opposite(&text) })
                })
                .collect::<Vec<_>>();
            turned.into_iter().for_each(|(joint, text)| filters.add(joint, text));
        } else if side == Side::Short && gathered.entries.iter().all(|rule| !rule.is_empty()) {
            for (joint, text) in filters.take() {
                filters.add(joint, super::each_side::touch_turned(text, &reading.scene));
            }
        }
        if rule.is_empty() && filters.is_empty() && !gathered.unhandled.is_empty() {
            // What the order waits for may be among the words that nobody could read.
            return Err(no_entry(gathered));
        }
        let text = with_filters(reading, side, &rule, &filters, order.as_ref());
        if rule.is_mixed() {
            reading.scene.assume(format!("\"and\" binds before \"or\": entry.{} is {text}", side.key()));
        }
        let text = possible(&text, &format!("entry.{}", side.key()), &reading.scene)?;
        let value = match order {
            None => Json::from(text),
            Some(order) => ordered(&text, &order),
        };
        if let Some(slot) = found.get_mut(index(side)) {
            *slot = Some(value);
        }
    }
    if found.iter().all(Option::is_none) {
        return Err(super::named_breakout::side_asked(gathered, reading).unwrap_or_else(|| no_entry(gathered)));
    }
    super::whose::one_sided(gathered, reading);
    super::whose::same_cross(&found, reading);
    super::joints::after(reading);
    super::named_breakout::without_rule(gathered, reading);
    Ok(found)
}

/// "a buy stop above and a sell stop below, good for 2 bars": both are.
fn shared_expiry(gathered: &mut Assembly<'_>, reading: &Reading<'_>) {
    let [Some(long), Some(short)] = &mut gathered.orders else { return };
    let (Some(bars), true) = (long.expires_bars.or(short.expires_bars), long.expires_bars != short.expires_bars) else {
        return;
    };
    if long.expires_bars.is_none() || short.expires_bars.is_none() {
        reading.scene.assume(format!("the orders of both sides are good for {bars} bars"));
        (long.expires_bars, short.expires_bars) = (Some(bars), Some(bars));
    }
}

fn ordered(when: &str, order: &Order) -> Json {
    let mut value = json!({ "when": when, "order": order.kind, "price": order.price });
    if let (Some(bars), Some(map)) = (order.expires_bars, value.as_object_mut()) {
        map.insert("expires_bars".to_owned(), Json::from(bars));
    }
    value
}

/// The conditions of one side with those demanded of every entry; an order without any waits where its price is ahead.
fn with_filters(reading: &Reading<'_>, side: Side, rule: &Rule, filters: &Rule, order: Option<&Order>) -> String {
    let mut all = rule.clone();
    for (place, (joint, text)) in filters.clone().take().into_iter().enumerate() {
        all.add(if place == 0 { Joint::With } else { joint }, directed(reading, text, side));
    }
    if all.is_empty()
        && let Some(order) = order
    {
        reading
            .scene
            .assume(format!("no condition is said for the {} order: it rests until its price is reached", side.key()));
        let long = order.side != Some(Side::Short);
        let ahead = (order.kind == "stop") == long;
        return format!("close {} {}", if ahead { "<=" } else { ">=" }, order.price);
    }
    all.text()
}

/// Conditions whose side was never named.
fn adopt_pending(gathered: &mut Assembly<'_>, reading: &Reading<'_>) {
    let pending = std::mem::take(&mut gathered.pending);
    if pending.is_empty() {
        return;
    }
    let described = gathered.entries.iter().any(|rule| !rule.is_empty()) || gathered.orders.iter().any(Option::is_some);
    let side = gathered.only.unwrap_or(Side::Long);
    if !described {
        if gathered.only.is_none() && !gathered.both {
            reading.scene.assume("no side is named: the entry is read as long");
        }
    } else if let Some((_, _, phrase)) = pending.first() {
        reading.scene.assume(format!("\"{phrase}\" is read as a further condition of the entries"));
    }
    for (joint, text, phrase) in pending {
        let text = if described { text } else { directed(reading, text, side) };
        let rule = if described { Some(&mut gathered.filters) } else { gathered.entries.get_mut(index(side)) };
        let place = if described { "entry".to_owned() } else { format!("entry.{}", side.key()) };
        if let Some(rule) = rule {
            rule.add(joint, text.clone());
        }
        gathered.plan.push(PlanItem { phrase, became: format!("{place}: {text}") });
    }
}

/// The side that is the opposite of the described one.
fn complete_sides(gathered: &mut Assembly<'_>, reading: &Reading<'_>) -> Result<(), DraftFailure> {
    let has = |gathered: &Assembly<'_>, side: Side| {
        gathered.entries.get(index(side)).is_some_and(|rule| !rule.is_empty())
            || gathered.orders.get(index(side)).is_some_and(Option::is_some)
    };
    let (long, short) = (has(gathered, Side::Long), has(gathered, Side::Short));
    let target = match (gathered.mirror, gathered.both) {
        (Some(side), _) => side.or(if long { Some(Side::Short) } else { Some(Side::Long) }),
        (None, true) if long != short => Some(if long { Side::Short } else { Side::Long }),
        (None, _) => None,
    };
    if gathered.doubled && gathered.mirror.is_none() {
        // One rule for both sides: an exit of no side is turned round for shorts.
        let exit = std::mem::take(&mut gathered.any_exit);
        if !exit.is_empty() && opposite(&exit.text()) != exit.text() {
            reading.scene.assume("the exit is read for longs; that of shorts is its mirror");
        }
        return mirrored_exits(gathered, &exit, Side::Short);
    }
    let Some(target) = target else { return Ok(()) };
    if has(gathered, target) {
        if gathered.both && gathered.mirror.is_none() {
            return Ok(());
        }
        return Err(DraftFailure::asking(
            format!("the {0} entry is described, and asked to be the opposite of the other side as well", target.key()),
            Question::new(
                "opposite",
                [format!("keep the described {} entry", target.key()), "use the opposite".to_owned()],
            ),
            "say one of the two",
        ));
    }
    super::whose::mirrored_unasked(gathered, reading, target);
    let source = gathered.entries.get(index(target.other())).cloned().unwrap_or_default();
    let order = gathered.orders.get(index(target.other())).cloned().flatten();
    let mut rule = Rule::default();
    if !source.is_empty() {
        rule.add(Joint::Implicit, opposite(&source.text()));
    }
    if let Some(slot) = gathered.entries.get_mut(index(target)) {
        *slot = rule;
    }
    if let (Some(slot), Some(order)) = (gathered.orders.get_mut(index(target)), order) {
        *slot = Some(Order { side: Some(target), price: opposite(&order.price), ..order });
    }
    // An exit rule of the described side is the other's too, turned round.
    let exit = gathered.exits.get(index(target.other())).cloned().unwrap_or_default();
    let exit = if exit.is_empty() { std::mem::take(&mut gathered.any_exit) } else { exit };
    mirrored_exits(gathered, &exit, target)
}

/// An exit rule for its side, and turned round for `target`.
fn mirrored_exits(gathered: &mut Assembly<'_>, exit: &Rule, target: Side) -> Result<(), DraftFailure> {
    if !exit.is_empty() {
        let turned = opposite(&exit.text());
        for (side, text) in [(target.other(), exit.text()), (target, turned)] {
            if let Some(slot) = gathered.exits.get_mut(index(side))
                && slot.is_empty()
            {
                slot.add(Joint::Implicit, text);
            }
        }
    }
    Ok(())
}

fn no_entry(gathered: &mut Assembly<'_>) -> DraftFailure {
    let mut failure = DraftFailure::new(
        "no entry rule was found",
        "say when it buys or sells short, for example \"go long when the 9 EMA crosses above the 21 EMA\"",
    );
    failure.unhandled = std::mem::take(&mut gathered.unhandled);
    if let Some(first) = failure.unhandled.first() {
        failure.message = format!("no entry rule was found; \"{first}\" could not be read");
        failure.questions = failure.unhandled.iter().map(|phrase| Question::new(phrase.clone(), [])).collect();
    }
    failure
}

/// A cross whose direction the text left open, in the direction of a side.
pub(crate) fn directed(reading: &Reading<'_>, text: String, side: Side) -> String {
    if !reading.scene.undirected.borrow().contains(&text) {
        return text;
    }
    super::replaced_rules::directed(&text, side)
}

/// `exit on the opposite signal`: the entry of each side turned round.
fn opposite_exits(gathered: &mut Assembly<'_>, scene: &Scene<'_>, sides: &[Side], conditions: &[Option<Json>; 2]) {
    if !gathered.exit_opposite {
        return;
    }
    let mut without = false;
    for side in sides {
        let entry = conditions.get(index(*side)).and_then(Option::as_ref);
        let text = entry.and_then(|entry| entry.as_str().or_else(|| entry.get("when").and_then(Json::as_str)));
        let core = gathered.entries.get(index(*side)).map(Rule::text).filter(|text| !text.is_empty());
        if let (Some(slot), Some(text)) = (gathered.exits.get_mut(index(*side)), core.or(text.map(str::to_owned))) {
            let text = if gathered.exit_cross { super::opposite_crosses::held(&text) } else { text };
            // What has no direction has no opposite.
            let turned = opposite(&text);
            without |= turned == text;
            if turned != text {
                let levels = |rule: &str| rule.matches(|letter: char| letter.is_ascii_digit()).collect::<String>();
                if levels(&turned) != levels(&text) {
                    scene.assume(format!("the opposite of \"{text}\" is read as \"{turned}\""));
                }
                slot.add(Joint::Or, turned);
            }
        }
    }
    if without && let Some(line) = gathered.plan.iter().position(|item| item.became == ON_THE_OPPOSITE) {
        gathered.unhandled.push(gathered.plan.remove(line).phrase);
    }
}

/// `exit.long` and `exit.short`.
fn exit_rules(
    gathered: &mut Assembly<'_>,
    reading: &Reading<'_>,
    sides: &[Side],
    conditions: &[Option<Json>; 2],
    document: &mut Json,
) -> Result<(), DraftFailure> {
    opposite_exits(gathered, &reading.scene, sides, conditions);
    let common = gathered.any_exit.clone();
    if !common.is_empty() && sides.len() == 2 {
        reading.scene.assume("an exit without a side closes longs and shorts alike");
    }
    for side in [Side::Long, Side::Short] {
        let mut rule = gathered.exits.get(index(side)).cloned().unwrap_or_default();
        if !sides.contains(&side) {
            let other = gathered.exits.get(index(side.other())).map(Rule::text).unwrap_or_default();
            let of_both = gathered.exit_levels.iter().any(|level| rule.text().contains(level) && other.contains(level));
            if !rule.is_empty() && !of_both {
                super::misplaced::untraded_exit(gathered, side, opposite(&other) == rule.text());
            }
            continue;
        }
        let entry = conditions.get(index(side)).and_then(Option::as_ref);
        let entry = entry.and_then(|entry| entry.as_str().or_else(|| entry.get("when").and_then(Json::as_str)));
        let entry = entry.unwrap_or_default();
        super::exit_levels::against(&mut rule, &mut gathered.plan, entry, side, &reading.scene);
        let mut shared = Vec::new();
        for (joint, text) in common.clone().take() {
            let open = reading.scene.undirected.borrow().contains(&text);
            let text = if open {
                super::exit_levels::turned(&text, side, entry, &mut gathered.plan)
            } else {
                super::exit_levels::extreme_of(text, side, sides.len() == 2, &reading.scene)
            };
            shared.push((joint, text));
        }
        rule.join_exits(shared, sides.len() == 2);
        super::exit_levels::touched(&mut rule, entry, side, &reading.scene);
        let said = rule.clone();
        super::exit_levels::returning(&mut rule, entry, side, &reading.scene)?;
        super::exit_levels::replanned(&mut gathered.plan, side, said, rule.clone());
        super::exit_levels::reached(&mut rule, entry, &gathered.exit_levels, side, &reading.scene);
        if !rule.is_empty() {
            let text = possible(&rule.text(), &format!("exit.{}", side.key()), &reading.scene)?;
            put(document, &format!("/exit/{}", side.key()), Json::from(text));
        }
    }
    Ok(())
}

/// Sets the value at a pointer, making the objects on the way.
pub(crate) fn put(document: &mut Json, pointer: &str, value: Json) {
    let mut place = document;
    let mut parts = pointer.trim_start_matches('/').split('/').peekable();
    while let Some(part) = parts.next() {
        if !place.is_object() {
            *place = json!({});
        }
        let Some(map) = place.as_object_mut() else { return };
        if parts.peek().is_none() {
            map.insert(part.to_owned(), value);
            return;
        }
        place = map.entry(part.to_owned()).or_insert_with(|| json!({}));
    }
}

/// Asks the checker, and hands over what stands.
fn check(
    document: Json,
    mut gathered: Assembly<'_>,
    reading: &Reading<'_>,
    around: &Surroundings<'_>,
) -> Result<Draft, DraftFailure> {
    super::misplaced::untraded(&mut gathered, &document);
    super::misplaced::told(&gathered, reading)?;
    super::misplaced::own_exit(&document)?;
    super::misplaced::at_once(&document, &reading.scene);
    super::misplaced::ranges(&document, &gathered.unhandled, &reading.scene)?;
    checked(&document, around, None).map_err(|failure| naming(failure, &gathered.unhandled))?;
    let Assembly { plan, unhandled, .. } = gathered;
    let draft = Draft { document, plan, assumptions: reading.scene.assumed(), unhandled, tokens: None };
    Ok(super::accounted::handed_back(draft, reading, None))
}

/// A failure with the words that nobody could read: they may be what is missing.
pub(crate) fn naming(mut failure: DraftFailure, unhandled: &[String]) -> DraftFailure {
    if !unhandled.is_empty() && failure.unhandled.is_empty() {
        let words: Vec<String> = unhandled.iter().map(|phrase| format!("\"{phrase}\"")).collect();
        failure.message = format!("{}; {} could not be read", failure.message, words.join(" and "));
        failure.unhandled = unhandled.to_vec();
    }
    failure
}

/// What the checker says of a drafted document, as a failure of the text.
pub(crate) fn checked(
    document: &Json,
    around: &Surroundings<'_>,
    previous: Option<&strategy::Strategy>,
) -> Result<strategy::Strategy, DraftFailure> {
    strategy::check(document, around.catalogue, previous).map_err(|problems| {
        let first = problems.first();
        let message = first.map_or_else(String::new, |problem| format!("{}: {}", problem.path, problem.message));
        let mut failure = DraftFailure::new(
            format!("the text was read as a document that the language does not allow ({message})"),
            first.and_then(|problem| problem.help.clone()).unwrap_or_else(|| "say that part in another way".to_owned()),
        );
        failure.questions =
            problems.iter().map(|problem| Question::new(problem.path.clone(), [problem.message.clone()])).collect();
        failure
    })
}
