//! What the words of a change mean in the strategy it changes: its chart, its lines.

use super::cursor::Cursor;
use super::editor::Editor;
use super::edits;
use super::reading::{Reading, Surroundings, read};
use super::token::Token;
use market::AssetClass;
use ports::drafter::DraftFailure;
use serde_json::Value as Json;

/// A change as read against the strategy's market and chart.
///
/// # Errors
/// What cannot be read at all.
pub(crate) fn read_change<'a>(
    text: &'a str,
    plain: &Json,
    around: &Surroundings<'a>,
    market: &market::Instrument,
) -> Result<Reading<'a>, DraftFailure> {
    let frame = plain
        .get("timeframe")
        .and_then(Json::as_str)
        .and_then(market::Timeframe::parse)
        .map_or("1m", market::Timeframe::label);
    let mut reading = read(text, around, Some((market, frame)))?;
    // Beside a coin, "ETH" is the coin.
    for mention in &mut reading.mentions {
        let coin =
            market.asset_class == AssetClass::Crypto && matches!(mention.instrument.symbol.as_str(), "BTC" | "ETH");
        let found = around.catalogue.get_or_default(&format!("{}USD", mention.instrument.symbol), None);
        if let Some(found) = found.filter(|_| coin) {
            reading.scene.assume(format!("{} is read as the coin {}", mention.instrument.symbol, found.symbol));
            mention.instrument = found;
        }
    }
    if reading.frame.is_some_and(|named| named != frame) && !changes_chart(&reading, plain, market) {
        // "1 ATR on the 15 min chart" is no other chart.
        reading.scene.timeframe = frame;
        reading.frame = None;
    }
    sold(&mut reading, plain);
    Ok(reading)
}

/// "sell at 65" of a strategy that only buys: its exit, where the change speaks of no other side.
fn sold(reading: &mut Reading<'_>, plain: &Json) {
    const SIDES: &str = "buy|buys|buying|short|shorts|shorting|long|longs|both|cover|opposite|mirror|reverse|flip";
    let only = plain.pointer("/entry/long").is_some() && plain.pointer("/entry/short").is_none();
    let tokens = &mut reading.tokens;
    if !only || (0..tokens.len()).any(|at| Cursor::new(tokens, at).sees(SIDES)) {
        return;
    }
    let sells = |tokens: &[Token], at: usize| {
        let mut cursor = Cursor::new(tokens, at);
        cursor.eat("sell|sells") && cursor.sees("at|when|if|once|on|above|over|after|it")
    };
    let places: Vec<usize> = (0..tokens.len()).filter(|at| sells(tokens, *at)).collect();
    for at in &places {
        super::rephrased::replace(tokens, *at, at + 1, &["exit"]);
    }
    if !places.is_empty() {
        reading.scene.assume("\"sell\" closes the long: the strategy opens no short");
    }
}

/// True where the text puts the strategy on another chart.
fn changes_chart(reading: &Reading<'_>, plain: &Json, market: &market::Instrument) -> bool {
    let assumed = reading.scene.assumptions.borrow().len();
    let mut editor = Editor { document: plain.clone(), plan: Vec::new(), touched: Vec::new(), scene: &reading.scene };
    let outcome = edits::apply(reading, &mut editor, market);
    reading.scene.assumptions.borrow_mut().truncate(assumed);
    outcome.is_err() || editor.document.get("timeframe") != plain.get("timeframe")
}

/// The lines there are now: "use rsi(3), long when RSI is under 15". `said` of them stand in the text.
pub(crate) fn seeded_anew(reading: &Reading<'_>, editor: &Editor<'_>, said: usize) {
    reading.scene.lines.borrow_mut().truncate(said);
    seed_lines(reading, editor);
}

/// Lines of the existing rules, so that "the fast EMA" and "the band" mean them.
pub(crate) fn seed_lines(reading: &Reading<'_>, editor: &Editor<'_>) {
    let mut lines = reading.scene.lines.borrow_mut();
    let ranged = editor.expressions().iter().any(|(_, text)| text.contains("opening_range("));
    // "the opening range" is the one there is, not one of the usual length.
    lines.retain(|line| !(ranged && line.row == "opening_range"));
    for (_, text) in editor.expressions() {
        lines.extend(super::range_length::range_in(&text));
        for call in super::calls::calls(&text) {
            let Some(row) = strategy::indicators::find(&call.name) else { continue };
            let rest = text.get(call.end..).unwrap_or_default();
            let field: String = rest
                .strip_prefix('.')
                .unwrap_or_default()
                .chars()
                .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
                .collect();
            let head = text.get(call.start..call.end).unwrap_or_default();
            let written = if field.is_empty() { head.to_owned() } else { format!("{head}.{field}") };
            let average = row.family == strategy::indicators::Family::MovingAverage;
            let class = if average { super::names::Class::Average } else { super::names::Class::Measure };
            let period = call.period().map(|(period, _, _)| period.into());
            lines.push(super::scene::Value { row: row.name, period, ..super::scene::Value::new(written, class) });
        }
    }
}
