//! Flows over real prices: import, build, backtest, sweep; import again, import more, import something broken.

use crate::client::Client;
use crate::demo::{Market, axis};
use crate::harness::{Machine, Options, run};
use app::artifact::MakeRequest;
use app::optimization::SetUp;
use importers::{Imported, Label, SourceFile, import};
use lake::{AbsorbOutcome, Absorbed, ObjectStore, Writers, absorb};
use market::{Catalogue, Instrument, PriceSide};
use object_store::memory::InMemory;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

/// A supplied market: where its files are, how they are read, and distances that suit its prices.
struct Case {
    symbol: &'static str,
    folder: &'static str,
    /// A file is taken when its name starts and ends so.
    named: (&'static str, &'static str),
    label: Option<Label>,
    side: Option<PriceSide>,
    stop_points: f64,
    sizing: &'static str,
    /// Bars, counted from the vendor's files.
    bars: u64,
}

const CASES: [Case; 6] = [
    Case {
        symbol: "ES",
        folder: "lean/Data/future/cme/minute/es",
        named: ("201310", "_trade.zip"),
        label: None,
        side: None,
        stop_points: 4.0,
        sizing: "contracts",
        bars: 0,
    },
    Case {
        symbol: "6E",
        folder: "nautilus",
        named: ("6EH4", "20240131.csv.gz"),
        label: Some(Label::Close),
        side: None,
        stop_points: 0.001,
        sizing: "contracts",
        bars: 29_996,
    },
    Case {
        symbol: "USDJPY",
        folder: "nautilus",
        named: ("usdjpy", "-2013.csv.gz"),
        label: None,
        side: None,
        stop_points: 0.1,
        sizing: "units",
        bars: 28_761,
    },
    Case {
        symbol: "EURUSD",
        folder: "lean/Data/forex/fxcm/minute/eurusd",
        named: ("201405", "_quote.zip"),
        label: None,
        side: None,
        stop_points: 0.001,
        sizing: "units",
        bars: 0,
    },
    Case {
        symbol: "SPY",
        folder: "lean/Data/equity/usa/minute/spy",
        named: ("2013", "_trade.zip"),
        label: None,
        side: None,
        stop_points: 0.3,
        sizing: "shares",
        bars: 0,
    },
    Case {
        symbol: "BTCUSD",
        folder: "lean/Data/crypto/coinbase/minute/btcusd",
        named: ("2018", "_trade.zip"),
        label: None,
        side: None,
        stop_points: 60.0,
        sizing: "units",
        bars: 0,
    },
];

/// Files of a folder by name: (name, bytes).
fn files(folder: &Path, (start, end): (&str, &str)) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| {
            let name = entry.file_name().into_string().unwrap();
            name.starts_with(start) && name.ends_with(end)
        })
        .map(|entry| (entry.path().to_str().unwrap().to_owned(), std::fs::read(entry.path()).unwrap()))
        .collect();
    found.sort();
    found
}

fn instrument(symbol: &str) -> Instrument {
    Catalogue::builtin().get_or_default(symbol, None).unwrap()
}

fn read(case: &Case, files: &[(String, Vec<u8>)]) -> Result<Imported, importers::ImportError> {
    let sources: Vec<SourceFile<'_>> = files.iter().map(|(name, bytes)| SourceFile { name, bytes }).collect();
    let options = importers::Options {
        symbol: Some(case.symbol.to_owned()),
        label: case.label,
        price_side: case.side,
        instrument: Some(instrument(case.symbol)),
        ..importers::Options::default()
    };
    import(&sources, &options, &mut |_| {})
}

async fn take(objects: &Arc<dyn ObjectStore>, case: &Case, files: &[(String, Vec<u8>)]) -> Absorbed {
    absorb(objects.clone(), read(case, files).unwrap(), instrument(case.symbol), 0, Writers::OneAtATime).await.unwrap()
}

fn rules(case: &Case) -> Value {
    json!({
        "language": 1, "name": "EMA cross", "market": case.symbol, "timeframe": "5m",
        "parameters": [
            { "key": "fast", "label": "Fast EMA", "value": 9, "category": "entry" },
            { "key": "slow", "label": "Slow EMA", "value": 21, "category": "entry" },
            { "key": "stop", "label": "Stop (points)", "value": case.stop_points, "category": "exit" }
        ],
        "entry": {
            "long": "ema(close, $fast) crosses above ema(close, $slow)",
            "short": "ema(close, $fast) crosses below ema(close, $slow)"
        },
        "exit": { "stop_loss": { "points": "$stop" }, "take_profit": { "r": 2 }, "max_bars": 30 },
        "sizing": { case.sizing: if case.sizing == "units" && case.symbol != "BTCUSD" { 10_000 } else { 1 } },
        "capital": 1_000_000
    })
}

/// Builds, backtests and sweeps over what was imported.
async fn check_flow(case: &Case, objects: Arc<dyn ObjectStore>) {
    let mut machine = Machine::new(Options { market: Market::over(objects), ..Options::new() });
    let client = machine.client("tenant");
    let request = MakeRequest { rules: Some(rules(case)), backtest: true, ..MakeRequest::default() };
    let built = client.built_from(&mut machine, &request).await;
    let own = client.inspect(&built.session, &built.artifact).await.unwrap().summary;
    assert_eq!(own.backtest_status, "passed", "{}: {own:?}", case.symbol);
    let trades = crate::backtests::check_totals(&client, &built.session, &built.artifact).await;
    assert!(trades >= 10, "{}: {trades} trades", case.symbol);
    check_sweep(&client, &mut machine, &built, own.backtest_results.as_ref().unwrap()).await;
    crate::invariants::check_rest(&machine, "tenant").await;
}

/// Every combination is evaluated, and the one with the version's own values is its own backtest.
async fn check_sweep(client: &Client, machine: &mut Machine, built: &crate::client::Built, own: &Value) {
    let request = SetUp {
        axes: vec![axis("fast", 5.0, 13.0, 4.0), axis("slow", 21.0, 51.0, 30.0)],
        rank_by: "totalPnl".to_owned(),
        ..SetUp::default()
    };
    let id = client.started(built, &request).await;
    machine.drain().await;
    let view = client.get_sweep(&built.session, &id, 100, None).await.unwrap();
    assert_eq!((view.batch.status.as_str(), view.batch.completed_count), ("completed", 6), "{view:?}");
    let row = view.ranking.iter().find(|row| row.parameters["fast"] == 9 && row.parameters["slow"] == 21).unwrap();
    for (key, value) in &row.metrics {
        assert_eq!(value.to_string(), own[key].to_string(), "{key}");
    }
}

#[test]
fn every_supplied_market_goes_the_whole_way() {
    let Some(data) = tests::shared_data() else { return };
    for case in &CASES {
        run(async {
            let objects: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
            let all = files(&data.join(case.folder), case.named);
            let first = take(&objects, case, &all).await;
            assert_eq!(first.outcome, AbsorbOutcome::Stored, "{}", case.symbol);
            if case.bars > 0 {
                assert_eq!(first.manifest.rows, case.bars, "{}", case.symbol);
            }
            let second = take(&objects, case, &all).await;
            assert_eq!((second.outcome, second.added, second.replaced), (AbsorbOutcome::Unchanged, 0, 0));
            assert_eq!(second.manifest.snapshot_id, first.manifest.snapshot_id);
            check_flow(case, objects).await;
        });
    }
}

#[test]
fn overlapping_imports_merge_into_what_one_import_gives() {
    let Some(data) = tests::shared_data() else { return };
    run(async {
        for case in [&CASES[0], &CASES[3], &CASES[4]] {
            let all = files(&data.join(case.folder), case.named);
            let whole: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
            let expected = take(&whole, case, &all).await.manifest;
            let parts: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
            let middle = all.len() / 2;
            // The later half first, then the earlier one with a day of both.
            take(&parts, case, &all[middle..]).await;
            let merged = take(&parts, case, &all[..=middle]).await;
            assert!(merged.added > 0 && merged.replaced == 0, "{}", case.symbol);
            assert_eq!(merged.manifest.snapshot_id, expected.snapshot_id, "{}", case.symbol);
        }
    });
}

#[test]
fn a_broken_file_changes_nothing() {
    let Some(data) = tests::shared_data() else { return };
    run(async {
        let case = &CASES[4];
        let objects: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let all = files(&data.join(case.folder), case.named);
        let before = take(&objects, case, &all[..2]).await.manifest;
        let mut torn = all[2].clone();
        torn.1.truncate(torn.1.len() / 2);
        let mut nonsense = all[2].clone();
        nonsense.1 = b"this is not a price file".to_vec();
        for broken in [torn, nonsense] {
            let together = [all[1].clone(), broken];
            assert!(read(case, &together).is_err());
        }
        let catalog = results::BlobCatalog::new(Arc::new(crate::store_blobs::StoreBlobs::new(objects)));
        let after = ports::bars::Catalog::current(&catalog, case.symbol, None).await.unwrap().unwrap();
        assert_eq!(after, before);
    });
}
