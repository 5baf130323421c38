//! The closed list of strategy timeframes. How bars of one are cut from a tape is in `timeframe_bars`.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A strategy timeframe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Timeframe {
    /// `1m`
    #[serde(rename = "1m")]
    M1,
    /// `2m`
    #[serde(rename = "2m")]
    M2,
    /// `3m`
    #[serde(rename = "3m")]
    M3,
    /// `5m`
    #[serde(rename = "5m")]
    M5,
    /// `10m`
    #[serde(rename = "10m")]
    M10,
    /// `15m`
    #[serde(rename = "15m")]
    M15,
    /// `30m`
    #[serde(rename = "30m")]
    M30,
    /// `1h`
    #[serde(rename = "1h")]
    H1,
    /// `2h`
    #[serde(rename = "2h")]
    H2,
    /// `4h`
    #[serde(rename = "4h")]
    H4,
    /// `1d`
    #[serde(rename = "1d")]
    D1,
    /// `1w`
    #[serde(rename = "1w")]
    W1,
}

impl Timeframe {
    /// All timeframes, finest first.
    pub const ALL: [Self; 12] = [
        Self::M1,
        Self::M2,
        Self::M3,
        Self::M5,
        Self::M10,
        Self::M15,
        Self::M30,
        Self::H1,
        Self::H2,
        Self::H4,
        Self::D1,
        Self::W1,
    ];

    /// Nominal length in minutes: 1 to 240, 1440 for a day, 10080 for a week.
    #[must_use]
    pub const fn minutes(self) -> u32 {
        match self {
            Self::M1 => 1,
            Self::M2 => 2,
            Self::M3 => 3,
            Self::M5 => 5,
            Self::M10 => 10,
            Self::M15 => 15,
            Self::M30 => 30,
            Self::H1 => 60,
            Self::H2 => 120,
            Self::H4 => 240,
            Self::D1 => 1_440,
            Self::W1 => 10_080,
        }
    }

    /// How it is written, for example `5m`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::M1 => "1m",
            Self::M2 => "2m",
            Self::M3 => "3m",
            Self::M5 => "5m",
            Self::M10 => "10m",
            Self::M15 => "15m",
            Self::M30 => "30m",
            Self::H1 => "1h",
            Self::H2 => "2h",
            Self::H4 => "4h",
            Self::D1 => "1d",
            Self::W1 => "1w",
        }
    }

    /// The timeframe written exactly as its label.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|timeframe| timeframe.label() == text)
    }
}

impl fmt::Display for Timeframe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.label())
    }
}
