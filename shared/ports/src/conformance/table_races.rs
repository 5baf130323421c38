//! What every table promises writers that race: one wins, nothing is lost.
//!
//! The writers share a task and are all in flight at once; an adapter's own parallelism does the rest.

use super::table::{clear, get, key, put, write};
use super::{Job, together};
use crate::table::{Condition, Table, WriteOutcome};
use serde_json::json;

pub(super) async fn one_of_many_writers(table: &dyn Table) {
    clear(table, "race").await;
    for round in 0..5 {
        let key = key("race", &round.to_string());
        let race = (0..8).map(|number| -> Job<'_, WriteOutcome> {
            let change = put(key.clone(), Condition::Absent, json!(number));
            Box::pin(async move { write(table, &format!("writer {number}"), vec![change]).await })
        });
        let outcomes = together(race.collect()).await;
        let winner = get(table, &key).await.expect("somebody won");
        let won: Vec<usize> = (0..8).filter(|number| outcomes.get(*number) == Some(&WriteOutcome::Written)).collect();
        assert_eq!(won.len(), 1, "exactly one of the concurrent writers wins: {outcomes:?}");
        assert_eq!(json!(won), json!([winner.body]), "the winner's record is there");
        for outcome in outcomes.iter().filter(|outcome| **outcome != WriteOutcome::Written) {
            assert_eq!(*outcome, WriteOutcome::Conflict(vec![Some(winner.clone())]), "losers see the winner");
        }
    }
}

pub(super) async fn counting_writers(table: &dyn Table) {
    clear(table, "counting").await;
    let key = key("counting", "count");
    assert_eq!(write(table, "w", vec![put(key.clone(), Condition::Absent, json!(0))]).await, WriteOutcome::Written);
    let writers = (0..6).map(|writer| -> Job<'_, ()> {
        let key = key.clone();
        Box::pin(async move {
            let mut added = 0;
            for attempt in 0.. {
                let record = get(table, &key).await.expect("the counter is there");
                let next = json!(record.body.as_u64().map(|count| count + 1));
                let change = put(key.clone(), Condition::VersionIs(record.version), next);
                if write(table, &format!("{writer}/{attempt}"), vec![change]).await == WriteOutcome::Written {
                    added += 1;
                }
                if added == 10 {
                    return;
                }
            }
        })
    });
    together(writers.collect()).await;
    let record = get(table, &key).await.expect("the counter is there");
    assert_eq!((record.version, record.body), (61, json!(60)), "no increment is lost or made twice");
}
