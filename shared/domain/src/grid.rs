//! The grid of a sweep: axes of values and mixed-radix combination indices. Nothing is materialised.

use crate::limits::{AXIS_VALUES_LISTED_MAX, GRID_POINTS_MAX, SWEEP_PARAMETERS_MAX};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Neighbouring values of an axis that are evaluated together: combinations close to each other share their indicators.
const TILE_SIDE: u64 = 16;

/// Least values of an axis that has values inside its ends.
const EDGED_VALUES_LEAST: u64 = 3;

/// An axis as asked for: a range (`min`, `max`, `step`) or a list (`values`).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AxisRequest {
    /// Parameter key.
    pub key: String,
    /// First value: a number or `"HH:MM"`.
    pub min: Option<Value>,
    /// Last value, included when a step lands on it.
    pub max: Option<Value>,
    /// Step: a number (minutes for clock times).
    pub step: Option<Value>,
    /// The values themselves.
    pub values: Option<Vec<Value>>,
}

/// The values of one axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AxisValues {
    /// `first + i × step`.
    Range {
        /// First value.
        first: Decimal,
        /// Step, positive.
        step: Decimal,
        /// Number of values, at least 1.
        count: u64,
    },
    /// Clock times `first + i × step` minutes after midnight.
    Clock {
        /// First minute of the day.
        first: u16,
        /// Step in minutes, positive.
        step: u16,
        /// Number of values, at least 1.
        count: u64,
    },
    /// As listed, without repeats.
    List {
        /// Numbers or clock times.
        values: Vec<Value>,
    },
}

/// One swept parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// Parameter key.
    pub key: String,
    /// Its values.
    pub values: AxisValues,
}

/// Why a grid is refused; says what to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {message}")]
pub struct GridProblem {
    /// Parameter key, or empty for the grid as a whole.
    pub key: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// A grid. The last axis varies fastest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// The axes, at least one.
    pub axes: Vec<Axis>,
}

fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => {
            let text = number.to_string();
            text.parse().ok().or_else(|| Decimal::from_scientific(&text).ok())
        }
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Minutes after midnight of `"HH:MM"`.
#[must_use]
pub fn clock_minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    if hours.is_empty() || hours.len() > 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

fn clock_value(minutes: u64) -> Value {
    Value::String(format!("{:02}:{:02}", minutes / 60, minutes % 60))
}

fn decimal_value(value: Decimal) -> Value {
    let value = value.normalize();
    match value.to_i64() {
        Some(whole) if value.is_integer() => Value::from(whole),
        _ => value.to_f64().map_or(Value::Null, Value::from),
    }
}

impl AxisValues {
    /// Number of values.
    #[must_use]
    pub const fn count(&self) -> u64 {
        match self {
            Self::Range { count, .. } | Self::Clock { count, .. } => *count,
            Self::List { values } => values.len() as u64,
        }
    }

    /// The value at `index`, as written; null past the end.
    #[must_use]
    pub fn value(&self, index: u64) -> Value {
        match self {
            Self::Range { first, step, count } if index < *count => {
                decimal_value(*first + *step * Decimal::from(index))
            }
            Self::Clock { first, step, count } if index < *count => {
                clock_value(u64::from(*first) + u64::from(*step) * index)
            }
            Self::Range { .. } | Self::Clock { .. } => Value::Null,
            Self::List { values } => {
                usize::try_from(index).ok().and_then(|index| values.get(index)).cloned().unwrap_or(Value::Null)
            }
        }
    }
}

impl AxisValues {
    /// Indexes of the next smaller and of the next larger value.
    fn beside(&self, index: u64) -> [Option<u64>; 2] {
        match self {
            Self::Range { count, .. } | Self::Clock { count, .. } => {
                [index.checked_sub(1), index.checked_add(1).filter(|next| next < count)]
            }
            Self::List { values } => {
                let mut ascending: Vec<u64> = (0..values.len() as u64).collect();
                ascending.sort_by_cached_key(|index| magnitude(&self.value(*index)));
                let place = ascending.iter().position(|known| *known == index);
                let at = |place: Option<usize>| place.and_then(|place| ascending.get(place).copied());
                [at(place.and_then(|place| place.checked_sub(1))), at(place.map(|place| place + 1))]
            }
        }
    }
}

/// What listed values are ordered by: a number itself, the minute of the day of a clock time.
fn magnitude(value: &Value) -> Option<Decimal> {
    decimal(value).or_else(|| value.as_str().and_then(clock_minutes).map(Decimal::from))
}

impl Axis {
    /// Reads an axis.
    ///
    /// # Errors
    /// What is wrong with the request and what to write instead.
    pub fn read(request: &AxisRequest) -> Result<Self, GridProblem> {
        let problem = |message: String| GridProblem { key: request.key.clone(), message };
        let values = match (&request.values, &request.min, &request.max, &request.step) {
            (Some(values), None, None, None) => list(values),
            (None, Some(min), Some(max), Some(step)) => range(min, max, step),
            (Some(_), _, _, _) => Err("give either `values` or `min`, `max` and `step`, not both".to_owned()),
            (None, _, _, _) => Err("give `min`, `max` and `step`, or a list of `values`".to_owned()),
        };
        Ok(Self { key: request.key.clone(), values: values.map_err(problem)? })
    }
}

fn list(values: &[Value]) -> Result<AxisValues, String> {
    if values.is_empty() {
        return Err("`values` is empty: list at least one value".to_owned());
    }
    if values.len() > AXIS_VALUES_LISTED_MAX {
        let used = values.len();
        return Err(format!(
            "`values` lists {used} values; the limit AXIS_VALUES_LISTED_MAX is {AXIS_VALUES_LISTED_MAX}: use `min`, `max` and `step`"
        ));
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut kept = Vec::with_capacity(values.len());
    for value in values {
        let canonical = match value {
            Value::String(text) => clock_minutes(text)
                .map(|minutes| clock_value(u64::from(minutes)))
                .ok_or_else(|| format!("`{text}` is not a clock time: write it as \"HH:MM\""))?,
            Value::Number(_) => decimal(value)
                .map(decimal_value)
                .ok_or_else(|| format!("{value} is out of range: use a number with at most 28 digits"))?,
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                return Err(format!("{value} is not a value: list numbers, or clock times as \"HH:MM\""));
            }
        };
        if !seen.insert(canonical.to_string()) {
            return Err(format!("{canonical} is listed twice: list every value once"));
        }
        kept.push(canonical);
    }
    Ok(AxisValues::List { values: kept })
}

fn range(min: &Value, max: &Value, step: &Value) -> Result<AxisValues, String> {
    let wanted_step = decimal(step).ok_or_else(|| format!("`step` is {step}: write a positive number"))?;
    if wanted_step <= Decimal::ZERO {
        return Err(format!("`step` is {step}: it must be greater than 0"));
    }
    if let (Value::String(from), Value::String(to)) = (min, max) {
        return clock_range(from, to, wanted_step);
    }
    let read = |name: &str, value: &Value| {
        decimal(value).ok_or_else(|| format!("`{name}` is {value}: write a number (or \"HH:MM\" for both ends)"))
    };
    let (first, last) = (read("min", min)?, read("max", max)?);
    if first > last {
        return Err(format!("`min` {first} is greater than `max` {last}: swap them"));
    }
    let steps = (last - first)
        .checked_div(wanted_step)
        .and_then(|steps| steps.floor().to_u64())
        .filter(|steps| *steps < GRID_POINTS_MAX)
        .ok_or_else(|| {
            format!("the range has more than GRID_POINTS_MAX = {GRID_POINTS_MAX} values: use a larger step")
        })?;
    Ok(AxisValues::Range { first, step: wanted_step, count: steps + 1 })
}

fn clock_range(from: &str, to: &str, step: Decimal) -> Result<AxisValues, String> {
    let read = |text: &str| clock_minutes(text).ok_or_else(|| format!("`{text}` is not a clock time: write \"HH:MM\""));
    let (first, last) = (read(from)?, read(to)?);
    let step = step
        .to_u16()
        .filter(|minutes| Decimal::from(*minutes) == step)
        .ok_or("the `step` of clock times is a whole number of minutes")?;
    if first > last {
        return Err(format!("`min` {from} is after `max` {to}: swap them"));
    }
    Ok(AxisValues::Clock { first, step, count: u64::from((last - first) / step) + 1 })
}

impl Grid {
    /// Reads the axes of a grid and checks its size before `where`.
    ///
    /// # Errors
    /// Every problem found.
    pub fn read(requests: &[AxisRequest]) -> Result<Self, Vec<GridProblem>> {
        let whole = |message: String| GridProblem { key: String::new(), message };
        if requests.is_empty() {
            return Err(vec![whole(
                "no parameters to sweep: give at least one, for example {\"key\": \"stop\", \"min\": 10, \"max\": 50, \"step\": 5}".to_owned(),
            )]);
        }
        if requests.len() > SWEEP_PARAMETERS_MAX {
            let count = requests.len();
            return Err(vec![whole(format!(
                "{count} parameters; the limit SWEEP_PARAMETERS_MAX is {SWEEP_PARAMETERS_MAX}"
            ))]);
        }
        let mut problems = Vec::new();
        let mut axes: Vec<Axis> = Vec::with_capacity(requests.len());
        for request in requests {
            match Axis::read(request) {
                Ok(axis) if axes.iter().any(|known| known.key == axis.key) => problems.push(GridProblem {
                    key: axis.key,
                    message: "is swept twice: give every parameter once".to_owned(),
                }),
                Ok(axis) => axes.push(axis),
                Err(problem) => problems.push(problem),
            }
        }
        let grid = Self { axes };
        if problems.is_empty() && grid.points().is_none_or(|points| points > GRID_POINTS_MAX) {
            let counts: Vec<String> = grid.axes.iter().map(|axis| axis.values.count().to_string()).collect();
            problems.push(whole(format!(
                "the grid has {} points; the limit GRID_POINTS_MAX is {GRID_POINTS_MAX}: use larger steps or fewer parameters",
                counts.join(" × ")
            )));
        }
        if problems.is_empty() { Ok(grid) } else { Err(problems) }
    }

    /// Points of the grid before `where`; `None` beyond 64 bits.
    #[must_use]
    pub fn points(&self) -> Option<u64> {
        self.axes.iter().try_fold(1_u64, |points, axis| points.checked_mul(axis.values.count()))
    }

    /// Coordinates of a combination along each axis.
    #[must_use]
    pub fn coordinates(&self, index: u64) -> Vec<u64> {
        let mut rest = index;
        let mut coordinates: Vec<u64> = self
            .axes
            .iter()
            .rev()
            .map(|axis| {
                let count = axis.values.count().max(1);
                let coordinate = rest % count;
                rest /= count;
                coordinate
            })
            .collect();
        coordinates.reverse();
        coordinates
    }

    /// The combination at given coordinates.
    #[must_use]
    pub fn index(&self, coordinates: &[u64]) -> u64 {
        self.axes.iter().zip(coordinates).fold(0, |index, (axis, coordinate)| index * axis.values.count() + coordinate)
    }

    /// The combination at a place of the order in which a sweep evaluates the grid: tile by tile of a few values along each
    /// axis, so that whatever stretch of places a slice takes, its combinations have much in common.
    #[must_use]
    pub fn at(&self, place: u64) -> u64 {
        let counts: Vec<u64> = self.axes.iter().map(|axis| axis.values.count().max(1)).collect();
        let mut rest = place;
        // Points of the tile along the axes seen so far, and of the whole grid along the others.
        let (mut within, mut beyond) = (1, counts.iter().product::<u64>());
        let tiles: Vec<(u64, u64)> = counts
            .iter()
            .map(|count| {
                beyond /= count;
                let tile = rest / (within * TILE_SIDE * beyond);
                rest -= tile * within * TILE_SIDE * beyond;
                let first = tile * TILE_SIDE;
                let side = TILE_SIDE.min(count - first.min(count - 1));
                within *= side;
                (first, side)
            })
            .collect();
        let mut coordinates: Vec<u64> = tiles
            .iter()
            .rev()
            .map(|(first, side)| {
                let coordinate = first + rest % side;
                rest /= side;
                coordinate
            })
            .collect();
        coordinates.reverse();
        self.index(&coordinates)
    }

    /// Combinations one step away along one axis, ascending by axis; the values of a list count in ascending order.
    #[must_use]
    pub fn neighbours(&self, index: u64) -> Vec<u64> {
        let coordinates = self.coordinates(index);
        let mut found = Vec::new();
        for (place, (axis, at)) in self.axes.iter().zip(&coordinates).enumerate() {
            for beside in axis.values.beside(*at).into_iter().flatten() {
                let mut moved = coordinates.clone();
                if let Some(coordinate) = moved.get_mut(place) {
                    *coordinate = beside;
                }
                found.push(self.index(&moved));
            }
        }
        found
    }

    /// Keys of the axes along which a combination has the smallest or the largest value; an axis of one or two values has no inside
    /// and is left out.
    #[must_use]
    pub fn edges(&self, index: u64) -> Vec<String> {
        let coordinates = self.coordinates(index);
        let is_edge = |axis: &Axis, at: u64| {
            axis.values.count() >= EDGED_VALUES_LEAST && axis.values.beside(at).iter().any(Option::is_none)
        };
        let at_edge = self.axes.iter().zip(&coordinates).filter(|(axis, at)| is_edge(axis, **at));
        at_edge.map(|(axis, _)| axis.key.clone()).collect()
    }

    /// Keys and values of a combination.
    #[must_use]
    pub fn values(&self, index: u64) -> Vec<(String, Value)> {
        self.axes
            .iter()
            .zip(self.coordinates(index))
            .map(|(axis, coordinate)| (axis.key.clone(), axis.values.value(coordinate)))
            .collect()
    }
}
