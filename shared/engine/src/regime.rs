//! A full run cut by the state of the market: days after the benchmark rose, and days after it fell.
//!
//! The state of a day is known before it begins. It judges nothing (see `quality`).

use crate::error::EngineError;
use crate::plan::Money;
use market::TradingDate;

/// Trading days over which the benchmark's change names the state of the next day: a month.
pub const REGIME_DAYS: usize = 20;

/// Change of equity over the days of one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RegimeResult {
    /// Trading days.
    pub days: u32,
    /// Sum of the daily changes of equity.
    pub profit: Money,
}

/// The two states. The first [`REGIME_DAYS`] days have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Regimes {
    /// Days before which the benchmark had risen.
    pub rising: RegimeResult,
    /// Days before which it had not.
    pub falling: RegimeResult,
}

/// Cuts a run's daily equity by the benchmark's, day by day the same dates.
///
/// # Errors
/// [`EngineError::Overflow`] when a sum leaves fixed point.
pub fn by_regime(
    daily: &[(TradingDate, Money)],
    benchmark: &[(TradingDate, Money)],
    capital: Money,
) -> Result<Regimes, EngineError> {
    let mut regimes = Regimes::default();
    let before = |marks: &[(TradingDate, Money)], day: usize| {
        day.checked_sub(1).map_or(Some(capital), |day| marks.get(day).map(|(_, mark)| *mark))
    };
    for (day, (_, equity)) in daily.iter().enumerate().skip(REGIME_DAYS) {
        let (Some(from), Some(to), Some(previous)) =
            (before(benchmark, day - REGIME_DAYS), before(benchmark, day), before(daily, day))
        else {
            continue;
        };
        let regime = if to > from { &mut regimes.rising } else { &mut regimes.falling };
        regime.days += 1;
        regime.profit = regime.profit.plus(equity.minus(previous)?)?;
    }
    Ok(regimes)
}
