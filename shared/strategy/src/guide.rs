//! The guide to the language, by topic: Markdown beside the crate, filled from the tables the checker itself reads.

use crate::check::signature;
use crate::indicators::{self, Agreement, Definition, Family};
use crate::limits;
use std::fmt::Write;

/// Characters of one topic at most: an answer must stay whole in every client.
pub const TOPIC_CHARACTERS: usize = 9_000;

/// Topics written by hand: name, one line, text.
const TOPICS: [(&str, &str, &str); 15] = [
    ("overview", "What a strategy document is, with a first example.", include_str!("../guide/overview.md")),
    ("document", "Every top-level key and its default.", include_str!("../guide/document.md")),
    (
        "expressions",
        "Series, operators, crossings, look-backs, timeframes, session values.",
        include_str!("../guide/expressions.md"),
    ),
    ("indicators", "How indicators are called, and averages.", include_str!("../guide/indicators.md")),
    ("indicators-momentum", "Momentum and oscillators.", include_str!("../guide/indicators-momentum.md")),
    ("indicators-trend", "Trend, volatility, bands and channels.", include_str!("../guide/indicators-trend.md")),
    (
        "indicators-volume",
        "Volume, statistics, price transforms, cycles, shapes of a few bars.",
        include_str!("../guide/indicators-volume.md"),
    ),
    ("candlesticks", "Candlestick patterns.", include_str!("../guide/candlesticks.md")),
    ("orders", "Market, stop and limit entries.", include_str!("../guide/orders.md")),
    ("exits", "Stops, targets, trailing, break-even, clock exits, distances.", include_str!("../guide/exits.md")),
    ("sizing", "Sizing, costs, capital, currency.", include_str!("../guide/sizing.md")),
    ("filters", "Trading hours, weekdays, daily limits.", include_str!("../guide/filters.md")),
    ("parameters", "Tunable numbers, lifting of literals, sweeps.", include_str!("../guide/parameters.md")),
    ("limits", "Every limit of a document.", include_str!("../guide/limits.md")),
    ("examples", "Complete documents.", ""),
];

/// Complete example documents, by name.
pub const EXAMPLES: [(&str, &str); 4] = [
    ("opening_range_breakout", include_str!("../guide/examples/opening_range_breakout.json")),
    ("rsi_pullback", include_str!("../guide/examples/rsi_pullback.json")),
    ("trend_with_trailing_stop", include_str!("../guide/examples/trend_with_trailing_stop.json")),
    ("index_pair_filter", include_str!("../guide/examples/index_pair_filter.json")),
];

/// Names of the pages of the engine's document; as many as it may ever fill.
const ENGINE_PAGES: [&str; 12] = [
    "engine",
    "engine-2",
    "engine-3",
    "engine-4",
    "engine-5",
    "engine-6",
    "engine-7",
    "engine-8",
    "engine-9",
    "engine-10",
    "engine-11",
    "engine-12",
];

/// Every topic with one line about it.
#[must_use]
pub fn topics() -> Vec<(&'static str, &'static str)> {
    let mut topics: Vec<(&str, &str)> = TOPICS.iter().map(|(name, line, _)| (*name, *line)).collect();
    let pages = engine_pages().len();
    topics.extend(
        ENGINE_PAGES
            .iter()
            .take(pages)
            .map(|name| (*name, "The simulation: what every number means (one page of it).")),
    );
    topics
}

/// A topic's text, under [`TOPIC_CHARACTERS`] characters; the overview without one, `None` for an unknown topic.
#[must_use]
pub fn render(topic: Option<&str>) -> Option<String> {
    let topic = topic.unwrap_or("overview");
    if let Some(page) = ENGINE_PAGES.iter().position(|name| *name == topic) {
        return engine_pages().into_iter().nth(page);
    }
    let (_, _, text) = TOPICS.iter().find(|(name, _, _)| *name == topic)?;
    Some(match topic {
        "overview" => {
            text.replace("{{topics}}", &topics().iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "))
        }
        "limits" => text.replace("{{limits}}", &limit_table()),
        "examples" => examples(),
        _ => SHELVES.iter().fold((*text).to_owned(), |text, (place, family)| text.replace(place, &shelf(*family))),
    })
}

fn examples() -> String {
    let mut text = "# Examples\n".to_owned();
    for (_, document) in EXAMPLES {
        let _ = write!(text, "\n```json\n{}\n```\n", document.trim_end());
    }
    text
}

/// Where the rows of a family stand in the pages.
const SHELVES: [(&str, Family); 10] = [
    ("{{averages}}", Family::MovingAverage),
    ("{{momentum}}", Family::Momentum),
    ("{{trend}}", Family::Trend),
    ("{{volatility}}", Family::Volatility),
    ("{{volume}}", Family::Volume),
    ("{{statistics}}", Family::Statistics),
    ("{{prices}}", Family::PriceTransform),
    ("{{cycles}}", Family::Cycle),
    ("{{shapes}}", Family::BarShape),
    ("{{candlesticks}}", Family::Candlestick),
];

/// A line per row of the family: the language's own, then TA-Lib's calls that differ from them.
fn shelf(family: Family) -> String {
    let mut text = String::new();
    for row in indicators::table().chain(indicators::talib_only()).filter(|row| row.family == family) {
        let agreement = match row.agreement {
            Agreement::EqualsTaLib { function } if row.name.starts_with(TALIB_PREFIX) || is_own_name(row, function) => {
                String::new()
            }
            Agreement::EqualsTaLib { function } => format!(" (={function})"),
            Agreement::DiffersFromTaLib { function, why } => format!(" (not {function}: {why})"),
            Agreement::OurOwn { source } => format!(" (ours: {source})"),
        };
        let _ = writeln!(text, "- `{}`: {}{agreement}", signature(row), row.summary);
    }
    text.trim_end().to_owned()
}

/// What stands before the names of rows that only TA-Lib's calls have.
const TALIB_PREFIX: &str = "talib.";

/// True where a row has the name of the function it equals.
fn is_own_name(row: &Definition, function: &str) -> bool {
    row.name.eq_ignore_ascii_case(function)
}

fn limit_table() -> String {
    let rows: [(&str, u64, &str); 14] = [
        ("a document", limits::DOCUMENT_BYTES as u64, "bytes"),
        ("an expression", limits::EXPRESSION_CHARACTERS as u64, "characters"),
        ("an expression", limits::EXPRESSION_DEPTH as u64, "levels"),
        ("an expression", limits::EXPRESSION_NODES as u64, "parts"),
        ("indicators", limits::INDICATORS as u64, "calls"),
        ("a look-back or period", u64::from(limits::LOOK_BACK_BARS), "bars"),
        ("parameters", limits::PARAMETERS as u64, "declared and lifted"),
        ("a key", limits::KEY_CHARACTERS as u64, "characters"),
        ("symbols read", limits::SYMBOLS as u64, "symbols"),
        ("names and labels", limits::LABEL_CHARACTERS as u64, "characters"),
        ("take-profit", limits::TARGET_LEGS as u64, "legs"),
        ("windows", limits::WINDOWS as u64, "entries"),
        ("skip_dates", limits::SKIP_DATES as u64, "dates"),
        ("any number", limits::LARGEST_NUMBER, "in size"),
    ];
    rows.iter().map(|(what, limit, unit)| format!("- {what}: {limit} {unit}\n")).collect()
}

/// The engine's document cut into pages at its headings, or between lines where a section is longer than a page.
fn engine_pages() -> Vec<String> {
    let mut pages: Vec<String> = vec![String::new()];
    let mut used = 0;
    for line in engine::DOCUMENT.lines() {
        let length = line.chars().count() + 1;
        let heading = line.starts_with("## ") && used > TOPIC_CHARACTERS / 2;
        if heading || used + length > PAGE_CHARACTERS {
            pages.push(String::new());
            used = 0;
        }
        if let Some(page) = pages.last_mut() {
            page.push_str(line);
            page.push('\n');
            used += length;
        }
    }
    let count = pages.len().min(ENGINE_PAGES.len());
    pages.truncate(count);
    for (index, page) in pages.iter_mut().enumerate() {
        if let Some(next) = ENGINE_PAGES.get(index + 1).filter(|_| index + 1 < count) {
            let _ = write!(page, "\nContinues in topic \"{next}\".\n");
        }
    }
    pages
}

/// Characters of an engine page before its last line about the next one.
const PAGE_CHARACTERS: usize = TOPIC_CHARACTERS - 100;
