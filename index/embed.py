"""Embedding: passages to a vector for each of their sentences, questions to one vector.

Where a model pools by the mean of its token vectors, a passage goes through it once, and the token vectors of each
sentence are averaged: each sentence is then read with its neighbours in view (late chunking; Günther et al. 2024,
arXiv:2409.04701). Any other model is given its sentences one by one.

Sentence Transformers loads the model; on a CPU a copy of it that is faster takes its place where there can be one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np

from index.converted_model import ConvertedModel, copy_folder, open_copy, read_manifest
from index.model import ModelFiles, is_default
from index.sentence_model import Pooling, SentenceModel, may_find_accelerator
from index.vectors import Vectors
from index.words import is_other_than_latin, may_be_a_word
from source.errors import ModelError

Numbers = np.typing.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """What makes vectors comparable: two libraries or questions may be compared only if all of it is equal.

    A converted copy has the identity of its model: it is only used where it finds the same texts alike.
    """

    name: str
    digest: str
    dimension: int
    pooling: Pooling


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The tokens of a text that was given in parts.

    `ids` is (tokens,) int64, as is `part_of`: the number of the part that each token is in, ascending. `places` is
    (tokens, 2): the code points of each in the parts joined by blanks. `alone`, `midway` and `in_context` are
    (tokens, dimension) float32 of length 1: what the model makes of each token by itself, before its first layer, and
    of the same token in its text, after half of its layers and after the last.
    """

    ids: Numbers
    part_of: Numbers
    places: Numbers
    alone: Vectors
    midway: Vectors
    in_context: Vectors


# An Egyptian hieroglyph.
_IN_NO_VOCABULARY = "\U00013000"


class Embedder:
    """A loaded embedding model; threads may share it.

    With `as_published`, the model itself is used, and no faster copy of it. `notice` says why there is no copy of a
    model that could have had one, and is empty otherwise.

    Raises:
        ModelError: `files` hold no model that Sentence Transformers can load.
    """

    notice: str = ""

    def __init__(self, files: ModelFiles, *, as_published: bool = False) -> None:
        self._model = SentenceModel(files) if as_published else self._load(files)
        self.identity = ModelIdentity(files.name, files.digest, self._model.dimension, self._model.pooling)

    @property
    def is_converted(self) -> bool:
        """Whether a faster copy of the model does the work."""
        return isinstance(self._model, ConvertedModel)

    def embed_question(self, question: str) -> Vectors:
        """(dimension,) float32 of length 1. Words past the model's window do not count."""
        return self._model.embed_question(question)

    def knows_word(self, word: str) -> bool:
        """True if the model has a token for the whole of `word`, or if it cannot tell."""
        return self.identity.pooling == "single" or len(self._model.tokenize(word)[0]) == 1

    def reads(self, text: str) -> bool:
        """False if of a text in another script than Latin most letters are nothing but letters to the model.

        The default model is known to read no other script, though hundreds of Chinese characters are in its vocabulary.
        True if it cannot tell.
        """
        if not is_other_than_latin(text) or not self._model.tells_tokens:
            return True
        if is_default(self.identity.digest):
            letters = [character for character in text if character.isalpha()]
            return 2 * sum(map(is_other_than_latin, letters)) < len(letters)
        ids, offsets = self._model.tokenize(text)
        unknown = self._model.tokenize(_IN_NO_VOCABULARY)[0][-1:]
        pieces = [(text[start:end], [id_] == unknown) for id_, (start, end) in zip(ids, offsets, strict=True)]
        foreign = [(piece, is_unknown) for piece, is_unknown in pieces if is_other_than_latin(piece)]
        read = sum(len(piece) for piece, is_unknown in foreign if not is_unknown and may_be_a_word(piece))
        return 2 * read >= sum(len(piece) for piece, _ in foreign)

    def embed_passages(self, passages: Sequence[Sequence[str]]) -> list[Vectors]:
        """For each passage, given as its folded sentences, (sentences, dimension) float32 of length 1.

        Nothing is cut off: what does not fit the model's window goes through it in a second one.
        """
        if isinstance(self._model, SentenceModel) and self._model.pooling == "single":
            return _embed_one_by_one(self._model, passages)
        sums = [np.zeros((len(passage), self._model.dimension), dtype=np.float32) for passage in passages]
        tokenized = [self._tokenize(passage) for passage in passages]
        for number, start, vectors in self._pass(tokenized):
            sentence_of = tokenized[number].sentence_of[start : start + len(vectors)]
            present, firsts = np.unique(sentence_of, return_index=True)
            sums[number][present] += np.add.reduceat(vectors, firsts, axis=0)
        return [_normalize(vectors) for vectors in sums]

    def embed_tokens(self, texts: Sequence[Sequence[str]]) -> Iterator[TokenVectors]:
        """For each text, given as its folded parts, the vectors of its tokens; only of a model that pools late.

        Each comes as soon as it is there, in their order, and those after it go on meanwhile.
        """
        tokenized = [self._tokenize(text) for text in texts]
        windows = self._windows_of(tokenized)
        passed = iter(self._model.token_layers([tokenized[number].ids[start:end] for number, start, end in windows]))
        ranges = [[(start, end) for one, start, end in windows if one == number] for number in range(len(texts))]
        for tokens, of_text in zip(tokenized, ranges, strict=True):
            found = np.zeros((2, len(tokens.ids), self._model.dimension), dtype=np.float32)
            for start, end in of_text:
                found[:, start:end] = next(passed)
            yield TokenVectors(
                np.array(tokens.ids, dtype=np.int64),
                tokens.sentence_of,
                tokens.places,
                _normalize(self._model.word_vectors(tokens.ids)),
                *map(_normalize, found),
            )

    def _load(self, files: ModelFiles) -> SentenceModel | ConvertedModel:
        folder = copy_folder(files)
        if not may_find_accelerator() and (copy := self._open(folder)):
            return copy
        model = SentenceModel(files)
        if not model.is_on_cpu or self.notice:
            return model
        if copy := self._open(folder):
            return copy
        from index.convert import convert

        try:
            return (convert(files, model, folder) and self._open(folder)) or model
        except ModelError as error:
            self.notice = str(error)
        return model

    def _open(self, folder: Path) -> ConvertedModel | None:
        manifest = read_manifest(folder)
        if manifest and manifest.refusal:
            self.notice = manifest.refusal
            return None
        return open_copy(folder, manifest) if manifest else None

    def _tokenize(self, sentences: Sequence[str]) -> _Tokens:
        ends = np.fromiter(accumulate(len(sentence) + 1 for sentence in sentences), dtype=np.int64)
        ids, offsets = self._model.tokenize(" ".join(sentences))
        # The last character tells: some tokenizers begin a token with the blank before it.
        places = np.array(offsets, dtype=np.int64).reshape(-1, 2)
        lasts = np.maximum(places[:, 0], places[:, 1] - 1)
        return _Tokens(ids, places, np.searchsorted(ends, lasts, side="right"))

    def _pass(self, tokenized: Sequence[_Tokens]) -> Iterator[tuple[int, int, Vectors]]:
        """For each window of each text: the text's number, the window's first token, and (tokens, dimension)."""
        windows = self._windows_of(tokenized)
        passed = self._model.token_vectors([tokenized[number].ids[start:end] for number, start, end in windows])
        for (number, start, _), vectors in zip(windows, passed, strict=True):
            yield number, start, vectors

    def _windows_of(self, tokenized: Sequence[_Tokens]) -> list[tuple[int, int, int]]:
        """Of each text's windows, its number and the first and the last token."""
        return [
            (number, start, end)
            for number, tokens in enumerate(tokenized)
            for start, end in _windows(tokens.sentence_of, self._model.window - 2)
        ]


@dataclass(frozen=True, slots=True)
class _Tokens:
    ids: list[int]
    places: Numbers  # (tokens, 2) the code points of each
    sentence_of: Numbers  # (tokens,) the number of the sentence each token is in, ascending


def _windows(sentence_of: Numbers, capacity: int) -> Iterator[tuple[int, int]]:
    """Ranges of tokens that fit the model, cut between sentences where possible."""
    start = 0
    while len(sentence_of) - start > capacity:
        end = int(np.searchsorted(sentence_of, sentence_of[start + capacity], side="left"))
        end = end if end > start else start + capacity
        yield start, end
        start = end
    if start < len(sentence_of):
        yield start, len(sentence_of)


def _embed_one_by_one(model: SentenceModel, passages: Sequence[Sequence[str]]) -> list[Vectors]:
    parts = [
        (number, place, part)
        for number, passage in enumerate(passages)
        for place, sentence in enumerate(passage)
        for part in model.fit_window(sentence)
    ]
    vectors = model.embed_sentences([part for _, _, part in parts])
    sums = [np.zeros((len(passage), model.dimension), dtype=np.float32) for passage in passages]
    for (number, place, _), vector in zip(parts, vectors, strict=True):
        sums[number][place] += vector
    return [_normalize(sentences) for sentences in sums]


def _normalize(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    lengths[lengths == 0] = 1  # a sentence of no tokens stays zero and is never near
    normalized: Vectors = vectors / lengths
    return normalized
