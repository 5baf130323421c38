//! The loop with a peer's switches against that peer, trade by trade, on the same real minutes.
//!
//! A difference that no switch explains fails.

use crate::plain_loop::simulate;
use crate::scenarios::{Case, Peer, Scenario, case};
use crate::series::{PER_UNIT, Series, real_series};
use crate::setup::Bar;
use crate::state::{Event, Outcome};
use engine::plan::Side;
use engine::{ExitReason, Trade};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};

/// Fewest trades of a comparison, and fewest times an event it claims has to happen.
const FEWEST_TRADES: usize = 100;
const FEWEST_EVENTS: usize = 5;

/// Minutes of each series that backtrader gets: it runs some five thousand a second.
const BACKTRADER_MINUTES: usize = 4_500;

/// Quoted units by which a price may differ: two counts of the loop, for peers compute in `f64`.
const PRICE_TOLERANCE: f64 = 2e-9;
/// The same relative to the price, for the last bits of an `f64`.
const RELATIVE_TOLERANCE: f64 = 1e-12;
/// Money by which a commission may differ: it is rounded to millionths here and not at all there.
const MONEY_TOLERANCE: f64 = 3e-6;

/// A trade as a peer reports it; minutes are indexes.
#[derive(Debug, Deserialize)]
struct PeerTrade {
    side: i64,
    entry: u32,
    exit: u32,
    entry_price: f64,
    exit_price: f64,
    commission: f64,
}

fn script(peer: Peer) -> &'static str {
    match peer {
        Peer::BacktestingPy => "backtesting_py.py",
        Peer::Backtrader => "backtrader.py",
        Peer::Vectorbt => "vectorbt.py",
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
fn ask(python: &std::path::Path, peer: Peer, series: &[Series], runs: Vec<Value>) -> Vec<Vec<PeerTrade>> {
    let bars: serde_json::Map<String, Value> =
        series.iter().map(|series| (series.name.to_owned(), columns(&series.bars))).collect();
    let request = json!({ "series": bars, "runs": runs });
    let path = tests::repository().join("tests/reference/peers").join(script(peer));
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
    assert!(output.status.success(), "{} failed", script(peer));
    serde_json::from_slice(&output.stdout).expect("trades as JSON")
}

fn close_to(a: f64, b: f64) -> bool {
    (a - b).abs() <= PRICE_TOLERANCE + RELATIVE_TOLERANCE * b.abs()
}

fn same(ours: &Trade, theirs: &PeerTrade) -> bool {
    let price = |count: i64| count as f64 / PER_UNIT as f64;
    (ours.side == Side::Long) == (theirs.side > 0)
        && (ours.entry_minute, ours.exit_minute) == (theirs.entry, theirs.exit)
        && close_to(price(ours.entry_price), theirs.entry_price)
        && close_to(price(ours.exit_price), theirs.exit_price)
        && (ours.commission.to_f64() - theirs.commission).abs() <= MONEY_TOLERANCE
}

fn compare(place: &str, outcome: &Outcome, theirs: &[PeerTrade], bars: &[Bar]) {
    for (index, (ours, theirs)) in outcome.trades.iter().zip(theirs).enumerate() {
        if !same(ours, theirs) {
            let from = (ours.entry_minute.min(theirs.entry) as usize).saturating_sub(2);
            let until = (ours.exit_minute.max(theirs.exit) as usize + 2).min(bars.len());
            let around: Vec<String> = (from..until.min(from + 30)).map(|at| format!("{at} {:?}", bars[at])).collect();
            panic!("{place}: trade {index}\nours   {ours:?}\ntheirs {theirs:?}\n{}", around.join("\n"));
        }
    }
    assert_eq!(outcome.trades.len(), theirs.len(), "{place}: number of trades");
}

/// What each comparison with a peer claims to have seen, summed over scenarios and series.
struct Seen {
    gapped_stops: usize,
    gapped_targets: usize,
    both_touched: usize,
    reversals: usize,
    due_with_level_touched: usize,
    exits_in_entry_minute: usize,
    expired: usize,
    expired_brackets: usize,
    limit_entries_at_open: usize,
    limit_entries_inside: usize,
    time_exits: usize,
    trailing_stops: usize,
}

impl Seen {
    fn of(outcomes: &[Outcome]) -> Self {
        let count = |event: Event| outcomes.iter().map(|outcome| outcome.count(event)).sum();
        Self {
            gapped_stops: count(Event::GappedStop),
            gapped_targets: count(Event::GappedTarget),
            both_touched: count(Event::BothTouched),
            reversals: count(Event::Reversal),
            due_with_level_touched: count(Event::DueWithLevelTouched),
            exits_in_entry_minute: count(Event::ExitInEntryMinute),
            expired: outcomes.iter().map(|outcome| outcome.expired as usize).sum(),
            expired_brackets: outcomes.iter().map(|outcome| outcome.expired_brackets as usize).sum(),
            limit_entries_at_open: count(Event::RestingEntryAtOpen),
            limit_entries_inside: count(Event::RestingEntryInside),
            time_exits: outcomes.iter().map(|outcome| outcome.ended(ExitReason::Time)).sum(),
            trailing_stops: count(Event::TrailingStop),
        }
    }

    /// The events a comparison with `peer` claims.
    fn claimed(&self, peer: Peer) -> Vec<(&'static str, usize)> {
        let mut claimed = vec![
            ("gapped stop", self.gapped_stops),
            ("gapped target", self.gapped_targets),
            ("both touched", self.both_touched),
            ("reversal", self.reversals),
            ("exit due with a level touched", self.due_with_level_touched),
        ];
        if peer == Peer::BacktestingPy {
            claimed.push(("stop or target in the entry minute", self.exits_in_entry_minute));
        }
        if peer != Peer::Vectorbt {
            claimed.push(("expiry", self.expired));
            claimed.push(("limit entry at the open", self.limit_entries_at_open));
            claimed.push(("limit entry inside", self.limit_entries_inside));
            claimed.push(("time exit", self.time_exits));
        }
        if peer != Peer::BacktestingPy {
            claimed.push(("trailing stop", self.trailing_stops));
        }
        if peer == Peer::Backtrader {
            claimed.push(("bracket expiry", self.expired_brackets));
        }
        claimed
    }
}

fn against(peer: Peer) {
    let (Some(data), Some(python)) = (tests::shared_data(), tests::python()) else { return };
    let mut series = real_series(&data);
    if peer == Peer::Backtrader {
        series.iter_mut().for_each(|series| series.bars.truncate(BACKTRADER_MINUTES));
    }
    let mut cases: Vec<(String, Scenario, usize, Case)> = Vec::new();
    for scenario in Scenario::of(peer) {
        for (index, series) in series.iter().enumerate() {
            cases.push((
                format!("{peer:?} {scenario:?} {}", series.name),
                *scenario,
                index,
                case(*scenario, series, peer),
            ));
        }
    }
    let requests = cases.iter().map(|(_, _, _, case)| case.request.clone()).collect();
    let answers = ask(&python, peer, &series, requests);
    let mut outcomes = Vec::new();
    for ((place, scenario, index, case), theirs) in cases.iter().zip(&answers) {
        let outcome = simulate(&case.setup.plan(), scenario.rules(peer));
        compare(place, &outcome, theirs, &series[*index].bars);
        assert!(theirs.len() >= FEWEST_TRADES, "{place}: only {} trades", theirs.len());
        outcomes.push(outcome);
    }
    for (event, times) in Seen::of(&outcomes).claimed(peer) {
        println!("{peer:?}: {event} {times}");
        assert!(times >= FEWEST_EVENTS, "{peer:?}: {event} happened {times} times");
    }
    println!("{peer:?}: {} trades compared", answers.iter().map(Vec::len).sum::<usize>());
}

#[test]
fn equals_backtesting_py() {
    against(Peer::BacktestingPy);
}

#[test]
fn equals_backtrader() {
    against(Peer::Backtrader);
}

#[test]
fn equals_vectorbt() {
    against(Peer::Vectorbt);
}
