"""Words that a question leaves out: what is read, the network's arithmetic against PyTorch's, and phrases of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file

from index.embed import Embedder
from index.vectors import Vectors
from qa.layers import load_weights
from qa.left_out import WEIGHTS, LeftOutReader, features_of, left_out_reader_for, read_conversation
from qa.left_out_phrases import phrases_left_out
from qa.topics import Quoted, Turn
from qa.words import STOP_WORDS, stems_of, words_of
from tests.fakes import WordEmbedder
from tests.measure.train_left_out import LeftOutNetwork
from tests.strategies import texts, turns

BELL = Turn(
    "When was the bell of Dunmouth cast?",
    "When was the bell of Dunmouth cast?",
    (Quoted("It was cast in 1687 by Marta Quill for the harbour.", ("The bells of Dunmouth", "The oldest")),),
)
TURNS = turns(texts)


@pytest.fixture(scope="module")
def network() -> LeftOutNetwork:
    """The same weights in PyTorch."""
    values = {name: torch.from_numpy(one).float() for name, one in load_file(WEIGHTS).items()}
    network = LeftOutNetwork(values["meanings.weight"].shape[1], values["features.weight"].shape[1])
    network.load_state_dict(values)
    return network.eval()


@pytest.fixture(scope="module")
def reader(embedder: Embedder) -> LeftOutReader:
    found = left_out_reader_for(embedder)
    assert found
    return found


def test_a_conversation_is_read_from_its_headings_over_what_was_said_to_the_question() -> None:
    said = read_conversation("Where was she born?", [BELL, Turn("Why?", "Why? (bell)", ())])
    assert [(one.kind, one.text, one.turns_ago, set(one.added)) for one in said.pieces] == [
        ("title", "The bells of Dunmouth", 0, set()),
        ("heading", "The oldest", 0, set()),
        ("asked", BELL.asked, 1, set()),
        ("quoted", BELL.quotes[0].text, 1, set()),
        ("asked", "Why? (bell)", 0, {"bell"}),
        ("question", "Where was she born?", 0, set()),
    ]


@settings(max_examples=25)  # drawing conversations takes long
@given(texts, TURNS)
def test_no_small_word_and_no_word_of_the_question_may_be_left_out_by_it(question: str, earlier: list[Turn]) -> None:
    said = read_conversation(question, earlier)
    own = stems_of(question)
    for word in said.words:
        assert said.text_of(word).strip()
        if word.may_be_left_out:
            assert word.stem not in own
            assert said.text_of(word).lower() not in STOP_WORDS


def test_it_is_known_of_each_word_whether_it_was_added_and_how_long_ago_it_was_said() -> None:
    plain, added = (
        read_conversation("Why?", [Turn(asked, "Why? (bell)", ()), BELL]) for asked in ("Why? (bell)", "Why?")
    )
    differs = features_of(plain) != features_of(added)
    assert [plain.words[row].stem for row in np.flatnonzero(differs.any(axis=1))] == ["bell"]
    assert differs.sum() == 1
    ago = [plain.pieces[word.piece].turns_ago for word in plain.words]
    assert set(ago) == {0, 1}
    assert features_of(plain)[:, -8:].argmax(axis=1).tolist() == ago


@given(st.integers(1, 60), st.integers(0, 5), st.integers(0, 99))
def test_scores_are_those_of_the_network_it_was_trained_as(
    reader: LeftOutReader, network: LeftOutNetwork, words: int, padding: int, seed: int
) -> None:
    generator = np.random.default_rng(seed)
    meanings: Vectors = (generator.standard_normal((words, network.meanings.in_features)) / 20).astype(np.float32)
    features: Vectors = generator.random((words, network.features.in_features), dtype=np.float32)
    padded = [
        torch.nn.functional.pad(torch.from_numpy(rows)[None], (0, 0, 0, padding)) for rows in (meanings, features)
    ]
    is_word = torch.tensor([[1.0] * words + [0.0] * padding])
    with torch.no_grad():
        expected = network(*padded, is_word)[0, :words].numpy()
    np.testing.assert_allclose(reader.scores(meanings, features), expected, atol=2e-3)


@pytest.mark.parametrize(
    ("question", "likely", "unlikely"),
    [("How loud is it?", "bell", "harbour"), ("Did the town pay for it?", "dunmouth", "quill")],
)
def test_what_a_pronoun_stands_for_is_likely_left_out(
    reader: LeftOutReader, question: str, likely: str, unlikely: str
) -> None:
    scores = reader.read(read_conversation(question, [BELL]))
    assert scores[likely] > 0 > scores[unlikely] + 1


def test_who_answered_the_last_question_is_likelier_left_out_than_the_title_of_what_says_so(
    reader: LeftOutReader,
) -> None:
    quote = Quoted("The oldest bell was cast by Jonas Trell in 1687.", ("Harbour Museum Guide", "The bells"))
    turn = Turn("Who cast the oldest bell?", "Who cast the oldest bell?", (quote,))
    scores = reader.read(read_conversation("Where was he born?", [turn]))
    assert scores["trell"] > scores["museum"] + 2


def test_what_is_no_text_is_passed_over(reader: LeftOutReader) -> None:
    broken = Turn("The bell \ud800?", "The bell \ud800?", (Quoted("\udfff 1687", ("\ud800",)),))
    scores = reader.read(read_conversation("Is it \udc80 loud?", [broken]))
    assert scores.keys() == {"bell", "1687"}
    assert scores["bell"] > scores["1687"]


def test_scores_are_the_same_to_the_last_bit_each_time(reader: LeftOutReader) -> None:
    said = read_conversation("How loud is it?", [BELL, BELL])
    assert reader.read(said) == reader.read(said)


def test_it_is_left_out_for_another_model_or_without_its_file(embedder: Embedder, tmp_path: Path) -> None:
    assert load_weights(WEIGHTS)[1] == embedder.identity.digest
    assert left_out_reader_for(embedder, tmp_path / "none.safetensors") is None
    assert left_out_reader_for(WordEmbedder()) is None


@settings(max_examples=25)
@given(texts, TURNS, st.integers(0, 9))
def test_phrases_stand_in_what_was_said_and_hold_what_is_left_out(
    question: str, earlier: list[Turn], seed: int
) -> None:
    said = read_conversation(question, earlier)
    stems = sorted({word.stem for word in said.words if word.may_be_left_out})
    drawn = np.random.default_rng(seed).normal(size=len(stems)).tolist()
    scores = dict(zip(stems, drawn, strict=True))
    phrases = phrases_left_out(said, scores, 0.5)
    chosen = {one for one, score in scores.items() if score >= 0.5}
    held = frozenset[str]().union(*(one.stems for one in phrases))
    assert held <= chosen
    assert held == chosen or len(phrases) >= 3  # no more than four, and none of them for nothing
    for one in phrases:
        assert one.text in " ".join(said.pieces[one.piece].text.split())
        assert one.stems
    assert len({one.stems for one in phrases}) == len(phrases)


def test_a_phrase_reaches_over_small_words_and_ends_at_a_mark() -> None:
    said = read_conversation("Why?", [Turn(one := "Was the bell of Dunmouth, a harbour town, sold?", one, ())])
    scores = dict.fromkeys(("bell", "dunmouth", "harbour", "sold"), 1.0)
    assert [one.text for one in phrases_left_out(said, scores, 0.0)] == ["bell of Dunmouth", "harbour", "sold"]


def test_of_the_same_words_those_of_a_title_are_taken() -> None:
    said = read_conversation("How loud is it?", [BELL])
    (phrase,) = phrases_left_out(said, {"dunmouth": 2.0}, 0.0)
    assert said.pieces[phrase.piece].kind == "title"
    assert words_of(phrase.text) == ["dunmouth"]
