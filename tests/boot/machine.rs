//! What memory buys.

use boot::machine::{threads_of, warm_bytes_of};

#[test]
fn processors_come_with_memory() {
    for (memory_mb, threads) in [(0, 1), (128, 1), (1_768, 1), (1_769, 1), (3_008, 1), (3_538, 2), (10_240, 5)] {
        assert_eq!(threads_of(memory_mb), threads, "{memory_mb} MB");
    }
    assert_eq!(warm_bytes_of(2_048), 512 * 1024 * 1024);
}
