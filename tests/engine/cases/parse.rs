//! Reads the small language of the cases. A word it does not know panics: a case must not pass by being ignored.

use crate::market_builder::RawBar;
use crate::setup::{Setup, mask};
use engine::plan::*;
use engine::{ExitReason, RunCounts, Trade};
use std::sync::Arc;

fn number(word: &str) -> f64 {
    word.parse().unwrap_or_else(|_| panic!("not a number: {word}"))
}

fn counts(word: &str) -> i64 {
    (number(word) * 100.0).round() as i64
}

fn bars(text: &str) -> Vec<RawBar> {
    let (mut day, mut minute, mut offset, mut spread) = (0, 0, 0, 0);
    let mut bars = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[0] {
            "day" => (day, minute) = (day + 1, 0),
            "offset" => offset = counts(words[1]),
            "spread" => spread = counts(words[1]),
            word if word.starts_with('@') => minute = number(&word[1..]) as i64,
            _ => {
                let price = |index: usize| counts(words[index]);
                let (open, high, low, close) = (price(0), price(1), price(2), price(3));
                assert!(high >= open.max(close) && low <= open.min(close), "impossible bar: {line}");
                bars.push(RawBar { day, minute, open, high, low, close, offset, spread });
                minute += 1;
            }
        }
    }
    bars
}

/// The plan of a case. One directive per line.
pub fn setup(bars_text: &str, plan: &str) -> Setup {
    let lines: Vec<Vec<&str>> = plan
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|words| !words.is_empty())
        .collect();
    let find = |key: &str, default: i64| {
        lines.iter().find(|words| words[0] == key).map_or(default, |words| number(words[1]) as i64)
    };
    let mut setup = Setup::new(&bars(bars_text), find("close", 1_440), find("tf", 1));
    for words in &lines {
        directive(&mut setup, words[0], &words[1..]);
    }
    setup
}

fn directive(setup: &mut Setup, key: &str, words: &[&str]) {
    let value = || number(words[0]);
    match key {
        "tf" | "close" => {}
        "tick" => setup.terms.tick = counts(words[0]),
        "point_value" => setup.terms.point_value = value(),
        "step" => setup.terms.quantity_step = value(),
        "leverage" => setup.terms.leverage = Some(value()),
        "capital" => setup.capital = value(),
        "slip" => setup.costs.slippage = Slippage::Ticks(value() as i64),
        "slip_bps" => setup.costs.slippage = Slippage::Bps(value()),
        "half_spread" => setup.costs.slippage = Slippage::HalfSpread,
        "commission" => setup.costs.commission_per_unit = value(),
        "commission_bps" => setup.costs.commission_bps = value(),
        "commission_minimum" => setup.costs.commission_minimum = value(),
        "flatten" => setup.flatten_minute = Some(value() as i64),
        "units" => setup.sizing = Sizing::Fixed(value()),
        "risk_money" => setup.sizing = Sizing::RiskMoney(value()),
        "risk_percent" => setup.sizing = Sizing::RiskPercent(value()),
        "equity_percent" => setup.sizing = Sizing::EquityPercent(value()),
        "max_quantity" => setup.max_quantity = Some(value()),
        "through" => setup.limit_through_ticks = value() as i64,
        "conversion" => setup.conversion = Some(vec![value(); setup.tape.len()].into()),
        "conversions" => setup.conversion = Some(words.iter().map(|word| number(word)).collect()),
        "allowed" => setup.allowed = Some(mask(setup.bars.len(), &indexes(words))),
        "max_trades_per_day" => setup.limits.max_trades_per_day = Some(value() as u32),
        "cooldown" => setup.limits.cooldown_bars = Some(value() as u32),
        "max_daily_loss" => setup.limits.max_daily_loss = Some(value()),
        "max_daily_profit" => setup.limits.max_daily_profit = Some(value()),
        "max_consecutive_losses" => setup.limits.max_consecutive_losses = Some(value() as u32),
        "long" | "short" => entry(setup, side(key), words),
        _ => exit_directive(setup, key, words),
    }
}

fn side(word: &str) -> Side {
    match word {
        "long" => Side::Long,
        "short" => Side::Short,
        _ => panic!("not a side: {word}"),
    }
}

fn indexes(words: &[&str]) -> Vec<usize> {
    words.iter().map(|word| number(word) as usize).collect()
}

/// `long 0 3` at the market; `long stop 2 0:105 3:106` rests two bars at those levels.
fn entry(setup: &mut Setup, side: Side, words: &[&str]) {
    let length = setup.bars.len();
    let entry = if words[0] == "stop" || words[0] == "limit" {
        let expires_bars = number(words[1]) as u32;
        let mut prices = vec![f64::NAN; length];
        let mut bits = Vec::new();
        for word in &words[2..] {
            let (index, price) = word.split_once(':').unwrap();
            bits.push(number(index) as usize);
            prices[number(index) as usize] = number(price);
        }
        let price: Arc<[f64]> = prices.into();
        let order = if words[0] == "stop" {
            OrderKind::Stop { price, expires_bars }
        } else {
            OrderKind::Limit { price, expires_bars }
        };
        Entry { when: mask(length, &bits), order }
    } else {
        Entry { when: mask(length, &indexes(words)), order: OrderKind::Market }
    };
    *setup.entry.get_mut(side) = Some(entry);
}

/// Exit directives apply to both sides, or to one after `long.` / `short.`.
fn exit_directive(setup: &mut Setup, key: &str, words: &[&str]) {
    let length = setup.bars.len();
    let sides: Vec<Side> = match key.split_once('.') {
        Some((word, _)) => vec![side(word)],
        None => vec![Side::Long, Side::Short],
    };
    let key = key.split_once('.').map_or(key, |(_, rest)| rest);
    for side in sides {
        let exits = setup.exits.get_mut(side);
        match key {
            "exit" => exits.signal = Some(ExitSignal::Mask(mask(length, &indexes(words)))),
            "exit_profit_above" => exits.signal = Some(ExitSignal::Position(Arc::new(ProfitAbove(number(words[0]))))),
            "exit_after_bars" => {
                exits.signal = Some(ExitSignal::Position(Arc::new(BarsReach(number(words[0]) as u32))))
            }
            "stop" => exits.stop_loss = Some(distance(words, length)),
            "target" => {
                let fraction = words.get(2).map_or(1.0, |word| number(word));
                exits.take_profit.push(TargetLeg { distance: distance(words, length), fraction });
            }
            "trail" => {
                let after = words.iter().position(|word| *word == "after").map(|at| distance(&words[at + 1..], length));
                let basis = if words.contains(&"on_close") { TrailBasis::Close } else { TrailBasis::HighLow };
                exits.trailing = Some(Trailing { distance: distance(words, length), activate_after: after, basis });
            }
            "break_even" => {
                let offset =
                    words.iter().position(|word| *word == "offset").map(|at| distance(&words[at + 1..], length));
                exits.break_even = Some(BreakEven { after: distance(words, length), offset });
            }
            "max_minutes" => exits.max_minutes = Some(number(words[0]) as u32),
            "max_bars" => exits.max_bars = Some(number(words[0]) as u32),
            _ => panic!("unknown directive: {key}"),
        }
    }
}

fn distance(words: &[&str], length: usize) -> Distance {
    let value = || number(words[1]);
    match words[0] {
        "points" => Distance::Points(value()),
        "ticks" => Distance::Ticks(value()),
        "percent" => Distance::Percent(value()),
        "money" => Distance::Money(value()),
        "r" => Distance::R(value()),
        "price" => Distance::Price(vec![value(); length].into()),
        // `atr multiple*value`: the same value at every bar.
        "atr" => {
            let (multiple, value) = words[1].split_once('*').unwrap();
            Distance::Atr { multiple: number(multiple), value: vec![number(value); length].into() }
        }
        word => panic!("not a distance: {word}"),
    }
}

struct ProfitAbove(f64);

impl PositionCondition for ProfitAbove {
    fn holds(&self, _decision: usize, position: &PositionView) -> bool {
        position.open_profit > self.0
    }
}

struct BarsReach(u32);

impl PositionCondition for BarsReach {
    fn holds(&self, _decision: usize, position: &PositionView) -> bool {
        position.bars_in_trade >= self.0
    }
}

fn reason_name(reason: ExitReason) -> &'static str {
    match reason {
        ExitReason::Signal => "signal",
        ExitReason::Stop => "stop",
        ExitReason::Target => "target",
        ExitReason::TrailingStop => "trailing_stop",
        ExitReason::BreakEven => "break_even",
        ExitReason::Time => "time",
        ExitReason::SessionClose => "session_close",
        ExitReason::Reversal => "reversal",
        ExitReason::Liquidation => "liquidation",
        ExitReason::EndOfData => "end_of_data",
        ExitReason::DailyLimit => "daily_limit",
    }
}

/// The trade in the language of the cases.
pub fn shown(trade: &Trade, setup: &Setup) -> String {
    let (head, values) = described(trade, setup);
    let values: Vec<String> = values.iter().map(|(key, value)| format!("{key}={value}")).collect();
    format!("{head} {}", values.join(" "))
}

fn described(trade: &Trade, setup: &Setup) -> (String, Vec<(&'static str, f64)>) {
    let price = |count: i64| setup.tape.price_scale.to_f64(count);
    let side = if trade.side == Side::Long { "long" } else { "short" };
    let head = format!(
        "{side} {} @{} {} @{} {} {}{}",
        trade.quantity.0,
        trade.entry_minute,
        price(trade.entry_price),
        trade.exit_minute,
        price(trade.exit_price),
        reason_name(trade.reason),
        if trade.ambiguous { " ?" } else { "" },
    );
    let values = vec![
        ("gross", trade.gross.to_f64()),
        ("net", trade.net.to_f64()),
        ("commission", trade.commission.to_f64()),
        ("slippage", trade.slippage.to_f64()),
        ("mae", trade.mae.to_f64()),
        ("mfe", trade.mfe.to_f64()),
        ("bars", f64::from(trade.bars_held)),
        ("rolls", f64::from(trade.rolls)),
    ];
    (head, values)
}

/// Equal words, or equal numbers however they are written.
fn same(got: &str, want: &str) -> bool {
    got == want || got.parse::<f64>().ok().zip(want.parse::<f64>().ok()).is_some_and(|(got, want)| got == want)
}

/// What is wrong with a trade: the head must agree word for word, of the values those that are named.
pub fn trade_difference(line: &str, trade: &Trade, setup: &Setup) -> Option<String> {
    let (head, values) = described(trade, setup);
    let (expected_values, expected_head): (Vec<&str>, Vec<&str>) =
        line.split_whitespace().partition(|word| word.contains('='));
    let head: Vec<&str> = head.split_whitespace().collect();
    let mut wrong =
        head.len() != expected_head.len() || !head.iter().zip(&expected_head).all(|(got, want)| same(got, want));
    for word in expected_values {
        let (key, expected) = word.split_once('=').unwrap();
        let (_, value) = values.iter().find(|(name, _)| *name == key).unwrap_or_else(|| panic!("unknown key: {key}"));
        wrong |= *value != number(expected);
    }
    wrong.then(|| format!("expected {line}"))
}

/// What is wrong with a counter: `count key value`.
pub fn count_difference(line: &str, counts: &RunCounts) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let value = match words[1] {
        "ambiguous" => counts.ambiguous_fills,
        "conflicts" => counts.conflicting_entries,
        "too_small" => counts.skipped_too_small,
        "refused" => counts.refused_entries,
        "reduced" => counts.reduced_quantity,
        "gaps" => counts.data_gaps,
        word => panic!("unknown counter: {word}"),
    };
    (value != number(words[2]) as u32).then(|| format!("expected {line}, got {value}"))
}
