"""A web server on this machine that answers each path as a test wants, also as no good server would."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class WebServer:
    """`answers` are by path; `requests` are those that came, as path and headers in lower case."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str, host: str = "127.0.0.1", scheme: str = "http") -> str:
        """The address of `path` here."""
        return f"{scheme}://{host}:{self.port}{path}"

    def put(self, path: str, body: bytes, content_type: str = "text/html", **headers: str) -> str:
        """Answer at `path` with `body`; its address."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = page(body, {"Content-Type": content_type, **named})
        return self.url(path)


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what the tests are about."""


def page(body: bytes, headers: Mapping[str, str], status: int = 200) -> Answer:
    """A whole answer."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        if "Content-Length" not in headers:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def raw(chunks: Callable[[], Iterator[bytes]]) -> Answer:
    """An answer of bytes that need not be HTTP, until they end or nobody listens any more."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        for chunk in chunks():
            handler.wfile.write(chunk)
            handler.wfile.flush()

    return answer


@contextmanager
def serve(host: str = "127.0.0.1", context: ssl.SSLContext | None = None) -> Iterator[WebServer]:
    """A server at a free port of `host`, until the end of the block."""
    known: list[WebServer] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server = known[0]
            server.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            server.answers[self.path](self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with _QuietServer((host, 0), Handler) as listener:
        if context:
            listener.socket = context.wrap_socket(listener.socket, server_side=True)
        known.append(WebServer(listener.server_address[1]))
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield known[0]
        finally:
            listener.shutdown()
            thread.join()
