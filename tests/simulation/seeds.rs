//! Running seeds: a few thousand, one, for ever; and what must hold over all of them.

use crate::coverage::{Coverage, Directive, Edge};
use crate::rest::{Answer, Question};
use crate::run::{self, Outcome, Plan};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

/// Seeds of a test run.
const SEEDS: u64 = 2_000;

/// Threads that run seeds: each seed is a world of its own.
const THREADS: u64 = 2;

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn number(name: &str) -> Option<u64> {
    variable(name).and_then(|value| value.parse().ok())
}

/// The calm answer to a question, asked once per process.
fn calm_answer(question: Question) -> Result<Answer, String> {
    static ANSWERS: OnceLock<Mutex<BTreeMap<Question, Answer>>> = OnceLock::new();
    let answers = ANSWERS.get_or_init(Mutex::default);
    if let Some(answer) = answers.lock().unwrap().get(&question) {
        return Ok(answer.clone());
    }
    let answer = run::calm(question)?;
    answers.lock().unwrap().insert(question, answer.clone());
    Ok(answer)
}

/// How to see it again.
fn replay(plan: &Plan) -> String {
    let crash = plan
        .directive
        .as_ref()
        .map(|Directive { pair, edge }| format!("BARLAKE_SIM_CRASH='{}|{}|{edge:?}' ", pair.0, pair.1));
    format!("BARLAKE_SIM_SEED={} {}tests/run --test simulation one_seed", plan.seed, crash.unwrap_or_default())
}

/// Runs a plan and holds its answers against the calm ones.
fn examine(plan: &Plan) -> Result<Outcome, String> {
    let outcome = std::panic::catch_unwind(|| run::seed(plan)).map_err(|_panic| "the simulation panicked".to_owned());
    let outcome = outcome.and_then(|outcome| {
        if let Some(broken) = &outcome.violation {
            return Err(broken.clone());
        }
        for (question, answer) in &outcome.answers {
            if *answer != calm_answer(*question)? {
                return Err(format!("{question:?} is answered otherwise than in a calm world: {answer}"));
            }
        }
        Ok(outcome)
    });
    outcome.map_err(|broken| format!("seed {}: {broken}\n  replay: {}", plan.seed, replay(plan)))
}

/// Runs plans on every thread; what was seen, and the first failures.
fn examine_all(plans: impl Fn(u64) -> Option<Plan> + Sync) -> (Coverage, Vec<String>, u64) {
    let (next, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let (coverage, failures) = (Mutex::new(Coverage::default()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while failures.lock().unwrap().is_empty() {
                    let Some(plan) = plans(next.fetch_add(1, Ordering::SeqCst)) else { return };
                    match examine(&plan) {
                        Ok(outcome) => coverage.lock().unwrap().add(&outcome.coverage),
                        Err(failure) => failures.lock().unwrap().push(failure),
                    }
                    done.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    (coverage.into_inner().unwrap(), failures.into_inner().unwrap(), done.into_inner())
}

#[test]
fn no_seed_breaks_a_law_and_every_port_call_is_somebody_s_last() {
    let seeds = number("BARLAKE_SIM_SEEDS").unwrap_or(SEEDS);
    let first = number("BARLAKE_SIM_FIRST").unwrap_or(0);
    let plan = |place: u64| (place < seeds).then(|| Plan { seed: first + place, ..Plan::default() });
    let (mut coverage, failures, done) = examine_all(plan);
    assert!(failures.is_empty(), "after {done} seeds: {}", failures.join("\n"));
    // What chance left out is crashed by name, in the seed that reaches it.
    let missing = coverage.missing();
    let plan = |place: u64| {
        let (seed, directive) = missing.get(usize::try_from(place).ok()?)?.clone();
        Some(Plan { seed, directive: Some(directive), shown: false })
    };
    let (directed, failures, _) = examine_all(plan);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let reached = coverage.pairs.len();
    coverage.pairs.retain(|_, seen| seen.reached > 0);
    for (pair, seen) in directed.pairs {
        if let Some(ours) = coverage.pairs.get_mut(&pair) {
            ours.before += seen.before;
            ours.after += seen.after;
        }
    }
    if variable("BARLAKE_SIM_REPORT").is_some() {
        report(&coverage);
    }
    let left = coverage.missing();
    eprintln!("{done} seeds, {reached} pairs of handler and port call, {} crashed by name", missing.len());
    assert!(left.is_empty(), "never crashed: {left:?}");
}

fn report(coverage: &Coverage) {
    for ((role, site), seen) in &coverage.pairs {
        eprintln!(
            "{role:<22} {site:<48} reached {:>8} before {:>5} after {:>5}",
            seen.reached, seen.before, seen.after
        );
    }
}

#[test]
fn the_same_seed_is_the_same_world() {
    for seed in 0..40 {
        let plan = Plan { seed, ..Plan::default() };
        assert_eq!(run::seed(&plan).digest, run::seed(&plan).digest, "seed {seed}");
    }
}

#[test]
fn one_seed() {
    let directive = variable("BARLAKE_SIM_CRASH").map(|text| {
        let parts: Vec<&str> = text.split('|').collect();
        let edge = if parts[2] == "Before" { Edge::Before } else { Edge::After };
        Directive { pair: (parts[0].to_owned(), parts[1].to_owned()), edge }
    });
    let asked = number("BARLAKE_SIM_SEED");
    let plan = Plan { seed: asked.unwrap_or(1), directive, shown: asked.is_some() };
    if let Err(failure) = examine(&plan) {
        panic!("{failure}");
    }
}

#[test]
fn soak() {
    if variable("BARLAKE_SIM_SOAK").is_none() {
        return;
    }
    let first = number("BARLAKE_SIM_FIRST").unwrap_or(1_000_000);
    let (_, failures, done) = examine_all(|place| {
        if place.is_multiple_of(1_000) {
            eprintln!("seed {}", first + place);
        }
        Some(Plan { seed: first + place, ..Plan::default() })
    });
    panic!("after {done} seeds: {}", failures.join("\n"));
}
