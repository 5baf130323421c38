//! A table that counts what is asked of it.

use async_trait::async_trait;
use ports::PortError;
use ports::table::{Change, Key, Page, Query, Record, Table, WriteOutcome};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Calls since the table was wrapped.
#[derive(Default)]
pub struct Calls {
    pub gets: AtomicUsize,
    pub queries: AtomicUsize,
    pub writes: AtomicUsize,
}

struct Counting {
    inner: Arc<dyn Table>,
    calls: Arc<Calls>,
}

/// The table with a count of its calls.
pub fn counting(inner: Arc<dyn Table>) -> (Arc<dyn Table>, Arc<Calls>) {
    let calls = Arc::new(Calls::default());
    (Arc::new(Counting { inner, calls: calls.clone() }), calls)
}

#[async_trait]
impl Table for Counting {
    async fn get(&self, key: &Key) -> Result<Option<Record>, PortError> {
        self.calls.gets.fetch_add(1, Ordering::SeqCst);
        self.inner.get(key).await
    }

    async fn query(&self, query: &Query) -> Result<Page, PortError> {
        self.calls.queries.fetch_add(1, Ordering::SeqCst);
        self.inner.query(query).await
    }

    async fn write(&self, writer: &str, changes: Vec<Change>) -> Result<WriteOutcome, PortError> {
        self.calls.writes.fetch_add(1, Ordering::SeqCst);
        self.inner.write(writer, changes).await
    }
}
