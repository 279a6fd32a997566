"""Who asks: a browser is known by a number that it was given, a user by the name that was signed in with.

The number is a secret of the browser; what is kept of it is a digest, so that a library's file gives no one access.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "qa-visitor"
USER_HEADER = "x-qa-user"
"""Says who has signed in; `qa.web.signin` sets it, and takes it away from requests that come with one."""

_NUMBER = re.compile(r"[\w-]{43}")
_YEAR_S = 365 * 24 * 3600


def owner_of(cookies: Mapping[str, str], username: str | None = None) -> str:
    """Whose conversations and uploads a request may see; nobody's if it is empty."""
    if username:
        return f"user {username}"
    number = cookies.get(COOKIE, "")
    return f"visitor {hashlib.sha256(number.encode()).hexdigest()}" if _NUMBER.fullmatch(number) else ""


class Visitors:
    """Gives each browser that opens the page a number, in a cookie that no script can read and no other site sends.

    `path` is where a proxy shows the page.
    """

    def __init__(self, app: ASGIApp, path: str = "") -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and its reply back with a cookie if it had none."""
        is_page = scope["type"] == "http" and scope["method"] == "GET" and scope["path"] == "/"
        if not is_page or owner_of(_cookies(scope)):
            await self._app(scope, receive, send)
            return
        is_safe = "; Secure" if scope.get("scheme") == "https" else ""
        lasts = f"Path={self._path}/; Max-Age={_YEAR_S}"
        cookie = f"{COOKIE}={secrets.token_urlsafe(32)}; {lasts}; HttpOnly; SameSite=Lax{is_safe}"

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Set-Cookie", cookie)
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def _cookies(scope: Scope) -> dict[str, str]:
    headers = dict(scope["headers"])
    return cookie_parser(headers.get(b"cookie", b"").decode("latin-1"))
