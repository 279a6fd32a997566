"""Boxes of words become one box for each line of a quote."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from source.boxes import BOX_UNITS, WORD_BOX, LineBox, Word, append_words, boxes_of, move_words, pack_words
from source.document import Span

# "The old bell" on one line and "rang" on the next, each word as wide as it has letters.
FIRST = [Word(0, 3, 0, 10, 3, 20), Word(4, 7, 4, 12, 7, 22), Word(8, 12, 8, 10, 12, 20)]
SECOND = [Word(13, 17, 0, 30, 4, 40)]
PAGE = pack_words(7, [FIRST, SECOND])


def in_units(box: LineBox) -> tuple[int, ...]:
    return tuple(round(edge * BOX_UNITS) for edge in (box.left, box.top, box.right, box.bottom))


def test_words_of_one_line_have_one_box_and_words_in_part_count_whole() -> None:
    boxes = boxes_of([PAGE], Span(5, 14))
    assert [in_units(box) for box in boxes] == [(4, 10, 12, 22), (0, 30, 4, 40)]
    assert [box.page for box in boxes] == [7, 7]


def test_a_span_that_only_touches_words_has_no_box() -> None:
    assert boxes_of([PAGE], Span(3, 4)) == []
    assert boxes_of([PAGE], Span(12, 13)) == []
    assert boxes_of([], Span(0, 9)) == []


def test_an_empty_span_between_characters_of_a_word_touches_nothing() -> None:
    assert boxes_of([PAGE], Span(2, 2)) == []


def test_a_word_off_the_page_has_no_box() -> None:
    hidden = pack_words(1, [[Word(0, 3, 0, 5, 0, 9), Word(4, 6, 3, 5, 8, 9)], [Word(7, 9, 0, 0, 5, 0)]])
    assert [in_units(box) for box in boxes_of([hidden], Span(0, 9))] == [(3, 5, 8, 9)]


def test_a_quote_across_pages_has_boxes_on_both() -> None:
    after = pack_words(8, [[Word(18, 20, 1, 2, 3, 4)]])
    boxes = boxes_of([PAGE, after], Span(13, 20))
    assert [(box.page, in_units(box)) for box in boxes] == [(7, (0, 30, 4, 40)), (8, (1, 2, 3, 4))]


def test_the_edge_of_the_page_is_one() -> None:
    page = pack_words(1, [[Word(0, 1, 0, 0, BOX_UNITS, BOX_UNITS)]])
    assert boxes_of([page], Span(0, 1)) == [LineBox(1, 0.0, 0.0, 1.0, 1.0)]


def test_lines_beyond_the_number_that_is_kept_are_still_told_apart() -> None:
    count = BOX_UNITS + 3
    page = pack_words(1, ([Word(2 * line, 2 * line + 1, 0, 0, 9, 9)] for line in range(count)))
    assert len(boxes_of([page], Span(2 * count - 8, 2 * count))) == 4


def test_packed_words_are_rows_of_numbers() -> None:
    rows = np.frombuffer(PAGE.words, WORD_BOX)
    assert rows["line"].tolist() == [0, 0, 0, 1]
    assert rows[["start", "end", "left", "top", "right", "bottom"]].tolist() == [tuple(word) for word in FIRST + SECOND]


texts = st.text(st.sampled_from("ab  "), min_size=1, max_size=12)


def words_of(text: str) -> tuple[Word, ...]:
    return tuple(Word(*run.span(), *run.span(), *run.span()) for run in re.finditer(r"\S+", text))


@given(texts, texts)
def test_joined_words_are_those_of_the_joined_text(one: str, other: str) -> None:
    joined = list(words_of(one))
    append_words(joined, list(move_words(words_of(other), len(one))))
    assert [(word.start, word.end) for word in joined] == [(word.start, word.end) for word in words_of(one + other)]
