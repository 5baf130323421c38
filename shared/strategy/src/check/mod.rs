//! Document → checked [`Strategy`], or everything that is wrong with it at once.

mod call;
mod canonical;
mod compare;
mod exits;
mod expression;
mod fields;
mod names;
mod parameters;
mod place;
mod settings;

pub(crate) use call::signature;
pub(crate) use exits::{DISTANCES, side_name};
pub(crate) use parameters::Remembered;
pub(crate) use place::out_of_bounds;
pub(crate) use settings::{FILTER_KEYS, SIZES};

use crate::diagnostic::{Diagnostic, Problems};
use crate::limits;
use crate::rules::{ClockExits, ConditionNode, EntryRule, ExitRules, Frame, FrameId, NumberNode, Rules, SymbolRead};
use crate::strategy::{Strategy, StrategyParts};
use engine::plan::PerSide;
use fields::Fields;
use market::zone::Zone;
use market::{Catalogue, Instrument, LookUp, SessionKind, Timeframe};
use parameters::Declared;
use place::Place;
use rust_decimal::Decimal;
use serde_json::Value;

/// Keys of a document, in the canonical order.
pub(crate) const TOP_KEYS: [&str; 17] = [
    "language", "name", "market", "timeframe", "session", "time_zone", "parameters", "entry", "exit", "filters", "sizing", "capital",
    "account_currency", "leverage", "costs", "fills", "window",
];
/// Starting capital unless stated, account currency.
const DEFAULT_CAPITAL: u32 = 100_000;
/// Account currency unless stated.
const DEFAULT_CURRENCY: &str = "USD";

/// Everything found while reading one document.
pub(crate) struct Checker<'a> {
    problems: Problems,
    catalogue: &'a Catalogue,
    previous: Vec<Remembered>,
    timeframe: Timeframe,
    session: SessionKind,
    symbols: Vec<SymbolRead>,
    declared: Vec<Declared>,
    places: Vec<Place>,
    frames: Vec<Frame>,
    numbers: Vec<NumberNode>,
    conditions: Vec<ConditionNode>,
    assumptions: Vec<String>,
    entry_long: Option<EntryRule>,
    entry_short: Option<EntryRule>,
    exit_long: ExitRules,
    exit_short: ExitRules,
    stop_given: PerSide<bool>,
    clock: ClockExits,
}

/// Checks a document given as JSON text.
///
/// # Errors
/// See [`check`]; text that is not JSON is one problem with its line and column.
pub fn check_text(text: &str, catalogue: &Catalogue, previous: Option<&Strategy>) -> Result<Strategy, Vec<Diagnostic>> {
    if text.len() > limits::DOCUMENT_BYTES {
        return Err(vec![too_large(text.len())]);
    }
    match serde_json::from_str(text) {
        Ok(document) => check(&document, catalogue, previous),
        Err(error) => Err(vec![Diagnostic::new("syntax", "", format!("the document is not valid JSON: {error}"))]),
    }
}

/// Checks a document; `previous` is the older version whose parameter keys are kept where role or place are the same.
///
/// # Errors
/// All problems at once, sorted by place, at most [`limits::DIAGNOSTICS`].
pub fn check(document: &Value, catalogue: &Catalogue, previous: Option<&Strategy>) -> Result<Strategy, Vec<Diagnostic>> {
    let bytes = document.to_string().len();
    if bytes > limits::DOCUMENT_BYTES {
        return Err(vec![too_large(bytes)]);
    }
    let mut checker = Checker::new(catalogue, previous);
    match checker.document(document) {
        Some(parts) if checker.problems.is_empty() => Ok(Strategy::new(parts)),
        Some(_) | None => Err(checker.problems.into_sorted()),
    }
}

fn too_large(bytes: usize) -> Diagnostic {
    Diagnostic::new("limit", "", format!("the document has {bytes} bytes; the limit is {}", limits::DOCUMENT_BYTES)).help("A strategy is a small document: shorten it.")
}

impl<'a> Checker<'a> {
    fn new(catalogue: &'a Catalogue, previous: Option<&Strategy>) -> Self {
        Self {
            problems: Problems::default(),
            catalogue,
            previous: previous.map_or_else(Vec::new, |strategy| strategy.remembered().to_vec()),
            timeframe: Timeframe::M1,
            session: SessionKind::Full,
            symbols: Vec::new(),
            declared: Vec::new(),
            places: Vec::new(),
            frames: Vec::new(),
            numbers: Vec::new(),
            conditions: Vec::new(),
            assumptions: Vec::new(),
            entry_long: None,
            entry_short: None,
            exit_long: ExitRules::default(),
            exit_short: ExitRules::default(),
            stop_given: PerSide::default(),
            clock: ClockExits::default(),
        }
    }

    fn assume(&mut self, sentence: String) {
        if !self.assumptions.contains(&sentence) {
            self.assumptions.push(sentence);
        }
    }

    fn instrument(&self) -> Option<&Instrument> {
        self.symbols.first().map(|read| &read.instrument)
    }

    fn frame_index(&mut self, frame: Frame) -> FrameId {
        self.frames.iter().position(|known| *known == frame).unwrap_or_else(|| {
            self.frames.push(frame);
            self.frames.len() - 1
        })
    }

    /// Reads the whole document; `None` only where nothing sensible can be said about the rest.
    fn document(&mut self, document: &Value) -> Option<StrategyParts> {
        let fields = Fields::read(document, "", "the document", &TOP_KEYS, &mut self.problems)?;
        self.language(&fields);
        let market = self.market(&fields);
        let timeframe = self.read_timeframe(&fields);
        let (time_zone, account_currency) = self.surroundings(&fields);
        let value = |key: &str| fields.get(key).map(|(value, _)| value);
        self.declared(value("parameters"));
        self.frame_index(Frame { symbol: 0, timeframe: self.timeframe });
        let known_market = market.is_some();
        if !known_market {
            self.symbols.extend(self.catalogue.get_or_default("ES", None).map(|instrument| SymbolRead { instrument }));
        }
        self.entries(value("entry"));
        self.exits(value("exit"));
        let filters = self.filters(value("filters"));
        let (sizing, max_quantity) = self.sizing(value("sizing"));
        let costs = self.costs(value("costs"));
        let limit_through_ticks = self.fills(value("fills"));
        let leverage = self.leverage(value("leverage").filter(|_| known_market));
        let capital = self.positive(value("capital"), "capital");
        let window = self.window_spec(value("window"));
        let name = self.short_text(&fields, "name");
        self.note_defaults(&fields, capital.is_none());
        let settled = self.settle();
        let instrument = market?;
        timeframe?;
        if !self.problems.is_empty() {
            return None;
        }
        let document = canonical::canonical(document, &instrument.symbol, &settled);
        let rules = Rules {
            symbols: std::mem::take(&mut self.symbols),
            session: self.session,
            time_zone,
            frames: std::mem::take(&mut self.frames),
            numbers: std::mem::take(&mut self.numbers),
            conditions: std::mem::take(&mut self.conditions),
            place_parameters: settled.place_parameters,
            entry_long: self.entry_long.take(),
            entry_short: self.entry_short.take(),
            exit_long: std::mem::take(&mut self.exit_long),
            exit_short: std::mem::take(&mut self.exit_short),
            clock: std::mem::take(&mut self.clock),
            filters,
            sizing,
            max_quantity,
            leverage,
            limit_through_ticks,
        };
        Some(StrategyParts {
            name: name.unwrap_or_else(|| format!("{} {}", instrument.symbol, self.timeframe)),
            market: instrument,
            document,
            timeframe: self.timeframe,
            parameters: settled.parameters,
            remembered: settled.remembered,
            assumptions: std::mem::take(&mut self.assumptions),
            window,
            capital: capital.unwrap_or_else(|| Decimal::from(DEFAULT_CAPITAL)),
            account_currency,
            costs,
            rules,
        })
    }

    fn language(&mut self, fields: &Fields<'_>) {
        if let Some((value, pointer)) = fields.get("language")
            && value.as_f64() != Some(1.0)
        {
            self.problems.push(Diagnostic::new("unsupported", &pointer, "this server speaks language 1").quoting(&value.to_string()).help("Write \"language\": 1."));
        }
    }

    fn market(&mut self, fields: &Fields<'_>) -> Option<Instrument> {
        let Some((text, pointer)) = fields.text("market", &mut self.problems) else {
            if !fields.has("market") {
                self.problems.push(Diagnostic::new("missing_key", "/market", "a strategy needs its `market`").help("A symbol, for example \"MNQ\"; list_instruments shows them."));
            }
            return None;
        };
        if text.chars().count() > limits::LABEL_CHARACTERS {
            self.problems.push(Diagnostic::new("limit", &pointer, format!("a market's name has at most {} characters", limits::LABEL_CHARACTERS)).quoting(text));
            return None;
        }
        let instrument = match self.catalogue.get(text) {
            Some(instrument) => instrument,
            None => self.look_up(text, &pointer)?,
        };
        if !instrument.symbol.eq_ignore_ascii_case(text) {
            self.assume(format!("Market: \"{text}\" is read as {} ({}).", instrument.symbol, instrument.name));
        }
        self.symbols.push(SymbolRead { instrument: instrument.clone() });
        Some(instrument)
    }

    fn look_up(&mut self, text: &str, pointer: &str) -> Option<Instrument> {
        let problem = Diagnostic::new("unknown_symbol", pointer, "this is not a market that is known here").quoting(text);
        match self.catalogue.resolve(text) {
            LookUp::Found(instrument) => Some(*instrument),
            LookUp::Ambiguous(candidates) => {
                let names: Vec<String> = candidates.iter().take(8).map(|found| format!("{} ({})", found.symbol, found.name)).collect();
                self.problems.push(Diagnostic::new("ambiguous_symbol", pointer, "this name fits several markets").quoting(text).help(format!("Write one of: {}.", names.join(", "))));
                None
            }
            LookUp::Unknown { near } => {
                if let Some(instrument) = self.catalogue.get_or_default(text, None) {
                    self.assume(format!("{} is not in the instrument table: default terms of a {} apply.", instrument.symbol, instrument.asset_class.label()));
                    return Some(instrument);
                }
                let help = if near.is_empty() { "list_instruments shows the symbols.".to_owned() } else { format!("Did you mean {}?", near.join(", ")) };
                self.problems.push(problem.help(help));
                None
            }
        }
    }

    fn read_timeframe(&mut self, fields: &Fields<'_>) -> Option<Timeframe> {
        let labels: Vec<&str> = Timeframe::ALL.iter().map(|timeframe| timeframe.label()).collect();
        let help = format!("One of {}.", labels.join(" "));
        let Some((text, pointer)) = fields.text("timeframe", &mut self.problems) else {
            if !fields.has("timeframe") {
                self.problems.push(Diagnostic::new("missing_key", "/timeframe", "a strategy needs its `timeframe`").help(help));
            }
            return None;
        };
        let Some(timeframe) = Timeframe::parse(text) else {
            self.problems.push(Diagnostic::new("timeframe", &pointer, "there is no such timeframe").quoting(text).help(help));
            return None;
        };
        self.timeframe = timeframe;
        Some(timeframe)
    }

    /// Session, time zone and account currency: stated, or the instrument's.
    fn surroundings(&mut self, fields: &Fields<'_>) -> (String, String) {
        let defaults = self.instrument().map(|instrument| (instrument.default_session, instrument.time_zone.clone()));
        let (session, zone) = defaults.unwrap_or((SessionKind::Full, "UTC".to_owned()));
        self.session = match fields.text("session", &mut self.problems) {
            Some(("full", _)) => SessionKind::Full,
            Some(("regular", _)) => SessionKind::Regular,
            Some((text, pointer)) => {
                self.problems.push(Diagnostic::new("wrong_type", &pointer, "a session is \"full\" or \"regular\"").quoting(text));
                session
            }
            None => session,
        };
        let time_zone = match fields.text("time_zone", &mut self.problems) {
            None => zone,
            Some((text, pointer)) => {
                if Zone::get(text).is_err() {
                    self.problems.push(Diagnostic::new("wrong_type", &pointer, "this is not an IANA time zone").quoting(text).help("For example \"America/New_York\" or \"UTC\"."));
                }
                text.to_owned()
            }
        };
        let currency = match fields.text("account_currency", &mut self.problems) {
            Some((text, pointer)) => {
                if text.len() != 3 || !text.bytes().all(|byte| byte.is_ascii_uppercase()) {
                    self.problems.push(Diagnostic::new("wrong_type", &pointer, "a currency is three capital letters").quoting(text).help("For example \"USD\"."));
                }
                text.to_owned()
            }
            None => DEFAULT_CURRENCY.to_owned(),
        };
        (time_zone, currency)
    }

    /// Lists what the document leaves to defaults.
    fn note_defaults(&mut self, fields: &Fields<'_>, default_capital: bool) {
        if !fields.has("session") {
            let session = if self.session == SessionKind::Full { "full" } else { "regular" };
            self.assume(format!("Session: {session} (default of this market)."));
        }
        if !fields.has("time_zone")
            && let Some(zone) = self.instrument().map(|instrument| instrument.time_zone.clone())
        {
            self.assume(format!("Clock times are in {zone} (default of this market)."));
        }
        if default_capital {
            self.assume(format!("Capital: {DEFAULT_CAPITAL} (default)."));
        }
        if !fields.has("window") {
            self.assume("Window: the last year of data (default).".to_owned());
        }
        if !fields.has("costs") {
            self.assume("Costs: the market's defaults.".to_owned());
        }
        let exits = |rules: &ExitRules| rules.signal.is_some() || rules.stop_loss.is_some() || !rules.take_profit.is_empty() || rules.trailing.is_some();
        let clock = self.clock != ClockExits::default();
        let both = self.entry_long.is_some() && self.entry_short.is_some();
        if !both && !clock && !exits(&self.exit_long) && !exits(&self.exit_short) {
            self.assume("No exit is given: a position is held until the data end.".to_owned());
        }
    }
}
