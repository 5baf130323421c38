//! Hand-worked cases of the loop, and of the engine under its own rules: one per switch value and per rule of the minute.
//!
//! Prices are whole numbers, a tick is 1, a point is worth 1, nothing costs anything unless the case says so.

use crate::equality::difference;
use crate::plain_loop::simulate;
use crate::rules::{
    Crossing, DueOrder, Expiry, GapFill, PassedTarget, ReversalOrders, Rules, SlippedFills, TrailShare,
};
use crate::scenarios::crossings;
use crate::setup::{Bar, DAY_US, MINUTE_US, Setup, mask_at, tape_of};
use engine::plan::{BreakEven, Distance, ExitSignal, Side, Slippage, TargetLeg, TrailBasis, Trailing};

/// Minutes `open,high,low,close` one after the other; `day` starts the next day, `gap` leaves a minute out.
fn bars(text: &str) -> Vec<Bar> {
    let (mut bars, mut day, mut minute) = (Vec::new(), 0, 0);
    for word in text.split_whitespace() {
        match word {
            "day" => (day, minute) = (day + 1, 0),
            "gap" => minute += 1,
            prices => {
                let prices: Vec<i64> = prices.split(',').map(|price| price.parse().unwrap()).collect();
                let [open, high, low, close] = prices[..] else { panic!("four prices in {word}") };
                bars.push(Bar { ts: day * DAY_US + minute * MINUTE_US, open, high, low, close });
                minute += 1;
            }
        }
    }
    bars
}

/// Simulates and compares `side entry_minute@price exit_minute@price reason net`, one trade per line.
fn check(name: &str, text: &str, rules: Rules, change: impl Fn(&mut Setup), expected: &[&str]) {
    let mut setup = Setup::new(tape_of(&bars(text), 0), 1);
    change(&mut setup);
    let outcome = simulate(&setup.plan(), rules);
    if rules == Rules::ours() {
        difference(&setup).unwrap_or_else(|text| panic!("{name}: {text}"));
    }
    let trades: Vec<String> = outcome
        .trades
        .iter()
        .map(|trade| {
            let side = if trade.side == Side::Long { "long" } else { "short" };
            let mark = if trade.ambiguous { " ambiguous" } else { "" };
            format!(
                "{side} {}@{} {}@{} {:?} {}{mark}",
                trade.entry_minute,
                trade.entry_price,
                trade.exit_minute,
                trade.exit_price,
                trade.reason,
                trade.net.to_f64()
            )
        })
        .collect();
    assert_eq!(trades, expected, "{name}");
}

fn stop_and_target(setup: &mut Setup, stop: f64, target: f64) {
    for side in [Side::Long, Side::Short] {
        let exits = setup.exits_mut(side);
        exits.stop_loss = Some(Distance::Points(stop));
        exits.take_profit = vec![TargetLeg { distance: Distance::Points(target), fraction: 1.0 }];
    }
}

const fn with_due(due_order: DueOrder) -> Rules {
    Rules { due_order, ..Rules::ours() }
}

#[test]
fn market_orders() {
    let text = "10,12,9,11 13,14,12,13 13,15,12,14 15,16,14,15 20,22,19,21";
    let long_then_exit = |setup: &mut Setup| {
        setup.market(Side::Long, &[0]);
        setup.exits.long.signal = Some(ExitSignal::Mask(mask_at(5, [2])));
    };
    check("next open", text, Rules::ours(), long_then_exit, &["long 1@13 3@15 Signal 2"]);
    let same_close = Rules { market_fill: crate::rules::MarketFill::SameClose, ..Rules::ours() };
    check("same close", text, same_close, long_then_exit, &["long 0@11 2@14 Signal 3"]);
    let never = |setup: &mut Setup| setup.market(Side::Short, &[0]);
    check("end of data at the last close", text, Rules::ours(), never, &["short 1@13 4@21 EndOfData -8"]);
    check("end of data at the last open", text, Rules::backtesting_py(), never, &["short 1@13 4@20 EndOfData -7"]);
    check("stays open", text, Rules::backtrader(), never, &[]);
    let reversal = |setup: &mut Setup| {
        setup.market(Side::Long, &[0]);
        setup.market(Side::Short, &[1]);
    };
    check("reversal", text, Rules::ours(), reversal, &["long 1@13 2@13 Reversal 0", "short 2@13 4@21 EndOfData -8"]);
    let ticks = |setup: &mut Setup| {
        setup.costs.slippage = Slippage::Ticks(2);
        setup.costs.commission_per_unit = 0.5;
        long_then_exit(setup);
    };
    check("slippage and commission", text, Rules::ours(), ticks, &["long 1@15 3@13 Signal -3"]);
    check("slippage on entries", text, Rules::backtesting_py(), ticks, &["long 1@15 3@15 Signal -1"]);
    check("slippage within the range", text, Rules::backtrader(), ticks, &["long 1@14 3@14 Signal -1"]);
}

#[test]
fn stops_and_targets() {
    let enter = |stop: f64, target: f64| {
        move |setup: &mut Setup| {
            setup.market(Side::Long, &[0]);
            stop_and_target(setup, stop, target);
        }
    };
    let quiet = "10,10,10,10 10,11,9,10 10,11,7,8 8,9,7,8 8,8,8,8";
    check("stop in the range", quiet, Rules::ours(), enter(2.0, 9.0), &["long 1@10 2@8 Stop -2"]);
    let first = "10,10,10,10 10,11,7,10 10,13,10,13 13,13,13,13";
    check("stop in the entry minute", first, Rules::ours(), enter(2.0, 3.0), &["long 1@10 1@8 Stop -2"]);
    check("not yet live", first, Rules::backtrader(), enter(2.0, 3.0), &["long 1@10 2@13 Target 3"]);
    let gap = "10,10,10,10 10,11,9,10 6,7,5,6 6,6,6,6";
    check("gapped stop at the open", gap, Rules::ours(), enter(2.0, 9.0), &["long 1@10 2@6 Stop -4"]);
    let at_level = Rules { gapped_stop: GapFill::AtLevel, gapped_target: GapFill::AtLevel, ..Rules::ours() };
    check("gapped stop at its level", gap, at_level, enter(2.0, 9.0), &["long 1@10 2@8 Stop -2"]);
    let jump = "10,10,10,10 10,11,9,10 15,16,14,15 15,15,15,15";
    check("gapped target at the open", jump, Rules::ours(), enter(2.0, 3.0), &["long 1@10 2@15 Target 5"]);
    check("gapped target at its level", jump, at_level, enter(2.0, 3.0), &["long 1@10 2@13 Target 3"]);
    let both = "10,10,10,10 10,11,9,10 10,14,7,12 12,12,12,12";
    check("both touched", both, Rules::ours(), enter(2.0, 3.0), &["long 1@10 2@8 Stop -2 ambiguous"]);
    let drift = "10,10,10,10 12,13,11,12 12,12,9,10 10,10,10,10";
    check("from the fill", drift, Rules::ours(), enter(2.0, 9.0), &["long 1@12 2@10 Stop -2"]);
    let absolute = Rules { measured_from: crate::rules::MeasuredFrom::Order, ..Rules::ours() };
    check("from the decision", drift, absolute, enter(1.0, 9.0), &["long 1@12 2@9 Stop -3"]);
}

#[test]
fn minutes_as_paths() {
    let exits = |stop: f64, target: f64| {
        move |setup: &mut Setup| {
            setup.market(Side::Long, &[0]);
            stop_and_target(setup, stop, target);
        }
    };
    let both = "10,10,10,10 10,11,9,10 10,14,7,12 12,12,12,12";
    check("high before low", both, Rules::nautilus(), exits(2.0, 3.0), &["long 0@10 2@13 Target 3"]);
    let gap = "10,10,10,10 6,7,5,6 6,6,6,6";
    check("a stop never slides", gap, Rules::nautilus(), exits(2.0, 3.0), &["long 0@10 1@8 Stop -2"]);
    let jump = "10,10,10,10 15,16,14,15 15,15,15,15";
    check("nor is a target bettered", jump, Rules::nautilus(), exits(2.0, 3.0), &["long 0@10 1@13 Target 3"]);
    let last = "10,10,10,10 10,11,7,7 7,7,7,7 7,7,7,7";
    let again = |setup: &mut Setup| {
        exits(2.0, 9.0)(setup);
        setup.market(Side::Short, &[1]);
        setup.exits.short = engine::plan::Exits { max_bars: Some(1), ..engine::plan::Exits::default() };
    };
    let sold_at_the_stop = ["long 0@10 1@8 Stop -2", "short 1@8 2@7 Time 1"];
    check("a fill at the close leaves its side there", last, Rules::nautilus(), again, &sold_at_the_stop);
    let sell_twice = |setup: &mut Setup| {
        stop_and_target(setup, 2.0, 1.0);
        setup.market(Side::Short, &[0, 1]);
    };
    let plunge = "10,10,10,10 10,10,6,6 6,6,6,6";
    let stopped_at_once = ["short 0@10 1@9 Target 1", "short 1@6 1@8 Stop -2"];
    check("where a stop fills at once", plunge, Rules::nautilus(), sell_twice, &stopped_at_once);
    let buy_twice = |setup: &mut Setup| {
        stop_and_target(setup, 2.0, 1.0);
        setup.market(Side::Long, &[0, 1]);
    };
    let rebound = "10,10,10,10 10,10,4,4 4,6,4,6 6,6,6,6";
    check("or a target is refused", rebound, Rules::nautilus(), buy_twice, &["long 0@10 1@8 Stop -2"]);
    let limit = |setup: &mut Setup| {
        setup.resting(Side::Long, true, &[(0, 8.0)], 1);
        stop_and_target(setup, 2.0, 3.0);
    };
    let dip = "10,10,10,10 10,10,7,12 12,12,12,12";
    check("target after the low", dip, Rules::nautilus(), limit, &["long 1@8 1@11 Target 3"]);
    let fall = "10,10,10,10 10,10,5,7 7,7,7,7";
    check("stopped by the price that filled it", fall, Rules::nautilus(), limit, &["long 1@8 1@6 Stop -2"]);
    let late = "10,10,10,10 10,10,9,9 7,7,7,7 12,12,12,12 12,12,12,12";
    check("past its time, it meets one price more", late, Rules::nautilus(), limit, &["long 2@8 3@11 Target 3"]);
    let later = "10,10,10,10 10,10,9,9 10,10,7,7 12,12,12,12 12,12,12,12";
    check("and no second one", later, Rules::nautilus(), limit, &[]);
    let trailing = |setup: &mut Setup| {
        setup.market(Side::Long, &[0]);
        setup.exits.long.trailing =
            Some(Trailing { distance: Distance::Points(3.0), activate_after: None, basis: TrailBasis::HighLow });
    };
    let rise = "10,10,10,10 10,16,11,12 12,12,12,12";
    check("trailing by the price before", rise, Rules::nautilus(), trailing, &["long 0@10 1@13 TrailingStop 3"]);
    let cents = |setup: &mut Setup| {
        exits(2.0, 3.0)(setup);
        setup.costs.commission_per_unit = 0.016;
    };
    check("commissions in cents", jump, Rules::nautilus(), cents, &["long 0@10 1@13 Target 2.96"]);
}

#[test]
fn passed_target_against_stop() {
    let text = "10,10,10,10 10,11,9,10 13,13,7,8 8,8,8,8";
    let change = |setup: &mut Setup| {
        setup.market(Side::Long, &[0]);
        stop_and_target(setup, 2.0, 3.0);
    };
    check("target at the open", text, Rules::ours(), change, &["long 1@10 2@13 Target 3"]);
    let stop_first = Rules { passed_target: PassedTarget::StopFirst, ..Rules::ours() };
    check("stop over the whole range", text, stop_first, change, &["long 1@10 2@8 Stop -2 ambiguous"]);
}

#[test]
fn costs_of_peers() {
    let text = "10,10,10,10 10,12,9,10 14,14,13,14 14,14,14,14 14,14,14,14";
    let change = |setup: &mut Setup| {
        setup.market(Side::Long, &[0]);
        stop_and_target(setup, 5.0, 3.0);
        setup.costs.slippage = Slippage::Ticks(1);
    };
    check("targets do not slip", text, Rules::ours(), change, &["long 1@11 2@14 Target 3"]);
    let all = Rules { slipped: SlippedFills::All, ..Rules::ours() };
    check("targets slip too", text, all, change, &["long 1@11 2@13 Target 2"]);
    let reversal = |setup: &mut Setup| {
        setup.market(Side::Long, &[0]);
        setup.market(Side::Short, &[1]);
        setup.costs.commission_minimum = 1.0;
    };
    let two = ["long 1@10 2@14 Reversal 2", "short 2@14 4@14 EndOfData -2"];
    check("a reversal is two orders", text, Rules::ours(), reversal, &two);
    let one = Rules { reversal: ReversalOrders::One, ..Rules::ours() };
    let shared = ["long 1@10 2@14 Reversal 2.5", "short 2@14 4@14 EndOfData -1.5"];
    check("a reversal is one order", text, one, reversal, &shared);
}

#[test]
fn bracket_expiry() {
    let text = "10,10,10,10 10,10,9,10 10,11,10,10 10,10,5,6 6,6,6,6";
    let change = |setup: &mut Setup| {
        setup.resting(Side::Long, true, &[(0, 9.0)], 2);
        stop_and_target(setup, 2.0, 9.0);
    };
    check("the entry expires, its stop does not", text, Rules::ours(), change, &["long 1@9 3@7 Stop -2"]);
    let whole = Rules { expiry: Expiry::WholeBracket, ..Rules::ours() };
    check("the stop expires with the entry", text, whole, change, &["long 1@9 4@6 EndOfData -3"]);
}

#[test]
fn trailing_shares() {
    let text = "100,100,100,100 100,120,100,120 120,120,105,110 110,110,110,110";
    let change = |setup: &mut Setup| {
        setup.market(Side::Long, &[0]);
        setup.exits.long.trailing =
            Some(Trailing { distance: Distance::Percent(10.0), activate_after: None, basis: TrailBasis::HighLow });
    };
    check("share of the fill", text, Rules::ours(), change, &["long 1@100 2@110 TrailingStop 10"]);
    let of_best = Rules { trail_share: TrailShare::OfBest, ..Rules::ours() };
    check("share of the best", text, of_best, change, &["long 1@100 2@108 TrailingStop 8"]);
}

#[test]
fn crossings_with_ties() {
    let difference = [None, Some(-1), Some(0), Some(1), Some(0), Some(2), Some(-1), Some(3), None, Some(0), Some(1)];
    let flat: Vec<Option<i64>> = difference.iter().map(|value| value.map(|_| 0)).collect();
    for (rule, expected) in [
        (Crossing::AtOrBelowBefore, vec![3, 5, 7, 10]),
        (Crossing::StrictOnBoth, vec![7]),
        (Crossing::LastDifference, vec![3, 7]),
        (Crossing::OnceBelow, vec![3, 5, 7]),
    ] {
        assert_eq!(crossings(&difference, &flat, rule), expected, "{rule:?}");
    }
}

#[test]
fn exits_due_against_stops() {
    let text = "10,10,10,10 10,11,9,10 11,11,7,8 8,8,8,8";
    let change = |setup: &mut Setup| {
        setup.market(Side::Long, &[0]);
        setup.exits.long.signal = Some(ExitSignal::Mask(mask_at(4, [1])));
        stop_and_target(setup, 2.0, 9.0);
    };
    check("open first", text, with_due(DueOrder::OpenFirst), change, &["long 1@10 2@11 Signal 1"]);
    check("stop wins", text, with_due(DueOrder::StopWins), change, &["long 1@10 2@8 Stop -2"]);
}

#[test]
fn resting_entries() {
    let text = "10,10,10,10 10,11,7,9 9,12,9,12 12,12,12,12";
    let limit = |price: f64, expires_bars: u32| {
        move |setup: &mut Setup| {
            setup.resting(Side::Long, true, &[(0, price)], expires_bars);
            stop_and_target(setup, 2.0, 3.0);
        }
    };
    check("inside, stop not reached", text, Rules::ours(), limit(8.0, 1), &["long 1@8 2@11 Target 3 ambiguous"]);
    check("inside, stop reached", text, Rules::ours(), limit(9.0, 1), &["long 1@9 1@7 Stop -2 ambiguous"]);
    check("inside, next minute", text, Rules::backtrader(), limit(9.0, 1), &["long 1@9 2@12 Target 3"]);
    let through = |setup: &mut Setup| {
        limit(7.0, 1)(setup);
        setup.limit_through_ticks = 1;
    };
    check("touched, not traded through", text, Rules::ours(), through, &[]);
    check("passed by the open", text, Rules::ours(), limit(11.0, 1), &["long 1@10 1@8 Stop -2"]);
    let at_level = Rules { gapped_limit_entry: GapFill::AtLevel, ..Rules::ours() };
    check("passed by the open, at its level", text, at_level, limit(11.0, 1), &["long 1@11 1@9 Stop -2"]);
    let late = "10,10,10,10 10,11,9,10 10,11,7,8 8,9,8,9";
    check("expired after one bar", late, Rules::ours(), limit(8.0, 1), &[]);
    check("two bars", late, Rules::ours(), limit(8.0, 2), &["long 2@8 3@9 EndOfData 1 ambiguous"]);
    let stop = |setup: &mut Setup| setup.resting(Side::Long, false, &[(0, 11.0)], 1);
    check("stop entry at its level", text, Rules::ours(), stop, &["long 1@11 3@12 EndOfData 1"]);
    let breakout = |setup: &mut Setup| {
        setup.resting(Side::Long, false, &[(0, 11.0)], 1);
        setup.resting(Side::Short, false, &[(0, 8.0)], 1);
    };
    check("nearer side first", text, Rules::ours(), breakout, &["long 1@11 3@12 EndOfData 1 ambiguous"]);
}

#[test]
fn moving_stops() {
    let text = "10,10,10,10 10,14,10,13 13,16,13,15 15,15,12,13 13,13,8,9 9,9,9,9";
    let trailing = |basis: TrailBasis| {
        move |setup: &mut Setup| {
            setup.market(Side::Long, &[0]);
            setup.exits.long.trailing = Some(Trailing { distance: Distance::Points(3.0), activate_after: None, basis });
        }
    };
    check("by the high", text, Rules::ours(), trailing(TrailBasis::HighLow), &["long 1@10 3@13 TrailingStop 3"]);
    check("by the close", text, Rules::ours(), trailing(TrailBasis::Close), &["long 1@10 3@12 TrailingStop 2"]);
    let spike = "10,10,10,10 10,16,10,11 11,12,10,11 11,11,7,8 8,8,8,8";
    check(
        "entry minute counts",
        spike,
        Rules::ours(),
        trailing(TrailBasis::HighLow),
        &["long 1@10 2@11 TrailingStop 1"],
    );
    check(
        "entry minute excluded",
        spike,
        Rules::backtrader(),
        trailing(TrailBasis::HighLow),
        &["long 1@10 3@9 TrailingStop -1"],
    );
    let even = |setup: &mut Setup| {
        setup.market(Side::Long, &[0]);
        setup.exits.long.break_even =
            Some(BreakEven { after: Distance::Points(5.0), offset: Some(Distance::Ticks(1.0)) });
    };
    check("break-even", text, Rules::ours(), even, &["long 1@10 4@11 BreakEven 1"]);
}

#[test]
fn clock_and_time() {
    let text = "10,10,10,10 10,11,9,10 11,11,10,11 12,12,12,12 day 20,20,20,20 21,21,21,21";
    let flatten = |minute: i64| {
        move |setup: &mut Setup| {
            setup.market(Side::Long, &[0]);
            setup.flatten_at[0] = Some(minute * MINUTE_US);
        }
    };
    check("flatten", text, Rules::ours(), flatten(3), &["long 1@10 3@12 SessionClose 2"]);
    check("flatten missed", text, Rules::ours(), flatten(9), &["long 1@10 4@20 SessionClose 10"]);
    let minutes = |setup: &mut Setup| {
        setup.market(Side::Long, &[0]);
        setup.exits.long.max_minutes = Some(2);
    };
    check("max minutes", text, Rules::ours(), minutes, &["long 1@10 3@12 Time 2"]);
    let max_bars = |setup: &mut Setup| {
        setup.market(Side::Long, &[0]);
        setup.exits.long.max_bars = Some(1);
    };
    check("max bars", text, Rules::ours(), max_bars, &["long 1@10 2@11 Time 1"]);
}
