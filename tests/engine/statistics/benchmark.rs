//! Buying and holding: worked by hand, against compounding step by step, and the flags that look at it.

use super::{close_to, daily};
use crate::market_builder::RawBar;
use crate::random_plans;
use crate::setup::{Setup, mask};
use engine::plan::{Costs, Entry, OrderKind, PerSide, Side, Sizing, Slippage};
use engine::{Benchmark, FullResult, run_full};
use proptest::prelude::*;

/// Daily bars (open, close, offset), all raw.
fn rolled(bars: &[(i64, i64, i64)]) -> Setup {
    let bars: Vec<RawBar> = (0..)
        .zip(bars)
        .map(|(day, &(open, close, offset))| {
            let (high, low) = (open.max(close), open.min(close));
            RawBar { day, minute: 0, open, high, low, close, offset, spread: 10 }
        })
        .collect();
    Setup::new(&bars, 1_440, 1)
}

/// The benchmark's daily equity must be `expected`.
fn check(mut setup: Setup, costs: Costs, expected: &[f64]) -> Benchmark {
    setup.capital = 1_000.0;
    setup.costs = costs;
    let held = run_full(&setup.plan()).unwrap().benchmark.expect("a benchmark");
    let got: Vec<f64> = held.daily.iter().map(|(_, equity)| equity.to_f64()).collect();
    assert_eq!(got.len(), expected.len());
    for (got, expected) in got.iter().zip(expected) {
        assert!((got - expected).abs() <= 1e-6, "{got}, expected {expected}");
    }
    close_to(Some(held.total_return), got[got.len() - 1] / 1_000.0 - 1.0, "total return");
    held
}

fn free() -> Costs {
    Costs { slippage: Slippage::Ticks(0), commission_per_unit: 0.0, commission_bps: 0.0, commission_minimum: 0.0 }
}

#[test]
fn held_without_costs() {
    let held =
        check(daily(&[10_000, 10_000, 11_000, 9_000, 10_500]), free(), &[1_000.0, 1_000.0, 1_100.0, 900.0, 1_050.0]);
    let returns = [0.0, 0.0, 0.1, 900.0 / 1_100.0 - 1.0, 1_050.0 / 900.0 - 1.0];
    let mean = returns.iter().sum::<f64>() / 5.0;
    let variance = returns.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / 4.0;
    close_to(held.sharpe_ratio, mean / variance.sqrt() * 252.0_f64.sqrt(), "sharpe");
    close_to(Some(held.max_drawdown_percent), 200.0 / 1_100.0, "drawdown");
    assert_eq!((held.cagr, held.beta, held.alpha), (None, None, None));
}

/// One tick is 0.25. Bought at 100.25, sold at 104.75; 0.3 a unit and side.
#[test]
fn every_cost_is_charged() {
    let prices = [10_000, 10_000, 10_500];
    let ticks = Costs { slippage: Slippage::Ticks(1), commission_per_unit: 0.3, ..free() };
    let (units, idle) = (1_000.0 / 100.55, 1_000.0 * (1.0 - 0.3 / 100.55));
    let day = |price: f64| idle + units * (price - 100.25);
    check(daily(&prices), ticks, &[day(100.0), day(100.0), day(104.75) - units * 0.3]);
    // Two basis points of slippage, ten of commission: 100.02 and 104.979 (both on whole cents).
    let share = Costs { slippage: Slippage::Bps(2.0), commission_bps: 10.0, ..free() };
    let (bought, sold) = (100.02, 104.98);
    let units = 1_000.0 / (bought * 1.001);
    let day = |price: f64| 1_000.0 - units * bought * 0.001 + units * (price - bought);
    check(daily(&prices), share, &[day(100.0), day(100.0), day(sold) - units * sold * 0.001]);
    // An order costs at least 5; half of the spread of 0.10 each way.
    let least = Costs { slippage: Slippage::HalfSpread, commission_minimum: 5.0, ..free() };
    let units = 995.0 / 100.05;
    let day = |price: f64| 995.0 + units * (price - 100.05);
    let spread = rolled(&[(10_000, 10_000, 0), (10_000, 10_000, 0), (10_000, 10_500, 0)]);
    check(spread, least, &[day(100.0), day(100.0), day(104.95) - 5.0]);
}

/// The new contract stands at half the old one's price: twice the units, the same equity.
#[test]
fn a_roll_reinvests_the_whole_equity() {
    let bars = [(10_000, 11_000, 0), (5_100, 5_610, 6_000)];
    // From 110 (adjusted 110) to 51 (adjusted 111), then ten percent.
    check(rolled(&bars), free(), &[1_100.0, 1_110.0 * 1.1]);
    let costs = Costs { slippage: Slippage::Ticks(1), commission_per_unit: 0.3, ..free() };
    let units = 1_000.0 / 100.55;
    let first = 1_000.0 - units * 0.3 + units * (110.0 - 100.25);
    let sold = 1_000.0 - units * 0.3 + units * (111.0 - 0.25 - 100.25) - units * 0.3;
    let again = sold / 51.55;
    let last = sold - again * 0.3 + again * (56.1 - 0.25 - 51.25) - again * 0.3;
    check(rolled(&bars), costs, &[first, last]);
}

#[test]
fn profit_is_converted_at_the_rate_of_the_mark() {
    let mut setup = daily(&[10_000, 10_000, 11_000]);
    setup.conversion = Some(vec![0.5, 0.5, 0.8].into());
    // 20 units of 100 at 0.5; ten of profit each at 0.8.
    check(setup, free(), &[1_000.0, 1_000.0, 1_160.0]);
}

#[test]
fn what_cannot_be_bought_has_no_benchmark() {
    let mut setup = rolled(&[(-100, 50, 0), (50, 60, 0)]);
    assert_eq!(run_full(&setup.plan()).unwrap().benchmark, None);
    setup = rolled(&[(100, 50, 0), (-100, 60, 0)]);
    assert!(run_full(&setup.plan()).unwrap().benchmark.is_some(), "only what is bought needs a price above zero");
    setup = rolled(&[(100, 50, 0), (-100, 60, 75)]);
    assert_eq!(run_full(&setup.plan()).unwrap().benchmark, None);
}

/// Without costs the final equity is capital compounded by adjusted differences over raw bases, step by step.
#[test]
fn compounds_adjusted_differences_over_raw_bases() {
    random_plans::check(400, |setup| {
        let mut plan = setup.plan();
        (plan.costs, plan.conversion) = (free(), None);
        let tape = &setup.tape;
        let raw = |price: &[i64], at: usize| (price[at] - tape.offset_at(at)) as f64;
        let mut growth = 1.0;
        for at in 0..tape.len() {
            if at > 0 {
                growth *= 1.0 + (tape.open[at] - tape.close[at - 1]) as f64 / raw(&tape.close, at - 1);
            }
            growth *= 1.0 + (tape.close[at] - tape.open[at]) as f64 / raw(&tape.open, at);
        }
        let held = run_full(&plan).unwrap().benchmark.unwrap();
        prop_assert!((held.total_return + 1.0 - growth).abs() <= 1e-6, "{} {}", held.total_return + 1.0, growth);
        Ok(())
    });
}

/// A market that zigzags up over `days`, so that every figure is defined.
fn zigzag(days: usize) -> Vec<i64> {
    (0..days as i64).map(|day| 10_000 + 30 * day + if day % 2 == 0 { 40 } else { -40 }).collect()
}

fn in_market(closes: &[i64], side: Side) -> FullResult {
    let mut setup = daily(closes);
    setup.capital = 1_000.0;
    setup.sizing = Sizing::Fixed(5.0);
    let entry = Some(Entry { when: mask(closes.len(), &[0]), order: OrderKind::Market });
    setup.entry = match side {
        Side::Long => PerSide { long: entry, short: None },
        Side::Short => PerSide { long: None, short: entry },
    };
    run_full(&setup.plan()).unwrap()
}

#[test]
fn beta_and_alpha_are_those_of_a_line() {
    let result = in_market(&zigzag(40), Side::Long);
    let held = result.benchmark.unwrap();
    let returns = |daily: &[(market::TradingDate, engine::plan::Money)]| {
        let marks: Vec<f64> = std::iter::once(1_000.0).chain(daily.iter().map(|(_, mark)| mark.to_f64())).collect();
        marks.windows(2).map(|pair| pair[1] / pair[0] - 1.0).collect::<Vec<_>>()
    };
    let (own, market) = (returns(&result.daily), returns(&held.daily));
    let n = own.len() as f64;
    let product: f64 = own.iter().zip(&market).map(|(own, market)| own * market).sum();
    let (sum_own, sum_market): (f64, f64) = (own.iter().sum(), market.iter().sum());
    let squares: f64 = market.iter().map(|market| market * market).sum();
    let beta = (n * product - sum_own * sum_market) / (n * squares - sum_market * sum_market);
    assert!((held.beta.unwrap() - beta).abs() < 1e-9);
    assert!((held.alpha.unwrap() - (sum_own - beta * sum_market) / n * 252.0).abs() < 1e-9);
    assert!(in_market(&zigzag(29), Side::Long).benchmark.unwrap().beta.is_none(), "under 30 days");
    assert!(in_market(&[10_000; 40], Side::Long).benchmark.unwrap().beta.is_none(), "a flat market");
}

#[test]
fn the_benchmark_is_compared_by_sharpe_ratio() {
    let flagged = |result: &FullResult| result.flags.iter().any(|flag| flag.key == "underperformed_benchmark");
    assert!(flagged(&in_market(&zigzag(40), Side::Short)));
    let falling: Vec<i64> = zigzag(40).into_iter().rev().collect();
    assert!(!flagged(&in_market(&falling, Side::Short)));
}

/// Rises for `up` days by one point, then falls for `down` by half of one.
fn mountain(up: usize, down: usize) -> Vec<i64> {
    let rising = (0..up as i64).map(|day| 10_000 + 100 * day);
    let falling = (1..=down as i64).map(|day| 10_000 + 100 * (up as i64 - 1) - 50 * day);
    rising.chain(falling).collect()
}

#[test]
fn days_are_told_apart_by_what_the_market_did_before_them() {
    let result = in_market(&mountain(80, 80), Side::Long);
    let regimes = result.regimes.unwrap();
    // The first 20 days have no state; after the top the market stands above 20 days before for 13 days more.
    assert_eq!((regimes.rising.days, regimes.falling.days), (60 + 14, 66));
    assert_eq!(regimes.rising.profit.to_f64(), 5.0 * (60.0 - 14.0 * 0.5));
    assert_eq!(regimes.falling.profit.to_f64(), -5.0 * 66.0 * 0.5);
    let flagged = |result: &FullResult| result.flags.iter().any(|flag| flag.key == "regime_dependent");
    assert!(flagged(&result));
    assert!(!flagged(&in_market(&mountain(80, 40), Side::Long)), "too few falling days");
    assert!(!flagged(&in_market(&mountain(80, 0), Side::Long)));
}
