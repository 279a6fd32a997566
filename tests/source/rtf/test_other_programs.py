"""RTF that other programs make of a Word document says what that says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from docx import Document

from source.office.docx import load_docx
from source.rtf.blocks import load_rtf
from source.split import split_passages
from tests.checks import check_passages
from tests.extractions import blocks_of


def converted(program: list[str], source: Path, made: Path) -> bytes:
    if shutil.which(program[0]) is None:
        pytest.skip(f"{program[0]} is not installed")
    subprocess.run([*program, str(source)], check=True, capture_output=True, timeout=120)
    return made.read_bytes()


@pytest.fixture(scope="module")
def written_by_word(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A document with something of everything, as .docx."""
    document = Document()
    document.core_properties.title = "The Bells of Port Ellery"
    document.sections[0].header.paragraphs[0].text = "Port Ellery Records"
    document.add_heading("Casting", 1)
    document.add_paragraph("It was cast in 1687. “Naïve” café — Привет, 日本語 😀 {braces} \\ back.")
    document.add_paragraph("Big: its rope is long.", style="List Bullet")
    document.add_paragraph("Small", style="List Bullet")
    table = document.add_table(3, 3)
    for row, texts in zip(table.rows, [["Who", "Kilos", ""], ["Ann", "1", "2"], ["Ben", "3", "4"]], strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    document.add_heading("Ropes", 2)
    document.add_paragraph("They are of hemp.")
    path = tmp_path_factory.mktemp("word") / "bells.docx"
    document.save(str(path))
    return path


def test_what_libreoffice_makes_of_a_word_document_says_the_same(written_by_word: Path, tmp_path: Path) -> None:
    office = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command = [*office, "--convert-to", "rtf:Rich Text Format", "--outdir", str(tmp_path)]
    extraction = load_rtf(converted(command, written_by_word, tmp_path / "bells.rtf"))
    original = load_docx(written_by_word.read_bytes())
    check_passages(extraction)
    assert blocks_of(extraction) == blocks_of(original)
    assert extraction.title == original.title == "The Bells of Port Ellery"


def test_what_pandoc_makes_of_a_word_document_says_the_same(written_by_word: Path, tmp_path: Path) -> None:
    """Pandoc leaves out the header, and writes bullets as text."""
    made = tmp_path / "bells.rtf"
    extraction = load_rtf(converted(["pandoc", "-s", "-o", str(made)], written_by_word, made))
    check_passages(extraction)
    blocks = blocks_of(extraction)
    assert ("heading", 2, "Casting") in blocks
    assert ("body", 0, "•\tBig: its rope is long.\n•\tSmall") in blocks
    told = {text.replace("\t", " ") for _, _, text in blocks}
    assert {"It was cast in 1687. “Naïve” café — Привет, 日本語 😀 {braces} \\ back.", "They are of hemp."} <= told
    folded = [one.folded for passage in split_passages(extraction) for one in passage.sentences]
    assert "Ann" in " ".join(folded)
