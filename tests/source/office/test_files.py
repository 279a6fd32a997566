"""What office formats share: variants are read like the usual files, media are no XML, and titles are people's."""

from __future__ import annotations

import io

import pytest
from docx import Document

from source.archive import Archive
from source.errors import LoadError
from source.office.docx import load_docx
from source.office.files import chosen_title, refuse_too_much_xml
from tests.archives import made_strict, replaced, zipped


def a_text() -> bytes:
    document = Document()
    document.add_heading("Bells", 0)
    document.add_paragraph("It was cast in 1687.")
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


@pytest.mark.parametrize(
    "kind",
    [
        "ms-word.document.macroEnabled",
        "ms-word.template.macroEnabledTemplate",
        "openxmlformats-officedocument.wordprocessingml.template",
    ],
)
def test_templates_and_texts_with_macros_are_read_like_any_other(kind: str) -> None:
    usual = "openxmlformats-officedocument.wordprocessingml.document"
    data = a_text()
    variant = replaced(data, "[Content_Types].xml", f"vnd.{usual}.main+xml", f"vnd.{kind}.main+xml")
    assert load_docx(variant) == load_docx(data)


def test_a_variant_in_the_strict_form_is_read_too() -> None:
    usual = "openxmlformats-officedocument.wordprocessingml.document"
    variant = "openxmlformats-officedocument.wordprocessingml.template"
    data = replaced(a_text(), "[Content_Types].xml", f"vnd.{usual}.main+xml", f"vnd.{variant}.main+xml")
    assert "It was cast in 1687." in load_docx(made_strict(data)).text


def test_media_may_be_larger_than_text() -> None:
    film = zipped({"ppt/media/film.MP4": b"\0" * 160_000_000})
    refuse_too_much_xml(Archive(film, ".pptx"))
    with pytest.raises(LoadError) as caught:
        refuse_too_much_xml(Archive(zipped({"ppt/film.xml": b"\0" * 160_000_000}), ".pptx"))
    assert str(caught.value) == "it unpacks to 160 MB of XML, more than the limit of 150 MB"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("The  Bells", "The Bells"),
        ("Presentation skills", "Presentation skills"),
        ("Microsoft PowerPoint - bells", ""),
        ("PowerPoint Presentation", ""),
        ("Présentation PowerPoint", "Présentation PowerPoint"),
        ("Presentation1", ""),
        ("Document 2", ""),
        ("Untitled", ""),
        ("bells.ppsx", ""),
        ("bells.odt", ""),
    ],
)
def test_a_title_that_a_program_filled_in_is_none(written: str, title: str) -> None:
    assert chosen_title(written) == title
