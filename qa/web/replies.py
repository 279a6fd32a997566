"""What the routes share: which library and whose request it is, and the form of the replies."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from markupsafe import Markup
from starlette.responses import Response

from qa.web.librarian import Librarian
from qa.web.libraries import Libraries
from qa.web.visitors import USER_HEADER, owner_of
from source.errors import QuotedAnswersError

NO_STORE = {"Cache-Control": "no-store"}
NO_LIBRARY = "There is no library of this name. It may have been renamed or deleted."
_BROKEN = "Something went wrong in the program: see the terminal it was started in."
_LOG = logging.getLogger(__name__)


def html(content: Markup, status: int = 200) -> Response:
    """A piece of a page."""
    return HTMLResponse(content, status, NO_STORE)


def said(message: str, status: int = 200) -> Response:
    """A sentence as plain text."""
    return PlainTextResponse(message, status, NO_STORE)


def done() -> Response:
    """Nothing more to say."""
    return Response(status_code=204, headers=NO_STORE)


def asker(request: Request) -> str:
    """Whose request it is; empty if that is not known."""
    return owner_of(request.cookies, request.headers.get(USER_HEADER))


def with_library(libraries: Libraries, request: Request, act: Callable[[Librarian], Response]) -> Response:
    """What `act` replies for the library that the request names; what went wrong is told in a sentence."""
    try:
        librarian = libraries.get(request.query_params.get("library", ""))
    except KeyError:
        return said(NO_LIBRARY, 404)
    except QuotedAnswersError as error:
        return said(str(error), 500)
    try:
        return act(librarian)
    except QuotedAnswersError as error:
        return said(str(error), 400)
    except Exception:  # noqa: BLE001 - a bug is told in words, as everywhere on the page
        _LOG.exception("A request could not be answered")
        return said(_BROKEN, 500)


def body_value(body: object, key: str) -> Any:
    """What the JSON of a request says under `key`; None if it says nothing."""
    return body.get(key) if isinstance(body, dict) else None


async def json_of(request: Request) -> object:
    """The JSON of a request, which `FileGuard` has looked through; nothing if it has none."""
    return await request.json() if await request.body() else None
