"""Training the network that completes questions: what it is given, and that it learns from it."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from index.embed import Embedder
from qa.left_out import left_out_reader_for, read_conversation
from qa.topics import Turn
from qa.words import stems_of
from tests.measure.conversations import load_canard
from tests.measure.datasets import load_squad
from tests.measure.left_out_data import Example, Meanings, canard_examples, case_of, squad_examples
from tests.measure.train_left_out import Maker, Trainer, stems_held
from tests.measure.train_reader import save


@pytest.fixture(scope="module")
def examples(shared: Path) -> list[Example]:
    return list(canard_examples(load_canard(shared / "data" / "canard" / "dev.json", held_out=False)[:12]))


def test_no_conversation_is_both_trained_on_and_held_out(shared: Path) -> None:
    learnt, held = (load_canard(shared / "data" / "canard" / "dev.json", held_out=one) for one in (False, True))
    assert not {one[0] for one in learnt} & {one[0] for one in held}
    assert len(learnt) > 2 * len(held) > 100


def test_questions_made_of_squad_lose_what_is_to_be_added_or_need_nothing(shared: Path) -> None:
    questions = load_squad(shared / "data" / "squad" / "train-v1.1.json.gz").sample(3, 6, 20)
    asked = {one.question for one in questions.questions}
    made = list(squad_examples(questions))
    assert {bool(one.added) for one in made} == {True, False}
    for one in made:
        assert one.earlier
        assert (one.question in asked) == (not one.added)
        assert not one.added & stems_of(one.question)


def test_cases_mark_each_stem_that_a_person_added_and_that_was_said() -> None:
    turn = Turn("Who cast the bell of Dunmouth?", "Who cast the bell of Dunmouth?", ())
    case = case_of(Example("How loud is it?", (turn,), frozenset({"bell", "dunmouth", "harbour"})))
    said = read_conversation("How loud is it?", (turn,))
    marked = {
        word.stem: bool(case.is_added[number])
        for word, number in zip(said.words, case.stem_of.tolist(), strict=True)
        if number >= 0
    }
    assert marked == {"cast": False, "bell": True, "dunmouth": True}


def test_it_learns_and_what_is_written_can_be_read(examples: list[Example], embedder: Embedder, tmp_path: Path) -> None:
    cases = [case_of(one) for one in examples]
    maker = Maker(cases, Meanings(embedder, [piece.text for case in cases for piece in case.pieces]))
    torch.manual_seed(0)
    batches = [batch for epoch in range(6) for batch in maker.epoch(random.Random(epoch))]
    trainer = Trainer(maker.widths(), len(batches))
    losses = [trainer.learn(maker, batch) for batch in batches]
    count = len(losses) // 6  # those of the first epoch and of the last
    assert np.mean(losses[-count:]) < 0.7 * np.mean(losses[:count])
    path = tmp_path / "left_out.safetensors"
    save(trainer.averaged, embedder.identity.digest, path)
    reader = left_out_reader_for(embedder, path)
    assert reader
    assert all(np.isfinite(one) for one in reader.read(read_conversation("Why?", examples[0].earlier)).values())


def test_the_share_held_is_that_down_to_where_enough_are_right() -> None:
    scores, is_added = np.array([4, 3, 2, 1, 0], dtype=np.float32), np.array([1, 1, 0, 1, 1], dtype=np.float32)
    assert [stems_held(scores, is_added, share) for share in (1.0, 0.75, 0.9)] == [0.5, 1.0, 0.5]
