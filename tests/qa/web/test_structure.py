"""Passages of Markdown set as what they mean: no character is lost, moved or added."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from qa.web.structure import markdown_styles, set_passage
from source.document import Span

MARKUP = st.lists(st.sampled_from([*'ab *_`[](){}<>&#|-~!\\"\n\t:', "**", "```\n", "$", "’", "🜂"]), max_size=60).map(
    "".join
)


@given(MARKUP, st.lists(st.integers(0, 60), max_size=6, unique=True))
def test_every_character_stands_where_it_stood(passage: str, cuts: list[int]) -> None:
    edges = sorted(cut for cut in cuts if cut <= len(passage))
    marks = [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False)]
    shown = str(set_passage(passage, markdown_styles(passage), marks, Markup("<mark>")))
    assert html.unescape(re.sub(r"<[^>]+>", "", shown)) == passage
    assert set(re.findall(r"<[^>]+>", shown)) <= {
        "<mark>",
        "</mark>",
        "</span>",
        *(f'<span class="{style}">' for style in ("sign", "strong", "em", "code", "link")),
    }
    inside = [html.unescape(re.sub(r"<[^>]+>", "", one)) for one in re.findall("<mark>(.*?)</mark>", shown, re.DOTALL)]
    assert inside == [passage[mark.start : mark.end] for mark in marks]


@given(MARKUP)
def test_styles_are_in_order_and_disjoint(passage: str) -> None:
    end = 0
    for one in markdown_styles(passage):
        assert end <= one.start <= one.end <= len(passage)
        end = one.end


@pytest.mark.parametrize(
    ("passage", "styled"),
    [
        ("## Climate", [("## ", "sign")]),
        ("A **bold** word", [("**", "sign"), ("bold", "strong"), ("**", "sign")]),
        ("An *odd* word", [("*", "sign"), ("odd", "em"), ("*", "sign")]),
        ("snake_case_names stay", []),
        ("2 * 3 * 4", []),
        ("Use `a*b*c`", [("`", "sign"), ("a*b*c", "code"), ("`", "sign")]),
        ("See [this](http://x.org) now", [("[", "sign"), ("this", "link"), ("](http://x.org)", "sign")]),
        ("- one\n- two", [("- ", "sign"), ("- ", "sign")]),
        ("```py\nx = **1**\n```", [("```py\n", "sign"), ("x = **1**", "code"), ("\n```", "sign")]),
        ("|a|b|\n|-|-|", [("|", "sign"), ("|", "sign"), ("|", "sign"), ("|-|-|", "sign")]),
        ("a | b", []),
    ],
)
def test_by_hand(passage: str, styled: list[tuple[str, str]]) -> None:
    assert [(passage[one.start : one.end], one.style) for one in markdown_styles(passage)] == styled
