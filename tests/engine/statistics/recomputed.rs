//! Every statistic again, slowly, from what a full run lists: two passes, floats, no running sums.

use crate::random_plans;
use crate::setup::Setup;
use engine::plan::Side;
use engine::{FullResult, run_full};
use proptest::prelude::*;

type Figures = Vec<(&'static str, Option<f64>)>;

fn sum(values: &[f64]) -> f64 {
    values.iter().sum()
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| sum(values) / values.len() as f64)
}

fn nets(result: &FullResult) -> Vec<f64> {
    result.trades.iter().map(|trade| trade.net.to_f64()).collect()
}

/// Trades: profit, rates, averages.
fn of_trades(setup: &Setup, result: &FullResult) -> Figures {
    let nets = nets(result);
    let wins: Vec<f64> = nets.iter().copied().filter(|net| *net > 0.0).collect();
    let losses: Vec<f64> = nets.iter().copied().filter(|net| *net < 0.0).collect();
    let trades = nets.len() as f64;
    let streak =
        |applies: fn(f64) -> bool| nets.split(|net| !applies(*net)).map(<[f64]>::len).max().unwrap_or(0) as f64;
    vec![
        ("tradeCount", Some(trades)),
        ("totalPnl", Some(sum(&nets))),
        ("totalReturn", Some(sum(&nets) / setup.capital)),
        ("finalEquity", result.equity.last().map(|mark| mark.to_f64())),
        ("winRate", (trades > 0.0).then(|| wins.len() as f64 / trades)),
        ("profitFactor", (!losses.is_empty()).then(|| sum(&wins) / -sum(&losses))),
        ("expectancy", mean(&nets)),
        ("payoffRatio", mean(&wins).zip(mean(&losses)).map(|(win, loss)| win / -loss)),
        ("averageTrade", mean(&nets)),
        ("averageWin", mean(&wins)),
        ("averageLoss", mean(&losses)),
        ("largestWin", wins.iter().copied().reduce(f64::max)),
        ("largestLoss", losses.iter().copied().reduce(f64::min)),
        ("grossProfit", Some(sum(&wins))),
        ("grossLoss", Some(sum(&losses))),
        ("maxConsecutiveWins", Some(streak(|net| net > 0.0))),
        ("maxConsecutiveLosses", Some(streak(|net| net < 0.0))),
    ]
}

/// Trades: costs, excursions, sides.
fn of_trade_details(result: &FullResult) -> Figures {
    let each = |of: fn(&engine::Trade) -> f64| result.trades.iter().map(of).collect::<Vec<_>>();
    let long = result.trades.iter().filter(|trade| trade.side == Side::Long).count();
    vec![
        ("totalCommission", Some(sum(&each(|trade| trade.commission.to_f64())))),
        ("totalSlippage", Some(sum(&each(|trade| trade.slippage.to_f64())))),
        ("averageBarsHeld", mean(&each(|trade| f64::from(trade.bars_held)))),
        ("averageMae", mean(&each(|trade| trade.mae.to_f64()))),
        ("averageMfe", mean(&each(|trade| trade.mfe.to_f64()))),
        ("longTrades", Some(long as f64)),
        ("shortTrades", Some((result.trades.len() - long) as f64)),
    ]
}

/// Daily returns.
fn of_days(setup: &Setup, result: &FullResult) -> Figures {
    let marks: Vec<f64> =
        std::iter::once(setup.capital).chain(result.daily.iter().map(|(_, mark)| mark.to_f64())).collect();
    let returns: Vec<f64> =
        marks.windows(2).map(|pair| if pair[0] > 0.0 { pair[1] / pair[0] - 1.0 } else { 0.0 }).collect();
    let days = returns.len() as f64;
    let average = mean(&returns).unwrap();
    let moment = |power: i32| returns.iter().map(|r| (r - average).powi(power)).sum::<f64>() / days;
    let deviation = (moment(2) * days / (days - 1.0)).sqrt();
    let annual = setup.terms.days_per_year.sqrt();
    let varied = returns.iter().any(|r| *r != returns[0]);
    let downside = (returns.iter().map(|r| r.min(0.0).powi(2)).sum::<f64>() / days).sqrt();
    let defined = |condition: bool, value: f64| condition.then_some(value);
    vec![
        ("sharpeRatio", defined(days >= 2.0 && varied, average / deviation * annual)),
        ("sortinoRatio", defined(days >= 2.0 && downside > 0.0, average / downside * annual)),
        ("annualVolatility", defined(days >= 2.0, if varied { deviation * annual } else { 0.0 })),
        ("skew", defined(days >= 3.0 && varied, moment(3) / moment(2).powf(1.5))),
        ("kurtosis", defined(days >= 4.0 && varied, moment(4) / moment(2).powi(2))),
        ("bestDay", returns.iter().copied().reduce(f64::max)),
        ("worstDay", returns.iter().copied().reduce(f64::min)),
        ("profitableDays", Some(returns.iter().filter(|r| **r > 0.0).count() as f64 / days)),
        ("tradingDays", Some(days)),
    ]
}

/// Falls from a peak.
fn of_drawdowns(setup: &Setup, result: &FullResult) -> Figures {
    let nets = nets(result);
    let curve: Vec<f64> =
        std::iter::once(setup.capital).chain(result.equity.iter().map(|mark| mark.to_f64())).collect();
    let closed: Vec<f64> = (0..=nets.len()).map(|count| setup.capital + sum(&nets[..count])).collect();
    let fall = |curve: &[f64], relative: bool| {
        (0..curve.len())
            .map(|at| {
                let peak = curve[..=at].iter().copied().fold(f64::MIN, f64::max);
                (peak - curve[at]) / if relative { peak } else { 1.0 }
            })
            .fold(0.0, f64::max)
    };
    let deep = fall(&curve, false);
    vec![
        ("maxDrawdown", Some(deep)),
        ("maxDrawdownPercent", Some(fall(&curve, true))),
        ("closedTradeDrawdown", Some(fall(&closed, false))),
        ("recoveryFactor", (deep > 0.0).then(|| sum(&nets) / deep)),
    ]
}

#[test]
fn against_a_slow_recomputation() {
    random_plans::check(1_000, |setup| {
        let result = run_full(&setup.plan()).unwrap();
        let figures = [
            of_trades(&setup, &result),
            of_trade_details(&result),
            of_days(&setup, &result),
            of_drawdowns(&setup, &result),
        ];
        for (key, expected) in figures.concat() {
            let got = result.metrics.get(key);
            let equal = match (got, expected) {
                (Some(got), Some(expected)) => (got - expected).abs() <= 1e-7 * expected.abs().max(1.0),
                (got, expected) => got == expected,
            };
            prop_assert!(equal, "{}: {:?}, recomputed {:?}", key, got, expected);
        }
        prop_assert!(result.metrics.values.iter().all(|(_, value)| value.is_none_or(f64::is_finite)));
        Ok(())
    });
}
