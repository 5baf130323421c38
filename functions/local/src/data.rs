//! `barlake data`: what the lake holds.

use crate::arguments::DataOptions;
use crate::place::Place;
use crate::terminal::{grouped, note, say};
use domain::series::SeriesManifest;
use market::format_utc;
use ports::bars::Catalog;

/// Lists the stored series.
pub(crate) async fn data(place: &Place, options: &DataOptions) -> Result<(), String> {
    if let Some(stack) = place.stack() {
        note(&stack.line());
    }
    let series = place.catalog()?.list().await.map_err(|error| error.to_string())?;
    if options.json {
        say(&serde_json::to_string_pretty(&series).map_err(|error| error.to_string())?);
        return Ok(());
    }
    if series.is_empty() {
        note(&match place.stack() {
            None => {
                "no data yet; `barlake serve` makes the synthetic DEMO market, `barlake import` reads files".to_owned()
            }
            Some(stack) => format!(
                "no data yet; `barlake --stack {0} import --demo` makes the synthetic DEMO market, \
                 `barlake --stack {0} import PATH` reads files",
                stack.name()
            ),
        });
        return Ok(());
    }
    say(&format!(
        "{:<10} {:>5} {:>12}  {:<20}  {:<20}  {:<6} {:>5}  {:<12}  source",
        "symbol", "bar", "bars", "first", "last", "side", "rolls", "snapshot"
    ));
    for manifest in &series {
        say(&line(manifest));
    }
    Ok(())
}

fn line(manifest: &SeriesManifest) -> String {
    format!(
        "{:<10} {:>4}m {:>12}  {:<20}  {:<20}  {:<6} {:>5}  {:<12}  {}",
        manifest.symbol,
        manifest.resolution.0,
        grouped(manifest.rows),
        format_utc(manifest.first_ts),
        format_utc(manifest.last_ts),
        format!("{:?}", manifest.price_side).to_lowercase(),
        manifest.rolls.len(),
        manifest.snapshot_id.get(..12).unwrap_or(&manifest.snapshot_id),
        manifest.source,
    )
}
