//! Robustness of a sweep as answered, against full runs of every combination.

use crate::client::{Built, Client};
use crate::demo::{Market, axis, demo_instrument};
use crate::harness::{Machine, Options, run};
use app::artifact::MakeRequest;
use app::optimization::SetUp;
use domain::grid::{AxisRequest, Grid};
use domain::series::Adjustment;
use engine::FullResult;
use engine::robustness::{Deflation, block_days, block_sums, plateau, probability_of_overfitting, variance_of_trials};
use lake::{ObjectStore, SeriesDescription, write_series};
use market::{BarSeries, Calendar, Resolution, SessionKind, TradingDate};
use object_store::memory::InMemory;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use strategy::{RunTerms, Study, StudyData};

const FROM: &str = "2023-03-01";
const TO: &str = "2023-12-29";

/// A daily bar for every session of 2023, a random walk.
fn daily_bars() -> BarSeries {
    let date = |text| TradingDate::parse(text).unwrap();
    let sessions =
        Calendar::of(&demo_instrument()).unwrap().sessions(SessionKind::Full, date("2023-01-02"), date("2023-12-29"));
    let mut series = BarSeries { resolution: Resolution(1_440), ..BarSeries::empty("DEMO") };
    let (mut price, mut noise) = (400_000_i64, 5_u64);
    for session in sessions {
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let close = price + ((noise >> 40) % 301) as i64 * 25 - 3_700;
        series.ts.push(session.open);
        series.open.push(price);
        series.high.push(price.max(close) + 500);
        series.low.push(price.min(close) - 500);
        series.close.push(close);
        series.volume.push(1_000);
        price = close;
    }
    series
}

fn rules() -> Value {
    json!({
        "language": 1, "name": "daily cross", "market": "DEMO", "timeframe": "1d",
        "parameters": [{ "key": "fast", "value": 3 }, { "key": "slow", "value": 12 }],
        "entry": { "long": "sma(close, $fast) > sma(close, $slow)", "short": "sma(close, $fast) < sma(close, $slow)" },
        "sizing": { "contracts": 1 }, "window": { "from": FROM, "to": TO }
    })
}

async fn machine() -> Machine {
    let objects: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let description = SeriesDescription {
        adjustment: Adjustment::None,
        source: "SYNTHETIC".to_owned(),
        rolls: Vec::new(),
        instrument: demo_instrument(),
        imported_at: 0,
    };
    write_series(objects.as_ref(), &daily_bars(), description).await.unwrap();
    Machine::new(Options { market: Market::over(objects), ..Options::new() })
}

fn axes() -> Vec<AxisRequest> {
    let slow = AxisRequest {
        key: "slow".to_owned(),
        values: Some([12, 20, 8, 30].map(|value| json!(value)).into()),
        ..AxisRequest::default()
    };
    vec![axis("fast", 2.0, 6.0, 1.0), slow]
}

async fn swept(client: &Client, machine: &mut Machine, built: &Built) -> app::view::OptimizationView {
    let request = SetUp { axes: axes(), rank_by: "sharpeRatio".to_owned(), ..SetUp::default() };
    let id = client.started(built, &request).await;
    machine.drain().await;
    client.get_sweep(&built.session, &id, 100, None).await.unwrap()
}

/// Every combination of the grid as a full run, in grid order.
fn full_runs(built: &app::view::StrategyDetail) -> Vec<FullResult> {
    let strategy = strategy::check(&built.rules, &market::Catalogue::builtin(), None).unwrap();
    let date = |text| TradingDate::parse(text).unwrap();
    let terms = RunTerms { from: date(FROM), to: date(TO), costs: None, capital: None, history_complete: true };
    let series = BTreeMap::from([("DEMO".to_owned(), (demo_instrument(), Arc::new(daily_bars())))]);
    let study = Study::new(&strategy, &StudyData { series }, &terms).unwrap();
    let grid = Grid::read(&axes()).unwrap();
    let runs = (0..grid.points().unwrap()).map(|index| {
        let overrides = grid.values(index).into_iter().collect();
        study.full(&strategy.place_values(&overrides).unwrap()).unwrap().result
    });
    runs.collect()
}

fn returns(run: &FullResult) -> Vec<f64> {
    let marks: Vec<f64> = std::iter::once(100_000.0).chain(run.daily.iter().map(|(_, mark)| mark.to_f64())).collect();
    marks.windows(2).map(|pair| (pair[1] - pair[0]) / pair[0]).collect()
}

fn close_to(got: &Value, expected: f64, key: &str) {
    let found = got[key].as_f64().unwrap_or_else(|| panic!("{key} in {got}"));
    assert!((found - expected).abs() < 1e-9, "{key}: {found}, expected {expected}");
}

#[test]
fn the_answer_is_that_of_full_runs() {
    run(async {
        let mut machine = machine().await;
        let client = machine.client("tenant");
        let request = MakeRequest { rules: Some(rules()), backtest: true, ..MakeRequest::default() };
        let built = client.built_from(&mut machine, &request).await;
        let view = swept(&client, &mut machine, &built).await;
        let shown = view.robustness.unwrap();
        let runs = full_runs(&client.inspect(&built.session, &built.artifact).await.unwrap());
        let figure = |run: &FullResult, key: &str| run.metrics.get(key).unwrap();
        let sharpe: Vec<f64> = runs.iter().map(|run| figure(run, "sharpeRatio")).collect();
        let best = (0..runs.len()).rev().max_by(|a, b| sharpe[*a].total_cmp(&sharpe[*b])).unwrap();
        assert_eq!(view.batch.best_result["index"], best);
        assert_eq!((&shown["trials"], &shown["lineageTrials"]), (&json!(20), &json!(20)));

        let sums: Vec<_> = runs.iter().map(|run| block_sums(&returns(run), 16)).collect();
        let lengths = block_days(runs[0].daily.len(), 16);
        let pbo = probability_of_overfitting(&lengths, &sums.iter().map(Vec::as_slice).collect::<Vec<_>>());
        close_to(&shown, pbo.unwrap(), "pbo");

        let deflation = Deflation {
            sharpe: sharpe[best] / 252_f64.sqrt(),
            variance: variance_of_trials(&sharpe).unwrap() / 252.0,
            days: runs[best].daily.len() as u64,
            skew: figure(&runs[best], "skew"),
            kurtosis: figure(&runs[best], "kurtosis"),
        };
        close_to(&shown, deflation.deflated_sharpe(20).unwrap(), "deflatedSharpe");

        let grid = Grid::read(&axes()).unwrap();
        let beside: Vec<f64> = grid.neighbours(best as u64).iter().map(|index| sharpe[*index as usize]).collect();
        match plateau(sharpe[best], &beside, true) {
            Some(expected) => close_to(&shown, expected, "plateau"),
            None => assert!(shown["plateau"].is_null()),
        }
        assert_eq!(shown["atGridEdge"], json!(grid.edges(best as u64)));
        assert!(shown["meaning"]["pbo"].as_str().unwrap().contains("null under 10 days"));

        // A second sweep, of a second version: its trials were trials of this strategy too.
        let mut edited = rules();
        edited["name"] = json!("daily cross, again");
        let request = MakeRequest { rules: Some(edited), backtest: true, ..MakeRequest::default() };
        let made = client.update(&built.session, &built.artifact, &request).await.unwrap();
        machine.drain().await;
        let second = Built { session: built.session.clone(), artifact: made.artifact_id, operation: made.operation_id };
        let again = swept(&client, &mut machine, &second).await.robustness.unwrap();
        assert_eq!((&again["trials"], &again["lineageTrials"]), (&json!(20), &json!(40)));
        close_to(&again, deflation.deflated_sharpe(40).unwrap(), "deflatedSharpeLineage");
        assert_eq!(again["deflatedSharpe"], shown["deflatedSharpe"]);
        // The first sweep's answer counts them as well.
        let first = client.get_sweep(&built.session, &view.batch.optimization_id, 1, None).await.unwrap();
        assert_eq!(first.robustness.unwrap()["lineageTrials"], 40);
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

/// Neighbours and edges of every point of a small grid, by the values shown.
#[test]
fn neighbours_are_one_step_away_by_value() {
    let grid = Grid::read(&axes()).unwrap();
    let shown = |index: u64| {
        let values = grid.values(index);
        (values[0].1.as_i64().unwrap(), values[1].1.as_i64().unwrap())
    };
    let slow = [8, 12, 20, 30];
    for index in 0..grid.points().unwrap() {
        let (x, y) = shown(index);
        let mut found: Vec<(i64, i64)> = grid.neighbours(index).into_iter().map(shown).collect();
        found.sort_unstable();
        let place = slow.iter().position(|value| *value == y).unwrap();
        let mut expected: Vec<(i64, i64)> =
            [x - 1, x + 1].into_iter().filter(|x| (2..=6).contains(x)).map(|x| (x, y)).collect();
        expected.extend(slow.iter().enumerate().filter(|(at, _)| at.abs_diff(place) == 1).map(|(_, y)| (x, *y)));
        expected.sort_unstable();
        assert_eq!(found, expected, "{x}, {y}");
        let edges: Vec<&str> = [("fast", x == 2 || x == 6), ("slow", y == 8 || y == 30)]
            .iter()
            .filter(|edge| edge.1)
            .map(|edge| edge.0)
            .collect();
        assert_eq!(grid.edges(index), edges, "{x}, {y}");
    }
    let two = Grid::read(&[axis("fast", 2.0, 3.0, 1.0)]).unwrap();
    assert!(two.edges(0).is_empty() && two.edges(1).is_empty());
    let clock = AxisRequest {
        key: "exit".to_owned(),
        values: Some(["15:00", "9:30", "12:00"].map(|time| json!(time)).into()),
        ..AxisRequest::default()
    };
    let clock = Grid::read(&[clock]).unwrap();
    assert_eq!((clock.neighbours(0), clock.neighbours(2)), (vec![2], vec![1, 0]));
}

/// The order of evaluation visits every combination once, and a stretch of it has few values of each axis.
#[test]
fn the_order_of_evaluation_goes_tile_by_tile() {
    for sides in [&[1][..], &[40], &[17, 33], &[48, 64], &[16, 16, 5], &[3, 50, 18]] {
        let axes = sides.iter().zip(["a", "b", "c"]).map(|(side, key)| axis(key, 1.0, f64::from(*side), 1.0));
        let grid = Grid::read(&axes.collect::<Vec<_>>()).unwrap();
        let points = grid.points().unwrap();
        let mut visited: Vec<u64> = (0..points).map(|place| grid.at(place)).collect();
        visited.sort_unstable();
        assert!(visited.into_iter().eq(0..points), "{sides:?}");
    }
    let grid = Grid::read(&[axis("a", 1.0, 48.0, 1.0), axis("b", 1.0, 64.0, 1.0)]).unwrap();
    for start in (0..grid.points().unwrap()).step_by(64) {
        for place in 0..2 {
            let stretch = (start..start + 64).map(|at| grid.coordinates(grid.at(at))[place]);
            let values: BTreeSet<u64> = stretch.collect();
            assert!(values.len() <= 16, "{} values of axis {place} from {start} on", values.len());
        }
    }
}
