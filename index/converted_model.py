"""A converted copy of an embedding model, run by ONNX Runtime: several times faster on a CPU than PyTorch.

`index.convert` makes a copy once on this machine. Loading one imports neither PyTorch nor Sentence Transformers, which
is most of a cold start. This is the only module that imports `onnxruntime` or `tokenizers`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import numpy as np
import platformdirs
from threadpoolctl import ThreadpoolController

from index.model import ModelFiles
from index.turns import map_in_turn
from index.vectors import Vectors

# Copies of another form are not opened, and new ones are made beside them.
_FORM = 2
_MANIFEST = "manifest.json"
GRAPH, WORDS, TOKENIZER = "encoder.onnx", "words.npy", "tokenizer.json"
"""The files of a copy: the graph with its weights, the vectors of all word pieces, and what cuts a text into them."""
_SETTINGS = ("*.json", "*.txt", "*.model", "*/*.json")
# Of the vector of the probing text now, with that of the model itself as it was converted. A processor on which 8-bit
# sums overflow is far below, whatever the one said on which the copy was made.
_LEAST_COSINE = 0.99
# Texts that a question has read at once. More are of documents, and let it go before them: those of a batch would keep
# it waiting longer than its answer takes.
_FEW = 32


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a copy is: its files with their SHA-256, or why there is none, and how the model reads.

    `window` is in tokens and counts the two `marks` that begin and end each text. `probe` is a text and `expected` its
    vector by the model itself. `refusal` is empty unless no copy agreed with the model.
    """

    files: Mapping[str, str]
    window: int
    marks: tuple[int, int]
    probe: str
    expected: Sequence[float]
    refusal: str = ""


class ConvertedModel:
    """A model that pools by mean, from one folder of `index.convert`; threads may share it without waiting.

    Each text passes through alone, in one thread, and several at once: so nothing is padded, and a vector is the same
    to the bit whatever it is computed with.
    """

    pooling: Literal["late"] = "late"
    tells_tokens = True

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        from tokenizers import Tokenizer

        self._session = _open_session(folder / GRAPH)
        self._words = np.load(folder / WORDS, mmap_mode="r")  # shared by all processes that embed
        self._tokenizer = Tokenizer.from_str((folder / TOKENIZER).read_text("utf-8"))
        self._marks = manifest.marks
        self._cores = _usable_cores()
        # NumPy's own threads would wait for the cores that these use, ten times as long as its products take.
        ThreadpoolController().limit(limits=1, user_api="blas")
        self._threads = ThreadPoolExecutor(self._cores, thread_name_prefix="embedding")
        self.window = manifest.window
        self.dimension = int(self._words.shape[1])

    def tokenize(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """The ids of all tokens of `text` without marks, and the code points that each stands for."""
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        return encoded.ids, encoded.offsets

    def token_vectors(self, rows: Sequence[Sequence[int]]) -> list[Vectors]:
        """For the token ids of each text, at most the window without its marks, (tokens, dimension) float32."""
        if len(rows) < 2:
            return [self._pass(row)[1:-1] for row in rows]
        return [vectors[1:-1] for vectors in self._pass_all(rows)]

    def token_layers(self, rows: Sequence[Sequence[int]]) -> Iterator[tuple[Vectors, Vectors]]:
        """As `token_vectors`, each after half of the layers and after the last, and as soon as it is there."""
        for midway, last in map_in_turn(self._threads, self._pass_both, rows, self._most_waiting(rows)):
            yield midway[1:-1], last[1:-1]

    def word_vectors(self, ids: Sequence[int]) -> Vectors:
        """(tokens, dimension) float32: what stands for each token before the first layer."""
        vectors: Vectors = self._words[np.asarray(ids, dtype=np.int64)]
        return vectors

    def embed_question(self, question: str) -> Vectors:
        """(dimension,) float32 of length 1: the mean over the tokens and marks that fit the window."""
        ids, _ = self.tokenize(question)
        mean = self._pass(ids[: self.window - len(self._marks)]).mean(axis=0)
        vector: Vectors = mean / np.linalg.norm(mean)
        return vector

    def _pass_all(self, rows: Sequence[Sequence[int]]) -> list[Vectors]:
        longest_first = sorted(range(len(rows)), key=lambda number: -len(rows[number]))
        in_turn = [rows[number] for number in longest_first]
        passed = map_in_turn(self._threads, self._pass, in_turn, self._most_waiting(rows))
        by_number = dict(zip(longest_first, passed, strict=True))
        return [by_number[number] for number in range(len(rows))]

    def _most_waiting(self, rows: Sequence[Sequence[int]]) -> int:
        return len(rows) if len(rows) <= _FEW else self._cores + 1

    def _pass(self, ids: Sequence[int]) -> Vectors:
        """(tokens and marks, dimension)."""
        [vectors] = self._run(ids, "in_context")
        return vectors

    def _pass_both(self, ids: Sequence[int]) -> tuple[Vectors, Vectors]:
        midway, last = self._run(ids, "midway", "in_context")
        return midway, last

    def _run(self, ids: Sequence[int], *outputs: str) -> list[Vectors]:
        words = self.word_vectors([self._marks[0], *ids, self._marks[1]])
        return [values[0] for values in self._session.run(outputs, {"words": words[np.newaxis]})]


def copy_folder(files: ModelFiles) -> Path:
    """Where the copy of this model is, or will be: a folder in the user's cache, named by all that decides vectors."""
    digest = hashlib.sha256(f"{_FORM} {metadata.version('onnxruntime')} {files.digest}".encode())
    for path in sorted({path for pattern in _SETTINGS for path in files.folder.glob(pattern)}):
        content = path.read_bytes()
        digest.update(f"\n{path.relative_to(files.folder)} {len(content)}\n".encode() + content)
    return platformdirs.user_cache_path("quoted-answers", appauthor=False) / "models" / digest.hexdigest()[:32]


def read_manifest(folder: Path) -> Manifest | None:
    """What is in `folder`; None if there is no whole copy and no refusal of this form."""
    try:
        fields = json.loads((folder / _MANIFEST).read_text("utf-8"))
        manifest = Manifest(**{**fields, "marks": tuple(fields["marks"])})
        if all(file_digest(folder / name) == digest for name, digest in manifest.files.items()):
            return manifest
    except (OSError, ValueError, TypeError, KeyError):
        return None  # it was never finished, or damaged since: it is made again
    return None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """The last file of a copy."""
    (folder / _MANIFEST).write_text(json.dumps(asdict(manifest)), "utf-8")


def open_copy(folder: Path, manifest: Manifest) -> ConvertedModel | None:
    """The copy in `folder`; None if it does not do on this machine what it did where it was made, or has just gone."""
    try:
        model = ConvertedModel(folder, manifest)
    except OSError:
        return None  # another process puts a new one in its place
    cosine = float(model.embed_question(manifest.probe) @ np.asarray(manifest.expected, dtype=np.float32))
    return model if cosine >= _LEAST_COSINE else None


def file_digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open_session(graph: Path) -> Any:
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    onnxruntime.set_default_logger_severity(3)  # errors
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Beyond this, it replaces operators by ones that are slower here.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    # From its bytes: a file that is missing raises an OSError then.
    return onnxruntime.InferenceSession(graph.read_bytes(), options, providers=["CPUExecutionProvider"])


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
