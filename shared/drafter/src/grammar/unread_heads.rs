//! Rules of clauses whose head nobody could read: "I would rather be flat when X" says nothing of the entry.

use super::cursor::Cursor;
use super::pieces::{Item, Piece};
use super::token::{Kind, Token};

/// True for what a rule may stand behind.
fn opens(item: &Item) -> bool {
    matches!(
        item,
        Item::Entry(_)
            | Item::Exit(_)
            | Item::Sell
            | Item::Only
            | Item::Unless(_)
            | Item::Order(_)
            | Item::Condition(_)
    )
}

/// Makes a rule behind `when` unread where the words it depends on are.
pub(crate) fn unread_heads(pieces: &mut [Piece], tokens: &[Token]) {
    for at in 0..pieces.len() {
        let joint = pieces.get(at).is_some_and(|piece| {
            let word = tokens.get(piece.from).and_then(Token::word).unwrap_or_default();
            piece.item == Item::And && matches!(word, "when" | "if" | "once" | "whenever" | "while" | "as" | "upon")
        });
        if !joint {
            continue;
        }
        let breaks = |piece: &Piece| matches!(piece.item, Item::Comma | Item::End);
        let start = pieces.get(..at).unwrap_or_default().iter().rposition(breaks).map_or(0, |end| end + 1);
        let head = pieces.get(start..at).unwrap_or_default();
        let said = |piece: &Piece| tokens.get(piece.from).and_then(Token::word) == Some("out");
        let opened = head.iter().any(|piece| {
            // "watch out when".
            let stray = matches!(piece.item, Item::Exit(None)) && said(piece);
            !stray && opens(&piece.item)
        });
        if opened || !head.iter().any(|piece| piece.item == Item::Unknown) {
            continue;
        }
        let from = start + head.iter().position(|piece| piece.item == Item::Unknown).unwrap_or(head.len());
        let rest = pieces.get(at..).unwrap_or_default();
        let length = rest.iter().position(breaks).unwrap_or(rest.len());
        for piece in pieces.get_mut(from..at + length).into_iter().flatten() {
            piece.item = Item::Unknown;
        }
    }
}

/// "in the night from 22 until 7 nothing new": hours right beside hours that nobody could read. `said` tells what was read
/// of each piece at first.
pub(crate) fn of_hours(pieces: &mut [Piece], said: &[Option<bool>], tokens: &[Token]) {
    let hours = |piece: &Piece| matches!(&piece.item, Item::Settings(all) if all.iter().any(|one| one.pointer == "/filters/windows"));
    for at in 1..pieces.len() {
        let lost =
            pieces.get(at).is_some_and(|piece| piece.item == Item::Unknown) && said.get(at) == Some(&Some(false));
        // "at 18:05 and sell at 9:25" are two things.
        let joined = pieces.get(at).is_some_and(|piece| Cursor::new(tokens, piece.from).sees("and|sell"));
        if lost
            && !joined
            && let Some(before) = pieces.get_mut(at - 1).filter(|before| hours(before))
        {
            before.item = Item::Unknown;
        }
    }
}

/// "bail on a close below the 20 EMA", of which "bail" is not known: no demand of the entry.
pub(crate) fn of_a_verb(pieces: &mut [Piece], tokens: &[Token]) {
    held_or_added(pieces, tokens);
    for at in 1..pieces.len() {
        let led_by = |word: &str| {
            pieces.get(at).is_some_and(|piece| {
                let led = tokens.get(piece.from).and_then(Token::word) == Some(word)
                    || piece.from > 0 && tokens.get(piece.from - 1).and_then(Token::word) == Some(word);
                led && matches!(piece.item, Item::Condition(_))
            })
        };
        let before = pieces.get(..at).unwrap_or_default();
        let clause: Vec<&Piece> =
            before.iter().rev().take_while(|piece| !matches!(piece.item, Item::Comma | Item::End)).collect();
        let lead = clause.iter().find(|piece| !matches!(piece.item, Item::Filler | Item::And | Item::Known));
        let unread = lead.is_some_and(|piece| piece.item == Item::Unknown);
        let opened = clause.iter().any(|piece| opens(&piece.item));
        // "trail the rest with a close below the 10 EMA".
        let trailed = lead.is_some_and(|piece| {
            (piece.from..piece.to).any(|at| Cursor::new(tokens, at).sees("trail|trailing|runner|rest|remainder"))
        });
        if (led_by("on") || trailed && led_by("with"))
            && unread
            && !opened
            && let Some(piece) = pieces.get_mut(at)
        {
            piece.item = Item::Unknown;
        }
    }
}

/// "If RSI is above 80, do nothing", of which what follows was not read: the condition opens nothing.
pub(crate) fn of_unread_ends(pieces: &mut [Piece], tokens: &[Token]) {
    let mut start = 0;
    while start < pieces.len() {
        let rest = pieces.get(start..).unwrap_or_default();
        let end = start + rest.iter().position(|piece| piece.item == Item::End).unwrap_or(rest.len());
        let sentence = pieces.get(start..end).unwrap_or_default();
        let spoken = |piece: &&Piece| !matches!(piece.item, Item::Filler | Item::Known);
        let led = sentence.iter().find(spoken).is_some_and(|piece| {
            piece.item == Item::And && Cursor::new(tokens, piece.from).sees("if|when|whenever|once")
        });
        let comma = sentence.iter().position(|piece| piece.item == Item::Comma);
        let only = |piece: &Piece| {
            matches!(
                piece.item,
                Item::Condition(_) | Item::And | Item::Or | Item::Filler | Item::Known | Item::Unknown | Item::Comma
            )
        };
        let lost = comma.is_some_and(|comma| {
            let behind = sentence.get(comma + 1..).unwrap_or_default();
            behind.iter().find(spoken).is_some_and(|piece| piece.item == Item::Unknown)
        });
        if led && lost && sentence.iter().all(only) {
            for piece in pieces.get_mut(start..end).into_iter().flatten() {
                if piece.item != Item::Comma {
                    piece.item = Item::Unknown;
                }
            }
        }
        start = end + 1;
    }
}

/// "not when RSI is oversold but when it comes out of it", of which the second was not read: the first alone is not what
/// is asked for.
pub(crate) fn of_denied(pieces: &mut [Piece], tokens: &[Token]) {
    for at in 1..pieces.len() {
        let but = pieces
            .get(at)
            .is_some_and(|piece| piece.item == Item::Unknown && Cursor::new(tokens, piece.from).sees("but"));
        if !but {
            continue;
        }
        let denied = pieces.get(at - 1).is_some_and(|piece| {
            let near = (piece.from.saturating_sub(3)..=piece.from).any(|place| {
                let cursor = Cursor::new(tokens, place);
                cursor.sees("not")
            });
            near && matches!(piece.item, Item::Condition(_))
        });
        if let Some(piece) = pieces.get_mut(at - 1).filter(|_| denied) {
            piece.item = Item::Unknown;
        }
    }
}

/// "let the last one run with a trailing stop of 50": an exit of words that nobody could read is not the position's.
pub(crate) fn of_unread(pieces: &mut [Piece], tokens: &[Token]) {
    for at in 1..pieces.len() {
        let exit = pieces.get(at).is_some_and(|piece| {
            matches!(&piece.item, Item::Settings(settings) if settings.iter().any(|one| one.pointer.starts_with("/exit")))
        });
        let before = pieces.get(..at).unwrap_or_default();
        let clause = before.iter().rev().take_while(|piece| !matches!(piece.item, Item::Comma | Item::End));
        let run: Vec<&Piece> = clause.collect();
        let with = run.iter().find(|piece| !matches!(piece.item, Item::Filler)).is_some_and(|piece| {
            piece.item == Item::And && tokens.get(piece.from).and_then(Token::word) == Some("with")
        });
        let led = pieces.get(at).is_some_and(|piece| tokens.get(piece.from).and_then(Token::word) == Some("with"));
        let unread = run.iter().any(|piece| piece.item == Item::Unknown);
        if exit
            && (with || led)
            && unread
            && let Some(piece) = pieces.get_mut(at)
        {
            piece.item = Item::Unknown;
        }
    }
}

/// "breakeven after the first hour": when a stop moves that nobody could read holds for no entry.
pub(crate) fn of_a_move(pieces: &mut [Piece], tokens: &[Token]) {
    let is = |at: usize, words: &[&str]| tokens.get(at).and_then(Token::word).is_some_and(|word| words.contains(&word));
    for at in 1..pieces.len() {
        let moved = pieces.get(at - 1).is_some_and(|piece| {
            let last = piece.to.saturating_sub(1);
            piece.item == Item::Unknown && is(last, &["breakeven", "be", "trail", "trailing"])
        });
        let told = pieces.get(at).is_some_and(|piece| {
            let when = is(piece.from, &["after", "once", "until", "before", "during"]);
            when && matches!(piece.item, Item::Settings(_) | Item::Condition(_))
        });
        if let Some(piece) = pieces.get_mut(at).filter(|_| moved && told) {
            piece.item = Item::Unknown;
        }
    }
}

/// "hold while A", "add when B", "re-enter on C": nothing of the entry.
fn held_or_added(pieces: &mut [Piece], tokens: &[Token]) {
    let ends = |piece: &Piece| matches!(piece.item, Item::Comma | Item::End);
    let mut from = 0;
    while from < pieces.len() {
        let length = pieces.get(from..).unwrap_or_default().iter().position(ends).unwrap_or(pieces.len() - from);
        let to = from + length;
        let led = pieces.get(from).is_some_and(|piece| {
            let mut cursor = Cursor::new(tokens, piece.from);
            cursor.eat("and|then|i|we|but");
            cursor.eat("i|we|only");
            cursor.sees("hold|holding while|if|when|so|as")
                || cursor.sees("add|adds|adding to? it? when|if|once|on|whenever")
                || cursor.sees("re -? enter|entry|load|entering")
                || cursor.sees("reenter|reload|pyramid")
                || cursor.sees("scale in")
                || cursor.sees("double down|up when|if|once|on")
                || cursor.sees("add|adds|adding another|one|a? more? unit|units|lot|contract for|at? each|every|when|whenever|if|once")
                || cursor.sees("buy|buys another unit|lot|contract for|at? each|every|when|whenever|if|once")
        });
        if led {
            for piece in pieces.get_mut(from..to).into_iter().flatten() {
                piece.item = Item::Unknown;
            }
        }
        from = to + 1;
    }
}

/// "delta on the entry bar must be above 500", "9/21 EMA cross", of which the delta or the 9 was not read.
pub(crate) fn torn(said: &[Option<bool>], at: usize, tokens: &[Token], from: usize) -> bool {
    let bar = tokens.get(from).and_then(Token::word).is_some_and(|word| matches!(word, "bar" | "candle"));
    // The words right before, and those that lead from them to the bar.
    let headless = bar && said.get(at.saturating_sub(3)..at).unwrap_or_default().contains(&Some(true));
    let slash = from.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|token| token.is_mark('/'));
    // "a 10 and 30 SMA cross".
    let number =
        |at: Option<usize>| at.and_then(|at| tokens.get(at)).is_some_and(|token| matches!(token.kind, Kind::Number(_)));
    let joined =
        number(Some(from)) && from > 1 && Cursor::new(tokens, from - 1).sees("and|&") && number(from.checked_sub(2));
    headless
        || (slash || joined)
            && at.checked_sub(2).and_then(|before| said.get(before)).copied().flatten().unwrap_or(false)
}
