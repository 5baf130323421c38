//! The loop with a peer's switches against that peer, trade by trade, on the same real minutes; with ours, against the engine.
//!
//! The peers' answers are kept in `recorded/` in short form and bound to what they rest on; `record` beside this file asks the
//! peers again, compares every trade in full, and rewrites them. A difference that no switch explains fails.

use crate::answers::{PeerTrade, Stretch, ask, grounds};
use crate::equality::difference;
use crate::plain_loop::simulate;
use crate::scenarios::{Case, Peer, Scenario, case};
use crate::series::{Series, real_series};
use crate::setup::Bar;
use crate::state::{Event, Outcome};
use engine::ExitReason;
use serde_json::Value;
use std::path::PathBuf;

/// Names the interpreter with `requirements.txt` installed, and asks for new recordings.
const RECORD: &str = "BARLAKE_RECORD_PEERS";

/// Fewest trades of a comparison, and fewest times an event it claims has to happen.
const FEWEST_TRADES: usize = 100;
const FEWEST_EVENTS: usize = 5;

/// Minutes of each series that the slow peers get: backtrader runs some five thousand a second, and nautilus_trader's time grows with
/// the square of the orders.
const BACKTRADER_MINUTES: usize = 4_500;
const NAUTILUS_MINUTES: usize = 2_250;

/// A strategy on a series: what is asked of the peer, and what the loop does with the peer's switches.
struct Comparison<'a> {
    scenario: Scenario,
    series: &'a Series,
    request: Value,
    outcome: Outcome,
}

impl<'a> Comparison<'a> {
    fn of(peer: Peer, scenario: Scenario, series: &'a Series) -> Self {
        let Case { setup, request } = case(scenario, series, peer);
        let outcome = simulate(&setup.plan(), scenario.rules(peer));
        if let Err(text) = difference(&setup) {
            panic!("{scenario:?} on {}: with our own rules the loop is not the engine: {text}", series.name);
        }
        Self { scenario, series, request, outcome }
    }

    fn place(&self) -> String {
        format!("{:?} {}", self.scenario, self.series.name)
    }

    fn trades(&self) -> Vec<PeerTrade> {
        self.outcome.trades.iter().map(PeerTrade::of).collect()
    }

    fn stretches(&self, trades: &[PeerTrade]) -> Vec<Stretch> {
        Stretch::all(&format!("{:?}", self.scenario), self.series.name, trades)
    }
}

/// Compares every trade in full; a difference is shown with the minutes around it.
fn compare(place: &str, ours: &[PeerTrade], theirs: &[PeerTrade], bars: &[Bar]) {
    for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        if !ours.same(theirs) {
            let from = (ours.entry.min(theirs.entry) as usize).saturating_sub(2);
            let until = (ours.exit.max(theirs.exit) as usize + 2).min(bars.len());
            let around: Vec<String> = (from..until.min(from + 30)).map(|at| format!("{at} {:?}", bars[at])).collect();
            panic!("{place}: trade {index}\nours   {ours:?}\ntheirs {theirs:?}\n{}", around.join("\n"));
        }
    }
    assert_eq!(ours.len(), theirs.len(), "{place}: number of trades");
}

/// Asks the peer, compares, and writes what it answered.
fn record(peer: Peer, python: &str, series: &[Series], comparisons: &[Comparison<'_>]) {
    let requests: Vec<Value> = comparisons.iter().map(|comparison| comparison.request.clone()).collect();
    let mut lines = grounds(peer, series, &requests);
    let answers = ask(python.as_ref(), peer, series, &requests);
    for (comparison, theirs) in comparisons.iter().zip(&answers) {
        compare(&format!("{peer:?} {}", comparison.place()), &comparison.trades(), theirs, &comparison.series.bars);
        lines.extend(comparison.stretches(theirs).iter().map(Stretch::to_string));
    }
    std::fs::write(recording(peer), lines.join("\n") + "\n").expect("the recording is written");
}

fn recording(peer: Peer) -> PathBuf {
    tests::repository().join(format!("tests/reference/recorded/{}.txt", peer.package()))
}

/// Compares with what the peer answered when it was last asked.
fn compare_recorded(peer: Peer, series: &[Series], comparisons: &[Comparison<'_>]) {
    let path = recording(peer);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let requests: Vec<Value> = comparisons.iter().map(|comparison| comparison.request.clone()).collect();
    let mut lines = text.lines();
    for ground in grounds(peer, series, &requests) {
        let stored = lines.next();
        assert_eq!(stored, Some(ground.as_str()), "{peer:?} was asked something else: run tests/reference/record");
    }
    let recorded: Vec<Stretch> = lines.map(|line| line.parse().unwrap_or_else(|error| panic!("{error}"))).collect();
    let found: Vec<Stretch> =
        comparisons.iter().flat_map(|comparison| comparison.stretches(&comparison.trades())).collect();
    for (ours, theirs) in found.iter().zip(&recorded) {
        let again = "tests/reference/record asks the peer again and shows the first trade that differs";
        assert!(ours.same(theirs), "{peer:?}: {again}\nours   {ours}\ntheirs {theirs}");
    }
    assert_eq!(found.len(), recorded.len(), "{peer:?}: number of trades");
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
    fn of(comparisons: &[Comparison<'_>]) -> Self {
        let sum = |of: &dyn Fn(&Outcome) -> usize| comparisons.iter().map(|comparison| of(&comparison.outcome)).sum();
        let count = |event: Event| sum(&|outcome| outcome.count(event));
        Self {
            gapped_stops: count(Event::GappedStop),
            gapped_targets: count(Event::GappedTarget),
            both_touched: count(Event::BothTouched),
            reversals: count(Event::Reversal),
            due_with_level_touched: count(Event::DueWithLevelTouched),
            exits_in_entry_minute: count(Event::ExitInEntryMinute),
            expired: sum(&|outcome| outcome.expired as usize),
            expired_brackets: sum(&|outcome| outcome.expired_brackets as usize),
            limit_entries_at_open: count(Event::RestingEntryAtOpen),
            limit_entries_inside: count(Event::RestingEntryInside),
            time_exits: sum(&|outcome| outcome.ended(ExitReason::Time)),
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
            ("trailing stop", self.trailing_stops),
        ];
        if peer != Peer::Nautilus {
            claimed.push(("exit due with a level touched", self.due_with_level_touched));
        }
        if peer == Peer::BacktestingPy || peer == Peer::Nautilus {
            claimed.push(("stop or target in the entry minute", self.exits_in_entry_minute));
        }
        if peer != Peer::Vectorbt {
            claimed.push(("expiry", self.expired));
            claimed.push(("limit entry at the open", self.limit_entries_at_open));
            claimed.push(("limit entry inside", self.limit_entries_inside));
            claimed.push(("time exit", self.time_exits));
        }
        if peer == Peer::Backtrader {
            claimed.push(("bracket expiry", self.expired_brackets));
        }
        claimed
    }
}

fn against(peer: Peer) {
    let Some(data) = tests::shared_data() else { return };
    let mut series = real_series(&data);
    let most = match peer {
        Peer::BacktestingPy | Peer::Vectorbt => usize::MAX,
        Peer::Backtrader => BACKTRADER_MINUTES,
        Peer::Nautilus => NAUTILUS_MINUTES,
    };
    series.iter_mut().for_each(|series| series.bars.truncate(most));
    let comparisons: Vec<Comparison<'_>> = Scenario::of(peer)
        .iter()
        .flat_map(|scenario| series.iter().map(|series| Comparison::of(peer, *scenario, series)))
        .collect();
    match std::env::var(RECORD) {
        Ok(python) => record(peer, &python, &series, &comparisons),
        Err(_) => compare_recorded(peer, &series, &comparisons),
    }
    for comparison in &comparisons {
        let trades = comparison.outcome.trades.len();
        assert!(trades >= FEWEST_TRADES, "{peer:?} {}: only {trades} trades", comparison.place());
    }
    for (event, times) in Seen::of(&comparisons).claimed(peer) {
        println!("{peer:?}: {event} {times}");
        assert!(times >= FEWEST_EVENTS, "{peer:?}: {event} happened {times} times");
    }
    let trades: usize = comparisons.iter().map(|comparison| comparison.outcome.trades.len()).sum();
    println!("{peer:?}: {trades} trades compared");
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

#[test]
fn equals_nautilus_trader() {
    against(Peer::Nautilus);
}

#[test]
fn a_single_difference_shows_in_the_short_form() {
    let trade = |at: usize| PeerTrade {
        side: if at.is_multiple_of(2) { 1 } else { -1 },
        entry: 3 * at as u32,
        exit: 3 * at as u32 + 2,
        entry_price: 1.0912 + 0.00001 * (at % 13) as f64,
        exit_price: 1.0915 - 0.00001 * (at % 17) as f64,
        commission: 0.81,
    };
    let trades: Vec<PeerTrade> = (0..450).map(trade).collect();
    let short = |trades: &[PeerTrade]| Stretch::all("Cross", "EURUSD", trades);
    let same = |changed: &[PeerTrade]| {
        let (ours, theirs) = (short(&trades), short(changed));
        ours.len() == theirs.len() && ours.iter().zip(&theirs).all(|(ours, theirs)| ours.same(theirs))
    };
    let changes: [fn(&mut [PeerTrade]); 7] = [
        |trades| trades[211].side = 1,
        |trades| trades[399].entry += 1,
        |trades| trades[200].exit += 1,
        |trades| trades[7].entry_price += 0.00001,
        |trades| trades[449].exit_price -= 0.00001,
        |trades| trades[14].commission += 0.01,
        |trades| trades[20..22].iter_mut().for_each(|trade| trade.entry_price += 0.00001 * trade.side as f64),
    ];
    for (index, change) in changes.iter().enumerate() {
        let mut changed = trades.clone();
        change(&mut changed);
        assert!(!same(&changed), "change {index} does not show");
    }
    let mut noisy = trades.clone();
    noisy.iter_mut().for_each(|trade| trade.entry_price += 1e-12);
    assert!(same(&noisy), "the last bits of an f64 are no difference");
    assert!(!same(&trades[..449]), "a missing trade does not show");
    for stretch in short(&trades) {
        assert_eq!(stretch.to_string().parse::<Stretch>().unwrap(), stretch);
    }
}
