//! The table of indicators and their computation on bars of one timeframe.
//!
//! The checker, the evaluator, the guide and the tests all read the one [`table`]. Pure arithmetic on columns: it knows
//! neither expressions nor windows; the caller hands it exactly the bars it may see (warm-up included).
//!
//! Sums over a window of exact values are integer sums and end in one correctly rounded division; over other values
//! each window is added up afresh in a fixed order. Either way a value does not depend on where the bars start.
//! Recursions run in bar order from the first defined value.

mod average_kinds;
mod bands;
mod bar_columns;
mod bar_shapes;
mod candlesticks;
mod convergence;
mod cycle_averages;
mod cycles;
mod definition;
mod directional;
mod dispersion;
mod exact_ratio;
mod exponential;
mod extremes;
mod hilbert;
mod ichimoku;
mod input;
mod momentum;
mod moving_mean;
mod oscillators;
mod pairs;
mod parabolic;
mod price_transform;
mod range_measures;
mod rates;
mod regression;
mod smoothed_averages;
mod standard_deviation;
mod stochastics;
mod strength;
mod table;
mod volatility;
mod volume;
mod volume_flow;
mod window_averages;
mod window_sums;

pub use bar_columns::{BarColumns, Column, Exact};
pub use definition::{Agreement, Argument, ArgumentKind, Definition, Family, MAXIMUM_PERIOD_BARS, SourceKind, WarmUp};
pub(crate) use exact_ratio::ratio;
pub(crate) use moving_mean::Flow;
pub use table::{find, find_talib, table, talib_names, talib_only, talib_rows};
