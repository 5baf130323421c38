//! Wordings of chats about exits and limits, put into those the grammar reads: "once I'm 20 in profit", "move it to break-even",
//! "exit: 2R or a close under …", "once per day only", "stop 2% for longs, 1.5% for shorts".

use super::change_phrases::{
    Part::{Kept, Mark, Said},
    put_words,
};
use super::cursor::Cursor;
use super::rephrased::replace;
use super::said_plainly::{is_number, opens};
use super::scene::Scene;
use super::token::{Kind, Token};

/// What distances are measured in.
const UNITS: &str = "points|point|pts|pt|ticks|tick|pips|pip|dollars|bucks|%|percent|atr|atrs|r";

/// Puts what stands at `at` into words that the grammar reads.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>, change: bool) {
    for rule in
        [in_profit, stop_to_entry, first_exit, band_kinds, up_through, cross_taken, cross_alone, of_closes, years_seen]
    {
        rule(tokens, at);
    }
    if change {
        wider(tokens, at);
    }
    once_a_day(tokens, at, scene);
    per_side(tokens, at);
}

/// `once I'm 20 in profit`, `as soon as profit reaches 30 pips`: once up so many.
fn in_profit(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let leaves = at > 0 && Cursor::new(tokens, at - 1).sees("exit|exits|out|close|sell|cover|flatten|stop|quit|done");
    if leaves || !(cursor.eat("once|when|after|if") || cursor.eat("as soon as")) {
        return;
    }
    let reached = cursor.eat("the|my|our? profit|profits|gain reaches|reach|hits|hit|is|gets|touches to?");
    if !reached {
        let _ = cursor.eat("the|my? trade|position") || cursor.eat("i|we|you|it|im|its|price");
        cursor.eat("is|am|are|gets|get|goes");
    }
    let told = cursor.eat("in profit|green by|of at? least?");
    cursor.eat("+");
    let number = cursor.at;
    if !is_number(tokens, number) {
        return;
    }
    cursor.at += 1;
    let unit = cursor.at;
    let measured = cursor.eat(UNITS);
    if !(told
        || cursor.eat("in profit")
        || cursor.eat("in the|my|our money|green|favor|favour|profit")
        || reached && measured)
    {
        return;
    }
    let end = cursor.at;
    let words = [Said("once"), Said("up"), Kept(number), Kept(unit)];
    put_words(tokens, at, end, words.get(..3 + usize::from(measured)).unwrap_or_default());
}

/// `move it to break-even`: the stop.
fn stop_to_entry(tokens: &mut Vec<Token>, at: usize) {
    const MOVES: &str = "move|bring|put|slide|take";
    let denied = at > 0 && Cursor::new(tokens, at - 1).sees("dont|not|never|no|without");
    let mut cursor = Cursor::new(tokens, at);
    if !denied && cursor.eat(MOVES) && (cursor.sees("it to breakeven|be|entry|cost") || cursor.sees("it to break even"))
    {
        replace(tokens, at + 1, at + 2, &["the", "stop"]);
    }
}

/// `stop 5 points wider`, `add 5 points to the stop`, `5 more points on the stop`, `stop twice as wide`: by how much.
fn wider(tokens: &mut Vec<Token>, at: usize) {
    const FARTHER: &str = "wider|further|farther|bigger|larger|higher|more|looser";
    const NEARER: &str = "tighter|closer|nearer|smaller|lower|less|narrower";
    let measured = |cursor: &mut Cursor<'_>| {
        let number = cursor.at;
        cursor.number()?;
        let more = cursor.eat("more");
        let unit = cursor.at;
        let unit = cursor.eat(UNITS).then_some(unit);
        Some((number, more, unit))
    };
    if !opens(tokens, at) {
        return;
    }
    let mut cursor = Cursor::new(tokens, at);
    let verb = cursor.eat("make|move|put|set");
    cursor.eat("the|my");
    let named = kind(&mut cursor);
    let (name, number, unit, grows) = if let Some(name) = named {
        cursor.eat("should|to be");
        cursor.eat("is|be");
        let twice = cursor.eat("twice|double as wide|far|big|large");
        if twice || cursor.eat("half as wide|far|big|large") {
            let end = cursor.at;
            if cursor.is_pause_or_joint() {
                replace(tokens, at, end, &[if twice { "double" } else { "halve" }, "the", name]);
            }
            return;
        }
        let Some((number, false, unit)) = measured(&mut cursor) else { return };
        let grows = cursor.eat(FARTHER);
        if !grows && !cursor.eat(NEARER) {
            return;
        }
        cursor.eat("away|out|in");
        (name, number, unit, grows)
    } else if !verb && (cursor.eat("add") || cursor.eat("take|shave|cut|knock")) {
        let grows = Cursor::new(tokens, at).sees("add");
        let Some((number, _, unit)) = measured(&mut cursor) else { return };
        if !(if grows { cursor.eat("to") } else { cursor.eat("off|from of?") }) {
            return;
        }
        cursor.eat("the|my");
        let Some(name) = kind(&mut cursor) else { return };
        (name, number, unit, grows)
    } else {
        let Some((number, true, unit)) = measured(&mut cursor) else { return };
        if !cursor.eat("on|for|to the|my?") {
            return;
        }
        let Some(name) = kind(&mut cursor) else { return };
        (name, number, unit, true)
    };
    if !cursor.is_pause_or_joint() {
        return;
    }
    let end = cursor.at;
    let mut words =
        vec![Said(if grows { "widen" } else { "tighten" }), Said("the"), Said(name), Said("by"), Kept(number)];
    words.extend(unit.map(Kept));
    put_words(tokens, at, end, &words);
}

/// `exit: 2R or a close under the 50 EMA`: a target, and an exit of its own.
fn first_exit(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !opens(tokens, at) || !cursor.eat("exit|exits|out :|at|on|with?") {
        return;
    }
    let number = cursor.at;
    if !is_number(tokens, number) {
        return;
    }
    cursor.at += 1;
    if !cursor.eat("r or|,") || Cursor::new(tokens, cursor.at).sees("#") || cursor.sees("target|stop|flat|trail|exit") {
        return;
    }
    let led = cursor.sees("when|if|on|at|after|once");
    let joint = cursor.at - 1;
    let words = [Mark(','), Said("exit"), Said("on")];
    put_words(tokens, joint, joint + 1, words.get(..3 - usize::from(led)).unwrap_or_default());
    replace(tokens, at, number, &["target"]);
}

/// `Keltner channel (20 ema, 1.5 ATR)`: its two numbers.
fn band_kinds(tokens: &mut Vec<Token>, at: usize) {
    let named = (at.saturating_sub(3)..at).any(|place| Cursor::new(tokens, place).sees("keltner|keltners|kc"));
    let mut cursor = Cursor::new(tokens, at);
    if !named || !cursor.eat("(") || !is_number(tokens, cursor.at) {
        return;
    }
    let first = cursor.at;
    cursor.at += 1;
    let kind = cursor.eat("period|bar|day? ema|ma");
    let kinds = cursor.at - first - 1;
    cursor.eat(",|/");
    let second = cursor.at;
    if !is_number(tokens, second) {
        return;
    }
    cursor.at += 1;
    let unit = cursor.eat("x? atr|atrs");
    if (kind || unit) && cursor.sees(")") {
        tokens.drain(second + 1..cursor.at);
        tokens.drain(first + 1..first + 1 + kinds);
    }
}

/// `crosses up thru 20`: above it.
fn up_through(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("crosses|cross|crossing|crossed back?") {
        return;
    }
    let from = cursor.at;
    let up = cursor.sees("up");
    if cursor.eat("up|down through|thru|past") {
        let end = cursor.at;
        replace(tokens, from, end, &[if up { "above" } else { "below" }]);
    }
}

/// `take the 9/20 ema cross`: the cross.
fn cross_taken(tokens: &mut Vec<Token>, at: usize) {
    if opens(tokens, at)
        && Cursor::new(tokens, at).sees("take|play|run the? # / # ema|sma|ma|hma cross|crossover|crosses|x")
    {
        tokens.remove(at);
    }
}

/// `short on the cross under`, `sell short cross under`: what crossed before crosses so.
fn cross_alone(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let led = at > 0 && Cursor::new(tokens, at - 1).sees("on|short|long|buy|sell|shorts|longs|go|:|=|when|if");
    cursor.eat("a|the");
    if !led || !cursor.eat("cross") || !cursor.eat("under|down|below|over|up|above") {
        return;
    }
    let end = cursor.at;
    let way = tokens.get(end - 1).and_then(Token::word).unwrap_or_default().to_owned();
    // What crossed before must have been said.
    let before = (0..at).any(|place| Cursor::new(tokens, place).sees("cross|crosses|crossing|crossed|crossover"));
    if before && (cursor.is_pause_or_joint() || cursor.sees("with")) {
        replace(tokens, at, end, &["it", "crosses", &way]);
        if Cursor::new(tokens, at.saturating_sub(1)).sees("on") {
            replace(tokens, at - 1, at, &["when"]);
        }
    }
}

/// `the 20 day high of closes`: the highest close.
fn of_closes(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("the|its|a|new");
    let number = cursor.at;
    if !is_number(tokens, number) {
        return;
    }
    cursor.at += 1;
    cursor.eat("-");
    let unit = cursor.at;
    if !cursor.eat("day|days|bar|bars|week|weeks|hour|hours|candle|period") {
        return;
    }
    let high = cursor.sees("high|highs");
    if cursor.eat("high|highs|low|lows of|on the? closes|close|closing prices|price|basis?") {
        let end = cursor.at;
        let extreme = if high { "highest" } else { "lowest" };
        put_words(
            tokens,
            at,
            end,
            &[Said(extreme), Said("close"), Said("of"), Said("the"), Said("last"), Kept(number), Kept(unit)],
        );
    }
}

/// `just want to see 2012-2022`: the window.
fn years_seen(tokens: &mut Vec<Token>, at: usize) {
    let year = |at: usize| {
        tokens.get(at).is_some_and(
            |token| matches!(token.kind, Kind::Number(year) if year >= 1_980.into() && year < 2_100.into()),
        )
    };
    if Cursor::new(tokens, at).sees("see|show")
        && year(at + 1)
        && Cursor::new(tokens, at + 2).sees("-|to|through|thru|until")
        && year(at + 3)
    {
        replace(tokens, at, at + 1, &["test"]);
    }
}

/// `once per day only`, `first signal of the day only`: one trade a day.
fn once_a_day(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) {
    if !opens(tokens, at) {
        return;
    }
    let mut cursor = Cursor::new(tokens, at);
    let led = cursor.eat("only|just");
    let once = cursor.eat("once a|per|each|every day");
    let first = !once && cursor.eat("the? first signal|cross|setup|trade|entry|one of the|each|a day");
    let judged =
        first && !tokens.get(at..cursor.at).unwrap_or_default().iter().any(|token| token.word() == Some("trade"));
    let only = cursor.eat("only");
    if !(once || first && (led || only)) || !cursor.is_pause_or_joint() {
        return;
    }
    let end = cursor.at;
    if judged {
        scene.assume("the first signal of the day only is read as one trade a day");
    }
    replace(tokens, at, end, &["one", "trade", "a", "day"]);
}

/// What is said of each side: the tokens of an amount and of the side it is for.
struct Sided {
    amount: std::ops::Range<usize>,
    /// Without one it is in the unit of the other.
    unit: Option<usize>,
    side: &'static str,
}

/// `stop 2% for longs 1.5% for shorts`, `stops 1.5 ATR long, 2 ATR short`, `4% stop on longs, 3% on shorts`, `stop loss 30 points
/// (20 for shorts)`: one setting for each side.
fn per_side(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let head = kind(&mut cursor);
    if head.is_some() {
        cursor.eat("is|are|of|at|:|=");
    }
    let mut first = match amount(&mut cursor, tokens) {
        Some(first) if first.unit.is_some() || head.is_some() => first,
        _ => return,
    };
    let Some(kind) = head.or_else(|| kind(&mut cursor)) else { return };
    let bracket = cursor.sees("( #");
    if let Some(side) = side(&mut cursor) {
        first.side = side;
    } else if !bracket {
        return;
    }
    let _ = cursor.eat(",|/|&|;|(") || cursor.eat("and|but|vs");
    cursor.eat("and|a|with");
    let Some(mut second) = amount(&mut cursor, tokens) else { return };
    let again = self::kind(&mut cursor);
    let Some(other) = side(&mut cursor).filter(|_| again.is_none_or(|again| again == kind)) else { return };
    second.side = other;
    if bracket {
        first.side = if other == "longs" { "shorts" } else { "longs" };
        if !cursor.eat(")") {
            return;
        }
    }
    let closed = cursor.is_pause_or_joint() || cursor.sees(")|target|tp|stop|sl|#");
    if first.side == second.side || !closed {
        return;
    }
    second.unit = second.unit.or(first.unit);
    let end = cursor.at;
    let mut words = Vec::new();
    for (place, one) in [first, second].into_iter().enumerate() {
        if place > 0 {
            words.push(Mark(','));
        }
        words.push(Said(kind));
        words.extend(one.amount.clone().map(Kept));
        if let Some(unit) = one.unit.filter(|unit| !one.amount.contains(unit)) {
            words.push(Kept(unit));
        }
        words.extend([Said("for"), Said(one.side)]);
    }
    put_words(tokens, at, end, &words);
}

fn kind(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    if cursor.eat("stop loss") || cursor.eat("stop|stops|sl|stoploss") {
        return Some("stop");
    }
    (cursor.eat("profit target|targets") || cursor.eat("take profit|profits") || cursor.eat("target|targets|tp"))
        .then_some("target")
}

fn amount(cursor: &mut Cursor<'_>, tokens: &[Token]) -> Option<Sided> {
    let from = cursor.at;
    cursor.eat("$");
    if !tokens.get(cursor.at).is_some_and(|token| matches!(token.kind, Kind::Number(_))) {
        return None;
    }
    cursor.at += 1;
    cursor.eat("x");
    let unit = cursor.at;
    let unit = cursor.eat(UNITS).then_some(unit);
    if unit.is_some() {
        cursor.eat("( # )");
    }
    Some(Sided { amount: from..cursor.at, unit, side: "" })
}

fn side(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    let mut probe = *cursor;
    probe.eat("for|on|of");
    probe.eat("the|my");
    let side = if probe.eat("long|longs|buys") {
        "longs"
    } else if probe.eat("short|shorts|sells") {
        "shorts"
    } else {
        return None;
    };
    probe.eat("side|trades|entries|positions|ones");
    // "20 point stop, short when …" begins a rule.
    if probe.sees("when|if|on|at|once|whenever|as") {
        return None;
    }
    *cursor = probe;
    Some(side)
}
