//! What stands in place of an exit or an order that is given up: a level for both sides, and no order kept in silence.

use super::cursor::Cursor;
use super::document::opposite;
use super::editor::Editor;
use super::edits::Outcome;
use super::exits::{Place, place_or_distance};
use super::reading::Reading;
use super::scene::{Scene, Side};
use super::setting::Setting;
use ports::drafter::DraftFailure;
use serde_json::{Map, Value as Json, json};

/// `swap the stop for the other side of the range`: a price, no number alone.
pub(crate) fn at_level(cursor: &mut Cursor<'_>, scene: &Scene<'_>, pointer: &str) -> Option<Vec<Setting>> {
    let place = match pointer {
        "/exit/stop_loss" => Place::Stop,
        "/exit/take_profit" => Place::Target,
        _ => return None,
    };
    let mut probe = *cursor;
    probe.eat("a|one");
    probe.eat("at");
    let found = scene.attempt(|| {
        let found = place_or_distance(&mut probe, scene, None, place)?;
        found.iter().all(|one| one.value.get("price").is_some()).then_some(found)
    })?;
    *cursor = probe;
    Some(found)
}

/// Exits said for one side in the shape of both sides, where both are traded.
pub(crate) fn per_side(settings: Vec<Setting>, editor: &Editor<'_>) -> Vec<Setting> {
    if editor.sides().len() < 2 {
        return settings;
    }
    let (sided, mut rest): (Vec<Setting>, Vec<Setting>) = settings.into_iter().partition(|one| one.side.is_some());
    let Some(first) = sided.first() else { return rest };
    let mut sides = Map::new();
    for side in [Side::Long, Side::Short] {
        let own = sided.iter().find(|one| one.side == Some(side) && one.pointer == first.pointer);
        let value =
            own.map(|one| one.value.clone()).or_else(|| match first.value.get("price").and_then(Json::as_str) {
                Some(price) => Some(json!({ "price": opposite(price) })),
                None => editor.at(&first.pointer).cloned(),
            });
        sides.extend(value.map(|value| (side.key().to_owned(), value)));
    }
    rest.push(Setting::value(&first.pointer, Json::Object(sides)));
    rest
}

/// `exit longs when RSI is over 50 instead of the target`: the exit that goes is that side's, the other side keeps it.
pub(crate) fn given_up(
    editor: &mut Editor<'_>,
    reading: &Reading<'_>,
    from: usize,
    pointer: &str,
    phrase: &str,
) -> Outcome {
    let head = reading.tokens.get(..from).unwrap_or_default();
    let start = head.iter().rposition(|token| ['.', ';', '\n'].iter().any(|mark| token.is_mark(*mark)));
    let said = |words: [&str; 2]| {
        head.get(start.map_or(0, |mark| mark + 1)..)
            .unwrap_or_default()
            .iter()
            .any(|token| token.word().is_some_and(|word| words.contains(&word)))
    };
    let side = match (said(["long", "longs"]), said(["short", "shorts"])) {
        (true, false) => Some(Side::Long),
        (false, true) => Some(Side::Short),
        _ => None,
    };
    let known = editor.at(pointer).cloned()?;
    let Some(side) = side.filter(|_| editor.sides().len() == 2 && pointer.starts_with("/exit/")) else {
        return editor.remove(pointer, phrase).then_some(Ok(()));
    };
    let other = side.other().key();
    let kept = known.get(other).cloned().or_else(|| known.get(side.key()).is_none().then_some(known))?;
    editor.scene.assume(format!("\"{phrase}\" is said of {}s: {other}s keep what they have", side.key()));
    Some(editor.set(pointer, Json::Object(Map::from_iter([(other.to_owned(), kept)])), phrase))
}

/// "instead of the limit …" that nobody could read, and the limit is still there.
///
/// # Errors
/// Then the words are named: what is given up may not stay.
pub(crate) fn order_kept(unhandled: &[String], editor: &Editor<'_>) -> Result<(), DraftFailure> {
    for side in editor.sides() {
        let kind = editor.at(&format!("/entry/{}/order", side.key())).and_then(Json::as_str);
        let Some(kind) = kind else { continue };
        let given_up = |words: &&String| {
            let words = words.to_lowercase();
            let gone = words.contains("instead of") || words.contains("rather than") || words.contains("no longer");
            let told = words.split(|letter: char| !letter.is_alphabetic()).any(|word| word.starts_with(kind));
            gone && told
        };
        if let Some(words) = unhandled.iter().find(given_up) {
            return Err(DraftFailure::new(
                format!("\"{words}\" could not be read, and the {kind} order would stay"),
                "say what the entry does, for example \"market orders instead of the limit\"",
            )
            .about(words));
        }
    }
    Ok(())
}
