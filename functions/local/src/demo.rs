//! `barlake demo`: drives a running server over MCP with a real client, from a session to the best of 1,000 combinations.

use crate::arguments::{DemoOptions, ServeOptions};
use crate::data_folder::DataFolder;
use crate::serve::{self, Server};
use crate::terminal::{grouped, note, say};
use indicatif::{ProgressBar, ProgressStyle};
use mcp::client::Client;
use serde_json::{Value, json};

/// Metrics of the table, with their labels.
const SHOWN: [(&str, &str); 9] = [
    ("tradeCount", "Trades"),
    ("totalPnl", "Net profit"),
    ("winRate", "Win rate"),
    ("profitFactor", "Profit factor"),
    ("sharpeRatio", "Sharpe ratio"),
    ("sortinoRatio", "Sortino ratio"),
    ("maxDrawdown", "Max drawdown"),
    ("maxDrawdownPercent", "Max drawdown %"),
    ("totalCommission", "Commission"),
];

/// Seconds of one wait; the progress bar moves in between.
const WAIT_SECONDS: u64 = 1;

/// What to do instead with a deployed stack.
pub(crate) const AT_A_STACK: &str = "a deployed stack gets the DEMO market with `barlake --stack NAME import --demo`; \
    then connect a client to the address that `barlake --stack NAME keys create` shows";

/// Runs the demo.
pub(crate) async fn demo(folder: &DataFolder, options: &DemoOptions) -> Result<(), String> {
    let (url, server) = match &options.url {
        Some(url) => (url.clone(), None),
        None => {
            let serving = ServeOptions { port: options.port, ..ServeOptions::default() };
            let server = serve::start(folder, &serving).await?;
            (server.url.clone(), Some(server))
        }
    };
    let outcome = drive(&url).await;
    finish(server, options.keep_serving && outcome.is_ok()).await?;
    outcome
}

async fn finish(server: Option<Server>, keep_serving: bool) -> Result<(), String> {
    let Some(server) = server else { return Ok(()) };
    if keep_serving {
        say(&format!("\nStill serving at {}; stop with Ctrl-C.", server.url));
        serve::interrupted().await;
    }
    server.stop().await
}

async fn drive(url: &str) -> Result<(), String> {
    let client = Client::connect(url, None).await?;
    note(&format!("Connected to {url} over MCP."));
    let session = client.call("create_session", json!({ "title": "Demo" })).await?;
    let session_id = text(&session, "session_id")?;
    note(&format!("1/4  session     {session_id}"));
    let built = build(&client, &session_id).await?;
    show_backtest(&client, &session_id, &built.artifact_id).await?;
    let optimization_id = sweep(&client, &session_id, &built).await?;
    show_best(&client, &session_id, &optimization_id).await?;
    client.close().await;
    Ok(())
}

fn text(answer: &Value, name: &str) -> Result<String, String> {
    answer
        .get(name)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| format!("the server's answer has no {name}: {answer}"))
}

/// The demo strategy, as a trader says it: a moving-average cross in New York hours with a stop and a target.
const DESCRIPTION: &str = "Go long DEMO on the 5-minute chart when the 10 SMA crosses above the 40 SMA, short when it crosses below, \
    only between 9:35 and 15:30. 12-point stop, 2R target, flat by 3:55, 1 contract.";

/// A built strategy: its id, and the keys of its averages and its stop.
struct Built {
    artifact_id: String,
    fast: String,
    slow: String,
    stop: String,
}

/// The key of the parameter that holds `value`.
fn key_of(done: &Value, value: u64) -> Result<String, String> {
    let parameters = done.pointer("/strategy/canonicalParameters").and_then(Value::as_array);
    let found = parameters.into_iter().flatten().find(|parameter| parameter["value"].as_f64() == Some(value as f64));
    found.map_or_else(|| Err(format!("no parameter is {value}: {done}")), |parameter| text(parameter, "key"))
}

async fn build(client: &Client, session_id: &str) -> Result<Built, String> {
    let made = client.call("create_strategy", json!({ "session_id": session_id, "description": DESCRIPTION })).await?;
    let operation_id = text(&made, "operation_id")?;
    note(&format!("2/4  strategy    \"{DESCRIPTION}\""));
    let arguments = json!({
        "session_id": session_id, "task": "strategy_op", "operation_id": operation_id, "timeout_seconds": 120,
    });
    let done = client.call("wait_for_completion", arguments).await?;
    if text(&done, "status")? != "succeeded" {
        return Err(format!("the strategy was not built: {done}"));
    }
    for item in done.get("extraction_plan").and_then(Value::as_array).into_iter().flatten() {
        let part = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
        say(&format!("     {:<42} {}", part("phrase"), part("became")));
    }
    for assumed in done.get("assumptions").and_then(Value::as_array).into_iter().flatten() {
        say(&format!("     assumed: {}", assumed.as_str().unwrap_or_default()));
    }
    Ok(Built {
        artifact_id: text(&made, "artifact_id")?,
        fast: key_of(&done, 10)?,
        slow: key_of(&done, 40)?,
        stop: key_of(&done, 12)?,
    })
}

async fn show_backtest(client: &Client, session_id: &str, artifact_id: &str) -> Result<(), String> {
    let named = |include: &str| json!({ "session_id": session_id, "artifact_id": artifact_id, "include": include });
    let summary = client.call("get_backtest", named("summary")).await?;
    let equity = client.call("get_backtest", named("equity")).await?;
    note("3/4  backtest    done");
    let points = equity.get("equity").and_then(Value::as_array).cloned().unwrap_or_default();
    let marks: Vec<f64> = points.iter().filter_map(|point| point.get(1).and_then(Value::as_f64)).collect();
    say(&format!("\n  Backtest of the strategy as written\n{}", table(summary.get("metrics"))));
    say(&format!("  {:<16} {}\n", "Equity", sparkline(&marks, 48)));
    Ok(())
}

async fn sweep(client: &Client, session_id: &str, built: &Built) -> Result<String, String> {
    let artifact_id = &built.artifact_id;
    let grid = json!([
        { "key": built.fast, "min": 4, "max": 22, "step": 2 },
        { "key": built.slow, "min": 30, "max": 120, "step": 10 },
        { "key": built.stop, "min": 4, "max": 22, "step": 2 }
    ]);
    let arguments = json!({
        "session_id": session_id, "artifact_id": artifact_id, "parameters": grid,
        "rank_by": "sharpeRatio", "constraints": [{ "metric": "tradeCount", "operator": ">=", "value": 30 }],
    });
    let set_up = client.call("setup_optimization", arguments).await?;
    let optimization_id = text(&set_up, "optimization_id")?;
    let total = set_up.get("total_combinations").and_then(Value::as_u64).unwrap_or(0);
    note(&format!("4/4  sweep       {} combinations", grouped(total)));
    let named = json!({ "session_id": session_id, "artifact_id": artifact_id, "optimization_id": optimization_id });
    client.call("run_optimization", named).await?;
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template("     {bar:40} {pos}/{len}  {per_sec}  {eta}") {
        bar.set_style(style);
    }
    loop {
        let arguments = json!({
            "session_id": session_id, "task": "optimization", "optimization_id": optimization_id,
            "timeout_seconds": WAIT_SECONDS,
        });
        let seen = client.call("wait_for_completion", arguments).await?;
        let done = seen.pointer("/progress/completed_count").and_then(Value::as_u64).unwrap_or(0);
        bar.set_position(done);
        match text(&seen, "status")?.as_str() {
            "timed_out" | "busy" => {}
            "succeeded" => break,
            _ => return Err(format!("the sweep did not finish: {seen}")),
        }
    }
    bar.finish_and_clear();
    Ok(optimization_id)
}

async fn show_best(client: &Client, session_id: &str, optimization_id: &str) -> Result<(), String> {
    let arguments = json!({ "session_id": session_id, "optimization_id": optimization_id, "top": 5 });
    let found = client.call("get_optimization", arguments).await?;
    let best = found.get("best_result").cloned().unwrap_or(Value::Null);
    let count = |name: &str| grouped(found.get(name).and_then(Value::as_u64).unwrap_or(0));
    say(&format!(
        "  Best of {} combinations by Sharpe ratio: {}\n{}",
        count("completed_count"),
        parameters(best.get("parameters")),
        table(best.get("metrics"))
    ));
    say("\n  Ranking");
    for row in found.get("ranking").and_then(Value::as_array).into_iter().flatten() {
        let rank = row.get("rank").and_then(Value::as_u64).unwrap_or(0);
        let metric = |name: &str| {
            row.get("metrics").and_then(|metrics| metrics.get(name)).and_then(Value::as_f64).unwrap_or(f64::NAN)
        };
        say(&format!(
            "  {rank:>3}  {:<34} Sharpe {:>7.3}   net {:>12.2}",
            parameters(row.get("parameters")),
            metric("sharpeRatio"),
            metric("totalPnl")
        ));
    }
    say(&format!("\n  {}", found.get("app_url").and_then(Value::as_str).unwrap_or_default()));
    say("  DEMO is a synthetic market: these numbers show the machinery, not an edge.");
    Ok(())
}

fn parameters(values: Option<&Value>) -> String {
    let pairs = values.and_then(Value::as_object).into_iter().flatten();
    pairs.map(|(key, value)| format!("{key} {value}")).collect::<Vec<_>>().join(", ")
}

fn table(metrics: Option<&Value>) -> String {
    let lines = SHOWN.iter().map(|(key, label)| {
        let shown = match metrics.and_then(|metrics| metrics.get(key)).and_then(Value::as_f64) {
            Some(value) if *key == "tradeCount" => format!("{value:.0}"),
            Some(value) if *key == "winRate" || *key == "maxDrawdownPercent" => format!("{:.2} %", value * 100.0),
            Some(value) => format!("{value:.2}"),
            None => "undefined".to_owned(),
        };
        format!("  {label:<16} {shown:>14}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The curve in one line of block characters.
fn sparkline(marks: &[f64], width: usize) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let lowest = marks.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = marks.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let span = (highest - lowest).max(f64::MIN_POSITIVE);
    let block = |value: f64| {
        let height = ((value - lowest) / span * 7.0).round().clamp(0.0, 7.0) as usize;
        BLOCKS.get(height).copied().unwrap_or(' ')
    };
    let step = marks.len().div_ceil(width.max(1)).max(1);
    marks.iter().step_by(step).map(|value| block(*value)).collect()
}
