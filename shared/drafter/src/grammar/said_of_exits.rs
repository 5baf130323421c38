//! Short forms put into the words the grammar reads: `half @ 35`, `9-2 window`, `2N stop where N = ATR 20`, `8/17/9 macd`,
//! `cover at rsi 40`, a side in brackets behind its order.

use super::cursor::Cursor;
use super::said_plainly::{opens, word};
use super::token::{Kind, Token};
use rust_decimal::Decimal;

/// A rule that may put other words at a place.
type Rule = fn(&mut Vec<Token>, usize);

/// The short forms, each at its place.
pub(crate) const RULES: [Rule; 6] = [at_sign, window_behind, unit_named, macd_numbers, level_reached, if_nothing_else];

fn place(tokens: &[Token], at: usize) -> (usize, usize) {
    tokens.get(at).map_or((0, 0), |token| (token.start, token.end))
}

fn mark(tokens: &[Token], at: usize, mark: char) -> Token {
    Token::new(Kind::Mark(mark), place(tokens, at), false)
}

/// `half @ 35`.
#[allow(clippy::ptr_arg, reason = "one shape for every rule")]
fn at_sign(tokens: &mut Vec<Token>, at: usize) {
    if let Some(token) = tokens.get_mut(at).filter(|token| token.is_mark('@')) {
        token.turned_into(Kind::Word("at".to_owned()));
    }
}

/// `9-2 window`, `9:30 to 11 window`: the word stands before the times.
fn window_behind(tokens: &mut Vec<Token>, at: usize) {
    let joined = at.checked_sub(1).is_none_or(|before| Cursor::new(tokens, before).sees("and|,|&"));
    if !(opens(tokens, at) || joined) {
        return;
    }
    let mut cursor = Cursor::new(tokens, at);
    if !hour(&mut cursor) || !cursor.eat("-|to|until|till") || !hour(&mut cursor) {
        return;
    }
    let end = cursor.at;
    cursor.eat("trading|time|entry");
    if !cursor.eat("window|windows") || cursor.sees("only") && cursor.sees("only on|if|when") {
        return;
    }
    cursor.eat("only");
    if !cursor.is_pause_or_joint() {
        return;
    }
    let last = cursor.at;
    tokens.drain(end..last);
    let said = word(tokens, at, "window");
    tokens.insert(at, said);
}

/// An hour of the day, as a number up to 24 or with minutes.
fn hour(cursor: &mut Cursor<'_>) -> bool {
    let fits = match cursor.peek().map(|token| &token.kind) {
        Some(Kind::Clock(_)) => true,
        Some(Kind::Number(number)) => number.is_integer() && *number >= Decimal::ZERO && *number <= Decimal::from(24),
        Some(Kind::Word(_) | Kind::Mark(_)) | None => false,
    };
    cursor.at += usize::from(fits);
    let _ = fits && cursor.eat("am|pm");
    fits
}

/// `2N stop where N = ATR 20`: the unit is what it is said to be, everywhere before.
fn unit_named(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat(",|(") && !cursor.sees("where|with|n") {
        return;
    }
    let bracket = tokens.get(at).is_some_and(|token| token.is_mark('('));
    cursor.eat("where|with");
    if !cursor.eat("n =|is|: the|a?") {
        return;
    }
    let Some(period) = atr_period(&mut cursor) else { return };
    if bracket && !cursor.eat(")") || !cursor.is_pause_or_joint() {
        return;
    }
    let end = cursor.at;
    let counted = |place: &usize| {
        let number = place.checked_sub(1).and_then(|before| tokens.get(before));
        tokens.get(*place).is_some_and(|token| token.word() == Some("n"))
            && number.is_some_and(|number| matches!(number.kind, Kind::Number(_)))
    };
    let named: Vec<usize> = (0..at).filter(counted).collect();
    let behind: Vec<usize> = (end..tokens.len()).filter(counted).map(|place| place - (end - at)).collect();
    if named.is_empty() && behind.is_empty() {
        return;
    }
    tokens.drain(at..end);
    let named: Vec<usize> = named.into_iter().chain(behind).collect();
    for place in named.into_iter().rev() {
        let number = Token::new(Kind::Number(period), self::place(tokens, place), false);
        let words = [word(tokens, place, "atr"), mark(tokens, place, '('), number, mark(tokens, place, ')')];
        tokens.splice(place..=place, words);
    }
}

/// `ATR 20`, `ATR(20)`, `20 day ATR`, `20-bar average true range`.
fn atr_period(cursor: &mut Cursor<'_>) -> Option<Decimal> {
    let atr = |cursor: &mut Cursor<'_>| cursor.eat("atr") || cursor.eat("average true range");
    let found = if atr(cursor) {
        let bracket = cursor.eat("(");
        let found = cursor.number()?;
        (!bracket || cursor.eat(")")).then_some(found)
    } else {
        let found = cursor.number()?;
        cursor.eat("bar|bars|period|periods");
        atr(cursor).then_some(found)
    };
    found.filter(|period| period.is_integer() && *period > Decimal::ZERO)
}

/// `8/17/9 macd`: the numbers stand behind the name.
fn macd_numbers(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let bracket = cursor.eat("(");
    let from = cursor.at;
    let glued = at > 0 && tokens.get(at - 1).is_some_and(|before| before.is_mark('/'));
    let Some(numbers) = cursor.numbers("# /|,|- # /|,|- #") else { return };
    if glued || bracket && !cursor.eat(")") || !cursor.eat("macd") || numbers.len() != 3 {
        return;
    }
    let end = cursor.at;
    let digits: Vec<Token> = [from, from + 2, from + 4].iter().filter_map(|at| tokens.get(*at).cloned()).collect();
    let [fast, slow, signal] = digits.as_slice() else { return };
    if digits.iter().any(|token| !matches!(token.kind, Kind::Number(_))) {
        return;
    }
    let comma = || mark(tokens, at, ',');
    let name = word(tokens, end - 1, "macd");
    let open = mark(tokens, at, '(');
    let all =
        vec![name, open, fast.clone(), comma(), slow.clone(), comma(), signal.clone(), mark(tokens, end - 1, ')')];
    tokens.splice(at..end, all);
}

/// `cover at rsi 40`: when it gets there.
fn level_reached(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let left = cursor.eat("exit|cover|sell|close|out") || cursor.eat("get|bail|getting out");
    if !left {
        return;
    }
    cursor.eat("out|longs|shorts|it|everything|all");
    let at_word = cursor.at;
    if !cursor.eat("at|@|on") {
        return;
    }
    cursor.eat("an|the");
    let name = cursor.at;
    if !cursor.eat("rsi|mfi|stoch|adx|cci") {
        return;
    }
    let _ = cursor.eat("( # )") || cursor.sees("of|at|= #") && cursor.eat("of|at|=");
    let number = cursor.at;
    if !cursor.sees("#") || !cursor.eat("#") || !(cursor.is_pause() || cursor.sees("and|or|instead|with")) {
        return;
    }
    // "exit at RSI 14 …" may be its period.
    let level = tokens.get(number).and_then(|token| match token.kind {
        Kind::Number(number) => Some(number),
        Kind::Word(_) | Kind::Clock(_) | Kind::Mark(_) => None,
    });
    if level.is_none_or(|level| level < Decimal::from(25) || level > Decimal::ONE_HUNDRED) {
        return;
    }
    let reaches = word(tokens, number, "reaches");
    if Cursor::new(tokens, number - 1).sees("of|at|=") {
        tokens.splice(number - 1..number, [reaches]);
    } else {
        tokens.insert(number, reaches);
    }
    let when = word(tokens, at_word, "when");
    tokens.splice(at_word..name, [when]);
}

/// `after 5 days if nothing else has hit`: said of every way out.
fn if_nothing_else(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let unit = at > 0
        && Cursor::new(tokens, at - 1).sees("day|days|bar|bars|candles|hour|hours|h|minutes|min|mins|weeks|week|trade");
    if !unit || !cursor.eat("if|when|unless") {
        return;
    }
    let unless = Cursor::new(tokens, at).sees("unless");
    let nothing = cursor.eat("nothing|neither|none else?") && {
        let _ = cursor.eat("of them");
        let _ = cursor.eat("has|have|is|was");
        cursor.eat("been|got|gets");
        let _ = cursor.eat("hit|triggered|happened|fired|hits|happens|triggers|closed|stopped");
        cursor.eat("it|me|out|yet|by|then|first");
        cursor.eat("then|yet|out");
        !unless
    };
    let something = unless && {
        cursor.eat("already|it|im|we|something|anything|the");
        let _ = cursor.eat("is|am|else|stop|target|already|has|are");
        let _ = cursor.eat("or|already|hit|has") && cursor.eat("target|out|first|hit");
        cursor.eat("out|hit|stopped|hits|first") && {
            cursor.eat("out|first|already|by");
            true
        }
    };
    let still = !unless && !nothing && cursor.eat("still|its|it|im|not in|open|still|isnt|out") && {
        let _ = cursor.eat("in|open|out");
        cursor.eat("already|the|it|yet");
        let _ = cursor.eat("trade|position|open");
        true
    };
    if (nothing || something || still) && cursor.is_pause() {
        let end = cursor.at;
        tokens.drain(at..end);
    }
}

/// `limit at the 20 SMA when X (buy), limit at the 20 SMA when Y (sell)`: the side stands before its order.
pub(crate) fn sides_behind(tokens: &mut Vec<Token>) {
    let side_at = |at: usize| {
        let mut cursor = Cursor::new(tokens, at);
        let long = cursor.eat("( buy|long|longs|buys )");
        let short = !long && cursor.eat("( sell|short|shorts|sells )");
        let ends = cursor.is_pause() || cursor.sees("and|or|/");
        ((long || short) && ends).then_some((at, cursor.at, long))
    };
    let found: Vec<(usize, usize, bool)> = (0..tokens.len()).filter_map(side_at).collect();
    // Both sides are named so, once each: then a "sell" opens a short.
    let [first, second] = found.as_slice() else { return };
    if first.2 == second.2 {
        return;
    }
    let starts = [rule_start(tokens, first.0, first.1), rule_start(tokens, second.0, first.1)];
    let [Some(one), Some(two)] = starts else { return };
    if !(is_rule(tokens, one, first.0) && is_rule(tokens, two, second.0)) {
        return;
    }
    for ((from, to, long), start) in [(*second, two), (*first, one)] {
        tokens.drain(from..to);
        let named = word(tokens, start, if long { "buy" } else { "short" });
        if Cursor::new(tokens, start).sees("enter") {
            tokens.splice(start..=start, [named]);
        } else if Cursor::new(tokens, start).sees("limit|stop|market|with|at|when|if") {
            tokens.insert(start, named);
        } else {
            let when = word(tokens, start, "when");
            tokens.splice(start..start, [named, when]);
        }
    }
}

/// True for words that compare and speak of no exit: "20 pt stop (long), 30 pt stop (short)" are no rules.
fn is_rule(tokens: &[Token], from: usize, to: usize) -> bool {
    const EXITS: &str = "sl|target|targets|tp|trail|trailing|exit|exits|out|cover|size|contracts|shares|risk|window|flat|breakeven|pts|points|ticks|pt|stop";
    const WAYS: &str = ">|<|≥|≤|above|below|over|under|crosses|cross|breaks|crossover";
    let compares = (from..to).any(|at| Cursor::new(tokens, at).sees(WAYS));
    compares && !(from..to).any(|at| Cursor::new(tokens, at).sees(EXITS))
}

/// Where the rule begins that the bracket at `end` closes: behind a sentence, a colon or the other side's bracket.
fn rule_start(tokens: &[Token], end: usize, other: usize) -> Option<usize> {
    let begins = |token: &Token| ['.', ';', '\n', ':'].iter().any(|mark| token.is_mark(*mark));
    let sentence = tokens.get(..end)?.iter().rposition(begins).map_or(0, |at| at + 1);
    let mut start = if end > other { sentence.max(other) } else { sentence };
    while Cursor::new(tokens, start).sees(",|and|or|/|-|then") {
        start += 1;
    }
    // What names the market or the chart before is no part of it.
    (start < end && (start > 0)).then_some(start)
}
