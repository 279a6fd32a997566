"""Running heads, running feet and page numbers of a PDF: what stands at the edges of its pages and comes again.

Nothing is thrown away: these lines are kept as furniture, above and below what the page says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from source.pdf.layout import Line, group_rows, join_row

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
# "Chapter 3: Conventions 12" heads one page only, but other pages end their heads with their numbers, too.
_MIN_NUMBERED_PAGES = 4
_WORD = re.compile(r"[^\W\d_]{2}")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|seite|p\.)\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:/|of|von|de)\s*\d{1,4})?\W*", re.IGNORECASE
)
_NUMBER = re.compile(r"\d{1,5}")
_ENDS_WITH_NUMBER = "\0"  # before the side, in a key; a line has none
_LAST_NUMBER = re.compile(r"(?<=\s)\d{1,5}\Z")
_ANY_NUMBER = re.compile(r"\d+|\b[ivxlc]+\b")


@dataclass(frozen=True, slots=True)
class SortedPage:
    """The pieces of a page: running heads, what it says, and running feet."""

    heads: list[Line]
    body: list[Line]
    feet: list[Line]


class RunningLines:
    """What comes again at the edges of pages: all pages are noted first, then each is sorted."""

    def __init__(self, body_size: float) -> None:
        self._body_size = body_size
        self._pages_with = Counter[str]()

    def note(self, number: int, pieces: Sequence[Line]) -> None:
        """Remember the edges of the page with this number; each page is noted once."""
        self._pages_with.update(
            {
                key
                for side, row in _edge_rows(group_rows(pieces))
                for key in _keys(join_row(row), side, number, self._body_size)
            }
        )

    def sort(self, number: int, pieces: Sequence[Line], height: float) -> SortedPage:
        """A page with its running lines set apart; its lowest point is 0."""
        rows = group_rows(pieces)
        lines = [join_row(row) for row in rows]
        edge = _EDGE_SHARE * height

        def count_running(ordered: list[Line], side: str) -> int:
            count = 0
            while count < min(len(ordered), _MAX_EDGE_ROWS) and (
                self._comes_again(ordered[count], side, number)
                or (count == 0 and _is_page_number(ordered[0], height, edge))
            ):
                count += 1
            while 0 < count < len(ordered) and not (
                _stands_apart(ordered[count - 1], ordered[count], lines)
                or _is_page_number(ordered[count - 1], height, edge)
            ):
                count -= 1
            return count

        first = count_running(lines, "head")
        last = len(rows) - count_running(lines[first:][::-1], "foot")
        return SortedPage(lines[:first], [piece for row in rows[first:last] for piece in row], lines[last:])

    def _comes_again(self, line: Line, side: str, number: int) -> bool:
        enough = _MIN_REPEATS if line.size <= _MAX_RUNNING_SIZE * self._body_size else _MIN_LARGE_REPEATS
        return any(
            self._pages_with[key] >= (_MIN_NUMBERED_PAGES if key.startswith(_ENDS_WITH_NUMBER) else enough)
            for key in _keys(line, side, number, self._body_size)
        )


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
    if last := _LAST_NUMBER.search(words):
        yield f"{_ENDS_WITH_NUMBER}{side} {int(last[0]) - page}"
    for number in _NUMBER.finditer(words):
        yield f"{side} {words[: number.start()]}\0{int(number[0]) - page}\0{words[number.end() :]}"


def _is_page_number(line: Line, height: float, edge: float) -> bool:
    return min(line.centre, height - line.centre) <= edge and _PAGE_NUMBER.fullmatch(line.text) is not None


def _stands_apart(outer: Line, inner: Line, lines: list[Line]) -> bool:
    """True if the distance of two lines, or their type, differs from what is usual on the page."""
    usual = median(above.centre - below.centre for above, below in pairwise(lines))
    differs = abs(outer.size - inner.size) > 0.05 * inner.size or outer.is_bold != inner.is_bold
    return differs or len(lines) <= _MAX_EDGE_ROWS or abs(outer.centre - inner.centre) > _MIN_GAP_RATIO * usual
