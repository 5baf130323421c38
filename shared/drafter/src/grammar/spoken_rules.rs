//! What people say around a rule, put into words the grammar reads: "the 20's above the 50", "HOD of the first hour", "buy at
//! the close if …", "short when the 9 crosses below", "or if I'm down 8%".

use super::change_phrases::{
    Part::{self, Mark, Run, Said},
    put_words,
};
use super::clock;
use super::cursor::Cursor;
use super::reading::within_days;
use super::rephrased::replace;
use super::said_plainly::{clause_start, is_number, opens};
use super::scene::Scene;
use super::token::{Kind, Token};

/// Kinds of averages.
const AVERAGES: &str = "ema|sma|ma|wma|hma|dema|tema";

/// Puts what stands at `at` into the words the grammar reads.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) {
    for rule in [number_is, extreme_of_the_opening, averages_tested, down_from_entry, one_tick, for_emphasis] {
        rule(tokens, at);
    }
    at_the_close(tokens, at, scene);
    crosses_its_pair(tokens, at, scene);
}

/// `the 20's above the 50`: it is.
fn number_is(tokens: &mut Vec<Token>, at: usize) {
    let owner = at > 0 && is_number(tokens, at - 1) && matches!(tokens.get(at).and_then(Token::word), Some("" | "s"));
    if owner && Cursor::new(tokens, at + 1).sees("above|over|below|under|beneath|rising|falling|still|back") {
        replace(tokens, at, at + 1, &["is"]);
    }
}

/// `HOD of the first hour`: its high, not the day's.
fn extreme_of_the_opening(tokens: &mut Vec<Token>, at: usize) {
    let cursor = Cursor::new(tokens, at);
    if cursor.sees("hod|lod of|in|for|from the? first|opening") {
        let end = if cursor.sees("hod") { "high" } else { "low" };
        replace(tokens, at, at + 1, &[end]);
    }
}

/// `test a simple moving average cross on ES`: the rules name the averages.
fn averages_tested(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("test|backtest|try|run|check|see|build a|an|the? simple|basic|classic? moving average|averages") {
        return;
    }
    let named = cursor.eat("cross|crosses|crossover|crossovers strategy|system|idea?") || cursor.eat("strategy|system");
    if named && cursor.sees("on|for|in") {
        let end = cursor.at;
        tokens.drain(at + 1..end);
    }
}

/// `or if I'm down 8%`, `or if it drops 5% from my entry` behind a way out: a stop.
fn down_from_entry(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let joint = cursor.eat("or|and");
    if !cursor.eat("if|when|once") {
        return;
    }
    let down = cursor.eat("i|we am|are down") || cursor.eat("im|were|its down") || cursor.eat("it|trade is down");
    let falls = !down && cursor.eat("it|price|the? trade|stock? drops|falls|goes|moves|is down?");
    let number = cursor.at;
    if !cursor.eat("# %|percent|points|pts|ticks") {
        return;
    }
    let amount = cursor.at;
    let entry = cursor.eat("from|below|under|against|on the|my? entry|me|it price?");
    let leaves = (clause_start(tokens, at)..at)
        .any(|place| Cursor::new(tokens, place).sees("sell|exit|close|cover|out|leave|bail|stop"));
    if !(down || falls && entry) || !leaves || !cursor.is_pause_or_joint() {
        return;
    }
    let mut words: Vec<Part<'_>> = if joint || at > 0 { vec![Mark(',')] } else { Vec::new() };
    words.extend([Said("stop loss")]);
    words.push(Run(number..amount));
    let end = cursor.at;
    put_words(tokens, at, end, &words);
}

/// `a tick of slippage`: one.
fn one_tick(tokens: &mut Vec<Token>, at: usize) {
    if Cursor::new(tokens, at).sees("a tick of? slippage|slip") {
        replace(tokens, at, at + 1, &["one"]);
    }
}

/// `… at the end of the day no matter what`, `2 contracts obviously`: words that stress.
fn for_emphasis(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let said = cursor.eat("no matter what") || cursor.eat("obviously") || cursor.eat("of course");
    if said && !opens(tokens, at) && cursor.is_pause() {
        tokens.drain(at..cursor.at);
    }
}

/// `buy SPY at the close if …` on bars of days, `exit at the close if …`, `buy if … at the close`: the bar's close, after which the next open fills.
fn at_the_close(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) {
    const IF: &str = "if|when|whenever|once|provided";
    let mut cursor = Cursor::new(tokens, at);
    let bar = cursor.eat("at|on the? bar|candle|daily close") || cursor.eat("at|on the? close of the? bar|candle|day");
    if !bar && !cursor.eat("at|on the? close") {
        return;
    }
    let finer = |place| {
        clock::timeframe(&mut Cursor::new(tokens, place))
            .is_some_and(|frame| clock::minutes_of(frame) < clock::minutes_of("1d"))
    };
    let days = !within_days(tokens) && !(0..tokens.len()).any(finer);
    let clause = || (clause_start(tokens, at)..at).map(|place| Cursor::new(tokens, place));
    let enters = |cursor: Cursor<'_>| cursor.sees("buy|buying|long|short|enter");
    let exits = |cursor: Cursor<'_>| cursor.sees("sell|exit|cover|out");
    let leaves = |cursor: Cursor<'_>| cursor.sees("sell|exit|cover|out|flat|flatten|stop|target|hold|gap|gaps");
    let before = cursor.sees(IF) && clause().rev().take(4).any(enters) && (bar || days);
    let ruled = clause().any(|cursor| cursor.sees(IF) || cursor.sees("=")) || clause().next_back().is_some_and(enters);
    let after = cursor.is_pause() && clause().any(enters) && ruled && !clause().any(leaves);
    let left = cursor.sees(IF) && clause().rev().take(3).any(exits) && (bar || days);
    if before || after || left {
        let what = if left && !before { "exit" } else { "entry" };
        scene.assume(format!("an {what} at the close of a bar is filled at the open of the next"));
        scene.day_closes.set(scene.day_closes.get() || days && before);
        tokens.drain(at..cursor.at);
    }
}

/// `short when the 9 crosses below` after `the 9 EMA crosses above the 20`: the same two.
fn crosses_its_pair(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) {
    let mut cursor = Cursor::new(tokens, at);
    let Some(number) = tokens.get(at).filter(|token| matches!(token.kind, Kind::Number(_))).cloned() else { return };
    cursor.at += 1;
    if !cursor.eat("crosses|cross back? above|below|over|under|down|up|through? it|that?")
        || !cursor.is_pause_or_joint()
    {
        return;
    }
    let other = (0..at).rev().find_map(|place| {
        let mut before = Cursor::new(tokens, place);
        let same = before.peek().is_some_and(|token| token.kind == number.kind);
        before.at += 1;
        before.eat(AVERAGES);
        let crossed = same && before.eat("crosses|cross up|down|back? above|over|below|under|through the?");
        (crossed && is_number(tokens, before.at)).then_some(before.at)
    });
    let Some(other) = other.and_then(|other| tokens.get(other)).cloned() else { return };
    let written = |token: &Token| scene.text.get(token.start..token.end).unwrap_or_default().to_owned();
    scene.assume(format!("the {} crosses the {} here too", written(&number), written(&other)));
    let end = cursor.at;
    let it = Cursor::new(tokens, end - 1).sees("it|that");
    let place = tokens.get(end - 1).map_or((0, 0), |token| (token.start, token.end));
    let again = Token { start: place.0, end: place.1, ..other };
    tokens.splice(end - usize::from(it)..end, [again]);
}
