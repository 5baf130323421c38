//! How much memory a study takes, for whoever keeps several.

use super::Study;

/// Columns of a tape, 8 bytes each: times, prices, volume, offset, spread, and the day (4, rounded up).
const TAPE_COLUMNS: usize = 9;

/// Columns of a frame, 8 bytes each: two times, prices, volume, offset, the sums behind averages (16), and the indices and
/// marks (17, rounded up).
const FRAME_COLUMNS: usize = 13;

impl Study {
    /// Bytes of its bars, and of the computed columns it may come to keep; rounded up, within a tenth of the truth.
    #[must_use]
    pub fn bytes_max(&self) -> usize {
        let tapes: usize = self.sources.tapes.values().map(|tape| tape.len() * TAPE_COLUMNS).sum();
        let frames: usize = self.sources.frames.iter().map(|frame| frame.bars.len() * FRAME_COLUMNS).sum();
        let computed = self.cache.lock().map_or(crate::limits::STUDY_CACHE_BYTES, |cache| cache.limit_bytes());
        (tapes + frames) * size_of::<i64>() + computed
    }
}
