//! What opens and closes: sides, exits, orders, into the rules of the assembly.

use super::assemble::index;
use super::assemble::{Assembly, Role};
use super::cursor::Cursor;
use super::orders::Order;
use super::pieces::{Item, Piece};
use super::rule::{Joint, Rule};
use super::scene::Side;
use super::token::Token;
use domain::artifact::PlanItem;
use ports::drafter::{DraftFailure, Question};

impl Assembly<'_> {
    pub(crate) fn entry(&mut self, side: Option<Side>, piece: &Piece, at: usize) {
        // "exit longs when … and shorts when …"
        if let (Role::Exit(Some(leaving)), Some(side)) = (self.role, side)
            && side != leaving
            && !self.postfix
            && self.exits_reach(side, at)
            && matches!(
                self.words(piece.from, piece.to).to_lowercase().as_str(),
                "shorts" | "longs" | "and shorts" | "and longs"
            )
        {
            return self.exit(Some(side), at);
        }
        if side.is_none() && self.reading.scene.both.get() {
            // A change of both sides: "only enter if …".
            self.role = Role::Entries;
            self.joint = Joint::With;
            self.postfix = self.hand_over(Role::Entries);
            self.sided_demand(at);
            return;
        }
        if side.is_none() && (self.entries.iter().all(|rule| !rule.is_empty()) || self.sides_follow(at)) {
            // "only long above X, only short below it. Entry: …" holds for both.
            self.reading.scene.assume("the entry is read for longs; that of shorts is its mirror");
            self.shared_entry = true;
            self.role = Role::Entries;
            self.joint = Joint::With;
            self.postfix = false;
            return;
        }
        let side = side.or(piece.side).unwrap_or(Side::Long);
        if !self.own_behind(piece) && self.whole {
            self.double();
        }
        self.sentence = Some(side);
        self.renewed(side, piece, at);
        self.share(side, at);
        let role = Role::Entry(side);
        let known = !self.entries.get(index(side)).is_some_and(Rule::is_empty);
        let words = self.words(piece.from, piece.to).to_lowercase();
        let verb = |words: &str| ["buy", "go ", "enter", "sell short"].iter().any(|start| words.starts_with(start));
        let twice = self.reading.pieces.get(..at).unwrap_or_default().iter().any(|earlier| {
            earlier.item == Item::Entry(Some(side)) && verb(&self.words(earlier.from, earlier.to).to_lowercase())
        });
        if known && twice && verb(&words) && !self.fresh {
            self.reading.scene.assume(format!("what is said at the second \"{words}\" is demanded beside the first"));
        }
        if known && let Some((joint, _, _)) = self.pending.first_mut() {
            *joint = if self.fresh { Joint::Or } else { Joint::With };
        }
        self.postfix = self.hand_over(role);
        self.paused = false;
        self.role = role;
        let last = piece.to.checked_sub(1).and_then(|last| self.reading.tokens.get(last));
        self.labelled = last.is_some_and(|last| last.is_mark(':'));
        self.joint = if known { if self.fresh { Joint::Or } else { Joint::With } } else { Joint::Implicit };
        self.fresh = false;
    }

    /// What leaves one side reaches the other named behind it: up to a pause, or an exit of its own.
    fn exits_reach(&self, side: Side, at: usize) -> bool {
        let before = self.reading.pieces.get(..at).unwrap_or_default();
        let Some(exit) = before.iter().rposition(|piece| matches!(piece.item, Item::Exit(_))) else { return false };
        let own = before.iter().any(|piece| piece.item == Item::Exit(Some(side)));
        let between = before.get(exit + 1..).unwrap_or_default();
        let over = |piece: &Piece| matches!(piece.item, Item::End | Item::Settings(_) | Item::Entry(_));
        !own && !between.iter().any(over)
    }

    pub(crate) fn sell(&mut self, piece: &Piece, at: usize) -> Result<(), DraftFailure> {
        let scene = &self.reading.scene;
        let has = |wanted: &dyn Fn(&Item) -> bool| self.reading.pieces.iter().any(|piece| wanted(&piece.item));
        let buys = |piece: &Piece| match &piece.item {
            Item::Entry(Some(Side::Long)) => true,
            Item::Order(order) => order.side == Some(Side::Long),
            _ => false,
        };
        // "sell when A. buy when B": as much a short as an exit.
        let before = self.reading.pieces.get(..at).unwrap_or_default();
        let longs = has(&|item| *item == Item::OnlySide(Side::Long));
        let bought = before.iter().any(buys);
        let buys = bought || longs;
        let covers = has(&|item| matches!(item, Item::Exit(Some(Side::Short))));
        // "buy …, sell …; short …, cover …": each side has its own words.
        let shorts = has(&|item| *item == Item::Entry(Some(Side::Short)));
        // "buys only above it, sells only below it": the sides of a strategy that trades both.
        let sells = self.words(piece.from, piece.to).to_lowercase().starts_with("sells");
        if scene.changing.get() && scene.both.get() && (sells || bought && !longs && !covers && !shorts) {
            self.entry(Some(Side::Short), piece, at);
            return Ok(());
        }
        // "I sell everything when …" is of what is held.
        let held = Cursor::new(&self.reading.tokens, piece.to).sees("everything|all|it|out|the|my|half|position|them");
        let both = !held && has(&|item| *item == Item::BothSides);
        if both && bought && !longs && !covers && !shorts {
            scene.assume("\"sell\" is read as selling short: both sides are traded");
            self.entry(Some(Side::Short), piece, at);
            return Ok(());
        }
        if !held && bought && !longs && !covers && !shorts && self.left_either_way(at) {
            scene.assume("\"sell\" is read as selling short: what is said of leaving is of both sides");
            self.entry(Some(Side::Short), piece, at);
            return Ok(());
        }
        if buys && (!covers || shorts) {
            self.reading.scene.assume("\"sell\" after a rule that buys closes the long; it opens no short");
            self.idle_exit(piece, at);
            self.exit(Some(Side::Long), at);
            return Ok(());
        }
        if covers {
            self.reading.scene.assume("\"sell\" with a rule that covers is read as selling short");
            self.entry(Some(Side::Short), piece, at);
            return Ok(());
        }
        Err(DraftFailure::asking(
            "a bare \"sell\" is ambiguous: nothing is bought before it",
            Question::new("sell", ["go short (sell short)".to_owned(), "close a long".to_owned()]),
            "write \"sell short\" to open a short, or say what is bought and \"exit the long\" to close it",
        ))
    }

    /// "under 20 buy, over 80 sell. Close when it comes back to 50": a sentence of its own leaves, from either side of the level.
    fn left_either_way(&self, at: usize) -> bool {
        let rest = self.reading.pieces.get(at..).unwrap_or_default();
        let Some(end) = rest.iter().position(|piece| piece.item == Item::End) else { return false };
        let behind = rest.get(end..).unwrap_or_default();
        let Some(exit) = behind.iter().position(|piece| piece.item == Item::Exit(None)) else { return false };
        let mut said = behind.iter().skip(exit).take_while(|piece| piece.item != Item::End);
        let undirected = self.reading.scene.undirected.borrow();
        said.any(|piece| matches!(&piece.item, Item::Condition(text) if undirected.contains(&text.text)))
    }

    pub(crate) fn exit(&mut self, side: Option<Side>, at: usize) {
        let closes = self.turns.closing.contains(&at);
        // "A, buy when B and exit when C": B is the entry's.
        let rest = self.reading.pieces.get(at + 1..).unwrap_or_default();
        let mut clause = rest.iter().take_while(|piece| !matches!(piece.item, Item::Comma | Item::End));
        let ruled = clause.any(|piece| matches!(piece.item, Item::Condition(_)));
        if ruled && self.postfix && !closes && matches!(self.role, Role::Entry(_)) && self.pending.len() > self.stale {
            self.flush_sentence();
        }
        // A side that was not named follows the sentence: after "buy when …, exit when …" it is the long's.
        let role = Role::Exit(side);
        let rule_known = match side {
            Some(side) => !self.exits.get(index(side)).is_some_and(Rule::is_empty),
            None => !self.any_exit.is_empty(),
        };
        // What an earlier sentence left over is no exit's.
        let own = self.pending.len() > self.stale;
        let left: Vec<_> = if closes && !own {
            Vec::new()
        } else {
            self.pending.drain(..self.stale.min(self.pending.len())).collect()
        };
        if rule_known && let Some((joint, _, _)) = self.pending.first_mut() {
            *joint = Joint::Or;
        }
        self.postfix = self.hand_over(role);
        self.stale = left.len();
        self.pending = left;
        self.role = role;
        self.joint = if rule_known { Joint::Or } else { Joint::Implicit };
        self.fresh = false;
    }

    /// "target 24 points or a close over the 9 EMA": another way out, not in.
    pub(crate) fn or_else(&mut self, at: usize) {
        let quiet = |piece: &&Piece| !matches!(piece.item, Item::Filler | Item::Known | Item::Comma);
        let pieces = &self.reading.pieces;
        let before = pieces.get(..at).unwrap_or_default().iter().rev().find(quiet);
        let leaves = before.is_some_and(|piece| {
            matches!(&piece.item, Item::Settings(settings) if settings.iter().any(|one| one.pointer.starts_with("/exit")))
        });
        let behind =
            pieces.get(at + 1..).unwrap_or_default().iter().find(|piece| quiet(piece) && piece.item != Item::And);
        let rule = behind.is_some_and(|piece| matches!(piece.item, Item::Condition(_)));
        if leaves && rule && !matches!(self.role, Role::Exit(_)) {
            let side = if self.has_both() { None } else { self.sentence };
            self.exit(side, at);
        } else {
            self.joint = Joint::Or;
        }
    }

    pub(crate) fn mirrored(&mut self, side: Option<Side>, piece: &Piece, at: usize) {
        // "sell on the opposite cross", "exit if there's the opposite": an exit's.
        let before = self.reading.pieces.get(..at).unwrap_or_default().iter().rev();
        let lead = before.into_iter().find(|piece| !matches!(piece.item, Item::Filler | Item::And | Item::Known));
        let leaves = lead.is_some_and(|lead| matches!(lead.item, Item::Exit(_) | Item::Sell));
        let words = self.reading.tokens.get(piece.from..piece.to).unwrap_or_default();
        let named =
            words.iter().any(|token| matches!(token.word(), Some("cross" | "crossover" | "signal" | "signals")));
        if leaves && named && matches!(self.role, Role::Exit(_)) && side.is_none() {
            self.exit_opposite = true;
            self.exit_cross = words.iter().any(|token| token.word().is_some_and(|word| word.contains("cross")));
            return self.plan_line(piece, super::document::ON_THE_OPPOSITE);
        }
        let side = side.or(match self.role {
            Role::Entry(side) if self.entries.get(index(side)).is_some_and(Rule::is_empty) => Some(side),
            _ => None,
        });
        self.mirror = Some(side);
        self.plan_line(piece, "entry: the opposite of the other side");
    }

    pub(crate) fn only_side(&mut self, side: Side, piece: &Piece) -> Result<(), DraftFailure> {
        if self.only.is_some_and(|only| only != side) {
            return Err(DraftFailure::asking(
                "\"long only\" and \"short only\" contradict each other",
                Question::new(
                    self.words(piece.from, piece.to),
                    ["long only".to_owned(), "short only".to_owned(), "both".to_owned()],
                ),
                "say which side it trades",
            ));
        }
        self.only = Some(side);
        self.plan_line(piece, &format!("entry: {} only", side.key()));
        Ok(())
    }

    pub(crate) fn order(&mut self, order: &Order, piece: &Piece, at: usize) {
        let side = order.side.or(match self.role {
            Role::Entry(side) => Some(side),
            _ => None,
        });
        // "shorts use a limit order at VWAP" in a change of both sides.
        let own = side.filter(|_| order.side.is_none() && self.reading.scene.both.get());
        let order = &Order { side: order.side.or(own), ..order.clone() };
        let apart = at == 0 || matches!(self.reading.pieces.get(at - 1).map(|piece| &piece.item), Some(Item::End));
        let unsided = apart && order.side.is_none() && !self.reading.scene.changing.get() && self.has_both();
        let side = side.or(piece.side).unwrap_or(Side::Long);
        self.share(side, at);
        if unsided {
            self.reading.scene.assume("the order is read for longs and shorts, each on its own side");
            let other = side.other();
            let price = super::document::opposite(&order.price);
            if let Some(slot) = self.orders.get_mut(index(other)) {
                *slot = Some(Order { side: None, price, ..order.clone() });
            }
        }
        if order.side.is_some() && matches!(self.role, Role::Entry(other) if other != side) {
            // "buy limit … when A, sell limit … when B".
            self.role = Role::Entry(side);
            self.joint = Joint::Implicit;
            self.postfix = false;
        }
        if !self.pending.is_empty() || self.role == Role::None {
            let postfix = self.hand_over(Role::Entry(side));
            self.role = Role::Entry(side);
            self.postfix = postfix;
        }
        let expires = order.expires_bars.map_or_else(String::new, |bars| format!(", expires_bars {bars}"));
        self.plan_line(piece, &format!("entry.{}: order {} at {}{expires}", side.key(), order.kind, order.price));
        if let Some(slot) = self.orders.get_mut(index(side)) {
            *slot = Some(order.clone());
        }
    }

    /// "when C, buy if A, short if B": what stands before both sides is demanded of both.
    fn share(&mut self, side: Side, at: usize) {
        if self.pending.is_empty() || self.postfix || self.turns.closing.contains(&at) {
            return;
        }
        let opens = |piece: &Piece| match &piece.item {
            Item::Entry(side) => *side,
            Item::Order(order) => order.side,
            _ => None,
        };
        let rest = self.reading.pieces.get(at + 1..).unwrap_or_default();
        let sentence: Vec<&Piece> = rest
            .iter()
            .take_while(|piece| !matches!(piece.item, Item::End))
            .filter(|piece| !matches!(piece.item, Item::Filler | Item::Known | Item::And))
            .collect();
        let Some(other) = sentence.iter().position(|piece| opens(piece) == Some(side.other())) else { return };
        let own = sentence.get(..other).unwrap_or_default();
        // "A go long if B, C go short": a rule right before a side is that side's.
        // "A for longs and B for shorts": each rule stands before its side.
        let named = |at: usize| {
            let piece = self.reading.pieces.get(at);
            piece.is_some_and(|piece| self.words(piece.from, piece.to).to_lowercase().starts_with("for "))
        };
        let behind = sentence.get(other + 1).is_none_or(|next| !matches!(next.item, Item::Condition(_)));
        let second = sentence.get(other).map(|piece| self.words(piece.from, piece.to).to_lowercase());
        if named(at) && behind && second.is_some_and(|words| words.starts_with("for ")) {
            return;
        }
        let shared = match own {
            [first, .., last] => {
                matches!(first.item, Item::Condition(_)) && matches!(last.item, Item::Comma)
                    || matches!(self.reading.pieces.get(at).map(|piece| &piece.item), Some(Item::Order(_)))
            }
            [only] => {
                matches!(only.item, Item::Condition(_))
                    || matches!(self.reading.pieces.get(at).map(|piece| &piece.item), Some(Item::Order(_)))
            }
            [] => false,
        };
        if shared {
            self.hand_over(Role::Entries);
        }
    }

    /// "ema 9/21 crosses both ways.": one rule for both sides, to which either may add its own.
    pub(crate) fn double(&mut self) {
        if !self.both || self.role != Role::None || self.pending.is_empty() || !self.entries.iter().all(Rule::is_empty)
        {
            return;
        }
        for (joint, text, phrase) in std::mem::take(&mut self.pending) {
            let text = super::document::directed(self.reading, text, Side::Long);
            let turned = super::document::opposite(&text);
            self.put(Role::Entry(Side::Long), joint, text, phrase);
            if let Some(rule) = self.entries.get_mut(index(Side::Short)) {
                rule.add(joint, turned);
            }
        }
        self.doubled = true;
    }

    /// "enter on A, longs above B, shorts below it": A is both sides'.
    fn sides_follow(&self, at: usize) -> bool {
        let rest = self.reading.pieces.get(at + 1..).unwrap_or_default();
        let sentence = || rest.iter().take_while(|piece| !matches!(piece.item, Item::End));
        let names = |side: Side| sentence().any(|piece| piece.item == Item::Entry(Some(side)));
        self.entries.iter().all(Rule::is_empty) && self.pending.is_empty() && names(Side::Long) && names(Side::Short)
    }

    /// "A both ways, B for longs": what the comma separates is both sides', the rest the named one's. True where it is so.
    fn own_behind(&mut self, piece: &Piece) -> bool {
        let behind = self.words(piece.from, piece.to).to_lowercase().starts_with("for ");
        if !self.both || !behind || self.role != Role::None || !self.entries.iter().all(Rule::is_empty) {
            return false;
        }
        let cut = self.pending.iter().rposition(|(joint, _, _)| *joint == Joint::Implicit).filter(|cut| *cut > 0);
        let Some(cut) = cut else { return false };
        let own = self.pending.split_off(cut);
        self.double();
        self.pending = own;
        true
    }

    /// "require RSI over 50 for longs and under 50 for shorts": the sides stand behind.
    pub(crate) fn sided_demand(&mut self, at: usize) {
        let rest = self.reading.pieces.get(at + 1..).unwrap_or_default();
        let mut sentence = rest
            .iter()
            .take_while(|piece| !matches!(piece.item, Item::End | Item::Exit(_)))
            .filter(|piece| matches!(piece.item, Item::Condition(_) | Item::Entry(_) | Item::Comma));
        let condition = sentence.next().is_some_and(|piece| matches!(piece.item, Item::Condition(_)));
        // "provided A, for shorts, B" begins the other side's.
        let mut pause = false;
        let behind = sentence.any(|piece| {
            let paused = std::mem::replace(&mut pause, piece.item == Item::Comma);
            matches!(piece.item, Item::Entry(Some(_)))
                && !paused
                && self.words(piece.from, piece.to).to_lowercase().starts_with("for ")
        });
        self.postfix |= condition && behind;
    }

    /// `close at the middle band`.
    pub(crate) fn exit_at(&mut self, piece: &Piece, long: &str, short: &str) {
        let phrase = self.words(piece.from, piece.to);
        let level = long.strip_prefix("close >= ").or(short.strip_prefix("close <= "));
        self.exit_levels.extend(level.map(str::to_owned));
        for (side, text) in [(Side::Long, long), (Side::Short, short)] {
            if let Some(rule) = self.exits.get_mut(index(side)).filter(|_| !text.is_empty()) {
                rule.add(Joint::Or, text.to_owned());
            }
        }
        let became = match (long, short) {
            (_, "") => format!("exit.long: at {}", level.unwrap_or(long)),
            ("", _) => format!("exit.short: at {}", level.unwrap_or(short)),
            (long, short) => format!("exit: {long} (a short: {short})"),
        };
        self.plan.push(PlanItem { phrase, became });
    }

    /// `exit`, `cover`: its rule follows, or went before.
    pub(crate) fn leave(&mut self, side: Option<Side>, piece: &Piece, at: usize) {
        // "golden cross strategy, exit on the death cross": what comes first opens.
        let mut ahead = self.reading.pieces.get(at + 1..).unwrap_or_default().iter();
        let leads = ahead
            .find(|next| !matches!(next.item, Item::Filler | Item::And | Item::Known | Item::Only))
            .is_some_and(|next| matches!(next.item, Item::Condition(_)));
        let first = !self.pending.is_empty() && self.entries.iter().all(Rule::is_empty);
        if first && self.both && self.role == Role::None {
            self.double();
        } else if leads && first {
            let side = piece.side.unwrap_or(Side::Long);
            if piece.side.is_none() {
                self.reading.scene.assume("no side is named: the entry is read as long");
            }
            self.hand_over(Role::Entry(side));
        }
        let words = self.words(piece.from, piece.to).to_lowercase();
        let renewed = ["change", "replace", "set", "make", "new"].iter().any(|word| words.starts_with(word));
        self.new_exits.extend(side.filter(|_| renewed));
        let side = side.or(self.sentence.filter(|_| self.has_both() && !self.behind_both(at)));
        self.idle_exit(piece, at);
        self.exit(side, at);
    }

    pub(crate) fn expiry(&mut self, bars: u32, piece: &Piece) {
        let mut any = false;
        for order in self.orders.iter_mut().flatten() {
            order.expires_bars.get_or_insert(bars);
            any = true;
        }
        if any {
            self.plan_line(piece, &format!("entry: expires_bars {bars}"));
        } else {
            let words = self.words(piece.from, piece.to);
            self.unhandled.push(words);
        }
    }

    /// "opposite for shorts: crosses down, below the 50": what stands behind the mirror says it again; its end.
    pub(crate) fn explained(&self, at: usize) -> Option<usize> {
        let pieces = &self.reading.pieces;
        if !matches!(pieces.get(at)?.item, Item::Mirror(_)) {
            return None;
        }
        let rest = pieces.get(at + 1..)?;
        let first = rest.first()?;
        let token = self.reading.tokens.get(first.from);
        let bare = |piece: &Piece| {
            let word = self.reading.tokens.get(piece.from).and_then(Token::word);
            matches!(piece.item, Item::Condition(_)) && matches!(word, Some("above" | "below" | "over" | "under"))
        };
        let bracketed = first.item == Item::Open;
        let leads = bracketed
            || first.item == Item::And && token.and_then(Token::word) == Some("with")
            || token.is_some_and(|token| token.is_mark(':'))
            || first.item == Item::Comma && rest.get(1).is_some_and(|next| bare(next) && self.of_known_level(next));
        let over = |piece: &Piece| {
            bracketed && piece.item == Item::Close
                || !matches!(
                    piece.item,
                    Item::Condition(_)
                        | Item::And
                        | Item::Or
                        | Item::Comma
                        | Item::Filler
                        | Item::Known
                        | Item::Unknown
                        | Item::Open
                        | Item::Close
                )
        };
        let length = rest.iter().position(over).unwrap_or(rest.len());
        let said = rest.get(..length)?;
        if !leads || !said.iter().any(|piece| matches!(piece.item, Item::Condition(_))) {
            return None;
        }
        let words = self.words(first.from, said.last()?.to);
        self.reading.scene.assume(format!("\"{words}\" is read as saying the opposite again"));
        Some(at + 1 + length)
    }

    /// A condition on a level that a rule names already; in a change the rules are the strategy's.
    fn of_known_level(&self, piece: &Piece) -> bool {
        let Item::Condition(condition) = &piece.item else { return false };
        let level = super::calls::sides(&condition.text).map(|(_, _, level)| level).unwrap_or_default();
        self.reading.scene.changing.get()
            || self.entries.iter().any(|rule| !level.is_empty() && rule.text().contains(level))
    }

    /// "exit longs at [unread] and shorts at X": X is an exit's as well.
    pub(crate) fn left_unread(&mut self, at: usize, end: usize) {
        let unread = self.reading.pieces.get(at..end).unwrap_or_default();
        let exit = unread.iter().rev().find_map(|piece| match piece.item {
            Item::Exit(side) => Some(side),
            _ => None,
        });
        if let Some(side) = exit {
            self.role = Role::Exit(side);
            self.postfix = false;
        }
    }
}
