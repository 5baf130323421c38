"""The four function binaries under cargo lambda over emulated AWS APIs: `scenario.py workflow|sweep BINARIES`.

`workflow` runs the whole-workflow tests of tests/clients, unchanged, and then asks for the pages of what they made. `sweep` runs 2,000 combinations with a worker killed in
the middle and a slice that kills every worker it meets, and compares the answer with a plain run on one machine.
"""

import asyncio
import collections
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "infra/local"))

import local  # noqa: E402
import main as up  # noqa: E402
import pages  # noqa: E402
from mcp import Client  # noqa: E402

# 120 s become 2 s: nothing here takes longer, and a second delivery of what does is part of the contract.
VISIBILITY_SCALE = 1 / 60
CLIENT_SECONDS_MAX = 300
SWEEP_SECONDS_MAX = 300
RULES = {
    "language": 1, "name": "SMA cross", "market": "DEMO", "timeframe": "15m",
    "parameters": [{"key": "fast", "value": 10}, {"key": "slow", "value": 40}, {"key": "stop", "value": 12}],
    "entry": {"long": "sma(close, $fast) crosses above sma(close, $slow)"},
    "exit": {"stop_loss": {"points": "$stop"}, "flatten": "15:55"},
    "sizing": {"contracts": 1},
}
GRID = [
    {"key": "fast", "min": 2, "max": 21, "step": 1},
    {"key": "slow", "min": 25, "max": 120, "step": 5},
    {"key": "stop", "values": [6, 9, 12, 15, 18]},
]
COMBINATIONS = 2000
# A slice is some hundreds of combinations: there are few. The second delivery is killed, unless it is the poisoned slice's.
POISONED, KILLED_AFTER = 2, 1


class Saboteur:
    """Kills workers: every one that is given the poisoned slice, and one in the middle of another slice."""

    def __init__(self):
        self.poisoned = collections.Counter()  # receives by message: a watch may send the slice once more
        self.slices = 0
        self.killed = False

    def __call__(self, mapping, messages, instance):
        if not mapping.queue_name.endswith("-units"):
            return
        work = json.loads(messages[0]["Body"])["work"]
        self.slices += 1
        if work["slice"] == POISONED:
            self.poisoned[messages[0]["MessageId"]] += 1
            # It takes the message, does nothing with it, and dies.
            os.kill(instance.process.pid, signal.SIGSTOP)
            threading.Timer(0.2, instance.process.kill).start()
        elif self.slices > KILLED_AFTER and not self.killed:
            self.killed = True
            threading.Timer(0.1, instance.process.kill).start()


def started(binaries, on_dispatch=None):
    """The service with DEMO in its lake; clients without a key are given one."""
    folder = tempfile.mkdtemp(prefix="barlake-cloud-")
    functions = up.artifacts(binaries) if (binaries / "ApiFunction").is_dir() else up.binaries(binaries)
    running = local.Local(folder, functions, visibility_scale=VISIBILITY_SCALE, on_dispatch=on_dispatch,
                          report=lambda line: print(f"  {line}", flush=True))
    try:
        running.add_demo(barlake(binaries))
        key = running.operate(barlake(binaries), "keys", "create").split()[0]
        running.router.extra_headers["Authorization"] = f"Bearer {key}"
    except BaseException:
        running.stop()
        raise
    return running


def barlake(binaries):
    beside = binaries / "barlake"
    return beside if beside.is_file() else REPOSITORY / "target/debug/barlake"


def workflow(binaries):
    running = started(binaries)
    try:
        for era, version in (("modern", "2026-07-28"), ("legacy", "2025-11-25")):
            client(version, [sys.executable, REPOSITORY / "tests/clients/workflow.py", running.outputs["McpUrl"], era])
        typescript(running.outputs["McpUrl"])
        pages.visited(running.router.url, running.router.extra_headers["Authorization"].split()[1], check)
        check("nothing is denied", running.gateway.denied, [])
    finally:
        finish(running)


def typescript(url):
    folder = REPOSITORY / ".tools/node"
    node = folder / "node_modules/.bin/node"
    if not node.is_file():
        assert "CI" not in os.environ, "no Node: run tests/setup.sh"
        return print("SKIPPED: no Node; run tests/setup.sh")
    # Modules are found from where the script lies.
    script = folder / f"workflow-{os.getpid()}.mjs"
    shutil.copy(REPOSITORY / "tests/clients/workflow.mjs", script)
    try:
        client("2026-07-28", [node, script, url, "modern"])
    finally:
        script.unlink()


def client(version, command):
    begun = time.monotonic()
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=CLIENT_SECONDS_MAX)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    check(f"{pathlib.Path(command[1]).name} in {time.monotonic() - begun:.1f} s", done.stdout.strip(), version)


def sweep(binaries):
    saboteur = Saboteur()
    running = started(binaries, saboteur)
    try:
        found, pages = asyncio.run(swept(running.outputs["McpUrl"]))
        check("a worker was killed in the middle", saboteur.killed, True)
        check("receives of a message of the poisoned slice", max(saboteur.poisoned.values()), 5)
        check("nothing is denied", running.gateway.denied, [])
        expected, whole = plain(running.folder / "demo", barlake(binaries))
        check("the plain run fails nothing", (expected["completed_count"], expected["failed_count"]), (COMBINATIONS, 0))
        compare(found, pages, whole)
    finally:
        finish(running)


def compare(found, pages, whole):
    """Counts add up; the ranking is the plain run's without combinations of the poisoned slice."""
    counts = [found[name] for name in ("completed_count", "failed_count", "cancelled_count")]
    check("counts add up", sum(counts), COMBINATIONS)
    failed = counts[1]
    assert 0 < failed < COMBINATIONS and counts[2] == 0, counts
    rows, plain_rows = ([json.dumps([row["parameters"], row["metrics"]]) for row in ranking] for ranking in (pages, whole))
    known = set(rows)
    check("the ranking is the plain one's, in its order", rows, [row for row in plain_rows if row in known])
    missing = len(plain_rows) - len(rows)
    print(f"  {failed} combinations failed with the slice, {missing} of them were ranked in the plain run")
    assert missing <= failed, (missing, failed)


def plain(data, program):
    """The same sweep on one machine."""
    server = subprocess.Popen([program, "serve", "--port", "0", "--data-dir", data], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
    try:
        url = server.stdout.readline().split()[-1]
        return asyncio.run(swept(url))
    finally:
        server.terminate()
        server.wait()


async def swept(url):
    """Builds the strategy and sweeps it: what get_optimization says, and every row of its ranking."""
    async with Client(url) as client:
        session_id = (await call(client, "create_session", title="sweep"))["session_id"]
        made = await call(client, "create_strategy", session_id=session_id, rules=RULES)
        await ended(client, session_id, "strategy_op", operation_id=made["operation_id"])
        named = {"session_id": session_id, "artifact_id": made["artifact_id"]}
        batch = await call(client, "setup_optimization", **named, parameters=GRID)
        assert batch["total_combinations"] == COMBINATIONS, batch
        optimization_id = batch["optimization_id"]
        begun = time.monotonic()
        await call(client, "run_optimization", **named, optimization_id=optimization_id)
        await ended(client, session_id, "optimization", optimization_id=optimization_id)
        print(f"  the sweep took {time.monotonic() - begun:.1f} s at {url}", flush=True)
        asked = {"session_id": session_id, "optimization_id": optimization_id, "top": 100}
        found = await call(client, "get_optimization", **asked)
        page, pages = found, list(found["ranking"])
        while cursor := (page.get("pagination") or {}).get("next_cursor"):
            page = await call(client, "get_optimization", **asked, cursor=cursor)
            pages += page["ranking"]
        return found, pages


async def ended(client, session_id, task, **ids):
    deadline = time.monotonic() + SWEEP_SECONDS_MAX
    while time.monotonic() < deadline:
        seen = await call(client, "wait_for_completion", session_id=session_id, task=task, timeout_seconds=15, **ids)
        if seen["status"] not in ("timed_out", "busy"):
            return seen
    raise AssertionError(f"{task} did not end in {SWEEP_SECONDS_MAX} s: {seen}")


async def call(client, tool, **arguments):
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, f"{tool}: {result.structured_content}"
    return result.structured_content


def check(what, found, expected):
    assert found == expected, f"{what}: {str(found)[:2000]} instead of {str(expected)[:2000]}"
    print(f"  ok: {what}", flush=True)


def finish(running):
    failing = sys.exc_info()[0] is not None
    running.stop()
    if failing:
        for log in sorted((running.folder / "logs").glob("*.log")):
            print(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}", file=sys.stderr)
    running.remove()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    {"workflow": workflow, "sweep": sweep}[sys.argv[1]](pathlib.Path(sys.argv[2]).resolve())
