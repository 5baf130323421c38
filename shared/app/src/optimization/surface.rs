//! A sweep's ranking seen as a surface: a heat map of two parameters with the others fixed or at their best, and how the metric
//! moves along every parameter when only that one leaves the best combination.

use super::find;
use crate::error::AppError;
use crate::platform::{Caller, Desk};
use crate::session;
use domain::grid::Grid;
use domain::heat_map::{HeatMap, heat_map_of};
use domain::sweep::RankedTable;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What to show.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SurfaceRequest {
    /// Parameter along the columns; the first swept one when empty.
    pub x: String,
    /// Parameter along the rows; the second swept one when empty.
    pub y: String,
    /// Values of other parameters, as written; those not named are at their best in every cell.
    pub fixed: Map<String, Value>,
}

/// The metric along one parameter through the best combination.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The parameter.
    pub key: String,
    /// Its values with the metric there; null where it was not evaluated.
    pub points: Vec<(Value, Option<f64>)>,
    /// Place of the best among the points.
    pub best: usize,
}

/// A sweep's surface.
#[derive(Debug, Clone, PartialEq)]
pub struct Surface {
    /// Null with fewer than two swept parameters.
    pub heat_map: Option<HeatMap>,
    /// One for every swept parameter; empty without a best combination.
    pub profiles: Vec<Profile>,
    /// Every swept parameter with its values as written.
    pub axes: Vec<(String, Vec<Value>)>,
    /// True when more of the ranking metric is better.
    pub descending: bool,
}

/// Values listed of one axis.
const AXIS_VALUES_SHOWN: u64 = 200;

/// The surface of a completed sweep; `None` before there is a ranking.
///
/// # Errors
/// Not found, or a parameter or a value that was not swept.
pub async fn surface(
    desk: &Desk,
    caller: &Caller,
    (session_id, optimization_id): (&str, &str),
    request: &SurfaceRequest,
) -> Result<Option<Surface>, AppError> {
    let session = session::find(desk, caller, session_id).await?.value;
    let batch = find(desk, caller, &session.session_id, optimization_id).await?.value;
    let Some(key) = &batch.ranking_key else { return Ok(None) };
    let ranked = desk.results.read_ranking(key, 0, u64::MAX).await?;
    let ranked = ranked.ok_or_else(|| AppError::internal(format!("{key}: no ranking")))?;
    let grid = &batch.grid;
    let fixed = fixed(grid, &request.fixed)?;
    let pair = (axis(grid, &request.x, 0)?, axis(grid, &request.y, 1)?);
    let heat_map = match pair {
        (Some(x), Some(y)) if x != y => {
            heat_map_of(grid, &ranked, (x, y), &batch.order.metric, batch.order.descending, &fixed)
        }
        _ => None,
    };
    let best = batch.best_result.as_ref().map(|best| best.index);
    let profiles = best.map(|best| profiles(grid, &ranked, &batch.order.metric, best)).unwrap_or_default();
    let axes = grid.axes.iter().map(|axis| {
        let shown = axis.values.count().min(AXIS_VALUES_SHOWN);
        (axis.key.clone(), (0..shown).map(|place| axis.values.value(place)).collect())
    });
    Ok(Some(Surface { heat_map, profiles, axes: axes.collect(), descending: batch.order.descending }))
}

fn axis(grid: &Grid, key: &str, otherwise: usize) -> Result<Option<usize>, AppError> {
    if key.is_empty() {
        return Ok((otherwise < grid.axes.len()).then_some(otherwise));
    }
    let found = grid.axes.iter().position(|axis| axis.key == key);
    let keys = || grid.axes.iter().map(|axis| axis.key.as_str()).collect::<Vec<_>>().join(", ");
    found.map(Some).ok_or_else(|| {
        AppError::invalid(format!("`{key}` was not swept"), format!("use one of the swept parameters: {}", keys()))
    })
}

/// Coordinates of the fixed values by axis.
fn fixed(grid: &Grid, wanted: &Map<String, Value>) -> Result<BTreeMap<usize, u64>, AppError> {
    let mut found = BTreeMap::new();
    for (key, value) in wanted {
        let Some(place) = axis(grid, key, usize::MAX)? else { continue };
        let at = grid.axes.get(place).and_then(|axis| {
            (0..axis.values.count()).find(|coordinate| written(&axis.values.value(*coordinate)) == written(value))
        });
        let at = at.ok_or_else(|| {
            AppError::invalid(format!("{value} is not a swept value of `{key}`"), "choose one of the values swept")
        })?;
        found.insert(place, at);
    }
    Ok(found)
}

fn profiles(grid: &Grid, ranked: &RankedTable, metric: &str, best: u64) -> Vec<Profile> {
    let Some(column) = ranked.table.metric_keys.iter().position(|key| key == metric) else { return Vec::new() };
    let coordinates = grid.coordinates(best);
    let mut wanted: BTreeMap<u64, Option<f64>> = BTreeMap::new();
    let along = |place: usize, at: u64| {
        let mut moved = coordinates.clone();
        if let Some(coordinate) = moved.get_mut(place) {
            *coordinate = at;
        }
        grid.index(&moved)
    };
    let counts: Vec<u64> = grid.axes.iter().map(|axis| axis.values.count()).collect();
    for (place, count) in counts.iter().enumerate() {
        wanted.extend((0..*count).map(|at| (along(place, at), None)));
    }
    for row in &ranked.table.rows {
        if let Some(found) = wanted.get_mut(&row.index) {
            *found = row.metrics.get(column).copied().flatten();
        }
    }
    let profile = |(place, axis): (usize, &domain::grid::Axis)| Profile {
        key: axis.key.clone(),
        points: (0..axis.values.count())
            .map(|at| (axis.values.value(at), wanted.get(&along(place, at)).copied().flatten()))
            .collect(),
        best: coordinates.get(place).and_then(|at| usize::try_from(*at).ok()).unwrap_or(0),
    };
    grid.axes.iter().enumerate().map(profile).collect()
}

/// A value as written: 10 and 10.0 are one.
fn written(value: &Value) -> String {
    value.as_f64().map_or_else(|| value.to_string(), |number| number.to_string())
}
