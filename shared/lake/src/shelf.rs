//! The shelf: the raw bars of every contract of a futures symbol, beside the continuous series made of them.
//!
//! Each contract is a series of its own, named by its month, under `contracts/<symbol>/`: no catalogue shows it.
//! What is stitched of them is decided above.

use crate::stored_series::{stored_bars, stored_manifest};
use crate::writer::{SeriesDescription, WriteError, check_series, write_series};
use domain::series::{Adjustment, CATALOG_PREFIX, is_series_symbol, parse_current_manifest_key};
use futures::TryStreamExt;
use importers::ContractMonth;
use importers::continuous::ContractSeries;
use market::{BarSeries, Instrument, Resolution};
use object_store::ObjectStore;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use ports::PortError;
use std::sync::Arc;

/// Prefix of all shelves.
const SHELVES: &str = "contracts";

/// The contracts of one symbol at one resolution.
pub(crate) struct Shelf {
    store: Arc<dyn ObjectStore>,
    resolution: Resolution,
}

impl Shelf {
    /// The shelf of `symbol`, which must be able to name a series.
    pub(crate) fn of(store: &Arc<dyn ObjectStore>, symbol: &str, resolution: Resolution) -> Result<Self, WriteError> {
        if !is_series_symbol(symbol) {
            return Err(WriteError::Symbol(symbol.to_owned()));
        }
        let folder = Path::from_iter([SHELVES, symbol]);
        Ok(Self { store: Arc::new(PrefixStore::new(Arc::clone(store), folder)), resolution })
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
    pub(crate) async fn contracts(&self) -> Result<Vec<ContractSeries>, PortError> {
        let mut contracts = Vec::new();
        for contract in self.months().await? {
            if let Some(manifest) = stored_manifest(self.store.as_ref(), &name_of(contract), self.resolution).await? {
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
        write_series(self.store.as_ref(), &contract.series, description).await.map(|_| ())
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
