//! What is said of bars and values in other words, put into those the grammar reads: "was under 30 and crosses now over 30",
//! "after being below it for at least 6 bars", "above the 20 EMA by more than 1 ATR", "rising over ema55".

use super::change_phrases::{
    Part::{Kept, Run, Said},
    put_words,
};
use super::cursor::Cursor;
use super::names;
use super::rephrased::{Saying, put_said, replace};
use super::said_plainly::{clause_start, is_number, taken};
use super::token::Token;
use std::ops::Range;

const RISING: &[&str] = &["is", "rising", "for"];
const FALLING: &[&str] = &["is", "falling", "for"];

/// Wherever they stand.
const SAID: [Saying; 18] = [
    ("has|have risen|climbed|increased|gained for|over", RISING),
    ("has|have fallen|dropped|declined|decreased for|over", FALLING),
    ("has|have risen|climbed|increased|gained", &["is", "rising"]),
    ("has|have fallen|dropped|declined|decreased", &["is", "falling"]),
    ("stands|lies|sits|stays above|over", &["is", "above"]),
    ("stands|lies|sits|stays below|under", &["is", "below"]),
    ("crosses|cross|comes|turns up from under|below", &["crosses", "above"]),
    ("crosses|cross|comes|turns down from over|above", &["crosses", "below"]),
    ("crosses|cross|comes back? up through|thru", &["crosses", "above"]),
    ("crosses|cross|comes back? down through|thru", &["crosses", "below"]),
    ("while still under|below", &["and", "below"]),
    ("while still over|above", &["and", "above"]),
    ("so long as", &["as", "long", "as"]),
    ("rising vs|versus the? bar|candle before", &["rising"]),
    ("falling vs|versus the? bar|candle before", &["falling"]),
    ("rising vs|versus|from the? previous|prior|last bar|candle|one", &["rising"]),
    ("falling vs|versus|from the? previous|prior|last bar|candle|one", &["falling"]),
    ("goal of?", &["target"]),
];

/// Puts what stands at `at` into words that the grammar reads.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize) {
    // "has gained 1R" says how much.
    put_said(tokens, at, &SAID, |cursor, words| {
        words.first() != Some(&"is") || !cursor.sees("$? # r|points|point|pts|pips|ticks|%")
    });
    let bars = Cursor::new(tokens, at).sees("prior|previous|preceding # bar|bars|candle high|low|highs|lows");
    if bars {
        // "the prior 10 bar high".
        tokens.remove(at);
    }
    for rule in [days_line, was_and_is, after_being, after_so_many, by_so_much, rising_over, of_breaking] {
        rule(tokens, at);
    }
}

/// `the 200 days line`: the average of 200 days.
fn days_line(tokens: &mut Vec<Token>, at: usize) {
    if Cursor::new(tokens, at).sees("# days|day line") {
        replace(tokens, at + 1, at + 3, &["day", "sma"]);
    }
}

/// `was under 30 and crosses now over 30`, `was below 30 on the previous bar and is above 30 now`: it crosses 30.
fn was_and_is(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("was|were") {
        return;
    }
    let below = cursor.eat("under|below");
    if !below && !cursor.eat("over|above") {
        return;
    }
    let Some(first) = cursor.number() else { return };
    let _ = cursor.eat("on|at|in the previous|prior|last bar|candle|one") || cursor.eat("a bar ago|before|earlier");
    cursor.eat(",");
    if !cursor.eat("and|then|but") {
        return;
    }
    cursor.eat("now");
    if !cursor.eat("is|crosses|crossing|cross|closes|comes") {
        return;
    }
    cursor.eat("crossing|now|back");
    let above = cursor.eat("over|above");
    if !above && !cursor.eat("under|below") || above != below {
        return;
    }
    let again = |cursor: &mut Cursor<'_>| cursor.number().filter(|level| *level == first);
    let Some(level) = taken(&mut cursor, again) else { return };
    cursor.eat("now");
    let end = cursor.at;
    put_words(tokens, at, end, &[Said(if below { "crosses above" } else { "crosses below" }), Run(level)]);
}

/// `after being below it for at least 6 bars`: after 6 bars below it.
fn after_being(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let led = cursor.eat("after being|trading|staying|sitting|closing")
        || cursor.eat("after having been|traded|closed")
        || cursor.eat("after it|price has|had|was been?");
    let way = cursor.at;
    if !led || !cursor.eat("above|over|below|under|beneath") {
        return;
    }
    let level = words_until(&mut cursor, "for|and|or|then", 5);
    if level.is_empty() || !cursor.eat("for at? least?") {
        return;
    }
    let Some(count) = taken(&mut cursor, Cursor::number) else { return };
    if !cursor.eat("bars|bar|candles|closes") {
        return;
    }
    cursor.eat("in a row");
    cursor.eat("or more");
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("after"), Run(count), Said("bars"), Kept(way), Run(level)]);
}

/// `after at least 5 bars in a row below it`: after 5 closes below it.
fn after_so_many(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("after at? least?") {
        return;
    }
    let Some(count) = taken(&mut cursor, Cursor::number) else { return };
    if cursor.eat("bars|candles|closes in a row") && cursor.sees("above|over|below|under") {
        let end = cursor.at;
        put_words(tokens, at, end, &[Said("after"), Run(count), Said("bars")]);
    }
}

/// The next words before one of these or a pause, `most` at most.
fn words_until(cursor: &mut Cursor<'_>, ends: &'static str, most: usize) -> Range<usize> {
    let from = cursor.at;
    while !cursor.is_pause() && !cursor.sees(ends) && cursor.at < from + most {
        cursor.at += 1;
    }
    from..cursor.at
}

/// `above the 20 EMA by more than 1 ATR(14)`: more than 1 ATR(14) above it.
fn by_so_much(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("above|over|below|under|higher|lower than?") {
        return;
    }
    let level = words_until(&mut cursor, "by|and|or|when|if|with|stop|target", 7);
    if level.is_empty() || !cursor.eat("by") {
        return;
    }
    let led = cursor.eat("more than") || cursor.eat("at least");
    let Some(distance) = taken(&mut cursor, distance) else { return };
    if !cursor.is_pause_or_joint() || !led && !cursor.is_pause() {
        return;
    }
    let end = cursor.at;
    let way = if Cursor::new(tokens, at).sees("above|over|higher") { "above" } else { "below" };
    put_words(tokens, at, end, &[Said("more than"), Run(distance), Said(way), Run(level)]);
}

/// `1 ATR(14)`, `2 x atr`, `10 points`.
fn distance(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.number()?;
    cursor.eat("x|times|*");
    let measured = cursor.eat("atr|atrs ( # )") || cursor.eat("points|point|pts|ticks|tick|%|percent|atr|atrs|pips");
    measured.then_some(())
}

/// `ema21 rising over ema55`: it rises, and is over the other.
fn rising_over(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("rising|falling|sloping") {
        return;
    }
    let joint = cursor.at;
    if !cursor.eat("above|over|below|under the?") {
        return;
    }
    let behind = cursor.at;
    let numbered = is_number(tokens, behind) && Cursor::new(tokens, behind + 1).sees("ema|sma|ma|wma|hma|day|period");
    if names::indicator(&mut cursor).is_some() || numbered {
        let word = super::said_plainly::word(tokens, joint, "and");
        tokens.insert(joint, word);
    }
}

/// `closes back above yesterday's low within 4 bars of breaking it`: after it crossed below.
fn of_breaking(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("within") {
        return;
    }
    let Some(count) = taken(&mut cursor, Cursor::number) else { return };
    if !cursor.eat("bars|candles of breaking|losing|taking|sweeping|piercing|breaching out? it|that|the?") {
        return;
    }
    cursor.eat("level|low|high");
    if !cursor.is_pause_or_joint() {
        return;
    }
    let start = clause_start(tokens, at);
    let above = (start..at).any(|place| Cursor::new(tokens, place).sees("above|over"));
    let below = (start..at).any(|place| Cursor::new(tokens, place).sees("below|under"));
    if above == below {
        return;
    }
    let end = cursor.at;
    let way = if above { "below" } else { "above" };
    put_words(tokens, at, end, &[Said("and close crosses"), Said(way), Said("it within"), Run(count), Said("bars")]);
}
