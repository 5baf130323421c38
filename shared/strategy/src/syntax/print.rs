//! Tree → text in one normal form: what two calls must share to be the same call.

use super::{Direction, Expression, Kind};

/// The text of `expression`; a parameter is written as `name_parameter` says.
pub(crate) fn print(expression: &Expression, name_parameter: &dyn Fn(&str) -> String) -> String {
    let sub = |inner: &Expression| match &inner.kind {
        Kind::Arithmetic { .. }
        | Kind::Compare { .. }
        | Kind::Cross { .. }
        | Kind::Trend { .. }
        | Kind::And(..)
        | Kind::Or(..)
        | Kind::Not(_)
        | Kind::Negate(_)
        | Kind::For { .. }
        | Kind::Within { .. } => {
            format!("({})", print(inner, name_parameter))
        }
        Kind::Number(_)
        | Kind::Parameter(_)
        | Kind::Text(_)
        | Kind::Name(_)
        | Kind::Call { .. }
        | Kind::Field { .. }
        | Kind::Shift { .. }
        | Kind::Of { .. } => print(inner, name_parameter),
    };
    match &expression.kind {
        Kind::Number(value) => value.to_string(),
        Kind::Parameter(key) => name_parameter(key),
        Kind::Text(text) => format!("'{text}'"),
        Kind::Name(name) => name.clone(),
        Kind::Call { name, arguments } => {
            let arguments: Vec<String> = arguments.iter().map(|argument| print(argument, name_parameter)).collect();
            format!("{name}({})", arguments.join(", "))
        }
        Kind::Field { base, field } => format!("{}.{field}", sub(base)),
        Kind::Shift { base, bars } => format!("{}[{}]", sub(base), print(bars, name_parameter)),
        Kind::Of { base, symbol } => format!("{} of {symbol}", sub(base)),
        Kind::Negate(base) => format!("-{}", sub(base)),
        Kind::Not(base) => format!("not {}", sub(base)),
        Kind::Arithmetic { operator, left, right } => format!("{} {} {}", sub(left), operator.symbol(), sub(right)),
        Kind::Compare { operator, left, right } => format!("{} {} {}", sub(left), operator.symbol(), sub(right)),
        Kind::Cross { direction, left, right } => {
            let word = match direction {
                Direction::Up => "above",
                Direction::Down => "below",
            };
            format!("{} crosses {word} {}", sub(left), sub(right))
        }
        Kind::Trend { direction, base, bars } => {
            let word = match direction {
                Direction::Up => "rising",
                Direction::Down => "falling",
            };
            let bars = bars.as_ref().map_or_else(String::new, |bars| format!(" {}", sub(bars)));
            format!("{} {word}{bars}", sub(base))
        }
        Kind::And(left, right) => format!("{} and {}", sub(left), sub(right)),
        Kind::Or(left, right) => format!("{} or {}", sub(left), sub(right)),
        Kind::For { base, bars } => format!("{} for {} bars", sub(base), sub(bars)),
        Kind::Within { base, bars } => format!("{} within {} bars", sub(base), sub(bars)),
    }
}
