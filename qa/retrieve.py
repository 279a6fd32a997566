"""The retriever: a question to the passages that may answer it, by meaning and by words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.library import Library
from index.records import StoredSentence
from index.vectors import Vectors
from qa.answer import Hit

VECTOR_WEIGHT = 0.6
"""How much a cosine counts against a share of the best BM25, chosen on development data (docs/experiments.md)."""

# A passage that is in neither list of this length is in no answer (measured: see docs/experiments.md).
_CANDIDATES = 100


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, best first, and the sentences of their passages, by passage id."""

    hits: tuple[Hit, ...]
    sentences: dict[int, list[StoredSentence]]


def retrieve(library: Library, vector: Vectors, words: list[str], k: int) -> Found:
    """The `k` best passages for a question with this `vector` and these content words.

    The score of a passage is `VECTOR_WEIGHT` times the cosine of its sentence nearest to the question, and for the
    rest its BM25 relative to the best BM25 of this question. Equal scores rank by passage id.
    """
    with library.snapshot():
        keyword_scores = dict(library.search_keywords(words, _CANDIDATES))
        near = [passage_id for passage_id, _ in library.search_vectors(vector, _CANDIDATES)]
        candidates = list(dict.fromkeys([*near, *keyword_scores]))
        sentences = library.sentences(candidates)
        cosines = _best_cosines(sentences, vector)
        best_keyword_score = max(keyword_scores.values(), default=1.0)
        shares = {passage_id: score / best_keyword_score for passage_id, score in keyword_scores.items()}
        scores = {
            passage_id: VECTOR_WEIGHT * cosine + (1 - VECTOR_WEIGHT) * shares.get(passage_id, 0.0)
            for passage_id, cosine in cosines.items()
        }
        ranked = sorted(scores, key=lambda passage_id: (-scores[passage_id], passage_id))[:k]
        passages = library.passages(ranked)
        documents = {id_: library.document(id_) for id_ in {passage.document_id for passage in passages.values()}}
    hits = tuple(
        Hit(
            passage=passages[passage_id],
            document=documents[passages[passage_id].document_id],
            score=scores[passage_id],
            cosine=cosines[passage_id],
            keyword_score=keyword_scores.get(passage_id, 0.0),
            keyword_share=shares.get(passage_id, 0.0),
        )
        for passage_id in ranked
    )
    chosen = set(ranked)
    by_passage: dict[int, list[StoredSentence]] = {passage_id: [] for passage_id in ranked}
    for sentence in sentences:
        if sentence.passage_id in chosen:
            by_passage[sentence.passage_id].append(sentence)
    return Found(hits, by_passage)


def _best_cosines(sentences: list[StoredSentence], vector: Vectors) -> dict[int, float]:
    if not sentences:
        return {}
    cosines = np.stack([sentence.vector for sentence in sentences]) @ vector
    best: dict[int, float] = {}
    for sentence, cosine in zip(sentences, cosines.tolist(), strict=True):
        best[sentence.passage_id] = max(cosine, best.get(sentence.passage_id, -1.0))
    return best
