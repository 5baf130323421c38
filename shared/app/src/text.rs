//! Small conversions between what users write and read and what the records hold: times, days, cursors, page sizes.

use crate::error::AppError;
use serde::Serialize;
use serde_json::Value;

/// ISO 8601 in UTC.
pub(crate) fn time(at_us: i64) -> String {
    market::zone::format_utc(at_us)
}

/// The serialised word of a closed set, for example `not_tested`.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(error) => error.to_string(),
    }
}

/// A cursor: what it pages, and the sort key or offset to continue after. It grants nothing: the partition comes from the caller.
pub(crate) fn seal_cursor(of: &str, place: &str) -> String {
    format!("{of}.{place}")
}

/// Reads a cursor of the named list.
pub(crate) fn open_cursor(of: &str, cursor: &str) -> Result<String, AppError> {
    let place = cursor.strip_prefix(of).and_then(|rest| rest.strip_prefix('.'));
    match place {
        Some(place) if (1..=128).contains(&place.len()) && place.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Ok(place.to_owned())
        }
        Some(_) | None => Err(AppError::invalid(
            "the cursor is not one of this list",
            "pass next_cursor from the previous page of the same call, or leave it out to start again",
        )),
    }
}

/// Largest offset in a cursor: beyond every list, and far from the end of the numbers it is added to.
const OFFSET_MAX: u64 = u32::MAX as u64;

/// Reads a cursor that is an offset.
pub(crate) fn open_offset(of: &str, cursor: Option<&str>) -> Result<u64, AppError> {
    let Some(cursor) = cursor else { return Ok(0) };
    open_cursor(of, cursor)?
        .parse()
        .ok()
        .filter(|offset| *offset <= OFFSET_MAX)
        .ok_or_else(|| AppError::invalid("the cursor is not one of this list", "leave it out to start again"))
}

/// Rows of a page, checked.
pub(crate) fn page_rows(limit: u64, most: u64) -> Result<usize, AppError> {
    if limit == 0 || limit > most {
        return Err(AppError::invalid(format!("a page of {limit} rows"), format!("ask for 1 to {most}")));
    }
    usize::try_from(limit).map_err(|_| AppError::internal("page size"))
}
