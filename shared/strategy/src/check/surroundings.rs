//! What a strategy trades and by which clock: language, market, timeframe, session, time zone, account currency.

use super::Checker;
use super::fields::Fields;
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::rules::SymbolRead;
use market::{Instrument, LookUp, SessionKind, Timeframe, Zone};

/// Account currency unless stated.
const DEFAULT_CURRENCY: &str = "USD";

impl Checker<'_> {
    pub(super) fn language(&mut self, fields: &Fields<'_>) {
        if let Some((value, pointer)) = fields.get("language")
            && value.as_f64() != Some(1.0)
        {
            self.problems.push(
                Diagnostic::new("unsupported", &pointer, "this server speaks language 1")
                    .quoting(&value.to_string())
                    .help("Write \"language\": 1."),
            );
        }
    }

    pub(super) fn market(&mut self, fields: &Fields<'_>) -> Option<Instrument> {
        let Some((text, pointer)) = fields.text("market", &mut self.problems) else {
            if !fields.has("market") {
                self.problems.push(
                    Diagnostic::new("missing_key", "/market", "a strategy needs its `market`")
                        .help("A symbol, for example \"MNQ\"; list_instruments shows them."),
                );
            }
            return None;
        };
        if text.chars().count() > limits::LABEL_CHARACTERS {
            self.problems.push(
                Diagnostic::new(
                    "limit",
                    &pointer,
                    format!("a market's name has at most {} characters", limits::LABEL_CHARACTERS),
                )
                .quoting(text),
            );
            return None;
        }
        let instrument = match self.catalogue.get(text) {
            Some(instrument) => instrument,
            None => self.look_up(text, &pointer)?,
        };
        if !instrument.symbol.eq_ignore_ascii_case(text) {
            self.assume(format!("Market: \"{text}\" is read as {} ({}).", instrument.symbol, instrument.name));
        }
        self.symbols.push(SymbolRead { instrument: instrument.clone() });
        Some(instrument)
    }

    fn look_up(&mut self, text: &str, pointer: &str) -> Option<Instrument> {
        let problem =
            Diagnostic::new("unknown_symbol", pointer, "this is not a market that is known here").quoting(text);
        match self.catalogue.resolve(text) {
            LookUp::Found(instrument) => Some(*instrument),
            LookUp::Ambiguous(candidates) => {
                let names: Vec<String> =
                    candidates.iter().take(8).map(|found| format!("{} ({})", found.symbol, found.name)).collect();
                self.problems.push(
                    Diagnostic::new("ambiguous_symbol", pointer, "this name fits several markets")
                        .quoting(text)
                        .help(format!("Write one of: {}.", names.join(", "))),
                );
                None
            }
            LookUp::Unknown { near } => {
                if let Some(instrument) = self.catalogue.get_or_default(text, None) {
                    self.assume(format!(
                        "{} is not in the instrument table: default terms of a {} apply.",
                        instrument.symbol,
                        instrument.asset_class.label()
                    ));
                    return Some(instrument);
                }
                let help = if near.is_empty() {
                    "list_instruments shows the symbols.".to_owned()
                } else {
                    format!("Did you mean {}?", near.join(", "))
                };
                self.problems.push(problem.help(help));
                None
            }
        }
    }

    pub(super) fn read_timeframe(&mut self, fields: &Fields<'_>) -> Option<Timeframe> {
        let labels: Vec<&str> = Timeframe::ALL.iter().map(|timeframe| timeframe.label()).collect();
        let help = format!("One of {}.", labels.join(" "));
        let Some((text, pointer)) = fields.text("timeframe", &mut self.problems) else {
            if !fields.has("timeframe") {
                self.problems
                    .push(Diagnostic::new("missing_key", "/timeframe", "a strategy needs its `timeframe`").help(help));
            }
            return None;
        };
        let Some(timeframe) = Timeframe::parse(text) else {
            self.problems
                .push(Diagnostic::new("timeframe", &pointer, "there is no such timeframe").quoting(text).help(help));
            return None;
        };
        self.timeframe = timeframe;
        Some(timeframe)
    }

    /// Session, time zone and account currency: stated, or the instrument's.
    pub(super) fn surroundings(&mut self, fields: &Fields<'_>) -> (String, String) {
        let defaults = self.instrument().map(|instrument| (instrument.default_session, instrument.time_zone.clone()));
        let (session, zone) = defaults.unwrap_or((SessionKind::Full, "UTC".to_owned()));
        self.session = match fields.text("session", &mut self.problems) {
            Some(("full", _)) => SessionKind::Full,
            Some(("regular", _)) => SessionKind::Regular,
            Some((text, pointer)) => {
                self.problems.push(
                    Diagnostic::new("wrong_type", &pointer, "a session is \"full\" or \"regular\"").quoting(text),
                );
                session
            }
            None => session,
        };
        let time_zone = match fields.text("time_zone", &mut self.problems) {
            None => zone,
            Some((text, pointer)) => {
                if Zone::get(text).is_err() {
                    self.problems.push(
                        Diagnostic::new("wrong_type", &pointer, "this is not an IANA time zone")
                            .quoting(text)
                            .help("For example \"America/New_York\" or \"UTC\"."),
                    );
                }
                text.to_owned()
            }
        };
        let currency = match fields.text("account_currency", &mut self.problems) {
            Some((text, pointer)) => {
                if text.len() != 3 || !text.bytes().all(|byte| byte.is_ascii_uppercase()) {
                    self.problems.push(
                        Diagnostic::new("wrong_type", &pointer, "a currency is three capital letters")
                            .quoting(text)
                            .help("For example \"USD\"."),
                    );
                }
                text.to_owned()
            }
            None => DEFAULT_CURRENCY.to_owned(),
        };
        (time_zone, currency)
    }
}
