//! Filling a page of sweeps across accounts and sessions, and saying where it stands.

use super::{BatchRow, row, running_row, work_of};
use crate::error::AppError;
use crate::platform::Desk;
use crate::{record_keys, records};
use domain::ids::{OptimizationId, SessionId, TenantId};
use domain::optimization::Batch;
use domain::session::Session;
use domain::work::TenantWork;
use ports::table::{Consistency, Query};

/// Reads of accounts and sessions for one page: a page may be short, or empty; its cursor goes on.
const READS_MAX: usize = 500;

/// Sessions read at once.
const SESSIONS_READ: usize = 100;

/// The last account, session and sweep that a page is done with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) tenant: TenantId,
    pub(super) session: Option<SessionId>,
    batch: Option<OptimizationId>,
}

impl Place {
    pub(super) fn parse(cursor: &str) -> Option<Self> {
        let mut parts = cursor.split('/');
        let tenant = TenantId::parse(parts.next()?)?;
        let session = parts.next().map(|id| SessionId::parse(id).ok_or(())).transpose().ok()?;
        let batch = parts.next().map(|id| OptimizationId::parse(id).ok_or(())).transpose().ok()?;
        parts.next().is_none().then_some(Self { tenant, session, batch })
    }

    pub(super) fn text(&self) -> String {
        let parts = [
            Some(self.tenant.as_str()),
            self.session.as_ref().map(SessionId::as_str),
            self.batch.as_ref().map(OptimizationId::as_str),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join("/")
    }
}

/// A page while it is filled.
pub(super) struct Page<'a> {
    desk: &'a Desk,
    limit: usize,
    reads: usize,
    pub(super) rows: Vec<BatchRow>,
    pub(super) place: Option<Place>,
}

impl<'a> Page<'a> {
    /// An empty page that goes on after a place.
    pub(super) const fn new(desk: &'a Desk, limit: usize, place: Option<Place>) -> Self {
        Self { desk, limit, reads: 0, rows: Vec::new(), place }
    }

    /// True when it holds what was asked for, or has read as much as one page may.
    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= self.limit || self.reads >= READS_MAX
    }

    fn push(&mut self, tenant: &TenantId, row: BatchRow, ids: (&SessionId, &OptimizationId)) {
        let (session, batch) = (Some(ids.0.clone()), Some(ids.1.clone()));
        self.place = Some(Place { tenant: tenant.clone(), session, batch });
        self.rows.push(row);
    }

    /// Adds the running sweeps of an account after `place`.
    pub(super) async fn add_running(&mut self, tenant: &TenantId, place: Option<&Place>) -> Result<(), AppError> {
        self.reads += 1;
        let work = work_of(self.desk, tenant).await?;
        let after = place.and_then(|place| place.batch.as_ref());
        for (id, reservation) in work.running {
            if after.is_some_and(|after| id <= *after) {
                continue;
            }
            if self.is_full() {
                return Ok(());
            }
            let ids = (&reservation.session_id, &id);
            let found = running_row(self.desk, tenant, ids).await?;
            self.push(tenant, found, ids);
        }
        self.place = Some(Place { tenant: tenant.clone(), session: None, batch: None });
        Ok(())
    }

    /// Adds every sweep of an account after `place`.
    pub(super) async fn add_all(&mut self, tenant: &TenantId, place: Option<&Place>) -> Result<(), AppError> {
        let mut after = place.and_then(|place| place.session.clone());
        let work = work_of(self.desk, tenant).await?;
        if let Some(Place { session: Some(session), batch: batch @ Some(_), .. }) = place {
            self.add_session(tenant, &work, session, batch.as_ref()).await?;
        }
        while !self.is_full() {
            let query = Query {
                partition: record_keys::sessions(tenant),
                prefix: SessionId::PREFIX.to_owned(),
                after: after.take().map(|id| id.to_string()),
                limit: SESSIONS_READ,
                descending: false,
                consistency: Consistency::Eventual,
            };
            let page = records::list::<Session>(self.desk, &query).await?;
            for session in &page.values {
                if self.is_full() {
                    return Ok(());
                }
                self.add_session(tenant, &work, &session.session_id, None).await?;
            }
            after = page.next.as_deref().and_then(SessionId::parse);
            if after.is_none() {
                self.place = Some(Place { tenant: tenant.clone(), session: None, batch: None });
                return Ok(());
            }
        }
        Ok(())
    }

    async fn add_session(
        &mut self,
        tenant: &TenantId,
        work: &TenantWork,
        session: &SessionId,
        mut after: Option<&OptimizationId>,
    ) -> Result<(), AppError> {
        self.reads += 1;
        let query = Query {
            partition: record_keys::in_session(tenant, session),
            prefix: OptimizationId::PREFIX.to_owned(),
            after: after.take().map(ToString::to_string),
            limit: self.limit.saturating_sub(self.rows.len()).max(1),
            descending: false,
            consistency: Consistency::Eventual,
        };
        let page = records::list::<Batch>(self.desk, &query).await?;
        for batch in &page.values {
            let id = &batch.optimization_id;
            let found = if work.running.contains_key(id) {
                running_row(self.desk, tenant, (session, id)).await?
            } else {
                row(self.desk, tenant, batch)
            };
            self.push(tenant, found, (session, id));
        }
        if page.next.is_none() {
            self.place = Some(Place { tenant: tenant.clone(), session: Some(session.clone()), batch: None });
        }
        Ok(())
    }
}
