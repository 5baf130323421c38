//! Taking an import into the lake: merged over what is stored, futures stitched again from every contract's raw bars.
//!
//! The raw contracts lie on a shelf of their own beside the series, so that a later file of another contract, or of
//! the same one, gives the same continuous series as one import of everything. A symbol at one resolution is either
//! stitched from contracts or ready-made; the shelf says which. Everything is checked before anything is written.

use crate::pointer::{Writers, read_pointer};
use crate::shelf::{Shelf, check_contract, for_shelf};
use crate::stored_series::{stored_bars, stored_manifest};
use crate::writer::{SeriesDescription, WriteError, Written, check_series, write_over};
use domain::series::{Adjustment, SeriesManifest, SeriesRoll, current_manifest_key};
use importers::continuous::{ContinuousError, ContractSeries, Roll, TradingDayRule, stitch};
use importers::merge::{MergeError, merge};
use importers::{ContractMonth, Imported};
use market::{BarSeries, Instrument, Resolution};
use object_store::ObjectStore;
use ports::PortError;
use std::borrow::Cow;
use std::sync::Arc;

/// Whether anything changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbsorbOutcome {
    /// Bars, rolls or contract terms are new; the manifest may still name the same snapshot (a contract not yet rolled to).
    Stored,
    /// Everything was there already.
    Unchanged,
}

/// What an import did to the lake.
#[derive(Debug, Clone, PartialEq)]
pub struct Absorbed {
    /// Whether anything changed.
    pub outcome: AbsorbOutcome,
    /// The series as it is now.
    pub manifest: SeriesManifest,
    /// Bars that are new (of contracts, for futures).
    pub added: u64,
    /// Bars whose values changed.
    pub replaced: u64,
    /// Bars that were there with the same values.
    pub unchanged: u64,
}

/// Why an import was not taken; the stored series is as it was.
#[derive(Debug, thiserror::Error)]
pub enum AbsorbError {
    /// The stored series is of another kind.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// The contracts do not make a series.
    #[error(transparent)]
    Continuous(#[from] ContinuousError),
    /// Writing failed.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Reading failed.
    #[error(transparent)]
    Port(#[from] PortError),
    /// Single contracts meet a series that came from elsewhere.
    #[error(
        "{0} is stored as a ready-made series, and these files hold single contracts: import them under another symbol"
    )]
    NotFromContracts(String),
    /// A ready-made series meets single contracts.
    #[error("{0} is stored as single contracts, and this file is a ready-made series: import it under another symbol")]
    FromContracts(String),
    /// Several contracts, none of which has volume.
    #[error(
        "the contracts of {0} carry no volume to roll by: import trade files, or each contract under a symbol of its own"
    )]
    RollNeedsVolume(String),
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    added: u64,
    replaced: u64,
    unchanged: u64,
}

/// Takes an import into the lake as the series of `instrument`, whatever symbol its files name.
///
/// `writers` says how two imports into one series at the same time are kept apart. `now_us` is microseconds UTC.
///
/// # Errors
/// [`AbsorbError`]; what readers see is then as it was. After a failure of the store, importing again finishes the work.
pub async fn absorb(
    store: Arc<dyn ObjectStore>,
    imported: Imported,
    instrument: Instrument,
    now_us: i64,
    writers: Writers,
) -> Result<Absorbed, AbsorbError> {
    let description = SeriesDescription {
        adjustment: Adjustment::None,
        source: source(&imported),
        rolls: Vec::new(),
        instrument,
        imported_at: now_us,
    };
    let Imported { series, contracts, rolls: _, report: _ } = imported;
    match contracts.first().map(|first| first.series.resolution) {
        None => ready_made(&store, series, description, writers).await,
        Some(resolution) => from_contracts(&store, contracts, resolution, description, writers).await,
    }
}

fn source(imported: &Imported) -> String {
    imported.report.conventions.as_ref().map_or_else(
        || "import".to_owned(),
        |read| {
            let label = format!("{:?}", read.label).to_lowercase();
            format!("{} files, zone {}, {label} label", read.format, read.time_zone)
        },
    )
}

async fn ready_made(
    store: &Arc<dyn ObjectStore>,
    new: BarSeries,
    description: SeriesDescription,
    writers: Writers,
) -> Result<Absorbed, AbsorbError> {
    let symbol = description.instrument.symbol.clone();
    let shelf = Shelf::of(store, &symbol, new.resolution, writers)?;
    let (manifest, replace) = stored_manifest(store.as_ref(), &symbol, new.resolution, writers).await?;
    let stitched = manifest.as_ref().is_some_and(|manifest| !manifest.rolls.is_empty());
    if stitched || !shelf.months().await?.is_empty() {
        return Err(AbsorbError::FromContracts(symbol));
    }
    let new = BarSeries { symbol, ..new };
    let (series, counts) = match &manifest {
        Some(manifest) => merged(&stored_bars(store, manifest).await?, &new)?,
        None => all_new(new),
    };
    let adjustment = if series.offset.is_empty() { Adjustment::None } else { Adjustment::DifferenceOffset };
    let description = SeriesDescription { adjustment, ..description };
    Ok(absorbed(&write_over(store.as_ref(), &series, description, &replace).await?, counts))
}

async fn from_contracts(
    store: &Arc<dyn ObjectStore>,
    new: Vec<ContractSeries>,
    resolution: Resolution,
    description: SeriesDescription,
    writers: Writers,
) -> Result<Absorbed, AbsorbError> {
    let symbol = &description.instrument.symbol;
    let mut shelf = Shelf::of(store, symbol, resolution, writers)?;
    // Before the contracts: a series stitched meanwhile from more of them is then not replaced.
    let (_, replace) = read_pointer(store.as_ref(), &current_manifest_key(symbol, resolution), writers).await?;
    let mut contracts = shelf.contracts().await?;
    if contracts.is_empty() && stored_manifest(store.as_ref(), symbol, resolution, writers).await?.0.is_some() {
        return Err(AbsorbError::NotFromContracts(symbol.clone()));
    }
    check_kind(&contracts, &new)?;
    let mut counts = Counts::default();
    let mut changed = Vec::new();
    for contract in new {
        let month = contract.contract;
        if take(&mut contracts, contract, &mut counts)? {
            changed.push(month);
        }
    }
    let (series, rolls) = continuous(&contracts, &description.instrument)?;
    let description = SeriesDescription { adjustment: Adjustment::DifferenceOffset, rolls, ..description };
    let to_shelve: Vec<&ContractSeries> = contracts.iter().filter(|known| changed.contains(&known.contract)).collect();
    to_shelve.iter().try_for_each(|contract| check_contract(contract))?;
    check_series(&series, description.adjustment)?;
    for contract in to_shelve {
        shelf.put(contract, &description.instrument, description.imported_at).await?;
    }
    Ok(absorbed(&write_over(store.as_ref(), &series, description, &replace).await?, counts))
}

/// Contracts of one series have one price side and one bar length.
fn check_kind(stored: &[ContractSeries], new: &[ContractSeries]) -> Result<(), MergeError> {
    let Some(like) = stored.first().or_else(|| new.first()) else { return Ok(()) };
    let differs = |what, existing, new| Err(MergeError::Differs { what, existing, new });
    for contract in new {
        let (existing, new) = (&like.series, &contract.series);
        if existing.price_side != new.price_side {
            return differs("price side", format!("{:?}", existing.price_side), format!("{:?}", new.price_side));
        }
        if existing.resolution != new.resolution {
            return differs("bar length in minutes", existing.resolution.0.to_string(), new.resolution.0.to_string());
        }
    }
    Ok(())
}

/// Adds a contract to those known, over what is known of it; true when that changed anything.
fn take(contracts: &mut Vec<ContractSeries>, new: ContractSeries, counts: &mut Counts) -> Result<bool, MergeError> {
    let new = for_shelf(new);
    let known = contracts.iter_mut().find(|known| known.contract == new.contract);
    let (changed, one) = if let Some(known) = known {
        let (series, one) = merged(&known.series, &new.series)?;
        let changed = series != known.series;
        known.series = series;
        (changed, one)
    } else {
        let ContractSeries { contract, series } = new;
        let (series, one) = all_new(series);
        contracts.push(ContractSeries { contract, series });
        (true, one)
    };
    counts.added += one.added;
    counts.replaced += one.replaced;
    counts.unchanged += one.unchanged;
    Ok(changed)
}

/// The continuous series of an instrument and its rolls.
fn continuous(
    contracts: &[ContractSeries],
    instrument: &Instrument,
) -> Result<(BarSeries, Vec<SeriesRoll>), AbsorbError> {
    let contracts = listed(contracts, instrument);
    let has_volume = |of: &ContractSeries| of.series.volume.iter().any(|&volume| volume != 0);
    if contracts.len() > 1 && !contracts.iter().any(has_volume) {
        return Err(AbsorbError::RollNeedsVolume(instrument.symbol.clone()));
    }
    let stitched = stitch(&contracts, &TradingDayRule::default())?;
    let rolls = stitched.rolls.iter().map(|roll| recorded(&instrument.symbol, roll)).collect();
    Ok((BarSeries { symbol: instrument.symbol.clone(), ..stitched.series }, rolls))
}

/// The contracts of listed months, or all when none is listed: what one import of everything would stitch.
fn listed<'a>(contracts: &'a [ContractSeries], instrument: &Instrument) -> Cow<'a, [ContractSeries]> {
    let months = instrument.contract_months.as_deref();
    let is_listed = |of: &&ContractSeries| months.is_none_or(|months| months.contains(of.contract.letter()));
    let count = contracts.iter().filter(is_listed).count();
    if count == 0 || count == contracts.len() {
        return Cow::Borrowed(contracts);
    }
    Cow::Owned(contracts.iter().filter(is_listed).cloned().collect())
}

fn recorded(symbol: &str, roll: &Roll) -> SeriesRoll {
    SeriesRoll {
        at_ts: roll.at_ts,
        from_contract: code(symbol, roll.from_contract),
        to_contract: code(symbol, roll.to_contract),
        gap: roll.gap,
    }
}

fn code(symbol: &str, contract: ContractMonth) -> String {
    format!("{symbol}{}{:02}", contract.letter(), contract.year % 100)
}

fn merged(existing: &BarSeries, new: &BarSeries) -> Result<(BarSeries, Counts), MergeError> {
    let merged = merge(existing, new)?;
    let counts = Counts { added: merged.added, replaced: merged.replaced, unchanged: merged.unchanged };
    Ok((merged.series, counts))
}

fn all_new(series: BarSeries) -> (BarSeries, Counts) {
    let added = series.len() as u64;
    (series, Counts { added, ..Counts::default() })
}

fn absorbed(written: &Written, Counts { added, replaced, unchanged }: Counts) -> Absorbed {
    let outcome = match written {
        Written::Stored(_) | Written::Redescribed(_) => AbsorbOutcome::Stored,
        Written::Unchanged(_) if added + replaced > 0 => AbsorbOutcome::Stored,
        Written::Unchanged(_) => AbsorbOutcome::Unchanged,
    };
    Absorbed { outcome, manifest: written.manifest().clone(), added, replaced, unchanged }
}
