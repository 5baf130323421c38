//! Text into lines and lines into fields, without allocation per row.
//!
//! A quoted field may hold the delimiter but never a line break: price files have none, and one stray quote then
//! costs one line instead of swallowing the rest of the file.

use std::ops::Range;

/// Iterates `(line number from 1, line without its line break)`. CRLF, LF and, without any LF, CR end a line.
pub(crate) struct Lines<'a> {
    rest: &'a [u8],
    line: u32,
    line_break: u8,
}

impl<'a> Lines<'a> {
    /// Lines of `text`.
    pub(crate) fn new(text: &'a [u8]) -> Self {
        let line_break = if text.contains(&b'\n') { b'\n' } else { b'\r' };
        Self { rest: text, line: 0, line_break }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (u32, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        self.line = self.line.saturating_add(1);
        let end = self.rest.iter().position(|&byte| byte == self.line_break);
        let (line, rest) = match end {
            Some(at) => (self.rest.get(..at)?, self.rest.get(at + 1..)?),
            None => (self.rest, &[][..]),
        };
        self.rest = rest;
        Some((self.line, line.strip_suffix(b"\r").unwrap_or(line)))
    }
}

/// The fields of one line, reused from line to line.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    ranges: Vec<Range<usize>>,
}

impl Fields {
    /// Splits `line`; spaces around a field and the quotes around it are not part of it.
    pub(crate) fn split(&mut self, line: &[u8], delimiter: u8) {
        self.ranges.clear();
        let mut start = 0;
        let mut quoted = false;
        for (at, &byte) in line.iter().enumerate() {
            if byte == b'"' {
                quoted = !quoted;
            } else if byte == delimiter && !quoted {
                self.ranges.push(trimmed(line, start..at));
                start = at + 1;
            }
        }
        self.ranges.push(trimmed(line, start..line.len()));
    }

    /// Number of fields.
    pub(crate) fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Field `index` of the line that was split; empty when there is none.
    pub(crate) fn get<'a>(&self, line: &'a [u8], index: usize) -> &'a [u8] {
        self.ranges.get(index).and_then(|range| line.get(range.clone())).unwrap_or_default()
    }

    /// All fields, left to right.
    pub(crate) fn all<'a>(&self, line: &'a [u8]) -> Vec<&'a [u8]> {
        (0..self.len()).map(|index| self.get(line, index)).collect()
    }
}

/// The range without surrounding spaces and one pair of quotes.
fn trimmed(line: &[u8], range: Range<usize>) -> Range<usize> {
    let outer = without_spaces(line, range);
    let text = line.get(outer.clone()).unwrap_or_default();
    if text.len() >= 2 && text.first() == Some(&b'"') && text.last() == Some(&b'"') {
        without_spaces(line, outer.start + 1..outer.end - 1)
    } else {
        outer
    }
}

/// The range without leading and trailing ASCII white space.
fn without_spaces(line: &[u8], range: Range<usize>) -> Range<usize> {
    let text = line.get(range.clone()).unwrap_or_default();
    let leading = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let trailing = text.iter().skip(leading).rev().take_while(|byte| byte.is_ascii_whitespace()).count();
    range.start + leading..range.end - trailing
}
