//! Contract terms of what is traded. Which instruments are known is in `catalogue`.

use crate::calendar::{Calendar, SessionKind};
use crate::contracts::ContractRule;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Kind of instrument; decides defaults for session, costs, caps and annualisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetClass {
    /// Exchange-traded futures.
    Future,
    /// Spot crypto pairs.
    Crypto,
    /// Spot foreign exchange.
    Fx,
    /// Shares.
    Stock,
    /// Exchange-traded funds.
    Etf,
}

/// Trading days in a year where markets close at weekends.
const TRADING_DAYS_PER_YEAR: f64 = 252.0;
/// Trading days in a year where they do not.
const CALENDAR_DAYS_PER_YEAR: f64 = 365.0;

impl AssetClass {
    /// Every class.
    pub const ALL: [Self; 5] = [Self::Future, Self::Crypto, Self::Fx, Self::Stock, Self::Etf];

    /// True where a position's notional may not exceed leverage × equity: stocks, funds and crypto. Futures and
    /// foreign exchange are traded on margin and only report their peak leverage.
    #[must_use]
    pub const fn notional_capped(self) -> bool {
        match self {
            Self::Crypto | Self::Stock | Self::Etf => true,
            Self::Future | Self::Fx => false,
        }
    }

    /// Daily returns per year for annualised statistics: 365 for crypto, which trades every day, else 252.
    #[must_use]
    pub const fn annualisation_days(self) -> f64 {
        match self {
            Self::Crypto => CALENDAR_DAYS_PER_YEAR,
            Self::Future | Self::Fx | Self::Stock | Self::Etf => TRADING_DAYS_PER_YEAR,
        }
    }

    /// As it is written in data: `future`, `crypto`, `fx`, `stock`, `etf`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Future => "future",
            Self::Crypto => "crypto",
            Self::Fx => "fx",
            Self::Stock => "stock",
            Self::Etf => "etf",
        }
    }

    /// The class written as its label.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.label() == text)
    }
}

/// Costs charged unless a strategy or a run states its own; in the instrument's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefaultCosts {
    /// Ticks a market or stop fill is moved against the trader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slippage_ticks: Option<Decimal>,
    /// Basis points a market or stop fill is moved against the trader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slippage_bps: Option<Decimal>,
    /// Money per contract or share and fill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commission_per_side: Option<Decimal>,
    /// Basis points of the fill's notional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commission_bps: Option<Decimal>,
    /// Least commission of an order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commission_minimum: Option<Decimal>,
}

/// Everything a simulation needs to know of what is traded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    /// Canonical symbol, for example `MNQ`.
    pub symbol: String,
    /// Full name, for example `Micro E-mini Nasdaq-100`.
    pub name: String,
    /// Other names people use.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Kind of instrument.
    pub asset_class: AssetClass,
    /// Smallest price step, quoted units.
    pub tick_size: Decimal,
    /// Money per 1.0 of price and one unit of quantity, in `currency`.
    pub point_value: Decimal,
    /// ISO code (or crypto code) of the quote currency.
    pub currency: String,
    /// Smallest quantity step.
    pub quantity_step: Decimal,
    /// Futures: listed months as letters, for example `HMUZ`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_months: Option<String>,
    /// Futures: the rule of last trading and roll dates; without one there is no contract calendar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_rule: Option<ContractRule>,
    /// IANA zone in which a trader of it states clock times.
    pub time_zone: String,
    /// Name of its trading calendar.
    pub calendar: String,
    /// Session a strategy trades unless it says otherwise.
    pub default_session: SessionKind,
    /// Costs charged unless stated.
    pub default_costs: DefaultCosts,
    /// True for the built-in synthetic DEMO market; shown wherever its data shows.
    #[serde(default)]
    pub synthetic: bool,
}

impl Instrument {
    /// Money per tick and one unit of quantity, in `currency`.
    #[must_use]
    pub fn tick_value(&self) -> Decimal {
        (self.tick_size * self.point_value).normalize()
    }

    /// Daily returns per year for annualised statistics: 365 where the calendar never closes, else 252.
    #[must_use]
    pub fn annualisation_days(&self) -> f64 {
        match Calendar::of(self) {
            Ok(calendar) if calendar.is_continuous() => CALENDAR_DAYS_PER_YEAR,
            Ok(_) => TRADING_DAYS_PER_YEAR,
            Err(_) => self.asset_class.annualisation_days(),
        }
    }

    /// How its continuous series rolls, in words; `None` for what has no contract months.
    #[must_use]
    pub fn roll(&self) -> Option<String> {
        self.contract_months.as_ref()?;
        let calendar = self.contract_rule.map_or_else(
            || "It has no contract calendar, so days_to_roll and days_to_expiration are undefined.".to_owned(),
            |rule| format!("days_to_roll and days_to_expiration count trading days by rule: {}", rule.description()),
        );
        Some(format!("{CONTINUOUS_SERIES} {calendar}"))
    }
}

/// How every continuous series is joined.
const CONTINUOUS_SERIES: &str = "Continuous front contract with raw prices and a cumulative offset (difference method); \
    rolls at the session open after the first completed trading day on which the next contract out-traded the current \
    one, never back.";
