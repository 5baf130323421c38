//! A plan that owns its parts, with plain defaults: one-minute decisions, no costs, one unit, whole-number prices.
//!
//! Tapes and strategy bars are built by hand here, one session per day, independent of calendars.

use engine::plan::{
    Costs, Entry, Exits, FlattenAt, Mask, Money, OrderKind, PerSide, Plan, Side, Sizing, Slippage, Terms, TradeLimits,
};
use market::{Scale, SessionKind, Tape, Timeframe, TimeframeBars, TradingDate, TradingDay};
use std::sync::Arc;

/// Microseconds in a minute and in a day.
pub const MINUTE_US: i64 = 60_000_000;
pub const DAY_US: i64 = 1440 * MINUTE_US;

/// One minute: open time and prices in counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    pub ts: i64,
    pub open: i64,
    pub high: i64,
    pub low: i64,
    pub close: i64,
}

/// The instant a session of `DAY_US` UTC days is scheduled to close, from its midnight.
pub const CLOSE_AFTER_US: i64 = 1435 * MINUTE_US;

/// A tape of one session per UTC day, open 00:00 to 23:55.
pub fn tape_of(bars: &[Bar], places: u8) -> Tape {
    let mut days: Vec<TradingDay> = Vec::new();
    let mut day = Vec::new();
    for (index, bar) in bars.iter().enumerate() {
        let date = bar.ts.div_euclid(DAY_US) as i32;
        let at = index as u32;
        match days.last_mut() {
            Some(last) if last.date == TradingDate(date) => last.end = at + 1,
            _ => {
                let open = i64::from(date) * DAY_US;
                let (date, close) = (TradingDate(date), open + CLOSE_AFTER_US);
                let (week_open, week_close) = (open, close);
                days.push(TradingDay {
                    date,
                    open,
                    close,
                    week_open,
                    week_close,
                    breaks: Vec::new(),
                    first: at,
                    end: at + 1,
                });
            }
        }
        day.push(days.len() as u32 - 1);
    }
    Tape {
        symbol: "TEST".to_owned(),
        session: SessionKind::Full,
        resolution_minutes: 1,
        price_scale: Scale::new(places).unwrap(),
        volume_scale: Scale::new(0).unwrap(),
        ts: bars.iter().map(|bar| bar.ts).collect(),
        open: bars.iter().map(|bar| bar.open).collect(),
        high: bars.iter().map(|bar| bar.high).collect(),
        low: bars.iter().map(|bar| bar.low).collect(),
        close: bars.iter().map(|bar| bar.close).collect(),
        volume: vec![1; bars.len()],
        offset: Vec::new(),
        spread: Vec::new(),
        day,
        days,
    }
}

/// Strategy bars of `minutes`, anchored at each day's open.
pub fn decisions_of(tape: &Tape, minutes: i64) -> TimeframeBars {
    let mut bars = TimeframeBars {
        timeframe: if minutes == 1 { Timeframe::M1 } else { Timeframe::M5 },
        starts_at: Vec::new(),
        completes_at: Vec::new(),
        first: Vec::new(),
        last: Vec::new(),
        day: Vec::new(),
        open: Vec::new(),
        high: Vec::new(),
        low: Vec::new(),
        close: Vec::new(),
        volume: Vec::new(),
    };
    for index in 0..tape.len() {
        let day = &tape.days[tape.day[index] as usize];
        let start = day.open + (tape.ts[index] - day.open).div_euclid(minutes * MINUTE_US) * minutes * MINUTE_US;
        if bars.starts_at.last() == Some(&start) {
            let at = bars.len() - 1;
            bars.last[at] = index as u32;
            bars.high[at] = bars.high[at].max(tape.high[index]);
            bars.low[at] = bars.low[at].min(tape.low[index]);
            bars.close[at] = tape.close[index];
            bars.volume[at] += tape.volume[index];
        } else {
            bars.starts_at.push(start);
            bars.completes_at.push((start + minutes * MINUTE_US).min(day.close.max(tape.ts[index] + MINUTE_US)));
            bars.first.push(index as u32);
            bars.last.push(index as u32);
            bars.day.push(tape.day[index]);
            bars.open.push(tape.open[index]);
            bars.high.push(tape.high[index]);
            bars.low.push(tape.low[index]);
            bars.close.push(tape.close[index]);
            bars.volume.push(tape.volume[index]);
        }
    }
    bars
}

/// A mask of `len` bits, set at `at`.
pub fn mask_at(len: usize, at: impl IntoIterator<Item = usize>) -> Arc<Mask> {
    let mut mask = Mask::new(len);
    at.into_iter().for_each(|index| mask.set(index));
    Arc::new(mask)
}

/// Everything a plan borrows.
#[derive(Clone)]
pub struct Setup {
    pub tape: Tape,
    pub decisions: TimeframeBars,
    pub window: (u32, u32),
    pub terms: Terms,
    pub costs: Costs,
    pub capital: f64,
    pub entry: PerSide<Option<Entry>>,
    pub exits: PerSide<Exits>,
    pub allowed: Option<Arc<Mask>>,
    pub flatten_at: Vec<FlattenAt>,
    pub sizing: Sizing,
    pub max_quantity: Option<f64>,
    pub limits: TradeLimits,
    pub limit_through_ticks: i64,
    pub conversion: Option<Arc<[f64]>>,
}

impl Setup {
    pub fn new(tape: Tape, minutes: i64) -> Self {
        let decisions = decisions_of(&tape, minutes);
        let (end, days) = (tape.len() as u32, tape.days.len());
        Self {
            tape,
            decisions,
            window: (0, end),
            terms: Terms { tick: 1, point_value: 1.0, quantity_step: 1.0, leverage: None, days_per_year: 252.0 },
            costs: Costs {
                slippage: Slippage::Ticks(0),
                commission_per_unit: 0.0,
                commission_bps: 0.0,
                commission_minimum: 0.0,
            },
            capital: 100_000.0,
            entry: PerSide::default(),
            exits: PerSide::default(),
            allowed: None,
            flatten_at: vec![None; days],
            sizing: Sizing::Fixed(1.0),
            max_quantity: None,
            limits: TradeLimits::default(),
            limit_through_ticks: 0,
            conversion: None,
        }
    }

    pub fn plan(&self) -> Plan<'_> {
        Plan {
            tape: &self.tape,
            index: std::sync::Arc::new(engine::PriceIndex::new(&self.tape)),
            decisions: &self.decisions,
            window: self.window,
            terms: self.terms,
            costs: self.costs,
            capital: Money((self.capital * 1e6).round() as i64),
            entry: self.entry.clone(),
            exits: self.exits.clone(),
            allowed: self.allowed.clone(),
            flatten_at: self.flatten_at.clone().into(),
            sizing: self.sizing.clone(),
            max_quantity: self.max_quantity,
            limits: self.limits,
            limit_through_ticks: self.limit_through_ticks,
            conversion: self.conversion.clone(),
        }
    }

    pub fn exits_mut(&mut self, side: Side) -> &mut Exits {
        match side {
            Side::Long => &mut self.exits.long,
            Side::Short => &mut self.exits.short,
        }
    }

    fn set_entry(&mut self, side: Side, entry: Entry) {
        match side {
            Side::Long => self.entry.long = Some(entry),
            Side::Short => self.entry.short = Some(entry),
        }
    }

    /// Market entries decided at these strategy bars.
    pub fn market(&mut self, side: Side, at: &[usize]) {
        let when = mask_at(self.decisions.len(), at.iter().copied());
        self.set_entry(side, Entry { when, order: OrderKind::Market });
    }

    /// Resting entries decided at these strategy bars, each with its price.
    pub fn resting(&mut self, side: Side, limit: bool, at: &[(usize, f64)], expires_bars: u32) {
        let mut prices = vec![f64::NAN; self.decisions.len()];
        at.iter().for_each(|(index, price)| prices[*index] = *price);
        let price: Arc<[f64]> = prices.into();
        let order =
            if limit { OrderKind::Limit { price, expires_bars } } else { OrderKind::Stop { price, expires_bars } };
        let when = mask_at(self.decisions.len(), at.iter().map(|(index, _)| *index));
        self.set_entry(side, Entry { when, order });
    }
}
