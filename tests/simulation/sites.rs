//! Names of port calls: the port, the method, and the kind of thing it is about.

use domain::ids::{ArtifactId, BacktestId, OperationId, OptimizationId, SessionId};
use ports::message::{Message, Watched, Work};
use ports::queue::{Outgoing, QueueName};
use ports::table::{Change, Key};

/// The kind of record under a key.
pub fn key_kind(key: &Key) -> &'static str {
    match partition_kind(&key.partition) {
        "in_session" => sort_kind(&key.sort),
        kind => kind,
    }
}

/// The kind of records in a partition.
pub fn partition_kind(partition: &str) -> &'static str {
    let last = partition.rsplit('#').next().unwrap_or_default();
    match last {
        "sessions" => "session",
        "account" => "account",
        "idempotency" => "idempotency",
        "waits" => "wait",
        "groups" => "group_receipt",
        "work" => "work",
        _ if last.starts_with(SessionId::PREFIX) => "in_session",
        _ if last.parse::<u32>().is_ok() => "receipt",
        _ => "other",
    }
}

fn sort_kind(sort: &str) -> &'static str {
    let kinds = [
        (ArtifactId::PREFIX, "artifact"),
        (OperationId::PREFIX, "operation"),
        (BacktestId::PREFIX, "backtest"),
        (OptimizationId::PREFIX, "batch"),
    ];
    kinds.into_iter().find(|(prefix, _)| sort.starts_with(prefix)).map_or("other", |(_, kind)| kind)
}

/// The kinds of a write's records, in its order.
pub fn change_kinds(changes: &[Change]) -> String {
    changes.iter().map(|change| key_kind(change.key())).collect::<Vec<_>>().join("+")
}

/// The kind of an object.
pub fn blob_kind(key: &str) -> &str {
    if key.contains("/errors/") { "error" } else { key.rsplit('/').next().unwrap_or(key) }
}

/// The word for a piece of work.
pub const fn work_word(work: &Work) -> &'static str {
    match work {
        Work::Build { .. } => "build",
        Work::Backtest { .. } => "backtest",
        Work::Start { .. } => "start",
        Work::Slice { .. } => "slice",
        Work::Reduce { .. } => "reduce",
        Work::Watch { watched: Watched::Build { .. }, .. } => "watch_build",
        Work::Watch { watched: Watched::Backtest { .. }, .. } => "watch_backtest",
        Work::Watch { watched: Watched::Batch { .. }, .. } => "watch_batch",
    }
}

/// The word for a message's body, and whose it is.
pub fn message_word(queue: QueueName, body: &str) -> (String, Option<String>) {
    let Ok(message) = serde_json::from_str::<Message>(body) else { return ("unreadable".to_owned(), None) };
    let word = work_word(&message.work);
    let role = if queue == QueueName::DeadLetters { format!("dead_{word}") } else { word.to_owned() };
    (role, Some(message.tenant.to_string()))
}

/// The word for what is sent: the kind of its first message.
pub fn sent_word(messages: &[Outgoing]) -> String {
    messages.first().map_or_else(String::new, |message| message_word(QueueName::Steps, &message.body).0)
}
