//! The columns of a bar object and the metadata that lets an object explain itself.
//!
//! Names and types only; how they are encoded is the part's business.

use datafusion::arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use domain::series::Adjustment;
use market::{BarSeries, PriceSide};
use std::collections::BTreeMap;

/// Open time of the bar, timestamp in microseconds, UTC.
pub(crate) const TS: &str = "ts";

/// Integer columns every object has, in their stored order; `offset` and `spread` may follow.
pub(crate) const REQUIRED_COLUMNS: [&str; 5] = ["open", "high", "low", "close", "volume"];

/// Layout name of bar objects.
const LAYOUT: &str = "bars-1";

/// The integer columns of a series in their stored order; `offset` and `spread` only where the series has them.
pub(crate) fn integer_columns(series: &BarSeries) -> Vec<(&'static str, &[i64])> {
    let mut columns: Vec<(&'static str, &[i64])> = vec![
        ("open", &series.open),
        ("high", &series.high),
        ("low", &series.low),
        ("close", &series.close),
        ("volume", &series.volume),
    ];
    let optional: [(&'static str, &[i64]); 2] = [("offset", &series.offset), ("spread", &series.spread)];
    columns.extend(optional.into_iter().filter(|(_, values)| !values.is_empty()));
    columns
}

/// The vector of a series that an integer column is read into.
pub(crate) fn integer_column_mut<'a>(series: &'a mut BarSeries, name: &str) -> Option<&'a mut Vec<i64>> {
    match name {
        "open" => Some(&mut series.open),
        "high" => Some(&mut series.high),
        "low" => Some(&mut series.low),
        "close" => Some(&mut series.close),
        "volume" => Some(&mut series.volume),
        "offset" => Some(&mut series.offset),
        "spread" => Some(&mut series.spread),
        _ => None,
    }
}

/// The Arrow type of [`TS`].
pub(crate) fn timestamp_type() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// The schema of an object with these integer columns.
pub(crate) fn bar_schema(integer_columns: &[&str]) -> Schema {
    let mut fields = vec![Field::new(TS, timestamp_type(), false)];
    fields.extend(integer_columns.iter().map(|name| Field::new(*name, DataType::Int64, false)));
    Schema::new(fields)
}

/// What every object of a series says of itself, as metadata entries. `head` needs no bars.
pub(crate) fn bar_metadata(head: &BarSeries, adjustment: Adjustment) -> BTreeMap<String, String> {
    let entries = [
        (domain::sweep::SCHEMA_KEY, LAYOUT.to_owned()),
        ("barlake.symbol", head.symbol.clone()),
        ("barlake.resolution_minutes", head.resolution.0.to_string()),
        ("barlake.price_side", side_name(head.price_side).to_owned()),
        ("barlake.adjustment", adjustment_name(adjustment).to_owned()),
        ("barlake.price_places", head.price_scale.places().to_string()),
        ("barlake.volume_places", head.volume_scale.places().to_string()),
    ];
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

const fn side_name(side: PriceSide) -> &'static str {
    match side {
        PriceSide::Trade => "trade",
        PriceSide::Bid => "bid",
        PriceSide::Ask => "ask",
        PriceSide::Mid => "mid",
    }
}

const fn adjustment_name(adjustment: Adjustment) -> &'static str {
    match adjustment {
        Adjustment::None => "none",
        Adjustment::DifferenceOffset => "difference_offset",
    }
}
