//! Tapes and timeframe bars of every symbol the rules read, cut once, with what indicators need beside prices.

use super::StudyData;
use super::error::StudyError;
use crate::indicators::BarColumns;
use crate::rules::{Frame, FrameId, Number, Rules, Series, SessionValue};
use market::{BarSeries, Calendar, Instrument, Scale, SessionKind, Tape, TimeframeBars, TradingDate};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Bars of one frame.
pub(super) struct FrameBars {
    pub(super) bars: TimeframeBars,
    /// Adjusted minus raw per bar; empty without rolls.
    offset: Vec<i64>,
    hlc_volume: Vec<i128>,
    session_start: Vec<bool>,
    /// First bar that completes in the window.
    pub(super) first: usize,
    /// Per decision bar: one past the last bar completed by then. Empty for the strategy's own frame.
    pub(super) visible: Vec<u32>,
    price_scale: Scale,
    volume_scale: Scale,
}

/// Everything a study reads bars from.
pub(super) struct Sources {
    pub(super) instrument: Instrument,
    /// By symbol index and session.
    pub(super) tapes: BTreeMap<(usize, SessionKind), Arc<Tape>>,
    pub(super) frames: Vec<FrameBars>,
    tape: Arc<Tape>,
}

impl Sources {
    pub(super) fn build(rules: &Rules, data: &StudyData, from: TradingDate) -> Result<Self, StudyError> {
        let mut tapes = BTreeMap::new();
        for (index, session) in wanted_tapes(rules) {
            let Some(read) = rules.symbols.get(index) else { continue };
            let symbol = &read.instrument.symbol;
            let (instrument, series) =
                data.series.get(symbol).ok_or_else(|| StudyError::MissingSeries { symbol: symbol.clone() })?;
            let calendar = Calendar::of(instrument)
                .map_err(|error| StudyError::Calendar { symbol: symbol.clone(), reason: error.to_string() })?;
            let tape = Tape::build(on_tick_grid(instrument, series)?.as_ref(), &calendar, session);
            tapes.insert((index, session), Arc::new(tape));
        }
        let main = rules
            .symbols
            .first()
            .and_then(|read| data.series.get(&read.instrument.symbol).zip(tapes.get(&(0, rules.session))));
        let Some(((instrument, _), tape)) = main else {
            return Err(StudyError::MissingSeries { symbol: String::new() });
        };
        let mut sources = Self { instrument: instrument.clone(), tape: Arc::clone(tape), tapes, frames: Vec::new() };
        for frame in &rules.frames {
            let built = sources.frame(rules, *frame, from)?;
            sources.frames.push(built);
        }
        sources.check_volume(rules)?;
        Ok(sources)
    }

    /// The traded symbol's minutes.
    pub(super) fn tape(&self) -> &Tape {
        &self.tape
    }

    /// The decision bars.
    pub(super) fn decisions(&self) -> &TimeframeBars {
        // The strategy's own frame is the first one the checker makes.
        static NONE: std::sync::OnceLock<TimeframeBars> = std::sync::OnceLock::new();
        self.frames.first().map_or_else(|| NONE.get_or_init(no_bars), |frame| &frame.bars)
    }

    pub(super) fn tape_of(&self, symbol: usize, session: SessionKind) -> Option<&Tape> {
        self.tapes.get(&(symbol, session)).map(AsRef::as_ref)
    }

    fn frame(&self, rules: &Rules, frame: Frame, from: TradingDate) -> Result<FrameBars, StudyError> {
        let symbol = rules.symbols.get(frame.symbol).map_or_else(String::new, |read| read.instrument.symbol.clone());
        let tape = self
            .tape_of(frame.symbol, rules.session)
            .ok_or_else(|| StudyError::MissingSeries { symbol: symbol.clone() })?;
        let bars = TimeframeBars::build(tape, frame.timeframe).ok_or_else(|| StudyError::Timeframe {
            symbol,
            timeframe: frame.timeframe.label(),
            base_minutes: tape.resolution_minutes,
        })?;
        let first = bars.day.partition_point(|day| tape.days.get(*day as usize).is_none_or(|day| day.date < from));
        let visible = self.frames.first().map_or_else(Vec::new, |decisions| visible(&decisions.bars, &bars));
        let offset = if tape.offset.is_empty() {
            Vec::new()
        } else {
            bars.last.iter().map(|minute| tape.offset_at(*minute as usize)).collect()
        };
        let session_start = bars
            .day
            .iter()
            .enumerate()
            .map(|(index, day)| index.checked_sub(1).and_then(|before| bars.day.get(before)) != Some(day))
            .collect();
        let hlc_volume = hlc_volume(tape, &bars);
        Ok(FrameBars {
            offset,
            hlc_volume,
            session_start,
            first,
            visible,
            price_scale: tape.price_scale,
            volume_scale: tape.volume_scale,
            bars,
        })
    }

    /// Minutes `[first, end)` of the window.
    pub(super) fn window(&self, from: TradingDate, to: TradingDate) -> Result<(u32, u32), StudyError> {
        let inside = || self.tape.days.iter().filter(|day| day.date >= from && day.date <= to);
        let bounds = inside().next().map(|day| day.first).zip(inside().next_back().map(|day| day.end));
        bounds.filter(|(first, end)| first < end).ok_or_else(|| StudyError::EmptyWindow {
            symbol: self.instrument.symbol.clone(),
            from,
            to,
        })
    }

    fn check_volume(&self, rules: &Rules) -> Result<(), StudyError> {
        for node in &rules.numbers {
            let name = match &node.number {
                Number::Indicator { definition, .. } if definition.0.needs_volume => definition.0.name,
                Number::Session { value: SessionValue::Vwap(_), .. } => "vwap",
                Number::Series { series: Series::Volume, .. } => "volume",
                Number::Amount(_)
                | Number::Tick
                | Number::Series { .. }
                | Number::Indicator { .. }
                | Number::Session { .. }
                | Number::Calendar { .. }
                | Number::Position(_)
                | Number::Arithmetic { .. }
                | Number::Negate(_)
                | Number::Shift { .. } => continue,
            };
            let Some(frame) = node.frame.and_then(|frame| rules.frames.get(frame)) else { continue };
            let silent = self
                .tape_of(frame.symbol, rules.session)
                .is_some_and(|tape| tape.volume.iter().all(|volume| *volume == 0));
            if silent && let Some(read) = rules.symbols.get(frame.symbol) {
                return Err(StudyError::NoVolume { symbol: read.instrument.symbol.clone(), name: name.to_owned() });
            }
        }
        Ok(())
    }

    /// Per other symbol: decision bars of the window at which its last bar was older than one trading day.
    pub(super) fn stale_values(&self, rules: &Rules, window: (u32, u32)) -> BTreeMap<String, u32> {
        let mut stale = BTreeMap::new();
        for (frame, bars) in rules.frames.iter().zip(&self.frames).filter(|(frame, _)| frame.symbol > 0) {
            let (Some(read), Some(tape)) = (rules.symbols.get(frame.symbol), self.tape_of(frame.symbol, rules.session))
            else {
                continue;
            };
            let count = self.stale_bars(bars, tape, window);
            let slot = stale.entry(read.instrument.symbol.clone()).or_insert(0);
            *slot = count.max(*slot);
        }
        stale
    }

    fn stale_bars(&self, frame: &FrameBars, tape: &Tape, window: (u32, u32)) -> u32 {
        let decisions = self.decisions();
        let mut count = 0;
        for (decision, visible) in frame.visible.iter().enumerate() {
            let inside = decisions.last.get(decision).is_some_and(|minute| (window.0..window.1).contains(minute));
            let own_day = decisions.day.get(decision).map_or(0, |day| *day as usize);
            let Some(before) = own_day.checked_sub(1).and_then(|day| self.tape.days.get(day)).filter(|_| inside) else {
                continue;
            };
            let seen = (*visible as usize)
                .checked_sub(1)
                .and_then(|bar| frame.bars.day.get(bar))
                .and_then(|day| tape.days.get(*day as usize));
            count += u32::from(seen.is_none_or(|seen| seen.date < before.date));
        }
        count
    }
}

impl FrameBars {
    /// The bars from `start` on, as indicators read them.
    pub(super) fn columns(&self, start: usize) -> BarColumns<'_> {
        BarColumns {
            volume: tail(&self.bars.volume, start),
            hlc_volume: tail(&self.hlc_volume, start),
            ..self.columns_without_volume(start)
        }
    }

    /// The same with volumes from elsewhere (another session's minutes).
    pub(super) fn columns_with<'a>(&'a self, volume: &'a [i64], hlc_volume: &'a [i128]) -> BarColumns<'a> {
        BarColumns { volume, hlc_volume, ..self.columns_without_volume(0) }
    }

    fn columns_without_volume(&self, start: usize) -> BarColumns<'_> {
        let bars = &self.bars;
        BarColumns {
            open: tail(&bars.open, start),
            high: tail(&bars.high, start),
            low: tail(&bars.low, start),
            close: tail(&bars.close, start),
            offset: tail(&self.offset, start),
            volume: &[],
            hlc_volume: &[],
            session_start: tail(&self.session_start, start),
            price_scale: self.price_scale,
            volume_scale: self.volume_scale,
        }
    }
}

fn tail<T>(values: &[T], start: usize) -> &[T] {
    values.get(start..).unwrap_or_default()
}

fn no_bars() -> TimeframeBars {
    TimeframeBars {
        timeframe: market::Timeframe::M1,
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
    }
}

/// Symbols and sessions the rules read.
fn wanted_tapes(rules: &Rules) -> Vec<(usize, SessionKind)> {
    let mut wanted: Vec<(usize, SessionKind)> = (0..rules.symbols.len()).map(|index| (index, rules.session)).collect();
    for node in &rules.numbers {
        if let Number::Session { frame, session, .. } = node.number
            && let Some(symbol) = rules.frames.get(frame as FrameId).map(|frame| frame.symbol)
            && !wanted.contains(&(symbol, session))
        {
            wanted.push((symbol, session));
        }
    }
    wanted
}

/// The series with enough decimal places for its instrument's tick.
fn on_tick_grid(instrument: &Instrument, series: &Arc<BarSeries>) -> Result<Arc<BarSeries>, StudyError> {
    let refuse = || StudyError::PriceGrid { symbol: instrument.symbol.clone() };
    let places = u8::try_from(instrument.tick_size.normalize().scale()).map_err(|_| refuse())?;
    if places <= series.price_scale.places() {
        return Ok(Arc::clone(series));
    }
    let scale = Scale::new(places).ok_or_else(refuse)?;
    let factor = scale.per_unit() / series.price_scale.per_unit();
    let mut fine = series.as_ref().clone();
    fine.price_scale = scale;
    for column in [&mut fine.open, &mut fine.high, &mut fine.low, &mut fine.close, &mut fine.offset, &mut fine.spread] {
        for count in column.iter_mut() {
            *count = count.checked_mul(factor).ok_or_else(refuse)?;
        }
    }
    Ok(Arc::new(fine))
}

/// Per decision bar: one past the last bar of `bars` completed at or before it.
fn visible(decisions: &TimeframeBars, bars: &TimeframeBars) -> Vec<u32> {
    let mut seen = 0_usize;
    let mut result = Vec::with_capacity(decisions.len());
    for instant in &decisions.completes_at {
        while bars.completes_at.get(seen).is_some_and(|completes| completes <= instant) {
            seen += 1;
        }
        result.push(seen as u32);
    }
    result
}

/// Per bar: the sum over its minutes of `(high + low + close) × volume`.
fn hlc_volume(tape: &Tape, bars: &TimeframeBars) -> Vec<i128> {
    let minutes: Vec<i128> = tape
        .high
        .iter()
        .zip(&tape.low)
        .zip(&tape.close)
        .zip(&tape.volume)
        .map(|(((high, low), close), volume)| {
            (i128::from(*high) + i128::from(*low) + i128::from(*close)) * i128::from(*volume)
        })
        .collect();
    let sum =
        |(first, last): (&u32, &u32)| minutes.get(*first as usize..=*last as usize).unwrap_or_default().iter().sum();
    bars.first.iter().zip(&bars.last).map(sum).collect()
}
