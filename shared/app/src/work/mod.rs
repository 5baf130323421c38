//! Message handlers: every one may run twice, concurrently, out of order, or die half way.

mod build;
mod dead_letter;
mod evaluate;
mod finish;
mod handler;
mod ranking;
pub(crate) mod receipts;
mod reduce;
mod robustness;
mod run;
mod slice;
mod start;
mod study;
mod watch;

pub use handler::WorkHandler;

use crate::error::{AppError, ErrorKind};
use crate::messages::Origin;
use crate::metrics;
use crate::platform::{Bench, Desk};
use domain::limits::MESSAGE_HOPS_MAX;
use ports::drafter::Drafter;
use ports::message::{MESSAGE_VERSION, Message, Work};
use ports::queue::{Delivery, QueueName};

/// A message in hand.
pub(crate) struct Task {
    pub(crate) origin: Origin,
}

/// What a handler stands on: builds need no bars, everything else does.
#[derive(Clone)]
enum Stand {
    Desk(Desk),
    Bench(Bench),
}

impl Stand {
    const fn desk(&self) -> &Desk {
        match self {
            Self::Desk(desk) => desk,
            Self::Bench(bench) => &bench.desk,
        }
    }
}

/// The part of a message that every version has.
#[derive(serde::Deserialize)]
struct Versioned {
    version: u32,
}

/// Leaves a message of another version, whatever else it holds, to a process that knows it: there is time for a rollout.
fn check_version(body: &str) -> Result<(), AppError> {
    match serde_json::from_str::<Versioned>(body) {
        Ok(Versioned { version }) if version != MESSAGE_VERSION => {
            let mut other =
                AppError::new(ErrorKind::Unavailable, "a message of another version", "deploy that version");
            other.context = format!("message version {version}, understood {MESSAGE_VERSION}");
            Err(other)
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

async fn handle_one(stand: &Stand, drafter: Option<&dyn Drafter>, delivery: &Delivery) -> Result<(), AppError> {
    if delivery.queue == QueueName::DeadLetters {
        metrics::dead_letter_received();
    }
    check_version(&delivery.body)?;
    let message: Message = match serde_json::from_str(&delivery.body) {
        Ok(message) => message,
        // Dead already: nobody will ever understand it.
        Err(error) if delivery.queue == QueueName::DeadLetters => {
            tracing::error!(message = delivery.message_id, error = %error, "unreadable dead letter dropped");
            return Ok(());
        }
        Err(error) => return Err(AppError::internal(format!("unreadable message: {error}"))),
    };
    let exhausted = message.hop > MESSAGE_HOPS_MAX;
    if exhausted {
        tracing::error!(tenant = %message.tenant, hop = message.hop, "message went round too often; its work ends");
    }
    let origin = Origin { tenant: message.tenant, session_id: message.session_id, hop: message.hop };
    let task = Task { origin };
    if exhausted {
        return dead_letter::end(stand.desk(), &task, &message.work).await;
    }
    let bench = match (stand, &message.work) {
        (_, Work::Build { operation_id }) if delivery.queue != QueueName::DeadLetters => {
            let drafter = drafter.ok_or_else(|| AppError::internal("this function builds nothing"))?;
            return build::build(stand.desk(), drafter, &task, operation_id).await;
        }
        (Stand::Bench(bench), _) => bench,
        (Stand::Desk(_), other) => return Err(AppError::internal(format!("this function only builds: {other:?}"))),
    };
    if delivery.queue == QueueName::DeadLetters {
        return dead_letter::settle(bench, &task, &message.work).await;
    }
    match &message.work {
        Work::Build { .. } => Err(AppError::internal("a build beside the builds")),
        Work::Backtest { backtest_id } => run::run(bench, &task, backtest_id).await,
        Work::Start { optimization_id } => start::start(bench, &task, optimization_id).await,
        Work::Slice { optimization_id, slice } => slice::slice(bench, &task, optimization_id, *slice).await,
        Work::Reduce { optimization_id } => reduce::reduce(bench, &task, optimization_id).await,
        Work::Watch { watched, stalled_rounds, seen } => {
            watch::watch(bench, &task, watched, *stalled_rounds, *seen).await
        }
    }
}
