//! Exits at an extreme of some bars, as they are said in short: "exit long at 10 day low and short at 10 day high".

use super::cursor::Cursor;
use super::rephrased::replace;
use super::token::Token;

const SIDES: &str = "long|longs|short|shorts";

/// Puts such exits as the grammar reads them: "exit long on a 10 day low and exit short on a 10 day high".
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("exit|exits|cover|out") {
        return;
    }
    cursor.eat(SIDES);
    let from = cursor.at;
    let Some(end) = extreme(tokens, from) else { return };
    let mut other = Cursor::new(tokens, end);
    if other.eat("and|&") && other.sees(SIDES) && extreme(tokens, other.at + 1).is_some() {
        let (at, side) = (other.at, other.peek_word().unwrap_or_default().to_owned());
        put_lead(tokens, at + 1);
        replace(tokens, at, at + 1, &["exit", &side]);
    }
    put_lead(tokens, from);
}

fn put_lead(tokens: &mut Vec<Token>, at: usize) {
    if let Some((from, to)) = lead(tokens, at) {
        replace(tokens, from, to, &["on", "a"]);
    }
}

/// Tokens of `at the`, before `10 day low`.
fn lead(tokens: &[Token], at: usize) -> Option<(usize, usize)> {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("at|on the|a|its?").then_some((at, cursor.at))
}

/// Where `at the 10 day low` ends.
fn extreme(tokens: &[Token], at: usize) -> Option<usize> {
    let (_, from) = lead(tokens, at)?;
    let mut cursor = Cursor::new(tokens, from);
    cursor.one("# day|bar|days|bars|period|candle low|high|lows|highs")?;
    Some(cursor.at)
}
