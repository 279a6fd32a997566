"""What the viewer asks for to show the pages of a PDF: one page in HTML, and its picture."""

from __future__ import annotations

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from qa.web.librarian import Librarian
from qa.web.libraries import Libraries
from qa.web.pages import page_html
from qa.web.pictures import Pictures, is_pdf
from qa.web.replies import NO_STORE, said, with_library
from qa.web.viewer import GONE, NO_PASSAGE, passages_in
from qa.web.viewer_routes import asked_number, shown


def page_routes(libraries: Libraries) -> APIRouter:
    """`/page/<document id>/<number>.png` is a picture, `/view/<document id>/page/<number>` what stands around it."""
    router = APIRouter()
    pictures = Pictures()

    @router.get("/page/{document_id}/{number}.png")
    def picture(request: Request, document_id: str, number: str) -> Response:
        def act(librarian: Librarian) -> Response:
            try:
                document = librarian.library.document(asked_number(document_id, GONE))
                page = asked_number(number, NO_PASSAGE)
            except KeyError:
                return said(GONE, 404)
            if not is_pdf(document) or not 1 <= page <= document.parts:
                return said("There is no picture of this page.", 404)
            return Response(pictures.page(document, page), 200, NO_STORE, "image/png")

        return with_library(libraries, request, act)

    @router.get("/view/{document_id}/page/{number}")
    def page(request: Request, document_id: str, number: str) -> Response:
        def make(librarian: Librarian) -> Markup:
            document, _ = passages_in(librarian.library, asked_number(document_id, GONE))
            return page_html(document, asked_number(number, NO_PASSAGE))

        return shown(libraries, request, make)

    return router
