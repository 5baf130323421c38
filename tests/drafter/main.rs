//! Strategies in English: every text of the corpus with the exact document, plan, assumptions and requests it becomes, or
//! the exact failure; what is garbled or dropped is never dropped in silence; hostile texts are harmless.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test --workspace --test drafter` writes what is answered now into the corpus, to be read in the diff.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod composed;
mod corpus;
mod days;
mod hostile;
mod misreadings;
mod replaced;
mod scoped;
mod silence;
mod wordings;
