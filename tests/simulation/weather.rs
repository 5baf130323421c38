//! What the world does to the service in one seed: how often each fault happens, and how long things take.

use ports::faults::{FaultRates, Random};

/// The weather of a seed. Rates are per thousand.
#[derive(Debug, Clone)]
pub struct Weather {
    /// Faults of the ports: throttles, lost answers, repeated writes, stale reads, duplicates, partial sends.
    pub rates: FaultRates,
    /// A transaction loses to another one that never shows itself.
    pub transaction_conflict: u32,
    /// Longest ordinary wait of a port call, milliseconds.
    pub latency_ms_max: u64,
    /// A port call that takes longer than a function may, or than a message stays hidden.
    pub long_pause: u32,
    /// Processes with a crash point among their first calls.
    pub crash: u32,
    /// Functions that are not stopped at their time limit (their messages come back while they still run).
    pub zombie: u32,
    /// Handled batches whose acknowledgement is lost.
    pub lost_acknowledgement: u32,
    /// Jumps of the clock, per look of the mapping.
    pub clock_jump: u32,
    /// Write units a partition takes in a second before it is throttled.
    pub partition_units_max: u64,
    /// Slices handled at the same time.
    pub units_at_once: usize,
    /// What always fails.
    pub poison: Option<Poison>,
    /// Sweeps whose engine version is another one after a while.
    pub engine_upgrade: u32,
    /// The load of keys is measured, reads too.
    pub measured: bool,
    /// A message of a version nobody here knows arrives.
    pub unknown_message: bool,
}

/// Work that always fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Poison {
    /// The slice whose result cannot be written.
    pub slice: u32,
    /// It panics instead of failing.
    pub panics: bool,
}

/// What a partition of the real table takes in a second.
pub const PARTITION_UNITS_MAX: u64 = 1_000;

impl Weather {
    /// Nothing ever goes wrong.
    pub fn calm() -> Self {
        Self {
            rates: FaultRates::default(),
            transaction_conflict: 0,
            latency_ms_max: 0,
            long_pause: 0,
            crash: 0,
            zombie: 0,
            lost_acknowledgement: 0,
            clock_jump: 0,
            partition_units_max: PARTITION_UNITS_MAX,
            units_at_once: 4,
            poison: None,
            engine_upgrade: 0,
            measured: false,
            unknown_message: false,
        }
    }

    /// The weather of a seed: from a light breeze to storm.
    pub fn of(random: &mut Random) -> Self {
        let strength = u32::try_from(random.below(4)).unwrap_or(0);
        let mut some = |per_mille: u32| if random.happens(600) { per_mille * strength / 2 } else { 0 };
        let rates = FaultRates {
            unavailable: some(20),
            lost_answer: some(20),
            repeated_write: some(30),
            stale_read: some(500),
            duplicate_message: some(60),
            late_message: some(100),
            shuffle: some(500),
            ..FaultRates::default()
        };
        let calm = Self::calm();
        Self {
            rates,
            transaction_conflict: some(30),
            long_pause: some(8),
            crash: some(150),
            zombie: some(300),
            lost_acknowledgement: some(60),
            clock_jump: some(10),
            latency_ms_max: [0, 3, 20, 200][usize::try_from(random.below(4)).unwrap_or(0)],
            partition_units_max: if random.happens(200) { 8 + random.below(20) } else { calm.partition_units_max },
            units_at_once: 1 + usize::try_from(random.below(8)).unwrap_or(0),
            poison: random
                .happens(100)
                .then(|| Poison { slice: u32::try_from(random.below(4)).unwrap_or(0), panics: random.happens(500) }),
            engine_upgrade: if random.happens(100) { 20 } else { 0 },
            unknown_message: random.happens(50),
            measured: false,
        }
    }

    /// The storm is over; what is poisoned stays so.
    pub fn cleared(&self) -> Self {
        let Self { poison, units_at_once, measured, .. } = *self;
        Self { poison, units_at_once, measured, ..Self::calm() }
    }
}
