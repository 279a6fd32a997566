"""Workbooks of any format: each sheet is a part and each of its rows a line, searched with the header of its table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from source.blocks import row_sentences
from source.document import Block, Extraction, Part, Sentence, Span
from source.lines import all_lines

Row = list[str]


def extract_sheets(sheets: Iterable[tuple[str, list[Row]]], title: str) -> Extraction:
    """The sheets by name, with their rows from the first; cells of a row are divided by tabs, and hold none."""
    texts: list[str] = []
    blocks: list[Block] = []
    parts: list[Part] = []
    start = 0
    for number, (name, rows) in enumerate(sheets, 1):
        text = "\n".join("\t".join(row) for row in rows)
        span = Span(start, start + len(text))
        parts.append(Part(span, "sheet", number, name, "text" if rows else "no text"))
        blocks += (_moved(block, start) for block in _blocks(text, rows))
        texts.append(text)
        start += len(text) + 2
    return Extraction(
        "\n\n".join(texts),
        tuple(blocks),
        title,
        "",
        text_is_file=False,
        markup="none",
        parts=tuple(parts),
        rows_in_parts=True,
    )


def _moved(block: Block, by: int) -> Block:
    sentences = (Sentence(_later(one.span, by), one.folded) for one in block.sentences)
    return replace(block, span=_later(block.span, by), sentences=tuple(sentences))


def _later(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _blocks(text: str, rows: Sequence[Row]) -> Iterator[Block]:
    """A block for each run of rows between empty ones, as spans of the sheet's `text`."""
    for is_filled, run in groupby(
        zip(all_lines(text, Span(0, len(text))), rows, strict=False), key=lambda one: any(one[1])
    ):
        if is_filled:
            yield _table(text, list(run))


def _table(text: str, rows: Sequence[tuple[Span, Row]]) -> Block:
    """A title of one cell above a table is a row of its own; the header is the first row of several names."""
    header_at = next((number for number, (_, row) in enumerate(rows) if sum(map(bool, row)) > 1), None)
    header = rows[header_at][1] if header_at is not None and _names(rows[header_at][1]) else []
    sentences: list[Sentence] = []
    for number, (span, row) in enumerate(rows):
        has_header = header_at is not None and number > header_at
        sentences += row_sentences(text, span, header if has_header else [], row)
    return Block(Span(sentences[0].span.start, sentences[-1].span.end), "body", sentences=tuple(sentences))


def _names(row: Row) -> bool:
    return all(not cell or not cell[0].isdigit() for cell in row)
