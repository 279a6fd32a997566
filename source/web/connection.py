"""Asking a web server: each connection goes to an address that was checked, and ends when the time is up.

A name is looked up once for each connection, and the connection is made to what was found and checked then, so a
name that stands for something else a moment later gains nothing. The certificate is still checked against the name.
Imported only where a page is fetched, since httpx takes long to import. Of its family, only the parts below the
client are used: redirects, cookies, proxies and decompression are all to be decided here, or not wanted.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpcore
import httpx

from source.errors import LoadError
from source.web.address import SAVE_INSTEAD, LookUp, find_addresses, is_public
from source.web.timed import Clock, TimedStream

_TRY_LATER = "Check the network connection, or add it again later."
_GIVE_OPTION = "Give --allow-private if you trust it."
_ADD_ITSELF = "Add that address itself, with --allow-private, if you trust it."
# One address of several may be dead.
_MAX_CONNECT_S = 10.0
_HEADERS = [
    (b"User-Agent", b"quoted-answers (saves single pages for its user)"),
    (b"Accept", b"text/html,application/xhtml+xml,application/pdf,text/*;q=0.9,*/*;q=0.5"),
    (b"Accept-Encoding", b"gzip"),
    (b"Connection", b"close"),
]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answers: its status, its headers in lower case, and the body as it comes."""

    status: int
    headers: Mapping[str, str]
    body: Iterator[bytes]


class Connections:
    """Connections to public addresses, for `timeout_s` seconds in all from now on.

    The host `asked` may have a private one where `allow_private` is true; those that it redirects to may not: the
    user has not named them.
    """

    def __init__(self, asked: str, *, allow_private: bool, timeout_s: float, find: LookUp) -> None:
        self._timeout_s = timeout_s
        backend = _CheckedBackend(asked, Clock(time.monotonic() + timeout_s), find, allow_private=allow_private)
        self._pool = httpcore.ConnectionPool(ssl_context=httpx.create_ssl_context(), network_backend=backend)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.close()

    @contextmanager
    def get(self, url: httpx.URL) -> Iterator[Reply]:
        """What the server answers to a request for `url`, while it comes.

        Raises:
            LoadError: here and while the body is read, that the server cannot be asked, or breaks off.
        """
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        headers = [(b"Host", url.netloc), *_HEADERS]
        try:
            with self._pool.stream("GET", target, headers=headers) as response:
                yield Reply(response.status, httpx.Headers(response.headers), response.iter_stream())
        except httpcore.ConnectTimeout as error:
            raise LoadError("its server does not answer", _TRY_LATER) from error
        except httpcore.TimeoutException as error:
            raise LoadError(f"it took longer than {self._timeout_s:g} seconds", SAVE_INSTEAD) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise LoadError("its server broke off, or does not speak HTTP", _TRY_LATER) from error


def _unconnected(cause: BaseException | None) -> LoadError:
    match cause:
        case ssl.SSLCertVerificationError():
            return LoadError(f"its certificate is not valid ({cause.verify_message.rstrip('.')})", SAVE_INSTEAD)
        case ssl.SSLError():
            return LoadError("no secure connection to its server can be made", SAVE_INSTEAD)
        case ConnectionRefusedError():
            return LoadError("its server refuses the connection", "Check the address, or add it again later.")
        case _:
            return LoadError("its server cannot be reached", _TRY_LATER)


class _CheckedBackend(httpcore.NetworkBackend):
    """Connects to addresses that have been checked, as `Connections` says."""

    def __init__(self, asked: str, clock: Clock, find: LookUp, *, allow_private: bool) -> None:
        self._asked = asked
        self._allow_private = allow_private
        self._clock = clock
        self._find = find
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the clock says it
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address of `host` that takes one."""
        *others, last = self._checked_addresses(host, port)
        for address in others:
            try:
                return self._connect(address, port, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        try:
            return self._connect(last, port, local_address, socket_options)
        except httpcore.ConnectError as error:
            raise _unconnected(error.__cause__) from error

    def _checked_addresses(self, host: str, port: int) -> list[str]:
        addresses = find_addresses(host, port, self._find)
        if host == self._asked and self._allow_private:
            return addresses
        for address in addresses:
            if not is_public(address):
                reason = f"it stands for the private address {address}"
                remedy = _GIVE_OPTION if host == self._asked else _ADD_ITSELF
                raise LoadError(reason, remedy)
        return addresses

    def _connect(
        self, address: str, port: int, local_address: str | None, socket_options: Iterable[Any] | None
    ) -> httpcore.NetworkStream:
        timeout_s = min(self._clock.left_s(), _MAX_CONNECT_S)
        return _PageStream(
            self._sockets.connect_tcp(address, port, timeout_s, local_address, socket_options), self._clock
        )


class _PageStream(TimedStream):
    """Says why no secure connection can be made."""

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Self:
        try:
            return super().start_tls(ssl_context, server_hostname, timeout)
        except httpcore.ConnectError as error:
            raise _unconnected(error.__cause__) from error
