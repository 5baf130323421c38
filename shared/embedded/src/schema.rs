//! The tables inside the redb file, and one write transaction with all of them open.
//!
//! It holds no rule of the ports: only names, shapes and how a storage error is called outside.

use ports::PortError;
use redb::{ReadableTable, Table, TableDefinition, WriteTransaction};

/// Version of the layout below; a file of another version is refused.
pub(crate) const LAYOUT_VERSION: u64 = 1;

/// (partition, sort) → (version, writer, expires_at in seconds, body as JSON). redb compares the strings by bytes and
/// stores their lengths, so no separator can be forged.
pub(crate) const RECORDS: TableDefinition<RecordKey, RecordValue> = TableDefinition::new("records");
/// (expires_at in seconds, partition, sort): which records expire when.
pub(crate) const EXPIRIES: TableDefinition<(i64, &str, &str), ()> = TableDefinition::new("expiries");
/// (queue, message) → (group, body, queue it died on, since when it is on this queue in microseconds).
pub(crate) const MESSAGES: TableDefinition<(u8, u64), MessageValue> = TableDefinition::new("messages");
/// (queue, message) → (receives so far, visible from in microseconds).
pub(crate) const DELIVERIES: TableDefinition<(u8, u64), (u32, i64)> = TableDefinition::new("deliveries");
/// (queue, group, message): what may be received now.
pub(crate) const READY: TableDefinition<(u8, &str, u64), ()> = TableDefinition::new("ready");
/// (queue, visible from in microseconds, message): what is delayed, in flight or backing off.
pub(crate) const WAITING: TableDefinition<(u8, i64, u64), ()> = TableDefinition::new("waiting");
/// Numbers by name.
pub(crate) const COUNTERS: TableDefinition<&str, u64> = TableDefinition::new("counters");

/// Counter: the layout of the file.
pub(crate) const COUNTER_LAYOUT: &str = "layout_version";
/// Counter: the last message id given out.
pub(crate) const COUNTER_MESSAGE: &str = "last_message";
/// Counter: dead letters dropped for good.
pub(crate) const COUNTER_DROPPED: &str = "dropped_dead_letters";

/// (partition, sort).
pub(crate) type RecordKey = (&'static str, &'static str);
/// (version, writer, expires_at, body).
pub(crate) type RecordValue = (u64, &'static str, Option<i64>, &'static [u8]);
/// (group, body, source, since_us).
pub(crate) type MessageValue = (&'static str, &'static str, Option<u8>, i64);

/// Every table, open in one write transaction.
pub(crate) struct Tables<'txn> {
    pub(crate) records: Table<'txn, RecordKey, RecordValue>,
    pub(crate) expiries: Table<'txn, (i64, &'static str, &'static str), ()>,
    pub(crate) messages: Table<'txn, (u8, u64), MessageValue>,
    pub(crate) deliveries: Table<'txn, (u8, u64), (u32, i64)>,
    pub(crate) ready: Table<'txn, (u8, &'static str, u64), ()>,
    pub(crate) waiting: Table<'txn, (u8, i64, u64), ()>,
    pub(crate) counters: Table<'txn, &'static str, u64>,
    /// Set by whoever changes a table: an unchanged transaction is not committed.
    pub(crate) changed: bool,
}

impl<'txn> Tables<'txn> {
    /// Opens (and on the first use creates) every table.
    pub(crate) fn open(transaction: &'txn WriteTransaction) -> Result<Self, PortError> {
        Ok(Self {
            records: transaction.open_table(RECORDS).map_err(translate)?,
            expiries: transaction.open_table(EXPIRIES).map_err(translate)?,
            messages: transaction.open_table(MESSAGES).map_err(translate)?,
            deliveries: transaction.open_table(DELIVERIES).map_err(translate)?,
            ready: transaction.open_table(READY).map_err(translate)?,
            waiting: transaction.open_table(WAITING).map_err(translate)?,
            counters: transaction.open_table(COUNTERS).map_err(translate)?,
            changed: false,
        })
    }

    /// A counter's value, 0 before its first use.
    pub(crate) fn counter(&self, name: &str) -> Result<u64, PortError> {
        Ok(self.counters.get(name).map_err(translate)?.map_or(0, |value| value.value()))
    }

    /// Adds to a counter and gives its new value.
    pub(crate) fn count(&mut self, name: &str, by: u64) -> Result<u64, PortError> {
        let value = self.counter(name)?.saturating_add(by);
        self.changed = true;
        self.counters.insert(name, value).map_err(translate)?;
        Ok(value)
    }
}

/// The one place where redb's errors become port errors.
pub(crate) fn translate(error: impl Into<redb::Error>) -> PortError {
    let error = error.into();
    if let redb::Error::Corrupted(what) = &error {
        return PortError::Corrupt(format!("the store's file: {what}"));
    }
    if matches!(error, redb::Error::Io(_) | redb::Error::PreviousIo) {
        return PortError::Unavailable(format!("the store's file: {error}"));
    }
    PortError::Internal(format!("the store: {error}"))
}
