//! Words that say something else where they stand than they would elsewhere: "the opening price", "1.3x relative volume",
//! "leave it alone if …", "the morning, like 9:35 until 11:30", "the 4-hour chart for direction".

use super::change_phrases::{
    Part::{Kept, Run, Said},
    put_words,
};
use super::cursor::Cursor;
use super::rephrased::replace;
use super::said_plainly::{clause_start, is_number, opens, word};
use super::token::{Kind, Token};

const AVERAGES: &str = "ema|sma|ma|wma|hma|dema|tema";

/// Puts what stands at `at` into words that mean it anywhere.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize) {
    super::flips::put_plainly(tokens, at);
    for rule in [
        opening_price,
        times_relative_volume,
        left_alone,
        none_then,
        times_of_a_part,
        extreme_under,
        goes_red,
        again,
        side_left_out,
        flat_otherwise,
        crosses_back,
        im_flat,
        bought_at_close,
        exit_at_rule,
        doji_explained,
        sides_by_mood,
        low_of_a_move,
    ] {
        rule(tokens, at);
    }
}

/// `above the opening price`: the day's open, not the bar's.
fn opening_price(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("the|todays|its opening price")
        && at > 0
        && Cursor::new(tokens, at - 1)
            .sees("above|below|over|under|than|from|of|to|at|through|>|<|the|beneath|reclaims|loses|crosses")
    {
        replace(tokens, at, cursor.at, &["the", "open"]);
    }
}

/// `at least 1.3x relative volume`, `with 1.5x rvol`: how large it is.
fn times_relative_volume(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let least = cursor.eat("at least") || cursor.eat("over|above|exceeding|≥|>") || cursor.eat("more|greater than");
    let number = cursor.at;
    if !is_number(tokens, number) {
        return;
    }
    cursor.at += 1;
    if cursor.eat("x|times the|its|a? relative volume|vol") || cursor.eat("x|times the|its|a? rvol") {
        let end = cursor.at;
        let most = !least && at > 0 && Cursor::new(tokens, at - 1).sees("than|under|below|most|<");
        if !most {
            put_words(tokens, at, end, &[Said("relative volume at least"), Kept(number)]);
        }
    }
}

/// `leave it alone if …`, `stay away when …`: no entries.
fn left_alone(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let left = cursor.eat("leave|leaving it|them|that|those alone|be")
        || cursor.eat("stay|keep|staying away|out")
        || cursor.eat("sit|stand|stay this? one? out|aside|by")
        || cursor.eat("hands off")
        || cursor.eat("not interested")
        || cursor.eat("dont bother|enter|trade");
    let held = (clause_start(tokens, at)..at).any(|place| Cursor::new(tokens, place).sees("in|trade|trades|position"));
    if left && opens(tokens, at) && !held && cursor.sees("if|when|whenever|while|unless") {
        replace(tokens, at, cursor.at, &["no", "trades"]);
    }
}

/// `if ADX is above 40, no trade`: no trades then.
fn none_then(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !opens(tokens, at) || !cursor.eat("if|when|whenever") {
        return;
    }
    let from = cursor.at;
    let Some(pause) = (from..tokens.len().min(from + 14)).find(|place| Cursor::new(tokens, *place).is_pause()) else {
        return;
    };
    let mut behind = Cursor::new(tokens, pause);
    if !behind.eat(",") {
        return;
    }
    let none = behind.eat("no trade|trades|entry|entries|go")
        || behind.eat("skip|pass it|them?")
        || behind.eat("stay|sit out|aside");
    if none && behind.is_pause() {
        let end = behind.at;
        put_words(tokens, at, end, &[Said("no trades if"), Run(from..pause)]);
    }
}

/// `drop shorts when …`, `skip the longs below vwap`, `stop shorting if …`: none of that side then.
fn side_left_out(tokens: &mut Vec<Token>, at: usize) {
    const VERBS: &str = "skip|skips|drop|kill|remove|block|exclude|forget|disable|stop|cut|ditch|lose|ban|forbid|avoid|ignore|nix|pass|filter|leave|turn|shut|no";
    let mut cursor = Cursor::new(tokens, at);
    let joined = at > 0 && Cursor::new(tokens, at - 1).sees("and|also|but|please|then|so");
    if !(opens(tokens, at) || joined) {
        return;
    }
    if !cursor.eat(VERBS) {
        return;
    }
    cursor.eat("out|off|on|taking|all|any|more");
    cursor.eat("the|any|all|on|taking");
    let side = if cursor.eat("shorts|shorting")
        || cursor.eat("short trades|trade|entries|entry|signals|signal|setups|setup|positions|side")
    {
        "shorts"
    } else if cursor.eat("longs|longing|buys")
        || cursor.eat("long trades|trade|entries|entry|signals|signal|setups|setup|positions|side")
    {
        "longs"
    } else {
        return;
    };
    cursor.eat("off|out|trades|entries");
    let end = cursor.at;
    if cursor.sees("if|when|whenever|while|unless|once|until") {
        replace(tokens, at, end, &["no", side]);
    } else if cursor.sees("above|below|over|under the|vwap|yesterdays|previous|#") {
        replace(tokens, at, end, &["no", side, "when", "price", "is"]);
    }
}

/// `long while A, flat otherwise`: out when A, the only rule, no longer holds.
fn flat_otherwise(tokens: &mut Vec<Token>, at: usize) {
    let joined = at > 0 && Cursor::new(tokens, at - 1).sees("and|but");
    if !(opens(tokens, at) || joined) {
        return;
    }
    let mut cursor = Cursor::new(tokens, at);
    let said = cursor.eat("otherwise|else im? be|stay|sit|go? in? cash|flat|out")
        || cursor.eat("be|stay|sit|go? in? cash|flat|out otherwise")
        || cursor.eat("be|stay|sit|go? in? cash|flat|out when|whenever|if|while its|it|price is? not|isnt");
    let end = cursor.at;
    let start = (0..at).rev().find(|place| Cursor::new(tokens, *place).sees("while|when|if|whenever|long|buy"));
    let several = |from: usize| {
        (from..at - usize::from(joined)).any(|place| Cursor::new(tokens, place).sees("and|or|&|plus|with"))
    };
    if said && cursor.is_pause_or_joint() && start.is_some_and(|start| !several(start)) {
        replace(tokens, at, end, &["exit", "on", "the", "opposite", "signal"]);
        if at > 0 && joined {
            replace(tokens, at - 1, at, &["and"]);
        }
    }
}

/// `get out when it crosses back`: on the opposite cross.
fn crosses_back(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let leaves = cursor.eat("get|gets|bail|im out") || cursor.eat("exit|exits|cover|covers|out|leave");
    if leaves && cursor.eat("when|if|once it|they|that crosses|cross|flips|turns back") && cursor.is_pause_or_joint() {
        let end = cursor.at;
        replace(tokens, at, end, &["exit", "on", "the", "opposite", "cross"]);
    }
}

/// `the low of the pullback`: of bars that nobody has named, not of the one that enters.
fn low_of_a_move(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if at > 0
        && Cursor::new(tokens, at - 1).sees("low|lows|high|highs")
        && cursor.eat("of the|that|this|its pullback|swing|trend|breakout|retracement")
        && !cursor.sees("candle|bar")
    {
        let end = cursor.at;
        replace(tokens, at, end, &["unnamed-bars"]);
    }
}

/// `Bullish: A. Bearish: B`, `get me out of the long`: the sides, the exit.
fn sides_by_mood(tokens: &mut Vec<Token>, at: usize) {
    let led = at == 0 || Cursor::new(tokens, at - 1).is_pause();
    if led && Cursor::new(tokens, at).sees("bullish|bulls :") {
        replace(tokens, at, at + 1, &["long"]);
    } else if led && Cursor::new(tokens, at).sees("bearish|bears :") {
        replace(tokens, at, at + 1, &["short"]);
    } else if Cursor::new(tokens, at)
        .sees("get|gets|take|takes me|us out of the|my? long|longs|short|shorts|trade|position")
    {
        tokens.remove(at + 1);
    }
}

/// `a doji (open = close)`: what it is.
fn doji_explained(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if at > 0 && Cursor::new(tokens, at - 1).sees("doji") && cursor.eat("( open|close =|is|equals close|open )") {
        let end = cursor.at;
        tokens.drain(at..end);
    }
}

/// `exit at mfi above 50`: when it is.
fn exit_at_rule(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("exit|cover|out|sell at|on") || super::names::indicator(&mut cursor).is_none() {
        return;
    }
    let _ = cursor.numbers("( # )");
    if cursor.sees("above|below|over|under|> #") {
        replace(tokens, at + 1, at + 2, &["when"]);
    }
}

/// `buy the close when …`: at it.
fn bought_at_close(tokens: &mut Vec<Token>, at: usize) {
    if at > 0
        && Cursor::new(tokens, at - 1).sees("buy|short|buying|shorting")
        && Cursor::new(tokens, at).sees("the close when|if|whenever|once|every")
    {
        let placed = word(tokens, at, "at");
        tokens.insert(at, placed);
    }
}

/// `flips red im flat`: out of it.
fn im_flat(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let said = cursor.eat("im flat|out") || cursor.eat("i am|go|get flat|out") || cursor.eat("i'm flat|out");
    if said && cursor.is_pause() && at > 0 && !opens(tokens, at) {
        let end = cursor.at;
        replace(tokens, at, end, &["exit"]);
    }
}

/// `only the morning, like 9:35 until 11:30`: those hours.
fn times_of_a_part(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let part = cursor.eat("the|in|during|mornings|afternoons the? morning|mornings|afternoon|afternoons|session?")
        || cursor.eat("london|asian|tokyo|european|york session|hours");
    if !part {
        return;
    }
    cursor.eat(",|(|-|:");
    if cursor.eat("like|say|meaning|so|basically|roughly|ie|i.e.|from") && is_clock(tokens, cursor.at) {
        let end = cursor.at;
        tokens.drain(at..end);
    }
}

fn is_clock(tokens: &[Token], at: usize) -> bool {
    let clock = |at: usize| tokens.get(at).is_some_and(|token| matches!(token.kind, Kind::Clock(_)));
    clock(at) || is_number(tokens, at) && Cursor::new(tokens, at + 1).sees("am|pm|to|until|till|-")
}

/// `a low at or under the 20` beside a 20 EMA: the average, not a price.
fn extreme_under(tokens: &mut Vec<Token>, at: usize) {
    let cursor = Cursor::new(tokens, at);
    let ends = Cursor::new(tokens, at + 2).is_pause_or_joint();
    if !cursor.sees("the #") || !is_number(tokens, at + 1) || !ends {
        return;
    }
    let compared = at > 0 && Cursor::new(tokens, at - 1).sees("above|below|over|under|beneath|touches|touching|tags");
    let of_price = (clause_start(tokens, at)..at).any(|place| Cursor::new(tokens, place).sees("low|high|lows|highs"));
    let number = tokens.get(at + 1).map(|token| token.kind.clone());
    let kind = (0..tokens.len()).find_map(|place| {
        let same = tokens.get(place).map(|token| &token.kind) == number.as_ref();
        let named = Cursor::new(tokens, place + 1).sees(AVERAGES);
        (same && named).then(|| tokens.get(place + 1).and_then(Token::word)).flatten().map(str::to_owned)
    });
    if let Some(kind) = kind.filter(|_| compared && of_price) {
        let kind = word(tokens, at + 1, &kind);
        tokens.insert(at + 2, kind);
    }
}

/// `the MACD histogram goes red`, `ROC goes negative`: turns negative.
fn goes_red(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if at == 0 || !cursor.eat("goes|turns|flips|gets|prints|went|turned|flipped|is|go|turn|flip back?") {
        return;
    }
    let line = (clause_start(tokens, at)..at)
        .any(|place| Cursor::new(tokens, place).sees("histogram|hist|histo|macd|roc|momentum|oscillator|cci|ao|cmf"));
    let coloured = (clause_start(tokens, at)..at).any(|place| Cursor::new(tokens, place).sees("histogram|hist|histo"));
    let sign = if cursor.eat("negative|neg") || coloured && cursor.eat("red") {
        "negative"
    } else if cursor.eat("positive|pos") || coloured && cursor.eat("green") {
        "positive"
    } else {
        return;
    };
    if line && !Cursor::new(tokens, at).sees("is") {
        replace(tokens, at, cursor.at, &["turns", sign]);
    }
}

/// `out when it turns negative again`: the word only reminds.
fn again(tokens: &mut Vec<Token>, at: usize) {
    let state = at > 0
        && Cursor::new(tokens, at - 1).sees("negative|positive|red|green|up|down|above|below|line|band|vwap|zero");
    if state && Cursor::new(tokens, at).sees("again") && Cursor::new(tokens, at + 1).is_pause() {
        tokens.remove(at);
    }
}
