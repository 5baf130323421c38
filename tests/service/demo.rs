//! The market and the strategies of these tests: January 2024 of DEMO, written through the lake once per process.

use app::artifact::MakeRequest;
use app::optimization::SetUp;
use domain::grid::AxisRequest;
use domain::series::Adjustment;
use lake::{LakeBars, ObjectStore, SeriesDescription, write_series};
use market::{BarSeries, Calendar, Catalogue, Instrument, synthetic};
use object_store::memory::InMemory;
use ports::bars::Bars;
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};

/// First instant after the month that is kept.
const END_US: i64 = 1_706_745_600_000_000;

/// The days sweeps run over: two trading days.
pub const SHORT: (&str, &str) = ("2024-01-09", "2024-01-10");

/// Where bars come from, and which series exist.
#[derive(Clone)]
pub struct Market {
    pub objects: Arc<dyn ObjectStore>,
    pub bars: Arc<dyn Bars>,
}

impl Market {
    /// A market over an object store.
    pub fn over(objects: Arc<dyn ObjectStore>) -> Self {
        Self { bars: Arc::new(LakeBars::new(objects.clone())), objects }
    }

    /// The DEMO month; its objects are shared by every test and never written again.
    pub fn demo() -> Self {
        static OBJECTS: OnceLock<Arc<dyn ObjectStore>> = OnceLock::new();
        let write = || {
            // A thread of its own: the caller may be inside a runtime.
            std::thread::spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(demo_objects(demo_instrument()))
            })
            .join()
            .unwrap()
        };
        Self::over(OBJECTS.get_or_init(write).clone())
    }
}

pub fn demo_instrument() -> Instrument {
    Catalogue::builtin().get("DEMO").unwrap()
}

/// January of the DEMO year.
pub fn demo_month() -> BarSeries {
    let calendar = Calendar::of(&demo_instrument()).unwrap();
    let mut series = synthetic::demo_year("DEMO", &calendar);
    let rows = series.ts.partition_point(|ts| *ts < END_US);
    for column in
        [&mut series.ts, &mut series.open, &mut series.high, &mut series.low, &mut series.close, &mut series.volume]
    {
        column.truncate(rows);
    }
    series
}

/// A store of its own with the DEMO month under the given terms.
pub async fn demo_objects(instrument: Instrument) -> Arc<dyn ObjectStore> {
    let objects: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    write_demo(&objects, instrument).await;
    objects
}

/// Makes the DEMO month current under the given terms.
pub async fn write_demo(objects: &Arc<dyn ObjectStore>, instrument: Instrument) {
    let description = SeriesDescription {
        adjustment: Adjustment::None,
        source: "SYNTHETIC".to_owned(),
        rolls: Vec::new(),
        instrument,
        imported_at: 0,
    };
    write_series(objects.as_ref(), &demo_month(), description).await.unwrap();
}

/// A moving-average cross with a stop and a target, over the short window unless said otherwise.
pub fn cross(market: &str) -> Value {
    json!({
        "language": 1, "name": "SMA cross", "market": market, "timeframe": "5m",
        "parameters": [
            { "key": "fast", "label": "Fast SMA", "value": 5, "category": "entry" },
            { "key": "slow", "label": "Slow SMA", "value": 15, "category": "entry" },
            { "key": "stop", "label": "Stop (points)", "value": 8, "category": "exit" }
        ],
        "entry": {
            "long": "sma(close, $fast) crosses above sma(close, $slow)",
            "short": "sma(close, $fast) crosses below sma(close, $slow)"
        },
        "exit": { "stop_loss": { "points": "$stop" }, "take_profit": { "r": 2 }, "flatten": "15:55" },
        "filters": { "windows": ["09:35-15:30"] },
        "sizing": { "contracts": 1 }
    })
}

/// The cross on DEMO, backtested when built over the short window.
pub fn cross_request() -> MakeRequest {
    MakeRequest {
        rules: Some(cross("DEMO")),
        backtest: true,
        from: Some(SHORT.0.to_owned()),
        to: Some(SHORT.1.to_owned()),
        ..MakeRequest::default()
    }
}

/// An axis from `min` to `max`.
pub fn axis(key: &str, min: f64, max: f64, step: f64) -> AxisRequest {
    AxisRequest {
        key: key.to_owned(),
        min: Some(json!(min)),
        max: Some(json!(max)),
        step: Some(json!(step)),
        values: None,
    }
}

/// A sweep of these axes over the short window, by total profit (defined for every combination).
pub fn sweep(axes: Vec<AxisRequest>) -> SetUp {
    let run = app::backtest::Run {
        from: Some(SHORT.0.to_owned()),
        to: Some(SHORT.1.to_owned()),
        ..app::backtest::Run::default()
    };
    SetUp { axes, rank_by: "totalPnl".to_owned(), run, ..SetUp::default() }
}

/// The cross on DEMO, backtested over the whole month.
pub fn month_request() -> MakeRequest {
    MakeRequest { from: None, to: None, ..cross_request() }
}
