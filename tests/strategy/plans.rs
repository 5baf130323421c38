//! What reaches the engine: filters as masks, clock exits as instants, distances, sizes, other currencies, live exits.

use crate::support::{MINUTE_US, checked, data, date, instrument, long_rule, push, study, terms, walk};
use engine::plan::{Distance, ExitSignal, OrderKind, PositionView, Side, Sizing, Slippage};
use market::{BarSeries, Calendar, SessionKind, Zone};
use serde_json::{Value, json};
use strategy::{RunError, Study, StudyError};

fn es(extra: Value) -> Value {
    let mut document = long_rule("ES", "5m", "close > 0");
    for (key, value) in extra.as_object().unwrap() {
        document[key] = value.clone();
    }
    document
}

fn local(study: &Study, bar: usize) -> (String, u32) {
    let zone = Zone::get("America/New_York").unwrap();
    let local = zone.local(study.decisions().completes_at[bar]);
    let day = study.tape().days[study.decisions().day[bar] as usize].date;
    (day.weekday().label().to_owned(), local.minute_of_day)
}

/// The filter's mask equals `expected` of the trading day's weekday and the local minute at every decision bar.
fn check_allowed(filters: Value, expected: impl Fn(&str, u32) -> bool) {
    let study = study(
        &es(json!({"filters": filters})),
        vec![walk("ES", "2024-03-06", "2024-03-13", 1)],
        &terms("2024-03-06", "2024-03-13"),
    );
    let allowed =
        study.resolved(&study.strategy().canonical_values(), |plan| plan.allowed.clone()).unwrap().expect("a filter");
    let mut both = [0, 0];
    for bar in 0..study.decisions().len() {
        let (weekday, minute) = local(&study, bar);
        assert_eq!(allowed.get(bar), expected(&weekday, minute), "{filters}: {weekday} {minute}");
        both[usize::from(allowed.get(bar))] += 1;
    }
    assert!(both[0] > 0 && both[1] > 0, "{filters} never changes anything");
}

#[test]
fn filters_test_the_decision_instant() {
    check_allowed(json!({"windows": ["09:30-11:00"]}), |_, minute| (570..660).contains(&minute));
    check_allowed(json!({"windows": ["22:00-02:00"]}), |_, minute| !(120..1320).contains(&minute));
    check_allowed(json!({"windows": ["09:30-10:00", "15:00-24:00"]}), |_, minute| {
        (570..600).contains(&minute) || minute >= 900
    });
    check_allowed(json!({"weekdays": ["mon", "Friday"]}), |weekday, _| weekday == "mon" || weekday == "fri");
    check_allowed(json!({"weekdays": ["mon"], "windows": ["18:00-20:00"]}), |weekday, minute| {
        weekday == "mon" && (1080..1200).contains(&minute)
    });
}

#[test]
fn skipped_dates_are_trading_days() {
    let study = study(
        &es(json!({"filters": {"skip_dates": ["2024-03-11"]}})),
        vec![walk("ES", "2024-03-08", "2024-03-12", 1)],
        &terms("2024-03-08", "2024-03-12"),
    );
    let allowed =
        study.resolved(&study.strategy().canonical_values(), |plan| plan.allowed.clone()).unwrap().expect("a filter");
    for bar in 0..study.decisions().len() {
        assert_eq!(allowed.get(bar), local(&study, bar).0 != "mon", "Sunday evening is Monday");
    }
}

/// The clock exit of each trading day, local minutes of New York.
fn check_flatten(exit: Value, from: &str, to: &str, expected: &[(&str, u32)]) {
    let mut document = es(json!({}));
    document["exit"] = exit.clone();
    let study = study(&document, vec![walk("ES", from, to, 1)], &terms(from, to));
    let flatten = study.resolved(&study.strategy().canonical_values(), |plan| plan.flatten_at.clone()).unwrap();
    let zone = Zone::get("America/New_York").unwrap();
    let found: Vec<(String, u32)> = study
        .tape()
        .days
        .iter()
        .zip(flatten.iter())
        .map(|(day, at)| (day.date.to_string(), zone.local(at.unwrap()).minute_of_day))
        .collect();
    let found: Vec<(&str, u32)> = found.iter().map(|(day, minute)| (day.as_str(), *minute)).collect();
    assert_eq!(found, expected, "{exit}");
}

#[test]
fn clock_exits_know_early_closes() {
    // The day after Thanksgiving closes at 13:15 New York.
    check_flatten(
        json!({"flatten": "15:55"}),
        "2024-11-27",
        "2024-11-29",
        &[("2024-11-27", 955), ("2024-11-28", 779), ("2024-11-29", 794)],
    );
    check_flatten(json!({"flatten": "12:00"}), "2024-11-29", "2024-12-02", &[("2024-11-29", 720), ("2024-12-02", 720)]);
    check_flatten(json!({"flatten": "20:00"}), "2024-12-02", "2024-12-02", &[("2024-12-02", 1200)]);
    check_flatten(
        json!({"before_close_minutes": 10}),
        "2024-11-29",
        "2024-12-02",
        &[("2024-11-29", 785), ("2024-12-02", 1010)],
    );
    check_flatten(
        json!({"before_close_minutes": 10, "flatten": "15:55"}),
        "2024-11-29",
        "2024-12-02",
        &[("2024-11-29", 785), ("2024-12-02", 955)],
    );
    check_flatten(json!({"flatten": "17:30"}), "2024-12-02", "2024-12-02", &[("2024-12-02", 1019)]);
}

#[test]
fn distances_sizes_and_orders_arrive_as_written() {
    let mut document =
        es(json!({"sizing": {"risk_percent": 1.5, "max_quantity": 9}, "fills": {"limit_through_ticks": 2}}));
    document["entry"]["short"] =
        json!({"when": "close < 0", "order": "limit", "price": "high + 2 * tick", "expires_bars": 4});
    document["exit"] = json!({
        "stop_loss": {"long": {"points": 4}, "short": {"percent": 0.25}},
        "take_profit": [{"r": 1, "fraction": 0.4}, {"ticks": 12, "fraction": 0.3}, {"money": 900}],
        "trailing_stop": {"atr": 2, "period": 5, "timeframe": "1h", "activate_after": {"points": 3}, "basis": "close"},
        "break_even": {"after": {"points": 2}, "offset": {"ticks": 1}}, "max_minutes": 30, "max_bars": 7
    });
    let study = study(&document, vec![walk("ES", "2024-03-06", "2024-03-08", 1)], &terms("2024-03-07", "2024-03-08"));
    study
        .resolved(&study.strategy().canonical_values(), |plan| {
            assert!(matches!(plan.sizing, Sizing::RiskPercent(percent) if percent == 1.5));
            assert_eq!(
                (plan.max_quantity, plan.limit_through_ticks, plan.terms.tick, plan.terms.leverage),
                (Some(9.0), 2, 25, None)
            );
            assert!(matches!(plan.exits.long.stop_loss, Some(Distance::Points(points)) if points == 4.0));
            assert!(matches!(plan.exits.short.stop_loss, Some(Distance::Percent(percent)) if percent == 0.25));
            let fractions: Vec<f64> = plan.exits.long.take_profit.iter().map(|leg| leg.fraction).collect();
            assert_eq!((fractions[0], fractions[1]), (0.4, 0.3));
            assert!((fractions[2] - 0.3).abs() < 1e-12);
            let trailing = plan.exits.short.trailing.as_ref().unwrap();
            let Distance::Atr { multiple, value } = &trailing.distance else { panic!("an ATR distance") };
            assert!(*multiple == 2.0 && value.len() == plan.decisions.len() && value.iter().any(|value| *value > 0.0));
            assert!(matches!(trailing.activate_after, Some(Distance::Points(points)) if points == 3.0));
            assert_eq!((plan.exits.long.max_minutes, plan.exits.long.max_bars), (Some(30), Some(7)));
            let OrderKind::Limit { price, expires_bars } = &plan.entry.short.as_ref().unwrap().order else {
                panic!("a limit order")
            };
            let high = plan.tape.price_scale.to_f64(plan.decisions.high[40]);
            assert_eq!((price[40], *expires_bars), (high + 0.5, 4));
            assert!(matches!(plan.costs.slippage, Slippage::Ticks(1)) && plan.costs.commission_per_unit == 2.5);
        })
        .unwrap();
}

#[test]
fn exits_may_look_at_the_position() {
    let mut document = es(json!({}));
    document["exit"] = json!({"long": "bars_in_trade >= 3 and open_profit > 50 or close crosses below entry_price and not close > entry_price * 2"});
    let mut series = BarSeries::empty("ES");
    let session = Calendar::of(&instrument("ES")).unwrap().session_on(SessionKind::Full, date("2024-03-07")).unwrap();
    for (index, price) in [5_000, 5_010, 4_990, 4_980].into_iter().enumerate() {
        push(&mut series, session.open + index as i64 * 5 * MINUTE_US, [price * 100; 4], 1);
    }
    let study = study(&document, vec![series], &terms("2024-03-07", "2024-03-07"));
    let signal = study.resolved(&study.strategy().canonical_values(), |plan| plan.exits.long.signal.clone()).unwrap();
    let Some(ExitSignal::Position(condition)) = signal else { panic!("a condition of the position") };
    let view = |entry_price, bars_in_trade, open_profit| PositionView {
        side: Side::Long,
        entry_price,
        bars_in_trade,
        open_profit,
    };
    let cases = [
        (1, view(5_000.0, 1, 500.0), false),
        (1, view(5_000.0, 3, 50.0), false),
        (1, view(5_000.0, 3, 51.0), true),
        (2, view(5_000.0, 1, -500.0), true),
        (3, view(5_000.0, 1, -500.0), false),
        (0, view(5_001.0, 1, -500.0), false),
        (2, view(4_990.0, 1, -500.0), false),
    ];
    for (bar, view, expected) in cases {
        assert_eq!(condition.holds(bar, &view), expected, "bar {bar} {view:?}");
    }
}

#[test]
fn other_currencies_convert_at_the_pair() {
    let yen = long_rule("USDJPY", "5m", "close > 0");
    let study = study(&yen, vec![walk("USDJPY", "2024-03-06", "2024-03-07", 4)], &terms("2024-03-07", "2024-03-07"));
    study
        .resolved(&study.strategy().canonical_values(), |plan| {
            let rates = plan.conversion.as_ref().expect("yen are not dollars");
            assert_eq!(rates[7], 1.0 / plan.tape.price_scale.to_f64(plan.tape.close[7]));
        })
        .unwrap();
    let cross = long_rule("EURGBP", "5m", "close > 0");
    let with = crate::support::study(
        &cross,
        vec![walk("EURGBP", "2024-03-06", "2024-03-07", 4), walk("GBPUSD", "2024-03-05", "2024-03-07", 5)],
        &terms("2024-03-07", "2024-03-07"),
    );
    assert_eq!(with.price_terms().currency, "USD");
    assert!(with.resolved(&with.strategy().canonical_values(), |plan| plan.conversion.is_some()).unwrap());
    let without = crate::support::study(
        &cross,
        vec![walk("EURGBP", "2024-03-06", "2024-03-07", 4)],
        &terms("2024-03-07", "2024-03-07"),
    );
    assert_eq!(without.price_terms().currency, "GBP");
    assert!(without.notes().iter().any(|note| note.contains("money is in GBP")), "{:?}", without.notes());
}

#[test]
fn studies_refuse_what_the_data_cannot_give() {
    let strategy = checked(&long_rule("ES", "5m", "close > vwap and close of NQ > 1"));
    let series = walk("ES", "2024-03-06", "2024-03-07", 1);
    let missing = Study::new(&strategy, &data(vec![series.clone()]), &terms("2024-03-06", "2024-03-07")).unwrap_err();
    assert_eq!(missing, StudyError::MissingSeries { symbol: "NQ".to_owned() });
    let mut silent = series.clone();
    silent.volume.iter_mut().for_each(|volume| *volume = 0);
    let strategy = checked(&long_rule("ES", "5m", "close > vwap"));
    assert!(matches!(
        Study::new(&strategy, &data(vec![silent]), &terms("2024-03-06", "2024-03-07")).unwrap_err(),
        StudyError::NoVolume { .. }
    ));
    assert!(matches!(
        Study::new(&strategy, &data(vec![series.clone()]), &terms("2023-03-06", "2023-03-07")).unwrap_err(),
        StudyError::EmptyWindow { .. }
    ));
    let mut hourly = series;
    hourly.resolution = market::Resolution(60);
    assert!(matches!(
        Study::new(&strategy, &data(vec![hourly]), &terms("2024-03-06", "2024-03-07")).unwrap_err(),
        StudyError::Timeframe { .. }
    ));
}

#[test]
fn too_little_history_is_said_unless_there_is_no_more() {
    let document = long_rule("ES", "5m", "sma(close, 400) > 1");
    let strategy = checked(&document);
    let series = data(vec![walk("ES", "2024-03-06", "2024-03-08", 1)]);
    let mut terms = terms("2024-03-07", "2024-03-08");
    terms.history_complete = false;
    let study = Study::new(&strategy, &series, &terms).unwrap();
    assert!(matches!(study.summary(&strategy.canonical_values()), Err(RunError::MoreHistory { wanted: 399, .. })));
    let mut shorter = strategy.canonical_values();
    shorter[0] = strategy::ParameterValue::Integer(200);
    assert!(study.summary(&shorter).is_ok());
    terms.history_complete = true;
    assert!(Study::new(&strategy, &series, &terms).unwrap().summary(&strategy.canonical_values()).is_ok());
    let days = strategy.history(&[]).trading_days_before["ES"];
    assert!((2..40).contains(&days), "{days}");
}

#[test]
fn old_values_of_another_symbol_are_counted() {
    let document = long_rule("MES", "5m", "close of MNQ > 1");
    let late = walk("MNQ", "2024-03-04", "2024-03-05", 2);
    let study =
        study(&document, vec![walk("MES", "2024-03-04", "2024-03-08", 1), late], &terms("2024-03-05", "2024-03-08"));
    let run = study.full(&study.strategy().canonical_values()).unwrap();
    let stale = run.stale_values["MNQ"];
    let decisions_of = |from: &str| {
        study.decisions().day.iter().filter(|day| study.tape().days[**day as usize].date >= date(from)).count() as u32
    };
    assert_eq!(stale, decisions_of("2024-03-07"), "the 6th still reads the 5th's bar");
    assert!(run.notes.iter().any(|note| note.contains("MNQ")), "{:?}", run.notes);
}

/// Half of one contract is no contract: the run says so, and says nothing where there is a half.
#[test]
fn targets_that_close_nothing_are_named() {
    for (contracts, legs, named) in [
        (1, json!([{"points": 5, "fraction": 0.5}, {"points": 10}]), 1),
        (1, json!({"points": 5, "fraction": 0.5}), 1),
        (2, json!([{"points": 5, "fraction": 0.5}, {"points": 10}]), 0),
        (3, json!([{"points": 5, "fraction": 0.33}, {"points": 10, "fraction": 0.33}]), 0),
        (1, json!({"points": 5}), 0),
    ] {
        let mut document = long_rule("MES", "5m", "close > 1");
        document["sizing"] = json!({ "contracts": contracts });
        document["exit"]["take_profit"] = legs.clone();
        let study =
            study(&document, vec![walk("MES", "2024-03-04", "2024-03-06", 1)], &terms("2024-03-05", "2024-03-06"));
        let run = study.full(&study.strategy().canonical_values()).unwrap();
        let notes = run.notes.iter().filter(|note| note.contains("closes nothing")).count();
        assert_eq!(notes, named, "{contracts} contracts, {legs}: {:?}", run.notes);
    }
}

/// The stated need is enough: with exactly those trading days before the window every call warms up fully.
fn check_history_suffices(market: &str, timeframe: &str, session: &str, rule: &str) {
    let mut document = long_rule(market, timeframe, rule);
    document["session"] = json!(session);
    let strategy = checked(&document);
    let (from, to) = ("2024-03-13", "2024-03-14");
    let need = strategy.history(&[]).trading_days_before;
    let all = walk(market, "2022-06-01", to, 3);
    let calendar = Calendar::of(&instrument(market)).unwrap();
    let before = calendar.sessions(SessionKind::Full, date("2022-06-01"), date("2024-03-12"));
    let start = before[before.len() - need[market] as usize].open;
    let mut loaded = all;
    let cut = loaded.ts.partition_point(|ts| *ts < start);
    for column in
        [&mut loaded.ts, &mut loaded.open, &mut loaded.high, &mut loaded.low, &mut loaded.close, &mut loaded.volume]
    {
        column.drain(..cut);
    }
    let mut terms = terms(from, to);
    terms.history_complete = false;
    let study = Study::new(&strategy, &data(vec![loaded]), &terms).unwrap();
    study.summary(&strategy.canonical_values()).unwrap_or_else(|error| panic!("{market} {timeframe} {rule}: {error}"));
}

#[test]
fn the_stated_history_suffices() {
    check_history_suffices("ES", "1m", "full", "ema(close, 50) crosses above ema(close, 200)");
    check_history_suffices("ES", "5m", "regular", "adx(14) > 20 and close > ema(close('1h'), 20) for 30 bars");
    check_history_suffices("ES", "30m", "full", "close > sma(close('1d'), 100)[5] and previous_day.high[20] > 0");
    check_history_suffices("ES", "1h", "full", "sma(rsi(close, 14), 30) > ema(close('1w'), 4)");
    check_history_suffices("EURUSD", "15m", "full", "ema(ema(close, 20)[3], 20) rising 5");
    check_history_suffices(
        "SPY",
        "30m",
        "regular",
        "rsi(14) > 50 within 20 bars and close('1d') > sma(close('1d'), 50)",
    );
}
