//! What the pages stand on beside the tools' use cases: browser sessions, combinations taken out of a sweep, surfaces, search.

use crate::client::{Built, Client, refused};
use crate::demo::{axis, cross_request, sweep};
use crate::harness::{Machine, caller, run};
use app::backtest::{self, Include, Table};
use app::optimization::{self, SurfaceRequest};
use app::session::{self, StatusFilter};
use app::{AppError, access, artifact, web_session};
use serde_json::{Map, Value, json};

/// Three axes, so that one is left over beside a heat map of two.
async fn swept(machine: &mut Machine, client: &Client) -> (Built, String) {
    let built = client.built(machine).await;
    let grid = vec![axis("fast", 3.0, 5.0, 1.0), axis("slow", 10.0, 20.0, 5.0), axis("stop", 8.0, 12.0, 4.0)];
    let id = client.started(&built, &sweep(grid)).await;
    machine.drain().await;
    (built, id)
}

#[test]
fn a_browser_stays_signed_in_until_it_signs_out_the_time_is_over_or_the_key_is_revoked() {
    run(async {
        let machine = Machine::demo();
        let desk = &machine.calm;
        let tenant = caller("alice").tenant;
        let key = access::create(desk, &tenant, "laptop").await.unwrap();
        for wrong in ["", "bk_wrong", &key.secret[1..], &"x".repeat(100_000)] {
            assert_eq!(web_session::open(desk, wrong).await.unwrap(), None);
        }
        let opened = |padded: String| async move { web_session::open(desk, &padded).await.unwrap().unwrap() };
        let (first, second) = (opened(format!(" {}\n", key.secret)).await, opened(key.secret.clone()).await);
        assert_ne!(first, second);
        let seen = web_session::caller(desk, &first).await.unwrap().unwrap();
        assert_eq!((&seen.tenant, seen.key_id), (&tenant, Some(key.record.key_id.clone())));
        for wrong in ["", &first[1..], &first.to_uppercase(), "../../etc"] {
            assert!(web_session::caller(desk, wrong).await.unwrap().is_none(), "{wrong}");
        }
        // Signing out ends one browser, not the other; repeating it changes nothing.
        web_session::close(desk, &first).await.unwrap();
        web_session::close(desk, &first).await.unwrap();
        assert!(web_session::caller(desk, &first).await.unwrap().is_none());
        assert!(web_session::caller(desk, &second).await.unwrap().is_some());
        machine.pass_seconds(u64::try_from(web_session::SIGNED_IN_SECONDS).unwrap() - 1).await;
        assert!(web_session::caller(desk, &second).await.unwrap().is_some());
        machine.pass_seconds(1).await;
        assert!(web_session::caller(desk, &second).await.unwrap().is_none());
        let third = opened(key.secret.clone()).await;
        access::revoke(desk, &tenant, key.record.key_id.as_str()).await.unwrap();
        assert!(web_session::caller(desk, &third).await.unwrap().is_none());
        assert_eq!(web_session::open(desk, &key.secret).await.unwrap(), None);
    });
}

#[test]
fn a_combination_is_opened_once_and_saved_once_with_the_sweep_s_own_numbers() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("owner");
        let (built, sweep) = swept(&mut machine, &client).await;
        let (desk, caller, ids) = (&client.desk, &client.caller, (built.session.as_str(), sweep.as_str()));
        let ranked = client.get_sweep(&built.session, &sweep, 100, None).await.unwrap().ranking;
        let chosen = &ranked[3];
        let run = optimization::open(desk, caller, ids, chosen.index).await.unwrap();
        assert_eq!(optimization::open(desk, caller, ids, chosen.index).await.unwrap(), run, "while it runs");
        machine.drain().await;
        assert_eq!(optimization::open(desk, caller, ids, chosen.index).await.unwrap(), run, "when it has ended");
        let view = client.get_backtest(&built.session, (None, Some(&run)), Include::Summary, None).await.unwrap();
        let metrics = view.metrics.unwrap();
        for (key, value) in &chosen.metrics {
            assert_eq!(metrics[key], *value, "{key}");
        }
        assert_eq!(view.parameter_overrides, chosen.parameters);
        let made = optimization::save(desk, caller, ids, chosen.index).await.unwrap();
        assert_eq!(optimization::save(desk, caller, ids, chosen.index).await.unwrap().artifact_id, made.artifact_id);
        machine.drain().await;
        let version = client.inspect(&built.session, &made.artifact_id).await.unwrap();
        assert_eq!((version.lineage.version, version.summary.backtest_status.as_str()), (2, "passed"));
        let value = |key: &str| {
            let found = version.summary.canonical_parameters.iter().find(|parameter| parameter["key"] == key);
            found.unwrap()["value"].as_f64()
        };
        for (key, wanted) in &chosen.parameters {
            assert_eq!(value(key), wanted.as_f64(), "{key}");
        }
        refused(optimization::open(desk, caller, ids, 1_000).await, "invalid", &["combination 1000"]);
        refused(optimization::save(desk, caller, ids, u64::MAX).await, "invalid", &["combination"]);
    });
}

#[test]
fn a_surface_holds_the_ranking_s_own_numbers() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("owner");
        let (built, sweep) = swept(&mut machine, &client).await;
        let (desk, caller, ids) = (&client.desk, &client.caller, (built.session.as_str(), sweep.as_str()));
        let view = client.get_sweep(&built.session, &sweep, 100, None).await.unwrap();
        let rows: Vec<(Map<String, Value>, f64)> = view
            .ranking
            .iter()
            .map(|row| (row.parameters.clone(), row.metrics[&view.rank_by].as_f64().unwrap()))
            .collect();
        let request = |fixed: Value| SurfaceRequest {
            x: "slow".to_owned(),
            y: "fast".to_owned(),
            fixed: fixed.as_object().cloned().unwrap_or_default(),
        };
        for (fixed, stop) in
            [(json!({}), None), (json!({ "stop": 8 }), Some(8.0)), (json!({ "stop": 12.0 }), Some(12.0))]
        {
            let found = optimization::surface(desk, caller, ids, &request(fixed)).await.unwrap().unwrap();
            let map = found.heat_map.unwrap();
            for (row, fast) in map.y_values.iter().enumerate() {
                for (column, slow) in map.x_values.iter().enumerate() {
                    let matching = rows.iter().filter(|(parameters, _)| {
                        parameters["fast"].as_f64() == fast.as_f64()
                            && parameters["slow"].as_f64() == slow.as_f64()
                            && stop.is_none_or(|stop| parameters["stop"].as_f64() == Some(stop))
                    });
                    let best = matching.map(|(_, value)| *value).fold(f64::MIN, f64::max);
                    assert_eq!(map.cells[row][column], Some(best), "{fast} {slow} {stop:?}");
                }
            }
            // Along each axis through the best, the best is the best of its own profile's place.
            for profile in &found.profiles {
                assert_eq!(profile.points[profile.best].1, Some(rows[0].1), "{}", profile.key);
            }
        }
        let wrong = SurfaceRequest { x: "nonsense".to_owned(), ..SurfaceRequest::default() };
        refused(optimization::surface(desk, caller, ids, &wrong).await, "invalid", &["nonsense", "fast, slow, stop"]);
        let wrong = request(json!({ "stop": 9 }));
        refused(optimization::surface(desk, caller, ids, &wrong).await, "invalid", &["9", "stop"]);
    });
}

#[test]
fn sessions_are_found_by_words_of_their_titles() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("owner");
        for title in ["Opening range on ES", "opening gaps", "Mean reversion"] {
            client.create_session(Some(title)).await.unwrap();
            machine.pass_seconds(1).await;
        }
        let archived = client.create_session(Some("Opening, old")).await.unwrap();
        client.update_session(&archived, None, Some(true)).await.unwrap();
        let (desk, caller) = (&client.desk, &client.caller);
        for (status, words, expected) in [
            (StatusFilter::Active, " OPENING ", 2),
            (StatusFilter::Archived, "opening", 1),
            (StatusFilter::All, "opening", 3),
            (StatusFilter::All, "nothing like it", 0),
            (StatusFilter::Active, "", 3),
        ] {
            let found = session::search(desk, caller, (status, words), 10, None).await.unwrap();
            assert_eq!(found.sessions.len(), expected, "{words}");
        }
        let built = client.built(&mut machine).await;
        let glance = artifact::glance(desk, caller, &built.session).await.unwrap();
        assert_eq!((glance.strategies.len(), glance.running), (1, 0));
        let version = client.inspect(&built.session, &built.artifact).await.unwrap().summary;
        let last = glance.last.unwrap();
        assert_eq!((Some(last.backtest_id), Some(last.metrics)), (version.backtest_id, version.backtest_results));
        client.update(&built.session, &built.artifact, &cross_request()).await.unwrap();
        let glance = artifact::glance(desk, caller, &built.session).await.unwrap();
        assert_eq!((glance.strategies.len(), glance.running), (1, 1), "a version in the making");
    });
}

#[test]
fn nothing_of_a_page_is_shown_to_another_account() {
    run(async {
        let mut machine = Machine::demo();
        let (owner, stranger) = (machine.client("owner"), machine.client("stranger"));
        let (built, sweep) = swept(&mut machine, &owner).await;
        let run = owner.inspect(&built.session, &built.artifact).await.unwrap().summary.backtest_id.unwrap();
        let theirs = stranger.built(&mut machine).await;
        let (desk, caller) = (&stranger.desk, &stranger.caller);
        let none = |outcome: Result<String, AppError>| refused(outcome, "not_found", &["was not found"]);
        let text = |value: &dyn std::fmt::Debug| format!("{value:?}");
        for session in [built.session.as_str(), theirs.session.as_str()] {
            let (of_run, of_sweep) = ((session, run.as_str()), (session, sweep.as_str()));
            none(backtest::trades(desk, caller, of_run).await.map(|found| text(&found)));
            none(backtest::equity(desk, caller, of_run).await.map(|found| text(&found)));
            none(backtest::chart(desk, caller, of_run).await.map(|found| text(&found)));
            none(backtest::parquet(desk, caller, of_run, Table::Trades, "t").await.map(|found| text(&found)));
            none(
                optimization::surface(desk, caller, of_sweep, &SurfaceRequest::default())
                    .await
                    .map(|found| text(&found)),
            );
            none(optimization::open(desk, caller, of_sweep, 0).await);
            none(optimization::save(desk, caller, of_sweep, 0).await.map(|found| text(&found)));
        }
        none(backtest::list(desk, caller, &built.session).await.map(|found| text(&found)));
        none(artifact::glance(desk, caller, &built.session).await.map(|found| text(&found)));
        none(artifact::all_of_session(desk, caller, &built.session).await.map(|found| text(&found)));
        assert_eq!(backtest::list(&owner.desk, &owner.caller, &built.session).await.unwrap().len(), 1);
    });
}
