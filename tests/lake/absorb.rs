//! Imports taken in: contracts in any order against a series made by hand, merging, refusals, crashes.

use crate::contracts::{
    H, M, U, continuous_by_hand, contract, of_contracts, of_series, rolls_by_hand, take, take_as, whole,
};
use crate::folder::{Lake, run};
use crate::series::{DAY_US, MINUTE_US, Seeded, around_the_clock, instrument, slice};
use domain::series::{Adjustment, SeriesManifest};
use importers::{ContractSeries, Imported};
use lake::absorb::AbsorbError;
use lake::{AbsorbOutcome, Absorbed};
use market::{BarSeries, Instrument, PriceSide, Resolution};
use ports::bars::Catalog;

fn counts(absorbed: &Absorbed) -> (u64, u64, u64) {
    (absorbed.added, absorbed.replaced, absorbed.unchanged)
}

fn bars_of(contracts: &[ContractSeries]) -> u64 {
    contracts.iter().map(|contract| contract.series.len() as u64).sum()
}

async fn current(lake: &Lake) -> Option<SeriesManifest> {
    lake.catalog.current("ES", Some(Resolution::MINUTE)).await.unwrap()
}

/// Imports one after the other end in the series made by hand; returns its snapshot id.
async fn check_imports(imports: &[Vec<ContractSeries>]) -> String {
    let lake = Lake::new();
    let mut last = None;
    for contracts in imports {
        let absorbed = take(lake.store.clone(), of_contracts(contracts)).await.unwrap();
        assert_eq!((absorbed.outcome, counts(&absorbed)), (AbsorbOutcome::Stored, (bars_of(contracts), 0, 0)));
        last = Some(absorbed.manifest);
    }
    let manifest = last.unwrap();
    assert_eq!(manifest.rolls, rolls_by_hand());
    assert_eq!(manifest.adjustment, Adjustment::DifferenceOffset);
    assert_eq!(*lake.load(&manifest, i64::MIN, i64::MAX).await, continuous_by_hand());
    assert_eq!(lake.catalog.list().await.unwrap(), vec![manifest.clone()], "contracts are no series of the catalogue");
    manifest.snapshot_id
}

#[test]
fn contracts_in_any_order_make_one_series() {
    let [h, m, u] = [whole(H), whole(M), whole(U)];
    let mut orders = vec![vec![vec![h.clone(), m.clone(), u.clone()]], vec![vec![u.clone(), h.clone(), m.clone()]]];
    for [first, second, third] in [[&h, &m, &u], [&h, &u, &m], [&m, &h, &u], [&m, &u, &h], [&u, &h, &m], [&u, &m, &h]] {
        orders.push(vec![vec![first.clone()], vec![second.clone()], vec![third.clone()]]);
        orders.push(vec![vec![first.clone()], vec![third.clone(), second.clone()]]);
    }
    // A file a day, each with all contracts that traded, in any order.
    let day = |day: usize| {
        let all = [H, M, U].map(|terms| contract(terms, day..day + 1)).to_vec();
        all.into_iter().filter(|contract| !contract.series.is_empty()).collect::<Vec<_>>()
    };
    orders.push((0..5).map(day).collect());
    orders.push([3, 0, 4, 2, 1].map(day).to_vec());
    run(async {
        let mut ids = Vec::new();
        for imports in &orders {
            ids.push(check_imports(imports).await);
        }
        ids.dedup();
        assert_eq!(ids.len(), 1);
    });
}

#[test]
fn importing_again_changes_nothing() {
    run(async {
        let lake = Lake::new();
        let all = [whole(H), whole(M), whole(U)];
        let first = take(lake.store.clone(), of_contracts(&all)).await.unwrap();
        let series = around_the_clock("BTCUSD", 500, 1);
        let bitcoin = Instrument { symbol: "BTCUSD".to_owned(), ..instrument() };
        let other = take_as(lake.store.clone(), of_series(series.clone()), bitcoin.clone()).await.unwrap();
        assert_eq!(counts(&other), (500, 0, 0));
        lake.store.take_puts();
        for contracts in [&all[..], &all[1..2], &[contract(M, 1..3)]] {
            let again = take(lake.store.clone(), of_contracts(contracts)).await.unwrap();
            assert_eq!((again.outcome, counts(&again)), (AbsorbOutcome::Unchanged, (0, 0, bars_of(contracts))));
            assert_eq!(again.manifest, first.manifest);
        }
        let again = take_as(lake.store.clone(), of_series(series), bitcoin).await.unwrap();
        assert_eq!((again.outcome, counts(&again)), (AbsorbOutcome::Unchanged, (0, 0, 500)));
        assert_eq!(lake.store.take_puts(), Vec::<String>::new());
    });
}

#[test]
fn a_corrected_bar_replaces_the_old_one() {
    run(async {
        let lake = Lake::new();
        let before = take(lake.store.clone(), of_contracts(&[whole(H), whole(M), whole(U)])).await.unwrap();
        let mut corrected = contract(M, 2..3);
        corrected.series.close[1] += 1;
        let after = take(lake.store.clone(), of_contracts(&[corrected])).await.unwrap();
        assert_eq!((after.outcome, counts(&after)), (AbsorbOutcome::Stored, (0, 1, 2)));
        assert_eq!(after.manifest.rolls, before.manifest.rolls);
        let mut expected = continuous_by_hand();
        expected.close[7] += 1;
        assert_eq!(*lake.load(&after.manifest, i64::MIN, i64::MAX).await, expected);
    });
}

#[test]
fn a_contract_not_yet_rolled_to_is_kept() {
    run(async {
        let lake = Lake::new();
        let first = take(lake.store.clone(), of_contracts(&[contract(H, 0..1)])).await.unwrap();
        let second = take(lake.store.clone(), of_contracts(&[contract(M, 0..1)])).await.unwrap();
        assert_eq!((second.outcome, counts(&second)), (AbsorbOutcome::Stored, (3, 0, 0)));
        assert_eq!(second.manifest, first.manifest);
        let rest = [contract(H, 1..5), contract(M, 1..5), whole(U)];
        let third = take(lake.store.clone(), of_contracts(&rest)).await.unwrap();
        assert_eq!(third.manifest.rolls, rolls_by_hand());
        assert_eq!(*lake.load(&third.manifest, i64::MIN, i64::MAX).await, continuous_by_hand());
    });
}

#[test]
fn months_that_are_not_listed_are_stitched_only_alone() {
    run(async {
        let terms = || Instrument { contract_months: Some("HU".to_owned()), ..instrument() };
        let without_m = take_as(Lake::new().store.clone(), of_contracts(&[whole(H), whole(U)]), terms()).await.unwrap();
        for order in [[M, H, U], [H, M, U], [U, H, M]] {
            let lake = Lake::new();
            let mut last = None;
            for contract in order.map(whole) {
                let alone = contract.series.clone();
                let absorbed = take_as(lake.store.clone(), of_contracts(&[contract]), terms()).await.unwrap();
                if last.is_none() {
                    assert_eq!(lake.load(&absorbed.manifest, i64::MIN, i64::MAX).await.close, alone.close);
                }
                last = Some(absorbed.manifest);
            }
            let last = last.unwrap();
            assert_eq!((&last.snapshot_id, &last.rolls), (&without_m.manifest.snapshot_id, &without_m.manifest.rolls));
        }
    });
}

#[test]
fn resolutions_are_series_of_their_own() {
    run(async {
        let lake = Lake::new();
        let minutes = take(lake.store.clone(), of_contracts(&[whole(H), whole(M), whole(U)])).await.unwrap();
        let mut daily = whole(H);
        daily.series = slice(&daily.series, i64::MIN, daily.series.ts[1]);
        daily.series.resolution = Resolution(1_440);
        let absorbed = take(lake.store.clone(), of_contracts(&[daily.clone()])).await.unwrap();
        assert_eq!((absorbed.manifest.resolution, absorbed.manifest.rows), (Resolution(1_440), 1));
        assert_eq!(current(&lake).await, Some(minutes.manifest));
        let mixed = [whole(H), daily];
        let error = take(Lake::new().store.clone(), of_contracts(&mixed)).await.unwrap_err();
        assert!(error.to_string().contains("bar length in minutes (1 and 1440)"), "{error}");
    });
}

#[test]
fn ready_made_series_merge() {
    run(async {
        let lake = Lake::new();
        let series = around_the_clock("ES", 3_000, 9);
        let mut later = slice(&series, series.ts[1_000], i64::MAX);
        let first = take(lake.store.clone(), of_series(slice(&series, i64::MIN, series.ts[1_500]))).await.unwrap();
        assert_eq!((first.manifest.adjustment, counts(&first)), (Adjustment::None, (1_500, 0, 0)));
        later.volume[7] += 1;
        later.close[11] += 1;
        let second = take(lake.store.clone(), of_series(later)).await.unwrap();
        assert_eq!((second.outcome, counts(&second)), (AbsorbOutcome::Stored, (1_500, 2, 498)));
        let mut expected = series;
        expected.volume[1_007] += 1;
        expected.close[1_011] += 1;
        assert_eq!(*lake.load(&second.manifest, i64::MIN, i64::MAX).await, expected);
        // However it came to be, the same bars are the same snapshot.
        let at_once = take(Lake::new().store.clone(), of_series(expected)).await.unwrap();
        assert_eq!(at_once.manifest, SeriesManifest { rolls: Vec::new(), ..second.manifest });
    });
}

/// A continuous series as a vendor makes it comes with its offsets and keeps them.
#[test]
fn a_ready_made_series_with_offsets() {
    run(async {
        let lake = Lake::new();
        let series = continuous_by_hand();
        let cut_us = series.ts[9];
        take(lake.store.clone(), of_series(slice(&series, cut_us, i64::MAX))).await.unwrap();
        let absorbed = take(lake.store.clone(), of_series(slice(&series, i64::MIN, cut_us))).await.unwrap();
        assert_eq!(absorbed.manifest.adjustment, Adjustment::DifferenceOffset);
        assert_eq!(*lake.load(&absorbed.manifest, i64::MIN, i64::MAX).await, series);
    });
}

#[test]
fn the_instrument_names_the_series() {
    run(async {
        let lake = Lake::new();
        let renamed = |contract: ContractSeries| {
            let series = BarSeries { symbol: "ES.v.0".to_owned(), ..contract.series };
            ContractSeries { series, ..contract }
        };
        take(lake.store.clone(), of_contracts(&[renamed(whole(H))])).await.unwrap();
        let absorbed = take(lake.store.clone(), of_contracts(&[whole(M), renamed(whole(U))])).await.unwrap();
        assert_eq!(*lake.load(&absorbed.manifest, i64::MIN, i64::MAX).await, continuous_by_hand());

        let lake = Lake::new();
        let series = around_the_clock("ES=F", 100, 3);
        take(lake.store.clone(), of_series(slice(&series, i64::MIN, series.ts[50]))).await.unwrap();
        let absorbed = take(lake.store.clone(), of_series(slice(&series, series.ts[40], i64::MAX))).await.unwrap();
        assert_eq!(counts(&absorbed), (50, 0, 10));
        let expected = BarSeries { symbol: "ES".to_owned(), ..series };
        assert_eq!(*lake.load(&absorbed.manifest, i64::MIN, i64::MAX).await, expected);
    });
}

/// The longest symbol has room for its contracts; symbols that begin alike keep apart.
#[test]
fn shelves_of_other_symbols_are_not_mixed_up() {
    run(async {
        let lake = Lake::new();
        let symbols = ["ES", "E", "ES=202003", "ES-202003", &"E".repeat(32)];
        for symbol in symbols {
            let terms = Instrument { symbol: symbol.to_owned(), ..instrument() };
            for contract in [whole(H), whole(M), whole(U)] {
                take_as(lake.store.clone(), of_contracts(&[contract]), terms.clone()).await.unwrap();
            }
        }
        let listed = lake.catalog.list().await.unwrap();
        assert_eq!(listed.len(), symbols.len());
        for manifest in listed {
            let expected = BarSeries { symbol: manifest.symbol.clone(), ..continuous_by_hand() };
            assert_eq!(*lake.load(&manifest, i64::MIN, i64::MAX).await, expected);
        }
    });
}

/// `refused` meets a lake that has taken `before`: the error says so, nothing is written, and the series is as it was.
async fn check_refused(before: Imported, refused: Imported, terms: Instrument, message: &str) -> AbsorbError {
    let lake = Lake::new();
    let stored = take(lake.store.clone(), before).await.unwrap();
    lake.store.take_puts();
    let error = take_as(lake.store.clone(), refused, terms).await.unwrap_err();
    assert!(error.to_string().contains(message), "{error}");
    assert_eq!(lake.store.take_puts(), Vec::<String>::new(), "{error}");
    assert_eq!(current(&lake).await, Some(stored.manifest));
    error
}

#[test]
fn single_contracts_and_ready_made_series_do_not_mix() {
    run(async {
        let ready_made = || of_series(around_the_clock("ES", 100, 1));
        let all = || of_contracts(&[whole(H), whole(M), whole(U)]);
        // One contract has no rolls, and is a contract all the same.
        for contracts in [all(), of_contracts(&[whole(H)])] {
            let error = check_refused(contracts, ready_made(), instrument(), "ES is stored as single contracts").await;
            assert!(matches!(error, AbsorbError::FromContracts(_)));
        }
        let error = check_refused(ready_made(), all(), instrument(), "ES is stored as a ready-made series").await;
        assert!(matches!(error, AbsorbError::NotFromContracts(_)));
    });
}

#[test]
fn what_cannot_be_taken_leaves_nothing_behind() {
    let spoilt = |terms, spoil: fn(&mut BarSeries)| {
        let mut contract = whole(terms);
        spoil(&mut contract.series);
        contract
    };
    let quotes = |series: &mut BarSeries| {
        series.price_side = PriceSide::Mid;
        series.spread = vec![1; series.ts.len()];
    };
    let no_volume: fn(&mut BarSeries) = |series| series.volume.fill(0);
    let unordered: fn(&mut BarSeries) = |series| series.ts[2] = series.ts[1];
    let h = || of_contracts(&[whole(H)]);
    let named = |symbol: &str| Instrument { symbol: symbol.to_owned(), ..instrument() };
    run(async {
        for (before, refused, terms, message) in [
            (h(), of_contracts(&[whole(U), spoilt(M, quotes)]), instrument(), "price side (Trade and Mid)"),
            (h(), of_contracts(&[spoilt(H, quotes)]), instrument(), "price side (Trade and Mid)"),
            (h(), of_contracts(&[whole(M), spoilt(U, unordered)]), instrument(), "bar 2 is not later"),
            (
                h(),
                of_contracts(&[whole(M), spoilt(U, |series| series.high.truncate(5))]),
                instrument(),
                "has 5 values for 12",
            ),
            (h(), of_contracts(&[spoilt(M, |series| *series = slice(series, 0, 0))]), instrument(), "has no bars"),
            (h(), of_contracts(&[whole(M)]), named("ES/M"), "symbol \"ES/M\" cannot name"),
            (h(), of_series(around_the_clock("ES", 10, 1)), named("../ES"), "symbol \"../ES\" cannot name"),
            (
                of_contracts(&[spoilt(H, no_volume)]),
                of_contracts(&[spoilt(M, no_volume)]),
                instrument(),
                "the contracts of ES carry no volume",
            ),
        ] {
            check_refused(before, refused, terms, message).await;
        }
    });
}

/// Whatever write an import dies after, the old series stays current, and importing again finishes with the same id.
async fn check_crashes(before: Imported, import: Imported, at_least_puts: i64) {
    let lake = Lake::new();
    take(lake.store.clone(), before.clone()).await.unwrap();
    let finished = take(lake.store.clone(), import.clone()).await.unwrap().manifest;
    let mut puts = 0;
    loop {
        let lake = Lake::new();
        let old = take(lake.store.clone(), before.clone()).await.unwrap().manifest;
        lake.store.crash_after_puts(puts);
        let outcome = take(lake.store.clone(), import.clone()).await;
        lake.store.crash_after_puts(i64::MAX);
        if outcome.is_ok() {
            break;
        }
        assert_eq!(current(&lake).await, Some(old.clone()), "after {puts} writes");
        lake.load(&old, i64::MIN, i64::MAX).await;
        let again = take(lake.store.clone(), import.clone()).await.unwrap();
        assert_eq!((again.outcome, &again.manifest), (AbsorbOutcome::Stored, &finished), "after {puts} writes");
        assert_eq!(current(&lake).await, Some(finished.clone()));
        puts += 1;
    }
    assert!(puts >= at_least_puts, "only {puts} writes");
}

#[test]
fn an_import_that_dies_is_finished_by_another() {
    run(async {
        // Three objects for each of two contracts, and three for the series.
        check_crashes(of_contracts(&[whole(H)]), of_contracts(&[whole(M), whole(U)]), 9).await;
        let series = around_the_clock("ES", 1_000, 2);
        check_crashes(of_series(slice(&series, i64::MIN, series.ts[400])), of_series(series), 3).await;
    });
}

/// A first import of contracts that dies leaves contracts and no series: a ready-made series may not come between.
#[test]
fn contracts_of_an_import_that_died_keep_their_symbol() {
    run(async {
        let lake = Lake::new();
        let all = || of_contracts(&[whole(H), whole(M), whole(U)]);
        lake.store.crash_after_puts(3);
        take(lake.store.clone(), all()).await.unwrap_err();
        lake.store.crash_after_puts(i64::MAX);
        assert_eq!(current(&lake).await, None);
        let error = take(lake.store.clone(), of_series(around_the_clock("ES", 10, 1))).await.unwrap_err();
        assert!(matches!(error, AbsorbError::FromContracts(_)), "{error:?}");
        let finished = take(lake.store.clone(), all()).await.unwrap();
        assert_eq!(*lake.load(&finished.manifest, i64::MIN, i64::MAX).await, continuous_by_hand());
    });
}

/// Random cuts of the three contracts into files, imported in a random order.
#[test]
fn any_cut_into_files_makes_the_same_series() {
    run(async {
        for seed in 0..12 {
            let mut random = Seeded(seed);
            let mut files: Vec<ContractSeries> = Vec::new();
            for contract in [H, M, U].map(whole) {
                let last_us = *contract.series.ts.last().unwrap();
                let mut from_us = i64::MIN;
                while from_us <= last_us {
                    let first_us = from_us.max(contract.series.ts[0]);
                    let to_us =
                        first_us + MINUTE_US * (1 + random.below(u64::try_from(DAY_US / MINUTE_US * 3).unwrap()));
                    let series = slice(&contract.series, from_us, to_us);
                    if !series.is_empty() {
                        files.insert(
                            random.below(files.len() as u64 + 1) as usize,
                            ContractSeries { series, ..contract.clone() },
                        );
                    }
                    from_us = to_us;
                }
            }
            eprintln!("seed {seed}: {} files", files.len());
            check_imports(&files.into_iter().map(|file| vec![file]).collect::<Vec<_>>()).await;
        }
    });
}
