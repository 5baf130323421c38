//! Sending messages: one place that fills in version, owner and hop.

use crate::error::AppError;
use crate::platform::Desk;
use domain::ids::{SessionId, TenantId};
use ports::message::{MESSAGE_VERSION, Message, Watched, Work};
use ports::queue::{Outgoing, QueueName};

/// Whose work it is, and how far the chain of messages already is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) tenant: TenantId,
    pub(crate) session_id: SessionId,
    pub(crate) hop: u32,
}

impl Origin {
    /// The start of a chain.
    pub(crate) const fn first(tenant: TenantId, session_id: SessionId) -> Self {
        Self { tenant, session_id, hop: 0 }
    }

    fn outgoing(&self, work: Work, delay_seconds: u32) -> Result<Outgoing, AppError> {
        let message = Message {
            version: MESSAGE_VERSION,
            tenant: self.tenant.clone(),
            session_id: self.session_id.clone(),
            hop: self.hop + 1,
            work,
        };
        let body = serde_json::to_string(&message).map_err(|error| AppError::internal(error.to_string()))?;
        Ok(Outgoing { body, group: self.tenant.to_string(), delay_seconds })
    }
}

/// The queue that carries a kind of work.
pub(crate) const fn queue_of(work: &Work) -> QueueName {
    match work {
        Work::Build { .. } => QueueName::Builds,
        Work::Backtest { .. } => QueueName::Backtests,
        Work::Slice { .. } => QueueName::Units,
        Work::Start { .. } | Work::Reduce { .. } | Work::Watch { .. } => QueueName::Steps,
    }
}

/// Sends one message.
pub(crate) async fn send(desk: &Desk, origin: &Origin, work: Work, delay_seconds: u32) -> Result<(), AppError> {
    let queue = queue_of(&work);
    let outgoing = origin.outgoing(work, delay_seconds)?;
    Ok(desk.queue.send(queue, vec![outgoing]).await?)
}

/// Sends slice messages.
pub(crate) async fn send_all(desk: &Desk, origin: &Origin, queue: QueueName, work: Vec<Work>) -> Result<(), AppError> {
    let messages = work.into_iter().map(|work| origin.outgoing(work, 0)).collect::<Result<Vec<_>, _>>()?;
    Ok(desk.queue.send(queue, messages).await?)
}

/// Sends the first watch of some work: it goes out before the work is written, so a crash anywhere is noticed.
pub(crate) async fn watch(desk: &Desk, origin: &Origin, watched: Watched) -> Result<(), AppError> {
    let work = Work::Watch { watched, stalled_rounds: 0, seen: 0 };
    send(desk, origin, work, domain::limits::WATCH_DELAY_SECONDS).await
}
