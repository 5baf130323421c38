//! Continuous futures, each case worked out by hand.

use crate::check::{decimal, of, run};
use importers::{ContractMonth, ContractSeries, Roll, TradingDayRule, continuous};
use market::{AssetClass, BarSeries, Scale};

/// A bar: UTC text, close, volume.
type Row = (&'static str, i64, i64);

fn month(code: &str) -> ContractMonth {
    ContractMonth::parse_code(code, 2023).unwrap()
}

fn contract(code: &str, rows: &[Row]) -> ContractSeries {
    let scale = Scale::new(0).unwrap();
    let mut series = BarSeries { price_scale: scale, volume_scale: scale, ..BarSeries::empty("ES") };
    for (stamp, close, volume) in rows {
        let ts: jiff::Timestamp = format!("{stamp}:00Z").parse().unwrap();
        series.ts.push(ts.as_microsecond());
        for column in [&mut series.open, &mut series.high, &mut series.low, &mut series.close] {
            column.push(*close);
        }
        series.volume.push(*volume);
    }
    ContractSeries { contract: month(code), series }
}

/// Bars as `MM-DDTHH:MM close offset`, rolls as `MM-DDTHH:MM from>to gap`.
fn check(contracts: &[ContractSeries], bars: &[&str], rolls: &[&str]) {
    let done = continuous::stitch(contracts, &TradingDayRule::default()).unwrap();
    let short = |ts: i64| jiff::Timestamp::from_microsecond(ts).unwrap().to_string()[5..16].to_owned();
    let series = &done.series;
    let found: Vec<String> = (0..series.len())
        .map(|at| {
            format!("{} {} {}", short(series.ts[at]), decimal(series.close[at], series.price_scale), series.offset[at])
        })
        .collect();
    assert_eq!(found, bars);
    let shown = |roll: &Roll| {
        let gap = roll.gap.map_or("unmatched".to_owned(), |gap| gap.to_string());
        format!("{} {}>{} {gap}", short(roll.at_ts), roll.from_contract, roll.to_contract)
    };
    assert_eq!(done.rolls.iter().map(shown).collect::<Vec<_>>(), rolls);
}

#[test]
fn rolls_at_the_session_open_after_the_next_contract_out_traded() {
    // 2023-03-09 and -10 are trading days that began at 18:00 New York (23:00 UTC) the evening before.
    let near = contract(
        "H3",
        &[
            ("2023-03-09T15:00", 100, 10),
            ("2023-03-09T23:30", 101, 5),
            ("2023-03-10T15:00", 102, 4),
            ("2023-03-10T15:01", 103, 1),
            ("2023-03-12T22:30", 110, 50),
        ],
    );
    let far = contract(
        "M3",
        &[
            ("2023-03-09T15:00", 120, 9),
            ("2023-03-10T15:00", 122, 11),
            ("2023-03-12T22:30", 130, 1),
            ("2023-03-13T15:00", 131, 1),
        ],
    );
    // The 10th is a Friday: 11 > 10, so Sunday's open at 18:00 New York (summer time, 22:00 UTC) rolls;
    // the last common minute is the 10th 15:00: 122 - 102 = 20. That H3 trades 50 later does not roll back.
    check(
        &[far, near],
        &[
            "03-09T15:00 100 0",
            "03-09T23:30 101 0",
            "03-10T15:00 102 0",
            "03-10T15:01 103 0",
            "03-12T22:30 130 -20",
            "03-13T15:00 131 -20",
        ],
        &["03-12T22:00 2023-03>2023-06 20"],
    );
}

#[test]
fn equal_volume_does_not_roll() {
    let near = contract("H3", &[("2023-03-09T15:00", 100, 10), ("2023-03-10T15:00", 101, 10)]);
    let far = contract("M3", &[("2023-03-09T15:00", 120, 10), ("2023-03-10T15:00", 121, 10)]);
    check(&[near, far], &["03-09T15:00 100 0", "03-10T15:00 101 0"], &[]);
}

#[test]
fn offsets_add_up_from_the_first_contract() {
    let days = ["2023-03-09T15:00", "2023-03-10T15:00", "2023-03-13T15:00"];
    let first = contract("H3", &[(days[0], 100, 1)]);
    let second = contract("M3", &[(days[0], 107, 2), (days[1], 108, 1), (days[2], 109, 1)]);
    let third = contract("U3", &[(days[1], 113, 5), (days[2], 114, 5)]);
    check(
        &[first, second, third],
        &["03-09T15:00 100 0", "03-10T15:00 108 -7", "03-13T15:00 114 -12"],
        &["03-09T23:00 2023-03>2023-06 7", "03-12T22:00 2023-06>2023-09 5"],
    );
}

#[test]
fn across_a_hole_an_expired_contract_is_left_unmatched() {
    let old = contract("H3", &[("2023-03-09T15:00", 100, 10)]);
    let expired = contract("M3", &[("2023-03-09T15:00", 105, 1), ("2023-09-12T14:59", 1, 1)]);
    let new = contract("Z3", &[("2023-09-12T15:00", 300, 5), ("2023-09-13T15:00", 301, 5)]);
    // M3's month is long over in September although a stray print carries it.
    check(
        &[old, expired, new],
        &["03-09T15:00 100 0", "09-12T15:00 300 0", "09-13T15:00 301 0"],
        &["09-11T22:00 2023-03>2023-12 unmatched"],
    );
}

#[test]
fn a_roll_decided_before_a_hole_keeps_its_gap() {
    let old = contract("H3", &[("2023-03-09T15:00", 100, 1)]);
    let next = contract("M3", &[("2023-03-09T15:00", 105, 9)]);
    let new = contract("Z3", &[("2023-09-12T15:00", 300, 5)]);
    check(
        &[old, next, new],
        &["03-09T15:00 100 0", "09-12T15:00 300 -5"],
        &["09-11T22:00 2023-03>2023-06 5", "09-11T22:00 2023-06>2023-12 unmatched"],
    );
}

#[test]
fn appending_a_later_contract_changes_nothing_earlier() {
    let all = [
        contract("H3", &[("2023-03-09T15:00", 100, 1), ("2023-03-10T15:00", 101, 1)]),
        contract(
            "M3",
            &[
                ("2023-03-09T15:00", 107, 2),
                ("2023-03-10T15:00", 108, 3),
                ("2023-06-08T15:00", 120, 1),
                ("2023-06-09T15:00", 121, 1),
            ],
        ),
        contract("U3", &[("2023-06-08T15:00", 125, 2), ("2023-06-09T15:00", 126, 9)]),
    ];
    let rule = TradingDayRule::default();
    let before = continuous::stitch(&all[..2], &rule).unwrap();
    let after = continuous::stitch(&all, &rule).unwrap();
    let kept = before.series.len() - 1;
    assert_eq!(after.series.offset[..kept], before.series.offset[..kept]);
    assert_eq!(after.series.close[..kept], before.series.close[..kept]);
    assert_eq!(after.rolls[..before.rolls.len()], before.rolls);
    assert_eq!((before.rolls.len(), after.rolls.len()), (1, 2));
}

#[test]
fn prices_of_several_grids_share_the_finest() {
    let mut fine = contract("M3", &[("2023-03-09T15:00", 10_725, 2), ("2023-03-10T15:00", 10_800, 2)]);
    fine.series.price_scale = Scale::new(2).unwrap();
    let coarse = contract("H3", &[("2023-03-09T15:00", 100, 1)]);
    check(&[coarse, fine], &["03-09T15:00 100 0", "03-10T15:00 108 -725"], &["03-09T23:00 2023-03>2023-06 725"]);
}

#[test]
fn nothing_to_stitch_is_an_error() {
    assert_eq!(continuous::stitch(&[], &TradingDayRule::default()), Err(importers::ContinuousError::NoBars));
    let nowhere = TradingDayRule { time_zone: "Nowhere".to_owned(), open_minute: 0 };
    let only = contract("H3", &[("2023-03-09T15:00", 100, 1)]);
    assert!(continuous::stitch(&[only], &nowhere).is_err());
}

#[test]
fn databento_contracts_of_a_root_are_stitched_and_spreads_left_out() {
    let row = |ts: &str, price: i64, volume: i64, symbol: &str| {
        format!("{ts}T15:00:00.000000000Z,33,1,5,{price},{price},{price},{price},{volume},{symbol}\n")
    };
    let text = "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume,symbol\n".to_owned()
        + &row("2023-03-09", 100, 1, "ESH3")
        + &row("2023-03-09", 107, 2, "ESM3")
        + &row("2023-03-09", 7, 900, "ESH3-ESM3")
        + &row("2023-03-09", 50, 900, "NQM3")
        + &row("2023-03-10", 108, 2, "ESM3")
        + &row("2023-03-10", 101, 2, "ESH3");
    let imported = run(&[("es.csv", text.as_bytes())], &of("ES", AssetClass::Future)).unwrap();
    assert_eq!(imported.series.close, [100, 108]);
    assert_eq!(imported.series.offset, [0, -7]);
    assert_eq!(imported.rolls.len(), 1);
    assert_eq!(imported.contracts.len(), 2);
    assert_eq!(imported.report.rows_skipped, 2);
}

#[test]
fn contract_codes_in_tickers_and_file_names() {
    let expected = |year, month| ContractMonth::new(year, month);
    assert_eq!(ContractMonth::of_ticker("ESZ3", "ES", 2013), expected(2013, 12));
    assert_eq!(ContractMonth::of_ticker("ESH4", "es", 2013), expected(2014, 3));
    assert_eq!(ContractMonth::of_ticker("ESH2", "ES", 2013), expected(2022, 3));
    assert_eq!(ContractMonth::of_ticker("ES_H24", "ES", 2023), expected(2024, 3));
    assert_eq!(ContractMonth::of_ticker("ESH4-ESM4", "ES", 2013), None);
    assert_eq!(ContractMonth::of_ticker("NQH4", "ES", 2013), None);
    assert_eq!(ContractMonth::of_file_name("6EH4.XCME_1min.csv", "6E", 2024), expected(2024, 3));
    assert_eq!(ContractMonth::of_file_name("ES 12-06.Last.txt", "ES", 2006), expected(2006, 12));
    assert_eq!(ContractMonth::of_file_name("ES_continuous.csv", "ES", 2006), None);
    assert_eq!(ContractMonth::parse_digits("201313"), None);
}

#[test]
fn contracts_of_unlisted_months_are_left_out() {
    let row = |symbol: &str, volume: i64| format!("2023-03-09T15:00:00Z,1,1,1,1,{volume},{symbol}\n");
    let text = "ts,open,high,low,close,volume,symbol\n".to_owned() + &row("ESJ3", 9) + &row("ESM3", 2);
    let imported = run(&[("es.csv", text.as_bytes())], &of("ES", AssetClass::Future)).unwrap();
    assert_eq!(imported.contracts.len(), 1);
    assert!(imported.report.warnings[0].contains("2023-04"), "{:?}", imported.report.warnings);
}
