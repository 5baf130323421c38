//! Markets that are named only to say that they are not traded: "NKD isn't needed, just use NQ", "not ES but NQ".

use super::cursor::Cursor;
use super::scene::Scene;
use super::symbols::{self, Mention};
use super::token::Token;

/// What stands before a market that is not traded.
const BEFORE: [&str; 7] = [
    "not|forget|skip|ignore|nix",
    "forget about",
    "instead of",
    "rather than",
    "i|we was|were thinking of|about?",
    "i|we? was|were going|planning to use|do|trade|run|test",
    "i|we? thought|considered about|of?",
];

/// What is said behind one.
const BEHIND: [&str; 5] = [
    "is too wild|slow|expensive|choppy|volatile|boring|risky|big|thin|crazy|much",
    "isnt needed|required|necessary|wanted|available|it",
    "is not needed|required|necessary|wanted|available",
    "is out|unavailable|off",
    "wont|doesnt|dont work|do",
];

/// One of these stands in whatever says so.
const DENYING: &str = "not|forget|skip|ignore|nix|instead|rather|thinking|going|planning|thought|considered|isnt|wont|doesnt|dont|out|unavailable|off|too";

/// Leaves such markets out, where another one is named; what is left out is said.
pub(crate) fn left_out(tokens: &mut Vec<Token>, scene: &Scene<'_>) {
    if !(0..tokens.len()).any(|at| Cursor::new(tokens, at).sees(DENYING)) {
        return;
    }
    let mentions = symbols::mentions(tokens, &scene.names, scene.text);
    let named = |at: usize| mentions.iter().any(|mention| mention.from == at);
    for mention in mentions.iter().rev() {
        let other = mentions.iter().any(|one| one.instrument.symbol != mention.instrument.symbol);
        let Some((from, to)) = denial(tokens, mention, &named).filter(|_| other) else { continue };
        let typed = tokens.get(from..to).and_then(|run| {
            let (first, last) = (run.first()?, run.last()?);
            scene.text.get(first.start..last.end)
        });
        scene.assume(format!("\"{}\" is read as naming no market", typed.unwrap_or_default().trim_matches([',', ' '])));
        tokens.drain(from..to);
    }
}

/// The words that deny the market, with what leads to the next one.
fn denial(tokens: &[Token], mention: &Mention, named: &dyn Fn(usize) -> bool) -> Option<(usize, usize)> {
    let mut behind = Cursor::new(tokens, mention.to);
    if BEHIND.iter().any(|words| behind.eat(words)) {
        let _ = behind.eat("i gather|think|guess|believe|suppose|hear");
        let opens = mention.from.checked_sub(1).is_none_or(|before| Cursor::new(tokens, before).is_pause());
        let ends = behind.is_pause() || behind.sees("so|but|and");
        return (opens && ends).then(|| (mention.from, led(behind, named)));
    }
    let behind = Cursor::new(tokens, mention.to);
    if !(behind.is_pause() || behind.sees("but|so")) {
        return None;
    }
    let lead = (mention.from.saturating_sub(6)..mention.from).find(|from| {
        let mut cursor = Cursor::new(tokens, *from);
        BEFORE.iter().any(|words| {
            cursor.at = *from;
            cursor.eat(words) && cursor.at == mention.from
        })
    })?;
    Some((lead, led(behind, named)))
}

/// Behind `, just use`, `but lets do`, where another market follows.
fn led(behind: Cursor<'_>, named: &dyn Fn(usize) -> bool) -> usize {
    let mut cursor = behind;
    while cursor.eat(",|.") || cursor.eat("but|so|and|lets|just|please|i|we|ill|will|do|use|go|trade|run|with|its") {}
    if named(cursor.at) { cursor.at } else { behind.at }
}
