"""What stands before every request: who may ask, for which files, and what a browser may do with the reply.

The page has no login, so a request must come from the page itself. A page on another site can still make the user's
browser send requests here; its `Host`, `Origin` and `Sec-Fetch-*` headers, which no script can forge, give it away.
"""

from __future__ import annotations

import json
import secrets
import socket
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.address import HERE, Address

# gr.HTML makes its templates with `new Function`, and Gradio styles by attribute; nothing may come from elsewhere.
_POLICY = (
    "default-src 'self'; script-src 'self' {nonce} 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'none'; worker-src 'self' blob:; "
    "frame-src 'none'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Gradio's own head names it too late: until then browsers ask for one at the root of the host.
_ICON = '<link rel="icon" type="image/svg+xml" href="./ui/icon.svg" />'
_READING = ("GET", "HEAD")
# The one request whose body is a file and not JSON; it names none.
_UPLOAD = "/gradio_api/upload"
# Each question is sent with the conversation so far; an answer takes some kilobytes.
_MAX_BODY_BYTES = 32 * 2**20


class RequestGuard:
    """Passes on the requests that this server's own page sends, and those that come from no page at all.

    `host` is the address that the server listens at, `address` where a proxy shows the page.
    """

    def __init__(self, app: ASGIApp, host: str, address: Address = HERE) -> None:
        self._app = app
        self._host = host
        self._address = address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request with 403, or pass it on."""
        if scope["type"] == "http":
            reason = refusal(scope["method"], Headers(scope=scope), self._host, self._address)
            if reason:
                await _refuse(reason, scope, receive, send)
                return
        await self._app(scope, receive, send)


async def _refuse(reason: str, scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(f"{reason}\n", status_code=403)(scope, receive, send)


def refusal(method: str, headers: Mapping[str, str], listening_at: str, address: Address = HERE) -> str:
    """Why a request is refused, or nothing if it is not."""
    host = headers.get("host", "")
    if not is_own_host(host, listening_at) and (not host or host.lower() != address.netloc):
        return "Refused: the address in this request is not one of this server."
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2] != host and origin != (address.origin or None):
        return "Refused: this request was sent by a page of another site."
    is_link = method in _READING and headers.get("sec-fetch-mode") == "navigate"
    if headers.get("sec-fetch-site") in {"cross-site", "same-site"} and not is_link:
        return "Refused: this request was sent by a page of another site."
    return ""


def is_own_host(host: str, listening_at: str) -> bool:
    """Whether the `Host` of a request names the server that listens at the address `listening_at`.

    A name that an attacker owns can be made to point here (DNS rebinding), an IP address cannot: so where others may
    connect, any IP address is right, and of the names only the machine's own.
    """
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    name = name.strip("[]").lower()
    if name in {"localhost", listening_at.lower()}:
        return True
    is_local = _is_loopback(listening_at) or listening_at.lower() == "localhost"
    if is_local:
        return _is_loopback(name)
    return _is_address(name) or name == socket.gethostname().lower()


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(name: str) -> bool:
    return _is_address(name) and ip_address(name).is_loopback


class FileGuard:
    """Refuses requests that would have Gradio fetch an address, or use a file that was not uploaded.

    Gradio opens whatever the JSON of a request names as a file. `upload_folder` is where it puts uploads.
    """

    def __init__(self, app: ASGIApp, upload_folder: Path) -> None:
        self._app = app
        self._upload_folder = upload_folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request with 403, or pass it on."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] == _UPLOAD:
            await self._app(scope, receive, send)
            return
        try:
            body = await _body(Request(scope, receive))
        except ClientDisconnect:
            return
        reason = body_refusal(body, self._upload_folder)
        if reason:
            await _refuse(reason, scope, receive, send)
        else:
            await self._app(scope, _received_again(body, receive), send)


async def _body(request: Request) -> bytes:
    """What was sent; where it is longer than a request may be, only the first bytes, and too many of them."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY_BYTES:
            break
    return bytes(body)


def _received_again(body: bytes, receive: Receive) -> Receive:
    whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return whole.pop() if whole else await receive()

    return receive_again


def body_refusal(body: bytes, upload_folder: Path) -> str:
    """Why a request with this body is refused, or nothing if it is not."""
    if len(body) > _MAX_BODY_BYTES:
        return "Refused: this request is too long."
    try:
        values = [json.loads(body)] if body else []
    except (ValueError, RecursionError):
        return "Refused: this request is not JSON."
    while values:
        value = values.pop()
        if isinstance(value, list):
            values += value
        elif isinstance(value, dict):
            values += value.values()
            if "path" in value and not _is_upload(value["path"], upload_folder):
                return "Refused: this request names a file that was not uploaded here."
            # In a conversation: a part of a page that Gradio would build, with files that its options name.
            if "component" in value:
                return "Refused: this request holds something other than text and uploaded files."
    return ""


def _is_upload(path: object, upload_folder: Path) -> bool:
    if not isinstance(path, str) or "://" in path:
        return False
    try:
        return upload_folder.resolve() in Path(path).resolve().parents
    except (OSError, ValueError, RuntimeError):  # no path, or links in a circle
        return False


class ResponseHeaders:
    """Adds the headers that keep a browser from running or fetching anything but the page's own parts.

    The scripts of the page at `/`, which Gradio writes, are marked with a number made for that one reply (a nonce);
    a script that came in with foreign text has none, and does not run. What they name stands below `path`, at which a
    proxy shows the page, even if its address was written without the slash at the end.
    """

    def __init__(self, app: ASGIApp, path: str = "") -> None:
        self._app = app
        self._base = f'<base href="{path or "."}/" />{_ICON}'.encode("ascii")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and its reply back with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_page = scope["path"] == "/" and scope["method"] == "GET"
        # The names of Gradio's assets hold a digest of what is in them.
        cache_control = "max-age=31536000, immutable" if scope["path"].startswith("/assets/") else "no-cache"
        reply = _Reply(send, cache_control, secrets.token_urlsafe(16) if is_page else "", self._base)
        await self._app(scope, receive, reply.send)


class _Reply:
    """One reply on its way; with a nonce, its body is held back until it is whole."""

    def __init__(self, send: Send, cache_control: str, nonce: str, base: bytes) -> None:
        self._send = send
        self._base = base
        self._cache_control = cache_control
        self._nonce = nonce
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        """Send on a part of the reply."""
        if message["type"] == "http.response.start":
            self._add_headers(MutableHeaders(scope=message))
            if self._nonce:
                self._start = message
            else:
                await self._send(message)
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_marked(self._start)

    def _add_headers(self, headers: MutableHeaders) -> None:
        headers.update(_HEADERS)
        headers["Content-Security-Policy"] = _POLICY.format(nonce=f"'nonce-{self._nonce}'" if self._nonce else "")
        headers.setdefault("Cache-Control", self._cache_control)

    async def _send_marked(self, start: Message) -> None:
        body = self._body.replace(b"<script", f'<script nonce="{self._nonce}"'.encode())
        body = body.replace(b'<base href="./" />', self._base, 1).replace(b'"/manifest.json"', b'"./manifest.json"', 1)
        MutableHeaders(scope=start)["Content-Length"] = str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})
