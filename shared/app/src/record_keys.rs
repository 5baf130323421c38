//! Where records live: one function per kind. The tenant is in every partition (keys and web sessions by digest are the named exception).

use domain::ids::{ArtifactId, BacktestId, KeyId, OperationId, OptimizationId, SessionId, TenantId};
use domain::optimization::group_of;
use ports::table::Key;

/// Sort-key prefix of artifacts in a session's partition.
pub(crate) const ARTIFACTS: &str = "art_";

pub(crate) fn sessions(tenant: &TenantId) -> String {
    format!("{tenant}#sessions")
}

/// Counts of a tenant as a whole.
pub(crate) fn account(tenant: &TenantId) -> Key {
    Key::new(format!("{tenant}#account"), "account")
}

/// Work reserved by the running sweeps of a tenant, and used by the day's.
pub(crate) fn work(tenant: &TenantId) -> Key {
    Key::new(format!("{tenant}#work"), "work")
}

pub(crate) fn session(tenant: &TenantId, id: &SessionId) -> Key {
    Key::new(sessions(tenant), id.as_str())
}

pub(crate) fn in_session(tenant: &TenantId, session: &SessionId) -> String {
    format!("{tenant}#{session}")
}

pub(crate) fn artifact(tenant: &TenantId, session: &SessionId, id: &ArtifactId) -> Key {
    Key::new(in_session(tenant, session), id.as_str())
}

pub(crate) fn operation(tenant: &TenantId, session: &SessionId, id: &OperationId) -> Key {
    Key::new(in_session(tenant, session), id.as_str())
}

pub(crate) fn backtest(tenant: &TenantId, session: &SessionId, id: &BacktestId) -> Key {
    Key::new(in_session(tenant, session), id.as_str())
}

pub(crate) fn batch(tenant: &TenantId, session: &SessionId, id: &OptimizationId) -> Key {
    Key::new(in_session(tenant, session), id.as_str())
}

pub(crate) fn receipts(tenant: &TenantId, batch: &OptimizationId, group: u32) -> String {
    format!("{tenant}#{batch}#{group}")
}

pub(crate) fn receipt(tenant: &TenantId, batch: &OptimizationId, slice: u32) -> Key {
    Key::new(receipts(tenant, batch, group_of(slice)), format!("{slice:05}"))
}

pub(crate) fn group_receipts(tenant: &TenantId, batch: &OptimizationId) -> String {
    format!("{tenant}#{batch}#groups")
}

pub(crate) fn group_receipt(tenant: &TenantId, batch: &OptimizationId, group: u32) -> Key {
    Key::new(group_receipts(tenant, batch), format!("{group:05}"))
}

pub(crate) fn idempotency(tenant: &TenantId, session: &SessionId, tool: &str, key: &str) -> Key {
    Key::new(format!("{tenant}#idempotency"), format!("{tool}#{session}#{key}"))
}

pub(crate) fn wait_lease(tenant: &TenantId, place: usize) -> Key {
    Key::new(format!("{tenant}#waits"), format!("{place}"))
}

pub(crate) fn key_by_digest(digest: &str) -> Key {
    Key::new(format!("key#{digest}"), "key")
}

pub(crate) fn web_session(digest: &str) -> Key {
    Key::new(format!("web#{digest}"), "session")
}

pub(crate) fn keys_of(tenant: &TenantId) -> String {
    format!("{tenant}#keys")
}

pub(crate) fn key_name(tenant: &TenantId, id: &KeyId) -> Key {
    Key::new(keys_of(tenant), id.as_str())
}

/// Partition that names every key ever made, whoever owns it: a server asks it whether there is any.
pub(crate) fn key_index() -> String {
    "keys#index".to_owned()
}

/// Blob key of something an attempt of a run or slice leaves behind.
pub(crate) fn result_blob(tenant: &TenantId, owner: &str, attempt: &str, name: &str) -> String {
    format!("results/{tenant}/{owner}/{attempt}/{name}")
}

/// Blob key of the error a failing attempt of a slice leaves for whoever settles it.
pub(crate) fn slice_error_blob(tenant: &TenantId, batch: &OptimizationId, slice: u32) -> String {
    format!("results/{tenant}/{batch}/errors/{slice:05}.txt")
}
