//! `keltner 20/1.5, …`, `supertrend 10,3: …`: an indicator with its numbers, named before the rules that use it.

use super::cursor::Cursor;
use super::indicator::{arguments, call};
use super::names::{self, Class, Lean, Name};
use super::outputs;
use super::scene::{Scene, Value};
use super::token::{Kind, Token};
use rust_decimal::Decimal;

/// Names whose numbers may stand alone: the words, the row, the words that use it later.
const HEADS: [(&str, &str, &[&str]); 8] = [
    ("rsi", "rsi", &["it"]),
    ("donchian|donchians channel|channels|bands|band?", "donchian", &["upper", "lower", "middle", "band", "bands"]),
    ("bollinger|bollingers|bb|bbs bands|band?", "bbands", BANDS),
    ("keltner|kc|keltners channel|channels|bands|band?", "keltner", BANDS),
    ("super trend", "supertrend", TREND),
    ("supertrend|st", "supertrend", TREND),
    ("stochastic|stochastics|stoch|stochs oscillator?", "stoch", &["k", "d", "stoch", "stochastic"]),
    ("slow stochastic|stochastics|stoch", "stoch", &["k", "d", "stoch", "stochastic"]),
];

const BANDS: &[&str] = &["band", "bands", "channel", "channels", "upper", "lower", "middle"];
const TREND: &[&str] = &["it", "green", "red", "flips", "flip", "turns", "supertrend"];

/// Remembers the indicator for the rules behind it; false where none of them uses it.
pub(crate) fn named(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> bool {
    let before = cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at)).and_then(Token::word);
    if before.is_some_and(|word| LEADS_ON.contains(&word)) {
        return false;
    }
    let mut probe = *cursor;
    let _ = probe.eat("use|using|with") && probe.eat("the|a");
    let Some((_, row, uses)) = HEADS.into_iter().find(|(words, _, _)| probe.eat(words)) else {
        return in_brackets(cursor, probe, scene);
    };
    let name = match row {
        "bbands" | "keltner" | "donchian" => {
            Name { pattern: "", row, output: "upper", class: Class::Level(Lean::Above) }
        }
        "stoch" => Name { pattern: "", row, output: "k", class: Class::Oscillator(80, 20) },
        "rsi" => Name { pattern: "", row, output: "", class: Class::Oscillator(70, 30) },
        _ => Name { pattern: "", row, output: "line", class: Class::Level(Lean::Either) },
    };
    let from = probe.at;
    let mut numbers = Vec::new();
    arguments(&mut probe, &mut numbers, &name);
    while probe.at > from && row == "stoch" && numbers.len() < 3 {
        let Some(further) = probe.number() else { break };
        numbers.push(further);
    }
    // "keltner 20 ema 1.5 atr": the average is one by definition.
    if row == "keltner" && numbers.len() == 1 && probe.eat("ema|period|bars") {
        numbers.extend(probe.number());
    }
    let _ = row == "keltner" && probe.eat("x|times? atr|atrs");
    let used = || probe.tokens.iter().skip(probe.at).filter_map(Token::word).any(|word| uses.contains(&word));
    let ends = probe.is_pause() || probe.sees(":|on|for|strategy|system|-|(");
    if numbers.is_empty() || !ends || !used() {
        return false;
    }
    let Some(line) = scene.attempt(|| call(scene, &name, &numbers, None, None)) else { return false };
    let line = Value { row, period: numbers.first().copied(), ..line };
    if row == "rsi" {
        *scene.last.borrow_mut() = Some((line.clone(), None));
    }
    scene.lines.borrow_mut().push(line);
    *cursor = probe;
    true
}

/// `ema 20 and ema 50, when 20 crosses 50`: averages named before the rules that know them by their lengths.
pub(crate) fn averages(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> bool {
    let starts = cursor.at.checked_sub(1).is_none_or(|before| Cursor::new(cursor.tokens, before).is_pause());
    let mut probe = *cursor;
    let known = scene.lines.borrow().len();
    let found = scene.attempt(|| {
        let mut lines = Vec::new();
        while lines.len() < AVERAGES_MOST {
            let line = super::indicator::indicator(&mut probe, scene).filter(|line| line.class == Class::Average)?;
            lines.push(line);
            let mut next = probe;
            let named = |next: Cursor<'_>| next.sees("ema|sma") || { next }.number().is_some();
            let joined = next.eat("and|&|/") || next.eat(",") && named(next);
            if !joined {
                break;
            }
            probe = next;
        }
        let numbers: Vec<Decimal> = lines.iter().filter_map(|line| line.period).collect();
        let number = |token: &Token| match token.kind {
            Kind::Number(number) => numbers.contains(&number),
            _ => false,
        };
        let used = probe.tokens.iter().skip(probe.at).filter(|token| number(token)).count() >= lines.len();
        (lines.len() > 1 && probe.is_pause() && used).then_some(lines)
    });
    let Some(lines) = found.filter(|_| starts) else {
        scene.lines.borrow_mut().truncate(known);
        return false;
    };
    scene.lines.borrow_mut().extend(lines);
    *cursor = probe;
    true
}

/// Averages named at once, at most.
const AVERAGES_MOST: usize = 4;

/// `Aroon(25): when Aroon up crosses …`: an indicator with its numbers in brackets, alone, named again behind them.
fn in_brackets<'t>(cursor: &mut Cursor<'t>, mut probe: Cursor<'t>, scene: &Scene<'_>) -> bool {
    let bracket = probe.tokens.get(probe.at + 1..).unwrap_or_default().iter().take(4).any(|token| token.is_mark('('));
    if !bracket {
        return false;
    }
    let named = |probe: &mut Cursor<'_>| names::indicator(probe).or_else(|| outputs::head(probe));
    let Some(name) = named(&mut probe).filter(|_| probe.sees("( #")) else { return false };
    let mut numbers = Vec::new();
    arguments(&mut probe, &mut numbers, &name);
    let again = |at: usize| named(&mut Cursor::new(probe.tokens, at)).is_some_and(|other| other.row == name.row);
    let ends = probe.is_pause() || probe.sees(":");
    if numbers.is_empty() || !ends || !(probe.at..probe.tokens.len()).any(again) {
        return false;
    }
    let Some(line) = scene.attempt(|| call(scene, &name, &numbers, None, None)) else { return false };
    scene.lines.borrow_mut().push(line);
    *cursor = probe;
    true
}

/// Words that take the indicator into their own phrase.
const LEADS_ON: [&str; 22] = [
    "above", "below", "over", "under", "at", "touches", "touch", "hits", "exit", "stop", "target", "to", "of", "when",
    "if", "no", "not", "without", "and", "or", "trail", "than",
];
