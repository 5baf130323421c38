//! Words in another order or under another name, put into those the grammar reads: "closes 2 days in a row below X", "the swing
//! low/high of the last 5 bars", "ADX rising above 20", "vol above average (50)", "price at the lower band".

use super::change_phrases::{
    Part::{Kept, Mark, Run, Said},
    put_words,
};
use super::cursor::Cursor;
use super::everyday_forms::reordered;
use super::rephrased::replace;
use super::said_plainly::{is_number, opens};
use super::token::Token;
use rust_decimal::Decimal;

/// Puts what stands at `at` into the words the grammar reads.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize) {
    for rule in [in_a_row_before, swing_of_bars, rising_above, climbing, average_in_brackets, at_the_band] {
        rule(tokens, at);
    }
    for rule in [starting_with, done_if, other_side_of_candle, volume_times, from_to] {
        rule(tokens, at);
    }
}

/// `closes 2 days in a row below the 20 EMA`: closes below it so many days in a row.
fn in_a_row_before(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("closes|close|closed|closing") {
        return;
    }
    let count = cursor.at;
    if !cursor.eat("# days|bars|candles|times|day in a row") && !cursor.eat("# days|bars|candles|times|day straight") {
        return;
    }
    let level = cursor.at;
    if !cursor.eat("above|below|over|under") {
        return;
    }
    while !cursor.is_pause() && !cursor.sees("and|or|with|then|go|exit|buy|sell|long|short|=|->") {
        cursor.at += 1;
        if cursor.at > level + 6 {
            return;
        }
    }
    let end = cursor.at;
    let words = [Kept(at), Run(level..end), Run(count..level)];
    reordered(tokens, at, end, &words);
}

/// `the swing low/high (of the) last 5 bars`: the low of those bars; shorts take its mirror.
fn swing_of_bars(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let _ = cursor.eat("recent|last|previous|prior");
    if !cursor.eat("swing low|lows|high|highs") {
        return;
    }
    let first = cursor.at - 1;
    // "enter on a break of the swing high or low" is of both.
    let both = cursor.eat("/|or high|highs|low|lows");
    let end = cursor.at;
    let _ = cursor.eat("of|over|in|from|for the? last|past|previous|prior") || cursor.eat("last|past|previous|prior");
    let number = cursor.at;
    if end < number && cursor.eat("# bars|candles|bar|candle") {
        let stop = cursor.at;
        let words = [Said("the"), Kept(first), Said("of the last"), Kept(number), Said("bars")];
        reordered(tokens, at, stop, &words);
    } else if both && of_a_stop(tokens, at) {
        tokens.drain(first + 1..end);
    }
}

/// True where a stop was just spoken of.
fn of_a_stop(tokens: &[Token], at: usize) -> bool {
    let before = tokens.get(at.saturating_sub(5)..at).unwrap_or_default();
    before.iter().any(|token| matches!(token.word(), Some("stop" | "sl" | "stoploss")))
}

/// `ADX rising above 20`: above it and rising.
fn rising_above(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("adx|rsi|cci|mfi") {
        return;
    }
    let _ = cursor.one("( # )").is_some();
    let name = cursor.at;
    cursor.eat("is");
    let way = cursor.at;
    if !cursor.eat("rising|climbing|falling|dropping") {
        return;
    }
    let word = if tokens.get(way).and_then(Token::word).is_some_and(|word| matches!(word, "rising" | "climbing")) {
        "rising"
    } else {
        "falling"
    };
    cursor.eat("and");
    let relation = cursor.at;
    if !cursor.eat("above|over|below|under") || !is_number(tokens, cursor.at) {
        return;
    }
    let number = cursor.at;
    let words = [Said("is"), Kept(relation), Kept(number), Said("and"), Said(word)];
    reordered(tokens, name, number + 1, &words);
}

/// `above 22 and climbing`: and rising.
fn climbing(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("quit|stop after") && cursor.eat("# losses|losers a|per|in day|session") {
        // "quit after two losses a day".
        let noun = cursor.at - 3;
        let end = cursor.at;
        put_words(tokens, at, end, &[Said("stop trading after"), Kept(noun - 1), Kept(noun)]);
        return;
    }
    if at > 0 && cursor.eat("climbing|increasing") && cursor.is_pause() && Cursor::new(tokens, at - 1).sees("and|&|is")
    {
        replace(tokens, at, at + 1, &["rising"]);
    }
}

/// `volume is above average (50)`: above its average of 50 bars.
fn average_in_brackets(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("average|avg ( # )") && cursor.is_pause_or_joint() {
        let words = [Said("its"), Kept(at + 2), Said("bar"), Kept(at)];
        reordered(tokens, at, at + 4, &words);
    }
}

/// `price at the lower band`: price touches it.
fn at_the_band(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("price is? at|@") && cursor.sees("the? lower|upper|bottom|top bb|band|bollinger|boll|keltner") {
        let end = cursor.at;
        replace(tokens, at, end, &["price", "touches"]);
    }
}

/// `start with 10k`: the capital.
fn starting_with(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !opens(tokens, at) || !cursor.eat("start|starting|begin") {
        return;
    }
    let with = cursor.eat("with");
    cursor.eat("at|from|on|in");
    let money = cursor.eat("$") || with;
    let number = cursor.at;
    let year = |amount: Decimal| amount.is_integer() && amount > Decimal::from(1_980) && amount < Decimal::from(2_100);
    if !money && Cursor::new(tokens, number).number().is_some_and(year) {
        // "start 2005": when the test begins.
        if Cursor::new(tokens, number + 1).is_pause() {
            put_words(tokens, at, number + 1, &[Said("since"), Kept(number)]);
        }
        return;
    }
    let large = cursor.number().is_some_and(|amount| amount >= Decimal::from(1_000));
    if large && cursor.is_pause() {
        put_words(tokens, at, number + 1, &[Said("capital"), Mark('$'), Kept(number)]);
    }
}

/// `done if i lose $600`: the limit of a day's loss.
fn done_if(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("done|finished|over|quit for? the? day?") {
        return;
    }
    if !cursor.eat("if|when|once i|we lose|lost|losing|drop") && !cursor.eat("if|when|once i|we am|are|is? down") {
        return;
    }
    if !cursor.sees("$ #") && !cursor.sees("# dollars|bucks") {
        return;
    }
    let amount = cursor.at;
    let _ = cursor.eat("$ #") || cursor.eat("# dollars|bucks");
    let end = cursor.at;
    cursor.eat("in|on|for? a|the|one day");
    if cursor.is_pause() {
        let stop = cursor.at;
        let words = [Said("max daily loss"), Run(amount..end)];
        put_words(tokens, at, stop, &words);
    }
}

/// `stop past the candle`, `sl on the other side of the signal candle`: beyond its end behind the trade.
fn other_side_of_candle(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("stop|sl loss?") {
        return;
    }
    let place = cursor.at;
    cursor.eat("is|goes|at|just");
    let beyond = cursor.eat("on? the? other|opposite|far side|end of") || cursor.eat("past|beyond|behind");
    let noun = cursor.at;
    cursor.eat("the|that|this|my");
    cursor.eat("signal|entry|trigger|engulfing|breakout");
    if beyond && cursor.eat("candle|bar") && cursor.is_pause() {
        let end = cursor.at;
        // Shorts of their own have it above; beside longs theirs is the mirror.
        let says = |wanted: &[&str]| tokens.iter().any(|token| token.word().is_some_and(|word| wanted.contains(&word)));
        let shorts = says(&["short", "shorts"]) && !says(&["long", "longs", "buy", "both", "buys"]);
        put_words(tokens, place, end, &[Said(if shorts { "above" } else { "below" }), Run(noun..end)]);
    }
}

/// `volume 1.5x avg of 20`: above so many times its average.
fn volume_times(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("volume|vol") {
        return;
    }
    let factor = cursor.at;
    if !cursor.eat("# x|times the? average|avg of|over # bars|bar?") || !cursor.is_pause_or_joint() {
        return;
    }
    let end = cursor.at;
    let bars = (factor + 1..end).rev().find(|place| is_number(tokens, *place)).unwrap_or(factor);
    let words = [Said("above"), Kept(factor), Said("x its"), Kept(bars), Said("bar average")];
    reordered(tokens, factor, end, &words);
}

/// `goes from negative to positive`, `flips from red to green`: what it turns to.
fn from_to(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("goes|go|turns|turn|flips|flip|crosses|moves|switches|changes from") {
        return;
    }
    let ways = [
        ("negative|minus to positive|plus", "positive"),
        ("positive|plus to negative|minus", "negative"),
        ("red to green", "green"),
        ("green to red", "red"),
    ];
    if let Some((_, to)) = ways.into_iter().find(|(pattern, _)| cursor.eat(pattern)) {
        let end = cursor.at;
        replace(tokens, at, end, &["turns", to]);
    }
}
