//! The last look at an answer: a word of the text that stands neither in the plan, nor in an assumption, nor among what
//! is handed back, stands in the document or says nothing by itself; otherwise it is handed back too.

use super::cursor::Cursor;
use super::reading::Reading;
use super::removals::THINGS;
use super::symbols;
use super::token::{self, Kind, Token};
use ports::drafter::Draft;
use rust_decimal::Decimal;
use serde_json::Value as Json;
use std::collections::HashSet;

/// Words that say nothing without others: of grammar, of politeness, of opening and closing (their rule says which), of
/// kinds of strategies, and of what stays as it is.
const SAYS_NOTHING: &str = "\
a|an|the|this|that|these|those|it|its|i|me|my|we|you|they|them|he|u|n|w|our|your|there|here|where|which|what|who|\
and|or|but|with|then|so|as|of|on|in|at|to|for|from|by|into|per|than|if|when|whenever|while|once|after|before|upon|since|until|till|\
is|are|be|been|being|was|has|have|had|am|do|does|did|doing|can|could|would|should|shall|will|wanna|gonna|may|might|must|iff|wen|\
please|pls|plz|kindly|thanks|thank|thx|cheers|hi|hey|hello|sir|ok|okay|well|yes|good|new|now|again|also|too|just|\
actually|basically|simply|simple|obviously|really|maybe|like|lets|following|\
want|need|needs|require|requires|demand|prefer|rather|help|looking|idea|trying|try|test|testing|backtest|build|make|made|\
makes|give|gives|get|gets|getting|got|take|takes|taken|taking|run|runs|running|see|using|use|follow|let|goes|go|going|happens|\
open|opens|opening|enter|enters|entering|entry|entries|initiate|buy|buys|buying|purchase|long|longs|short|shorts|shorting|sell|\
sells|selling|exit|exits|exiting|close|closes|closed|closing|cover|covers|covering|dump|leave|leaves|flat|flatten|cash|out|hold|\
own|add|adds|adding|put|change|set|\
trade|trades|trading|trader|position|positions|contract|contracts|market|instrument|ticker|setup|setups|strategy|strategies|\
strat|system|systematic|algo|bot|rule|rules|style|type|thing|things|kind|sort|play|way|signal|signals|trigger|condition|\
conditions|filter|timeframe|frame|chart|charts|bar|bars|candle|candles|candlestick|minute|minutes|min|mins|hour|hours|hourly|daily|\
day|days|weekly|price|side|sides|moment|time|every|each|either|both|one|any|still|always|long-only|short-only|\
mean|reversion|momentum|trend|breakout|pullback|scalp|scalper|scalping|swing|follower|crossover|cross|crosses|\
provided|provide|only|same|whichever|instead|else|everything|rest|stays|stay|keep|keeps|keeping|alone|mark|data|anyway|idk|lol|haha|lmao|hmm|hm|mmm|nah|nope|yo|alright|mate|bro|dude|buddy|anymore|im|ive|\
ill|id|thats|theres|whats|heres|up|size|lengths|making|plus|i.e|ie|sig|stock|stocks|futures|x|m|h|r|off|broken|today|\
bought|sold|shorted|covered|happened|wouldve|youd|come|comes|earlier|done|about|years|yrs|cut|tighten|widen|fixed|fast|slow|waiting|wait|tho|though|already|soon|sorry|oops|meant|plenty|enough|switch|swap|replace|print|prints|form|forms|appear|appears|show|shows|occur|occurs|triggers|happen|altogether|completely|entirely";

/// What says nothing as a whole.
const NOTHING_SAID: [&str; 58] = [
    "london|asian|tokyo|european|york session|hours so|say|meaning|like",
    "from|behind|off the best price? reached?",
    "is|would|will it any? better|worse? if i|we",
    "does it get|do|work|look better with|if?",
    "make that|the #",
    "everything else|all else|rest is fine|ok|okay|good|unchanged|untouched",
    "where|and? ibs =|: ( close - low ) / ( high - low )",
    "where|and? ibs =|: ( c - l ) / ( h - l )",
    "while|when in a|the trade|position ignore new|further|other signals|entries",
    "stop|target|tp|sl loss? ? none|no",
    "good morning|afternoon|evening|day everyone|everybody|all|sir|madam|guys|folks|team|there?",
    "l|s :",
    "tp|sl none",
    "chop|choppy|lunch|dead hour|hours|time|zone|period",
    "stop|target|trail : none",
    "no matter what|when|how",
    "next open|bar|bars|candle|candles|session|day",
    "next days|bars|candles? open",
    "dont|only trade|enter|buy|short|long|take unless|if|when",
    "dont take|open|enter a|any? long|short|trade|longs|shorts|trades unless",
    "on the break|signal|entry|cross|breakout|trigger bar|candle",
    "short|long the opposite :",
    "at all",
    "( # )",
    "# )",
    "two|three|four|five|# conditions|rules|steps",
    "instead of any|all time|day|times",
    "instead|rather of|than a? fixed size|contract|contracts",
    "no pyramiding|adding|scaling in?",
    "no stop loss? on it|this|that",
    "no|without fixed|hard|profit? target|targets|tp|take profit|profits?",
    "no overlapping positions|trades",
    "no other stop|stops|target|targets|exit|exits|rules|filter|filters",
    "not just stop|target or target|stop",
    "nothing else",
    "nothing fancy",
    "max|maximum|only|just # position|positions open? at? a? time?",
    "if nothing else? has? hit|triggered|exited|fired|happened",
    "if neither the? stop nor the? target was|has|is? been? hit yet?",
    "that is? all|it",
    "thats all|it",
    "if? neither|nothing hits|hit",
    "if neither is|gets|was|of them|those? is? hit",
    "the stop distance",
    "to take anything|a trade",
    "whichever is? comes|hits|happens? first|sooner",
    "one at a time",
    "regardless",
    "otherwise no|skip|pass|nothing trade|it?",
    "start fresh next day",
    "no|oops|sorry wait ,? i? meant?",
    "no|actually i|we|no meant?",
    "how would|does|do it|this|that look|do|perform|work with|using?",
    "any more",
    "same stop|stops|target|targets|sl|tp|exit|exits and|&|/ stop|stops|target|targets|sl|tp|exit|exits",
    "only|just take the|these|those? breakouts|breaks|crosses|signals|trades|setups|entries when|if|while",
    "whichever|whatever side|one breaks|triggers|goes|comes first",
    "unless stopped",
];

/// Words for parts of a document that it has under other names.
const NAMES: [(&str, &str); 22] = [
    ("bollinger|bollingers|bb|bbs|band|bands", "bbands("),
    ("band|bands|channel|channels", "keltner("),
    ("channel|channels", "donchian("),
    ("stochastic|stochastics", "stoch("),
    ("moving|average|averages|ma|mas|emas|smas", "ma("),
    ("orb|first|range|b|breakout|opening", "opening_range("),
    ("stop|stops|sl|loss|risk|r", "stop_loss"),
    ("stop|trail|trailing", "trailing_stop"),
    ("target|targets|tp|profit|profits", "take_profit"),
    ("breakeven", "break_even"),
    ("commission|commissions", "commission"),
    ("points|pts|pt|point|pips|pip|handles", "points"),
    ("high|highs|up|broken", "high"),
    ("candle|green|red|bullish|bearish", "open"),
    ("et|est|edt|ny|eastern|york", "new_york"),
    ("ma|sma|simple|moving|average", "sma("),
    ("ema|atr", "keltner("),
    ("high|hi|highs", "low"),
    ("noon", "12:00"),
    ("ways|directions", "\"short\":"),
    ("hull", "hma("),
    ("half", "0.5"),
];

/// Hands back what nothing in the answer stands for.
/// `before` is the document that a change began with.
pub(crate) fn handed_back(mut draft: Draft, reading: &Reading<'_>, before: Option<&Json>) -> Draft {
    let text = reading.scene.text;
    let tokens = token::tokens(text);
    let covered = covered(&tokens, &draft);
    let shown = draft.document.to_string().to_lowercase();
    let gone = before.map(|before| gone(before, &draft.document));
    let mut at = 0;
    while at < tokens.len() {
        let to = (at..tokens.len()).find(|place| covered.get(*place) != Some(&false)).unwrap_or(tokens.len());
        if at < to {
            let left = Left { tokens: &tokens, reading, shown: &shown, gone: gone.as_deref() };
            if let Some((from, to)) = left.unsaid(at, to) {
                let (Some(first), Some(last)) = (tokens.get(from), to.checked_sub(1).and_then(|at| tokens.get(at)))
                else {
                    break;
                };
                let words = text.get(first.start..last.end).unwrap_or_default();
                draft.unhandled.push(words.split_whitespace().collect::<Vec<_>>().join(" "));
            }
        }
        at = to + 1;
    }
    draft
}

/// Which tokens stand in the plan, in an assumption or among what is handed back.
fn covered(tokens: &[Token], draft: &Draft) -> Vec<bool> {
    let mut covered = vec![false; tokens.len()];
    let quoted = draft.assumptions.iter().flat_map(|sentence| sentence.split('"').skip(1).step_by(2));
    let said = draft.plan.iter().map(|item| item.phrase.as_str());
    for phrase in said.chain(draft.unhandled.iter().map(String::as_str)).chain(quoted) {
        if cover(phrase, tokens, &mut covered) {
            continue;
        }
        for part in phrase.split(", ").flat_map(|part| part.split(" … ")) {
            cover(part, tokens, &mut covered);
        }
    }
    covered
}

/// Marks every place of a phrase; false where it is nowhere.
fn cover(phrase: &str, tokens: &[Token], covered: &mut [bool]) -> bool {
    let words = token::tokens(phrase);
    let Some(length) = Some(words.len()).filter(|length| *length > 0) else { return true };
    let mut found = false;
    for from in 0..(tokens.len() + 1).saturating_sub(length) {
        let here = tokens.get(from..from + length).unwrap_or_default();
        if here.iter().zip(&words).all(|(token, word)| token.kind == word.kind) {
            covered.get_mut(from..from + length).unwrap_or_default().fill(true);
            found = true;
        }
    }
    found
}

/// The parts of a document that are no longer in it, where they are not merely added to.
fn gone(before: &Json, after: &Json) -> String {
    let (mut left, mut gone) = (vec![(String::new(), before)], String::new());
    while let Some((pointer, value)) = left.pop() {
        if let Json::Object(map) = value {
            left.extend(map.iter().map(|(key, value)| (format!("{pointer}/{key}"), value)));
            continue;
        }
        let extended = after.pointer(&pointer).is_some_and(|now| match (value, now) {
            (Json::String(value), Json::String(now)) => now.starts_with(value.as_str()),
            (value, now) => value == now,
        });
        if !extended {
            let key = pointer.rsplit('/').next().unwrap_or_default();
            gone.push_str(&format!("\"{key}\":{value} ").to_lowercase());
        }
    }
    gone
}

/// Words that stand nowhere in an answer, beside the document.
struct Left<'r> {
    tokens: &'r [Token],
    reading: &'r Reading<'r>,
    shown: &'r str,
    /// Of a change: what it took out.
    gone: Option<&'r str>,
}

impl Left<'_> {
    /// The words among `from..to` that neither stand in the document nor say nothing.
    fn unsaid(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        let mut unsaid: Option<(usize, usize)> = None;
        // "instead of 2R": what follows is what was there before.
        let mut replaced = false;
        let mut at = from;
        while at < to {
            let cursor = Cursor::new(self.tokens, at);
            if let Some(end) = self.idle(cursor).filter(|end| *end > at) {
                at = end;
                continue;
            }
            let instead = ["instead of", "rather than", "in place of", "not"].into_iter().find_map(|pattern| {
                let mut probe = cursor;
                probe.eat(pattern).then_some(probe.at)
            });
            if let Some(end) = instead.filter(|end| *end <= to && self.gone.is_some()) {
                replaced = true;
                at = end;
                continue;
            }
            let known = if replaced { self.gone.unwrap_or_default() } else { self.shown };
            // Where nothing is gone, nothing was replaced.
            let idle = replaced
                && known.is_empty()
                && !matches!(self.tokens.get(at).map(|token| &token.kind), Some(Kind::Mark(_)));
            if idle || !self.stands(cursor, known, replaced) {
                unsaid = Some((unsaid.map_or(at, |(first, _)| first), at + 1));
            }
            at += 1;
        }
        let unsaid = unsaid
            .or_else(|| self.exit_alone(from, to))
            .or_else(|| self.entry_alone(from, to))
            .or_else(|| self.side_alone(from, to));
        unsaid.map(|(first, last)| self.clause(first.max(from), last, (from, to)))
    }

    /// A clause of its own that leaves a trade, of which nothing was read: "leave on the close".
    fn exit_alone(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        let sees = |at: usize, words: &'static str| Cursor::new(self.tokens, at).sees(words);
        let pause = |at: usize| Cursor::new(self.tokens, at).is_pause();
        let leaves = |at: &usize| {
            sees(*at, "exit|exits|out|bail|cover|flat|flatten|dump|sell") || sees(*at, "leave on|at|when|if|once")
        };
        let at = (from..to).find(leaves)?;
        let begin = (0..at).rev().find(|at| pause(*at)).map_or(0, |at| at + 1);
        let end = (at..self.tokens.len()).find(|at| pause(*at)).unwrap_or(self.tokens.len());
        let whole = begin >= from && end <= to;
        let enters =
            (begin..end).any(|at| sees(at, "buy|long|short|enter|entry|no|not|nothing|dont|never|if|keep|trade"));
        (whole && !enters && end > at + 1).then_some((at, end))
    }

    /// A clause of its own that gives an event a side, of which nothing was read: "cross up of signal = long".
    fn entry_alone(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        let sees = |at: usize, words: &'static str| Cursor::new(self.tokens, at).sees(words);
        let pause = |at: usize| Cursor::new(self.tokens, at).is_pause();
        let at = (from..to).find(|at| sees(*at, "cross|crosses|crossover|signal|breakout|pullback"))?;
        let begin = (0..at).rev().find(|at| pause(*at)).map_or(0, |at| at + 1);
        let end = (at..self.tokens.len()).find(|at| pause(*at)).unwrap_or(self.tokens.len());
        let sided = (begin..end).any(|at| sees(at, "= long|short|buy|sell") || sees(at, "> long|short|buy|sell"));
        (self.gone.is_none() && sided && begin >= from && end <= to).then_some((begin, end))
    }

    /// "longs only", of which nothing was read: both sides are still traded.
    fn side_alone(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        let pause = |at: usize| Cursor::new(self.tokens, at).is_pause();
        let alone = |at: &usize| {
            let said = Cursor::new(self.tokens, *at).sees("longs|shorts|long|short only");
            said && (*at == 0 || pause(at - 1))
                && (pause(at + 2) || Cursor::new(self.tokens, at + 2).sees("from|please"))
        };
        let at = (from..to).find(alone)?;
        let document: Json = serde_json::from_str(self.shown).ok()?;
        let traded = |side: &str| document.pointer(side).is_some_and(|rule| !rule.is_null());
        (traded("/entry/long") && traded("/entry/short")).then_some((at, at + 2))
    }

    /// The words between punctuation around `first..last`, within a run, without the joints they begin with.
    fn clause(&self, first: usize, last: usize, (from, to): (usize, usize)) -> (usize, usize) {
        let pause = |at: usize| Cursor::new(self.tokens, at).is_pause();
        let begin = (from..first).rev().find(|at| pause(*at)).map_or(from, |at| at + 1);
        let mut cursor = Cursor::new(self.tokens, begin);
        while cursor.at < first && cursor.eat("and|but|then|or|when|if|while|long|short|buy|sell|with") {}
        let end = (last..to).find(|at| pause(*at)).unwrap_or(to);
        (cursor.at, end)
    }

    /// The end of words that say nothing as a whole, or deny what is not there.
    fn idle(&self, cursor: Cursor<'_>) -> Option<usize> {
        for pattern in NOTHING_SAID {
            let mut probe = cursor;
            if probe.eat(pattern) && !self.still_there(cursor, probe.at) {
                return Some(probe.at);
            }
        }
        let mut probe = cursor;
        if let Some(found) = symbols::instrument(&mut probe, &self.reading.scene.names, self.reading.scene.text)
            && self.shown.contains(&found.symbol.to_lowercase())
        {
            return Some(probe.at);
        }
        if let Some(end) = self.range_times(cursor) {
            return Some(end);
        }
        let mut probe = cursor;
        if !(probe.eat("no|without|dont|not|never|forget|drop|remove|lose") || probe.eat("get? rid of")) {
            return None;
        }
        while probe.eat("i|we|want|use|need|have|do|move|it|to|the|a|an|any|more|fixed|hard|profit|other") {}
        if probe.eat("limit order?") {
            return (!self.shown.contains("\"order\"")).then_some(probe.at);
        }
        let found = THINGS.iter().find(|(pattern, _, _)| probe.eat(pattern)).map(|(_, pointers, _)| *pointers);
        let found = found.or_else(|| probe.eat("stop|stops").then_some(["/exit/stop_loss"].as_slice()));
        let found = found.or_else(|| probe.eat("partials|partial|scaling out?").then_some(["fraction"].as_slice()))?;
        let key = |pointer: &&str| format!("\"{}\"", pointer.rsplit('/').next().unwrap_or(pointer));
        found.iter().all(|pointer| !self.shown.contains(&key(pointer))).then_some(probe.at)
    }

    /// "no fixed target" asked of a strategy that keeps its target.
    fn still_there(&self, cursor: Cursor<'_>, end: usize) -> bool {
        const PARTS: [(&str, &str); 2] =
            [("target|targets|tp|profit|profits", "\"take_profit\""), ("stop|stops|sl", "\"stop_loss\"")];
        let named = |words: &'static str| (cursor.at..end).any(|at| Cursor::new(self.tokens, at).sees(words));
        self.gone.is_some()
            && cursor.sees("no|without")
            && PARTS.iter().any(|(words, part)| named(words) && self.shown.contains(part))
    }

    /// `9:30-10:00` of an opening range that the document has by its length.
    fn range_times(&self, mut cursor: Cursor<'_>) -> Option<usize> {
        let clock = |cursor: &Cursor<'_>| match cursor.peek().map(|token| &token.kind) {
            Some(Kind::Clock(minutes)) => Some(*minutes),
            _ => None,
        };
        let from = clock(&cursor)?;
        cursor.at += 1;
        cursor.eat("-|to|until|till|through").then_some(())?;
        let to = clock(&cursor)?;
        cursor.at += 1;
        let _ = cursor.eat("new york") || cursor.eat("et|est|edt|ny|eastern");
        let length = to.checked_sub(from)?;
        self.shown.contains(&format!("opening_range({length}")).then_some(cursor.at)
    }

    /// A word or a number that is in `known`, or that says nothing.
    fn stands(&self, cursor: Cursor<'_>, known: &str, replaced: bool) -> bool {
        let Some(token) = cursor.peek() else { return true };
        match &token.kind {
            Kind::Mark(_) => true,
            Kind::Clock(minutes) => {
                let shown = |minutes: u16| known.contains(&format!("{:02}:{:02}", minutes / 60, minutes % 60));
                shown(*minutes) || *minutes < 780 && shown(minutes + 720)
            }
            Kind::Number(number) => numbers(known).contains(&number.normalize()),
            Kind::Word(word) => {
                SAYS_NOTHING.split('|').any(|other| other == word)
                    || replaced && matches!(word.as_str(), "above" | "below" | "over" | "under")
                    || word.len() > 2 && known.contains(word.as_str())
                    || NAMES.iter().any(|(pattern, name)| cursor.sees(pattern) && known.contains(name))
                    || cursor.clone().number().is_some_and(|number| numbers(known).contains(&number.normalize()))
            }
        }
    }
}

/// The numbers of a document, and the minutes of its chart.
fn numbers(shown: &str) -> HashSet<Decimal> {
    let mut found: HashSet<Decimal> = shown
        .split(|character: char| !(character.is_ascii_digit() || character == '.'))
        .filter_map(|part| part.trim_matches('.').parse().ok())
        .map(|number: Decimal| number.normalize())
        .collect();
    for (frame, minutes) in [("1h", 60), ("2h", 120), ("4h", 240), ("1d", 1)] {
        if shown.contains(&format!("\"timeframe\":\"{frame}\"")) {
            found.insert(Decimal::from(minutes));
        }
    }
    found
}
