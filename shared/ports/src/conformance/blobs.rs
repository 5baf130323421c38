//! What every blob store promises.
//!
//! Not covered: durability, which needs a process to kill.

use super::{Job, together};
use crate::PortError;
use crate::blobs::{Blobs, KEY_BYTES_MAX, SEGMENT_BYTES_MAX};
use bytes::Bytes;

/// Every promise of the blob port.
///
/// # Panics
/// With the broken promise.
pub async fn blobs(blobs: &dyn Blobs) {
    clear(blobs).await;
    objects(blobs).await;
    refused_keys(blobs).await;
    long_keys(blobs).await;
    listings(blobs).await;
    replaced_whole(blobs).await;
    clear(blobs).await;
}

const ROOT: &str = "conformance";

async fn put(blobs: &dyn Blobs, key: &str, bytes: impl Into<Bytes>) {
    blobs.put(key, bytes.into()).await.expect("put succeeds");
}

async fn get(blobs: &dyn Blobs, key: &str) -> Option<Bytes> {
    blobs.get(key).await.expect("get succeeds")
}

async fn list(blobs: &dyn Blobs, prefix: &str, after: Option<&str>, limit: usize) -> Vec<String> {
    blobs.list(prefix, after, limit).await.expect("list succeeds")
}

async fn clear(blobs: &dyn Blobs) {
    loop {
        let keys = list(blobs, &format!("{ROOT}/"), None, 100).await;
        if keys.is_empty() {
            return;
        }
        for key in keys {
            blobs.delete(&key).await.expect("delete succeeds");
        }
    }
}

async fn objects(blobs: &dyn Blobs) {
    let key = format!("{ROOT}/objects/batch=1/part-0.parquet");
    assert_eq!(get(blobs, &key).await, None, "an object that was never put");
    blobs.delete(&key).await.expect("deleting an absent object is fine");
    let large: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
    for bytes in [b"first".to_vec(), b"second, longer".to_vec(), Vec::new(), vec![0; 10], large, b"x".to_vec()] {
        put(blobs, &key, bytes.clone()).await;
        assert!(get(blobs, &key).await.is_some_and(|read| read == bytes), "an object of {} bytes", bytes.len());
    }
    let folder = format!("{ROOT}/objects");
    assert_eq!(get(blobs, &folder).await, None, "the folder of an object is no object");
    assert_eq!(get(blobs, &format!("{key}/x")).await, None, "nothing is under an object");
    blobs.delete(&key).await.expect("delete succeeds");
    assert_eq!(get(blobs, &key).await, None, "a deleted object");
    blobs.delete(&key).await.expect("deleting again is fine");
}

async fn refused_keys(blobs: &dyn Blobs) {
    let segment = "s".repeat(SEGMENT_BYTES_MAX + 1);
    let bad = [
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "../a",
        "a/../b",
        "a/./b",
        "a\\b",
        "a b",
        "é",
        "a\u{0}",
        "~partial/a",
        "C:a",
        "a%2fb",
        "*",
        segment.as_str(),
    ];
    for key in bad {
        let refused =
            [blobs.put(key, Bytes::from_static(b"x")).await, blobs.get(key).await.map(|_| ()), blobs.delete(key).await];
        for outcome in refused {
            assert!(matches!(outcome, Err(PortError::Internal(_))), "{key:?} is no key: {outcome:?}");
        }
    }
    let long = vec!["k"; KEY_BYTES_MAX].join("/");
    let outcome = blobs.put(&long, Bytes::from_static(b"x")).await;
    assert!(matches!(outcome, Err(PortError::TooLarge(_))), "a key too long: {outcome:?}");
}

async fn long_keys(blobs: &dyn Blobs) {
    let mut key = format!("{ROOT}/long");
    while key.len() + 1 + SEGMENT_BYTES_MAX <= KEY_BYTES_MAX {
        key = format!("{key}/{}", "s".repeat(SEGMENT_BYTES_MAX));
    }
    key = format!("{key}/{}", "e".repeat(KEY_BYTES_MAX - key.len() - 1));
    assert_eq!(key.len(), KEY_BYTES_MAX);
    put(blobs, &key, "long").await;
    assert_eq!(get(blobs, &key).await, Some(Bytes::from_static(b"long")), "the longest key");
}

/// Keys whose order by bytes is not the order in which folders are walked.
const KEYS: [&str; 14] =
    ["a#b", "a-b", "a-b2/x", "a.b/c", "a/b", "a/c/d", "a/c-d", "a/c.d", "a0", "aB", "a=1/b=2/c", "a_b", "b/a", "B/a"];

async fn listings(blobs: &dyn Blobs) {
    let root = format!("{ROOT}/list/");
    let mut keys: Vec<String> = KEYS.iter().map(|key| format!("{root}{key}")).collect();
    for key in &keys {
        put(blobs, key, key.clone()).await;
    }
    put(blobs, &format!("{ROOT}/list2/a"), "a neighbour").await;
    keys.sort_unstable();
    let afters = ["", "a", "a-", "a-b", "a/", "a/b", "a/c", "a/c/d", "a/zz", "a0", "b", "zzz"];
    for prefix in ["", "a", "a/", "a/c", "a/c/", "a-b", "a=1/b", "B", "none", "a/b/c"] {
        let prefix = format!("{root}{prefix}");
        for after in std::iter::once(None).chain(afters.map(Some)) {
            let after = after.map(|after| format!("{root}{after}"));
            for limit in [0, 1, 3, 100] {
                let expected: Vec<String> = keys
                    .iter()
                    .filter(|key| key.starts_with(&prefix) && after.as_ref().is_none_or(|after| *key > after))
                    .take(limit)
                    .cloned()
                    .collect();
                let found = list(blobs, &prefix, after.as_deref(), limit).await;
                assert_eq!(found, expected, "prefix {prefix:?}, after {after:?}, limit {limit}");
            }
        }
    }
}

async fn replaced_whole(blobs: &dyn Blobs) {
    let key = format!("{ROOT}/replaced");
    let versions: Vec<Bytes> = (0..4_u8).map(|fill| Bytes::from(vec![fill; 200_000 + usize::from(fill)])).collect();
    for version in versions.iter().take(1) {
        put(blobs, &key, version.clone()).await;
    }
    let (key, versions) = (key.as_str(), versions.as_slice());
    let mut jobs: Vec<Job<'_, ()>> = Vec::new();
    for version in versions {
        jobs.push(Box::pin(async move {
            for _ in 0..10 {
                put(blobs, key, version.clone()).await;
            }
        }));
        jobs.push(Box::pin(async move {
            for _ in 0..20 {
                let read = get(blobs, key).await;
                assert!(read.is_some_and(|read| versions.contains(&read)), "a reader sees one version, whole");
            }
        }));
    }
    together(jobs).await;
}
