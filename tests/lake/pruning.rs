//! A window reads its row groups and the footer, nothing else; the footer is read with the plain Parquet crate here.

use crate::folder::{Lake, run};
use crate::series::{DAY_US, YEAR_2020_US, around_the_clock, slice};
use bytes::Bytes;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::file::statistics::Statistics;
use std::ops::Range;

/// Reads are checked in blocks: each may reach this far beyond what it needs, on both sides.
const BLOCK_BYTES: u64 = 32 * 1_024;

/// Where the bars of row groups that do not touch the window lie in the object.
fn ranges_beside(metadata: &ParquetMetaData, from_us: i64, to_us: i64) -> Vec<Range<u64>> {
    let mut ranges = Vec::new();
    for group in metadata.row_groups() {
        let Some(Statistics::Int64(times)) = group.column(0).statistics() else { panic!("no statistics of ts") };
        if *times.max_opt().unwrap() < from_us || *times.min_opt().unwrap() >= to_us {
            ranges.extend(group.columns().iter().map(|column| {
                let (start, length) = column.byte_range();
                start..start + length
            }));
        }
    }
    ranges
}

fn overlap(left: &Range<u64>, right: &Range<u64>) -> u64 {
    left.end.min(right.end).saturating_sub(left.start.max(right.start))
}

async fn check(from_us: i64, to_us: i64, groups_beside_min: usize, share_max: f64) {
    let lake = Lake::new();
    let series = around_the_clock("BTC-USD", 366 * 1_440, 3);
    let manifest = lake.write(&series).await;
    let part = &manifest.parts[0];
    let object = Bytes::from(std::fs::read(lake.file(&part.key)).unwrap());
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&object).unwrap();
    let beside = ranges_beside(&metadata, from_us, to_us);
    assert!(beside.len() >= groups_beside_min * 6, "{} column chunks beside the window", beside.len());

    lake.store.take_reads();
    let loaded = lake.load(&manifest, from_us, to_us).await;
    assert!(*loaded == slice(&series, from_us, to_us));
    let reads = lake.store.take_reads();
    assert!(reads.iter().all(|(key, _)| *key == part.key));

    // The first read of the end may reach into the last row groups; every other read stays in the window's groups.
    let footer_read = reads.iter().position(|(_, range)| range.end == part.bytes).expect("the footer is read");
    for (number, (_, range)) in reads.iter().enumerate() {
        let touched: u64 = beside.iter().map(|chunk| overlap(chunk, range)).sum();
        assert!(number == footer_read || touched <= 2 * BLOCK_BYTES, "read {range:?} touches {touched} bytes beside");
    }
    let bytes: u64 = reads.iter().map(|(_, range)| range.end - range.start).sum();
    assert!(bytes as f64 <= share_max * part.bytes as f64, "{bytes} of {} bytes read", part.bytes);
}

#[test]
fn a_month_reads_its_row_groups() {
    run(check(YEAR_2020_US + 152 * DAY_US, YEAR_2020_US + 182 * DAY_US, 13, 0.20));
}

#[test]
fn a_day_reads_a_few_pages() {
    run(check(YEAR_2020_US + 100 * DAY_US, YEAR_2020_US + 101 * DAY_US, 15, 0.12));
}

#[test]
fn a_span_between_parts_reads_nothing() {
    run(async {
        let lake = Lake::new();
        let mut series = around_the_clock("X", 10, 1);
        series.ts[9] += 800 * DAY_US;
        let manifest = lake.write(&series).await;
        assert_eq!(manifest.parts.len(), 2);
        lake.store.take_reads();
        let loaded = lake.load(&manifest, YEAR_2020_US + DAY_US, YEAR_2020_US + 700 * DAY_US).await;
        assert!(loaded.is_empty());
        assert_eq!(lake.store.take_reads(), vec![]);
    });
}
