//! The combinations of a sweep as parameter values of its strategy.

use crate::compute;
use crate::error::AppError;
use crate::platform::Settings;
use domain::grid::{AxisValues, Grid};
use std::collections::BTreeMap;
use strategy::{ParameterConstraint, ParameterValue, Strategy};

/// The parameter values of a combination: the canonical ones with the swept ones in place.
pub(crate) struct Combinations {
    canonical: Vec<ParameterValue>,
    /// Per axis: index of its parameter.
    places: Vec<usize>,
    kinds: Vec<strategy::ParameterKind>,
    constraint: Option<ParameterConstraint>,
}

impl Combinations {
    /// Prepares a grid over a strategy.
    pub(crate) fn new(strategy: &Strategy, grid: &Grid, constraint: Option<&str>) -> Result<Self, AppError> {
        let parameters = strategy.parameters();
        let place = |key: &str| parameters.iter().position(|parameter| parameter.key == key);
        let places: Option<Vec<usize>> = grid.axes.iter().map(|axis| place(&axis.key)).collect();
        let places = places.ok_or_else(|| AppError::internal("an axis without a parameter"))?;
        let kinds = places.iter().filter_map(|place| parameters.get(*place).map(|parameter| parameter.kind)).collect();
        let constraint =
            constraint.map(|text| ParameterConstraint::parse(text, strategy)).transpose().map_err(|wrong| {
                AppError::invalid(
                    format!("where: {}", wrong.message),
                    wrong.help.clone().unwrap_or_else(|| "write for example \"$fast < $slow\"".to_owned()),
                )
            })?;
        let canonical = strategy
            .place_values(&BTreeMap::new())
            .map_err(|_| AppError::internal("canonical parameters do not place"))?;
        Ok(Self { canonical, places, kinds, constraint })
    }

    /// Values of combination `index` in parameter order; `None` when the parameter constraint excludes it.
    pub(crate) fn values(&self, grid: &Grid, index: u64) -> Option<Vec<ParameterValue>> {
        let mut values = self.canonical.clone();
        let coordinates = grid.coordinates(index);
        for ((axis, coordinate), (place, kind)) in
            grid.axes.iter().zip(coordinates).zip(self.places.iter().zip(&self.kinds))
        {
            let value = ParameterValue::parse(&axis.values.value(coordinate), *kind).ok()?;
            *values.get_mut(*place)? = value;
        }
        self.constraint.as_ref().is_none_or(|constraint| constraint.holds(&values)).then_some(values)
    }

    /// The canonical values, and those with every axis at its smallest and at its largest: what a study needs history for.
    pub(crate) fn extremes(&self, grid: &Grid) -> Vec<Vec<ParameterValue>> {
        let mut extremes = vec![self.canonical.clone(), self.canonical.clone(), self.canonical.clone()];
        for (axis, (place, kind)) in grid.axes.iter().zip(self.places.iter().zip(&self.kinds)) {
            let looked_at = match &axis.values {
                AxisValues::List { values } => (0..values.len() as u64).collect(),
                // Ascending: the extremes are the ends.
                AxisValues::Range { count, .. } | AxisValues::Clock { count, .. } => vec![0, count.saturating_sub(1)],
            };
            let parsed = looked_at.into_iter().map(|at| ParameterValue::parse(&axis.values.value(at), *kind));
            let values: Vec<ParameterValue> = parsed.filter_map(Result::ok).collect();
            for (combination, end) in extremes.iter_mut().skip(1).zip([values.iter().min(), values.iter().max()]) {
                if let (Some(value), Some(end)) = (combination.get_mut(*place), end) {
                    *value = *end;
                }
            }
        }
        extremes
    }

    /// Places of the grid's order of evaluation whose combinations count, ascending.
    pub(crate) fn counted<'a>(&'a self, grid: &'a Grid) -> impl Iterator<Item = u64> + 'a {
        let all = self.constraint.is_none();
        (0..grid.points().unwrap_or(0)).filter(move |place| all || self.values(grid, grid.at(*place)).is_some())
    }
}

/// Enumerates a grid off the threads that serve requests: it may have millions of points.
pub(super) async fn enumerate<T: Send + 'static>(
    settings: &Settings,
    combinations: Combinations,
    grid: &Grid,
    look: impl FnOnce(&Combinations, &Grid) -> T + Send + 'static,
) -> Result<T, AppError> {
    let grid = grid.clone();
    compute::aside(settings, move || look(&combinations, &grid)).await
}
