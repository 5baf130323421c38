//! The compiled-in table, an operator's file over it, and default terms.

use market::{AssetClass, Calendar, Catalogue, Instrument, InstrumentError, SessionKind};
use rust_decimal::Decimal;
use serde_json::Value;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn the_whole_table_is_read() {
    let text = include_str!("../../shared/market/data/instruments.json");
    let entries: Vec<Value> = serde_json::from_str(text).unwrap();
    let catalogue = Catalogue::builtin();
    assert!(entries.len() > 120);
    assert_eq!(catalogue.search(None, None).len(), entries.len());
    for entry in &entries {
        let instrument = catalogue.get(entry["symbol"].as_str().unwrap()).unwrap();
        // The number as written in the file, read as a decimal, not through binary fractions.
        let written = entry.get("tick_size").map_or_else(|| instrument.tick_size, decimal_of);
        assert_eq!(instrument.tick_size, written, "{}", instrument.symbol);
        Calendar::of(&instrument).unwrap();
        let json = serde_json::to_string(&instrument).unwrap();
        assert_eq!(serde_json::from_str::<Instrument>(&json).unwrap(), instrument);
        assert_eq!(instrument.synthetic, instrument.symbol.starts_with("DEMO"), "{}", instrument.symbol);
    }
    assert!(catalogue.get("DEMO").unwrap().name.to_lowercase().contains("synthetic"));
}

fn decimal_of(value: &Value) -> Decimal {
    let text = value.to_string();
    Decimal::from_scientific(&text).or_else(|_| text.parse()).unwrap()
}

#[test]
fn contract_terms_are_the_exchanges() {
    // (symbol, tick size, tick value)
    let cases = [
        ("ES", "0.25", "12.5"),
        ("MES", "0.25", "1.25"),
        ("NQ", "0.25", "5"),
        ("MNQ", "0.25", "0.5"),
        ("RTY", "0.1", "5"),
        ("M2K", "0.1", "0.5"),
        ("YM", "1", "5"),
        ("MYM", "1", "0.5"),
        ("CL", "0.01", "10"),
        ("MCL", "0.01", "1"),
        ("NG", "0.001", "10"),
        ("HO", "0.0001", "4.2"),
        ("RB", "0.0001", "4.2"),
        ("GC", "0.1", "10"),
        ("MGC", "0.1", "1"),
        ("SI", "0.005", "25"),
        ("SIL", "0.005", "5"),
        ("HG", "0.0005", "12.5"),
        ("PL", "0.1", "5"),
        ("ZT", "0.00390625", "7.8125"),
        ("ZF", "0.0078125", "7.8125"),
        ("ZN", "0.015625", "15.625"),
        ("ZB", "0.03125", "31.25"),
        ("ZC", "0.25", "12.5"),
        ("ZM", "0.1", "10"),
        ("ZL", "0.01", "6"),
        ("LE", "0.025", "10"),
        ("GF", "0.025", "12.5"),
        ("6E", "0.00005", "6.25"),
        ("6J", "0.0000005", "6.25"),
        ("6B", "0.0001", "6.25"),
        ("6A", "0.00005", "5"),
        ("M6E", "0.0001", "1.25"),
        ("BTC", "5", "25"),
        ("MBT", "5", "0.5"),
        ("ETH", "0.5", "25"),
        ("DEMO", "0.25", "12.5"),
        ("EURUSD", "0.00001", "0.00001"),
        ("USDJPY", "0.001", "0.001"),
        ("BTCUSD", "0.01", "0.01"),
        ("SPY", "0.01", "0.01"),
    ];
    let catalogue = Catalogue::builtin();
    for (symbol, tick_size, tick_value) in cases {
        let instrument = catalogue.get(symbol).unwrap_or_else(|| panic!("no {symbol}"));
        assert_eq!(
            (instrument.tick_size, instrument.tick_value()),
            (decimal(tick_size), decimal(tick_value)),
            "{symbol}"
        );
    }
}

#[test]
fn default_costs_and_classes() {
    let catalogue = Catalogue::builtin();
    // (symbol, slippage ticks, slippage bps, commission per side, bps, minimum)
    let cases = [
        ("ES", "1", "", "2.50", "", ""),
        ("MES", "1", "", "1", "", ""),
        ("BTCUSD", "", "2", "", "10", ""),
        ("EURUSD", "", "0.5", "", "0.2", ""),
        ("SPY", "", "1", "0.005", "", "1"),
        ("AAPL", "", "1", "0.005", "", "1"),
    ];
    for (symbol, ticks, bps, per_side, commission_bps, minimum) in cases {
        let costs = catalogue.get(symbol).unwrap().default_costs;
        let optional = |text: &str| (!text.is_empty()).then(|| decimal(text));
        assert_eq!((costs.slippage_ticks, costs.slippage_bps), (optional(ticks), optional(bps)), "{symbol}");
        assert_eq!((costs.commission_per_side, costs.commission_bps), (optional(per_side), optional(commission_bps)));
        assert_eq!(costs.commission_minimum, optional(minimum), "{symbol}");
    }
    // (symbol, session, zone, days a year, capped)
    let cases = [
        ("ES", SessionKind::Full, "America/New_York", 252.0, false),
        ("EURUSD", SessionKind::Full, "America/New_York", 252.0, false),
        ("BTCUSD", SessionKind::Full, "UTC", 365.0, true),
        ("BTC", SessionKind::Full, "America/New_York", 252.0, false),
        ("SPY", SessionKind::Regular, "America/New_York", 252.0, true),
        ("AAPL", SessionKind::Regular, "America/New_York", 252.0, true),
    ];
    for (symbol, session, zone, days, capped) in cases {
        let instrument = catalogue.get(symbol).unwrap();
        assert_eq!((instrument.default_session, instrument.time_zone.as_str()), (session, zone), "{symbol}");
        assert_eq!((instrument.annualisation_days(), instrument.asset_class.notional_capped()), (days, capped));
        assert_eq!(instrument.asset_class.annualisation_days(), days);
    }
}

#[test]
fn symbols_without_a_table_entry() {
    let catalogue = Catalogue::builtin();
    // (symbol, stated class, class and currency found)
    let cases = [
        ("es", None, Some((AssetClass::Future, "USD"))),
        ("ES", Some(AssetClass::Stock), Some((AssetClass::Stock, "USD"))),
        ("PLTR", None, Some((AssetClass::Stock, "USD"))),
        ("pltr", Some(AssetClass::Etf), Some((AssetClass::Etf, "USD"))),
        ("BF.B", None, Some((AssetClass::Stock, "USD"))),
        ("EURSEK", None, Some((AssetClass::Fx, "SEK"))),
        ("SEKJPY", None, Some((AssetClass::Fx, "JPY"))),
        ("PEPEUSDT", None, Some((AssetClass::Crypto, "USDT"))),
        ("ATOMUSD", None, Some((AssetClass::Crypto, "USD"))),
        ("ATOM-USDC", None, Some((AssetClass::Crypto, "USDC"))),
        ("ATOMEUR", Some(AssetClass::Crypto), Some((AssetClass::Crypto, "EUR"))),
        ("ATOMEUR", None, None),
        ("USDUSD", None, Some((AssetClass::Crypto, "USD"))), // no currency pair
        ("XYZ", Some(AssetClass::Future), None),             // a future's terms cannot be guessed
        ("TOOLONG", None, None),
        ("ABC1", None, None),
        ("", None, None),
        ("A B", Some(AssetClass::Stock), None),
        ("../x", Some(AssetClass::Stock), None),
        ("...", Some(AssetClass::Stock), None),
        ("ABCDEFGHIJKLMNOPQRSTUVWXY", Some(AssetClass::Stock), None), // 25 characters
    ];
    for (symbol, class, expected) in cases {
        let found = catalogue.get_or_default(symbol, class);
        let terms = found.as_ref().map(|found| (found.asset_class, found.currency.as_str()));
        assert_eq!(terms, expected, "{symbol:?} {class:?}");
        if let Some(found) = found {
            assert_eq!(found.symbol, symbol.to_uppercase());
            Calendar::of(&found).unwrap();
        }
    }
    assert_eq!(catalogue.get_or_default("SEKJPY", None).unwrap().tick_size, decimal("0.001"));
    assert!(catalogue.get("PLTR").is_none());
}

#[test]
fn an_operators_file_is_merged_by_symbol() {
    let base = Catalogue::builtin();
    let merged = base
        .merged(
            r#"{"instruments": [
                {"symbol": "es", "name": "House ES", "default_costs": {"commission_per_side": 1.85}},
                {"symbol": "NQ", "default_costs": {"slippage_bps": 0.5}},
                {"symbol": "CL", "contract_rule": null},
                {"symbol": "PLTR", "name": "Palantir"},
                {"symbol": "FDAX", "name": "DAX", "asset_class": "future", "tick_size": "0.5", "point_value": 25,
                 "currency": "EUR", "calendar": "cme_equity", "time_zone": "Europe/Berlin", "contract_months": "HMUZ"},
                {"symbol": "BTC", "asset_class": "stock", "name": "A fund called BTC"}
            ]}"#,
        )
        .unwrap();
    let es = merged.get("ES").unwrap();
    assert_eq!((es.name.as_str(), es.tick_size), ("House ES", decimal("0.25")));
    assert_eq!(es.default_costs.commission_per_side, Some(decimal("1.85")));
    assert_eq!(es.default_costs.slippage_ticks, Some(decimal("1")));
    let nq = merged.get("NQ").unwrap().default_costs;
    assert_eq!((nq.slippage_ticks, nq.slippage_bps), (None, Some(decimal("0.5"))));
    assert_eq!(merged.get("CL").unwrap().contract_rule, None);
    let pltr = merged.get("PLTR").unwrap();
    assert_eq!((pltr.asset_class, pltr.calendar.as_str()), (AssetClass::Stock, "us_stocks"));
    assert_eq!(merged.get("FDAX").unwrap().tick_value(), decimal("12.5"));
    let stock = merged.get("BTC").unwrap();
    assert_eq!((stock.asset_class, stock.point_value, stock.contract_months), (AssetClass::Stock, decimal("1"), None));
    // Everything else is as it was, and the base is untouched.
    assert_eq!(merged.get("GC"), base.get("GC"));
    assert_eq!(base.get("ES").unwrap().name, "E-mini S&P 500");
    assert_eq!(base.merged("[]").unwrap(), base);
}

#[test]
fn mistakes_in_an_operators_file_are_named() {
    // (file, what the message says)
    let cases = [
        ("", "not valid JSON"),
        ("[{]", "line 1"),
        ("{}", "must be a list"),
        ("\"ES\"", "must be a list"),
        ("[1]", "must be a list"),
        (r#"{"instruments": [], "x": 1}"#, "must be a list"),
        (r#"[{"name": "x"}]"#, "instrument 1 of the file needs a \"symbol\""),
        (r#"[{"symbol": "ES"}, {"symbol": "a b"}]"#, "instrument 2 of the file"),
        (r#"[{"symbol": "ES"}, {"symbol": "es"}]"#, "ES occurs twice"),
        (r#"[{"symbol": "ES", "tick": 0.5}]"#, "ES: unknown key `tick`; did you mean `tick_size`?"),
        (r#"[{"symbol": "ES", "default_costs": {"commission": 1}}]"#, "did you mean `commission_bps`?"),
        (r#"[{"symbol": "ES", "tick_size": 0}]"#, "ES: `tick_size` is 0; it must be above zero"),
        (r#"[{"symbol": "ES", "tick_size": "wide"}]"#, "ES: "),
        (r#"[{"symbol": "ES", "asset_class": "bond"}]"#, "unknown variant `bond`"),
        (r#"[{"symbol": "ES", "calendar": "cme"}]"#, "ES: unknown trading calendar `cme`"),
        (r#"[{"symbol": "ES", "time_zone": "Mars"}]"#, "ES: unknown time zone `Mars`"),
        (r#"[{"symbol": "ES", "contract_months": "HMUA"}]"#, "FGHJKMNQUVXZ"),
        (r#"[{"symbol": "ES", "default_costs": {"commission_per_side": -1}}]"#, "commission_per_side` is negative"),
        (r#"[{"symbol": "ES", "default_costs": {"slippage_ticks": 1, "slippage_bps": 1}}]"#, "not both"),
        (r#"[{"symbol": "FDAX", "asset_class": "future"}]"#, "FDAX: missing field `name`"),
        (r#"[{"symbol": "FOREST1"}]"#, "FOREST1: missing field"),
        (r#"[{"symbol": "ES", "name": null}]"#, "ES: missing field `name`"),
    ];
    for (file, expected) in cases {
        let error = Catalogue::builtin().merged(file).expect_err(file).to_string();
        assert!(error.contains(expected), "{file}\n  gave  {error}\n  not   {expected}");
    }
    let many = format!("[{}]", vec![r#"{"symbol": "ES"}"#; 10_001].join(","));
    assert_eq!(Catalogue::builtin().merged(&many), Err(InstrumentError::TooMany { count: 10_001 }));
}

#[test]
fn instruments_are_searched() {
    let catalogue = Catalogue::builtin();
    let symbols = |query, class| -> Vec<String> {
        catalogue.search(query, class).into_iter().map(|instrument| instrument.symbol).collect()
    };
    assert_eq!(symbols(Some("nasdaq"), None), ["MNQ", "NQ", "QQQ"]);
    assert_eq!(symbols(Some("NASDAQ"), Some(AssetClass::Future)), ["MNQ", "NQ"]);
    assert_eq!(symbols(Some("wheat"), None), ["KE", "ZW"]);
    assert!(symbols(Some("no such thing"), None).is_empty());
    let all = symbols(None, None);
    let by_class: usize = AssetClass::ALL.iter().map(|class| symbols(None, Some(*class)).len()).sum();
    assert!(all.is_sorted() && all.len() == by_class);
}
