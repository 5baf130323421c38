//! The lake over S3: a series written and read back through the object store, with the SDK's credentials.

use crate::cloud::stack;
use crate::scripted::{Scripted, xml_error};
use domain::series::Adjustment;
use lake::{LakeBars, SeriesDescription, write_series};
use market::{BarSeries, PriceSide, Resolution, Scale};
use object_store::path::Path;
use object_store::{Error, ObjectStoreExt, PutMode, PutOptions, UpdateVersion};
use ports::bars::Bars;
use serde_json::json;

const MINUTE_US: i64 = 60_000_000;

/// Forty days of minutes.
fn series() -> BarSeries {
    let rows = 60 * 24 * 40;
    let prices: Vec<i64> = (0..rows).map(|row| 180_000 + row % 97).collect();
    BarSeries {
        symbol: "ES".to_owned(),
        resolution: Resolution::MINUTE,
        price_side: PriceSide::Trade,
        price_scale: Scale::new(2).unwrap(),
        volume_scale: Scale::new(0).unwrap(),
        ts: (0..rows).map(|row| 1_577_836_800_000_000 + row * MINUTE_US).collect(),
        high: prices.iter().map(|price| price + 3).collect(),
        low: prices.iter().map(|price| price - 3).collect(),
        open: prices.clone(),
        close: prices,
        volume: (0..rows).collect(),
        offset: Vec::new(),
        spread: Vec::new(),
    }
}

fn description() -> SeriesDescription {
    let instrument = json!({
        "symbol": "ES", "name": "E-mini S&P 500", "asset_class": "future", "tick_size": 0.25, "point_value": 50,
        "currency": "USD", "quantity_step": 1, "time_zone": "America/New_York", "calendar": "cme_equity",
        "default_session": "full", "default_costs": {"slippage_ticks": 1}
    });
    SeriesDescription {
        adjustment: Adjustment::None,
        source: "made up".to_owned(),
        rolls: Vec::new(),
        instrument: serde_json::from_value(instrument).unwrap(),
        imported_at: 1_600_000_000_000_000,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_series_is_written_and_read() {
    let (clients, stack) = stack("lake-store").await;
    let store = clients.object_store(&stack.lake_bucket).unwrap();
    let series = series();
    let written = write_series(store.as_ref(), &series, description()).await.unwrap();
    let manifest = written.manifest().clone();
    let again = write_series(store.as_ref(), &series, description()).await.unwrap();
    assert_eq!(again.manifest(), &manifest, "the same bars are the same snapshot");
    let bars = LakeBars::with_warm_bytes(store, 0);
    let read = bars.load(&manifest, manifest.first_ts, manifest.last_ts + 1).await.unwrap();
    assert_eq!(*read, series);
    let counts = clients.counters().snapshot();
    assert!(
        counts.get("s3.put").is_some_and(|count| *count >= 3.0),
        "a part, manifest and pointer are put: {counts:?}"
    );
    assert!(counts.contains_key("s3.get"), "reads are counted: {counts:?}");
}

/// What keeps two imports apart: an object is replaced only while it is the one that was read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conditional_writes() {
    let (clients, stack) = stack("lake-conditions").await;
    let store = clients.object_store(&stack.lake_bucket).unwrap();
    let path = Path::from("catalog/ES-1m.json");
    let put =
        async |text: &'static str, mode: PutMode| store.put_opts(&path, text.into(), PutOptions::from(mode)).await;
    let first = put("first", PutMode::Create).await.unwrap();
    let late = put("late", PutMode::Create).await.unwrap_err();
    assert!(matches!(late, Error::AlreadyExists { .. }), "{late:?}");
    let read = store.get(&path).await.unwrap().meta;
    assert_eq!(read.e_tag, first.e_tag);
    let version = UpdateVersion { e_tag: read.e_tag, version: read.version };
    put("second", PutMode::Update(version.clone())).await.unwrap();
    let stale = put("stale", PutMode::Update(version)).await.unwrap_err();
    assert!(matches!(stale, Error::Precondition { .. }), "{stale:?}");
    assert_eq!(store.get(&path).await.unwrap().bytes().await.unwrap(), "second");
}

#[tokio::test]
async fn its_retries_are_bounded() {
    let server = Scripted::new([xml_error(503, "SlowDown")]).await;
    let store = server.clients.object_store("bucket").unwrap();
    let outcome = store.get(&Path::from("a/b")).await;
    assert!(outcome.is_err());
    assert_eq!(server.asked().len(), 6, "the first attempt and five more");
    assert!(server.asked()[0].line.starts_with("GET /bucket/a/b "), "one address, the bucket in the path");
}
