"""Small real stand-ins with known output, for tests to which the model itself does not matter."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from index.embed import Embedder, ModelIdentity, Numbers, TokenVectors
from index.library import Library
from index.vectors import Vectors

DIMENSION = 64


class WordEmbedder(Embedder):
    """A sentence's vector is the sum of its words', each drawn from the word's own checksum.

    It knows all words but those of `misspelt`.
    """

    def __init__(self, name: str = "words", misspelt: frozenset[str] = frozenset()) -> None:
        self._misspelt = misspelt
        self._seed = zlib.crc32(name.encode())
        self.identity = ModelIdentity(name, f"{self._seed:08x}" * 8, DIMENSION, "single")

    def embed_question(self, question: str) -> Vectors:
        """(dimension,) float32 of length 1."""
        words = question.lower().split() or [""]
        total = np.sum([self._vector(word) for word in words], axis=0)
        vector: Vectors = (total / np.linalg.norm(total)).astype(np.float32)
        return vector

    def knows_word(self, word: str) -> bool:
        """True for all words but the misspelt ones."""
        return word not in self._misspelt

    def reads(self, text: str) -> bool:
        """True for every text."""
        return bool(text)

    def embed_passages(self, passages: Sequence[Sequence[str]]) -> list[Vectors]:
        """For each passage, (sentences, dimension) float32 of length 1."""
        return [np.stack([self.embed_question(sentence) for sentence in passage]) for passage in passages]

    def _vector(self, word: str) -> Vectors:
        drawn = np.random.default_rng([self._seed, zlib.crc32(word.encode())]).standard_normal(DIMENSION)
        return drawn.astype(np.float32)


def tokens_of(part_of: Numbers, alone: Vectors, in_context: Vectors) -> TokenVectors:
    """Tokens of parts, numbered, each a letter after the one before; midway they are as in context."""
    numbers = np.arange(len(part_of), dtype=np.int64)
    return TokenVectors(numbers, part_of, np.stack([numbers, numbers + 1], axis=1), alone, in_context, in_context)


def load_words(library: Library, name: str | None) -> Embedder:
    """As `qa.folders.load_model`, with stand-ins of any name."""
    made_with = library.model
    return WordEmbedder(name or (made_with.name if made_with else "words"))
