"""The sheets of an OpenDocument workbook: what its cells show, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from source.errors import LoadError
from source.office.odf_xml import OFFICE, TABLE, H, P, nearest, read_inline
from source.office.sheets import Row

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ROW = f"{TABLE}table-row"
_CELLS = frozenset({f"{TABLE}table-cell", f"{TABLE}covered-table-cell"})
_VALUES = ("value", "date-value", "time-value", "boolean-value", "string-value")
# Equal cells and rows are written once with a count: a few bytes can stand for billions of them.
_MAX_CHARS = 50_000_000
_MAX_ROWS = 1_048_576
_MAX_COLUMNS = 16_384
_MAX_REPEATED_ROWS = 65_536  # all together, of those that are filled
_COUNT_DIGITS = 12
_TOO_MANY = ("its repeated cells stand for too many", "Save what is filled in and add that.")


def read_sheets(body: Element) -> Iterator[tuple[str, list[Row]]]:
    """The name of each sheet and its rows from the first, without empty ones at its end.

    Raises:
        LoadError: its repeated cells stand for too much.
    """
    written = repeated = 0
    for table in body.iterfind(f"{TABLE}table"):
        rows: list[Row] = []
        empty = 0
        for element in nearest(table, {_ROW}):
            row = _read_row(element)
            count = _count(element, "rows-repeated", _MAX_ROWS)
            if not row:
                empty += count
                continue
            written += empty + count * (sum(map(len, row)) + len(row))
            repeated += count - 1
            if written > _MAX_CHARS or repeated > _MAX_REPEATED_ROWS or len(rows) + empty + count > _MAX_ROWS:
                raise LoadError(*_TOO_MANY)
            rows += [[] for _ in range(empty)]
            rows += [row] * count
            empty = 0
        yield table.get(f"{TABLE}name") or "", rows


def _read_row(element: Element) -> Row:
    """The texts of a row's cells, without empty ones at its end."""
    row: Row = []
    empty = 0
    for cell in nearest(element, _CELLS):
        text = _words(cell)
        count = _count(cell, "columns-repeated", _MAX_COLUMNS)
        if not text:
            empty += count
            continue
        if len(row) + empty + count > _MAX_COLUMNS:
            raise LoadError(*_TOO_MANY)
        row += [""] * empty + [text] * count
        empty = 0
    return row


def _words(cell: Element) -> str:
    """What a cell shows, on one line."""
    shown = " ".join(" ".join(read_inline(one, frozenset(), {}).text for one in nearest(cell, {P, H})).split())
    return shown or next(filter(None, (cell.get(f"{OFFICE}{name}") for name in _VALUES)), "")


def _count(element: Element, attribute: str, most: int) -> int:
    written = element.get(f"{TABLE}number-{attribute}")
    if written is None:
        return 1
    return max(1, min(int(written[:_COUNT_DIGITS]), most)) if re.fullmatch("[0-9]+", written) else 1
