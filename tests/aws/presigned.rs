//! Links: what they sign, how long they live, and that they work without credentials.

use crate::cloud::stack;
use aws::{PRESIGN_SECONDS_MAX, Presigned};
use bytes::Bytes;
use ports::PortError;
use ports::blobs::{BLOB_BYTES_MAX, Blobs};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::time::Duration;
use tests::http::{Answer, Request};

const LASTS: Duration = Duration::from_secs(120);

/// A parameter of the link's query, as it is written there.
fn parameter<'a>(link: &'a Presigned, name: &str) -> &'a str {
    let query = link.url.split_once('?').unwrap().1;
    let found = query.split('&').filter_map(|part| part.split_once('=')).find(|(found, _)| *found == name);
    found.unwrap_or_else(|| panic!("{name} is in {query}")).1
}

fn signed_headers(link: &Presigned) -> BTreeSet<&str> {
    parameter(link, "X-Amz-SignedHeaders").split("%3B").collect()
}

fn sent(link: &Presigned, body: &[u8]) -> Answer {
    let headers = link.headers.iter().filter(|(name, _)| name != "host");
    let request =
        headers.fold(Request::new(&link.method, &link.url), |request, (name, value)| request.header(name, value));
    request.body(body.to_vec()).send()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_download() {
    let (clients, stack) = stack("presigned-download").await;
    let blobs = clients.blobs(&stack.results_bucket);
    blobs.put("results/t=1/trades.csv", Bytes::from_static(b"a,b\n")).await.unwrap();
    let link = blobs.presign_download("results/t=1/trades.csv", LASTS, "trades.csv").await.unwrap();
    assert_eq!(link.method, "GET");
    assert_eq!(parameter(&link, "X-Amz-Expires"), "120");
    assert_eq!(signed_headers(&link), BTreeSet::from(["host"]), "a browser needs nothing but the link");
    let answer = sent(&link, b"");
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"a,b\n".as_slice()), "{}", answer.text());
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"trades.csv\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload() {
    let (clients, stack) = stack("presigned-upload").await;
    let blobs = clients.blobs(&stack.lake_bucket);
    let body = b"exactly these bytes";
    let sha256: [u8; 32] = Sha256::digest(body).into();
    let link = blobs.presign_upload("uploads/a.csv", body.len(), &sha256, LASTS).await.unwrap();
    assert_eq!(link.method, "PUT");
    assert_eq!(parameter(&link, "X-Amz-Expires"), "120");
    let checksum = "x-amz-checksum-sha256";
    assert_eq!(signed_headers(&link), BTreeSet::from(["content-length", "host", checksum]), "{link:?}");
    let value = |name: &str| link.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    assert_eq!(value("content-length"), Some("19"));
    // From: printf 'exactly these bytes' | openssl dgst -sha256 -binary | base64
    assert_eq!(value(checksum), Some("jK64JdGL9G8sUEL34BJQAYjlpl5QIOwvyYMft0etmjY="));
    let answer = sent(&link, body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(blobs.get("uploads/a.csv").await.unwrap(), Some(Bytes::from_static(body)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals() {
    let (clients, stack) = stack("presigned-refusals").await;
    let blobs = clients.blobs(&stack.results_bucket);
    let longest = Duration::from_secs(PRESIGN_SECONDS_MAX);
    let too_long = longest + Duration::from_millis(1);
    blobs.presign_download("a", longest, "a.csv").await.unwrap();
    for outcome in [
        blobs.presign_download("a", too_long, "a.csv").await,
        blobs.presign_upload("a", 1, &[0; 32], too_long).await,
        blobs.presign_upload("a", BLOB_BYTES_MAX + 1, &[0; 32], LASTS).await,
    ] {
        assert!(matches!(outcome, Err(PortError::TooLarge(_))), "{outcome:?}");
    }
    for name in ["", "a b", "a\"b", "a/b", "a\r\nb", "é"] {
        let outcome = blobs.presign_download("a", LASTS, name).await;
        assert!(matches!(outcome, Err(PortError::Internal(_))), "{name:?}: {outcome:?}");
    }
    for key in ["../a", ""] {
        let outcome = blobs.presign_download(key, LASTS, "a.csv").await;
        assert!(matches!(outcome, Err(PortError::Internal(_))), "{key:?}: {outcome:?}");
    }
}
