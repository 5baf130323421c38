//! Words with a letter wrong: mended where exactly one trading word is near, and said so.

use super::token::{Kind, Token};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Words a misspelt one may stand for.
const TRADING: &str = "
above account after average averages backtest bearish before below between bitcoin bollinger bounces breakeven breakout
breakouts breaks bullish candle candles capital chart close closes commission consecutive contracts cross crossed
crosses crossing crossover crude daily deviation deviations direction dollars donchian downtrend eastern engulfing
entries entry equity every everything exit exits exponential falling flatten friday fridays futures green hammer higher highest
histogram hold hourly hours inside instead keltner length level levels limit london long longer longs loss losses lower
lowest macd market maximum middle minute minutes momentum monday mondays morning moving multiplier nasdaq negative
opening opposite oscillator overbought overnight oversold pattern percent period periods pivot points position positive
previous price profit pullback range reclaim reclaims regular resistance rising risk sell session shares short shorts
signal simple slippage standard stochastic stochastics stop strategy supertrend support switch symbol takes target
targets then thursday thursdays ticks timeframe touches trade trades trail trailing trend tuesday tuesdays upper volume
wednesday wednesdays weekly weighted when yesterday
";

/// Words that are right as they are.
const COMMON: &str = "
a about adx again ago all along already also always am an and any apo are around as ashi ask at ath atl atr avg away
back band bands bar bars bb bbs be beans bear bears because been being bid bit block blocks body bonds bos both bought
bounce bounced break broke broken build bull bulls but buy buying buys by came can cash cci channel channels cheap check
choch clean clear closing cloud cmf color colour come comes condition conditions confirm confirmed confirms corn cost
costs could cover cpi crossovers cst current currently cut data date dates day days dca delta dema dev di did dip dips
do does doing done dont double down drop drops each earlier early earnings edt eight either eleven else ema emas end
ends enough enter enters entire eod equal equals est et etf eth even event ever exactly exceed exceeds except exited
exiting expires extreme fade fails fall falls far fast fear fed fees few fib fibonacci fifty fill filled fills filter
filters final find first five fixed flat flip flips floor flow follow following fomc footprint for form forms forty four
from full fully funding further future fvg fx gain gains gap gaps gas get gets give giving gmt go goes going gold good
got greed grid ground group gtc had half hard has hasnt have having he hedge heikin hello help her here hey hi high
highs him his hit hits hl hma hod holding holds hour how however htf hundred i ichimoku idea ideally idle if ignore im
imbalance immediately impulse in include increase index into invest is isnt it its itself just kama kdj keep keeps kijun
know large larger largest last late later least leave less let lets light like limits line lines liquidity listed little
live lock lod loo look looks lose loser losers loses losing lot lots low lows ltf ma made main make makes making many
mark mas match max me mean means meet meets mfi mid might min mine minimum mins minus moc mode model money month months
moon more most move moves much multiple must my name near nearest need needs neutral never new news next nfp nice nine
no none noon nor not nothing notice now number numbers ny ob obv oco of off oil ok okay on once one only onto open opens
option options or orb order orders other others our out over overall own pa pair paper part passive past patterns pay
pdc pdh pdl people per perhaps pick pip pips place placed places plain play please plus pm pnl poc point pop pops
possible ppo pretty print prior probably program protect provided psar pst pt pts pull pulled pulling push pushes put
puts quarter quick quit rallies rally rate rather ratio reach reaches ready real really rebound red reject rejection
rejects remains remove renko repeat reset rest retest retests reversal reverse ride right rise rises roc roi rr rsi rth
rule rules run runner runs safe said same sample sar say says scale scales scalp scan score sd second seconds secs secure see
seek seems seen select self selling send sentiment set sets setup setups seven shall sharp she shift shot should show
side sideways sign signals silver simply since single sit sits six size sized skip sl slope slow sma small smart smas
smooth so social soft sold some somehow something somewhere soon sort source speed spike split spot spread stable stack
stage standing start starts state static stay stays std step stick still stoch stock stocks stopped stops straight
strength strong strongly structure style such sum supply sure sweep sweeps swing system ta table tag tags take taken
taking tape technical tell tema ten tend tenkan term test text tf than thank thanks that the their them theory there
these they thing things think thirty this those though thousand three through throughout tick tight tighten tighter time
times tiny title to today together tomorrow too took tool top total touch touched touching toward tp track tracks
trading trail trails transfer trap tries trigger triggers trix true trust try trying turn turns twelve twenty twice two
type types under undo unit units unless until up update upon upside upward upwards us usd use used uses using usual utc
valid value values versa version very via vice view vix vol vwap vwma wait waits want wants was wave way we weak week
weekday weekdays weekend weekends weeks well went were what whatever wheat where whether which while who whole whose why
wick wide widen wider will win winning wins wish with within without wma word words work works worse worth would write
wrong year years yes yet yolo you your yours ytd zero zone zones
";

/// Shortest word that is mended: shorter ones are too near to too much.
const MENDED_LETTERS_MIN: usize = 4;

/// Letters from which on two may be wrong.
const TWO_WRONG_LETTERS_MIN: usize = 8;

static KNOWN: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| TRADING.split_whitespace().chain(COMMON.split_whitespace()).collect());

/// True for a word of the language of traders, or a common one.
pub(crate) fn is_known(word: &str) -> bool {
    KNOWN.contains(word)
        || super::names::is_name_word(word)
        || strategy::indicators::find(word).is_some()
        || matches!(word, "fama" | "eri" | "wen" | "ibs")
}

/// Mends the words of `tokens` that are known to nobody: not names, not what is typed in capitals.
pub(crate) fn mend(tokens: &mut [Token], text: &str, is_name: &dyn Fn(&str) -> bool) {
    for index in 0..tokens.len() {
        let glued_after = tokens.get(index + 1).is_some_and(|next| next.glued && matches!(next.kind, Kind::Number(_)));
        let Some(token) = tokens.get_mut(index) else { continue };
        let Some(word) = token.word() else { continue };
        let typed = text.get(token.start..token.end).unwrap_or_default();
        let plain = word.len() >= MENDED_LETTERS_MIN
            && !glued_after
            && typed.chars().skip(1).any(char::is_lowercase)
            && word.is_ascii()
            && !is_known(word)
            && strategy::indicators::find(word).is_none()
            && !is_name(word);
        if let Some(mended) = plain.then(|| nearest(word)).flatten() {
            token.typed = Some(typed.to_owned());
            token.turned_into(Kind::Word(mended.to_owned()));
        }
    }
}

/// The one trading word that is near enough, if there is exactly one nearest.
fn nearest(word: &str) -> Option<&'static str> {
    // A plural or a past form of a known word is not a mistake.
    let stem = |ending: &str| word.strip_suffix(ending).is_some_and(is_known);
    if ["s", "es", "ed", "d", "ing", "er", "ly", "y"].into_iter().any(stem) {
        return None;
    }
    if is_known(&format!("{word}s")) {
        return None;
    }
    let most = if word.len() >= TWO_WRONG_LETTERS_MIN { 2 } else { 1 };
    let mut best: Option<(usize, &'static str)> = None;
    let mut tied = false;
    for candidate in TRADING.split_whitespace() {
        let near = candidate.len().abs_diff(word.len()) <= most
            && (candidate.bytes().next() == word.bytes().next()
                || candidate.as_bytes().get(1) == word.as_bytes().first());
        if !near || candidate.len() < MENDED_LETTERS_MIN {
            continue;
        }
        let distance = strsim::osa_distance(word, candidate);
        if distance > most {
            continue;
        }
        match best {
            Some((known, _)) if known < distance => {}
            Some((known, _)) if known == distance => tied = true,
            Some(_) | None => {
                best = Some((distance, candidate));
                tied = false;
            }
        }
    }
    best.filter(|_| !tied).map(|(_, candidate)| candidate)
}
