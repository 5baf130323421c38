//! The rules language through its public surface: documents, diagnostics, evaluation, sweeps, properties, the guide.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod corpus;
mod evaluation;
mod guide;
mod hostile;
mod keys;
mod plans;
mod properties;
mod support;
mod sweeps;
mod values;
