//! What a price move, a fill and a commission are worth under a plan's contract terms and costs.
//!
//! Knows no position and no time; conversion to the account currency is one multiplication at the end.

use crate::error::EngineError;
use crate::exact::{self, Ratio};
use crate::plan::{Money, Plan, Slippage};

/// Basis points per whole.
const BASIS_POINTS: i128 = 10_000;

/// Contract terms and costs, prepared once per run.
#[derive(Debug, Clone)]
pub(crate) struct Contract {
    /// Counts of the price scale per tick.
    pub(crate) tick: i64,
    /// Counts per quoted price unit.
    pub(crate) counts_per_unit: f64,
    /// Money per 1.0 of price and unit of quantity.
    pub(crate) point_value: f64,
    /// Units per quantity count.
    pub(crate) quantity_step: f64,
    /// Millionths of the instrument's currency per price count and quantity count, where both words hold it.
    value_words: Option<(i64, i64)>,
    /// The same as a float, for exposure only.
    value_estimate: f64,
    commission: Commission,
    slippage: SlippageRule,
}

/// Commission per fill: `quantity × per_quantity + |raw| × quantity × per_notional`, over one denominator.
#[derive(Debug, Clone)]
struct Commission {
    per_quantity: i128,
    per_notional: i128,
    denominator: i128,
    minimum: i64,
    /// `per_quantity` and `denominator` as machine words where nothing depends on the price.
    flat: Option<(i64, i64)>,
}

/// Slippage in counts.
#[derive(Debug, Clone, Copy)]
enum SlippageRule {
    Counts(i64),
    Share(Ratio),
    HalfSpread,
}

impl Contract {
    /// Prepares a plan's terms and costs; refuses terms that have no meaning.
    pub(crate) fn new(plan: &Plan<'_>) -> Result<Self, EngineError> {
        let terms = &plan.terms;
        if terms.tick <= 0 || terms.point_value <= 0.0 || terms.quantity_step <= 0.0 {
            return Err(EngineError::InvalidPlan("tick, point value and quantity step must be above zero"));
        }
        let counts_per_unit = plan.tape.price_scale.per_unit();
        let millionths = Ratio::new(i128::from(Money::PER_UNIT), 1)?;
        let step = Ratio::from_decimal_text(terms.quantity_step, "the quantity step is not a decimal number")?;
        let value = Ratio::from_decimal_text(terms.point_value, "the point value is not a decimal number")?
            .times(step)?
            .times(millionths)?
            .times(Ratio::new(1, i128::from(counts_per_unit))?)?;
        Ok(Self {
            tick: terms.tick,
            counts_per_unit: counts_per_unit as f64,
            point_value: terms.point_value,
            quantity_step: terms.quantity_step,
            value_words: i64::try_from(value.numerator).ok().zip(i64::try_from(value.denominator).ok()),
            value_estimate: value.numerator as f64 / value.denominator as f64,
            commission: Commission::new(plan, value, step.times(millionths)?)?,
            slippage: SlippageRule::new(plan)?,
        })
    }

    /// Counts by which a market or stop fill at raw price `raw` moves against the trader, ≥ 0.
    #[inline]
    pub(crate) fn slippage(&self, raw: i64, spread: i64) -> Result<i64, EngineError> {
        match self.slippage {
            SlippageRule::Counts(counts) => Ok(counts),
            SlippageRule::Share(share) => share.scale(i128::from(raw.unsigned_abs())),
            SlippageRule::HalfSpread => Ok(spread / 2 + spread % 2),
        }
    }

    /// Slippage where it is the same for every fill.
    pub(crate) const fn fixed_slippage(&self) -> Option<i64> {
        match self.slippage {
            SlippageRule::Counts(counts) => Some(counts),
            SlippageRule::Share(_) | SlippageRule::HalfSpread => None,
        }
    }

    /// Commission where it is the same for every fill of `quantity`.
    pub(crate) fn fixed_commission(&self, quantity: i64) -> Option<i64> {
        let (per_quantity, denominator) = self.commission.flat?;
        let sum = per_quantity.checked_mul(quantity)?;
        Some(exact::divide_half_even_word(sum, denominator).max(self.commission.minimum))
    }

    /// Commission of one fill in millionths of the instrument's currency, ≥ 0.
    // Inlined in any case: every leg of a sweep calls it.
    #[inline(always)]
    pub(crate) fn commission(&self, quantity: i64, raw_fill: i64) -> Result<i64, EngineError> {
        if let Some(fixed) = self.fixed_commission(quantity) {
            return Ok(fixed);
        }
        let terms = &self.commission;
        let quantity = i128::from(quantity);
        let notional = exact::product(i128::from(raw_fill.unsigned_abs()), quantity)?;
        let sum = exact::product(quantity, terms.per_quantity)?
            .checked_add(exact::product(notional, terms.per_notional)?)
            .ok_or(EngineError::Overflow("a commission"))?;
        Ok(exact::to_count(exact::divide_half_even(sum, terms.denominator))?.max(terms.minimum))
    }

    /// Notional of `quantity` at raw price `raw` in millionths of account currency: an `f64`, for exposure only.
    #[inline]
    pub(crate) fn notional(&self, raw: i64, quantity: i64, rate: Option<f64>) -> f64 {
        raw.abs() as f64 * quantity as f64 * self.value_estimate * rate.unwrap_or(1.0)
    }

    /// What price moves are worth on `quantity`.
    #[inline]
    pub(crate) fn value_of(&self, quantity: i64) -> Result<MoveValue, EngineError> {
        let words = self.value_words.and_then(|(numerator, denominator)| {
            let numerator = numerator.checked_mul(quantity)?;
            // A round lot of small steps is often worth whole millionths.
            let whole = denominator != 1 && numerator % denominator == 0;
            Some(if whole { MoveValue::whole(numerator / denominator) } else { MoveValue { numerator, denominator } })
        });
        words.ok_or(EngineError::Overflow("the value of a price move"))
    }

    /// Units of a quantity.
    #[inline]
    pub(crate) fn units(&self, quantity: i64) -> f64 {
        quantity as f64 * self.quantity_step
    }
}

impl Commission {
    fn new(plan: &Plan<'_>, value: Ratio, unit: Ratio) -> Result<Self, EngineError> {
        let costs = &plan.costs;
        let per_quantity =
            Ratio::from_decimal_text(costs.commission_per_unit, "the commission per unit must be zero or more")?
                .times(unit)?;
        let per_notional = Ratio::from_decimal_text(costs.commission_bps, "commission_bps must be zero or more")?
            .times(Ratio::new(1, BASIS_POINTS)?)?
            .times(value)?;
        let denominator = exact::least_common_multiple(per_quantity.denominator, per_notional.denominator)?;
        let minimum = Ratio::from_decimal_text(costs.commission_minimum, "the least commission must be zero or more")?;
        let quantity_share = exact::product(per_quantity.numerator, denominator / per_quantity.denominator)?;
        let words = i64::try_from(quantity_share).ok().zip(i64::try_from(denominator).ok());
        Ok(Self {
            per_quantity: quantity_share,
            per_notional: exact::product(per_notional.numerator, denominator / per_notional.denominator)?,
            flat: words.filter(|_| per_notional.numerator == 0),
            denominator,
            minimum: minimum.scale(i128::from(Money::PER_UNIT))?,
        })
    }
}

impl SlippageRule {
    fn new(plan: &Plan<'_>) -> Result<Self, EngineError> {
        match plan.costs.slippage {
            Slippage::Ticks(ticks) if ticks < 0 => Err(EngineError::InvalidPlan("slippage must be zero or more")),
            Slippage::Ticks(ticks) => {
                ticks.checked_mul(plan.terms.tick).map(Self::Counts).ok_or(EngineError::Overflow("the slippage"))
            }
            Slippage::Bps(bps) => Ratio::from_decimal_text(bps, "slippage must be zero or more")?
                .times(Ratio::new(1, BASIS_POINTS)?)
                .map(Self::Share),
            Slippage::HalfSpread if plan.tape.spread.len() != plan.tape.len() => {
                Err(EngineError::InvalidPlan("half-spread slippage needs a series with a spread column"))
            }
            Slippage::HalfSpread => Ok(Self::HalfSpread),
        }
    }
}

/// Value of price moves on one quantity: `numerator ÷ denominator` millionths of the instrument's currency per count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MoveValue {
    numerator: i64,
    denominator: i64,
}

/// What moves of a price are worth without a conversion.
pub(crate) trait Valued: Copy {
    /// Money for a move of `counts`, rounded half to even once.
    fn at_par(&self, counts: i64) -> Result<Money, EngineError>;
}

/// A [`MoveValue`] of whole millionths per count, for moves whose worth is known to fit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WholeValue(i64);

impl Valued for WholeValue {
    #[inline]
    fn at_par(&self, counts: i64) -> Result<Money, EngineError> {
        Ok(Money(counts * self.0))
    }
}

impl Valued for MoveValue {
    #[inline]
    fn at_par(&self, counts: i64) -> Result<Money, EngineError> {
        self.money(counts, None)
    }
}

impl MoveValue {
    const fn whole(per_count: i64) -> Self {
        Self { numerator: per_count, denominator: 1 }
    }

    /// The same for moves of at most `most` counts either way; `None` where a worth may need a fraction or more than a word.
    pub(crate) fn of_moves_up_to(self, most: i64) -> Option<WholeValue> {
        let fits = self.denominator == 1 && self.numerator.checked_mul(most).is_some();
        fits.then_some(WholeValue(self.numerator))
    }

    /// Money for a move of `counts`, rounded half to even once, then converted at `rate`.
    #[inline]
    pub(crate) fn money(&self, counts: i64, rate: Option<f64>) -> Result<Money, EngineError> {
        if rate.is_none()
            && let Some(product) = counts.checked_mul(self.numerator)
        {
            return Ok(Money(exact::divide_half_even_word(product, self.denominator)));
        }
        self.wide_money(counts, rate)
    }

    /// The same where the product needs more than a word, or a conversion follows.
    #[cold]
    fn wide_money(&self, counts: i64, rate: Option<f64>) -> Result<Money, EngineError> {
        let product = exact::product(i128::from(self.numerator), i128::from(counts))?;
        convert(exact::to_count(exact::divide_half_even(product, i128::from(self.denominator)))?, rate)
    }
}

/// `amount` millionths of the instrument's currency in account currency; no rate means they are the same.
#[inline]
pub(crate) fn convert(amount: i64, rate: Option<f64>) -> Result<Money, EngineError> {
    match rate {
        None => Ok(Money(amount)),
        Some(rate) => exact::round_half_even(amount as f64 * rate).map(Money),
    }
}
