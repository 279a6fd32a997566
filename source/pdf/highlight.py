"""Copies of PDF files with passages highlighted, as annotations that every reader of PDF shows and can remove.

A copy is the whole file written anew: its pages, text and lock stay as they are, but a signature no longer holds. An
update after the end of the original would keep that, too, but those that PDFium writes to files with cross-reference
streams are damaged to other readers.
"""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from source.boxes import LineBox
from source.errors import LoadError
from source.pdf.file import NOT_WHOLE, open_pdf
from source.pdf.view import View

AUTHOR = "Quoted Answers"
"""Who the annotations say that they are by."""

_YELLOW = (255, 226, 90, 255)


@dataclass(frozen=True, slots=True)
class Highlight:
    """What is to be highlighted, and the note that a reader of the PDF shows beside it; `boxes` are in order."""

    boxes: tuple[LineBox, ...]
    note: str


def highlight_pdf(data: bytes, highlights: Sequence[Highlight], password: str = "") -> bytes:
    """The file with one annotation for each highlight on each page that it touches.

    Raises:
        LoadError: the file, or a page that is to be written on, cannot be read, or there is no such page.
    """
    import pypdfium2

    with open_pdf(data, password) as document:
        for highlight in highlights:
            for number, boxes in groupby(highlight.boxes, key=lambda box: box.page):
                _annotate(document, number, list(boxes), highlight.note)
        written = io.BytesIO()
        try:
            document.save(written, flags=pypdfium2.raw.FPDF_NO_INCREMENTAL)
        except pypdfium2.PdfiumError as error:
            raise LoadError("its copy cannot be written", NOT_WHOLE[1]) from error
    return written.getvalue()


def _annotate(document: Any, number: int, boxes: Sequence[LineBox], note: str) -> None:
    import pypdfium2

    if not 1 <= number <= len(document):
        raise LoadError(f"it has no page {number}", f"Ask for one from 1 to {len(document)}.")
    damaged = LoadError(f"its page {number} is damaged", NOT_WHOLE[1])
    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError as error:
        raise damaged from error
    try:
        view = View(page.get_bbox(), page.get_rotation() // 90)
        if not _add_highlight(page.raw, [_quad(view, box) for box in boxes], note):
            raise damaged
    finally:
        page.close()


Quad = tuple[float, ...]
"""Eight numbers: x and y of the corners on the upper left, upper right, lower left and lower right."""


def _quad(view: View, box: LineBox) -> Quad:
    return tuple(edge for corner in view.corners(box.left, box.top, box.right, box.bottom) for edge in corner)


def _add_highlight(page: Any, quads: Sequence[Quad], note: str) -> bool:
    """True if PDFium took all of it."""
    from pypdfium2 import raw

    annotation = raw.FPDFPage_CreateAnnot(page, raw.FPDF_ANNOT_HIGHLIGHT)
    if not annotation:
        return False
    xs, ys = [edge for quad in quads for edge in quad[::2]], [edge for quad in quads for edge in quad[1::2]]
    around = raw.FS_RECTF(left=min(xs), top=max(ys), right=max(xs), bottom=min(ys))
    steps: Iterable[bool] = (
        raw.FPDFAnnot_SetColor(annotation, raw.FPDFANNOT_COLORTYPE_Color, *_YELLOW),
        raw.FPDFAnnot_SetRect(annotation, around),
        *(raw.FPDFAnnot_AppendAttachmentPoints(annotation, raw.FS_QUADPOINTSF(*quad)) for quad in quads),
        raw.FPDFAnnot_SetFlags(annotation, raw.FPDF_ANNOT_FLAG_PRINT),
        _set_words(annotation, b"Contents", note),
        _set_words(annotation, b"T", AUTHOR),
    )
    raw.FPDFPage_CloseAnnot(annotation)
    return all(steps)


def _set_words(annotation: Any, key: bytes, words: str) -> bool:
    from pypdfium2 import raw

    coded = ctypes.create_string_buffer(words.encode("utf-16-le", "replace") + bytes(2))
    return bool(raw.FPDFAnnot_SetStringValue(annotation, key, ctypes.cast(coded, raw.FPDF_WIDESTRING)))
