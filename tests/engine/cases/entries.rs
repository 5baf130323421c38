//! Entry orders: market, stop, limit, replacement, expiry, conflicts, refusals.

use super::{Case, check};

#[test]
fn market_orders() {
    check(&[
        Case {
            rule: "a market order decided at a close fills at the next existing minute's open",
            bars: "100 101 99 100\n@5\n102 103 101 102\n103 103 103 103",
            plan: "long 0",
            expected: "long 1 @1 102 @2 103 end_of_data gross=1 mae=-1 mfe=1",
        },
        Case {
            rule: "slippage moves market fills against the trader by whole ticks, an off-grid open fills as printed",
            bars: "100 100 100 100\n100.10 101 100 101\n101 101 101 101\n101.10 102 101 102\n100 100 100 100",
            plan: "slip 2\nlong 0\nexit 2",
            expected: "long 1 @1 100.60 @3 100.60 signal gross=0 slippage=1 mae=-0.6 mfe=0.5",
        },
        Case {
            rule: "a decision on the window's last minute is not made",
            bars: "100 100 100 100\n100 100 100 100",
            plan: "long 1",
            expected: "",
        },
        Case {
            rule: "a decision bar of several minutes is decided with its last minute",
            bars: "100 100 100 100\n101 101 101 101\n102 102 102 102\n103 103 103 103\n104 104 104 104\n105 105 105 105",
            plan: "tf 2\nlong 0\nexit 1",
            expected: "long 1 @2 102 @4 104 signal bars=1",
        },
        Case {
            rule: "long and short market entries both true: no order, counted",
            bars: "100 100 100 100\n100 100 100 100\n100 100 100 100",
            plan: "long 0\nshort 0",
            expected: "count conflicts 1",
        },
        Case {
            rule: "a market entry against a resting one on the same decision is a conflict as well",
            bars: "100 100 100 100\n100 102 98 100\n100 100 100 100",
            plan: "long 0\nshort stop 1 0:99",
            expected: "count conflicts 1",
        },
        Case {
            rule: "same-side entries are ignored while in position",
            bars: "100 100 100 100\n100 100 100 100\n101 101 101 101\n102 102 102 102",
            plan: "long 0 1 2",
            expected: "long 1 @1 100 @3 102 end_of_data",
        },
        Case {
            rule: "exit and entry of the same side both true in position: exit only",
            bars: "100 100 100 100\n100 100 100 100\n101 101 101 101\n102 102 102 102",
            plan: "long 0 1\nexit 1",
            expected: "long 1 @1 100 @2 101 signal",
        },
        Case {
            rule: "an exit rule does not keep an entry away while flat",
            bars: "100 100 100 100\n100 100 100 100\n101 101 101 101",
            plan: "long 0\nexit 0",
            expected: "long 1 @1 100 @2 101 end_of_data",
        },
    ]);
}

#[test]
fn resting_orders() {
    check(&[
        Case {
            rule: "a stop entry inside the range fills at its level, with slippage",
            bars: "100 100 100 100\n100 102 100 101\n101 101 101 101",
            plan: "slip 1\nlong stop 1 0:101",
            expected: "long 1 @1 101.25 @2 100.75 end_of_data slippage=0.5",
        },
        Case {
            rule: "a stop entry passed by the open fills at the open",
            bars: "100 100 100 100\n103 104 102 103\n103 103 103 103",
            plan: "long stop 1 0:101",
            expected: "long 1 @1 103 @2 103 end_of_data mae=-1 mfe=1",
        },
        Case {
            rule: "a limit entry fills at its level without slippage",
            bars: "100 100 100 100\n100 100 98 99\n99 99 99 99",
            plan: "slip 1\nlong limit 1 0:99",
            expected: "long 1 @1 99 @2 98.75 end_of_data slippage=0.25",
        },
        Case {
            rule: "a limit entry passed by the open fills at the better open",
            bars: "100 100 100 100\n97 98 96 97\n97 97 97 97",
            plan: "slip 1\nlong limit 1 0:99",
            expected: "long 1 @1 97 @2 96.75 end_of_data",
        },
        Case {
            rule: "a limit is filled on touch, not short of it",
            bars: "100 100 100 100\n100 100 99.25 100\n100 100 99 100\n100 100 100 100",
            plan: "long limit 2 0:99",
            expected: "long 1 @2 99 @3 100 end_of_data",
        },
        Case {
            rule: "limit_through_ticks: touching is not enough, trading through is",
            bars: "100 100 100 100\n100 100 99 100\n100 100 98.75 100\n100 100 100 100",
            plan: "through 1\nlong limit 2 0:99",
            expected: "long 1 @2 99 @3 100 end_of_data",
        },
        Case {
            rule: "limit_through_ticks at the open: an open at the level does not fill, through it fills at the open",
            bars: "100 100 100 100\n99 99.25 99 99.25\n98.75 99 98.75 99\n99 99 99 99",
            plan: "through 1\nlong limit 2 0:99",
            expected: "long 1 @2 98.75 @3 99 end_of_data",
        },
        Case {
            rule: "an order expires when expires_bars further decision bars have completed",
            bars: "100 100 100 100\n100 100 100 100\n100 102 100 102\n102 102 102 102",
            plan: "long stop 1 0:101",
            expected: "",
        },
        Case {
            rule: "an order that rests two bars still fills in the second",
            bars: "100 100 100 100\n100 100 100 100\n100 102 100 102\n102 102 102 102",
            plan: "long stop 2 0:101",
            expected: "long 1 @2 101 @3 102 end_of_data",
        },
        Case {
            rule: "a new order replaces the resting one of its side",
            bars: "100 100 100 100\n100 100 100 100\n100 103.5 100 102\n102 102 102 102",
            plan: "long stop 9 0:101 1:103",
            expected: "long 1 @2 103 @3 102 end_of_data",
        },
        Case {
            rule: "an undefined price refuses the new order and leaves the old one",
            bars: "100 100 100 100\n100 100 100 100\n100 103 100 102\n102 102 102 102",
            plan: "long stop 9 0:101 1:NaN",
            expected: "long 1 @2 101 @3 102 end_of_data\ncount refused 1",
        },
        Case {
            rule: "a breakout bracket: both orders rest, the first fill cancels the other",
            bars: "100 100 100 100\n100 101.5 100 101\n101 101 98 98\n98 98 98 98",
            plan: "long stop 9 0:101\nshort stop 9 0:99",
            expected: "long 1 @1 101 @3 98 end_of_data\ncount conflicts 0",
        },
        Case {
            rule: "both sides reached in one range: the order nearer to the open fills, the trade is ambiguous",
            bars: "100 100 100 100\n100 102 98 100\n100 100 100 100",
            plan: "long stop 9 0:101.5\nshort stop 9 0:99",
            expected: "short 1 @1 99 @2 100 end_of_data ?\ncount ambiguous 1",
        },
        Case {
            rule: "both sides equally near: stop before limit",
            bars: "100 100 100 100\n100 101 99 100\n100 100 100 100",
            plan: "long limit 9 0:99\nshort stop 9 0:99",
            expected: "short 1 @1 99 @2 100 end_of_data ?",
        },
        Case {
            rule: "both sides equally near and of one kind: long before short",
            bars: "100 100 100 100\n100 101 99 100\n100 100 100 100",
            plan: "long stop 9 0:101\nshort stop 9 0:99",
            expected: "long 1 @1 101 @2 100 end_of_data ?",
        },
        Case {
            rule: "both sides passed by the open: stop before limit, at the open",
            bars: "100 100 100 100\n103 103 103 103\n104 104 104 104",
            plan: "long stop 9 0:101\nshort limit 9 0:102",
            expected: "long 1 @1 103 @2 104 end_of_data ?",
        },
        Case {
            rule: "a market fill cancels resting orders",
            bars: "100 100 100 100\n100 100 100 100\n100 100 98 98\n98 98 98 98",
            plan: "long 1\nshort stop 9 0:99",
            expected: "long 1 @2 100 @3 98 end_of_data",
        },
        Case {
            rule: "two market-closed days apart an order still meets the next existing minute",
            bars: "100 100 100 100\nday\nday\n105 105 105 105\n106 106 106 106",
            plan: "long 0",
            expected: "long 1 @1 105 @2 106 end_of_data",
        },
    ]);
}

#[test]
fn refused_entries() {
    check(&[
        Case {
            rule: "a price stop on the wrong side of the fill refuses the entry",
            bars: "100 100 100 100\n100 101 99 100\n100 100 100 100",
            plan: "long 0\nstop price 100.5",
            expected: "count refused 1",
        },
        Case {
            rule: "an undefined atr refuses the entry",
            bars: "100 100 100 100\n100 101 99 100\n100 100 100 100",
            plan: "long 0\ntarget atr 2*NaN",
            expected: "count refused 1",
        },
        Case {
            rule: "an r distance without a stop refuses the entry",
            bars: "100 100 100 100\n100 101 99 100\n100 100 100 100",
            plan: "long 0\ntarget r 2",
            expected: "count refused 1",
        },
        Case {
            rule: "an undefined trailing activation refuses the entry as well",
            bars: "100 100 100 100\n100 101 99 100\n100 100 100 100",
            plan: "long 0\ntrail points 1 after atr 1*NaN",
            expected: "count refused 1",
        },
        Case {
            rule: "a resting order refused at its fill is gone",
            bars: "100 100 100 100\n100 101 99 100\n100 100 99 100\n100 100 100 100",
            plan: "long limit 9 0:99\nstop price 99.5",
            expected: "count refused 1",
        },
    ]);
}
