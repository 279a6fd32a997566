"""Tables of data in documents and slides: one block, each row a line that is searched with the names of its columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from source.blocks import TextBuilder, join_lines, merge_headers, row_sentences
from source.document import Sentence

MAX_CELL_CHARS = 400
"""A cell longer than this is prose in a table used for layout, not data."""

MAX_SPREAD = 100
"""More rows or columns than this are not taken by one cell."""

_MAX_HEADER_CHARS = 60


@dataclass(frozen=True, slots=True)
class TableRow:
    """The texts of a row's cells, and those of its columns: a cell may be as wide or as high as several."""

    cells: tuple[str, ...]
    columns: tuple[str, ...]
    is_header: bool


def names_columns(texts: Iterable[str]) -> bool:
    """True for a row whose cells are short and have letters in them, as the names of columns do."""
    return all(len(text) <= _MAX_HEADER_CHARS and re.search(r"[^\W\d_]", text) for text in filter(None, texts))


def spread_of(written: str | None) -> int:
    """How many rows or columns a cell takes, by an attribute of its; at least one."""
    return max(1, min(int(written), MAX_SPREAD)) if written and re.fullmatch(r"[0-9]{1,9}", written) else 1


def add_table(builder: TextBuilder, rows: Sequence[TableRow]) -> None:
    """Add the rows that are not blank as a block, if there are any."""
    rows = [row for row in rows if any(cell.strip() for cell in row.cells)]
    if not rows:
        return
    headers = merge_headers(row.columns for row in takewhile(lambda row: row.is_header, rows))
    text, lines = join_lines("\t".join(row.cells) for row in rows)
    sentences: list[Sentence] = []
    for line, row in zip(lines, rows, strict=True):
        sentences += row_sentences(text, line, () if row.is_header else headers, row.columns)
    builder.add_sentences(text, "body", sentences)
