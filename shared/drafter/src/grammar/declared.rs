//! `RSI 2 on SPY daily: …`, `MACD (8,17,9) strategy. …`: an indicator with its numbers at the head of a text, and its bare name in
//! the rules behind it.

use super::clock;
use super::cursor::Cursor;
use super::indicator::call;
use super::names::{self, Class, Lean, Name};
use super::said_plainly::{clause_start, typed};
use super::scene::{Scene, Value};
use super::symbols;
use super::token::{Kind, Token};
use rust_decimal::Decimal;
use strategy::indicators;

/// Names of several lines, any of which is meant by what follows: the words, the row, the words that use it later.
const LINED: [(&str, &str, &str); 5] = [
    ("bollinger|bollingers|bb|bbs|boll bands|band|channel?", "bbands", "upper|lower|middle|band|bands|mid"),
    ("keltner|kc|keltners channel|channels|bands|band?", "keltner", "upper|lower|middle|band|bands|channel|mid"),
    ("donchian|donchians channel|channels|bands|band?", "donchian", "upper|lower|middle|band|bands|channel|mid"),
    ("super trend", "supertrend", "it|green|red|flips|flip|turns|supertrend"),
    ("supertrend|st", "supertrend", "it|green|red|flips|flip|turns|supertrend"),
];

/// Words that say something of a value, or lead to one: what stands beside them is a rule and no heading.
const RULED: &str = "above|below|over|under|<|>|≤|≥|=|cross|crosses|crossing|crossed|crossover|is|are|at|hits|hit|reaches|touches|touch|between|rising|falling|turns|turn|flips|flip|drops|goes|gets|buy|sell|long|short|longs|shorts|exit|stop|target|when|if|while|filter|only|no|not|without|and|or|than|to|of|trail|green|red|close|closes|inside|outside|pullback|x|/|&";

/// Words around a heading's name at most.
const AROUND_MOST: usize = 9;

/// Levels of an index of trend begin there: `ADX 25` is one.
const LEAST_LEVEL: i64 = 18;

/// Remembers the indicator for the rules behind it; false where none of them names it, or something is said of it here.
pub(crate) fn declared(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> bool {
    if scene.changing.get() || !heads(cursor.tokens, cursor.at) {
        return false;
    }
    let mut probe = *cursor;
    let Some((name, uses)) = named(&mut probe) else { return false };
    if probe.eat("default|standard|usual|normal|regular settings|parameters|params|numbers|values|inputs") {
        let plain = probe.is_pause() && named_again(&probe, &name, uses);
        if plain {
            scene.assume(format!(
                "\"{}\" are those of the table of indicators",
                typed(cursor.tokens, cursor.at..probe.at, scene)
            ));
            *cursor = probe;
        }
        return plain;
    }
    let bracket = probe.sees("(");
    let numbers = numbers(&mut probe);
    let most = indicators::find(name.row).map_or(0, |row| row.arguments.len());
    if numbers.is_empty() || numbers.len() > most || !bracket && is_level(&probe, &name, &numbers) {
        return false;
    }
    if !named_again(&probe, &name, uses) || !tail_of_heading(probe, scene) {
        return false;
    }
    let Some(line) = scene.attempt(|| call(scene, &name, &numbers, None, None)) else { return false };
    probe.eat("mean? reversion|reversal|breakout|breakouts|strategy|system|scalper|scalp|fade|style|swing|trade|setup");
    let call = line.text.split_inclusive(')').next().unwrap_or_default();
    scene.assume(format!(
        "\"{}\": what is named without its numbers is read as {call}",
        typed(cursor.tokens, cursor.at..probe.at, scene)
    ));
    let line = Value { row: name.row, period: numbers.first().copied(), heads: true, ..line };
    if matches!(line.class, Class::Oscillator(..)) {
        *scene.last.borrow_mut() = Some((line.clone(), None));
    }
    scene.lines.borrow_mut().push(line);
    probe.eat("on|for");
    *cursor = probe;
    true
}

/// The name here, and the words that use it behind.
fn named(probe: &mut Cursor<'_>) -> Option<(Name, &'static str)> {
    if let Some((_, row, uses)) = LINED.into_iter().find(|(words, _, _)| probe.eat(words)) {
        let (output, lean) = if row == "supertrend" { ("line", Lean::Either) } else { ("upper", Lean::Above) };
        return Some((Name { pattern: "", row, output, class: Class::Level(lean) }, uses));
    }
    let name = names::indicator(probe).filter(|name| name.row != "atr")?;
    let uses = match name.class {
        _ if name.row.starts_with("stoch") => "k|d",
        Class::Oscillator(..) => "it",
        _ => "",
    };
    Some((name, uses))
}

/// `(8,17,9)`, `12/26/9`, `14 3 3`, `2`.
fn numbers(cursor: &mut Cursor<'_>) -> Vec<Decimal> {
    let mut found = Vec::new();
    let mut probe = *cursor;
    let bracket = probe.eat("(");
    while let Some(number) = probe.number() {
        found.push(number);
        *cursor = probe;
        let _ = bracket && probe.eat("period|periods|bar|bars|day|std|sd|dev|x|,|/|;");
        let _ = probe.eat(",|/|;|-");
    }
    let mut closed = *cursor;
    if bracket && closed.eat(")") {
        *cursor = closed;
    } else if bracket {
        found.clear();
    } else {
        cursor.eat("period|periods");
    }
    // "keltner channel 20 with 1.5 ATR".
    let mut wide = *cursor;
    if let Some(width) = wide.one("with|and|x|, # x? atr|atrs").filter(|_| found.len() == 1) {
        found.push(width);
        *cursor = wide;
    }
    found
}

/// `RSI 30, … crosses 30`, `RSI 30/70`, `ADX 25`: levels, no lengths.
fn is_level(probe: &Cursor<'_>, name: &Name, numbers: &[Decimal]) -> bool {
    if !matches!(name.class, Class::Oscillator(..)) && name.row != "adx" {
        return false;
    }
    let again = |at: usize| {
        matches!(probe.tokens.get(at).map(|token| &token.kind), Some(Kind::Number(number)) if numbers.contains(number))
            && Cursor::new(probe.tokens, at - 1)
                .sees("above|below|over|under|crosses|cross|at|<|>|is|to|through|than|hits|reaches")
    };
    let arguments = indicators::find(name.row).map_or(0, |row| row.arguments.len());
    arguments == 1
        && ((probe.at.max(1)..probe.tokens.len()).any(again)
            || name.row == "adx" && numbers.iter().any(|number| *number >= Decimal::from(LEAST_LEVEL)))
}

/// True where only a market, a chart or an article stands before in the clause.
fn heads(tokens: &[Token], at: usize) -> bool {
    let start = clause_start(tokens, at);
    at < start + AROUND_MOST && !(start..at).any(|place| Cursor::new(tokens, place).sees(RULED))
}

/// The indicator is named once more without numbers of its own, or what it draws is.
fn named_again(probe: &Cursor<'_>, name: &Name, uses: &'static str) -> bool {
    (probe.at..probe.tokens.len()).any(|at| {
        let mut again = Cursor::new(probe.tokens, at);
        if !uses.is_empty() && again.sees(uses) {
            return true;
        }
        let numbered = at > 0 && matches!(probe.tokens.get(at - 1).map(|before| &before.kind), Some(Kind::Number(_)));
        let same = names::indicator(&mut again).is_some_and(|other| other.row == name.row);
        same && !numbered && !again.sees("( #")
    })
}

/// True where nothing but a market, a chart and what it is called stands behind in the clause.
fn tail_of_heading(mut cursor: Cursor<'_>, scene: &Scene<'_>) -> bool {
    let from = cursor.at;
    let mut placed = false;
    while !cursor.is_pause() && !cursor.sees(":|(") && cursor.at < from + AROUND_MOST {
        if symbols::instrument(&mut cursor, &scene.names, scene.text).is_some()
            || clock::timeframe(&mut cursor).is_some()
        {
            placed = true;
        } else if placed && cursor.sees("long|short|buy|sell|go|enter|-") {
            return true;
        } else if cursor.sees(RULED) {
            return false;
        } else {
            cursor.at += 1;
        }
    }
    cursor.is_pause() || cursor.sees(":|(")
}
