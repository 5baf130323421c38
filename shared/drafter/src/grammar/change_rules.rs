//! Conditions of a change into the entries and exits there are.

use super::assemble::{Assembly, index};
use super::calls::conjuncts;
use super::change::orders;
use super::document::opposite;
use super::editor::Editor;
use super::edits;
use super::renewed::{entered, join_entry};
use super::rule::{Joint, Rule};
use super::scene::Side;
use ports::drafter::DraftFailure;
use serde_json::Value as Json;

/// The words of the plan's lines that begin with `place`.
fn phrase(gathered: &Assembly<'_>, place: &str) -> String {
    let said: Vec<String> =
        gathered.plan.iter().filter(|item| item.became.starts_with(place)).map(|item| item.phrase.clone()).collect();
    said.join(", ")
}

/// Conditions that were said of entries and exits.
///
/// # Errors
/// What cannot be put into them.
pub(crate) fn conditions(gathered: &mut Assembly<'_>, editor: &mut Editor<'_>) -> Result<(), DraftFailure> {
    let mut filters = std::mem::take(&mut gathered.filters);
    let pending = std::mem::take(&mut gathered.pending);
    let mut pending_phrase = String::new();
    for (joint, text, phrase) in pending {
        pending_phrase = phrase;
        filters.add(joint, text);
    }
    mirrored(gathered, editor);
    exits_of_a_new_side(gathered, editor);
    for side in [Side::Long, Side::Short] {
        let rule = gathered.entries.get(index(side)).cloned().unwrap_or_default();
        let own = phrase(gathered, &format!("entry.{}: ", side.key()));
        if !rule.is_empty() {
            entered(gathered, editor, side, &rule, &own)?;
        }
        exits(gathered, editor, side)?;
        orders(gathered, editor, side)?;
    }
    if !filters.is_empty() {
        let own = phrase(gathered, "entry: ");
        let own = if own.is_empty() { pending_phrase } else { own };
        let text = filters.text();
        if super::replaced_rules::put_in_place(gathered, editor, &text, &own)? {
            return Ok(());
        }
        // "on a pullback to the 9 EMA": from above for longs, from below for shorts.
        let touched = text.starts_with("low <= ") || text.starts_with("high >= ");
        let both = editor.sides().len() == 2;
        for side in editor.sides() {
            let fits = text.starts_with("low") == (side == Side::Long);
            let parts = filters.clone().take().into_iter().map(|(_, part)| part);
            let turned = if touched && both && !fits {
                opposite(&text)
            } else {
                // "also demand a MACD cross": up for longs, down for shorts.
                let undirected = editor.scene.undirected.borrow();
                let open = parts.filter(|part| undirected.contains(part));
                open.fold(text.clone(), |text, part| text.replace(&part, &super::replaced_rules::directed(&part, side)))
            };
            join_entry(editor, side, &turned, &own)?;
        }
        if touched && both {
            editor.scene.assume(format!("\"{own}\" is read for longs from above, for shorts from below"));
        } else if both {
            // "back above 30 for the long, back under 70 for the short", of which the sides were not read.
            let bare = |words: &&String| {
                let mut words = words.split_whitespace().peekable();
                words.peek().is_some()
                    && words.all(|word| matches!(word, "for" | "the" | "long" | "short" | "longs" | "shorts"))
            };
            if let Some(side) = gathered.unhandled.iter().find(bare) {
                return Err(DraftFailure::new(
                    format!("\"{side}\" could not be read together with \"{own}\""),
                    "say each side with its rule, for example \"longs only when …, shorts only when …\"",
                )
                .about(side.clone()));
            }
            let open = editor.scene.undirected.borrow().iter().any(|part| text.contains(part.as_str()));
            editor.scene.assume(if open {
                format!("\"{own}\" is demanded of both sides, each in its own direction")
            } else {
                format!("\"{own}\" is demanded of longs and shorts alike")
            });
        }
    }
    Ok(())
}

/// "add shorts: A, exit when B": B closes the side that is new.
fn exits_of_a_new_side(gathered: &mut Assembly<'_>, editor: &Editor<'_>) {
    let new = |side: &Side| {
        editor.entry(*side).is_none() && gathered.entries.get(index(*side)).is_some_and(|rule| !rule.is_empty())
    };
    let sides: Vec<Side> = [Side::Long, Side::Short].into_iter().filter(new).collect();
    let [side] = sides.as_slice() else { return };
    let other = gathered.exits.get(index(side.other())).is_none_or(Rule::is_empty);
    if editor.entry(side.other()).is_none() || gathered.any_exit.is_empty() || !other {
        return;
    }
    let said = gathered.any_exit.text();
    editor.scene.assume(format!("the exit \"{said}\", said with the new {} entry, is its own", side.key()));
    for (joint, text) in gathered.any_exit.take() {
        if let Some(rule) = gathered.exits.get_mut(index(*side)) {
            rule.add(joint, text);
        }
    }
    for item in gathered.plan.iter_mut().filter(|item| item.became.starts_with("exit: ")) {
        item.became = item.became.replacen("exit: ", &format!("exit.{}: ", side.key()), 1);
    }
}

/// "longs need A, shorts the opposite": the other side of two that are traded already.
fn mirrored(gathered: &mut Assembly<'_>, editor: &Editor<'_>) {
    if gathered.mirror.is_none() || editor.sides().len() != 2 {
        return;
    }
    let ruled = |side: Side| gathered.entries.get(index(side)).is_some_and(|rule| !rule.is_empty());
    let from = match (ruled(Side::Long), ruled(Side::Short)) {
        (true, false) => Side::Long,
        (false, true) => Side::Short,
        (true, true) => return editor.scene.assume("both sides are traded already"),
        (false, false) => {
            // The opposite of what was not read.
            let words = phrase(gathered, "entry: the opposite");
            return gathered.unhandled.push(words);
        }
    };
    let own = phrase(gathered, "entry: the opposite");
    let parts = gathered.entries.get(index(from)).cloned().unwrap_or_default().take();
    for (joint, text) in parts {
        let turned = opposite(&text);
        gathered.put(super::assemble::Role::Entry(from.other()), joint, turned, own.clone());
    }
}

/// The exits of a side.
fn exits(gathered: &mut Assembly<'_>, editor: &mut Editor<'_>, side: Side) -> Result<(), DraftFailure> {
    if editor.entry(side).is_none() {
        if let Some(rule) = gathered.exits.get(index(side)).filter(|rule| !rule.is_empty()) {
            let other = gathered.exits.get(index(side.other())).map(Rule::text).unwrap_or_default();
            if opposite(&other) != rule.text() {
                gathered.unhandled.push(format!("exit of {0}s: there is no {0} entry", side.key()));
            }
        }
        return Ok(());
    }
    let entry = editor.entry(side).unwrap_or_default();
    let mut rule = gathered.exits.get(index(side)).cloned().unwrap_or_default();
    super::exit_levels::touched(&mut rule, &entry, side, editor.scene);
    super::exit_levels::returning(&mut rule, &entry, side, editor.scene)?;
    super::exit_levels::reached(&mut rule, &entry, &gathered.exit_levels, side, editor.scene);
    let own = phrase(gathered, &format!("exit.{}: ", side.key()));
    // A level said of no side stands in the plan as every exit's.
    let own = if own.is_empty() { phrase(gathered, "exit: ") } else { own };
    if gathered.new_exits.contains(&side) && !rule.is_empty() {
        let pointer = format!("/exit/{}", side.key());
        editor.set(&pointer, Json::from(rule.text()), &own)?;
    } else {
        join_exit(editor, side, &rule, &own)?;
    }
    let any = phrase(gathered, "exit: ");
    let mut common = Rule::default();
    for (joint, text) in gathered.any_exit.clone().take() {
        let open = editor.scene.undirected.borrow().contains(&text);
        let both = editor.sides().len() == 2;
        let turned = if open {
            super::exit_levels::crossed(&text, side, &entry)
        } else {
            super::exit_levels::extreme_of(text, side, both, editor.scene)
        };
        common.add(joint, turned);
    }
    if gathered.exit_opposite {
        let crosses: Vec<String> = conjuncts(&entry).into_iter().filter(|part| part.contains(" crosses ")).collect();
        let text = if gathered.exit_cross && !crosses.is_empty() { crosses.join(" and ") } else { entry.clone() };
        common.add(Joint::Or, opposite(&text));
    }
    super::exit_levels::touched(&mut common, &entry, side, editor.scene);
    super::exit_levels::returning(&mut common, &entry, side, editor.scene)?;
    let said = gathered.any_exit.text();
    let directed = editor.scene.undirected.borrow().iter().all(|open| !said.contains(open));
    if editor.sides().len() == 2 && !said.is_empty() && directed && opposite(&said) != said {
        editor.scene.assume("an exit without a side closes longs and shorts alike");
    }
    join_exit(editor, side, &common, &any)
}

/// `exit at the 5 SMA instead`, `… rather than on the RSI`: what the sentence of the phrase says goes with it.
fn instead(text: &str, phrase: &str, known: &str) -> bool {
    let from = text.find(phrase).unwrap_or(0);
    if super::replaced_rules::ARROWS.iter().any(|arrow| phrase.contains(arrow)) {
        return true;
    }
    let sentence =
        text.get(from..).unwrap_or_default().split(['.', ';', '\n']).next().unwrap_or_default().to_lowercase();
    if sentence.split_once("instead").is_some_and(|(_, rest)| !rest.trim_start().starts_with("of ")) {
        return true;
    }
    let given_up = ["instead of ", "rather than ", "in place of "].into_iter();
    given_up.filter_map(|words| sentence.split_once(words)).any(|(_, rest)| {
        let mut words = rest.split(|one: char| !one.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let named = words.find(|word| !matches!(*word, "on" | "at" | "the" | "when" | "a" | "using" | "my" | "its"));
        named.is_some_and(|word| word == "exit" || word.len() > 2 && known.contains(word))
    })
}

fn join_exit(editor: &mut Editor<'_>, side: Side, rule: &Rule, phrase: &str) -> Result<(), DraftFailure> {
    if rule.is_empty() || editor.entry(side).is_none() {
        return Ok(());
    }
    let text = rule.text();
    let pointer = format!("/exit/{}", side.key());
    let phrase = super::replaced_rules::behind_arrow(editor.scene.text, phrase).unwrap_or(phrase);
    let joined = match editor.at(&pointer).and_then(Json::as_str) {
        None => text,
        Some(known) if edits::same_value(known, &text) || instead(editor.scene.text, phrase, known) => text,
        Some(known) => format!("{known} or {text}"),
    };
    editor.set(&pointer, Json::from(joined), phrase)
}
