//! Reading variables one by one, collecting what is wrong with them. Blank is the same as unset.

use crate::config::ConfigError;
use std::str::FromStr;

/// Reads variables.
pub(crate) struct Reader<'a> {
    variables: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(variables: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { variables, problems: Vec::new() }
    }

    /// What was read, unless something was wrong.
    pub(crate) fn finish<T>(self, read: T) -> Result<T, ConfigError> {
        if self.problems.is_empty() { Ok(read) } else { Err(ConfigError { problems: self.problems }) }
    }

    pub(crate) fn optional(&self, name: &str) -> Option<String> {
        (self.variables)(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// Notes what is wrong.
    pub(crate) fn problem(&mut self, sentence: String) {
        self.problems.push(sentence);
    }

    pub(crate) fn required(&mut self, name: &str) -> String {
        let value = self.optional(name);
        if value.is_none() {
            self.problems.push(format!("{name} is not set"));
        }
        value.unwrap_or_default()
    }

    /// A whole number from 1.
    pub(crate) fn number<T: FromStr + Default + PartialEq>(&mut self, name: &str) -> Option<T> {
        let text = self.optional(name)?;
        let number = text.parse().ok().filter(|number| *number != T::default());
        if number.is_none() {
            self.problems.push(format!("{name} is `{text}`, which is not a whole number from 1"));
        }
        number
    }

    /// Names between commas.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let text = self.optional(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// An address without its trailing slash.
    pub(crate) fn url(&mut self, name: &str) -> Option<String> {
        let text = self.optional(name)?;
        if !(text.starts_with("https://") || text.starts_with("http://")) {
            self.problems.push(format!("{name} is `{text}`, which does not begin with https://"));
        }
        Some(text.trim_end_matches('/').to_owned())
    }
}
