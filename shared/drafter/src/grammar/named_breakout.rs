//! A breakout that is only named: `15 min ORB, long only`.

use super::assemble::{Assembly, index};
use super::calls::{conjuncts, sides};
use super::orders::Order;
use super::pieces::{Item, Piece};
use super::reading::Reading;
use super::rule::{Joint, Rule};
use super::scene::Side;
use super::token::Token;
use domain::artifact::PlanItem;
use ports::drafter::{DraftFailure, Question};

/// The entry of a text that names the breakout of the opening range and its side, and says nothing else of when it enters.
pub(crate) fn named_breakout(gathered: &mut Assembly<'_>, reading: &Reading<'_>) {
    let described = gathered.entries.iter().any(|rule| !rule.is_empty())
        || gathered.orders.iter().any(Option::is_some)
        || gathered.unhandled.iter().any(|words| !of_an_exit(words))
        || gathered.mirror.is_some();
    let named = |piece: &&Piece| {
        let words = reading.tokens.get(piece.from..piece.to).unwrap_or_default();
        let has = |wanted: &str| words.iter().any(|token: &Token| token.word() == Some(wanted));
        piece.item == Item::Definition
            && (has("orb") || has("range") && (has("breakout") || has("breakouts") || has("break")))
    };
    // "fade the 15 min ORB", "no ORB": only the market and the chart may stand before it.
    let opens = |item: &Item| matches!(item, Item::Known | Item::Filler | Item::Comma | Item::End);
    let first = reading.pieces.iter().find(|piece| !opens(&piece.item));
    if described {
        reading.pieces.iter().filter(|piece| piece.item == Item::Definition).for_each(|piece| unused(gathered, piece));
        return;
    }
    let Some(piece) = first.filter(named).filter(|_| reading.title.is_none()) else { return };
    let entered = |side: Side| reading.pieces.iter().any(|piece| piece.item == Item::Entry(Some(side)));
    let side = match (gathered.only, gathered.both) {
        (Some(side), false) => side,
        (None, true) => Side::Long,
        // "15 min ORB long".
        (None, false) if entered(Side::Long) != entered(Side::Short) => {
            if entered(Side::Long) {
                Side::Long
            } else {
                Side::Short
            }
        }
        (Some(_), true) | (None, false) => return,
    };
    let line = reading.scene.lines.borrow().iter().find(|line| line.row == "opening_range").cloned();
    let Some(call) = line.and_then(|line| line.text.rsplit_once('.').map(|(call, _)| call.to_owned())) else { return };
    let text = match side {
        Side::Long => format!("close crosses above {call}.high"),
        Side::Short => format!("close crosses below {call}.low"),
    };
    let phrase = gathered.words(piece.from, piece.to);
    reading.scene.assume(format!("\"{phrase}\" is read as the close crossing out of the opening range"));
    if let Some(rule) = gathered.entries.get_mut(index(side)) {
        rule.add(Joint::Implicit, text.clone());
    }
    gathered.plan.push(PlanItem { phrase, became: format!("entry.{}: {text}", side.key()) });
}

/// A breakout that is named alone: which way it is traded is asked.
pub(crate) fn side_asked(gathered: &Assembly<'_>, reading: &Reading<'_>) -> Option<DraftFailure> {
    let named =
        reading.pieces.iter().find(|piece| piece.item == Item::Definition).filter(|_| gathered.unhandled.is_empty())?;
    let phrase = gathered.words(named.from, named.to);
    phrase.to_lowercase().split_whitespace().any(|word| matches!(word, "orb" | "breakout" | "breakouts")).then(|| {
        DraftFailure::asking(
            format!("which way \"{phrase}\" is traded is not said"),
            Question::new(phrase.clone(), ["both ways", "long only", "short only"].map(str::to_owned)),
            format!("say \"{phrase}, both ways\", \"… long only\" or \"… short only\""),
        )
    })
}

/// Words of a stop or target, which say nothing of when it enters.
fn of_an_exit(words: &str) -> bool {
    let first = words.split_whitespace().next().unwrap_or_default().to_lowercase();
    ["stop", "sl", "target", "tp", "trail", "exit"].contains(&first.as_str())
}

/// An opening range that nothing of the text is about is handed out.
fn unused(gathered: &mut Assembly<'_>, piece: &Piece) {
    const RANGE: &str = "opening_range";
    let phrase = gathered.words(piece.from, piece.to);
    let said = phrase.to_lowercase();
    let says = |wanted: &str| said.split_whitespace().any(|word| word == wanted);
    // "first two hours": when it trades, it seems.
    let first = says("first") && ["minute", "minutes", "mins", "min", "hour", "hours"].into_iter().any(says);
    let range = first
        || says("orb")
        || says("range") && (says("opening") || said.contains(|letter: char| letter.is_ascii_digit()));
    // A stop at the range is no breakout of it.
    let breakout = says("orb") || says("breakout") || says("breakouts");
    let used = gathered.entries.iter().chain([&gathered.filters]).any(|rule| rule.text().contains(RANGE))
        || gathered.orders.iter().flatten().any(|order| order.price.contains(RANGE))
        || !breakout
            && (gathered.exits.iter().chain([&gathered.any_exit]).any(|rule| rule.text().contains(RANGE))
                || gathered.settings.iter().any(|one| one.setting.value.to_string().contains(RANGE)));
    let ruled = gathered.entries.iter().any(|rule| !rule.is_empty());
    if range && ruled && !used && !gathered.unhandled.contains(&phrase) {
        gathered.unhandled.push(phrase);
    }
}

/// `breakout of yesterday's high: buy stop 2 ticks above it`: the breakout is what the order waits for, no demand before it.
pub(crate) fn of_the_order(gathered: &mut Assembly<'_>, side: Side, rule: Rule, order: Option<&Order>) -> Rule {
    let Some(order) = order.filter(|order| order.kind == "stop") else { return rule };
    let text = rule.text();
    let cross = if side == Side::Long { "close crosses above " } else { "close crosses below " };
    let Some(level) = text.strip_prefix(cross) else { return rule };
    let own = order.price == level || order.price.strip_prefix(level).is_some_and(|rest| rest.starts_with(' '));
    let place = format!("entry.{}: {text}", side.key());
    let named = |phrase: &str| {
        let phrase = phrase.to_lowercase();
        let names = |word: &str| matches!(word, "breakout" | "breakouts" | "breakdown" | "breakdowns" | "break");
        phrase.split_whitespace().next().is_some_and(names) || phrase.split_whitespace().next_back().is_some_and(names)
    };
    let Some(item) = gathered.plan.iter_mut().find(|item| item.became == place && named(&item.phrase)) else {
        return rule;
    };
    if !own {
        return rule;
    }
    item.became = format!("entry.{}: the order at {}", side.key(), order.price);
    Rule::default()
}

/// "if the range is small, trade the breakout": a word that says nothing beside a rule that breaks is what was asked
/// where no rule does.
pub(crate) fn without_rule(gathered: &mut Assembly<'_>, reading: &Reading<'_>) {
    const BREAKS: [&str; 4] = [" crosses ", "highest(", "lowest(", "donchian("];
    let breaks = gathered.entries.iter().flat_map(|rule| conjuncts(&rule.text())).any(|part| {
        let price = sides(&part).is_some_and(|(left, _, _)| matches!(left, "close" | "high" | "low"));
        price || BREAKS.iter().any(|word| part.contains(word))
    });
    if breaks || gathered.orders.iter().any(Option::is_some) {
        return;
    }
    for piece in reading.pieces.iter().filter(|piece| piece.item == Item::Filler) {
        let words = reading.tokens.get(piece.from..piece.to).unwrap_or_default();
        if words.iter().any(|token| matches!(token.word(), Some("breakout" | "breakouts"))) {
            let phrase = gathered.words(piece.from, piece.to);
            gathered.unhandled.push(phrase);
        }
    }
}
