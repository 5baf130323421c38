"""Programs that run as long as the stack does: started, waited for, stopped by their own ids."""

import os
import signal
import socket
import subprocess
import time

START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 5


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command, log, environment=None, folder=None):
    """Starts a program in a process group of its own, so that Ctrl-C reaches it through us only."""
    with open(log, "ab") as output:
        return subprocess.Popen(
            list(map(str, command)), stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, cwd=folder,
            start_new_session=True,
        )


def wait_for_port(process, port, what, log):
    """Waits until a program listens."""
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{what} ended at once; see {log}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{what} does not listen after {START_SECONDS_MAX} s; see {log}")


def stop(process):
    """Asks a program to end, then ends it."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
