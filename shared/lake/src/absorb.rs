//! Taking an import into the lake: merged over what is stored, futures stitched again from every contract's raw bars.
//!
//! The raw contracts lie on a shelf of their own beside the series, so that a later file of another contract, or of
//! the same one, gives the same continuous series as one import of everything.

use crate::bars::LakeBars;
use crate::failure::store_failure;
use crate::writer::{SeriesDescription, WriteError, Written, write_series};
use domain::series::{Adjustment, SeriesManifest, SeriesRoll, current_manifest_key};
use futures::TryStreamExt;
use importers::continuous::{ContinuousError, ContractSeries, Roll, TradingDayRule, stitch};
use importers::merge::{MergeError, merge};
use importers::{ContractMonth, Imported};
use market::{BarSeries, Instrument, Resolution};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt};
use ports::PortError;
use ports::bars::Bars;
use std::sync::Arc;

/// Where the raw contracts lie.
const SHELF: &str = "contracts";

/// Whether anything changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbsorbOutcome {
    /// A new snapshot is current.
    Stored,
    /// Every bar was there already.
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
    #[error("{0} is stored as a ready-made series, and these files hold single contracts: import them under another symbol")]
    NotFromContracts(String),
    /// A ready-made series meets single contracts.
    #[error("{0} is stored as single contracts, and this file is a ready-made series: import it under another symbol")]
    FromContracts(String),
}

#[derive(Default)]
struct Counts {
    added: u64,
    replaced: u64,
    unchanged: u64,
}

/// Takes an import into the lake. Two imports into one lake at the same time are kept apart by the caller.
///
/// # Errors
/// [`AbsorbError`]; what readers see is then as it was.
pub async fn absorb(
    store: Arc<dyn ObjectStore>,
    imported: Imported,
    instrument: Instrument,
    now_us: i64,
) -> Result<Absorbed, AbsorbError> {
    let source = source(&imported);
    if imported.contracts.is_empty() {
        ready_made(store, imported.series, instrument, source, now_us).await
    } else {
        from_contracts(store, &imported.contracts, instrument, source, now_us).await
    }
}

fn source(imported: &Imported) -> String {
    imported.report.conventions.as_ref().map_or_else(
        || "import".to_owned(),
        |read| format!("{} files, zone {}, {:?} label", read.format, read.time_zone, read.label).to_lowercase(),
    )
}

async fn ready_made(
    store: Arc<dyn ObjectStore>,
    new: BarSeries,
    instrument: Instrument,
    source: String,
    now_us: i64,
) -> Result<Absorbed, AbsorbError> {
    let mut counts = Counts { added: new.len() as u64, ..Counts::default() };
    let stored = stored(&store, &new.symbol, new.resolution).await?;
    if let Some((manifest, _)) = &stored
        && !manifest.rolls.is_empty()
    {
        return Err(AbsorbError::FromContracts(new.symbol));
    }
    let merged = merged(stored.as_ref().map(|(_, series)| series), new, &mut counts)?;
    let adjustment = if merged.offset.is_empty() { Adjustment::None } else { Adjustment::DifferenceOffset };
    let description = SeriesDescription { adjustment, source, rolls: Vec::new(), instrument, imported_at: now_us };
    Ok(absorbed(write_series(store.as_ref(), &merged, description).await?, &counts))
}

fn merged(existing: Option<&BarSeries>, new: BarSeries, counts: &mut Counts) -> Result<BarSeries, MergeError> {
    let Some(existing) = existing else { return Ok(new) };
    let merged = merge(existing, &new)?;
    *counts = Counts { added: merged.added, replaced: merged.replaced, unchanged: merged.unchanged };
    Ok(merged.series)
}

fn absorbed(written: Written, counts: &Counts) -> Absorbed {
    let outcome = match &written {
        Written::Stored(_) | Written::Redescribed(_) => AbsorbOutcome::Stored,
        Written::Unchanged(_) => AbsorbOutcome::Unchanged,
    };
    Absorbed {
        outcome,
        manifest: written.manifest().clone(),
        added: counts.added,
        replaced: counts.replaced,
        unchanged: counts.unchanged,
    }
}

/// The current series with its bars.
async fn stored(
    store: &Arc<dyn ObjectStore>,
    symbol: &str,
    resolution: Resolution,
) -> Result<Option<(SeriesManifest, BarSeries)>, AbsorbError> {
    let key = current_manifest_key(symbol, resolution);
    let bytes = match store.get(&Path::from(key.as_str())).await {
        Ok(found) => found.bytes().await.map_err(|error| store_failure(&key, &error))?,
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(store_failure(&key, &error).into()),
    };
    let manifest: SeriesManifest =
        serde_json::from_slice(&bytes).map_err(|error| PortError::Corrupt(format!("{key}: {error}")))?;
    let bars = LakeBars::with_warm_bytes(Arc::clone(store), 0);
    let series = bars.load(&manifest, i64::MIN, i64::MAX).await?;
    Ok(Some((manifest, series.as_ref().clone())))
}

async fn from_contracts(
    store: Arc<dyn ObjectStore>,
    new: &[ContractSeries],
    instrument: Instrument,
    source: String,
    now_us: i64,
) -> Result<Absorbed, AbsorbError> {
    let symbol = instrument.symbol.clone();
    let shelf: Arc<dyn ObjectStore> = Arc::new(PrefixStore::new(Arc::clone(&store), SHELF));
    let mut contracts = shelved(&shelf, &symbol).await?;
    let resolution = new.first().map_or(Resolution::MINUTE, |contract| contract.series.resolution);
    let continuous = stored(&store, &symbol, resolution).await?;
    if contracts.is_empty() && continuous.is_some() {
        return Err(AbsorbError::NotFromContracts(symbol));
    }
    let mut counts = Counts::default();
    for contract in new {
        let shelved = contracts.iter_mut().find(|known| known.contract == contract.contract);
        let mut one = Counts { added: contract.series.len() as u64, ..Counts::default() };
        match shelved {
            Some(known) => {
                let incoming = BarSeries { symbol: known.series.symbol.clone(), ..contract.series.clone() };
                known.series = merged(Some(&known.series), incoming, &mut one)?;
            }
            None => contracts.push(contract.clone()),
        }
        counts.added += one.added;
        counts.replaced += one.replaced;
        counts.unchanged += one.unchanged;
    }
    contracts.sort_by_key(|contract| contract.contract);
    let whole = stitch(&contracts, &TradingDayRule::default())?;
    let mut series = BarSeries { symbol: symbol.clone(), ..whole.series };
    if series.offset.is_empty() {
        series.offset = vec![0; series.len()];
    }
    shelve(&shelf, &symbol, &contracts, &instrument, now_us).await?;
    let rolls = whole.rolls.iter().map(|roll| recorded(&symbol, roll)).collect();
    let adjustment = Adjustment::DifferenceOffset;
    let description = SeriesDescription { adjustment, source, rolls, instrument, imported_at: now_us };
    Ok(absorbed(write_series(store.as_ref(), &series, description).await?, &counts))
}

fn code(symbol: &str, contract: ContractMonth) -> String {
    format!("{symbol}{}{:02}", contract.letter(), contract.year % 100)
}

fn recorded(symbol: &str, roll: &Roll) -> SeriesRoll {
    SeriesRoll {
        at_ts: roll.at_ts,
        from_contract: code(symbol, roll.from_contract),
        to_contract: code(symbol, roll.to_contract),
        gap: roll.gap.map(std::ops::Neg::neg),
    }
}

/// Name of a contract on the shelf: sortable, and read back.
fn shelf_symbol(symbol: &str, contract: ContractMonth) -> String {
    format!("{symbol}={}{:02}", contract.year, contract.month)
}

async fn shelved(shelf: &Arc<dyn ObjectStore>, symbol: &str) -> Result<Vec<ContractSeries>, AbsorbError> {
    let folder = Path::from("catalog");
    let listed: Vec<_> =
        shelf.list(Some(&folder)).try_collect().await.map_err(|error| store_failure("catalog", &error))?;
    let mut contracts = Vec::new();
    for meta in listed {
        let Some(name) = meta.location.filename() else { continue };
        let Some((digits, resolution)) = name
            .strip_prefix(symbol)
            .and_then(|rest| rest.strip_prefix('='))
            .and_then(|rest| rest.strip_suffix("m.json"))
            .and_then(|rest| rest.split_once('-'))
        else {
            continue;
        };
        let (Some(contract), Ok(minutes)) = (ContractMonth::parse_digits(digits), resolution.parse()) else { continue };
        if let Some((_, series)) = stored(shelf, &shelf_symbol(symbol, contract), Resolution(minutes)).await? {
            contracts.push(ContractSeries { contract, series });
        }
    }
    contracts.sort_by_key(|contract| contract.contract);
    Ok(contracts)
}

async fn shelve(
    shelf: &Arc<dyn ObjectStore>,
    symbol: &str,
    contracts: &[ContractSeries],
    instrument: &Instrument,
    now_us: i64,
) -> Result<(), AbsorbError> {
    for contract in contracts {
        let series = BarSeries { symbol: shelf_symbol(symbol, contract.contract), ..contract.series.clone() };
        let description = SeriesDescription {
            adjustment: Adjustment::None,
            source: "one contract".to_owned(),
            rolls: Vec::new(),
            instrument: instrument.clone(),
            imported_at: now_us,
        };
        write_series(shelf.as_ref(), &series, description).await?;
    }
    Ok(())
}
