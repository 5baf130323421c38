"""`tests/bench/run`: reading, one backtest, the standard sweeps, a sweep through the server, and other backtesters, in one run."""

import argparse
import asyncio
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import time

from mcp import Client

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
FOLDER = REPOSITORY / "target/bench"
SWEEPS = ("sma_cross", "brackets", "heavy")

# What `--check` asks for: combinations a second on one core, how many times that on two, milliseconds, seconds and megabytes at most.
COMBINATIONS_PER_SECOND = {"SMA cross": 2500, "Brackets": 1500, "Heavy": 300}
TWO_CORES = 1.8
FULL_MS, YEAR_MS, MONTH_MS = 10, 30, 6
END_TO_END_SECONDS = {10_000: 8, 100_000: 80}
RESIDENT_MB = 400
GRIDS = {
    10_000: [{"key": "fast", "min": 2, "max": 101, "step": 1}, {"key": "slow", "min": 105, "max": 600, "step": 5}],
    100_000: [{"key": "fast", "min": 2, "max": 201, "step": 1}, {"key": "slow", "min": 205, "max": 704, "step": 1}],
}


def arguments():
    parser = argparse.ArgumentParser(prog="tests/bench/run", description=__doc__)
    parser.add_argument("--check", action="store_true", help="end with 1 when a figure is below its floor")
    parser.add_argument("--release", action="store_true",
                        help="measure the build that is deployed; building it takes half an hour the first time")
    parser.add_argument("--peers", action="store_true", help="run the other backtesters too (some minutes)")
    parser.add_argument("--end-to-end", type=int, nargs="*", default=[10_000], choices=GRIDS, metavar="COMBINATIONS",
                        help="sizes of the sweeps through the server: 10000, 100000, or none")
    return parser.parse_args()


def year(built):
    """The data folder that holds the standard year; made when it is not there."""
    data = FOLDER / "data"
    if not (FOLDER / "imported").exists():
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        subprocess.run([sys.executable, HERE / "year.py", FOLDER / "year.csv"], check=True)
        command = [built / "barlake", "--data-dir", data, "import", FOLDER / "year.csv", "--symbol", "ES"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (FOLDER / "imported").touch()
    return data


def engine(built, data):
    """Our figures as the benchmark program prints them."""
    command = [built / "examples/bench", data, *(HERE / "sweeps" / f"{name}.json" for name in SWEEPS)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


async def end_to_end(built, data, combinations):
    """Seconds from run_optimization to a completed best_result, and the server's largest resident megabytes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [built / "barlake", "--data-dir", data, "serve", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
            time.sleep(0.1)
        async with Client(f"http://127.0.0.1:{port}/mcp") as client:
            seconds = await sweep(client, combinations)
        status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
        resident = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024
        return seconds, resident
    finally:
        server.terminate()
        server.wait()


async def sweep(client, combinations):
    async def call(tool, **options):
        result = await client.call_tool(tool, options)
        assert not result.is_error, f"{tool}: {result.structured_content}"
        return result.structured_content

    async def done(task, **ids):
        while True:
            seen = await call("wait_for_completion", task=task, timeout_seconds=15, **ids)
            if seen["status"] not in ("timed_out", "busy"):
                return seen

    rules = json.loads((HERE / "sweeps/sma_cross.json").read_text())["rules"]
    session = (await call("create_session", title="Benchmark"))["session_id"]
    made = await call("create_strategy", session_id=session, rules=rules, **{"from": "2024-01-01", "to": "2024-12-31"})
    await done("strategy_op", session_id=session, operation_id=made["operation_id"])
    named = {"session_id": session, "artifact_id": made["artifact_id"]}
    batch = (await call("setup_optimization", **named, parameters=GRIDS[combinations]))["optimization_id"]
    started = time.monotonic()
    await call("run_optimization", **named, optimization_id=batch)
    await done("optimization", session_id=session, optimization_id=batch)
    seconds = time.monotonic() - started
    found = await call("get_optimization", session_id=session, optimization_id=batch)
    assert found["completed_count"] == combinations and found["best_result"], found
    return seconds


class Table:
    """Rows of what was measured beside what is asked for; remembers what falls short."""

    def __init__(self):
        self.short = []

    def row(self, name, value, unit, floor=None, ceiling=None, note=""):
        bound = f"at least {floor:,.0f}" if floor else f"at most {ceiling:,.0f}" if ceiling else ""
        if (floor and value < floor) or (ceiling and value > ceiling):
            self.short.append(name)
            bound += " (missed)"
        shown = f"{value:,.2f}" if value < 100 else f"{value:,.0f}"
        print(f"| {name} | {shown} {unit} | {bound} | {note} |", flush=True)


def report_engine(table, figures):
    """Prints our rows; the median rates by sweep and threads, which peers' medians are compared with."""
    medians, apart = {}, {}
    for figure in figures:
        match figure["figure"]:
            case "lake_month":
                table.row("lake to memory, a month", figure["milliseconds"], "ms", ceiling=MONTH_MS)
            case "lake_year":
                table.row("lake to memory, a year", figure["milliseconds"], "ms", ceiling=YEAR_MS)
            case "full":
                table.row(f"{figure['sweep']}: one full backtest", figure["milliseconds"], "ms", ceiling=FULL_MS)
            case "apart":
                apart[figure["sweep"]] = figure["cores"]
            case "sweep":
                name, threads, rate = figure["sweep"], figure["threads"], figure["combinations_per_second"]
                median = medians[name, threads] = figure["median_per_second"]
                least = COMBINATIONS_PER_SECOND[name] * (1 if threads == 1 else TWO_CORES)
                note = f"fastest run, median {median:,.0f}; {figure['combinations']:,} combinations"
                note += f", {figure['mean_trades']:,.0f} trades each on average"
                if threads > 1:
                    note += f"; {median / medians[name, 1]:.2f} × one core, two sweeps that share nothing {apart[name]} ×"
                table.row(f"{name}: {threads} core{'s' if threads > 1 else ''}", rate, "combinations/s", floor=least, note=note)
                if figure["different_from_full"]:
                    table.short.append(f"{name}: {figure['different_from_full']} combinations differ from their full backtest")
    return medians


def report_peers(rates):
    ours = rates["SMA cross", 1]
    lines = subprocess.run([sys.executable, HERE / "peers.py", FOLDER / "year.csv"], check=True, capture_output=True, text=True)
    for line in lines.stdout.splitlines():
        peer = json.loads(line)
        ratio = ours / peer["combinations_per_second"]
        print(f"| {peer['name']} | {peer['combinations_per_second']:.2f} combinations/s | we are {ratio:,.0f} × | {peer['note']} |")


def main():
    options = arguments()
    built = REPOSITORY / "target" / ("release" if options.release else "debug")
    data = year(built)
    table = Table()
    print("| what | measured | asked for | |\n| --- | --- | --- | --- |")
    rates = report_engine(table, engine(built, data))
    for combinations in options.end_to_end:
        seconds, resident = asyncio.run(end_to_end(built, data, combinations))
        name = f"SMA cross through the server, {combinations:,} combinations"
        table.row(name, seconds, "s", ceiling=END_TO_END_SECONDS[combinations], note="run_optimization to best_result, every core")
        table.row(f"{name}: memory", resident, "MB", ceiling=RESIDENT_MB if combinations == 10_000 else None, note="largest resident size")
    if options.peers:
        report_peers(rates)
    if options.check and table.short:
        raise SystemExit("below the floor: " + "; ".join(table.short))


if __name__ == "__main__":
    main()
