//! Statistics of closed trades: counts, wins and losses, costs, excursions.

use super::catalogue::{Better, MetricInfo, Unit, ranked, shown};
use super::{ratio, units};
use crate::outcome::Trade;
use crate::plan::{Money, Side};

/// The family's rows.
pub(super) const ROWS: [MetricInfo; 24] = [
    shown(
        "tradeCount",
        Unit::Count,
        Better::None,
        ["closed trades; a partial exit is a trade", "number of trades", ""],
    ),
    ranked("totalPnl", Unit::Money, Better::Higher, ["net profit, signed", "final equity − capital = Σ net", ""]),
    ranked("totalReturn", Unit::Fraction, Better::Higher, ["net profit on capital, signed", "totalPnl ÷ capital", ""]),
    shown("finalEquity", Unit::Money, Better::Higher, ["equity at the last mark", "capital + Σ net", ""]),
    ranked(
        "winRate",
        Unit::Fraction,
        Better::Higher,
        ["share of trades with net profit above zero", "winning trades ÷ trades", "no trades"],
    ),
    ranked(
        "profitFactor",
        Unit::Ratio,
        Better::Higher,
        ["won per unit lost, positive", "grossProfit ÷ −grossLoss", "no losing trade"],
    ),
    ranked(
        "expectancy",
        Unit::Money,
        Better::Higher,
        [
            "expected net profit of a trade, signed",
            "winRate × averageWin + share of losing trades × averageLoss",
            "no trades",
        ],
    ),
    ranked(
        "payoffRatio",
        Unit::Ratio,
        Better::Higher,
        ["average win per average loss, positive", "averageWin ÷ −averageLoss", "no winning or no losing trade"],
    ),
    ranked(
        "averageTrade",
        Unit::Money,
        Better::Higher,
        ["mean net profit of a trade, signed", "totalPnl ÷ trades", "no trades"],
    ),
    ranked(
        "averageWin",
        Unit::Money,
        Better::Higher,
        ["mean net profit of winning trades, positive", "grossProfit ÷ winning trades", "no winning trade"],
    ),
    ranked(
        "averageLoss",
        Unit::Money,
        Better::Higher,
        ["mean net profit of losing trades, negative", "grossLoss ÷ losing trades", "no losing trade"],
    ),
    shown(
        "largestWin",
        Unit::Money,
        Better::None,
        ["largest net profit, positive", "max net over winning trades", "no winning trade"],
    ),
    ranked(
        "largestLoss",
        Unit::Money,
        Better::Higher,
        ["largest net loss, negative", "min net over losing trades", "no losing trade"],
    ),
    ranked(
        "grossProfit",
        Unit::Money,
        Better::Higher,
        ["net profit of winning trades, positive", "Σ net over net > 0", ""],
    ),
    ranked("grossLoss", Unit::Money, Better::Higher, ["net loss of losing trades, negative", "Σ net over net < 0", ""]),
    shown(
        "maxConsecutiveWins",
        Unit::Count,
        Better::Higher,
        ["longest row of winning trades", "in order of exit; net of zero ends a row", ""],
    ),
    ranked(
        "maxConsecutiveLosses",
        Unit::Count,
        Better::Lower,
        ["longest row of losing trades", "in order of exit; net of zero ends a row", ""],
    ),
    shown("totalCommission", Unit::Money, Better::Lower, ["commission paid, positive", "Σ commission", ""]),
    shown("totalSlippage", Unit::Money, Better::Lower, ["cost of slippage, positive", "Σ slippage", ""]),
    shown(
        "averageBarsHeld",
        Unit::Bars,
        Better::None,
        ["mean strategy bars in a trade", "Σ bars held ÷ trades", "no trades"],
    ),
    ranked(
        "averageMae",
        Unit::Money,
        Better::Higher,
        ["mean maximum adverse excursion, zero or negative", "Σ MAE ÷ trades", "no trades"],
    ),
    shown(
        "averageMfe",
        Unit::Money,
        Better::Higher,
        ["mean maximum favourable excursion, zero or positive", "Σ MFE ÷ trades", "no trades"],
    ),
    shown("longTrades", Unit::Count, Better::None, ["long trades", "number of long trades", ""]),
    shown("shortTrades", Unit::Count, Better::None, ["short trades", "number of short trades", ""]),
];

/// Running sums over closed trades. Sums are integers: no order of addition can change them.
#[derive(Debug, Clone)]
pub(super) struct TradeTally {
    capital: Money,
    trades: u64,
    long_trades: u64,
    wins: Streaks,
    losses: Streaks,
    gross_profit: i128,
    gross_loss: i128,
    largest_win: i64,
    largest_loss: i64,
    commission: i128,
    slippage: i128,
    bars: u64,
    mae: i128,
    mfe: i128,
    peak: i128,
    drawdown: i128,
}

/// Trades of one outcome: how many, how many in a row now, how many in a row at most.
#[derive(Debug, Clone, Copy, Default)]
struct Streaks {
    total: u64,
    current: u64,
    longest: u64,
}

impl Streaks {
    /// Without a branch: whether a trade wins is what no processor can foresee.
    #[inline]
    fn add(&mut self, applies: bool) {
        let one = u64::from(applies);
        self.total += one;
        self.current = (self.current + 1) * one;
        self.longest = self.longest.max(self.current);
    }
}

impl TradeTally {
    /// Before the first trade.
    pub(super) fn new(capital: Money) -> Self {
        Self {
            capital,
            trades: 0,
            long_trades: 0,
            wins: Streaks::default(),
            losses: Streaks::default(),
            gross_profit: 0,
            gross_loss: 0,
            largest_win: 0,
            largest_loss: 0,
            commission: 0,
            slippage: 0,
            bars: 0,
            mae: 0,
            mfe: 0,
            peak: i128::from(capital.0),
            drawdown: 0,
        }
    }

    /// Adds a closed trade.
    #[inline]
    pub(super) fn add(&mut self, trade: &Trade) {
        let net = i128::from(trade.net.0);
        self.trades += 1;
        self.long_trades += u64::from(trade.side == Side::Long);
        self.wins.add(net > 0);
        self.losses.add(net < 0);
        self.gross_profit += net.max(0);
        self.gross_loss += net.min(0);
        self.largest_win = self.largest_win.max(trade.net.0);
        self.largest_loss = self.largest_loss.min(trade.net.0);
        self.commission += i128::from(trade.commission.0);
        self.slippage += i128::from(trade.slippage.0);
        self.bars += u64::from(trade.bars_held);
        self.mae += i128::from(trade.mae.0);
        self.mfe += i128::from(trade.mfe.0);
        let equity = i128::from(self.capital.0) + self.net();
        self.peak = self.peak.max(equity);
        self.drawdown = self.drawdown.max(self.peak - equity);
    }

    /// Largest fall of capital plus closed profit below its peak, currency units.
    pub(super) fn closed_drawdown(&self) -> f64 {
        units(self.drawdown)
    }

    const fn net(&self) -> i128 {
        self.gross_profit + self.gross_loss
    }

    /// Values of [`ROWS`].
    pub(super) fn values(&self) -> [Option<f64>; 24] {
        let trades = self.trades as f64;
        let (wins, losses) = (self.wins.total as f64, self.losses.total as f64);
        let net = units(self.net());
        let capital = self.capital.to_f64();
        let average_win = ratio(units(self.gross_profit), wins);
        let average_loss = ratio(units(self.gross_loss), losses);
        let expectancy = ratio(wins, trades).zip(ratio(losses, trades)).map(|(win_rate, loss_rate)| {
            win_rate * average_win.unwrap_or(0.0) + loss_rate * average_loss.unwrap_or(0.0)
        });
        [
            Some(trades),
            Some(net),
            ratio(net, capital),
            Some(units(i128::from(self.capital.0) + self.net())),
            ratio(wins, trades),
            ratio(units(self.gross_profit), -units(self.gross_loss)),
            expectancy,
            average_win.zip(average_loss).and_then(|(win, loss)| ratio(win, -loss)),
            ratio(net, trades),
            average_win,
            average_loss,
            (wins > 0.0).then(|| Money(self.largest_win).to_f64()),
            (losses > 0.0).then(|| Money(self.largest_loss).to_f64()),
            Some(units(self.gross_profit)),
            Some(units(self.gross_loss)),
            Some(self.wins.longest as f64),
            Some(self.losses.longest as f64),
            Some(units(self.commission)),
            Some(units(self.slippage)),
            ratio(self.bars as f64, trades),
            ratio(units(self.mae), trades),
            ratio(units(self.mfe), trades),
            Some(self.long_trades as f64),
            Some((self.trades - self.long_trades) as f64),
        ]
    }
}
