//! A tenant's client: it calls tools, sometimes the same one twice at once, gives up, comes back, and remembers what it
//! was promised.

use crate::known::{Known, KnownRun, KnownSweep, KnownVersion, caller, ids_of};
use crate::process::Process;
use crate::requests::{LARGE_SWEEP, SWEEPS, VARIANTS, overrides, sweep_request, variant};
use crate::world::World;
use app::artifact::MakeRequest;
use app::backtest::{Include, Run};
use app::session::StatusFilter;
use app::study_cache::StudyCache;
use app::task::{TaskIds, TaskKind};
use app::{AppError, Caller, Desk, ErrorKind, artifact, backtest, optimization, session, task};
use serde_json::Map;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Seconds a request may take.
const REQUEST_SECONDS: u64 = 320;

/// What came of a call.
pub enum Reply<T> {
    Done(T),
    Refused,
    /// The connection broke; nobody knows.
    Lost,
}

#[derive(Clone)]
pub struct Actor {
    pub world: Arc<World>,
    pub tenant: String,
    pub known: Arc<Mutex<Known>>,
}

impl Actor {
    /// Calls a tool in a process of its own.
    pub async fn call<T>(
        &self,
        tool: &'static str,
        work: impl AsyncFnOnce(Desk, Caller) -> Result<T, AppError>,
    ) -> Reply<T> {
        let process = Process::new(&self.world, tool, vec![self.tenant.clone()], false);
        self.world.trace(|| format!("request {} of {}: {tool}", process.number, self.tenant));
        let desk = self.world.bench(&process, &Arc::<StudyCache>::default()).desk;
        let outcome = tokio::select! {
            biased;
            () = process.death() => return Reply::Lost,
            outcome = work(desk, caller(&self.tenant)) => outcome,
            () = tokio::time::sleep(Duration::from_secs(REQUEST_SECONDS)) => {
                process.kill();
                return Reply::Lost;
            }
        };
        self.world.trace(|| {
            let said = outcome.as_ref().err().map_or("ok", |error| error.message.as_str());
            format!("answer {}: {said}", process.number)
        });
        match outcome {
            Ok(done) => Reply::Done(done),
            Err(error) => {
                if error.kind == ErrorKind::Internal {
                    self.world.violate(format!("{tool} answers with an internal error: {}", error.context));
                }
                Reply::Refused
            }
        }
    }

    fn pick<T: Clone>(&self, from: impl Fn(&Known) -> &Vec<T>) -> Option<T> {
        let known = self.known.lock().unwrap();
        let items = from(&known);
        let place = usize::try_from(self.world.below(items.len() as u64)).unwrap_or(0);
        items.get(place).cloned()
    }

    /// Some calls, with pauses.
    pub async fn live(self, actions: u64) {
        self.create_session().await;
        self.create_strategy().await;
        for _ in 0..actions {
            tokio::time::sleep(Duration::from_millis(self.world.below(15_000))).await;
            match self.world.below(30) {
                0 => self.create_session().await,
                1..=4 => self.create_strategy().await,
                5..=6 => self.update_strategy().await,
                7..=10 => self.start_backtest().await,
                11..=15 => self.set_up().await,
                16..=21 => self.run_sweep().await,
                22..=23 => self.cancel().await,
                24 => self.delete().await,
                25..=27 => self.wait().await,
                _ => self.read().await,
            }
        }
    }

    pub async fn create_session(&self) {
        for _ in 0..20 {
            let made = self.call("create_session", async |desk, caller| session::create(&desk, &caller, None).await);
            if let Reply::Done(made) = made.await {
                self.known.lock().unwrap().sessions.push(made.session_id);
                return;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    pub async fn make(&self, session: &str, parent: Option<&KnownVersion>, request: &MakeRequest, variant: usize) {
        let reply = match parent {
            None => {
                self.call("create_strategy", async |desk, caller| {
                    artifact::create(&desk, &caller, session, request).await
                })
                .await
            }
            Some(parent) => {
                self.call("update_strategy", async |desk, caller| {
                    artifact::update(&desk, &caller, session, &parent.artifact, request).await
                })
                .await
            }
        };
        let Reply::Done(made) = reply else { return };
        let mut known = self.known.lock().unwrap();
        let key = request.idempotency_key.clone().unwrap_or_default();
        known.repeated.push((key, made.operation_id.clone()));
        if known.versions.iter().all(|version| version.artifact != made.artifact_id) {
            let (session, backtest) = (session.to_owned(), request.backtest);
            let (artifact, operation) = (made.artifact_id, made.operation_id);
            known.versions.push(KnownVersion { session, artifact, operation, variant, backtest });
        }
    }

    pub async fn create_strategy(&self) {
        let Some(session) = self.pick(|known| &known.sessions) else { return };
        let number = usize::try_from(self.world.below(VARIANTS as u64)).unwrap_or(0);
        let key = Some(format!("key-{}", self.world.below(1_000_000)));
        let request = MakeRequest { idempotency_key: key, ..variant(number, self.world.happens(700)) };
        let made = || self.make(&session, None, &request, number);
        if self.world.happens(400) {
            futures::join!(made(), made());
        } else {
            made().await;
        }
        if self.world.happens(300) {
            made().await;
        }
        if self.world.happens(800) {
            self.wait_for_last_build().await;
        }
    }

    pub async fn wait_for_last_build(&self) {
        let last = self.known.lock().unwrap().versions.last().cloned();
        let Some(version) = last else { return };
        let ids = TaskIds { operation_id: Some(&version.operation), ..TaskIds::default() };
        self.wait_for(&version.session, (TaskKind::StrategyOp, ids), 60).await;
    }

    async fn update_strategy(&self) {
        let Some(parent) = self.pick(|known| &known.versions) else { return };
        let number = usize::try_from(self.world.below(VARIANTS as u64)).unwrap_or(0);
        let key = Some(format!("key-{}", self.world.below(1_000_000)));
        let request = MakeRequest { idempotency_key: key, ..variant(number, self.world.happens(500)) };
        self.make(&parent.session, Some(&parent), &request, number).await;
    }

    pub async fn start_backtest(&self) {
        let Some(version) = self.pick(|known| &known.versions) else { return };
        // A run of its own covers all the data and takes the longest.
        let overridden = self.world.happens(750);
        if self.world.happens(250) {
            futures::join!(self.start_backtest_of(&version, overridden), self.start_backtest_of(&version, overridden));
        } else {
            self.start_backtest_of(&version, overridden).await;
        }
    }

    pub async fn start_backtest_of(&self, version: &KnownVersion, overridden: bool) {
        if !overridden {
            self.known.lock().unwrap().run_again.push(version.artifact.clone());
        }
        {
            let parameters = if overridden { overrides() } else { Map::new() };
            let names = (version.session.as_str(), version.artifact.as_str());
            let reply = self
                .call("backtest", async |desk, caller| {
                    // The window is part of the run with overrides only.
                    let (from, to) = (crate::demo::SHORT.0.to_owned(), crate::demo::SHORT.1.to_owned());
                    let run = Run { from: Some(from), to: Some(to), ..Run::default() };
                    let run = if overridden { run } else { Run::default() };
                    backtest::start(&desk, &caller, names, &run, &parameters).await
                })
                .await;
            if let Reply::Done(made) = reply {
                let (session, variant) = (version.session.clone(), version.variant);
                self.known.lock().unwrap().runs.push(KnownRun { session, id: made.backtest_id, variant, overridden });
            }
        }
    }

    pub async fn set_up(&self) {
        let Some(version) = self.pick(|known| &known.versions) else { return };
        let large = self.world.happens(20);
        let any = usize::try_from(self.world.below(SWEEPS as u64)).unwrap_or(0);
        self.set_up_of(&version, if large { LARGE_SWEEP } else { any }).await;
    }

    pub async fn set_up_of(&self, version: &KnownVersion, request: usize) {
        let names = (version.session.as_str(), version.artifact.as_str());
        let reply = self
            .call("setup_optimization", async |desk, caller| {
                optimization::set_up(&desk, &caller, names, &sweep_request(request)).await
            })
            .await;
        if let Reply::Done(made) = reply {
            let (session, artifact) = (version.session.clone(), version.artifact.clone());
            let (id, variant) = (made.optimization_id, version.variant);
            self.known.lock().unwrap().sweeps.push(KnownSweep { session, artifact, id, request, variant });
        }
    }

    pub async fn run_sweep(&self) {
        let (Some(first), Some(other)) = (self.pick(|known| &known.sweeps), self.pick(|known| &known.sweeps)) else {
            return self.set_up().await;
        };
        let run = async |sweep: &KnownSweep| {
            let names = (sweep.session.as_str(), sweep.artifact.as_str());
            self.call("run_optimization", async |desk, caller| {
                optimization::run(&desk, &caller, names, &sweep.id).await
            })
            .await;
        };
        match self.world.below(4) {
            0 => {
                futures::join!(run(&first), run(&first));
            }
            1 => {
                futures::join!(run(&first), run(&other));
            }
            _ => run(&first).await,
        }
    }

    async fn cancel(&self) {
        let (version, run, sweep) =
            (self.pick(|known| &known.versions), self.pick(|known| &known.runs), self.pick(|known| &known.sweeps));
        let (session, kind, id) = match (self.world.below(4), version, run, sweep) {
            (0, Some(version), ..) => (version.session, TaskKind::StrategyOp, version.operation),
            (1, _, Some(run), _) => (run.session, TaskKind::Backtest, run.id),
            (_, _, _, Some(sweep)) => (sweep.session, TaskKind::Optimization, sweep.id),
            _ => return,
        };
        self.known.lock().unwrap().disturbed.push(id.clone());
        let ids = ids_of(kind, &id);
        self.call("cancel_task", async |desk, caller| task::cancel(&desk, &caller, &session, (kind, ids)).await).await;
    }

    async fn delete(&self) {
        let Some(version) = self.pick(|known| &known.versions) else { return };
        self.known.lock().unwrap().disturbed.push(version.artifact.clone());
        let names = (version.session.as_str(), version.artifact.as_str());
        self.call("delete_strategy", async |desk, caller| {
            artifact::delete(&desk, &caller, names.0, names.1, true).await
        })
        .await;
    }

    async fn wait(&self) {
        let Some(sweep) = self.pick(|known| &known.sweeps) else { return };
        let seconds = self.world.below(60);
        self.wait_for(&sweep.session, (TaskKind::Optimization, ids_of(TaskKind::Optimization, &sweep.id)), seconds)
            .await;
    }

    pub async fn wait_for(&self, session: &str, subject: (TaskKind, TaskIds<'_>), seconds: u64) {
        self.call("wait_for_completion", async |desk, caller| {
            task::wait(&desk, &caller, session, subject, seconds).await
        })
        .await;
    }

    async fn read(&self) {
        let Some(session) = self.pick(|known| &known.sessions) else { return };
        self.call("get_session", async |desk, caller| session::get(&desk, &caller, &session).await).await;
        self.call("list_sessions", async |desk, caller| {
            session::list(&desk, &caller, StatusFilter::All, 10, None).await
        })
        .await;
        self.call("list_strategies", async |desk, caller| artifact::list(&desk, &caller, &session, None).await).await;
        self.call("update_session", async |desk, caller| {
            session::update(&desk, &caller, &session, Some("renamed"), None).await
        })
        .await;
        if let Some(sweep) = self.pick(|known| &known.sweeps) {
            let names = (sweep.session.as_str(), sweep.id.as_str());
            self.call("get_optimization", async |desk, caller| {
                optimization::get(&desk, &caller, names, 5, None, None).await
            })
            .await;
        }
        if let Some(run) = self.pick(|known| &known.runs) {
            let include = [Include::Summary, Include::Trades, Include::Equity];
            let include = include[usize::try_from(self.world.below(3)).unwrap_or(0)];
            self.call("get_backtest", async |desk, caller| {
                backtest::get(&desk, &caller, &run.session, (None, Some(&run.id)), include, None).await
            })
            .await;
        }
    }
}
