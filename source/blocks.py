"""What the loaders share: filling the gaps between blocks, sentences of rows and lines, and building a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, zip_longest

from source.document import Block, Markup, Role, Sentence, Span
from source.fold import fold
from source.sentences import MAX_SENTENCE_CHARS, cut_long, split_sentences, trim

_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n)+")


def fill_gaps(text: str, blocks: Iterable[Block]) -> tuple[Block, ...]:
    """`blocks` with furniture wherever text lies in none of them, so that nothing of a document is lost."""
    filled: list[Block] = []
    end = 0
    for block in blocks:
        filled += _gap(text, end, block.span.start)
        filled.append(block)
        end = block.span.end
    return (*filled, *_gap(text, end, len(text)))


def _gap(text: str, start: int, end: int) -> list[Block]:
    gap = trim(text, Span(start, end))
    return [Block(gap, "furniture")] if len(gap) else []


def heading_words(text: str, heading: Block, markup: Markup) -> str:
    """What a heading says, folded and without its marks."""
    if heading.sentences:
        return " ".join(sentence.folded for sentence in heading.sentences)
    return fold(heading.span.of(text), markup)


def whole_sentences(text: str, span: Span, folded: str) -> list[Sentence]:
    """One sentence, searched as `folded`; a very long one is cut and searched as it stands."""
    if len(span) > MAX_SENTENCE_CHARS:
        return [Sentence(piece, fold(piece.of(text), "none")) for piece in cut_long(text, span, MAX_SENTENCE_CHARS)]
    return [Sentence(span, folded)]


def row_sentences(text: str, span: Span, headers: Sequence[str], cells: Sequence[str]) -> list[Sentence]:
    """One table row, searched as "header: cell; header: cell"."""
    named = [
        f"{header}: {cell}" if header and cell else header or cell
        for header, cell in zip_longest(headers[: len(cells)], cells, fillvalue="")
        if cell
    ]
    return whole_sentences(text, span, fold("; ".join(named), "none"))


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a table's cell, and how many rows and columns it takes."""

    text: str
    rows: int
    columns: int


def spread_cells(table: Iterable[Sequence[Cell]]) -> Iterator[tuple[str, ...]]:
    """For each row of a table the texts in its columns, a large cell's in all that it takes."""
    hanging: dict[int, tuple[str, int]] = {}  # by column: the text of its latest cell, and the row below that
    for number, row in enumerate(table):
        columns: list[str] = []
        cells = list(reversed(row))
        while True:
            text, end = hanging.get(len(columns), ("", 0))
            if end > number:
                columns.append(text)
            elif cells:
                cell = cells.pop()
                for column in range(len(columns), len(columns) + cell.columns):
                    hanging[column] = (cell.text, number + cell.rows)
                columns += [cell.text] * cell.columns
            else:
                break
        yield tuple(columns)


def merge_headers(rows: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """One header for each column from the rows of headers above it, each word once."""
    columns = zip_longest(*rows, fillvalue="")
    return tuple(" ".join(dict.fromkeys(filter(None, column))) for column in columns)


def line_sentences(text: str, lines: Iterable[Span], markup: Markup) -> list[Sentence]:
    """The sentences of lines that stand for themselves, such as list items: none runs from one to the next.

    A line without a letter or digit (the fence of a code block) belongs to its neighbour.
    """
    spans: list[Span] = []
    for piece in (piece for line in lines for piece in split_sentences(text, line)):
        if spans and not (_has_word(text, piece) and _has_word(text, spans[-1])):
            spans[-1] = Span(spans[-1].start, piece.end)
        else:
            spans.append(piece)
    pieces = (piece for span in spans for piece in cut_long(text, span, MAX_SENTENCE_CHARS))
    return [Sentence(piece, fold(piece.of(text), markup)) for piece in pieces]


def _has_word(text: str, span: Span) -> bool:
    return re.search(r"\w", span.of(text)) is not None


def join_lines(lines: Iterable[str]) -> tuple[str, list[Span]]:
    """`lines` one below the other, and where each stands, without blanks at its ends; blank ones are left out."""
    written = [line for line in lines if line.strip()]
    text = "\n".join(written)
    ends = list(accumulate(len(line) + 1 for line in written))
    return text, [trim(text, Span(end - 1 - len(line), end - 1)) for line, end in zip(written, ends, strict=True)]


@dataclass(slots=True)
class TextBuilder:
    """An extracted text as it grows: blocks one below the other, divided by empty lines."""

    blocks: list[Block] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _length: int = 0

    def text(self) -> str:
        """All that has been added."""
        return "".join(self._pieces)

    def add(self, written: str, role: Role, level: int = 0) -> None:
        """Add a paragraph or heading; empty lines in a paragraph divide it, and a blank one is left out."""
        for paragraph in _EMPTY_LINES.split(written) if role == "body" else [written]:
            if paragraph.strip():
                start = self._append(paragraph.strip())
                self.blocks.append(Block(Span(start, self._length), role, level))

    def add_sentences(self, text: str, role: Role, sentences: Iterable[Sentence]) -> None:
        """Add a block whose sentences are spans of its own `text`; there is at least one."""
        start = self._append(text)
        moved = tuple(Sentence(Span(one.span.start + start, one.span.end + start), one.folded) for one in sentences)
        self.blocks.append(Block(Span(moved[0].span.start, moved[-1].span.end), role, sentences=moved))

    def _append(self, written: str) -> int:
        """Where the piece begins."""
        if self._pieces:
            written = "\n\n" + written
        self._pieces.append(written)
        start, self._length = self._length + 2 * (len(self._pieces) > 1), self._length + len(written)
        return start
