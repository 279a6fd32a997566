"""Tables that run across pages of a PDF: what names their columns stands on one page, rows of theirs on the next.

Two pages share a table where the last rows of one and the first of the other would make a clear one (see
`source.pdf.tables`) if they stood below one another, in the same columns and in type of one size. Each row stays
where it is, as does a header that is printed on every page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, takewhile
from statistics import median

from source.document import PartState
from source.pdf.furniture import SortedPage
from source.pdf.layout import Line, read_columns
from source.pdf.packed import Page
from source.pdf.tables import Grid, Part, Row, Table, find_grid, find_tables, pieces_of

# Lines of a header, and of a row or two below it, at the end of a page: more are a table there.
_MAX_LINES_ABOVE = 6
# Those that a long table has on one page are enough to tell what its columns are like.
_MAX_ROWS_ABOVE = 30
_MAX_LINES_BELOW = 300
_MAX_SHIFT = 0.5  # of a column, in heights of a letter
_MAX_SIZE_RATIO = 1.12


@dataclass(frozen=True, slots=True)
class LaidPage:
    """A page with the parts of each column, in reading order; those `turned` run another way, each in columns, too."""

    heads: list[Line]
    columns: list[list[Part]]
    turned: list[list[list[Part]]]
    feet: list[Line]
    state: PartState


@dataclass(frozen=True, slots=True)
class _Across:
    """The grid of lines above and below a page break: so many rows above it, and lines below that are the header."""

    grid: Grid
    rows_above: int
    repeated: int


def lay_out(page: Page, sorted_lines: SortedPage) -> LaidPage:
    """The columns and tables of a page by itself."""
    return LaidPage(
        sorted_lines.heads,
        _parts_of(sorted_lines.body),
        [_parts_of(pieces) for pieces in page.turned],
        sorted_lines.feet,
        page.state,
    )


def _parts_of(pieces: Sequence[Line]) -> list[list[Part]]:
    return [list(find_tables(rows)) for rows in read_columns(pieces)]


def join_tables(pages: Iterable[LaidPage]) -> Iterator[LaidPage]:
    """The same pages, whose tables are named by what stands on an earlier one; the next is always laid out already."""
    before: LaidPage | None = None
    for page in pages:
        if before is not None:
            if before.columns and page.columns:
                _join(before.columns[-1], page.columns[0])
            yield before
        before = page
    if before is not None:
        yield before


def _join(above: list[Part], below: list[Part]) -> None:
    """Make the end of the column `above` and the beginning of that `below` parts of one table, if they are."""
    rows = [row for part in below for row in pieces_of(part)]
    match above[-1]:
        case Table() as table:
            across = _find_across(_lines_above(table), rows)
            if across and across.grid.heights[0] == len(table.header.pieces):
                below[:] = _split_below(rows, across, table.header)
        case lines:
            for count in range(min(len(lines), _MAX_LINES_ABOVE), 0, -1):
                if across := _find_across(lines[-count:], rows):
                    begun = replace(across.grid, heights=across.grid.heights[: across.rows_above])
                    table = Table(made := begun.rows_of(lines[-count:]), made[0])
                    above[-1:] = [lines[:-count], table] if lines[:-count] else [table]
                    below[:] = _split_below(rows, across, table.header)
                    return


def _lines_above(table: Table) -> list[list[Line]]:
    """The header and the last rows of a table, as if they stood directly below one another."""
    body = [row for row in table.rows if row is not table.header][-_MAX_ROWS_ABOVE:]
    lines = [line for row in body for line in row.pieces]
    return [*_moved_above(table.header.pieces, lines[0]), *lines]


def _find_across(above: Sequence[list[Line]], below: Sequence[list[Line]]) -> _Across | None:
    """The table that begins with the first line above and has a row below; None if there is none, or none so clear."""
    repeated = _count_repeated(above, below)
    rest = below[repeated : repeated + _MAX_LINES_BELOW]
    if not rest or len(rest[0]) == 1:
        return None
    lines = [*_moved_above(above, rest[0]), *rest]
    grid = find_grid(lines)
    if grid is None or (repeated and grid.heights[0] != repeated):
        return None
    ends = list(accumulate(grid.heights))
    if len(above) not in ends[:-1] or not _line_up(grid, lines[: ends[-1]], len(above)):
        return None
    return _Across(grid, ends.index(len(above)) + 1, repeated)


def _count_repeated(above: Sequence[list[Line]], below: Sequence[list[Line]]) -> int:
    """How many lines below say the same as the first ones above."""
    pairs = zip(map(_texts_of, above), map(_texts_of, below), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _texts_of(pieces: Sequence[Line]) -> list[str]:
    return [piece.text for piece in pieces]


def _moved_above(lines: Sequence[list[Line]], first: Sequence[Line]) -> list[list[Line]]:
    """`lines` as they would stand above the line `first`, the height of a letter away."""
    size = max(piece.size for piece in first)
    shift = max(piece.top for piece in first) + size - min(piece.bottom for piece in lines[-1])
    return [
        [replace(piece, bottom=piece.bottom + shift, top=piece.top + shift) for piece in pieces] for pieces in lines
    ]


def _line_up(grid: Grid, lines: Sequence[list[Line]], count_above: int) -> bool:
    """True if in each column what stands below the page break begins, ends, or has its middle where the rest does.

    The rest are the cells above it or, where there is only the header, that: it lines up with the widest of them. No
    column has two pieces of the header: they would be names of two.
    """
    height = grid.heights[0]
    header, above, below = (
        _by_column(grid, part) for part in (lines[:height], lines[height:count_above], lines[count_above:])
    )
    places = [[grid.column_of(piece) for piece in pieces] for pieces in lines[:height]]
    names_are_apart = all(len(set(columns)) == len(columns) for columns in places)
    sizes = [piece.size for pieces in lines for piece in pieces]
    near = _MAX_SHIFT * max(sizes)
    is_alike = names_are_apart and max(sizes) <= _MAX_SIZE_RATIO * min(sizes)
    return is_alike and all(
        _near(_usual_edges(one), _usual_edges(other), near)
        if one
        else _near(_outer_edges(head), _outer_edges(other), near)
        for head, one, other in zip(header, above, below, strict=True)
        if other
    )


def _by_column(grid: Grid, lines: Sequence[list[Line]]) -> list[list[Line]]:
    columns: list[list[Line]] = [[] for _ in range(len(grid.edges) + 1)]
    for pieces in lines:
        for piece in pieces:
            columns[grid.column_of(piece)].append(piece)
    return columns


def _usual_edges(pieces: Sequence[Line]) -> tuple[float, float, float]:
    """Left, middle and right of most of the pieces; each is the median."""
    lefts, rights = [piece.left for piece in pieces], [piece.right for piece in pieces]
    middles = [(piece.left + piece.right) / 2 for piece in pieces]
    return median(lefts), median(middles), median(rights)


def _outer_edges(pieces: Sequence[Line]) -> tuple[float, float, float]:
    left, right = min(piece.left for piece in pieces), max(piece.right for piece in pieces)
    return left, (left + right) / 2, right


def _near(one: Sequence[float], other: Sequence[float], near: float) -> bool:
    return any(abs(place - its) <= near for place, its in zip(one, other, strict=True))


def _split_below(rows: Sequence[list[Line]], across: _Across, header: Row) -> list[Part]:
    """What `rows` are: those of the table, then whatever stands below it."""
    heights = across.grid.heights[across.rows_above :]
    first, end = across.repeated, across.repeated + sum(heights)
    repeated = replace(across.grid, heights=(first,)).rows_of(rows[:first]) if first else (None,)
    table = Table(replace(across.grid, heights=heights).rows_of(rows[first:end]), header, repeated[0])
    return [table, *find_tables(rows[end:])]
