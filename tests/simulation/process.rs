//! One invocation of a function, or one request: what dies in a crash. Every port call it makes passes through here.

use crate::coverage::{Directive, Edge};
use crate::world::World;
use ports::PortError;
use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

/// Calls among which a crash point is chosen: few processes make more.
const CRASH_CALLS: u64 = 14;

/// Long pauses before a write for each before another call.
const WRITE_SLOWNESS: u32 = 5;

/// Processes that die after a long pause, per thousand.
const DOOMED: u32 = 400;

/// Longest pause that nobody expected, milliseconds: longer than a message stays hidden.
const LONG_PAUSE_MS: u64 = 200_000;

/// A living process.
pub struct Process {
    pub world: Arc<World>,
    pub number: u64,
    role: Mutex<String>,
    /// Whose records it may touch.
    pub tenants: Vec<String>,
    dead: AtomicBool,
    died: Notify,
    calls: AtomicU32,
    crash: Mutex<Option<(u32, Edge)>>,
    /// It has no time limit.
    pub zombie: bool,
    /// Faults do not strike it.
    pub spared: bool,
}

impl Process {
    pub fn new(world: &Arc<World>, role: &str, tenants: Vec<String>, spared: bool) -> Arc<Self> {
        let weather = world.weather();
        let crash = (!spared && world.happens(weather.crash)).then(|| {
            let edge = if world.happens(500) { Edge::Before } else { Edge::After };
            (u32::try_from(world.below(CRASH_CALLS)).unwrap_or(0), edge)
        });
        Arc::new(Self {
            world: Arc::clone(world),
            number: world.next_process(),
            role: Mutex::new(role.to_owned()),
            tenants,
            dead: AtomicBool::new(false),
            died: Notify::new(),
            calls: AtomicU32::new(0),
            crash: Mutex::new(crash),
            zombie: world.happens(weather.zombie),
            spared,
        })
    }

    pub fn set_role(&self, role: &str) {
        role.clone_into(&mut self.role.lock().unwrap());
    }

    pub fn role(&self) -> String {
        self.role.lock().unwrap().clone()
    }

    pub fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    /// The process is gone: no call of it begins or is answered any more.
    pub fn kill(&self) {
        self.dead.store(true, Ordering::SeqCst);
        self.died.notify_one();
    }

    /// Returns when the process dies.
    pub async fn death(&self) {
        while !self.is_dead() {
            self.died.notified().await;
        }
    }

    /// One port call: it takes time, it may be the last, and it may be struck.
    pub async fn call<T>(
        &self,
        site: String,
        strike: impl FnOnce(&World) -> Option<PortError> + Send,
        work: impl Future<Output = Result<T, PortError>> + Send,
    ) -> Result<T, PortError> {
        let world = &self.world;
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        // A write is tried again and again by the client library: it is what takes long.
        let slowness = if site.starts_with("table.write") { WRITE_SLOWNESS } else { 1 };
        self.pass_time(call, slowness).await;
        let pair = (self.role(), site);
        self.die_at(call, &pair, Edge::Before).await;
        // Only now: who died before it does not lead to what comes after it.
        world.coverage.lock().unwrap().reach(world.seed, &pair);
        let struck = if self.spared { None } else { strike(world) };
        let outcome = match struck {
            Some(error) => Err(error),
            None => work.await,
        };
        world.trace(|| {
            let said = outcome.as_ref().err().map_or_else(|| "ok".to_owned(), ToString::to_string);
            format!("  {} {} #{call} {}: {said}", self.number, pair.0, pair.1)
        });
        self.die_at(call, &pair, Edge::After).await;
        if world.happens(300) {
            self.pass_time(call + 1, 1).await;
        }
        outcome
    }

    async fn pass_time(&self, next_call: u32, slowness: u32) {
        let weather = self.world.weather();
        if self.is_dead() {
            pending::<()>().await;
        }
        let ms = if self.world.happens(weather.long_pause * slowness) {
            self.doom(next_call);
            self.world.below(LONG_PAUSE_MS)
        } else {
            self.world.below(weather.latency_ms_max + 1)
        };
        if ms > 0 {
            tokio::time::sleep(Duration::from_millis(ms)).await;
        } else if self.world.happens(300) {
            tokio::task::yield_now().await;
        }
        if self.is_dead() {
            pending::<()>().await;
        }
    }

    /// Who was away for long is often gone soon after.
    fn doom(&self, next_call: u32) {
        if !self.spared && self.world.happens(DOOMED) {
            let edge = if self.world.happens(500) { Edge::Before } else { Edge::After };
            let call = next_call + u32::try_from(self.world.below(2)).unwrap_or(0);
            *self.crash.lock().unwrap() = Some((call, edge));
        }
    }

    async fn die_at(&self, call: u32, pair: &(String, String), edge: Edge) {
        let asked = self.world.take_directive(|wanted: &Directive| wanted.pair == *pair && wanted.edge == edge);
        if asked || *self.crash.lock().unwrap() == Some((call, edge)) {
            self.world.coverage.lock().unwrap().crash(pair, edge);
            self.world.trace(|| format!("  {} {} #{call} {}: dies {edge:?}", self.number, pair.0, pair.1));
            self.kill();
            pending::<()>().await;
        }
    }
}
