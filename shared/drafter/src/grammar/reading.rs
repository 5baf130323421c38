//! A text read as a whole before its phrases: its words mended, its market and chart found, its name, its pieces.

use super::clock;
use super::cursor::Cursor;
use super::pieces::{self, Days, Item, Piece};
use super::scene::Scene;
use super::symbols::{self, Mention, Names};
use super::token::{self, Kind, Token};
use super::{Span, spelling};
use market::{Catalogue, TradingDate};
use ports::drafter::{DraftFailure, Question};
use std::cell::OnceCell;
use std::rc::Rc;

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
    /// What people call the instruments, gathered once.
    names: OnceCell<Rc<Names>>,
}

impl<'a> Surroundings<'a> {
    /// The surroundings of one text or of many: keep them, as the names of a catalogue take as long to gather as a short
    /// text to read.
    #[must_use]
    pub fn new(
        catalogue: &'a Catalogue,
        span: &'a dyn Fn(&str) -> Option<Span>,
        with_data: &'a [String],
        today: TradingDate,
    ) -> Self {
        Self { catalogue, span, with_data, today, names: OnceCell::new() }
    }

    fn names(&self) -> Rc<Names> {
        Rc::clone(self.names.get_or_init(|| Rc::new(Names::new(self.catalogue))))
    }
}

/// Words and signs of a text: far above any description of a strategy.
pub(crate) const TOKENS_MAX: usize = 2_500;

/// Words that name a time frame beside the traded chart's.
pub(crate) const FRAME_WORDS: &str =
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
pub(crate) const TITLE_TOKENS: usize = 12;

/// Words that a strategy's name ends with.
const NAMING: &str = "reversal|breakout|fade|strategy|system|bounce|pullback|play|scalp|trend|squeeze|cross|crossover|reclaim|reversion|momentum|idea|setup|scalper";

/// `Gap fade on ES:` at the beginning: words that no rule reads, before a colon, are a name.
pub(crate) fn title(pieces: &mut [Piece], tokens: &[Token]) -> Option<(usize, usize)> {
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
    let noun = Cursor::new(tokens, colon.checked_sub(1)?).sees(NAMING);
    let says = |words: &'static str| (0..colon).any(|at| Cursor::new(tokens, at).sees(words));
    let denies = says(
        "no|not|dont|never|only|without|avoid|unless|if|when|than|percent|%|least|above|below|under|over|<|>|crosses",
    );
    let strategy = says(NAMING) && !says("cross") || says("style|swing|turtle");
    if denies || strict && !strategy {
        return None;
    }
    let named = |piece: &Piece| plain(piece) || noun && matches!(piece.item, Item::Condition(_));
    if !head.iter().all(named) || !head.iter().any(|piece| matches!(piece.item, Item::Unknown)) {
        return None;
    }
    let from = head.iter().find(|piece| matches!(piece.item, Item::Unknown | Item::Condition(_)))?.from;
    let to = head.iter().rfind(|piece| matches!(piece.item, Item::Unknown))?.to;
    // "from Jan 2022 to Dec 2023:" says when, it names nothing.
    let year = |token: &Token| matches!(&token.kind, Kind::Number(number) if *number >= 1_900.into() && *number < 2_100.into());
    let time = |token: &Token| matches!(token.kind, Kind::Clock(_)) || matches!(token.word(), Some("am" | "pm"));
    let frame = (from..to).any(|at| clock::timeframe(&mut Cursor::new(tokens, at)).is_some());
    if frame || tokens.get(from..to)?.iter().any(|token| year(token) || time(token)) {
        return None;
    }
    for piece in head.iter_mut().filter(|piece| piece.from >= from && piece.to <= to) {
        piece.item = Item::Definition;
    }
    Some((from, to))
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
    let mut scene = Scene::new(text, around.names());
    mend(&mut tokens, &scene, base.is_some());
    super::taken_back::left_out(&mut tokens, &scene, base.is_some())?;
    super::said_shortly::units_of_stops(&mut tokens, &scene);
    let mut mentions = symbols::mentions(&tokens, &scene.names, text);
    scene.market = match base {
        Some((market, _)) => Some(market.clone()),
        None => traded(&mentions, &tokens)?,
    };
    if super::range_length::of_times(&mut tokens, &scene) {
        mentions = symbols::mentions(&tokens, &scene.names, text);
    }
    scene.name.set(if base.is_none() { super::titles::name(&tokens) } else { None });
    let frame = frame(&tokens, &scene, base.is_some())?;
    if let Some(frame) = frame
        .or(base.map(|(_, frame)| frame))
        .or_else(|| days_only(&tokens).or_else(|| super::bare_averages::daily(&tokens, &scene)))
        .or(scene.day_closes.get().then_some("1d"))
    {
        scene.timeframe = frame;
    }
    let silent = frame.is_none() && base.is_none();
    if let Some(finer) = super::bare_averages::finest(&tokens).filter(|_| silent) {
        scene.timeframe = finer;
        scene.assume(format!("no chart is named: {finer} bars, the finest that are spoken of"));
    }
    if silent && (scene.timeframe == "1d" || scene.timeframe == "1m") {
        scene.assume(if scene.timeframe == "1d" {
            "no chart is named; periods are in days, so bars are daily".to_owned()
        } else {
            "no chart is named: 1-minute bars".to_owned()
        });
    }
    if let Some(market) = scene.market.as_ref().filter(|_| base.is_none()) {
        if around.catalogue.get(&market.symbol).is_none() {
            scene.assume(format!("{} is read as the symbol of a stock", market.symbol));
        }
        if matches!(market.symbol.as_str(), "BTC" | "ETH") {
            scene.assume(format!("{0} is read as the CME future; the coin itself is {0}USD", market.symbol));
        }
    }
    super::range_length::announce(&tokens, &scene);
    let span = scene.market.as_ref().and_then(|market| (around.span)(&market.symbol));
    let days = Days { data: span, today: around.today };
    let noted = scene.assumptions.borrow().len();
    let mut pieces = pieces::pieces(&tokens, &scene, days);
    super::unread_heads::of_a_move(&mut pieces, &tokens);
    super::unread_heads::of_a_verb(&mut pieces, &tokens);
    super::unread_heads::of_unread_ends(&mut pieces, &tokens);
    super::unread_heads::of_denied(&mut pieces, &tokens);
    if base.is_some() {
        // A change is read again without what was carried out.
        scene.assumptions.borrow_mut().truncate(noted);
    }
    if base.is_none() {
        super::titles::spelled_out(&mut pieces, &tokens, &scene);
    }
    let title = if base.is_none() { scene.name.get().or_else(|| title(&mut pieces, &tokens)) } else { None };
    Ok(Reading { scene, tokens, pieces, mentions, frame, title, days })
}

/// Words with a letter wrong mended, and said so; those of a change in the words the grammar reads.
fn mend(tokens: &mut Vec<Token>, scene: &Scene<'_>, change: bool) {
    spelling::mend(tokens, scene.text, &|word| scene.names.has_word(word));
    super::everyday_forms::put_plainly(tokens, change);
    if change {
        super::corrected_amounts::without_known(tokens);
    }
    super::said_plainly::put_plainly(tokens);
    super::said_shortly::put_plainly(tokens, scene);
    super::said_shorter::put_plainly(tokens, scene, change);
    super::short_times::put_plainly(tokens, scene);
    if change {
        super::rephrased::rephrase(tokens);
        super::corrected_amounts::rephrase(tokens);
    }
    for token in tokens {
        if let (Some(typed), Some(word)) = (&token.typed, token.word()) {
            scene.assume(format!("\"{typed}\" is read as \"{word}\""));
        }
    }
}

/// The traded market: the one that stands where traded markets stand, else the first spoken of.
pub(crate) fn traded(mentions: &[Mention], tokens: &[Token]) -> Result<Option<market::Instrument>, DraftFailure> {
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
    // "crude is too wild so just ZN".
    let meant = mentions.iter().find(|mention| {
        let led = mention.from > 0 && Cursor::new(tokens, mention.from - 1).sees("just|only|so|rather");
        let ends = Cursor::new(tokens, mention.to);
        led && mention.instrument.symbol != first.instrument.symbol && (ends.is_pause() || ends.sees(":|-"))
    });
    let second = second.or(meant);
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
pub(crate) fn frame(tokens: &[Token], scene: &Scene<'_>, change: bool) -> Result<Option<&'static str>, DraftFailure> {
    let mut found: Vec<(u8, &'static str, usize)> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let mut cursor = Cursor::new(tokens, at);
        let named = scene.name.get().is_some_and(|(from, to)| (from..to).contains(&at));
        let Some(frame) = clock::timeframe(&mut cursor).filter(|_| !named && !super::titles::names_hour(tokens, at))
        else {
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
    let of_range = || super::range_length::chart(tokens, scene).filter(|_| !change);
    Ok(named.first().copied().or_else(of_range))
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
    if matches!(before, "an" | "a") && matches!(earlier, "after" | "half" | "within" | "for" | "past" | "than" | "wait")
    {
        return None;
    }
    let mut rest = after;
    let chart = rest.eat(FRAME_WORDS);
    // "if the daily candle yesterday was green" speaks of one bar.
    let days = Cursor::new(tokens, from).sees("daily|weekly") && rest.sees("yesterday|was|closed|closes|is|before");
    if days && matches!(before, "if" | "the" | "when" | "yesterdays") {
        return None;
    }
    // "the weekly chart for the trend filter" is not the strategy's.
    if change && (rest.sees("for the? trend|direction|bias|filter|regime") || rest.sees("as a|the? trend|filter|bias"))
    {
        return None;
    }
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
        let opening = !rest.sees("range fade|trading|bound|reversion|scalp|scalping")
            && rest.sees("orb|opening|range|high|low|hold|loss|max|goal|profit|cooldown|later|limit|ago|of|in|at");
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
    if market_before || market_after || market_on(tokens, from, after, scene) {
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

/// `MES on the 5 min whenever …`, where nothing is said of that market's own bars.
fn market_on(tokens: &[Token], from: usize, after: Cursor<'_>, scene: &Scene<'_>) -> bool {
    let told = after.sees("is|are|was|has|closes|trades|above|below|over|under|>|<");
    let on = from.checked_sub(2).filter(|on| Cursor::new(tokens, *on).sees("on the") && !told);
    on.is_some_and(|on| scene.market.as_ref().is_some_and(|market| ends_with_market(tokens, on, scene, &market.symbol)))
}

pub(crate) fn indicator_before(tokens: &[Token], from: usize) -> bool {
    let start = from.saturating_sub(7);
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

pub(crate) fn ends_with_market(tokens: &[Token], at: usize, scene: &Scene<'_>, symbol: &str) -> bool {
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
pub(crate) fn days_only(tokens: &[Token]) -> Option<&'static str> {
    if within_days(tokens) {
        return None;
    }
    let mut days = false;
    for at in 0..tokens.len() {
        let mut cursor = Cursor::new(tokens, at);
        if cursor.sees("daily close|bars|chart|data|candles") || cursor.sees("ibs") {
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

/// True for a text that speaks of times within a day.
pub(crate) fn within_days(tokens: &[Token]) -> bool {
    (0..tokens.len()).any(|at| {
        let cursor = Cursor::new(tokens, at);
        matches!(cursor.peek().map(|token| &token.kind), Some(token::Kind::Clock(_)))
            || cursor.sees("vwap|opening|orb|minutes|minute|intraday|scalp|am|pm|rth|hour|hours")
    })
}

pub(crate) fn before_window(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1)
        .and_then(|before| tokens.get(before))
        .and_then(Token::word)
        .is_some_and(|word| matches!(word, "last" | "past" | "the" | "for"))
        && Cursor::new(tokens, at.saturating_sub(2)).sees("test|backtest|over")
        && Cursor::new(tokens, at + 1).sees("days|-|trading")
}

/// The words of tokens `from..to`, as typed.
pub(crate) fn words(reading: &Reading<'_>, from: usize, to: usize) -> String {
    let tokens = reading.tokens.get(from..to).unwrap_or_default();
    // Tokens may stand in another order than they were typed in.
    let (start, end) = (tokens.iter().map(|token| token.start).min(), tokens.iter().map(|token| token.end).max());
    let (Some(start), Some(end)) = (start, end) else { return String::new() };
    let typed = reading.scene.text.get(start..end).unwrap_or_default();
    typed.split_whitespace().collect::<Vec<_>>().join(" ").trim_matches([',', '.', ';', ':', ' ']).to_owned()
}
