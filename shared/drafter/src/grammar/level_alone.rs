//! A level without a word of what the price does there: `buy the 200 SMA`, `hammer at the lower band`.

use super::condition::Condition;
use super::cursor::Cursor;
use super::names::{Class, Lean};
use super::pieces::{Item, Piece, chart, is_bar};
use super::said_extremes::new_one;
use super::scene::{Scene, Side};
use super::symbols;
use super::value::term;

/// `short the upper band`, `buy the 200 SMA`: a level right behind the side is touched.
pub(crate) fn level_alone(cursor: &mut Cursor<'_>, scene: &Scene<'_>, before: Option<&Piece>) -> Option<Condition> {
    let mut probe = *cursor;
    let made = probe.sees("on a|an");
    let at = probe.eat("at|near|off|on");
    // "a bullish engulfing at the lower band".
    let side = match before?.item {
        Item::Entry(Some(side)) => side,
        Item::Condition(_) if at => scene.side(),
        _ => return None,
    };
    probe.eat("the|a");
    let level = term(&mut probe, scene)?;
    let is_level = matches!(level.class, Class::Level(_) | Class::Average);
    let ends = probe.is_pause() || probe.sees("with|if|when|and|while|stop|target") || before_market(probe, scene);
    if !is_level || is_bar(&level.text) || !ends {
        return None;
    }
    *cursor = probe;
    let entry = matches!(before?.item, Item::Entry(_));
    if let Some(new) = new_one(&level, side, made).filter(|_| entry) {
        scene.assume(format!("the level {} alone is read as passed", level.text));
        return Some(Condition::new(new));
    }
    // "short yesterday's low" is reached from above, "buy yesterday's high" from below.
    let from_below = match side {
        Side::Long => level.class == Class::Level(Lean::Above),
        Side::Short => level.class != Class::Level(Lean::Below),
    };
    if entry && (level.text.starts_with("highest(close") || level.text.starts_with("lowest(close")) {
        // "buy at a 7-day closing low": that close is one.
        let beyond = if level.text.starts_with("highest") { '>' } else { '<' };
        scene.assume(format!("the level {} alone is read as passed", level.text));
        return Some(Condition::new(format!("close {beyond} {}", level.text)));
    }
    let touch = if from_below { format!("high >= {}", level.text) } else { format!("low <= {}", level.text) };
    scene.assume(format!("the level {} alone is read as touched", level.text));
    scene.alone.borrow_mut().push(touch.clone());
    Some(Condition::new(touch))
}

/// `at the 20 day low on COST`, `… daily`: the traded market or the chart follows.
fn before_market(mut cursor: Cursor<'_>, scene: &Scene<'_>) -> bool {
    let led = cursor.eat("on|in|of");
    let found = symbols::instrument(&mut cursor, &scene.names, scene.text);
    let own = scene.market.as_ref().is_some_and(|market| found.is_some_and(|found| found.symbol == market.symbol));
    led && own || chart(&mut cursor, scene) && cursor.is_pause()
}
