//! Clock exits, trading days, gaps.

use super::{Case, check};

#[test]
fn clock_exits() {
    check(&[
        Case {
            rule: "the position exits at the open of the flatten minute",
            bars: "100 100 100 100\n100 100 100 100\n101 101 101 101\n102 102 102 102",
            plan: "long 0\nflatten 2",
            expected: "long 1 @1 100 @2 101 session_close\ncount gaps 0",
        },
        Case {
            rule: "the first minute at or after the instant",
            bars: "100 100 100 100\n100 100 100 100\n@9\n101 101 101 101\n102 102 102 102",
            plan: "long 0\nflatten 5",
            expected: "long 1 @1 100 @2 101 session_close\ncount gaps 0",
        },
        Case {
            rule: "no bar before the close: at the next bar's open, counted as a gap",
            bars: "100 100 100 100\n100 100 100 100\nday\n105 105 105 105\n106 106 106 106",
            plan: "long 0\nflatten 5\nclose 10",
            expected: "long 1 @1 100 @2 105 session_close\ncount gaps 1",
        },
        Case {
            rule: "a stray bar after the close of the same trading day is the next bar",
            bars: "100 100 100 100\n100 100 100 100\n@12\n105 105 105 105\n106 106 106 106",
            plan: "long 0\nflatten 5\nclose 10",
            expected: "long 1 @1 100 @2 105 session_close\ncount gaps 1",
        },
        Case {
            rule: "nothing fills from the flatten instant until the next trading day",
            bars: "100 100 100 100\n100 100 100 100\n101 101 101 101\n102 102 102 102\n102 102 102 102",
            plan: "long 1 2 3\nflatten 2",
            expected: "",
        },
        Case {
            rule: "resting orders are cancelled at the flatten instant",
            bars: "100 100 100 100\n100 100 100 100\n100 100 100 100\nday\n100 103 100 103\n103 103 103 103",
            plan: "long stop 9 0:101\nflatten 2",
            expected: "",
        },
        Case {
            rule: "so are resting orders when no bar printed after it",
            bars: "100 100 100 100\n100 100 100 100\nday\n100 103 100 103\n103 103 103 103",
            plan: "long stop 9 0:101\nflatten 5",
            expected: "",
        },
        Case {
            rule: "an order decided at the session's close, after the flatten instant, meets the next day's open",
            bars: "100 100 100 100\n@1439\n100 100 100 100\nday\n105 105 105 105\n106 106 106 106\n107 107 107 107",
            plan: "long 1\nflatten 2",
            expected: "long 1 @2 105 @4 107 session_close",
        },
        Case {
            rule: "a reversal due at the flatten minute only closes",
            bars: "100 100 100 100\n100 100 100 100\n101 101 101 101\n102 102 102 102",
            plan: "long 0\nshort 1\nflatten 2",
            expected: "long 1 @1 100 @2 101 session_close",
        },
        Case {
            rule: "a position without a clock exit is held over night",
            bars: "100 100 100 100\n100 100 100 100\nday\n105 105 105 105\n106 106 106 106",
            plan: "long 0",
            expected: "long 1 @1 100 @3 106 end_of_data\ncount gaps 0",
        },
        Case {
            rule: "session_close goes before a signal due at the same open",
            bars: "100 100 100 100\n100 100 100 100\n101 101 101 101\n102 102 102 102",
            plan: "long 0\nexit 1\nflatten 2",
            expected: "long 1 @1 100 @2 101 session_close",
        },
    ]);
}
