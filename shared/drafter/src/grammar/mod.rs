//! The grammar: English of traders into a rules document, without a model. Deterministic and offline.
//!
//! It reads from left to right, phrase by phrase. What no rule reads is never dropped: it is handed out as unhandled.

mod assemble;
mod calls;
mod change;
mod clock;
mod condition;
mod cursor;
mod dates;
mod document;
mod edits;
mod exits;
mod filters;
mod levels;
mod names;
mod orders;
mod pieces;
mod relation;
mod resolved;
mod rule;
mod scene;
mod setting;
mod shapes;
mod spelling;
mod symbols;
mod terms;
mod token;
mod value;

pub use assemble::{Surroundings, describe};
pub use change::change;
pub use dates::Span;
