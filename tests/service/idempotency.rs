//! Idempotency keys: the same call again is the same answer for a day, another call is an error.

use crate::client::refused;
use crate::demo::{cross, cross_request};
use crate::harness::{Machine, run};
use app::artifact::MakeRequest;

fn keyed(key: &str) -> MakeRequest {
    MakeRequest { idempotency_key: Some(key.to_owned()), ..cross_request() }
}

#[test]
fn the_same_call_is_the_same_answer() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let first = client.create(&session, &keyed("k1")).await.unwrap();
        assert_eq!(client.create(&session, &keyed("k1")).await.unwrap(), first);
        machine.drain().await;
        assert_eq!(client.create(&session, &keyed("k1")).await.unwrap(), first);
        assert_ne!(client.create(&session, &keyed("k2")).await.unwrap(), first);
        assert_eq!(client.get_session(&session).await.unwrap().session.strategy_count, 2);
    });
}

#[test]
fn another_call_under_the_same_key_is_an_error() {
    run(async {
        let machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let first = client.create(&session, &keyed("k1")).await.unwrap();
        let others = [
            MakeRequest { backtest: false, ..keyed("k1") },
            MakeRequest { to: Some("2024-01-11".to_owned()), ..keyed("k1") },
            MakeRequest { provider: Some("auto".to_owned()), ..keyed("k1") },
            MakeRequest { rules: None, english: Some("buy".to_owned()), ..keyed("k1") },
        ];
        for other in others {
            refused(client.create(&session, &other).await, "invalid", &["other arguments", "new key"]);
        }
        // The key is scoped to tenant, tool and session.
        let elsewhere = client.create_session(None).await.unwrap();
        assert_ne!(client.create(&elsewhere, &keyed("k1")).await.unwrap(), first);
        let stranger = machine.client("other");
        let theirs = stranger.create_session(None).await.unwrap();
        assert_ne!(stranger.create(&theirs, &keyed("k1")).await.unwrap(), first);
        machine.settle().await;
        let changed = MakeRequest { rules: Some(cross("DEMO")), ..keyed("k1") };
        assert_ne!(client.update(&session, &first.artifact_id, &changed).await.unwrap(), first);
    });
}

#[test]
fn a_key_is_forgotten_after_a_day() {
    run(async {
        let machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let first = client.create(&session, &keyed("k1")).await.unwrap();
        machine.pass_seconds(24 * 3600 - 1).await;
        assert_eq!(client.create(&session, &keyed("k1")).await.unwrap(), first);
        machine.pass_seconds(1).await;
        let other = MakeRequest { backtest: false, ..keyed("k1") };
        let second = client.create(&session, &other).await.unwrap();
        assert_ne!(second, first);
        assert_eq!(client.create(&session, &other).await.unwrap(), second);
    });
}

#[test]
fn two_calls_at_once_make_one_strategy() {
    run(async {
        let machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        machine.faults.set_rates(ports::faults::FaultRates { interleave: 1000, ..Default::default() });
        let request = keyed("k1");
        let calls = (0..6).map(|_| client.create(&session, &request));
        let answers: Vec<_> = futures::future::join_all(calls).await.into_iter().map(Result::unwrap).collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(client.get_session(&session).await.unwrap().session.strategy_count, 1);
    });
}
