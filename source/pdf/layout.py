"""The geometry of a PDF page: pieces of text with boxes become lines, columns and paragraphs in reading order.

A PDF says where each letter stands and nothing of what belongs together, so this goes by what the eye goes by: a
gutter divides columns, a gap or an indent divides paragraphs. Heights grow upwards, as in PDF.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from statistics import median

from source.boxes import Word, append_words, move_words
from source.lines import ENUMERATED

# All in the height of a letter ("em"), if not said otherwise.
_SAME_ROW_OVERLAP = 0.5
_MAX_COVERED_SHARE = 0.5  # of the width of the narrower piece
_NO_BLANK_GAP = 0.12
_MIN_GUTTER = 0.5
_GUTTER_STEPS = 240
_MIN_STEP = 1e-3  # in points
_GUTTER_ZONE = (0.15, 0.85)  # of the width
_MAX_GUTTERS = 6
_MAX_CROSSED_SHARE = 0.15
# Lines of prose fill their column, cells of a table do not: those are read row by row.
_MIN_COLUMN_LINES = 3
_MIN_FILLED_SHARE = 0.55
_FULL_SHARE = 0.8
_MIN_FULL_LINES = 4  # of a column with many short ones, such as a list
_MIN_COLUMN_WIDTH = 12
_MIN_WIDTH_RATIO = 0.9
_MAX_CELLS_SHARE = 0.5  # of its rows
_MAX_COLUMN_DEPTH = 4
_MAX_SIZE_RATIO = 1.12
_MAX_LEADING_RATIO = 1.25
_LEADING = (0.8, 2.5)
_USUAL_LEADING = 1.5
_INDENT = (0.7, 5.0)

# With the mark of a footnote, if there is one.
_SENTENCE_END = re.compile(r"[.!?:…。！？：؟۔।॥።]['\"’”»)\]]*\d{0,3}\Z")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, or a piece of one, with the box it fills; `size` is the height of its letters in points.

    `words` are runs of other characters than blanks, with their spans in `text`.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    is_bold: bool
    words: tuple[Word, ...] = ()

    @property
    def centre(self) -> float:
        """Half-way between bottom and top."""
        return (self.bottom + self.top) / 2


def group_rows(pieces: Sequence[Line]) -> list[list[Line]]:
    """The pieces that stand beside one another, from top to bottom, each row in the order of its reading."""
    rows: list[list[Line]] = []
    tallest: Line | None = None
    for piece in sorted(pieces, key=lambda piece: -piece.centre):
        if tallest is not None and _is_beside(tallest, piece):
            rows[-1].append(piece)
            tallest = max(tallest, piece, key=lambda one: one.top - one.bottom)
        else:
            rows.append([piece])
            tallest = piece
    return [_in_reading_order(row) for row in rows]


def _is_beside(one: Line, other: Line) -> bool:
    """True for two pieces at one height; not if they lie upon one another, as where a title runs into the text."""
    shared = min(one.top, other.top) - max(one.bottom, other.bottom)
    covered = min(one.right, other.right) - max(one.left, other.left)
    return shared >= _SAME_ROW_OVERLAP * min(
        one.top - one.bottom, other.top - other.bottom
    ) and covered <= _MAX_COVERED_SHARE * min(one.right - one.left, other.right - other.left)


def _in_reading_order(row: list[Line]) -> list[Line]:
    if is_right_to_left("".join(piece.text for piece in row)):
        return sorted(row, key=lambda piece: -piece.right)
    return sorted(row, key=lambda piece: piece.left)


def is_right_to_left(text: str) -> bool:
    """True if most letters are Hebrew, Arabic or the like."""
    if text.isascii():
        return False
    directions = [unicodedata.bidirectional(character) for character in text]
    return sum(one in {"R", "AL"} for one in directions) > directions.count("L")


def join_row(row: Sequence[Line]) -> Line:
    """The pieces of a row as one line, with blanks where they stand apart."""
    if len(row) == 1:
        return row[0]
    text, words = row[0].text, list(row[0].words)
    for before, piece in pairwise(row):
        gap = max(piece.left - before.right, before.left - piece.right)
        blank = "" if gap < _NO_BLANK_GAP * min(before.size, piece.size) else " "
        append_words(words, list(move_words(piece.words, len(text) + len(blank))))
        text += blank + piece.text
    longest = max(row, key=lambda piece: len(piece.text))
    return Line(
        text,
        min(piece.left for piece in row),
        max(piece.right for piece in row),
        longest.bottom,
        longest.top,
        longest.size,
        all(piece.is_bold for piece in row),
        tuple(words),
    )


def read_columns(pieces: Sequence[Line], depth: int = 0) -> list[list[list[Line]]]:
    """The rows of each column, in reading order; rows across all columns are a column of their own."""
    if depth < _MAX_COLUMN_DEPTH:
        for gutter, is_clearest in _gutters(pieces):
            bands = list(_bands(pieces, gutter))
            pairs = [sides for sides in bands if len(sides) > 1]
            if pairs and (is_clearest or all(_are_alike(*sides) for sides in pairs)):
                return [
                    column
                    for sides in bands
                    for side in sides
                    for column in (read_columns(side, depth + 1) if len(sides) > 1 else _rows_of(side))
                ]
    return _rows_of(pieces)


def _bands(pieces: Sequence[Line], gutter: float) -> Iterator[list[list[Line]]]:
    """From top to bottom, what is read across, or the pieces to the left of the gutter and those to the right."""
    single: list[Line] = []  # what is read across, until columns follow
    for is_across, run in groupby(group_rows(pieces), key=lambda row: any(_crosses(piece, gutter) for piece in row)):
        band = [piece for row in run for piece in row]
        left = [piece for piece in band if (piece.left + piece.right) / 2 < gutter]
        right = [piece for piece in band if (piece.left + piece.right) / 2 >= gutter]
        if is_across or not (_is_column(left) and _is_column(right)):
            single += band
            continue
        yield [single]
        yield [left, right]
        single = []
    yield [single]


def _rows_of(pieces: Sequence[Line]) -> list[list[list[Line]]]:
    return [group_rows(pieces)] if pieces else []


def _crosses(piece: Line, gutter: float) -> bool:
    margin = 0.2 * piece.size
    return piece.left < gutter - margin and piece.right > gutter + margin


def _gutters(pieces: Sequence[Line]) -> Iterator[tuple[float, bool]]:
    """Where columns may be divided, and whether that is the clearest place.

    That is the middle of the widest strip from top to bottom that the fewest pieces cross. It may run beside a short
    column, and so the places follow at which most pieces begin.
    """
    if len(pieces) < 2 * _MIN_COLUMN_LINES:
        return
    left, right = min(piece.left for piece in pieces), max(piece.right for piece in pieces)
    step = (right - left) / _GUTTER_STEPS
    if step < _MIN_STEP:
        return
    crossings = _count_crossings(pieces, left, step)
    first, last = (int(share * _GUTTER_STEPS) for share in _GUTTER_ZONE)
    fewest = min(crossings[first:last])
    runs = [list(run) for free, run in groupby(range(first, last), lambda at: crossings[at] == fewest) if free]
    widest = max(runs, key=len)
    half = _MIN_GUTTER * median(piece.size for piece in pieces)
    if len(widest) * step >= half:
        yield left + (widest[0] + widest[-1] + 1) / 2 * step, True
    begins = Counter(at for at in (int((piece.left - left) / step) for piece in pieces) if first <= at < last)
    for at, count in begins.most_common(_MAX_GUTTERS):
        gutter = left + at * step - half
        crossed = sum(_crosses(piece, gutter) for piece in pieces)
        if count >= _MIN_COLUMN_LINES and crossed <= _MAX_CROSSED_SHARE * len(pieces):
            yield gutter, False


def _count_crossings(pieces: Sequence[Line], left: float, step: float) -> list[int]:
    """How many pieces are in each step from the left."""
    changes = [0] * (_GUTTER_STEPS + 2)
    for piece in pieces:
        changes[int((piece.left - left) / step)] += 1
        changes[int((piece.right - left) / step) + 1] -= 1
    return list(accumulate(changes[: _GUTTER_STEPS + 1]))


def _is_column(pieces: list[Line]) -> bool:
    if len(pieces) < _MIN_COLUMN_LINES:
        return False
    width = max(piece.right for piece in pieces) - min(piece.left for piece in pieces)
    rows = group_rows(pieces)
    widths = [max(piece.right for piece in row) - min(piece.left for piece in row) for row in rows]
    is_wide = width >= _MIN_COLUMN_WIDTH * median(piece.size for piece in pieces)
    full = sum(one >= _FULL_SHARE * width for one in widths)
    is_filled = median(widths) >= _MIN_FILLED_SHARE * width or _MIN_FULL_LINES <= full >= len(rows) / 4
    has_cells = sum(len(row) > 1 for row in rows) > _MAX_CELLS_SHARE * len(rows)
    return len(rows) >= _MIN_COLUMN_LINES and is_wide and is_filled and not has_cells


def _are_alike(left: list[Line], right: list[Line]) -> bool:
    """True if two columns are as wide as one another, and most of their lines are nearly as wide."""
    rows = [[join_row(row) for row in group_rows(side)] for side in (left, right)]
    widths = [max(line.right for line in lines) - min(line.left for line in lines) for lines in rows]
    are_full = all(
        median(line.right - line.left for line in lines) >= _FULL_SHARE * width
        for lines, width in zip(rows, widths, strict=True)
    )
    return are_full and min(widths) >= _MIN_WIDTH_RATIO * max(widths)


def split_paragraphs(lines: Sequence[Line], column: Sequence[Line]) -> list[list[Line]]:
    """The paragraphs of lines in a column: a gap, an indent, another size or weight, or an unfilled last line divides.

    There is one line at least. What is usual is taken from all of the column.
    """
    leading = _usual_leading(column)
    left, right = min(line.left for line in column), max(line.right for line in column)
    paragraphs = [[lines[0]]]
    for before, line in pairwise(lines):
        is_new = (
            not _looks_alike(before, line)
            or before.centre - line.centre > _MAX_LEADING_RATIO * leading * max(before.size, line.size)
            or (
                ends_a_sentence(before.text) and (_is_indented(before, line) or _is_unfilled(before, line, left, right))
            )
        )
        if is_new:
            paragraphs.append([line])
        else:
            paragraphs[-1].append(line)
    return paragraphs


def _usual_leading(column: Sequence[Line]) -> float:
    """The distance from line to line, in heights of a letter, that a quarter do not exceed.

    Not the median, which is that of paragraphs where most have one line.
    """
    distances = [
        (before.centre - line.centre) / max(before.size, line.size, 0.1)
        for before, line in pairwise(column)
        if _looks_alike(before, line)
    ]
    near = sorted(distance for distance in distances if _LEADING[0] < distance < _LEADING[1])
    return near[len(near) // 4] if near else _USUAL_LEADING


def _looks_alike(one: Line, other: Line) -> bool:
    small, large = sorted((one.size, other.size))
    return large <= _MAX_SIZE_RATIO * small and one.is_bold == other.is_bold


def ends_a_sentence(line: str) -> bool:
    """True if `line` ends a sentence, and not only a clause: a paragraph may end there."""
    return _SENTENCE_END.search(line) is not None


def _is_indented(before: Line, line: Line) -> bool:
    indent = before.right - line.right if is_right_to_left(line.text) else line.left - before.left
    return _INDENT[0] * line.size < indent < _INDENT[1] * line.size and not ENUMERATED.match(before.text)


def _is_unfilled(before: Line, line: Line, left: float, right: float) -> bool:
    """True if the first word of `line`, which begins a sentence, had room on the line `before` it."""
    first_word = re.split(r"\s", line.text, maxsplit=1)[0]
    word_width = (line.right - line.left) * (len(first_word) + 2) / max(1, len(line.text))
    room = before.left - left if is_right_to_left(line.text) else right - before.right
    return room > word_width + line.size and not line.text[0].islower()
