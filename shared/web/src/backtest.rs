//! A run: the curve, the price with its trades, returns by month, how trades spread, the list of trades, what it rests on, and
//! its tables as files.

use crate::layout::{self, Page};
use crate::reply::{self, Reply};
use crate::series::{self, Span};
use crate::web::{Scene, nothing};
use crate::{csv, distribution, metrics, number, trades};
use app::backtest::{self, Download, Include, Table};
use app::view::{BacktestView, StrategyDetail};
use app::{AppError, artifact, session};
use bytes::Bytes;
use domain::tables::TradeRow;
use market::zone::{SECOND_US, Zone};
use maud::{Markup, html};
use serde_json::{Map, Value, json};

/// Exports from this size on are fetched from the store where it gives out links: a function's answer is bounded. Bytes.
const LENT_BYTES_MIN: usize = 2_000_000;

/// Months of a year's row.
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The page.
pub(crate) async fn page(scene: Scene<'_>, ids: (&str, &str)) -> Result<Reply, AppError> {
    let (desk, caller) = (scene.desk, scene.caller());
    let run = backtest::get(desk, caller, ids.0, (None, Some(ids.1)), Include::Summary, None).await?;
    let session = session::named(desk, caller, ids.0).await?;
    // A version may be deleted; its runs stay.
    let version = artifact::inspect(desk, caller, ids.0, &run.artifact_id).await.ok();
    let name = version.as_ref().map_or_else(|| "Backtest".to_owned(), |version| version.summary.name.clone());
    let passed = run.backtest_status == "passed";
    let clock = clock(&run)?;
    let trades = if passed { backtest::trades(desk, caller, ids).await? } else { Vec::new() };
    let content = html! {
        (heading(&run, version.as_ref(), &name))
        (state(scene, ids, &run))
        @if passed {
            @if let Some(results) = &run.metrics { (metrics::headline(results, "head", currency(&run))) }
            (flags(run.details.as_ref().and_then(|details| details.get("flags"))))
            (charts(zone_of(&run), currency(&run)))
            (months(&run))
            (spread(&run, &trades))
            section.card {
                h2 { "Trades" }
                (trades::region(&trades, &clock, scene.query))
            }
            section.card { h2 { "Every figure" } (metrics::all(run.metrics.as_ref().unwrap_or(&Value::Null))) }
            (benchmark(&run))
            (files(ids, &run))
        }
        (assumptions(&run.assumptions, &run.parameter_overrides))
    };
    let title = version.as_ref().map_or(name.clone(), |version| format!("{name} v{}", version.lineage.version));
    Ok(scene.page(&Page::new(title, layout::within(&session), content).with_charts()))
}

fn currency(run: &BacktestView) -> &str {
    run.details.as_ref().and_then(|details| details.get("currency")).and_then(Value::as_str).unwrap_or_default()
}

fn zone_of(run: &BacktestView) -> &str {
    run.assumptions.get("time_zone").and_then(Value::as_str).unwrap_or("UTC")
}

/// The clock of the strategy.
fn clock(run: &BacktestView) -> Result<Zone, AppError> {
    Zone::get(zone_of(run)).map_err(|error| AppError::internal(error.to_string()))
}

fn heading(run: &BacktestView, version: Option<&StrategyDetail>, name: &str) -> Markup {
    let window = run.assumptions.get("window");
    let day = |key: &str| window.and_then(|window| window.get(key)).map(number::written).unwrap_or_default();
    let class = match run.backtest_status.as_str() {
        "passed" => "good",
        "running" => "running",
        _ => "serious",
    };
    html! {
        div.heading {
            h1 { bdi { (name) } @if let Some(version) = version { " v" (version.lineage.version) } }
            span class={ "badge " (class) } { (number::words(&run.backtest_status)) }
        }
        p.muted {
            @if let Some(version) = version {
                bdi { (version.summary.ticker) } " · "
                @if let Some(timeframe) = &version.summary.timeframe { (timeframe) " bars · " }
            }
            (day("from")) " to " (day("to"))
            @if !run.parameter_overrides.is_empty() { " · " (number::assigned(&run.parameter_overrides)) }
        }
    }
}

/// What stands where there are no results.
fn state(scene: Scene<'_>, (session, id): (&str, &str), run: &BacktestView) -> Markup {
    let running = run.backtest_status == "running";
    html! {
        div #state data-live data-running[running] data-reload {
            @if running {
                section.card.running aria-live="polite" {
                    p { "The backtest is running. This page shows the result as soon as it is there." }
                    progress aria-label="Running" {}
                    form method="post" action={ "/sessions/" (session) "/cancel" } {
                        (layout::token(scene.visitor))
                        input type="hidden" name="task" value="backtest";
                        input type="hidden" name="id" value=(id);
                        button.quiet { "Cancel" }
                    }
                }
            }
            @if let Some(error) = &run.backtest_error {
                section.notice.serious { h2 { "Why it failed" } p { bdi { (error) } } }
            }
        }
    }
}

/// Reasons to distrust a result.
pub(crate) fn flags(flags: Option<&Value>) -> Markup {
    let flags = flags.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |flag: &Value, key: &str| flag.get(key).map(number::written).unwrap_or_default();
    html! {
        @for flag in flags {
            section class={ "notice " (text(flag, "severity")) } {
                h3 { (number::words(&text(flag, "key"))) }
                p { (text(flag, "reason")) }
            }
        }
    }
}

fn charts(zone: &str, currency: &str) -> Markup {
    html! {
        section.card {
            div.heading { h2 { "Equity" } p.readout #equity-readout aria-live="off" {} }
            div.chart #equity data-chart="equity" data-zone=(zone) data-currency=(currency) role="img"
                aria-label="Equity over the window, with the drawdown below" {}
        }
        section.card {
            div.heading {
                h2 { "Price and trades" }
                div.ranges role="group" aria-label="Part of the window" {
                    @for (days, name) in [("1", "Day"), ("7", "Week"), ("31", "Month"), ("366", "Year"), ("0", "All")] {
                        button type="button" data-days=(days) { (name) }
                    }
                    button type="button" data-step="-1" { "Earlier" }
                    button type="button" data-step="1" { "Later" }
                }
            }
            p.readout #price-readout aria-live="off" {}
            div.chart.tall #price data-chart="price" data-zone=(zone) role="img"
                aria-label="Price with the lines of the rules, entries and exits" {}
            ul.legend #price-legend {}
        }
    }
}

/// Returns by month and year.
fn months(run: &BacktestView) -> Markup {
    let listed = run.details.as_ref().and_then(|details| details.get("months")).and_then(Value::as_array);
    let of = |month: &Value| {
        let (year, number) = month.get("month")?.as_str()?.split_once('-')?;
        Some((year.to_owned(), number.parse::<usize>().ok()?, month.get("return")?.as_f64()))
    };
    let months: Vec<(String, usize, Option<f64>)> = listed.into_iter().flatten().filter_map(of).collect();
    let mut years: Vec<&str> = months.iter().map(|(year, _, _)| year.as_str()).collect();
    years.dedup();
    let found = |year: &str, number: usize| {
        months.iter().find(|month| month.0 == year && month.1 == number).and_then(|month| month.2)
    };
    let whole = |year: &str| {
        let returns = months.iter().filter(|month| month.0 == year).filter_map(|month| month.2);
        returns.fold(1.0, |grown, month| grown * (1.0 + month)) - 1.0
    };
    html! {
        section.card {
            h2 { "Returns by month" }
            div.scroll tabindex="0" role="region" aria-label="Returns by month" {
                table.months {
                    thead { tr { th scope="col" { "Year" } @for name in MONTHS { th.number scope="col" { (name) } } th.number scope="col" { "Year" } } }
                    tbody {
                        @for year in years {
                            tr {
                                th scope="row" { (year) }
                                @for number in 1..=12 { (share(found(year, number))) }
                                (share(Some(whole(year))))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A cell whose colour says how much.
fn share(value: Option<f64>) -> Markup {
    let Some(value) = value else { return html! { td.number { (number::UNDEFINED) } } };
    let strength = match value.abs() {
        size if size < 0.0005 => 0,
        size if size < 0.01 => 1,
        size if size < 0.03 => 2,
        size if size < 0.08 => 3,
        _ => 4,
    };
    html! { td class={ "number " (number::sign(value)) "-" (strength) } { (number::percent(value)) } }
}

fn spread(run: &BacktestView, trades: &[TradeRow]) -> Markup {
    let details = run.details.as_ref().unwrap_or(&Value::Null);
    let list = |key: &str| details.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let reasons = details.get("exitReasons").and_then(Value::as_object).cloned().unwrap_or_default();
    let figure = |item: &Value, key: &str| item.get(key).and_then(Value::as_f64);
    let word = |item: &Value, key: &str| item.get(key).map(number::written).unwrap_or_default();
    let reasons = reasons.iter().map(|(key, trades)| (number::words(key), trades.as_f64(), None));
    let weekdays = list("weekdays");
    let weekdays =
        weekdays.iter().map(|day| (number::words(&word(day, "weekday")), figure(day, "days"), figure(day, "profit")));
    let hours = list("hours");
    let hours = hours
        .iter()
        .map(|hour| (format!("{:0>2}:00", word(hour, "hour")), figure(hour, "trades"), figure(hour, "net")));
    html! {
        section.card {
            h2 { "How trades spread" }
            @if trades.is_empty() { p { "No trades." } } @else {
                div.drawings { (distribution::profits(trades)) (distribution::excursions(trades)) }
            }
            div.tables {
                (table("Exits", ["Reason", "Trades", ""], reasons))
                (table("Weekdays", ["Day", "Days", "Profit"], weekdays))
                (table("Hours of entry", ["Hour", "Trades", "Net"], hours))
            }
        }
    }
}

fn table(
    name: &str,
    [first, second, third]: [&str; 3],
    rows: impl Iterator<Item = (String, Option<f64>, Option<f64>)>,
) -> Markup {
    html! {
        table {
            caption { (name) }
            thead { tr { th scope="col" { (first) } th.number scope="col" { (second) } @if !third.is_empty() { th.number scope="col" { (third) } } } }
            tbody {
                @for (label, count, profit) in rows {
                    tr {
                        th scope="row" { (label) }
                        td.number { (number::grouped(count.unwrap_or(f64::NAN), 0)) }
                        @if let Some(profit) = profit { td class={ "number " (number::sign(profit)) } { (number::grouped(profit, 2)) } }
                    }
                }
            }
        }
    }
}

fn benchmark(run: &BacktestView) -> Markup {
    let held = run.details.as_ref().and_then(|details| details.get("benchmark")).filter(|held| held.is_object());
    html! {
        @if let (Some(held), Some(own)) = (held, &run.metrics) {
            section.card {
                h2 { "Beside buying and holding" }
                p.muted { (held.get("what").map(number::written).unwrap_or_default()) }
                table {
                    thead { tr { th scope="col" { "Figure" } th.number scope="col" { "Strategy" } th.number scope="col" { "Held" } } }
                    tbody {
                        @for key in ["totalReturn", "cagr", "sharpeRatio", "maxDrawdownPercent"] {
                            tr { th scope="row" { (number::label(key)) } td.number { (number::of(own, key)) } td.number { (number::of(held, key)) } }
                        }
                    }
                }
                p.muted {
                    "Beta " (number::grouped(held.get("beta").and_then(Value::as_f64).unwrap_or(f64::NAN), 2))
                    ", alpha a year " (number::percent(held.get("alpha").and_then(Value::as_f64).unwrap_or(f64::NAN)))
                }
            }
        }
    }
}

fn files((session, run_id): (&str, &str), run: &BacktestView) -> Markup {
    let base = format!("/sessions/{session}/backtests/{run_id}");
    html! {
        section.card {
            h2 { "Take it away" }
            div.actions {
                a.button href={ (base) "/trades.csv" } download { "Trades (CSV)" }
                a.button href={ (base) "/equity.csv" } download { "Equity (CSV)" }
                a.button href={ (base) "/trades.parquet" } download { "Trades (Parquet)" }
                a.button href={ (base) "/equity.parquet" } download { "Equity (Parquet)" }
                a.button href={ "/sessions/" (session) "/strategies/" (run.artifact_id) "/rules.json" } download { "Rules (JSON)" }
            }
        }
    }
}

/// What the numbers rest on.
pub(crate) fn assumptions(stated: &Map<String, Value>, parameters: &Map<String, Value>) -> Markup {
    html! {
        section.card {
            h2 { "What the numbers rest on" }
            dl.plan {
                @for (key, value) in stated { div { dt { (number::words(key)) } dd { (said(value)) } } }
                @if !parameters.is_empty() { div { dt { "Parameters" } dd { (number::assigned(parameters)) } } }
            }
        }
    }
}

fn said(value: &Value) -> Markup {
    html! {
        @match value {
            Value::Object(parts) => {
                @for (place, (key, part)) in parts.iter().enumerate() {
                    @if place > 0 { ", " } (key.replace('_', " ")) " " (number::written(part))
                }
            }
            Value::Array(items) => { @for item in items { div { (said(item)) } } }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => { bdi { (number::written(value)) } }
        }
    }
}

/// Data of the charts, and files.
pub(crate) async fn part(scene: Scene<'_>, ids: (&str, &str), part: &str) -> Result<Reply, AppError> {
    let (desk, caller) = (scene.desk, scene.caller());
    let name = |kind: &str| format!("{}-{kind}", ids.1);
    match part {
        "equity.json" => equity(scene, ids).await,
        "price.json" => price(scene, ids).await,
        "trades.csv" => {
            let rows = backtest::trades(desk, caller, ids).await?;
            exported(scene, ids, &name("trades.csv"), csv::trades(&rows)?).await
        }
        "equity.csv" => {
            let curve = backtest::equity(desk, caller, ids).await?;
            exported(scene, ids, &name("equity.csv"), csv::equity(&curve)?).await
        }
        "trades.parquet" => parquet(scene, ids, Table::Trades, &name("trades.parquet")).await,
        "equity.parquet" => parquet(scene, ids, Table::Equity, &name("equity.parquet")).await,
        _ => Err(nothing()),
    }
}

/// A CSV file: at once, or a large one at a link where there are links.
async fn exported(scene: Scene<'_>, ids: (&str, &str), name: &str, body: Vec<u8>) -> Result<Reply, AppError> {
    let body = Bytes::from(body);
    if body.len() >= LENT_BYTES_MIN
        && let Some(link) = backtest::lent(scene.desk, scene.caller(), ids, name, body.clone()).await?
    {
        return Ok(reply::see_other(&link));
    }
    Ok(reply::file("text/csv; charset=utf-8", name, body))
}

async fn parquet(scene: Scene<'_>, ids: (&str, &str), table: Table, name: &str) -> Result<Reply, AppError> {
    Ok(match backtest::parquet(scene.desk, scene.caller(), ids, table, name).await? {
        Download::Link(link) => reply::see_other(&link),
        Download::Bytes(bytes) => reply::file(reply::PARQUET, name, bytes),
    })
}

/// The part of the window a chart asks for, in seconds; all of it without.
fn span(scene: Scene<'_>) -> Span {
    let seconds = |name: &str| scene.query.get(name).and_then(|text| text.parse::<i64>().ok());
    let at = |name: &str, otherwise: i64| seconds(name).map_or(otherwise, |at| at.saturating_mul(SECOND_US));
    Span { from: at("from", i64::MIN), to: at("to", i64::MAX) }
}

async fn equity(scene: Scene<'_>, ids: (&str, &str)) -> Result<Reply, AppError> {
    let (desk, caller) = (scene.desk, scene.caller());
    let run = backtest::get(desk, caller, ids.0, (None, Some(ids.1)), Include::Summary, None).await?;
    let capital = run.assumptions.get("capital").and_then(Value::as_f64).unwrap_or(0.0);
    let curve = backtest::equity(desk, caller, ids).await?;
    let points = series::equity(&curve, capital, span(scene));
    Ok(reply::json(&json!({ "points": points, "marks": curve.ts.len() })))
}

async fn price(scene: Scene<'_>, ids: (&str, &str)) -> Result<Reply, AppError> {
    let (desk, caller) = (scene.desk, scene.caller());
    let Some(chart) = backtest::chart(desk, caller, ids).await? else {
        return Ok(reply::json(
            &json!({ "candles": [], "note": "This run was made before price charts were kept: run it again." }),
        ));
    };
    let run = backtest::get(desk, caller, ids.0, (None, Some(ids.1)), Include::Summary, None).await?;
    let trades = backtest::trades(desk, caller, ids).await?;
    let mut shown = series::price(&chart, &trades, &clock(&run)?, span(scene));
    if let Some(shown) = shown.as_object_mut() {
        let ends = [chart.ts.first(), chart.ts.last()].map(|at| at.map(|at| at / SECOND_US));
        shown.insert("window".to_owned(), json!(ends));
    }
    Ok(reply::json(&shown))
}
