//! The tree of an expression, each node with its place in the text.

use rust_decimal::Decimal;

/// Characters `[start, end)` of an expression's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span {
    /// First character.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
}

impl Span {
    /// From the start of `self` to the end of `other`.
    #[must_use]
    pub const fn to(self, other: Self) -> Self {
        Self { start: self.start, end: other.end }
    }
}

/// `+ - * /`
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ArithmeticOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl ArithmeticOperator {
    pub(crate) const fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
        }
    }
}

/// `< <= > >= == !=`
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CompareOperator {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

impl CompareOperator {
    pub(crate) const fn symbol(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
        }
    }

    /// The operator with its sides exchanged.
    pub(crate) const fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            Self::Equal => Self::Equal,
            Self::NotEqual => Self::NotEqual,
        }
    }
}

/// Upwards or downwards: `crosses above/below`, `rising/falling`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Direction {
    Up,
    Down,
}

/// A node with its place and the depth of the tree under it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expression {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
    pub(crate) depth: usize,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// `14`, `0.5`
    Number(Decimal),
    /// `$key`
    Parameter(String),
    /// `'1h'`
    Text(String),
    /// `close`, `vwap`
    Name(String),
    /// `sma(close, 20)`, `talib.sma(close, 20)` (name in lower case)
    Call { name: String, arguments: Vec<Expression> },
    /// `macd(close).signal`, `session.high`
    Field { base: Box<Expression>, field: String },
    /// `x[n]`
    Shift { base: Box<Expression>, bars: Box<Expression> },
    /// `x of NQ`
    Of { base: Box<Expression>, symbol: String },
    /// `-x`
    Negate(Box<Expression>),
    /// `not x`
    Not(Box<Expression>),
    /// `x + y`
    Arithmetic { operator: ArithmeticOperator, left: Box<Expression>, right: Box<Expression> },
    /// `x < y`
    Compare { operator: CompareOperator, left: Box<Expression>, right: Box<Expression> },
    /// `x crosses above y`
    Cross { direction: Direction, left: Box<Expression>, right: Box<Expression> },
    /// `x rising n`
    Trend { direction: Direction, base: Box<Expression>, bars: Option<Box<Expression>> },
    /// `x and y`
    And(Box<Expression>, Box<Expression>),
    /// `x or y`
    Or(Box<Expression>, Box<Expression>),
    /// `x for n bars`
    For { base: Box<Expression>, bars: Box<Expression> },
    /// `x within n bars`
    Within { base: Box<Expression>, bars: Box<Expression> },
}
