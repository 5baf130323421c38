//! Forms that traders write every day, put into those the grammar reads: "orb 30 min", "supertrend 10,3",
//! "ATR(14)*2", "max 2 per day", "1) … 2) …", "thats it".

use super::change_phrases::{
    Part::{self, Kept, Mark, Run, Said},
    put_words,
};
use super::cursor::Cursor;
use super::rephrased::replace;
use super::said_plainly::{is_number, opens};
use super::token::{Kind, Token};
use rust_decimal::Decimal;

/// Puts them into the words the grammar reads, at their place in the text.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, change: bool) {
    numbered(tokens);
    super::spoken_numbers::put_together(tokens);
    let mut at = 0;
    while at < tokens.len() {
        super::said_in_passing::bar_strength(tokens, at);
        if !change {
            super::asked_and_answered::put_plainly(tokens, at);
        }
        super::written_otherwise::put_plainly(tokens, at, change);
        super::partial_words::put_plainly(tokens, at);
        super::shorthand::put_plainly(tokens, at);
        super::spoken_settings::put_plainly(tokens, at);
        for rule in [both_ways, closing_words, listed_numbers, times_atr, one_to_one, per_day, nothing_hit] {
            rule(tokens, at);
        }
        flatten_not(tokens, at);
        it_is(tokens, at);
        chart_heading(tokens, at);
        super::hurried_forms::put_plainly(tokens, at);
        super::trader_forms::put_plainly(tokens, at, change);
        super::reordered_forms::put_plainly(tokens, at);
        for rule in [trend_both_ways, channel_breakout, pair_alone] {
            rule(tokens, at);
        }
        for rule in [first_or_last, done_after, round_turn, range_behind, against, right_side] {
            rule(tokens, at);
        }
        at += 1;
    }
}

/// `1) QQQ 15m 2) the 20 EMA rises`: sentences.
fn numbered(tokens: &mut [Token]) {
    let is = |at: usize, count: usize| {
        let open = tokens.get(..at).unwrap_or_default().iter().rev().take(3).any(|token| token.is_mark('('));
        let number = tokens.get(at).is_some_and(|token| token.kind == Kind::Number(Decimal::from(count)));
        number && !open && tokens.get(at + 1).is_some_and(|token| token.is_mark(')'))
    };
    let mut places = Vec::new();
    for at in 0..tokens.len() {
        if is(at, places.len() + 1) {
            places.push(at);
        }
    }
    if places.len() < 2 {
        return;
    }
    for place in places {
        for token in tokens.get_mut(place..place + 2).into_iter().flatten() {
            token.turned_into(Kind::Mark(';'));
        }
    }
}

/// `TF: 30m`: the chart.
fn chart_heading(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("tf|timeframe :|=|-") && super::clock::timeframe(&mut cursor).is_some() {
        replace(tokens, at, at + 1, &["chart"]);
    }
}

/// `both dirs`: both ways. `breakout w volume`: with.
fn both_ways(tokens: &mut Vec<Token>, at: usize) {
    if at > 0 && Cursor::new(tokens, at).sees("w") && tokens.get(at).is_some_and(|token| !token.glued) {
        replace(tokens, at, at + 1, &["with"]);
    }
    if Cursor::new(tokens, at).sees("both dirs|dir|direction") {
        replace(tokens, at + 1, at + 2, &["ways"]);
    }
}

/// `thats it`, `that is the whole thing`: words that only end the text.
fn closing_words(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let said = cursor.eat("thats|that is? literally|basically|pretty? much? it|all")
        || cursor.eat("thats|that is? the|my whole? thing|strategy|strat|idea|system|plan|setup")
        || cursor.eat("nothing else|more|fancy");
    if said && opens(tokens, at) && cursor.is_pause() {
        tokens.drain(at..cursor.at);
    }
}

/// `supertrend 10,3`, `keltner (20, 1.5 atr)`: the numbers in parentheses.
fn listed_numbers(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("supertrend|keltner channel|channels?") {
        return;
    }
    let first = cursor.at;
    let mut bracket = cursor;
    if bracket.eat("( # , # x|atr|atrs|multiplier") && bracket.eat(")") {
        tokens.remove(first + 4);
        return;
    }
    let comma = cursor.numbers("# , #").is_some();
    if comma && is_number(tokens, first) && !cursor.sees("bar|bars|point|points|tick|ticks|min|minute|x|atr|%") {
        put_words(tokens, first, first + 3, &[Mark('('), Kept(first), Mark(','), Kept(first + 2), Mark(')')]);
    }
}

/// `ATR(14)*2 stop`, `ATR*4`: the multiple before the name.
fn times_atr(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("atr") {
        return;
    }
    let bracket = cursor.one("( # )").is_some();
    if !(cursor.eat("*") || cursor.eat("x|times")) || !is_number(tokens, cursor.at) {
        return;
    }
    let (factor, end) = (cursor.at, cursor.at + 1);
    let clause = tokens.get(..at).unwrap_or_default().iter().rev().take_while(|token| !token.is_mark(','));
    let exits = |token: &Token| matches!(token.word(), Some("sl" | "stop" | "tp" | "target" | "trail" | "trailing"));
    let exit = clause.take(4).any(exits) || tokens.get(end..end + 3).unwrap_or_default().iter().any(exits);
    if !exit {
        return;
    }
    if bracket {
        reordered(tokens, at, end, &[Kept(factor), Said("x"), Kept(at), Mark('('), Kept(at + 2), Mark(')')]);
    } else {
        reordered(tokens, at, end, &[Kept(factor), Said("x"), Kept(at)]);
    }
}

/// `move the stop to entry at 1:1`: at 1R.
fn one_to_one(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("entry|breakeven|be|even at|after|when|@ 1 : 1") {
        return;
    }
    let (from, end) = (cursor.at - 3, cursor.at);
    if cursor.is_pause_or_joint() {
        put_words(tokens, from, end, &[Kept(from), Said("r")]);
    }
}

/// `max two per day`: trades.
fn per_day(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !(cursor.eat("max|maximum") || cursor.eat("at most") || cursor.eat("no more than")) {
        return;
    }
    cursor.eat("of");
    if cursor.number().is_some() && cursor.sees("per|a|each day|session") {
        let place = cursor.at;
        put_words(tokens, place, place + 1, &[Said("trades"), Kept(place)]);
    }
}

/// `once its up 20 points`, `when the trade is up 1R`: it is.
fn it_is(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("once|when|after|if|until|till") {
        return;
    }
    let from = cursor.at;
    let said = cursor.eat("its") || cursor.eat("the|my trade|position is|goes|moves|gets");
    if said && cursor.sees("up|down|above|below|over|under|green|red|back") {
        let end = cursor.at;
        replace(tokens, from, end, &["it", "is"]);
    }
}

/// `flatten at 3:30 not 3:55`, `no trades over lunch (12-1:30)`: shorter.
fn flatten_not(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("flatten|close everything|all|it? at|by") {
        let time = super::clock::time(&mut cursor, true).is_some();
        if time && cursor.sees("not|instead") {
            replace(tokens, at, at + 1, &["flat"]);
        }
        return;
    }
    if cursor.eat("kill|drop|cut|lose the? lunch|lunchtime hour?") {
        let end = cursor.at;
        return replace(tokens, at, end, &["no", "trades", "between"]);
    }
    if cursor.eat("over|during|at|in|through the? lunch|lunchtime hour?") {
        let bracket = cursor.eat("(");
        let from = cursor.at;
        let first = super::clock::time(&mut cursor, true).is_some();
        let dash = cursor.at;
        let both = first && cursor.eat("-|to|until") && super::clock::time(&mut cursor, true).is_some();
        let end = cursor.at;
        if bracket && both && cursor.eat(")") {
            let stop = cursor.at;
            let words = [Said("between"), Run(from..dash), Said("and"), Run(dash + 1..end)];
            put_words(tokens, at, stop, &words);
        }
    }
}

/// `close at noon if nothing hit`: what an exit at a time means anyway.
fn nothing_hit(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let neither = cursor.eat("if|unless neither|either the? stop|sl|target|tp nor|or the? target|tp|stop|sl");
    let hit = "is|was|has|gets? been? hit|hits|triggered|filled";
    let idle = (neither || cursor.eat("if nothing|neither")) && cursor.eat(hit);
    cursor.eat("yet|first|before");
    if idle && cursor.is_pause() {
        tokens.drain(at..cursor.at);
    }
}

/// `not in the first or last 15 min`: neither.
fn first_or_last(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let denied = cursor.eat("not|no trades|entries|entry? in|during the")
        || cursor.eat("skip|avoid the")
        || cursor.eat("dont trade in? the");
    let lead = cursor.at;
    if !denied || !cursor.eat("first or|and|/ last|final # minutes|minute|min|mins") {
        return;
    }
    let end = cursor.at;
    let (number, unit) = (end - 2, end - 1);
    let words =
        [Kept(lead), Kept(number), Kept(unit), Mark(','), Run(at..lead), Kept(lead + 2), Kept(number), Kept(unit)];
    reordered(tokens, lead, end, &words);
}

/// `2 losses n done`: no more trades.
fn done_after(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let led = at.checked_sub(1).and_then(|at| tokens.get(at)).and_then(Token::word) == Some("after");
    if led || !is_number(tokens, at) || !cursor.eat("# losses|losers|losing trades?") {
        return;
    }
    let noun = cursor.at - 1;
    let _ = cursor.eat("in a row");
    cursor.eat("and|n|then|&|=");
    cursor.eat("i|we");
    cursor.eat("am|are");
    if (cursor.eat("done|stop|quit for? the? day?") || cursor.eat("done|out|finished")) && cursor.is_pause() {
        let end = cursor.at;
        reordered(tokens, at, end, &[Said("stop trading after"), Kept(at), Kept(noun)]);
    }
}

/// `$4.20 round turn`: a commission.
fn round_turn(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("$ # round turn|trip") && !cursor.eat("$ # rt") || !cursor.is_pause() {
        return;
    }
    let end = cursor.at;
    let clause = tokens.get(..at).unwrap_or_default().iter().rev();
    let mut clause = clause.take_while(|token| !token.is_mark(',') && !token.is_mark('.') && !token.is_mark(';'));
    let costs = ["commission", "commissions", "comm", "comms", "fee", "fees", "cost", "costs"];
    if !clause.any(|token| token.word().is_some_and(|word| costs.contains(&word))) {
        put_words(tokens, end - 1, end, &[Kept(end - 1), Said("commission")]);
    }
}

/// `orb 30 min`, `opening range breakout (15 min)`: the length first.
fn range_behind(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let named = cursor.eat("orb") || cursor.eat("opening range breakout|breakouts?");
    let before = at.checked_sub(1).is_some_and(|at| {
        // "5m orb 30 min": the first is the chart's.
        Cursor::new(tokens, at).sees("minute|min|mins|minutes") && !opens(tokens, at.saturating_sub(1))
    });
    if !named || before {
        return;
    }
    let name = cursor.at;
    let bracket = cursor.eat("(");
    let number = cursor.at;
    if !cursor.eat("# minute|minutes|min|mins|m") || bracket != cursor.eat(")") {
        return;
    }
    let end = cursor.at;
    if !bracket && Cursor::new(tokens, end).sees("chart|bars|candles|timeframe|tf|bar") {
        return;
    }
    let words = [Kept(number), Kept(number + 1), Run(at..name)];
    reordered(tokens, at, end, &words);
}

/// `if it goes 4% against me`: a stop.
fn against(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let before = at.checked_sub(1);
    let out = before.is_some_and(|before| Cursor::new(tokens, before).sees("exit|out|cover|close|bail"));
    if !cursor.eat("or") && !out && !opens(tokens, at) || !cursor.eat("if|when it|price|trade goes|moves|runs") {
        return;
    }
    let from = cursor.at;
    if !cursor.eat("# %|points|point|pts|ticks|pips") || !cursor.eat("against me|us|you|it?") {
        return;
    }
    let end = cursor.at;
    // "if it goes 10 points against me, add one" is no stop.
    if cursor.is_pause() && !cursor.sees(",|;|. i? add|double|average|buy|sell|reverse|move|cut|take|another|scale") {
        reordered(tokens, at, end, &[Mark(','), Kept(from), Kept(from + 1), Said("stop")]);
    }
}

/// `only if price is on the right side of vwap`: longs above it, shorts below it.
fn right_side(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let _ = cursor.eat("only take the? cross|crosses|trades|trade|signals|signal|entries|it|them?")
        || cursor.eat("only trade|enter?")
        || cursor.eat("must|has|have|needs|need to? be?");
    cursor.eat("if|when|while");
    cursor.eat("price|it|close|we|the");
    cursor.eat("is|are|close|price");
    if !cursor.eat("on the? right|correct|proper|same|trend side of") {
        return;
    }
    let level = cursor.at;
    while !cursor.is_pause() && !cursor.sees("and|with|but") && cursor.at < level + 6 {
        cursor.at += 1;
    }
    let end = cursor.at;
    if end == level || !opens(tokens, at) && !Cursor::new(tokens, at.saturating_sub(1)).sees("and|but") {
        return;
    }
    let words = [Said("longs only above"), Run(level..end), Said("and shorts only below"), Run(level..end)];
    reordered(tokens, at, end, &words);
}

/// `supertrend(10,3) both ways`: long when it turns up, short when it turns down.
fn trend_both_ways(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("supertrend") && !cursor.eat("parabolic? sar") && !cursor.eat("psar") {
        return;
    }
    let _ = ["( # , # )", "( # )"].iter().any(|list| cursor.numbers(list).is_some());
    let name = cursor.at;
    let _ = cursor.eat("flips|flip|turns|turn|signals|signal|strategy|system");
    let _ = cursor.eat(",");
    if !cursor.eat("both ways|sides|directions") && !cursor.eat("long|longs and|&|/ short|shorts") {
        return;
    }
    if !cursor.is_pause() {
        return;
    }
    let end = cursor.at;
    let words = [Said("long when"), Run(at..name), Said("flips up"), Mark(','), Said("short when it flips down")];
    reordered(tokens, at, end, &words);
}

/// `keltner (20, 1.5) breakout`: of its upper line; of the lower one for shorts.
fn channel_breakout(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("a|the");
    let name = cursor.at;
    if !cursor.eat("keltner|kc|bollinger|bb") {
        return;
    }
    cursor.eat("channel|channels|band|bands");
    let _ = ["( # , # )", "( # )", "# , #", "# / #"].iter().any(|list| cursor.numbers(list).is_some());
    let stop = cursor.at;
    let closes = cursor.eat("close|closes|closing outside|above|over the? upper|top band|channel|line?");
    let breaks = !closes && cursor.eat("breakout|breakouts");
    if !closes && !breaks
        || cursor.sees("short|shorts|below|above|of|to|down|lower|upper|strategy|fade|failure|reversal")
    {
        return;
    }
    let end = cursor.at;
    let words = [Said("close crosses above the upper"), Run(name..stop)];
    reordered(tokens, at, end, &words);
}

/// `21 EMA and 55 EMA. cross up long, cross down short`: the one crosses the other.
fn pair_alone(tokens: &mut Vec<Token>, at: usize) {
    const AVERAGE: &str = "ema|sma|ma|wma|hma";
    let mut cursor = Cursor::new(tokens, at);
    let first = cursor.at;
    if !opens(tokens, at) || !is_number(tokens, at) || !cursor.eat("# period? ema|sma|ma|wma|hma") {
        return;
    }
    let joint = cursor.at;
    if !cursor.eat("and|&|,|+") || !is_number(tokens, cursor.at) {
        return;
    }
    let second = cursor.at;
    cursor.eat("# period?");
    if !cursor.eat(AVERAGE) {
        return;
    }
    let pair = cursor.at;
    let _ = cursor.eat(".|,|:|;|-");
    let up = cursor.at;
    if !cursor.eat("cross|crosses|crossing up|above|over") {
        return;
    }
    let mut words = vec![Run(first..joint)];
    words.extend([Said("crosses above")]);
    words.push(Run(second..pair));
    let stop = cursor.at;
    // "cross up long cross down short".
    let mut rest = cursor;
    let _ = rest.eat("go|=|-|>") && rest.eat(">");
    if rest.eat("long|buy|longs") && rest.sees("cross|crosses|crossing down|below|under") {
        words.push(Run(stop..rest.at));
        words.push(Mark(','));
        let end = rest.at;
        return reordered(tokens, at, end, &words);
    }
    if stop > up {
        reordered(tokens, at, stop, &words);
    }
}

/// Puts words in place of a phrase in another order: each stands for all of the phrase.
pub(crate) fn reordered(tokens: &mut Vec<Token>, from: usize, to: usize, words: &[Part<'_>]) {
    let phrase = tokens.get(from..to).unwrap_or_default();
    let start = phrase.iter().map(|token| token.start).min().unwrap_or_default();
    let end = phrase.iter().map(|token| token.end).max().unwrap_or_default();
    let count = put_words(tokens, from, to, words);
    for token in tokens.get_mut(from..from + count).into_iter().flatten() {
        (token.start, token.end) = (start, end);
    }
}
