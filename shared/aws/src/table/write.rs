//! Writing the table: a single change is a conditional write, several are a transaction.
//!
//! A write whose answer was lost finds its own result and has succeeded; one that collides with a transaction in flight is
//! tried again here, because the SDK does not.

use super::DynamoTable;
use super::item::{Attributes, Item, key_attributes};
use crate::backoff::{ATTEMPTS_MAX, pause_before};
use crate::failure::translate;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, ConsumedCapacity, Delete, Put,
    ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use ports::PortError;
use ports::table::{Change, Condition, Key, RECORD_BYTES_MAX, Record, WriteOutcome};
use std::collections::{BTreeMap, HashMap};
use std::error::Error;

/// Largest sum of the bodies of one transaction: the service ends at 4 MiB, keys and attribute names included.
const TRANSACTION_BYTES_MAX: usize = 4_000_000;

/// How a transaction says that a condition did not hold.
const CONDITION_FAILED: &str = "ConditionalCheckFailed";

/// Reasons of a cancelled transaction that a later attempt may not meet.
const BUSY: [&str; 3] = ["TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError"];

/// Ask for the item that broke a condition.
const ALL_OLD: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

/// A change ready to be sent.
pub(super) struct Prepared {
    key: Key,
    condition: Condition,
    effect: Effect,
}

enum Effect {
    Put(Item),
    Delete,
    Check,
}

/// What became of one attempt.
enum Attempt {
    Written,
    /// A condition did not hold; the items that the service sent along.
    Refused(BTreeMap<Key, Item>),
    /// In the way of somebody else; why.
    Busy(String),
}

/// Serialises the bodies and checks their sizes.
pub(super) fn prepare(writer: &str, changes: Vec<Change>) -> Result<Vec<Prepared>, PortError> {
    let mut bytes = 0;
    let mut prepared = Vec::with_capacity(changes.len());
    for change in changes {
        prepared.push(match change {
            Change::Put { key, condition, expires_at, body } => {
                let body = body.to_string();
                bytes += body.len();
                check_size("a record", body.len(), RECORD_BYTES_MAX)?;
                let version = version_after(condition);
                let (pk, sk) = (key.partition.clone(), key.sort.clone());
                let item = Item { pk, sk, version, writer: writer.to_owned(), expires_at, body };
                Prepared { key, condition, effect: Effect::Put(item) }
            }
            Change::Delete { key, condition } => Prepared { key, condition, effect: Effect::Delete },
            Change::Check { key, condition } => Prepared { key, condition, effect: Effect::Check },
        });
    }
    check_size("a transaction", bytes, TRANSACTION_BYTES_MAX)?;
    Ok(prepared)
}

fn check_size(what: &str, bytes: usize, limit: usize) -> Result<(), PortError> {
    if bytes > limit {
        return Err(PortError::TooLarge(format!("{what} of {bytes} bytes; the limit is {limit}")));
    }
    Ok(())
}

const fn version_after(condition: Condition) -> u64 {
    match condition {
        Condition::Absent => 1,
        Condition::VersionIs(version) => version.saturating_add(1),
    }
}

impl DynamoTable {
    /// Applies all changes or none. `token` names this call, whatever its attempts.
    pub(super) async fn apply(&self, changes: &[Prepared], token: &str) -> Result<WriteOutcome, PortError> {
        let mut busy = String::new();
        for attempt in 0..ATTEMPTS_MAX {
            pause_before(attempt).await?;
            let attempted = match changes {
                [only] => self.apply_one(only).await?,
                several => self.transact(several, token).await?,
            };
            match attempted {
                Attempt::Written => return Ok(WriteOutcome::Written),
                Attempt::Refused(seen) => return self.refused(changes, seen).await,
                Attempt::Busy(reason) => busy = reason,
            }
        }
        Err(PortError::Unavailable(format!("{}: {busy}", self.call("write"))))
    }

    /// A condition did not hold: own result, or conflict with what is there now.
    async fn refused(&self, changes: &[Prepared], mut seen: BTreeMap<Key, Item>) -> Result<WriteOutcome, PortError> {
        let unseen: Vec<&Key> =
            changes.iter().map(|change| &change.key).filter(|key| !seen.contains_key(key)).collect();
        if let [only] = unseen.as_slice() {
            let item = self.read_item(only).await?;
            seen.extend(item.map(|item| ((*only).clone(), item)));
        } else {
            seen.extend(self.read_items(&unseen).await?);
        }
        let mut puts = changes.iter().filter_map(|change| match &change.effect {
            Effect::Put(item) => Some((&change.key, item)),
            Effect::Delete | Effect::Check => None,
        });
        let mut any = false;
        if puts.all(|(key, item)| {
            any = true;
            seen.get(key) == Some(item)
        }) && any
        {
            return Ok(WriteOutcome::Written);
        }
        let current: Result<Vec<Option<Record>>, PortError> =
            changes.iter().map(|change| seen.remove(&change.key).map(Item::into_record).transpose()).collect();
        Ok(WriteOutcome::Conflict(current?))
    }

    async fn apply_one(&self, change: &Prepared) -> Result<Attempt, PortError> {
        match &change.effect {
            Effect::Put(item) => self.put(item, change.condition).await,
            Effect::Delete => self.delete(&change.key, change.condition).await,
            Effect::Check => self.check(&change.key, change.condition).await,
        }
    }

    /// Counts an applied write.
    fn written<'a>(&self, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) -> Attempt {
        self.counters.add_written(consumed);
        Attempt::Written
    }

    async fn put(&self, item: &Item, condition: Condition) -> Result<Attempt, PortError> {
        let (condition, names, values) = expression(condition);
        let request = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item.attributes()?))
            .condition_expression(condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .return_values_on_condition_check_failure(ALL_OLD)
            .set_return_consumed_capacity(self.capacity());
        match request.send().await {
            Ok(answer) => Ok(self.written(answer.consumed_capacity())),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => refusal([failed.item()]),
                _ => busy(&self.call("PutItem"), &error),
            },
        }
    }

    async fn delete(&self, key: &Key, condition: Condition) -> Result<Attempt, PortError> {
        let (condition, names, values) = expression(condition);
        let request = self
            .client
            .delete_item()
            .table_name(&self.name)
            .set_key(Some(key_attributes(&key.partition, &key.sort)))
            .condition_expression(condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .return_values_on_condition_check_failure(ALL_OLD)
            .set_return_consumed_capacity(self.capacity());
        match request.send().await {
            Ok(answer) => Ok(self.written(answer.consumed_capacity())),
            Err(error) => match error.as_service_error() {
                Some(DeleteItemError::ConditionalCheckFailedException(failed)) => refusal([failed.item()]),
                _ => busy(&self.call("DeleteItem"), &error),
            },
        }
    }

    /// A condition alone is a strongly consistent read: the same promise at an eighth of the price of a transaction.
    async fn check(&self, key: &Key, condition: Condition) -> Result<Attempt, PortError> {
        let item = self.read_item(key).await?;
        let holds = match condition {
            Condition::Absent => item.is_none(),
            Condition::VersionIs(version) => item.as_ref().is_some_and(|item| item.version == version),
        };
        let seen = item.map(|item| (key.clone(), item)).into_iter().collect();
        Ok(if holds { Attempt::Written } else { Attempt::Refused(seen) })
    }

    async fn transact(&self, changes: &[Prepared], token: &str) -> Result<Attempt, PortError> {
        let items = changes.iter().map(|change| self.transaction_item(change)).collect::<Result<Vec<_>, _>>()?;
        let request = self
            .client
            .transact_write_items()
            .set_transact_items(Some(items))
            .client_request_token(token)
            .set_return_consumed_capacity(self.capacity());
        match request.send().await {
            Ok(answer) => Ok(self.written(answer.consumed_capacity())),
            Err(error) => match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    self.cancelled(cancelled.cancellation_reasons())
                }
                _ => busy(&self.call("TransactWriteItems"), &error),
            },
        }
    }

    /// What the reasons of a cancelled transaction say, the most definite first.
    fn cancelled(&self, reasons: &[CancellationReason]) -> Result<Attempt, PortError> {
        let is =
            |wanted: &[&str]| reasons.iter().find(|reason| reason.code().is_some_and(|code| wanted.contains(&code)));
        if is(&[CONDITION_FAILED]).is_some() {
            return refusal(reasons.iter().map(CancellationReason::item));
        }
        if let Some(reason) = is(&BUSY) {
            return Ok(Attempt::Busy(format!("{}: {}", reason.code().unwrap_or(""), reason.message().unwrap_or(""))));
        }
        Err(PortError::Internal(format!("{} was cancelled: {reasons:?}", self.call("TransactWriteItems"))))
    }

    fn transaction_item(&self, change: &Prepared) -> Result<TransactWriteItem, PortError> {
        let (condition, names, values) = expression(change.condition);
        let key = key_attributes(&change.key.partition, &change.key.sort);
        let incomplete = |error| PortError::Internal(format!("a change of a transaction: {error}"));
        let item = TransactWriteItem::builder();
        Ok(match &change.effect {
            Effect::Put(record) => {
                let put = Put::builder().table_name(&self.name).set_item(Some(record.attributes()?));
                let put = put.condition_expression(condition).return_values_on_condition_check_failure(ALL_OLD);
                let put = put.set_expression_attribute_names(names).set_expression_attribute_values(values);
                item.put(put.build().map_err(incomplete)?)
            }
            Effect::Delete => {
                let delete = Delete::builder().table_name(&self.name).set_key(Some(key));
                let delete = delete.condition_expression(condition).return_values_on_condition_check_failure(ALL_OLD);
                let delete = delete.set_expression_attribute_names(names).set_expression_attribute_values(values);
                item.delete(delete.build().map_err(incomplete)?)
            }
            Effect::Check => {
                let check = ConditionCheck::builder().table_name(&self.name).set_key(Some(key));
                let check = check.condition_expression(condition).return_values_on_condition_check_failure(ALL_OLD);
                let check = check.set_expression_attribute_names(names).set_expression_attribute_values(values);
                item.condition_check(check.build().map_err(incomplete)?)
            }
        }
        .build())
    }
}

type Names = Option<HashMap<String, String>>;

/// A condition in the service's words: expression, names and values.
fn expression(condition: Condition) -> (&'static str, Names, Option<Attributes>) {
    match condition {
        Condition::Absent => ("attribute_not_exists(pk)", None, None),
        Condition::VersionIs(version) => (
            "#version = :version",
            Some(HashMap::from([("#version".to_owned(), "version".to_owned())])),
            Some(HashMap::from([(":version".to_owned(), AttributeValue::N(version.to_string()))])),
        ),
    }
}

/// A failed condition, with the items that came along.
fn refusal<'a>(items: impl IntoIterator<Item = Option<&'a Attributes>>) -> Result<Attempt, PortError> {
    let mut seen = BTreeMap::new();
    for attributes in items.into_iter().flatten().filter(|attributes| !attributes.is_empty()) {
        let item = Item::from_attributes(attributes.clone())?;
        seen.insert(Key::new(&item.pk, &item.sk), item);
    }
    Ok(Attempt::Refused(seen))
}

/// A failure other than a condition: worth another attempt when a transaction of somebody else was in the way.
fn busy<E>(what: &str, error: &SdkError<E, HttpResponse>) -> Result<Attempt, PortError>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error.as_service_error().and_then(ProvideErrorMetadata::code) {
        Some(
            "TransactionConflictException" | "TransactionInProgressException" | "ReplicatedWriteConflictException",
        ) => Ok(Attempt::Busy(error.to_string())),
        Some(_) | None => Err(translate(what, error)),
    }
}
