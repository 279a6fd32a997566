"""The retriever: a question to the passages that may answer it, by meaning and by words.

Two searches propose passages: the sentence vectors nearest to the question's, and BM25 over its content words. The
best of them are then ranked by evidence of four kinds, computed exactly for each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.library import Library
from index.records import StoredSentence
from qa.answer import Hit
from qa.question import Question
from qa.words import stems_of

# The score of a passage is the sum of its evidence times these. Fitted on SQuAD 1.1 train and SelQA (`make fit`).
WEIGHTS = {
    "best cosine": 0.372,  # of the sentence nearest to the question
    "mean cosine": 0.231,  # of the mean of its sentences' vectors
    "coverage": 0.182,  # of the question's words, weighed by rarity, in the passage and its headings
    "sentence coverage": 0.215,  # the same, in the one sentence that holds most of them
}

# How many sentences and passages each search proposes, and how many passages of them are ranked by evidence, which
# is where the time goes. Twice as many change no figure (docs/experiments.md).
_PROPOSED = 100
_RANKED = 50


@dataclass(frozen=True, slots=True)
class SentenceEvidence:
    """How well one sentence fits the question: `cosine` -1 to 1, `coverage` 0 to 1, `stems` of its own words."""

    sentence: StoredSentence
    cosine: float
    coverage: float
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, best first, and the evidence of each one's sentences, in order, by passage id."""

    hits: tuple[Hit, ...]
    evidence: dict[int, list[SentenceEvidence]]

    def first(self, k: int) -> Found:
        """Only the `k` best hits."""
        hits = self.hits[:k]
        return Found(hits, {hit.passage.id: self.evidence[hit.passage.id] for hit in hits})


def retrieve(library: Library, question: Question, k: int, documents: Collection[int] | None = None) -> Found:
    """The `k` best passages for `question`, by score; equal scores rank by passage id.

    Where ids of `documents` are given, only their passages are proposed, as if no others were there.
    """
    with library.snapshot():
        allowed = None if documents is None else library.passage_ids_of(documents)
        keyword_scores = dict(library.search_keywords(question.content_words, _PROPOSED, allowed))
        cosines: dict[int, float] = {}
        for passage_id, cosine in library.search_vectors(question.vector, _PROPOSED, allowed):
            cosines.setdefault(passage_id, cosine)
        chosen = _choose(cosines, keyword_scores)
        headings = library.headings(chosen)
        evidence = gather_evidence(library.sentences(chosen), headings, question)
        scores = {
            id_: _weighted(passage_features(fit, question, stems_of(" ".join(headings[id_]))))
            for id_, fit in evidence.items()
        }
        best = sorted(scores, key=lambda id_: (-scores[id_], id_))[:k]
        passages = library.passages(best)
        records = {id_: library.document(id_) for id_ in {passage.document_id for passage in passages.values()}}
    best_keyword_score = max(keyword_scores.values(), default=1.0)
    hits = tuple(
        Hit(
            passage=passages[id_],
            document=records[passages[id_].document_id],
            score=scores[id_],
            cosine=max(one.cosine for one in evidence[id_]),
            keyword_score=keyword_scores.get(id_, 0.0),
            keyword_share=keyword_scores.get(id_, 0.0) / best_keyword_score,
        )
        for id_ in best
    )
    return Found(hits, {id_: evidence[id_] for id_ in best})


def _choose(cosines: dict[int, float], keyword_scores: dict[int, float]) -> list[int]:
    """The proposed passages with the best cosine and share of the best BM25, weighed 3 to 2."""
    best = max(keyword_scores.values(), default=1.0)
    scores = {
        passage_id: 0.6 * cosines.get(passage_id, 0.0) + 0.4 * keyword_scores.get(passage_id, 0.0) / best
        for passage_id in {**cosines, **keyword_scores}
    }
    return sorted(scores, key=lambda passage_id: (-scores[passage_id], passage_id))[:_RANKED]


def gather_evidence(
    sentences: Iterable[StoredSentence], headings: Mapping[int, Sequence[str]], question: Question
) -> dict[int, list[SentenceEvidence]]:
    """How well each of `sentences` fits `question`, by passage id, in the order given.

    `headings` is the path of each passage, by its id. The words of the innermost one count as the sentence's own: "The
    lid is open." answers "What does E7 mean?" below a heading that asks it.
    """
    above = {id_: stems_of(" ".join(path[-1:])) for id_, path in headings.items()}
    evidence: dict[int, list[SentenceEvidence]] = {}
    for sentence in sentences:
        stems = stems_of(sentence.folded)
        coverage = question.coverage(stems | above[sentence.passage_id])
        fit = SentenceEvidence(sentence, float(sentence.vector @ question.vector), coverage, stems)
        evidence.setdefault(sentence.passage_id, []).append(fit)
    return evidence


def _weighted(features: tuple[float, ...]) -> float:
    return sum(weight * feature for weight, feature in zip(WEIGHTS.values(), features, strict=True))


def passage_features(
    fit: list[SentenceEvidence], question: Question, heading_stems: frozenset[str]
) -> tuple[float, float, float, float]:
    """What `WEIGHTS` weighs, in its order."""
    mean = np.mean([one.sentence.vector for one in fit], axis=0)
    length = float(np.linalg.norm(mean))
    return (
        max(one.cosine for one in fit),
        float(mean @ question.vector) / length if length else 0.0,
        question.coverage(heading_stems.union(*(one.stems for one in fit))),
        max(one.coverage for one in fit),
    )
