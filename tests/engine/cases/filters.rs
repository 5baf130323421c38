//! Filters that depend on what has happened.

use super::{Case, check};

const STEPS: &str =
    "100 100 100 100\n100 100 100 100\n99 99 99 99\n98 98 98 98\n97 97 97 97\n96 96 96 96\n95 95 95 95\n94 94 94 94";

#[test]
fn filters() {
    check(&[
        Case {
            rule: "allowed is tested at the decision",
            bars: STEPS,
            plan: "long 0 3\nmax_bars 1\nallowed 3",
            expected: "long 1 @4 97 @5 96 time",
        },
        Case {
            rule: "max_trades_per_day counts entry fills of the trading day",
            bars: "100 100 100 100\n100 100 100 100\n99 99 99 99\n98 98 98 98\nday\n97 97 97 97\n96 96 96 96\n95 95 95 95",
            plan: "long 0 2 4\nmax_bars 1\nmax_trades_per_day 1",
            expected: "long 1 @1 100 @2 99 time\nlong 1 @5 96 @6 95 time",
        },
        Case {
            rule: "cooldown: the bar of the exit counts when it completes",
            bars: STEPS,
            plan: "long 0 2 3 4\nmax_bars 1\ncooldown 2",
            expected: "long 1 @1 100 @2 99 time\nlong 1 @4 97 @5 96 time",
        },
        Case {
            rule: "max_daily_loss closes at the next open and blocks until the next trading day",
            bars: "100 100 100 100\n100 100 98 98\n97 97 97 97\n96 96 96 96\nday\n95 95 95 95\n94 94 94 94\n93 93 93 93",
            plan: "long 0 2 4\nmax_daily_loss 2",
            expected: "long 1 @1 100 @2 97 daily_limit\nlong 1 @5 94 @6 93 end_of_data",
        },
        Case {
            rule: "max_daily_profit likewise, realised plus open",
            bars: "100 100 100 100\n100 103 100 103\n103 103 103 103\n103 103 103 103\n103 103 103 103",
            plan: "long 0 3\nmax_daily_profit 3",
            expected: "long 1 @1 100 @2 103 daily_limit",
        },
        Case {
            rule: "a daily limit reached by realised loss cancels resting orders",
            bars: "100 100 100 100\n100 100 100 100\n100 100 98 98\n98 101 98 98\n98 98 98 98",
            plan: "long 0\nshort limit 9 1:101\nlong.stop points 1\nmax_daily_loss 1",
            expected: "long 1 @1 100 @2 99 stop",
        },
        Case {
            rule: "the day's base is the last mark of the trading day before",
            bars: "100 100 100 100\n100 100 100 100\nday\n100 100 99 99\n99 99 99 99\nday\n99 99 98 98\n98 98 97 97\n97 97 97 97",
            plan: "long 0\nmax_daily_loss 2",
            expected: "long 1 @1 100 @6 97 daily_limit",
        },
        Case {
            rule: "max_consecutive_losses blocks for the rest of the trading day",
            bars: "100 100 100 100\n100 100 100 100\n99 99 99 99\n98 98 98 98\n97 97 97 97\n96 96 96 96\nday\n95 95 95 95\n94 94 94 94\n93 93 93 93",
            plan: "long 0 2 4 6\nmax_bars 1\nmax_consecutive_losses 2",
            expected: "long 1 @1 100 @2 99 time\nlong 1 @3 98 @4 97 time\nlong 1 @7 94 @8 93 time",
        },
        Case {
            rule: "reaching the losing streak cancels resting orders",
            bars: "100 100 100 100\n100 100 100 100\n100 100 98 98\n98 101 98 98\n98 98 98 98",
            plan: "long 0\nshort limit 9 1:101\nlong.stop points 1\nmax_consecutive_losses 1",
            expected: "long 1 @1 100 @2 99 stop",
        },
        Case {
            rule: "a blocked decision is not a conflict",
            bars: STEPS,
            plan: "long 0\nshort 0\nallowed 5",
            expected: "count conflicts 0",
        },
    ]);
}
