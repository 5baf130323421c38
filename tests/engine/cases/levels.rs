//! Distances and rounding.

use super::{Case, check};

#[test]
fn distances() {
    let falling = "100 100 100 100\n100 100 100 100\n100 100 90 90\n90 90 90 90";
    let rising = "100 100 100 100\n100 100 100 100\n100 110 100 110\n110 110 110 110";
    check(&[
        Case {
            rule: "percent of the raw fill, offset aside",
            bars: "offset 50\n100 100 100 100\n100 100 100 100\n100 100 90 90\n90 90 90 90",
            plan: "long 0\nstop percent 3",
            expected: "long 1 @1 100 @2 97 stop",
        },
        Case { rule: "ticks", bars: falling, plan: "long 0\nstop ticks 6", expected: "long 1 @1 100 @2 98.5 stop" },
        Case {
            rule: "money for the whole position",
            bars: falling,
            plan: "units 4\npoint_value 2\nlong 0\nstop money 40",
            expected: "long 4 @1 100 @2 95 stop gross=-40",
        },
        Case {
            rule: "money in another account currency",
            bars: falling,
            plan: "units 4\nconversion 0.5\nlong 0\nstop money 10",
            expected: "long 4 @1 100 @2 95 stop gross=-10",
        },
        Case {
            rule: "atr multiples",
            bars: falling,
            plan: "long 0\nstop atr 2*1.25",
            expected: "long 1 @1 100 @2 97.5 stop",
        },
        Case {
            rule: "r multiples of the stop distance as placed",
            bars: rising,
            plan: "long 0\nstop points 1.1\ntarget r 2",
            expected: "long 1 @1 100 @2 102.5 target",
        },
        Case {
            rule: "an absolute adjusted price",
            bars: "offset 50\n100 100 100 100\n100 100 100 100\n100 100 90 90\n90 90 90 90",
            plan: "long 0\nstop price 148",
            expected: "long 1 @1 100 @2 98 stop",
        },
        Case {
            rule: "a distance is at least one tick",
            bars: falling,
            plan: "long 0\nstop points 0.01",
            expected: "long 1 @1 100 @2 99.75 stop",
        },
        Case {
            rule: "distances are measured from the fill including slippage",
            bars: falling,
            plan: "slip 2\nlong 0\nstop points 1",
            expected: "long 1 @1 100.5 @2 99 stop",
        },
    ]);
}

#[test]
fn rounding() {
    check(&[
        Case {
            rule: "a long's stop rounds down, its target up",
            bars: "100 100 100 100\n100 100 100 100\n100 100 98.75 98.75\n99 99 99 99",
            plan: "long 0\nstop points 1.1\ntarget points 5",
            expected: "long 1 @1 100 @2 98.75 stop",
        },
        Case {
            rule: "a target off the grid is harder to reach",
            bars: "100 100 100 100\n100 100 100 100\n100 101.10 100 101\n101 101.25 101 101\n101 101 101 101",
            plan: "long 0\ntarget points 1.1",
            expected: "long 1 @1 100 @3 101.25 target",
        },
        Case {
            rule: "a short's stop rounds up",
            bars: "100 100 100 100\n100 100 100 100\n100 101.2 100 101\n101 101.25 101 101\n101 101 101 101",
            plan: "short 0\nstop points 1.1",
            expected: "short 1 @1 100 @3 101.25 stop",
        },
        Case {
            rule: "a buy stop rounds up, a buy limit down",
            bars: "100 100 100 100\n100 101.2 100 101\n101 101.25 101 101\n101 101 98.8 99\n99 99 98.75 99\n99 99 99 99",
            plan: "long stop 9 0:101.10\nmax_bars 1",
            expected: "long 1 @2 101.25 @3 101 time",
        },
        Case {
            rule: "a buy limit rounds down",
            bars: "100 100 100 100\n100 100 98.8 99\n99 99 98.75 99\n99 99 99 99",
            plan: "long limit 9 0:98.90",
            expected: "long 1 @2 98.75 @3 99 end_of_data",
        },
        Case {
            rule: "a level within a millionth of a tick of the grid is on it",
            bars: "100 100 100 100\n100 101 100 101\n101 101 101 101",
            plan: "long stop 9 0:101.0000000001",
            expected: "long 1 @1 101 @2 101 end_of_data",
        },
        Case {
            rule: "the grid is that of raw prices: an offset off the grid shifts it",
            bars: "offset 0.10\n100 100 100 100\n100 100 100 100\n100 100 98 98\n98 98 98 98",
            plan: "long 0\nstop points 1.1",
            expected: "long 1 @1 100 @2 98.75 stop",
        },
        Case {
            rule: "the resting level is rounded on the raw grid too",
            bars: "offset 0.10\n100 100 100 100\n100 101.5 100 101\n101 101 101 101",
            plan: "long stop 9 0:101.15",
            expected: "long 1 @1 101.25 @2 101 end_of_data",
        },
        Case {
            rule: "an off-grid fill: the distance is kept and rounded away",
            bars: "100 100 100 100\n100.10 100.10 100.10 100.10\n100 100 98 98\n98 98 98 98",
            plan: "long 0\nstop points 1",
            expected: "long 1 @1 100.10 @2 99 stop",
        },
    ]);
}
