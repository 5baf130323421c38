//! Lines that flip or turn, said again without their name: "supertrend (10,3), flips green long", "exit when it flips above",
//! "HMA 55 on ES: buy when it turns up"; and pairs and deviations in short.

use super::change_phrases::{
    Part::{Kept, Mark, Run, Said},
    put_words,
};
use super::cursor::Cursor;
use super::everyday_forms::reordered;
use super::rephrased::replace;
use super::said_plainly::{is_number, opens, word};
use super::token::{Kind, Token};

/// Puts what stands at `at` into words that name the line.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize) {
    for rule in
        [sar_again, supertrend_again, macd_again, average_again, cross_on, pair_crossover, cross_of, deviations_from]
    {
        rule(tokens, at);
    }
}

/// Where `pattern` was said last before `at`.
fn said_before(tokens: &[Token], at: usize, pattern: &'static str) -> Option<usize> {
    (0..at).rev().find(|place| Cursor::new(tokens, *place).sees(pattern))
}

/// `long when SAR flips below price, exit when it flips above`: the SAR, above the price.
fn sar_again(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let it = cursor.eat("it|they|dots|that");
    if !(it || opens(tokens, at)) || !cursor.eat("flips|flip|moves|goes|switches|jumps|turns") {
        return;
    }
    cursor.eat("back");
    let above = cursor.sees("above|over");
    let placed = cursor.eat("above|over|below|under");
    let said = said_before(tokens, at, "sar|psar flips|flip|below|above|moves|goes|is|dots");
    let ends = cursor.is_pause_or_joint() || cursor.sees("→|=|-");
    if placed && ends && said.is_some() {
        let end = cursor.at;
        replace(tokens, at, end, &["parabolic", "sar", "flips", if above { "above" } else { "below" }, "price"]);
    }
}

/// `supertrend (10,3), flips green long`, `short on a flip down`: the same supertrend.
fn supertrend_again(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let on = cursor.eat("on a flip");
    let opened = opens(tokens, at) || at > 0 && Cursor::new(tokens, at - 1).sees(":");
    if !(on || opened && cursor.eat("flips|flip|turns|turn|goes")) {
        return;
    }
    cursor.eat("to|back");
    cursor.eat("to");
    let up = cursor.sees("green|up|bullish|long|blue");
    if !cursor.eat("green|up|bullish|red|down|bearish|blue") {
        return;
    }
    let end = cursor.at;
    let Some(line) = said_before(tokens, at, "supertrend") else { return };
    let mut named = Cursor::new(tokens, line + 1);
    let _ = named.eat("( # , # )") || named.eat("( # / # )") || named.eat("# ,|/ #");
    let named = named.at;
    let words = [Said("when"), Run(line..named), Said("turns"), Said(if up { "green" } else { "red" })];
    reordered(tokens, at, end, &words);
}

/// `macd (12,26,9) crosses up = long, crosses down = short`: the same MACD.
fn macd_again(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !opens(tokens, at) {
        return;
    }
    cursor.eat("it");
    if !cursor.eat("crosses|cross") {
        return;
    }
    let down = cursor.sees("down|under");
    if !cursor.eat("up|down|over|under") {
        return;
    }
    let end = cursor.at;
    let marked = cursor.is_pause() || cursor.sees("=|-|short|long|go|sell|buy|sells|buys|exit");
    let others = said_before(tokens, at, "rsi|ema|sma|stochastic|stoch|cci|vwap|close|price").is_some();
    let Some(line) = said_before(tokens, at, "macd").filter(|_| marked && !others) else { return };
    let mut named = Cursor::new(tokens, line + 1);
    let _ = named.eat("( # , # , # )") || named.eat("# / # / #");
    let named = named.at;
    let words = [Run(line..named), Said("crosses"), Said(if down { "down" } else { "up" })];
    reordered(tokens, at, end, &words);
}

/// `HMA 55 on ES 15m, buy when it turns up`: the average that heads the text is what turns.
fn average_again(tokens: &mut Vec<Token>, at: usize) {
    const LINES: &str = "ema|sma|ma|hma|wma|dema|tema";
    const OTHERS: &str = "rsi|macd|vwap|supertrend|price|close|closes|adx|crosses|cross|above|below|and|/";
    let pause = (0..tokens.len()).find(|place| Cursor::new(tokens, *place).sees(",|.|:|;|\n"));
    let Some(head) = pause.filter(|head| at < *head && Cursor::new(tokens, at).sees(LINES)) else { return };
    let others = (0..head).any(|place| Cursor::new(tokens, place).sees(OTHERS));
    let line = (0..head).filter(|place| Cursor::new(tokens, *place).sees(LINES)).count();
    if others || line != 1 {
        return;
    }
    let hull = usize::from(at > 0 && Cursor::new(tokens, at - 1).sees("hull"));
    let (number, from, to) = if Cursor::new(tokens, at + 1).sees("( # )") {
        (at + 2, at - hull, at + 4)
    } else if is_number(tokens, at + 1) {
        (at + 1, at - hull, at + 2)
    } else if at > hull && is_number(tokens, at - hull - 1) {
        (at - hull - 1, at - hull - 1, at + 1)
    } else {
        return;
    };
    let turns = |place: usize| {
        let mut cursor = Cursor::new(tokens, place);
        let it = place > 0 && Cursor::new(tokens, place - 1).sees("when|if|once|whenever|while") && cursor.eat("it");
        let turned = cursor.eat("turns|flips|curls") && cursor.sees("up|down");
        let moves = it && cursor.eat("is") && cursor.sees("rising|falling");
        ((it || opens(tokens, place)) && turned || moves).then_some((place, it))
    };
    let places: Vec<(usize, bool)> = (head..tokens.len()).filter_map(turns).collect();
    for (place, it) in places.iter().rev() {
        if !it {
            let placed = word(tokens, *place, "when");
            tokens.insert(*place, placed);
        }
        let lead = if *it { "the" } else { "when the" };
        reordered(tokens, *place, place + 1, &[Said(lead), Kept(number), Run(at - hull..at + 1)]);
    }
    let verb = Cursor::new(tokens, to).sees("turns|flips|curls|is|slope|rising|falling");
    if !places.is_empty() && !verb {
        let on = usize::from(Cursor::new(tokens, to).sees("on"));
        tokens.drain(from..to + on);
    }
}

/// `on an ema 20 cross above the ema 60`: when it crosses that.
fn cross_on(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("on|at|upon") {
        return;
    }
    cursor.eat("a|an|the");
    let line = cursor.at;
    let named = cursor.eat("ema|sma|ma|wma|hma #") || cursor.eat("ema|sma|ma|wma|hma ( # )") || {
        cursor.eat("# -? day|bar|period|hour|minute? ema|sma|ma|wma|hma")
    };
    let cross = cursor.at;
    if !named || !cursor.eat("cross|crossover|crossing") || !cursor.sees("above|below|over|under|through|up|down") {
        return;
    }
    replace(tokens, cross, cross + 1, &["crosses"]);
    replace(tokens, at, line, &["when"]);
}

/// `EMA 5 13 crossover`: the pair.
fn pair_crossover(tokens: &mut Vec<Token>, at: usize) {
    if Cursor::new(tokens, at).sees("ema|sma|ma|hma|wma # # cross|crossover|crosses|x") && is_number(tokens, at + 1) {
        let place = tokens.get(at + 2).map_or((0, 0), |token| (token.start, token.start));
        tokens.insert(at + 2, Token::new(Kind::Mark('/'), place, false));
    }
}

/// `a death cross of the 20 and 50 day EMAs`: the first below the second.
fn cross_of(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("a|the");
    let golden = cursor.sees("golden");
    if !cursor.eat("golden|death cross|crossover of|between|on the?") {
        return;
    }
    let fast = cursor.at;
    if !cursor.eat("# and|/|& #") {
        return;
    }
    let slow = fast + 2;
    cursor.eat("-");
    let days = cursor.sees("day|days");
    cursor.eat("day|days|bar|bars|period");
    let kind = cursor.at;
    if !cursor.eat("ema|emas|sma|smas|ma|mas|averages") {
        return;
    }
    let end = cursor.at;
    let name = match tokens.get(kind).and_then(Token::word) {
        Some("ema" | "emas") => "ema",
        _ => "sma",
    };
    // "… and cover on the golden cross": of the same pair.
    let bare = |place: usize| {
        let mut cursor = Cursor::new(tokens, place);
        cursor.eat("golden|death cross|crossover") && !cursor.sees("of|between")
    };
    let again: Vec<usize> = (end..tokens.len()).filter(|place| bare(*place)).collect();
    for place in again.into_iter().rev() {
        let way = if Cursor::new(tokens, place).sees("golden") { "above" } else { "below" };
        let words = [Kept(fast), Said(name), Said("crosses"), Said(way), Kept(slow), Said(name)];
        reordered(tokens, place, place + 2, &words);
        let lead = (place.saturating_sub(2)..place).find(|lead| Cursor::new(tokens, *lead).sees("on|at"));
        if let Some(lead) = lead {
            replace(tokens, lead, place, &["when"]);
        }
    }
    let way = if golden { "above" } else { "below" };
    let unit = || Said(if days { "day" } else { "bar" });
    let words = [Kept(fast), unit(), Said(name), Said("crosses"), Said(way), Kept(slow), unit(), Said(name)];
    put_words(tokens, at, end, &words);
    if at > 0 && Cursor::new(tokens, at - 1).sees("on|at") {
        replace(tokens, at - 1, at, &["when"]);
    }
}

/// `2 std devs below the 20 day average`: the lower band.
fn deviations_from(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let _ = cursor.eat("more than") || cursor.eat("at least") || cursor.eat("over");
    let wide = cursor.at;
    if !is_number(tokens, wide) || Cursor::new(tokens, wide).number().is_none_or(|wide| wide >= 10.into()) {
        return;
    }
    cursor.at += 1;
    if !(cursor.eat("standard|std|st deviations|deviation|devs|dev") || cursor.eat("sd|sds|stdevs|stdev|sigma|sigmas"))
    {
        return;
    }
    let above = cursor.sees("above|over");
    if !cursor.eat("above|over|below|under the|its|a") {
        return;
    }
    let period = cursor.at;
    if !cursor.eat("# -? day|bar|period simple? moving? average|mean|ma|sma") || !is_number(tokens, period) {
        return;
    }
    let end = cursor.at;
    let (side, band) = if above { ("above", "upper") } else { ("below", "lower") };
    let words = [
        Said(side),
        Said("the"),
        Said(band),
        Said("bollinger band"),
        Mark('('),
        Kept(period),
        Mark(','),
        Kept(wide),
        Mark(')'),
    ];
    put_words(tokens, at, end, &words);
}
