"""The pages of a PDF as they are printed, with a quote marked on them."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from index.library import Library
from index.records import DocumentRecord, StoredPassage
from qa.web.markup import join
from qa.web.pictures import is_pdf
from source.boxes import LineBox, boxes_of
from source.document import Span


def pages_html(
    library: Library, document: DocumentRecord, passages: Sequence[StoredPassage], number: int, hit: Span
) -> Markup:
    """The pages that `hit` is on, or else the one that the passage with this number begins on; none if it is no PDF."""
    if not is_pdf(document):
        return Markup("")
    passage = passages[number - 1]
    touched = [part.number for part in passage.parts if part.span.overlaps(hit)]
    numbers = touched or [part.number for part in passage.parts[:1]] or [1]
    boxes = boxes_of(library.boxes_of(document.id, numbers), hit)
    pages = join(_page(document, one, [box for box in boxes if box.page == one]) for one in numbers)
    return Markup(
        '<div class="pages" data-page="{page}" data-count="{count}" data-document="{id}">{pages}</div>'
    ).format(page=numbers[0], count=max(document.parts, numbers[-1]), id=document.id, pages=pages)


def page_html(document: DocumentRecord, number: int) -> Markup:
    """One page, with nothing marked; none if this document has no such page."""
    return _page(document, number, []) if is_pdf(document) and 1 <= number <= document.parts else Markup("")


def _page(document: DocumentRecord, number: int, boxes: Sequence[LineBox]) -> Markup:
    return Markup(
        '<figure class="page" data-page="{number}"><img alt="Page {number}, as printed. The text view has its words." '
        'data-src="page/{id}/{number}.png">{boxes}</figure>'
    ).format(number=number, id=document.id, boxes=join(map(_box, boxes)))


def _box(box: LineBox) -> Markup:
    edges = box.left, box.top, box.right - box.left, box.bottom - box.top
    left, top, width, height = (f"{100 * edge:.3f}%" for edge in edges)
    return Markup(
        '<span class="hit-box" style="left: {left}; top: {top}; width: {width}; height: {height}"></span>'
    ).format(left=left, top=top, width=width, height=height)
