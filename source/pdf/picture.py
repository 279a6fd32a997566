"""Pictures of a PDF's pages, as PDFium draws them: for showing where a quote stands, and for OCR.

Only what is printed is drawn: no annotations, no form fields, and nothing of a page is ever run.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from source.errors import LoadError
from source.pdf.file import NOT_WHOLE, open_pdf

POINTS_PER_INCH = 72
_MAX_PIXELS = 25_000_000
"""A page of A3 at 300 dots per inch has 17 million."""

_MIN_WIDTH_PX, _MAX_WIDTH_PX = 16, 4000


@dataclass(frozen=True, slots=True)
class GreyPicture:
    """A page as it is shown: `pixels`  # (height, width) uint8, 255 is white; `scale` is in pixels to a point."""

    pixels: NDArray[np.uint8]
    scale: float


def render_page(data: bytes, number: int, width_px: int, password: str = "") -> bytes:
    """The page with this number (1-based) as a PNG file, so wide unless that is out of all bounds.

    Raises:
        LoadError: the file or the page cannot be read, or there is no such page.
    """
    import pypdfium2
    from PIL import Image

    with open_pdf(data, password) as document:
        if not 1 <= number <= len(document):
            raise LoadError(f"it has no page {number}", f"Ask for one from 1 to {len(document)}.")
        try:
            page = document[number - 1]
        except pypdfium2.PdfiumError as error:
            raise LoadError(f"its page {number} is damaged", NOT_WHOLE[1]) from error
        try:
            width = min(max(width_px, _MIN_WIDTH_PX), _MAX_WIDTH_PX)
            bitmap = _draw(page, width / max(page.get_width(), 1.0), grayscale=False)
            written = io.BytesIO()
            Image.fromarray(bitmap.to_numpy()).save(written, format="PNG")
        except pypdfium2.PdfiumError as error:
            raise LoadError(f"its page {number} cannot be drawn", NOT_WHOLE[1]) from error
        finally:
            page.close()
    return written.getvalue()


def draw_grey(page: Any, dots_per_inch: int) -> GreyPicture:
    """The picture of a `pypdfium2.PdfPage` for OCR, with fewer dots where the page is very large."""
    scale = _bounded(page, dots_per_inch / POINTS_PER_INCH)
    bitmap = _draw(page, scale, grayscale=True)
    pixels = bitmap.to_numpy()
    return GreyPicture(np.array(pixels.reshape(pixels.shape[:2])), scale)


def _draw(page: Any, scale: float, *, grayscale: bool) -> Any:
    import pypdfium2

    if not all(length > 0 for length in page.get_size()):
        message = "a page without an area"
        raise pypdfium2.PdfiumError(message)
    return page.render(
        scale=_bounded(page, scale), grayscale=grayscale, draw_annots=False, may_draw_forms=False, rev_byteorder=True
    )


def _bounded(page: Any, scale: float) -> float:
    width, height = map(float, page.get_size())
    return min(scale, math.sqrt(_MAX_PIXELS / max(width * height, 1.0)), _MAX_PIXELS / 1000 / max(width, height, 1.0))
