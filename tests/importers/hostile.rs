//! Damaged, absurd and malicious input: always an error or a counted refusal, never a wrong bar.

use crate::check::{check, check_files, check_refused, gzipped, of, run, symbol, zipped};
use importers::{ImportError, limits};
use market::AssetClass;

const HEADER: &str = "ts,open,high,low,close,volume\n";

/// Twenty good rows with one row among them.
fn with_row(row: &str) -> String {
    let good: String = (0..20).map(|minute| format!("{},10,11,9,10,1\n", 1_704_205_800 + 60 * minute)).collect();
    format!("{HEADER}{good}{row}\n")
}

/// The row is refused with this reason at line 22 and costs nothing else.
fn check_row(row: &str, reason: &str) {
    let imported =
        run(&[("x.csv", with_row(row).as_bytes())], &symbol("X")).unwrap_or_else(|error| panic!("{row}: {error}"));
    assert_eq!(
        (imported.report.rows_read, imported.report.rows_kept, imported.report.rows_refused),
        (21, 20, 1),
        "{row}"
    );
    assert_eq!(imported.series.len(), 20);
    let refusal = &imported.report.refusals[0];
    assert_eq!((refusal.file.as_str(), refusal.line), ("x.csv", 22));
    assert!(refusal.reason.contains(reason), "{row}: {}", refusal.reason);
}

#[test]
fn rows_that_make_no_sense() {
    let cases = [
        ("1704209400,10,11,9,NaN,1", "`NaN` is no price"),
        ("1704209400,10,inf,9,10,1", "`inf` is no price"),
        ("1704209400,10,,9,10,1", "`` is no price"),
        ("1704209400,10,11,9,-10,1", "not positive"),
        ("1704209400,0,0,0,0,1", "not positive"),
        ("1704209400,10,9.5,9,10,1", "do not enclose"),
        ("1704209400,10,11,10.5,10,1", "do not enclose"),
        ("1704209400,10,11,9,10,-1", "`-1` is no volume"),
        ("1704209400,10,11,9,10,abc", "`abc` is no volume"),
        ("1704209400,10,11,9,10", "5 fields, expected 6"),
        ("1704209400,10,11,9,10,1,1", "7 fields, expected 6"),
        ("never,10,11,9,10,1", "`never` is no time"),
        ("2024-02-30 10:00Z,10,11,9,10,1", "is no time"),
        ("2024-01-02 25:00Z,10,11,9,10,1", "is no time"),
        ("99999999999999999999999,10,11,9,10,1", "is no time"),
        ("9999999999999999,10,11,9,10,1", "is no time"),
        ("1704209400,10,99999999999999999999999999999999999999999999,9,10,1", "is no price"),
        ("1704209400,10,9999999999,9,10,1", "MAX_PRICE"),
        ("1704209400,10,11,9,10,9999999999999999999", "MAX_VOLUME"),
        ("1704209400,10,1e300,9,10,1", "is no price"),
        ("1704209400,10,11,9,10,1e40", "is no volume"),
        ("1704209400,1.0.0,11,9,10,1", "is no price"),
        ("1704209400,\"10,11,9,10,1", "fields, expected 6"),
    ];
    for (row, reason) in cases {
        check_row(row, reason);
    }
}

#[test]
fn a_torn_last_line_is_one_refusal() {
    check_row("17042", "1 fields, expected 6");
}

#[test]
fn more_than_a_few_bad_rows_refuse_the_file() {
    let bad = with_row("x,10,11,9,10,1\ny,10,11,9,10,1");
    let error = check_refused("x.csv", bad.as_bytes(), &symbol("X"), &["2 of 22 rows", "line 22", "1 tolerated"]);
    assert!(matches!(error, ImportError::TooManyRefused { refused: 2, rows: 22, allowed: 1, .. }));
    // Two thousand rows tolerate two.
    let good: String = (0..2_000).map(|minute| format!("{},10,11,9,10,1\n", 1_704_205_800 + 60 * minute)).collect();
    let text = format!("{HEADER}{good}x,1,1,1,1,1\ny,1,1,1,1,1\n");
    let report = run(&[("x.csv", text.as_bytes())], &symbol("X")).unwrap().report;
    assert_eq!((report.rows_kept, report.rows_refused), (2_000, 2));
}

#[test]
fn a_bad_file_refuses_the_whole_import() {
    let good = with_row("1704209400,10,11,9,10,1");
    let files: [(&str, &[u8]); 2] =
        [("good.csv", good.as_bytes()), ("bad.csv", b"ts,open,high,low,close\n1,2,3,4,5\n")];
    assert!(run(&files, &symbol("X")).unwrap_err().to_string().starts_with("bad.csv"));
}

#[test]
fn files_without_rows() {
    assert_eq!(run(&[], &symbol("X")), Err(ImportError::NoFiles));
    check_refused("x.csv", b"", &symbol("X"), &["no bars", "empty"]);
    check_refused("x.csv", b"\n\r\n\n", &symbol("X"), &["no bars"]);
    check_refused("x.csv", HEADER.as_bytes(), &symbol("X"), &["no bars"]);
    check_refused("x.zip", &zipped(&[]), &symbol("X"), &["no bars"]);
    check_refused("x.csv", b"1704205800\n1704205860\n", &symbol("X"), &["x.csv", "no delimiter"]);
    check_refused(
        "x.csv",
        b"ts,open,close\n1704205800,1,1\n",
        &symbol("X"),
        &["open, high, low and close", "--columns"],
    );
    check_refused("x.csv", b"open,high,low,close\n1,1,1,1\n", &symbol("X"), &["the time stamp"]);
    check_refused("x.csv", b"1704205800,1,1,1,1,1\n", &symbol("X"), &["--columns"]);
}

#[test]
fn binary_and_damaged_containers() {
    check_refused("x.csv", &[0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0], &symbol("X"), &["not text"]);
    let text = with_row("1704209400,10,11,9,10,1");
    let gz = gzipped(text.as_bytes());
    check_refused("x.csv.gz", &gz[..gz.len() / 2], &symbol("X"), &["x.csv.gz", "damaged or cut off"]);
    let mut flipped = gz.clone();
    let last = flipped.len() - 6;
    flipped[last] ^= 0xff;
    check_refused("x.csv.gz", &flipped, &symbol("X"), &["damaged"]);
    let packed = zipped(&[("x.csv", text.as_bytes())]);
    for cut in [10, packed.len() / 2, packed.len() - 5] {
        check_refused("x.zip", &packed[..cut], &symbol("X"), &["x.zip"]);
    }
    let mut flipped = packed.clone();
    flipped[60] ^= 0xff;
    check_refused("x.zip", &flipped, &symbol("X"), &["x.zip"]);
}

#[test]
fn every_prefix_of_every_container_is_an_error_or_a_part() {
    let text = with_row("1704209400,10,11,9,10,1");
    for whole in [zipped(&[("x.csv", text.as_bytes())]), gzipped(text.as_bytes())] {
        for cut in 0..whole.len() {
            assert!(run(&[("x.bin", &whole[..cut])], &symbol("X")).is_err(), "{cut} of {}", whole.len());
        }
    }
    for cut in 0..text.len() {
        if let Ok(imported) = run(&[("x.csv", &text.as_bytes()[..cut])], &symbol("X")) {
            assert!(imported.series.len() <= 21 && imported.report.rows_refused <= 1);
        }
    }
}

#[test]
fn random_bytes_never_panic() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let alphabet = b"0123456789,;:.-/ \t\r\n\"+eTZ<>AMPopenhighlwcstvdt";
    for round in 0..3_000 {
        let length = (next() % 300) as usize;
        let text: Vec<u8> = (0..length).map(|_| alphabet[(next() % alphabet.len() as u64) as usize]).collect();
        let text = if round % 2 == 0 { text } else { [HEADER.as_bytes(), &text].concat() };
        if let Ok(imported) = run(&[("x.csv", &text)], &symbol("X")) {
            let series = &imported.series;
            assert!(series.ts.is_sorted_by(|before, after| before < after), "round {round}");
            for at in 0..series.len() {
                assert!(series.low[at] > 0 && series.low[at] <= series.open[at] && series.close[at] <= series.high[at]);
            }
        }
    }
}

#[test]
fn a_zip_bomb_is_stopped_by_a_named_limit() {
    let zeros = vec![b'0'; 64 << 20];
    let error =
        check_refused("bomb.zip", &zipped(&[("x.csv", &zeros)]), &symbol("X"), &["MAX_COMPRESSION_RATIO", "200"]);
    assert!(matches!(error, ImportError::LimitExceeded { .. }));
    check_refused("bomb.csv.gz", &gzipped(&zeros), &symbol("X"), &["MAX_COMPRESSION_RATIO"]);
}

#[test]
fn lines_and_columns_have_limits() {
    let long = format!("{HEADER}1704205800,{},1,1,1,1\n", "1".repeat(limits::MAX_LINE_BYTES));
    check_refused("x.csv", long.as_bytes(), &symbol("X"), &["MAX_LINE_BYTES", "16384"]);
    let wide = with_row(&"1,".repeat(limits::MAX_COLUMNS + 1));
    check_refused("x.csv", wide.as_bytes(), &symbol("X"), &["MAX_COLUMNS", "256"]);
    let names: Vec<String> = (0..=limits::MAX_ENTRIES).map(|index| format!("{index}.csv")).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    check_refused("x.zip", &zipped(&entries), &symbol("X"), &["MAX_ENTRIES", "10001"]);
}

#[test]
fn reversed_and_repeated_rows() {
    let text =
        format!("{HEADER}1704205920,3,3,3,3,1\n1704205860,2,2,2,2,1\n1704205860,2,2,2,2,1\n1704205800,1,1,1,1,1\n");
    let imported = check(
        "x.csv",
        &text,
        &symbol("X"),
        &["2024-01-02T14:30:00Z 1 1 1 1 1", "2024-01-02T14:31:00Z 2 2 2 2 1", "2024-01-02T14:32:00Z 3 3 3 3 1"],
    );
    assert_eq!((imported.report.duplicates, imported.report.conflicting_duplicates), (1, 0));
}

#[test]
fn of_conflicting_rows_the_later_one_counts() {
    let first = format!("{HEADER}1704205800,1,1,1,1,1\n1704205860,1,1,1,1,1\n");
    let second = format!("{HEADER}1704205860,2,2,2,2,1\n1704205920,2,2,2,2,1\n");
    let files: [(&str, &[u8]); 2] = [("1.csv", first.as_bytes()), ("2.csv", second.as_bytes())];
    let imported = check_files(
        &files,
        &symbol("X"),
        &["2024-01-02T14:30:00Z 1 1 1 1 1", "2024-01-02T14:31:00Z 2 2 2 2 1", "2024-01-02T14:32:00Z 2 2 2 2 1"],
    );
    assert_eq!((imported.report.duplicates, imported.report.conflicting_duplicates), (1, 1));
    let twice: [(&str, &[u8]); 2] = [("1.csv", first.as_bytes()), ("1.csv", first.as_bytes())];
    let once = run(&twice[..1], &symbol("X")).unwrap();
    assert_eq!(run(&twice, &symbol("X")).unwrap().series, once.series);
}

#[test]
fn futures_may_trade_below_zero() {
    let text = format!("{HEADER}1704205800,1,1,-37.63,-37.63,1\n");
    check("cl.csv", &text, &of("CL", AssetClass::Future), &["2024-01-02T14:30:00Z 1 1 -37.63 -37.63 1"]);
    check_refused("cl.csv", text.as_bytes(), &of("CL", AssetClass::Stock), &["not positive"]);
}

#[test]
fn digits_beyond_the_grid_are_rounded_and_counted() {
    let text = format!("{HEADER}1704205800,0.1234567891,0.1234567895,0.1,0.1,91.71700000000001\n");
    let imported = check("x.csv", &text, &symbol("X"), &["2024-01-02T14:30:00Z 0.123456789 0.12345679 0.1 0.1 91.717"]);
    assert_eq!(imported.report.rounded_values, 3);
}

#[test]
fn volumes_too_large_for_their_places_lose_places_and_are_counted() {
    let text = format!("{HEADER}1704205800,1,1,1,1,9000000000000000000\n1704205860,1,1,1,1,0.25\n");
    let imported = run(&[("x.csv", text.as_bytes())], &symbol("X")).unwrap();
    assert_eq!(imported.series.volume, [9_000_000_000_000_000_000, 0]);
    assert_eq!(imported.report.rounded_values, 1);
}

#[test]
fn suspicious_moves_labels_and_zones_are_pointed_out() {
    let split = format!("{HEADER}1704205800,100,100,100,100,1\n1704292200,50,50,50,50,1\n");
    let warnings = |text: &str, class| run(&[("x.csv", text.as_bytes())], &of("X", class)).unwrap().report.warnings;
    assert!(warnings(&split, AssetClass::Stock)[0].contains("split"));
    assert!(warnings(&split, AssetClass::Crypto).is_empty());
    // A share whose volume jumps at 09:31 New York, 14:31 UTC in winter; then the same in the wrong zone.
    let day = |jump: i64| -> String {
        let rows = (0..400).map(|minute| {
            let volume = if minute == jump { 900 } else { 10 + i64::from(minute > jump) * 20 };
            format!("{},1,1,1,1,{volume}\n", 1_704_205_800 + 60 * (minute - 60))
        });
        HEADER.to_owned() + &rows.collect::<String>()
    };
    assert!(warnings(&day(61), AssetClass::Stock)[0].contains("--label close"));
    assert!(warnings(&day(60), AssetClass::Stock).is_empty());
    let shifted = day(60).replace("17042", "17041");
    assert!(warnings(&shifted, AssetClass::Etf)[0].contains("zone"));
}

#[test]
fn gaps_are_counted_within_a_day() {
    let text =
        format!("{HEADER}1704205800,1,1,1,1,1\n1704205860,1,1,1,1,1\n1704206040,1,1,1,1,1\n1704406040,1,1,1,1,1\n");
    let report = run(&[("x.csv", text.as_bytes())], &symbol("X")).unwrap().report;
    assert_eq!((report.gaps, report.gap_bars), (1, 2));
}

#[test]
fn progress_counts_files() {
    let text = with_row("1704209400,10,11,9,10,1");
    let file = importers::SourceFile { name: "x.csv", bytes: text.as_bytes() };
    let mut seen = Vec::new();
    importers::import(&[file, file], &symbol("X"), &mut |at| seen.push((at.file_index, at.rows))).unwrap();
    assert_eq!(seen, [(0, 0), (1, 21), (2, 42)]);
}
