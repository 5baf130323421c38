//! The stop as what is risked or lost: "risk 10 points", "risking 8 ticks to make 16", "out at a 2% loss".

use super::cursor::Cursor;
use super::distance::{distance, number};
use super::scene::{Scene, Side};
use super::setting::Setting;
use super::token::Token;
use rust_decimal::Decimal;
use serde_json::Map;

/// `risk 10 points`, `risking 8 ticks to make 16`.
pub(crate) fn risked(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let mut probe = *cursor;
    if !probe.eat("risk|risking a|an|about?") {
        return None;
    }
    let risk = distance(&mut probe, scene)?;
    let pips = probe
        .at
        .checked_sub(1)
        .and_then(|at| probe.tokens.get(at))
        .and_then(Token::word)
        .is_some_and(|word| word.starts_with("pip"));
    let key = ["points", "ticks", "atr"].into_iter().find(|key| risk.contains_key(*key))?;
    let mut found = vec![Setting::distance("stop_loss", None, risk)];
    probe.eat("per|a|each|on trade|contract|every? trade?");
    let mut gain = probe;
    if gain.eat("to|and make|get|win|gain|earn|target") || gain.eat("for a?") {
        let mut bare = gain;
        let plain = bare.number().filter(|_| bare.is_pause_or_joint());
        let made = match plain {
            // "10 pips to make 20".
            Some(_) if key == "atr" || pips => return None,
            Some(amount) => Map::from_iter([(key.to_owned(), number(amount))]),
            None => distance(&mut gain, scene)?,
        };
        if plain.is_some() {
            gain = bare;
        }
        found.push(Setting::distance("take_profit", None, made));
        probe = gain;
    }
    *cursor = probe;
    Some(found)
}

/// `TP/SL 40/20 pts`, `stop/target: 12/24 ticks`: both named, then both distances.
pub(crate) fn both_named(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let _ = cursor.eat("with|use");
    let stop_first = if cursor.eat("stop|sl|stoploss loss? /|and target|tp|tgt") {
        true
    } else if cursor.eat("target|tp|tgt /|and stop|sl|stoploss loss?") {
        false
    } else {
        return None;
    };
    let _ = cursor.eat("of|at|is|:|=");
    let numbers = cursor.numbers("# /|and #")?;
    let (first, second) = (*numbers.first()?, *numbers.get(1)?);
    let unit = if cursor.eat("ticks|tick") {
        Some("ticks")
    } else if cursor.eat("%|percent") {
        Some("percent")
    } else if cursor.eat("points|point|pts|pt") {
        Some("points")
    } else {
        None
    };
    if !cursor.is_pause_or_joint() || first <= Decimal::ZERO || second <= Decimal::ZERO {
        return None;
    }
    let of = |amount: Decimal| match unit {
        Some(unit) => Map::from_iter([(unit.to_owned(), number(amount))]),
        None => super::plain_exits::points(amount, scene),
    };
    let (stop, target) = if stop_first { (first, second) } else { (second, first) };
    Some(vec![Setting::distance("stop_loss", None, of(stop)), Setting::distance("take_profit", None, of(target))])
}

/// `get out at a 2% loss`, `cut losses at 10 points`, `or at a 3% drawdown`.
pub(crate) fn for_loss(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let mut probe = *cursor;
    let begins = probe.eat("or|and? get|cut|exit|close|sell|bail|cover|stop|out|lose|losses? out|losses|loss|it|me? out? at|after|if|on|for? a? max|maximum?")
        || probe.eat("or at|after a|an?")
        || probe.eat("at a|an?")
        || probe.eat("max|maximum loss of|is?");
    if !begins {
        return None;
    }
    probe.eat("a|an|the|we|it|down|i|lose");
    probe.eat("lose|down|am|is");
    let distance = distance(&mut probe, scene)?;
    let mut side = None;
    let mut entry = probe;
    if entry.eat("below|under my|the? entry price?") {
        side = Some(Side::Long);
    } else if entry.eat("above|over my|the? entry price?") {
        side = Some(Side::Short);
    }
    if side.is_some() {
        probe = entry;
        if scene.changing.get() {
            if !scene.both.get() {
                return None;
            }
            scene.assume(super::plain_exits::MIRRORED);
        }
    }
    let loss = side.is_some()
        || probe.eat("loss|drawdown|drop")
        || probe.eat("against me|us|it|you")
        || cursor.sees("max|maximum loss")
        || cursor.sees("cut losses");
    // "buy on a 2% drop", "when it's 10 points against me": nothing is left there.
    let from = cursor.at.saturating_sub(2);
    let said = cursor.tokens.get(from..probe.at).unwrap_or_default().iter().filter_map(Token::word);
    let leaves = said.into_iter().any(|word| {
        matches!(
            word,
            "get"
                | "cut"
                | "exit"
                | "close"
                | "sell"
                | "bail"
                | "cover"
                | "stop"
                | "out"
                | "lose"
                | "losses"
                | "loss"
                | "or"
                | "max"
                | "maximum"
                | "leave"
                | "dump"
                | "quit"
        )
    });
    if !leaves || probe.sees("below|under|from|in|within|over") {
        return None;
    }
    if !loss || probe.sees("in a day|per day|for the day|day") {
        return None;
    }
    *cursor = probe;
    let side = side.filter(|_| !scene.changing.get());
    Some(vec![Setting::distance("stop_loss", side, distance)])
}
