"""`infra/local/cost`: what one backtest and sweeps over a year of minutes ask of AWS, counted where the functions ask it.

The functions' own counters say what they asked (`aws::Counters`, logged after each invocation); the gateway adds the writes that
were refused, the mappings their own requests, the kernel the processor time. Empty polls belong to an idle month.
"""

import argparse
import asyncio
import collections
import datetime
import json
import os
import pathlib
import signal
import sys
import tempfile
import time

import gateway
import local
import main as up
import stack
from mcp import Client

sys.path.insert(0, str(local.REPOSITORY / "infra"))
import cost  # noqa: E402

COUNTS = local.REPOSITORY / "infra/counts.json"
SMALLEST = 1000
RULES = {
    "language": 1, "name": "SMA cross", "market": "DEMO", "timeframe": "1m",
    "parameters": [{"key": "fast", "value": 31}, {"key": "slow", "value": 120}, {"key": "stop", "value": 12}],
    "entry": {
        "long": "sma(close, $fast) crosses above sma(close, $slow)",
        "short": "sma(close, $fast) crosses below sma(close, $slow)",
    },
    "exit": {"stop_loss": {"points": "$stop"}},
    "sizing": {"contracts": 1},
}
# Values of fast, slow and stop: (first, step), and how many of each make so many combinations.
RANGES = {"fast": (2, 1), "slow": (60, 5), "stop": (4, 1)}
GRIDS = {1000: (10, 20, 5), 10_000: (20, 50, 10), 100_000: (50, 80, 25)}
# Emulated services answer some ten requests a second: a function gets more time than on AWS, and its message with it.
PATIENCE = 20
WAIT_SECONDS = 20  # of one call, within the patience of clients
WORK_SECONDS_MAX = 2 * 3600
# A watch comes back after a minute, and then ever later, up to a quarter of an hour.
SETTLE_SECONDS_MAX = 1000
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def arguments():
    parser = argparse.ArgumentParser(prog="infra/local/cost", description=__doc__)
    parser.add_argument("--largest", type=int, default=max(GRIDS), choices=GRIDS, help="combinations of the largest sweep")
    parser.add_argument("--binaries", type=pathlib.Path, default=local.REPOSITORY / "target/debug", metavar="FOLDER",
                        help="folder with api, builder, worker, reducer and barlake")
    return parser.parse_args()


def main():
    options = arguments()
    # Told to end, it still ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to end"))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="barlake-cost-"))
    running = local.Local(folder, up.binaries(options.binaries), visibility_scale=PATIENCE, timeout_scale=PATIENCE,
                          variables={"BARLAKE_COUNT_CALLS": "1"}, report=lambda line: print(f"  {line}", flush=True))
    try:
        barlake = options.binaries.resolve() / "barlake"
        running.add_demo(barlake)
        key = running.operate(barlake, "keys", "create").split()[0]
        running.router.extra_headers["Authorization"] = f"Bearer {key}"
        sizes = sorted({SMALLEST, options.largest})
        market, work = asyncio.run(everything(running, sizes))
        counts = recorded(running, options, market, work)
    finally:
        running.stop()
    COUNTS.write_text(json.dumps(counts, indent=1, ensure_ascii=False) + "\n")
    running.remove()
    cost.write()
    print(f"wrote {COUNTS.relative_to(local.REPOSITORY)} and the tables of infra/README.md")


def reject(running):
    """Counts of a run in which something went wrong are counts of something else."""
    if running.gateway.denied:
        raise RuntimeError(f"the roles deny: {running.gateway.denied}")
    ended = [process.pid for processes in running.fleet.processes.values() for process in processes if process.poll() is not None]
    if ended:
        raise RuntimeError(f"instances {ended} ended on the way, and their counts with them: is the machine too busy?")


def recorded(running, options, market, work):
    """What goes into the file: the counts, and what they depend on."""
    template = stack.read(local.TEMPLATE)["Resources"].values()
    binaries = os.path.relpath(options.binaries, local.REPOSITORY)
    return {
        "about": "Written by the command below; infra/README.md shows it times infra/prices.json.",
        "command": f"infra/local/cost --largest {options.largest} --binaries {binaries}",
        "recorded": datetime.date.today().isoformat(),
        "processor": f"{os.cpu_count()} × {processor()}",
        "market": market,
        "memory_mb": {function.binary: function.memory_mb for function in running.functions.values()},
        "idle": {
            "mappings": [runner.mapping.queue_name.removeprefix(f"{local.STACK_NAME}-") for runner in running.runners],
            "alarms": sum(resource["Type"] == "AWS::CloudWatch::Alarm" for resource in template),
            "alarm_metrics": sum(map(alarm_metrics, template)),
            "dashboards": sum(resource["Type"] == "AWS::CloudWatch::Dashboard" for resource in template),
        },
        "work": work,
    }


def processor():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown processor")


def alarm_metrics(resource):
    """Metrics an alarm looks at; each is billed."""
    if resource["Type"] != "AWS::CloudWatch::Alarm":
        return 0
    listed = resource["Properties"].get("Metrics")
    return 1 if listed is None else sum("MetricStat" in metric for metric in listed)


async def everything(running, sizes):
    """The market, and the counts of each kind of work."""
    work = {}
    async with Client(running.outputs["McpUrl"]) as client:
        demo = (await call(client, "list_instruments", query="DEMO"))["instruments"][0]
        market = {"symbol": demo["symbol"], "minutes": demo["coverage"][0]["bars"]}
        named, work["backtest"] = await counted(running, backtest, client)
        for size in sizes:
            _, work[f"sweep_{size}"] = await counted(running, sweep, client, named, size)
    return market, work


async def counted(running, job, *given):
    """Runs a job and waits until nothing of it is left in a queue: what it returns, and its counts."""
    print(f"{job.__name__} {given[-1] if job is sweep else ''}", flush=True)
    before, kept, begun = snapshot(running), stored(running), time.monotonic()
    result, waited = await job(running, *given)
    seconds = time.monotonic() - begun
    await settled(running)
    reject(running)
    functions = difference(snapshot(running), before)
    counts = {"seconds": round(seconds, 1), "functions": functions, "stored": minus(stored(running), kept)}
    if waited:
        # How long a client waits depends on the number of workers, so waiting is counted by itself.
        functions["api"] = minus(functions["api"], waited["api"])
        counts["waited"] = waited
    return result, counts


async def backtest(_, client):
    session_id = (await call(client, "create_session", title="cost"))["session_id"]
    made = await call(client, "create_strategy", session_id=session_id, rules=RULES)
    await ended(client, session_id, "strategy_op", operation_id=made["operation_id"])
    named = {"session_id": session_id, "artifact_id": made["artifact_id"]}
    await call(client, "get_backtest", **named)
    return named, None


async def sweep(running, client, named, size):
    batch = await call(client, "setup_optimization", **named, parameters=grid(size))
    if batch["total_combinations"] != size:
        raise RuntimeError(f"the grid of {size} is {batch}")
    identity = {"optimization_id": batch["optimization_id"]}
    await call(client, "run_optimization", **named, **identity)
    before, begun = snapshot(running), time.monotonic()
    await ended(client, named["session_id"], "optimization", **identity)
    api = difference(snapshot(running), before)["api"]
    waited = {"seconds": round(time.monotonic() - begun, 1), "api": api}
    found = await call(client, "get_optimization", session_id=named["session_id"], **identity, top=10, heat_map=["fast", "slow"])
    if found["completed_count"] != size:
        raise RuntimeError(f"the sweep did not complete: {found['summary']}")
    return None, waited


def grid(size):
    return [{"key": key, "min": first, "max": first + step * (count - 1), "step": step}
            for (key, (first, step)), count in zip(RANGES.items(), GRIDS[size])]


async def ended(client, session_id, task, **ids):
    deadline = time.monotonic() + WORK_SECONDS_MAX
    while time.monotonic() < deadline:
        seen = await call(client, "wait_for_completion", session_id=session_id, task=task, timeout_seconds=WAIT_SECONDS, **ids)
        if seen["status"] not in ("timed_out", "busy"):
            return
    raise RuntimeError(f"{task} did not end in {WORK_SECONDS_MAX} s")


async def call(client, tool, **given):
    result = await client.call_tool(tool, given)
    if result.is_error:
        raise RuntimeError(f"{tool}: {result.structured_content}")
    return result.structured_content


async def settled(running):
    """Waits until every queue is empty, delayed messages included."""
    sqs, deadline = running.client("sqs"), time.monotonic() + SETTLE_SECONDS_MAX
    kinds = [f"ApproximateNumberOfMessages{kind}" for kind in ("", "NotVisible", "Delayed")]
    while time.monotonic() < deadline:
        found = [sqs.get_queue_attributes(QueueUrl=runner.url, AttributeNames=kinds)["Attributes"] for runner in running.runners]
        if not any(int(number) for attributes in found for number in attributes.values()):
            return
        await asyncio.sleep(1)
    raise RuntimeError(f"messages are left after {SETTLE_SECONDS_MAX} s: {found}")


def snapshot(running):
    """Everything counted so far, by function."""
    functions = {binary: logged(running.folder / f"logs/{binary}.log") for binary in running.functions}
    for binary, counts in functions.items():
        counts["invocations"] = running.fleet.invocations[binary]
        counts["instances"] = len(running.fleet.processes[binary])
        counts["processor_seconds"] = sum(processor_seconds(process.pid) for process in running.fleet.processes[binary])
        counts["dynamodb.refused_write_units"] = running.gateway.refused_units[gateway.key_of(binary)]
    for runner in running.runners:
        for what, requests in runner.billed.items():
            functions[runner.mapping.function.binary][f"mapping.{what}"] += requests
    return functions


def logged(path):
    """Sums of the lines of counts in a function's log, and the bytes of all others."""
    counts = collections.Counter()
    for line in path.read_bytes().splitlines(True) if path.exists() else []:
        told = json.loads(line) if line.startswith(b"{") else {}
        if told.get("metric") == "calls":
            counts.update(json.loads(told["counts"]))
        else:
            counts["logged_bytes"] += len(line)
    return counts


def processor_seconds(pid):
    """User and system time of a process that still runs."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def difference(after, before):
    return {binary: minus(counts, before[binary]) for binary, counts in after.items()}


def minus(counts, others):
    left = {name: round(count - others.get(name, 0), 3) for name, count in sorted(counts.items())}
    return {name: count for name, count in left.items() if count}


def stored(running):
    """Bytes kept so far, of records and of results."""
    pages = running.client("s3").get_paginator("list_objects_v2").paginate(Bucket=running.outputs["ResultsBucket"])
    objects = [item["Size"] for page in pages for item in page.get("Contents", [])]
    return {"table_bytes": running.gateway.meter.stored_bytes(), "result_objects": len(objects), "result_bytes": sum(objects)}


if __name__ == "__main__":
    main()
