//! Contract dates as the exchanges published them, and counts of days by hand.

use crate::date;
use market::contracts::{letter_of_month, month_of_letter, split_code};
use market::{Catalogue, ContractCalendar};

fn contracts_of(root: &str) -> ContractCalendar {
    let instrument = Catalogue::builtin().get(root).unwrap_or_else(|| panic!("no {root}"));
    ContractCalendar::of(&instrument).unwrap().unwrap_or_else(|| panic!("{root} has no contracts"))
}

#[test]
fn expirations_are_the_published_ones() {
    // (root, year, month, code, last trading date)
    let cases = [
        ("ES", 2013, 12, "ESZ13", "2013-12-20"),
        ("MNQ", 2024, 3, "MNQH24", "2024-03-15"),
        ("ES", 2008, 3, "ESH08", "2008-03-20"), // the third Friday was Good Friday
        ("ES", 2026, 6, "ESM26", "2026-06-18"), // the third Friday is Juneteenth
        ("6E", 2024, 3, "6EH24", "2024-03-18"),
        ("6E", 2024, 6, "6EM24", "2024-06-17"),
        ("6C", 2024, 3, "6CH24", "2024-03-19"),
        ("CL", 2020, 5, "CLK20", "2020-04-21"), // the 25th was a Saturday
        ("CL", 2024, 2, "CLG24", "2024-01-22"),
        ("CL", 2024, 12, "CLZ24", "2024-11-20"),
        ("MCL", 2024, 12, "MCLZ24", "2024-11-19"),
        ("NG", 2024, 3, "NGH24", "2024-02-27"),
        ("HO", 2024, 3, "HOH24", "2024-02-29"),
        ("BZ", 2024, 3, "BZH24", "2024-01-31"),
        ("GC", 2023, 12, "GCZ23", "2023-12-27"),
        ("SI", 2021, 5, "SIK21", "2021-05-26"), // Memorial Day was the 31st
        ("ZN", 2024, 3, "ZNH24", "2024-03-19"),
        ("ZB", 2024, 3, "ZBH24", "2024-03-19"),
        ("ZF", 2024, 3, "ZFH24", "2024-03-28"), // the 29th was Good Friday
        ("ZC", 2024, 3, "ZCH24", "2024-03-14"),
        ("ZS", 2022, 5, "ZSK22", "2022-05-13"),
        ("LE", 2024, 2, "LEG24", "2024-02-29"),
        ("HE", 2024, 2, "HEG24", "2024-02-14"),
        ("GF", 2024, 3, "GFH24", "2024-03-28"),
        ("BTC", 2024, 1, "BTCF24", "2024-01-26"),
    ];
    for (root, year, month, code, expiration) in cases {
        let contract = contracts_of(root).contract(year, month).unwrap();
        assert_eq!((contract.code.as_str(), contract.expiration.to_string().as_str()), (code, expiration));
    }
}

#[test]
fn days_to_roll_and_expiration_by_hand() {
    // (root, date, front contract, trading days to its roll date, to its last trading date)
    let cases = [
        ("ES", "2013-12-09", "ESZ13", 3, 9),   // Thursday the 12th, Friday the 20th
        ("ES", "2013-12-12", "ESZ13", 0, 6),   // the last day in the contract
        ("ES", "2013-12-13", "ESH14", 62, 68), // 13 March: 11 days left in December without Christmas, 22 in January
        // without New Year, 20 in February, 9 in March; shortened holidays count
        ("ES", "2013-12-14", "ESH14", 62, 68), // a Saturday counts from itself
        ("CL", "2024-01-12", "CLG24", 1, 6), // five trading days before Monday the 22nd, shortened Monday the 15th counts
        ("CL", "2024-01-15", "CLG24", 0, 5),
        ("GC", "2024-01-29", "GCG24", 0, 21), // two days before first notice on 31 January; last trading on 27 February
        ("GC", "2024-01-30", "GCJ24", 40, 62), // 1 + 21 + 18 days to 26 March; then 27, 28 March and 20 in April
        ("BTC", "2024-01-24", "BTCF24", 0, 2),
        ("BTC", "2024-01-25", "BTCG24", 19, 21),
    ];
    for (root, day, code, to_roll, to_expiration) in cases {
        let contracts = contracts_of(root);
        let found = (
            contracts.front(date(day)).unwrap().code,
            contracts.days_to_roll(date(day)).unwrap(),
            contracts.days_to_expiration(date(day)).unwrap(),
        );
        assert_eq!(found, (code.to_owned(), to_roll, to_expiration), "{root} {day}");
    }
}

/// Every root, day by day over three years: the front contract never goes back, the count falls by one on each trading
/// day and starts again only after it reached zero.
#[test]
fn counts_fall_by_one_a_day() {
    for instrument in Catalogue::builtin().search(None, None) {
        let Some(contracts) = ContractCalendar::of(&instrument).unwrap() else { continue };
        let calendar = market::Calendar::of(&instrument).unwrap();
        let mut previous: Option<(String, u32, market::TradingDate)> = None;
        for day in date("2022-11-01").0..date("2025-11-01").0 {
            let day = market::TradingDate(day);
            if !calendar.is_trading_date(day) {
                continue;
            }
            let front = contracts.front(day).unwrap();
            let left = contracts.days_to_roll(day).unwrap();
            assert!(front.roll < front.expiration, "{}: {} rolls after it ends", instrument.symbol, front.code);
            assert!(contracts.days_to_expiration(day).unwrap() > left);
            if let Some((code, before, roll)) = previous {
                let expected = if code == front.code { before.checked_sub(1) } else { None };
                assert!(expected == Some(left) || (before == 0 && front.roll > roll), "{} {day}", instrument.symbol);
            }
            previous = Some((front.code, left, front.roll));
        }
    }
}

#[test]
fn only_futures_with_months_have_contracts() {
    let catalogue = Catalogue::builtin();
    for symbol in ["EURUSD", "BTCUSD", "SPY", "DEMO"] {
        let instrument = catalogue.get(symbol).unwrap();
        assert!(ContractCalendar::of(&instrument).unwrap().is_none(), "{symbol}");
        assert_eq!(instrument.roll(), None, "{symbol}");
    }
    let roll = catalogue.get("ES").unwrap().roll().unwrap();
    assert!(roll.contains("difference method") && roll.contains("third Friday"), "{roll}");
}

#[test]
fn codes_are_split() {
    let cases = [
        ("ESZ13", Some(("ES", 12, 13))),
        ("ESZ3", Some(("ES", 12, 3))),
        ("6EH2024", Some(("6E", 3, 2024))),
        ("ES", None),
        ("Z13", None),
        ("ESA13", None),
        ("ESZ", None),
        ("ESZ123", None),
        ("", None),
        ("123", None),
    ];
    for (code, expected) in cases {
        assert_eq!(split_code(code), expected, "{code:?}");
    }
    for month in 1..=12 {
        assert_eq!(letter_of_month(month).and_then(month_of_letter), Some(month));
    }
    assert_eq!((letter_of_month(0), letter_of_month(13), month_of_letter('A')), (None, None, None));
}
