//! Every limit of the service by name, with its unit and reason. Exceeding one is an error that names it.

/// Combinations of one sweep unless configured: the largest that a burst of workers finishes in minutes.
pub const SWEEP_COMBINATIONS_MAX: u64 = 100_000;

/// Points of a grid before `where` is applied: counting enumerates them.
pub const GRID_POINTS_MAX: u64 = 4_000_000;

/// Parameters swept at once.
pub const SWEEP_PARAMETERS_MAX: usize = 12;

/// Work of one sweep in combination-minutes (combinations × simulated minutes): a hundred thousand over five years.
pub const SWEEP_WORK_MAX: u64 = 200_000_000_000;

/// Combination-minutes of a tenant's running sweeps together unless configured: two of the largest.
pub const TENANT_WORK_AT_ONCE_MAX: u64 = 400_000_000_000;

/// Combination-minutes of the sweeps a tenant starts in one day of UTC unless configured: ten of the largest, about nine hours of one core.
pub const TENANT_WORK_PER_DAY_MAX: u64 = 2_000_000_000_000;

/// Sweeps of one tenant at once: one record names each of them.
pub const SWEEPS_AT_ONCE_MAX: usize = 100;

/// Slices of a batch: object writes cost more than compute.
pub const SLICES_MAX: u64 = 512;

/// Receipts in one partition.
pub const SLICES_PER_GROUP: u32 = 64;

/// Rounds of a watch without any progress before what is missing is settled as failed.
pub const WATCH_STALLED_ROUNDS_MAX: u32 = 8;

/// The same for a sweep, which may wait behind others: about a day of quarter hours.
pub const SWEEP_STALLED_ROUNDS_MAX: u32 = 96;

/// Looks of a watch at work that is not there yet: its request may still be under way. Together they outlast the 320
/// seconds a request may take (60, 180 and 420 seconds after the watch was sent).
pub const WATCH_NOT_BEGUN_ROUNDS_MAX: u32 = 2;

/// Seconds before the first look of a watch.
pub const WATCH_DELAY_SECONDS: u32 = 60;

/// Longest pause between two looks of a watch, seconds.
pub const WATCH_DELAY_SECONDS_MAX: u32 = 900;

/// Hops a message may make before it is dropped: far above any honest chain, below any runaway loop.
pub const MESSAGE_HOPS_MAX: u32 = 2_000;

/// Characters of a title.
pub const TITLE_CHARACTERS_MAX: usize = 200;

/// Characters of an English description or change.
pub const DESCRIPTION_CHARACTERS_MAX: usize = 8_000;

/// Sessions a tenant may make, archived ones included: bounds what one account can store.
pub const SESSIONS_PER_TENANT_MAX: u64 = 10_000;

/// Strategy versions in one session.
pub const ARTIFACTS_PER_SESSION_MAX: usize = 500;

/// Characters of an idempotency key.
pub const IDEMPOTENCY_KEY_CHARACTERS_MAX: usize = 128;

/// Hours an idempotency key is remembered.
pub const IDEMPOTENCY_HOURS: i64 = 24;

/// Runs and sweeps under way on one strategy version: its record names each of them.
pub const ACTIVE_WORK_MAX: usize = 50;

/// Sweeps set up on one strategy version, ended ones included: its record names each of them.
pub const SWEEPS_PER_STRATEGY_MAX: usize = 1_000;

/// Values listed for one axis of a grid: the batch's record holds them (a range holds three numbers).
pub const AXIS_VALUES_LISTED_MAX: usize = 5_000;

/// Rows of a page.
pub const PAGE_ROWS_MAX: u64 = 100;

/// Default rows of a page of trades.
pub const TRADES_PAGE_ROWS: u64 = 25;

/// Points of an equity curve in an answer.
pub const EQUITY_POINTS: usize = 120;

/// Waits of one tenant at once; beyond it a wait answers at once.
pub const WAITS_AT_ONCE_MAX: usize = 4;

/// Longest wait, seconds.
pub const WAIT_SECONDS_MAX: u64 = 300;

/// A wait answers this long before its own limit, seconds, so that the answer still arrives.
pub const WAIT_MARGIN_SECONDS: u64 = 10;

/// Constraints on metrics in one sweep.
pub const CONSTRAINTS_MAX: usize = 10;

/// Values a heat map shows along one side; longer axes are thinned, which the answer says.
pub const HEAT_MAP_SIDE_MAX: usize = 40;

/// Minutes without a new receipt after which a sweep counts as stuck: far beyond any slice, and twice the longest watch.
pub const STUCK_MINUTES: u32 = 30;

/// Live access keys of one tenant.
pub const KEYS_PER_TENANT_MAX: usize = 100;
