"""XLSX: each sheet is a part and each of its rows a line, searched with the header of its table."""

from __future__ import annotations

import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from source.archive import Archive
from source.blocks import row_sentences
from source.document import Block, Extraction, Part, Sentence, Span
from source.errors import LoadError
from source.lines import all_lines

_NOT_WHOLE = ("it is not a whole .xlsx file", "Save it anew and add it again.")
_OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Row = list[str]


def load_xlsx(data: bytes) -> Extraction:
    """The values in a workbook's cells, as they were last computed; cells of a row are divided by tabs."""
    if data.startswith(_OLE_MARK):
        reason = "it is locked with a password, or an old .xls file"
        raise LoadError(reason, "Save it as .xlsx without a password and add it again.")
    Archive(data, ".xlsx").check()
    texts: list[str] = []
    blocks: list[Block] = []
    parts: list[Part] = []
    start = 0
    for number, (name, rows) in enumerate(_sheets(data), 1):
        text = "\n".join("\t".join(row) for row in rows)
        span = Span(start, start + len(text))
        parts.append(Part(span, "sheet", number, name, "text" if rows else "no text"))
        blocks += (_moved(block, start) for block in _blocks(text, rows))
        texts.append(text)
        start += len(text) + 2
    return Extraction(
        "\n\n".join(texts),
        tuple(blocks),
        "",
        "",
        text_is_file=False,
        markup="none",
        parts=tuple(parts),
        rows_in_parts=True,
    )


def _sheets(data: bytes) -> Iterator[tuple[str, list[Row]]]:
    """The name of each sheet and its rows from the first, without empty ones at its end."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.filterwarnings(
                "ignore", module="openpyxl"
            )  # of validation, styles and the like, which hold no text
            workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in workbook.worksheets:
            rows: list[Row] = []
            filled = 0
            for values in sheet.iter_rows(values_only=True):
                row = [_words(value) for value in values]
                while row and not row[-1]:
                    row.pop()
                rows.append(row)
                filled = len(rows) if row else filled
            yield sheet.title, rows[:filled]
        workbook.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, SyntaxError) as error:
        raise LoadError(*_NOT_WHOLE) from error


def _words(value: object) -> str:
    """A cell's value on one line, as a reader would write it."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return f"{value:.15g}"
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.datetime():
            return value.isoformat(" ", "minutes")
        case _:
            return " ".join(str(value).replace("\0", " ").split())


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
