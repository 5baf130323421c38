//! Changes in few words, put into those the grammar reads: "one trade a day is enough", "get out after 5 days if the RSI exit
//! hasn't come", "pause after I'm up $1000", "drop the Thursday trades".

use super::change_phrases::{
    Part::{Kept, Run, Said},
    put_words,
};
use super::clock;
use super::cursor::Cursor;
use super::rephrased::replace;
use super::said_plainly::{begins, clause_start, taken};
use super::token::Token;
use super::weekdays;

/// A rule that may put other words where a clause begins.
type Rule = fn(&mut Vec<Token>, usize) -> bool;

const RULES: [Rule; 12] = [
    day_capped,
    enough,
    included,
    overbought,
    unless_gone,
    average_in_place,
    part_removed,
    gained,
    up_enough,
    trades_of_a_day,
    lots_kept,
    of_them,
];

/// Puts the change that begins at `at` into plain words.
pub(crate) fn put(tokens: &mut Vec<Token>, at: usize) {
    rather(tokens, at);
    if begins(tokens, at) {
        let _ = RULES.iter().any(|rule| rule(tokens, at));
    }
}

/// `start at 10 rather than 9:30`: instead of it.
fn rather(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("rather than") && !cursor.eat("in place of") {
        return;
    }
    let end = cursor.at;
    let thing = clock::time(&mut cursor, true).is_some() || cursor.eat("the? #");
    if thing && at > clause_start(tokens, at) {
        replace(tokens, at, end, &["instead", "of"]);
    }
}

/// `cap the day at 2 trades`: at most so many.
fn day_capped(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("cap|limit|stop the day at|to") {
        return false;
    }
    let from = cursor.at;
    if !cursor.eat("# trades|trade|entries|entry|setups") || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("max"), Run(from..end), Said("per day")]);
    true
}

/// `one trade per day is enough for me`: at most.
fn enough(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("# trade|trades|entry|entries a|per|each day") {
        return false;
    }
    let to = cursor.at;
    if !cursor.eat("is|are plenty|enough|sufficient|ok|fine") {
        return false;
    }
    cursor.eat("for me|us");
    if !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("max"), Run(at..to)]);
    true
}

/// `include a trailing stop of 4%`: it is added.
fn included(tokens: &mut Vec<Token>, at: usize) -> bool {
    let cursor = Cursor::new(tokens, at);
    let led =
        cursor.sees("include|put|introduce|attach|give a|an trailing|trail|stop|target|profit|take|breakeven|time|#");
    let led = led || cursor.sees("include|introduce|attach trailing|breakeven");
    if led {
        replace(tokens, at, at + 1, &["add"]);
    }
    led
}

/// `oversold should be 25 and overbought 75`: the two levels.
fn overbought(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let _ = cursor.eat("make|set|put|change|use");
    let named = cursor.eat("the? oversold should? be|to|at|is|=|:?");
    let low = cursor.at;
    if !named || !cursor.eat("#") {
        return false;
    }
    cursor.eat(",|/");
    cursor.eat("and");
    if !cursor.eat("the? overbought should? be|to|at|is|=|:?") {
        return false;
    }
    let high = cursor.at;
    if !cursor.eat("#") || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Kept(low), Said("and"), Kept(high)]);
    true
}

/// `get out after 5 days if the RSI exit hasn't come`: after so long, which goes without saying.
fn unless_gone(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("get|bail out after|in") && !cursor.eat("exit|sell|close|bail|out it|out? after") {
        return false;
    }
    let Some(length) = taken(&mut cursor, |cursor| clock::length(cursor)) else { return false };
    let led = cursor.eat("if") && cursor.eat("the");
    cursor.eat("rsi|normal|other|regular|main");
    let unmet = cursor.eat("exit|target|signal havent|hasnt been? come|hit|triggered|fired|happened|shown")
        || cursor.eat("exit|target|signal has not come|hit|triggered|fired|happened|shown");
    cursor.eat("yet|up|by");
    if !led || !unmet || !cursor.is_pause() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("exit after"), Run(length)]);
    true
}

/// `100 day average in place of the 200`: its days for the others.
fn average_in_place(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("use|try|put");
    cursor.eat("a|the");
    let new = cursor.at;
    let said = cursor.eat("# day|d|bar|period? moving? average|ma in|instead|rather place? of|than the?");
    let old = cursor.at;
    if !said || !cursor.eat("# day|d|bar|period?") {
        return false;
    }
    cursor.eat("one|average|ma");
    if !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("use"), Kept(new), Said("instead of"), Kept(old)]);
    true
}

/// `remove the rising EMA bit, plain VWAP cross`: what is left goes without saying.
fn part_removed(tokens: &mut Vec<Token>, at: usize) -> bool {
    const NOUNS: &str = "condition|filter|rule|requirement|part|thing|check|bit|stuff";
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("remove|drop|lose|ditch|scrap|kill|delete the|that rising|falling") {
        return false;
    }
    let from = cursor.at;
    while !cursor.is_pause() && !cursor.sees(NOUNS) {
        cursor.at += 1;
    }
    let to = cursor.at;
    if !cursor.eat(NOUNS) || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("remove the"), Run(from..to), Said("filter")]);
    true
}

/// `move the stop to breakeven when it has gained 1R`: once so much in profit.
fn gained(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("move|bring|put|stop the|my? stop|sl? to? breakeven|be when|once|after|if")
        && !cursor.eat("breakeven|be when|once|after|if")
    {
        return false;
    }
    if !cursor.eat("it|its|the? trade|position? has|have? gained|made|earned") {
        return false;
    }
    let from = cursor.at;
    if !cursor.eat("# r|points|point|pts|ticks|pips|%") {
        return false;
    }
    let to = cursor.at;
    cursor.eat("in profit");
    if !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("move to breakeven at"), Run(from..to)]);
    true
}

/// `pause after I'm up $1000 on the day`: no further entry then.
fn up_enough(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("pause|halt|rest|quit|done after|when|once|if i|we|it|im|its am|are|is? up|ahead") {
        return false;
    }
    let from = cursor.at;
    if !cursor.eat("$? # dollars|usd|bucks?") {
        return false;
    }
    let to = cursor.at;
    if !cursor.eat("on|for|in the|a day") && !cursor.eat("today") {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("daily profit limit"), Run(from..to)]);
    true
}

/// `drop the Thursday trades too`, `none on fridays`: not on that day.
fn trades_of_a_day(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let none = cursor.eat("none|nothing on");
    if !none && !cursor.eat("drop|remove|skip|lose|ditch|kill|cut the|all? the?") {
        return false;
    }
    let Some(days) = taken(&mut cursor, weekdays::days) else { return false };
    let trades = cursor.eat("trades|entries|trading|session|sessions");
    cursor.eat("too|as|also well?");
    if !none && !trades || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("no"), Run(days)]);
    true
}

/// `keep 1 lot`: the size.
fn lots_kept(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let size = cursor.eat("keep|keeping") && cursor.sees("# lot|lots|contract|contracts|shares");
    if size {
        tokens.remove(at);
    }
    size
}

/// `MNQ instead, 5 of them`: contracts.
fn of_them(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let bars = |token: &Token| matches!(token.word(), Some("bars" | "candles" | "days" | "trades"));
    if at == 0 || !cursor.eat("# of them") || !cursor.is_pause() || tokens.iter().any(bars) {
        return false;
    }
    replace(tokens, cursor.at - 2, cursor.at, &["contracts"]);
    true
}
