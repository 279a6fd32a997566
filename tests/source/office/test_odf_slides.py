"""OpenDocument presentations: each slide is read in the order in which it is seen, then its notes."""

from __future__ import annotations

import re
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.document import Extraction
from source.errors import LoadError
from source.office.odf import load_odp
from source.split import split_passages
from tests.archives import broken_archives, broken_members
from tests.checks import check_passages
from tests.odfs import flat, frame, p, packed, row, slide, table, ul

FOOTERS = '<presentation:footer-decl presentation:name="f1">Port Ellery Records</presentation:footer-decl>'
BELLS = packed(
    "presentation",
    FOOTERS
    + slide(frame(p("Ann Carver, 1902"), 1, 9, "subtitle"), frame(p("Bells of Port Ellery"), 1, 1, "title"))
    + slide(
        frame(p("How it was cast"), 1, 1, "title"),
        frame(ul(p("In 1687."), p("By Jonas\u00a0Trell.")), 1, 5, "outline"),
        notes="Pause here.",
        attributes='presentation:use-footer-name="f1" presentation:use-header-name="none"',
    )
    + slide()
    + slide(
        "<draw:frame svg:y='9cm'>" + table(row("No. 2", "640 kg"), header=row("Bell", "Weight")) + "</draw:frame>",
        "<draw:frame svg:y='1in'><draw:image xlink:href='x.png'/><svg:title>The bell</svg:title></draw:frame>",
    ),
    title="The Bells",
)


def blocks_of(extraction: Extraction) -> list[tuple[str, int, str]]:
    return [(block.role, block.level, block.span.of(extraction.text)) for block in extraction.blocks]


def test_a_presentation_by_hand() -> None:
    extraction = load_odp(BELLS)
    check_passages(extraction)
    assert blocks_of(extraction) == [
        ("heading", 1, "Bells of Port Ellery"),
        ("body", 0, "Ann Carver, 1902"),
        ("heading", 3, "How it was cast"),
        ("body", 0, "In 1687.\nBy Jonas\u00a0Trell."),
        ("body", 0, "Pause here."),
        ("furniture", 0, "3"),
        ("furniture", 0, "Port Ellery Records"),
        ("furniture", 0, "The bell"),
        ("body", 0, "Bell\tWeight\nNo. 2\t640 kg"),
    ]
    assert [(part.kind, part.number, part.name, part.state) for part in extraction.parts] == [
        ("slide", 1, "Bells of Port Ellery", "text"),
        ("slide", 2, "How it was cast", "text"),
        ("slide", 3, "", "no text"),
        ("slide", 4, "", "text"),
    ]
    assert extraction.parts[3].span.of(extraction.text) == "The bell\n\nBell\tWeight\nNo. 2\t640 kg"
    assert extraction.title == "The Bells"
    passage = next(one for one in split_passages(extraction) if "1687" in one.span.of(extraction.text))
    assert passage.headings == ("Bells of Port Ellery", "How it was cast")


def test_shapes_are_read_in_rows_from_the_top_and_those_of_a_group_together() -> None:
    group = f"<draw:g>{frame(p('group, below'), 1, 12)}{frame(p('group, above'), 1, 10)}</draw:g>"
    drawn = "<draw:custom-shape svg:x='12cm' svg:y='50mm' svg:height='1cm'>" + p("right") + "</draw:custom-shape>"
    shapes = [
        frame(p("below"), 1, 15),
        drawn,
        group,
        f"<draw:a xlink:href='x'>{frame(p('left, a little lower'), 1, 5.4)}</draw:a>",
        frame(p("Title"), 1, 2, "title"),
        frame(p("above the title"), 1, 0.1),
    ]
    for data in (packed("presentation", slide(*shapes)), flat("presentation", slide(*shapes))):
        assert [text for _, _, text in blocks_of(load_odp(data))] == [
            "Title",
            "above the title",
            "left, a little lower",
            "right",
            "group, above",
            "group, below",
            "below",
        ]


words = st.text(st.characters(categories=["L", "N", "P", "Zs"], include_characters="\n\u00ad"), max_size=40)


@given(st.lists(st.lists(st.tuples(st.sampled_from(["", "title", "outline", "subtitle"]), words), max_size=4)))
def test_all_of_any_presentation_is_in_passages_and_on_its_slide(made: list[list[tuple[str, str]]]) -> None:
    extraction = load_odp(
        packed(
            "presentation", "".join(slide(*(frame(p(escape(text)), 1, 1, kind) for kind, text in one)) for one in made)
        )
    )
    check_passages(extraction)
    for part, contents in zip(extraction.parts, made, strict=True):
        read = part.span.of(extraction.text)
        assert sorted(re.sub(r"\s", "", read)) == sorted(re.sub(r"\s", "", "".join(text for _, text in contents)))
        assert part.state == ("text" if read else "no text")


@pytest.mark.parametrize(
    ("name", "slide_number", "text"),
    [
        ("odf_presentation_01.odp", 2, "With foo\nBar\nAnd baz things"),
        ("odf_presentation_01.odp", 3, "Final notes on the third slide."),
        ("odf_presentation_02.odp", 2, "Row 2\t2.4\t8.8\t9.65"),
        ("odf_presentation_02.odp", 5, "Complex list"),
    ],
)
def test_what_real_presentations_say(shared: Path, name: str, slide_number: int, text: str) -> None:
    extraction = load_odp((shared / "data" / "files" / "docling" / "odf" / name).read_bytes())
    check_passages(extraction)
    assert [part.number for part in extraction.parts if text in part.span.of(extraction.text)] == [slide_number]


def test_damage_is_refused_or_harmless() -> None:
    reasons = set()
    for mutant in [*broken_archives(BELLS, 3), *broken_members(BELLS, 4)]:
        try:
            check_passages(load_odp(mutant))
        except LoadError as error:
            reasons.add(error.reason)
    assert "it is not a whole .odp file" in reasons
