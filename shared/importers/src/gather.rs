//! Files to parts: what each text held, still labelled as its vendor labels. It joins nothing.

use crate::bars::{self, StepCounts};
use crate::container::{self, Entry, SourceFile};
use crate::contract::ContractMonth;
use crate::error::ImportError;
use crate::layout::{self, Layout};
use crate::lean;
use crate::limits::{MAX_LISTED, MAX_ROWS};
use crate::options::{Format, Label, Options};
use crate::report::{Progress, Report};
use crate::row::{Bar, Wanted};
use crate::rows::{self, Tally};
use crate::sample::Sample;
use market::{AssetClass, PriceSide};
use std::collections::BTreeSet;

/// Files that lie beside price files and hold none.
const NOT_PRICE_SUFFIXES: &[&str] = &[".md", ".json", ".pdf", ".html", ".log", ".checksum", ".sha256", ".ini"];

/// The bars of one text, contract and side.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) file: String,
    pub(crate) symbol: Option<String>,
    pub(crate) contract: Option<ContractMonth>,
    pub(crate) side: PriceSide,
    pub(crate) label: Label,
    /// Bar length where the source states it; a minute for ticks, which are joined already.
    pub(crate) step_us: Option<i64>,
    pub(crate) steps: StepCounts,
    pub(crate) bars: Vec<Bar>,
}

/// How the first text was read.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(crate) format: Format,
    pub(crate) time_zone: String,
    pub(crate) label: Label,
}

/// Everything read so far.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) parts: Vec<Part>,
    pub(crate) reading: Option<Reading>,
    pub(crate) tickers: BTreeSet<String>,
    pub(crate) report: Report,
}

/// Reads all files.
///
/// # Errors
/// The first file that cannot be taken; nothing is kept then.
pub(crate) fn gather(
    files: &[SourceFile<'_>],
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Gathered, ImportError> {
    let mut gathered = Gathered::default();
    let kinds: Vec<Option<lean::Kind>> = files.iter().map(|file| lean::kind_of_file(file.name)).collect();
    let unwanted = unwanted_kind(&kinds, options);
    for (index, (file, kind)) in files.iter().zip(&kinds).enumerate() {
        let rows = gathered.report.rows_read;
        progress(Progress { file_index: index, files: files.len(), file: file.name, rows });
        let reason = kind.and_then(|kind| reason_against(kind, unwanted));
        if let Some(reason) = reason.or_else(|| not_prices(file.name, files.len())) {
            gathered.report.ignore(file.name, reason);
            continue;
        }
        take_file(&mut gathered, file, options)?;
    }
    let rows = gathered.report.rows_read;
    progress(Progress { file_index: files.len(), files: files.len(), file: "", rows });
    Ok(gathered)
}

/// Lean keeps trades and quotes side by side: without a word from the caller trades win.
fn unwanted_kind(kinds: &[Option<lean::Kind>], options: &Options) -> Option<lean::Kind> {
    match options.price_side {
        Some(PriceSide::Bid | PriceSide::Ask | PriceSide::Mid) => Some(lean::Kind::Trade),
        Some(PriceSide::Trade) => Some(lean::Kind::Quote),
        None => kinds.contains(&Some(lean::Kind::Trade)).then_some(lean::Kind::Quote),
    }
}

fn reason_against(kind: lean::Kind, unwanted: Option<lean::Kind>) -> Option<&'static str> {
    match kind {
        lean::Kind::OpenInterest => Some("open interest is no price"),
        lean::Kind::Trade if unwanted == Some(kind) => Some("trades, where quotes are imported"),
        lean::Kind::Quote if unwanted == Some(kind) => {
            Some("quotes, where trades are imported; --price-side mid takes them")
        }
        lean::Kind::Trade | lean::Kind::Quote => None,
    }
}

/// Why a file of a folder is left out by its name.
fn not_prices(path: &str, files: usize) -> Option<&'static str> {
    let base = container::base_name(path).to_ascii_lowercase();
    if lean::holds_no_prices(path) {
        return Some("reference data, no prices");
    }
    let beside = base.starts_with('.') || NOT_PRICE_SUFFIXES.iter().any(|suffix| base.ends_with(suffix));
    (files > 1 && beside).then_some("no price file by its name")
}

fn take_file(gathered: &mut Gathered, file: &SourceFile<'_>, options: &Options) -> Result<(), ImportError> {
    let entries = container::entries(file)?;
    let is_csv = |entry: &Entry<'_>| entry.inner.to_ascii_lowercase().ends_with(".csv");
    let with_csv = entries.len() > 1 && entries.iter().any(is_csv);
    for entry in &entries {
        let open_interest =
            lean::read(entry.file, &entry.inner).is_some_and(|name| name.kind == lean::Kind::OpenInterest);
        if open_interest {
            gathered.report.ignore(&entry.shown(), "open interest is no price");
        } else if with_csv && !is_csv(entry) {
            gathered.report.ignore(&entry.shown(), "lies beside CSV files in the archive");
        } else if entry.text.trim_ascii().is_empty() {
            gathered.report.ignore(&entry.shown(), "empty");
        } else if Sample::of(&entry.text, options.delimiter).is_some_and(|sample| sample.rows.is_empty()) {
            gathered.report.ignore(&entry.shown(), "a header without rows");
        } else {
            take_entry(gathered, entry, options)?;
        }
    }
    Ok(())
}

fn take_entry(gathered: &mut Gathered, entry: &Entry<'_>, options: &Options) -> Result<(), ImportError> {
    let layout = layout::of(entry, options)?;
    let class = options.instrument.as_ref().map(|instrument| instrument.asset_class);
    let any_sign = class == Some(AssetClass::Future) || layout.named_contract.is_some();
    let contracts = class.is_none_or(|class| class == AssetClass::Future);
    let wanted = Wanted { symbol: options.symbol.as_deref(), any_sign, contracts };
    let (found, tally) = rows::read(entry, &layout, wanted)?;
    gathered.reading.get_or_insert_with(|| Reading {
        format: layout.format,
        time_zone: layout.zone_name.clone(),
        label: layout.label,
    });
    count(gathered, tally);
    for (contract, bars) in found {
        let contract = contract.or(layout.named_contract).or_else(|| contract_by_name(entry, &bars, options));
        gathered.parts.push(part(entry, &layout, contract, bars));
    }
    let held: usize = gathered.parts.iter().map(|part| part.bars.len()).sum();
    if held > MAX_ROWS {
        let (allowed, found) = (MAX_ROWS as u64, held as u64);
        return Err(ImportError::LimitExceeded { file: entry.shown(), limit: "MAX_ROWS", allowed, found });
    }
    Ok(())
}

fn part(entry: &Entry<'_>, layout: &Layout, contract: Option<ContractMonth>, mut bars: Vec<Bar>) -> Part {
    bars::sort(&mut bars);
    let mut step_us = layout.step_us;
    let mut steps = StepCounts::default();
    if layout.shape.is_event() {
        bars = bars::into_minutes(bars);
        step_us = Some(crate::stamp::MINUTE_US);
    } else {
        steps = StepCounts::of(&bars);
    }
    Part {
        file: entry.shown(),
        symbol: layout.named_symbol.clone(),
        contract,
        side: layout.side,
        label: layout.label,
        step_us,
        steps,
        bars,
    }
}

/// The contract in a file's name, where the instrument is a future.
fn contract_by_name(entry: &Entry<'_>, bars: &[Bar], options: &Options) -> Option<ContractMonth> {
    let instrument = options.instrument.as_ref()?;
    if instrument.asset_class != AssetClass::Future {
        return None;
    }
    let at = jiff::Timestamp::from_microsecond(bars.first()?.ts).ok()?;
    let year = u16::try_from(jiff::tz::Offset::UTC.to_datetime(at).year()).ok()?;
    ContractMonth::of_file_name(container::base_name(&entry.inner), &instrument.symbol, year)
}

fn count(gathered: &mut Gathered, tally: Tally) {
    let report = &mut gathered.report;
    report.files += 1;
    report.rows_read += tally.read;
    report.rows_kept += tally.kept;
    report.rows_refused += tally.refused;
    report.rows_skipped += tally.skipped;
    report.rows_one_sided += tally.one_sided;
    report.crossed_quotes += tally.crossed;
    report.rounded_values += tally.rounded;
    let room = MAX_LISTED.saturating_sub(report.refusals.len());
    report.refusals.extend(tally.refusals.into_iter().take(room));
    gathered.tickers.extend(tally.tickers);
}
