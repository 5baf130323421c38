//! What Lean says in folder and file names: kind of data, date, symbol, contract, zone and price unit.

use crate::container::base_name;
use crate::contract::ContractMonth;
use crate::stamp;

/// Kind of rows in a Lean file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Trades.
    Trade,
    /// Bid and ask.
    Quote,
    /// Open interest: not prices.
    OpenInterest,
}

/// Time step of a Lean file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Single ticks.
    Tick,
    /// One-second bars.
    Second,
    /// One-minute bars.
    Minute,
    /// One-hour bars, whole history in one file.
    Hour,
    /// Daily bars, whole history in one file.
    Daily,
}

/// Kind of instrument by the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asset {
    /// Shares: prices are integers, ×10,000.
    Equity,
    /// Options on shares or indices: prices likewise.
    Option,
    /// Everything with decimal prices.
    Decimal,
}

/// What the names say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) kind: Kind,
    pub(crate) step: Step,
    /// Days since 1970-01-01 that the rows' milliseconds count from; `None` for hour and daily files.
    pub(crate) day: Option<i64>,
    pub(crate) symbol: String,
    pub(crate) contract: Option<ContractMonth>,
    /// `None` when the folders do not tell.
    pub(crate) asset: Option<Asset>,
    /// Zone of the data; `None` when the folders do not tell.
    pub(crate) zone: Option<&'static str>,
}

/// Zones by asset folder and market folder; the first row that matches.
const ZONES: &[(&str, &str, &str)] = &[
    ("equity", "usa", "America/New_York"),
    ("option", "usa", "America/New_York"),
    ("index", "usa", "America/Chicago"),
    ("indexoption", "usa", "America/Chicago"),
    ("equity", "india", "Asia/Kolkata"),
    ("index", "india", "Asia/Kolkata"),
    ("future", "cme", "UTC"),
    ("future", "comex", "UTC"),
    ("future", "cbot", "UTC"),
    ("future", "nymex", "UTC"),
    ("future", "eurex", "Europe/Berlin"),
    ("forex", "oanda", "UTC"),
    ("cfd", "oanda", "UTC"),
    ("forex", "fxcm", "UTC-5"),
    ("cfd", "fxcm", "UTC-5"),
    ("crypto", "", "UTC"),
    ("cryptofuture", "", "UTC"),
];

/// Folders of Lean that hold no prices.
const NOT_PRICES: &[&str] = &["factor_files", "map_files", "margins", "universes", "fundamental", "symbol-properties"];

/// True for Lean's files of adjustment factors, ticker maps and the like.
pub(crate) fn holds_no_prices(path: &str) -> bool {
    path.split(['/', '\\']).any(|folder| NOT_PRICES.contains(&folder.to_ascii_lowercase().as_str()))
}

/// The kind of a file named `YYYYMMDD_trade.zip` and the like.
pub(crate) fn kind_of_file(path: &str) -> Option<Kind> {
    let stem = base_name(path).strip_suffix(".zip")?;
    let (day, kind) = stem.split_once('_')?;
    (day.len() == 8 && stamp::parse_date(day.as_bytes(), None).is_some()).then(|| kind_of_word(kind))?
}

fn kind_of_word(word: &str) -> Option<Kind> {
    match word.to_ascii_lowercase().as_str() {
        "trade" => Some(Kind::Trade),
        "quote" => Some(Kind::Quote),
        "openinterest" => Some(Kind::OpenInterest),
        _ => None,
    }
}

fn step_of_word(word: &str) -> Option<Step> {
    match word.to_ascii_lowercase().as_str() {
        "tick" => Some(Step::Tick),
        "second" => Some(Step::Second),
        "minute" => Some(Step::Minute),
        "hour" => Some(Step::Hour),
        "daily" => Some(Step::Daily),
        _ => None,
    }
}

/// Reads the name of an entry (`20131218_es_minute_trade_201312.csv`, `20131007_spy_Trade_Tick.csv`, and `spy.csv`
/// under an hour or daily folder), with the folders of its file.
pub(crate) fn read(path: &str, inner: &str) -> Option<Name> {
    let folders: Vec<String> = path.split(['/', '\\']).map(str::to_ascii_lowercase).collect();
    let (asset, zone) = place(&folders);
    let stem = base_name(inner).strip_suffix(".csv")?;
    let words: Vec<&str> = stem.split('_').collect();
    let kind = words.iter().find_map(|word| kind_of_word(word));
    let contract = kind.and_then(|_| words.iter().skip(2).find_map(|word| ContractMonth::parse_digits(word)));
    let step = words.iter().skip(1).find_map(|word| step_of_word(word));
    if let (Some(kind), Some(step)) = (kind, step)
        && let Some(day) = words.first().filter(|word| word.len() == 8)
        && let Some(day) = stamp::parse_date(day.as_bytes(), None)
    {
        let symbol = words.get(1)?.to_ascii_uppercase();
        return Some(Name { kind, step, day: Some(day), symbol, contract, asset, zone });
    }
    let step = history_step(&folders)?;
    let (kind, symbol) = (kind.unwrap_or(Kind::Trade), words.first()?.to_ascii_uppercase());
    Some(Name { kind, step, day: None, symbol, contract, asset, zone })
}

/// The step of a zip with a whole history, by exactly Lean's folders `asset/market/step`: other people call folders
/// `crypto` and `daily` too.
fn history_step(folders: &[String]) -> Option<Step> {
    let step = folders.windows(3).find_map(|three| {
        let [asset, _, step] = three else { return None };
        asset_of_folder(asset).and_then(|_| step_of_word(step))
    })?;
    let zipped = folders.last().is_some_and(|file| file.ends_with(".zip"));
    (zipped && matches!(step, Step::Hour | Step::Daily)).then_some(step)
}

/// The kind of instrument a folder is for.
fn asset_of_folder(folder: &str) -> Option<Asset> {
    match folder {
        "equity" => Some(Asset::Equity),
        "option" | "indexoption" | "futureoption" => Some(Asset::Option),
        "future" | "forex" | "crypto" | "cryptofuture" | "cfd" | "index" => Some(Asset::Decimal),
        _ => None,
    }
}

/// Asset and zone by the folders `.../asset/market/...`.
fn place(folders: &[String]) -> (Option<Asset>, Option<&'static str>) {
    for pair in folders.windows(2) {
        let [asset, market] = pair else { continue };
        let Some(kind) = asset_of_folder(asset) else { continue };
        let zone = ZONES.iter().find(|(name, place, _)| name == asset && (place.is_empty() || place == market));
        return (Some(kind), zone.map(|&(_, _, zone)| zone));
    }
    (None, None)
}
