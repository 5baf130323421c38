//! Two imports into one series at the same time, without a lock: whatever one does between two writes of the other, no
//! bar is lost, and the one that came too late says so.

use crate::contracts::{H, M, U, contract, of_contracts, of_series, take_in_a_race, whole};
use crate::folder::run;
use crate::probe::ProbedStore;
use crate::series::{around_the_clock, slice};
use importers::Imported;
use lake::absorb::AbsorbError;
use lake::{ObjectStore, WriteError};
use object_store::memory::InMemory;
use std::sync::Arc;

/// How a race ended for the import that was overtaken.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// The other one never ran: there are fewer writes.
    Alone,
    Stored,
    Raced,
}

/// `second` runs to its end before the write after `puts` of `first`; when that one is refused, it imports again.
async fn race(before: Option<&Imported>, first: &Imported, second: &Imported, puts: usize, expected_id: &str) -> End {
    let inner: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    if let Some(before) = before {
        take_in_a_race(inner.clone(), before.clone()).await.unwrap();
    }
    let store = Arc::new(ProbedStore::new(inner.clone()));
    let (other, imported) = (inner.clone(), second.clone());
    let overtakes = async move {
        take_in_a_race(other, imported).await.unwrap();
    };
    store.run_before_put(puts, Box::pin(overtakes));
    let outcome = take_in_a_race(store.clone(), first.clone()).await;
    if store.is_waiting() {
        return End::Alone;
    }
    let end = match outcome {
        Ok(_) => End::Stored,
        Err(AbsorbError::Write(WriteError::Raced)) => End::Raced,
        Err(error) => panic!("after {puts} writes: {error}"),
    };
    if end == End::Raced {
        take_in_a_race(inner.clone(), first.clone()).await.unwrap();
    }
    let last = take_in_a_race(inner, second.clone()).await.unwrap();
    assert_eq!(last.manifest.snapshot_id, expected_id, "after {puts} writes, {end:?}");
    assert_eq!((last.added, last.replaced), (0, 0), "after {puts} writes, {end:?}");
    end
}

async fn check_races(before: Option<Imported>, first: Imported, second: Imported, all: Imported) {
    let at_once = take_in_a_race(Arc::new(InMemory::new()), all).await.unwrap().manifest.snapshot_id;
    let mut ends = Vec::new();
    loop {
        let end = race(before.as_ref(), &first, &second, ends.len(), &at_once).await;
        if end == End::Alone {
            break;
        }
        ends.push(end);
    }
    assert!(ends.contains(&End::Raced), "{ends:?}");
}

#[test]
fn no_bar_is_lost_between_two_imports() {
    let series = around_the_clock("ES", 3_000, 9);
    let part = |from: usize, to: usize| of_series(slice(&series, series.ts[from], series.ts[to]));
    run(async {
        check_races(None, part(0, 1_500), part(1_200, 2_999), part(0, 2_999)).await;
        check_races(Some(part(1_000, 1_600)), part(0, 1_500), part(1_200, 2_999), part(0, 2_999)).await;
    });
}

#[test]
fn no_contract_is_lost_between_two_imports() {
    let all = || of_contracts(&[whole(H), whole(M), whole(U)]);
    let one = |terms| of_contracts(&[whole(terms)]);
    run(async {
        check_races(Some(one(H)), one(M), one(U), all()).await;
        let early = of_contracts(&[whole(H), contract(M, 0..3)]);
        let late = of_contracts(&[contract(M, 2..5), whole(U)]);
        check_races(None, early, late, all()).await;
    });
}
