"""PDF: the text of each page in reading order, with its paragraphs, headings and running lines told apart.

The letters and their places are PDFium's; `source.pdf_layout` finds lines, columns and paragraphs in them. Line ends
and hyphens stay as they stand on the page, and what cannot be read is told page by page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from source.blocks import heading_words
from source.document import Block, Extraction, Part, Role, Span
from source.errors import LoadError
from source.fold import fold
from source.lines import is_heading
from source.pdf_furniture import SortedPage, sort_furniture
from source.pdf_layout import Line, ends_a_sentence, read_columns, split_paragraphs
from source.pdf_pages import Page, read_pages

_USE_OCR = "Read it with OCR (for example ocrmypdf) and add it again."
_MIN_HEADING_SIZE = 1.15
_MIN_BOLD_SIZE = 0.95
_MAX_HEADING_LINES = 3
_MAX_LEVEL = 6
_MAX_BOLD_SHARE = 0.5
_MIN_TURNED_CHARS = 200
"""Less text than this that runs another way than the rest of its page is a stamp, or the label of an axis."""

_WORD = re.compile(r"[^\W\d_]{2}")
_NO_TITLE = re.compile(r"untitled|microsoft \w+ - |.*\.\w{2,5}\Z|.*[\\/].*[\\/]|\W*\Z", re.IGNORECASE)


@dataclass(slots=True)
class _Paragraph:
    lines: list[Line]
    role: Role
    level: int = 0


def load_pdf(data: bytes) -> Extraction:
    """The blocks and pages of a PDF file.

    Raises:
        LoadError: it is damaged, locked, or has no text on any page.
    """
    title, pages = read_pages(data)
    if not any(page.state == "text" for page in pages):
        is_scan = all(page.state == "no text" for page in pages)
        reason = "it has no text layer (a scan?)" if is_scan else "its fonts do not tell which letters they show"
        raise LoadError(reason, _USE_OCR)
    text, blocks, parts = _write(pages, _paragraphs_of(pages))
    title = fold(title, "none")
    if _NO_TITLE.match(title):
        title = next((heading_words(text, block, "none") for block in blocks if block.role == "heading"), "")
    return Extraction(text, tuple(blocks), title, "", text_is_file=False, markup="none", parts=tuple(parts))


def _paragraphs_of(pages: Sequence[Page]) -> list[list[_Paragraph]]:
    """The paragraphs of each page, with their roles."""
    sizes = Counter[float]()
    bold_chars = 0
    for line in (line for page in pages for line in page.lines):
        sizes[_rounded(line.size)] += len(line.text)
        bold_chars += len(line.text) * line.is_bold
    body_size = sizes.most_common(1)[0][0]
    may_head = bold_chars <= _MAX_BOLD_SHARE * sizes.total()
    found = [
        list(_paragraphs(page, furniture))
        for page, furniture in zip(
            pages,
            sort_furniture([page.lines for page in pages], [page.height for page in pages], body_size),
            strict=True,
        )
    ]
    _settle_headings([paragraph for page in found for paragraph in page], body_size, bold_heads=may_head)
    return found


def _paragraphs(page: Page, furniture: SortedPage) -> Iterator[_Paragraph]:
    """What stands on a page, in reading order; a paragraph that runs on in the next column is one."""
    yield from (_Paragraph([line], "furniture") for line in furniture.heads)
    latest: _Paragraph | None = None
    for column in read_columns(furniture.body):
        for number, lines in enumerate(split_paragraphs(column)):
            if latest and number == 0 and _runs_on(latest, lines[0]):
                latest.lines += lines
                continue
            if latest:
                yield latest
            latest = _Paragraph(lines, "body")
    if latest:
        yield latest
    for pieces in page.turned:
        role: Role = "body" if sum(len(piece.text) for piece in pieces) >= _MIN_TURNED_CHARS else "furniture"
        for column in read_columns(pieces):
            yield from (_Paragraph(lines, role) for lines in split_paragraphs(column))
    yield from (_Paragraph([line], "furniture") for line in furniture.feet)


def _runs_on(paragraph: _Paragraph, line: Line) -> bool:
    """True if `paragraph` stops within a sentence and `line`, at the top of a column or page, goes on with it."""
    before = paragraph.lines[-1]
    is_alike = _rounded(before.size) == _rounded(line.size) and before.is_bold == line.is_bold
    return is_alike and not ends_a_sentence(before.text) and line.text[0].islower()


def _settle_headings(paragraphs: list[_Paragraph], body_size: float, *, bold_heads: bool) -> None:
    """Short paragraphs in larger type, or bold, become headings, with one level for each size."""
    headings = [
        paragraph
        for paragraph in paragraphs
        if paragraph.role == "body" and _is_heading(paragraph.lines, body_size, bold_heads=bold_heads)
    ]
    sizes = sorted({_heading_size(heading, body_size) for heading in headings}, reverse=True)
    levels = {size: min(level, _MAX_LEVEL) for level, size in enumerate(sizes, start=1)}
    for heading in headings:
        heading.role, heading.level = "heading", levels[_heading_size(heading, body_size)]


def _heading_size(heading: _Paragraph, body_size: float) -> float:
    return max(_rounded(max(line.size for line in heading.lines)), body_size)


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


class _Writer:
    """Writes paragraphs one after the other and notes where each stands."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._pieces: list[str] = []
        self._length = 0

    def write(self, paragraph: _Paragraph) -> Span:
        """Where `paragraph` stands: a paragraph of its own."""
        span = self._add("\n\n" if self.blocks else "", paragraph)
        self.blocks.append(Block(span, paragraph.role, paragraph.level))
        return span

    def go_on(self, paragraph: _Paragraph) -> Span:
        """Where `paragraph` stands: the rest of the one before it."""
        span = self._add("\n", paragraph)
        self.blocks[-1] = replace(self.blocks[-1], span=Span(self.blocks[-1].span.start, span.end))
        return span

    def _add(self, divider: str, paragraph: _Paragraph) -> Span:
        words = "\n".join(line.text for line in paragraph.lines)
        self._pieces += [divider, words]
        start = self._length + len(divider)
        self._length = start + len(words)
        return Span(start, self._length)

    def text(self) -> str:
        """All that was written, with an empty line between paragraphs."""
        return "".join(self._pieces)


def _write(pages: Sequence[Page], paragraphs: list[list[_Paragraph]]) -> tuple[str, list[Block], list[Part]]:
    """The text of all pages, with a block for each paragraph and a part for each page."""
    writer = _Writer()
    parts: list[Part] = []
    latest: _Paragraph | None = None
    end = 0
    for number, (page, found) in enumerate(zip(pages, paragraphs, strict=True), start=1):
        spans: list[Span] = []
        for paragraph in found:
            goes_on = not spans and latest is not None and _is_body_running_on(latest, paragraph)
            spans.append(writer.go_on(paragraph) if goes_on else writer.write(paragraph))
            latest = paragraph
        span = Span(spans[0].start, spans[-1].end) if spans else Span(end, end)
        end = span.end
        parts.append(Part(span, "page", number, state=page.state))
    return writer.text(), writer.blocks, parts


def _is_body_running_on(before: _Paragraph, after: _Paragraph) -> bool:
    return before.role == after.role == "body" and _runs_on(before, after.lines[0])
