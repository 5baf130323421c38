//! Invariants over random plans. A failing case prints its seed and its smallest form.

use crate::market_builder::truncated;
use crate::random_plans::{self, MINUTES};
use crate::setup::Setup;
use engine::breakdown::by_hour;
use engine::plan::{
    Distance, Entry, ExitSignal, Exits, Mask, Money, OrderKind, PerSide, Side, Sizing, Slippage, TradeLimits,
};
use engine::{ExitReason, FullResult, Trade, run_full, run_summary};
use proptest::prelude::*;

/// Random plans per property: enough to meet every rule many times, a few seconds in all.
const PLANS: u32 = 1_500;

fn check(property: impl Fn(&Setup, &FullResult) -> Result<(), TestCaseError>) {
    random_plans::check(PLANS, |setup| {
        let result = run_full(&setup.plan()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        property(&setup, &result)
    });
}

#[test]
fn random_plans_meet_every_exit_reason() {
    let seen = std::cell::RefCell::new(std::collections::BTreeMap::new());
    check(|_, result| {
        for (reason, trades) in &result.exit_reasons {
            *seen.borrow_mut().entry(*reason).or_insert(0) += trades;
        }
        Ok(())
    });
    let seen = seen.into_inner();
    assert_eq!(seen.len(), 11, "only {seen:?}");
}

#[test]
fn a_sweep_equals_a_full_run_bit_for_bit() {
    check(|setup, result| {
        let (metrics, counts) = run_summary(&setup.plan()).unwrap();
        let bits = |values: &[(&'static str, Option<f64>)]| {
            values.iter().map(|(key, value)| (*key, value.map(f64::to_bits))).collect::<Vec<_>>()
        };
        prop_assert_eq!(bits(&metrics.values), bits(&result.metrics.values));
        prop_assert_eq!(&counts, &result.counts);
        prop_assert_eq!(&run_full(&setup.plan()).unwrap(), result);
        Ok(())
    });
}

/// A plan that can only reverse is walked from reversal to reversal; with a limit that nothing reaches, phase by phase.
#[test]
fn reversing_the_short_way_changes_nothing() {
    let reversals = std::cell::Cell::new(0);
    random_plans::check(PLANS, |mut setup| {
        for side in [Side::Long, Side::Short] {
            let mut regular = Mask::new(MINUTES);
            (0..MINUTES).step_by(7).for_each(|bar| regular.set(bar));
            let when = setup.entry.get(side).as_ref().map_or(regular.into(), |entry| entry.when.clone());
            *setup.entry.get_mut(side) = Some(Entry { when, order: OrderKind::Market });
            let signal = setup.exits.get_mut(side).signal.take();
            let signal = signal.filter(|signal| matches!(signal, ExitSignal::Mask(_)));
            *setup.exits.get_mut(side) = Exits { signal, ..Exits::default() };
        }
        setup.sizing = Sizing::Fixed(1.0);
        (setup.terms.leverage, setup.conversion, setup.limits) = (None, None, TradeLimits::default());
        let short_way = run_full(&setup.plan());
        setup.limits.max_trades_per_day = Some(u32::MAX);
        prop_assert_eq!(&short_way, &run_full(&setup.plan()));
        let found = short_way.iter().filter_map(|result| result.exit_reasons.get(&ExitReason::Reversal)).sum::<u32>();
        reversals.set(reversals.get() + found);
        Ok(())
    });
    assert!(reversals.get() > 3 * PLANS, "only {} reversals", reversals.get());
}

#[test]
fn truncating_the_data_changes_no_trade_closed_before() {
    check(|setup, result| {
        for minutes in [MINUTES / 4, MINUTES / 2, MINUTES - 1] {
            let mut shorter = setup.clone();
            (shorter.tape, shorter.bars) = truncated(&setup.tape, &setup.bars, minutes);
            shorter.conversion = setup.conversion.as_ref().map(|rates| rates[..minutes].into());
            let early = run_full(&shorter.plan()).unwrap();
            let before = |trades: &[Trade]| {
                let closed = trades.iter().filter(|trade| (trade.exit_minute as usize) < minutes);
                closed.filter(|trade| trade.reason != ExitReason::EndOfData).cloned().collect::<Vec<_>>()
            };
            prop_assert_eq!(before(&early.trades), before(&result.trades));
            let last = minutes - 1;
            prop_assert_eq!(&early.equity[..last], &result.equity[..last]);
        }
        Ok(())
    });
}

#[test]
fn money_is_conserved() {
    check(|setup, result| {
        let capital = (setup.capital * 1e6).round() as i64;
        let net: i64 = result.trades.iter().map(|trade| trade.net.0).sum();
        prop_assert_eq!(result.equity.last().unwrap().0, capital + net);
        prop_assert_eq!(result.daily.last().unwrap().1, *result.equity.last().unwrap());
        let months: i64 = result.months.iter().map(|month| month.profit.0).sum();
        let weekdays: i64 = result.weekdays.iter().map(|weekday| weekday.profit.0).sum();
        let by_hour = by_hour(&result.trades, |instant| (instant / 3_600_000_000 % 24) as u8).unwrap();
        let hours: i64 = by_hour.iter().map(|hour| hour.net.0).sum();
        prop_assert_eq!((months, weekdays, hours), (net, net, net));
        Ok(())
    });
}

#[test]
fn trades_are_well_formed() {
    check(|setup, result| {
        let mut last_exit = 0;
        for trade in &result.trades {
            prop_assert!(trade.quantity.0 > 0);
            prop_assert!(trade.entry_minute <= trade.exit_minute && (trade.exit_minute as usize) < setup.tape.len());
            prop_assert!(trade.exit_minute >= last_exit, "trades are in order of exit");
            last_exit = trade.exit_minute;
            prop_assert_eq!(trade.net.0, trade.gross.0 - trade.commission.0);
            prop_assert!(trade.commission.0 >= 0 && trade.slippage.0 >= 0);
            prop_assert!(trade.mae.0 <= 0 && trade.mfe.0 >= 0);
            if trade.rolls == 0 {
                prop_assert!(trade.mae <= trade.gross && trade.gross <= trade.mfe, "the exit is part of the excursion");
            }
            prop_assert_eq!(trade.entry_ts, setup.tape.ts[trade.entry_minute as usize]);
            prop_assert_eq!(trade.exit_ts, setup.tape.ts[trade.exit_minute as usize]);
        }
        let ambiguous = result.trades.iter().filter(|trade| trade.ambiguous).count();
        prop_assert_eq!(ambiguous, result.counts.ambiguous_fills as usize);
        Ok(())
    });
}

#[test]
fn gross_follows_from_the_adjusted_fills() {
    check(|setup, result| {
        for trade in result.trades.iter().filter(|trade| trade.rolls == 0) {
            let adjusted = |minute: u32, raw: i64| raw + setup.tape.offset[minute as usize];
            let counts =
                adjusted(trade.exit_minute, trade.exit_price) - adjusted(trade.entry_minute, trade.entry_price);
            let rate = setup.conversion.as_ref().map_or(1.0, |rates| rates[trade.exit_minute as usize]);
            let sign = if trade.side == Side::Long { 1.0 } else { -1.0 };
            let units = trade.quantity.0 as f64 * setup.terms.quantity_step;
            let expected = sign * counts as f64 / 100.0 * units * setup.terms.point_value * rate;
            prop_assert!((trade.gross.to_f64() - expected).abs() <= 1e-6 * expected.abs().max(1.0));
        }
        Ok(())
    });
}

#[test]
fn nothing_fills_between_the_flatten_instant_and_the_next_day() {
    check(|setup, result| {
        let Some(minute) = setup.flatten_minute else { return Ok(()) };
        for trade in &result.trades {
            let day = &setup.tape.days[setup.tape.day[trade.entry_minute as usize] as usize];
            prop_assert!(trade.entry_ts < day.open + minute * crate::market_builder::MINUTE);
        }
        Ok(())
    });
}

/// Turning the price axis over and swapping the sides changes no profit: a wrong sign anywhere shows here.
#[test]
fn mirrored_prices_give_mirrored_trades() {
    check(|setup, _| {
        let mut setup = setup.clone();
        plain(&mut setup);
        let mirrored = mirror(&setup);
        let (left, right) = (run_full(&setup.plan()).unwrap(), run_full(&mirrored.plan()).unwrap());
        prop_assert_eq!(&left.equity, &right.equity);
        prop_assert_eq!(&left.counts, &right.counts);
        for (left, right) in left.trades.iter().zip(&right.trades) {
            prop_assert_eq!(left.side, right.side.opposite());
            let same =
                |trade: &Trade| (trade.entry_minute, trade.exit_minute, trade.net, trade.mae, trade.mfe, trade.reason);
            prop_assert_eq!(same(left), same(right));
        }
        Ok(())
    });
}

/// Keeps only what does not depend on the absolute price, and one side's resting orders (ties prefer the long side).
fn plain(setup: &mut Setup) {
    if matches!(setup.costs.slippage, Slippage::Bps(_)) {
        setup.costs.slippage = Slippage::Ticks(1);
    }
    setup.costs.commission_bps = 0.0;
    setup.sizing = engine::plan::Sizing::Fixed(3.0);
    setup.terms.leverage = None;
    if let (Some(_), Some(short)) = (&setup.entry.long, &mut setup.entry.short) {
        short.order = OrderKind::Market;
    }
    for side in [Side::Long, Side::Short] {
        let exits = setup.exits.get_mut(side);
        let points = |distance: &mut Distance| {
            if let Distance::Percent(percent) = distance {
                *distance = Distance::Points(*percent);
            }
        };
        exits.stop_loss.iter_mut().for_each(points);
        exits.take_profit.iter_mut().for_each(|leg| points(&mut leg.distance));
        exits.trailing.iter_mut().for_each(|rule| {
            points(&mut rule.distance);
            rule.activate_after.iter_mut().for_each(points);
        });
        exits.break_even.iter_mut().for_each(|rule| {
            points(&mut rule.after);
            rule.offset.iter_mut().for_each(points);
        });
    }
}

fn mirror(setup: &Setup) -> Setup {
    /// A multiple of the tick, so that the grid stays where it is.
    const AXIS: i64 = 20_000;
    let mut mirrored = setup.clone();
    let over = |column: &[i64]| column.iter().map(|count| AXIS - count).collect::<Vec<_>>();
    let tape = &mut mirrored.tape;
    (tape.open, tape.close) = (over(&setup.tape.open), over(&setup.tape.close));
    (tape.high, tape.low) = (over(&setup.tape.low), over(&setup.tape.high));
    tape.offset = setup.tape.offset.iter().map(|offset| -offset).collect();
    let entry = |entry: &Option<Entry>| {
        entry.clone().map(|mut entry| {
            if let OrderKind::Stop { price, .. } | OrderKind::Limit { price, .. } = &mut entry.order {
                *price = price.iter().map(|price| AXIS as f64 / 100.0 - price).collect();
            }
            entry
        })
    };
    mirrored.entry = PerSide { long: entry(&setup.entry.short), short: entry(&setup.entry.long) };
    mirrored.exits = PerSide { long: setup.exits.short.clone(), short: setup.exits.long.clone() };
    mirrored
}

/// Capital that cannot be lost makes the mark's arithmetic visible: equity never moves without a position.
#[test]
fn equity_moves_only_in_the_market() {
    check(|setup, result| {
        let mut held = vec![false; setup.tape.len()];
        for trade in &result.trades {
            held[trade.entry_minute as usize..=trade.exit_minute as usize].fill(true);
        }
        let capital = Money((setup.capital * 1e6).round() as i64);
        let before = std::iter::once(&capital).chain(&result.equity);
        for ((previous, equity), held) in before.zip(&result.equity).zip(held) {
            prop_assert!(held || previous == equity);
        }
        Ok(())
    });
}
