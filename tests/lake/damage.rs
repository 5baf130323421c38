//! A damaged, missing or unreachable object is an error that names it, never other bars.

use crate::folder::{Lake, run};
use crate::series::{Seeded, around_the_clock, walk};
use crate::series::{Shape, YEAR_2020_US};
use domain::series::{SeriesManifest, SeriesPart};
use market::{Resolution, Scale};
use ports::PortError;
use ports::bars::Bars;
use std::path::Path;

/// Damages the only part (and may change the manifest); loading must fail as corrupt, naming the object and `reason`.
async fn check(damage: impl Fn(&Path, &mut SeriesManifest), reason: &str) {
    let lake = Lake::new();
    let mut manifest = lake.write(&around_the_clock("X", 40_000, 1)).await;
    let file = lake.file(&manifest.parts[0].key);
    damage(&file, &mut manifest);
    let error = lake.bars.load(&manifest, i64::MIN, i64::MAX).await.unwrap_err();
    let PortError::Corrupt(message) = &error else { panic!("{error:?}") };
    assert!(message.contains(&manifest.parts[0].key) && message.contains(reason), "{message}");
}

#[test]
fn missing() {
    run(check(|file, _| std::fs::remove_file(file).unwrap(), "is missing"));
}

#[test]
fn truncated_or_empty() {
    for bytes in [0, 3, 20_000] {
        let cut = |file: &Path, _: &mut SeriesManifest| {
            let whole = std::fs::read(file).unwrap();
            std::fs::write(file, &whole[..bytes]).unwrap();
        };
        run(check(cut, &format!("has {bytes} bytes, expected")));
    }
}

#[test]
fn not_parquet() {
    let overwrite = |file: &Path, manifest: &mut SeriesManifest| {
        std::fs::write(file, vec![b'x'; usize::try_from(manifest.parts[0].bytes).unwrap()]).unwrap();
    };
    run(check(overwrite, "is damaged between bytes"));
}

#[test]
fn another_series() {
    run(check(|_, manifest| manifest.symbol = "Y".to_owned(), "barlake.symbol is X, the manifest says Y"));
    run(check(|_, manifest| manifest.resolution = Resolution(5), "barlake.resolution_minutes"));
    run(check(|_, manifest| manifest.price_scale = Scale::new(4).unwrap(), "barlake.price_places is 2"));
    run(check(|_, manifest| manifest.volume_scale = Scale::new(8).unwrap(), "barlake.volume_places"));
}

#[test]
fn other_rows_than_promised() {
    run(check(|_, manifest| manifest.parts[0].rows += 1, "40000 bars, the manifest says 40001"));
    run(check(|_, manifest| manifest.parts[0].rows -= 1, "40000 bars, the manifest says 39999"));
    run(check(|_, manifest| manifest.parts[0].first_ts += 1, "outside the part's span"));
}

#[test]
fn parts_that_do_not_continue() {
    run(async {
        let lake = Lake::new();
        let mut manifest = lake.write(&around_the_clock("X", 100, 1)).await;
        manifest.parts = vec![manifest.parts[0].clone(), manifest.parts[0].clone()];
        let error = lake.bars.load(&manifest, i64::MIN, i64::MAX).await.unwrap_err();
        assert!(matches!(&error, PortError::Corrupt(message) if message.contains(&manifest.snapshot_id)), "{error:?}");
    });
}

#[test]
fn too_many_bars_are_refused_before_reading() {
    run(async {
        let lake = Lake::new();
        let mut manifest = lake.write(&around_the_clock("X", 100, 1)).await;
        manifest.parts[0].rows = 12_000_001;
        lake.store.take_reads();
        let error = lake.bars.load(&manifest, i64::MIN, i64::MAX).await.unwrap_err();
        assert!(matches!(&error, PortError::TooLarge(message) if message.contains("12000000")), "{error:?}");
        assert_eq!(lake.store.take_reads(), vec![]);
    });
}

#[test]
fn unreachable_is_retryable() {
    run(async {
        let lake = Lake::new();
        let manifest = lake.write(&around_the_clock("X", 100, 1)).await;
        lake.store.set_unreachable(true);
        let error = lake.bars.load(&manifest, i64::MIN, i64::MAX).await.unwrap_err();
        assert!(error.is_retryable(), "{error:?}");
    });
}

/// Flips one bit at random places of the object: bars are refused or unchanged.
#[test]
fn flipped_bits() {
    run(async {
        let lake = Lake::new();
        let shape = Shape {
            rows: 6_000,
            seed: 5,
            start_us: YEAR_2020_US,
            step_minutes_max: 4,
            has_offset: true,
            has_spread: true,
        };
        let series = walk("X", shape);
        let manifest = lake.write(&series).await;
        let SeriesPart { key, bytes, .. } = manifest.parts[0].clone();
        let whole = std::fs::read(lake.file(&key)).unwrap();
        let mut random = Seeded(99);
        let (mut silent, mut refused) = (Vec::new(), 0);
        for _ in 0..300 {
            let place = usize::try_from(random.below(bytes)).unwrap();
            let mut damaged = whole.clone();
            damaged[place] ^= 1 << random.below(8);
            std::fs::write(lake.file(&key), damaged).unwrap();
            let fresh = lake::LakeBars::new(lake.store.clone());
            match fresh.load(&manifest, i64::MIN, i64::MAX).await {
                Ok(loaded) if *loaded == series => {}
                Ok(_) => silent.push(place),
                Err(PortError::Corrupt(_)) => refused += 1,
                Err(error) => panic!("bit at {place}: {error:?}"),
            }
        }
        assert!(silent.is_empty(), "other bars after a flipped bit at {silent:?} of {bytes}");
        assert_eq!(refused, 300);
    });
}
