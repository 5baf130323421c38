"""Between the instances and cargo-lambda's runtime API: answers of functions are read whole here and handed over by hand.

cargo-lambda 1.9.2 passes an answer on while it is still being received, and stops receiving when it has acknowledged it: what
comes after its first read (8 KB, less on a busy machine) is lost, and the caller waits for ever or is told 500. So it gets a
short answer that fits into one read, and the invocation's caller takes the real one from here.
"""

import http.client
import http.server
import socket
import threading

import gateway

# What cargo-lambda is told: a complete answer of a function URL, which any other invocation may be answered with as well.
SHORT = b'{"statusCode":200,"headers":{},"multiValueHeaders":{},"body":"","isBase64Encoded":false,"cookies":[]}'


class Runtime:
    """A proxy on loopback; `address_of` is what an instance has as AWS_LAMBDA_RUNTIME_API."""

    def __init__(self, emulator_port):
        self.emulator_port = emulator_port
        self.answers = {}  # instance → (whether it succeeded, body)
        self.server = gateway.Server(("127.0.0.1", 0), handler_of(self))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def address_of(self, instance):
        return f"http://127.0.0.1:{self.server.server_port}/.rt/{instance}"

    def take(self, instance):
        """The last answer of an instance, once."""
        return self.answers.pop(instance, None)

    def next(self, path, headers):
        """Waits for the next invocation, as long as it takes: status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator_port)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def settle(self, path, body):
        """Keeps an answer for its caller and tells cargo-lambda that there is one, in one piece."""
        instance, _, rest = path.removeprefix("/.rt/").partition("/")
        self.answers[instance] = (rest.endswith("/response"), body)
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(SHORT)}\r\nConnection: close\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.emulator_port)) as connection:
            connection.sendall(head.encode() + SHORT)
            while connection.recv(4096):
                pass

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def handler_of(runtime):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            headers = {name: value for name, value in self.headers.items() if name.lower() not in gateway.DROPPED}
            status, found, body = runtime.next(self.path, headers)
            gateway.send(self, status, found, body)

        def do_POST(self):
            runtime.settle(self.path, gateway.read_body(self))
            gateway.send(self, 202, [], b"")

        def log_message(self, *_):
            pass

    return Handler
