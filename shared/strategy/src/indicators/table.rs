//! The table itself: every indicator of the language, and the calls only `talib.NAME` has.

use super::definition::{Agreement, Definition};
use super::{directional, exponential, extremes, momentum, oscillators, volatility, volume, window_averages};

/// Every indicator of the language, in the order of the guide.
static TABLE: [Definition; 35] = [
    window_averages::SMA,
    exponential::EMA,
    window_averages::WMA,
    exponential::DEMA,
    exponential::TEMA,
    momentum::KAMA,
    exponential::T3,
    window_averages::HMA,
    window_averages::VWMA,
    volume::VWAP,
    momentum::RSI,
    momentum::MOM,
    momentum::ROC,
    oscillators::WILLR,
    oscillators::CCI,
    oscillators::MFI,
    oscillators::STOCH,
    momentum::STOCHRSI,
    directional::ADX,
    directional::PLUS_DI,
    directional::MINUS_DI,
    oscillators::AROON,
    exponential::MACD,
    volatility::ATR,
    volatility::NATR,
    volatility::TRUE_RANGE,
    volatility::STDDEV,
    volatility::BBANDS,
    volatility::KELTNER,
    extremes::DONCHIAN,
    volume::OBV,
    volume::AD,
    extremes::HIGHEST,
    extremes::LOWEST,
    window_averages::LINREG,
];

/// The calls whose TA-Lib signature or defaults differ from the row of the same idea in [`TABLE`].
static TALIB_ONLY: [Definition; 4] =
    [oscillators::TALIB_STOCH, volatility::TALIB_BBANDS, extremes::TALIB_MAX, extremes::TALIB_MIN];

/// Every indicator of the language, in the order of the guide.
#[must_use]
pub fn table() -> &'static [Definition] {
    &TABLE
}

/// The indicator a bare name means.
#[must_use]
pub fn find(name: &str) -> Option<&'static Definition> {
    TABLE.iter().find(|row| row.name == name)
}

/// The indicator `talib.NAME` means: TA-Lib's definition, argument order and defaults. `NAME` is upper case.
#[must_use]
pub fn find_talib(function: &str) -> Option<&'static Definition> {
    talib_rows().find(|row| talib_function(row) == Some(function))
}

/// Every row that a `talib.NAME` means, in the table's order; its agreement holds the name.
pub fn talib_rows() -> impl Iterator<Item = &'static Definition> {
    TABLE.iter().chain(&TALIB_ONLY).filter(|row| talib_function(row).is_some())
}

/// Every `NAME` that [`find_talib`] knows, in the table's order.
pub fn talib_names() -> impl Iterator<Item = &'static str> {
    talib_rows().filter_map(talib_function)
}

fn talib_function(row: &Definition) -> Option<&'static str> {
    match row.agreement {
        Agreement::EqualsTaLib { function } => Some(function),
        Agreement::DiffersFromTaLib { .. } | Agreement::OurOwn { .. } => None,
    }
}
