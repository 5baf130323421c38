//! A burst: every slice of the largest batch on a worker of its own at once. No key is asked for more than it takes.

use crate::actor::Actor;
use crate::run::{self, Outcome};
use crate::weather::{PARTITION_UNITS_MAX, Weather};
use crate::world::World;
use crate::{requests, rest::Question};
use domain::limits::SLICES_MAX;
use ports::faults::Random;
use std::sync::Arc;

/// What a partition of the real table gives in a second, consistently read, 4 KB each.
const PARTITION_READ_UNITS_MAX: u64 = 3_000;

/// Workers the real queue starts at most.
const WORKERS_MAX: usize = 1_250;

fn burst(workers: usize) -> Outcome {
    run::on_one_thread(async {
        let weather = Weather { units_at_once: workers, measured: true, latency_ms_max: 10, ..Weather::calm() };
        let world = World::new(1, weather, Random::new(1), None, false);
        let actor = Actor { world: Arc::clone(&world), tenant: "ada".to_owned(), known: Arc::default() };
        let question = Question::Sweep { variant: 0, request: requests::LARGEST_SWEEP };
        run::until_rest(&world, &actor, question).await
    })
}

#[test]
fn a_burst_of_workers_overloads_no_key() {
    for workers in [5, 100, WORKERS_MAX] {
        let outcome = burst(workers);
        assert_eq!(outcome.violation, None);
        assert_eq!(outcome.answers.len(), 2, "the sweep and the strategy's own run ended well");
        eprintln!(
            "{workers} workers, {SLICES_MAX} slices: write units {:?}, read units {:?}",
            outcome.write_peaks, outcome.read_peaks
        );
        for (kind, units) in &outcome.write_peaks {
            assert!(*units <= PARTITION_UNITS_MAX, "{units} write units of {kind} in a second");
        }
        for (kind, units) in &outcome.read_peaks {
            assert!(*units <= PARTITION_READ_UNITS_MAX, "{units} read units of {kind} in a second");
        }
    }
}
