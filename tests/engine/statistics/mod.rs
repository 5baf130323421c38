//! Statistics against figures worked out by hand, and against a slow recomputation from trades and equity.

mod by_hand;
mod recomputed;
