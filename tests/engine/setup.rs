//! A plan that owns what it borrows, with plain defaults: tick 0.25, two places, point value 1, no costs, one unit.

use crate::market_builder::{RawBar, decisions, tape};
use engine::plan::*;
use market::{Tape, TimeframeBars};
use std::sync::Arc;

/// Everything a [`Plan`] is made of.
#[derive(Debug, Clone)]
pub struct Setup {
    pub tape: Tape,
    pub bars: TimeframeBars,
    pub terms: Terms,
    pub costs: Costs,
    pub capital: f64,
    pub entry: PerSide<Option<Entry>>,
    pub exits: PerSide<Exits>,
    pub allowed: Option<Arc<Mask>>,
    pub flatten_minute: Option<i64>,
    pub sizing: Sizing,
    pub max_quantity: Option<f64>,
    pub limits: TradeLimits,
    pub limit_through_ticks: i64,
    pub conversion: Option<Arc<[f64]>>,
    pub window: Option<(u32, u32)>,
}

impl Setup {
    pub fn new(bars: &[RawBar], close_minute: i64, timeframe_minutes: i64) -> Self {
        let tape = tape(bars, 2, close_minute);
        let bars = decisions(&tape, timeframe_minutes);
        Self {
            tape,
            bars,
            terms: Terms { tick: 25, point_value: 1.0, quantity_step: 1.0, leverage: None, days_per_year: 252.0 },
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
            flatten_minute: None,
            sizing: Sizing::Fixed(1.0),
            max_quantity: None,
            limits: TradeLimits::default(),
            limit_through_ticks: 0,
            conversion: None,
            window: None,
        }
    }

    pub fn plan(&self) -> Plan<'_> {
        let flatten_at: Vec<FlattenAt> = self
            .tape
            .days
            .iter()
            .map(|day| self.flatten_minute.map(|minute| day.open + minute * crate::market_builder::MINUTE))
            .collect();
        Plan {
            tape: &self.tape,
            index: std::sync::Arc::new(engine::PriceIndex::new(&self.tape)),
            decisions: &self.bars,
            window: self.window.unwrap_or((0, self.tape.len() as u32)),
            terms: self.terms,
            costs: self.costs,
            capital: Money((self.capital * 1e6).round() as i64),
            entry: self.entry.clone(),
            exits: self.exits.clone(),
            allowed: self.allowed.clone(),
            flatten_at: flatten_at.into(),
            sizing: self.sizing.clone(),
            max_quantity: self.max_quantity,
            limits: self.limits,
            limit_through_ticks: self.limit_through_ticks,
            conversion: self.conversion.clone(),
        }
    }
}

/// A mask with these bits.
pub fn mask(length: usize, bits: &[usize]) -> Arc<Mask> {
    let mut mask = Mask::new(length);
    bits.iter().for_each(|bit| mask.set(*bit));
    Arc::new(mask)
}
