//! Every bound an import obeys, each with its unit and reason. Exceeding one is an error that names it.
//!
//! Bounds of other layers (upload sizes, lake sizes) are theirs.

/// Files in one import: a decade of one-day files of several kinds, with room.
pub const MAX_FILES: usize = 50_000;

/// Bytes all entries of one compressed file may expand to (2 GiB): a year of ticks fits, a bomb does not.
pub const MAX_EXPANDED_BYTES: u64 = 2 << 30;

/// Expanded bytes per compressed byte: price files reach 5 to 60, deflate can reach 1,032.
pub const MAX_COMPRESSION_RATIO: u64 = 200;

/// Expanded bytes below which the ratio is not looked at (16 MiB): small files of equal lines compress far.
pub const RATIO_FREE_BYTES: u64 = 16 << 20;

/// Entries in one zip: option chains have thousands, nothing sensible has more.
pub const MAX_ENTRIES: usize = 10_000;

/// Bytes in one line (16 KiB): the widest known export, with many indicator columns, is under 2 KiB.
pub const MAX_LINE_BYTES: usize = 16 << 10;

/// Fields in one line: charting exports carry tens of indicator columns.
pub const MAX_COLUMNS: usize = 256;

/// Bars (or ticks of one entry) held at once: 38 years of round-the-clock minutes, about 1.6 GB.
pub const MAX_ROWS: usize = 20_000_000;

/// Refused rows of one file per thousand rows read; beyond it the whole file is taken to be misread.
pub const MAX_REFUSED_PER_THOUSAND: u64 = 1;

/// Refused rows of one file, however long it is.
pub const MAX_REFUSED_ROWS: u64 = 1_000;

/// Refused rows tolerated in a file of any length: a torn last line or a footer.
pub const TOLERATED_ROWS: u64 = 1;

/// Refusals, ignored files and warnings listed in full; all of them are counted.
pub const MAX_LISTED: usize = 20;

/// Significant digits of one number: more than any venue prints, and safe in 128 bits.
pub const MAX_DIGITS: u32 = 30;

/// Largest price, quoted units either way: half of what an `i64` holds on the finest grid, so that bid and ask add up.
pub const MAX_PRICE: i64 = i64::MAX / 2 / 1_000_000_000;

/// Largest volume of one bar, quoted units: what an `i64` holds on the coarsest grid.
pub const MAX_VOLUME: i64 = i64::MAX;

/// Earliest year a row may carry: older "dates" are misread columns.
pub const MIN_YEAR: i64 = 1900;

/// Latest year a row may carry.
pub const MAX_YEAR: i64 = 2200;

/// Places of the working grid while reading: the finest grid a series can have.
pub(crate) const WORKING_PLACES: u32 = market::Scale::MAX_PLACES as u32;

/// Working counts in one quoted unit.
pub(crate) const WORKING_UNIT: i128 = 1_000_000_000;
