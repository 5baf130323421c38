//! Time exits, rule exits and their precedence.

use super::{Case, check};

const FLAT: &str =
    "100 100 100 100\n100 100 100 100\n101 101 101 101\n102 102 102 102\n103 103 103 103\n104 104 104 104";

#[test]
fn exits() {
    check(&[
        Case {
            rule: "max_minutes: at the open of the first minute that many minutes after the entry minute",
            bars: FLAT,
            plan: "long 0\nmax_minutes 2",
            expected: "long 1 @1 100 @3 102 time bars=2",
        },
        Case {
            rule: "max_minutes over missing minutes: the next existing minute",
            bars: "100 100 100 100\n100 100 100 100\n@9\n101 101 101 101\n102 102 102 102",
            plan: "long 0\nmax_minutes 3",
            expected: "long 1 @1 100 @2 101 time",
        },
        Case {
            rule: "max_bars: the bar of the fill counts as the first",
            bars: FLAT,
            plan: "tf 2\nlong 0\nmax_bars 1",
            expected: "long 1 @2 101 @4 103 time bars=1",
        },
        Case {
            rule: "time goes before signal when both are due",
            bars: FLAT,
            plan: "long 0\nmax_bars 1\nexit 1",
            expected: "long 1 @1 100 @2 101 time",
        },
        Case {
            rule: "a rule on open profit sees the mark of the decision bar",
            bars: FLAT,
            plan: "units 2\nlong 0\nexit_profit_above 1.5",
            expected: "long 2 @1 100 @3 102 signal gross=4",
        },
        Case {
            rule: "a rule on bars in trade",
            bars: FLAT,
            plan: "long 0\nexit_after_bars 3",
            expected: "long 1 @1 100 @4 103 signal bars=3",
        },
        Case {
            rule: "end of data: at the last close as a market order, after a whole minute's excursion",
            bars: "100 100 100 100\n100 102 97 101",
            plan: "slip 1\ncommission 1\nlong 0",
            expected: "long 1 @1 100.25 @1 100.75 end_of_data gross=0.5 commission=2 net=-1.5 mae=-3.25 mfe=1.75",
        },
        Case {
            rule: "entry and exit on alternating bars",
            bars: FLAT,
            plan: "long 0 2\nexit 1 3",
            expected: "long 1 @1 100 @2 101 signal\nlong 1 @3 102 @4 103 signal",
        },
    ]);
}
