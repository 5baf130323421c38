//! The switches: one per rule on which backtesters differ, and the settings of Barlake and of each peer.
//!
//! No simulation here; the loop's phases read these.

/// Where a market order decided at a bar's close fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarketFill {
    /// At the next minute's open.
    NextOpen,
    /// At the close of the deciding bar itself.
    SameClose,
}

/// From when stop-loss and target of an entry filled at a minute's open are live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtectionLive {
    /// In the minute of the fill.
    FillMinute,
    /// From the minute after.
    NextMinute,
}

/// What protects a limit or stop entry in the minute it fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestingEntryProtection {
    /// At the open: as any fill at the open. Inside the minute: the stop-loss, not the target.
    StopInsideBothAtOpen,
    /// Both, from the price that filled it on.
    AtOnce,
    /// Nothing until the next minute.
    NextMinute,
}

/// What a minute is between its open and its close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithinMinute {
    /// A range whose order is not known: what hurts comes first.
    AdverseFirst,
    /// The path open, high, low, close: four prices, at each of which orders match at their level. A trailing stop follows the
    /// price before. A fill leaves the market on its side at its level until the next price, as a market order then finds it.
    Path,
}

/// Fill of an order whose level the open has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GapFill {
    /// At the open, for better or worse.
    AtOpen,
    /// At the order's level.
    AtLevel,
}

/// The open has passed the target and the range then touches the stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassedTarget {
    /// The target fills at the open.
    OpenFirst,
    /// The stop is looked at first, over the whole range.
    StopFirst,
}

/// A market order is due at the open of a minute whose range touches the stop or target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueOrder {
    /// The market order acts at the open.
    OpenFirst,
    /// The stop or target acts, and every market order due in that minute is lost.
    StopWins,
}

/// What exit distances are measured from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeasuredFrom {
    /// The entry fill, slippage included.
    Fill,
    /// The order's own level, or the close of the deciding bar for a market order.
    Order,
}

/// What happens to a position when the data ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndOfDataExit {
    /// Closed at the last close.
    LastClose,
    /// Closed at the last bar's open.
    LastOpen,
    /// Left open: no trade.
    StaysOpen,
}

/// Which fills pay slippage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlippedFills {
    /// Market and stop fills.
    MarketAndStop,
    /// Every entry, limits too; no exit.
    Entries,
    /// Market and stop fills and limits filled at the open, each kept inside the bar's range (a limit inside its level).
    WithinRange,
    /// Market fills only.
    Market,
    /// Every fill.
    All,
}

/// How many orders a reversal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReversalOrders {
    /// An exit and an entry, each with its commission.
    Two,
    /// One order for both quantities, its commission shared by quantity.
    One,
}

/// What "a crosses above b" means where the two touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crossing {
    /// Strictly above now, at or below on the bar before.
    AtOrBelowBefore,
    /// Strictly above now, strictly below on the bar before.
    StrictOnBoth,
    /// Strictly above now, strictly below when the two last differed.
    LastDifference,
    /// Strictly above now, at or below on the bar before, and strictly below at some time since the values were defined.
    OnceBelow,
}

/// What the expiry of an entry order covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// The entry order.
    EntryOnly,
    /// The entry order, once it has met the first price after its last bar.
    AfterNextPrice,
    /// The entry order and the stop and target of a position it opened.
    WholeBracket,
}

/// The smallest amount of a commission, to which every fill's is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommissionUnit {
    /// A millionth.
    Millionth,
    /// A hundredth.
    Cent,
}

/// Whether the minute of an entry at the open moves the trailing stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrailEntryMinute {
    /// It does, once complete.
    Counts,
    /// It does not.
    Excluded,
}

/// What a trailing percentage is a share of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrailShare {
    /// The entry fill: a fixed distance.
    OfFill,
    /// The best price itself: a distance that grows with it.
    OfBest,
}

/// Every switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    pub market_fill: MarketFill,
    pub protection_live: ProtectionLive,
    pub resting_entry: RestingEntryProtection,
    pub within_minute: WithinMinute,
    pub gapped_stop: GapFill,
    pub gapped_target: GapFill,
    pub gapped_limit_entry: GapFill,
    pub passed_target: PassedTarget,
    pub due_order: DueOrder,
    pub measured_from: MeasuredFrom,
    pub end_of_data: EndOfDataExit,
    pub slipped: SlippedFills,
    pub reversal: ReversalOrders,
    pub crossing: Crossing,
    pub expiry: Expiry,
    pub trail_entry_minute: TrailEntryMinute,
    pub trail_share: TrailShare,
    pub commission_unit: CommissionUnit,
}

impl Rules {
    /// Barlake's own.
    pub const fn ours() -> Self {
        Self {
            market_fill: MarketFill::NextOpen,
            protection_live: ProtectionLive::FillMinute,
            resting_entry: RestingEntryProtection::StopInsideBothAtOpen,
            within_minute: WithinMinute::AdverseFirst,
            gapped_stop: GapFill::AtOpen,
            gapped_target: GapFill::AtOpen,
            gapped_limit_entry: GapFill::AtOpen,
            passed_target: PassedTarget::OpenFirst,
            due_order: DueOrder::OpenFirst,
            measured_from: MeasuredFrom::Fill,
            end_of_data: EndOfDataExit::LastClose,
            slipped: SlippedFills::MarketAndStop,
            reversal: ReversalOrders::Two,
            crossing: Crossing::AtOrBelowBefore,
            expiry: Expiry::EntryOnly,
            trail_entry_minute: TrailEntryMinute::Counts,
            trail_share: TrailShare::OfFill,
            commission_unit: CommissionUnit::Millionth,
        }
    }

    /// backtesting.py 0.6.6 with `finalize_trades=True`, the stop and target given with the order.
    pub const fn backtesting_py() -> Self {
        Self {
            resting_entry: RestingEntryProtection::NextMinute,
            passed_target: PassedTarget::StopFirst,
            measured_from: MeasuredFrom::Order,
            end_of_data: EndOfDataExit::LastOpen,
            slipped: SlippedFills::Entries,
            crossing: Crossing::StrictOnBoth,
            ..Self::ours()
        }
    }

    /// backtrader 1.9.78.123 with bracket orders.
    pub const fn backtrader() -> Self {
        Self {
            protection_live: ProtectionLive::NextMinute,
            resting_entry: RestingEntryProtection::NextMinute,
            passed_target: PassedTarget::StopFirst,
            measured_from: MeasuredFrom::Order,
            end_of_data: EndOfDataExit::StaysOpen,
            slipped: SlippedFills::WithinRange,
            crossing: Crossing::LastDifference,
            trail_entry_minute: TrailEntryMinute::Excluded,
            ..Self::ours()
        }
    }

    /// vectorbt 1.0.0 `from_signals` with signals shifted to the next bar's open and stops measured from the fill.
    pub const fn vectorbt() -> Self {
        Self {
            protection_live: ProtectionLive::NextMinute,
            resting_entry: RestingEntryProtection::NextMinute,
            passed_target: PassedTarget::StopFirst,
            due_order: DueOrder::StopWins,
            end_of_data: EndOfDataExit::StaysOpen,
            slipped: SlippedFills::Market,
            reversal: ReversalOrders::One,
            crossing: Crossing::OnceBelow,
            trail_entry_minute: TrailEntryMinute::Excluded,
            trail_share: TrailShare::OfBest,
            ..Self::ours()
        }
    }

    /// nautilus_trader 1.221.0 on bars with the venue's defaults, a slippage of one tick, and stops that are in the market filled
    /// instead of rejected.
    pub const fn nautilus() -> Self {
        Self {
            market_fill: MarketFill::SameClose,
            resting_entry: RestingEntryProtection::AtOnce,
            within_minute: WithinMinute::Path,
            gapped_stop: GapFill::AtLevel,
            gapped_target: GapFill::AtLevel,
            gapped_limit_entry: GapFill::AtLevel,
            measured_from: MeasuredFrom::Order,
            end_of_data: EndOfDataExit::StaysOpen,
            slipped: SlippedFills::All,
            expiry: Expiry::AfterNextPrice,
            commission_unit: CommissionUnit::Cent,
            ..Self::ours()
        }
    }
}
