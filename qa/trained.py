"""The trained reader: which words of a passage answer a question, by a small network over the vectors of tokens.

The embedding model stays as it is; the network reads what that makes of question and passage. Each token of the passage
attends to those of the question (Seo et al. 2017, arXiv:1611.01603), then convolution and attention among the tokens
themselves, as in QANet (Yu et al. 2018, arXiv:1804.09541), tell where an answer begins and ends. Passages were trained
against each other and against there being no answer, so scores compare between passages and with a fixed 0 (Clark and
Gardner 2018, arXiv:1710.10723). docs/trained_reader.md says what it was trained on and how good it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from index.embed import Embedder, Numbers, TokenVectors
from index.vectors import Vectors
from source.document import Span

WEIGHTS = Path(__file__).with_name("trained_reader.safetensors")

HEADS = 4
"""Of the attention among a passage's tokens."""

SCALE = 19.6
"""Vectors of length 1 are multiplied by it: their numbers are then about as large as the network's."""

_EPSILON = 1e-5
# An answer has at most so many tokens.
_LONGEST = 25
_NEVER = -30.0


@dataclass(frozen=True, slots=True)
class AnswerScores:
    """Of each token of a passage, how likely an answer begins or ends with it.

    `begins` and `ends` are (tokens,) float32: log odds against the passage not answering; minus infinity for tokens of
    a heading.
    """

    begins: Vectors
    ends: Vectors


@dataclass(frozen=True, slots=True)
class SentenceAnswer:
    """How likely a sentence answers, as log odds, and the words of it that would: their place in the whole text.

    `words` are code points of the passage's sentences joined by blanks; None of a sentence that has no tokens.
    """

    score: float
    words: Span | None


class TrainedReader:
    """The network with its weights, by their names in `tests.measure.reader_network`; threads may share it.

    `digest` is that of the only embedding model whose vectors it can read.
    """

    def __init__(self, weights: Mapping[str, Vectors], digest: str) -> None:
        self._weights = {name: np.asarray(values, dtype=np.float32) for name, values in weights.items()}
        self._blocks = sum(name.endswith("mixing.weight") for name in weights)
        self.digest = digest

    @np.errstate(invalid="ignore")  # OpenBLAS sets that flag now and then where only numbers come out: see the end
    def scores(self, asked: TokenVectors, passage: TokenVectors) -> AnswerScores:
        """Where `passage` answers the question `asked`; part 0 of the passage is its heading, which does not.

        Both have tokens.

        Raises:
            FloatingPointError: a score is no number.
        """
        is_heading = passage.part_of == 0
        state, summary = self._meet(asked, passage, is_heading.astype(np.float32))
        for number in range(self._blocks):
            state = self._block(state, f"blocks.{number}.")
        state = self._normalize(state, "last")
        pooled = np.concatenate([state.max(axis=0), summary])
        whole = self._linear(_silu(self._linear(pooled, "pooling")), "answers")[0]
        begins, ends = np.where(is_heading, np.float32(-np.inf), self._linear(state, "ends").T + whole)
        if np.isnan(begins).any() or np.isnan(ends).any():
            message = "the trained reader gives a score that is no number"
            raise FloatingPointError(message)
        return AnswerScores(begins, ends)

    def read(self, asked: TokenVectors, passage: TokenVectors, sentences: int) -> list[SentenceAnswer]:
        """How each of the `sentences` of `passage`, which are its parts from 1 on, answers the question `asked`."""
        if not len(asked.ids) or not len(passage.ids):
            return [SentenceAnswer(_NEVER, None)] * sentences
        scores = self.scores(asked, passage)
        return [_answer_in(scores, passage, np.flatnonzero(passage.part_of == 1 + part)) for part in range(sentences)]

    def _meet(self, asked: TokenVectors, passage: TokenVectors, is_heading: Vectors) -> tuple[Vectors, Vectors]:
        """(tokens, width): each token of the passage beside those of the question; (width,): both as a whole."""
        words, question = self._project(passage), self._project(asked)
        pairs = zip(_layers(passage), _layers(asked), strict=True)
        cosines = np.stack([one @ other.T for one, other in pairs])  # (3, tokens, tokens of the question)
        telling = _softmax(self._linear(question, "telling")[:, 0])
        learnt = self._linear(words, "attention", has_bias=False) @ question.T / np.float32(np.sqrt(words.shape[1]))
        attended = _softmax(np.tensordot(self._weights["sharpness"], cosines, 1) + learnt)
        about = attended @ question
        summary = telling @ question
        features = [
            *cosines.max(axis=2),
            *(np.maximum(cosines, 0) * telling).max(axis=2) * 4,
            attended @ telling,
            is_heading,
        ]
        nearest = cosines.max(axis=1)
        missing = (telling * (1 - nearest[2])) @ question
        whole = self._linear(np.concatenate([summary, missing, nearest @ telling]), "whole")
        beside = [words, about, words * about, words * summary, np.stack(features, axis=1)]
        return _silu(self._linear(np.concatenate(beside, axis=1), "meeting") + whole), whole

    def _project(self, tokens: TokenVectors) -> Vectors:
        """(tokens, width)."""
        return _silu(self._normalize(self._linear(np.concatenate(_layers(tokens), axis=1) * SCALE, "first"), "narrow"))

    def _block(self, state: Vectors, prefix: str) -> Vectors:
        """Convolution over neighbours, attention among all, and a layer for each by itself, all added to `state`."""
        near = self._convolve(self._normalize(state, f"{prefix}before_near"), f"{prefix}near")
        state = state + self._linear(_silu(near), f"{prefix}mixing")
        among = self._attend(self._normalize(state, f"{prefix}before_among"), f"{prefix}among")
        state = state + self._linear(among, f"{prefix}attended")
        inner = _silu(self._linear(self._normalize(state, f"{prefix}before_inner"), f"{prefix}inner"))
        return state + self._linear(inner, f"{prefix}outer")

    def _convolve(self, state: Vectors, name: str) -> Vectors:
        """Each column by itself over neighbouring tokens."""
        weights = self._weights[f"{name}.weight"][:, 0]  # (width, neighbours)
        around = weights.shape[1] // 2
        padded = np.pad(state, ((around, around), (0, 0)))
        near: Vectors = sum(
            (padded[at : at + len(state)] * weights[:, at] for at in range(weights.shape[1])),
            self._weights[f"{name}.bias"],
        )
        return near

    def _attend(self, state: Vectors, name: str) -> Vectors:
        tokens, width = state.shape
        parts = self._linear(state, name).reshape(tokens, 3, HEADS, width // HEADS)
        queries, keys, values = parts.transpose(1, 2, 0, 3)  # each (heads, tokens, width of a head)
        shares = _softmax(queries @ keys.transpose(0, 2, 1) / np.float32(np.sqrt(width // HEADS)))
        attended: Vectors = (shares @ values).transpose(1, 0, 2).reshape(tokens, width)
        return attended

    def _linear(self, state: Vectors, name: str, *, has_bias: bool = True) -> Vectors:
        product: Vectors = state @ self._weights[f"{name}.weight"].T
        return product + self._weights[f"{name}.bias"] if has_bias else product

    def _normalize(self, state: Vectors, name: str) -> Vectors:
        centred = state - state.mean(axis=1, keepdims=True)
        deviation = np.sqrt((centred * centred).mean(axis=1, keepdims=True) + np.float32(_EPSILON))
        normalized: Vectors = centred / deviation * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return normalized


def _answer_in(scores: AnswerScores, passage: TokenVectors, tokens: Numbers) -> SentenceAnswer:
    if not len(tokens):
        return SentenceAnswer(_NEVER, None)
    begins, ends = scores.begins[tokens], scores.ends[tokens]
    score = (np.logaddexp.reduce(begins) + np.logaddexp.reduce(ends)) / 2
    both = np.add.outer(begins, ends)
    is_answer = np.tri(len(tokens), k=0, dtype=bool).T & np.tri(len(tokens), k=_LONGEST - 1, dtype=bool)
    first, last = divmod(int(np.where(is_answer, both, -np.inf).argmax()), len(tokens))
    words = Span(int(passage.places[tokens[first], 0]), int(passage.places[tokens[last], 1]))
    return SentenceAnswer(max(float(score), _NEVER), words)


def _layers(tokens: TokenVectors) -> tuple[Vectors, Vectors, Vectors]:
    return tokens.alone, tokens.midway, tokens.in_context


def _silu(values: Vectors) -> Vectors:
    activated: Vectors = values / (1 + np.exp(-values))
    return activated


def _softmax(values: Vectors) -> Vectors:
    raised = np.exp(values - values.max(axis=-1, keepdims=True))
    shares: Vectors = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def reader_for(embedder: Embedder, path: Path = WEIGHTS) -> TrainedReader | None:
    """The reader, if it was trained for this model and its file is there."""
    if embedder.identity.pooling != "late" or not path.is_file():
        return None
    reader = load_trained_reader(path)
    return reader if reader.digest == embedder.identity.digest else None


@cache
def load_trained_reader(path: Path) -> TrainedReader:
    """The reader in a file that `make reader` writes."""
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
        return TrainedReader(weights, file.metadata()["model"])
