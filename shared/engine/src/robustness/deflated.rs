//! The deflated Sharpe ratio: the probability that the best of many trials is better than luck alone would have made it.
//!
//! Source: D. H. Bailey and M. López de Prado, "The Deflated Sharpe Ratio: Correcting for Selection Bias, Backtest
//! Overfitting and Non-Normality", Journal of Portfolio Management 40 (5), 2014. Every Sharpe ratio here is one of daily
//! returns, not annualised.

use super::normal::{cumulative, upper_quantile};
use serde::{Deserialize, Serialize};
use std::f64::consts::E;

/// The Euler–Mascheroni constant.
const EULER_MASCHERONI: f64 = 0.577_215_664_901_532_9;
/// Least daily returns: the ratio's distribution is asymptotic.
const DAYS_LEAST: u64 = 30;
/// Least trials: of one there is nothing to select.
const TRIALS_LEAST: u64 = 2;

/// What is known of a sweep's best combination and of the trials it was selected from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Deflation {
    /// Sharpe ratio of the best, per day.
    pub sharpe: f64,
    /// Variance over the trials of their Sharpe ratios per day.
    pub variance: f64,
    /// Daily returns of the best.
    pub days: u64,
    /// Their skewness.
    pub skew: f64,
    /// Their raw kurtosis (normal is 3).
    pub kurtosis: f64,
}

impl Deflation {
    /// The Sharpe ratio per day that the best of `trials` without any skill is expected to show:
    /// `√V × [(1−γ)Φ⁻¹(1−1÷N) + γΦ⁻¹(1−1÷(N×e))]`; `None` below two trials.
    #[must_use]
    pub fn expected_of_luck(&self, trials: u64) -> Option<f64> {
        (trials >= TRIALS_LEAST).then(|| {
            let trials = trials as f64;
            let quantiles = (1.0 - EULER_MASCHERONI) * upper_quantile(1.0 / trials)
                + EULER_MASCHERONI * upper_quantile(1.0 / (trials * E));
            self.variance.sqrt() * quantiles
        })
    }

    /// The deflated Sharpe ratio after `trials`, a probability:
    /// `Φ((SR − SR₀)√(T−1) ÷ √(1 − γ₃×SR + (γ₄−1)÷4×SR²))`; `None` below two trials or 30 days, or where the root is not of a
    /// number above zero.
    #[must_use]
    pub fn deflated_sharpe(&self, trials: u64) -> Option<f64> {
        let luck = self.expected_of_luck(trials)?;
        let spread = 1.0 - self.skew * self.sharpe + (self.kurtosis - 1.0) / 4.0 * self.sharpe * self.sharpe;
        (self.days >= DAYS_LEAST && spread > 0.0)
            .then(|| cumulative((self.sharpe - luck) * ((self.days - 1) as f64).sqrt() / spread.sqrt()))
    }
}

/// Sample variance (n−1) of the trials' Sharpe ratios; `None` below two of them.
#[must_use]
pub fn variance_of_trials(sharpe_ratios: &[f64]) -> Option<f64> {
    let count = sharpe_ratios.len() as f64;
    let mean = sharpe_ratios.iter().sum::<f64>() / count;
    let squares: f64 = sharpe_ratios.iter().map(|sharpe| (sharpe - mean) * (sharpe - mean)).sum();
    (sharpe_ratios.len() >= 2).then(|| squares / (count - 1.0))
}
