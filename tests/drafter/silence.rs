//! Nothing is dropped in silence: a phrase that is garbled comes back by name, one that is left out is missed.

use crate::corpus::{answer, bases, cases, with_surroundings};
use serde_json::json;

/// A word nobody knows, and no near one either.
const NONSENSE: &str = "qwxzjkv";

/// Every word of every description in turn becomes nonsense: it is named, or nothing is drafted.
#[test]
fn a_garbled_word_is_named() {
    let bases = bases();
    let mut silent = Vec::new();
    with_surroundings(|around| {
        for case in cases("descriptions.jsonl") {
            let text = case["text"].as_str().unwrap();
            for word in text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)) {
                let garbled = text.replacen(word, NONSENSE, 1);
                let Ok(draft) = answer(&json!({ "text": garbled }), &bases, around) else { continue };
                let named = draft.unhandled.iter().chain(&draft.assumptions).any(|said| said.contains(NONSENSE));
                if !named {
                    silent.push(format!("{garbled}\n    {}", draft.document));
                }
            }
        }
    });
    assert!(silent.is_empty(), "{} garbled words dropped in silence:\n{}", silent.len(), silent.join("\n"));
}

/// A phrase of the plan that is left out is missed: the document, the plan's other lines or the failure tell.
#[test]
fn a_dropped_phrase_is_missed() {
    let bases = bases();
    let mut same = Vec::new();
    with_surroundings(|around| {
        for case in cases("descriptions.jsonl").into_iter().filter(|case| case.get("plan").is_some()) {
            let text = case["text"].as_str().unwrap();
            let Ok(whole) = answer(&case, &bases, around) else { continue };
            for item in &whole.plan {
                if !text.contains(&item.phrase) || text.matches(&item.phrase).count() > 1 {
                    continue;
                }
                let less = text.replacen(&item.phrase, "", 1);
                let Ok(draft) = answer(&json!({ "text": less }), &bases, around) else { continue };
                // Said twice, or what the rest says anyway ("long only" beside long rules).
                let again = draft.plan.iter().any(|other| other.became == item.became);
                let anyway = item.became.starts_with("entry: ");
                if draft.document == whole.document && draft.assumptions == whole.assumptions && !again && !anyway {
                    same.push(format!("{text}\n    without \"{}\"", item.phrase));
                }
            }
        }
    });
    assert!(same.is_empty(), "{} phrases of the plan change nothing:\n{}", same.len(), same.join("\n"));
}

/// Words that deny: in front of a rule they turn it or are named, never dropped.
#[test]
fn a_denial_is_never_dropped() {
    let sentences = [
        "Buy ES when the RSI is below 30. 10 point stop.",
        "Short NQ when price crosses below vwap on the 5 minute chart.",
        "Long MNQ 5m when the 9 EMA crosses above the 21 EMA and ADX is above 25.",
    ];
    let denials = ["don't", "never", "do not", "not", "unless", "except", "without", "avoid"];
    with_surroundings(|around| {
        for sentence in sentences {
            let plain = drafter::grammar::describe(sentence, around).unwrap();
            for denial in denials {
                for at in [" when ", " crosses ", " is "] {
                    let denied = sentence.replacen(at, &format!(" {denial}{at}"), 1);
                    if denied == sentence {
                        continue;
                    }
                    if let Ok(draft) = drafter::grammar::describe(&denied, around) {
                        let said = draft.document != plain.document || !draft.unhandled.is_empty();
                        assert!(said, "{denied}\n    {}", draft.document);
                    }
                }
            }
        }
    });
}

/// Demands that nobody can tell, of words that say nothing elsewhere, with the word by which they are known.
const VAGUE: [(&str, &str); 9] = [
    ("the trend is good", "trend"),
    ("price is in trend", "trend"),
    ("it has momentum", "momentum"),
    ("there is a signal", "signal"),
    ("the market looks good", "market"),
    ("price hits", "price"),
    ("there is a cross", "cross"),
    ("there is a pullback", "pullback"),
    ("the setup triggers", "setup"),
];

/// Wherever a vague demand stands, it is handed back or nothing is drafted.
#[test]
fn a_vague_demand_is_handed_back() {
    let descriptions = [
        "SPY daily. Buy when RSI(2) < 10 and {}. stop 5%",
        "SPY daily. Buy when RSI(2) < 10, {}, stop 5%",
        "SPY daily. Buy when RSI(2) < 10. {}. stop 5%",
        "SPY daily. Buy when RSI(2) < 10 or {}. stop 5%",
        "SPY daily. Buy when {} and RSI(2) < 10. stop 5%",
        "SPY daily. If {}, buy when RSI(2) < 10. stop 5%",
        "SPY daily. When {} buy if RSI(2) < 10. stop 5%",
        "SPY daily. Only trade when {}. Buy when RSI(2) < 10. stop 5%",
        "SPY daily. Don't trade when {}. Buy when RSI(2) < 10. stop 5%",
        "SPY daily. Buy when RSI(2) < 10 as long as {}. stop 5%",
        "SPY daily. Buy when RSI(2) < 10 but not if {}. stop 5%",
        "SPY daily. Buy when RSI(2) < 10 while {}. stop 5%",
        "SPY daily. Buy when RSI(2) < 10, stop 5% when {}",
        "SPY daily. Buy when RSI(2) < 10, stop 5%, target 10% unless {}",
        "SPY daily. Buy when RSI(2) < 10. Exit when RSI(2) > 70 and {}. stop 5%",
        "SPY daily. Buy when RSI(2) < 10. Sell when {}. stop 5%",
        "SPY daily. Buy when RSI(2) < 10. Short when RSI(2) > 90 and {}. stop 5%",
    ];
    let changes = [
        "make the stop 15 points when {}",
        "if {} make the stop 15 points",
        "longs only when {}",
        "no trades when {}",
        "add a 3R target and {}",
        "stop 15 points, {}",
        "stop 15 points. {}",
        "use the 50 EMA instead of the 21 when {}",
        "add RSI above 50 for longs and {}",
        "move the stop to break even once {}",
        "exit when {}",
        "only trade 9:30 to 11:30 and {}",
    ];
    let bases = bases();
    let described = descriptions.iter().map(|text| ("text", text));
    let mut silent = Vec::new();
    with_surroundings(|around| {
        for (key, pattern) in described.chain(changes.iter().map(|text| ("changes", text))) {
            for (vague, known_by) in VAGUE {
                let text = pattern.replace("{}", vague);
                let mut case = json!({ key: text });
                if key == "changes" {
                    case["base"] = json!("ema_cross");
                }
                let Ok(draft) = answer(&case, &bases, around) else { continue };
                if !draft.unhandled.iter().any(|words| words.to_lowercase().contains(known_by)) {
                    silent.push(format!("{text}\n    {}", draft.document));
                }
            }
        }
    });
    assert!(silent.is_empty(), "{} vague demands dropped in silence:\n{}", silent.len(), silent.join("\n"));
}

/// Clauses of everyday words that the language cannot say.
const UNSAYABLE: [&str; 14] = [
    "use all of it each trade",
    "close half of it on a green bar",
    "only in the first week of the month",
    "buy again lower",
    "wait for the second touch",
    "skip the first signal",
    "exit at tuesday's close",
    "flat by 4pm on fridays",
    "same size as the last winner",
    "double the size after a loss",
    "stop goes to the low of the entry day",
    "with the trend of the week",
    "not if the open was far away",
    "target the other end of it",
];

/// Wherever it stands, what the language cannot say is handed back or nothing is drafted.
#[test]
fn what_the_language_cannot_say_is_handed_back() {
    let descriptions = [
        "SPY daily. Buy when RSI(2) < 10, stop 5%. {}",
        "SPY daily. Buy when RSI(2) < 10, {}, stop 5%",
        "MNQ 5m: long when the 9 EMA crosses above the 21 EMA, short when it crosses below, {}. 20 point stop",
        "ES 15m short when close crosses below the lower Bollinger band, 2R target and 2 ATR stop; {}",
        "EURUSD 1h, 20 pip stop, {}, buy when RSI(14) < 30",
    ];
    let changes = ["{}", "use a 30 point stop and {}", "longs only, {}", "{}, and trade 2 contracts"];
    let described = descriptions.iter().map(|text| (None, *text));
    let changed =
        ["ema_cross", "rsi2_spy"].into_iter().flat_map(|base| changes.iter().map(move |text| (Some(base), *text)));
    let bases = bases();
    let mut silent = Vec::new();
    with_surroundings(|around| {
        for (base, place) in described.chain(changed) {
            for clause in UNSAYABLE {
                let text = place.replace("{}", clause);
                let case = match base {
                    Some(base) => json!({ "base": base, "changes": text }),
                    None => json!({ "text": text }),
                };
                let Ok(draft) = answer(&case, &bases, around) else { continue };
                if draft.unhandled.is_empty() {
                    silent.push(format!("{case}\n    {}\n    {:?}", draft.document, draft.assumptions));
                }
            }
        }
    });
    assert!(silent.is_empty(), "{} clauses dropped in silence:\n{}", silent.len(), silent.join("\n"));
}

/// "… instead of X" of what the strategy never had: it is handed back or refused, not carried out as if it had.
#[test]
fn what_never_was_is_not_replaced() {
    let changes = [
        "use a 30 point stop",
        "target 3R",
        "exit when price closes above the 50 EMA",
        "trade 14:00 to 15:30",
        "use 10 minute bars",
        "only trade when ADX(14) is above 25",
        "break even after 15 points",
        "2 contracts",
    ];
    let given_up = ["the MACD exit", "the supertrend", "7R", "13 bars", "the weekly VWAP", "9 contracts", "wednesdays"];
    let bases = bases();
    let mut silent = Vec::new();
    with_surroundings(|around| {
        for change in changes {
            for old in given_up {
                for joint in ["instead of", "rather than", "in place of"] {
                    let text = format!("{change} {joint} {old}");
                    let Ok(draft) = answer(&json!({ "base": "ema_cross", "changes": text }), &bases, around) else {
                        continue;
                    };
                    if draft.unhandled.is_empty() {
                        silent.push(format!("{text}\n    {}", draft.document));
                    }
                }
            }
        }
    });
    assert!(silent.is_empty(), "{} were replaced that never were:\n{}", silent.len(), silent.join("\n"));
}
