//! What the rest of a text must know before its phrases can be read: the market, the chart, the averages it speaks of.

use super::names::Class;
use super::symbols::Names;
pub(crate) use engine_side::Side;
use market::{AssetClass, Instrument};
use rust_decimal::Decimal;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The side of a trade.
pub(crate) mod engine_side {
    /// Long or short.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Side {
        Long,
        Short,
    }

    impl Side {
        pub(crate) const fn key(self) -> &'static str {
            match self {
                Self::Long => "long",
                Self::Short => "short",
            }
        }

        pub(crate) const fn other(self) -> Self {
            match self {
                Self::Long => Self::Short,
                Self::Short => Self::Long,
            }
        }
    }
}

/// A value of a bar: text of the language, and what it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Value {
    pub(crate) text: String,
    pub(crate) class: Class,
    /// The row of an indicator, else empty.
    pub(crate) row: &'static str,
    /// The first number of an indicator.
    pub(crate) period: Option<Decimal>,
    /// Its numbers stand in a heading, which said so.
    pub(crate) heads: bool,
}

impl Value {
    /// The assumption that "it" is this value.
    pub(crate) fn as_pronoun(&self) -> String {
        format!("\"it\" is read as {}", self.text)
    }

    pub(crate) fn new(text: impl Into<String>, class: Class) -> Self {
        Self { text: text.into(), class, row: "", period: None, heads: false }
    }

    pub(crate) fn number(number: Decimal) -> Self {
        Self::new(number.normalize().to_string(), Class::Number)
    }

    /// The text where an operand of arithmetic stands.
    pub(crate) fn factor(&self) -> String {
        let sum = self.is_joined() && (self.text.contains(" + ") || self.text.contains(" - "));
        if sum { format!("({})", self.text) } else { self.text.clone() }
    }

    /// True where an operator stands outside parentheses.
    pub(crate) fn is_joined(&self) -> bool {
        let mut depth = 0_i32;
        self.text.chars().any(|letter| {
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            depth == 0 && letter == ' '
        })
    }
}

/// By the count of tokens and the place: where a market's name ends, and its symbol where it is not the traded one.
pub(crate) type Others = HashMap<(usize, usize), Option<(usize, Option<String>)>>;

/// What is known while phrases are read.
pub(crate) struct Scene<'a> {
    pub(crate) text: &'a str,
    pub(crate) names: Rc<Names>,
    pub(crate) market: Option<Instrument>,
    /// The strategy's timeframe.
    pub(crate) timeframe: &'static str,
    /// The side in whose words a phrase stands.
    pub(crate) side: std::cell::Cell<Option<Side>>,
    /// Moving averages and other lines spoken of so far.
    pub(crate) lines: RefCell<Vec<Value>>,
    /// The operands of the condition read last: what "it" and a left-out level mean.
    pub(crate) last: RefCell<Option<(Value, Option<Value>)>>,
    /// The crosses read so far, each with what crosses and its level.
    pub(crate) crosses: RefCell<Vec<(Value, Value)>>,
    /// True while the value on the left is an "it".
    pub(crate) pronoun: std::cell::Cell<bool>,
    /// Conditions whose direction the text leaves to the side.
    pub(crate) undirected: RefCell<Vec<String>>,
    /// Touches of a level as read, each with its level.
    pub(crate) touches: RefCell<Vec<(String, String)>>,
    /// Levels that stood alone behind a side, as read: touches.
    pub(crate) alone: RefCell<Vec<String>>,
    /// Two crosses of one level that the words put one after the other.
    pub(crate) followed: RefCell<Vec<(String, String)>>,
    /// An entry is at a day's close.
    pub(crate) day_closes: std::cell::Cell<bool>,
    /// Another value than the price was spoken of before words that nobody could read.
    pub(crate) lost: std::cell::Cell<bool>,
    /// Words that nobody could read stood before.
    pub(crate) unread: std::cell::Cell<bool>,
    /// The value whose right side is being read.
    pub(crate) subject: RefCell<Option<Value>>,
    /// Questions that a reading left open.
    pub(crate) open: RefCell<Vec<(String, String)>>,
    /// A price that the market was compared with.
    pub(crate) price: std::cell::Cell<Option<Decimal>>,
    /// Longs and shorts are traded already: the text is a change.
    pub(crate) both: std::cell::Cell<bool>,
    /// Tokens of the name at the head of the text.
    pub(crate) name: std::cell::Cell<Option<(usize, usize)>>,
    /// The text changes a strategy.
    pub(crate) changing: std::cell::Cell<bool>,
    /// Parentheses being read.
    pub(crate) depth: std::cell::Cell<u8>,
    /// Markets looked for so far.
    pub(crate) others: RefCell<Others>,
    /// What was supplied where the text was silent.
    pub(crate) assumptions: RefCell<Vec<String>>,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(text: &'a str, names: Rc<Names>) -> Self {
        Self {
            text,
            names,
            market: None,
            timeframe: "1m",
            side: std::cell::Cell::new(None),
            lines: RefCell::new(Vec::new()),
            last: RefCell::new(None),
            crosses: RefCell::new(Vec::new()),
            pronoun: std::cell::Cell::new(false),
            undirected: RefCell::new(Vec::new()),
            touches: RefCell::new(Vec::new()),
            alone: RefCell::new(Vec::new()),
            followed: RefCell::new(Vec::new()),
            day_closes: std::cell::Cell::new(false),
            lost: std::cell::Cell::new(false),
            unread: std::cell::Cell::new(false),
            subject: RefCell::new(None),
            open: RefCell::new(Vec::new()),
            price: std::cell::Cell::new(None),
            both: std::cell::Cell::new(false),
            name: std::cell::Cell::new(None),
            changing: std::cell::Cell::new(false),
            depth: std::cell::Cell::new(0),
            others: RefCell::new(HashMap::new()),
            assumptions: RefCell::new(Vec::new()),
        }
    }

    /// What is known of the words read so far, for what gathers them: nothing assumed yet.
    pub(crate) fn beside(&self) -> Scene<'a> {
        Scene {
            market: self.market.clone(),
            timeframe: self.timeframe,
            undirected: self.undirected.clone(),
            touches: self.touches.clone(),
            alone: self.alone.clone(),
            both: self.both.clone(),
            changing: self.changing.clone(),
            ..Scene::new(self.text, Rc::clone(&self.names))
        }
    }

    /// Notes an assumption.
    pub(crate) fn assume(&self, sentence: impl Into<String>) {
        self.assumptions.borrow_mut().push(sentence.into());
    }

    /// Every assumption, once.
    pub(crate) fn assumed(&self) -> Vec<String> {
        let mut once: Vec<String> = Vec::new();
        for sentence in self.assumptions.borrow().iter().filter(|sentence| !sentence.is_empty()) {
            if !once.contains(sentence) {
                once.push(sentence.clone());
            }
        }
        once
    }

    /// Forgets what was assumed for words that were not read in the end.
    pub(crate) fn forget(&self, (from, to): (usize, usize)) {
        for sentence in self.assumptions.borrow_mut().get_mut(from..to).into_iter().flatten() {
            sentence.clear();
        }
    }

    /// Asks for the direction of a cross, by these words.
    pub(crate) fn ask_for_direction(&self, words: &str) {
        let question = (words.to_owned(), "neither the direction of the cross nor the side is said".to_owned());
        self.open.borrow_mut().push(question);
    }

    /// Forgets what "it" was last read as: in the end it was read as something else.
    pub(crate) fn forget_pronoun(&self, value: &Value) {
        let sentence = value.as_pronoun();
        // A phrase may have been read before, as part of a longer one.
        self.assumptions.borrow_mut().iter_mut().filter(|said| **said == sentence).for_each(String::clear);
    }

    /// Tries to read; what a failed try assumed and remembered is forgotten.
    pub(crate) fn attempt<T>(&self, read: impl FnOnce() -> Option<T>) -> Option<T> {
        let (assumed, spoken) = (self.assumptions.borrow().len(), self.lines.borrow().len());
        let (asked, crossed) = (self.open.borrow().len(), self.crosses.borrow().len());
        let found = read();
        if found.is_none() {
            self.assumptions.borrow_mut().truncate(assumed);
            self.lines.borrow_mut().truncate(spoken);
            self.open.borrow_mut().truncate(asked);
            self.crosses.borrow_mut().truncate(crossed);
        }
        found
    }

    /// True where the opening range that was spoken of is of the first `minutes`.
    pub(crate) fn opens_with(&self, minutes: u32) -> bool {
        let range = |line: &Value| line.row == "opening_range" && line.period == Some(minutes.into());
        self.lines.borrow().iter().any(range)
    }

    /// A touch of a level, as a side comes to it: longs from above, shorts from below.
    pub(crate) fn reached(&self, text: String, side: Side) -> String {
        let open = self.alone.borrow().contains(&text)
            || self.undirected.borrow().contains(&text)
            || self.touches.borrow().iter().any(|(touch, _)| *touch == text);
        let turned = match side {
            Side::Long => text.strip_prefix("high >= ").map(|level| format!("low <= {level}")),
            Side::Short => text.strip_prefix("low <= ").map(|level| format!("high >= {level}")),
        };
        turned.filter(|_| open).unwrap_or(text)
    }

    /// The side whose words these are; long where none was named.
    pub(crate) fn side(&self) -> Side {
        self.side.get().unwrap_or(Side::Long)
    }

    pub(crate) fn class(&self) -> Option<AssetClass> {
        self.market.as_ref().map(|market| market.asset_class)
    }

    /// True for markets whose regular session is the stock exchange's only hours.
    pub(crate) fn is_stock(&self) -> bool {
        matches!(self.class(), Some(AssetClass::Stock | AssetClass::Etf))
    }

    pub(crate) fn is_future(&self) -> bool {
        self.class() == Some(AssetClass::Future)
    }

    /// Opening ranges and the open are the regular session's on futures.
    pub(crate) fn regular(&self) -> &'static str {
        if self.is_future() { "'regular'" } else { "" }
    }

    /// A price in pips as points.
    pub(crate) fn pip(&self) -> Decimal {
        match &self.market {
            Some(market) if market.symbol.starts_with("XAU") || market.symbol.starts_with("XAG") => {
                let pip = if market.symbol.starts_with("XAU") { Decimal::new(1, 1) } else { Decimal::new(1, 2) };
                self.assume(format!("a pip of {} is read as {pip}", market.symbol));
                pip
            }
            Some(market) if market.asset_class == AssetClass::Fx && market.currency == "JPY" => Decimal::new(1, 2),
            Some(market) if market.asset_class == AssetClass::Fx => Decimal::new(1, 4),
            Some(market) if market.symbol.starts_with("6J") => Decimal::new(1, 6),
            Some(market) if market.symbol.starts_with('6') || market.symbol.starts_with("M6") => Decimal::new(1, 4),
            Some(market) => {
                self.assume(format!(
                    "a pip of {} is read as its tick, {}",
                    market.symbol,
                    market.tick_size.normalize()
                ));
                market.tick_size
            }
            None => Decimal::new(1, 4),
        }
    }
}
