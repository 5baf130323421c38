//! Markets in a text: symbols, plain names, companies; and which of them is the traded one.

use super::cursor::Cursor;
use super::scene::Scene;
use super::spelling;
use super::token::{Kind, Token};
use market::{AssetClass, Catalogue, Instrument};
use std::collections::{HashMap, HashSet};

/// Most tokens of a plain name.
const NAME_TOKENS: usize = 5;

/// Of names that begin with `E-mini` or `Micro E-mini`, whose signs are tokens too.
const MINI_NAME_TOKENS: usize = 8;

/// Companies, funds and pairs of currencies by the names people use.
#[rustfmt::skip]
const COMPANIES: [(&str, &str); 66] = [
    ("euro dollar", "EURUSD"), ("pound dollar", "GBPUSD"), ("dollar yen", "USDJPY"), ("aussie dollar", "AUDUSD"),
    ("apple", "AAPL"), ("tesla", "TSLA"), ("microsoft", "MSFT"), ("nvidia", "NVDA"), ("amazon", "AMZN"),
    ("google", "GOOGL"), ("alphabet", "GOOGL"), ("facebook", "META"), ("meta", "META"), ("netflix", "NFLX"),
    ("intel", "INTC"), ("disney", "DIS"), ("boeing", "BA"), ("walmart", "WMT"), ("costco", "COST"),
    ("jpmorgan", "JPM"), ("jp morgan", "JPM"), ("goldman sachs", "GS"), ("goldman", "GS"), ("bank of america", "BAC"),
    ("coca cola", "KO"), ("coke", "KO"), ("pepsi", "PEP"), ("pepsico", "PEP"), ("mcdonalds", "MCD"), ("nike", "NKE"),
    ("starbucks", "SBUX"), ("home depot", "HD"), ("johnson & johnson", "JNJ"), ("johnson and johnson", "JNJ"),
    ("pfizer", "PFE"), ("exxon mobil", "XOM"), ("exxonmobil", "XOM"), ("exxon", "XOM"), ("chevron", "CVX"), ("visa", "V"),
    ("mastercard", "MA"), ("paypal", "PYPL"), ("coinbase", "COIN"), ("palantir", "PLTR"), ("micron", "MU"),
    ("qualcomm", "QCOM"), ("broadcom", "AVGO"), ("oracle", "ORCL"), ("salesforce", "CRM"), ("adobe", "ADBE"),
    ("cisco", "CSCO"), ("ibm", "IBM"), ("uber", "UBER"), ("airbnb", "ABNB"), ("caterpillar", "CAT"), ("ford", "F"),
    ("general motors", "GM"), ("berkshire hathaway", "BRK.B"), ("gamestop", "GME"), ("procter & gamble", "PG"),
    ("procter and gamble", "PG"), ("verizon", "VZ"), ("s&p 500 etf", "SPY"), ("spdr", "SPY"),
    ("nasdaq 100 etf", "QQQ"), ("russell 2000 etf", "IWM"),
];

/// Tickers that are also read in lower case.
#[rustfmt::skip]
const TICKERS: [&str; 72] = [
    "spy", "qqq", "iwm", "dia", "tlt", "gld", "slv", "uso", "xle", "xlf", "xlk", "xlv", "xlu", "xli", "xlp", "xly", "smh",
    "soxl", "soxs", "tqqq", "sqqq", "spxl", "upro", "eem", "efa", "vti", "voo", "vxx", "uvxy", "arkk", "hyg", "lqd", "ief",
    "aapl", "tsla", "msft", "nvda", "amzn", "googl", "goog", "meta", "nflx", "amd", "intc", "dis", "ba", "wmt", "jpm",
    "gs", "bac", "ko", "pep", "mcd", "nke", "sbux", "jnj", "pfe", "xom", "cvx", "pypl", "coin", "pltr", "mu", "qcom",
    "avgo", "orcl", "crm", "adbe", "csco", "uber", "gme", "cost",
];

/// Symbols of the table that are words or abbreviations in lower case.
#[rustfmt::skip]
const WORDS: [&str; 17] = [
    "he", "pa", "pl", "si", "le", "ho", "met", "tn", "ub", "hg", "bz", "ke", "rb", "ng", "eth", "sil", "demo",
];

/// An instrument named here; the cursor moves behind the name.
pub(crate) fn instrument(cursor: &mut Cursor<'_>, names: &Names, text: &str) -> Option<Instrument> {
    let mut probe = *cursor;
    let found = by_name(&mut probe, names, text).or_else(|| by_symbol(&mut probe, names, text))?;
    let class = found.asset_class;
    let mut after = probe;
    // "gold (GC)", "Ethereum, ETHUSD": the symbol once more; "the S&P (SPY)": which one of that name.
    if after.eat("(") {
        after.eat("use|using|via|trade|so|ie");
        let symbol = by_symbol(&mut after, names, text);
        let exact = symbol.as_ref().is_some_and(|symbol| names.catalogue.get(&symbol.symbol).is_some());
        let again = symbol.or_else(|| by_name(&mut after, names, text));
        if again.as_ref().is_some_and(|again| {
            after.eat(")") && (exact || again.symbol == found.symbol || again.asset_class == class)
        }) {
            *cursor = after;
            return again;
        }
    }
    let suffix = match class {
        AssetClass::Future => "futures|future|contract|contracts|fut",
        AssetClass::Stock => "stock|stocks|shares|equity",
        AssetClass::Etf => "etf|etfs|shares|fund",
        AssetClass::Crypto | AssetClass::Fx => "spot|pair|perp|perps",
    };
    let mut after = probe;
    if after.eat(suffix) && !(after.sees("of|is|price")) {
        probe = after;
    }
    // "btc perp", "ETH spot": the coin, not its future.
    let mut coin = probe;
    if matches!(found.symbol.as_str(), "BTC" | "ETH")
        && coin.eat("perp|perps|perpetual|spot|swap")
        && let Some(traded) = names.catalogue.get(&format!("{}USD", found.symbol))
    {
        *cursor = coin;
        return Some(traded);
    }
    *cursor = probe;
    Some(found)
}

/// `MNQ`, `/ES`, `$SPY`, `ES=F`, `EUR/USD`, `BTC-USDT`, `6E`, `spy`.
fn by_symbol(cursor: &mut Cursor<'_>, names: &Names, text: &str) -> Option<Instrument> {
    let mut probe = *cursor;
    // "/ES", not "… / longs exit".
    let slash = probe.tokens.get(probe.at + 1).is_some_and(|next| next.glued) && starts_phrase(&probe);
    let marked = probe.eat("$") || slash && probe.eat("/");
    let first = probe.peek()?;
    if matches!(first.kind, Kind::Mark(_) | Kind::Clock(_)) {
        return None;
    }
    let start = first.start;
    let mut end = first.end;
    probe.at += 1;
    while let Some(next) = probe
        .peek()
        .filter(|next| next.glued && !matches!(next.kind, Kind::Mark(_) | Kind::Clock(_)) && next.start == end)
    {
        end = next.end;
        probe.at += 1;
    }
    let chunk = text.get(start..end)?;
    if let Some((pair, after)) = pair(chunk, probe, &names.catalogue, text) {
        *cursor = after;
        return Some(pair);
    }
    let _ = probe.eat("= f") || probe.eat("1 !");
    let upper = chunk.to_uppercase();
    let letters = chunk.chars().all(|letter| letter.is_ascii_alphabetic());
    let is_upper = chunk == upper && chunk.chars().any(|letter| letter.is_ascii_alphabetic());
    if let Some(known) = names.catalogue.get(&upper) {
        let plain = chunk.to_lowercase();
        // "eth 15m …" begins with its market; elsewhere "eth" is also a session.
        let mut behind = probe;
        let marked = marked
            || chunk == "Eth"
            || leads(cursor.tokens, cursor.at) && plain == "eth" && super::clock::timeframe(&mut behind).is_some();
        if marked || is_upper || !(WORDS.contains(&plain.as_str()) || chunk.chars().all(|digit| digit.is_ascii_digit()))
        {
            *cursor = probe;
            return Some(known);
        }
        return None;
    }
    let popular = TICKERS.contains(&chunk.to_lowercase().as_str());
    let capital = is_upper
        && letters
        && (2..=5).contains(&chunk.len())
        && !spelling::is_known(&chunk.to_lowercase())
        && !shouted(text);
    let six = letters && chunk.len() >= 6 && is_upper;
    if marked && letters || popular || capital || six {
        let found = names.catalogue.get_or_default(&upper, None)?;
        *cursor = probe;
        return Some(found);
    }
    None
}

fn starts_phrase(cursor: &Cursor<'_>) -> bool {
    !cursor.peek().is_some_and(|token| token.glued)
}

/// True for a text typed all in capitals, where capitals say nothing.
fn shouted(text: &str) -> bool {
    let letters = text.chars().filter(|letter| letter.is_alphabetic());
    let (mut small, mut all) = (0_usize, 0_usize);
    for letter in letters {
        all += 1;
        small += usize::from(letter.is_lowercase());
    }
    all > 12 && small * 10 < all
}

/// `EUR/USD`, `BTC-USD`, `eth / usdt`.
fn pair<'t>(base: &str, after: Cursor<'t>, catalogue: &Catalogue, text: &str) -> Option<(Instrument, Cursor<'t>)> {
    let mut probe = after;
    let _ = probe.eat("/") || probe.eat("-") || probe.eat("_");
    let quote = probe.peek()?;
    probe.at += 1;
    let quote = text.get(quote.start..quote.end)?;
    let both = (2..=5).contains(&base.len()) && (3..=4).contains(&quote.len());
    let currency = ["usd", "usdt", "usdc", "eur", "gbp", "jpy", "chf", "aud", "cad", "nzd", "mxn"]
        .contains(&quote.to_lowercase().as_str());
    if !both || !currency {
        return None;
    }
    let symbol = format!("{base}{quote}").to_uppercase();
    let found = catalogue.get(&symbol).or_else(|| catalogue.get_or_default(&symbol, None))?;
    Some((found, probe))
}

/// A plain name: the longest run of tokens that is a name, an alias or a company.
fn by_name(cursor: &mut Cursor<'_>, names: &Names, text: &str) -> Option<Instrument> {
    let first = cursor.peek()?;
    if matches!(first.kind, Kind::Mark(_) | Kind::Clock(_)) || !names.may_begin(text.get(first.start..first.end)?) {
        return None;
    }
    let longest = if matches!(first.word(), Some("e" | "micro")) { MINI_NAME_TOKENS } else { NAME_TOKENS };
    for length in (1..=longest).rev() {
        let Some(run) = cursor.tokens.get(cursor.at..cursor.at + length) else { continue };
        if run.iter().any(|token| [',', '.', ';', '\n', '('].iter().any(|mark| token.is_mark(*mark))) {
            continue;
        }
        let Some(found) = named(run, names, text) else { continue };
        cursor.at += length;
        return Some(found);
    }
    None
}

fn named(run: &[Token], names: &Names, text: &str) -> Option<Instrument> {
    let (first, last) = (run.first()?, run.last()?);
    let typed = text.get(first.start..last.end)?.to_lowercase().replace('’', "'").replace("'s", "").replace('-', " ");
    let plain: Vec<&str> = typed.split_whitespace().collect();
    let mut plain = plain.join(" ");
    if plain.starts_with("e mini ") && !names.plain.contains_key(&plain) {
        plain = plain.split_off(2);
    }
    if plain.chars().next().is_some_and(|digit| digit.is_ascii_digit()) && plain.len() < 5 {
        return None;
    }
    if let Some(symbol) = names.companies.get(plain.as_str()) {
        let class = matches!(*symbol, "SPY" | "QQQ" | "IWM").then_some(AssetClass::Etf);
        return names.catalogue.get(symbol).or_else(|| names.catalogue.get_or_default(symbol, class));
    }
    // "micro ES", "ES micros".
    let stem =
        plain.strip_prefix("micro ").or_else(|| plain.strip_suffix(" micro")).or_else(|| plain.strip_suffix(" micros"));
    let micros =
        [("es", "MES"), ("nq", "MNQ"), ("ym", "MYM"), ("rty", "M2K"), ("gc", "MGC"), ("cl", "MCL"), ("si", "SIL")];
    if let Some((_, symbol)) = micros.iter().find(|(symbol, _)| stem == Some(*symbol)) {
        return names.catalogue.get(symbol);
    }
    // "gold micro" is the micro of gold.
    if let Some(symbol) = stem.and_then(|stem| names.plain.get(&format!("micro {stem}"))) {
        return names.catalogue.get(symbol);
    }
    names.plain.get(&plain).and_then(|symbol| names.catalogue.get(symbol)).or_else(|| {
        let stem = plain.strip_suffix(" futures").or_else(|| plain.strip_suffix(" future"))?;
        let found = names.plain.get(stem).and_then(|symbol| names.catalogue.get(symbol))?;
        (found.asset_class == AssetClass::Future).then_some(found)
    })
}

/// The names of a catalogue, looked up by what people write.
pub(crate) struct Names {
    pub(crate) catalogue: Catalogue,
    /// Symbol of a whole name or alias in lower case.
    plain: HashMap<String, String>,
    /// The names, and those of companies, in order.
    sorted: Vec<String>,
    /// Every word of them.
    words: HashSet<String>,
    /// The first words of aliases and companies.
    first: HashSet<String>,
    companies: HashMap<&'static str, &'static str>,
}

impl Names {
    pub(crate) fn new(catalogue: &Catalogue) -> Self {
        let first = COMPANIES.iter().filter_map(|(name, _)| name.split(' ').next());
        let mut names = Self {
            catalogue: catalogue.clone(),
            plain: HashMap::new(),
            sorted: COMPANIES.iter().map(|(name, _)| (*name).to_owned()).collect(),
            words: HashSet::new(),
            first: first.map(str::to_owned).collect(),
            companies: COMPANIES.into_iter().collect(),
        };
        for instrument in catalogue.all() {
            for (place, name) in instrument.aliases.iter().chain([&instrument.name]).enumerate() {
                let plain = name.to_lowercase().replace('-', " ");
                for word in plain.split(' ').filter(|word| !word.is_empty()) {
                    if !names.words.contains(word) {
                        names.words.insert(word.to_owned());
                    }
                }
                if place < instrument.aliases.len() {
                    names.first.extend(plain.split(' ').next().map(str::to_owned));
                }
                names.sorted.push(plain.clone());
                names.plain.entry(plain).or_insert_with(|| instrument.symbol.clone());
            }
        }
        names.sorted.sort_unstable();
        names
    }

    /// False where no name begins as typed: most words of a text.
    fn may_begin(&self, typed: &str) -> bool {
        let start = typed.to_lowercase();
        let place = self.sorted.partition_point(|name| **name < *start);
        // "E-mini" stands before names of its own, and 's and hyphens are rewritten first.
        start == "e"
            || start.contains(['’', '\'', '-'])
            || self.sorted.get(place).is_some_and(|name| name.starts_with(&start))
    }

    /// True for a word of a name.
    pub(crate) fn has_word(&self, word: &str) -> bool {
        self.words.contains(word)
    }
}

/// Another market whose value follows: `NQ is`, `NQ's`, `the NQ`. `Some(None)` is the traded market itself.
pub(crate) fn other(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Option<String>> {
    // It is asked for at one place again and again.
    let place = (cursor.tokens.len(), cursor.at);
    let known = scene.others.borrow().get(&place).cloned();
    let found = known.unwrap_or_else(|| {
        let mut probe = *cursor;
        let found = other_here(&mut probe, scene).map(|symbol| (probe.at, symbol));
        scene.others.borrow_mut().insert(place, found.clone());
        found
    });
    let (end, symbol) = found?;
    cursor.at = end;
    Some(symbol)
}

fn other_here(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Option<String>> {
    let mut probe = *cursor;
    let word = probe.peek_word();
    if word.is_some_and(|word| spelling::is_known(word) && !TICKERS.contains(&word)) && !probe.peek()?.glued {
        let typed = scene.text.get(probe.peek()?.start..probe.peek()?.end)?;
        if typed.chars().any(char::is_lowercase) && !scene.names.first.contains(word.unwrap_or_default()) {
            return None;
        }
    }
    let found = instrument(&mut probe, &scene.names, scene.text)?;
    let known =
        scene.names.catalogue.get(&found.symbol).is_some() || TICKERS.contains(&found.symbol.to_lowercase().as_str());
    let is_market = scene.market.as_ref().is_some_and(|market| market.symbol == found.symbol);
    // An unknown word in capitals beside a comparison is rather a mistake than a market.
    if !known && !is_market {
        return None;
    }
    let own = scene.market.as_ref().is_some_and(|market| {
        market.symbol == found.symbol
            || market.asset_class == AssetClass::Crypto
                && market.symbol.strip_prefix(&found.symbol).is_some_and(|quote| quote.starts_with("USD"))
    });
    *cursor = probe;
    Some((!own).then_some(found.symbol))
}

/// A market spoken of, with its tokens.
#[derive(Debug, Clone)]
pub(crate) struct Mention {
    pub(crate) instrument: Instrument,
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// It stands where the traded market does: after "buy", "trade", "on", at the start of a line.
    pub(crate) traded: bool,
}

/// Every market spoken of.
pub(crate) fn mentions(tokens: &[Token], names: &Names, text: &str) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let mut cursor = Cursor::new(tokens, at);
        let word = cursor.peek_word().unwrap_or_default();
        let typed = tokens.get(at).and_then(|token| text.get(token.start..token.end)).unwrap_or_default();
        let lower = typed.chars().any(char::is_lowercase);
        let paired = tokens.get(at + 1).is_some_and(|next| next.glued && next.is_mark('/'));
        let first = word == "eth" && leads(tokens, at);
        let common = !paired
            && !first
            && lower
            && spelling::is_known(word)
            && !TICKERS.contains(&word)
            && !names.first.contains(word);
        if !common
            && !is_zone(tokens, at)
            && let Some(instrument) = instrument(&mut cursor, names, text)
        {
            let traded = stands_as_traded(tokens, at, cursor.at);
            found.push(Mention { instrument, from: at, to: cursor.at, traded });
            at = cursor.at;
        } else {
            at += 1;
        }
    }
    found
}

/// `14:45 IST`: the zone of a time, no symbol.
fn is_zone(tokens: &[Token], at: usize) -> bool {
    super::clock::ends_before(tokens, at) && super::clock::zone(&mut Cursor::new(tokens, at)).is_some()
}

/// True where a text begins with its market, or says what it trades on.
fn leads(tokens: &[Token], at: usize) -> bool {
    at == 0 || Cursor::new(tokens, at - 1).sees("on|trade|trading|test|backtest|buy|long|short")
}

fn stands_as_traded(tokens: &[Token], from: usize, to: usize) -> bool {
    let after = Cursor::new(tokens, to);
    let compared = after
        .sees("is|are|crosses|closes|above|below|breaks|has|makes|trades|must|rsi|ema|sma|vwap|macd|price|close|>|<");
    let word = |back: usize| from.checked_sub(back).and_then(|at| tokens.get(at));
    let mut back = 1;
    while word(back).and_then(Token::word).is_some_and(|word| {
        matches!(word, "the" | "some" | "a" | "my" | "continuous" | "front" | "futures" | "stock" | "etf")
    }) {
        back += 1;
    }
    match word(back) {
        None => !compared,
        Some(token) => match token.word() {
            Some("of") => false,
            Some(
                "buy" | "sell" | "short" | "long" | "trade" | "trading" | "on" | "for" | "market" | "symbol" | "ticker"
                | "instrument" | "in" | "use" | "using" | "to" | "at" | "fade" | "buys" | "and",
            ) => !compared || matches!(token.word(), Some("buy" | "short" | "long" | "trade")),
            Some(_) => false,
            None => {
                !compared && (token.is_mark('\n') || token.is_mark('.') || token.is_mark(':') || token.is_mark(','))
            }
        },
    }
}
