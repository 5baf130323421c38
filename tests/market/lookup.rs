//! Plain names to instruments.

use market::{Catalogue, LookUp};

fn check(text: &str, expected: &str) {
    let found = match Catalogue::builtin().resolve(text) {
        LookUp::Found(instrument) => instrument.symbol,
        LookUp::Ambiguous(several) => {
            let symbols: Vec<String> = several.into_iter().map(|instrument| instrument.symbol).collect();
            format!("? {}", symbols.join(" "))
        }
        LookUp::Unknown { near } => format!("- {}", near.first().cloned().unwrap_or_default()),
    };
    assert_eq!(found, expected, "{text:?}");
}

#[test]
fn plain_names() {
    let cases = [
        ("MNQ", "MNQ"),
        ("mnq", "MNQ"),
        ("Micro Nasdaq", "MNQ"),
        ("micro e-mini nasdaq-100", "MNQ"),
        ("Micro E mini Nasdaq 100 futures", "MNQ"),
        ("nasdaq", "NQ"),
        ("the Nasdaq futures contract", "NQ"),
        ("mini s&p", "ES"),
        ("E-mini S&P 500", "ES"),
        ("S&P 500 futures", "ES"),
        ("s&p 500 etf", "SPY"),
        ("micro S&P", "MES"),
        ("dow", "YM"),
        ("russell 2000", "RTY"),
        ("gold", "GC"),
        ("micro gold", "MGC"),
        ("gold etf", "GLD"),
        ("gold fund", "GLD"), // the word narrows the class: the future is called just that
        ("silver futures", "SI"),
        ("crude oil", "CL"),
        ("oil", "CL"),
        ("brent", "BZ"),
        ("natural gas", "NG"),
        ("10-year t-note", "ZN"),
        ("corn", "ZC"),
        ("bitcoin", "BTCUSD"),
        ("bitcoin futures", "BTC"),
        ("micro bitcoin", "MBT"),
        ("bitcoin etf", "IBIT"),
        ("ethereum", "ETHUSD"),
        ("euro", "EURUSD"),
        ("euro fx", "6E"),
        ("cable", "GBPUSD"),
        ("japanese yen", "6J"),
        ("EUR/USD", "EURUSD"),
        ("BTC-USD", "BTCUSD"),
        ("btc/usdt", "BTCUSDT"),
        ("apple", "AAPL"),
        ("Tesla stock", "TSLA"),
        ("google", "GOOGL"),
        ("berkshire", "BRK.B"),
        ("ESZ13", "ES"),
        ("mnqh6", "MNQ"),
        ("synthetic", "DEMO"),
    ];
    for (text, expected) in cases {
        check(text, expected);
    }
}

#[test]
fn several_are_asked_about() {
    check("alphabet", "? GOOG GOOGL");
    check("treasury bond", "ZB"); // an alias of one wins over words of several
    check("ultra", "? TN UB");
    check("micro crude", "MCL");
    check("soybean", "ZS");
    check("cattle", "LE");
    check("feeder", "GF");
    check("class", "? BRK.B GOOG GOOGL");
}

#[test]
fn unknown_names_offer_neighbours() {
    check("golde", "- GC (Gold)");
    check("nasdaqq", "- NQ (E-mini Nasdaq-100)");
    check("MNQQ", "- MNQ (Micro E-mini Nasdaq-100)");
    for text in ["", "   ", "???", "futures", "the"] {
        let LookUp::Unknown { near } = Catalogue::builtin().resolve(text) else {
            panic!("{text:?} stands for nothing")
        };
        assert_eq!(near.len(), market::lookup::MAX_SUGGESTIONS);
    }
    // Text without end is read to its limit.
    check(&format!("gold{}", " futures".repeat(10_000)), "GC");
}
