"""Web addresses: how one must be written to be asked for, and which machines it stands for.

A page on the web could send its reader to machines that only this one can reach: its own services, the router, a
cloud's store of keys. Only addresses of the public internet are therefore asked for, unless the user trusts another.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from source.errors import LoadError, printable

if TYPE_CHECKING:
    from httpx import URL

LookUp = Callable[[str, int], list[str]]
"""The numeric addresses that a host name stands for, the preferred one first; raises `OSError` if there are none."""

SAVE_INSTEAD = "Open it in a browser, save it there and add the file."
"""What to do about a page that is given to browsers only."""

_HOST = re.compile(r"[a-z0-9._-]{1,253}")
_MAX_PORT = 65_535
# RFC 6052: how networks without IPv4 write its addresses.
_NAT64 = IPv6Network("64:ff9b::/96")


def parse_url(url: str, base: URL | None = None) -> URL:
    """`url` in normal form and without a fragment; relative to `base`, if there is one.

    Raises:
        LoadError: it is no address of the web, or holds a user name.
    """
    import httpx

    try:
        parsed = (base.join(url) if base else httpx.URL(url)).copy_with(fragment=None)
        host, port = parsed.raw_host.decode("ascii"), parsed.port
    except (httpx.InvalidURL, ValueError) as error:
        raise _not_of_the_web() from error
    is_host = _is_ipv6(host) if ":" in host else _HOST.fullmatch(host)
    if parsed.scheme not in {"http", "https"} or not is_host or not (port is None or 1 <= port <= _MAX_PORT):
        raise _not_of_the_web()
    if parsed.userinfo:
        raise LoadError("there is a user name or password in it", SAVE_INSTEAD)
    return parsed


def _not_of_the_web() -> LoadError:
    return LoadError("it is not an address of the web", "Write it as https://example.org/page.")


def _is_ipv6(host: str) -> bool:
    try:
        return "%" not in host and isinstance(ip_address(host), IPv6Address)
    except ValueError:
        return False


def look_up(host: str, port: int) -> list[str]:
    """As `LookUp` says, from the system, which also says how long that may take."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def find_addresses(host: str, port: int, find: LookUp) -> list[str]:
    """The numeric addresses of `host`, which may itself be one in any way that C's `inet_aton` reads.

    Raises:
        LoadError: there is none, or it cannot be looked up.
    """
    if ":" in host:
        return [host]
    try:
        return [socket.inet_ntoa(socket.inet_aton(host))]
    except OSError:
        pass  # it is a name
    try:
        return find(host, port)
    except (OSError, UnicodeError) as error:
        if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
            reason = f"the name {printable(host)} cannot be looked up now"
            raise LoadError(reason, "Check the network connection and add it again.") from error
        reason = f"there is no machine of the name {printable(host)}"
        raise LoadError(reason, "Check the address and the network connection.") from error


def is_public(address: str) -> bool:
    """True for one machine's address on the public internet, or an IPv6 address that leads to such a one in IPv4."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address) and (inner := _inner_address(parsed)):
        return is_public(str(inner))
    is_local = parsed.is_multicast or parsed.is_reserved or getattr(parsed, "is_site_local", False)
    return parsed.is_global and not is_local


def _inner_address(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that `address` only wraps."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
