//! "Either goes negative", "both turn up": said of two values spoken of before.

use super::condition::{Condition, said_after};
use super::cursor::Cursor;
use super::scene::{Scene, Value};

/// Behind `either` where it stands for two values itself.
const SAID: &str = "goes|go|is|are|turns|turn|drops|drop|crosses|cross|falls|fall|rises|rise|gets|get|flips|flip|dips|dip|closes|moves|breaks|reaches|hits|becomes|fails|slips|rolls";

/// True where `either` or `both` is spoken of as two values.
pub(crate) fn speaks_of_two(mut cursor: Cursor<'_>) -> bool {
    two(&mut cursor).is_some()
}

/// Which of them: one (true) or both.
fn two(cursor: &mut Cursor<'_>) -> Option<bool> {
    let any = cursor.eat("either one?") || cursor.eat("any one of them|those|these|the?");
    if !any && !cursor.eat("both") {
        return None;
    }
    let _ = cursor.eat("one? of them|those|these|the two?");
    let _ = cursor.eat("of them|those|these");
    let named = cursor.eat("rsis|emas|smas|averages|lines|rocs|mas|values|indicators");
    cursor.sees(SAID).then_some(any).filter(|_| any || !named || cursor.sees(SAID))
}

/// The condition of the only two values of one kind spoken of before.
pub(crate) fn either_of(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    let any = two(&mut probe)?;
    let (one, other) = {
        let lines = scene.lines.borrow();
        let row = lines.last()?.row;
        let mut kinds: Vec<&Value> = Vec::new();
        for line in lines.iter().filter(|line| line.row == row && !row.is_empty()) {
            if !kinds.iter().any(|known| known.text == line.text) {
                kinds.push(line);
            }
        }
        let [one, other] = kinds.as_slice() else { return None };
        ((*one).clone(), (*other).clone())
    };
    let mut second = probe;
    let first = said_after(&mut probe, scene, one)?;
    let other = said_after(&mut second, scene, other)?;
    if second.at != probe.at || first.text == other.text {
        return None;
    }
    *cursor = probe;
    let joined =
        if any { format!("({} or {})", first.text, other.text) } else { format!("{} and {}", first.text, other.text) };
    Some(Condition::new(joined))
}
