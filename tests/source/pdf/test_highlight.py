"""PDF: a copy has its quotes highlighted where their words stand, and is otherwise the same."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pypdfium2 import raw

from source.boxes import BOX_UNITS, LineBox, boxes_of
from source.document import Extraction, Span
from source.errors import LoadError
from source.load_options import LoadOptions
from source.pdf.highlight import Highlight, highlight_pdf
from source.pdf.reader import load_pdf
from source.pdf.view import View
from tests.pdfs import BELLS, ROPES, TIDES, At, column, make_pdf, need_tesseract, turned
from tests.source.pdf.test_ocr import scan_of

PAGE = [At(60, 700, "The Harbour Book", 20), *column(60, 600, [*BELLS, "", *TIDES]), *column(60, 400, ROPES, 7)]
CROPPED = "/CropBox [40 30 560 780]"
MADE = {
    "plain": make_pdf([PAGE, PAGE]),
    "cropped": make_pdf([PAGE, PAGE], page_entries=CROPPED),
    "in large units": make_pdf([PAGE, PAGE], page_entries="/UserUnit 2.5"),
    **{
        f"shown turned by {turn}": make_pdf([PAGE, PAGE], page_entries=f"{CROPPED} /Rotate {turn}")
        for turn in (90, 180, 270)
    },
    "written and shown turned": make_pdf([[turned(at, 1) for at in PAGE]] * 2, page_entries="/Rotate 90"),
}
QUOTED = "has been rung by hand since the year 1874. High water comes to the harbour twice a day,"
NOTE = "Who rings “it”, 日本?\n\nCharacters 1 to 2."


def quote_boxes(extraction: Extraction, page: int, words: str) -> tuple[LineBox, ...]:
    """Where `words` stand on the page with this number."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    [found] = re.finditer(pattern, extraction.parts[page - 1].span.of(extraction.text))
    start = extraction.parts[page - 1].span.start
    return tuple(boxes_of(extraction.boxes, Span(start + found.start(), start + found.end())))


def pictures_of(data: bytes, password: str | None = None) -> list[NDArray[np.int_]]:
    """The pages as a reader of PDF shows them: (height, width, 3)."""
    with pypdfium2.PdfDocument(data, password=password) as document:
        return [np.array(page.render(scale=1.5, rev_byteorder=True).to_numpy(), int)[:, :, :3] for page in document]


def texts_of(data: bytes, password: str | None = None) -> list[str]:
    with pypdfium2.PdfDocument(data, password=password) as document:
        return [page.get_textpage().get_text_range() for page in document]


def annotations_of(page: Any) -> Iterator[tuple[int, str, str, list[tuple[float, ...]]]]:
    """Subtype, words, author and corners of each annotation."""
    for place in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, place)
        quads = []
        for number in range(raw.FPDFAnnot_CountAttachmentPoints(annotation)):
            quad = raw.FS_QUADPOINTSF()
            assert raw.FPDFAnnot_GetAttachmentPoints(annotation, number, quad)
            quads.append(tuple(getattr(quad, name) for name, _ in raw.FS_QUADPOINTSF._fields_))
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        yield kind, words_of(annotation, b"Contents"), words_of(annotation, b"T"), quads
        raw.FPDFPage_CloseAnnot(annotation)


def words_of(annotation: Any, key: bytes) -> str:
    size = raw.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    coded = ctypes.create_string_buffer(size)
    raw.FPDFAnnot_GetStringValue(annotation, key, ctypes.cast(coded, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return coded.raw[:-2].decode("utf-16-le")


def check_yellow(before: NDArray[np.int_], after: NDArray[np.int_], boxes: tuple[LineBox, ...]) -> None:
    """What was white in the boxes is yellow now, what was ink is dark still, and nothing else has changed."""
    height, width, _ = before.shape
    inside = np.zeros((height, width), bool)
    around = inside.copy()
    for box in boxes:
        rows = slice(int(np.ceil(box.top * height)) + 1, int(box.bottom * height) - 1)
        inside[rows, int(np.ceil(box.left * width)) + 1 : int(box.right * width) - 1] = True
        rows = slice(max(0, int(box.top * height) - 2), int(np.ceil(box.bottom * height)) + 2)
        around[rows, max(0, int(box.left * width) - 2) : int(np.ceil(box.right * width)) + 2] = True
    assert (before == after)[~around].all()
    white, ink = inside & (before.min(2) > 250), inside & (before.max(2) < 60)
    assert white.any()
    assert ink.any()
    red, green, blue = np.moveaxis(after, 2, 0)
    assert ((red > 240) & (green > 210) & (blue < 130))[white].all()
    assert (after.max(2) < 70)[ink].all()


@pytest.mark.parametrize("name", MADE)
def test_the_ink_of_a_quote_is_yellow_and_nothing_else_is(name: str) -> None:
    data = MADE[name]
    boxes = quote_boxes(load_pdf(data), 2, QUOTED)
    copy = highlight_pdf(data, [Highlight(boxes, NOTE)])
    (first, before), (same, after) = pictures_of(data), pictures_of(copy)
    assert (first == same).all()
    check_yellow(before, after, boxes)
    assert texts_of(copy) == texts_of(data)


@pytest.mark.parametrize("name", MADE)
def test_an_annotation_says_who_and_why_and_its_corners_hold_the_words(name: str) -> None:
    copy = highlight_pdf(MADE[name], [Highlight(quote_boxes(load_pdf(MADE[name]), 1, QUOTED), NOTE)])
    with pypdfium2.PdfDocument(copy) as document:
        assert list(annotations_of(document[1])) == []
        page = document[0]
        [(kind, words, author, quads)] = annotations_of(page)
        assert (kind, words, author) == (raw.FPDF_ANNOT_HIGHLIGHT, NOTE, "Quoted Answers")
        text = page.get_textpage()
        bounds = [(min(one[::2]), min(one[1::2]), max(one[::2]), max(one[1::2])) for one in quads]
        found = " ".join(text.get_text_bounded(*edges) for edges in bounds)
        assert found.split() == QUOTED.split()


def test_corners_by_hand() -> None:
    """On a page turned clockwise, what is shown at the top left was written at the bottom left."""
    upright, turned_page = View((0, 0, 600, 800), 0), View((0, 0, 600, 800), 1)
    assert upright.corners(0.1, 0.25, 0.5, 0.5) == ((60, 600), (300, 600), (60, 400), (300, 400))
    assert turned_page.corners(0, 0, 1, 1) == ((0, 0), (0, 800), (600, 0), (600, 800))


edges = st.floats(0, 500)


@given(edges, edges, st.floats(1, 90), st.floats(1, 90), st.integers(0, 3))
def test_a_box_that_is_placed_comes_back(left: float, bottom: float, width: float, height: float, turns: int) -> None:
    view = View((-7, 13, 593, 813), turns)
    box = (left, 20 + bottom, left + width, 20 + bottom + height)
    corners = view.corners(*(edge / BOX_UNITS for edge in view.place(box)))
    xs, ys = zip(*corners, strict=True)
    assert (min(xs), min(ys), max(xs), max(ys)) == pytest.approx(box, abs=0.05)


def test_a_quote_over_two_pages_is_highlighted_on_both_and_several_quotes_each_for_itself() -> None:
    extraction = load_pdf(MADE["plain"])
    over_both = (*quote_boxes(extraction, 1, ROPES[1]), *quote_boxes(extraction, 2, "The Harbour Book"))
    copy = highlight_pdf(
        MADE["plain"], [Highlight(over_both, "over both"), Highlight(quote_boxes(extraction, 2, BELLS[0]), "one")]
    )
    with pypdfium2.PdfDocument(copy) as document:
        notes = [[note for _, note, _, _ in annotations_of(page)] for page in document]
    assert notes == [["over both"], ["over both", "one"]]


def test_annotations_that_were_there_stay() -> None:
    entries = "/Annots [<< /Type /Annot /Subtype /Text /Rect [10 10 30 30] /Contents (Mine) >>]"
    data = make_pdf([PAGE], page_entries=entries)
    copy = highlight_pdf(data, [Highlight(quote_boxes(load_pdf(data), 1, QUOTED), "new")])
    with pypdfium2.PdfDocument(copy) as document:
        assert [(kind, note) for kind, note, _, _ in annotations_of(document[0])] == [
            (raw.FPDF_ANNOT_TEXT, "Mine"),
            (raw.FPDF_ANNOT_HIGHLIGHT, "new"),
        ]


def test_a_locked_file_stays_locked_and_is_highlighted() -> None:
    data = make_pdf([PAGE], passwords=("Ellery", "owner"))
    boxes = quote_boxes(load_pdf(data, LoadOptions(password="Ellery")), 1, QUOTED)
    copy = highlight_pdf(data, [Highlight(boxes, NOTE)], "Ellery")
    with pytest.raises(pypdfium2.PdfiumError, match="password"):
        pypdfium2.PdfDocument(copy)
    with pypdfium2.PdfDocument(copy, password="Ellery") as document:
        assert [note for _, note, _, _ in annotations_of(document[0])] == [NOTE]
    assert texts_of(copy, "Ellery") == texts_of(data, "Ellery")
    check_yellow(pictures_of(data, "Ellery")[0], pictures_of(copy, "Ellery")[0], boxes)
    with pytest.raises(LoadError, match="the password is wrong"):
        highlight_pdf(data, [Highlight(boxes, NOTE)], "Elery")


def test_what_ocr_has_read_is_highlighted_on_the_scan() -> None:
    need_tesseract()
    data = make_pdf([[]], scans=[scan_of(PAGE, 2)], page_entries="/Rotate 180")
    boxes = quote_boxes(load_pdf(data), 1, BELLS[0].removesuffix(","))
    check_yellow(pictures_of(data)[0], pictures_of(highlight_pdf(data, [Highlight(boxes, NOTE)]))[0], boxes)


@pytest.mark.parametrize("number", [0, 3])
def test_a_page_that_is_not_there_is_told(number: int) -> None:
    with pytest.raises(LoadError, match=f"it has no page {number}"):
        highlight_pdf(MADE["plain"], [Highlight((LineBox(number, 0.1, 0.1, 0.2, 0.2),), "")])


def test_what_is_no_pdf_is_told() -> None:
    with pytest.raises(LoadError, match="it is not a whole PDF file"):
        highlight_pdf(b"Hello", [])


@pytest.mark.parametrize(
    "name", ["docling/pdf/normal_4pages.pdf", "py-pdf-sample-files/004-pdflatex-4-pages/pdflatex-4-pages.pdf"]
)
def test_real_files_keep_their_text_and_other_pages(shared: Path, name: str) -> None:
    data = (shared / "data" / "files" / name).read_bytes()
    extraction = load_pdf(data)
    span = next(one.span for one in extraction.blocks if one.role == "body")
    boxes = tuple(boxes_of(extraction.boxes, span))
    copy = highlight_pdf(data, [Highlight(boxes, NOTE)])
    assert texts_of(copy) == texts_of(data)
    changed = [bool((one != other).any()) for one, other in zip(pictures_of(data), pictures_of(copy), strict=True)]
    assert [number for number, is_changed in enumerate(changed, 1) if is_changed] == sorted({b.page for b in boxes})
