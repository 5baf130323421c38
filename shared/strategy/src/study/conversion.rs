//! The account currency per unit of the instrument's currency at every minute, where they differ.

use super::StudyData;
use crate::strategy::Strategy;
use market::{BarSeries, Instrument, Tape};
use std::sync::Arc;

/// Microseconds of a minute.
const MINUTE_US: i64 = 60_000_000;
/// Coins that stand for a dollar: counted as USD at par.
const DOLLAR_COINS: [&str; 2] = ["USDT", "USDC"];

/// How profits become account money.
pub(super) struct Conversion {
    /// Rate at each minute's close of the tape; `None` where no conversion is needed or possible.
    pub(super) rates: Option<Arc<[f64]>>,
    /// Currency money figures are in.
    pub(super) currency: String,
    /// What was assumed.
    pub(super) note: Option<String>,
}

impl Conversion {
    pub(super) fn build(
        strategy: &Strategy,
        instrument: &Instrument,
        data: &StudyData,
        tape: &Tape,
        window: (u32, u32),
    ) -> Self {
        let (quote, account) = (instrument.currency.as_str(), strategy.account_currency());
        let plain = |currency: &str, note: Option<String>| Self { rates: None, currency: currency.to_owned(), note };
        if quote == account {
            return plain(account, None);
        }
        if account == "USD" && DOLLAR_COINS.contains(&quote) {
            return plain(account, Some(format!("{quote} is counted as USD at par.")));
        }
        if strategy.converts_itself() {
            let rates = (0..tape.len()).map(|minute| inverse(raw_close(tape, minute))).collect();
            return Self {
                rates: Some(rates),
                currency: account.to_owned(),
                note: Some(format!("Profits in {quote} become {account} at the pair's own price.")),
            };
        }
        let pairs = [(format!("{quote}{account}"), false), (format!("{account}{quote}"), true)];
        for (pair, inverted) in &pairs {
            let Some((_, series)) = data.series.get(pair) else { continue };
            let rates = pair_rates(tape, series, *inverted);
            let covered = rates
                .get(window.0 as usize..window.1 as usize)
                .is_some_and(|rates| rates.iter().all(|rate| rate.is_finite() && *rate > 0.0));
            if covered {
                return Self {
                    rates: Some(rates.into()),
                    currency: account.to_owned(),
                    note: Some(format!("Profits in {quote} become {account} at {pair}'s last close.")),
                };
            }
        }
        plain(
            quote,
            Some(format!(
                "No bars of {} or {} cover the window: money is in {quote}, and capital counts as {quote}.",
                pairs[0].0, pairs[1].0
            )),
        )
    }
}

fn inverse(price: f64) -> f64 {
    if price > 0.0 { 1.0 / price } else { f64::NAN }
}

fn raw_close(tape: &Tape, minute: usize) -> f64 {
    tape.close.get(minute).map_or(f64::NAN, |close| tape.price_scale.to_f64(close - tape.offset_at(minute)))
}

/// The pair's last close known at each minute's close.
fn pair_rates(tape: &Tape, pair: &BarSeries, inverted: bool) -> Vec<f64> {
    let (length, pair_length) =
        (i64::from(tape.resolution_minutes) * MINUTE_US, i64::from(pair.resolution.0) * MINUTE_US);
    let mut seen = 0_usize;
    tape.ts
        .iter()
        .map(|ts| {
            while pair.ts.get(seen).is_some_and(|other| other + pair_length <= ts + length) {
                seen += 1;
            }
            let close = seen
                .checked_sub(1)
                .and_then(|index| pair.close.get(index))
                .map_or(f64::NAN, |close| pair.price_scale.to_f64(*close));
            if inverted { inverse(close) } else { close }
        })
        .collect()
}
