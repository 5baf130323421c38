//! Futures contract months and the codes they are written with.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Month letters, January first.
const MONTH_LETTERS: &[u8; 12] = b"FGHJKMNQUVXZ";

/// The delivery month of a futures contract; ordered by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ContractMonth {
    /// Calendar year.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
}

impl ContractMonth {
    /// A month, if it exists.
    #[must_use]
    pub fn new(year: u16, month: u8) -> Option<Self> {
        ((1..=12).contains(&month) && (1900..=2200).contains(&year)).then_some(Self { year, month })
    }

    /// The month's letter, for example `H` for March.
    #[must_use]
    pub fn letter(self) -> char {
        MONTH_LETTERS.get(usize::from(self.month).saturating_sub(1)).map_or('?', |&letter| char::from(letter))
    }

    /// Reads `YYYYMM`.
    #[must_use]
    pub fn parse_digits(text: &str) -> Option<Self> {
        let (year, month) = text.get(..6)?.split_at_checked(4)?;
        Self::new(year.parse().ok()?, month.parse().ok()?)
    }

    /// Reads a month code such as `Z3`, `Z13` or `Z2013`; a single year digit is the first such year from
    /// `data_year` on, because a contract does not trade after its expiry.
    #[must_use]
    pub fn parse_code(code: &str, data_year: u16) -> Option<Self> {
        let (&letter, digits) = code.as_bytes().split_first()?;
        let month = MONTH_LETTERS.iter().position(|&known| known == letter.to_ascii_uppercase())? + 1;
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let value: u16 = code.get(1..)?.parse().ok()?;
        let year = match digits.len() {
            1 => data_year + (value + 10 - data_year % 10) % 10,
            2 => data_year / 100 * 100 + value,
            4 => value,
            _ => return None,
        };
        Self::new(year, u8::try_from(month).ok()?)
    }

    /// The contract of `root` that a ticker such as `ESZ3` or `ESZ2013` names; `None` for other roots and spreads.
    #[must_use]
    pub fn of_ticker(ticker: &str, root: &str, data_year: u16) -> Option<Self> {
        let (head, code) = ticker.split_at_checked(root.len())?;
        if !head.eq_ignore_ascii_case(root) {
            return None;
        }
        Self::parse_code(code.trim_start_matches(['_', '-', ' ']), data_year)
    }

    /// The contract a file name states: `ESZ13.csv`, `6EH4.XCME_1min.csv.gz`, `ES 12-06.Last.txt`.
    #[must_use]
    pub fn of_file_name(name: &str, root: &str, data_year: u16) -> Option<Self> {
        let (head, rest) = name.split_at_checked(root.len())?;
        if !head.eq_ignore_ascii_case(root) {
            return None;
        }
        let token = rest.split(['.', '_', ',']).find(|part| !part.is_empty())?;
        if let Some(contract) = Self::parse_code(token.trim(), data_year) {
            return Some(contract);
        }
        let (month, year) = token.trim().split_once('-')?;
        let year: u16 = year.parse().ok()?;
        Self::new(if year < 100 { data_year / 100 * 100 + year } else { year }, month.parse().ok()?)
    }
}

impl fmt::Display for ContractMonth {
    /// `YYYY-MM`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.year, self.month)
    }
}
