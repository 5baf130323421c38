//! One simulated world: its memory, its clock, its weather, its trace, and the first law that was broken.

use crate::coverage::{Coverage, Directive};
use crate::key_load::KeyLoad;
use crate::market_data::MarketData;
use crate::ports_of::Ports;
use crate::process::Process;
use crate::store_blobs::StoreBlobs;
use crate::watched_table::WatchedTable;
use crate::weather::Weather;
use app::study_cache::StudyCache;
use app::{Bench, Desk, Settings};
use embedded::{MemoryBlobs, Store, TimerClock};
use market::Catalogue;
use ports::PortError;
use ports::blobs::Blobs;
use ports::clock::{Clock, Ids};
use ports::faults::{Faults, Random, SeededIds};
use ports::queue::Queue;
use ports::results::Results;
use ports::table::Table;
use results::{BlobCatalog, ParquetResults};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use tokio::sync::Notify;

/// 2026-01-01, microseconds.
pub const START_US: i64 = 1_767_225_600_000_000;

/// The built-in instruments, read once.
static INSTRUMENTS: LazyLock<Arc<Catalogue>> = LazyLock::new(|| Arc::new(Catalogue::builtin()));

/// The clock the service sees: the true one, and what it is off by.
struct SkewedClock {
    truth: TimerClock,
    skew_us: AtomicI64,
}

impl Clock for SkewedClock {
    fn now_us(&self) -> i64 {
        self.truth.now_us() + self.skew_us.load(Ordering::Relaxed)
    }
}

/// What happened, as a running digest, and as text when somebody wants to read it.
struct Trace {
    digest: u64,
    shown: bool,
}

pub struct World {
    pub seed: u64,
    pub store: Store,
    pub truth: TimerClock,
    clock: Arc<SkewedClock>,
    /// The desk without faults.
    pub calm: Desk,
    pub data: Arc<MarketData>,
    /// Something happened that the mapping may wait for.
    pub changed: Notify,
    pub coverage: Mutex<Coverage>,
    pub load: Mutex<KeyLoad>,
    /// Messages that were received too often.
    pub dead_letters: AtomicU64,
    watched: Arc<WatchedTable>,
    faults: Arc<Faults>,
    rough_table: Arc<dyn Table>,
    rough_queue: Arc<dyn Queue>,
    rough_blobs: Arc<dyn Blobs>,
    random: Mutex<Random>,
    weather: Mutex<Weather>,
    processes: AtomicU64,
    directive: Mutex<Option<Directive>>,
    trace: Mutex<Trace>,
    violation: Mutex<Option<String>>,
}

impl World {
    pub fn new(seed: u64, weather: Weather, random: Random, directive: Option<Directive>, shown: bool) -> Arc<Self> {
        let data = MarketData::shared();
        let truth = TimerClock::starting_at(START_US);
        let clock = Arc::new(SkewedClock { truth, skew_us: AtomicI64::new(0) });
        let store = Store::in_memory(Arc::new(truth)).unwrap();
        let blobs: Arc<dyn Blobs> = Arc::new(MemoryBlobs::default());
        let series: Arc<dyn Blobs> = Arc::new(StoreBlobs::new(Arc::clone(&data.market.objects)));
        let ids: Arc<dyn Ids> = Arc::new(SeededIds::new(seed));
        let calm = Desk {
            table: store.table(),
            queue: store.queue(),
            blobs: Arc::clone(&blobs),
            catalog: Arc::new(BlobCatalog::new(series)),
            results: Arc::new(ParquetResults::new(blobs)),
            clock: Arc::<SkewedClock>::clone(&clock),
            ids,
            instruments: Arc::clone(&INSTRUMENTS),
            settings: Arc::new(Settings {
                app_url: "http://barlake.test".to_owned(),
                threads: 0,
                limits: app::WorkLimits::default(),
            }),
        };
        let faults = Faults::new(seed, weather.rates);
        Arc::new_cyclic(|world: &Weak<Self>| {
            let watched = Arc::new(WatchedTable::new(world.clone(), store.table(), Arc::clone(&calm.blobs)));
            Self {
                rough_table: faults.table(Arc::<WatchedTable>::clone(&watched)),
                rough_queue: faults.queue(store.queue()),
                rough_blobs: faults.blobs(Arc::clone(&calm.blobs)),
                seed,
                store,
                truth,
                clock,
                calm,
                data,
                changed: Notify::new(),
                coverage: Mutex::default(),
                load: Mutex::default(),
                dead_letters: AtomicU64::new(0),
                watched,
                faults,
                random: Mutex::new(random),
                weather: Mutex::new(weather),
                processes: AtomicU64::new(0),
                directive: Mutex::new(directive),
                trace: Mutex::new(Trace { digest: 0xcbf2_9ce4_8422_2325, shown }),
                violation: Mutex::new(None),
            }
        })
    }

    pub fn table(&self, process: &Process) -> &dyn Table {
        if process.spared { self.watched.as_ref() } else { self.rough_table.as_ref() }
    }

    pub fn queue(&self, process: &Process) -> &dyn Queue {
        if process.spared { self.calm.queue.as_ref() } else { self.rough_queue.as_ref() }
    }

    pub fn blobs(&self, process: &Process) -> &dyn Blobs {
        if process.spared { self.calm.blobs.as_ref() } else { self.rough_blobs.as_ref() }
    }

    /// The bench a process stands on.
    pub fn bench(&self, process: &Arc<Process>, studies: &Arc<StudyCache>) -> Bench {
        let ports = Arc::new(Ports(Arc::clone(process)));
        let blobs: Arc<dyn Blobs> = ports.clone();
        let results: Arc<dyn Results> = Arc::new(ParquetResults::new(blobs.clone()));
        let desk = Desk {
            table: ports.clone(),
            queue: ports.clone(),
            blobs,
            results,
            catalog: ports.clone(),
            ..self.calm.clone()
        };
        Bench { desk, bars: ports.clone(), ranker: ports, studies: Arc::clone(studies) }
    }

    pub fn weather(&self) -> Weather {
        self.weather.lock().unwrap().clone()
    }

    /// From now on nothing goes wrong any more.
    pub fn clear_up(&self) {
        let mut weather = self.weather.lock().unwrap();
        *weather = weather.cleared();
        self.faults.set_rates(weather.rates);
    }

    pub fn happens(&self, per_mille: u32) -> bool {
        per_mille > 0 && self.random.lock().unwrap().happens(per_mille)
    }

    pub fn below(&self, bound: u64) -> u64 {
        self.random.lock().unwrap().below(bound)
    }

    pub fn next_process(&self) -> u64 {
        self.processes.fetch_add(1, Ordering::SeqCst)
    }

    /// The service's clock jumps: far forward, or a little back.
    pub fn jump_clock(&self) {
        let seconds = i64::try_from(self.below(120)).unwrap_or(0) - 10;
        self.clock.skew_us.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
        self.trace(|| format!("the clock jumps by {seconds} s"));
    }

    /// True once, when a crash was asked for here.
    pub fn take_directive(&self, is_here: impl FnOnce(&Directive) -> bool) -> bool {
        let mut directive = self.directive.lock().unwrap();
        let here = directive.as_ref().is_some_and(is_here);
        if here {
            *directive = None;
        }
        here
    }

    /// Fails what is poisoned.
    pub fn strike_poison(&self, blob_key: &str) -> Result<(), PortError> {
        let Some(poison) = self.weather.lock().unwrap().poison else { return Ok(()) };
        if !blob_key.contains(&format!("/slices/{:05}/", poison.slice)) {
            return Ok(());
        }
        assert!(!poison.panics, "poison");
        Err(PortError::Corrupt("poison".to_owned()))
    }

    /// Notes what happens.
    pub fn trace(&self, line: impl FnOnce() -> String) {
        let mut trace = self.trace.lock().unwrap_or_else(PoisonError::into_inner);
        let ms = (self.truth.now_us() - START_US) / 1000;
        let mut text = format!("{ms:>10} ");
        text.write_str(&line()).unwrap();
        for byte in text.bytes() {
            trace.digest = (trace.digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        if trace.shown {
            eprintln!("{text}");
        }
    }

    pub fn trace_digest(&self) -> u64 {
        self.trace.lock().unwrap_or_else(PoisonError::into_inner).digest
    }

    /// A law was broken; the first one is reported.
    pub fn violate(&self, what: String) {
        self.trace(|| format!("VIOLATION {what}"));
        self.violation.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(what);
        self.changed.notify_one();
    }

    pub fn violation(&self) -> Option<String> {
        self.violation.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
