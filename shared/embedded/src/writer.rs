//! Group commit: writes that arrive while the disk is busy share the next durable commit.
//!
//! It knows nothing of records or messages: a write is a function over the open tables that checks first and then
//! changes, and its caller is answered only after the commit.

use crate::schema::{Tables, translate};
use ports::PortError;
use redb::Database;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};

/// Writes waiting for the writer thread before callers wait to enqueue: bounds the memory they hold.
const WRITES_WAITING_MAX: usize = 1024;

/// Writes in one commit: bounds how long the first of them waits for the last.
const GROUP_WRITES_MAX: usize = 256;

/// A write on its way: applied inside a transaction, settled after its commit.
trait Write: Send {
    fn apply(&mut self, tables: &mut Tables<'_>) -> Result<(), PortError>;
    fn settle(self: Box<Self>, commit: &Result<(), PortError>);
}

/// A function over the tables together with whoever waits for its value.
struct Request<T, F> {
    work: Option<F>,
    outcome: Option<Result<T, PortError>>,
    reply: oneshot::Sender<Result<T, PortError>>,
}

impl<T, F> Write for Request<T, F>
where
    T: Send,
    F: FnOnce(&mut Tables<'_>) -> Result<T, PortError> + Send,
{
    fn apply(&mut self, tables: &mut Tables<'_>) -> Result<(), PortError> {
        let Some(work) = self.work.take() else { return Ok(()) };
        let outcome = work(tables);
        let result = outcome.as_ref().map(|_| ()).map_err(Clone::clone);
        self.outcome = Some(outcome);
        result
    }

    fn settle(self: Box<Self>, commit: &Result<(), PortError>) {
        let answer = match (self.outcome, commit) {
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(error.clone()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(PortError::Internal("a write was settled before it was applied".into())),
        };
        // A caller that went away does not want the answer; the write stands.
        drop(self.reply.send(answer));
    }
}

/// Where writes go.
#[derive(Debug)]
enum Mode {
    /// A thread of its own commits groups of writes.
    Thread { sender: Option<mpsc::Sender<Box<dyn Write>>>, thread: Option<JoinHandle<()>> },
    /// The calling task commits its own write: nothing but the caller decides the order (simulations).
    Inline(Mutex<()>),
}

impl std::fmt::Debug for dyn Write {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Write")
    }
}

/// The only way to change the database.
#[derive(Debug)]
pub(crate) struct Writer {
    database: Arc<Database>,
    mode: Mode,
}

impl Writer {
    /// A writer with a thread of its own. Dropping it finishes what was enqueued.
    pub(crate) fn threaded(database: Arc<Database>) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::channel(WRITES_WAITING_MAX);
        let theirs = Arc::clone(&database);
        let thread = std::thread::Builder::new()
            .name("barlake-store".into())
            .spawn(move || commit_until_closed(&theirs, receiver))?;
        Ok(Self { database, mode: Mode::Thread { sender: Some(sender), thread: Some(thread) } })
    }

    /// A writer that works inside the calling task.
    pub(crate) fn inline(database: Arc<Database>) -> Self {
        Self { database, mode: Mode::Inline(Mutex::new(())) }
    }

    /// True when nothing may leave the calling task.
    pub(crate) const fn is_inline(&self) -> bool {
        matches!(self.mode, Mode::Inline(_))
    }

    /// The database, for reading.
    pub(crate) const fn database(&self) -> &Arc<Database> {
        &self.database
    }

    /// Runs `work` in a write transaction and answers after the durable commit.
    ///
    /// `work` must check before it changes: an error after a change fails every write of the group.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, PortError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tables<'_>) -> Result<T, PortError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let request: Box<dyn Write> = Box::new(Request { work: Some(work), outcome: None, reply });
        match &self.mode {
            Mode::Inline(turn) => {
                let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
                commit_group(&self.database, vec![request]);
            }
            Mode::Thread { sender, .. } => {
                let sender = sender.as_ref().ok_or_else(stopped)?;
                sender.send(request).await.map_err(|_| stopped())?;
            }
        }
        answer.await.map_err(|_| stopped())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Mode::Thread { sender, thread } = &mut self.mode {
            drop(sender.take());
            if let Some(thread) = thread.take() {
                // The thread only ends early by a panic, which its waiting callers have seen as "stopped".
                drop(thread.join());
            }
        }
    }
}

fn stopped() -> PortError {
    PortError::Unavailable("the store's writer has stopped; restart the process".into())
}

fn commit_until_closed(database: &Database, mut receiver: mpsc::Receiver<Box<dyn Write>>) {
    while let Some(first) = receiver.blocking_recv() {
        let mut group = vec![first];
        while group.len() < GROUP_WRITES_MAX
            && let Ok(next) = receiver.try_recv()
        {
            group.push(next);
        }
        commit_group(database, group);
    }
}

fn commit_group(database: &Database, mut group: Vec<Box<dyn Write>>) {
    let commit = apply_and_commit(database, &mut group);
    for write in group {
        write.settle(&commit);
    }
}

/// Applies the writes in order; one that fails before it changed anything fails alone.
fn apply_and_commit(database: &Database, group: &mut [Box<dyn Write>]) -> Result<(), PortError> {
    let transaction = database.begin_write().map_err(translate)?;
    let mut tables = Tables::open(&transaction)?;
    let mut changed = false;
    for write in group {
        tables.changed = false;
        let result = write.apply(&mut tables);
        if tables.changed {
            result
                .map_err(|error| PortError::Unavailable(format!("another write of the same commit failed: {error}")))?;
        }
        changed |= tables.changed;
    }
    drop(tables);
    if changed { transaction.commit().map_err(translate) } else { transaction.abort().map_err(translate) }
}
