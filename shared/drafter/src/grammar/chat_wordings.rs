//! Wordings of chats about exits and limits, put into those the grammar reads: "once I'm 20 in profit", "move it to break-even",
//! "exit: 2R or a close under …", "once per day only".

use super::change_phrases::{
    Part::{Kept, Mark, Said},
    put_words,
};
use super::cursor::Cursor;
use super::rephrased::replace;
use super::said_plainly::{is_number, number_and_unit, opens};
use super::scene::Scene;
use super::token::{Kind, Token};

/// What distances are measured in.
pub(crate) const UNITS: &str = "points|point|pts|pt|ticks|tick|pips|pip|dollars|bucks|%|percent|atr|atrs|r";

/// Puts what stands at `at` into words that the grammar reads.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>, change: bool) {
    for rule in [
        in_profit,
        stop_to_entry,
        first_exit,
        band_kinds,
        up_through,
        cross_taken,
        cross_alone,
        of_closes,
        years_seen,
        falls_from_high,
        donchian_broken,
        days_average,
    ] {
        rule(tokens, at);
    }
    if !change {
        first_hours(tokens, at);
    }
    once_a_day(tokens, at, scene);
    super::amounts_said::put_plainly(tokens, at, change);
}

/// `once I'm 20 in profit`, `as soon as profit reaches 30 pips`: once up so many.
fn in_profit(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let leaves = at > 0 && Cursor::new(tokens, at - 1).sees("exit|exits|out|close|sell|cover|flatten|stop|quit|done");
    if leaves || !(cursor.eat("once|when|after|if") || cursor.eat("as soon as")) {
        return;
    }
    let reached = cursor.eat("the|my|our? profit|profits|gain reaches|reach|hits|hit|is|gets|touches to?");
    if !reached {
        let _ = cursor.eat("the|my|a|any? trade|position") || cursor.eat("i|we|you|it|im|its|price");
        cursor.eat("is|am|are|gets|get|goes");
    }
    let told = cursor.eat("in profit|green by|of at? least?");
    cursor.eat("+");
    let Some((number, unit)) = number_and_unit(&mut cursor) else { return };
    let measured = cursor.eat(UNITS);
    if !(told
        || cursor.eat("in profit")
        || cursor.eat("in the|my|our money|green|favor|favour|profit")
        || reached && measured)
    {
        return;
    }
    let end = cursor.at;
    let words = [Said("once up"), Kept(number), Kept(unit)];
    put_words(tokens, at, end, words.get(..2 + usize::from(measured)).unwrap_or_default());
}

/// `move it to break-even`: the stop.
fn stop_to_entry(tokens: &mut Vec<Token>, at: usize) {
    const MOVES: &str = "move|bring|put|slide|take";
    let denied = at > 0 && Cursor::new(tokens, at - 1).sees("dont|not|never|no|without");
    let mut cursor = Cursor::new(tokens, at);
    if !denied && cursor.eat(MOVES) && (cursor.sees("it to breakeven|be|entry|cost") || cursor.sees("it to break even"))
    {
        replace(tokens, at + 1, at + 2, &["the", "stop"]);
    }
}

/// `exit: 2R or a close under the 50 EMA`: a target, and an exit of its own.
fn first_exit(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !opens(tokens, at) || !cursor.eat("exit|exits|out :|at|on|with?") {
        return;
    }
    let number = cursor.at;
    if !is_number(tokens, number) {
        return;
    }
    cursor.at += 1;
    if !cursor.eat("r or|,") || Cursor::new(tokens, cursor.at).sees("#") || cursor.sees("target|stop|flat|trail|exit") {
        return;
    }
    let led = cursor.sees("when|if|on|at|after|once");
    let joint = cursor.at - 1;
    put_words(tokens, joint, joint + 1, &[Mark(','), Said(if led { "exit" } else { "exit on" })]);
    replace(tokens, at, number, &["target"]);
}

/// `Keltner channel (20 ema, 1.5 ATR)`: its two numbers.
fn band_kinds(tokens: &mut Vec<Token>, at: usize) {
    let named = (at.saturating_sub(3)..at).any(|place| Cursor::new(tokens, place).sees("keltner|keltners|kc"));
    let mut cursor = Cursor::new(tokens, at);
    if !named || !cursor.eat("(") || !is_number(tokens, cursor.at) {
        return;
    }
    let first = cursor.at;
    cursor.at += 1;
    let kind = cursor.eat("period|bar|day? ema|ma");
    let kinds = cursor.at - first - 1;
    cursor.eat(",|/");
    let second = cursor.at;
    if !is_number(tokens, second) {
        return;
    }
    cursor.at += 1;
    let unit = cursor.eat("x? atr|atrs");
    if (kind || unit) && cursor.sees(")") {
        tokens.drain(second + 1..cursor.at);
        tokens.drain(first + 1..first + 1 + kinds);
    }
}

/// `crosses up thru 20`: above it.
fn up_through(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("crosses|cross|crossing|crossed back?") {
        return;
    }
    let from = cursor.at;
    let up = cursor.sees("up");
    if cursor.eat("up|down through|thru|past") {
        let end = cursor.at;
        replace(tokens, from, end, &[if up { "above" } else { "below" }]);
    }
}

/// `take the 9/20 ema cross`: the cross.
fn cross_taken(tokens: &mut Vec<Token>, at: usize) {
    if opens(tokens, at)
        && Cursor::new(tokens, at).sees("take|play|run the? # / # ema|sma|ma|hma cross|crossover|crosses|x")
    {
        tokens.remove(at);
    }
}

/// `short on the cross under`, `sell short cross under`: what crossed before crosses so.
fn cross_alone(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let led = at > 0 && Cursor::new(tokens, at - 1).sees("on|short|long|buy|sell|shorts|longs|go|:|=|when|if");
    cursor.eat("a|the");
    if !led || !cursor.eat("cross") || !cursor.eat("under|down|below|over|up|above") {
        return;
    }
    let end = cursor.at;
    let way = tokens.get(end - 1).and_then(Token::word).unwrap_or_default().to_owned();
    // What crossed before must have been said.
    let before = (0..at).any(|place| Cursor::new(tokens, place).sees("cross|crosses|crossing|crossed|crossover"));
    if before && (cursor.is_pause_or_joint() || cursor.sees("with")) {
        replace(tokens, at, end, &["it", "crosses", &way]);
        if Cursor::new(tokens, at.saturating_sub(1)).sees("on") {
            replace(tokens, at - 1, at, &["when"]);
        }
    }
}

/// `the 20 day high of closes`: the highest close.
fn of_closes(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("the|its|a|new");
    let Some((number, unit)) = number_and_unit(&mut cursor) else { return };
    if !cursor.eat("day|days|bar|bars|week|weeks|hour|hours|candle|period") {
        return;
    }
    let high = cursor.sees("high|highs");
    if cursor.eat("high|highs|low|lows of|on the? closes|close|closing prices|price|basis?") {
        let end = cursor.at;
        let extreme = if high { "highest" } else { "lowest" };
        put_words(tokens, at, end, &[Said(extreme), Said("close of the last"), Kept(number), Kept(unit)]);
    }
}

/// `just want to see 2012-2022`: the window.
fn years_seen(tokens: &mut Vec<Token>, at: usize) {
    let year = |at: usize| {
        tokens.get(at).is_some_and(
            |token| matches!(token.kind, Kind::Number(year) if year >= 1_980.into() && year < 2_100.into()),
        )
    };
    if Cursor::new(tokens, at).sees("see|show")
        && year(at + 1)
        && Cursor::new(tokens, at + 2).sees("-|to|through|thru|until")
        && year(at + 3)
    {
        replace(tokens, at, at + 1, &["test"]);
    }
}

/// `exit if it falls 20 points from the high`: a trail at that distance.
fn falls_from_high(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let leaves = cursor.eat("exit|sell|out|close|leave") || cursor.eat("get|bail out");
    cursor.eat("it|longs|the|trade");
    if !leaves || !cursor.eat("if|when|once") {
        return;
    }
    cursor.eat("price|it");
    if !cursor.eat("falls|drops|fell|dropped|pulls|retraces|gives back|down? more? than?") {
        return;
    }
    let Some((number, unit)) = number_and_unit(&mut cursor) else { return };
    if !cursor.eat(UNITS) || !cursor.eat("or? more? from|off|below the|its|a high|highs|peak|top|best") {
        return;
    }
    if cursor.is_pause_or_joint() {
        let end = cursor.at;
        put_words(tokens, at, end, &[Said("trail"), Kept(number), Kept(unit)]);
    }
}

/// `price breaks the 55 day Donchian`: the high of so many bars for longs, the low for shorts.
fn donchian_broken(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("breaks|break|breaking|broke|clears out? of|above|through|over|below|under? the|a|its?") {
        return;
    }
    let named = cursor.eat("donchian channel?");
    cursor.eat("(");
    let number = cursor.at;
    if !is_number(tokens, number) {
        return;
    }
    cursor.at += 1;
    cursor.eat(")");
    cursor.eat("-");
    let unit = cursor.at;
    let measured = cursor.eat("day|bar|week|period");
    if !(named || cursor.eat("donchian channel?")) || !cursor.is_pause_or_joint() {
        return;
    }
    let end = cursor.at;
    let says = |words: &'static str, to: usize, from: usize| (from..to).any(|at| Cursor::new(tokens, at).sees(words));
    let (long, short) = (says("long|buy|longs", tokens.len(), 0), says("short|shorts|sell", tokens.len(), 0));
    let high = match (says("above|over", number, at), says("below|under", number, at)) {
        (true, _) => true,
        (_, true) => false,
        _ if long != short => long,
        _ => return,
    };
    let unit = if measured { Kept(unit) } else { Said("bar") };
    let extreme = Said(if high { "high" } else { "low" });
    put_words(tokens, at, end, &[Said("breaks the"), Kept(number), unit, extreme]);
}

/// `200dma`: of so many days, whatever the chart.
fn days_average(tokens: &mut Vec<Token>, at: usize) {
    if at > 0 && is_number(tokens, at - 1) && Cursor::new(tokens, at).sees("dma|dmas") {
        replace(tokens, at, at + 1, &["day", "sma"]);
    }
}

/// `first two hours` alone, where no range is spoken of: when it trades.
fn first_hours(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("the");
    let ranged = || {
        (0..tokens.len())
            .any(|at| Cursor::new(tokens, at).sees("range|orb|breakout|breakouts|break|breaks|high|low|candle|bar"))
    };
    if opens(tokens, at) && cursor.eat("first # hours|minutes|mins|min") && cursor.is_pause() && !ranged() {
        let only = super::said_plainly::word(tokens, at, "only");
        tokens.insert(at, only);
    }
}

/// `once per day only`, `first signal of the day only`: one trade a day.
fn once_a_day(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) {
    if !opens(tokens, at) {
        return;
    }
    let mut cursor = Cursor::new(tokens, at);
    let led = cursor.eat("only|just");
    let once = cursor.eat("once a|per|each|every day");
    let first = !once && cursor.eat("the? first signal|cross|setup|trade|entry|one of the|each|a day");
    let judged =
        first && !tokens.get(at..cursor.at).unwrap_or_default().iter().any(|token| token.word() == Some("trade"));
    let only = cursor.eat("only");
    if !(once || first && (led || only)) || !cursor.is_pause_or_joint() {
        return;
    }
    let end = cursor.at;
    if judged {
        scene.assume("the first signal of the day only is read as one trade a day");
    }
    replace(tokens, at, end, &["one", "trade", "a", "day"]);
}
