//! Sizing, capital and costs.

use super::cursor::Cursor;
use super::distance::number;
use super::scene::Scene;
use super::setting::{Setting, SettingReader};
use market::AssetClass;
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

/// Sizing, capital or costs here.
pub(crate) fn terms(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let readers: [SettingReader; 10] =
        [leverage, risk, most, all_in, of_equity, capital, slippage, commission, free, quantity];
    readers.iter().find_map(|reader| {
        let mut probe = *cursor;
        let found = scene.attempt(|| reader(&mut probe, scene))?;
        *cursor = probe;
        Some(found)
    })
}

fn sized(key: &str, value: Json) -> Setting {
    Setting::value("/sizing", json!({ key: value }))
}

/// `leverage 2`, `2x leverage`, `2:1 leverage`.
fn leverage(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Vec<Setting>> {
    let _ = cursor.eat("with|use|using|at");
    let led = cursor.eat("leverage|leveraged");
    cursor.eat("of|is|:|=|up");
    let amount = if let crate::grammar::token::Kind::Clock(minutes) = cursor.peek()?.kind {
        cursor.at += 1;
        Decimal::from(minutes / 60)
    } else {
        cursor.number()?
    };
    cursor.eat("x|times");
    cursor.numbers(": #");
    if !led && !cursor.eat("leverage|leveraged") {
        return None;
    }
    Some(vec![Setting::value("/leverage", number(amount))])
}

/// `risk $500 per trade`, `risking 1%`, `1% risk per trade`.
fn risk(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Vec<Setting>> {
    cursor.eat("size|sized|sizing|position|and|with|only|i|want|use|so");
    let _ = cursor.eat("size|by|so|to|that|sizing|that|:");
    let _ = cursor.eat("by|i|we|each|at|it|:");
    let led = cursor.eat("risk|risking|risks") || cursor.eat("trade risks");
    if led {
        let _ = cursor.eat("is|of|:|=|only|about|exactly|no|a|at|per|up|max|fixed");
        let _ = cursor.eat("more|trade|to|most|max|is|of|:");
        let _ = cursor.eat("than|:|is|of");
    }
    let money = cursor.eat("$");
    let amount = part_of_one(cursor).or_else(|| cursor.number())?;
    let percent = !money && cursor.eat("%|percent|pct");
    let money = money || cursor.eat("dollars|bucks|usd|dollar");
    if !percent && !money {
        return None;
    }
    let _ = cursor.eat("of|on the|my|account|our|total? equity|account|capital|balance|portfolio?");
    if !led {
        cursor.eat("account|equity|fixed");
        if !cursor.eat("risk|risked") {
            return None;
        }
    }
    let _ = cursor.eat("of|on the|my|our|total? equity|account|capital|balance|portfolio");
    let _ = cursor.eat("per|a|each|every|on|for each|every|a|one? trade|position|entry|trades|idea");
    let size = if percent { sized("risk_percent", number(amount)) } else { sized("risk_money", number(amount)) };
    Some(std::iter::once(size).chain(funds(cursor)).collect())
}

/// `… on 250k`, `… with a 30k account`: what the risk is a part of.
fn funds(cursor: &mut Cursor<'_>) -> Option<Setting> {
    let mut probe = *cursor;
    if !probe.eat("on|with|of|from a|an|my?") {
        return None;
    }
    probe.eat("$");
    let amount = probe.number().filter(|amount| *amount >= Decimal::ONE_THOUSAND)?;
    probe.eat("dollars|usd|bucks");
    probe.eat("account|capital|balance|equity");
    let found = probe.is_pause().then(|| Setting::value("/capital", number(amount)))?;
    *cursor = probe;
    Some(found)
}

/// `half a percent`, `a quarter of a percent`.
fn part_of_one(cursor: &mut Cursor<'_>) -> Option<Decimal> {
    if cursor.eat("half of? a|an?") {
        Some(Decimal::new(5, 1))
    } else if cursor.eat("a? quarter of? a?") {
        Some(Decimal::new(25, 2))
    } else {
        None
    }
}

/// `max 5 contracts`, `never more than 500 shares`.
fn most(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let _ = cursor.eat("but|with|and|,|to|a|capped");
    let led = cursor.eat("max|maximum|cap|capped|limit")
        || cursor.eat("at|up most|to")
        || cursor.eat("no|never|not more") && {
            cursor.eat("than");
            true
        };
    if !led {
        return None;
    }
    let _ = cursor.eat("of|at|size|position|to|is|quantity|than|:|it");
    let _ = cursor.eat("of|at|size|to|is|quantity|:");
    let _ = cursor.eat("of|is|at|to");
    let count = cursor.number()?;
    let lots = cursor.sees("lots|lot");
    if !cursor.eat("contracts|contract|shares|share|sh|shs|units|lots|lot|coins|micros|minis|cars") {
        return None;
    }
    let count = if lots { count * lot(scene, Decimal::ONE)? } else { count };
    cursor.eat("max|per trade?");
    Some(vec![Setting::value("/sizing/max_quantity", number(count))])
}

fn all_in(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Vec<Setting>> {
    // "buy with all equity" says the side as well.
    let opens = |at: usize| Cursor::new(cursor.tokens, at).sees("buy|long|longs|buys");
    if cursor.sees("buy") && !(0..cursor.at).any(opens) {
        return None;
    }
    cursor.eat("go|with|use|using|buy|trade|put|invest|and|going|i");
    let _ = cursor.eat("go|with|use|in");
    let found = cursor.eat("all of? my|the|our? available? equity|capital|money|cash|account|funds|balance")
        || cursor.eat("all in")
        || cursor.eat("full|whole|entire account|equity|capital|balance")
        || cursor.eat("fully invested")
        || cursor.eat("my|the whole|entire|full account|equity|capital|portfolio");
    if !found {
        return None;
    }
    cursor.eat("each|every|per|on trade|time|position|it|entry?");
    Some(vec![sized("equity_percent", Json::from(100))])
}

/// `25% of equity`, `position size 50% of the account`.
fn of_equity(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Vec<Setting>> {
    let _ = cursor.eat("use|using|invest|put|allocate|with|position|size|sizing|each|trade|buy|deploy|commit");
    let _ = cursor.eat("size|sizing|position|trade|is|of|:|at|positions|each");
    let _ = cursor.eat("is|of|:|at|=|uses|to|with");
    let percent = if cursor.eat("half of?") { Decimal::from(50) } else { cursor.one("# %|percent|pct")? };
    let _ = cursor.eat("of|my");
    let _ = cursor.eat("the|my|our|total|available|current|all");
    let account = cursor.eat("total|available|account|current|trading")
        && cursor.tokens.get(cursor.at.saturating_sub(1)).and_then(|token| token.word()) == Some("account");
    if !cursor.eat("equity|account|capital|balance|portfolio|funds|cash|buying") && !account {
        return None;
    }
    let _ = cursor.eat("power");
    if cursor.eat("risk") {
        return None;
    }
    let _ = cursor.eat("per|a|each|every|on|in|into|for each|every|a|one|any? trade|position|entry|trades");
    cursor.eat("each|every trade|position|time");
    Some(vec![sized("equity_percent", number(percent))])
}

/// `$50k account`, `starting with $25,000`, `capital 100000`.
fn capital(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Vec<Setting>> {
    let start = cursor.at;
    let _ = cursor.eat("use|using|with|on|from|a|and|assume|for|i|give|it|in|of");
    let _ = cursor.eat("a|an|with|my|it");
    let led =
        cursor.eat("starting|initial|start|account|capital|begin|have|beginning|balance|equity|got|bankroll|funded");
    if led {
        let _ = cursor.eat("with|capital|balance|equity|from|at|size|of|is|:|=|account|about|cash|around");
        let _ = cursor.eat("of|is|:|=|at|with|balance|size|around|about|a");
        let _ = cursor.eat("of|is|:|=|at|about|around");
    }
    let money = cursor.eat("$");
    let amount = cursor.number()?;
    let unit = cursor.eat("dollars|usd|bucks|dollar");
    let _ = cursor.eat("of|in my? trading?");
    let _ = cursor.eat("starting|initial|trading|demo|paper|small|total");
    let tail = cursor.eat("account|capital|balance|bankroll|portfolio|equity|start|cash");
    let large = amount >= Decimal::from(500);
    let funded = cursor.tokens.get(start..cursor.at).is_some_and(|read| {
        read.iter().any(|token| matches!(token.word(), Some("capital" | "account" | "balance" | "equity" | "bankroll")))
    });
    if !(led || tail) || !(money || unit || tail || funded) || !large {
        return None;
    }
    let _ = cursor.eat("size|to|balance|start") && cursor.eat("start|begin|with") && cursor.eat("with");
    Some(vec![Setting::value("/capital", number(amount))])
}

fn cost(key: &str, value: Json) -> Setting {
    Setting::keys("/costs", json!({ key: value }))
}

/// `1 cent a share`: ticks of a stock, where it is a whole number of them.
fn ticks_of_a_share(money: Decimal, cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Decimal> {
    let market = scene.market.as_ref().filter(|_| scene.is_stock())?;
    let _ = cursor.eat("per|a|each|/ share|shares");
    let ticks = money.checked_div(market.tick_size)?;
    ticks.is_integer().then(|| ticks.normalize())
}

/// `1 tick of slippage`, `slippage 2 bps`.
fn slippage(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let _ = cursor.eat("with|and|assume|include|use|add|plus|a|allow|charge|costs|:");
    let _ = cursor.eat("a|of|:|assume");
    const SLIPPAGE: &str = "slippage|slip|slippages|slipage";
    if cursor.eat("no|zero|without|0") && cursor.eat(SLIPPAGE) {
        return Some(vec![cost("slippage_ticks", Json::from(0))]);
    }
    let led = cursor.eat(SLIPPAGE);
    if led {
        cursor.eat("of|is|:|=|at");
    }
    let dollars = cursor.eat("$");
    let amount = if cursor.eat("half an?") {
        Decimal::new(5, 1)
    } else {
        cursor.number().or_else(|| cursor.eat("a|an").then_some(Decimal::ONE))?
    };
    let setting = if dollars || cursor.eat("cent|cents|penny|pennies") {
        let money = if dollars { amount } else { amount / Decimal::ONE_HUNDRED };
        cost("slippage_ticks", number(ticks_of_a_share(money, cursor, scene)?))
    } else if cursor.eat("tick|ticks") {
        cost("slippage_ticks", number(amount))
    } else if cursor.eat("bps|bp|basis points?") {
        cost("slippage_bps", number(amount))
    } else if cursor.eat("%|percent") {
        cost("slippage_bps", number(amount * Decimal::ONE_HUNDRED))
    } else {
        return None;
    };
    let _ = cursor.eat("of|for|in");
    if !cursor.eat(SLIPPAGE) && !led {
        return None;
    }
    let _ = cursor.eat("per|each|a|on|every side|fill|way|trade|order|market?");
    Some(vec![setting])
}

/// `$2.50 commission per side`, `commission of $4 round turn`, `5 bps commission`.
fn commission(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let start = cursor.at;
    let _ = cursor.eat("with|and|assume|include|use|add|plus|a|charge|pay|paying|i|costs|:|my|taker|maker|trading|at");
    let _ = cursor.eat("a|of|pay|:|assume|taker|maker|trading|charge");
    const COMMISSION: &str = "commission|commissions|commish|comms|comm|fees|fee|brokerage|costs|cost";
    if cursor.eat("no|zero|without|0|free") && cursor.eat("commission|commissions|comms|comm|fees|fee|brokerage") {
        return Some(vec![cost("commission_per_side", Json::from(0))]);
    }
    let led = cursor.eat(COMMISSION);
    let round_first = cursor.eat("round trip|turn") || cursor.eat("rt|roundtrip");
    if led {
        cursor.eat("of|is|:|=|at|are");
        cursor.eat("of|is|are");
    }
    let mut money = cursor.eat("$");
    let amount = if cursor.eat("half a") { Decimal::new(5, 1) } else { cursor.number()? };
    let bps = cursor.eat("bps|bp") || cursor.eat("basis points|point");
    let percent = !bps && cursor.eat("%|percent");
    let cents = cursor.eat("cents|cent|c");
    money |= cursor.eat("dollars|dollar|usd|bucks|buck");
    let mut round = round_first;
    let mut tail = led;
    for _ in 0..4 {
        if cursor.eat("round trip|turn|turns|trips") || cursor.eat("rt|roundtrip|roundturn") {
            round = true;
        } else if cursor
            .eat("per|a|each|in|/|on|for|every round|one|the? side|contract|share|fill|way|order|trade|rt|turn")
        {
            round |= cursor
                .tokens
                .get(cursor.at.saturating_sub(1))
                .is_some_and(|token| matches!(token.word(), Some("rt" | "turn")));
        } else if cursor.eat("of|in? commission|commissions|commish|comms|comm|fees|fee|brokerage|costs") {
            tail = true;
        } else if !cursor.eat("each way|side") {
            break;
        }
    }
    let per_side = money && read_side(cursor) || !money && beside_costs(start, cursor);
    if !(tail || per_side) || !(money || per_side || bps || percent || cents || led) {
        return None;
    }
    let half = if round { Decimal::TWO } else { Decimal::ONE };
    let said = |words: &[&str]| {
        let read = cursor.tokens.get(start..cursor.at).unwrap_or_default();
        read.iter().any(|token| token.word().is_some_and(|word| words.contains(&word)))
    };
    // Shares are charged one by one unless an order is named; the least charge of an order is then all of it.
    let by_order = scene.is_stock() && !(bps || percent) && !said(&["share", "shares"]);
    // "$1 commission" of a stock is an order's: no share costs that.
    let plainly = (led || tail) && money && !cents && amount >= Decimal::new(25, 2);
    if by_order && (round || plainly || said(&["order", "trade", "fill", "ticket"])) {
        let amount = number((if cents { amount / Decimal::ONE_HUNDRED } else { amount }) / half);
        scene.assume(format!("a commission of {amount} is charged on every order, whatever its size"));
        let costs = json!({ "commission_per_side": 0, "commission_minimum": amount });
        return Some(vec![Setting::keys("/costs", costs)]);
    }
    Some(vec![if bps {
        cost("commission_bps", number(amount / half))
    } else if percent {
        cost("commission_bps", number(amount * Decimal::ONE_HUNDRED / half))
    } else {
        if !(money || cents || scene.is_future() || said(&["share", "shares"])) {
            scene.assume(format!("a commission of {amount} without a unit is read as money per side and unit"));
        }
        let amount = if cents { amount / Decimal::ONE_HUNDRED } else { amount };
        cost("commission_per_side", number(amount / half))
    }])
}

/// `$0.62/side`: money for a side is the commission.
fn read_side(cursor: &Cursor<'_>) -> bool {
    let before = cursor.at.checked_sub(2).map(|at| Cursor::new(cursor.tokens, at));
    before.is_some_and(|before| before.sees("per|a|each|/|every side") || before.sees("each way"))
        && (cursor.is_pause() || cursor.sees("and|with|slippage|&|+"))
}

/// `1 tick slippage and 2.25 per side`: right behind the other cost, where ticks are another unit.
fn beside_costs(start: usize, cursor: &Cursor<'_>) -> bool {
    let before = cursor.tokens.get(..start).unwrap_or_default().iter().rev();
    let clause = before.take_while(|token| !['.', ';', '\n'].iter().any(|mark| token.is_mark(*mark)));
    let words: Vec<&str> = clause.filter_map(super::token::Token::word).take(3).collect();
    words.iter().any(|word| matches!(*word, "slippage" | "slip")) && read_side(cursor)
}

/// `no costs`, `zero commissions and slippage`.
fn free(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Vec<Setting>> {
    let _ = cursor.eat("assume|with|and");
    if !cursor.eat("no|zero|without|ignore|ignoring|0|free") {
        return None;
    }
    cursor.eat("trading|any|all|transaction|the");
    let first = cursor.eat("costs|cost|fees|commissions|commission|slippage|friction");
    let both = cursor.eat("or|and|& no|zero? slippage|commission|commissions|fees|costs");
    let costs = cursor
        .tokens
        .get(cursor.at.saturating_sub(1))
        .is_some_and(|token| matches!(token.word(), Some("costs" | "cost" | "friction")));
    if !first || !(both || costs) {
        return None;
    }
    Some(vec![Setting::keys("/costs", json!({ "slippage_ticks": 0, "commission_per_side": 0 }))])
}

/// `2 contracts`, `100 shares`, `one lot`, `0.5 BTC`.
fn quantity(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let named = cursor.sees("quantity|qty") || cursor.sees("position|order|trade? size");
    let raised = cursor.eat("bump|raise|increase|reduce|lower|drop|cut|go|move|up|change it|that|size? up|down? to")
        || cursor.eat("go|move up|down? to");
    let _ =
        !raised && cursor.eat("trade|use|using|size|with|position|trading|at|a|per|and|of|quantity|qty|fixed|order");
    let _ = cursor.eat("size|of|is|:|=|a|with|trade|fixed|sizing");
    let _ = cursor.eat("of|is|:|=|a");
    let count = cursor.number().or_else(|| cursor.eat("a|single").then_some(Decimal::ONE))?;
    let part = lot_part(cursor);
    cursor.eat("single|micro|mini|full|standard");
    let lots = cursor.sees("lots|lot");
    let of_class = match scene.class() {
        Some(AssetClass::Stock | AssetClass::Etf) => "shares",
        Some(AssetClass::Fx | AssetClass::Crypto) => "units",
        Some(AssetClass::Future) | None => "contracts",
    };
    let key = if cursor.eat("contracts|contract|cons|cars|car|cts|lots|lot|micros|minis|con") {
        of_class
    } else if named && count < Decimal::ONE_THOUSAND && cursor.is_pause() {
        // "qty 2", "position size: 100".
        scene.assume(format!("the size {count} is read in {of_class}"));
        of_class
    } else if cursor.eat("shares|share|sh|shs") {
        "shares"
    } else if cursor.eat("units|unit|coins|coin") {
        "units"
    } else if scene.market.as_ref().is_some_and(|market| {
        let base = market.symbol.get(..3).unwrap_or_default().to_lowercase();
        market.asset_class == AssetClass::Crypto
            && cursor.peek_word().is_some_and(|word| word == base || market.aliases.iter().any(|alias| alias == word))
    }) {
        cursor.at += 1;
        "units"
    } else {
        return None;
    };
    if cursor.sees("max|every|add") {
        return None;
    }
    cursor.eat("at a time");
    cursor.eat("per|each|a|every|on trade|time|position|entry|order|signal?");
    let count = if lots { count * lot(scene, part)? } else { count };
    Some(vec![sized(key, number(count))])
}

/// How many mini or micro lots make a standard one.
fn lot_part(cursor: &Cursor<'_>) -> Decimal {
    if cursor.sees("mini") {
        Decimal::TEN
    } else if cursor.sees("micro") {
        Decimal::ONE_HUNDRED
    } else {
        Decimal::ONE
    }
}

/// Units of a lot, which is said: 100,000 of a currency, 100 shares, a contract; coins have none.
fn lot(scene: &Scene<'_>, part: Decimal) -> Option<Decimal> {
    let (units, name) = match scene.class() {
        Some(AssetClass::Fx) => (Decimal::from(100_000) / part, "units"),
        Some(AssetClass::Stock | AssetClass::Etf) => (Decimal::ONE_HUNDRED, "shares"),
        Some(AssetClass::Crypto) => return None,
        Some(AssetClass::Future) | None => return Some(Decimal::ONE),
    };
    scene.assume(format!("a lot is {} {name}", units.normalize()));
    Some(units)
}
