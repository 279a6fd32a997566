"""The second reading: token by token, what comes nearest to each token of the question."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embed import Embedder, ModelIdentity, TokenVectors
from index.library import Library
from qa.ask import ask
from qa.confidence import REREAD_INTERCEPT, REREAD_THRESHOLD, reread_confidence, reread_signals
from qa.confidence import REREAD_WEIGHTS as REREAD_CONFIDENCE
from qa.expect import EXPECTATIONS
from qa.question import prepare_question
from qa.read import SHARPNESS, WEIGHTS, RankedSentence, rank_sentences
from qa.reread import WEIGHTS as REREAD_WEIGHTS
from qa.reread import SecondReading, hits_to_reread, read_again, reread, token_features
from qa.retrieve import Found, retrieve
from qa.words import stems_of, words_of
from tests.documents import put_text
from tests.fakes import DIMENSION, WordEmbedder, tokens_of

QUESTION = "Who cast the bell of the quay?"
TEXT = (
    "The bell of the quay was cast in 1687 by Jonas Trell. It weighs 640 kilograms.\n\n"
    "The rope had worn through twice. Nobody paid for the rope of the bell.\n\n"
)
# Fills a paragraph, so that what comes after it is not read again.
LONG = "The warden kept the clapper in the shed. " * 75


class TokenEmbedder(WordEmbedder):
    """Its tokens are words; in context, each leans on the one before it."""

    def __init__(self) -> None:
        super().__init__()
        self.identity = ModelIdentity("tokens", "f" * 64, DIMENSION, "late")

    def embed_tokens(self, texts: Sequence[Sequence[str]]) -> Iterator[TokenVectors]:
        """For each text, its words' vectors."""
        return map(self._tokens, texts)

    def _tokens(self, text: Sequence[str]) -> TokenVectors:
        placed = [(part, word) for part, sentence in enumerate(text) for word in words_of(sentence)]
        alone = np.array([self.embed_question(word) for _, word in placed], dtype=np.float32).reshape(-1, DIMENSION)
        leaning = alone + 0.5 * np.vstack([alone[:1], alone[:-1]])
        in_context = leaning / np.linalg.norm(leaning, axis=1, keepdims=True)
        return tokens_of(np.array([part for part, _ in placed], dtype=np.int64), alone, in_context)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as library:
        yield library


def read(library: Library, text: str, embedder: Embedder) -> tuple[Found, list[RankedSentence], SecondReading | None]:
    """What was found, and both readings of it."""
    question = prepare_question(library, embedder, text)
    found = retrieve(library, question, 10)
    first = rank_sentences(found, question)
    return found, first, reread(first, found, question, embedder)


def read_twice(library: Library, embedder: Embedder) -> tuple[Found, list[RankedSentence], SecondReading]:
    """The same of the usual question."""
    found, first, second = read(library, QUESTION, embedder)
    assert second is not None
    return found, first, second


def vectors(*rows: Sequence[float]) -> np.typing.NDArray[np.float32]:
    return np.array(rows, dtype=np.float32)


def test_a_hand_worked_passage() -> None:
    """Two tokens asked for, weighed 3 to 1; the first stands in sentence 1, and half of the second in sentence 0."""
    asked = tokens_of(np.array([0, 1]), vectors([1, 0], [0, 1]), vectors([1, 0], [0, 1]))
    passage = tokens_of(np.array([1, 2]), vectors([0, 0.5], [1, 0]), vectors([0, 0], [1, 0]))
    rows = token_features(asked, np.array([0.75, 0.25], dtype=np.float32), passage, 2)
    assert rows.tolist() == [
        [0.25, 0.125, 0.125, 0.875, 0.0, 0.0, 0.0, 0.75, 0.75],
        [0.5, 0.75, 0.875, 0.875, 0.5, 0.75, 0.75, 0.75, 0.75],
    ]


def test_a_sentence_of_no_tokens_is_near_to_nothing() -> None:
    asked = tokens_of(np.array([0]), vectors([1, 0]), vectors([1, 0]))
    passage = tokens_of(np.array([2]), vectors([1, 0]), vectors([1, 0]))
    rows = token_features(asked, np.ones(1, dtype=np.float32), passage, 3)
    assert rows[:, 0].tolist() == [0, 1, 0]
    nothing = tokens_of(np.zeros(0, dtype=np.int64), np.zeros((0, 2)), np.zeros((0, 2)))  # type: ignore[arg-type]
    with_none = token_features(asked, np.ones(1, dtype=np.float32), nothing, 2)
    assert not with_none.any()


def test_the_heading_counts_as_each_sentence_s_own() -> None:
    asked = tokens_of(np.array([0]), vectors([1, 0]), vectors([1, 0]))
    passage = tokens_of(np.array([0, 1, 2]), vectors([0.6, 0.8], [0, 1], [1, 0]), vectors([0.6, 0.8], [0, 1], [1, 0]))
    rows = token_features(asked, np.ones(1, dtype=np.float32), passage, 2)
    assert rows[:, 0] == pytest.approx([0.6, 1])
    assert rows[:, 5] == pytest.approx([0.6, 1])


def slow_mean(asked: np.typing.NDArray[np.float32], passage: TokenVectors, sentence: int) -> float:
    """The obvious loop: for each asked token, the best cosine in the sentence, if above 0; their mean."""
    bests = []
    for one in asked:
        cosines = [
            float(one @ other)
            for other, part in zip(passage.in_context, passage.part_of, strict=True)
            if part == sentence
        ]
        bests.append(max(0.0, *cosines))
    return float(np.mean(bests))


@given(st.integers(1, 4), st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(0, 2**32 - 1))
def test_what_is_nearest_is_what_a_slow_loop_finds(asked_tokens: int, sentences: list[int], seed: int) -> None:
    generator = np.random.default_rng(seed)

    def some(count: int) -> np.typing.NDArray[np.float32]:
        drawn = generator.standard_normal((count, 5))
        unit: np.typing.NDArray[np.float32] = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
        return unit

    part_of = np.repeat(np.arange(1, 1 + len(sentences)), sentences)
    asked = tokens_of(np.arange(asked_tokens), some(asked_tokens), some(asked_tokens))
    passage = tokens_of(part_of, some(len(part_of)), some(len(part_of)))
    weights = np.full(asked_tokens, 1 / asked_tokens, dtype=np.float32)
    rows = token_features(asked, weights, passage, len(sentences))
    expected = [slow_mean(asked.in_context, passage, 1 + number) for number in range(len(sentences))]
    assert rows[:, 4] == pytest.approx(expected, abs=1e-5)
    assert rows[:, 5] == pytest.approx(expected, abs=1e-5)  # all weigh the same
    assert (rows[:, 6] >= rows[:, 5] - 1e-6).all()
    assert (rows[:, 7] >= rows[:, 8] - 1e-6).all()
    assert (rows[:, 8] >= rows[:, 6] - 1e-6).all()


def test_there_is_a_weight_for_each_feature(library: Library) -> None:
    put_text(library, TokenEmbedder(), TEXT)
    question = prepare_question(library, TokenEmbedder(), QUESTION)
    found = retrieve(library, question, 10)
    rows = [one.rows for one in read_again(found.hits, found, question, TokenEmbedder(), None)]
    assert {one.shape[1] for one in rows} == {len(REREAD_WEIGHTS)}
    assert [*REREAD_WEIGHTS][: len(WEIGHTS) + len(EXPECTATIONS)] == [*WEIGHTS, *(kind.name for kind in EXPECTATIONS)]


def test_the_same_sentences_come_back_with_probabilities_that_sum_to_1(library: Library) -> None:
    put_text(library, TokenEmbedder(), TEXT + LONG)
    found, first, reading = read_twice(library, TokenEmbedder())
    second = reading.ranked
    assert {one.evidence.sentence.id for one in second} == {one.evidence.sentence.id for one in first}
    assert [one.score for one in second] == sorted((one.score for one in second), reverse=True)
    assert sum(one.probability for one in second) == pytest.approx(1)
    assert second[0].evidence.sentence.folded.startswith("The bell of the quay was cast")
    assert reading.best == second[0]
    assert second[0].probability <= reading.probability <= 1
    score = sum(weight * reading.evidence[name] for name, weight in REREAD_WEIGHTS.items())
    assert score == pytest.approx(second[0].score, rel=1e-4)
    assert {one.hit.passage.id for one in second} == {hit.passage.id for hit in found.hits}


def test_the_best_passages_are_read_again_while_they_fit(library: Library) -> None:
    put_text(library, TokenEmbedder(), TEXT + LONG)
    found, _, _ = read(library, QUESTION, TokenEmbedder())
    texts = [hit.passage.text for hit in found.hits]
    again = [hit.passage.text for hit in hits_to_reread(found.hits)]
    assert again == texts[: len(again)]
    assert again
    assert len(again) < len(texts)
    assert hits_to_reread(()) == []


def test_what_is_not_read_again_keeps_its_distance_to_the_best_that_is(library: Library) -> None:
    put_text(library, TokenEmbedder(), TEXT + LONG)
    found, first, reading = read_twice(library, TokenEmbedder())
    again = {hit.passage.id for hit in hits_to_reread(found.hits)}
    scores = {one.evidence.sentence.id: one.score for one in reading.ranked}
    best = next(one for one in first if one.hit.passage.id in again)
    rest = [one for one in first if one.hit.passage.id not in again]
    assert rest
    for one in rest:
        distance = scores[one.evidence.sentence.id] - scores[best.evidence.sentence.id]
        assert distance == pytest.approx(SHARPNESS * (one.score - best.score))


def test_the_confidence_weighs_the_evidence_of_the_best_sentence(library: Library) -> None:
    put_text(library, TokenEmbedder(), TEXT)
    question = prepare_question(library, TokenEmbedder(), QUESTION)
    found, _, reading = read_twice(library, TokenEmbedder())
    told = dict(zip(REREAD_CONFIDENCE, reread_signals(reading, found, question), strict=True))
    shared = told.keys() - {"passage coverage", "probability"}
    assert {name: told[name] for name in shared} == {name: reading.evidence[name] for name in shared}
    assert told["passage coverage"] == question.coverage(stems_of(reading.best.hit.passage.text))
    assert told["probability"] == reading.probability
    odds = math.exp(REREAD_INTERCEPT + sum(REREAD_CONFIDENCE[name] * value for name, value in told.items()))
    assert reread_confidence(reading, found, question) == pytest.approx(odds / (1 + odds))
    answer = ask(library, TokenEmbedder(), QUESTION)
    assert answer.score == reread_confidence(reading, found, question)
    assert answer.threshold == REREAD_THRESHOLD


def test_a_model_that_does_not_pool_late_reads_once(library: Library) -> None:
    put_text(library, WordEmbedder(), TEXT)
    _, first, second = read(library, QUESTION, WordEmbedder())
    assert first
    assert second is None


def test_where_nothing_was_found_nothing_is_read(library: Library) -> None:
    assert read(library, "Who rang?", TokenEmbedder())[1:] == ([], None)


def test_the_real_model_reads_the_same_twice(library: Library, embedder: Embedder) -> None:
    text = "The lighthouse was built in 1889.\n\nIts lamp was first lit by Anna Borg. She kept it for thirty years.\n"
    put_text(library, embedder, text)
    question = "Who lit the lamp of the lighthouse?"
    _, _, once = read(library, question, embedder)
    _, _, twice = read(library, question, embedder)
    assert once is not None
    assert twice is not None
    assert once.evidence == twice.evidence
    assert once.best.evidence.sentence.folded == "Its lamp was first lit by Anna Borg."


@pytest.mark.parametrize("question", ["Where is İstanbul?", "किताबें मेज पर हैं?", "สวัสดีชาวโลก?", "图书馆在哪里?"])
def test_a_question_in_any_script_is_read_twice(library: Library, embedder: Embedder, question: str) -> None:
    text = "İstanbul is on the Bosphorus.\n\nकिताबें मेज पर हैं।\n\nสวัสดีชาวโลก\n\n图书馆在河边。\n"
    put_text(library, embedder, text, "/scripts.txt")
    assert ask(library, embedder, question).citations
