"""Short words are found where they are words of their own, as a slow and obvious routine finds them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.check_words import MAX_KEY_CHARS, ShortWords, is_short_word, key_of

PIECES = st.lists(
    st.sampled_from(
        ["of", "Of", "é", "e\u0301", "ab", "abcdefg", " ", "-", "_", "\n", "-\n", "\u00ad", "\0", ".", "7", "ﬁ"]
    ),
    max_size=14,
)
WORD_CHARACTERS = "LMN"


def is_letter(character: str) -> bool:
    return character != "" and unicodedata.category(character)[0] in WORD_CHARACTERS


def words_of(text: str) -> set[tuple[int, int]]:
    """Runs of letters, digits and accents: where they start and end."""
    found = set()
    start = 0
    while start < len(text):
        end = start
        while end < len(text) and is_letter(text[end]):
            end += 1
        if end > start:
            found.add((start, end))
        start = max(end, start + 1)
    return found


@given(PIECES)
def test_every_short_word_is_found_and_no_part_of_a_longer_one(pieces: list[str]) -> None:
    text = "".join(pieces)
    index = ShortWords([text])
    words = {span for span in words_of(text) if text[span[0]].isalnum()}
    keys = {key_of(text[start:end]) for start, end in words}
    found = {(span.start, span.end) for key in keys for _, span in index.places(key)}
    assert {span for span in words if 0 < len(key_of(text[slice(*span)])) <= MAX_KEY_CHARS} <= found
    assert all(not is_letter(text[end : end + 1]) for _, end in found)
    assert all(start == 0 or not text[start - 1].isalnum() for start, _ in found)


def test_a_word_that_a_line_end_or_markup_divides_is_found_whole_and_in_parts() -> None:
    text = "The har-\nbour of so\u00adme well-\nknown \0\0no\0\0ne"
    index = ShortWords(["a bell", text])
    assert [(number, span.start, span.end) for number, span in index.places("some")] == [(1, 17, 22)]
    assert [span.start for _, span in index.places("bour")] == [9]
    assert [text[span.start : span.end] for _, span in index.places("known")] == ["known"]
    assert [text[span.start : span.end] for _, span in index.places("none")] == ["no\0\0ne"]
    assert list(index.places("harbour")) == []
    assert [(number, span.start) for number, span in index.places("BELL")] == [(0, 2)]


@pytest.mark.parametrize(
    ("words", "is_short"),
    [
        ("of", True),
        ("Ü", True),
        ("No. ", True),
        ("a b", False),
        ("harbour", False),
        ("鐘", False),
        ("…", False),
        ("", False),
    ],
)
def test_what_is_a_short_word(words: str, is_short: bool) -> None:
    assert is_short_word(words) == is_short
