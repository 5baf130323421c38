//! Errors of use cases, by meaning: what the client is told to do next, and what the log keeps.

use ports::PortError;
use serde_json::Value;

/// What kind of error it is; decides how the client should react.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The arguments are wrong; other arguments would work.
    Invalid,
    /// No such record for this caller.
    NotFound,
    /// The record is in a state that does not allow this now.
    Conflict,
    /// A named limit would be exceeded.
    LimitExceeded,
    /// No valid key.
    Unauthorized,
    /// Temporarily unable; the same call may succeed later.
    Unavailable,
    /// Our fault.
    Internal,
}

impl ErrorKind {
    /// Stable word for the client.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::LimitExceeded => "limit_exceeded",
            Self::Unauthorized => "unauthorized",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    /// True when the same call may succeed later.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        match self {
            Self::Unavailable | Self::Conflict => true,
            Self::Invalid | Self::NotFound | Self::LimitExceeded | Self::Unauthorized | Self::Internal => false,
        }
    }
}

/// A failed use case.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct AppError {
    /// Kind.
    pub kind: ErrorKind,
    /// What failed and why, in plain words.
    pub message: String,
    /// What to do next.
    pub next: String,
    /// Example arguments that would work, when that helps.
    pub example: Option<Value>,
    /// All the problems of a rejected input, structured.
    pub problems: Vec<Value>,
    /// For the log only.
    pub context: String,
}

impl AppError {
    /// An error of a kind with a message and what to do next.
    pub fn new(kind: ErrorKind, message: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            next: next.into(),
            example: None,
            problems: Vec::new(),
            context: String::new(),
        }
    }

    /// Wrong arguments.
    pub fn invalid(message: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message, next)
    }

    /// No such record for this caller.
    #[must_use]
    pub fn not_found(noun: &str, id: &str, next: &str) -> Self {
        Self::new(ErrorKind::NotFound, format!("{noun} `{id}` was not found"), next)
    }

    /// A state that does not allow this now.
    pub fn conflict(message: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, message, next)
    }

    /// A named limit.
    pub fn limit(name: &str, limit: impl std::fmt::Display, used: impl std::fmt::Display, next: &str) -> Self {
        Self::new(ErrorKind::LimitExceeded, format!("{used} exceeds the limit {name} = {limit}"), next)
    }

    /// Our fault; the context goes to the log, never to the client.
    pub fn internal(context: impl Into<String>) -> Self {
        let mut error = Self::new(
            ErrorKind::Internal,
            "something went wrong on our side",
            "try again; if it stays, report the request id",
        );
        error.context = context.into();
        error
    }

    /// With example arguments.
    #[must_use]
    pub fn with_example(mut self, example: Value) -> Self {
        self.example = Some(example);
        self
    }

    /// With structured problems.
    #[must_use]
    pub fn with_problems(mut self, problems: Vec<Value>) -> Self {
        self.problems = problems;
        self
    }
}

impl From<PortError> for AppError {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Unavailable(context) => {
                let mut error = Self::new(
                    ErrorKind::Unavailable,
                    "the service is busy",
                    "try the same call again in a few seconds",
                );
                error.context = context;
                error
            }
            PortError::TooLarge(context) => {
                let mut error = Self::new(ErrorKind::LimitExceeded, "the request is too large to store", "send less");
                error.context = context;
                error
            }
            PortError::Corrupt(context) | PortError::Internal(context) => Self::internal(context),
        }
    }
}
