"""The viewer: a document as text with one quote marked; of a long one, the pages around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from index.library import Library
from index.records import DocumentRecord, StoredPassage
from qa.answer import place
from qa.web.markup import name, text
from qa.web.pages import pages_html
from qa.web.passages import Cited, passages_html
from qa.web.tables import Tables, is_sheet
from source.document import Span

# SQLite's ids have no more digits, and end there; larger numbers belong to nothing.
_DIGITS = re.compile("[0-9]{1,19}")
_LAST_ID = 2**63 - 1

GONE = "This document is not in the library. It may have been removed, or replaced by a newer version."
NO_PASSAGE = "There is no such passage in this document. Its address may have been cut off or changed."


@dataclass(frozen=True, slots=True)
class Reach:
    """How many passages are sent: `most` at once, and of a longer document so many `around` the quote."""

    most: int
    around: int


# What a browser lays out without being felt. A passage of a sheet is some hundred cells.
_PROSE_REACH = Reach(1_500, 300)
_SHEET_REACH = Reach(10, 3)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a document that is asked for: code points `start` to `end`, in the passage of that `number`.

    An empty one names the passage only.
    """

    number: int
    start: int
    end: int


def number_in(part: str) -> int | None:
    """The number that a part of a request is; none if the library can have nothing of that number."""
    number = int(part) if _DIGITS.fullmatch(part) else None
    return number if number is not None and number <= _LAST_ID else None


def passages_in(library: Library, document_id: int) -> tuple[DocumentRecord, list[StoredPassage]]:
    """A document with all of its passages, in order.

    Raises:
        KeyError: there is none; its argument says so in a sentence.
    """
    with library.snapshot():
        try:
            document = library.document(document_id)
        except KeyError as error:
            raise KeyError(GONE) from error
        return document, library.passages_of(document_id)


def view_html(library: Library, document_id: int, asked: Place) -> Markup:
    """The document with the words at the place that was `asked` for marked; none if that is empty.

    Raises:
        KeyError: there is no such document, passage or place in it; its argument says so in a sentence.
    """
    document, passages = passages_in(library, document_id)
    if not 1 <= asked.number <= len(passages):
        raise KeyError(NO_PASSAGE)
    around = passages[asked.number - 1].span
    if asked.start != asked.end and not around.start <= asked.start < asked.end <= around.end:
        raise KeyError(NO_PASSAGE)
    return _document(library, document, passages, asked)


def window_html(library: Library, document_id: int, first: int, last: int) -> Markup:
    """The passages with the numbers `first` to `last`, as many as may be sent at once; raises as `view_html`."""
    document, passages = passages_in(library, document_id)
    chosen = passages[max(first, 1) - 1 : min(last, first + _reach(document).most)]
    return passages_html(document, _tables(library, document, passages), chosen, None)


def _reach(document: DocumentRecord) -> Reach:
    return _SHEET_REACH if is_sheet(document) else _PROSE_REACH


def _tables(library: Library, document: DocumentRecord, passages: Sequence[StoredPassage]) -> Tables:
    return Tables(library.text(document.id), document.format, passages)


def _document(library: Library, document: DocumentRecord, passages: list[StoredPassage], asked: Place) -> Markup:
    reach = _reach(document)
    first, last = _window(len(passages), asked.number, reach)
    hit = Span(asked.start, asked.end)
    cited = Cited(passages[asked.number - 1], hit) if len(hit) else None
    where = f" · {place(cited.passage.location_of(hit))}" if cited else ""
    title = document.title or document.name
    return Markup(
        '<div><h2 id="view-title" tabindex="-1" dir="auto">{title}</h2>'
        '<p id="view-place"><span dir="auto">{name}</span>{where}</p></div>{pages}'
        '<div class="text" data-first="{first}" data-last="{last}" data-count="{count}" data-more="{more}">{passages}'
        "</div>"
    ).format(
        title=name(title),
        name=name(document.name),
        where=where,
        pages=pages_html(library, document, passages, asked.number, hit),
        first=first,
        last=last,
        count=len(passages),
        more=reach.around,
        passages=passages_html(document, _tables(library, document, passages), passages[first - 1 : last], cited),
    )


def _window(count: int, number: int, reach: Reach) -> tuple[int, int]:
    """The numbers of the first and last passage that are sent."""
    if count <= reach.most:
        return 1, count
    return max(1, number - reach.around), min(count, number + reach.around)


def message_html(title: str, message: str) -> Markup:
    """A sentence where a document would be."""
    return Markup(
        '<div><h2 id="view-title" tabindex="-1">{title}</h2></div><p class="message" role="alert">{message}</p>'
    ).format(title=title, message=text(message))
