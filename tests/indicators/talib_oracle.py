"""TA-Lib over columns: reads a request on standard input, writes the outputs on standard output.

Request: a line with the number of bars and the number of price counts per unit; a line per call, NAME and its arguments
(whole numbers without a point); an empty line; then eight columns of little-endian doubles: those of COLUMNS.
Answer: for every call every output as little-endian doubles, NaN where undefined, in TA-Lib's order.
With the argument `names` it prints every function that is neither a math transform nor a math operator.

Candlestick patterns are given prices in counts: TA-Lib adds up floats, and sums of whole numbers are exact, so that a tie is
a tie for it as well.
"""

import sys

import numpy
import talib
from talib import abstract

COLUMNS = ["source", "second", "open", "high", "low", "close", "volume", "periods"]
# Functions of the close of the bars although TA-Lib would take any series.
OF_CLOSES = {"OBV"}


def number(text):
    return float(text) if "." in text else int(text)


def names():
    groups = talib.get_function_groups()
    return [name for group, names in groups.items() if not group.startswith("Math") for name in names]


def input_columns(name):
    columns = []
    for kind, value in abstract.Function(name).input_names.items():
        if kind in ("price", "price0"):
            columns.append("close" if name in OF_CLOSES else "source")
        elif kind == "price1":
            columns.append("second")
        elif kind == "periods":
            columns.append("periods")
        else:
            columns.extend(value)
    return columns


def look_back(name, arguments):
    function = abstract.Function(name)
    function.parameters = dict(zip(function.parameters, arguments))
    return function.lookback


def main():
    stream = sys.stdin.buffer
    bars, per_unit = (int(text) for text in stream.readline().split())
    calls = []
    while line := stream.readline().strip():
        name, *arguments = line.decode().split()
        calls.append((name, [number(argument) for argument in arguments]))
    data = numpy.frombuffer(stream.read(), dtype="<f8").astype(float).reshape(len(COLUMNS), bars)
    columns = dict(zip(COLUMNS, data))
    for name, arguments in calls:
        inputs = [columns[column] for column in input_columns(name)]
        if name.startswith("CDL"):
            inputs = [numpy.rint(column * per_unit) for column in inputs]
        outputs = getattr(talib, name)(*inputs, *arguments)
        for output in outputs if isinstance(outputs, (tuple, list)) else [outputs]:
            values = numpy.asarray(output, dtype="<f8").copy()
            if output.dtype.kind == "i":
                undefined = numpy.isnan(inputs).any(axis=0)
                first = bars if undefined.all() else int(numpy.argmin(undefined))
                values[: first + look_back(name, arguments)] = numpy.nan
            values[~numpy.isfinite(values)] = numpy.nan
            sys.stdout.buffer.write(values.tobytes())


if sys.argv[1:] == ["names"]:
    print(*names())
else:
    main()
