//! What an import did, row by row, for the person who started it.

use crate::continuous::{ContractSeries, Roll};
use crate::limits::MAX_LISTED;
use crate::options::{Format, Label};
use market::{BarSeries, PriceSide, Resolution};
use serde::{Deserialize, Serialize};

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The file, and the entry inside it.
    pub file: String,
    /// Line number, from 1.
    pub line: u32,
    /// What is wrong with the row.
    pub reason: String,
}

/// How times and prices were read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conventions {
    /// The format.
    pub format: Format,
    /// Zone of the file's times; `UTC` for epochs and times with an offset.
    pub time_zone: String,
    /// Which end of a bar the file's stamps name.
    pub label: Label,
    /// Side of the prices taken.
    pub price_side: PriceSide,
    /// Length of one bar of the result.
    pub resolution: Resolution,
    /// Decimal places of the result's prices.
    pub price_places: u8,
    /// Decimal places of the result's volumes.
    pub volume_places: u8,
}

/// Counts and findings of one import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Files or entries read for prices.
    pub files: u64,
    /// Files or entries left out, with the reason (the first ones).
    pub ignored: Vec<String>,
    /// Files or entries left out.
    pub ignored_count: u64,
    /// Data rows read.
    pub rows_read: u64,
    /// Rows that became a bar or part of one.
    pub rows_kept: u64,
    /// Rows that make no sense.
    pub rows_refused: u64,
    /// Rows in order but not wanted: other symbols, ticks marked suspicious.
    pub rows_skipped: u64,
    /// Quote rows without the bid or without the ask that was needed; they make no bar.
    pub rows_one_sided: u64,
    /// The first refused rows.
    pub refusals: Vec<Refusal>,
    /// Bars of a time that was already there; the later one counts.
    pub duplicates: u64,
    /// Duplicates whose values differed.
    pub conflicting_duplicates: u64,
    /// Bars of a bid file without a partner in the ask file, or the other way round; they make no bar.
    pub unpaired_quotes: u64,
    /// Closing quotes with the bid above the ask; their spread counts as zero.
    pub crossed_quotes: u64,
    /// Values with more places than a series can hold, rounded.
    pub rounded_values: u64,
    /// Jumps between neighbouring bars longer than one bar and at most a day.
    pub gaps: u64,
    /// Bars that would fill those jumps.
    pub gap_bars: u64,
    /// Bars of the result.
    pub bars: u64,
    /// Open time of the first bar, microseconds UTC.
    pub first_ts: Option<i64>,
    /// Open time of the last bar, microseconds UTC.
    pub last_ts: Option<i64>,
    /// How the files were read; the first file's where they differ.
    pub conventions: Option<Conventions>,
    /// What a person should look at (the first ones).
    pub warnings: Vec<String>,
}

impl Report {
    /// Adds a finding, up to the number listed.
    pub(crate) fn warn(&mut self, warning: String) {
        if self.warnings.len() < MAX_LISTED && !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Notes a file that was left out.
    pub(crate) fn ignore(&mut self, file: &str, reason: &str) {
        self.ignored_count += 1;
        if self.ignored.len() < MAX_LISTED {
            self.ignored.push(format!("{file}: {reason}"));
        }
    }
}

/// What an import yields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The bars: open label, UTC, exact. Futures of several contracts are one continuous series.
    pub series: BarSeries,
    /// Futures: the raw bars of each contract, by month, for stitching again when later contracts arrive.
    pub contracts: Vec<ContractSeries>,
    /// Futures: where the continuous series changes contract.
    pub rolls: Vec<Roll>,
    /// What was done.
    pub report: Report,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// Index of the file about to be read; equals `files` at the end.
    pub file_index: usize,
    /// Number of files.
    pub files: usize,
    /// Its name; empty at the end.
    pub file: &'a str,
    /// Rows read so far.
    pub rows: u64,
}
