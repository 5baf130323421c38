"""backtrader 1.9.78.123 on bars, signals and levels given on stdin; prints trades as JSON.

It computes no indicator: `cross` compares two given lines with the library's own `CrossOver`, everything else arrives decided.
"""
import datetime
import json
import math
import os
import sys

# This file has the library's name: its own folder must not be searched for imports.
sys.path = [entry for entry in sys.path if os.path.abspath(entry or ".") != os.path.dirname(os.path.abspath(__file__))]

import backtrader as bt  # noqa: E402

DAY_US, EPOCH_DAYS = 86_400e6, 719_163.0


class Bars(bt.feed.DataBase):
    lines = ("fast", "slow")

    def start(self):
        super().start()
        self.rows = iter(self.p.dataname)

    def _load(self):
        row = next(self.rows, None)
        if row is None:
            return False
        l = self.lines
        l.datetime[0], l.open[0], l.high[0], l.low[0], l.close[0], l.fast[0], l.slow[0] = row
        l.volume[0] = 1.0
        return True


class PerUnit(bt.CommInfoBase):
    """So much per unit, at least the minimum of an order."""

    params = dict(commtype=bt.CommInfoBase.COMM_FIXED, margin=1.0, mult=1.0, stocklike=False, minimum=0.0)

    def _getcommission(self, size, price, pseudoexec):
        return max(abs(size) * self.p.commission, self.p.minimum)


class Given(bt.Strategy):
    params = dict(run=None, ts=None)

    def __init__(self):
        run = self.p.run
        self.cross = bt.ind.CrossOver(self.data.lines.fast, self.data.lines.slow) if "fast" in run else None
        self.orders, self.fills, self.entered = [], [], None

    def notify_order(self, order):
        if order.status == order.Completed:
            self.fills.append((len(self.data) - 1, order.executed.size, order.executed.price, order.executed.comm))
            self.entered = len(self.data) - 1 if self.position.size else None

    def cancel_all(self):
        for order in self.orders:
            if order is not None:
                self.cancel(order)
        self.orders = []

    def level(self, name, i):
        return self.p.run[name][i] if name in self.p.run else None

    def enter(self, side, i):
        run = self.p.run
        stop, target = self.level("stop_" + side, i), self.level("target_" + side, i)
        bracket = self.buy_bracket if side == "long" else self.sell_bracket
        size = run["quantity"]
        entry = dict(exectype=bt.Order.Market)
        if "limit" in run:
            last = min(i + run["expires_bars"], len(self.p.ts) - 1)
            valid = datetime.timedelta(microseconds=self.p.ts[last] - self.p.ts[i] + 30_000_000)
            entry = dict(exectype=bt.Order.Limit, price=run["limit"][i], valid=valid)
        free = {} if run.get("bracket_expires") else dict(valid=None)
        if "trail" in run:
            self.orders = bracket(size=size, limitexec=None, stopexec=bt.Order.StopTrail,
                                  stopargs=dict(trailamount=run["trail"]), **entry)
        elif stop is None:
            self.orders = [self.buy(size=size, **entry) if side == "long" else self.sell(size=size, **entry)]
        else:
            self.orders = bracket(size=size, stopprice=stop, limitprice=target, stopargs=free, limitargs=free, **entry)

    def next(self):
        run, i = self.p.run, len(self.data) - 1
        if self.cross is not None:
            up, down = self.cross[0] > 0, self.cross[0] < 0
        else:
            up, down = run["long"][i], run["short"][i]
        size = self.position.size
        if "max_bars" in run and size and i - self.entered + 1 >= run["max_bars"]:
            self.cancel_all()
            self.close()
            if (up and size < 0) or (down and size > 0):
                self.enter("long" if up else "short", i)
            return
        if "limit" in run:
            if up and not size:
                self.cancel_all()
                self.enter("long", i)
        elif (up and size <= 0) or (down and size >= 0):
            self.cancel_all()
            if size:
                self.close()
            self.enter("long" if up else "short", i)


def trades_of(run, bars):
    blank = [math.nan] * len(bars["ts"])
    times = [ts / DAY_US + EPOCH_DAYS for ts in bars["ts"]]
    rows = list(zip(times, bars["open"], bars["high"], bars["low"], bars["close"],
                    [math.nan if v is None else v for v in run.get("fast", blank)],
                    [math.nan if v is None else v for v in run.get("slow", blank)]))
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(Bars(dataname=rows))
    cerebro.addstrategy(Given, run=run, ts=bars["ts"])
    broker = cerebro.broker
    broker.setcash(1e12)
    if run["commission_bps"]:
        broker.setcommission(commission=run["commission_bps"] / 1e4, commtype=bt.CommInfoBase.COMM_PERC, percabs=True,
                             margin=1.0, mult=1.0, stocklike=False)
    else:
        broker.addcommissioninfo(PerUnit(commission=run["commission_per_unit"], minimum=run["commission_minimum"]))
    if run["slippage_points"]:
        broker.set_slippage_fixed(run["slippage_points"])
    elif run["slippage_bps"]:
        broker.set_slippage_perc(run["slippage_bps"] / 1e4)
    fills = cerebro.run()[0].fills
    trades, opened = [], None
    for bar, size, price, commission in fills:
        if opened is None:
            opened = (bar, size, price, commission)
            continue
        assert size == -opened[1], "every exit closes all of the position"
        trades.append(dict(side=1 if opened[1] > 0 else -1, entry=opened[0], exit=bar, entry_price=opened[2], exit_price=price,
                           commission=opened[3] + commission))
        opened = None
    return trades


def main():
    request = json.load(sys.stdin)
    json.dump([trades_of(run, request["series"][run["series"]]) for run in request["runs"]], sys.stdout)


main()
