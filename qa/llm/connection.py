"""One request to a language model's server: no redirect, no proxy, no cookie, and bounds on time and size.

Of httpx's family, only the parts below the client are used, as in `source.web.connection`: what is sent goes to the
address that the user named or nowhere. What httpcore raises is put into words here. Imported only where a model is
asked, since httpx takes long to import.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from qa.llm.failures import failure, no_word_for, unusable, what_it_says
from qa.llm.settings import Endpoint, Limits
from source.errors import EndpointError
from source.web.timed import Clock, TimedStream

_MAX_CONNECT_S = 10.0
_MAX_REFUSAL_BYTES = 65_536
_CHECK = "Check QA_LLM_URL, and that its server runs."
_NAMES = "Check QA_LLM_URL and QA_LLM_MODEL."
_MODEL = "Check QA_LLM_MODEL."
_RENAME = "Set QA_LLM_URL to what is meant."
_LATER = "Ask again later."
_LONGER = "Ask again, raise QA_LLM_TIMEOUT, or choose a faster model."
_OK = 200
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that has begun: the media type of its body, and the body's lines as they come, without their ends.

    JSON comes whole, as one line.
    """

    media_type: str
    lines: Iterator[bytes]


@contextmanager
def post(endpoint: Endpoint, body: bytes) -> Iterator[Reply]:
    """The reply to `body`, which is JSON, while it comes.

    Raises:
        EndpointError: here and while the lines are read, that there is none, or that it broke off.
    """
    limits = endpoint.limits
    began_s = time.monotonic()
    clock = Clock(began_s + limits.total_s, limits.idle_s)
    url = endpoint.url
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    try:
        with (
            httpcore.ConnectionPool(ssl_context=httpx.create_ssl_context(), network_backend=_Backend(clock)) as pool,
            pool.stream("POST", target, headers=_headers(endpoint), content=body) as response,
        ):
            headers = httpx.Headers(response.headers)
            if response.status != _OK:
                raise _refused(endpoint, response.status, headers, response.iter_stream())
            media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
            yield Reply(media_type, _body(endpoint, media_type, response.iter_stream()))
    except httpcore.ConnectTimeout as error:
        raise failure(endpoint, "its server does not answer", _CHECK) from error
    except httpcore.TimeoutException as error:
        is_over = time.monotonic() - began_s >= limits.total_s
        raise _too_slow(endpoint, limits, is_over=is_over) from error
    except httpcore.ConnectError as error:
        raise failure(endpoint, "its server cannot be reached, or not securely", _CHECK) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise failure(endpoint, "its server broke off, or does not speak HTTP", _LATER) from error


def _too_slow(endpoint: Endpoint, limits: Limits, *, is_over: bool) -> EndpointError:
    reason = f"it took longer than {limits.total_s:g} seconds" if is_over else no_word_for(limits)
    return failure(endpoint, reason, _LONGER)


def _headers(endpoint: Endpoint) -> list[tuple[bytes, bytes]]:
    key = [(b"Authorization", b"Bearer " + endpoint.key.encode("ascii"))] if endpoint.key else []
    return [
        (b"Host", endpoint.url.netloc),
        (b"User-Agent", b"quoted-answers"),
        (b"Accept", b"text/event-stream, application/json"),
        (b"Accept-Encoding", b"identity"),
        (b"Content-Type", b"application/json"),
        (b"Connection", b"close"),
        *key,
    ]


def _body(endpoint: Endpoint, media_type: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    if media_type == _JSON:
        yield b"".join(_bounded(endpoint, chunks, endpoint.limits.max_json_bytes))
    else:
        yield from _lines(endpoint, chunks)


def _lines(endpoint: Endpoint, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a stream, each bounded."""
    most, parts, size = endpoint.limits.max_line_bytes, [b""], 0
    for chunk in _bounded(endpoint, chunks, endpoint.limits.max_bytes):
        for place, piece in enumerate(chunk.split(b"\n")):
            if place:  # a line has ended
                yield b"".join(parts).removesuffix(b"\r")
                parts, size = [], 0
            parts.append(piece)
            size += len(piece)
            if size > most:
                raise unusable(endpoint, f"a line of it has more than {most:,} bytes")
    if size:
        yield b"".join(parts)


def _bounded(endpoint: Endpoint, chunks: Iterable[bytes], max_bytes: int) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > max_bytes:
            raise failure(endpoint, f"it sent more than {max_bytes / 1e6:g} MB", "Choose another model.")
        yield chunk


def _refused(endpoint: Endpoint, status: int, headers: httpx.Headers, body: Iterable[bytes]) -> EndpointError:
    match status:
        case 301 | 302 | 303 | 307 | 308:
            where = what_it_says(endpoint, headers.get("location", "nowhere"))
            return failure(endpoint, f"it redirects to {where}, where nothing is sent", _RENAME)
        case 401 | 403:
            return failure(endpoint, f"it does not accept the key (status {status})", "Set QA_LLM_KEY.")
        case 404:
            return failure(endpoint, f"there is no such address or model{_said(endpoint, body)}", _NAMES)
        case 429:
            return failure(endpoint, "it is asked too much, or your quota is used up (status 429)", _LATER)
        case _ if status >= 500:
            return failure(endpoint, f"its server has failed (status {status})", _LATER)
        case _:
            return failure(endpoint, f"it refuses the request (status {status}){_said(endpoint, body)}", _MODEL)


def _said(endpoint: Endpoint, body: Iterable[bytes]) -> str:
    """What a server says of its refusal, if anything."""
    data = b""
    for chunk in body:
        data += chunk
        if len(data) > _MAX_REFUSAL_BYTES:
            break
    words = what_it_says(endpoint, data.decode("utf-8", "backslashreplace"))
    return f": {words}" if words else ""


class _Backend(httpcore.NetworkBackend):
    """Connects to what is asked for, within the time of the clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the clock says it
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to `host`."""
        timeout_s = min(self._clock.left_s(), _MAX_CONNECT_S)
        try:
            stream = self._sockets.connect_tcp(host, port, timeout_s, local_address, socket_options)
        except UnicodeError as error:  # a label of the name is empty or too long
            raise httpcore.ConnectError(host) from error
        return TimedStream(stream, self._clock)
