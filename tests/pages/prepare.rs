//! What the pages show: sessions, versions, runs and sweeps, made through MCP as a client makes them.

use mcp::client::Client;
use serde_json::{Value, json};
use std::fmt::Write;

/// A client of a server.
pub struct Maker {
    client: Client,
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}")).to_owned()
}

impl Maker {
    pub async fn connect(url: &str, key: Option<&str>) -> Self {
        Self { client: Client::connect(url, key).await.unwrap() }
    }

    pub async fn close(self) {
        self.client.close().await;
    }

    async fn call(&self, tool: &str, arguments: Value) -> Value {
        self.client.call(tool, arguments).await.unwrap_or_else(|why| panic!("{tool}: {why}"))
    }

    pub async fn session(&self, title: &str) -> String {
        text(&self.call("create_session", json!({ "title": title })).await, "session_id")
    }

    async fn made(&self, session: &str, started: &Value) -> String {
        let operation = text(started, "operation_id");
        let wait =
            json!({ "session_id": session, "task": "strategy_op", "operation_id": operation, "timeout_seconds": 120 });
        let ended = self.call("wait_for_completion", wait).await;
        assert_eq!(ended["status"], "succeeded", "{ended}");
        text(started, "artifact_id")
    }

    pub async fn english(&self, session: &str, description: &str, backtest: bool) -> String {
        let arguments = json!({ "session_id": session, "description": description, "backtest": backtest });
        let started = self.call("create_strategy", arguments).await;
        self.made(session, &started).await
    }

    pub async fn rules(&self, session: &str, rules: Value, backtest: bool) -> String {
        let arguments = json!({ "session_id": session, "rules": rules, "backtest": backtest });
        let started = self.call("create_strategy", arguments).await;
        self.made(session, &started).await
    }

    pub async fn changed(&self, session: &str, artifact: &str, changes: &str) -> String {
        let arguments =
            json!({ "session_id": session, "artifact_id": artifact, "changes": changes, "backtest": false });
        let started = self.call("update_strategy", arguments).await;
        self.made(session, &started).await
    }

    pub async fn inspect(&self, session: &str, artifact: &str) -> Value {
        self.call("inspect_strategy", json!({ "session_id": session, "artifact_id": artifact })).await
    }

    /// A version's own run with every trade, as the tools answer it.
    pub async fn run(&self, session: &str, artifact: &str) -> Value {
        let named = |include: &str| json!({ "session_id": session, "artifact_id": artifact, "include": include });
        let mut run = self.call("get_backtest", named("summary")).await;
        let mut trades: Vec<Value> = Vec::new();
        let mut cursor = Value::Null;
        loop {
            let mut wanted = named("trades");
            if !cursor.is_null() {
                wanted["cursor"] = cursor;
            }
            let page = self.call("get_backtest", wanted).await;
            trades.extend(page["trades"].as_array().unwrap().iter().cloned());
            cursor = page["pagination"]["next_cursor"].clone();
            if cursor.is_null() {
                break;
            }
        }
        run["trades"] = Value::Array(trades);
        run
    }

    /// Starts a sweep.
    pub async fn sweep(&self, session: &str, artifact: &str, mut terms: Value) -> String {
        terms["session_id"] = json!(session);
        terms["artifact_id"] = json!(artifact);
        let sweep = text(&self.call("setup_optimization", terms).await, "optimization_id");
        let named = json!({ "session_id": session, "artifact_id": artifact, "optimization_id": sweep });
        self.call("run_optimization", named).await;
        sweep
    }

    /// Waits for a sweep; its answer.
    pub async fn swept(&self, session: &str, sweep: &str) -> Value {
        loop {
            let wait = json!({ "session_id": session, "task": "optimization", "optimization_id": sweep, "timeout_seconds": 200 });
            let ended = self.call("wait_for_completion", wait).await;
            if ended["status"] != "timed_out" {
                assert_eq!(ended["status"], "succeeded", "{ended}");
                break;
            }
        }
        self.call("get_optimization", json!({ "session_id": session, "optimization_id": sweep, "top": 25 })).await
    }
}

/// A year of minutes of a market that never closes, as CSV: a walk of whole cents.
pub fn year_of_minutes() -> String {
    let mut csv = String::from("timestamp,open,high,low,close,volume\n");
    let mut seed = 0x2545_f491_u64;
    let mut price = 4_000_000_i64;
    let mut step = |spread: i64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % (2 * spread as u64 + 1)) as i64 - spread
    };
    for minute in 0..525_600_i64 {
        let (open, close) = (price, (price + step(1_500)).max(100_000));
        let (high, low) = (open.max(close) + step(200).abs(), open.min(close) - step(200).abs());
        let at = 1_672_531_200 + minute * 60;
        let cents = |price: i64| format!("{}.{:02}", price / 100, price % 100);
        writeln!(csv, "{at},{},{},{},{},{}", cents(open), cents(high), cents(low), cents(close), 1 + minute % 7)
            .unwrap();
        price = close;
    }
    csv
}
