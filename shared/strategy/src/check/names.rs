//! Keys of lifted parameters and stems of expressions: `rsi(14) > 70` gives `rsi_period` and `rsi_above`.

use crate::limits;
use crate::syntax::{ArithmeticOperator, Expression, Kind};

/// Room left in a key for a role's ending and a number.
const STEM_CHARACTERS: usize = limits::KEY_CHARACTERS - 16;

/// What an expression is about, as the beginning of a key.
pub(super) fn stem(expression: &Expression) -> String {
    let mut text = stem_of(expression);
    text.truncate(STEM_CHARACTERS);
    text.trim_end_matches('_').to_owned()
}

fn stem_of(expression: &Expression) -> String {
    match &expression.kind {
        Kind::Number(_) | Kind::Text(_) => "value".to_owned(),
        Kind::Parameter(key) => key.to_ascii_lowercase(),
        Kind::Name(name) => name.replace("talib.", ""),
        Kind::Call { name, arguments } => timeframe_stem(&name.replace("talib.", ""), arguments),
        Kind::Field { base, field } => format!("{}_{field}", stem_of(base)),
        Kind::Shift { base, .. }
        | Kind::Negate(base)
        | Kind::Not(base)
        | Kind::Trend { base, .. }
        | Kind::For { base, .. }
        | Kind::Within { base, .. } => stem_of(base),
        Kind::Of { base, symbol } => format!(
            "{}_{}",
            symbol.to_ascii_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_"),
            stem_of(base)
        ),
        Kind::Arithmetic { operator, left, right } => {
            let word = match operator {
                ArithmeticOperator::Add => "plus",
                ArithmeticOperator::Subtract => "minus",
                ArithmeticOperator::Multiply => "times",
                ArithmeticOperator::Divide => "over",
            };
            format!("{}_{word}_{}", stem_of(left), stem_of(right))
        }
        Kind::Compare { left, .. } | Kind::Cross { left, .. } => stem_of(left),
        Kind::And(left, _) | Kind::Or(left, _) => stem_of(left),
    }
}

/// `ema_1h` for `ema(close('1h'), 50)`, so that calls on two timeframes get telling keys.
pub(super) fn timeframe_stem(name: &str, arguments: &[Expression]) -> String {
    arguments
        .iter()
        .find_map(quoted_timeframe)
        .map_or_else(|| name.to_owned(), |timeframe| format!("{name}_{timeframe}"))
}

fn quoted_timeframe(expression: &Expression) -> Option<String> {
    match &expression.kind {
        Kind::Text(text) => market::Timeframe::parse(text).map(|timeframe| timeframe.label().to_owned()),
        Kind::Call { arguments, .. } => arguments.iter().find_map(quoted_timeframe),
        Kind::Field { base, .. } | Kind::Shift { base, .. } | Kind::Of { base, .. } | Kind::Negate(base) => {
            quoted_timeframe(base)
        }
        Kind::Arithmetic { left, right, .. } => quoted_timeframe(left).or_else(|| quoted_timeframe(right)),
        Kind::Number(_)
        | Kind::Parameter(_)
        | Kind::Name(_)
        | Kind::Not(_)
        | Kind::Compare { .. }
        | Kind::Cross { .. }
        | Kind::Trend { .. }
        | Kind::And(..)
        | Kind::Or(..)
        | Kind::For { .. }
        | Kind::Within { .. } => None,
    }
}

/// Words written in capitals in labels.
const CAPITALS: &[&str] = &[
    "rsi", "ema", "sma", "wma", "dema", "tema", "kama", "hma", "vwma", "vwap", "atr", "natr", "adx", "macd", "cci",
    "mfi", "obv", "roc", "r",
];

/// A label for a person: `rsi_period` → `RSI period`.
pub(super) fn label(key: &str) -> String {
    let mut words = Vec::new();
    for (position, word) in key.split('_').filter(|word| !word.is_empty()).enumerate() {
        let mut letters = word.chars();
        words.push(match (CAPITALS.contains(&word), position, letters.next()) {
            (true, _, _) => word.to_ascii_uppercase(),
            (false, 0, Some(first)) => first.to_ascii_uppercase().to_string() + letters.as_str(),
            (false, _, _) => word.to_owned(),
        });
    }
    words.join(" ")
}
