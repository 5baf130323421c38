//! Questions that the text answers itself, put into headings: "When do I exit? At 3R.", "Stop? 20 points.", "Shorts? Never."

use super::rephrased::{Saying, put_said};
use super::said_plainly::opens;
use super::token::Token;

const ENTER: &[&str] = &["enter"];
const BUY: &[&str] = &["buy"];
const SELL: &[&str] = &["sell"];
const SHORT: &[&str] = &["go", "short"];
const EXIT: &[&str] = &["exit"];
const STOP: &[&str] = &["stop"];
const TARGET: &[&str] = &["target"];
const LONGS_ONLY: &[&str] = &["longs", "only"];
const SHORTS_ONLY: &[&str] = &["shorts", "only"];

/// What is denied behind its question.
const DENIED: &[Saying] =
    &[("shorts|shorting|short ? no|never|none|nope", LONGS_ONLY), ("longs|long ? no|never|none|nope", SHORTS_ONLY)];

/// Questions, and what is said with their answer.
const ASKED: &[Saying] = &[
    ("the? entry|entries ?", ENTER),
    ("the? exit|exits ?", EXIT),
    ("when|how|where do|would|should|will i|we|you enter|get in? ?", ENTER),
    ("when|how|where do|would|should|will i|we|you buy|go long? ?", BUY),
    ("when|how|where do|would|should|will i|we|you sell ?", SELL),
    ("when|how|where do|would|should|will i|we|you short ?", SHORT),
    ("when|how|where do|would|should|will i|we|you exit|leave|close|cover ?", EXIT),
    ("when|how|where do|would|should|will i|we|you get out ?", EXIT),
    ("how do|would|should|will i|we|you protect it|myself|the? position|trade? ?", STOP),
    ("stop|sl loss? ?", STOP),
    ("target|tp|profit target? ?", TARGET),
];

/// What stands at `at` as a heading.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize) {
    if !opens(tokens, at) || put_said(tokens, at, DENIED, |cursor, _| cursor.is_pause()) {
        return;
    }
    let _ = put_said(tokens, at, ASKED, |cursor, words| {
        // "How do I protect it? Stop at …".
        let own = words.first().and_then(|word| cursor.peek_word().map(|next| next == *word)).unwrap_or_default();
        if own {
            cursor.at += 1;
        }
        !cursor.is_end()
    });
}
