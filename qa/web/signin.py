"""Signing in: without a session nothing of the page is answered but the form for it, whatever is asked and however.

Gradio's own login leaves some of its routes open, allows any number of tries and has a cookie that other sites send.
A program gives name and password with each request (HTTP Basic).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from urllib.parse import parse_qs

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request, cookie_parser
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.web.accounts import Accounts
from qa.web.visitors import USER_HEADER

COOKIE = "qa-session"
_SESSION_S = 30 * 24 * 3600
_MAX_FORM_BYTES = 10_000
_MOST_TRIES, _TRIES_WITHIN_S = 8, 300.0
_MOST_SESSIONS = 10_000
_OPEN = {"/ui/base.css", "/ui/signin.css", "/ui/icon.svg"}
_WRONG = "Name or password is not right."
_TOO_OFTEN = "Too many tries. Wait five minutes."


@dataclass(slots=True)
class _Session:
    name: str
    ends_at: float


class SignIn:
    """Lets through who has signed in, with the name in a header that nobody else can set.

    `path` is where a proxy shows the page.
    """

    def __init__(self, app: ASGIApp, accounts: Accounts | None, path: str = "") -> None:
        self._app = app
        self._path = path
        self._accounts = accounts
        self._sessions: dict[str, _Session] = {}
        self._programs: dict[str, str] = {}
        self._tries: dict[str, list[float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with the form or a refusal."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] != USER_HEADER.encode()]
        if self._accounts is None or scope["path"] in _OPEN:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        reply = await self._reply(self._accounts, scope, receive, headers)
        if reply is not None:
            await reply(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _reply(
        self, accounts: Accounts, scope: Scope, receive: Receive, headers: Mapping[str, str]
    ) -> Response | None:
        """What is answered in place of the page; None if the request may pass."""
        number = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        match scope["path"], scope["method"]:
            case "/signin", "GET":
                return _form()
            case "/signin", "POST":
                return await self._sign_in(accounts, Request(scope, receive))
            case "/signout", "POST":
                self._sessions.pop(_key(number), None)
                return self._with_cookie("/signin", "", 0, scope)
        name = self._name_of(number) or await self._name_of_program(accounts, scope, headers)
        if name:
            scope["headers"].append((USER_HEADER.encode(), name.encode("utf-8")))
            return None
        if scope["path"] == "/" and scope["method"] == "GET":
            return RedirectResponse(f"{self._path}/signin", 303)
        return PlainTextResponse("Sign in first.\n", 401)

    def _name_of(self, number: str) -> str:
        session = self._sessions.get(_key(number))
        return session.name if session and session.ends_at > time.time() else ""

    async def _name_of_program(self, accounts: Accounts, scope: Scope, headers: Mapping[str, str]) -> str:
        given = headers.get("authorization", "")
        kind, _, value = given.partition(" ")
        if kind.lower() != "basic":
            return ""
        key = _key(value)
        if key not in self._programs:
            try:
                name, _, password = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
            except (binascii.Error, UnicodeError):
                return ""
            if not await self._is_right(accounts, scope, name, password):
                return ""
            self._programs[key] = name
        return self._programs[key]

    async def _sign_in(self, accounts: Accounts, request: Request) -> Response:
        try:
            body = await _form_of(request)
        except ClientDisconnect:
            return _form(_WRONG, 400)
        name, password = (body.get(field, [""])[0] for field in ("name", "password"))
        if self._has_tried_too_often(request.scope):
            return _form(_TOO_OFTEN, 429)
        if not await self._is_right(accounts, request.scope, name, password):
            return _form(_WRONG, 403)
        number = secrets.token_urlsafe(32)
        if len(self._sessions) >= _MOST_SESSIONS:
            self._sessions.pop(next(iter(self._sessions)))
        self._sessions[_key(number)] = _Session(name, time.time() + _SESSION_S)
        return self._with_cookie("/", number, _SESSION_S, request.scope)

    def _with_cookie(self, path: str, number: str, lasts_s: int, scope: Scope) -> Response:
        """The way to `path` with the number of a session, which no script and no other site can use."""
        reply = RedirectResponse(f"{self._path}{path}", 303)
        is_safe = scope.get("scheme") == "https"
        below = f"{self._path}/"
        reply.set_cookie(COOKIE, number, max_age=lasts_s, path=below, secure=is_safe, httponly=True, samesite="lax")
        return reply

    async def _is_right(self, accounts: Accounts, scope: Scope, name: str, password: str) -> bool:
        if self._has_tried_too_often(scope):
            return False
        is_right = await to_thread.run_sync(accounts.has, name, password)
        if not is_right:
            self._tries.setdefault(_client(scope), []).append(time.monotonic())
        return is_right

    def _has_tried_too_often(self, scope: Scope) -> bool:
        since = time.monotonic() - _TRIES_WITHIN_S
        recent = [at for at in self._tries.get(_client(scope), []) if at > since]
        self._tries[_client(scope)] = recent
        return len(recent) >= _MOST_TRIES


def _client(scope: Scope) -> str:
    return str((scope.get("client") or ("",))[0])


def _key(number: str) -> str:
    """What is kept of a session's number or a program's password."""
    return hashlib.sha256(number.encode("utf-8", "surrogatepass")).hexdigest()


async def _form_of(request: Request) -> dict[str, list[str]]:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MAX_FORM_BYTES:
            return {}
    return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)


def _form(message: str = "", status: int = 200) -> Response:
    page = (resources.files("qa.web") / "static" / "signin.html").read_text("utf-8")
    return HTMLResponse(page.replace("MESSAGE", message), status, {"Cache-Control": "no-store"})
