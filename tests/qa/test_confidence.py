"""Confidence: how sure it is that the documents answer at all."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from index.embed import Embedder
from index.library import Library
from qa.ask import ask
from qa.confidence import (
    INTERCEPT,
    MAX_LEAD,
    THRESHOLD,
    UNREAD_INTERCEPT,
    UNREAD_WEIGHTS,
    WEIGHTS,
    confidence,
    signals,
)
from qa.question import Question, prepare_question
from qa.read import RankedSentence, rank_sentences
from qa.retrieve import Found, retrieve
from qa.words import stems_of
from tests.documents import put_text
from tests.fakes import WordEmbedder
from tests.strategies import runs

EMBEDDER = WordEmbedder()
TEXT = """\
# Bells of the quay

The oldest was cast in 1687. It weighs 640 kilograms.

Ropes wear through in a year.

Gulls sit on the roof of the market.

## Tides

They turn twice a day.
"""


def read(library: Library, text: str) -> tuple[list[RankedSentence], Found, Question]:
    """All that confidence looks at."""
    question = prepare_question(library, EMBEDDER, text)
    found = retrieve(library, question, 10)
    return rank_sentences(found, question), found, question


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(runs.filter(str.strip), runs)
def test_confidence_is_a_probability_whatever_is_asked_of_whatever(library: Library, text: str, asked: str) -> None:
    put_text(library, EMBEDDER, f"bell {text}", "/documents/a.txt")
    ranked, found, question = read(library, f"bell {asked}"[:1000])
    assert 0 < confidence(ranked, found, question) < 1


def test_there_is_none_where_nothing_was_ranked(library: Library) -> None:
    assert confidence(*read(library, "Who rang the bell?")) == 0


def test_it_is_the_logistic_function_of_its_weighted_signals(library: Library) -> None:
    put_text(library, EMBEDDER, TEXT, "/documents/bells.md")
    ranked, found, question = read(library, "How much does the oldest weigh?")
    told = dict(zip(WEIGHTS, signals(ranked[0], found, question), strict=True))
    odds = math.exp(INTERCEPT + sum(WEIGHTS[name] * value for name, value in told.items()))
    assert confidence(ranked, found, question) == pytest.approx(odds / (1 + odds))


def test_of_a_question_that_the_model_cannot_read_its_cosine_says_nothing(library: Library) -> None:
    put_text(library, EMBEDDER, TEXT, "/documents/bells.md")
    ranked, found, question = read(library, "How much does the oldest weigh?")
    told = dict(zip(WEIGHTS, signals(ranked[0], found, question), strict=True))
    odds = math.exp(UNREAD_INTERCEPT + sum(weight * told[name] for name, weight in UNREAD_WEIGHTS.items()))
    assert {*WEIGHTS} - {*UNREAD_WEIGHTS} == {"cosine"}
    assert confidence(ranked, found, replace(question, legible=False)) == pytest.approx(odds / (1 + odds))
    assert confidence(ranked, found, question) != pytest.approx(odds / (1 + odds))


def test_its_signals_by_hand(library: Library) -> None:
    """Of the best sentence, its passage with the headings above, and how far ahead that one is of the others."""
    put_text(library, EMBEDDER, TEXT, "/documents/bells.md")
    ranked, found, question = read(library, "Which bells were cast in 1687?")
    told = dict(zip(WEIGHTS, signals(ranked[0], found, question), strict=True))
    sentence = "The oldest was cast in 1687."
    assert ranked[0].evidence.sentence.folded == sentence
    assert told["coverage"] == pytest.approx(question.coverage(stems_of(f"Bells of the quay {sentence}")))
    whole = f"Bells of the quay {sentence} It weighs 640 kilograms."
    assert told["passage coverage"] == pytest.approx(question.coverage(stems_of(whole)))
    assert told["passage coverage"] >= told["coverage"]
    first, *others = [hit.score for hit in found.hits]
    assert len(others) == 3
    assert told["lead"] == pytest.approx(min(first - sum(others) / 3, MAX_LEAD))
    assert told["probability"] == ranked[0].probability


def test_with_one_passage_there_is_nothing_to_be_ahead_of(library: Library) -> None:
    put_text(library, EMBEDDER, "The oldest bell was cast in 1687.\n")
    ranked, found, question = read(library, "Which bell?")
    told = dict(zip(WEIGHTS, signals(ranked[0], found, question), strict=True))
    assert told["lead"] == 0


def test_the_lead_is_over_the_next_five_passages(library: Library) -> None:
    for number in range(9):
        words = " ".join("bell rope tide gull quay moth lathe fish".split()[: 9 - number])
        put_text(library, EMBEDDER, f"{words} {number} and more.\n", f"/documents/{number}.txt")
    ranked, found, question = read(library, "bell rope tide gull quay moth lathe fish")
    told = dict(zip(WEIGHTS, signals(ranked[0], found, question), strict=True))
    scores = [hit.score for hit in found.hits]
    lead = scores[0] - sum(scores[1:6]) / 5
    assert told["lead"] == pytest.approx(min(lead, MAX_LEAD))
    assert lead > MAX_LEAD


def test_the_threshold_is_a_probability() -> None:
    assert 0 < THRESHOLD < 1


@pytest.mark.parametrize(
    "question",
    [
        "How do I reset the password of my router?",
        "Which vitamin prevents scurvy?",
        "Which quasar inhales marmalade?",
        "Which guitarist recorded the double album?",
    ],
)
def test_what_the_demo_documents_do_not_speak_of_is_refused(
    demo_library: Library, embedder: Embedder, question: str
) -> None:
    answer = ask(demo_library, embedder, question)
    assert (answer.answered, answer.citations) == (False, ())
    assert answer.score < answer.threshold


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("When was Karl von Frisch awarded the Nobel Prize?", "In 1973 he received the Nobel Prize"),
        ("What is the clapper of No. 9 made of?", "made of oak bound in leather"),
        (
            "In which Russian cities did Huawei open data centres?",
            "Kazan, Nizhny Novgorod, Novosibirsk, St. Petersburg",
        ),
        ("What became of the log book page of January 1911?", "was cut out by a court of inquiry"),
    ],
)
def test_what_the_demo_documents_say_is_answered(
    demo_library: Library, embedder: Embedder, question: str, words: str
) -> None:
    answer = ask(demo_library, embedder, question)
    assert answer.score >= answer.threshold
    assert words in " ".join(answer.citations[0].quote.split())
