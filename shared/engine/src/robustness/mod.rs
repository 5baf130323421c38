//! How much of a sweep's best result is selection: deflated Sharpe ratio, probability of backtest overfitting, plateau.
//!
//! Each combination is a trial. What is needed of it beside its metrics are sums of its daily returns by block (see `blocks`).

mod blocks;
mod deflated;
mod flags;
mod normal;
mod overfitting;
mod plateau;

pub use blocks::{BLOCK_DAYS_LEAST, BlockSum, block_count, block_days, block_sums};
pub use deflated::{Deflation, variance_of_trials};
pub use flags::{SweepEvidence, flags};
pub use overfitting::probability_of_overfitting;
pub use plateau::plateau;
