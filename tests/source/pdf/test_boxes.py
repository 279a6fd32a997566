"""PDF: the boxes of a quote hold its words and nothing else, by PDFium's own reading and by the ink on the page."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image

from source.boxes import WORD_BOX, LineBox, boxes_of
from source.document import Extraction, Span
from source.errors import LoadError
from source.pdf.picture import render_page
from source.pdf.reader import load_pdf
from tests.pdfs import BELLS, ROPES, TIDES, At, check_pdf, column, make_pdf, turned, without_tesseract

TEXT = [At(60, 700, "The Harbour Book", 20), *column(60, 600, [*BELLS, "", *TIDES]), *column(60, 400, ROPES, 7)]
LIGATURES = [At(60, 700, "The \7rst \7ve bells of the o\7ce", font="F4"), At(60, 640, "and \7fty more", 14, "F4")]
JUSTIFIED = [line._replace(spread=3.5 * number) for number, line in enumerate(column(60, 700, [*BELLS, *TIDES]))]
COLUMNS = [*column(50, 650, [*BELLS, *TIDES], 9), *column(320, 650, [*ROPES, *BELLS], 9)]
STAMPED = [At(30, 300, "Draft of 3 May", 10, matrix="0 1 -1 0"), *column(90, 700, BELLS)]
CROPPED = "/CropBox [40 30 560 780]"
MADE = {
    "plain": make_pdf([TEXT, COLUMNS]),
    "columns": make_pdf([COLUMNS]),
    "ligatures": make_pdf([LIGATURES]),
    "justified": make_pdf([JUSTIFIED]),
    "stamped": make_pdf([STAMPED]),
    "cropped": make_pdf([TEXT], page_entries=CROPPED),
    "in large units": make_pdf([TEXT], page_entries="/UserUnit 2.5"),
    **{f"shown turned by {turn}": make_pdf([TEXT], page_entries=f"/Rotate {turn}") for turn in (90, 180, 270)},
    **{
        f"cropped and turned by {turn}": make_pdf([TEXT], page_entries=f"{CROPPED} /Rotate {turn}")
        for turn in (90, 270)
    },
    **{f"written turned by {turn}": make_pdf([[turned(at, turn) for at in TEXT]]) for turn in (1, 2, 3)},
    **{
        f"written and shown turned by {turn}": make_pdf(
            [[turned(at, turn) for at in TEXT]], page_entries=f"/Rotate {90 * turn} {CROPPED}"
        )
        for turn in (1, 2, 3)
    },
}
REAL = [
    "docling/pdf/2305.03393v1-pg9.pdf",
    "docling/pdf/amt_handbook_sample.pdf",
    "docling/pdf/multi_page.pdf",
    "docling/pdf/normal_4pages.pdf",
    "docling/pdf/right_to_left_01.pdf",
    "py-pdf-sample-files/004-pdflatex-4-pages/pdflatex-4-pages.pdf",
    "py-pdf-sample-files/021-pdfa/crazyones-pdfa.pdf",
    "py-pdf-sample-files/026-latex-multicolumn/multicolumn.pdf",
]


@pytest.fixture(autouse=True, scope="module")
def _no_tesseract() -> Iterator[None]:
    with without_tesseract():
        yield


def sample_quotes(extraction: Extraction, count: int) -> list[Span]:
    """Runs of 1 to 40 words within one block."""
    chance = random.Random(7)
    quotes = []
    for _ in range(count):
        block = chance.choice(extraction.blocks).span
        words = [word.span() for word in re.finditer(r"\S+", block.of(extraction.text))]
        first = chance.randrange(len(words))
        last = min(first + chance.randrange(40), len(words) - 1)
        quotes.append(Span(block.start + words[first][0], block.start + words[last][1]))
    return quotes


def read_back(document: pypdfium2.PdfDocument, box: LineBox) -> str:
    """What PDFium finds in `box`."""
    page = document[box.page - 1]
    left, bottom, right, top = page.get_bbox()

    def unturned(x: float, y: float) -> tuple[float, float]:
        for _ in range(page.get_rotation() // 90):
            x, y = y, 1 - x
        return left + x * (right - left), top - y * (top - bottom)

    (x1, y1), (x2, y2) = unturned(box.left, box.top), unturned(box.right, box.bottom)
    found: str = page.get_textpage().get_text_bounded(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
    # As the loader writes PDFium's marks of a hyphen.
    return "".join(found.split()).replace("\ufffe", "-").replace("\x02", "-")


def ink_of(data: bytes, number: int) -> NDArray[np.bool_]:
    """Where the page is dark: (height, width)."""
    return np.asarray(Image.open(io.BytesIO(render_page(data, number, 900))).convert("L")) < 160


def region(box: LineBox, ink: NDArray[np.bool_]) -> tuple[slice, slice]:
    height, width = ink.shape
    rows = slice(int(box.top * height), int(np.ceil(box.bottom * height)))
    return rows, slice(int(box.left * width), int(np.ceil(box.right * width)))


@pytest.mark.parametrize("name", MADE)
def test_the_boxes_of_a_quote_hold_its_words_and_no_others(name: str) -> None:
    extraction = check_pdf(load_pdf(MADE[name]))
    document = pypdfium2.PdfDocument(MADE[name])
    for quote in sample_quotes(extraction, 40):
        boxes = boxes_of(extraction.boxes, quote)
        lines = quote.of(extraction.text).split("\n")
        assert [read_back(document, box) for box in boxes] == ["".join(line.split()) for line in lines]


@pytest.mark.parametrize("name", MADE)
def test_there_is_ink_in_every_box_and_none_beside_them(name: str) -> None:
    """A page whose boxes are blanked is blank, and so is one whose quote is blanked where the quote was."""
    extraction = load_pdf(MADE[name])
    for part in extraction.parts:
        ink = ink_of(MADE[name], part.number).copy()
        assert ink.any()
        boxes = boxes_of(extraction.boxes, part.span)
        assert all(ink[region(box, ink)].any() for box in boxes)
        for box in boxes:
            ink[region(box, ink)] = False
        assert not ink.any()


@pytest.mark.parametrize("name", MADE)
def test_every_word_of_the_text_has_a_box_on_its_page(name: str) -> None:
    extraction = load_pdf(MADE[name])
    found = [row[:2] for page in extraction.boxes for row in np.frombuffer(page.words, WORD_BOX).tolist()]
    assert found == [word.span() for word in re.finditer(r"\S+", extraction.text)]
    for page in extraction.boxes:
        span = extraction.parts[page.number - 1].span
        rows = np.frombuffer(page.words, WORD_BOX)
        assert span.start <= rows["start"].min() < rows["end"].max() <= span.end
        assert (rows["left"] < rows["right"]).all()
        assert (rows["top"] < rows["bottom"]).all()


def test_a_box_by_hand() -> None:
    """In thousandths of its size, an "H" of Helvetica is 722 wide and 718 high."""
    [page] = load_pdf(make_pdf([[At(60, 700, "HH", 100)]])).boxes
    [box] = boxes_of([page], Span(0, 2))
    assert box.left == pytest.approx(60 / 600, abs=1e-3)
    assert box.right == pytest.approx((60 + 144.4) / 600, abs=2e-3)
    assert 0 < box.top < (800 - 700 - 71.8) / 800
    assert (800 - 700) / 800 < box.bottom < (800 - 700 + 30) / 800


def test_words_off_the_visible_page_are_read_and_have_no_box() -> None:
    extraction = load_pdf(make_pdf([[*column(60, 700, BELLS), At(60, 900, "Beyond the paper")]]))
    start = extraction.text.index("Beyond")
    assert boxes_of(extraction.boxes, Span(start, start + 16)) == []


@pytest.mark.parametrize("name", REAL)
def test_the_words_of_real_quotes_come_back_from_their_boxes(shared: Path, name: str) -> None:
    data = (shared / "data" / "files" / name).read_bytes()
    extraction = check_pdf(load_pdf(data))
    document = pypdfium2.PdfDocument(data)
    for quote in sample_quotes(extraction, 30):
        found = "".join(read_back(document, box) for box in boxes_of(extraction.boxes, quote))
        assert [word for word in quote.of(extraction.text).split() if word not in found] == []


def test_a_page_that_is_not_there_is_told() -> None:
    with pytest.raises(LoadError, match="it has no page 3"):
        render_page(MADE["plain"], 3, 100)
