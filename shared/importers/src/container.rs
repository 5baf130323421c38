//! Files as they come (plain, gzip, zip, UTF-16) to named pieces of plain text, within limits.

use crate::error::ImportError;
use crate::limits::{MAX_COMPRESSION_RATIO, MAX_ENTRIES, MAX_EXPANDED_BYTES, RATIO_FREE_BYTES};
use flate2::read::MultiGzDecoder;
use std::borrow::Cow;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Bytes decompressed at a time.
const CHUNK_BYTES: usize = 64 << 10;

/// Bytes looked at to tell text from binary.
const TEXT_PROBE_BYTES: usize = 4 << 10;

/// One file as the caller has it.
#[derive(Debug, Clone, Copy)]
pub struct SourceFile<'a> {
    /// Path as given, with its parent folders: Lean keeps symbol, market and kind of data in them.
    pub name: &'a str,
    /// The whole content.
    pub bytes: &'a [u8],
}

/// A piece of text inside a file.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    /// Path of the file.
    pub(crate) file: &'a str,
    /// Name of the entry inside it; the file's own name where it holds only one text.
    pub(crate) inner: String,
    /// UTF-8 (or any ASCII superset) text without byte-order mark.
    pub(crate) text: Cow<'a, [u8]>,
}

impl Entry<'_> {
    /// The name a person is shown.
    pub(crate) fn shown(&self) -> String {
        if self.file.ends_with(&self.inner) { self.file.to_owned() } else { format!("{} > {}", self.file, self.inner) }
    }
}

/// A file's last path component.
pub(crate) fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The texts in a file.
///
/// # Errors
/// Damaged, binary, unsupported or too large content.
pub(crate) fn entries<'a>(file: &SourceFile<'a>) -> Result<Vec<Entry<'a>>, ImportError> {
    refuse_unsupported(file)?;
    if file.bytes.starts_with(b"PK\x03\x04") || file.bytes.starts_with(b"PK\x05\x06") {
        return zip_entries(file);
    }
    let mut budget = Budget { file: file.name, compressed: file.bytes.len() as u64, expanded: 0 };
    let text = if is_gzip(file.bytes) {
        Cow::Owned(budget.read(&mut MultiGzDecoder::new(file.bytes))?)
    } else {
        Cow::Borrowed(file.bytes)
    };
    let base = base_name(file.name);
    let inner = base.strip_suffix(".gz").unwrap_or(base).to_owned();
    Ok(vec![Entry { file: file.name, inner, text: plain_text(file.name, text)? }])
}

fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x1f\x8b")
}

/// Recognised formats that are not text.
fn refuse_unsupported(file: &SourceFile<'_>) -> Result<(), ImportError> {
    let (what, instead) = if file.bytes.starts_with(b"\x28\xb5\x2f\xfd") {
        ("zstd compression", "decompress it first, or download CSV with gzip")
    } else if file.bytes.starts_with(b"DBN") {
        ("Databento's binary encoding", "download the same data as CSV")
    } else if file.bytes.starts_with(b"PAR1") {
        ("Parquet", "export it as CSV")
    } else if file.name.ends_with(".bi5") {
        ("Dukascopy's binary encoding", "download it as CSV")
    } else if file.name.ends_with(".xlsx") {
        ("a spreadsheet", "save it as CSV")
    } else {
        return Ok(());
    };
    Err(ImportError::Unsupported { file: file.name.to_owned(), what, instead })
}

fn unreadable(file: &str, reason: impl ToString) -> ImportError {
    ImportError::Unreadable { file: file.to_owned(), reason: reason.to_string() }
}

fn zip_entries<'a>(file: &SourceFile<'a>) -> Result<Vec<Entry<'a>>, ImportError> {
    let mut archive = ZipArchive::new(Cursor::new(file.bytes)).map_err(|error| unreadable(file.name, error))?;
    if archive.len() > MAX_ENTRIES {
        return Err(ImportError::LimitExceeded {
            file: file.name.to_owned(),
            limit: "MAX_ENTRIES",
            allowed: MAX_ENTRIES as u64,
            found: archive.len() as u64,
        });
    }
    let mut budget = Budget { file: file.name, compressed: file.bytes.len() as u64, expanded: 0 };
    let mut found = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| unreadable(file.name, error))?;
        let inner = entry.name().map_err(|error| unreadable(file.name, error))?.into_owned();
        if entry.is_dir() || inner.starts_with("__MACOSX/") {
            continue;
        }
        let mut text = budget.read(&mut entry)?;
        if is_gzip(&text) {
            text = budget.read(&mut MultiGzDecoder::new(text.as_slice()))?;
        }
        let text = plain_text(&format!("{} > {inner}", file.name), Cow::Owned(text))?;
        found.push(Entry { file: file.name, inner, text });
    }
    Ok(found)
}

/// What one file may still expand to.
struct Budget<'a> {
    file: &'a str,
    compressed: u64,
    expanded: u64,
}

impl Budget<'_> {
    /// Reads to the end, stopping at the first byte too many.
    fn read(&mut self, source: &mut dyn Read) -> Result<Vec<u8>, ImportError> {
        let mut text = Vec::new();
        let mut chunk = vec![0_u8; CHUNK_BYTES];
        loop {
            let count = source.read(&mut chunk).map_err(|error| {
                unreadable(self.file, format!("the compressed data is damaged or cut off ({error}); fetch it again"))
            })?;
            if count == 0 {
                return Ok(text);
            }
            self.expanded += count as u64;
            self.check()?;
            text.extend_from_slice(chunk.get(..count).unwrap_or_default());
        }
    }

    fn check(&self) -> Result<(), ImportError> {
        let exceeded = |limit, allowed, found| {
            Err(ImportError::LimitExceeded { file: self.file.to_owned(), limit, allowed, found })
        };
        if self.expanded > MAX_EXPANDED_BYTES {
            return exceeded("MAX_EXPANDED_BYTES", MAX_EXPANDED_BYTES, self.expanded);
        }
        let ratio = self.expanded / self.compressed.max(1);
        if self.expanded > RATIO_FREE_BYTES && ratio > MAX_COMPRESSION_RATIO {
            return exceeded("MAX_COMPRESSION_RATIO", MAX_COMPRESSION_RATIO, ratio);
        }
        Ok(())
    }
}

/// Text without byte-order mark, UTF-16 narrowed; refused when it is not text.
fn plain_text<'a>(file: &str, text: Cow<'a, [u8]>) -> Result<Cow<'a, [u8]>, ImportError> {
    if let Some(wide) = utf16_order(&text) {
        return Ok(Cow::Owned(narrowed(&text, wide)));
    }
    let text = match text {
        Cow::Borrowed(bytes) => Cow::Borrowed(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)),
        Cow::Owned(bytes) if bytes.starts_with(b"\xef\xbb\xbf") => {
            Cow::Owned(bytes.get(3..).unwrap_or_default().to_vec())
        }
        Cow::Owned(bytes) => Cow::Owned(bytes),
    };
    let probe = text.get(..TEXT_PROBE_BYTES).unwrap_or(&text);
    let control = probe.iter().any(|&byte| byte < 0x20 && !matches!(byte, b'\t' | b'\r' | b'\n' | 0x0c | 0x1a));
    if control {
        return Err(unreadable(file, "it is not text; bring the vendor's CSV, plain, gzipped or zipped"));
    }
    Ok(text)
}

/// Byte order of 16-bit text.
#[derive(Clone, Copy)]
enum Wide {
    Little,
    Big,
}

/// 16-bit text by its mark, or by zero bytes beside its first two characters.
fn utf16_order(bytes: &[u8]) -> Option<Wide> {
    match bytes {
        [0xff, 0xfe, ..] => Some(Wide::Little),
        [0xfe, 0xff, ..] => Some(Wide::Big),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some(Wide::Little),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some(Wide::Big),
        _ => None,
    }
}

fn narrowed(bytes: &[u8], order: Wide) -> Vec<u8> {
    let units = bytes.as_chunks::<2>().0.iter().map(|&pair| match order {
        Wide::Little => u16::from_le_bytes(pair),
        Wide::Big => u16::from_be_bytes(pair),
    });
    let text: String = char::decode_utf16(units)
        .map(|decoded| decoded.unwrap_or(char::REPLACEMENT_CHARACTER))
        .filter(|&decoded| decoded != '\u{feff}')
        .collect();
    text.into_bytes()
}
