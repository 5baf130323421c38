//! What a trail waits for that is said to come after another exit: `breakeven at 1R, then trail 2 ATR`.

use super::pieces::{Item, Piece};
use super::setting::Setting;
use super::token::Token;
use serde_json::Value as Json;

const TRAIL: &str = "/exit/trailing_stop";

/// What is said of when a trail begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Later {
    /// `then trail`: after what went before, where that waits for something.
    Then,
    /// `trail … after that`.
    AfterThat,
}

/// Gives such a trail the distance that the exit before it waits for; what cannot be known makes it unread.
pub(crate) fn phased(pieces: &mut [Piece], tokens: &[Token]) {
    for at in 0..pieces.len() {
        let waits = pieces.get(at).is_some_and(|piece| match &piece.item {
            Item::Settings(settings) => {
                settings.iter().any(|one| one.pointer == TRAIL && one.value.get("activate_after").is_none())
            }
            _ => false,
        });
        let Some(later) = waits.then(|| later(pieces, tokens, at)).flatten() else { continue };
        let before = before(pieces, at);
        let Some(piece) = pieces.get_mut(at) else { continue };
        match (before, later) {
            (Before::Waits(distance), _) => {
                let Item::Settings(settings) = &mut piece.item else { continue };
                for one in settings.iter_mut().filter(|one| one.pointer == TRAIL) {
                    if let Some(map) = one.value.as_object_mut() {
                        map.insert("activate_after".to_owned(), distance.clone());
                    }
                }
            }
            (Before::Nothing, Later::Then) => {}
            (Before::Unread, _) | (Before::Nothing, Later::AfterThat) => piece.item = Item::Unknown,
        }
    }
}

fn later(pieces: &[Piece], tokens: &[Token], at: usize) -> Option<Later> {
    let piece = pieces.get(at)?;
    let word = |at: usize| tokens.get(at).and_then(Token::word).unwrap_or_default();
    let back = |count: usize| piece.from.checked_sub(count).map_or("", word);
    let after = |first: &str, second: &str| {
        matches!((first, second), ("after", "that" | "this" | "which") | ("from", "there" | "then"))
    };
    let inside = (piece.from..piece.to).any(|at| after(word(at), word(at + 1)));
    let rest = (piece.from..piece.to)
        .any(|at| matches!(word(at), "rest" | "remainder" | "remaining" | "runner" | "runners" | "other"));
    if rest || inside || after(back(2), back(1)) || after(word(piece.to), word(piece.to + 1)) {
        return Some(Later::AfterThat);
    }
    let led = word(piece.from) == "then" || back(1) == "then" || word(piece.from + 1) == "then";
    led.then_some(Later::Then)
}

/// What stands before a trail in its sentence.
enum Before {
    /// An exit that waits for this distance.
    Waits(Json),
    Unread,
    Nothing,
}

fn before(pieces: &[Piece], at: usize) -> Before {
    for piece in pieces.get(..at).unwrap_or_default().iter().rev() {
        match &piece.item {
            Item::Unknown => return Before::Unread,
            Item::Settings(settings) => match settings.iter().rev().find_map(waited_for) {
                Some(distance) => return Before::Waits(distance),
                None if settings.iter().any(|one| one.pointer.starts_with("/exit")) => return Before::Nothing,
                None => {}
            },
            Item::Entry(_) | Item::Exit(_) | Item::Condition(_) | Item::Order(_) => return Before::Nothing,
            _ => {}
        }
    }
    Before::Nothing
}

/// The distance at which a break-even stop moves or a part is taken off.
fn waited_for(setting: &Setting) -> Option<Json> {
    match setting.pointer.as_str() {
        "/exit/break_even" => setting.value.get("after").cloned(),
        "/exit/take_profit" => {
            let leg = setting.value.as_array()?.first().filter(|leg| leg.get("fraction").is_some())?;
            let mut distance = leg.as_object()?.clone();
            distance.remove("fraction");
            (!distance.contains_key("price")).then_some(Json::Object(distance))
        }
        _ => None,
    }
}
