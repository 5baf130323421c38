"""The function URL: plain HTTP on one port, every path handed to the function that answers requests.

`extra_headers` are added when a client sends none of that name: a key for clients that cannot bring one.
"""

import base64
import http.server
import json
import threading

import fleet
import gateway


class Router:
    """Listens on a port and invokes a function through cargo-lambda's function URL."""

    def __init__(self, port, extra_headers, report):
        self.fleet = self.function = None
        self.report = report
        self.extra_headers = extra_headers or {}
        self.server = gateway.Server(("127.0.0.1", port), handler_of(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def serve(self, fleet_, function):
        """Starts answering."""
        self.fleet, self.function = fleet_, function
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        if self.fleet:
            self.server.shutdown()
        self.server.server_close()


def response_of(answer):
    """Status, headers and body of a function's answer (bytes), as a function URL reads it."""
    told = json.loads(answer)
    headers = list((told.get("headers") or {}).items())
    single = {name.lower() for name, _ in headers}
    several = (told.get("multiValueHeaders") or {}).items()
    headers += [(name, value) for name, values in several if name.lower() not in single for value in values]
    headers += [("Set-Cookie", cookie) for cookie in told.get("cookies") or []]
    body = (told.get("body") or "").encode()
    return told["statusCode"], headers, base64.b64decode(body) if told.get("isBase64Encoded") else body


def handler_of(router):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            body = gateway.read_body(self)
            headers = {name: value for name, value in self.headers.items() if name.lower() not in gateway.DROPPED}
            sent = {name.lower() for name in headers}
            headers |= {name: value for name, value in router.extra_headers.items() if name.lower() not in sent}
            try:
                answer = router.fleet.call(
                    router.function, self.command, lambda name: f"/lambda-url/{name}{self.path}", headers, body)
                status, found, content = response_of(answer)
            except (fleet.Failed, ValueError, KeyError) as failure:
                status, found, content = 502, [("Content-Type", "text/plain")], repr(failure).encode()
            if status >= 500:
                router.report(f"{self.command} {self.path}: {status} {content[:500].decode(errors='replace')}")
            gateway.send(self, status, found, content)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_OPTIONS = answer

        def log_message(self, *_):
            pass

    return Handler
