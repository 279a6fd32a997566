"""The usual ways to rank passages: each is what its name says, compared with loops over all passages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.library import Library
from qa.baselines import (
    BASELINES,
    rank_by_keywords,
    rank_by_reciprocal_rank,
    rank_by_vectors,
    rank_by_weighted_sum,
)
from qa.question import Question, prepare_question
from tests.documents import put_text
from tests.fakes import WordEmbedder

EMBEDDER = WordEmbedder()
WORDS = "bell rope tide quay gull lathe warden harbour clapper herring".split()


@pytest.fixture(scope="module")
def bells(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """24 passages of one to three sentences, two of which are the same."""

    def passage(number: int) -> str:
        words = [WORDS[number * step % 10] for step in range(1, 9)]
        sentences = [f"The {words[at]} and the {words[at + 1]} and {words[at + 2]}." for at in range(number % 3 + 1)]
        return " ".join(sentences)

    with Library(tmp_path_factory.mktemp("baselines") / "library") as library:
        put_text(library, EMBEDDER, "\n\n".join(passage(number) for number in range(24)))
        yield library


def ids_of(library: Library) -> list[int]:
    return [passage.id for document in library.documents() for passage in library.passages_of(document.id)]


def slow_cosines(library: Library, question: Question) -> dict[int, float]:
    """The cosine of the nearest sentence of every passage."""
    return {
        passage_id: max(float(one.vector @ question.vector) for one in library.sentences([passage_id]))
        for passage_id in ids_of(library)
    }


def is_ranking(ids: list[int], scores: dict[int, float]) -> bool:
    """True if `ids` are in the order of `scores`, which were computed another way, to the sixth digit."""
    told = [scores[passage_id] for passage_id in ids]
    return all(higher >= lower - 1e-6 for higher, lower in pairwise(told))


questions = st.lists(st.sampled_from([*WORDS, "bells", "the", "what", "moth"]), min_size=1, max_size=5).map(" ".join)


@settings(max_examples=50)
@given(questions)
def test_rankings_are_those_of_loops_over_all_passages(bells: Library, text: str) -> None:
    question = prepare_question(bells, EMBEDDER, text)
    cosines = slow_cosines(bells, question)
    keywords = bells.search_keywords(question.content_words, 100)
    best = max((score for _, score in keywords), default=1.0)
    by_vectors = rank_by_vectors(bells, question, 100)
    assert sorted(by_vectors) == sorted(cosines)
    assert is_ranking(by_vectors, cosines)
    by_keywords = [passage_id for passage_id, _ in sorted(keywords, key=lambda pair: (-pair[1], pair[0]))]
    assert rank_by_keywords(bells, question, 100) == by_keywords
    weighted = {one: 0.6 * cosines[one] + 0.4 * dict(keywords).get(one, 0) / best for one in cosines}
    by_weighted_sum = rank_by_weighted_sum(bells, question, 100)
    assert sorted(by_weighted_sum) == sorted(weighted)
    assert is_ranking(by_weighted_sum, weighted)
    fused = {
        one: sum(1 / (60 + ranking.index(one) + 1) for ranking in (by_vectors, by_keywords) if one in ranking)
        for one in by_vectors
    }
    assert rank_by_reciprocal_rank(bells, question, 100) == sorted(fused, key=lambda one: (-fused[one], one))


@pytest.mark.parametrize("name", BASELINES)
def test_k_cuts_a_ranking_off(bells: Library, name: str) -> None:
    question = prepare_question(bells, EMBEDDER, "What bell hangs on the quay?")
    whole = BASELINES[name](bells, question, 100)
    assert len(set(whole)) == len(whole) > 5
    for k in (1, 5):
        assert BASELINES[name](bells, question, k) == whole[:k]


@pytest.mark.parametrize("name", BASELINES)
def test_equal_passages_rank_by_id(library: Library, name: str) -> None:
    for number in range(3):
        put_text(library, EMBEDDER, "The bell hangs on the quay.", f"/documents/{number}.txt")
    question = prepare_question(library, EMBEDDER, "Which bell?")
    assert BASELINES[name](library, question, 10) == sorted(ids_of(library))


@pytest.mark.parametrize("name", BASELINES)
def test_of_nothing_nothing_is_ranked(library: Library, name: str) -> None:
    assert BASELINES[name](library, prepare_question(library, EMBEDDER, "Which bell?"), 10) == []


def test_keywords_rank_only_passages_that_have_one(library: Library) -> None:
    put_text(library, EMBEDDER, "The bell hangs on the quay.\n\nA gull sits above the water.\n")
    question = prepare_question(library, EMBEDDER, "Which bell, and what moth?")
    assert rank_by_keywords(library, question, 10) == ids_of(library)[:1]
    assert sorted(rank_by_vectors(library, question, 10)) == ids_of(library)


def test_reciprocal_rank_fusion_by_hand(library: Library) -> None:
    put_text(library, EMBEDDER, "A gull and a moth sit here.\n\nThe bell and the bell and the rope, they all hang.\n")
    gull, bell = ids_of(library)
    question = prepare_question(library, EMBEDDER, "gull here. moth sit")
    assert rank_by_vectors(library, question, 10) == [gull, bell]
    assert rank_by_keywords(library, question, 10) == [gull]
    assert rank_by_reciprocal_rank(library, question, 10) == [gull, bell]  # 1/61 + 1/61 and 1/62
