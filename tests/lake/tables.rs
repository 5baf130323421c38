//! Trades, curves, slices and rankings as stored: round trips, paging, stable bytes, damage.

use crate::folder::{Lake, run};
use crate::series::{MINUTE_US, Seeded, YEAR_2020_US};
use domain::sweep::{RankedTable, SliceRow, SliceTable};
use domain::tables::{EquityCurve, TradeRow};
use engine::ExitReason;
use ports::PortError;
use ports::results::{Results, TradePage};
use sha2::{Digest, Sha256};

const REASONS: [ExitReason; 11] = [
    ExitReason::Signal,
    ExitReason::Stop,
    ExitReason::Target,
    ExitReason::TrailingStop,
    ExitReason::BreakEven,
    ExitReason::Time,
    ExitReason::SessionClose,
    ExitReason::Reversal,
    ExitReason::Liquidation,
    ExitReason::EndOfData,
    ExitReason::DailyLimit,
];

fn trades(count: u32) -> Vec<TradeRow> {
    let mut random = Seeded(31);
    let mut number = move || random.below(1_000_003) as f64 / 7.0 - 70_000.0;
    (1..=count)
        .map(|trade| TradeRow {
            number: trade,
            side: if trade % 3 == 0 { "short" } else { "long" }.to_owned(),
            quantity: 0.1 * f64::from(trade % 7),
            entry_time: YEAR_2020_US + i64::from(trade) * MINUTE_US,
            exit_time: YEAR_2020_US + i64::from(trade + 5) * MINUTE_US,
            entry_price: number(),
            exit_price: number(),
            gross: number(),
            net: if trade == 2 { -0.0 } else { number() },
            commission: number(),
            slippage: number(),
            bars_held: trade % 50,
            rolls: trade % 2,
            mae: number(),
            mfe: number(),
            exit_reason: REASONS[trade as usize % REASONS.len()],
            ambiguous: trade % 5 == 0,
        })
        .collect()
}

/// Every page is the slice of the rows in memory.
async fn check_trades(count: u32, pages: &[(usize, usize)]) {
    let lake = Lake::new();
    let rows = trades(count);
    lake.results.write_trades("results/bt_1/trades.parquet", &rows).await.unwrap();
    for &(offset, limit) in pages {
        let page = lake.results.read_trades("results/bt_1/trades.parquet", offset as u64, limit as u64).await.unwrap();
        let expected = rows.iter().skip(offset).take(limit).cloned().collect();
        assert_eq!(page, Some(TradePage { rows: expected, total: u64::from(count) }), "{offset} + {limit} of {count}");
    }
}

const PAGES: [(usize, usize); 9] = [
    (0, usize::MAX),
    (0, 0),
    (0, 25),
    (990, 25),
    (1_000, 1_000),
    (999, 1_002),
    (2_499, 25),
    (2_500, 25),
    (usize::MAX, usize::MAX),
];

#[test]
fn trades_by_pages() {
    run(check_trades(2_500, &PAGES));
    run(check_trades(1, &PAGES));
    run(check_trades(0, &PAGES));
}

fn ranking(count: u64) -> RankedTable {
    let mut random = Seeded(77);
    let rows = (0..count).map(|rank| {
        let index = (rank * 7_919) % count;
        if rank + 3 >= count {
            return SliceRow {
                index,
                metrics: vec![None; 2],
                blocks: Vec::new(),
                error: Some(format!("error {rank}")),
            };
        }
        let mut value = || (random.below(9) > 0).then(|| random.below(1_000) as f64 / 3.0);
        SliceRow { index, metrics: vec![value(), value()], blocks: Vec::new(), error: None }
    });
    let table = SliceTable { metric_keys: vec!["sharpeRatio".to_owned(), "totalPnl".to_owned()], rows: rows.collect() };
    RankedTable { table, ranked: count / 2, excluded: count - count / 2 - 3, failed: 3 }
}

async fn check_ranking(whole: RankedTable, pages: &[(usize, usize)]) {
    let lake = Lake::new();
    lake.results.write_ranking("results/opt_1/ranking.parquet", &whole).await.unwrap();
    for &(offset, limit) in pages {
        let page =
            lake.results.read_ranking("results/opt_1/ranking.parquet", offset as u64, limit as u64).await.unwrap();
        let rows = whole.table.rows.iter().skip(offset).take(limit).cloned().collect();
        let table = SliceTable { rows, ..whole.table.clone() };
        assert_eq!(page, Some(RankedTable { table, ..whole.clone() }), "{offset} + {limit}");
    }
}

#[test]
fn rankings_by_pages() {
    run(check_ranking(ranking(2_500), &PAGES));
    run(check_ranking(RankedTable::default(), &PAGES));
}

#[test]
fn curves_read_whole() {
    run(async {
        let lake = Lake::new();
        for count in [0_i64, 1, 300_000] {
            let mut random = Seeded(5);
            let curve = EquityCurve {
                ts: (0..count).map(|minute| YEAR_2020_US + minute * MINUTE_US).collect(),
                equity: (0..count).map(|_| random.below(1_000_000_007) as f64 / 9_999.0).collect(),
            };
            lake.results.write_equity("results/bt_1/equity.parquet", &curve).await.unwrap();
            assert!(lake.results.read_equity("results/bt_1/equity.parquet").await.unwrap() == Some(curve));
        }
        let uneven = EquityCurve { ts: vec![1, 2], equity: vec![1.0] };
        let error = lake.results.write_equity("results/bt_2/equity.parquet", &uneven).await.unwrap_err();
        assert!(matches!(error, PortError::Internal(_)));
    });
}

#[test]
fn the_same_slice_gives_the_same_bytes() {
    run(async {
        let lake = Lake::new();
        let mut table = ranking(400).table;
        table.rows.sort_by_key(|row| row.index);
        let first = lake.results.write_slice("a/1.parquet", &table).await.unwrap();
        let second = lake.results.write_slice("b/2.parquet", &table).await.unwrap();
        let bytes = std::fs::read(lake.file("a/1.parquet")).unwrap();
        assert_eq!(bytes, std::fs::read(lake.file("b/2.parquet")).unwrap());
        let expected: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((&first, &second), (&expected, &expected));
        table.rows[7].metrics[1] = Some(-1.0);
        assert_ne!(lake.results.write_slice("a/1.parquet", &table).await.unwrap(), first);
    });
}

type Spoil = fn(&mut SliceTable);

#[test]
fn slices_of_a_wrong_shape_are_refused() {
    let good = || {
        let row = |index| SliceRow { index, metrics: vec![Some(1.0)], blocks: Vec::new(), error: None };
        SliceTable { metric_keys: vec!["a".to_owned()], rows: vec![row(3), row(4)] }
    };
    let spoils: [(&str, Spoil); 6] = [
        ("do not ascend", |table| table.rows[1].index = 3),
        ("do not ascend", |table| table.rows.reverse()),
        ("combination 4 does not have a value", |table| table.rows[1].metrics.clear()),
        ("combination 3 does not have a value", |table| table.rows[0].metrics.push(None)),
        ("metric key index is used twice or is reserved", |table| table.metric_keys[0] = "index".to_owned()),
        ("metric key error is used twice or is reserved", |table| table.metric_keys[0] = "error".to_owned()),
    ];
    run(async {
        let lake = Lake::new();
        lake.results.write_slice("s.parquet", &good()).await.unwrap();
        for (message, spoil) in spoils {
            let mut table = good();
            spoil(&mut table);
            let error = lake.results.write_slice("s.parquet", &table).await.unwrap_err();
            assert!(error.to_string().contains(message), "{error}");
        }
    });
}

#[test]
fn absent_and_damaged_objects() {
    run(async {
        let lake = Lake::new();
        let results = &lake.results;
        assert_eq!(results.read_trades("none", 0, 1).await.unwrap(), None);
        assert_eq!(results.read_equity("none").await.unwrap(), None);
        assert_eq!(results.read_ranking("none", 0, 1).await.unwrap(), None);
        results.write_trades("t.parquet", &trades(10)).await.unwrap();
        // A table of another kind, a torn object, an empty object.
        let whole = std::fs::read(lake.file("t.parquet")).unwrap();
        for (bytes, reason) in [(whole.len(), "layout"), (whole.len() - 9, ""), (0, "")] {
            std::fs::write(lake.file("t.parquet"), &whole[..bytes]).unwrap();
            let equity = results.read_equity("t.parquet").await.unwrap_err();
            let ranking = results.read_ranking("t.parquet", 0, 1).await.unwrap_err();
            for error in [equity, ranking] {
                let PortError::Corrupt(message) = &error else { panic!("{error:?}") };
                assert!(message.contains("t.parquet") && message.contains(reason), "{message}");
            }
        }
    });
}
