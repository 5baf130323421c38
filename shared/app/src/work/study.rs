//! From pins to a study: the pinned bars, with the warm-up before the window, under the checked rules.

use crate::artifact::day_of;
use crate::compute;
use crate::error::AppError;
use crate::pins;
use crate::platform::Bench;
use domain::backtest::RunPins;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use std::collections::BTreeMap;
use std::sync::Arc;
use strategy::{CostOverrides, ParameterValue, RunTerms, Strategy, Study, StudyData};

/// Microseconds of a day.
const DAY_US: i64 = 86_400_000_000;

/// Calendar days loaded for each trading day of history: weekends and holidays included, generously.
const CALENDAR_DAYS_PER_TRADING_DAY: i64 = 2;

/// More calendar days for runs of holidays.
const EXTRA_DAYS: i64 = 10;

/// A study that cannot be made, or a port that failed.
pub(crate) enum StudyFailure {
    /// The same inputs fail the same way for ever.
    Final(String),
    /// Try again.
    Retry(AppError),
}

impl From<AppError> for StudyFailure {
    fn from(error: AppError) -> Self {
        Self::Retry(error)
    }
}

/// Loads the pinned bars and binds the strategy to them. `values` are the parameter values the study must cover.
pub(crate) async fn study(
    bench: &Bench,
    strategy: &Strategy,
    run: &RunPins,
    values: &[Vec<ParameterValue>],
) -> Result<Study, StudyFailure> {
    let (from, to) = (day_of(&run.from)?, day_of(&run.to)?);
    let history = strategy.history(values).trading_days_before;
    let to_us = (i64::from(to.0) + 2) * DAY_US;
    let mut series = BTreeMap::new();
    let mut history_complete = true;
    for pin in &run.snapshots {
        let found = bench.desk.catalog.snapshot(&pin.symbol, pins::resolution(pin), &pin.snapshot_id).await;
        let manifest = found.map_err(AppError::from)?.ok_or_else(|| {
            StudyFailure::Final(format!("the pinned data of {} no longer exists; run it again", pin.symbol))
        })?;
        if series.is_empty() && pins::instrument_digest(&manifest) != run.instrument_digest {
            let why = format!("the contract terms of {} were changed after this was set up; run it again", pin.symbol);
            return Err(StudyFailure::Final(why));
        }
        let days = i64::from(history.get(&pin.symbol).copied().unwrap_or(0));
        let from_us = i64::from(from.0) * DAY_US - (days * CALENDAR_DAYS_PER_TRADING_DAY + EXTRA_DAYS) * DAY_US;
        history_complete &= manifest.first_ts >= from_us;
        let bars = bench.bars.load(&manifest, from_us, to_us).await.map_err(AppError::from)?;
        series.insert(pin.symbol.clone(), (manifest.instrument.clone(), bars));
    }
    let terms = RunTerms {
        from,
        to,
        costs: CostOverrides::parse(&run.costs).ok(),
        capital: run.capital.and_then(Decimal::from_f64),
        history_complete,
    };
    let (strategy, columns_bytes) = (strategy.clone(), bench.studies.columns_bytes_max());
    let make =
        move || Study::new(&strategy, &StudyData { series }, &terms).map(|study| study.with_cache_bytes(columns_bytes));
    compute::aside(&bench.desk.settings, make).await?.map_err(|error| StudyFailure::Final(error.to_string()))
}

/// A study under a name in the bench's cache.
pub(crate) async fn warm(
    bench: &Bench,
    name: &str,
    strategy: &Strategy,
    run: &RunPins,
    values: &[Vec<ParameterValue>],
) -> Result<Arc<Study>, StudyFailure> {
    if let Some(study) = bench.studies.get(name) {
        return Ok(study);
    }
    let study = Arc::new(study(bench, strategy, run, values).await?);
    bench.studies.keep(name, &study);
    Ok(study)
}
