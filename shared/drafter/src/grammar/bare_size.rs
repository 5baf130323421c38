//! A size right behind the side: `buy 1 when …`, `sell short 2 NQ when …`.

use super::cursor::{Cursor, whole};
use super::pieces::{Item, Piece};
use super::scene::Scene;
use super::setting::Setting;
use super::symbols;
use market::AssetClass;
use serde_json::json;

/// The count behind a side, before the market or the rule, as the size.
pub(crate) fn size(cursor: &mut Cursor<'_>, scene: &Scene<'_>, before: Option<&Piece>) -> Option<Setting> {
    if !matches!(before?.item, Item::Entry(Some(_))) {
        return None;
    }
    let mut probe = *cursor;
    let count = whole(probe.number()?)?;
    let market = scene.market.as_ref()?;
    let mut named = probe;
    let traded = symbols::instrument(&mut named, &scene.names, scene.text)
        .is_some_and(|found| found.symbol == market.symbol)
        && (named.is_pause_or_joint() || named.sees("at|every"));
    if !traded && !probe.sees("when|whenever|if|once|every|each") && !probe.sees("at the? market|open") {
        return None;
    }
    let unit = match market.asset_class {
        AssetClass::Future => "contracts",
        AssetClass::Stock | AssetClass::Etf => "shares",
        AssetClass::Crypto | AssetClass::Fx => return None,
    };
    scene.assume(format!("{count} behind the side is read as {count} {unit}"));
    *cursor = probe;
    Some(Setting::value("/sizing", json!({ unit: count })))
}
