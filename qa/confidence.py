"""How sure it is that the documents answer at all, and where the line is drawn.

Signals of the best sentence and its passage go into a logistic regression, fitted on questions of SQuAD 1.1 train and
SelQA with half of the paragraphs taken out of the library, so that half of the questions had no answer in it
(`make fit`). Each signal says something the others do not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from qa.question import Question
from qa.read import RankedSentence
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


def confidence(ranked: Sequence[RankedSentence], found: Found, question: Question) -> float:
    """The probability that the library answers `question`: 0 to 1, and 0 if no sentence was ranked."""
    if not ranked:
        return 0.0
    weighted = zip(WEIGHTS.values(), signals(ranked[0], found, question), strict=True)
    return 1 / (1 + math.exp(-INTERCEPT - sum(weight * signal for weight, signal in weighted)))


def signals(best: RankedSentence, found: Found, question: Question) -> tuple[float, float, float, float, float]:
    """What `WEIGHTS` weighs, in its order, for the best sentence."""
    passage = best.hit.passage
    stems = stems_of(" ".join(passage.headings)).union(*(one.stems for one in found.evidence[passage.id]))
    first, *followers = [hit.score for hit in found.hits[: 1 + _FOLLOWERS]]
    lead = min(first - sum(followers) / len(followers), MAX_LEAD) if followers else 0.0
    return best.evidence.cosine, best.evidence.coverage, question.coverage(stems), lead, best.probability
