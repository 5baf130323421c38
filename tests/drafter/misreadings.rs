//! What was once read as something else: each text with the part of the document it must give, and what must be said of it.

use crate::corpus::{answer, bases, with_surroundings};
use serde_json::{Value, json};

/// A request, the part of the answer's document it must give, and words that an assumption or what is handed back holds.
struct Case {
    request: Value,
    pointer: &'static str,
    expected: Value,
    said: &'static str,
}

fn described(text: &str, pointer: &'static str, expected: Value, said: &'static str) -> Case {
    Case { request: json!({ "text": text }), pointer, expected, said }
}

fn changed(base: &str, changes: &str, pointer: &'static str, expected: Value) -> Case {
    Case { request: json!({ "base": base, "changes": changes }), pointer, expected, said: "" }
}

fn read_rightly(cases: impl IntoIterator<Item = Case>) {
    let bases = bases();
    let mut wrong = Vec::new();
    with_surroundings(|around| {
        for Case { request, pointer, expected, said } in cases {
            let (found, told) = match answer(&request, &bases, around) {
                Ok(draft) => {
                    let found = draft.document.pointer(pointer).cloned().unwrap_or(Value::Null);
                    (found, [draft.assumptions, draft.unhandled].concat().join("; "))
                }
                Err(failure) => (Value::Null, failure.message),
            };
            if found != expected || !told.contains(said) {
                wrong.push(format!("{request}\n    {pointer}: {found}, said: {told}"));
            }
        }
    });
    assert!(wrong.is_empty(), "{} read otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

/// An exit behind each side is that side's, whatever ends the sentence between them.
#[test]
fn each_side_has_the_exit_behind_it() {
    let ends = [", ", "; ", ". "];
    let words = ["exit when", "Exit when", "get out when"];
    let cases = ends.iter().flat_map(|end| words.iter().map(move |exit| (end, exit))).flat_map(|(end, exit)| {
        let text = format!(
            "GC 15m: Long when rsi < 30{end}{exit} rsi > 50. Short when rsi > 70{end}{exit} rsi < 50. Stop 3 ATR."
        );
        [
            described(&text, "/exit/long", json!("rsi(14) > 50"), ""),
            described(&text, "/exit/short", json!("rsi(14) < 50"), ""),
        ]
    });
    read_rightly(cases);
}

/// A touch that closes a short closes its mirror from the other side.
#[test]
fn a_mirrored_exit_is_reached_from_the_other_side() {
    let text = "EURUSD daily, short when the close is more than 2 ATR(14) above the 20-day SMA and cover when it touches the 20-day SMA. Opposite for longs. stop 60 pips";
    read_rightly([
        described(text, "/exit/short", json!("low <= sma(close, 20)"), ""),
        described(text, "/exit/long", json!("high >= sma(close, 20)"), ""),
    ]);
}

/// Of two lengths of one indicator the bare name is the first, which is said.
#[test]
fn a_bare_name_of_two_is_the_first() {
    read_rightly([
        described(
            "SPY daily buy when RSI(2) < 10 and RSI(14) > 50, exit when RSI > 70. stop 2%",
            "/exit/long",
            json!("rsi(2) > 70"),
            "rsi(2), not rsi(14)",
        ),
        described(
            "ES 5m: buy when CCI(20) crosses above -100 with CCI(50) above 0. Exit when CCI crosses below 100. stop 10 points",
            "/exit/long",
            json!("cci(20) crosses below 100"),
            "cci(20), not cci(50)",
        ),
        described(
            "XLE daily: long on a 55-day high close, stop 2 ATR(20), trail 3 ATR",
            "/exit/trailing_stop/period",
            json!(20),
            "atr(20)",
        ),
        changed(
            "rsi2_spy",
            "use rsi(3), long when rsi below 15",
            "/entry/long",
            json!("rsi(3) < 15 and close > sma(close, 200)"),
        ),
    ]);
}

/// Bars before a rule that lasts for several stand before the first of them.
#[test]
fn what_a_lasting_rule_follows_stands_before_it() {
    read_rightly([
        described(
            "MES 5 minute long when two closes in a row above the 20 SMA after five closes below it. stop 10 points",
            "/entry/long",
            json!("close > sma(close, 20) for 2 bars and (close < sma(close, 20) for 5 bars)[2]"),
            "",
        ),
        described(
            "YM 5m two green candles in a row after a touch of the 20 SMA, long. stop 50 points",
            "/entry/long",
            json!("close > open for 2 bars and (low <= sma(close, 20))[2]"),
            "",
        ),
        described(
            "SPY daily: inside bar, buy a close above the previous high. stop 2%",
            "/entry/long",
            Value::Null,
            "can never hold",
        ),
    ]);
}

/// "with" binds to what it stands beside; what a definition says is no condition; a demand on the opposite signal is not the entry's.
#[test]
fn conditions_belong_where_they_stand() {
    const MACD: &str = "macd(close).line crosses above macd(close).signal and adx(14) > 20 or close crosses above highest(high, 20)[1]";
    read_rightly([
        described(
            "ES 15m. Long when MACD crosses up with ADX(14) over 20 or price breaks the 20-bar high. 10 point stop",
            "/entry/long",
            json!(MACD),
            "binds before",
        ),
        described(
            "SPY daily. Either a hammer or a bullish engulfing candle. Hammer = lower wick at least twice the body. Buy the next open.",
            "/entry/long",
            json!("(cdlhammer() > 0 or cdlengulfing() > 0)"),
            "Hammer",
        ),
        described(
            "BTCUSD 1h. Enter long when 20 EMA crosses above the 100 EMA. Exit when it crosses back, but only if the close is also under the 200 EMA. 5% stop.",
            "/entry/long",
            json!("ema(close, 20) crosses above ema(close, 100)"),
            "only if the close is also under",
        ),
        described(
            "YM 5m. Buy when price touches S1 and the bar closes back above it, short when it touches R1 and the bar closes back below. Stop 40 points",
            "/entry/short",
            json!("high >= pivots.r1 and close < pivots.r1"),
            "pivots.r1",
        ),
        described(
            "USDCHF 15m long when ema 5 > ema 13, stop 12 pips; target either 24 pips or the 5 crossing back under the 13",
            "/exit/long",
            json!("ema(close, 5) crosses below ema(close, 13)"),
            "",
        ),
        described(
            "QQQ: Buy when RSI(2) is below 10, provided it's above the 200-day either way. Sell when RSI(2) gets above 65.",
            "/entry/short",
            Value::Null,
            "either way",
        ),
        described(
            "SPY 5 min. if we open more than 0.5% above yesterday's close, short, stop 0.5%",
            "/entry/short",
            json!("gap.percent > 0.5"),
            "",
        ),
    ]);
}

/// Changes that took the place of something else.
#[test]
fn changes_change_what_they_name() {
    const ENTRY: &str = "rsi(2) crosses below 5 and close > sma(close, 200)";
    read_rightly([
        changed("rsi2_spy", "Lower the entry to 5", "/entry/long", json!(ENTRY)),
        changed("rsi_mr", "longs only from now on, max 2 trades", "/entry/short", Value::Null),
        changed("vwap", "add Fridays, no Mondays", "/filters/weekdays", json!(["tue", "wed", "thu", "fri"])),
        changed(
            "cross_morning",
            "let it trade the afternoon too, say 13:30 to 15:00",
            "/filters/windows",
            json!(["09:30-11:00", "13:30-15:00"]),
        ),
        changed(
            "band_eurusd",
            "I only want London session so 7:00 to 16:00 GMT",
            "/filters/windows",
            json!(["07:00-16:00"]),
        ),
    ]);
}

/// What stands beside words that were not read is not read without them.
#[test]
fn unread_words_take_their_neighbours_with_them() {
    read_rightly([
        described(
            "M2K 5min. heikin ashi goes from red to green above the 50 ema: long. green to red below the 50 ema: short. 4 pts stop",
            "/entry/short",
            Value::Null,
            "green to red below the 50 ema",
        ),
        described(
            "ES 3 min. Long when the 20 EMA crosses above VWAP, unless the day already moved more than its average range, or it's before 10. 6 point stop",
            "/filters",
            Value::Null,
            "or it's before 10",
        ),
        described(
            "NQ 5m. Above the 200 EMA I buy RSI(14) crossing up 40; below the 200 EMA I don't buy at all, except if RSI(14) was under 20 in the last 5 bars. 20 pt stop.",
            "/entry/long",
            json!("close > ema(close, 200) and rsi(14) crosses above 40"),
            "except if RSI(14) was under 20",
        ),
        changed(
            "rsi2_spy",
            "Buy the second half when RSI goes below 5, so half position at 10 and half at 5",
            "/exit/take_profit",
            Value::Null,
        ),
    ]);
}

/// A stock whose text speaks in days, or of a golden cross, is on daily bars.
#[test]
fn stocks_in_days_are_daily() {
    let texts = [
        "AAPL. buy when price closes above its 50-day moving average, sell when it closes below",
        "Golden cross on SPY: buy 50/200 sma cross up, sell all cross down",
        "Golden cross on S&P 500 (use SPY): buy 50/200 sma cross up, sell all cross down",
        "buying SPY after 3 down closes in a row as long as its over the 200 day. sell on the first up close.",
    ];
    read_rightly(texts.map(|text| described(text, "/timeframe", json!("1d"), "bars are daily")));
}

/// "Sell" beside a sentence that leaves on its own: a second way out, or the short where it leaves from either side.
#[test]
fn a_sell_beside_an_exit_is_a_side_or_a_second_way_out() {
    let head = "AUDUSD 1h, buy when rsi(7) < 20, sell when rsi(7) > 80.";
    let from_both = format!("{head} Close the trade when RSI comes back to 50. 35 pip stop.");
    let below = format!("{head} Exit when price closes below the 50 EMA. 35 pip stop.");
    let short = "\"sell\" is read as selling short";
    read_rightly([
        described(&from_both, "/entry/short", json!("rsi(7) > 80"), short),
        described(&from_both, "/exit/long", json!("rsi(7) >= 50"), short),
        described(&from_both, "/exit/short", json!("rsi(7) <= 50"), short),
        described(&below, "/entry/short", Value::Null, "closes the long"),
        described(&below, "/exit/long", json!("rsi(7) > 80 or close crosses below ema(close, 50)"), ""),
        described(
            "NQ 5m buy when rsi(14) < 30, exit when rsi(14) < 50. stop 20 points",
            "/exit/long",
            json!("rsi(14) < 50"),
            "holds as soon as they are entered",
        ),
    ]);
}

/// A gap is measured from the close before; a price from the day's open, a candle from its own.
#[test]
fn gaps_and_opens_are_those_of_the_day() {
    let gaps = ["gaps up more than 2% over the prior close", "opens up more than 2% from yesterday's close"];
    let gaps = gaps.map(|gap| {
        described(&format!("Short AAPL 5m when it {gap}. Stop 1%"), "/entry/short", json!("gap.percent > 2"), "")
    });
    let opens = [
        ("it's trading below its open", "close < session.open"),
        ("the stock is still under its open", "close < session.open"),
        ("the candle closes below its open", "close < open"),
    ];
    let opens = opens
        .map(|(said, rule)| described(&format!("AAPL 5m, short if {said}. Stop 1%"), "/entry/short", json!(rule), ""));
    read_rightly(gaps.into_iter().chain(opens));
}

/// "A, and then B within 6 bars": A is at most six bars back when B comes.
#[test]
fn what_comes_within_bars_of_another_looks_back_at_it() {
    let cases = [
        (
            "price trades under yesterday's low and then closes back above it within 6 bars",
            "close crosses below previous_day.low within 6 bars and close crosses above previous_day.low",
        ),
        (
            "rsi(14) drops below 30 and then crosses back above 40 within the next 10 bars",
            "rsi(14) crosses below 30 within 10 bars and rsi(14) crosses above 40",
        ),
    ];
    read_rightly(cases.map(|(said, rule)| {
        described(&format!("MES 5m, buy when {said}, stop 10 points"), "/entry/long", json!(rule), "")
    }));
}

/// When a unit is added says nothing of the first, nor of a target.
#[test]
fn added_units_are_handed_back_whole() {
    let added = "add another unit each time price rises another half ATR(20)";
    let text = format!("BTCUSD daily buy a 20-day high, {added}, exit on a 10-day low");
    read_rightly([
        described(&text, "/entry/long", json!("close > highest(high, 20)[1]"), added),
        described(&text, "/exit/take_profit", Value::Null, added),
    ]);
}

/// Hours of one day alone are handed back: the language has none, and they are not those of every day.
#[test]
fn hours_of_one_day_are_not_those_of_all() {
    let head = "NQ 5m, buy when rsi(14) crosses above 30, 20 point stop,";
    let nothing = "nothing on fridays after 12";
    read_rightly([
        described(&format!("{head} {nothing}."), "/filters", Value::Null, nothing),
        described(&format!("{head} no trades on fridays after 12."), "/filters", Value::Null, "on fridays"),
        changed("vwap", "fridays too, but only until 10:30", "/filters/windows", json!(["09:30-11:00"])),
    ]);
}
