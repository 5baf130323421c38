//! Typed callers: what a tool call does, without the tools.

use crate::demo::cross_request;
use crate::harness::Machine;
use app::artifact::MakeRequest;
use app::backtest::{Include, Run};
use app::optimization::SetUp;
use app::session::StatusFilter;
use app::task::{TaskIds, TaskKind};
use app::view::{
    BacktestStarted, BacktestView, CancelOutcome, OperationStarted, OptimizationConfigured, OptimizationStarted,
    OptimizationView, SessionDetail, SessionList, StrategyDeleted, StrategyDetail, StrategyList, WaitOutcome,
};
use app::{AppError, Caller, Desk, artifact, backtest, optimization, session, task};
use serde_json::{Map, Value};

/// A caller on a desk.
#[derive(Clone)]
pub struct Client {
    pub desk: Desk,
    pub caller: Caller,
}

/// A built and backtested strategy in a session.
pub struct Built {
    pub session: String,
    pub artifact: String,
    pub operation: String,
}

impl Client {
    pub async fn create_session(&self, title: Option<&str>) -> Result<String, AppError> {
        session::create(&self.desk, &self.caller, title).await.map(|made| made.session_id)
    }

    pub async fn list_sessions(
        &self,
        status: StatusFilter,
        limit: u64,
        cursor: Option<&str>,
    ) -> Result<SessionList, AppError> {
        session::list(&self.desk, &self.caller, status, limit, cursor).await
    }

    pub async fn get_session(&self, session: &str) -> Result<SessionDetail, AppError> {
        session::get(&self.desk, &self.caller, session).await
    }

    pub async fn update_session(
        &self,
        session: &str,
        title: Option<&str>,
        archived: Option<bool>,
    ) -> Result<SessionDetail, AppError> {
        session::update(&self.desk, &self.caller, session, title, archived).await
    }

    pub async fn create(&self, session: &str, request: &MakeRequest) -> Result<OperationStarted, AppError> {
        artifact::create(&self.desk, &self.caller, session, request).await
    }

    pub async fn update(
        &self,
        session: &str,
        artifact: &str,
        request: &MakeRequest,
    ) -> Result<OperationStarted, AppError> {
        artifact::update(&self.desk, &self.caller, session, artifact, request).await
    }

    pub async fn list(&self, session: &str, cursor: Option<&str>) -> Result<StrategyList, AppError> {
        artifact::list(&self.desk, &self.caller, session, cursor).await
    }

    pub async fn inspect(&self, session: &str, artifact: &str) -> Result<StrategyDetail, AppError> {
        artifact::inspect(&self.desk, &self.caller, session, artifact).await
    }

    pub async fn delete(&self, session: &str, artifact: &str, confirm: bool) -> Result<StrategyDeleted, AppError> {
        artifact::delete(&self.desk, &self.caller, session, artifact, confirm).await
    }

    pub async fn backtest(
        &self,
        session: &str,
        artifact: &str,
        run: &Run,
        parameters: &Map<String, Value>,
    ) -> Result<BacktestStarted, AppError> {
        backtest::start(&self.desk, &self.caller, (session, artifact), run, parameters).await
    }

    pub async fn get_backtest(
        &self,
        session: &str,
        names: (Option<&str>, Option<&str>),
        include: Include,
        cursor: Option<&str>,
    ) -> Result<BacktestView, AppError> {
        backtest::get(&self.desk, &self.caller, session, names, include, cursor).await
    }

    pub async fn set_up(
        &self,
        session: &str,
        artifact: &str,
        request: &SetUp,
    ) -> Result<OptimizationConfigured, AppError> {
        optimization::set_up(&self.desk, &self.caller, (session, artifact), request).await
    }

    pub async fn run(
        &self,
        session: &str,
        artifact: &str,
        optimization: &str,
    ) -> Result<OptimizationStarted, AppError> {
        optimization::run(&self.desk, &self.caller, (session, artifact), optimization).await
    }

    pub async fn get_sweep(
        &self,
        session: &str,
        optimization: &str,
        top: u64,
        cursor: Option<&str>,
    ) -> Result<OptimizationView, AppError> {
        optimization::get(&self.desk, &self.caller, (session, optimization), top, cursor, None).await
    }

    pub async fn wait(
        &self,
        session: &str,
        task: (TaskKind, TaskIds<'_>),
        seconds: u64,
    ) -> Result<WaitOutcome, AppError> {
        task::wait(&self.desk, &self.caller, session, task, seconds).await
    }

    pub async fn cancel(&self, session: &str, task: (TaskKind, TaskIds<'_>)) -> Result<CancelOutcome, AppError> {
        task::cancel(&self.desk, &self.caller, session, task).await
    }

    /// How a sweep stands.
    pub async fn sweep_status(&self, session: &str, optimization: &str) -> String {
        self.get_sweep(session, optimization, 1, None).await.unwrap().batch.status
    }

    /// A session with a built and backtested cross; every message of it is handled.
    pub async fn built(&self, machine: &mut Machine) -> Built {
        self.built_from(machine, &cross_request()).await
    }

    /// A session with a strategy built from a request.
    pub async fn built_from(&self, machine: &mut Machine, request: &MakeRequest) -> Built {
        let session = self.create_session(None).await.unwrap();
        let made = self.create(&session, request).await.unwrap();
        machine.drain().await;
        let found = self.inspect(&session, &made.artifact_id).await.unwrap().summary;
        assert_eq!(found.lifecycle_status, "ready", "{found:?}");
        Built { session, artifact: made.artifact_id, operation: made.operation_id }
    }

    /// Sets a sweep up and starts it.
    pub async fn started(&self, built: &Built, request: &SetUp) -> String {
        let configured = self.set_up(&built.session, &built.artifact, request).await.unwrap();
        self.run(&built.session, &built.artifact, &configured.optimization_id).await.unwrap();
        configured.optimization_id
    }
}

/// The operation of a task.
pub fn operation(id: &str) -> (TaskKind, TaskIds<'_>) {
    (TaskKind::StrategyOp, TaskIds { operation_id: Some(id), ..TaskIds::default() })
}

/// The run of a task.
pub fn backtest_run(id: &str) -> (TaskKind, TaskIds<'_>) {
    (TaskKind::Backtest, TaskIds { backtest_id: Some(id), ..TaskIds::default() })
}

/// The sweep of a task.
pub fn sweep_of(id: &str) -> (TaskKind, TaskIds<'_>) {
    (TaskKind::Optimization, TaskIds { optimization_id: Some(id), ..TaskIds::default() })
}

/// The meaning of a refusal: its kind, and that its text says all of these.
pub fn refused<T: std::fmt::Debug>(outcome: Result<T, AppError>, kind: &str, says: &[&str]) -> AppError {
    let error = outcome.expect_err("it should have been refused");
    assert_eq!(error.kind.as_str(), kind, "{error:?}");
    let text = format!("{} {} {:?}", error.message, error.next, error.problems);
    for part in says {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
    error
}
