"""The characters of a PDF page as PDFium gives them become pieces of text, each with its words and size of type.

Text that runs up, down or upside down is turned so that it runs to the right, with its page around it.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from source.boxes import Word
from source.pdf.layout import Line
from source.pdf.view import Box, View, join_boxes, turn_box

# Between columns or cells on one line there is at least this much, in heights of a letter.
PIECE_GAP = 0.8
# Letters drawn again so near, in heights of a letter, only make the first ones bolder, or were drawn by mistake.
_COPY_DISTANCE = 0.1
_MAX_COPIED = 100  # of one letter, the latest ones
_MIN_BLANK = 0.12
_NONSENSE = {"Cc", "Cn", "Co", "Cs"}
# Computer Modern's, and those of URW's fonts, beside the plain words.
_BOLD_NAME = re.compile(rb"bold|black|heavy|demi|(?:cm|sf)bx|-medi\Z|-bd|\bbd", re.IGNORECASE)
_FORCE_BOLD = 1 << 18
# PDFium's marks of a hyphen at the end of a line.
_HYPHENS = (0x02, 0xFFFE)
# Far beyond any paper: a damaged file says so.
_MAX_COORDINATE = 1e7
_LINE_ENDS = (0x0A, 0x0D)
_NOWHERE = (0.0, 0.0, 0.0, 0.0)


@dataclass(slots=True)
class _Piece:
    """A piece of text while it grows; its boxes are as PDFium gives them, for text turned by `turns` quarters."""

    turns: int
    size: float
    first: int
    last: int
    characters: list[str]
    words: list[tuple[int, int, Box]]

    def add(self, index: int, blank: str, character: str, box: Box) -> None:
        """Go on with a character of the same word, or with a new one after a `blank`."""
        self.last = index
        if blank:
            self.characters.append(blank)
        end = len(self.characters) + 1
        self.characters.append(character)
        if blank:
            self.words.append((end - 1, end, box))
        else:
            start, _, around = self.words[-1]
            self.words[-1] = (start, end, join_boxes(around, box))

    def box(self) -> Box:
        """The smallest box around all words."""
        around = self.words[0][2]
        for _, _, box in self.words[1:]:
            around = join_boxes(around, box)
        return around


class Letters:
    """Reads the characters of one page of text; counts those that have a sense, and those that have none."""

    def __init__(self, text_page: Any, view: View) -> None:
        from pypdfium2 import raw

        self._raw: Any = raw
        self._text_page = text_page.raw
        self._rect = raw.FS_RECTF()
        self._view = view
        self._drawn: defaultdict[str, deque[Box]] = defaultdict(lambda: deque(maxlen=_MAX_COPIED))
        self.sense = self.nonsense = 0

    def lines(self) -> Iterator[tuple[int, Line]]:
        """Runs of characters on one line, without a wide gap, each with the quarters by which its text is turned."""
        for piece in self._pieces():
            line = self._line_of(piece)
            if any(unicodedata.category(character) != "Cf" for character in line.text):
                yield piece.turns, line

    def _pieces(self) -> Iterator[_Piece]:
        piece: _Piece | None = None
        blank = ""
        follows_copy = False  # whose blanks tell nothing
        for index in range(max(0, self._raw.FPDFText_CountChars(self._text_page))):
            code = self._raw.FPDFText_GetUnicode(self._text_page, index)
            if code in _LINE_ENDS:
                if piece:
                    yield piece
                piece = None
                continue
            character = self._count(code)
            if not character or character.isspace():
                blank = character or blank
                continue
            box = self._box(index)
            goes_on = piece is not None and self._goes_on(piece, box)
            # The letters of a ligature have one box, but go on.
            if (follows_copy or not goes_on) and self._is_copy(character, box):
                blank, follows_copy = "", True
                continue
            self._drawn[character].append(box)
            if piece and goes_on:
                if follows_copy:
                    blank = " " if self._gap(piece, box) > _MIN_BLANK * piece.size else ""
                piece.add(index, blank, character, box)
            else:
                if piece:
                    yield piece
                piece = self._begin(index, box, character)
            self._latest, blank, follows_copy = box, "", False
        if piece:
            yield piece

    def _count(self, code: int) -> str:
        character = clean_character(code)
        if not character.isspace():
            if _has_sense(code):
                self.sense += 1
            else:
                self.nonsense += 1
        return character

    def _is_copy(self, character: str, box: Box) -> bool:
        """True if the same letter was drawn here before."""
        left, bottom, right, top = box
        distance = _COPY_DISTANCE * max(right - left, top - bottom)
        return distance > 0 and any(
            abs(left - one[0]) <= distance and all(abs(a - b) <= distance for a, b in zip(one, box, strict=True))
            for one in self._drawn[character]
        )

    def _begin(self, index: int, box: Box, character: str) -> _Piece:
        angle = self._raw.FPDFText_GetCharAngle(self._text_page, index)
        # PDFium counts clockwise.
        turns = round(-angle / (math.pi / 2)) % 4 if math.isfinite(angle) else 0
        turned = turn_box(box, turns)
        return _Piece(turns, self._size(index, turned[3] - turned[1]), index, index, [character], [(0, 1, box)])

    def _goes_on(self, piece: _Piece, box: Box) -> bool:
        before, after = turn_box(self._latest, piece.turns), turn_box(box, piece.turns)
        is_near = self._gap(piece, box) <= PIECE_GAP * piece.size
        return is_near and after[1] <= before[3] and before[1] <= after[3]

    def _gap(self, piece: _Piece, box: Box) -> float:
        """How far the letter in `box` stands from the latest one."""
        before, after = turn_box(self._latest, piece.turns), turn_box(box, piece.turns)
        return max(after[0] - before[2], before[0] - after[2])

    def _line_of(self, piece: _Piece) -> Line:
        """`piece` turned to run to the right, its box measured from the lowest left corner of the turned page."""
        left, bottom, _, _ = turn_box(self._view.box, piece.turns)
        box = turn_box(piece.box(), piece.turns)
        first = turn_box(self._box(piece.first), piece.turns)
        between = (piece.first + piece.last) // 2
        middle = turn_box(self._box(between), piece.turns) if piece.last > piece.first else box
        # The first may be the raised mark of a footnote.
        first_is_small = middle[3] > middle[1] and first[3] - first[1] < middle[3] - middle[1]
        low = middle[1] if first_is_small else first[1]
        size = max(piece.size, self._size(between, middle[3] - middle[1])) if first_is_small else piece.size
        return Line(
            text="".join(piece.characters),
            left=box[0] - left,
            right=box[2] - left,
            bottom=low - bottom,
            top=low - bottom + size,
            size=size,
            is_bold=all(map(self._is_bold, {piece.first, piece.last})),
            words=tuple(Word(start, end, *self._view.place(around)) for start, end, around in piece.words),
        )

    def _box(self, index: int) -> Box:
        rect, most = self._rect, _MAX_COORDINATE
        if not self._raw.FPDFText_GetLooseCharBox(self._text_page, index, rect):
            return _NOWHERE
        left, bottom, right, top = rect.left, rect.bottom, rect.right, rect.top
        # Not true of NaN, either.
        if not (-most < left < most and -most < bottom < most and -most < right < most and -most < top < most):
            return _NOWHERE
        if left <= right and bottom <= top:
            return (left, bottom, right, top)
        return (min(left, right), min(bottom, top), max(left, right), max(bottom, top))

    def _size(self, index: int, box_height: float) -> float:
        """The size of type as it is drawn; where the font says nonsense, the height of the letter's box."""
        matrix = self._raw.FS_MATRIX()
        if self._raw.FPDFText_GetMatrix(self._text_page, index, matrix):
            size = self._raw.FPDFText_GetFontSize(self._text_page, index) * math.hypot(matrix.c, matrix.d)
            if 0.5 * box_height <= size <= 2 * box_height:
                return float(size)
        return max(box_height, 1.0)

    def _is_bold(self, index: int) -> bool:
        flags = ctypes.c_int()
        name = ctypes.create_string_buffer(200)
        length = self._raw.FPDFText_GetFontInfo(self._text_page, index, name, len(name), flags)
        named = 0 < length <= len(name) and _BOLD_NAME.search(name.value) is not None
        return named or bool(flags.value & _FORCE_BOLD)


@cache
def clean_character(code: int) -> str:
    """The character as it is kept: blanks and hyphens plain, none for what is no text."""
    if code in _HYPHENS:
        return "-"
    if code > 0x10FFFF:
        return ""
    character = chr(code)
    if character.isspace():
        return character if unicodedata.category(character) == "Zs" else " "
    category = unicodedata.category(character)
    return "\ufffd" if category == "Cs" else "" if category in {"Cc", "Cn"} else character


@cache
def _has_sense(code: int) -> bool:
    """True unless the font did not tell which letter this is."""
    if code in _HYPHENS:
        return True
    return code <= 0x10FFFF and code != 0xFFFD and unicodedata.category(chr(code)) not in _NONSENSE
