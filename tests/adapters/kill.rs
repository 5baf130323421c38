//! Kill -9 at any moment: what was acknowledged is there, what was deleted is gone, nothing is torn.
//!
//! The child is this very test binary, told by an environment variable to write until it dies. It is killed after a
//! seeded number of acknowledgements, in the middle of whatever its other tasks are doing. Power failure is not
//! simulated: that the disk keeps what it synced is its own promise.

use crate::support::{TemporaryFolder, message, run};
use boot::machine::SystemClock;
use bytes::Bytes;
use embedded::{FolderBlobs, Store, StoreError};
use ports::blobs::Blobs;
use ports::faults::Random;
use ports::queue::{Queue, QueueName};
use ports::table::{Change, Condition, Consistency, Key, Query, Table, WriteOutcome};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

const FOLDER: &str = "BARLAKE_TEST_KILL_FOLDER";
const ROUND: &str = "BARLAKE_TEST_KILL_ROUND";
const WRITERS: u64 = 3;
const ROUNDS: u64 = 12;

#[test]
fn nothing_acknowledged_is_lost() {
    become_the_child_if_told();
    let folder = TemporaryFolder::new();
    let seed = 20_260_101;
    let mut random = Random::new(seed);
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        let acknowledgements = 1 + random.below(300);
        let log = Log::read(spawn("kill::nothing_acknowledged_is_lost", folder.path(), round), acknowledgements);
        rounds.push(log);
        let (store, blobs) = open(folder.path());
        // Earlier rounds are looked at again: a recovery must not undo what an earlier one kept.
        for (number, log) in (0..).zip(&rounds) {
            run(check_records(&store, number, log));
            run(check_blobs(&blobs, number, log));
        }
        if let Some(log) = rounds.last() {
            run(check_messages(&store, round, log));
        }
        tell(seed, round, rounds.last());
    }
}

#[test]
fn two_processes_cannot_use_one_store() {
    become_the_child_if_told();
    let folder = TemporaryFolder::new();
    let (mut child, mut lines) = spawn("kill::two_processes_cannot_use_one_store", folder.path(), 0);
    let mut first = String::new();
    while !first.starts_with("ack ") {
        first.clear();
        assert_ne!(lines.read_line(&mut first).unwrap(), 0, "the child writes until it is killed");
    }
    let refused = Store::open(&folder.path().join("store.redb"), Arc::new(SystemClock));
    assert!(matches!(refused, Err(StoreError::InUse { .. })), "{refused:?}");
    child.kill().unwrap();
    child.wait().unwrap();
    open(folder.path());
}

fn tell(seed: u64, round: u64, log: Option<&Log>) {
    // Shown when a later round fails.
    eprintln!("seed {seed}, round {round}: {} acknowledged", log.map_or(0, |log| log.lines));
}

fn open(folder: &Path) -> (Store, FolderBlobs) {
    let store = Store::open(&folder.join("store.redb"), Arc::new(SystemClock)).unwrap();
    (store, FolderBlobs::open(&folder.join("blobs")).unwrap())
}

fn spawn(test: &str, folder: &Path, round: u64) -> (Child, BufReader<ChildStdout>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads", "1"])
        .env(FOLDER, folder)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap());
    (child, lines)
}

/// What a child said before it died: names of what it was told is durable.
#[derive(Debug, Default)]
struct Log {
    lines: usize,
    /// Last record of each writer.
    records: BTreeMap<u64, u64>,
    blobs: BTreeSet<String>,
    sent: BTreeSet<String>,
    /// Messages whose acknowledgement began.
    removing: BTreeSet<String>,
    removed: BTreeSet<String>,
}

impl Log {
    /// Kills the child after some acknowledgements and reads what it had still said.
    fn read((mut child, lines): (Child, BufReader<ChildStdout>), kill_after: u64) -> Self {
        let mut log = Self::default();
        let mut killed = false;
        for line in lines.lines() {
            log.note(&line.unwrap());
            if !killed && log.lines as u64 >= kill_after {
                child.kill().unwrap();
                killed = true;
            }
        }
        assert!(killed, "the child writes until it is killed");
        child.wait().unwrap();
        log
    }

    fn note(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let what = words.get(2).copied().unwrap_or_default().to_owned();
        match words.as_slice() {
            ["ack", "record", writer, number] => {
                self.records.insert(writer.parse().unwrap(), number.parse().unwrap());
            }
            ["ack", "blob", _] => drop(self.blobs.insert(what)),
            ["ack", "sent", _] => drop(self.sent.insert(what)),
            ["try", "removed", _] => drop(self.removing.insert(what)),
            ["ack", "removed", _] => drop(self.removed.insert(what)),
            // The test harness of the child speaks too.
            _ => return,
        }
        self.lines += 1;
    }
}

async fn check_records(store: &Store, round: u64, log: &Log) {
    let table = store.table();
    for writer in 0..WRITERS {
        let mut query = Query {
            partition: partition(round, writer),
            prefix: "n".into(),
            after: None,
            limit: 1000,
            descending: false,
            consistency: Consistency::Strong,
        };
        let mut found = Vec::new();
        loop {
            let page = table.query(&query).await.unwrap();
            found.extend(page.records.into_iter().map(|record| record.body));
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        let acknowledged = log.records.get(&writer).copied().unwrap_or(0);
        let last = table.get(&Key::new(partition(round, writer), "last")).await.unwrap();
        let last = last.map_or(0, |record| record.version);
        let expected: Vec<_> = (1..=last).map(|number| json!(number)).collect();
        assert_eq!(found, expected, "a transaction is there whole or not at all");
        assert!(
            last == acknowledged || last == acknowledged + 1,
            "writer {writer}: {acknowledged} acknowledged, {last} there; only the write in progress is in doubt"
        );
    }
}

async fn check_blobs(blobs: &FolderBlobs, round: u64, log: &Log) {
    let listed = blobs.list(&format!("round{round}/"), None, usize::MAX).await.unwrap();
    for key in &listed {
        assert_eq!(blobs.get(key).await.unwrap(), Some(content(key)), "{key} is whole");
    }
    let listed: BTreeSet<String> = listed.into_iter().collect();
    assert_eq!(log.blobs.difference(&listed).count(), 0, "acknowledged objects are there");
}

async fn check_messages(store: &Store, round: u64, log: &Log) {
    let queue = store.queue();
    let mut found = BTreeSet::new();
    loop {
        let received = queue.receive(QueueName::Units, 100, 600).await.unwrap();
        if received.is_empty() {
            break;
        }
        for delivery in &received {
            assert!(found.insert(delivery.body.clone()), "a message is received once while it is in flight");
        }
        let receipts: Vec<String> = received.into_iter().map(|delivery| delivery.receipt).collect();
        assert_eq!(queue.acknowledge(QueueName::Units, &receipts).await.unwrap(), receipts.len() as u64);
    }
    assert_eq!(found.intersection(&log.removed).count(), 0, "what was acknowledged never comes back");
    let lost: Vec<_> = log.sent.iter().filter(|body| !found.contains(*body) && !log.removing.contains(*body)).collect();
    assert_eq!(lost, Vec::<&String>::new(), "sent messages are there, in flight or not");
    assert!(found.iter().all(|body| body.starts_with(&format!("{round}-"))), "earlier rounds were drained");
}

fn partition(round: u64, writer: u64) -> String {
    format!("round{round}#{writer}")
}

fn content(key: &str) -> Bytes {
    key.repeat(2000).into()
}

fn become_the_child_if_told() {
    let (Ok(folder), Ok(round)) = (std::env::var(FOLDER), std::env::var(ROUND)) else { return };
    let round = round.parse().unwrap();
    run(async {
        let (store, blobs) = open(Path::new(&folder));
        let store = Arc::new(store);
        let mut tasks = tokio::task::JoinSet::new();
        for writer in 0..WRITERS {
            tasks.spawn(write_for_ever(Arc::clone(&store), round, writer));
            tasks.spawn(send_for_ever(Arc::clone(&store), round, writer));
        }
        tasks.spawn(receive_for_ever(store));
        tasks.spawn(put_for_ever(blobs, round));
        while tasks.join_next().await.transpose().unwrap().is_some() {}
    });
}

/// One line, written whole: the parent counts on it.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n{line}").unwrap();
    out.flush().unwrap();
}

async fn write_for_ever(store: Arc<Store>, round: u64, writer: u64) {
    let table = store.table();
    for number in 1_u64.. {
        let last = if number == 1 { Condition::Absent } else { Condition::VersionIs(number - 1) };
        let put = |sort: String, condition| Change::Put {
            key: Key::new(partition(round, writer), sort),
            condition,
            expires_at: None,
            body: json!(number),
        };
        let changes = vec![put(format!("n{number:08}"), Condition::Absent), put("last".into(), last)];
        let outcome = table.write(&format!("{number}"), changes).await.unwrap();
        assert_eq!(outcome, WriteOutcome::Written);
        say(&format!("ack record {writer} {number}"));
    }
}

async fn send_for_ever(store: Arc<Store>, round: u64, writer: u64) {
    for number in 0_u64.. {
        let body = format!("{round}-{writer}-{number}");
        store.queue().send(QueueName::Units, vec![message(&body, &writer.to_string(), 0)]).await.unwrap();
        say(&format!("ack sent {body}"));
    }
}

async fn receive_for_ever(store: Arc<Store>) {
    let queue = store.queue();
    loop {
        for (number, delivery) in queue.receive(QueueName::Units, 5, 600).await.unwrap().into_iter().enumerate() {
            // Some stay in flight.
            if number != 2 {
                say(&format!("try removed {}", delivery.body));
                queue.acknowledge(QueueName::Units, &[delivery.receipt]).await.unwrap();
                say(&format!("ack removed {}", delivery.body));
            }
        }
        tokio::task::yield_now().await;
    }
}

async fn put_for_ever(blobs: FolderBlobs, round: u64) {
    for number in 0_u64.. {
        let key = format!("round{round}/{}/{number}", number % 7);
        blobs.put(&key, content(&key)).await.unwrap();
        say(&format!("ack blob {key}"));
    }
}
