//! The strategies run on every side: what is decided, with which costs, as a plan for the loop and as a request for a peer.
//!
//! Signals are made here once, from seeded noise or from two moving averages in exact integers, so that no indicator's
//! definition is compared by accident.

use crate::rules::{Crossing, Expiry, MarketFill, Rules, SlippedFills};
use crate::series::{PER_UNIT, PLACES, Series};
use crate::setup::{Setup, mask_at, tape_of};
use engine::plan::{Distance, Exits, Side, Sizing, Slippage, TargetLeg, TrailBasis, Trailing};
use serde_json::{Map, Value, json};

/// A published backtester.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    BacktestingPy,
    Backtrader,
    Vectorbt,
    Nautilus,
}

impl Peer {
    /// The script in `peers/` that runs it.
    pub const fn script(self) -> &'static str {
        match self {
            Self::BacktestingPy => "backtesting_py.py",
            Self::Backtrader => "backtrader.py",
            Self::Vectorbt => "vectorbt.py",
            Self::Nautilus => "nautilus.py",
        }
    }

    /// The package it comes in.
    pub const fn package(self) -> &'static str {
        match self {
            Self::BacktestingPy => "backtesting",
            Self::Backtrader => "backtrader",
            Self::Vectorbt => "vectorbt",
            Self::Nautilus => "nautilus_trader",
        }
    }
}

/// A strategy and the peer's way to write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// Two averages cross: in or round at the next open; commission per contract (vectorbt: per order).
    Cross,
    /// The same, decided and filled at the same close (vectorbt's default, nautilus_trader's only way).
    CrossSameClose,
    /// The same where the peer fills it, in shares: commission per share.
    Shares,
    /// Noise in both directions with a stop and a target about as wide as a minute; basis points.
    Bracket,
    /// The same with slippage on stops and targets too (vectorbt's `stopmarket`).
    BracketSlipped,
    /// A limit below the close that expires, a stop, a target, an exit after some bars.
    Limit,
    /// The same where the expiry covers the whole bracket (backtrader's `valid=`).
    LimitTrap,
    /// A trailing stop.
    Trailing,
    /// Stop and target and an exit after some bars (vectorbt: at bars given in advance).
    Time,
}

impl Scenario {
    /// What a peer can express.
    pub fn of(peer: Peer) -> &'static [Self] {
        match peer {
            Peer::BacktestingPy => &[Self::Cross, Self::Shares, Self::Bracket, Self::Limit, Self::Trailing, Self::Time],
            Peer::Backtrader => {
                &[Self::Cross, Self::Shares, Self::Bracket, Self::Limit, Self::LimitTrap, Self::Trailing, Self::Time]
            }
            Peer::Vectorbt => &[
                Self::Cross,
                Self::CrossSameClose,
                Self::Shares,
                Self::Bracket,
                Self::BracketSlipped,
                Self::Trailing,
                Self::Time,
            ],
            Peer::Nautilus => {
                &[Self::CrossSameClose, Self::Shares, Self::Bracket, Self::Limit, Self::Trailing, Self::Time]
            }
        }
    }

    /// The peer's switches in this scenario.
    pub fn rules(self, peer: Peer) -> Rules {
        let rules = match peer {
            Peer::BacktestingPy => Rules::backtesting_py(),
            Peer::Backtrader => Rules::backtrader(),
            Peer::Vectorbt => Rules::vectorbt(),
            Peer::Nautilus => Rules::nautilus(),
        };
        match self {
            Self::CrossSameClose => Rules { market_fill: MarketFill::SameClose, ..rules },
            Self::BracketSlipped => Rules { slipped: SlippedFills::All, ..rules },
            Self::LimitTrap => Rules { expiry: Expiry::WholeBracket, ..rules },
            Self::Cross | Self::Shares | Self::Bracket | Self::Limit | Self::Trailing | Self::Time => rules,
        }
    }

    fn charge(self) -> Charge {
        match self {
            Self::Cross | Self::CrossSameClose | Self::Limit | Self::LimitTrap => Charge::Contract,
            Self::Shares => Charge::Share,
            Self::Bracket | Self::BracketSlipped | Self::Trailing | Self::Time => Charge::Value,
        }
    }
}

/// What commission is charged on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Charge {
    /// So much per contract.
    Contract,
    /// So much per share, at least the minimum of an order.
    Share,
    /// Basis points of the value.
    Value,
}

impl Charge {
    /// Units of an entry: enough that what is charged shows in cents.
    const fn quantity(self) -> u32 {
        match self {
            Self::Contract => 2,
            Self::Share => 300,
            Self::Value => 10_000,
        }
    }
}

/// A run of one side: the plan and the same thing as a request.
pub struct Case {
    pub setup: Setup,
    pub request: Value,
}

/// Bars an exit waits in `Time` and `Limit`.
const MAX_BARS: u32 = 7;
/// Bars a limit entry rests.
const EXPIRES_BARS: u32 = 3;
/// Basis points of slippage and of commission where a scenario charges them; no price makes such a commission end on half a cent,
/// where the last bit of an `f64` would decide.
const SLIPPAGE_BPS: f64 = 0.1;
const COMMISSION_BPS: f64 = 0.371_29;
/// Commission per contract (vectorbt: per order), per share, and least of an order of shares.
const COMMISSION: f64 = 2.25;
const COMMISSION_PER_SHARE: f64 = 0.005;
const COMMISSION_MINIMUM: f64 = 1.0;
/// Enough that nothing here is ever liquidated.
const CAPITAL: f64 = 1e11;

/// The next value of a SplitMix64 sequence at `index`: noise that is the same everywhere.
fn noise(seed: u64, index: usize) -> u64 {
    let mut z = seed.wrapping_add((index as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Bars at which noise says so: one in `every`, never the first three nor the last; `phase` keeps two sides apart.
///
/// Nothing is decided on the last bar, where peers go their own ways: backtesting.py runs that bar twice, orders placed on it included.
pub fn noisy(len: usize, every: u64, phase: u64) -> Vec<usize> {
    (3..len - 1).filter(|index| noise(7, *index) % every == phase).collect()
}

/// Sums of the last `length` closes times `scale`, `None` before there are enough and on the last bar.
pub fn sums(closes: &[i64], length: usize, scale: i64) -> Vec<Option<i64>> {
    (0..closes.len())
        .map(|at| {
            (at + 1 >= length && at + 1 < closes.len())
                .then(|| closes[at + 1 - length..=at].iter().sum::<i64>() * scale)
        })
        .collect()
}

/// Bars at which `fast` crosses above `slow` by `rule`.
pub fn crossings(fast: &[Option<i64>], slow: &[Option<i64>], rule: Crossing) -> Vec<usize> {
    let (mut found, mut last_difference, mut below_before) = (Vec::new(), None::<i64>, false);
    for at in 0..fast.len() {
        let (Some(a), Some(b)) = (fast[at], slow[at]) else {
            (last_difference, below_before) = (None, false);
            continue;
        };
        let before = at.checked_sub(1).and_then(|before| Some(fast[before]? - slow[before]?));
        let crosses = a > b
            && match rule {
                Crossing::AtOrBelowBefore => before.is_some_and(|difference| difference <= 0),
                Crossing::StrictOnBoth => before.is_some_and(|difference| difference < 0),
                Crossing::LastDifference => last_difference.is_some_and(|difference| difference < 0),
                Crossing::OnceBelow => before.is_some_and(|difference| difference <= 0) && below_before,
            };
        if crosses {
            found.push(at);
        }
        below_before |= a < b;
        if a != b {
            last_difference = Some(a - b);
        }
    }
    found
}

/// One part in this many of the highest price is the narrowest range: several times the slippage, for backtesting.py refuses levels inside its spread.
const LEAST_RANGE_SHARE: i64 = 25_000;

/// The median high minus low in ticks, at least one and [`LEAST_RANGE_SHARE`].
pub fn usual_range_ticks(series: &Series) -> i64 {
    let highest = series.bars.iter().map(|bar| bar.high).max().unwrap_or(0);
    let mut ranges: Vec<i64> = series.bars.iter().map(|bar| (bar.high - bar.low) / series.tick).collect();
    ranges.sort_unstable();
    ranges[ranges.len() / 2].max(highest / LEAST_RANGE_SHARE / series.tick + 1)
}

fn units(count: i64) -> f64 {
    count as f64 / PER_UNIT as f64
}

/// Builds `scenario` on `series` for `peer`.
pub fn case(scenario: Scenario, series: &Series, peer: Peer) -> Case {
    let mut setup = Setup::new(tape_of(&series.bars, PLACES), 1);
    setup.capital = CAPITAL;
    setup.sizing = Sizing::Fixed(f64::from(scenario.charge().quantity()));
    let mut request = Map::new();
    request.insert("series".into(), json!(series.name));
    request.insert("tick".into(), json!(units(series.tick)));
    request.insert("quantity".into(), json!(scenario.charge().quantity()));
    request.insert("stop_exit_price".into(), json!("stoplimit"));
    request.insert("same_close".into(), json!(scenario == Scenario::CrossSameClose));
    costs(scenario, series, peer, &mut setup, &mut request);
    match scenario {
        Scenario::Cross | Scenario::CrossSameClose | Scenario::Shares => {
            cross(scenario.rules(peer), &mut setup, &mut request)
        }
        Scenario::Bracket | Scenario::BracketSlipped => {
            both_sides(&mut setup, &mut request, 5);
            stop_and_target(series, peer, &mut setup, &mut request);
            if scenario == Scenario::BracketSlipped {
                request.insert("stop_exit_price".into(), json!("stopmarket"));
            }
        }
        Scenario::Limit | Scenario::LimitTrap => limit(scenario, series, &mut setup, &mut request),
        Scenario::Trailing => trailing(series, peer, &mut setup, &mut request),
        Scenario::Time => {
            both_sides(&mut setup, &mut request, 6);
            stop_and_target(series, peer, &mut setup, &mut request);
            timed(peer, &mut setup, &mut request);
        }
    }
    Case { setup, request: Value::Object(request) }
}

/// What the scenario charges; slippage in ticks with nautilus_trader and where backtrader pays no basis points, else a share.
fn costs(scenario: Scenario, series: &Series, peer: Peer, setup: &mut Setup, request: &mut Map<String, Value>) {
    let charge = scenario.charge();
    let ticks = match peer {
        Peer::BacktestingPy | Peer::Vectorbt => false,
        Peer::Backtrader => charge != Charge::Value,
        Peer::Nautilus => true,
    };
    let (per_unit, per_order, bps) = match (charge, peer) {
        (Charge::Contract, Peer::Vectorbt) => (0.0, COMMISSION, 0.0),
        (Charge::Contract, Peer::BacktestingPy | Peer::Backtrader | Peer::Nautilus) => (COMMISSION, 0.0, 0.0),
        (Charge::Share, Peer::Vectorbt) => (COMMISSION_PER_SHARE, 0.0, 0.0),
        (Charge::Share, Peer::BacktestingPy | Peer::Backtrader | Peer::Nautilus) => {
            (COMMISSION_PER_SHARE, COMMISSION_MINIMUM, 0.0)
        }
        (Charge::Value, _) => (0.0, 0.0, COMMISSION_BPS),
    };
    setup.costs.commission_per_unit = per_unit;
    setup.costs.commission_minimum = per_order;
    setup.costs.commission_bps = bps;
    setup.costs.slippage = if ticks { Slippage::Ticks(series.tick) } else { Slippage::Bps(SLIPPAGE_BPS) };
    for (key, value) in [
        ("commission_per_unit", per_unit),
        ("commission_minimum", per_order),
        ("commission_bps", bps),
        ("slippage_points", if ticks { units(series.tick) } else { 0.0 }),
        ("slippage_bps", if ticks { 0.0 } else { SLIPPAGE_BPS }),
    ] {
        request.insert(key.into(), json!(value));
    }
}

fn cross(rules: Rules, setup: &mut Setup, request: &mut Map<String, Value>) {
    let (fast, slow) = (sums(&setup.tape.close, 5, 20), sums(&setup.tape.close, 20, 5));
    setup.market(Side::Long, &crossings(&fast, &slow, rules.crossing));
    setup.market(Side::Short, &crossings(&slow, &fast, rules.crossing));
    request.insert("fast".into(), json!(fast));
    request.insert("slow".into(), json!(slow));
}

fn both_sides(setup: &mut Setup, request: &mut Map<String, Value>, every: u64) {
    let len = setup.decisions.len();
    for (side, key, phase) in [(Side::Long, "long", 0), (Side::Short, "short", 1)] {
        let at = noisy(len, every, phase);
        setup.market(side, &at);
        request.insert(key.into(), json!(flags(len, &at)));
    }
}

fn flags(len: usize, at: &[usize]) -> Vec<bool> {
    let mut flags = vec![false; len];
    at.iter().for_each(|index| flags[*index] = true);
    flags
}

/// A stop and a target about as wide as a minute. vectorbt multiplies fractions, so its levels lie between two ticks, where the
/// last bit of a product decides nothing; the others get the exact prices of levels on the grid.
fn stop_and_target(series: &Series, peer: Peer, setup: &mut Setup, request: &mut Map<String, Value>) {
    let between = if peer == Peer::Vectorbt { series.tick / 2 } else { 0 };
    let usual = usual_range_ticks(series);
    let (stop, target) = ((usual + 1) / 2 * series.tick + between, (usual * 3 + 3) / 4 * series.tick + between);
    for side in [Side::Long, Side::Short] {
        protect(setup.exits_mut(side), stop, target);
    }
    let close = setup.tape.close.clone();
    levels(request, &close, stop, target);
    request.insert("stop".into(), json!(units(stop)));
    request.insert("target".into(), json!(units(target)));
}

fn protect(exits: &mut Exits, stop: i64, target: i64) {
    exits.stop_loss = Some(Distance::Points(units(stop)));
    exits.take_profit = vec![TargetLeg { distance: Distance::Points(units(target)), fraction: 1.0 }];
}

/// Absolute levels for peers that take prices, from the reference price of every bar.
fn levels(request: &mut Map<String, Value>, reference: &[i64], stop: i64, target: i64) {
    let shifted = |by: i64| -> Vec<f64> { reference.iter().map(|price| units(price + by)).collect() };
    for (key, by) in [("stop_long", -stop), ("stop_short", stop), ("target_long", target), ("target_short", -target)] {
        request.insert(key.into(), json!(shifted(by)));
    }
}

fn limit(scenario: Scenario, series: &Series, setup: &mut Setup, request: &mut Map<String, Value>) {
    let len = setup.decisions.len();
    let usual = usual_range_ticks(series);
    let below = (usual + 1) / 2 * series.tick;
    let (stop, target) = (usual * series.tick, usual * 2 * series.tick);
    let at = noisy(len, 3, 0);
    let prices: Vec<i64> = setup.tape.close.iter().map(|close| close - below).collect();
    let orders: Vec<(usize, f64)> = at.iter().map(|index| (*index, units(prices[*index]))).collect();
    setup.resting(Side::Long, true, &orders, EXPIRES_BARS);
    protect(&mut setup.exits.long, stop, target);
    setup.exits.long.max_bars = Some(MAX_BARS);
    levels(request, &prices, stop, target);
    request.insert("long".into(), json!(flags(len, &at)));
    request.insert("short".into(), json!(flags(len, &[])));
    request.insert("limit".into(), json!(prices.iter().map(|price| units(*price)).collect::<Vec<f64>>()));
    request.insert("expires_bars".into(), json!(EXPIRES_BARS));
    request.insert("max_bars".into(), json!(MAX_BARS));
    request.insert("bracket_expires".into(), json!(scenario == Scenario::LimitTrap));
}

fn trailing(series: &Series, peer: Peer, setup: &mut Setup, request: &mut Map<String, Value>) {
    both_sides(setup, request, 9);
    let behind = usual_range_ticks(series) * series.tick + series.tick / 2;
    let share = behind as f64 / series.bars[0].open as f64;
    let (distance, basis) = match peer {
        Peer::Vectorbt => (Distance::Percent(share * 100.0), TrailBasis::HighLow),
        Peer::Backtrader | Peer::BacktestingPy | Peer::Nautilus => (Distance::Points(units(behind)), TrailBasis::Close),
    };
    for side in [Side::Long, Side::Short] {
        setup.exits_mut(side).trailing = Some(Trailing { distance: distance.clone(), activate_after: None, basis });
    }
    let key = if peer == Peer::Vectorbt { "trail_share" } else { "trail" };
    request.insert(key.into(), json!(if peer == Peer::Vectorbt { share } else { units(behind) }));
}

/// An exit after some bars; vectorbt's signals are arrays, so there it is at every eleventh bar without an entry.
fn timed(peer: Peer, setup: &mut Setup, request: &mut Map<String, Value>) {
    let len = setup.decisions.len();
    match peer {
        Peer::BacktestingPy | Peer::Backtrader | Peer::Nautilus => {
            for side in [Side::Long, Side::Short] {
                setup.exits_mut(side).max_bars = Some(MAX_BARS);
            }
            request.insert("max_bars".into(), json!(MAX_BARS));
        }
        Peer::Vectorbt => {
            let at: Vec<usize> = noisy(len, 6, 2);
            for side in [Side::Long, Side::Short] {
                let mask = mask_at(len, at.iter().copied());
                setup.exits_mut(side).signal = Some(engine::plan::ExitSignal::Mask(mask));
            }
            request.insert("exit".into(), json!(flags(len, &at)));
        }
    }
}
