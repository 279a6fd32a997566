"""The vector index: what it finds is what comparing with every vector finds, and a damaged file of it is none."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.vectors import Ids, VectorIndex, Vectors

DIMENSION = 8


def grid_vectors(count: int, seed: int) -> Vectors:
    """Vectors of eighths, few of them different: products are exact in half precision, and many are equal."""
    drawn = np.random.default_rng(seed).integers(-2, 3, size=(count, DIMENSION))
    return (drawn / 8).astype(np.float32)


class SlowIndex:
    """The oracle: a dictionary, and every vector compared in plain Python."""

    def __init__(self) -> None:
        self.vectors: dict[int, Vectors] = {}

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        scores = {
            id_: sum(float(x) * float(y) for x, y in zip(vector, mine, strict=True))
            for id_, mine in self.vectors.items()
        }
        return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:k]


def ids_of(numbers: Iterator[int] | range | list[int]) -> Ids:
    return np.array(list(numbers), dtype=np.int64)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 40)),
        st.tuples(st.just("remove"), st.integers(0, 100)),
        st.tuples(st.just("reload"), st.just(0)),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60)
@given(steps, st.integers(0, 2**32), st.integers(0, 60))
def test_it_finds_what_comparing_with_every_vector_finds(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]], seed: int, k: int
) -> None:
    """After any additions, removals and reloads, equal scores included."""
    path = tmp_path_factory.mktemp("vectors") / "vectors.faiss"
    index: VectorIndex | None = VectorIndex(DIMENSION)
    slow, chance, next_id = SlowIndex(), random.Random(seed), 1
    for number, (step, amount) in enumerate(steps):
        assert index is not None
        if step == "add":
            ids, vectors = ids_of(range(next_id, next_id + amount)), grid_vectors(amount, seed + number)
            index.add(ids, vectors)
            slow.vectors |= dict(zip(ids.tolist(), vectors, strict=True))
            next_id += amount
        elif step == "remove":
            gone = chance.sample(sorted(slow.vectors), len(slow.vectors) * amount // 100)
            index.remove(ids_of(gone))
            slow.vectors = {id_: vector for id_, vector in slow.vectors.items() if id_ not in gone}
        else:
            index.save(path)
            index = VectorIndex.load(path, DIMENSION)
    assert index is not None
    assert sorted(index.ids().tolist()) == sorted(slow.vectors)
    for vector in grid_vectors(5, seed):
        assert index.search(vector, k) == slow.search(vector, k)


def test_scores_are_inner_products_and_equal_ones_come_by_id() -> None:
    index = VectorIndex(2)
    index.add(ids_of([7, 3, 9, 5]), np.array([[1, 0], [0, 1], [1, 0], [-1, 0]], dtype=np.float32))
    assert index.search(np.array([1, 0], dtype=np.float32), 4) == [(7, 1.0), (9, 1.0), (3, 0.0), (5, -1.0)]
    assert index.search(np.array([1, 0], dtype=np.float32), 1) == [(7, 1.0)]
    assert index.search(np.array([1, 0], dtype=np.float32), 0) == []


def test_an_empty_index_finds_nothing_and_can_be_kept(tmp_path: Path) -> None:
    VectorIndex(DIMENSION).save(tmp_path / "v.faiss")
    loaded = VectorIndex.load(tmp_path / "v.faiss", DIMENSION)
    assert loaded is not None
    assert loaded.search(grid_vectors(1, 0)[0], 5) == []


def test_rounding_to_half_precision_keeps_scores_to_a_thousandth() -> None:
    vectors = np.random.default_rng(1).standard_normal((500, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = VectorIndex(384)
    index.add(ids_of(range(500)), vectors)
    for id_, score in index.search(vectors[42], 500):
        assert abs(score - float(vectors[id_] @ vectors[42])) < 1e-3


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    index = VectorIndex(DIMENSION)
    index.add(ids_of(range(1, 31)), grid_vectors(30, 1))
    index.save(tmp_path / "vectors.faiss")
    return tmp_path / "vectors.faiss"


def test_a_file_cut_off_anywhere_is_no_index(saved: Path) -> None:
    whole = saved.read_bytes()
    for length in range(len(whole)):
        saved.write_bytes(whole[:length])
        assert VectorIndex.load(saved, DIMENSION) is None
    saved.write_bytes(whole + b"\0")
    assert VectorIndex.load(saved, DIMENSION) is None


def test_a_file_with_any_bit_flipped_is_no_index(saved: Path) -> None:
    """FAISS itself would crash, ask for terabytes or answer nonsense on some of these."""
    whole = saved.read_bytes()
    chance = random.Random(0)
    for _ in range(500):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        saved.write_bytes(damaged)
        assert VectorIndex.load(saved, DIMENSION) is None


@pytest.mark.parametrize("data", [b"", b"\0" * 1000, b"IxMp" + b"\xff" * 1000, random.Random(1).randbytes(5000)])
def test_a_file_of_something_else_is_no_index(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "v.faiss").write_bytes(data)
    assert VectorIndex.load(tmp_path / "v.faiss", DIMENSION) is None


def test_no_file_a_folder_and_another_dimension_are_no_index(saved: Path, tmp_path: Path) -> None:
    assert VectorIndex.load(tmp_path / "missing.faiss", DIMENSION) is None
    assert VectorIndex.load(tmp_path, DIMENSION) is None
    assert VectorIndex.load(saved, DIMENSION + 1) is None
    assert VectorIndex.load(saved, DIMENSION) is not None


def test_saving_leaves_the_new_file_only_and_failing_leaves_the_old_one(saved: Path, tmp_path: Path) -> None:
    before = saved.read_bytes()
    with pytest.raises(OSError, match="missing"):
        VectorIndex(DIMENSION).save(tmp_path / "missing" / "v.faiss")
    assert saved.read_bytes() == before
    VectorIndex(DIMENSION).save(saved)
    assert saved.read_bytes() != before
    assert [path.name for path in tmp_path.iterdir()] == ["vectors.faiss"]
