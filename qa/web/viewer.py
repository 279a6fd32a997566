"""The viewer: a whole document with one quote marked, asked for by the address in the page's fragment."""

from __future__ import annotations

import re

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from index.library import Library
from index.records import DocumentRecord, StoredPassage
from qa.answer import place
from qa.web.markup import join, marked, name, text, wrapping
from source.document import Span
from source.errors import LibraryError

# SQLite's ids have no more digits, and end there; larger numbers belong to nothing.
_DIGITS = re.compile("[0-9]{1,19}")
_LAST_ID = 2**63 - 1
_HIT = Markup('<mark id="hit">')

_GONE = "This document is not in the library. It may have been removed, or replaced by a newer version."
_NO_PASSAGE = "There is no such passage in this document. Its address may have been cut off or changed."


def viewer_routes(library: Library) -> APIRouter:
    """`GET /view/<document id>/<passage number>/<start>-<end>`: the document as two HTML elements, head and text."""
    router = APIRouter()

    @router.get("/view/{document_id}/{number}/{start}-{end}")
    def view(document_id: str, number: str, start: str, end: str) -> HTMLResponse:
        headers = {"Cache-Control": "no-store"}
        try:
            document = _number(document_id, _GONE)
            place_in_it = [_number(part, _NO_PASSAGE) for part in (number, start, end)]
            content = view_html(library, document, *place_in_it)
        except KeyError as error:
            return HTMLResponse(message_html("Not found", error.args[0]), status_code=404, headers=headers)
        except LibraryError as error:
            return HTMLResponse(message_html("Cannot show this", str(error)), status_code=500, headers=headers)
        return HTMLResponse(content, headers=headers)

    return router


def number_in(part: str) -> int | None:
    """The number that a part of a request is; none if the library can have nothing of that number."""
    number = int(part) if _DIGITS.fullmatch(part) else None
    return number if number is not None and number <= _LAST_ID else None


def _number(part: str, otherwise: str) -> int:
    number = number_in(part)
    if number is None:
        raise KeyError(otherwise)
    return number


def view_html(library: Library, document_id: int, number: int, start: int, end: int) -> Markup:
    """The document with the words from `start` to `end`, which stand in passage `number`, marked; none if it is empty.

    Raises:
        KeyError: there is no such document, passage or place in it; its argument says so in a sentence.
    """
    with library.snapshot():
        try:
            document = library.document(document_id)
        except KeyError as error:
            raise KeyError(_GONE) from error
        passages = library.passages_of(document_id)
    if not 1 <= number <= len(passages):
        raise KeyError(_NO_PASSAGE)
    if start == end:
        return _document(document, passages, "", None, Span(0, 0))
    cited = passages[number - 1]
    if not cited.span.start <= start < end <= cited.span.end:
        raise KeyError(_NO_PASSAGE)
    hit = Span(start, end)
    return _document(document, passages, f" · {place(cited.location_of(hit))}", cited, hit)


def _document(
    document: DocumentRecord, passages: list[StoredPassage], where: str, cited: StoredPassage | None, hit: Span
) -> Markup:
    title = document.title or document.name
    return Markup(
        '<div><h2 id="view-title" tabindex="-1" dir="auto">{title}</h2><p id="view-place">{name}{where}</p></div>'
        '<div class="text">{passages}</div>'
    ).format(
        title=name(title),
        name=name(document.name),
        where=where,
        passages=join(
            _passage(passage, [hit] if cited is not None and passage.id == cited.id else []) for passage in passages
        ),
    )


def _passage(passage: StoredPassage, hits: list[Span]) -> Markup:
    return Markup(
        '<{tag} class="passage {role} {wrap}{cited}" data-number="{number}" dir="auto">{text}</{tag}>'
    ).format(
        tag="h3" if passage.role == "heading" else "p",
        role=passage.role,
        wrap=wrapping(passage.text),
        cited=" cited" if hits else "",
        number=passage.number,
        text=marked(passage.text, passage.span.start, hits, _HIT),
    )


def message_html(title: str, message: str) -> Markup:
    """A sentence where a document would be."""
    return Markup(
        '<div><h2 id="view-title" tabindex="-1">{title}</h2></div><p class="message" role="alert">{message}</p>'
    ).format(title=title, message=text(message))
