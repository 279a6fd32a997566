"""qa highlight: saved answers lead to copies of the PDF files that they quote, and the originals stay as they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from qa.evidence import EvidenceQuote
from qa.highlight import Asked, documents_printed, highlight
from qa.verify import originals_of
from source.load import load_document
from source.load_options import NO_OPTIONS, LoadOptions
from tests.command import Command
from tests.pdfs import BELLS, ROPES, TIDES, column, make_pdf
from tests.source.pdf.test_highlight import annotations_of

HARBOUR = make_pdf([column(60, 700, BELLS), column(60, 700, [*TIDES, "", *ROPES])])
QUESTION = "How often does high water come to the harbour?"


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "harbour.pdf").write_bytes(HARBOUR)
    (folder / "bells.txt").write_text("The bell weighs 640 kilograms.\n", encoding="utf-8")
    return folder


def saved(folder: Path, *quotes: tuple[Path, str], password: str = "") -> Path:
    """An answer that quotes these words of these files."""
    citations = []
    for path, words in quotes:
        document = load_document(path, LoadOptions(password=password))
        start = document.text.index(words)
        citations.append(
            {
                "document": document.name,
                "sha256": document.sha256,
                "start": start,
                "end": start + len(words),
                "quote": words,
            }
        )
    answer = folder / "answer.json"
    answer.write_text(json.dumps({"question": QUESTION, "citations": citations, "nearest": []}), encoding="utf-8")
    return answer


def notes_of(path: Path, password: str | None = None) -> list[list[str]]:
    with pypdfium2.PdfDocument(path, password=password) as document:
        return [[note for _, note, _, _ in annotations_of(page)] for page in document]


def outcomes_of(value: Any) -> list[tuple[str, str, list[int]]]:
    return [(one["document"], one["outcome"], one["pages"]) for one in value]


def test_an_answer_becomes_a_copy_with_its_quotes_highlighted(qa: Command, documents: Path, tmp_path: Path) -> None:
    assert qa("add", documents).status == 0
    answer = tmp_path / "asked.json"
    answer.write_text(qa("ask", QUESTION, "--json").output, encoding="utf-8")
    out = tmp_path / "out" / "copies"
    result = qa("highlight", answer, "--out", out)
    assert (result.status, result.errors) == (0, "")
    assert "highlighted  harbour.pdf page 2" in result.output
    assert result.output.splitlines()[-1] == f"Written: {out / 'harbour.pdf'}"
    pages = notes_of(out / "harbour.pdf")
    assert pages[1][0].startswith(f"{QUESTION}\n\nCharacters ")
    assert (documents / "harbour.pdf").read_bytes() == HARBOUR
    again = qa("highlight", answer, "--out", out)
    assert again.status == 1
    assert again.errors == (
        f"Cannot write {out / 'harbour.pdf'}: there is a file of that name already. Choose an empty folder.\n"
    )
    from_folder = qa("highlight", answer, "--originals", documents, "--out", tmp_path / "other")
    assert from_folder.status == 0
    assert notes_of(tmp_path / "other" / "harbour.pdf") == pages


def test_what_cannot_be_highlighted_is_told_for_each_quote(qa: Command, documents: Path, tmp_path: Path) -> None:
    bells, harbour = documents / "bells.txt", documents / "harbour.pdf"
    answer = saved(tmp_path, (bells, "640 kilograms"), (harbour, BELLS[0]), (harbour, TIDES[0]))
    answer.write_text(answer.read_text(encoding="utf-8").replace("High water", "Low water"), encoding="utf-8")
    result = qa("highlight", answer, "--originals", documents, "--out", tmp_path / "out", "--json")
    assert result.status == 1
    assert outcomes_of(result.value) == [
        ("bells.txt", "no_pdf", []),
        ("harbour.pdf", "highlighted", [1]),
        ("harbour.pdf", "changed", []),
    ]
    assert [len(notes) for notes in notes_of(tmp_path / "out" / "harbour.pdf")] == [1, 0]
    harbour.write_bytes(make_pdf([column(60, 700, ROPES)]))
    gone = qa("highlight", answer, "--originals", documents, "--out", tmp_path / "more", "--json")
    assert outcomes_of(gone.value)[1] == ("harbour.pdf", "missing", [])
    assert not (tmp_path / "more").exists()


def test_a_file_that_has_changed_since_it_was_added_is_refused(qa: Command, documents: Path, tmp_path: Path) -> None:
    harbour = documents / "harbour.pdf"
    answer = saved(tmp_path, (harbour, TIDES[0]))
    assert qa("add", documents).status == 0
    for change in (lambda: harbour.write_bytes(HARBOUR + b"\n"), harbour.unlink):
        change()
        [found] = qa("highlight", answer, "--out", tmp_path / "out", "--json").value
        assert found["outcome"] == "changed"
        assert found["reason"] == "the file has changed since it was quoted, or is gone"
    assert not (tmp_path / "out").exists()


def test_a_locked_file_is_highlighted_with_its_password(qa: Command, documents: Path, tmp_path: Path) -> None:
    harbour = documents / "harbour.pdf"
    harbour.write_bytes(make_pdf([column(60, 700, TIDES)], passwords=("Ellery", "")))
    answer = saved(tmp_path, (harbour, TIDES[0]), password="Ellery")
    assert qa("add", documents, "--password", "Ellery").status == 0
    [refused] = qa("highlight", answer, "--out", tmp_path / "out", "--json").value
    assert (refused["outcome"], refused["reason"]) == ("unreadable", "it is locked with a password")
    assert qa("highlight", answer, "--out", tmp_path / "out", "--password", "Ellery").status == 0
    assert len(notes_of(tmp_path / "out" / "harbour.pdf", "Ellery")[0]) == 1


def test_a_file_is_no_folder_for_copies(qa: Command, documents: Path) -> None:
    bells = documents / "bells.txt"
    result = qa("highlight", "saved.json", "--out", bells)
    assert result.errors == f"Cannot write into {bells}: it is a file. Choose another folder.\n"


def test_documents_of_one_name_have_a_copy_each(qa: Command, documents: Path, tmp_path: Path) -> None:
    other = documents / "old" / "harbour.pdf"
    other.parent.mkdir()
    other.write_bytes(make_pdf([column(60, 700, ROPES)]))
    answer = saved(tmp_path, (documents / "harbour.pdf", TIDES[0]), (other, ROPES[0]))
    result = qa("highlight", answer, "--originals", documents, "--out", tmp_path / "out", "--json")
    assert [Path(one["copy"]).name for one in result.value] == ["harbour.pdf", "harbour-2.pdf"]
    assert [len(notes) for notes in notes_of(tmp_path / "out" / "harbour-2.pdf")] == [1]


def test_of_documents_of_one_name_the_one_that_says_so_is_highlighted(documents: Path, tmp_path: Path) -> None:
    """A page lists the digests of both."""
    other = tmp_path / "harbour.pdf"
    other.write_bytes(make_pdf([column(60, 700, [*ROPES, "", *TIDES])]))
    loaded = [load_document(path) for path in (other, documents / "harbour.pdf")]
    start = loaded[1].text.index(TIDES[0])
    assert loaded[0].text[start : start + len(TIDES[0])] != TIDES[0]
    quote = EvidenceQuote("harbour.pdf", tuple(one.sha256 for one in loaded), TIDES[0], start, start + len(TIDES[0]))
    [found] = highlight(
        [Asked(quote, "")], originals_of(loaded), documents_printed(loaded), tmp_path / "out", NO_OPTIONS
    )
    assert (found.outcome, found.pages) == ("highlighted", (2,))
    assert notes_of(tmp_path / "out" / "harbour.pdf") == [
        [],
        [f"Characters {start} to {start + len(TIDES[0])} of the text."],
    ]


def test_a_pdf_in_an_archive_is_highlighted(qa: Command, tmp_path: Path) -> None:
    import zipfile

    folder = tmp_path / "packed"
    folder.mkdir()
    with zipfile.ZipFile(folder / "papers.zip", "w") as archive:
        archive.writestr("sub/harbour.pdf", HARBOUR)
    assert qa("add", folder).status == 0
    (tmp_path / "harbour.pdf").write_bytes(HARBOUR)
    answer = saved(tmp_path, (tmp_path / "harbour.pdf", TIDES[0]))
    assert qa("highlight", answer, "--out", tmp_path / "out").status == 0
    assert [len(notes) for notes in notes_of(tmp_path / "out" / "harbour.pdf")] == [0, 1]
