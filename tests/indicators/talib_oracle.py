"""TA-Lib over columns: reads a request on standard input, writes the outputs on standard output.

Request: a line with the number of bars; a line per call, NAME and its arguments (whole numbers without a point);
an empty line; then six columns of little-endian doubles: source, open, high, low, close, volume.
Answer: for every call every output as little-endian doubles, NaN where undefined, in TA-Lib's order.
"""

import sys

import numpy
import talib

COLUMNS = ["source", "open", "high", "low", "close", "volume"]
INPUTS = {
    "AD": ["high", "low", "close", "volume"],
    "ADX": ["high", "low", "close"],
    "AROON": ["high", "low"],
    "ATR": ["high", "low", "close"],
    "CCI": ["high", "low", "close"],
    "MFI": ["high", "low", "close", "volume"],
    "MINUS_DI": ["high", "low", "close"],
    "NATR": ["high", "low", "close"],
    "OBV": ["close", "volume"],
    "PLUS_DI": ["high", "low", "close"],
    "STOCH": ["high", "low", "close"],
    "TRANGE": ["high", "low", "close"],
    "WILLR": ["high", "low", "close"],
}


def number(text):
    return float(text) if "." in text else int(text)


def main():
    stream = sys.stdin.buffer
    bars = int(stream.readline())
    calls = []
    while line := stream.readline().strip():
        name, *arguments = line.decode().split()
        calls.append((name, [number(argument) for argument in arguments]))
    data = numpy.frombuffer(stream.read(), dtype="<f8").astype(float).reshape(len(COLUMNS), bars)
    columns = dict(zip(COLUMNS, data))
    for name, arguments in calls:
        inputs = [columns[column] for column in INPUTS.get(name, ["source"])]
        outputs = getattr(talib, name)(*inputs, *arguments)
        for output in outputs if isinstance(outputs, (tuple, list)) else [outputs]:
            sys.stdout.buffer.write(numpy.asarray(output, dtype="<f8").tobytes())


main()
