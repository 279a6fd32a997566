"""The threshold of a refusal, set for one library by questions made out of its own documents.

A question is made of some words of a sentence that holds a number, a date, a name or a place, which is left out and
asked for. It is asked twice: with all passages, and with the one it was made of taken away, so that nothing answers.
What the made questions tell well is how sure the program is of what it does not have (see docs/experiments.md). They
hold the documents' own words, so that fewer of them are refused than of people's.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from index.embed import Embedder
from index.library import Library
from qa.ask import HITS_READ, read
from qa.expect import EXPECTATIONS
from qa.metrics import wilson
from qa.question import prepare_question
from qa.retrieve import Found, retrieve
from qa.words import STOP_WORDS, words_of
from source.errors import LibraryError

_ASKING = {"number": "How many", "date": "When", "name": "Who", "place": "Where"}
_FEWEST_WORDS, _MOST_WORDS = 3, 5
_FEWEST_TO_CHOOSE_FROM = 5
_FEWEST_QUESTIONS = 30
_SEED = 0

LOWEST, HIGHEST = 0.1, 0.6
"""A threshold below lets nearly everything pass; one above refuses what people would call answered."""


@dataclass(frozen=True, slots=True)
class MadeQuestion:
    """A question and the passage that it was made of."""

    text: str
    passage_id: int


@dataclass(frozen=True, slots=True)
class Rates:
    """What a threshold makes of the made questions: shares from 0 to 1 with their 95 % confidence intervals.

    `answered` are those of which the answer was taken away and that were answered all the same; `refused` are those
    whose answer was there.
    """

    threshold: float
    answered: float
    answered_interval: tuple[float, float]
    refused: float
    refused_interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Calibration:
    """How many questions were made, and what the threshold before and the one found make of them."""

    questions: int
    before: Rates
    found: Rates

    def as_dict(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return asdict(self)


def make_questions(library: Library, count: int) -> Iterator[MadeQuestion]:
    """Up to `count` questions, each of another passage, from all over the library; always the same."""
    generator = random.Random(_SEED)  # noqa: S311 - nothing here is secret
    ids = library.body_passage_ids()
    generator.shuffle(ids)
    made = 0
    for passage_id in ids:
        sentences = library.folded_sentences([passage_id]).get(passage_id)  # none if it was removed meanwhile
        text = _question(generator.choice(sentences)[1], generator) if sentences else ""
        if text:
            yield MadeQuestion(text, passage_id)
            made += 1
        if made == count:
            return


def _question(sentence: str, generator: random.Random) -> str:
    """A question that `sentence` answers; empty if none can be made of it."""
    kinds = [kind for kind in EXPECTATIONS if kind.name in _ASKING]
    generator.shuffle(kinds)
    for kind in kinds:
        answers = list(kind.answers.finditer(sentence))
        if not answers:
            continue
        answer = generator.choice(answers)
        words = words_of(f"{sentence[: answer.start()]} {sentence[answer.end() :]}")
        telling = [word for word in words if word not in STOP_WORDS]
        if len(telling) >= _FEWEST_TO_CHOOSE_FROM:
            kept = generator.sample(range(len(telling)), generator.randint(_FEWEST_WORDS, _MOST_WORDS))
            return f"{_ASKING[kind.name]} {' '.join(telling[place] for place in sorted(kept))}?"
    return ""


def scores_of(library: Library, embedder: Embedder, made: MadeQuestion) -> tuple[float, float]:
    """The scores of the answer with all passages, and without the one that the question was made of."""
    question = prepare_question(library, embedder, made.text)
    found = retrieve(library, question, HITS_READ + 1)
    others = tuple(hit for hit in found.hits if hit.passage.id != made.passage_id)[:HITS_READ]
    without = Found(others, {hit.passage.id: found.evidence[hit.passage.id] for hit in others})
    return read(found.first(HITS_READ), question, embedder).score, read(without, question, embedder).score


def find_threshold(scores: Sequence[tuple[float, float]], before: float, answered: float) -> Calibration:
    """The least threshold, within bounds, at which at most the share `answered` is answered without its passage.

    Raises:
        LibraryError: there are too few questions to tell.
    """
    if len(scores) < _FEWEST_QUESTIONS:
        made = {0: "no question", 1: "only 1 question"}.get(len(scores), f"only {len(scores)} questions")
        reason = f"{made} could be made of its documents, and {_FEWEST_QUESTIONS} are needed"
        raise LibraryError("Cannot calibrate this library", reason, "Add more documents first.")
    without = np.sort([score for _, score in scores])
    shares = np.arange(1, len(without) + 1) / len(without)
    first_refused = int(np.sum(shares > answered))
    above = float(without[first_refused - 1]) if first_refused else 0.0
    threshold = min(HIGHEST, max(LOWEST, float(np.ceil(above * 1000 + 1) / 1000)))
    return Calibration(len(scores), _rates(scores, before), _rates(scores, threshold))


def _rates(scores: Sequence[tuple[float, float]], threshold: float) -> Rates:
    answered = [score >= threshold for _, score in scores]
    refused = [score < threshold for score, _ in scores]
    return Rates(
        threshold,
        sum(answered) / len(scores),
        wilson(sum(answered), len(scores)),
        sum(refused) / len(scores),
        wilson(sum(refused), len(scores)),
    )
