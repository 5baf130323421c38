//! What the blobs make of S3's failures.

use crate::scripted::{Scripted, Step, xml_error};
use bytes::Bytes;
use ports::PortError;
use ports::blobs::Blobs;

#[tokio::test]
async fn failures_have_a_meaning() {
    let cases: [(Step, Result<Option<&str>, &str>); 9] = [
        (Step::Answer(200, b"bytes".to_vec()), Ok(Some("bytes"))),
        (xml_error(404, "NoSuchKey"), Ok(None)),
        (xml_error(404, "NoSuchBucket"), Err("internal")),
        (xml_error(403, "AccessDenied"), Err("internal")),
        (xml_error(403, "SignatureDoesNotMatch"), Err("internal")),
        (xml_error(503, "SlowDown"), Err("unavailable")),
        (xml_error(500, "InternalError"), Err("unavailable")),
        (Step::HangUp, Err("unavailable")),
        (Step::BreakOff(b"byt".to_vec()), Err("unavailable")),
    ];
    for (step, expected) in cases {
        let server = Scripted::new([step.clone()]).await;
        let outcome = server.clients.blobs("b").get("results/x").await;
        let seen = match &outcome {
            Ok(bytes) => Ok(bytes.clone()),
            Err(PortError::Unavailable(_)) => Err("unavailable"),
            Err(PortError::Internal(_)) => Err("internal"),
            Err(other) => panic!("{step:?}: {other:?}"),
        };
        assert_eq!(seen, expected.map(|bytes| bytes.map(Bytes::from)), "{step:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_fetched_again() {
    let steps = [Step::BreakOff(b"by".to_vec()), Step::BreakOff(Vec::new()), Step::Answer(200, b"bytes".to_vec())];
    let server = Scripted::new(steps).await;
    assert_eq!(server.clients.blobs("b").get("x").await.unwrap(), Some(Bytes::from_static(b"bytes")));
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn a_put_is_retried() {
    let server = Scripted::new([xml_error(503, "SlowDown"), Step::HangUp, Step::Answer(200, Vec::new())]).await;
    server.clients.blobs("b").put("x/y", Bytes::from_static(b"bytes")).await.unwrap();
    let lines: Vec<String> = server.asked().into_iter().map(|asked| asked.line).collect();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| line.starts_with("PUT /b/x/y")), "one address, the bucket in the path: {lines:?}");
}
