"""The pages of a PDF file one after the other, from their text layer or, where that is missing, from their picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from source.errors import LoadError
from source.pdf.file import NOT_WHOLE
from source.pdf.layout import Line
from source.pdf.letters import Letters, clean_character
from source.pdf.ocr import count_letters, read_picture
from source.pdf.packed import Page
from source.pdf.tesseract import Tesseract, find_tesseract
from source.pdf.view import View

_MAX_NONSENSE_SHARE = 0.5
# A stamp or a page number over a scan.
_MAX_STRAY_LETTERS = 20
_MIN_PICTURE_SHARE = 0.5
_MAX_FORM_DEPTH = 3


class PageReader:
    """Reads the pages of a `pypdfium2.PdfDocument`; looks for Tesseract when the first page needs it."""

    def __init__(self, document: Any, ocr_languages: str) -> None:
        self._document = document
        self._ocr_languages = ocr_languages
        self._tesseract: Tesseract | None = None
        self.has_looked_for_tesseract = False
        self.has_failed = False
        """True if Tesseract failed, or took too long, on a page at least."""

    @property
    def has_tesseract(self) -> bool:
        """True if a page needed it and it was there."""
        return self._tesseract is not None

    def title(self) -> str:
        """The title that the file gives itself."""
        try:
            title: str = self._document.get_metadata_value("Title")
        except UnicodeDecodeError:
            return ""
        return "".join(map(clean_character, map(ord, title)))

    def pages(self) -> Iterator[Page]:
        """Every page, in order.

        Raises:
            LoadError: all are damaged, or a language for OCR is not installed.
        """
        is_damaged = True
        for number in range(len(self._document)):
            page = self._read(number)
            is_damaged &= page is None
            yield page or Page([], [], 0, "unreadable")
        if is_damaged:
            raise LoadError(*NOT_WHOLE)

    def _read(self, number: int) -> Page | None:
        """The page with this number, counted from 0; None if it is damaged."""
        import pypdfium2

        try:
            page = self._document[number]
        except pypdfium2.PdfiumError:
            return None
        try:
            written = _read_text_layer(page)
        except pypdfium2.PdfiumError:
            page.close()
            return None
        try:
            return self._read_picture(page, written) if _is_picture(page, written) else written
        except pypdfium2.PdfiumError:
            return written
        finally:
            page.close()

    def _read_picture(self, page: Any, written: Page) -> Page:
        """What is read from the picture of a page, unless that is less than is `written` on it."""
        if not self.has_looked_for_tesseract:
            self.has_looked_for_tesseract = True
            self._tesseract = find_tesseract(self._ocr_languages)
        read = read_picture(page, self._tesseract) if self._tesseract else None
        if read and read.state == "unreadable":
            self.has_failed = True
            return written if written.state == "text" else read
        return read if read and _letters(read) > _letters(written) else written


def _read_text_layer(page: Any) -> Page:
    view = View(page.get_bbox(), page.get_rotation() // 90)
    text_page = page.get_textpage()
    try:
        letters = Letters(text_page, view)
        by_turns: dict[int, list[Line]] = {}
        for turns, line in letters.lines():
            by_turns.setdefault(turns, []).append(line)
    finally:
        text_page.close()
    if letters.nonsense > _MAX_NONSENSE_SHARE * (letters.nonsense + letters.sense):
        return Page([], [], 0, "unreadable")
    if not by_turns:
        return Page([], [], 0, "no text")
    usual = max(by_turns, key=lambda turns: sum(len(line.text) for line in by_turns[turns]))
    return Page(by_turns.pop(usual), list(by_turns.values()), view.height(usual), "text")


def _is_picture(page: Any, written: Page) -> bool:
    """True if what the page says is likely to be in a picture: of its letters, or of all of it."""
    if written.state != "text":
        return any(True for _ in page.get_objects(max_depth=1))
    return _letters(written) < _MAX_STRAY_LETTERS and _picture_share(page) >= _MIN_PICTURE_SHARE


def _picture_share(page: Any) -> float:
    """How much of the visible page its pictures cover, those that lie upon one another counted twice."""
    from pypdfium2 import raw

    left, bottom, right, top = map(float, page.get_bbox())
    covered = 0.0
    for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=_MAX_FORM_DEPTH):
        one_left, one_bottom, one_right, one_top = picture.get_bounds()
        width, height = min(right, one_right) - max(left, one_left), min(top, one_top) - max(bottom, one_bottom)
        covered += max(width, 0.0) * max(height, 0.0)
    return covered / max((right - left) * (top - bottom), 1.0)


def _letters(page: Page) -> int:
    return sum(count_letters(line.text) for lines in (page.lines, *page.turned) for line in lines)
