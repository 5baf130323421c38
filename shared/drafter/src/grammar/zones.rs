//! A time zone said in a change: the times that stay must not move with it.

use super::assemble::Stated;
use super::editor::Editor;
use super::setting::Join;
use ports::drafter::DraftFailure;

/// Parts of a document that are clock times.
const CLOCKS: [&str; 2] = ["/exit/flatten", "/filters/windows"];

/// Refuses a zone beside which times of another one would stay.
pub(crate) fn zone_kept(stated: &[Stated], editor: &Editor<'_>) -> Result<(), DraftFailure> {
    let Some(one) = stated.iter().find(|one| one.setting.pointer == "/time_zone") else { return Ok(()) };
    let Ok(known) = strategy::check(&editor.document, &editor.scene.names.catalogue, None) else { return Ok(()) };
    let known = known.time_zone();
    let replaced = |pointer: &str| {
        stated
            .iter()
            .any(|one| one.setting.pointer == pointer && !matches!(one.setting.join, Join::Bound | Join::Except))
    };
    let stays = CLOCKS.iter().any(|pointer| editor.at(pointer).is_some() && !replaced(pointer));
    if !stays || one.setting.value.as_str() == Some(known) {
        return Ok(());
    }
    let wanted = one.setting.value.as_str().unwrap_or_default();
    Err(DraftFailure::new(
        format!("\"{}\" is {wanted} time, and the other times of the strategy are {known} time", one.phrase),
        format!("say the new time in {known} time, or say every time of the strategy anew in {wanted} time"),
    ))
}
