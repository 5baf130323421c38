//! Changes as they are asked for in passing, put into those the grammar reads: "give it until noon", "the loss limit is too tight,
//! 800", "make that 5% stop a 2.5 ATR(14) stop instead", "trail from the start".

use super::change_phrases::{
    Part::{Kept, Mark, Run, Said},
    put_words,
};
use super::chat_wordings::UNITS;
use super::clock;
use super::cursor::Cursor;
use super::rephrased::{Saying, put_said, replace};
use super::said_plainly::{begins, clause_start, is_number, opens, taken};
use super::token::Token;
use super::weekdays;

const LOSS: &[&str] = &["daily", "loss", "limit"];
const LONGS: &[&str] = &["longs", "only"];
const SHORTS: &[&str] = &["shorts", "only"];
const NO_WAIT: &[&str] = &["start", "trailing", "right", "away"];
const KEPT: &[&str] = &["keep", "everything", "else"];
const UNTIL: &[&str] = &["trade", "until"];

/// Clauses that a number follows.
const AMOUNTS: &[Saying] = &[
    ("the? loss limit to|at|of|is?", LOSS),
    ("the? daily limit to|at|of|is?", LOSS),
    ("the? loss limit is|feels|seems too|way tight|small|low|big|large|high|loose ,|: make|set|try|use? it? to?", LOSS),
    ("limit|cap|stop the day to|at", LOSS),
    ("allow|permit|let it|me? take|have? up? to?", &["max"]),
    ("not more than", &["max"]),
];

/// Clauses that a time follows.
const TIMES: &[Saying] = &[
    (
        "let? it|me|us? trade|trading? in? the? afternoon|afternoons|evening|evenings too|also ,? say|like|so|from",
        &["also", "trade", "from"],
    ),
    ("and? give it until|till|to", UNTIL),
    ("so? end|finish|wrap it|trading|the? day at|by", UNTIL),
    ("let|have it|me|us trade|enter|go|run until|till|to", UNTIL),
    ("and? extend|push|stretch the? entries|entry|trading to|until|till", UNTIL),
];

/// Whole clauses.
const CLAUSES: &[Saying] = &[
    ("trail from the? start|entry|beginning|outset|get-go", NO_WAIT),
    ("trail right|straight away|off", NO_WAIT),
    ("kick|throw the? shorts|short out|off", LONGS),
    ("kick|throw the? longs|long out|off", SHORTS),
    ("and? keep only the breakouts|breaks|trades|entries to|on the upside|long|topside side?", LONGS),
    ("and? keep only the breakouts|breaks|trades|entries to|on the downside|short|bottom side?", SHORTS),
    ("no more? fixed|hard|profit target|tp|targets anymore?", &["remove", "the", "target"]),
    ("no more? fixed|hard|regular stop|sl loss? anymore?", &["remove", "the", "stop"]),
    ("turn it around", &["flip", "it"]),
    ("everything else|all else|rest is fine|ok|okay|good", KEPT),
    ("everything else|all else|rest unchanged|untouched", KEPT),
];

/// Leads that say nothing.
const LEADS: &[&str] = &[
    "please also",
    "is|would|will it any? better|worse? if i|we",
    "does it get|do|work|look better with|if",
    "how does|do|would it look only?",
    "lets|let us try|see",
    "i would|d like to see it",
    "can|could we|you|i",
    "what if we|i|you",
];

/// Puts the change that begins at `at` into plain words.
pub(crate) fn put(tokens: &mut Vec<Token>, at: usize) {
    if !begins(tokens, at) {
        return;
    }
    if opens(tokens, at) {
        without_lead(tokens, at);
    }
    let number = |cursor: &Cursor<'_>| cursor.sees("$ #") || is_number(cursor.tokens, cursor.at);
    let ends = |cursor: &Cursor<'_>| cursor.is_pause() || cursor.sees("and|please|pls|then|rather|but");
    let _ = put_said(tokens, at, AMOUNTS, |cursor, words| {
        number(cursor) && !(words == LOSS && cursor.sees("# trades|trade|entries|entry|setups"))
    }) || put_said(tokens, at, TIMES, |cursor, _| clock::time(&mut cursor.clone(), true).is_some())
        || put_said(tokens, at, CLAUSES, |cursor, _| ends(cursor))
        || [
            stop_for_stop,
            in_the_trade_for,
            leave_out,
            same_rules_on,
            trail_given,
            target_of_stop,
            bands_wider,
            condition_off,
            trail_for_target,
            crosses_back_before,
            faded,
            average_for_another,
        ]
        .iter()
        .any(|rule| rule(tokens, at));
}

fn without_lead(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let led = LEADS.iter().any(|lead| cursor.eat(lead));
    let asked = cursor
        .sees("allow|leave|skip|drop|exit|close|add|use|trade|stop|target|run|include|take|rsi|put|move|on|in|from")
        || led && cursor.sees("swap|switch|replace|remove|raise|lower|widen|tighten|flip");
    if led && asked {
        let end = cursor.at;
        tokens.drain(at..end);
    }
}

/// `make that 5% stop a 2.5 ATR(14) stop instead`: in place of it.
fn stop_for_stop(tokens: &mut Vec<Token>, at: usize) -> bool {
    const THINGS: &str = "stop|sl|target|tp|trail";
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("make|turn|change that|the|this|my") {
        return false;
    }
    let old = cursor.at;
    if !is_number(tokens, old) {
        return false;
    }
    while !cursor.is_pause() && !cursor.sees(THINGS) {
        cursor.at += 1;
    }
    let thing = cursor.at;
    if !cursor.eat(THINGS) || !cursor.eat("into|to? a|an") {
        return false;
    }
    let from = cursor.at;
    while !cursor.is_pause() && !cursor.sees(THINGS) {
        cursor.at += 1;
    }
    let to = cursor.at;
    if !is_number(tokens, from) || !cursor.eat(THINGS) {
        return false;
    }
    cursor.eat("instead");
    if !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Kept(thing), Run(from..to)]);
    true
}

/// `exit if I've been in the trade for more than 10 days`: after so many.
fn in_the_trade_for(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("please|and");
    cursor.eat("also");
    if !cursor.eat("exit|close|sell|bail it|out? if|when|once") && !cursor.eat("get out if|when|once") {
        return false;
    }
    let held = cursor.eat("i have|ive|been in it|a? the? trade|position? for? more? than?")
        || cursor.eat("ive|i been in it|the trade? for? more? than?")
        || cursor.eat("i have been in it|the trade? for? more? than?")
        || cursor.eat("its|it been? been? more? than?");
    let Some(length) = taken(&mut cursor, |cursor| clock::length(cursor)).filter(|_| held) else { return false };
    cursor.eat("already|now");
    if !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("exit after"), Run(length)]);
    true
}

/// `leave out Mondays`, `leave out the first half hour`: not then.
fn leave_out(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("so|and|but");
    if !cursor.eat("leave|take|cut out") {
        return false;
    }
    let lead = cursor.at;
    if let Some(days) = taken(&mut cursor, weekdays::days).filter(|_| cursor.is_pause_or_joint()) {
        put_words(tokens, at, days.end, &[Said("no"), Run(days)]);
        return true;
    }
    cursor.at = lead;
    let hours = cursor.sees("the? first # minutes|minute|min|mins|hour|hours");
    if hours {
        replace(tokens, at, lead, &["no", "trades", "in"]);
    }
    hours
}

/// `same rules but on NQ with a 40 point stop`: moved there, and the rest.
fn same_rules_on(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("same rules|thing|strategy|setup|idea but? on") {
        return false;
    }
    let end = cursor.at;
    replace(tokens, at, end, &["on"]);
    true
}

/// `start the trail at 6 points and make it 8 wide`: each.
fn trail_given(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("start the? trail|trailing sooner|earlier|later? ,? at|after|once") {
        return false;
    }
    let first = cursor.at;
    if !is_number(tokens, first) {
        return false;
    }
    cursor.at += 1;
    let measured = cursor.eat(UNITS);
    let first_end = cursor.at;
    cursor.eat(",|and");
    cursor.eat("and");
    if !cursor.eat("make|have it|the? trail? tighter|wider|be? ,|to?") {
        return false;
    }
    let wide = cursor.at;
    if !is_number(tokens, wide) || !measured {
        return false;
    }
    cursor.at += 1;
    cursor.eat(UNITS);
    cursor.eat("wide|instead|behind");
    if !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    let unit = first_end - 1;
    put_words(tokens, at, end, &[Said("trail"), Kept(wide), Kept(unit), Said("after"), Run(first..first_end)]);
    true
}

/// `use 2 ATR(14) for it and make the target 1.5 times that`: of the stop.
fn target_of_stop(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("and? make|set|put|have the target|tp to|at?") {
        return false;
    }
    let number = cursor.at;
    let named = (clause_start(tokens, at)..at).any(|place| Cursor::new(tokens, place).sees("stop|sl"));
    if !named || !cursor.eat("# times|x that|it|the? stop?") || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Mark(','), Said("target"), Kept(number), Said("r")]);
    true
}

/// `wider bands: 2.5 instead of 2`, `widen the bands to 2.5`: the bands.
fn bands_wider(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("wider|tighter|narrower bands|band :|,|-? at|to|of|use?") || !is_number(tokens, cursor.at) {
        return false;
    }
    let end = cursor.at;
    replace(tokens, at, end, &["bands"]);
    true
}

/// `take the rising EMA condition off`: it is removed.
fn condition_off(tokens: &mut Vec<Token>, at: usize) -> bool {
    const NOUNS: &str = "condition|filter|rule|requirement|part|thing|check";
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("take|get|leave|turn|switch the|that") {
        return false;
    }
    let from = cursor.at;
    while !cursor.is_pause() && !cursor.sees(NOUNS) {
        cursor.at += 1;
    }
    let to = cursor.at;
    if !cursor.eat(NOUNS) || !cursor.eat("off|out|away") || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    let way = usize::from(Cursor::new(tokens, from).sees("rising|falling"));
    put_words(tokens, at, end, &[Said("remove the"), Run(from + way..to), Said("filter")]);
    true
}

/// `replace the R target with a trailing stop, 2 x ATR(14) from the best price`: the trail in its place.
fn trail_for_target(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor
        .eat("replace|swap|exchange the|that|my? r|2r|fixed|profit? target|tp with|for|by a|an? trailing stop|trail")
    {
        return false;
    }
    cursor.eat(",|of|at|:|-");
    let from = cursor.at;
    if !is_number(tokens, from) {
        return false;
    }
    put_words(tokens, at, from, &[Said("no target"), Mark(','), Said("trail")]);
    true
}

/// `use SMA 100 instead of EMA 200`: that average becomes the other.
fn average_for_another(tokens: &mut Vec<Token>, at: usize) -> bool {
    const KINDS: &str = "ema|sma|wma|hma";
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("use|try|take|put|make a|an|the|it?") {
        return false;
    }
    let new = cursor.at;
    if !cursor.eat(KINDS) || !is_number(tokens, cursor.at) {
        return false;
    }
    cursor.at += 1;
    if !cursor.eat("instead|rather of|than the? ema|sma|wma|hma #") && !cursor.eat("for the? ema|sma|wma|hma #") {
        return false;
    }
    if !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    let words = [Said("change the"), Kept(end - 1), Kept(end - 2), Said("to a"), Kept(new + 1), Kept(new)];
    put_words(tokens, at, end, &words);
    true
}

/// `wait for RSI to cross back above 30 before buying, and back below 70 before shorting`: entered there.
fn crosses_back_before(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("could|can it");
    if !cursor.eat("wait for|until") {
        return false;
    }
    cursor.eat("the");
    let Some(name) = taken(&mut cursor, super::names::indicator) else { return false };
    if !cursor.eat("to? cross|crosses|come|comes|climb|get|go back up? above|over|through") {
        return false;
    }
    let low = cursor.at;
    if !is_number(tokens, low) {
        return false;
    }
    cursor.at += 1;
    if !cursor.eat("before buying|longs|entering|long") && !cursor.eat("for the? longs|long") {
        return false;
    }
    cursor.eat(",|.|?|;");
    cursor.eat("and");
    let _ = cursor.eat("cross|crosses|come|comes|drop|get|go");
    if !cursor.eat("back down? below|under|through") {
        return false;
    }
    let high = cursor.at;
    let number = is_number(tokens, high);
    cursor.at += 1;
    let side = cursor.eat("before shorting|selling|shorts|short") || cursor.eat("for the? shorts|short|other side?");
    if !number || !side || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    let words = [
        Said("long when"),
        Run(name.clone()),
        Said("crosses above"),
        Kept(low),
        Mark(','),
        Said("short when"),
        Run(name),
        Said("crosses below"),
        Kept(high),
    ];
    put_words(tokens, at, end, &words);
    true
}

/// `fade the bands: sell the upper and buy the lower`: each signal the other way round.
fn faded(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("i|we");
    let _ = cursor.eat("want|would|d like? to?") || cursor.eat("rather");
    if !cursor.eat("fade the bands|band|it") {
        return false;
    }
    cursor.eat("instead");
    let _ = cursor.eat("rather than follow|following it|them");
    cursor.eat(":|,");
    let _ = cursor.eat("sell|short at? the upper band|one? and|, buy|long at? the lower band|one?")
        || cursor.eat("buy|long at? the lower band|one? and|, sell|short at? the upper band|one?");
    if !cursor.is_pause() {
        return false;
    }
    let end = cursor.at;
    // "turn it around, I want to fade the bands".
    let flipped = (0..at).any(|place| Cursor::new(tokens, place).sees("flip it"));
    replace(tokens, at, end, if flipped { KEPT } else { &["flip", "it"] });
    true
}
