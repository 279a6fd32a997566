"""FAISS: the nearest sentence vectors to a question's.

The index is a cache: `index.library` keeps every vector in SQLite and can make it again. Up to some 100,000 vectors
are all compared; what `index.clusters` does with more begins here, too.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""(n, dimension) float32, each row of length 1."""

Ids = npt.NDArray[np.int64]
"""(n,) int64 sentence ids, no two the same."""

# Stands before the index in its file: FAISS reads a damaged one without complaint, or takes it for a giant one.
_CHECKSUM_BYTES = 4


class VectorIndex:
    """Sentence vectors by id, searched exactly by inner product: higher is nearer, 1 is the same direction."""

    def __init__(self, dimension: int) -> None:
        self._faiss = import_faiss()
        flat = self._faiss.IndexScalarQuantizer(
            dimension, self._faiss.ScalarQuantizer.QT_fp16, self._faiss.METRIC_INNER_PRODUCT
        )
        self._index: Any = self._faiss.IndexIDMap2(flat)

    @property
    def dimension(self) -> int:
        """The length of each vector."""
        return int(self._index.d)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def ids(self) -> Ids:
        """The ids of all vectors, in no order."""
        return np.asarray(self._faiss.vector_to_array(self._index.id_map), dtype=np.int64)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add `vectors` under `ids`, which must be new: FAISS itself would keep both under one id."""
        if len(ids):
            self._index.add_with_ids(vectors, ids)

    def remove(self, ids: Ids) -> None:
        """Remove the vectors under `ids`."""
        if len(ids):
            self._index.remove_ids(ids)

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The `k` nearest ids with their scores, best first, equal scores by id; fewer if there are fewer."""
        wanted = min(k, len(self))
        if not wanted:
            return []
        asked = min(wanted + 1, len(self))
        scores, ids = self._search(vector, asked)
        while asked < len(self) and scores[-1] == scores[wanted - 1]:  # FAISS keeps any of those that are equal
            asked = min(2 * asked, len(self))
            scores, ids = self._search(vector, asked)
        found = [(int(id), float(score)) for id, score in zip(ids, scores, strict=True) if id >= 0]  # noqa: A001
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:wanted]

    def _search(self, vector: Vectors, k: int) -> tuple[Vectors, Ids]:
        scores, ids = self._index.search(vector.reshape(1, -1), k)
        return scores[0], ids[0]

    def save(self, path: Path) -> None:
        """Write the index to `path`, whole or not at all.

        Raises:
            OSError: it cannot be written.
        """
        data = self._faiss.serialize_index(self._index).tobytes()
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            temporary.write_bytes(_checksum(data) + data)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path, dimension: int) -> VectorIndex | None:
        """The index at `path`; None if there is none, or it is damaged, or of another dimension."""
        loaded = cls(dimension)
        try:
            stored = path.read_bytes()
            data = stored[_CHECKSUM_BYTES:]
            if stored[:_CHECKSUM_BYTES] != _checksum(data):
                return None
            index = loaded._faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
            ids = loaded._faiss.vector_to_array(index.id_map)
        except (OSError, RuntimeError, AttributeError):  # FAISS raises bare RuntimeErrors from C++
            return None
        if index.d != dimension or index.ntotal != len(set(ids.tolist())):
            return None
        loaded._index = index
        return loaded


def _checksum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(_CHECKSUM_BYTES, "little")


def import_faiss() -> Any:
    """FAISS, imported when it is first needed."""
    import faiss

    # Waking its other threads takes ten times as long as one question does. And two OpenMP runtimes, FAISS's and
    # PyTorch's, can crash on macOS.
    faiss.omp_set_num_threads(1)
    return faiss
