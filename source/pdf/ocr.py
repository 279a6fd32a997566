"""A page of a PDF read from its picture: Tesseract's words as lines with boxes, as if the page had a text layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np

from source.boxes import Word
from source.pdf.layout import Line
from source.pdf.letters import PIECE_GAP
from source.pdf.packed import Page
from source.pdf.picture import POINTS_PER_INCH, GreyPicture, draw_grey
from source.pdf.tesseract import ReadLine, ReadWord, Tesseract
from source.pdf.view import View

_DOTS_PER_INCH = 300
_MIN_DOTS_PER_INCH = 70  # Tesseract's
# A page that is read worse than this may lie on its side.
_SURE = 75
_MIN_LETTERS = 20
_MAX_TALL_CHARS = 2  # "It" is higher than it is wide
# What Tesseract sees in photographs and stains it is never sure of.
_MIN_CONFIDENCE = 60
# The box of a line is higher where it has capitals and descenders.
_SAME_SIZE = (0.7, 1.4)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was read in a picture after it was turned clockwise by `quarters`."""

    lines: list[ReadLine]
    quarters: int

    def letters(self) -> int:
        return sum(count_letters(word.text) for line in self.lines for word in line.words)

    def weight(self) -> float:
        """The letters of words that run to the right, those that are sure counting more."""
        return sum(
            word.confidence * count_letters(word.text)
            for line in self.lines
            for word in line.words
            if word.right - word.left >= word.bottom - word.top or len(word.text) <= _MAX_TALL_CHARS
        )


def count_letters(text: str) -> int:
    """How many of its characters are letters."""
    return sum(map(str.isalpha, text))


def read_picture(page: Any, tesseract: Tesseract) -> Page | None:
    """What can be read on the picture of a `pypdfium2.PdfPage`; None if that is nothing.

    It is unreadable if Tesseract fails or takes too long.
    """
    picture = draw_grey(page, _DOTS_PER_INCH)
    if picture.pixels.size == 0 or picture.pixels.min() == picture.pixels.max():
        return None
    dots_per_inch = max(_MIN_DOTS_PER_INCH, round(picture.scale * POINTS_PER_INCH))
    lines = tesseract.read(picture.pixels, dots_per_inch)
    if lines is None:
        return Page([], [], 0, "unreadable")
    reading = _Reading(lines, 0)
    if reading.letters() < _MIN_LETTERS or reading.weight() < _SURE * reading.letters():
        quarters = tesseract.find_turn(picture.pixels, dots_per_inch)
        if quarters:
            turned = np.ascontiguousarray(np.rot90(picture.pixels, -quarters))
            reading = max(
                reading, _Reading(tesseract.read(turned, dots_per_inch) or [], quarters), key=lambda one: one.weight()
            )
    if not any(_is_sure(word) for line in reading.lines for word in line.words):
        return None
    return _page_of(reading, picture)


def _is_sure(word: ReadWord) -> bool:
    return word.confidence >= _MIN_CONFIDENCE and count_letters(word.text) > 1


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The picture as it was read: its height in pixels, pixels to a point, and how it is shown."""

    height: int
    scale: float
    view: View


def _page_of(reading: _Reading, picture: GreyPicture) -> Page:
    height, width = picture.pixels.shape[:: -1 if reading.quarters % 2 else 1]
    # On the picture as it was read, the page was turned; it is shown as it is.
    sheet = _Sheet(height, picture.scale, View((0.0, 0.0, float(width), float(height)), -reading.quarters % 4))
    lines = [
        _line_of(words, line, size, sheet)
        for line, size in zip(reading.lines, _sizes_of(reading.lines), strict=True)
        for words in _divide(line.words, size)
    ]
    return Page(lines, [], height / picture.scale, "OCR")


def _sizes_of(lines: Sequence[ReadLine]) -> list[float]:
    """The size of each line's type: that of most of the page unless its paragraph differs clearly."""
    usual = median(line.bottom - line.top for line in lines for word in line.words for _ in word.text)
    paragraphs: dict[tuple[str, str], list[int]] = {}
    for line in lines:
        paragraphs.setdefault(line.paragraph, []).append(line.bottom - line.top)
    sizes = {paragraph: float(median(heights)) for paragraph, heights in paragraphs.items()}
    least, most = (share * usual for share in _SAME_SIZE)
    return [usual if least <= sizes[line.paragraph] <= most else max(sizes[line.paragraph], 1.0) for line in lines]


def _divide(words: Sequence[ReadWord], size: float) -> Iterator[list[ReadWord]]:
    """The pieces of a line, between which there are wide gaps."""
    piece = [words[0]]
    for before, word in pairwise(words):
        if max(word.left - before.right, before.left - word.right) > PIECE_GAP * size:
            yield piece
            piece = []
        piece.append(word)
    yield piece


def _line_of(words: Sequence[ReadWord], line: ReadLine, size: float, sheet: _Sheet) -> Line:
    placed: list[Word] = []
    end = 0
    for word in words:
        box = (word.left, sheet.height - word.bottom, word.right, sheet.height - word.top)
        placed.append(Word(end, end + len(word.text), *sheet.view.place(box)))
        end += len(word.text) + 1
    return Line(
        text=" ".join(word.text for word in words),
        left=min(word.left for word in words) / sheet.scale,
        right=max(word.right for word in words) / sheet.scale,
        bottom=(sheet.height - line.bottom) / sheet.scale,
        top=(sheet.height - line.top) / sheet.scale,
        size=size / sheet.scale,
        is_bold=False,
        words=tuple(placed),
    )
