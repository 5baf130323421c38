//! Another account's ids are not found, in every use case.

use crate::client::{Client, backtest_run, operation, refused, sweep_of};
use crate::demo::{axis, cross_request, sweep};
use crate::harness::{Machine, run};
use app::backtest::{Include, Run};
use app::session::StatusFilter;
use app::task::{TaskIds, TaskKind};
use serde_json::Map;

/// The ids a stranger may try: all of one session, some of which may be the stranger's own.
struct Ids<'a> {
    session: &'a str,
    artifact: &'a str,
    operation: &'a str,
    backtest: &'a str,
    optimization: &'a str,
}

async fn check_not_found(stranger: &Client, ids: &Ids<'_>) {
    let Ids { session, artifact, operation: op, backtest, optimization } = *ids;
    let request = cross_request();
    let set_up = sweep(vec![axis("fast", 3.0, 4.0, 1.0)]);
    let found = |outcome: Result<String, app::AppError>| refused(outcome, "not_found", &["was not found"]);
    let text = |value: &dyn std::fmt::Debug| format!("{value:?}");
    found(stranger.inspect(session, artifact).await.map(|view| text(&view)));
    found(stranger.update(session, artifact, &request).await.map(|view| text(&view)));
    found(stranger.delete(session, artifact, true).await.map(|view| text(&view)));
    found(stranger.backtest(session, artifact, &Run::default(), &Map::new()).await.map(|view| text(&view)));
    found(stranger.set_up(session, artifact, &set_up).await.map(|view| text(&view)));
    found(stranger.run(session, artifact, optimization).await.map(|view| text(&view)));
    found(stranger.get_sweep(session, optimization, 5, None).await.map(|view| text(&view)));
    for names in [(Some(artifact), None), (None, Some(backtest)), (Some(artifact), Some(backtest))] {
        for include in [Include::Summary, Include::Trades, Include::Equity] {
            found(stranger.get_backtest(session, names, include, None).await.map(|view| text(&view)));
        }
    }
    let by_artifact = (TaskKind::Backtest, TaskIds { artifact_id: Some(artifact), ..TaskIds::default() });
    for task in [operation(op), backtest_run(backtest), by_artifact, sweep_of(optimization)] {
        found(stranger.wait(session, task, 0).await.map(|view| text(&view)));
        found(stranger.cancel(session, task).await.map(|view| text(&view)));
    }
}

#[test]
fn another_accounts_ids_are_not_found() {
    run(async {
        let mut machine = Machine::demo();
        let (owner, stranger) = (machine.client("owner"), machine.client("stranger"));
        let built = owner.built(&mut machine).await;
        let optimization = owner.started(&built, &sweep(vec![axis("fast", 3.0, 4.0, 1.0)])).await;
        let backtest = owner.inspect(&built.session, &built.artifact).await.unwrap().summary.backtest_id.unwrap();
        let theirs = stranger.built(&mut machine).await;
        let before = machine.records(&format!("owner#{}", built.session)).await;
        let ids = |session| Ids {
            session,
            artifact: &built.artifact,
            operation: &built.operation,
            backtest: &backtest,
            optimization: &optimization,
        };
        // In the owner's session, and smuggled into a session of their own.
        check_not_found(&stranger, &ids(&built.session)).await;
        check_not_found(&stranger, &ids(&theirs.session)).await;
        refused(stranger.get_session(&built.session).await, "not_found", &["session"]);
        refused(stranger.update_session(&built.session, Some("mine"), None).await, "not_found", &["session"]);
        refused(stranger.list(&built.session, None).await, "not_found", &["session"]);
        refused(stranger.create(&built.session, &cross_request()).await, "not_found", &["session"]);
        let running = (TaskKind::Optimization, TaskIds::default());
        refused(stranger.cancel(&built.session, running).await, "not_found", &["session"]);
        // Nothing was changed, and the owner still finds everything.
        assert_eq!(machine.records(&format!("owner#{}", built.session)).await, before);
        owner.inspect(&built.session, &built.artifact).await.unwrap();
        assert_eq!(owner.sweep_status(&built.session, &optimization).await, "completed");
    });
}

#[test]
fn another_session_of_the_same_account_does_not_hold_them_either() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("owner");
        let built = client.built(&mut machine).await;
        let optimization = client.started(&built, &sweep(vec![axis("fast", 3.0, 4.0, 1.0)])).await;
        machine.drain().await;
        let backtest = client.inspect(&built.session, &built.artifact).await.unwrap().summary.backtest_id.unwrap();
        let other = client.create_session(None).await.unwrap();
        let ids = Ids {
            session: &other,
            artifact: &built.artifact,
            operation: &built.operation,
            backtest: &backtest,
            optimization: &optimization,
        };
        check_not_found(&client, &ids).await;
    });
}

#[test]
fn cursors_carry_no_account() {
    run(async {
        let machine = Machine::demo();
        let (owner, stranger) = (machine.client("owner"), machine.client("stranger"));
        for _ in 0..3 {
            owner.create_session(Some("secret")).await.unwrap();
            machine.pass_seconds(1).await;
            stranger.create_session(Some("mine")).await.unwrap();
        }
        let page = owner.list_sessions(StatusFilter::All, 1, None).await.unwrap();
        let cursor = page.pagination.next_cursor.unwrap();
        let seen = stranger.list_sessions(StatusFilter::All, 100, Some(&cursor)).await.unwrap();
        assert!(seen.sessions.iter().all(|session| session.title == "mine"), "{seen:?}");
    });
}

#[test]
fn tenants_whose_names_continue_each_other_do_not_meet() {
    run(async {
        let mut machine = Machine::demo();
        for tenant in ["a", "a-", "a_", "ab"] {
            machine.client(tenant).built(&mut machine).await;
        }
        for tenant in ["a", "a-", "a_", "ab"] {
            let seen = machine.client(tenant).list_sessions(StatusFilter::All, 100, None).await.unwrap();
            assert_eq!(seen.sessions.len(), 1, "{tenant}");
        }
    });
}
