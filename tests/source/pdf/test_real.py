"""PDF: what other programs made is read whole, in order, and page by page."""

from __future__ import annotations

import html
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from source.errors import LoadError
from source.fold import fold
from source.pdf.reader import load_pdf
from tests.conftest import DEMO_DOCUMENTS
from tests.pdfs import blocks_of, check_pdf, without_tesseract

FOLDERS = ("docling/pdf", "docling/ocr", "docling/pdf_password", "py-pdf-sample-files")
LOCKED = ("2206.01062_pg3.pdf", "libreoffice-writer-password.pdf")
SENTENCES = [
    ("docling/pdf/multi_page.pdf", 2, "Google Docs enabled real-time editing and sharing"),
    (
        "docling/pdf/2305.03393v1-pg9.pdf",
        1,
        "We have chosen the PubTabNet data set to perform HPO, since it includes a",
    ),
    ("docling/pdf/redp5110_sampled.pdf", 6, "resource security prevents data breaches"),
    ("docling/pdf/amt_handbook_sample.pdf", 1, "wing type that is"),
    ("py-pdf-sample-files/026-latex-multicolumn/multicolumn.pdf", 1, "consectetuer adipiscing elit"),
    (
        "py-pdf-sample-files/009-pdflatex-geotopo/GeoTopo-komprimiert.pdf",
        6,
        "Die Elemente von T heißen offene Teilmengen",
    ),
]


@pytest.fixture(scope="session")
def printed_bells(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The demo's interview as a browser prints it, with its address, the time and a number on each page."""
    browser = shutil.which("chromium")
    if browser is None:
        if os.environ.get("QA_REQUIRE_BROWSER") == "1":
            pytest.fail("no chromium")
        pytest.skip("no chromium")
    folder = tmp_path_factory.mktemp("printed")
    page = "".join(f"<p>{html.escape(words)}</p>" for words in bells_of_the_demo())
    style = "@page {size: A5} p {text-align: justify; hyphens: auto; break-inside: avoid}"
    (folder / "bells.html").write_text(f"<html lang=en><meta charset=utf-8><style>{style}</style>{page}", "utf-8")
    output = folder / "bells.pdf"
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    command = [browser, *options, f"--print-to-pdf={output}", str(folder / "bells.html")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return output.read_bytes()


def bells_of_the_demo() -> list[str]:
    """The paragraphs of the demo's interview."""
    text = (DEMO_DOCUMENTS / "harbour-bells.txt").read_text(encoding="utf-8")
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n") if paragraph.strip()]


def test_what_a_browser_printed_is_read_word_for_word_and_paragraph_by_paragraph(printed_bells: bytes) -> None:
    extraction = check_pdf(load_pdf(printed_bells))
    assert len(extraction.parts) > 1
    said = [fold(words, "none") for role, words in blocks_of(extraction) if role != "furniture"]
    wanted = [fold(words, "none") for words in bells_of_the_demo()]
    assert " ".join(said) == " ".join(wanted)
    assert len(set(wanted) - set(said)) < 0.05 * len(wanted)
    furniture = [words for role, words in blocks_of(extraction) if role == "furniture"]
    assert len(furniture) == 2 * len(extraction.parts)


def files(shared: Path) -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (shared / "data" / "files" / folder).rglob("*.pdf"))


def test_real_files_are_read_whole_or_refused_with_a_reason(shared: Path) -> None:
    refused: dict[str, str] = {}
    with without_tesseract():
        for path in files(shared):
            try:
                check_pdf(load_pdf(path.read_bytes()))
            except LoadError as error:
                refused[path.name] = error.reason
    locked = [name for name, reason in refused.items() if "password" in reason]
    assert locked == list(LOCKED)
    # PDFium cannot open it: its table of objects is damaged.
    assert [name for name, reason in refused.items() if "not a whole" in reason] == ["unreadablemetadata.pdf"]
    scans = {name for name, reason in refused.items() if "scan" in reason}
    assert {path.name for path in files(shared) if path.parent.name == "ocr"} <= scans
    assert len(scans) == 11


@pytest.mark.parametrize(("name", "number", "sentence"), SENTENCES)
def test_sentences_of_real_files_are_on_their_pages(shared: Path, name: str, number: int, sentence: str) -> None:
    extraction = load_pdf((shared / "data" / "files" / name).read_bytes())
    assert sentence in fold(extraction.parts[number - 1].span.of(extraction.text), "none")


def test_the_columns_of_a_real_file_are_read_one_after_the_other(shared: Path) -> None:
    folder = shared / "data" / "files" / "docling" / "pdf"
    text = fold(load_pdf((folder / "amt_handbook_sample.pdf").read_bytes()).text, "none")
    across = "The wing type that is the most common ranges in size"
    in_order = ["pulleys, provided the inner race", across, "Figure 7-26. Self-locking nuts."]
    assert sorted(in_order, key=text.index) == in_order
