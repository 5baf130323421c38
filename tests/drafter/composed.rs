//! Descriptions and changes composed of parts whose meaning is known, in many orders and wordings: each is read as what it is
//! composed of, or says what it was not read as; and nearly all are read exactly.

use crate::corpus::{answer, bases, with_surroundings};
use ports::drafter::{Draft, DraftFailure};
use serde_json::{Map, Value, json};
use std::path::Path;

const TEXTS: usize = 2_000;

/// Of all composed texts, those read exactly.
const EXACT_PERCENT: usize = 95;

/// Assumptions that say nothing of which rule or side a phrase belongs to: beside them a wrong document is silent.
const SAY_LITTLE: [&str; 10] = [
    "am or pm",
    "no chart is named",
    "the opening range is",
    "overbought above",
    "without a unit",
    "is money on the whole position",
    "the first hour is read",
    "the trading day is read",
    "morning is read",
    "is read as the strategy's name",
];

/// Chosen without chance: the same texts every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % count
    }

    fn of<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len())]
    }

    fn word(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.below(last + 1));
        }
    }
}

struct Parts(Value);

impl Parts {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("drafter/parts.json");
        Self(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    }

    fn list(&self, name: &str) -> &[Value] {
        self.0[name].as_array().unwrap()
    }
}

/// A text with the document that it means.
struct Composed {
    /// As the corpus asks: `text`, or `base` and `changes`.
    asked: Value,
    document: Value,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Puts `value` into `document`, object by object.
fn merge(document: &mut Value, value: &Value) {
    match value.as_object() {
        Some(fields) if document.is_object() => {
            for (key, field) in fields {
                merge(document.as_object_mut().unwrap().entry(key.clone()).or_insert(json!({})), field);
            }
        }
        _ => document.clone_from(value),
    }
}

/// Conditions of a side in words, and the rule that they are.
fn body(dice: &mut Dice, side: &str, conditions: &[&Value]) -> (String, String) {
    let words: Vec<String> = conditions
        .iter()
        .map(|condition| text(dice.of(condition[format!("{side}_words")].as_array().unwrap())))
        .collect();
    let rules: Vec<String> = conditions.iter().map(|condition| text(&condition[side])).collect();
    let all = rules.join(" and ");
    match words.as_slice() {
        [one] => (one.clone(), all),
        [one, two] => {
            let joint = dice.of(&[" and ", " and ", " while ", ", but only if ", " as long as ", " provided ", " + "]);
            (format!("{one}{joint}{two}"), all)
        }
        [one, two, three] => match dice.below(4) {
            0 => (format!("{one}, {two} and {three}"), all),
            1 => (format!("{one} and {two} and {three}"), all),
            2 => {
                let [first, second, third] = rules.as_slice() else { unreachable!() };
                (format!("either {one} or {two}, and {three}"), format!("({first} or {second}) and {third}"))
            }
            _ => (format!("{one} and {two}, but only while {three}"), all),
        },
        _ => unreachable!(),
    }
}

/// The entry of a side: before its rule, behind it, or as a label.
fn entry(dice: &mut Dice, side: &str, conditions: &[&Value]) -> (String, String) {
    let (words, rule) = body(dice, side, conditions);
    let verbs: [&str; 6] = if side == "long" {
        ["buy", "go long", "enter long", "open a long", "I go long", "I'd like to buy"]
    } else {
        ["sell short", "go short", "enter short", "open a short", "I go short", "I'd like to short"]
    };
    let verb = dice.of(&verbs);
    let when = dice.of(&["when", "if", "once", "whenever", "as soon as", "every time"]);
    let said = match dice.below(9) {
        0..=2 => format!("{verb} {when} {words}"),
        3 => format!("{when} {words}, {verb}"),
        4 => format!("{when} {words} then {verb}"),
        5 => format!("{side} entry: {words}"),
        6 => format!("{words} -> {side}"),
        7 => format!("{side}s {when} {words}"),
        _ => format!("for {side}s, {words}"),
    };
    (said, rule)
}

/// The exits of the traded sides on a condition that turns against them.
fn exits(dice: &mut Dice, sides: &[&str], condition: &Value) -> (String, Value) {
    let mut say = |side: &str| text(dice.of(condition[format!("{side}_words")].as_array().unwrap()));
    let (down, up) = (say("short"), say("long"));
    let said = match sides {
        ["long"] => dice
            .of(&["exit when {}", "close the trade when {}", "get out once {}", "hold until {}", "sell when {}"])
            .replace("{}", &down),
        ["short"] => dice
            .of(&["exit when {}", "cover when {}", "buy to cover if {}", "hold until {}", "get out when {}"])
            .replace("{}", &up),
        _ => dice
            .of(&[
                "exit longs when {d} and shorts when {u}",
                "close longs when {d}; cover shorts when {u}",
                "longs are closed when {d}, shorts are closed when {u}",
                "get out of longs when {d}, get out of shorts when {u}",
                "long exit: {d}\nshort exit: {u}",
            ])
            .replace("{d}", &down)
            .replace("{u}", &up),
    };
    let mut rules = Map::new();
    for side in sides {
        let rule = if *side == "long" { &condition["short"] } else { &condition["long"] };
        rules.insert((*side).to_owned(), rule.clone());
    }
    (said, json!({ "exit": rules }))
}

fn compose(dice: &mut Dice, parts: &Parts) -> Composed {
    let head = dice.of(parts.list("heads"));
    let mut document = json!({ "language": 1, "market": head[1], "timeframe": head[2], "entry": {} });
    let mut said = Vec::new();
    let mut conditions: Vec<&Value> = parts.list("conditions").iter().collect();
    dice.shuffle(&mut conditions);
    let mut next = conditions.into_iter();
    let mut some = |dice: &mut Dice, most: usize| -> Vec<&Value> { next.by_ref().take(1 + dice.below(most)).collect() };
    let rules = some(dice, 3);
    let both = ["long", "short"];
    let sides = [&both[..1], &both[1..], &both[..], &both[..]][dice.below(4)];
    let mut entries = Vec::new();
    for side in sides {
        let (words, rule) = entry(dice, side, &rules);
        entries.push(words);
        document["entry"][*side] = Value::from(rule);
    }
    said.push(entries.join(dice.word(&[", ", "; ", ". ", " and ", "\n", " / "])));
    if dice.chance(40) {
        let condition = some(dice, 1)[0];
        // What touches a line in an exit is read by where the entry was.
        if !text(&condition["long"]).contains("low <=") {
            let (words, rules) = exits(dice, sides, condition);
            merge(&mut document, &rules);
            said.push(words);
        }
    }
    let mut settings: Vec<&Value> = Vec::new();
    if dice.chance(80) {
        let stop = dice.of(parts.list("stops"));
        merge(&mut document, &json!({ "exit": { "stop_loss": stop[1] } }));
        said.push(text(&stop[0]));
        if dice.chance(70) {
            let target = dice.of(parts.list("targets"));
            merge(&mut document, &json!({ "exit": { "take_profit": target[1] } }));
            said.push(text(&target[0]));
        }
        settings.extend((0..dice.below(4)).map(|_| dice.of(parts.list("settings"))));
    }
    for setting in settings {
        let known = document.clone();
        let taken = setting[1].as_object().unwrap().iter().any(|(key, value)| match value.as_object() {
            Some(fields) if key != "sizing" && key != "window" => {
                fields.keys().any(|field| !known[key][field].is_null())
            }
            _ => !known[key].is_null(),
        });
        if !taken {
            merge(&mut document, &setting[1]);
            said.push(text(&setting[0]));
        }
    }
    if dice.chance(30) {
        dice.shuffle(&mut said);
    }
    let separator = dice.word(&[". ", ". ", ", ", "; ", "\n", "\n- ", " / "]);
    let rest = said.join(separator);
    let head = text(&head[0]);
    let text = if dice.chance(85) {
        format!("{head}{}{rest}", dice.of(&[": ", ". ", ", "]))
    } else {
        format!("{rest}{separator}{head}")
    };
    Composed { asked: json!({ "text": text }), document }
}

/// A document whose conditions stand in one order.
fn ordered(document: &Value) -> Value {
    let mut document = document.clone();
    document.as_object_mut().unwrap().shift_remove("name");
    for part in ["entry", "exit"] {
        for side in ["long", "short"] {
            if let Some(rule) = document.pointer(&format!("/{part}/{side}")).and_then(Value::as_str) {
                let mut conditions: Vec<&str> = rule.split(" and ").collect();
                conditions.sort_unstable();
                let rule = conditions.join(" and ");
                document[part][side] = Value::from(rule);
            }
        }
    }
    document
}

/// Changes of one strategy, each of other parts of it than the rest.
fn compose_changes(dice: &mut Dice, parts: &Parts) -> Composed {
    let of = |name: &String| {
        parts.list("changes").iter().any(|change| change["of"].as_array().unwrap().iter().any(|of| of == name))
    };
    let bases: Vec<(String, Value)> = bases().into_iter().filter(|(name, _)| of(name)).collect();
    let (base, document) = dice.of(&bases);
    let mut document = document.clone();
    let mut changes: Vec<&Value> = parts.list("changes").iter().collect();
    changes.retain(|change| change["of"].as_array().unwrap().iter().any(|of| of == base));
    dice.shuffle(&mut changes);
    let mut touched: Vec<&String> = Vec::new();
    let mut said = dice.of(&["", "", "", "please ", "can you ", "ok, ", "now "]).to_string();
    for change in changes.into_iter().take(1 + dice.below(3)) {
        let set = change["set"].as_object().unwrap();
        if set.keys().any(|pointer| touched.contains(&pointer)) {
            continue;
        }
        if !touched.is_empty() {
            said.push_str(dice.word(&[", ", " and ", ". ", "; ", ", and ", "\n- ", " + ", ", also "]));
        }
        said.push_str(dice.of(change["words"].as_array().unwrap()).as_str().unwrap());
        for (pointer, value) in set {
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            let place = if parent.is_empty() { &mut document } else { &mut document[parent.trim_start_matches('/')] };
            if value.is_null() {
                place.as_object_mut().unwrap().shift_remove(key);
            } else {
                place[key] = value.clone();
            }
        }
        touched.extend(set.keys());
    }
    document.as_object_mut().unwrap().retain(|_, part| part.as_object().is_none_or(|part| !part.is_empty()));
    said.push_str(dice.word(&["", "", "", ", keep everything else", " please", ". Rest stays the same"]));
    Composed { asked: json!({ "base": base, "changes": said }), document }
}

/// Composes many, and compares: wrong without a word is a failure, and so is a small share read exactly.
fn check(compose: impl Fn(&mut Dice, &Parts) -> Composed) {
    let (parts, bases) = (Parts::read(), bases());
    let mut dice = Dice(20_261_122);
    let (mut exact, mut silent) = (0, Vec::new());
    with_surroundings(|around| {
        for _ in 0..TEXTS {
            let composed = compose(&mut dice, &parts);
            let answered: Result<Draft, DraftFailure> = answer(&composed.asked, &bases, around);
            let Ok(draft) = answered else { continue };
            let right = ordered(&draft.document) == ordered(&composed.document);
            let tells = |sentence: &String| !SAY_LITTLE.iter().any(|little| sentence.contains(little));
            if right {
                exact += usize::from(draft.unhandled.is_empty());
            } else if draft.unhandled.is_empty() && !draft.assumptions.iter().any(tells) {
                silent.push(format!("{}\n    want {}\n    got  {}", composed.asked, composed.document, draft.document));
            }
        }
    });
    assert!(silent.is_empty(), "{} texts are silently wrong:\n{}", silent.len(), silent.join("\n"));
    assert!(exact * 100 >= TEXTS * EXACT_PERCENT, "{exact} of {TEXTS} are read exactly");
}

#[test]
fn descriptions_composed_of_parts_are_read_or_named() {
    check(compose);
}

#[test]
fn changes_composed_of_parts_are_carried_out_or_named() {
    check(compose_changes);
}
