"""RTF: what a reader sees is the text, in order and in its role."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.rtf.blocks import load_rtf
from source.split import split_passages
from tests.checks import check_passages
from tests.extractions import blocks_of
from tests.rtfs import body_of, row, rtf


def test_a_document_by_hand() -> None:
    extraction = load_rtf(
        rtf(
            rb"""{\info{\title The  Bells}{\author Nobody}{\*\company None}}
{\header\pard Port Ellery Records\par}{\headerf\pard Port Ellery Records\par}
{\footer\pard Page {\field{\*\fldinst PAGE}{\fldrslt 1}}\par}
\pard\s6 Bells of Port Ellery\par
\pard\s1 Casting\par
\pard\plain It was cast in 1687.\line Nobody\tab knows why.\par
\par
\pard\ls1{\listtext\'b7\tab}Big: its rope is long. It weighs 640\~kg.\par
{\listtext\'b7\tab}Small\par
\pard\s5 Figure 1: the bell\par
\pard\s3 Ropes\par
\pard\plain They are of hemp.\par
"""
        )
    )
    assert blocks_of(extraction) == [
        ("furniture", 0, "Port Ellery Records"),
        ("heading", 1, "Bells of Port Ellery"),
        ("heading", 2, "Casting"),
        ("body", 0, "It was cast in 1687.\nNobody\tknows why."),
        ("body", 0, "Big: its rope is long. It weighs 640\u00a0kg.\nSmall"),
        ("furniture", 0, "Figure 1: the bell"),
        ("heading", 3, "Ropes"),
        ("body", 0, "They are of hemp."),
        ("furniture", 0, "Page 1"),
    ]
    assert (extraction.title, extraction.encoding, extraction.parts) == ("The Bells", "", ())
    passage = next(one for one in split_passages(extraction) if "hemp" in one.span.of(extraction.text))
    assert passage.headings == ("Bells of Port Ellery", "Casting", "Ropes")
    check_passages(extraction)


def test_paragraphs_end_where_the_file_says() -> None:
    assert body_of(b"wo\r\nrd\tx\\\ny\\sect z\\page {\\b w}") == ["word\tx", "y", "z", "w"]
    assert body_of(rb"{\pard a\par}{\pard b}\par c") == ["a", "b", "c"]
    assert body_of(rb"One.\line\line Two.\par") == ["One.", "Two."]


def test_notes_and_text_boxes_stand_below_what_they_hang_on() -> None:
    note = rb"{\super\chftn{\footnote\pard\plain\s1{\super\chftn} %s}}"
    box = rb"{\shp{\*\shpinst{\sp{\sn fLine}{\sv 0}}{\shptxt \pard In a box\par}}{\shprslt{\pict 00}no}}"
    body = (
        rb"It was cast." + note.replace(b"%s", b"Its weight.").replace(rb"\s1", b"") + box + rb" Then hung.\par "
        rb"\pard\ls1 one" + note.replace(b"%s", b"Its rope.").replace(rb"\s1", b"") + rb"\par two\par\pard Last.\par"
    )
    assert body_of(body) == ["It was cast. Then hung.", "Its weight.", "In a box", "one\ntwo", "Its rope.", "Last."]
    in_cell = row(b"a", b"b{\\footnote Why.}") + row(b"c", b"d") + rb"\pard End.\par"
    assert body_of(in_cell) == ["a\tb\nc\td", "Why.", "End."]


def test_lists_end_with_other_text_and_long_items_are_paragraphs() -> None:
    long = b"long " * 100
    body = (
        rb"{\pntext 1.\tab}{\*\pn\pnlvlbody{\pntxta .}}one\par{\pntext 2.\tab}two\par three\par\pard\s8 four\par"
        rb"\pard\ls1 " + long + rb"\par short\par\ls0 not\par"
    )
    assert body_of(body) == ["one\ntwo", "three", "four", long.decode().strip(), "short", "not"]


def test_a_heading_is_told_by_its_outline_level_or_the_name_of_its_style() -> None:
    clause = b"A clause. " * 30
    body = (
        rb"\pard\s9 By name\par\pard\outlinelevel7 By hand\par\pard\s1\outlinelevel9 No more\par\pard\s1 "
        + clause
        + rb"\par\pard\s7 Casting 7\par"
    )
    assert blocks_of(load_rtf(rtf(body))) == [
        ("heading", 4, "By name"),
        ("heading", 6, "By hand"),
        ("body", 0, "No more"),
        ("body", 0, clause.decode().strip()),
        ("furniture", 0, "Casting 7"),
    ]


def test_styles_based_on_each_other_in_a_circle_end() -> None:
    styles = rb"{\stylesheet{\s1\sbasedon2 A;}{\s2\sbasedon1 B;}}"
    assert blocks_of(load_rtf(rtf(rb"\pard\s1 Text.\par", styles))) == [("body", 0, "Text.")]


@pytest.mark.parametrize(
    ("info", "title"),
    [
        (rb"{\info{\title The Bells}}", "The Bells"),
        (rb"{\info{\upr{\title B}{\*\ud{\title \u1046?B}}}{\subject no}}", "ЖB"),
        (rb"{\info{\title Microsoft Word - bells.rtf}}", "Ropes"),
        (b"", "Ropes"),
    ],
)
def test_the_title_is_the_property_if_it_says_something_else_the_first_heading(info: bytes, title: str) -> None:
    assert load_rtf(rtf(info + rb"\pard\s1 Ropes\par Text.\par")).title == title


words = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], include_characters="\t\n\u00ad"), max_size=40)


def escaped(text: str, uc: int) -> bytes:
    """`text` as a careful program writes it."""
    pieces = [rb"\uc%d " % uc]
    for character in text:
        if character in "\\{}":
            pieces.append(b"\\" + character.encode())
        elif character in "\n\t":
            pieces.append({"\n": rb"\line ", "\t": rb"\tab "}[character])
        elif character.isascii():
            pieces.append(character.encode())
        else:
            units = character.encode("utf-16-le")
            for start in range(0, len(units), 2):
                number = int.from_bytes(units[start : start + 2], "little", signed=True)
                pieces.append(rb"\u%d " % number + rb"\'3f" * uc)
    return b"".join(pieces)


kinds = st.sampled_from([b"", rb"\s1 ", rb"\ls1 ", rb"\s5 ", b"cell", b"note"])


@given(st.lists(st.tuples(kinds, words), max_size=12), st.integers(0, 3))
def test_all_of_any_document_is_in_passages_in_order(parts: list[tuple[bytes, str]], uc: int) -> None:
    body = [rb"\pard Begin.\par"]
    for kind, text in parts:
        if kind == b"cell":
            body.append(row(escaped(text, uc), escaped(text, uc)))
        elif kind == b"note":
            body.append(rb"\pard x{\footnote\pard " + escaped(text, uc) + rb"}\par ")
        else:
            body.append(rb"\pard" + kind + b"{" + escaped(text, uc) + rb"}\par ")
    extraction = load_rtf(rtf(b"".join(body)))
    check_passages(extraction)
    expected = "Begin." + "".join(text * (1 + (kind == b"cell")) for kind, text in parts)
    found = re.sub(r"\s", "", extraction.text)
    assert sorted(found.replace("x", "")) == sorted(re.sub(r"\s", "", expected).replace("x", ""))
    if all(kind != b"note" for kind, _ in parts):
        assert found == re.sub(r"\s", "", expected)
