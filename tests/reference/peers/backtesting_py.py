"""backtesting.py 0.6.6 on bars, signals and levels given on stdin; prints trades as JSON.

It computes no indicator: `cross` compares two given lines with the library's own `crossover`, everything else arrives decided.
"""
import json
import sys
import warnings

import backtesting
import numpy as np
import pandas as pd
from backtesting import Backtest, Strategy
from backtesting.lib import crossover

warnings.filterwarnings("ignore")
backtesting.backtesting._tqdm = lambda bars, **_: bars  # no progress bars


def strategy_for(run):
    def column(name):
        return np.asarray(run[name], dtype=float) if name in run else None

    long_at, short_at = column("long"), column("short")
    levels = {name: column(name) for name in ("stop_long", "stop_short", "target_long", "target_short", "limit")}
    fast, slow = column("fast"), column("slow")
    max_bars, expires, trail, size = run.get("max_bars"), run.get("expires_bars"), run.get("trail"), run["quantity"]

    class Given(Strategy):
        def init(self):
            self.placed = None

        def exits(self, side, i):
            if trail is not None:
                return dict(sl=self.data.Close[-1] - trail if side == "long" else self.data.Close[-1] + trail)
            stop, target = levels["stop_" + side], levels["target_" + side]
            return dict(sl=None if stop is None else stop[i], tp=None if target is None else target[i])

        def signals(self, i):
            if fast is None:
                return bool(long_at[i]), bool(short_at[i])
            if i < 1:
                return False, False
            a, b = fast[: i + 1], slow[: i + 1]
            return crossover(a, b), crossover(b, a)

        def next(self):
            i = len(self.data) - 1
            pending = [order for order in self.orders if not order.is_contingent]
            if expires is not None and self.placed is not None and i - self.placed >= expires:
                for order in pending:
                    order.cancel()
                pending, self.placed = [], None
            if max_bars is not None and self.trades and i - self.trades[0].entry_bar + 1 >= max_bars:
                self.position.close()
            for trade in self.trades if trail is not None else ():
                trade.sl = max(trade.sl, self.data.Close[-1] - trail) if trade.is_long else min(trade.sl, self.data.Close[-1] + trail)
            up, down = self.signals(i)
            if levels["limit"] is not None:
                if up and not self.position:
                    for order in pending:
                        order.cancel()
                    self.buy(size=size, limit=levels["limit"][i], **self.exits("long", i))
                    self.placed = i
            elif up and not self.position.is_long:
                self.position.close()
                self.buy(size=size, **self.exits("long", i))
            elif down and not self.position.is_short:
                self.position.close()
                self.sell(size=size, **self.exits("short", i))

    return Given


def trades_of(run, frame):
    per_unit, minimum, fraction = run["commission_per_unit"], run["commission_minimum"], run["commission_bps"] / 1e4

    def commission(size, price):
        return max(abs(size) * (per_unit + price * fraction), minimum)

    test = Backtest(frame, strategy_for(run), cash=1e12, commission=commission, spread=run["slippage_bps"] / 1e4,
                    trade_on_close=False, exclusive_orders=False, finalize_trades=True)
    table = test.run()._trades.sort_values(["ExitBar", "EntryBar"], kind="stable")
    return [dict(side=1 if row.Size > 0 else -1, entry=int(row.EntryBar), exit=int(row.ExitBar),
                 entry_price=float(row.EntryPrice), exit_price=float(row.ExitPrice), commission=float(row.Commission))
            for row in table.itertuples()]


def main():
    request = json.load(sys.stdin)
    answer = []
    for run in request["runs"]:
        bars = request["series"][run["series"]]
        frame = pd.DataFrame({name.capitalize(): np.asarray(bars[name], dtype=float) for name in ("open", "high", "low", "close")},
                             index=pd.to_datetime(np.asarray(bars["ts"], dtype="int64"), unit="us"))
        answer.append(trades_of(run, frame))
    json.dump(answer, sys.stdout)


main()
