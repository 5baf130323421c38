//! The parts of a plan from what was drawn: bars, masks, prices per strategy bar, levels.

use crate::generate::{AnyDistance, Drawn, EntryRule, ExitRules};
use crate::setup::{Bar, CLOSE_AFTER_US, DAY_US, MINUTE_US, Setup, decisions_of, mask_at, tape_of};
use engine::plan::{
    BreakEven, Distance, ExitSignal, Exits, PositionCondition, PositionView, Side, TargetLeg, Terms, TrailBasis,
    Trailing,
};
use std::sync::Arc;

/// Price the random walk starts from, ticks.
const START_TICKS: i64 = 1000;

impl Drawn {
    fn bars(&self) -> (Vec<Bar>, Vec<i64>, Vec<i64>) {
        let tick = self.market.tick;
        let (mut bars, mut offsets, mut spreads) = (Vec::<Bar>::new(), Vec::new(), Vec::new());
        let (mut ts, mut close, mut offset) = (0, START_TICKS * tick, 0_i64);
        for step in &self.steps {
            ts += MINUTE_US * (1 + step.skip);
            if step.skip == 2000 {
                ts = ts.div_euclid(DAY_US) * DAY_US + 3 * MINUTE_US;
            }
            let by = if self.market.on_grid { step.roll * tick } else { step.roll };
            offset += by;
            close += by;
            let open = close + step.gap * tick + if self.market.on_grid { 0 } else { step.off_grid };
            close = open + step.body * tick;
            let (high, low) = (open.max(close) + step.up * tick, open.min(close) - step.down * tick);
            bars.push(Bar { ts, open, high, low, close });
            offsets.push(offset);
            spreads.push(step.spread);
        }
        (bars, offsets, spreads)
    }

    /// The plan's parts.
    pub fn setup(&self) -> Setup {
        let (bars, offsets, spreads) = self.bars();
        let mut tape = tape_of(&bars, self.market.places);
        tape.offset = offsets;
        tape.spread = spreads;
        let mut setup = Setup::new(tape, self.minutes);
        setup.decisions = decisions_of(&setup.tape, self.minutes);
        setup.terms = Terms {
            tick: self.market.tick,
            point_value: self.market.point_value,
            quantity_step: self.market.quantity_step,
            leverage: self.market.leverage,
            days_per_year: 252.0,
        };
        setup.costs = self.market.costs;
        setup.capital = self.capital;
        let decisions = setup.decisions.len();
        let repeated = |bits: &[bool]| mask_at(decisions, (0..decisions).filter(|index| bits[index % bits.len()]));
        for (side, entry, exits) in
            [(Side::Long, &self.entries.0, &self.exits.0), (Side::Short, &self.entries.1, &self.exits.1)]
        {
            if let Some(entry) = entry {
                self.lay_out_entry(&mut setup, side, entry);
            }
            *setup.exits_mut(side) = self.lay_out_exits(&setup, side, exits);
        }
        setup.allowed = self.allowed.as_ref().map(|bits| repeated(bits));
        setup.flatten_at = setup
            .tape
            .days
            .iter()
            .enumerate()
            .map(|(index, day)| {
                let minute = self.flatten[index % self.flatten.len()];
                minute.map(|minute| day.open + (minute * MINUTE_US).min(CLOSE_AFTER_US - MINUTE_US))
            })
            .collect();
        setup.sizing = self.sizing.clone();
        setup.max_quantity = self.max_quantity;
        setup.limits = self.limits;
        setup.limit_through_ticks = self.limit_through_ticks;
        setup.conversion = self
            .conversion
            .as_ref()
            .map(|rates| (0..setup.tape.len()).map(|index| rates[index % rates.len()]).collect::<Vec<f64>>().into());
        self.choose_window(&mut setup);
        setup
    }

    fn choose_window(&self, setup: &mut Setup) {
        let days = &setup.tape.days;
        if days.len() > self.outside.0 + self.outside.1 {
            setup.window = (days[self.outside.0].first, days[days.len() - 1 - self.outside.1].end);
        }
    }

    /// A price some ticks away from each strategy bar's close, quoted units.
    fn prices(&self, setup: &Setup, direction: f64, away: &[Option<f64>]) -> Arc<[f64]> {
        let per_unit = setup.tape.price_scale.per_unit() as f64;
        let tick = self.market.tick as f64;
        let price = |index: usize| {
            away[index % away.len()]
                .map_or(f64::NAN, |ticks| (setup.decisions.close[index] as f64 + direction * ticks * tick) / per_unit)
        };
        (0..setup.decisions.len()).map(price).collect::<Vec<f64>>().into()
    }

    fn lay_out_entry(&self, setup: &mut Setup, side: Side, rule: &EntryRule) {
        let bars: Vec<usize> = (0..setup.decisions.len()).filter(|index| rule.when[index % rule.when.len()]).collect();
        let towards = if (side == Side::Long) == (rule.kind == 1) { 1.0 } else { -1.0 };
        let prices = self.prices(setup, towards, &rule.away);
        let orders: Vec<(usize, f64)> = bars.iter().map(|index| (*index, prices[*index])).collect();
        match rule.kind {
            0 => setup.market(side, &bars),
            kind => setup.resting(side, kind == 2, &orders, rule.expires_bars),
        }
    }

    fn lay_out_exits(&self, setup: &Setup, side: Side, rules: &ExitRules) -> Exits {
        let decisions = setup.decisions.len();
        let losing = |distance: &AnyDistance| self.lay_out(setup, side, distance, -1.0);
        let winning = |distance: &AnyDistance| self.lay_out(setup, side, distance, 1.0);
        Exits {
            signal: rules.signal.as_ref().map(|signal| match signal {
                Ok(bits) => {
                    ExitSignal::Mask(mask_at(decisions, (0..decisions).filter(|index| bits[index % bits.len()])))
                }
                Err((bars, profit)) => ExitSignal::Position(Arc::new(BarsAndProfit { bars: *bars, profit: *profit })),
            }),
            stop_loss: rules.stop.as_ref().map(losing),
            take_profit: rules
                .targets
                .iter()
                .map(|(distance, fraction)| TargetLeg { distance: winning(distance), fraction: *fraction })
                .collect(),
            trailing: rules.trailing.as_ref().map(|(distance, after, high_low)| Trailing {
                distance: losing(distance),
                activate_after: after.as_ref().map(winning),
                basis: if *high_low { TrailBasis::HighLow } else { TrailBasis::Close },
            }),
            break_even: rules
                .break_even
                .as_ref()
                .map(|(after, offset)| BreakEven { after: winning(after), offset: offset.as_ref().map(winning) }),
            max_minutes: rules.max_minutes,
            max_bars: rules.max_bars,
        }
    }

    fn lay_out(&self, setup: &Setup, side: Side, distance: &AnyDistance, direction: f64) -> Distance {
        let tick_price = self.market.tick as f64 / setup.tape.price_scale.per_unit() as f64;
        let direction = if side == Side::Long { direction } else { -direction };
        match distance {
            AnyDistance::Points(ticks) => Distance::Points(ticks * tick_price),
            AnyDistance::Ticks(ticks) => Distance::Ticks(*ticks),
            AnyDistance::Percent(percent) => Distance::Percent(*percent),
            AnyDistance::Money(money) => Distance::Money(*money),
            AnyDistance::R(multiple) => Distance::R(*multiple),
            AnyDistance::Atr(multiple, values) => {
                let value = |index: usize| values[index % values.len()].map_or(f64::NAN, |ticks| ticks * tick_price);
                let value = (0..setup.decisions.len()).map(value).collect::<Vec<f64>>().into();
                Distance::Atr { multiple: *multiple, value }
            }
            AnyDistance::Price(away) => Distance::Price(self.prices(setup, direction, away)),
        }
    }
}

/// True after some bars when the open profit is above a threshold and the entry was not at a round thousand.
struct BarsAndProfit {
    bars: u32,
    profit: f64,
}

impl PositionCondition for BarsAndProfit {
    fn holds(&self, decision: usize, position: &PositionView) -> bool {
        position.bars_in_trade >= self.bars
            && position.open_profit > self.profit
            && position.entry_price > 0.0
            && decision.is_multiple_of(2) == (position.side == Side::Long)
    }
}
