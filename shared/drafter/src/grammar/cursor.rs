//! A place among tokens, and matching phrases from it. A phrase is a pattern: words in order, `a|b` either, `?` optional,
//! `#` a number; punctuation stands for itself.

use super::token::{Kind, NUMBER_BIT, Token, bit_of};
use rust_decimal::Decimal;
use std::cell::Cell;

/// Largest number that is read.
const NUMBER_MAX: i64 = 1_000_000_000_000;

/// Decimal places of a number at most.
const SCALE_MAX: u32 = 10;

/// Largest count of bars, days or trades: products with minutes of a week stay small.
const COUNT_MAX: u32 = 100_000;

/// A place among the tokens of a text. Cheap to copy: trying is matching with a copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'t> {
    pub(crate) tokens: &'t [Token],
    pub(crate) at: usize,
}

impl<'t> Cursor<'t> {
    pub(crate) const fn new(tokens: &'t [Token], at: usize) -> Self {
        Self { tokens, at }
    }

    pub(crate) fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    pub(crate) fn peek_word(&self) -> Option<&'t str> {
        self.peek().and_then(Token::word)
    }

    pub(crate) fn is_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// True where nothing more belongs to the phrase: the end, or punctuation that ends one.
    pub(crate) fn is_pause(&self) -> bool {
        let arrow = |token: &Token| {
            token.is_mark('-') && self.tokens.get(self.at + 1).is_some_and(|next| next.glued && next.is_mark('>'))
        };
        self.peek().is_none_or(|token| {
            [',', '.', ';', '\n', '!', '?', '\u{1}'].iter().any(|mark| token.is_mark(*mark)) || arrow(token)
        })
    }

    /// Matches `pattern` here and moves behind it.
    #[inline]
    pub(crate) fn eat(&mut self, pattern: &'static str) -> bool {
        self.numbers(pattern).is_some()
    }

    /// True where `pattern` matches here; nothing moves.
    pub(crate) fn sees(mut self, pattern: &'static str) -> bool {
        self.eat(pattern)
    }

    /// Matches `pattern`, moves behind it and hands out its numbers.
    #[inline]
    pub(crate) fn numbers(&mut self, pattern: &'static str) -> Option<Vec<Decimal>> {
        if may_begin(pattern, self.peek()) { self.matched(pattern) } else { None }
    }

    fn matched(&mut self, pattern: &str) -> Option<Vec<Decimal>> {
        let mut probe = *self;
        let mut found = Vec::new();
        let mut rest = Some(pattern);
        while let Some(pattern) = rest {
            let (element, tail) = first_element(pattern);
            rest = tail;
            let (element, optional) = match element.strip_suffix('?') {
                Some(element) if !element.is_empty() => (element, true),
                Some(_) | None => (element, false),
            };
            let fits = if element == "#" {
                probe.number().map(|number| found.push(number)).is_some()
            } else {
                probe.one_of(element)
            };
            if !fits && !optional {
                return None;
            }
        }
        *self = probe;
        Some(found)
    }

    /// The number of a pattern that holds one.
    pub(crate) fn one(&mut self, pattern: &'static str) -> Option<Decimal> {
        self.numbers(pattern)?.into_iter().next()
    }

    fn one_of(&mut self, alternatives: &str) -> bool {
        let Some(token) = self.peek() else { return false };
        let fits = match &token.kind {
            Kind::Word(word) => is_among(word.as_bytes(), alternatives.as_bytes()),
            Kind::Mark(mark) => is_among(mark.encode_utf8(&mut [0; 4]).as_bytes(), alternatives.as_bytes()),
            Kind::Number(_) | Kind::Clock(_) => false,
        };
        self.at += usize::from(fits);
        fits
    }

    /// A number in digits or words; `k` and `thousand` multiply it.
    pub(crate) fn number(&mut self) -> Option<Decimal> {
        let token = self.peek().filter(|token| token.bit & NUMBER_BIT != 0)?;
        let mut number = match &token.kind {
            Kind::Number(number) => {
                self.at += 1;
                *number
            }
            Kind::Word(word) => {
                let number = in_words(word)?;
                self.at += 1;
                self.ones_after(number)
            }
            Kind::Clock(_) | Kind::Mark(_) => return None,
        };
        // `1/2` is a half; `9/21` and `1/3/5` are not.
        if number == Decimal::ONE && self.sees("/") {
            let mut probe = *self;
            if probe.numbers("/ #").is_some_and(|of| of == [Decimal::TWO]) && !probe.sees("/") {
                *self = probe;
                return Some(Decimal::new(5, 1));
            }
        }
        number += self.part_behind();
        if self.peek_word() == Some("hundred") {
            self.at += 1;
            number = number.checked_mul(Decimal::ONE_HUNDRED)?;
        }
        let thousand = self.peek().is_some_and(|next| {
            next.word() == Some("thousand") || next.word() == Some("grand") || (next.glued && next.word() == Some("k"))
        });
        if thousand {
            self.at += 1;
            number = number.checked_mul(Decimal::ONE_THOUSAND)?;
        }
        // Larger or finer than any price, size or count: not a number of a strategy.
        let sane = number.abs() <= Decimal::from(NUMBER_MAX) && number.scale() <= SCALE_MAX;
        sane.then(|| number.normalize())
    }

    /// `… and a half`, `… and three quarters` behind a number or a unit; nothing where it is a half of something else.
    pub(crate) fn part_behind(&mut self) -> Decimal {
        const OTHER: &str = "off|out|at|position|the|size|when|if|once|on|later|my";
        let mut probe = *self;
        let parts = [("and a|one? half", 50), ("and a|one? quarter", 25), ("and three quarters", 75)];
        let part = parts.into_iter().find(|(pattern, _)| probe.eat(pattern));
        match part.filter(|_| !probe.sees(OTHER) && !probe.sees("of the|my|position")) {
            Some((_, hundredths)) => {
                *self = probe;
                Decimal::new(hundredths, 2)
            }
            None => Decimal::ZERO,
        }
    }

    /// `twenty-five`.
    fn ones_after(&mut self, tens: Decimal) -> Decimal {
        let is_tens = tens >= Decimal::from(20) && (tens % Decimal::TEN).is_zero();
        let ones = self.peek().filter(|next| next.glued && is_tens).and_then(Token::word).and_then(in_words);
        match ones.filter(|ones| *ones < Decimal::TEN) {
            Some(ones) => {
                self.at += 1;
                tens + ones
            }
            None => tens,
        }
    }

    /// A whole number above zero that counts bars, trades or days.
    pub(crate) fn count(&mut self) -> Option<u32> {
        let mut probe = *self;
        let count = whole(probe.number()?)?;
        *self = probe;
        Some(count)
    }
}

/// A pattern by its address and length, and the words it may begin with, one bit each; a few that stand side by side in the
/// program, where a text that asks for one soon asks for the others. They fill a line of a processor's cache.
type Beginnings = [Cell<(u64, u64)>; 4];

/// Bytes of the program whose patterns are remembered together.
const NEIGHBOURHOOD: usize = 32;

/// Places of [`Beginnings`], a power of two: about as many as the program's patterns have neighbourhoods.
const REMEMBERED: usize = 8_192;

thread_local! {
    static BEGINNINGS: [Beginnings; REMEMBERED] = const { [const { [const { Cell::new((0, 0)) }; 4] }; REMEMBERED] };
}

/// False where the pattern cannot begin with this token: nearly every question is answered here. A pattern lives as long as
/// the program, so its address names it.
fn may_begin(pattern: &'static str, token: Option<&Token>) -> bool {
    let address = pattern.as_ptr() as usize;
    // No address needs its highest bits.
    let name = address as u64 ^ (pattern.len() as u64).rotate_right(16);
    let words = BEGINNINGS.with(|all| {
        let Some(near) = all.get(address / NEIGHBOURHOOD % REMEMBERED) else { return u64::MAX };
        near.iter().map(Cell::get).find(|(known, _)| *known == name).map_or_else(
            || {
                let words = beginnings(pattern);
                let free = near.iter().find(|slot| slot.get().0 == 0).or_else(|| near.get(pattern.len() % near.len()));
                free.into_iter().for_each(|slot| slot.set((name, words)));
                words
            },
            |(_, words)| words,
        )
    });
    words == u64::MAX || token.is_some_and(|token| words & token.bit != 0)
}

/// The words a pattern may begin with; all of them where it may match nothing.
pub(crate) fn beginnings(pattern: &str) -> u64 {
    let mut words = 0;
    let mut rest = Some(pattern);
    while let Some(pattern) = rest {
        let (element, tail) = first_element(pattern);
        let optional = element.len() > 1 && element.ends_with('?');
        let element = if optional { element.strip_suffix('?').unwrap_or(element) } else { element };
        words |= match element {
            "#" => NUMBER_BIT,
            _ => element.split('|').fold(0, |all, word| all | bit_of(word.as_bytes())),
        };
        if !optional {
            return words;
        }
        rest = tail;
    }
    u64::MAX
}

/// The first element of a pattern, and the others. Elements are short: looking at each byte beats a search.
fn first_element(pattern: &str) -> (&str, Option<&str>) {
    let space = pattern.bytes().position(|byte| byte == b' ').and_then(|space| pattern.split_at_checked(space));
    space.map_or((pattern, None), |(first, rest)| (first, rest.get(1..)))
}

/// True where `word` is one of the alternatives between bars. Most of reading a text is this question.
fn is_among(word: &[u8], alternatives: &[u8]) -> bool {
    let first = word.first();
    let mut rest = alternatives;
    loop {
        // Nearly always the first letter decides.
        if rest.first() == first
            && let Some(after) = rest.strip_prefix(word)
            && after.first().is_none_or(|byte| *byte == b'|')
        {
            return true;
        }
        match rest.iter().position(|byte| *byte == b'|').and_then(|bar| rest.get(bar + 1..)) {
            Some(further) => rest = further,
            None => return false,
        }
    }
}

/// A number as a count above zero.
pub(crate) fn whole(number: Decimal) -> Option<u32> {
    if !number.is_integer() || number <= Decimal::ZERO {
        return None;
    }
    u32::try_from(number).ok().filter(|count| *count <= COUNT_MAX)
}

/// A number that is one word.
pub(crate) fn in_words(word: &str) -> Option<Decimal> {
    let number: i64 = match word {
        "zero" => 0,
        "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" => 10,
        "eleven" => 11,
        "twelve" => 12,
        "thirteen" => 13,
        "fourteen" => 14,
        "fifteen" => 15,
        "sixteen" => 16,
        "seventeen" => 17,
        "eighteen" => 18,
        "nineteen" => 19,
        "twenty" => 20,
        "thirty" => 30,
        "forty" | "fourty" => 40,
        "fifty" => 50,
        "sixty" => 60,
        "seventy" => 70,
        "eighty" => 80,
        "ninety" => 90,
        _ => return None,
    };
    Some(number.into())
}
