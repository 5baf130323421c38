//! Words left out, shortened or said for nothing, put into those the grammar reads: "the fast ema (12)", "30m ORH",
//! "the last 3 bars highs", "rsi finally crosses", "not on wednesdays (inventories)".

use super::cursor::Cursor;
use super::rephrased::replace;
use super::said_plainly::{is_number, noted, opens, word};
use super::scene::Scene;
use super::token::{Kind, Token};

/// Kinds of averages.
const AVERAGES: &str = "ema|sma|ma|wma|hma|dema|tema";

/// Puts them into the words the grammar reads, at their place in the text.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, scene: &Scene<'_>, change: bool) {
    let mut at = 0;
    while at < tokens.len() {
        short_names(tokens, at);
        for rule in [adverb, misspelt, prints, per_trade, leads_out, cross_of, line_k] {
            rule(tokens, at);
        }
        for rule in [range_ends, highs_of, macd_beyond_zero, mini, currency, closes_before] {
            rule(tokens, at);
        }
        reason(tokens, at, scene);
        super::reasons::left_out(tokens, at, scene);
        super::said_in_passing::put_plainly(tokens, at);
        super::spelled_out::put_plainly(tokens, at);
        super::said_of_leaving::put_plainly(tokens, at, scene, change);
        super::said_of_limits::put_plainly(tokens, at, scene);
        super::said_of_bars::put_plainly(tokens, at);
        super::said_of_rules::put_plainly(tokens, at, scene, change);
        super::meant_otherwise::put_plainly(tokens, at);
        super::chat_wordings::put_plainly(tokens, at, scene, change);
        super::spoken_rules::put_plainly(tokens, at, scene);
        super::extreme_exits::put_plainly(tokens, at);
        if change {
            super::everyday_changes::swapped_market(tokens, at, scene);
            super::asked_in_chats::moved(tokens, at, scene);
        } else {
            fast_and_slow(tokens, at);
            other_side(tokens, at);
            reverse_exit(tokens, at);
            since_in_the_head(tokens, at);
        }
        at += 1;
    }
}

/// `acct`, `bollie`, `bband`: the words they are short for.
fn short_names(tokens: &mut Vec<Token>, at: usize) {
    let cursor = Cursor::new(tokens, at);
    if cursor.sees("acct|accnt|acc") {
        replace(tokens, at, at + 1, &["account"]);
    } else if cursor.sees("bollie|bolly|bollies|bollys|bolli") {
        replace(tokens, at, at + 1, &["bollinger", "band"]);
        if Cursor::new(tokens, at + 2).sees("band|bands") {
            tokens.remove(at + 2);
        }
    } else if cursor.sees("bband") {
        replace(tokens, at, at + 1, &["bollinger", "band"]);
    }
}

/// `regular hrs`, `no more then 3 trades`: the words that are meant.
fn misspelt(tokens: &mut Vec<Token>, at: usize) {
    if Cursor::new(tokens, at).sees("regular|market|trading|cash|rth hrs") {
        replace(tokens, at + 1, at + 2, &["hours"]);
    } else if Cursor::new(tokens, at).sees("more|less|fewer|greater|longer|higher|lower|bigger then #") {
        replace(tokens, at + 1, at + 2, &["than"]);
    } else if Cursor::new(tokens, at).sees("wen|whn|wehn") {
        replace(tokens, at, at + 1, &["when"]);
    }
}

/// `three green candles in a row print and …`: the verb says nothing more.
fn prints(tokens: &mut Vec<Token>, at: usize) {
    let shown = Cursor::new(tokens, at)
        .sees("row|candle|candles|bar|bars|hammer|engulfing|doji print|prints|form|forms|appear|appears|show|shows");
    let mut behind = Cursor::new(tokens, at + 2);
    behind.eat("up");
    if shown && (behind.is_pause() || behind.sees("and|while|with|then")) {
        tokens.drain(at + 1..behind.at);
    }
}

/// `close under the 10 bar low = get out`, `… gets me out`: what a rule leads to.
fn leads_out(tokens: &mut Vec<Token>, at: usize) {
    let cursor = Cursor::new(tokens, at);
    let led = at.checked_sub(1).and_then(|before| tokens.get(before));
    let led = led.is_some_and(|before| before.is_mark('=') || before.is_mark('>') && before.glued);
    let mut probe = cursor;
    probe.eat("get|go|im|bail|we");
    if led && probe.eat("out") && probe.is_pause() {
        replace(tokens, at, probe.at, &["exit"]);
        return;
    }
    let mut probe = cursor;
    if probe.eat("gets|takes|kicks|knocks me|us out") && probe.is_pause() {
        replace(tokens, at, probe.at, &["is", "my", "exit"]);
    }
}

/// `stochastic 14,3,3 %K`: the line that is meant anyway.
fn line_k(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("stochastic|stochastics|stoch|stochs oscillator?")
        && ["# , # , #", "# / # / #", "# # #"].iter().any(|list| cursor.numbers(list).is_some())
    {
        let from = cursor.at;
        if cursor.eat("% k line?") || cursor.eat("k line?") {
            tokens.drain(from..cursor.at);
        }
    }
}

/// `a cross up of the 12/26 ema`: the averages that cross stand before it.
fn cross_of(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("cross|crossover up|down|higher|lower") {
        return;
    }
    let from = cursor.at;
    let of = cursor.eat("of|by the?");
    if !of || cursor.numbers("# / #").is_none() || !cursor.eat("ema|emas|sma|smas|ma|mas|wma|hma") {
        return;
    }
    let cross: Vec<Token> = tokens.get(at..from).unwrap_or_default().to_vec();
    let pair = tokens.get(from..cursor.at).unwrap_or_default().iter();
    let pair: Vec<Token> = pair.filter(|token| !matches!(token.word(), Some("of" | "by" | "the"))).cloned().collect();
    let end = cursor.at;
    tokens.splice(at..end, pair.into_iter().chain(cross));
}

/// `stop is $400 per trade`: money of a stop or target is a trade's anyway.
fn per_trade(tokens: &mut Vec<Token>, at: usize) {
    if !Cursor::new(tokens, at).sees("per|a trade|position") {
        return;
    }
    let clause: Vec<&Token> = tokens
        .get(..at)
        .unwrap_or_default()
        .iter()
        .rev()
        .take_while(|token| ![',', '.', ';', '\n'].iter().any(|mark| token.is_mark(*mark)))
        .collect();
    let has = |words: &[&str]| clause.iter().any(|token| token.word().is_some_and(|word| words.contains(&word)));
    let money = clause.get(1).is_some_and(|token| token.is_mark('$'));
    let placed = has(&["stop", "sl", "target", "tp"]) && clause.len() < 8;
    if money && placed && !has(&["risk", "risking", "max", "loss", "commission", "fee", "fees", "cost", "costs"]) {
        tokens.drain(at..at + 2);
    }
}

/// `rsi finally crosses`: the word says nothing where a value does something for the first time in the clause.
fn adverb(tokens: &mut Vec<Token>, at: usize) {
    const VERBS: &str = "crosses|cross|crossed|closes|close|breaks|break|goes|gets|moves|turns|drops|falls|dips|rises|touches|touch|hits|reclaims|loses|pops|pushes|climbs|is|are|bounces|rejects|takes|trades";
    const JOINTS: &str = "when|if|once|whenever|and|or|while|after|until|as|where|that|but|then";
    if !Cursor::new(tokens, at).sees("actually|finally|really|simply|eventually|basically|literally") {
        return;
    }
    if !Cursor::new(tokens, at + 1).sees(VERBS) {
        return;
    }
    for before in (0..at).rev() {
        let cursor = Cursor::new(tokens, before);
        if cursor.sees(JOINTS) || cursor.sees("long|short|buy|sell|enter|exit") {
            if before + 1 < at {
                tokens.remove(at);
            }
            return;
        }
        // "crosses 30 actually crosses 25" takes something back.
        if cursor.is_pause() || cursor.sees(VERBS) || cursor.sees("above|below|over|under|<|>") {
            return;
        }
    }
}

/// `ORH`, `30m ORL`: the opening range's ends.
fn range_ends(tokens: &mut Vec<Token>, at: usize) {
    let cursor = Cursor::new(tokens, at);
    if cursor.sees("orh") {
        replace(tokens, at, at + 1, &["opening", "range", "high"]);
    } else if cursor.sees("orl") {
        replace(tokens, at, at + 1, &["opening", "range", "low"]);
    }
}

/// `the last 3 bars highs`, `the previous 5 candles low`: the extreme of those bars.
fn highs_of(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("last|past|previous|prior|preceding # bars|candles") {
        return;
    }
    let Some(count) = tokens.get(at + 1).cloned() else { return };
    let end = match cursor.peek_word() {
        Some("high" | "highs") => "high",
        Some("low" | "lows") => "low",
        Some(_) | None => return,
    };
    cursor.at += 1;
    if !cursor.is_pause_or_joint() || cursor.at != at + 4 {
        return;
    }
    let words = [end, "of", "the", "last"].map(|said| word(tokens, at, said));
    let bars = word(tokens, at + 3, "bars");
    tokens.splice(at..at + 4, words.into_iter().chain([count, bars]));
}

/// `MACD crosses up under the zero line`: over its signal line, and where.
fn macd_beyond_zero(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("macd line?") {
        return;
    }
    cursor.eat("( # , # , # )");
    if !cursor.eat("crosses|cross|crossing|crossed|turns|hooks|curls") {
        return;
    }
    let crosses = Cursor::new(tokens, cursor.at - 1).sees("crosses|cross|crossing|crossed");
    let from = cursor.at;
    let up = cursor.sees("up|bullish|upward|upwards|higher");
    if !crosses || !cursor.eat("up|down|bullish|bearish|upward|upwards|downward|downwards|higher|lower") {
        return;
    }
    let _ = cursor.eat("while|when|but|from|and") && cursor.eat("still? it? is?");
    let above = cursor.sees("above|over");
    if !cursor.eat("above|over|below|under|beneath") {
        return;
    }
    cursor.eat("the");
    if !(cursor.eat("zero|0 line|level|mark?")) || !cursor.is_pause_or_joint() {
        return;
    }
    let way = if up { "above" } else { "below" };
    let side = if above { "above" } else { "below" };
    let end = cursor.at;
    replace(tokens, from, end, &[way, "its", "signal", "line", "and", "macd", "line", "is", side, "zero"]);
}

/// `the Russell minis`: the market itself.
fn mini(tokens: &mut Vec<Token>, at: usize) {
    let led = at > 0 && Cursor::new(tokens, at - 1).sees("russell|nasdaq|dow|spx|sp|2000|100|500|gold|crude");
    if led && Cursor::new(tokens, at).sees("minis|eminis") {
        replace(tokens, at, at + 1, &["futures"]);
    }
}

/// `EUR futures 6E`, `yen futures (6J)`: the symbol says which.
fn currency(tokens: &mut Vec<Token>, at: usize) {
    const PAIRS: [(&str, &str); 7] = [
        ("eur|euro|euros", "e"),
        ("gbp|pound|sterling|cable", "b"),
        ("jpy|yen", "j"),
        ("aud|aussie", "a"),
        ("cad|loonie", "c"),
        ("chf|swissie|franc", "s"),
        ("nzd|kiwi", "n"),
    ];
    let mut cursor = Cursor::new(tokens, at);
    let Some((_, letter)) = PAIRS.iter().find(|(pattern, _)| cursor.eat(pattern)) else { return };
    cursor.eat("/ usd");
    cursor.eat("fx|currency");
    cursor.eat("futures|future|fut|contract");
    let _ = cursor.eat("-");
    let bracket = cursor.eat("(");
    cursor.eat("/");
    let symbol = cursor.at;
    let six = tokens.get(symbol).is_some_and(|token| token.kind == Kind::Number(6.into()));
    let fits = tokens.get(symbol + 1).is_some_and(|token| token.glued && token.word() == Some(letter));
    if !six || !fits {
        return;
    }
    if bracket && Cursor::new(tokens, symbol + 2).sees(")") {
        tokens.remove(symbol + 2);
    }
    tokens.drain(at..symbol);
}

/// `after at least 5 closes under it`: closing there for as many bars.
fn closes_before(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("after at? least?") {
        return;
    }
    let from = cursor.at;
    cursor.eat("a|an");
    let place = cursor.at;
    if cursor.count().is_none() || cursor.at != place + 1 || place != from {
        return;
    }
    cursor.eat("straight|consecutive");
    if !cursor.eat("closes|bars|candles") || !cursor.sees("above|below|under|over|beneath") {
        return;
    }
    let end = cursor.at;
    cursor.at += 1;
    if !cursor.eat("it") || !cursor.is_pause_or_joint() {
        return;
    }
    let behind = cursor.at;
    let Some(mut count) = tokens.get(place).cloned() else { return };
    let (for_, bars) = (word(tokens, behind - 1, "for"), word(tokens, behind - 1, "bars"));
    (count.start, count.end) = (bars.start, bars.end);
    tokens.splice(behind..behind, [for_, count, bars]);
    replace(tokens, at + 1, end, &["closing"]);
}

/// `Test an RSI strategy for DIA since 2012. Entry: …`: the dates stand for themselves.
fn since_in_the_head(tokens: &mut Vec<Token>, at: usize) {
    let head = at > 2 && (0..at).all(|before| !Cursor::new(tokens, before).is_pause());
    let named = (0..at).any(|before| Cursor::new(tokens, before).sees("strategy|system|idea|setup"));
    let mut cursor = Cursor::new(tokens, at);
    if head && named && at < 16 && cursor.eat("since #") && cursor.is_pause() {
        let place = tokens.get(at).map_or((0, 0), |token| (token.start, token.start));
        tokens.insert(at, Token::new(Kind::Mark(','), place, false));
    }
}

/// `not on wednesdays (inventories)`: why, behind the day.
fn reason(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) {
    const DAYS: &str =
        "mondays|monday|tuesdays|tuesday|wednesdays|wednesday|thursdays|thursday|fridays|friday|mon|tue|wed|thu|fri";
    let led = at > 0 && Cursor::new(tokens, at - 1).sees(DAYS);
    let mut cursor = Cursor::new(tokens, at);
    if !led || !cursor.eat("(") {
        return;
    }
    let from = cursor.at;
    cursor.eat("because|due|thats");
    let _ = cursor.eat("of|to|the");
    cursor.eat("the|weekly|oil|crude|gas");
    let _ = cursor.sees("eia|api report|reports|inventory|inventories|data|numbers|day|days|storage")
        && cursor.eat("eia|api");
    let said = cursor.eat("inventories|inventory|eia|report|storage|stockpiles|chop|choppy|slow");
    cursor.eat("report|reports|numbers|number|data|day|days");
    if !said || !cursor.sees(")") {
        return;
    }
    let end = cursor.at;
    noted(tokens, from..end, scene, " is read as the reason for every such day, not as some of them");
    // The brackets around it.
    tokens.drain(at..=at + 1);
}

/// `the fast ema (12)`, `slow 26 ema`: the number says which.
fn fast_and_slow(tokens: &mut Vec<Token>, at: usize) {
    if !Cursor::new(tokens, at).sees("fast|faster|slow|slower|quick|slowest|fastest") {
        return;
    }
    let mut behind = Cursor::new(tokens, at + 1);
    let kind_first = (behind.eat(AVERAGES) || behind.eat("moving average")) && {
        let mut bracket = behind;
        bracket.eat("( # )")
            || is_number(tokens, behind.at) && !Cursor::new(tokens, behind.at + 1).sees("bars|ticks|%|points")
    };
    let mut number_first = Cursor::new(tokens, at + 1);
    let bracket = number_first.eat("( # )");
    let number_first = (bracket || number_first.eat("#")) && {
        number_first.eat("-");
        number_first.eat("period|bar|day");
        number_first.sees(AVERAGES)
    };
    if number_first && bracket {
        tokens.remove(at + 3);
        tokens.remove(at + 1);
    }
    if kind_first || number_first {
        tokens.remove(at);
    }
}

/// `exit reverse cross`, `exit if the ema flips`: on the opposite cross.
fn reverse_exit(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !opens(tokens, at) || !cursor.eat("exit|exits|out|close|cover|leave") {
        return;
    }
    let _ = cursor.eat(":|=");
    let _ = cursor.eat("on|at|with|upon|if|when|once|is");
    cursor.eat("the|a|an|either|at");
    cursor.eat("the");
    let on = Cursor::new(tokens, at).sees("exit|exits|out|close|cover|leave on|at");
    let named = cursor.eat("reverse|opposing|inverse cross|crossover|crossing|x")
        || !on && cursor.eat("opposite cross|crossover|crossing|x")
        || averages_named(tokens, at) && turned_back(&mut cursor);
    if named && cursor.is_pause_or_joint() && !cursor.sees("on|in|for|of") {
        let end = cursor.at;
        replace(tokens, at, end, &["exit", "on", "the", "opposite", "cross"]);
    }
}

/// `ema flips`, `emas cross back`, `cross reverses`.
fn turned_back(cursor: &mut Cursor<'_>) -> bool {
    if !cursor.eat("ema|emas|sma|smas|ma|mas|averages|cross") {
        return false;
    }
    cursor.eat("cross|crosses|flip|flips|reverse|reverses|uncross|uncrosses") && {
        let _ = cursor.eat("back") || cursor.eat("the other way") || cursor.eat("over|again");
        true
    }
}

/// True where two averages, and no more, were named before with their numbers.
fn averages_named(tokens: &[Token], at: usize) -> bool {
    let mut numbers: Vec<&Kind> = Vec::new();
    for place in 0..at {
        let average = Cursor::new(tokens, place).sees("ema|emas|sma|smas|ma|mas");
        let around = [place.checked_sub(1), Some(place + 1), Some(place + 2), place.checked_sub(3)];
        let beside = around.into_iter().enumerate().filter_map(|(which, near)| {
            let near = near?;
            let token = tokens.get(near)?;
            let fits = match which {
                2 => Cursor::new(tokens, place + 1).sees("("),
                3 => Cursor::new(tokens, place - 2).sees("/|and|&"),
                _ => true,
            };
            (fits && matches!(token.kind, Kind::Number(_))).then_some(&token.kind)
        });
        if average {
            for kind in beside {
                if !numbers.contains(&kind) {
                    numbers.push(kind);
                }
            }
        }
    }
    numbers.len() == 2
}

/// `rsi crosses above 20 → buy; crosses below 80 → short`: the second sentence goes on with the value of the first.
fn other_side(tokens: &mut [Token], at: usize) {
    const SIDES: [(&str, bool); 6] =
        [("buy", true), ("long", true), ("longs", true), ("short", false), ("shorts", false), ("sell", false)];
    let ends = |token: &Token| [';', '.', '\n'].iter().any(|mark| token.is_mark(*mark));
    let side = |at: usize| {
        let said = tokens.get(at).and_then(Token::word)?;
        SIDES.iter().find(|(word, _)| *word == said).map(|(_, long)| *long)
    };
    let behind = Cursor::new(tokens, at + 1);
    if !tokens.get(at).is_some_and(ends)
        || !(behind.sees("above|below|over|under")
            || behind.sees("crosses|crossing|drops|falls|goes|breaks|dips|rises above|below|over|under"))
    {
        return;
    }
    let rest = tokens.get(at + 1..).unwrap_or_default();
    let length = rest.iter().position(ends).unwrap_or(rest.len());
    let sides = at.checked_sub(1).and_then(side).zip((at + length < tokens.len()).then(|| side(at + length)).flatten());
    if length < 10
        && sides.is_some_and(|(first, second)| first != second)
        && let Some(mark) = tokens.get_mut(at)
    {
        mark.turned_into(Kind::Mark(','));
    }
}
