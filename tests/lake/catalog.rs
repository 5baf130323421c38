//! The catalogue over what the writer published.

use crate::folder::{Lake, run};
use crate::series::around_the_clock;
use domain::series::SeriesManifest;
use market::Resolution;
use ports::PortError;
use ports::bars::Catalog;
use std::collections::BTreeMap;

const SERIES: [(&str, u32); 7] =
    [("BTC", 60), ("BTC", 1), ("BTC-USD", 1), ("BTC-USD-1m", 5), ("ES", 1_440), ("ES", 60), ("ES", 240)];

async fn filled(lake: &Lake) -> BTreeMap<(&'static str, u32), SeriesManifest> {
    let mut manifests = BTreeMap::new();
    for (symbol, minutes) in SERIES {
        let mut series = around_the_clock(symbol, 50, 1);
        series.resolution = Resolution(minutes);
        manifests.insert((symbol, minutes), lake.write(&series).await);
    }
    manifests
}

#[test]
fn lists_by_symbol_then_resolution() {
    run(async {
        let lake = Lake::new();
        assert_eq!(lake.catalog.list().await.unwrap(), vec![]);
        let manifests = filled(&lake).await;
        assert_eq!(lake.catalog.list().await.unwrap(), manifests.into_values().collect::<Vec<_>>());
    });
}

#[test]
fn the_finest_series_at_or_above_a_resolution() {
    let cases: [(&str, Option<u32>, Option<u32>); 12] = [
        ("ES", None, Some(60)),
        ("ES", Some(1), Some(60)),
        ("ES", Some(60), Some(60)),
        ("ES", Some(61), Some(240)),
        ("ES", Some(1_440), Some(1_440)),
        ("ES", Some(1_441), None),
        ("BTC", None, Some(1)),
        ("BTC", Some(2), Some(60)),
        ("BTC-USD", None, Some(1)),
        ("BTC-USD", Some(2), None),
        ("BT", None, None),
        ("../catalog/ES", None, None),
    ];
    run(async {
        let lake = Lake::new();
        let manifests = filled(&lake).await;
        for (symbol, least, expected) in cases {
            let found = lake.catalog.current(symbol, least.map(Resolution)).await.unwrap();
            let expected = expected.and_then(|minutes| manifests.get(&(symbol, minutes)));
            assert_eq!(found.as_ref(), expected, "{symbol} from {least:?}");
        }
    });
}

#[test]
fn snapshots_stay_after_the_next_import() {
    run(async {
        let lake = Lake::new();
        let old = lake.write(&around_the_clock("ES", 50, 1)).await;
        let new = lake.write(&around_the_clock("ES", 60, 1)).await;
        for manifest in [&old, &new] {
            let found = lake.catalog.snapshot("ES", Resolution::MINUTE, &manifest.snapshot_id).await.unwrap();
            assert_eq!(found.as_ref(), Some(manifest));
        }
        let unknown = "0".repeat(64);
        for (symbol, minutes, id) in [
            ("ES", 1, unknown.as_str()),
            ("ES", 5, &old.snapshot_id),
            ("NQ", 1, &old.snapshot_id),
            ("ES", 1, "../x"),
            ("", 1, &old.snapshot_id),
        ] {
            assert_eq!(lake.catalog.snapshot(symbol, Resolution(minutes), id).await.unwrap(), None, "{symbol} {id}");
        }
    });
}

#[test]
fn unreadable_manifests() {
    let spoils: [fn(&mut serde_json::Value); 3] = [
        |manifest| manifest["schema_version"] = 99.into(),
        |manifest| manifest["price_scale"] = 10.into(),
        |manifest| *manifest = "torn".into(),
    ];
    run(async {
        for spoil in spoils {
            let lake = Lake::new();
            let mut manifest = serde_json::to_value(lake.write(&around_the_clock("ES", 50, 1)).await).unwrap();
            spoil(&mut manifest);
            std::fs::write(lake.file("catalog/ES-1m.json"), manifest.to_string()).unwrap();
            for error in [lake.catalog.list().await.unwrap_err(), lake.catalog.current("ES", None).await.unwrap_err()] {
                assert!(
                    matches!(&error, PortError::Corrupt(message) if message.contains("catalog/ES-1m.json")),
                    "{error:?}"
                );
            }
        }
    });
}
