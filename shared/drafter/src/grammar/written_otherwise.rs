//! Numbers, sides and lines as others write them, put into the words the grammar reads: "1,5 ATR", "the sell side", "the +DI
//! line", "a 50-day closing high".

use super::change_phrases::{
    Part::{Kept, Mark, Run, Said},
    put_words,
};
use super::clock;
use super::cursor::Cursor;
use super::rephrased::replace;
use super::said_plainly::number_and_unit;
use super::token::{Kind, Token};
use rust_decimal::Decimal;

/// What decimal numbers are counted in.
const COUNTED: &str =
    "deviations|deviation|standard|std|stdev|sd|atr|atrs|r|times|%|percent|x|lots|lot|pips|pip|points|point|fold";

/// Names before which a comma parts two numbers.
const LISTS: &str = "supertrend|stoch|stochastic|stochastics|macd|keltner|bollinger|bb|kc|sar|channel|bands|band";

/// Puts what stands at `at` into words that the grammar reads.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize, change: bool) {
    for rule in
        [greeting, cross_of_a_chart, close_at_extreme, band_beyond, decimal_comma, trade_side, di_line, closing_extreme]
    {
        rule(tokens, at);
    }
    parted_by_slashes(tokens, at);
    if !change {
        chart_in_brackets(tokens, at);
    }
}

/// `a hammer at the lower bb (daily)`, where no other chart is spoken of: the strategy's.
fn chart_in_brackets(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let call = tokens.get(at).is_some_and(|token| token.glued);
    if call || !cursor.eat("(") || clock::timeframe(&mut cursor).is_none() {
        return;
    }
    let from = at + 1;
    let to = cursor.at;
    cursor.eat("chart|bars|candles|timeframe");
    let closed = cursor.sees(")");
    let framed = |place: usize| {
        let mut other = Cursor::new(tokens, place);
        !(at..=to).contains(&place)
            && (clock::timeframe(&mut other).is_some() || other.sees("weekly|monthly|minute|hour"))
    };
    if closed && !(0..tokens.len()).any(framed) {
        let end = cursor.at + 1;
        put_words(tokens, at, end, &[Mark(','), Run(from..to), Said("chart"), Mark(',')]);
    }
}

/// `MES/15m/long: …`: the market, its chart and the side.
fn parted_by_slashes(tokens: &mut [Token], at: usize) {
    if at != 1 || !Cursor::new(tokens, at).sees("/") {
        return;
    }
    let mut cursor = Cursor::new(tokens, at + 1);
    if clock::timeframe(&mut cursor).is_none() {
        return;
    }
    let behind = cursor.at;
    for place in [at, behind] {
        if let Some(slash) = tokens.get_mut(place).filter(|token| token.is_mark('/')) {
            slash.turned_into(Kind::Mark(','));
        }
    }
}

/// `Good morning!`: no hours of trading.
fn greeting(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("good morning|afternoon|evening|day") {
        return;
    }
    cursor.eat("everyone|everybody|all|sir|madam|guys|folks|team|there|to");
    cursor.eat("you|all");
    if cursor.is_pause() || at == 0 {
        let end = cursor.at;
        tokens.drain(at..end);
    }
}

/// `daily golden cross`: on the daily chart.
fn cross_of_a_chart(tokens: &mut Vec<Token>, at: usize) {
    if Cursor::new(tokens, at).sees("daily|weekly|hourly golden|death cross") {
        put_words(tokens, at, at + 1, &[Kept(at), Said("chart"), Mark(',')]);
    }
}

/// `close at the lowest close of 7 days`: it is that.
fn close_at_extreme(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("close|closes at") && cursor.sees("the? lowest|highest close") {
        replace(tokens, at, at + 2, &["close", "is"]);
    }
}

/// `closes above the Keltner channel (20, 1.5)`, `above donchian(40)`: above its upper line.
fn band_beyond(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let end = if cursor.sees("above|over") {
        "upper"
    } else if cursor.sees("below|under|beneath") {
        "lower"
    } else {
        return;
    };
    cursor.at += 1;
    cursor.eat("the|a");
    let name = cursor.at;
    if !cursor.eat("keltner|keltners|kc|bollinger|bollingers|bb|bbs|donchian channel|channels|bands|band?") {
        return;
    }
    let bracket = cursor.eat("(");
    while cursor.number().is_some() || cursor.eat(",|/|x|atr|sd|std") {}
    if bracket && !cursor.eat(")") {
        return;
    }
    cursor.eat("channel|channels|bands|band");
    // "above the Bollinger upper band", "above bbands(20).lower", "above the BB mid".
    let named = cursor.sees("upper|lower|middle|mid|midline|top|bottom|basis|high|low|line|width");
    if !named && !cursor.sees(". upper|lower|middle") {
        let line = super::said_plainly::word(tokens, name, end);
        tokens.insert(name, line);
    }
}

/// `1,5 ATR`, `risk 0,5%`: one number with a decimal comma.
fn decimal_comma(tokens: &mut Vec<Token>, at: usize) {
    let number = |at: usize| match tokens.get(at)?.kind {
        Kind::Number(number) => Some(number),
        _ => None,
    };
    let (Some(whole), Some(part)) = (number(at), number(at + 2)) else { return };
    let glued = |at: usize| tokens.get(at).is_some_and(|token| token.glued);
    let comma = tokens.get(at + 1).is_some_and(|token| token.is_mark(','));
    let digits = tokens.get(at + 2).map_or(0, |token| token.end.saturating_sub(token.start));
    if !(comma
        && glued(at + 1)
        && glued(at + 2)
        && whole.is_integer()
        && part.is_integer()
        && (1..=2).contains(&digits))
    {
        return;
    }
    let before = |words: &'static str| at > 0 && Cursor::new(tokens, at - 1).sees(words);
    let listed =
        before(LISTS) || before("(") || glued(at) && before(",|/") || glued(at + 3) && number(at + 4).is_some();
    let counted = whole < Decimal::TEN && Cursor::new(tokens, at + 3).sees(COUNTED);
    if listed || !(whole.is_zero() || counted) {
        return;
    }
    let scale = if digits == 1 { Decimal::TEN } else { Decimal::ONE_HUNDRED };
    let (Some(first), Some(last)) = (tokens.get(at), tokens.get(at + 2)) else { return };
    let one = Token::new(Kind::Number(whole + part / scale), (first.start, last.end), first.glued);
    tokens.splice(at..at + 3, [one]);
}

/// `the sell side`, `on the buy side`: shorts and longs.
fn trade_side(tokens: &mut Vec<Token>, at: usize) {
    if Cursor::new(tokens, at).sees("sell|selling side") {
        replace(tokens, at, at + 2, &["short", "side"]);
    } else if Cursor::new(tokens, at).sees("buy|buying side") {
        replace(tokens, at, at + 2, &["long", "side"]);
    }
}

/// `the +DI line`: the indicator itself.
fn di_line(tokens: &mut Vec<Token>, at: usize) {
    if Cursor::new(tokens, at).sees("di line") {
        replace(tokens, at, at + 2, &["di"]);
    }
}

/// `a new 50-day closing high`, `a 20-bar low close`: the highest or lowest close.
fn closing_extreme(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let opens = super::said_plainly::opens(tokens, at) || Cursor::new(tokens, at.saturating_sub(1)).sees(":");
    cursor.eat("a");
    let new = cursor.eat("new");
    let Some((number, unit)) = number_and_unit(&mut cursor) else { return };
    if !cursor.eat("bar|bars|day|days|candle|week|month") {
        return;
    }
    cursor.eat("new");
    let named = cursor;
    let high = cursor.eat("closing high|highs") || cursor.eat("high close");
    if !high && !named.sees("closing low|lows") && !named.sees("low close") {
        return;
    }
    let end = named.at + 2;
    let extreme = if high { "highest" } else { "lowest" };
    // "new 52-week high close -> long": that it is one.
    let lead = Said(if new && opens { "close is the" } else { "the" });
    put_words(tokens, at, end, &[lead, Said(extreme), Said("close of the last"), Kept(number), Kept(unit)]);
}
