//! The import: gathered parts to one series. Steps, labels, duplicates, sides, contracts, in that order.

use crate::bars::{self, StepCounts};
use crate::checks;
use crate::container::SourceFile;
use crate::continuous::{self, ContinuousError, ContractSeries, Roll};
use crate::contract::ContractMonth;
use crate::error::ImportError;
use crate::gather::{Gathered, Part, gather};
use crate::limits::MAX_FILES;
use crate::options::Options;
use crate::report::{Conventions, Imported, Progress, Report};
use crate::row::Bar;
use crate::series;
use crate::sides;
use crate::stamp::MINUTE_US;
use market::{AssetClass, BarSeries, PriceSide, Resolution};
use std::collections::{BTreeMap, BTreeSet};

/// Steps a part needs before its own bar length counts against the others'.
const ENOUGH_STEPS: u64 = 100;

/// Imports files as one series.
///
/// `progress` is called before every file and once at the end. The same files and options always give the same result.
///
/// # Errors
/// Any file that cannot be taken; see [`ImportError`]. Nothing is returned then.
pub fn import(
    files: &[SourceFile<'_>],
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Imported, ImportError> {
    let Some(first) = files.first() else { return Err(ImportError::NoFiles) };
    if files.len() > MAX_FILES {
        return Err(ImportError::LimitExceeded {
            file: first.name.to_owned(),
            limit: "MAX_FILES",
            allowed: MAX_FILES as u64,
            found: files.len() as u64,
        });
    }
    let mut gathered = gather(files, options, progress)?;
    gathered.parts.retain(|part| !part.bars.is_empty());
    let symbol = symbol_of(&mut gathered, options)?;
    let Gathered { parts, reading, mut report, .. } = gathered;
    let Some(reading) = reading.filter(|_| !parts.is_empty()) else {
        return Err(ImportError::NoRows { ignored: report.ignored });
    };
    let resolution = resolution_of(&parts, options)?;
    let groups = grouped(parts, resolution, &mut report);
    let (side, groups) = one_side(groups, options, &mut report)?;
    let assembled = assemble(&symbol, resolution, side, &groups, options, &mut report)?;
    let class = options.instrument.as_ref().map(|instrument| instrument.asset_class);
    let series = &assembled.series;
    report.bars = series.len() as u64;
    report.first_ts = series.ts.first().copied();
    report.last_ts = series.ts.last().copied();
    report.conventions = Some(Conventions {
        format: reading.format,
        time_zone: reading.time_zone,
        label: reading.label,
        price_side: side,
        resolution,
        price_places: series.price_scale.places(),
        volume_places: series.volume_scale.places(),
    });
    checks::count_gaps(series, &mut report);
    checks::look_at(series, class, reading.label, &mut report);
    let Assembled { series, contracts, rolls } = assembled;
    Ok(Imported { series, contracts, rolls, report })
}

/// The symbol asked for, or the only one the files name. Parts of other named symbols are dropped when one fits.
fn symbol_of(gathered: &mut Gathered, options: &Options) -> Result<String, ImportError> {
    let mut named: BTreeSet<String> = gathered.parts.iter().filter_map(|part| part.symbol.clone()).collect();
    named.extend(std::mem::take(&mut gathered.tickers));
    let several = || Err(ImportError::SeveralSymbols { symbols: named.iter().take(10).cloned().collect() });
    match &options.symbol {
        Some(wanted) if named.len() > 1 => {
            let fits = |part: &Part| part.symbol.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(wanted));
            if !gathered.parts.iter().any(fits) {
                return several();
            }
            for part in gathered.parts.iter().filter(|part| !fits(part)) {
                gathered.report.ignore(&part.file, "another symbol");
            }
            gathered.parts.retain(fits);
            Ok(wanted.clone())
        }
        Some(wanted) => Ok(wanted.clone()),
        None if named.len() > 1 => several(),
        None => named.pop_first().ok_or(ImportError::SymbolNeeded),
    }
}

/// Bar length of all parts, in whole minutes; shorter bars become minutes.
fn resolution_of(parts: &[Part], options: &Options) -> Result<Resolution, ImportError> {
    let minutes = |step_us: i64| (step_us / MINUTE_US).max(1);
    let mut first = options.resolution.map(|resolution| ("--resolution", i64::from(resolution.0)));
    for part in parts {
        let measured = part.steps.usual().filter(|_| part.steps.total() >= ENOUGH_STEPS);
        // What the caller says wins over what was measured, not over what ticks and Lean's names are.
        let measured = measured.filter(|_| options.resolution.is_none());
        let Some(own) = part.step_us.or(measured).map(minutes) else { continue };
        match first {
            Some((other, known)) if known != own => {
                return Err(ImportError::MixedResolutions {
                    first: other.to_owned(),
                    first_minutes: known,
                    second: part.file.clone(),
                    second_minutes: own,
                });
            }
            Some(_) => {}
            None => first = Some((part.file.as_str(), own)),
        }
    }
    let known = first.map_or_else(|| minutes(pooled_step(parts)), |(_, known)| known);
    Ok(Resolution(u32::try_from(known).unwrap_or(1)))
}

/// The usual step over all parts that do not state theirs; a minute when nothing shows it.
fn pooled_step(parts: &[Part]) -> i64 {
    let mut pooled = StepCounts::default();
    for part in parts {
        pooled.add(&part.steps);
    }
    pooled.usual().unwrap_or(MINUTE_US)
}

/// The side of prices, in an order a map can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Trade,
    Mid,
    Bid,
    Ask,
}

impl Side {
    const fn of(side: PriceSide) -> Self {
        match side {
            PriceSide::Trade => Self::Trade,
            PriceSide::Bid => Self::Bid,
            PriceSide::Ask => Self::Ask,
            PriceSide::Mid => Self::Mid,
        }
    }

    const fn public(self) -> PriceSide {
        match self {
            Self::Trade => PriceSide::Trade,
            Self::Mid => PriceSide::Mid,
            Self::Bid => PriceSide::Bid,
            Self::Ask => PriceSide::Ask,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Trade => "trade",
            Self::Mid => "mid (bid and ask)",
            Self::Bid => "bid",
            Self::Ask => "ask",
        }
    }
}

type Groups = BTreeMap<Side, BTreeMap<Option<ContractMonth>, Vec<Bar>>>;

/// Open-labelled, ascending bars by side and contract.
fn grouped(parts: Vec<Part>, resolution: Resolution, report: &mut Report) -> Groups {
    let pooled = pooled_step(&parts);
    let mut joined = Groups::new();
    for mut part in parts {
        // Bars shorter than a minute keep their own length until they are joined into minutes.
        let own = part.step_us.or_else(|| part.steps.usual()).unwrap_or(pooled);
        let step_us = if own < MINUTE_US { own } else { i64::from(resolution.0) * MINUTE_US };
        bars::relabel(&mut part.bars, part.label, step_us);
        if step_us < MINUTE_US {
            part.bars = bars::into_minutes(part.bars);
        }
        joined.entry(Side::of(part.side)).or_default().entry(part.contract).or_default().append(&mut part.bars);
    }
    for bars in joined.values_mut().flat_map(BTreeMap::values_mut) {
        bars::sort(bars);
        let (kept, duplicates) = bars::without_duplicates(std::mem::take(bars));
        report.duplicates += duplicates.all;
        report.conflicting_duplicates += duplicates.conflicting;
        *bars = kept;
    }
    joined
}

type Contracts = BTreeMap<Option<ContractMonth>, Vec<Bar>>;

/// The side asked for; else trades, else mid, else bid and ask joined, else what there is.
fn one_side(mut groups: Groups, options: &Options, report: &mut Report) -> Result<(PriceSide, Contracts), ImportError> {
    let present: Vec<Side> = groups.keys().copied().collect();
    let both = present.contains(&Side::Bid) && present.contains(&Side::Ask);
    let wanted = match options.price_side.map(Side::of) {
        Some(wanted) => Some(wanted),
        None if both && !present.contains(&Side::Trade) => Some(Side::Mid),
        None => present.first().copied(),
    };
    let Some(wanted) = wanted else { return Err(ImportError::NoRows { ignored: report.ignored.clone() }) };
    if let Some(bars) = groups.remove(&wanted) {
        for side in groups.keys().filter(|_| options.price_side.is_none()) {
            report.warn(format!("{} prices are left out, {} prices are imported", side.name(), wanted.name()));
        }
        return Ok((wanted.public(), bars));
    }
    match (groups.remove(&Side::Bid), groups.remove(&Side::Ask)) {
        (Some(bids), Some(asks)) if wanted == Side::Mid => Ok((PriceSide::Mid, join_sides(bids, &asks, report))),
        _ => {
            let present = present.iter().map(|side| side.name()).collect::<Vec<_>>().join(" and ");
            Err(ImportError::SideMissing { wanted: wanted.name(), present })
        }
    }
}

fn join_sides(bids: Contracts, asks: &Contracts, report: &mut Report) -> Contracts {
    let mut mids = Contracts::new();
    for (contract, bids) in bids {
        let asks = asks.get(&contract).map_or(&[][..], Vec::as_slice);
        let joined = sides::join(bids, asks);
        report.unpaired_quotes += joined.unpaired;
        report.crossed_quotes += joined.crossed;
        report.rounded_values += joined.rounded;
        mids.insert(contract, joined.bars);
    }
    mids
}

/// The series of an import, with its contracts and rolls.
struct Assembled {
    series: BarSeries,
    contracts: Vec<ContractSeries>,
    rolls: Vec<Roll>,
}

/// One series of the contracts, or of the only group there is.
fn assemble(
    symbol: &str,
    resolution: Resolution,
    side: PriceSide,
    groups: &Contracts,
    options: &Options,
    report: &mut Report,
) -> Result<Assembled, ImportError> {
    let mut plain = None;
    let mut contracts = Vec::new();
    for (contract, bars) in groups.iter().filter(|(_, bars)| !bars.is_empty()) {
        let (series, rounded) = series::build(symbol, resolution, side, bars);
        report.rounded_values += rounded;
        match contract {
            Some(contract) => contracts.push(ContractSeries { contract: *contract, series }),
            None => plain = Some(series),
        }
    }
    match (plain, contracts.is_empty()) {
        (Some(mut series), true) => {
            let class = options.instrument.as_ref().map(|instrument| instrument.asset_class);
            if class == Some(AssetClass::Future) {
                // One column layout for all futures: bars of an unnamed contract are their own continuous series.
                series.offset = vec![0; series.len()];
            }
            Ok(Assembled { series, contracts, rolls: Vec::new() })
        }
        (Some(_), false) => {
            let mut symbols: Vec<String> = contracts.iter().map(|of| format!("{symbol} {}", of.contract)).collect();
            symbols.insert(0, format!("{symbol} without contract month"));
            symbols.truncate(10);
            Err(ImportError::SeveralSymbols { symbols })
        }
        (None, false) => stitched(contracts, options, report),
        (None, true) => Err(ImportError::NoRows { ignored: report.ignored.clone() }),
    }
}

/// Contracts of listed months as one continuous series.
fn stitched(
    mut contracts: Vec<ContractSeries>,
    options: &Options,
    report: &mut Report,
) -> Result<Assembled, ImportError> {
    let months = options.instrument.as_ref().and_then(|instrument| instrument.contract_months.as_deref());
    if let Some(months) = months {
        let listed = |of: &ContractSeries| months.contains(of.contract.letter());
        if contracts.iter().any(listed) {
            for unlisted in contracts.iter().filter(|of| !listed(of)) {
                report.warn(format!("contract {} is none of the months {months} and is left out", unlisted.contract));
            }
            contracts.retain(listed);
        }
    }
    if contracts.len() > 1 && contracts.iter().all(|of| of.series.volume.iter().all(|&volume| volume == 0)) {
        return Err(ImportError::RollNeedsVolume);
    }
    let rule = options.trading_day.clone().unwrap_or_default();
    let continuous = continuous::stitch(&contracts, &rule).map_err(|error| match error {
        ContinuousError::NoBars => ImportError::NoRows { ignored: report.ignored.clone() },
        ContinuousError::UnknownZone(name) => ImportError::UnknownZone { name },
        ContinuousError::TooFine => ImportError::Unreadable {
            file: "the contracts together".to_owned(),
            reason: "their prices and volumes do not fit one grid".to_owned(),
        },
    })?;
    Ok(Assembled { series: continuous.series, contracts, rolls: continuous.rolls })
}
