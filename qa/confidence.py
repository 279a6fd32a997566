"""How sure it is that the documents answer at all, and where the line is drawn.

Three signals of the best sentence go into a logistic regression, fitted on SQuAD 1.1 train with half of the
paragraphs taken out of the library, so that half of the questions had no answer in it (`make fit`). Each signal says
something the others do not: the sentence may mean the same in other words, hold the rare words of the question, or
stand in a passage that does.
"""

from __future__ import annotations

import math

from qa.question import Question
from qa.read import RankedSentence
from qa.retrieve import Found
from qa.words import stems_of

INTERCEPT = -8.65
COSINE_WEIGHT = 10.4  # of the best sentence
COVERAGE_WEIGHT = 5.08  # of the question's words in the best sentence
PASSAGE_COVERAGE_WEIGHT = 4.43  # of the question's words in its passage and headings

THRESHOLD = 0.24
"""Below this probability the answer is a refusal. On the data it was fitted on it refuses 5 % of the questions that
the library answers; README.md has its error rates on other data."""


def confidence(best: RankedSentence, found: Found, question: Question) -> float:
    """The probability that the library answers `question`, whose best sentence is `best`: 0 to 1."""
    score = INTERCEPT + sum(
        weight * signal
        for weight, signal in zip(
            (COSINE_WEIGHT, COVERAGE_WEIGHT, PASSAGE_COVERAGE_WEIGHT), signals(best, found, question), strict=True
        )
    )
    return 1 / (1 + math.exp(-score))


def signals(best: RankedSentence, found: Found, question: Question) -> tuple[float, float, float]:
    """The cosine and coverage of the best sentence, and the coverage of its passage with its headings."""
    passage = best.hit.passage
    stems = stems_of(" ".join(passage.headings)).union(*(one.stems for one in found.evidence[passage.id]))
    return best.evidence.cosine, best.evidence.coverage, question.coverage(stems)
