//! Ranking against a naive sort of the same rows.

use crate::folder::{Lake, run};
use crate::series::Seeded;
use domain::sweep::{BlockSum, Comparison, MetricConstraint, RankOrder, RankedTable, SliceRow, SliceTable};
use ports::PortError;
use ports::results::{Ranker, Results};
use proptest::prelude::*;
use std::cmp::Ordering;

fn keys(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("metricNumber{number}")).collect()
}

fn order(metric: usize, descending: bool, constraints: &[(usize, Comparison, f64)]) -> RankOrder {
    let named = |metric: usize| format!("metricNumber{metric}");
    let constraints = constraints
        .iter()
        .map(|&(metric, operator, value)| MetricConstraint { metric: named(metric), operator, value })
        .collect();
    RankOrder { metric: named(metric), descending, constraints }
}

/// What a slice keeps of a row: values that are not finite are undefined.
fn stored(row: &SliceRow) -> SliceRow {
    let metrics = row.metrics.iter().map(|value| value.filter(|value| value.is_finite())).collect();
    SliceRow { metrics, ..row.clone() }
}

/// The oracle: classes one after the other, each sorted by the metric as plain numbers, then by index.
fn naive(metric_keys: &[String], rows: &[SliceRow], order: &RankOrder) -> RankedTable {
    let value = |row: &SliceRow, key: &str| row.metrics[metric_keys.iter().position(|known| known == key).unwrap()];
    let meets = |row: &SliceRow| {
        value(row, &order.metric).is_some()
            && order.constraints.iter().all(|limit| {
                value(row, &limit.metric).is_some_and(|found| match limit.operator {
                    Comparison::AtLeast => found >= limit.value,
                    Comparison::AtMost => found <= limit.value,
                    Comparison::Above => found > limit.value,
                    Comparison::Below => found < limit.value,
                })
            })
    };
    let (mut ranked, mut excluded, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows.iter().map(stored) {
        match (&row.error, meets(&row)) {
            (Some(_), _) => failed.push(row),
            (None, true) => ranked.push(row),
            (None, false) => excluded.push(row),
        }
    }
    for class in [&mut ranked, &mut excluded, &mut failed] {
        class.sort_by(|left, right| {
            let by_metric = match (value(left, &order.metric), value(right, &order.metric)) {
                (Some(left), Some(right)) if order.descending => right.partial_cmp(&left).unwrap(),
                (Some(left), Some(right)) => left.partial_cmp(&right).unwrap(),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => Ordering::Equal,
            };
            by_metric.then(left.index.cmp(&right.index))
        });
    }
    let counts = (ranked.len() as u64, excluded.len() as u64, failed.len() as u64);
    let rows = [ranked, excluded, failed].concat();
    let table = SliceTable { metric_keys: metric_keys.to_vec(), rows };
    RankedTable { table, ranked: counts.0, excluded: counts.1, failed: counts.2 }
}

/// Equal to the last bit, so that −0 is not 0.
fn assert_same(found: &RankedTable, expected: &RankedTable) {
    let bits = |values: &[Option<f64>]| values.iter().map(|value| value.map(f64::to_bits)).collect::<Vec<_>>();
    let seen = |table: &RankedTable| {
        let rows = table.table.rows.iter();
        let sums = |blocks: &[BlockSum]| {
            blocks.iter().map(|block| [block.sum, block.squares].map(f64::to_bits)).collect::<Vec<_>>()
        };
        rows.map(|row| (row.index, bits(&row.metrics), sums(&row.blocks), row.error.clone())).collect::<Vec<_>>()
    };
    assert_eq!(
        (found.ranked, found.excluded, found.failed, &found.table.metric_keys),
        (expected.ranked, expected.excluded, expected.failed, &expected.table.metric_keys)
    );
    for (position, (found, expected)) in seen(found).into_iter().zip(seen(expected)).enumerate() {
        assert_eq!(found, expected, "rank {position}");
    }
    assert_eq!(found.table.rows.len(), expected.table.rows.len());
}

async fn write_slices(lake: &Lake, metric_keys: &[String], rows: &[SliceRow], slice_rows: usize) -> Vec<String> {
    let mut slice_keys = Vec::new();
    for (number, rows) in rows.chunks(slice_rows).enumerate() {
        let key = format!("results/ten#opt_1/slices/{number}-try=1.parquet");
        let table = SliceTable { metric_keys: metric_keys.to_vec(), rows: rows.to_vec() };
        lake.results.write_slice(&key, &table).await.unwrap();
        slice_keys.push(key);
    }
    slice_keys
}

async fn check(metric_keys: &[String], rows: &[SliceRow], slice_rows: usize, order: &RankOrder) {
    let lake = Lake::new();
    let mut slice_keys = write_slices(&lake, metric_keys, rows, slice_rows).await;
    // Receipts come in any order.
    slice_keys.reverse();
    let ranking = lake.ranker.rank(&slice_keys, order).await.unwrap();
    assert_same(&ranking, &naive(metric_keys, rows, order));
}

/// Few distinct values so that ties, bounds hit exactly and both zeros are common.
fn any_metric() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        4 => prop::sample::select(vec![-1.5, -0.0, 0.0, 1.0, 2.5]).prop_map(Some),
        2 => (-1e6..1e6_f64).prop_map(Some),
        1 => prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, -f64::MAX]).prop_map(Some),
        1 => Just(None),
    ]
}

fn any_operator() -> impl Strategy<Value = Comparison> {
    prop::sample::select(vec![Comparison::AtLeast, Comparison::AtMost, Comparison::Above, Comparison::Below])
}

fn any_row() -> impl Strategy<Value = SliceRow> {
    let metrics = prop::collection::vec(any_metric(), 3);
    (metrics, prop::bool::weighted(0.15), any::<u8>()).prop_map(|(metrics, fails, skip)| {
        let index = u64::from(skip);
        if fails {
            let error = Some(format!("Stopped: \"{skip}\", ünïcode"));
            return SliceRow { index, metrics: vec![None; 3], blocks: Vec::new(), error };
        }
        SliceRow { index, metrics, blocks: Vec::new(), error: None }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_rows_rank_as_a_naive_sort(
        mut rows in prop::collection::vec(any_row(), 1..120),
        slice_rows in 1_usize..60,
        blocks in prop::sample::select(vec![0_usize, 1, 10, 16]),
        metric in 0_usize..3,
        descending: bool,
        constraints in prop::collection::vec(
            (0_usize..3, any_operator(), prop::sample::select(vec![-1.5, -0.0, 0.0, 1.0, 3.0])), 0..3),
    ) {
        // Indices ascend with gaps: `where` skips combinations.
        let mut index = 0;
        for row in &mut rows {
            index += 1 + row.index % 3;
            row.index = index;
            if row.error.is_none() {
                row.blocks = (0..blocks).map(|block| BlockSum { sum: -(index as f64) / 7.0, squares: block as f64 / 3.0 }).collect();
            }
        }
        run(check(&keys(3), &rows, slice_rows, &order(metric, descending, &constraints)));
    }
}

fn many_rows(count: u64, metrics: usize) -> Vec<SliceRow> {
    let mut random = Seeded(8);
    (0..count)
        .map(|index| SliceRow {
            index,
            metrics: (0..metrics).map(|_| Some(random.below(2_000_001) as f64 / 1_000.0 - 1_000.0)).collect(),
            blocks: Vec::new(),
            error: None,
        })
        .collect()
}

#[test]
fn a_hundred_thousand_rows() {
    let constraints = [(1, Comparison::AtLeast, -500.0), (2, Comparison::Below, 900.0)];
    run(check(&keys(45), &many_rows(100_000, 45), 1_000, &order(40, true, &constraints)));
}

#[test]
fn no_slices_rank_nothing() {
    run(async {
        let ranking = Lake::new().ranker.rank(&[], &order(0, true, &[])).await.unwrap();
        assert_eq!(ranking, RankedTable::default());
    });
}

#[test]
fn a_slice_of_failures_only_fits_beside_others() {
    let failure = |index| SliceRow { index, metrics: vec![None], blocks: Vec::new(), error: Some("broken".to_owned()) };
    let row = |index, value| SliceRow { index, metrics: vec![Some(value)], blocks: Vec::new(), error: None };
    let rows = [failure(0), failure(1), row(2, 1.0), row(3, 2.0)];
    run(check(&keys(1), &rows, 2, &order(0, true, &[])));
}

/// Ranking after `spoil` must fail with a message that contains `reason`.
async fn check_refused(spoil: impl AsyncFn(&Lake, &mut Vec<String>), order: &RankOrder, reason: &str) -> PortError {
    let lake = Lake::new();
    let mut slice_keys = write_slices(&lake, &keys(2), &many_rows(40, 2), 10).await;
    spoil(&lake, &mut slice_keys).await;
    let error = lake.ranker.rank(&slice_keys, order).await.unwrap_err();
    assert!(error.to_string().contains(reason), "{error:?}");
    error
}

#[test]
fn slices_that_cannot_be_ranked() {
    run(async {
        let by_first = order(0, true, &[]);
        let twice = async |_: &Lake, keys: &mut Vec<String>| keys.push(keys[1].clone());
        let error = check_refused(twice, &by_first, "combination 10 occurs in more than one").await;
        assert!(matches!(error, PortError::Corrupt(_)));

        let missing = async |lake: &Lake, keys: &mut Vec<String>| std::fs::remove_file(lake.file(&keys[2])).unwrap();
        let error = check_refused(missing, &by_first, "2-try=1.parquet is missing").await;
        assert!(matches!(error, PortError::Corrupt(_)));

        let torn =
            async |lake: &Lake, keys: &mut Vec<String>| std::fs::write(lake.file(&keys[2]), b"PAR1PAR1").unwrap();
        let error = check_refused(torn, &by_first, "ranking slices").await;
        assert!(matches!(error, PortError::Corrupt(_)));

        let foreign = async |lake: &Lake, keys: &mut Vec<String>| {
            let table = SliceTable { metric_keys: vec!["other".to_owned()], rows: Vec::new() };
            lake.results.write_slice(&keys[0], &table).await.unwrap();
        };
        let error = check_refused(foreign, &by_first, "ranking slices").await;
        assert!(matches!(error, PortError::Corrupt(_)));

        let unreachable = async |lake: &Lake, _: &mut Vec<String>| lake.store.set_unreachable(true);
        assert!(check_refused(unreachable, &by_first, "").await.is_retryable());

        let untouched = async |_: &Lake, _: &mut Vec<String>| {};
        let error = check_refused(untouched, &order(7, true, &[]), "no metric metricNumber7").await;
        assert!(matches!(error, PortError::Internal(_)));
    });
}
