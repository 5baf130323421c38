//! The loop with Barlake's switches equals the engine on every trade, every field, every mark and every counter.

use crate::generate::{Drawn, drawn};
use crate::plain_loop::simulate;
use crate::rules::Rules;
use crate::setup::Setup;
use proptest::prelude::*;

/// Compares one plan on both sides; returns what differs first.
pub fn difference(setup: &Setup) -> Result<usize, String> {
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
        let (extra, whose) = if expected.trades.len() > at { (&expected.trades, "loop") } else { (&found.trades, "engine") };
        return Err(format!("only the {whose} has {:?}", extra[at]));
    }
    if expected.counts != found.counts {
        return Err(format!("counts\nloop   {:?}\nengine {:?}", expected.counts, found.counts));
    }
    let marks: Vec<i64> = found.equity.iter().map(|mark| mark.0).collect();
    if let Some(at) = (0..marks.len().max(expected.equity.len())).find(|at| marks.get(*at) != expected.equity.get(*at)) {
        return Err(format!("mark {at}: loop {:?}, engine {:?}", expected.equity.get(at), marks.get(at)));
    }
    Ok(expected.trades.len())
}

fn describe(drawn: &Drawn) -> String {
    let setup = drawn.setup();
    let tape = &setup.tape;
    let bars: Vec<String> = (0..tape.len())
        .map(|at| {
            let (minute, day) = (tape.ts[at].rem_euclid(crate::setup::DAY_US) / crate::setup::MINUTE_US, tape.day[at]);
            let (open, high, low, close) = (tape.open[at], tape.high[at], tape.low[at], tape.close[at]);
            format!("{at}: day {day} minute {minute} {open} {high} {low} {close} offset {} spread {}", tape.offset[at], tape.spread[at])
        })
        .collect();
    bars.join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_plans_agree(drawn in drawn()) {
        if let Err(difference) = difference(&drawn.setup()) {
            prop_assert!(false, "{difference}\n{}", describe(&drawn));
        }
    }
}
