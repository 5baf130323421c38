//! Pinning a run: which snapshots, which days, which costs. Reads the catalog's small objects, never bars.

use crate::artifact::day_of;
use crate::error::{AppError, ErrorKind};
use crate::idempotency::digest;
use crate::platform::Desk;
use domain::backtest::{RunPins, SnapshotPin};
use domain::series::SeriesManifest;
use market::{Calendar, PriceSide, Resolution, SessionKind, TradingDate};
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Value, json};
use strategy::{CostOverrides, Strategy, WindowSpec};

/// What a caller may say about a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunRequest {
    /// First day, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// Last day, inclusive.
    pub to: Option<String>,
    /// Cost overrides.
    pub costs: Option<Value>,
    /// Starting capital, account currency.
    pub capital: Option<f64>,
}

impl RunRequest {
    /// True when nothing differs from the version's own run.
    pub(crate) const fn is_empty(&self) -> bool {
        self.from.is_none() && self.to.is_none() && self.costs.is_none() && self.capital.is_none()
    }
}

/// A pinned run with the manifests it names.
pub(crate) struct Pinned {
    pub(crate) pins: RunPins,
    pub(crate) manifest: SeriesManifest,
}

/// Pins a run of `strategy`.
pub(crate) async fn pin(desk: &Desk, strategy: &Strategy, request: &RunRequest) -> Result<Pinned, AppError> {
    let mut manifests = Vec::new();
    let optional = strategy.optional_symbols();
    for symbol in strategy.symbols() {
        match current(desk, strategy, &symbol).await {
            Ok(manifest) => manifests.push(manifest),
            Err(error) if error.kind == ErrorKind::Invalid && optional.contains(&symbol) => {}
            Err(error) => return Err(error),
        }
    }
    let Some(manifest) = manifests.first().cloned() else {
        return Err(AppError::internal("a strategy without symbols"));
    };
    let (from, to) = window(strategy, &manifest, request)?;
    if let Some(costs) = &request.costs {
        checked_costs(costs)?;
    }
    if let Some(capital) = request.capital
        && !(capital.is_finite() && capital > 0.0 && capital <= CAPITAL_MAX)
    {
        let next = format!("give a positive amount up to {CAPITAL_MAX}");
        return Err(AppError::invalid(format!("capital {capital} is out of range"), next));
    }
    let snapshots = manifests.iter().map(|manifest| SnapshotPin {
        symbol: manifest.symbol.clone(),
        resolution_minutes: manifest.resolution.0,
        snapshot_id: manifest.snapshot_id.clone(),
    });
    let pins = RunPins {
        from: from.to_string(),
        to: to.to_string(),
        snapshots: snapshots.collect(),
        instrument_digest: instrument_digest(&manifest),
        engine_version: engine::ENGINE_VERSION.to_owned(),
        costs: request.costs.clone().unwrap_or(Value::Null),
        has_spread: manifest.price_side == PriceSide::Mid,
        capital: request.capital,
    };
    Ok(Pinned { pins, manifest })
}

/// What to write in `costs`.
const COST_KEYS: &str = "use any of slippage_ticks or slippage_bps, commission_per_side, commission_bps, commission_minimum, each a number from 0";

/// Largest starting capital: keeps money within its fixed-point range.
const CAPITAL_MAX: f64 = 1e11;

fn checked_costs(costs: &Value) -> Result<(), AppError> {
    if !costs.is_object() {
        return Err(AppError::invalid(format!("costs is {costs}, not an object"), COST_KEYS));
    }
    CostOverrides::parse(costs).map(|_| ()).map_err(|problems| {
        let listed: Vec<String> = problems.iter().map(|(key, why)| format!("{key}: {why}")).collect();
        AppError::invalid(format!("costs: {}", listed.join("; ")), COST_KEYS)
    })
}

/// Digest of the contract terms a snapshot carries: the same bars may be described anew with other terms.
pub(crate) fn instrument_digest(manifest: &SeriesManifest) -> String {
    digest(serde_json::to_string(&manifest.instrument).unwrap_or_default().as_bytes())
}

async fn current(desk: &Desk, strategy: &Strategy, symbol: &str) -> Result<SeriesManifest, AppError> {
    if let Some(manifest) = desk.catalog.current(symbol, None).await? {
        let timeframe = strategy.timeframe();
        if timeframe.minutes() < manifest.resolution.0 {
            return Err(AppError::invalid(
                format!(
                    "{symbol} is stored in {}-minute bars, coarser than the timeframe {}",
                    manifest.resolution.0,
                    timeframe.label()
                ),
                "use a coarser timeframe, or import finer data",
            ));
        }
        return Ok(manifest);
    }
    let mut known: Vec<String> = desk.catalog.list().await?.into_iter().map(|manifest| manifest.symbol).collect();
    known.dedup();
    Err(AppError::invalid(
        format!("there is no data for {symbol}"),
        format!("use a symbol with data ({}), or import it: barlake import FILE --symbol {symbol}", known.join(", ")),
    ))
}

/// Trading days a snapshot covers, first and last.
pub(crate) fn coverage(manifest: &SeriesManifest) -> Result<(TradingDate, TradingDate), AppError> {
    let calendar = Calendar::of(&manifest.instrument).map_err(|error| AppError::internal(error.to_string()))?;
    let day = |ts: i64| {
        calendar
            .trading_date_of(SessionKind::Full, ts)
            .or_else(|| calendar.last_opened(SessionKind::Full, ts).map(|session| session.date))
            .ok_or_else(|| AppError::internal(format!("no trading day for {ts}")))
    };
    Ok((day(manifest.first_ts)?, day(manifest.last_ts)?))
}

fn window(
    strategy: &Strategy,
    manifest: &SeriesManifest,
    request: &RunRequest,
) -> Result<(TradingDate, TradingDate), AppError> {
    let (first, last) = coverage(manifest)?;
    let spec = if request.from.is_some() || request.to.is_some() {
        let day = |text: &Option<String>| text.as_deref().map(day_of).transpose();
        WindowSpec::Range { from: day(&request.from)?, to: day(&request.to)? }
    } else {
        *strategy.window()
    };
    spec.resolve(first, last).map_err(|error| {
        AppError::invalid(
            format!("{error}"),
            format!("{} has data from {first} to {last}: choose from/to inside it", manifest.symbol),
        )
    })
}

/// What every number of a run rests on, for answers.
pub(crate) fn assumptions(pins: &RunPins, strategy: Option<&Strategy>, synthetic: bool) -> Map<String, Value> {
    let mut stated = Map::new();
    stated.insert("window".to_owned(), json!({ "from": pins.from, "to": pins.to }));
    if synthetic {
        stated.insert("data".to_owned(), json!("SYNTHETIC: generated DEMO data, not a real market"));
    }
    stated.insert("snapshots".to_owned(), json!(pins.snapshots));
    stated.insert("engine_version".to_owned(), json!(pins.engine_version));
    stated.insert("fills".to_owned(), json!(FILL_RULE));
    if let Some(strategy) = strategy {
        stated.insert("session".to_owned(), json!(strategy.session()));
        stated.insert("time_zone".to_owned(), json!(strategy.time_zone()));
        stated.insert("costs".to_owned(), costs(pins, strategy));
        let capital = pins.capital.or_else(|| strategy.capital().to_f64());
        stated.insert("capital".to_owned(), json!(capital));
    }
    stated.insert("not_modelled".to_owned(), json!("margin calls, swap and funding, borrow fees, dividends"));
    stated
}

fn costs(pins: &RunPins, strategy: &Strategy) -> Value {
    let stated = CostOverrides::parse(&pins.costs).unwrap_or_default().over(strategy.stated_costs());
    Value::String(stated.resolve(strategy.market(), pins.has_spread).text)
}

/// The fill rule in one sentence.
const FILL_RULE: &str = "rules run on completed bars; orders meet the next minute's open; stops and targets fill at their level, \
at the open when it gaps past them; stop before target inside a minute";

/// Length of a base bar.
pub(crate) const fn resolution(pin: &SnapshotPin) -> Resolution {
    Resolution(pin.resolution_minutes)
}

/// Cuts the holdout off the end of a run's window: the run then ends on the last day before it.
pub(crate) fn split_holdout(
    manifest: &SeriesManifest,
    run: &mut RunPins,
    share: f64,
) -> Result<Option<(String, String)>, AppError> {
    if share <= 0.0 {
        return Ok(None);
    }
    let days = trading_days(manifest, run)?;
    let kept = days.len().saturating_sub(((days.len() as f64 * share).round() as usize).max(1));
    match (kept.checked_sub(1).and_then(|last| days.get(last)), days.get(kept), days.last()) {
        (Some(last), Some(from), Some(to)) => {
            run.to = last.to_string();
            Ok(Some((from.to_string(), to.to_string())))
        }
        (None, _, _) | (_, None, _) | (_, _, None) => Err(AppError::invalid(
            format!("the window has only {} trading days, too few for a holdout", days.len()),
            "use a longer window or holdout 0",
        )),
    }
}

fn trading_days(manifest: &SeriesManifest, run: &RunPins) -> Result<Vec<TradingDate>, AppError> {
    let calendar = Calendar::of(&manifest.instrument).map_err(|error| AppError::internal(error.to_string()))?;
    let (from, to) = (day_of(&run.from)?, day_of(&run.to)?);
    Ok(calendar.sessions(SessionKind::Full, from, to).into_iter().map(|session| session.date).collect())
}

/// Minutes one combination simulates: scheduled minutes of the window, at most the bars that are stored.
pub(crate) fn estimated_minutes(
    manifest: &SeriesManifest,
    run: &RunPins,
    strategy: &Strategy,
) -> Result<u64, AppError> {
    let calendar = Calendar::of(&manifest.instrument).map_err(|error| AppError::internal(error.to_string()))?;
    let (from, to) = (day_of(&run.from)?, day_of(&run.to)?);
    let sessions = calendar.sessions(strategy.session(), from, to);
    let scheduled: i64 = sessions
        .iter()
        .map(|day| day.close - day.open - day.breaks.iter().map(|(start, end)| end - start).sum::<i64>())
        .sum();
    let bars = u64::try_from(scheduled / 60_000_000).unwrap_or(0) / u64::from(manifest.resolution.0.max(1));
    Ok(bars.clamp(1, manifest.rows.max(1)))
}
