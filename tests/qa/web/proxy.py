"""A small reverse proxy, as people put one before a server: it shows another server's page below a path of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

# Of one connection, not of what is sent over it.
_HOP = {"connection", "host", "keep-alive", "transfer-encoding"}


@dataclass
class Proxy:
    """Passes on to `target` what is asked below `path`; the paths of all other requests are noted.

    If it is `plain` it does as nginx does by itself: the path is left on, and the server's own name stands in `Host`.
    Otherwise the path is taken off, and `Host` is what the browser sent.
    """

    path: str
    target: str
    plain: bool = False
    strays: list[str] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        """What the server answers."""
        asked = request.url.path
        if not f"{asked}/".startswith(f"{self.path}/"):
            self.strays.append(asked)
            return PlainTextResponse("Nothing is here.\n", 404)
        below = asked if self.plain else asked.removeprefix(self.path) or "/"
        headers = [pair for pair in request.headers.raw if pair[0].decode().lower() not in _HOP]
        host = request.headers["host"]
        headers.append((b"host", (self.target.partition("://")[2] if self.plain else host).encode()))
        client = httpx.AsyncClient(timeout=120)
        sent = client.build_request(
            request.method, f"{self.target}{below}?{request.url.query}", headers=headers, content=request.stream()
        )
        reply = await client.send(sent, stream=True)

        async def close() -> None:
            await reply.aclose()
            await client.aclose()

        answer = StreamingResponse(_pieces(reply), reply.status_code, background=BackgroundTask(close))
        answer.raw_headers = [pair for pair in reply.headers.raw if pair[0].decode().lower() not in _HOP]
        return answer


async def _pieces(reply: httpx.Response) -> AsyncIterator[bytes]:
    async for piece in reply.aiter_raw():
        yield piece


@contextmanager
def proxying(proxy: Proxy, listener: socket.socket) -> Iterator[None]:
    """Let `proxy` answer at `listener` until the end of the block."""
    methods = ["GET", "HEAD", "POST", "PUT", "DELETE"]
    app = Starlette(routes=[Route("/{path:path}", proxy.answer, methods=methods)])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(30)
    assert not thread.is_alive()
