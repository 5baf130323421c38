//! Calls inside the text of an expression, and numbers they are compared with: what a change replaces.

/// A call in a text, by bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Each argument with its bytes.
    pub(crate) arguments: Vec<(String, usize, usize)>,
}

impl Call {
    /// The first argument that is a whole number: the period.
    pub(crate) fn period(&self) -> Option<(u32, usize, usize)> {
        self.arguments.iter().find_map(|(text, start, end)| text.parse().ok().map(|number| (number, *start, *end)))
    }

    /// Arguments that are numbers.
    pub(crate) fn numbers(&self) -> Vec<(String, usize, usize)> {
        self.arguments.iter().filter(|(text, _, _)| text.parse::<f64>().is_ok()).cloned().collect()
    }
}

/// Every call of a text, outer ones first.
pub(crate) fn calls(text: &str) -> Vec<Call> {
    let mut found = Vec::new();
    for (open, _) in text.match_indices('(') {
        let head = text.get(..open).unwrap_or_default();
        let name: String =
            head.chars().rev().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
        let name: String = name.chars().rev().collect();
        if name.is_empty() {
            continue;
        }
        let start = open - name.len();
        if let Some((arguments, end)) = arguments(text, open) {
            found.push(Call { name, start, end, arguments });
        }
    }
    found
}

/// A piece of text with its bytes.
type Piece = (String, usize, usize);

fn arguments(text: &str, open: usize) -> Option<(Vec<Piece>, usize)> {
    let mut depth = 0_usize;
    let mut from = open + 1;
    let mut arguments = Vec::new();
    let mut push = |from: usize, to: usize| {
        let raw = text.get(from..to).unwrap_or_default();
        let trimmed = raw.trim();
        if !trimmed.is_empty() {
            let start = from + (raw.len() - raw.trim_start().len());
            arguments.push((trimmed.to_owned(), start, start + trimmed.len()));
        }
    };
    for (at, letter) in text.get(open..)?.char_indices() {
        let at = open + at;
        match letter {
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    push(from, at);
                    return Some((arguments, at + 1));
                }
            }
            ',' if depth == 1 => {
                push(from, at);
                from = at + 1;
            }
            _ => {}
        }
    }
    None
}

/// The text with pieces replaced: bytes and what stands there instead.
pub(crate) fn spliced(text: &str, mut edits: Vec<(usize, usize, String)>) -> String {
    edits.sort_by_key(|(start, _, _)| std::cmp::Reverse(*start));
    edits.dedup();
    let mut result = text.to_owned();
    for (start, end, new) in edits {
        if start <= end && result.is_char_boundary(start) && end <= result.len() && result.is_char_boundary(end) {
            result.replace_range(start..end, &new);
        }
    }
    result
}

/// Numbers that calls of `row` are compared with: value and bytes.
pub(crate) fn thresholds(text: &str, row: &str) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for call in calls(text).into_iter().filter(|call| call.name == row) {
        let rest = text.get(call.end..).unwrap_or_default();
        let mut at = call.end;
        // An output or a look-back between the call and the operator.
        let skip = rest.find(' ').unwrap_or(rest.len());
        at += skip;
        let rest = text.get(at..).unwrap_or_default();
        let operators = [" crosses above ", " crosses below ", " >= ", " <= ", " == ", " != ", " > ", " < "];
        let Some(operator) = operators.iter().find(|operator| rest.starts_with(**operator)) else { continue };
        let start = at + operator.len();
        let number: String = text
            .get(start..)
            .unwrap_or_default()
            .chars()
            .take_while(|letter| letter.is_ascii_digit() || matches!(letter, '.' | '-'))
            .collect();
        if number.parse::<f64>().is_ok() {
            let end = start + number.len();
            found.push((number, start, end));
        }
    }
    found
}

/// The conditions that " and " joins at the top of an expression.
pub(crate) fn conjuncts(text: &str) -> Vec<String> {
    let mut depth = 0_i32;
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ' ' if depth == 0 && text.get(at..).is_some_and(|rest| rest.starts_with(" and ")) && at >= from => {
                parts.push(text.get(from..at).unwrap_or_default().to_owned());
                from = at + " and ".len();
            }
            _ => {}
        }
    }
    parts.push(text.get(from..).unwrap_or_default().to_owned());
    parts
}

/// The value on the left of a comparison, its operator, and the rest.
pub(crate) fn sides(condition: &str) -> Option<(&str, &str, &str)> {
    const OPERATORS: [&str; 8] = [" crosses above ", " crosses below ", " >= ", " <= ", " == ", " != ", " > ", " < "];
    OPERATORS.iter().find_map(|operator| {
        let at = condition.find(operator)?;
        Some((condition.get(..at)?, *operator, condition.get(at + operator.len()..)?))
    })
}

/// `A crosses above B` as `B crosses below A`.
pub(crate) fn exchanged(rule: &str) -> Option<String> {
    let (left, operator, right) = sides(rule)?;
    let turned = match operator {
        " crosses above " => " crosses below ",
        " crosses below " => " crosses above ",
        " > " => " < ",
        " < " => " > ",
        " >= " => " <= ",
        " <= " => " >= ",
        _ => return None,
    };
    Some(format!("{right}{turned}{left}"))
}
