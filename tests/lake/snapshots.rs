//! The identity of snapshots, what an import writes, and imports that die half way.

use crate::folder::{Lake, run};
use crate::series::{DAY_US, MINUTE_US, Shape, YEAR_2020_US, around_the_clock, description, slice, walk};
use domain::series::{Adjustment, SeriesManifest};
use lake::{WriteError, Written, write_series};
use market::{BarSeries, PriceSide, Resolution, Scale};
use ports::bars::Catalog;
use sha2::{Digest, Sha256};

/// Three years around 2020, so three parts.
fn three_years(has_offset: bool) -> BarSeries {
    let start_us = YEAR_2020_US - 200 * DAY_US;
    walk("ES", Shape { rows: 4_000, seed: 21, start_us, step_minutes_max: 500, has_offset, has_spread: false })
}

/// The documented digest, written a second time.
fn expected_id(series: &BarSeries, side: &str, adjustment: &str) -> String {
    let mut text = format!(
        "barlake.adjustment={adjustment}\nbarlake.price_places={}\nbarlake.price_side={side}\n\
         barlake.resolution_minutes={}\nbarlake.schema=bars-1\nbarlake.symbol={}\nbarlake.volume_places={}\nrows={}\n",
        series.price_scale.places(),
        series.resolution.0,
        series.symbol,
        series.volume_scale.places(),
        series.ts.len()
    )
    .into_bytes();
    let columns = [
        ("ts", &series.ts),
        ("open", &series.open),
        ("high", &series.high),
        ("low", &series.low),
        ("close", &series.close),
        ("volume", &series.volume),
        ("offset", &series.offset),
        ("spread", &series.spread),
    ];
    for (name, values) in columns.into_iter().filter(|(_, values)| !values.is_empty()) {
        text.extend(format!("{name}\n").into_bytes());
        values.iter().for_each(|value| text.extend(value.to_le_bytes()));
    }
    Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_id_is_the_documented_digest() {
    run(async {
        let lake = Lake::new();
        let mut series = three_years(false);
        assert_eq!(lake.write(&series).await.snapshot_id, expected_id(&series, "trade", "none"));
        series.price_side = PriceSide::Mid;
        series.spread = series.volume.clone();
        assert_eq!(lake.write(&series).await.snapshot_id, expected_id(&series, "mid", "none"));
        let adjusted = three_years(true);
        assert_eq!(lake.write(&adjusted).await.snapshot_id, expected_id(&adjusted, "trade", "difference_offset"));
    });
}

#[test]
fn any_change_of_content_changes_the_id() {
    run(async {
        let original = three_years(true);
        let changes: [fn(&mut BarSeries); 9] = [
            |series| series.symbol = "NQ".to_owned(),
            |series| series.resolution = Resolution(5),
            |series| series.price_side = PriceSide::Bid,
            |series| series.price_scale = Scale::new(3).unwrap(),
            |series| series.volume_scale = Scale::new(1).unwrap(),
            |series| series.ts[7] += 1,
            |series| series.close[3_999] += 1,
            |series| series.offset[0] += 1,
            |series| std::mem::swap(&mut series.high, &mut series.low),
        ];
        let lake = Lake::new();
        let mut ids = vec![lake.write(&original).await.snapshot_id];
        for change in changes {
            let mut changed = original.clone();
            change(&mut changed);
            ids.push(lake.write(&changed).await.snapshot_id);
        }
        let different: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(different.len(), ids.len());
    });
}

#[test]
fn importing_the_same_bars_again_writes_nothing() {
    run(async {
        let lake = Lake::new();
        let series = three_years(true);
        let first = lake.write(&series).await;
        lake.store.take_puts();
        let mut again = description(Adjustment::DifferenceOffset);
        again.imported_at += 1;
        again.source = "the same file under another name".to_owned();
        let written = write_series(lake.store.as_ref(), &series, again).await.unwrap();
        assert_eq!(written, Written::Unchanged(first));
        assert_eq!(lake.store.take_puts(), Vec::<String>::new());
    });
}

#[test]
fn appending_reuses_the_years_before() {
    run(async {
        let lake = Lake::new();
        let series = three_years(false);
        let cut_us = series.ts[3_500];
        let before = lake.write(&slice(&series, i64::MIN, cut_us)).await;
        lake.store.take_puts();
        let after = lake.write(&series).await;
        assert_ne!(before.snapshot_id, after.snapshot_id);
        assert_eq!(before.parts[..2], after.parts[..2]);
        assert_eq!(after.parts.len(), 3);
        let parts = lake.store.take_puts().into_iter().filter(|key| key.contains("/parts/"));
        assert_eq!(parts.collect::<Vec<_>>(), vec![after.parts[2].key.clone()]);
        // The older snapshot still reads as it was.
        assert_eq!(*lake.load(&before, i64::MIN, i64::MAX).await, slice(&series, i64::MIN, cut_us));
        // However it came to be, the same bars are the same snapshot.
        assert_eq!(Lake::new().write(&series).await.snapshot_id, after.snapshot_id);
    });
}

#[test]
fn bars_do_not_depend_on_the_layout_of_parts() {
    run(async {
        let lake = Lake::new();
        let series = around_the_clock("X", 30_000, 4);
        let whole = lake.write(&series).await;
        let cut_us = series.ts[12_345];
        let mut parts = lake.write(&slice(&series, i64::MIN, cut_us)).await.parts;
        parts.extend(lake.write(&slice(&series, cut_us, i64::MAX)).await.parts);
        let in_two = SeriesManifest { parts, ..whole };
        let window = (cut_us - 500 * MINUTE_US, cut_us + 500 * MINUTE_US);
        assert_eq!(*lake.load(&in_two, window.0, window.1).await, slice(&series, window.0, window.1));
        assert_eq!(*lake.load(&in_two, i64::MIN, i64::MAX).await, series);
    });
}

#[test]
fn other_terms_describe_the_same_snapshot_anew() {
    run(async {
        let lake = Lake::new();
        let series = three_years(false);
        let first = lake.write(&series).await;
        lake.store.take_puts();
        let mut terms = description(Adjustment::None);
        terms.instrument.name = "another name".to_owned();
        let written = write_series(lake.store.as_ref(), &series, terms.clone()).await.unwrap();
        let Written::Redescribed(manifest) = written else { panic!("{written:?}") };
        assert_eq!(manifest, SeriesManifest { instrument: terms.instrument, ..first.clone() });
        assert!(lake.store.take_puts().iter().all(|key| !key.contains("/parts/")));
        assert_eq!(lake.catalog.current("ES", None).await.unwrap(), Some(manifest.clone()));
        assert_eq!(lake.catalog.snapshot("ES", Resolution::MINUTE, &first.snapshot_id).await.unwrap(), Some(manifest));
    });
}

#[test]
fn a_lost_part_is_repaired_by_importing_again() {
    run(async {
        let lake = Lake::new();
        let series = three_years(false);
        let manifest = lake.write(&series).await;
        std::fs::remove_file(lake.file(&manifest.parts[1].key)).unwrap();
        std::fs::write(lake.file(&manifest.parts[2].key), b"").unwrap();
        assert_eq!(lake.write(&series).await, manifest);
        assert_eq!(*lake.load(&manifest, i64::MIN, i64::MAX).await, series);
    });
}

/// Whatever write an import dies after, readers see the old snapshot whole; running it again finishes it.
#[test]
fn an_import_that_dies_changes_nothing() {
    run(async {
        let series = three_years(true);
        let old = slice(&series, i64::MIN, series.ts[100]);
        // Three parts, the snapshot's manifest, the pointer.
        for puts in 0..=5 {
            let lake = Lake::new();
            let before = lake.write(&old).await;
            lake.store.crash_after_puts(puts);
            let outcome = lake.try_write(&series).await;
            let current = lake.catalog.current("ES", None).await.unwrap().unwrap();
            if puts < 5 {
                assert!(matches!(outcome, Err(WriteError::Store(_))), "{puts}: {outcome:?}");
                assert_eq!(current, before, "after {puts} writes");
                assert_eq!(*lake.load(&current, i64::MIN, i64::MAX).await, old);
            }
            lake.store.crash_after_puts(i64::MAX);
            let finished = lake.write(&series).await;
            assert_eq!(lake.catalog.current("ES", None).await.unwrap(), Some(finished.clone()));
            assert_eq!(*lake.load(&finished, i64::MIN, i64::MAX).await, series);
        }
    });
}

type Spoil = fn(&mut BarSeries);

#[test]
fn what_cannot_be_stored_is_refused() {
    let refusals: [(&str, Spoil); 9] = [
        ("symbol \"\" cannot name", |series| series.symbol.clear()),
        ("symbol \"EUR/USD\" cannot name", |series| series.symbol = "EUR/USD".to_owned()),
        ("symbol \"..\" cannot name", |series| series.symbol = "..".to_owned()),
        ("no bars", |series| *series = slice(series, 0, 0)),
        ("column high has 3999 values for 4000 bars", |series| series.high.truncate(3_999)),
        ("column spread has 1 values for 4000 bars", |series| series.spread.push(1)),
        ("bar 5 is not later", |series| series.ts[5] = series.ts[4]),
        ("bar 1 is not later", |series| series.ts[0] = i64::MAX),
        ("bar time -9223372036854775808", |series| series.ts[0] = i64::MIN),
    ];
    run(async {
        for (message, spoil) in refusals {
            let lake = Lake::new();
            let mut series = three_years(false);
            spoil(&mut series);
            let error = lake.try_write(&series).await.unwrap_err();
            assert!(error.to_string().contains(message), "{error}");
            assert_eq!(lake.store.take_puts(), Vec::<String>::new());
        }
        let lake = Lake::new();
        for (series, adjustment) in
            [(three_years(true), Adjustment::None), (three_years(false), Adjustment::DifferenceOffset)]
        {
            let outcome = write_series(lake.store.as_ref(), &series, description(adjustment)).await;
            assert!(matches!(outcome, Err(WriteError::Offset)), "{outcome:?}");
        }
    });
}
