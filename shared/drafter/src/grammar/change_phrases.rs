//! Changes in everyday words put into those the grammar reads: `make the fast one 8`, `go full size to 2R`, `3 trades a day
//! is too many, make it 1`, `add a 2nd window 2pm-3:30pm`, `instead of a limit just buy market when …`.

use super::cursor::Cursor;
use super::rephrased::replace;
use super::said_plainly::is_number;
use super::token::{Kind, Token};
use std::ops::Range;

/// A rule that may put other words where a change begins.
type Rule = fn(&mut Vec<Token>, usize) -> bool;

const RULES: [Rule; 7] = [what_about, full_size, too_many, further_window, sized_by_risk, longer, order_given_up];

/// Puts the change at `at` into plain words.
pub(crate) fn put(tokens: &mut Vec<Token>, at: usize) {
    let _ = RULES.iter().any(|rule| rule(tokens, at));
}

/// Puts words in place of a phrase, some of the tokens among them kept; how many tokens they are.
pub(crate) fn put_words(tokens: &mut Vec<Token>, from: usize, to: usize, words: &[Part<'_>]) -> usize {
    let place = tokens.get(from).map_or((0, 0), |token| (token.start, token.end));
    let last = tokens.get(to.saturating_sub(1)).map_or(place.1, |token| token.end);
    let new = |kind: Kind| Token::new(kind, (place.0, last), false);
    let all: Vec<Token> = words
        .iter()
        .flat_map(|piece| match piece {
            Part::Said(words) => words.split(' ').map(|word| new(Kind::Word(word.to_owned()))).collect(),
            Part::Mark(mark) => vec![new(Kind::Mark(*mark))],
            Part::Kept(at) => tokens.get(*at).cloned().into_iter().collect(),
            Part::Run(places) => tokens.get(places.clone()).unwrap_or_default().to_vec(),
        })
        .collect();
    let count = all.len();
    tokens.splice(from..to, all);
    count
}

/// What is put in place of a phrase.
pub(crate) enum Part<'w> {
    /// Words with a blank between them.
    Said(&'w str),
    Mark(char),
    /// The token there.
    Kept(usize),
    /// The tokens there.
    Run(Range<usize>),
}

use Part::{Kept, Mark, Said};

/// `make the fast one 8`: the average; `hold no more than 60 of them`: the bars spoken of.
pub(crate) fn counted(tokens: &mut Vec<Token>, at: usize) {
    let cursor = Cursor::new(tokens, at);
    let mut one = cursor;
    if one.eat("the fast|faster|quick|quicker|slow|slower") {
        let noun = one.at;
        let said = one.eat("one");
        let led = said || at > 0 && Cursor::new(tokens, at - 1).sees("make|set|change|and|put|,");
        let mut number = one;
        number.eat("to|=|is|be|at");
        if led && is_number(tokens, number.at) && Cursor::new(tokens, number.at + 1).is_pause_or_joint() {
            let place = tokens.get(at).map_or((0, 0), |token| (token.start, token.end));
            let average = Token::new(Kind::Word("ma".to_owned()), place, false);
            tokens.splice(noun..noun + usize::from(said), [average]);
        }
        return;
    }
    let held = at > 0 && is_number(tokens, at - 1) && cursor.sees("of them|those|these|the");
    let before = tokens.get(..at.saturating_sub(1)).unwrap_or_default();
    let bars = before.iter().any(|token| matches!(token.word(), Some("bars" | "candles")));
    let holds = before.iter().any(|token| matches!(token.word(), Some("hold" | "holding" | "keep" | "exit" | "out")));
    let behind = Cursor::new(tokens, at + 2);
    if held && bars && holds && (behind.is_pause() || behind.sees("max|at")) {
        replace(tokens, at, at + 2, &["bars"]);
    }
}

/// `what about doing it on QQQ`: it is run there.
fn what_about(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let asked = cursor
        .eat("what|how about|if doing|running|trying|trading|testing|we|i it|this|that|the? strategy? on|with")
        || cursor.eat("what|how about|if we|i|you did|do|ran|run|tried|try|traded|trade it|this|that on|with");
    if asked {
        let end = cursor.at;
        replace(tokens, at, end, &["run", "it", "on"]);
    }
    asked
}

/// `go full size to 2R`, `all out at 2R`: one target for the whole position.
fn full_size(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("just|simply|then");
    let whole = cursor.eat(
        "go|run|ride|hold|take|keep|let|have the|my|a? full|whole|entire size|position|thing|lot|trade run|go|ride?",
    ) || cursor.eat("full|whole|entire size|position|thing")
        || cursor.eat("all out")
        || cursor.eat("one|single target|tp|exit")
        || cursor.eat("no|without scaling|partials|scale|partial out|exits|targets? ,|just|and?");
    if !whole {
        return false;
    }
    let _ = cursor.eat("just|all|out|off") && cursor.eat("out|off");
    cursor.eat("to|until|till|at|of|for");
    let number = cursor.at;
    if !cursor.eat("# r") || !(cursor.is_pause() || cursor.sees("and|please|target")) {
        return false;
    }
    cursor.eat("target");
    let end = cursor.at;
    let words = [Kept(number), Said("r for the whole position")];
    put_words(tokens, at, end, &words);
    true
}

/// `3 trades a day is too many, make it 1`.
fn too_many(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("# trades|trade|entries a|per day is|are|feels|seems|was way? too many|much|few|low|high") {
        return false;
    }
    let _ = cursor.eat(",|;|-|.");
    let _ = cursor.eat("so|lets|please|just");
    if !cursor.eat("make|cap|do|go|limit|take it|that|with|only|just? at|to|just|only?") {
        return false;
    }
    let number = cursor.at;
    let counted = Cursor::new(tokens, number).number().is_some();
    cursor.at += 1;
    cursor.eat("instead|max|a|per day?");
    if !counted || !(cursor.is_pause() || cursor.sees("and|please")) {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("max"), Kept(number), Said("trades per day")]);
    true
}

/// `add a 2nd window 2pm-3:30pm`: hours beside those there are.
fn further_window(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("add|include|open|want|give it|me?") {
        return false;
    }
    cursor.eat("a|an|one");
    cursor.eat("more");
    let further = cursor.eat("second|another|extra|additional|third|new|further") || cursor.eat("# nd|rd");
    cursor.eat("trading|time|entry");
    if !further || !cursor.eat("window|session from|:|of|at|between?") {
        return false;
    }
    let clock = tokens.get(cursor.at).is_some_and(|token| matches!(token.kind, Kind::Clock(_)));
    if !clock && !is_number(tokens, cursor.at) {
        return false;
    }
    let end = cursor.at;
    replace(tokens, at, end, &["also", "trade"]);
    true
}

/// `size it at 1% risk`.
fn sized_by_risk(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("size|sizing it|them|trades|positions|each|everything? at|to|for|with|is|:|by|off? a?") {
        return false;
    }
    let number = cursor.at;
    if !cursor.eat("# %|percent risk") && !cursor.eat("# %|percent of equity|account|capital risk") {
        return false;
    }
    cursor.eat("per|a|each trade?");
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("risk"), Kept(number), Mark('%')]);
    true
}

/// `lengthen the breakout to 72 bars`.
fn longer(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let verb =
        cursor.eat("lengthen|length|shorten|stretch|extend|widen|increase|reduce|raise|lower|change|make|set|move");
    if !verb || !cursor.eat("the|my? breakout|channel|donchian lookback|period|length|channel|range? to|be|=?") {
        return false;
    }
    let number = cursor.at;
    if !cursor.eat("# bars|bar|candles|periods") || !(cursor.is_pause() || cursor.sees("and|please|instead")) {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("use"), Kept(number), Said("bar breakout")]);
    true
}

/// `instead of a limit just buy market when …`: the order is given up.
fn order_given_up(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("instead|rather of|than using|with|placing? a|an|the|my|any?") {
        return false;
    }
    let limit = cursor.sees("limit|limits");
    if !cursor.eat("limit|limits|stop order|orders|entry|entries?") {
        return false;
    }
    cursor.eat(",");
    let _ = cursor.eat("i|we|please|lets") && cursor.eat("want|would|like");
    let _ = cursor.eat("just|simply|to") && cursor.eat("just|simply");
    let long = cursor.sees("buy|go|enter|use|get");
    if !cursor.eat("buy|enter|go|get|use|sell|short long|short|it|in|a? at|with|on? the|a? market order|orders|price?")
    {
        return false;
    }
    let rule = cursor.sees("when|if|once|whenever");
    if !(rule && long || cursor.is_pause()) {
        return false;
    }
    let end = cursor.at;
    let kind = if limit { "limit" } else { "stop" };
    let mut words = vec![Said("market orders instead of the"), Said(kind)];
    if rule {
        words.extend([Mark(','), Said("buy")]);
    }
    put_words(tokens, at, end, &words);
    true
}
