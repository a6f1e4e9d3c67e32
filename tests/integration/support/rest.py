"""A small REST client on http.client: one kept connection, no retries, nothing hidden."""
import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode


@dataclass
class Response:
    status: int
    headers: http.client.HTTPMessage  # names compare without case
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def problem(self, status, code):
        """Asserts an RFC 9457 problem with this status and code; the problem."""
        assert self.status == status, f"{self.status}, not {status}: {self.body!r}"
        assert self.headers["Content-Type"] == "application/problem+json", self.headers.items()
        problem = self.json
        assert problem["status"] == status and problem["code"] == code, problem
        return problem


class RestClient:
    """`token` goes into Authorization when set. A closed connection is opened by the next call."""

    def __init__(self, host, port, token=None, timeout=10):
        self.token = token
        self._connection = http.client.HTTPConnection(host, port, timeout=timeout)

    def request(self, method, path, json_body=None, *, body=None, headers=None, query=None):
        """`json_body` is sent as JSON; `body` (bytes or str) as it is, with `headers` alone."""
        sent = dict(headers or {})
        names = {name.lower() for name in sent}
        if json_body is not None:
            body = json.dumps(json_body).encode()
            if "content-type" not in names:
                sent["Content-Type"] = "application/json"
        if self.token is not None and "authorization" not in names:
            sent["Authorization"] = f"Bearer {self.token}"
        if query:
            path = f"{path}?{urlencode(query)}"
        self._connection.request(method, path, body=body, headers=sent)
        response = self._connection.getresponse()
        return Response(response.status, response.headers, response.read())

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def head(self, path, **options):
        return self.request("HEAD", path, **options)

    def post(self, path, json_body=None, **options):
        return self.request("POST", path, json_body, **options)

    def patch(self, path, json_body=None, **options):
        return self.request("PATCH", path, json_body, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)

    def close(self):
        self._connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
