//! Reading the table: one record, several, a page of a partition.

use super::DynamoTable;
use super::item::{Attributes, Item, key_attributes};
use crate::backoff::{ATTEMPTS_MAX, pause_before};
use crate::failure::translate;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use ports::PortError;
use ports::table::{Consistency, Key, Page, QUERY_LIMIT_MAX, Query, Record};
use std::collections::{BTreeMap, HashMap};

impl DynamoTable {
    /// The record under `key`, strongly consistent.
    pub(super) async fn read(&self, key: &Key) -> Result<Option<Record>, PortError> {
        self.read_item(key).await?.map(Item::into_record).transpose()
    }

    pub(super) async fn read_item(&self, key: &Key) -> Result<Option<Item>, PortError> {
        let request = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key_attributes(&key.partition, &key.sort)))
            .consistent_read(true)
            .set_return_consumed_capacity(self.capacity());
        let answer = request.send().await.map_err(|error| translate(&self.call("GetItem"), &error))?;
        self.counters.add_read(answer.consumed_capacity());
        answer.item.map(Item::from_attributes).transpose()
    }

    /// The items under several keys, strongly consistent, those that exist.
    pub(super) async fn read_items(&self, keys: &[&Key]) -> Result<BTreeMap<Key, Item>, PortError> {
        let mut found = BTreeMap::new();
        let mut wanted: Vec<Attributes> = keys.iter().map(|key| key_attributes(&key.partition, &key.sort)).collect();
        for attempt in 0..ATTEMPTS_MAX {
            if wanted.is_empty() {
                return Ok(found);
            }
            pause_before(attempt).await?;
            let asked = KeysAndAttributes::builder().set_keys(Some(wanted)).consistent_read(true).build();
            let asked = asked.map_err(|error| PortError::Internal(format!("a batch of keys: {error}")))?;
            let request = self
                .client
                .batch_get_item()
                .request_items(&self.name, asked)
                .set_return_consumed_capacity(self.capacity());
            let answer = request.send().await.map_err(|error| translate(&self.call("BatchGetItem"), &error))?;
            self.counters.add_read(answer.consumed_capacity());
            for attributes in answer.responses.into_iter().flat_map(HashMap::into_values).flatten() {
                let item = Item::from_attributes(attributes)?;
                found.insert(Key::new(&item.pk, &item.sk), item);
            }
            let left = answer.unprocessed_keys.into_iter().flat_map(HashMap::into_values);
            wanted = left.flat_map(|left| left.keys).collect();
        }
        if wanted.is_empty() {
            return Ok(found);
        }
        Err(PortError::Unavailable(format!("{}: {} keys left unread", self.call("BatchGetItem"), wanted.len())))
    }

    /// One page of a partition. The service ends an answer at a megabyte; a page goes on until it is full.
    pub(super) async fn read_page(&self, query: &Query) -> Result<Page, PortError> {
        if query.limit == 0 || query.limit > QUERY_LIMIT_MAX {
            return Err(PortError::TooLarge(format!(
                "a page of {} records; a page has 1 to {QUERY_LIMIT_MAX}",
                query.limit
            )));
        }
        let mut start = match start(query) {
            Start::Nothing => return Ok(Page::default()),
            Start::Beginning => None,
            Start::After(sort) => Some(key_attributes(&query.partition, sort)),
        };
        let mut page = Page::default();
        loop {
            let (items, last) = self.read_part(query, start, query.limit - page.records.len()).await?;
            for attributes in items {
                page.records.push(Item::from_attributes(attributes)?.into_record()?);
            }
            if last.is_none() {
                return Ok(page);
            }
            if page.records.len() >= query.limit {
                page.next = page.records.last().map(|record| record.key.sort.clone());
                return Ok(page);
            }
            start = last;
        }
    }

    /// One answer of the service: items, and where to go on.
    async fn read_part(
        &self,
        query: &Query,
        start: Option<Attributes>,
        limit: usize,
    ) -> Result<(Vec<Attributes>, Option<Attributes>), PortError> {
        let mut request = self
            .client
            .query()
            .table_name(&self.name)
            .expression_attribute_values(":partition", AttributeValue::S(query.partition.clone()))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .scan_index_forward(!query.descending)
            .consistent_read(query.consistency == Consistency::Strong)
            .set_exclusive_start_key(start)
            .set_return_consumed_capacity(self.capacity());
        // An empty text may not stand in a condition.
        request = if query.prefix.is_empty() {
            request.key_condition_expression("pk = :partition")
        } else {
            request
                .key_condition_expression("pk = :partition AND begins_with(sk, :prefix)")
                .expression_attribute_values(":prefix", AttributeValue::S(query.prefix.clone()))
        };
        let answer = request.send().await.map_err(|error| translate(&self.call("Query"), &error))?;
        self.counters.add_read(answer.consumed_capacity());
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
    }
}

/// Where a page begins.
enum Start<'a> {
    Beginning,
    After(&'a str),
    /// Everything with the prefix lies before.
    Nothing,
}

/// The service refuses a start outside the prefix, the port does not.
fn start(query: &Query) -> Start<'_> {
    let Some(after) = query.after.as_deref() else { return Start::Beginning };
    if after.is_empty() {
        if query.descending { Start::Nothing } else { Start::Beginning }
    } else if after.starts_with(&query.prefix) {
        Start::After(after)
    } else if (after < query.prefix.as_str()) == query.descending {
        Start::Nothing
    } else {
        Start::Beginning
    }
}
