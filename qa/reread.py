"""The second reading: the sentences of the best passages once more, token by token.

A sentence's vector blurs what it is made of. So each token of the question is held against each token of the best
passages, by itself and in its context, and what comes nearest to it counts (late interaction; Khattab and Zaharia
2020, arXiv:2004.12832). For this those passages pass through the model while the question waits. Where there is a
trained reader for the model (`qa.trained`), what it says of each sentence counts, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from index.embed import Embedder, TokenVectors
from index.vectors import Vectors
from qa.answer import Hit
from qa.expect import expectations_of
from qa.question import Question
from qa.read import SHARPNESS, RankedSentence, evidence_row, rank_by
from qa.retrieve import Found, SentenceEvidence
from qa.trained import SentenceAnswer, TrainedReader, reader_for
from qa.words import unbroken_words_of
from source.document import Span
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

# The same where the trained reader counts, fitted on articles of SQuAD 1.1 train that it has not seen. It knows what a
# question expects, so that the kinds of words count for little, and what they do count is against it.
TRAINED_WEIGHTS = {
    "cosine": 2.98,
    "coverage": 3.39,
    "passage": 2.12,
    "before": 0.63,
    "after": 0.3,
    "number": -0.22,
    "date": -0.48,
    "name": -0.48,
    "place": -0.39,
    "reason": -0.22,
    "alone": 0.35,
    "alone, weighed": -2.27,
    "alone, with before": 0.45,
    "alone, in passage": -0.79,
    "in context": 2.63,
    "in context, weighed": 1.44,
    "in context, with before": 2.24,
    "in context, in passage": 0.81,
    "in context, with both": 4.28,
    "answers": 0.86,  # its log odds that the sentence answers
}

# So much text is read again: the best passages while they fit, and the first one in any case. It takes most of the
# time of an answer.
_MAX_CHARS = 3_000
# Added to each rarity: a token that tells little tells something.
_LEAST_RARITY = 0.3


@dataclass(frozen=True, slots=True)
class SecondReading:
    """All sentences, best first, and what is known of the best of those that were read again.

    `evidence` holds that sentence's features by their names in `WEIGHTS`, or in `TRAINED_WEIGHTS` if `is_trained`;
    `probability` is the chance that it, and no other of those read again, answers. `passages` are the ids of the
    passages read again, best first by their best sentence.
    """

    ranked: list[RankedSentence]
    best: RankedSentence
    evidence: dict[str, float]
    probability: float
    passages: tuple[int, ...]
    is_trained: bool


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """A passage read again: `rows` is (sentences, features), `words` what the trained reader would mark in each.

    These are spans of the folded sentences.
    """

    rows: Vectors
    words: Sequence[Span | None]


def reread(
    ranked: Sequence[RankedSentence], found: Found, question: Question, embedder: Embedder
) -> SecondReading | None:
    """A second reading of `ranked`, which are all sentences of `found`; None with a model that does not pool late.

    Sentences that are not read again keep their distance to the best of those that are.
    """
    if embedder.identity.pooling != "late" or not ranked:
        return None
    reader = reader_for(embedder)
    weights = TRAINED_WEIGHTS if reader else WEIGHTS
    hits = hits_to_reread(found.hits)
    again = read_again(hits, found, question, embedder, reader)
    rows = np.concatenate([one.rows for one in again])
    places = [(hit.passage.id, number) for hit in hits for number in range(len(found.evidence[hit.passage.id]))]
    words = dict(zip(places, (words for one in again for words in one.words), strict=True))
    scores = dict(zip(places, (rows @ np.array([*weights.values()])).tolist(), strict=True))
    first_best = next(one for one in ranked if _place(one) in scores)
    distance = scores[_place(first_best)] - SHARPNESS * first_best.score
    joined = [scores.get(_place(one), SHARPNESS * one.score + distance) for one in ranked]
    by_score = rank_by(joined, [(one.hit, one.number) for one in ranked], found, sharpness=1.0)
    second = [replace(one, words=words.get(_place(one))) for one in by_score]
    reread_ones = [one for one in second if _place(one) in scores]
    best = reread_ones[0]
    return SecondReading(
        ranked=second,
        best=best,
        evidence=dict(zip(weights, rows[places.index(_place(best))].tolist(), strict=True)),
        probability=best.probability / sum(one.probability for one in reread_ones),
        passages=tuple(dict.fromkeys(one.hit.passage.id for one in reread_ones)),
        is_trained=reader is not None,
    )


def _place(one: RankedSentence) -> tuple[int, int]:
    return one.hit.passage.id, one.number


def hits_to_reread(hits: Sequence[Hit]) -> list[Hit]:
    """The best of `hits`, best first, as far as there is time for them."""
    ends = np.cumsum([len(hit.passage.text) for hit in hits])
    return [hit for place, (hit, end) in enumerate(zip(hits, ends, strict=True)) if place == 0 or end <= _MAX_CHARS]


def read_again(
    hits: Sequence[Hit], found: Found, question: Question, embedder: Embedder, reader: TrainedReader | None
) -> list[ReadAgain]:
    """Each hit read again: the features that `WEIGHTS` weighs, in its order, or `TRAINED_WEIGHTS` with a `reader`."""
    words = unbroken_words_of(fold(question.text, "none"))
    texts = [[one.sentence.folded for one in found.evidence[hit.passage.id]] for hit in hits]
    headings = [[fold(heading, "none") for heading in hit.passage.headings[-1:]] for hit in hits]
    tokens = embedder.embed_tokens([words, *headings, *texts])
    asked, *above = (next(tokens) for _ in range(1 + len(hits)))
    rarities = np.array([question.rarity_of(word) for word in words])[asked.part_of] + _LEAST_RARITY
    weights = rarities / rarities.sum()
    expectations = expectations_of(question.text)
    again = []
    for hit, heading, text in zip(hits, above, tokens, strict=True):  # while the texts after it go through the model
        fit, passage = found.evidence[hit.passage.id], _below(heading, text)
        first = np.array([evidence_row(hit, fit, number, expectations) for number in range(len(fit))])
        rows = np.column_stack([first, token_features(asked, weights, passage, len(fit))])
        if reader is None:
            again.append(ReadAgain(rows, [None] * len(fit)))
        else:
            answers = reader.read(asked, passage, len(fit))
            scores = np.array([one.score for one in answers])
            again.append(ReadAgain(np.column_stack([rows, scores]), _words_in_sentences(answers, fit)))
    return again


def _words_in_sentences(answers: Sequence[SentenceAnswer], fit: Sequence[SentenceEvidence]) -> list[Span | None]:
    starts = accumulate((len(one.sentence.folded) + 1 for one in fit), initial=0)
    return [
        Span(one.words.start - start, one.words.end - start) if one.words else None
        for one, start in zip(answers, starts, strict=False)
    ]


def _below(heading: TokenVectors, text: TokenVectors) -> TokenVectors:
    """Both as one, the heading as part 0."""
    return replace(
        text,
        ids=np.concatenate([heading.ids, text.ids]),
        part_of=np.concatenate([heading.part_of, 1 + text.part_of]),
        places=np.concatenate([heading.places, text.places]),
        alone=np.concatenate([heading.alone, text.alone]),
        midway=np.concatenate([heading.midway, text.midway]),
        in_context=np.concatenate([heading.in_context, text.in_context]),
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
