//! The table itself: every indicator of the language, and the calls only `talib.NAME` has.

use super::definition::{Agreement, Definition};
use super::{
    average_kinds, bands, bar_shapes, candlesticks, convergence, cycle_averages, cycles, directional, dispersion,
    exponential, extremes, ichimoku, momentum, oscillators, pairs, parabolic, price_transform, range_measures, rates,
    regression, smoothed_averages, stochastics, strength, volatility, volume, volume_flow, window_averages,
};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Every indicator of the language but candlesticks, in the order of the guide.
static TABLE: [Definition; 120] = [
    window_averages::SMA,
    exponential::EMA,
    window_averages::WMA,
    exponential::DEMA,
    exponential::TEMA,
    momentum::KAMA,
    exponential::T3,
    window_averages::HMA,
    smoothed_averages::TRIMA,
    smoothed_averages::RMA,
    smoothed_averages::ZLEMA,
    cycle_averages::MAMA,
    average_kinds::MA,
    average_kinds::MAVP,
    window_averages::VWMA,
    volume::VWAP,
    extremes::MIDPOINT,
    extremes::MIDPRICE,
    momentum::RSI,
    momentum::MOM,
    momentum::ROC,
    rates::ROCP,
    rates::ROCR,
    rates::ROCR100,
    convergence::MACD,
    convergence::MACDEXT,
    convergence::MACDFIX,
    convergence::APO,
    convergence::PPO,
    convergence::AO,
    convergence::AC,
    rates::TRIX,
    strength::TSI,
    rates::COPPOCK,
    rates::DPO,
    regression::FOSC,
    strength::CMO,
    strength::CMOU,
    strength::ER,
    strength::IMI,
    strength::BOP,
    strength::QSTICK,
    strength::ERI,
    oscillators::WILLR,
    oscillators::CCI,
    oscillators::MFI,
    stochastics::STOCH,
    stochastics::STOCHF,
    stochastics::STOCHRSI,
    stochastics::KDJ,
    stochastics::SMI,
    range_measures::ULTOSC,
    directional::ADX,
    directional::ADXR,
    directional::DX,
    directional::PLUS_DI,
    directional::MINUS_DI,
    directional::PLUS_DM,
    directional::MINUS_DM,
    oscillators::AROON,
    oscillators::AROONOSC,
    range_measures::VORTEX,
    strength::VHF,
    parabolic::SAR,
    parabolic::SAREXT,
    parabolic::SUPERTREND,
    ichimoku::ICHIMOKU,
    volatility::ATR,
    volatility::NATR,
    volatility::TRUE_RANGE,
    range_measures::ADR,
    volatility::STDDEV,
    bands::BBANDS,
    bands::KELTNER,
    extremes::DONCHIAN,
    bands::ACCBANDS,
    range_measures::CVI,
    range_measures::MASSI,
    range_measures::RVI,
    volume::OBV,
    volume::AD,
    volume_flow::ADOSC,
    volume_flow::CMF,
    volume_flow::EFI,
    volume_flow::MARKETFI,
    volume::NVI,
    volume::PVI,
    volume::PVT,
    volume::WAD,
    convergence::PVO,
    volume_flow::RVOL,
    extremes::HIGHEST,
    extremes::LOWEST,
    regression::LINREG,
    regression::SLOPE,
    regression::ANGLE,
    regression::INTERCEPT,
    regression::TSF,
    dispersion::VAR,
    dispersion::AVGDEV,
    dispersion::PERCENTILE,
    dispersion::PERCENTRANK,
    pairs::CORREL,
    pairs::BETA,
    price_transform::AVGPRICE,
    price_transform::MEDPRICE,
    price_transform::TYPPRICE,
    price_transform::WCLPRICE,
    price_transform::HA,
    cycles::HT_DCPERIOD,
    cycles::HT_DCPHASE,
    cycles::HT_PHASOR,
    cycles::HT_SINE,
    cycle_averages::HT_TRENDLINE,
    cycles::HT_TRENDMODE,
    bar_shapes::FRACTAL,
    bar_shapes::STREAK,
    bar_shapes::INSIDE_BAR,
    bar_shapes::OUTSIDE_BAR,
    bar_shapes::NARROW_RANGE,
];

/// The calls whose TA-Lib signature or defaults differ from the row of the same idea in [`TABLE`].
static TALIB_ONLY: [Definition; 9] = [
    stochastics::TALIB_STOCH,
    stochastics::TALIB_STOCHRSI,
    bands::TALIB_BBANDS,
    bands::TALIB_KC,
    extremes::TALIB_DONCHIAN,
    extremes::TALIB_MAX,
    extremes::TALIB_MIN,
    window_averages::TALIB_VWMA,
    volume::TALIB_VWAP,
];

/// Every indicator of the language, in the order of the guide.
pub fn table() -> impl Iterator<Item = &'static Definition> {
    TABLE.iter().chain(&candlesticks::ROWS)
}

/// The indicator a bare name means: a row's own name, or the lower-case name of the TA-Lib function a row equals.
#[must_use]
pub fn find(name: &str) -> Option<&'static Definition> {
    static BY_NAME: LazyLock<HashMap<String, &'static Definition>> = LazyLock::new(|| {
        let own = table().map(|row| (row.name.to_owned(), row));
        let equal = table().filter_map(|row| Some((talib_function(row)?.to_ascii_lowercase(), row)));
        let mut rows = HashMap::new();
        for (name, row) in own.chain(equal) {
            rows.entry(name).or_insert(row);
        }
        rows
    });
    BY_NAME.get(name).copied()
}

/// The indicator `talib.NAME` means: TA-Lib's definition, argument order and defaults. `NAME` is upper case.
#[must_use]
pub fn find_talib(function: &str) -> Option<&'static Definition> {
    talib_rows().find(|row| talib_function(row) == Some(function))
}

/// Every row that a `talib.NAME` means, in the table's order; its agreement holds the name.
pub fn talib_rows() -> impl Iterator<Item = &'static Definition> {
    table().chain(&TALIB_ONLY).filter(|row| talib_function(row).is_some())
}

/// The rows of [`talib_rows`] that no bare name means.
pub fn talib_only() -> impl Iterator<Item = &'static Definition> {
    TALIB_ONLY.iter()
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
