//! What holds for one side, one moment or in one unit is read so, handed back or refused, however it is said.

use crate::corpus::{answer, bases, with_surroundings};
use serde_json::{Value, json};

/// Settings with demands before or behind them: the document cannot hold them, so they are handed back.
#[test]
fn a_setting_behind_a_demand_is_handed_back() {
    let settings = [
        "use a 30 point stop",
        "use a 3R target",
        "trade 3 contracts",
        "exit after 10 bars",
        "break even after 15 points",
        "trail 10 points",
        "no stop",
    ];
    let demands = [
        "if ADX(14) is above 25",
        "when RSI(14) is over 60",
        "while price is above vwap",
        "if the trend is strong",
        "on mondays",
        "in the afternoon",
    ];
    let places = ["{d} {s}", "{d}, {s}", "{s} {d}"];
    let bases = bases();
    let mut silent = Vec::new();
    with_surroundings(|around| {
        for setting in settings {
            for demand in demands {
                for place in places {
                    let text = place.replace("{s}", setting).replace("{d}", demand);
                    let case = json!({ "base": "ema_cross", "changes": text });
                    let Ok(draft) = answer(&case, &bases, around) else { continue };
                    if draft.unhandled.is_empty() {
                        silent.push(format!("{text}\n    {}", draft.document));
                    }
                }
            }
        }
    });
    assert!(silent.is_empty(), "{} demands dropped in silence:\n{}", silent.len(), silent.join("\n"));
}

/// However trades of one side are ruled out, the entry of the other stays as it was.
#[test]
fn a_side_that_is_ruled_out_is_that_side() {
    let verbs = [
        "skip",
        "avoid",
        "ignore",
        "no",
        "don't take",
        "drop",
        "kill the",
        "remove",
        "block",
        "exclude",
        "leave out",
        "filter out",
        "pass on",
        "stop taking",
        "disable",
        "no more",
    ];
    let conditions = [
        ("if price is above vwap", "close <= vwap"),
        ("when ADX(14) is below 20", "adx(14) >= 20"),
        ("whenever RSI(14) is over 70", "rsi(14) <= 70"),
    ];
    let bases = bases();
    let mut wrong = Vec::new();
    let mut carried_out = 0;
    with_surroundings(|around| {
        for verb in verbs {
            for (side, other) in [("long", "short"), ("short", "long")] {
                for (condition, negated) in conditions {
                    let text = format!("{verb} {side}s {condition}");
                    let case = json!({ "base": "ema_cross", "changes": text });
                    let Ok(draft) = answer(&case, &bases, around) else { continue };
                    let entry = &draft.document["entry"];
                    let own = entry[side].as_str().unwrap_or_default().ends_with(&format!(" and {negated}"));
                    let kept = entry[other] == bases["ema_cross"]["entry"][other];
                    carried_out += usize::from(own && kept);
                    if !kept || !own && draft.unhandled.is_empty() {
                        wrong.push(format!("{text}\n    {entry}"));
                    }
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{} read of another side:\n{}", wrong.len(), wrong.join("\n"));
    assert!(carried_out >= 80, "only {carried_out} of 96 are carried out");
}

/// Strategies whose stops are in each unit, by the words that describe them.
const STOPS: [(&str, &str); 4] = [
    ("pips", "EURUSD 1h long when rsi(14) < 30, short when rsi(14) > 70. 20 pip stop, 40 pip target"),
    ("points", "MNQ 5m long when rsi(14) < 30, short when rsi(14) > 70. 20 point stop, 40 point target"),
    ("atr", "ES 15m long when rsi(14) < 30, short when rsi(14) > 70. 2 ATR stop, 2R target"),
    ("percent", "SPY daily long when rsi(14) < 30, short when rsi(14) > 70. 5% stop"),
];

/// A change of an amount, and the exits it leaves; none: refused, for nobody can tell.
const AMOUNTS: [(&str, &str, Option<&str>); 26] = [
    ("pips", "widen the stop to 30", Some(r#"{"stop_loss":{"points":0.003},"take_profit":{"points":0.004}}"#)),
    ("pips", "widen the stop by 5", Some(r#"{"stop_loss":{"points":0.0025},"take_profit":{"points":0.004}}"#)),
    ("pips", "tighten the stop by 5 pips", Some(r#"{"stop_loss":{"points":0.0015},"take_profit":{"points":0.004}}"#)),
    ("pips", "stop 30 instead of 20", Some(r#"{"stop_loss":{"points":0.003},"take_profit":{"points":0.004}}"#)),
    ("pips", "stop 10 pips wider", Some(r#"{"stop_loss":{"points":0.003},"take_profit":{"points":0.004}}"#)),
    ("pips", "raise the target to 60", Some(r#"{"stop_loss":{"points":0.002},"take_profit":{"points":0.006}}"#)),
    ("pips", "target to 90", None),
    ("pips", "widen the stop by 2 ATR", None),
    ("points", "widen the stop by 8 ticks", Some(r#"{"stop_loss":{"points":22},"take_profit":{"points":40}}"#)),
    ("points", "widen the stop by 8", Some(r#"{"stop_loss":{"points":28},"take_profit":{"points":40}}"#)),
    ("points", "add 5 points to the stop", Some(r#"{"stop_loss":{"points":25},"take_profit":{"points":40}}"#)),
    ("points", "take 5 points off the stop", Some(r#"{"stop_loss":{"points":15},"take_profit":{"points":40}}"#)),
    ("points", "5 more points on the target", Some(r#"{"stop_loss":{"points":20},"take_profit":{"points":45}}"#)),
    ("points", "stop twice as wide", Some(r#"{"stop_loss":{"points":40},"take_profit":{"points":40}}"#)),
    ("points", "stop half as wide", Some(r#"{"stop_loss":{"points":10},"take_profit":{"points":40}}"#)),
    ("points", "widen the stop by 50%", Some(r#"{"stop_loss":{"points":30},"take_profit":{"points":40}}"#)),
    ("points", "widen the stop by 1 ATR", None),
    (
        "points",
        "stop 15 points for longs and 25 for shorts",
        Some(r#"{"stop_loss":{"long":{"points":15},"short":{"points":25}},"take_profit":{"points":40}}"#),
    ),
    (
        "points",
        "target 30 ticks on longs, 20 on shorts",
        Some(r#"{"stop_loss":{"points":20},"take_profit":{"long":{"ticks":30},"short":{"ticks":20}}}"#),
    ),
    ("atr", "widen the stop by half an ATR", Some(r#"{"stop_loss":{"atr":2.5,"period":14},"take_profit":{"r":2}}"#)),
    ("atr", "make the stop 3", Some(r#"{"stop_loss":{"atr":3,"period":14},"take_profit":{"r":2}}"#)),
    ("atr", "make the stop 25", None),
    ("atr", "widen the stop by 5 points", None),
    ("atr", "bump the target by 1R", Some(r#"{"stop_loss":{"atr":2,"period":14},"take_profit":{"r":3}}"#)),
    ("percent", "tighten the stop by 1%", Some(r#"{"stop_loss":{"percent":4}}"#)),
    ("percent", "make the stop 50", None),
];

#[test]
fn amounts_keep_their_units() {
    let mut wrong = Vec::new();
    with_surroundings(|around| {
        for (unit, text, expected) in AMOUNTS {
            let (_, described) = STOPS.iter().find(|(name, _)| *name == unit).unwrap();
            let base = drafter::grammar::describe(described, around).unwrap();
            assert!(base.unhandled.is_empty(), "{described}: {:?}", base.unhandled);
            let expected: Option<Value> = expected.map(|exits| serde_json::from_str(exits).unwrap());
            let found = drafter::grammar::change(text, &base.document, None, around).ok();
            let exits = found.map(|draft| draft.document["exit"].clone());
            if exits != expected {
                wrong.push(format!("{unit}: {text}\n    {}", exits.unwrap_or_default()));
            }
        }
    });
    assert!(wrong.is_empty(), "{} amounts in another unit:\n{}", wrong.len(), wrong.join("\n"));
}

/// What is said of leaving, in words that are known or not, is never demanded of the entry.
#[test]
fn what_is_said_of_leaving_is_no_demand_of_the_entry() {
    let leaving = [
        "exit on {n}",
        "get out on {n}",
        "sell on {n}",
        "bail on {n}",
        "take it off on {n}",
        "flatten on {n}",
        "leave on {n}",
        "bail when {s}",
        "kill it when {s}",
        "take it off if {s}",
        "cut it when {s}",
        "scale out when {s}",
        "get me out if {s}",
        "when {s} sell",
        "when {s} i sell",
        "if {s}, get out",
        "once {s} i'm done",
        "{s} = out",
        "{s} means exit",
        "hold while {s}",
        "add when {s}",
        "re-enter when {s}",
        "trail once {s}",
        "tighten the stop when {s}",
        "target 20 points or {n}",
        "target 20 points or when {s}",
        "stop 10 points or {n}",
        "out after 12 bars or when {s}",
        "flat at 3:55 or if {s}",
        "soft stop on {n}",
        "the rest on {n}",
    ];
    let rules = [
        ("a close below the 20 EMA", "price closes below the 20 EMA"),
        ("a cross of the 50 SMA", "price crosses the 50 SMA"),
        ("a 9/21 EMA cross", "the 9 EMA crosses below the 21 EMA"),
        ("RSI(14) over 70", "RSI(14) is over 70"),
        ("a new 10 bar low", "price makes a new 10 bar low"),
        ("a red candle", "a red candle prints"),
        ("a close under vwap", "it closes under vwap"),
    ];
    let bases = bases();
    let mut wrong = Vec::new();
    with_surroundings(|around| {
        for lead in leaving {
            for (noun, sentence) in rules {
                let said = lead.replace("{n}", noun).replace("{s}", sentence);
                let text = format!("ES 5m buy when CCI(20) crosses above -100, {said}, 2 contracts");
                let Ok(draft) = answer(&json!({ "text": text }), &bases, around) else { continue };
                if draft.document["entry"] != json!({ "long": "cci(20) crosses above -100" }) {
                    wrong.push(format!("{text}\n    {}", draft.document));
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{} rules of leaving are demanded of the entry:\n{}", wrong.len(), wrong.join("\n"));
}

/// A list of what is taken out takes all of it out, and leaves what stands beside it.
#[test]
fn lists_of_what_is_taken_out_are_taken_out_whole() {
    let things = [
        ("stop", "/exit/stop_loss"),
        ("target", "/exit/take_profit"),
        ("hours", "/filters/windows"),
        ("flat time", "/exit/flatten"),
        ("daily trade limit", "/filters/max_trades_per_day"),
    ];
    let described = "MNQ 5m long when the 9 EMA crosses above the 21 EMA, 20 point stop, 40 point target, 9:30 to 11 only, flat at 15:55, max 3 trades per day";
    let wordings = [
        "remove the {a} and the {b}",
        "drop {a} and {b}",
        "get rid of the {a} & the {b} please",
        "forget the {a} and the {b} thing",
    ];
    let mut wrong = Vec::new();
    with_surroundings(|around| {
        let base = drafter::grammar::describe(described, around).unwrap().document;
        for wording in wordings {
            for ((one, place), (other, beside)) in things.iter().flat_map(|one| things.map(|other| (*one, other))) {
                if one == other {
                    continue;
                }
                let text = wording.replace("{a}", one).replace("{b}", other);
                let found = drafter::grammar::change(&text, &base, None, around);
                let gone = found.as_ref().is_ok_and(|draft| {
                    things
                        .iter()
                        .all(|(_, kept)| draft.document.pointer(kept).is_none() == (*kept == place || *kept == beside))
                });
                if !gone {
                    wrong.push(format!("{text}\n    {:?}", found.map(|draft| (draft.document, draft.unhandled))));
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{} lists are not taken out whole:\n{}", wrong.len(), wrong.join("\n"));
}

/// An exit that is said for one side is that side's, however the side is named and wherever it stands.
#[test]
fn an_exit_of_one_side_is_that_sides() {
    let rules =
        "GC 1h. go long when EMA 5 crosses above EMA 20, go short when EMA 5 crosses below EMA 20. stop 2 ATR. ";
    let wordings = [
        "For {side} side only, also exit if RSI(14) is under 25.",
        "On the {side} side exit when RSI(14) is under 25.",
        "{side} side exit: RSI(14) under 25.",
        "Exit for the {side} side only: RSI(14) under 25.",
        "For the {side} side, exit when RSI(14) is under 25.",
    ];
    let mut wrong = Vec::new();
    with_surroundings(|around| {
        for wording in wordings {
            for (name, side, other) in [
                ("buy", "long", "short"),
                ("sell", "short", "long"),
                ("long", "long", "short"),
                ("short", "short", "long"),
                ("buying", "long", "short"),
                ("selling", "short", "long"),
            ] {
                let text = format!("{rules}{}", wording.replace("{side}", name));
                let found = drafter::grammar::describe(&text, around);
                let exit = |side: &str| {
                    let document = &found.as_ref().ok()?.document;
                    document.pointer(&format!("/exit/{side}"))?.as_str().map(str::to_owned)
                };
                if exit(side).as_deref() != Some("rsi(14) < 25") || exit(other).is_some() {
                    wrong.push(format!("{text}\n    {:?}", found.map(|draft| (draft.document, draft.unhandled))));
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{} exits are another side's:\n{}", wrong.len(), wrong.join("\n"));
}

/// A price has no axis in common with an oscillator or a volume: what is compared with a level of prices is the price,
/// whatever was spoken of last.
#[test]
fn oscillators_are_never_compared_with_prices() {
    let oscillators =
        ["RSI(14) crosses above 30", "CCI(20) is above 100", "stochastic %K crosses above 20", "MFI(14) is above 50"];
    let levels = ["VWAP", "the 20 EMA", "yesterday's high", "the 200 SMA", "the lower Bollinger band"];
    let wordings = [
        "{o} and at least 5 points over {l}",
        "{o} and it is more than 5 points under {l}",
        "{o}, more than 5 points below {l}",
        "{o} and above {l}",
        "{o} and it is below {l}",
        "{o} while at least 5 points above {l}",
    ];
    let mut wrong = Vec::new();
    with_surroundings(|around| {
        for (oscillator, level) in oscillators.iter().flat_map(|one| levels.map(|level| (one, level))) {
            for wording in wordings {
                let text = format!(
                    "ES 5m, buy when {}. Stop 8 points",
                    wording.replace("{o}", oscillator).replace("{l}", level)
                );
                let Ok(draft) = drafter::grammar::describe(&text, around) else { continue };
                let entry = draft.document.pointer("/entry/long").and_then(Value::as_str).unwrap_or_default();
                let mixed = entry.split(" and ").any(|part| {
                    let price =
                        ["vwap", "ema(", "sma(", "previous_day", "bbands("].iter().any(|level| part.contains(level));
                    price && ["rsi(", "cci(", "stoch(", "mfi("].iter().any(|name| part.contains(name))
                });
                if mixed {
                    wrong.push(format!("{text}\n    {entry}"));
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{} compare an oscillator with a price:\n{}", wrong.len(), wrong.join("\n"));
}

/// What a condition behind a comma leads to was not read: the condition opens nothing. Where it forbids a trade, it does.
#[test]
fn a_condition_that_forbids_is_never_demanded() {
    let conditions = [
        ("RSI(14) is above 80", "rsi(14) > 80"),
        ("ADX(14) is below 20", "adx(14) < 20"),
        ("price is under the 200 SMA", "close < sma(close, 200)"),
    ];
    let ends = [
        "do nothing",
        "skip the day",
        "stay flat",
        "no trade",
        "I stay out",
        "leave it",
        "sit out",
        "we pass",
        "forget it",
    ];
    let mut wrong = Vec::new();
    with_surroundings(|around| {
        for (condition, rule) in conditions {
            for end in ends {
                let text = format!("ES 5m: buy when close crosses above VWAP, stop 8 points. If {condition}, {end}.");
                let Ok(draft) = drafter::grammar::describe(&text, around) else { continue };
                let entry = draft.document.pointer("/entry/long").and_then(Value::as_str).unwrap_or_default();
                if entry.contains(rule) {
                    wrong.push(format!("{text}\n    {entry}"));
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{} demand what forbids:\n{}", wrong.len(), wrong.join("\n"));
}

/// A channel without a word for which of its lines is meant is its outer line where the words say which side, or is named.
#[test]
fn a_channel_is_never_its_middle_by_default() {
    let mut wrong = Vec::new();
    with_surroundings(|around| {
        for channel in
            ["donchian(40)", "the keltner channel", "the bollinger bands", "keltner (20, 1.5)", "bollinger 20 2"]
        {
            for wording in [
                "close crosses above {c}",
                "price breaks {c}",
                "a break of {c}",
                "price is above {c}",
                "breakout of {c}",
            ] {
                let text = format!("NG 30m: long when {}, stop 3 ATR", wording.replace("{c}", channel));
                let Ok(draft) = drafter::grammar::describe(&text, around) else { continue };
                let entry = draft.document.pointer("/entry/long").and_then(Value::as_str).unwrap_or_default();
                if entry.contains(".middle") || entry.contains(".lower") {
                    wrong.push(format!("{text}\n    {entry}"));
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{} are another line:\n{}", wrong.len(), wrong.join("\n"));
}

/// What a change says for one side, before it, behind it or under its heading, leaves the other side as it was.
#[test]
fn exits_joined_for_one_side_leave_the_other() {
    let base = json!({
        "language": 1, "market": "MES", "timeframe": "15m",
        "entry": {"long": "rsi(14) < 30 and close > vwap", "short": "rsi(14) > 70 and close < vwap"},
        "exit": {"stop_loss": {"points": 10}, "take_profit": {"points": 15}},
    });
    let wordings = [
        "for {side}s use a {exits}",
        "on {side}s use a {exits}",
        "on {side}s a {exits}",
        "{side}s: {exits}",
        "use a {exits} for {side}s",
        "{side}s should have a {exits}",
        "give {side}s a {exits}",
        "{side}s: RSI {level}, {exits}",
        "{side}s: RSI {level} and a {exits}",
        "for {side}s RSI {level} with a {exits}",
        "on the {side} side RSI {level}, {exits}",
        "on the {side} side RSI {level} and a {exits}",
        "change the stop to 6 points and the target to 12 points for {side}s",
    ];
    let exits = [
        "6 point stop and a 12 point target",
        "6 point stop and 12 point target",
        "12 point target and a 6 point stop",
    ];
    let mut wrong = Vec::new();
    with_surroundings(|around| {
        for (side, other, level) in [("long", "short", "below 25"), ("short", "long", "above 75")] {
            for (wording, exits) in wordings.into_iter().flat_map(|wording| exits.map(|exits| (wording, exits))) {
                let text = wording.replace("{side}", side).replace("{level}", level).replace("{exits}", exits);
                let found = drafter::grammar::change(&text, &base, None, around);
                let document = found.as_ref().map(|draft| draft.document.clone()).unwrap_or_default();
                let points = |exit: &str, side: &str| document["exit"][exit][side]["points"].as_f64();
                let read = points("stop_loss", side) == Some(6.0)
                    && points("stop_loss", other) == Some(10.0)
                    && points("take_profit", side) == Some(12.0)
                    && points("take_profit", other) == Some(15.0)
                    && document["entry"][other] == base["entry"][other];
                if !read {
                    wrong.push(format!("{text}\n    {:?}", found.map(|draft| (draft.document, draft.unhandled))));
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{} change both sides:\n{}", wrong.len(), wrong.join("\n"));
}

/// What is so over the last bars is so on each of them; what happens in them happens once.
#[test]
fn what_lasts_over_bars_is_no_event_in_them() {
    let states = [
        ("EMA 20 is rising over the {n} 4 bars", "ema(close, 20) rising 4"),
        ("the 20 EMA slopes down across the {n} 4 candles", "ema(close, 20) falling 4"),
        ("VWAP is rising in the {n} 4 bars", "vwap rising 4"),
        ("price is above VWAP over the {n} 4 bars", "close > vwap for 4 bars"),
        ("RSI is below 40 throughout the {n} 4 bars", "rsi(14) < 40 for 4 bars"),
        ("RSI crosses above 30 over the {n} 4 bars", "rsi(14) crosses above 30 within 4 bars"),
        ("RSI is below 30 in the {n} 4 bars", "rsi(14) < 30 within 4 bars"),
    ];
    let mut wrong = Vec::new();
    with_surroundings(|around| {
        for (words, rule) in states {
            for name in ["last", "past", "previous"] {
                let text = format!("MNQ 5m. Buy when {} and MFI(14) > 50. Stop 20 points.", words.replace("{n}", name));
                let found = drafter::grammar::describe(&text, around);
                let long = found.as_ref().ok().and_then(|draft| draft.document["entry"]["long"].as_str());
                if long != Some(&format!("{rule} and mfi(14) > 50")) {
                    wrong.push(format!("{text}\n    {:?}", found.map(|draft| (draft.document, draft.unhandled))));
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{} are read otherwise:\n{}", wrong.len(), wrong.join("\n"));
}
