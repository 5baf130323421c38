//! A mistake with its place and what to do about it, and the collector that keeps all of them.
//!
//! It decides nothing about the language.

use crate::limits;
use crate::syntax::Span;
use serde::Serialize;

/// One problem of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Stable name of the kind of problem, for example `unknown_name`.
    pub code: &'static str,
    /// JSON pointer into the document, for example `/entry/long`; empty for the document itself.
    pub path: String,
    /// Characters `[from, to)` inside the expression at `path`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<(usize, usize)>,
    /// The text in question, shortened.
    pub excerpt: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Diagnostic {
    /// A problem at `path` without a span.
    #[must_use]
    pub fn new(code: &'static str, path: &str, message: impl Into<String>) -> Self {
        Self { code, path: path.to_owned(), span: None, excerpt: String::new(), message: message.into(), help: None }
    }

    /// The same with what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same pointing into `text` at `span`.
    #[must_use]
    pub fn at(mut self, text: &str, span: Span) -> Self {
        let from = span.start.min(span.end) as usize;
        self.span = Some((from, span.end as usize));
        self.excerpt = shorten(text.chars().skip(from).take(span.end as usize - from));
        self
    }

    /// The same quoting `text`.
    #[must_use]
    pub fn quoting(mut self, text: &str) -> Self {
        self.excerpt = shorten(text.chars());
        self
    }
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = if self.path.is_empty() { "/" } else { self.path.as_str() };
        write!(formatter, "{place}: {}", self.message)?;
        if !self.excerpt.is_empty() {
            write!(formatter, " (at `{}`)", self.excerpt)?;
        }
        if let Some(help) = &self.help {
            write!(formatter, " {help}")?;
        }
        Ok(())
    }
}

fn shorten(characters: impl Iterator<Item = char>) -> String {
    let mut text: String = characters.take(limits::EXCERPT_CHARACTERS + 1).collect();
    if text.chars().count() > limits::EXCERPT_CHARACTERS {
        text = text.chars().take(limits::EXCERPT_CHARACTERS - 1).collect();
        text.push('…');
    }
    text
}

/// Problems found so far; keeps the first [`limits::DIAGNOSTICS`] by place.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    found: Vec<Diagnostic>,
}

impl Problems {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if !self.found.contains(&diagnostic) {
            self.found.push(diagnostic);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(crate) fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by(|a, b| (&a.path, a.span, a.code, &a.message).cmp(&(&b.path, b.span, b.code, &b.message)));
        self.found.truncate(limits::DIAGNOSTICS);
        self.found
    }
}

/// The known name most like `name`, if any is alike enough to be meant.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const ALIKE: f64 = 0.72;
    let wanted: String = name.chars().take(limits::KEY_CHARACTERS).collect::<String>().to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in known {
        let likeness = strsim::jaro_winkler(&wanted, &candidate.to_lowercase());
        if likeness >= ALIKE && best.is_none_or(|(most, _)| likeness > most) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// `Did you mean "x"?`, or the list of what is known.
pub(crate) fn suggestion(name: &str, known: &[&str]) -> String {
    nearest(name, known.iter().copied())
        .map_or_else(|| format!("Known: {}.", known.join(", ")), |near| format!("Did you mean \"{near}\"?"))
}
