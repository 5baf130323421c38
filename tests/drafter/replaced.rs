//! Conditions in place of others: what is given up is gone, what stands for it is there, on both sides.

use crate::corpus::with_surroundings;

/// A condition of the long entry, its twin of the short, and the words for either.
type Rule = (&'static str, &'static str, [&'static str; 2]);

const RULES: [Rule; 5] = [
    ("rsi(14) < 30", "rsi(14) > 70", ["rsi below 30", "rsi(14) < 30"]),
    ("cci(20) < -100", "cci(20) > 100", ["cci(20) below -100", "cci(20) < -100"]),
    ("willr(14) < -80", "willr(14) > -20", ["williams %r below -80", "willr(14) < -80"]),
    (
        "macd(close).line crosses above macd(close).signal",
        "macd(close).line crosses below macd(close).signal",
        ["macd crosses above its signal", "macd crosses its signal"],
    ),
    ("close > vwap", "close < vwap", ["close above vwap", "close > vwap"]),
];

#[test]
fn a_condition_in_place_of_another_replaces_it_on_both_sides() {
    let wordings = ["{old} -> {new}", "{old} => {new}", "{old} → {new}", "use {new} instead of {old}"];
    let mut wrong = Vec::new();
    with_surroundings(|around| {
        for (old, new) in RULES.iter().flat_map(|old| RULES.iter().map(move |new| (old, new))) {
            if old.0 == new.0 {
                continue;
            }
            let (long, short) =
                (format!("{} and close > ema(close, 200)", old.0), format!("{} and close < ema(close, 200)", old.1));
            let base = serde_json::json!({
                "language": 1, "market": "MES", "timeframe": "15m", "entry": {"long": long, "short": short},
            });
            let texts = wordings.iter().flat_map(|wording| {
                old.2.iter().zip(new.2).map(move |(old, new)| wording.replace("{old}", old).replace("{new}", new))
            });
            for text in texts {
                let found = drafter::grammar::change(&text, &base, None, around);
                let reads = found.as_ref().map_or(true, |draft| {
                    let entry =
                        |side: &str| draft.document.pointer(side).and_then(|rule| rule.as_str()).map(str::to_owned);
                    entry("/entry/long") == Some(format!("{} and close > ema(close, 200)", new.0))
                        && entry("/entry/short") == Some(format!("{} and close < ema(close, 200)", new.1))
                });
                if !reads || found.is_err() {
                    wrong.push(format!(
                        "{text} [{}]\n    {:?}",
                        old.0,
                        found.map(|draft| (draft.document, draft.unhandled))
                    ));
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{} are not replaced:\n{}", wrong.len(), wrong.join("\n"));
}
