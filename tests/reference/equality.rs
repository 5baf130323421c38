//! The loop with Barlake's switches equals the engine on every trade, every field, every mark and every counter.

use crate::generate::{Drawn, drawn};
use crate::plain_loop::simulate;
use crate::rules::Rules;
use crate::setup::Setup;
use crate::state::{Event, Outcome};
use engine::plan::{Side, TradeLimits};
use engine::{ExitReason, Trade};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};

/// Compares one plan on both sides; returns what differs first.
pub fn difference(setup: &Setup) -> Result<Outcome, String> {
    let plan = setup.plan();
    let expected = simulate(&plan, Rules::ours());
    let found = engine::run_full(&plan).map_err(|error| format!("the engine refused the plan: {error}"))?;
    for (index, (loop_trade, engine_trade)) in expected.trades.iter().zip(&found.trades).enumerate() {
        if loop_trade != engine_trade {
            return Err(format!("trade {index}\nloop   {loop_trade:?}\nengine {engine_trade:?}"));
        }
    }
    if expected.trades.len() != found.trades.len() {
        let at = expected.trades.len().min(found.trades.len());
        let (extra, whose) =
            if expected.trades.len() > at { (&expected.trades, "loop") } else { (&found.trades, "engine") };
        return Err(format!("only the {whose} has {:?}", extra[at]));
    }
    if expected.counts != found.counts {
        return Err(format!("counts\nloop   {:?}\nengine {:?}", expected.counts, found.counts));
    }
    let marks: Vec<i64> = found.equity.iter().map(|mark| mark.0).collect();
    if let Some(at) = (0..marks.len().max(expected.equity.len())).find(|at| marks.get(*at) != expected.equity.get(*at))
    {
        return Err(format!("mark {at}: loop {:?}, engine {:?}", expected.equity.get(at), marks.get(at)));
    }
    Ok(expected)
}

fn describe(drawn: &Drawn) -> String {
    let setup = drawn.setup();
    let tape = &setup.tape;
    let bars: Vec<String> = (0..tape.len())
        .map(|at| {
            let (minute, day) = (tape.ts[at].rem_euclid(crate::setup::DAY_US) / crate::setup::MINUTE_US, tape.day[at]);
            let (open, high, low, close) = (tape.open[at], tape.high[at], tape.low[at], tape.close[at]);
            format!(
                "{at}: day {day} minute {minute} {open} {high} {low} {close} offset {} spread {}",
                tape.offset[at], tape.spread[at]
            )
        })
        .collect();
    bars.join("\n")
}

/// Random plans of a run; `BARLAKE_RANDOM_PLANS` asks for more.
const RANDOM_PLANS: u32 = 3_000;

/// Fewest trades, over all random plans, of everything a plan can do.
const FEWEST_OF_EACH: usize = 20;

/// What the random plans did, so that agreement about nothing is not taken for agreement.
#[derive(Default)]
struct Done {
    reasons: BTreeMap<ExitReason, usize>,
    what: BTreeMap<&'static str, usize>,
}

impl Done {
    fn add(&mut self, setup: &Setup, outcome: &Outcome) {
        for trade in &outcome.trades {
            *self.reasons.entry(trade.reason).or_default() += 1;
        }
        let events = |event: Event| outcome.count(event);
        let trades = |of: fn(&Trade) -> bool| outcome.trades.iter().filter(|trade| of(trade)).count();
        let counts = &outcome.counts;
        let limited = setup.limits != TradeLimits::default();
        for (name, times) in [
            ("ambiguous", trades(|trade| trade.ambiguous)),
            ("rolled", trades(|trade| trade.rolls > 0)),
            ("short", trades(|trade| trade.side == Side::Short)),
            ("converted", if setup.conversion.is_some() { outcome.trades.len() } else { 0 }),
            ("under limits", if limited { outcome.trades.len() } else { 0 }),
            ("gapped stop", events(Event::GappedStop)),
            ("gapped target", events(Event::GappedTarget)),
            ("both touched", events(Event::BothTouched)),
            ("in the entry minute", events(Event::ExitInEntryMinute)),
            ("resting at the open", events(Event::RestingEntryAtOpen)),
            ("resting inside", events(Event::RestingEntryInside)),
            ("expired", outcome.expired as usize),
            ("conflict", counts.conflicting_entries as usize),
            ("too small", counts.skipped_too_small as usize),
            ("refused", counts.refused_entries as usize),
            ("reduced", counts.reduced_quantity as usize),
            ("data gap", counts.data_gaps as usize),
        ] {
            *self.what.entry(name).or_default() += times;
        }
    }

    fn check(&self) {
        for reason in [
            ExitReason::Signal,
            ExitReason::Stop,
            ExitReason::Target,
            ExitReason::TrailingStop,
            ExitReason::BreakEven,
            ExitReason::Time,
            ExitReason::SessionClose,
            ExitReason::Reversal,
            ExitReason::Liquidation,
            ExitReason::EndOfData,
            ExitReason::DailyLimit,
        ] {
            let times = self.reasons.get(&reason).copied().unwrap_or(0);
            assert!(times >= FEWEST_OF_EACH, "only {times} exits by {reason:?}: {:?}", self.reasons);
        }
        for (name, times) in &self.what {
            assert!(*times >= FEWEST_OF_EACH, "only {times} times {name}: {:?}", self.what);
        }
    }
}

/// A seed from `BARLAKE_SEED`, else a new one.
fn seed() -> u64 {
    let given = std::env::var("BARLAKE_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| RandomState::new().build_hasher().finish())
}

/// Stack of the thread that draws plans: unoptimised, the nested strategies need more than a test thread's two megabytes.
const STACK_BYTES: usize = 64 << 20;

/// Seeds that once found a difference, within this many plans.
const FOUND: [u64; 1] = [11_979_080_994_609_685_334];
const FOUND_WITHIN: u32 = 500;

#[test]
fn random_plans_agree() {
    let cases = std::env::var("BARLAKE_RANDOM_PLANS").ok().and_then(|cases| cases.parse().ok()).unwrap_or(RANDOM_PLANS);
    on_a_deep_stack(move || compare_random_plans(seed(), cases).check());
}

#[test]
fn plans_that_differed_once_agree() {
    on_a_deep_stack(|| FOUND.into_iter().for_each(|seed| drop(compare_random_plans(seed, FOUND_WITHIN))));
}

fn on_a_deep_stack(compare: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(compare).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

fn compare_random_plans(seed: u64, cases: u32) -> Done {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let done = RefCell::new(Done::default());
    let result = runner.run(&drawn(), |drawn| {
        let setup = drawn.setup();
        match difference(&setup) {
            Ok(outcome) => done.borrow_mut().add(&setup, &outcome),
            Err(difference) => prop_assert!(false, "{difference}\n{}", describe(&drawn)),
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("BARLAKE_SEED={seed}\n{error}");
    }
    println!("{:?}\n{:?}", done.borrow().reasons, done.borrow().what);
    done.into_inner()
}
