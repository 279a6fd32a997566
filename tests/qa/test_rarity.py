"""Rarity: the more passages a word stands in, here and in English, the less it tells."""

from __future__ import annotations

import math
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.rarity import FREQUENCIES, PRIOR_PASSAGES, rarity
from qa.words import STOP_WORDS, stem, words_of

UNKNOWN = "zyzzogeton"
WORDS = st.sampled_from(["the", "is", "what", "does", "bells", "1687", UNKNOWN])


@cache
def shares() -> dict[str, float]:
    """The rows of the table, read as anyone would read it."""
    rows = [line.split("\t") for line in FREQUENCIES.read_text("utf-8").splitlines() if line[0] != "#"]
    return {stemmed: float(share) for stemmed, share in rows}


@given(WORDS, st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 10**6))
def test_a_word_tells_less_the_more_passages_it_stands_in(word: str, count: int, more: int, passages: int) -> None:
    assert 0 < rarity(word, count + more, passages) < rarity(word, count, passages)


@given(st.text(max_size=5), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_word_tells_something_however_common_it_is(word: str, count: int, passages: int) -> None:
    """Also where it stands in more passages than there are to rank, as furniture is counted."""
    assert 0 < rarity(word, count, passages) < math.inf


def test_a_word_that_english_does_not_know_by_hand() -> None:
    """With 300 passages of English that lack it, 4 of the library of which one has it: ln(1 + 303.5 / 1.5)."""
    assert PRIOR_PASSAGES == 300
    assert rarity(UNKNOWN, 1, 4) == pytest.approx(math.log(1 + 303.5 / 1.5))
    assert rarity(UNKNOWN, 0, 100) == pytest.approx(math.log(1 + 400.5 / 0.5))
    assert rarity(UNKNOWN, 100, 100) == pytest.approx(math.log(1 + 300.5 / 100.5))


@given(st.sampled_from(sorted(shares())), st.integers(0, 50), st.integers(50, 500))
def test_english_counts_as_300_passages_that_hold_a_word_as_often_as_english_does(
    stemmed: str, count: int, passages: int
) -> None:
    if stem(stemmed) != stemmed:
        return  # "elsewhere" is "elswher" to the table, and no word of this stem can be made from it
    holding = count + 300 * shares()[stemmed]
    expected = math.log(1 + (passages + 300 - holding + 0.5) / (holding + 0.5))
    assert rarity(stemmed, count, passages) == pytest.approx(expected)


def test_in_a_library_that_says_nothing_words_are_as_rare_as_in_english() -> None:
    words = ["the", "what", "does", "zinc", UNKNOWN]
    told = [rarity(word, 0, 10) for word in words]
    assert told == sorted(told)
    assert len(set(told)) == len(words)


def test_all_forms_of_a_word_are_as_rare_as_each_other() -> None:
    assert rarity("state", 3, 50) == rarity("states", 3, 50) == rarity("stated", 3, 50)


def test_the_table_holds_shares_of_stems_in_order() -> None:
    table = shares()
    assert list(table) == sorted(set(table))
    assert [one for one in table if words_of(one) != [one]] == []
    assert [(one, share) for one, share in table.items() if not 0.001 <= share <= 1] == []


@pytest.mark.parametrize(
    ("word", "least", "most"),
    [
        ("the", 0.9, 1),
        ("of", 0.9, 1),
        ("what", 0.4, 0.8),
        ("is", 0.3, 0.9),
        ("as", 0.3, 0.9),
        ("was", 0.3, 0.9),
        ("does", 0.02, 0.3),
        ("zinc", 0.001, 0.01),
    ],
)
def test_the_table_says_of_common_words_that_they_are(word: str, least: float, most: float) -> None:
    assert least < shares()[stem(word)] < most


def test_what_keyword_search_passes_over_is_common_in_english() -> None:
    unknown = {word for word in STOP_WORDS if stem(word) not in shares()}
    assert unknown <= {"ll", "myself", "ourselves", "yourself", "yourselves"}
