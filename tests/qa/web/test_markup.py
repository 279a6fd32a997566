"""Text to HTML and back."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from qa.web.markup import marked, name, text, wrapping
from source.document import Span

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0") | st.sampled_from("<>&\"'\t\r\n${}"))


@given(TEXTS)
def test_text_as_html_says_what_it_said(value: str) -> None:
    assert html.unescape(str(text(value))) == value
    assert not re.search(r"[<>\"'\t\n\r]", text(value))


@given(TEXTS, st.lists(st.integers(0, 40), max_size=6, unique=True), st.integers(0, 1000))
def test_marks_add_nothing_and_lose_nothing(passage: str, cuts: list[int], offset: int) -> None:
    edges = sorted(cut for cut in cuts if cut <= len(passage))
    spans = [Span(start + offset, end + offset) for start, end in zip(edges[::2], edges[1::2], strict=False)]
    shown = str(marked(passage, offset, spans, Markup("<mark>")))
    assert html.unescape(shown.replace("<mark>", "").replace("</mark>", "")) == passage
    inside = re.findall("<mark>(.*?)</mark>", shown)
    assert [html.unescape(one) for one in inside] == [passage[s.start - offset : s.end - offset] for s in spans]


def test_a_name_stays_on_one_line_and_cannot_turn_it_round() -> None:
    assert name("a\nb\u202etxt.exe<b>") == r"a\nb\u202etxt.exe&lt;b&gt;"


def test_only_the_lines_of_a_narrow_page_are_set_anew() -> None:
    prose = "He made cooking pots, and if you look inside you can see\nthat he left three small feet."
    assert wrapping(prose) == "reflow"
    assert wrapping("Roses are red,\nviolets are blue.") == "keep"
    assert wrapping("One line.") == "flow"
