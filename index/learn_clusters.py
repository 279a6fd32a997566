"""Learning clusters of vectors, and sorting vectors into them: what `index.clusters` then keeps in a file."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np

from index.clusters import Blocks, Learnt, coarse_index, scanning_index
from index.vectors import Ids, Vectors, import_faiss

_VECTORS_PER_CLUSTER = 4096
_SAMPLED_PER_CLUSTER = 64
_ROUNDS = 10
_SEED = 1


def learn_clusters(batches: Iterable[tuple[Ids, Vectors]], learnt_from: int) -> Learnt:
    """Clusters for vectors like the first `learnt_from` of `batches`: the same for the same vectors."""
    clusters = max(1, 2 ** round(np.log2(learnt_from / _VECTORS_PER_CLUSTER)))
    every = max(1, learnt_from // (clusters * _SAMPLED_PER_CLUSTER))
    sampled: list[Vectors] = []
    seen = 0
    for _, vectors in batches:
        sampled.append(vectors[(-seen) % every : learnt_from - seen : every].copy())
        seen += len(vectors)
        if seen >= learnt_from:
            break
    sample = np.concatenate(sampled)
    means = import_faiss().Kmeans(
        sample.shape[1], clusters, niter=_ROUNDS, seed=_SEED, spherical=True, min_points_per_centroid=1
    )
    means.train(sample)
    reach = float(np.abs(sample).max()) * 1.1
    return Learnt(np.array([-reach, 2 * reach], dtype=np.float32), means.centroids, learnt_from)


def sort_into_clusters(learnt: Learnt, batches: Iterable[tuple[Ids, Vectors]], count: int, scratch: Path) -> Blocks:
    """The first `count` vectors of `batches` as each cluster's ids, ascending, and codes; `scratch` is written to.

    Raises:
        OSError: `scratch` cannot be written.
    """
    coarse = coarse_index(learnt.centers)
    encoder = scanning_index(learnt.scale, learnt.centers.shape[1])
    ids = np.empty(count, dtype=np.int64)
    cluster_of = np.empty(count, dtype=np.int64)
    codes = np.memmap(scratch, "u1", "w+", 0, (count, learnt.centers.shape[1]))
    done = 0
    for some_ids, vectors in batches:
        size = min(len(some_ids), count - done)
        ids[done : done + size] = some_ids[:size]
        codes[done : done + size] = encoder.sq.compute_codes(vectors[:size])
        cluster_of[done : done + size] = coarse.search(vectors[:size], 1)[1][:, 0]
        done += size
        if done == count:
            break
    places = np.argsort(cluster_of[:done], kind="stable")
    bounds = np.searchsorted(cluster_of[places], np.arange(len(learnt.centers) + 1))
    for start, end in pairwise(bounds.tolist()):
        yield ids[places[start:end]], codes[places[start:end]]


def joined(older: Blocks, newer: Blocks) -> Blocks:
    """Both blocks of each cluster as one."""
    for (older_ids, older_codes), (newer_ids, newer_codes) in zip(older, newer, strict=True):
        yield np.concatenate([older_ids, newer_ids]), np.concatenate([older_codes, newer_codes])
