//! Bid, ask, mid and spread.

use crate::check::{check_files, run, symbol, zipped};
use importers::Options;
use market::PriceSide;

const BID: &[u8] = b"timestamp,open,high,low,close\n1704205800,1.10,1.12,1.09,1.11\n1704205860,1.11,1.11,1.11,1.11\n1704205920,1.2,1.2,1.2,1.2\n";
const ASK: &[u8] = b"timestamp,open,high,low,close\n1704205800,1.11,1.13,1.10,1.13\n1704205860,1.105,1.105,1.105,1.105\n1704205980,1.3,1.3,1.3,1.3\n";

fn side(side: PriceSide) -> Options {
    Options { price_side: Some(side), ..symbol("X") }
}

#[test]
fn bid_and_ask_files_join_to_mid_with_spread() {
    // Halves need one more place; the second minute is crossed; the others have no partner.
    let imported = check_files(
        &[("x-bid.csv", BID), ("x-ask.csv", ASK)],
        &symbol("X"),
        &[
            "2024-01-02T14:30:00Z 1.105 1.125 1.095 1.12 0 ~0.02",
            "2024-01-02T14:31:00Z 1.1075 1.1075 1.1075 1.1075 0 ~0",
        ],
    );
    assert_eq!(imported.series.price_side, PriceSide::Mid);
    assert_eq!((imported.report.crossed_quotes, imported.report.unpaired_quotes), (1, 2));
}

#[test]
fn the_order_of_the_files_does_not_matter() {
    let forward = run(&[("x-bid.csv", BID), ("x-ask.csv", ASK)], &symbol("X")).unwrap();
    let backward = run(&[("x-ask.csv", ASK), ("x-bid.csv", BID)], &symbol("X")).unwrap();
    assert_eq!(forward.series, backward.series);
}

#[test]
fn one_file_alone_is_its_side() {
    for (name, bytes, expected) in [("x-bid.csv", BID, PriceSide::Bid), ("x_ASK_2024.csv", ASK, PriceSide::Ask)] {
        let imported = run(&[(name, bytes)], &symbol("X")).unwrap();
        assert_eq!(imported.series.price_side, expected);
        assert!(imported.series.spread.is_empty());
    }
    assert_eq!(run(&[("x.csv", BID)], &side(PriceSide::Bid)).unwrap().series.price_side, PriceSide::Bid);
    assert_eq!(run(&[("x.csv", BID)], &symbol("X")).unwrap().series.price_side, PriceSide::Trade);
}

#[test]
fn a_side_that_is_not_there_is_an_error() {
    let message = run(&[("x-bid.csv", BID)], &side(PriceSide::Mid)).unwrap_err().to_string();
    assert!(message.contains("no mid") && message.contains("only bid"), "{message}");
    let message = run(&[("x-bid.csv", BID)], &side(PriceSide::Ask)).unwrap_err().to_string();
    assert!(message.contains("no ask"), "{message}");
}

#[test]
fn missing_quote_sides_make_no_bar_and_are_counted() {
    let rows =
        b"0,10,11,9,10,5,10.5,11.5,9.5,10.5,5\r\n60000,,,,,0,11,11,11,11,3\r\n120000,10,10,10,10,2,0,0,0,0,0\r\n";
    let packed = zipped(&[("20240102_eurusd_minute_quote.csv", rows)]);
    let files: [(&str, &[u8]); 1] = [("forex/oanda/minute/eurusd/20240102_quote.zip", &packed)];
    let imported = check_files(&files, &symbol("EURUSD"), &["2024-01-02T00:00:00Z 10.25 11.25 9.25 10.25 0 ~0.5"]);
    assert_eq!((imported.report.rows_one_sided, imported.report.rows_refused), (2, 0));
    // One side alone needs only that side.
    check_files(
        &files,
        &Options { price_side: Some(PriceSide::Ask), ..symbol("EURUSD") },
        &["2024-01-02T00:00:00Z 10.5 11.5 9.5 10.5 0", "2024-01-02T00:01:00Z 11 11 11 11 0"],
    );
}

#[test]
fn quote_ticks_become_mid_minutes_with_the_closing_spread() {
    let text = b"ts,bid,ask\n1704205800,1.1,1.2\n1704205830,1.3,1.5\n1704205859,1.2,1.1\n1704205860,1.0,1.1\n";
    let imported = check_files(
        &[("ticks.csv", text)],
        &symbol("X"),
        &["2024-01-02T14:30:00Z 1.15 1.4 1.15 1.15 0 ~0", "2024-01-02T14:31:00Z 1.05 1.05 1.05 1.05 0 ~0.1"],
    );
    assert_eq!(imported.report.crossed_quotes, 1);
}

#[test]
fn lean_trades_win_over_quotes_beside_them() {
    let trade = zipped(&[("20240102_btcusd_minute_trade.csv", b"0,5,5,5,5,1\n")]);
    let quote = zipped(&[("20240102_btcusd_minute_quote.csv", b"0,4,4,4,4,1,6,6,6,6,1\n")]);
    let interest = zipped(&[("20240102_btcusd_minute_openinterest.csv", b"0,77\n")]);
    let folder = "crypto/coinbase/minute/btcusd";
    let names = ["trade", "quote", "openinterest"].map(|kind| format!("{folder}/20240102_{kind}.zip"));
    let files: [(&str, &[u8]); 3] = [(&names[0], &trade), (&names[1], &quote), (&names[2], &interest)];
    let imported = check_files(&files, &symbol("BTCUSD"), &["2024-01-02T00:00:00Z 5 5 5 5 1"]);
    assert_eq!(imported.report.ignored_count, 2);
    assert!(imported.report.ignored.iter().any(|note| note.contains("open interest")));
    check_files(
        &files,
        &Options { price_side: Some(PriceSide::Mid), ..symbol("BTCUSD") },
        &["2024-01-02T00:00:00Z 5 5 5 5 0 ~2"],
    );
}
