//! Further changes of traders, put into those the grammar reads: "bump the target up to 3R", "give the shorts a tighter stop,
//! 12 points", "take half off at 1R and let the rest go to 3R".

use super::change_phrases::{
    Part::{Kept, Mark, Run, Said},
    put_words,
};
use super::cursor::Cursor;
use super::everyday_forms::reordered;
use super::rephrased::{Saying, put_said, replace};
use super::said_plainly::is_number;
use super::token::Token;

/// What is said, and the words for it.
const SAID: [Saying; 28] = [
    ("every|any|all day|days except|but|besides", &["no", "trades", "on"]),
    ("same thing|strategy|rules|setup but from", &["test", "from"]),
    (
        "exit|close|out when|once|if the? emas|averages|mas|smas|lines cross|flip back? the? other way|direction",
        OPPOSITE,
    ),
    (
        "exit|close|out it? when|once|if they|it|that cross|crosses|goes|go|flips|turns the? other way|direction",
        OPPOSITE,
    ),
    ("just? ride|run|hold it|them? until|till|til the? emas|averages|mas|smas|lines cross|flip back", OPPOSITE),
    ("just? ride|run|hold it|them? until|till|til they|it cross|crosses|flips|flip back", OPPOSITE),
    ("loosen up? the|my|your? stop|sl", &["widen", "the", "stop"]),
    ("if neither the? stop nor|or the? target is|was|got|get|gets|has been|are? hit|reached|touched?", KEPT),
    ("exit|close|out on|at the? reverse|reversed|reversing cross|signal", OPPOSITE),
    ("longs|shorts stay|remain|are as they|it? are|is", KEPT),
    ("put|set|place|move the? stop below|under|at the? low of the? cross|signal|entry candle|bar", SIGNAL_LOW),
    ("stop goes? below|under the? low of the? cross|signal|entry candle|bar", SIGNAL_LOW),
    ("keep|leave the? longs|shorts as they|it? are|were|is", KEPT),
    ("keep|leave the? longs|shorts alone|unchanged", KEPT),
    ("keep|leave the? longs|shorts the? same", KEPT),
    ("or|otherwise|else dont|don't take|trade it|them|anything?", KEPT),
    ("or|otherwise|else skip|pass on? it|them?", KEPT),
    ("whats|what's|what|how does|is|would? it|this|that look|looks|do|does|perform like? on", RUN),
    ("how does|would|do it|this|that look|do|perform on", RUN),
    ("run the same thing|strategy|strat|rules|setup on", RUN),
    ("run the same on", RUN),
    ("exit|close|out when|once|if the? emas|averages|mas|smas|lines cross|flip back", OPPOSITE),
    ("exit|close|out when|once|if the? ema|average|ma|sma crosses|cross|flips back", OPPOSITE),
    ("exit|close|out on|at the? ema|ma|sma cross back", OPPOSITE),
    ("and? then i'm|im|we're|its|stop? done", KEPT),
    ("and then stop|quit", KEPT),
    ("start fresh the? next|following|new day", KEPT),
    ("only the? first trade|signal of the day counts", &["max", "one", "trade", "per", "day"]),
];

const SIGNAL_LOW: &[&str] = &["stop", "below", "the", "low", "of", "the", "signal", "candle"];
const KEPT: &[&str] = &["keep", "everything", "else"];
const RUN: &[&str] = &["run", "it", "on"];
const OPPOSITE: &[&str] = &["exit", "on", "the", "opposite", "cross"];

/// Puts the change that begins at `at` into plain words.
pub(crate) fn put(tokens: &mut Vec<Token>, at: usize) {
    let said = put_said(tokens, at, &SAID, |cursor, words| {
        // "(above the high for shorts)": its mirror, as without it.
        let _ = words == SIGNAL_LOW
            && (cursor.eat("(|,? above|over the? high for shorts )?")
                || cursor.eat("for longs , the? high for shorts"));
        true
    });
    if said {
        return;
    }
    for rule in [needed, not_as_before, trend_filter, commission, trailed, no_fixed_target, stop_of_side, pair_alone] {
        rule(tokens, at);
    }
    for rule in [raised, atr_stop, pair_of_another_kind, rest_at, of_one_side, super::entries_given_up::put] {
        rule(tokens, at);
    }
}

/// `need ADX above 20 to take a trade`: only then.
fn needed(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let _ = cursor.eat("i|we|it|you");
    if !cursor.eat("need|needs|require|requires") {
        return;
    }
    let first = cursor.at;
    while !cursor.sees("to take|open|enter a|the|any? trade|trades|position|anything")
        && !cursor.sees("to trade|enter|go")
    {
        if cursor.is_pause() || cursor.at > first + 12 {
            return;
        }
        cursor.at += 1;
    }
    let end = cursor.at;
    let _ = cursor.eat("to take|open|enter a|the|any? trade|trades|position|anything") || cursor.eat("to trade|enter");
    if cursor.is_pause() && end > first {
        let until = cursor.at;
        put_words(tokens, at, until, &[Said("only trade when"), Run(first..end)]);
    }
}

/// `3 years not 1`, `1.5 ATR rather than fixed points`: what it was says nothing more.
fn not_as_before(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    while !cursor.is_pause() {
        let from = cursor.at;
        let fixed = cursor.eat("rather than the|a? fixed|flat|set points|pts|ticks|stop|distance")
            || cursor.eat("instead of the|a? fixed|flat|set points|pts|ticks|stop|distance");
        let unit = "years|year|months|weeks";
        let counted = from.checked_sub(2).is_some_and(|before| {
            let mut amount = Cursor::new(cursor.tokens, before);
            amount.number().is_some() && amount.eat(unit)
        });
        let number = !fixed && counted && cursor.eat("not #");
        if number {
            cursor.eat(unit);
        }
        if fixed || number && cursor.is_pause() {
            let end = cursor.at;
            tokens.drain(from..end);
            return;
        }
        cursor.at = from + 1;
    }
}

/// `20/100 cross`: the averages there are get these lengths.
fn pair_alone(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let _ = cursor.eat("use|try|make|do") && cursor.eat("it|this");
    cursor.eat("a|the");
    let first = cursor.at;
    let pair = cursor.eat("# /|& #") && cursor.eat("ma|mas|average|averages? cross|crossover|crosses instead|please?");
    if pair && cursor.is_pause() {
        let end = cursor.at;
        let words = [Said("use the"), Kept(first), Mark('/'), Kept(first + 2), Said("averages")];
        put_words(tokens, at, end, &words);
    }
}

/// `tighten the short stop to 15`: of shorts alone.
fn stop_of_side(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("tighten|widen|move|change|make|set|raise|lower|put the? short|long|shorts|longs stop|target|sl|tp")
    {
        return;
    }
    let (side, named) = (cursor.at - 2, cursor.at - 1);
    let short = Cursor::new(tokens, side).sees("short|shorts");
    cursor.eat("to|at|=");
    let number = cursor.at;
    let amount = cursor.eat(AMOUNT) || cursor.eat("#");
    if amount && cursor.is_pause_or_joint() {
        let end = cursor.at;
        let words = [
            Said("make the"),
            Kept(named),
            Run(number..end),
            Said("for"),
            Said(if short { "shorts" } else { "longs" }),
        ];
        reordered(tokens, at, end, &words);
    }
}

/// `bump the target up to 3R`.
fn raised(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("bump|raise|push|lift|move|crank|bring|take the|my? target|tp|stop|sl")
        && cursor.sees("up|out|down|in to #")
    {
        let (way, end) = (cursor.at, cursor.at + 1);
        tokens.drain(way..end);
        replace(tokens, at, at + 1, &["make"]);
    }
}

/// `use ATR stop, 1.5x ATR 14`, `use an ATR stop, 1.5x of 14 period`.
fn atr_stop(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("use|try|make|do|go|switch it? with|to? an|a|the? atr based? stop|sl") {
        return;
    }
    let _ = cursor.eat(",|:|-|of|at|with|=");
    let number = cursor.at;
    if !cursor.eat("# x|times|*") {
        return;
    }
    cursor.eat("of|the");
    cursor.eat("atr");
    cursor.eat("(");
    let period = cursor.at;
    if !cursor.eat("# period|bar|bars?") {
        return;
    }
    cursor.eat(")");
    cursor.eat("atr");
    let end = cursor.at;
    let words = [Said("use a"), Kept(number), Said("atr"), Mark('('), Kept(period), Mark(')'), Said("stop")];
    put_words(tokens, at, end, &words);
}

/// `use 20 and 50 SMA rather than EMAs`: the numbers first, then the kind.
fn pair_of_another_kind(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("use|try|make|do|swap|switch it|them? to? the?") {
        return;
    }
    let first = cursor.at;
    if !cursor.eat("# and|/|& # sma|smas|ema|emas|wma|wmas|hma|hmas") {
        return;
    }
    let (second, kind) = (cursor.at - 2, cursor.at - 1);
    if !cursor.eat("instead|rather of|than the? emas|ema|smas|sma|wmas|wma|hmas|hma") {
        return;
    }
    let end = cursor.at;
    let named = tokens.get(kind).and_then(Token::word).unwrap_or_default().trim_end_matches('s').to_owned();
    let old = tokens.get(end - 1).and_then(Token::word).unwrap_or_default().trim_end_matches('s').to_owned();
    let (named, old) = (format!("{named}s"), format!("{old}s"));
    let words = [
        Said("use"),
        Kept(first),
        Mark('/'),
        Kept(second),
        Said("averages"),
        Mark(','),
        Said("use"),
        Said(&named),
        Said("instead of"),
        Said(&old),
    ];
    put_words(tokens, at, end, &words);
}

/// `take half off at 1R and let the rest go to 3R`: the rest at 3R.
fn rest_at(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let _ = cursor.eat("what if|about i|we?");
    if !cursor.eat("take|sell|close half|50% off|out? at # r|points|pts|point|ticks") {
        return;
    }
    let _ = cursor.eat(",");
    let joint = cursor.at;
    if cursor.eat("and|then|, let|leave|run the? rest|remainder|other half? run|go|ride? to|for|till|until")
        && is_number(tokens, cursor.at)
    {
        let end = cursor.at;
        put_words(tokens, joint, end, &[Said("and the rest at")]);
    }
}

/// Of a stop or a target.
const AMOUNT: &str = "# points|pts|point|pt|ticks|tick|atr|r";

/// `use the 1-hour 50 EMA as a trend filter`: longs above it, shorts below it.
fn trend_filter(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("use|add|take|put|with the|a|an?") {
        return;
    }
    let level = cursor.at;
    while !cursor.sees("as a|the|my? trend|direction|directional|bias? filter") {
        if cursor.is_pause() || cursor.at > level + 6 {
            return;
        }
        cursor.at += 1;
    }
    let end = cursor.at;
    let average = |token: &Token| matches!(token.word(), Some("ema" | "sma" | "ma" | "vwap" | "hma" | "wma"));
    let named = tokens.get(level..end).unwrap_or_default().iter().any(average);
    cursor.eat("as a|the|my? trend|direction|directional|bias? filter");
    if named && cursor.is_pause() {
        let stop = cursor.at;
        super::everyday_changes::above_and_below(tokens, at, stop, level..end);
    }
}

/// `put in $1.24 round turn`, `add 1.24 round trip commission`: a cost.
fn commission(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("put|throw in $ # round|per|rt") {
        replace(tokens, at, at + 2, &["add", "commission"]);
    } else if cursor.eat("add # round trip|turn commission|commissions|fees|cost|costs") {
        let end = cursor.at;
        let words = [Said("add commission"), Mark('$'), Kept(at + 1), Said("round trip")];
        reordered(tokens, at, end, &words);
    }
}

/// `what if I trailed the stop by 20 points`.
fn trailed(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("what|how about? if i|we trailed|trail") {
        let end = cursor.at;
        replace(tokens, at, end, &["trail"]);
    }
}

/// `trail … rather than having a fixed target`: instead of it.
fn no_fixed_target(tokens: &mut Vec<Token>, at: usize) {
    let places = at..tokens.len().min(at + 12);
    let Some(place) =
        places.into_iter().find(|place| Cursor::new(tokens, *place).sees("rather than|of having|using|with|a"))
    else {
        return;
    };
    let mut cursor = Cursor::new(tokens, place);
    cursor.eat("rather than|of");
    if cursor.eat("having|using|with? a|the? fixed|set|hard? target|tp") && cursor.is_pause() {
        let end = cursor.at;
        replace(tokens, place, end, &["instead", "of", "the", "target"]);
    }
}

/// Leaves out what only ends a change: `then done`, `at the cross`, `its own`.
pub(crate) fn without_endings(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let ends = cursor.eat("and? then i'm|im|we're|its|stop? done|quit") || cursor.eat("at the cross|signal|entry");
    if at > 0 && ends && cursor.is_pause() {
        tokens.drain(at..cursor.at);
    } else if Cursor::new(tokens, at).sees("its own vwap|ema|sma|average|50|200|20") {
        tokens.remove(at + 1);
    }
}

/// `give the shorts a tighter stop, 12 points`: the stop of shorts.
fn of_one_side(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("but|and|just");
    if !cursor.eat("give|use|put|set the?") {
        return;
    }
    let side = cursor.at;
    if !cursor.eat("longs|shorts a|an tighter|wider|smaller|bigger|larger|closer?") {
        return;
    }
    let named = cursor.at;
    if !cursor.eat("stop|target|sl|tp") {
        return;
    }
    let _ = cursor.eat(",|of|:|-|at");
    let number = cursor.at;
    if cursor.eat(AMOUNT) {
        let end = cursor.at;
        let words = [Run(number..end), Kept(named), Said("for"), Kept(side)];
        reordered(tokens, at, end, &words);
    }
}
