//! What an operator sees of the sweeps of every account, and repairing those whose messages are lost.

use crate::client::{Built, refused, sweep_of};
use crate::demo::{axis, sweep};
use crate::harness::{Machine, run};
use app::batches::{BatchRow, ListRequest, RepairRequest, Repairs, list, repair};
use domain::ids::OptimizationId;
use domain::limits::STUCK_MINUTES;
use ports::queue::QueueName;
use ports::table::{Change, Condition, Key};
use serde_json::json;

/// A machine that knows these accounts.
async fn machine_of(tenants: &[&str]) -> Machine {
    let machine = Machine::demo();
    for tenant in tenants {
        let tenant = crate::harness::caller(tenant).tenant;
        app::access::create(&machine.calm, &tenant, "test").await.unwrap();
    }
    machine
}

async fn started(machine: &mut Machine, tenant: &str) -> (Built, String) {
    let client = machine.client(tenant);
    let built = client.built(machine).await;
    let id = client.started(&built, &sweep(vec![axis("fast", 3.0, 8.0, 1.0)])).await;
    (built, id)
}

/// Every row of a list, read in pages of this size.
async fn rows(machine: &Machine, tenant: Option<&str>, all: bool, limit: u64) -> Vec<BatchRow> {
    let mut found = Vec::new();
    let mut request = ListRequest { tenant: tenant.map(str::to_owned), all, limit, cursor: None };
    for _ in 0..100 {
        let mut page = list(&machine.calm, &request).await.unwrap();
        assert!(page.batches.len() as u64 <= limit);
        found.append(&mut page.batches);
        request.cursor = page.next_cursor;
        if request.cursor.is_none() {
            return found;
        }
    }
    panic!("the list does not end");
}

fn ids(rows: &[BatchRow]) -> Vec<&str> {
    rows.iter().map(|row| row.optimization_id.as_str()).collect()
}

async fn repaired(machine: &Machine, batches: &[&str]) -> Repairs {
    let batches = batches.iter().map(|id| (*id).to_owned()).collect();
    repair(&machine.calm, &RepairRequest { tenant: None, batches, stuck_minutes: STUCK_MINUTES }).await.unwrap()
}

/// Loses every message there is.
async fn lose_everything(machine: &Machine) {
    for _ in 0..3 {
        for queue in QueueName::ALL {
            machine.lose(queue).await;
        }
        machine.jump().await;
    }
    for queue in QueueName::ALL {
        machine.lose(queue).await;
    }
    assert!(machine.next_us().is_none());
}

#[test]
fn running_sweeps_of_every_account_with_their_progress() {
    run(async {
        let mut machine = machine_of(&["alice", "bob"]).await;
        let (first, alice) = started(&mut machine, "alice").await;
        machine.client("bob").built(&mut machine).await;
        assert!(rows(&machine, None, false, 100).await.is_empty(), "building handled alice's messages");
        let again = sweep(vec![axis("fast", 3.0, 8.0, 1.0)]);
        let alice_again = machine.client("alice").started(&first, &again).await;
        machine.step(QueueName::Steps).await;
        machine.pass_seconds(50).await;
        machine.step(QueueName::Units).await;
        machine.pass_seconds(20).await;
        let found = rows(&machine, None, false, 100).await;
        assert_eq!(ids(&found), [alice_again.as_str()]);
        let row = &found[0];
        assert_eq!((row.tenant.as_str(), row.status.as_str()), ("alice", "running"));
        assert_eq!((row.slices, row.slices_settled), (6, Some(1)));
        assert_eq!((row.age_seconds, row.idle_seconds), (Some(70), Some(20)));
        assert!(row.holds_slot && row.holds_work);
        assert!(rows(&machine, Some("bob"), false, 100).await.is_empty());
        machine.client("alice").cancel(&first.session, sweep_of(&alice_again)).await.unwrap();
        assert_eq!(rows(&machine, None, false, 100).await[0].status, "cancelling");
        machine.drain().await;
        let all = rows(&machine, Some("alice"), true, 100).await;
        assert_eq!(ids(&all), [alice.as_str(), alice_again.as_str()]);
        assert_eq!(all.iter().map(|row| row.status.as_str()).collect::<Vec<_>>(), ["completed", "cancelled"]);
        assert!(all.iter().all(|row| !row.holds_slot && !row.holds_work && row.slices_settled.is_none()));
    });
}

#[test]
fn pages_of_any_size_show_every_sweep_once() {
    run(async {
        let mut machine = machine_of(&["alice", "bob"]).await;
        for tenant in ["alice", "bob", "local"] {
            let client = machine.client(tenant);
            client.create_session(None).await.unwrap();
            for _ in 0..2 {
                let built = client.built(&mut machine).await;
                for last in [4.0, 5.0, 6.0] {
                    let request = sweep(vec![axis("fast", 3.0, last, 1.0)]);
                    client.set_up(&built.session, &built.artifact, &request).await.unwrap();
                }
                client.create_session(None).await.unwrap();
            }
        }
        let whole = rows(&machine, None, true, 100).await;
        assert_eq!(whole.len(), 18);
        assert!(whole.iter().all(|row| row.status == "configured" && row.age_seconds.is_none()));
        for limit in [1, 2, 3, 4, 7, 18] {
            assert_eq!(rows(&machine, None, true, limit).await, whole, "pages of {limit}");
        }
        let mut running = Vec::new();
        for row in &whole {
            let client = machine.client(&row.tenant);
            let artifact = machine.body(&row.tenant, &row.session_id, &row.optimization_id).await;
            let artifact = artifact["artifact_id"].as_str().unwrap();
            if client.run(&row.session_id, artifact, &row.optimization_id).await.is_ok() {
                running.push(row.optimization_id.as_str());
            }
        }
        assert_eq!(running.len(), 6, "one in each session");
        for limit in [1, 2, 5, 100] {
            assert_eq!(ids(&rows(&machine, None, false, limit).await), running, "pages of {limit}");
        }
        for cursor in ["", "/", "alice/x", "alice/../..", "ALICE", "alice/ses_1/opt_1/x"] {
            let cursor = Some(cursor.to_owned());
            let wrong = list(&machine.calm, &ListRequest { tenant: None, all: true, limit: 1, cursor }).await;
            refused(wrong, "invalid", &["cursor"]);
        }
        let nobody = ListRequest { tenant: Some("A#B".to_owned()), all: true, limit: 1, cursor: None };
        refused(list(&machine.calm, &nobody).await, "invalid", &["account"]);
    });
}

#[test]
fn a_sweep_without_any_message_is_stuck_until_it_is_repaired() {
    for cancelling in [false, true] {
        run(async {
            let mut machine = machine_of(&["alice"]).await;
            let (built, id) = started(&mut machine, "alice").await;
            let client = machine.client("alice");
            machine.step(QueueName::Steps).await;
            machine.step(QueueName::Units).await;
            if cancelling {
                client.cancel(&built.session, sweep_of(&id)).await.unwrap();
            }
            lose_everything(&machine).await;
            machine.drain().await;
            assert_eq!(client.sweep_status(&built.session, &id).await, "running");
            let idle = rows(&machine, None, false, 1).await[0].idle_seconds.unwrap();
            machine.pass_seconds(u64::from(STUCK_MINUTES) * 60 - u64::try_from(idle).unwrap() - 1).await;
            assert!(repaired(&machine, &[]).await.repaired.is_empty(), "not stuck yet");
            machine.pass_seconds(1).await;
            let done = repaired(&machine, &[]).await;
            assert_eq!((done.repaired.len(), done.more), (1, false));
            assert_eq!((done.repaired[0].tenant.as_str(), done.repaired[0].optimization_id.as_str()), ("alice", &*id));
            assert!(done.repaired[0].done.contains(if cancelling { "reduction" } else { "start" }), "{done:?}");
            assert!(repaired(&machine, &[]).await.repaired.is_empty(), "it was repaired a moment ago");
            machine.drain().await;
            let expected = if cancelling { "cancelled" } else { "completed" };
            assert_eq!(client.sweep_status(&built.session, &id).await, expected);
            crate::invariants::check_rest(&machine, "alice").await;
        });
    }
}

#[test]
fn a_named_sweep_is_repaired_however_it_is() {
    run(async {
        let mut machine = machine_of(&["alice"]).await;
        let (built, id) = started(&mut machine, "alice").await;
        let unknown = OptimizationId::new(0, &[7; 20]).to_string();
        for _ in 0..3 {
            let done = repaired(&machine, &[&id, &unknown]).await.repaired;
            assert_eq!(done.len(), 2);
            assert!(done[0].done.contains("start") && done[1].done.contains("no such sweep"), "{done:?}");
        }
        machine.drain().await;
        let view = machine.client("alice").get_sweep(&built.session, &id, 1, None).await.unwrap();
        assert_eq!((view.batch.status.as_str(), view.batch.completed_count), ("completed", 6));
        crate::invariants::check_rest(&machine, "alice").await;
        let wrong = RepairRequest { tenant: None, batches: vec!["opt_x".to_owned()], stuck_minutes: STUCK_MINUTES };
        refused(repair(&machine.calm, &wrong).await, "invalid", &["opt_x", "batches list"]);
    });
}

#[test]
fn what_an_ended_sweep_still_holds_is_freed() {
    run(async {
        let mut machine = machine_of(&["alice"]).await;
        let (built, ended) = started(&mut machine, "alice").await;
        machine.drain().await;
        let lost = OptimizationId::new(0, &[7; 20]).to_string();
        let held = json!({ "session_id": built.session, "work": 1, "day": 0 });
        let body = json!({
            "schema": "tenant_work/1", "running": { &ended: &held, &lost: &held }, "day": 20_454, "used_on_day": 5,
        });
        let key = Key::new("alice#work", "work");
        let condition = Condition::VersionIs(machine.calm.table.get(&key).await.unwrap().unwrap().version);
        let put = Change::Put { key, condition, expires_at: None, body };
        machine.calm.table.write("test", vec![put]).await.unwrap();
        let mut statuses: Vec<String> =
            rows(&machine, None, false, 100).await.into_iter().map(|row| row.status).collect();
        statuses.sort();
        assert_eq!(statuses, ["completed", "missing"]);
        let done = repaired(&machine, &[]).await.repaired;
        assert!(done.len() == 2 && done.iter().all(|one| one.done.contains("free")), "{done:?}");
        crate::invariants::check_rest(&machine, "alice").await;
    });
}
