//! Random plans: bars with gaps, missing minutes, days and rolls; every order kind, exit, limit, size and cost.
//!
//! Everything shrinks towards fewer bars, nothing switched on.

use crate::setup::{Bar, CLOSE_AFTER_US, DAY_US, MINUTE_US, Setup, decisions_of, mask_at, tape_of};
use engine::plan::{
    BreakEven, Costs, Distance, ExitSignal, Exits, PositionCondition, PositionView, Side, Sizing, Slippage, TargetLeg,
    Terms, TradeLimits, TrailBasis, Trailing,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use std::sync::Arc;

/// One minute relative to the one before, in ticks.
#[derive(Debug, Clone)]
pub struct Step {
    gap: i64,
    body: i64,
    up: i64,
    down: i64,
    /// Minutes left out before it; 2000 means the next day.
    skip: i64,
    /// Counts added to the offset, seldom.
    roll: i64,
    spread: i64,
    /// Counts off the tick grid, seldom.
    off_grid: i64,
}

fn step() -> impl Strategy<Value = Step> {
    let gap = prop_oneof![4 => Just(0), 3 => -2_i64..=2, 1 => -9_i64..=9];
    let skip = prop_oneof![12 => Just(0_i64), 2 => 1_i64..4, 1 => Just(15), 1 => Just(2000), 1 => Just(1428)];
    let roll = prop_oneof![25 => Just(0_i64), 1 => -30_i64..=30];
    let off_grid = prop_oneof![12 => Just(0_i64), 1 => 0_i64..=3];
    (gap, -4_i64..=4, 0_i64..=3, 0_i64..=3, skip, roll, 0_i64..=5, off_grid)
        .prop_map(|(gap, body, up, down, skip, roll, spread, off_grid)| Step { gap, body, up, down, skip, roll, spread, off_grid })
}

/// A rule of one side before its arrays are laid out.
#[derive(Debug, Clone)]
pub struct EntryRule {
    /// Bits of `when`, repeated over the strategy bars.
    when: Vec<bool>,
    /// 0 market, 1 stop, 2 limit.
    kind: u8,
    /// Ticks beyond the close (stop) or short of it (limit), per strategy bar, repeated; `None` is undefined.
    away: Vec<Option<f64>>,
    expires_bars: u32,
}

fn entry_rule() -> impl Strategy<Value = Option<EntryRule>> {
    let away = prop_oneof![20 => (-1.0_f64..6.0).prop_map(Some), 10 => (-1_i32..5).prop_map(|ticks| Some(f64::from(ticks))), 1 => Just(None)];
    let rule = (vec(prop::bool::weighted(0.3), 1..12), 0_u8..3, vec(away, 1..8), 0_u32..4)
        .prop_map(|(when, kind, away, expires_bars)| EntryRule { when, kind, away, expires_bars });
    option::weighted(0.85, rule)
}

/// A distance before its arrays are laid out; numbers are in ticks where that makes sense.
#[derive(Debug, Clone)]
pub enum AnyDistance {
    Points(f64),
    Ticks(f64),
    Percent(f64),
    Money(f64),
    Atr(f64, Vec<Option<f64>>),
    R(f64),
    /// Ticks from the decision's close, in the direction a valid level lies.
    Price(Vec<Option<f64>>),
}

fn distance() -> impl Strategy<Value = AnyDistance> {
    let ticks = || prop_oneof![(1_i32..9).prop_map(f64::from), 0.2_f64..9.0];
    let value = || vec(option::weighted(0.95, ticks()), 1..5);
    prop_oneof![
        ticks().prop_map(AnyDistance::Points),
        ticks().prop_map(AnyDistance::Ticks),
        (0.05_f64..1.5).prop_map(AnyDistance::Percent),
        (1.0_f64..400.0).prop_map(AnyDistance::Money),
        (0.5_f64..3.0, value()).prop_map(|(multiple, value)| AnyDistance::Atr(multiple, value)),
        (0.5_f64..3.0).prop_map(AnyDistance::R),
        value().prop_map(AnyDistance::Price),
    ]
}

/// A distance that needs no stop.
fn plain_distance() -> impl Strategy<Value = AnyDistance> {
    distance().prop_map(|distance| match distance {
        AnyDistance::R(multiple) => AnyDistance::Ticks(3.0 * multiple),
        other => other,
    })
}

#[derive(Debug, Clone)]
pub struct ExitRules {
    /// Mask bits, repeated; or a rule that looks at the position: bars, profit.
    signal: Option<Result<Vec<bool>, (u32, f64)>>,
    stop: Option<AnyDistance>,
    targets: Vec<(AnyDistance, f64)>,
    trailing: Option<(AnyDistance, Option<AnyDistance>, bool)>,
    break_even: Option<(AnyDistance, Option<AnyDistance>)>,
    max_minutes: Option<u32>,
    max_bars: Option<u32>,
}

fn exit_rules() -> impl Strategy<Value = ExitRules> {
    let signal = prop_oneof![
        vec(prop::bool::weighted(0.2), 1..12).prop_map(Ok),
        (1_u32..5, -50.0_f64..50.0).prop_map(Err)
    ];
    let targets = vec((plain_distance(), select(vec![0.25, 0.3, 0.5, 1.0 / 3.0, 1.0])), 0..4);
    (
        option::weighted(0.4, signal),
        option::weighted(0.6, plain_distance()),
        (targets, option::weighted(0.4, 0.5_f64..3.0)),
        option::weighted(0.4, (plain_distance(), option::weighted(0.5, plain_distance()), any::<bool>())),
        option::weighted(0.4, (plain_distance(), option::weighted(0.5, plain_distance()))),
        option::weighted(0.2, 1_u32..20),
        option::weighted(0.2, 0_u32..6),
    )
        .prop_map(|(signal, stop, (mut targets, r), trailing, break_even, max_minutes, max_bars)| {
            if let (Some(multiple), Some(_), Some(first)) = (r, &stop, targets.first_mut()) {
                first.0 = AnyDistance::R(multiple);
            }
            ExitRules { signal, stop, targets, trailing, break_even, max_minutes, max_bars }
        })
}

/// Everything random.
#[derive(Debug, Clone)]
pub struct Drawn {
    steps: Vec<Step>,
    market: Market,
    entries: (Option<EntryRule>, Option<EntryRule>),
    exits: (ExitRules, ExitRules),
    limits: TradeLimits,
    allowed: Option<Vec<bool>>,
    /// Minute of the day, per day, repeated.
    flatten: Vec<Option<i64>>,
    sizing: Sizing,
    max_quantity: Option<f64>,
    limit_through_ticks: i64,
    conversion: Option<Vec<f64>>,
    capital: f64,
    minutes: i64,
    /// Days left out of the window at both ends.
    outside: (usize, usize),
}

#[derive(Debug, Clone)]
struct Market {
    tick: i64,
    places: u8,
    point_value: f64,
    quantity_step: f64,
    leverage: Option<f64>,
    costs: Costs,
    on_grid: bool,
}

fn costs() -> impl Strategy<Value = Costs> {
    let slippage = prop_oneof![
        (0_i64..3).prop_map(Slippage::Ticks),
        select(vec![0.0, 1.0, 2.5, 13.7]).prop_map(Slippage::Bps),
        Just(Slippage::HalfSpread)
    ];
    (slippage, select(vec![0.0, 1.0, 2.27, 0.005]), select(vec![0.0, 0.2, 10.0]), select(vec![0.0, 1.0])).prop_map(
        |(slippage, commission_per_unit, commission_bps, commission_minimum)| Costs {
            slippage,
            commission_per_unit,
            commission_bps,
            commission_minimum,
        },
    )
}

fn market() -> impl Strategy<Value = Market> {
    (
        select(vec![1_i64, 5, 25]),
        0_u8..4,
        select(vec![1.0, 50.0, 0.5, 12.5]),
        select(vec![1.0, 0.1, 0.001]),
        option::weighted(0.3, select(vec![1.0, 2.0])),
        costs(),
        prop::bool::weighted(0.8),
    )
        .prop_map(|(tick, places, point_value, quantity_step, leverage, costs, on_grid)| Market {
            tick,
            places,
            point_value,
            quantity_step,
            leverage,
            costs,
            on_grid,
        })
}

fn limits() -> impl Strategy<Value = TradeLimits> {
    (
        option::weighted(0.2, 0_u32..4),
        option::weighted(0.2, 0_u32..4),
        option::weighted(0.2, 0.5_f64..300.0),
        option::weighted(0.2, 0.5_f64..300.0),
        option::weighted(0.2, 1_u32..3),
    )
        .prop_map(|(max_trades_per_day, cooldown_bars, max_daily_loss, max_daily_profit, max_consecutive_losses)| {
            TradeLimits { max_trades_per_day, cooldown_bars, max_daily_loss, max_daily_profit, max_consecutive_losses }
        })
}

fn sizing() -> impl Strategy<Value = Sizing> {
    prop_oneof![
        3 => select(vec![1.0, 2.0, 3.0, 7.0, 0.35]).prop_map(Sizing::Fixed),
        1 => (1.0_f64..2000.0).prop_map(Sizing::RiskMoney),
        1 => (0.1_f64..5.0).prop_map(Sizing::RiskPercent),
        1 => (1.0_f64..150.0).prop_map(Sizing::EquityPercent),
    ]
}

pub fn drawn() -> impl Strategy<Value = Drawn> {
    (
        (vec(step(), 2..140), market(), (entry_rule(), entry_rule()), (exit_rules(), exit_rules())),
        (limits(), option::weighted(0.2, vec(any::<bool>(), 1..9)), vec(option::weighted(0.4, 1_i64..1435), 1..4)),
        (sizing(), option::weighted(0.2, select(vec![2.0, 5.5])), prop_oneof![3 => Just(0_i64), 1 => 1_i64..3]),
        (
            option::weighted(0.2, vec(0.4_f64..2.0, 1..7)),
            select(vec![100_000.0, 100_000.0, 2_000.0, 60.0]),
            select(vec![1_i64, 2, 5]),
            (0_usize..2, 0_usize..2),
        ),
    )
        .prop_map(
            |(
                (steps, market, entries, exits),
                (limits, allowed, flatten),
                (sizing, max_quantity, limit_through_ticks),
                (conversion, capital, minutes, outside),
            )| Drawn {
                steps,
                market,
                entries,
                exits,
                limits,
                allowed,
                flatten,
                sizing,
                max_quantity,
                limit_through_ticks,
                conversion,
                capital,
                minutes,
                outside,
            },
        )
}

/// Price the random walk starts from, ticks.
const START_TICKS: i64 = 1000;

impl Drawn {
    fn bars(&self) -> (Vec<Bar>, Vec<i64>, Vec<i64>) {
        let tick = self.market.tick;
        let (mut bars, mut offsets, mut spreads) = (Vec::<Bar>::new(), Vec::new(), Vec::new());
        let (mut ts, mut close, mut offset) = (0, START_TICKS * tick, 0_i64);
        for step in &self.steps {
            ts += MINUTE_US * (1 + step.skip);
            if step.skip == 2000 {
                ts = ts.div_euclid(DAY_US) * DAY_US + 3 * MINUTE_US;
            }
            let by = if self.market.on_grid { step.roll * tick } else { step.roll };
            offset += by;
            close += by;
            let open = close + step.gap * tick + if self.market.on_grid { 0 } else { step.off_grid };
            close = open + step.body * tick;
            let (high, low) = (open.max(close) + step.up * tick, open.min(close) - step.down * tick);
            bars.push(Bar { ts, open, high, low, close });
            offsets.push(offset);
            spreads.push(step.spread);
        }
        (bars, offsets, spreads)
    }

    /// The plan's parts.
    pub fn setup(&self) -> Setup {
        let (bars, offsets, spreads) = self.bars();
        let mut tape = tape_of(&bars, self.market.places);
        tape.offset = offsets;
        tape.spread = spreads;
        let mut setup = Setup::new(tape, self.minutes);
        setup.decisions = decisions_of(&setup.tape, self.minutes);
        setup.terms = Terms {
            tick: self.market.tick,
            point_value: self.market.point_value,
            quantity_step: self.market.quantity_step,
            leverage: self.market.leverage,
            days_per_year: 252.0,
        };
        setup.costs = self.market.costs;
        setup.capital = self.capital;
        let decisions = setup.decisions.len();
        let repeated = |bits: &[bool]| mask_at(decisions, (0..decisions).filter(|index| bits[index % bits.len()]));
        for (side, entry, exits) in
            [(Side::Long, &self.entries.0, &self.exits.0), (Side::Short, &self.entries.1, &self.exits.1)]
        {
            if let Some(entry) = entry {
                self.lay_out_entry(&mut setup, side, entry);
            }
            *setup.exits_mut(side) = self.lay_out_exits(&setup, side, exits);
        }
        setup.allowed = self.allowed.as_ref().map(|bits| repeated(bits));
        setup.flatten_at = setup
            .tape
            .days
            .iter()
            .enumerate()
            .map(|(index, day)| {
                let minute = self.flatten[index % self.flatten.len()];
                minute.map(|minute| day.open + (minute * MINUTE_US).min(CLOSE_AFTER_US - MINUTE_US))
            })
            .collect();
        setup.sizing = self.sizing.clone();
        setup.max_quantity = self.max_quantity;
        setup.limits = self.limits;
        setup.limit_through_ticks = self.limit_through_ticks;
        setup.conversion = self.conversion.as_ref().map(|rates| {
            (0..setup.tape.len()).map(|index| rates[index % rates.len()]).collect::<Vec<f64>>().into()
        });
        self.choose_window(&mut setup);
        setup
    }

    fn choose_window(&self, setup: &mut Setup) {
        let days = &setup.tape.days;
        if days.len() > self.outside.0 + self.outside.1 {
            setup.window = (days[self.outside.0].first, days[days.len() - 1 - self.outside.1].end);
        }
    }

    /// A price some ticks away from each strategy bar's close, quoted units.
    fn prices(&self, setup: &Setup, direction: f64, away: &[Option<f64>]) -> Arc<[f64]> {
        let per_unit = setup.tape.price_scale.per_unit() as f64;
        let tick = self.market.tick as f64;
        let price = |index: usize| {
            away[index % away.len()].map_or(f64::NAN, |ticks| {
                (setup.decisions.close[index] as f64 + direction * ticks * tick) / per_unit
            })
        };
        (0..setup.decisions.len()).map(price).collect::<Vec<f64>>().into()
    }

    fn lay_out_entry(&self, setup: &mut Setup, side: Side, rule: &EntryRule) {
        let bars: Vec<usize> = (0..setup.decisions.len()).filter(|index| rule.when[index % rule.when.len()]).collect();
        let towards = if (side == Side::Long) == (rule.kind == 1) { 1.0 } else { -1.0 };
        let prices = self.prices(setup, towards, &rule.away);
        let orders: Vec<(usize, f64)> = bars.iter().map(|index| (*index, prices[*index])).collect();
        match rule.kind {
            0 => setup.market(side, &bars),
            kind => setup.resting(side, kind == 2, &orders, rule.expires_bars),
        }
    }

    fn lay_out_exits(&self, setup: &Setup, side: Side, rules: &ExitRules) -> Exits {
        let decisions = setup.decisions.len();
        let losing = |distance: &AnyDistance| self.lay_out(setup, side, distance, -1.0);
        let winning = |distance: &AnyDistance| self.lay_out(setup, side, distance, 1.0);
        Exits {
            signal: rules.signal.as_ref().map(|signal| match signal {
                Ok(bits) => {
                    ExitSignal::Mask(mask_at(decisions, (0..decisions).filter(|index| bits[index % bits.len()])))
                }
                Err((bars, profit)) => ExitSignal::Position(Arc::new(BarsAndProfit { bars: *bars, profit: *profit })),
            }),
            stop_loss: rules.stop.as_ref().map(losing),
            take_profit: rules
                .targets
                .iter()
                .map(|(distance, fraction)| TargetLeg { distance: winning(distance), fraction: *fraction })
                .collect(),
            trailing: rules.trailing.as_ref().map(|(distance, after, high_low)| Trailing {
                distance: losing(distance),
                activate_after: after.as_ref().map(winning),
                basis: if *high_low { TrailBasis::HighLow } else { TrailBasis::Close },
            }),
            break_even: rules.break_even.as_ref().map(|(after, offset)| BreakEven {
                after: winning(after),
                offset: offset.as_ref().map(winning),
            }),
            max_minutes: rules.max_minutes,
            max_bars: rules.max_bars,
        }
    }

    fn lay_out(&self, setup: &Setup, side: Side, distance: &AnyDistance, direction: f64) -> Distance {
        let tick_price = self.market.tick as f64 / setup.tape.price_scale.per_unit() as f64;
        let direction = if side == Side::Long { direction } else { -direction };
        match distance {
            AnyDistance::Points(ticks) => Distance::Points(ticks * tick_price),
            AnyDistance::Ticks(ticks) => Distance::Ticks(*ticks),
            AnyDistance::Percent(percent) => Distance::Percent(*percent),
            AnyDistance::Money(money) => Distance::Money(*money),
            AnyDistance::R(multiple) => Distance::R(*multiple),
            AnyDistance::Atr(multiple, values) => {
                let value = |index: usize| values[index % values.len()].map_or(f64::NAN, |ticks| ticks * tick_price);
                let value = (0..setup.decisions.len()).map(value).collect::<Vec<f64>>().into();
                Distance::Atr { multiple: *multiple, value }
            }
            AnyDistance::Price(away) => Distance::Price(self.prices(setup, direction, away)),
        }
    }
}

/// True after some bars when the open profit is above a threshold and the entry was not at a round thousand.
struct BarsAndProfit {
    bars: u32,
    profit: f64,
}

impl PositionCondition for BarsAndProfit {
    fn holds(&self, decision: usize, position: &PositionView) -> bool {
        position.bars_in_trade >= self.bars
            && position.open_profit > self.profit
            && position.entry_price > 0.0
            && decision.is_multiple_of(2) == (position.side == Side::Long)
    }
}
