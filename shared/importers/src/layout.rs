//! How to read one text: delimiter, columns, clock, zone, label, side, unit. Built from the vendor's table, the file's
//! names and first lines, and the caller's statements, which win.

use crate::container::{Entry, base_name};
use crate::contract::ContractMonth;
use crate::detect::{Detection, detect_entry};
use crate::error::ImportError;
use crate::headers;
use crate::lean_layout;
use crate::lines::{Fields, Lines};
use crate::options::{Column, DateOrder, Format, Label, Options};
use crate::sample::{Sample, is_blank};
use crate::shape::{ClockColumns, Shape};
use crate::stamp::{self, Stamp};
use crate::vendors::{Vendor, ZoneRule, vendor};
use crate::zone;
use jiff::tz::TimeZone;
use market::{AssetClass, PriceSide};

/// Places that Databento leaves out of integer prices.
const DATABENTO_INTEGER_PLACES: u32 = 9;

/// How to read one text.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) format: Format,
    pub(crate) delimiter: u8,
    /// Decimal point or comma.
    pub(crate) point: u8,
    /// Line number of the first data row.
    pub(crate) first_line: u32,
    pub(crate) width: usize,
    pub(crate) clock: ClockColumns,
    pub(crate) shape: Shape,
    pub(crate) symbol: Option<usize>,
    pub(crate) suspicious: Option<usize>,
    /// Places an integer price leaves out.
    pub(crate) unit_places: u32,
    pub(crate) order: Option<DateOrder>,
    pub(crate) zone: TimeZone,
    pub(crate) zone_name: String,
    pub(crate) label: Label,
    pub(crate) side: PriceSide,
    /// Distance between bars where the vendor's name states it, microseconds.
    pub(crate) step_us: Option<i64>,
    /// Symbol and contract by the names.
    pub(crate) named_symbol: Option<String>,
    pub(crate) named_contract: Option<ContractMonth>,
}

/// The layout of one text.
///
/// # Errors
/// Unknown or ambiguous format, missing columns, unknown zone, undecided date order.
pub(crate) fn of(entry: &Entry<'_>, options: &Options) -> Result<Layout, ImportError> {
    let format = format_of(entry, options)?;
    if format == Format::Lean {
        return lean_layout::of(entry, options);
    }
    let Some(sample) = Sample::of(&entry.text, options.delimiter) else {
        return Err(ImportError::UnknownFormat {
            file: entry.shown(),
            reason: "its lines have a single column".to_owned(),
        });
    };
    let terms = vendor(format);
    let columns = columns_of(entry, &sample, format, &terms, options)?;
    let shape =
        Shape::of(&columns).ok_or_else(|| missing(entry, "open, high, low and close, or a price, or bid and ask"))?;
    let clock = ClockColumns::of(&columns).ok_or_else(|| missing(entry, "the time stamp"))?;
    let order = order_of(entry, &sample, &clock, &terms, options)?;
    let stated = stated_zone(&sample, &clock, order, options);
    let (zone, zone_name) = zone_of(entry, stated, terms.zone, options)?;
    let side = side_of(base_name(&entry.inner), &shape, terms.side, options);
    let at = |wanted: Column| columns.iter().position(|column| *column == wanted);
    Ok(Layout {
        format,
        delimiter: sample.delimiter,
        point: point_of(&entry.text, &sample, &shape),
        first_line: sample.first_line,
        width: sample.width(),
        clock,
        symbol: at(Column::Symbol),
        suspicious: at(Column::Suspicious),
        unit_places: unit_places_of(format, &sample, &shape),
        order,
        zone,
        zone_name,
        label: if shape.is_event() { Label::Open } else { options.label.unwrap_or(terms.label) },
        side,
        shape,
        step_us: None,
        named_symbol: None,
        named_contract: None,
    })
}

/// The error of a layout without what it needs.
pub(crate) fn missing(entry: &Entry<'_>, missing: &'static str) -> ImportError {
    ImportError::ColumnsMissing { file: entry.shown(), missing }
}

fn format_of(entry: &Entry<'_>, options: &Options) -> Result<Format, ImportError> {
    if let Some(format) = options.format {
        return Ok(format);
    }
    match detect_entry(entry) {
        Detection::Known { format, .. } => Ok(format),
        Detection::Ambiguous { candidates } => Err(ImportError::AmbiguousFormat { file: entry.shown(), candidates }),
        Detection::Unknown { .. } if options.columns.is_some() => Ok(Format::Csv),
        Detection::Unknown { reason } => Err(ImportError::UnknownFormat { file: entry.shown(), reason }),
    }
}

/// The caller's columns, the header's, or the vendor's for this width.
fn columns_of(
    entry: &Entry<'_>,
    sample: &Sample<'_>,
    format: Format,
    terms: &Vendor,
    options: &Options,
) -> Result<Vec<Column>, ImportError> {
    if let Some(columns) = &options.columns {
        return Ok(columns.clone());
    }
    if let Some(header) = &sample.header {
        let mut columns = headers::columns(header);
        if format == Format::MetaTrader && columns.contains(&Column::TickVolume) {
            // VOL is mostly 0 at brokers; one kind of volume throughout is better than a mixture.
            columns.iter_mut().filter(|column| **column == Column::Volume).for_each(|column| *column = Column::Skip);
        }
        return Ok(columns);
    }
    let fits = |columns: &&&[Column]| {
        columns.len() == sample.width()
            && ClockColumns::of(columns).is_some_and(|clock| first_stamp(sample, &clock, terms.order).is_some())
    };
    match terms.headless.iter().find(fits) {
        Some(columns) => Ok(columns.to_vec()),
        None => Err(ImportError::UnknownFormat {
            file: entry.shown(),
            reason: format!("{} columns without a header do not fit {format}", sample.width()),
        }),
    }
}

/// The first row's time stamp.
fn first_stamp(sample: &Sample<'_>, clock: &ClockColumns, order: Option<DateOrder>) -> Option<Stamp> {
    sample.rows.iter().find_map(|row| {
        let field = |index: usize| row.get(index).copied().unwrap_or_default();
        match *clock {
            ClockColumns::One(at) => stamp::parse(field(at), order),
            ClockColumns::Two { date, time } => stamp::parse_pair(field(date), field(time), order),
            ClockColumns::MillisecondsOf { .. } => None,
        }
    })
}

/// Order of day and month: as stated, as the vendor always writes, or as the file's dates show.
fn order_of(
    entry: &Entry<'_>,
    sample: &Sample<'_>,
    clock: &ClockColumns,
    terms: &Vendor,
    options: &Options,
) -> Result<Option<DateOrder>, ImportError> {
    let known = options.date_order.or(terms.order);
    let at = clock.date_column();
    if known.is_some() || !stamp::order_matters(date_part(sample.field(at))) {
        return Ok(known);
    }
    let mut fields = Fields::default();
    let shown = Lines::new(&entry.text)
        .filter(|(number, line)| *number >= sample.first_line && !is_blank(line))
        .find_map(|(_, line)| {
            fields.split(line, sample.delimiter);
            stamp::order_shown_by(date_part(fields.get(line, at)))
        });
    shown.map(Some).ok_or_else(|| ImportError::DateOrderNeeded { file: entry.shown() })
}

/// The date of a stamp that may go on with a time.
fn date_part(text: &[u8]) -> &[u8] {
    text.split(|byte| matches!(byte, b' ' | b'T')).next().unwrap_or_default()
}

/// `UTC` when stamps need no zone or their column says so.
fn stated_zone(
    sample: &Sample<'_>,
    clock: &ClockColumns,
    order: Option<DateOrder>,
    options: &Options,
) -> Option<&'static str> {
    let absolute = first_stamp(sample, clock, order).is_some_and(|stamp| !stamp.local);
    let named = sample.header.as_ref().and_then(|header| header.get(clock.date_column()));
    let says_local = named.is_some_and(|name| headers::normalised(name) == "local_time");
    if absolute || (options.time_zone.is_none() && named.is_some_and(|name| headers::says_utc(name))) {
        Some("UTC")
    } else if says_local {
        Some("")
    } else {
        None
    }
}

/// The zone of the file's local times and its name. An empty `stated` zone means: local, of whoever exported it.
pub(crate) fn zone_of(
    entry: &Entry<'_>,
    stated: Option<&'static str>,
    rule: ZoneRule,
    options: &Options,
) -> Result<(TimeZone, String), ImportError> {
    let class = options.instrument.as_ref().map(|instrument| instrument.asset_class);
    let fallback = match rule {
        ZoneRule::Is(name) => Some(name),
        ZoneRule::Ask(_) => (class == Some(AssetClass::Crypto)).then_some("UTC"),
    };
    let name = match (stated, options.time_zone.as_deref()) {
        (Some("UTC"), _) => Some("UTC"),
        (_, Some(name)) => Some(name),
        (Some(_), None) => None,
        (None, None) => fallback,
    };
    let Some(name) = name else {
        let advice = match rule {
            ZoneRule::Ask(advice) => advice,
            ZoneRule::Is(_) => "the zone of the computer that exported it",
        };
        return Err(ImportError::ZoneNeeded { file: entry.shown(), advice });
    };
    let zone = zone::find(name).ok_or_else(|| ImportError::UnknownZone { name: name.to_owned() })?;
    Ok((zone, name.to_owned()))
}

/// Side of the rows: quotes give what is asked for, else mid; bars by the file name, the caller, the vendor.
pub(crate) fn side_of(name: &str, shape: &Shape, default: PriceSide, options: &Options) -> PriceSide {
    let quoted = match options.price_side {
        Some(side @ (PriceSide::Bid | PriceSide::Ask)) => side,
        Some(PriceSide::Mid | PriceSide::Trade) | None => PriceSide::Mid,
    };
    match shape {
        Shape::QuoteBars { .. } | Shape::Quotes { .. } => return quoted,
        Shape::Bars { .. } | Shape::Trades { .. } => {}
    }
    let lower = name.to_ascii_lowercase();
    let mut words = lower.split(|letter: char| !letter.is_ascii_alphanumeric());
    match words.find(|word| matches!(*word, "bid" | "ask")) {
        Some("bid") => PriceSide::Bid,
        Some(_) => PriceSide::Ask,
        None => options.price_side.filter(|side| *side != PriceSide::Mid).unwrap_or(default),
    }
}

/// Decimal comma: between other delimiters, numbers with commas and none with a point anywhere in the file.
fn point_of(text: &[u8], sample: &Sample<'_>, shape: &Shape) -> u8 {
    if sample.delimiter == b',' || !text.contains(&b',') {
        return b'.';
    }
    let mut fields = Fields::default();
    let mut comma = false;
    for (_, line) in Lines::new(text).filter(|(number, line)| *number >= sample.first_line && !is_blank(line)) {
        fields.split(line, sample.delimiter);
        for number in (0..fields.len()).filter(|&at| shape.reads(at)).map(|at| fields.get(line, at)) {
            if number.contains(&b'.') {
                return b'.';
            }
            comma |= number.contains(&b',');
        }
    }
    if comma { b',' } else { b'.' }
}

fn unit_places_of(format: Format, sample: &Sample<'_>, shape: &Shape) -> u32 {
    let price = sample.field(shape.first_price());
    let integer = !price.is_empty() && price.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-');
    if format == Format::Databento && integer { DATABENTO_INTEGER_PLACES } else { 0 }
}
