"""nautilus_trader 1.221.0 on bars, signals and levels given on stdin; prints trades as JSON.

It computes no indicator: `cross` compares two given lines, everything else arrives decided. Bars are executed as the library does
it by default: open, high, low, close, each a price at which orders match; a market order meets the close that decided it.
"""
import json
import sys
from datetime import datetime, timezone
from decimal import Decimal

import pandas as pd
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.backtest.models import FeeModel, FillModel, MakerTakerFeeModel
from nautilus_trader.config import LoggingConfig, RiskEngineConfig
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import BarType
from nautilus_trader.model.enums import AccountType, AssetClass, OmsType, OrderSide, OrderType, TimeInForce
from nautilus_trader.model.identifiers import InstrumentId, Symbol, TraderId, Venue
from nautilus_trader.model.instruments import FuturesContract
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.persistence.wranglers import BarDataWrangler
from nautilus_trader.trading.strategy import Strategy

VENUE = Venue("SIM")
INSTRUMENT = InstrumentId(Symbol("TEST"), VENUE)
BARS = BarType.from_str(f"{INSTRUMENT}-1-MINUTE-LAST-EXTERNAL")
MINUTE_NS, HALF_MINUTE_NS = 60_000_000_000, 30_000_000_000
PLACES = 6
# A quarter of it fills at one price: no order here is larger.
VOLUME = 1_000_000.0


class PerUnit(FeeModel):
    """So much per unit, at least the minimum of an order."""

    def __init__(self, per_unit, minimum):
        super().__init__()
        self.per_unit, self.minimum = per_unit, minimum

    def get_commission(self, order, fill_qty, fill_px, instrument):
        return Money(max(self.per_unit * float(fill_qty), self.minimum), USD)


class Given(Strategy):
    def __init__(self, run, closes):
        super().__init__()
        self.run, self.index, self.last = run, {ns: i for i, ns in enumerate(closes)}, len(closes) - 1
        self.closes, self.entered, self.fills = closes, None, []
        self.quantity = Quantity.from_int(run["quantity"])

    def on_start(self):
        self.subscribe_bars(BARS)

    def on_order_filled(self, event):
        size = float(event.last_qty) * (1 if event.order_side == OrderSide.BUY else -1)
        self.fills.append((self.index[event.ts_event], size, float(event.last_px), float(event.commission)))

    def on_position_opened(self, event):
        # The first bar held: a market order fills after the bar that decided it.
        self.entered = self.index[event.ts_event] + (0 if "limit" in self.run else 1)
        if "trail" in self.run:
            side = OrderSide.SELL if event.entry == OrderSide.BUY else OrderSide.BUY
            self.submit_order(self.order_factory.trailing_stop_market(
                INSTRUMENT, side, self.quantity, trailing_offset=Decimal(repr(self.run["trail"])), reduce_only=True))

    def level(self, name, i):
        return Price(self.run[name][i], PLACES)

    def enter(self, up, i):
        run, side = self.run, OrderSide.BUY if up else OrderSide.SELL
        if "stop_long" not in run:
            self.submit_order(self.order_factory.market(INSTRUMENT, side, self.quantity))
            return
        way = "long" if up else "short"
        entry = {}
        if "limit" in run:
            until = self.closes[min(i + run["expires_bars"], self.last)] + HALF_MINUTE_NS
            entry = dict(entry_order_type=OrderType.LIMIT, entry_price=self.level("limit", i), time_in_force=TimeInForce.GTD,
                         expire_time=datetime.fromtimestamp(until // 1_000_000_000, timezone.utc))
        self.submit_order_list(self.order_factory.bracket(
            INSTRUMENT, side, self.quantity, sl_trigger_price=self.level("stop_" + way, i),
            tp_price=self.level("target_" + way, i), **entry))

    def leave(self):
        self.cancel_all_orders(INSTRUMENT)
        self.close_all_positions(INSTRUMENT)

    def signals(self, i):
        run = self.run
        if "fast" not in run:
            return run["long"][i], run["short"][i]
        if i < 1 or None in (run["fast"][i], run["fast"][i - 1], run["slow"][i], run["slow"][i - 1]):
            return False, False
        now, before = run["fast"][i] - run["slow"][i], run["fast"][i - 1] - run["slow"][i - 1]
        return now > 0 >= before, now < 0 <= before

    def on_bar(self, bar):
        run, i = self.run, self.index[bar.ts_event]
        if i == self.last:
            return
        up, down = self.signals(i)
        is_long, is_short = self.portfolio.is_net_long(INSTRUMENT), self.portfolio.is_net_short(INSTRUMENT)
        if "max_bars" in run and (is_long or is_short) and i - self.entered + 1 >= run["max_bars"]:
            self.leave()
            if (up and is_short) or (down and is_long):
                self.enter(up, i)
        elif "limit" in run:
            if up and not is_long:
                self.cancel_all_orders(INSTRUMENT)
                self.enter(True, i)
        elif (up and not is_long) or (down and not is_short):
            self.leave()
            self.enter(up, i)


def contract(run):
    return FuturesContract(
        instrument_id=INSTRUMENT, raw_symbol=Symbol("TEST"), asset_class=AssetClass.INDEX, currency=USD, price_precision=PLACES,
        price_increment=Price(run["tick"], PLACES), multiplier=Quantity.from_int(1), lot_size=Quantity.from_int(1),
        underlying="TEST", activation_ns=0, expiration_ns=2**62, ts_event=0, ts_init=0, margin_init=Decimal("0.0001"),
        margin_maint=Decimal("0.0001"), maker_fee=Decimal(repr(run["commission_bps"])) / 10_000,
        taker_fee=Decimal(repr(run["commission_bps"])) / 10_000)


def trades_of(run, bars):
    opens = [ts * 1000 for ts in bars["ts"]]
    closes = [ns + MINUTE_NS for ns in opens]
    frame = pd.DataFrame({name: bars[name] for name in ("open", "high", "low", "close")}, dtype=float,
                         index=pd.to_datetime(closes, unit="ns", utc=True))
    frame["volume"] = VOLUME
    instrument = contract(run)
    engine = BacktestEngine(BacktestEngineConfig(
        trader_id=TraderId("PEER-1"), logging=LoggingConfig(bypass_logging=True), risk_engine=RiskEngineConfig(bypass=True),
        run_analysis=False))
    fee = PerUnit(run["commission_per_unit"], run["commission_minimum"]) if not run["commission_bps"] else MakerTakerFeeModel()
    engine.add_venue(VENUE, OmsType.NETTING, AccountType.MARGIN, [Money(1e12, USD)], base_currency=USD,
                     default_leverage=Decimal(10), reject_stop_orders=False, fee_model=fee,
                     fill_model=FillModel(prob_slippage=1.0 if run["slippage_points"] else 0.0, random_seed=1))
    engine.add_instrument(instrument)
    engine.add_data(BarDataWrangler(BARS, instrument).process(frame))
    strategy = Given(run, closes)
    engine.add_strategy(strategy)
    engine.run()
    fills = strategy.fills
    engine.dispose()
    trades, opened = [], None
    for bar, size, price, commission in fills:
        if opened is None:
            opened = (bar, size, price, commission)
            continue
        assert size == -opened[1], "every exit closes all of the position"
        trades.append(dict(side=1 if opened[1] > 0 else -1, entry=opened[0], exit=bar, entry_price=opened[2],
                           exit_price=price, commission=opened[3] + commission))
        opened = None
    return trades


def main():
    request = json.load(sys.stdin)
    json.dump([trades_of(run, request["series"][run["series"]]) for run in request["runs"]], sys.stdout)


main()
