//! A strategy bound to data and one window: combinations of parameter values in, simulations out.
//!
//! What a combination computes depends only on its values, the window and the bars; indicators and conditions computed
//! for one combination are kept for others (within [`crate::limits::STUDY_CACHE_BYTES`]), which changes no result.

mod assemble;
mod cache;
mod chart;
mod clock;
mod columns;
mod comparison;
mod conditions;
mod conversion;
mod error;
mod grouping;
mod lanes;
mod live;
mod numbers;
mod order;
mod rounded;
mod seen;
mod session_averages;
mod sessions;
mod size;
mod sources;
mod truth;

pub use chart::{Chart, ChartLine};
pub use error::{RunError, StudyError};

use crate::amounts::Bound;
use crate::costs::{CostOverrides, CostTerms};
use crate::strategy::Strategy;
use crate::value::{ParameterValue, decimal_to_f64};
use cache::Cache;
use clock::Clock;
use comparison::Readings;
use conditions::Relations;
use conversion::Conversion;
use engine::breakdown::{HourResult, by_hour};
use engine::plan::{Money, Sizing, Terms};
use engine::{FullResult, Metrics, Plan, PriceIndex, RunCounts, Trial};
use market::{BarSeries, Instrument, Scale, Tape, TimeframeBars, TradingDate};
use numbers::Evaluator;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sources::Sources;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// The bars a study reads: every symbol of [`Strategy::symbols`] (optional ones may be missing).
#[derive(Debug, Clone, Default)]
pub struct StudyData {
    /// By symbol: contract terms and bars, the window and the history before it.
    pub series: BTreeMap<String, (Instrument, Arc<BarSeries>)>,
}

/// What a run fixes beside the strategy.
#[derive(Debug, Clone, PartialEq)]
pub struct RunTerms {
    /// First trading date of the window.
    pub from: TradingDate,
    /// Last trading date of the window, included.
    pub to: TradingDate,
    /// Costs that replace the document's, key group by key group.
    pub costs: Option<CostOverrides>,
    /// Capital that replaces the document's.
    pub capital: Option<Decimal>,
    /// True when the series start where the lake starts: then fewer warm-up bars than wanted are all there are.
    pub history_complete: bool,
}

/// What is needed to show prices and quantities of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceTerms {
    /// Grid of trade prices.
    pub price_scale: Scale,
    /// Counts of that grid per tick.
    pub tick: i64,
    /// Units per quantity count.
    pub quantity_step: Decimal,
    /// Currency of money figures.
    pub currency: String,
    /// Money per 1.0 of price and unit, in the instrument's currency.
    pub point_value: Decimal,
}

/// A full run.
#[derive(Debug, Clone)]
pub struct FullRun {
    /// Trades, equity, statistics.
    pub result: FullResult,
    /// Trades by hour of entry, in the strategy's time zone.
    pub hours: Vec<HourResult>,
    /// How to show its prices.
    pub price: PriceTerms,
    /// What happened to be assumed in this run, as sentences.
    pub notes: Vec<String>,
    /// Per symbol of `of SYMBOL`: decision bars of the window whose value was older than one trading day.
    pub stale_values: BTreeMap<String, u32>,
}

/// A run's figures without its trades.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The statistics, identical to those of a full run.
    pub metrics: Metrics,
    /// Counted events.
    pub counts: RunCounts,
}

/// A strategy bound to data and one window.
pub struct Study {
    strategy: Strategy,
    sources: Sources,
    index: Arc<PriceIndex>,
    clock: Clock,
    conversion: Conversion,
    costs: CostTerms,
    terms: Terms,
    capital: Money,
    window: (u32, u32),
    /// First trading date of the window.
    from: TradingDate,
    history_complete: bool,
    stale_values: BTreeMap<String, u32>,
    notes: Vec<String>,
    cache: Mutex<Cache>,
    /// Groups whose conditions have been begun.
    groups_begun: AtomicUsize,
}

impl std::fmt::Debug for Study {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Study")
            .field("strategy", &self.strategy)
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}

impl Study {
    /// Binds `strategy` to `data` and the window of `terms`.
    ///
    /// # Errors
    /// [`StudyError`] when a series is missing, has no volume where volume is read, is coarser than a timeframe, or has
    /// no bar in the window.
    pub fn new(strategy: &Strategy, data: &StudyData, terms: &RunTerms) -> Result<Self, StudyError> {
        let rules = strategy.rules();
        let sources = Sources::build(rules, data, terms.from)?;
        let window = sources.window(terms.from, terms.to)?;
        let instrument = &sources.instrument;
        let stated = terms.costs.clone().unwrap_or_default().over(strategy.stated_costs());
        let costs = stated.resolve(instrument, !sources.tape().spread.is_empty());
        let capital = terms.capital.unwrap_or_else(|| strategy.capital());
        let conversion = Conversion::build(strategy, instrument, data, sources.tape(), window);
        let mut notes = vec![format!("Costs: {}.", costs.text)];
        notes.extend(conversion.note.clone());
        let stale_values = sources.stale_values(rules, window);
        for (symbol, count) in stale_values.iter().filter(|(_, count)| **count > 0) {
            notes.push(format!("{symbol}: at {count} decision bars its last bar was older than one trading day."));
        }
        let terms_of_contract = contract_terms(strategy, instrument, sources.tape());
        Ok(Self {
            clock: Clock::build(rules, sources.decisions(), sources.tape())?,
            strategy: strategy.clone(),
            conversion,
            costs,
            terms: terms_of_contract,
            capital: money(capital)?,
            window,
            from: terms.from,
            history_complete: terms.history_complete,
            stale_values,
            notes,
            cache: Mutex::new(Cache::new(crate::limits::STUDY_CACHE_BYTES)),
            groups_begun: AtomicUsize::new(0),
            index: Arc::new(PriceIndex::new(sources.tape())),
            sources,
        })
    }

    /// The same study keeping at most `bytes` of computed columns; results do not depend on it.
    #[must_use]
    pub fn with_cache_bytes(mut self, bytes: usize) -> Self {
        self.cache = Mutex::new(Cache::new(bytes));
        self
    }

    /// Runs one combination with everything behind its statistics. `values` are in parameter order.
    ///
    /// # Errors
    /// [`RunError`] for this combination.
    pub fn full(&self, values: &[ParameterValue]) -> Result<FullRun, RunError> {
        let values = self.strategy.conform(values).map_err(RunError::Parameter)?;
        let plan = Evaluator::new(self, self.bound(&values))?.plan();
        let result = engine::run_full(&plan)?;
        let hours = by_hour(&result.trades, |instant| self.clock.hour(instant))?;
        Ok(FullRun {
            result,
            hours,
            price: self.price_terms(),
            notes: self.notes.iter().cloned().chain(empty_legs(&plan)).collect(),
            stale_values: self.stale_values.clone(),
        })
    }

    /// Runs one combination for its figures alone; identical to those of [`Study::full`].
    ///
    /// # Errors
    /// [`RunError`] for this combination.
    pub fn summary(&self, values: &[ParameterValue]) -> Result<Summary, RunError> {
        let values = self.strategy.conform(values).map_err(RunError::Parameter)?;
        let evaluator = Evaluator::new(self, self.bound(&values))?;
        let (metrics, counts) = engine::run_summary(&evaluator.plan())?;
        Ok(Summary { metrics, counts })
    }

    /// Which of `combinations` [`Study::swept`] should be given at once, by their places: at least a group for each of
    /// `threads`, and what is kept of a group while it runs stays within [`crate::limits::SIDE_BY_SIDE_BYTES`].
    #[must_use]
    pub fn groups(&self, combinations: &[Vec<ParameterValue>], threads: usize) -> Vec<Vec<usize>> {
        grouping::groups(combinations, self.side_by_side().min(combinations.len().div_ceil(threads.max(1))))
    }

    /// How many combinations run side by side at most.
    fn side_by_side(&self) -> usize {
        // Each parameter with a value of its own: only numbers that are the same in every combination are the same here.
        let values: Vec<_> = (0..).map(ParameterValue::Integer).take(self.strategy.parameters().len()).collect();
        let masks = Evaluator::unchecked(self, self.bound(&values)).masks();
        let bytes = (self.decisions().len() * masks / 8).max(1);
        (crate::limits::SIDE_BY_SIDE_BYTES / bytes).clamp(1, crate::limits::SIDE_BY_SIDE)
    }

    /// Runs combinations side by side as trials of a sweep: each with the figures of [`Study::summary`], and its daily returns
    /// summed by that many blocks of days.
    #[must_use]
    pub fn swept(&self, combinations: &[&[ParameterValue]], blocks: usize) -> Vec<Result<Trial, RunError>> {
        let conform = |values: &&[ParameterValue]| self.strategy.conform(values).map_err(RunError::Parameter);
        let conformed: Vec<_> = combinations.iter().map(conform).collect();
        let mut plans = Vec::new();
        let planned: Vec<Result<(), RunError>> =
            self.plans(&conformed).into_iter().map(|plan| plan.map(|plan| plans.push(plan))).collect();
        let mut runs = engine::run_swept(&plans, blocks).into_iter();
        let mut next = || runs.next().unwrap_or(Err(engine::EngineError::InvalidPlan("it was not run")));
        planned.into_iter().map(|planned| planned.and_then(|()| Ok(next()?))).collect()
    }

    /// The plans of combinations; what they have in common is computed once. The columns they were made from are let go.
    fn plans<'a>(&'a self, conformed: &'a [Result<Vec<ParameterValue>, RunError>]) -> Vec<Result<Plan<'a>, RunError>> {
        let mut evaluators: Vec<_> = conformed
            .iter()
            .map(|values| Evaluator::new(self, self.bound(values.as_ref().map_err(Clone::clone)?)))
            .collect();
        let repeated = Arc::new(repeated(evaluators.iter().flatten()));
        let relations = Arc::new(self.relations(evaluators.iter().flatten()));
        for evaluator in evaluators.iter_mut().flatten() {
            evaluator.repeated = Some(Arc::clone(&repeated));
            evaluator.relations = Some(Arc::clone(&relations));
        }
        evaluators.iter().map(|evaluator| evaluator.as_ref().map(Evaluator::plan).map_err(Clone::clone)).collect()
    }

    /// The relations of every pair of numbers that the combinations compare.
    fn relations<'a>(&'a self, evaluators: impl Iterator<Item = &'a Evaluator<'a>>) -> Relations {
        let (mut wanted, mut pairs) = (BTreeMap::new(), BTreeMap::<_, Readings>::new());
        for evaluator in evaluators {
            for (pair, (both, readings)) in evaluator.pairs() {
                for id in both {
                    wanted.entry(evaluator.key_of(id).to_owned()).or_insert((evaluator, id));
                }
                pairs.entry(pair).or_default().add(readings);
            }
        }
        let mut wanted: Vec<_> = wanted.into_iter().collect();
        // Two threads that begin together begin at different ends of what both want, and find the rest done.
        let middle = wanted.len() / 2 * (self.groups_begun.fetch_add(1, Ordering::Relaxed) % 2);
        wanted.rotate_left(middle);
        let numbers = wanted.into_iter().map(|(key, (evaluator, id))| (key, evaluator.in_parts(id))).collect();
        comparison::relations(numbers, pairs, self.decisions().len())
    }

    /// What the rules decide at every decision bar, for tests and for showing a rule at work.
    ///
    /// # Errors
    /// [`RunError`] for this combination.
    pub fn resolved<T>(&self, values: &[ParameterValue], look: impl FnOnce(&Plan<'_>) -> T) -> Result<T, RunError> {
        let values = self.strategy.conform(values).map_err(RunError::Parameter)?;
        Ok(look(&Evaluator::new(self, self.bound(&values))?.plan()))
    }

    fn bound<'a>(&'a self, values: &'a [ParameterValue]) -> Bound<'a> {
        Bound { rules: self.strategy.rules(), values }
    }

    /// The minutes of the traded symbol and session.
    #[must_use]
    pub fn tape(&self) -> &Tape {
        self.sources.tape()
    }

    /// The bars at whose completion rules are evaluated.
    #[must_use]
    pub fn decisions(&self) -> &TimeframeBars {
        self.sources.decisions()
    }

    /// Minutes `[first, end)` of the tape that are simulated.
    #[must_use]
    pub fn window(&self) -> (u32, u32) {
        self.window
    }

    /// Simulated minutes: the work of one combination.
    #[must_use]
    pub fn bars(&self) -> u64 {
        u64::from(self.window.1 - self.window.0)
    }

    /// The strategy.
    #[must_use]
    pub fn strategy(&self) -> &Strategy {
        &self.strategy
    }

    /// The costs every combination is charged.
    #[must_use]
    pub fn costs(&self) -> &CostTerms {
        &self.costs
    }

    /// Starting capital.
    #[must_use]
    pub fn capital(&self) -> Money {
        self.capital
    }

    /// What is assumed in every run of this study, as sentences.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How to show prices and quantities.
    #[must_use]
    pub fn price_terms(&self) -> PriceTerms {
        let instrument = &self.sources.instrument;
        PriceTerms {
            price_scale: self.tape().price_scale,
            tick: self.terms.tick,
            quantity_step: instrument.quantity_step,
            currency: self.conversion.currency.clone(),
            point_value: instrument.point_value,
        }
    }
}

/// Keys of conditions that more than one of the combinations has.
fn repeated<'a>(evaluators: impl Iterator<Item = &'a Evaluator<'a>>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut repeated = BTreeSet::new();
    for evaluator in evaluators {
        // Within one combination a key counts once: its own rules share what they compute anyway.
        let own: BTreeSet<&String> = evaluator.condition_keys.iter().collect();
        for key in own {
            if !seen.insert(key) {
                repeated.insert(key.clone());
            }
        }
    }
    repeated
}

/// Says which target legs are less than one step of a fixed size, and so close nothing.
fn empty_legs(plan: &Plan<'_>) -> BTreeSet<String> {
    let Sizing::Fixed(units) = plan.sizing else { return BTreeSet::new() };
    let steps = units / plan.terms.quantity_step;
    let shares = [&plan.exits.long, &plan.exits.short].into_iter().flat_map(|exits| exits.empty_legs(steps));
    shares
        .map(|share| {
            format!("A target for {share} of a position of {units} closes nothing: the market trades no smaller part.")
        })
        .collect()
}

fn contract_terms(strategy: &Strategy, instrument: &Instrument, tape: &Tape) -> Terms {
    let class = instrument.asset_class;
    let leverage = strategy.rules().leverage.map_or(1.0, decimal_to_f64);
    let tick = instrument.tick_size * Decimal::from(tape.price_scale.per_unit());
    Terms {
        tick: tick.round().to_i64().unwrap_or(1).max(1),
        point_value: decimal_to_f64(instrument.point_value),
        quantity_step: decimal_to_f64(instrument.quantity_step),
        leverage: class.notional_capped().then_some(leverage),
        days_per_year: instrument.annualisation_days(),
    }
}

fn money(amount: Decimal) -> Result<Money, StudyError> {
    let counts = amount.checked_mul(Decimal::from(Money::PER_UNIT)).and_then(|counts| counts.round().to_i64());
    counts.filter(|counts| *counts > 0).map(Money).ok_or(StudyError::Capital { capital: amount })
}
