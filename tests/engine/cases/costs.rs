//! Slippage, commission, currencies.

use super::{Case, check};

const FLAT: &str = "100 100 100 100\n100 100 100 100\n101 101 101 101\n102 102 102 102";

#[test]
fn costs() {
    check(&[
        Case {
            rule: "commission per unit and fill",
            bars: FLAT,
            plan: "units 3\ncommission 0.35\nlong 0",
            expected: "long 3 @1 100 @3 102 end_of_data gross=6 commission=2.1 net=3.9",
        },
        Case {
            rule: "commission in basis points of each fill's raw notional",
            bars: FLAT,
            plan: "units 2\npoint_value 5\ncommission_bps 10\nlong 0",
            expected: "long 2 @1 100 @3 102 end_of_data gross=20 commission=2.02",
        },
        Case {
            rule: "the least commission of an order",
            bars: FLAT,
            plan: "units 2\ncommission 0.005\ncommission_minimum 1\nlong 0",
            expected: "long 2 @1 100 @3 102 end_of_data commission=2",
        },
        Case {
            rule: "basis-point slippage of the raw price, to the nearest count, half to even",
            bars: "offset 50\n100.50 100.50 100.50 100.50\n100.50 101 100.50 101\n101 101 101 101",
            plan: "slip_bps 1\nlong 0",
            expected: "long 1 @1 100.51 @2 100.99 end_of_data gross=0.48 slippage=0.02",
        },
        Case {
            rule: "basis-point slippage below half a count is none",
            bars: "40 40 40 40\n40 40 40 40\n41 41 41 41",
            plan: "slip_bps 1\nlong 0",
            expected: "long 1 @1 40 @2 41 end_of_data slippage=0",
        },
        Case {
            rule: "half the spread on market fills, rounded up",
            bars: "spread 0.05\n100 100 100 100\n100 100 100 100\nspread 0.02\n101 101 101 101",
            plan: "half_spread\nlong 0",
            expected: "long 1 @1 100.03 @2 100.99 end_of_data slippage=0.04",
        },
        Case {
            rule: "money is rounded half to even once per trade",
            bars: "100 100 100 100\n100 100 100 100\n100 100.05 100 100.05",
            plan: "step 0.0001\nunits 0.0001\npoint_value 0.1\nlong 0",
            expected: "long 1 @1 100 @2 100.05 end_of_data gross=0",
        },
        Case {
            rule: "the tie above the odd millionth goes up",
            bars: "100 100 100 100\n100 100 100 100\n100 100.15 100 100.15",
            plan: "step 0.0001\nunits 0.0001\npoint_value 0.1\nlong 0",
            expected: "long 1 @1 100 @2 100.15 end_of_data gross=0.000002",
        },
        Case {
            rule: "another account currency: profit at the exit minute's rate, commission at its fill's",
            bars: FLAT,
            plan: "units 10\ncommission 1\nconversions 0.5 0.5 0.4 0.25\nlong 0",
            expected: "long 10 @1 100 @3 102 end_of_data gross=5 commission=7.5 net=-2.5",
        },
    ]);
}
