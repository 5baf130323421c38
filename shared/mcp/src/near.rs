//! "Did you mean": known names close to a misspelt one.

/// Similarity (Jaro-Winkler, 0–1) from which a name is worth offering.
const SIMILAR: f64 = 0.8;

/// Names offered at most.
const OFFERED_MAX: usize = 3;

/// Known names similar to `name`, the most similar first.
pub(crate) fn near<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = name.to_lowercase();
    let mut scored: Vec<(f64, &str)> = known
        .map(|candidate| (strsim::jaro_winkler(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(score, _)| *score >= SIMILAR)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(OFFERED_MAX).map(|(_, candidate)| candidate).collect()
}
