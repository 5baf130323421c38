//! What a record may become: every kind only moves forward, and what was fixed stays fixed.

use crate::laws::{Broken, law};
use serde_json::Value;

/// Numbers of a record.
pub trait Fields {
    fn count(&self, name: &str) -> u64;
}

impl Fields for Value {
    fn count(&self, name: &str) -> u64 {
        self.get(name).and_then(Value::as_u64).unwrap_or(0)
    }
}

/// A text of a record; empty when it is null or missing.
pub fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A list of a record; empty when it is missing.
pub fn list<'a>(body: &'a Value, name: &str) -> &'a [Value] {
    body.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn fixed(before: &Value, after: &Value, names: &[&str]) -> Result<(), Broken> {
    names.iter().try_for_each(|name| {
        law(before.get(name) == after.get(name), || format!("`{name}` was changed: {before} became {after}"))
    })
}

/// Checks a record's change, whatever its neighbours are.
pub fn check(kind: &str, before: Option<&Value>, after: Option<&Value>) -> Result<(), Broken> {
    let (before, after) = match (before, after) {
        (None, None) => return Ok(()),
        (Some(before), None) => return deleted(kind, before),
        (None, Some(after)) => return created(kind, after),
        (Some(before), Some(after)) => (before, after),
    };
    match kind {
        "receipt" | "group_receipt" => law(before == after, || format!("a receipt changed: {before} became {after}")),
        "batch" => batch(before, after),
        "operation" => work(before, after, &["operation_id", "artifact_id", "source", "kind", "created_at"]),
        "backtest" => work(before, after, &["backtest_id", "artifact_id", "own", "parameters", "pins", "created_at"]),
        "artifact" => artifact(before, after),
        "session" => session(before, after),
        "account" => law(before.count("sessions_made") + 1 == after.count("sessions_made"), || {
            format!("sessions were miscounted: {before} became {after}")
        }),
        _ => Ok(()),
    }
}

fn deleted(kind: &str, before: &Value) -> Result<(), Broken> {
    match kind {
        "artifact" => law(list(before, "active_work").is_empty(), || format!("deleted under work: {before}")),
        "wait" | "work" => Ok(()),
        _ => Err(format!("a {kind} was deleted")),
    }
}

fn created(kind: &str, after: &Value) -> Result<(), Broken> {
    let begins = match kind {
        "batch" => "configured",
        "operation" | "backtest" => "running",
        _ => return Ok(()),
    };
    law(text(after, "status") == begins, || format!("a {kind} begins as {after}"))
}

fn batch(before: &Value, after: &Value) -> Result<(), Broken> {
    let (was, is) = (text(before, "status"), text(after, "status"));
    let next: &[&str] = match was {
        "configured" => &["configured", "running", "cancelled"],
        "running" => &["running", "cancelling", "completed", "failed"],
        "cancelling" => &["cancelling", "cancelled", "completed", "failed"],
        _ => return law(before == after, || format!("an ended sweep changed: {before} became {after}")),
    };
    law(next.contains(&is), || format!("a {was} sweep became {is}"))?;
    let kept = [
        "optimization_id",
        "session_id",
        "artifact_id",
        "grid",
        "parameter_constraint",
        "order",
        "holdout",
        "holdout_window",
        "total_combinations",
        "minutes",
        "created_at",
    ];
    fixed(before, after, &kept)?;
    if was != "configured" {
        fixed(before, after, &["slice_bounds", "started_at"])?;
    }
    let counted = ["completed_count", "failed_count", "cancelled_count"].map(|name| after.count(name));
    let (sum, total) = (counted.iter().sum::<u64>(), after.count("total_combinations"));
    law(sum <= total, || format!("{counted:?} of {total}"))?;
    if ["completed", "failed", "cancelled"].contains(&is) {
        law(sum == total, || format!("ended with {counted:?} of {total}"))?;
        law(is != "completed" || counted[0] > 0, || "completed without a result".to_owned())?;
    }
    Ok(())
}

fn work(before: &Value, after: &Value, kept: &[&str]) -> Result<(), Broken> {
    if text(before, "status") != "running" {
        return law(before == after, || format!("ended work changed: {before} became {after}"));
    }
    fixed(before, after, kept)
}

fn artifact(before: &Value, after: &Value) -> Result<(), Broken> {
    fixed(before, after, &["artifact_id", "session_id", "version", "root", "parent", "operation_id", "created_at"])?;
    let (was, is) = (text(before, "lifecycle_status"), text(after, "lifecycle_status"));
    law(was == is || was == "creating", || format!("a {was} version became {is}"))?;
    if was == "ready" {
        fixed(before, after, &["document", "name", "ticker"])?;
    }
    let (named, names) = (list(before, "optimizations"), list(after, "optimizations"));
    law(names.starts_with(named), || "a version forgot a sweep".to_owned())
}

fn session(before: &Value, after: &Value) -> Result<(), Broken> {
    fixed(before, after, &["session_id", "created_at"])?;
    let (was, is) = (before.count("artifacts_made"), after.count("artifacts_made"));
    law(is == was || is == was + 1, || format!("{was} versions became {is}"))?;
    let trials =
        |body: &Value| body["trials"].as_object().into_iter().flatten().filter_map(|(_, n)| n.as_u64()).sum::<u64>();
    law(trials(before) <= trials(after), || format!("trials were forgotten: {before} became {after}"))
}
