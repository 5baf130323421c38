//! Time and randomness, so that nothing below asks the machine.

/// The current time.
pub trait Clock: Send + Sync {
    /// Microseconds since the Unix epoch.
    fn now_us(&self) -> i64;
}

/// Unguessable identifiers.
pub trait Ids: Send + Sync {
    /// 160 random bits (or a seeded stand-in in simulations).
    fn random(&self) -> [u8; 20];
}
