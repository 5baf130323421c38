//! Pieces into a document: whose each condition is, which settings agree, what is assumed, what nobody could read.

use super::clock;
use super::cursor::Cursor;
use super::document;
use super::orders::Order;
use super::pieces::{self, Days, Item, Piece};
use super::rule::{Joint, Rule};
use super::scene::{Scene, Side};
use super::setting::Setting;
use super::symbols::{self, Mention};
use super::token::{self, Token};
use super::{Span, spelling};
use domain::artifact::PlanItem;
use market::{Catalogue, TradingDate};
use ports::drafter::{Draft, DraftFailure, Question};

/// What a description is read against.
pub struct Surroundings<'a> {
    /// Known instruments.
    pub catalogue: &'a Catalogue,
    /// First and last day of a symbol's data.
    pub span: &'a dyn Fn(&str) -> Option<Span>,
    /// Symbols that have data, to offer.
    pub with_data: &'a [String],
    /// Today, where no data decide.
    pub today: TradingDate,
}

/// Words and signs of a text: far above any description of a strategy.
const TOKENS_MAX: usize = 2_500;

/// Words that name a time frame beside the traded chart's.
const FRAME_WORDS: &str =
    "chart|charts|timeframe|time|tf|bars|bar|candles|candle|candlestick|candlesticks|intraday|data";

/// A text read: tokens, what is known of the whole, its pieces.
pub(crate) struct Reading<'a> {
    pub(crate) scene: Scene<'a>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) mentions: Vec<Mention>,
    /// The chart as stated.
    pub(crate) frame: Option<&'static str>,
    /// The words before a colon that only give it a name.
    pub(crate) title: Option<(usize, usize)>,
    pub(crate) days: Days,
}

/// Tokens of a title at most.
const TITLE_TOKENS: usize = 12;

/// `Gap fade on ES:` at the beginning: words that no rule reads, before a colon, are a name.
fn title(pieces: &mut [Piece], tokens: &[Token]) -> Option<(usize, usize)> {
    let ends = |token: &Token| [':', '.', ',', '\n'].iter().any(|mark| token.is_mark(*mark));
    let last = tokens.iter().take(TITLE_TOKENS).rposition(|token| token.is_mark(':'));
    let colon = last.or_else(|| tokens.iter().take(TITLE_TOKENS).position(ends))?;
    let strict = !tokens.get(colon)?.is_mark(':');
    let before = pieces.iter().position(|piece| piece.from >= colon)?;
    let head = pieces.get_mut(..before)?;
    let plain = |piece: &Piece| {
        matches!(
            piece.item,
            Item::Known
                | Item::Filler
                | Item::Unknown
                | Item::And
                | Item::Or
                | Item::Comma
                | Item::Settings(_)
                | Item::Definition
        )
    };
    // A name may itself be a rule in short: "outside bar reversal:", where rules follow.
    let noun = tokens.get(colon.checked_sub(1)?).and_then(Token::word).is_some_and(|word| {
        matches!(
            word,
            "reversal"
                | "breakout"
                | "fade"
                | "strategy"
                | "system"
                | "bounce"
                | "pullback"
                | "play"
                | "scalp"
                | "trend"
                | "squeeze"
                | "cross"
                | "crossover"
                | "reclaim"
                | "reversion"
                | "momentum"
                | "idea"
                | "setup"
                | "scalper"
        )
    });
    let denies = tokens.get(..colon)?.iter().any(|token| {
        token.word().is_some_and(|word| {
            matches!(word, "no" | "not" | "dont" | "never" | "only" | "without" | "avoid" | "unless" | "if" | "when")
        })
    });
    let strategy = tokens.get(..colon)?.iter().any(|token| {
        token.word().is_some_and(|word| {
            matches!(
                word,
                "reversal"
                    | "breakout"
                    | "fade"
                    | "strategy"
                    | "system"
                    | "bounce"
                    | "pullback"
                    | "play"
                    | "scalp"
                    | "trend"
                    | "squeeze"
                    | "reclaim"
                    | "reversion"
                    | "momentum"
                    | "idea"
                    | "setup"
                    | "scalper"
                    | "style"
                    | "swing"
                    | "turtle"
                    | "crossover"
            )
        })
    });
    if denies || strict && !strategy {
        return None;
    }
    let named = |piece: &Piece| plain(piece) || noun && matches!(piece.item, Item::Condition(_));
    if !head.iter().all(named) || !head.iter().any(|piece| matches!(piece.item, Item::Unknown)) {
        return None;
    }
    let from = head.iter().find(|piece| matches!(piece.item, Item::Unknown | Item::Condition(_)))?.from;
    let to = head.iter().rfind(|piece| matches!(piece.item, Item::Unknown))?.to;
    for piece in head.iter_mut().filter(|piece| piece.from >= from && piece.to <= to) {
        piece.item = Item::Definition;
    }
    Some((from, to))
}

/// Reads a description into a document.
///
/// # Errors
/// What is missing, ambiguous or contradictory, with the choices.
pub fn describe(text: &str, around: &Surroundings<'_>) -> Result<Draft, DraftFailure> {
    let reading = read(text, around, None)?;
    let mut assembly = Assembly::new(&reading);
    assembly.run()?;
    document::finish(assembly, &reading, around)
}

/// Tokens, market, chart and pieces of a text; `market` is the one already traded, for changes.
pub(crate) fn read<'a>(
    text: &'a str,
    around: &Surroundings<'a>,
    base: Option<(&market::Instrument, &'static str)>,
) -> Result<Reading<'a>, DraftFailure> {
    let mut tokens = token::tokens(text);
    if tokens.len() > TOKENS_MAX {
        return Err(DraftFailure::new(
            format!("the text has {} words and signs; the limit is {TOKENS_MAX} (TOKENS_MAX)", tokens.len()),
            "shorten the text",
        ));
    }
    let mut scene = Scene::new(text, around.catalogue);
    spelling::mend(&mut tokens, text, &|word| scene.names.has_word(word));
    for token in &tokens {
        if let (Some(typed), Some(word)) = (&token.typed, token.word()) {
            scene.assume(format!("\"{typed}\" is read as \"{word}\""));
        }
    }
    let mentions = symbols::mentions(&tokens, &scene.names, text);
    scene.market = match base {
        Some((market, _)) => Some(market.clone()),
        None => traded(&mentions, &tokens)?,
    };
    let frame = frame(&tokens, &scene, base.is_some())?;
    if let Some(frame) = frame.or(base.map(|(_, frame)| frame)).or_else(|| days_only(&tokens)) {
        scene.timeframe = frame;
    }
    if frame.is_none() && base.is_none() {
        scene.assume(if scene.timeframe == "1d" {
            "no chart is named; periods are in days, so bars are daily".to_owned()
        } else {
            "no chart is named: 1-minute bars".to_owned()
        });
    }
    if base.is_none()
        && let Some(market) = &scene.market
        && around.catalogue.get(&market.symbol).is_none()
    {
        scene.assume(format!("{} is read as the symbol of a stock", market.symbol));
    }
    if base.is_none()
        && let Some(market) = &scene.market
        && matches!(market.symbol.as_str(), "BTC" | "ETH")
    {
        scene.assume(format!("{0} is read as the CME future; the coin itself is {0}USD", market.symbol));
    }
    super::levels::announce(&tokens, &scene);
    let span = scene.market.as_ref().and_then(|market| (around.span)(&market.symbol));
    let days = Days { data: span, today: around.today };
    let mut pieces = pieces::pieces(&tokens, &scene, days);
    let title = if base.is_none() { title(&mut pieces, &tokens) } else { None };
    Ok(Reading { scene, tokens, pieces, mentions, frame, title, days })
}

/// The traded market: the one that stands where traded markets stand, else the first spoken of.
fn traded(mentions: &[Mention], tokens: &[Token]) -> Result<Option<market::Instrument>, DraftFailure> {
    let strong: Vec<&Mention> = mentions.iter().filter(|mention| mention.traded).collect();
    let Some(first) = strong.first().copied().or(mentions.first()) else { return Ok(None) };
    // "ES and NQ": a second one right behind the first.
    let second = mentions.iter().find(|mention| {
        mention.instrument.symbol != first.instrument.symbol
            && first.traded
            && mention.from == first.to + 1
            && tokens.get(first.to).is_some_and(|joint| {
                joint.word().is_some_and(|word| matches!(word, "and" | "or"))
                    || joint.is_mark('&')
                    || joint.is_mark('/')
            })
            && !Cursor::new(tokens, mention.to).sees("is|are|closes|crosses|trades|above|below|rsi|ema|vwap")
    });
    if let Some(second) = second {
        let (one, two) = (&first.instrument.symbol, &second.instrument.symbol);
        return Err(DraftFailure::asking(
            format!("two markets are named, {one} and {two}; a strategy trades one"),
            Question::new(format!("{one}, {two}"), [one.clone(), two.clone()]),
            format!(
                "name one of them, or create a strategy for each; another market's prices may be read in a rule, such as `close of {two}`"
            ),
        ));
    }
    Ok(Some(first.instrument.clone()))
}

/// The chart as stated: beside chart words, beside the market, or alone between pauses.
fn frame(tokens: &[Token], scene: &Scene<'_>, change: bool) -> Result<Option<&'static str>, DraftFailure> {
    let mut found: Vec<(u8, &'static str, usize)> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let mut cursor = Cursor::new(tokens, at);
        let Some(frame) = clock::timeframe(&mut cursor) else {
            at += 1;
            continue;
        };
        if let Some(strength) = strength(tokens, at, cursor, scene, change) {
            found.push((strength, frame, at));
        }
        at = cursor.at.max(at + 1);
    }
    let best = found.iter().map(|(strength, _, _)| *strength).max();
    let mut named: Vec<&'static str> = Vec::new();
    for (strength, frame, _) in &found {
        if Some(*strength) == best && !named.contains(frame) {
            named.push(frame);
        }
    }
    if change && named.len() > 1 {
        return Err(DraftFailure::asking(
            format!("two charts are asked for: {}", named.join(" and ")),
            Question::new(named.join(", "), named.iter().map(|name| (*name).to_owned())),
            "say which one the strategy's bars are",
        ));
    }
    Ok(named.first().copied())
}

/// How surely a timeframe is the strategy's own: `None` where it belongs to something else.
pub(crate) fn strength(
    tokens: &[Token],
    from: usize,
    after: Cursor<'_>,
    scene: &Scene<'_>,
    change: bool,
) -> Option<u8> {
    let word =
        |back: usize| from.checked_sub(back).and_then(|at| tokens.get(at)).and_then(Token::word).unwrap_or_default();
    let (before, earlier) = (word(1), word(2));
    if matches!(
        before,
        "first"
            | "after"
            | "last"
            | "every"
            | "past"
            | "within"
            | "hold"
            | "previous"
            | "wait"
            | "for"
            | "max"
            | "least"
            | "most"
            | "over"
            | "than"
            | "opening"
    ) && !(before == "for" && after.sees("chart|bars|candles"))
    {
        return None;
    }
    let mut rest = after;
    let chart = rest.eat(FRAME_WORDS);
    let belongs = rest.sees("orb|opening|range|rsi|ema|sma|ma|macd|vwap|atr|adx|close|high|low|stoch|stochastic|supertrend|moving|hold|loss|of|bollinger|bb|trend|roc|cci|mfi|average|avg|in|at|max|goal|profit|before|cooldown|later|exponential|simple|hma|pivot|limit|between|ago|ema")
        || rest.peek().is_some_and(|next| matches!(next.kind, token::Kind::Number(_)) && Cursor::new(tokens, rest.at + 1).sees("ema|sma|ma|day|period|bar"));
    let belongs = belongs
        && !(chart && rest.sees("in|at|of|before|max|hold|loss|high|low|close|goal|profit|limit|between|trend"));
    let belongs = belongs && !(chart && matches!(before, "the" | "on" | "a"));
    if chart && !belongs {
        // "RSI on the 1h chart": the indicator's, unless no other is named.
        let of_value = matches!(before, "the" | "a" | "on") && indicator_before(tokens, from);
        return Some(if of_value { 2 } else { 5 });
    }
    if belongs && !chart {
        let opening =
            rest.sees("orb|opening|range|high|low|close|hold|loss|max|goal|profit|cooldown|later|limit|ago|of|in|at");
        let beside = scene.market.as_ref().is_some_and(|market| ends_with_market(tokens, from, scene, &market.symbol));
        return (!opening && beside).then_some(1);
    }
    let market_before = tokens.get(..from).is_some_and(|_| {
        scene.market.as_ref().is_some_and(|market| ends_with_market(tokens, from, scene, &market.symbol))
    });
    let market_after = scene.market.as_ref().is_some_and(|market| {
        let mut probe = after;
        let _ = probe.eat("on|of");
        symbols::instrument(&mut probe, &scene.names, scene.text).is_some_and(|found| found.symbol == market.symbol)
    });
    let pause_before =
        from == 0 || tokens.get(from - 1).is_some_and(|token| matches!(token.kind, token::Kind::Mark(_)));
    let on = matches!(
        before,
        "on" | "the"
            | "a"
            | "use"
            | "using"
            | "make"
            | "it"
            | "to"
            | "in"
            | "timeframe"
            | "frame"
            | "tf"
            | "chart"
            | "bars"
    ) || matches!(earlier, "on" | "timeframe");
    if market_before || market_after {
        return Some(4);
    }
    if on && indicator_before(tokens, from) && !after.is_pause() {
        return Some(1);
    }
    if on && (after.is_pause() || after.sees("and|when|with|buy|go|long|short|if|:|,|-|using")) {
        return Some(if indicator_before(tokens, from) { 2 } else { 3 });
    }
    (pause_before && (after.is_pause() || after.sees("and|long|short|buy|go|mean|,|:|-|when|trend|instead|please|,"))
        || change && after.is_pause())
    .then_some(3)
}

fn indicator_before(tokens: &[Token], from: usize) -> bool {
    let start = from.saturating_sub(4);
    tokens
        .get(start..from)
        .unwrap_or_default()
        .iter()
        .rev()
        .take_while(|token| !matches!(token.kind, token::Kind::Mark(',' | '.' | '\n' | ';')))
        .any(|token| {
            token.word().is_some_and(|word| {
                matches!(
                    word,
                    "rsi"
                        | "ema"
                        | "sma"
                        | "ma"
                        | "macd"
                        | "adx"
                        | "vwap"
                        | "atr"
                        | "stoch"
                        | "supertrend"
                        | "roc"
                        | "cci"
                        | "mfi"
                        | "average"
                )
            })
        })
}

fn ends_with_market(tokens: &[Token], at: usize, scene: &Scene<'_>, symbol: &str) -> bool {
    (1..=5).any(|back| {
        let Some(start) = at.checked_sub(back) else { return false };
        let mut cursor = Cursor::new(tokens, start);
        symbols::instrument(&mut cursor, &scene.names, scene.text).is_some_and(|found| {
            found.symbol == symbol
                && (cursor.at == at
                    || cursor.at + 1 == at
                        && tokens.get(cursor.at).is_some_and(|token| token.is_mark(',') || token.word() == Some("on")))
        })
    })
}

/// Periods in days and no clock: a daily strategy.
fn days_only(tokens: &[Token]) -> Option<&'static str> {
    let mut days = false;
    for at in 0..tokens.len() {
        let mut cursor = Cursor::new(tokens, at);
        if matches!(cursor.peek().map(|token| &token.kind), Some(token::Kind::Clock(_)))
            || cursor.sees("vwap|opening|orb|minutes|minute|intraday|scalp|am|pm|rth|hour|hours")
        {
            return None;
        }
        if cursor.sees("daily close|bars|chart|data|candles") {
            days = true;
        }
        if cursor.number().is_some()
            && cursor.eat("day|days")
            && !cursor.sees("moving|ma|sma|ema")
            && !before_window(tokens, at)
        {
            days = true;
        }
    }
    days.then_some("1d")
}

fn before_window(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1)
        .and_then(|before| tokens.get(before))
        .and_then(Token::word)
        .is_some_and(|word| matches!(word, "last" | "past" | "the" | "for"))
        && Cursor::new(tokens, at.saturating_sub(2)).sees("test|backtest|over")
}

/// Words that turn round what follows them.
const DENIALS: [&str; 16] = [
    "not",
    "never",
    "dont",
    "no",
    "without",
    "unless",
    "except",
    "avoid",
    "isnt",
    "hasnt",
    "neither",
    "nor",
    "ignore",
    "exclude",
    "excluding",
    "skip",
];

/// Whose words are read now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
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
    reading: &'r Reading<'r>,
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
    pub(crate) mirror: Option<Option<Side>>,
    pub(crate) exit_opposite: bool,
    pub(crate) plan: Vec<PlanItem>,
    pub(crate) unhandled: Vec<String>,
    /// Conditions whose side is still to come.
    pub(crate) pending: Vec<(Joint, String, String)>,
    role: Role,
    joint: Joint,
    negate: bool,
    /// Markers follow their conditions: "RSI under 30 go long".
    postfix: bool,
    /// "also" stood before a marker.
    fresh: bool,
    /// The token behind the last condition.
    adjacent: usize,
    /// The side this sentence opened.
    sentence: Option<Side>,
    /// A comma stands right before.
    comma: bool,
    /// Groups that are open, with their joints.
    groups: Vec<(Joint, Rule)>,
    /// The words of the conditions in them.
    grouped: Vec<(String, String)>,
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
            mirror: None,
            exit_opposite: false,
            plan: Vec::new(),
            unhandled: Vec::new(),
            pending: Vec::new(),
            role: Role::None,
            joint: Joint::Implicit,
            negate: false,
            postfix: false,
            fresh: false,
            adjacent: usize::MAX,
            sentence: None,
            comma: false,
            groups: Vec::new(),
            grouped: Vec::new(),
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
        while let Some(piece) = pieces.get(at) {
            if let Item::Unless(side) = piece.item {
                at = self.denied(at, side);
                continue;
            }
            if matches!(piece.item, Item::Mirror(_)) && pieces.get(at + 1).is_some_and(|next| next.item == Item::Open) {
                self.piece(piece, at)?;
                let rest = pieces.get(at + 1..).unwrap_or_default();
                let length =
                    rest.iter().position(|next| matches!(next.item, Item::Close | Item::End)).unwrap_or(rest.len());
                let words = self.words(
                    pieces.get(at + 1).map_or(piece.to, |next| next.from),
                    rest.get(length.saturating_sub(1)).map_or(piece.to, |last| last.to),
                );
                self.reading.scene.assume(format!("\"{words}\" is read as saying the opposite again"));
                at += 1 + length;
                continue;
            }
            if let Some(end) = self.unread(at) {
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
        self.flush_sentence(true);
        Ok(())
    }

    /// `unless A or B`: the conditions that follow are denied together; whatever else follows is not understood.
    fn denied(&mut self, at: usize, side: Option<Side>) -> usize {
        let pieces = &self.reading.pieces;
        let mut rule = Rule::default();
        let mut joint = Joint::Implicit;
        let mut end = at + 1;
        let mut last = at;
        while let Some(piece) = pieces.get(end) {
            match &piece.item {
                Item::Condition(condition) => {
                    rule.add(joint, condition.text.clone());
                    joint = Joint::And;
                    last = end;
                }
                Item::And => {
                    let word = self.reading.tokens.get(piece.from).and_then(Token::word).unwrap_or_default();
                    if !rule.is_empty() && matches!(word, "when" | "if" | "while" | "once" | "whenever") {
                        break;
                    }
                    joint = Joint::And;
                }
                Item::Or => joint = Joint::Or,
                Item::Filler | Item::Known => {}
                _ => break,
            }
            end += 1;
        }
        let from = pieces.get(at).map_or(0, |piece| piece.from);
        // "or between 12 and 1": the denial reaches further than the conditions.
        let further = joint == Joint::Or && last + 1 < end;
        // "exit at 3pm unless …": what is stated there has no condition.
        let of_setting = pieces
            .get(..at)
            .unwrap_or_default()
            .iter()
            .rev()
            .find(|piece| !matches!(piece.item, Item::Filler | Item::Known | Item::And))
            .is_some_and(|piece| matches!(piece.item, Item::Settings(_)));
        if rule.is_empty() || further || of_setting {
            let stop = self.clause_end(at);
            let to = pieces.get(stop.saturating_sub(1)).map_or(from, |piece| piece.to);
            let phrase = self.words(from, to);
            self.unhandled.push(phrase);
            return stop.max(at + 1);
        }
        let to = pieces.get(last).map_or(from, |piece| piece.to);
        let phrase = self.words(from, to);
        let role = match (side, self.role) {
            (Some(side), _) => Role::Entry(side),
            (None, Role::None) => Role::Entries,
            (None, role) => role,
        };
        self.put(role, Joint::With, super::condition::negated(&rule.text()), phrase);
        self.joint = Joint::With;
        last + 1
    }

    /// The piece that ends the clause of `at`.
    fn clause_end(&self, at: usize) -> usize {
        let rest = self.reading.pieces.get(at + 1..).unwrap_or_default();
        let length = rest.iter().position(|piece| matches!(piece.item, Item::Comma | Item::End)).unwrap_or(rest.len());
        at + 1 + length
    }

    /// A run of pieces nobody can act on, beginning at `at`: its end.
    fn unread(&mut self, at: usize) -> Option<usize> {
        let pieces = &self.reading.pieces;
        let soft = |piece: &Piece| {
            matches!(piece.item, Item::Filler | Item::And | Item::Known | Item::Only | Item::Unless(_) | Item::Or)
        };
        let opener = |piece: &Piece| soft(piece) || matches!(piece.item, Item::Exit(_) | Item::Entry(_) | Item::Sell);
        let first = pieces.get(at)?;
        if !matches!(first.item, Item::Unknown) && !(opener(first)) {
            return None;
        }
        // From an opener, everything up to the unknown must be an opener too.
        let mut unknown = at;
        while pieces.get(unknown).is_some_and(|piece| opener(piece)) {
            unknown += 1;
        }
        if !pieces.get(unknown).is_some_and(|piece| matches!(piece.item, Item::Unknown)) {
            return None;
        }
        let starts_here =
            at == unknown || !matches!(first.item, Item::Or | Item::Known) && !self.marker_is_used(at, unknown);
        if !starts_here {
            return None;
        }
        let mut end = unknown;
        let mut last = unknown;
        while let Some(piece) = pieces.get(end) {
            match piece.item {
                Item::Unknown => {
                    last = end;
                    end += 1;
                }
                Item::Comma
                | Item::End
                | Item::Settings(_)
                | Item::Condition(_)
                | Item::Order(_)
                | Item::Entry(_)
                | Item::Exit(_)
                | Item::Sell => {
                    // "wait for a retest of X": a reading inside words that are not understood is none.
                    if matches!(piece.item, Item::Condition(_) | Item::Settings(_)) && self.inside_unknown(end) {
                        end += 1;
                        continue;
                    }
                    break;
                }
                _ => end += 1,
            }
        }
        let denies = pieces.get(at..=last).is_some_and(|run| {
            run.iter().any(|piece| {
                let words = self.reading.tokens.get(piece.from..piece.to).unwrap_or_default();
                matches!(piece.item, Item::Unknown)
                    && words.iter().any(|token| token.word().is_some_and(|word| DENIALS.contains(&word)))
            })
        });
        if denies {
            // A denial turns its clause round: none of it is read.
            end = self.clause_end(at);
            last = end.saturating_sub(1).max(last);
        }
        while last + 1 < end
            && pieces
                .get(last + 1..end)
                .is_some_and(|rest| !rest.iter().all(|piece| matches!(piece.item, Item::And | Item::Or | Item::Only)))
            && pieces.get(end).is_none_or(|next| matches!(next.item, Item::End | Item::Comma))
        {
            last += 1;
        }
        let tail = last + 1;
        let from = pieces.get(at)?.from;
        let to = pieces.get(last)?.to;
        let phrase = self.words(from, to);
        if phrase.chars().any(char::is_alphanumeric) {
            self.unhandled.push(phrase);
        }
        Some(tail)
    }

    /// A marker at `at` that leads to a condition elsewhere stays a marker.
    fn marker_is_used(&self, at: usize, unknown: usize) -> bool {
        let pieces = &self.reading.pieces;
        let marker = pieces
            .get(at..unknown)
            .unwrap_or_default()
            .iter()
            .any(|piece| matches!(piece.item, Item::Entry(_) | Item::Exit(_) | Item::Sell));
        if !marker {
            return false;
        }
        let rest = pieces.get(unknown..).unwrap_or_default();
        let used_after = rest
            .iter()
            .take_while(|piece| !matches!(piece.item, Item::End | Item::Entry(_) | Item::Exit(_) | Item::Sell))
            .any(|piece| matches!(piece.item, Item::Condition(_) | Item::Order(_)));
        used_after || !self.pending.is_empty()
    }

    /// A piece between two unknown ones of one clause.
    fn inside_unknown(&self, _: usize) -> bool {
        false
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
    fn close_group(&mut self) {
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
                match side.filter(|_| self.role == Role::Entries) {
                    Some(side) => {
                        let phrase = self.words(piece.from, piece.to);
                        self.put(Role::Entry(side), Joint::With, condition.text.clone(), phrase);
                    }
                    None => self.condition(condition.text.clone(), piece),
                }
            }
            Item::And => self.and(piece),
            Item::Or => self.joint = Joint::Or,
            Item::Comma => {
                self.comma = true;
                return Ok(());
            }
            Item::Filler | Item::Known | Item::Unknown => return Ok(()),
            Item::End => self.end(piece),
            Item::Only => {
                self.joint = Joint::With;
                if self.role == Role::None {
                    self.role = Role::Entries;
                }
                self.dangling(piece, at);
            }
            Item::Unless(_) => {}
            Item::Open => self.groups.push((std::mem::take(&mut self.joint), Rule::default())),
            Item::Close => self.close_group(),
            Item::Entry(side) => self.entry(*side, piece),
            Item::Sell => self.sell(piece)?,
            Item::Exit(side) => {
                // "golden cross strategy, exit on the death cross": what comes first opens.
                let mut ahead = self.reading.pieces.get(at + 1..).unwrap_or_default().iter();
                let leads = ahead
                    .find(|next| !matches!(next.item, Item::Filler | Item::And | Item::Known | Item::Only))
                    .is_some_and(|next| matches!(next.item, Item::Condition(_)));
                if leads && !self.pending.is_empty() && self.entries.iter().all(Rule::is_empty) {
                    let side = piece.side.unwrap_or(Side::Long);
                    if piece.side.is_none() {
                        self.reading.scene.assume("no side is named: the entry is read as long");
                    }
                    self.hand_over(Role::Entry(side));
                }
                let side = side.or(self.sentence.filter(|_| self.has_both()));
                self.exit(side, piece);
            }
            Item::Mirror(side) => self.mirrored(*side, piece),
            Item::ExitOpposite => {
                self.exit_opposite = true;
                self.plan(piece, "exit: on the opposite of the entry");
            }
            Item::ExitAt(long, short) => {
                let phrase = self.words(piece.from, piece.to);
                for (side, text) in [(Side::Long, long), (Side::Short, short)] {
                    if let Some(rule) = self.exits.get_mut(index(side)) {
                        rule.add(Joint::Or, text.clone());
                    }
                }
                self.plan.push(PlanItem { phrase, became: format!("exit: {long} (a short: {short})") });
            }
            Item::Definition => {}
            Item::OnlySide(side) => self.only_side(*side, piece)?,
            Item::BothSides => {
                self.both = true;
                self.plan(piece, "entry: long and short");
            }
            Item::Order(order) => self.order(order, piece),
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

    fn has_both(&self) -> bool {
        let names = |side: Side| self.reading.pieces.iter().any(|piece| piece.item == Item::Entry(Some(side)));
        names(Side::Long) && names(Side::Short)
    }

    /// Words of a demand that no condition follows are not dropped.
    fn dangling(&mut self, piece: &Piece, at: usize) {
        let follows = self
            .reading
            .pieces
            .get(at + 1..)
            .unwrap_or_default()
            .iter()
            .take_while(|next| !matches!(next.item, Item::End))
            .any(|next| {
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
        let words = self.words(piece.from, piece.to);
        if !follows && words.chars().count() > 4 {
            self.unhandled.push(words);
        }
    }

    fn plan(&mut self, piece: &Piece, became: &str) {
        let phrase = self.words(piece.from, piece.to);
        self.plan.push(PlanItem { phrase, became: became.to_owned() });
    }

    fn and(&mut self, piece: &Piece) {
        let word = self.reading.tokens.get(piece.from).and_then(Token::word).unwrap_or_default();
        self.joint = match word {
            // "A or B, and C": the comma ends what "or" joins.
            "and" if self.comma && self.groups.is_empty() => Joint::With,
            "and" | "plus" | "also" | "then" | "but" | "additionally" | "together" | "combined"
                if self.joint != Joint::Or =>
            {
                Joint::And
            }
            "and" | "plus" | "also" | "then" | "but" => self.joint,
            _ if self.joint == Joint::Or => Joint::Or,
            _ => Joint::With,
        };
        self.fresh |= word == "also";
    }

    fn condition(&mut self, text: String, piece: &Piece) {
        let text = if std::mem::take(&mut self.negate) { super::condition::negated(&text) } else { text };
        let mut joint = std::mem::take(&mut self.joint);
        if joint == Joint::Implicit && self.adjacent == piece.from {
            joint = Joint::With;
        }
        self.adjacent = piece.to;
        let phrase = self.words(piece.from, piece.to);
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

    fn put(&mut self, role: Role, joint: Joint, text: String, phrase: String) {
        let (place, rule) = match role {
            Role::Entry(side) => (format!("entry.{}", side.key()), self.entries.get_mut(index(side))),
            Role::None | Role::Entries => ("entry".to_owned(), Some(&mut self.filters)),
            Role::Exit(Some(side)) => (format!("exit.{}", side.key()), self.exits.get_mut(index(side))),
            Role::Exit(None) => ("exit".to_owned(), Some(&mut self.any_exit)),
        };
        if let Some(rule) = rule {
            rule.add(joint, text.clone());
        }
        self.plan.push(PlanItem { phrase, became: format!("{place}: {text}") });
    }

    /// Hands pending conditions to `role`; true where there were some.
    fn hand_over(&mut self, role: Role) -> bool {
        let pending = std::mem::take(&mut self.pending);
        let any = !pending.is_empty();
        for (joint, text, phrase) in pending {
            self.put(role, joint, text, phrase);
        }
        any
    }

    fn end(&mut self, piece: &Piece) {
        let newline = self.reading.tokens.get(piece.from).is_some_and(|token| token.is_mark('\n'));
        while !self.groups.is_empty() {
            self.close_group();
        }
        self.flush_sentence(false);
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
    fn flush_sentence(&mut self, _: bool) {
        if self.postfix && self.role != Role::None {
            let role = self.role;
            if let Some((joint, _, _)) = self.pending.first_mut() {
                *joint = Joint::With;
            }
            self.hand_over(role);
        }
    }

    fn entry(&mut self, side: Option<Side>, piece: &Piece) {
        // "exit longs when … and shorts when …"
        if let (Role::Exit(Some(leaving)), Some(side)) = (self.role, side)
            && side != leaving
            && !self.postfix
            && matches!(
                self.words(piece.from, piece.to).to_lowercase().as_str(),
                "shorts" | "longs" | "and shorts" | "and longs"
            )
        {
            return self.exit(Some(side), piece);
        }
        let side = side.or(piece.side).unwrap_or(Side::Long);
        self.sentence = Some(side);
        let role = Role::Entry(side);
        let known = !self.entries.get(index(side)).is_some_and(Rule::is_empty);
        if known && let Some((joint, _, _)) = self.pending.first_mut() {
            *joint = if self.fresh { Joint::Or } else { Joint::With };
        }
        self.postfix = self.hand_over(role);
        self.role = role;
        self.joint = if known { if self.fresh { Joint::Or } else { Joint::With } } else { Joint::Implicit };
        self.fresh = false;
    }

    fn sell(&mut self, piece: &Piece) -> Result<(), DraftFailure> {
        let has = |wanted: &dyn Fn(&Item) -> bool| self.reading.pieces.iter().any(|piece| wanted(&piece.item));
        let buys = has(&|item| {
            matches!(item, Item::Entry(Some(Side::Long)))
                || matches!(item, Item::Order(order) if order.side == Some(Side::Long))
        });
        let covers = has(&|item| matches!(item, Item::Exit(Some(Side::Short))));
        if buys && !covers {
            self.reading.scene.assume("\"sell\" after a rule that buys closes the long; it opens no short");
            self.exit(Some(Side::Long), piece);
            return Ok(());
        }
        if covers {
            self.reading.scene.assume("\"sell\" with a rule that covers is read as selling short");
            self.entry(Some(Side::Short), piece);
            return Ok(());
        }
        Err(DraftFailure::asking(
            "a bare \"sell\" is ambiguous: nothing is bought before it",
            Question::new("sell", ["go short (sell short)".to_owned(), "close a long".to_owned()]),
            "write \"sell short\" to open a short, or say what is bought and \"exit the long\" to close it",
        ))
    }

    fn exit(&mut self, side: Option<Side>, _: &Piece) {
        // A side that was not named follows the sentence: after "buy when …, exit when …" it is the long's.
        let role = Role::Exit(side);
        let rule_known = match side {
            Some(side) => !self.exits.get(index(side)).is_some_and(Rule::is_empty),
            None => !self.any_exit.is_empty(),
        };
        if rule_known && let Some((joint, _, _)) = self.pending.first_mut() {
            *joint = Joint::Or;
        }
        self.postfix = self.hand_over(role);
        self.role = role;
        self.joint = if rule_known { Joint::Or } else { Joint::Implicit };
        self.fresh = false;
    }

    fn mirrored(&mut self, side: Option<Side>, piece: &Piece) {
        let side = side.or(match self.role {
            Role::Entry(side) if self.entries.get(index(side)).is_some_and(Rule::is_empty) => Some(side),
            _ => None,
        });
        self.mirror = Some(side);
        self.plan(piece, "entry: the opposite of the other side");
    }

    fn only_side(&mut self, side: Side, piece: &Piece) -> Result<(), DraftFailure> {
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
        self.plan(piece, &format!("entry: {} only", side.key()));
        Ok(())
    }

    fn order(&mut self, order: &Order, piece: &Piece) {
        let side = order.side.or(match self.role {
            Role::Entry(side) => Some(side),
            _ => None,
        });
        let side = side.or(piece.side).unwrap_or(Side::Long);
        if !self.pending.is_empty() || self.role == Role::None {
            let postfix = self.hand_over(Role::Entry(side));
            self.role = Role::Entry(side);
            self.postfix = postfix;
        }
        let expires = order.expires_bars.map_or_else(String::new, |bars| format!(", expires_bars {bars}"));
        self.plan(piece, &format!("entry.{}: order {} at {}{expires}", side.key(), order.kind, order.price));
        if let Some(slot) = self.orders.get_mut(index(side)) {
            *slot = Some(order.clone());
        }
    }

    fn expiry(&mut self, bars: u32, piece: &Piece) {
        let mut any = false;
        for order in self.orders.iter_mut().flatten() {
            order.expires_bars.get_or_insert(bars);
            any = true;
        }
        if any {
            self.plan(piece, &format!("entry: expires_bars {bars}"));
        } else {
            let words = self.words(piece.from, piece.to);
            self.unhandled.push(words);
        }
    }
}

/// The words of tokens `from..to`, as typed.
pub(crate) fn words(reading: &Reading<'_>, from: usize, to: usize) -> String {
    let tokens = reading.tokens.get(from..to).unwrap_or_default();
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return String::new() };
    let typed = reading.scene.text.get(first.start..last.end).unwrap_or_default();
    typed.split_whitespace().collect::<Vec<_>>().join(" ").trim_matches([',', '.', ';', ':', ' ']).to_owned()
}
