//! Trailing and break-even stops.

use super::{Case, check};

#[test]
fn trailing() {
    check(&[
        Case {
            rule: "a trailing stop stands at its distance at once for an entry at the open",
            bars: "100 100 100 100\n100 100 98 99\n99 99 99 99",
            plan: "long 0\ntrail points 1",
            expected: "long 1 @1 100 @1 99 trailing_stop",
        },
        Case {
            rule: "it moves on completed minutes only: the minute of the high cannot hit the level of that high",
            bars: "100 100 100 100\n100 104 100 101.5\n101.75 102.25 101.5 102\n102 102 101 101\n101 101 101 101",
            plan: "long 0\ntrail points 2",
            expected: "long 1 @1 100 @2 101.75 trailing_stop",
        },
        Case {
            rule: "it only tightens, and fills at its level",
            bars: "100 100 100 100\n100 101 100 101\n101 104 101 104\n104 104 103 103\n103 103 101 101\n101 101 101 101",
            plan: "long 0\ntrail points 2",
            expected: "long 1 @1 100 @4 102 trailing_stop",
        },
        Case {
            rule: "basis close follows closes",
            bars: "100 100 100 100\n100 104 100 101\n101 101 99.25 99.25\n99.25 99.25 98 98\n98 98 98 98",
            plan: "long 0\ntrail points 2 on_close",
            expected: "long 1 @1 100 @3 99 trailing_stop",
        },
        Case {
            rule: "activation: not before the best price of completed minutes reached it",
            bars: "100 100 100 100\n100 101 97 100\n100 102 100 101.75\n101.75 101.75 101 101\n101 101 101 101",
            plan: "long 0\ntrail points 1 after points 2",
            expected: "long 1 @1 100 @3 101 trailing_stop",
        },
        Case {
            rule: "a short trails above",
            bars: "100 100 100 100\n100 100 96 97\n97 98 97 98\n98 98 98 98",
            plan: "short 0\ntrail points 2",
            expected: "short 1 @1 100 @2 98 trailing_stop",
        },
        Case {
            rule: "an entry inside the minute trails from the better of fill and close, not from the high",
            bars: "100 100 100 100\n100 105 100 102\n102 102 101.25 101.25\n101.25 101.25 101 101\n101 101 101 101",
            plan: "long stop 1 0:101\ntrail points 1",
            expected: "long 1 @1 101 @3 101 trailing_stop",
        },
        Case {
            rule: "a trailing stop is not live in the minute of an entry inside it",
            bars: "100 100 100 100\n100 101 98 100.5\n100.5 100.5 100.5 100.5\n100.5 100.5 100.5 100.5",
            plan: "long stop 1 0:101\ntrail points 2",
            expected: "long 1 @1 101 @3 100.5 end_of_data",
        },
        Case {
            rule: "the tightest level protects and names the exit; at equal levels the stop-loss does",
            bars: "100 100 100 100\n100 100 98 99\n99 99 99 99",
            plan: "long 0\nstop points 1\ntrail points 1",
            expected: "long 1 @1 100 @1 99 stop",
        },
        Case {
            rule: "a trailing stop wider than the stop-loss takes over once it is tighter",
            bars: "100 100 100 100\n100 102.5 100 102\n102 102 100 100\n100 100 100 100",
            plan: "long 0\nstop points 1\ntrail points 2",
            expected: "long 1 @1 100 @2 100.5 trailing_stop",
        },
        Case {
            rule: "trailing levels are rounded down for a long on the tick grid",
            bars: "100 100 100 100\n100 101.10 100 101\n101 101 100 100\n100 100 100 100",
            plan: "long 0\ntrail points 1",
            expected: "long 1 @1 100 @2 100 trailing_stop",
        },
    ]);
}

#[test]
fn break_even() {
    check(&[
        Case {
            rule: "break-even moves the stop to the fill, slippage included, after a completed minute",
            bars: "100 100 100 100\n100 102.25 99 101\n101 101 99 100\n100 100 100 100",
            plan: "slip 1\nlong 0\nbreak_even points 2",
            expected: "long 1 @1 100.25 @2 100 break_even gross=-0.25",
        },
        Case {
            rule: "with an offset it stands beyond the fill",
            bars: "100 100 100 100\n100 102 100 101\n101 101 99 100\n100 100 100 100",
            plan: "long 0\nbreak_even points 2 offset ticks 2",
            expected: "long 1 @1 100 @2 100.5 break_even",
        },
        Case {
            rule: "not before the distance is reached",
            bars: "100 100 100 100\n100 101.75 99.75 101\n101 101 99 100\n100 100 100 100",
            plan: "long 0\nbreak_even points 2",
            expected: "long 1 @1 100 @3 100 end_of_data",
        },
        Case {
            rule: "an entry inside the minute starts from the better of fill and close",
            bars: "100 100 100 100\n100 104 100 101.5\n101.5 101.5 100 100\n100 100 100 100",
            plan: "long stop 1 0:101\nbreak_even points 1",
            expected: "long 1 @1 101 @3 100 end_of_data",
        },
        Case {
            rule: "break-even goes before trailing at equal levels",
            bars: "100 100 100 100\n100 102 100 101\n101 101 99 100\n100 100 100 100",
            plan: "long 0\nbreak_even points 2\ntrail points 2",
            expected: "long 1 @1 100 @2 100 break_even",
        },
        Case {
            rule: "a break-even level already passed fills at the next open",
            bars: "100 100 100 100\n100 103 100 100.25\n100.25 101 100 100\n100 100 100 100",
            plan: "long 0\nbreak_even points 2 offset points 1",
            expected: "long 1 @1 100 @2 100.25 break_even",
        },
    ]);
}
