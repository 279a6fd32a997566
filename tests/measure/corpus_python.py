"""Files made of a source text by Python's libraries: Word, slides, sheets, mail, e-books and archives."""

from __future__ import annotations

import csv
import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.measure.corpus_texts import Piece, SourceText, unmarked
from tests.measure.corpus_write import to_html, to_plain


def write_docx(text: SourceText, path: Path) -> None:
    """python-docx knows no footnotes: they are paragraphs at the end."""
    from docx import Document

    document = Document()
    document.core_properties.title = text.title
    for piece in text.pieces:
        lines = [unmarked(line) for line in piece.lines]
        if piece.kind == "heading":
            document.add_heading(lines[0], piece.level)
        elif piece.kind == "table":
            table = document.add_table(0, len(piece.rows[0]))
            for row in piece.rows:
                for cell, words in zip(table.add_row().cells, row, strict=True):
                    cell.text = words
        else:
            style = {"bullets": "List Bullet", "numbers": "List Number"}.get(piece.kind, "Normal")
            for line in lines:
                document.add_paragraph(line, style)
    for note in text.notes.values():
        document.add_paragraph(note)
    document.save(str(path))


def write_pptx(text: SourceText, path: Path) -> None:
    """A slide for each heading, with what stands below it; a table and the footnotes have slides without a title."""
    from pptx import Presentation

    presentation = Presentation()
    presentation.core_properties.title = text.title
    titled, untitled = presentation.slide_layouts[1], presentation.slide_layouts[6]
    for first, *others in _slides(text):
        lines = [unmarked(line) for piece in others for line in piece.lines]
        if first.kind == "heading":
            slide = presentation.slides.add_slide(titled)
            slide.shapes.title.text = unmarked(first.lines[0])
            _set_text(slide.placeholders[1].text_frame, lines)
        else:
            _add_slide_table(presentation.slides.add_slide(untitled), first)
            _add_text(presentation.slides.add_slide(untitled), lines)
    _add_text(presentation.slides.add_slide(untitled), [*text.notes.values()])
    presentation.save(str(path))


def _slides(text: SourceText) -> list[list[Piece]]:
    slides: list[list[Piece]] = []
    for piece in text.pieces:
        if piece.kind in {"heading", "table"}:
            slides.append([piece])
        else:
            slides[-1].append(piece)
    return slides


def _add_text(slide: Any, lines: list[str]) -> None:
    from pptx.util import Inches

    frame = slide.shapes.add_textbox(Inches(0.5), Inches(0.5), Inches(9), Inches(6)).text_frame
    frame.word_wrap = True
    _set_text(frame, lines)


def _set_text(frame: Any, lines: list[str]) -> None:
    """Small enough to stay on the slide."""
    from pptx.util import Pt

    frame.text = "\n".join(lines)
    for paragraph in frame.paragraphs:
        paragraph.font.size = Pt(11)


def _add_slide_table(slide: Any, piece: Piece) -> None:
    from pptx.util import Inches

    rows, columns = len(piece.rows), len(piece.rows[0])
    table = slide.shapes.add_table(rows, columns, Inches(0.5), Inches(1.8), Inches(9), Inches(4)).table
    for number, row in enumerate(piece.rows):
        for place, words in enumerate(row):
            table.cell(number, place).text = words


def write_xlsx(text: SourceText, path: Path) -> None:
    """The table of the text, numbers as numbers where that does not change how they are shown."""
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.active.title = text.name
    for row in text.table.rows:
        workbook.active.append([int(cell) if cell.isdecimal() else cell for cell in row])
    workbook.save(path)


def write_csv(text: SourceText, path: Path) -> None:
    """The table of the text."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(text.table.rows)


def write_eml(text: SourceText, path: Path) -> None:
    """A message that is the text, as plain text and as HTML."""
    message = EmailMessage()
    message["From"], message["To"] = "Mira Quill <mira@example.org>", "Board <board@example.org>"
    message["Subject"], message["Date"] = text.title, "Thu, 14 Mar 2024 09:30:00 +0100"
    message.set_content(to_plain(text))
    message.add_alternative(to_html(text), subtype="html")
    path.write_bytes(message.as_bytes())


def write_zip(text: SourceText, path: Path) -> None:
    """An archive with a page in a folder."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"papers/{text.name}.html", to_html(text))
