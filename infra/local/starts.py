"""`infra/local/starts`: processor time of starting each function, from the process's first instruction to its first answer.

The first answer includes the first call of the table: `api` looks up a key, the others are given a message of work that has
ended, which they find out from its record. Medians of several starts, each of a new process.
"""

import argparse
import asyncio
import http.client
import pathlib
import statistics
import tempfile
import urllib.parse

import count
import local
import main as up
import mappings
from mcp import Client

STARTS = 7
# A message of each function that reads queues: where the name of its queue ends.
QUEUES = {"builder": "-builds", "worker": "-units", "reducer": "-steps"}


def arguments():
    parser = argparse.ArgumentParser(prog="infra/local/starts", description=__doc__)
    parser.add_argument("--binaries", type=pathlib.Path, default=local.REPOSITORY / "target/debug", metavar="FOLDER",
                        help="folder with api, builder, worker, reducer and barlake")
    return parser.parse_args()


def main():
    options = arguments()
    seen = {}
    with tempfile.TemporaryDirectory() as folder:
        running = local.Local(folder, up.binaries(options.binaries), crowds=dict.fromkeys(local.CROWDS, 1), report=lambda _: None,
                              on_dispatch=lambda mapping, messages, _: seen.setdefault(mapping.queue_name, (mapping, messages)))
        try:
            barlake = options.binaries.resolve() / "barlake"
            running.add_demo(barlake)
            key = running.operate(barlake, "keys", "create").split()[0]
            running.router.extra_headers["Authorization"] = f"Bearer {key}"
            asyncio.run(work(running))
            for runner in running.runners:
                runner.stop()
            for name in local.CROWDS:
                times = [start(running, name, seen) for _ in range(STARTS)]
                print(f"| {name} | {statistics.median(times):.0f} |", flush=True)
        finally:
            running.stop()


async def work(running):
    """A strategy and a small sweep: messages of every kind, whose work has then ended."""
    async with Client(running.outputs["McpUrl"]) as client:
        session = (await count.call(client, "create_session"))["session_id"]
        made = await count.call(client, "create_strategy", session_id=session, rules=count.RULES)
        await count.ended(client, session, "strategy_op", operation_id=made["operation_id"])
        named = {"session_id": session, "artifact_id": made["artifact_id"]}
        grid = [{"key": "fast", "min": 10, "max": 12, "step": 1}]
        batch = (await count.call(client, "setup_optimization", **named, parameters=grid))["optimization_id"]
        await count.call(client, "run_optimization", **named, optimization_id=batch)
        await count.ended(client, session, "optimization", optimization_id=batch)


def start(running, name, seen):
    """Milliseconds of processor time of one start."""
    fleet, function = running.fleet, running.functions[name]
    for process in list(fleet.alive):
        process.kill()
    with fleet.changed:
        fleet.changed.wait_for(lambda: fleet.count[name] == 0)
    if name == "api":
        ask(running)
    else:
        mapping, messages = next(found for queue, found in seen.items() if queue.endswith(QUEUES[name]))
        fleet.invoke(function, mappings.event_of(mapping, messages, lambda *_: None))
    return milliseconds(fleet.processes[name][-1].pid)


def ask(running):
    """A call whose key is looked up in the table."""
    url = urllib.parse.urlsplit(running.outputs["McpUrl"])
    connection = http.client.HTTPConnection(url.netloc, timeout=60)
    body = '{"jsonrpc": "2.0", "id": 1, "method": "ping"}'
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    connection.request("POST", url.path, body, headers)
    connection.getresponse().read()


def milliseconds(pid):
    """Processor time of every thread of a process so far, by the kernel's count of nanoseconds."""
    threads = pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6


if __name__ == "__main__":
    main()
