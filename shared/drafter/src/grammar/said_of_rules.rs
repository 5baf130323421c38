//! Rules in other words, put into those the grammar reads: "stay long as long as the close is above the 200-day", "cross up of the
//! signal", "price dips to touch the 20 EMA", "if it closes above the upper one".

use super::change_phrases::{
    Part::{Run, Said},
    put_words,
};
use super::chat_wordings::UNITS;
use super::cursor::Cursor;
use super::rephrased::{Saying, put_said, replace};
use super::said_plainly::{begins, clause_start, is_number, noted, opens};
use super::scene::Scene;
use super::token::{Kind, Token};

/// Wherever they stand.
const SAID: [Saying; 2] = [
    ("dips|drops|pulls|comes|falls|trades back? down? to touch|tag|test", &["touches"]),
    ("rallies|rises|trades|comes back? up? to touch|tag|test", &["touches"]),
];

/// The other side, turned round.
const MIRRORED: [Saying; 5] = [
    ("the? same thing|rules? for the? shorts|sells reversed|mirrored|flipped|inverted", OTHER_SIDE),
    ("the? same thing|rules? reversed|mirrored|flipped|inverted for the? shorts|sells", OTHER_SIDE),
    ("the? shorts|short side? is|are? the? same thing|rules? in reverse|reversed|mirrored|flipped", OTHER_SIDE),
    ("the? shorts|short side? is|are? the? same thing|rules? but? upside down", OTHER_SIDE),
    ("do? the? same thing? upside down for the? shorts", OTHER_SIDE),
];

const OTHER_SIDE: &[&str] = &["opposite", "for", "shorts"];

/// A relation and its opposite.
const OPPOSITES: [(&str, &str); 8] = [
    ("above", "below"),
    ("over", "under"),
    ("below", "above"),
    ("under", "over"),
    ("rising", "falling"),
    ("falling", "rising"),
    ("green", "red"),
    ("red", "green"),
];

/// Puts what stands at `at` into words that the grammar reads.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>, change: bool) {
    put_said(tokens, at, &SAID, |_, _| true);
    not_while(tokens, at);
    if Cursor::new(tokens, at).sees("that opening range") {
        replace(tokens, at, at + 1, &["the"]);
    }
    for rule in [pullback_of, unit_of_a_stop, the_other_band, cross_of_signal] {
        rule(tokens, at);
    }
    if begins(tokens, at) {
        put_said(tokens, at, &MIRRORED, |cursor, _| cursor.is_pause());
    }
    if !change && begins(tokens, at) {
        stays_in(tokens, at);
        named_move(tokens, at, scene);
    }
}

/// `after a pullback of three lower closes`: after those.
fn pullback_of(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("a|the pullback|dip|retracement|decline|drop|selloff|run|rally of") {
        let end = cursor.at;
        if cursor.number().is_some() && cursor.sees("consecutive|straight|lower|higher|down|up|red|green|closes") {
            tokens.drain(at..end);
        }
    }
}

/// `when it crosses under twenty five pip stop`: the amount is the stop's.
fn unit_of_a_stop(tokens: &mut Vec<Token>, at: usize) {
    if at == 0 || !is_number(tokens, at) || !Cursor::new(tokens, at - 1).sees("above|below|over|under") {
        return;
    }
    let mut behind = Cursor::new(tokens, at + 1);
    if behind.eat(UNITS)
        && behind.sees("stop|target|sl|tp|trail")
        && let Some(place) = tokens.get(at).map(|token| token.start)
    {
        tokens.insert(at, Token::new(Kind::Mark(','), (place, place), false));
    }
}

/// `short if it closes above the upper one`: the band spoken of.
fn the_other_band(tokens: &mut Vec<Token>, at: usize) {
    let led = (at.saturating_sub(2)..at)
        .any(|place| Cursor::new(tokens, place).sees("above|below|over|under|at|inside|outside|touches|through"));
    if led && Cursor::new(tokens, at).sees("upper|lower|middle one") {
        const NOUNS: [(&str, &str); 2] = [("band|bands|bollinger", "band"), ("channel|channels|keltner", "channel")];
        let band = (0..at).rev().find_map(|place| {
            let cursor = Cursor::new(tokens, place);
            NOUNS.into_iter().find(|(words, _)| cursor.sees(words)).map(|(_, noun)| noun)
        });
        if let Some(band) = band {
            replace(tokens, at + 1, at + 2, &[band]);
        }
    }
}

/// `macd scalp, cross up of the signal = long, cross dn = short`: the MACD that was named.
fn cross_of_signal(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let named = (0..at).any(|place| Cursor::new(tokens, place).sees("macd"));
    let heads = opens(tokens, at) || at > 0 && Cursor::new(tokens, at - 1).sees(":");
    if !(named && heads && cursor.eat("cross|crosses")) {
        return;
    }
    let up = cursor.sees("up|above|over");
    if !up && !cursor.sees("down|dn|below|under") {
        return;
    }
    cursor.at += 1;
    cursor.eat("of|through|over|under");
    cursor.eat("the|its");
    let signal = cursor.eat("signal line?");
    let earlier = (0..at).any(|place| Cursor::new(tokens, place).sees("signal"));
    let sided = cursor.sees("=|long|short|buy|sell|->|go|→") || Cursor::new(tokens, cursor.at).is_pause();
    if sided && (signal || earlier) {
        let end = cursor.at;
        let way = if up { "above" } else { "below" };
        put_words(tokens, at, end, &[Said("macd crosses"), Said(way), Said("its signal")]);
    }
}

/// `stay long as long as the close is above the 200-day`, `hold while price is above it`: out when it no longer is.
fn stays_in(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("and|then");
    cursor.eat("i|we");
    let side = if cursor.eat("stay|stays|remain long") {
        Some("longs")
    } else if cursor.eat("stay|stays|remain short") {
        Some("shorts")
    } else if cursor.eat("stay|stays|remain in it?") || cursor.eat("hold|keep it|the|them? trade|position?") {
        None
    } else {
        return;
    };
    if !cursor.eat("as|so long as") && !cursor.eat("while|whilst") {
        return;
    }
    let from = cursor.at;
    let mut turned: Option<(usize, &'static str)> = None;
    while !cursor.is_pause() {
        if cursor.sees("and|or|but|not|until|unless") {
            return;
        }
        let opposite = OPPOSITES.iter().find(|(word, _)| tokens.get(cursor.at).and_then(Token::word) == Some(word));
        if let Some((_, opposite)) = opposite {
            if turned.is_some() {
                return;
            }
            turned = Some((cursor.at, opposite));
        }
        cursor.at += 1;
    }
    let Some((place, opposite)) = turned else { return };
    let end = cursor.at;
    let mut words = vec![Said("exit")];
    words.extend(side.map(Said));
    words.extend([Said("when"), Run(from..place), Said(opposite), Run(place + 1..end)]);
    put_words(tokens, at, end, &words);
}

/// `red to green: …`: what the setup is called.
fn named_move(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("red to green move|setup|play|trade?") && !cursor.eat("green to red move|setup|play|trade?") {
        return;
    }
    if !cursor.sees(":") {
        return;
    }
    let end = cursor.at;
    noted(tokens, at..end, scene, " is read as a name: what it means stands behind it");
    // The colon behind it.
    tokens.remove(at);
}

/// `crosses back up through 30, not while it's under it`: a cross is no state anyway.
fn not_while(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat(",");
    if cursor.eat("not while|when|if|just? its|it is|being? below|under|above|over it|that|there|the? level?")
        && cursor.is_pause()
    {
        let start = clause_start(tokens, at);
        if (start..at).any(|place| Cursor::new(tokens, place).sees("crosses|cross|closes|crossing")) {
            tokens.drain(at..cursor.at);
        }
    }
}
