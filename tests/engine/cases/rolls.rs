//! Continuous futures: positions held through a change of contract.

use super::{Case, check};

#[test]
fn rolls() {
    check(&[
        Case {
            rule: "profit is in adjusted prices, shown prices are raw, the roll pays two commissions and two slippages",
            bars: "offset -6\n106 106 106 106\n106 106 106 106\noffset 0\n100 100 100 100\n101 101 101 101",
            plan: "slip 1\ncommission 1\nlong 0",
            expected: "long 1 @1 106.25 @3 100.75 end_of_data gross=0 commission=4 net=-4 slippage=1 rolls=1",
        },
        Case {
            rule: "levels do not move with the roll",
            bars: "offset -6\n106 106 106 106\n106 106 106 106\noffset 0\n100 100 98 98\n98 98 98 98",
            plan: "long 0\nstop points 1",
            expected: "long 1 @1 106 @2 99 stop gross=-1 rolls=1",
        },
        Case {
            rule: "a position that leaves at the open of the roll pays it first",
            bars: "offset -6\n106 106 106 106\n106 106 106 106\noffset 0\n100 100 100 100\n98 98 98 98",
            plan: "commission 1\nlong 0\nexit 1",
            expected: "long 1 @1 106 @2 100 signal commission=4 rolls=1",
        },
        Case {
            rule: "an entry at the open of the roll does not pay it",
            bars: "offset -6\n106 106 106 106\noffset 0\n100 100 100 100\n98 98 98 98",
            plan: "commission 1\nlong 0",
            expected: "long 1 @1 100 @2 98 end_of_data commission=2 rolls=0",
        },
        Case {
            rule: "a resting order keeps its adjusted level through the roll",
            bars: "offset -6\n106 106 106 106\noffset 0\n100 101.5 100 101\n101 101 101 101",
            plan: "long stop 9 0:101",
            expected: "long 1 @1 101 @2 101 end_of_data",
        },
        Case {
            rule: "roll costs are shared by the legs closed after it",
            bars: "offset -6\n106 106 106 106\n106 106 106 106\noffset 0\n100 100 100 100\n100 101 100 101\n101 101 101 101",
            plan: "units 4\ncommission 1\nlong 0\ntarget points 1 0.25\ntarget points 9",
            expected: "long 1 @1 106 @3 101 target gross=1 commission=4 rolls=1\n\
                       long 3 @1 106 @4 101 end_of_data gross=3 commission=12 rolls=1",
        },
    ]);
}
