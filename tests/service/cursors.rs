//! Cursors that are not ours are refused, whatever they hold.

use crate::client::refused;
use crate::demo::{axis, sweep};
use crate::harness::{Machine, run};
use app::backtest::Include;
use app::session::StatusFilter;

#[test]
fn foreign_cursors() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let id = client.started(&built, &sweep(vec![axis("fast", 3.0, 6.0, 1.0)])).await;
        machine.drain().await;
        let names = (Some(built.artifact.as_str()), None);
        let kinds = ["sessions", "strategies", "trades", "ranking", "instruments"];
        let long = "9".repeat(129);
        let places = ["", "x y", "-1", "1.5", "18446744073709551616", "é", long.as_str(), "\u{0}"];
        for kind in kinds {
            for place in places {
                let cursor = Some(format!("{kind}.{place}"));
                let cursor = cursor.as_deref();
                refused(client.list(&built.session, cursor).await, "invalid", &["cursor"]);
                refused(client.get_sweep(&built.session, &id, 5, cursor).await, "invalid", &["cursor"]);
                let trades = client.get_backtest(&built.session, names, Include::Trades, cursor).await;
                refused(trades, "invalid", &["cursor"]);
                refused(app::instrument::list(&machine.calm, None, None, cursor).await, "invalid", &["cursor"]);
            }
        }
        refused(client.list_sessions(StatusFilter::All, 5, Some("ranking.1")).await, "invalid", &["cursor"]);
    });
}

#[test]
fn places_past_the_end_are_empty_or_refused_and_never_a_panic() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let id = client.started(&built, &sweep(vec![axis("fast", 3.0, 6.0, 1.0)])).await;
        machine.drain().await;
        let names = (Some(built.artifact.as_str()), None);
        for place in ["4", "1000000", "4294967295", "4294967296", "9223372036854775807", "18446744073709551615"] {
            let cursor = |kind: &str| format!("{kind}.{place}");
            if let Ok(page) = client.get_sweep(&built.session, &id, 100, Some(&cursor("ranking"))).await {
                assert!(page.ranking.is_empty() && page.pagination.next_cursor.is_none());
            }
            if let Ok(page) = client.list(&built.session, Some(&cursor("strategies"))).await {
                assert!(page.artifacts.is_empty() && page.pagination.next_cursor.is_none());
            }
            let trades = client.get_backtest(&built.session, names, Include::Trades, Some(&cursor("trades"))).await;
            if place != "4"
                && let Ok(page) = trades
            {
                assert!(page.trades.unwrap().is_empty() && page.pagination.unwrap().next_cursor.is_none());
            }
            if let Ok(page) = app::instrument::list(&machine.calm, None, None, Some(&cursor("instruments"))).await {
                assert!(page.pagination.next_cursor.is_none() || place == "4");
            }
        }
    });
}
