"""Presentations: each slide is read in the order in which it is seen, then its notes, and nothing of it is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation
from pptx.util import Cm

from source.office.pptx import load_pptx
from source.split import split_passages
from tests.checks import check_passages
from tests.extractions import blocks_of, folded_of
from tests.pptxs import (
    BLANK,
    BULLETS,
    COMPARISON,
    TITLE_ONLY,
    a_bell,
    add_box,
    add_notes,
    add_shape,
    add_slide,
    bytes_of,
    p,
    texts_of,
)


def test_a_deck_by_hand() -> None:
    extraction = load_pptx(bytes_of(a_bell()))
    assert blocks_of(extraction) == [
        ("heading", 1, "Bells of Port Ellery"),
        ("body", 0, "Ann Carver, 1902"),
        ("heading", 2, "Casting"),
        ("heading", 3, "How it was cast"),
        ("body", 0, "In 1687.\nBy Jonas\u00a0Trell."),
        ("furniture", 0, "Records"),
        ("furniture", 0, "3"),
        ("body", 0, "Pause here."),
        ("body", 0, "Nobody knows why."),
        ("furniture", 0, "The bell with its three feet"),
        ("body", 0, "Bell\tWeight\nNo. 2\t640 kg"),
    ]
    assert [(part.kind, part.number, part.name, part.state) for part in extraction.parts] == [
        ("slide", 1, "Bells of Port Ellery", "text"),
        ("slide", 2, "Casting", "text"),
        ("slide", 3, "How it was cast", "text"),
        ("slide", 4, "", "no text"),
        ("slide", 5, "", "text"),
    ]
    assert extraction.parts[1].span.of(extraction.text) == "Casting"
    assert extraction.parts[2].span.of(extraction.text).endswith("Records\n\n3\n\nPause here.\n\nNobody knows why.")
    assert len(extraction.parts[3].span) == 0
    assert (extraction.title, extraction.encoding) == ("The Bells", "")
    passage = next(one for one in split_passages(extraction) if "1687" in one.span.of(extraction.text))
    assert passage.headings == ("Bells of Port Ellery", "Casting", "How it was cast")
    assert [one.folded for one in passage.sentences] == ["In 1687.", "By Jonas Trell."]
    assert "Bell: No. 2; Weight: 640 kg" in folded_of(extraction)


@pytest.mark.parametrize("title", ["", "PowerPoint Presentation", "PowerPoint-Präsentation", "bells final.pptx"])
def test_the_first_title_is_that_of_a_deck_whose_own_says_nothing(title: str) -> None:
    deck = Presentation()
    deck.core_properties.title = title
    add_slide(deck, BULLETS, "Ropes", "They are of hemp.")
    assert load_pptx(bytes_of(deck)).title == "Ropes"


def test_shapes_are_read_in_rows_from_the_top_and_those_of_a_group_together() -> None:
    deck = Presentation()
    slide = add_slide(deck, TITLE_ONLY, "Title")
    add_box(slide, "below", 1, 15)
    add_box(slide, "right", 12, 5)
    group = slide.shapes.add_group_shape()
    add_box(group, "group, below", 1, 12)  # type: ignore[arg-type]
    add_box(group, "group, above", 1, 10)  # type: ignore[arg-type]
    add_box(slide, "left, a little lower", 1, 5.4)
    add_box(slide, "above the title", 1, 0.1)
    assert texts_of(deck) == [
        "Title",
        "above the title",
        "left, a little lower",
        "right",
        "group, above",
        "group, below",
        "below",
    ]


def test_columns_of_a_layout_are_read_one_after_the_other_and_boxes_between_where_they_stand() -> None:
    deck = Presentation()
    slide = add_slide(deck, COMPARISON, "Bells", "Left", "Of bronze.", "Right", "Of iron.")
    add_box(slide, "Above both", 12, 3.5, 0.1)
    add_box(slide, "Below both", 1, 18)
    assert texts_of(deck) == ["Bells", "Above both", "Left", "Of bronze.", "Right", "Of iron.", "Below both"]


@pytest.mark.parametrize(
    ("paragraphs", "texts"),
    [
        (p("a</a:t></a:r><a:br/><a:r><a:t>b"), ["a\nb"]),
        (p("One.") + "<a:p/>" + p("Two."), ["One.", "Two."]),
        (p("one", "<a:buChar char='•'/>") + p("two", "<a:buAutoNum/>") + p("three"), ["one\ntwo", "three"]),
        ("<a:p><a:r><a:t>Slide </a:t></a:r><a:fld type='slidenum'><a:t>3</a:t></a:fld></a:p>", ["Slide 3"]),
    ],
)
def test_what_a_reader_sees_by_hand(paragraphs: str, texts: list[str]) -> None:
    deck = Presentation()
    add_shape(add_slide(deck, BLANK), paragraphs)
    assert texts_of(deck) == texts


def test_a_paragraph_without_a_bullet_stands_apart_in_a_list() -> None:
    deck = Presentation()
    add_shape(add_slide(deck, BLANK), p("Its parts:", "<a:buNone/>") + p("crown") + p("lip"), '<p:ph idx="1"/>')
    assert texts_of(deck) == ["Its parts:", "crown\nlip"]


words = st.text(st.characters(categories=["L", "N", "P", "Zs"], include_characters="\n\u00ad"), max_size=40)
slides = st.lists(
    st.lists(st.tuples(st.sampled_from(["box", "bullets", "notes", "table", "title"]), words), max_size=4)
)


@settings(max_examples=40)
@given(slides)
def test_all_of_any_deck_is_in_passages_and_on_its_slide(made: list[list[tuple[str, str]]]) -> None:
    deck = Presentation()
    for contents in made:
        slide = add_slide(deck, BULLETS)
        for kind, text in dict(contents).items():
            match kind:
                case "box":
                    add_box(slide, text, 1, 1)
                case "bullets":
                    slide.placeholders[1].text = text
                case "notes":
                    add_notes(slide, text)
                case "table":
                    slide.shapes.add_table(1, 2, Cm(0), Cm(9), Cm(9), Cm(3)).table.cell(0, 1).text = text
                case _:
                    slide.shapes.title.text = text  # type: ignore[union-attr]
    extraction = load_pptx(bytes_of(deck))
    check_passages(extraction)
    assert [part.number for part in extraction.parts] == list(range(1, len(made) + 1))
    for part, contents in zip(extraction.parts, made, strict=True):
        written = "".join(text for _, text in sorted(dict(contents).items()))
        read = part.span.of(extraction.text)
        assert sorted(re.sub(r"\s", "", read)) == sorted(re.sub(r"\s", "", written))
        assert part.state == ("text" if read else "no text")
