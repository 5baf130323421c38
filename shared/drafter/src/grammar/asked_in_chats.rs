//! Changes as they are asked for in chats, put into those the grammar reads: "nah make it 30 lol", "see it on NQ 1 minute
//! instead", "only do the shorts", "stop goes from 15 to 12", "start trailing after 15 points instead of 10".

use super::change_phrases::{
    Part::{Kept, Mark, Run, Said},
    put_words,
};
use super::chat_wordings::UNITS;
use super::clock;
use super::cursor::Cursor;
use super::names;
use super::rephrased::{Saying, put_said};
use super::replaced_rules::OLD;
use super::said_plainly::{is_number, number_and_unit, opens};
use super::scene::Scene;
use super::symbols;
use super::token::Token;
use std::ops::Range;

const LONGS: &[&str] = &["longs", "only"];
const SHORTS: &[&str] = &["shorts", "only"];

/// One side alone, as it is asked for.
const SIDES: [Saying; 14] = [
    ("l|long side only", LONGS),
    ("s|short side only", SHORTS),
    ("l only", LONGS),
    ("s only", SHORTS),
    ("l only please|pls", LONGS),
    ("s only please|pls", SHORTS),
    ("what if we|i|you|it just|only did|do|took|take|traded|trade the? longs|buys", LONGS),
    ("what if we|i|you|it just|only did|do|took|take|traded|trade the? shorts|sells", SHORTS),
    ("just|only do|take|trade|run|show the? longs|buys", LONGS),
    ("just|only do|take|trade|run|show the? shorts|sells", SHORTS),
    ("do|take|trade|run just|only the? longs|buys", LONGS),
    ("do|take|trade|run just|only the? shorts|sells", SHORTS),
    ("keep|take|trade? only|just the? long|buy trades|positions|setups|signals|side|part", LONGS),
    ("keep|take|trade? only|just the? short|sell trades|positions|setups|signals|side|part", SHORTS),
];

/// What stays as it is, and what is said for nothing.
const SAID: [Saying; 7] = [
    ("if|unless it|rsi|price still? hasnt|hasn't hit|reached|touched # yet|before?", &["keep", "everything", "else"]),
    ("stop|sl goes|go|going from? # to", &["stop", "to"]),
    ("target|tp goes|go|going from? # to", &["target", "to"]),
    ("target|tp becomes|is now|should be the", &["target", "at", "the"]),
    ("stop|sl becomes|is now the", &["stop", "at", "the"]),
    ("tf|timeframe|chart : # m|min|minute|minutes|h|hour to", &["timeframe"]),
    ("tf|timeframe|chart # m|min|minute|minutes|h|hour to", &["timeframe"]),
];

/// Puts the change that begins at `at` into plain words.
pub(crate) fn put(tokens: &mut Vec<Token>, at: usize) {
    let polite = |cursor: &Cursor<'_>| cursor.is_pause_or_joint() || cursor.sees("pls|please|plz|now|thanks");
    if put_said(tokens, at, &SIDES, |cursor, _| polite(cursor)) || put_said(tokens, at, &SAID, |_, _| true) {
        return;
    }
    for rule in [amount_meant, averages_for, trail_begins, given_up_thing, oscillator_for_another] {
        rule(tokens, at);
    }
}

/// `remove the EMA condition from the shorts but keep it on the longs`: on the shorts alone.
pub(crate) fn from_a_side(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let start = super::said_plainly::clause_start(tokens, at);
    let removed = (start..at)
        .any(|place| Cursor::new(tokens, place).sees("remove|drop|take|lose|kill|delete|ditch|scrap|without"));
    if removed && cursor.sees("from the? longs|shorts") {
        put_words(tokens, at, at + 1, &[Said("on")]);
        return;
    }
    if cursor.eat("but|and? keep|leave it|that|them on|for|with the? longs|shorts") && cursor.is_pause_or_joint() {
        let end = cursor.at;
        put_words(tokens, at, end, &[Mark(','), Said("keep everything else")]);
    }
}

/// Leaves out talk at the head and the end of a change.
pub(crate) fn without_talk(tokens: &mut Vec<Token>, at: usize) {
    const HEAD: &str = "nah|nope|hmm|hm|mmm|sir|madam|yo|alright|haha|lol|mate|bro|man|dude|buddy|kindly|k";
    const END: &str = "lol|haha|lmao|anymore|mate|bro|dude|buddy|sir|pls|plz|please|thx|thanks";
    // "skip Mondays too": beside the days that are skipped.
    let start = super::said_plainly::clause_start(tokens, at);
    let skips =
        Cursor::new(tokens, start).sees("skip|avoid|no|also") || Cursor::new(tokens, start).sees("and skip|avoid|no");
    let ended = |at: usize| Cursor::new(tokens, at).is_pause_or_joint();
    if skips && Cursor::new(tokens, at).sees("as well") && ended(at + 2) {
        tokens.drain(at..at + 2);
    } else if skips && at > start && Cursor::new(tokens, at).sees("too") && ended(at + 1) {
        tokens.remove(at);
    }
    while opens(tokens, at) && Cursor::new(tokens, at).sees(HEAD) && !Cursor::new(tokens, at + 1).sees("/|#|=") {
        tokens.remove(at);
        while Cursor::new(tokens, at).sees(",|.") {
            tokens.remove(at);
        }
    }
    if opens(tokens, at) && Cursor::new(tokens, at).sees("what if we|i|you use") {
        tokens.drain(at..at + 3);
    }
    if at > 0 && Cursor::new(tokens, at).sees(END) && Cursor::new(tokens, at + 1).is_pause_or_joint() {
        tokens.remove(at);
    }
}

/// `see it on NQ 1 minute instead`, `gbpusd 1h pls`, `what about QQQ?`: another market and its chart.
pub(crate) fn moved(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) {
    if !opens(tokens, at) {
        return;
    }
    let mut cursor = Cursor::new(tokens, at);
    asked_to_see(&mut cursor);
    let from = cursor.at;
    let asked = (at..from).any(|place| {
        Cursor::new(tokens, place).sees("how|what about") || Cursor::new(tokens, place).sees("it|this be")
    });
    let found = match chart_of_market(cursor, scene) {
        Some(framed) => framed,
        None => market_on_chart(cursor, scene, asked),
    };
    let Some((market, chart, end)) = found else { return };
    let mut words = vec![Said("move it to"), Run(market)];
    if let Some(chart) = chart {
        words.extend([Mark(','), Said("use the"), Run(chart), Said("chart")]);
    }
    put_words(tokens, at, end, &words);
}

/// `could we see the same strategy on the`: what leads to a market or a chart.
fn asked_to_see(cursor: &mut Cursor<'_>) {
    while cursor.eat("lets|let us|can|could|would you|we|i|please|ok|now|and|so|then|maybe|also|just")
        || cursor.eat("lets|can|could|please|ok|now|so|then|maybe|hmm|nah|but|what|how|about|if")
    {}
    let _ = cursor.eat("can|could it|this be")
        || cursor.eat("it|this be")
        || cursor.eat("does|would|do it|this|that do|look|perform|work|go")
        || cursor.eat("try|run|see|test|put|show|do|move|switch|take|check|use|trade|backtest|change");
    cursor.eat("the");
    cursor.eat("same|it|this|that|everything|strategy|thing");
    cursor.eat("over|across");
    cursor.eat("strategy|thing|rules");
    cursor.eat("on|to|with|for|in");
    cursor.eat("the");
}

/// Where a market is named, its chart, and where what was said of them ends.
type Moved = (Range<usize>, Option<Range<usize>>, usize);

/// `5 minute chart on MNQ`; `None` where no chart is said first.
fn chart_of_market(mut cursor: Cursor<'_>, scene: &Scene<'_>) -> Option<Option<Moved>> {
    let from = cursor.at;
    clock::timeframe(&mut cursor)?;
    let chart = from..cursor.at;
    cursor.eat("chart|charts|bars|candles");
    // "the 3 minute NQ".
    cursor.eat("on|of|for");
    let market = cursor.at;
    let named = symbols::instrument(&mut cursor, &scene.names, scene.text).is_some();
    let market = market..cursor.at;
    cursor.eat("instead|please|pls|now");
    Some((named && cursor.is_pause_or_joint()).then_some((market, Some(chart), cursor.at)))
}

/// `NQ 1 minute instead`; the market alone where it is asked for.
fn market_on_chart(mut cursor: Cursor<'_>, scene: &Scene<'_>, asked: bool) -> Option<Moved> {
    let from = cursor.at;
    symbols::instrument(&mut cursor, &scene.names, scene.text)?;
    let market = from..cursor.at;
    if asked && cursor.is_pause_or_joint() {
        let end = market.end;
        return Some((market, None, end));
    }
    cursor.eat("and|,|at|with|on|/|-");
    let _ = cursor.eat("the|a");
    if cursor.eat("same timeframe|chart|tf|bars") && cursor.is_pause_or_joint() {
        return Some((market, None, cursor.at));
    }
    let from = cursor.at;
    clock::timeframe(&mut cursor)?;
    let chart = from..cursor.at;
    cursor.eat("chart|charts|bars|candles|timeframe|tf");
    cursor.eat("instead|please|pls|plz|now|too");
    cursor.is_pause_or_joint().then_some((market, Some(chart), cursor.at))
}

/// `start trailing after 15 points instead of 10`, `let the trail begin at 15 points in profit rather than 10`.
fn trail_begins(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let begins = cursor.eat("start|begin|starts trailing|trail")
        || cursor.eat("let|have|make the? trail|trailing stop? start|begin|kick|starts|begins in?")
        || cursor.eat("the? trail|trailing stop? starts|begins|kicks|should start|begin|kick? in?")
        || cursor.eat("let it start|begin");
    if !begins || !cursor.eat("at|after|from|once|when up?") {
        return;
    }
    let Some((number, unit)) = number_and_unit(&mut cursor) else { return };
    let measured = cursor.eat(UNITS);
    let _ = cursor.eat("in profit");
    let _ = cursor.eat("instead|rather of|than #") || cursor.eat("not #");
    cursor.eat(UNITS);
    cursor.eat("now");
    if cursor.is_pause_or_joint() {
        let end = cursor.at;
        let mut words = vec![Said("start trailing at"), Kept(number)];
        words.extend(measured.then_some(Kept(unit)));
        put_words(tokens, at, end, &words);
    }
}

/// `trail should be 8 points not 15`: 8 points.
fn amount_meant(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("the|my");
    let thing = cursor.at;
    if !cursor.eat("trail|stop|target|tp|sl should be") {
        return;
    }
    let Some((number, unit)) = number_and_unit(&mut cursor) else { return };
    let measured = cursor.eat(UNITS);
    cursor.eat(",");
    let mut start = cursor;
    if start.eat("and? start|starts|starting|kick|kicks in? at|after") && is_number(tokens, start.at) {
        // "… and start at 15 points profit": the trail.
        let (behind, number_end) = (start.at, cursor.at);
        let words = [Kept(thing), Run(number..number_end), Mark(','), Said("start trailing at")];
        put_words(tokens, at, behind, &words);
        return;
    }
    if cursor.eat("not|instead of? #") || cursor.eat("rather than #") {
        cursor.eat(UNITS);
        let end = cursor.at;
        let mut words = vec![Kept(thing), Kept(number)];
        words.extend(measured.then_some(Kept(unit)));
        put_words(tokens, at, end, &words);
    }
}

/// `replace the EMAs with 20 and 50 SMA`: use those two.
fn averages_for(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("replace|swap|change|switch the? emas|smas|averages|mas with|for|to|by") {
        return;
    }
    let first = cursor.at;
    if cursor.eat("# and|/|& # sma|smas|ema|emas|wma|hma") && cursor.is_pause_or_joint() {
        let end = cursor.at;
        put_words(tokens, at, end, &[Said("use"), Kept(first), Mark('/'), Kept(first + 2), Kept(first + 3)]);
    }
}

/// `stop 20 pips instead of the ATR thing`: what is named loosely is the stop that goes.
fn given_up_thing(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let led = cursor.eat("stop|sl|target|tp of|at|to?");
    if !led || !is_number(tokens, cursor.at) {
        return;
    }
    cursor.at += 1;
    cursor.eat(UNITS);
    let from = cursor.at;
    if cursor.eat("instead|rather of|than the? atr|percent|%|fixed|old|r thing|one|stuff|version")
        && cursor.is_pause_or_joint()
    {
        let end = cursor.at;
        tokens.drain(from..end);
    }
}

/// `replace RSI with stochastic k (14,3,3), under 20 and over 80`: one rule in place of the other, turned round for shorts.
fn oscillator_for_another(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("replace|swap|change|switch|trade the?") {
        return;
    }
    if names::indicator(&mut cursor).is_none() || !cursor.eat("with|for|by|to") {
        return;
    }
    let new = cursor.at;
    cursor.eat("a|the");
    let known = names::indicator(&mut cursor);
    let _ = ["( # , # , # )", "( # )", "# , # , #", "#"].iter().any(|list| cursor.eat(list));
    let new_end = cursor.at;
    cursor.eat(",|:|;");
    let Some((low, high)) = level_pair(&mut cursor).filter(|_| known.is_some()) else { return };
    let value = |at: usize| match tokens.get(at).map(|token| &token.kind) {
        Some(super::token::Kind::Number(number)) => Some(*number),
        _ => None,
    };
    let (Some(least), Some(most)) = (value(low), value(high)) else { return };
    // What is under 20 for longs is over 80 for shorts.
    if least + most != rust_decimal::Decimal::ONE_HUNDRED || !cursor.is_pause_or_joint() {
        return;
    }
    let end = cursor.at;
    put_words(tokens, new_end, end, &[Said("below"), Kept(low)]);
    put_words(tokens, at, new, &[Said(OLD), Mark(',')]);
}

/// `under 20 and over 80`, `with 20 for the buys and 80 for the sells`, `20/80`: where the two numbers stand.
fn level_pair(cursor: &mut Cursor<'_>) -> Option<(usize, usize)> {
    cursor.eat("with|at|using");
    cursor.eat("under|below|<|oversold");
    let low = cursor.at;
    if !is_number(cursor.tokens, low) {
        return None;
    }
    cursor.at += 1;
    let _ = cursor.eat("for the? buys|longs|long|buying");
    if !cursor.eat("and|/|,|&") {
        return None;
    }
    cursor.eat("over|above|>|overbought");
    let high = cursor.at;
    if !is_number(cursor.tokens, high) {
        return None;
    }
    cursor.at += 1;
    let _ = cursor.eat("for the? sells|shorts|short|selling");
    cursor.eat("instead");
    Some((low, high))
}
