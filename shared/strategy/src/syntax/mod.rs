//! One-line expressions: text → tokens → tree → text. It knows no indicator, no parameter's value and no market.

mod expression;
mod parse;
mod print;
pub(crate) mod token;

pub use expression::Span;
pub(crate) use expression::{ArithmeticOperator, CompareOperator, Direction, Expression, Kind};
pub(crate) use parse::parse;
pub(crate) use print::print;

/// A mistake in the text itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub(crate) code: &'static str,
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl SyntaxError {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { code: "syntax", span, message: message.into(), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
