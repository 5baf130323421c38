//! Every page on real results, driven in a browser; the large ones with their sizes.

use crate::browser::{chromium, script};
use crate::prepare::{Maker, year_of_minutes};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use tests::program::binary;
use tests::server::Server;

/// What is typed into titles and texts to break pages.
const HOSTILE: &str =
    "<script>window.broken = 1</script>\"'><img src=x onerror=\"window.broken=2\">\u{202e}gnp.exe\u{2066}";

const DESCRIPTION: &str = "Go long DEMO on the 5-minute chart when the 10 SMA crosses above the 40 SMA, short when it crosses below, \
only between 9:35 and 15:30. 12-point stop, 2R target, flat by 3:55, 1 contract. Feels like a good idea on Mars.";

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("barlake-pages-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn imported(folder: &Path) {
    let file = folder.join("BTCUSDT.csv");
    std::fs::write(&file, year_of_minutes()).unwrap();
    let data = folder.join("data");
    let mut import = Command::new(binary());
    import.args(["import", "--symbol", "BTCUSDT", "--tz", "UTC", "--data-dir"]).arg(&data).arg(&file);
    let output = import.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn cross(number: usize) -> Value {
    json!({
        "language": 1, "name": format!("Cross {number}"), "market": "DEMO", "timeframe": "15m",
        "entry": { "long": format!("ema(close, {}) crosses above ema(close, {})", 5 + number, 30 + number) },
        "exit": { "stop_loss": { "points": 20 }, "flatten": "15:55" }, "sizing": { "contracts": 1 },
        "window": { "from": "2024-11-01", "to": "2024-12-31" }
    })
}

/// A strategy that trades every few minutes, day and night, for a year.
fn restless() -> Value {
    json!({
        "language": 1, "name": "Restless", "market": "BTCUSDT", "timeframe": "1m",
        "entry": { "long": "sma(close, 2) crosses above sma(close, 3)" },
        "exit": { "max_bars": 3 }, "sizing": { "units": 0.001 }, "window": { "from": "2023-01-01", "to": "2023-12-31" },
    })
}

/// A sweep of every value.
fn hundred_thousand() -> Value {
    json!({
        "parameters": [
            { "key": "ema_period", "min": 2, "max": 41, "step": 1 },
            { "key": "ema_period_2", "min": 42, "max": 91, "step": 1 },
            { "key": "stop_points", "min": 5, "max": 54, "step": 1 },
        ],
    })
}

async fn main_session(maker: &Maker) -> Value {
    let session = maker.session("Moving averages").await;
    let artifact = maker.english(&session, DESCRIPTION, true).await;
    let sweep = json!({
        "parameters": [
            { "key": "sma_period", "min": 4, "max": 22, "step": 2 },
            { "key": "sma_period_2", "min": 30, "max": 60, "step": 10 },
            { "key": "stop_points", "min": 8, "max": 20, "step": 4 },
        ],
        "constraints": ["tradeCount >= 30"], "holdout": 0.2,
    });
    let sweep = maker.sweep(&session, &artifact, sweep).await;
    let swept = maker.swept(&session, &sweep).await;
    let second = maker.changed(&session, &artifact, "make the stop 20 points").await;
    json!({
        "session": session, "artifact": artifact, "second": second, "sweep": sweep, "swept": swept,
        "inspected": maker.inspect(&session, &artifact).await, "run": maker.run(&session, &artifact).await,
    })
}

async fn large_sessions(maker: &Maker) -> Value {
    let many = maker.session("Forty strategies").await;
    for number in 0..40 {
        maker.rules(&many, cross(number), number % 2 == 0).await;
    }
    let large = maker.session("Large").await;
    let restless = maker.rules(&large, restless(), true).await;
    let run = maker.inspect(&large, &restless).await;
    let trades = run["backtestResults"]["tradeCount"].as_f64().unwrap();
    assert!(trades >= 50_000.0, "{trades} trades");
    let swept = maker.rules(&large, cross(1), false).await;
    let mut sweep = hundred_thousand();
    (sweep["from"], sweep["to"]) = (json!("2024-12-02"), json!("2024-12-31"));
    let sweep = maker.sweep(&large, &swept, sweep).await;
    let answer = maker.swept(&large, &sweep).await;
    assert_eq!(answer["total_combinations"], 100_000);
    json!({ "many": many, "large": large, "run": run["backtest_id"], "sweep": sweep })
}

#[tokio::test]
async fn every_page_works_in_a_browser() {
    if chromium().is_none() {
        return;
    }
    let folder = folder("whole");
    imported(&folder);
    let mut command = Command::new(binary());
    command.args(["serve", "--port", "0", "--data-dir"]).arg(folder.join("data"));
    let server = Server::running(command, folder.clone());
    let maker = Maker::connect(&server.url, None).await;
    let main = main_session(&maker).await;
    let hostile = maker.session(HOSTILE).await;
    let name = format!("{HOSTILE}{}", "W".repeat(40));
    let mut document = cross(0);
    document["name"] = json!(name.chars().take(100).collect::<String>());
    maker.rules(&hostile, document, true).await;
    let long = format!(
        "{HOSTILE} buy DEMO when rsi 14 is below 30, 10 point stop. {}",
        format!("<b>{} ", "W".repeat(60)).repeat(100)
    );
    maker.english(&hostile, &long, false).await;
    let large = large_sessions(&maker).await;
    let running = maker.session("Running").await;
    let watched = maker.rules(&running, cross(3), false).await;
    let sweep = maker.sweep(&running, &watched, hundred_thousand()).await;
    maker.close().await;
    let known = json!({
        "url": server.url.trim_end_matches("/mcp"), "main": main, "hostile": { "session": hostile, "text": HOSTILE },
        "large": large, "running": { "session": running, "sweep": sweep },
    });
    script("whole.mjs", &folder, &known);
}
