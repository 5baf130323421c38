//! What opens and closes positions and whose words follow: sides, mirrors, exits, demands, denials.

use super::cursor::Cursor;
use super::pieces::Item;
use super::scene::Side;
use super::token::Token;
/// `long only`, `no shorts`, `both directions`.
pub(crate) fn sides(cursor: &mut Cursor<'_>) -> Option<Item> {
    const LONG: [&str; 4] = [
        "only the? long|buy side",
        "only go|take|trade? long|longs|buys",
        "long|longs|buys side? only",
        "no|never|without|dont take|go|trade|any|do|use? shorts|shorting|short|selling trades|side|entries?",
    ];
    const SHORT: [&str; 4] = [
        "only the? short|sell side",
        "only go|take|trade? short|shorts",
        "short|shorts side? only",
        "no|never|without|dont take|go|trade|any|do|use? longs|long|buys|buying trades|side|entries?",
    ];
    let mut probe = *cursor;
    probe.eat("and|but|also|with");
    let begin = probe;
    for (side, patterns) in [(Side::Long, LONG), (Side::Short, SHORT)] {
        for pattern in patterns {
            probe = begin;
            // "longs only when …" and "no shorts on Fridays" say something else.
            if probe.eat(pattern)
                && (probe.is_pause()
                    || probe.peek().is_some_and(|token| {
                        (token.is_mark('+') || token.is_mark('/') || token.is_mark('&')) && !token.glued
                    })
                    || probe.sees("and|please|,|for|now|(|strategy|system|but|exit|stop|with|no|target"))
                && !more(&probe)
            {
                *cursor = probe;
                return Some(Item::OnlySide(side));
            }
        }
    }
    probe = *cursor;
    let _ = probe.eat("trade|trades|take|go|allow|in|trading");
    if probe.eat("stop and|& reverse|reverses|reversing") && probe.is_pause()
        || probe.eat("always in the? market?") && probe.is_pause() && !leaves_otherwise(probe.tokens)
        || probe.eat("either direction|way|side") && probe.is_pause() && !behind_a_level(probe)
        || probe.eat("both directions|sides|ways|direction|long") && {
            let _ = probe.eat("and|& short|shorts");
            true
        }
        || { probe }.eat("long|longs short|shorts") && ends_behind(probe, 2) && probe.eat("long|longs short|shorts")
        || probe.eat("long|longs and|&|n|+|or|/ short|shorts")
            && !probe.sees("above|below|over|under|only|the|opposite|:")
    {
        let _ = probe.eat("and|& short");
        let _ = probe.eat("trades|both|sides");
        *cursor = probe;
        return Some(Item::BothSides);
    }
    None
}

/// `above the 200-day either way`: whichever of the rules holds.
fn behind_a_level(cursor: Cursor<'_>) -> bool {
    let start = super::said_plainly::clause_start(cursor.tokens, cursor.at);
    (start..cursor.at).any(|place| Cursor::new(cursor.tokens, place).sees("above|below|over|under|provided|only"))
}

/// True where a text speaks of exits: what has a stop is not always in the market.
fn leaves_otherwise(tokens: &[Token]) -> bool {
    (0..tokens.len()).any(|at| {
        let cursor = Cursor::new(tokens, at);
        cursor.sees("stop|stops|sl|target|targets|tp|trail|trailing|exit|exits|flat|flatten|cover|out")
    })
}

/// True where a rule follows: "longs only when …" is no "long only".
pub(crate) fn more(cursor: &Cursor<'_>) -> bool {
    cursor.sees("when|if|above|below|on|in|after|while|over|under|once|between|during|as")
}

/// `vice versa`, `opposite for shorts`, `short the opposite`, `mirror it for shorts`.
/// True where a pause stands behind so many tokens.
fn ends_behind(mut cursor: Cursor<'_>, tokens: usize) -> bool {
    cursor.at += tokens;
    cursor.is_pause()
}

pub(crate) fn mirror(cursor: &mut Cursor<'_>) -> Option<Item> {
    let mut probe = *cursor;
    let _ = probe.eat("and|also|then|,|exit|exits|exiting");
    let exits = cursor.sees("exit|exits") || cursor.sees("and exit") || after_exit(*cursor);
    let _ = probe.eat("do|does|the|also|just|same|use|take|with|on|at|it|is");
    let _ = probe.eat("the|but|exact|everything|same|thing|idea");
    if exits && let Some(channel) = opposite_channel(cursor) {
        return Some(channel);
    }
    // "short the hammer's opposite" names a candle.
    let owned = cursor.at.checked_sub(1).and_then(|before| cursor.tokens.get(before));
    let owned = owned.and_then(|token| token.typed.as_deref().or(token.word())).is_some_and(|word| {
        ["hammers", "stars", "engulfings", "candles", "bars", "patterns"].contains(&word.replace('\'', "").as_str())
    });
    if owned && probe.sees("opposite|inverse|reverse|mirror") {
        return None;
    }
    if probe.sees("other way") && after_verb(*cursor) || cursor.sees("sell on|at|when|if|once the? opposite|reverse") {
        return None;
    }
    let mut short = None;
    if probe.eat("short|shorts|sell|shorting") {
        short = Some(Side::Short);
    } else if probe.eat("long|longs|buy") {
        short = Some(Side::Long);
    }
    let _ = probe.eat("short|side|are|is|:|on|for|when|if|rules|with|entries|entry|do|trades|at");
    let _ = probe.eat("the|are|is|an|with|if|do|just|on|exact");
    let _ = probe.eat("the|exact|are|is|just");
    let found = probe.eat("vice versa")
        || probe.eat("other way around|round?")
        || probe.eat("opposite|inverse|reverse|reversed|mirror|mirrored|flipped|inverted image?")
            && {
                probe.eat("rules|conditions|condition|signal|signals|cross|crossover|setup|of|side|happens|thing|is|for|way|on|to|it|everything");
                true
            };
    if !found {
        return None;
    }
    let _ = probe.eat("true|is|that|on|it|rules|conditions|of|all|everything|this|signal|the|to|happens");
    let _ = probe.eat("true|that|the|on|long|all|shorts?");
    if probe.eat("for|on|to|when? go|the|take|all? short|shorts|shorting|sells|sell") {
        short = Some(Side::Short);
    } else if probe.eat("for|on|to|when? go|the|take|all? long|longs|buys|buy|buying") {
        short = Some(Side::Long);
    }
    let _ = probe.eat("side|trades|entries|positions|entry|sides|as");
    probe.eat("well");
    let word = |words: &[&str]| {
        cursor
            .tokens
            .get(cursor.at..probe.at)
            .is_some_and(|read| read.iter().any(|token| token.word().is_some_and(|word| words.contains(&word))))
    };
    if !word(&[
        "vice", "opposite", "inverse", "mirror", "mirrored", "flipped", "inverted", "around", "reverse", "reversed",
        "other",
    ]) {
        return None;
    }
    if word(&["reverse"])
        && short.is_none()
        && !word(&["vice"])
        && !(cursor.sees("reverse for") || cursor.sees("reverse on the? short|shorts"))
    {
        return None;
    }
    // "the opposite side of the bar" is a place.
    if word(&["opposite", "other"]) && probe.sees("of the|that|it|its|nr|range|bar|candle") && !exits {
        return None;
    }
    // "exit on the opposite side of the range": more is said than the signal.
    if exits && !probe.is_pause_or_joint() && !probe.sees("signal|cross|crossover|entry|setup|happens|)") {
        return None;
    }
    *cursor = probe;
    if exits {
        return Some(Item::ExitOpposite);
    }
    // "short the opposite: RSI above 70": the colon says what it is.
    let said = short.is_some() && cursor.eat(":");
    Some(if said { Item::Entry(short) } else { Item::Mirror(short) })
}

/// True behind the words of an exit: "get out" before "on the opposite cross".
fn after_exit(cursor: Cursor<'_>) -> bool {
    let before = cursor.tokens.get(..cursor.at).unwrap_or_default();
    let words = before.iter().rev().map(|token| token.word().unwrap_or_default());
    let mut led = words.skip_while(|word| {
        matches!(*word, "on" | "the" | "a" | "an" | "at" | "with" | "by" | "trade" | "position" | "it" | "when" | "all")
            || matches!(*word, "cross" | "crossover" | "signal" | "crosses" | "back" | "goes" | "things" | "turns")
    });
    led.next().is_some_and(|word| {
        matches!(word, "exit" | "exits" | "exiting" | "out" | "close" | "leave" | "cover" | "flatten" | "bail")
    })
}

/// "when they cross the other way" says when, not what; "on the cross the other way" says what.
fn after_verb(cursor: Cursor<'_>) -> bool {
    let before = cursor.tokens.get(..cursor.at).unwrap_or_default();
    let mut words = before.iter().rev().map(|token| token.word().unwrap_or_default()).skip_while(|word| *word == "the");
    let verb = words.next().is_some_and(|word| {
        matches!(word, "cross" | "crosses" | "crossed" | "go" | "goes" | "turn" | "turns" | "flip" | "flips")
    });
    verb && words.next() != Some("the")
}

/// `exit on the opposite 10-bar channel`: a long under its low, a short over its high.
fn opposite_channel(cursor: &mut Cursor<'_>) -> Option<Item> {
    let mut probe = *cursor;
    let _ = probe.eat("and|also|then");
    let _ = probe.eat("exit|exits|exiting") && probe.eat("on|at|with|by");
    let _ = probe.eat("a|the|an");
    if !probe.eat("opposite") {
        return None;
    }
    let named = probe.eat("donchian|dc");
    let _ = probe.eat("side|end|channel of?") && probe.eat("the|a");
    let named = probe.eat("donchian|dc channel?") || named;
    let bars = super::cursor::whole(probe.number()?)?;
    probe.eat("bar|bars|day|days|period|candle|candles");
    let channel = probe.eat("donchian|dc channel?") || probe.eat("channel|extreme|low|high|break|breakout");
    if !(named || channel) || !probe.is_pause_or_joint() {
        return None;
    }
    probe.eat("breakout|break");
    *cursor = probe;
    Some(Item::ExitAt(format!("close < lowest(low, {bars})[1]"), format!("close > highest(high, {bars})[1]")))
}

/// What opens and closes positions.
pub(crate) fn marker(cursor: &mut Cursor<'_>) -> Option<Item> {
    let mut probe = *cursor;
    probe.eat("also|then|and|only|but");
    let begin = probe;
    if let Some(item) = exit_marker(&mut probe) {
        *cursor = probe;
        return Some(item);
    }
    probe = begin;
    const LONG: [&str; 7] = [
        "for buys",
        "cover|covers and|& go|goes? long|buy",
        "go|goes|going|get|gets|enter|enters|open|take|takes|initiate|establish|be|im|getting a|an|in|into? long|longs position|trade|trades|entry?",
        "go|get|enter long",
        "buy signal|signals|setup|setups|trigger|triggers|rule|rules|condition|conditions",
        "buy|buys|buying to? open?",
        "for|on|my|the? long|longs side|entry|entries|trades|setup|signal|signals|trade|positions?",
    ];
    // "sell and short" is a reversal: the entry closes what is held.
    const SHORT: [&str; 7] = [
        "for sells",
        "sell|sells|selling and|& go|goes? short|shorting",
        "go|goes|going|get|gets|enter|enters|open|take|takes|initiate|establish|sell|be|getting a|an|in|into|to? short|shorts position|trade|trades|entry?",
        "go|get|enter|sell|selling short",
        "short|shorting sell|selling|side|entry|entries|trades|setup|signal|signals|it?",
        "for|on|my|the? shorts|short side|entry|entries|trades|positions|signal|signals?",
        "shorts",
    ];
    // A copy each time: what does not fit moves nothing.
    let mut fits = |patterns: &[&'static str]| {
        probe = begin;
        patterns.iter().any(|pattern| probe.eat(pattern))
    };
    // "at the open long above vwap": a time, no verb.
    let time =
        cursor.sees("open") && cursor.at.checked_sub(1).is_some_and(|at| Cursor::new(cursor.tokens, at).sees("the"));
    if time {
        return None;
    }
    if let Some((side, behind)) = letter(begin).or_else(|| held(begin)) {
        *cursor = behind;
        return Some(Item::Entry(Some(side)));
    }
    let item = if fits(&LONG) {
        Item::Entry(Some(Side::Long))
    } else if fits(&SHORT) {
        Item::Entry(Some(Side::Short))
    } else if fits(&["sell|selling|sells"]) {
        Item::Sell
    } else if !cursor.sees("get") && fits(&["enter|enters|entry|entries|trigger|entering in?"]) {
        probe.eat("rules|rule|conditions|condition|signal|signals|trades|trade|a|position");
        probe.eat("trade|position");
        Item::Entry(None)
    } else {
        return rule_marker(cursor);
    };
    // "long term", "as long as" name no side.
    let before = cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at)).and_then(Token::word);
    let as_long = before == Some("as") && probe.sees("as");
    if matches!(item, Item::Entry(Some(_))) && (probe.sees("term") || as_long) {
        return None;
    }
    let _ = probe.eat(":");
    *cursor = probe;
    Some(item)
}

/// `hold long`, `stay short`: the side, where nothing follows.
fn held(begin: Cursor<'_>) -> Option<(Side, Cursor<'_>)> {
    let mut probe = begin;
    if !probe.eat("hold|stay") {
        return None;
    }
    let side = if probe.eat("long") { Side::Long } else { probe.eat("short").then_some(Side::Short)? };
    probe.is_pause().then_some((side, probe))
}

/// `L when …; S when …`: a side by its letter at the beginning of a clause.
fn letter(begin: Cursor<'_>) -> Option<(Side, Cursor<'_>)> {
    let before = begin.at.checked_sub(1).and_then(|at| begin.tokens.get(at));
    let opens = before.is_none_or(|before| [',', '.', ';', ':', '\n'].iter().any(|mark| before.is_mark(*mark)));
    let mut probe = begin;
    let side = if probe.eat("l") { Side::Long } else { probe.eat("s").then_some(Side::Short)? };
    if !opens || !probe.sees("when|if|whenever|once") && !probe.eat(":") {
        return None;
    }
    Some((side, probe))
}

pub(crate) fn exit_marker(cursor: &mut Cursor<'_>) -> Option<Item> {
    let mut named = *cursor;
    let lead = named.eat("change|replace|set|make|new") | named.eat("the|my|a") | named.eat("new");
    if lead && named.sees("long|longs|short|shorts exit|exits") {
        let side = if named.eat("long|longs") { Side::Long } else { Side::Short };
        named.at += usize::from(side == Side::Short) + 1;
        named.eat("rule|rules|condition|signal");
        named.eat("to|is|should|be|:|when|if");
        *cursor = named;
        return Some(Item::Exit(Some(side)));
    }
    let mut probe = *cursor;
    if probe.eat("buy|buying to? cover") || probe.eat("cover|covers|covering shorts|short|the|my|it|position?") {
        *cursor = probe;
        return Some(Item::Exit(Some(Side::Short)));
    }
    if probe.eat("longs|long|buys are|get exit|exited|out|closed|flattened when|if|:?") {
        *cursor = probe;
        return Some(Item::Exit(Some(Side::Long)));
    }
    if probe.eat("shorts|short are|get exit|exited|out|closed|covered|flattened when|if|:?") {
        *cursor = probe;
        return Some(Item::Exit(Some(Side::Short)));
    }
    if probe.eat("longs|long|buys exit|exits|out|close|closed|are? when|if|:|rule|out?")
        && cursor.sees("longs|long out|exit|exits|close|closed|are")
    {
        *cursor = probe;
        return Some(Item::Exit(Some(Side::Long)));
    }
    probe = *cursor;
    if probe.eat("shorts|short exit|exits|out|cover|close|closed|are? when|if|:|rule|out?")
        && cursor.sees("shorts|short out|exit|exits|cover|close|closed|are")
    {
        *cursor = probe;
        return Some(Item::Exit(Some(Side::Short)));
    }
    probe = *cursor;
    if probe.eat("sell|selling the|my|to long|longs|position|positions|shares|stock|close|it|everything|exit") {
        *cursor = probe;
        return Some(Item::Exit(Some(Side::Long)));
    }
    probe = *cursor;
    let verb = !probe.sees("leave at|there")
        && !probe.sees("leave it|them|that at|there|as")
        && probe.eat("exit|exits|exiting|leave")
        || probe.eat("go|goes|move|moves|sit|sits|stay|stays|switch|switches|be back? to|in|into cash")
        || probe.eat("go|goes|going flat|cash")
        || probe.sees("in cash when|whenever|if|while|once") && probe.eat("in cash")
        || probe.eat("get|gets|getting|bail|im|be out")
        || !after_entry(*cursor) && probe.eat("close|closes|flatten|liquidate|dump") && closes(&probe)
        || labels_exit(*cursor) && probe.eat("out")
        || flat_behind(*cursor) && probe.eat("flat")
        || probe.eat("out")
            && (probe.sees("when|if|on|once|whenever")
                || probe.sees("of the|my|all? longs|long|shorts|short|it|position|trade"))
        || probe.eat("take profit|profits") && probe.sees("when|if|once|as")
        || probe.eat(
            "hold|holding|keep|stay it|them|on|the|in|long|short|longs|shorts? position|trade? until|till|til|unless",
        );
    if !verb {
        return None;
    }
    let _ = probe.eat(
        "out|it|all|any|the|my|rules|rule|signal|conditions|condition|everything|early|immediately|for|trade|position",
    );
    let _ = probe.eat("of|out|open|the|my|all|rules");
    let side = if probe.eat("longs|long") {
        Some(Side::Long)
    } else if probe.eat("shorts|short") {
        Some(Side::Short)
    } else {
        None
    };
    let _ = probe.eat("trade|trades|position|positions|side|it|everything|longs|early");
    probe.eat(":");
    *cursor = probe;
    Some(Item::Exit(side))
}

/// `Out: …` at the head of a clause.
fn labels_exit(cursor: Cursor<'_>) -> bool {
    let before = cursor.at.checked_sub(1).map(|before| Cursor::new(cursor.tokens, before));
    cursor.sees("out :") && before.is_none_or(|before| before.is_pause())
}

/// `turns down -> flat`: what a rule leads to.
fn flat_behind(cursor: Cursor<'_>) -> bool {
    let led = cursor.at.checked_sub(1).and_then(|before| cursor.tokens.get(before));
    let led = led.is_some_and(|before| before.is_mark('>') || before.is_mark('='));
    led && cursor.sees("flat") && Cursor::new(cursor.tokens, cursor.at + 1).is_pause()
}

/// `buy at the close if …`: no verb.
fn after_entry(cursor: Cursor<'_>) -> bool {
    let before = |back: usize| cursor.at.checked_sub(back).map(|at| Cursor::new(cursor.tokens, at));
    let at = if before(1).is_some_and(|word| word.sees("the")) { 2 } else { 1 };
    let entry = |back| before(back).is_some_and(|word| word.sees("buy|buying|long|short|enter"));
    before(at).is_some_and(|word| word.sees("at|on")) && (at + 1..at + 4).any(entry)
}

/// "close" as a verb: the trade, the position, or nothing before a condition.
pub(crate) fn closes(cursor: &Cursor<'_>) -> bool {
    cursor.is_end()
        || cursor.sees(",|.|\n|;")
        || cursor.sees("the|my|all|any|out|it|everything|longs|shorts|position|positions|trade|trades|when|if|once|long|short|as|half")
            && !cursor.sees("the day|session|bar|candle|high|low")
}

/// `only when`, `filter:`, `unless`, `don't trade when`.
pub(crate) fn rule_marker(cursor: &mut Cursor<'_>) -> Option<Item> {
    let mut probe = *cursor;
    if probe.eat("unless|except") || probe.eat("but|and|only? not if|when|while") {
        let _ = probe.eat("when|if|while|the");
        *cursor = probe;
        return Some(Item::Unless(None));
    }
    let start = probe;
    if probe.eat("dont|never|no|avoid|skip|avoiding|not|without|ignore|exclude") || probe.eat("do not") {
        for _ in 0..5 {
            if !probe.eat("the|this|signal|trade|trades|trading|enter|entry|entries|take|any|new|a|buy|go|long|longs|short|shorts|positions|entering|taking|signals|setups|it|buying") {
                break;
            }
        }
        if probe.eat("when|if|while|unless|whenever|until") {
            let until =
                probe.tokens.get(probe.at - 1).is_some_and(|token| matches!(token.word(), Some("unless" | "until")));
            let read = probe.tokens.get(start.at..probe.at).unwrap_or_default();
            let names =
                |words: &[&str]| read.iter().any(|token| token.word().is_some_and(|word| words.contains(&word)));
            let side = match (names(&["long", "longs", "buy", "buying"]), names(&["short", "shorts"])) {
                (true, false) => Some(Side::Long),
                (false, true) => Some(Side::Short),
                _ => None,
            };
            if until && side.is_some() {
                // "no shorts unless below the 200 EMA" says nothing of the longs.
                return None;
            }
            *cursor = probe;
            return Some(if until { Item::Only } else { Item::Unless(side) });
        }
        return None;
    }
    let mut sided = probe;
    if sided.eat("only") {
        let _ = sided.eat("go|take|trade|enter|be|get");
        let side = if sided.eat("long|longs|buy") {
            Some(Side::Long)
        } else if sided.eat("short|shorts|sell") {
            Some(Side::Short)
        } else {
            None
        };
        if side.is_some() && sided.sees("above|below|over|under") {
            *cursor = sided;
            return Some(Item::Entry(side));
        }
    }
    demanded(cursor, probe).then_some(Item::Only)
}

/// `only when`, `filter:`, `as long as`: what follows is demanded.
fn demanded<'t>(cursor: &mut Cursor<'t>, mut probe: Cursor<'t>) -> bool {
    if probe.eat("only|filter|filters|require|requires|provided|confirm|confirmation|must|need|needs|condition|additionally|as|so|trend|assuming|given|where|confirmed") {
        for _ in 0..5 {
            let as_long = probe.at.checked_sub(1).and_then(|at| probe.tokens.get(at)).is_some_and(|token| {
                matches!(token.word(), Some("as" | "so"))
            });
            if as_long && probe.eat("long") {
                continue;
            }
            if !probe.eat("filter|filters|trade|trades|trading|take|enter|if|when|while|that|:|with|by|also|be|is|still|only|the|entries|signals|setups|in|rule|to|for|as|condition|there|must|on|it|of|and|a|an|add|direction") {
                break;
            }
        }
        let read = cursor.tokens.get(cursor.at..probe.at).unwrap_or_default();
        if cursor.sees("trend") && !read.iter().any(|token| matches!(token.word(), Some("filter" | "filters"))) {
            return false;
        }
        if cursor.sees("as long as") || !cursor.sees("as|so|need|needs|must|condition|trend|given|where") || probe.tokens.get(cursor.at..probe.at).is_some_and(|read| read.iter().any(|token| matches!(token.word(), Some("when" | "if" | "filter" | "filters" | "only" | "that")))) {
            *cursor = probe;
            return true;
        }
    }
    false
}
