//! Why a simulation has no result.

/// A plan that cannot be simulated, or numbers that leave the fixed-point range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The plan contradicts itself; the text says what to correct.
    #[error("the plan cannot be simulated: {0}")]
    InvalidPlan(&'static str),
    /// A number left the range of 64-bit fixed point; nothing was wrapped or cut.
    #[error(
        "{0} is larger than the simulation's fixed-point numbers hold; reduce the position size, the capital or the period"
    )]
    Overflow(&'static str),
}
