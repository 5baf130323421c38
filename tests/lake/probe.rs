//! An object store that records what is read and written, and fails when told to.

use async_trait::async_trait;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

pub struct ProbedStore {
    inner: Arc<dyn ObjectStore>,
    reads: Mutex<Vec<(String, Range<u64>)>>,
    puts: Mutex<Vec<String>>,
    puts_left: AtomicI64,
    unreachable: AtomicBool,
    meanwhile: Mutex<Option<(usize, BoxFuture<'static, ()>)>>,
}

impl ProbedStore {
    pub fn new(inner: Arc<dyn ObjectStore>) -> Self {
        Self {
            inner,
            reads: Mutex::default(),
            puts: Mutex::default(),
            puts_left: AtomicI64::new(i64::MAX),
            unreachable: AtomicBool::new(false),
            meanwhile: Mutex::default(),
        }
    }

    /// Byte ranges read since the last call, by object.
    pub fn take_reads(&self) -> Vec<(String, Range<u64>)> {
        std::mem::take(&mut self.reads.lock().unwrap())
    }

    /// Keys written since the last call.
    pub fn take_puts(&self) -> Vec<String> {
        std::mem::take(&mut self.puts.lock().unwrap())
    }

    /// Fails every write after `count` more.
    pub fn crash_after_puts(&self, count: i64) {
        self.puts_left.store(count, Ordering::SeqCst);
    }

    /// Runs something else to its end just before the write after `puts` more.
    pub fn run_before_put(&self, puts: usize, meanwhile: BoxFuture<'static, ()>) {
        *self.meanwhile.lock().unwrap() = Some((puts, meanwhile));
    }

    /// True when what was to run in between is still waiting.
    pub fn is_waiting(&self) -> bool {
        self.meanwhile.lock().unwrap().is_some()
    }

    fn due(&self) -> Option<BoxFuture<'static, ()>> {
        let mut waiting = self.meanwhile.lock().unwrap();
        match waiting.take()? {
            (0, due) => Some(due),
            (puts, later) => {
                *waiting = Some((puts - 1, later));
                None
            }
        }
    }

    /// Fails every read while set.
    pub fn set_unreachable(&self, unreachable: bool) {
        self.unreachable.store(unreachable, Ordering::SeqCst);
    }
}

fn refused(what: &str) -> Error {
    Error::Generic { store: "probe", source: what.to_owned().into() }
}

impl fmt::Debug for ProbedStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

impl fmt::Display for ProbedStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "probed {}", self.inner)
    }
}

#[async_trait]
impl ObjectStore for ProbedStore {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        if self.puts_left.fetch_sub(1, Ordering::SeqCst) <= 0 {
            return Err(refused("crashed"));
        }
        if let Some(meanwhile) = self.due() {
            meanwhile.await;
        }
        self.puts.lock().unwrap().push(location.to_string());
        self.inner.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(&self, _: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        Err(refused("multipart uploads are not used"))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        if self.unreachable.load(Ordering::SeqCst) {
            return Err(refused("unreachable"));
        }
        let head = options.head;
        let result = self.inner.get_opts(location, options).await?;
        if !head {
            self.reads.lock().unwrap().push((location.to_string(), result.range.clone()));
        }
        Ok(result)
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let folder = prefix.map_or("", |prefix| prefix.as_ref());
        assert!(folder.starts_with("contracts/"), "the lake lists nothing but contracts on their shelf: {folder:?}");
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, _: Option<&Path>) -> Result<ListResult> {
        panic!("the lake never lists");
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        Err(refused("copies are not used"))
    }
}
