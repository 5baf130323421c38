//! "with rising ADX(14)", "a falling 50 SMA": what a value does, said before its name.

use super::condition::Condition;
use super::cursor::Cursor;
use super::names::Class;
use super::scene::Scene;
use super::value;

/// The direction before the value, where nothing more is said of it behind.
pub(crate) fn rising_noun(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    probe.eat("a|an|the");
    let way = if probe.eat("rising|increasing|climbing") {
        "rising"
    } else if probe.eat("falling|declining|decreasing") {
        "falling"
    } else {
        return None;
    };
    let found = value::term(&mut probe, scene)?;
    let directed =
        matches!(found.class, Class::Average | Class::Oscillator(..) | Class::Measure) && !found.row.is_empty();
    let ends = probe.is_pause() || probe.sees("=|-|)|and|or|,|when|if|while|go|buy|long|short|->");
    if !directed || !ends || probe.sees("and|or above|below|over|under") {
        return None;
    }
    *cursor = probe;
    *scene.last.borrow_mut() = Some((found.clone(), None));
    Some(Condition::new(format!("{} {way}", found.text)))
}
