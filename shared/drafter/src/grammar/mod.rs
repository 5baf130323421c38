//! The grammar: English of traders into a rules document, without a model. Deterministic and offline.
//!
//! It reads from left to right, phrase by phrase. What no rule reads is never dropped: it is handed out as unhandled.

mod afterthoughts;
mod assemble;
mod bars;
mod calls;
mod carried_out;
mod change;
mod clock;
mod condition;
mod cursor;
mod daily_limits;
mod dates;
mod distance;
mod document;
mod editor;
mod edits;
mod exit_edits;
mod exits;
mod filters;
mod indicator;
mod levels;
mod levels_of;
mod markers;
mod names;
mod nouns;
mod numbers;
mod openings;
mod orders;
mod pairs;
mod pieces;
mod reading;
mod relation;
mod removals;
mod resolved;
mod right_side;
mod rule;
mod scene;
mod setting;
mod settings;
mod shapes;
mod spelling;
mod spoken;
mod symbols;
mod targets;
mod terms;
mod time_exits;
mod token;
mod trailing;
mod unread;
mod value;
mod volume;

pub use assemble::describe;
pub use change::change;
pub use dates::Span;
pub use reading::Surroundings;
