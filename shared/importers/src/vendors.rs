//! The vendors' conventions as data: columns of files without a header, zone, label, side.
//! Facts and their sources are in the project's page on data formats.

use crate::options::{Column, DateOrder, Format, Label};
use market::PriceSide;

/// Zone of a vendor's local times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ZoneRule {
    /// Always this one.
    Is(&'static str),
    /// Not known without the user; the text says where to look.
    Ask(&'static str),
}

/// One vendor's conventions.
#[derive(Debug)]
pub(crate) struct Vendor {
    pub(crate) zone: ZoneRule,
    pub(crate) label: Label,
    /// Side of prices that do not say.
    pub(crate) side: PriceSide,
    /// Order of day and month, where the vendor always writes the same.
    pub(crate) order: Option<DateOrder>,
    /// Columns of files without a header; the first of the right width whose stamps can be read.
    pub(crate) headless: &'static [&'static [Column]],
}

use Column::{Ask, Bid, Close, Date, High, Low, Open, Price, Size, Skip, Time, Timestamp, Volume};

/// Time stamp and bar.
const STAMP_OHLCV: &[Column] = &[Timestamp, Open, High, Low, Close, Volume];
/// Date, time and bar.
const DATE_TIME_OHLCV: &[Column] = &[Date, Time, Open, High, Low, Close, Volume];

const BINANCE: &[&[Column]] = &[
    &[Timestamp, Open, High, Low, Close, Volume, Skip, Skip, Skip, Skip, Skip, Skip],
    &[Skip, Price, Size, Skip, Skip, Timestamp, Skip, Skip],
    &[Skip, Price, Size, Skip, Skip, Timestamp, Skip],
    &[Skip, Price, Size, Skip, Timestamp, Skip, Skip],
    &[Skip, Price, Size, Skip, Timestamp, Skip],
];

const NINJA_TRADER: &[&[Column]] = &[STAMP_OHLCV, &[Timestamp, Price, Size], &[Timestamp, Price, Skip, Skip, Size]];

const HIST_DATA: &[&[Column]] = &[STAMP_OHLCV, DATE_TIME_OHLCV, &[Timestamp, Bid, Ask, Skip]];

const FIRST_RATE: &[&[Column]] =
    &[STAMP_OHLCV, &[Timestamp, Open, High, Low, Close], &[Timestamp, Open, High, Low, Close, Volume, Skip]];

const KIBOT: &[&[Column]] = &[DATE_TIME_OHLCV, &[Date, Time, Price, Skip, Skip, Size]];

/// Advice on broker time; the alias is the one [`crate::zone`] knows.
const BROKER_CLOCK: &str =
    "a broker's server clock, mostly NY+7 (New York plus seven hours); look at the clock of its Market Watch window";

/// The conventions of `format`.
pub(crate) fn vendor(format: Format) -> Vendor {
    let open_utc =
        Vendor { zone: ZoneRule::Is("UTC"), label: Label::Open, side: PriceSide::Trade, order: None, headless: &[] };
    match format {
        Format::Lean => Vendor {
            zone: ZoneRule::Ask(
                "pass the path with Lean's folders (for example equity/usa/minute/spy), or its dataTimeZone",
            ),
            ..open_utc
        },
        Format::Csv => Vendor { zone: ZoneRule::Ask("the vendor's page or the exporting program says it"), ..open_utc },
        Format::Binance => Vendor { headless: BINANCE, ..open_utc },
        Format::NinjaTrader => Vendor { label: Label::Close, headless: NINJA_TRADER, ..open_utc },
        Format::MetaTrader => {
            Vendor { zone: ZoneRule::Ask(BROKER_CLOCK), side: PriceSide::Bid, headless: &[DATE_TIME_OHLCV], ..open_utc }
        }
        Format::HistData => {
            Vendor { zone: ZoneRule::Is("UTC-5"), side: PriceSide::Bid, headless: HIST_DATA, ..open_utc }
        }
        Format::Databento | Format::Polygon => open_utc,
        Format::FirstRate => Vendor { zone: ZoneRule::Is("America/New_York"), headless: FIRST_RATE, ..open_utc },
        Format::Kibot => {
            Vendor { zone: ZoneRule::Is("America/New_York"), order: Some(DateOrder::Mdy), headless: KIBOT, ..open_utc }
        }
        Format::Dukascopy => Vendor { side: PriceSide::Bid, order: Some(DateOrder::Dmy), ..open_utc },
        Format::TradeStation => Vendor {
            zone: ZoneRule::Ask("TradeStation writes exchange time, for CME futures America/Chicago"),
            label: Label::Close,
            order: Some(DateOrder::Mdy),
            ..open_utc
        },
        Format::SierraChart => Vendor {
            zone: ZoneRule::Ask("a file export is in UTC, a chart export in the chart's own zone"),
            ..open_utc
        },
        Format::TradingView => {
            Vendor { zone: ZoneRule::Ask("the chart's zone, at the lower right of the chart"), ..open_utc }
        }
    }
}
