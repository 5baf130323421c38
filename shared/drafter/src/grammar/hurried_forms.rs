//! What is typed in a hurry, put into the words the grammar reads: "9ema 21ema cross", "buy next open", "930 to 12", "max 1
//! position", "sell after three days or on a close above the 10-day SMA".

use super::change_phrases::{
    Part::{self, Kept, Mark, Run, Said},
    put_words,
};
use super::clock;
use super::cursor::Cursor;
use super::everyday_forms::reordered;
use super::rephrased::replace;
use super::said_plainly::{clause_start, is_number};
use super::token::{Kind, Token};

/// Words for what holds anyway, with their number: a strategy has one position.
const ALWAYS: [&str; 4] = [
    "max|maximum # position|positions open? at? a? time?",
    "never more than # open? position|trade open?",
    "only # position|trade open? at a time|once",
    "# position max|maximum|only",
];

/// Puts what stands at `at` into the words the grammar reads.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize) {
    hours_in_digits(tokens, at);
    for rule in [costs_alone, after_open, no_and_no, price_and_average, histogram_alone, numbers_of_trend, closes_red] {
        rule(tokens, at);
    }
    for rule in [glued_pair, rule_first, one_position, risk_of_equity, exit_or, round_trip] {
        rule(tokens, at);
    }
}

/// `9ema 21ema cross`, `ema9 ema21 cross`: one pair.
fn glued_pair(tokens: &mut Vec<Token>, at: usize) {
    const AVERAGES: [&str; 4] = ["ema", "sma", "ma", "wma"];
    for name in AVERAGES {
        let is = |place: usize| tokens.get(place).and_then(Token::word) == Some(name);
        let numbers = if is_number(tokens, at) && is(at + 1) && is_number(tokens, at + 2) && is(at + 3) {
            [at, at + 2]
        } else if is(at) && is_number(tokens, at + 1) && is(at + 2) && is_number(tokens, at + 3) {
            [at + 1, at + 3]
        } else {
            continue;
        };
        let mut cursor = Cursor::new(tokens, at + 4);
        if cursor.sees("cross|crossover|crosses|crossovers") && !cursor.eat("crosses above|below|over|under") {
            let words = [Kept(numbers[0]), Mark('/'), Kept(numbers[1]), Said(name)];
            return reordered(tokens, at, at + 4, &words);
        }
    }
}

/// `RSI < 25 buy RSI > 75 sell short`: each rule stands before its side.
fn rule_first(tokens: &mut Vec<Token>, at: usize) {
    const RELATION: &str = "<|>|under|over|above|below|crosses|break|breaks|closes|flips|turns";
    const SIDE: &str = "buy|long|short|sell";
    let sees = |place: usize, pattern: &'static str| Cursor::new(tokens, place).sees(pattern);
    if at == 0 || !sees(at, "buy|long|short") || sees(at, "long as|enough") {
        return;
    }
    let start = clause_start(tokens, at);
    let before = (start..at).any(|place| sees(place, RELATION));
    let led = (start..at).any(|place| sees(place, SIDE) || sees(place, "when|if|exit|only"))
        || (start..at.saturating_sub(1)).any(|place| sees(place, "go"));
    let end = (at..tokens.len()).find(|place| Cursor::new(tokens, *place).is_pause()).unwrap_or(tokens.len());
    let related = (at..end).any(|place| sees(place, RELATION));
    // What stands last in the clause is a side too, and nothing else between says whose the rule is.
    let last = end > at + 3 && sees(end - 1, "short|long|buy");
    let between = (at + 1..end.saturating_sub(2)).any(|place| sees(place, SIDE) || sees(place, "when|if|on|and"));
    if before && !led && related && last && !between {
        put_words(tokens, at + 1, at + 1, &[Mark(',')]);
    }
}

/// `930 to 12`: hours of the day.
fn hours_in_digits(tokens: &mut [Token], at: usize) {
    let minute = |place: usize, length: usize| {
        let token = tokens.get(place)?;
        let Kind::Number(number) = token.kind else { return None };
        let number = u16::try_from(number).ok().filter(|_| token.end - token.start == length)?;
        let (hour, minute) = (number / 100, number % 100);
        (hour < 24 && minute < 60 && minute.is_multiple_of(5)).then_some(hour * 60 + minute)
    };
    let led = at == 0 || Cursor::new(tokens, at - 1).is_pause() || Cursor::new(tokens, at - 1).sees("from|only|trade");
    let Some(first) = minute(at, 3).filter(|first| led && *first >= 360) else { return };
    if !Cursor::new(tokens, at + 1).sees("to|until|till|-") {
        return;
    }
    let mut behind = Cursor::new(tokens, at + 2);
    let hour =
        behind.peek().is_some_and(|token| token.end - token.start <= 2) && clock::time(&mut behind, true).is_some();
    if hour
        && behind.is_pause_or_joint()
        && let Some(token) = tokens.get_mut(at)
    {
        token.turned_into(Kind::Clock(first));
    }
}

/// `max 1 position`: it is so anyway.
fn one_position(tokens: &mut Vec<Token>, at: usize) {
    const OTHERS: &str = "no overlapping|simultaneous|concurrent|stacked positions|trades|entries";
    let mut cursor = Cursor::new(tokens, at);
    let one = ALWAYS.into_iter().any(|pattern| cursor.one(pattern).is_some_and(|number| number == 1.into()));
    if (one || cursor.eat(OTHERS)) && cursor.is_pause_or_joint() {
        let end = cursor.at;
        replace(tokens, at, end, &["one", "position", "at", "a", "time"]);
    }
}

/// `risk 1% equity`: of it.
fn risk_of_equity(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("risk|risking # %|percent") && cursor.sees("equity|account|capital|balance") {
        let end = cursor.at;
        put_words(tokens, end, end, &[Said("of")]);
    }
}

/// `sell after three days or on a close above X`: each closes.
fn exit_or(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let verb = at;
    if !cursor.eat("sell|exit|cover|close after") || !cursor.eat("# days|bars|candles|day|bar") {
        return;
    }
    cursor.eat(",");
    let joint = cursor.at;
    if cursor.eat("or on|when|if") {
        let words: Vec<Part<'_>> = vec![Mark(','), Kept(verb), Kept(joint + 1)];
        put_words(tokens, joint, joint + 2, &words);
    }
}

/// `count $1.20 per round trip plus one tick of slippage each way`: costs.
fn round_trip(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("count|assume|include|use|charge|with $") {
        return;
    }
    let sign = cursor.at - 1;
    if !is_number(tokens, cursor.at) || !cursor.eat("# per|a|each? round trip|turn") {
        return;
    }
    let (number, end) = (sign + 1, cursor.at);
    let _ = cursor.eat("in? commission|commissions|fees|costs");
    let stop = cursor.at;
    let joint = cursor.eat("plus|and|,|& #|one|a tick|ticks of? slippage");
    let slippage = cursor.at;
    if joint && cursor.eat("each|per way|side") {
        let behind = cursor.at;
        tokens.drain(slippage..behind);
    }
    let mut words = vec![Said("commission"), Kept(sign), Kept(number)];
    words.push(Run(end - 2..end));
    if joint {
        words.push(Mark(','));
        let number = stop + 1;
        words.push(if is_number(tokens, number) { Kept(number) } else { Said("one") });
        words.push(Run(number + 1..slippage));
        return reordered(tokens, at, slippage, &words);
    }
    reordered(tokens, at, stop, &words);
}

/// `costs 4.5 round trip`: commission.
fn costs_alone(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("costs|cost|fees|fee") {
        return;
    }
    let _ = cursor.eat("are|is|of|:|=");
    let number = cursor.at;
    if cursor.eat("$? # round trip|turn") || cursor.eat("$? # rt|roundtrip") || cursor.eat("$? # per|a side|contract") {
        let sign = tokens.get(number).is_some_and(|token| token.is_mark('$'));
        let words = [Said("commission"), Mark('$')];
        put_words(tokens, at, number + usize::from(sign), &words);
    }
}

/// `start trading 30 min after the open`: not before.
fn after_open(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("start|begin|starting trading|trades|entries?") {
        return;
    }
    let number = cursor.at;
    if cursor.eat("# min|mins|minutes after|past the? open|opening|bell") && cursor.is_pause_or_joint() {
        let end = cursor.at;
        let words = [Said("skip the first"), Kept(number), Said("minutes after the open")];
        put_words(tokens, at, end, &words);
    }
}

/// `no mondays no fridays`: neither.
fn no_and_no(tokens: &mut Vec<Token>, at: usize) {
    const DAYS: &str = "mondays|tuesdays|wednesdays|thursdays|fridays|monday|tuesday|wednesday|thursday|friday";
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("no|skip|avoid") || !cursor.eat(DAYS) {
        return;
    }
    let joint = cursor.at;
    let _ = cursor.eat(",|and|or|/|&");
    if cursor.eat("no|skip|avoid") && cursor.sees(DAYS) {
        let end = cursor.at;
        replace(tokens, joint, end, &["and"]);
    }
}

/// `RSI(2) under 10 while it's above its 200-day average`: the price is.
fn price_and_average(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("it is") && !cursor.eat("it ' s") && !cursor.eat("it") {
        return;
    }
    let relation = cursor.at;
    if !cursor.eat("above|over|below|under its") {
        return;
    }
    let number = cursor.at;
    let long = cursor.number().is_some_and(|number| number >= 50.into());
    cursor.eat("-");
    cursor.eat("day|days|bar|week|period|d");
    if long && cursor.sees("moving|average|sma|ema|ma|avg") {
        let words = [Said("price is"), Kept(relation), Said("the")];
        put_words(tokens, at, number, &words);
    }
}

/// `exit when the histogram turns negative` after the MACD's: the same.
fn histogram_alone(tokens: &mut Vec<Token>, at: usize) {
    let named = at > 0 && Cursor::new(tokens, at - 1).sees("macd|)|mac");
    let before = tokens.get(..at).unwrap_or_default();
    let spoken = before.iter().any(|token| token.word() == Some("macd"));
    if Cursor::new(tokens, at).sees("histogram|histo|hist") && !named && spoken {
        put_words(tokens, at, at, &[Said("macd")]);
    }
}

/// `supertrend 10/3`: its two numbers.
fn numbers_of_trend(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("supertrend # / #") && !cursor.sees("/") {
        let words = [Kept(at), Mark('('), Kept(at + 1), Mark(','), Kept(at + 3), Mark(')')];
        put_words(tokens, at, at + 4, &words);
    }
}

/// `exit if it closes red 2 bars in a row`: the bars are red.
fn closes_red(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let unnamed = cursor.sees("it|price|market");
    if !cursor.eat("the? it|price|market|candle|bar|candles|bars closes|closed|close|is|are|was") {
        return;
    }
    let (closes, color) = (Cursor::new(tokens, cursor.at - 1).sees("closes|closed"), cursor.at);
    if !cursor.eat("red|green") {
        return;
    }
    let number = cursor.at;
    if cursor.eat("# bars|candles|times|days in a row") || cursor.eat("# bars|candles|times|days straight") {
        let stop = cursor.at;
        let words = [Kept(number), Kept(color), Said("candles in a row")];
        reordered(tokens, at, stop, &words);
    } else if unnamed && closes {
        replace(tokens, at, color, &["the", "candle", "is"]);
    }
}
