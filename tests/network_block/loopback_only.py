"""Refuses every connection and look-up that would leave this machine, in any Python process that calls `install`.

An attempt raises, and is also noted in a file, since a library may swallow what is raised: a fixture in
`tests/conftest.py` fails the test that was running. Audit hooks cannot be removed or bypassed from Python.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path

LOG_VARIABLE = "QA_TEST_NETWORK_LOG"

_ADDRESS_EVENTS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
_HOST_EVENTS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
# What a server binds to: no name is looked up and nothing is sent.
_WILDCARDS = {None, "", "0.0.0.0", "::"}


class NetworkBlockedError(RuntimeError):
    """Something tried to reach another machine."""


def install() -> None:
    """Refuse everything but loopback and Unix sockets in this process from now on."""
    sys.addaudithook(_check)


def _check(event: str, arguments: tuple[object, ...]) -> None:
    if event in _HOST_EVENTS:
        host = arguments[0]
    elif event in _ADDRESS_EVENTS and isinstance(arguments[1], tuple):  # a Unix socket's address is a path
        host = arguments[1][0]
    else:
        return
    if not is_here(host):
        _note(f"{event} {host!r}")
        message = f"tests must not reach the network: {event} to {host!r}"
        raise NetworkBlockedError(message)


def is_here(host: object) -> bool:
    """True for this machine's own addresses and names."""
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if text in _WILDCARDS or text == "localhost":
        return True
    try:
        return ipaddress.ip_address(str(text)).is_loopback
    except ValueError:
        return False


def _note(attempt: str) -> None:
    if log := os.environ.get(LOG_VARIABLE):
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(attempt + "\n")
