//! Access keys: make, list, revoke, and find out who a key belongs to.
//!
//! A key is `bk_`, 24 random characters and 6 characters of checksum: junk is told apart before the table is asked.

use crate::error::AppError;
use crate::idempotency::digest;
use crate::platform::{Caller, Desk};
use crate::record_keys;
use crate::records::{self, Transaction};
use domain::access_key::AccessKey;
use domain::ids::{KeyId, TenantId, random_text};
use domain::limits::KEYS_PER_TENANT_MAX;
use ports::table::{Consistency, Key, Query};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// Start of every key.
const PREFIX: &str = "bk_";

/// Characters of the checksum.
const CHECKSUM_CHARACTERS: usize = 6;

/// Microseconds a look-up is remembered, found or not: the longest delay of a revocation.
const REMEMBERED_US: i64 = 60_000_000;

/// Look-ups remembered.
const REMEMBERED_MAX: usize = 10_000;

/// A new key: the secret is shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// The secret.
    pub secret: String,
    /// Its record.
    pub record: AccessKey,
}

fn checksum(body: &str) -> String {
    digest(body.as_bytes()).chars().take(CHECKSUM_CHARACTERS).collect()
}

/// True when the text has the form and checksum of a key.
#[must_use]
pub fn is_well_formed(secret: &str) -> bool {
    let Some(rest) = secret.strip_prefix(PREFIX) else { return false };
    rest.len() == 24 + CHECKSUM_CHARACTERS
        && rest.is_ascii()
        && rest.split_at_checked(24).is_some_and(|(body, sum)| checksum(body) == sum)
}

/// Makes a key for a tenant.
///
/// # Errors
/// Too many keys.
pub async fn create(desk: &Desk, tenant: &TenantId, label: &str) -> Result<NewKey, AppError> {
    let live = list(desk, tenant).await?.iter().filter(|key| !key.revoked).count();
    if live >= KEYS_PER_TENANT_MAX {
        return Err(AppError::limit("KEYS_PER_TENANT_MAX", KEYS_PER_TENANT_MAX, live + 1, "revoke a key first"));
    }
    let body = random_text(&desk.ids.random());
    let secret = format!("{PREFIX}{body}{}", checksum(&body));
    let record = AccessKey {
        key_id: KeyId::new(desk.now_us(), &desk.ids.random()),
        tenant: tenant.clone(),
        label: label.chars().filter(|letter| !letter.is_control()).take(100).collect(),
        digest: digest(secret.as_bytes()),
        revoked: false,
        created_at: desk.now_us(),
    };
    let transaction = Transaction::new()
        .create(record_keys::key_by_digest(&record.digest), &record)?
        .create(record_keys::key_name(tenant, &record.key_id), &record)?
        .create(Key::new(record_keys::key_index(), record.key_id.as_str()), &record)?;
    if transaction.commit(desk).await? {
        Ok(NewKey { secret, record })
    } else {
        Err(records::contention(&record_keys::key_name(tenant, &record.key_id)))
    }
}

/// The keys of a tenant, revoked ones included, oldest first.
///
/// # Errors
/// The table's.
pub async fn list(desk: &Desk, tenant: &TenantId) -> Result<Vec<AccessKey>, AppError> {
    let partition = record_keys::keys_of(tenant);
    records::list_all(desk, &partition, KeyId::PREFIX, KEYS_PER_TENANT_MAX * 10, Consistency::Strong).await
}

/// Revokes a key; revoking it again changes nothing.
///
/// # Errors
/// Not found.
pub async fn revoke(desk: &Desk, tenant: &TenantId, key_id: &str) -> Result<AccessKey, AppError> {
    let missing = || AppError::not_found("key", key_id, "list the keys with: barlake keys list");
    let id = KeyId::parse(key_id).ok_or_else(missing)?;
    let name = record_keys::key_name(tenant, &id);
    let known = records::get::<AccessKey>(desk, &name).await?.ok_or_else(missing)?.value;
    let revoke = |key: &mut AccessKey| {
        key.revoked = true;
        Ok(true)
    };
    // The record that opens the door first: a crash in between leaves a key that opens nothing.
    records::modify::<AccessKey>(desk, &record_keys::key_by_digest(&known.digest), revoke).await?;
    records::modify::<AccessKey>(desk, &name, revoke).await?.ok_or_else(missing)
}

/// What is remembered of keys, by digest: until when, and who they belong to.
type Known = BTreeMap<String, (i64, Option<Caller>)>;

/// Makes room: what is out of date and wrong keys go first, so that junk does not push out the keys in use.
fn forget(known: &mut Known, now: i64) {
    known.retain(|_, (until, caller)| *until > now && caller.is_some());
    if known.len() >= REMEMBERED_MAX {
        known.clear();
    }
}

/// Remembers for a short while who keys belong to.
#[derive(Default)]
pub struct KeyCache {
    known: Mutex<Known>,
}

impl KeyCache {
    /// Who the key belongs to; `None` for a wrong or revoked one. Text that cannot be a key touches no table.
    ///
    /// # Errors
    /// The table's.
    pub async fn caller(&self, desk: &Desk, secret: &str) -> Result<Option<Caller>, AppError> {
        if !is_well_formed(secret) {
            return Ok(None);
        }
        let (digest, now) = (digest(secret.as_bytes()), desk.now_us());
        if let Some(found) = self.remembered(&digest, now) {
            return Ok(found);
        }
        let read = records::get::<AccessKey>(desk, &record_keys::key_by_digest(&digest)).await?;
        let caller = read
            .map(|stored| stored.value)
            .filter(|key| !key.revoked)
            .map(|key| Caller { tenant: key.tenant, key_id: Some(key.key_id) });
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED_MAX {
            forget(&mut known, now);
        }
        known.insert(digest, (now + REMEMBERED_US, caller.clone()));
        Ok(caller)
    }

    fn remembered(&self, digest: &str, now: i64) -> Option<Option<Caller>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(digest).filter(|(until, _)| *until > now).map(|(_, caller)| caller.clone())
    }
}

/// Every account there is: the local one, and each that ever had a key; in order.
pub(crate) async fn tenants(desk: &Desk) -> Result<Vec<TenantId>, AppError> {
    let keys = record_keys::key_index();
    let keys: Vec<AccessKey> = records::list_all(desk, &keys, KeyId::PREFIX, usize::MAX, Consistency::Strong).await?;
    let tenants: BTreeSet<TenantId> = keys.into_iter().map(|key| key.tenant).chain([TenantId::local()]).collect();
    Ok(tenants.into_iter().collect())
}

/// True when a key was ever made, for whichever tenant.
///
/// # Errors
/// The table's.
pub async fn any(desk: &Desk) -> Result<bool, AppError> {
    let query = Query {
        partition: record_keys::key_index(),
        prefix: String::new(),
        after: None,
        limit: 1,
        descending: false,
        consistency: Consistency::Strong,
    };
    Ok(!desk.table.query(&query).await?.records.is_empty())
}
