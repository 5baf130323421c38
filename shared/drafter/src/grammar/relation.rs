//! What is said of a value: crosses, comparisons, directions, touches. Words only; nothing is built here.

use super::cursor::Cursor;
/// A relation between a value and, mostly, another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// An event: from the other side to beyond.
    Cross(Way),
    /// A state: `> < >= <= == !=`.
    Compare(&'static str),
    /// `between a and b`.
    Between,
    /// Reaches it from its usual side.
    Touch,
    /// Comes back to it in a trend.
    Pullback,
    /// Touches and closes away from it, upwards for a long.
    Bounce,
    /// Touches and closes away from it, downwards for a short.
    Reject,
    /// A close back inside bands.
    BackInside,
    /// `within 5 points of`.
    Near,
}

/// A direction, or the one that the side and the level suggest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Up,
    Down,
    Open,
}

/// What is said of a value alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    Rising,
    Falling,
    TurnsUp,
    TurnsDown,
    Positive,
    Negative,
    TurnsPositive,
    TurnsNegative,
    Overbought,
    Oversold,
    LeavesOverbought,
    LeavesOversold,
    EntersOverbought,
    EntersOversold,
    Bullish,
    Bearish,
    TurnsBullish,
    TurnsBearish,
    Green,
    Red,
}

/// Verbs of an event.
const VERBS: &str = "crosses|cross|crossed|crossing|crossover|breaks|break|broke|broken|breaking|breakout|breakouts|breakdown|breakdowns|goes|go|going|gets|get|getting|moves|move|moving|pushes|push|pushing|pops|pop|rises|rise|climbs|climb|jumps|jump|closes|close|closed|closing|finishes|finish|finished|finishing|turns|turn|comes|come|coming|rallies|rally|ticks|pokes|poke|falls|fall|drops|drop|dropped|dropping|dips|dip|dipped|slips|slip|sinks|sink|slides|slide|x|spikes|spike|runs|flips|flip|reverses|heads|trades|trade|hooks|ripped|rips|prints|pierces";
/// Verbs that say which way it goes.
const RISES: &str = "rises|rise|rising|climbs|climb|jumps|jump|pops|pop|rallies|rally|ripped|rips|rip";
const FALLS: &str = "falls|fall|falling|drops|drop|dropped|dropping|dips|dip|dipped|slips|slip|sinks|sink|slides|slide";
/// Verbs of an event that need no direction word.
const BARE_VERBS: &str = "crosses|cross|crossed|crossing|breaks|break|broke|broken|breaking|clears|clear";
const ADVERBS: &str = "back|right|up|down|out|strongly|decisively|convincingly|firmly|first|again|just|then|all|well|clearly|sharply|upward|upwards|downward|downwards|to|clean|cleanly|straight";
const UP: &str = "above|over|past|>|north|≥";
const DOWN: &str = "below|under|beneath|<|underneath|south|≤";
const BEING: &str = "is|are|be|being|was|were|stays|stay|staying|remains|remain|holds|hold|holding|trades|trade|trading|sits|sit|sitting|must|has|have|had|should|needs|need|to|still|currently|also|both|all|reads|reading|prints|shows|keeps|will|can|already|now|clearly|well|closing|comes";

fn skip(cursor: &mut Cursor<'_>, words: &'static str) -> bool {
    let mut any = false;
    while cursor.eat(words) {
        any = true;
    }
    any
}

/// A relation here; the cursor moves behind it. True: it was negated.
pub(crate) fn relation(cursor: &mut Cursor<'_>) -> Option<(Relation, bool)> {
    let mut probe = *cursor;
    let found = shape(&mut probe).map(|relation| (relation, false)).or_else(|| {
        probe = *cursor;
        event(&mut probe).map(|way| (Relation::Cross(way), false))
    });
    let found = found.or_else(|| {
        probe = *cursor;
        state(&mut probe)
    })?;
    *cursor = probe;
    Some(found)
}

fn shape(cursor: &mut Cursor<'_>) -> Option<Relation> {
    skip(cursor, "has|have|then|just|also|first|to|is|price|strongly");
    let shapes: [(&str, Relation); 26] = [
        (
            "closes|close|closed|closing|comes|come|moves|move|gets|get|goes|crosses back inside|within|into|in",
            Relation::BackInside,
        ),
        ("back inside|within", Relation::BackInside),
        ("pulls|pull|pulled|pulling back up|down|in? to|into|toward|towards|down to?", Relation::Pullback),
        ("pullback|pullbacks|retracement to|into|toward", Relation::Pullback),
        ("retraces|retrace|retraced back? to|into", Relation::Pullback),
        ("retests|retest|retested of?", Relation::Pullback),
        (
            "dips|dip|drops|drop|comes|come|falls|fall|returns|return|rallies|rally|rises|moves|bounces back|down|up|in? to|into",
            Relation::Pullback,
        ),
        ("rallies|rally|pops|pop back|up? to|into", Relation::Pullback),
        ("gets|get|goes|go back to|at", Relation::Pullback),
        ("back to|at", Relation::Pullback),
        ("bounces|bounce|bounced|bouncing up|back? off|from|at|on of?", Relation::Bounce),
        ("rebounds|rebound off|from", Relation::Bounce),
        ("finds support at|on|off", Relation::Bounce),
        ("holds|held support? as? support? at|off", Relation::Bounce),
        ("rejects|reject|rejected|rejecting|rejection from|at|off|by|of?", Relation::Reject),
        ("gets rejected at|from|by|off", Relation::Reject),
        ("fails|failed|fail at", Relation::Reject),
        ("finds resistance at", Relation::Reject),
        ("touches|touch|touched|touching of|to?", Relation::Touch),
        ("tags|tag|tagged|tagging of?", Relation::Touch),
        ("hits|hit|hitting|reaches|reach|reached|tests|test|tested|kisses", Relation::Touch),
        ("trades|dips|dip|wicks|wick|pierces|spikes into|through", Relation::Touch),
        ("between", Relation::Between),
        ("in between", Relation::Between),
        ("ranges between", Relation::Between),
        ("stays|trading between", Relation::Between),
    ];
    shapes.into_iter().find(|(pattern, _)| cursor.eat(pattern)).map(|(_, relation)| relation)
}

fn event(cursor: &mut Cursor<'_>) -> Option<Way> {
    skip(cursor, "has|have|just|then|first|also|must|should|to|does|starts|again|makes|a");
    let mut lost = *cursor;
    if lost.eat("reclaims|reclaim|reclaimed|reclaiming|regains|regain|recaptures|retakes") {
        lost.eat("of");
        *cursor = lost;
        return Some(Way::Up);
    }
    if lost.eat("loses|lose|lost|losing") || lost.eat("gives|gave up") {
        *cursor = lost;
        return Some(Way::Down);
    }
    if lost.eat("takes|take|taking out") || lost.eat("trades|goes|pushes|moves|blows through") {
        *cursor = lost;
        return Some(Way::Open);
    }
    if lost.eat("up through|thru") {
        *cursor = lost;
        return Some(Way::Up);
    }
    if lost.eat("down through|thru") {
        *cursor = lost;
        return Some(Way::Down);
    }
    if lost.eat("breakdown|breakdowns of|from") {
        *cursor = lost;
        return Some(Way::Down);
    }
    if lost.eat("breakout|breakouts of|from") {
        *cursor = lost;
        return Some(Way::Open);
    }
    let mut probe = *cursor;
    let was = probe.eat("is|are|was")
        && !probe.sees("crossing|breaking|crossed|moving|closing|going|coming|pushing|dropping");
    let verb = probe;
    if was || !probe.eat(VERBS) {
        return None;
    }
    let start = probe;
    let mut out = probe;
    if out.eat("out|outside of? the?") && out.sees("upper|lower|top|bottom") {
        *cursor = out;
        return Some(Way::Open);
    }
    let mut up = false;
    let mut down = false;
    loop {
        let before = probe.at;
        up |= probe.sees("up|upward|upwards");
        down |= probe.sees("down|downward|downwards");
        if !probe.eat(ADVERBS) {
            break;
        }
        if probe.at == before {
            break;
        }
    }
    // "crosses up below the zero line": where it crosses, not what.
    if (up && !down && probe.sees(DOWN) || down && !up && probe.sees(UP)) && cursor_bare(*cursor) {
        *cursor = probe;
        return Some(if up { Way::Up } else { Way::Down });
    }
    // "turns up under zero" is no cross; "close > X" is a state.
    if up && !down && probe.sees(DOWN) || down && !up && probe.sees(UP) || cursor.sees("close >|<|≥|≤") {
        return None;
    }
    if probe.eat(UP) {
        probe.eat("of|than");
        *cursor = probe;
        return Some(Way::Up);
    }
    if probe.eat(DOWN) {
        probe.eat("of|than");
        *cursor = probe;
        return Some(Way::Down);
    }
    if probe.eat("higher|greater than") {
        *cursor = probe;
        return Some(Way::Up);
    }
    if probe.eat("lower|less than") {
        *cursor = probe;
        return Some(Way::Down);
    }
    if !up
        && !down
        && let Some(way) = by_verb(verb, &mut probe)
    {
        *cursor = probe;
        return Some(way);
    }
    let bare = cursor_bare(*cursor);
    if (up || down) && (bare || probe.sees("through")) {
        let _ = probe.eat("through|thru") || probe.eat("of|from");
        *cursor = probe;
        return Some(if up { Way::Up } else { Way::Down });
    }
    if bare || probe.sees("through|thru") {
        let mut bare = start;
        skip(&mut bare, ADVERBS);
        let _ = bare.eat("through|thru") || bare.eat("of|out of?");
        *cursor = bare;
        return Some(Way::Open);
    }
    None
}

/// `drops through 30`: the verb says which way.
fn by_verb(verb: Cursor<'_>, behind: &mut Cursor<'_>) -> Option<Way> {
    let way = if verb.sees(RISES) { Way::Up } else { verb.sees(FALLS).then_some(Way::Down)? };
    behind.eat("through|thru").then_some(way)
}

fn cursor_bare(mut cursor: Cursor<'_>) -> bool {
    cursor.eat("is|are");
    cursor.eat(BARE_VERBS)
}

fn state(cursor: &mut Cursor<'_>) -> Option<(Relation, bool)> {
    let mut not = false;
    loop {
        let before = cursor.at;
        skip(cursor, BEING);
        if cursor.eat("not|isnt|hasnt|dont|never|no") {
            not = !not;
        }
        if cursor.at == before {
            break;
        }
    }
    being_back(cursor);
    cursor.eat("either|just|well|anywhere");
    if cursor.sees("# x|times|*") || cursor.sees("twice|double|triple") {
        return Some((Relation::Compare(">"), not));
    }
    let comparisons: [(&str, &str); 31] = [
        ("greater|higher|more|bigger|larger|above than or equal to?", ">="),
        ("less|lower|smaller|fewer|below than or equal to?", "<="),
        ("at|on or above|over", ">="),
        ("at|on or below|under", "<="),
        ("above|over or at|equal to?", ">="),
        ("below|under or at|equal to?", "<="),
        ("above|over or on", ">="),
        ("no less|lower than", ">="),
        ("no more|higher|greater than", "<="),
        ("at? least", ">="),
        ("at? most", "<="),
        ("a|minimum|min of", ">="),
        ("greater|higher|more|bigger|larger|better|stronger than", ">"),
        ("less|lower|smaller|fewer|weaker than", "<"),
        ("above|over|north of?", ">"),
        ("below|under|beneath|underneath|south of?", "<"),
        ("exceeds|exceed|exceeding|surpasses|tops", ">"),
        ("> =", ">="),
        ("< =", "<="),
        ("> than?", ">"),
        ("< than?", "<"),
        ("≥", ">="),
        ("≤", "<="),
        ("≠", "!="),
        ("= =", "=="),
        ("=", "=="),
        ("equals|equal to?", "=="),
        ("higher", ">"),
        ("lower", "<"),
        ("outside|beyond", ">"),
        ("up from", ">"),
    ];
    if cursor.eat("between") {
        return Some((Relation::Between, not));
    }
    if cursor.sees("within # points|point|ticks|tick|pips|%|percent|atr|pts of") {
        cursor.eat("within");
        return Some((Relation::Near, not));
    }
    let (_, operator) = comparisons.into_iter().find(|(pattern, _)| cursor.eat(pattern))?;
    Some((Relation::Compare(operator), not))
}

/// `is back above`: where it is, whenever it came there.
fn being_back(cursor: &mut Cursor<'_>) {
    let being = cursor.tokens.get(cursor.at.wrapping_sub(1)).and_then(super::token::Token::word);
    if matches!(being, Some("is" | "are" | "be")) && cursor.sees("back above|over|below|under") {
        cursor.eat("back");
    }
}

/// What is said of the value in front alone: `is rising`, `turns positive`, `is oversold`.
pub(crate) fn said(cursor: &mut Cursor<'_>) -> Option<(Said, bool)> {
    let mut probe = *cursor;
    let mut not = false;
    let turns = {
        skip(
            &mut probe,
            "has|have|just|then|first|also|must|should|to|starts|starting|begins|is|are|be|being|stays|remains|still|both|needs|all|it|which|was|currently",
        );
        if probe.eat("not|isnt|hasnt|no") {
            not = true;
            probe.eat("longer");
        }
        // What is going up rises; what goes up turned.
        let going = probe.sees("going up|down|higher|lower|upward|upwards|downward|downwards");
        !going && probe.eat("turns|turn|turning|turned|ticks|hooks|curls|flips|flip|flipped|flipping|goes|go|going|gets|becomes|become|switches|changes to?")
    };
    // "goes out lower" leaves the lower band.
    let leaves = probe.sees("out of? the? upper|lower");
    probe.eat("back|more|very|clearly|strongly|to|into|in|an|the|from|out|of|red|green to?");
    let leaves = leaves || probe.sees("lower|higher band|bands|bollinger|bb|bbs|keltner|line|channel|envelope|rail");
    if leaves {
        return None;
    }
    let mut inner = *cursor;
    skip(
        &mut inner,
        "has|have|just|then|first|also|must|should|to|is|are|be|being|stays|remains|still|both|needs|all|was|currently",
    );
    let said = area(&mut inner).map(|said| (said, inner)).or_else(|| {
        let mut plain = probe;
        let word = word(&mut plain, turns)?;
        Some((word, plain))
    });
    let (said, end) = said?;
    *cursor = end;
    Some((said, not))
}

/// Overbought and oversold, entered and left.
fn area(cursor: &mut Cursor<'_>) -> Option<Said> {
    const LEAVES: &str = "leaves|leave|exits|exit|comes|come|crosses|moves|gets|climbs|rises|drops|falls|turns|pops";
    const ENTERS: &str =
        "enters|enter|goes|gets|becomes|reaches|hits|moves|crosses|drops|falls|dips|rises|climbs|turns|hit";
    let mut probe = *cursor;
    let left = (probe.eat(LEAVES)
        && (probe.eat("back? up|down? out|back of|from|up|above|below? of?")
            || probe.sees("overbought|oversold") && cursor.sees("leaves|leave|exits|exit")))
        || probe.eat("no longer");
    if left {
        probe.eat("of|from");
        probe.eat("being|the|its");
        if let Some(over) = over(&mut probe) {
            *cursor = probe;
            return Some(if over { Said::LeavesOverbought } else { Said::LeavesOversold });
        }
    }
    probe = *cursor;
    let entered = probe.eat(ENTERS);
    probe.eat("into|to|in|back");
    probe.eat("into|the");
    let over = over(&mut probe)?;
    *cursor = probe;
    Some(match (entered, over) {
        (true, true) => Said::EntersOverbought,
        (true, false) => Said::EntersOversold,
        (false, true) => Said::Overbought,
        (false, false) => Said::Oversold,
    })
}

fn over(cursor: &mut Cursor<'_>) -> Option<bool> {
    let mut probe = *cursor;
    probe.eat("in|the|an");
    probe.eat("the");
    let found = if probe.eat("overbought") || probe.eat("over bought") {
        true
    } else if probe.eat("oversold") || probe.eat("over sold") {
        false
    } else {
        return None;
    };
    probe.eat("territory|zone|area|level|levels|conditions|condition|region");
    *cursor = probe;
    Some(found)
}

fn word(cursor: &mut Cursor<'_>, turns: bool) -> Option<Said> {
    let words: [(&str, Said, Said); 13] = [
        ("rising|increasing|climbing|growing|expanding|upward|ascending", Said::Rising, Said::TurnsUp),
        (
            "falling|decreasing|declining|dropping|shrinking|contracting|downward|descending",
            Said::Falling,
            Said::TurnsDown,
        ),
        ("sloping|pointing|trending|heading|moving|going|angled up|upward|upwards|higher", Said::Rising, Said::TurnsUp),
        (
            "sloping|pointing|trending|heading|moving|going|angled down|downward|downwards|lower",
            Said::Falling,
            Said::TurnsDown,
        ),
        ("upward|upwards sloping", Said::Rising, Said::TurnsUp),
        ("downward|downwards sloping", Said::Falling, Said::TurnsDown),
        ("slopes|slope|points up|upward|upwards", Said::Rising, Said::Rising),
        ("slopes|slope|points down|downward|downwards", Said::Falling, Said::Falling),
        ("rises|increases|rose", Said::Rising, Said::Rising),
        ("falls|decreases|fell|declines", Said::Falling, Said::Falling),
        ("positive", Said::Positive, Said::TurnsPositive),
        ("negative", Said::Negative, Said::TurnsNegative),
        ("up|higher", Said::Rising, Said::TurnsUp),
    ];
    if turns && cursor.eat("down|lower") {
        return Some(Said::TurnsDown);
    }
    if let Some((_, state, event)) =
        words.into_iter().find(|(pattern, _, _)| (turns || *pattern != "up|higher") && cursor.eat(pattern))
    {
        return Some(if turns { event } else { state });
    }
    if cursor.eat("bullish") {
        return Some(if turns { Said::TurnsBullish } else { Said::Bullish });
    }
    if cursor.eat("bearish") {
        return Some(if turns { Said::TurnsBearish } else { Said::Bearish });
    }
    if cursor.eat("green") {
        return Some(if turns { Said::TurnsBullish } else { Said::Green });
    }
    if cursor.eat("red") {
        return Some(if turns { Said::TurnsBearish } else { Said::Red });
    }
    None
}
