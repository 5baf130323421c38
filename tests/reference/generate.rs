//! Random plans: bars with gaps, missing minutes, days and rolls; every order kind, exit, limit, size and cost.
//!
//! Everything shrinks towards fewer bars, nothing switched on.

use engine::plan::{Costs, Sizing, Slippage, TradeLimits};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// One minute relative to the one before, in ticks.
#[derive(Debug, Clone)]
pub struct Step {
    pub gap: i64,
    pub body: i64,
    pub up: i64,
    pub down: i64,
    /// Minutes left out before it; 2000 means the next day.
    pub skip: i64,
    /// Counts added to the offset, seldom.
    pub roll: i64,
    pub spread: i64,
    /// Counts off the tick grid, seldom.
    pub off_grid: i64,
}

fn step() -> impl Strategy<Value = Step> {
    let gap = prop_oneof![4 => Just(0), 3 => -2_i64..=2, 1 => -9_i64..=9];
    let skip = prop_oneof![12 => Just(0_i64), 2 => 1_i64..4, 1 => Just(15), 1 => Just(2000), 1 => Just(1428)];
    let roll = prop_oneof![25 => Just(0_i64), 1 => -30_i64..=30];
    let off_grid = prop_oneof![12 => Just(0_i64), 1 => 0_i64..=3];
    (gap, -4_i64..=4, 0_i64..=3, 0_i64..=3, skip, roll, 0_i64..=5, off_grid).prop_map(
        |(gap, body, up, down, skip, roll, spread, off_grid)| Step {
            gap,
            body,
            up,
            down,
            skip,
            roll,
            spread,
            off_grid,
        },
    )
}

/// A rule of one side before its arrays are laid out.
#[derive(Debug, Clone)]
pub struct EntryRule {
    /// Bits of `when`, repeated over the strategy bars.
    pub when: Vec<bool>,
    /// 0 market, 1 stop, 2 limit.
    pub kind: u8,
    /// Ticks beyond the close (stop) or short of it (limit), per strategy bar, repeated; `None` is undefined.
    pub away: Vec<Option<f64>>,
    pub expires_bars: u32,
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

/// The exits of one side before their arrays are laid out.
#[derive(Debug, Clone)]
pub struct ExitRules {
    /// Mask bits, repeated; or a rule that looks at the position: bars, profit.
    pub signal: Option<Result<Vec<bool>, (u32, f64)>>,
    pub stop: Option<AnyDistance>,
    pub targets: Vec<(AnyDistance, f64)>,
    pub trailing: Option<(AnyDistance, Option<AnyDistance>, bool)>,
    pub break_even: Option<(AnyDistance, Option<AnyDistance>)>,
    pub max_minutes: Option<u32>,
    pub max_bars: Option<u32>,
}

fn exit_rules() -> impl Strategy<Value = ExitRules> {
    let signal =
        prop_oneof![vec(prop::bool::weighted(0.2), 1..12).prop_map(Ok), (1_u32..5, -50.0_f64..50.0).prop_map(Err)];
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
    pub steps: Vec<Step>,
    pub market: Market,
    pub entries: (Option<EntryRule>, Option<EntryRule>),
    pub exits: (ExitRules, ExitRules),
    pub limits: TradeLimits,
    pub allowed: Option<Vec<bool>>,
    /// Minute of the day, per day, repeated.
    pub flatten: Vec<Option<i64>>,
    pub sizing: Sizing,
    pub max_quantity: Option<f64>,
    pub limit_through_ticks: i64,
    pub conversion: Option<Vec<f64>>,
    pub capital: f64,
    pub minutes: i64,
    /// Days left out of the window at both ends.
    pub outside: (usize, usize),
}

/// What is traded and what it costs.
#[derive(Debug, Clone)]
pub struct Market {
    pub tick: i64,
    pub places: u8,
    pub point_value: f64,
    pub quantity_step: f64,
    pub leverage: Option<f64>,
    pub costs: Costs,
    pub on_grid: bool,
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
        .prop_map(
            |(max_trades_per_day, cooldown_bars, max_daily_loss, max_daily_profit, max_consecutive_losses)| {
                TradeLimits {
                    max_trades_per_day,
                    cooldown_bars,
                    max_daily_loss,
                    max_daily_profit,
                    max_consecutive_losses,
                }
            },
        )
}

fn sizing() -> impl Strategy<Value = Sizing> {
    prop_oneof![
        3 => select(vec![1.0, 2.0, 3.0, 7.0, 0.35]).prop_map(Sizing::Fixed),
        1 => (1.0_f64..2000.0).prop_map(Sizing::RiskMoney),
        1 => (0.1_f64..5.0).prop_map(Sizing::RiskPercent),
        1 => (1.0_f64..150.0).prop_map(Sizing::EquityPercent),
    ]
}

/// Draws a plan.
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
