//! What must hold of a machine at rest, whatever was done to it.

use crate::harness::Machine;
use serde_json::Value;

/// A count of a batch.
fn count(body: &Value, name: &str) -> u64 {
    body[name].as_u64().unwrap_or_else(|| panic!("{name} in {body}"))
}

/// Checks every record of a tenant; gives the number of batches that ended.
pub async fn check_rest(machine: &Machine, tenant: &str) -> usize {
    let mut ended = 0;
    for session in machine.records(&format!("{tenant}#sessions")).await {
        assert!(session.body["running_batch"].is_null(), "the slot is not free: {}", session.body);
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
                    ended += 1;
                }
                other => panic!("an unknown record {other}"),
            }
        }
    }
    ended
}
