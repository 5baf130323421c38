//! Changes as traders ask for them every day, put into those the grammar reads: "20 pt stop is too tight, try 35", "swap MNQ for
//! QQQ", "add a 200 EMA filter, longs above it shorts below", "add ADX > 20 so it doesnt chop me up".

use super::change_phrases::{
    Part::{Kept, Mark, Run, Said},
    put_words,
};
use super::cursor::Cursor;
use super::rephrased::{Saying, put_said, replace};
use super::said_plainly::is_number;
use super::scene::Scene;
use super::symbols;
use super::token::Token;
use std::ops::Range;

/// What is said, and the words for it.
const SAID: [Saying; 23] = [
    ("just? ride|hold|run|keep it|them? till|until|to the? opposite|reverse|other cross", OPPOSITE),
    ("just? let it|them|winners run|ride till|until|to the? opposite|reverse|other cross", OPPOSITE),
    ("just? exit|close|out on|at the? cross back|backwards", OPPOSITE),
    ("only|just the? first trade|signal|setup of the day", ONE),
    ("only|just the? first trade|signal|setup each|per|every day", ONE),
    ("only|just take the? first trade|signal|setup of the day", ONE),
    ("only|just take the? first trade|signal|setup each|per|every day", ONE),
    ("take only|just the? first trade|signal|setup of the day", ONE),
    ("take only|just the? first trade|signal|setup each|per|every day", ONE),
    ("first trade|signal|setup of the day only", ONE),
    ("the first trade|signal|setup of the day only", ONE),
    ("one|1 and done", ONE),
    ("get rid of the? flat|flatten time", &["hold", "overnight"]),
    ("remove|drop|kill|lose the? flat|flatten time", &["hold", "overnight"]),
    ("no fixed|set|hard target|tp", &["no", "target"]),
    ("keep the? rest|everything as is", KEPT),
    ("keep the? rest|everything the? same", KEPT),
    ("leave the? rest|everything alone", KEPT),
    ("leave the? rest|everything as is", KEPT),
    ("leave|keep the? stop|target|tp|sl where it is", KEPT),
    ("leave|keep the? stop|target|tp|sl as it? is", KEPT),
    ("leave|keep the? stop|target|tp|sl the? same|alone|unchanged", KEPT),
    ("otherwise no trade|trades|entry", KEPT),
];

const OPPOSITE: &[&str] = &["exit", "on", "the", "opposite", "cross"];
const KEPT: &[&str] = &["keep", "everything", "else"];
const ONE: &[&str] = &["max", "one", "trade", "per", "day"];

/// Puts the change that begins at `at` into plain words.
pub(crate) fn put(tokens: &mut Vec<Token>, at: usize) {
    if put_said(tokens, at, &SAID, |cursor, _| cursor.is_pause_or_joint()) {
        return;
    }
    for rule in [too_tight, still_open, data_of, filter_of_sides, what_if_was, agrees, sides_of, flat_amount] {
        rule(tokens, at);
    }
    pair_of_lengths(tokens, at);
    made_of_r(tokens, at);
}

/// Leaves out, wherever they stand in a change, words that change nothing.
pub(crate) fn without_reasons(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    // "so it doesnt chop me up": why it is asked for.
    if cursor.eat("so|because that? it|i|we dont|isnt|doesnt|wont|stops|stop|am|not") || cursor.eat("to stop|avoid") {
        const WHY: &str = "get|getting|chop|chopped|chops|choppy|me|up|out|whipsawed|whipsaw|whipsaws|faked|fakeouts|in|the|so|much|often|a|lot|killed|stopped|too|early|always|as|easily|by|noise|not|be|being|all|time|chopping";
        while cursor.eat(WHY) {}
        let chops = tokens.get(at..cursor.at).unwrap_or_default().iter().filter_map(Token::word);
        let chops = chops.into_iter().any(|word| {
            ["chop", "whip", "fake", "kill", "noise"].iter().any(|stem| word.starts_with(stem)) || word == "stopped"
        });
        if chops && cursor.is_pause() {
            tokens.drain(at..cursor.at);
        }
        return;
    }
    if cursor.eat("let it|them|winners|profits run with|on|using") {
        let end = cursor.at;
        return replace(tokens, at, end, &["use"]);
    }
    if cursor.eat("backtest|test|run just|only #") {
        // "backtest just 2022 to now".
        tokens.remove(at + 1);
        return;
    }
    if cursor.eat("just the? last # years|months|weeks|days|year|month") {
        return replace(tokens, at, at + 1, &["only"]);
    }
    if cursor.eat("i want|need") && cursor.sees("adx|rsi|volume|price|macd|the") {
        return replace(tokens, at, at + 2, &["need"]);
    }
    // "a 40 point target fixed", "above the average on the cross bar too".
    let behind = at.checked_sub(1).is_some_and(|before| !Cursor::new(tokens, before).is_pause());
    let said = cursor.eat("fixed") && Cursor::new(tokens, at - usize::from(behind)).sees("points|pts|point|ticks|r|%")
        || cursor.eat("on|at the cross|signal|entry|trigger bar|candle too|also?")
        || cursor.eat("at the moment|time|point of the cross|signal|entry")
        || cursor.eat("instead")
            && Cursor::new(tokens, at - usize::from(behind))
                .sees("minute|minutes|min|mins|hour|chart|m|h|daily|hourly");
    if said && behind && cursor.is_pause() {
        tokens.drain(at..cursor.at);
    }
}

/// `20 pt stop is too tight, try 35`: the new one.
fn too_tight(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("the|my|a|this");
    cursor.eat("# points|point|pts|pt|ticks|tick|r|atr?");
    let named = cursor.at;
    if !cursor.eat("stop|sl|target|tp loss|profit?") {
        return;
    }
    if !cursor
        .eat("is|was|seems|looks|feels way|a|bit|just|far? bit? too tight|wide|small|big|close|far|large|short|long")
    {
        return;
    }
    cursor.eat(",|.|;|-");
    if !cursor.eat("try|use|make|go|do|lets|put|set it|with|to|at|try|do|use?") {
        return;
    }
    cursor.eat("it|to|at|a");
    if is_number(tokens, cursor.at) {
        let end = cursor.at;
        put_words(tokens, at, end, &[Said("make the"), Kept(named)]);
    }
}

/// `what if the stop was 1.5 ATR instead of the fixed 20 points`: make it that.
fn what_if_was(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("what|how|try about? if? the|my") {
        return;
    }
    let named = cursor.at;
    if !cursor.eat("stop|sl|target|tp loss|profit?") {
        return;
    }
    let end = cursor.at;
    if cursor.eat("was|were|is|at") && is_number(tokens, cursor.at) {
        let stop = cursor.at;
        put_words(tokens, at, stop, &[Said("make the"), Run(named..end)]);
    }
}

/// `need the 1 hour 50 EMA to agree with direction`: longs above it, shorts below it.
fn agrees(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("need|require|want|needs") {
        return;
    }
    cursor.eat("the|a");
    let level = cursor.at;
    while !cursor.sees("to? agree|agrees|agreeing") {
        if cursor.is_pause() || cursor.at > level + 6 {
            return;
        }
        cursor.at += 1;
    }
    let end = cursor.at;
    cursor.eat("to? agree|agrees|agreeing");
    let _ = cursor.eat("with the? direction|trade|side|it") || cursor.eat("with me|that");
    let average = |token: &Token| matches!(token.word(), Some("ema" | "sma" | "ma" | "vwap" | "hma" | "wma"));
    if !tokens.get(level..end).unwrap_or_default().iter().any(average) || !cursor.is_pause() {
        return;
    }
    let stop = cursor.at;
    above_and_below(tokens, at, stop, level..end);
}

/// In place of a phrase: longs only above a level, shorts only below it.
pub(crate) fn above_and_below(tokens: &mut Vec<Token>, from: usize, to: usize, level: Range<usize>) {
    let words = [Said("longs only above the"), Run(level.clone()), Said("and shorts only below the"), Run(level)];
    put_words(tokens, from, to, &words);
}

/// `add rsi: long if over 50, short if under 50`: what each side needs.
fn sides_of(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("add|use|include") {
        return;
    }
    cursor.eat("a|an|the");
    let name = cursor.at;
    if !cursor.eat("rsi|cci|mfi") {
        return;
    }
    let _ = cursor.one("( # )").is_some() || cursor.one("#").is_some();
    let end = cursor.at;
    cursor.eat("filter");
    let _ = cursor.eat(":|,|-");
    if !cursor.eat("longs|long") || !cursor.eat("only? if|when? over|above|>") || !is_number(tokens, cursor.at) {
        return;
    }
    let first = cursor.at;
    cursor.at += 1;
    let _ = cursor.eat(",|/|;");
    cursor.eat("and");
    if !cursor.eat("shorts|short") || !cursor.eat("only? if|when? under|below|<") || !is_number(tokens, cursor.at) {
        return;
    }
    let second = cursor.at;
    let words = [
        Run(name..end),
        Said("over"),
        Kept(first),
        Said("for longs and"),
        Run(name..end),
        Said("under"),
        Kept(second),
        Said("for shorts"),
    ];
    put_words(tokens, at, second + 1, &words);
}

/// `use 8/34 instead`, `change the emas to 8 and 34`: both averages.
fn pair_of_lengths(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let named = cursor.eat("change|make|switch|set|swap the? emas|averages|mas|smas to|for?");
    if !named && !cursor.eat("use|try|do") {
        return;
    }
    let first = cursor.at;
    if !cursor.eat("# /|and|&|- #") {
        return;
    }
    let second = cursor.at - 1;
    let behind = cursor.eat("for the? emas|averages|mas|smas");
    cursor.eat("instead|please");
    if !cursor.is_pause() || !(named || behind || Cursor::new(tokens, second + 1).sees("instead")) {
        return;
    }
    let stop = cursor.at;
    let words = [Said("use the"), Kept(first), Mark('/'), Kept(second), Said("averages")];
    put_words(tokens, at, stop, &words);
}

/// `make it 1.5R`: the target, which alone is told in R.
fn made_of_r(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("make|do|try it") {
        return;
    }
    let number = cursor.at;
    if cursor.eat("# r") && cursor.is_pause() {
        put_words(tokens, at, number, &[Said("make the target")]);
    }
}

/// `set tp at a flat 36 points`: the adjective says nothing.
fn flat_amount(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let _ = cursor.eat("set|make|put|use|have");
    cursor.eat("the|a");
    if !cursor.eat("stop|sl|target|tp loss|profit?") {
        return;
    }
    cursor.eat("at|to|of|be|is");
    let from = cursor.at;
    if cursor.eat("a? flat|fixed|static|hard") && is_number(tokens, cursor.at) {
        let end = cursor.at;
        tokens.drain(from..end);
    }
}

/// `exit if it's still open after 20 bars`: a time exit.
fn still_open(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("exit|close any|every|all trade|trades|position that|thats|thats's? is? been? still? open|on") {
        cursor.eat("for");
        if cursor.eat("after|more|over|longer than?") && cursor.sees("# bars|candles|minutes|hours|min|mins") {
            let end = cursor.at;
            replace(tokens, at, end, &["exit", "after"]);
        }
        return;
    }
    if !cursor.eat("exit|close|out|bail it|out|trade? if|when|once") {
        return;
    }
    let _ = cursor.eat("it|its|im|i|we|trade|the trade|position?");
    let _ = cursor.eat("is|are|am|isnt");
    let idle = cursor.eat("hasnt|didnt hit|done|reached|moved|worked|gone anything|anywhere|nothing|out?");
    if !idle && !cursor.eat("still? open|in|running|on the|a? trade|position|it?") && !cursor.eat("still") {
        return;
    }
    if cursor.sees("after # bars|candles|minutes|hours|min|mins") {
        let end = cursor.at;
        replace(tokens, at, end, &["exit"]);
    }
}

/// `go back to 2 yrs of data`: what is tested.
fn data_of(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let _ = cursor.eat("go|use|back|take|give|run|test") && cursor.eat("back|me|it|on|over|with");
    let _ = cursor.eat("to|on|with");
    let number = cursor.at;
    if number == at || !cursor.eat("# years|year|yrs|yr|months|month|weeks of|worth") {
        return;
    }
    let unit = number + 1;
    cursor.eat("of");
    if cursor.eat("data|history") && cursor.is_pause_or_joint() {
        let end = cursor.at;
        put_words(tokens, at, end, &[Said("test the last"), Kept(number), Kept(unit)]);
    }
}

/// `add a 200 EMA filter, longs above it shorts below`: longs only above it, shorts only below it.
fn filter_of_sides(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let _ = cursor.eat("add|use|put|include|with|want") && cursor.eat("in|on");
    cursor.eat("a|an|the");
    let level = cursor.at;
    while !cursor.sees("trend? filter") {
        if cursor.is_pause() || cursor.at > level + 5 {
            return;
        }
        cursor.at += 1;
    }
    let end = cursor.at;
    let filter = cursor.eat("trend? filter");
    let _ = cursor.eat(",|:|-|;|(");
    cursor.eat("only|so|with");
    let longs = cursor.eat("longs|long|buys only? happen|go|trade|allowed? above|over it?");
    let _ = cursor.eat(",|/|;");
    cursor.eat("and|&");
    let shorts = cursor.eat("only? shorts|short|sells only? below|under it?");
    cursor.eat(")");
    if !filter || !longs || !shorts || end == level || !cursor.is_pause() {
        return;
    }
    let stop = cursor.at;
    above_and_below(tokens, at, stop, level..end);
}

/// `swap MNQ for QQQ`: the market moves.
pub(crate) fn swapped_market(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("swap|switch|change|replace|trade") {
        return;
    }
    cursor.eat("the|from");
    let known = symbols::instrument(&mut cursor, &scene.names, scene.text);
    if known.is_none() || !cursor.eat("for|to|with|into|by") {
        return;
    }
    let end = cursor.at;
    if symbols::instrument(&mut cursor, &scene.names, scene.text).is_some() {
        replace(tokens, at, end, &["move", "it", "to"]);
    }
}
