//! Text → tokens with spans. Names and keywords are lower-cased; symbols after `of` keep their text.

use super::{Span, SyntaxError};
use crate::limits;
use rust_decimal::Decimal;

/// A piece of text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(Decimal),
    Parameter(String),
    Text(String),
    /// A name or keyword, lower case.
    Word(String),
    /// What follows `of`.
    Symbol(String),
    /// `( ) [ ] , . + - * / < <= > >= == !=`
    Mark(&'static str),
    End,
}

/// Longest first, so that `<=` is not read as `<`.
const MARKS: &[&str] = &["<=", ">=", "==", "!=", "(", ")", "[", "]", ",", ".", "+", "-", "*", "/", "<", ">"];

/// Marks other languages use, and what to write here.
const FOREIGN: &[(&str, &str)] = &[
    ("&&", "Write `and`."),
    ("||", "Write `or`."),
    ("<>", "Write `!=`."),
    ("!", "Write `not`."),
    ("=", "Compare with `==`; parameters are written `$key`."),
    ("≥", "Write `>=`."),
    ("≤", "Write `<=`."),
    ("^", "There is no power operator: multiply."),
    ("%", "Write percentages as numbers, for example `close * 1.02`."),
    (":", "There is no ternary or slice in this language."),
    ("?", "There is no ternary in this language: use `and`, `or`, `not`."),
    ("{", "An expression is one line of text, not an object."),
];

struct Scanner<'a> {
    text: &'a [char],
    position: usize,
}

/// All tokens of `text`, ending with [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Span)>, SyntaxError> {
    let characters: Vec<char> = text.chars().take(limits::EXPRESSION_CHARACTERS + 1).collect();
    if characters.len() > limits::EXPRESSION_CHARACTERS {
        let mut error = SyntaxError::new(
            Span { start: 0, end: 0 },
            format!("the expression has more than {} characters", limits::EXPRESSION_CHARACTERS),
        );
        error.code = "limit";
        return Err(error.help("Split the rule, or say it shorter."));
    }
    let mut scanner = Scanner { text: &characters, position: 0 };
    let mut found = Vec::new();
    loop {
        let after_of = matches!(found.last(), Some((Token::Word(word), _)) if word == "of");
        let (token, span) = scanner.next(after_of)?;
        let end = token == Token::End;
        found.push((token, span));
        if end {
            return Ok(found);
        }
    }
}

impl Scanner<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.position + ahead).copied()
    }

    fn span_from(&self, start: usize) -> Span {
        Span { start: start as u32, end: self.position as u32 }
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(character) = self.peek(0).filter(|character| accept(*character)) {
            taken.push(character);
            self.position += 1;
        }
        taken
    }

    fn next(&mut self, after_of: bool) -> Result<(Token, Span), SyntaxError> {
        self.take_while(char::is_whitespace);
        let start = self.position;
        let Some(first) = self.peek(0) else { return Ok((Token::End, self.span_from(start))) };
        if after_of && first.is_ascii_alphanumeric() {
            let symbol = self.take_while(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_');
            return Ok((Token::Symbol(symbol.to_ascii_uppercase()), self.span_from(start)));
        }
        if first.is_ascii_digit() || (first == '.' && self.peek(1).is_some_and(|c| c.is_ascii_digit())) {
            return self.number(start);
        }
        if first.is_ascii_alphabetic() || first == '_' {
            let word = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_').to_ascii_lowercase();
            return Ok((Token::Word(word), self.span_from(start)));
        }
        match first {
            '$' => self.parameter(start),
            '\'' | '"' => self.quoted(start, first),
            _ => self.mark(start, first),
        }
    }

    fn number(&mut self, start: usize) -> Result<(Token, Span), SyntaxError> {
        let mut text = self.take_while(|c| c.is_ascii_digit() || c == '.' || c == '_').replace('_', "");
        let exponent = self.peek(0).is_some_and(|c| c == 'e' || c == 'E');
        let signed = usize::from(self.peek(1).is_some_and(|c| c == '-' || c == '+'));
        if exponent && self.peek(1 + signed).is_some_and(|c| c.is_ascii_digit()) {
            text.push('e');
            self.position += 1;
            if signed == 1 {
                text.extend(self.peek(0));
                self.position += 1;
            }
            text.push_str(&self.take_while(|c| c.is_ascii_digit()));
        }
        let span = self.span_from(start);
        if text.len() > limits::NUMBER_CHARACTERS {
            return Err(SyntaxError::new(
                span,
                format!("a number has at most {} characters", limits::NUMBER_CHARACTERS),
            ));
        }
        if self.peek(0).is_some_and(|c| c.is_ascii_alphabetic() || c == '_') {
            return Err(SyntaxError::new(span, "a name cannot start with a digit")
                .help("Timeframes are quoted: close('1h'). Write units out: 2 * tick."));
        }
        parse_decimal(&text).map(|value| (Token::Number(value), span)).ok_or_else(|| {
            SyntaxError::new(span, "this is not a number the language can hold")
                .help("Write it plainly, for example 0.25.")
        })
    }

    fn parameter(&mut self, start: usize) -> Result<(Token, Span), SyntaxError> {
        self.position += 1;
        let key = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
        let span = self.span_from(start);
        if key.is_empty() {
            return Err(SyntaxError::new(span, "a parameter's key must follow `$`").help("For example `$fast`."));
        }
        Ok((Token::Parameter(key), span))
    }

    fn quoted(&mut self, start: usize, quote: char) -> Result<(Token, Span), SyntaxError> {
        self.position += 1;
        let text = self.take_while(|c| c != quote);
        self.position += 1;
        let span = self.span_from(start);
        if self.position > self.text.len() {
            return Err(SyntaxError::new(
                Span { start: start as u32, end: self.text.len() as u32 },
                "the quoted text does not end",
            )
            .help("Close it with the same quote, for example close('1h')."));
        }
        Ok((Token::Text(text), span))
    }

    fn mark(&mut self, start: usize, first: char) -> Result<(Token, Span), SyntaxError> {
        let rest: String = self.text.get(start..).unwrap_or_default().iter().take(2).collect();
        let foreign = FOREIGN.iter().find(|(mark, _)| rest.starts_with(mark));
        let known = MARKS.iter().find(|mark| rest.starts_with(**mark));
        if let (Some(mark), true) = (known, foreign.is_none_or(|(mark, _)| mark.len() < 2 || *mark == "=")) {
            self.position += mark.len();
            return Ok((Token::Mark(mark), self.span_from(start)));
        }
        self.position += foreign.map_or(1, |(mark, _)| mark.chars().count());
        let error = SyntaxError::new(
            self.span_from(start),
            format!(
                "`{}` is not part of the language",
                foreign.map_or(first.to_string(), |(mark, _)| (*mark).to_owned())
            ),
        );
        Err(match foreign {
            Some((_, help)) => error.help(*help),
            None => error,
        })
    }
}

/// A decimal from plain or scientific text, at most [`limits::LARGEST_NUMBER`] in size; `None` when it cannot be held exactly.
pub(crate) fn parse_decimal(text: &str) -> Option<Decimal> {
    let value = if text.contains(['e', 'E']) {
        Decimal::from_scientific(text).ok()?
    } else {
        Decimal::from_str_exact(text).ok()?
    };
    (value.abs() <= Decimal::from(limits::LARGEST_NUMBER)).then(|| value.normalize())
}
