//! What charts draw, cut to what a screen can show: the equity curve, and candles with lines and trades.

use domain::tables::{EquityCurve, PriceChart, TradeRow};
use market::zone::{MINUTE_US, SECOND_US, Zone};
use serde_json::{Value, json};
use std::ops::Range;

/// Stretches of an equity curve on a chart; each keeps its lowest and its highest mark.
const EQUITY_STRETCHES: usize = 900;

/// Candles on a chart at most.
const CANDLES_MAX: usize = 1_200;

/// Trades marked on a chart at most: more hide the candles.
const TRADES_MARKED_MAX: usize = 400;

/// Lengths of candles, minutes: those people know.
const CANDLE_MINUTES: [i64; 12] = [1, 2, 3, 5, 10, 15, 30, 60, 240, 1_440, 10_080, 40_320];

/// A part of a window, microseconds UTC, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl Span {
    fn of(self, ts: &[i64]) -> Range<usize> {
        ts.partition_point(|at| *at < self.from)..ts.partition_point(|at| *at <= self.to)
    }
}

/// `[seconds, equity, drawdown]` of the marks kept: drawdown is the share lost since the highest mark before, as a number up to 0.
pub(crate) fn equity(curve: &EquityCurve, capital: f64, span: Span) -> Vec<Value> {
    let mut highest = capital;
    let drawdowns: Vec<f64> = curve
        .equity
        .iter()
        .map(|mark| {
            highest = highest.max(*mark);
            if highest > 0.0 { mark / highest - 1.0 } else { 0.0 }
        })
        .collect();
    let point = |place: usize| {
        let (at, mark) = (curve.ts.get(place)?, curve.equity.get(place)?);
        Some(json!([at / SECOND_US, mark, drawdowns.get(place)?]))
    };
    curve.drawable(span.of(&curve.ts), EQUITY_STRETCHES).into_iter().filter_map(point).collect()
}

/// Candles of a part of the window with the lines at their ends, and the trades in it.
pub(crate) fn price(chart: &PriceChart, trades: &[TradeRow], zone: &Zone, span: Span) -> Value {
    let bars = span.of(&chart.ts);
    let candles = candles(chart, bars.clone(), zone);
    let rows: Vec<Value> = candles.parts.iter().filter_map(|part| candle(chart, part)).collect();
    let lines: Vec<Value> = chart
        .lines
        .iter()
        .map(|line| {
            let at_end = |part: &Range<usize>| line.values.get(part.end - 1).copied().filter(|value| value.is_finite());
            let values: Vec<Option<f64>> = candles.parts.iter().map(at_end).collect();
            json!({ "label": line.label, "group": line.group, "on_price": line.on_price, "values": values })
        })
        .collect();
    let inside: Vec<&TradeRow> =
        trades.iter().filter(|trade| trade.exit_time >= span.from && trade.entry_time <= span.to).collect();
    let marked =
        if inside.len() > TRADES_MARKED_MAX { Vec::new() } else { inside.iter().map(|trade| mark(trade)).collect() };
    json!({
        "candles": rows, "minutes": candles.minutes, "bars": bars.len(), "lines": lines,
        "trades": marked, "trades_inside": inside.len(),
    })
}

/// Bars put together.
struct Candles {
    /// Length of a candle; 0 where bars are shown as they are.
    minutes: i64,
    parts: Vec<Range<usize>>,
}

fn candles(chart: &PriceChart, bars: Range<usize>, zone: &Zone) -> Candles {
    if bars.len() <= CANDLES_MAX {
        return Candles { minutes: 0, parts: bars.map(|bar| bar..bar + 1).collect() };
    }
    let mut coarsest = Candles { minutes: 0, parts: Vec::new() };
    // A candle holds at most a bar a minute.
    let enough = |minutes: &i64| bars.len() as i64 / minutes <= CANDLES_MAX as i64;
    for minutes in CANDLE_MINUTES.into_iter().filter(enough) {
        coarsest = Candles { minutes, parts: parts(chart, bars.clone(), zone, minutes * MINUTE_US) };
        if coarsest.parts.len() <= CANDLES_MAX {
            break;
        }
    }
    coarsest
}

/// Bars whose start lies in one stretch of the market's clock.
fn parts(chart: &PriceChart, bars: Range<usize>, zone: &Zone, length: i64) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut current = i64::MIN;
    for bar in bars {
        let Some(at) = chart.ts.get(bar) else { break };
        let stretch = (at + zone.offset_us(*at)).div_euclid(length);
        match parts.last_mut().filter(|_| stretch == current) {
            Some(part) => part.end = bar + 1,
            None => parts.push(bar..bar + 1),
        }
        current = stretch;
    }
    parts
}

fn candle(chart: &PriceChart, part: &Range<usize>) -> Option<Value> {
    let high = chart.high.get(part.clone())?.iter().copied().fold(f64::MIN, f64::max);
    let low = chart.low.get(part.clone())?.iter().copied().fold(f64::MAX, f64::min);
    let (at, open, close) = (chart.ts.get(part.start)?, chart.open.get(part.start)?, chart.close.get(part.end - 1)?);
    Some(json!([at / SECOND_US, open, high, low, close]))
}

fn mark(trade: &TradeRow) -> Value {
    json!([
        trade.number,
        trade.side,
        trade.entry_time / SECOND_US,
        trade.entry_price,
        trade.exit_time / SECOND_US,
        trade.exit_price,
        trade.net
    ])
}
