//! The data catalogue and contract terms: what can be traded, what is stored of it, and the rules guide. No key is needed.

use crate::error::AppError;
use crate::platform::Desk;
use crate::text;
use crate::view::{ContractSpec, Coverage, InstrumentList, InstrumentSummary, Pagination, RulesGuide};
use domain::series::SeriesManifest;
use market::{AssetClass, Calendar, DefaultCosts, Instrument, LookUp, SessionKind};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Instruments on one page.
const INSTRUMENTS_PAGE: usize = 20;

/// Instruments that match, those with data first.
///
/// # Errors
/// An unknown asset class or a cursor that is not ours.
pub async fn list(
    desk: &Desk,
    query: Option<&str>,
    asset_class: Option<&str>,
    cursor: Option<&str>,
) -> Result<InstrumentList, AppError> {
    let class = asset_class.map(parse_class).transpose()?;
    let offset = usize::try_from(text::open_offset("instruments", cursor)?).unwrap_or(usize::MAX);
    let mut stored: BTreeMap<String, Vec<SeriesManifest>> = BTreeMap::new();
    for manifest in desk.catalog.list().await? {
        stored.entry(manifest.symbol.clone()).or_default().push(manifest);
    }
    let mut known: BTreeMap<String, Instrument> =
        desk.instruments.search(query, class).into_iter().map(|found| (found.symbol.clone(), found)).collect();
    for (symbol, series) in &stored {
        let matching = query.is_none_or(|words| symbol.to_lowercase().contains(&words.to_lowercase()));
        if let Some(instrument) = series.first().map(|manifest| manifest.instrument.clone())
            && matching
            && class.is_none_or(|class| class == instrument.asset_class)
        {
            known.entry(symbol.clone()).or_insert(instrument);
        }
    }
    let mut found: Vec<Instrument> = known.into_values().collect();
    found.sort_by_key(|instrument| !stored.contains_key(&instrument.symbol));
    let total = found.len();
    let shown = found.iter().skip(offset).take(INSTRUMENTS_PAGE);
    let instruments = shown.map(|instrument| summary(instrument, stored.get(&instrument.symbol))).collect();
    let end = offset.saturating_add(INSTRUMENTS_PAGE);
    let next_cursor = (end < total).then(|| text::seal_cursor("instruments", &end.to_string()));
    Ok(InstrumentList { instruments, total, pagination: Pagination { next_cursor } })
}

fn parse_class(word: &str) -> Result<AssetClass, AppError> {
    serde_json::from_value(Value::from(word))
        .map_err(|_| AppError::invalid(format!("unknown asset class `{word}`"), "use future, crypto, fx, stock or etf"))
}

fn summary(instrument: &Instrument, stored: Option<&Vec<SeriesManifest>>) -> InstrumentSummary {
    let coverage = stored.into_iter().flatten().map(|manifest| Coverage {
        resolution_minutes: manifest.resolution.0,
        first: text::time(manifest.first_ts),
        last: text::time(manifest.last_ts),
        bars: manifest.rows,
        snapshot_id: manifest.snapshot_id.clone(),
        price_side: text::word(&manifest.price_side),
        source: manifest.source.clone(),
    });
    InstrumentSummary {
        symbol: instrument.symbol.clone(),
        name: instrument.name.clone(),
        asset_class: text::word(&instrument.asset_class),
        synthetic: instrument.synthetic,
        coverage: coverage.collect(),
    }
}

/// Contract terms of a symbol or plain name.
///
/// # Errors
/// Unknown or ambiguous, with the nearest matches.
pub async fn contract_spec(desk: &Desk, name: &str) -> Result<ContractSpec, AppError> {
    if let Some(manifest) = desk.catalog.current(&name.trim().to_uppercase(), None).await? {
        return Ok(spec(&manifest.instrument));
    }
    match desk.instruments.resolve(name) {
        LookUp::Found(instrument) => Ok(spec(&instrument)),
        LookUp::Ambiguous(several) => {
            let listed: Vec<String> =
                several.iter().map(|instrument| format!("{} ({})", instrument.symbol, instrument.name)).collect();
            Err(AppError::invalid(
                format!("`{name}` can mean several instruments"),
                format!("use one of: {}", listed.join(", ")),
            ))
        }
        LookUp::Unknown { near } => {
            let hint = if near.is_empty() {
                "list_instruments shows what is known".to_owned()
            } else {
                format!("did you mean {}? list_instruments shows what is known", near.join(", "))
            };
            Err(AppError::invalid(format!("no instrument is called `{name}`"), hint))
        }
    }
}

fn number(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(0.0)
}

fn spec(instrument: &Instrument) -> ContractSpec {
    ContractSpec {
        symbol: instrument.symbol.clone(),
        name: instrument.name.clone(),
        asset_class: text::word(&instrument.asset_class),
        tick_size: number(instrument.tick_size),
        tick_value: number(instrument.tick_value()),
        point_value: number(instrument.point_value),
        currency: instrument.currency.clone(),
        quantity_step: number(instrument.quantity_step),
        session: sessions(instrument),
        roll: instrument.roll(),
        default_costs: default_costs(&instrument.default_costs),
        synthetic: instrument.synthetic,
    }
}

/// Default costs as numbers.
fn default_costs(costs: &DefaultCosts) -> Value {
    let named = [
        ("slippage_ticks", costs.slippage_ticks),
        ("slippage_bps", costs.slippage_bps),
        ("commission_per_side", costs.commission_per_side),
        ("commission_bps", costs.commission_bps),
        ("commission_minimum", costs.commission_minimum),
    ];
    named.into_iter().filter_map(|(name, cost)| cost.map(|cost| (name.to_owned(), json!(number(cost))))).collect()
}

/// Both sessions in words, with the zone in which a trader states clock times.
fn sessions(instrument: &Instrument) -> Value {
    let hours = |kind| Calendar::of(instrument).map(|calendar| calendar.hours(kind)).unwrap_or_default();
    json!({
        "default": instrument.default_session, "time_zone": instrument.time_zone,
        "full": hours(SessionKind::Full), "regular": hours(SessionKind::Regular),
    })
}

/// A topic of the rules guide; the overview without one.
///
/// # Errors
/// An unknown topic, with the known ones.
pub fn rules_guide(topic: Option<&str>) -> Result<RulesGuide, AppError> {
    let topics = strategy::guide::topics();
    let listed = topics.iter().map(|(topic, about)| json!({ "topic": topic, "about": about })).collect();
    let first = topics.first().map_or("overview", |(topic, _)| *topic);
    match strategy::guide::render(topic) {
        Some(text) => Ok(RulesGuide { topic: topic.unwrap_or(first).to_owned(), topics: listed, text }),
        None => {
            let names: Vec<&str> = topics.iter().map(|(topic, _)| *topic).collect();
            let asked = topic.unwrap_or_default();
            Err(AppError::invalid(format!("no topic `{asked}`"), format!("use one of: {}", names.join(", "))))
        }
    }
}
