"""Saving a page of the web: one request for one address that the user named, and those that it redirects to.

Nothing else is ever asked for: no picture, style or script of a page, no link in it. No cookie is kept or sent, and
no proxy of the environment is used, since what a proxy connects to cannot be checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from source.errors import DocumentError, LoadError, printable
from source.web.address import SAVE_INSTEAD, LookUp, look_up, parse_url
from source.web.body import kind_of, read_body, suffix_of_bytes

if TYPE_CHECKING:
    from httpx import URL

    from source.web.connection import Connections, Reply

DEFAULT_TIMEOUT_S = 60.0
"""For all of a page, with its redirects; looking up a name may take longer, as long as the system lets it."""

_MAX_REDIRECTS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_TRY_LATER = "Add it again later."


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A page as it was at one moment.

    `url` is the address that was asked for, in normal form and without a fragment, `final_url` the one that it led
    to. `suffix` is that of files of its kind. `fetched_at` is ISO 8601 in UTC. `charset` is what the server says of
    the bytes, in lower case; empty if it says nothing.
    """

    url: str
    final_url: str
    data: bytes
    suffix: str
    fetched_at: str
    charset: str


def fetch_page(
    url: str, *, allow_private: bool, max_bytes: int, timeout_s: float = DEFAULT_TIMEOUT_S, find: LookUp = look_up
) -> FetchedPage:
    """The page at `url`, of at most `max_bytes` when decompressed.

    Private addresses are refused, those of this machine and its network; `allow_private` allows them for the host of
    `url` only, not for another that it redirects to.

    Raises:
        DocumentError: it cannot be fetched, is too large, or of a kind that is not known.
    """
    from source.web.connection import Connections

    route = [url]
    try:
        asked = parse_url(url)
        host = asked.raw_host.decode("ascii")
        with Connections(host, allow_private=allow_private, timeout_s=timeout_s, find=find) as connections:
            return _follow(connections, asked, route, max_bytes)
    except LoadError as error:
        redirected = f", which redirects to {printable(route[-1])}" if len(route) > 1 else ""
        raise DocumentError(f"Cannot save {printable(url)}{redirected}", error.reason, error.remedy) from error


def _follow(connections: Connections, asked: URL, route: list[str], max_bytes: int) -> FetchedPage:
    """The page that `asked` leads to; the addresses on the way are added to `route`."""
    address = asked
    for _ in range(_MAX_REDIRECTS + 1):
        with connections.get(address) as reply:
            if reply.status not in _REDIRECTS:
                return _page(asked, address, reply, max_bytes)
            address = _redirected(address, reply.headers.get("location", ""))
        route.append(str(address))
    raise LoadError(f"there are more than {_MAX_REDIRECTS} redirects on the way", SAVE_INSTEAD)


def _redirected(address: URL, location: str) -> URL:
    try:
        return parse_url(location, base=address)
    except LoadError as error:
        raise LoadError(f"it redirects to {printable(location)!r}, and {error.reason}", SAVE_INSTEAD) from error


def _page(asked: URL, address: URL, reply: Reply, max_bytes: int) -> FetchedPage:
    if reply.status != HTTPStatus.OK:
        raise _refused(reply.status)
    kind = kind_of(reply.headers.get("content-type", ""), address.path)
    data = read_body(reply.body, reply.headers, max_bytes)
    return FetchedPage(
        url=str(asked),
        final_url=str(address),
        data=data,
        suffix=kind.suffix or suffix_of_bytes(data),
        fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
        charset=kind.charset,
    )


def _refused(status: int) -> LoadError:
    match status:
        case 404 | 410:
            return LoadError(f"its server has no such page (status {status})", "Check the address.")
        case 429 | 503:
            return LoadError(f"its server is too busy (status {status})", _TRY_LATER)
        case 401 | 403 | 407 | 451:
            return LoadError(f"its server does not give it to us (status {status})", SAVE_INSTEAD)
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return LoadError(f"its server has failed (status {status})", _TRY_LATER)
        case _:
            return LoadError(f"its server sends no page (status {status})", SAVE_INSTEAD)
