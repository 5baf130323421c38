//! `barlake data`: what the lake holds.

use crate::arguments::DataOptions;
use crate::data_folder::DataFolder;
use crate::terminal::{grouped, note, say};
use domain::series::SeriesManifest;
use embedded::FolderBlobs;
use market::format_utc;
use ports::bars::Catalog;
use results::BlobCatalog;
use std::sync::Arc;

/// Lists the stored series.
pub(crate) async fn data(folder: &DataFolder, options: &DataOptions) -> Result<(), String> {
    let blobs = FolderBlobs::open(&folder.objects()).map_err(|error| error.to_string())?;
    let series = BlobCatalog::new(Arc::new(blobs)).list().await.map_err(|error| error.to_string())?;
    if options.json {
        say(&serde_json::to_string_pretty(&series).map_err(|error| error.to_string())?);
        return Ok(());
    }
    if series.is_empty() {
        note("no data yet; `barlake serve` makes the synthetic DEMO market, `barlake import` reads files");
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
