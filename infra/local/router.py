"""The function URL: plain HTTP on one port, every path handed to the function that answers requests.

`extra_headers` are added when a client sends none of that name: a key for clients that cannot bring one.
"""

import http.server
import threading

import fleet
import gateway


class Router:
    """Listens on a port and invokes a function through cargo-lambda's function URL."""

    def __init__(self, port, extra_headers=None):
        self.fleet = self.function = None
        self.extra_headers = extra_headers or {}
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler_of(self))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def serve(self, fleet_, function):
        """Starts answering."""
        self.fleet, self.function = fleet_, function
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        if self.fleet:
            self.server.shutdown()
        self.server.server_close()


def handler_of(router):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            body = gateway.read_body(self)
            headers = {name: value for name, value in self.headers.items() if name.lower() not in gateway.DROPPED}
            sent = {name.lower() for name in headers}
            headers |= {name: value for name, value in router.extra_headers.items() if name.lower() not in sent}
            try:
                status, found, content = router.fleet.call(
                    router.function, self.command, lambda name: f"/lambda-url/{name}{self.path}", headers, body)
            except fleet.Failed as failure:
                status, found, content = 502, [("Content-Type", "text/plain")], str(failure).encode()
            self.send_response_only(status)
            for name, value in found:
                if name.lower() not in gateway.DROPPED:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_OPTIONS = answer

        def log_message(self, *_):
            pass

    return Handler
