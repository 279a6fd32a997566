"""Tables of a PDF page: cells that stand below one another, whose rows are read cell by cell.

A cell may have lines of its own, which stand closer than rows do. Rows are named by the first one only where that is
clear: it alone is bold, or stands above numbers without being one.
"""

from __future__ import annotations

import math
import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from statistics import median

from source.pdf.layout import Line, is_right_to_left, join_row

_MIN_ROWS = 3
_MAX_ROWS = 300
_MIN_STRIP = 0.5  # between columns, in heights of a letter
_MAX_ROW_GAP = 2.5
_MIN_OVERLAP = 0.25
_MAX_LINE_GAP = 0.35
_MAX_LINE_GAP_SHARE = 0.6  # of the gap between rows
_MAX_SPARSE_SHARE = 0.2
_MIN_FILLED_SHARE = 0.75
_MIN_ALIGNED_SHARE = 0.75
_MAX_SHIFT = 0.5
_MAX_NAME_CHARS = 30  # of the first cell, in most rows
_NUMBER = re.compile(r"\W*\d[\d\W]*(?:[^\W\d]{1,2}\W*)?\Z")

_NO_HEADER = re.compile(rf"{_NUMBER.pattern}|.*:\Z")
_CAPTION = re.compile(r"(?:abb|fig|tab)\w{0,8}\.?\s*\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its lines in the order of reading, and what its cells say, one for each column.

    `pieces` are the same lines as they stand beside one another on the page, from top to bottom.
    """

    lines: tuple[Line, ...]
    cells: tuple[str, ...]
    pieces: tuple[list[Line], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table on one page, from top to bottom, with the one that names its columns.

    That is the first of `rows`, or stands on a page before, and `repeated` is where it stands once more above them.
    """

    rows: tuple[Row, ...]
    header: Row
    repeated: Row | None = None


Part = list[list[Line]] | Table
"""Lines that are no table, each as the pieces of it that stand apart; or a table."""


def pieces_of(part: Part) -> list[list[Line]]:
    """The lines of a part as they stand on the page, from top to bottom."""
    if not isinstance(part, Table):
        return part
    rows = (part.repeated, *part.rows) if part.repeated else part.rows
    return [pieces for row in rows for pieces in row.pieces]


@dataclass(frozen=True, slots=True)
class Grid:
    """How lines make a table: the places between its columns, and how many lines each of its rows has."""

    edges: tuple[float, ...]
    heights: tuple[int, ...]

    def rows_of(self, pieces: Sequence[list[Line]]) -> tuple[Row, ...]:
        """The rows that these lines make, which are as many as those of the grid."""
        ends = accumulate(self.heights)
        return tuple(
            _make_row(pieces[end - height : end], self.edges) for height, end in zip(self.heights, ends, strict=True)
        )

    def column_of(self, piece: Line) -> int:
        """The column, counted from 0, in which a piece stands."""
        return _column_of(piece, self.edges)


@dataclass(frozen=True, slots=True)
class _Strip:
    left: float
    right: float


def find_tables(rows: Sequence[list[Line]]) -> Iterator[Part]:
    """What stands in a column from top to bottom: lines, and the tables between them whose rows can be named."""
    others: list[list[Line]] = []
    at = 0
    while at < len(rows):
        grid = find_grid(rows[at : at + _MAX_ROWS])
        if grid is None:
            others.append(rows[at])
            at += 1
            continue
        if others:
            yield others
        count = sum(grid.heights)
        made = grid.rows_of(rows[at : at + count])
        yield Table(made, made[0])
        others = []
        at += count
    if others:
        yield others


def find_grid(rows: Sequence[list[Line]]) -> Grid | None:
    """How the table is made that begins with the first of these rows; None if they are not clearly one.

    They are not if the first row may be like the others.
    """
    count, all_edges = _measure_table(rows)
    if count < _MIN_ROWS:
        return None
    rows = rows[:count]
    edges = _drop_sparse(all_edges, rows)
    groups = _group_lines(rows, edges)
    made = [_make_row(group, edges) for group in groups]
    is_clear = (
        len(edges) > 0
        and all(_is_one_row(group, edges) for group in groups[1:])
        and _is_filled(made)
        and all(_is_aligned(column, rows, edges) for column in range(len(edges) + 1))
        and _has_header(made)
    )
    return Grid(tuple(edges), tuple(map(len, groups))) if is_clear else None


def _measure_table(rows: Sequence[list[Line]]) -> tuple[int, list[float]]:
    """How many rows, from the first one, leave strips free between columns, and the middles of those strips."""
    strips = [_Strip(-math.inf, math.inf)]
    count = 0
    for row in rows:
        free = _free(strips, row)
        loses_strip = len(row) == 1 and len(_between_columns(free)) < len(_between_columns(strips))
        if not _between_columns(free) or loses_strip or _is_caption(row) or (count and _is_far(rows[count - 1], row)):
            break
        strips = free
        count += 1
    while (
        count > 1 and len(rows[count - 1]) == 1 and _gap(rows[count - 2], rows[count - 1]) > _line_gap(rows[count - 1])
    ):
        count -= 1
    return count, [(strip.left + strip.right) / 2 for strip in _between_columns(strips)]


def _between_columns(strips: Sequence[_Strip]) -> list[_Strip]:
    return [strip for strip in strips if math.isfinite(strip.left) and math.isfinite(strip.right)]


def _gap(above: Sequence[Line], below: Sequence[Line]) -> float:
    return min(piece.bottom for piece in above) - max(piece.top for piece in below)


def _line_gap(row: Sequence[Line]) -> float:
    return _MAX_LINE_GAP * max(piece.size for piece in row)


def _is_far(above: Sequence[Line], below: Sequence[Line]) -> bool:
    return _gap(above, below) > _MAX_ROW_GAP * max(piece.size for piece in below)


def _is_caption(row: Sequence[Line]) -> bool:
    return _CAPTION.match(join_row(row).text) is not None


def _free(strips: Sequence[_Strip], row: Sequence[Line]) -> list[_Strip]:
    """What the row leaves of the strips, where that is wide enough."""
    free = list(strips)
    for piece in row:
        free = [part for strip in free for part in _cut(strip, piece)]
    least = _MIN_STRIP * max(piece.size for piece in row)
    return [strip for strip in free if strip.right - strip.left >= least]


def _cut(strip: _Strip, piece: Line) -> Iterator[_Strip]:
    if piece.right <= strip.left or piece.left >= strip.right:
        yield strip
        return
    if piece.left > strip.left:
        yield _Strip(strip.left, piece.left)
    if piece.right < strip.right:
        yield _Strip(piece.right, strip.right)


def _column_of(piece: Line, edges: Sequence[float]) -> int:
    return bisect(edges, (piece.left + piece.right) / 2)


def _drop_sparse(edges: Sequence[float], rows: Sequence[list[Line]]) -> list[float]:
    """The edges without those of columns that hardly a row has: there are wide blanks in a cell."""
    filled = Counter(column for row in rows for column in {_column_of(piece, edges) for piece in row})
    return [edge for column, edge in enumerate(edges, start=1) if filled[column] > _MAX_SPARSE_SHARE * len(rows)]


def _group_lines(rows: Sequence[list[Line]], edges: Sequence[float]) -> list[list[list[Line]]]:
    """The rows of the table, each with the lines of its cells that stand beside one another."""
    gaps = [_gap(one, other) for one, other in pairwise(rows)]
    filled = [{_column_of(piece, edges) for piece in row} for row in rows]
    begins = [0 in columns and len(columns) > 1 for columns in filled]
    between_rows = [gap for gap, both in zip(gaps, pairwise(begins), strict=True) if all(both)]
    most = _MAX_LINE_GAP_SHARE * median(between_rows) if between_rows else 0.0
    groups = [[rows[0]]]
    has_begun = begins[0]
    for row, gap, begun in zip(rows[1:], gaps, begins[1:], strict=True):
        is_beside = gap < -_MIN_OVERLAP * max(piece.size for piece in row)
        if is_beside or (gap < min(most, _line_gap(row)) and not (has_begun and begun)):
            groups[-1].append(row)
            has_begun = has_begun or begun
        else:
            groups.append([row])
            has_begun = begun
    return groups


def _is_one_row(group: Sequence[list[Line]], edges: Sequence[float]) -> bool:
    """False if its lines look like rows beside a cell that stands for all of them."""
    lines = [{_column_of(piece, edges) for piece in row} for row in group]
    begun = [filled for filled in lines if 0 in filled]
    shared = max((len(one & other) for one, other in pairwise(begun)), default=0)
    beside = max((len(one & other) for one, other in zip(lines, lines[2:], strict=False)), default=0)
    return len(begun) < 2 or (len(edges) > 1 and 2 * max(shared, beside) <= len(edges) + 1)


def _make_row(group: Sequence[list[Line]], edges: Sequence[float]) -> Row:
    cells: list[list[tuple[int, Line]]] = [[] for _ in range(len(edges) + 1)]
    for number, row in enumerate(group):
        for piece in row:
            cells[_column_of(piece, edges)].append((number, piece))
    in_order = [placed for cell in cells for placed in cell]
    return Row(_join(in_order), tuple(" ".join(line.text for line in _join(cell)) for cell in cells), tuple(group))


def _join(placed: Sequence[tuple[int, Line]]) -> tuple[Line, ...]:
    """One line of those that follow with one number."""
    return tuple(join_row([piece for _, piece in run]) for _, run in groupby(placed, key=lambda one: one[0]))


def _has_header(rows: Sequence[Row]) -> bool:
    header, *body = rows
    if not body or not all(header.cells) or any(map(_NO_HEADER.match, header.cells)):
        return False
    is_bold = all(line.is_bold for line in header.lines)
    return (is_bold and not any(line.is_bold for row in body for line in row.lines)) or any(
        all(map(_NUMBER.match, column)) for column in zip(*(row.cells for row in body), strict=True)
    )


def _is_filled(rows: Sequence[Row]) -> bool:
    cells = [cell for row in rows for cell in row.cells]
    filled = [cell for cell in cells if cell]
    return (
        len(rows) >= _MIN_ROWS
        and all(sum(map(bool, row.cells)) > 1 for row in rows)
        and len(filled) >= _MIN_FILLED_SHARE * len(cells)
        and median(len(row.cells[0]) for row in rows) <= _MAX_NAME_CHARS
        and not is_right_to_left("".join(filled))
    )


def _is_aligned(column: int, rows: Sequence[list[Line]], edges: Sequence[float]) -> bool:
    """True if most cells of a column begin, end, or have their middle at one place."""
    mine = [piece for row in rows for piece in row if _column_of(piece, edges) == column]
    places = (
        [piece.left for piece in mine],
        [piece.right for piece in mine],
        [(piece.left + piece.right) / 2 for piece in mine],
    )
    near = _MAX_SHIFT * max((piece.size for piece in mine), default=0)
    return bool(mine) and any(
        sum(abs(place - median(edge)) <= near for place in edge) >= _MIN_ALIGNED_SHARE * len(mine) for edge in places
    )
