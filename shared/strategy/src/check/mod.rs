//! Document → checked [`Strategy`], or everything that is wrong with it at once.

mod call;
mod canonical;
mod compare;
mod condition;
mod exits;
mod expression;
mod fields;
mod filters;
mod indicator;
mod names;
mod parameters;
mod place;
mod settings;
mod surroundings;
mod unknown;

pub(crate) use exits::{DISTANCES, side_name};
pub(crate) use filters::FILTER_KEYS;
pub(crate) use indicator::signature;
pub(crate) use parameters::Remembered;
pub(crate) use place::out_of_bounds;
pub(crate) use settings::SIZES;

use crate::diagnostic::{Diagnostic, Problems};
use crate::limits;
use crate::rules::{ClockExits, ConditionNode, EntryRule, ExitRules, Frame, FrameId, NumberNode, Rules, SymbolRead};
use crate::strategy::{Strategy, StrategyParts};
use engine::plan::PerSide;
use fields::Fields;
use market::{Catalogue, Instrument, SessionKind, Timeframe};
use parameters::Declared;
use place::Place;
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;

/// Keys of a document, in the canonical order.
pub(crate) const TOP_KEYS: [&str; 17] = [
    "language",
    "name",
    "market",
    "timeframe",
    "session",
    "time_zone",
    "parameters",
    "entry",
    "exit",
    "filters",
    "sizing",
    "capital",
    "account_currency",
    "leverage",
    "costs",
    "fills",
    "window",
];
/// Starting capital unless stated, account currency.
const DEFAULT_CAPITAL: u32 = 100_000;

/// Everything found while reading one document.
pub(crate) struct Checker<'a> {
    problems: Problems,
    catalogue: &'a Catalogue,
    previous: Vec<Remembered>,
    /// Labels of the older version by key.
    previous_labels: BTreeMap<String, String>,
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
pub fn check(
    document: &Value,
    catalogue: &Catalogue,
    previous: Option<&Strategy>,
) -> Result<Strategy, Vec<Diagnostic>> {
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

fn labels(previous: Option<&Strategy>) -> BTreeMap<String, String> {
    let parameters = previous.map_or(&[][..], Strategy::parameters);
    parameters.iter().map(|parameter| (parameter.key.clone(), parameter.label.clone())).collect()
}

fn too_large(bytes: usize) -> Diagnostic {
    Diagnostic::new("limit", "", format!("the document has {bytes} bytes; the limit is {}", limits::DOCUMENT_BYTES))
        .help("A strategy is a small document: shorten it.")
}

impl<'a> Checker<'a> {
    fn new(catalogue: &'a Catalogue, previous: Option<&Strategy>) -> Self {
        Self {
            problems: Problems::default(),
            catalogue,
            previous: previous.map_or_else(Vec::new, |strategy| strategy.remembered().to_vec()),
            previous_labels: labels(previous),
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
        let exits = |rules: &ExitRules| {
            rules.signal.is_some()
                || rules.stop_loss.is_some()
                || !rules.take_profit.is_empty()
                || rules.trailing.is_some()
        };
        let clock = self.clock != ClockExits::default();
        let both = self.entry_long.is_some() && self.entry_short.is_some();
        if !both && !clock && !exits(&self.exit_long) && !exits(&self.exit_short) {
            self.assume("No exit is given: a position is held until the data end.".to_owned());
        }
    }
}
