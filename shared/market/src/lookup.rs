//! Plain names to instruments: "Micro Nasdaq" is MNQ. It never guesses between two.

use crate::catalogue::Catalogue;
use crate::contracts::split_code;
use crate::default_terms::canonical;
use crate::instrument::{AssetClass, Instrument};
use std::collections::BTreeSet;

/// Most names suggested for an unknown one.
pub const MAX_SUGGESTIONS: usize = 5;
/// Most instruments listed for an ambiguous name.
pub const MAX_CANDIDATES: usize = 10;
/// Longest text looked up, characters; the rest is not read.
pub const MAX_NAME_CHARACTERS: usize = 100;

/// What a plain name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookUp {
    /// Exactly one instrument.
    Found(Box<Instrument>),
    /// Several that fit equally well, sorted by symbol: ask which.
    Ambiguous(Vec<Instrument>),
    /// None; `near` are the most similar symbols and names, best first.
    Unknown {
        /// Symbols or names to offer.
        near: Vec<String>,
    },
}

/// Words that name a class rather than an instrument.
const CLASS_WORDS: &[(&str, &[AssetClass])] = &[
    ("future", &[AssetClass::Future]),
    ("futures", &[AssetClass::Future]),
    ("fut", &[AssetClass::Future]),
    ("stock", &[AssetClass::Stock]),
    ("share", &[AssetClass::Stock]),
    ("shares", &[AssetClass::Stock]),
    ("etf", &[AssetClass::Etf]),
    ("fund", &[AssetClass::Etf]),
    ("crypto", &[AssetClass::Crypto]),
    ("coin", &[AssetClass::Crypto]),
    ("forex", &[AssetClass::Fx]),
    ("spot", &[AssetClass::Fx, AssetClass::Crypto]),
];
/// Words without meaning in a name.
const FILLER_WORDS: &[&str] = &["the", "a", "contract", "contracts", "market", "continuous", "index", "cme", "usd"];

impl Catalogue {
    /// What a plain name, symbol or contract code stands for in the table.
    ///
    /// A symbol wins over names; then a whole name or alias; then the same without words such as "futures", which
    /// narrow the class; then the instruments whose names contain every word. Pairs may be written `EUR/USD`.
    #[must_use]
    pub fn resolve(&self, text: &str) -> LookUp {
        let text: String = text.trim().chars().take(MAX_NAME_CHARACTERS).collect();
        if let Some(found) = self.by_symbol_text(&text) {
            return LookUp::Found(Box::new(found));
        }
        let words = words_of(&text);
        let (narrowed, classes) = without_class_words(&words);
        let steps: [&dyn Fn(&Instrument) -> bool; 3] = [
            &|instrument| has_name(instrument, &words),
            &|instrument| fits(instrument, &classes) && has_name(instrument, &narrowed),
            &|instrument| fits(instrument, &classes) && contains_words(instrument, &narrowed),
        ];
        for step in steps {
            let mut matches: Vec<Instrument> =
                self.by_symbol.values().filter(|instrument| step(instrument)).cloned().collect();
            if matches.len() > 1 {
                matches.truncate(MAX_CANDIDATES);
                return LookUp::Ambiguous(matches);
            }
            if let Some(only) = matches.pop() {
                return LookUp::Found(Box::new(only));
            }
        }
        LookUp::Unknown { near: self.similar(&words.join(" ")) }
    }

    /// A symbol, a contract code of a known future, or a pair written with a separator.
    fn by_symbol_text(&self, text: &str) -> Option<Instrument> {
        if let Some(found) = self.get(text) {
            return Some(found);
        }
        let pair = text.replace(['/', '-', '_', ' '], "");
        let pair = self.get(&pair).filter(|found| matches!(found.asset_class, AssetClass::Fx | AssetClass::Crypto));
        pair.or_else(|| {
            let code = canonical(text)?;
            let (root, _, _) = split_code(&code)?;
            self.get(root).filter(|found| found.asset_class == AssetClass::Future)
        })
    }

    /// The symbols and names closest to a text, best first.
    fn similar(&self, text: &str) -> Vec<String> {
        let mut scored: BTreeSet<(usize, String)> = BTreeSet::new();
        for instrument in self.by_symbol.values() {
            let names = names_of(instrument);
            let best = names.iter().map(|name| edit_distance(text, &name.join(" "))).min().unwrap_or(usize::MAX);
            scored.insert((best, format!("{} ({})", instrument.symbol, instrument.name)));
        }
        scored.into_iter().take(MAX_SUGGESTIONS).map(|(_, name)| name).collect()
    }
}

/// A name's words in one spelling: lower case, without punctuation, `e-mini` as one word.
fn words_of(text: &str) -> Vec<String> {
    let lower = text.to_lowercase().replace(['&', '\'', '$'], "").replace("e-mini", "emini").replace("e mini", "emini");
    lower
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Every way an instrument is called.
fn names_of(instrument: &Instrument) -> Vec<Vec<String>> {
    [&instrument.symbol, &instrument.name].into_iter().chain(&instrument.aliases).map(|name| words_of(name)).collect()
}

fn has_name(instrument: &Instrument, words: &[String]) -> bool {
    !words.is_empty() && names_of(instrument).iter().any(|name| name == words)
}

fn contains_words(instrument: &Instrument, words: &[String]) -> bool {
    let names = names_of(instrument);
    !words.is_empty() && words.iter().all(|word| names.iter().any(|name| name.contains(word)))
}

fn fits(instrument: &Instrument, classes: &[AssetClass]) -> bool {
    classes.is_empty() || classes.contains(&instrument.asset_class)
}

/// The words that name an instrument, and the classes the others allow (none: all).
fn without_class_words(words: &[String]) -> (Vec<String>, Vec<AssetClass>) {
    let mut kept = Vec::new();
    let mut classes = Vec::new();
    for word in words {
        match CLASS_WORDS.iter().find(|(name, _)| name == word) {
            Some((_, named)) => classes.extend_from_slice(named),
            None if FILLER_WORDS.contains(&word.as_str()) => {}
            None => kept.push(word.clone()),
        }
    }
    (kept, classes)
}

/// Levenshtein distance in characters.
pub(crate) fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, from) in left.chars().enumerate() {
        let mut diagonal = line;
        let mut before = line + 1;
        for (to, cell) in right.iter().zip(row.iter_mut().skip(1)) {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = *cell;
            before = substituted.min(diagonal + 1).min(before + 1);
            *cell = before;
        }
    }
    if right.is_empty() { left.chars().count() } else { row.last().copied().unwrap_or(0) }
}
