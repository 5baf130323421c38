//! Sizing, leverage, liquidation.

use super::{Case, check};

const FLAT: &str = "100 100 100 100\n100 100 100 100\n101 101 101 101\n102 102 102 102";

#[test]
fn sizing() {
    check(&[
        Case {
            rule: "fixed units go down to whole steps",
            bars: FLAT,
            plan: "step 0.1\nunits 0.79\nlong 0",
            expected: "long 7 @1 100 @3 102 end_of_data gross=1.4",
        },
        Case {
            rule: "a size within a millionth of a step is that step",
            bars: FLAT,
            plan: "step 0.1\nunits 0.7\nlong 0",
            expected: "long 7 @1 100 @3 102 end_of_data",
        },
        Case {
            rule: "too small is skipped and counted",
            bars: FLAT,
            plan: "units 0.5\nlong 0",
            expected: "count too_small 1",
        },
        Case {
            rule: "risk money over stop distance",
            bars: FLAT,
            plan: "risk_money 100\nlong 0\nstop points 8",
            expected: "long 12 @1 100 @3 102 end_of_data",
        },
        Case {
            rule: "round-trip costs reduce the size: 100 ÷ (8 + 2·1 + 2·0.25)",
            bars: FLAT,
            plan: "risk_money 100\ncommission 1\nslip 1\nlong 0\nstop points 8",
            expected: "long 9 @1 100.25 @3 101.75 end_of_data",
        },
        Case {
            rule: "risk percent of equity at the decision's mark, so it compounds",
            bars: "100 100 100 100\n100 100 100 100\n200 200 200 200\n200 200 200 200\n200 200 200 200",
            plan: "capital 1000\nrisk_percent 10\nlong 0 2\nstop points 10\nmax_bars 1",
            expected: "long 10 @1 100 @2 200 time gross=1000\nlong 20 @3 200 @4 200 time",
        },
        Case {
            rule: "risk sizing without a stop is refused",
            bars: FLAT,
            plan: "risk_money 100\nlong 0",
            expected: "count refused 1",
        },
        Case {
            rule: "the stop distance of a resting order is measured from its level",
            bars: "100 100 100 100\n100 112 100 110\n110 110 110 110",
            plan: "risk_money 100\nlong stop 1 0:110\nlong.stop price 100",
            expected: "long 10 @1 110 @1 100 stop ?",
        },
        Case {
            rule: "percent of equity at the raw decision close",
            bars: "offset 50\n100 100 100 100\n120 120 120 120\n120 120 120 120",
            plan: "capital 1000\nequity_percent 50\nlong 0",
            expected: "long 5 @1 120 @2 120 end_of_data",
        },
        Case {
            rule: "max_quantity",
            bars: FLAT,
            plan: "units 9\nmax_quantity 4\nlong 0",
            expected: "long 4 @1 100 @3 102 end_of_data\ncount reduced 0",
        },
        Case {
            rule: "notional is capped at leverage times equity, counted",
            bars: FLAT,
            plan: "capital 1000\nleverage 2\nunits 50\nlong 0",
            expected: "long 20 @1 100 @3 102 end_of_data\ncount reduced 1",
        },
        Case {
            rule: "the cap in another account currency",
            bars: FLAT,
            plan: "capital 1000\nleverage 1\nconversion 0.5\nunits 50\nlong 0",
            expected: "long 20 @1 100 @3 102 end_of_data gross=20\ncount reduced 1",
        },
    ]);
}

#[test]
fn liquidation() {
    check(&[
        Case {
            rule: "first mark at or below zero: out at the next open, and nothing trades again",
            bars: "100 100 100 100\n100 100 90 90\n92 92 92 92\n95 95 95 95\n96 96 96 96\n97 97 97 97",
            plan: "capital 100\nunits 10\nlong 0 2 3",
            expected: "long 10 @1 100 @2 92 liquidation gross=-80",
        },
        Case {
            rule: "liquidation goes before every other reason",
            bars: "100 100 100 100\n100 100 90 90\n92 92 92 92\n95 95 95 95",
            plan: "capital 100\nunits 10\nlong 0\nexit 1\nmax_daily_loss 10\nflatten 2",
            expected: "long 10 @1 100 @2 92 liquidation",
        },
        Case {
            rule: "a mark above zero is not liquidated",
            bars: "100 100 100 100\n100 100 85 90.25\n92 92 92 92\n95 95 95 95",
            plan: "capital 100\nunits 10\nlong 0",
            expected: "long 10 @1 100 @3 95 end_of_data",
        },
    ]);
}
