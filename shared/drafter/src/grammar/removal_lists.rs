//! Lists of what a change takes out, "drop the stop and the target", and days it trades again, "put fridays back in".

use super::change_phrases::{
    Part::{Run, Said},
    put_words,
};
use super::cursor::Cursor;
use super::names;
use super::removals::THINGS;
use super::said_plainly::word;
use super::token::Token;
use super::weekdays::days;

/// What a rule about a day or an hour is called.
pub(crate) const RULE: &str =
    "thing|things|stuff|bit|part|rule|rules|filter|filters|restriction|restrictions|ban|limit|exclusion|skip|block";

/// The longest thing of a list, in words.
const THING_MAX: usize = 7;

/// Puts the change that begins at `at` into plain words.
pub(crate) fn put(tokens: &mut Vec<Token>, at: usize) {
    days_again(tokens, at);
    listed(tokens, at);
}

/// `drop the stop and the target`: each thing with its own verb.
fn listed(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("and|also|please|then|just");
    let verb = cursor
        .eat("remove|drop|delete|ditch|kill|lose|scrap|disable|eliminate|forget|cancel|removing|axe about?")
        || cursor.eat("get rid of");
    // "lose $300 and stop for the day".
    if !verb || cursor.sees("$? #") {
        return;
    }
    let first = cursor.at;
    let joint = (first + 1..first + THING_MAX)
        .take_while(|place| !Cursor::new(tokens, *place - 1).is_pause())
        .find(|place| Cursor::new(tokens, *place).sees("and|plus|&|,"));
    let Some(joint) = joint else { return };
    let thing = Cursor::new(tokens, joint + 1);
    if thing_alone(thing, Cursor::new(tokens, joint).sees(",")) {
        let verb = word(tokens, joint, "remove");
        tokens.insert(joint + 1, verb);
    }
}

/// True for a thing a strategy has, and nothing said of it.
fn thing_alone(mut cursor: Cursor<'_>, comma: bool) -> bool {
    cursor.eat("also|then");
    let article = cursor.eat("the|my|any|that");
    // "drop the target and trail", "remove the target, stop 20".
    let verb = cursor.sees("trail|flatten|close|limit|end|cap|max|maximum") || comma;
    if verb && !article {
        return false;
    }
    let mut day = cursor;
    let of_day = days(&mut day).is_some() && day.eat(RULE);
    let mut line = cursor;
    line.number();
    let of_line = names::indicator(&mut line).is_some() && line.eat(RULE);
    let thing = THINGS.iter().any(|(pattern, _, _)| cursor.eat(pattern)) || cursor.eat("stop|stops");
    let mut end = if of_day {
        day
    } else if of_line {
        line
    } else {
        cursor.eat(RULE);
        cursor
    };
    end.eat("too|also|altogether|completely|entirely|please|anymore");
    (of_day || of_line || thing) && (end.is_pause() || end.sees("and|plus|&"))
}

/// `put fridays back in`, `no more skipping fridays`: those days are traded again.
fn days_again(tokens: &mut Vec<Token>, at: usize) {
    let first = at == 0 || Cursor::new(tokens, at - 1).is_pause();
    let mut cursor = Cursor::new(tokens, at);
    let skips =
        cursor.eat("stop|quit|dont|never|no more? skip|skipping|avoid|avoiding|exclude|excluding|block|blocking");
    let led = skips || cursor.eat("put|bring|get|turn|switch|have back?");
    cursor.eat("the");
    let from = cursor.at;
    if days(&mut cursor).is_none() {
        return;
    }
    let to = cursor.at;
    let back = (led || first) && (cursor.eat("back in|on?") || cursor.eat("in|on again"));
    let before = led && from > 0 && Cursor::new(tokens, from - 1).sees("back");
    cursor.eat("anymore|again|please|too");
    if !(skips || back || before) || !cursor.is_pause_or_joint() {
        return;
    }
    let end = cursor.at;
    let words = [Said("allow"), Run(from..to)];
    put_words(tokens, at, end, &words);
}
