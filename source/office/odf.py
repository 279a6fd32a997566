"""OpenDocument files: texts (.odt), presentations (.odp) and sheets (.ods), packed or flat (.fodt and so on).

What a file holds is told by itself, not by its suffix. They are read as XML that may define no entities: nothing
outside the file is read, and no macro is looked at.
"""

from __future__ import annotations

from collections.abc import Callable

from source.blocks import heading_words
from source.document import Extraction
from source.errors import LoadError
from source.office.odf_blocks import OdfWriter
from source.office.odf_package import OdfFile, open_odf
from source.office.odf_sheets import read_sheets
from source.office.odf_slides import write_slides
from source.office.sheets import extract_sheets
from source.office.slides import slide_parts


def load_odt(data: bytes, password: str = "") -> Extraction:
    """The headings, paragraphs, lists, tables and notes of a text; it has no pages until it is printed.

    Raises:
        LoadError: `password` does not open `data`, or it is damaged, no OpenDocument file, or unpacks to a huge one.
    """
    return _load(data, ".odt", password)


def load_odp(data: bytes, password: str = "") -> Extraction:
    """The slides of a presentation, each a part, followed by its notes; raises as `load_odt` does."""
    return _load(data, ".odp", password)


def load_ods(data: bytes, password: str = "") -> Extraction:
    """The sheets of a workbook, each a part whose rows are lines; raises as `load_odt` does."""
    return _load(data, ".ods", password)


def _load(data: bytes, suffix: str, password: str) -> Extraction:
    file = open_odf(data, suffix, password)
    readers: dict[str, Callable[[OdfFile], Extraction]] = {
        "text": _extract_text,
        "presentation": _extract_slides,
        "spreadsheet": _extract_sheets,
    }
    if file.kind not in readers:
        raise LoadError("it holds no text, slides or sheets", "Save it as one of these and add it again.")
    return readers[file.kind](file)


def _extract_text(file: OdfFile) -> Extraction:
    writer = OdfWriter(file.styles, file.objects)
    for header in file.headers:
        writer.write(header, is_furniture=True)
    writer.write(file.body)
    for footer in file.footers:
        writer.write(footer, is_furniture=True)
    return _extraction(file, writer)


def _extract_slides(file: OdfFile) -> Extraction:
    writer = OdfWriter(file.styles, file.objects)
    return _extraction(file, writer, write_slides(file.body, writer))


def _extraction(file: OdfFile, writer: OdfWriter, edges: list[int] | None = None) -> Extraction:
    """What was written; `edges` are the numbers of the blocks with which slides begin, and of all."""
    text, blocks = writer.builder.text(), tuple(writer.builder.blocks)
    title = file.title or next((heading_words(text, one, "none") for one in blocks if one.role == "heading"), "")
    parts = slide_parts(text, blocks, edges or [])
    return Extraction(text, blocks, title, "", text_is_file=False, markup="none", parts=parts)


def _extract_sheets(file: OdfFile) -> Extraction:
    return extract_sheets(list(read_sheets(file.body)), file.title)
