"""Very many sentence vectors: grouped into clusters, of which a question looks into the nearest.

Each vector is kept in 8 bits a dimension, which is enough to find candidates; whoever asks compares these exactly. All
of it lies in one file that is mapped into memory, so that opening it takes no time and only what is looked into is
read. The file is never changed, only replaced; each cluster carries a checksum, which is compared before it is first
looked into. FAISS learns the clusters and scans them (Jégou et al. 2011, "inverted file").
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.vectors import Ids, Vectors, import_faiss

_MAGIC = b"QAvec001"
# Magic, dimension, clusters, vectors, last id, learnt from, checksum of what follows and of this.
_HEAD = struct.Struct("<8sIIQqQI")
_ALIGNMENT = 64
# Part of all vectors that a question is compared with; more finds no more of the ten nearest (`make size`).
_SHARE_SCANNED = 0.16

Codes = npt.NDArray[np.uint8]
"""(n, dimension) uint8."""

Blocks = Iterator[tuple[Ids, Codes]]
"""The ids and codes of each cluster in turn."""


class DamagedClustersError(Exception):
    """The file of clusters is not what was written."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """What stands in the file before the codes: `scale` is the least value and the range of 8 bits.

    `centers` is (clusters, dimension) float32, `bounds` (clusters + 1,) int64: the first place of each cluster, and
    the end. `checksums` is (clusters,) uint32.
    """

    scale: Vectors
    centers: Vectors
    bounds: npt.NDArray[np.int64]
    checksums: npt.NDArray[np.uint32]

    def pack(self) -> bytes:
        return b"".join(part.tobytes() for part in (self.scale, self.centers, self.bounds, self.checksums))

    @staticmethod
    def size(dimension: int, clusters: int) -> int:
        return 4 * (2 + clusters * dimension) + 8 * (clusters + 1) + 4 * clusters

    @classmethod
    def unpack(cls, data: bytes, dimension: int, clusters: int) -> _Layout:
        ends = np.cumsum([8, 4 * clusters * dimension, 8 * (clusters + 1), 4 * clusters])
        scale, centers, bounds, checksums = (
            np.frombuffer(data[start:end], dtype=kind)
            for start, end, kind in zip([0, *ends[:-1]], ends, ("<f4", "<f4", "<i8", "<u4"), strict=True)
        )
        return cls(scale, centers.reshape(clusters, dimension), bounds, checksums)


class Clusters:
    """Vectors by id in the file at `path`, mapped into memory; searched for candidates by inner product.

    `dimension` is the length of each vector, `last_id` the largest id, `learnt_from` so many vectors the clusters were
    learnt from. `version` tells this file from those that take its place later. Threads have to take turns.

    Raises:
        OSError: there is no such file.
        DamagedClustersError: it is not what was written.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            self.version = status.st_ino, status.st_mtime_ns
            head = file.read(_HEAD.size)
            if len(head) < _HEAD.size or not head.startswith(_MAGIC):
                raise DamagedClustersError
            _, self.dimension, clusters, count, self.last_id, self.learnt_from, checksum = _HEAD.unpack(head)
            start = _start(self.dimension, clusters)
            end = _aligned(start + count * self.dimension)
            if status.st_size != end + 8 * count:
                raise DamagedClustersError
            layout = file.read(_Layout.size(self.dimension, clusters))
            if zlib.crc32(head[:-4] + layout) != checksum:
                raise DamagedClustersError
            mapped = np.memmap(file, "u1", "r")
        self._codes: Codes = np.asarray(mapped[start : start + count * self.dimension]).reshape(count, self.dimension)
        self._ids: Ids = np.asarray(mapped[end:]).view("<i8")
        self._layout = _Layout.unpack(layout, self.dimension, clusters)
        self._is_checked = np.zeros(clusters, dtype=bool)
        self._faiss = import_faiss()
        self._index = scanning_index(self._layout.scale, self.dimension)
        # One for all questions: Python never frees what FAISS makes here.
        self._scanner = self._index.get_InvertedListScanner(store_pairs=False, sel=None, params=None)
        self._coarse = coarse_index(self._layout.centers)

    def __len__(self) -> int:
        return len(self._ids)

    def candidates(self, vector: Vectors, k: int) -> list[int]:
        """The ids of about the `k` nearest vectors, nearest first; ids that were removed meanwhile are among them.

        Raises:
            DamagedClustersError: what was looked into is not what was written.
        """
        wanted = min(k, len(self))
        if not wanted:
            return []
        query = np.ascontiguousarray(vector, dtype=np.float32)
        scores = np.full(wanted, -np.inf, dtype=np.float32)
        ids = np.full(wanted, -1, dtype=np.int64)
        scanner, pointer = self._scanner, self._faiss.swig_ptr
        scanner.set_query(pointer(query))
        for cluster in self._nearest(query, wanted):
            start, end = self._layout.bounds[cluster : cluster + 2].tolist()
            self._check(cluster)
            scanner.set_list(cluster, 0.0)
            scanner.scan_codes(
                end - start,
                pointer(self._codes[start:end]),
                pointer(self._ids[start:end]),
                pointer(scores),
                pointer(ids),
                wanted,
            )
        order = np.lexsort((ids, -scores))
        return [int(one) for one in ids[order] if one >= 0]

    def _nearest(self, query: Vectors, wanted: int) -> list[int]:
        """The nearest clusters that hold `_SHARE_SCANNED` of all vectors, or many more than are wanted."""
        _, order = self._coarse.search(query.reshape(1, -1), len(self._layout.centers))
        sizes = np.diff(self._layout.bounds)[order[0]]
        enough = max(_SHARE_SCANNED * len(self), 20 * wanted)
        needed = int(np.searchsorted(np.cumsum(sizes), min(enough, len(self)))) + 1
        return [int(one) for one, size in zip(order[0][:needed], sizes, strict=False) if size]

    def _check(self, cluster: int) -> None:
        if not self._is_checked[cluster]:
            start, end = self._layout.bounds[cluster : cluster + 2].tolist()
            if _checksum(self._ids[start:end], self._codes[start:end]) != self._layout.checksums[cluster]:
                raise DamagedClustersError
            self._is_checked[cluster] = True

    def blocks(self) -> Blocks:
        """Each cluster's ids and codes.

        Raises:
            DamagedClustersError: this file is not what was written.
        """
        for cluster, (start, end) in enumerate(pairwise(self._layout.bounds.tolist())):
            self._check(cluster)
            yield self._ids[start:end], self._codes[start:end]

    def write_without(self, path: Path, gone: Callable[[Ids], npt.NDArray[np.bool_]]) -> None:
        """Write to `path` a copy in which nothing is left of the ids that `gone` says are.

        The centers of clusters that lose any are made anew from what is left in them.

        Raises:
            OSError: it cannot be written.
            DamagedClustersError: this file is not what was written.
        """
        centers = self._layout.centers.copy()

        def kept_blocks() -> Blocks:
            for cluster, (ids, codes) in enumerate(self.blocks()):
                is_kept = ~gone(ids)
                if not is_kept.all():
                    centers[cluster] = _center_of(codes[is_kept], self._layout.scale)
                yield ids[is_kept], codes[is_kept]

        write_clusters(path, Learnt(self._layout.scale, centers, self.learnt_from), kept_blocks())

    def learnt(self) -> Learnt:
        """What the clusters were learnt to be."""
        return Learnt(self._layout.scale, self._layout.centers, self.learnt_from)


def file_version(path: Path) -> tuple[int, int]:
    """What tells the file at `path` from another that takes its place later."""
    status = path.stat()
    return status.st_ino, status.st_mtime_ns


@dataclass(frozen=True, slots=True)
class Learnt:
    """Clusters before anything is in them: `scale` is the least value and the range that 8 bits stand for.

    `centers` is (clusters, dimension) float32; `learnt_from` so many vectors they were learnt from.
    """

    scale: Vectors
    centers: Vectors
    learnt_from: int


def write_clusters(path: Path, learnt: Learnt, blocks: Blocks) -> None:
    """Write the `blocks` of each cluster to `path`, and onto the disk.

    Raises:
        OSError: it cannot be written.
    """
    clusters, dimension = learnt.centers.shape
    sizes, checksums, ids_written = [], [], []
    start = _start(dimension, clusters)
    with path.open("wb") as file:
        file.seek(start)
        for ids, codes in blocks:
            sizes.append(len(ids))
            checksums.append(_checksum(ids, codes))
            ids_written.append(ids)
            file.write(np.ascontiguousarray(codes).data)
        every = np.concatenate(ids_written).astype("<i8")
        file.write(bytes(-file.tell() % _ALIGNMENT))
        file.write(every.data)
        file.truncate()
        bounds = np.concatenate([[0], np.cumsum(sizes)]).astype("<i8")
        layout = _Layout(learnt.scale, learnt.centers, bounds, np.array(checksums, dtype="<u4")).pack()
        last_id = int(every.max(initial=0))
        head = _HEAD.pack(_MAGIC, dimension, clusters, len(every), last_id, learnt.learnt_from, 0)[:-4]
        file.seek(0)
        file.write(head + struct.pack("<I", zlib.crc32(head + layout)) + layout)
        file.flush()
        os.fsync(file.fileno())


def _start(dimension: int, clusters: int) -> int:
    """Where the codes begin; the ids come after them, also at a multiple of the alignment."""
    return _aligned(_HEAD.size + _Layout.size(dimension, clusters))


def _aligned(offset: int) -> int:
    return offset + -offset % _ALIGNMENT


def coarse_index(centers: Vectors) -> Any:
    """What finds the nearest of `centers`."""
    faiss = import_faiss()
    index = faiss.IndexFlatIP(centers.shape[1])
    index.add(np.ascontiguousarray(centers, dtype=np.float32))
    return index


def scanning_index(scale: Vectors, dimension: int) -> Any:
    """What scans 8-bit codes, and makes them: of FAISS's kinds the fastest, with one scale for all dimensions."""
    faiss = import_faiss()
    kind = faiss.ScalarQuantizer.QT_8bit_uniform
    coarse = faiss.IndexFlatIP(dimension)
    index = faiss.IndexIVFScalarQuantizer(coarse, dimension, 1, kind, faiss.METRIC_INNER_PRODUCT)
    index.by_residual = False
    faiss.copy_array_to_vector(np.array(scale, dtype=np.float32), index.sq.trained)
    index.is_trained = True
    return index


def _center_of(codes: Codes, scale: Vectors) -> Vectors:
    """The direction of the mean of what `codes` stand for; zeros, which are near nothing, if there are none."""
    if not len(codes):
        return np.zeros(codes.shape[1], dtype=np.float32)
    mean = scale[0] + scale[1] * (codes.mean(axis=0) + 0.5) / 255
    center: Vectors = (mean / np.linalg.norm(mean)).astype(np.float32)
    return center


def _checksum(ids: Ids, codes: Codes) -> int:
    return zlib.crc32(np.ascontiguousarray(codes).data, zlib.crc32(np.ascontiguousarray(ids).data))
