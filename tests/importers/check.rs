//! The check functions and what they need: series as text, packed files, instruments.

use importers::{ImportError, Imported, Options, SourceFile, import};
use market::{AssetClass, BarSeries, Catalogue, Instrument, Scale};
use std::io::{Cursor, Write};

/// `name` holding `text`, imported with `options`, must give exactly these bars:
/// `2024-01-02T14:30:00Z open high low close volume[ ~spread]`.
pub fn check(name: &str, text: &str, options: &Options, expected: &[&str]) -> Imported {
    check_files(&[(name, text.as_bytes())], options, expected)
}

/// The same for several files.
pub fn check_files(files: &[(&str, &[u8])], options: &Options, expected: &[&str]) -> Imported {
    let imported = run(files, options).unwrap_or_else(|error| panic!("{}: {error}", files[0].0));
    assert_eq!(lines(&imported.series), expected, "{}", files[0].0);
    imported
}

/// The import must be refused with a message that holds every one of `words`.
pub fn check_refused(name: &str, bytes: &[u8], options: &Options, words: &[&str]) -> ImportError {
    let error = match run(&[(name, bytes)], options) {
        Ok(imported) => panic!("{name}: imported {:?}", lines(&imported.series)),
        Err(error) => error,
    };
    let message = error.to_string();
    for word in words {
        assert!(message.contains(word), "{name}: `{word}` is not in: {message}");
    }
    error
}

pub fn run(files: &[(&str, &[u8])], options: &Options) -> Result<Imported, ImportError> {
    let files: Vec<SourceFile> = files.iter().map(|(name, bytes)| SourceFile { name, bytes }).collect();
    import(&files, options, &mut |_| {})
}

/// A series as text, one line per bar.
pub fn lines(series: &BarSeries) -> Vec<String> {
    (0..series.len())
        .map(|at| {
            let price = |column: &[i64]| decimal(column[at], series.price_scale);
            let ts = jiff::Timestamp::from_microsecond(series.ts[at]).unwrap();
            let mut line = format!(
                "{ts} {} {} {} {} {}",
                price(&series.open),
                price(&series.high),
                price(&series.low),
                price(&series.close),
                decimal(series.volume[at], series.volume_scale)
            );
            if !series.spread.is_empty() {
                line += &format!(" ~{}", price(&series.spread));
            }
            line
        })
        .collect()
}

/// A count as a plain decimal without trailing zeros.
pub fn decimal(count: i64, scale: Scale) -> String {
    rust_decimal::Decimal::new(count, u32::from(scale.places())).normalize().to_string()
}

/// Options with a symbol.
pub fn symbol(symbol: &str) -> Options {
    Options { symbol: Some(symbol.to_owned()), ..Options::default() }
}

/// Options with a symbol and a zone.
pub fn in_zone(name: &str, zone: &str) -> Options {
    Options { time_zone: Some(zone.to_owned()), ..symbol(name) }
}

/// An instrument of a class, with the contract months of quarterly futures.
pub fn instrument(symbol: &str, asset_class: AssetClass) -> Instrument {
    Instrument {
        symbol: symbol.to_owned(),
        asset_class,
        contract_months: (asset_class == AssetClass::Future).then(|| "HMUZ".to_owned()),
        ..Catalogue::builtin().get("ES").unwrap()
    }
}

/// Options for an instrument.
pub fn of(name: &str, class: AssetClass) -> Options {
    Options { instrument: Some(instrument(name, class)), ..symbol(name) }
}

/// A zip of named entries.
pub fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in entries {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A gzip of bytes.
pub fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}
