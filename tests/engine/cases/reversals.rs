//! Opposite entries: two orders, two trades.

use super::{Case, check};

#[test]
fn reversals() {
    check(&[
        Case {
            rule: "an opposite market entry reverses at the open: two trades",
            bars: "100 100 100 100\n100 100 100 100\n101 101 101 101\n99 99 99 99",
            plan: "slip 1\nlong 0\nshort 1",
            expected: "long 1 @1 100.25 @2 100.75 reversal\nshort 1 @2 100.75 @3 99.25 end_of_data",
        },
        Case {
            rule: "exit rule and opposite entry both true: exit by signal, and the entry at the same open",
            bars: "100 100 100 100\n100 100 100 100\n101 101 101 101\n99 99 99 99",
            plan: "long 0\nshort 1\nlong.exit 1",
            expected: "long 1 @1 100 @2 101 signal\nshort 1 @2 101 @3 99 end_of_data",
        },
        Case {
            rule: "an opposite entry that a filter blocks does nothing",
            bars: "100 100 100 100\n100 100 100 100\n101 101 101 101\n99 99 99 99",
            plan: "long 0\nshort 1\nallowed 0",
            expected: "long 1 @1 100 @3 99 end_of_data",
        },
        Case {
            rule: "a reversal whose entry is refused does nothing, the position stays",
            bars: "100 100 100 100\n100 100 100 100\n101 101 101 101\n99 99 99 99",
            plan: "long 0\nshort 1\nshort.stop price 100",
            expected: "long 1 @1 100 @3 99 end_of_data\ncount refused 1",
        },
        Case {
            rule: "a reversal with both entries true is a conflict",
            bars: "100 100 100 100\n100 100 100 100\n101 101 101 101\n99 99 99 99",
            plan: "long 0 1\nshort 1",
            expected: "long 1 @1 100 @3 99 end_of_data\ncount conflicts 1",
        },
        Case {
            rule: "an opposite stop entry above the protective stop reverses at its level",
            bars: "100 100 100 100\n100 100 100 100\n100 100 97 98\n98 98 98 98",
            plan: "slip 1\nlong 0\nshort stop 9 1:99\nlong.stop points 2",
            expected: "long 1 @1 100.25 @2 98.75 reversal\nshort 1 @2 98.75 @3 98.25 end_of_data",
        },
        Case {
            rule: "an opposite limit entry nearer than the target reverses at its level without slippage",
            bars: "100 100 100 100\n100 100 100 100\n100 103 100 102\n102 102 102 102",
            plan: "long 0\nshort limit 9 1:101\nlong.target points 2",
            expected: "long 1 @1 100 @2 101 reversal\nshort 1 @2 101 @3 102 end_of_data",
        },
        Case {
            rule: "a target nearer than the opposite limit goes first; the order waits for the next minute",
            bars: "100 100 100 100\n100 100 100 100\n100 103 100 102\n102 103 102 102\n102 102 102 102",
            plan: "long 0\nshort limit 9 1:102.5\nlong.target points 2",
            expected: "long 1 @1 100 @2 102 target\nshort 1 @3 102.5 @4 102 end_of_data",
        },
        Case {
            rule: "stop before an opposite limit, and the trade is ambiguous",
            bars: "100 100 100 100\n100 100 100 100\n100 103 98 100\n100 100 100 100",
            plan: "long 0\nshort limit 1 1:102\nlong.stop points 2",
            expected: "long 1 @1 100 @2 98 stop ?",
        },
        Case {
            rule: "an opposite stop passed by the open reverses at the open",
            bars: "100 100 100 100\n100 100 100 100\n98 98 97 98\n98 98 98 98",
            plan: "long 0\nshort stop 9 1:99",
            expected: "long 1 @1 100 @2 98 reversal\nshort 1 @2 98 @3 98 end_of_data",
        },
        Case {
            rule: "the new position of a reversal inside the range meets its stop-loss in that minute",
            bars: "100 100 100 100\n100 100 100 100\n100 101 98 98\n98 98 98 98",
            plan: "long 0\nshort stop 9 1:99\nshort.stop points 1.5",
            expected: "long 1 @1 100 @2 99 reversal\nshort 1 @2 99 @2 100.5 stop ?",
        },
        Case {
            rule: "a refused reversal inside the range leaves the protective stop to act",
            bars: "100 100 100 100\n100 100 100 100\n100 100 97 98\n98 98 98 98",
            plan: "long 0\nshort stop 9 1:99\nlong.stop points 2\nshort.stop price 90",
            expected: "long 1 @1 100 @2 98 stop\ncount refused 1",
        },
    ]);
}
