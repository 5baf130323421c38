//! One seed from its first request to rest.

use crate::actor::Actor;
use crate::coverage::{Coverage, Directive};
use crate::known::KnownVersion;
use crate::mapping::Mapping;
use crate::requests::variant;
use crate::rest::{self, Answer, Question};
use crate::weather::Weather;
use crate::world::World;
use app::artifact::MakeRequest;
use ports::faults::Random;
use ports::message::MESSAGE_VERSION;
use ports::queue::{Outgoing, QueueName};
use ports::table::{Change, Condition, Key};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// Looks of the mapping after which a world that has not come to rest is a failure.
const LOOKS_MAX: usize = 60_000;

/// What a seed came to.
#[derive(Debug)]
pub struct Outcome {
    pub coverage: Coverage,
    pub digest: u64,
    /// What ended well, to be compared with the calm answer.
    pub answers: Vec<(Question, Answer)>,
    pub violation: Option<String>,
    pub write_peaks: BTreeMap<&'static str, u64>,
    pub read_peaks: BTreeMap<&'static str, u64>,
}

/// What is run.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    pub seed: u64,
    pub directive: Option<Directive>,
    /// Print what happens.
    pub shown: bool,
}

/// Runs on one thread under time that stands still until everybody waits.
pub fn on_one_thread<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(future)
}

/// Runs a seed.
pub fn seed(plan: &Plan) -> Outcome {
    on_one_thread(async {
        let mut random = Random::new(plan.seed);
        let weather = Weather::of(&mut random);
        let world = World::new(plan.seed, weather, random, plan.directive.clone(), plan.shown);
        world.trace(|| format!("seed {} {:?}", plan.seed, world.weather()));
        let mut actors = Vec::new();
        let mut clients = JoinSet::new();
        for tenant in ["ada", "bob", "cem"].into_iter().take([1, 1, 2, 2, 3][usize::try_from(world.below(5)).unwrap()])
        {
            let actor = Actor { world: Arc::clone(&world), tenant: tenant.to_owned(), known: Arc::default() };
            for _ in 0..=world.below(2) {
                clients.spawn(actor.clone().live(2 + world.below(5)));
            }
            actors.push(actor);
        }
        work(&world, clients, &actors).await;
        finish(&world, &actors).await
    })
}

/// The calm answer to everything that can be asked of one strategy, or of a sweep of it.
///
/// # Errors
/// The law that is broken even then.
pub fn calm(question: Question) -> Result<Answer, String> {
    let outcome = on_one_thread(async {
        let world = World::new(0, Weather::calm(), Random::new(0), None, false);
        let actor = Actor { world: Arc::clone(&world), tenant: "ada".to_owned(), known: Arc::default() };
        until_rest(&world, &actor, question).await
    });
    if let Some(broken) = outcome.violation {
        return Err(format!("even in a calm world: {broken}"));
    }
    let found = outcome.answers.into_iter().find(|(asked, _)| *asked == question).map(|(_, answer)| answer);
    found.ok_or_else(|| format!("{question:?} does not end well in a calm world"))
}

/// Asks one question of a world and waits for its rest.
pub async fn until_rest(world: &Arc<World>, actor: &Actor, question: Question) -> Outcome {
    let mut clients = JoinSet::new();
    clients.spawn(ask(actor.clone(), question));
    work(world, clients, std::slice::from_ref(actor)).await;
    finish(world, std::slice::from_ref(actor)).await
}

async fn ask(actor: Actor, question: Question) {
    let number = match question {
        Question::Own { variant } | Question::Overridden { variant } | Question::Sweep { variant, .. } => variant,
    };
    actor.create_session().await;
    let session = actor.known.lock().unwrap().sessions[0].clone();
    let request = MakeRequest { idempotency_key: Some("once".to_owned()), ..variant(number, true) };
    actor.make(&session, None, &request, number).await;
    actor.wait_for_last_build().await;
    let version: KnownVersion = actor.known.lock().unwrap().versions[0].clone();
    match question {
        Question::Own { .. } => {}
        Question::Overridden { .. } => actor.start_backtest_of(&version, true).await,
        Question::Sweep { request, .. } => {
            actor.set_up_of(&version, request).await;
            actor.run_sweep().await;
        }
    }
}

/// Until every client is gone, every message is handled, and nothing is left that could ever happen.
async fn work(world: &Arc<World>, mut clients: JoinSet<()>, actors: &[Actor]) {
    let mapping = Mapping::new(world);
    let mut clear_at = None;
    for _ in 0..LOOKS_MAX {
        if world.violation().is_some() {
            return;
        }
        while let Some(done) = clients.try_join_next() {
            if let Err(panic) = done {
                world.violate(format!("a client: {panic}"));
            }
        }
        if clients.is_empty() && clear_at.is_none() {
            clear_at = Some(tokio::time::Instant::now() + Duration::from_secs(world.below(3_600)));
        }
        if clear_at.is_some_and(|at| tokio::time::Instant::now() >= at) {
            world.clear_up();
        }
        disturb(world, actors).await;
        let began = mapping.begin().await;
        if !began && clients.is_empty() && mapping.at_work() == 0 && mapping.next_us().is_none() {
            return;
        }
        mapping.wait().await;
    }
    world.violate("the world does not come to rest".to_owned());
}

/// What nobody in the service asked for.
async fn disturb(world: &Arc<World>, actors: &[Actor]) {
    let weather = world.weather();
    if world.happens(weather.clock_jump) {
        world.jump_clock();
    }
    if weather.unknown_message && world.happens(20) {
        let body = json!({ "version": MESSAGE_VERSION + 1, "work": { "kind": "something_new" } }).to_string();
        let message = Outgoing { body, group: "ada".to_owned(), delay_seconds: 0 };
        world.calm.queue.send(QueueName::Steps, vec![message]).await.unwrap();
    }
    if world.happens(weather.engine_upgrade) {
        for actor in actors {
            upgrade_engine(world, actor).await;
        }
    }
}

/// The engine is upgraded: for the newest sweep it is as if another version had set it up.
async fn upgrade_engine(world: &Arc<World>, actor: &Actor) {
    let Some(sweep) = actor.known.lock().unwrap().sweeps.last().cloned() else { return };
    actor.known.lock().unwrap().disturbed.push(sweep.id.clone());
    let key = Key::new(format!("{}#{}", actor.tenant, sweep.session), &sweep.id);
    let Some(record) = world.calm.table.get(&key).await.unwrap() else { return };
    if !["configured", "running"].contains(&record.body["status"].as_str().unwrap_or_default()) {
        return;
    }
    let mut body = record.body;
    body["pins"]["engine_version"] = json!("0");
    let condition = Condition::VersionIs(record.version);
    let put = Change::Put { key, condition, expires_at: None, body };
    world.calm.table.write("upgrade", vec![put]).await.unwrap();
    world.trace(|| format!("the engine of {} is upgraded", sweep.id));
}

async fn finish(world: &Arc<World>, actors: &[Actor]) -> Outcome {
    let mut answers = Vec::new();
    if world.violation().is_none() {
        match rest::check(world, actors).await {
            Ok(found) => answers = found,
            Err(broken) => world.violate(broken),
        }
    }
    let load = world.load.lock().unwrap();
    Outcome {
        coverage: world.coverage.lock().unwrap().clone(),
        digest: world.trace_digest(),
        answers,
        violation: world.violation(),
        write_peaks: load.write_peaks.clone(),
        read_peaks: load.read_peaks.clone(),
    }
}
