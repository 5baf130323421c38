//! How to read one Lean text, nearly all of it from the names.

use crate::container::Entry;
use crate::error::ImportError;
use crate::layout::{Layout, missing, side_of, zone_of};
use crate::lean;
use crate::options::{Format, Label, Options};
use crate::sample::Sample;
use crate::shape::{ClockColumns, Shape, VolumeColumns};
use crate::stamp::{DAY_US, MINUTE_US, SECOND_US};
use crate::vendors::{ZoneRule, vendor};
use market::{AssetClass, PriceSide};

/// Places that Lean leaves out of prices of shares and options.
const INTEGER_PLACES: u32 = 4;

/// The layout of a Lean text.
///
/// # Errors
/// Names that do not tell enough, option chains, unknown columns.
pub(crate) fn of(entry: &Entry<'_>, options: &Options) -> Result<Layout, ImportError> {
    let Some(name) = lean::read(entry.file, &entry.inner) else {
        return Err(ImportError::UnknownFormat {
            file: entry.shown(),
            reason:
                "a Lean file is named like 20131218_es_minute_trade_201312.csv, under folders like future/cme/minute/es"
                    .to_owned(),
        });
    };
    if name.asset == Some(lean::Asset::Option) {
        return Err(ImportError::Unsupported {
            file: entry.shown(),
            what: "an option chain",
            instead: "import the underlying",
        });
    }
    let unit_places = unit_places(&name, options).ok_or_else(|| ImportError::UnknownFormat {
        file: entry.shown(),
        reason: "without Lean's folders (equity, future, ...) the price unit is unknown".to_owned(),
    })?;
    let rule = name.zone.map_or(vendor(Format::Lean).zone, ZoneRule::Is);
    let (zone, zone_name) = zone_of(entry, None, rule, options)?;
    let width = Sample::of(&entry.text, Some(b',')).map_or(0, |sample| sample.width());
    let shape = shape_of(&name, width)
        .ok_or_else(|| missing(entry, "trades (6 columns) or quotes (11 columns, ticks 3 or 8)"))?;
    let side = side_of("", &shape, PriceSide::Trade, options);
    let suspicious = match (name.step, name.kind, width) {
        (lean::Step::Tick, lean::Kind::Trade, 6) => Some(5),
        (lean::Step::Tick, lean::Kind::Quote, 8) => Some(7),
        _ => None,
    };
    Ok(Layout {
        format: Format::Lean,
        delimiter: b',',
        point: b'.',
        first_line: 1,
        width,
        clock: name.day.map_or(ClockColumns::One(0), |day| ClockColumns::MillisecondsOf { midnight_us: day * DAY_US }),
        side,
        shape,
        symbol: None,
        suspicious,
        unit_places,
        order: None,
        zone,
        zone_name,
        label: options.label.unwrap_or(Label::Open),
        step_us: step_us(name.step),
        named_symbol: Some(name.symbol),
        named_contract: name.contract,
    })
}

/// Places an integer price leaves out, by the folders or the instrument's class.
fn unit_places(name: &lean::Name, options: &Options) -> Option<u32> {
    let class = options.instrument.as_ref().map(|instrument| instrument.asset_class);
    match (name.asset, class) {
        (Some(lean::Asset::Equity | lean::Asset::Option), _) => Some(INTEGER_PLACES),
        (Some(lean::Asset::Decimal), _) => Some(0),
        (None, Some(AssetClass::Stock | AssetClass::Etf)) => Some(INTEGER_PLACES),
        (None, Some(AssetClass::Future | AssetClass::Crypto | AssetClass::Fx)) => Some(0),
        (None, None) => None,
    }
}

/// Nominal step of bars; ticks have none.
fn step_us(step: lean::Step) -> Option<i64> {
    match step {
        lean::Step::Tick => None,
        lean::Step::Second => Some(SECOND_US),
        lean::Step::Minute => Some(MINUTE_US),
        lean::Step::Hour => Some(60 * MINUTE_US),
        lean::Step::Daily => Some(DAY_US),
    }
}

/// Lean's columns by kind of file and width.
fn shape_of(name: &lean::Name, width: usize) -> Option<Shape> {
    let event = name.step == lean::Step::Tick;
    let volume = (width > 5).then_some(5);
    match (name.kind, event, width) {
        (lean::Kind::Trade, false, 5 | 6) => {
            Some(Shape::Bars { prices: [1, 2, 3, 4], volume: volume.map_or(VolumeColumns::None, VolumeColumns::One) })
        }
        (lean::Kind::Quote, false, 9) => Some(Shape::QuoteBars { bid: [1, 2, 3, 4], ask: [5, 6, 7, 8] }),
        (lean::Kind::Quote, false, 11) => Some(Shape::QuoteBars { bid: [1, 2, 3, 4], ask: [6, 7, 8, 9] }),
        (lean::Kind::Trade, true, 3..) => Some(Shape::Trades { price: 1, size: Some(2) }),
        (lean::Kind::Quote, true, 3) => Some(Shape::Quotes { bid: 1, ask: 2, one_sided: false }),
        (lean::Kind::Quote, true, 5..) => Some(Shape::Quotes { bid: 1, ask: 3, one_sided: true }),
        _ => None,
    }
}
