//! Random tapes and plans: small prices, few minutes, every rule of the plan in play.

use crate::market_builder::RawBar;
use crate::setup::Setup;
use engine::plan::*;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use std::sync::Arc;

/// Minutes of a random tape.
pub const MINUTES: usize = 120;

/// Runs `property` over `cases` random plans; a failure prints the smallest failing plan and the seed that leads to it.
pub fn check(cases: u32, property: impl Fn(Setup) -> Result<(), TestCaseError>) {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let seed = match config.rng_seed {
        RngSeed::Fixed(seed) => seed,
        RngSeed::Random => std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64,
    };
    let mut runner = TestRunner::new(ProptestConfig { rng_seed: RngSeed::Fixed(seed), ..config });
    if let Err(error) = runner.run(&setups(), property) {
        panic!("{error}\nrun again with PROPTEST_RNG_SEED={seed}");
    }
}

/// Steps of a random walk in quarter points, with gaps in time, days and rolls.
fn bars() -> impl Strategy<Value = Vec<RawBar>> {
    let step = (-8_i64..=8, 0_i64..=6, 0_i64..=6, -6_i64..=6, 0_u8..100);
    prop::collection::vec(step, MINUTES).prop_map(|steps| {
        let (mut price, mut day, mut minute, mut offset) = (10_000, 0, 0, -300);
        let mut bars = Vec::with_capacity(steps.len());
        for (gap, up, down, drift, event) in steps {
            minute += 1;
            match event {
                0..=3 => (day, minute) = (day + 1, 0),
                4..=5 => (day, minute, offset) = (day + 3, 0, offset + 75),
                6..=12 => minute += i64::from(event),
                _ => {}
            }
            let open = price + if event % 3 == 0 { gap * 25 } else { 0 };
            let close = open + drift * 25;
            let (high, low) = (open.max(close) + up * 25, open.min(close) - down * 25);
            bars.push(RawBar { day, minute, open, high, low, close, offset, spread: 2 * up });
            price = close;
        }
        bars
    })
}

fn mask(share: f64) -> impl Strategy<Value = Arc<Mask>> {
    prop::collection::vec(prop::bool::weighted(share), MINUTES).prop_map(|bits| {
        let mut mask = Mask::new(bits.len());
        bits.iter().enumerate().filter(|(_, bit)| **bit).for_each(|(index, _)| mask.set(index));
        Arc::new(mask)
    })
}

/// An entry whose levels lie around the price that is fixed by the walk's start.
fn entry() -> impl Strategy<Value = Option<Entry>> {
    let levels = prop::collection::vec(-12_i64..=12, MINUTES);
    (mask(0.15), 0_u8..4, levels, 1_u32..6).prop_map(|(when, kind, levels, expires_bars)| {
        let price: Arc<[f64]> = levels.iter().map(|ticks| 97.0 + *ticks as f64 * 0.25).collect();
        match kind {
            0 => None,
            1 => Some(Entry { when, order: OrderKind::Market }),
            2 => Some(Entry { when, order: OrderKind::Stop { price, expires_bars } }),
            _ => Some(Entry { when, order: OrderKind::Limit { price, expires_bars } }),
        }
    })
}

fn distance() -> impl Strategy<Value = Distance> {
    prop_oneof![
        (0.1_f64..4.0).prop_map(Distance::Points),
        (1_u8..16).prop_map(|ticks| Distance::Ticks(f64::from(ticks))),
        (0.1_f64..4.0).prop_map(Distance::Percent),
        (1.0_f64..20.0).prop_map(Distance::Money),
        (0.5_f64..3.0).prop_map(|multiple| Distance::Atr { multiple, value: vec![1.0; MINUTES].into() }),
    ]
}

fn exits() -> impl Strategy<Value = Exits> {
    let leg = (distance(), 0.1_f64..0.9).prop_map(|(distance, fraction)| TargetLeg { distance, fraction });
    let basis = prop_oneof![Just(TrailBasis::HighLow), Just(TrailBasis::Close)];
    let trailing = (distance(), prop::option::of(distance()), basis)
        .prop_map(|(distance, activate_after, basis)| Trailing { distance, activate_after, basis });
    let break_even = (distance(), prop::option::of(distance())).prop_map(|(after, offset)| BreakEven { after, offset });
    (
        prop::option::of(mask(0.1)),
        prop::option::of(distance()),
        prop::collection::vec(leg, 0..3),
        prop::option::of(trailing),
        prop::option::of(break_even),
        prop::option::of(1_u32..30),
        prop::option::of(1_u32..15),
    )
        .prop_map(|(signal, stop_loss, take_profit, trailing, break_even, max_minutes, max_bars)| Exits {
            signal: signal.map(ExitSignal::Mask),
            stop_loss,
            take_profit,
            trailing,
            break_even,
            max_minutes,
            max_bars,
        })
}

fn costs() -> impl Strategy<Value = Costs> {
    let slippage = prop_oneof![
        (0_i64..3).prop_map(Slippage::Ticks),
        (0.0_f64..20.0).prop_map(Slippage::Bps),
        Just(Slippage::HalfSpread),
    ];
    (slippage, 0.0_f64..1.0, 0.0_f64..10.0, 0.0_f64..1.0).prop_map(|(slippage, per_unit, bps, minimum)| Costs {
        slippage,
        commission_per_unit: per_unit,
        commission_bps: bps,
        commission_minimum: minimum,
    })
}

fn limits() -> impl Strategy<Value = TradeLimits> {
    (
        prop::option::of(1_u32..6),
        prop::option::of(0_u32..5),
        prop::option::of(5.0_f64..50.0),
        prop::option::of(5.0_f64..50.0),
        prop::option::of(1_u32..4),
    )
        .prop_map(|(trades, cooldown, loss, profit, losses)| TradeLimits {
            max_trades_per_day: trades,
            cooldown_bars: cooldown,
            max_daily_loss: loss,
            max_daily_profit: profit,
            max_consecutive_losses: losses,
        })
}

fn sizing() -> impl Strategy<Value = Sizing> {
    prop_oneof![
        (1.0_f64..8.0).prop_map(Sizing::Fixed),
        (1.0_f64..30.0).prop_map(Sizing::RiskMoney),
        (0.5_f64..5.0).prop_map(Sizing::RiskPercent),
        (10.0_f64..200.0).prop_map(Sizing::EquityPercent),
    ]
}

/// A whole random plan.
pub fn setups() -> impl Strategy<Value = Setup> {
    let rules = (entry(), entry(), exits(), exits(), limits());
    let terms = (1_i64..4, prop::option::of(0.5_f64..3.0), prop::sample::select(vec![1.0, 0.1, 5.0]));
    let rest = (
        costs(),
        sizing(),
        prop::option::of(mask(0.8)),
        prop::option::of(5_i64..40),
        0_i64..2,
        prop::option::of(prop::collection::vec(0.5_f64..2.0, MINUTES)),
        prop::sample::select(vec![30.0, 300.0, 3_000.0, 100_000.0]),
    );
    (bars(), rules, terms, rest).prop_map(|(bars, rules, terms, rest)| {
        let mut setup = Setup::new(&bars, 60, terms.0);
        (setup.entry.long, setup.entry.short) = (rules.0, rules.1);
        (setup.exits.long, setup.exits.short) = (rules.2, rules.3);
        setup.limits = rules.4;
        (setup.terms.leverage, setup.terms.point_value) = (terms.1, terms.2);
        (setup.costs, setup.sizing, setup.allowed, setup.flatten_minute) = (rest.0, rest.1, rest.2, rest.3);
        (setup.limit_through_ticks, setup.capital) = (rest.4, rest.6);
        setup.conversion = rest.5.map(Into::into);
        setup
    })
}
