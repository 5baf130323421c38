//! The table of indicators and their computation on bars of one timeframe.
//!
//! The checker, the evaluator, the guide and the tests all read the one [`table`]. Pure arithmetic on columns: it knows
//! neither expressions nor windows; the caller hands it exactly the bars it may see (warm-up included).
//!
//! Sums over a window of exact values are integer sums and end in one correctly rounded division; over other values
//! each window is added up afresh in a fixed order. Either way a value does not depend on where the bars start.
//! Recursions run in bar order from the first defined value.

mod bar_columns;
mod definition;
mod directional;
mod exact_ratio;
mod exponential;
mod extremes;
mod input;
mod momentum;
mod oscillators;
mod standard_deviation;
mod table;
mod volatility;
mod volume;
mod window_averages;
mod window_sums;

pub use bar_columns::{BarColumns, Column, Exact};
pub use definition::{Agreement, Argument, ArgumentKind, Definition, Family, MAXIMUM_PERIOD_BARS, SourceKind, WarmUp};
pub use table::{find, find_talib, table, talib_names, talib_rows};
