//! The folder as others see it: plain files, nothing half written, foreign files left alone.

use crate::support::{TemporaryFolder, run};
use bytes::Bytes;
use embedded::FolderBlobs;
use ports::PortError;
use ports::blobs::{BLOB_BYTES_MAX, Blobs};
use std::fs;

#[test]
fn an_object_is_a_file_at_its_key() {
    let folder = TemporaryFolder::new();
    let blobs = FolderBlobs::open(folder.path()).unwrap();
    run(async {
        blobs.put("runs/a/trades.parquet", Bytes::from_static(b"rows")).await.unwrap();
        assert_eq!(fs::read(folder.path().join("runs/a/trades.parquet")).unwrap(), b"rows");
        fs::write(folder.path().join("runs/a/equity.parquet"), "theirs").unwrap();
        let other = FolderBlobs::open(folder.path()).unwrap();
        assert_eq!(other.get("runs/a/equity.parquet").await.unwrap(), Some(Bytes::from_static(b"theirs")));
        let keys = other.list("runs/", None, 10).await.unwrap();
        assert_eq!(keys, ["runs/a/equity.parquet", "runs/a/trades.parquet"]);
    });
}

#[test]
fn what_is_no_object_is_neither_listed_nor_touched() {
    let folder = TemporaryFolder::new();
    let blobs = FolderBlobs::open(folder.path()).unwrap();
    for name in ["notes (old).txt", "half~", "~partial/of another process"] {
        fs::write(folder.path().join(name), "foreign").unwrap();
    }
    fs::create_dir(folder.path().join("empty")).unwrap();
    run(async {
        blobs.put("one", Bytes::from_static(b"1")).await.unwrap();
        assert_eq!(blobs.list("", None, 10).await.unwrap(), ["one"]);
        for prefix in ["..", "../", "/", "~partial/", "notes (old", "empty"] {
            assert_eq!(blobs.list(prefix, None, 10).await.unwrap(), [""; 0], "{prefix:?}");
        }
        assert_eq!(blobs.get("empty").await.unwrap(), None);
        blobs.put("empty/two", Bytes::from_static(b"2")).await.unwrap();
        FolderBlobs::open(folder.path()).unwrap();
    });
    assert!(folder.path().join("~partial/of another process").exists(), "a young partial file may be being written");
    let partial = fs::read_dir(folder.path().join("~partial")).unwrap().count();
    assert_eq!(partial, 1, "a finished put leaves nothing behind");
}

#[test]
fn failed_puts_leave_nothing_behind() {
    let folder = TemporaryFolder::new();
    let blobs = FolderBlobs::open(folder.path()).unwrap();
    run(async {
        blobs.put("file", Bytes::from_static(b"1")).await.unwrap();
        let under_a_file = blobs.put("file/under", Bytes::from_static(b"2")).await;
        assert!(matches!(under_a_file, Err(PortError::Internal(_))), "{under_a_file:?}");
        let too_large = blobs.put("large", Bytes::from(vec![0; BLOB_BYTES_MAX + 1])).await;
        assert!(matches!(too_large, Err(PortError::TooLarge(_))), "{too_large:?}");
        assert_eq!(blobs.list("", None, 10).await.unwrap(), ["file"]);
    });
    assert_eq!(fs::read_dir(folder.path().join("~partial")).unwrap().count(), 0);
}
