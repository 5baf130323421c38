//! A peer's trades: how it is asked for them, and their short form that is kept in `recorded/`.
//!
//! Nothing is judged here but whether two answers are the same.

use crate::scenarios::Peer;
use crate::series::{PER_UNIT, Series};
use crate::setup::Bar;
use engine::Trade;
use engine::plan::Side;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::str::FromStr;

/// Quoted units by which a price may differ: two counts of the loop, for peers compute in `f64`.
const PRICE_TOLERANCE: f64 = 2e-9;
/// The same relative to the price, for the last bits of an `f64`.
const RELATIVE_TOLERANCE: f64 = 1e-12;
/// Money by which a commission may differ: it is rounded to millionths here and not at all there.
const MONEY_TOLERANCE: f64 = 3e-6;
/// Trades that one recorded line sums up, and the weights of its sums, so that neighbours do not cancel.
const TRADES_A_LINE: usize = 200;
const WEIGHTS: usize = 7;

/// A trade as a peer reports it; minutes are indexes.
#[derive(Debug, Clone, Deserialize)]
pub struct PeerTrade {
    pub side: i64,
    pub entry: u32,
    pub exit: u32,
    pub entry_price: f64,
    pub exit_price: f64,
    pub commission: f64,
}

impl PeerTrade {
    /// A trade of the loop in the same form.
    pub fn of(trade: &Trade) -> Self {
        let price = |count: i64| count as f64 / PER_UNIT as f64;
        Self {
            side: if trade.side == Side::Long { 1 } else { -1 },
            entry: trade.entry_minute,
            exit: trade.exit_minute,
            entry_price: price(trade.entry_price),
            exit_price: price(trade.exit_price),
            commission: trade.commission.to_f64(),
        }
    }

    /// True when the two are one trade up to the last bits of an `f64`.
    pub fn same(&self, other: &Self) -> bool {
        let close = |a: f64, b: f64| (a - b).abs() <= PRICE_TOLERANCE + RELATIVE_TOLERANCE * b.abs();
        (self.side, self.entry, self.exit) == (other.side, other.entry, other.exit)
            && close(self.entry_price, other.entry_price)
            && close(self.exit_price, other.exit_price)
            && (self.commission - other.commission).abs() <= MONEY_TOLERANCE
    }
}

fn columns(bars: &[Bar]) -> Value {
    let price = |of: fn(&Bar) -> i64| -> Vec<f64> { bars.iter().map(|bar| of(bar) as f64 / PER_UNIT as f64).collect() };
    let ts: Vec<i64> = bars.iter().map(|bar| bar.ts).collect();
    json!({
        "ts": ts,
        "open": price(|bar| bar.open),
        "high": price(|bar| bar.high),
        "low": price(|bar| bar.low),
        "close": price(|bar| bar.close),
    })
}

/// Runs the peer's script on all requests at once.
pub fn ask(python: &Path, peer: Peer, series: &[Series], runs: &[Value]) -> Vec<Vec<PeerTrade>> {
    let bars: serde_json::Map<String, Value> =
        series.iter().map(|series| (series.name.to_owned(), columns(&series.bars))).collect();
    let request = json!({ "series": bars, "runs": runs });
    let path = tests::repository().join("tests/reference/peers").join(peer.script());
    let mut process = Command::new(python)
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the interpreter starts");
    let mut input = process.stdin.take().expect("a pipe");
    let text = serde_json::to_vec(&request).expect("a request");
    let writer = std::thread::spawn(move || input.write_all(&text));
    let output = process.wait_with_output().expect("an answer");
    writer.join().expect("a writer").expect("the request is read");
    assert!(output.status.success(), "{} failed", peer.script());
    serde_json::from_slice(&output.stdout).expect("trades as JSON")
}

/// What an answer rests on, one line each: the peer's version, its script, the minutes and what was asked of it.
pub fn grounds(peer: Peer, series: &[Series], runs: &[Value]) -> Vec<String> {
    let reference = tests::repository().join("tests/reference");
    let read = |name: &str| std::fs::read(reference.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let pins = String::from_utf8(read("requirements.txt")).expect("text");
    let pin = pins.lines().find(|line| line.starts_with(&format!("{}==", peer.package())));
    let mut lines = vec![
        format!("peer {}", pin.expect("the peer is pinned")),
        format!("script {}", digest(&read(&format!("peers/{}", peer.script())))),
    ];
    lines.extend(series.iter().map(|series| {
        let minutes: Vec<u8> = series
            .bars
            .iter()
            .flat_map(|bar| [bar.ts, bar.open, bar.high, bar.low, bar.close])
            .flat_map(i64::to_le_bytes)
            .collect();
        format!("minutes {} {}", series.name, digest(&minutes))
    }));
    lines.push(format!("asked {}", digest(&serde_json::to_vec(runs).expect("requests"))));
    lines
}

/// SHA-256 in hexadecimal.
fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Up to [`TRADES_A_LINE`] trades of a case in one line: their sides and minutes as a digest, their fills and commissions as sums in
/// which the n-th trade counts 1 + n mod [`WEIGHTS`] times.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// Scenario and series.
    pub case: (String, String),
    pub first: usize,
    pub trades: usize,
    times: String,
    entries: f64,
    exits: f64,
    commissions: f64,
}

impl Stretch {
    /// The stretches of a case's trades.
    pub fn all(scenario: &str, series: &str, trades: &[PeerTrade]) -> Vec<Self> {
        let stretch = |(index, part): (usize, &[PeerTrade])| {
            let times: String =
                part.iter().map(|trade| format!("{} {} {}\n", trade.side, trade.entry, trade.exit)).collect();
            let sum = |of: fn(&PeerTrade) -> f64| -> f64 {
                part.iter().enumerate().map(|(at, trade)| (1 + at % WEIGHTS) as f64 * of(trade)).sum()
            };
            Self {
                case: (scenario.to_owned(), series.to_owned()),
                first: index * TRADES_A_LINE,
                trades: part.len(),
                times: digest(times.as_bytes())[..16].to_owned(),
                entries: sum(|trade| trade.entry_price),
                exits: sum(|trade| trade.exit_price),
                commissions: sum(|trade| trade.commission),
            }
        };
        trades.chunks(TRADES_A_LINE).enumerate().map(stretch).collect()
    }

    /// True when every trade of the two is the same, as far as the short form tells: no single one may differ by more than the
    /// tolerances of all together, which is less than any tick or cent.
    pub fn same(&self, other: &Self) -> bool {
        let most = (WEIGHTS * self.trades) as f64;
        let close = |a: f64, b: f64| (a - b).abs() <= most * PRICE_TOLERANCE + RELATIVE_TOLERANCE * b.abs();
        (&self.case, self.first, self.trades, &self.times) == (&other.case, other.first, other.trades, &other.times)
            && close(self.entries, other.entries)
            && close(self.exits, other.exits)
            && (self.commissions - other.commissions).abs() <= most * MONEY_TOLERANCE
    }
}

impl fmt::Display for Stretch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((scenario, series), first, trades) = (&self.case, self.first, self.trades);
        let (entries, exits, commissions) = (self.entries, self.exits, self.commissions);
        write!(f, "{scenario} {series} {first} {trades} {} {entries} {exits} {commissions}", self.times)
    }
}

impl FromStr for Stretch {
    type Err = Box<dyn std::error::Error>;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let words: Vec<&str> = line.split(' ').collect();
        let [scenario, series, first, trades, times, entries, exits, commissions] = words[..] else {
            return Err(format!("eight words in {line}").into());
        };
        Ok(Self {
            case: (scenario.to_owned(), series.to_owned()),
            first: first.parse()?,
            trades: trades.parse()?,
            times: times.to_owned(),
            entries: entries.parse()?,
            exits: exits.parse()?,
            commissions: commissions.parse()?,
        })
    }
}
