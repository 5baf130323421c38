//! The suite begins here.
