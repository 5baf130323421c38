//! Every limit of the rules language, with its unit and reason. It enforces none of them itself.

/// Bytes of a document as JSON text: a strategy card, not a data file.
pub const DOCUMENT_BYTES: usize = 64 * 1024;
/// Characters of one expression: more no longer reads as a line.
pub const EXPRESSION_CHARACTERS: usize = 4_000;
/// Levels of an expression's tree: keeps every walk over it well within a thread's stack.
pub const EXPRESSION_DEPTH: usize = 64;
/// Nodes of one expression: bounds the work of one decision bar.
pub const EXPRESSION_NODES: usize = 600;
/// Characters of one number in an expression: longer ones are not numbers anybody tunes.
pub const NUMBER_CHARACTERS: usize = 40;
/// Indicator calls in a document: each is a column over the whole history.
pub const INDICATORS: usize = 64;
/// Bars of one look-back or period, in bars of its own timeframe: bounds the history that must be loaded.
pub const LOOK_BACK_BARS: u32 = 5_000;
/// Declared and lifted parameters together.
pub const PARAMETERS: usize = 64;
/// Characters of a parameter's key.
pub const KEY_CHARACTERS: usize = 40;
/// Symbols read by one strategy, its own included: each is a series in memory.
pub const SYMBOLS: usize = 8;
/// Characters of a symbol.
pub const SYMBOL_CHARACTERS: usize = 20;
/// Characters of `name` and of labels.
pub const LABEL_CHARACTERS: usize = 120;
/// Take-profit legs.
pub const TARGET_LEGS: usize = 8;
/// Trading-hour windows.
pub const WINDOWS: usize = 12;
/// Skipped dates.
pub const SKIP_DATES: usize = 400;
/// Diagnostics returned at once: more would not be read.
pub const DIAGNOSTICS: usize = 50;
/// Characters quoted around a mistake.
pub const EXCERPT_CHARACTERS: usize = 120;
/// Length of a window in years: longer than any supplied history.
pub const WINDOW_YEARS: u32 = 60;
/// Largest number accepted anywhere: keeps fixed-point money and prices inside 64 bits.
pub const LARGEST_NUMBER: u64 = 1_000_000_000_000;
/// Bytes of computed columns and masks a study keeps for other combinations; older ones are computed again when needed.
pub const STUDY_CACHE_BYTES: usize = 80 * 1024 * 1024;
/// Combinations that run side by side at most: enough to share what they have in common, few enough to stop soon.
pub const SIDE_BY_SIDE: usize = 1_024;
/// Bytes of masks that combinations running side by side keep together: two masks over a year of minutes for each of them.
pub const SIDE_BY_SIDE_BYTES: usize = 48 * 1024 * 1024;
