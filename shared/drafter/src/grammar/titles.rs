//! Names at the head of a text: words of a title give no window, weekday, chart or side.

use super::cursor::Cursor;
use super::pieces::{Item, Piece};
use super::reading::TITLE_TOKENS;
use super::scene::Scene;
use super::token::{Kind, Token};

/// What a strategy is called.
const NOUNS: &str =
    "reversal|breakout|breakouts|fade|bounce|pullback|squeeze|reclaim|reversion|momentum|drive|reversals|fades";

/// Words that go with them: alone they leave a time of day its meaning.
const KINDS: &str = "strategy|system|setup|idea|play|scalp|scalper|trade";

/// Words of a name that would say something elsewhere.
const TIMES: &str = "morning|mornings|afternoon|lunch|lunchtime|midday|power|overnight|london|asian|asia|premarket|monday|mondays|tuesday|tuesdays|wednesday|wednesdays|thursday|thursdays|friday|fridays|first|last|opening";

/// `Morning momentum:`, `Monday fade ES 5m:`, `ES 5m: short squeeze setup:` at the beginning: the tokens of the name.
pub(crate) fn name(tokens: &[Token]) -> Option<(usize, usize)> {
    let mut start = 0;
    for colon in 0..tokens.len().min(TITLE_TOKENS) {
        if tokens.get(colon).is_some_and(|token| token.is_mark(':')) {
            if let Some(found) = named(tokens, start, colon) {
                return Some(found);
            }
            start = colon + 1;
        }
    }
    None
}

/// The name in the words up to a colon.
fn named(tokens: &[Token], start: usize, colon: usize) -> Option<(usize, usize)> {
    let says = |at: usize, words: &'static str| at < colon && Cursor::new(tokens, at).sees(words);
    if (start..colon).any(|at| says(at, "no|not|only|if|when|buy|sell|trade|skip|avoid|above|below|crosses|between")) {
        return None;
    }
    let squeeze = (start..colon).find(|at| Cursor::new(tokens, *at).sees("short squeeze"));
    let time = squeeze.or_else(|| (start..colon).find(|at| says(*at, TIMES)))?;
    let noun = (time..colon).find(|at| says(*at, NOUNS))?;
    let mut end = noun + 1;
    while says(end, NOUNS) || says(end, KINDS) {
        end += 1;
    }
    // "morning NQ 5m breakout" is no name in one run.
    let run = tokens.get(time..noun)?;
    let words = run.iter().all(|token| matches!(token.kind, Kind::Word(_)));
    let own = squeeze.is_some() || !run.iter().any(|token| matches!(token.word(), Some("long" | "short" | "range")));
    (words && own && noun - time < 4).then_some((time, end))
}

/// `vwap pullback: … a bar whose low touches the 9 EMA …`: a rule that the text itself spells out further on is its name.
pub(crate) fn spelled_out(pieces: &mut [Piece], tokens: &[Token], scene: &Scene<'_>) {
    let Some(first) = pieces.iter().position(|piece| matches!(piece.item, Item::Condition(_))) else { return };
    let quiet = |piece: &Piece| matches!(piece.item, Item::Known | Item::Filler | Item::Comma);
    let (head, rest) = pieces.split_at_mut(first);
    let Some((name, behind)) = rest.split_first_mut() else { return };
    let noun = name.to.checked_sub(1).is_some_and(|last| {
        Cursor::new(tokens, last).sees("pullback|pullbacks|bounce|bounces|retest|reclaim|rejection|reversal")
    });
    let known = behind.iter().take_while(|piece| matches!(piece.item, Item::Known | Item::Filler)).count();
    let ends = behind.get(known).is_some_and(|piece| {
        piece.item == Item::End || tokens.get(piece.from).is_some_and(|token| token.is_mark(':') || token.is_mark(','))
    });
    let demand = behind.iter().find(|piece| !quiet(piece) && piece.item != Item::End);
    let demands = demand.is_some_and(|piece| matches!(piece.item, Item::Only | Item::Unless(_)));
    let moves = behind.iter().any(|piece| match &piece.item {
        Item::Condition(found) => {
            found.text.starts_with("low <= ") || found.text.starts_with("high >= ") || found.text.contains(" crosses ")
        }
        _ => false,
    });
    if head.iter().all(quiet) && noun && ends && moves && !demands {
        let words = tokens.get(name.from).zip(tokens.get(name.to - 1));
        let words = words.and_then(|(first, last)| scene.text.get(first.start..last.end)).unwrap_or_default();
        scene.forget(name.noted);
        scene.assume(format!("\"{words}\" is read as a name: its rule is spelled out behind it"));
        name.item = Item::Definition;
    }
}

/// Words of a time of day that are no unit of a chart: `power hour`, `happy hour`.
pub(crate) fn names_hour(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| tokens.get(before)).and_then(Token::word).is_some_and(|word| {
        matches!(word, "power" | "lunch" | "opening" | "closing" | "final" | "first" | "last" | "trading" | "rush")
    })
}
