"""The second reading: the sentences of the best passages once more, token by token.

A sentence's vector blurs what it is made of. So each token of the question is held against each token of the best
passages, by itself and in its context, and what comes nearest to it counts (late interaction; Khattab and Zaharia
2020, arXiv:2004.12832). For this those passages pass through the model while the question waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.embed import Embedder, TokenVectors
from index.vectors import Vectors
from qa.answer import Hit
from qa.expect import expectations_of
from qa.question import Question
from qa.read import SHARPNESS, RankedSentence, evidence_row, rank_by
from qa.retrieve import Found
from qa.words import unbroken_words_of
from source.fold import fold

# A sentence is the answering one with a probability proportional to exp(the sum of its evidence times these). Fitted
# on SQuAD 1.1 train, on other questions of it than those of `make fit`, which prints what it finds beside them.
WEIGHTS = {
    # As in the first reading.
    "cosine": 5.68,
    "coverage": 5.34,
    "passage": 2.83,
    "before": -0.01,
    "after": 0.01,
    "number": 2.37,
    "date": 1.79,
    "name": 1.06,
    "place": 1.1,
    "reason": 1.32,
    # Of each token of the question by itself, the cosine of the nearest one in the sentence: their mean; that weighed
    # by rarity; weighed, with the sentence before it; weighed, with the whole passage.
    "alone": 4.2,
    "alone, weighed": -11.09,
    "alone, with before": 2.56,
    "alone, in passage": 3.34,
    # The same of tokens in their context; and weighed, with the sentences before and after it.
    "in context": 11.46,
    "in context, weighed": 3.43,
    "in context, with before": 3.41,
    "in context, in passage": 8.35,
    "in context, with both": 3.27,
}

# So much text is read again: the best passages while they fit, and the first one in any case. It takes most of the
# time of an answer.
_MAX_CHARS = 2_500
# Added to each rarity: a token that tells little tells something.
_LEAST_RARITY = 0.3


@dataclass(frozen=True, slots=True)
class SecondReading:
    """All sentences, best first, and what is known of the best of those that were read again.

    `evidence` holds that sentence's features by their names in `WEIGHTS`; `probability` is the chance that it, and no
    other of those read again, answers.
    """

    ranked: list[RankedSentence]
    best: RankedSentence
    evidence: dict[str, float]
    probability: float


def reread(
    ranked: Sequence[RankedSentence], found: Found, question: Question, embedder: Embedder
) -> SecondReading | None:
    """A second reading of `ranked`, which are all sentences of `found`; None with a model that does not pool late.

    Sentences that are not read again keep their distance to the best of those that are.
    """
    if embedder.identity.pooling != "late" or not ranked:
        return None
    hits = hits_to_reread(found.hits)
    rows = np.concatenate(reread_features(hits, found, question, embedder))
    places = [(hit.passage.id, number) for hit in hits for number in range(len(found.evidence[hit.passage.id]))]
    scores = dict(zip(places, (rows @ np.array([*WEIGHTS.values()])).tolist(), strict=True))
    first_best = next(one for one in ranked if _place(one) in scores)
    distance = scores[_place(first_best)] - SHARPNESS * first_best.score
    again = [scores.get(_place(one), SHARPNESS * one.score + distance) for one in ranked]
    second = rank_by(again, [(one.hit, one.number) for one in ranked], found, sharpness=1.0)
    best = next(one for one in second if _place(one) in scores)
    return SecondReading(
        ranked=second,
        best=best,
        evidence=dict(zip(WEIGHTS, rows[places.index(_place(best))].tolist(), strict=True)),
        probability=best.probability / sum(one.probability for one in second if _place(one) in scores),
    )


def _place(one: RankedSentence) -> tuple[int, int]:
    return one.hit.passage.id, one.number


def hits_to_reread(hits: Sequence[Hit]) -> list[Hit]:
    """The best of `hits`, best first, as far as there is time for them."""
    ends = np.cumsum([len(hit.passage.text) for hit in hits])
    return [hit for place, (hit, end) in enumerate(zip(hits, ends, strict=True)) if place == 0 or end <= _MAX_CHARS]


def reread_features(hits: Sequence[Hit], found: Found, question: Question, embedder: Embedder) -> list[Vectors]:
    """For each hit, (sentences, features) of what `WEIGHTS` weighs, in its order."""
    words = unbroken_words_of(fold(question.text, "none"))
    texts = [[one.sentence.folded for one in found.evidence[hit.passage.id]] for hit in hits]
    headings = [[fold(heading, "none") for heading in hit.passage.headings[-1:]] for hit in hits]
    asked, *tokens = embedder.embed_tokens([words, *headings, *texts])
    passages = [_below(heading, text) for heading, text in zip(tokens[: len(hits)], tokens[len(hits) :], strict=True)]
    rarities = np.array([question.rarity_of(word) for word in words])[asked.part_of] + _LEAST_RARITY
    weights = rarities / rarities.sum()
    expectations = expectations_of(question.text)
    rows = []
    for hit, passage in zip(hits, passages, strict=True):
        fit = found.evidence[hit.passage.id]
        first = np.array([evidence_row(hit, fit, number, expectations) for number in range(len(fit))])
        rows.append(np.column_stack([first, token_features(asked, weights, passage, len(fit))]))
    return rows


def _below(heading: TokenVectors, text: TokenVectors) -> TokenVectors:
    """Both as one, the heading as part 0."""
    return TokenVectors(
        np.concatenate([heading.part_of, 1 + text.part_of]),
        np.concatenate([heading.alone, text.alone]),
        np.concatenate([heading.in_context, text.in_context]),
    )


def token_features(asked: TokenVectors, weights: Vectors, passage: TokenVectors, sentences: int) -> Vectors:
    """(sentences, 9): how near the tokens of each of a passage's sentences come to those of the question.

    Part 0 of `passage` is its innermost heading, the tokens of which count as each sentence's own, as words do in
    the first reading; then come its sentences. `weights` is (tokens of the question,) and sums to 1. The order is that
    of `WEIGHTS`.
    """
    columns: list[Vectors] = []
    for asked_vectors, vectors in ((asked.alone, passage.alone), (asked.in_context, passage.in_context)):
        heading, *rows = _nearest(asked_vectors @ vectors.T, passage.part_of, 1 + sentences)
        nearest = np.maximum(rows, heading)
        with_before = np.maximum(nearest, np.vstack([nearest[:1], nearest[:-1]]))
        columns += [nearest.mean(axis=1), nearest @ weights, with_before @ weights]
        columns.append(np.full(sentences, nearest.max(axis=0) @ weights))
    with_both = np.maximum(with_before, np.vstack([nearest[1:], nearest[-1:]]))
    return np.column_stack([*columns, with_both @ weights])


def _nearest(cosines: Vectors, part_of: np.typing.NDArray[np.int64], parts: int) -> Vectors:
    """(parts, tokens of the question): the best cosine of each part's tokens, 0 for a part of none."""
    nearest = np.zeros((parts, len(cosines)), dtype=np.float32)
    present, firsts = np.unique(part_of, return_index=True)
    if len(present):
        nearest[present] = np.maximum.reduceat(cosines, firsts, axis=1).T
    return nearest
