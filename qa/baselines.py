"""The usual ways to rank passages, for comparison: `qa eval --compare` and `make quality` print them side by side."""

from __future__ import annotations

from collections.abc import Callable

from index.library import Library
from qa.question import Question

_PROPOSED = 100
# The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009).
_RRF_K = 60
_VECTOR_WEIGHT = 0.6

Ranker = Callable[[Library, Question, int], list[int]]
"""The ids of the `k` best passages, best first; equal scores rank by id."""


def rank_by_vectors(library: Library, question: Question, k: int) -> list[int]:
    """By the cosine of the sentence nearest to the question."""
    return _best(_cosines(library, question), k)


def rank_by_keywords(library: Library, question: Question, k: int) -> list[int]:
    """By BM25."""
    return _best(dict(library.search_keywords(question.content_words, _PROPOSED)), k)


def rank_by_reciprocal_rank(library: Library, question: Question, k: int) -> list[int]:
    """By reciprocal rank fusion of the two, weighed equally."""
    scores: dict[int, float] = {}
    for ranker in (rank_by_vectors, rank_by_keywords):
        for rank, passage_id in enumerate(ranker(library, question, _PROPOSED), 1):
            scores[passage_id] = scores.get(passage_id, 0.0) + 1 / (_RRF_K + rank)
    return _best(scores, k)


def rank_by_weighted_sum(library: Library, question: Question, k: int) -> list[int]:
    """By 0.6 times the cosine and 0.4 times the share of this question's best BM25."""
    keyword_scores = dict(library.search_keywords(question.content_words, _PROPOSED))
    best = max(keyword_scores.values(), default=1.0)
    cosines = _cosines(library, question)
    scores = {
        passage_id: _VECTOR_WEIGHT * cosines.get(passage_id, 0.0)
        + (1 - _VECTOR_WEIGHT) * keyword_scores.get(passage_id, 0.0) / best
        for passage_id in {**cosines, **keyword_scores}
    }
    return _best(scores, k)


BASELINES: dict[str, Ranker] = {
    "vectors": rank_by_vectors,
    "keywords": rank_by_keywords,
    "rrf": rank_by_reciprocal_rank,
    "weighted": rank_by_weighted_sum,
}


def _cosines(library: Library, question: Question) -> dict[int, float]:
    cosines: dict[int, float] = {}
    for passage_id, cosine in library.search_vectors(question.vector, _PROPOSED):
        cosines.setdefault(passage_id, cosine)
    return cosines


def _best(scores: dict[int, float], k: int) -> list[int]:
    return sorted(scores, key=lambda passage_id: (-scores[passage_id], passage_id))[:k]
