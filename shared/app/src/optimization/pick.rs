//! One combination of a sweep taken out of it: as a full backtest, or as a new version of the strategy.

use super::find;
use crate::artifact::{self, MakeRequest};
use crate::backtest::{self, Run};
use crate::error::AppError;
use crate::platform::{Caller, Desk};
use crate::session;
use crate::view::OperationStarted;
use domain::optimization::Batch;
use serde_json::{Map, Value};

async fn picked(
    desk: &Desk,
    caller: &Caller,
    (session_id, optimization_id): (&str, &str),
    index: u64,
) -> Result<(Batch, Map<String, Value>), AppError> {
    let session = session::find(desk, caller, session_id).await?.value;
    let batch = find(desk, caller, &session.session_id, optimization_id).await?.value;
    if index >= batch.grid.points().unwrap_or(0) {
        return Err(AppError::invalid(format!("the sweep has no combination {index}"), "take one of the ranking"));
    }
    let values = batch.grid.values(index).into_iter().collect();
    Ok((batch, values))
}

/// The full backtest of a combination, over the sweep's own window, costs and capital: its id. Asking twice makes one run.
///
/// # Errors
/// Not found, no such combination, or as starting a backtest.
pub async fn open(desk: &Desk, caller: &Caller, ids: (&str, &str), index: u64) -> Result<String, AppError> {
    let (batch, values) = picked(desk, caller, ids, index).await?;
    let pins = batch.pins;
    let run = Run {
        from: Some(pins.from),
        to: Some(pins.to),
        costs: Some(pins.costs).filter(|costs| !costs.is_null()),
        capital: pins.capital,
    };
    backtest::open(desk, caller, (ids.0, batch.artifact_id.as_str()), &run, &values).await
}

/// A new version of the strategy with a combination's values, backtested. Asking twice makes one version.
///
/// # Errors
/// Not found, no such combination, or as updating a strategy.
pub async fn save(desk: &Desk, caller: &Caller, ids: (&str, &str), index: u64) -> Result<OperationStarted, AppError> {
    let (batch, values) = picked(desk, caller, ids, index).await?;
    let version = artifact::find(desk, caller, &batch.session_id, batch.artifact_id.as_str()).await?.value;
    let mut rules = version.document;
    let parameters = rules.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten();
    for parameter in parameters.filter_map(Value::as_object_mut) {
        let key = parameter.get("key").and_then(Value::as_str).unwrap_or_default();
        if let Some(value) = values.get(key).cloned() {
            parameter.insert("value".to_owned(), value);
        }
    }
    let request = MakeRequest {
        rules: Some(rules),
        backtest: true,
        idempotency_key: Some(format!("{}.{index}", batch.optimization_id)),
        ..MakeRequest::default()
    };
    artifact::update(desk, caller, ids.0, batch.artifact_id.as_str(), &request).await
}
