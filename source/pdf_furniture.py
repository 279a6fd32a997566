"""Running heads, running feet and page numbers of a PDF: what stands at the edges of its pages and comes again.

Nothing is thrown away: these lines are kept as furniture, above and below what the page says.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from source.pdf_layout import Line, group_rows, join_row

_MAX_EDGE_ROWS = 3
_EDGE_SHARE = 0.2
"""A number that stands alone is a page number only this near to the top or bottom of the page."""

_MAX_RUNNING_CHARS = 200
_MAX_RUNNING_SIZE = 1.15
# Lines of the text itself follow more closely, even where they come again.
_MIN_GAP_RATIO = 1.3
_MIN_REPEATS = 2
# What is set in large type heads something, unless it does so on page after page.
_MIN_LARGE_REPEATS = 3
_WORD = re.compile(r"[^\W\d_]{2}")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|seite|p\.)\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:/|of|von|de)\s*\d{1,4})?\W*", re.IGNORECASE
)
_NUMBER = re.compile(r"\d{1,5}")
_ANY_NUMBER = re.compile(r"\d+|\b[ivxlc]+\b")


@dataclass(frozen=True, slots=True)
class SortedPage:
    """The pieces of a page: running heads, what it says, and running feet."""

    heads: list[Line]
    body: list[Line]
    feet: list[Line]


def sort_furniture(pages: Sequence[Sequence[Line]], heights: Sequence[float], body_size: float) -> list[SortedPage]:
    """Each page with its running lines set apart; `heights` are those of the pages, whose lowest point is 0."""
    rows_of = [group_rows(pieces) for pieces in pages]
    seen: defaultdict[str, set[int]] = defaultdict(set)
    for number, rows in enumerate(rows_of):
        for side, row in _edge_rows(rows):
            for key in _keys(join_row(row), side, number, body_size):
                seen[key].add(number)
    return [
        _sort_page(number, rows, height, seen, body_size)
        for number, (rows, height) in enumerate(zip(rows_of, heights, strict=True))
    ]


def _edge_rows(rows: list[list[Line]]) -> Iterator[tuple[str, list[Line]]]:
    yield from (("head", row) for row in rows[:_MAX_EDGE_ROWS])
    yield from (("foot", row) for row in rows[: -_MAX_EDGE_ROWS - 1 : -1])


def _keys(line: Line, side: str, page: int, body_size: float) -> Iterator[str]:
    """What must be equal on two pages: the words and, at the top, a number's distance to that of the page.

    For "Chapter 1" and "Chapter 2" may head two pages, but nothing is headed at the foot of a page.
    """
    if len(line.text) > _MAX_RUNNING_CHARS or not _WORD.search(line.text):
        return
    words = " ".join(line.text.split())
    side = f"{side} {line.size:.0f}"  # the title is not the running head that repeats it in small type
    yield f"{side} {words}"
    if line.size > _MAX_RUNNING_SIZE * body_size:
        return
    if side.startswith("foot"):
        yield f"{side} {_ANY_NUMBER.sub('', words)}"
    for number in _NUMBER.finditer(words):
        yield f"{side} {words[: number.start()]}\0{int(number[0]) - page}\0{words[number.end() :]}"


def _sort_page(
    number: int, rows: list[list[Line]], height: float, seen: dict[str, set[int]], body_size: float
) -> SortedPage:
    lines = [join_row(row) for row in rows]

    def is_page_number(line: Line) -> bool:
        is_at_edge = min(line.centre, height - line.centre) <= _EDGE_SHARE * height
        return is_at_edge and _PAGE_NUMBER.fullmatch(line.text) is not None

    def comes_again(line: Line, side: str) -> bool:
        enough = _MIN_REPEATS if line.size <= _MAX_RUNNING_SIZE * body_size else _MIN_LARGE_REPEATS
        return any(len(seen[key]) >= enough for key in _keys(line, side, number, body_size))

    def count_running(ordered: list[Line], side: str) -> int:
        count = 0
        while count < min(len(ordered), _MAX_EDGE_ROWS) and (
            comes_again(ordered[count], side) or (count == 0 and is_page_number(ordered[0]))
        ):
            count += 1
        while 0 < count < len(ordered) and not (
            _stands_apart(ordered[count - 1], ordered[count], lines) or is_page_number(ordered[count - 1])
        ):
            count -= 1
        return count

    first = count_running(lines, "head")
    last = len(rows) - count_running(lines[first:][::-1], "foot")
    return SortedPage(lines[:first], [piece for row in rows[first:last] for piece in row], lines[last:])


def _stands_apart(outer: Line, inner: Line, lines: list[Line]) -> bool:
    """True if the distance of two lines, or their type, differs from what is usual on the page."""
    usual = median(above.centre - below.centre for above, below in pairwise(lines))
    differs = abs(outer.size - inner.size) > 0.05 * inner.size or outer.is_bold != inner.is_bold
    return differs or len(lines) <= _MAX_EDGE_ROWS or abs(outer.centre - inner.centre) > _MIN_GAP_RATIO * usual
