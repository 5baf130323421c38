//! What a strategy does, in plain sentences for a person, with its canonical values. It decides nothing.

mod exits;
mod expressions;
mod filters;

pub(crate) use exits::exit_rules;
pub(crate) use filters::filters;

use crate::amounts::Bound;
use crate::check::side_name;
use crate::rules::{EntryRule, OrderRule};
use crate::strategy::Strategy;
use crate::value::ParameterValue;
use engine::plan::Side;
use expressions::Speaker;
use market::{AssetClass, Instrument};

/// A strategy with its canonical values at hand.
struct Subject<'a> {
    strategy: &'a Strategy,
    values: Vec<ParameterValue>,
}

impl<'a> Subject<'a> {
    fn new(strategy: &'a Strategy) -> Self {
        Self { strategy, values: strategy.canonical_values() }
    }

    fn speaker(&self) -> Speaker<'_> {
        Speaker { bound: Bound { rules: self.strategy.rules(), values: &self.values } }
    }
}

pub(crate) fn entry_rules(strategy: &Strategy) -> Vec<String> {
    let subject = Subject::new(strategy);
    let rules = strategy.rules();
    [(Side::Long, &rules.entry_long), (Side::Short, &rules.entry_short)]
        .into_iter()
        .filter_map(|(side, rule)| rule.as_ref().map(|rule| entry(&subject.speaker(), side, rule)))
        .collect()
}

fn entry(speaker: &Speaker<'_>, side: Side, rule: &EntryRule) -> String {
    let when = speaker.condition(rule.when);
    let (name, verb) = match side {
        Side::Long => ("Long", "buy"),
        Side::Short => ("Short", "sell"),
    };
    let resting = |kind: &str, price, expires_bars| {
        let bars = speaker.bound.count(expires_bars);
        format!(
            "{name}: when {when}, place a {verb} {kind} at {}, good for {bars} bar{}.",
            speaker.number(price),
            plural(bars)
        )
    };
    match rule.order {
        OrderRule::Market => format!("{name}: {verb} at the market when {when}."),
        OrderRule::Stop { price, expires_bars } => resting("stop", price, expires_bars),
        OrderRule::Limit { price, expires_bars } => resting("limit", price, expires_bars),
    }
}

pub(crate) fn exit_conditions(strategy: &Strategy) -> Vec<String> {
    let subject = Subject::new(strategy);
    let rules = strategy.rules();
    [(Side::Long, rules.exit_long.signal), (Side::Short, rules.exit_short.signal)]
        .into_iter()
        .filter_map(|(side, signal)| {
            signal.map(|signal| {
                format!("Close {} positions when {}.", side_name(side), subject.speaker().condition(signal))
            })
        })
        .collect()
}

/// A number with the values of one combination.
pub(crate) fn number_in_words(bound: Bound<'_>, id: crate::rules::NumberId) -> String {
    Speaker { bound }.number(id)
}

/// What no run models, for this kind of market.
pub(crate) fn not_modelled(instrument: &Instrument) -> Vec<String> {
    let mut sentences = Vec::new();
    match instrument.asset_class {
        AssetClass::Future => {
            sentences.push("Not modelled: margin calls. Futures positions are not capped; peakLeverage is reported.");
            sentences.push(
                "Prices in rules are of the continuous series with roll gaps taken out; prices shown are as traded.",
            );
        }
        AssetClass::Fx => sentences.push(
            "Not modelled: margin calls, swap and funding. FX positions are not capped; peakLeverage is reported.",
        ),
        AssetClass::Crypto => sentences.push("Not modelled: margin calls, funding and borrow fees."),
        AssetClass::Stock | AssetClass::Etf => sentences.push("Not modelled: dividends, borrow fees and margin calls."),
    }
    if instrument.synthetic {
        sentences.push("The data of this market are synthetic: results say nothing about a real market.");
    }
    sentences.into_iter().map(str::to_owned).collect()
}

const fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
