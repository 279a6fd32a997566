"""Where a proxy shows the page: below a path, and maybe on another host than the one that the server listens at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from source.errors import ServerError, printable

_PATH = re.compile(r"(/[\w.~-]+)*", re.ASCII)
_HOST = re.compile(r"[\w.-]+(:\d{1,5})?|\[[\da-f:.]+\](:\d{1,5})?", re.ASCII)
# Browsers leave these out.
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
# What the page's own paths begin with: below one of these it could not be told from itself.
_OWN = frozenset(
    "assets config conversations draft favicon.ico gradio_api libraries library login logout manifest.json mcp "
    "monitoring page pwa_icon robots.txt signin signout static svelte theme.css ui view".split()
)


@dataclass(frozen=True, slots=True)
class Address:
    """`path` is empty or begins with a slash and ends without; `origin` is empty if it is that of each request."""

    path: str = ""
    origin: str = ""

    @property
    def netloc(self) -> str:
        """Host and port as browsers name them; empty if there is no origin."""
        return self.origin.partition("://")[2]

    @property
    def host(self) -> str:
        """The name of the host or its address; empty if there is no origin."""
        return urlsplit(self.origin).hostname or ""

    @property
    def root(self) -> str:
        """Both in one, without a slash at the end."""
        return self.origin + self.path


HERE = Address()
"""Without a proxy."""


def read_address(text: str) -> Address:
    """What a user wrote: a path such as `/qa`, or a URL such as `https://example.org/qa`.

    Raises:
        ServerError: it is neither, or the page itself needs this path.
    """
    scheme, separator, rest = text.strip().rstrip("/").partition("://")
    netloc, slash, below = rest.partition("/") if separator else ("", "", "")
    path = f"{slash}{below}" if separator else scheme
    thing = f"Cannot show the page at {printable(text)}"
    is_origin = scheme.lower() in {"http", "https"} and _HOST.fullmatch(netloc.lower())
    if (separator and not is_origin) or not _PATH.fullmatch(path) or {".", ".."} & {*path.split("/")}:
        reason = "it is neither a path nor an address of the web"
        raise ServerError(thing, reason, "Write --root-path /qa, or --root-path https://example.org/qa.")
    if path.split("/")[1:2] and path.split("/")[1] in _OWN:
        raise ServerError(
            thing, f"the page has a path /{path.split('/')[1]} of its own", "Choose another, such as /qa."
        )
    scheme, netloc = scheme.lower(), netloc.lower().removesuffix(_DEFAULT_PORTS.get(scheme.lower(), ""))
    return Address(path, f"{scheme}://{netloc}" if separator else "")


class BelowPath:
    """Takes the path of the page off a request, for proxies that leave it on."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, as if there were no proxy."""
        if scope["type"] == "http" and f"{scope['path']}/".startswith(f"{self._path}/"):
            scope = {**scope, "path": scope["path"].removeprefix(self._path) or "/"}
        await self._app(scope, receive, send)
