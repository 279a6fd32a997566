"""PDF: pages that are pictures are read by Tesseract, with boxes as for any other, and say so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray

from source.boxes import WORD_BOX, boxes_of
from source.document import Extraction, Span
from source.errors import LoadError
from source.load_options import LoadOptions
from source.pdf.picture import draw_grey, render_page
from source.pdf.reader import load_pdf
from tests.pdfs import BELLS, ROPES, TIDES, At, blocks_of, body_of, check_pdf, column, make_pdf, need_tesseract

SAYS = [*BELLS, *TIDES, *ROPES]
PAGE = column(60, 650, [*BELLS, *TIDES, "", *ROPES], 12)


@pytest.fixture(autouse=True)
def _tesseract() -> None:
    need_tesseract()


def scan_of(page: Sequence[At], quarters: int = 0) -> NDArray[np.uint8]:
    """The page as a scanner sees it, turned clockwise."""
    with pypdfium2.PdfDocument(make_pdf([page])) as document:
        return np.ascontiguousarray(np.rot90(draw_grey(document[0], 200).pixels, -quarters))


def load_scans(*scans: NDArray[np.uint8] | None, pages: Sequence[Sequence[At]] = (), entries: str = "") -> Extraction:
    data = make_pdf(pages or [[]] * len(scans), scans=scans, page_entries=entries)
    return check_pdf(load_pdf(data, LoadOptions(ocr_languages="eng")))


def test_a_scan_is_read_with_its_paragraphs_and_says_so() -> None:
    extraction = load_scans(scan_of(PAGE))
    assert body_of(extraction) == ["\n".join([*BELLS, *TIDES]), "\n".join(ROPES)]
    assert [part.state for part in extraction.parts] == ["OCR"]


def test_the_columns_of_a_scan_are_read_one_after_the_other() -> None:
    page = [*column(40, 650, [*BELLS, *TIDES], 10), *column(320, 650, [*ROPES, *BELLS], 10)]
    text = load_scans(scan_of(page)).text
    assert text.split() == " ".join([*BELLS, *TIDES, *ROPES, *BELLS]).split()


def test_a_large_line_of_a_scan_is_a_heading() -> None:
    extraction = load_scans(scan_of([At(60, 720, "The Harbour Book", 24), *PAGE]))
    assert blocks_of(extraction)[0] == ("heading", "The Harbour Book")


@pytest.mark.parametrize(
    ("quarters", "rotation"), [(0, 0), (1, 0), (2, 0), (3, 0), (0, 90), (1, 90), (2, 180), (1, 270)]
)
def test_a_scan_is_read_and_marked_however_it_lies(quarters: int, rotation: int) -> None:
    """The boxes are where the ink is on the page as it is shown."""
    data = make_pdf([[]], scans=[scan_of(PAGE, quarters)], page_entries=f"/Rotate {rotation}")
    extraction = check_pdf(load_pdf(data, LoadOptions(ocr_languages="eng")))
    assert extraction.text.split() == " ".join(SAYS).split()
    with pypdfium2.PdfDocument(data) as document:
        ink = draw_grey(document[0], 150).pixels < 128
    height, width = ink.shape
    for start in (0, extraction.text.index("Ropes")):
        for box in boxes_of(extraction.boxes, Span(start, start + 5)):
            rows = slice(int(box.top * height), int(np.ceil(box.bottom * height)))
            columns = slice(int(box.left * width), int(np.ceil(box.right * width)))
            assert ink[rows, columns].any()
    for row in np.frombuffer(extraction.boxes[0].words, WORD_BOX).tolist():
        left, top, right, bottom = (edge / 65535 for edge in row[3:])
        margin = 2
        rows = slice(max(0, int(top * height) - margin), int(bottom * height) + margin)
        ink[rows, max(0, int(left * width) - margin) : int(right * width) + margin] = False
    assert not ink.any()


def test_a_mixed_file_is_read_from_both() -> None:
    extraction = load_scans(None, scan_of(PAGE), pages=[PAGE, [], []])
    assert [part.state for part in extraction.parts] == ["text", "OCR", "no text"]
    first, second, _ = (part.span.of(extraction.text) for part in extraction.parts)
    assert first == second


def test_a_scan_below_a_stamp_is_read() -> None:
    extraction = load_scans(scan_of(PAGE), pages=[[At(500, 20, "Page 7")]])
    assert [part.state for part in extraction.parts] == ["OCR"]
    assert BELLS[0] in extraction.text
    assert "7" in extraction.text


def test_a_picture_behind_a_text_layer_is_left_alone() -> None:
    extraction = load_scans(scan_of(PAGE), pages=[column(60, 300, TIDES)])
    assert [part.state for part in extraction.parts] == ["text"]
    assert extraction.text == "\n".join(TIDES)


def test_a_page_in_a_font_that_does_not_tell_its_letters_is_read_from_its_picture() -> None:
    page = [line._replace(font="F3") for line in PAGE]
    extraction = check_pdf(load_pdf(make_pdf([page]), LoadOptions(ocr_languages="eng")))
    assert [part.state for part in extraction.parts] == ["OCR"]
    assert extraction.text.split() == " ".join(SAYS).split()


def test_a_picture_without_words_has_no_text() -> None:
    chance = np.random.default_rng(3)
    noise = chance.integers(0, 256, (200, 150), np.uint8)
    extraction = load_scans(None, noise, pages=[PAGE, []])
    assert [part.state for part in extraction.parts] == ["text", "no text"]


def test_a_file_on_whose_pictures_there_are_no_words_says_so() -> None:
    grey = np.full((200, 150), 200, np.uint8)
    grey[90:110, 20:130] = 60
    with pytest.raises(LoadError) as caught:
        load_scans(grey)
    assert caught.value.reason == "it has no text layer (a scan?), and tesseract finds no words on its pages"
    assert caught.value.remedy == "Scan it again, larger or with more contrast."


def test_a_language_that_is_not_installed_is_told_only_where_it_is_needed() -> None:
    options = LoadOptions(ocr_languages="eng+tlh")
    assert load_pdf(make_pdf([PAGE]), options).parts[0].state == "text"
    with pytest.raises(LoadError, match="tesseract has no language 'tlh'"):
        load_pdf(make_pdf([[]], scans=[scan_of(PAGE)]), options)


@pytest.mark.parametrize("turn", ["", "_rotated_90", "_rotated_180", "_rotated_270"])
def test_a_real_scan_is_read_however_it_lies(shared: Path, turn: str) -> None:
    path = shared / "data" / "files" / "docling" / "ocr" / f"ocr_test{turn}.pdf"
    extraction = check_pdf(load_pdf(path.read_bytes(), LoadOptions(ocr_languages="eng")))
    said = "Docling bundles PDF document conversion to JSON and Markdown in an easy self contained package"
    assert extraction.text.split() == said.split()


NO_AREA = "/CropBox [700 900 800 990]"


def test_a_page_without_an_area_is_read_and_cannot_be_drawn() -> None:
    """As where the visible part of a page lies off it."""
    with pytest.raises(LoadError, match="tesseract finds no words on its pages"):
        load_scans(scan_of(PAGE), entries=NO_AREA)
    written = make_pdf([column(60, 700, BELLS)], page_entries=NO_AREA)
    assert check_pdf(load_pdf(written)).text == "\n".join(BELLS)
    with pytest.raises(LoadError, match="its page 1 cannot be drawn"):
        render_page(written, 1, 100)


@pytest.fixture
def _broken_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that lists its languages and fails at everything else."""
    program = tmp_path / "tesseract"
    program.write_text('#!/bin/sh\n[ "$1" = --list-langs ] && printf "Languages:\\neng\\n" && exit 0\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("_broken_tesseract")
def test_a_page_on_which_tesseract_fails_is_unreadable_and_not_without_text() -> None:
    extraction = load_scans(None, np.tile(np.array([0, 255], np.uint8), (200, 75)), None, pages=[PAGE, [], []])
    assert [part.state for part in extraction.parts] == ["text", "unreadable", "no text"]


@pytest.mark.usefixtures("_broken_tesseract")
def test_a_file_on_which_tesseract_fails_says_so() -> None:
    with pytest.raises(LoadError) as caught:
        load_scans(np.tile(np.array([0, 255], np.uint8), (200, 75)))
    assert caught.value.reason == "it has no text layer (a scan?), and tesseract failed on its pages or took too long"
    assert caught.value.remedy == "Scan it again in black and white or with fewer dots, and add it again."
