//! The same thing in many words: each wording gives the same part of the document, and no word of it is left.

use crate::corpus::{answer, bases, with_surroundings};
use serde_json::{Value, json};

/// Requests with the part of the document they must give; nothing of them is handed back.
fn asked_as(cases: impl IntoIterator<Item = (Value, &'static str, Value)>) {
    let bases = bases();
    let mut wrong = Vec::new();
    with_surroundings(|around| {
        for (request, pointer, expected) in cases {
            match answer(&request, &bases, around) {
                Err(failure) => wrong.push(format!("{request}\n    {}", failure.message)),
                Ok(draft) => {
                    let found = draft.document.pointer(pointer).cloned().unwrap_or(Value::Null);
                    if found != expected || !draft.unhandled.is_empty() {
                        wrong.push(format!("{request}\n    {pointer}: {found}, handed back: {:?}", draft.unhandled));
                    }
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{} read otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

/// Descriptions with the part of the document they must give.
fn read_as(cases: impl IntoIterator<Item = (String, &'static str, Value)>) {
    asked_as(cases.into_iter().map(|(text, pointer, expected)| (json!({ "text": text }), pointer, expected)));
}

fn behind_a_rule(wordings: &'static [&'static str], pointer: &'static str, expected: &Value) {
    read_as(wordings.iter().map(|said| {
        let text = format!("MNQ 5m, long when close crosses above vwap, 20 point stop, 40 point target, {said}");
        (text, pointer, expected.clone())
    }));
}

#[test]
fn nothing_is_held_behind_a_time() {
    const SAID: &[&str] = &[
        "flat by 15:50",
        "square off 15:50",
        "square off at 3:50 pm",
        "squared off by 15:50",
        "any open position shall be closed at 15:50",
        "any open trades are closed at 15:50",
        "everything is closed at 15:50",
        "and at 15:50 everything is closed",
        "out before the close at 15:50",
        "exit anything at 15:50",
        "exit everything still open at 15:50",
        "time exit: 15:50",
        "time stop 15:50",
        "if neither the stop nor the target is hit by 15:50 I get out",
    ];
    behind_a_rule(SAID, "/exit/flatten", &json!("15:50"));
    const AT_THE_CLOSE: &[&str] = &["out at the close otherwise", "just hold til the close", "out by the closing bell"];
    behind_a_rule(AT_THE_CLOSE, "/exit/flatten", &json!("15:55"));
    const OVERNIGHT: &[&str] = &["holding overnight is fine", "positions over night are allowed"];
    behind_a_rule(OVERNIGHT, "/exit/flatten", &Value::Null);
}

#[test]
fn days_hours_and_limits_are_said_in_many_ways() {
    const LOSS: &[&str] = &[
        "quit for the day after the first loss",
        "stop for the day after a loss",
        "done for the day after the first loser",
    ];
    behind_a_rule(LOSS, "/filters/max_consecutive_losses", &json!(1));
    const LOSSES: &[&str] = &[
        "stop trading after 2 losers in the day",
        "if two losses in a row happen then quit for the day",
        "after two losses in a row stop for the day",
    ];
    behind_a_rule(LOSSES, "/filters/max_consecutive_losses", &json!(2));
    const MONEY: &[&str] = &["stop trading at minus 500 on the day", "daily loss limit 500"];
    behind_a_rule(MONEY, "/filters/max_daily_loss", &json!(500));
    const TRADES: &[&str] = &[
        "no more than two trades shall be taken per day",
        "maximal 2 trades on the day",
        "max 2 losing trades per day, at most 2 trades per day",
    ];
    behind_a_rule(TRADES, "/filters/max_trades_per_day", &json!(2));
    const PAUSES: &[&str] = &[
        "after any exit no new trade for 30 minutes",
        "only if this is at least 6 bars after the previous exit",
        "wait 6 bars after an exit",
    ];
    behind_a_rule(PAUSES, "/filters/cooldown_bars", &json!(6));
    const HOURS: &[&str] = &[
        "entries permitted from 09:45 to 14:30",
        "valid only 9:45 to 14:30",
        "timing 9:45 am to 2:30 pm",
        "start 0945 last entry 1430",
        "first entry 9:45, last entry 14:30",
    ];
    behind_a_rule(HOURS, "/filters/windows", &json!(["09:45-14:30"]));
    const DAYS: &[&str] = &["neither Monday nor Friday", "only Tuesday till Thursday", "skip Mondays and Fridays"];
    behind_a_rule(DAYS, "/filters/weekdays", &json!(["tue", "wed", "thu"]));
    const INVENTORIES: &[&str] =
        &["Wednesdays avoid", "no trades on Wednesdays because of inventories", "skip Wednesdays due to inventories"];
    behind_a_rule(INVENTORIES, "/filters/weekdays", &json!(["mon", "tue", "thu", "fri"]));
    const WINDOWS: &[&str] =
        &["sample 2015-2022", "test 2015-2022", "date filter 2015-01-01 to 2022-12-31", "test: 2015 to 2022"];
    behind_a_rule(WINDOWS, "/window", &json!({ "from": "2015-01-01", "to": "2022-12-31" }));
}

#[test]
fn sizes_and_their_capital_are_said_in_many_ways() {
    const CAPITAL: &[&str] =
        &["all in with 50k", "100% of 50k each time", "use 100 percent of a 50,000 dollar account"];
    behind_a_rule(CAPITAL, "/capital", &json!(50_000));
    behind_a_rule(CAPITAL, "/sizing", &json!({ "equity_percent": 100 }));
    const COUNTS: &[&str] = &["qty 2", "quantity: 2", "size 2", "2 lots"];
    behind_a_rule(COUNTS, "/sizing", &json!({ "contracts": 2 }));
    const RISKS: &[&str] = &["size so that each trade risks 200 bucks", "risk $200 per trade"];
    behind_a_rule(RISKS, "/sizing", &json!({ "risk_money": 200 }));
    const NOTHING: &[&str] = &["no adding to losers", "pyramiding: 0", "no pyramiding", "24/7"];
    behind_a_rule(NOTHING, "/sizing", &Value::Null);
}

/// An indicator's numbers in a heading are those of its bare name in the rules.
#[test]
fn numbers_of_a_heading_are_the_rules() {
    let heads = [
        ("RSI 2 on MNQ 5m: long when RSI is under 10", "rsi(2) < 10"),
        ("RSI(2) mean reversion, MNQ 5m. Long when RSI is under 10", "rsi(2) < 10"),
        ("MNQ 5m CCI 20: long when CCI crosses above -100", "cci(20) crosses above -100"),
        ("CCI(20) reversal on MNQ 5m: long when CCI crosses back above -100", "cci(20) crosses above -100"),
        ("Williams %R 10 on MNQ 5m. Buy when %R is under -90", "willr(10) < -90"),
        ("aroon 25 on MNQ 5m, buy when aroon up crosses above aroon down", "aroon(25).up crosses above aroon(25).down"),
        ("MACD 8/17/9 on MNQ 5m, long when MACD crosses above zero", "macd(close, 8, 17, 9).line crosses above 0"),
        (
            "MACD default settings, MNQ 5m, buy when the histogram crosses above zero",
            "macd(close).histogram crosses above 0",
        ),
        ("stochastics 5/3/3 MNQ 5m long when k crosses above d", "stoch(5, 3, 3).k crosses above stoch(5, 3, 3).d"),
        ("EMA 20 on MNQ 5m: buy when price crosses above the EMA", "close crosses above ema(close, 20)"),
        (
            "Keltner channel 20 with 1.5 ATR, MNQ 5m: long when close is above the upper channel",
            "close > keltner(20, 1.5).upper",
        ),
        (
            "Ichimoku 7/22/44 on MNQ 5m: long when tenkan crosses above kijun",
            "ichimoku(7, 22, 44).conversion crosses above ichimoku(7, 22, 44).base",
        ),
    ];
    read_as(heads.map(|(text, rule)| (format!("{text}, stop 20 points"), "/entry/long", json!(rule))));
}

#[test]
fn a_level_in_a_heading_is_no_length() {
    let text = "RSI 30 strategy on MNQ 5m: buy when RSI crosses above 30";
    with_surroundings(|around| {
        let draft = answer(&json!({ "text": text }), &bases(), around);
        let rule = draft.map(|draft| draft.document["entry"]["long"].clone());
        assert_eq!(rule.ok(), Some(json!("rsi(14) crosses above 30")));
    });
}

/// What earlier bars did, and where a bar stands among them.
#[test]
fn earlier_bars_are_asked_about_in_many_ways() {
    let rules = [
        (
            "close crosses above vwap after being below it for at least 6 bars",
            "close crosses above vwap and (close < vwap for 6 bars)[1]",
        ),
        (
            "close crosses above vwap after at least 6 bars in a row below it",
            "close crosses above vwap and (close < vwap for 6 bars)[1]",
        ),
        ("the close is above vwap and the prior bar also closed above vwap", "close > vwap and (close > vwap)[1]"),
        (
            "the close is above the 50 sma and the bar before was below it",
            "close > sma(close, 50) and (close < sma(close, 50))[1]",
        ),
        (
            "the close is above vwap and the two candles before were both under it",
            "close > vwap and (close < vwap for 2 bars)[1]",
        ),
        ("close is above open and the previous bar closed below its open", "close > open and (close < open)[1]"),
        ("RSI 14 was under 30 and crosses now over 30", "rsi(14) crosses above 30"),
        ("RSI(14) was below 30 on the previous bar and is above 30 now", "rsi(14) crosses above 30"),
        ("adx(14) has risen for 3 bars", "adx(14) rising 3"),
        ("the 20 ema is higher than it was 5 bars ago", "ema(close, 20) > ema(close, 20)[5]"),
        ("volume is the highest of the last 50 bars", "volume >= highest(volume, 50)"),
        ("ATR(14) is at its lowest in 50 bars", "atr(14) <= lowest(atr(14), 50)"),
        ("the bar closes in the top 25% of its range", "close >= high - 0.25 * range"),
        ("the close is in the bottom third of the bar's range", "close <= low + range / 3"),
        (
            "the close is in the bottom 20% of the day's range",
            "close <= session.low + 0.2 * (session.high - session.low)",
        ),
        (
            "price closes back above yesterday's low within 4 bars of breaking it",
            "close crosses above previous_day.low and close crosses below previous_day.low within 4 bars",
        ),
        ("price closes above the 20 EMA by more than 1 ATR(14)", "close crosses above ema(close, 20) + atr(14)"),
        ("ema21 rising over ema55", "ema(close, 21) rising and ema(close, 21) > ema(close, 55)"),
        ("price stands above the 200 ema", "close > ema(close, 200)"),
        ("stochastic 14 3 3 crosses up from under 20", "stoch(14, 3, 3).k crosses above 20"),
    ];
    read_as(
        rules
            .into_iter()
            .map(|(said, rule)| (format!("MNQ 5m, long when {said}, 20 point stop"), "/entry/long", json!(rule))),
    );
}

/// The same change in many words.
#[test]
fn a_change_is_asked_for_in_many_ways() {
    let cases = [
        (
            "vwap",
            "/filters/max_daily_loss",
            json!(300),
            &["lower the daily loss limit to 300 bucks", "put in a daily loss limit of 300", "daily loss limit $300"][..],
        ),
        (
            "vwap",
            "/filters/windows",
            json!(["09:30-14:00"]),
            &["extend the hours to 14:00", "extend hours to 14:00", "trade until 2pm"][..],
        ),
        (
            "rsi_mr",
            "/entry/long",
            json!("rsi(14) < 25 and close > ema(close, 200)"),
            &[
                "make it 25 and 75",
                "25/75 please",
                "use 25 and 75",
                "25/75 instead of 30/70",
                "long under 25 and short over 75",
            ][..],
        ),
        (
            "rsi_mr",
            "/exit/short",
            json!("rsi(14) <= 45"),
            &[
                "exit at 55 for longs and 45 for shorts",
                "longs exit at 55 and shorts at 45",
                "exit longs at 55 and shorts at 45",
            ][..],
        ),
        (
            "rsi2_spy",
            "/entry/long",
            json!("rsi(2) < 5 and close > sma(close, 200)"),
            &["change the RSI entry to below 5", "set the RSI level to below 5"][..],
        ),
        (
            "rsi2_spy",
            "/filters/weekdays",
            json!(["mon", "tue", "wed", "thu"]),
            &[
                "don't buy on Fridays",
                "I would rather not buy on Fridays",
                "does it do better if we don't enter on Fridays?",
                "no entries on Fridays",
            ][..],
        ),
        (
            "rsi2_spy",
            "/exit/max_bars",
            json!(8),
            &["also get out after 8 days if it hasn't exited by then", "exit after 8 days"][..],
        ),
        (
            "orb_es",
            "/entry/long",
            json!("close crosses above opening_range(30, 'regular').high"),
            &[
                "make the opening range 30 minutes",
                "opening range of 30 minutes",
                "the OR should be 30 minutes",
                "use a 30 minute opening range",
            ][..],
        ),
        (
            "cross_morning",
            "/entry/short",
            json!("ema(close, 9) crosses below ema(close, 21) and close < vwap"),
            &[
                "no longs below vwap and no shorts above it",
                "only take the cross if price is on the right side of vwap, above for longs, below for shorts",
            ][..],
        ),
        (
            "cross_morning",
            "/exit/stop_loss/points",
            json!(30),
            &["no wait, I meant a 30 point stop", "no I meant a 30 point stop", "stop 30"][..],
        ),
        (
            "cross_morning",
            "/market",
            json!("NQ"),
            &["put it on the 3 minute NQ instead", "try it on NQ on the same timeframe"][..],
        ),
        (
            "band_eurusd",
            "/entry/short",
            Value::Null,
            &["dont take the shorts", "do not take any shorts", "longs only"][..],
        ),
    ];
    asked_as(cases.into_iter().flat_map(|(base, pointer, expected, wordings)| {
        wordings.iter().map(move |said| (json!({ "base": base, "changes": said }), pointer, expected.clone()))
    }));
}

/// A rule right before "and exit" is the entry's, whatever stands before the side.
#[test]
fn the_rule_before_an_exit_is_the_entrys() {
    let heads = ["close above the 200 sma, ", "if close is above the 200 sma, ", "when close is above the 200 sma "];
    let verbs = ["and exit when", "and get out when", "and sell when"];
    let cases = heads
        .iter()
        .flat_map(|head| verbs.map(|verb| format!("SPY daily, {head}buy when rsi(2) < 10 {verb} rsi(2) > 70")));
    read_as(cases.clone().map(|text| (text, "/entry/long", json!("close > sma(close, 200) and rsi(2) < 10"))));
    read_as(cases.map(|text| (text, "/exit/long", json!("rsi(2) > 70"))));
}

/// Contracts that leave one by one are parts of the position.
#[test]
fn contracts_that_leave_one_by_one_are_parts() {
    const PARTS: &[&str] = &[
        "2 contracts, first one off at 20 points, second at 60 points",
        "2 contracts: first one off at +20 points, second at +60 points",
        "2 contracts, take one off at 20 points and leave the other for 60 points",
        "2 cars, one off at 20 pts, let the other go to 60 pts",
        "2 contracts, half off at 20 points, let the rest run to 60 points",
        "2 contracts, take half at 20 points, runner out at 60 points",
    ];
    read_as(PARTS.iter().map(|said| {
        let text = format!("MNQ 5m, long when close crosses above vwap, 20 point stop, {said}");
        (text, "/exit/take_profit", json!([{ "points": 20, "fraction": 0.5 }, { "points": 60 }]))
    }));
}
