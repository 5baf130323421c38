//! A sweep seen from above: a heat map of two parameters, and the metric along each parameter through the best.

use crate::number;
use crate::query::Query;
use app::optimization::{Profile, Surface};
use domain::heat_map::HeatMap;
use engine::statistics::MetricInfo;
use maud::{Markup, html};

/// Height of a cell, pixels.
const CELL_HEIGHT: f64 = 24.0;

/// Width that the cells of a row share, and the least and most of one, pixels.
const ROW_WIDTH: f64 = 760.0;
const CELL_WIDTHS: (f64, f64) = (17.0, 56.0);

/// Room for the labels of rows and columns.
const MARGIN: (f64, f64) = (78.0, 44.0);

/// Labels of a side at most: more lie over each other.
const LABELS_MAX: usize = 12;

/// Steps of the colour scale.
const STEPS: f64 = 8.0;

/// The region of the page that its form reloads.
pub(crate) fn region(surface: &Surface, metric: &MetricInfo, query: &Query) -> Markup {
    html! {
        div #surface data-region {
            @match &surface.heat_map {
                Some(map) => {
                    (axes(surface, map, query))
                    (heat_map(map, metric, surface.descending))
                }
                None => { p.muted { "A heat map needs two swept parameters." } }
            }
            @if !surface.profiles.is_empty() {
                h3 { "How flat the ground around the best is" }
                p.muted { (number::label(metric.key)) " when only one parameter leaves the best combination: a plateau is trustworthy, a lone peak is luck." }
                div.drawings { @for profile in &surface.profiles { (profile_of(profile, metric)) } }
            }
        }
    }
}

fn axes(surface: &Surface, map: &HeatMap, query: &Query) -> Markup {
    html! {
        form.filters method="get" action="#surface" data-partial="surface" {
            @for (name, label, chosen) in [("x", "Across", &map.x_key), ("y", "Down", &map.y_key)] {
                label {
                    span { (label) }
                    select name=(name) {
                        @for (key, _) in &surface.axes { option value=(key) selected[key == chosen] { (key) } }
                    }
                }
            }
            @for (key, values) in surface.axes.iter().filter(|(key, _)| *key != map.x_key && *key != map.y_key) {
                @let name = format!("fixed.{key}");
                label {
                    span { (key) }
                    select name=(name) {
                        option value="" { "Best of all" }
                        @for value in values.iter().map(number::written) {
                            option value=(value) selected[query.get(&name) == Some(value.as_str())] { (value) }
                        }
                    }
                }
            }
            button { "Show" }
        }
    }
}

/// Colour classes from the worst to the best cell.
struct Scale {
    low: f64,
    high: f64,
    descending: bool,
}

impl Scale {
    fn of(map: &HeatMap, descending: bool) -> Option<Self> {
        let values = || map.cells.iter().flatten().flatten().copied();
        let (low, high) = (values().reduce(f64::min)?, values().reduce(f64::max)?);
        Some(Self { low, high, descending })
    }

    fn class(&self, value: f64) -> String {
        let share = if self.high > self.low { (value - self.low) / (self.high - self.low) } else { 1.0 };
        let share = if self.descending { share } else { 1.0 - share };
        format!("heat-{}", (share * STEPS).round())
    }
}

fn heat_map(map: &HeatMap, metric: &MetricInfo, descending: bool) -> Markup {
    let Some(scale) = Scale::of(map, descending) else { return html! { p { "Nothing here could be evaluated." } } };
    let (columns, rows) = (map.x_values.len(), map.y_values.len());
    let cell_size = ((ROW_WIDTH / columns.max(1) as f64).clamp(CELL_WIDTHS.0, CELL_WIDTHS.1), CELL_HEIGHT);
    let size = (MARGIN.0 + columns as f64 * cell_size.0, MARGIN.1 + rows as f64 * cell_size.1);
    let best = if descending { scale.high } else { scale.low };
    let every = |count: usize| count.div_ceil(LABELS_MAX).max(1);
    html! {
        figure.heat {
            figcaption {
                (number::label(metric.key)) " by " code { (map.x_key) } " (across) and " code { (map.y_key) } " (down), "
                "from " (number::metric(metric, Some(scale.low))) " to " (number::metric(metric, Some(scale.high)))
                @if map.binned != (1, 1) { "; neighbouring values share a cell, which shows their best" }
            }
            div.scroll tabindex="0" role="region" aria-label="Heat map" {
                svg viewBox={ "0 0 " (size.0) " " (size.1) } width=(size.0) height=(size.1) role="img"
                    aria-label={ "Heat map of " (map.x_key) " and " (map.y_key) } {
                    @for (row, cells) in map.cells.iter().enumerate() {
                        @for (column, cell) in cells.iter().enumerate() {
                            @let (x, y) = (MARGIN.0 + column as f64 * cell_size.0, row as f64 * cell_size.1);
                            @let value = map.y_values.get(row).zip(map.x_values.get(column));
                            rect x=(x) y=(y) width=(cell_size.0 - 1.0) height=(cell_size.1 - 1.0)
                                class={ (cell.map_or_else(|| "none".to_owned(), |value| scale.class(value))) @if *cell == Some(best) { " best" } } {
                                @if let Some((down, across)) = value {
                                    title {
                                        (map.x_key) " " (number::written(across)) ", " (map.y_key) " " (number::written(down)) ": "
                                        (number::metric(metric, *cell))
                                    }
                                }
                            }
                        }
                    }
                    @for (row, value) in map.y_values.iter().enumerate().step_by(every(rows)) {
                        text.end x=(MARGIN.0 - 6.0) y=(row as f64 * cell_size.1 + 16.0) { (number::written(value)) }
                    }
                    @for (column, value) in map.x_values.iter().enumerate().step_by(every(columns)) {
                        text x=(MARGIN.0 + column as f64 * cell_size.0 + 2.0) y=(size.1 - MARGIN.1 + 16.0) { (number::written(value)) }
                    }
                    text x=(MARGIN.0) y=(size.1 - 8.0) { (map.x_key) " →" }
                }
            }
        }
    }
}

fn profile_of(profile: &Profile, metric: &MetricInfo) -> Markup {
    let values = || profile.points.iter().filter_map(|(_, value)| *value);
    let (Some(low), Some(high)) = (values().reduce(f64::min), values().reduce(f64::max)) else { return html! {} };
    let (low, high) = (low.min(0.0), high.max(0.0));
    let spread = (high - low).max(f64::MIN_POSITIVE);
    let count = profile.points.len();
    let bar = 400.0 / count.max(1) as f64;
    let height = |value: f64| (value - low) / spread * 150.0;
    let zero = 160.0 - height(0.0);
    html! {
        figure {
            figcaption { code { (profile.key) } }
            svg.drawing viewBox="0 0 400 170" role="img" preserveAspectRatio="none"
                aria-label={ (number::label(metric.key)) " along " (profile.key) } {
                @for (at, (value, result)) in profile.points.iter().enumerate() {
                    @if let Some(result) = result {
                        @let top = 160.0 - height(*result);
                        rect class={ (number::sign(*result)) @if at == profile.best { " best" } } x=(format!("{:.2}", at as f64 * bar))
                            y=(format!("{:.2}", top.min(zero))) width=(format!("{:.2}", (bar - 1.0).max(0.5)))
                            height=(format!("{:.2}", (top - zero).abs().max(1.0))) {
                            title { (profile.key) " " (number::written(value)) ": " (number::metric(metric, Some(*result))) }
                        }
                    }
                }
            }
            div.ends {
                span { (profile.points.first().map(|point| number::written(&point.0)).unwrap_or_default()) }
                span { "best at " (profile.points.get(profile.best).map(|point| number::written(&point.0)).unwrap_or_default()) }
                span { (profile.points.last().map(|point| number::written(&point.0)).unwrap_or_default()) }
            }
        }
    }
}
