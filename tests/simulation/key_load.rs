//! How much the keys of the table are asked to take in a second, in the units the real table counts.
//!
//! One write unit is a kilobyte, twice that in a transaction; one read unit is four kilobytes, read consistently.

use ports::table::Record;
use std::collections::BTreeMap;

/// Bytes of a write unit.
const WRITE_UNIT_BYTES: u64 = 1024;

/// Bytes of a read unit.
const READ_UNIT_BYTES: u64 = 4096;

/// Units of one partition within one second.
#[derive(Debug, Default, Clone, Copy)]
struct Second {
    number: i64,
    units: u64,
}

/// The load of every partition, and the worst second of every kind of record.
#[derive(Debug, Default)]
pub struct KeyLoad {
    writes: BTreeMap<String, Second>,
    reads: BTreeMap<String, Second>,
    /// Most write units a partition of a kind took in one second.
    pub write_peaks: BTreeMap<&'static str, u64>,
    /// Most read units.
    pub read_peaks: BTreeMap<&'static str, u64>,
}

fn add(seconds: &mut BTreeMap<String, Second>, partition: &str, number: i64, units: u64) -> u64 {
    let second = seconds.entry(partition.to_owned()).or_default();
    if second.number != number {
        *second = Second { number, units: 0 };
    }
    second.units += units;
    second.units
}

/// Bytes of a record as stored.
pub fn stored_bytes(record: &Record) -> u64 {
    (record.body.to_string().len() + record.key.partition.len() + record.key.sort.len() + 60) as u64
}

/// Write units of a record of this size.
pub const fn write_units(bytes: u64, in_transaction: bool) -> u64 {
    let units = bytes.div_ceil(WRITE_UNIT_BYTES);
    if in_transaction { units * 2 } else { units }
}

impl KeyLoad {
    /// What the partition would have taken this second with these units too.
    pub fn would_be(&self, partition: &str, now_us: i64, units: u64) -> u64 {
        let second = self.writes.get(partition).copied().unwrap_or_default();
        units + if second.number == now_us / 1_000_000 { second.units } else { 0 }
    }

    pub fn wrote(&mut self, kind: &'static str, partition: &str, now_us: i64, units: u64) {
        let taken = add(&mut self.writes, partition, now_us / 1_000_000, units);
        let peak = self.write_peaks.entry(kind).or_default();
        *peak = taken.max(*peak);
    }

    pub fn read(&mut self, kind: &'static str, partition: &str, now_us: i64, bytes: u64) {
        let units = bytes.div_ceil(READ_UNIT_BYTES).max(1);
        let taken = add(&mut self.reads, partition, now_us / 1_000_000, units);
        let peak = self.read_peaks.entry(kind).or_default();
        *peak = taken.max(*peak);
    }
}
