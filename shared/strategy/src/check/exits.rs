//! The `exit` object: rule exits, distances per side, targets, trailing and break-even stops, clock exits.

use super::Checker;
use super::fields::Fields;
use super::place::Demand;
use crate::diagnostic::Diagnostic;
use crate::indicators;
use crate::limits;
use crate::rules::{
    BreakEvenRule, ClockExits, DistanceRule, ExitRules, Frame, Number, Operands, Row, TargetRule, TrailingRule,
};
use engine::plan::Side;
use market::Timeframe;
use serde_json::Value;

/// Keys of `exit`.
const EXIT_KEYS: [&str; 10] = [
    "long",
    "short",
    "stop_loss",
    "take_profit",
    "trailing_stop",
    "break_even",
    "max_minutes",
    "max_bars",
    "flatten",
    "before_close_minutes",
];
/// The ways to state a distance.
pub(crate) const DISTANCES: [&str; 7] = ["points", "ticks", "percent", "money", "atr", "r", "price"];
/// Distances that trail or measure progress: everything but an absolute price.
const RELATIVE_DISTANCES: [&str; 6] = ["points", "ticks", "percent", "money", "atr", "r"];
/// Most minutes or bars a position may be limited to: a year of minutes.
const LONGEST_HOLD: u32 = 525_600;

/// What a distance is for.
#[derive(Clone, Copy)]
struct Purpose<'a> {
    /// How it is called in messages.
    what: &'a str,
    /// Stem of its keys, for example `stop`.
    stem: &'a str,
    /// Ways it may be stated.
    choices: &'a [&'static str],
    /// Keys beside the distance itself.
    extra: &'a [&'static str],
    /// A stop-loss is there, so `r` has a meaning.
    has_stop: bool,
}

impl Checker<'_> {
    /// Reads `exit`; both sides start from the common exits, per-side objects override them.
    pub(super) fn exits(&mut self, value: Option<&Value>) {
        let Some(value) = value else { return };
        let Some(fields) = Fields::read(value, "/exit", "exit", &EXIT_KEYS, &mut self.problems) else { return };
        self.exit_long = self.side_exits(&fields, Side::Long);
        self.exit_short = self.side_exits(&fields, Side::Short);
        self.clock = self.clock_exits(&fields);
    }

    fn side_exits(&mut self, fields: &Fields<'_>, side: Side) -> ExitRules {
        let name = side_name(side);
        let mut rules = ExitRules::default();
        if let Some((value, pointer)) = fields.get(name) {
            rules.signal = self.condition_at(value, &pointer, "exit", true);
        }
        let Some(stop) = side_value(fields, "stop_loss", side, &mut self.problems) else {
            return self.side_targets(fields, side, rules, false);
        };
        match side {
            Side::Long => self.stop_given.long = true,
            Side::Short => self.stop_given.short = true,
        }
        let purpose = Purpose {
            what: "stop_loss",
            stem: &stop.stem("stop", side),
            choices: &DISTANCES,
            extra: &[],
            has_stop: false,
        };
        rules.stop_loss = self.distance(stop.value, &stop.pointer, purpose);
        self.side_targets(fields, side, rules, true)
    }

    fn side_targets(&mut self, fields: &Fields<'_>, side: Side, mut rules: ExitRules, has_stop: bool) -> ExitRules {
        if let Some(given) = side_value(fields, "take_profit", side, &mut self.problems) {
            rules.take_profit = self.targets(&given, &given.stem("target", side), has_stop);
        }
        if let Some(given) = side_value(fields, "trailing_stop", side, &mut self.problems) {
            rules.trailing = self.trailing(&given, &given.stem("trail", side), has_stop);
        }
        if let Some(given) = side_value(fields, "break_even", side, &mut self.problems) {
            rules.break_even = self.break_even(&given, &given.stem("break_even", side), has_stop);
        }
        rules
    }

    fn targets(&mut self, given: &Given<'_>, stem: &str, has_stop: bool) -> Vec<TargetRule> {
        let base = Purpose { what: "take_profit", stem, choices: &DISTANCES, extra: &["fraction"], has_stop };
        let Some(legs) = given.value.as_array() else {
            return self.target(given.value, &given.pointer, base).into_iter().collect();
        };
        if legs.is_empty() || legs.len() > limits::TARGET_LEGS {
            self.problems.push(Diagnostic::new(
                "limit",
                &given.pointer,
                format!("take_profit has 1 to {} legs, not {}", limits::TARGET_LEGS, legs.len()),
            ));
            return Vec::new();
        }
        let mut targets = Vec::new();
        for (position, leg) in legs.iter().enumerate() {
            let pointer = format!("{}/{position}", given.pointer);
            let leg_stem = if position == 0 { stem.to_owned() } else { format!("{stem}_{}", position + 1) };
            if position + 1 < legs.len() && leg.get("fraction").is_none() {
                self.problems.push(
                    Diagnostic::new("missing_key", &pointer, "only the last leg may leave `fraction` out")
                        .help("Give the share of the position this leg closes, for example 0.5."),
                );
            }
            targets.extend(self.target(leg, &pointer, Purpose { stem: &leg_stem, ..base }));
        }
        targets
    }

    fn target(&mut self, value: &Value, pointer: &str, purpose: Purpose<'_>) -> Option<TargetRule> {
        let distance = self.distance(value, pointer, purpose)?;
        let fraction = value.get("fraction").map(|fraction| {
            let demand = Demand::positive(&format!("{}_fraction", purpose.stem), "exit").at_most(1);
            self.amount(fraction, &format!("{pointer}/fraction"), demand)
        });
        match fraction {
            None => Some(TargetRule { distance, fraction: None }),
            Some(fraction) => Some(TargetRule { distance, fraction: Some(fraction?) }),
        }
    }

    fn trailing(&mut self, given: &Given<'_>, stem: &str, has_stop: bool) -> Option<TrailingRule> {
        let extra = ["activate_after", "basis"];
        let purpose = Purpose { what: "trailing_stop", stem, choices: &RELATIVE_DISTANCES, extra: &extra, has_stop };
        let distance = self.distance(given.value, &given.pointer, purpose)?;
        let activate_after = self.sub_distance(given, "activate_after", &format!("{stem}_after"), has_stop)?;
        let closes_only = match given.value.get("basis").map(|basis| basis.as_str()) {
            None | Some(Some("high_low")) => false,
            Some(Some("close")) => true,
            Some(_) => {
                self.problems.push(
                    Diagnostic::new(
                        "wrong_type",
                        &format!("{}/basis", given.pointer),
                        "basis is \"high_low\" or \"close\"",
                    )
                    .help("high_low (the default) follows the best high or low, close the best close."),
                );
                return None;
            }
        };
        Some(TrailingRule { distance, activate_after, closes_only })
    }

    fn break_even(&mut self, given: &Given<'_>, stem: &str, has_stop: bool) -> Option<BreakEvenRule> {
        Fields::read(given.value, &given.pointer, "break_even", &["after", "offset"], &mut self.problems)?;
        let after = self.sub_distance(given, "after", stem, has_stop)?;
        let offset = self.sub_distance(given, "offset", &format!("{stem}_offset"), has_stop)?;
        let Some(after) = after else {
            self.problems.push(
                Diagnostic::new(
                    "missing_key",
                    &given.pointer,
                    "break_even needs `after`: the profit that moves the stop",
                )
                .help("For example {\"after\": {\"points\": 15}}."),
            );
            return None;
        };
        Some(BreakEvenRule { after, offset })
    }

    /// A distance nested under `key`: absent is `Some(None)`, wrong is `None`.
    fn sub_distance(
        &mut self,
        given: &Given<'_>,
        key: &str,
        stem: &str,
        has_stop: bool,
    ) -> Option<Option<DistanceRule>> {
        let Some(value) = given.value.get(key).filter(|value| !value.is_null()) else { return Some(None) };
        let purpose = Purpose { what: key, stem, choices: &RELATIVE_DISTANCES, extra: &[], has_stop };
        self.distance(value, &format!("{}/{key}", given.pointer), purpose).map(Some)
    }

    fn distance(&mut self, value: &Value, pointer: &str, purpose: Purpose<'_>) -> Option<DistanceRule> {
        let mut known: Vec<&str> = purpose.choices.to_vec();
        known.extend(["period", "timeframe"]);
        known.extend(purpose.extra);
        let fields = Fields::read(value, pointer, purpose.what, &known, &mut self.problems)?;
        let choice = fields.exactly_one(
            purpose.choices,
            &format!("the distance of {}", purpose.what),
            true,
            &mut self.problems,
        )?;
        if choice != "atr" {
            for key in ["period", "timeframe"] {
                if let Some((_, pointer)) = fields.get(key) {
                    self.problems.push(Diagnostic::new(
                        "unknown_key",
                        &pointer,
                        format!("`{key}` belongs to an `atr` distance only"),
                    ));
                }
            }
        }
        let (given, place) = fields.get(choice)?;
        if choice == "price" {
            return self.number_at(given, &place, "exit").map(DistanceRule::Price);
        }
        if choice == "r" && !purpose.has_stop {
            self.problems.push(
                Diagnostic::new(
                    "conflict",
                    &place,
                    "`r` measures in multiples of the stop-loss distance, and there is none",
                )
                .help("Add exit.stop_loss, or use points, ticks, percent, money or atr."),
            );
            return None;
        }
        let amount = self.amount(given, &place, Demand::positive(&format!("{}_{choice}", purpose.stem), "exit"))?;
        Some(match choice {
            "points" => DistanceRule::Points(amount),
            "ticks" => DistanceRule::Ticks(amount),
            "percent" => DistanceRule::Percent(amount),
            "money" => DistanceRule::Money(amount),
            "r" => DistanceRule::R(amount),
            _ => DistanceRule::Atr { multiple: amount, value: self.atr(&fields)? },
        })
    }

    /// The ATR of a distance, the same call as `atr(period)` in an expression.
    fn atr(&mut self, fields: &Fields<'_>) -> Option<usize> {
        let timeframe = match fields.text("timeframe", &mut self.problems) {
            None => self.timeframe,
            Some((text, pointer)) => match Timeframe::parse(text).filter(|timeframe| *timeframe >= self.timeframe) {
                Some(timeframe) => timeframe,
                None => {
                    let own = self.timeframe.label();
                    self.problems.push(
                        Diagnostic::new(
                            "timeframe",
                            &pointer,
                            format!("the timeframe of a distance is the strategy's ({own}) or a coarser one"),
                        )
                        .quoting(text),
                    );
                    return None;
                }
            },
        };
        let Some((period, place)) = fields.get("period") else {
            self.problems.push(
                Diagnostic::new("missing_key", &fields.pointer, "an `atr` distance needs its `period`")
                    .help("For example {\"atr\": 2, \"period\": 14}."),
            );
            return None;
        };
        let definition = indicators::find("atr")?;
        let stem = if timeframe == self.timeframe { "atr".to_owned() } else { format!("atr_{timeframe}") };
        let demand = Demand::integer(&format!("{stem}_period"), 1, limits::LOOK_BACK_BARS, "exit");
        let after = if timeframe == self.timeframe { ")".to_owned() } else { format!(", '{timeframe}')") };
        let period = self.amount_of_call(period, &place, demand, Some(("atr(", &after)))?;
        let frame = self.frame_index(Frame { symbol: 0, timeframe });
        let node = Number::Indicator {
            frame,
            definition: Row(definition),
            operands: Operands::default(),
            arguments: vec![period],
            output: 0,
        };
        Some(self.push_number(node, Some(frame), false))
    }

    fn clock_exits(&mut self, fields: &Fields<'_>) -> ClockExits {
        let mut read = |key: &str, demand: Demand| {
            fields.get(key).and_then(|(value, pointer)| self.amount(value, &pointer, demand))
        };
        ClockExits {
            max_minutes: read("max_minutes", Demand::integer("max_minutes", 1, LONGEST_HOLD, "exit")),
            max_bars: read("max_bars", Demand::integer("max_bars", 1, LONGEST_HOLD, "exit")),
            flatten: read("flatten", Demand::time("flatten", "exit")),
            before_close_minutes: read(
                "before_close_minutes",
                Demand::integer("before_close_minutes", 1, 1_440, "exit"),
            ),
        }
    }
}

/// `long` or `short`.
pub(crate) const fn side_name(side: Side) -> &'static str {
    match side {
        Side::Long => "long",
        Side::Short => "short",
    }
}

/// An exit's value for one side, and whether it is that side's own.
struct Given<'a> {
    value: &'a Value,
    pointer: String,
    own: bool,
}

impl Given<'_> {
    /// Keys of an override name their side.
    fn stem(&self, stem: &str, side: Side) -> String {
        if self.own { format!("{}_{stem}", side_name(side)) } else { stem.to_owned() }
    }
}

/// The value of `key` for `side`: the common one, or the override in an object with `long` and `short`.
fn side_value<'a>(
    fields: &Fields<'a>,
    key: &str,
    side: Side,
    problems: &mut crate::diagnostic::Problems,
) -> Option<Given<'a>> {
    let (value, pointer) = fields.get(key)?;
    if value.get("long").is_none() && value.get("short").is_none() {
        return Some(Given { value, pointer, own: false });
    }
    let sides = Fields::read(value, &pointer, &format!("{key} per side"), &["long", "short"], problems)?;
    let (value, pointer) = sides.get(side_name(side))?;
    Some(Given { value, pointer, own: true })
}
