//! From a file's rows to open-labelled base bars: step between bars, label, minutes from ticks, duplicates.

use crate::options::Label;
use crate::row::Bar;
use crate::stamp::{DAY_US, MINUTE_US, SECOND_US};
use std::collections::BTreeMap;

/// Steps that files come in, microseconds, ascending.
const STEPS_US: [i64; 22] = [
    SECOND_US,
    2 * SECOND_US,
    5 * SECOND_US,
    10 * SECOND_US,
    15 * SECOND_US,
    30 * SECOND_US,
    MINUTE_US,
    2 * MINUTE_US,
    3 * MINUTE_US,
    4 * MINUTE_US,
    5 * MINUTE_US,
    10 * MINUTE_US,
    15 * MINUTE_US,
    20 * MINUTE_US,
    30 * MINUTE_US,
    60 * MINUTE_US,
    120 * MINUTE_US,
    180 * MINUTE_US,
    240 * MINUTE_US,
    480 * MINUTE_US,
    DAY_US,
    7 * DAY_US,
];

/// A step counts when at least one in this many steps of a file is that long: thin markets skip most minutes.
const RARE_STEP: u64 = 100;

/// How often each distance between neighbouring bars occurs.
#[derive(Debug, Clone, Default)]
pub(crate) struct StepCounts(BTreeMap<i64, u64>);

impl StepCounts {
    /// Counts the distances of bars in order of time.
    pub(crate) fn of(bars: &[Bar]) -> Self {
        let mut counts = BTreeMap::new();
        for (before, after) in bars.iter().zip(bars.iter().skip(1)) {
            if after.ts > before.ts {
                *counts.entry(after.ts - before.ts).or_insert(0) += 1;
            }
        }
        Self(counts)
    }

    /// Adds the counts of another file.
    pub(crate) fn add(&mut self, other: &Self) {
        for (&step, &count) in &other.0 {
            *self.0.entry(step).or_insert(0) += count;
        }
    }

    /// Number of distances counted.
    pub(crate) fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// The shortest usual step that is not rare; `None` when there is none.
    pub(crate) fn usual(&self) -> Option<i64> {
        let total = self.total();
        STEPS_US.into_iter().find(|step| self.0.get(step).is_some_and(|&count| count * RARE_STEP >= total))
    }
}

/// Puts bars in order of time, keeping the file's order among equals.
pub(crate) fn sort(bars: &mut [Bar]) {
    if !bars.is_sorted_by_key(|bar| bar.ts) {
        bars.sort_by_key(|bar| bar.ts);
    }
}

/// Turns labels into open times on whole minutes. `step_us` is the bar's length; a close label a moment before the
/// full minute (`09:30:59`) means that minute.
pub(crate) fn relabel(bars: &mut [Bar], label: Label, step_us: i64) {
    let grain = step_us.min(MINUTE_US);
    for bar in bars {
        let open = match label {
            Label::Open => bar.ts,
            Label::Close => -(-bar.ts).div_euclid(grain) * grain - step_us,
        };
        bar.ts = open.div_euclid(grain) * grain;
    }
}

/// Joins ordered ticks (or bars shorter than a minute) into one-minute bars.
pub(crate) fn into_minutes(bars: Vec<Bar>) -> Vec<Bar> {
    let mut minutes: Vec<Bar> = Vec::new();
    for mut bar in bars {
        bar.ts = bar.ts.div_euclid(MINUTE_US) * MINUTE_US;
        match minutes.last_mut().filter(|last| last.ts == bar.ts) {
            Some(last) => {
                let [_, high, low, close] = &mut last.prices;
                *high = (*high).max(bar.prices[1]);
                *low = (*low).min(bar.prices[2]);
                *close = bar.prices[3];
                last.volume += bar.volume;
                last.spread = bar.spread;
            }
            None => minutes.push(bar),
        }
    }
    minutes
}

/// Counts of bars of a time that was there already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Duplicates {
    pub(crate) all: u64,
    pub(crate) conflicting: u64,
}

/// Keeps the last of several ordered bars of one time.
pub(crate) fn without_duplicates(bars: Vec<Bar>) -> (Vec<Bar>, Duplicates) {
    let mut kept: Vec<Bar> = Vec::with_capacity(bars.len());
    let mut duplicates = Duplicates::default();
    for bar in bars {
        match kept.last_mut().filter(|last| last.ts == bar.ts) {
            Some(last) => {
                duplicates.all += 1;
                let same = last.prices == bar.prices && last.volume == bar.volume && last.spread == bar.spread;
                duplicates.conflicting += u64::from(!same);
                *last = bar;
            }
            None => kept.push(bar),
        }
    }
    (kept, duplicates)
}
