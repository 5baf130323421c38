//! Days and hours as they are said: of trading or not, of one day or of all, of a range or of entries.

use crate::corpus::{answer, bases, with_surroundings};
use serde_json::json;

/// Times behind an opening range, or behind its end, are when the range is made: never when it trades.
#[test]
fn the_times_of_a_range_are_no_trading_hours() {
    let ranges = [
        ("opening range", "opening range"),
        ("first hour", "first hour"),
        ("first 60 minutes", "first 60 minutes"),
        ("60 minute opening range", "60 minute ORB"),
        ("initial balance", "first 60 minute range"),
    ];
    let times = [
        "(9:30-10:30)",
        "(9:30 to 10:30)",
        "(9:30am - 10:30am)",
        "(9:30 - 10:30 ET)",
        "(until 10:30)",
        ", 9:30-10:30,",
    ];
    let ends = ["with a 20 point stop", "& flat at 3:55pm", ", stop 20 points"];
    let bases = bases();
    let (mut wrong, mut read) = (Vec::new(), 0);
    with_surroundings(|around| {
        for (one, other) in ranges {
            for (time, end) in times.into_iter().flat_map(|time| ends.map(|end| (time, end))) {
                for high in
                    [format!("{one} high {time}"), format!("{other} {time} high"), format!("high of the {one} {time}")]
                {
                    if one == "opening range" && time.starts_with(',') {
                        // Without a length the hours may be hours.
                        continue;
                    }
                    let text = format!("NQ 5m buy when price breaks above the {high} {end}");
                    let Ok(draft) = answer(&json!({ "text": text }), &bases, around) else { continue };
                    let hours = draft.document.pointer("/filters/windows");
                    let rule = draft.document["entry"]["long"].as_str().unwrap_or_default();
                    read += 1;
                    if hours.is_some() || rule != "close crosses above opening_range(60, 'regular').high" {
                        wrong.push(format!("{text}\n    {}", draft.document));
                    }
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{} of {read} ranges give hours:\n{}", wrong.len(), wrong.join("\n"));
    assert!(read > 100, "only {read} were read");
}

/// A rule about days that is taken out lets them back in, in every wording.
#[test]
fn days_are_let_back_in() {
    let wordings = [
        "put {d} back in",
        "{d} back in please",
        "no more skipping {d}",
        "stop skipping {d}",
        "don't skip {d} anymore",
        "bring back {d}",
        "forget the {d} thing",
        "drop the {d} rule",
        "remove the {d} filter and the target",
        "remove the target and the {d} filter",
        "allow {d} again",
    ];
    let mut wrong = Vec::new();
    with_surroundings(|around| {
        let described =
            "ES 15m long when RSI(14) crosses above 30, 8 point stop, 16 point target, no trades on fridays";
        let base = drafter::grammar::describe(described, around).unwrap().document;
        for text in wordings.map(|wording| wording.replace("{d}", "fridays")) {
            let found = drafter::grammar::change(&text, &base, None, around);
            let days = found.as_ref().ok().and_then(|draft| draft.document.pointer("/filters/weekdays").cloned());
            let target = found.as_ref().is_ok_and(|draft| draft.document.pointer("/exit/take_profit").is_none());
            let unread = found.as_ref().map_or(true, |draft| !draft.unhandled.is_empty());
            if days != Some(json!(["mon", "tue", "wed", "thu", "fri"])) || target != text.contains("target") || unread {
                wrong.push(format!("{text}\n    {:?}", found.map(|draft| (draft.document, draft.unhandled))));
            }
        }
    });
    assert!(wrong.is_empty(), "{} keep the days out:\n{}", wrong.len(), wrong.join("\n"));
}

/// Minutes in which is traded or not are hours, never the length of an opening range.
#[test]
fn minutes_of_trading_are_no_opening_range() {
    let wordings = [
        "no trades in the first 30 minutes",
        "no entries during the first 30 min",
        "don't trade the first 30 minutes",
        "skip the first 30 minutes",
        "avoid the first 30 mins",
        "never in the first 30 minutes",
        "only trade the first 30 minutes",
        "first 30 minutes only",
        "wait for the first 30 minutes to pass",
        "not within the first 30 minutes",
    ];
    let base = bases()["orb_es"].clone();
    let mut wrong = Vec::new();
    with_surroundings(|around| {
        for text in wordings {
            let found = drafter::grammar::change(text, &base, None, around);
            if found.as_ref().is_ok_and(|draft| draft.document.pointer("/entry") != base.pointer("/entry")) {
                wrong.push(format!("{text}\n    {:?}", found.map(|draft| draft.document)));
            }
        }
    });
    assert!(wrong.is_empty(), "{} change the range:\n{}", wrong.len(), wrong.join("\n"));
}

/// Hours of one weekday cannot be held: nothing of them becomes the hours or the days of every trade.
#[test]
fn hours_of_one_day_are_handed_back() {
    let wordings = [
        "No trading Wednesday 10:25 to 10:45.",
        "Skip Wednesdays 10:25-10:45.",
        "Not on Wednesdays between 10:25 and 10:45.",
        "Avoid Wednesday 10:25-10:45.",
        "No trades on Wednesday from 10:25 to 10:45.",
        "Wednesday: 10:25-10:45 only.",
        "Monday to Thursday 9:30-15:00, Wednesday 10:25-10:45.",
        "No Wednesday mornings.",
    ];
    let mut wrong = Vec::new();
    with_surroundings(|around| {
        for wording in wordings {
            let text = format!("MCL 5m: long when RSI(7) crosses above 30, 25 tick stop. {wording}");
            let found = drafter::grammar::describe(&text, around);
            let filtered = found.as_ref().is_ok_and(|draft| draft.document.pointer("/filters").is_some());
            let named = found.as_ref().map_or(true, |draft| !draft.unhandled.is_empty());
            if filtered || !named {
                wrong.push(format!("{text}\n    {:?}", found.map(|draft| (draft.document, draft.unhandled))));
            }
        }
    });
    assert!(wrong.is_empty(), "{} are held for every day:\n{}", wrong.len(), wrong.join("\n"));
}

/// Days that a change trades are let in beside those there are; only "only" leaves the others out.
#[test]
fn days_that_are_traded_join_the_others() {
    let base = bases()["vwap"].clone();
    let all = json!(["mon", "tue", "wed", "thu", "fri"]);
    let mut wrong = Vec::new();
    with_surroundings(|around| {
        for (text, days) in [
            ("trade fridays", all.clone()),
            ("let it trade on fridays", all.clone()),
            ("no daily loss limit, and trade fridays", all.clone()),
            ("also fridays", all.clone()),
            ("fridays too", all),
            ("only fridays", json!(["fri"])),
            ("trade only fridays", json!(["fri"])),
        ] {
            let found = drafter::grammar::change(text, &base, None, around);
            if found.as_ref().ok().and_then(|draft| draft.document.pointer("/filters/weekdays")) != Some(&days) {
                wrong.push(format!("{text}\n    {:?}", found.map(|draft| (draft.document, draft.unhandled))));
            }
        }
    });
    assert!(wrong.is_empty(), "{} set other days:\n{}", wrong.len(), wrong.join("\n"));
}
