//! Changes that were carried out, and the words that are left beside them.

use super::cursor::Cursor;
use super::editor::Editor;
use super::pieces::{Item, Piece};
use super::reading::{Reading, words};
use super::symbols;
use super::token::{Kind, Token};
use domain::artifact::PlanItem;
use ports::drafter::DraftFailure;

/// Stands for words that were carried out.
const CARRIED_OUT: char = '\u{1}';

/// Words right beside a change that was carried out may belong to it: then it was not what was asked.
pub(crate) fn half_read(rest: &Reading<'_>, both: bool) -> Option<String> {
    let carried =
        |at: Option<usize>| at.and_then(|at| rest.tokens.get(at)).is_some_and(|token| token.is_mark(CARRIED_OUT));
    let unknown = rest.pieces.iter().find(|piece| {
        let before = carried(piece.from.checked_sub(1));
        let behind = carried(Some(piece.to));
        let word = rest.tokens.get(piece.from).and_then(Token::word).unwrap_or_default();
        match &piece.item {
            Item::Unknown => before || behind,
            // "double the stop for shorts", "shorts: double the stop".
            Item::Entry(Some(_)) => {
                let comma = rest.tokens.get(piece.to).is_some_and(|token| token.is_mark(',') || token.is_mark(':'));
                both && matches!(word, "for" | "on" | "longs" | "shorts")
                    && (before || behind || comma && carried(Some(piece.to + 1)))
            }
            // "double the stop on fridays".
            Item::Settings(settings) => {
                let filter =
                    settings.iter().any(|one| matches!(one.pointer.as_str(), "/filters/weekdays" | "/filters/windows"));
                // "on thursdays stop trading at 10:30".
                let comma = rest.tokens.get(piece.to).is_some_and(|token| token.is_mark(','));
                let leads = word == "on" && (behind || comma && carried(Some(piece.to + 1)));
                (before || leads)
                    && filter
                    && matches!(word, "on" | "only" | "except" | "before" | "after" | "during" | "until" | "but")
            }
            _ => false,
        }
    });
    let (from, to) = unknown.map(|piece| (piece.from, piece.to)).or_else(|| half_demanded(rest, carried))?;
    Some(words(rest, from, to))
}

/// Pieces of a change as their places mean them.
pub(crate) fn as_meant(pieces: &mut [Piece], tokens: &[Token]) {
    super::labels::kept_to(pieces, tokens);
    given_up(pieces, tokens);
    put_in_place(pieces, tokens);
    super::unread_heads::unread_heads(pieces, tokens);
    super::unread_heads::of_unread(pieces, tokens);
    super::unread_heads::of_a_move(pieces, tokens);
    super::unread_heads::of_unread_ends(pieces, tokens);
}

/// "swap RSI(2) for IBS below 0.2", of which the first was not read: the second is not asked for beside it.
fn put_in_place(pieces: &mut [Piece], tokens: &[Token]) {
    for at in 1..pieces.len() {
        let (before, behind) = pieces.split_at_mut(at);
        let Some(piece) = behind.first_mut().filter(|piece| matches!(piece.item, Item::Condition(_))) else { continue };
        let led =
            before.iter().rposition(|one| !matches!(one.item, Item::Filler | Item::Known | Item::Open | Item::Close));
        let swaps = led.and_then(|at| before.get(at)).is_some_and(|one| {
            one.item == Item::Unknown
                && Cursor::new(tokens, super::said_plainly::clause_start(tokens, one.from))
                    .sees("-? swap|replace|exchange")
        });
        if swaps && (1..=2).any(|back| piece.from >= back && Cursor::new(tokens, piece.from - back).sees("for|with|by"))
        {
            piece.item = Item::Unknown;
        }
    }
}

/// "… instead of wednesdays": what stands behind is given up, it is not asked for.
fn given_up(pieces: &mut [Piece], tokens: &[Token]) {
    for piece in pieces.iter_mut() {
        let mut from = piece.from;
        while from > 0 && Cursor::new(tokens, from - 1).sees("the|my|a|an|on|at|when|it|using|only|just") {
            from -= 1;
        }
        let before = |words: &'static str, count: usize| from >= count && Cursor::new(tokens, from - count).sees(words);
        let gone = before("instead of", 2) || before("rather than", 2) || before("in place of", 3);
        let asks = matches!(
            piece.item,
            Item::Settings(_)
                | Item::Condition(_)
                | Item::Order(_)
                | Item::OnlySide(_)
                | Item::BothSides
                | Item::ExitAt(..)
                | Item::ExitOpposite
        );
        if gone && asks {
            piece.item = Item::Unknown;
        }
    }
}

/// "only when the trend is up on the hourly", of which the hourly chart was carried out: a demand of which nothing was read.
fn half_demanded(rest: &Reading<'_>, carried: impl Fn(Option<usize>) -> bool) -> Option<(usize, usize)> {
    rest.pieces.iter().enumerate().filter(|(_, piece)| piece.item == Item::Only).find_map(|(at, only)| {
        let behind = rest.pieces.get(at + 1..).unwrap_or_default();
        let said = behind.iter().take_while(|piece| matches!(piece.item, Item::Filler | Item::And | Item::Known));
        let last = said.last()?;
        carried(Some(last.to)).then_some((only.from, last.to))
    })
}

/// Words that nobody could read and that name another market: "put it on EURUSD M15 instead, 20 pip stop" is of its pips.
pub(crate) fn other_market(rest: &Reading<'_>, market: &str) -> Option<String> {
    let names_another = |piece: &&Piece| {
        matches!(piece.item, Item::Unknown)
            && (piece.from..piece.to).any(|at| {
                let mut cursor = Cursor::new(&rest.tokens, at);
                let found = symbols::instrument(&mut cursor, &rest.scene.names, rest.scene.text);
                found.is_some_and(|found| found.symbol != market)
            })
    };
    let unread = rest.pieces.iter().find(names_another)?;
    Some(words(rest, unread.from, unread.to))
}

/// The tokens with what was carried out replaced by a mark.
pub(crate) fn without(tokens: &[Token], handled: &[(usize, usize)]) -> Vec<Token> {
    let mut rest = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match handled.iter().find(|(from, to)| (*from..*to).contains(&at)) {
            Some((from, _)) if *from == at => {
                let mut done = token.clone();
                done.turned_into(Kind::Mark(CARRIED_OUT));
                rest.push(done);
            }
            Some(_) => {}
            None => rest.push(token.clone()),
        }
    }
    rest
}

/// A new longest time in a trade takes the place of the one there is, whatever it is counted in.
pub(crate) fn one_limit(editor: &mut Editor<'_>, pointer: &str, phrase: &str) {
    let twin = match pointer {
        "/exit/max_minutes" => "/exit/max_bars",
        "/exit/max_bars" => "/exit/max_minutes",
        _ => return,
    };
    if !editor.touched.iter().any(|(touched, _, _)| touched == twin) {
        editor.remove(twin, phrase);
    }
}

/// "trailing stop 5% instead", where nothing was taken out: what it stands in for is not known.
///
/// # Errors
/// Then it is asked.
pub(crate) fn replaced_something(tokens: &[Token], editor: &Editor<'_>) -> Result<(), DraftFailure> {
    let bare =
        (0..tokens.len()).any(|at| Cursor::new(tokens, at).sees("instead") && !Cursor::new(tokens, at + 1).sees("of"));
    let added = |became: &str| {
        became
            .split_once(": ")
            .and_then(|(_, values)| values.split_once(" → "))
            .is_some_and(|(before, after)| before == "nothing" || after.starts_with(before) && after != before)
    };
    let unread = super::replaced_rules::given_up_unread(tokens, editor);
    let ruled = ["entry", "exit.long", "exit.short"];
    let grown = |item: &PlanItem| ruled.iter().any(|rule| item.became.starts_with(rule)) && added(&item.became);
    if let Some(words) = unread.filter(|_| editor.plan.iter().any(grown)) {
        return Err(DraftFailure::new(
            format!("\"{words}\" could not be read, and what stands in its place would only be added"),
            "name what goes as the strategy has it, or say the whole new rule, for example \"new long entry: …\"",
        )
        .about(words));
    }
    if bare && !editor.plan.is_empty() && editor.plan.iter().all(|item| added(&item.became)) {
        return Err(DraftFailure::new(
            "\"instead\" replaces something, and nothing in the strategy would be replaced",
            "say what goes too, for example \"trail 20 points instead of the stop\" or \"remove the target and …\"",
        )
        .about("instead"));
    }
    Ok(())
}
