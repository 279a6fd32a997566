"""Presentations that are hostile, damaged or empty: a sentence says so, or the slides that are left are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pptx import Presentation

from source.errors import DocumentError, LoadError
from source.load import load_document
from source.office.pptx import load_pptx
from tests.archives import broken_archives, broken_members, changed, replaced, unzipped, zipped
from tests.checks import check_passages
from tests.pptxs import BLANK, BULLETS, a_bell, add_notes, add_slide, bytes_of, reason_of


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"It was cast in 1687.",
        b"PK\x03\x04",
        changed(bytes_of(a_bell()), {f"ppt/slides/slide{number}.xml": "<p:sld" for number in range(1, 10)}),
        changed(bytes_of(a_bell()), {"ppt/presentation.xml": "<html/>"}),
        changed(bytes_of(a_bell()), {"_rels/.rels": "<Relationships/>"}),
        changed(bytes_of(a_bell()), {"[Content_Types].xml": "<Types/>"}),
    ],
)
def test_what_is_no_whole_deck_is_refused(data: bytes) -> None:
    assert reason_of(data) == "it is not a whole .pptx file"


@pytest.mark.parametrize(
    "damage",
    [
        {"ppt/slides/slide2.xml": "<p:sld"},
        {"ppt/slides/slide2.xml": ""},
        {"ppt/slides/_rels/slide2.xml.rels": "<Relationships"},
        {"ppt/slides/_rels/slide2.xml.rels": "<Relationships/>"},
    ],
)
def test_a_damaged_slide_costs_only_itself_and_is_named(damage: dict[str, str]) -> None:
    deck = Presentation()
    for bell in ("Great bell", "Fog bell", "Watch bell"):
        add_slide(deck, BULLETS, bell, f"The {bell.lower()} hangs in the tower.")
    extraction = load_pptx(changed(bytes_of(deck), damage))
    assert extraction.text == (
        "Great bell\n\nThe great bell hangs in the tower.\n\nWatch bell\n\nThe watch bell hangs in the tower."
    )
    assert [(part.number, part.name, part.state) for part in extraction.parts] == [
        (1, "Great bell", "text"),
        (2, "", "unreadable"),
        (3, "Watch bell", "text"),
    ]
    check_passages(extraction)


def test_a_slide_that_is_missing_from_the_file_is_named() -> None:
    deck = Presentation()
    for bell in ("Great bell", "Fog bell"):
        add_slide(deck, BULLETS, bell)
    members = unzipped(bytes_of(deck))
    del members["ppt/slides/slide1.xml"]
    extraction = load_pptx(zipped(members))
    assert (extraction.text, [part.state for part in extraction.parts]) == ("Fog bell", ["unreadable", "text"])


def test_a_deck_without_text_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "bells.pptx"
    deck = Presentation()
    add_slide(deck, BLANK)
    deck.save(str(path))
    with pytest.raises(DocumentError) as caught:
        load_document(path)
    assert caught.value.reason == "there is no text in it"


@pytest.mark.parametrize(
    "declaration",
    ['<!ENTITY x SYSTEM "file://{path}">', '<!ENTITY % y SYSTEM "file://{path}"> %y;', '<!ENTITY x "secret">'],
)
@pytest.mark.parametrize("member", ["ppt/slides/slide1.xml", "ppt/notesSlides/notesSlide1.xml"])
def test_no_entity_is_resolved(tmp_path: Path, declaration: str, member: str) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("secret", encoding="utf-8")
    deck = Presentation()
    add_notes(add_slide(deck, BULLETS, "here"), "here")
    head = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>"
    data = replaced(bytes_of(deck), member, head, f"<!DOCTYPE x [{declaration.format(path=path)}]>")
    assert reason_of(data) == "it is not a whole .pptx file"
    if "%" not in declaration:
        assert reason_of(replaced(data, member, "here", "&x;")) == "it is not a whole .pptx file"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = changed(bytes_of(a_bell()), {"ppt/slides/slide1.xml": " " * 160_000_000})
    assert len(bomb) < 1_000_000
    assert re.fullmatch(r"it unpacks to 16\d MB of XML, more than the limit of 150 MB", reason_of(bomb))


def test_damage_is_refused_or_harmless() -> None:
    """Nothing but `LoadError` is raised, and what is read is read whole."""
    data = bytes_of(a_bell())
    reasons = set()
    for mutant in [*broken_archives(data, 3), *broken_members(data, 4)]:
        try:
            check_passages(load_pptx(mutant))
        except LoadError as error:
            reasons.add(error.reason)
    assert "it is not a whole .pptx file" in reasons
