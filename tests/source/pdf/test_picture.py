"""PDF: pages are drawn as wide as asked for, within bounds, and nothing on them is run."""

from __future__ import annotations

import io
import re

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from source.errors import LoadError
from source.pdf.picture import draw_grey, render_page
from tests.pdfs import BELLS, At, column, make_pdf

PAGE = column(60, 700, BELLS)
ANNOTATION = (
    "/Annots [<< /Type /Annot /Subtype /Square /Rect [100 100 400 400] /C [1 0 0] /IC [1 0 0] /F 4 >>"
    " << /Type /Annot /Subtype /Widget /FT /Tx /V (Secret) /Rect [100 450 400 500] /F 4"
    " /A << /S /JavaScript /JS (app.alert\\(1\\)) >> >>]"
)


def picture_of(data: bytes, *, number: int = 1, width_px: int = 300, password: str = "") -> Image.Image:
    return Image.open(io.BytesIO(render_page(data, number, width_px, password)))


@pytest.mark.parametrize(
    ("entries", "size"),
    [
        ("", (300, 400)),
        ("/Rotate 90", (300, 225)),
        ("/CropBox [0 0 300 800]", (300, 800)),
        ("/UserUnit 3", (300, 400)),
    ],
)
def test_a_page_is_drawn_as_it_is_shown(entries: str, size: tuple[int, int]) -> None:
    picture = picture_of(make_pdf([PAGE], page_entries=entries))
    assert (picture.format, picture.size) == ("PNG", size)


@pytest.mark.parametrize(("asked", "given"), [(-5, 16), (0, 16), (1000, 1000), (10**9, 4000)])
def test_no_picture_is_out_of_bounds(asked: int, given: int) -> None:
    assert picture_of(make_pdf([PAGE]), width_px=asked).width == given


@pytest.mark.parametrize("box", ["0 0 1 14400", "0 0 14400 1", "0 0 14400 14400", "0 0 0.01 0.01"])
def test_a_page_of_any_shape_has_a_picture_of_bounded_size(box: str) -> None:
    data = re.sub(rb"/MediaBox \[[^]]*\]", f"/MediaBox [{box}]".encode(), make_pdf([PAGE]))
    picture = picture_of(data, width_px=4000)
    assert picture.width * picture.height <= 26_000_000
    with pypdfium2.PdfDocument(data) as document:
        grey = draw_grey(document[0], 300)
    assert grey.pixels.size <= 26_000_000


def test_annotations_and_fields_are_not_drawn() -> None:
    plain, annotated = (picture_of(make_pdf([PAGE], page_entries=entries)) for entries in ("", ANNOTATION))
    assert plain.tobytes() == annotated.tobytes()


def test_colours_are_those_of_the_page() -> None:
    data = make_pdf([[At(0, 0, "")]]).replace(b"BT /F1", b"1 0 0 rg 0 0 600 800 re f BT /F1")
    length = re.search(rb"/Length (\d+) >>\nstream\n1 0 0 rg", data)
    assert length is not None
    [(count, colour)] = picture_of(data).convert("RGB").getcolors() or []
    assert (count, colour) == (300 * 400, (255, 0, 0))


def test_a_locked_file_is_drawn_with_its_password_only() -> None:
    data = make_pdf([PAGE], passwords=("Ellery", ""))
    assert np.asarray(picture_of(data, password="Ellery").convert("L")).min() < 160
    with pytest.raises(LoadError, match="locked with a password"):
        picture_of(data)


@pytest.mark.parametrize("number", [0, -1, 2])
def test_a_page_that_is_not_there_is_told(number: int) -> None:
    with pytest.raises(LoadError, match=f"it has no page {number}"):
        render_page(make_pdf([PAGE]), number, 300)
