//! The days of the week on which entries are allowed.

use super::cursor::Cursor;
use super::filters::{only_lead, skip_lead};
use super::scene::Scene;
use super::setting::Setting;
use market::AssetClass;
use serde_json::Value as Json;

/// Days in the order of the week: name pattern and key.
const DAYS: [(&str, &str); 7] = [
    ("monday|mondays|mon|mons", "mon"),
    ("tuesday|tuesdays|tue|tues", "tue"),
    ("wednesday|wednesdays|wed|weds", "wed"),
    ("thursday|thursdays|thu|thur|thurs", "thu"),
    ("friday|fridays|fri|fris", "fri"),
    ("saturday|saturdays|sat", "sat"),
    ("sunday|sundays|sun", "sun"),
];

pub(crate) fn weekday(cursor: &mut Cursor<'_>) -> Option<usize> {
    let found = DAYS.iter().position(|(pattern, _)| cursor.eat(pattern));
    if found.is_some() {
        let mut dot = *cursor;
        if dot.eat(".") && !dot.is_pause() && dot.sees("and|,|-") {
            *cursor = dot;
        }
    }
    found
}

/// The days named here: a list, a range, weekdays.
pub(crate) fn days(cursor: &mut Cursor<'_>) -> Option<[bool; 7]> {
    let mut allowed = [false; 7];
    let mut probe = *cursor;
    if probe.eat("weekdays|weekday") {
        *cursor = probe;
        return Some([true, true, true, true, true, false, false]);
    }
    if probe.eat("weekends|weekend") && !probe.sees("trade|effect|strategy|system|gap|drift|move|bars|bar") {
        *cursor = probe;
        return Some([false, false, false, false, false, true, true]);
    }
    let mut any = false;
    loop {
        let mut next = probe;
        if any {
            let _ = next.eat(",");
            let _ = next.eat("and|or|&|/|,|+");
            next.eat("on|also");
        }
        let Some(first) = weekday(&mut next) else { break };
        if any && next.sees("is|are") {
            // "no mondays, and fridays are ok": another sentence.
            break;
        }
        let mut range = next;
        if range.eat("-|to|through|thru|till|til|until")
            && let Some(last) = weekday(&mut range)
        {
            let mut day = first;
            loop {
                if let Some(slot) = allowed.get_mut(day) {
                    *slot = true;
                }
                if day == last {
                    break;
                }
                day = (day + 1) % 7;
            }
            next = range;
        } else if let Some(slot) = allowed.get_mut(first) {
            *slot = true;
        }
        any = true;
        probe = next;
    }
    if !any {
        return None;
    }
    *cursor = probe;
    Some(allowed)
}

/// "nothing on fridays after 12", "fridays too, but only until 10:30": hours of that day alone, said behind it.
pub(crate) fn hours_of_a_day(cursor: &Cursor<'_>, scene: &Scene<'_>) -> bool {
    let said = cursor.peek().and_then(|token| scene.text.get(..token.start)).unwrap_or_default().to_lowercase();
    let sentence = said.rsplit(['.', ';', '\n']).next().unwrap_or_default();
    let mut words: Vec<&str> = sentence.split_whitespace().rev().take(8).collect();
    words.reverse();
    let is_day = |word: &&str| {
        let word = word.trim_end_matches(',');
        DAYS.iter().any(|(pattern, _)| pattern.split('|').any(|name| name == word))
    };
    let Some(day) = words.iter().rposition(is_day) else { return false };
    let between = words.get(day + 1..).unwrap_or_default();
    let between: Vec<&str> = between.iter().map(|word| word.trim_end_matches(',')).collect();
    let led = between.iter().all(|word| matches!(*word, "but" | "only" | "just" | "too" | "also"));
    let but = between.iter().any(|word| matches!(*word, "but" | "too" | "also")) || cursor.sees("but");
    let before = words.get(day.saturating_sub(3)..day).unwrap_or_default();
    let denied = before.iter().any(|word| matches!(*word, "no" | "nothing" | "none" | "not" | "don't" | "never"));
    let apart = words.get(day).is_some_and(|word| word.ends_with(','));
    led && (but || denied && !apart && !cursor.sees("no|not|never|last"))
}

/// `weekdays except Friday`, `Monday to Friday but not Wednesday`: days less others, and whether any were taken out.
fn without(cursor: &mut Cursor<'_>, named: [bool; 7], denied: bool) -> ([bool; 7], bool) {
    let mut probe = *cursor;
    let bracket = probe.eat("(");
    let _ = !bracket && probe.eat(",");
    let less =
        probe.eat("except|excluding|excl|minus|without|apart|other for|from|than?") || probe.eat("but? not|no on?");
    let _ = less && probe.eat("for|on");
    let Some(gone) = days(&mut probe).filter(|_| less && !denied) else { return (named, false) };
    let inside = named.iter().zip(gone).all(|(named, gone)| *named || !gone);
    let closed = if bracket { probe.eat(")") } else { probe.is_pause() || probe.sees("and|with|only") };
    if !inside || !closed || named == gone {
        return (named, false);
    }
    *cursor = probe;
    let mut left = named;
    for (slot, gone) in left.iter_mut().zip(gone) {
        *slot &= !gone;
    }
    (left, true)
}

pub(crate) fn day_keys(allowed: [bool; 7]) -> Json {
    Json::from(DAYS.iter().zip(allowed).filter(|(_, allowed)| *allowed).map(|((_, key), _)| *key).collect::<Vec<_>>())
}

/// `only Mondays and Wednesdays`, `no trades on Friday`, `Mon-Thu`.
pub(crate) fn weekdays(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let not = skip_lead(cursor);
    let start = cursor.at;
    if !not {
        only_lead(cursor);
    }
    let led = cursor.at > start;
    let all = !not
        && (cursor.eat("every|each day of the week")
            || cursor.eat("every|all five? weekday|weekdays")
            || cursor.eat("all five days"));
    let named = if all { [true, true, true, true, true, false, false] } else { days(cursor)? };
    if cursor.sees("is|are ok|okay|fine|good|alright|allowed|in|back") {
        // "fridays are ok" adds a day to others.
        return None;
    }
    let weekend = named == [false, false, false, false, false, true, true];
    if !weekend && cursor.sees(super::removal_lists::RULE) {
        // "and the fridays thing" is a rule there was; a "weekend thing" is a strategy.
        return None;
    }
    if cursor.sees("that|which closed|closes|was|were|is|are|had")
        || cursor.sees("closed|closes|closing|was|were|had|made|ended|finished|opened")
    {
        // "if friday closed red" looks at that day's bars.
        return None;
    }
    if cursor.sees("close|open|closing|opening|high|low|highs|lows") {
        // "buy at the Monday close" is a price of that day.
        return None;
    }
    let (named, fewer) = without(cursor, named, not);
    let not = not || !fewer && cursor.eat("off|excluded|out");
    if not && cursor.sees("after|before|from|between|until|afternoon|afternoons|morning|mornings|#") {
        // A part of a day cannot be taken out.
        return None;
    }
    let _ = cursor.eat("only");
    let _ = led;
    let allowed = if not {
        let mut rest = if scene.class() == Some(AssetClass::Crypto) {
            [true; 7]
        } else {
            [true, true, true, true, true, false, false]
        };
        for (slot, skipped) in rest.iter_mut().zip(named) {
            *slot &= !skipped;
        }
        rest
    } else {
        named
    };
    let join = Setting::value("/filters/weekdays", day_keys(allowed));
    Some(vec![join])
}
