"""A packed page is the page that it was made of, once it is unpacked."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from source.boxes import BOX_UNITS, Word
from source.pdf.layout import Line
from source.pdf.packed import PackedPage, Page

edges = st.integers(0, BOX_UNITS)
numbers = st.floats(-1e7, 1e7)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    text = draw(st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=8))
    words = tuple(Word(*run.span(), *(draw(edges) for _ in range(4))) for run in re.finditer(r"\S+", text))
    left, right, bottom, top, size = draw(st.tuples(*[numbers] * 5))
    return Line(text, left, right, bottom, top, size, draw(st.booleans()), words)


some_lines = st.lists(lines(), min_size=1, max_size=4)
pages = st.one_of(
    st.builds(Page, some_lines, st.lists(some_lines, max_size=2), numbers, st.sampled_from(["text", "OCR"])),
    st.builds(Page, st.just([]), st.just([]), numbers, st.sampled_from(["no text", "unreadable"])),
)


@given(pages)
def test_a_page_is_the_same_after_it_was_packed(page: Page) -> None:
    assert PackedPage.of(page).unpack() == page
    assert PackedPage.of(page).has_text == bool(page.lines)
