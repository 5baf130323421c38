//! Identifiers: a readable prefix, a time part so that they sort by creation, and an unguessable part.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Crockford's base 32, lower case: no letters that look like digits.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Characters of the time part: 45 bits of milliseconds, enough until the year 3084.
const TIME_CHARACTERS: usize = 9;

/// Characters of the random part: 120 bits.
const RANDOM_CHARACTERS: usize = 24;

fn base32(bits: impl Iterator<Item = u8>) -> String {
    bits.filter_map(|five| ALPHABET.get(usize::from(five & 31)).map(|letter| char::from(*letter))).collect()
}

fn body(now_us: i64, random: &[u8; 20]) -> String {
    let milliseconds = u64::try_from(now_us / 1000).unwrap_or(0);
    let time = base32((0..TIME_CHARACTERS).rev().map(|place| (milliseconds >> (5 * place)) as u8));
    time + &random_text(random)
}

/// 24 characters (120 bits) of base 32 from random bytes.
#[must_use]
pub fn random_text(random: &[u8; 20]) -> String {
    base32((0..RANDOM_CHARACTERS).map(|place| {
        let bit = place * 5;
        let pair = [random.get(bit / 8), random.get(bit / 8 + 1)].map(|byte| u16::from(byte.copied().unwrap_or(0)));
        ((pair[0] << 8 | pair[1]) >> (11 - bit % 8)) as u8
    }))
}

fn is_body(text: &str) -> bool {
    text.len() == TIME_CHARACTERS + RANDOM_CHARACTERS && text.bytes().all(|byte| ALPHABET.contains(&byte))
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The readable prefix.
            pub const PREFIX: &'static str = $prefix;

            /// A new identifier from the time and 160 random bits.
            #[must_use]
            pub fn new(now_us: i64, random: &[u8; 20]) -> Self {
                Self(format!("{}{}", $prefix, body(now_us, random)))
            }

            /// Reads an identifier; `None` unless it has exactly this kind's form.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                text.strip_prefix($prefix).filter(|rest| is_body(rest)).map(|_| Self(text.to_owned()))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                Self::parse(&text).ok_or_else(|| format!("`{text}` is not an identifier starting with `{}`", $prefix))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

identifier!(
    /// A session: a conversation's workspace.
    SessionId,
    "ses_"
);
identifier!(
    /// An artifact: one immutable version of a strategy.
    ArtifactId,
    "art_"
);
identifier!(
    /// An operation that builds or edits a strategy.
    OperationId,
    "op_"
);
identifier!(
    /// One full backtest.
    BacktestId,
    "bt_"
);
identifier!(
    /// A parameter sweep.
    OptimizationId,
    "opt_"
);
identifier!(
    /// An access key (its name, not its secret).
    KeyId,
    "key_"
);

/// Who owns records: an account of the service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TenantId(String);

impl TenantId {
    /// Longest tenant name, characters: it is part of every key.
    pub const LENGTH_MAX: usize = 64;

    /// A tenant name of `[a-z0-9_-]`, 1 to [`Self::LENGTH_MAX`] characters; `None` otherwise.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
        ((1..=Self::LENGTH_MAX).contains(&text.len()) && text.bytes().all(valid)).then(|| Self(text.to_owned()))
    }

    /// The one tenant of a server on loopback without keys.
    #[must_use]
    pub fn local() -> Self {
        Self("local".to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
