"""Connections on which nothing takes longer than a clock allows, however slowly the other side goes on."""

from __future__ import annotations

import math
import ssl
import time
from typing import Any, Self

import httpcore


class Clock:
    """The seconds left until `end_s` of the monotonic clock; for one read or write `most_s` at the most."""

    def __init__(self, end_s: float, most_s: float = math.inf) -> None:
        self._end_s = end_s
        self._most_s = most_s

    def left_s(self) -> float:
        """More than 0; raises `httpcore.ReadTimeout` once there are none."""
        left_s = self._end_s - time.monotonic()
        if left_s <= 0:
            raise httpcore.ReadTimeout
        return min(left_s, self._most_s)


class TimedStream(httpcore.NetworkStream):
    """A stream on which nothing takes longer than the clock allows, all reads and writes together."""

    def __init__(self, stream: httpcore.NetworkStream, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the clock says it
        """What comes next, as soon as there is anything; nothing at the end."""
        return self._stream.read(max_bytes, self._clock.left_s())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the clock says it
        """Send it all."""
        self._stream.write(buffer, self._clock.left_s())

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the clock says it
    ) -> Self:
        """The same connection, secured."""
        return type(self)(self._stream.start_tls(ssl_context, server_hostname, self._clock.left_s()), self._clock)

    def get_extra_info(self, info: str) -> Any:
        """As `httpcore.NetworkStream` says."""
        return self._stream.get_extra_info(info)
