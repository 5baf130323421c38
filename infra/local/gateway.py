"""Stands between the functions and moto: every request is checked against the role of the function that signed it.

A function's access key id names it. What a role does not allow is answered as AWS answers it and reported; what was used is
kept, so that a grant nobody needs can be told from one that is.
"""

import collections
import http.client
import http.server
import json
import sys
import threading

import capacity
import policy
import wire

OPERATOR = "AKIALOCALOPERATOR"
# moto checks and writes without a lock: two requests at once would both find a condition met, or lose a message.
TURNS = collections.defaultdict(threading.Lock)
DROPPED = {"connection", "transfer-encoding", "content-length", "keep-alive"}
# moto's checksum of an answer of DynamoDB, which is not what leaves here.
CHECKSUM = "x-amz-crc32"


def key_of(binary):
    """The access key id of a function."""
    return f"AKIALOCAL{binary.upper()}"


class Server(http.server.ThreadingHTTPServer):
    """A thread per connection; as many may wait to be accepted as a burst of clients brings."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        # Who goes away before the answer is a client's affair.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Gateway:
    """A reverse proxy on loopback."""

    def __init__(self, moto_port, report):
        self.moto_port = moto_port
        self.report = report
        self.roles = {}  # access key id → (binary, statements)
        self.used = set()
        self.denied = []
        self.meter = capacity.Meter()
        self.refused_units = collections.Counter()  # access key id → write units of refused writes
        self.server = Server(("127.0.0.1", 0), handler_of(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def admit(self, function):
        """Lets a function in, with what its role says."""
        self.roles[key_of(function.binary)] = (function.binary, function.statements)

    def refusal(self, key, service, method, path, query, headers, body):
        """Why a request is refused; None when it is not."""
        if key == OPERATOR:
            return None
        if key not in self.roles:
            return f"no function has the key {key}"
        needs = wire.needs(service, method, path, query, headers, body)
        return next(filter(None, (self.unmet(key, *need) for need in needs)), None)

    def unmet(self, key, action, resource, context):
        """Why a role does not allow one thing; None when it does, and then it counts as used."""
        binary, statements = self.roles[key]
        if not policy.allowed(statements, action, resource, context):
            return f"{binary} is not authorized to perform: {action} on resource: {resource} {context or ''}".strip()
        self.used.add((binary, action, resource, context.get("s3:prefix", "")))
        return None

    def hidden(self, key, path):
        """Why a role may not learn that an object is missing: S3 says so only to who may list."""
        if key == OPERATOR:
            return None
        bucket, name = wire.bucket_and_key(path)
        return self.unmet(key, "s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": name})

    def deny(self, message):
        self.denied.append(message)
        self.report(f"DENIED: {message}")

    def forward(self, key, service, method, target, headers, body):
        """moto's answer, with the units AWS would charge: status, headers, body."""
        with TURNS[service]:
            answer = self.ask(method, target, headers, body)
            return self.charged(key, headers, body, *answer) if service == "dynamodb" else answer

    def charged(self, key, headers, body, status, found, content):
        content, refused = capacity.charged(self.meter, headers, body, status, content)
        self.refused_units[key] += refused
        return status, [pair for pair in found if pair[0].lower() != CHECKSUM], content

    def ask(self, method, target, headers, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.moto_port, timeout=60)
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def uses(self):
        """What was used, as sorted lines of JSON objects."""
        names = ("function", "action", "resource", "prefix")
        return [dict(zip(names, line)) for line in sorted(self.used)]

    def stop(self):
        self.server.shutdown()


def handler_of(gateway):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            body = read_body(self)
            path, _, query = self.path.partition("?")
            try:
                key, service = wire.service_of(self.headers, query)
                refused = gateway.refusal(key, service, self.command, path, query, self.headers, body)
            except (wire.Unknown, KeyError, ValueError) as error:
                service, refused = "s3", f"not understood: {self.command} {self.path}: {error!r}"
            if refused:
                gateway.deny(refused)
                return send(self, *denial(service, refused))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in DROPPED}
            answer = gateway.forward(key, service, self.command, self.path, headers, body)
            if service == "s3" and answer[0] == 404 and (hidden := gateway.hidden(key, path)):
                gateway.deny(hidden)
                answer = denial(service, hidden)
            return send(self, *answer)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = answer

        def log_message(self, *_):
            pass

    return Handler


def send(request, status, headers, body):
    """Answers a request."""
    head = request.command == "HEAD"
    request.send_response_only(status)
    for name, value in headers:
        # A HEAD's length is the object's.
        if name.lower() not in DROPPED or (head and name.lower() == "content-length"):
            request.send_header(name, value)
    if not head:
        request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    if not head:
        request.wfile.write(body)


def read_body(request):
    """A request's body, of given length or in chunks."""
    if request.headers.get("Transfer-Encoding", "").lower() != "chunked":
        return request.rfile.read(int(request.headers.get("Content-Length") or 0))
    parts = []
    while size := int(request.rfile.readline().split(b";")[0], 16):
        parts.append(request.rfile.read(size))
        request.rfile.readline()
    request.rfile.readline()
    return b"".join(parts)


def denial(service, message):
    """AccessDenied in the service's own form."""
    if service == "s3":
        body = f"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>{message}</Message></Error>"
        return 403, [("Content-Type", "application/xml")], body.encode()
    body = json.dumps({"__type": "com.amazon.coral.service#AccessDeniedException", "Message": message})
    return 400, [("Content-Type", "application/x-amz-json-1.0")], body.encode()
