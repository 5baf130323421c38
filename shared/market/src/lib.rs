//! What is traded and when: instruments and their contract terms, trading calendars, columnar bars,
//! trading days and timeframes.
//!
//! Pure data and arithmetic: no I/O, no clock, no environment. It does not know strategies or fills.

pub mod bars;
pub mod calendar;
pub mod catalogue;
pub mod contracts;
pub mod date;
mod default_terms;
pub mod holidays;
pub mod instrument;
pub mod lookup;
pub mod price;
mod schedules;
pub mod synthetic;
pub mod tape;
mod tape_build;
pub mod timeframe;
pub mod timeframe_bars;
pub mod zone;

pub use bars::{BarSeries, PriceSide, Resolution};
pub use calendar::{Calendar, CalendarError, DaySession, SessionKind};
pub use catalogue::{Catalogue, InstrumentError};
pub use contracts::{Contract, ContractCalendar, ContractRule};
pub use date::{TradingDate, Weekday};
pub use instrument::{AssetClass, DefaultCosts, Instrument};
pub use lookup::LookUp;
pub use price::Scale;
pub use tape::{Tape, TradingDay};
pub use timeframe::Timeframe;
pub use timeframe_bars::TimeframeBars;
pub use zone::{LocalTime, Zone, ZoneCursor, ZoneError, format_utc};
