//! One text, row by row, into bars (or ticks as bars of one price) in UTC. Rows that make no sense are refused with
//! the reason; nothing is repaired.

use crate::container::Entry;
use crate::contract::ContractMonth;
use crate::error::ImportError;
use crate::layout::Layout;
use crate::limits::{
    MAX_COLUMNS, MAX_LINE_BYTES, MAX_LISTED, MAX_REFUSED_PER_THOUSAND, MAX_REFUSED_ROWS, MAX_ROWS, TOLERATED_ROWS,
};
use crate::lines::{Fields, Lines};
use crate::report::Refusal;
use crate::row::{Bar, Fault, Outcome, Reader, Wanted};
use crate::sample::is_blank;
use crate::zone::{Repeats, WallClock};
use jiff::Timestamp;
use jiff::tz::Offset;
use std::collections::{BTreeMap, BTreeSet};

/// Counts of one text.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) read: u64,
    pub(crate) kept: u64,
    pub(crate) refused: u64,
    pub(crate) skipped: u64,
    pub(crate) one_sided: u64,
    pub(crate) crossed: u64,
    pub(crate) rounded: u64,
    pub(crate) refusals: Vec<Refusal>,
    /// Tickers in the rows, where no symbol was asked for.
    pub(crate) tickers: BTreeSet<String>,
}

/// The rows of one text by contract month, where rows name one.
pub(crate) type ByContract = BTreeMap<Option<ContractMonth>, Vec<Bar>>;

/// Reads all rows of a text.
///
/// # Errors
/// A limit is exceeded, or more rows are refused than tolerated.
pub(crate) fn read(entry: &Entry<'_>, layout: &Layout, wanted: Wanted<'_>) -> Result<(ByContract, Tally), ImportError> {
    let mut reader = Reader::new(layout, wanted);
    let mut found = ByContract::new();
    let mut fields = Fields::default();
    for (line, text) in Lines::new(&entry.text) {
        if line < layout.first_line || is_blank(text) {
            continue;
        }
        limit(entry, "MAX_LINE_BYTES", MAX_LINE_BYTES, text.len())?;
        fields.split(text, layout.delimiter);
        limit(entry, "MAX_COLUMNS", MAX_COLUMNS, fields.len())?;
        reader.tally.read += 1;
        match reader.row(line, text, &fields) {
            Ok(Outcome::Kept(contract, bar)) => {
                let bars = found.entry(contract).or_default();
                bars.push(bar);
                limit(entry, "MAX_ROWS", MAX_ROWS, bars.len())?;
            }
            Ok(Outcome::Skipped) => reader.tally.skipped += 1,
            Ok(Outcome::OneSided) => reader.tally.one_sided += 1,
            Err(fault) => refuse(&mut reader.tally, entry, line, &fault),
        }
    }
    let mut tally = reader.tally;
    for bars in found.values_mut() {
        resolve(entry, layout, bars, &mut tally);
        tally.kept += bars.len() as u64;
    }
    tolerate(entry, &mut tally)?;
    Ok((found, tally))
}

fn limit(entry: &Entry<'_>, limit: &'static str, allowed: usize, found: usize) -> Result<(), ImportError> {
    if found <= allowed {
        return Ok(());
    }
    Err(ImportError::LimitExceeded { file: entry.shown(), limit, allowed: allowed as u64, found: found as u64 })
}

fn refuse(tally: &mut Tally, entry: &Entry<'_>, line: u32, fault: &Fault) {
    tally.refused += 1;
    if tally.refusals.len() < MAX_LISTED {
        tally.refusals.push(Refusal { file: entry.shown(), line, reason: fault.to_string() });
    }
}

/// A file may hold a torn line; a file full of nonsense is misread and refused as a whole.
fn tolerate(entry: &Entry<'_>, tally: &mut Tally) -> Result<(), ImportError> {
    let share = tally.read * MAX_REFUSED_PER_THOUSAND / 1_000;
    let allowed = share.clamp(TOLERATED_ROWS, MAX_REFUSED_ROWS);
    if tally.refused <= allowed && (tally.refused == 0 || tally.refused < tally.read) {
        return Ok(());
    }
    Err(ImportError::TooManyRefused {
        file: entry.shown(),
        refused: tally.refused,
        rows: tally.read,
        allowed,
        first: std::mem::take(&mut tally.refusals),
    })
}

/// Wall-clock times to UTC, oldest first, so that a file written newest first repeats its hour the right way round.
fn resolve(entry: &Entry<'_>, layout: &Layout, bars: &mut Vec<Bar>, tally: &mut Tally) {
    let steps = bars.iter().zip(bars.iter().skip(1));
    let (falls, rises) = steps.fold((0_usize, 0_usize), |(falls, rises), (before, after)| {
        (falls + usize::from(after.ts < before.ts), rises + usize::from(after.ts > before.ts))
    });
    if falls > rises {
        bars.reverse();
    }
    let repeats = if layout.shape.is_event() { Repeats::Same } else { Repeats::Later };
    let mut clock = WallClock::new(layout.zone.clone(), repeats);
    bars.retain_mut(|bar| {
        if !bar.local {
            return true;
        }
        bar.local = false;
        match clock.utc_of(bar.ts) {
            Some(utc) => {
                bar.ts = utc;
                true
            }
            None => {
                let fault = Fault::SkippedTime(wall_text(bar.ts), layout.zone_name.clone());
                refuse(tally, entry, bar.line, &fault);
                false
            }
        }
    });
}

/// A wall-clock time as text.
fn wall_text(wall_us: i64) -> String {
    Timestamp::from_microsecond(wall_us)
        .map_or_else(|_| wall_us.to_string(), |wall| Offset::UTC.to_datetime(wall).to_string())
}
