"""The trained reader: its arithmetic against PyTorch's, and where it finds answers."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file

from index.embed import Embedder, ModelIdentity, TokenVectors
from index.library import Library
from index.vectors import Vectors
from qa.ask import ask, search
from qa.confidence import TRAINED_INTERCEPT, TRAINED_THRESHOLD, TRAINED_WEIGHTS, reread_signals
from qa.question import prepare_question
from qa.read import rank_sentences
from qa.reread import reread
from qa.retrieve import retrieve
from qa.trained import WEIGHTS, load_trained_reader, reader_for
from source.document import Span
from source.fold import fold
from tests.documents import put_text
from tests.fakes import WordEmbedder
from tests.measure.reader_network import Batch, ReaderNetwork

DIMENSION = 384
PASSAGE = (
    "The tide came in at dawn and the boats went out.",
    "The bell of the quay was cast in 1687 by Jonas Trell, a founder from Lisse.",
    "It weighs 640 kilograms and is rung each time the harbour is closed.",
)


@pytest.fixture(scope="module")
def network() -> ReaderNetwork:
    """The same weights in PyTorch."""
    network = ReaderNetwork(DIMENSION)
    network.load_state_dict({name: torch.from_numpy(values).float() for name, values in load_file(WEIGHTS).items()})
    return network.eval()


def some_tokens(generator: np.random.Generator, part_of: list[int]) -> TokenVectors:
    def layer() -> Vectors:
        drawn = generator.standard_normal((len(part_of), DIMENSION))
        unit: Vectors = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
        return unit

    numbers = np.arange(len(part_of), dtype=np.int64)
    parts = np.array(part_of, dtype=np.int64)
    return TokenVectors(numbers, parts, np.stack([numbers, numbers], axis=1), layer(), layer(), layer())


def batch_of(tokens: TokenVectors, padding: int) -> Batch:
    """One text as PyTorch's network takes it, with padding after it."""
    layers = (torch.from_numpy(one)[None] for one in (tokens.alone, tokens.midway, tokens.in_context))
    alone, midway, in_context = (torch.nn.functional.pad(one, (0, 0, 0, padding)) for one in layers)
    is_token = torch.tensor([[1.0] * len(tokens.ids) + [0.0] * padding])
    is_heading = torch.nn.functional.pad(torch.from_numpy(tokens.part_of == 0).float()[None], (0, padding))
    return Batch((alone, midway, in_context), is_token, is_heading)


@given(st.tuples(st.integers(1, 9), st.integers(0, 4), st.integers(1, 40)), st.integers(0, 5), st.integers(0, 99))
def test_scores_are_those_of_the_network_it_was_trained_as(
    network: ReaderNetwork, lengths: tuple[int, int, int], padding: int, seed: int
) -> None:
    generator = np.random.default_rng(seed)
    asked, heading, tokens = lengths
    question = some_tokens(generator, [1] * asked)
    passage = some_tokens(generator, [0] * heading + [1] * tokens)
    found = load_trained_reader(WEIGHTS).scores(question, passage)
    with torch.no_grad():
        expected = network(batch_of(passage, padding), batch_of(question, 5 - padding))[0].numpy()
    assert np.isneginf(found.begins[:heading]).all()
    assert np.isneginf(found.ends[:heading]).all()
    np.testing.assert_allclose(found.begins[heading:], expected[heading : heading + tokens, 0], atol=2e-3)
    np.testing.assert_allclose(found.ends[heading:], expected[heading : heading + tokens, 1], atol=2e-3)


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("Who cast the bell of the quay?", "Jonas", "Trell"),
        ("When was the bell of the quay cast?", "1687", "1687"),
        ("How heavy is the bell?", "640", "kilograms"),
    ],
)
def test_an_answer_begins_and_ends_where_it_stands(embedder: Embedder, question: str, first: str, last: str) -> None:
    text = " ".join(folded := [fold(sentence, "none") for sentence in PASSAGE])
    asked, passage = embedder.embed_tokens([[fold(question, "none")], ["", *folded]])
    found = load_trained_reader(WEIGHTS).scores(asked, passage)
    begin, end = passage.places[found.begins.argmax()], passage.places[found.ends.argmax()]
    words = (" " + text)[begin[0] : end[1]].split()
    assert (words[0], words[-1].rstrip(",.")) == (first, last)


def test_a_passage_on_something_else_does_not_answer(embedder: Embedder) -> None:
    folded = [fold(sentence, "none") for sentence in PASSAGE]
    reader = load_trained_reader(WEIGHTS)

    def best(question: str) -> float:
        asked, passage = embedder.embed_tokens([[fold(question, "none")], ["", *folded]])
        return float(reader.scores(asked, passage).begins.max())

    assert best("Who cast the bell of the quay?") > 0
    assert best("Which parliament passed the fisheries act?") < 0


def test_it_reads_the_vectors_of_the_default_model_only(embedder: Embedder) -> None:
    assert load_trained_reader(WEIGHTS).digest == embedder.identity.digest


def test_it_is_left_out_for_another_model_or_without_its_file(embedder: Embedder, tmp_path: Path) -> None:
    assert reader_for(embedder) is load_trained_reader(WEIGHTS)
    assert reader_for(embedder, tmp_path / "none.safetensors") is None
    assert reader_for(WordEmbedder()) is None
    assert reader_for(OtherModel()) is None


class OtherModel(WordEmbedder):
    """Pools as the default model does, and is not it."""

    def __init__(self) -> None:
        super().__init__()
        self.identity = ModelIdentity("other", "f" * 64, 384, "late")


def test_sentences_without_tokens_and_questions_without_tokens_are_never_answers(embedder: Embedder) -> None:
    nothing, passage = embedder.embed_tokens([[], ["", "", "The bell was cast in 1687."]])
    reader = load_trained_reader(WEIGHTS)
    [asked] = embedder.embed_tokens([["When was the bell cast?"]])
    empty, full = reader.read(asked, passage, 2)
    assert (empty.words, full.words) == (None, Span(23, 27))
    assert empty.score < full.score
    assert [one.words for one in reader.read(nothing, passage, 2)] == [None, None]
    assert [one.words for one in reader.read(asked, nothing, 2)] == [None, None]


def test_the_words_that_answer_are_marked_in_the_quote(embedder: Embedder, tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        put_text(library, embedder, " ".join(PASSAGE) + "\n\nThe ﬁrst bell of 1702 is lost.\n")
        quote = ask(library, embedder, "Who cast the bell of the quay?").citations[0]
        text = library.text(quote.document.id)
        assert [span.of(text) for span in quote.answering] == ["Jonas Trell"]


def test_a_search_gives_the_same_passages_with_those_first_that_answer(embedder: Embedder, tmp_path: Path) -> None:
    question = "When was the bell of the quay cast?"
    decoy = "The bell of the quay was cast again when it cracked."
    with Library(tmp_path / "library") as library:
        put_text(library, embedder, f"{decoy}\n\nThe quay's great bell was cast in 1687.\n")
        prepared = prepare_question(library, embedder, question)
        found = retrieve(library, prepared, 10)
        ordered = search(library, embedder, question)
    assert sorted(hit.passage.id for hit in ordered) == sorted(hit.passage.id for hit in found.hits)
    assert ordered[0].passage.text.startswith("The quay's great bell")
    assert found.hits[0].passage.text == decoy


def test_a_score_that_is_no_number_is_an_error(embedder: Embedder) -> None:
    reader = load_trained_reader(WEIGHTS)
    asked, passage = embedder.embed_tokens([["When was the bell cast?"], ["", "The bell was cast in 1687."]])
    damaged = replace(passage, midway=np.full_like(passage.midway, np.nan))
    with pytest.raises(FloatingPointError, match="no number"):
        reader.scores(asked, damaged)


def test_an_answer_is_as_sure_as_the_confidence_with_the_trained_reader(embedder: Embedder, tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        put_text(library, embedder, " ".join(PASSAGE) + "\n")
        question = prepare_question(library, embedder, "Who cast the bell of the quay?")
        found = retrieve(library, question, 10)
        reading = reread(rank_sentences(found, question), found, question, embedder)
        assert reading is not None
        answer = ask(library, embedder, question.text)
    assert answer.threshold == TRAINED_THRESHOLD
    signals = dict(zip(TRAINED_WEIGHTS, reread_signals(reading, found, question), strict=True))
    assert signals["answers"] == reading.evidence["answers"] > 0
    odds = math.exp(TRAINED_INTERCEPT + sum(TRAINED_WEIGHTS[name] * value for name, value in signals.items()))
    assert answer.score == pytest.approx(odds / (1 + odds))


def test_its_file_is_small_enough_for_the_repository() -> None:
    assert WEIGHTS.stat().st_size < 2_000_000
