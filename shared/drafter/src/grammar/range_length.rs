//! How long the opening range of a text is, wherever the text says it.

use super::clock;
use super::cursor::Cursor;
use super::levels::{minutes_of, opening_minutes, range_value};
use super::names::{Class, Lean};
use super::reading::ends_with_market;
use super::scene::{Scene, Value};
use super::token::Token;

/// Every length that is given, with its place.
fn lengths(tokens: &[Token]) -> Vec<(usize, u32)> {
    let given = |at: usize| {
        let mut cursor = Cursor::new(tokens, at);
        let stated = opening_minutes(&mut cursor)?;
        // "first hour only", "no trades in the first 15 minutes" say when it trades.
        let before = tokens.get(at.saturating_sub(2)..at).unwrap_or_default();
        let led = before.iter().rev().filter_map(Token::word).find(|word| *word != "the");
        let range = tokens.get(at..cursor.at).unwrap_or_default().iter().filter_map(Token::word);
        let named = range.into_iter().any(|word| matches!(word, "range" | "ranges" | "orb" | "orbs"));
        let timed = matches!(
            led,
            Some("in" | "during" | "within" | "after" | "skip" | "avoid" | "only" | "trade" | "trading" | "past")
        );
        if !named && (timed || cursor.sees("only")) {
            return None;
        }
        let minutes = stated.or_else(|| {
            // "the opening range high (15 min)".
            let bracket = cursor.eat("high|low|highs|lows|top|bottom") && cursor.eat("(");
            cursor.eat("first");
            if bracket { clock::length(&mut cursor).and_then(minutes_of).filter(|_| cursor.eat(")")) } else { None }
        });
        minutes.map(|minutes| (at, minutes))
    };
    (0..tokens.len()).filter_map(given).collect()
}

/// "MES 5min ORB: first 15 min range": the length beside the market is the chart's where the range has its own.
fn of_chart(tokens: &[Token], scene: &Scene<'_>) -> Option<(usize, u32)> {
    let symbol = &scene.market.as_ref()?.symbol;
    let all = lengths(tokens);
    let (at, minutes) = all.first().copied()?;
    let orb = Cursor::new(tokens, at).number().is_some() && ends_with_market(tokens, at, scene, symbol);
    (orb && all.iter().any(|(_, other)| *other != minutes)).then_some((at, minutes))
}

/// The chart that stands where the length of the opening range usually does.
pub(crate) fn chart(tokens: &[Token], scene: &Scene<'_>) -> Option<&'static str> {
    of_chart(tokens, scene).and_then(|(_, minutes)| clock::named(minutes))
}

/// Notes the length of an opening range wherever the text gives it, before anything is read.
pub(crate) fn announce(tokens: &[Token], scene: &Scene<'_>) {
    let chart = of_chart(tokens, scene);
    if let Some((_, minutes)) =
        lengths(tokens).into_iter().find(|(_, minutes)| chart.is_none_or(|(_, of)| of != *minutes))
    {
        let line = range_value(scene, minutes, "high", Class::Level(Lean::Above));
        scene.lines.borrow_mut().push(line);
    }
}

/// The opening range of an expression, so that "the range" means it.
pub(crate) fn range_in(text: &str) -> Option<Value> {
    let (_, rest) = text.split_once("opening_range(")?;
    let (arguments, _) = rest.split_once(')')?;
    let minutes: u32 = arguments.split(',').next()?.trim().parse().ok()?;
    let written = format!("opening_range({arguments}).high");
    Some(Value { row: "opening_range", period: Some(minutes.into()), ..Value::new(written, Class::Level(Lean::Above)) })
}
