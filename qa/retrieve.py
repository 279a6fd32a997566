"""The retriever: a question to the passages that may answer it, by meaning and by words.

Two searches propose passages: the sentence vectors nearest to the question's, and BM25 over its content words. The
best of them are then ranked by evidence of four kinds, computed exactly for each.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from index.library import Library
from index.records import StoredSentence
from index.rows import SentenceTable
from qa.answer import Hit
from qa.question import Question
from qa.quoted_phrases import QuotedPhrase, holding_phrases
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
    """How well one sentence fits the question: `cosine` -1 to 1, `coverage` 0 to 1."""

    sentence: StoredSentence
    cosine: float
    coverage: float

    @property
    def stems(self) -> frozenset[str]:
        """Those of its own words."""
        return stems_of(self.sentence.folded)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The evidence of passages that may be found: `features` of each by its id are what `WEIGHTS` weighs, in its order.

    `cosines` and `coverages` are of the sentences in `table`, and `places` those of each passage.
    """

    table: SentenceTable
    places: dict[int, range]
    cosines: list[float]
    coverages: list[float]
    features: dict[int, tuple[float, float, float, float]]

    def of(self, passage_id: int) -> list[SentenceEvidence]:
        """The evidence of a passage's sentences, in order."""
        return [
            SentenceEvidence(self.table.sentence(place), self.cosines[place], self.coverages[place])
            for place in self.places[passage_id]
        ]


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, best first, and the evidence of each one's sentences, in order, by passage id.

    `phrases` are those that the question has in quotation marks.
    """

    hits: tuple[Hit, ...]
    evidence: dict[int, list[SentenceEvidence]]
    phrases: tuple[QuotedPhrase, ...] = ()

    def first(self, k: int) -> Found:
        """Only the `k` best hits."""
        hits = self.hits[:k]
        return replace(self, hits=hits, evidence={hit.passage.id: self.evidence[hit.passage.id] for hit in hits})


def retrieve(library: Library, question: Question, k: int, documents: Collection[int] | None = None) -> Found:
    """The `k` best passages for `question`, by score; equal scores rank by passage id.

    Where ids of `documents` are given, only their passages are proposed, as if no others were there; and where the
    question has a phrase in quotation marks, only those that hold it, if any do.
    """
    with library.snapshot():
        chosen_ones = None if documents is None else library.passage_ids_of(documents)
        allowed, phrases = holding_phrases(library, question.text, chosen_ones)
        keyword_scores = dict(library.search_keywords(question.content_words, _PROPOSED, allowed))
        cosines: dict[int, float] = {}
        for passage_id, cosine in library.search_vectors(question.vector, _PROPOSED, allowed):
            cosines.setdefault(passage_id, cosine)
        chosen = _choose(cosines, keyword_scores)
        gathered = gather_evidence(library.sentence_table(chosen), library.headings(chosen), question)
        scores = {id_: _weighted(features) for id_, features in gathered.features.items()}
        best = sorted(scores, key=lambda id_: (-scores[id_], id_))[:k]
        passages = library.passages(best)
        records = library.documents_by_id({passage.document_id for passage in passages.values()})
    best_keyword_score = max(keyword_scores.values(), default=1.0)
    hits = tuple(
        Hit(
            passage=passages[id_],
            document=records[passages[id_].document_id],
            score=scores[id_],
            cosine=gathered.features[id_][0],
            keyword_score=keyword_scores.get(id_, 0.0),
            keyword_share=keyword_scores.get(id_, 0.0) / best_keyword_score,
        )
        for id_ in best
    )
    return Found(hits, {id_: gathered.of(id_) for id_ in best}, phrases)


def _choose(cosines: dict[int, float], keyword_scores: dict[int, float]) -> list[int]:
    """The proposed passages with the best cosine and share of the best BM25, weighed 3 to 2."""
    best = max(keyword_scores.values(), default=1.0)
    scores = {
        passage_id: 0.6 * cosines.get(passage_id, 0.0) + 0.4 * keyword_scores.get(passage_id, 0.0) / best
        for passage_id in {**cosines, **keyword_scores}
    }
    return sorted(scores, key=lambda passage_id: (-scores[passage_id], passage_id))[:_RANKED]


def gather_evidence(table: SentenceTable, headings: Mapping[int, Sequence[str]], question: Question) -> Gathered:
    """How well the passages in `table` and their sentences fit `question`.

    `headings` is the path of each passage, by its id. The words of the innermost one count as the sentence's own: "The
    lid is open." answers "What does E7 mean?" below a heading that asks it.
    """
    places = table.places()
    if not places:
        return Gathered(table, places, [], [], {})
    # The product of one row at a time: that of a matrix may round a row differently beside others.
    cosines = np.vecdot(table.vectors, question.vector).tolist()
    said = question.stems_in(table.folded())
    innermost = question.stems_in(" ".join(headings[id_][-1:]) for id_ in places)
    paths = question.stems_in(" ".join(headings[id_]) for id_ in places)
    coverage = cache(question.coverage)
    coverages = [
        coverage(said[one] | above) for above, of in zip(innermost, places.values(), strict=True) for one in of
    ]
    features = {
        id_: (
            max(cosines[of.start : of.stop]),
            mean_cosine,
            coverage(path.union(*said[of.start : of.stop])),
            max(coverages[of.start : of.stop]),
        )
        for (id_, of), path, mean_cosine in zip(
            places.items(), paths, _mean_cosines(table, places, question), strict=True
        )
    }
    return Gathered(table, places, cosines, coverages, features)


def _mean_cosines(table: SentenceTable, places: Mapping[int, range], question: Question) -> list[float]:
    """The cosine of the question with the mean vector of each passage; 0 where that has no direction."""
    sums = np.stack([table.vectors[of.start : of.stop].sum(axis=0) for of in places.values()])
    means = sums / np.array([len(of) for of in places.values()], dtype=np.float32)[:, np.newaxis]
    lengths = np.sqrt(np.vecdot(means, means)).astype(np.float64)
    products = np.vecdot(means, question.vector).astype(np.float64)
    cosines: list[float] = np.divide(products, lengths, out=np.zeros_like(lengths), where=lengths > 0).tolist()
    return cosines


def _weighted(features: tuple[float, ...]) -> float:
    return sum(weight * feature for weight, feature in zip(WEIGHTS.values(), features, strict=True))
