//! The indicators: agreement with TA-Lib, exactness, independence from where the bars start, hand-worked values.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod agreement;
mod candlesticks;
mod exactness;
mod independence;
mod oracle;
mod real_series;
mod series;
mod table;
mod undefined;
mod worked;
