"""What the viewer asks for: a document around a place, more of it, words in it, and the proof that it is unchanged."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from markupsafe import Markup
from starlette.responses import Response

from qa.web.find import find_places
from qa.web.librarian import Librarian
from qa.web.libraries import Libraries
from qa.web.proof import proof_html
from qa.web.replies import NO_STORE, html, with_library
from qa.web.viewer import GONE, NO_PASSAGE, Place, message_html, number_in, passages_in, view_html, window_html
from source.errors import LibraryError


def viewer_routes(libraries: Libraries) -> APIRouter:
    """The routes below `/view`: `/view/<document id>/<passage number>/<start>-<end>` is the document itself."""
    router = APIRouter()

    @router.get("/view/{document_id}/find")
    def find(request: Request, document_id: str) -> Response:
        def act(librarian: Librarian) -> Response:
            try:
                _, passages = passages_in(librarian.library, asked_number(document_id, GONE))
            except KeyError:
                return JSONResponse({"found": []}, 404, NO_STORE)
            found = find_places(passages, request.query_params.get("words", ""))
            return JSONResponse({"found": found}, 200, NO_STORE)

        return with_library(libraries, request, act)

    @router.get("/view/{document_id}/passages/{first}-{last}")
    def window(request: Request, document_id: str, first: str, last: str) -> Response:
        def make(librarian: Librarian) -> Markup:
            numbers = asked_number(first, NO_PASSAGE), asked_number(last, NO_PASSAGE)
            return window_html(librarian.library, asked_number(document_id, GONE), *numbers)

        return shown(libraries, request, make)

    @router.get("/view/{document_id}/{number}/{start}-{end}/proof")
    def proof(request: Request, document_id: str, number: str, start: str, end: str) -> Response:
        def make(librarian: Librarian) -> Markup:
            return proof_html(librarian.library, asked_number(document_id, GONE), _place(number, start, end))

        return shown(libraries, request, make)

    @router.get("/view/{document_id}/{number}/{start}-{end}")
    def view(request: Request, document_id: str, number: str, start: str, end: str) -> Response:
        def make(librarian: Librarian) -> Markup:
            return view_html(librarian.library, asked_number(document_id, GONE), _place(number, start, end))

        return shown(libraries, request, make)

    return router


def shown(libraries: Libraries, request: Request, make: Callable[[Librarian], Markup]) -> Response:
    """What `make` makes as a piece of a page, or a sentence on why there is nothing to show."""

    def act(librarian: Librarian) -> Response:
        try:
            return html(make(librarian))
        except KeyError as error:
            return html(message_html("Not found", error.args[0]), 404)
        except LibraryError as error:
            return html(message_html("Cannot show this", str(error)), 500)

    return with_library(libraries, request, act)


def _place(number: str, start: str, end: str) -> Place:
    return Place(*(asked_number(part, NO_PASSAGE) for part in (number, start, end)))


def asked_number(part: str, otherwise: str) -> int:
    """The number that a part of an address is; a KeyError that says `otherwise` if it is none."""
    number = number_in(part)
    if number is None:
        raise KeyError(otherwise)
    return number
