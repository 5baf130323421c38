//! What a run keeps besides its statistics: nothing in a sweep, everything in a full run.

use crate::outcome::Trade;
use crate::plan::{Money, Plan};

/// Receives what happens, in order.
pub(crate) trait Recorder {
    /// A trade was closed.
    fn trade(&mut self, trade: &Trade);
    /// A minute was marked.
    fn mark(&mut self, equity: Money);
    /// Minutes were marked, in order.
    fn marks(&mut self, equities: impl Iterator<Item = Money>);
}

/// Keeps nothing.
#[derive(Debug)]
pub(crate) struct SummaryRecorder;

impl Recorder for SummaryRecorder {
    fn trade(&mut self, _trade: &Trade) {}
    fn mark(&mut self, _equity: Money) {}
    fn marks(&mut self, _equities: impl Iterator<Item = Money>) {}
}

/// Keeps trades and the equity of every minute.
#[derive(Debug)]
pub(crate) struct FullRecorder {
    /// Closed trades in order of exit.
    pub(crate) trades: Vec<Trade>,
    /// Equity at every simulated minute's close.
    pub(crate) equity: Vec<Money>,
}

impl FullRecorder {
    /// Room for the window's minutes.
    pub(crate) fn new(plan: &Plan<'_>) -> Self {
        Self { trades: Vec::new(), equity: Vec::with_capacity(super::minute::window(plan).len().min(plan.tape.len())) }
    }
}

impl Recorder for FullRecorder {
    fn trade(&mut self, trade: &Trade) {
        self.trades.push(trade.clone());
    }

    fn mark(&mut self, equity: Money) {
        self.equity.push(equity);
    }

    fn marks(&mut self, equities: impl Iterator<Item = Money>) {
        self.equity.extend(equities);
    }
}
