//! Why an import was refused as a whole, by meaning, with what to do next. A refused import changes nothing.

use crate::options::Format;
use crate::report::Refusal;
use thiserror::Error;

/// An import that could not be done.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ImportError {
    /// Nothing was given.
    #[error("no files to import: give a file, or a folder with price files")]
    NoFiles,
    /// The bytes are damaged or not text.
    #[error("{file}: cannot be read: {reason}")]
    Unreadable {
        /// The file, and the entry inside it.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A named bound was exceeded.
    #[error("{file}: {found} exceeds the limit {limit} = {allowed}; split the file or leave out what is not needed")]
    LimitExceeded {
        /// The file.
        file: String,
        /// Name of the limit.
        limit: &'static str,
        /// Its value.
        allowed: u64,
        /// What was found.
        found: u64,
    },
    /// A format that is recognised but not read.
    #[error("{file}: {what} is not supported; {instead}")]
    Unsupported {
        /// The file.
        file: String,
        /// What it is.
        what: &'static str,
        /// What to bring in its place.
        instead: &'static str,
    },
    /// No known format.
    #[error("{file}: format not recognised: {reason}; name it with --format, or describe it with --columns")]
    UnknownFormat {
        /// The file.
        file: String,
        /// What was seen.
        reason: String,
    },
    /// Several formats look the same.
    #[error("{file}: this is written the same way by {}; they differ in zone and label, so say which with --format", names(.candidates))]
    AmbiguousFormat {
        /// The file.
        file: String,
        /// The formats it could be.
        candidates: Vec<Format>,
    },
    /// The columns do not make a bar or a tick.
    #[error("{file}: no column for {missing}; name the columns with --columns")]
    ColumnsMissing {
        /// The file.
        file: String,
        /// What is missing.
        missing: &'static str,
    },
    /// Local times without a known zone.
    #[error("{file}: its times carry no zone; give --tz: {advice}")]
    ZoneNeeded {
        /// The file.
        file: String,
        /// Where the zone can be looked up.
        advice: &'static str,
    },
    /// A zone that does not exist.
    #[error(
        "`{name}` is no time zone; use an IANA name such as America/New_York, an offset such as UTC-5, EST, or NY+7"
    )]
    UnknownZone {
        /// The name given.
        name: String,
    },
    /// Dates that can be read two ways.
    #[error("{file}: no date in it shows whether the day or the month comes first; give --date-order mdy or dmy")]
    DateOrderNeeded {
        /// The file.
        file: String,
    },
    /// Too many rows make no sense.
    #[error("{file}: {refused} of {rows} rows refused, more than the {allowed} tolerated; first: {}; check format, columns, zone and date order", first_of(.first))]
    TooManyRefused {
        /// The file.
        file: String,
        /// Rows refused.
        refused: u64,
        /// Rows read.
        rows: u64,
        /// Rows that would have been tolerated.
        allowed: u64,
        /// The first of them.
        first: Vec<Refusal>,
    },
    /// No symbol was given and the files name none.
    #[error("the files do not name their symbol; give --symbol")]
    SymbolNeeded,
    /// The files hold several symbols.
    #[error("the files hold several symbols ({}); choose one with --symbol", .symbols.join(", "))]
    SeveralSymbols {
        /// Some of them.
        symbols: Vec<String>,
    },
    /// Bars of several lengths.
    #[error(
        "{first} has {first_minutes}-minute bars, {second} has {second_minutes}-minute bars; import them separately, or correct --resolution"
    )]
    MixedResolutions {
        /// A file.
        first: String,
        /// Its bar length, minutes.
        first_minutes: i64,
        /// Another file.
        second: String,
        /// Its bar length, minutes.
        second_minutes: i64,
    },
    /// The side asked for is not there.
    #[error("the files hold no {wanted} prices, only {present}; change --price-side or add the missing files")]
    SideMissing {
        /// What was asked for.
        wanted: &'static str,
        /// What there is.
        present: String,
    },
    /// Several futures contracts without volume.
    #[error(
        "quotes of several futures contracts carry no volume to roll by; import the trade files, or one contract at a time"
    )]
    RollNeedsVolume,
    /// Nothing usable was found.
    #[error("no bars in the files{}", ignored_note(.ignored))]
    NoRows {
        /// Files left out, with reasons.
        ignored: Vec<String>,
    },
}

fn names(formats: &[Format]) -> String {
    formats.iter().map(|format| format.name()).collect::<Vec<_>>().join(" and ")
}

fn first_of(refusals: &[Refusal]) -> String {
    refusals.first().map_or_else(String::new, |refusal| format!("line {}: {}", refusal.line, refusal.reason))
}

fn ignored_note(ignored: &[String]) -> String {
    if ignored.is_empty() { String::new() } else { format!("; left out: {}", ignored.join("; ")) }
}
