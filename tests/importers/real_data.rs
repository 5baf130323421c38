//! Every supplied price file, against the counts of its README, an independent reader, and the hand-checked roll.

use crate::check::{decimal, of, run, symbol};
use importers::{ContractMonth, Imported, Label, Options};
use market::{AssetClass, PriceSide};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The files under a folder whose names end so, by name: (path, bytes).
fn files(folder: &Path, ending: &str) -> Vec<(String, Vec<u8>)> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let named = paths.into_iter().filter(|path| path.to_str().unwrap().ends_with(ending));
    named.map(|path| (path.to_str().unwrap().to_owned(), std::fs::read(&path).unwrap())).collect()
}

fn imported(files: &[(String, Vec<u8>)], options: &Options) -> Imported {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    run(&files, options).unwrap()
}

/// What the rows of all entries are worth to a reader that shares no code with ours: for each contract and millisecond
/// the row's text fields.
fn plain_rows(files: &[(String, Vec<u8>)]) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for (_, bytes) in files {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        for index in 0..archive.len() {
            let mut text = String::new();
            archive.by_index(index).unwrap().read_to_string(&mut text).unwrap();
            rows.extend(text.lines().map(|line| line.split(',').map(str::to_owned).collect()));
        }
    }
    rows
}

#[test]
fn es_minutes_roll_on_the_evening_of_2013_12_18() {
    let Some(data) = tests::shared_data() else { return };
    let all = files(&data.join("lean/Data/future/cme/minute/es"), ".zip");
    assert_eq!(all.len(), 44);
    let es = imported(&all, &of("ES", AssetClass::Future));
    assert_eq!((es.report.rows_read, es.report.rows_kept, es.report.rows_refused), (23_948, 23_948, 0));
    assert_eq!(es.report.duplicates, 0);
    assert_eq!(es.series.price_side, PriceSide::Trade);
    let minutes: usize = es.contracts.iter().map(|contract| contract.series.len()).sum();
    assert_eq!(minutes, 23_948);
    let shown: Vec<String> = es
        .rolls
        .iter()
        .map(|roll| {
            let at = jiff::Timestamp::from_microsecond(roll.at_ts).unwrap();
            let gap = roll.gap.map_or("unmatched".to_owned(), |gap| decimal(gap, es.series.price_scale));
            format!("{at} {} {} {gap}", roll.from_contract, roll.to_contract)
        })
        .collect();
    // 18:00 New York is 23:00 UTC; 1804.00 - 1810.25 = -6.25. The next files are of January 2020: nothing in common.
    assert_eq!(shown, ["2013-12-18T23:00:00Z 2013-12 2014-03 -6.25", "2020-01-05T23:00:00Z 2014-03 2020-03 unmatched"]);
    let roll = &es.rolls[0];
    let matched = roll.matched_ts.unwrap();
    let close_of = |year, month| {
        let wanted = ContractMonth::new(year, month).unwrap();
        let series = &es.contracts.iter().find(|contract| contract.contract == wanted).unwrap().series;
        decimal(series.close[series.ts.binary_search(&matched).unwrap()], series.price_scale)
    };
    assert_eq!((close_of(2014, 3).as_str(), close_of(2013, 12).as_str()), ("1804", "1810.25"));
    for (at, &ts) in es.series.ts.iter().enumerate() {
        let expected = if ts < roll.at_ts { "0" } else { "6.25" };
        assert_eq!(decimal(es.series.offset[at], es.series.price_scale), expected);
    }
    assert!(es.series.ts.is_sorted_by(|before, after| before < after));
    // Sorted multisets of closes and volumes agree with the plain reader.
    let trades: Vec<(String, Vec<u8>)> = all.iter().filter(|(name, _)| name.ends_with("_trade.zip")).cloned().collect();
    let mut plain: Vec<(String, String)> =
        plain_rows(&trades).into_iter().map(|row| (row[4].clone(), row[5].clone())).collect();
    let mut ours: Vec<(String, String)> = es
        .contracts
        .iter()
        .flat_map(|contract| {
            let series = &contract.series;
            (0..series.len()).map(|at| {
                (decimal(series.close[at], series.price_scale), decimal(series.volume[at], series.volume_scale))
            })
        })
        .collect();
    plain.sort();
    ours.sort();
    assert!(plain == ours);
}

#[test]
fn es_quotes_skip_missing_sides() {
    let Some(data) = tests::shared_data() else { return };
    let all = files(&data.join("lean/Data/future/cme/minute/es"), "20131006_quote.zip");
    let rows = plain_rows(&all);
    let one_sided = rows.iter().filter(|row| row[1].is_empty() || row[6].is_empty()).count();
    assert!(one_sided > 0);
    let options = Options { price_side: Some(PriceSide::Mid), ..of("ES", AssetClass::Future) };
    let files: Vec<(&str, &[u8])> = all.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    // Several expiries without volume cannot be rolled, and that is said.
    assert!(run(&files, &options).unwrap_err().to_string().contains("trade files"));
}

#[test]
fn spy_minutes_and_ticks() {
    let Some(data) = tests::shared_data() else { return };
    let folder = data.join("lean/Data/equity/usa/minute/spy");
    let trades = files(&folder, ".zip");
    let spy = imported(&trades, &of("SPY", AssetClass::Etf));
    assert_eq!((spy.report.rows_kept, spy.report.rows_refused, spy.series.len()), (5_786, 0, 5_786));
    assert_eq!(spy.report.ignored_count, 7);
    assert!(spy.report.warnings.is_empty(), "{:?}", spy.report.warnings);
    // The opening minute of 2013-10-04 in New York, 13:30 UTC, by its own row of the file.
    let rows = plain_rows(&files(&folder, "20131004_trade.zip"));
    let row = rows.iter().find(|row| row[0] == "34200000").unwrap();
    let ts: jiff::Timestamp = "2013-10-04T13:30:00Z".parse().unwrap();
    let at = spy.series.ts.binary_search(&ts.as_microsecond()).unwrap();
    let times_ten_thousand =
        |count: i64| (count as i128 * 10_000 / i128::from(spy.series.price_scale.per_unit())).to_string();
    assert_eq!(times_ten_thousand(spy.series.open[at]), row[1]);
    assert_eq!(times_ten_thousand(spy.series.close[at]), row[4]);
    assert_eq!(decimal(spy.series.volume[at], spy.series.volume_scale), row[5]);
    let quotes = imported(&trades, &Options { price_side: Some(PriceSide::Mid), ..of("SPY", AssetClass::Etf) });
    assert_eq!(quotes.report.rows_kept, 6_373);
    let ticks = imported(
        &files(&data.join("lean/Data/equity/usa/tick/spy"), "20131008_trade.zip"),
        &of("SPY", AssetClass::Etf),
    );
    assert_eq!((ticks.report.rows_refused, ticks.series.resolution.0), (0, 1));
    // Minutes of both sources lie in one day and their ranges touch in every regular minute.
    let mut compared = 0;
    for (at, ts) in ticks.series.ts.iter().enumerate() {
        let Ok(other) = spy.series.ts.binary_search(ts) else { continue };
        let (ours, theirs) = (&ticks.series, &spy.series);
        let at_grid = |count: i64, series: &market::BarSeries| series.price_scale.to_f64(count);
        assert!(at_grid(ours.high[at], ours) >= at_grid(theirs.low[other], theirs) - 0.1);
        assert!(at_grid(ours.low[at], ours) <= at_grid(theirs.high[other], theirs) + 0.1);
        compared += 1;
    }
    assert!(compared > 700, "{compared}");
}

#[test]
fn euro_future_has_close_labels() {
    let Some(data) = tests::shared_data() else { return };
    let all = files(&data.join("nautilus"), "20240131.csv.gz");
    let close = Options { label: Some(Label::Close), ..of("6E", AssetClass::Future) };
    let euro = imported(&all, &close);
    assert_eq!((euro.report.rows_kept, euro.report.rows_refused, euro.series.len()), (29_996, 0, 29_996));
    assert_eq!(jiff::Timestamp::from_microsecond(euro.series.ts[0]).unwrap().to_string(), "2024-01-01T23:00:00Z");
    assert_eq!(euro.contracts.len(), 1);
    assert_eq!(euro.contracts[0].contract, ContractMonth::new(2024, 3).unwrap());
    assert!(euro.report.warnings.is_empty(), "{:?}", euro.report.warnings);
    let open = imported(&all, &of("6E", AssetClass::Future));
    assert!(open.report.warnings.iter().any(|warning| warning.contains("--label close")), "{:?}", open.report.warnings);
}

#[test]
fn dollar_yen_sides_join() {
    let Some(data) = tests::shared_data() else { return };
    let all = files(&data.join("nautilus"), "-2013.csv.gz");
    assert_eq!(all.len(), 2);
    for (file, side) in [(&all[..1], PriceSide::Ask), (&all[1..], PriceSide::Bid)] {
        let one = imported(file, &of("USDJPY", AssetClass::Fx));
        assert_eq!((one.report.rows_kept, one.series.price_side), (28_761, side));
    }
    let both = imported(&all, &of("USDJPY", AssetClass::Fx));
    assert_eq!((both.series.len(), both.series.price_side), (28_761, PriceSide::Mid));
    assert_eq!((both.report.rows_kept, both.report.crossed_quotes, both.report.unpaired_quotes), (57_522, 683, 0));
    // First row: bid 91.715 91.715 91.653 91.653, ask 91.717 91.717 91.655 91.655.
    let first = crate::check::lines(&both.series).swap_remove(0);
    assert_eq!(first, "2013-02-01T00:00:00Z 91.716 91.716 91.654 91.654 0 ~0.002");
}

#[test]
fn forex_and_crypto_of_lean() {
    let Some(data) = tests::shared_data() else { return };
    let fxcm = imported(&files(&data.join("lean/Data/forex/fxcm/minute/eurusd"), ".zip"), &symbol("EURUSD"));
    assert_eq!((fxcm.report.rows_kept, fxcm.report.rows_refused, fxcm.report.crossed_quotes), (21_592, 0, 436));
    // Midnight of 2011-03-07 at UTC-5; bid 1.39743 1.39754 1.39736 1.39750, ask 1.39752 1.39764 1.39744 1.39761.
    let first = crate::check::lines(&fxcm.series).swap_remove(0);
    assert_eq!(first, "2011-03-07T05:00:00Z 1.397475 1.39759 1.3974 1.397555 0 ~0.00011");
    let oanda = imported(&files(&data.join("lean/Data/forex/oanda/tick/eurusd"), ".zip"), &symbol("EURUSD"));
    assert_eq!((oanda.report.rows_kept, oanda.report.rows_refused), (532_903, 0));
    let coinbase = files(&data.join("lean/Data/crypto/coinbase/minute/btcusd"), ".zip");
    let trades = imported(&coinbase, &of("BTCUSD", AssetClass::Crypto));
    assert_eq!((trades.report.rows_kept, trades.report.rows_refused, trades.report.ignored_count), (12_423, 0, 5));
    assert_eq!(trades.series.volume_scale.places(), 8);
    let quotes = imported(&coinbase, &Options { price_side: Some(PriceSide::Mid), ..of("BTCUSD", AssetClass::Crypto) });
    assert_eq!((quotes.report.rows_kept, quotes.report.rows_refused), (7_188, 0));
}

#[test]
fn spy_ticks_of_a_week() {
    let Some(data) = tests::shared_data() else { return };
    let week = imported(&files(&data.join("lean/Data/equity/usa/tick/spy"), ".zip"), &symbol("SPY"));
    let report = &week.report;
    assert_eq!((report.rows_read, report.rows_kept, report.rows_skipped), (1_887_460, 1_887_450, 10));
    assert_eq!(report.duplicates, 0);
}
