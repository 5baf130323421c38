//! Rules, exits and limits as people tell them in passing, put into words the grammar reads: "IBS is under 0.2", "closes at a 7-day
//! low", "longs come off on …", "I buy the close of any bar that …", "after two losing trades in a day I'm done".

use super::change_phrases::{
    Part::{Kept, Mark, Run, Said},
    put_words,
};
use super::cursor::Cursor;
use super::everyday_forms::reordered;
use super::rephrased::{Saying, put_said, replace};
use super::said_plainly::{begins, clause_start, is_number, opens};
use super::token::{Kind, Token};
use rust_decimal::Decimal;

const EXIT_LONGS: &[&str] = &["exit", "longs"];
const EXIT_SHORTS: &[&str] = &["exit", "shorts"];
const BUY_WHEN: &[&str] = &["buy", "when", "it"];
const SHORT_WHEN: &[&str] = &["short", "when", "it"];
const LONG_ONLY: &[&str] = &["long", "only"];
const SHORT_ONLY: &[&str] = &["short", "only"];
const FOR_SHORTS: &[&str] = &["opposite", "for", "shorts"];
const LOSSES: &str = "losing? trades|losers|losses|losing|trade|loser|loss";

/// Wherever a clause begins.
const SAID: &[Saying] = &[
    ("longs|buys come|comes|get|gets off|closed on|when|at|if?", EXIT_LONGS),
    ("shorts|sells come|comes|get|gets off|closed on|when|at|if?", EXIT_SHORTS),
    ("i|we|and? buy the close of any|every|each|a bar|candle|day that|which", BUY_WHEN),
    ("i|we|and? short|sell the close of any|every|each|a bar|candle|day that|which", SHORT_WHEN),
    ("what would|wouldve have? happened if i|we|you|youd|id had? just? shorted", &["short"]),
    ("what would|wouldve have? happened if i|we|you|youd|id had? just? bought", &["buy"]),
    ("what if i|we|you bought", &["buy"]),
    ("what if i|we|you shorted", &["short"]),
    ("i am|im a buyer", &["buy"]),
    ("i am|im a seller", &["short"]),
    ("and? a long position is|gets? opened|entered|taken", &["go", "long"]),
    ("and? a short position is|gets? opened|entered|taken", &["go", "short"]),
    ("let it|them go when|if|once", &["sell", "when"]),
    ("shorts|short i|we dont|never make|take|do|trade", &["no", "shorts"]),
    ("shorts|short i|we do not make|take|do|trade", &["no", "shorts"]),
    ("sellers version|side is the? exact? reverse|opposite|mirror|inverse", FOR_SHORTS),
    ("shorts? exactly the? opposite|reverse|inverse", FOR_SHORTS),
    (
        "flip|reverse|invert|mirror the|this|that logic|rules|rule|signal|signals for the? shorts|short side?",
        FOR_SHORTS,
    ),
    ("inverse|reverse|mirrored|flipped for|4 short|shorts", FOR_SHORTS),
    ("opening range =|is|: the? first", &["opening", "range", "first"]),
    ("trading? hours|session|time|window =", &["entries", "from"]),
    ("or earlier if|when|once", &["or", "exit", "when"]),
    ("max|maximum loss for|per|in|of a|the|one|each? day", &["max", "daily", "loss"]),
    ("cover|sell or|/ sell|cover", &["exit"]),
    ("i|we only|just want|wants|like to? short|sell", SHORT_ONLY),
    ("i|we only|just want|wants|like to? go short", SHORT_ONLY),
    ("i|we want to go|trade|be short only", SHORT_ONLY),
    ("only short|shorting trades|positions|entries", SHORT_ONLY),
    ("only long|buying trades|positions|entries", LONG_ONLY),
    ("i|we only|just want|wants|like to? buy", LONG_ONLY),
    ("i|we only|just want|wants|like to? go long", LONG_ONLY),
    ("i|we want to go|trade|be long only", LONG_ONLY),
    ("no new ones after|past", &["no", "new", "trades", "after"]),
    ("no new ones before", &["no", "new", "trades", "before"]),
    ("while|when in a|the trade|position ignore new|further|other signals|entries", &[]),
];

/// Puts what stands at `at` into words that the grammar reads.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize) {
    for rule in [
        closing_extreme,
        deviation_first,
        back_over,
        present,
        whatever_is_risked,
        half_hour,
        best_price,
        between_dates,
        from_now_on,
        sold_when,
        entered,
    ] {
        rule(tokens, at);
    }
    if !begins(tokens, at) {
        return;
    }
    let said = put_said(tokens, at, SAID, |cursor, words| match words {
        ["entries", "from"] => super::clock::time(&mut cursor.clone(), true).is_some(),
        ["opposite", ..] | [] | ["no", "shorts"] | [_, "only"] => cursor.is_pause_or_joint(),
        _ => !cursor.is_pause(),
    });
    if !said {
        let _ = [left_by, loss_of_a_day, so_many_tops, losses_of_a_day, stop_first, shorts_too, breakout_of_days]
            .iter()
            .any(|rule| rule(tokens, at));
    }
}

/// `IBS, i.e. (close-low)/(high-low), is under 0.2`: where the close stands in the range of its bar.
pub(crate) fn bar_strength(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("ibs") && !cursor.eat("internal bar strength") {
        return;
    }
    let _ = cursor.eat("( ibs )");
    let mut told = cursor;
    told.eat(",|(");
    let defines = told.eat("=|:");
    let _ = told.eat("i.e|ie|i.e. .?") || told.eat("meaning|being|=|:");
    told.eat(",");
    let formula = told.eat("( close - low ) / ( high - low )")
        || told.eat("( c - l ) / ( h - l )")
        || told.eat("close minus|- low over|/ high minus|- low )?");
    if formula && defines && told.is_pause() {
        // "where IBS = (C-L)/(H-L)".
        let from = at - usize::from(at > 0 && Cursor::new(tokens, at - 1).sees("where|and|with"));
        tokens.drain(from..told.at);
        return;
    }
    if formula {
        told.eat(",|)");
        cursor = told;
    }
    let end = cursor.at;
    if end > at + 1 {
        replace(tokens, at, end, &["ibs"]);
    }
}

/// `it closes at a 7-day low`: its close is the lowest of those.
fn closing_extreme(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("it|price|the");
    if !cursor.eat("closes|close|closed at a|an|its|the") {
        return;
    }
    let number = cursor.at;
    if !cursor.eat("# -? day|days|bar|bars|session low|high") {
        return;
    }
    let end = cursor.at;
    let high = Cursor::new(tokens, end - 1).sees("high");
    let unit = end - 2;
    if cursor.is_pause_or_joint() || cursor.sees("buy|sell|go|long|short|exit") {
        let lead = Said(if high { "the close is the highest" } else { "the close is the lowest" });
        put_words(tokens, at, end, &[lead, Said("close of the last"), Kept(number), Kept(unit)]);
    }
}

/// `the 2.5 stdev bollinger (20)`: its numbers in their order.
fn deviation_first(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("# -? stdev|std|sd|sigma|deviation|deviations bollinger|bb|bollingers band|bands?") {
        return;
    }
    let open = cursor.at;
    if cursor.eat("( # )") {
        let end = cursor.at;
        let words = [Said("bollinger"), Mark('('), Kept(open + 1), Mark(','), Kept(at), Mark(')')];
        reordered(tokens, at, end, &words);
    }
}

/// `goes under 30 then comes back over 30`: crosses above it.
fn back_over(tokens: &mut Vec<Token>, at: usize) {
    const MOVES: &str = "goes|dips|drops|falls|gets|rises|climbs|moves|pops|is";
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat(MOVES) {
        return;
    }
    let under = cursor.sees("under|below");
    if !cursor.eat("under|below|over|above") {
        return;
    }
    let number = cursor.at;
    if !is_number(tokens, number) {
        return;
    }
    cursor.at += 1;
    cursor.eat(",|and");
    cursor.eat("and|then");
    cursor.eat("then");
    if !cursor.eat("comes|goes|gets|climbs|rises|moves|falls|drops|dips|crosses back? up|down?") {
        return;
    }
    let turned = if under { cursor.eat("over|above") } else { cursor.eat("under|below") };
    let same = tokens.get(number).zip(tokens.get(cursor.at)).is_some_and(|(one, other)| one.kind == other.kind);
    if turned && same {
        let end = cursor.at + 1;
        let way = Said(if under { "crosses above" } else { "crosses below" });
        put_words(tokens, at, end, &[way, Kept(number)]);
    }
}

/// `… and sold when it closed above the 5 day average`: sell.
fn sold_when(tokens: &mut Vec<Token>, at: usize) {
    const TOLD: [(&str, &str); 3] = [("sold", "sell"), ("covered", "cover"), ("bought", "buy")];
    let told = TOLD.iter().find(|(told, _)| tokens.get(at).and_then(Token::word) == Some(told));
    let behind = Cursor::new(tokens, at + 1).sees("when|if|once|whenever|every|each|after|on");
    let led = begins(tokens, at) || at > 0 && Cursor::new(tokens, at - 1).sees(":|i|we|you|had|just");
    if let Some((_, now)) = told.filter(|_| behind && led) {
        replace(tokens, at, at + 1, &[now]);
    }
}

/// `…: enter sell`: go short.
fn entered(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let buys = cursor.sees("enter a? buy|long");
    if cursor.eat("enter a? buy|long|sell|short position|trade?") && cursor.is_pause() {
        let end = cursor.at;
        replace(tokens, at, end, &["go", if buys { "long" } else { "short" }]);
    }
}

/// `when RSI climbed back above 55`: what is told of the past is looked for anew.
fn present(tokens: &mut Vec<Token>, at: usize) {
    const PAST: [(&str, &str); 4] =
        [("climbed", "climbs"), ("dipped", "dips"), ("rose", "rises"), ("dropped", "drops")];
    let mut cursor = Cursor::new(tokens, at);
    let Some((_, now)) = PAST.iter().find(|(past, _)| tokens.get(at).and_then(Token::word) == Some(past)) else {
        return;
    };
    cursor.at += 1;
    cursor.eat("back");
    if cursor.eat("above|below|over|under") {
        replace(tokens, at, at + 1, &[now]);
    }
}

/// `target is 2 times whatever I'm risking`: of the risk.
fn whatever_is_risked(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("times|x what|whatever i|im|am|we|is am|are? risking|risk|risked")
        && at > 0
        && is_number(tokens, at - 1)
        && cursor.is_pause_or_joint()
    {
        let end = cursor.at;
        replace(tokens, at, end, &["r"]);
    }
}

/// `the first half hour`: 30 minutes.
fn half_hour(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("first|last|opening|closing|final half -? hour") {
        let end = cursor.at;
        replace(tokens, at + 1, end, &["half", "minutes"]);
        if let Some(half) = tokens.get_mut(at + 1) {
            half.turned_into(Kind::Number(Decimal::from(30)));
        }
    }
}

/// `longs only from now on`: as every change is.
fn from_now_on(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("from now on|onwards|onward") {
        tokens.drain(at..cursor.at);
    }
}

/// `2019-01-01 -> 2024-06-30`, `2021-01-04..2024-12-31`: from the one to the other.
fn between_dates(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("# - # - #") {
        return;
    }
    let from = cursor.at;
    let _ = cursor.eat("-|=|.|,");
    if cursor.eat(">|.|→|-") && cursor.sees("# - # - #") {
        let end = cursor.at;
        replace(tokens, from, end, &["to"]);
    }
}

/// `max loss $300 per day`: of the day.
fn loss_of_a_day(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let led = cursor.eat("max|maximum loss of?");
    let money = cursor.eat("$");
    let number = cursor.at;
    // "max loss 2 per day" counts losses.
    let large = cursor.clone().number().is_some_and(|amount| amount >= Decimal::from(20));
    if !led || !cursor.eat("#") || !money && !large {
        return false;
    }
    cursor.eat("dollars|bucks|usd|$");
    if !cursor.eat("a|per|each|every|/ day") {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("max daily loss"), Kept(number), Said("dollars")]);
    true
}

/// `four trades tops`: at most.
fn so_many_tops(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let tops = cursor.eat("# trades|trade|entries|entry tops|max|maximum") && cursor.is_pause_or_joint();
    if tops {
        let end = cursor.at;
        put_words(tokens, at, end, &[Said("max"), Kept(at), Kept(at + 1)]);
    }
    tops
}

/// `trail 2 ATR from the best price`: where every trail is measured from.
fn best_price(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("from|behind|off the best price? reached?") && cursor.is_pause_or_joint() {
        let trailed =
            (clause_start(tokens, at)..at).any(|place| Cursor::new(tokens, place).sees("trail|trailing|trailed"));
        if trailed {
            tokens.drain(at..cursor.at);
        }
    }
}

/// `make sure I'm out by 3:45`, `anything still open at 16:00 gets closed`: flat by then.
fn left_by(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let sure = cursor.eat("make|be sure|certain i|we|im? am|are? out|flat by|before|at")
        || cursor.eat("anything|everything|whatever|any|every position|trade? still? open at|by")
        || cursor.eat("all closed at|by?");
    if !sure {
        return false;
    }
    let Some(time) = super::clock::places(&mut cursor) else { return false };
    let _ = cursor.eat("gets|is|must|should|shall|will be? closed|flattened|exited|sold");
    let closed = cursor.is_pause_or_joint();
    if closed {
        let end = cursor.at;
        put_words(tokens, at, end, &[Said("flat by"), Run(time)]);
    }
    closed
}

/// `after two losing trades in a day I'm done`, `three losses and I'm finished for the day`.
fn losses_of_a_day(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("after|once|if");
    cursor.eat("i|we");
    cursor.eat("have|had|take|took|get");
    let number = cursor.at;
    if !cursor.eat("#") || !cursor.eat(LOSSES) {
        return false;
    }
    let day = cursor.eat("in|on|per|for a|one|any|the|that? day");
    cursor.eat(",|and|then");
    let done = cursor.eat("im|i am? done|finished|out|through") || cursor.eat("thats it") || cursor.eat("i stop|quit");
    let ended = cursor.eat("for the|that day|session") || cursor.eat("trading? for? the? day?") && day;
    if !done || !(day || ended) || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("stop for the day after"), Kept(number), Said("losses")]);
    true
}

/// `exit after 10 bars, unless the 2 ATR stop is hit first`: a stop of its own.
fn stop_first(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("unless the|my|a?") {
        return false;
    }
    let from = cursor.at;
    while !cursor.is_pause() && !cursor.sees("stop|sl") {
        cursor.at += 1;
    }
    let amount = is_number(tokens, from) && cursor.eat("stop|sl loss?");
    let stop = cursor.at;
    if !amount || !cursor.eat("is|gets? hit|triggered first|before|sooner?") || !cursor.is_pause() {
        return false;
    }
    let end = cursor.at;
    reordered(tokens, at, end, &[Run(from..stop)]);
    true
}

/// `longs exit on a close above the 5 SMA and shorts on a close below it`: an exit too.
fn shorts_too(tokens: &mut Vec<Token>, at: usize) -> bool {
    let start = clause_start(tokens, at);
    let exits = (start..at).any(|place| Cursor::new(tokens, place).sees("exit longs|shorts on|when"));
    let mut cursor = Cursor::new(tokens, at);
    let named = cursor.eat("shorts|longs") && cursor.sees("on|when a|the|it|price|its");
    if exits && named {
        let side = tokens.get(at).and_then(Token::word).map(str::to_owned).unwrap_or_default();
        replace(tokens, at, at + 1, &["exit", &side]);
    }
    exits && named
}

/// `20 day breakout entry both directions`, `long on a 20 day breakout`: of the high, of the low.
fn breakout_of_days(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let long = cursor.eat("long|buy on|at|when? a|an|the?");
    let short = !long && cursor.eat("short|sell on|at|when? a|an|the?");
    let number = cursor.at;
    if !cursor.eat("# -? day|bar breakout|breakouts|breakdown") {
        return false;
    }
    let unit = cursor.at - 2;
    if long || short {
        let end = cursor.at;
        let lead = Said(if long { "long when close crosses above the" } else { "short when close crosses below the" });
        put_words(tokens, at, end, &[lead, Kept(number), Kept(unit), Said(if long { "high" } else { "low" })]);
        return true;
    }
    let _ = cursor.eat("entry|entries|system|strategy");
    cursor.eat(",");
    let both = cursor.eat("in|on|to|for? both directions|sides|ways|way") || cursor.eat("long and|& short");
    if !both || !opens(tokens, at) || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    let words = [
        Said("long when close crosses above the"),
        Kept(number),
        Kept(unit),
        Said("high"),
        Mark(','),
        Said("short when close crosses below the"),
        Kept(number),
        Kept(unit),
        Said("low"),
    ];
    reordered(tokens, at, end, &words);
    true
}
