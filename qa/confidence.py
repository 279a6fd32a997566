"""How sure it is that the documents answer at all, and where the line is drawn.

Signals of the best sentence and its passage go into a logistic regression, fitted on questions of SQuAD 1.1 train and
SelQA with half of the paragraphs taken out of the library, so that half of the questions had no answer in it (`make
fit`). Each signal says something the others do not. A question that the model cannot read has weights of its own,
fitted on the same questions as if it could not read them. After a second reading there are other signals than after the
first, and weights of their own, fitted on SQuAD alone, and others with the trained reader, on articles that it has not
seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from qa.question import Question
from qa.read import RankedSentence
from qa.reread import SecondReading
from qa.retrieve import Found
from qa.words import stems_of

INTERCEPT = -9.25
WEIGHTS = {
    "cosine": 7.16,  # of the best sentence: it may mean the same in other words
    "coverage": 2.11,  # of the question's words in it: it may hold the rare ones
    "passage coverage": 3.21,  # of the question's words in its passage and headings
    "lead": 11.24,  # of the best passage's score over the mean of the five after it: nothing else comes near
    "probability": 1.77,  # that this sentence answers and not another of those read
}
_FOLLOWERS = 5
# In a small library of many subjects any passage leads by far; a larger lead than this says no more.
MAX_LEAD = 0.2

THRESHOLD = 0.15
"""Below this probability the answer is a refusal. `make quality` prints the error rates that this threshold makes."""

UNREAD_INTERCEPT = -4.04
UNREAD_WEIGHTS = {
    # As in `WEIGHTS`, where the model cannot read the question and its cosines say nothing.
    "coverage": 1.74,
    "passage coverage": 3.65,
    "lead": 10.68,
    "probability": 2.49,
}

REREAD_INTERCEPT = -12.18
REREAD_WEIGHTS = {
    # Those of the best sentence that are weighed in the second reading under the same names.
    "cosine": 3.29,
    "coverage": 1.49,
    "alone": 3.78,
    "alone, weighed": -5.25,  # below 0: cosine and coverage have counted the rare words already
    "in context, in passage": 6.24,
    "in context, with both": 4.7,
    "passage coverage": 2.93,  # of the question's words in its passage and headings
    "probability": 3.64,  # that this sentence answers and not another of those read again
}

REREAD_THRESHOLD = 0.25
"""As `THRESHOLD`, after a second reading: at most one in twenty answerable questions of those fitted on is refused."""

TRAINED_INTERCEPT = -6.96
TRAINED_WEIGHTS = {
    "cosine": 3.55,
    "coverage": 1.72,
    "alone": 2.42,
    "alone, weighed": -3.55,
    "in context, in passage": -0.47,
    "in context, with both": 4.71,
    "passage coverage": 1.36,
    "probability": 1.8,
    "answers": 0.6,  # the log odds that the trained reader gives the best sentence
}

TRAINED_THRESHOLD = 0.25
"""As `THRESHOLD`, after a second reading with the trained reader."""


def confidence(ranked: Sequence[RankedSentence], found: Found, question: Question) -> float:
    """The probability that the library answers `question`: 0 to 1, and 0 if no sentence was ranked."""
    if not ranked:
        return 0.0
    cosine, *others = signals(ranked[0], found, question)
    if not question.legible:
        return _probability(UNREAD_INTERCEPT, UNREAD_WEIGHTS, others)
    return _probability(INTERCEPT, WEIGHTS, (cosine, *others))


def reread_confidence(reading: SecondReading, found: Found, question: Question) -> float:
    """The same after a second reading."""
    intercept, weights = (
        (TRAINED_INTERCEPT, TRAINED_WEIGHTS) if reading.is_trained else (REREAD_INTERCEPT, REREAD_WEIGHTS)
    )
    return _probability(intercept, weights, reread_signals(reading, found, question))


def _probability(intercept: float, weights: dict[str, float], values: Sequence[float]) -> float:
    weighted = sum(weight * value for weight, value in zip(weights.values(), values, strict=True))
    return 1 / (1 + math.exp(-intercept - weighted))


def signals(best: RankedSentence, found: Found, question: Question) -> tuple[float, float, float, float, float]:
    """What `WEIGHTS` weighs, in its order, for the best sentence."""
    first, *followers = [hit.score for hit in found.hits[: 1 + _FOLLOWERS]]
    lead = min(first - sum(followers) / len(followers), MAX_LEAD) if followers else 0.0
    covered = _passage_coverage(best, found, question)
    return best.evidence.cosine, best.evidence.coverage, covered, lead, best.probability


def reread_signals(reading: SecondReading, found: Found, question: Question) -> tuple[float, ...]:
    """What `REREAD_WEIGHTS` weighs, in its order, or `TRAINED_WEIGHTS` after the trained reader."""
    values = {
        **reading.evidence,
        "passage coverage": _passage_coverage(reading.best, found, question),
        "probability": reading.probability,
    }
    return tuple(values[name] for name in (TRAINED_WEIGHTS if reading.is_trained else REREAD_WEIGHTS))


def _passage_coverage(best: RankedSentence, found: Found, question: Question) -> float:
    passage = best.hit.passage
    stems = stems_of(" ".join(passage.headings)).union(*(one.stems for one in found.evidence[passage.id]))
    return question.coverage(stems)
