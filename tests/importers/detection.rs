//! What `detect` says of a file before anything is imported.

use crate::check::zipped;
use importers::{Detection, Format, ImportError, SourceFile, detect};

fn detected(name: &str, bytes: &[u8]) -> Detection {
    detect(&SourceFile { name, bytes }).unwrap()
}

#[track_caller]
fn check_known(name: &str, bytes: &[u8], expected: Format) {
    match detected(name, bytes) {
        Detection::Known { format, reason } => {
            assert_eq!(format, expected, "{name}");
            assert!(!reason.is_empty());
        }
        other @ (Detection::Ambiguous { .. } | Detection::Unknown { .. }) => panic!("{name}: {other:?}"),
    }
}

#[test]
fn formats_by_names_headers_and_shapes() {
    let lean = zipped(&[("20131218_es_minute_trade_201312.csv", b"0,1,1,1,1,1\n")]);
    check_known("future/cme/minute/es/20131218_trade.zip", &lean, Format::Lean);
    check_known("DAT_ASCII_EURUSD_M1_2012.csv", b"20120201 000000;1.3;1.3;1.3;1.3;0\n", Format::HistData);
    check_known("ES 12-06.Last.txt", b"20061218 000000;1;1;1;1;1\n", Format::NinjaTrader);
    check_known("x.csv", b"2024.01.02,16:30,1,1,1,1,1\n", Format::MetaTrader);
    check_known("DAT_MT_EURUSD_M1_2012.csv", b"2024.01.02,16:30,1,1,1,1,1\n", Format::HistData);
    check_known("x.csv", b"01/02/2024,16:30,1,2,1,1,1\n", Format::Kibot);
    check_known("x.csv", b"2024-01-02 16:30:00,1,2,1,1,1\n", Format::FirstRate);
    check_known("x.csv", b"time,open,high,low,close\n1704205800,1,1,1,1\n", Format::TradingView);
    check_known("x.csv", b"time,open,high,low,close\n2024-01-02 10:00,1,1,1,1\n", Format::Csv);
}

#[test]
fn alike_formats_are_named_not_guessed() {
    let expected = Detection::Ambiguous { candidates: vec![Format::NinjaTrader, Format::HistData] };
    assert_eq!(detected("eurusd.csv", b"20120201 000000;1.3;1.3;1.3;1.3;0\n"), expected);
}

#[test]
fn unknown_says_what_was_seen() {
    let cases: [(&[u8], &str); 4] = [
        (b"", "empty"),
        (b"hello\nworld\n", "no delimiter"),
        (b"foo,bar\n1,2\n", "foo, bar"),
        // The second price is not the highest: not the column order that the vendor writes.
        (b"2024-01-02 16:30:00,1,2,1,3,1\n", "fit no vendor"),
    ];
    for (bytes, word) in cases {
        match detected("x.csv", bytes) {
            Detection::Unknown { reason } => assert!(reason.contains(word), "{reason}"),
            other @ (Detection::Known { .. } | Detection::Ambiguous { .. }) => panic!("{other:?}"),
        }
    }
}

#[test]
fn recognised_but_not_read() {
    let cases: [(&str, &[u8], &str); 4] = [
        ("x.csv.zst", b"\x28\xb5\x2f\xfd....", "zstd"),
        ("x.dbn", b"DBN\x01....", "CSV"),
        ("x.parquet", b"PAR1....", "CSV"),
        ("00h_ticks.bi5", b"\x5d\0\0", "CSV"),
    ];
    for (name, bytes, word) in cases {
        let error = detect(&SourceFile { name, bytes }).unwrap_err();
        assert!(matches!(error, ImportError::Unsupported { .. }), "{error}");
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[test]
fn every_format_has_a_word_that_is_read_back() {
    for format in Format::ALL {
        assert_eq!(format.name().parse::<Format>().unwrap(), format);
    }
    assert!("excel".parse::<Format>().unwrap_err().to_string().contains("tradingview"));
}
