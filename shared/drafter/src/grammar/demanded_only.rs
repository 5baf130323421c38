//! A side of which only is said when it is allowed: "short side only if the close is under the 200 day".

use super::assemble::{Assembly, index};
use super::pieces::{Item, Piece};
use super::rule::Rule;
use super::scene::Side;
use ports::drafter::DraftFailure;

/// Words of what may be the entry, where they could not be read.
const ENTERS: [&str; 18] = [
    "breakout",
    "breakouts",
    "breakdown",
    "breakdowns",
    "cross",
    "crosses",
    "crossover",
    "crossovers",
    "entry",
    "entries",
    "signal",
    "signals",
    "trigger",
    "setup",
    "enter",
    "fade",
    "bounce",
    "pullback",
];

/// Refuses a text whose only entry is what a side demands, where what opens it could not be read.
///
/// # Errors
/// With the words that were not read.
pub(crate) fn demanded_only(gathered: &Assembly<'_>) -> Result<(), DraftFailure> {
    narrowed_only(gathered)?;
    let enters = |phrase: &&String| {
        let words = phrase.to_lowercase();
        words.split(|letter: char| !letter.is_alphabetic()).any(|word| ENTERS.contains(&word))
    };
    let Some(unread) = gathered.unhandled.iter().find(enters) else { return Ok(()) };
    let sides: Vec<Side> = [Side::Long, Side::Short]
        .into_iter()
        .filter(|side| gathered.entries.get(index(*side)).is_some_and(|rule| !rule.is_empty()))
        .collect();
    let ordered = gathered.orders.iter().any(Option::is_some);
    if ordered || sides.is_empty() || !sides.iter().all(|side| demands(gathered, *side)) {
        return Ok(());
    }
    let side = sides.first().map_or("long", |side| side.key());
    let mut failure = DraftFailure::new(
        format!("what is read of the {side} entry says only when it is allowed, and \"{unread}\" could not be read"),
        "say what opens the trade, for example \"go long when the close crosses above the 20-bar high\"",
    );
    failure.unhandled.clone_from(&gathered.unhandled);
    Err(failure)
}

/// True where the rule of the side is one condition that stands behind "only if".
fn demands(gathered: &Assembly<'_>, side: Side) -> bool {
    let pieces: Vec<&Piece> =
        gathered.reading.pieces.iter().filter(|piece| !matches!(piece.item, Item::Filler | Item::And)).collect();
    let rule = gathered.entries.get(index(side)).map(Rule::text).unwrap_or_default();
    pieces.windows(3).any(|run| match run {
        [opens, only, Piece { item: Item::Condition(condition), .. }] => {
            opens.item == Item::Entry(Some(side)) && only.item == Item::Only && condition.text == rule
        }
        _ => false,
    })
}

/// `only take shorts when A` beside longs alone: A narrows shorts that nothing opens.
fn narrowed_only(gathered: &Assembly<'_>) -> Result<(), DraftFailure> {
    let described = |side: Side| gathered.entries.get(index(side)).is_some_and(|rule| !rule.is_empty());
    let ordered = gathered.orders.iter().any(Option::is_some) || gathered.mirror.is_some() || gathered.both;
    for side in [Side::Long, Side::Short] {
        let (own, other) = (only_narrows(gathered, side), only_narrows(gathered, side.other()));
        // The other side has an event that opens it.
        let event =
            |side: Side| gathered.entries.get(index(side)).is_some_and(|rule| rule.text().contains(" crosses "));
        let opened = event(side.other()) && !event(side) && gathered.filters.is_empty();
        if !ordered && described(side) && described(side.other()) && own && !other && opened {
            let mut failure = DraftFailure::new(
                format!("what is said of the {} entry says only when it is allowed, not what opens it", side.key()),
                format!("say what opens it, for example \"go {} when …\", or leave it out", side.key()),
            );
            failure.unhandled.clone_from(&gathered.unhandled);
            return Err(failure);
        }
    }
    Ok(())
}

/// Every word that names the side stands with "only".
fn only_narrows(gathered: &Assembly<'_>, side: Side) -> bool {
    let pieces = &gathered.reading.pieces;
    let named = pieces.iter().enumerate().filter(|(_, piece)| piece.item == Item::Entry(Some(side)));
    let mut named = named.peekable();
    named.peek().is_some()
        && named.all(|(at, piece)| {
            let only =
                |at: Option<usize>| at.and_then(|at| pieces.get(at)).is_some_and(|piece| piece.item == Item::Only);
            let words = gathered.words(piece.from, piece.to).to_lowercase();
            only(at.checked_sub(1)) || only(Some(at + 1)) || words.split_whitespace().any(|word| word == "only")
        })
}
