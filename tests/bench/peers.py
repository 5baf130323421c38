"""The SMA cross of the benchmark on other backtesters: `peers.py YEAR.csv`, one JSON line each with combinations a second.

One contract, 0.045 points commission and a quarter point of slippage a fill, fills at the next open; the peers that are
installed with the tests. Each runs as many combinations as take a few seconds.
"""

import json
import sys
import time
import warnings

import numpy
import pandas

FAST, SLOW = range(5, 54, 2), range(60, 451, 10)
COMMISSION, SLIPPAGE, CASH = 0.045, 0.25, 1_000_000.0


def told(name, combinations, seconds, note):
    print(json.dumps({"name": name, "combinations_per_second": combinations / seconds, "note": note}), flush=True)


def vectorbt(year):
    """Many columns at once, each average once: how it is fastest from Python."""
    import vectorbt

    # It boxes every instant of an index with a time zone, which takes longer than the simulation.
    year = year.tz_localize(None)
    pairs = [(fast, slow) for fast in FAST for slow in SLOW][::20]

    def swept(pairs, statistics):
        averages = {period: year.close.rolling(period).mean().to_numpy() for period in {period for pair in pairs for period in pair}}
        above = numpy.stack([averages[fast] > averages[slow] for fast, slow in pairs], axis=1)
        # Acting at the open after the bar that crossed.
        crossed, before = above[1:-1], above[:-2]
        acts = [numpy.zeros_like(above), numpy.zeros_like(above)]
        acts[0][2:], acts[1][2:] = crossed & ~before, ~crossed & before
        long, short = (pandas.DataFrame(act, year.index, pairs) for act in acts)
        run = vectorbt.Portfolio.from_signals(
            year.close, entries=long, short_entries=short, price=year.open, size=1.0, fixed_fees=COMMISSION,
            slippage=SLIPPAGE / 5000, init_cash=CASH, freq="1min", max_orders=12_000 * len(pairs))
        return [run.trades.pnl.sum()] + ([run.sharpe_ratio(), run.max_drawdown()] if statistics else [])

    for statistics in (False, True):
        swept(pairs[:1], statistics)  # compiles
        started = time.perf_counter()
        assert len(swept(pairs, statistics)[0]) == len(pairs)
        told(f"vectorbt 1.0, {'with Sharpe and drawdown' if statistics else 'profit only'}", len(pairs),
             time.perf_counter() - started, f"{len(pairs)} combinations")


def backtesting_py(year):
    from backtesting import Backtest, Strategy

    class Cross(Strategy):
        def init(self):
            series = pandas.Series(self.data.Close)
            self.fast = self.I(lambda: series.rolling(30).mean())
            self.slow = self.I(lambda: series.rolling(120).mean())

        def next(self):
            above, before = self.fast[-1] > self.slow[-1], self.fast[-2] > self.slow[-2]
            if above and not before:
                self.position.close()
                self.buy(size=1)
            elif before and not above:
                self.position.close()
                self.sell(size=1)

    frame = year.rename(columns=str.capitalize)
    started = time.perf_counter()
    Backtest(frame, Cross, cash=CASH, commission=COMMISSION / 5000).run()
    told("backtesting.py 0.6", 1, time.perf_counter() - started, "1 combination")


def backtrader(year):
    import backtrader as bt

    class Cross(bt.Strategy):
        def __init__(self):
            self.cross = bt.ind.CrossOver(bt.ind.SMA(period=30), bt.ind.SMA(period=120))

        def next(self):
            if self.cross[0]:
                self.order_target_size(target=int(numpy.sign(self.cross[0])))

    engine = bt.Cerebro(stdstats=False)
    engine.adddata(bt.feeds.PandasData(dataname=year))
    engine.addstrategy(Cross)
    engine.broker.setcash(CASH)
    started = time.perf_counter()
    engine.run()
    told("backtrader 1.9", 1, time.perf_counter() - started, "1 combination")


def main():
    warnings.filterwarnings("ignore")
    year = pandas.read_csv(sys.argv[1], index_col="timestamp", parse_dates=True)
    for peer in (vectorbt, backtesting_py, backtrader):
        try:
            peer(year)
        except ImportError as missing:
            print(f"{peer.__name__}: not installed ({missing})", file=sys.stderr)


if __name__ == "__main__":
    main()
