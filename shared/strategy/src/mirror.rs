//! The opposite of a rule: what a short does where a long does this. Crossings and comparisons turn round, highs become lows,
//! an oscillator's threshold lies as far on the other side of its middle; what has no direction (volume, ADX) stays.
#![allow(clippy::wildcard_enum_match_arm, reason = "few nodes have an opposite; all others stay as they are")]

use crate::syntax::{CompareOperator, Direction, Expression, Kind, Span, parse};
use rust_decimal::Decimal;

/// The opposite of an expression, its text otherwise unchanged; `value_of` gives the numbers of `$keys`.
///
/// `None` where the text is not an expression.
#[must_use]
pub fn mirrored(text: &str, value_of: &dyn Fn(&str) -> Option<Decimal>) -> Option<String> {
    let tree = parse(text).ok()?;
    let mut mirror = Mirror { value_of, edits: Vec::new(), characters: text.chars().collect() };
    mirror.turn(&tree);
    Some(mirror.apply())
}

/// Pairs of words that stand for each other.
const WORDS: [(&str, &str); 6] = [
    ("high", "low"),
    ("highest", "lowest"),
    ("plus_di", "minus_di"),
    ("plus_dm", "minus_dm"),
    ("cdl3whitesoldiers", "cdl3blackcrows"),
    ("cdlhammer", "cdlshootingstar"),
];

/// Outputs that stand for each other.
const OUTPUTS: [(&str, &str); 9] = [
    ("high", "low"),
    ("upper", "lower"),
    ("up", "down"),
    ("plus", "minus"),
    ("bull", "bear"),
    ("r1", "s1"),
    ("r2", "s2"),
    ("r3", "s3"),
    ("inphase", "inphase"),
];

/// Candlesticks of one side and their counterparts.
const CANDLES: [(&str, &str); 6] = [
    ("cdlmorningstar", "cdleveningstar"),
    ("cdlmorningdojistar", "cdleveningdojistar"),
    ("cdlpiercing", "cdldarkcloudcover"),
    ("cdl3whitesoldiers", "cdl3blackcrows"),
    ("cdlhammer", "cdlshootingstar"),
    ("cdlinvertedhammer", "cdlhangingman"),
];

/// Values without a direction.
const SIDELESS: [&str; 30] = [
    "volume",
    "range",
    "adx",
    "adxr",
    "dx",
    "atr",
    "natr",
    "true_range",
    "adr",
    "stddev",
    "var",
    "avgdev",
    "cvi",
    "massi",
    "rvol",
    "er",
    "vhf",
    "inside_bar",
    "outside_bar",
    "narrow_range",
    "minutes_since_open",
    "days_to_roll",
    "days_to_expiration",
    "bars_in_trade",
    "open_profit",
    "cdldoji",
    "ht_trendmode",
    "marketfi",
    "ht_dcperiod",
    "pvo",
];

/// Oscillators by the sum of a threshold and its opposite: 100 turns 30 into 70.
const SUMS: [(&str, i64); 14] = [
    ("rsi", 100),
    ("stoch", 100),
    ("stochf", 100),
    ("stochrsi", 100),
    ("kdj", 100),
    ("mfi", 100),
    ("ultosc", 100),
    ("imi", 100),
    ("rvi", 100),
    ("percentrank", 100),
    ("willr", -100),
    ("rocr", 2),
    ("rocr100", 200),
    ("aroon", -1),
];

struct Mirror<'a> {
    value_of: &'a dyn Fn(&str) -> Option<Decimal>,
    edits: Vec<(Span, String)>,
    characters: Vec<char>,
}

fn other(pairs: &[(&'static str, &'static str)], word: &str) -> Option<&'static str> {
    pairs.iter().find_map(|(one, two)| {
        if *one == word {
            Some(*two)
        } else if *two == word {
            Some(*one)
        } else {
            None
        }
    })
}

impl Mirror<'_> {
    fn apply(mut self) -> String {
        self.edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
        for (span, text) in self.edits {
            let (start, end) = (span.start as usize, (span.end as usize).min(self.characters.len()));
            self.characters.splice(start.min(end)..end, text.chars());
        }
        self.characters.into_iter().collect()
    }

    /// Replaces the first `from` between two places of the text.
    fn replace_between(&mut self, start: u32, end: u32, from: &str, to: &str) {
        let range = self.characters.get(start as usize..end as usize).unwrap_or_default();
        let text: String = range.iter().collect();
        if let Some(at) = text.find(from) {
            let before = u32::try_from(text.get(..at).map_or(0, |before| before.chars().count())).unwrap_or(0);
            let length = u32::try_from(from.chars().count()).unwrap_or(0);
            let span = Span { start: start + before, end: start + before + length };
            self.edits.push((span, to.to_owned()));
        }
    }

    fn turn(&mut self, expression: &Expression) {
        match &expression.kind {
            Kind::And(left, right) | Kind::Or(left, right) => {
                self.turn(left);
                self.turn(right);
            }
            Kind::Not(base) => self.turn(base),
            Kind::For { base, .. } | Kind::Within { base, .. } | Kind::Shift { base, .. } if is_condition(base) => {
                self.turn(base);
            }
            Kind::Trend { direction, base, .. } => self.trend(expression, *direction, base),
            Kind::Cross { direction, left, right } => self.cross(*direction, left, right),
            Kind::Compare { operator, left, right } => self.compare(*operator, left, right),
            _ => self.value(expression),
        }
    }

    fn trend(&mut self, whole: &Expression, direction: Direction, base: &Expression) {
        if is_sideless(base) {
            return;
        }
        self.value(base);
        let (from, to) = match direction {
            Direction::Up => ("rising", "falling"),
            Direction::Down => ("falling", "rising"),
        };
        self.replace_between(base.span.end, whole.span.end, from, to);
    }

    fn cross(&mut self, direction: Direction, left: &Expression, right: &Expression) {
        if self.sideless(left) && self.sideless(right) {
            return;
        }
        let (from, to) = match direction {
            Direction::Up => ("above", "below"),
            Direction::Down => ("below", "above"),
        };
        self.replace_between(left.span.end, right.span.start, from, to);
        if !self.swaps(left, right) {
            self.sides(left, right);
        }
    }

    /// True for what is no side's: also the height between two ends that turn into each other, `high - low`.
    fn sideless(&self, expression: &Expression) -> bool {
        let height = match &expression.kind {
            Kind::Arithmetic { operator, left, right } => {
                operator.symbol() == "-" && self.swaps(left, right) || self.sideless(left) && self.sideless(right)
            }
            _ => false,
        };
        height || is_sideless(expression)
    }

    /// True for the two lines of one indicator: where each turns into the other, turning the relation is enough.
    fn swaps(&self, left: &Expression, right: &Expression) -> bool {
        let turned = |expression: &Expression| {
            let mut mirror = Mirror { value_of: self.value_of, edits: Vec::new(), characters: self.characters.clone() };
            mirror.value(expression);
            let before = self.characters.len();
            let text = mirror.apply();
            let after = text.chars().count();
            let length = (expression.span.end - expression.span.start) as usize + after - before.min(after);
            let length = length - before.saturating_sub(after).min(length);
            text.chars().skip(expression.span.start as usize).take(length).collect::<String>()
        };
        let plain = |expression: &Expression| {
            let (start, end) = (expression.span.start as usize, expression.span.end as usize);
            self.characters.get(start..end).unwrap_or_default().iter().collect::<String>()
        };
        turned(left) == plain(right) && plain(left) != plain(right)
    }

    fn compare(&mut self, operator: CompareOperator, left: &Expression, right: &Expression) {
        if self.sideless(left) && self.sideless(right)
            || matches!(operator, CompareOperator::Equal | CompareOperator::NotEqual)
        {
            return;
        }
        let (one, two) = (candle(left), candle(right));
        if let Some(name) = one.or(two)
            && let Some(counterpart) = other(&CANDLES, name)
        {
            let whole = if one.is_some() { left } else { right };
            self.replace_between(whole.span.start, whole.span.end, name, counterpart);
        }
        self.replace_between(left.span.end, right.span.start, operator.symbol(), operator.mirrored().symbol());
        if !self.swaps(left, right) {
            self.sides(left, right);
        }
    }

    fn sides(&mut self, left: &Expression, right: &Expression) {
        match (self.number(left), self.number(right)) {
            (None, Some(number)) => {
                self.value(left);
                self.threshold(right, number, left);
            }
            (Some(number), None) => {
                self.threshold(left, number, right);
                self.value(right);
            }
            _ => {
                self.value(left);
                self.value(right);
            }
        }
    }

    fn number(&self, expression: &Expression) -> Option<Decimal> {
        match &expression.kind {
            Kind::Number(value) => Some(*value),
            Kind::Parameter(key) => (self.value_of)(key),
            Kind::Negate(base) => self.number(base).map(|value| -value),
            _ => None,
        }
    }

    /// The number that `of` is compared with, on the other side of its middle.
    fn threshold(&mut self, number: &Expression, value: Decimal, of: &Expression) {
        let Some(name) = called(of) else { return };
        let turned = match SUMS.iter().find(|(known, _)| *known == name) {
            Some((_, -1)) => return,
            Some((_, sum)) => Decimal::from(*sum) - value,
            None => -value,
        };
        let level = matches!(name, "open" | "high" | "low" | "close" | "hl2" | "hlc3" | "ohlc4" | "vwap");
        if turned != value && !level {
            self.edits.push((number.span, turned.normalize().to_string()));
        }
    }

    /// A value's own words: highs and lows, upper and lower bands, and what is added to them.
    fn value(&mut self, expression: &Expression) {
        match &expression.kind {
            Kind::Name(name) => {
                if let Some(turned) = other(&WORDS, name) {
                    self.edits.push((expression.span, turned.to_owned()));
                }
            }
            Kind::Call { name, arguments } => {
                if let Some(turned) = other(&WORDS, name).filter(|_| !name.starts_with("cdl")) {
                    let length = u32::try_from(name.chars().count()).unwrap_or(0);
                    let span = Span { start: expression.span.start, end: expression.span.start + length };
                    self.edits.push((span, turned.to_owned()));
                }
                for argument in arguments {
                    self.value(argument);
                }
            }
            Kind::Field { base, field } => {
                self.value(base);
                if let Some(turned) = other(&OUTPUTS, field) {
                    let length = u32::try_from(field.chars().count()).unwrap_or(0);
                    let span = Span { start: expression.span.end.saturating_sub(length), end: expression.span.end };
                    self.edits.push((span, turned.to_owned()));
                }
            }
            Kind::Shift { base, .. } | Kind::Of { base, .. } | Kind::Negate(base) => self.value(base),
            Kind::Arithmetic { operator, left, right } => {
                // An offset from a level lies on the other side of it.
                let (sign, turned) = match operator.symbol() {
                    "+" => ("+", "-"),
                    "-" => ("-", "+"),
                    _ => ("", ""),
                };
                self.value(left);
                if !sign.is_empty() && is_size(right) {
                    self.replace_between(left.span.end, right.span.start, sign, turned);
                } else {
                    self.value(right);
                }
            }
            _ => {}
        }
    }
}

fn is_condition(expression: &Expression) -> bool {
    matches!(
        expression.kind,
        Kind::And(..)
            | Kind::Or(..)
            | Kind::Not(_)
            | Kind::Compare { .. }
            | Kind::Cross { .. }
            | Kind::Trend { .. }
            | Kind::For { .. }
            | Kind::Within { .. }
    )
}

/// The name of a call, a field's base or a series.
fn called(expression: &Expression) -> Option<&str> {
    match &expression.kind {
        Kind::Name(name) | Kind::Call { name, .. } => Some(name),
        Kind::Field { base, .. } | Kind::Shift { base, .. } | Kind::Of { base, .. } => called(base),
        Kind::Arithmetic { left, .. } => called(left),
        _ => None,
    }
}

fn candle(expression: &Expression) -> Option<&str> {
    called(expression).filter(|name| name.starts_with("cdl"))
}

fn is_sideless(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Number(_) | Kind::Parameter(_) => true,
        Kind::Negate(base) => is_sideless(base),
        Kind::Arithmetic { left, right, .. } => is_sideless(left) && is_sideless(right),
        Kind::Call { name, arguments }
            if matches!(name.as_str(), "sma" | "ema" | "wma" | "highest" | "lowest" | "percentrank") =>
        {
            arguments
                .first()
                .is_some_and(|first| matches!(first.kind, Kind::Name(_) | Kind::Call { .. }) && is_sideless(first))
        }
        _ => called(expression).is_some_and(|name| SIDELESS.contains(&name)),
    }
}

/// A distance rather than a level: a number, ticks, an ATR.
fn is_size(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Name(name) => name == "tick" || is_sideless(expression),
        Kind::Arithmetic { left, right, .. } => is_size(left) && is_size(right),
        _ => is_sideless(expression),
    }
}
