//! What must hold of a machine at rest, whatever was done to it.

use crate::harness::Machine;
use serde_json::Value;
use std::collections::BTreeMap;

/// A count of a batch.
fn count(body: &Value, name: &str) -> u64 {
    body[name].as_u64().unwrap_or_else(|| panic!("{name} in {body}"))
}

/// Checks that the tenant's work is reserved for its running sweeps and for no other; gives how many run.
pub async fn check_reservations(machine: &Machine, tenant: &str) -> usize {
    let mut running = BTreeMap::new();
    for session in machine.records(&format!("{tenant}#sessions")).await {
        for record in machine.records(&format!("{tenant}#{}", session.key.sort)).await {
            let body = &record.body;
            if body["schema"] == "batch/1" && (body["status"] == "running" || body["status"] == "cancelling") {
                let work = count(body, "total_combinations") * count(body, "minutes");
                running.insert(record.key.sort.clone(), (session.key.sort.clone(), work));
            }
        }
    }
    let work = machine.records(&format!("{tenant}#work")).await;
    let mut reserved = BTreeMap::new();
    for (id, reservation) in work.iter().flat_map(|record| record.body["running"].as_object().unwrap()) {
        let session = reservation["session_id"].as_str().unwrap().to_owned();
        reserved.insert(id.clone(), (session, count(reservation, "work")));
    }
    assert_eq!(reserved, running);
    running.len()
}

/// Checks every record of a tenant; gives the number of batches that ended.
pub async fn check_rest(machine: &Machine, tenant: &str) -> usize {
    assert_eq!(check_reservations(machine, tenant).await, 0);
    let mut ended = 0;
    for session in machine.records(&format!("{tenant}#sessions")).await {
        assert!(session.body["running_batch"].is_null(), "the slot is not free: {}", session.body);
        let mut trials = 0;
        for record in machine.records(&format!("{tenant}#{}", session.key.sort)).await {
            let body = &record.body;
            let status = body["status"].as_str().unwrap_or_default();
            match body["schema"].as_str().unwrap() {
                "artifact/1" => {
                    assert_eq!(body["active_work"], Value::Array(Vec::new()), "{body}");
                    assert_ne!(body["lifecycle_status"], "creating", "{body}");
                    assert_ne!(body["backtest_status"], "running", "{body}");
                }
                "operation/1" | "backtest/1" => {
                    assert!(["succeeded", "failed", "cancelled"].contains(&status), "not ended: {body}");
                }
                "batch/1" if status == "configured" => {}
                "batch/1" => {
                    assert!(["completed", "failed", "cancelled"].contains(&status), "not ended: {body}");
                    let counted = ["completed_count", "failed_count", "cancelled_count"].map(|name| count(body, name));
                    assert_eq!(counted.iter().sum::<u64>(), count(body, "total_combinations"), "{body}");
                    trials += body["robustness"]["trials"].as_u64().unwrap_or(0);
                    ended += 1;
                }
                other => panic!("an unknown record {other}"),
            }
        }
        let counted = session.body["trials"].as_object().unwrap().values().filter_map(Value::as_u64).sum::<u64>();
        assert_eq!(counted, trials, "the trials of every ended sweep: {}", session.body);
    }
    ended
}
