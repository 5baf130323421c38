//! Where in a row the time, the prices and the volume are.

use crate::options::Column;

/// Where the time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClockColumns {
    /// One column with everything.
    One(usize),
    /// A date and a time of day.
    Two { date: usize, time: usize },
    /// Column 0 counts milliseconds from a midnight, given in wall-clock microseconds.
    MillisecondsOf { midnight_us: i64 },
}

impl ClockColumns {
    /// The clock among `columns`.
    pub(crate) fn of(columns: &[Column]) -> Option<Self> {
        let at = |wanted: Column| columns.iter().position(|column| *column == wanted);
        match (at(Column::Timestamp), at(Column::Date), at(Column::Time)) {
            (Some(stamp), _, _) => Some(Self::One(stamp)),
            (None, Some(date), Some(time)) => Some(Self::Two { date, time }),
            (None, Some(only), None) | (None, None, Some(only)) => Some(Self::One(only)),
            (None, None, None) => None,
        }
    }

    /// The column that holds the date.
    pub(crate) const fn date_column(&self) -> usize {
        match *self {
            Self::One(at) => at,
            Self::Two { date, .. } => date,
            Self::MillisecondsOf { .. } => 0,
        }
    }
}

/// Where the volume is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VolumeColumns {
    /// Nowhere: counts as 0.
    None,
    /// In one column.
    One(usize),
    /// The sum of two.
    Sum(usize, usize),
}

/// Where the prices are, and what a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A bar: open, high, low, close.
    Bars { prices: [usize; 4], volume: VolumeColumns },
    /// A bar of bids and a bar of asks.
    QuoteBars { bid: [usize; 4], ask: [usize; 4] },
    /// One trade.
    Trades { price: usize, size: Option<usize> },
    /// One quote; `one_sided` rows hold one side and leave the other as it was.
    Quotes { bid: usize, ask: usize, one_sided: bool },
}

impl Shape {
    /// What `columns` can hold: bars, else quote bars, else trades, else quotes.
    pub(crate) fn of(columns: &[Column]) -> Option<Self> {
        let at = |wanted: Column| columns.iter().position(|column| *column == wanted);
        let all = |wanted: [Column; 4]| -> Option<[usize; 4]> {
            let [open, high, low, close] = wanted.map(at);
            Some([open?, high?, low?, close?])
        };
        if let Some(prices) = all([Column::Open, Column::High, Column::Low, Column::Close]) {
            let volume =
                match (at(Column::Volume).or(at(Column::TickVolume)), at(Column::UpVolume), at(Column::DownVolume)) {
                    (Some(one), _, _) => VolumeColumns::One(one),
                    (None, Some(up), Some(down)) => VolumeColumns::Sum(up, down),
                    (None, Some(one), None) | (None, None, Some(one)) => VolumeColumns::One(one),
                    (None, None, None) => at(Column::Size).map_or(VolumeColumns::None, VolumeColumns::One),
                };
            return Some(Self::Bars { prices, volume });
        }
        let bid = all([Column::BidOpen, Column::BidHigh, Column::BidLow, Column::BidClose]);
        let ask = all([Column::AskOpen, Column::AskHigh, Column::AskLow, Column::AskClose]);
        if let (Some(bid), Some(ask)) = (bid, ask) {
            return Some(Self::QuoteBars { bid, ask });
        }
        if let Some(price) = at(Column::Price) {
            return Some(Self::Trades { price, size: at(Column::Size).or(at(Column::Volume)) });
        }
        Some(Self::Quotes { bid: at(Column::Bid)?, ask: at(Column::Ask)?, one_sided: false })
    }

    /// True when a row is a tick.
    pub(crate) const fn is_event(&self) -> bool {
        match self {
            Self::Bars { .. } | Self::QuoteBars { .. } => false,
            Self::Trades { .. } | Self::Quotes { .. } => true,
        }
    }

    /// True for a column with a price or a volume.
    pub(crate) fn reads(&self, column: usize) -> bool {
        match *self {
            Self::Bars { prices, volume } => {
                let volume = match volume {
                    VolumeColumns::None => false,
                    VolumeColumns::One(one) => one == column,
                    VolumeColumns::Sum(up, down) => up == column || down == column,
                };
                volume || prices.contains(&column)
            }
            Self::QuoteBars { bid, ask } => bid.contains(&column) || ask.contains(&column),
            Self::Trades { price, size } => price == column || size == Some(column),
            Self::Quotes { bid, ask, .. } => bid == column || ask == column,
        }
    }

    /// A column with a price.
    pub(crate) const fn first_price(&self) -> usize {
        match *self {
            Self::Bars { prices: [open, ..], .. } => open,
            Self::QuoteBars { bid: [open, ..], .. } => open,
            Self::Trades { price, .. } => price,
            Self::Quotes { bid, .. } => bid,
        }
    }
}
