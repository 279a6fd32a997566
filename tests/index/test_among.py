"""Searching some passages only: what is found among them is what a search of all finds, without the others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.among import are_few
from index.library import Library
from tests.documents import put_text
from tests.fakes import WordEmbedder

WORDS = WordEmbedder()
SUBJECTS = ("bell", "rope", "tide", "quay", "lamp", "warden", "ferry")
EVERYTHING = 1_000


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Sixty documents of one or two passages."""
    with Library(tmp_path_factory.mktemp("many")) as library:
        for number in range(60):
            one, other = SUBJECTS[number % 7], SUBJECTS[number % 5]
            more = f"\n\nNobody saw the {other} at night." if number % 3 == 0 else ""
            text = f"The {one} of pier {number} is old. The {other} beside it is new.{more}"
            put_text(library, WORDS, text, f"/documents/{number:02d}.txt")
        yield library


def test_few_are_a_small_share_and_bounded() -> None:
    assert are_few(range(5), 40)
    assert not are_few(range(6), 40)
    assert are_few(range(20_000), 10_000_000)
    assert not are_few(range(20_001), 10_000_000)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_search_among_some_is_that_of_all_without_the_others(many: Library, data: st.DataObject) -> None:
    documents = [document.id for document in many.documents()]
    chosen = data.draw(st.lists(st.sampled_from(documents), max_size=60, unique=True))
    among = many.passage_ids_of(chosen)
    word, k = data.draw(st.sampled_from(SUBJECTS)), data.draw(st.integers(1, 12))
    all_by_word = many.search_keywords([word, "old"], EVERYTHING)
    assert many.search_keywords([word, "old"], k, among) == [one for one in all_by_word if one[0] in among][:k]
    vector = WORDS.embed_question(f"The {word} is old.")
    every = [cosine for id_, cosine in many.search_vectors(vector, EVERYTHING) if id_ in among][:k]
    found = many.search_vectors(vector, k, among)
    assert [cosine for _, cosine in found] == pytest.approx(every, abs=1e-5)
    assert {id_ for id_, _ in found} <= among


def test_among_none_nothing_is_found(many: Library) -> None:
    assert many.search_keywords(["bell"], 5, frozenset()) == []
    assert many.search_vectors(WORDS.embed_question("bell"), 5, frozenset()) == []
