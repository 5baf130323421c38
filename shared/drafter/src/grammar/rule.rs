//! Conditions joined into one rule: which belong together when a sentence says "A, B or C, if D".

/// How a condition joins those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Joint {
    /// A comma or nothing: as the list it stands in.
    #[default]
    Implicit,
    And,
    Or,
    /// `if`, `while`, `provided`, a new sentence: everything before must hold too.
    With,
}

/// The conditions of one rule, in the order of the text.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Rule {
    parts: Vec<(Joint, String)>,
}

impl Rule {
    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub(crate) fn add(&mut self, joint: Joint, text: String) {
        if self.parts.iter().any(|(_, known)| *known == text) {
            return;
        }
        self.parts.push((joint, text));
    }

    /// Adds exits without a side to those of one: another way out, unless they exclude each other in a strategy of one side, where
    /// they may be of the other that was not read.
    pub(crate) fn join_exits(&mut self, shared: Vec<(Joint, String)>, both: bool) {
        let own = !self.is_empty();
        for (at, (joint, text)) in shared.into_iter().enumerate() {
            let apart = !both && super::possible::opposed(&self.text(), &text);
            let joint = match joint {
                _ if self.is_empty() => Joint::Implicit,
                Joint::With if own && at == 0 && !apart => Joint::Or,
                Joint::With if own && at > 0 => Joint::And,
                Joint::Implicit => Joint::Or,
                _ => joint,
            };
            self.add(joint, text);
        }
    }

    /// Puts one condition in another's place.
    pub(crate) fn replace(&mut self, known: &str, text: &str) {
        for (_, part) in self.parts.iter_mut().filter(|(_, part)| part == known) {
            text.clone_into(part);
        }
    }

    pub(crate) fn take(&mut self) -> Vec<(Joint, String)> {
        std::mem::take(&mut self.parts)
    }

    /// True where a condition is joined by "or".
    pub(crate) fn has_or(&self) -> bool {
        self.parts.iter().skip(1).any(|(joint, _)| *joint == Joint::Or)
    }

    /// True where "and" and "or" stand beside each other, so that the reading should be said.
    pub(crate) fn is_mixed(&self) -> bool {
        self.groups().iter().any(|group| {
            let later = group.get(1..).unwrap_or_default();
            later.iter().any(|(joint, _)| *joint == Joint::Or) && later.iter().any(|(joint, _)| *joint == Joint::And)
        })
    }

    fn groups(&self) -> Vec<Vec<(Joint, String)>> {
        let mut groups: Vec<Vec<(Joint, String)>> = Vec::new();
        for (index, part) in self.parts.iter().enumerate() {
            let later = self.parts.get(index..).unwrap_or_default().iter();
            let more = later.take_while(|(joint, _)| *joint != Joint::With).any(|(joint, _)| *joint == Joint::Or);
            // "A or B, C": the comma ends what "or" joins.
            let ends = part.0 == Joint::Implicit && !more && groups.last().is_some_and(|group| ored(group));
            match groups.last_mut().filter(|_| index > 0 && part.0 != Joint::With && !ends) {
                Some(group) => group.push(part.clone()),
                None => groups.push(vec![part.clone()]),
            }
        }
        groups
    }

    /// The expression.
    pub(crate) fn text(&self) -> String {
        let groups = self.groups();
        let alone = groups.len() == 1;
        let texts: Vec<String> = groups.iter().map(|group| joined(group, alone)).collect();
        texts.join(" and ")
    }
}

fn ored(group: &[(Joint, String)]) -> bool {
    group.iter().skip(1).any(|(joint, _)| *joint == Joint::Or)
}

fn joined(group: &[(Joint, String)], alone: bool) -> String {
    let later = group.get(1..).unwrap_or_default();
    let has_or = later.iter().any(|(joint, _)| *joint == Joint::Or);
    let last_or = group.iter().rposition(|(joint, _)| *joint == Joint::Or).unwrap_or(0);
    let mut alternatives: Vec<Vec<String>> = Vec::new();
    for (index, (joint, text)) in group.iter().enumerate() {
        // Commas before an "or" separate alternatives, as in "A, B or C".
        let or = *joint == Joint::Or || (*joint == Joint::Implicit && has_or && index < last_or);
        match alternatives.last_mut().filter(|_| !or) {
            Some(run) => run.push(text.clone()),
            None => alternatives.push(vec![text.clone()]),
        }
    }
    let several = alternatives.len() > 1;
    let runs: Vec<String> = alternatives
        .iter()
        .map(|run| {
            let parts: Vec<String> = run
                .iter()
                .map(|text| {
                    if run.len() > 1 && text.contains(" or ") && !wrapped(text) {
                        format!("({text})")
                    } else {
                        text.clone()
                    }
                })
                .collect();
            parts.join(" and ")
        })
        .collect();
    let text = runs.join(" or ");
    let open = several || text.contains(" or ") && !wrapped(&text);
    if open && !alone { format!("({text})") } else { text }
}

/// True where every "or" of the text stands inside parentheses.
fn wrapped(text: &str) -> bool {
    let mut depth = 0_i32;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ' ' if depth == 0 && text.get(at..).is_some_and(|rest| rest.starts_with(" or ")) => return false,
            _ => {}
        }
    }
    true
}
