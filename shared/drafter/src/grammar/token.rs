//! Text into tokens: lower-case words, numbers, clock times and punctuation, each with its place in the text as typed.

use super::cursor::in_words;
use rust_decimal::Decimal;

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word in lower case, without a possessive ending.
    Word(String),
    /// A number as written.
    Number(Decimal),
    /// Hour and minute written with a colon.
    Clock(u16),
    /// One of `, . ; : ( ) / $ % & + - * > < = ! ? \n`; `>=`, `<=` and `!=` are `≥`, `≤` and `≠`.
    Mark(char),
}

impl Kind {
    fn bit(&self) -> u64 {
        match self {
            Self::Word(word) if in_words(word).is_some() => bit_of(word.as_bytes()) | NUMBER_BIT,
            Self::Word(word) => bit_of(word.as_bytes()),
            Self::Mark(mark) => bit_of(mark.encode_utf8(&mut [0; 4]).as_bytes()),
            Self::Number(_) => NUMBER_BIT,
            Self::Clock(_) => 0,
        }
    }
}

/// A token with its bytes in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// No space stands before it.
    pub(crate) glued: bool,
    /// As typed, where its spelling was mended.
    pub(crate) typed: Option<String>,
    /// What a pattern that begins with it has: see [`bit_of`].
    pub(crate) bit: u64,
}

/// The bit of tokens that a number may begin with.
pub(crate) const NUMBER_BIT: u64 = 1 << 63;

/// One of 63 bits for a word or a mark: patterns are told apart by it before they are tried.
pub(crate) fn bit_of(word: &[u8]) -> u64 {
    let hash = word.iter().fold(0_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    1 << (((hash >> 32) * 63) >> 32)
}

impl Token {
    /// A token at a place.
    pub(crate) fn new(kind: Kind, (start, end): (usize, usize), glued: bool) -> Self {
        let bit = kind.bit();
        Self { kind, start, end, glued, typed: None, bit }
    }

    /// The same place with something else in it.
    pub(crate) fn turned_into(&mut self, kind: Kind) {
        self.bit = kind.bit();
        self.kind = kind;
    }

    pub(crate) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            Kind::Number(_) | Kind::Clock(_) | Kind::Mark(_) => None,
        }
    }

    pub(crate) fn is_mark(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }
}

/// Shortened forms and what they stand for: one word as typed, several read.
const SPLIT: [(&str, &[&str]); 43] = [
    ("dispose", &["exit"]),
    ("purchase", &["buy"]),
    ("purchases", &["buys"]),
    ("purchasing", &["buying"]),
    ("pls", &["please"]),
    ("plz", &["please"]),
    ("im", &["i", "am"]),
    ("xatr", &["x", "atr"]),
    ("wen", &["when"]),
    ("stp", &["stop"]),
    ("abv", &["above"]),
    ("blw", &["below"]),
    ("xover", &["crossover"]),
    ("bollingers", &["bollinger", "bands"]),
    ("bollies", &["bollinger", "bands"]),
    ("thru", &["through"]),
    ("ur", &["your"]),
    ("cuz", &["because"]),
    ("wiht", &["with"]),
    ("croses", &["crosses"]),
    ("crosess", &["crosses"]),
    ("it's", &["it", "is"]),
    ("that's", &["that", "is"]),
    ("there's", &["there", "is"]),
    ("price's", &["price", "is"]),
    ("we're", &["we", "are"]),
    ("they're", &["they", "are"]),
    ("i'd", &["i", "would"]),
    ("i'm", &["i", "am"]),
    ("i've", &["i", "have"]),
    ("don't", &["dont"]),
    ("doesn't", &["isnt"]),
    ("isn't", &["isnt"]),
    ("aren't", &["isnt"]),
    ("hasn't", &["hasnt"]),
    ("haven't", &["hasnt"]),
    ("can't", &["dont"]),
    ("won't", &["dont"]),
    ("let's", &["lets"]),
    ("w/", &["with"]),
    ("w/o", &["without"]),
    ("b/o", &["breakout"]),
    ("b/e", &["breakeven"]),
];

/// The characters of a text in the forms the grammar knows: one kind of dash, quote, space and comparison.
fn plain(character: char) -> char {
    match character {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => '-',
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '`' => '\'',
        '✕' => '×',
        '≧' => '≥',
        '≦' => '≤',
        '⇒' | '➔' | '➜' | '⟶' => '→',
        '•' | '·' | '▪' | '●' => '\n',
        other if other != '\n' && (other.is_whitespace() || other.is_control()) => ' ',
        other => other.to_lowercase().next().unwrap_or(other),
    }
}

/// Reads a text into tokens.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let characters: Vec<(usize, char)> = text.char_indices().map(|(at, character)| (at, plain(character))).collect();
    let mut reader = Reader { characters, length: text.len(), at: 0, tokens: Vec::new() };
    while reader.at < reader.characters.len() {
        reader.token();
    }
    reader.tokens
}

struct Reader {
    characters: Vec<(usize, char)>,
    length: usize,
    at: usize,
    tokens: Vec<Token>,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).map(|(_, character)| *character)
    }

    fn before(&self) -> Option<char> {
        self.at.checked_sub(1).and_then(|at| self.characters.get(at)).map(|(_, character)| *character)
    }

    /// The byte at which the character `at` begins.
    fn byte(&self, at: usize) -> usize {
        self.characters.get(at).map_or(self.length, |(byte, _)| *byte)
    }

    fn push(&mut self, kind: Kind, from: usize) {
        let glued = from > 0
            && self.characters.get(from - 1).is_some_and(|(_, before)| !before.is_whitespace())
            && !self.tokens.is_empty();
        let (start, end) = (self.byte(from), self.byte(self.at));
        self.tokens.push(Token::new(kind, (start, end), glued));
    }

    fn token(&mut self) {
        let Some(character) = self.peek(0) else { return };
        match character {
            '\n' => self.mark('\n', 1),
            '→' => self.arrow(),
            '×' => self.one_word("x"),
            '&' if self.stands_alone() => self.one_word("and"),
            space if space.is_whitespace() => self.at += 1,
            digit if digit.is_ascii_digit() => self.number(false),
            '.' if self.peek(1).is_some_and(|next| next.is_ascii_digit()) && !self.after_digit() => self.number(false),
            // "2019-01-01..2023-12-31".
            '.' if self.after_digit()
                && self.peek(1) == Some('.')
                && self.peek(2).is_some_and(|next| next.is_ascii_digit()) =>
            {
                self.at += 1;
                self.one_word("to");
            }
            '-' if self.peek(1) == Some('d') && self.peek(2) == Some('i') => self.mark('-', 1),
            '-' => self.dash(),
            // "+100": the sign of a number.
            '+' if self.peek(1).is_some_and(|next| next.is_ascii_digit())
                && self.before().is_none_or(char::is_whitespace)
                && self.compared() =>
            {
                self.at += 1;
            }
            '>' | '<' | '!' | '=' if self.peek(1) == Some('=') => {
                let mark = match character {
                    '>' => '≥',
                    '<' => '≤',
                    '!' => '≠',
                    _ => '=',
                };
                self.mark(mark, 2);
            }
            '|' if self.peek(1) == Some('|') => {
                self.one_word("or");
                self.at += 1;
            }
            letter if letter.is_alphabetic() => self.word(),
            '\'' | '"' | '“' | '”' => self.at += 1,
            mark => self.mark(mark, 1),
        }
    }

    /// A word of comparison stands before: "crosses below +100".
    fn compared(&self) -> bool {
        let before = self.tokens.last().and_then(Token::word);
        matches!(before, Some("above" | "below" | "over" | "under" | "through" | "thru" | "at" | "than"))
    }

    fn after_digit(&self) -> bool {
        self.before().is_some_and(|before| before.is_ascii_digit())
    }

    fn mark(&mut self, mark: char, length: usize) {
        let from = self.at;
        self.at += length;
        self.push(Kind::Mark(mark), from);
    }

    /// An arrow points like `->`; at the head of a line it only begins it.
    fn arrow(&mut self) {
        if self.tokens.last().is_none_or(|last| last.is_mark('\n')) {
            return self.mark('\n', 1);
        }
        let from = self.at;
        self.at += 1;
        self.push(Kind::Mark('-'), from);
        let place = (self.byte(from), self.byte(self.at));
        self.tokens.push(Token::new(Kind::Mark('>'), place, true));
    }

    /// A sign that stands for a word.
    fn one_word(&mut self, word: &str) {
        let from = self.at;
        self.at += 1;
        self.push(Kind::Word(word.to_owned()), from);
    }

    /// True with a space on both sides.
    fn stands_alone(&self) -> bool {
        self.before().is_none_or(char::is_whitespace) && self.peek(1).is_none_or(char::is_whitespace)
    }

    /// A dash is a minus, a range, a hyphen inside a word (nothing), or a pause between phrases.
    fn dash(&mut self) {
        let after = self.peek(1);
        let spaced_before = self.before().is_none_or(char::is_whitespace);
        let digit_after = after.is_some_and(|next| next.is_ascii_digit() || next == '.');
        let compared = self
            .tokens
            .last()
            .is_some_and(|last| ['<', '>', '=', '≥', '≤', '≠'].iter().any(|mark| last.is_mark(*mark)));
        if (spaced_before || compared) && digit_after {
            return self.number(true);
        }
        let spaced_after = after.is_none_or(char::is_whitespace);
        match (spaced_before, spaced_after) {
            (false, false) => {
                let digit_before = self.after_digit();
                let from_clock = self.tokens.last().is_some_and(|last| last.word().is_some_and(is_half_day));
                let weekday = self.tokens.last().is_some_and(|last| last.word().is_some_and(is_weekday));
                if (digit_before || from_clock) && digit_after || weekday || digit_before && self.before_now() {
                    self.mark('-', 1);
                } else {
                    self.at += 1;
                }
            }
            (true, true) if self.before_now() || self.between_numbers() || self.in_brackets() || self.subtracts() => {
                self.mark('-', 1)
            }
            (true, true) | (false, true) | (true, false) => {
                let from = self.at;
                while self.peek(0) == Some('-') {
                    self.at += 1;
                }
                let line_start = self.tokens.is_empty() || self.tokens.last().is_some_and(|last| last.is_mark('\n'));
                if !line_start {
                    self.push(Kind::Mark(','), from);
                }
            }
        }
    }

    /// `jan 2022 - now`: up to the end of the data.
    fn before_now(&self) -> bool {
        let number_before = self.tokens.last().is_some_and(|last| matches!(last.kind, Kind::Number(_)));
        let rest = self.characters.iter().skip(self.at + 1).map(|(_, character)| *character);
        let word: String = rest.skip_while(|next| *next == ' ').take_while(|next| next.is_alphabetic()).collect();
        number_before && matches!(word.to_lowercase().as_str(), "now" | "today" | "present")
    }

    /// `9:30 - 11:00`: a spaced dash between two numbers is a range.
    fn between_numbers(&self) -> bool {
        let number_before = self.tokens.last().is_some_and(|last| match &last.kind {
            Kind::Number(_) | Kind::Clock(_) => true,
            Kind::Word(word) => is_half_day(word),
            Kind::Mark(_) => false,
        });
        let mut rest = self.characters.iter().skip(self.at + 1).map(|(_, character)| *character);
        number_before && rest.find(|next| !next.is_whitespace()).is_some_and(|next| next.is_ascii_digit())
    }

    /// Inside parentheses a spaced dash subtracts.
    fn in_brackets(&self) -> bool {
        let opened = self.tokens.iter().filter(|token| token.is_mark('(')).count();
        opened > self.tokens.iter().filter(|token| token.is_mark(')')).count()
    }

    /// `below vwap - 2 stdev`: a spaced dash before a measure of range subtracts, unless that is a stop's.
    fn subtracts(&self) -> bool {
        let level = self.tokens.last().is_some_and(|last| last.word().is_some() || last.is_mark(')'));
        let rest: String = self.characters.iter().skip(self.at + 1).take(40).map(|(_, character)| *character).collect();
        let rest = rest.to_lowercase();
        let clause = rest.split([',', ';', '\n']).next().unwrap_or_default();
        let mut words = clause.split([' ', '*', '(']).filter(|word| !word.is_empty() && *word != "x");
        let number = words.next().is_some_and(|word| word.parse::<f64>().is_ok());
        let measure = words.next().is_some_and(|word| {
            ["atr", "stdev", "stdevs", "std", "sd", "sigma", "standard"].contains(&word.trim_end_matches('.'))
        });
        let placed = words.any(|word| ["stop", "sl", "target", "tp", "trail", "trailing", "loss"].contains(&word));
        level && number && measure && !placed
    }

    fn digits(&mut self) -> String {
        let mut digits = String::new();
        while let Some(digit) = self.peek(0).filter(char::is_ascii_digit) {
            digits.push(digit);
            self.at += 1;
        }
        digits
    }

    fn number(&mut self, negative: bool) {
        let from = self.at;
        self.at += usize::from(negative);
        let mut digits = self.digits();
        while self.peek(0) == Some(',') && self.three_digits_follow() {
            self.at += 1;
            digits.push_str(&self.digits());
        }
        if self.peek(0) == Some(':') && digits.len() <= 2 {
            let minute: String = (1..3).filter_map(|ahead| self.peek(ahead)).filter(char::is_ascii_digit).collect();
            let past = self.peek(3).is_some_and(|next| next.is_ascii_digit());
            if let (Ok(hour), Ok(minute), 2, false) = (digits.parse::<u16>(), minute.parse::<u16>(), minute.len(), past)
                && hour < 25
                && minute < 60
            {
                self.at += 3;
                // Seconds are dropped where they are zero.
                if self.peek(0) == Some(':') && self.peek(1) == Some('0') && self.peek(2) == Some('0') {
                    self.at += 3;
                }
                return self.push(Kind::Clock(hour * 60 + minute), from);
            }
        }
        if self.peek(0) == Some('.') && self.peek(1).is_some_and(|next| next.is_ascii_digit()) {
            self.at += 1;
            digits.push('.');
            digits.push_str(&self.digits());
        }
        let written = if digits.starts_with('.') { format!("0{digits}") } else { digits };
        let number: Decimal = written.parse().unwrap_or(Decimal::MAX);
        let number = number.normalize();
        self.push(Kind::Number(if negative { -number } else { number }), from);
    }

    fn three_digits_follow(&self) -> bool {
        (1..4).all(|ahead| self.peek(ahead).is_some_and(|next| next.is_ascii_digit()))
            && self.peek(4).is_none_or(|next| !next.is_ascii_digit())
    }

    fn word(&mut self) {
        let from = self.at;
        let mut word = String::new();
        while let Some(letter) = self.peek(0) {
            let inside = letter.is_alphabetic()
                || (matches!(letter, '\'' | '_') && !word.is_empty() && self.peek(1).is_some_and(char::is_alphabetic));
            if !inside {
                break;
            }
            word.push(letter);
            self.at += 1;
        }
        // T3, i.e. and e.g. are words.
        if word == "t" && self.peek(0) == Some('3') && self.peek(1).is_none_or(|next| !next.is_alphanumeric()) {
            word.push('3');
            self.at += 1;
        } else if (word == "i" && self.peek(1) == Some('e') || word == "e" && self.peek(1) == Some('g'))
            && self.peek(0) == Some('.')
            && self.peek(2) == Some('.')
        {
            word = "ie".to_owned();
            self.at += 3;
        }
        if self.peek(0) == Some('/') && (word == "w" || word == "b") {
            self.slashed(&mut word);
        } else if (word == "a" || word == "p") && self.peek(0) == Some('.') && self.peek(1) == Some('m') {
            word.push('m');
            self.at += 2 + usize::from(self.peek(2) == Some('.'));
        }
        if let Some((_, parts)) = SPLIT.iter().find(|(short, _)| *short == word) {
            for part in *parts {
                self.push(Kind::Word((*part).to_owned()), from);
            }
            return;
        }
        if let Some(owner) = word.strip_suffix("'s") {
            word = owner.to_owned();
        }
        self.push(Kind::Word(word.replace('\'', "")), from);
    }

    /// `w/`, `w/o`, `b/o`, `b/e`.
    fn slashed(&mut self, word: &mut String) {
        self.at += 1;
        word.push('/');
        let ends = self.peek(1).is_none_or(|after| !after.is_alphabetic());
        if let Some(letter @ ('o' | 'e')) = self.peek(0).filter(|_| ends) {
            word.push(letter);
            self.at += 1;
        }
    }
}

pub(crate) fn is_half_day(word: &str) -> bool {
    matches!(word, "am" | "pm")
}

fn is_weekday(word: &str) -> bool {
    const STEMS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    STEMS.iter().any(|stem| word.starts_with(stem)) && word.len() <= 9 && word != "money" && word != "month"
}
