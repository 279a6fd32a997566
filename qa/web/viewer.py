"""The viewer: a document as text with one quote marked; of a long one, the pages around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from index.library import Library
from index.records import DocumentRecord, StoredPassage
from qa.answer import place
from qa.web.markup import join, name, text, wrapping
from qa.web.pages import pages_html
from qa.web.structure import markdown_styles, set_passage
from source.document import Part, Span
from source.errors import printable

# SQLite's ids have no more digits, and end there; larger numbers belong to nothing.
_DIGITS = re.compile("[0-9]{1,19}")
_LAST_ID = 2**63 - 1
_HIT = Markup('<mark id="hit">')
# A browser lays out so many at once without being felt; of a longer document, so many are sent around the quote.
_MOST_AT_ONCE = 1_500
_AROUND = 300

GONE = "This document is not in the library. It may have been removed, or replaced by a newer version."
NO_PASSAGE = "There is no such passage in this document. Its address may have been cut off or changed."


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
    chosen = passages[max(first, 1) - 1 : min(last, first + _MOST_AT_ONCE)]
    return _passages(document, chosen, None, None)


def _document(library: Library, document: DocumentRecord, passages: list[StoredPassage], asked: Place) -> Markup:
    first, last = _window(len(passages), asked.number)
    hit = Span(asked.start, asked.end)
    cited = passages[asked.number - 1] if len(hit) else None
    where = f" · {place(cited.location_of(hit))}" if cited else ""
    title = document.title or document.name
    return Markup(
        '<div><h2 id="view-title" tabindex="-1" dir="auto">{title}</h2>'
        '<p id="view-place"><span dir="auto">{name}</span>{where}</p></div>{pages}'
        '<div class="text" data-first="{first}" data-last="{last}" data-count="{count}">{passages}</div>'
    ).format(
        title=name(title),
        name=name(document.name),
        where=where,
        pages=pages_html(library, document, passages, asked.number, hit),
        first=first,
        last=last,
        count=len(passages),
        passages=_passages(document, passages[first - 1 : last], cited, hit),
    )


def _window(count: int, number: int) -> tuple[int, int]:
    """The numbers of the first and last passage that are sent."""
    if count <= _MOST_AT_ONCE:
        return 1, count
    return max(1, number - _AROUND), min(count, number + _AROUND)


def _passages(
    document: DocumentRecord, passages: Sequence[StoredPassage], cited: StoredPassage | None, hit: Span | None
) -> Markup:
    pieces: list[Markup] = []
    part: Part | None = None
    for passage in passages:
        if passage.parts and passage.parts[0] != part:
            part = passage.parts[0]
            pieces.append(_part_label(part))
        is_cited = cited is not None and hit is not None and passage.id == cited.id
        pieces.append(_passage(document, passage, [hit] if is_cited and hit else []))
    return join(pieces)


def _part_label(part: Part) -> Markup:
    name_of_it = f" · {printable(part.name)}" if part.name else ""
    return Markup('<p class="part" dir="auto">{}</p>').format(
        text(f"{part.kind.capitalize()} {part.number}{name_of_it}")
    )


def _passage(document: DocumentRecord, passage: StoredPassage, hits: list[Span]) -> Markup:
    styles = markdown_styles(passage.text) if document.format == "markdown" else []
    offset = passage.span.start
    return Markup(
        '<{tag} class="passage {role} {wrap}{cited}" data-number="{number}" dir="auto"><a class="number" '
        'href="#s/{document}/{number}/{start}-{end}" title="Link to this paragraph" data-number="{number}" '
        'aria-label="Link to paragraph {number}"></a>{text}</{tag}>'
    ).format(
        tag="h3" if passage.role == "heading" else "p",
        role=passage.role,
        wrap=wrapping(passage.text),
        cited=" cited" if hits else "",
        number=passage.number,
        document=document.id,
        start=passage.span.start,
        end=passage.span.end,
        text=set_passage(passage.text, styles, [Span(hit.start - offset, hit.end - offset) for hit in hits], _HIT),
    )


def message_html(title: str, message: str) -> Markup:
    """A sentence where a document would be."""
    return Markup(
        '<div><h2 id="view-title" tabindex="-1">{title}</h2></div><p class="message" role="alert">{message}</p>'
    ).format(title=title, message=text(message))
