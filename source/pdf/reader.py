"""PDF: the text of each page in reading order, with its paragraphs, headings and running lines told apart.

The letters and their places are PDFium's, or Tesseract's where a page has none; `source.pdf.layout` finds lines,
columns and paragraphs in them. Line ends and hyphens stay as they stand on the page, and what cannot be read is told
page by page. What is known of a page is kept packed until all have been read, for there may be many thousand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from source.blocks import heading_words
from source.document import Extraction, PartState
from source.errors import LoadError
from source.fold import fold
from source.load_options import NO_OPTIONS, LoadOptions
from source.pdf.across import join_tables, lay_out
from source.pdf.file import open_pdf
from source.pdf.furniture import RunningLines
from source.pdf.packed import PackedPage, Page
from source.pdf.pages import PageReader
from source.pdf.paragraphs import TypeSizes, paragraphs_of
from source.pdf.tesseract import INSTALL_TESSERACT
from source.pdf.writer import PdfWriter

_NO_TITLE = re.compile(r"untitled|microsoft \w+ - |.*\.\w{2,5}\Z|.*[\\/].*[\\/]|\W*\Z", re.IGNORECASE)
_OCR_FAILED = (
    "it has no text layer (a scan?), and tesseract failed on its pages or took too long",
    "Scan it again in black and white or with fewer dots, and add it again.",
)


def load_pdf(data: bytes, options: LoadOptions = NO_OPTIONS) -> Extraction:
    """The blocks and pages of a PDF file.

    Raises:
        LoadError: it is damaged, locked, or has no text on any page, or a language for OCR is not installed.
    """
    with open_pdf(data, options.password) as document:
        reader = PageReader(document, options.ocr_languages)
        title = fold(reader.title(), "none")
        sizes = TypeSizes()
        pages: list[PackedPage] = []
        for page in reader.pages():
            sizes.note(page)
            pages.append(PackedPage.of(page))
            options.note_page(len(pages), len(document))
    if not any(page.has_text for page in pages):
        if reader.has_failed:
            raise LoadError(*_OCR_FAILED)
        raise _no_text({page.state for page in pages}, has_ocr=reader.has_tesseract)
    return _extract(pages, sizes, title)


def _no_text(states: set[PartState], *, has_ocr: bool) -> LoadError:
    """Why there is no text on any page, after Tesseract looked at the pictures of those that are not blank or not."""
    reason = (
        "its fonts do not tell which letters they show" if "unreadable" in states else "it has no text layer (a scan?)"
    )
    if has_ocr:
        return LoadError(
            f"{reason}, and tesseract finds no words on its pages", "Scan it again, larger or with more contrast."
        )
    return LoadError(reason, INSTALL_TESSERACT)


def _extract(pages: list[PackedPage], sizes: TypeSizes, title: str) -> Extraction:
    """What the pages say, each unpacked twice; `pages` is empty afterwards."""
    running = RunningLines(sizes.body)
    for number, packed in enumerate(pages):
        running.note(number, packed.unpack().lines)
    writer = PdfWriter()
    laid_out = (lay_out(page, running.sort(number, page.lines, page.height)) for number, page in _taken(pages))
    for page in join_tables(laid_out):
        writer.write_page(paragraphs_of(page, sizes), page.state)
    text, blocks = writer.text(), writer.blocks()
    if _NO_TITLE.match(title):
        title = next((heading_words(text, block, "none") for block in blocks if block.role == "heading"), "")
    return Extraction(
        text,
        tuple(blocks),
        title,
        "",
        text_is_file=False,
        markup="none",
        parts=tuple(writer.parts),
        boxes=tuple(writer.boxes),
    )


def _taken(pages: list[PackedPage]) -> Iterator[tuple[int, Page]]:
    """Each page with its number, counted from 0, and no longer kept."""
    pages.reverse()
    number = 0
    while pages:
        yield number, pages.pop().unpack()
        number += 1
