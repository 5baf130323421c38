//! Merging what the lake holds with what an import brings.

use crate::check::{lines, run, symbol};
use importers::merge::merge;
use market::{BarSeries, Resolution};

fn series(rows: &str) -> BarSeries {
    let text = format!("ts,open,high,low,close,volume\n{rows}");
    run(&[("x.csv", text.as_bytes())], &symbol("X")).unwrap().series
}

#[test]
fn new_bars_are_added_and_changed_ones_replaced_on_the_finer_grid() {
    let old = series("1704205800,1,1,1,1,5\n1704205860,2,2,2,2,5\n");
    let new = series("1704205860,2.25,2.25,2.25,2.25,0.5\n1704205920,3,3,3,3,5\n1704205740,4,4,4,4,5\n");
    let merged = merge(&old, &new).unwrap();
    assert_eq!((merged.added, merged.replaced, merged.unchanged), (2, 1, 0));
    assert_eq!(
        lines(&merged.series),
        [
            "2024-01-02T14:29:00Z 4 4 4 4 5",
            "2024-01-02T14:30:00Z 1 1 1 1 5",
            "2024-01-02T14:31:00Z 2.25 2.25 2.25 2.25 0.5",
            "2024-01-02T14:32:00Z 3 3 3 3 5",
        ]
    );
}

#[test]
fn merging_again_changes_nothing() {
    let old = series("1704205800,1.5,1.5,1.5,1.5,5\n1704205860,2,2,2,2,5\n");
    let merged = merge(&old, &old).unwrap();
    assert_eq!((merged.added, merged.replaced, merged.unchanged), (0, 0, 2));
    assert_eq!(merged.series, old);
    let whole = merge(&old, &series("1704205800,1.5,1.5,1.5,1.5,5\n")).unwrap();
    assert_eq!(whole.series, old);
}

#[test]
fn different_kinds_do_not_merge() {
    let old = series("1704205800,1,1,1,1,5\n");
    let mut other = old.clone();
    other.symbol = "Y".to_owned();
    assert!(merge(&old, &other).unwrap_err().to_string().contains("symbol"));
    let mut other = old.clone();
    other.resolution = Resolution(5);
    assert!(merge(&old, &other).unwrap_err().to_string().contains("bar length"));
    let mut other = old.clone();
    other.price_side = market::PriceSide::Bid;
    assert!(merge(&old, &other).unwrap_err().to_string().contains("price side"));
}

#[test]
fn a_missing_offset_or_spread_counts_as_zero() {
    let old = series("1704205800,1,1,1,1,5\n");
    let mut new = series("1704205800,1,1,1,1,5\n1704205860,1,1,1,1,5\n");
    new.offset = vec![0, 7];
    let merged = merge(&old, &new).unwrap();
    assert_eq!((merged.added, merged.replaced, merged.unchanged), (1, 0, 1));
    assert_eq!(merged.series.offset, [0, 7]);
}

#[test]
fn values_that_fit_no_common_grid_are_an_error() {
    let old = series("1704205800,4000000000,4000000000,4000000000,4000000000,9000000000000000000\n");
    let new = series("1704205860,1,1,1,1,0.5\n");
    assert!(merge(&old, &new).unwrap_err().to_string().contains("0 and 1 decimal places"));
}
