"""Floors under what `make quality` measures, on a part of its questions: below them something is broken.

The floors lie well under the published figures, for these are fewer questions. Nothing may be tuned on them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from index.embed import Embedder
from index.ingest import add_paths
from index.library import Library
from qa.ask import ask
from qa.evaluate import evaluate, load_gold_questions
from qa.metrics import summarize
from tests.conftest import ROOT
from tests.measure.datasets import QuestionSet, half_of, load_squad

EVERY = 8


def make_library(folder: Path, questions: QuestionSet, embedder: Embedder) -> Library:
    texts = folder / "texts"
    texts.mkdir()
    for paragraph in questions.paragraphs:
        (texts / paragraph.name).write_bytes(paragraph.text.encode())
    library = Library(folder / "library")
    failures = [event for event in add_paths(library, embedder, [texts]) if hasattr(event, "error")]
    assert failures == []
    return library


@pytest.fixture(scope="module")
def xquad(shared: Path) -> QuestionSet:
    return load_squad(shared / "data" / "xquad" / "xquad.en.json")


def test_the_right_passage_and_sentence_come_first(xquad: QuestionSet, embedder: Embedder, tmp_path: Path) -> None:
    with make_library(tmp_path, xquad, embedder) as library:
        report = summarize(list(evaluate(library, embedder, xquad.questions[::EVERY], compare=True)))
    assert report["questions"] == 149
    assert report["passage"]["mrr@10"] > 0.97
    assert report["passage"]["hit@5"] > 0.985
    assert report["quote"]["@1"] > 0.85
    assert report["quote"]["@3"] > 0.94
    others = [figures["mrr@10"] for name, figures in report["compare"].items() if name != "qa"]
    assert report["passage"]["mrr@10"] > max(others) - 0.005


def test_what_the_library_does_not_hold_is_told_from_what_it_does(
    xquad: QuestionSet, embedder: Embedder, tmp_path: Path
) -> None:
    halved = xquad.without(half_of(xquad.paragraphs))
    with make_library(tmp_path, halved, embedder) as library:
        report = summarize(list(evaluate(library, embedder, halved.questions[::EVERY], compare=False)))
    assert report["refusal"]["auroc"] > 0.97
    assert report["refusal"]["answerable_refused"] < 0.06
    assert report["refusal"]["unanswerable_answered"] < 0.12


def test_a_language_that_the_model_cannot_read_is_found_and_refused_by_its_words(
    shared: Path, embedder: Embedder, tmp_path: Path
) -> None:
    chinese = load_squad(shared / "data" / "xquad" / "xquad.zh.json")
    halved = chinese.without(half_of(chinese.paragraphs))
    with make_library(tmp_path, halved, embedder) as library:
        report = summarize(list(evaluate(library, embedder, halved.questions[::EVERY], compare=False)))
    assert report["passage"]["mrr@10"] > 0.97
    assert report["quote"]["@1"] > 0.65
    assert report["refusal"]["auroc"] > 0.93
    assert report["refusal"]["answerable_refused"] < 0.25
    assert report["refusal"]["unanswerable_answered"] < 0.12


def test_an_article_is_quoted_where_it_answers_and_never_its_furniture(
    shared: Path, embedder: Embedder, tmp_path: Path
) -> None:
    questions = load_gold_questions(ROOT / "tests" / "qa" / "seed_questions_plain.jsonl")
    assert len(questions) == 22
    with Library(tmp_path / "library") as library:
        events = list(add_paths(library, embedder, [shared / "seed"]))
        assert [event for event in events if hasattr(event, "error")] == []
        right = 0
        for gold in questions:
            answer = ask(library, embedder, gold.question)
            quotes = [*answer.citations, *answer.nearest]
            assert {quote.passage.role for quote in quotes} == {"body"}
            right += any(gold.is_right(quote.document, quote.span, quote.quote) for quote in answer.citations)
    assert right >= 20
