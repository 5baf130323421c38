"""vectorbt 1.0.0 `from_signals` on bars and signals given on stdin; prints trades as JSON.

It computes no indicator: `cross` compares two given lines with the library's own `crossed_above`, everything else arrives decided.
"""
import json
import os
import sys
import warnings

# This file has the library's name: its own folder must not be searched for imports.
sys.path = [entry for entry in sys.path if os.path.abspath(entry or ".") != os.path.dirname(os.path.abspath(__file__))]

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import vectorbt as vbt  # noqa: E402

warnings.filterwarnings("ignore")
vbt.settings["engine"] = "numba"


def shifted(signal):
    return np.concatenate(([False], signal[:-1]))


def signals_of(run, index):
    if "fast" in run:
        fast, slow = (pd.Series(np.asarray(run[name], dtype=float), index) for name in ("fast", "slow"))
        return fast.vbt.crossed_above(slow).to_numpy(), fast.vbt.crossed_below(slow).to_numpy()
    return np.asarray(run["long"], dtype=bool), np.asarray(run["short"], dtype=bool)


def trades_of(run, bars):
    index = pd.to_datetime(np.asarray(bars["ts"], dtype="int64"), unit="us")
    opens, highs, lows, closes = (pd.Series(np.asarray(bars[name], dtype=float), index) for name in ("open", "high", "low", "close"))
    up, down = signals_of(run, index)
    leave = np.asarray(run.get("exit", np.zeros(len(index))), dtype=bool)
    price = closes
    if not run["same_close"]:
        up, down, leave, price = shifted(up), shifted(down), shifted(leave), opens
    slippage = run["slippage_bps"] / 1e4
    fill = price.to_numpy() * np.where(up, 1 + slippage, 1 - slippage)
    stops = {}
    if "stop" in run:
        stops.update(sl_stop=pd.Series(run["stop"] / fill, index), tp_stop=pd.Series(run["target"] / fill, index))
    if "trail_share" in run:
        stops.update(sl_stop=run["trail_share"], sl_trail=True)
    series = [pd.Series(signal, index) for signal in (up, leave, down, leave)]
    portfolio = vbt.Portfolio.from_signals(
        closes, *series, price=price, open=opens, high=highs, low=lows, size=float(run["quantity"]), init_cash=1e12, freq="1min",
        fees=run["commission_bps"] / 1e4 + run["commission_per_unit"] / pd.Series(fill, index), fixed_fees=run["commission_minimum"], slippage=slippage, accumulate=False,
        upon_opposite_entry="reverse", stop_entry_price="fillprice", stop_exit_price=run["stop_exit_price"], **stops)
    table = portfolio.trades.values
    return [dict(side=1 if trade["direction"] == 0 else -1, entry=int(trade["entry_idx"]), exit=int(trade["exit_idx"]),
                 entry_price=float(trade["entry_price"]), exit_price=float(trade["exit_price"]),
                 commission=float(trade["entry_fees"] + trade["exit_fees"]))
            for trade in table if trade["status"] == 1]


def main():
    request = json.load(sys.stdin)
    json.dump([trades_of(run, request["series"][run["series"]]) for run in request["runs"]], sys.stdout)


main()
