//! Statistics, breakdowns, flags and the downsampled curve against figures worked out by hand.

use super::{close_to, daily};
use crate::setup::mask;
use domain::tables::EquityCurve;
use engine::breakdown::by_hour;
use engine::plan::{Entry, ExitSignal, Money, OrderKind};
use engine::{FullResult, catalogue, run_full};

/// Long one unit from 100 with a capital of 1,000: marks 1,000, 1,010, 990, 1,005.
#[test]
fn by_hand() {
    let mut setup = daily(&[10_000, 10_000, 11_000, 9_000, 10_500]);
    setup.capital = 1_000.0;
    setup.entry.long = Some(Entry { when: mask(5, &[0]), order: OrderKind::Market });
    let result = run_full(&setup.plan()).unwrap();
    let get = |key: &str| result.metrics.get(key);
    // Returns: 0, 0, 0.01, −20/1010, 15/990.
    let returns = [0.0, 0.0, 10.0 / 1_000.0, -20.0 / 1_010.0, 15.0 / 990.0];
    let mean = returns.iter().sum::<f64>() / 5.0;
    let variance = returns.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / 4.0;
    close_to(get("sharpeRatio"), mean / variance.sqrt() * 252.0_f64.sqrt(), "sharpeRatio");
    close_to(
        get("sortinoRatio"),
        mean / ((20.0_f64 / 1_010.0).powi(2) / 5.0).sqrt() * 252.0_f64.sqrt(),
        "sortinoRatio",
    );
    for (key, expected) in [
        ("tradeCount", 1.0),
        ("totalPnl", 5.0),
        ("totalReturn", 0.005),
        ("finalEquity", 1_005.0),
        ("winRate", 1.0),
        ("expectancy", 5.0),
        ("averageTrade", 5.0),
        ("averageWin", 5.0),
        ("largestWin", 5.0),
        ("grossProfit", 5.0),
        ("grossLoss", 0.0),
        ("maxDrawdown", 20.0),
        ("maxDrawdownPercent", 20.0 / 1_010.0),
        ("closedTradeDrawdown", 0.0),
        ("recoveryFactor", 0.25),
        ("timeInMarket", 0.6),
        ("peakLeverage", 110.0 / 1_010.0),
        ("averageMae", -10.0),
        ("averageMfe", 10.0),
        ("tradingDays", 5.0),
        ("profitableDays", 0.4),
        ("bestDay", 15.0 / 990.0),
        ("worstDay", -20.0 / 1_010.0),
        ("longTrades", 1.0),
        ("shortTrades", 0.0),
        ("ulcerIndex", ((20.0_f64 / 1_010.0).powi(2) / 5.0 + (5.0_f64 / 1_010.0).powi(2) / 5.0).sqrt()),
    ] {
        close_to(get(key), expected, key);
    }
    for key in ["profitFactor", "payoffRatio", "averageLoss", "largestLoss", "cagr", "calmarRatio", "valueAtRisk95"] {
        assert_eq!(get(key), None, "{key}");
    }
}

/// Drawdown in money and in percent are maximised on their own: 100 of 1,000 and then 110 of 2,000.
#[test]
fn drawdowns_are_maximised_separately() {
    let mut setup = daily(&[10_000, 10_000, 9_000, 20_000, 18_900, 18_900]);
    setup.capital = 1_000.0;
    setup.sizing = engine::plan::Sizing::Fixed(10.0);
    setup.entry.long = Some(Entry { when: mask(6, &[0]), order: OrderKind::Market });
    let metrics = run_full(&setup.plan()).unwrap().metrics;
    close_to(metrics.get("maxDrawdown"), 110.0, "maxDrawdown");
    close_to(metrics.get("maxDrawdownPercent"), 0.1, "maxDrawdownPercent");
}

#[test]
fn without_trades() {
    let setup = daily(&[10_000; 100]);
    let result = run_full(&setup.plan()).unwrap();
    for (key, value) in &result.metrics.values {
        let row = catalogue().iter().find(|row| row.key == *key).unwrap();
        assert!(value.is_some() || !row.undefined.is_empty(), "{key} is undefined without a rule");
    }
    for key in ["sharpeRatio", "sortinoRatio", "winRate", "profitFactor", "calmarRatio", "averageTrade", "peakLeverage"]
    {
        assert_eq!(result.metrics.get(key), None, "{key}");
    }
    assert_eq!(result.metrics.get("cagr"), Some(0.0));
    assert_eq!(result.metrics.get("valueAtRisk95"), Some(0.0));
}

/// 10 % in 365 calendar days.
#[test]
fn growth_rate() {
    let mut closes = vec![10_000; 365];
    closes[364] = 11_000;
    let mut setup = daily(&closes);
    setup.capital = 100.0;
    setup.entry.long = Some(Entry { when: mask(365, &[0]), order: OrderKind::Market });
    let metrics = run_full(&setup.plan()).unwrap().metrics;
    let growth = 1.1_f64.powf(365.25 / 365.0) - 1.0;
    close_to(metrics.get("cagr"), growth, "cagr");
    assert_eq!(metrics.get("calmarRatio"), None);
}

/// After liquidation the remaining days count as zero return.
#[test]
fn liquidated_days_count_as_zero() {
    let mut setup = daily(&[10_000, 10_000, 8_000, 9_500, 9_500]);
    setup.capital = 100.0;
    setup.sizing = engine::plan::Sizing::Fixed(10.0);
    setup.entry.long = Some(Entry { when: mask(5, &[0, 3]), order: OrderKind::Market });
    let result = run_full(&setup.plan()).unwrap();
    assert_eq!(result.trades.len(), 1);
    assert_eq!(
        result.daily.iter().map(|(_, equity)| equity.0 / 1_000_000).collect::<Vec<_>>(),
        [100, 100, -100, 50, 50]
    );
    assert_eq!(result.metrics.get("worstDay"), Some(-2.0));
    assert_eq!(result.metrics.get("bestDay"), Some(0.0));
}

#[test]
fn value_at_risk_is_the_interpolated_quantile() {
    // 21 daily returns of a position of 1 unit on a capital so large that returns are the moves ÷ capital.
    let mut closes = vec![10_000, 10_000];
    let moves = [0, -9, 1, -7, 2, -5, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    for change in moves {
        closes.push(closes.last().unwrap() + change * 100);
    }
    let mut setup = daily(&closes);
    setup.entry.long = Some(Entry { when: mask(closes.len(), &[0]), order: OrderKind::Market });
    let result = run_full(&setup.plan()).unwrap();
    assert_eq!(result.daily.len(), 21);
    // Place 20 × 0.05 = 1: the second smallest return, that of the move −7 on equity 100,000 − 9 + 1.
    close_to(result.metrics.get("valueAtRisk95"), 7.0 / 99_992.0, "valueAtRisk95");
}

#[test]
fn months_and_weekdays() {
    // Day 0 is Monday 1970-01-05; 30 days reach into February.
    let mut closes: Vec<i64> = vec![10_000; 30];
    closes[27..].fill(10_100);
    let mut setup = daily(&closes);
    setup.entry.long = Some(Entry { when: mask(30, &[0]), order: OrderKind::Market });
    setup.exits.long.signal = Some(ExitSignal::Mask(mask(30, &[28])));
    let result = run_full(&setup.plan()).unwrap();
    let months: Vec<(i32, u8, i64)> =
        result.months.iter().map(|month| (month.year, month.month, month.profit.0)).collect();
    assert_eq!(months, [(1970, 1, 0), (1970, 2, 1_000_000)]);
    let sunday = result.weekdays.iter().find(|weekday| weekday.weekday == 6).unwrap();
    assert_eq!((sunday.days, sunday.profit), (4, Money(1_000_000)));
    let hours = by_hour(&result.trades, |instant| (instant / 3_600_000_000 % 24) as u8).unwrap();
    assert_eq!(hours.iter().map(|hour| (hour.hour, hour.trades, hour.net.0)).collect::<Vec<_>>(), [(0, 1, 1_000_000)]);
}

#[test]
fn flags() {
    let setup = daily(&[10_000; 5]);
    let keys = |result: &FullResult| result.flags.iter().map(|flag| flag.key).collect::<Vec<_>>();
    assert_eq!(keys(&run_full(&setup.plan()).unwrap()), ["small_sample"]);
    let mut one_winner = daily(&[10_000, 10_000, 10_100, 10_100]);
    one_winner.entry.long = Some(Entry { when: mask(4, &[0]), order: OrderKind::Market });
    one_winner.costs.commission_per_unit = 0.3;
    let result = run_full(&one_winner.plan()).unwrap();
    assert_eq!(keys(&result), ["small_sample", "outlier_dependent", "cost_sensitive", "underperformed_benchmark"]);
    assert!(result.flags.iter().all(|flag| flag.reason.len() > 20));
}

#[test]
fn a_downsampled_curve_keeps_its_extremes() {
    let ts: Vec<i64> = (0..10_000).collect();
    let mut equity: Vec<f64> = ts.iter().map(|at| (1_000 + at % 7) as f64).collect();
    (equity[3_333], equity[7_777]) = (-5.0, 9_999.0);
    let curve = EquityCurve { ts, equity };
    let places = curve.drawable(0..10_000, 100);
    assert!(places.len() <= 202, "{}", places.len());
    for at in [0, 3_333, 7_777, 9_999] {
        assert!(places.contains(&at), "minute {at}");
    }
    assert!(places.windows(2).all(|pair| pair[0] < pair[1]));
    assert_eq!(curve.drawable(0..150, 100).len(), 150);
}
