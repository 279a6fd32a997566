"""Clusters: what comparing with every vector finds is among the candidates, and a damaged file of them is none."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.clusters import Clusters, DamagedClustersError, write_clusters
from index.learn_clusters import joined, learn_clusters, sort_into_clusters
from index.vectors import Ids, Vectors

DIMENSION = 32
COUNT = 20_000


def draw_vectors() -> Vectors:
    """Around 200 centers, as sentences lie around subjects."""
    generator = np.random.default_rng(0)
    centers = generator.standard_normal((200, DIMENSION))
    vectors = centers[generator.integers(200, size=COUNT)] + 0.4 * generator.standard_normal((COUNT, DIMENSION))
    drawn: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return drawn


VECTORS = draw_vectors()
IDS = 3 * np.arange(1, COUNT + 1)


def batches(start: int = 0) -> Iterator[tuple[Ids, Vectors]]:
    for first in range(start, COUNT, 3000):
        yield IDS[first : first + 3000], VECTORS[first : first + 3000]


def write(path: Path, count: int = COUNT) -> None:
    learnt = learn_clusters(batches(), 16_000)
    write_clusters(path, learnt, sort_into_clusters(learnt, batches(), count, path.with_suffix(".scratch")))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clusters") / "vectors.clusters"
    write(path)
    return path


def nearest(vector: Vectors, k: int) -> list[int]:
    """The oracle: all vectors compared."""
    return [int(one) for one in IDS[np.argsort(-(VECTORS @ vector), kind="stable")[:k]]]


def test_nearly_all_of_the_nearest_are_among_twice_as_many_candidates(written: Path) -> None:
    clusters = Clusters(written)
    assert (clusters.dimension, len(clusters), clusters.last_id, clusters.learnt_from) == (32, COUNT, IDS[-1], 16_000)
    found = [len(set(nearest(one, 10)) & set(clusters.candidates(one, 2_000))) for one in VECTORS[::500]]
    assert sum(found) >= 0.95 * 10 * len(found)  # so many are wanted that most clusters are looked into
    assert [clusters.candidates(one, 5)[0] for one in VECTORS[::500]] == IDS[::500].tolist()


def test_all_that_are_asked_for_are_given(written: Path) -> None:
    clusters = Clusters(written)
    assert sorted(clusters.candidates(VECTORS[7], COUNT + 5)) == IDS.tolist()
    assert clusters.candidates(VECTORS[7], 0) == []


def test_the_same_vectors_make_the_same_file_also_when_some_are_added_later(written: Path, tmp_path: Path) -> None:
    write(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == written.read_bytes()
    write(tmp_path / "fewer", 17_000)
    fewer = Clusters(tmp_path / "fewer")
    rest = sort_into_clusters(fewer.learnt(), batches(17_000), 3_000, tmp_path / "scratch")
    write_clusters(tmp_path / "joined", fewer.learnt(), joined(fewer.blocks(), rest))
    assert (tmp_path / "joined").read_bytes() == written.read_bytes()


def test_of_what_is_taken_out_nothing_is_left(written: Path, tmp_path: Path) -> None:
    gone = set(IDS[:6_000:2].tolist())
    Clusters(written).write_without(tmp_path / "kept", lambda ids: np.isin(ids, list(gone)))
    kept = Clusters(tmp_path / "kept")
    left = sorted(set(IDS.tolist()) - gone)
    assert sorted(kept.candidates(VECTORS[0], COUNT)) == left
    before, after = Clusters(written), kept
    for (older_ids, older_codes), (ids, codes) in zip(before.blocks(), after.blocks(), strict=True):
        is_kept = ~np.isin(older_ids, list(gone))
        np.testing.assert_array_equal(ids, older_ids[is_kept])
        np.testing.assert_array_equal(codes, older_codes[is_kept])
    moved = (before.learnt().centers != after.learnt().centers).any(axis=1)
    lost = [bool(np.isin(ids, list(gone)).any()) for ids, _ in before.blocks()]
    assert moved.tolist() == lost
    for (_, codes), center in zip(after.blocks(), after.learnt().centers[moved], strict=True):
        decoded = codes.astype(np.float64) - 127  # the code of zero
        assert center @ decoded.mean(axis=0) == pytest.approx(np.linalg.norm(decoded.mean(axis=0)), rel=1e-3)


def test_a_cluster_that_loses_all_has_no_center(written: Path, tmp_path: Path) -> None:
    Clusters(written).write_without(tmp_path / "none", lambda ids: np.ones(len(ids), dtype=bool))
    empty = Clusters(tmp_path / "none")
    assert (len(empty), empty.candidates(VECTORS[0], 5)) == (0, [])
    assert not empty.learnt().centers.any()


def all_blocks(path: Path) -> list[tuple[Ids, object]]:
    return list(Clusters(path).blocks())


def test_a_file_cut_off_or_of_something_else_is_none(written: Path, tmp_path: Path) -> None:
    whole, path = written.read_bytes(), tmp_path / "damaged"
    lengths = [0, 1, 43, 44, 60, 500, len(whole) // 2, len(whole) - 1]
    for data in [*(whole[:length] for length in lengths), whole + b"\0", b"\0" * 5000, b"QAvec001" + b"\xff" * 5000]:
        path.write_bytes(data)
        with pytest.raises(DamagedClustersError):
            Clusters(path)
    with pytest.raises(FileNotFoundError):
        Clusters(tmp_path / "missing")


def test_a_flipped_bit_is_noticed_before_what_it_is_in_is_used(written: Path, tmp_path: Path) -> None:
    whole, path, chance = written.read_bytes(), tmp_path / "damaged", random.Random(0)
    unnoticed = 0
    for _ in range(60):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        try:
            all_blocks(path)
        except DamagedClustersError:
            continue
        unnoticed += 1  # between the parts of the file
    assert unnoticed <= 1
