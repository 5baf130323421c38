//! One small text per vendor: column order, label, zone and scale as the vendor documents them.

use crate::check::{check, check_files, check_refused, gzipped, in_zone, of, symbol, zipped};
use importers::{Format, Label, Options};
use market::{AssetClass, PriceSide};

fn with_format(options: Options, format: Format) -> Options {
    Options { format: Some(format), ..options }
}

#[test]
fn binance_spot_milliseconds_without_header() {
    let text = "1704205800000,42000.10,42100.00,41900.5,42050.00,1.23456789,1704205859999,1,2,3,4,0\n";
    let imported = check(
        "BTCUSDT-1m-2024-01.csv",
        text,
        &symbol("BTCUSDT"),
        &["2024-01-02T14:30:00Z 42000.1 42100 41900.5 42050 1.23456789"],
    );
    let conventions = imported.report.conventions.unwrap();
    assert_eq!((conventions.format, conventions.price_places, conventions.volume_places), (Format::Binance, 1, 8));
}

#[test]
fn binance_microseconds_and_header() {
    let text = "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n\
        1735741800000000,93000,93100,92900,93050,2,1735741859999999,1,2,3,4,0\n";
    check("BTCUSDT-1m-2025-01-01.csv", text, &symbol("BTCUSDT"), &["2025-01-01T14:30:00Z 93000 93100 92900 93050 2"]);
}

#[test]
fn binance_trades_become_minutes() {
    let text = "1,100.5,2,201,1704205800123,True,True\n2,101,1,101,1704205859999,False,True\n3,99,4,396,1704205860000,True,True\n";
    check(
        "BTCUSDT-trades-2024-01-02.csv",
        text,
        &symbol("BTCUSDT"),
        &["2024-01-02T14:30:00Z 100.5 101 100.5 101 3", "2024-01-02T14:31:00Z 99 99 99 99 4"],
    );
}

#[test]
fn ninja_trader_is_utc_with_close_labels() {
    let text = "20240102 143100;4750.25;4751;4750;4750.5;120\n20240102 143200;4750.5;4752;4750.5;4751.75;80\n";
    check(
        "ES 03-24.Last.txt",
        text,
        &symbol("ES"),
        &["2024-01-02T14:30:00Z 4750.25 4751 4750 4750.5 120", "2024-01-02T14:31:00Z 4750.5 4752 4750.5 4751.75 80"],
    );
}

#[test]
fn ninja_trader_ticks_with_fractions() {
    let text = "20240102 143000 0010000;4750.25;4750;4750.5;3\n20240102 143059 9990000;4750.5;4750.25;4750.5;2\n";
    check("ES 03-24.Last.txt", text, &symbol("ES"), &["2024-01-02T14:30:00Z 4750.25 4750.5 4750.25 4750.5 5"]);
}

#[test]
fn hist_data_is_fixed_est_even_in_summer() {
    let text = "20240701 093000;1.074200;1.074300;1.074100;1.074250;0\n";
    let imported = check(
        "DAT_ASCII_EURUSD_M1_202407.csv",
        text,
        &symbol("EURUSD"),
        &["2024-07-01T14:30:00Z 1.0742 1.0743 1.0741 1.07425 0"],
    );
    assert_eq!(imported.series.price_side, PriceSide::Bid);
}

#[test]
fn hist_data_zip_with_a_status_report_beside() {
    let csv = b"20240701 093000;1.0742;1.0743;1.0741;1.0742;0\n";
    let packed = zipped(&[("DAT_ASCII_EURUSD_M1_202407.csv", csv), ("DAT_ASCII_EURUSD_M1_202407.txt", b"Gaps: 3\n")]);
    let files: [(&str, &[u8]); 1] = [("HISTDATA_EURUSD.zip", &packed)];
    let imported = check_files(&files, &symbol("EURUSD"), &["2024-07-01T14:30:00Z 1.0742 1.0743 1.0741 1.0742 0"]);
    assert_eq!(imported.report.ignored_count, 1);
}

#[test]
fn meta_trader_5_in_utf_16_with_tick_volume() {
    let text = "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\r\n\
        2024.01.02\t16:30:00\t1.10000\t1.10050\t1.09990\t1.10010\t57\t0\t3\r\n\
        2024.07.02\t16:30:00\t1.10000\t1.10050\t1.09990\t1.10010\t58\t0\t3\r\n";
    let mut wide = vec![0xff, 0xfe];
    wide.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    // 16:30 on the broker's clock is 09:30 New York, in winter and in summer.
    let expected =
        ["2024-01-02T14:30:00Z 1.1 1.1005 1.0999 1.1001 57", "2024-07-02T13:30:00Z 1.1 1.1005 1.0999 1.1001 58"];
    check_files(&[("EURUSD_M1.csv", &wide)], &in_zone("EURUSD", "NY+7"), &expected);
    check_files(&[("EURUSD_M1.csv", text.as_bytes())], &in_zone("EURUSD", "ny+7"), &expected);
    check_refused("EURUSD_M1.csv", &wide, &symbol("EURUSD"), &["--tz", "broker", "NY+7"]);
}

#[test]
fn meta_trader_4_without_header() {
    let text = "2024.01.02,16:30,1.1000,1.1005,1.0999,1.1001,57\n";
    check("EURUSD1.csv", text, &in_zone("EURUSD", "UTC+2"), &["2024-01-02T14:30:00Z 1.1 1.1005 1.0999 1.1001 57"]);
}

#[test]
fn databento_integer_and_pretty_prices() {
    let header = "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume,symbol\n";
    let integers = format!(
        "{header}1704205800000000000,33,1,5,4750250000000,4751000000000,4750000000000,4750500000000,120,ES.c.0\n"
    );
    let pretty = format!("{header}2024-01-02T14:30:00.000000000Z,33,1,5,4750.25,4751,4750,4750.5,120,ES.c.0\n");
    for text in [integers, pretty] {
        check("glbx.ohlcv-1m.csv", &text, &symbol("ES"), &["2024-01-02T14:30:00Z 4750.25 4751 4750 4750.5 120"]);
    }
}

#[test]
fn databento_undefined_price_is_refused() {
    let rows = "1704205800000000000,33,1,5,9223372036854775807,9223372036854775807,9223372036854775807,9223372036854775807,0\n";
    let text = format!("ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume\n{rows}");
    check_refused(
        "x.csv",
        text.as_bytes(),
        &symbol("ES"),
        &["1 of 1 rows refused", "price 9223372036854775807 exceeds"],
    );
}

#[test]
fn polygon_has_close_before_high_and_many_tickers() {
    let text = "ticker,volume,open,close,high,low,window_start,transactions\n\
        AAPL,500,185.5,185.75,186,185.25,1704205800000000000,10\nMSFT,7,370,371,372,369,1704205800000000000,1\n";
    let packed = gzipped(text.as_bytes());
    let imported = check_files(
        &[("2024-01-02.csv.gz", &packed)],
        &symbol("AAPL"),
        &["2024-01-02T14:30:00Z 185.5 186 185.25 185.75 500"],
    );
    assert_eq!(imported.report.rows_skipped, 1);
    check_refused("2024-01-02.csv.gz", &packed, &Options::default(), &["AAPL, MSFT", "--symbol"]);
}

#[test]
fn first_rate_is_new_york_with_summer_time() {
    let text = "2024-01-02 09:30:00,10,11,9,10.5,100\n2024-07-02 09:30:00,10,11,9,10.5,100\n";
    check(
        "AAPL_1min.txt",
        text,
        &symbol("AAPL"),
        &["2024-01-02T14:30:00Z 10 11 9 10.5 100", "2024-07-02T13:30:00Z 10 11 9 10.5 100"],
    );
}

#[test]
fn kibot_writes_month_first() {
    let text = "02/01/2024,09:30,10,11,9,10.5,100\n02/01/2024,09:31,10.5,10.5,10,10,50\n";
    check(
        "IBM.txt",
        text,
        &symbol("IBM"),
        &["2024-02-01T14:30:00Z 10 11 9 10.5 100", "2024-02-01T14:31:00Z 10.5 10.5 10 10 50"],
    );
}

#[test]
fn dukascopy_writes_day_first_and_may_state_an_offset() {
    let gmt = "Gmt time,Open,High,Low,Close,Volume\n01.02.2024 14:30:00.000,1.1,1.2,1.0,1.15,33.5\n";
    let expected = ["2024-02-01T14:30:00Z 1.1 1.2 1 1.15 33.5"];
    let imported = check("EURUSD_Candlestick_1_M_ASK_01.02.2024.csv", gmt, &symbol("EURUSD"), &expected);
    assert_eq!(imported.series.price_side, PriceSide::Ask);
    let local = "Local time,Open,High,Low,Close,Volume\n01.02.2024 16:30:00.000 GMT+0200,1.1,1.2,1.0,1.15,33.5\n";
    check("EURUSD.csv", local, &symbol("EURUSD"), &expected);
    let bare = "Local time,Open,High,Low,Close,Volume\n01.02.2024 16:30:00.000,1.1,1.2,1.0,1.15,33.5\n";
    check_refused("EURUSD.csv", bare.as_bytes(), &symbol("EURUSD"), &["--tz"]);
    check("EURUSD.csv", bare, &in_zone("EURUSD", "+02:00"), &expected);
}

#[test]
fn trade_station_adds_up_and_down_volume_and_names_the_close() {
    let text = "\"Date\",\"Time\",\"Open\",\"High\",\"Low\",\"Close\",\"Up\",\"Down\"\r\n\
        01/02/2024,08:31,4750.25,4751,4750,4750.5,70,50\r\n01/02/2024,0832,4750.5,4751,4750,4750.5,1,2\r\n";
    check(
        "@ES.txt",
        text,
        &in_zone("ES", "America/Chicago"),
        &["2024-01-02T14:30:00Z 4750.25 4751 4750 4750.5 120", "2024-01-02T14:31:00Z 4750.5 4751 4750 4750.5 3"],
    );
    check_refused("@ES.txt", text.as_bytes(), &symbol("ES"), &["--tz", "America/Chicago"]);
}

#[test]
fn sierra_chart_calls_the_close_last() {
    let text = "Date, Time, Open, High, Low, Last, Volume, NumberOfTrades, BidVolume, AskVolume\n\
        2024/1/2, 14:30:00.000, 4750.25, 4751, 4750, 4750.5, 120, 30, 60, 60\n";
    check("ESH24.txt", text, &in_zone("ES", "UTC"), &["2024-01-02T14:30:00Z 4750.25 4751 4750 4750.5 120"]);
}

#[test]
fn trading_view_epochs_and_indicator_columns() {
    let text = "time,open,high,low,close,EMA,Volume\n1704205800,10,11,9,10.5,10.2,100\n";
    let imported = check("CME_MINI_ES1!, 1.csv", text, &symbol("ES"), &["2024-01-02T14:30:00Z 10 11 9 10.5 100"]);
    assert_eq!(imported.report.conventions.unwrap().format, Format::TradingView);
    let text = "time,open,high,low,close\n2024-01-02T09:30:00-05:00,10,11,9,10.5\n";
    check("ES.csv", text, &symbol("ES"), &["2024-01-02T14:30:00Z 10 11 9 10.5 0"]);
}

#[test]
fn lean_equity_prices_are_integers_in_new_york_time() {
    let packed = zipped(&[("20240102_spy_minute_trade.csv", b"34200000,4725000,4725500,4724900,4725100,1000\n")]);
    let expected = ["2024-01-02T14:30:00Z 472.5 472.55 472.49 472.51 1000"];
    let imported =
        check_files(&[("equity/usa/minute/spy/20240102_trade.zip", &packed)], &Options::default(), &expected);
    assert_eq!(imported.series.symbol, "SPY");
    check_refused("20240102_trade.zip", &packed, &symbol("SPY"), &["folders"]);
    check_refused("20240102_trade.zip", &packed, &of("SPY", AssetClass::Etf), &["--tz", "folders"]);
    let told = Options { time_zone: Some("America/New_York".to_owned()), ..of("SPY", AssetClass::Etf) };
    check_files(&[("20240102_trade.zip", &packed)], &told, &expected);
}

#[test]
fn lean_ticks_fractions_of_milliseconds_and_suspicious_prints() {
    let rows = b"34200000.5,4725000,100,P,0,0\n34230000,4799900,100,P,0,1\n34259999.9,4724000,50,Q,0,0\n34260000,4726000,1,Q,0,0\n";
    let packed = zipped(&[("20240102_spy_Trade_Tick.csv", rows)]);
    let imported = check_files(
        &[("equity/usa/tick/spy/20240102_trade.zip", &packed)],
        &symbol("SPY"),
        &["2024-01-02T14:30:00Z 472.5 472.5 472.4 472.4 150", "2024-01-02T14:31:00Z 472.6 472.6 472.6 472.6 1"],
    );
    assert_eq!((imported.report.rows_read, imported.report.rows_skipped), (4, 1));
}

#[test]
fn lean_one_sided_quote_ticks_keep_the_other_side() {
    let rows = b"34200000,4725000,1,0,0,P,0,0\n34200001,0,0,4725400,1,P,0,0\n34200002,4725200,1,0,0,P,0,0\n";
    let packed = zipped(&[("20240102_spy_tick_quote.csv", rows)]);
    let imported = check_files(
        &[("equity/usa/tick/spy/20240102_quote.zip", &packed)],
        &symbol("SPY"),
        &["2024-01-02T14:30:00Z 472.52 472.53 472.52 472.53 0 ~0.02"],
    );
    assert_eq!(imported.report.rows_one_sided, 1);
}

#[test]
fn lean_daily_and_seconds() {
    let packed = zipped(&[(
        "spy.csv",
        b"20240102 00:00,4725000,4735000,4715000,4727000,1000\n20240103 00:00,4725000,4735000,4715000,4727000,1000\n",
    )]);
    check_files(
        &[("equity/usa/daily/spy.zip", &packed)],
        &symbol("SPY"),
        &["2024-01-02T05:00:00Z 472.5 473.5 471.5 472.7 1000", "2024-01-03T05:00:00Z 472.5 473.5 471.5 472.7 1000"],
    );
    let packed =
        zipped(&[("20240102_btcusd_second_trade.csv", b"0,5,6,4,5.5,1\n1000,5.5,7,5,6,2\n60000,6,6,6,6,0.5\n")]);
    check_files(
        &[("crypto/coinbase/second/btcusd/20240102_trade.zip", &packed)],
        &symbol("BTCUSD"),
        &["2024-01-02T00:00:00Z 5 7 4 6 3", "2024-01-02T00:01:00Z 6 6 6 6 0.5"],
    );
}

#[test]
fn generic_csv_in_many_writings() {
    let expected = ["2024-01-02T14:30:00Z 1.5 2.25 1 1.75 10"];
    let plain = symbol("X");
    let chicago = in_zone("X", "America/Chicago");
    let cases: [(&str, &Options); 12] = [
        ("timestamp,open,high,low,close,volume\n1704205800,1.5,2.25,1,1.75,10\n", &plain),
        ("timestamp,open,high,low,close,volume\n1704205800.0,1.50,2.250,1.0,1.75,10.0\n", &plain),
        ("\u{feff}Timestamp;Open;High;Low;Close;Volume\r\n2024-01-02 14:30:00Z;1,5;2,25;1;1,75;10\r\n", &plain),
        ("date,close,low,high,open,vol\n2024-01-02 09:30:00-05:00,1.75,1,2.25,1.5,10\n", &plain),
        ("timestamp_utc|o|h|l|c|v\n2024-01-02 14:30|1.5|2.25|1|1.75|10\n", &plain),
        (
            "\"Date\",\"Time\",\"Open\",\"High\",\"Low\",\"Close\",\"Volume\"\n\"2024-01-02\",\"8:30 AM\",\"1.5\",\"2.25\",\"1\",\"1.75\",\"10\"\n",
            &chicago,
        ),
        (
            "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\nX,1,20240102,083000,1.5,2.25,1,1.75,10\n",
            &chicago,
        ),
        (
            "Datetime,Open,High,Low,Close,Volume\n13/01/2023 12:00,1,1,1,1,1\n02/01/2024 08:30,1.5,2.25,1,1.75,10\n",
            &chicago,
        ),
        (
            "https://www.example.com\nunix,date,symbol,open,high,low,close,Volume BTC\n1704205800,x,X,1.5,2.25,1,1.75,10\n",
            &plain,
        ),
        (
            "# made by hand\ntime\topen\thigh\tlow\tclose\tvolume\n20240102143000\t1.5\t2.25\t1\t1.75\t1e1\n",
            &Options { time_zone: Some("UTC".to_owned()), ..plain.clone() },
        ),
        ("time,open,high,low,close,volume\r1704205800,15e-1,225e-2,1,1.75,10\r", &plain),
        ("ts_event,open,high,low,close,volume\n2024-01-02T14:30:00.000000000+00:00,1.5,2.25,1,1.75,10\n", &plain),
    ];
    for (text, options) in cases {
        let imported = crate::check::run(&[("bars.csv", text.as_bytes())], options)
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        let last = crate::check::lines(&imported.series).pop().unwrap();
        assert_eq!([last.as_str()], expected, "{text}");
    }
}

#[test]
fn columns_by_the_caller() {
    let options = Options {
        columns: Some(importers::parse_columns("date,time,skip,close,high,low,open,volume").unwrap()),
        label: Some(Label::Close),
        ..in_zone("X", "UTC")
    };
    check("x.csv", "2024-01-02,14:31,foo,1.75,2.25,1,1.5,10\n", &options, &["2024-01-02T14:30:00Z 1.5 2.25 1 1.75 10"]);
    assert!(importers::parse_columns("ts,open,hihg").unwrap_err().to_string().contains("hihg"));
}

#[test]
fn explicit_format_wins_where_two_vendors_write_alike() {
    let text = "20240102 093100;10;11;9;10.5;1\n";
    check_refused("es.txt", text.as_bytes(), &symbol("ES"), &["ninjatrader and histdata", "--format"]);
    check("es.txt", text, &with_format(symbol("ES"), Format::NinjaTrader), &["2024-01-02T09:30:00Z 10 11 9 10.5 1"]);
    check("es.txt", text, &with_format(symbol("ES"), Format::HistData), &["2024-01-02T14:31:00Z 10 11 9 10.5 1"]);
}

#[test]
fn hist_data_ticks_have_milliseconds_glued_on() {
    let text = "20240701 093000123,1.0741,1.0743,0\n20240701 093059999,1.0742,1.0743,0\n";
    check(
        "DAT_ASCII_EURUSD_T_202407.csv",
        text,
        &symbol("EURUSD"),
        &["2024-07-01T14:30:00Z 1.0742 1.07425 1.0742 1.07425 0 ~0.0001"],
    );
}

#[test]
fn folders_called_like_lean_ones_are_not_lean() {
    let text =
        "1704153600000,1,2,0.5,1.5,10,1704239999999,1,2,3,4,0\n1704240000000,1,2,0.5,1.5,10,1704326399999,1,2,3,4,0\n";
    let imported = check(
        "crypto/binance/daily/BTCUSDT-1d-2024-01.csv",
        text,
        &symbol("BTCUSDT"),
        &["2024-01-02T00:00:00Z 1 2 0.5 1.5 10", "2024-01-03T00:00:00Z 1 2 0.5 1.5 10"],
    );
    assert_eq!(imported.series.resolution.0, 1440);
}

#[test]
fn tickers_that_look_like_contracts_are_their_own_symbols_for_shares() {
    let text = "ticker,volume,open,close,high,low,window_start,transactions\n\
        F,5,12,12,12,12,1704205800000000000,1\nFH4,7,3,3,3,3,1704205800000000000,1\nF.B,7,3,3,3,3,1704205800000000000,1\n";
    check("2024-01-02.csv", text, &of("F", AssetClass::Stock), &["2024-01-02T14:30:00Z 12 12 12 12 5"]);
}

#[test]
fn option_chains_are_refused_by_name() {
    let packed = zipped(&[("20140606_aapl_minute_trade_american_call_6450000_20141018.csv", b"0,1,1,1,1,1\n")]);
    check_refused("option/usa/minute/aapl/20140606_trade_american.zip", &packed, &symbol("AAPL"), &["option chain"]);
}

#[test]
fn futures_without_contract_month_have_a_zero_offset() {
    let text = "ts,open,high,low,close,volume\n1704205800,1,1,1,1,1\n";
    let imported = check("es_continuous.csv", text, &of("ES", AssetClass::Future), &["2024-01-02T14:30:00Z 1 1 1 1 1"]);
    assert_eq!(imported.series.offset, [0]);
}

#[test]
fn a_stated_bar_length_does_not_change_what_ticks_are() {
    let text = "ts,price,size\n1704205800,1,1\n";
    let hourly = Options { resolution: Some(market::Resolution(60)), ..symbol("X") };
    check_refused("ticks.csv", text.as_bytes(), &hourly, &["--resolution has 60-minute", "ticks.csv has 1-minute"]);
}
