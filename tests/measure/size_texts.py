"""Text without end in real words: sentences of an n-gram model of paragraphs that people wrote.

Words come as often as in those paragraphs, and next to each other as there, so that keyword search meets common and
rare words as it would in a real library of that size; only new words no longer come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

_Numbers = npt.NDArray[np.int64]

_END = 0
_MAX_WORDS = 60
# One word in so many is drawn by the one word before it instead of the two: else long runs are copies.
_BY_ONE_WORD = 0.3


class SentenceModel:
    """Draws sentences like `sentences`: each word from those that follow the two words before it there, or the one."""

    def __init__(self, sentences: Iterable[str]) -> None:
        numbers: dict[str, int] = {"": _END}
        stream = [_END]
        for sentence in sentences:
            stream += [numbers.setdefault(word, len(numbers)) for word in sentence.split()]
            stream.append(_END)
        self._words = list(numbers)
        self._stream = np.array(stream, dtype=np.int64)
        before = np.concatenate([[_END], self._stream[:-1]])
        self._by_one = _Followers(self._stream)
        self._by_two = _Followers(before * len(numbers) + self._stream)

    def draw(self, count: int, generator: np.random.Generator) -> list[str]:
        """`count` sentences of at most 60 words."""
        places = generator.choice(np.flatnonzero(self._stream == _END)[:-1], count)
        drawn = np.zeros((count, _MAX_WORDS), dtype=np.int64)
        for column in range(_MAX_WORDS):
            by_one = generator.random(count) < _BY_ONE_WORD
            chances = generator.random(count)
            places = np.where(by_one, self._by_one.follow(places, chances), self._by_two.follow(places, chances))
            drawn[:, column] = self._stream[places]
        lengths = np.argmax(np.column_stack([drawn, np.zeros(count)]) == _END, axis=1)
        return [
            " ".join(self._words[number] for number in row[: max(1, length)])
            for row, length in zip(drawn.tolist(), lengths.tolist(), strict=True)
        ]


class _Followers:
    """For each place of a text, the places with the same context, any of whose followers may come next."""

    def __init__(self, contexts: _Numbers) -> None:
        _, self._context_of, counts = np.unique(contexts[:-1], return_inverse=True, return_counts=True)
        self._places = np.argsort(self._context_of, kind="stable")
        self._counts = counts
        self._starts = np.cumsum(counts) - counts

    def follow(self, places: _Numbers, chances: npt.NDArray[np.float64]) -> _Numbers:
        """A place to go on at for each of `places`, by `chances` from 0 to 1; the text begins anew at its end."""
        contexts = self._context_of[np.minimum(places, len(self._context_of) - 1)]
        chosen = self._starts[contexts] + (chances * self._counts[contexts]).astype(np.int64)
        following: _Numbers = self._places[chosen] + 1
        return following


def draw_vectors(
    sample: Sequence[npt.NDArray[np.float32]], counts: Sequence[int], generator: np.random.Generator
) -> list[npt.NDArray[np.float32]]:
    """For each of `counts`, so many vectors like those of one passage of `sample`, each of length 1.

    Around a real sentence's vector lies the difference of two others: so drawn ones spread as real ones do, and not in
    all directions alike, which would be harder to search than any text.
    """
    every = np.concatenate(sample)
    passages = generator.integers(len(sample), size=len(counts))
    centers = np.concatenate(
        [sample[one][generator.integers(len(sample[one]), size=n)] for one, n in zip(passages, counts, strict=True)]
    )
    plus, minus = generator.integers(len(every), size=(2, len(centers)))
    vectors = centers + 0.5 * (every[plus] - every[minus])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.split(vectors.astype(np.float32), np.cumsum(counts)[:-1])
