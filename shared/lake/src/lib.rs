//! The data lake: bars as immutable Parquet snapshots over an object store, read and ranked through DataFusion.
//!
//! The only crate that names DataFusion and `object_store`. It knows keys and layouts, not where the store is:
//! a folder and S3 run the same code. Result tables are written elsewhere; here they are only ranked.

pub mod absorb;
mod cache;
mod columns;
mod failure;
mod objects;
mod part;
mod pointer;
mod ranked_rows;
mod ranker;
mod shelf;
mod snapshot_id;
mod stored_series;
mod verified;
mod window;

pub mod bars;
pub mod store;
pub mod writer;

pub use absorb::{AbsorbOutcome, Absorbed, absorb};
pub use bars::LakeBars;
pub use object_store::ObjectStore;
pub use pointer::Writers;
pub use ranker::LakeRanker;
pub use store::local_store;
pub use writer::{SeriesDescription, WriteError, Written, write_series};
