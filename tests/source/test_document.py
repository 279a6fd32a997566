"""Spans: positions that cannot be wrong."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.document import Span
from tests.strategies import texts

spans = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted).map(lambda edges: Span(*edges))


@given(texts, spans)
def test_a_span_is_a_slice(text: str, span: Span) -> None:
    assert span.of(text) == text[span.start : span.end]
    assert len(span) == span.end - span.start


@given(spans, spans)
def test_spans_overlap_where_they_share_a_character(one: Span, other: Span) -> None:
    shared = set(range(one.start, one.end)) & set(range(other.start, other.end))
    if len(one) and len(other):
        assert one.overlaps(other) == other.overlaps(one) == bool(shared)


@pytest.mark.parametrize(("start", "end"), [(2, 1), (-1, 3), (-2, -1)])
def test_what_is_no_span_cannot_be_built(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span(start, end)


def test_a_span_never_changes() -> None:
    with pytest.raises(FrozenInstanceError):
        Span(1, 2).start = 0  # type: ignore[misc]
