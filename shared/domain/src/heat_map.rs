//! Heat maps of a sweep: for two parameters, the best value of the ranking metric over all the others.

use crate::grid::Grid;
use crate::limits::HEAT_MAP_SIDE_MAX;
use crate::sweep::RankedTable;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A heat map of two parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeatMap {
    /// Parameter along the columns.
    pub x_key: String,
    /// Parameter along the rows.
    pub y_key: String,
    /// Values along the columns.
    pub x_values: Vec<Value>,
    /// Values along the rows.
    pub y_values: Vec<Value>,
    /// Metric shown.
    pub metric: String,
    /// `cells[row][column]`: the best value over the other parameters; null where none is defined.
    pub cells: Vec<Vec<Option<f64>>>,
    /// How many neighbouring values share a column and a row (1 = none): the longest sides are binned.
    pub binned: (u64, u64),
}

fn bin(count: u64) -> u64 {
    count.div_ceil(HEAT_MAP_SIDE_MAX as u64).max(1)
}

/// One heat map for every pair of the grid's axes, in axis order.
#[must_use]
pub fn heat_maps(grid: &Grid, ranked: &RankedTable, metric: &str, descending: bool) -> Vec<HeatMap> {
    let Some(column) = ranked.table.metric_keys.iter().position(|key| key == metric) else { return Vec::new() };
    let axes = grid.axes.len();
    let pairs = (0..axes).flat_map(|y| (y + 1..axes).map(move |x| (x, y)));
    let free = BTreeMap::new();
    pairs.filter_map(|(x, y)| heat_map(grid, ranked, (x, y), (column, metric), descending, &free)).collect()
}

/// The heat map of two axes among the combinations whose other axes are at the `fixed` coordinates, by axis.
#[must_use]
pub fn heat_map_of(
    grid: &Grid,
    ranked: &RankedTable,
    axes: (usize, usize),
    metric: &str,
    descending: bool,
    fixed: &BTreeMap<usize, u64>,
) -> Option<HeatMap> {
    let column = ranked.table.metric_keys.iter().position(|key| key == metric)?;
    heat_map(grid, ranked, axes, (column, metric), descending, fixed)
}

fn heat_map(
    grid: &Grid,
    ranked: &RankedTable,
    (x, y): (usize, usize),
    (column, metric): (usize, &str),
    descending: bool,
    fixed: &BTreeMap<usize, u64>,
) -> Option<HeatMap> {
    let (x_axis, y_axis) = (grid.axes.get(x)?, grid.axes.get(y)?);
    let (x_bin, y_bin) = (bin(x_axis.values.count()), bin(y_axis.values.count()));
    let side = |count: u64, width: u64| usize::try_from(count.div_ceil(width)).unwrap_or(0);
    let (columns, rows) = (side(x_axis.values.count(), x_bin), side(y_axis.values.count(), y_bin));
    let mut cells: Vec<Vec<Option<f64>>> = vec![vec![None; columns]; rows];
    for row in &ranked.table.rows {
        let coordinates = grid.coordinates(row.index);
        if fixed.iter().any(|(axis, at)| coordinates.get(*axis) != Some(at)) {
            continue;
        }
        let place = |axis: usize, width: u64| {
            coordinates.get(axis).and_then(|coordinate| usize::try_from(coordinate / width).ok())
        };
        let (Some(at_x), Some(at_y)) = (place(x, x_bin), place(y, y_bin)) else { continue };
        let (Some(value), Some(cell)) =
            (row.metrics.get(column).copied().flatten(), cells.get_mut(at_y).and_then(|row| row.get_mut(at_x)))
        else {
            continue;
        };
        let better = cell.is_none_or(|best| if descending { value > best } else { value < best });
        if better {
            *cell = Some(value);
        }
    }
    let labels = |axis: &crate::grid::Axis, width: u64| {
        (0..axis.values.count().div_ceil(width)).map(|place| axis.values.value(place * width)).collect()
    };
    Some(HeatMap {
        x_key: x_axis.key.clone(),
        y_key: y_axis.key.clone(),
        x_values: labels(x_axis, x_bin),
        y_values: labels(y_axis, y_bin),
        metric: metric.to_owned(),
        cells,
        binned: (x_bin, y_bin),
    })
}
