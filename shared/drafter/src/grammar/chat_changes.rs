//! Changes as chats word them, put into those the grammar reads: "cap it at one trade daily", "no limit on trades anymore",
//! "change the slow ema from 21 to 30", "take the trade unless …".

use super::change_phrases::{
    Part::{Kept, Mark, Run, Said},
    put_words,
};
use super::cursor::Cursor;
use super::names;
use super::rephrased::{Saying, put_said, replace};
use super::said_plainly::{clause_start, is_number, word};
use super::token::Token;

const KEPT: &[&str] = &["keep", "everything", "else"];
const NO_LIMIT: &[&str] = &["no", "max", "trades", "per", "day"];
const NONE_ON: &[&str] = &["no", "trades", "on"];

/// What is said, and the words for it.
const SAID: [Saying; 30] = [
    ("no more? limit|cap|max|maximum on the? number? of? trades|entries per|a? day? anymore?", NO_LIMIT),
    ("no daily trade|trades limit|cap anymore?", NO_LIMIT),
    ("unlimited trades|entries per|a? day?", NO_LIMIT),
    ("no trade|trades limit|cap anymore?", NO_LIMIT),
    ("remove|drop|lift|lose|kill|scrap|ditch the? daily? trade|trades limit|cap", NO_LIMIT),
    (
        "close|exit|flatten|dump whatever|whats|anything|everything thats? is? still? open|left on? at|by",
        &["flat", "at"],
    ),
    (
        "ignore|skip|pass signals|setups|trades|entries that? come|comes|came|happen|happens|occur|fall|falls? on a|any?",
        NONE_ON,
    ),
    ("every|any|all day|days other|apart than|from", NONE_ON),
    ("kill|bail|dump|end|close|exit out? the? trade|position|it? out? after", &["exit", "after"]),
    ("rather than leaving|keeping it|the? fixed|static|put", KEPT),
    ("instead of leaving|keeping it|the? fixed|static|put", KEPT),
    ("do? the? same thing? on|for the long side", &["mirror", "it", "for", "longs"]),
    ("skip it|them|those|trades? if|when", &["no", "trades", "if"]),
    ("skip the? day|days|session|sessions if|when|where", &["no", "trades", "if"]),
    ("dont take|trade it|them|that if|when", &["no", "trades", "if"]),
    ("extend it|that|things to|until|till", &["extend", "the", "window", "to"]),
    ("add|put|use a time stop|exit of|at|after", &["exit", "after"]),
    ("dont take|open|enter a|any? long|longs unless", &["only", "take", "longs", "when"]),
    ("dont take|open|enter a|any? short|shorts unless", &["only", "take", "shorts", "when"]),
    ("same rules|everything|settings otherwise", KEPT),
    ("otherwise the? same|unchanged|identical", KEPT),
    ("the? rest of the window|hours|rules|it stays|is the? same|put", KEPT),
    ("if nothing else? has? hit|triggered|exited|fired|happened", KEPT),
    ("tack|slap|throw|stick on a|an", &["add", "a"]),
    ("if it hasnt exited|closed|hit yet|anything? yet?", KEPT),
    ("if neither stop nor target got|gets hit", KEPT),
    ("but? keep|leave the|my|same hours|times|window|session alone|same|unchanged?", KEPT),
    ("nothing else changes|changed", KEPT),
    ("everything|all|rest else? untouched|unchanged", KEPT),
    ("with? same rules|settings|everything", KEPT),
];

/// Puts the change that begins at `at` into plain words.
pub(crate) fn put(tokens: &mut Vec<Token>, at: usize) {
    if put_said(tokens, at, &SAID, |cursor, words| words != KEPT || cursor.is_pause_or_joint()) {
        return;
    }
    for rule in [meant, from_to, capped, limit_set, taken_too, unless, must_be, finer_chart, given_up, bands_be] {
        rule(tokens, at);
    }
    only_if(tokens, at);
    for rule in [tested_from, both_for_one, given_up_first, call_changed, average_meant, should_be] {
        rule(tokens, at);
    }
}

/// Puts words inside a change into plain ones.
pub(crate) fn within(tokens: &mut Vec<Token>, at: usize) {
    // "when RSI gets to 50": reaches it.
    let mut cursor = Cursor::new(tokens, at);
    let start = clause_start(tokens, at);
    let told = (start..at).any(|place| Cursor::new(tokens, place).sees("when|once|if|until|till"));
    if told && cursor.eat("gets|get|comes|goes back? to") {
        let end = cursor.at;
        let unit = Cursor::new(tokens, end + 1).sees(super::chat_wordings::UNITS);
        if is_number(tokens, end) && !unit {
            replace(tokens, at, end, &["reaches"]);
        }
    }
    // "by another 5 points".
    if Cursor::new(tokens, at).sees("by another|further|extra #") {
        tokens.remove(at + 1);
    }
    // "on the break bar": the bar that enters.
    let mut bar = Cursor::new(tokens, at);
    if bar.eat("on the break|signal|entry|cross|breakout|trigger bar|candle") && bar.is_pause_or_joint() {
        let end = bar.at;
        tokens.drain(at..end);
    }
    // "10 points flat", "start at 9:45 tho", "at plus 20 pips", "is already below".
    let sees = |words: &'static str, place: usize| Cursor::new(tokens, place).sees(words);
    let flat = sees("flat", at) && at > 0 && sees(super::chat_wordings::UNITS, at - 1);
    let ended = (flat || sees("tho|though", at)) && Cursor::new(tokens, at + 1).is_pause();
    let idle = sees("at plus #", at) || sees("is|are already", at);
    let plenty =
        sees("is plenty|enough", at) && Cursor::new(tokens, at + 2).is_pause() && at > 0 && sees("day", at - 1);
    if plenty {
        tokens.drain(at..at + 2);
    } else if ended || idle {
        tokens.remove(at + usize::from(idle));
    }
    if Cursor::new(tokens, at).sees("in stead of") {
        replace(tokens, at, at + 2, &["instead"]);
    }
    // "volume is also higher".
    if Cursor::new(tokens, at).sees("is|was|be|closes also") {
        tokens.remove(at + 1);
    }
}

/// `sorry I meant …`: what follows is the change.
fn meant(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if at == 0 && cursor.eat("sorry|oops|wait ,? i? meant|mean") && !cursor.is_pause() {
        let end = cursor.at;
        tokens.drain(at..end);
    }
}

/// `change the slow ema from 21 to 30`: the 21 EMA to 30.
fn from_to(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("change|move|switch|take|adjust|set|increase|decrease|raise|lower|bump");
    cursor.eat("the|my");
    cursor.eat("fast|faster|slow|slower|short|long|trend");
    let name = cursor.at;
    if names::indicator(&mut cursor).is_none() {
        return;
    }
    let named = cursor.at;
    cursor.eat("period|length|lookback|periods");
    let old = cursor.at + 1;
    if cursor.eat("from # to #") && cursor.is_pause_or_joint() {
        let end = cursor.at;
        put_words(tokens, at, end, &[Said("change the"), Kept(old), Run(name..named), Said("to"), Kept(old + 2)]);
    }
}

/// `cap it at one trade daily`: at most one a day.
fn capped(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("cap|limit|keep|hold|cut it|trades|entries|me|things|that? down? to|at") {
        return;
    }
    let number = cursor.at;
    if cursor.eat("# trade|trades|entry|entries daily|max") && cursor.is_pause_or_joint() {
        let end = cursor.at;
        at_most(tokens, (at, end), number);
    }
}

/// `raise the trade limit to 6`.
fn limit_set(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("raise|lower|set|change|put|bump|reduce|cut|increase|move the? daily? trade|trades limit|cap|max up|down? to|at|of") {
        let number = cursor.at;
        if cursor.eat("# a|per? day?") && cursor.is_pause_or_joint() {
            let end = cursor.at;
            at_most(tokens, (at, end), number);
        }
    }
}

fn at_most(tokens: &mut Vec<Token>, (at, end): (usize, usize), number: usize) {
    put_words(tokens, at, end, &[Said("max"), Kept(number), Said("trades a day")]);
}

/// `take profits at 3% as well`: a target too.
fn taken_too(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("take profit|profits at|of") {
        return;
    }
    let number = cursor.at;
    if !is_number(tokens, number) {
        return;
    }
    cursor.at += 1;
    cursor.eat(super::chat_wordings::UNITS);
    let unit = cursor.at;
    if cursor.eat("too|also") || cursor.eat("as well") {
        let end = cursor.at;
        tokens.drain(unit..end);
    }
    replace(tokens, at, number, &["target"]);
}

/// `take the trade unless A`: not then. `unless A don't enter`: only then.
fn unless(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("take|trade|enter the|a|any|every? trade|trades|signal|signals|cross? unless") {
        let end = cursor.at;
        return replace(tokens, at, end, &["dont", "trade", "if"]);
    }
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("unless") {
        return;
    }
    let from = cursor.at;
    while !cursor.is_pause() && cursor.at < from + 10 && !cursor.sees("dont|do not? enter|trade|take|bother") {
        cursor.at += 1;
    }
    let to = cursor.at;
    cursor.eat(",");
    if cursor.eat("dont|do not? enter|trade|take|bother it|the|a|any? trade|trades?") && cursor.is_pause() {
        let end = cursor.at;
        put_words(tokens, at, end, &[Said("only trade when"), Run(from..to)]);
    }
}

/// `must be under the 200 EMA as well`: the price.
fn must_be(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("it|price? must|has|needs|should to? also? be also?") || !cursor.sees("above|below|under|over") {
        return;
    }
    // "needs to be over 25" is said of an indicator.
    if Cursor::new(tokens, cursor.at + 1).sees("#")
        && !Cursor::new(tokens, cursor.at + 1).sees("# -|day|bar|period|ema|sma|ma|wma|hma")
    {
        return;
    }
    let end = cursor.at;
    while !cursor.is_pause() {
        if cursor.sees("as well|too") || cursor.sees("too") {
            let from = cursor.at;
            let _ = cursor.eat("as well") || cursor.eat("too");
            let to = cursor.at;
            tokens.drain(from..to);
            break;
        }
        cursor.at += 1;
    }
    replace(tokens, at, end, &["only", "trade", "when", "price", "is"]);
}

/// `go to the 3 minute`, `drop to the hourly`: that chart.
fn finer_chart(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("go|drop|move|switch up|down? to the") {
        return;
    }
    let number = cursor.at;
    if cursor.eat("# minute|min|hour") && cursor.is_pause_or_joint() {
        let end = cursor.at;
        put_words(tokens, at, end, &[Said("use"), Kept(number), Kept(number + 1), Said("bars")]);
    }
}

/// `forget the 200, use the 100`: one for the other.
fn given_up(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("forget|drop|lose|scrap|ditch the") {
        return;
    }
    let old = cursor.at;
    if !is_number(tokens, old) {
        return;
    }
    cursor.at += 1;
    cursor.eat(",|;");
    cursor.eat("and|just");
    if !cursor.eat("use|try|do|make the|it|a") {
        return;
    }
    cursor.eat("the|a");
    let new = cursor.at;
    if is_number(tokens, new) && Cursor::new(tokens, new + 1).is_pause_or_joint() {
        put_words(tokens, at, new + 1, &[Said("swap the"), Kept(old), Said("for the"), Kept(new)]);
    }
}

/// `bands should be 2.5 deviations`: make them so.
fn bands_be(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("the|my? bollinger|bb? bands should be at?") || cursor.eat("the|my? bollinger|bb? bands at") {
        let end = cursor.at;
        if (end..tokens.len().min(end + 6)).any(|place| Cursor::new(tokens, place).sees("not|instead|rather")) {
            return;
        }
        replace(tokens, at, end, &["make", "the", "bands"]);
    }
}

/// `go back to 2005 for the test`: since then.
fn tested_from(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("go back to") {
        return;
    }
    let year = cursor.at;
    if cursor.eat("# for the? test|backtest|testing") && cursor.is_pause_or_joint() {
        let end = cursor.at;
        put_words(tokens, at, end, &[Said("test since"), Kept(year)]);
    }
}

/// `buy only if A`: only then.
fn only_if(tokens: &mut [Token], at: usize) {
    if Cursor::new(tokens, at).sees("buy|enter|trade only if|when|while") {
        tokens.swap(at, at + 1);
    }
}

/// `swap both the stop and target for a trailing stop of 3 ATR`: both go.
fn both_for_one(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let swaps = cursor.eat("swap|replace|change|ditch|drop both? the stop and the? target for|with|and use");
    if swaps
        && (cursor.at..tokens.len().min(cursor.at + 10)).any(|place| Cursor::new(tokens, place).sees("trail|trailing"))
    {
        let end = cursor.at;
        put_words(
            tokens,
            at,
            end,
            &[Said("remove the stop"), Mark(';'), Said("remove the target"), Mark(';'), Said("use")],
        );
    }
}

/// `instead of the 200 SMA use the 100 EMA`: what takes its place first.
fn given_up_first(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("instead of|") {
        return;
    }
    cursor.eat("of");
    let old = cursor.at;
    let Some(using) = (old..tokens.len().min(old + 8)).find(|place| Cursor::new(tokens, *place).sees("use|try")) else {
        return;
    };
    let end = (using..tokens.len()).find(|place| Cursor::new(tokens, *place).is_pause()).unwrap_or(tokens.len());
    let average =
        |from: usize, to: usize| (from..to).any(|place| Cursor::new(tokens, place).sees("sma|ema|ma|wma|hma"));
    let paused = (old..using).any(|place| Cursor::new(tokens, place).is_pause());
    if paused || end > using + 6 || !average(old, using) || !average(using, end) {
        return;
    }
    put_words(tokens, at, end, &[Run(using..end), Said("instead of"), Run(old..using)]);
}

/// `change RSI(2) to RSI(3)`, `RSI(3) rather than RSI(2)`: use the one instead of the other.
fn call_changed(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let mut new = cursor;
    if names::indicator(&mut new).is_some() && new.eat("( # )") && new.eat("instead|rather of|than") {
        let verb = word(tokens, at, "use");
        tokens.insert(at, verb);
        return;
    }
    if !cursor.eat("change|switch|swap|replace|turn the?") {
        return;
    }
    let old = cursor.at;
    if names::indicator(&mut cursor).is_none() || !cursor.eat("( # )") {
        return;
    }
    let to = cursor.at;
    if !cursor.eat("to|for|with|into a|an|the?") {
        return;
    }
    let new = cursor.at;
    if names::indicator(&mut cursor).is_none() || !cursor.eat("( # )") || !cursor.is_pause_or_joint() {
        return;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("use"), Run(new..end), Said("instead of"), Run(old..to)]);
}

/// `the 100 SMA, not the 200`: one for the other.
fn average_meant(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("the|a");
    let new = cursor.at;
    if !is_number(tokens, new) || at > 0 && !Cursor::new(tokens, at - 1).is_pause() {
        return;
    }
    cursor.at += 1;
    if !cursor.eat("day|bar|period? sma|ema|ma|wma|hma") {
        return;
    }
    cursor.eat(",");
    if !cursor.eat("not|instead of? the|a?") {
        return;
    }
    let old = cursor.at;
    if is_number(tokens, old) && Cursor::new(tokens, old + 1).is_pause_or_joint() {
        put_words(tokens, at, old + 1, &[Said("swap the"), Kept(old), Said("for the"), Kept(new)]);
    }
}

/// `the slow EMA should be 34`, `make the stop a 2.5 ATR(14) stop`: made so.
fn should_be(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("the|my");
    let name = cursor.at;
    cursor.eat("fast|faster|slow|slower");
    if cursor.eat("ema|sma|ma|rsi|wma|hma length|period?") {
        let to = cursor.at;
        if cursor.eat("should be")
            && is_number(tokens, cursor.at)
            && Cursor::new(tokens, cursor.at + 1).is_pause_or_joint()
        {
            let end = cursor.at;
            put_words(tokens, at, end, &[Said("make the"), Run(name..to)]);
        }
        return;
    }
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("make the|my stop a|an") && is_number(tokens, cursor.at) {
        let end = cursor.at;
        replace(tokens, at, end, &["use", "a"]);
    }
}
