//! A breakout that is only named: `15 min ORB, long only`.

use super::assemble::{Assembly, index};
use super::pieces::{Item, Piece};
use super::reading::Reading;
use super::rule::Joint;
use super::scene::Side;
use super::token::Token;
use domain::artifact::PlanItem;

/// The entry of a text that names the breakout of the opening range and its side, and says nothing else of when it enters.
pub(crate) fn named_breakout(gathered: &mut Assembly<'_>, reading: &Reading<'_>) {
    let described = gathered.entries.iter().any(|rule| !rule.is_empty())
        || gathered.orders.iter().any(Option::is_some)
        || !gathered.unhandled.is_empty()
        || gathered.mirror.is_some();
    let named = |piece: &&Piece| {
        let words = reading.tokens.get(piece.from..piece.to).unwrap_or_default();
        let has = |wanted: &str| words.iter().any(|token: &Token| token.word() == Some(wanted));
        piece.item == Item::Definition
            && (has("orb") || has("range") && (has("breakout") || has("breakouts") || has("break")))
    };
    // "fade the 15 min ORB", "no ORB": only the market and the chart may stand before it.
    let opens = |item: &Item| matches!(item, Item::Known | Item::Filler | Item::Comma | Item::End);
    let first = reading.pieces.iter().find(|piece| !opens(&piece.item));
    let Some(piece) = first.filter(named).filter(|_| reading.title.is_none()) else { return };
    if described {
        unused(gathered, piece);
        return;
    }
    let side = match (gathered.only, gathered.both) {
        (Some(side), false) => side,
        (None, true) => Side::Long,
        (Some(_), true) | (None, false) => return,
    };
    let line = reading.scene.lines.borrow().iter().find(|line| line.row == "opening_range").cloned();
    let Some(call) = line.and_then(|line| line.text.rsplit_once('.').map(|(call, _)| call.to_owned())) else { return };
    let text = match side {
        Side::Long => format!("close crosses above {call}.high"),
        Side::Short => format!("close crosses below {call}.low"),
    };
    let phrase = gathered.words(piece.from, piece.to);
    reading.scene.assume(format!("\"{phrase}\" is read as the close crossing out of the opening range"));
    if let Some(rule) = gathered.entries.get_mut(index(side)) {
        rule.add(Joint::Implicit, text.clone());
    }
    gathered.plan.push(PlanItem { phrase, became: format!("entry.{}: {text}", side.key()) });
}

/// A breakout that no rule of the text is about is handed out.
fn unused(gathered: &mut Assembly<'_>, piece: &Piece) {
    const RANGE: &str = "opening_range";
    let used = gathered.entries.iter().any(|rule| rule.text().contains(RANGE))
        || gathered.orders.iter().flatten().any(|order| order.price.contains(RANGE));
    let ruled = gathered.entries.iter().any(|rule| !rule.is_empty());
    if ruled && !used {
        let phrase = gathered.words(piece.from, piece.to);
        gathered.unhandled.push(phrase);
    }
}
