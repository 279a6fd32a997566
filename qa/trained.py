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
from qa.layers import SCALE, Layers, load_weights, silu, softmax
from source.document import Span

WEIGHTS = Path(__file__).with_name("trained_reader.safetensors")

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


class TrainedReader(Layers):
    """The network with its weights, by their names in `tests.measure.reader_network`; threads may share it.

    `digest` is that of the only embedding model whose vectors it can read.
    """

    def __init__(self, weights: Mapping[str, Vectors], digest: str) -> None:
        super().__init__(weights)
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
        state = self.through_blocks(state)
        pooled = np.concatenate([state.max(axis=0), summary])
        whole = self.linear(silu(self.linear(pooled, "pooling")), "answers")[0]
        begins, ends = np.where(is_heading, np.float32(-np.inf), self.linear(state, "ends").T + whole)
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
        telling = softmax(self.linear(question, "telling")[:, 0])
        learnt = self.linear(words, "attention", has_bias=False) @ question.T / np.float32(np.sqrt(words.shape[1]))
        attended = softmax(np.tensordot(self.weights["sharpness"], cosines, 1) + learnt)
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
        whole = self.linear(np.concatenate([summary, missing, nearest @ telling]), "whole")
        beside = [words, about, words * about, words * summary, np.stack(features, axis=1)]
        return silu(self.linear(np.concatenate(beside, axis=1), "meeting") + whole), whole

    def _project(self, tokens: TokenVectors) -> Vectors:
        """(tokens, width)."""
        return silu(self.normalize(self.linear(np.concatenate(_layers(tokens), axis=1) * SCALE, "first"), "narrow"))


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


def reader_for(embedder: Embedder, path: Path = WEIGHTS) -> TrainedReader | None:
    """The reader, if it was trained for this model and its file is there."""
    if embedder.identity.pooling != "late" or not path.is_file():
        return None
    reader = load_trained_reader(path)
    return reader if reader.digest == embedder.identity.digest else None


@cache
def load_trained_reader(path: Path) -> TrainedReader:
    """The reader in a file that `make reader` writes."""
    return TrainedReader(*load_weights(path))
