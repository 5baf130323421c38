//! A full run in the units users see: trades, the equity curve, and the summary beside them.

use domain::tables::{EquityCurve, PriceChart, PriceLine, TradeRow};
use engine::breakdown::Excursions;
use engine::plan::Side;
use engine::regime::RegimeResult;
use engine::{Benchmark, Trade};
use market::Weekday;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};
use strategy::{Chart, FullRun};

/// The trades, in order of exit.
pub(crate) fn trades(run: &FullRun) -> Vec<TradeRow> {
    run.result.trades.iter().zip(1..).map(|(trade, number)| row(run, trade, number)).collect()
}

fn row(run: &FullRun, trade: &Trade, number: u32) -> TradeRow {
    TradeRow {
        number,
        side: match trade.side {
            Side::Long => "long".to_owned(),
            Side::Short => "short".to_owned(),
        },
        quantity: trade.quantity.0 as f64 * run.price.quantity_step.to_f64().unwrap_or(1.0),
        entry_time: trade.entry_ts,
        exit_time: trade.exit_ts,
        entry_price: run.price.price_scale.to_f64(trade.entry_price),
        exit_price: run.price.price_scale.to_f64(trade.exit_price),
        gross: trade.gross.to_f64(),
        net: trade.net.to_f64(),
        commission: trade.commission.to_f64(),
        slippage: trade.slippage.to_f64(),
        bars_held: trade.bars_held,
        rolls: trade.rolls,
        mae: trade.mae.to_f64(),
        mfe: trade.mfe.to_f64(),
        exit_reason: trade.reason,
        ambiguous: trade.ambiguous,
    }
}

/// Equity at every simulated minute's close.
pub(crate) fn equity(run: &FullRun, minute_ts: Vec<i64>) -> EquityCurve {
    EquityCurve { ts: minute_ts, equity: run.result.equity.iter().map(|mark| mark.to_f64()).collect() }
}

/// The bars and lines a run is shown on.
pub(crate) fn chart(chart: Chart) -> PriceChart {
    let line = |line: strategy::ChartLine| PriceLine {
        label: line.label,
        group: line.group,
        on_price: line.on_price,
        values: line.values,
    };
    PriceChart {
        ts: chart.ts,
        open: chart.open,
        high: chart.high,
        low: chart.low,
        close: chart.close,
        lines: chart.lines.into_iter().map(line).collect(),
    }
}

/// What is shown beside the metrics: flags, the benchmark, counted events, exit reasons, breakdowns.
pub(crate) fn summary(run: &FullRun) -> Value {
    let months = run.result.months.iter().map(|month| {
        json!({
            "month": format!("{:04}-{:02}", month.year, month.month), "profit": month.profit.to_f64(),
            "return": month.return_fraction,
        })
    });
    let weekdays = run.result.weekdays.iter().map(|weekday| {
        let name = Weekday::ALL.get(usize::from(weekday.weekday)).map_or("", |day| day.label());
        json!({ "weekday": name, "days": weekday.days, "profit": weekday.profit.to_f64() })
    });
    let hours =
        run.hours.iter().map(|hour| json!({ "hour": hour.hour, "trades": hour.trades, "net": hour.net.to_f64() }));
    json!({
        "flags": run.result.flags, "benchmark": run.result.benchmark.as_ref().map(benchmark),
        "counts": run.result.counts, "exitReasons": run.result.exit_reasons,
        "excursions": { "winners": excursions(&run.result.winners), "losers": excursions(&run.result.losers) },
        "regimes": run.result.regimes.as_ref().map(|regimes| json!({
            "rising": regime(&regimes.rising), "falling": regime(&regimes.falling),
        })),
        "months": months.collect::<Vec<_>>(), "weekdays": weekdays.collect::<Vec<_>>(),
        "hours": hours.collect::<Vec<_>>(), "notes": run.notes, "currency": run.price.currency,
    })
}

fn benchmark(held: &Benchmark) -> Value {
    json!({
        "what": "the whole capital bought at the first open and held to the last close, costs charged",
        "totalReturn": held.total_return, "cagr": held.cagr, "sharpeRatio": held.sharpe_ratio,
        "maxDrawdownPercent": held.max_drawdown_percent, "beta": held.beta, "alpha": held.alpha,
    })
}

fn excursions(of: &Excursions) -> Value {
    json!({ "trades": of.trades, "averageMae": of.average_mae, "averageMfe": of.average_mfe })
}

fn regime(of: &RegimeResult) -> Value {
    json!({ "days": of.days, "profit": of.profit.to_f64() })
}
