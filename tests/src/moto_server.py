"""Moto's server with a clock of its own: `moto_server.py PORT`.

POST /clock/SECONDS moves the clock that SQS goes by, so that tests of delays and visibility need not wait. Requests to
DynamoDB are served one at a time: moto's conditional writes are not atomic between threads. The server ends when its
standard input does, so that it never outlives the test that started it.
"""

import os
import sys
import threading

import moto.sqs.models as sqs
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import run_simple


class Clock:
    """Moto's clock and how far it has been moved."""

    seconds = 0
    unix_time = staticmethod(sqs.unix_time)

    def time(self):
        return self.unix_time() + self.seconds

    def time_millis(self):
        return self.time() * 1000.0


class Application:
    """Moto behind the clock's endpoint and the table's lock."""

    def __init__(self, clock):
        self.clock = clock
        self.table = threading.Lock()
        self.moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ, start_response):
        path = environ.get("PATH_INFO", "")
        if path.startswith("/clock/"):
            self.clock.seconds += int(path.removeprefix("/clock/"))
            start_response("200 OK", [("Content-Length", "0")])
            return []
        if environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDB"):
            with self.table:
                return list(self.moto(environ, start_response))
        return self.moto(environ, start_response)


class Handler(MotoRequestHandler):
    """Keeps connections open, and keeps quiet."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, code="-", size="-"):
        pass


def end_with_standard_input():
    sys.stdin.read()
    os._exit(0)


def main():
    clock = Clock()
    sqs.unix_time = clock.time
    sqs.unix_time_millis = clock.time_millis
    threading.Thread(target=end_with_standard_input, daemon=True).start()
    run_simple("127.0.0.1", int(sys.argv[1]), Application(clock), threaded=True, request_handler=Handler)


if __name__ == "__main__":
    main()
