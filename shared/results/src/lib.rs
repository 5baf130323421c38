//! What runs and sweeps leave behind, as Parquet objects over the blob port, and the catalogue of the lake's series.
//!
//! It uses the light Parquet crate only: no query engine, no object store. Ranking a sweep and reading bars are the lake's.

mod catalog;
mod chart;
mod equity;
mod parquet_results;
mod stored_table;
mod sweep_table;
mod trades;

pub use catalog::{BlobCatalog, INSTRUMENTS_KEY, SERIES_MAX, instruments};
pub use parquet_results::ParquetResults;
