//! `barlake import`: files to bars, bars into the lake, and a report of every row. A failed import changes nothing.

use crate::arguments::ImportOptions;
use crate::demo_market;
use crate::import_files::{self, ReadFile};
use crate::place::Place;
use crate::terminal::{grouped, note, say};
use boot::machine::SystemClock;
use importers::{Imported, Options, Report, SourceFile, parse_columns};
use indicatif::{ProgressBar, ProgressStyle};
use lake::{AbsorbOutcome, Absorbed, absorb};
use market::{Catalogue, Instrument, Resolution, format_utc};
use ports::clock::Clock;
use std::path::Path;
use std::time::Duration;

/// How often the spinner moves.
const SPINNER_TICK: Duration = Duration::from_millis(120);

/// Files left out that are named; the rest is counted.
const LEFT_OUT_SHOWN: usize = 3;

/// The operator's instruments as supplied with an import.
struct Supplied {
    text: String,
    instruments: Catalogue,
}

/// Runs an import.
pub(crate) async fn import(place: &Place, arguments: &ImportOptions) -> Result<(), String> {
    let supplied = arguments.instruments.as_deref().map(supplied).transpose()?;
    let instruments = match &supplied {
        Some(supplied) => supplied.instruments.clone(),
        None => place.instruments().await?,
    };
    let imported = if arguments.paths.is_empty() { None } else { Some(read_files(arguments, &instruments).await?) };
    if arguments.dry_run {
        note("dry run: nothing was stored");
        return Ok(());
    }
    let lake = place.open_lake()?;
    // Before the bars: they are stored with the terms of their instrument.
    if let Some(supplied) = supplied {
        place.keep_instruments(supplied.text).await?;
        note("instruments.json is stored; servers and functions read it when they start");
    }
    if arguments.demo {
        shown_while(place, "DEMO", demo_market::write(lake.objects.as_ref(), &instruments)).await?;
        say("DEMO, the synthetic market, is stored");
    }
    if let Some((imported, instrument)) = imported {
        let symbol = instrument.symbol.clone();
        let now = SystemClock.now_us();
        let absorbing = absorb(lake.objects, imported, instrument, now, lake.writers);
        let absorbed = shown_while(place, &symbol, absorbing).await.map_err(|error| error.to_string())?;
        say(&stored(&absorbed));
    }
    Ok(())
}

fn supplied(path: &Path) -> Result<Supplied, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let merged = Catalogue::builtin().merged(&text);
    Ok(Supplied { instruments: merged.map_err(|error| format!("{}: {error}", path.display()))?, text })
}

/// Reads the files, reports, and finds the instrument.
async fn read_files(arguments: &ImportOptions, instruments: &Catalogue) -> Result<(Imported, Instrument), String> {
    let options = options(arguments, instruments)?;
    let paths = import_files::find(&arguments.paths)?;
    let imported = tokio::task::spawn_blocking(move || {
        let files = import_files::read(&paths)?;
        read(&files, &options)
    });
    let imported = imported.await.map_err(|error| error.to_string())??;
    say(&report(&imported.report));
    let instrument = instrument(instruments, &imported.series.symbol)?;
    Ok((imported, instrument))
}

/// Storing in a stack takes as long as the way there: a person sees that it goes on.
async fn shown_while<T>(place: &Place, symbol: &str, storing: impl Future<Output = T>) -> T {
    let Some(stack) = place.stack() else { return storing.await };
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}  {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message(format!("storing {symbol} in stack {}", stack.name()));
    bar.enable_steady_tick(SPINNER_TICK);
    let outcome = storing.await;
    bar.finish_and_clear();
    outcome
}

fn instrument(instruments: &Catalogue, symbol: &str) -> Result<Instrument, String> {
    instruments.get_or_default(symbol, None).ok_or_else(|| {
        format!("`{symbol}` is not a symbol: name the instrument with --symbol, for example ES, EURUSD, SPY, BTCUSD")
    })
}

fn options(arguments: &ImportOptions, instruments: &Catalogue) -> Result<Options, String> {
    let symbol = arguments.symbol.as_ref().map(|symbol| symbol.trim().to_uppercase());
    let instrument = symbol.as_ref().map(|symbol| instrument(instruments, symbol)).transpose()?;
    let columns = arguments.columns.as_deref().map(parse_columns).transpose().map_err(|error| error.to_string())?;
    Ok(Options {
        symbol,
        format: arguments.format,
        time_zone: arguments.time_zone.clone(),
        label: arguments.label,
        price_side: arguments.price_side,
        columns,
        delimiter: arguments.delimiter,
        date_order: arguments.date_order,
        resolution: arguments.resolution.map(Resolution),
        instrument,
        trading_day: None,
    })
}

fn read(files: &[ReadFile], options: &Options) -> Result<Imported, String> {
    let sources: Vec<SourceFile<'_>> =
        files.iter().map(|file| SourceFile { name: &file.name, bytes: &file.bytes }).collect();
    let bar = ProgressBar::new(sources.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} files  {msg}") {
        bar.set_style(style);
    }
    let outcome = importers::import(&sources, options, &mut |progress| {
        bar.set_position(progress.file_index as u64);
        bar.set_message(format!("{} rows", grouped(progress.rows)));
    });
    bar.finish_and_clear();
    outcome.map_err(|error| format!("{error}\nnothing was stored"))
}

fn report(report: &Report) -> String {
    let mut lines = Vec::new();
    if let Some(read) = &report.conventions {
        lines.push(format!(
            "read as {}: zone {}, {:?} label, {:?} prices, {}-minute bars",
            read.format, read.time_zone, read.label, read.price_side, read.resolution.0
        ));
    }
    lines.push(format!(
        "{} files, {} rows read, {} kept, {} refused, {} duplicates ({} conflicting)",
        grouped(report.files),
        grouped(report.rows_read),
        grouped(report.rows_kept),
        grouped(report.rows_refused),
        grouped(report.duplicates),
        grouped(report.conflicting_duplicates),
    ));
    let first_and_last = [report.first_ts, report.last_ts].map(|ts| ts.map_or_else(|| "-".to_owned(), format_utc));
    lines.push(format!(
        "{} bars from {} to {}, {} gaps ({} bars missing inside them)",
        grouped(report.bars),
        first_and_last[0],
        first_and_last[1],
        grouped(report.gaps),
        grouped(report.gap_bars),
    ));
    let counts = [
        (report.rows_skipped, "rows of other symbols or marked suspicious were left out"),
        (report.rows_one_sided, "quotes with one side only made no bar"),
        (report.unpaired_quotes, "bars had a bid or an ask only"),
        (report.crossed_quotes, "crossed quotes were clamped to no spread"),
        (report.rounded_values, "values were rounded to the finest grid"),
    ];
    lines.extend(
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{} {what}", grouped(*count))),
    );
    for refusal in &report.refusals {
        lines.push(format!("  refused {}:{}: {}", refusal.file, refusal.line, refusal.reason));
    }
    for ignored in report.ignored.iter().take(LEFT_OUT_SHOWN) {
        lines.push(format!("  left out {ignored}"));
    }
    let more = report.ignored_count.saturating_sub(LEFT_OUT_SHOWN as u64);
    if more > 0 {
        lines.push(format!("  left out {} more files", grouped(more)));
    }
    for warning in &report.warnings {
        lines.push(format!("  warning: {warning}"));
    }
    lines.join("\n")
}

fn stored(absorbed: &Absorbed) -> String {
    let manifest = &absorbed.manifest;
    let rolls: Vec<String> = manifest
        .rolls
        .iter()
        .map(|roll| {
            let gap = roll
                .gap
                .map_or_else(|| "unmatched".to_owned(), |gap| format!("gap {}", manifest.price_scale.to_f64(gap)));
            format!("  roll {} → {} at {}, {gap}", roll.from_contract, roll.to_contract, format_utc(roll.at_ts))
        })
        .collect();
    let done = match absorbed.outcome {
        AbsorbOutcome::Unchanged => "nothing new: the stored data already had every bar".to_owned(),
        AbsorbOutcome::Stored => format!(
            "stored: {} bars added, {} replaced, {} unchanged",
            grouped(absorbed.added),
            grouped(absorbed.replaced),
            grouped(absorbed.unchanged)
        ),
    };
    let mut lines = vec![done];
    lines.extend(rolls);
    lines.push(format!(
        "{} now has {} bars from {} to {}, snapshot {}",
        manifest.symbol,
        grouped(manifest.rows),
        format_utc(manifest.first_ts),
        format_utc(manifest.last_ts),
        manifest.snapshot_id.get(..12).unwrap_or(&manifest.snapshot_id),
    ));
    lines.join("\n")
}
