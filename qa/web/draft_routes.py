"""What the page asks for to check a draft, which is sent as the body of a request and not kept."""

from __future__ import annotations

from pathlib import Path

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from qa.web.drafts import MAX_DRAFT_BYTES, Drafts
from qa.web.libraries import Libraries
from qa.web.render_draft import draft_html
from qa.web.replies import NO_LIBRARY, html, said
from source.errors import DocumentError, QuotedAnswersError

_TOO_LONG = f"Cannot check this draft: it is larger than {MAX_DRAFT_BYTES // 1_000_000} MB. Check it in parts."
_NO_NAME = "Cannot check this file: it has no name."


def draft_routes(libraries: Libraries, drafts: Drafts) -> APIRouter:
    """The route `/draft`: what the library that the request names says of the draft in its body."""
    router = APIRouter()

    @router.put("/draft")
    async def check(request: Request) -> Response:
        name = Path(request.query_params.get("name", "")).name
        if not name or name in {".", ".."} or "\0" in name:
            return said(_NO_NAME, 400)
        try:
            librarian = await to_thread.run_sync(libraries.get, request.query_params.get("library", ""))
        except KeyError:
            return said(NO_LIBRARY, 404)
        try:
            data = await _body(request)
            if data is None:
                return said(_TOO_LONG, 413)
            checked = await drafts.check(librarian.library, name, data)
            return html(await to_thread.run_sync(draft_html, checked))
        except ClientDisconnect:
            return said("It was not sent to its end.", 400)
        except DocumentError as error:
            return said(str(error), 400)
        except QuotedAnswersError as error:
            return said(str(error), 500)

    return router


async def _body(request: Request) -> bytes | None:
    """What was sent; None if it is more than a draft may be."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_DRAFT_BYTES:
            return None
    return bytes(body)
