//! What traders call indicators and candlestick patterns, and which call of the language each name is.

use super::cursor::{Cursor, beginnings};
use super::token::Kind;
use std::collections::BTreeSet;
use std::sync::LazyLock;
/// Which way a line lies from the price, for words that leave the direction open ("breaks", "touches").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lean {
    /// Usually above it: highs, resistance, upper bands.
    Above,
    /// Usually below it: lows, support, lower bands.
    Below,
    /// Either.
    Either,
}

/// What a value is measured in, which decides what may be said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// The price itself.
    Price,
    /// A line on the price's axis.
    Level(Lean),
    /// A moving average, also a level.
    Average,
    /// An oscillator with its thresholds of overbought and oversold.
    Oscillator(i32, i32),
    /// Traded volume and lines over it.
    Volume,
    /// A plain number.
    Number,
    /// Anything else with a size.
    Measure,
}

/// A name: the pattern, the row of the indicator table, the output, what it is.
pub(crate) struct Name {
    pub(crate) pattern: &'static str,
    pub(crate) row: &'static str,
    pub(crate) output: &'static str,
    pub(crate) class: Class,
}

const fn name(pattern: &'static str, row: &'static str, output: &'static str, class: Class) -> Name {
    Name { pattern, row, output, class }
}

const LEVEL: Class = Class::Level(Lean::Either);
const UPPER: Class = Class::Level(Lean::Above);
const LOWER: Class = Class::Level(Lean::Below);
const ZERO: Class = Class::Oscillator(0, 0);

/// Names by pattern; a longer name stands before the one it begins with.
#[rustfmt::skip]
pub(crate) static NAMES: [Name; 136] = [
    name("double exponential moving average", "dema", "", Class::Average),
    name("triple exponential moving average", "tema", "", Class::Average),
    name("exponential|exp moving? average|averages|avg|ma|line", "ema", "", Class::Average),
    name("simple|smooth moving? average|averages|avg|ma", "sma", "", Class::Average),
    name("weighted moving? average|averages|avg|ma", "wma", "", Class::Average),
    name("hull moving? average|avg|ma?", "hma", "", Class::Average),
    name("hull", "hma", "", Class::Average),
    name("volume weighted moving average|avg", "vwma", "", Class::Average),
    name("triangular moving? average|ma", "trima", "", Class::Average),
    name("wilder|wilders|smoothed moving? average|ma", "rma", "", Class::Average),
    name("zero lag ema|exponential? moving? average?", "zlema", "", Class::Average),
    name("kaufman adaptive? moving? average?", "kama", "", Class::Average),
    name("adaptive moving average", "kama", "", Class::Average),
    name("mesa adaptive? moving? average?", "mama", "", Class::Average),
    name("tillson t3?", "t3", "", Class::Average),
    name("moving|mov average|averages|avg", "sma", "", Class::Average),
    name("ema|emas", "ema", "", Class::Average),
    name("sma|smas", "sma", "", Class::Average),
    name("dma|dmas", "sma", "", Class::Average),
    name("wma", "wma", "", Class::Average),
    name("dema", "dema", "", Class::Average),
    name("tema", "tema", "", Class::Average),
    name("hma", "hma", "", Class::Average),
    name("kama", "kama", "", Class::Average),
    name("vwma", "vwma", "", Class::Average),
    name("trima", "trima", "", Class::Average),
    name("rma|smma", "rma", "", Class::Average),
    name("zlema", "zlema", "", Class::Average),
    name("mama", "mama", "mama", Class::Average),
    name("fama", "mama", "fama", Class::Average),
    name("ma|mas", "sma", "", Class::Average),
    name("stochastic|stoch rsi k?", "stochrsi", "k", Class::Oscillator(80, 20)),
    name("stochrsi k?", "stochrsi", "k", Class::Oscillator(80, 20)),
    name("relative strength index", "rsi", "", Class::Oscillator(70, 30)),
    name("relative strength", "rsi", "", Class::Oscillator(70, 30)),
    name("rsi", "rsi", "", Class::Oscillator(70, 30)),
    name("macd histogram|hist|histo", "macd", "histogram", ZERO),
    name("macd signal line?", "macd", "signal", ZERO),
    name("macd line?", "macd", "line", ZERO),
    name("% k", "stoch", "k", Class::Oscillator(80, 20)),
    name("% d", "stoch", "d", Class::Oscillator(80, 20)),
    name("slow|full? stochastic|stochastics|stoch % k", "stoch", "k", Class::Oscillator(80, 20)),
    name("slow|full? stochastic|stochastics|stoch % d", "stoch", "d", Class::Oscillator(80, 20)),
    name("slow|full? stochastic|stochastics|stoch d line?", "stoch", "d", Class::Oscillator(80, 20)),
    name("fast stochastic|stochastics|stoch", "stochf", "k", Class::Oscillator(80, 20)),
    name("slow|full? stochastic|stochastics|stoch|stochs k? line|oscillator?", "stoch", "k", Class::Oscillator(80, 20)),
    name("kdj", "kdj", "k", Class::Oscillator(80, 20)),
    name("upper|top|high bollinger|bollingers|bb|bbs|boll band|bands|line?", "bbands", "upper", UPPER),
    name("lower|bottom|low bollinger|bollingers|bb|bbs|boll band|bands|line?", "bbands", "lower", LOWER),
    name("middle|mid|center|centre bollinger|bollingers|bb|boll band|bands|line?", "bbands", "middle", LEVEL),
    name("bollinger|bb|boll band|bands? upper|top band|line?", "bbands", "upper", UPPER),
    name("bollinger|bb|boll band|bands? lower|bottom band|line?", "bbands", "lower", LOWER),
    name("bollinger|bb|boll band|bands? middle|mid|midline|basis band|line?", "bbands", "middle", LEVEL),
    name("bollinger|bb mid", "bbands", "middle", LEVEL),
    name("upper|top keltner band|bands|channel|channels|line? line?", "keltner", "upper", UPPER),
    name("lower|bottom keltner band|bands|channel|channels|line? line?", "keltner", "lower", LOWER),
    name("middle|mid keltner band|bands|channel|channels|line? line?", "keltner", "middle", LEVEL),
    name("keltner band|bands|channel|channels? upper|top band|line?", "keltner", "upper", UPPER),
    name("keltner band|bands|channel|channels? lower|bottom band|line?", "keltner", "lower", LOWER),
    name("keltner band|bands|channel|channels? middle|midline|mid line?", "keltner", "middle", LEVEL),
    name("upper|top donchian band|bands|channel|channels|line? line?", "donchian", "upper", UPPER),
    name("lower|bottom donchian band|bands|channel|channels|line? line?", "donchian", "lower", LOWER),
    name("middle|mid donchian band|bands|channel|channels|line? line?", "donchian", "middle", LEVEL),
    name("donchian band|bands|channel|channels? upper|top|high band|line?", "donchian", "upper", UPPER),
    name("donchian band|bands|channel|channels? lower|bottom|low band|line?", "donchian", "lower", LOWER),
    name("donchian band|bands|channel|channels? middle|midline|mid line?", "donchian", "middle", LEVEL),
    name("upper acceleration bands|band", "accbands", "upper", UPPER),
    name("lower acceleration bands|band", "accbands", "lower", LOWER),
    name("supertrend trend|direction", "supertrend", "trend", ZERO),
    name("supertrend|super line?", "supertrend", "line", LEVEL),
    name("super trend line?", "supertrend", "line", LEVEL),
    name("parabolic sar|psar?", "sar", "", LEVEL),
    name("psar|sar", "sar", "", LEVEL),
    name("tenkan sen? line?", "ichimoku", "conversion", LEVEL),
    name("kijun sen? line?", "ichimoku", "base", LEVEL),
    name("ichimoku? conversion line", "ichimoku", "conversion", LEVEL),
    name("ichimoku? base line|baseline", "ichimoku", "base", LEVEL),
    name("senkou span? a", "ichimoku", "span_a", LEVEL),
    name("senkou span? b", "ichimoku", "span_b", LEVEL),
    name("ichimoku? span a", "ichimoku", "span_a", LEVEL),
    name("ichimoku? span b", "ichimoku", "span_b", LEVEL),
    name("average true range", "atr", "", Class::Measure),
    name("atr|atrs", "atr", "", Class::Measure),
    name("natr", "natr", "", Class::Measure),
    name("average daily range|adr", "adr", "", Class::Measure),
    name("true range", "true_range", "", Class::Measure),
    name("average directional index|movement", "adx", "", Class::Measure),
    name("adx", "adx", "", Class::Measure),
    name("plus di|directional indicator?", "plus_di", "", Class::Measure),
    name("minus di|directional indicator?", "minus_di", "", Class::Measure),
    name("+ di", "plus_di", "", Class::Measure),
    name("- di", "minus_di", "", Class::Measure),
    name("di +", "plus_di", "", Class::Measure),
    name("di -", "minus_di", "", Class::Measure),
    name("di plus", "plus_di", "", Class::Measure),
    name("di minus", "minus_di", "", Class::Measure),
    name("aroon oscillator|osc", "aroonosc", "", ZERO),
    name("aroon up", "aroon", "up", Class::Measure),
    name("aroon down", "aroon", "down", Class::Measure),
    name("vortex plus|vi|positive", "vortex", "plus", Class::Measure),
    name("vortex minus|negative", "vortex", "minus", Class::Measure),
    name("commodity channel index", "cci", "", Class::Oscillator(100, -100)),
    name("cci", "cci", "", Class::Oscillator(100, -100)),
    name("williams|william % ? r", "willr", "", Class::Oscillator(-20, -80)),
    name("williams|william % r", "willr", "", Class::Oscillator(-20, -80)),
    name("williams|william r", "willr", "", Class::Oscillator(-20, -80)),
    name("% r", "willr", "", Class::Oscillator(-20, -80)),
    name("money flow index", "mfi", "", Class::Oscillator(80, 20)),
    name("chaikin money flow", "cmf", "", ZERO),
    name("chaikin oscillator", "adosc", "", ZERO),
    name("rate of change", "roc", "", ZERO),
    name("awesome oscillator", "ao", "", ZERO),
    name("ultimate oscillator", "ultosc", "", Class::Oscillator(70, 30)),
    name("chande momentum oscillator?", "cmo", "", Class::Oscillator(50, -50)),
    name("true strength index", "tsi", "", ZERO),
    name("percentage price oscillator", "ppo", "", ZERO),
    name("absolute price oscillator", "apo", "", ZERO),
    name("balance of power", "bop", "", ZERO),
    name("coppock curve?", "coppock", "", ZERO),
    name("force index", "efi", "", ZERO),
    name("elder force index?", "efi", "", ZERO),
    name("bull power", "eri", "bull", ZERO),
    name("bear power", "eri", "bear", ZERO),
    name("efficiency ratio", "er", "", Class::Measure),
    name("mass index", "massi", "", Class::Measure),
    name("on balance volume", "obv", "", Class::Measure),
    name("accumulation distribution line?", "ad", "", Class::Measure),
    name("standard deviation", "stddev", "", Class::Measure),
    name("linear|lin regression|reg slope", "linearreg_slope", "", ZERO),
    name("linreg slope", "linearreg_slope", "", ZERO),
    name("slope of the? linear regression line?", "linearreg_slope", "", ZERO),
    name("linear regression angle", "linearreg_angle", "", ZERO),
    name("linear regression line|value?", "linreg", "", LEVEL),
    name("heikin ashi close", "ha", "close", LEVEL),
    name("momentum indicator|oscillator?", "mom", "", ZERO),
    name("relative volume", "rvol", "", Class::Measure),
];

/// True where some name may begin: most words are none, and every reader asks.
fn may_begin(cursor: &Cursor<'_>) -> bool {
    static FIRST: LazyLock<BTreeSet<&'static str>> =
        LazyLock::new(|| first_words(NAMES.iter().map(|name| name.pattern)));
    match cursor.peek().map(|token| &token.kind) {
        Some(Kind::Word(word)) => FIRST.contains(word.as_str()),
        Some(Kind::Mark(_)) => true,
        Some(Kind::Number(_) | Kind::Clock(_)) | None => false,
    }
}

/// The words that patterns may begin with: those of their elements up to the first that is not optional.
pub(crate) fn first_words(patterns: impl Iterator<Item = &'static str>) -> BTreeSet<&'static str> {
    let mut words = BTreeSet::new();
    for pattern in patterns {
        for element in pattern.split(' ') {
            let optional = element.len() > 1 && element.ends_with('?');
            words.extend(element.trim_end_matches('?').split('|'));
            if !optional {
                break;
            }
        }
    }
    words
}

/// A name here; the longest of the table, else a row's own name.
pub(crate) fn indicator(cursor: &mut Cursor<'_>) -> Option<Name> {
    // Side by side in memory, so that a name is refused without a look at its pattern.
    static BEGIN: LazyLock<Vec<u64>> = LazyLock::new(|| NAMES.iter().map(|name| beginnings(name.pattern)).collect());
    let bit = cursor.peek().map_or(0, |token| token.bit);
    if may_begin(cursor)
        && let Some((found, _)) =
            NAMES.iter().zip(&*BEGIN).find(|(known, words)| **words & bit != 0 && cursor.eat(known.pattern))
    {
        return Some(Name { ..*found });
    }
    let word = cursor.peek_word().filter(|word| word.len() > 1 && !NOT_ALONE.contains(word))?;
    let row = strategy::indicators::find(word).filter(|row| row.arguments.len() < 4 || word == "ichimoku")?;
    cursor.at += 1;
    let class = match row.family {
        strategy::indicators::Family::MovingAverage => Class::Average,
        strategy::indicators::Family::Momentum => ZERO,
        strategy::indicators::Family::PriceTransform => LEVEL,
        _ if matches!(row.name, "linreg" | "tsf" | "highest" | "lowest" | "ht_trendline") => LEVEL,
        _ => Class::Measure,
    };
    let class = match row.name {
        "mfi" | "stochf" | "kdj" => Class::Oscillator(80, 20),
        "willr" => Class::Oscillator(-20, -80),
        "cci" => Class::Oscillator(100, -100),
        "cmo" | "cmou" => Class::Oscillator(50, -50),
        "ultosc" | "imi" | "rvi" => Class::Oscillator(70, 30),
        "smi" => Class::Oscillator(40, -40),
        _ => class,
    };
    let mut output = "";
    if row.outputs.len() > 1 {
        let mut probe = *cursor;
        let named = row.outputs.iter().find(|output| probe.eat(output));
        let default = row.outputs.first().copied().unwrap_or("");
        // "a break of the Donchian", "above Ichimoku": which of its lines is not said.
        let mut call = *cursor;
        if call.eat("(") {
            while call.number().is_some() || call.eat(",|/") {}
        }
        let told = call.at > cursor.at
            && call.eat(")")
            && call.sees(".|upper|lower|middle|top|bottom|mid|basis|line|high|low");
        let channel = matches!(row.name, "donchian" | "keltner" | "bbands" | "ichimoku");
        // "keltner 20 1.5, …" is named before its lines are.
        if named.is_none() && channel && !told && !cursor.sees("#") {
            cursor.at -= 1;
            return None;
        }
        output = named.copied().unwrap_or(default);
        if named.is_some() {
            *cursor = probe;
        }
    }
    Some(Name { pattern: "", row: row.name, output, class })
}

/// Rows whose names are English words or letters of other meanings.
const NOT_ALONE: [&str; 17] = [
    "ma",
    "ad",
    "ac",
    "er",
    "var",
    "gap",
    "beta",
    "vwap",
    "angle",
    "slope",
    "intercept",
    "percentile",
    "fractal",
    "highest",
    "lowest",
    "stoch",
    "ha",
];

/// A candlestick pattern: its phrase, the call, and the sign a bullish one has (0: no direction).
pub(crate) struct Candlestick {
    pub(crate) pattern: &'static str,
    pub(crate) row: &'static str,
    pub(crate) sign: i8,
}

const fn candle(pattern: &'static str, row: &'static str, sign: i8) -> Candlestick {
    Candlestick { pattern, row, sign }
}

/// Patterns by name; sign 1 bullish, −1 bearish, 0 without direction, 2 as the side says.
#[rustfmt::skip]
pub(crate) static CANDLESTICKS: [Candlestick; 88] = [
    candle("two crows", "cdl2crows", -1),
    candle("identical three crows", "cdlidentical3crows", -1),
    candle("three|3 black crows", "cdl3blackcrows", -1),
    candle("three|3 inside up", "cdl3inside", 1),
    candle("three|3 inside down", "cdl3inside", -1),
    candle("bullish three|3 line strike", "cdl3linestrike", 1),
    candle("bearish three|3 line strike", "cdl3linestrike", -1),
    candle("three|3 line strike", "cdl3linestrike", 2),
    candle("three|3 outside up", "cdl3outside", 1),
    candle("three|3 outside down", "cdl3outside", -1),
    candle("three|3 stars in the south", "cdl3starsinsouth", 1),
    candle("three|3 white soldiers", "cdl3whitesoldiers", 1),
    candle("bullish abandoned baby", "cdlabandonedbaby", 1),
    candle("bearish abandoned baby", "cdlabandonedbaby", -1),
    candle("abandoned baby", "cdlabandonedbaby", 2),
    candle("advance block", "cdladvanceblock", -1),
    candle("bullish belt hold", "cdlbelthold", 1),
    candle("bearish belt hold", "cdlbelthold", -1),
    candle("belt hold", "cdlbelthold", 2),
    candle("bullish breakaway", "cdlbreakaway", 1),
    candle("bearish breakaway", "cdlbreakaway", -1),
    candle("bullish closing marubozu", "cdlclosingmarubozu", 1),
    candle("bearish closing marubozu", "cdlclosingmarubozu", -1),
    candle("concealing baby swallow", "cdlconcealbabyswall", 1),
    candle("bullish counterattack", "cdlcounterattack", 1),
    candle("bearish counterattack", "cdlcounterattack", -1),
    candle("dark cloud cover", "cdldarkcloudcover", -1),
    candle("morning doji star", "cdlmorningdojistar", 1),
    candle("evening doji star", "cdleveningdojistar", -1),
    candle("bullish doji star", "cdldojistar", 1),
    candle("bearish doji star", "cdldojistar", -1),
    candle("dragonfly doji", "cdldragonflydoji", 1),
    candle("gravestone doji", "cdlgravestonedoji", 0),
    candle("long legged doji", "cdllongleggeddoji", 0),
    candle("doji star", "cdldojistar", 2),
    candle("doji", "cdldoji", 0),
    candle("bullish engulfing", "cdlengulfing", 1),
    candle("bearish engulfing", "cdlengulfing", -1),
    candle("engulfing", "cdlengulfing", 2),
    candle("evening star", "cdleveningstar", -1),
    candle("side by side white lines", "cdlgapsidesidewhite", 2),
    candle("inverted hammer", "cdlinvertedhammer", 1),
    candle("bullish hammer", "cdlhammer", 1),
    candle("hammer", "cdlhammer", 1),
    candle("hanging man", "cdlhangingman", -1),
    candle("bullish harami cross", "cdlharamicross", 1),
    candle("bearish harami cross", "cdlharamicross", -1),
    candle("harami cross", "cdlharamicross", 2),
    candle("bullish harami", "cdlharami", 1),
    candle("bearish harami", "cdlharami", -1),
    candle("harami", "cdlharami", 2),
    candle("high wave", "cdlhighwave", 2),
    candle("bullish hikkake", "cdlhikkake", 1),
    candle("bearish hikkake", "cdlhikkake", -1),
    candle("modified hikkake", "cdlhikkakemod", 2),
    candle("hikkake", "cdlhikkake", 2),
    candle("homing pigeon", "cdlhomingpigeon", 1),
    candle("in neck", "cdlinneck", -1),
    candle("bullish kicking|kicker", "cdlkicking", 1),
    candle("bearish kicking|kicker", "cdlkicking", -1),
    candle("kicking|kicker", "cdlkicking", 2),
    candle("ladder bottom", "cdlladderbottom", 1),
    candle("bullish marubozu", "cdlmarubozu", 1),
    candle("bearish marubozu", "cdlmarubozu", -1),
    candle("closing marubozu", "cdlclosingmarubozu", 2),
    candle("marubozu", "cdlmarubozu", 2),
    candle("matching low", "cdlmatchinglow", 1),
    candle("mat hold", "cdlmathold", 1),
    candle("morning star", "cdlmorningstar", 1),
    candle("on neck", "cdlonneck", -1),
    candle("piercing line", "cdlpiercing", 1),
    candle("piercing", "cdlpiercing", 1),
    candle("rickshaw man", "cdlrickshawman", 0),
    candle("rising three methods", "cdlrisefall3methods", 1),
    candle("falling three methods", "cdlrisefall3methods", -1),
    candle("bullish separating lines", "cdlseparatinglines", 1),
    candle("bearish separating lines", "cdlseparatinglines", -1),
    candle("shooting star", "cdlshootingstar", -1),
    candle("bullish spinning top", "cdlspinningtop", 1),
    candle("bearish spinning top", "cdlspinningtop", -1),
    candle("spinning top", "cdlspinningtop", 2),
    candle("stalled pattern", "cdlstalledpattern", -1),
    candle("stick sandwich", "cdlsticksandwich", 1),
    candle("takuri", "cdltakuri", 1),
    candle("tasuki gap", "cdltasukigap", 2),
    candle("thrusting", "cdlthrusting", -1),
    candle("unique three river", "cdlunique3river", 1),
    candle("upside gap two crows", "cdlupsidegap2crows", -1),
];

/// True for a word of any name here.
pub(crate) fn is_name_word(word: &str) -> bool {
    static WORDS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
        let patterns = NAMES.iter().map(|name| name.pattern).chain(CANDLESTICKS.iter().map(|candle| candle.pattern));
        patterns.flat_map(|pattern| pattern.split([' ', '|', '?'])).filter(|word| word.len() > 1).collect()
    });
    WORDS.contains(word)
}
