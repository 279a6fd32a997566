"""Word documents that people and other programs wrote: read whole, and as they look."""

from __future__ import annotations

from pathlib import Path

import pytest

from source.errors import DocumentError
from source.load import load_document
from source.office.docx import load_docx
from tests.checks import check_passages
from tests.extractions import blocks_of, folded_of


def sample_paths(shared: Path) -> list[Path]:
    files = shared / "data" / "files"
    return sorted([*(files / "docling" / "docx").glob("*.docx"), *(files / "python-docx").rglob("*.docx")])


def test_real_documents_are_read_whole(shared: Path) -> None:
    paths = sample_paths(shared)
    assert len(paths) > 70
    for path in paths:
        extraction = load_docx(path.read_bytes())
        check_passages(extraction)
        try:
            assert load_document(path).text == extraction.text
        except DocumentError as error:
            assert error.reason == "there is no text in it"  # noqa: PT017 - either outcome is right
            assert extraction.text == ""


@pytest.mark.parametrize(
    ("name", "role", "text"),
    [
        ("Strict.docx", "body", "Some text"),
        ("word_sample.docx", "body", "Wear sunglasses\nDon’t forget to drink water\nUse sun cream"),
        ("word_sample.docx", "furniture", "Figure 1: This is a cute duckling"),
        ("word_sample.docx", "heading", "Let’s swim!"),
        ("unit_test_formatting.docx", "furniture", "Another header in bold"),
        ("docx_page_header_footer_first_page.docx", "furniture", "FIRST PAGE FOOTER (page 1 only)"),
        ("textbox.docx", "body", "Whether the test results are positive for a legally designated infectious disease."),
        ("tablecell.docx", "body", "Tab1\tTab2\tTab3\nA\tB\tC\nD\tE\tF"),
        ("docx_lists.docx", "body", "List item a\nList item b\nList item c"),
        ("unit_test_headers_numbered.docx", "heading", "Section 1.2.3"),
    ],
)
def test_what_real_documents_say(shared: Path, name: str, role: str, text: str) -> None:
    blocks = blocks_of(load_docx((shared / "data" / "files" / "docling" / "docx" / name).read_bytes()))
    assert (role, text) in [(role, text) for role, _, text in blocks]


def test_a_row_of_a_real_table_is_read_with_its_headers(shared: Path) -> None:
    extraction = load_docx((shared / "data" / "files" / "docling" / "docx" / "word_sample.docx").read_bytes())
    assert "Leaves; Food: Ash, Elm, Maple; Calories per portion: 50" in folded_of(extraction)
