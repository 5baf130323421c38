//! `barlake batches`: the sweeps of every account, and a way to send again what a stuck one lacks.

use crate::admin::Request;
use crate::arguments::BatchesCommand;
use crate::place::Place;
use crate::terminal::{grouped, note, say};
use app::batches::{BatchList, BatchRow, ListRequest, RepairRequest, Repaired, Repairs};
use domain::limits::PAGE_ROWS_MAX;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Runs a batches command.
pub(crate) async fn batches(place: &Place, command: &BatchesCommand) -> Result<(), String> {
    match command.clone() {
        BatchesCommand::List { tenant, all, limit, cursor, json } => {
            let found = list(place, ListRequest { tenant, all, limit, cursor }).await?;
            if json { say_json(&found) } else { show(&found, all) }
        }
        BatchesCommand::Repair { batches, all_stuck: _, stuck_minutes, tenant, json } => {
            let repaired = repair(place, RepairRequest { tenant, batches, stuck_minutes }).await?;
            if json { say_json(&repaired) } else { show_repaired(&repaired) }
        }
    }
}

async fn asked<T: DeserializeOwned>(place: &Place, request: Request) -> Result<T, String> {
    let answer = place.ask(request).await?;
    serde_json::from_value(answer).map_err(|error| format!("the answer was not understood: {error}"))
}

/// Pages until there are as many sweeps as wanted, or no more.
async fn list(place: &Place, mut request: ListRequest) -> Result<BatchList, String> {
    let mut left = request.limit;
    let mut batches = Vec::new();
    loop {
        request.limit = left.min(PAGE_ROWS_MAX);
        let mut page: BatchList = asked(place, Request::ListBatches(request.clone())).await?;
        left = left.saturating_sub(page.batches.len() as u64);
        batches.append(&mut page.batches);
        if left == 0 || page.next_cursor.is_none() {
            return Ok(BatchList { batches, next_cursor: page.next_cursor });
        }
        request.cursor = page.next_cursor;
    }
}

/// Repairs until nothing more is stuck: one call repairs a bounded number.
async fn repair(place: &Place, request: RepairRequest) -> Result<Vec<Repaired>, String> {
    let mut repaired = Vec::new();
    loop {
        let mut some: Repairs = asked(place, Request::RepairBatches(request.clone())).await?;
        let more = some.more && !some.repaired.is_empty() && request.batches.is_empty();
        repaired.append(&mut some.repaired);
        if !more {
            return Ok(repaired);
        }
    }
}

fn say_json(value: &impl Serialize) -> Result<(), String> {
    say(&serde_json::to_string_pretty(value).map_err(|error| error.to_string())?);
    Ok(())
}

fn show(found: &BatchList, all: bool) -> Result<(), String> {
    if found.batches.is_empty() {
        note(if all { "no sweeps" } else { "no sweep is running; --all lists those that ended" });
    } else {
        say(&format!(
            "{:<12} {:<38} {:<38} {:<10} {:>12} {:>9} {:>9} {:>9}  {:<4} work",
            "account", "session", "sweep", "status", "combinations", "slices", "age", "idle", "slot"
        ));
    }
    for row in &found.batches {
        say(&line(row));
    }
    if let Some(cursor) = &found.next_cursor {
        note(&format!("there may be more: add --cursor {cursor}"));
    }
    Ok(())
}

fn line(row: &BatchRow) -> String {
    let slices = match row.slices_settled {
        Some(settled) => format!("{settled}/{}", row.slices),
        None => row.slices.to_string(),
    };
    let held = |held: bool| if held { "held" } else { "-" };
    format!(
        "{:<12} {:<38} {:<38} {:<10} {:>12} {:>9} {:>9} {:>9}  {:<4} {}",
        row.tenant,
        row.session_id,
        row.optimization_id,
        row.status,
        grouped(row.total_combinations),
        slices,
        row.age_seconds.map_or_else(|| "-".to_owned(), duration),
        row.idle_seconds.map_or_else(|| "-".to_owned(), duration),
        held(row.holds_slot),
        held(row.holds_work),
    )
}

/// Seconds as hours, minutes and seconds.
fn duration(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}h{minutes:02}m") } else { format!("{minutes}m{seconds:02}s") }
}

fn show_repaired(repaired: &[Repaired]) -> Result<(), String> {
    if repaired.is_empty() {
        note("no sweep is stuck; nothing was done");
    }
    for one in repaired {
        say(&format!("{}  {}", one.optimization_id, one.done));
    }
    Ok(())
}
