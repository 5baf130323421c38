//! What a text takes back: "below the overnight low... no wait, below yesterday's low", "on SOL, no, make it bitcoin".
//!
//! Where it is clear what falls away, only the rest is read; else the text is refused, for the withdrawn may not stay.

use super::cursor::Cursor;
use super::scene::Scene;
use super::symbols;
use super::token::{Kind, Token};
use ports::drafter::{DraftFailure, Question};

/// Words that take back what stands before them, wherever they stand.
const PLAIN: [&str; 13] = [
    "scratch|strike that|it",
    "no wait",
    "wait no",
    "sorry no",
    "no sorry",
    "no scratch",
    "never mind",
    "nevermind|nvm",
    "or rather",
    "on second thought|thoughts",
    "changed my mind",
    "change of plan|plans",
    "actually no",
];

/// Words that do so only where a clause begins.
const OPENING: [&str; 15] = [
    "actually make it|that",
    "no no",
    "no make|use|do|lets|its",
    "er|erm|uh ,",
    "oops|whoops|correction|nah|nope",
    "my bad|mistake",
    "i mean|meant",
    "forget|ignore|disregard|cancel|drop|delete that|it|this ,|.|!",
    "forget about? that|it|this",
    "i have changed my mind",
    "wait|sorry ,|.|!",
    "hang|hold on ,|.|!",
    "make that",
    "sorry",
    "no ,",
];

/// Words before or between them that say nothing.
const HESITATION: &str = "oh|ah|hmm|hm|uh|um|er|erm|well|actually|but|ok|okay|yeah|i|ive|wait|no|sorry|,";

/// Words between what is taken back and what holds instead.
const LEADS: &str = "make|do|use|go|try|lets|let|want|thats|that|it|its|is|just|should|be|with|to|i|say|set|have|keep|the|a|an|trade|run|take|rather|me|us";

/// What joins two things: one of them may be meant.
const JOINTS: &str = "and|or|,|&|with|while|plus|but|;";

/// A taking back: its words, what holds instead, and whether the words alone are enough to say so.
struct Marker {
    from: usize,
    to: usize,
    certain: bool,
}

/// Leaves out what the text takes back.
///
/// # Errors
/// Where it is not clear what that is.
pub(crate) fn left_out(tokens: &mut Vec<Token>, scene: &Scene<'_>, change: bool) -> Result<(), DraftFailure> {
    if !change {
        super::denied_markets::left_out(tokens, scene);
    }
    let mut at = 1;
    while at < tokens.len() {
        let Some(marker) = marker(tokens, at) else {
            at += 1;
            continue;
        };
        let before = tokens.clone();
        match repaired(tokens, &marker, scene) {
            Some((from, to)) => {
                let words = typed(&before, from, to, scene);
                scene.assume(format!("\"{words}\" is read as taken back"));
                unbracket(tokens);
                at = at.min(tokens.len());
            }
            None if marker.certain => return Err(unclear(tokens, &marker, scene)),
            None => at = marker.to,
        }
    }
    Ok(())
}

/// Nothing is left of a bracket that only took something back.
fn unbracket(tokens: &mut Vec<Token>) {
    let empty = |at: &usize| Cursor::new(tokens, *at).sees("( )");
    if let Some(at) = (0..tokens.len()).find(empty) {
        tokens.drain(at..at + 2);
    }
}

fn typed(tokens: &[Token], from: usize, to: usize, scene: &Scene<'_>) -> String {
    let run = tokens.get(from..to).unwrap_or_default();
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return String::new() };
    let typed = scene.text.get(first.start..last.end).unwrap_or_default();
    typed.split_whitespace().collect::<Vec<_>>().join(" ").trim_matches([',', '.', ';', ':', ' ', '-']).to_owned()
}

fn unclear(tokens: &[Token], marker: &Marker, scene: &Scene<'_>) -> DraftFailure {
    let said = typed(tokens, start(tokens, marker.from), end(tokens, marker.from), scene);
    let words = typed(tokens, marker.from, marker.to, scene);
    let end = (marker.to..tokens.len()).find(|at| pause(tokens, *at)).unwrap_or(tokens.len());
    let instead = typed(tokens, marker.to, end, scene);
    let choices = [said.clone(), instead].into_iter().filter(|choice| !choice.is_empty());
    DraftFailure::asking(
        format!("\"{words}\" takes something back, and how much of \"{said}\" still holds is not clear"),
        Question::new(words, choices.collect::<Vec<_>>()),
        "leave out what does not hold any more, and say only what does",
    )
}

fn pause(tokens: &[Token], at: usize) -> bool {
    Cursor::new(tokens, at).is_pause()
}

/// Several dots in a row: the speaker stops, the sentence may not.
fn dots(tokens: &[Token], at: usize) -> bool {
    let dot = |at: usize| tokens.get(at).is_some_and(|token| token.is_mark('.') || token.is_mark('…'));
    tokens.get(at).is_some_and(|token| token.is_mark('…')) || dot(at) && (dot(at + 1) || at > 0 && dot(at - 1))
}

/// True behind dots, or in brackets: "2%... actually 3%", "ES (no, MES)".
fn breaks_off(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1)
        .is_some_and(|before| dots(tokens, before) || tokens.get(before).is_some_and(|before| before.is_mark('(')))
}

fn opens(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|before| matches!(before.kind, Kind::Mark(_)))
}

/// Words at `at` that take something back.
fn marker(tokens: &[Token], at: usize) -> Option<Marker> {
    let opens = opens(tokens, at);
    let trailing = opens && breaks_off(tokens, at);
    let mut cursor = Cursor::new(tokens, at);
    let (mut certain, mut hesitates) = (false, false);
    loop {
        hesitates |= trailing && cursor.sees("actually");
        let found = PLAIN.iter().any(|words| cursor.eat(words)) || opens && openly(&mut cursor);
        certain |= found;
        if !(found || opens && hesitation(&mut cursor)) {
            break;
        }
    }
    while cursor.eat(",") || cursor.eat(".") || cursor.eat(":") {}
    // "sorry for the long text".
    let polite = cursor.sees("for|if|about") && Cursor::new(tokens, at).sees("sorry");
    // "no wait between trades", "wait no longer than", "never mind the news".
    let here = Cursor::new(tokens, at);
    let pause = here.sees("no wait") && cursor.sees("between|after|time|period|needed|required|for|until")
        || here.sees("wait no") && cursor.sees("longer|more|less")
        || here.sees("never mind") && cursor.sees("the|about|if|what|any|news|slippage");
    ((certain || hesitates) && cursor.at > at && !polite && !pause).then_some(Marker {
        from: at,
        to: cursor.at,
        certain,
    })
}

fn openly(cursor: &mut Cursor<'_>) -> bool {
    let reversion = cursor.sees("i mean reversion|reverting") || cursor.sees("no , no");
    let mut probe = *cursor;
    let found = !reversion && OPENING.iter().any(|words| probe.eat(words));
    // "no, nothing else", "make that strategy".
    let other = cursor.sees("make that strategy|system|a|an|the");
    // "18 tick stop, no, 20".
    let number =
        Cursor::new(cursor.tokens, cursor.at + 2).sees("#") && Cursor::new(cursor.tokens, cursor.at + 3).is_pause();
    let bare = cursor.sees("no ,") && !number && !breaks_off(cursor.tokens, cursor.at);
    let other = other || cursor.sees("actually") && !Cursor::new(cursor.tokens, cursor.at + 3).sees("#");
    let sorry = cursor.sees("sorry") && cursor.sees("sorry for|if|about|im|but|to");
    if found && !other && !bare && !sorry {
        *cursor = probe;
        return true;
    }
    false
}

/// A word that says nothing before one that takes back.
fn hesitation(cursor: &mut Cursor<'_>) -> bool {
    let mut probe = *cursor;
    if !probe.eat(HESITATION) {
        return false;
    }
    let mut ahead = probe;
    for _ in 0..4 {
        if ahead.sees("actually") && breaks_off(cursor.tokens, cursor.at)
            || PLAIN.iter().any(|words| ahead.sees(words))
            || openly(&mut { ahead })
        {
            *cursor = probe;
            return true;
        }
        if !ahead.eat(HESITATION) {
            break;
        }
    }
    let actually = cursor.sees("actually");
    if actually {
        *cursor = probe;
    }
    actually
}

/// Where the sentence of `at` begins.
fn start(tokens: &[Token], at: usize) -> usize {
    let ends = |at: &usize| {
        let mark = |all: &[char]| tokens.get(*at).is_some_and(|token| all.iter().any(|mark| token.is_mark(*mark)));
        let last = tokens.get(*at + 1..).unwrap_or_default();
        let spoken = last.iter().any(|token| !matches!(token.kind, Kind::Mark(_)));
        mark(&['.', '\n', ';', '!', '?']) && !dots(tokens, *at) && spoken
    };
    let said = end(tokens, at);
    (0..said).rev().find(ends).map_or(0, |end| end + 1)
}

/// Where what was said before `at` ends: behind its last word or number.
fn end(tokens: &[Token], at: usize) -> usize {
    let quiet = |token: &Token| [',', '.', '…', '?', '!', ':', '('].iter().any(|mark| token.is_mark(*mark));
    (0..at).rev().find(|at| tokens.get(*at).is_some_and(|token| !quiet(token))).map_or(0, |last| last + 1)
}

fn joined(tokens: &[Token], from: usize, to: usize) -> bool {
    (from..to).any(|at| Cursor::new(tokens, at).sees(JOINTS))
}

/// Takes the withdrawn words and those that withdraw them out: where they stood.
fn repaired(tokens: &mut Vec<Token>, marker: &Marker, scene: &Scene<'_>) -> Option<(usize, usize)> {
    let (from, to) = (start(tokens, marker.from), end(tokens, marker.from));
    if from >= to {
        return None;
    }
    let (behind, named) = denied(tokens, from, to, marker.to);
    if pause(tokens, behind) || named.is_some() && sentence_begins(tokens, behind) {
        let clause = clause(tokens, from, to, named)?;
        tokens.drain(clause..behind);
        return Some((clause, behind));
    }
    let mut rest = behind;
    let mut starts = vec![rest];
    while Cursor::new(tokens, rest).sees(LEADS) {
        rest += 1;
        starts.push(rest);
    }
    if let Some(found) = other_market(tokens, (from, to), (marker.from, rest), scene) {
        return Some(found);
    }
    let again = starts.iter().find_map(|at| Some((said_again(tokens, from, to, *at)?, *at)));
    let number = || Some((same_unit(tokens, from, to, rest)?, rest));
    if let Some((cut, until)) = again.or_else(number) {
        tokens.drain(cut..until);
        return Some((cut, until));
    }
    other_number(tokens, (from, to), (marker.from, rest)).or_else(|| last_words(tokens, (from, to), rest, scene))
}

/// `2 minute chart, hull... never mind, use ema 13`: the one or two words behind the last comma.
fn last_words(
    tokens: &mut Vec<Token>,
    (from, to): (usize, usize),
    rest: usize,
    scene: &Scene<'_>,
) -> Option<(usize, usize)> {
    let comma = (from..to).rev().find(|at| tokens.get(*at).is_some_and(|token| token.is_mark(',')))?;
    let words = tokens.get(comma + 1..to)?.iter().all(|token| token.word().is_some());
    let market = symbols::mentions(tokens, &scene.names, scene.text).iter().any(|one| one.from > comma && one.to <= to);
    if !words || market || joined(tokens, comma + 1, to) || to - comma > 3 {
        return None;
    }
    tokens.drain(comma + 1..rest);
    Some((comma + 1, rest))
}

fn sentence_begins(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1)
        .and_then(|before| tokens.get(before))
        .is_some_and(|before| ['.', '\n', ';', '!', '?'].iter().any(|mark| before.is_mark(*mark)))
        || at >= tokens.len()
}

/// `forget ichimoku,`, `no vix.`: what is denied by its name; behind it, and the name.
fn denied(tokens: &[Token], from: usize, to: usize, at: usize) -> (usize, Option<String>) {
    let mut cursor = Cursor::new(tokens, at);
    if !(cursor.eat("forget|drop|ignore|skip|lose about?") || cursor.eat("no|not|without")) {
        return (at, None);
    }
    cursor.eat("the|that|any|about");
    let said = |token: &Token| tokens.get(from..to).is_some_and(|said| said.iter().any(|one| one.kind == token.kind));
    let Some(name) = cursor.peek().filter(|token| token.word().is_some() && said(token)).cloned() else {
        return (at, None);
    };
    cursor.at += 1;
    cursor.eat("thing|stuff|part|bit|filter|rule|idea");
    if !cursor.is_pause() {
        return (at, None);
    }
    while cursor.eat(",") || cursor.eat(".") {}
    (cursor.at, name.word().map(str::to_owned))
}

/// Where what falls away begins: the sentence, or its last clause where only that speaks of `named`.
fn clause(tokens: &[Token], from: usize, to: usize, named: Option<String>) -> Option<usize> {
    if !joined(tokens, from, to) {
        return Some(from);
    }
    let named = named?;
    let comma = (from..to).rev().find(|at| tokens.get(*at).is_some_and(|token| token.is_mark(',')))?;
    let speaks = |from: usize, to: usize| {
        tokens.get(from..to).is_some_and(|run| run.iter().any(|token| token.word() == Some(named.as_str())))
    };
    (speaks(comma, to) && !speaks(from, comma) && !joined(tokens, comma + 1, to)).then_some(comma + 1)
}

/// `on SOL, no wait, make it bitcoin`: the market in place of the one before.
fn other_market(
    tokens: &mut Vec<Token>,
    (from, to): (usize, usize),
    (words, rest): (usize, usize),
    scene: &Scene<'_>,
) -> Option<(usize, usize)> {
    let all = symbols::mentions(tokens, &scene.names, scene.text);
    let new = all.iter().find(|mention| mention.from == rest)?;
    let mut before = all.iter().filter(|mention| mention.from >= from && mention.to <= to);
    let (old, None) = (before.next()?, before.next()) else { return None };
    let end = (rest..tokens.len()).find(|at| pause(tokens, *at)).unwrap_or(tokens.len());
    if old.to == to {
        tokens.drain(old.from..rest);
        return Some((old.from, rest));
    }
    if joined(tokens, old.from, to) {
        return None;
    }
    if end - rest == to - old.from {
        tokens.drain(old.from..rest);
        return Some((old.from, rest));
    }
    if end != new.to {
        return None;
    }
    let name: Vec<Token> = tokens.get(new.from..new.to)?.to_vec();
    let taken = (old.from, old.to);
    tokens.drain(words..new.to);
    tokens.splice(taken.0..taken.1, name);
    Some(taken)
}

/// `below the overnight low, no wait, below yesterday's low`: it begins again with the same word.
fn said_again(tokens: &[Token], from: usize, to: usize, at: usize) -> Option<usize> {
    let word = tokens.get(at).filter(|token| !matches!(token.kind, Kind::Number(_) | Kind::Clock(_)))?;
    let same = (from..to).rev().find(|at| tokens.get(*at).is_some_and(|token| token.kind == word.kind))?;
    (!joined(tokens, same, to)).then_some(same)
}

/// `5 min, no wait, 15 min`: the same unit behind another number.
fn same_unit(tokens: &[Token], from: usize, to: usize, at: usize) -> Option<usize> {
    let number = |at: usize| tokens.get(at).is_some_and(|token| matches!(token.kind, Kind::Number(_)));
    let unit = tokens.get(at + 1).filter(|_| number(at))?;
    let mut found =
        (from..to).filter(|at| number(*at) && tokens.get(*at + 1).is_some_and(|next| next.kind == unit.kind));
    let (one, None) = (found.next()?, found.next()) else { return None };
    (one + 1 < to && !joined(tokens, one, to)).then_some(one)
}

/// `20 point stop, no wait, 15`, `25 points, sorry, 30 ticks`: the one number of the clause.
fn other_number(
    tokens: &mut Vec<Token>,
    (from, to): (usize, usize),
    (words, rest): (usize, usize),
) -> Option<(usize, usize)> {
    let comma = (from..to).rev().find(|at| tokens.get(*at).is_some_and(|token| token.is_mark(',')));
    let from = comma.map_or(from, |comma| comma + 1);
    let new = tokens.get(rest)?.clone();
    let alike = |token: &Token| match (&token.kind, &new.kind) {
        (Kind::Number(_), Kind::Number(_)) | (Kind::Clock(_), Kind::Clock(_)) => true,
        (Kind::Number(_) | Kind::Clock(_) | Kind::Word(_) | Kind::Mark(_), _) => false,
    };
    let mut old = (from..to).filter(|at| tokens.get(*at).is_some_and(alike));
    let (one, None) = (old.next()?, old.next()) else { return None };
    let measured = |at: usize| tokens.get(at).is_some_and(|next| next.word().is_some()) && pause(tokens, at + 1);
    if measured(rest + 1) && one + 2 == to {
        tokens.drain(one..rest);
        return Some((one, rest));
    }
    let closed = Cursor::new(tokens, rest + 1).sees(")");
    if !(closed || pause(tokens, rest + 1) || Cursor::new(tokens, rest + 1).sees("instead")) {
        return None;
    }
    tokens.drain(words..rest + 1 + usize::from(!closed && !pause(tokens, rest + 1)));
    if let Some(token) = tokens.get_mut(one) {
        *token = new;
    }
    Some((one, one + 1))
}
