//! Limits of the day as they are said: `max $400 loss per day and lock profits at 800/day`.

use super::cursor::Cursor;
use super::distance::number;
use super::scene::Scene;
use super::setting::Setting;
use rust_decimal::Decimal;
use serde_json::json;

const DAY: &str = "per|a|/|each|every|in|on|for the|a? trading? day|session";

/// A loss or a profit of the day in money, and the one the other way behind it.
pub(crate) fn spoken(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Vec<Setting>> {
    let mut probe = *cursor;
    let _ = probe.eat("and|then|also|with|but");
    let mut found = vec![limit(&mut probe)?];
    let mut more = probe;
    let _ = more.eat(",");
    let _ = more.eat("and|&|or|then|but");
    if let Some(other) = limit(&mut more).filter(|other| found.iter().all(|one| one.pointer != other.pointer)) {
        found.push(other);
        probe = more;
    }
    if !probe.is_pause_or_joint() {
        return None;
    }
    *cursor = probe;
    Some(found)
}

fn limit(cursor: &mut Cursor<'_>) -> Option<Setting> {
    let mut probe = *cursor;
    let (loss, amount) = loss(&mut probe).map(|amount| (true, amount)).or_else(|| {
        let amount = profit(&mut probe)?;
        Some((false, amount))
    })?;
    *cursor = probe;
    let key = if loss { "/filters/max_daily_loss" } else { "/filters/max_daily_profit" };
    Some(Setting::value(key, json!(number(amount))))
}

/// `max $400 loss per day`, `no more than $400 loss a day`.
fn loss(cursor: &mut Cursor<'_>) -> Option<Decimal> {
    let led = cursor.eat("max|maximum|limit|cap of|to|at?") || cursor.eat("no|not|never more than");
    let dont = !led && (cursor.eat("dont|never lose|risk") || cursor.eat("risk|lose"));
    let _ = dont && cursor.eat("more than") | cursor.eat("max|maximum|at|up most|to?");
    let amount = money(cursor)?;
    let named = cursor.eat("in|of? loss|losses|drawdown|down|lost|max|maximum");
    ((dont || led && named) && cursor.eat(DAY)).then_some(amount)
}

/// `lock profits at 800/day`, `bank gains at $800 for the day`, `take profits for the day at 800`.
fn profit(cursor: &mut Cursor<'_>) -> Option<Decimal> {
    let locked =
        cursor.eat("lock|bank|cap|secure in|up|out? the|my|any|daily? profits|profit|gains|gain|winnings|wins");
    let mut day = locked && cursor.eat("for|of|on the day");
    if !locked {
        if !cursor.eat("lock|bank in|up? the? day") {
            return None;
        }
        day = true;
    }
    let _ = cursor.eat("at|of|above|to|once|when|after|in");
    let _ = cursor.eat("im|i|we|it|up");
    let _ = cursor.eat("am|are|is|up|reach|reaches|hit|hits");
    let _ = cursor.eat("up|+");
    let amount = money(cursor)?;
    let behind = cursor.eat(DAY);
    (day || behind).then_some(amount)
}

/// An amount of money, with or without its sign; no other unit.
fn money(cursor: &mut Cursor<'_>) -> Option<Decimal> {
    cursor.eat("$");
    let amount = cursor.number().filter(|amount| *amount > Decimal::ZERO)?;
    cursor.eat("dollars|dollar|bucks|usd");
    (!cursor.sees("%|percent|r|points|point|pts|ticks|atr|trades|losses")).then_some(amount)
}
