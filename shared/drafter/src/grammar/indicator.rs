//! An indicator with the numbers before and behind its name, into a call of the language.

use super::clock::{self, Unit};
use super::cursor::Cursor;
use super::names::{self, Class, Name};
use super::scene::{Scene, Value};
use super::token::Token;
use super::value::{Offset, frame_after};
use rust_decimal::Decimal;
use strategy::indicators::{self, SourceKind};

/// An indicator with the numbers before and behind its name.
pub(crate) fn indicator(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    let mut frame = None;
    let mut numbers: Vec<Decimal> = Vec::new();
    let mut before = probe;
    if let Some(found) = frame_before(&mut before) {
        frame = Some(found);
        probe = before;
    }
    let mut counted = probe;
    if let Some(number) = counted.number() {
        probe = counted;
        numbers.push(number);
        let mut list = probe;
        while list.eat(",") && list.peek().is_some_and(|next| next.glued) {
            let Some(further) = list.number() else { break };
            numbers.push(further);
            probe = list;
        }
        let mut with_unit = probe;
        match clock::unit(&mut with_unit) {
            Some(Unit::Bar) => probe = with_unit,
            Some(unit @ (Unit::Day | Unit::Week | Unit::Hour)) => {
                frame = frame.or(unit.minutes().and_then(clock::named));
                probe = with_unit;
            }
            Some(Unit::Minute | Unit::Month | Unit::Year) | None => {
                probe.eat("x");
            }
        }
        deviations(&mut probe, &mut numbers);
    }
    probe.eat("rolling|standard|classic|regular|anchored|period");
    if frame.is_none() {
        let mut between = probe;
        if let Some(found) = frame_before(&mut between) {
            frame = Some(found);
            probe = between;
        }
    }
    let name = names::indicator(&mut probe).or_else(|| super::outputs::head(&mut probe))?;
    // "2 ATR" is two of them; "14 ATR" has 14 bars.
    let few = numbers
        .first()
        .copied()
        .filter(|number| name.row == "atr" && (*number < Decimal::from(7) || !number.is_integer()));
    if few.is_some() {
        numbers.clear();
    }
    arguments(&mut probe, &mut numbers, &name);
    let name = super::outputs::with_output(&mut probe, name);
    own_period(&name, &mut numbers);
    let source = source(&mut probe, &name);
    if let Some(found) = frame_after(&mut probe, scene) {
        frame = Some(found);
    }
    let alone = scene.changing.get() && name.class == Class::Average && numbers.is_empty();
    if alone && several(cursor.tokens, cursor.at, probe.at) {
        // "above both EMAs": each of them, not one without its number.
        return None;
    }
    let framed = frame.is_some();
    let frame = frame.filter(|frame| *frame != scene.timeframe);
    if !framed
        && name.row != "atr"
        && numbers.is_empty()
        && frame.is_none()
        && source.is_none()
        && let Some(known) = spoken_of(scene, &name)
    {
        *cursor = probe;
        return Some(known);
    }
    let found = call(scene, &name, &numbers, source, frame)?;
    *cursor = probe;
    if let Some(few) = few {
        return Some(Value { text: format!("{few} * {}", found.text), ..found });
    }
    scene.lines.borrow_mut().push(found.clone());
    Some(found)
}

/// `kijun (26)`, `tenkan 9`: the number is that line's own, which is not Ichimoku's first for each.
fn own_period(name: &Name, numbers: &mut Vec<Decimal>) {
    const USUAL: [i64; 3] = [9, 26, 52];
    let place = match name.output {
        "conversion" => 0,
        "base" => 1,
        "span_b" => 2,
        _ => return,
    };
    if let ("ichimoku", [own]) = (name.row, numbers.as_slice()) {
        let usual = USUAL.map(Decimal::from);
        let mut all = usual;
        all[place] = *own;
        *numbers = if all == usual { Vec::new() } else { all.to_vec() };
    }
}

/// True for a name of several: `EMAs`, `both averages`.
fn several(tokens: &[Token], from: usize, to: usize) -> bool {
    let named = tokens.get(from..to).unwrap_or_default().iter().filter_map(Token::word);
    let before = from.checked_sub(1).and_then(|before| tokens.get(before)).and_then(Token::word);
    let counted = matches!(before, Some("both" | "all" | "two"));
    counted || named.into_iter().any(|word| matches!(word, "emas" | "smas" | "mas" | "averages" | "wmas" | "hmas"))
}

/// "the RSI" after "RSI(2)": the one spoken of before; of several the first, which is said.
pub(crate) fn spoken_of(scene: &Scene<'_>, name: &Name) -> Option<Value> {
    let lines = scene.lines.borrow();
    let output = if name.output.is_empty() { String::new() } else { format!(".{}", name.output) };
    let mut known: Vec<&Value> = lines
        .iter()
        .filter(|line| line.row == name.row && (line.period.is_some() || line.text.contains('\'')))
        .collect();
    let mut calls: Vec<&str> = Vec::new();
    known.retain(|line| {
        let call = line.text.split_inclusive(')').next().unwrap_or_default();
        let new = !calls.contains(&call);
        calls.extend(new.then_some(call));
        new
    });
    let (only, others) = known.split_first()?;
    if !others.is_empty() {
        if name.class == Class::Average {
            return None;
        }
        let others: Vec<&str> = others.iter().map(|line| line.text.as_str()).collect();
        scene.assume(format!(
            "what is named without its numbers is read as the first of its kind: {}, not {}",
            only.text,
            others.join(" or ")
        ));
    } else if !only.heads && !scene.changing.get() && name.class != Class::Average && only.period != usual_period(name)
    {
        scene.assume(format!("what is named without its numbers is read as before: {}", only.text));
    }
    let call = only.text.get(..=only.text.find(')')?)?;
    // A timeframe inside a call has a parenthesis of its own.
    let call = if call.contains('\'') {
        only.text.rsplit_once('.').map_or(only.text.as_str(), |(call, _)| call)
    } else {
        call
    };
    let found = Value { text: format!("{call}{output}"), class: name.class, ..(*only).clone() };
    Some(found)
}

/// The first number of an indicator where none is said.
fn usual_period(name: &Name) -> Option<Decimal> {
    let first = indicators::find(name.row)?.arguments.first()?;
    Decimal::try_from(first.default?).ok().map(|number| number.normalize())
}

/// `hourly`, `daily`, `15-minute`, `4h` before a name: not a number of days, which is a period.
pub(crate) fn frame_before(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    let mut probe = *cursor;
    if let Some(count) = probe.count() {
        let unit = clock::unit(&mut probe)?;
        if !matches!(unit, Unit::Minute | Unit::Hour) && count > 1 {
            return None;
        }
        probe = *cursor;
    }
    let frame = clock::timeframe(&mut probe)?;
    probe.eat("chart|timeframe");
    *cursor = probe;
    Some(frame)
}

/// `, 2 standard deviation` before a band's name, and behind it.
pub(crate) fn deviations(cursor: &mut Cursor<'_>, numbers: &mut Vec<Decimal>) {
    let mut probe = *cursor;
    probe.eat(",|and|with");
    let wide = probe
        .one("# standard|std|st deviation|deviations|dev|devs|d")
        .or_else(|| probe.one("# sd|stdev|sigma|std|stds|deviations|devs"));
    if let Some(wide) = wide {
        numbers.push(wide);
        *cursor = probe;
    }
}

/// `2 standard deviations below the 50 SMA`: those of the closes it is the mean of.
pub(crate) fn of_the_same_bars(offset: Offset, base: &Value, scene: &Scene<'_>) -> Offset {
    let Some(period) = base.period.filter(|_| base.text.contains("(close, ") && base.class == Class::Average) else {
        return offset;
    };
    match offset {
        Offset::Add(text) if text.ends_with("stddev(close, 20)") && !period.is_zero() => {
            let unstated = "a standard deviation is that of 20 closes, as no number was given";
            let mut assumptions = scene.assumptions.borrow_mut();
            if assumptions.last().is_some_and(|last| last == unstated) {
                assumptions.pop();
                assumptions.push(format!("a standard deviation is that of the {period} closes of {}", base.text));
                return Offset::Add(text.replace("stddev(close, 20)", &format!("stddev(close, {period})")));
            }
            Offset::Add(text)
        }
        other => other,
    }
}

/// Numbers behind a name: `(12, 26, 9)`, `20 2`, `20/2`, `of 14`, `with a period of 9`.
pub(crate) fn arguments(cursor: &mut Cursor<'_>, numbers: &mut Vec<Decimal>, name: &Name) {
    let most = indicators::find(name.row).map_or(0, |row| row.arguments.len());
    let mut probe = *cursor;
    if probe.eat("(") {
        let mut inside = Vec::new();
        probe.eat("length|period|of");
        while let Some(number) = probe.number() {
            inside.push(number);
            let _ = probe.eat("-") || probe.eat("x");
            let _ = probe.eat("standard|std|st deviations|deviation|dev|devs")
                || probe.eat(
                    "period|periods|bars|bar|std|stds|sd|sds|stdev|stdevs|sigma|day|dev|devs|deviations|deviation",
                );
            let _ = probe.eat(",") || probe.eat("/") || probe.eat(";");
            probe.eat("and|with|x|&");
        }
        if !inside.is_empty() && probe.eat(")") {
            numbers.extend(inside);
            *cursor = probe;
        }
    } else if numbers.is_empty() {
        let mut spaced = *cursor;
        let phrase = spaced.eat("with|using? a|the? period|length|lookback|setting|settings of?")
            || spaced.eat("of")
            || spaced.eat("period|length");
        let mut inside = Vec::new();
        let mut end = spaced;
        while inside.len() < most.max(1) {
            let mut next = end;
            if !inside.is_empty() {
                let _ = next.eat("/") || next.eat(",");
            }
            let Some(number) = next.number() else { break };
            inside.push(number);
            end = next;
        }
        let mut after = end;
        let counted = phrase && inside.len() == 1 && counted_bars(&mut end);
        let line = name.row.starts_with("stoch") && after.sees("% k|d");
        let ends = counted
            || line
            || !after
                .sees("r|points|ticks|pts|%|percent|x|minutes|minute|bars|candles|contracts|shares|days|consecutive")
                && clock::time(&mut after, false).is_none();
        let level =
            matches!(name.class, Class::Oscillator(..)) && !phrase && inside.len() == 1 && !follows_relation(end);
        if !inside.is_empty() && ends && !level && most > 0 {
            numbers.extend(inside);
            end.eat("period|periods");
            *cursor = end;
        }
    }
    let mut after = *cursor;
    deviations(&mut after, numbers);
    if matches!(name.row, "bbands") {
        *cursor = after;
    }
}

/// `of 30 bars`: a period, where nothing looks back by them.
fn counted_bars(cursor: &mut Cursor<'_>) -> bool {
    let mut probe = *cursor;
    if !probe.eat("bars|candles|periods") || probe.sees("ago|earlier|back|before|in|straight|or|high|low|highs|lows") {
        return false;
    }
    *cursor = probe;
    true
}

/// True where something is said of the value in front.
pub(crate) fn follows_relation(cursor: Cursor<'_>) -> bool {
    cursor.is_pause()
        || cursor.sees(
            "is|are|crosses|cross|crossing|crossed|above|below|over|under|>|<|≥|≤|rises|falls|drops|dips|goes|moves|closes|gets|and|rising|falling|turns|on|hits|reaches|between|comes|of|stays|less|greater|must|should|was|breaks|in|has|pops|while|or|to",
        )
}

/// `EMA of the highs`, `SMA of volume`.
pub(crate) fn source(cursor: &mut Cursor<'_>, name: &Name) -> Option<&'static str> {
    if name.class != Class::Average {
        return None;
    }
    let mut probe = *cursor;
    if !probe.eat("of|on the|its?") {
        return None;
    }
    let sources = [
        ("highs|high", "high"),
        ("lows|low", "low"),
        ("opens|open", "open"),
        ("volume|vol", "volume"),
        ("closes|close|closing prices?", "close"),
        ("typical price", "hlc3"),
        ("hlc3", "hlc3"),
        ("hl2", "hl2"),
    ];
    let on = probe.at == cursor.at + 1 && cursor.sees("on");
    let found = sources.into_iter().find(|(pattern, _)| probe.eat(pattern)).map(|(_, series)| series);
    // "crosses above the 20 SMA on volume greater than …" speaks of the volume.
    let volume = on && found == Some("volume") && !probe.is_pause_or_joint() && !probe.sees("crosses|rising|falling");
    if found.is_some() && !probe.sees("of") && !volume {
        *cursor = probe;
        return found;
    }
    None
}

/// The call of the language: numbers given, the first default where none was, the timeframe where it differs.
pub(crate) fn call(
    scene: &Scene<'_>,
    name: &Name,
    numbers: &[Decimal],
    series: Option<&str>,
    frame: Option<&str>,
) -> Option<Value> {
    let row = indicators::find(name.row)?;
    if numbers.len() > row.arguments.len() {
        return None;
    }
    let mut numbers = numbers.to_vec();
    if numbers.is_empty() && name.class == Class::Average && !row.arguments.is_empty() && row.name != "mama" {
        let name = row.name.to_uppercase();
        scene.open.borrow_mut().push((name.clone(), format!("the {name} has no number of bars")));
        numbers.push(Decimal::from(20));
    }
    let period = numbers.first().copied();
    // A single number and the numbers of bands are written out; others only where they were given.
    let written = match row.name {
        "bbands" | "keltner" | "supertrend" => 2,
        _ if row.arguments.len() == 1 => 1,
        _ => 0,
    };
    for argument in row.arguments.iter().take(written).skip(numbers.len()) {
        numbers.push(Decimal::try_from(argument.default?).ok()?.normalize());
    }
    let mut parts: Vec<String> = Vec::new();
    let is_series = matches!(row.source, SourceKind::Series { .. });
    let series = series.unwrap_or("close");
    let writes_series = is_series && (name.class == Class::Average || row.arguments.len() != 1 || series != "close");
    let plain = matches!(
        row.name,
        "rsi" | "roc" | "mom" | "cmo" | "stochrsi" | "keltner" | "tsi" | "ppo" | "apo" | "trix" | "coppock"
    );
    match frame {
        Some(frame) if is_series => parts.push(format!("{series}('{frame}')")),
        Some(_) => {}
        None if (writes_series || is_series) && !plain => parts.push(series.to_owned()),
        None => {}
    }
    parts.extend(numbers.iter().map(|number| number.normalize().to_string()));
    if let Some(frame) = frame.filter(|_| !is_series) {
        parts.push(format!("'{frame}'"));
    }
    let output = if name.output.is_empty() { String::new() } else { format!(".{}", name.output) };
    let text = format!("{}({}){output}", row.name, parts.join(", "));
    let class = if series == "volume" { Class::Volume } else { name.class };
    Some(Value { text, class, row: row.name, period, heads: false })
}
