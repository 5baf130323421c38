//! Changes of settings and rules in other words, put into those the grammar reads: "lower the daily loss limit to 300 bucks", "extend
//! the hours to noon", "change RSI < 10 to RSI < 5", "no wait, I meant a 40 point stop".

use super::change_phrases::{
    Part::{Kept, Run, Said},
    put_words,
};
use super::clock;
use super::cursor::Cursor;
use super::rephrased::{Saying, put_said, replace};
use super::said_plainly::{begins, clause_start, is_number, taken};
use super::token::Token;
use super::weekdays;

const LOSS: &[&str] = &["daily", "loss", "limit"];
const UNDO: &[&str] = &["undo", "the", "last", "change"];
const KEPT: &[&str] = &["keep", "everything", "else"];

/// Clauses that a number follows.
const AMOUNTS: [Saying; 6] = [
    ("lower|raise|change|set|move|bump|drop|increase|reduce|make|cut|up the|my? daily? loss limit to|at|:", LOSS),
    ("put|add|set|use|have in? a|an|the daily? loss limit of|at?", LOSS),
    ("the? daily? loss limit down|up to", LOSS),
    ("the? target|tp becomes", &["target", "at"]),
    ("the? stop|sl becomes", &["stop", "at"]),
    ("the? target|tp is now", &["target", "at"]),
];

/// Whole clauses.
const CLAUSES: [Saying; 13] = [
    ("before any|each|every|an entry|trade|entries", &[]),
    ("never mind|nevermind that|the|it|my? last? change?", UNDO),
    ("put it|everything? back how|what|the? way? it was before?", UNDO),
    ("no loss limit", &["remove", "the", "daily", "loss", "limit"]),
    ("no daily loss limit", &["remove", "the", "daily", "loss", "limit"]),
    ("the? shorts|longs can|should? stay|remain as they are|were", KEPT),
    ("the? stop|target|tp|sl was|is fine|ok|okay|good as|at? it|# is?", KEPT),
    ("leave the? stop|target|tp|sl unchanged|alone", KEPT),
    ("dont|never take|trade|do|use the|any? shorts", &["longs", "only"]),
    ("do not take|trade|use the|any? shorts", &["longs", "only"]),
    ("dont|never take|trade|do|use the|any? longs", &["shorts", "only"]),
    ("do not take|trade|use the|any? longs", &["shorts", "only"]),
    ("now? do|take|trade|add the? shorts too|also ,? mirrored|mirror", &["also", "short", "the", "opposite"]),
];

/// Leads that say nothing.
const LEADS: [&str; 5] = [
    "no|nope|sorry|ah|oops|wait ,? wait? ,? i|we meant|mean",
    "actually no ,",
    "i|we meant|mean",
    "how would|does|do|will it|this|that look|do|perform|work with|using",
    "what does it look like with",
];

/// Puts the change that begins at `at` into plain words.
pub(crate) fn put(tokens: &mut Vec<Token>, at: usize) {
    if at == 0 {
        without_lead(tokens);
    }
    if !begins(tokens, at) {
        return;
    }
    let amount = |cursor: &Cursor<'_>| cursor.sees("$ #") || is_number(cursor.tokens, cursor.at);
    let _ = put_said(tokens, at, &AMOUNTS, |cursor, _| amount(cursor))
        || put_said(tokens, at, &CLAUSES, |cursor, _| cursor.is_pause() || cursor.sees("and|please|pls|then"))
        || [
            range_length,
            hours_to,
            no_entries_behind,
            not_on_days,
            one_for_another,
            level_of_entry,
            entry_to,
            no_longs_no_shorts,
        ]
        .iter()
        .any(|rule| rule(tokens, at));
}

/// `no wait, I meant a 40 point stop`: a 40 point stop.
fn without_lead(tokens: &mut Vec<Token>) {
    let mut cursor = Cursor::new(tokens, 0);
    if LEADS.iter().any(|lead| cursor.eat(lead)) && !cursor.is_pause() {
        let end = cursor.at;
        tokens.drain(..end);
    }
}

/// `make the opening range 30 minutes`, `the OR should be 30 minutes`: a 30 minute opening range.
fn range_length(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("make|set|change|use|have|with|put");
    let article = cursor.eat("the|an|a|my|its");
    let named = cursor.eat("opening range|window") || cursor.eat("orb") || article && cursor.eat("or");
    if !named {
        return false;
    }
    cursor.eat("length|duration|window|range|size");
    let _ = cursor.eat("should|must|to be") || cursor.eat("of|is|to|at|:|=|be|from");
    let number = cursor.at;
    if !cursor.eat("# minutes|minute|mins|min|m") || cursor.sees("chart|bars|candles|high|low|breakout") {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("use a"), Kept(number), Said("minute opening range")]);
    true
}

/// `extend the hours to 14:00`: trade until then.
fn hours_to(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let led = cursor.eat(
        "extend|push|stretch|lengthen|shorten|cut the|my|trading? hours|session|window|time|trading to|until|till|at",
    );
    if !led || clock::time(&mut cursor.clone(), true).is_none() {
        return false;
    }
    let end = cursor.at;
    replace(tokens, at, end, &["trade", "until"]);
    true
}

/// `no breakouts after 12:00`: no entries then.
fn no_entries_behind(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("no new? breakouts|breaks|setups|signals|crosses|reclaims") {
        return false;
    }
    let end = cursor.at;
    if !cursor.eat("after|before|past") || clock::time(&mut cursor, true).is_none() {
        return false;
    }
    replace(tokens, at, end, &["no", "entries"]);
    true
}

/// `I would rather not buy on Fridays`, `does it do better if we don't enter on Fridays`: no entries then.
fn not_on_days(tokens: &mut Vec<Token>, at: usize) -> bool {
    const ENTER: &str = "buy|trade|enter|hold|sell|short";
    let mut cursor = Cursor::new(tokens, at);
    let _ = cursor.eat("does|would|is it|this do|be|work? better if we|i") || cursor.eat("what if|happens? if? we|i");
    cursor.eat("i|we|id");
    let not = cursor.eat("would|d? rather|prefer to? not to?")
        || cursor.eat("dont|never|wont want|like? to?")
        || cursor.eat("do not want? to?");
    if !not || !(cursor.eat(ENTER) || cursor.eat("take trades|entries|positions")) {
        return false;
    }
    cursor.eat("anything|it");
    if !cursor.eat("on") {
        return false;
    }
    let Some(days) = taken(&mut cursor, weekdays::days).filter(|_| cursor.is_pause_or_joint()) else { return false };
    put_words(tokens, at, days.end, &[Said("no entries on"), Run(days)]);
    true
}

/// `change RSI < 10 to RSI < 5`: the second in place of the first.
fn one_for_another(tokens: &mut Vec<Token>, at: usize) -> bool {
    const COMPARED: &str = "<|>|above|below|over|under|crosses";
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("change|switch|swap|replace the? rule|condition|entry|exit?") {
        return false;
    }
    let from = cursor.at;
    let compares = |from: usize, to: usize| (from..to).any(|place| Cursor::new(tokens, place).sees(COMPARED));
    while !cursor.is_pause() && !cursor.sees("to|with|into") {
        cursor.at += 1;
    }
    let joint = cursor.at;
    while !cursor.is_pause() {
        cursor.at += 1;
    }
    let names = |place: usize| super::names::indicator(&mut Cursor::new(tokens, place)).map(|name| name.row);
    if !compares(from, joint) || !compares(joint, cursor.at) || names(from).is_none() || names(from) != names(joint + 1)
    {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Run(joint + 1..end), Said("instead of"), Run(from..joint)]);
    true
}

/// `change the RSI entry to below 5`: RSI below 5.
fn level_of_entry(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("change|set|move|make|put the|my?") {
        return false;
    }
    let Some(name) = taken(&mut cursor, super::names::indicator) else { return false };
    let noun = cursor.eat("entry|level|threshold|trigger|rule|condition|filter");
    if !cursor.eat("to|be") && !noun
        || !cursor.sees("below|under|above|over|< #")
        || cursor.sees("below|under|above|over the")
    {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Run(name)]);
    true
}

/// `lower the entry to 5`: the level it waits for.
fn entry_to(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("change|set|move|make|put|lower|raise|drop|bump|loosen|relax|tighten the|my?") {
        return false;
    }
    let buys = cursor.sees("buy");
    let level = cursor.eat("buy|entry|entries level|threshold|trigger? to|at") && is_number(tokens, cursor.at);
    let number = cursor.at;
    cursor.at += 1;
    if !level || !cursor.is_pause_or_joint() {
        return false;
    }
    let lead = if buys { "change the buy level to" } else { "change the entry level to" };
    put_words(tokens, at, number, &[Said(lead)]);
    true
}

/// `no longs below vwap and no shorts above it`: longs only above it, shorts only below.
fn no_longs_no_shorts(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let led = cursor.eat("no longs|buys below|under") || cursor.eat("no longs|buys when|if price|its is? below|under");
    if !led {
        return false;
    }
    let from = cursor.at;
    while !cursor.is_pause_or_joint() && cursor.at < from + 6 {
        cursor.at += 1;
    }
    let level = from..cursor.at;
    let _ = cursor.eat(",|and|or") && cursor.eat("and|or");
    if level.is_empty() || !cursor.eat("no shorts|sells above|over it|that") || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("longs only above"), Run(level), Said("and shorts only below it")]);
    true
}

/// Words inside a change that say nothing more: "a daily loss limit of 600 dollars in", "any more", "drop the fixed target".
pub(crate) fn without_more(tokens: &mut Vec<Token>, at: usize) {
    let cursor = Cursor::new(tokens, at);
    let in_clause =
        |words: &'static str| (clause_start(tokens, at)..at).any(|place| Cursor::new(tokens, place).sees(words));
    if at > 0 && cursor.sees("in") && Cursor::new(tokens, at + 1).is_pause() && in_clause("loss limit") {
        tokens.remove(at);
    } else if cursor.sees("instead")
        && Cursor::new(tokens, at + 1).is_pause()
        && at > 1
        && Cursor::new(tokens, at - 2).sees("opposite cross|signal|crossover")
        && (0..at).any(|place| Cursor::new(tokens, place).sees("drop|remove|lose|kill|rid|ditch|scrap|without"))
    {
        // "drop the target and exit on the opposite cross instead": what it replaces is gone.
        tokens.remove(at);
    } else if at > 0 && cursor.sees("any more") && Cursor::new(tokens, at + 2).is_pause() {
        tokens.drain(at..at + 2);
    } else if cursor.sees("drop|remove|lose|kill|delete|scrap|ditch the? fixed|hard|profit target") {
        let place = if Cursor::new(tokens, at + 1).sees("the") { at + 2 } else { at + 1 };
        tokens.remove(place);
    } else if cursor.sees("for|on the longs|shorts") && at > 0 && is_number(tokens, at - 1) {
        tokens.remove(at + 1);
    } else if cursor.sees(", above for longs ,|and below for shorts")
        && (0..at).any(|place| Cursor::new(tokens, place).sees("shorts only below"))
    {
        tokens.drain(at..at + 8);
    } else if at > 0 && cursor.sees("every|each day") && in_clause("flat|out|close") {
        tokens.drain(at..at + 2);
    }
}
