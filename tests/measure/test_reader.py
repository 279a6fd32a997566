"""Training the reader: what it is given, and that it learns from it."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from index.embed import Embedder
from index.model import DEFAULT_MODEL, find_model
from qa.trained import load_trained_reader
from source.fold import fold
from tests.measure.datasets import QuestionSet
from tests.measure.reader_batches import BatchMaker
from tests.measure.reader_data import ReaderData, held_out_titles, make_data, training_sets, word_table
from tests.measure.train_reader import Trainer, save


@pytest.fixture(scope="module")
def questions(shared: Path) -> QuestionSet:
    assert (shared / "data").is_dir()
    return training_sets()[1].sample(1, 3, 6)


@pytest.fixture(scope="module")
def data(questions: QuestionSet, embedder: Embedder) -> ReaderData:
    return make_data(embedder, questions)


def test_answers_are_the_tokens_of_the_answers(questions: QuestionSet, data: ReaderData, embedder: Embedder) -> None:
    words = {one.question: one.span for one in questions.questions}
    answered = [one for one in data.asked if one.answer]
    assert len(answered) > len(words) // 2
    for one in answered[::5]:
        paragraph = questions.paragraphs[one.paragraph]
        start = data.paragraphs.starts[one.paragraph]
        assert one.answer is not None
        ids = data.paragraphs.ids[start + one.answer[0] : start + one.answer[1] + 1].tolist()
        possible = [
            next(embedder.embed_tokens([[fold(gold.span.of(paragraph.text), "none")]])).ids.tolist()
            for gold in questions.questions
            if gold.span and paragraph.name in gold.documents
        ]
        assert ids in possible


def test_other_paragraphs_of_the_article_are_near_and_never_the_own(questions: QuestionSet, data: ReaderData) -> None:
    titles = [one.title for one in questions.paragraphs]
    for one in data.asked:
        assert one.paragraph not in one.near
        assert {titles[near] for near in one.near} == {titles[one.paragraph]}


def test_no_article_is_both_trained_on_and_held_out(shared: Path) -> None:
    assert (shared / "data").is_dir()
    trained, held = ({one.title for one in some.paragraphs} for some in training_sets())
    assert held == held_out_titles([*trained, *held])
    assert not trained & held


def test_it_learns_and_what_is_written_can_be_read(data: ReaderData, embedder: Embedder, tmp_path: Path) -> None:
    words = word_table(find_model(DEFAULT_MODEL))
    maker = BatchMaker(data, words)
    batches = [batch for epoch in range(12) for batch in maker.epoch(random.Random(epoch))]
    trainer = Trainer(words.shape[1], len(batches))
    losses = [trainer.learn(maker, batch) for batch in batches]
    assert np.mean(losses[-3:]) < np.mean(losses[:3]) - 0.3
    path = tmp_path / "reader.safetensors"
    save(trainer.averaged, embedder.identity.digest, path)
    asked, passage = embedder.embed_tokens([["When was the bell cast?"], ["", "The bell was cast in 1687."]])
    reader = load_trained_reader(path)
    assert reader.digest == embedder.identity.digest
    assert np.isfinite(reader.scores(asked, passage).begins).all()
    with safe_open(path, framework="numpy") as file:
        assert file.metadata()["licence"] == "CC BY-SA 4.0"
