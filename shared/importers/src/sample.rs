//! The first lines of a text: delimiter, header, column count. It draws no conclusion about the vendor.

use crate::headers;
use crate::lines::{Fields, Lines};

/// Non-empty lines looked at.
const SAMPLE_LINES: usize = 25;

/// Delimiters tried, in order: a comma may be a decimal comma, so it comes last.
const DELIMITERS: [u8; 4] = [b'\t', b';', b'|', b','];

/// What the first lines look like.
#[derive(Debug)]
pub(crate) struct Sample<'a> {
    /// Field delimiter.
    pub(crate) delimiter: u8,
    /// Column names, if there is a header.
    pub(crate) header: Option<Vec<&'a [u8]>>,
    /// Line number of the first data row.
    pub(crate) first_line: u32,
    /// Data rows, split.
    pub(crate) rows: Vec<Vec<&'a [u8]>>,
}

impl<'a> Sample<'a> {
    /// Looks at `text`; `delimiter` where it is known. `None` for a text without any line of several fields.
    pub(crate) fn of(text: &'a [u8], delimiter: Option<u8>) -> Option<Self> {
        let lines: Vec<(u32, &[u8])> =
            Lines::new(text).filter(|(_, line)| !is_blank(line)).take(SAMPLE_LINES).collect();
        let (_, middle) = lines.get(lines.len() / 2)?;
        let delimiter = delimiter.or_else(|| DELIMITERS.into_iter().find(|byte| middle.contains(byte)))?;
        let mut fields = Fields::default();
        fields.split(middle, delimiter);
        let width = fields.len();
        let mut table = lines.iter().filter_map(|&(number, line)| {
            fields.split(line, delimiter);
            (fields.len() == width).then(|| (number, fields.all(line)))
        });
        let (number, first) = table.next()?;
        let rest = table.map(|(_, row)| row);
        if is_header(&first) {
            Some(Self { delimiter, header: Some(first), first_line: number + 1, rows: rest.collect() })
        } else {
            let rows = std::iter::once(first).chain(rest).collect();
            Some(Self { delimiter, header: None, first_line: number, rows })
        }
    }

    /// Number of columns.
    pub(crate) fn width(&self) -> usize {
        self.header.as_ref().or(self.rows.first()).map_or(0, Vec::len)
    }

    /// Field `index` of the first data row; empty when there is none.
    pub(crate) fn field(&self, index: usize) -> &'a [u8] {
        self.rows.first().and_then(|row| row.get(index)).copied().unwrap_or_default()
    }

    /// Header names in normal form; empty without a header.
    pub(crate) fn names(&self) -> Vec<String> {
        self.header.iter().flatten().map(|name| headers::normalised(name)).collect()
    }
}

/// True for lines without content and for comment lines.
pub(crate) fn is_blank(line: &[u8]) -> bool {
    let text = line.trim_ascii();
    text.is_empty() || text.starts_with(b"#") || text == b"\x1a"
}

/// A header has names where rows have numbers: at least two fields start with a letter or `<`.
fn is_header(fields: &[&[u8]]) -> bool {
    let named = fields
        .iter()
        .filter(|field| field.first().is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'<' | b'#')))
        .filter(|field| !field.eq_ignore_ascii_case(b"nan") && !field.eq_ignore_ascii_case(b"true"))
        .filter(|field| !field.eq_ignore_ascii_case(b"false"));
    named.count() >= 2
}
