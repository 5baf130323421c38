//! Lists of rules side by side: "long entry: A; B; C", "A = long and short when B".

use super::calls::sides as sides_of;
use super::condition::Condition;
use super::cursor::Cursor;
use super::markers::{marker, sides};
use super::pieces::{Item, Piece};
use super::scene::{Scene, Side};
use super::token::Token;

/// True behind a semicolon in the list of a side that was named with a colon.
pub(crate) fn listed(pieces: &[Piece], behind: Cursor<'_>) -> bool {
    let mark = |at: Option<usize>, mark: char| {
        at.and_then(|at| behind.tokens.get(at)).is_some_and(|token| token.is_mark(mark))
    };
    let over = |piece: &&Piece| piece.item != Item::End || mark(Some(piece.from), ';');
    let opener = pieces.iter().rev().take_while(over).find(|piece| matches!(piece.item, Item::Entry(_)));
    mark(behind.at.checked_sub(1), ';') && opener.is_some_and(|piece| mark(piece.to.checked_sub(1), ':'))
}

/// "(1) A, (2) B, (3) C": the sign of a part of a list, all of which is demanded; "three conditions:" before it.
pub(crate) fn numbered(cursor: &mut Cursor<'_>) -> bool {
    let mut probe = *cursor;
    let opens = cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at)).is_none_or(|before| {
        before.word().is_some_and(|word| matches!(word, "and" | "when" | "if"))
            || [',', '.', ';', ':', '\n'].iter().any(|mark| before.is_mark(*mark))
    });
    if !opens {
        return false;
    }
    let header = probe.eat("two|three|four|five|2|3|4|5 conditions|rules|criteria|requirements|things :");
    let sign = header || probe.eat("( a|b|c|d|e|i|ii|iii|iv )") || {
        probe = *cursor;
        let number = probe.one("( # )");
        number.is_some_and(|number| number <= 9.into()) && !probe.is_pause()
    };
    if sign {
        *cursor = probe;
    }
    sign
}

/// `Entry: A = long, B = short`: the label opens nothing, its sides stand behind their rules.
pub(crate) fn label_of_sides(pieces: &mut [Piece], tokens: &[Token]) {
    for at in 0..pieces.len() {
        let rest = pieces.get(at..).unwrap_or_default();
        let [label, rule, behind @ ..] = rest else { return };
        let side = behind.iter().find(|piece| !matches!(piece.item, Item::Comma | Item::Filler | Item::And));
        let postfix = matches!(rule.item, Item::Condition(_))
            && side.is_some_and(|side| matches!(side.item, Item::Entry(Some(_))));
        let between = tokens.get(rule.to..side.map_or(rule.to, |side| side.from)).unwrap_or_default();
        let equals = between.iter().any(|token| token.is_mark('=') || token.is_mark('>'));
        if label.item == Item::Entry(None)
            && postfix
            && equals
            && let Some(piece) = pieces.get_mut(at)
        {
            piece.item = Item::Filler;
        }
    }
}

/// "opening range breakout: long above the high, short below the low": a heading that the rules behind it say in full.
pub(crate) fn headings(pieces: &mut [Piece], tokens: &[Token]) {
    let opens = |piece: &Piece| matches!(piece.item, Item::Entry(_) | Item::Exit(_) | Item::Order(_) | Item::Sell);
    let Some(first) = pieces.iter().position(opens) else { return };
    let condition = |piece: &Piece| matches!(piece.item, Item::Condition(_));
    let Some(at) = pieces.get(..first).unwrap_or_default().iter().position(condition) else { return };
    let head = pieces.get(..at).unwrap_or_default();
    let quiet = |piece: &Piece| matches!(piece.item, Item::Known | Item::Filler | Item::Comma | Item::End);
    if !head.iter().all(quiet) {
        return;
    }
    let named = pieces.get(at).is_some_and(|piece| {
        let words = tokens.get(piece.from..piece.to).unwrap_or_default();
        let placed = |word: &str| matches!(word, "above" | "below" | "over" | "under" | "we" | "price" | "it");
        !words.iter().filter_map(Token::word).any(placed)
            && words
                .iter()
                .filter_map(Token::word)
                .any(|word| matches!(word, "breakout" | "breakouts" | "orb" | "break"))
    });
    let ends = pieces.get(at + 1).is_some_and(|next| matches!(next.item, Item::Comma | Item::End));
    let call = |piece: &Piece| {
        let text = match &piece.item {
            Item::Condition(found) => &found.text,
            Item::Order(order) => &order.price,
            _ => return None,
        };
        text.split_once('(').map(|(call, _)| call.rsplit(' ').next().unwrap_or(call).to_owned())
    };
    let own = pieces.get(at).and_then(call);
    let said = pieces.get(first..).unwrap_or_default().iter().filter_map(call).any(|call| Some(call) == own);
    if let Some(piece) = pieces.get_mut(at).filter(|_| named && ends && said && own.is_some()) {
        piece.item = Item::Definition;
    }
}

/// "crosses over the 50 long, under the 50 short": the second is the same event, the other way.
pub(crate) fn same_events(pieces: &mut [Piece], tokens: &[Token]) {
    for at in 1..pieces.len() {
        let Some(Item::Condition(found)) = pieces.get(at).map(|piece| &piece.item) else { continue };
        let from = pieces.get(at).map_or(0, |piece| piece.from);
        let word = tokens.get(from).and_then(Token::word).unwrap_or_default();
        let Some((left, operator, level)) = sides_of(&found.text) else { continue };
        let (event, turned) = match operator {
            " > " => (" crosses below ", " crosses above "),
            " < " => (" crosses above ", " crosses below "),
            _ => continue,
        };
        let before = pieces.get(..at).unwrap_or_default().iter().rev();
        // Behind the other side: "gets above 75 go short, below 25 go long".
        let mut sided = false;
        let mut sentence = before.take_while(|piece| piece.item != Item::End).filter(|piece| {
            sided |= matches!(piece.item, Item::Entry(_));
            sided
        });
        let crossed = sentence.any(|piece| {
            let Item::Condition(one) = &piece.item else { return false };
            sides_of(&one.text).is_some_and(|(value, said, other)| {
                let numbers = level.parse::<f64>().is_ok() && other.parse::<f64>().is_ok();
                let ends = super::document::opposite(other) == level;
                (value, said) == (left, event) && (level == other || numbers || ends)
            })
        });
        // "… we are trading below it" says how it is.
        let behind = pieces
            .get(at - 1)
            .is_some_and(|before| matches!(before.item, Item::Entry(_) | Item::Comma | Item::And | Item::Or));
        if crossed && behind && matches!(word, "over" | "above" | "under" | "below") {
            let text = format!("{left}{turned}{level}");
            if let Some(piece) = pieces.get_mut(at) {
                piece.item = Item::Condition(Condition::new(text));
            }
        }
    }
}

/// "closes at a 5-day low (close is the lowest close of 5 days)": the parentheses say again, exactly, what stands before.
pub(crate) fn restated(pieces: &mut [Piece], scene: &Scene<'_>) {
    for at in 1..pieces.len() {
        let inner = match pieces.get(at..at + 3) {
            Some([open, inner, close]) if open.item == Item::Open && close.item == Item::Close => &inner.item,
            _ => continue,
        };
        let quiet = |piece: &Piece| matches!(piece.item, Item::Known | Item::Filler);
        let Some(before) = pieces.get(..at).unwrap_or_default().iter().rposition(|piece| !quiet(piece)) else {
            continue;
        };
        let (Some(Item::Condition(said)), Item::Condition(exact)) = (pieces.get(before).map(|one| &one.item), inner)
        else {
            continue;
        };
        let family = |text: &str| {
            let (left, operator, level) = sides_of(text)?;
            let call = level.split_once('(').map(|(call, _)| call.to_owned())?;
            Some((left.to_owned(), operator.trim().starts_with('<'), call))
        };
        let again = family(&said.text).is_some_and(|own| family(&exact.text) == Some(own));
        if again && said.text != exact.text && !said.text.contains(" and ") {
            scene.assume(format!("\"{}\" is read as the parentheses say it: {}", said.text, exact.text));
            if let Some(piece) = pieces.get_mut(before) {
                piece.item = Item::Filler;
            }
        }
    }
}

/// "A = long and short when B": what reads like both sides ends one rule and begins the other's.
pub(crate) fn one_of_two(cursor: &mut Cursor<'_>, pieces: &[Piece]) -> Option<Item> {
    let opens = |item: &Item| matches!(item, Item::End | Item::Entry(_) | Item::Exit(_) | Item::Sell);
    let mut own = pieces.iter().rev().take_while(|piece| !opens(&piece.item));
    if !own.any(|piece| matches!(piece.item, Item::Condition(_))) {
        return None;
    }
    let mut probe = *cursor;
    let mut both = probe;
    if !matches!(sides(&mut both), Some(Item::BothSides)) {
        return None;
    }
    let led = both.sees("when|if|once|whenever|where|every|each|entry|entries|setup|signal|:|as");
    let item = marker(&mut probe).filter(|item| led && matches!(item, Item::Entry(Some(Side::Long))))?;
    *cursor = probe;
    Some(item)
}
