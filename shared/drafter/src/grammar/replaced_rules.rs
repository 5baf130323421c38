//! Conditions in place of others: "use MACD above its signal instead of RSI below 30", "exit RSI > 70 -> close > 5 SMA".

use super::assemble::Assembly;
use super::calls::conjuncts;
use super::change_phrases::{Part, put_words};
use super::cursor::Cursor;
use super::document::opposite;
use super::editor::Editor;
use super::names;
use super::scene::Side;
use super::token::Token;
use ports::drafter::DraftFailure;

/// Words before what is given up.
const GIVEN_UP: [&str; 3] = ["instead of ", "rather than ", "in place of "];

/// Arrows between the old and the new, as typed.
pub(crate) const ARROWS: [&str; 3] = ["->", "=>", "→"];

/// Stands for a condition before an arrow.
pub(crate) const OLD: &str = "theoldrule";

/// Lines by their names, as they stand in expressions.
const LINES: [(&[&str], &str); 14] = [
    (&["vwap"], "vwap"),
    (&["rsi"], "rsi("),
    (&["macd"], "macd("),
    (&["bollinger", "bb", "bollingers", "band", "bands"], "bbands("),
    (&["keltner", "keltners", "band", "bands"], "keltner("),
    (&["donchian"], "donchian("),
    (&["adx"], "adx("),
    (&["cci"], "cci("),
    (&["stochastic", "stochastics", "stoch"], "stoch"),
    (&["supertrend"], "supertrend("),
    (&["range", "orb"], "opening_range("),
    (&["williams", "willr", "r"], "willr("),
    (&["ema", "emas"], "ema("),
    (&["sma", "smas"], "sma("),
];

/// `exit RSI > 70 -> close > 5 SMA`, `RSI below 10 -> RSI below 5`: the second in place of the first.
pub(crate) fn arrow(tokens: &mut Vec<Token>, at: usize) {
    let glued = tokens.get(at + 1).is_some_and(|next| next.glued && next.is_mark('>'));
    // A dash between blanks is read as a comma.
    let drawn = tokens.get(at).is_some_and(|token| ['-', '=', ','].iter().any(|mark| token.is_mark(*mark)));
    if !(glued && drawn) {
        return;
    }
    let start = super::said_plainly::clause_start(tokens, at);
    let ends = |place: usize| {
        tokens.get(place).is_none_or(|token| [',', '.', ';', '\n'].iter().any(|mark| token.is_mark(*mark)))
    };
    let Some(end) = (at + 2..=tokens.len()).find(|place| ends(*place)) else { return };
    let compares = |from: usize, to: usize| {
        (from..to).any(|place| {
            Cursor::new(tokens, place).sees("<|>|above|below|over|under|crosses|cross|greater|less")
                && tokens.get(place + 1).is_some()
        })
    };
    let mut head = Cursor::new(tokens, start);
    let exit = head.eat("exit|exits|out|sell|cover when|if|on|at|:?") || head.eat("close when|if|on");
    let sided = !exit && head.eat("long|longs|short|shorts|entry|buy when|if|on|:?");
    let from = if exit || sided { head.at } else { start };
    let indicator = |place: usize| {
        let mut cursor = Cursor::new(tokens, place);
        let found = names::indicator(&mut cursor).is_some() || cursor.eat("bb|bollinger|keltner|kc bands|band?");
        found.then_some(cursor.at)
    };
    if indicator(start) == Some(at) && indicator(at + 2).is_some() {
        // "BB -> Keltner(20,1.5)".
        put_words(tokens, at, at + 2, &[Part::Said("with")]);
        tokens.insert(start, super::said_plainly::word(tokens, start, "replace"));
        return;
    }
    if from >= at || !compares(from, at) || !compares(at + 2, end) {
        return;
    }
    if exit {
        put_words(tokens, start, at + 2, &[Part::Said("exit"), Part::Said("when")]);
    } else {
        put_words(tokens, from, at + 2, &[Part::Said(OLD), Part::Mark(',')]);
    }
}

/// `replace the EMA rising thing with price above the 50 EMA`: the second in place of the first.
pub(crate) fn thing(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("replace|swap|change the?") {
        return;
    }
    let from = cursor.at;
    let with = (from + 1..from + 7).find(|place| Cursor::new(tokens, *place).sees("with|for|by"));
    let Some(with) = with else { return };
    let named = (from..with).any(|place| {
        let word = tokens.get(place).and_then(Token::word).unwrap_or_default();
        LINES.iter().any(|(names, _)| names.contains(&word))
    });
    let loose = Cursor::new(tokens, with - 1).sees("thing|condition|filter|rule|part|check|requirement|bit");
    let end = (with + 1..tokens.len()).find(|place| Cursor::new(tokens, *place).is_pause()).unwrap_or(tokens.len());
    let compares = (with + 1..end)
        .any(|place| Cursor::new(tokens, place).sees("<|>|above|below|over|under|crosses|crossing|rising|falling"));
    if named && loose && compares {
        put_words(tokens, at, with + 1, &[Part::Said(OLD), Part::Mark(',')]);
    }
}

/// A phrase behind an arrow, with what stands before that in its sentence.
pub(crate) fn behind_arrow<'t>(text: &'t str, phrase: &str) -> Option<&'t str> {
    let from = text.find(phrase)?;
    let head = text.get(..from)?;
    ARROWS.iter().find(|arrow| head.trim_end().ends_with(**arrow))?;
    let start = head.rfind(['.', ';', '\n', ',']).map_or(0, |mark| mark + 1);
    text.get(start..from + phrase.len()).map(str::trim)
}

/// What is given up right behind a phrase.
fn said_behind(text: &str, phrase: &str) -> Option<String> {
    let rest = text.get(text.find(phrase)? + phrase.len()..)?.trim_start();
    let end = [",", ".", ";", "\n", " and "].iter().filter_map(|mark| rest.find(mark)).min().unwrap_or(rest.len());
    let lower = rest.to_lowercase();
    GIVEN_UP.iter().any(|lead| lower.starts_with(lead)).then(|| rest.get(..end).unwrap_or_default().to_owned())
}

/// What the text gives up for another condition: its words, and how its line is written.
fn given_up(gathered: &Assembly<'_>, behind: Option<String>, entries: &[String]) -> Option<(String, &'static str)> {
    gathered.unhandled.iter().cloned().chain(behind).find_map(|said| {
        let words = said.to_lowercase();
        let arrow = ARROWS.iter().find_map(|arrow| words.trim_end().strip_suffix(arrow));
        let asked = ["replace ", "swap ", "change ", "switch "].iter().any(|verb| words.starts_with(verb));
        let to = [" with", " for", " by", " to"].iter().find_map(|to| words.strip_suffix(to).filter(|_| asked));
        let named = arrow.or(to).or_else(|| GIVEN_UP.iter().find_map(|lead| words.strip_prefix(lead)))?;
        let spoken: Vec<&str> = named.split(|one: char| !one.is_ascii_alphabetic()).collect();
        let stands = |line: &&str| !entries.is_empty() && entries.iter().all(|entry| single(entry, line).is_some());
        let line = LINES.iter().filter(|(names, _)| names.iter().any(|name| spoken.contains(name)));
        line.map(|(_, line)| *line).find(stands).map(|line| (said, line))
    })
}

/// The one demand of an entry in which a line stands.
fn single(entry: &str, line: &str) -> Option<String> {
    let mut found = conjuncts(entry).into_iter().filter(|part| part.contains(line));
    found.next().filter(|one| found.next().is_none() && !one.contains(" or "))
}

/// A cross whose direction the text left open, in that of a side.
pub(crate) fn directed(text: &str, side: Side) -> String {
    match side {
        Side::Long => text.replace("crosses below", "crosses above"),
        Side::Short => text.replace("crosses above", "crosses below"),
    }
}

/// Puts a condition said of every entry in place of the one that the text gives up; false where it gives up none.
///
/// # Errors
/// What the document cannot hold.
pub(crate) fn put_in_place(
    gathered: &mut Assembly<'_>,
    editor: &mut Editor<'_>,
    text: &str,
    phrase: &str,
) -> Result<bool, DraftFailure> {
    let sides = editor.sides();
    let entries: Vec<String> = sides.iter().filter_map(|side| editor.entry(*side)).collect();
    let behind = said_behind(editor.scene.text, phrase);
    let Some((words, line)) = given_up(gathered, behind, &entries) else { return Ok(false) };
    gathered.unhandled.retain(|unread| *unread != words);
    let typed = editor.scene.text;
    let first = typed.find(&words).zip(typed.find(phrase)).is_some_and(|(words, phrase)| words < phrase);
    let said = if first { format!("{words} {phrase}") } else { format!("{phrase} {words}") };
    let olds: Vec<String> = entries.iter().filter_map(|entry| single(entry, line)).collect();
    let mirrored = olds.len() == 2 && olds.first().map(|old| opposite(old)).as_ref() == olds.get(1);
    // "instead of RSI above 70" speaks of the short.
    let of_short = mirrored
        && olds.get(1).is_some_and(|short| {
            let numbers = |text: &str| -> Vec<String> {
                text.split(|one: char| !one.is_ascii_digit())
                    .filter(|part| !part.is_empty())
                    .map(str::to_owned)
                    .collect()
            };
            let long = olds.first().map(|long| numbers(long)).unwrap_or_default();
            numbers(&words).iter().any(|number| numbers(short).contains(number) && !long.contains(number))
        });
    let spoken = if of_short { Side::Short } else { Side::Long };
    for ((side, entry), old) in sides.iter().zip(&entries).zip(&olds) {
        let open = editor.scene.undirected.borrow().iter().any(|open| open == text);
        let new = if open {
            directed(text, *side)
        } else if mirrored && *side != spoken {
            opposite(text)
        } else {
            text.to_owned()
        };
        editor.set_entry(*side, entry.replacen(old.as_str(), &new, 1), &said)?;
    }
    if mirrored && opposite(text) != text {
        editor.scene.assume(format!("\"{phrase}\" is turned round for the other side, as what it replaces was"));
    }
    Ok(true)
}

/// What is given up in the words of the change, where no part of it was read.
pub(crate) fn given_up_unread<'t>(tokens: &[Token], editor: &Editor<'t>) -> Option<&'t str> {
    let text = editor.scene.text;
    let spoken = GIVEN_UP.iter().find_map(|lead| {
        let from = text.to_lowercase().find(lead)?;
        let rest = text.get(from + lead.len()..).unwrap_or_default().to_lowercase();
        let read = editor.plan.iter().any(|item| item.phrase.to_lowercase().contains(lead))
            || ["any", "always", "all ", "every", "just"].iter().any(|word| rest.starts_with(word));
        (!read).then(|| text.get(from..).unwrap_or_default().split([',', '.', ';', '\n']).next().unwrap_or_default())
    });
    spoken.or_else(|| {
        let token = tokens.iter().find(|token| token.word() == Some(OLD))?;
        let words = text.get(token.start..token.end)?;
        (!editor.plan.iter().any(|item| item.phrase.contains(words))).then_some(words)
    })
}
