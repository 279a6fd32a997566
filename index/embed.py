"""Embedding: passages to a vector for each of their sentences, questions to one vector.

Sentence Transformers loads the model. Where it pools by the mean of its token vectors, a passage goes through it
once, and the token vectors of each sentence are averaged: each sentence is then read with its neighbours in view
(late chunking; Günther et al. 2024, arXiv:2409.04701). Any other model is given its sentences one by one.

This is the only module that imports `torch`, `transformers` or `sentence_transformers`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Literal

import numpy as np

from index.model import ModelFiles
from index.vectors import Vectors
from source.errors import ModelError

Pooling = Literal["late", "single"]
"""`late`: sentences are averaged from their passage's token vectors. `single`: each is encoded by itself."""

# Padded tokens in one forward pass: larger batches only add padding on a CPU.
_BATCH_TOKENS = 4096


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """What makes vectors comparable: two libraries or questions may be compared only if all of it is equal."""

    name: str
    digest: str
    dimension: int
    pooling: Pooling


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The tokens of a text that was given in parts.

    `part_of` is (tokens,) int64: the number of the part that each token is in, ascending. `alone` and `in_context` are
    (tokens, dimension) float32 of length 1: what the model makes of each token by itself, before its first layer, and
    of the same token in its text, after the last.
    """

    part_of: np.typing.NDArray[np.int64]
    alone: Vectors
    in_context: Vectors


class Embedder:
    """A loaded embedding model; threads may share it, and take turns between batches.

    Raises:
        ModelError: `files` hold no model that Sentence Transformers can load.
    """

    def __init__(self, files: ModelFiles) -> None:
        self._model = _load(files)
        self._lock = threading.Lock()
        dimension = self._model.get_embedding_dimension() or len(self.embed_question("dimension"))
        pooling: Pooling = "late" if self._pools_by_mean() else "single"
        self.identity = ModelIdentity(files.name, files.digest, dimension, pooling)

    def embed_question(self, question: str) -> Vectors:
        """(dimension,) float32 of length 1. Words past the model's window do not count."""
        with self._lock:
            vector = self._model.encode_query(question, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vector, dtype=np.float32)

    def embed_passages(self, passages: Sequence[Sequence[str]]) -> list[Vectors]:
        """For each passage, given as its folded sentences, (sentences, dimension) float32 of length 1.

        Nothing is cut off: what does not fit the model's window goes through it in a second one.
        """
        if self.identity.pooling == "single":
            return self._embed_one_by_one(passages)
        return self._embed_late(passages)

    def embed_tokens(self, texts: Sequence[Sequence[str]]) -> list[TokenVectors]:
        """For each text, given as its folded parts, the vectors of its tokens; only of a model that pools late.

        One text after another: padding them to one length costs more than a batch gains.
        """
        table = self._model[0].auto_model.get_input_embeddings().weight.detach()
        found = []
        for text in texts:
            tokens = self._tokenize(text)
            in_context = np.zeros((len(tokens.ids), self.identity.dimension), dtype=np.float32)
            for start, end in _windows(tokens.sentence_of, self._model.max_seq_length - 2):
                (in_context[start:end],) = self._token_vectors([tokens], [_Window(0, start, end)])
            alone = table[tokens.ids].float().cpu().numpy()
            found.append(TokenVectors(tokens.sentence_of, _normalize(alone), _normalize(in_context)))
        return found

    def _pools_by_mean(self) -> bool:
        modules = list(self._model)
        names = [type(module).__name__ for module in modules]
        prompts = any(self._model.prompts.values())  # the tokens of a prompt would be those of a sentence
        return (
            names[:2] == ["Transformer", "Pooling"]
            and set(names[2:]) <= {"Normalize"}
            and modules[1].pooling_mode == "mean"
            and self._model.tokenizer.is_fast
            and len(self._model.tokenizer("")["input_ids"]) == 2
            and not prompts
        )

    def _embed_one_by_one(self, passages: Sequence[Sequence[str]]) -> list[Vectors]:
        parts = [
            (number, place, part)
            for number, passage in enumerate(passages)
            for place, sentence in enumerate(passage)
            for part in self._fit_window(sentence)
        ]
        texts = [part for _, _, part in parts]
        with self._lock:
            vectors = self._model.encode_document(texts, normalize_embeddings=True, show_progress_bar=False)
        sums = [np.zeros((len(passage), self.identity.dimension), dtype=np.float32) for passage in passages]
        for (number, place, _), vector in zip(parts, vectors, strict=True):
            sums[number][place] += vector
        return [_normalize(sentences) for sentences in sums]

    def _fit_window(self, sentence: str) -> list[str]:
        """`sentence` in parts that the model reads to their ends."""
        window, tokenizer = self._model.max_seq_length, self._model.tokenizer
        if not isinstance(window, int) or not getattr(tokenizer, "is_fast", False):
            return [sentence]  # its window is endless, or not to be told
        longest_prompt = max(self._model.prompts.values(), key=len, default="") or ""
        capacity = max(1, window - len(tokenizer(longest_prompt, verbose=False)["input_ids"]))
        encoded = tokenizer(sentence, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        starts = [start for start, _ in encoded["offset_mapping"][::capacity]]
        return [sentence[start:end] for start, end in pairwise([0, *starts[1:], len(sentence)])]

    def _embed_late(self, passages: Sequence[Sequence[str]]) -> list[Vectors]:
        tokenized = [self._tokenize(passage) for passage in passages]
        sums = [np.zeros((len(passage), self.identity.dimension), dtype=np.float32) for passage in passages]
        capacity = self._model.max_seq_length - 2
        windows = [
            _Window(number, start, end)
            for number, tokens in enumerate(tokenized)
            for start, end in _windows(tokens.sentence_of, capacity)
        ]
        windows.sort(key=lambda window: (window.end - window.start, window.passage, window.start))
        for batch in _batches(windows):
            for window, token_vectors in zip(batch, self._token_vectors(tokenized, batch), strict=True):
                sentence_of = tokenized[window.passage].sentence_of[window.start : window.end]
                np.add.at(sums[window.passage], sentence_of, token_vectors)
        return [_normalize(vectors) for vectors in sums]

    def _tokenize(self, sentences: Sequence[str]) -> _Tokens:
        ends = np.fromiter(accumulate(len(sentence) + 1 for sentence in sentences), dtype=np.int64)
        with self._lock:
            encoded = self._model.tokenizer(
                " ".join(sentences), add_special_tokens=False, return_offsets_mapping=True, verbose=False
            )
        # The last character tells: some tokenizers begin a token with the blank before it.
        lasts = np.array([max(start, end - 1) for start, end in encoded["offset_mapping"]], dtype=np.int64)
        return _Tokens(encoded["input_ids"], np.searchsorted(ends, lasts, side="right"))

    def _token_vectors(self, tokenized: Sequence[_Tokens], batch: Sequence[_Window]) -> Iterator[Vectors]:
        """For each window, (tokens, dimension) float32, without the marks at its ends."""
        import torch

        with self._lock:
            first_mark, last_mark = self._model.tokenizer("")["input_ids"]
            rows = [[first_mark, *tokenized[w.passage].ids[w.start : w.end], last_mark] for w in batch]
            padded = self._model.tokenizer.pad({"input_ids": rows}, return_tensors="pt").to(self._model.device)
            with torch.inference_mode():
                output = self._model[0](dict(padded))["token_embeddings"].float().cpu().numpy()
        for window, vectors in zip(batch, output, strict=True):
            yield vectors[1 : 1 + window.end - window.start]


@dataclass(frozen=True, slots=True)
class _Tokens:
    ids: list[int]
    sentence_of: np.typing.NDArray[np.int64]  # (tokens,) the number of the sentence each token is in, ascending


@dataclass(frozen=True, slots=True)
class _Window:
    passage: int
    start: int
    end: int


def _windows(sentence_of: np.typing.NDArray[np.int64], capacity: int) -> Iterator[tuple[int, int]]:
    """Ranges of tokens that fit the model, cut between sentences where possible."""
    start = 0
    while len(sentence_of) - start > capacity:
        end = int(np.searchsorted(sentence_of, sentence_of[start + capacity], side="left"))
        end = end if end > start else start + capacity
        yield start, end
        start = end
    if start < len(sentence_of):
        yield start, len(sentence_of)


def _batches(windows: Sequence[_Window]) -> Iterator[list[_Window]]:
    """Runs of windows, which are sorted by length, of at most `_BATCH_TOKENS` once padded."""
    batch: list[_Window] = []
    for window in windows:
        if batch and (len(batch) + 1) * (window.end - window.start + 2) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def _normalize(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    lengths[lengths == 0] = 1  # a sentence of no tokens stays zero and is never near
    normalized: Vectors = vectors / lengths
    return normalized


def _load(files: ModelFiles) -> Any:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(str(files.folder), local_files_only=True)
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
        reason = f"Sentence Transformers cannot load it ({str(error).splitlines()[0][:200] if str(error) else error!r})"
        raise ModelError(f"Cannot load the model {files.name}", reason, "Choose another with --model.") from error
