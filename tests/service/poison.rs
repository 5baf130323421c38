//! Work that always fails: it ends, and says why.

use crate::client::{operation, sweep_of};
use crate::demo::{axis, cross_request, sweep};
use crate::harness::{Machine, run};
use async_trait::async_trait;
use domain::series::SeriesManifest;
use domain::sweep::{RankOrder, RankedTable, SliceTable};
use domain::tables::{EquityCurve, PriceChart, TradeRow};
use market::BarSeries;
use ports::PortError;
use ports::bars::Bars;
use ports::results::{Ranker, Results, TradePage};
use serde_json::{Value, json};
use std::sync::Arc;

/// How something fails.
#[derive(Clone, Copy)]
enum Poison {
    Panic,
    Fail,
}

impl Poison {
    fn strike(self) -> PortError {
        match self {
            Self::Panic => panic!("poison"),
            Self::Fail => PortError::Corrupt("secret path /internal/thing".to_owned()),
        }
    }
}

/// Results that fail for one slice.
struct PoisonedResults {
    inner: Arc<dyn Results>,
    slice: &'static str,
    poison: Poison,
}

#[async_trait]
impl Results for PoisonedResults {
    async fn write_trades(&self, key: &str, rows: &[TradeRow]) -> Result<(), PortError> {
        self.inner.write_trades(key, rows).await
    }
    async fn read_trades(&self, key: &str, offset: u64, limit: u64) -> Result<Option<TradePage>, PortError> {
        self.inner.read_trades(key, offset, limit).await
    }
    async fn write_equity(&self, key: &str, curve: &EquityCurve) -> Result<(), PortError> {
        self.inner.write_equity(key, curve).await
    }
    async fn read_equity(&self, key: &str) -> Result<Option<EquityCurve>, PortError> {
        self.inner.read_equity(key).await
    }
    async fn write_chart(&self, key: &str, chart: &PriceChart) -> Result<(), PortError> {
        self.inner.write_chart(key, chart).await
    }
    async fn read_chart(&self, key: &str) -> Result<Option<PriceChart>, PortError> {
        self.inner.read_chart(key).await
    }
    async fn write_slice(&self, key: &str, table: &SliceTable) -> Result<String, PortError> {
        if key.contains(self.slice) {
            return Err(self.poison.strike());
        }
        self.inner.write_slice(key, table).await
    }
    async fn write_ranking(&self, key: &str, ranking: &RankedTable) -> Result<(), PortError> {
        self.inner.write_ranking(key, ranking).await
    }
    async fn read_ranking(&self, key: &str, offset: u64, limit: u64) -> Result<Option<RankedTable>, PortError> {
        self.inner.read_ranking(key, offset, limit).await
    }
}

/// A ranker that always fails, and bars that do.
struct Poisoned(Poison);

#[async_trait]
impl Ranker for Poisoned {
    async fn rank(&self, _: &[String], _: &RankOrder) -> Result<RankedTable, PortError> {
        Err(self.0.strike())
    }
}

#[async_trait]
impl Bars for Poisoned {
    async fn load(&self, _: &SeriesManifest, _: i64, _: i64) -> Result<Arc<BarSeries>, PortError> {
        Err(self.0.strike())
    }
}

/// Sweeps four combinations on a machine made sick after its strategy was built: status, counts, error.
async fn swept(sicken: impl FnOnce(&mut app::Bench), where_text: Option<&str>) -> (String, [u64; 3], String) {
    let mut machine = Machine::demo();
    let built = machine.client("tenant").built(&mut machine).await;
    let mut machine = machine.with_bench(sicken);
    let client = machine.client("tenant");
    let request = app::optimization::SetUp {
        parameter_constraint: where_text.map(str::to_owned),
        ..sweep(vec![axis("fast", 3.0, 6.0, 1.0)])
    };
    let id = client.started(&built, &request).await;
    machine.drain().await;
    crate::invariants::check_rest(&machine, "tenant").await;
    let view = client.get_sweep(&built.session, &id, 10, None).await.unwrap();
    let outcome = client.wait(&built.session, sweep_of(&id), 0).await.unwrap();
    assert_eq!(outcome.error, view.error);
    let counts = [view.batch.completed_count, view.batch.failed_count, view.batch.cancelled_count];
    (view.batch.status, counts, view.error.unwrap_or_default())
}

#[test]
fn one_poisoned_slice_fails_alone() {
    run(async {
        for poison in [Poison::Panic, Poison::Fail] {
            let sicken = |bench: &mut app::Bench| {
                let inner = bench.desk.results.clone();
                bench.desk.results = Arc::new(PoisonedResults { inner, slice: "slices/00002", poison });
            };
            let (status, counts, error) = swept(sicken, None).await;
            assert_eq!((status.as_str(), counts), ("completed", [3, 1, 0]));
            assert!(!error.is_empty() && !error.contains("secret"), "{error}");
        }
    });
}

#[test]
fn a_sweep_without_a_single_result_fails() {
    run(async {
        for poison in [Poison::Panic, Poison::Fail] {
            for where_text in [None, Some("$fast > 4")] {
                let total = if where_text.is_some() { 2 } else { 4 };
                let (status, counts, error) = swept(|bench| bench.bars = Arc::new(Poisoned(poison)), where_text).await;
                assert_eq!((status.as_str(), counts), ("failed", [0, total, 0]));
                assert!(!error.is_empty() && !error.contains("secret"), "{error}");
            }
        }
    });
}

#[test]
fn a_ranking_that_always_fails_ends_the_sweep() {
    run(async {
        for poison in [Poison::Panic, Poison::Fail] {
            let (status, counts, error) = swept(|bench| bench.ranker = Arc::new(Poisoned(poison)), None).await;
            assert_eq!((status.as_str(), counts), ("failed", [4, 0, 0]));
            assert!(error.contains("ranking failed") && !error.contains("secret"), "{error}");
        }
    });
}

#[test]
fn a_backtest_that_always_crashes_ends_as_failed() {
    run(async {
        for poison in [Poison::Panic, Poison::Fail] {
            let mut machine = Machine::demo().with_bench(|bench| bench.bars = Arc::new(Poisoned(poison)));
            let client = machine.client("tenant");
            let session = client.create_session(None).await.unwrap();
            let made = client.create(&session, &cross_request()).await.unwrap();
            machine.drain().await;
            let outcome = client.wait(&session, operation(&made.operation_id), 0).await.unwrap();
            let strategy = outcome.strategy.unwrap();
            assert_eq!((outcome.status.as_str(), strategy.backtest_status.as_str()), ("succeeded", "failed"));
            let error = strategy.backtest_error.unwrap();
            assert!(error.contains("crashed or timed out") && !error.contains("secret"), "{error}");
            crate::invariants::check_rest(&machine, "tenant").await;
        }
    });
}

/// Sweeps three of four combinations under `where` while `change` is done to the version's record.
async fn swept_over(change: impl FnOnce(&mut Value)) -> (String, [u64; 3]) {
    let mut machine = Machine::demo();
    let client = machine.client("tenant");
    let built = client.built(&mut machine).await;
    let request = app::optimization::SetUp {
        parameter_constraint: Some("$fast < 6".to_owned()),
        ..sweep(vec![axis("fast", 3.0, 6.0, 1.0)])
    };
    let id = client.started(&built, &request).await;
    // Two slices, the second with a combination that does not count.
    machine.rewrite(("tenant", &built.session), &id, |body| body["slice_bounds"] = json!([0, 2, 4])).await;
    machine.rewrite(("tenant", &built.session), &built.artifact, change).await;
    machine.drain().await;
    crate::invariants::check_rest(&machine, "tenant").await;
    let view = client.get_sweep(&built.session, &id, 10, None).await.unwrap();
    (view.batch.status, [view.batch.completed_count, view.batch.failed_count, view.batch.cancelled_count])
}

#[test]
fn a_sweep_whose_stored_rules_no_longer_check_ends() {
    run(async {
        let outdated = swept_over(|body| body["document"]["language"] = json!(99)).await;
        assert_eq!(outdated, ("failed".to_owned(), [0, 3, 0]));
    });
}
