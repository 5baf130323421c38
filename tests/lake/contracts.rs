//! Three hand-made contracts whose continuous series is written out by hand.
//!
//! A trading day opens at 18:00 New York, 23:00 UTC in winter. Volumes make H lead for two days, then M for two, then U.

use crate::series::{DAY_US, MINUTE_US, instrument};
use domain::series::SeriesRoll;
use importers::{ContractMonth, ContractSeries, Imported, Report};
use lake::absorb::AbsorbError;
use lake::{Absorbed, ObjectStore, Writers, absorb};
use market::{BarSeries, Instrument};
use std::sync::Arc;

/// 2020-01-05T23:00:00Z, a Sunday, 18:00 in New York.
pub const FIRST_OPEN_US: i64 = 1_578_265_200_000_000;

/// 2020-02-01T00:00:00Z.
pub const NOW_US: i64 = 1_580_515_200_000_000;

/// Bars of each contract in a trading day.
pub const MINUTES: i64 = 3;

/// Month, price of its first minute in counts of 0.01, and volume per bar on each trading day (0: no bars).
pub type Terms = (u8, i64, [i64; 5]);

pub const H: Terms = (3, 10_000, [10, 5, 1, 0, 0]);
pub const M: Terms = (6, 10_250, [1, 6, 10, 5, 0]);
pub const U: Terms = (9, 9_900, [0, 1, 1, 6, 10]);

/// The contract's bars on some trading days: a rise of 1.00 a day and 0.07 a minute.
pub fn contract((month, base, volumes): Terms, days: std::ops::Range<usize>) -> ContractSeries {
    let mut series = BarSeries::empty("ES");
    for (day, volume) in volumes.into_iter().enumerate().filter(|(day, volume)| days.contains(day) && *volume > 0) {
        for minute in 0..MINUTES {
            let price = base + 100 * day as i64 + 7 * minute;
            series.ts.push(FIRST_OPEN_US + day as i64 * DAY_US + minute * MINUTE_US);
            series.open.push(price - 2);
            series.high.push(price + 3);
            series.low.push(price - 4);
            series.close.push(price);
            series.volume.push(volume);
        }
    }
    ContractSeries { contract: ContractMonth::new(2020, month).unwrap(), series }
}

pub fn whole(terms: Terms) -> ContractSeries {
    contract(terms, 0..5)
}

/// The continuous series of all three, by hand: H on days 0 and 1, M on 2 and 3, U on 4. A new contract's offset takes
/// up the difference: H was 2.50 below M, M is 3.50 above U.
pub fn continuous_by_hand() -> BarSeries {
    let mut series = BarSeries::empty("ES");
    for (terms, days, offset) in [(H, 0..2, 0), (M, 2..4, -250), (U, 4..5, 100)] {
        let part = contract(terms, days).series;
        series.offset.extend(vec![offset; part.ts.len()]);
        series.ts.extend(part.ts);
        series.open.extend(part.open);
        series.high.extend(part.high);
        series.low.extend(part.low);
        series.close.extend(part.close);
        series.volume.extend(part.volume);
    }
    series
}

pub fn rolls_by_hand() -> Vec<SeriesRoll> {
    let roll = |day: i64, from: &str, to: &str, gap| SeriesRoll {
        at_ts: FIRST_OPEN_US + day * DAY_US,
        from_contract: from.to_owned(),
        to_contract: to.to_owned(),
        gap: Some(gap),
    };
    vec![roll(2, "ESH20", "ESM20", 250), roll(4, "ESM20", "ESU20", -350)]
}

/// What an importer hands over for contracts; the continuous series it made of them is not looked at.
pub fn of_contracts(contracts: &[ContractSeries]) -> Imported {
    Imported { contracts: contracts.to_vec(), ..of_series(BarSeries::empty("ES")) }
}

/// What an importer hands over for a ready-made series.
pub fn of_series(series: BarSeries) -> Imported {
    Imported { series, contracts: Vec::new(), rolls: Vec::new(), report: Report::default() }
}

pub async fn take_as(
    store: Arc<dyn ObjectStore>,
    imported: Imported,
    instrument: Instrument,
) -> Result<Absorbed, AbsorbError> {
    absorb(store, imported, instrument, NOW_US, Writers::OneAtATime).await
}

/// Beside other imports, without a lock.
pub async fn take_in_a_race(store: Arc<dyn ObjectStore>, imported: Imported) -> Result<Absorbed, AbsorbError> {
    absorb(store, imported, instrument(), NOW_US, Writers::MayRace).await
}

pub async fn take(store: Arc<dyn ObjectStore>, imported: Imported) -> Result<Absorbed, AbsorbError> {
    take_as(store, imported, instrument()).await
}
