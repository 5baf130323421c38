//! Labels at the head of a clause: `OR: 15 min instead of 30`, `Stop: 8`. What stands behind one changes what it names,
//! or nothing.

use super::cursor::Cursor;
use super::pieces::{Item, Piece};
use super::token::Token;
use serde_json::Value as Json;

/// Labels with the places that they name.
const LABELS: [(&str, &[&str]); 9] = [
    ("or|orb|opening range? range?|length?", &["/entry", "/exit"]),
    ("n|lookback|length|period|periods|breakout bars?", &["/entry", "/exit/long", "/exit/short"]),
    ("ma|mas|ema|emas|sma|smas|rsi|adx|macd|atr|bb|bands|bollinger|supertrend|stoch", &["/entry", "/exit"]),
    ("stop|sl|stoploss loss?", &["/exit/stop_loss"]),
    ("profit? target|targets|tp", &["/exit/take_profit"]),
    ("take profit", &["/exit/take_profit"]),
    ("trail|trailing stop?", &["/exit/trailing_stop"]),
    ("position? size|sizing|qty|quantity|contracts|shares", &["/sizing", "/capital"]),
    ("be|breakeven even?", &["/exit/break_even"]),
];

/// The places that the label of the clause around `at` names; nothing where no label stands there.
pub(crate) fn named(tokens: &[Token], at: usize) -> Option<&'static [&'static str]> {
    let ends = |token: &Token| [',', '.', ';', '\n'].iter().any(|mark| token.is_mark(*mark));
    let clause = tokens.get(..at)?.iter().rposition(ends).map_or(0, |end| end + 1);
    let mut cursor = Cursor::new(tokens, clause);
    let found = LABELS.iter().find(|(words, _)| cursor.eat(words))?;
    cursor.sees(":").then_some(found.1)
}

/// True where nothing but `places` differs.
pub(crate) fn within(before: &Json, after: &Json, places: &[&str]) -> bool {
    let (mut one, mut other) = (before.clone(), after.clone());
    for place in places {
        for document in [&mut one, &mut other] {
            if let Some((parent, key)) = place.rsplit_once('/')
                && let Some(map) = document.pointer_mut(parent).and_then(Json::as_object_mut)
            {
                map.remove(key);
            }
        }
    }
    one == other
}

/// What stands behind a label and is a setting of something else, or a rule, is unread.
pub(crate) fn kept_to(pieces: &mut [Piece], tokens: &[Token]) {
    for piece in pieces {
        let Some(places) = named(tokens, piece.from) else { continue };
        let inside = |pointer: &str| places.iter().any(|place| pointer.starts_with(place));
        let other = match &piece.item {
            Item::Settings(settings) => !settings.iter().all(|one| inside(&one.pointer)),
            // "MA: above 200" is no price of 200.
            Item::Condition(_) => !LABELS.iter().any(|(words, _)| Cursor::new(tokens, piece.from).sees(words)),
            Item::OnlySide(_) | Item::BothSides | Item::Order(_) | Item::Mirror(_) => true,
            _ => false,
        };
        if other {
            piece.item = Item::Unknown;
        }
    }
}
