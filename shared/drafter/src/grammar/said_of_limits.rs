//! How people say sizes, limits of a day, hours and days, put into words the grammar reads: "all in with 50k", "quit for the day
//! after the first loss", "start 0930, last entry 1430", "neither Monday nor Friday".

use super::change_phrases::{
    Part::{Kept, Mark, Run, Said},
    put_words,
};
use super::clock;
use super::cursor::Cursor;
use super::rephrased::{Saying, put_said, replace};
use super::said_plainly::{begins, clause_start, is_number, noted, taken};
use super::scene::Scene;
use super::token::Token;
use super::weekdays;
use std::ops::Range;

const ONE_LOSS: &[&str] = &["stop", "for", "the", "day", "after", "one", "loss"];

/// A position is never added to.
const NO_ADDING: [&str; 3] = [
    "no adding|averaging to|into|down|on a|any|the? losers|winners|loser|winner|losing? trades|position?",
    "i|we? never|dont add|average to|into|down a|any|the|losing? losers|winners|loser|winner|losing|position|positions?",
    "pyramiding :|=? off|none|no",
];
const TEST: &[&str] = &["test"];

/// Clauses as they are.
const SAID: [Saying; 10] = [
    ("quit|stop|done|finished|finish trading? for the? day|session after the? first|a|one loss|loser", ONE_LOSS),
    ("quit|stop|done|finished|finish trading? for the? day|session after the? first|a|one losing trade", ONE_LOSS),
    ("stop|quit trading? after the? first|a|one loss|loser for|in|of the|that? day", ONE_LOSS),
    ("what would|does that|it|this have|do done|made|returned?", TEST),
    ("sample|insample|history :?", TEST),
    ("sample|test|data|history period|range|dates :?", TEST),
    ("date|dates filter|range|window :?", TEST),
    ("in sample :?", TEST),
    ("skip|ignore anything|everything|trades|entries|signals|it when|if|while", &["no", "trades", "when"]),
    ("no trades|entries if", &["no", "trades", "when"]),
];

/// What stands before times of entries.
const TIMED: [Saying; 8] = [
    (
        "entries|trades|trading|entry is|are? permitted|allowed|valid|possible|taken only? from|between",
        &["entries", "from"],
    ),
    ("entries|trades|trading|entry is|are? permitted|allowed|valid|possible only", &["entries"]),
    ("valid only? from|between?", &["entries", "from"]),
    ("timing|timings :|is? from|between?", &["entries", "from"]),
    ("the|my? last entry|entries|trade at|by|is|:?", &["no", "entries", "after"]),
    ("the|my? first entry|entries|trade at|from|is|:?", &["no", "entries", "before"]),
    ("unless its|it is? after|past", &["no", "entries", "after"]),
    ("unless its|it is? before", &["no", "entries", "before"]),
];

/// Words of a limit that say nothing more: behind what, and they.
const MORE: [(&str, &str); 3] = [
    ("trades|trade|entries", "shall|should|may|can|will|must be? taken|made|opened|done"),
    ("trades|trade|day|entries", "across|over both sides|directions"),
    ("day", "then im|i am? done|out|finished for? the? day?"),
];

/// Puts what stands at `at` into words that the grammar reads.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) {
    without_more(tokens, at);
    or_so_many(tokens, at);
    if !begins(tokens, at) {
        return;
    }
    let rules: [fn(&mut Vec<Token>, usize) -> bool; 9] = [
        hours_with_ends,
        ends_of_day,
        session_hours,
        losses_of_day,
        capital_behind,
        neither_day,
        day_first,
        waits,
        risks,
    ];
    let _ = put_said(tokens, at, &SAID, |_, _| true)
        || rules.into_iter().any(|rule| rule(tokens, at))
        || put_said(tokens, at, &TIMED, |cursor, _| clock::time(&mut cursor.clone(), true).is_some())
        || round_the_clock(tokens, at, scene)
        || never_added(tokens, at, scene)
        || year_alone(tokens, at)
        || one_per_day(tokens, at);
}

/// `no more than two trades shall be taken per day`, `max 4 trades/day across both sides`.
fn without_more(tokens: &mut Vec<Token>, at: usize) {
    let Some(before) = at.checked_sub(1).map(|before| Cursor::new(tokens, before)) else { return };
    let idle = MORE.iter().find_map(|(behind, idle)| {
        let mut cursor = Cursor::new(tokens, at);
        (before.sees(behind) && cursor.eat(idle)).then_some(cursor.at)
    });
    if let Some(end) = idle {
        tokens.drain(at..end);
    }
    if Cursor::new(tokens, at).sees("maximal|maximally #") {
        replace(tokens, at, at + 1, &["max"]);
    }
    if Cursor::new(tokens, at).sees("on|in the day") && Cursor::new(tokens, at.saturating_sub(1)).sees("trades|trade") {
        replace(tokens, at, at + 3, &["per", "day"]);
    }
}

/// `done for the day once I'm down $400 or had 5 trades`: a limit of its own.
fn or_so_many(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("or|and had|taken|made|after|did") && is_number(tokens, cursor.at) {
        let number = cursor.at;
        cursor.at += 1;
        let start = clause_start(tokens, at);
        let limits = (start..at).any(|place| Cursor::new(tokens, place).sees("done|stop|quit|finished"));
        if limits && cursor.eat("trades|trade") && cursor.is_pause_or_joint() {
            let end = cursor.at;
            put_words(tokens, at, end, &[Mark(','), Said("max"), Kept(number), Said("trades per day")]);
        }
    }
}

/// Reads a time behind `lead`: its tokens.
fn time_behind(cursor: &mut Cursor<'_>, lead: &'static str) -> Option<Range<usize>> {
    if cursor.eat(lead) { clock::places(cursor) } else { None }
}

/// `start 0930 last entry 1430`, `first entry 9:45, last entry 14:30`: entries between the two.
fn hours_with_ends(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let led = cursor.eat("the|my? first entry|trade at|from|is|:?") || cursor.eat("start|begin trading? at|from|:?");
    let Some(first) = clock::places(&mut cursor).filter(|_| led) else { return false };
    cursor.eat(",|;|and");
    let last = ["the|my? last entry|trade at|by|is|:?", "stop|end trading? at|by|:?"]
        .into_iter()
        .find_map(|lead| time_behind(&mut cursor, lead));
    let Some(last) = last else { return false };
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("entries from"), Run(first), Said("to"), Run(last)]);
    true
}

/// `no trades first 5 min or after 15:30`: two demands.
fn ends_of_day(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("no new? trades|entries|trade|entry in|during|for? the? first") {
        return false;
    }
    let Some(length) = taken(&mut cursor, clock::length) else { return false };
    let Some(time) = time_behind(&mut cursor, "or|and after|past").filter(|_| cursor.is_pause()) else { return false };
    let end = cursor.at;
    let words = [Said("no entries in the first"), Run(length), Mark(','), Said("no entries after"), Run(time)];
    put_words(tokens, at, end, &words);
    true
}

/// `London 8:00-16:00`: hours of that place.
fn session_hours(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let city = at..if cursor.eat("new york") { cursor.at } else { at + 1 };
    if city.len() == 1 && !cursor.eat("london|ny|nyc|tokyo|frankfurt|chicago") {
        return false;
    }
    cursor.eat("hours|session|time");
    let Some(first) = clock::places(&mut cursor) else { return false };
    let Some(last) = time_behind(&mut cursor, "-|to|until|till") else { return false };
    if !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Run(first), Mark('-'), Run(last), Run(city), Said("time")]);
    true
}

/// `stop trading after 2 losers in the day`, `if two losses in a row happen then quit for the day`, `stop trading at minus 500
/// on the day`.
fn losses_of_day(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let mut money = cursor;
    if money.eat("stop|quit|done trading? at|after|once minus|-") {
        money.eat("$");
        let number = money.at;
        money.eat("#");
        money.eat("dollars|bucks|usd|$");
        if is_number(tokens, number) && money.eat("on|for|in the|that day") {
            let end = money.at;
            put_words(tokens, at, end, &[Said("daily loss limit"), Kept(number)]);
            return true;
        }
    }
    let first = cursor.eat("if|once|when");
    let stops = !first && cursor.eat("stop|quit|done trading? after");
    let number = cursor.at;
    if !first && !stops || cursor.number().is_none() {
        return false;
    }
    if !cursor.eat("losses|losers|stops") && !cursor.eat("losing|stopped trades") {
        return false;
    }
    let row = cursor.eat("in a row");
    let day = if stops {
        cursor.eat("in|on|for|of the|a|one|that|same day")
    } else {
        cursor.eat("happen|occur|come|hit");
        cursor.eat(",|then");
        cursor.eat("then|i");
        cursor.eat("quit|stop|done|finish trading? for the? day")
    };
    if !day || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    let losses = Said(if row { "losses in a row" } else { "losses" });
    put_words(tokens, at, end, &[Said("stop for the day after"), Kept(number), losses]);
    true
}

/// `all in with 50k`, `100% of 10k each time`: the size, and the capital it is of.
fn capital_behind(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("use|invest|put|trade");
    let share = cursor.at;
    let all = cursor.eat("all in on|for? every|each? trade? with");
    let part = !all && cursor.eat("# percent|% of a|an|my|the?");
    if !all && !part {
        return false;
    }
    cursor.eat("$");
    let Some(amount) = taken(&mut cursor, Cursor::number) else { return false };
    cursor.eat("dollar|dollars|usd|$");
    let account = cursor.eat("account|capital|equity|portfolio");
    let each = cursor.eat("on|for|in|per? each|every|a|per trade|time|position");
    if !(all || account || each) || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    let mut words = if all { vec![Said("all in")] } else { vec![Kept(share), Mark('%'), Said("of equity")] };
    words.extend([Mark(','), Said("capital"), Run(amount)]);
    put_words(tokens, at, end, &words);
    true
}

/// `neither Monday nor Friday`: on none of them.
fn neither_day(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("trade|trades|on");
    if !cursor.eat("neither on?") {
        return false;
    }
    let first = cursor.at;
    if weekdays::weekday(&mut cursor).is_none() || !cursor.eat("nor|or|and on?") {
        return false;
    }
    let second = cursor.at;
    if weekdays::weekday(&mut cursor).is_none() || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("not on"), Kept(first), Said("or"), Kept(second)]);
    true
}

/// `Mondays avoid`: avoid them.
fn day_first(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let Some(days) = taken(&mut cursor, weekdays::days) else { return false };
    if !cursor.eat("avoid|skip|avoided|skipped") || !cursor.is_pause() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("skip"), Run(days)]);
    true
}

/// `after any exit no new trade for 30 minutes`, `only if this is at least 5 bars after the previous exit`.
fn waits(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let after = cursor
        .eat("after any|an|each|every|the exit|trade|close ,? no new|further|more? trade|trades|entry|entries for");
    let least = !after && cursor.eat("but|and? only if|when this|it|that? is? at least");
    let Some(length) = taken(&mut cursor, clock::length).filter(|_| after || least) else { return false };
    let ended = after || cursor.eat("after|since the|my? previous|last|prior exit|trade");
    if !ended || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("wait"), Run(length), Said("after an exit")]);
    true
}

/// `size so that each trade risks 200 bucks`, `1 percent of 200k risked per trade`: what is risked.
fn risks(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("size it|positions? so that? each|every|the trade|position risks $?") {
        let number = cursor.at;
        let priced = number > at && Cursor::new(tokens, number - 1).sees("$");
        let money = is_number(tokens, number) && {
            cursor.at += 1;
            cursor.eat("dollars|bucks|usd") || priced
        };
        if !money || !cursor.is_pause_or_joint() {
            return false;
        }
        let end = cursor.at;
        put_words(tokens, at, end, &[Said("risk"), Kept(number), Said("dollars per trade")]);
        return true;
    }
    if !cursor.eat("# percent|% of a|an|my|the?") {
        return false;
    }
    cursor.eat("$");
    let Some(amount) = taken(&mut cursor, Cursor::number) else { return false };
    cursor.eat("dollars|dollar");
    cursor.eat("account|capital|equity");
    let risked = cursor.eat("is|at? risked|risk per|each|every|on a|each? trade");
    if !risked || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("risk"), Kept(at), Mark('%'), Said("of a"), Run(amount), Said("account")]);
    true
}

/// `24/7`, `trade weekends too`: whenever the market is open.
fn round_the_clock(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("trade|trades|trading|runs|running");
    let always = cursor.numbers("# / #").is_some_and(|numbers| numbers == [24.into(), 7.into()])
        || cursor.at > at && cursor.eat("weekends|weekend too|also|included");
    if !always || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    noted(tokens, at..end, scene, ": entries at every hour and on every day its market trades");
    true
}

/// `no adding to losers`, `pyramiding 0`: one position at a time anyway.
fn never_added(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let none = cursor.clone().one("pyramiding :|=? #").is_some_and(|number| number.is_zero());
    let said = NO_ADDING.iter().any(|words| cursor.eat(words)) || none && cursor.eat("pyramiding :|=? #");
    if !said || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    noted(tokens, at..end, scene, ": one position at a time, never added to");
    true
}

/// `back to 2012 please`: tested since then.
fn year_alone(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("test|go|going? all? the? way? back to") {
        return false;
    }
    let year = cursor.at;
    let years = rust_decimal::Decimal::from(1980)..rust_decimal::Decimal::from(2040);
    if !cursor.number().is_some_and(|number| years.contains(&number))
        || !(cursor.is_pause() || cursor.sees("please|pls"))
    {
        return false;
    }
    put_words(tokens, at, year + 1, &[Said("test since"), Kept(year)]);
    true
}

/// `One per day.`: trades.
fn one_per_day(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("max|only|just");
    let number = cursor.at;
    if cursor.number().is_none() || !cursor.eat("per|a|each day|session") || !cursor.is_pause() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("max"), Kept(number), Said("trades per day")]);
    true
}
