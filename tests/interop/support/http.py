"""Plain HTTP/1.1 with the standard library: what a small WHIP client would use."""
import dataclasses
import http.client
import json
import urllib.parse

TIMEOUT_SECONDS = 20


@dataclasses.dataclass
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self):
        return self.body.decode()

    @property
    def problem(self):
        """The problem+json object (RFC 9457); fails when the answer is none."""
        kind = self.headers.get_content_type()
        assert kind == "application/problem+json", f"{self.status} with {kind}: {self.body!r}"
        return json.loads(self.body)


def request(url, method, path, token=None, body=None, content_type=None, headers=None):
    """One request on a connection of its own. `url` is the server's base URL."""
    sent = dict(headers or {})
    if token is not None:
        sent["Authorization"] = f"Bearer {token}"
    if content_type is not None:
        sent["Content-Type"] = content_type
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc,
                                            timeout=TIMEOUT_SECONDS)
    try:
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers, answer.read())
    finally:
        connection.close()
