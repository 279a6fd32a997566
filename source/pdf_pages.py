"""The pages of a PDF file as PDFium reads them: pieces of text, each with its box and size of type.

This is the only module that knows PDFium. Text that runs up, down or upside down is turned so that it runs to the
right, with its page around it.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from source.document import PartState
from source.errors import LoadError
from source.pdf_layout import Line

_NOT_WHOLE = ("it is not a whole PDF file", "Get it once more, or save it again, and add it again.")
_LOCKED = ("it is locked with a password", "Save it without one and add it again.")
_FILE_MARK = b"%PDF-"
_FILE_MARK_WITHIN = 1024
# Between columns or cells on one line there is at least this much, in heights of a letter.
_PIECE_GAP = 0.8
_MAX_NONSENSE_SHARE = 0.5
_NONSENSE = {"Cc", "Cn", "Co", "Cs"}
# Computer Modern's, and those of URW's fonts, beside the plain words.
_BOLD_NAME = re.compile(rb"bold|black|heavy|demi|(?:cm|sf)bx|-medi\Z|-bd|\bbd", re.IGNORECASE)
_FORCE_BOLD = 1 << 18
# PDFium's marks of a hyphen at the end of a line.
_HYPHENS = (0x02, 0xFFFE)
# Far beyond any paper: a damaged file says so.
_MAX_COORDINATE = 1e7
_LINE_ENDS = (0x0A, 0x0D)

_Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one page: `lines` run as most of it does, each of `turned` another way. Its lowest point is 0."""

    lines: list[Line]
    turned: list[list[Line]]
    height: float
    state: PartState


@dataclass(slots=True)
class _Piece:
    """A piece of text while it grows; its boxes are as PDFium gives them, for text turned by `turns` quarters."""

    turns: int
    size: float
    box: _Box
    first: int
    last: int
    characters: list[str]


def read_pages(data: bytes) -> tuple[str, list[Page]]:
    """The title that the file gives itself, and its pages.

    Raises:
        LoadError: it is damaged or locked.
    """
    import pypdfium2
    from pypdfium2 import raw

    if _FILE_MARK not in data[:_FILE_MARK_WITHIN]:
        raise LoadError(*_NOT_WHOLE)
    try:
        with pypdfium2.PdfDocument(data) as document:
            pages = [_read_page(document, number) for number in range(len(document))]
            title = _title_of(document)
    except pypdfium2.PdfiumError as error:
        is_locked = error.err_code == raw.FPDF_ERR_PASSWORD
        raise LoadError(*(_LOCKED if is_locked else _NOT_WHOLE)) from error
    if all(page is None for page in pages):
        raise LoadError(*_NOT_WHOLE)
    return title, [page or Page([], [], 0, "unreadable") for page in pages]


def _title_of(document: Any) -> str:
    try:
        title: str = document.get_metadata_value("Title")
    except UnicodeDecodeError:
        return ""
    return "".join(map(_clean, map(ord, title)))


def _read_page(document: Any, number: int) -> Page | None:
    """The page with this number, counted from 0; None if it is damaged."""
    import pypdfium2

    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return None
    try:
        text_page = page.get_textpage()
        try:
            return _sort_pieces(_Reader(text_page), page.get_bbox())
        finally:
            text_page.close()
    except pypdfium2.PdfiumError:
        return None
    finally:
        page.close()


def _sort_pieces(reader: _Reader, page_box: _Box) -> Page:
    by_turns: dict[int, list[Line]] = {}
    for piece in reader.pieces():
        line = reader.line_of(piece, page_box)
        if any(unicodedata.category(character) != "Cf" for character in line.text):
            by_turns.setdefault(piece.turns, []).append(line)
    if reader.nonsense > _MAX_NONSENSE_SHARE * (reader.nonsense + reader.sense):
        return Page([], [], 0, "unreadable")
    if not by_turns:
        return Page([], [], 0, "no text")
    usual = max(by_turns, key=lambda turns: sum(len(line.text) for line in by_turns[turns]))
    _, bottom, _, top = _turn(page_box, usual)
    return Page(by_turns.pop(usual), list(by_turns.values()), top - bottom, "text")


class _Reader:
    """Reads the characters of one page of text; counts those that have a sense, and those that have none."""

    def __init__(self, text_page: Any) -> None:
        from pypdfium2 import raw

        self._raw: Any = raw
        self._text_page = text_page.raw
        self.sense = self.nonsense = 0

    def pieces(self) -> Iterator[_Piece]:
        """Runs of characters on one line, without a wide gap."""
        piece: _Piece | None = None
        blank = ""
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
            else:
                box = self._box(index)
                if piece and self._goes_on(piece, box):
                    piece.characters.append(blank + character)
                    piece.box, piece.last = _around(piece.box, box), index
                else:
                    if piece:
                        yield piece
                    piece = self._begin(index, box, character)
                self._latest, blank = box, ""
        if piece:
            yield piece

    def _count(self, code: int) -> str:
        character = _clean(code)
        if not character.isspace():
            if _has_sense(code):
                self.sense += 1
            else:
                self.nonsense += 1
        return character

    def _begin(self, index: int, box: _Box, character: str) -> _Piece:
        angle = self._raw.FPDFText_GetCharAngle(self._text_page, index)
        # PDFium counts clockwise.
        turns = round(-angle / (math.pi / 2)) % 4 if math.isfinite(angle) else 0
        turned = _turn(box, turns)
        return _Piece(turns, self._size(index, turned[3] - turned[1]), box, index, index, [character])

    def _goes_on(self, piece: _Piece, box: _Box) -> bool:
        before, after = _turn(self._latest, piece.turns), _turn(box, piece.turns)
        gap = max(after[0] - before[2], before[0] - after[2])
        return gap <= _PIECE_GAP * piece.size and after[1] <= before[3] and before[1] <= after[3]

    def line_of(self, piece: _Piece, page_box: _Box) -> Line:
        """`piece` turned to run to the right, its box measured from the lowest left corner of the turned page."""
        left, bottom, _, _ = _turn(page_box, piece.turns)
        box = _turn(piece.box, piece.turns)
        middle = _turn(
            self._box((piece.first + piece.last) // 2) if piece.last > piece.first else piece.box, piece.turns
        )
        first = _turn(self._box(piece.first), piece.turns)
        low = first[1] if first[3] - first[1] >= middle[3] - middle[1] or middle[3] <= middle[1] else middle[1]
        is_bold = all(map(self._is_bold, {piece.first, piece.last}))
        base = low - bottom
        text = "".join(piece.characters)
        return Line(text, box[0] - left, box[2] - left, base, base + piece.size, piece.size, is_bold)

    def _box(self, index: int) -> _Box:
        rect = self._raw.FS_RECTF()
        if not self._raw.FPDFText_GetLooseCharBox(self._text_page, index, rect):
            return (0.0, 0.0, 0.0, 0.0)
        edges = (rect.left, rect.bottom, rect.right, rect.top)
        if not all(abs(edge) < _MAX_COORDINATE for edge in edges):  # true of NaN, too
            return (0.0, 0.0, 0.0, 0.0)
        left, bottom, right, top = edges
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


def _turn(box: _Box, turns: int) -> _Box:
    """`box` with the page turned so that text at an angle of `turns` quarters runs to the right."""
    left, bottom, right, top = box
    match turns:
        case 1:
            return (bottom, -right, top, -left)
        case 2:
            return (-right, -top, -left, -bottom)
        case 3:
            return (-top, left, -bottom, right)
        case _:
            return box


def _around(one: _Box, other: _Box) -> _Box:
    return (min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3]))


@cache
def _clean(code: int) -> str:
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
