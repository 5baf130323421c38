//! Why something is asked for: "…, because less gets hunted", "due to inventories". It changes nothing, which is said.

use super::cursor::Cursor;
use super::names;
use super::said_plainly::noted;
use super::scene::Scene;
use super::token::{Kind, Token};

/// Words of a reason that may be a rule: it is left as it stands.
const RULED: &str = "buy|sell|long|short|longs|shorts|exit|enter|target|above|below|<|>|crosses|price";

/// Words of a reason at most.
const LONGEST: usize = 24;

/// Leaves out the reason that begins at `at`.
pub(crate) fn left_out(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("because") && !cursor.eat("due to") && !cursor.eat("so that? the? winners|profits can run") {
        return;
    }
    let from = cursor.at;
    // "because my firm cuts me at 1000, put …": what leads may count.
    let leads = at == 0 || Cursor::new(tokens, at - 1).is_pause();
    while !cursor.is_pause() && !cursor.sees(":|)") && cursor.at < from + LONGEST {
        let number = matches!(cursor.peek().map(|token| &token.kind), Some(Kind::Number(_) | Kind::Clock(_)));
        if number && !leads || cursor.sees(RULED) || names::indicator(&mut cursor.clone()).is_some() {
            return;
        }
        cursor.at += 1;
    }
    let end = cursor.at;
    if end == from && Cursor::new(tokens, at).sees("because|due") {
        return;
    }
    noted(tokens, at..end, scene, " is read as a reason: it changes nothing");
    // "because X, do Y".
    if leads && Cursor::new(tokens, at).sees(",") {
        tokens.remove(at);
    }
}
