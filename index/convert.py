"""Making a converted copy of an embedding model, once on this machine, and holding it against the model itself.

A copy is written beside its place and moved there whole. The most exact of the fast ones comes last: weights of 8
bits, of 7 where a processor's 8-bit sums overflow, then float32, which differs in the last digits only.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, get_args

import numpy as np

from index.bert_graph import BertWeights, Precision, bert_graph
from index.converted_model import (
    GRAPH,
    TOKENIZER,
    WORDS,
    ConvertedModel,
    Manifest,
    file_digest,
    read_manifest,
    write_manifest,
)
from index.model import ModelFiles
from index.samples import CHECKED, MEASURED
from index.sentence_model import BertParts, SentenceModel
from index.vectors import Vectors
from source.errors import ModelError

# Similarities as near to each other as this may change places.
_APART = 0.01
_WORD_TABLE = "embeddings.word_embeddings.weight"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How alike two models find texts: the cosines of each text's two vectors, and what changes between texts.

    `moved` is the largest change of a similarity between two of the texts; `ordered` is how often, of two similarities
    that are clearly apart, the same one is larger.
    """

    mean: float
    worst: float
    moved: float
    ordered: float

    @property
    def is_close(self) -> bool:
        """Whether the one may stand for the other."""
        return self.mean >= 0.998 and self.worst >= 0.995 and self.moved <= 0.02 and self.ordered >= 0.99


def convert(
    files: ModelFiles, model: SentenceModel, place: Path, precisions: Sequence[Precision] = get_args(Precision)
) -> bool:
    """Put a copy of `model`, the first of `precisions` that agrees with it, or a refusal, into the folder `place`.

    False of a model of which there can be no copy: one that is no BERT encoder, or does not pool late.

    Raises:
        ModelError: the copy cannot be written.
    """
    parts = model.bert_parts()
    if parts is None:
        return False
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(place.parent)
        folder = Path(tempfile.mkdtemp(prefix=f"{place.name}.", suffix=".tmp", dir=place.parent))
        try:
            _write_copy(folder, files, model, parts, precisions)
            put_copy(folder, place)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise _failure(files, f"{place.parent} cannot be written ({error.strerror or error})") from error
    return True


def _remove_abandoned(parent: Path) -> None:
    """What processes that were killed have left beside the copies; converting takes minutes, not a day."""
    for folder in parent.glob("*.tmp"):
        with suppress(FileNotFoundError):  # another process was quicker
            if folder.stat().st_mtime < time.time() - 86_400:
                shutil.rmtree(folder, ignore_errors=True)


def _failure(files: ModelFiles, reason: str) -> ModelError:
    remedy = "Embedding takes longer without it; nothing else changes."
    return ModelError(f"Cannot use a faster copy of the model {files.name}", reason, remedy)


class TokenModel(Protocol):
    """What gives the vectors of tokens, as both `SentenceModel` and `ConvertedModel` do."""

    @property
    def window(self) -> int:
        """How many tokens it reads at once, with the two marks around each text."""

    def tokenize(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """The ids of all tokens of `text` without marks, and the code points that each stands for."""

    def token_vectors(self, rows: Sequence[Sequence[int]]) -> list[Vectors]:
        """For the token ids of each text, (tokens, dimension) float32."""


def compare(model: TokenModel, copy: TokenModel, texts: Sequence[str] = CHECKED) -> Agreement:
    """How far `copy` agrees with `model` on `texts`, of which no two may be the same."""
    one, other = _embed(model, texts), _embed(copy, texts)
    cosines = np.sum(one * other, axis=1)
    pairs = np.triu_indices(len(texts), k=1)
    similarities, copied = (one @ one.T)[pairs], (other @ other.T)[pairs]
    differences, copied_differences = (np.subtract.outer(values, values) for values in (similarities, copied))
    apart = np.abs(differences) > _APART
    kept_order = np.sign(differences[apart]) == np.sign(copied_differences[apart])
    return Agreement(
        mean=float(cosines.mean()),
        worst=float(cosines.min()),
        moved=float(np.abs(similarities - copied).max()),
        ordered=float(kept_order.mean()) if apart.any() else 1.0,
    )


def _embed(model: TokenModel, texts: Sequence[str]) -> Vectors:
    capacity = model.window - 2
    passed = model.token_vectors([model.tokenize(text)[0][:capacity] for text in texts])
    means: Vectors = np.stack([vectors.mean(axis=0) for vectors in passed])
    normalized: Vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
    return normalized


def _write_copy(
    folder: Path, files: ModelFiles, model: SentenceModel, parts: BertParts, precisions: Sequence[Precision]
) -> None:
    (folder / TOKENIZER).write_text(parts.tokenizer, "utf-8")
    np.save(folder / WORDS, parts.arrays[_WORD_TABLE])
    weights = _weights(model, parts)
    expected = model.embed_question(CHECKED[0]).tolist()
    for precision in precisions:
        (folder / GRAPH).write_bytes(bert_graph(weights, precision).SerializeToString())
        digests = {name: file_digest(folder / name) for name in (GRAPH, WORDS, TOKENIZER)}
        manifest = Manifest(digests, model.window, model.marks(), CHECKED[0], expected)
        agreement = compare(model, ConvertedModel(folder, manifest))
        if agreement.is_close:
            write_manifest(folder, manifest)
            return
    refusal = _failure(files, f"its vectors are not those of the model (cosines down to {agreement.worst:.3f})")
    write_manifest(folder, Manifest({}, model.window, model.marks(), "", (), str(refusal)))


def _weights(model: SentenceModel, parts: BertParts) -> BertWeights:
    layers = range(parts.config.num_hidden_layers)
    smoothed = ("attention.self.query", "intermediate.dense")
    names = [f"encoder.layer.{number}.{name}" for number in layers for name in smoothed]
    rows = [model.tokenize(text)[0][: model.window - 2] for text in MEASURED]
    return BertWeights(
        arrays=parts.arrays,
        layers=len(layers),
        heads=parts.config.num_attention_heads,
        epsilon=parts.config.layer_norm_eps,
        largest=model.largest_inputs(rows, names),
    )


def put_copy(folder: Path, place: Path) -> None:
    """To `place`, whole. What is there already is a damaged copy, that of another machine, or the same one."""
    while read_manifest(place) != read_manifest(folder):  # the same: another process was quicker, and is reading it
        with suppress(FileNotFoundError):  # nothing is there, or another process has just taken it away
            aside = Path(tempfile.mkdtemp(prefix=f"{place.name}.", suffix=".tmp", dir=place.parent))
            try:
                place.replace(aside / "old")
            finally:
                shutil.rmtree(aside, ignore_errors=True)
        try:
            folder.rename(place)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        else:
            return
