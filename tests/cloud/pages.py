"""The pages of the function `api`, as a browser asks for them: signed in with a key, packed, files by presigned links."""

import gzip
import http.client
import re
import urllib.parse

BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip"}


class Visitor:
    """A browser without scripts: it keeps its cookie and says where its forms come from."""

    def __init__(self, url):
        self.base = urllib.parse.urlsplit(url)
        self.cookie = None

    def ask(self, method, path, form=None):
        """Status, headers and text or bytes."""
        headers = dict(BROWSER)
        if self.cookie:
            headers["Cookie"] = self.cookie
        if form is not None:
            headers |= {"Origin": f"{self.base.scheme}://{self.base.netloc}", "Content-Type": "application/x-www-form-urlencoded"}
        connection = http.client.HTTPConnection(self.base.netloc, timeout=60)
        connection.request(method, path, urllib.parse.urlencode(form) if form is not None else None, headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.getheader("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        if kept := answer.getheader("Set-Cookie"):
            self.cookie = kept.split(";")[0]
        connection.close()
        return answer.status, answer.headers, body

    def page(self, path):
        status, headers, body = self.ask("GET", path)
        assert status == 200, f"{path}: {status} {body[:300]}"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'"), headers
        return body.decode()


def visited(url, key, check):
    """From a link to what it leads to."""
    visitor = Visitor(url)
    status, headers, _ = visitor.ask("GET", "/sessions")
    check("a visitor signs in", (status, headers["Location"]), (303, "/sign-in?next=%2Fsessions"))
    status, _, _ = visitor.ask("POST", "/sign-in", {"key": "bk_wrong"})
    check("a wrong key is refused", status, 403)
    status, headers, _ = visitor.ask("POST", "/sign-in", {"key": key, "next": "/sessions"})
    check("a key opens the pages", (status, headers["Location"]), (303, "/sessions"))
    run = re.search(r"/sessions/ses_\w+/backtests/bt_\w+", visitor.page("/sessions?status=all")).group()
    assert 'data-chart="equity"' in visitor.page(run), run
    status, _, body = visitor.ask("GET", f"{run}/price.json")
    check("the price chart has candles", (status, b'"candles":[[' in body), (200, True))
    status, headers, body = visitor.ask("GET", f"{run}/trades.csv")
    check("trades come as CSV", (status, body.startswith(b"number,side,")), (200, True))
    for file, begins in (("trades.parquet", b"PAR1"), ("equity.csv", b"time,equity")):
        check(f"{file} comes from the bucket", fetched(visitor, f"{run}/{file}")[:len(begins)], begins)


def fetched(visitor, path):
    """What the link that an address leads to gives."""
    status, headers, body = visitor.ask("GET", path)
    assert status == 303, f"{path}: {status} {body[:300]}"
    link = urllib.parse.urlsplit(headers["Location"])
    assert "X-Amz-Signature" in link.query, headers["Location"]
    bucket = http.client.HTTPConnection(link.netloc, timeout=60)
    bucket.request("GET", f"{link.path}?{link.query}")
    answer = bucket.getresponse()
    body = answer.read()
    assert answer.status == 200, f"{path}: {answer.status} {body[:300]}"
    bucket.close()
    return body
