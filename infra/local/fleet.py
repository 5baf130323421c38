"""The functions as pre-built binaries under `cargo lambda watch`, several instances each, one invocation at a time per instance.

cargo-lambda emulates the runtime API and knows functions as binaries of a Cargo project. The project here has one name per
instance ever started and is never built; so an invocation goes to a known process, and its death is noticed at once.
"""

import dataclasses
import http.client
import os
import socket
import subprocess
import threading

import foreign
import gateway
import processes
from runtime import Runtime

# Instances of a function that may start before names are used again: by then the first ones are long gone.
NAMES_PER_FUNCTION = 500


class Failed(Exception):
    """An invocation without an answer: its instance died or took too long."""


@dataclasses.dataclass
class Instance:
    """A process of a function."""

    name: str
    process: subprocess.Popen
    connection: http.client.HTTPConnection | None = None


class Fleet:
    """The instances of every function. `crowds` says how many of each binary at most."""

    def __init__(self, cargo_lambda, binaries, folder, environment, crowds, report):
        self.binaries, self.folder, self.environment = binaries, folder, environment
        self.crowds, self.report = crowds, report
        self.idle = {binary: [] for binary in crowds}
        self.count = dict.fromkeys(crowds, 0)
        self.started = dict.fromkeys(crowds, 0)
        self.changed = threading.Condition()
        self.alive = set()
        self.processes = {binary: [] for binary in crowds}  # every one ever started
        self.invocations = dict.fromkeys(crowds, 0)  # answered ones
        self.stopping = False
        self.port = processes.free_port()
        self.emulator = self.emulate(cargo_lambda)
        self.runtime = Runtime(self.port)

    def emulate(self, cargo_lambda):
        project = self.folder / "instances"
        (self.folder / "logs").mkdir(parents=True, exist_ok=True)
        project.mkdir(parents=True)
        bins = [f'[[bin]]\nname = "{binary}-{number}"\npath = "none.rs"\n'
                for binary in self.crowds for number in range(NAMES_PER_FUNCTION)]
        head = '[package]\nname = "instances"\nversion = "0.0.0"\nedition = "2024"\nautobins = false\n\n[workspace]\n\n'
        (project / "Cargo.toml").write_text(head + "\n".join(bins))
        (project / "none.rs").write_text("fn main() {}\n")
        log = self.folder / "logs/cargo-lambda.log"
        command = [cargo_lambda, "lambda", "watch", "--only-lambda-apis", "--ignore-changes", "--invoke-address", "127.0.0.1",
                   "--invoke-port", self.port]
        emulator = processes.start(command, log, folder=project)
        processes.wait_for_port(emulator, self.port, "cargo lambda", log)
        return emulator

    def spawn(self, function):
        """A new process of a function, with the environment AWS gives it."""
        binary = function.binary
        number = self.started[binary]
        self.started[binary] += 1
        name = f"{binary}-{number % NAMES_PER_FUNCTION}"
        environment = {"PATH": os.environ["PATH"], "TZ": ":UTC", "RUST_BACKTRACE": "1"} | self.environment | {
            "AWS_ACCESS_KEY_ID": gateway.key_of(binary),
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_LAMBDA_RUNTIME_API": self.runtime.address_of(name),
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
            "AWS_LAMBDA_LOG_STREAM_NAME": name,
        } | function.environment
        process = processes.start(foreign.command(self.binaries[binary]), self.folder / f"logs/{binary}.log", environment)
        instance = Instance(name, process)
        self.alive.add(process)
        self.processes[binary].append(process)
        threading.Thread(target=self.watch, args=(function, instance), daemon=True).start()
        return instance

    def watch(self, function, instance):
        """Waits for a process to end; an invocation under way then fails instead of waiting for ever."""
        status = instance.process.wait()
        with self.changed:
            self.alive.discard(instance.process)
            self.count[function.binary] -= 1
            if instance in self.idle[function.binary]:
                self.idle[function.binary].remove(instance)
            self.changed.notify_all()
            cut(instance.connection)
        if not self.stopping:
            self.report(f"{instance.name} ended with status {status}; see {self.folder}/logs/{function.binary}.log")

    def acquire(self, function):
        """An instance without an invocation: a warm one, else a new one, else the next that is done."""
        binary = function.binary
        with self.changed:
            while not self.stopping:
                if self.idle[binary]:
                    return self.idle[binary].pop()
                if self.count[binary] < self.crowds[binary]:
                    self.count[binary] += 1
                    return self.spawn(function)
                self.changed.wait()
        raise Failed("the stack is being stopped")

    def call(self, function, method, path_of, headers, body, on_start=None):
        """One invocation through cargo-lambda; the function's answer (bytes). `path_of` makes the path from the instance's name."""
        instance = self.acquire(function)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=function.timeout_seconds)
        try:
            connection.connect()
            with self.changed:
                instance.connection = connection
            if on_start:
                on_start(instance)
            if instance.process.poll() is not None:
                raise Failed(f"{instance.name} is gone")
            connection.request(method, path_of(instance.name), body, headers)
            connection.getresponse().read()
            succeeded, answer = self.runtime.take(instance.name) or (False, b"no answer")
        except (OSError, http.client.HTTPException) as error:
            # Lambda ends an instance that crashes or takes too long; so does this.
            instance.process.kill()
            slow = isinstance(error, TimeoutError)
            raise Failed(f"{instance.name} {'took too long' if slow else 'died'}") from error
        finally:
            with self.changed:
                instance.connection = None
            connection.close()
        with self.changed:
            self.invocations[function.binary] += 1
            if instance.process.poll() is None:
                self.idle[function.binary].append(instance)
                self.changed.notify_all()
        if not succeeded:
            raise Failed(f"{function.name}: {answer[:500].decode(errors='replace')}")
        return answer

    def invoke(self, function, event, on_start=None):
        """Invokes a function with an event (bytes); its answer (bytes)."""
        headers = {"Content-Type": "application/json"}
        return self.call(function, "POST", lambda name: f"/2015-03-31/functions/{name}/invocations", headers, event, on_start)

    def stop(self):
        with self.changed:
            self.stopping = True
            self.changed.notify_all()
            alive = list(self.alive)
        for process in alive:
            process.kill()
        self.runtime.stop()
        processes.stop(self.emulator)


def cut(connection):
    """Ends a connection under whoever waits on it."""
    if connection is not None and connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
