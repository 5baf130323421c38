//! The protective and profit-taking levels of one position, computed once when its entry fills.
//!
//! Where the levels are; not when they act (that is `simulate`).

use crate::error::EngineError;
use crate::exact;
use crate::levels::{Direction, GRID_TOLERANCE_TICKS, Measure, Rounding, on_grid};
use crate::plan::{Exits, TrailBasis};

/// Levels and thresholds of a position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Brackets {
    /// Stop-loss, adjusted counts.
    pub(crate) stop: Option<i64>,
    /// Trailing stop.
    pub(crate) trailing: Option<Trail>,
    /// Break-even stop.
    pub(crate) break_even: Option<BreakEvenLevel>,
}

impl Brackets {
    /// No level at all.
    pub(crate) const NONE: Self = Self { stop: None, trailing: None, break_even: None };
}

/// A trailing stop's frozen numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Trail {
    /// Distance behind the best price, counts.
    pub(crate) distance: f64,
    /// Counts of open profit that start it; 0 starts it at the fill.
    pub(crate) activation: i64,
    /// Price it follows.
    pub(crate) basis: TrailBasis,
}

/// A break-even stop's frozen numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BreakEvenLevel {
    /// Counts of open profit that place it.
    pub(crate) after: i64,
    /// Where it is then placed, adjusted counts.
    pub(crate) level: i64,
}

/// One take-profit leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    /// Adjusted counts.
    pub(crate) level: i64,
    /// Quantity it closes.
    pub(crate) quantity: i64,
}

/// The levels of a position filled at `measure.fill`, its targets left in `targets` nearest first;
/// `None` refuses the entry because one of them is undefined or on the wrong side.
pub(crate) fn place(
    measure: Measure<'_>,
    exits: &Exits,
    quantity: i64,
    targets: &mut Vec<Target>,
) -> Result<Option<Brackets>, EngineError> {
    targets.clear();
    if exits.stop_loss.is_none()
        && exits.take_profit.is_empty()
        && exits.trailing.is_none()
        && exits.break_even.is_none()
    {
        return Ok(Some(Brackets::NONE));
    }
    let mut measure = measure;
    let mut stop = None;
    if let Some(distance) = &exits.stop_loss {
        let Some(counts) = measure.counts(distance, Direction::Adverse) else { return Ok(None) };
        let level = behind(&measure, measure.fill, counts)?;
        measure.stop_distance = Some((measure.fill - level).abs());
        stop = Some(level);
    }
    let Ok(trailing) = trail(&measure, exits)? else { return Ok(None) };
    let Ok(break_even) = break_even(&measure, exits)? else { return Ok(None) };
    if !place_targets(&measure, exits, quantity, targets)? {
        return Ok(None);
    }
    Ok(Some(Brackets { stop, trailing, break_even }))
}

/// A stop level `counts` behind `price`, rounded to the worse tick.
pub(crate) fn behind(measure: &Measure<'_>, price: i64, counts: f64) -> Result<i64, EngineError> {
    let shift = -counts * measure.side.sign() as f64;
    on_grid(price, shift, measure.offset, measure.contract.tick, Rounding::stop(measure.side.opposite()))
}

/// An undefined distance: the entry is refused.
#[derive(Debug)]
struct Refused;

fn trail(measure: &Measure<'_>, exits: &Exits) -> Result<Result<Option<Trail>, Refused>, EngineError> {
    let Some(rule) = &exits.trailing else { return Ok(Ok(None)) };
    let Some(distance) = measure.counts(&rule.distance, Direction::Adverse) else { return Ok(Err(Refused)) };
    let activation = match &rule.activate_after {
        None => 0,
        Some(after) => match measure.counts(after, Direction::Favourable) {
            None => return Ok(Err(Refused)),
            Some(counts) => threshold(measure, counts)?,
        },
    };
    Ok(Ok(Some(Trail { distance, activation, basis: rule.basis })))
}

fn break_even(measure: &Measure<'_>, exits: &Exits) -> Result<Result<Option<BreakEvenLevel>, Refused>, EngineError> {
    let Some(rule) = &exits.break_even else { return Ok(Ok(None)) };
    let Some(after) = measure.counts(&rule.after, Direction::Favourable) else { return Ok(Err(Refused)) };
    let beyond = match &rule.offset {
        None => 0.0,
        Some(offset) => match measure.counts(offset, Direction::Favourable) {
            None => return Ok(Err(Refused)),
            Some(counts) => counts,
        },
    };
    let level = behind(measure, measure.fill, -beyond)?;
    Ok(Ok(Some(BreakEvenLevel { after: threshold(measure, after)?, level })))
}

/// The least whole number of counts that reaches `counts`.
fn threshold(measure: &Measure<'_>, counts: f64) -> Result<i64, EngineError> {
    exact::round_half_even((counts - GRID_TOLERANCE_TICKS * measure.contract.tick as f64).ceil())
}

/// Fills `targets`; false refuses the entry.
fn place_targets(
    measure: &Measure<'_>,
    exits: &Exits,
    quantity: i64,
    targets: &mut Vec<Target>,
) -> Result<bool, EngineError> {
    let sign = measure.side.sign();
    let mut left = quantity;
    for (index, leg) in exits.take_profit.iter().enumerate() {
        let Some(counts) = measure.counts(&leg.distance, Direction::Favourable) else { return Ok(false) };
        let shift = counts * sign as f64;
        let rounding = Rounding::limit(measure.side.opposite());
        let level = on_grid(measure.fill, shift, measure.offset, measure.contract.tick, rounding)?;
        let rest = index + 1 == exits.take_profit.len() && exits.targets_close_all();
        let share = if rest { left } else { exact::round_half_even(leg.steps_of(quantity as f64))?.clamp(0, left) };
        if share > 0 {
            targets.push(Target { level, quantity: share });
            left -= share;
        }
    }
    targets.sort_by_key(|target| target.level * sign);
    Ok(true)
}
