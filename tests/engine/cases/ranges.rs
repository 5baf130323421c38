//! What one minute's range may do: stop before target, entries inside the minute, ambiguity.

use super::{Case, check};

#[test]
fn stop_and_target() {
    check(&[
        Case {
            rule: "stop and target of an entry at the open are live in the same minute",
            bars: "100 100 100 100\n100 102 99.5 101\n101 101 101 101",
            plan: "long 0\nstop points 1\ntarget points 2",
            expected: "long 1 @1 100 @1 102 target gross=2 mae=0 mfe=2 bars=0",
        },
        Case {
            rule: "both touched in one minute: the stop, and the trade is ambiguous",
            bars: "100 100 100 100\n100 102 99 101\n101 101 101 101",
            plan: "long 0\nstop points 1\ntarget points 2",
            expected: "long 1 @1 100 @1 99 stop ? gross=-1 mae=-1 mfe=0\ncount ambiguous 1",
        },
        Case {
            rule: "the same for a short",
            bars: "100 100 100 100\n100 101 98 99\n99 99 99 99",
            plan: "short 0\nstop points 1\ntarget points 2",
            expected: "short 1 @1 100 @1 101 stop ? gross=-1",
        },
        Case {
            rule: "a stop fills at its level, with slippage",
            bars: "100 100 100 100\n100 100 100 100\n100 100 98 98.5\n99 99 99 99",
            plan: "slip 1\nlong 0\nstop points 1",
            expected: "long 1 @1 100.25 @2 99 stop gross=-1.25 slippage=0.5 mae=-1.25 mfe=0",
        },
        Case {
            rule: "a stop passed by the open fills at the open",
            bars: "100 100 100 100\n100 100 100 100\n97 98 96 97\n99 99 99 99",
            plan: "long 0\nstop points 1",
            expected: "long 1 @1 100 @2 97 stop gross=-3 mae=-3",
        },
        Case {
            rule: "a target passed by the open fills at the better open, without slippage",
            bars: "100 100 100 100\n99.75 99.75 99.75 99.75\n104 104 103 103\n99 99 99 99",
            plan: "slip 1\nlong 0\ntarget points 2",
            expected: "long 1 @1 100 @2 104 target gross=4 slippage=0.25 mae=-0.25 mfe=4",
        },
        Case {
            rule: "a target needs the touch",
            bars: "100 100 100 100\n100 101.75 100 101\n101 102 101 101\n99 99 99 99",
            plan: "long 0\ntarget points 2",
            expected: "long 1 @1 100 @2 102 target bars=1",
        },
        Case {
            rule: "limit_through_ticks holds for targets too",
            bars: "100 100 100 100\n100 102 100 101\n101 102.25 101 101\n99 99 99 99",
            plan: "through 1\nlong 0\ntarget points 2",
            expected: "long 1 @1 100 @2 102 target",
        },
        Case {
            rule: "an exit due at the open goes before a stop touched later in that minute",
            bars: "100 100 100 100\n100 100 100 100\n100 100 98 98\n98 98 98 98",
            plan: "long 0\nexit 1\nstop points 1",
            expected: "long 1 @1 100 @2 100 signal",
        },
        Case {
            rule: "an exit due at the open goes before a stop passed by that open",
            bars: "100 100 100 100\n100 100 100 100\n97 98 96 97\n98 98 98 98",
            plan: "long 0\nexit 1\nstop points 1",
            expected: "long 1 @1 100 @2 97 signal",
        },
        Case {
            rule: "in the entry minute a stop never fills better than the market stood: slippage beyond the distance",
            bars: "100 100 100 100\n100 100 99 99\n98 98 98 98",
            plan: "slip 3\nlong 0\nstop ticks 1",
            expected: "long 1 @1 100.75 @1 99.25 stop gross=-1.5 slippage=1.5",
        },
    ]);
}

#[test]
fn entries_inside_a_minute() {
    check(&[
        Case {
            rule: "the stop-loss of an entry inside the minute is taken if the range reaches it",
            bars: "100 100 100 100\n100 102 99 101\n101 101 101 101",
            plan: "long stop 1 0:101\nstop points 1.5",
            expected: "long 1 @1 101 @1 99.5 stop ? gross=-1.5 mae=-1.5 mfe=0",
        },
        Case {
            rule: "its target is not credited in that minute, and the trade is ambiguous",
            bars: "100 100 100 100\n100 103 100 101\n101 101.5 101 101\n101 101 101 101",
            plan: "long stop 1 0:101\ntarget points 1",
            expected: "long 1 @1 101 @3 101 end_of_data ? mfe=0.5",
        },
        Case {
            rule: "its target is live from the next minute on",
            bars: "100 100 100 100\n100 101.5 100 101\n101 102 101 101\n101 101 101 101",
            plan: "long stop 1 0:101\ntarget points 1",
            expected: "long 1 @1 101 @2 102 target mae=0 mfe=1",
        },
        Case {
            rule: "an entry inside the minute contributes only that minute's close to the excursion",
            bars: "100 100 100 100\n100 105 95 100\n100 100.5 99.5 100\n100 100 100 100",
            plan: "long stop 1 0:101",
            expected: "long 1 @1 101 @3 100 end_of_data mae=-1.5 mfe=0",
        },
        Case {
            rule: "an entry at the open contributes the whole minute",
            bars: "100 100 100 100\n100 105 95 100\n100 100.5 99.5 100\n100 100 100 100",
            plan: "long 0",
            expected: "long 1 @1 100 @3 100 end_of_data mae=-5 mfe=5",
        },
        Case {
            rule: "the exit minute contributes only its open and the exit price",
            bars: "100 100 100 100\n100 100 100 100\n100.5 103 98 99\n100 100 100 100",
            plan: "long 0\nstop points 1",
            expected: "long 1 @1 100 @2 99 stop mae=-1 mfe=0.5",
        },
        Case {
            rule: "after an exit inside the range resting entries wait for the next minute",
            bars: "100 100 100 100\n100 100 100 100\n100 100 97 97.5\n97.5 97.5 97.5 97.5\n97 97 97 97",
            plan: "long 0\nshort stop 9 1:98\nstop points 1",
            expected: "long 1 @1 100 @2 99 stop\nshort 1 @3 97.5 @4 97 end_of_data",
        },
        Case {
            rule: "after an exit at the open they do not wait",
            bars: "100 100 100 100\n100 100 100 100\n98.5 98.5 97 97.5\n97.5 97.5 97.5 97.5\n97 97 97 97",
            plan: "long 0\nshort stop 9 1:98\nstop points 1",
            expected: "long 1 @1 100 @2 98.5 stop\nshort 1 @2 98 @4 97 end_of_data",
        },
    ]);
}

#[test]
fn target_legs() {
    check(&[
        Case {
            rule: "legs close whole steps rounded down, the last leg the rest; each is a trade",
            bars: "100 100 100 100\n100 100 100 100\n100 101 100 101\n101 102 101 102\n102 102 102 102",
            plan: "units 5\nlong 0\ntarget points 1 0.5\ntarget points 2",
            expected: "long 2 @1 100 @2 101 target gross=2\nlong 3 @1 100 @3 102 target gross=6",
        },
        Case {
            rule: "what legs leave over has no target",
            bars: "100 100 100 100\n100 100 100 100\n100 101 100 101\n101 105 101 105\n105 105 105 105",
            plan: "units 5\nlong 0\ntarget points 1 0.4",
            expected: "long 2 @1 100 @2 101 target gross=2\nlong 3 @1 100 @4 105 end_of_data gross=15",
        },
        Case {
            rule: "a leg of nothing that leaves the rest over is no target at all",
            bars: "100 100 100 100\n100 100 100 100\n100 101 100 101\n101 105 101 105\n105 105 105 105",
            plan: "units 1\nlong 0\ntarget points 1 0.5",
            expected: "long 1 @1 100 @4 105 end_of_data gross=5",
        },
        Case {
            rule: "thirds written with two digits are thirds",
            bars: "100 100 100 100\n100 100 100 100\n100 101 100 101\n101 102 101 102\n102 103 102 103\n103 103 103 103",
            plan: "units 3\nlong 0\ntarget points 1 0.33\ntarget points 2 0.33\ntarget points 3 0.33",
            expected: "long 1 @1 100 @2 101 target\nlong 1 @1 100 @3 102 target\nlong 1 @1 100 @4 103 target",
        },
        Case {
            rule: "several legs may fill in one minute",
            bars: "100 100 100 100\n100 100 100 100\n100 103 100 101\n101 101 101 101",
            plan: "units 4\nlong 0\ntarget points 1 0.25\ntarget points 2",
            expected: "long 1 @1 100 @2 101 target mfe=1\nlong 3 @1 100 @2 102 target mfe=6",
        },
        Case {
            rule: "legs passed by the open all fill at the open",
            bars: "100 100 100 100\n100 100 100 100\n103 103 103 103\n101 101 101 101",
            plan: "units 4\nlong 0\ntarget points 1 0.25\ntarget points 2",
            expected: "long 1 @1 100 @2 103 target\nlong 3 @1 100 @2 103 target",
        },
        Case {
            rule: "a leg of zero steps is dropped, the rest goes to the last",
            bars: "100 100 100 100\n100 100 100 100\n100 101 100 101\n101 102 101 102\n102 102 102 102",
            plan: "long 0\ntarget points 1 0.5\ntarget points 2",
            expected: "long 1 @1 100 @3 102 target",
        },
        Case {
            rule: "legs act by nearness, whatever their order in the list",
            bars: "100 100 100 100\n100 100 100 100\n100 101 100 101\n101 102 101 102\n102 102 102 102",
            plan: "units 5\nlong 0\ntarget points 2 0.4\ntarget points 1",
            expected: "long 3 @1 100 @2 101 target\nlong 2 @1 100 @3 102 target",
        },
        Case {
            rule: "stop before target also for the part that is left",
            bars: "100 100 100 100\n100 100 100 100\n100 101 100 101\n101 102 99 100\n102 102 102 102",
            plan: "units 2\nlong 0\nstop points 1\ntarget points 1 0.5\ntarget points 2",
            expected: "long 1 @1 100 @2 101 target\nlong 1 @1 100 @3 99 stop ?",
        },
        Case {
            rule: "shares of the entry commission add up: 1/3 and the rest",
            bars: "100 100 100 100\n100 100 100 100\n100 101 100 101\n101 102 101 102\n102 102 102 102",
            plan: "units 3\ncommission_minimum 1\nlong 0\ntarget points 1 0.34\ntarget points 2",
            expected: "long 1 @1 100 @2 101 target commission=1.333333 net=-0.333333\n\
                       long 2 @1 100 @3 102 target commission=1.666667 net=2.333333",
        },
        Case {
            rule: "a leg's excursion ends with its exit, the rest's goes on through the minute",
            bars: "100 100 100 100\n100 100 100 100\n100 103 98 101\n101 101 101 101",
            plan: "units 2\nlong 0\ntarget points 1 0.5\ntarget points 9",
            expected: "long 1 @1 100 @2 101 target mae=0 mfe=1\nlong 1 @1 100 @3 101 end_of_data mae=-2 mfe=3",
        },
    ]);
}
