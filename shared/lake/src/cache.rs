//! Windows of bars kept warm: bounded in bytes, the least recently used goes first, each window is loaded once.
//!
//! It knows nothing of where bars come from.

use market::BarSeries;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OnceCell;

/// A window of a snapshot: snapshot id, first microsecond, end (exclusive).
pub(crate) type WindowKey = (String, i64, i64);

/// The cache.
pub(crate) struct WindowCache {
    bytes_max: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    slots: BTreeMap<WindowKey, Slot>,
    /// Bytes of all loaded windows.
    bytes: usize,
    /// Counts uses, for the order of eviction.
    uses: u64,
}

struct Slot {
    window: Arc<OnceCell<Arc<BarSeries>>>,
    used: u64,
    /// 0 while loading.
    bytes: usize,
}

impl WindowCache {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { bytes_max, state: Mutex::new(State::default()) }
    }

    /// The window, loaded by `load` unless it is here or being loaded. A failure is not kept.
    pub(crate) async fn get<E, F>(&self, key: WindowKey, load: F) -> Result<Arc<BarSeries>, E>
    where
        F: AsyncFnOnce() -> Result<BarSeries, E>,
    {
        let window = self.slot(&key);
        let series = window.get_or_try_init(async || load().await.map(Arc::new)).await.map(Arc::clone);
        drop(window);
        self.settle(&key, series.as_deref().ok());
        series
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while the lock is held; a poisoned map would still be whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn slot(&self, key: &WindowKey) -> Arc<OnceCell<Arc<BarSeries>>> {
        let mut state = self.state();
        state.uses += 1;
        let used = state.uses;
        let slot = state.slots.entry(key.clone()).or_insert_with(|| Slot { window: Arc::default(), used, bytes: 0 });
        slot.used = used;
        Arc::clone(&slot.window)
    }

    /// Accounts for a loaded window, drops abandoned loads, and evicts down to the bound.
    fn settle(&self, key: &WindowKey, loaded: Option<&BarSeries>) {
        let mut state = self.state();
        if let Some(series) = loaded
            && let Some(slot) = state.slots.get_mut(key)
            && slot.bytes == 0
        {
            let bytes = series_bytes(series);
            slot.bytes = bytes;
            state.bytes += bytes;
        }
        state.slots.retain(|_, slot| slot.bytes > 0 || Arc::strong_count(&slot.window) > 1);
        while state.bytes > self.bytes_max {
            let oldest = state.slots.iter().filter(|(_, slot)| slot.bytes > 0).min_by_key(|(_, slot)| slot.used);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { break };
            if let Some(slot) = state.slots.remove(&oldest) {
                state.bytes -= slot.bytes;
            }
        }
    }
}

/// Memory of a window: its columns, and the structure itself so that an empty window counts too.
fn series_bytes(series: &BarSeries) -> usize {
    let columns = [
        &series.ts,
        &series.open,
        &series.high,
        &series.low,
        &series.close,
        &series.volume,
        &series.offset,
        &series.spread,
    ];
    size_of::<BarSeries>() + columns.iter().map(|column| column.capacity() * size_of::<i64>()).sum::<usize>()
}
