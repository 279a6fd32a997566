"""The paragraphs of a PDF page and their roles: body, heading, or a running line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from source.document import Role, Span
from source.lines import is_heading
from source.pdf.across import LaidPage
from source.pdf.layout import Line, ends_a_sentence, join_row, split_paragraphs
from source.pdf.packed import Page
from source.pdf.tables import Part, Table, pieces_of

_MIN_HEADING_SIZE = 1.15
_MIN_BOLD_SIZE = 0.95
_MAX_HEADING_LINES = 3
_MAX_NOTE_SIZE = 0.95
_MAX_BOLD_SHARE = 0.5
_MIN_TURNED_CHARS = 200
"""Less text than this that runs another way than the rest of its page is a stamp, or the label of an axis."""


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together, or are a `table`; a heading's `size` of type is compared with other headings'."""

    lines: list[Line]
    role: Role
    size: float = 0
    table: Table | None = None


class TypeSizes:
    """What is usual in a document's type, as its pages are noted."""

    def __init__(self) -> None:
        self._chars = Counter[float]()
        self._bold_chars = 0

    def note(self, page: Page) -> None:
        """Count the letters of a page."""
        for line in page.lines:
            self._chars[_rounded(line.size)] += len(line.text)
            self._bold_chars += len(line.text) * line.is_bold

    @property
    def body(self) -> float:
        """The size of most of the text; there is some."""
        return self._chars.most_common(1)[0][0]

    @property
    def bold_heads(self) -> bool:
        """True if bold type is the exception."""
        return self._bold_chars <= _MAX_BOLD_SHARE * self._chars.total()


def paragraphs_of(page: LaidPage, sizes: TypeSizes) -> Iterator[Paragraph]:
    """What stands on a page, in reading order, with its roles."""
    body_size, bold_heads = sizes.body, sizes.bold_heads
    for paragraph in _in_order(page):
        if (
            paragraph.role == "body"
            and not paragraph.table
            and _is_heading(paragraph.lines, body_size, bold_heads=bold_heads)
        ):
            paragraph.role = "heading"
            paragraph.size = max(_rounded(max(line.size for line in paragraph.lines)), body_size)
        yield paragraph


def _in_order(page: LaidPage) -> Iterator[Paragraph]:
    """What stands on a page; a paragraph that runs on in the next column is one."""
    yield from (Paragraph([line], "furniture") for line in page.heads)
    body: list[Paragraph] = []
    for parts in page.columns:
        for number, paragraph in enumerate(_paragraphs_in(parts)):
            latest = _latest_before_notes(body, paragraph) if number == 0 else None
            if latest and runs_on(latest, paragraph):
                latest.lines += paragraph.lines
            else:
                body.append(paragraph)
    yield from body
    for columns in page.turned:
        role: Role = "body" if _count_chars(columns) >= _MIN_TURNED_CHARS else "furniture"
        for parts in columns:
            yield from (replace(paragraph, role=role) for paragraph in _paragraphs_in(parts))
    yield from (Paragraph([line], "furniture") for line in page.feet)


def _latest_before_notes(body: list[Paragraph], paragraph: Paragraph) -> Paragraph | None:
    """What stands last in type as large as that of `paragraph`: footnotes and captions may stand below it."""
    size = _MAX_NOTE_SIZE * paragraph.lines[0].size
    return next((one for one in reversed(body) if one.lines[-1].size > size), None)


def _count_chars(columns: Sequence[Sequence[Part]]) -> int:
    pieces = (piece for parts in columns for part in parts for line in pieces_of(part) for piece in line)
    return sum(len(piece.text) for piece in pieces)


def _paragraphs_in(parts: Sequence[Part]) -> Iterator[Paragraph]:
    column = [join_row(row) for part in parts for row in pieces_of(part)]
    for part in parts:
        if not isinstance(part, Table):
            lines = [join_row(row) for row in part]
            yield from (Paragraph(one, "body") for one in split_paragraphs(lines, column))
            continue
        if part.repeated:
            yield Paragraph(list(part.repeated.lines), "furniture")
        yield Paragraph([line for row in part.rows for line in row.lines], "body", table=part)


def runs_on(paragraph: Paragraph, after: Paragraph) -> bool:
    """True if `paragraph` stops within a sentence and the one `after`, in the next column or page, goes on with it."""
    if paragraph.table or after.table:
        return False
    before, line = paragraph.lines[-1], after.lines[0]
    is_alike = _rounded(before.size) == _rounded(line.size) and before.is_bold == line.is_bold
    return is_alike and not ends_a_sentence(before.text) and line.text[0].islower()


def _is_heading(lines: list[Line], body_size: float, *, bold_heads: bool) -> bool:
    size = min(line.size for line in lines)
    is_large = size >= _MIN_HEADING_SIZE * body_size
    is_bold = bold_heads and size >= _MIN_BOLD_SIZE * body_size and all(line.is_bold for line in lines)
    words = " ".join(line.text for line in lines)
    if len(lines) > _MAX_HEADING_LINES or not (is_large or is_bold):
        return False
    return is_heading(words, Span(0, len(words))) or is_heading(
        words.rstrip("?？!"), Span(0, len(words.rstrip("?？!")))
    )


def _rounded(size: float) -> float:
    return round(2 * size) / 2
