"""The standard year of minutes as CSV: `year.py FILE`. Synthetic futures bars, the same on every machine.

247 trading days of 2024 of 23 hours each (18:00 to 17:00 New York), 340,860 minutes on a grid of a quarter point: a random walk
whose volatility follows the time of day and whose drift changes twice a day. Labels are opens, UTC.
"""

import datetime
import sys
import zoneinfo

import numpy

TICK = 0.25
MINUTES = 1380  # of a trading day
SEED = [20240101, *map(ord, "ES")]
START = 5000.0
NEW_YORK = zoneinfo.ZoneInfo("America/New_York")


def trading_days():
    """Weekdays of 2024 without fifteen of them, spread evenly."""
    first = datetime.date(2024, 1, 2)
    weekdays = [day for day in (first + datetime.timedelta(n) for n in range(365)) if day.weekday() < 5 and day.year == 2024]
    without = set(numpy.linspace(5, len(weekdays) - 6, len(weekdays) - 247).astype(int).tolist())
    return [day for place, day in enumerate(weekdays) if place not in without]


def opens(day):
    """The instants of a trading day's minutes, seconds UTC."""
    evening = datetime.datetime.combine(day - datetime.timedelta(1), datetime.time(18), NEW_YORK)
    return int(evening.timestamp()) + 60 * numpy.arange(MINUTES)


def bars():
    instants = numpy.concatenate([opens(day) for day in trading_days()])
    count = len(instants)
    random = numpy.random.Generator(numpy.random.PCG64(SEED))
    minute = numpy.arange(count) % MINUTES
    bump = lambda centre, width: numpy.exp(-(((minute - centre) / width) ** 2))  # noqa: E731
    activity = 0.55 + 1.6 * bump(945, 60) + 1.1 * bump(1310, 45) + 0.35 * bump(570, 90)
    deviation = 0.9 * activity
    drift = numpy.repeat(random.choice([-1.0, 0.0, 1.0], size=count // 690 + 1), 690)[:count]
    close = START + numpy.cumsum(random.standard_normal(count) * deviation + 0.01 * drift)
    first = numpy.empty(count)
    first[0] = START
    first[1:] = close[:-1] + random.normal(0, 0.12, count - 1)
    high = numpy.maximum(first, close) + numpy.abs(random.standard_normal(count)) * deviation * 0.55
    low = numpy.minimum(first, close) - numpy.abs(random.standard_normal(count)) * deviation * 0.55
    first, close = numpy.round(first / TICK) * TICK, numpy.round(close / TICK) * TICK
    high = numpy.maximum(numpy.ceil(high / TICK) * TICK, numpy.maximum(first, close))
    low = numpy.minimum(numpy.floor(low / TICK) * TICK, numpy.minimum(first, close))
    volume = numpy.maximum(1, random.gamma(2.0, 180.0, count) * activity).astype(int)
    return instants, first, high, low, close, volume


def main():
    with open(sys.argv[1], "w", encoding="ascii") as file:
        file.write("timestamp,open,high,low,close,volume\n")
        for instant, *prices, volume in zip(*bars()):
            time = datetime.datetime.fromtimestamp(int(instant), datetime.timezone.utc)
            file.write(f"{time:%Y-%m-%dT%H:%M:%SZ}," + ",".join(f"{price:.2f}" for price in prices) + f",{volume}\n")


if __name__ == "__main__":
    main()
