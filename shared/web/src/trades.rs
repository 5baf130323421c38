//! The trade list: filtered, sorted and paged on the server, so that fifty thousand trades are one page long.

use crate::number;
use crate::query::Query;
use domain::tables::TradeRow;
use market::Weekday;
use market::zone::{LocalTime, Zone};
use maud::{Markup, html};

/// Trades on a page.
const TRADES_SHOWN: usize = 50;

/// Columns that sort: key and heading.
const COLUMNS: [(&str, &str); 10] = [
    ("number", "#"),
    ("side", "Side"),
    ("quantity", "Quantity"),
    ("entry", "Entry"),
    ("exit", "Exit"),
    ("reason", "Why it ended"),
    ("bars", "Bars"),
    ("mae", "MAE"),
    ("mfe", "MFE"),
    ("net", "Net"),
];

/// A trade with the clock of its market.
struct Row<'a> {
    trade: &'a TradeRow,
    entered: LocalTime,
}

/// The word of an exit reason, as answers have it.
pub(crate) fn reason(trade: &TradeRow) -> String {
    serde_json::to_value(trade.exit_reason).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A time on the market's clock.
pub(crate) fn clock(zone: &Zone, at_us: i64) -> String {
    let local = zone.local(at_us);
    format!("{} {:02}:{:02}", local.date, local.minute_of_day / 60, local.minute_of_day % 60)
}

/// The region of the page that filters reload.
pub(crate) fn region(trades: &[TradeRow], zone: &Zone, query: &Query) -> Markup {
    let mut clocks = zone.cursor();
    let rows: Vec<Row<'_>> =
        trades.iter().map(|trade| Row { trade, entered: clocks.local(trade.entry_time) }).collect();
    let mut kept: Vec<&Row<'_>> = rows.iter().filter(|row| passes(row, query)).collect();
    sort(&mut kept, query);
    let pages = kept.len().div_ceil(TRADES_SHOWN).max(1);
    let page = query.number("page").and_then(|page| usize::try_from(page).ok()).unwrap_or(1).clamp(1, pages);
    let net: f64 = kept.iter().map(|row| row.trade.net).sum();
    html! {
        div #trade-list data-region {
            (filters(&rows, query))
            p.muted aria-live="polite" {
                (number::count(kept.len() as u64)) " of " (number::count(trades.len() as u64)) " trades, net "
                (number::grouped(net, 2))
            }
            div.scroll tabindex="0" role="region" aria-label="Trades" {
                table.trades {
                    thead { tr { @for (key, heading) in COLUMNS { (column(query, key, heading)) } } }
                    tbody {
                        @for row in kept.iter().skip((page - 1) * TRADES_SHOWN).take(TRADES_SHOWN) { (line(row.trade, zone)) }
                    }
                }
            }
            (pager(query, page, pages))
        }
    }
}

fn passes(row: &Row<'_>, query: &Query) -> bool {
    let is = |name: &str, value: &str| query.get(name).is_none_or(|wanted| wanted == value);
    let outcome = if row.trade.net > 0.0 { "won" } else { "lost" };
    is("side", &row.trade.side)
        && is("reason", &reason(row.trade))
        && is("weekday", row.entered.weekday.label())
        && is("hour", &(row.entered.minute_of_day / 60).to_string())
        && is("outcome", outcome)
}

fn sort(rows: &mut [&Row<'_>], query: &Query) {
    let key = query.get("sort").unwrap_or("number");
    rows.sort_by(|left, right| {
        let (one, other) = (left.trade, right.trade);
        let order = match key {
            "side" => one.side.cmp(&other.side),
            "quantity" => one.quantity.total_cmp(&other.quantity),
            "entry" => one.entry_time.cmp(&other.entry_time),
            "exit" => one.exit_time.cmp(&other.exit_time),
            "reason" => reason(one).cmp(&reason(other)),
            "bars" => one.bars_held.cmp(&other.bars_held),
            "mae" => one.mae.total_cmp(&other.mae),
            "mfe" => one.mfe.total_cmp(&other.mfe),
            "net" => one.net.total_cmp(&other.net),
            _ => one.number.cmp(&other.number),
        };
        if descends(query) { order.reverse() } else { order }
    });
}

fn descends(query: &Query) -> bool {
    query.get("order") == Some("descending")
}

fn column(query: &Query, key: &str, heading: &str) -> Markup {
    let sorted = query.get("sort").unwrap_or("number") == key;
    let next = if sorted && !descends(query) { "descending" } else { "" };
    let order = sorted.then_some(if descends(query) { "descending" } else { "ascending" });
    let address = query.with(&[("sort", key), ("order", next), ("page", "")]);
    let class = if matches!(key, "side" | "entry" | "exit" | "reason") { "" } else { "number" };
    html! {
        th scope="col" class=(class) aria-sort=[order] {
            a href={ "?" (address) "#trade-list" } data-partial="trade-list" { (heading) }
        }
    }
}

fn line(trade: &TradeRow, zone: &Zone) -> Markup {
    html! {
        tr {
            td.number { (trade.number) }
            td { (trade.side) }
            td.number { (number::price(trade.quantity)) }
            td {
                button.link type="button" data-show-trade=(trade.entry_time / 1_000_000) data-until=(trade.exit_time / 1_000_000)
                    title="Show on the price chart" { (clock(zone, trade.entry_time)) }
                " at " (number::price(trade.entry_price))
            }
            td { (clock(zone, trade.exit_time)) " at " (number::price(trade.exit_price)) }
            td { (number::words(&reason(trade))) @if trade.ambiguous { " " abbr title="the order of events inside a minute decided it" { "*" } } }
            td.number { (trade.bars_held) }
            td.number { (number::grouped(trade.mae, 2)) }
            td.number { (number::grouped(trade.mfe, 2)) }
            td class={ "number " (number::sign(trade.net)) } { (number::grouped(trade.net, 2)) }
        }
    }
}

fn pager(query: &Query, page: usize, pages: usize) -> Markup {
    let to = |page: usize| query.with(&[("page", &page.to_string())]);
    html! {
        nav.pages aria-label="Pages of trades" {
            @if page > 1 {
                a href={ "?" (to(1)) "#trade-list" } data-partial="trade-list" { "First" }
                a rel="prev" href={ "?" (to(page - 1)) "#trade-list" } data-partial="trade-list" { "Previous" }
            }
            span { "Page " (page) " of " (pages) }
            @if page < pages {
                a rel="next" href={ "?" (to(page + 1)) "#trade-list" } data-partial="trade-list" { "Next" }
                a href={ "?" (to(pages)) "#trade-list" } data-partial="trade-list" { "Last" }
            }
        }
    }
}

fn filters(rows: &[Row<'_>], query: &Query) -> Markup {
    let mut reasons: Vec<String> = rows.iter().map(|row| reason(row.trade)).collect();
    reasons.sort();
    reasons.dedup();
    let mut hours: Vec<u32> = rows.iter().map(|row| row.entered.minute_of_day / 60).collect();
    hours.sort_unstable();
    hours.dedup();
    let reasons: Vec<(String, String)> = reasons.into_iter().map(|key| (key.clone(), number::words(&key))).collect();
    let hours: Vec<(String, String)> =
        hours.into_iter().map(|hour| (hour.to_string(), format!("{hour:02}:00"))).collect();
    let weekdays = Weekday::ALL.map(|day| (day.label().to_owned(), number::words(day.label())));
    let pair = |key: &str, name: &str| (key.to_owned(), name.to_owned());
    html! {
        form.filters method="get" data-partial="trade-list" action="#trade-list" {
            @for name in ["sort", "order"] {
                @if let Some(value) = query.get(name) { input type="hidden" name=(name) value=(value); }
            }
            (choice(query, "side", "Side", &[pair("long", "Long"), pair("short", "Short")]))
            (choice(query, "outcome", "Outcome", &[pair("won", "Won"), pair("lost", "Lost")]))
            (choice(query, "reason", "Exit reason", &reasons))
            (choice(query, "weekday", "Weekday", &weekdays))
            (choice(query, "hour", "Hour of entry", &hours))
            button { "Filter" }
        }
    }
}

fn choice(query: &Query, name: &str, label: &str, values: &[(String, String)]) -> Markup {
    html! {
        label {
            span { (label) }
            select name=(name) {
                option value="" { "All" }
                @for (value, shown) in values { option value=(value) selected[query.get(name) == Some(value)] { (shown) } }
            }
        }
    }
}
