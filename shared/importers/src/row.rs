//! One row into a bar, a tick, or the reason it is refused.

use crate::contract::ContractMonth;
use crate::decimal;
use crate::layout::Layout;
use crate::limits::{MAX_LISTED, MAX_PRICE, MAX_VOLUME, WORKING_UNIT};
use crate::lines::Fields;
use crate::rows::Tally;
use crate::shape::{ClockColumns, Shape, VolumeColumns};
use crate::stamp::{self, DAY_US, Stamp};
use jiff::Timestamp;
use jiff::tz::Offset;
use market::PriceSide;
use thiserror::Error;

/// A bar or a tick while reading: prices and volume on the working grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bar {
    /// Microseconds, as labelled by the file; UTC once the text is read.
    pub(crate) ts: i64,
    pub(crate) line: u32,
    /// Wall-clock time still to be resolved.
    pub(crate) local: bool,
    /// Open, high, low, close.
    pub(crate) prices: [i64; 4],
    pub(crate) volume: i128,
    /// Ask minus bid at the close; 0 without quotes.
    pub(crate) spread: i64,
}

/// What is wrong with one row.
#[derive(Debug, Error)]
pub(crate) enum Fault {
    #[error("{found} fields, expected {expected}")]
    Width { found: usize, expected: usize },
    #[error("`{0}` is no time")]
    Time(String),
    #[error("{0} does not exist in {1}: its clocks skip that hour; is the time zone right?")]
    SkippedTime(String, String),
    #[error("`{text}` is no {what}")]
    Number { what: &'static str, text: String },
    #[error("{what} {text} exceeds the limit {limit}")]
    TooLarge { what: &'static str, limit: &'static str, text: String },
    #[error("price {0} is not positive")]
    NotPositive(String),
    #[error("high {high} and low {low} do not enclose open {open} and close {close}")]
    Range { open: String, high: String, low: String, close: String },
}

/// What a row came to.
pub(crate) enum Outcome {
    Kept(Option<ContractMonth>, Bar),
    /// Another symbol, or a tick marked suspicious.
    Skipped,
    /// A quote without the side that is wanted.
    OneSided,
}

/// What the caller wants of the rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Ticker or futures root to keep; all when `None`.
    pub(crate) symbol: Option<&'a str>,
    /// True for futures, whose prices may be zero or negative.
    pub(crate) any_sign: bool,
    /// True when tickers such as `ESZ3` are contracts of the root `ES`.
    pub(crate) contracts: bool,
}

/// Reads rows of one text; remembers the other side of one-sided quotes and the last ticker.
pub(crate) struct Reader<'a> {
    layout: &'a Layout,
    wanted: Wanted<'a>,
    pub(crate) tally: Tally,
    last_bid: Option<i64>,
    last_ask: Option<i64>,
    ticker: Option<(Vec<u8>, Option<Option<ContractMonth>>)>,
}

impl<'a> Reader<'a> {
    /// A reader at the start of a text.
    pub(crate) fn new(layout: &'a Layout, wanted: Wanted<'a>) -> Self {
        Self { layout, wanted, tally: Tally::default(), last_bid: None, last_ask: None, ticker: None }
    }

    /// Reads one row.
    pub(crate) fn row(&mut self, line: u32, text: &[u8], fields: &Fields) -> Result<Outcome, Fault> {
        let layout = self.layout;
        if fields.len() != layout.width {
            return Err(Fault::Width { found: fields.len(), expected: layout.width });
        }
        let stamp = self.stamp(text, fields)?;
        let ticker = layout.symbol.map(|at| fields.get(text, at));
        let Some(contract) = ticker.map_or(Some(None), |ticker| self.contract_of(ticker, stamp)) else {
            return Ok(Outcome::Skipped);
        };
        if layout.suspicious.is_some_and(|at| fields.get(text, at) == b"1") {
            return Ok(Outcome::Skipped);
        }
        let Some((prices, volume, spread)) = self.values(text, fields)? else {
            return Ok(Outcome::OneSided);
        };
        let bar = Bar { ts: stamp.us, line, local: stamp.local, prices, volume, spread };
        Ok(Outcome::Kept(contract, bar))
    }

    fn stamp(&self, text: &[u8], fields: &Fields) -> Result<Stamp, Fault> {
        let order = self.layout.order;
        let (stamp, shown) = match self.layout.clock {
            ClockColumns::One(at) => (stamp::parse(fields.get(text, at), order), at),
            ClockColumns::Two { date, time } => {
                (stamp::parse_pair(fields.get(text, date), fields.get(text, time), order), date)
            }
            ClockColumns::MillisecondsOf { midnight_us } => (milliseconds(fields.get(text, 0), midnight_us), 0),
        };
        stamp.ok_or_else(|| Fault::Time(lossy(fields.get(text, shown))))
    }

    /// The contract a ticker means for the wanted symbol; `None` when the row is another symbol's.
    fn contract_of(&mut self, ticker: &[u8], stamp: Stamp) -> Option<Option<ContractMonth>> {
        if let Some((known, answer)) = &self.ticker
            && known.as_slice() == ticker
        {
            return *answer;
        }
        let text = lossy(ticker);
        let answer = match self.wanted.symbol {
            Some(wanted) => matching(&text, wanted, self.wanted.contracts, stamp),
            None => {
                if self.tally.tickers.len() < MAX_LISTED {
                    self.tally.tickers.insert(text);
                }
                Some(None)
            }
        };
        self.ticker = Some((ticker.to_vec(), answer));
        answer
    }

    /// Prices, volume and spread of the side that is wanted; `None` when that side is missing.
    fn values(&mut self, text: &[u8], fields: &Fields) -> Result<Option<([i64; 4], i128, i64)>, Fault> {
        match self.layout.shape {
            Shape::Bars { prices, volume } => {
                let prices = self.bar(text, fields, prices)?;
                let volume = match volume {
                    VolumeColumns::None => 0,
                    VolumeColumns::One(at) => self.volume(fields.get(text, at))?,
                    VolumeColumns::Sum(up, down) => {
                        self.volume(fields.get(text, up))? + self.volume(fields.get(text, down))?
                    }
                };
                Ok(Some((prices, volume, 0)))
            }
            Shape::Trades { price, size } => {
                let price = self.price(fields.get(text, price))?;
                let size = size.map_or(Ok(0), |at| self.volume(fields.get(text, at)))?;
                Ok(Some(([price; 4], size, 0)))
            }
            Shape::QuoteBars { bid, ask } => {
                let bid = self.side(text, fields, bid)?;
                let ask = self.side(text, fields, ask)?;
                Ok(self.quoted(bid, ask))
            }
            Shape::Quotes { bid, ask, one_sided } => {
                let mut bid = self.side(text, fields, [bid; 4])?.map(|prices| prices[3]);
                let mut ask = self.side(text, fields, [ask; 4])?.map(|prices| prices[3]);
                if one_sided {
                    self.last_bid = bid.or(self.last_bid);
                    self.last_ask = ask.or(self.last_ask);
                    (bid, ask) = (self.last_bid, self.last_ask);
                }
                Ok(self.quoted(bid.map(|price| [price; 4]), ask.map(|price| [price; 4])))
            }
        }
    }

    /// The wanted side of a quote; a mid needs both.
    fn quoted(&mut self, bid: Option<[i64; 4]>, ask: Option<[i64; 4]>) -> Option<([i64; 4], i128, i64)> {
        match self.layout.side {
            PriceSide::Bid => bid.map(|prices| (prices, 0, 0)),
            PriceSide::Ask => ask.map(|prices| (prices, 0, 0)),
            PriceSide::Mid | PriceSide::Trade => {
                let mid = Mid::of(bid?, ask?);
                self.tally.crossed += u64::from(mid.crossed);
                self.tally.rounded += mid.rounded;
                Some((mid.prices, 0, mid.spread))
            }
        }
    }

    /// Four quoted prices, or `None` when the side is missing: empty or zero fields.
    fn side(&mut self, text: &[u8], fields: &Fields, at: [usize; 4]) -> Result<Option<[i64; 4]>, Fault> {
        let missing = at.iter().all(|&index| {
            let field = fields.get(text, index);
            field.is_empty() || field.iter().all(|byte| matches!(byte, b'0' | b'.' | b','))
        });
        if missing { Ok(None) } else { self.bar(text, fields, at).map(Some) }
    }

    /// Open, high, low and close that belong together.
    fn bar(&mut self, text: &[u8], fields: &Fields, at: [usize; 4]) -> Result<[i64; 4], Fault> {
        let mut prices = [0; 4];
        for (price, index) in prices.iter_mut().zip(at) {
            *price = self.price(fields.get(text, index))?;
        }
        let [open, high, low, close] = prices;
        if high < open.max(close) || low > open.min(close) {
            let [open, high, low, close] = at.map(|index| lossy(fields.get(text, index)));
            return Err(Fault::Range { open, high, low, close });
        }
        Ok(prices)
    }

    fn price(&mut self, text: &[u8]) -> Result<i64, Fault> {
        let number = self.number("price", text, self.layout.unit_places)?;
        // Databento marks an undefined price by i64::MAX, which is beyond the limit too.
        let in_bounds = number.abs() <= i128::from(MAX_PRICE) * WORKING_UNIT;
        let price = i64::try_from(number).ok().filter(|_| in_bounds);
        let price = price.ok_or_else(|| Fault::TooLarge { what: "price", limit: "MAX_PRICE", text: lossy(text) })?;
        if price <= 0 && !self.wanted.any_sign {
            return Err(Fault::NotPositive(lossy(text)));
        }
        Ok(price)
    }

    /// A volume; an empty field is 0.
    fn volume(&mut self, text: &[u8]) -> Result<i128, Fault> {
        if text.is_empty() {
            return Ok(0);
        }
        let volume = self.number("volume", text, 0)?;
        if volume < 0 {
            return Err(Fault::Number { what: "volume", text: lossy(text) });
        }
        if volume > i128::from(MAX_VOLUME) * WORKING_UNIT {
            return Err(Fault::TooLarge { what: "volume", limit: "MAX_VOLUME", text: lossy(text) });
        }
        Ok(volume)
    }

    /// A number on the working grid; what it loses is counted.
    fn number(&mut self, what: &'static str, text: &[u8], unit_places: u32) -> Result<i128, Fault> {
        let number = decimal::parse(text, self.layout.point, unit_places)
            .ok_or_else(|| Fault::Number { what, text: lossy(text) })?;
        self.tally.rounded += u64::from(number.rounded);
        Ok(number.count)
    }
}

/// Mid and spread of a bid and an ask bar.
pub(crate) struct Mid {
    pub(crate) prices: [i64; 4],
    pub(crate) spread: i64,
    /// The closing bid was above the closing ask.
    pub(crate) crossed: bool,
    /// Prices whose half lay beyond the grid.
    pub(crate) rounded: u64,
}

impl Mid {
    /// The mean of each of the four prices. Means keep the order of prices, so the bar stays consistent.
    pub(crate) fn of(bid: [i64; 4], ask: [i64; 4]) -> Self {
        let mut prices = [0; 4];
        let mut rounded = 0;
        for (mid, (bid, ask)) in prices.iter_mut().zip(bid.into_iter().zip(ask)) {
            *mid = (bid + ask).div_euclid(2);
            rounded += u64::from((bid + ask).rem_euclid(2) != 0);
        }
        let (bid, ask) = (bid[3], ask[3]);
        Self { prices, spread: (ask - bid).max(0), crossed: bid > ask, rounded }
    }
}

/// Milliseconds since a midnight, possibly with a fraction.
fn milliseconds(text: &[u8], midnight_us: i64) -> Option<Stamp> {
    let nanos_of_ms = decimal::parse(text, b'.', 0)?.count;
    let us = i64::try_from(nanos_of_ms / 1_000_000).ok()?;
    (0..=DAY_US).contains(&us).then_some(Stamp { us: midnight_us + us, local: true })
}

/// `Some(contract)` when the ticker is the wanted symbol or, with `contracts`, one of its contracts.
fn matching(ticker: &str, wanted: &str, contracts: bool, stamp: Stamp) -> Option<Option<ContractMonth>> {
    let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    // Polygon writes C:EURUSD and X:BTCUSD.
    let body = ticker.split_once(':').map_or(ticker, |(_, body)| body);
    if plain(body) == plain(wanted) || continuous_root(body).is_some_and(|root| plain(root) == plain(wanted)) {
        return Some(None);
    }
    if !contracts {
        return None;
    }
    let year = Timestamp::from_microsecond(stamp.us).ok().map(|at| Offset::UTC.to_datetime(at).year())?;
    ContractMonth::of_ticker(body, wanted, u16::try_from(year).ok()?).map(Some)
}

/// The root of Databento's continuous symbols: `ES` of `ES.c.0`.
fn continuous_root(ticker: &str) -> Option<&str> {
    let mut parts = ticker.split('.');
    let (root, rule, rank) = (parts.next()?, parts.next()?, parts.next()?);
    let valid = matches!(rule, "c" | "n" | "v") && rank.parse::<u8>().is_ok() && parts.next().is_none();
    valid.then_some(root)
}

fn lossy(text: &[u8]) -> String {
    let short = text.get(..60).unwrap_or(text);
    String::from_utf8_lossy(short).into_owned()
}
