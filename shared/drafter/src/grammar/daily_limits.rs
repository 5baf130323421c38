//! Limits per trading day: trades, losses, profits, and pauses after a trade.

use super::clock::{self};
use super::cursor::{Cursor, whole};
use super::distance::number;
use super::scene::Scene;
use super::setting::Setting;
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

/// `max 2 trades a day`, `one trade per day`, `wait 5 bars after a trade`, `stop after 3 losses in a row`.
pub(crate) fn trades(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let mut probe = *cursor;
    let _ = probe.eat("and|then|only|take|trade|quit|done|be|i|use|with|have|allow");
    let _ = probe.eat("allow");
    let _ = probe.eat("only|take|just|trade|trading|a|done|for");
    let capped = probe.eat("cap|limit|keep|hold it|this|trades|trading|me|us? at|to");
    let _ = !capped && probe.eat("at|max|maximum|no|up|limit|limited|cap|the|day");
    let _ = probe.eat("of|most|more|to|max|is|:|=|trades|than|daily");
    let _ = probe.eat("than|trades|max|most|is|of|:|at|to|per|a");
    let _ = probe.eat("of|day|is|max");
    let _ = probe.eat("to|:|at|max|is");
    let _ = probe.eat("max|most|of");
    if let Some(count) = probe.one("# new? winning|long|short? trades|trade|entries|entry|setups|positions|position|x|shots|shot|attempt|attempts|signals|times|signal max? per|a|each|every|in|/ single|one|a|the|trading? day|session") {
        let count = whole(count)?;
        let _ = probe.eat("max|maximum|only|at most?");
        probe.eat("most");
        // "one a day each way" is two a day.
        let sided = probe.sees("each|per|either way|side|direction|directions")
            || probe.sees("in|on|for each|either|both|every way|side|direction|directions|sides");
        let read = cursor.tokens.get(cursor.at..probe.at).unwrap_or_default();
        let says = |words: &[&str]| read.iter().any(|token| token.word().is_some_and(|word| words.contains(&word)));
        if sided || says(&["winning"]) {
            return None;
        }
        if says(&["long", "short"]) {
            scene.assume("a limit on trades counts longs and shorts together");
        }
        *cursor = probe;
        return Some(vec![Setting::value("/filters/max_trades_per_day", Json::from(count))]);
    }
    let mut probe = *cursor;
    if let Some(count) = probe
        .one("max|maximum|limit daily? trades per? day? is|of|:|to|=|at? #")
        .or_else(|| probe.one("# trades|trade|x max|maximum daily? "))
        .or_else(|| probe.one("no more than|then # trades|entries daily"))
        .or_else(|| probe.one("max|maximum|only|limit? # trades|entries daily"))
    {
        *cursor = probe;
        return Some(vec![Setting::value("/filters/max_trades_per_day", Json::from(whole(count)?))]);
    }
    let mut probe = *cursor;
    if let Some(count) = probe.one("max|maximum|limit|allow of|up? to? # trades|entries|positions")
        && (probe.is_pause() || probe.sees("no|only|skip|flat|stop|and"))
    {
        *cursor = probe;
        scene.assume("a limit on trades without a span is per day");
        return Some(vec![Setting::value("/filters/max_trades_per_day", Json::from(whole(count)?))]);
    }
    if let Some(found) = cooldown(cursor, scene) {
        return Some(found);
    }
    let mut probe = *cursor;
    if let Some(count) = probe.one("# consecutive|straight? losses|losers|losing trades? in? a? row?")
        && {
            let _ = probe.eat(",") || probe.eat("and|then|,");
            let _ = probe.eat("then|and|im|i|we");
            let _ = probe.eat("am|are|im");
            probe.eat("done|stop|quit|out")
        }
    {
        let _ = probe.eat("trading|for");
        let _ = probe.eat("for|the");
        let _ = probe.eat("the|that? day");
        probe.eat("day");
        *cursor = probe;
        return Some(vec![Setting::value("/filters/max_consecutive_losses", Json::from(whole(count)?))]);
    }
    let mut probe = *cursor;
    let _ = probe.eat("and|then|also|i");
    let stop = probe.eat("stop|quit|done|no|halt|stand|shut|max|maximum|call|pause|not");
    let _ = probe.eat("trading|more|trades|for|down|it|aside|taking|a|done|quits");
    let _ = probe.eat("trades|the|day|trading|for|a");
    let _ = probe.eat("the|day|for");
    let _ = probe.eat("day|the");
    probe.eat("day|,");
    let after = probe.eat("after|once|if|on|at|when|of");
    let _ = probe.eat("a|you|i|it|we|there");
    let _ = probe.eat("are|lose|loses|have|hit|has");
    if (stop || after)
        && let Some(count) = probe.one(
            "# consecutive|straight|back? to? back? losing|losses|losers|loss|loser|losing trades|in|trade? a? row?",
        )
    {
        let read = cursor.tokens.get(cursor.at..probe.at).unwrap_or_default();
        let losing = read.iter().any(|token| token.word().is_some_and(|word| word.starts_with("los")));
        let _ = probe.eat("in") && probe.eat("a") && probe.eat("row");
        let _ = probe.eat("a") && probe.eat("row");
        let _ = probe.eat("for|in|per|that|on the|a? day");
        probe.eat("on the day");
        // "long above vwap after three losses" says when it trades, not when it stops.
        if after && !stop && !done_for_the_day(&mut probe) && !probe.is_pause_or_joint() {
            return None;
        }
        if losing && !probe.sees("bar|bars|candle|candles|day|days") {
            let row =
                read.iter().any(|token| matches!(token.word(), Some("consecutive" | "straight" | "row" | "back")))
                    || cursor
                        .tokens
                        .get(cursor.at..probe.at)
                        .is_some_and(|read| read.iter().any(|token| token.word() == Some("row")));
            // "max 400 loss per day": so much money, no number of losses.
            let money = read.iter().all(|token| token.word() != Some("losing"))
                && read.iter().any(|token| token.word() == Some("loss"));
            if !row && money && count > rust_decimal::Decimal::ONE {
                return None;
            }
            if !row && count > rust_decimal::Decimal::ONE {
                scene.assume(format!("{count} losses are read as losses in a row"));
            }
            stopped_for_the_day(&mut probe);
            *cursor = probe;
            let mut found = vec![Setting::value("/filters/max_consecutive_losses", Json::from(whole(count)?))];
            found.extend(or_money(cursor));
            return Some(found);
        }
    }
    None
}

/// `… then stop for the day`: what the limit does.
fn stopped_for_the_day(cursor: &mut Cursor<'_>) {
    let mut probe = *cursor;
    let _ = probe.eat(",");
    let _ = probe.eat("and|then|so");
    let _ = probe.eat("then|i|im|we");
    let _ = probe.eat("am|are|im");
    let stop = probe.eat("stop|done|quit|halt|finished|out|stopped trading? for|until|till")
        || probe.eat("shut|call it? down|off|quits? for|until|till")
        || probe.eat("no more trades|trading|entries for?")
        || probe.eat("call it a? day|quits");
    let day = probe.eat("the|that|rest|to|next|tomorrow of|the? day|session") || probe.eat("tomorrow|today");
    let called = probe.tokens.get(probe.at.wrapping_sub(1)).is_some_and(|token| token.word() == Some("day"));
    if stop && (day || called) && probe.is_pause() {
        *cursor = probe;
    }
}

/// `… done for the day` behind what ends it.
fn done_for_the_day(cursor: &mut Cursor<'_>) -> bool {
    let mut probe = *cursor;
    let _ = probe.eat(",|-|=") || probe.eat("and|then");
    let _ = probe.eat("then|and");
    let _ = probe.eat("i|we am|are") || probe.eat("im|were|its|call");
    let _ = probe.eat("also|it|all");
    if !(probe.eat("done|stop|quit|finished|out|flat") || probe.eat("a day") || probe.eat("no more? trades|trading")) {
        return false;
    }
    probe.eat("trading");
    let _ = probe.eat("for? the|that|a day|session") || probe.eat("today");
    if !probe.is_pause_or_joint() {
        return false;
    }
    *cursor = probe;
    true
}

/// `lose $500 and we're done that day`, `up $1000 also done`: a limit of the day by what follows it.
fn ends_the_day(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let mut probe = *cursor;
    let _ = probe.eat("if|when|once|after|at");
    let _ = probe.eat("i|we|you|im|were|it");
    let _ = probe.eat("am|are|is|get|hit");
    let loss = probe.eat("lose|losing|lost|down|-");
    if !loss && !probe.eat("up|make|making|made|gain|win|+") || !probe.eat("$") {
        return None;
    }
    let amount = probe.number()?;
    let from = probe.at;
    if probe.sees("%|percent|per|a|each|on") || !done_for_the_day(&mut probe) {
        return None;
    }
    let read = probe.tokens.get(from..probe.at).unwrap_or_default();
    if !read.iter().any(|token| matches!(token.word(), Some("day" | "today" | "session"))) {
        scene.assume(format!("{amount} is read as a limit of the day's result"));
    }
    *cursor = probe;
    Some(vec![limit(loss, amount)])
}

/// `… or $300 loss`, `… or down $400`: money behind a count of losses is the day's.
fn or_money(cursor: &mut Cursor<'_>) -> Option<Setting> {
    let mut probe = *cursor;
    if !probe.eat("or|and") {
        return None;
    }
    probe.eat("after|a|if|when|im|losing|lose|down");
    let before = probe.tokens.get(probe.at.checked_sub(1)?).and_then(|token| token.word()).unwrap_or_default();
    let led = matches!(before, "down" | "losing" | "lose");
    probe.eat("$");
    let money = probe.tokens.get(probe.at.checked_sub(1)?).is_some_and(|token| token.is_mark('$'));
    let amount = probe.number()?;
    let unit = money || probe.eat("dollars|dollar|bucks|usd");
    let loss = probe.eat("loss|losses|lost|down|drawdown") || led;
    if !unit || !loss {
        return None;
    }
    let _ = probe.eat("for|on|in|per the|a day");
    *cursor = probe;
    Some(Setting::value("/filters/max_daily_loss", json!(number(amount))))
}

/// `wait 5 bars after a trade`, `cooldown of 3 bars`, `5 bar cooldown`, `no re-entry for 4 bars`.
pub(crate) fn cooldown(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let mut probe = *cursor;
    let length = if probe.eat("wait|pause|rest|sit") {
        let _ = probe.eat("at|for|out");
        let _ = probe.eat("least");
        let length = clock::length(&mut probe)?;
        let _ = probe.eat("after|between|before|following|in");
        let _ = probe.eat("a|an|any|each|every|the|taking|closing|exiting|between|entering|re|trading|for|last");
        let _ = probe.eat("new|next|exit|trade|trades|entering|another|losing|exiting|last|one|re|entries|position");
        let _ = probe.eat("trade|exit|again|one|position|entry|trades|exits|entering|closes|closed");
        let _ = probe.eat("before|again|closes|is|,");
        let _ = probe.eat("re|trading|the|another|closed|entering|next|taking");
        let _ = probe.eat("entering|next|trade|again|another|one|entry");
        let _ = probe.eat("trade|one|again");
        // "wait one bar after the cross" puts the entry off.
        if !of_trades(cursor, &probe) {
            return None;
        }
        length
    } else if probe.eat("cooldown|cooloff|cool down|off|period?") || probe.eat("cool down|off") {
        let _ = probe.eat("period|of|is|:|=|for");
        probe.eat("of|is");
        let length = clock::length(&mut probe)?;
        let _ = probe.eat("after|between each|every|any|a|the? trade|trades|exit?");
        length
    } else if probe.eat("no re entry|entries|entering|trades|trade for|within")
        || probe.eat("no new? trades|trade|entries|reentry|entry for|within")
    {
        let length = clock::length(&mut probe)?;
        if !probe.eat("after|of|following an|a|the|each? last|previous? exit|trade|loss|one") {
            return None;
        }
        length
    } else if let Some(length) = clock::length(&mut probe) {
        if !(probe.eat("cooldown|cooloff") || probe.eat("cool down|off|period?") || probe.eat("between trades|entries"))
        {
            return None;
        }
        let _ = probe.eat("period|after|between") && probe.eat("trades|each|a|any|every") && probe.eat("trade|exit");
        length
    } else {
        return None;
    };
    let read = cursor.tokens.get(cursor.at..probe.at).unwrap_or_default();
    if read.iter().any(|token| matches!(token.word(), Some("losing" | "loss" | "loser" | "losses"))) {
        // The pause is after every trade.
        return None;
    }
    let (count, unit) = length;
    let own = clock::minutes_of(scene.timeframe);
    let bars = match unit {
        clock::Unit::Bar => count,
        other => {
            let minutes = count.checked_mul(other.minutes()?)?;
            minutes.div_ceil(own)
        }
    };
    *cursor = probe;
    Some(vec![Setting::value("/filters/cooldown_bars", Json::from(bars))])
}

/// True where the words read speak of a trade that is over, or of the next.
fn of_trades(cursor: &Cursor<'_>, end: &Cursor<'_>) -> bool {
    let read = cursor.tokens.get(cursor.at..end.at).unwrap_or_default();
    let said = |words: &[&str]| read.iter().any(|token| token.word().is_some_and(|word| words.contains(&word)));
    said(&[
        "trade", "trades", "exit", "exits", "exiting", "position", "closing", "closed", "again", "re", "next",
        "another", "entries", "new",
    ])
}

/// `stop for the day after losing $500`, `max daily loss $400`, `quit when up 400`.
pub(crate) fn daily(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    if let Some(found) = ends_the_day(cursor, scene) {
        return Some(found);
    }
    let mut loss = None;
    let mut amount = None;
    let mut probe = *cursor;
    for _ in 0..3 {
        probe.eat("and|then|also|set|use|with|a|add");
    }
    if probe.eat("max|maximum? daily|day loss|drawdown limit?")
        || probe.eat("daily|day max|maximum? loss|drawdown limit|stop|max?")
        || probe.eat("max|maximum loss per|a|each|of|for? the? day")
    {
        loss = Some(true);
    } else if probe.eat("max|maximum? daily|day profit|gain|target target|limit|goal?")
        || probe.eat("daily profit|gain target|limit|goal|max|cap?")
    {
        loss = Some(false);
    }
    if loss.is_some() {
        let _ = probe.eat("limit|target|is|of|at|:|=|to|$|cap|goal");
        let _ = probe.eat("is|of|at|:|=|to");
        let _ = probe.eat("$");
        amount = probe.number();
        probe.eat("dollars|bucks|usd");
    } else {
        let mut stated = *cursor;
        stated.eat("and|then|also|a");
        if let Some(found) = stated
            .one("$ # daily|day|max max|maximum? loss|drawdown limit|stop|max?")
            .or_else(|| stated.one("# dollar|bucks|usd daily|day loss limit|max?"))
        {
            loss = Some(true);
            amount = Some(found);
            probe = stated;
            let _ = probe.eat("per|a") && probe.eat("day");
        } else if let Some(found) = stated.one("$ # daily profit|gain target|cap|goal|limit?") {
            loss = Some(false);
            amount = Some(found);
            probe = stated;
        }
    }
    if amount.is_none() {
        probe = *cursor;
        let _ = probe.eat("and|then|also|i|if|stop|quit|call|shut|halt|no|done|be|walk|close|stops|once|stand");
        let _ = probe.eat("trading|it|down|more|i|stop|done|quit|out|everything|for|away|a|we|i");
        let _ = probe.eat("trades|a|the|for|day|trading|stop|quit|out");
        let _ = probe.eat("for|the|day|trades");
        let _ = probe.eat("the|day|for");
        let _ = probe.eat("day|the");
        let _ = probe.eat("day|,");
        let _ = probe.eat("after|once|if|when|at");
        let _ = probe.eat("i|it|we|the|a|total|daily|losses|day|down|up|you|lose|losing|making|being");
        let _ = probe.eat("am|is|are|has|have|pnl|loss|account|strategy|bot|was|being|hits|reaches|day");
        let losing = probe.eat("lose|loses|losing|lost|down|drop|-|loss");
        let gaining = !losing && probe.eat("make|makes|making|made|up|gain|gains|profit|+|earning|reaching|hitting");
        let before = probe
            .at
            .checked_sub(1)
            .and_then(|at| probe.tokens.get(at))
            .and_then(|token| token.word())
            .unwrap_or_default();
        let losing = losing || matches!(before, "down" | "lose" | "losing" | "losses");
        let gaining = gaining || matches!(before, "up" | "making");
        let _ = probe.eat("of|by|more|is|over|than|reaches|exceeds|at");
        probe.eat("than");
        probe.eat("$");
        let found = probe.number()?;
        probe.eat("dollars|bucks|usd");
        let tail = probe.eat("in|on|for|per|a|that the|one|a|single? day|session")
            || probe.eat("loss|profit in|on|for|per the|a? day");
        let read = cursor.tokens.get(cursor.at..probe.at).unwrap_or_default();
        let of_day =
            tail || read.iter().any(|token| matches!(token.word(), Some("day" | "trading" | "daily" | "quit")));
        if !of_day || !(losing || gaining) {
            return None;
        }
        loss = Some(losing);
        amount = Some(found);
    }
    let (loss, amount) = (loss?, amount?);
    if probe.sees("%|percent|r|points|trade|trades|losses|losers|losing|times") {
        return None;
    }
    let _ = probe.eat("for|on|in|per|a the|a? day") || probe.eat("then stop");
    *cursor = probe;
    let other = other_way(cursor, loss).map(|other| limit(!loss, other));
    Some([limit(loss, amount)].into_iter().chain(other).collect())
}

fn limit(loss: bool, amount: Decimal) -> Setting {
    let key = if loss { "/filters/max_daily_loss" } else { "/filters/max_daily_profit" };
    Setting::value(key, json!(number(amount.abs())))
}

/// `up $1,000 or down $500`: the limit the other way behind the first.
fn other_way(cursor: &mut Cursor<'_>, loss: bool) -> Option<Decimal> {
    let mut probe = *cursor;
    if !probe.eat("or|and") {
        return None;
    }
    let _ = probe.eat("if|when|once|im|i|we") && probe.eat("am|are|i|we");
    let other = if loss { probe.eat("up|making|make|made|win|gain|gaining") } else { probe.eat("down|losing|lose") };
    if !other {
        return None;
    }
    probe.eat("$");
    let amount = probe.number()?;
    let _ = probe.eat("dollars|bucks|usd");
    let _ = probe.eat("for|on|in|per the|a? day");
    if !probe.is_pause() {
        return None;
    }
    *cursor = probe;
    Some(amount)
}
