//! A checked strategy: its canonical document, its parameters, and what it says about itself.
//!
//! It holds no data and runs nothing; [`crate::Study`] does.

use crate::check::{Remembered, out_of_bounds};
use crate::costs::{CostOverrides, CostTerms};
use crate::diagnostic::{Diagnostic, suggestion};
use crate::history::{HistoryNeed, history_need};
use crate::rules::{Condition, Number, Rules};
use crate::value::{ParameterKind, ParameterValue};
use crate::window::WindowSpec;
use crate::words;
use market::{AssetClass, Instrument, SessionKind, Timeframe};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A number of a strategy that a person may tune.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Key, as in `$key`.
    pub key: String,
    /// Name for a person.
    pub label: String,
    /// Canonical value.
    pub value: ParameterValue,
    /// `entry`, `exit`, `filter` or `sizing`.
    pub category: String,
    /// What it holds, inferred from its places.
    pub kind: ParameterKind,
    /// Least value every place accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<Decimal>,
    /// Largest value every place accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<Decimal>,
    /// JSON pointers of the places that use it.
    pub places: Vec<String>,
}

/// What the checker hands over.
pub(crate) struct StrategyParts {
    pub(crate) name: String,
    pub(crate) market: Instrument,
    pub(crate) document: Value,
    pub(crate) timeframe: Timeframe,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) remembered: Vec<Remembered>,
    pub(crate) assumptions: Vec<String>,
    pub(crate) window: WindowSpec,
    pub(crate) capital: Decimal,
    pub(crate) account_currency: String,
    pub(crate) costs: CostOverrides,
    pub(crate) rules: Rules,
}

/// A checked strategy. Cheap to clone.
#[derive(Clone)]
pub struct Strategy {
    parts: Arc<StrategyParts>,
}

impl std::fmt::Debug for Strategy {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Strategy").field("document", &self.parts.document).finish_non_exhaustive()
    }
}

impl PartialEq for Strategy {
    /// Two strategies are the same when their canonical documents are.
    fn eq(&self, other: &Self) -> bool {
        self.parts.document == other.parts.document
    }
}

impl Strategy {
    pub(crate) fn new(parts: StrategyParts) -> Self {
        Self { parts: Arc::new(parts) }
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.parts.rules
    }

    pub(crate) fn remembered(&self) -> &[Remembered] {
        &self.parts.remembered
    }

    /// The canonical document: literals lifted into `parameters`, the market by symbol, keys in one order. Checking it
    /// again gives this strategy.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.parts.document
    }

    /// The canonical document as compact text: what a digest of this version is taken over.
    #[must_use]
    pub fn digest_input(&self) -> String {
        self.parts.document.to_string()
    }

    /// Name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.parts.name
    }

    /// The traded instrument.
    #[must_use]
    pub fn market(&self) -> &Instrument {
        &self.parts.market
    }

    /// The strategy's timeframe.
    #[must_use]
    pub fn timeframe(&self) -> Timeframe {
        self.parts.timeframe
    }

    /// The session it trades.
    #[must_use]
    pub fn session(&self) -> SessionKind {
        self.parts.rules.session
    }

    /// IANA zone of its clock times.
    #[must_use]
    pub fn time_zone(&self) -> &str {
        &self.parts.rules.time_zone
    }

    /// Its parameters: declared ones first, then lifted ones in reading order.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.parts.parameters
    }

    /// What was assumed where the document was silent, as sentences.
    #[must_use]
    pub fn assumptions(&self) -> Vec<String> {
        let mut all = self.parts.assumptions.clone();
        all.extend(words::not_modelled(self.market()));
        all
    }

    /// Entry rules as sentences, with canonical values.
    #[must_use]
    pub fn entry_rules(&self) -> Vec<String> {
        words::entry_rules(self)
    }

    /// Stops, targets and clock exits as sentences.
    #[must_use]
    pub fn exit_rules(&self) -> Vec<String> {
        words::exit_rules(self)
    }

    /// Exit conditions (`exit.long`, `exit.short`) as sentences.
    #[must_use]
    pub fn exit_conditions(&self) -> Vec<String> {
        words::exit_conditions(self)
    }

    /// Filters and sizing as sentences.
    #[must_use]
    pub fn filters_in_words(&self) -> Vec<String> {
        words::filters(self)
    }

    /// The window the document asks for; the last year of data unless it says otherwise.
    #[must_use]
    pub fn window(&self) -> &WindowSpec {
        &self.parts.window
    }

    /// Starting capital, account currency.
    #[must_use]
    pub fn capital(&self) -> Decimal {
        self.parts.capital
    }

    /// Account currency, ISO code.
    #[must_use]
    pub fn account_currency(&self) -> &str {
        &self.parts.account_currency
    }

    /// Costs the document states.
    #[must_use]
    pub fn stated_costs(&self) -> &CostOverrides {
        &self.parts.costs
    }

    /// Costs a run charges unless it states its own: the document's over the market's defaults. A series with a
    /// spread column pays half of it in place of default slippage; [`crate::Study::costs`] knows that.
    #[must_use]
    pub fn costs(&self) -> CostTerms {
        self.parts.costs.resolve(self.market(), false)
    }

    /// Every symbol whose bars a run reads: the traded one first, then those of `of SYMBOL`, then conversion pairs.
    #[must_use]
    pub fn symbols(&self) -> Vec<String> {
        let mut symbols: Vec<String> =
            self.parts.rules.symbols.iter().map(|read| read.instrument.symbol.clone()).collect();
        for pair in self.optional_symbols() {
            if !symbols.contains(&pair) {
                symbols.push(pair);
            }
        }
        symbols
    }

    /// Conversion pairs a run can do without (profits then stay in the quote currency, and the result says so).
    #[must_use]
    pub fn optional_symbols(&self) -> Vec<String> {
        let (quote, account) = (&self.market().currency, self.account_currency());
        if quote == account || self.converts_itself() {
            return Vec::new();
        }
        let read = &self.parts.rules.symbols;
        let pairs = [format!("{quote}{account}"), format!("{account}{quote}")];
        pairs.into_iter().filter(|pair| !read.iter().any(|read| read.instrument.symbol == *pair)).collect()
    }

    /// True when the account currency is the base of the traded pair, so its own price converts.
    #[must_use]
    pub fn converts_itself(&self) -> bool {
        let instrument = self.market();
        let pair = matches!(instrument.asset_class, AssetClass::Fx | AssetClass::Crypto);
        pair && instrument.symbol == format!("{}{}", self.account_currency(), instrument.currency)
    }

    /// The bound on trading days before a window that must be loaded so that every call has its warm-up bars, for all
    /// of `values` (combinations to cover; the canonical values when empty).
    #[must_use]
    pub fn history(&self, values: &[Vec<ParameterValue>]) -> HistoryNeed {
        history_need(self, values)
    }

    /// Relative work of one combination per simulated minute: 1 for the simulation itself, plus a quarter per
    /// indicator call and a twentieth per condition, as shares of a pass over the minutes at the strategy's timeframe.
    #[must_use]
    pub fn cost_class(&self) -> f64 {
        const INDICATOR: f64 = 0.25;
        const CONDITION: f64 = 0.05;
        let rules = &self.parts.rules;
        let indicators = rules.numbers.iter().filter(|node| matches!(node.number, Number::Indicator { .. })).count();
        let positional = rules
            .conditions
            .iter()
            .filter(|node| matches!(node.condition, Condition::Compare { .. }) && node.positional)
            .count();
        let per_bar = indicators as f64 * INDICATOR + (rules.conditions.len() + positional) as f64 * CONDITION;
        1.0 + per_bar / f64::from(self.parts.timeframe.minutes())
    }

    /// The canonical values, in parameter order.
    #[must_use]
    pub fn canonical_values(&self) -> Vec<ParameterValue> {
        self.parts.parameters.iter().map(|parameter| parameter.value).collect()
    }

    /// The canonical values with `overrides` by key, in parameter order.
    ///
    /// # Errors
    /// Every unknown key, value of the wrong kind, and value out of its places' bounds.
    pub fn place_values(&self, overrides: &BTreeMap<String, Value>) -> Result<Vec<ParameterValue>, Vec<Diagnostic>> {
        let mut values = self.canonical_values();
        let mut problems = Vec::new();
        for (key, value) in overrides {
            let path = format!("/parameters/{key}");
            let Some((parameter, slot)) =
                self.parts.parameters.iter().zip(&mut values).find(|(parameter, _)| parameter.key == *key)
            else {
                let known: Vec<&str> = self.parts.parameters.iter().map(|parameter| parameter.key.as_str()).collect();
                problems.push(
                    Diagnostic::new("unknown_parameter", &path, format!("this strategy has no parameter \"{key}\""))
                        .help(suggestion(key, &known)),
                );
                continue;
            };
            match ParameterValue::parse(value, parameter.kind)
                .and_then(|value| parameter.accepts(&value).map(|()| value))
            {
                Ok(value) => *slot = value,
                Err(message) => problems.push(Diagnostic::new(
                    "value_range",
                    &path,
                    format!("{key}: {message} (used at {})", parameter.places.join(", ")),
                )),
            }
        }
        if problems.is_empty() { Ok(values) } else { Err(problems) }
    }

    /// `values` as the kinds the parameters have: a whole decimal becomes an integer where one is demanded, and back.
    ///
    /// # Errors
    /// A sentence naming the parameter whose value is of the wrong kind or out of bounds, or the wrong count.
    pub fn conform(&self, values: &[ParameterValue]) -> Result<Vec<ParameterValue>, String> {
        let parameters = self.parameters();
        if values.len() != parameters.len() {
            return Err(format!("{} values are given for {} parameters", values.len(), parameters.len()));
        }
        let conform = |(parameter, value): (&Parameter, &ParameterValue)| {
            let value = if value.kind() == parameter.kind {
                Ok(*value)
            } else {
                ParameterValue::parse(&value.to_json(), parameter.kind)
            };
            value
                .and_then(|value| parameter.accepts(&value).map(|()| value))
                .map_err(|message| format!("{}: {message}", parameter.key))
        };
        parameters.iter().zip(values).map(conform).collect()
    }
}

impl Parameter {
    /// Checks the kind and bounds of a value.
    ///
    /// # Errors
    /// A sentence that says what is demanded.
    pub fn accepts(&self, value: &ParameterValue) -> Result<(), String> {
        if value.kind() != self.kind {
            return Err(format!("{value} is not {}", self.kind.in_words()));
        }
        out_of_bounds(value, self.least, self.most).map_or(Ok(()), Err)
    }
}
