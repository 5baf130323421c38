//! Vendors' bytes to bars: detect the format, read it exactly, and say what was done with every row.
//!
//! Pure: bytes in, a series and a report out. No file system, no clock, no lake. The result is always open-labelled,
//! in UTC, on an exact integer grid; futures of several contracts become one continuous series.
//!
//! The way of a file: `container` (unpack) → `detect` and `layout` (how to read it) → `rows` and `row` (bars or refusals) →
//! `gather` (all files) → `import` (labels, duplicates, sides, contracts) → `checks` (what to look at).

mod bars;
mod checks;
mod container;
pub mod continuous;
mod contract;
mod decimal;
mod detect;
mod error;
mod gather;
mod headers;
mod import;
mod layout;
mod lean;
mod lean_layout;
pub mod limits;
mod lines;
pub mod merge;
mod options;
mod report;
mod row;
mod rows;
mod sample;
mod series;
mod shape;
mod sides;
mod stamp;
mod vendors;
mod zone;

pub use container::SourceFile;
pub use continuous::{Continuous, ContinuousError, ContractSeries, Roll, TradingDayRule};
pub use contract::ContractMonth;
pub use detect::{Detection, detect};
pub use error::ImportError;
pub use import::import;
pub use merge::{MergeError, Merged};
pub use options::{Column, DateOrder, Format, Label, Options, UnknownWord, parse_columns};
pub use report::{Conventions, Imported, Progress, Refusal, Report};
pub use zone::NEW_YORK_CLOSE;
