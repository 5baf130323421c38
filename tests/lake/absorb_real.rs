//! The supplied ES minutes taken in file by file, contract by contract, and at once; counts from a plain reader.

use crate::contracts::{of_contracts, take_as};
use crate::folder::{Lake, run};
use domain::series::{SeriesManifest, SeriesRoll};
use importers::{Imported, Options, SourceFile};
use lake::AbsorbOutcome;
use market::{Catalogue, Instrument};
use ports::bars::Catalog;

fn es() -> Instrument {
    Catalogue::builtin().get("ES").unwrap()
}

fn imported(files: &[(String, Vec<u8>)]) -> Imported {
    let sources: Vec<_> = files.iter().map(|(name, bytes)| SourceFile { name, bytes }).collect();
    let options = Options { symbol: Some("ES".to_owned()), instrument: Some(es()), ..Options::default() };
    importers::import(&sources, &options, &mut |_| {}).unwrap()
}

/// The trade files, by day.
fn trade_files() -> Option<Vec<(String, Vec<u8>)>> {
    let folder = tests::shared_data()?.join("lean/Data/future/cme/minute/es");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.to_str().unwrap().ends_with("_trade.zip"));
    paths.sort();
    Some(paths.into_iter().map(|path| (path.to_str().unwrap().to_owned(), std::fs::read(&path).unwrap())).collect())
}

/// Takes imports in one after the other, each with bars that were not there before; returns what is current then.
async fn manifest_after(imports: Vec<Imported>) -> SeriesManifest {
    let lake = Lake::new();
    let mut added = 0;
    for import in &imports {
        let absorbed = take_as(lake.store.clone(), import.clone(), es()).await.unwrap();
        added += absorbed.added;
        assert_eq!((absorbed.replaced, absorbed.unchanged), (0, 0));
    }
    // Rows of all files, every contract.
    assert_eq!(added, 23_948);
    for import in imports {
        let again = take_as(lake.store.clone(), import, es()).await.unwrap();
        assert_eq!((again.outcome, again.added, again.replaced), (AbsorbOutcome::Unchanged, 0, 0));
    }
    lake.catalog.current("ES", None).await.unwrap().unwrap()
}

#[test]
fn es_files_in_any_order_make_one_series() {
    let Some(files) = trade_files() else { return };
    run(async {
        let all = imported(&files);
        let by_file: Vec<Imported> = files.chunks(1).map(imported).collect();
        let by_contract: Vec<Imported> = all.contracts.chunks(1).map(of_contracts).collect();
        let one = manifest_after(vec![all]).await;
        // Rows before the first roll of ESZ13, then of ESH14 to the second, then of ESH20.
        assert_eq!(one.rows, 16_096 + 1_367 + 1_425);
        let roll = |at: &str, from: &str, to: &str, gap: Option<i64>| SeriesRoll {
            at_ts: at.parse::<jiff::Timestamp>().unwrap().as_microsecond(),
            from_contract: from.to_owned(),
            to_contract: to.to_owned(),
            gap,
        };
        // 18:00 New York is 23:00 UTC; new minus old is 1804.00 − 1810.25. The files of 2020 have no minute in common.
        let gap = -625 * one.price_scale.per_unit() / 100;
        let rolls = [
            roll("2013-12-18T23:00:00Z", "ESZ13", "ESH14", Some(gap)),
            roll("2020-01-05T23:00:00Z", "ESH14", "ESH20", None),
        ];
        assert_eq!(one.rolls, rolls);
        let reversed = |imports: &[Imported]| imports.iter().rev().cloned().collect::<Vec<_>>();
        for imports in [reversed(&by_file), reversed(&by_contract), by_file, by_contract] {
            let manifest = manifest_after(imports).await;
            assert_eq!((manifest.snapshot_id, manifest.rolls), (one.snapshot_id.clone(), one.rolls.clone()));
        }
    });
}
