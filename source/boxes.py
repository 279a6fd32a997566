"""Where the words of a document stand on its pages: for marking a quote on the picture of a page.

A thousand pages hold half a million words, so that the boxes of a page are kept as one string of bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from source.document import Span  # which holds boxes

BOX_UNITS = 65535
WORD_BOX = [
    ("start", "<u4"),
    ("end", "<u4"),
    ("line", "<u2"),
    ("left", "<u2"),
    ("top", "<u2"),
    ("right", "<u2"),
    ("bottom", "<u2"),
]
"""As NumPy describes a record: a word's span in the document's text, the line that it is on, and its box.

The box is that on the page as it is shown (turned and cropped), measured from the top left corner in 1/65535 of the
page's width and height. Lines are numbered within a page, from 0 again after 65535. Words are in the order of the text.
"""


class Word(NamedTuple):
    """A word before it is packed: its span in the text that it is in, and its box as in a `WORD_BOX`."""

    start: int
    end: int
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class PageBoxes:
    """The boxes of the words of the page with this number (1-based): `words` are `WORD_BOX`es, one after the other."""

    number: int
    words: bytes


@dataclass(frozen=True, slots=True)
class LineBox:
    """A part of a line on a page (1-based), in shares of the page's width and height from its top left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


def move_words(words: Iterable[Word], places: int) -> Iterator[Word]:
    """`words` in a text where they stand so many places further on."""
    return (Word(word.start + places, word.end + places, *word[2:]) for word in words)


def append_words(words: list[Word], after: Sequence[Word]) -> None:
    """Add the words that follow in a text; the last one and the first `after` are one if nothing divides them."""
    if words and after and words[-1].end == after[0].start:
        one, other = words.pop(), after[0]
        edges = (min(one.left, other.left), min(one.top, other.top))
        words.append(Word(one.start, other.end, *edges, max(one.right, other.right), max(one.bottom, other.bottom)))
        after = after[1:]
    words += after


def pack_words(number: int, lines: Iterable[Iterable[Word]]) -> PageBoxes:
    """The boxes of a page from the words of each of its lines, whose spans are those in the document's text."""
    import numpy as np  # here, since a document without pages needs none

    rows = [
        (word.start, word.end, line % (BOX_UNITS + 1), *word[2:]) for line, words in enumerate(lines) for word in words
    ]
    return PageBoxes(number, np.array(rows, dtype=WORD_BOX).tobytes())


def boxes_of(pages: Sequence[PageBoxes], span: Span) -> list[LineBox]:
    """Where the words that `span` touches stand: one box for what is on one line, in the order of the text.

    A word counts whole. Words that are on no visible part of a page have no box.
    """
    return [box for page in pages for box in _line_boxes(page, span)] if len(span) else []


def _line_boxes(page: PageBoxes, span: Span) -> Iterator[LineBox]:
    import numpy as np

    words = np.frombuffer(page.words, dtype=WORD_BOX)
    is_touched = (words["start"] < span.end) & (words["end"] > span.start)
    is_visible = (words["left"] < words["right"]) & (words["top"] < words["bottom"])
    touched = words[is_touched & is_visible].tolist()
    for _, line in groupby(touched, key=lambda row: row[2]):
        _, _, _, lefts, tops, rights, bottoms = zip(*line, strict=True)
        edges = (min(lefts), min(tops), max(rights), max(bottoms))
        yield LineBox(page.number, *(edge / BOX_UNITS for edge in edges))
