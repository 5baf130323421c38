//! A document while it is changed, with the plan of what changed, before and after.

use super::document::put;
use super::scene::{Scene, Side};
use domain::artifact::PlanItem;
use ports::drafter::{DraftFailure, Question};
use serde_json::Value as Json;

/// The document while it is changed, with what was said of it.
pub(crate) struct Editor<'r> {
    pub(crate) document: Json,
    pub(crate) plan: Vec<PlanItem>,
    /// Parts that a phrase set, with the phrase: setting them again differently is a contradiction.
    pub(crate) touched: Vec<(String, Json, String)>,
    pub(crate) scene: &'r Scene<'r>,
}

impl Editor<'_> {
    pub(crate) fn at(&self, pointer: &str) -> Option<&Json> {
        self.document.pointer(pointer).filter(|value| !value.is_null())
    }

    /// Sets a part, in the words of `phrase`.
    pub(crate) fn set(&mut self, pointer: &str, value: Json, phrase: &str) -> Result<(), DraftFailure> {
        self.touch(pointer, value.clone(), phrase)?;
        let before = self.at(pointer).cloned();
        let listed = before.as_ref().is_some_and(Json::is_array);
        let partial = value.as_array().is_some_and(|legs| legs.iter().all(|leg| leg.get("fraction").is_some()));
        let replaces = listed && value.is_object() || before.as_ref().is_some_and(Json::is_object) && partial;
        if pointer == "/exit/take_profit" && replaces {
            self.scene.assume("what is stated replaces every target there was");
        }
        put(&mut self.document, pointer, value.clone());
        self.note(pointer, before.as_ref(), Some(&value), phrase);
        Ok(())
    }

    /// Remembers what a phrase sets.
    ///
    /// # Errors
    /// Where another phrase set something else.
    pub(crate) fn touch(&mut self, pointer: &str, value: Json, phrase: &str) -> Result<(), DraftFailure> {
        if let Some((_, known, before)) =
            self.touched.iter().find(|(touched, known, _)| touched == pointer && *known != value)
            && !known.is_null()
        {
            let name = pointer.rsplit('/').next().unwrap_or(pointer).replace('_', " ");
            return Err(DraftFailure::asking(
                format!("two different values for the {name}: \"{before}\" and \"{phrase}\""),
                Question::new(format!("{before} / {phrase}"), [before.clone(), phrase.to_owned()]),
                "say which one holds",
            ));
        }
        self.touched.push((pointer.to_owned(), value, phrase.to_owned()));
        Ok(())
    }

    /// Removes a part; false where there is none.
    pub(crate) fn remove(&mut self, pointer: &str, phrase: &str) -> bool {
        let Some(before) = self.at(pointer).cloned() else { return false };
        let (parent, key) = pointer.rsplit_once('/').unwrap_or(("", pointer));
        if let Some(map) = self.document.pointer_mut(parent).and_then(Json::as_object_mut) {
            map.shift_remove(key);
            if map.is_empty() && !parent.is_empty() {
                let emptied = parent.to_owned();
                self.document.as_object_mut().map(|all| all.shift_remove(emptied.trim_start_matches('/')));
            }
        }
        self.note(pointer, Some(&before), None, phrase);
        true
    }

    /// A list that was set in this change, with what else was said of it: its line of the plan says so too.
    pub(crate) fn lengthened(&mut self, pointer: &str, list: Json) {
        let place = pointer.trim_start_matches('/').replace('/', ".");
        let line = self.plan.iter_mut().rev().find(|item| item.became.starts_with(&format!("{place}: ")));
        if let Some(item) = line
            && let Some((before, _)) = item.became.rsplit_once(" → ")
        {
            item.became = format!("{before} → {list}");
        }
        super::document::put(&mut self.document, pointer, list);
    }

    /// The plan's line of a change: before and after.
    fn note(&mut self, pointer: &str, before: Option<&Json>, after: Option<&Json>, phrase: &str) {
        let written = |value: Option<&Json>| match value {
            None => "nothing".to_owned(),
            Some(Json::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        let place = pointer.trim_start_matches('/').replace('/', ".");
        let became = format!("{place}: {} → {}", written(before), written(after));
        self.plan.push(PlanItem { phrase: phrase.to_owned(), became });
    }

    /// The condition of a side's entry.
    pub(crate) fn entry(&self, side: Side) -> Option<String> {
        let entry = self.at(&format!("/entry/{}", side.key()))?;
        entry.as_str().or_else(|| entry.get("when").and_then(Json::as_str)).map(str::to_owned)
    }

    pub(crate) fn set_entry(&mut self, side: Side, text: String, phrase: &str) -> Result<(), DraftFailure> {
        let pointer = format!("/entry/{}", side.key());
        let ordered = self.at(&pointer).is_some_and(Json::is_object);
        let pointer = if ordered { format!("{pointer}/when") } else { pointer };
        self.touched.retain(|(touched, _, _)| *touched != pointer);
        self.set(&pointer, Json::from(text), phrase)
    }

    /// The entry of a side as it can hold, in place of what was joined: the plan says so too.
    pub(crate) fn settled(&mut self, side: Side, joined: &str, held: &str) {
        if joined == held {
            return;
        }
        let place = format!("/entry/{}", side.key());
        let when = if self.at(&place).is_some_and(Json::is_object) { format!("{place}/when") } else { place };
        put(&mut self.document, &when, Json::from(held));
        for item in &mut self.plan {
            if item.became.starts_with(&format!("entry.{}: ", side.key())) {
                item.became = item.became.replace(&format!("→ {joined}"), &format!("→ {held}"));
            }
        }
    }

    pub(crate) fn sides(&self) -> Vec<Side> {
        [Side::Long, Side::Short].into_iter().filter(|side| self.entry(*side).is_some()).collect()
    }

    /// Every expression of the document, by pointer.
    pub(crate) fn expressions(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for side in [Side::Long, Side::Short] {
            let entry = format!("/entry/{}", side.key());
            for pointer in
                [entry.clone(), format!("{entry}/when"), format!("{entry}/price"), format!("/exit/{}", side.key())]
            {
                if let Some(text) = self.at(&pointer).and_then(Json::as_str) {
                    found.push((pointer, text.to_owned()));
                }
            }
        }
        for key in ["stop_loss", "take_profit"] {
            for pointer in
                [format!("/exit/{key}/price"), format!("/exit/{key}/long/price"), format!("/exit/{key}/short/price")]
            {
                if let Some(text) = self.at(&pointer).and_then(Json::as_str) {
                    found.push((pointer, text.to_owned()));
                }
            }
        }
        found
    }

    /// Applies `change` to every expression; true where one changed.
    pub(crate) fn rewrite(&mut self, phrase: &str, change: &dyn Fn(&str) -> String) -> bool {
        let mut any = false;
        for (pointer, text) in self.expressions() {
            let changed = change(&text);
            if changed != text {
                any = true;
                let before = Json::from(text);
                let after = Json::from(changed);
                put(&mut self.document, &pointer, after.clone());
                self.note(&pointer, Some(&before), Some(&after), phrase);
            }
        }
        any
    }
}
