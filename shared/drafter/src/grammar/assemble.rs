//! Pieces into a document: whose each condition is, which settings agree, what is assumed, what nobody could read.

use super::cursor::Cursor;
use super::document;
use super::orders::Order;
use super::pieces::{Item, Piece};
use super::reading::{Reading, Surroundings, read, words};
use super::rule::{Joint, Rule};
use super::scene::Side;
use super::setting::Setting;
use super::whose;
use domain::artifact::PlanItem;
use ports::drafter::{Draft, DraftFailure};

/// Reads a description into a document.
///
/// # Errors
/// What is missing, ambiguous or contradictory, with the choices.
pub fn describe(text: &str, around: &Surroundings<'_>) -> Result<Draft, DraftFailure> {
    let reading = read(text, around, None)?;
    let mut assembly = Assembly::new(&reading);
    assembly.run()?;
    super::elliptic::announce(&reading);
    document::finish(assembly, &reading, around)
}

/// Whose words are read now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    None,
    Entry(Side),
    /// Every entry.
    Entries,
    Exit(Option<Side>),
}

/// A setting with the words it came from.
#[derive(Debug, Clone)]
pub(crate) struct Stated {
    pub(crate) setting: Setting,
    /// The side in whose sentence it stands.
    pub(crate) context: Option<Side>,
    pub(crate) phrase: String,
}

/// What is gathered from the pieces.
pub(crate) struct Assembly<'r> {
    pub(crate) reading: &'r Reading<'r>,
    pub(crate) entries: [Rule; 2],
    pub(crate) exits: [Rule; 2],
    /// Exit conditions of no stated side.
    pub(crate) any_exit: Rule,
    /// Conditions of every entry.
    pub(crate) filters: Rule,
    pub(crate) orders: [Option<Order>; 2],
    pub(crate) settings: Vec<Stated>,
    pub(crate) only: Option<Side>,
    pub(crate) both: bool,
    /// The rule of both sides stood before "both ways".
    pub(crate) whole: bool,
    /// One rule was said for both sides.
    pub(crate) doubled: bool,
    pub(crate) mirror: Option<Option<Side>>,
    /// What is demanded of every entry was said for longs: shorts take its mirror.
    pub(crate) shared_entry: bool,
    /// Levels at which it exits, whichever side they are reached from.
    pub(crate) exit_levels: Vec<String>,
    /// Sides whose exit, or entry, is put in place of the known one.
    pub(crate) new_exits: Vec<Side>,
    pub(crate) new_entries: Vec<Side>,
    /// Sides to which a further entry is added.
    pub(crate) more_entries: Vec<Side>,
    pub(crate) exit_opposite: bool,
    /// … of the cross alone.
    pub(crate) exit_cross: bool,
    pub(crate) plan: Vec<PlanItem>,
    pub(crate) unhandled: Vec<String>,
    /// Conditions whose side is still to come.
    pub(crate) pending: Vec<(Joint, String, String)>,
    pub(crate) role: Role,
    pub(crate) joint: Joint,
    pub(crate) negate: bool,
    /// Markers follow their conditions: "RSI under 30 go long".
    pub(crate) postfix: bool,
    /// "also" stood before a marker.
    pub(crate) fresh: bool,
    /// The token behind the last condition.
    adjacent: usize,
    /// What follows came before the condition that was just read.
    pub(crate) earlier: bool,
    /// The last side stood before a colon: "long entry: A; B; C".
    pub(crate) labelled: bool,
    /// How many of the pending conditions stood in an earlier sentence.
    pub(crate) stale: usize,
    /// The side this sentence opened.
    pub(crate) sentence: Option<Side>,
    /// A comma stands right before.
    pub(crate) comma: bool,
    /// A comma stands between the last marker and here.
    pub(crate) paused: bool,
    /// Groups that are open, with their joints.
    pub(crate) groups: Vec<(Joint, Rule)>,
    /// The open group began with a word: "either".
    pub(crate) either: bool,
    /// The words of the conditions in them.
    grouped: Vec<(String, String)>,
    /// Whose the rules are that stand before their sides.
    pub(crate) turns: whose::Turns,
}

pub(crate) const fn index(side: Side) -> usize {
    match side {
        Side::Long => 0,
        Side::Short => 1,
    }
}

impl<'r> Assembly<'r> {
    pub(crate) fn new(reading: &'r Reading<'r>) -> Self {
        Self {
            reading,
            entries: [Rule::default(), Rule::default()],
            exits: [Rule::default(), Rule::default()],
            any_exit: Rule::default(),
            filters: Rule::default(),
            orders: [None, None],
            settings: Vec::new(),
            only: None,
            both: false,
            whole: false,
            doubled: false,
            mirror: None,
            shared_entry: false,
            exit_levels: Vec::new(),
            new_exits: Vec::new(),
            new_entries: Vec::new(),
            more_entries: Vec::new(),
            exit_opposite: false,
            exit_cross: false,
            plan: Vec::new(),
            unhandled: Vec::new(),
            pending: Vec::new(),
            role: Role::None,
            joint: Joint::Implicit,
            negate: false,
            postfix: false,
            fresh: false,
            adjacent: usize::MAX,
            earlier: false,
            labelled: false,
            stale: 0,
            sentence: None,
            comma: false,
            paused: false,
            groups: Vec::new(),
            either: false,
            grouped: Vec::new(),
            turns: whose::turns(&reading.pieces, &reading.tokens),
        }
    }

    /// The words of tokens `from..to`.
    pub(crate) fn words(&self, from: usize, to: usize) -> String {
        words(self.reading, from, to)
    }

    /// Goes through the pieces.
    pub(crate) fn run(&mut self) -> Result<(), DraftFailure> {
        let pieces = &self.reading.pieces;
        let mut at = 0;
        if let Some(side) = self.turns.undivided.first().and_then(|at| pieces.get(*at)) {
            return Err(self.undivided(side));
        }
        while let Some(piece) = pieces.get(at) {
            if self.turns.at.contains(&at) {
                self.turn();
            }
            if let Item::Unless(side) = piece.item {
                at = self.denied(at, side);
                continue;
            }
            if let Some(end) = self.explained(at) {
                self.piece(piece, at)?;
                at = end;
                continue;
            }
            if let Some(end) = self.each_side(at) {
                at = end;
                continue;
            }
            if let Some(end) = self.unread(at) {
                self.left_unread(at, end);
                at = end;
                self.joint = Joint::Implicit;
                continue;
            }
            self.piece(piece, at)?;
            at += 1;
        }
        while !self.groups.is_empty() {
            self.close_group();
        }
        self.flush_sentence();
        Ok(())
    }

    fn piece(&mut self, piece: &Piece, at: usize) -> Result<(), DraftFailure> {
        if !matches!(
            piece.item,
            Item::Condition(_)
                | Item::And
                | Item::Or
                | Item::Comma
                | Item::Filler
                | Item::Known
                | Item::Open
                | Item::Close
        ) {
            while !self.groups.is_empty() {
                self.close_group();
            }
        }
        let outcome = self.act(piece, at);
        if !matches!(piece.item, Item::Comma | Item::Filler | Item::Known) {
            self.comma = false;
        }
        outcome
    }

    /// Ends a group: what was in it is one condition.
    pub(crate) fn close_group(&mut self) {
        let Some((joint, rule)) = self.groups.pop() else { return };
        if rule.is_empty() {
            return;
        }
        let text = rule.text();
        let text = if rule.has_or() { format!("({text})") } else { text };
        self.add(joint, text, None);
    }

    fn act(&mut self, piece: &Piece, at: usize) -> Result<(), DraftFailure> {
        match &piece.item {
            Item::Condition(condition) => {
                // "ADX above 20 for shorts only".
                let next = self.reading.pieces.get(at + 1);
                let side = next.and_then(|next| match next.item {
                    Item::Entry(side) if self.words(next.from, next.to).to_lowercase().starts_with("for ") => side,
                    _ => None,
                });
                let own = self.role == Role::Entries && !self.postfix || self.demands_of_two(piece, at);
                match side.filter(|_| own) {
                    Some(side) => {
                        let phrase = self.words(piece.from, piece.to);
                        self.put(Role::Entry(side), Joint::With, condition.text.clone(), phrase);
                    }
                    None => self.condition(condition.text.clone(), piece, at),
                }
            }
            Item::And => {
                self.then(piece, at);
                self.idle_demand(piece, at);
                self.and(piece);
                self.demanded_behind_exit(piece, at);
                self.demanded_behind(piece, at);
            }
            Item::Or => {
                self.idle_demand(piece, at);
                self.or_else(at);
            }
            Item::Comma => {
                self.idle_demand(piece, at);
                self.comma = true;
                if self.postfix && !self.paused && self.groups.is_empty() && matches!(self.role, Role::Entry(_)) {
                    // "A go long on B, C go short on D".
                    if let Some((joint, _, _)) = self.pending.first_mut() {
                        *joint = Joint::With;
                    }
                    self.hand_over(self.role);
                }
                self.paused = true;
                return Ok(());
            }
            Item::Filler => self.demand_in_passing(piece, at),
            Item::Known | Item::Unknown => return Ok(()),
            Item::End => {
                self.idle_demand(piece, at);
                self.end(piece);
            }
            Item::Only => {
                let of_trades = self.of_trades(at);
                if of_trades && self.postfix {
                    self.turn();
                }
                self.joint = Joint::With;
                if self.role == Role::None && !self.before_its_side(at) || of_trades || self.of_both(at) {
                    self.role = Role::Entries;
                } else {
                    self.said_whose(at);
                }
                self.sided_demand(at);
                self.demanded_behind_exit(piece, at);
                self.dangling(piece, at);
            }
            Item::Unless(_) => {}
            Item::Open => {
                self.either = self.reading.tokens.get(piece.from).is_some_and(|token| token.word().is_some());
                self.groups.push((std::mem::take(&mut self.joint), Rule::default()));
            }
            Item::Close => self.close_group(),
            Item::Entry(side) => self.entry(*side, piece, at),
            Item::Sell => self.sell(piece, at)?,
            Item::Exit(side) => self.leave(*side, piece, at),
            Item::Mirror(side) => self.mirrored(*side, piece, at),
            Item::ExitOpposite => {
                self.exit_opposite = true;
                let words = self.reading.tokens.get(piece.from..piece.to).unwrap_or_default();
                self.exit_cross = words.iter().any(|token| token.word().is_some_and(|word| word.contains("cross")));
                self.plan_line(piece, document::ON_THE_OPPOSITE);
            }
            Item::ExitAt(long, short) => self.exit_at(piece, long, short),
            Item::Definition => {}
            Item::OnlySide(side) => self.only_side(*side, piece)?,
            Item::BothSides => {
                self.both = true;
                self.whole |= !self.pending.is_empty();
                self.plan_line(piece, "entry: long and short");
            }
            Item::Order(order) => self.order(order, piece, at),
            Item::Expiry(bars) => self.expiry(*bars, piece),
            Item::Settings(settings) => {
                let phrase = self.words(piece.from, piece.to);
                for setting in settings {
                    self.settings.push(Stated {
                        setting: setting.clone(),
                        context: piece.side,
                        phrase: phrase.clone(),
                    });
                }
            }
        }
        Ok(())
    }

    pub(crate) fn has_both(&self) -> bool {
        let names = |side: Side| self.reading.pieces.iter().any(|piece| piece.item == Item::Entry(Some(side)));
        names(Side::Long) && names(Side::Short)
    }

    /// Words of a demand that no condition follows are not dropped.
    fn dangling(&mut self, piece: &Piece, at: usize) {
        let behind = self.reading.pieces.get(at + 1..).unwrap_or_default();
        let follows = behind.iter().take_while(|next| !matches!(next.item, Item::End)).any(|next| {
            matches!(
                next.item,
                Item::Condition(_)
                    | Item::Settings(_)
                    | Item::Order(_)
                    | Item::Entry(_)
                    | Item::Exit(_)
                    | Item::Unknown
                    | Item::OnlySide(_)
            )
        });
        let hollow = behind.iter().take_while(|next| matches!(next.item, Item::Filler)).last();
        let words = self.words(piece.from, hollow.map_or(piece.to, |last| last.to));
        // "with confirmation" asks for a rule right behind it.
        let next = behind.iter().find(|next| !matches!(next.item, Item::Filler | Item::And));
        let ruled = next.is_some_and(|next| matches!(next.item, Item::Condition(_) | Item::Unknown));
        let follows = follows && (ruled || !words.to_lowercase().contains("confirm"));
        if !follows && words.chars().count() > 3 {
            self.unhandled.push(words);
        }
    }

    pub(crate) fn plan_line(&mut self, piece: &Piece, became: &str) {
        let phrase = self.words(piece.from, piece.to);
        self.plan.push(PlanItem { phrase, became: became.to_owned() });
    }

    fn condition(&mut self, text: String, piece: &Piece, at: usize) {
        let text = if std::mem::take(&mut self.negate) { super::condition::negated(&text) } else { text };
        let mut joint = std::mem::take(&mut self.joint);
        if joint == Joint::Implicit && self.adjacent == piece.from {
            joint = Joint::With;
        }
        self.adjacent = piece.to;
        match self.behind_settings_of_an_exit(piece, at, joint) {
            Some(false) => return,
            None if !self.must(piece, at) => self.further_behind(at),
            Some(true) | None => self.role = Role::Entries,
        }
        let text = self.before_it_lasted(text, at);
        let phrase = self.words(piece.from, piece.to);
        if std::mem::take(&mut self.earlier) {
            // "closes back above the band after closing below it": the cross says both.
            self.reading.scene.assume(format!("\"{phrase}\" is read as what the cross before it says already"));
            return;
        }
        let every = Cursor::new(&self.reading.tokens, piece.to).sees("for both|all|either");
        if every || self.demanded_alone(piece, at) {
            return self.put(Role::Entries, Joint::With, text, phrase);
        }
        self.add(joint, text, Some(phrase));
    }

    /// A condition into the group, the pending ones or the rule whose words are read.
    fn add(&mut self, joint: Joint, text: String, phrase: Option<String>) {
        if let Some((_, rule)) = self.groups.last_mut() {
            rule.add(joint, text.clone());
            if let Some(phrase) = phrase {
                self.grouped.push((phrase, text));
            }
            return;
        }
        let phrase = phrase.unwrap_or_else(|| {
            let said: Vec<String> = std::mem::take(&mut self.grouped).into_iter().map(|(phrase, _)| phrase).collect();
            said.join(", ")
        });
        if self.role == Role::None || self.postfix {
            self.pending.push((joint, text, phrase));
            return;
        }
        self.put(self.role, joint, text, phrase);
    }

    pub(crate) fn put(&mut self, role: Role, joint: Joint, text: String, phrase: String) {
        let (place, rule) = match role {
            Role::Entry(side) => (format!("entry.{}", side.key()), self.entries.get_mut(index(side))),
            Role::None | Role::Entries => ("entry".to_owned(), Some(&mut self.filters)),
            Role::Exit(Some(side)) => (format!("exit.{}", side.key()), self.exits.get_mut(index(side))),
            Role::Exit(None) => ("exit".to_owned(), Some(&mut self.any_exit)),
        };
        if let Role::Entry(side) = role
            && super::opposite_crosses::against(&text, &phrase, side)
        {
            self.reading.scene.ask_for_direction(&phrase);
        }
        if let Some(rule) = rule {
            rule.add(joint, text.clone());
        }
        self.plan.push(PlanItem { phrase, became: format!("{place}: {text}") });
    }

    /// Hands pending conditions to `role`; true where there were some.
    pub(crate) fn hand_over(&mut self, role: Role) -> bool {
        self.stale = 0;
        let pending = std::mem::take(&mut self.pending);
        let any = !pending.is_empty();
        for (joint, text, phrase) in pending {
            let text = match role {
                Role::Entry(side) => self.reading.scene.reached(text, side),
                Role::None | Role::Entries | Role::Exit(_) => text,
            };
            self.put(role, joint, text, phrase);
        }
        any
    }

    fn end(&mut self, piece: &Piece) {
        // A list behind "long entry:" goes on over semicolons.
        let listed = self.labelled && self.reading.tokens.get(piece.from).is_some_and(|token| token.is_mark(';'));
        let newline = listed || self.reading.tokens.get(piece.from).is_some_and(|token| token.is_mark('\n'));
        self.labelled &= listed;
        while !self.groups.is_empty() {
            self.close_group();
        }
        self.flush_sentence();
        self.stale = self.pending.len();
        self.double();
        self.sentence = None;
        if newline && !self.postfix {
            self.joint = if matches!(self.role, Role::Exit(_)) { Joint::Or } else { Joint::With };
        } else {
            self.role = Role::None;
            self.joint = Joint::With;
        }
        self.postfix = false;
        self.negate = false;
        self.fresh = false;
    }

    /// Conditions left over at the end of a sentence belong to the marker before them.
    pub(crate) fn flush_sentence(&mut self) {
        if self.postfix && self.role != Role::None {
            let role = self.role;
            // What an earlier sentence left over is no exit's.
            let left = if matches!(role, Role::Exit(_)) { self.stale.min(self.pending.len()) } else { 0 };
            let left: Vec<_> = self.pending.drain(..left).collect();
            if let Some((joint, _, _)) = self.pending.first_mut() {
                *joint = Joint::With;
            }
            self.hand_over(role);
            self.stale = left.len();
            self.pending = left;
        }
    }
}
