//! What must hold between records after every single write.

use crate::record_laws::{self, Fields, list, text};
use crate::sites::key_kind;
use crate::watched_table::Changed;
use domain::limits::SLICES_PER_GROUP;
use ports::blobs::Blobs;
use ports::table::{Consistency, Key, Query, Record, Table};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What a write broke.
pub type Broken = String;

/// The table and the objects, seen without faults.
pub struct Truth<'a> {
    pub table: &'a dyn Table,
    pub blobs: &'a dyn Blobs,
}

/// `Err` with the sentence unless it holds.
pub fn law(holds: bool, sentence: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(sentence()) }
}

impl Truth<'_> {
    pub async fn body(&self, partition: &str, sort: &str) -> Option<Value> {
        self.table.get(&Key::new(partition, sort)).await.unwrap().map(|record| record.body)
    }

    async fn all(&self, partition: &str) -> Vec<Record> {
        let (partition, prefix) = (partition.to_owned(), String::new());
        let consistency = Consistency::Strong;
        let query = Query { partition, prefix, after: None, limit: 1000, descending: false, consistency };
        self.table.query(&query).await.unwrap().records
    }

    async fn receipts(&self, tenant: &str, batch: &str, slices: usize) -> Vec<Value> {
        let mut bodies = Vec::new();
        for group in 0..slices.div_ceil(SLICES_PER_GROUP as usize) {
            let records = self.all(&format!("{tenant}#{batch}#{group}")).await;
            bodies.extend(records.into_iter().map(|record| record.body));
        }
        bodies
    }

    async fn object_is(&self, key: &str, digest: &str) -> Result<(), Broken> {
        let bytes = self.blobs.get(key).await.unwrap().ok_or_else(|| format!("{key} is named and not there"))?;
        let found: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        law(found == digest, || format!("{key} is not the object that was named"))
    }
}

/// Checks one changed record: by itself, and against its neighbours.
pub async fn check(table: &dyn Table, blobs: &dyn Blobs, changed: &Changed) -> Result<(), Broken> {
    let truth = Truth { table, blobs };
    let body = |record: &Option<Record>| record.as_ref().map(|record| record.body.clone());
    let (before, after) = (body(&changed.before), body(&changed.after));
    let kind = key_kind(&changed.key);
    record_laws::check(kind, before.as_ref(), after.as_ref())?;
    let Some(after) = after else { return Ok(()) };
    let tenant = changed.key.partition.split('#').next().unwrap_or_default();
    match kind {
        "batch" => batch(&truth, tenant, before.as_ref(), &after).await,
        "session" => session(&truth, tenant, before.as_ref(), &after).await,
        "artifact" => artifact(&truth, tenant, &after).await,
        "backtest" => backtest(&truth, &after).await,
        "receipt" => receipt(&truth, &after).await,
        "group_receipt" => group_receipt(&truth, &changed.key, &after).await,
        _ => Ok(()),
    }
}

async fn batch(truth: &Truth<'_>, tenant: &str, before: Option<&Value>, after: &Value) -> Result<(), Broken> {
    let (status, id) = (text(after, "status"), text(after, "optimization_id"));
    if before.is_none_or(|before| text(before, "status") == status) {
        return Ok(());
    }
    let was_configured = before.is_some_and(|before| text(before, "status") == "configured");
    let session_id = text(after, "session_id");
    let session = truth.body(&format!("{tenant}#sessions"), session_id).await.ok_or("a batch without a session")?;
    let version = truth.body(&format!("{tenant}#{session_id}"), text(after, "artifact_id")).await;
    let works = version.is_some_and(|version| list(&version, "active_work").iter().any(|work| *work == id));
    let holds_slot = text(&session, "running_batch") == id;
    match status {
        "running" => {
            law(holds_slot, || "a sweep runs without the slot".to_owned())?;
            law(works, || "a sweep runs and its version does not know it".to_owned())
        }
        "completed" | "failed" | "cancelled" => {
            law(!holds_slot, || "a sweep ended and kept the slot".to_owned())?;
            law(!works, || "a sweep ended and its version still works for it".to_owned())?;
            if was_configured { Ok(()) } else { counted(truth, tenant, after).await }
        }
        _ => Ok(()),
    }
}

/// The final counts of a batch are what its receipts say.
async fn counted(truth: &Truth<'_>, tenant: &str, after: &Value) -> Result<(), Broken> {
    let slices = list(after, "slice_bounds").len().saturating_sub(1);
    let receipts = truth.receipts(tenant, text(after, "optimization_id"), slices).await;
    let completed: u64 = receipts.iter().map(|receipt| receipt.count("completed")).sum();
    let counted = after.count("completed_count");
    law(counted <= completed, || format!("{counted} counted as completed, the receipts say {completed}"))?;
    if text(after, "status") != "completed" {
        return Ok(());
    }
    law(receipts.len() == slices, || format!("completed with {} receipts of {slices}", receipts.len()))?;
    law(counted == completed, || format!("{counted} counted as completed, the receipts say {completed}"))?;
    let ranking = text(after, "ranking_key");
    law(truth.blobs.get(ranking).await.unwrap().is_some(), || "completed without a ranking".to_owned())
}

async fn session(truth: &Truth<'_>, tenant: &str, before: Option<&Value>, after: &Value) -> Result<(), Broken> {
    let (was, is) = (before.map_or("", |before| text(before, "running_batch")), text(after, "running_batch"));
    if was == is {
        return Ok(());
    }
    let partition = format!("{tenant}#{}", text(after, "session_id"));
    if !is.is_empty() {
        let batch = truth.body(&partition, is).await.ok_or("the slot is held by no sweep")?;
        let status = text(&batch, "status");
        law(status == "running", || format!("the slot is taken by a sweep that is {status}"))?;
    }
    if !was.is_empty() {
        let batch = truth.body(&partition, was).await.ok_or("the slot was held by no sweep")?;
        let status = text(&batch, "status");
        law(["completed", "failed", "cancelled"].contains(&status), || {
            format!("the slot of a {status} sweep is freed")
        })?;
    }
    Ok(())
}

async fn artifact(truth: &Truth<'_>, tenant: &str, after: &Value) -> Result<(), Broken> {
    let partition = format!("{tenant}#{}", text(after, "session_id"));
    for work in list(after, "active_work") {
        let id = work.as_str().unwrap_or_default();
        let status = truth.body(&partition, id).await.map(|body| text(&body, "status").to_owned()).unwrap_or_default();
        law(["running", "cancelling"].contains(&status.as_str()), || {
            format!("{id} is called active and is {status:?}")
        })?;
    }
    let (status, current) = (text(after, "backtest_status"), text(after, "current_backtest_id"));
    let run = if current.is_empty() { None } else { truth.body(&partition, current).await };
    match (status, run) {
        ("passed", Some(run)) => {
            let published = run.get("metrics") == after.get("backtest_results");
            law(text(&run, "status") == "succeeded" && published, || "passed with another run's results".to_owned())
        }
        ("running", Some(run)) => law(text(&run, "status") == "running", || "running, and its run is not".to_owned()),
        ("passed" | "running", None) => Err(format!("{status} without a run")),
        _ => Ok(()),
    }
}

async fn backtest(truth: &Truth<'_>, after: &Value) -> Result<(), Broken> {
    if text(after, "status") != "succeeded" {
        return Ok(());
    }
    let summary = format!("{}/summary.json", text(after, "result_key"));
    truth.object_is(&summary, text(after, "result_digest")).await
}

async fn receipt(truth: &Truth<'_>, after: &Value) -> Result<(), Broken> {
    if text(after, "outcome") == "succeeded" {
        truth.object_is(text(after, "result_key"), text(after, "digest")).await?;
    }
    Ok(())
}

async fn group_receipt(truth: &Truth<'_>, key: &Key, after: &Value) -> Result<(), Broken> {
    let group = after.count("group");
    let receipts = truth.all(&key.partition.replace("#groups", &format!("#{group}"))).await.len() as u64;
    let batch_id = key.partition.split('#').nth(1).unwrap_or_default();
    let tenant = key.partition.split('#').next().unwrap_or_default();
    let mut slices = None;
    for session in truth.all(&format!("{tenant}#sessions")).await {
        if let Some(batch) = truth.body(&format!("{tenant}#{}", session.key.sort), batch_id).await {
            slices = Some(list(&batch, "slice_bounds").len().saturating_sub(1) as u64);
        }
    }
    let slices = slices.ok_or("a group of no sweep")?;
    let full = u64::from(SLICES_PER_GROUP).min(slices - group * u64::from(SLICES_PER_GROUP));
    law(receipts == full, || format!("group {group} is called full with {receipts} receipts of {full}"))
}
