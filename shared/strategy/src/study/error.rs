//! Why a study or one of its combinations cannot run.

use engine::EngineError;
use market::{TradingDate, ZoneError};
use rust_decimal::Decimal;

/// Why a strategy cannot be bound to its data.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StudyError {
    /// A symbol without bars.
    #[error("there are no bars of {symbol}: import them, or choose another market")]
    MissingSeries {
        /// The symbol.
        symbol: String,
    },
    /// Bars too coarse for a timeframe.
    #[error(
        "{symbol} has bars of {base_minutes} minutes: the timeframe {timeframe} cannot be built from them; use a multiple"
    )]
    Timeframe {
        /// The symbol.
        symbol: String,
        /// The timeframe wanted.
        timeframe: &'static str,
        /// Length of a base bar.
        base_minutes: u32,
    },
    /// Volume is read where there is none.
    #[error("{symbol} has no volume, but `{name}` reads it: remove that condition")]
    NoVolume {
        /// The symbol.
        symbol: String,
        /// What reads it.
        name: String,
    },
    /// No bar in the window.
    #[error("{symbol} has no bars from {from} to {to}: choose dates inside its data")]
    EmptyWindow {
        /// The symbol.
        symbol: String,
        /// First date asked for.
        from: TradingDate,
        /// Last date asked for.
        to: TradingDate,
    },
    /// A calendar that is not known.
    #[error("{symbol}: {reason}")]
    Calendar {
        /// The symbol.
        symbol: String,
        /// What is wrong.
        reason: String,
    },
    /// Prices that do not fit the exact grid.
    #[error("{symbol}: its prices and tick size do not fit the exact price grid together: check its tick size")]
    PriceGrid {
        /// The symbol.
        symbol: String,
    },
    /// A zone that is not known.
    #[error(transparent)]
    Zone(#[from] ZoneError),
    /// A capital that cannot be.
    #[error("the capital {capital} must be above 0 and below about nine trillion")]
    Capital {
        /// The capital asked for.
        capital: Decimal,
    },
}

/// Why one combination has no result.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RunError {
    /// A value of the wrong kind or out of bounds.
    #[error("{0}")]
    Parameter(String),
    /// The data before the window do not hold the warm-up of this combination.
    #[error(
        "{symbol} {timeframe}: {wanted} bars before the window are needed, {have} are loaded; load more trading days before the window"
    )]
    MoreHistory {
        /// The symbol.
        symbol: String,
        /// Its timeframe.
        timeframe: &'static str,
        /// Bars wanted.
        wanted: usize,
        /// Bars there are.
        have: usize,
    },
    /// The simulation failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}
