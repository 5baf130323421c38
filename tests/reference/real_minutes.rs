//! The loop and the engine on real minutes: the common strategies and every order kind and exit, with costs.

use crate::equality::difference;
use crate::rules::Rules;
use crate::scenarios::{crossings, noisy, sums, usual_range_ticks};
use crate::series::{PER_UNIT, PLACES, Series, real_series};
use crate::setup::{CLOSE_AFTER_US, DAY_US, MINUTE_US, Setup, mask_at, tape_of};
use crate::state::Outcome;
use engine::ExitReason;
use engine::plan::{
    BreakEven, Distance, ExitSignal, Exits, Side, Sizing, Slippage, TargetLeg, TradeLimits, TrailBasis, Trailing,
};
use std::collections::BTreeMap;

/// Fewest trades of a strategy on a series.
const FEWEST_TRADES: usize = 50;
/// Fewest exits of each reason over all strategies and series.
const FEWEST_OF_EACH: usize = 20;
const SIDES: [Side; 2] = [Side::Long, Side::Short];

/// A strategy on a series.
type Strategy = fn(&mut Setup, &Series);

/// Counts of a quoted price.
fn units(count: i64) -> f64 {
    count as f64 / PER_UNIT as f64
}

fn points(series: &Series, ticks: i64) -> Distance {
    Distance::Points(units(ticks * series.tick))
}

fn both(setup: &mut Setup, change: impl Fn(&mut Exits)) {
    SIDES.into_iter().for_each(|side| change(setup.exits_mut(side)));
}

fn leg(distance: Distance, fraction: f64) -> TargetLeg {
    TargetLeg { distance, fraction }
}

/// Market entries of both sides where noise says so.
fn noise_entries(setup: &mut Setup, every: u64) {
    let len = setup.decisions.len();
    setup.market(Side::Long, &noisy(len, every, 0));
    setup.market(Side::Short, &noisy(len, every, 1));
}

/// Resting entries of both sides, `ticks` beyond (stops) or short of (limits) the decision's close.
fn noise_orders(setup: &mut Setup, limit: bool, every: u64, ticks: i64, expires_bars: u32) {
    let len = setup.decisions.len();
    for (phase, side) in [(0, Side::Long), (1, Side::Short)] {
        let up = (side == Side::Long) != limit;
        let by = if up { ticks } else { -ticks } * setup.terms.tick;
        let at: Vec<(usize, f64)> =
            noisy(len, every, phase).into_iter().map(|bar| (bar, units(setup.decisions.close[bar] + by))).collect();
        setup.resting(side, limit, &at, expires_bars);
    }
}

/// Two averages cross: in or round.
fn averages_cross(setup: &mut Setup, _: &Series) {
    let closes = setup.decisions.close.clone();
    let (fast, slow) = (sums(&closes, 4, 15), sums(&closes, 15, 4));
    setup.market(Side::Long, &crossings(&fast, &slow, Rules::ours().crossing));
    setup.market(Side::Short, &crossings(&slow, &fast, Rules::ours().crossing));
}

/// The same with a percent bracket, entries in a window, flat before the end of the day.
fn bracket(setup: &mut Setup, series: &Series) {
    averages_cross(setup, series);
    both(setup, |exits| {
        exits.stop_loss = Some(Distance::Percent(0.05));
        exits.take_profit = vec![leg(Distance::Percent(0.1), 1.0)];
    });
    let inside = |at: i64| (60..1300).contains(&(at.rem_euclid(DAY_US) / MINUTE_US));
    let bars = (0..setup.decisions.len()).filter(|bar| inside(setup.decisions.completes_at[*bar]));
    setup.allowed = Some(mask_at(setup.decisions.len(), bars));
    setup.flatten_at = setup.tape.days.iter().map(|day| Some(day.open + CLOSE_AFTER_US - 20 * MINUTE_US)).collect();
    setup.limits = TradeLimits { cooldown_bars: Some(2), ..TradeLimits::default() };
}

/// Limits that expire, a stop in money, targets by multiples of risk, sized by risk.
fn limit_entries(setup: &mut Setup, series: &Series) {
    noise_orders(setup, true, 4, usual_range_ticks(series), 3);
    let stop = points(series, 2 * usual_range_ticks(series));
    both(setup, |exits| {
        exits.stop_loss = Some(stop.clone());
        exits.take_profit = vec![leg(Distance::R(0.5), 0.4), leg(Distance::R(1.0), 0.3), leg(Distance::R(1.5), 1.0)];
    });
    setup.sizing = Sizing::RiskMoney(20_000.0 * units(series.tick));
    setup.limit_through_ticks = 1;
}

/// A breakout bracket of stops, a time exit, a daily limit on losses in a row.
fn stop_entries(setup: &mut Setup, series: &Series) {
    noise_orders(setup, false, 2, usual_range_ticks(series) / 2 + 1, 2);
    let stop = points(series, usual_range_ticks(series));
    both(setup, |exits| {
        exits.stop_loss = Some(stop.clone());
        exits.max_minutes = Some(9);
    });
    setup.limits = TradeLimits { max_consecutive_losses: Some(30), ..TradeLimits::default() };
}

/// A trailing stop by the close that starts after a move, and a break-even stop.
fn trailing(setup: &mut Setup, series: &Series) {
    noise_entries(setup, 9);
    let usual = usual_range_ticks(series);
    let (behind, after) = (points(series, 2 * usual), points(series, usual));
    both(setup, |exits| {
        exits.stop_loss = Some(behind.clone());
        exits.trailing =
            Some(Trailing { distance: after.clone(), activate_after: Some(behind.clone()), basis: TrailBasis::Close });
        exits.break_even = Some(BreakEven { after: after.clone(), offset: Some(Distance::Ticks(1.0)) });
    });
}

/// A trailing stop by the extremes, an exit rule, a limit of bars, trades and losses a day.
fn rules_and_limits(setup: &mut Setup, series: &Series) {
    noise_entries(setup, 7);
    let behind = points(series, 3 * usual_range_ticks(series));
    let (len, tick) = (setup.decisions.len(), units(series.tick));
    both(setup, |exits| {
        exits.signal = Some(ExitSignal::Mask(mask_at(len, noisy(len, 11, 4))));
        exits.trailing = Some(Trailing { distance: behind.clone(), activate_after: None, basis: TrailBasis::HighLow });
        exits.max_bars = Some(6);
    });
    let money = 60.0 * tick * usual_range_ticks(series) as f64;
    setup.limits = TradeLimits {
        max_trades_per_day: Some(60),
        max_daily_loss: Some(money),
        max_daily_profit: Some(money),
        ..TradeLimits::default()
    };
}

const STRATEGIES: [(&str, i64, Strategy); 6] = [
    ("averages cross", 5, averages_cross),
    ("bracket", 1, bracket),
    ("limit entries", 1, limit_entries),
    ("stop entries", 1, stop_entries),
    ("trailing", 1, trailing),
    ("rules and limits", 1, rules_and_limits),
];

fn setup_of(series: &Series, minutes: i64, strategy: Strategy) -> Setup {
    let mut setup = Setup::new(tape_of(&series.bars, PLACES), minutes);
    setup.terms.tick = series.tick;
    setup.capital = 1e6;
    setup.costs.slippage = Slippage::Ticks(1);
    setup.costs.commission_bps = 0.01;
    strategy(&mut setup, series);
    setup
}

#[test]
fn real_minutes_agree() {
    let Some(data) = tests::shared_data() else { return };
    let mut reasons: BTreeMap<ExitReason, usize> = BTreeMap::new();
    for series in real_series(&data) {
        for (name, minutes, strategy) in STRATEGIES {
            let setup = setup_of(&series, minutes, strategy);
            let outcome: Outcome =
                difference(&setup).unwrap_or_else(|text| panic!("{name} on {}: {text}", series.name));
            assert!(
                outcome.trades.len() >= FEWEST_TRADES,
                "{name} on {}: {} trades",
                series.name,
                outcome.trades.len()
            );
            for trade in &outcome.trades {
                *reasons.entry(trade.reason).or_default() += 1;
            }
        }
    }
    println!("{reasons:?}");
    for reason in [
        ExitReason::Signal,
        ExitReason::Stop,
        ExitReason::Target,
        ExitReason::TrailingStop,
        ExitReason::BreakEven,
        ExitReason::Time,
        ExitReason::SessionClose,
        ExitReason::Reversal,
        ExitReason::DailyLimit,
    ] {
        let times = reasons.get(&reason).copied().unwrap_or(0);
        assert!(times >= FEWEST_OF_EACH, "only {times} exits by {reason:?}");
    }
}
