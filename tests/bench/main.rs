//! Our rows of the benchmark (tests/bench/run): reading a year of minutes, one full backtest, and the standard sweeps on one
//! and two cores. One JSON line a figure; every swept figure is compared bit for bit with a full backtest of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark"
)]

use domain::grid::{AxisRequest, Grid};
use domain::series::SeriesManifest;
use embedded::FolderBlobs;
use engine::Trial;
use lake::LakeBars;
use market::{BarSeries, Catalogue, TradingDate};
use ports::bars::{Bars, Catalog};
use results::BlobCatalog;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use strategy::{ParameterValue, RunTerms, Strategy, Study, StudyData, check};

/// Runs of which the median is printed.
const RUNS: usize = 11;
/// Runs of a sweep. Its rate is that of the fastest, as that of the C++ references the floors were set beside (best of
/// thirty), for what else the machine does only slows a run down; the median is printed with it.
const SWEEP_RUNS: usize = 30;
/// Blocks of days whose returns are summed, as sweeps of this size do.
const BLOCKS: usize = 16;
/// Thirty days, in microseconds.
const MONTH_US: i64 = 30 * 86_400_000_000;
/// The standard year.
const WINDOW: (&str, &str) = ("2024-01-01", "2024-12-31");

fn main() {
    // As the worker and the local server do.
    boot::memory::keep_freed();
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("usage: bench DATA_FOLDER SWEEP.json ...");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (manifest, bars) = runtime.block_on(read(&Path::new(&folder).join("objects")));
    for file in arguments {
        let document: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        Sweep::new(&document, &manifest, &bars).measure();
    }
}

/// The year from the lake, timed with nothing kept warm but the operating system's pages.
async fn read(objects: &Path) -> (SeriesManifest, Arc<BarSeries>) {
    let catalog = BlobCatalog::new(Arc::new(FolderBlobs::open(objects).unwrap()));
    let manifest = catalog.current("ES", None).await.unwrap().expect("the year, imported as ES");
    let cold = LakeBars::with_warm_bytes(lake::local_store(objects).unwrap(), 0);
    let end = manifest.last_ts + 1;
    for (name, from) in [("lake_month", end - MONTH_US), ("lake_year", manifest.first_ts)] {
        let mut times = Vec::new();
        let mut rows = 0;
        for _ in 0..RUNS {
            let started = Instant::now();
            rows = cold.load(&manifest, from, end).await.unwrap().len();
            times.push(started.elapsed());
        }
        println!("{}", json!({ "figure": name, "rows": rows, "milliseconds": milliseconds(median(times)) }));
    }
    let bars = cold.load(&manifest, manifest.first_ts, end).await.unwrap();
    (manifest, bars)
}

/// One of the standard sweeps over the year.
struct Sweep {
    name: String,
    strategy: Strategy,
    data: StudyData,
    terms: RunTerms,
    combinations: Vec<Vec<ParameterValue>>,
}

impl Sweep {
    fn new(document: &Value, manifest: &SeriesManifest, bars: &Arc<BarSeries>) -> Self {
        let strategy = check(&document["rules"], &Catalogue::builtin(), None).unwrap();
        let axes: Vec<AxisRequest> = document["grid"].as_array().unwrap().iter().map(axis).collect();
        let grid = Grid::read(&axes).unwrap();
        let indices = (0..grid.points().unwrap()).map(|place| grid.at(place));
        let place = |index| strategy.place_values(&BTreeMap::from_iter(grid.values(index))).unwrap();
        let combinations = indices.map(place).collect();
        let date = |text| TradingDate::parse(text).unwrap();
        let terms =
            RunTerms { from: date(WINDOW.0), to: date(WINDOW.1), costs: None, capital: None, history_complete: true };
        let series = BTreeMap::from([("ES".to_owned(), (manifest.instrument.clone(), Arc::clone(bars)))]);
        let name = document["rules"]["name"].as_str().unwrap().to_owned();
        Self { name, strategy, data: StudyData { series }, terms, combinations }
    }

    fn study(&self) -> Study {
        Study::new(&self.strategy, &self.data, &self.terms).unwrap()
    }

    fn measure(&self) {
        let study = self.study();
        let values = study.strategy().canonical_values();
        let full = (0..RUNS).map(|_| timed(|| study.full(&values).unwrap()).0).collect();
        println!("{}", json!({ "figure": "full", "sweep": self.name, "milliseconds": milliseconds(median(full)) }));
        // One core and two by turns, so that a machine whose speed drifts is as fast for either.
        let mut measured = [1, 2].map(|threads| (threads, Vec::new(), Vec::new()));
        let mut apart = Vec::new();
        for _ in 0..SWEEP_RUNS {
            for (threads, times, trials) in &mut measured {
                // A study of its own each time: indicators are part of a sweep.
                let study = self.study();
                let (time, found) = timed(|| self.run(&study, *threads));
                times.push(time);
                *trials = found;
            }
            apart.push(self.apart());
        }
        let [(_, one, _), _] = &measured;
        let cores = 2.0 * median(one.clone()).as_secs_f64() / median(apart).as_secs_f64();
        println!("{}", json!({ "figure": "apart", "sweep": self.name, "cores": (cores * 100.0).round() / 100.0 }));
        for (threads, times, trials) in measured {
            let rate = |time: Duration| (self.combinations.len() as f64 / time.as_secs_f64()).round();
            let (different, trades) = self.compared(&study, &trials);
            let figure = json!({
                "figure": "sweep", "sweep": self.name, "threads": threads, "combinations": self.combinations.len(),
                "combinations_per_second": rate(fastest(&times)), "median_per_second": rate(median(times)),
                "mean_trades": trades, "different_from_full": different,
            });
            println!("{figure}");
        }
    }

    /// The sweep twice side by side, sharing nothing: what two cores of this machine make of one core's work.
    fn apart(&self) -> Duration {
        let studies = [self.study(), self.study()];
        let both = || {
            std::thread::scope(|scope| {
                for study in &studies {
                    scope.spawn(move || self.run(study, 1));
                }
            });
        };
        timed(both).0
    }

    /// Every combination, in groups as a worker runs them.
    fn run(&self, study: &Study, threads: usize) -> Vec<Trial> {
        let groups = study.groups(&self.combinations, threads);
        let next = AtomicUsize::new(0);
        let work = || {
            let mut own = Vec::new();
            while let Some(group) = groups.get(next.fetch_add(1, Ordering::Relaxed)) {
                let values: Vec<&[ParameterValue]> = group.iter().map(|place| &self.combinations[*place][..]).collect();
                own.extend(group.iter().copied().zip(study.swept(&values, BLOCKS)));
            }
            own
        };
        let mut found: Vec<_> = std::thread::scope(|scope| {
            let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        found.sort_by_key(|(place, _)| *place);
        found.into_iter().map(|(_, trial)| trial.unwrap()).collect()
    }

    /// How many combinations differ from their own full backtest in a bit of any figure; mean trades.
    fn compared(&self, study: &Study, trials: &[Trial]) -> (usize, f64) {
        let bits = |values: &[(&'static str, Option<f64>)]| -> Vec<_> {
            values.iter().map(|(key, value)| (*key, value.map(f64::to_bits))).collect()
        };
        let mut different = 0;
        let mut trades = 0.0;
        for (values, trial) in self.combinations.iter().zip(trials) {
            let full = study.full(values).unwrap();
            different += usize::from(bits(&full.result.metrics.values) != bits(&trial.metrics.values));
            trades += trial.metrics.get("tradeCount").unwrap();
        }
        (different, (trades / trials.len() as f64).round())
    }
}

fn axis(axis: &Value) -> AxisRequest {
    AxisRequest {
        key: axis["key"].as_str().unwrap().to_owned(),
        min: Some(axis["min"].clone()),
        max: Some(axis["max"].clone()),
        step: Some(axis["step"].clone()),
        values: None,
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let started = Instant::now();
    let result = work();
    (started.elapsed(), result)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn fastest(times: &[Duration]) -> Duration {
    times.iter().copied().min().unwrap()
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e5).round() / 100.0
}
