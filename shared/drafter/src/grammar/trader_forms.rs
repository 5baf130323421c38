//! Further forms of traders, put into those the grammar reads: "9 EMA > 21 EMA on the 4h", "risk 1% of a 50k account",
//! "min 10 bars between trades", "first trade not b4 9:40", "RSI under 30 at any time in the last 5 bars".

use super::change_phrases::{
    Part::{self, Kept, Mark, Run, Said},
    put_words,
};
use super::clock;
use super::cursor::Cursor;
use super::everyday_forms::reordered;
use super::names::{self, Class};
use super::rephrased::{Saying, put_said, replace};
use super::said_plainly::{clause_start, is_number};
use super::token::{Kind, Token};

/// What is said, and the words for it.
const SAID: [Saying; 15] = [
    ("iff", &["if"]),
    ("plus start|starting|begin|beginning from|in", &["start", "from"]),
    ("only for shorts|short add a|another|this filter|condition", &["only", "for", "shorts"]),
    ("only for longs|long add a|another|this filter|condition", &["only", "for", "longs"]),
    ("both trigger|triggers|fire|enter|are|get on|off", &["longs", "and", "shorts", "trigger", "on"]),
    ("no reentry|reentries|second entry|entries? on|in? the? same day", &["max", "one", "trade", "per", "day"]),
    ("sessions|session|hours : rth", &["rth", "only"]),
    ("sessions|session|hours is|are|=? rth", &["rth", "only"]),
    ("at any time|point|moment in|within|during|over the? last|past|previous|prior", &["within", "the", "last"]),
    ("any time|point|moment in|within|during the? last|past|previous|prior", &["within", "the", "last"]),
    ("slope is|was up", &["is", "rising"]),
    ("slope is|was down", &["is", "falling"]),
    ("slope turns|turning|flips|turned up|upward|positive", &["turns", "up"]),
    ("slope turns|turning|flips|turned down|downward|negative", &["turns", "down"]),
    ("has|have been rising|climbing", &["is", "rising"]),
];

/// Puts what stands at `at` into the words the grammar reads.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize, change: bool) {
    if put_said(tokens, at, &SAID, |_, _| true) {
        return;
    }
    shortened(tokens, at);
    if !change {
        other_way(tokens, at);
    }
    bars_back(tokens, at);
    one_loss(tokens, at);
    for rule in [share_of_price, to_one, goal_of_day, risked_alone] {
        rule(tokens, at);
    }
    frame_of_both(tokens, at, change);
    frame_of_value(tokens, at, change);
    for rule in [risk_of_account, between_trades, first_not_before, not_extreme] {
        rule(tokens, at);
    }
    day_opens(tokens, at);
    for rule in [swing_target, golden_alone, trend_named_before, money_each] {
        rule(tokens, at);
    }
}

/// `close it when they cross the other way`, `short when it goes the other way`: at the opposite.
fn other_way(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let side = cursor.eat("sell short") || cursor.eat("short|shorts");
    if !side {
        if !cursor.eat("close|exit|flatten|cover|sell|out|leave") && !cursor.eat("get|getting out") {
            return;
        }
        let _ = cursor.eat("it|out|them|the? trade|position?");
    }
    let from = if side { cursor.at } else { at };
    if !cursor.eat("when|whenever|if|once|after") && !cursor.eat("as soon as") {
        return;
    }
    let _ = cursor.eat("they|it|that|these|emas|averages|lines") || cursor.eat("the|both two? emas|averages|lines");
    if cursor.eat("cross|crosses|crossed|turn|turns|flip|flips|go|goes|went")
        && cursor.eat("the other way|direction around|round?")
    {
        let end = cursor.at;
        replace(
            tokens,
            from,
            end,
            if side { &["the", "opposite"] } else { &["exit", "on", "the", "opposite", "cross"] },
        );
    }
}

/// `close[1]`: that of so many bars ago.
fn bars_back(tokens: &mut Vec<Token>, at: usize) {
    let mark = |place: usize, mark| {
        tokens.get(place).is_some_and(|token| matches!(token.kind, Kind::Mark(found) if found == mark))
    };
    if at > 0 && mark(at, '[') && is_number(tokens, at + 1) && mark(at + 2, ']') {
        reordered(tokens, at, at + 3, &[Kept(at + 1), Said("bars ago")]);
    }
}

/// `bar hi`, `prev day lo`, `flat b4 the close`.
fn shortened(tokens: &mut Vec<Token>, at: usize) {
    let cursor = Cursor::new(tokens, at);
    let led = at > 0 && !Cursor::new(tokens, at - 1).is_pause();
    if led && cursor.sees("hi|his") && !Cursor::new(tokens, at + 1).sees("there|all|guys|everyone") {
        replace(tokens, at, at + 1, &["high"]);
    } else if led && cursor.sees("lo|los") {
        replace(tokens, at, at + 1, &["low"]);
    } else if cursor.sees("b") && tokens.get(at + 1).is_some_and(|next| next.glued && is_four(next)) {
        replace(tokens, at, at + 2, &["before"]);
    }
}

fn is_four(token: &Token) -> bool {
    token.kind == Kind::Number(4.into())
}

/// `if open is above yesterday's high`: the day's.
fn day_opens(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let led = at > 0 && Cursor::new(tokens, at - 1).sees("if|when|and|only|where|,|because|but|unless|while|once|:");
    if !led || !cursor.eat("open is|was? above|over|below|under|>|<|higher|lower than?") {
        return;
    }
    cursor.eat("the");
    if cursor.sees("yesterday|yesterdays|pdh|pdl|pdc|prior|previous|prev day|days|session?") {
        replace(tokens, at, at + 1, &["the", "open"]);
    }
}

/// An average with its number: `9 EMA`, `the EMA 9`, `SMA(9)`; the cursor moves behind it.
fn average(cursor: &mut Cursor<'_>) -> bool {
    let mut probe = *cursor;
    probe.eat("the|its|a");
    let before = probe.eat("#");
    probe.eat("period|bar|day");
    if names::indicator(&mut probe).is_none_or(|name| name.class != Class::Average) {
        return false;
    }
    let behind = !before && (probe.eat("( # )") || probe.eat("#"));
    if before || behind {
        *cursor = probe;
    }
    before || behind
}

/// `9 EMA > 21 EMA on the 4h` beside another chart: both are of that one.
fn frame_of_both(tokens: &mut Vec<Token>, at: usize, change: bool) {
    const BEING: &str = "is|are|stays|crosses|crossing|cross|crossed|being|trading|has|crossed";
    let mut cursor = Cursor::new(tokens, at);
    if at > 0 && is_number(tokens, at - 1) || !average(&mut cursor) {
        return;
    }
    // "the daily 9 EMA" has a chart of its own.
    let framed = (1..=2).any(|back| {
        let Some(start) = at.checked_sub(back) else { return false };
        let mut probe = Cursor::new(tokens, start);
        clock::timeframe(&mut probe).is_some() && probe.at == at
    });
    if framed {
        return;
    }
    let first = cursor.at;
    while cursor.eat(BEING) {}
    let related = cursor.eat("above|over|below|under|≥|≤|>|< =?")
        || Cursor::new(tokens, cursor.at.saturating_sub(1)).sees("crosses|crossing|cross|crossed");
    if !related || !average(&mut cursor) {
        return;
    }
    let place = cursor.at;
    let bracket = cursor.eat("(");
    let Some(frame) = (if bracket { chart(&mut cursor) } else { on_chart(&mut cursor) }) else { return };
    if bracket && !cursor.eat(")") || !change && !another_chart(tokens, frame) {
        return;
    }
    let end = cursor.at;
    let words = [Run(at..first), Run(place..end), Run(first..end)];
    reordered(tokens, at, end, &words);
}

/// `4h chart`.
fn chart(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    let frame = clock::timeframe(cursor)?;
    cursor.eat("chart|charts|timeframe|tf|bars|candles");
    Some(frame)
}

/// `on the 4h chart`.
fn on_chart(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    cursor.eat("on|of the|a|an?").then(|| chart(cursor))?
}

/// True where the text speaks of another chart than this one.
fn another_chart(tokens: &[Token], frame: &str) -> bool {
    let mut cursor = Cursor::new(tokens, 0);
    while !cursor.is_end() {
        match clock::timeframe(&mut cursor) {
            Some(other) if other != frame => return true,
            Some(_) => {}
            None => cursor.at += 1,
        }
    }
    false
}

/// `RSI(2) < 10 on the daily chart` beside another chart: the indicator's.
fn frame_of_value(tokens: &mut Vec<Token>, at: usize, change: bool) {
    const RELATION: &str =
        "is|was|above|over|below|under|>|<|crosses|crossing|=|stays|positive|negative|rising|falling";
    let mut cursor = Cursor::new(tokens, at);
    if at > 0 && is_number(tokens, at - 1) {
        return;
    }
    cursor.eat("the|its");
    let named =
        names::indicator(&mut cursor).is_some_and(|name| matches!(name.class, Class::Measure | Class::Oscillator(..)));
    if !named {
        return;
    }
    let _ = cursor.eat("( # )") || cursor.eat("( # , # , # )") || cursor.eat("( # , # )") || cursor.eat("#");
    let first = cursor.at;
    while cursor.eat(RELATION) {}
    let related = cursor.at > first;
    let _ = cursor.eat("its|the? signal line?") || cursor.number().is_some();
    let place = cursor.at;
    let Some(frame) = on_chart(&mut cursor).filter(|_| related) else { return };
    let end = cursor.at;
    if (change || another_chart(tokens, frame)) && cursor.is_pause_or_joint() {
        let words = [Run(at..first), Run(place..end), Run(first..place)];
        reordered(tokens, at, end, &words);
    }
}

/// `max 1 loss per day`: a count, no money.
fn one_loss(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("max|maximum|only|just|most") {
        return;
    }
    cursor.eat("of");
    let number = cursor.at;
    let few = cursor.number().is_some_and(|number| number <= 10.into());
    if few && cursor.eat("loss|losses|loser|losers|losing trades|trade?") && cursor.eat("per|a|each day|session") {
        let end = cursor.at;
        replace(tokens, number + 1, end, &["losses", "per", "day"]);
        replace(tokens, at, at + 1, &["max"]);
    }
}

/// `stop 1% of price`: a distance in percent.
fn share_of_price(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("stop|sl|target|tp|trail|trailing|loss|profit") {
        return;
    }
    while cursor.eat("is|at|of|loss|stop|by|:|=|a|-") {}
    if !cursor.eat("# %|percent") {
        return;
    }
    let end = cursor.at;
    if cursor.eat("of|from|off|below|above the|my? entry|current|market|buy|purchase? price|entry|close") {
        let stop = cursor.at;
        tokens.drain(end..stop);
    }
}

/// `target 2 to 1`: two for one risked.
fn to_one(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("target|tp|targets profit?") {
        return;
    }
    let _ = cursor.eat("is|of|at|:|=") && cursor.eat("a");
    let end = cursor.at + 1;
    let one = cursor.numbers("# to|: #").is_some_and(|numbers| numbers.get(1) == Some(&1.into()));
    if one && cursor.is_pause_or_joint() {
        let stop = cursor.at;
        replace(tokens, end, stop, &["r"]);
    }
}

/// `daily goal 500`, `daily stop $500`: limits of the day.
fn goal_of_day(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("daily") {
        return;
    }
    let profit = cursor.eat("goal|target profit?");
    if !profit && !cursor.eat("stop|loss|max loss|limit|stop?") {
        return;
    }
    let _ = cursor.eat("is|of|at|:|=");
    cursor.eat("$");
    let number = cursor.at;
    if !is_number(tokens, number) || cursor.numbers("# %|r|points|pts|percent").is_some() {
        return;
    }
    let word = if profit { "profit" } else { "loss" };
    put_words(tokens, at, number, &[Said("daily"), Said(word), Said("limit"), Mark('$')]);
}

/// `risk 500 a trade`: money.
fn risked_alone(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("risk|risking") {
        return;
    }
    let number = cursor.at;
    let money = cursor.number().is_some_and(|number| number >= 20.into());
    if money && cursor.eat("a|per|each|every trade|position") {
        put_words(tokens, number, number, &[Mark('$')]);
    }
}

/// `risk 1% of a 50k account per trade`: the risk, and the capital.
fn risk_of_account(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("risk|risking|risks") {
        return;
    }
    let percent = cursor.at;
    if !cursor.eat("# %|percent of|on a|an|my|the?") {
        return;
    }
    cursor.eat("$");
    let amount = cursor.at;
    let plain = cursor.number().is_some();
    let end = cursor.at;
    let account = cursor.eat("account|acct|balance|equity|capital");
    let each = cursor.eat("per|each|a|every trade");
    if !plain || !(account || each) {
        return;
    }
    let stop = cursor.at;
    let words = [
        Said("risk"),
        Kept(percent),
        Mark('%'),
        Said("per trade"),
        Mark(','),
        Mark('$'),
        Run(amount..end),
        Said("account"),
    ];
    reordered(tokens, at, stop, &words);
}

/// `min 10 bars between trades`: so many are waited.
fn between_trades(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("at");
    if !cursor.eat("min|minimum|least of?") || !is_number(tokens, cursor.at) {
        return;
    }
    let number = cursor.at;
    if cursor.eat("# bars|candles|bar|minutes|mins between|after each?") && cursor.sees("trades|entries|signals") {
        put_words(tokens, at, number, &[Said("wait")]);
    }
}

/// `first trade not before 9:40`: none before it.
fn first_not_before(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("first|1st trade|entry|entries|trades is|are? not|no|never before|earlier|b than?") {
        let end = cursor.at;
        let clock = tokens.get(end).is_some_and(|token| matches!(token.kind, Kind::Clock(_) | Kind::Number(_)));
        if clock {
            replace(tokens, at, end, &["no", "trades", "before"]);
        }
    }
}

/// `stoch isnt overbought (under 80)`: it is under 80.
fn not_extreme(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let named = cursor.eat("is|are? not overbought|oversold") || cursor.eat("isnt|isn't|not overbought|oversold");
    if !named || !cursor.eat("(|,|-") {
        return;
    }
    let relation = cursor.at;
    if cursor.eat("under|below|over|above|<|>") && is_number(tokens, cursor.at) {
        let number = cursor.at;
        cursor.at += 1;
        cursor.eat(")");
        let end = cursor.at;
        reordered(tokens, at, end, &[Said("is"), Kept(relation), Kept(number)]);
    }
}

/// `TP prior swing high (10 bars)`: the high of those bars.
fn swing_target(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("the");
    if !cursor.eat("prior|previous|last|recent") {
        return;
    }
    let mut number = is_number(tokens, cursor.at).then_some(cursor.at);
    if number.is_some() && !cursor.eat("# bar|bars|candle") {
        return;
    }
    if !cursor.eat("swing high|low") {
        return;
    }
    let extreme = cursor.at - 1;
    if number.is_none() && cursor.eat("(") {
        number = Some(cursor.at);
        if !cursor.eat("# bars|bar|candles back|lookback? )") {
            return;
        }
    }
    let end = cursor.at;
    if let Some(number) = number.filter(|_| !cursor.sees("of|in|over|from|last")) {
        let words = [Said("the"), Kept(extreme), Said("of the last"), Kept(number), Said("bars")];
        reordered(tokens, at, end, &words);
    }
}

/// `BTC daily golden cross 50/200 SMA, long only`: it is bought.
fn golden_alone(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    // "50/200 SMA golden cross": the numbers behind it.
    if cursor.eat("# / # sma|ema|ma|day? golden|death cross") {
        let cross = cursor.at;
        let name = cross - 2;
        let words = [Kept(name), Kept(name + 1), Run(at..name)];
        reordered(tokens, at, cross, &words);
        return golden_alone(tokens, at);
    }
    if !cursor.eat("golden cross") {
        return;
    }
    let _ = cursor.eat("# / # sma|ema|ma|day?") || cursor.eat("of? the? # and|/ # sma|ema|ma|day?");
    cursor.eat("strategy|system");
    let alone = cursor.eat(",? long|longs only");
    let start = clause_start(tokens, at);
    const VERB: &str =
        "buy|buys|long|longs|go|enter|enters|when|if|on|sell|short|exit|cover|close|after|until|while|filter|above";
    let led = (start..at).any(|back| Cursor::new(tokens, back).sees(VERB));
    if alone && !led {
        let place = tokens.get(at).map_or((0, 0), |token| (token.start, token.end));
        let words = ["buy", "on", "a"].map(|word| Token::new(Kind::Word(word.to_owned()), place, false));
        tokens.splice(at..at, words);
    }
}

/// `Supertrend(10,2) long when it flips green`: it stands where "it" does.
fn trend_named_before(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("supertrend") {
        return;
    }
    let _ = cursor.eat("( # , # )") || cursor.eat("( # )");
    let end = cursor.at;
    let _ = cursor.eat(",|:|-");
    let side = cursor.at;
    if !cursor.eat("long|buy|longs|go") {
        return;
    }
    cursor.eat("long");
    let verb = cursor.at;
    if !cursor.eat("when|if|once it|supertrend") || !cursor.sees("flips|turns|goes|is|changes") {
        return;
    }
    let stop = cursor.at;
    let words = [Run(side..verb + 1), Run(at..end)];
    reordered(tokens, at, stop, &words);
}

/// `$600 stop $900 target per contract`: each per contract.
fn money_each(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("$ # stop|sl|target|tp loss?") {
        return;
    }
    let first = cursor.at;
    let _ = cursor.eat(",|and|&|/");
    let second = cursor.at;
    if !cursor.eat("$ # stop|sl|target|tp loss?") {
        return;
    }
    let end = cursor.at;
    if !cursor.eat("per|a|each contract|lot|car") {
        return;
    }
    let stop = cursor.at;
    // "stop $600 per contract, target $900 per contract".
    let part = |from: usize, to: usize| -> Vec<Part<'static>> {
        let amount = [Kept(from), Kept(from + 1)];
        (from + 2..to).map(Kept).chain(amount).chain((end..stop).map(Kept)).collect()
    };
    let mut words = part(at, first);
    words.push(Mark(','));
    words.extend(part(second, end));
    reordered(tokens, at, stop, &words);
}
