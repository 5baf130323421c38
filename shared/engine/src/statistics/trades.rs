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
    gross_profit: Sum,
    gross_loss: Sum,
    largest_win: i64,
    largest_loss: i64,
    commission: Sum,
    slippage: Sum,
    bars: u64,
    mae: Sum,
    mfe: Sum,
    closed: ClosedEquity,
}

/// A sum that may need more than a word; while it does not, adding costs what a word's addition costs.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    word: i64,
    /// What was in `word` whenever it was full.
    more: i128,
}

impl Sum {
    #[inline]
    fn add(&mut self, amount: i64) {
        match self.word.checked_add(amount) {
            Some(sum) => self.word = sum,
            None => {
                self.more += i128::from(self.word);
                self.word = amount;
            }
        }
    }

    const fn total(self) -> i128 {
        self.more + self.word as i128
    }
}

/// Capital plus closed profit, its peak and its largest fall below it, millionths. The account's cash fits a word, and this
/// differs from it by no more than a position's commission.
#[derive(Debug, Clone, Copy)]
struct ClosedEquity {
    now: i64,
    peak: i64,
    fall: u64,
}

impl ClosedEquity {
    #[inline]
    fn add(&mut self, net: i64) {
        self.now += net;
        self.peak = self.peak.max(self.now);
        self.fall = self.fall.max(self.peak.abs_diff(self.now));
    }
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
            gross_profit: Sum::default(),
            gross_loss: Sum::default(),
            largest_win: 0,
            largest_loss: 0,
            commission: Sum::default(),
            slippage: Sum::default(),
            bars: 0,
            mae: Sum::default(),
            mfe: Sum::default(),
            closed: ClosedEquity { now: capital.0, peak: capital.0, fall: 0 },
        }
    }

    /// Adds a closed trade.
    // Inlined in any case: a sweep then writes no trade that nobody reads.
    #[inline(always)]
    pub(super) fn add(&mut self, trade: &Trade) {
        let net = trade.net.0;
        self.trades += 1;
        self.long_trades += u64::from(trade.side == Side::Long);
        self.wins.add(net > 0);
        self.losses.add(net < 0);
        self.gross_profit.add(net.max(0));
        self.gross_loss.add(net.min(0));
        self.largest_win = self.largest_win.max(net);
        self.largest_loss = self.largest_loss.min(net);
        self.commission.add(trade.commission.0);
        self.slippage.add(trade.slippage.0);
        self.bars += u64::from(trade.bars_held);
        self.mae.add(trade.mae.0);
        self.mfe.add(trade.mfe.0);
        self.closed.add(net);
    }

    /// Largest fall of capital plus closed profit below its peak, currency units.
    pub(super) fn closed_drawdown(&self) -> f64 {
        units(i128::from(self.closed.fall))
    }

    const fn net(&self) -> i128 {
        self.gross_profit.total() + self.gross_loss.total()
    }

    /// Values of [`ROWS`].
    pub(super) fn values(&self) -> [Option<f64>; 24] {
        let trades = self.trades as f64;
        let (wins, losses) = (self.wins.total as f64, self.losses.total as f64);
        let net = units(self.net());
        let capital = self.capital.to_f64();
        let average_win = ratio(units(self.gross_profit.total()), wins);
        let average_loss = ratio(units(self.gross_loss.total()), losses);
        let expectancy = ratio(wins, trades).zip(ratio(losses, trades)).map(|(win_rate, loss_rate)| {
            win_rate * average_win.unwrap_or(0.0) + loss_rate * average_loss.unwrap_or(0.0)
        });
        [
            Some(trades),
            Some(net),
            ratio(net, capital),
            Some(units(i128::from(self.capital.0) + self.net())),
            ratio(wins, trades),
            ratio(units(self.gross_profit.total()), -units(self.gross_loss.total())),
            expectancy,
            average_win.zip(average_loss).and_then(|(win, loss)| ratio(win, -loss)),
            ratio(net, trades),
            average_win,
            average_loss,
            (wins > 0.0).then(|| Money(self.largest_win).to_f64()),
            (losses > 0.0).then(|| Money(self.largest_loss).to_f64()),
            Some(units(self.gross_profit.total())),
            Some(units(self.gross_loss.total())),
            Some(self.wins.longest as f64),
            Some(self.losses.longest as f64),
            Some(units(self.commission.total())),
            Some(units(self.slippage.total())),
            ratio(self.bars as f64, trades),
            ratio(units(self.mae.total()), trades),
            ratio(units(self.mfe.total()), trades),
            Some(self.long_trades as f64),
            Some((self.trades - self.long_trades) as f64),
        ]
    }
}
