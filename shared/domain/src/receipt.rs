//! The receipt of a slice: written once, first wins for ever.

use serde::{Deserialize, Serialize};

/// How a slice ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SliceOutcome {
    /// Its result object exists.
    Succeeded,
    /// It was given up.
    Failed,
}

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Slice number.
    pub slice: u32,
    /// How it ended.
    pub outcome: SliceOutcome,
    /// Combinations evaluated.
    pub completed: u64,
    /// Combinations with an error (all of them for a failed slice).
    pub failed: u64,
    /// Blob key of the result object; empty for a failed slice.
    pub result_key: String,
    /// SHA-256 of the object, hex.
    pub digest: String,
    /// Token of the attempt that won.
    pub attempt: String,
    /// Why it failed.
    pub error: Option<String>,
    /// When it was written, microseconds UTC; 0 in receipts of an earlier version.
    #[serde(default)]
    pub settled_at: i64,
}

/// Says that every slice of a group has a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupReceipt {
    /// Group number.
    pub group: u32,
}
