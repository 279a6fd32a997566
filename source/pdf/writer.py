"""The text of a PDF as it grows page by page, with its blocks, its parts and the boxes of its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from source.blocks import row_sentences
from source.boxes import PageBoxes, Word, move_words, pack_words
from source.document import Block, Part, PartState, Sentence, Span
from source.pdf.paragraphs import Paragraph, runs_on
from source.pdf.tables import Table

_MAX_LEVEL = 6


class PdfWriter:
    """Writes pages one below the other, and notes where everything stands."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.boxes: list[PageBoxes] = []
        self._blocks: list[Block] = []
        self._heading_sizes: dict[int, float] = {}  # by number of the block
        self._pieces: list[str] = []
        self._length = 0
        self._latest: Paragraph | None = None

    def text(self) -> str:
        """All that was written, with an empty line between paragraphs."""
        return "".join(self._pieces)

    def blocks(self) -> list[Block]:
        """A block for each paragraph; headings have one level for each size of type, the largest first."""
        sizes = sorted(set(self._heading_sizes.values()), reverse=True)
        levels = {size: min(level, _MAX_LEVEL) for level, size in enumerate(sizes, start=1)}
        for number, size in self._heading_sizes.items():
            self._blocks[number] = replace(self._blocks[number], level=levels[size])
        return self._blocks

    def write_page(self, paragraphs: Iterable[Paragraph], state: PartState) -> None:
        """Add the next page; its first paragraph may go on with the last of the page before."""
        spans: list[Span] = []
        lines: list[list[Word]] = []
        for paragraph in paragraphs:
            goes_on = not spans and self._latest is not None and _is_body_running_on(self._latest, paragraph)
            spans.append(self._write(paragraph, lines, goes_on=goes_on))
            self._latest = paragraph
        span = Span(spans[0].start, spans[-1].end) if spans else Span(self._length, self._length)
        number = len(self.parts) + 1
        self.parts.append(Part(span, "page", number, state=state))
        if any(lines):
            self.boxes.append(pack_words(number, lines))

    def _write(self, paragraph: Paragraph, lines: list[list[Word]], *, goes_on: bool) -> Span:
        """Where `paragraph` stands; the words of its lines are added to `lines`."""
        self._add("\n" if goes_on else "\n\n" if self._blocks else "")
        start = self._length
        for number, line in enumerate(paragraph.lines):
            self._add("\n" if number else "")
            lines.append(list(move_words(line.words, self._length)))
            self._add(line.text)
        span = Span(start, self._length)
        if goes_on:
            self._blocks[-1] = replace(self._blocks[-1], span=Span(self._blocks[-1].span.start, span.end))
        else:
            if paragraph.role == "heading":
                self._heading_sizes[len(self._blocks)] = paragraph.size
            sentences = tuple(_sentences_of(paragraph.table, start)) if paragraph.table else ()
            self._blocks.append(Block(span, paragraph.role, sentences=sentences))
        return span

    def _add(self, written: str) -> None:
        self._pieces.append(written)
        self._length += len(written)


def _is_body_running_on(before: Paragraph, after: Paragraph) -> bool:
    return before.role == after.role == "body" and runs_on(before, after)


def _sentences_of(table: Table, start: int) -> Iterator[Sentence]:
    """A sentence for each row of a table that begins there; all but the one that names the columns say their names."""
    text = "\n".join(line.text for row in table.rows for line in row.lines)
    end = -1
    for row in table.rows:
        first = end + 1
        end = first + len("\n".join(line.text for line in row.lines))
        headers = () if row is table.header else table.header.cells
        for sentence in row_sentences(text, Span(first, end), headers, row.cells):
            yield Sentence(Span(sentence.span.start + start, sentence.span.end + start), sentence.folded)
