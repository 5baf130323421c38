//! The corpus: descriptions and changes as traders type them, one JSON object a line.

use drafter::grammar::{Span, Surroundings, change, describe};
use market::{Catalogue, TradingDate};
use ports::drafter::{Draft, DraftFailure};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where the corpus lies.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("drafter")
}

/// The cases of a file.
pub fn cases(file: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder().join(file)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The documents that changes start from.
pub fn bases() -> BTreeMap<String, Value> {
    serde_json::from_str(&std::fs::read_to_string(folder().join("bases.json")).unwrap()).unwrap()
}

fn day(text: &str) -> TradingDate {
    TradingDate::parse(text).unwrap()
}

/// Reads with every market's data from 2005 to 20 November 2026.
pub fn with_surroundings<T>(read: impl FnOnce(&Surroundings<'_>) -> T) -> T {
    let catalogue = Catalogue::builtin();
    let span = |_: &str| Some(Span { first: day("2005-01-03"), last: day("2026-11-20") });
    let with_data = ["MNQ".to_owned(), "SPY".to_owned()];
    read(&Surroundings::new(&catalogue, &span, &with_data, day("2026-11-21")))
}

/// What a case is answered with.
pub fn answer(case: &Value, bases: &BTreeMap<String, Value>, around: &Surroundings<'_>) -> Result<Draft, DraftFailure> {
    match case.get("base").and_then(Value::as_str) {
        Some(base) => change(case["changes"].as_str().unwrap(), &bases[base], None, around),
        None => describe(case["text"].as_str().unwrap(), around),
    }
}

fn shown(outcome: &Result<Draft, DraftFailure>) -> Value {
    match outcome {
        Ok(draft) => {
            let plan: Vec<String> =
                draft.plan.iter().map(|item| format!("{} => {}", item.phrase, item.became)).collect();
            json!({
                "document": draft.document, "plan": plan, "assumptions": draft.assumptions, "unhandled": draft.unhandled,
            })
        }
        Err(failure) => {
            let asked: Vec<Value> = failure.questions.iter().map(|one| json!([one.phrase, one.choices])).collect();
            json!({ "fails": failure.message, "next": failure.next, "questions": asked, "unhandled": failure.unhandled })
        }
    }
}

/// Every case of a file is answered exactly as it says.
fn check(file: &str) {
    let bases = bases();
    let mut wrong = Vec::new();
    let mut accepted = String::new();
    with_surroundings(|around| {
        for case in cases(file) {
            let mut now = case.clone();
            let answered = shown(&answer(&case, &bases, around));
            for key in ["document", "plan", "assumptions", "unhandled", "fails", "next", "questions"] {
                now.as_object_mut().unwrap().shift_remove(key);
            }
            now.as_object_mut().unwrap().extend(answered.as_object().unwrap().clone());
            accepted.push_str(&format!("{now}\n"));
            if now != case {
                wrong.push(format!("want {case}\n got {now}"));
            }
        }
    });
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(folder().join(file), accepted).unwrap();
        return;
    }
    assert!(wrong.is_empty(), "{} of {file}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn descriptions_are_read_exactly() {
    check("descriptions.jsonl");
}

#[test]
fn changes_are_read_exactly() {
    check("changes.jsonl");
}

#[test]
fn the_corpus_is_large_enough_and_reaches_every_family() {
    let descriptions = cases("descriptions.jsonl");
    assert!(descriptions.len() >= 250 && cases("changes.jsonl").len() >= 80);
    let documents: String = descriptions.iter().filter_map(|case| case.get("document")).map(Value::to_string).collect();
    let mut unseen: Vec<String> = Vec::new();
    for row in strategy::indicators::table() {
        let family = format!("{:?}", row.family);
        let seen = |name: &str| documents.contains(&format!("{name}("));
        if strategy::indicators::table().filter(|other| other.family == row.family).all(|other| !seen(other.name))
            && !unseen.contains(&family)
        {
            unseen.push(family);
        }
    }
    assert!(unseen.is_empty(), "no description has an indicator of {unseen:?}");
    for construct in [
        "crosses above",
        "crosses below",
        " rising",
        " falling",
        " for ",
        " within ",
        " and ",
        " or ",
        "not ",
        "[1]",
        " of ",
        "('1h')",
        "session.",
        "previous_day.",
        "previous_week.",
        "opening_range(",
        "pivots",
        "gap",
        "vwap",
        "tick",
        "open_profit",
        "\"order\":\"stop\"",
        "\"order\":\"limit\"",
        "expires_bars",
        "\"points\"",
        "\"ticks\"",
        "\"percent\"",
        "\"money\"",
        "\"atr\"",
        "\"r\"",
        "\"price\"",
        "fraction",
        "trailing_stop",
        "activate_after",
        "basis",
        "break_even",
        "offset",
        "max_minutes",
        "max_bars",
        "flatten",
        "before_close_minutes",
        "windows",
        "weekdays",
        "max_trades_per_day",
        "cooldown_bars",
        "max_daily_loss",
        "max_daily_profit",
        "max_consecutive_losses",
        "contracts",
        "shares",
        "units",
        "risk_money",
        "risk_percent",
        "equity_percent",
        "max_quantity",
        "capital",
        "slippage_ticks",
        "slippage_bps",
        "commission_per_side",
        "commission_bps",
        "leverage",
        "\"last\"",
        "\"from\"",
        "\"to\"",
        "time_zone",
        "session\":\"regular",
    ] {
        assert!(documents.contains(construct), "no description has {construct}");
    }
}

/// What a draft says passes the checker (drafting asks it), and a change leaves what it does not mention.
#[test]
fn undo_restores_the_version_before() {
    let bases = bases();
    with_surroundings(|around| {
        let before = &bases["ema_cross"];
        let changed = change("widen the stop to 30", before, None, around).unwrap();
        assert_eq!(changed.document["exit"]["stop_loss"], json!({ "points": 30 }));
        let back = change("undo the last change", &changed.document, Some(before), around).unwrap();
        assert_eq!(&back.document, before);
        assert!(!back.plan.is_empty());
    });
}
