//! The shelf: the raw bars of every contract of a futures symbol, beside the continuous series made of them.
//!
//! Each contract is a series of its own, named by its month, under `contracts/<symbol>/`: no catalogue shows it.
//! What is stitched of them is decided above.

use crate::pointer::{Replace, Writers};
use crate::stored_series::{stored_bars, stored_manifest};
use crate::writer::{SeriesDescription, WriteError, check_series, write_over};
use domain::series::{Adjustment, CATALOG_PREFIX, is_series_symbol, parse_current_manifest_key};
use futures::TryStreamExt;
use importers::ContractMonth;
use importers::continuous::ContractSeries;
use market::{BarSeries, Instrument, Resolution};
use object_store::ObjectStore;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use ports::PortError;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Prefix of all shelves.
const SHELVES: &str = "contracts";

/// The contracts of one symbol at one resolution.
pub(crate) struct Shelf {
    store: Arc<dyn ObjectStore>,
    resolution: Resolution,
    writers: Writers,
    /// What of the shelf was read, and when each may be replaced.
    read: BTreeMap<ContractMonth, Replace>,
}

impl Shelf {
    /// The shelf of `symbol`, which must be able to name a series.
    pub(crate) fn of(
        store: &Arc<dyn ObjectStore>,
        symbol: &str,
        resolution: Resolution,
        writers: Writers,
    ) -> Result<Self, WriteError> {
        if !is_series_symbol(symbol) {
            return Err(WriteError::Symbol(symbol.to_owned()));
        }
        let folder = Path::from_iter([SHELVES, symbol]);
        let store = Arc::new(PrefixStore::new(Arc::clone(store), folder));
        Ok(Self { store, resolution, writers, read: BTreeMap::new() })
    }

    /// The months on the shelf, ascending.
    pub(crate) async fn months(&self) -> Result<Vec<ContractMonth>, PortError> {
        let folder = Path::from(CATALOG_PREFIX);
        let listing = self.store.list(Some(&folder)).try_collect::<Vec<_>>().await;
        let listed = listing.map_err(|error| PortError::Unavailable(format!("listing stored contracts: {error}")))?;
        let mut months: Vec<ContractMonth> = listed
            .iter()
            .filter_map(|object| parse_current_manifest_key(object.location.as_ref()))
            .filter(|(_, resolution)| *resolution == self.resolution)
            .filter_map(|(name, _)| ContractMonth::parse_digits(name).filter(|month| name_of(*month) == name))
            .collect();
        months.sort_unstable();
        Ok(months)
    }

    /// Every contract on the shelf with its bars, by month.
    pub(crate) async fn contracts(&mut self) -> Result<Vec<ContractSeries>, PortError> {
        let mut contracts = Vec::new();
        for contract in self.months().await? {
            let name = name_of(contract);
            let (manifest, replace) =
                stored_manifest(self.store.as_ref(), &name, self.resolution, self.writers).await?;
            self.read.insert(contract, replace);
            if let Some(manifest) = manifest {
                contracts.push(ContractSeries { contract, series: stored_bars(&self.store, &manifest).await? });
            }
        }
        Ok(contracts)
    }

    /// Puts a contract onto the shelf, in place of what was there of it.
    pub(crate) async fn put(
        &self,
        contract: &ContractSeries,
        instrument: &Instrument,
        now_us: i64,
    ) -> Result<(), WriteError> {
        let description = SeriesDescription {
            adjustment: Adjustment::None,
            source: "one contract".to_owned(),
            rolls: Vec::new(),
            instrument: instrument.clone(),
            imported_at: now_us,
        };
        let absent = Replace::absent(self.writers);
        let replace = self.read.get(&contract.contract).unwrap_or(&absent);
        write_over(self.store.as_ref(), &contract.series, description, replace).await.map(|_| ())
    }
}

/// A contract as it lies on the shelf.
pub(crate) fn for_shelf(contract: ContractSeries) -> ContractSeries {
    let symbol = name_of(contract.contract);
    ContractSeries { contract: contract.contract, series: BarSeries { symbol, ..contract.series } }
}

/// What [`Shelf::put`] refuses, found before anything is written.
pub(crate) fn check_contract(contract: &ContractSeries) -> Result<(), WriteError> {
    check_series(&contract.series, Adjustment::None)
}

/// Name of a month's series: `YYYYMM`.
fn name_of(contract: ContractMonth) -> String {
    format!("{:04}{:02}", contract.year, contract.month)
}
