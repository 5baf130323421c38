//! What every table promises of its pages: order, prefixes, cursors, both directions.
//!
//! Compared with a sorted list; writing is tested elsewhere.

use super::table::{clear, key, put, walk, write};
use crate::table::{Condition, Consistency, QUERY_LIMIT_MAX, Query, Table};
use serde_json::json;

/// Sort keys chosen for their order by bytes: it is not the order of UTF-16, of a locale, or of concatenated halves.
const SORTS: [&str; 17] = [
    "a",
    "a#",
    "a#1",
    "a#10",
    "a#2",
    "a/b",
    "aa",
    "ab",
    "b",
    "B",
    "b#\u{7f}",
    "é",
    "é#1",
    "日本",
    "日本#東京",
    "\u{ffee}",
    "😀",
];

pub(super) async fn pages(table: &dyn Table) {
    // The neighbour partitions must not leak into a page.
    for case in ["pages", "pages#a", "page", "pagesa"] {
        clear(table, case).await;
        for sort in SORTS {
            write(table, "w", vec![put(key(case, sort), Condition::Absent, json!(case))]).await;
        }
    }
    let partition = key("pages", "").partition;
    let mut sorted = SORTS.to_vec();
    sorted.sort_unstable_by_key(|sort| sort.as_bytes());
    for prefix in ["", "a", "a#", "a#1", "b", "é", "日本", "😀", "z", "\u{ffee}", "none"] {
        for limit in [1, 2, 5, SORTS.len(), QUERY_LIMIT_MAX] {
            for descending in [false, true] {
                let mut expected: Vec<&str> = sorted.iter().copied().filter(|sort| sort.starts_with(prefix)).collect();
                if descending {
                    expected.reverse();
                }
                let found = walk(table, &partition, prefix, limit, descending).await;
                let found: Vec<&str> = found.iter().map(|record| record.key.sort.as_str()).collect();
                assert_eq!(found, expected, "prefix {prefix:?}, limit {limit}, descending {descending}");
            }
        }
        for after in ["0", "a", "a#1", "a#15", "c", "日本", "😀😀"] {
            for descending in [false, true] {
                one_page(table, &sorted, prefix, after, descending).await;
            }
        }
    }
}

/// A page that begins after a key that need not exist, nor match the prefix.
async fn one_page(table: &dyn Table, sorted: &[&str], prefix: &str, after: &str, descending: bool) {
    let mut expected: Vec<&str> = sorted.iter().copied().filter(|sort| sort.starts_with(prefix)).collect();
    if descending {
        expected.reverse();
    }
    expected.retain(|sort| if descending { *sort < after } else { *sort > after });
    let page = table
        .query(&Query {
            partition: key("pages", "").partition,
            prefix: prefix.to_owned(),
            after: Some(after.to_owned()),
            limit: QUERY_LIMIT_MAX,
            descending,
            consistency: Consistency::Strong,
        })
        .await
        .expect("query succeeds");
    let found: Vec<&str> = page.records.iter().map(|record| record.key.sort.as_str()).collect();
    assert_eq!(found, expected, "prefix {prefix:?} after {after:?}, descending {descending}");
    assert!(page.records.iter().all(|record| record.body == json!("pages")), "a page stays in its partition");
}
