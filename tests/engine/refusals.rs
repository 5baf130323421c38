//! Plans that cannot be simulated say why; numbers that do not fit are errors, never wrapped.

use crate::market_builder::RawBar;
use crate::setup::{Setup, mask};
use engine::plan::*;
use engine::{EngineError, run_full, run_summary};

fn flat(price: i64) -> Setup {
    let bar =
        |minute| RawBar { day: 0, minute, open: price, high: price, low: price, close: price, offset: 0, spread: 0 };
    let mut setup = Setup::new(&[bar(0), bar(1), bar(2)], 1_440, 1);
    setup.entry.long = Some(Entry { when: mask(3, &[0]), order: OrderKind::Market });
    setup
}

fn check(change: impl Fn(&mut Setup), expected: Option<EngineError>) {
    let mut setup = flat(10_000);
    change(&mut setup);
    let full = run_full(&setup.plan()).err();
    assert_eq!(full, expected);
    assert_eq!(run_summary(&setup.plan()).err(), expected);
}

#[test]
fn plans_without_meaning() {
    let invalid = |text| Some(EngineError::InvalidPlan(text));
    check(|_| {}, None);
    let window = invalid("the window holds no minutes of the tape");
    check(|setup| setup.window = Some((1, 1)), window);
    check(|setup| setup.window = Some((0, 4)), window);
    check(|setup| setup.capital = 0.0, invalid("capital must be above zero"));
    let terms = invalid("tick, point value and quantity step must be above zero");
    check(|setup| setup.terms.tick = 0, terms);
    check(|setup| setup.terms.point_value = 0.0, terms);
    check(|setup| setup.terms.quantity_step = -1.0, terms);
    check(|setup| setup.costs.commission_bps = f64::NAN, invalid("commission_bps must be zero or more"));
    check(|setup| setup.costs.slippage = Slippage::Bps(-1.0), invalid("slippage must be zero or more"));
    check(|setup| setup.costs.slippage = Slippage::Ticks(-1), invalid("slippage must be zero or more"));
    check(|setup| setup.limit_through_ticks = -1, invalid("limit_through_ticks must be zero or more"));
    let rates = invalid("conversion needs a rate above zero for every minute");
    check(|setup| setup.conversion = Some(vec![1.0].into()), rates);
    check(|setup| setup.conversion = Some(vec![1.0, 0.0, 1.0].into()), rates);
    check(|setup| setup.limits.max_daily_loss = Some(-5.0), invalid("daily limits must be zero or more"));
    let spread = invalid("half-spread slippage needs a series with a spread column");
    check(|setup| (setup.costs.slippage, setup.tape.spread) = (Slippage::HalfSpread, vec![]), spread);
}

#[test]
fn numbers_that_do_not_fit() {
    let error = |change: fn(&mut Setup)| {
        let mut setup = flat(10_000);
        change(&mut setup);
        let error = run_full(&setup.plan()).unwrap_err();
        assert!(matches!(error, EngineError::Overflow(_)), "{error}");
    };
    error(|setup| setup.sizing = Sizing::Fixed(1e300));
    error(|setup| (setup.sizing, setup.costs.commission_bps) = (Sizing::Fixed(1e17), 1_000.0));
    error(|setup| setup.costs.slippage = Slippage::Ticks(i64::MAX));
    error(|setup| setup.exits.long.stop_loss = Some(Distance::Points(1e18)));
    error(|setup| setup.tape.high[1] = i64::MAX);
}
