//! Tokens → tree, by precedence: `or`, `and`, `not`, `for`/`within`, comparisons, sums, products, minus, postfix.
//!
//! Depth and size are bounded while parsing, so every later walk over the tree is bounded too.

use super::token::{Token, tokens};
use super::{ArithmeticOperator, CompareOperator, Direction, Expression, Kind, Span, SyntaxError};
use crate::limits;

/// Words that cannot be names of values.
const KEYWORDS: &[&str] = &[
    "and", "or", "not", "crosses", "above", "below", "over", "under", "rising", "falling", "for", "within", "bars",
    "bar", "of",
];

struct Parser {
    tokens: Vec<(Token, Span)>,
    position: usize,
    nodes: usize,
    nesting: usize,
}

/// The tree of `text`.
pub(crate) fn parse(text: &str) -> Result<Expression, SyntaxError> {
    let mut parser = Parser { tokens: tokens(text)?, position: 0, nodes: 0, nesting: 0 };
    if parser.peek() == &Token::End {
        return Err(SyntaxError::new(Span::default(), "the expression is empty")
            .help("Leave the key out, or write a rule such as `close > sma(close, 20)`."));
    }
    let tree = parser.disjunction()?;
    match parser.peek() {
        Token::End => Ok(tree),
        Token::Word(word) => {
            let word = word.clone();
            Err(parser.unexpected(&format!("`{word}` does not continue the expression")))
        }
        Token::Number(_) | Token::Parameter(_) | Token::Text(_) | Token::Symbol(_) => {
            Err(parser.unexpected("a value cannot follow here: an operator is missing"))
        }
        Token::Mark(mark) => {
            let mark = *mark;
            Err(parser.unexpected(&format!("`{mark}` does not belong here")))
        }
    }
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.position).map_or(&Token::End, |(token, _)| token)
    }

    fn span(&self) -> Span {
        self.tokens.get(self.position).or(self.tokens.last()).map_or(Span::default(), |(_, span)| *span)
    }

    fn advance(&mut self) -> (Token, Span) {
        let taken = self.tokens.get(self.position).cloned().unwrap_or((Token::End, self.span()));
        self.position += 1;
        taken
    }

    fn unexpected(&self, message: &str) -> SyntaxError {
        SyntaxError::new(self.span(), message)
            .help("Operators: + - * /  < <= > >= == !=  and or not  crosses above/below  rising/falling n  for n bars  within n bars  x[n]  x of SYMBOL.")
    }

    fn takes_word(&mut self, words: &[&str]) -> bool {
        let found = matches!(self.peek(), Token::Word(word) if words.contains(&word.as_str()));
        self.position += usize::from(found);
        found
    }

    fn takes_mark(&mut self, wanted: &str) -> bool {
        let found = matches!(self.peek(), Token::Mark(mark) if *mark == wanted);
        self.position += usize::from(found);
        found
    }

    fn expect_mark(&mut self, wanted: &str, after: &str) -> Result<Span, SyntaxError> {
        let span = self.span();
        if self.takes_mark(wanted) {
            Ok(span)
        } else {
            Err(SyntaxError::new(span, format!("`{wanted}` is missing after {after}")))
        }
    }

    fn node(&mut self, kind: Kind, span: Span, depth: usize) -> Result<Expression, SyntaxError> {
        self.nodes += 1;
        let (what, limit, use_) = if depth > limits::EXPRESSION_DEPTH {
            ("levels deep", limits::EXPRESSION_DEPTH, depth)
        } else if self.nodes > limits::EXPRESSION_NODES {
            ("parts large", limits::EXPRESSION_NODES, self.nodes)
        } else {
            return Ok(Expression { kind, span, depth });
        };
        Err(too_large(span, what, limit, use_))
    }

    /// Guards the recursion of the parser itself (parentheses, `not`, minus signs).
    fn nested(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<Expression, SyntaxError>,
    ) -> Result<Expression, SyntaxError> {
        self.nesting += 1;
        if self.nesting > limits::EXPRESSION_DEPTH {
            return Err(too_large(self.span(), "levels deep", limits::EXPRESSION_DEPTH, self.nesting));
        }
        let parsed = parse(self);
        self.nesting -= 1;
        parsed
    }

    fn pair(
        &mut self,
        left: Expression,
        right: Expression,
        join: impl FnOnce(Box<Expression>, Box<Expression>) -> Kind,
    ) -> Result<Expression, SyntaxError> {
        let (span, depth) = (left.span.to(right.span), left.depth.max(right.depth) + 1);
        self.node(join(Box::new(left), Box::new(right)), span, depth)
    }

    fn disjunction(&mut self) -> Result<Expression, SyntaxError> {
        let mut left = self.conjunction()?;
        while self.takes_word(&["or"]) {
            let right = self.conjunction()?;
            left = self.pair(left, right, Kind::Or)?;
        }
        Ok(left)
    }

    fn conjunction(&mut self) -> Result<Expression, SyntaxError> {
        let mut left = self.negation()?;
        while self.takes_word(&["and"]) {
            let right = self.negation()?;
            left = self.pair(left, right, Kind::And)?;
        }
        Ok(left)
    }

    fn negation(&mut self) -> Result<Expression, SyntaxError> {
        let start = self.span();
        if !self.takes_word(&["not"]) {
            return self.temporal();
        }
        let base = self.nested(Self::negation)?;
        let (span, depth) = (start.to(base.span), base.depth + 1);
        self.node(Kind::Not(Box::new(base)), span, depth)
    }

    fn temporal(&mut self) -> Result<Expression, SyntaxError> {
        let mut base = self.comparison()?;
        loop {
            let lasting = self.takes_word(&["for"]);
            if !lasting && !self.takes_word(&["within"]) {
                return Ok(base);
            }
            let bars = self.sum()?;
            let end = self.span();
            if !self.takes_word(&["bars", "bar"]) {
                let word = if lasting { "for" } else { "within" };
                return Err(SyntaxError::new(end, format!("`bars` is missing after `{word} n`"))
                    .help(format!("For example `close > open {word} 3 bars`.")));
            }
            let (start, depth) = (base.span, base.depth.max(bars.depth) + 1);
            let (base_box, bars) = (Box::new(base), Box::new(bars));
            let kind = if lasting { Kind::For { base: base_box, bars } } else { Kind::Within { base: base_box, bars } };
            base = self.node(kind, start.to(end), depth)?;
        }
    }

    fn comparison(&mut self) -> Result<Expression, SyntaxError> {
        let left = self.sum()?;
        let compared = if let Some(operator) = self.compare_operator() {
            let right = self.sum()?;
            self.pair(left, right, |left, right| Kind::Compare { operator, left, right })?
        } else if self.takes_word(&["crosses"]) {
            let direction = self.cross_direction()?;
            let right = self.sum()?;
            self.pair(left, right, |left, right| Kind::Cross { direction, left, right })?
        } else {
            return self.trend(left);
        };
        if self.compare_operator().is_some() || matches!(self.peek(), Token::Word(word) if word == "crosses") {
            return Err(SyntaxError::new(compared.span, "comparisons cannot be chained")
                .help("Join two with `and`: `a < b and b < c`."));
        }
        Ok(compared)
    }

    fn compare_operator(&mut self) -> Option<CompareOperator> {
        let operator = match self.peek() {
            Token::Mark("<") => CompareOperator::Less,
            Token::Mark("<=") => CompareOperator::LessOrEqual,
            Token::Mark(">") => CompareOperator::Greater,
            Token::Mark(">=") => CompareOperator::GreaterOrEqual,
            Token::Mark("==") => CompareOperator::Equal,
            Token::Mark("!=") => CompareOperator::NotEqual,
            Token::Word(word) if word == "above" => CompareOperator::Greater,
            Token::Word(word) if word == "below" => CompareOperator::Less,
            Token::Mark(_)
            | Token::Word(_)
            | Token::Number(_)
            | Token::Parameter(_)
            | Token::Text(_)
            | Token::Symbol(_)
            | Token::End => return None,
        };
        self.position += 1;
        Some(operator)
    }

    fn cross_direction(&mut self) -> Result<Direction, SyntaxError> {
        if self.takes_word(&["above", "over"]) {
            Ok(Direction::Up)
        } else if self.takes_word(&["below", "under"]) {
            Ok(Direction::Down)
        } else {
            Err(SyntaxError::new(self.span(), "`crosses` needs a direction")
                .help("Write `crosses above` or `crosses below`."))
        }
    }

    fn trend(&mut self, base: Expression) -> Result<Expression, SyntaxError> {
        let end = self.span();
        let direction = if self.takes_word(&["rising"]) {
            Direction::Up
        } else if self.takes_word(&["falling"]) {
            Direction::Down
        } else {
            return Ok(base);
        };
        let bars = match self.peek() {
            Token::Number(_) | Token::Parameter(_) => Some(Box::new(self.primary()?)),
            Token::Word(_) | Token::Text(_) | Token::Symbol(_) | Token::Mark(_) | Token::End => None,
        };
        let span = base.span.to(bars.as_ref().map_or(end, |bars| bars.span));
        let depth = base.depth + 1;
        self.node(Kind::Trend { direction, base: Box::new(base), bars }, span, depth)
    }

    fn sum(&mut self) -> Result<Expression, SyntaxError> {
        let mut left = self.product()?;
        loop {
            let operator = if self.takes_mark("+") {
                ArithmeticOperator::Add
            } else if self.takes_mark("-") {
                ArithmeticOperator::Subtract
            } else {
                return Ok(left);
            };
            let right = self.product()?;
            left = self.pair(left, right, |left, right| Kind::Arithmetic { operator, left, right })?;
        }
    }

    fn product(&mut self) -> Result<Expression, SyntaxError> {
        let mut left = self.minus()?;
        loop {
            let operator = if self.takes_mark("*") {
                ArithmeticOperator::Multiply
            } else if self.takes_mark("/") {
                ArithmeticOperator::Divide
            } else {
                return Ok(left);
            };
            let right = self.minus()?;
            left = self.pair(left, right, |left, right| Kind::Arithmetic { operator, left, right })?;
        }
    }

    fn minus(&mut self) -> Result<Expression, SyntaxError> {
        let start = self.span();
        if !self.takes_mark("-") {
            return self.postfix();
        }
        let base = self.nested(Self::minus)?;
        let (span, depth) = (start.to(base.span), base.depth + 1);
        if let Kind::Number(value) = base.kind {
            return Ok(Expression { kind: Kind::Number(-value), span, depth: base.depth });
        }
        self.node(Kind::Negate(Box::new(base)), span, depth)
    }

    fn postfix(&mut self) -> Result<Expression, SyntaxError> {
        let mut base = self.primary()?;
        loop {
            let start = base.span;
            if self.takes_mark("[") {
                let bars = self.nested(Self::sum)?;
                let end = self.expect_mark("]", "the number of bars")?;
                let depth = base.depth.max(bars.depth) + 1;
                base = self.node(Kind::Shift { base: Box::new(base), bars: Box::new(bars) }, start.to(end), depth)?;
            } else if self.takes_mark(".") {
                let (token, end) = self.advance();
                let Token::Word(field) = token else {
                    return Err(SyntaxError::new(end, "a name must follow the dot")
                        .help("For example macd(close).signal or session.high."));
                };
                base = self.field(base, field, start.to(end))?;
            } else if self.takes_word(&["of"]) {
                let (token, end) = self.advance();
                let symbol = match token {
                    Token::Symbol(symbol) | Token::Text(symbol) => symbol,
                    Token::Number(_) | Token::Parameter(_) | Token::Word(_) | Token::Mark(_) | Token::End => {
                        return Err(
                            SyntaxError::new(end, "a symbol must follow `of`").help("For example close('1h') of NQ.")
                        );
                    }
                };
                let depth = base.depth + 1;
                base = self.node(Kind::Of { base: Box::new(base), symbol }, start.to(end), depth)?;
            } else {
                return Ok(base);
            }
        }
    }

    fn primary(&mut self) -> Result<Expression, SyntaxError> {
        let (token, span) = self.advance();
        match token {
            Token::Number(value) => self.node(Kind::Number(value), span, 1),
            Token::Parameter(key) => self.node(Kind::Parameter(key), span, 1),
            Token::Text(text) => self.node(Kind::Text(text), span, 1),
            Token::Word(word) if !KEYWORDS.contains(&word.as_str()) => self.name(word, span),
            Token::Mark("(") => {
                let mut inner = self.nested(Self::disjunction)?;
                let end = self.expect_mark(")", "the expression in parentheses")?;
                inner.span = span.to(end);
                inner.depth += 1;
                Ok(inner)
            }
            Token::End => Err(SyntaxError::new(span, "the expression ends too early: a value is missing")),
            Token::Word(word) => Err(SyntaxError::new(span, format!("`{word}` needs a value before it"))),
            Token::Mark(mark) => Err(SyntaxError::new(span, format!("a value is missing before `{mark}`"))),
            Token::Symbol(symbol) => Err(SyntaxError::new(span, format!("`{symbol}` is not expected here"))),
        }
    }

    fn name(&mut self, word: String, start: Span) -> Result<Expression, SyntaxError> {
        let mut name = word;
        let mut span = start;
        if name == "talib" {
            self.expect_mark(".", "talib")?;
            let (token, end) = self.advance();
            let Token::Word(function) = token else {
                return Err(SyntaxError::new(end, "a function's name must follow `talib.`")
                    .help("For example talib.SMA(close, 20)."));
            };
            name = format!("talib.{function}");
            span = start.to(end);
        }
        if !self.takes_mark("(") {
            return self.node(Kind::Name(name), span, 1);
        }
        let (arguments, end) = self.arguments(&name)?;
        let depth = deepest(&arguments) + 1;
        self.node(Kind::Call { name, arguments }, start.to(end), depth)
    }

    /// What stands between the parentheses of a call, the opening one already taken; and the place of the closing one.
    fn arguments(&mut self, name: &str) -> Result<(Vec<Expression>, Span), SyntaxError> {
        let mut arguments = Vec::new();
        let end = self.span();
        if self.takes_mark(")") {
            return Ok((arguments, end));
        }
        loop {
            arguments.push(self.nested(Self::disjunction)?);
            let end = self.span();
            if self.takes_mark(")") {
                return Ok((arguments, end));
            }
            self.expect_mark(",", &format!("an argument of {name}"))?;
        }
    }

    /// `base.field`; `session.high('regular')` is `session('regular').high`.
    fn field(&mut self, base: Expression, field: String, span: Span) -> Result<Expression, SyntaxError> {
        let (mut base, mut span) = (base, span);
        if self.takes_mark("(") {
            let (extra, end) = self.arguments(&field)?;
            span = span.to(end);
            let depth = base.depth.max(deepest(&extra) + 1);
            let kind = match base.kind {
                Kind::Name(name) => Kind::Call { name, arguments: extra },
                Kind::Call { name, mut arguments } => {
                    arguments.extend(extra);
                    Kind::Call { name, arguments }
                }
                Kind::Number(_)
                | Kind::Parameter(_)
                | Kind::Text(_)
                | Kind::Field { .. }
                | Kind::Shift { .. }
                | Kind::Of { .. }
                | Kind::Negate(_)
                | Kind::Not(_)
                | Kind::Arithmetic { .. }
                | Kind::Compare { .. }
                | Kind::Cross { .. }
                | Kind::Trend { .. }
                | Kind::And(..)
                | Kind::Or(..)
                | Kind::For { .. }
                | Kind::Within { .. } => {
                    return Err(SyntaxError::new(span, format!("`{field}` is not a function here")));
                }
            };
            base = Expression { kind, span: base.span, depth };
        }
        let depth = base.depth + 1;
        self.node(Kind::Field { base: Box::new(base), field }, span, depth)
    }
}

fn deepest(arguments: &[Expression]) -> usize {
    arguments.iter().map(|argument| argument.depth).max().unwrap_or(0)
}

fn too_large(span: Span, what: &str, limit: usize, use_: usize) -> SyntaxError {
    let mut error = SyntaxError::new(span, format!("the expression is more than {limit} {what} (at least {use_})"));
    error.code = "limit";
    error.help("Split it into simpler conditions.")
}
